//! On what neurons are placed, and places on it.

use crate::error::{Error, Result};
use crate::units::{Distance, Measure};
use serde::de::value::SeqAccessDeserializer;
use serde::{Deserialize, Deserializer, Serialize, de};
use std::fmt;

/// Where the neurons of a population are, evenly spaced in the order of their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Space {
    /// On a circle of this circumference, neuron i of N at i/N of it: "360 deg", or a length.
    Ring(Distance),
    /// On a line of this length, neuron i of N at (i + 1/2)/N of it.
    Line(Distance),
    /// On a square grid in a sheet of this width and height whose opposite borders are joined: neuron i is in row i / C and
    /// column i % C of C columns, and the first one is at 0, 0.
    Torus([Distance; 2]),
}

impl Space {
    /// Width and height in deg or mm; no height of what has none.
    pub fn extent(&self) -> [f64; 2] {
        match self {
            Self::Ring(length) | Self::Line(length) => [length.value(), 0.0],
            Self::Torus(sides) => sides.map(Distance::value),
        }
    }

    /// In what distances are measured.
    pub fn measure(&self) -> Measure {
        match self {
            Self::Ring(length) | Self::Line(length) | Self::Torus([length, _]) => length.measure(),
        }
    }

    /// Whether opposite ends are joined.
    pub fn is_periodic(&self) -> bool {
        !matches!(self, Self::Line(_))
    }

    /// Whether places have one coordinate.
    pub fn is_one_dimensional(&self) -> bool {
        !matches!(self, Self::Torus(_))
    }

    /// The largest distance of two places.
    pub fn longest(&self) -> f64 {
        let [width, height] = self.extent();
        match self {
            Self::Line(_) => width,
            _ => 0.5 * (width * width + height * height).sqrt(),
        }
    }

    /// Refuses a space without extent.
    pub(crate) fn check(&self) -> Result<()> {
        let (key, sides) = match self {
            Self::Ring(length) => ("ring", [*length; 2]),
            Self::Line(length) => ("line", [*length; 2]),
            Self::Torus(sides) => ("torus", *sides),
        };
        sides[1].check_measure(sides[0].measure(), self).map_err(|e| e.at(key))?;
        sides.iter().try_for_each(|s| s.positive("an extent").map(|_| ()).map_err(|e| e.at(key)))
    }
}

impl fmt::Display for Space {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Ring(length) => write!(f, "a ring of {length}"),
            Self::Line(length) => write!(f, "a line of {length}"),
            Self::Torus([width, height]) => write!(f, "a torus of {width} x {height}"),
        }
    }
}

/// So many neurons, and where they are, if that matters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ground {
    /// Their number.
    pub neurons: usize,
    /// Where they are.
    pub space: Option<Space>,
}

impl From<usize> for Ground {
    fn from(neurons: usize) -> Self {
        Self { neurons, space: None }
    }
}

/// A place: "180 deg", or ["0.5 mm", "0.2 mm"] on a torus.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Position {
    /// On a ring or a line.
    Along(Distance),
    /// On a torus.
    At([Distance; 2]),
}

impl Position {
    /// Its coordinates.
    pub fn coordinates(&self) -> [f64; 2] {
        match self {
            Self::Along(x) => [x.value(), 0.0],
            Self::At(x) => x.map(Distance::value),
        }
    }

    /// Refuses a place that is not on `space`.
    pub(crate) fn check(&self, space: &Space) -> Result<()> {
        let (one, coordinates) = match self {
            Self::Along(x) => (true, [*x; 2]),
            Self::At(x) => (false, *x),
        };
        coordinates.iter().try_for_each(|x| x.check_measure(space.measure(), space))?;
        let extent = space.extent();
        let inside = (0..2).all(|k| one && k == 1 || coordinates[k].value() <= extent[k]);
        if one == space.is_one_dimensional() && inside {
            return Ok(());
        }
        let unit = space.measure().unit();
        let (allowed, example) = match space.is_one_dimensional() {
            true => (format!("a place there is between 0 and {} {unit}", extent[0]), "\"0 deg\""),
            false => (
                "a place there has two coordinates, within its sides".to_owned(),
                "[\"0 mm\", \"0 mm\"]",
            ),
        };
        Err(Error::input(
            format!("found a place at {self} on {space}"),
            allowed,
            format!("write for example {example}"),
        ))
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Along(x) => x.fmt(f),
            Self::At([x, y]) => write!(f, "{x}, {y}"),
        }
    }
}

impl<'de> Deserialize<'de> for Position {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Position;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a place such as \"180 deg\", or [\"0.5 mm\", \"0.2 mm\"] on a torus")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Position, E> {
                text.parse().map(Position::Along).map_err(|e: Error| E::custom(e.to_message()))
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, list: A) -> Result<Position, A::Error> {
                <[Distance; 2]>::deserialize(SeqAccessDeserializer::new(list)).map(Position::At)
            }
        }

        deserializer.deserialize_any(Visitor)
    }
}
