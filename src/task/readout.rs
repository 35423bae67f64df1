//! Neural read-outs as a model describes them.

use crate::distribution::value_or_table;
use crate::error::Error;
use crate::protocol::Neurons;
use crate::units::Time;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A neural read-out: match or non-match is told from the number of spikes in a part of the test.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Readout {
    /// Whose spikes are counted.
    pub population: String,
    /// Which of its neurons are counted: "all", a range "0..200", the foreground of the test or of the sample, or of one
    /// pattern.
    #[serde(default)]
    pub neurons: Counted,
    /// Spikes are counted from this long after the onset of the test ...
    #[serde(default = "at_once", skip_serializing_if = "is_at_once")]
    pub onset: Time,
    /// ... for this long.
    pub window: Time,
    /// Which answer many spikes speak for; stated beforehand, not fitted.
    pub speaks_for: Answer,
}

fn at_once() -> Time {
    Time::new(0.0)
}

fn is_at_once(onset: &Time) -> bool {
    *onset == at_once()
}

/// Which neurons of its population a read-out counts; written as `"all"`, `"0..200"`, `"test_foreground"`,
/// `"sample_foreground"` or `{ foreground = 3 }`.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Counted {
    /// Those of the whole population.
    #[default]
    All,
    /// These.
    Range(Neurons),
    /// Those to which the test is shown, which a downstream neuron selective for it would collect.
    TestForeground,
    /// Those to which the sample was shown.
    SampleForeground,
    /// The foreground of this pattern, from 1, whatever is shown.
    Foreground(usize),
}

/// The choice that has a value.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum OfPattern {
    Foreground(usize),
}

impl Serialize for Counted {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::All => serializer.serialize_str("all"),
            Self::Range(neurons) => neurons.serialize(serializer),
            Self::TestForeground => serializer.serialize_str("test_foreground"),
            Self::SampleForeground => serializer.serialize_str("sample_foreground"),
            Self::Foreground(number) => OfPattern::Foreground(*number).serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Counted {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let what =
            "\"all\", \"0..200\", \"test_foreground\", \"sample_foreground\" or { foreground = 3 }";
        let of_pattern = |OfPattern::Foreground(number)| Ok(Self::Foreground(number));
        value_or_table(deserializer, what, |name: String| Self::named(&name), of_pattern)?
            .map_err(|error: Error| D::Error::custom(error.to_message()))
    }
}

impl Counted {
    fn named(name: &str) -> Result<Self, Error> {
        match name {
            "all" => Ok(Self::All),
            "test_foreground" => Ok(Self::TestForeground),
            "sample_foreground" => Ok(Self::SampleForeground),
            range => Neurons::parse(range).map(Self::Range).ok_or_else(|| {
                Error::input(
                    format!("found \"{name}\""),
                    "a read-out counts \"all\" neurons, a range \"0..200\", the \"test_foreground\", the \"sample_foreground\", or { foreground = 3 }",
                    "write one of them",
                )
            }),
        }
    }
}

/// The two answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// The test is the sample.
    Match,
    /// It is another pattern.
    Nonmatch,
}

impl Answer {
    /// The answer that is right if the test matches the sample, or not.
    pub fn of(matches: bool) -> Self {
        if matches { Self::Match } else { Self::Nonmatch }
    }

    /// As it stands in tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Match => "match",
            Self::Nonmatch => "nonmatch",
        }
    }
}
