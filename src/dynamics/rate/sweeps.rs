//! Updates in sweeps: x_i := phi(h_i), one neuron after another or all at once.
//!
//! The discrete form of continuous Hopfield networks (MacKay 2003, ch. 42.6): where J is symmetric and J_ii >= 0, updates one
//! at a time never raise the energy.

use super::equations::{Equations, System};
use crate::dynamics::binary::Update;
use crate::random::{Seed, Stream};

/// The state of the method.
#[derive(Clone, Debug)]
pub(super) struct Sweeps {
    update: Update,
    /// J by receiver, where neurons are updated one at a time.
    rows: std::sync::Arc<Vec<f64>>,
    pub x: Vec<f64>,
    /// Single-neuron updates so far.
    updates: u64,
    order: Vec<u32>,
    choices: Stream,
    /// The largest change of this sweep and of the last whole one.
    change: f64,
    last: Option<f64>,
}

impl Sweeps {
    pub fn new(update: Update, x: Vec<f64>, system: &System, seed: Seed) -> Self {
        let n = x.len();
        let rows = match update {
            Update::Synchronous => Vec::new(),
            _ => (0..n * n).map(|k| system.network.efficacy(k / n, k % n)).collect(),
        };
        let (rows, order) = (rows.into(), (0..n as u32).collect());
        let choices = seed.stream("rate/order", 0);
        Self { update, rows, x, updates: 0, order, choices, change: 0.0, last: None }
    }

    /// Sweeps so far.
    pub fn time(&self) -> f64 {
        self.updates as f64 / self.x.len() as f64
    }

    /// Counts from 0 again, and draws orders from the streams of `seed`.
    pub fn restart(&mut self, seed: Seed) {
        self.choices = seed.stream("rate/order", 0);
        self.updates = 0;
        self.disturb();
    }

    /// Forgets how much the last sweep changed: something else is shown.
    pub fn disturb(&mut self) {
        self.last = None;
        // A sweep in which something else was shown says nothing about the end.
        let whole = self.updates.is_multiple_of(self.x.len() as u64);
        self.change = if whole { 0.0 } else { f64::INFINITY };
    }

    /// The largest change of an activity in the last whole sweep, if nothing else has been shown since it began.
    pub fn last_change(&self) -> Option<f64> {
        self.last
    }

    /// Makes every update until `until`.
    pub fn advance(&mut self, equations: &Equations, until: f64) {
        let neurons = self.x.len() as u64;
        // Rounding of a sum of durations loses no update.
        let target = (until * neurons as f64 + 1e-6).floor() as u64;
        match self.update {
            Update::Synchronous => {
                while self.updates + neurons <= target {
                    self.update_all(equations);
                }
            }
            Update::Shuffled | Update::Random | Update::Fixed => {
                while self.updates < target {
                    self.update_one(equations);
                }
            }
        }
    }

    fn update_all(&mut self, equations: &Equations) {
        let target = equations.target(&self.x);
        for (i, target) in target.into_iter().enumerate() {
            self.put(i, target, equations);
        }
        self.updates += self.x.len() as u64;
        self.end_sweep();
    }

    fn update_one(&mut self, equations: &Equations) {
        let n = self.x.len();
        let place = (self.updates % n as u64) as usize;
        let i = match self.update {
            Update::Random => self.choices.below(n as u32) as usize,
            Update::Shuffled if place == 0 => {
                self.order = self.choices.permutation(n);
                self.order[0] as usize
            }
            _ => self.order[place] as usize,
        };
        let row = self.rows[i * n..(i + 1) * n].iter().zip(&self.x);
        let h = row.map(|(j, x)| j * x).sum::<f64>() + equations.held.input[i];
        self.put(i, equations.system.group(i).transfer.value(h), equations);
        self.updates += 1;
        if self.updates.is_multiple_of(n as u64) {
            self.end_sweep();
        }
    }

    fn put(&mut self, i: usize, value: f64, equations: &Equations) {
        if !equations.held.clamped[i] {
            self.change = self.change.max((value - self.x[i]).abs());
            self.x[i] = value;
        }
    }

    fn end_sweep(&mut self) {
        self.last = Some(std::mem::take(&mut self.change));
    }
}
