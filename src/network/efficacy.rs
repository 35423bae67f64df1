//! Synaptic efficacies: constant, drawn at random, or learned from the patterns.

use crate::distribution::{Distribution, Shape, negative_deviation, normal_share, one_key, pair};
use crate::error::{Error, Result};
use crate::learning::{LowActivity, Part};
use crate::pattern::Patterns;
use crate::random::Stream;
use crate::synapse::{COUNTS, RowsBuilder};
use crate::units::Voltage;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;
use std::ops::Range;

/// The efficacy J of a projection's synapses, in mV of charge: a synapse of efficacy J evokes a
/// postsynaptic potential of area J tau_m, whatever its time constant (Brunel 2000).
#[derive(Clone, Debug, PartialEq)]
pub enum Efficacy {
    /// The same for every synapse; written as a string, "0.1 mV".
    Constant(Voltage),
    /// Different from synapse to synapse; written as a table with one key.
    Rule(EfficacyRule),
}

/// Efficacies that differ from synapse to synapse.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum EfficacyRule {
    /// Normal with this mean and standard deviation. Dale's law: a value whose sign differs from
    /// that of the mean makes no synapse.
    Normal { mean: Voltage, sd: Voltage },
    /// Uniform between two values of the same sign.
    #[serde(deserialize_with = "pair")]
    Uniform(Voltage, Voltage),
    /// Exponential with this mean, which may be negative.
    Exponential { mean: Voltage },
    /// Lognormal with this mean, which may be negative, and coefficient of variation.
    Lognormal { mean: Voltage, cv: f64 },
    /// J n_ij: this much for every pattern that sender and receiver share.
    SharedPatterns(Voltage),
    /// J k_i: this much for every pattern to which the receiver belongs.
    Membership(Voltage),
    /// J sum_mu (xi_i^mu - b)(xi_j^mu - a). Senders without patterns count as background, xi_j = 0.
    LowActivity(LowActivity),
}

/// Beyond this coefficient of variation a network would live by a handful of its synapses.
const MOST_CV: f64 = 100.0;

/// The patterns that a projection may learn from.
#[derive(Clone, Copy)]
pub struct Memories<'a> {
    pub senders: Option<&'a Patterns>,
    pub receivers: Option<&'a Patterns>,
}

