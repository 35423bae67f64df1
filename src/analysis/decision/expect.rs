//! What a model claims about the trials of its task.

use super::{Decisions, Share, level_curves};
use crate::analysis::verdict::Verdict;
use crate::error::{Error, Result, suggest};
use crate::task::DelayedMatch;
use serde::{Deserialize, Serialize};

/// Claims about all trials; the model's section `[expect.delayed_match]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpectTrials {
    /// At least this share of the samples is held until the end of the delay.
    pub held: Option<f64>,
    /// The ideal observer is right in at least this share of the trials.
    pub observer: Option<f64>,
    /// Read-outs whose AUC has a 95 % interval above chance.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub readouts: Vec<String>,
}

/// A claim about the trials of some levels; the model's sections `[[expect.level]]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpectLevel {
    /// What varies, as its column in the table of trials is called: "distractor_hz", "left_out", ...
    pub quantity: String,
    /// Levels at or above this ...
    pub from: Option<f64>,
    /// ... and at or below this; at every one of them
    pub up_to: Option<f64>,
    /// the share of samples held is at least ...
    pub held_above: Option<f64>,
    /// ... or at most this,
    pub held_below: Option<f64>,
    /// or that of the trials in which a distractor is held is at least this.
    pub taken_above: Option<f64>,
}

impl ExpectTrials {
    /// Refuses claims about what the task does not have.
    pub fn check(&self, task: Option<&DelayedMatch>) -> Result<()> {
        let Some(task) = task else { return Err(no_task()) };
        for (key, share) in [("held", self.held), ("observer", self.observer)] {
            check_share(key, share)?;
        }
        for name in &self.readouts {
            if !task.readout.contains_key(name) {
                return Err(Error::input(
                    format!("found the read-out `{name}`, which the task does not define"),
                    suggest(name, task.readout.keys().map(String::as_str)),
                    "write the name of a section [task.delayed_match.readout.NAME]",
                )
                .at("readouts"));
            }
        }
        Ok(())
    }

    /// Compares trials with what was expected.
    pub fn judge(&self, decisions: &Decisions) -> Vec<Verdict> {
        let mut verdicts = Vec::new();
        let shares = [
            ("samples held at the end of the delay", self.held, decisions.held()),
            ("trials in which the ideal observer is right", self.observer, decisions.right()),
        ];
        for (what, least, share) in shares {
            let Some(least) = least else { continue };
            verdicts.push(Verdict {
                expectation: format!("{what}: at least {}", percent(least)),
                met: share.value() >= least,
                found: told(share),
            });
        }
        for name in &self.readouts {
            let read = decisions.readouts.iter().find(|read| read.name == *name);
            let (low, high) = read.map_or((f64::NAN, f64::NAN), |read| read.roc.interval);
            let auc = read.map_or(f64::NAN, |read| read.roc.auc);
            verdicts.push(Verdict {
                expectation: format!("read-out {name}: AUC significantly above 0.5"),
                met: read.is_some_and(|read| read.is_significant()),
                found: format!(
                    "AUC {auc:.3}, 95 % interval {low:.3} to {high:.3}, p = {:.4}",
                    read.map_or(1.0, |read| read.roc.p)
                ),
            });
        }
        verdicts
    }
}

impl ExpectLevel {
    /// Refuses a claim about what does not vary.
    pub fn check(&self, task: Option<&DelayedMatch>) -> Result<()> {
        let Some(task) = task else { return Err(no_task()) };
        let varied = task.varied();
        let Some((_, levels)) = varied.iter().find(|(name, _)| *name == self.quantity) else {
            return Err(Error::input(
                format!(
                    "found the quantity `{}`, which does not vary from trial to trial",
                    self.quantity
                ),
                match varied.is_empty() {
                    true => "the task has no list of levels".to_owned(),
                    false => suggest(&self.quantity, varied.iter().map(|v| v.0.as_str())),
                },
                "give the task a list of levels, such as poisson = [\"0 Hz\", \"100 Hz\"]",
            )
            .at("quantity"));
        };
        if !levels.iter().any(|level| self.concerns(*level)) {
            let levels: Vec<String> = levels.iter().map(f64::to_string).collect();
            return Err(Error::input(
                "found a claim about no level",
                format!("the levels of {} are {}", self.quantity, levels.join(", ")),
                "let one of them lie between `from` and `up_to`",
            ));
        }
        let bounds = [
            ("held_above", self.held_above),
            ("held_below", self.held_below),
            ("taken_above", self.taken_above),
        ];
        if bounds.iter().all(|(_, bound)| bound.is_none()) {
            return Err(Error::input(
                "found a claim without a bound",
                "it is one of held_above, held_below, taken_above",
                "write for example held_above = 0.9",
            ));
        }
        bounds.into_iter().try_for_each(|(key, bound)| check_share(key, bound))
    }

