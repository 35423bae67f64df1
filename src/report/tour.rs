//! How the trials of a travelling salesman went, in a summary.

use crate::analysis::{Problem, TourTrials, length, normal, shortest};
use crate::error::Result;
use crate::recording::Recording;
use crate::units::Clock;
use serde::Serialize;
use std::fmt;

/// The tours of a travelling salesman.
#[derive(Clone, Debug, Serialize)]
pub struct TourSummary {
    cities: usize,
    /// The length of the shortest tour, and its cities, from 1.
    shortest: f64,
    shortest_tour: Vec<usize>,
    trials: usize,
    /// Share of trials that end in a tour ...
    valid: f64,
    /// ... and in a shortest one.
    optimal: f64,
    /// Mean length of the tours relative to the shortest, less 1; none without tours.
    excess: Option<f64>,
    /// Share of trials that come to rest.
    settled: f64,
    /// Mean time of a trial, and its unit.
    duration: f64,
    #[serde(skip)]
    clock: Clock,
}

impl TourSummary {
    pub(super) fn of(recording: &Recording, trials: &TourTrials) -> Result<Option<Self>> {
        let Some(problem) = Problem::of(recording)? else { return Ok(None) };
        let tour = shortest(&problem.points);
        let mean = |name: &str| trials.mean(name).value;
        Ok(Some(Self {
            cities: problem.points.len(),
            shortest: length(&problem.points, &tour),
            shortest_tour: normal(&tour).iter().map(|city| city + 1).collect(),
            trials: trials.number(),
            valid: mean("valid"),
            optimal: mean("optimal"),
            excess: Some(mean("excess")).filter(|excess| !excess.is_nan()),
            settled: mean("settled"),
            duration: mean("duration"),
            clock: recording.clock(),
        }))
    }
}

impl fmt::Display for TourSummary {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let cities: Vec<String> = self.shortest_tour.iter().map(usize::to_string).collect();
        writeln!(
            f,
            "  {} cities; the shortest tour, {}, is {:.4} long",
            self.cities,
            cities.join("-"),
            self.shortest
        )?;
        writeln!(f)?;
        let (a, b, c, d, e) = ("trials", "tours", "shortest", "mean excess", "settled");
        let unit = format!("{} each", self.clock.unit());
        writeln!(f, "  {a:>8} {b:>9} {c:>9} {d:>12} {e:>9} {unit:>12}")?;
        let excess =
            self.excess.map_or("-".to_owned(), |excess| format!("{:.2} %", 100.0 * excess));
        writeln!(
            f,
            "  {:>8} {:>7.1} % {:>7.1} % {excess:>12} {:>7.1} % {:>12.1}",
            self.trials,
            100.0 * self.valid,
            100.0 * self.optimal,
            100.0 * self.settled,
            self.duration
        )?;
        writeln!(f)
    }
}
