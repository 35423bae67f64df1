//! How strong a stimulus is: a value, or its course in time.

use crate::distribution::{Distribution, Shape, value_or_table};
use crate::dynamics::Nature;
use crate::dynamics::rate::{RandomNumber, Spread};
use crate::error::{Error, Result};
use crate::random::Stream;
use crate::units::{Dimension, Duration, OfRate, OfVoltage, Quantity};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;

/// The strength of a stimulus.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged, bound = "")]
pub enum Intensity<V: Amount> {
    /// The same all the time.
    Constant(V),
    /// Written as a table with one key.
    Course(Course<V>),
}

/// A strength that changes in time, in steps: within each it is constant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields, bound = "")]
pub enum Course<V: Amount> {
    /// A staircase along a straight line from the onset of the epoch to its end: each step has the value of its middle.
    Ramp {
        /// At the onset.
        from: V,
        /// At the end.
        to: V,
        /// Length of a step.
        every: Duration,
    },
    /// One value after another; the last one is held until the end of the epoch.
    Steps {
        /// In order of time.
        values: Vec<V>,
        /// Length of a step.
        every: Duration,
    },
    /// Drawn anew at the beginning of every step.
    Redrawn {
        /// Of the values; a normal rate without `min` is drawn again unless it is 0 or more.
        distribution: V::Random,
        /// Length of a step.
        every: Duration,
        /// Whether every driven neuron has a course of its own; if not, all have the same.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        independent: bool,
    },
    /// A stationary Ornstein-Uhlenbeck process x, of which each step has the value at its beginning. Over a step of length h
    /// x goes to mean + (x - mean) e^{-h/tau} + sd sqrt(1 - e^{-2h/tau}) N(0, 1), exactly; a rate below 0 acts as 0.
    OrnsteinUhlenbeck {
        /// Of the process.
        mean: V,
        /// Its standard deviation.
        sd: V,
        /// Its correlation time.
        tau: Duration,
        /// Length of a step.
        every: Duration,
        /// Whether every driven neuron has a course of its own; if not, all have the same.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        independent: bool,
    },
}

/// What can be the strength of a stimulus: a rate, a current, or a field.
pub trait Amount:
    Copy + PartialEq + fmt::Debug + fmt::Display + Serialize + DeserializeOwned + schemars::JsonSchema
{
    /// How a random one is distributed.
    type Random: Clone
        + PartialEq
        + fmt::Debug
        + Serialize
        + DeserializeOwned
        + schemars::JsonSchema;

    /// For messages: "a rate such as \"10 Hz\"".
    const WHAT: &'static str;
    /// The smallest and the largest that a course may come to.
    const LIMITS: [f64; 2];

    /// Of so many mV, Hz, or units of the local field.
    fn of(value: f64) -> Self;

    /// mV, Hz, or units of the local field.
    fn value(self) -> f64;

    /// Refuses a distribution from which nothing can be drawn.
    #[doc(hidden)]
    fn check_random(random: &Self::Random) -> Result<()>;

    /// One value.
    #[doc(hidden)]
    fn draw(random: &Self::Random, stream: &mut Stream) -> f64;

    /// The smallest and the largest value.
    #[doc(hidden)]
    fn range(random: &Self::Random) -> [f64; 2];

    /// A normal distribution.
    #[doc(hidden)]
    fn normal(mean: Self, sd: Self) -> Self::Random;
}

macro_rules! amount_with_unit {
    ($dimension:ty, $what:expr) => {
        impl Amount for Quantity<$dimension> {
            type Random = Distribution<$dimension>;

            const WHAT: &'static str = $what;
            const LIMITS: [f64; 2] = [
                if <$dimension>::SIGNED { -<$dimension>::LARGEST } else { 0.0 },
                <$dimension>::LARGEST,
            ];

            fn of(value: f64) -> Self {
                Self::new(value)
            }

            fn value(self) -> f64 {
                self.value()
            }

            fn check_random(random: &Self::Random) -> Result<()> {
                random.or_min(Self::LIMITS[0]).check()
            }

            fn draw(random: &Self::Random, stream: &mut Stream) -> f64 {
                random.or_min(Self::LIMITS[0]).draw(stream)
            }

            fn range(random: &Self::Random) -> [f64; 2] {
                random.or_min(Self::LIMITS[0]).support().into()
            }

            fn normal(mean: Self, sd: Self) -> Self::Random {
                Distribution::Random(Shape::Normal { mean, sd, min: None, max: None })
            }
        }
    };
}

amount_with_unit!(OfVoltage, "a potential such as \"0.3 mV\", or its course in time");
amount_with_unit!(OfRate, "a rate such as \"10 Hz\", or its course in time");

impl Amount for f64 {
    type Random = Spread;

