//! Levels: a value, or a list of values of which every trial gets one.

use crate::units::Time;
use serde::de::value::{F64Deserializer, I64Deserializer, SeqAccessDeserializer, StrDeserializer};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;
use std::marker::PhantomData;

/// One value for all trials, or several, one for each trial in turn; written as `"350 Hz"` or
/// `["0 Hz", "350 Hz"]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Levels<T>(pub Vec<T>);

impl Levels<Time> {
    /// The shortest.
    pub fn shortest(&self) -> Time {
        self.0.iter().copied().reduce(|a, b| if b < a { b } else { a }).unwrap_or(Time::new(0.0))
    }

    /// The longest.
    pub fn longest(&self) -> Time {
        self.0.iter().copied().reduce(|a, b| if b > a { b } else { a }).unwrap_or(Time::new(0.0))
    }
}

impl<T: Serialize> Serialize for Levels<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0[..] {
            [only] => only.serialize(serializer),
            all => all.serialize(serializer),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Levels<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> de::Visitor<'de> for Visitor<T> {
            type Value = Levels<T>;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                write!(f, "a value or a list of values")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                T::deserialize(StrDeserializer::new(text)).map(|value| Levels(vec![value]))
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Self::Value, E> {
                T::deserialize(I64Deserializer::new(number)).map(|value| Levels(vec![value]))
            }

            fn visit_f64<E: de::Error>(self, number: f64) -> Result<Self::Value, E> {
                T::deserialize(F64Deserializer::new(number)).map(|value| Levels(vec![value]))
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(list)).map(Levels)
            }
        }

        deserializer.deserialize_any(Visitor(PhantomData))
    }
}
