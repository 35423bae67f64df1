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
    // Every spike is drawn: at more a run would seem to stand still.
    const LARGEST: f64 = 1e7;
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
        self.at_least(D::SMALLEST, what)
    }

    /// As [`Quantity::positive`], of what is meant to be `least` (in the base unit) or more.
    pub(crate) fn at_least(self, least: f64, what: &str) -> Result<f64> {
        if self.value >= least {
            return Ok(self.value);
        }
        Err(Error::input(
            format!("found {what} of {self}"),
            format!("{what} is at least {}", Self::new(least)),
            format!("write for example \"{}\"", D::EXAMPLE),
        ))
    }

    /// As [`Quantity::positive`], where zero has a meaning of its own.
    pub(crate) fn positive_or_zero(self, what: &str) -> Result<f64> {
        self.zero_or_at_least(D::SMALLEST, what)
    }

    /// As [`Quantity::at_least`], where zero has a meaning of its own.
    pub(crate) fn zero_or_at_least(self, least: f64, what: &str) -> Result<f64> {
        if self.value == 0.0 || self.value >= least {
            return Ok(self.value);
        }
        Err(Error::input(
            format!("found {what} of {self}"),
            format!("{what} is 0 or at least {}", Self::new(least)),
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
    fn every_unit_converts_to_the_first_of_its_dimension() {
        fn value<D: Dimension>(text: &str) -> f64 {
            text.parse::<Quantity<D>>().unwrap().value()
        }
        for (text, ms) in
            [("3 ms", 3.0), ("3 s", 3e3), ("2 min", 12e4), ("3 μs", 0.003), ("5 ns", 5e-6)]
        {
            assert_eq!(value::<OfTime>(text), ms, "{text}");
        }
        for (text, mv) in
            [("3 mV", 3.0), ("-2 V", -2e3), ("7 uV", 0.007), ("7 µV", 0.007), ("7 μV", 0.007)]
        {
            assert_eq!(value::<OfVoltage>(text), mv, "{text}");
        }
        assert_eq!((value::<OfRate>("3 Hz"), value::<OfRate>("0.5 kHz")), (3.0, 500.0));
    }

    #[test]
    fn an_exponent_is_no_unit() {
        for (text, ms) in [
            ("1e3 ms", 1e3),
            ("1E3ms", 1e3),
            ("1e+3 ms", 1e3),
            ("5e-1 ms", 0.5),
            ("2.e1ms", 20.0),
            (".5e1 ms", 5.0),
        ] {
            assert_eq!(text.parse::<Time>().unwrap().value(), ms, "{text}");
        }
        // Nor is what only looks like one an exponent.
        for (text, unit) in [
            ("1e ms", "e ms"),
            ("1e", "e"),
            ("1 e3 ms", "e3 ms"),
            ("e3 ms", "e3 ms"),
            ("-e3 ms", "e3 ms"),
            ("1eV", "eV"),
            ("1x3 ms", "x3 ms"),
            ("1ex3 ms", "ex3 ms"),
        ] {
            let message = text.parse::<Time>().unwrap_err().to_string();
            assert!(message.contains(&format!("whose unit `{unit}` is not")), "{text}: {message}");
        }
    }

    #[test]
    fn the_ends_of_a_range_belong_to_it() {
        assert_eq!("0 ms".parse::<Time>().unwrap().value(), 0.0);
        assert_eq!("1e12 ms".parse::<Time>().unwrap().value(), 1e12);
        assert_eq!("-1e6 mV".parse::<Voltage>().unwrap().value(), -1e6);
        assert_eq!("1e7 Hz".parse::<Rate>().unwrap().value(), 1e7);
        for text in ["-1000001 mV", "1000001 mV"] {
            assert!(text.parse::<Voltage>().unwrap_err().to_string().contains("beyond 1000000 mV"));
        }
        assert!("-1e999 mV".parse::<Voltage>().unwrap_err().to_string().contains("not finite"));
        let negative = "-1e-9 Hz".parse::<Rate>().unwrap_err().to_string();
        assert_eq!(
            negative,
            "found \"-1e-9 Hz\", which is negative; a rate is never negative; write for example \"10 Hz\"."
        );
    }

    #[test]
    fn what_must_be_positive_is_as_large_as_is_ever_meant() {
        for smallest in [1e-6, 20.0] {
            assert_eq!(Time::new(smallest).positive("a time").unwrap(), smallest);
            assert_eq!(Time::new(smallest).positive_or_zero("a time").unwrap(), smallest);
        }
        assert_eq!(Time::new(0.0).positive_or_zero("a time").unwrap(), 0.0);
        for refused in [0.0, 0.9e-6, -1.0, f64::NAN] {
            let sentence =
                Time::new(refused).positive("the time of a test").unwrap_err().to_string();
            assert_eq!(
                sentence,
                format!(
                    "found the time of a test of {refused} ms; the time of a test is at least 0.000001 ms; \
                     write for example \"20 ms\"."
                )
            );
        }
        for refused in [0.9e-6, -1.0, f64::NAN] {
            let sentence =
                Rate::new(refused / 1e3).positive_or_zero("a rate").unwrap_err().to_string();
            assert!(sentence.contains("a rate is 0 or at least 0.000000001 Hz"), "{sentence}");
        }
    }

    #[test]
    fn a_model_file_holds_texts_and_a_bare_number_is_refused() {
        use serde::de::IntoDeserializer;
        use serde::de::value::{
            BoolDeserializer, Error as Refused, F64Deserializer, I64Deserializer, StrDeserializer,
        };
        let text: StrDeserializer<Refused> = "20 ms".into_deserializer();
        assert_eq!(Time::deserialize(text).unwrap(), Time::new(20.0));
        assert_eq!(serde_json::to_string(&Voltage::new(-0.5)).unwrap(), "\"-0.5 mV\"");
        assert_eq!(format!("{:?}", Rate::new(3.0)), "3 Hz");
        let whole: I64Deserializer<Refused> = 20i64.into_deserializer();
        let real: F64Deserializer<Refused> = 2.5f64.into_deserializer();
        let other: BoolDeserializer<Refused> = true.into_deserializer();
        let [whole, real, other] =
            [Time::deserialize(whole), Time::deserialize(real), Time::deserialize(other)]
                .map(|e| e.unwrap_err().to_string());
        for (refused, number) in [(whole, "20"), (real, "2.5")] {
            assert_eq!(
                Error::from_message(&refused).unwrap().to_string(),
                format!(
                    "found the bare number {number}; a time is written as a string with its unit; \
                     write for example \"20 ms\"."
                )
            );
        }
        assert!(other.contains("expected a time such as \"20 ms\""), "{other}");
        let wrong: StrDeserializer<Refused> = "20".into_deserializer();
        assert!(Time::deserialize(wrong).unwrap_err().to_string().contains("which has no unit"));
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
