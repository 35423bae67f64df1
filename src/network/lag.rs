//! How long synapses take: a time between spiking neurons, sweeps between neurons that are updated together.

use crate::distribution::{Distribution, Shape, value_or_table};
use crate::error::{Error, Result};
use crate::units::{Duration, OfTime, Time};
use serde::de::IntoDeserializer;
use serde::{Deserialize, Deserializer, Serialize, de};

/// The longest delay in sweeps: as many states of the network are kept.
const MOST_SWEEPS: f64 = 1000.0;

/// Time from sending to arrival: "1.5 ms", a distribution of times, or "3 sweeps".
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Lag {
    /// Of a spike.
    Time(Distribution<OfTime>),
    /// Of a state: of the field h(t) = J s(t - delay), from which s(t + 1) follows.
    Sweeps(Duration),
}

impl Lag {
    /// That of spikes.
    pub(super) fn time(self) -> Option<Distribution<OfTime>> {
        if let Self::Time(time) = self { Some(time) } else { None }
    }

    /// That of states, in sweeps.
    pub(super) fn sweeps(self) -> usize {
        if let Self::Sweeps(sweeps) = self { sweeps.value() as usize } else { 0 }
    }

    /// Refuses sweeps that are not whole, and too many.
    pub(super) fn check_sweeps(self) -> Result<()> {
        match self {
            Self::Sweeps(sweeps)
                if sweeps.value().fract() != 0.0 || sweeps.value() > MOST_SWEEPS =>
            {
                Err(Error::input(
                    format!("found a delay of {sweeps}"),
                    format!(
                        "a state arrives after a whole number of sweeps, at most {MOST_SWEEPS}"
                    ),
                    "write for example \"2 sweeps\"",
                )
                .at("delay"))
            }
            _ => Ok(()),
        }
    }
}

/// A single value as it stands in a model.
struct Single(Lag);

impl<'de> Deserialize<'de> for Single {
    fn deserialize<T: Deserializer<'de>>(deserializer: T) -> std::result::Result<Self, T::Error> {
        struct Visitor;

        impl de::Visitor<'_> for Visitor {
            type Value = Single;

            fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
                f.write_str("a time such as \"20 ms\", sweeps, or a distribution")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> std::result::Result<Single, E> {
                match text.parse::<Duration>() {
                    Ok(sweeps) if sweeps.in_sweeps().is_some() => Ok(Single(Lag::Sweeps(sweeps))),
                    Err(error) if text.contains("sweep") => Err(E::custom(error.to_message())),
                    _ => time(text.into_deserializer()),
                }
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> std::result::Result<Single, E> {
                time(number.into_deserializer())
            }

            fn visit_f64<E: de::Error>(self, number: f64) -> std::result::Result<Single, E> {
                time(number.into_deserializer())
            }
        }

        fn time<'a, T: Deserializer<'a>>(value: T) -> std::result::Result<Single, T::Error> {
            Time::deserialize(value).map(|time| Single(Lag::Time(Distribution::Constant(time))))
        }

        deserializer.deserialize_any(Visitor)
    }
}

impl<'de> Deserialize<'de> for Lag {
    fn deserialize<T: Deserializer<'de>>(deserializer: T) -> std::result::Result<Self, T::Error> {
        let what = "a time such as \"20 ms\", or a distribution";
        let random = |shape: Shape<OfTime>| Self::Time(Distribution::Random(shape));
        value_or_table(deserializer, what, |single: Single| single.0, random)
    }
}
