//! Durations on the clock of a network: biological time, or sweeps of single-neuron updates.

use super::{Time, text_or_number};
use crate::error::{Error, Result};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// In what the time of a network is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Clock {
    /// Biological time in ms.
    #[default]
    Ms,
    /// Sweeps of N single-neuron updates.
    Sweeps,
}

impl Clock {
    /// As it stands in recordings and figures.
    pub fn unit(self) -> &'static str {
        match self {
            Self::Ms => "ms",
            Self::Sweeps => "sweeps",
        }
    }

    /// A `time` on this clock in seconds of biology, where it counts them.
    pub(crate) fn seconds(self, time: f64) -> Option<f64> {
        match self {
            Self::Ms => Some(time / 1000.0),
            Self::Sweeps => None,
        }
    }

    /// The unit of a time axis, and how much it is on the clock.
    pub fn axis(self) -> (&'static str, f64) {
        match self {
            Self::Ms => ("s", 1000.0),
            Self::Sweeps => ("sweeps", 1.0),
        }
    }

    /// After how much time the network is looked at where a model does not say it.
    pub(crate) fn interval(self) -> Duration {
        match self {
            Self::Ms => Duration::ms(10.0),
            Self::Sweeps => Duration::sweeps(1.0),
        }
    }

    /// How far a network goes on until somebody is asked whether it is to: a moment of computing for most.
    pub(crate) fn moment(self) -> f64 {
        match self {
            Self::Ms => 20.0,
            Self::Sweeps => 1.0,
        }
    }

    /// One unit, in sentences.
    pub fn one(self) -> &'static str {
        match self {
            Self::Ms => "ms",
            Self::Sweeps => "sweep",
        }
    }

    /// The clock whose unit this is.
    pub(crate) fn of_unit(unit: &str) -> Self {
        if unit == "sweeps" { Self::Sweeps } else { Self::Ms }
    }
}

/// How long something lasts on the clock of its network: "200 ms" or "10 sweeps".
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Duration {
    value: f64,
    clock: Clock,
}

/// The longest duration in sweeps.
const MOST_SWEEPS: f64 = 1e9;

impl Duration {
    /// `value` ms.
    pub const fn ms(value: f64) -> Self {
        Self { value, clock: Clock::Ms }
    }

    /// `value` sweeps.
    pub const fn sweeps(value: f64) -> Self {
        Self { value, clock: Clock::Sweeps }
    }

    /// The number of sweeps, if it counts them.
    pub(crate) fn in_sweeps(self) -> Option<f64> {
        (self.clock == Clock::Sweeps).then_some(self.value)
    }

    /// The value in ms or sweeps.
    pub const fn value(self) -> f64 {
        self.value
    }

    /// Refuses what is not positive, and a duration on another clock than that of the network; `what` names it.
    pub(crate) fn positive_on(self, clock: Clock, what: &str) -> Result<f64> {
        let example = match clock {
            Clock::Ms => "200 ms",
            Clock::Sweeps => "10 sweeps",
        };
        let remedy = format!("write for example \"{example}\"");
        if self.clock != clock {
            let allowed = match clock {
                Clock::Ms => "the time of this network is counted in ms",
                Clock::Sweeps => {
                    "the time of this network is counted in sweeps of N single-neuron updates"
                }
            };
            return Err(Error::input(format!("found {what} of {self}"), allowed, remedy));
        }
        match clock {
            Clock::Ms => Time::new(self.value).positive(what),
            Clock::Sweeps if self.value > 0.0 => Ok(self.value),
            Clock::Sweeps => Err(Error::input(
                format!("found {what} of {self}"),
                format!("{what} is above 0"),
                remedy,
            )),
        }
    }
}

impl From<Time> for Duration {
    fn from(time: Time) -> Self {
        Self::ms(time.value())
    }
}

impl FromStr for Duration {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let trimmed = text.trim();
        let number = trimmed.strip_suffix("sweeps").or_else(|| trimmed.strip_suffix("sweep"));
        let Some(number) = number else { return text.parse::<Time>().map(Self::from) };
        match number.trim().parse::<f64>() {
            Ok(value) if (0.0..=MOST_SWEEPS).contains(&value) => Ok(Self::sweeps(value)),
            _ => Err(Error::input(
                format!("found \"{text}\""),
                format!("a number of sweeps lies between 0 and {MOST_SWEEPS}"),
                "write for example \"10 sweeps\"",
            )),
        }
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let unit = if self.value == 1.0 { self.clock.one() } else { self.clock.unit() };
        write!(f, "{} {unit}", self.value)
    }
}

impl Serialize for Duration {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Duration {
    fn deserialize<T: Deserializer<'de>>(deserializer: T) -> Result<Self, T::Error> {
        let what = "a time such as \"20 ms\" or \"10 sweeps\"";
        text_or_number(deserializer, what, |number| {
            Err(Error::input(
                format!("found the bare number {number}"),
                "a duration is written as a string with its unit",
                "write for example \"200 ms\", or \"10 sweeps\" of binary neurons",
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_keep_their_clock() {
        let parse = |text: &str| text.parse::<Duration>();
        assert_eq!(parse("2 s").unwrap(), Duration::ms(2000.0));
        assert_eq!(parse("10 sweeps").unwrap(), Duration::sweeps(10.0));
        assert_eq!(parse("1 sweep").unwrap().to_string(), "1 sweep");
        assert_eq!(parse("0.5 sweeps").unwrap().to_string(), "0.5 sweeps");
        assert!(parse("many sweeps").unwrap_err().to_string().contains("between 0 and"));
        let error = parse("10 sweeps").unwrap().positive_on(Clock::Ms, "a duration").unwrap_err();
        assert!(error.to_string().contains("in ms; write for example \"200 ms\""), "{error}");
        assert!(parse("0 sweeps").unwrap().positive_on(Clock::Sweeps, "a duration").is_err());
    }
}
