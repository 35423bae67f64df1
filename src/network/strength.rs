//! Numbers that say how strong synapses are.

use super::Transmission;
use crate::error::{Error, Result};
use crate::units::{Voltage, text_or_number};
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;
use std::str::FromStr;

/// An efficacy or a scale: a voltage such as "0.3 mV" where synapses transmit spikes, a plain number where they transmit
/// activity.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Strength {
    /// Between spiking neurons.
    Potential(Voltage),
    /// Between all others.
    Number(f64),
}

impl Strength {
    /// In mV, or without a unit.
    pub fn value(self) -> f64 {
        match self {
            Self::Potential(value) => value.value(),
            Self::Number(value) => value,
        }
    }

    /// Refuses the unit of other networks, and infinities.
    pub(crate) fn check(self, transmission: Transmission) -> Result<()> {
        let (allowed, remedy) = match (self, transmission) {
            (Self::Potential(_), Transmission::Spikes) => return Ok(()),
            (Self::Number(value), Transmission::Activity) if value.is_finite() => return Ok(()),
            (_, Transmission::Spikes) => {
                ("between spiking neurons it is in mV", "write for example \"0.3 mV\"")
            }
            (_, Transmission::Activity) => {
                ("between these neurons it has no unit", "write a number, for example 1.0")
            }
        };
        Err(Error::input(format!("found {self}"), allowed, remedy))
    }

    /// As [`Strength::check`]; refuses 0 too.
    pub(crate) fn check_effect(self, transmission: Transmission) -> Result<()> {
        self.check(transmission)?;
        if self.value() != 0.0 {
            return Ok(());
        }
        let example = if transmission == Transmission::Spikes { "\"0.1 mV\"" } else { "1.0" };
        Err(without_effect(self, example))
    }
}

/// The error of synapses that do nothing.
pub(super) fn without_effect(found: impl fmt::Display, example: &str) -> Error {
    Error::input(
        format!("found an efficacy of {found}"),
        "a synapse has an effect",
        format!("write for example {example}, or delete the projection"),
    )
}

impl fmt::Display for Strength {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Potential(value) => value.fmt(f),
            Self::Number(value) => value.fmt(f),
        }
    }
}

impl FromStr for Strength {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        text.parse().map(Self::Potential)
    }
}

impl<'de> Deserialize<'de> for Strength {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let what = "a voltage such as \"0.3 mV\", or a number";
        text_or_number(deserializer, what, |number| Ok(Self::Number(number)))
    }
}
