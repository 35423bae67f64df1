//! A recording in single numbers: what a sweep tells of every run.

use super::after_cues::{AfterCue, after_cues};
use super::{DecisionSummary, ItemsSummary, StimulusSummary, Summary};
use crate::error::Result;
use crate::recording::Recording;
use crate::statistics::{Mean, Share};
use crate::table::Column;

/// Results of trials that number a pattern: a mean of them has no meaning.
const PATTERNS: [&str; 6] = ["before", "holds", "seen", "nearest", "age", "choice"];

/// Every quantity that is found in a complete recording, by name; NaN where there is none.
///
/// Of trials `trials`, their number, the mean of every result that is a number or a flag, under the name of its column,
/// and `NAME_auc` of every read-out; of a repeated stimulus `rate_before_hz.foreground`, `rate_during_hz`, `fano_before`,
/// `fano_during`, `quenching`, `quenching_matched` and the same of `.background`; of several items `items_held.load_3`, `share.load_3`,
/// `intrusions.load_3` of every load; of a decision `decided.coherence_0.1`, `correct.coherence_0.1` (of those with a choice) and
/// `reaction_ms.coherence_0.1` of every coherence; `expect_met`, the share of expectations that were met. Of the cues of the protocol
/// `cues_held`, the share of those after which the cued pattern was held, and `cues`, their number. Of population E `rate_hz.E`,
/// `predicted_hz.E`, `cv_isi.E.spontaneous`, `.shown` and `.delay`, `cv_isi_delay.E` and `delay_rate_hz.E` of the cued
/// foreground in held delays, `spontaneous_hz.E`; of its cue 1 `cue_1.E.held`, `.overlap_hz`, `.least_hz`, `.other_hz`,
/// `.other_of_cued`, `.retrieval_ms`, `.pattern` and `.holds` (0 if nothing stands out); without spikes and trials `cue_1.E.overlap`
/// and `.other`, which are those after a cue.
pub fn measures(recording: &Recording) -> Result<Vec<(String, f64)>> {
    let summary = Summary::of(recording)?;
    let mut found: Vec<(String, f64)> = Vec::new();
    if let Some(results) = recording.results()? {
        found.push(("trials".to_owned(), results.rows() as f64));
        let told = results.columns().filter(|(name, _)| !PATTERNS.contains(name));
        found.extend(told.filter_map(|(name, column)| Some((name.to_owned(), mean(column)?))));
    }
    if let Some(trials) = &summary.trials {
        found.extend(trials.readouts.iter().map(|read| (format!("{}_auc", read.name), read.auc)));
    }
    found.extend(summary.stimulus.iter().flat_map(StimulusSummary::measures));
    found.extend(summary.items.iter().flat_map(ItemsSummary::measures));
    found.extend(summary.decision.iter().flat_map(DecisionSummary::measures));
    if !summary.expect.is_empty() {
        let met = summary.expect.iter().filter(|verdict| verdict.met).count();
        found.push(("expect_met".to_owned(), met as f64 / summary.expect.len() as f64));
    }
    found.extend(of_cues(&summary));
    found.extend(of_populations(&summary));
    found.extend(of_each_cue(&summary));
    for AfterCue { number, population, overlap, other } in after_cues(recording)? {
        found.push((format!("cue_{number}.{population}.overlap"), overlap));
        found.push((format!("cue_{number}.{population}.other"), other));
    }
    Ok(found)
}

/// What is measured, and predicted, of every population.
fn of_populations(summary: &Summary) -> Vec<(String, f64)> {
    let mut found = Vec::new();
    let mut add = |what: &str, name: &str, value: Option<f64>| {
        found.push((format!("{what}.{name}"), value.unwrap_or(f64::NAN)));
    };
    summary.rates_hz.iter().for_each(|(name, rate)| add("rate_hz", name, Some(*rate)));
    for (name, memory) in &summary.memories {
        add("delay_rate_hz", name, memory.delay_rate_hz);
        add("spontaneous_hz", name, memory.spontaneous_hz);
        add("cv_isi_delay", name, memory.cv_isi_delay);
    }
    for (name, prediction) in summary.theory.iter().flat_map(|theory| &theory.populations) {
        add("predicted_hz", name, Some(prediction.predicted_hz));
    }
    for (name, cv) in &summary.cv_isi {
        let kinds =
            cv.all().into_iter().filter(|(kind, cv)| *kind == "spontaneous" || cv.is_some());
        kinds.for_each(|(kind, cv)| add("cv_isi", &format!("{name}.{kind}"), cv));
    }
    found
}

/// The share of cues after which the cued pattern was held, and their number.
fn of_cues(summary: &Summary) -> Vec<(String, f64)> {
    let cues = || summary.memories.values().flat_map(|memory| &memory.cues);
    if cues().next().is_none() {
        return Vec::new();
    }
    let held = Share::of(cues().filter_map(|cue| cue.held));
    vec![("cues_held".to_owned(), held.value()), ("cues".to_owned(), held.of as f64)]
}

/// What became of every cue.
fn of_each_cue(summary: &Summary) -> Vec<(String, f64)> {
    let mut found = Vec::new();
    for (name, memory) in &summary.memories {
        for (cue, number) in memory.cues.iter().zip(1..) {
            let mut add = |what: &str, value: Option<f64>| {
                found.push((format!("cue_{number}.{name}.{what}"), value.unwrap_or(f64::NAN)));
            };
            add("held", cue.held.map(|held| f64::from(u8::from(held))));
            add("overlap_hz", cue.overlap_hz);
            add("least_hz", cue.least_hz);
            add("other_hz", cue.other_hz);
            add("other_of_cued", cue.other_of_cued);
            add("retrieval_ms", cue.retrieval_ms);
            add("pattern", Some(cue.pattern as f64));
            add("holds", Some(cue.holds.unwrap_or(0) as f64));
        }
    }
    found
}

/// The mean of the values of a column; NaN of none, and nothing of words.
fn mean(column: &Column) -> Option<f64> {
    Some(Mean::of(column.numbers()?).value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_skip_what_is_missing() {
        assert_eq!(mean(&Column::Real(vec![1.0, f64::NAN, 2.0])), Some(1.5));
        assert_eq!(mean(&Column::Flag(vec![true, false, false, false])), Some(0.25));
        assert_eq!(mean(&Column::Whole(vec![3, 4])), Some(3.5));
        assert!(mean(&Column::Real(vec![f64::NAN])).unwrap().is_nan());
        assert_eq!(mean(&Column::Text(vec![String::new()])), None);
    }
}
