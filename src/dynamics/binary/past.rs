//! The states through which a network has come, for couplings that act after a delay.

use crate::tape::{OnTape, Tape};
use std::collections::VecDeque;

/// The states of the last sweeps, the latest first; as many as the longest delay.
#[derive(Clone, Debug, Default)]
pub(super) struct Past(VecDeque<Vec<bool>>);

impl OnTape for Past {
    fn pass(&mut self, tape: &mut Tape) {
        tape.same(self.0.len() as u64);
        self.0.iter_mut().for_each(|state| state.as_mut_slice().pass(tape));
    }
}

impl Past {
    /// A network that has been in `state` for `longest` sweeps.
    pub fn new(longest: usize, state: &[bool]) -> Self {
        Self(std::iter::repeat_n(state.to_vec(), longest).collect())
    }

    /// Whether couplings act at once.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Neurons whose state `delay` sweeps ago will be another one at the next sweep, and what it will be; `now` is the
    /// present state.
    pub fn arriving(&self, delay: usize, now: &[bool]) -> Vec<(usize, bool)> {
        let coming = if delay == 1 { now } else { &self.0[delay - 2] };
        let changed = coming.iter().zip(&self.0[delay - 1]).enumerate();
        changed.filter(|(_, (new, old))| new != old).map(|(j, (new, _))| (j, *new)).collect()
    }

    /// The states that have arrived after `delay` sweeps; `now` are the present ones.
    pub fn sent<'a>(&'a self, delay: usize, now: &'a [bool]) -> &'a [bool] {
        if delay == 0 { now } else { &self.0[delay - 1] }
    }

    /// The present state becomes the latest past one.
    pub fn keep(&mut self, now: &[bool]) {
        if let Some(mut last) = self.0.pop_back() {
            last.copy_from_slice(now);
            self.0.push_front(last);
        }
    }

    /// Whether nothing has changed for as long as it is kept.
    pub fn is_still(&self, now: &[bool]) -> bool {
        self.0.iter().all(|state| state == now)
    }

    /// All that decides on what follows.
    pub fn with(&self, now: &[bool]) -> Vec<bool> {
        let states = self.0.iter().map(Vec::as_slice);
        std::iter::once(now).chain(states).flatten().copied().collect()
    }
}
