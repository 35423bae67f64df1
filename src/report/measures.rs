//! A recording in single numbers: what a sweep tells of every run.

use super::Summary;
use crate::error::Result;
use crate::recording::Recording;
use crate::statistics::Mean;
use crate::table::Column;
use std::collections::HashSet;

/// Results of trials that number a pattern: a mean of them has no meaning.
const PATTERNS: [&str; 5] = ["before", "held", "seen", "nearest", "age"];

/// Every quantity that is found in a complete recording, by name; NaN where there is none.
///
/// Of trials `trials`, their number, the mean of every result that is a number or a flag, under the name of its column,
/// and `NAME_auc` of every read-out; `expect_met`, the share of expectations that were met; of population E `rate_hz.E`,
/// `cv_isi.E`, `cv_isi_delay.E`, `delay_rate_hz.E` and `predicted_hz.E`; of every epoch before the trials `overlap.E.NAME`,
/// the largest overlap in units of the delay rate, and `retrieved.E.NAME`, whether it stands out.
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
    if !summary.expect.is_empty() {
        let met = summary.expect.iter().filter(|verdict| verdict.met).count();
        found.push(("expect_met".to_owned(), met as f64 / summary.expect.len() as f64));
    }
    found.extend(of_populations(&summary));
    found.extend(of_epochs(&summary));
    // Epochs may share a name: the first one keeps it.
    let mut taken = HashSet::new();
    found.retain(|(name, _)| taken.insert(name.clone()));
    Ok(found)
}

/// What is measured, and predicted, of every population.
fn of_populations(summary: &Summary) -> Vec<(String, f64)> {
    let mut found = Vec::new();
    let mut add = |what: &str, name: &str, value: Option<f64>| {
        found.push((format!("{what}.{name}"), value.unwrap_or(f64::NAN)));
    };
    summary.rates_hz.iter().for_each(|(name, rate)| add("rate_hz", name, Some(*rate)));
    summary.cv_isi.iter().for_each(|(name, cv)| add("cv_isi", name, *cv));
    summary.cv_isi_delay.iter().for_each(|(name, cv)| add("cv_isi_delay", name, *cv));
    summary.delay_rate_hz.iter().for_each(|(name, rate)| add("delay_rate_hz", name, *rate));
    for (name, prediction) in summary.theory.iter().flat_map(|theory| &theory.populations) {
        add("predicted_hz", name, Some(prediction.predicted_hz));
    }
    found
}

/// What was retrieved in every epoch.
fn of_epochs(summary: &Summary) -> Vec<(String, f64)> {
    let mut found = Vec::new();
    for epoch in &summary.epochs {
        // Names of columns stand in a list with spaces between them, and are names in HDF5.
        let name = epoch.name.split_whitespace().collect::<Vec<_>>().join("_").replace('/', "_");
        for memory in &epoch.memories {
            let population = &memory.population;
            let clear = f64::from(u8::from(memory.retrieved.is_some()));
            found.push((format!("overlap.{population}.{name}"), memory.overlap));
            found.push((format!("retrieved.{population}.{name}"), clear));
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