    /// Compares trials with what was expected.
    pub fn judge(&self, decisions: &Decisions) -> Verdict {
        let curves = level_curves(decisions);
        let curve = curves.iter().find(|c| c.quantity == self.quantity);
        let points = curve.into_iter().flat_map(|c| &c.points);
        let points: Vec<_> = points.filter(|p| self.concerns(p.level)).collect();
        let met = |held: Share, taken: Share| {
            self.held_above.is_none_or(|least| held.value() >= least)
                && self.held_below.is_none_or(|most| held.value() <= most)
                && self.taken_above.is_none_or(|least| taken.value() >= least)
        };
        let found: Vec<String> = points
            .iter()
            .map(|p| {
                let taken = match self.taken_above {
                    Some(_) => format!(", taken {}", percent(p.taken.value())),
                    None => String::new(),
                };
                format!("{}: held {}{taken}", p.level, percent(p.held.value()))
            })
            .collect();
        Verdict {
            expectation: self.told(),
            met: !points.is_empty() && points.iter().all(|p| met(p.held, p.taken)),
            found: match points.is_empty() {
                true => "no trial has such a level".to_owned(),
                false => found.join("; "),
            },
        }
    }

    fn concerns(&self, level: f64) -> bool {
        let (from, up_to) =
            (self.from.unwrap_or(f64::NEG_INFINITY), self.up_to.unwrap_or(f64::INFINITY));
        (from..=up_to).contains(&level)
    }

    fn told(&self) -> String {
        let range = match (self.from, self.up_to) {
            (Some(from), Some(to)) => format!("from {from} to {to}"),
            (Some(from), None) => format!("from {from} on"),
            (None, Some(to)) => format!("up to {to}"),
            (None, None) => "everywhere".to_owned(),
        };
        let claims = [
            self.held_above.map(|s| format!("samples held at least {}", percent(s))),
            self.held_below.map(|s| format!("samples held at most {}", percent(s))),
            self.taken_above.map(|s| format!("distractor held instead at least {}", percent(s))),
        ];
        let claims: Vec<String> = claims.into_iter().flatten().collect();
        format!("{} {range}: {}", self.quantity, claims.join(", "))
    }
}

fn check_share(key: &str, share: Option<f64>) -> Result<()> {
    match share {
        Some(share) if !(0.0..=1.0).contains(&share) => Err(Error::input(
            format!("found {share}"),
            "a share of the trials lies between 0 and 1",
            "write for example 0.95",
        )
        .at(key)),
        _ => Ok(()),
    }
}

fn no_task() -> Error {
    Error::input(
        "found an expectation about trials, but the model has no task",
        "trials belong to a task",
        "add a section [task.delayed_match], or delete the expectation",
    )
}

fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share)
}

fn told(share: Share) -> String {
    let (low, high) = share.interval();
    let Share { number, of } = share;
    format!("{number} of {of}, 95 % interval {} to {}", percent(low), percent(high))
}

#[cfg(test)]
mod tests {
    use super::super::levels::tests::decisions;
    use super::*;

    fn level(text: &str) -> Verdict {
        let level: ExpectLevel =
            toml::from_str(&format!("quantity = 'distractor_hz'\n{text}")).unwrap();
        level.judge(&decisions())
    }

    #[test]
    fn a_claim_holds_at_every_level_that_it_concerns() {
        assert!(level("up_to = 0.0\nheld_above = 1.0").met);
        assert!(!level("up_to = 100.0\nheld_above = 0.6").met);
        assert!(level("from = 200.0\nheld_below = 0.0\ntaken_above = 1.0").met);
        assert!(!level("from = 100.0\ntaken_above = 0.5").met);
        // A level that no trial had is no success.
        assert!(!level("from = 300.0\nheld_above = 0.0").met);
    }

    #[test]
    fn shares_of_all_trials_and_read_outs_that_are_missing_are_judged() {
        let trials = |text: &str| -> Vec<bool> {
            let trials: ExpectTrials = toml::from_str(text).unwrap();
            trials.judge(&decisions()).iter().map(|verdict| verdict.met).collect()
        };
        // Three of five are held, and judged right.
        assert_eq!(trials("held = 0.6\nobserver = 0.61"), [true, false]);
        assert_eq!(trials("readouts = ['I2']"), [false]);
    }
}
