//! Synaptic efficacies that are given and not learned: constant, drawn at random, or written down.

mod cities;
mod falling;
mod gaussian;
mod matrix;
mod tour;

pub use cities::{Cities, Found};
pub use falling::Falling;
pub use gaussian::Gaussian;
pub use matrix::Matrix;
pub use tour::{Tour, distance};

use super::strength::without_effect;
use super::{Strength, Transmission};
use crate::distribution::{Distribution, Shape, normal_share, pair, value_or_table};
use crate::error::{Error, Result};
use crate::learning::Pathway;
use crate::random::Stream;
use crate::synapse::{Couplings, RowsBuilder, Wiring};
use crate::units::Voltage;
use serde::{Deserialize, Deserializer, Serialize};
use std::ops::Range;
use std::path::Path;

/// The efficacy J of a projection's synapses. Between spiking neurons it is in mV of charge: a synapse of efficacy J evokes
/// a postsynaptic potential of area J tau_m, whatever its time constant (Brunel 2000); elsewhere it is a number.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Efficacy {
    /// The same for every synapse; written "0.1 mV", or 0.1.
    Constant(Strength),
    /// Different from synapse to synapse; written as a table with one key.
    Varied(Varied),
}

/// Efficacies that differ from synapse to synapse.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Varied {
    /// Normal with this mean and standard deviation, cut off at `min` and `max`: a value beyond them is drawn again. Dale's
    /// law: a value whose sign differs from that of the mean makes no synapse, unless the projection has dale = false.
    Normal {
        /// Before the cut, between `min` and `max`; its sign is that of the synapses.
        mean: Voltage,
        /// Standard deviation before the cut, 0 or larger.
        sd: Voltage,
        /// The smallest value, if there is one.
        min: Option<Voltage>,
        /// The largest value, if there is one.
        max: Option<Voltage>,
    },
    /// Uniform between two values of the same sign.
    #[serde(deserialize_with = "pair")]
    Uniform(Voltage, Voltage),
    /// Exponential with this mean, which may be negative.
    Exponential {
        /// Its sign is that of the synapses.
        mean: Voltage,
    },
    /// Lognormal with this mean, which may be negative, and coefficient of variation.
    Lognormal {
        /// Its sign is that of the synapses.
        mean: Voltage,
        /// Standard deviation over mean.
        cv: f64,
    },
    /// Normal with mean 0, scaled with the number of synapses; not for spiking neurons, which obey Dale's law.
    Gaussian(Gaussian),
    /// Falling with the distance.
    Distance(Falling),
    /// As written.
    Matrix(Matrix),
    /// Those of the travelling salesman; not for spiking neurons.
    Tour(Tour),
}

/// Beyond this coefficient of variation a network would live by a handful of its synapses.
const MOST_CV: f64 = 100.0;

impl Efficacy {
    /// Refuses values without a meaning in such a network.
    ///
    /// # Errors
    /// At the key of the efficacy that is to be changed.
    pub fn check(&self, wiring: &Wiring, transmission: Transmission) -> Result<()> {
        match (self, transmission) {
            (Self::Constant(value), _) => value.check_effect(transmission),
            (Self::Varied(Varied::Matrix(matrix)), _) => {
                matrix.check(wiring, transmission).map_err(|e| e.within("matrix"))
            }
            (Self::Varied(Varied::Distance(falling)), _) => {
                falling.check(wiring, transmission).map_err(|e| e.within("distance"))
            }
            (Self::Varied(Varied::Gaussian(gaussian)), Transmission::Activity) => {
                gaussian.check().map_err(|e| e.within("gaussian"))
            }
            (Self::Varied(Varied::Tour(tour)), Transmission::Activity) => {
                tour.check(wiring).map_err(|e| e.within("tour"))
            }
            (Self::Varied(varied), Transmission::Activity)
            | (Self::Varied(varied @ (Varied::Gaussian(_) | Varied::Tour(_))), _) => {
                Err(varied.misplaced())
            }
            (Self::Varied(varied), Transmission::Spikes) => varied.check(),
        }
    }

    /// The same with every file in it read; relative names start from `folder`.
    ///
    /// # Errors
    /// At the key of a file that cannot be read.
    pub(super) fn resolve(&self, folder: &Path) -> Result<Self> {
        let Self::Varied(Varied::Tour(tour)) = self else { return Ok(self.clone()) };
        let tour = tour.resolve(folder).map_err(|e| e.within("tour"))?;
        Ok(Self::Varied(Varied::Tour(tour)))
    }

    /// The tour that it makes, if it is that of a travelling salesman.
    pub fn tour(&self) -> Option<&Tour> {
        if let Self::Varied(Varied::Tour(tour)) = self { Some(tour) } else { None }
    }

