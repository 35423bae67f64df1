//! What a population consists of: neurons, or sources of given spikes; `[dynamics.spiking.POPULATION]`.

use super::Neurons;
use crate::error::{Error, Result};
use crate::train::{Arrivals, Spikes};
use serde::de::value::{Error as KeysError, StringDeserializer};
use serde::de::{DeserializeSeed, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, de, forward_to_deserialize_any};
use std::fmt;
use std::marker::PhantomData;
use std::path::Path;

/// The cells of a population: the key `spikes` makes them sources.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Cells {
    /// Leaky integrate-and-fire neurons.
    Neurons(Box<Neurons>),
    /// Sources of spikes, which receive nothing.
    Source(Source),
}

/// Sources of spikes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// When they fire.
    pub spikes: Spikes,
}

impl Cells {
    /// The neurons, if that is what they are.
    pub fn neurons(&self) -> Option<&Neurons> {
        match self {
            Self::Neurons(neurons) => Some(neurons),
            Self::Source(_) => None,
        }
    }

    /// The sources, if that is what they are.
    pub fn source(&self) -> Option<&Source> {
        match self {
            Self::Neurons(_) => None,
            Self::Source(source) => Some(source),
        }
    }

    /// Whether they receive external spikes, drawn or from a file.
    pub(crate) fn has_external_input(&self) -> bool {
        self.neurons().is_some_and(|n| n.poisson.is_some() || n.input.is_some())
    }

    /// Whether a Poisson stimulus can add to their input, or to their own rate.
    pub(crate) fn is_driven(&self) -> bool {
        match self {
            Self::Neurons(neurons) => neurons.poisson.is_some(),
            Self::Source(source) => matches!(source.spikes, Spikes::Poisson(_)),
        }
    }

    /// Drawn spikes per second and neuron: from outside, or of Poisson sources.
    pub(crate) fn rate(&self) -> f64 {
        match self {
            Self::Neurons(neurons) => neurons.poisson.as_ref().map_or(0.0, |p| p.rate.mean()),
            Self::Source(Source { spikes: Spikes::Poisson(rate) }) => rate.value(),
            Self::Source(_) => 0.0,
        }
    }

    /// The file of spikes that the model names for them.
    pub fn file(&self) -> Option<&str> {
        match self {
            Self::Source(Source { spikes: Spikes::File(file) }) => Some(&file.file),
            Self::Source(_) => None,
            Self::Neurons(neurons) => neurons.input.as_ref().map(|input| input.file.as_str()),
        }
    }

    /// The spikes of the sources, or the external spikes of the neurons, of `population` of `size`, where the model
    /// lists them or names their file; relative names start from `folder`.
    pub(crate) fn read_trains(
        &self,
        population: &str,
        size: usize,
        folder: &Path,
    ) -> Result<Option<Arrivals>> {
        match self {
            Self::Source(source) => {
                source.spikes.read(population, size, folder).map_err(|e| e.within("spikes"))
            }
            Self::Neurons(neurons) => {
                let read = neurons.input.as_ref().map(|i| i.read(population, size, folder));
                read.transpose().map_err(|e| e.within("input"))
            }
        }
    }

    /// Refuses what is impossible for a population of `size`.
    pub(crate) fn check(&self, size: usize) -> Result<()> {
        let neurons = match self {
            Self::Source(source) => {
                return source.spikes.check(size).map_err(|e| e.within("spikes"));
            }
            Self::Neurons(neurons) => neurons,
        };
        neurons.check()?;
        let Some(input) = &neurons.input else { return Ok(()) };
        input.check().map_err(|e| e.within("input"))?;
        if neurons.poisson.is_some() {
            return Err(Error::input(
                "found input from a file beside Poisson input",
                "external spikes are drawn or read",
                "delete `input` or `poisson`",
            )
            .at("input"));
        }
        Ok(())
    }
}

impl<'de> Deserialize<'de> for Cells {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Section;

        impl<'de> Visitor<'de> for Section {
            type Value = Cells;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a section of neurons or of spike sources")
            }

