//! How strongly trials show a pattern: one of some levels, or in a course in time.

use super::Levels;
use crate::distribution::{Distribution, one_key};
use crate::protocol::{Amount, Course, Intensity};
use crate::units::{Dimension, Quantity};
use serde::de::{self, IntoDeserializer};
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;
use std::marker::PhantomData;

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
        struct Visitor<V>(PhantomData<V>);

        impl<'de, V: Amount> de::Visitor<'de> for Visitor<V> {
            type Value = Intensities<V>;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                write!(f, "a value, a list of values, or a course in time")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                Levels::deserialize(text.into_deserializer()).map(Intensities::Levels)
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Self::Value, E> {
                Levels::deserialize(number.into_deserializer()).map(Intensities::Levels)
            }

            fn visit_f64<E: de::Error>(self, number: f64) -> Result<Self::Value, E> {
                Levels::deserialize(number.into_deserializer()).map(Intensities::Levels)
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
                let list = de::value::SeqAccessDeserializer::new(list);
                Levels::deserialize(list).map(Intensities::Levels)
            }

            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                one_key(map).map(Intensities::Course)
            }
        }

        deserializer.deserialize_any(Visitor(PhantomData))
    }
}