    /// Whether every synapse excites (`Some(true)`) or inhibits (`Some(false)`), where that is certain.
    pub(crate) fn sign(&self) -> Option<bool> {
        let of = match self {
            Self::Constant(value) => value.value(),
            Self::Varied(
                Varied::Normal { mean, .. }
                | Varied::Exponential { mean }
                | Varied::Lognormal { mean, .. },
            ) => mean.value(),
            // One end may be 0.
            Self::Varied(Varied::Uniform(low, high)) => low.value() + high.value(),
            Self::Varied(Varied::Distance(falling)) => return falling.sign(),
            Self::Varied(Varied::Gaussian(_) | Varied::Matrix(_) | Varied::Tour(_)) => return None,
        };
        Some(of > 0.0)
    }

    /// The share of connected pairs of spiking neurons that are expected to become synapses, and the bytes that a synapse
    /// takes.
    pub(super) fn expectation(&self) -> (f64, usize) {
        match self {
            Self::Constant(_) => (1.0, 2),
            Self::Varied(Varied::Normal { mean, sd, min, max }) => {
                (normal_moments(*mean, *sd, *min, *max)[0], 6)
            }
            Self::Varied(_) => (1.0, 6),
        }
    }

    /// Mean and mean square of J (mV, mV^2) over connected pairs, a pair without a synapse counting as 0; none if they are
    /// not drawn.
    pub(crate) fn moments(&self) -> Option<(f64, f64)> {
        match self {
            Self::Constant(value) => Some((value.value(), value.value().powi(2))),
            Self::Varied(Varied::Normal { mean, sd, min, max }) => {
                let [_, first, second] = normal_moments(*mean, *sd, *min, *max);
                Some((first, second))
            }
            Self::Varied(Varied::Uniform(low, high)) => {
                let (a, b) = (low.value(), high.value());
                Some((0.5 * (a + b), (a * a + a * b + b * b) / 3.0))
            }
            Self::Varied(Varied::Exponential { mean }) => {
                Some((mean.value(), 2.0 * mean.value().powi(2)))
            }
            Self::Varied(Varied::Lognormal { mean, cv }) => {
                Some((mean.value(), (1.0 + cv * cv) * mean.value().powi(2)))
            }
            Self::Varied(
                Varied::Gaussian(_) | Varied::Distance(_) | Varied::Matrix(_) | Varied::Tour(_),
            ) => None,
        }
    }

    /// Empty rows of the kind of storage that these efficacies need.
    pub(super) fn rows(&self, senders: usize) -> RowsBuilder {
        match self {
            Self::Constant(value) => RowsBuilder::constant(senders, value.value()),
            Self::Varied(_) => RowsBuilder::reals(senders, 1.0),
        }
    }

    /// Adds the synapses of sender `j` onto `targets` (counted from the start of `portion`) to `rows`, which may be `signed`.
    pub(super) fn push_row(
        &self,
        (j, portion, targets): (usize, &Range<usize>, &[u16]),
        signed: bool,
        stream: &mut Stream,
        rows: &mut RowsBuilder,
    ) {
        let varied = match self {
            Self::Constant(_) => return targets.iter().for_each(|&t| rows.push(t)),
            Self::Varied(varied) => varied,
        };
        match varied {
            &Varied::Normal { mean, sd, min, max } => {
                let drawn = Distribution::Random(Shape::Normal { mean, sd, min, max });
                for &t in targets {
                    let value = drawn.draw(stream);
                    if signed || value * mean.value() > 0.0 {
                        rows.push_real(t, value as f32);
                    }
                }
            }
            Varied::Uniform(low, high) => {
                let width = high.value() - low.value();
                for &t in targets {
                    rows.push_real(t, (low.value() + width * stream.uniform()) as f32);
                }
            }
            Varied::Exponential { mean } => {
                for &t in targets {
                    rows.push_real(t, (mean.value() * stream.exponential()) as f32);
                }
            }
            Varied::Lognormal { mean, cv } => {
                // ln(J/mean) is normal with variance ln(1 + cv^2) and minus half of it as its mean.
                let variance = libm::log1p(cv * cv);
                let sd = variance.sqrt();
                for &t in targets {
                    let relative = libm::exp(sd * stream.normal() - 0.5 * variance);
                    rows.push_real(t, (mean.value() * relative) as f32);
                }
            }
            Varied::Matrix(matrix) => {
                let receiver = |t: u16| portion.start + usize::from(t);
                targets.iter().for_each(|&t| rows.push_real(t, matrix.get(receiver(t), j) as f32));
            }
            // No checked projection between spiking neurons has them, or they are made of the places of neurons.
            Varied::Gaussian(_) | Varied::Tour(_) | Varied::Distance(_) => {}
        }
    }

    /// The couplings of a pathway that was checked.
    ///
    /// # Errors
    /// If efficacies are drawn as only spiking neurons have them.
    pub fn couplings(&self, pathway: &Pathway) -> Result<Couplings> {
        match self {
            Self::Constant(value) => {
                let graph = pathway.graph();
                let weights = graph.fill(|_, _| 1);
                Ok(Couplings::whole(graph, value.value(), weights))
            }
            Self::Varied(Varied::Gaussian(gaussian)) => Ok(gaussian.draw(pathway)),
            Self::Varied(Varied::Distance(falling)) => falling.couplings(pathway),
            Self::Varied(Varied::Matrix(matrix)) => Ok(matrix.couplings(pathway)),
            Self::Varied(Varied::Tour(tour)) => Ok(tour.couplings(pathway)),
            Self::Varied(varied) => Err(varied.misplaced()),
        }
    }
}

