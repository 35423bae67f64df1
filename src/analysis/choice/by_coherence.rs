//! How choices depend on the coherence of the evidence: level by level, and as a law.

use super::Choices;
use super::levels::{AtCoherence, tables};
use super::weibull::Weibull;
use crate::table::Table;

/// How choices depend on the coherence.
#[derive(Clone, Debug, PartialEq)]
pub struct ByCoherence {
    /// The trials of every coherence, in ascending order.
    pub levels: Vec<AtCoherence>,
    /// How the share of right ones rises, if it does.
    pub law: Option<Weibull>,
}

impl Choices {
    /// How they depend on the coherence.
    pub fn by_coherence(&self) -> ByCoherence {
        let mut all: Vec<f64> = self.trials.iter().map(|trial| trial.coherence).collect();
        all.sort_unstable_by(f64::total_cmp);
        all.dedup();
        let at = |c: f64| AtCoherence::of(self, c, |own| own == c);
        let levels: Vec<AtCoherence> = all.into_iter().map(at).collect();
        let law = Weibull::of(&levels, self.choices.len());
        ByCoherence { levels, law }
    }
}

impl ByCoherence {
    /// `psychometric` and `chronometric`, one row per coherence, and `psychometric_fit`, one row with the [law](Weibull::table) if there
    /// is one.
    pub fn tables(&self) -> Vec<(String, Table)> {
        let fit = self.law.map(|law| ("psychometric_fit".to_owned(), law.table()));
        tables(&self.levels).into_iter().chain(fit).collect()
    }
}