            /// The first key decides, and every later one must belong to the same kind.
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Cells, A::Error> {
                let first = map.next_key_seed(FirstKey)?;
                let source = first.as_deref() == Some("spikes");
                let map = de::value::MapAccessDeserializer::new(Unread { first, rest: map });
                match source {
                    true => Source::deserialize(map).map(Cells::Source),
                    false => Neurons::deserialize(map).map(|n| Cells::Neurons(Box::new(n))),
                }
            }
        }

        deserializer.deserialize_map(Section)
    }
}

/// Reads a key, and refuses one that no section has while it is known where the key stands.
struct FirstKey;

impl<'de> DeserializeSeed<'de> for FirstKey {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        let key = String::deserialize(deserializer)?;
        let known = keys::<Neurons>();
        if key == "spikes" || known.contains(&key.as_str()) {
            return Ok(key);
        }
        Err(de::Error::unknown_field(&key, known))
    }
}

/// A map whose first key has been read already.
struct Unread<A> {
    first: Option<String>,
    rest: A,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Unread<A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        match self.first.take() {
            Some(key) => seed.deserialize(StringDeserializer::new(key)).map(Some),
            None => self.rest.next_key_seed(seed),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.rest.next_value_seed(seed)
    }
}

/// The keys of a section, as its type declares them to serde.
fn keys<'de, T: Deserialize<'de>>() -> &'static [&'static str] {
    struct Asked<'a, 'de> {
        keys: &'a mut &'static [&'static str],
        lifetime: PhantomData<&'de ()>,
    }

    impl<'de> Deserializer<'de> for Asked<'_, 'de> {
        type Error = KeysError;

        fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, KeysError> {
            Err(de::Error::custom("only its keys are asked for"))
        }

        fn deserialize_struct<V: Visitor<'de>>(
            self,
            _: &'static str,
            keys: &'static [&'static str],
            visitor: V,
        ) -> Result<V::Value, KeysError> {
            *self.keys = keys;
            self.deserialize_any(visitor)
        }

        forward_to_deserialize_any! {
            bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit
            unit_struct newtype_struct seq tuple tuple_struct map enum identifier ignored_any
        }
    }

    let mut keys: &'static [&'static str] = &[];
    let _ = T::deserialize(Asked { keys: &mut keys, lifetime: PhantomData });
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_of_a_section_are_known() {
        let known = keys::<Neurons>();
        assert!(known.contains(&"tau_m") && known.contains(&"poisson") && known.len() > 8);
        assert_eq!(keys::<Source>(), ["spikes"]);
    }

    #[test]
    fn the_first_key_decides_and_every_mistake_keeps_its_place() {
        let neurons = "theta = '20 mV'\ntau_m = '20 ms'\nv_reset = '0 mV'\nt_ref = '2 ms'\n";
        let source = "spikes = { poisson = '10 Hz' }\n";
        assert!(toml::from_str::<Cells>(neurons).unwrap().neurons().is_some());
        assert!(toml::from_str::<Cells>(source).unwrap().source().is_some());
        for (text, part, at) in [
            ("tau_n = '20 ms'\n", "unknown field `tau_n`", "tau_n"),
            (&format!("{neurons}spikes = 1\n"), "unknown field `spikes`", "spikes"),
            (&format!("{source}tau_m = '1 ms'\n"), "unknown field `tau_m`", "tau_m"),
            ("theta = 3\n", "bare number 3", "3"),
            ("theta = '20 mV'\n", "missing field `tau_m`", "theta"),
        ] {
            let error = toml::from_str::<Cells>(text).unwrap_err();
            assert!(error.message().contains(part), "{}", error.message());
            assert_eq!(error.span().unwrap().start, text.find(at).unwrap(), "{text}");
        }
    }

    #[test]
    fn what_is_written_reads_back() {
        for text in [
            "tau_m = '20 ms'\ntheta = '20 mV'\nv_reset = '0 mV'\nt_ref = '2 ms'\n[input]\nfile = 'a'\n\
             efficacy = '1 mV'\ntau_syn = '0 ms'\n",
            "spikes = { list = [['1 ms']] }\n",
        ] {
            let cells: Cells = toml::from_str(text).unwrap();
            assert_eq!(toml::from_str::<Cells>(&toml::to_string(&cells).unwrap()).unwrap(), cells);
        }
    }
}