/// The share of values that make a synapse, and the mean (mV) and mean square (mV^2) of all, others counting as 0, of
/// efficacies with this normal distribution that is cut off at `min` and `max`.
///
/// ```text
/// P(l, h) = Phi((h - m)/s) - Phi((l - m)/s)            within the bounds, and on the mean's side of 0
/// int x   = m P + s (phi(l) - phi(h))                  phi(x) the normal density at (x - m)/s
/// int x^2 = (m^2 + s^2) P + s ((l + m) phi(l) - (h + m) phi(h))
/// ```
fn normal_moments(
    mean: Voltage,
    sd: Voltage,
    min: Option<Voltage>,
    max: Option<Voltage>,
) -> [f64; 3] {
    let (m, s) = (mean.value().abs(), sd.value());
    // A negative mean is mirrored.
    let bound = |bound: Option<Voltage>| bound.map(|b| b.value() * mean.value().signum());
    let (near, far) = if mean.value() > 0.0 { (min, max) } else { (max, min) };
    let (low, high) =
        (bound(near).unwrap_or(f64::NEG_INFINITY), bound(far).unwrap_or(f64::INFINITY));
    let all = normal_share(m, s, low, high);
    let low = low.max(0.0);
    let share = normal_share(m, s, low, high);
    let edge = |x: f64, factor: f64| match s > 0.0 && x.is_finite() {
        true => {
            let density = libm::exp(-0.5 * ((x - m) / s).powi(2));
            s * factor * density / (2.0 * std::f64::consts::PI).sqrt()
        }
        false => 0.0,
    };
    let first = m * share + edge(low, 1.0) - edge(high, 1.0);
    let second = (m * m + s * s) * share + edge(low, low + m) - edge(high, high + m);
    [share / all, (first / all).copysign(mean.value()), second / all]
}

impl Varied {
    /// The error of efficacies that belong to the other kind of network.
    fn misplaced(&self) -> Error {
        match self {
            Self::Gaussian(_) => Error::input(
                "found `gaussian`, which has both signs",
                "by Dale's law a spiking neuron sends synapses of one sign only",
                "write for example { normal = { mean = \"0.1 mV\", sd = \"0.02 mV\" } }",
            ),
            Self::Tour(_) => Error::input(
                "found `tour`, whose couplings have no unit",
                "the travelling salesman is a network of graded or binary neurons",
                "change [dynamics], or write for example \"0.1 mV\"",
            ),
            _ => Error::input(
                "found efficacies that are drawn in mV",
                "between these neurons they have no unit",
                "write a number, { gaussian = { sd = 1.0, symmetry = 0.0 } } or { matrix = [[...]] }",
            ),
        }
    }

    /// Refuses values that could not be drawn, or would do nothing.
    fn check(&self) -> Result<()> {
        let zero = |value: Voltage, key: &str| match value.value() {
            0.0 => Err(without_effect(Voltage::new(0.0), "\"0.1 mV\"").at(key)),
            _ => Ok(()),
        };
        match self {
            &Self::Normal { mean, sd, min, max } => {
                zero(mean, "normal.mean")?;
                let drawn = Distribution::Random(Shape::Normal { mean, sd, min, max });
                drawn.check()?;
                let (low, high) = drawn.support();
                if mean.value() < low || mean.value() > high {
                    return Err(Error::input(
                        format!("found a mean of {mean} beyond the bounds"),
                        "the mean of efficacies, whose sign is theirs, lies between min and max",
                        "move mean, min or max",
                    )
                    .at("normal.mean"));
                }
            }
            Self::Uniform(low, high) => {
                Distribution::Random(Shape::Uniform(*low, *high)).check()?;
                if low.value() < 0.0 && high.value() > 0.0 {
                    return Err(Error::input(
                        format!("found efficacies from {low} to {high}"),
                        "random efficacies all have the same sign",
                        "write a range above or below 0 mV",
                    )
                    .at("uniform"));
                }
                zero(Voltage::new(low.value() + high.value()), "uniform")?;
            }
            Self::Exponential { mean } => zero(*mean, "exponential.mean")?,
            Self::Lognormal { mean, cv } => {
                zero(*mean, "lognormal.mean")?;
                if !(*cv >= 0.0 && *cv <= MOST_CV) {
                    let found = format!("found a coefficient of variation of {cv}");
                    let allowed = format!("it lies between 0 and {MOST_CV}");
                    return Err(Error::value("lognormal.cv", found, allowed, "1.0"));
                }
            }
            Self::Gaussian(_) | Self::Distance(_) | Self::Matrix(_) | Self::Tour(_) => {}
        }
        Ok(())
    }
}

impl<'de> Deserialize<'de> for Efficacy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let what = "an efficacy such as \"0.1 mV\" or { normal = { ... } }";
        value_or_table(deserializer, what, Self::Constant, Self::Varied)
    }
}
