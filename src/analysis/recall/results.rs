//! What is found in trials of recall, column by column, from the first and the last look at every trial.

use crate::analysis::holder::holder;
use crate::error::{Error, Result};
use crate::pattern::{Patterns, differences};
use crate::recording::{Recording, Samples};
use crate::table::{Column, Table};
use crate::task::{Recall, RecallTrial};

/// The results that are numbers, NaN where there is none.
pub(super) const NUMBERS: [&str; 11] = [
    "overlap_start",
    "first_step",
    "overlap",
    "errors",
    "sweeps",
    "period",
    "energy_start",
    "energy",
    "nearest_overlap",
    "other",
    "activity",
];

/// The results that hold or not.
pub(super) const FLAGS: [&str; 3] = ["exact", "settled", "cycles"];

/// What is found in the trials of a recording that have ended; nothing of one without such trials, or of an older one
/// that does not say how they ended.
pub fn results(recording: &Recording, task: &Recall) -> Result<Option<Table>> {
    let (Some(trials), Some(ended)) = (recording.recall_trials()?, recording.ended()?) else {
        return Ok(None);
    };
    let Some(population) = holder(recording, task.population.as_ref())? else { return Ok(None) };
    let patterns = recording.patterns(&population)?;
    let Some((patterns, overlaps)) = patterns.zip(recording.overlaps(&population)?) else {
        return Ok(None);
    };
    let activity = recording.rates(&population)?;
    let energy = recording.energy()?.and_then(|energy| energy.ok());
    let looks = activity.time.len().min(overlaps.time.len());
    if ended.rows() < trials.len() || (looks == 0 && !trials.is_empty()) {
        return Err(Error::file(
            recording.path(),
            "found trials of which nothing tells how they ended",
            "the recording is damaged; run its model again",
        ));
    }
    let levels = recording.levels(&population)?;
    let seen = Seen { patterns: &patterns, overlaps, activity, levels, energy };
    Ok(Some(seen.results(&trials, &ended)))
}

/// What was seen of the population that holds the patterns, look by look.
struct Seen<'a> {
    patterns: &'a Patterns,
    overlaps: Samples,
    activity: Samples,
    /// Of inactive and active neurons.
    levels: [f64; 2],
    /// Where one exists.
    energy: Option<Samples>,
}

