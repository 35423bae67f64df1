//! Distances between neurons: angles on a ring, or lengths; and speeds.

use super::{Dimension, Quantity, Time, text_or_number};
use crate::error::{Error, Result};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::f64::consts::PI;
use std::fmt;
use std::str::FromStr;

/// Dimension of angles; base unit deg.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct OfAngle;
/// Dimension of lengths; base unit mm.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct OfLength;

impl Dimension for OfAngle {
    const NAME: &'static str = "an angle";
    const UNITS: &'static [(&'static str, f64, f64)] = &[("deg", 1.0, 1.0), ("rad", 180.0, PI)];
    const SIGNED: bool = false;
    const LARGEST: f64 = 1e6;
    const SMALLEST: f64 = 1e-6;
    const EXAMPLE: &'static str = "30 deg";
}

impl Dimension for OfLength {
    const NAME: &'static str = "a length";
    const UNITS: &'static [(&'static str, f64, f64)] = &[
        ("mm", 1.0, 1.0),
        ("um", 1.0, 1000.0),
        ("µm", 1.0, 1000.0),
        ("μm", 1.0, 1000.0),
        ("cm", 10.0, 1.0),
        ("m", 1000.0, 1.0),
    ];
    const SIGNED: bool = false;
    const LARGEST: f64 = 1e6;
    const SMALLEST: f64 = 1e-6;
    const EXAMPLE: &'static str = "0.2 mm";
}

/// What a distance is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// In degrees.
    Angle,
    /// In mm.
    Length,
}

impl Measure {
    /// Its unit.
    pub fn unit(self) -> &'static str {
        match self {
            Self::Angle => OfAngle::UNITS[0].0,
            Self::Length => OfLength::UNITS[0].0,
        }
    }

    /// The smallest value above 0 and the largest.
    fn limits(self) -> [f64; 2] {
        match self {
            Self::Angle => [OfAngle::SMALLEST, OfAngle::LARGEST],
            Self::Length => [OfLength::SMALLEST, OfLength::LARGEST],
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Angle => OfAngle::NAME,
            Self::Length => OfLength::NAME,
        }
    }

    fn example(self) -> &'static str {
        match self {
            Self::Angle => OfAngle::EXAMPLE,
            Self::Length => OfLength::EXAMPLE,
        }
    }
}

/// How far two places are from each other: "30 deg" or "0.2 mm"; never negative.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Distance {
    value: f64,
    measure: Measure,
}

impl Distance {
    /// `value` deg or mm.
    pub const fn new(value: f64, measure: Measure) -> Self {
        Self { value, measure }
    }

    /// In deg or mm.
    pub const fn value(self) -> f64 {
        self.value
    }

    /// What it is.
    pub const fn measure(self) -> Measure {
        self.measure
    }

    /// Refuses what is not above 0; `what` names it.
    pub(crate) fn positive(self, what: &str) -> Result<f64> {
        match self.measure {
            Measure::Angle => Quantity::<OfAngle>::new(self.value).positive(what),
            Measure::Length => Quantity::<OfLength>::new(self.value).positive(what),
        }
    }

    /// Refuses a length among angles, and an angle among lengths; `among` names what they are distances of.
    pub(crate) fn check_measure(self, measure: Measure, among: impl fmt::Display) -> Result<()> {
        if self.measure == measure {
            return Ok(());
        }
        Err(Error::input(
            format!("found {self} on {among}"),
            format!("a distance there is {}", measure.name()),
            format!("write for example \"{}\"", measure.example()),
        ))
    }
}

impl FromStr for Distance {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let unit = text.trim_end().rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
        // Exponents are letters too: "1e3deg".
        let is_angle = OfAngle::UNITS.iter().any(|own| unit.ends_with(own.0));
        if is_angle {
            let angle: Quantity<OfAngle> = text.parse()?;
            return Ok(Self::new(angle.value(), Measure::Angle));
        }
        let length: Quantity<OfLength> = text.parse().map_err(|e: Error| {
            e.mended(format!(
                "write for example \"{}\", or \"{}\" on a ring",
                OfLength::EXAMPLE,
                OfAngle::EXAMPLE
            ))
        })?;
        Ok(Self::new(length.value(), Measure::Length))
    }
}

impl fmt::Display for Distance {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{} {}", self.value, self.measure.unit())
    }
}

