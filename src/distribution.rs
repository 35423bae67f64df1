//! Quantities that may differ from one neuron or synapse to the next: "20 ms" or { normal = { ... } }.

mod written;

pub(crate) use written::{named, pair, value_or_table, values_or_table};

use crate::error::{Error, Result};
use crate::random::Stream;
use crate::units::{Dimension, Quantity};
use serde::{Deserialize, Deserializer, Serialize};

/// A quantity that is the same everywhere, or drawn independently for every neuron or synapse.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(untagged, bound = "")]
pub enum Distribution<D: Dimension> {
    /// Written as a string, "20 ms".
    Constant(Quantity<D>),
    /// Written as a table with one key.
    Random(Shape<D>),
}

/// How a random quantity is distributed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields, bound = "")]
pub enum Shape<D: Dimension> {
    /// Uniform between two values.
    #[serde(deserialize_with = "pair")]
    Uniform(Quantity<D>, Quantity<D>),
    /// Normal, cut off at `min` and `max`: a value beyond them is drawn again.
    Normal {
        /// Of the values before they are cut off.
        mean: Quantity<D>,
        /// Standard deviation, likewise.
        sd: Quantity<D>,
        /// The smallest value, if there is one.
        min: Option<Quantity<D>>,
        /// The largest value, if there is one.
        max: Option<Quantity<D>>,
    },
    /// Exponential, from 0 on.
    Exponential {
        /// Of the values.
        mean: Quantity<D>,
    },
}

/// The smallest share of draws that bounds may leave: every value takes 1000 draws at most, on average.
pub(crate) const LEAST_SHARE: f64 = 1e-3;

impl<D: Dimension> Distribution<D> {
    /// The value, if it is the same everywhere.
    pub fn constant(&self) -> Option<f64> {
        match self {
            Self::Constant(value) => Some(value.value()),
            Self::Random(_) => None,
        }
    }

    /// The same distribution; a normal one that has no `min` is cut off at `low`.
    pub(crate) fn or_min(self, low: f64) -> Self {
        match self {
            Self::Random(Shape::Normal { mean, sd, min: None, max }) => {
                let min = Some(Quantity::new(low));
                Self::Random(Shape::Normal { mean, sd, min, max })
            }
            other => other,
        }
    }

    /// Refuses a distribution from which nothing, or hardly anything, could be drawn.
    pub(crate) fn check(&self) -> Result<()> {
        let reversed = |low: Quantity<D>, high: Quantity<D>| {
            Error::input(
                format!("found a range from {low} to {high}"),
                "the lower end comes first",
                "exchange the two",
            )
        };
        match *self {
            Self::Random(Shape::Uniform(low, high)) if low.value() > high.value() => {
                Err(reversed(low, high).at("uniform"))
            }
            Self::Random(Shape::Normal { sd, .. }) if sd.value() < 0.0 => {
                Err(negative_deviation(sd).at("normal.sd"))
            }
            Self::Random(Shape::Normal { min: Some(min), max: Some(max), .. })
                if min.value() > max.value() =>
            {
                Err(reversed(min, max).at("normal"))
            }
            Self::Random(Shape::Normal { mean, sd, .. }) => {
                let (low, high) = self.support();
                let share = normal_share(mean.value(), sd.value(), low, high);
                if share >= LEAST_SHARE {
                    return Ok(());
                }
                Err(Error::input(
                    format!("found that {share:.1e} of the values lie within the bounds"),
                    format!("a value beyond them is drawn again, so {LEAST_SHARE} must lie within"),
                    "move mean, min or max",
                )
                .at("normal"))
            }
            Self::Random(Shape::Exponential { mean }) => {
                mean.positive("a mean").map(|_| ()).map_err(|e| e.at("exponential.mean"))
            }
            _ => Ok(()),
        }
    }

    /// As [`Distribution::check`], where an exponential distribution has no meaning; `what` names the quantity.
    pub(crate) fn check_bounded(&self, what: &str) -> Result<()> {
        if let Self::Random(Shape::Exponential { .. }) = self {
            return Err(Error::input(
                format!("found {what} that is distributed exponentially"),
                "it is constant, uniform or normal",
                "write for example { normal = { mean = ..., sd = ... } }",
            )
            .at("exponential"));
        }
        self.check()
    }

