//! Expectations about responses to a repeated stimulus.

use super::Responses;
use crate::analysis::recall::{bounds, check_bounds, lies};
use crate::analysis::verdict::Verdict;
use crate::error::{Error, Result};
use crate::task::Task;
use serde::{Deserialize, Serialize};

/// A quantity of the trials of a stimulus lies in a range; the model's sections `[[expect.stimulus]]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpectStimulus {
    /// Whose it is.
    #[serde(default)]
    pub group: Of,
    /// Which one.
    pub quantity: Measure,
    /// It is larger than this.
    pub above: Option<f64>,
    /// It is smaller than this.
    pub below: Option<f64>,
}

/// Whose responses are meant.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Of {
    /// The foreground of the pattern that is shown.
    #[default]
    Foreground,
    /// All other neurons of the population.
    Background,
}

/// What is measured before or during the stimulus.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Mean rate before it, Hz.
    RateBefore,
    /// Mean rate during it, Hz.
    RateDuring,
    /// Mean Fano factor across trials before it.
    FanoBefore,
    /// Mean Fano factor across trials during it.
    FanoDuring,
    /// By how much the Fano factor is smaller during it.
    Quenching,
    /// The same of mean-matched factors, which a higher rate alone does not lower.
    QuenchingMatched,
}

impl Measure {
    fn words(self) -> &'static str {
        match self {
            Self::RateBefore => "rate before (Hz)",
            Self::RateDuring => "rate during (Hz)",
            Self::FanoBefore => "Fano factor before",
            Self::FanoDuring => "Fano factor during",
            Self::Quenching => "quenching of the Fano factor",
            Self::QuenchingMatched => "quenching of the mean-matched Fano factor",
        }
    }
}

impl ExpectStimulus {
    /// Refuses an expectation about trials that the model does not have.
    pub(in crate::analysis) fn check(&self, task: Option<&Task>) -> Result<()> {
        if !matches!(task, Some(Task::Stimulus(_))) {
            return Err(Error::input(
                "found an expectation about a repeated stimulus, but the model has none",
                "it needs a task",
                "add a section [task.stimulus], or delete the expectation",
            ));
        }
        check_bounds(self.above, self.below)
    }

    /// Compares the responses with what was expected.
    pub(in crate::analysis) fn judge(&self, responses: &Responses) -> Verdict {
        let (name, place) = match self.group {
            Of::Foreground => ("foreground", 0),
            Of::Background => ("background", 1),
        };
        let found = &responses.quenching[place];
        let (value, error) = match self.quantity {
            Measure::RateBefore => (found.rates[0], None),
            Measure::RateDuring => (found.rates[1], None),
            Measure::FanoBefore => (found.fano[0].value, Some(found.fano[0].error)),
            Measure::FanoDuring => (found.fano[1].value, Some(found.fano[1].error)),
            Measure::Quenching => (found.quenching.value, Some(found.quenching.error)),
            Measure::QuenchingMatched => (found.matched.value, Some(found.matched.error)),
        };
        let trials = responses.trials.len();
        Verdict {
            expectation: format!(
                "stimulus, {name}: {}: {}",
                self.quantity.words(),
                bounds(self.above, self.below)
            ),
            met: lies(value, self.above, self.below),
            found: match error {
                _ if value.is_nan() => "too few trials or spikes tell".to_owned(),
                Some(error) => format!("{value:.3} +- {error:.3} over {trials} trials"),
                None => format!("{value:.3} over {trials} trials"),
            },
        }
    }
}