    const WHAT: &'static str = "a number, or its course in time";
    const LIMITS: [Self; 2] = [Self::MIN, Self::MAX];

    fn of(value: f64) -> Self {
        value
    }

    fn value(self) -> f64 {
        self
    }

    fn check_random(random: &Spread) -> Result<()> {
        random.check()
    }

    fn draw(random: &Spread, stream: &mut Stream) -> f64 {
        random.draw(stream)
    }

    fn range(random: &Spread) -> [f64; 2] {
        random.support().into()
    }

    fn normal(mean: Self, sd: Self) -> Spread {
        Spread::Random(RandomNumber::Normal { mean, sd })
    }
}

/// An epoch has at most so many steps of one course.
pub(crate) const MOST_STEPS: f64 = 1e7;

/// What rounding leaves of a step is none.
const LEAST_STEP: f64 = 1e-9;

impl<V: Amount> Intensity<V> {
    /// The value, if it does not change in time.
    pub fn constant(&self) -> Option<f64> {
        match self {
            Self::Constant(value) => Some(value.value()),
            Self::Course(_) => None,
        }
    }

    /// The course, if it changes in time.
    pub fn course(&self) -> Option<&Course<V>> {
        match self {
            Self::Constant(_) => None,
            Self::Course(course) => Some(course),
        }
    }

    /// Whether it is ever different from 0.
    pub fn is_felt(&self) -> bool {
        let [low, high] = self.reach();
        low != 0.0 || high != 0.0
    }

    /// The smallest and the largest value; infinite where there is none.
    pub fn reach(&self) -> [f64; 2] {
        let all = |values: &[V]| {
            values.iter().fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], value| {
                [low.min(value.value()), high.max(value.value())]
            })
        };
        match self {
            Self::Constant(value) => all(&[*value]),
            Self::Course(Course::Ramp { from, to, .. }) => all(&[*from, *to]),
            Self::Course(Course::Steps { values, .. }) => all(values),
            Self::Course(Course::Redrawn { distribution, .. }) => V::range(distribution),
            Self::Course(Course::OrnsteinUhlenbeck { mean, sd, .. }) if sd.value() == 0.0 => {
                all(&[*mean])
            }
            Self::Course(Course::OrnsteinUhlenbeck { .. }) => V::LIMITS,
        }
    }
}

impl<V: Amount> From<V> for Intensity<V> {
    fn from(value: V) -> Self {
        Self::Constant(value)
    }
}

impl<V: Amount> Course<V> {
    /// Length of a step, ms or sweeps.
    pub(super) fn every(&self) -> f64 {
        self.step().value()
    }

    fn step(&self) -> Duration {
        match self {
            Self::Ramp { every, .. }
            | Self::Steps { every, .. }
            | Self::Redrawn { every, .. }
            | Self::OrnsteinUhlenbeck { every, .. } => *every,
        }
    }

    /// Whether every driven neuron has one of its own.
    pub(crate) fn is_independent(&self) -> bool {
        match self {
            Self::Ramp { .. } | Self::Steps { .. } => false,
            Self::Redrawn { independent, .. } | Self::OrnsteinUhlenbeck { independent, .. } => {
                *independent
            }
        }
    }

    /// Whether its values are drawn.
    pub(super) fn is_random(&self) -> bool {
        matches!(self, Self::Redrawn { .. } | Self::OrnsteinUhlenbeck { .. })
    }

    /// Whether the values of a step follow from those of the one before.
    pub(super) fn has_memory(&self) -> bool {
        matches!(self, Self::OrnsteinUhlenbeck { .. })
    }

    /// How many steps an epoch of this `duration` has; the last one may be shorter.
    pub(super) fn steps(&self, duration: f64) -> u64 {
        (duration / self.every() - LEAST_STEP).ceil().max(1.0) as u64
    }

    /// Goes on to step `k` of an epoch of this `duration` from the values `x` of the step before; random numbers come from
    /// `stream`.
    pub(super) fn go_on(&self, k: u64, duration: f64, x: &mut [f64], stream: &mut Stream) {
        let every = self.every();
        match self {
            Self::Ramp { from, to, .. } => {
                let (start, end) = (k as f64 * every, ((k + 1) as f64 * every).min(duration));
                let share = 0.5 * (start + end) / duration;
                x.fill(from.value() + (to.value() - from.value()) * share);
            }
            Self::Steps { values, .. } => {
                x.fill(values[(k as usize).min(values.len() - 1)].value());
            }
            Self::Redrawn { distribution, .. } => {
                x.iter_mut().for_each(|x| *x = V::draw(distribution, stream));
            }
            Self::OrnsteinUhlenbeck { mean, sd, tau, .. } => {
                let (mean, sd, passed) = (mean.value(), sd.value(), every / tau.value());
                let (decay, fresh) = match k {
                    0 => (0.0, sd),
                    _ => (libm::exp(-passed), sd * (-libm::expm1(-2.0 * passed)).sqrt()),
                };
                for x in x {
                    *x = mean + (*x - mean) * decay + fresh * stream.normal();
                }
            }
        }
    }

