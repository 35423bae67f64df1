//! Trials as a table, one row each, with patterns from 1, and back.

use super::{AsShown, DistractorShown, Trial, distractor_name};
use crate::table::{Column, Table};

/// The table of trials.
pub fn to_table(trials: &[Trial]) -> Table {
    let real = |value: fn(&Trial) -> f64| trials.iter().map(value).collect();
    let whole = |value: fn(&Trial) -> u64| trials.iter().map(value).collect();
    let mut table = Table::default()
        .whole("trial", whole(|t| t.number as u64))
        .whole("seed", whole(|t| t.seed))
        .whole("sample", whole(|t| t.sample as u64 + 1))
        .whole("test", whole(|t| t.test as u64 + 1))
        .flag("match", trials.iter().map(Trial::matches).collect())
        .real("start_ms", real(|t| t.start))
        .real("sample_ms", real(|t| t.sample_onset))
        .real("delay_ms", real(|t| t.delay_onset))
        .real("test_ms", real(|t| t.test_onset))
        .real("test_end_ms", real(|t| t.test_end))
        .real("end_ms", real(|t| t.end))
        .real("sample_hz", real(|t| t.sample_as_shown.poisson))
        .real("sample_mv", real(|t| t.sample_as_shown.current))
        .real("left_out", real(|t| t.sample_as_shown.left_out))
        .real("replaced", real(|t| t.sample_as_shown.replaced))
        .real("test_hz", real(|t| t.test_as_shown.poisson))
        .real("test_mv", real(|t| t.test_as_shown.current))
        .real("test_left_out", real(|t| t.test_as_shown.left_out))
        .real("test_replaced", real(|t| t.test_as_shown.replaced));
    for d in 0..trials.first().map_or(0, |t| t.distractors.len()) {
        let name = distractor_name(d);
        let real = |value: fn(&DistractorShown) -> f64| {
            trials.iter().map(|t| value(&t.distractors[d])).collect()
        };
        table = table
            .whole(&*name, trials.iter().map(|t| t.distractors[d].pattern as u64 + 1).collect())
            .real(format!("{name}_ms"), real(|d| d.onset))
            .real(format!("{name}_end_ms"), real(|d| d.end))
            .real(format!("{name}_hz"), real(|d| d.poisson))
            .real(format!("{name}_mv"), real(|d| d.current));
    }
    table
}

/// The trials of a table that [`to_table`] made; `None` if a column is missing.
pub fn from_table(table: &Table) -> Option<Vec<Trial>> {
    let real = |name: &str| match table.column(name) {
        Some(Column::Real(values)) => Some(values),
        _ => None,
    };
    let whole = |name: &str| match table.column(name) {
        Some(Column::Whole(values)) => Some(values),
        _ => None,
    };
    let pattern = |name: &str, k: usize| (whole(name)?[k] as usize).checked_sub(1);
    let number = (0..).take_while(|&d| table.column(&distractor_name(d)).is_some()).count();
    let shown = |d: usize, k: usize| {
        let name = distractor_name(d);
        Some(DistractorShown {
            pattern: pattern(&name, k)?,
            onset: real(&format!("{name}_ms"))?[k],
            end: real(&format!("{name}_end_ms"))?[k],
            poisson: real(&format!("{name}_hz"))?[k],
            current: real(&format!("{name}_mv"))?[k],
        })
    };
    let trial = |k: usize| {
        Some(Trial {
            number: whole("trial")?[k] as usize,
            seed: whole("seed")?[k],
            start: real("start_ms")?[k],
            sample_onset: real("sample_ms")?[k],
            delay_onset: real("delay_ms")?[k],
            test_onset: real("test_ms")?[k],
            test_end: real("test_end_ms")?[k],
            end: real("end_ms")?[k],
            sample: pattern("sample", k)?,
            test: pattern("test", k)?,
            sample_as_shown: AsShown {
                poisson: real("sample_hz")?[k],
                current: real("sample_mv")?[k],
                left_out: real("left_out")?[k],
                replaced: real("replaced")?[k],
            },
            test_as_shown: AsShown {
                poisson: real("test_hz")?[k],
                current: real("test_mv")?[k],
                left_out: real("test_left_out")?[k],
                replaced: real("test_replaced")?[k],
            },
            distractors: (0..number).map(|d| shown(d, k)).collect::<Option<_>>()?,
        })
    };
    (0..table.rows()).map(trial).collect()
}