impl Serialize for Distance {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Distance {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let what = "a distance such as \"30 deg\" or \"0.2 mm\"";
        text_or_number(deserializer, what, |number| {
            Err(Error::input(
                format!("found the bare number {number}"),
                "a distance is written as a string with its unit",
                "write for example \"30 deg\", or \"0.2 mm\"",
            ))
        })
    }
}

/// How fast spikes travel: "0.3 m/s", or "20 deg/ms" on a ring.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Speed {
    /// In one ms.
    distance: Distance,
}

impl Speed {
    /// In deg/ms or mm/ms.
    pub const fn value(self) -> f64 {
        self.distance.value
    }

    /// Refuses a speed of lengths among angles, and of angles among lengths; `among` names what they are distances of.
    pub(crate) fn check_measure(self, measure: Measure, among: impl fmt::Display) -> Result<()> {
        if self.distance.measure == measure {
            return Ok(());
        }
        let (name, unit) = (measure.name(), measure.unit());
        Err(Error::input(
            format!("found a speed of {self} on {among}"),
            format!("a distance there is {name}"),
            format!("write for example \"0.3 {unit}/ms\""),
        ))
    }
}

impl FromStr for Speed {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let refuse = || {
            Error::input(
                format!("found \"{text}\""),
                "a speed is a distance above 0 in a time",
                "write for example \"0.3 m/s\", or \"20 deg/ms\" on a ring",
            )
        };
        let (distance, time) = text.split_once('/').ok_or_else(refuse)?;
        let distance: Distance = distance.parse().map_err(|_| refuse())?;
        let time: Time = format!("1 {}", time.trim()).parse().map_err(|_| refuse())?;
        let value = distance.value / time.value();
        let speed = Self { distance: Distance::new(value, distance.measure) };
        let [slowest, fastest] = distance.measure.limits();
        match value {
            _ if (slowest..=fastest).contains(&value) => Ok(speed),
            _ if value > 0.0 => Err(Error::input(
                format!("found \"{text}\""),
                format!(
                    "a speed is between {slowest} and {fastest} {}/ms",
                    distance.measure.unit()
                ),
                "correct the number, or its units",
            )),
            _ => Err(refuse()),
        }
    }
}

impl fmt::Display for Speed {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}/ms", self.distance)
    }
}

impl Serialize for Speed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Speed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text_or_number(deserializer, "a speed such as \"0.3 m/s\"", |number| {
            Err(Error::input(
                format!("found the bare number {number}"),
                "a speed is written as a string with its unit",
                "write for example \"0.3 m/s\"",
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_angles_or_lengths() {
        let parse = |text: &str| text.parse::<Distance>().unwrap();
        assert_eq!(parse("30 deg"), Distance::new(30.0, Measure::Angle));
        assert_eq!(parse("1e2deg"), Distance::new(100.0, Measure::Angle));
        assert_eq!(parse("250 um").to_string(), "0.25 mm");
        assert!((parse("3.141592653589793 rad").value() - 180.0).abs() < 1e-12);
        let message = |text: &str| text.parse::<Distance>().unwrap_err().to_string();
        assert!(message("30").contains("has no unit"), "{}", message("30"));
        assert!(message("30 ms").contains("or \"30 deg\" on a ring"), "{}", message("30 ms"));
        assert!(message("-1 deg").contains("negative"), "{}", message("-1 deg"));
    }

    #[test]
    fn speeds_are_kept_per_ms() {
        let parse = |text: &str| text.parse::<Speed>();
        assert_eq!(parse("0.3 m/s").unwrap().to_string(), "0.3 mm/ms");
        assert_eq!(parse("20 deg/ms").unwrap().value(), 20.0);
        for text in
            ["0.7 um/us", "1e6 deg/ms", "1e-6 mm/ms", "1 um/s", "2 rad/s", "0.1 m/s", "3 cm/min"]
        {
            let speed = parse(text).unwrap();
            assert_eq!(parse(&speed.to_string()).unwrap(), speed, "{text}");
        }
        for text in ["1e6 deg/us", "1e3 m/us", "0.1 um/s", "1e-7 deg/ms"] {
            let message = parse(text).unwrap_err().to_string();
            assert!(message.contains("a speed is between 0.000001 and 1000000 "), "{message}");
        }
        for wrong in ["0 m/s", "0.3 m", "0.3 s/m", "fast"] {
            assert!(parse(wrong).unwrap_err().to_string().contains("a distance above 0 in a time"));
        }
    }
}