impl Efficacy {
    /// Refuses values without a meaning; `senders` and `receivers` say how many patterns the two
    /// populations hold, if any.
    pub fn check(&self, senders: Option<usize>, receivers: Option<usize>) -> Result<()> {
        let zero = |value: Voltage, key: &str| {
            if value.value() != 0.0 {
                return Ok(());
            }
            Err(Error::input(
                "found an efficacy of 0 mV",
                "a synapse has an effect",
                "write for example \"0.1 mV\", or delete the projection",
            )
            .at(key))
        };
        let need = |population: &str, patterns: Option<usize>, key: &str| {
            if patterns.is_some() {
                return Ok(());
            }
            Err(Error::input(
                format!(
                    "found a learned efficacy, but the {population} population has no patterns"
                ),
                "a learning rule needs stored patterns",
                "add a section [patterns.POPULATION], or write efficacy = \"0.1 mV\"",
            )
            .at(key))
        };
        let Efficacy::Rule(rule) = self else {
            let Efficacy::Constant(value) = self else { unreachable!() };
            return zero(*value, "");
        };
        match rule {
            EfficacyRule::Normal { mean, sd } => {
                zero(*mean, "normal.mean")?;
                if sd.value() < 0.0 {
                    return Err(negative_deviation(*sd).at("normal.sd"));
                }
            }
            EfficacyRule::Uniform(low, high) => {
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
            EfficacyRule::Exponential { mean } => zero(*mean, "exponential.mean")?,
            EfficacyRule::Lognormal { mean, cv } => {
                zero(*mean, "lognormal.mean")?;
                if !(*cv >= 0.0 && *cv <= MOST_CV) {
                    return Err(Error::input(
                        format!("found a coefficient of variation of {cv}"),
                        format!("it lies between 0 and {MOST_CV}"),
                        "write for example cv = 1.0",
                    )
                    .at("lognormal.cv"));
                }
            }
            EfficacyRule::SharedPatterns(unit) => {
                let key = "shared_patterns";
                zero(*unit, key)?;
                need("sending", senders, key)?;
                need("receiving", receivers, key)?;
            }
            EfficacyRule::Membership(unit) => {
                zero(*unit, "membership")?;
                need("receiving", receivers, "membership")?;
            }
            EfficacyRule::LowActivity(rule) => {
                rule.check().map_err(|e| e.within("low_activity"))?;
                need("receiving", receivers, "low_activity")?;
            }
        }
        match (senders, receivers, rule) {
            (Some(p), Some(q), EfficacyRule::SharedPatterns(_) | EfficacyRule::LowActivity(_))
                if p != q =>
            {
                Err(Error::input(
                    format!(
                        "found {p} patterns in the sending and {q} in the receiving population"
                    ),
                    "the rule pairs pattern 1 with pattern 1, and so on",
                    "give both populations the same number of patterns",
                )
                .at(""))
            }
            _ => Ok(()),
        }
    }

    /// Whether every synapse excites (`Some(true)`) or inhibits (`Some(false)`), where that is certain.
    pub fn sign(&self) -> Option<bool> {
        let unit = match self {
            Self::Constant(unit) => unit,
            Self::Rule(
                EfficacyRule::Normal { mean, .. }
                | EfficacyRule::Exponential { mean }
                | EfficacyRule::Lognormal { mean, .. },
            ) => mean,
            // One end may be 0.
            Self::Rule(EfficacyRule::Uniform(low, high)) => {
                return Some(low.value() + high.value() > 0.0);
            }
            Self::Rule(EfficacyRule::SharedPatterns(unit) | EfficacyRule::Membership(unit)) => unit,
            Self::Rule(EfficacyRule::LowActivity(rule)) => {
                return match rule.part {
                    Part::Positive => Some(true),
                    Part::Negative => Some(false),
                    Part::Both => None,
                };
            }
        };
        Some(unit.value() > 0.0)
    }

    /// The share of connected pairs that are expected to become synapses, for coding levels
    /// `senders` and `receivers` of the P = `patterns` patterns, and the bytes that a synapse takes.
    pub fn expectation(&self, senders: f64, receivers: f64, patterns: usize) -> (f64, usize) {
        let none = |q: f64| libm::pow(1.0 - q, patterns as f64);
        // With such means counts that do not fit beside their target are rare.
        let count = |mean: f64| if mean < 0.4 * COUNTS as f64 { 2 } else { 6 };
        match self {
            Self::Constant(_) => (1.0, 2),
            Self::Rule(EfficacyRule::SharedPatterns(_)) => {
                let level = senders * receivers;
                (1.0 - none(level), count(level * patterns as f64))
            }
            Self::Rule(EfficacyRule::Membership(_)) => {
                (1.0 - none(receivers), count(receivers * patterns as f64))
            }
            Self::Rule(EfficacyRule::Normal { mean, sd }) => {
                (normal_share(mean.value().abs(), sd.value(), 0.0, f64::INFINITY), 6)
            }
            Self::Rule(_) => (1.0, 6),
        }
    }

    /// Mean and mean square of J (mV, mV^2) over connected pairs, a pair without a synapse counting as 0; none if the
    /// efficacies are learned.
    pub fn moments(&self) -> Option<(f64, f64)> {
        match self {
            Self::Constant(value) => Some((value.value(), value.value().powi(2))),
            Self::Rule(EfficacyRule::Normal { mean, sd }) => {
                // Of the normal distribution, the part on the mean's side of 0.
                let (m, s) = (mean.value(), sd.value());
                let share = normal_share(m.abs(), s, 0.0, f64::INFINITY);
                let edge = match s > 0.0 {
                    true => libm::exp(-0.5 * (m / s).powi(2)) / (2.0 * std::f64::consts::PI).sqrt(),
                    false => 0.0,
                };
                let first = m.abs() * share + s * edge;
                Some((first.copysign(m), (m * m + s * s) * share + m.abs() * s * edge))
            }
            Self::Rule(EfficacyRule::Uniform(low, high)) => {
                let (a, b) = (low.value(), high.value());
                Some((0.5 * (a + b), (a * a + a * b + b * b) / 3.0))
            }
            Self::Rule(EfficacyRule::Exponential { mean }) => {
                Some((mean.value(), 2.0 * mean.value().powi(2)))
            }
            Self::Rule(EfficacyRule::Lognormal { mean, cv }) => {
                Some((mean.value(), (1.0 + cv * cv) * mean.value().powi(2)))
            }
            Self::Rule(
                EfficacyRule::SharedPatterns(_)
                | EfficacyRule::Membership(_)
                | EfficacyRule::LowActivity(_),
            ) => None,
        }
    }

    /// Empty rows of the kind of storage that these efficacies need.
    pub(super) fn rows(&self, senders: usize) -> RowsBuilder {
        match self {
            Self::Constant(value) => RowsBuilder::constant(senders, value.value()),
            Self::Rule(EfficacyRule::SharedPatterns(unit) | EfficacyRule::Membership(unit)) => {
                RowsBuilder::counts(senders, unit.value())
            }
            Self::Rule(EfficacyRule::LowActivity(rule)) => {
                RowsBuilder::reals(senders, rule.scale.value())
            }
            Self::Rule(_) => RowsBuilder::reals(senders, 1.0),
        }
    }

    /// Adds the synapses of sender `j` onto `targets` (counted from the start of `block`) to `rows`.
    pub(super) fn push_row(
        &self,
        memories: Memories,
        memberships: &[u32],
        (j, block, targets): (usize, &Range<usize>, &[u16]),
        stream: &mut Stream,
        rows: &mut RowsBuilder,
    ) {
        let receiver = |t: u16| block.start + usize::from(t);
        match (self, memories) {
            (Self::Rule(EfficacyRule::Normal { mean, sd }), _) => {
                for &t in targets {
                    let value = mean.value() + sd.value() * stream.normal();
                    if value * mean.value() > 0.0 {
                        rows.push_real(t, value as f32);
                    }
                }
            }
            (Self::Rule(EfficacyRule::Uniform(low, high)), _) => {
                let width = high.value() - low.value();
                for &t in targets {
                    rows.push_real(t, (low.value() + width * stream.uniform()) as f32);
                }
            }
            (Self::Rule(EfficacyRule::Exponential { mean }), _) => {
                for &t in targets {
                    rows.push_real(t, (mean.value() * stream.exponential()) as f32);
                }
            }
            (Self::Rule(EfficacyRule::Lognormal { mean, cv }), _) => {
                // ln(J/mean) is normal with variance ln(1 + cv^2) and minus half of it as its mean.
                let variance = libm::log1p(cv * cv);
                let sd = variance.sqrt();
                for &t in targets {
                    let relative = libm::exp(sd * stream.normal() - 0.5 * variance);
                    rows.push_real(t, (mean.value() * relative) as f32);
                }
            }
            (
                Self::Rule(EfficacyRule::SharedPatterns(_)),
                Memories { senders: Some(senders), receivers: Some(receivers) },
            ) => {
                for &t in targets {
                    rows.push_count(t, receivers.shared(receiver(t), senders, j));
                }
            }
            (Self::Rule(EfficacyRule::Membership(_)), _) => {
                targets.iter().for_each(|&t| rows.push_count(t, memberships[receiver(t)]));
            }
            (
                Self::Rule(EfficacyRule::LowActivity(rule)),
                Memories { senders, receivers: Some(receivers) },
            ) => {
                let k_j = senders.map_or(0, |p| p.memberships(j));
                for &t in targets {
                    let i = receiver(t);
                    let n = senders.map_or(0, |p| receivers.shared(i, p, j));
                    let sum = rule.sum(n, memberships[i], k_j, receivers.number());
                    rows.push_real(t, sum as f32);
                }
            }
            (Self::Constant(_) | Self::Rule(_), _) => targets.iter().for_each(|&t| rows.push(t)),
        }
    }
}

impl Serialize for Efficacy {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Constant(value) => value.serialize(serializer),
            Self::Rule(rule) => rule.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Efficacy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Efficacy;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("an efficacy such as \"0.1 mV\" or { shared_patterns = \"0.3 mV\" }")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Efficacy, E> {
                let value = text.parse().map_err(|e: Error| E::custom(e.to_message()))?;
                Ok(Efficacy::Constant(value))
            }

            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Efficacy, A::Error> {
                one_key(map).map(Efficacy::Rule)
            }
        }

        deserializer.deserialize_any(Visitor)
    }
}
