//! How strongly trials show a pattern: one of some levels, or in a course in time.

use super::Levels;
use crate::distribution::{Distribution, values_or_table};
use crate::protocol::{Amount, Course, Intensity};
use crate::units::{Dimension, Quantity};
use serde::{Deserialize, Deserializer, Serialize};

/// The strength of what trials show.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged, bound = "")]
pub enum Intensities<V: Amount> {
    /// Every trial gets one of them.
    Levels(Levels<V>),
    /// Every trial gets this course; where it is random, with values of its own.
    Course(Course<V>),
}

impl<V: Amount> Intensities<V> {
    /// What differs from trial to trial because it is a list.
    pub fn levels(&self) -> &[V] {
        match self {
            Self::Levels(levels) => &levels.0,
            Self::Course(_) => &[],
        }
    }

    /// Whether any trial feels it.
    pub fn is_felt(&self) -> bool {
        match self {
            Self::Levels(levels) => levels.0.iter().any(|level| level.value() != 0.0),
            Self::Course(course) => Intensity::Course(course.clone()).is_felt(),
        }
    }

    /// That of one trial, which `draw`s its level.
    pub(super) fn of_trial(&self, draw: impl FnOnce(&Levels<V>) -> V) -> Intensity<V> {
        match self {
            Self::Levels(levels) => Intensity::Constant(draw(levels)),
            Self::Course(course) => Intensity::Course(course.clone()),
        }
    }
}

/// Its mean over `duration` ms as it is written: of distributions before what lies beyond their bounds is drawn again, and of noisy
/// rates before those below 0 act as 0.
pub(super) fn mean<D: Dimension>(strength: &Intensity<Quantity<D>>, duration: f64) -> f64
where
    Quantity<D>: Amount<Random = Distribution<D>>,
{
    let course = match strength {
        Intensity::Constant(value) => return value.value(),
        Intensity::Course(course) => course,
    };
    match course {
        Course::Ramp { from, to, .. } => 0.5 * (from.value() + to.value()),
        Course::Steps { values, every } => {
            let held = |k: usize| match k + 1 == values.len() {
                true => duration - k as f64 * every.value(),
                false => every.value(),
            };
            values.iter().enumerate().map(|(k, v)| v.value() * held(k)).sum::<f64>() / duration
        }
        Course::Redrawn { distribution, .. } => distribution.mean(),
        Course::OrnsteinUhlenbeck { mean, .. } => mean.value(),
    }
}

impl<'de, V: Amount> Deserialize<'de> for Intensities<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let what = "a value, a list of values, or a course in time";
        values_or_table(deserializer, what, Self::Levels, Self::Course)
    }
}