impl Seen<'_> {
    fn results(&self, trials: &[RecallTrial], ended: &Table) -> Table {
        let missing = || vec![f64::NAN; trials.len()];
        let how = |name| ended.column(name).and_then(Column::numbers).unwrap_or_else(missing);
        let (duration, period, first_step) = (how("duration"), how("period"), how("first_step"));
        let mut numbers = NUMBERS.map(|name| (name, Vec::new()));
        let mut flags = FLAGS.map(|name| (name, Vec::new()));
        let (mut nearest, mut age, mut outcome) = (Vec::new(), Vec::new(), Vec::new());
        for (k, trial) in trials.iter().enumerate() {
            let looks = self.activity.looks_of_trial(trial.start, trial.end);
            let last = self.activity.time.len().min(self.overlaps.time.len()) - 1;
            let (first, last) =
                (looks.start.min(last), looks.end.max(looks.start + 1).min(last + 1) - 1);
            let m = self.overlaps.row(last);
            let activity = self.activity.row(last)[0];
            let energy = |look: usize| self.energy.as_ref().map_or(f64::NAN, |e| e.row(look)[0]);
            let by_size = |a: &(usize, &f64), b: &(usize, &f64)| a.1.abs().total_cmp(&b.1.abs());
            let largest = m.iter().enumerate().max_by(by_size).map_or((0, 0.0), |(mu, m)| (mu, *m));
            let others = m.iter().enumerate().filter(|(mu, _)| *mu != trial.pattern);
            let share = (activity - self.levels[0]) / (self.levels[1] - self.levels[0]);
            let errors = differences(self.patterns, trial.pattern, m[trial.pattern], share);
            let found = [
                self.overlaps.row(first)[trial.pattern],
                first_step[k],
                m[trial.pattern],
                errors,
                duration[k],
                period[k],
                energy(first),
                energy(last),
                largest.1,
                others.map(|(_, m)| m.abs()).fold(f64::NAN, f64::max),
                activity,
            ];
            numbers.iter_mut().zip(found).for_each(|((_, column), value)| column.push(value));
            let cycles = period[k] > 1.0;
            // Of a cycle the last state is one of many.
            let holds = [errors == 0.0 && !cycles, period[k] == 1.0, cycles];
            flags.iter_mut().zip(holds).for_each(|((_, column), flag)| column.push(flag));
            nearest.push(largest.0 as u64 + 1);
            // Patterns that were stored after that of the trial.
            age.push((m.len() - 1 - trial.pattern) as u64);
            outcome.push(match period[k] {
                1.0 => "fixed point".to_owned(),
                period if period.is_nan() => "not settled".to_owned(),
                period => format!("cycle of {period}"),
            });
        }
        let add = |table: Table, (name, column)| table.real(name, column);
        let table = numbers.into_iter().fold(Table::default(), add);
        let table = table.whole("nearest", nearest).whole("age", age);
        let add = |table: Table, (name, column)| table.flag(name, column);
        flags.into_iter().fold(table, add).text("outcome", outcome)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(width: usize, values: Vec<f64>) -> Samples {
        Samples { interval: 1.0, time: vec![0.0, 2.0, 2.0, 3.0, 6.0, 7.0], width, values }
    }

    #[test]
    fn the_first_and_the_last_look_of_a_trial_tell_what_was_found() {
        // Two patterns of 2 of 8 neurons; two trials of up to 4 sweeps, from the end of a protocol of 2.
        let patterns = Patterns::from_foreground(8, vec![vec![0, 1], vec![2, 3]]);
        let third = 1.0 / 3.0;
        let m = vec![
            0.0,
            0.0,
            0.0,
            0.0,
            0.5,
            -third / 2.0,
            1.0,
            -third,
            -third,
            1.0,
            0.0,
            0.5 - third / 2.0,
        ];
        let looks = Seen {
            patterns: &patterns,
            overlaps: samples(2, m),
            activity: samples(1, vec![0.0, 0.0, 0.125, 0.25, 0.25, 0.25]),
            levels: [0.0, 1.0],
            energy: Some(samples(1, vec![0.0, 0.0, -1.0, -3.0, -2.0, -2.5])),
        };
        let trial = |start, pattern| RecallTrial {
            start,
            end: start + 4.0,
            pattern,
            ..RecallTrial::default()
        };
        let ended = Table::default()
            .real("duration", vec![1.0, 1.0])
            .real("period", vec![1.0, 2.0])
            .real("first_step", vec![0.0, 0.25]);
        let found = looks.results(&[trial(2.0, 0), trial(6.0, 1)], &ended);
        let real = |name: &str| found.column(name).and_then(Column::numbers).unwrap();
        assert_eq!(real("overlap_start"), [0.5, 1.0]);
        assert_eq!(real("overlap"), [1.0, 0.5 - third / 2.0]);
        assert_eq!((real("errors"), real("activity")), (vec![0.0, 2.0], vec![0.25, 0.25]));
        assert_eq!((real("energy_start"), real("energy")), (vec![-1.0, -2.0], vec![-3.0, -2.5]));
        assert_eq!(real("other"), [third, 0.0]);
        assert_eq!(found.column("exact"), Some(&Column::Flag(vec![true, false])));
        assert_eq!(found.column("settled"), Some(&Column::Flag(vec![true, false])));
        assert_eq!(found.column("age"), Some(&Column::Whole(vec![1, 0])));
        let outcome = ["fixed point", "cycle of 2"].map(str::to_owned).to_vec();
        assert_eq!(found.column("outcome"), Some(&Column::Text(outcome)));
        let names: Vec<&str> = found.columns().map(|(name, _)| name).collect();
        assert!(NUMBERS.iter().chain(&FLAGS).all(|name| names.contains(name)), "{names:?}");
    }
}
