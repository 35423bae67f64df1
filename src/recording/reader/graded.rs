//! Reading graded activity.

use super::values::check_samples;
use super::{Recording, Samples};
use crate::dynamics::ObservableKind;
use crate::error::Result;
use crate::recording::store::{Attribute, Result as Stored};
use std::ops::Range;

impl Recording {
    /// The activity of every neuron of a population over time, of a network of graded activity, if it was recorded.
    pub fn activity(&self, population: &str) -> Result<Option<Samples>> {
        self.activity_within(population, 0..usize::MAX)
    }

    /// That at the `looks`, which count as those of [`rates`](Self::rates) do.
    pub fn activity_within(
        &self,
        population: &str,
        looks: Range<usize>,
    ) -> Result<Option<Samples>> {
        let path = |name: &str| format!("activity/{population}/{name}");
        if !self.store.exists(&path("activity")) {
            return Ok(None);
        }
        let read = || -> Stored<Samples> {
            let interval = self.interval(&format!("rates/{population}"))?;
            let (_, width) = self.store.shape(&path("activity"))?;
            let time = self.store.values(&path("time"), looks.clone())?;
            let values = self.store.values(&path("activity"), looks)?;
            let samples = Samples { interval, time, width, values };
            check_samples(
                &format!("activity/{population}"),
                "activity",
                &samples,
                self.observable,
            )?;
            Ok(samples)
        };
        self.sound(read()).map(Some)
    }

    /// The activities that stand for an inactive and an active neuron of a population; 0 and 1 unless it is graded.
    pub fn levels(&self, population: &str) -> Result<[f64; 2]> {
        if self.observable != ObservableKind::Graded {
            return Ok([0.0, 1.0]);
        }
        let read = |name: &str, usual: f64| -> Stored<f64> {
            match self.store.attribute(&format!("rates/{population}"), name)? {
                Some(Attribute::Real(level)) => Ok(level),
                _ => Ok(usual),
            }
        };
        self.sound(read("inactive", 0.0).and_then(|low| Ok([low, read("active", 1.0)?])))
    }
}
