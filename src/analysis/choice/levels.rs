//! How choices depend on the coherence of the evidence: the psychometric and the chronometric function.

use super::Choices;
use crate::statistics::{Mean, Share};
use crate::table::Table;

/// The trials of some coherence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AtCoherence {
    /// From 0 to 1; NaN of trials of several.
    pub coherence: f64,
    /// Those with a choice, of all.
    pub decided: Share,
    /// Those in which the favoured choice was made, of those with a choice.
    pub correct: Share,
    /// Reaction times of all choices, ms.
    pub reaction: Mean,
    /// Those of the favoured choice, and of others.
    pub reactions: [Mean; 2],
}

impl AtCoherence {
    /// The trials whose coherence is one that is `meant`.
    pub fn of(choices: &Choices, coherence: f64, meant: impl Fn(f64) -> bool) -> Self {
        let own = || choices.trials.iter().zip(&choices.made).filter(|(t, _)| meant(t.coherence));
        let chosen = || own().filter_map(|(t, m)| Some((m.choice? == t.sample, m.reaction)));
        let those = |right: bool| chosen().filter(move |c| c.0 == right).map(|c| c.1);
        Self {
            coherence,
            decided: Share::of(own().map(|(_, made)| made.choice.is_some())),
            correct: Share::of(chosen().map(|(right, _)| right)),
            reaction: Mean::of(chosen().map(|(_, reaction)| reaction)),
            reactions: [true, false].map(|right| Mean::of(those(right))),
        }
    }
}

/// `psychometric`, one row per coherence: `trials`, `decided`, `share_decided`, `correct`, `share_correct` of the decided ones with
/// the 95 % interval (Wilson) `low` to `high`; and `chronometric`: `reaction_ms` of all choices, of correct and of wrong ones, with
/// standard errors over trials (`_sem`) and numbers.
pub(super) fn tables(levels: &[AtCoherence]) -> [(String, Table); 2] {
    let real = |of: &dyn Fn(&AtCoherence) -> f64| levels.iter().map(of).collect::<Vec<f64>>();
    let whole = |of: &dyn Fn(&AtCoherence) -> usize| levels.iter().map(|l| of(l) as u64).collect();
    let psychometric = Table::default()
        .real("coherence", real(&|l| l.coherence))
        .whole("trials", whole(&|l| l.decided.of))
        .whole("decided", whole(&|l| l.decided.number))
        .real("share_decided", real(&|l| l.decided.value()))
        .whole("correct", whole(&|l| l.correct.number))
        .real("share_correct", real(&|l| l.correct.value()))
        .real("low", real(&|l| l.correct.interval().0))
        .real("high", real(&|l| l.correct.interval().1));
    let chronometric = Table::default()
        .real("coherence", real(&|l| l.coherence))
        .whole("decided", whole(&|l| l.reaction.number))
        .real("reaction_ms", real(&|l| l.reaction.value))
        .real("reaction_sem", real(&|l| l.reaction.sem));
    let names = ["correct", "wrong"].into_iter().enumerate();
    let chronometric = names.fold(chronometric, |table, (k, name)| {
        table
            .whole(name, whole(&|l| l.reactions[k].number))
            .real(format!("{name}_ms"), real(&|l| l.reactions[k].value))
            .real(format!("{name}_sem"), real(&|l| l.reactions[k].sem))
    });
    [("psychometric", psychometric), ("chronometric", chronometric)]
        .map(|(name, table)| (name.to_owned(), table))
}
