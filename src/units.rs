//! Quantities with checked dimensions: "20 ms", "0.3 mV", "1 kHz".
//!
//! Units live at the border. A model file writes every dimensional value as a string with
//! its unit; within the crate times are f64 in ms, potentials in mV, rates in Hz
//! ([`Quantity::value`]). A bare number, a unit of another dimension, and a value that is
//! not finite are refused; so are negative times and rates.

mod distance;
mod duration;
mod tick;

pub use distance::{Distance, Measure, OfAngle, OfLength, Speed};
pub use duration::{Clock, Duration};
pub(crate) use tick::{of_ticks, on_grid, ticks};

use crate::error::{Error, Result, list};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

/// A physical dimension: its name, its units and how they convert to the first of them.
pub trait Dimension: Copy + 'static {
    /// With its article, for messages: "a time".
    const NAME: &'static str;
    /// (unit, numerator, denominator): a value in this unit times numerator / denominator is the
    /// value in the base unit, which stands first. Both are exact, so that "5 us" is 5/1000 ms
    /// correctly rounded.
    const UNITS: &'static [(&'static str, f64, f64)];
    /// Whether a negative value has a meaning.
    const SIGNED: bool;
    /// The largest value in the base unit; whatever is larger is a mistake, and would drown in rounding.
    const LARGEST: f64;
    /// The smallest positive value in the base unit, where zero has no meaning.
    const SMALLEST: f64;
    /// A quantity with its unit, for messages: "20 ms".
    const EXAMPLE: &'static str;
}

/// Dimension of [`Time`]; base unit ms.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct OfTime;
/// Dimension of [`Voltage`]; base unit mV.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct OfVoltage;
/// Dimension of [`Rate`]; base unit Hz.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct OfRate;

impl Dimension for OfTime {
    const NAME: &'static str = "a time";
    const UNITS: &'static [(&'static str, f64, f64)] = &[
        ("ms", 1.0, 1.0),
        ("s", 1000.0, 1.0),
        ("min", 60_000.0, 1.0),
        ("us", 1.0, 1000.0),
        ("µs", 1.0, 1000.0),
        ("μs", 1.0, 1000.0),
        ("ns", 1.0, 1e6),
    ];
    const SIGNED: bool = false;
    const LARGEST: f64 = 1e12;
    const SMALLEST: f64 = 1e-6;
    const EXAMPLE: &'static str = "20 ms";
}

impl Dimension for OfVoltage {
    const NAME: &'static str = "a potential";
    const UNITS: &'static [(&'static str, f64, f64)] = &[
        ("mV", 1.0, 1.0),
        ("V", 1000.0, 1.0),
        ("uV", 1.0, 1000.0),
        ("µV", 1.0, 1000.0),
        ("μV", 1.0, 1000.0),
    ];
    const SIGNED: bool = true;
    const LARGEST: f64 = 1e6;
    const SMALLEST: f64 = 1e-9;
    const EXAMPLE: &'static str = "0.3 mV";
}

impl Dimension for OfRate {
    const NAME: &'static str = "a rate";
    const UNITS: &'static [(&'static str, f64, f64)] = &[("Hz", 1.0, 1.0), ("kHz", 1000.0, 1.0)];
    const SIGNED: bool = false;
    const LARGEST: f64 = 1e9;
    const SMALLEST: f64 = 1e-9;
    const EXAMPLE: &'static str = "10 Hz";
}

/// A number with a dimension, kept in the base unit of the dimension.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
pub struct Quantity<D> {
    value: f64,
    dimension: PhantomData<D>,
}

/// A duration or a time constant; never negative; kept in ms.
pub type Time = Quantity<OfTime>;
/// A membrane potential, a synaptic efficacy, or a current times the membrane resistance; kept in mV.
pub type Voltage = Quantity<OfVoltage>;
/// A frequency of events; never negative; kept in Hz.
pub type Rate = Quantity<OfRate>;

impl<D: Dimension> Quantity<D> {
    /// `value` in the base unit (ms, mV, Hz).
    pub const fn new(value: f64) -> Self {
        Self { value, dimension: PhantomData }
    }

    /// The value in the base unit (ms, mV, Hz).
    pub const fn value(self) -> f64 {
        self.value
    }

    /// Refuses zero and what is too small to be meant, where only a positive value has a meaning; `what` names
    /// the quantity.
    pub(crate) fn positive(self, what: &str) -> Result<f64> {
        if self.value >= D::SMALLEST {
            return Ok(self.value);
        }
        Err(Error::input(
            format!("found {what} of {self}"),
            format!("{what} is at least {}", Self::new(D::SMALLEST)),
            format!("write for example \"{}\"", D::EXAMPLE),
        ))
    }

    /// As [`Quantity::positive`], where zero has a meaning of its own.
    pub(crate) fn positive_or_zero(self, what: &str) -> Result<f64> {
        if self.value == 0.0 || self.value >= D::SMALLEST {
            return Ok(self.value);
        }
        Err(Error::input(
            format!("found {what} of {self}"),
            format!("{what} is 0 or at least {}", Self::new(D::SMALLEST)),
            format!("write for example \"{}\"", D::EXAMPLE),
        ))
    }
}

impl<D: Dimension> FromStr for Quantity<D> {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let units: Vec<&str> = D::UNITS.iter().map(|u| u.0).collect();
        let allowed = format!("{} is a number with one of {}", D::NAME, list(&units));
        let remedy = format!("write for example \"{}\"", D::EXAMPLE);
        let refuse = |why: &str| {
            Error::input(format!("found \"{text}\"{why}"), allowed.clone(), remedy.clone())
        };

