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

    /// Where a network of so many neurons may stand that was told to come to `time`: in sweeps at the last update before, of one
    /// neuron or of all.
    #[cfg(feature = "hdf5")]
    pub(crate) fn stands(self, time: f64, neurons: usize) -> [f64; 2] {
        // Rounding of a sum of durations loses no update.
        let updates = (time * neurons as f64 + 1e-6).floor() / neurons as f64;
        match self {
            Self::Ms => [time; 2],
            Self::Sweeps => [updates, updates.floor()],
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

    #[test]
    fn the_ends_of_the_range_of_sweeps_belong_to_it() {
        for (text, sweeps) in [("0 sweeps", 0.0), ("0.25sweep", 0.25), (" 1e9 sweeps ", 1e9)] {
            let duration: Duration = text.parse().unwrap();
            assert_eq!((duration.in_sweeps(), duration.value()), (Some(sweeps), sweeps));
        }
        for text in ["-1 sweeps", "1.1e9 sweeps", "nan sweeps", "sweeps", "inf sweep", "2 s sweeps"]
        {
            let message = text.parse::<Duration>().unwrap_err().to_string();
            assert_eq!(
                message,
                format!(
                    "found \"{text}\"; a number of sweeps lies between 0 and 1000000000; \
                     write for example \"10 sweeps\"."
                )
            );
        }
        assert_eq!("3 ms".parse::<Duration>().unwrap().in_sweeps(), None);
        assert!("3".parse::<Duration>().unwrap_err().to_string().contains("no unit"));
    }

    #[test]
    fn a_duration_is_positive_and_on_the_clock_of_its_network() {
        let on = |duration: Duration, clock| duration.positive_on(clock, "a duration");
        assert_eq!(on(Duration::ms(1e-6), Clock::Ms).unwrap(), 1e-6);
        assert_eq!(on(Duration::sweeps(1e-300), Clock::Sweeps).unwrap(), 1e-300);
        for (duration, clock, sentence) in [
            (
                Duration::ms(0.0),
                Clock::Ms,
                "found a duration of 0 ms; a duration is at least 0.000001 ms;",
            ),
            (
                Duration::sweeps(0.0),
                Clock::Sweeps,
                "found a duration of 0 sweeps; a duration is above 0; write for example \"10 sweeps\"",
            ),
            (
                Duration::sweeps(-1.0),
                Clock::Sweeps,
                "found a duration of -1 sweeps; a duration is above 0;",
            ),
            (
                Duration::sweeps(1.0),
                Clock::Ms,
                "found a duration of 1 sweep; the time of this network is counted in ms; write for example \"200 ms\"",
            ),
            (
                Duration::ms(2.0),
                Clock::Sweeps,
                "found a duration of 2 ms; the time of this network is counted in sweeps of N single-neuron updates; write for example \"10 sweeps\"",
            ),
        ] {
            let found = on(duration, clock).unwrap_err().to_string();
            assert!(found.starts_with(sentence), "{found}");
        }
    }

    #[test]
    fn both_clocks_say_what_they_count() {
        let of = |clock: Clock| {
            (clock.unit(), clock.one(), clock.axis(), clock.seconds(1500.0), clock.moment())
        };
        assert_eq!(of(Clock::Ms), ("ms", "ms", ("s", 1000.0), Some(1.5), 20.0));
        assert_eq!(of(Clock::Sweeps), ("sweeps", "sweep", ("sweeps", 1.0), None, 1.0));
        for clock in [Clock::Ms, Clock::Sweeps] {
            assert_eq!(Clock::of_unit(clock.unit()), clock);
            assert!(clock.interval().positive_on(clock, "an interval").is_ok());
        }
        assert_eq!(
            (Clock::Ms.interval(), Clock::Sweeps.interval()),
            (Duration::ms(10.0), Duration::sweeps(1.0))
        );
    }

    #[test]
    fn a_model_file_holds_texts_and_a_bare_number_is_refused() {
        let read = |json: &str| serde_json::from_str::<Duration>(json).map_err(|e| e.to_string());
        assert_eq!(read("\"2 s\""), Ok(Duration::ms(2000.0)));
        assert_eq!(serde_json::to_string(&Duration::sweeps(1.0)).unwrap(), "\"1 sweep\"");
        let message = read("-2").unwrap_err();
        let parts = ["found the bare number -2", "a duration is written as a string with its unit"];
        assert!(parts.iter().all(|part| message.contains(part)), "{message}");
        assert!(
            read("true")
                .unwrap_err()
                .contains("expected a time such as \"20 ms\" or \"10 sweeps\"")
        );
    }
}
