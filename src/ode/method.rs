//! One step of the method of Dormand and Prince, of order 8 with dense output of order 7.
//!
//! Source: Hairer, Norsett & Wanner 1993, "Solving Ordinary Differential Equations I", II.4 to II.6 (DOP853).

use super::Flow;
use super::tableau::{A, ALL, B, BEYOND, FIFTH, STAGES, THIRD};
use crate::tape::on_tape;
use std::cell::Cell;

const ORDER: f64 = 8.0;
/// The derivative at the end of the step.
const END: usize = STAGES;

/// The flow within pieces that are held.
pub struct Within<'a> {
    flow: &'a dyn Flow,
    pieces: &'a [u8],
    evaluations: Cell<u64>,
}

impl<'a> Within<'a> {
    pub fn new(flow: &'a dyn Flow, pieces: &'a [u8]) -> Self {
        Self { flow, pieces, evaluations: Cell::new(0) }
    }

    /// How often the derivative has been asked for.
    pub fn evaluations(&self) -> u64 {
        self.evaluations.get()
    }

    fn derivative(&self, y: &[f64], out: &mut [f64]) {
        self.evaluations.set(self.evaluations.get() + 1);
        self.flow.derivative(y, self.pieces, out);
    }
}

/// A step: where it begins, its stages, where it ends.
#[derive(Clone, Default)]
pub struct Step {
    from: Vec<f64>,
    y: Vec<f64>,
    length: f64,
    stages: [Vec<f64>; ALL],
    /// The state at a stage.
    work: Vec<f64>,
    /// The dense output beyond the cubic through both ends, if somebody asked for it.
    beyond: [Vec<f64>; 4],
    complete: bool,
}

on_tape!(Step { length, stages, beyond, complete; each from, y, work; if Step::is_possible });

impl Step {
    fn is_possible(&self) -> bool {
        self.stages.iter().chain(&self.beyond).all(|each| each.len() == self.y.len())
    }

    /// A step of no length at `y`.
    pub fn at(y: &[f64]) -> Self {
        let zeros = || vec![0.0; y.len()];
        Self {
            from: y.to_vec(),
            y: y.to_vec(),
            length: 0.0,
            stages: std::array::from_fn(|_| zeros()),
            work: zeros(),
            beyond: std::array::from_fn(|_| zeros()),
            complete: false,
        }
    }

    /// The state at its beginning.
    pub fn from(&self) -> &[f64] {
        &self.from
    }

    /// The state at its end.
    pub fn state(&self) -> &[f64] {
        &self.y
    }

    /// The derivative at its beginning.
    pub fn slope(&self) -> &[f64] {
        &self.stages[0]
    }

    /// Makes it end where it begins.
    pub fn undo(&mut self) {
        self.y.clone_from(&self.from);
        (self.length, self.complete) = (0.0, false);
    }

    /// Finds the derivative at its end; false if that is not finite.
    pub fn turn(&mut self, within: &Within) -> bool {
        within.derivative(&self.y, &mut self.stages[END]);
        self.stages[END].iter().all(|k| k.is_finite())
    }

    /// Lets the next step begin where this one ends, and with the derivative there.
    pub fn go_on(&mut self) {
        std::mem::swap(&mut self.from, &mut self.y);
        self.stages.swap(0, END);
    }

    /// Goes from its beginning as far as `length`.
    pub fn go(&mut self, within: &Within, length: f64) {
        (self.length, self.complete) = (length, false);
        for i in 1..STAGES {
            self.stage(within, i);
        }
        sum(&mut self.y, &self.from, length, &B, &self.stages);
    }

    /// Finds its dense output, when it has gone and turned; three derivatives that are not asked for twice.
    pub fn complete(&mut self, within: &Within) {
        if std::mem::replace(&mut self.complete, true) {
            return;
        }
        for i in END + 1..ALL {
            self.stage(within, i);
        }
        let zeros = vec![0.0; self.y.len()];
        for (out, row) in self.beyond.iter_mut().zip(&BEYOND) {
            sum(out, &zeros, self.length, row, &self.stages);
        }
    }