        let trimmed = text.trim();
        // The unit starts at the first letter that does not belong to an exponent such as 1e-3.
        let split = trimmed
            .char_indices()
            .find(|&(i, c)| {
                c.is_alphabetic()
                    && !(matches!(c, 'e' | 'E')
                        && trimmed[..i].ends_with(|p: char| p.is_ascii_digit() || p == '.')
                        && trimmed[i + 1..]
                            .starts_with(|n: char| n.is_ascii_digit() || "+-".contains(n)))
            })
            .map_or(trimmed.len(), |(i, _)| i);
        let (number, unit) = (trimmed[..split].trim(), trimmed[split..].trim());
        if unit.is_empty() {
            return Err(refuse(", which has no unit"));
        }
        let &(_, numerator, denominator) = D::UNITS
            .iter()
            .find(|u| u.0 == unit)
            .ok_or_else(|| refuse(&format!(", whose unit `{unit}` is not one of {}", D::NAME)))?;
        let number: f64 = number.parse().map_err(|_| refuse(", which starts with no number"))?;
        let value = number * numerator / denominator;
        if !value.is_finite() {
            return Err(refuse(", which is not finite"));
        }
        if value.abs() > D::LARGEST {
            return Err(Error::input(
                format!("found \"{text}\", which is beyond {}", Self::new(D::LARGEST)),
                format!("{} is at most that", D::NAME),
                remedy,
            ));
        }
        if value < 0.0 && !D::SIGNED {
            return Err(Error::input(
                format!("found \"{text}\", which is negative"),
                format!("{} is never negative", D::NAME),
                remedy,
            ));
        }
        Ok(Self::new(value))
    }
}

impl<D: Dimension> fmt::Display for Quantity<D> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        // Rust prints the shortest decimal that reads back as the same f64.
        write!(f, "{} {}", self.value, D::UNITS[0].0)
    }
}

impl<D: Dimension> fmt::Debug for Quantity<D> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<D: Dimension> Serialize for Quantity<D> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, D: Dimension> Deserialize<'de> for Quantity<D> {
    fn deserialize<T: Deserializer<'de>>(deserializer: T) -> Result<Self, T::Error> {
        let what = format!("{} such as \"{}\"", D::NAME, D::EXAMPLE);
        text_or_number(deserializer, &what, |number| {
            Err(Error::input(
                format!("found the bare number {number}"),
                format!("{} is written as a string with its unit", D::NAME),
                format!("write for example \"{}\"", D::EXAMPLE),
            ))
        })
    }
}

/// A value that is written as a text, or as a number, of which `number` makes one or says why not; `what` is expected.
pub(crate) fn text_or_number<'de, V: FromStr<Err = Error>, D: Deserializer<'de>>(
    deserializer: D,
    what: &str,
    number: fn(f64) -> Result<V>,
) -> Result<V, D::Error> {
    struct Visitor<'a, V> {
        what: &'a str,
        number: fn(f64) -> Result<V>,
    }

    impl<V: FromStr<Err = Error>> de::Visitor<'_> for Visitor<'_, V> {
        type Value = V;

        fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
            f.write_str(self.what)
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<V, E> {
            text.parse().map_err(|e: Error| E::custom(e.to_message()))
        }

        fn visit_i64<E: de::Error>(self, number: i64) -> Result<V, E> {
            self.visit_f64(number as f64)
        }

        fn visit_f64<E: de::Error>(self, number: f64) -> Result<V, E> {
            (self.number)(number).map_err(|e| E::custom(e.to_message()))
        }
    }

    deserializer.deserialize_any(Visitor { what, number })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_convert_to_the_base_unit_correctly_rounded() {
        for (text, ms) in [
            ("20 ms", 20.0),
            ("20ms", 20.0),
            ("1 s", 1000.0),
            ("1e-3s", 1.0),
            ("20 us", 0.02),
            ("20 µs", 0.02),
            (" 0.5 min ", 30_000.0),
            ("2.5E2 ms", 250.0),
        ] {
            assert_eq!(text.parse::<Time>().unwrap().value(), ms, "{text}");
        }
        assert_eq!("-70 mV".parse::<Voltage>().unwrap().value(), -70.0);
        assert_eq!("1 kHz".parse::<Rate>().unwrap().value(), 1000.0);
    }

    #[test]
    fn what_is_printed_reads_back_as_the_same_number() {
        for value in [0.1 + 0.2, 1e-300, 1.0 / 3.0, 6.02e5] {
            let again: Voltage = Voltage::new(value).to_string().parse().unwrap();
            assert_eq!(again.value(), value);
        }
    }

    #[test]
    fn impossible_quantities_are_refused_with_the_reason() {
        for (text, reason) in [
            ("20", "no unit"),
            ("20 mV", "`mV` is not one of a time"),
            ("ms", "no number"),
            ("-1 ms", "negative"),
            ("1e999 ms", "not finite"),
            ("1e13 ms", "beyond 1000000000000 ms"),
            ("nan ms", "is not one of a time"),
            ("20 ms ms", "is not one of a time"),
        ] {
            let message = text.parse::<Time>().unwrap_err().to_string();
            assert!(message.contains(reason), "{text}: {message}");
        }
    }
}
