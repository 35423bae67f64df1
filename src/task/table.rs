//! Trials as a table, one row each, with patterns from 1, and back.

use super::{DistractorShown, Trial, distractor_name};
use crate::table::{Real, Table};

/// Times (ms), and how sample and test were shown.
const REALS: [Real<Trial>; 17] = [
    ("start_ms", |t| &mut t.start),
    ("sample_ms", |t| &mut t.sample_onset),
    ("delay_ms", |t| &mut t.delay_onset),
    ("test_ms", |t| &mut t.test_onset),
    ("test_end_ms", |t| &mut t.test_end),
    ("end_ms", |t| &mut t.end),
    ("sample_duration_ms", |t| &mut t.sample_as_shown.duration),
    ("delay_duration_ms", |t| &mut t.delay),
    ("test_duration_ms", |t| &mut t.test_as_shown.duration),
    ("sample_hz", |t| &mut t.sample_as_shown.poisson),
    ("sample_mv", |t| &mut t.sample_as_shown.current),
    ("left_out", |t| &mut t.sample_as_shown.left_out),
    ("replaced", |t| &mut t.sample_as_shown.replaced),
    ("test_hz", |t| &mut t.test_as_shown.poisson),
    ("test_mv", |t| &mut t.test_as_shown.current),
    ("test_left_out", |t| &mut t.test_as_shown.left_out),
    ("test_replaced", |t| &mut t.test_as_shown.replaced),
];

/// Of a distractor, behind its name.
const OF_DISTRACTORS: [Real<DistractorShown>; 4] = [
    ("_ms", |d| &mut d.onset),
    ("_end_ms", |d| &mut d.end),
    ("_hz", |d| &mut d.poisson),
    ("_mv", |d| &mut d.current),
];

/// The table of trials.
pub fn to_table(trials: &[Trial]) -> Table {
    let whole = |value: fn(&Trial) -> u64| trials.iter().map(value).collect();
    let mut table = Table::default()
        .whole("trial", whole(|t| t.number as u64))
        .whole("seed", whole(|t| t.seed))
        .whole("sample", whole(|t| t.sample as u64 + 1))
        .whole("test", whole(|t| t.test as u64 + 1))
        .flag("match", trials.iter().map(Trial::matches).collect())
        .reals("", &REALS, &mut trials.to_vec());
    for d in 0..trials.first().map_or(0, |t| t.distractors.len()) {
        let name = distractor_name(d);
        let mut shown: Vec<DistractorShown> =
            trials.iter().map(|t| t.distractors[d].clone()).collect();
        table = table.whole(&*name, shown.iter().map(|d| d.pattern as u64 + 1).collect()).reals(
            &name,
            &OF_DISTRACTORS,
            &mut shown,
        );
    }
    table
}

/// The trials of a table that [`to_table`] made; `None` if a column is missing.
pub fn from_table(table: &Table) -> Option<Vec<Trial>> {
    let pattern = |name: &str, k: usize| (table.whole_at(name, k)? as usize).checked_sub(1);
    let number = (0..).take_while(|&d| table.column(&distractor_name(d)).is_some()).count();
    let shown = |d: usize, k: usize| {
        let name = distractor_name(d);
        let mut shown =
            DistractorShown { pattern: pattern(&name, k)?, ..DistractorShown::default() };
        table.fill(&name, &OF_DISTRACTORS, k, &mut shown)?;
        Some(shown)
    };
    let trial = |k: usize| {
        let mut trial = Trial {
            number: table.whole_at("trial", k)? as usize,
            seed: table.whole_at("seed", k)?,
            sample: pattern("sample", k)?,
            test: pattern("test", k)?,
            distractors: (0..number).map(|d| shown(d, k)).collect::<Option<_>>()?,
            ..Trial::default()
        };
        table.fill("", &REALS, k, &mut trial)?;
        Some(trial)
    };
    (0..table.rows()).map(trial).collect()
}
