//! Updates in sweeps: x_i := phi(h_i), one neuron after another or all at once.
//!
//! The discrete form of continuous Hopfield networks (MacKay 2003, ch. 42.6): where J is symmetric and J_ii >= 0, updates one
//! at a time never raise the energy.

use super::equations::{Equations, System};
use crate::dynamics::sweeps::Sweeps;
use crate::dynamics::update::Update;
use crate::error::Result;
use crate::random::{Seed, Stream};
use crate::tape::on_tape;
use crate::work::Over;
use std::sync::Arc;

/// Activities that are updated in sweeps.
#[derive(Clone)]
pub(super) struct Updated {
    sweeps: Sweeps,
    /// J by receiver, where neurons are updated one at a time.
    rows: Arc<Vec<f64>>,
    pub x: Vec<f64>,
    /// The largest change of this sweep and of the last whole one.
    change: f64,
    last: Option<f64>,
}

on_tape!(Updated { sweeps, change, last; each x; not rows });

fn choices(seed: Seed) -> Stream {
    seed.stream("rate/order", 0)
}

impl Updated {
    pub fn new(update: Update, x: Vec<f64>, system: &System, seed: Seed) -> Self {
        let n = x.len();
        let rows: Vec<f64> = match update {
            Update::Synchronous => Vec::new(),
            _ => (0..n * n).map(|k| system.network.efficacy(k / n, k % n)).collect(),
        };
        let sweeps = Sweeps::new(update, n, choices(seed));
        Self { sweeps, rows: rows.into(), x, change: 0.0, last: None }
    }

    /// Sweeps so far.
    pub fn time(&self) -> f64 {
        self.sweeps.time()
    }

    /// Draws orders from the streams of `seed` from now on.
    pub fn choose(&mut self, seed: Seed) {
        self.sweeps.choose(choices(seed));
    }

    /// Counts from 0 again.
    pub fn restart(&mut self) {
        self.sweeps.restart();
        self.disturb();
    }

    /// Forgets how much the last sweep changed: something else is shown.
    pub fn disturb(&mut self) {
        self.sweeps.disturb();
        // A sweep in which something else was shown says nothing about the end.
        (self.change, self.last) = (if self.sweeps.is_quiet() { 0.0 } else { f64::INFINITY }, None);
    }

    /// The largest change of an activity in the last whole sweep, if nothing else has been shown since it began.
    pub fn last_change(&self) -> Option<f64> {
        self.last
    }

    /// Makes every update until `until`.
    ///
    /// # Errors
    /// If it is `over`.
    pub fn advance(&mut self, equations: &Equations, until: f64, over: &Over) -> Result<()> {
        let n = self.x.len();
        while let Some(together) = self.sweeps.due(until) {
            self.sweeps.heed(over)?;
            if together == 1 && !self.rows.is_empty() {
                let i = self.sweeps.next();
                let row = self.rows[i * n..(i + 1) * n].iter().zip(&self.x);
                let h = row.map(|(j, x)| j * x).sum::<f64>() + equations.held.input[i];
                self.put(i, equations.system.group(i).transfer.value(h), equations);
            } else {
                let target = equations.target(&self.x);
                target.into_iter().enumerate().for_each(|(i, value)| self.put(i, value, equations));
            }
            if self.sweeps.count(together) {
                self.last = Some(std::mem::take(&mut self.change));
            }
        }
        Ok(())
    }

    fn put(&mut self, i: usize, value: f64, equations: &Equations) {
        if !equations.held.clamped[i] {
            self.change = self.change.max((value - self.x[i]).abs());
            self.x[i] = value;
        }
    }
}
