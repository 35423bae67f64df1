//! Expectations about how many items are held together.

use super::HeldItems;
use crate::analysis::recall::{bounds, check_bounds, check_share, lies};
use crate::analysis::verdict::Verdict;
use crate::error::{Error, Result, counted};
use crate::task::Task;
use serde::{Deserialize, Serialize};

/// A mean over the trials with several items lies in a range; the model's sections `[[expect.items]]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpectItems {
    /// Of what.
    pub quantity: Held,
    /// Only trials with so many items; all if left out.
    pub load: Option<usize>,
    /// It is at least this.
    pub above: Option<f64>,
    /// It is at most this.
    pub below: Option<f64>,
}

/// What is counted at the end of trials with several items.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Held {
    /// Items that are held.
    Held,
    /// The share of the items that are held.
    Share,
    /// Patterns that are held and were not shown.
    Intrusions,
}

impl Held {
    fn words(self) -> &'static str {
        match self {
            Self::Held => "items held",
            Self::Share => "share of items held",
            Self::Intrusions => "patterns held that were not shown",
        }
    }
}

impl ExpectItems {
    /// Refuses an expectation about trials that the model does not have.
    pub(in crate::analysis) fn check(&self, task: Option<&Task>) -> Result<()> {
        let Some(Task::Items(task)) = task else {
            return Err(Error::input(
                "found an expectation about items that are held together, but the model has none",
                "it needs a task",
                "add a section [task.items], or delete the expectation",
            ));
        };
        if let Some(load) = self.load.filter(|load| !task.load.0.contains(load)) {
            let mut known = task.load.0.clone();
            known.sort_unstable();
            known.dedup();
            let known: Vec<String> = known.iter().map(usize::to_string).collect();
            let known = known.join(", ");
            return Err(Error::input(
                format!("found a load of {load}, which no trial has"),
                format!("trials have {known}"),
                "choose one of them",
            )
            .at("load"));
        }
        if self.quantity == Held::Share {
            check_share(self.above, self.below)?;
        }
        check_bounds(self.above, self.below)
    }

    /// Compares what was held with what was expected.
    pub(in crate::analysis) fn judge(&self, found: &HeldItems) -> Verdict {
        let at = match self.load {
            Some(load) => found.loads().into_iter().find(|at| at.load == load),
            None => Some(found.all()),
        };
        let told = at.map(|at| match self.quantity {
            Held::Held => (at.held, at.trials),
            Held::Share => (at.share, at.trials),
            Held::Intrusions => (at.intrusions, at.trials),
        });
        let of = self.load.map_or("all loads".to_owned(), |load| format!("load {load}"));
        let range = bounds(self.above, self.below);
        Verdict {
            expectation: format!("items, {of}: {}: {range}", self.quantity.words()),
            met: told.is_some_and(|(mean, _)| lies(mean.value, self.above, self.below)),
            found: match told {
                Some((mean, trials)) => {
                    format!(
                        "{:.3} +- {:.3} over {}",
                        mean.value,
                        mean.sem,
                        counted(trials, "trial")
                    )
                }
                None => "no trial has ended".to_owned(),
            },
        }
    }
}