    /// Refuses a course that an epoch of this `duration` of such a network cannot have.
    pub(super) fn check(&self, duration: f64, nature: Nature) -> Result<()> {
        let (name, unit) = (self.name(), nature.clock.unit());
        let every = self.step();
        let of_step = || -> Result<()> {
            let length = every.positive_on(nature.clock, "a step")?;
            if nature.whole_sweeps && length.fract() != 0.0 {
                return Err(Error::input(
                    format!("found a step of {every}"),
                    "neurons that are updated together have no moments within a sweep",
                    "write a whole number, for example \"1 sweep\"",
                ));
            }
            if length > duration {
                return Err(Error::input(
                    format!("found a step of {every}"),
                    format!("the epoch lasts {duration} {unit}"),
                    "make the step shorter, or write the strength as one value",
                ));
            }
            if duration / length > MOST_STEPS {
                return Err(Error::input(
                    format!("found steps of {every} in an epoch of {duration} {unit}"),
                    format!("an epoch has at most {MOST_STEPS} steps"),
                    "make the steps longer",
                ));
            }
            Ok(())
        };
        of_step().map_err(|e| e.at("every").within(name))?;
        self.check_values(duration, nature).map_err(|e| e.within(name))
    }

    fn check_values(&self, duration: f64, nature: Nature) -> Result<()> {
        let finite = |value: V, key: &str| match value.value().is_finite() {
            true => Ok(()),
            false => Err(Error::value(
                key,
                format!("found {value}"),
                "a strength is a finite number",
                "0.5",
            )),
        };
        match self {
            Self::Ramp { from, to, .. } => finite(*from, "from").and(finite(*to, "to")),
            Self::Steps { values, .. } => {
                values.iter().try_for_each(|value| finite(*value, "values"))?;
                let (found, steps) = (values.len() as u64, self.steps(duration));
                if (1..=steps).contains(&found) {
                    return Ok(());
                }
                let (found, remedy) = match found {
                    0 => ("found an empty list".to_owned(), "write at least one value"),
                    _ => (format!("found {found} values"), "leave some out, or make steps shorter"),
                };
                let allowed = format!("the epoch has room for {steps} steps");
                Err(Error::input(found, allowed, remedy).at("values"))
            }
            Self::Redrawn { distribution, .. } => {
                V::check_random(distribution).map_err(|e| e.within("distribution"))
            }
            Self::OrnsteinUhlenbeck { mean, sd, tau, .. } => {
                finite(*mean, "mean").and(finite(*sd, "sd"))?;
                let positive = tau.positive_on(nature.clock, "a correlation time");
                positive.map_err(|e| e.at("tau"))?;
                if sd.value() < 0.0 {
                    return Err(Error::input(
                        format!("found a standard deviation of {sd}"),
                        "a standard deviation is not negative",
                        "delete its sign",
                    )
                    .at("sd"));
                }
                Ok(())
            }
        }
    }

    /// Its key.
    fn name(&self) -> &'static str {
        match self {
            Self::Ramp { .. } => "ramp",
            Self::Steps { .. } => "steps",
            Self::Redrawn { .. } => "redrawn",
            Self::OrnsteinUhlenbeck { .. } => "ornstein_uhlenbeck",
        }
    }
}

/// Values of a course that a line has room for.
const FEW: usize = 4;

impl<V: Amount> fmt::Display for Intensity<V> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Constant(value) => write!(f, "{value}"),
            Self::Course(course) => write!(f, "{course}"),
        }
    }
}

impl<V: Amount> fmt::Display for Course<V> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let each = if self.is_independent() { ", each neuron its own" } else { "" };
        match self {
            Self::Ramp { from, to, .. } => write!(f, "{from} to {to}"),
            Self::Steps { values, every } if values.len() <= FEW => {
                let values: Vec<String> = values.iter().map(V::to_string).collect();
                write!(f, "{} in steps of {every}", values.join(", "))
            }
            Self::Steps { values, every } => {
                write!(f, "{} values in steps of {every}", values.len())
            }
            Self::Redrawn { every, .. } => write!(f, "random, redrawn every {every}{each}"),
            Self::OrnsteinUhlenbeck { mean, sd, tau, .. } => {
                write!(f, "{mean} with Ornstein-Uhlenbeck noise of {sd} and {tau}{each}")
            }
        }
    }
}

impl<'de, V: Amount> Deserialize<'de> for Intensity<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        value_or_table(deserializer, V::WHAT, Self::Constant, Self::Course)
    }
}
