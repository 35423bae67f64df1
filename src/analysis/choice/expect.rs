//! What a model claims about its decisions.

use super::{AtCoherence, Choices};
use crate::analysis::recall::{bounds, check_bounds, check_share, lies};
use crate::analysis::verdict::Verdict;
use crate::error::{Error, Result};
use crate::statistics::Share;
use crate::task::DecisionTask;
use serde::{Deserialize, Serialize};

/// A quantity of the trials of some coherences lies in a range; the model's sections `[[expect.decision]]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpectDecision {
    /// Which one.
    pub quantity: DecisionQuantity,
    /// Of this coherence, ...
    pub at: Option<f64>,
    /// ... or of coherences from this ...
    pub from: Option<f64>,
    /// ... up to this, together; of all if left out.
    pub up_to: Option<f64>,
    /// It is at least this.
    pub above: Option<f64>,
    /// It is at most this.
    pub below: Option<f64>,
}

/// What is told of decisions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DecisionQuantity {
    /// Share of the trials with a choice in which it is the favoured one.
    Correct,
    /// Share of the trials with a choice.
    Decided,
    /// Mean reaction time of all choices, ms.
    ReactionMs,
    /// Mean reaction time of favoured choices, ms.
    CorrectMs,
    /// Mean reaction time of other choices, ms.
    WrongMs,
}

impl DecisionQuantity {
    fn words(self) -> &'static str {
        match self {
            Self::Correct => "share of correct choices",
            Self::Decided => "share of trials with a choice",
            Self::ReactionMs => "mean reaction time (ms)",
            Self::CorrectMs => "mean reaction time of correct choices (ms)",
            Self::WrongMs => "mean reaction time of wrong choices (ms)",
        }
    }

    /// Its value, and how that was found.
    fn of(self, found: &AtCoherence) -> (f64, String) {
        let share = |share: Share, of: &str| {
            let (low, high) = share.interval();
            let all = format!("{} of {} {of}, 95 %: {low:.3} to {high:.3}", share.number, share.of);
            (share.value(), all)
        };
        let mean = match self {
            Self::Correct => return share(found.correct, "choices"),
            Self::Decided => return share(found.decided, "trials"),
            Self::ReactionMs => found.reaction,
            Self::CorrectMs => found.reactions[0],
            Self::WrongMs => found.reactions[1],
        };
        (mean.value, format!("+- {:.1} over {} choices", mean.sem, mean.number))
    }
}

impl ExpectDecision {
    /// Refuses an expectation about trials that the model does not have.
    pub(in crate::analysis) fn check(&self, task: Option<&DecisionTask>) -> Result<()> {
        let Some(task) = task else {
            return Err(Error::input(
                "found an expectation about decisions, but the model has none",
                "it needs a task",
                "add a section [task.decision], or delete the expectation",
            ));
        };
        if matches!(self.quantity, DecisionQuantity::Correct | DecisionQuantity::Decided) {
            check_share(self.above, self.below)?;
        }
        check_bounds(self.above, self.below)?;
        let levels = &task.stimulus.coherence.0;
        if levels.iter().any(|level| self.concerns(*level)) {
            return Ok(());
        }
        let levels: Vec<String> = levels.iter().map(f64::to_string).collect();
        Err(Error::input(
            "found an expectation about no coherence",
            format!("the coherences of the trials are {}", levels.join(", ")),
            "write one of them as `at`, or let one lie between `from` and `up_to`",
        ))
    }

    fn concerns(&self, coherence: f64) -> bool {
        self.at.is_none_or(|at| coherence == at)
            && self.from.is_none_or(|least| coherence >= least)
            && self.up_to.is_none_or(|most| coherence <= most)
    }

    /// Compares choices with what was expected.
    pub(in crate::analysis) fn judge(&self, choices: &Choices) -> Verdict {
        let found = AtCoherence::of(choices, f64::NAN, |coherence| self.concerns(coherence));
        let (value, how) = self.quantity.of(&found);
        let place = match (self.at, self.from, self.up_to) {
            (Some(at), ..) => format!(" at coherence {at}"),
            (None, Some(from), Some(up_to)) => format!(" at coherences {from} to {up_to}"),
            (None, Some(from), None) => format!(" at coherences from {from}"),
            (None, None, Some(up_to)) => format!(" at coherences up to {up_to}"),
            (None, None, None) => String::new(),
        };
        Verdict {
            expectation: format!(
                "decision, {}{place}: {}",
                self.quantity.words(),
                bounds(self.above, self.below)
            ),
            met: lies(value, self.above, self.below),
            found: match value.is_nan() {
                true => "no trial tells".to_owned(),
                false => format!("{value:.3} ({how})"),
            },
        }
    }
}
