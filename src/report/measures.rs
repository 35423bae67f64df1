//! A recording in single numbers: what a sweep tells of every run.

use super::Summary;
use crate::error::Result;
use crate::recording::Recording;
use crate::table::Column;
use std::collections::HashSet;

/// Results of trials that number a pattern: a mean of them has no meaning.
const PATTERNS: [&str; 4] = ["before", "held", "seen", "nearest"];

/// Every quantity that is found in a complete recording, by name; NaN where there is none.
///
/// `rate_hz.E`, `cv_isi.E`, `cv_isi_delay.E`, `delay_rate_hz.E`, `predicted_hz.E` of population E; of every epoch before the
/// trials `overlap.E.NAME`, the largest overlap in units of the delay rate, and `retrieved.E.NAME`, its pattern from 1 (0
/// if none stands out); of trials `trials`, their number, the mean of every result that is a number or a flag, under the
/// name of its column, and `NAME_auc` of every read-out; `expect_met`, the share of expectations that were met.
pub fn measures(recording: &Recording) -> Result<Vec<(String, f64)>> {
    let summary = Summary::of(recording)?;
    let mut found: Vec<(String, f64)> = Vec::new();
    let mut of_populations = |what: &str, values: Vec<(&String, Option<f64>)>| {
        let named = |(name, value): (&String, Option<f64>)| {
            (format!("{what}.{name}"), value.unwrap_or(f64::NAN))
        };
        found.extend(values.into_iter().map(named));
    };
    of_populations("rate_hz", summary.rates_hz.iter().map(|(n, v)| (n, Some(*v))).collect());
    of_populations("cv_isi", summary.cv_isi.iter().map(|(n, v)| (n, *v)).collect());
    of_populations("cv_isi_delay", summary.cv_isi_delay.iter().map(|(n, v)| (n, *v)).collect());
    of_populations("delay_rate_hz", summary.delay_rate_hz.iter().map(|(n, v)| (n, *v)).collect());
    if let Some(theory) = &summary.theory {
        let predicted = theory.populations.iter().map(|(n, p)| (n, Some(p.predicted_hz)));
        of_populations("predicted_hz", predicted.collect());
    }
    found.extend(of_epochs(&summary));
    if let Some(results) = recording.results()? {
        found.push(("trials".to_owned(), results.rows() as f64));
        let told = results.columns().filter(|(name, _)| !PATTERNS.contains(name));
        found.extend(told.filter_map(|(name, column)| Some((name.to_owned(), mean(column)?))));
    }
    if let Some(trials) = &summary.trials {
        found.extend(trials.readouts.iter().map(|read| (format!("{}_auc", read.name), read.auc)));
    }
    if !summary.expect.is_empty() {
        let met = summary.expect.iter().filter(|verdict| verdict.met).count();
        found.push(("expect_met".to_owned(), met as f64 / summary.expect.len() as f64));
    }
    // Epochs may share a name: the first one keeps it.
    let mut taken = HashSet::new();
    found.retain(|(name, _)| taken.insert(name.clone()));
    Ok(found)
}

/// What was retrieved in every epoch.
fn of_epochs(summary: &Summary) -> Vec<(String, f64)> {
    let mut found = Vec::new();
    for epoch in &summary.epochs {
        // Names of columns stand in a list with spaces between them.
        let name = epoch.name.split_whitespace().collect::<Vec<_>>().join("_").replace('/', "_");
        for memory in &epoch.memories {
            let population = &memory.population;
            let retrieved = memory.retrieved.map_or(0.0, |pattern| pattern as f64);
            found.push((format!("overlap.{population}.{name}"), memory.overlap));
            found.push((format!("retrieved.{population}.{name}"), retrieved));
        }
    }
    found
}

/// The mean of the values of a column; NaN of none, and nothing of words.
fn mean(column: &Column) -> Option<f64> {
    let values: Vec<f64> = match column {
        Column::Real(values) => values.iter().copied().filter(|v| !v.is_nan()).collect(),
        Column::Whole(values) => values.iter().map(|v| *v as f64).collect(),
        Column::Flag(values) => values.iter().map(|v| f64::from(u8::from(*v))).collect(),
        Column::Text(_) => return None,
    };
    let sum: f64 = values.iter().sum();
    Some(if values.is_empty() { f64::NAN } else { sum / values.len() as f64 })
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
