//! Expectations about trials of a travelling salesman.

use super::TourTrials;
use super::results::{FLAGS, NUMBERS};
use crate::analysis::recall::{bounds, check_bounds, lies};
use crate::analysis::verdict::Verdict;
use crate::error::{Error, Result, list, suggest};
use crate::task::Task;
use serde::{Deserialize, Serialize};

/// The mean of a result over all tours lies in a range; the model's sections `[[expect.tour]]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpectTour {
    /// A column of the table of trials; of a flag such as `valid`, the share of trials in which it is set.
    pub quantity: String,
    /// The mean is larger than this.
    pub above: Option<f64>,
    /// It is smaller than this.
    pub below: Option<f64>,
}

impl ExpectTour {
    /// Refuses an expectation about what the trials do not have.
    pub(in crate::analysis) fn check(&self, task: Option<&Task>) -> Result<()> {
        if task.and_then(Task::tour).is_none() {
            return Err(Error::input(
                "found an expectation about tours, but the model has none",
                "they need a task",
                "add a section [task.tour], or delete the expectation",
            ));
        }
        let columns = [&FLAGS[..], &NUMBERS].concat();
        if !columns.contains(&self.quantity.as_str()) {
            return Err(Error::input(
                format!("found the quantity `{}`", self.quantity),
                suggest(&self.quantity, columns.iter().copied()),
                format!("write one of {}", list(&columns)),
            )
            .at("quantity"));
        }
        check_bounds(self.above, self.below)
    }

    /// Compares the trials with what was expected.
    pub fn judge(&self, trials: &TourTrials) -> Verdict {
        let mean = trials.mean(&self.quantity);
        Verdict {
            expectation: format!(
                "tours: mean of {}: {}",
                self.quantity,
                bounds(self.above, self.below)
            ),
            met: mean.number > 0 && lies(mean.value, self.above, self.below),
            found: match mean.number {
                0 => "no trial tells".to_owned(),
                1 => format!("{:.6} in the one trial", mean.value),
                n => format!("{:.6} +- {:.6} over {n} trials", mean.value, mean.sem),
            },
        }
    }
}