    /// The mean before a normal distribution is cut off.
    pub fn mean(&self) -> f64 {
        match self {
            Self::Constant(value) => value.value(),
            Self::Random(Shape::Uniform(low, high)) => 0.5 * (low.value() + high.value()),
            Self::Random(Shape::Normal { mean, .. } | Shape::Exponential { mean }) => mean.value(),
        }
    }

    /// The mean of what is drawn: of a normal distribution after it is cut off, m + sd (phi(a) - phi(b))/(Phi(b) - Phi(a)) with the
    /// bounds a and b in standard deviations from m.
    pub fn mean_of_draws(&self) -> f64 {
        let Self::Random(Shape::Normal { mean, sd, .. }) = self else { return self.mean() };
        let (mean, sd, (low, high)) = (mean.value(), sd.value(), self.support());
        if sd == 0.0 {
            return mean;
        }
        let density = |x: f64| normal_density((x - mean) / sd);
        mean + sd * (density(low) - density(high)) / normal_share(mean, sd, low, high)
    }

    /// The smallest and the largest possible value; infinite where there is none.
    pub fn support(&self) -> (f64, f64) {
        match self {
            Self::Constant(value) => (value.value(), value.value()),
            Self::Random(Shape::Uniform(low, high)) => (low.value(), high.value()),
            Self::Random(Shape::Normal { min, max, .. }) => (
                min.map_or(f64::NEG_INFINITY, Quantity::value),
                max.map_or(f64::INFINITY, Quantity::value),
            ),
            Self::Random(Shape::Exponential { .. }) => (0.0, f64::INFINITY),
        }
    }

    /// The probability of a value of at most `x`.
    pub(crate) fn probability(&self, x: f64) -> f64 {
        let (low, high) = self.support();
        if x >= high {
            return 1.0;
        }
        if x < low {
            return 0.0;
        }
        match self {
            Self::Constant(_) => 1.0,
            Self::Random(Shape::Uniform(..)) => (x - low) / (high - low),
            Self::Random(Shape::Normal { mean, sd, .. }) => {
                let share = |to| normal_share(mean.value(), sd.value(), low, to);
                share(x) / share(high)
            }
            Self::Random(Shape::Exponential { mean }) => -libm::expm1(-x / mean.value()),
        }
    }

    /// One value.
    #[inline]
    pub(crate) fn draw(&self, stream: &mut Stream) -> f64 {
        match self {
            Self::Constant(value) => value.value(),
            Self::Random(Shape::Uniform(low, high)) => {
                low.value() + (high.value() - low.value()) * stream.uniform()
            }
            Self::Random(Shape::Normal { mean, sd, .. }) => {
                let (low, high) = self.support();
                loop {
                    let value = mean.value() + sd.value() * stream.normal();
                    if low <= value && value <= high {
                        return value;
                    }
                }
            }
            Self::Random(Shape::Exponential { mean }) => mean.value() * stream.exponential(),
        }
    }
}

/// The error of a standard deviation below zero.
fn negative_deviation<D: Dimension>(sd: Quantity<D>) -> Error {
    Error::input(
        format!("found a standard deviation of {sd}"),
        "a standard deviation is not negative",
        format!("write for example sd = \"{}\"", D::EXAMPLE),
    )
}

/// phi(x) of a standard normal number.
pub(crate) fn normal_density(x: f64) -> f64 {
    libm::exp(-0.5 * x * x) / std::f64::consts::TAU.sqrt()
}

/// The share of a normal distribution that lies between `low` and `high`.
pub(crate) fn normal_share(mean: f64, sd: f64, low: f64, high: f64) -> f64 {
    if sd == 0.0 {
        return f64::from(u8::from(low <= mean && mean <= high));
    }
    // Measured from the nearer tail, so that nothing is lost by cancellation.
    let beyond = |x: f64| 0.5 * libm::erfc(x / sd * std::f64::consts::FRAC_1_SQRT_2);
    match low > mean {
        true => beyond(low - mean) - beyond(high - mean),
        false => beyond(mean - high) - beyond(mean - low),
    }
}

