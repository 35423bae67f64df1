//! What a model may be and hardly should: mistakes that make a run worthless without making it impossible.
//!
//! Each check tells at most one sentence: the first of its kind, and how many more there are. The bounds are far from what
//! the published models of `models/` have (docs/command.md names both).

mod input;
mod shown;
mod strength;

use super::Model;
use crate::error::Warning;

impl Model {
    /// What a checked model is hardly meant to be: populations that nothing reaches, stimuli that nobody feels, epochs and
    /// expectations that cannot be seen, efficacies out of all proportion.
    pub fn warnings(&self) -> Vec<Warning> {
        let checks = [
            self.without_input(),
            self.without_spikes(),
            self.cannot_fire(),
            self.too_late(),
            self.not_felt(),
            self.cut_off(),
            self.without_members(),
            self.shorter_than_a_sample(),
            self.not_judged(),
            self.mean_not_kept(),
            self.too_strong(),
            self.too_weak(),
            self.too_strong_from_outside(),
            self.too_weak_from_outside(),
        ];
        checks.into_iter().flatten().collect()
    }
}

#[cfg(test)]
mod tests;
