//! Kernels: the course of the synaptic current that a spike causes.

use crate::error::{Error, Result};
use crate::units::Time;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, de};
use std::fmt;

/// The synaptic current that one spike causes: "5 ms", { decay = "5 ms", rise = "1 ms" }, or a list of such tables.
///
/// ```text
/// I(t) = J tau_m f(t)      f(t) = sum_k w_k e^{-t/tau_k}/tau_k,  sum_k w_k = 1,  f >= 0
/// ```
///
/// f has the area 1 whatever its course is: an efficacy J (mV) always means the same charge.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Kernel {
    /// It jumps and decays with this time constant; 0 for a delta synapse, which moves V at once.
    Plain(Time),
    /// It decays, and may have a rise time.
    Shaped(Shape),
    /// The sum of several, between which the charge is divided.
    Several(Vec<Shape>),
}

/// A current that decays.
///
/// ```text
/// f(t) = e^{-t/decay}/decay,  or with a rise time  (e^{-t/decay} - e^{-t/rise})/(decay - rise)
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Shape {
    /// Time constant of the decay.
    pub decay: Time,
    /// Time constant of the rise, at most 0.99 of the other; without it the current jumps.
    pub rise: Option<Time>,
    /// Its share of the charge, in proportion to the shares of the others; 1 if left out.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub share: f64,
}

fn one() -> f64 {
    1.0
}

fn is_one(share: &f64) -> bool {
    *share == 1.0
}

/// A spike changes at most so many currents of a neuron.
pub(crate) const MOST_EXPONENTIALS: usize = 4;

/// ms: the shortest delay, and the shortest time constant of a current or a membrane. No window is longer, and far shorter ones
/// would let a run last for ever.
pub(crate) const SHORTEST: f64 = 1e-3;

/// Nearer to each other, the two exponentials of a rise time cancel to less than 14 digits.
const NEAREST: f64 = 0.99;

impl Kernel {
    /// Refuses what is no course of a current.
    pub(crate) fn check(&self) -> Result<()> {
        let shapes = match self {
            Self::Plain(tau) => {
                return tau.zero_or_at_least(SHORTEST, "a synaptic time constant").map(|_| ());
            }
            Self::Shaped(shape) => std::slice::from_ref(shape),
            Self::Several(shapes) => &shapes[..],
        };
        if shapes.is_empty() {
            return Err(Error::input(
                "found an empty list",
                "a synapse has at least one time constant",
                "write for example [{ decay = \"3 ms\" }, { decay = \"50 ms\" }]",
            ));
        }
        for (k, shape) in shapes.iter().enumerate() {
            shape.check().map_err(|e| match self {
                Self::Several(_) => e.within(&format!("[{k}]")),
                _ => e,
            })?;
        }
        let number = self.exponentials().len();
        if number > MOST_EXPONENTIALS {
            return Err(Error::input(
                format!("found {number} time constants"),
                format!("a synapse has at most {MOST_EXPONENTIALS} different ones"),
                "leave out those that matter least, or split the projection",
            ));
        }
        Ok(())
    }

    /// What it is the sum of: different time constants (ms), ascending, and their weights.
    pub fn exponentials(&self) -> Vec<(f64, f64)> {
        let shapes = match self {
            Self::Plain(tau) => return vec![(tau.value(), 1.0)],
            Self::Shaped(shape) => std::slice::from_ref(shape),
            Self::Several(shapes) => &shapes[..],
        };
        let total: f64 = shapes.iter().map(|shape| shape.share).sum();
        let mut all: Vec<(f64, f64)> = Vec::new();
        let mut add = |tau: f64, weight: f64| match all.iter_mut().find(|one| one.0 == tau) {
            Some(one) => one.1 += weight,
            None => all.push((tau, weight)),
        };
        for Shape { decay, rise, share } in shapes {
            let (decay, share) = (decay.value(), share / total);
            match rise.map(Time::value) {
                None => add(decay, share),
                Some(rise) => {
                    add(decay, share * decay / (decay - rise));
                    add(rise, -share * rise / (decay - rise));
                }
            }
        }
        all.retain(|one| one.1 != 0.0);
        all.sort_by(|a, b| a.0.total_cmp(&b.0));
        all
    }

    /// The time constant (ms) of a current that jumps and decays with it.
    pub fn plain(&self) -> Option<f64> {
        match self.exponentials()[..] {
            [(tau, _)] => Some(tau),
            _ => None,
        }
    }
}

impl From<Time> for Kernel {
    fn from(tau: Time) -> Self {
        Self::Plain(tau)
    }
}

impl Shape {
    fn check(&self) -> Result<()> {
        let Self { decay, rise, share } = *self;
        decay.at_least(SHORTEST, "a time constant of decay").map_err(|e| e.at("decay"))?;
        if let Some(rise) = rise {
            rise.at_least(SHORTEST, "a time constant of rise").map_err(|e| e.at("rise"))?;
            if rise.value() > NEAREST * decay.value() {
                return Err(Error::input(
                    format!("found a rise of {rise} and a decay of {decay}"),
                    format!(
                        "a current rises faster than it decays: at most {NEAREST} of the decay"
                    ),
                    format!("write for example \"{}\"", Time::new(0.5 * decay.value())),
                )
                .at("rise"));
            }
        }
        if share > 0.0 && share.is_finite() {
            return Ok(());
        }
        let found = format!("found share = {share}");
        let allowed = "the charge is divided in proportion to shares above 0";
        Err(Error::value("share", found, allowed, "1"))
    }
}

