//! Values that are written plainly, or as a choice in a table with one key.

use crate::error::Error;
use crate::units::{Dimension, Quantity};
use serde::de::value::{MapAccessDeserializer, MapDeserializer, SeqAccessDeserializer};
use serde::de::{self, IntoDeserializer};
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

/// A plain value, or a choice that is written as a table with one key; `what` says so.
pub(crate) fn value_or_table<'de, P, T, V, D>(
    deserializer: D,
    what: &str,
    plain: fn(P) -> V,
    table: fn(T) -> V,
) -> Result<V, D::Error>
where
    P: Deserialize<'de>,
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    deserializer.deserialize_any(Choice { what, lists: false, plain, table })
}

/// The same, where the plain value may be written as a list.
pub(crate) fn values_or_table<'de, P, T, V, D>(
    deserializer: D,
    what: &str,
    plain: fn(P) -> V,
    table: fn(T) -> V,
) -> Result<V, D::Error>
where
    P: Deserialize<'de>,
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    deserializer.deserialize_any(Choice { what, lists: true, plain, table })
}

struct Choice<'a, P, T, V> {
    what: &'a str,
    lists: bool,
    plain: fn(P) -> V,
    table: fn(T) -> V,
}

impl<'de, P: Deserialize<'de>, T: Deserialize<'de>, V> de::Visitor<'de> for Choice<'_, P, T, V> {
    type Value = V;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.what)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<V, E> {
        P::deserialize(text.into_deserializer()).map(self.plain)
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<V, E> {
        P::deserialize(number.into_deserializer()).map(self.plain)
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<V, E> {
        P::deserialize(number.into_deserializer()).map(self.plain)
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, list: A) -> Result<V, A::Error> {
        match self.lists {
            true => P::deserialize(SeqAccessDeserializer::new(list)).map(self.plain),
            false => Err(de::Error::invalid_type(de::Unexpected::Seq, &self)),
        }
    }

    fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<V, A::Error> {
        one_key(map).map(self.table)
    }
}

/// A choice that is written as a table with one key, from a table that holds nothing else.
fn one_key<'de, T: Deserialize<'de>, A: de::MapAccess<'de>>(mut map: A) -> Result<T, A::Error> {
    let choice = T::deserialize(MapAccessDeserializer::new(&mut map))?;
    let Some(key) = map.next_key::<String>()? else { return Ok(choice) };
    let error = Error::input(
        format!("found `{key}` beside another key"),
        "the table has one key, which says how the value is chosen",
        "keep one of them",
    );
    Err(de::Error::custom(error.to_message()))
}

/// A choice that is written as a table with one key, or as a name alone where every value of the table has a default.
pub(crate) fn named<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    struct Visitor<T>(PhantomData<T>);

    impl<'de, T: Deserialize<'de>> de::Visitor<'de> for Visitor<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
            f.write_str("a name, or a table with one key")
        }

        fn visit_str<E: de::Error>(self, name: &str) -> Result<T, E> {
            let table = MapDeserializer::new([(name, BTreeMap::<&str, &str>::new())].into_iter());
            T::deserialize(MapAccessDeserializer::new(table))
        }

        fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
            one_key(map)
        }
    }

    deserializer.deserialize_any(Visitor(PhantomData)).map(Some)
}

/// The two ends of a range, ["1 ms", "2 ms"].
pub(crate) fn pair<'de, D: Dimension, T: Deserializer<'de>>(
    deserializer: T,
) -> Result<(Quantity<D>, Quantity<D>), T::Error> {
    struct Visitor<D>(PhantomData<D>);

    fn refuse<D: Dimension, E: de::Error>(found: String) -> E {
        let unit = D::UNITS[0].0;
        let remedy = format!("write for example uniform = [\"1 {unit}\", \"2 {unit}\"]");
        let error = Error::input(found, "a range has a lower and an upper end", remedy);
        E::custom(error.to_message())
    }

    impl<'de, D: Dimension> de::Visitor<'de> for Visitor<D> {
        type Value = (Quantity<D>, Quantity<D>);

        fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
            f.write_str("a list of a lower and an upper end")
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
            Err(refuse::<D, E>(format!("found the single value \"{text}\"")))
        }

        fn visit_seq<A: de::SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
            let mut ends = Vec::new();
            while let Some(end) = list.next_element()? {
                ends.push(end);
            }
            match ends[..] {
                [low, high] => Ok((low, high)),
                [_] => Err(refuse::<D, A::Error>("found 1 value".to_owned())),
                _ => Err(refuse::<D, A::Error>(format!("found {} values", ends.len()))),
            }
        }
    }

    deserializer.deserialize_any(Visitor(PhantomData))
}