    /// Finds stage `i` from those before it.
    fn stage(&mut self, within: &Within, i: usize) {
        let (before, rest) = self.stages.split_at_mut(i);
        sum(&mut self.work, &self.from, self.length, A[i], before);
        within.derivative(&self.work, &mut rest[0]);
    }

    /// Its error over the tolerance, as the root mean square over the components; not a number if no end is found.
    pub fn error(&self, tolerance: f64) -> f64 {
        let (mut e5, mut e3) = (0.0, 0.0);
        for n in 0..self.y.len() {
            let scale = tolerance * (1.0 + self.from[n].abs().max(self.y[n].abs()));
            let (mut a, mut b) = (0.0, 0.0);
            for j in 0..STAGES {
                let k = self.stages[j][n];
                a += FIFTH[j] * k;
                b += (B[j] - THIRD[j]) * k;
            }
            e5 += (a / scale) * (a / scale);
            e3 += (b / scale) * (b / scale);
        }
        let both = e5 + 0.01 * e3;
        if both == 0.0 { 0.0 } else { self.length * e5 / (self.y.len() as f64 * both).sqrt() }
    }

    /// How much longer than a step with this error the next may be.
    pub fn growth(error: f64) -> f64 {
        let growth = 0.9 * libm::pow(error, -1.0 / ORDER);
        if growth.is_nan() { 0.2 } else { growth.clamp(0.2, 10.0) }
    }

    /// The length of a first step from its end, where its derivative is known: of a hundredth of the state's own time
    /// or more, as an Euler step tells.
    pub fn first(&self, within: &Within, tolerance: f64) -> f64 {
        let scale = |n: usize| tolerance * (1.0 + self.y[n].abs());
        let norm = |f: &dyn Fn(usize) -> f64| {
            let sum: f64 = (0..self.y.len()).map(|n| (f(n) / scale(n)) * (f(n) / scale(n))).sum();
            (sum / self.y.len() as f64).sqrt()
        };
        let k = &self.stages[END];
        let (size, speed) = (norm(&|n| self.y[n]), norm(&|n| k[n]));
        let short = if size < 1e-5 || speed < 1e-5 { 1e-6 } else { 0.01 * size / speed };
        let (mut to, mut after) = (self.y.clone(), self.y.clone());
        to.iter_mut().zip(k).for_each(|(y, k)| *y += short * k);
        within.derivative(&to, &mut after);
        let turn = norm(&|n| after[n] - k[n]) / short;
        let fastest = speed.max(turn);
        let long = if fastest <= 1e-15 {
            (1e-3 * short).max(1e-6)
        } else {
            libm::pow(0.01 / fastest, 1.0 / ORDER)
        };
        long.min(100.0 * short)
    }

    /// Writes the state at share `s` of it to `out`, when it is complete.
    pub fn dense(&self, s: f64, out: &mut [f64]) {
        let r = 1.0 - s;
        for (n, out) in out.iter_mut().enumerate() {
            let rise = self.y[n] - self.from[n];
            let begin = self.length * self.stages[0][n] - rise;
            let end = rise - self.length * self.stages[END][n] - begin;
            let [a, b, c, d] = std::array::from_fn(|k| self.beyond[k][n]);
            let beyond = a + s * (b + r * (c + s * d));
            *out = self.from[n] + s * (rise + r * (begin + s * (end + r * beyond)));
        }
    }
}

/// out = y + length sum_j weights_j k_j.
fn sum(out: &mut [f64], y: &[f64], length: f64, weights: &[f64], stages: &[Vec<f64>]) {
    out.fill(0.0);
    for (weight, k) in weights.iter().zip(stages).filter(|(weight, _)| **weight != 0.0) {
        out.iter_mut().zip(k).for_each(|(out, k)| *out += weight * k);
    }
    out.iter_mut().zip(y).for_each(|(out, y)| *out = y + length * *out);
}
