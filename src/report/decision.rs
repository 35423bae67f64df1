//! How the trials of a decision went, in a summary.

use super::ShareSummary;
use crate::analysis::choice::{AtCoherence, ByCoherence, Choices, Weibull};
use crate::error::counted;
use serde::Serialize;
use std::fmt;

/// The trials of a decision.
#[derive(Clone, Debug, Serialize)]
pub struct DecisionSummary {
    /// Those that have ended.
    trials: usize,
    /// Those in which a choice was above the bound in the window before the onset already: its time tells nothing of evidence.
    above_before: usize,
    /// By coherence, in ascending order.
    levels: Vec<CoherenceSummary>,
    /// The psychometric function; none where fewer than two coherences above 0 have choices, fewer than two tell its slope, or it does
    /// not rise by a likelihood-ratio test at 5 %.
    fit: Option<FitSummary>,
}

/// A Weibull function, and standard errors.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct FitSummary {
    threshold: f64,
    threshold_sem: f64,
    slope: f64,
    slope_sem: f64,
}

impl From<Weibull> for FitSummary {
    fn from(Weibull { threshold, slope, .. }: Weibull) -> Self {
        let ((threshold, threshold_sem), (slope, slope_sem)) = (threshold, slope);
        Self { threshold, threshold_sem, slope, slope_sem }
    }
}

/// The trials of one coherence.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct CoherenceSummary {
    coherence: f64,
    /// Those with a choice.
    decided: ShareSummary,
    /// Those with the favoured choice, of those with a choice.
    correct: ShareSummary,
    /// Mean reaction time of all choices, and its standard error; none without them.
    reaction_ms: Option<f64>,
    reaction_sem: Option<f64>,
    /// Of the favoured choice, and of others.
    correct_ms: Option<f64>,
    wrong_ms: Option<f64>,
}

impl DecisionSummary {
    pub(super) fn of(choices: &Choices) -> Self {
        let some = |value: f64| Some(value).filter(|value| value.is_finite());
        let level = |level: AtCoherence| CoherenceSummary {
            coherence: level.coherence,
            decided: level.decided.into(),
            correct: level.correct.into(),
            reaction_ms: some(level.reaction.value),
            reaction_sem: some(level.reaction.sem),
            correct_ms: some(level.reactions[0].value),
            wrong_ms: some(level.reactions[1].value),
        };
        let ByCoherence { levels, law } = choices.by_coherence();
        let levels = levels.into_iter().map(level).collect();
        let above_before = choices.made.iter().filter(|made| made.above_before).count();
        let fit = law.map(FitSummary::from);
        Self { trials: choices.trials.len(), above_before, levels, fit }
    }

    /// Every quantity by name, as a sweep has it besides the means over all trials: `correct.coherence_0.1`, ...
    pub(super) fn measures(&self) -> Vec<(String, f64)> {
        let of_level = |own: &CoherenceSummary| {
            let values = [
                ("decided", own.decided.share),
                ("correct", own.correct.share),
                ("reaction_ms", own.reaction_ms.unwrap_or(f64::NAN)),
            ];
            values.map(|(name, value)| (format!("{name}.coherence_{}", own.coherence), value))
        };
        let fit = self.fit.map_or([f64::NAN; 2], |fit| [fit.threshold, fit.slope]);
        let fit = ["threshold", "slope"].map(str::to_owned).into_iter().zip(fit);
        self.levels.iter().flat_map(of_level).chain(fit).collect()
    }
}

impl fmt::Display for DecisionSummary {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let titles = ["coherence", "trials", "decided", "reaction (ms)", "wrong (ms)"];
        let [a, b, c, d, e] = titles;
        writeln!(f, "  {a:>9} {b:>7} {c:>9} {d:>18} {e:>11}   correct choices")?;
        for level in &self.levels {
            let time = |time: Option<f64>| time.map_or("-".to_owned(), |time| format!("{time:.0}"));
            let error = level.reaction_sem.map_or(String::new(), |sem| format!(" +- {sem:.0}"));
            writeln!(
                f,
                "  {:>9} {:>7} {:>7.1} % {:>18} {:>11}  {}",
                level.coherence,
                level.decided.of,
                100.0 * level.decided.share,
                time(level.reaction_ms) + &error,
                time(level.wrong_ms),
                level.correct
            )?;
        }
        if let Some(FitSummary { threshold, threshold_sem, slope, slope_sem }) = self.fit {
            writeln!(
                f,
                "  threshold {threshold:.3} +- {threshold_sem:.3}, slope {slope:.2} +- {slope_sem:.2} of a Weibull function"
            )?;
        }
        if self.above_before > 0 {
            writeln!(
                f,
                "  {} of {} with a choice above the bound before the onset: make decided.above larger",
                self.above_before,
                counted(self.trials, "trial")
            )?;
        }
        writeln!(f)
    }
}
