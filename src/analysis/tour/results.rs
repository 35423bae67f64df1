//! What is found in trials of a travelling salesman, column by column, from the first and the last look at every trial.

use super::{Problem, length, normal, shortest};
use crate::error::{Error, Result};
use crate::recording::{Recording, Samples};
use crate::table::{Column, Table};
use crate::task::TourTrial;

/// The results that are numbers, NaN where there is none.
pub(super) const NUMBERS: [&str; 6] =
    ["length", "excess", "active", "duration", "energy_start", "energy"];

/// The results that hold or not.
pub(super) const FLAGS: [&str; 3] = ["valid", "optimal", "settled"];

/// How much longer than the shortest a tour may be by rounding, relative.
const ROUNDING: f64 = 1e-9;

/// What is found in the trials of a recording that have ended; nothing of one without such trials.
///
/// # Errors
/// If it holds no activity of single neurons, or is damaged.
pub fn results(recording: &Recording) -> Result<Option<Table>> {
    let (Some(trials), Some(ended)) = (recording.tour_trials()?, recording.ended()?) else {
        return Ok(None);
    };
    let Some(problem) = Problem::of(recording)? else { return Ok(None) };
    let shares = problem.shares(recording)?.filter(|s| !s.time.is_empty() || trials.is_empty());
    let Some(shares) = shares.filter(|_| ended.rows() >= trials.len()) else {
        return Err(Error::file(
            recording.path(),
            "found trials of which nothing tells how they ended",
            "the recording is damaged; run its model again",
        ));
    };
    let energy = recording.energy()?.and_then(|energy| energy.ok());
    Ok(Some(found(&problem, (&shares, energy.as_ref()), &trials, &ended)))
}

fn found(
    problem: &Problem,
    (shares, energy): (&Samples, Option<&Samples>),
    trials: &[TourTrial],
    ended: &Table,
) -> Table {
    let missing = || vec![f64::NAN; trials.len()];
    let how = |name| ended.column(name).and_then(Column::numbers).unwrap_or_else(missing);
    let (duration, period) = (how("duration"), how("period"));
    let least = length(&problem.points, &shortest(&problem.points));
    let mut numbers = NUMBERS.map(|name| (name, Vec::new()));
    let mut flags = FLAGS.map(|name| (name, Vec::new()));
    let mut tours = Vec::new();
    for (k, trial) in trials.iter().enumerate() {
        let looks = shares.looks_of_trial(trial.start, trial.end);
        let end = shares.time.len() - 1;
        let (first, last) = (looks.start.min(end), looks.end.max(looks.start + 1).min(end + 1) - 1);
        let row = shares.row(last);
        let tour = problem.read(row);
        let long = tour.as_ref().map_or(f64::NAN, |tour| length(&problem.points, tour));
        let energy = |look: usize| energy.map_or(f64::NAN, |e| e.row(look)[0]);
        let active = row.iter().filter(|share| **share > 0.5).count() as f64;
        let excess = long / least - 1.0;
        let values = [long, excess, active, duration[k], energy(first), energy(last)];
        numbers.iter_mut().zip(values).for_each(|((_, column), value)| column.push(value));
        let holds = [tour.is_some(), excess <= ROUNDING, period[k] == 1.0];
        flags.iter_mut().zip(holds).for_each(|((_, column), flag)| column.push(flag));
        tours.push(tour.map_or(String::new(), |tour| words(&tour)));
    }
    let add = |table: Table, (name, column)| table.flag(name, column);
    let table = flags.into_iter().fold(Table::default(), add);
    let add = |table: Table, (name, column)| table.real(name, column);
    numbers.into_iter().fold(table, add).text("tour", tours)
}

/// The cities of a tour, from 1, wherever it begins and whichever way it goes.
fn words(tour: &[usize]) -> String {
    let cities: Vec<String> = normal(tour).iter().map(|city| (city + 1).to_string()).collect();
    cities.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::{Cities, Tour};

    #[test]
    fn the_last_look_of_a_trial_tells_the_tour() {
        let points = vec![[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]];
        let cities = Cities::List(points.clone());
        let tour = Tour { cities, city: 1.0, place: 1.0, all: 0.0, distance: 0.1 };
        let problem = Problem { population: "N".to_owned(), points, tour };
        // The city at every place; 9 where none is.
        let state = |order: [usize; 4]| {
            let at = |k: usize| if order[k % 4] == k / 4 { 0.9 } else { 0.2 };
            (0..16).map(at).collect::<Vec<f64>>()
        };
        let orders = [[0, 1, 2, 3], [3, 2, 1, 0], [0, 0, 2, 3], [2, 0, 1, 3], [9, 1, 2, 3]];
        let start = vec![0.5; 16];
        // Every trial is looked at when it starts and when it ends.
        let values =
            orders.iter().flat_map(|order| [start.clone(), state(*order)].concat()).collect();
        let time = (0..5).flat_map(|k| [10.0 * f64::from(k), 10.0 * f64::from(k) + 4.0]).collect();
        let shares = Samples { interval: 10.0, time, width: 16, values };
        let trial = |k: i32| {
            let start = 10.0 * f64::from(k);
            TourTrial { start, end: start + 10.0, ..TourTrial::default() }
        };
        let trials: Vec<TourTrial> = (0..5).map(trial).collect();
        let ended = Table::default()
            .real("duration", vec![4.0; 5])
            .real("period", vec![1.0, 1.0, 1.0, 1.0, f64::NAN]);
        let found = found(&problem, (&shares, None), &trials, &ended);
        let flag = |name: &str| match found.column(name) {
            Some(Column::Flag(flags)) => flags.clone(),
            _ => panic!("{name} is no flag"),
        };
        assert_eq!(flag("valid"), [true, true, false, true, false]);
        assert_eq!(flag("optimal"), [true, true, false, false, false]);
        assert_eq!(flag("settled"), [true, true, true, true, false]);
        let real = |name: &str| found.column(name).and_then(Column::numbers).unwrap();
        assert_eq!(real("active"), [4.0, 4.0, 4.0, 4.0, 3.0]);
        let long = 2.0 + 2.0 * std::f64::consts::SQRT_2;
        assert!(real("length")[0] == 4.0 && (real("length")[3] - long).abs() < 1e-12);
        assert!(
            real("length")[2].is_nan() && (real("excess")[3] - (long / 4.0 - 1.0)).abs() < 1e-12
        );
        let tours = ["1 2 3 4", "1 2 3 4", "", "1 2 4 3", ""].map(str::to_owned).to_vec();
        assert_eq!(found.column("tour"), Some(&Column::Text(tours)));
    }
}