impl<'de, D: Dimension> Deserialize<'de> for Distribution<D> {
    fn deserialize<T: Deserializer<'de>>(deserializer: T) -> Result<Self, T::Error> {
        let what = format!("{} such as \"{}\", or a distribution", D::NAME, D::EXAMPLE);
        value_or_table(deserializer, &what, Self::Constant, Self::Random)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Seed, tests::assert_distributed};
    use crate::units::{OfTime, OfVoltage};

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Section {
        tau: Distribution<OfTime>,
        theta: Distribution<OfVoltage>,
    }

    fn section(tau: &str, theta: &str) -> Section {
        toml::from_str(&format!("tau = {tau}\ntheta = {theta}")).unwrap()
    }

    #[test]
    fn every_form_reads_back_as_it_was_written() {
        for (tau, theta) in [
            ("\"20 ms\"", "{ uniform = [\"-1 mV\", \"2 mV\"] }"),
            (
                "{ exponential = { mean = \"2 ms\" } }",
                "{ normal = { mean = \"20 mV\", sd = \"1 mV\" } }",
            ),
            ("{ normal = { mean = \"2 ms\", sd = \"1 ms\", min = \"1 ms\" } }", "\"1 mV\""),
        ] {
            let section = section(tau, theta);
            let again: Section = toml::from_str(&toml::to_string(&section).unwrap()).unwrap();
            assert_eq!(section, again);
        }
    }

    #[test]
    fn draws_are_distributed_as_the_probability_says() {
        for text in [
            "{ uniform = [\"-1 mV\", \"2 mV\"] }",
            "{ normal = { mean = \"20 mV\", sd = \"5 mV\" } }",
            "{ normal = { mean = \"20 mV\", sd = \"5 mV\", min = \"21 mV\" } }",
            "{ normal = { mean = \"20 mV\", sd = \"5 mV\", min = \"10 mV\", max = \"17 mV\" } }",
            "{ exponential = { mean = \"2 mV\" } }",
        ] {
            let distribution = section("\"1 ms\"", text).theta;
            distribution.check().unwrap();
            let mut stream = Seed(1).stream("distribution", 0);
            let mut sample: Vec<f64> =
                (0..50_000).map(|_| distribution.draw(&mut stream)).collect();
            let (low, high) = distribution.support();
            assert!(sample.iter().all(|x| (low..=high).contains(x)), "{text}");
            assert_distributed(&mut sample, |x| distribution.probability(x));
        }
    }

    #[test]
    fn a_share_is_right_even_far_in_a_tail() {
        // From tables of the normal distribution.
        for (low, high, share) in [
            (-1.0, 1.0, 0.682_689_492_137_085_9),
            (0.0, f64::INFINITY, 0.5),
            (6.0, f64::INFINITY, 9.865_876_450_376_98e-10),
            (f64::NEG_INFINITY, -6.0, 9.865_876_450_376_98e-10),
        ] {
            let found = normal_share(3.0, 2.0, 3.0 + 2.0 * low, 3.0 + 2.0 * high);
            assert!((found / share - 1.0).abs() < 1e-12, "{low} {high} {found}");
        }
        assert_eq!(normal_share(3.0, 0.0, 2.0, 4.0), 1.0);
        assert_eq!(normal_share(3.0, 0.0, 4.0, 5.0), 0.0);
    }

    #[test]
    fn what_cannot_be_drawn_is_refused() {
        for (text, reason) in [
            ("{ uniform = [\"2 mV\", \"1 mV\"] }", "lower end comes first"),
            ("{ normal = { mean = \"2 mV\", sd = \"-1 mV\" } }", "not negative"),
            (
                "{ normal = { mean = \"2 mV\", sd = \"1 mV\", min = \"3 mV\", max = \"2 mV\" } }",
                "lower end",
            ),
            ("{ normal = { mean = \"2 mV\", sd = \"1 mV\", min = \"6 mV\" } }", "3.2e-5"),
            ("{ normal = { mean = \"2 mV\", sd = \"0 mV\", min = \"6 mV\" } }", "0.0e0"),
            ("{ exponential = { mean = \"-1 mV\" } }", "a mean is at least"),
        ] {
            let message = section("\"1 ms\"", text).theta.check().unwrap_err().to_string();
            assert!(message.contains(reason), "{text}: {message}");
        }
    }
}
