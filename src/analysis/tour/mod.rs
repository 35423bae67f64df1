//! Tours of a travelling salesman: whether final activities are tours, and how long these are.
//!
//! A neuron counts as active above half of the way from its inactive to its active level. A state is a tour if every city
//! has exactly one active neuron, and every place.

mod expect;
mod results;
mod shortest;

pub use expect::ExpectTour;
pub use results::results;
pub use shortest::{MOST_CITIES, length, normal, shortest};

use crate::error::{Error, Result};
use crate::network::Tour;
use crate::random::Seed;
use crate::recording::{Recording, Samples};
use crate::statistics::Mean;
use crate::table::Table;
use crate::task::Task;
use serde::Deserialize;

/// The cities of a recorded travelling salesman.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// Whose neurons stand for cities at places.
    pub population: String,
    /// The cities.
    pub points: Vec<[f64; 2]>,
    /// How they inhibit each other.
    pub tour: Tour,
}

impl Problem {
    /// The one of the model that a recording carries; nothing of another model.
    pub fn of(recording: &Recording) -> Result<Option<Self>> {
        let provenance = recording.provenance()?;
        let model: toml::Table = provenance.model_resolved.parse().unwrap_or_default();
        let projections = model.get("projection").and_then(toml::Value::as_table);
        let found = projections.into_iter().flatten().find_map(|(name, projection)| {
            let tour = projection.get("efficacy")?.get("tour")?.clone();
            Some((name, projection.get("to")?.as_str()?.to_owned(), tour))
        });
        let Some((name, population, tour)) = found else { return Ok(None) };
        let tour = Tour::deserialize(tour).map_err(|_| {
            Error::file(
                recording.path(),
                "found a travelling salesman whose cities cannot be read",
                "run its model again",
            )
        })?;
        let points = tour.points(name, Seed(provenance.seed));
        Ok(Some(Self { population, points, tour }))
    }

    /// How far every neuron is from inactive (0) to active (1) over time; nothing if that was not recorded.
    pub fn shares(&self, recording: &Recording) -> Result<Option<Samples>> {
        if let Some(mut samples) = recording.activity(&self.population)? {
            let [low, high] = recording.levels(&self.population)?;
            samples.values.iter_mut().for_each(|r| *r = (*r - low) / (high - low));
            return Ok(Some(samples));
        }
        let Some(states) = recording.states(&self.population)? else { return Ok(None) };
        Ok(Some(Samples {
            interval: recording.rates(&self.population)?.interval,
            time: states.time,
            width: states.neurons,
            values: states.state.into_iter().map(f64::from).collect(),
        }))
    }

    /// The city at every place, from 0, if these neurons, from inactive 0 to active 1, make a tour.
    pub fn read(&self, shares: &[f64]) -> Option<Vec<usize>> {
        let number = self.points.len();
        let active = |city: usize, place: usize| shares[city * number + place] > 0.5;
        let only = |place: usize| {
            let mut cities = (0..number).filter(|&city| active(city, place));
            cities.next().filter(|_| cities.next().is_none())
        };
        let tour: Vec<usize> = (0..number).map(only).collect::<Option<_>>()?;
        let once = |city: usize| tour.iter().filter(|&&other| other == city).count() == 1;
        (0..number).all(once).then_some(tour)
    }
}

/// The trials of a travelling salesman that ended, one row each.
#[derive(Clone, Debug)]
pub struct TourTrials {
    /// What was found.
    pub found: Table,
}

impl TourTrials {
    /// Of a recording with trials of `task`: with the results that stand in it, or that are found in it now; none of
    /// another.
    pub fn of(recording: &Recording, task: Option<&Task>) -> Result<Option<Self>> {
        if task.and_then(Task::tour).is_none() {
            return Ok(None);
        }
        let found = match recording.results()? {
            None => results(recording)?,
            stored => stored,
        };
        Ok(found.map(|found| Self { found }))
    }

    /// Number of trials.
    pub fn number(&self) -> usize {
        self.found.rows()
    }

    /// A column as numbers: flags are 0 and 1; nothing of text.
    pub fn values(&self, name: &str) -> Vec<f64> {
        self.found.column(name).and_then(|column| column.numbers()).unwrap_or_default()
    }

    /// The mean of a column over the trials that have a value.
    pub fn mean(&self, name: &str) -> Mean {
        Mean::of(self.values(name))
    }
}