impl<'de> Deserialize<'de> for Kernel {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Course;

        impl<'de> Visitor<'de> for Course {
            type Value = Kernel;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str(
                    "a time such as \"5 ms\", { decay = \"5 ms\", rise = \"1 ms\" }, or a list of such tables",
                )
            }

            fn visit_str<E: de::Error>(self, text: &str) -> std::result::Result<Kernel, E> {
                Time::deserialize(text.into_deserializer()).map(Kernel::Plain)
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> std::result::Result<Kernel, E> {
                Time::deserialize(number.into_deserializer()).map(Kernel::Plain)
            }

            fn visit_f64<E: de::Error>(self, number: f64) -> std::result::Result<Kernel, E> {
                Time::deserialize(number.into_deserializer()).map(Kernel::Plain)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> std::result::Result<Kernel, A::Error> {
                Shape::deserialize(MapAccessDeserializer::new(map)).map(Kernel::Shaped)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> std::result::Result<Kernel, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(seq)).map(Kernel::Several)
            }
        }

        deserializer.deserialize_any(Course)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize, Serialize)]
    struct Section {
        tau_syn: Kernel,
    }

    fn kernel(text: &str) -> Kernel {
        toml::from_str::<Section>(&format!("tau_syn = {text}")).unwrap().tau_syn
    }

    #[test]
    fn every_form_reads_back() {
        for text in [
            "\"5 ms\"",
            "{ decay = \"5 ms\", rise = \"1 ms\" }",
            "[{ decay = \"5 ms\" }, { decay = \"50 ms\", rise = \"2 ms\", share = 0.5 }]",
        ] {
            let section = Section { tau_syn: kernel(text) };
            let written = toml::to_string(&section).unwrap();
            assert_eq!(toml::from_str::<Section>(&written).unwrap().tau_syn, section.tau_syn);
            section.tau_syn.check().unwrap();
        }
    }

    /// f is the sum of its exponentials, has the area 1, and starts at 0 where everything has a rise time.
    #[test]
    fn a_kernel_is_the_sum_of_its_exponentials() {
        assert_eq!(kernel("\"5 ms\"").exponentials(), [(5.0, 1.0)]);
        assert_eq!(kernel("[{ decay = \"5 ms\", share = 3.0 }]").plain(), Some(5.0));
        let found = kernel("{ decay = \"3 ms\", rise = \"1 ms\" }").exponentials();
        assert_eq!(found, [(1.0, -0.5), (3.0, 1.5)]);
        let several =
            kernel("[{ decay = \"150 ms\" }, { decay = \"50 ms\" }, { decay = \"50 ms\" }]");
        let found = several.exponentials();
        assert!((found[0].1 - 2.0 / 3.0).abs() < 1e-15 && (found[1].1 - 1.0 / 3.0).abs() < 1e-15);
        assert_eq!(several.plain(), None);
        let mixed = kernel(
            "[{ decay = \"3 ms\", rise = \"1 ms\", share = 1.3 }, { decay = \"80 ms\", rise = \"3 ms\" }]",
        );
        let found = mixed.exponentials();
        assert!(found.iter().map(|one| one.0).eq([1.0, 3.0, 80.0]));
        assert!((found.iter().map(|one| one.1).sum::<f64>() - 1.0).abs() < 1e-15);
        assert!(found.iter().map(|one| one.1 / one.0).sum::<f64>().abs() < 1e-15);
        for k in 0..500 {
            let t = 0.5 * f64::from(k);
            let e = |tau: f64| (-t / tau).exp();
            let f = (1.3 * (e(3.0) - e(1.0)) / 2.0 + (e(80.0) - e(3.0)) / 77.0) / 2.3;
            let sum: f64 = found.iter().map(|(tau, weight)| weight / tau * e(*tau)).sum();
            assert!((f - sum).abs() < 1e-15 && sum > -1e-15, "{t}");
        }
    }

    #[test]
    fn impossible_courses_are_refused() {
        let many = [1, 2, 3, 4, 5].map(|tau| format!("{{ decay = \"{tau} ms\" }}")).join(", ");
        for (text, reason) in [
            ("[]", "an empty list"),
            ("{ decay = \"0 ms\" }", "decay of 0 ms"),
            ("{ decay = \"3 ms\", rise = \"0 ms\" }", "rise of 0 ms"),
            ("{ decay = \"3 ms\", rise = \"2.98 ms\" }", "a rise of 2.98 ms and a decay of 3 ms"),
            ("[{ decay = \"3 ms\", share = 0.0 }]", "share = 0;"),
            ("[{ decay = \"3 ms\", share = nan }]", "share = NaN;"),
            (&format!("[{many}]"), "found 5 time constants"),
        ] {
            let message = kernel(text).check().unwrap_err().to_string();
            assert!(message.contains(reason), "{text}: {message}");
        }
    }
}
