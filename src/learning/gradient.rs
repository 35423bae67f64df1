//! MacKay's learning algorithm: gradient descent from Hebb's couplings.

use super::crosstalk::signed;
use super::{Apart, Pathway};
use crate::error::{Error, Result};
use crate::synapse::{Couplings, Wiring};
use crate::work::each;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Makes the patterns x of -1 and 1 likely at the next step of a network of sigmoid neurons (MacKay 2003,
/// algorithm 42.9): descends
///
/// ```text
/// M(W) = -sum_{mu, i} ( t ln y + (1 - t) ln(1 - y) ) + alpha/2 sum_{i<j} w_ij^2,   y = 1/(1 + exp(-a)),  a = x W,
/// ```
///
/// with t = 1 where x = 1 and t = 0 where x = -1, over symmetric couplings without a diagonal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Gradient {
    /// Learning rate.
    pub eta: f64,
    /// Decay of the couplings.
    pub alpha: f64,
    /// Number of steps.
    pub loops: usize,
}

/// More loops than this are a mistake.
const MOST_LOOPS: usize = 10_000_000;

impl Apart for Gradient {
    fn check(&self, _: &Wiring, _: usize) -> Result<()> {
        if !(self.eta > 0.0 && self.eta.is_finite()) {
            let found = format!("found eta = {}", self.eta);
            return Err(Error::value("eta", found, "the learning rate is positive", "0.01"));
        }
        if !(self.alpha >= 0.0 && self.alpha.is_finite()) {
            let found = format!("found alpha = {}", self.alpha);
            let allowed = "the decay of couplings is 0 or positive";
            return Err(Error::value("alpha", found, allowed, "0.1"));
        }
        if self.loops > MOST_LOOPS {
            let found = format!("found {} loops", self.loops);
            let allowed = format!("at most {MOST_LOOPS} are made");
            return Err(Error::value("loops", found, allowed, "1000"));
        }
        Ok(())
    }

    fn learn(&self, pathway: &Pathway) -> Result<Couplings> {
        let (patterns, _) = pathway.patterns()?;
        let n = patterns.neurons();
        let x: Vec<Vec<f64>> = (0..patterns.number()).map(|mu| signed(patterns, mu)).collect();
        // w = x' * x, with a diagonal of zeros.
        let product = |i: usize, j: usize| x.iter().map(|x| x[i] * x[j]).sum();
        let hebb = |k: usize| if k / n == k % n { 0.0 } else { product(k / n, k % n) };
        let mut w: Vec<f64> = (0..n * n).into_par_iter().map(hebb).collect();
        for _ in 0..self.loops {
            let step = descent(&w, &x, self.alpha);
            w.iter_mut().zip(step).for_each(|(w, step)| *w += self.eta * step);
        }
        if w.iter().all(|w| w.is_finite()) {
            return Ok(Couplings::real(pathway.graph(), 1.0, w));
        }
        Err(Error::input(
            format!("the couplings grew beyond all numbers with eta = {}", self.eta),
            "gradient descent converges for small learning rates",
            "write a smaller eta or alpha",
        )
        .at("learning.gradient.eta"))
    }
}

/// -dM/dw_ij for every pair i, j, and 0 on the diagonal.
pub fn descent(w: &[f64], x: &[Vec<f64>], alpha: f64) -> Vec<f64> {
    let n = x.first().map_or(0, Vec::len);
    // a = x * w; y = sigmoid(a); e = t - y.
    let errors = |x: &Vec<f64>| -> Vec<f64> {
        let mut a = vec![0.0; n];
        for (row, x) in w.chunks(n).zip(x) {
            a.iter_mut().zip(row).for_each(|(a, w)| *a += x * w);
        }
        let error = |(x, a): (&f64, &f64)| {
            let t = if *x > 0.0 { 1.0 } else { 0.0 };
            t - 1.0 / (1.0 + libm::exp(-a))
        };
        x.iter().zip(&a).map(error).collect()
    };
    let e: Vec<Vec<f64>> = each(x, errors);
    let mut step = vec![0.0; n * n];
    step.par_chunks_mut(n.max(1)).enumerate().for_each(|(i, row)| {
        for (j, step) in row.iter_mut().enumerate().filter(|(j, _)| *j != i) {
            // gw = x' * e; gw = gw + gw'; gw - alpha * w.
            let (mut forth, mut back) = (0.0, 0.0);
            for (x, e) in x.iter().zip(&e) {
                forth += x[i] * e[j];
                back += x[j] * e[i];
            }
            *step = forth + back - alpha * w[i * n + j];
        }
    });
    step
}
