//! The summary of a repeated stimulus: rates and variability before and during it.

use crate::analysis::trials::{Quenching, Responses};
use crate::error::counted;
use serde::Serialize;
use std::fmt;

/// What a population did in repeated trials of a stimulus.
#[derive(Clone, Debug, Serialize)]
pub struct StimulusSummary {
    /// Trials that have ended.
    trials: usize,
    /// Length of the windows before the onset and at the end of the stimulus, ms.
    window_ms: f64,
    groups: Vec<GroupSummary>,
}

/// The foreground of what is shown, or its background.
#[derive(Clone, Debug, Serialize)]
pub struct GroupSummary {
    group: String,
    rate_before_hz: f64,
    rate_during_hz: f64,
    fano_before: f64,
    fano_before_se: f64,
    fano_during: f64,
    fano_during_se: f64,
    quenching: f64,
    quenching_se: f64,
    /// Of mean-matched Fano factors.
    quenching_matched: f64,
    quenching_matched_se: f64,
}

impl GroupSummary {
    fn of(found: &Quenching) -> Self {
        let [before, during] = found.fano;
        Self {
            group: found.group.clone(),
            rate_before_hz: found.rates[0],
            rate_during_hz: found.rates[1],
            fano_before: before.value,
            fano_before_se: before.error,
            fano_during: during.value,
            fano_during_se: during.error,
            quenching: found.quenching.value,
            quenching_se: found.quenching.error,
            quenching_matched: found.matched.value,
            quenching_matched_se: found.matched.error,
        }
    }
}

impl StimulusSummary {
    pub(super) fn of(responses: &Responses) -> Self {
        Self {
            trials: responses.trials.len(),
            window_ms: responses.quenching.first().map_or(f64::NAN, |found| found.window),
            groups: responses.quenching.iter().map(GroupSummary::of).collect(),
        }
    }

    /// Every quantity by name, as a sweep has it: `trials`, `rate_before_hz.foreground`, ...
    pub(super) fn measures(&self) -> Vec<(String, f64)> {
        let of_group = |own: &GroupSummary| {
            let values = [
                ("rate_before_hz", own.rate_before_hz),
                ("rate_during_hz", own.rate_during_hz),
                ("fano_before", own.fano_before),
                ("fano_during", own.fano_during),
                ("quenching", own.quenching),
                ("quenching_matched", own.quenching_matched),
            ];
            values.map(|(name, value)| (format!("{name}.{}", own.group), value))
        };
        let trials = ("trials".to_owned(), self.trials as f64);
        std::iter::once(trials).chain(self.groups.iter().flat_map(of_group)).collect()
    }
}

impl fmt::Display for StimulusSummary {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        writeln!(
            f,
            "  {} of a stimulus; the last {:.0} ms before it, and the last of it",
            counted(self.trials, "trial"),
            self.window_ms
        )?;
        writeln!(
            f,
            "  {:<12} {:>17}  {:>14}  {:>15}  {:>15}",
            "group", "rate (Hz)", "Fano factor", "quenching", "mean-matched"
        )?;
        for own in &self.groups {
            let with = |value: f64, error: f64| match value.is_nan() {
                true => "-".to_owned(),
                false => format!("{value:.2} ± {error:.2}"),
            };
            let rates = format!("{:.2} to {:.2}", own.rate_before_hz, own.rate_during_hz);
            let fano = match own.fano_before.is_nan() {
                true => "-".to_owned(),
                false => format!("{:.2} to {:.2}", own.fano_before, own.fano_during),
            };
            writeln!(
                f,
                "  {:<12} {rates:>17}  {fano:>14}  {:>15}  {:>15}",
                own.group,
                with(own.quenching, own.quenching_se),
                with(own.quenching_matched, own.quenching_matched_se)
            )?;
        }
        writeln!(f)
    }
}
