//! Which single neurons are recorded, and when: the keys `v` and `activity` of the model's section `[record]`.

use crate::error::{Error, Result};
use crate::protocol::Neurons;
use crate::tape::{is_count, is_moderate, on_tape};
use crate::units::{Time, on_grid};
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;

/// More values than this of one population are a mistake: 8 gigabytes of them.
const MOST: f64 = 1e9;

/// Some neurons whose membrane potentials and synaptic currents, or whose graded activity, are recorded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Probe {
    /// Their population.
    pub population: String,
    /// The neurons, from 0: "0..5" are the first five.
    pub neurons: Neurons,
    /// Time from one look to the next, counted from the start of the protocol and of every trial, of graded activity from
    /// that of every epoch.
    pub every: Time,
}

/// One table, or a list of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Probes(pub Vec<Probe>);

impl Probe {
    /// How many looks there are in `duration` ms.
    pub fn looks(&self, duration: f64) -> f64 {
        (duration / self.every.value()).ceil()
    }

    /// Refuses what cannot be looked at in a population of `size` in `duration` ms.
    pub(crate) fn check(&self, size: usize, duration: f64) -> Result<()> {
        self.neurons.check(size).map_err(|e| e.at("neurons"))?;
        let every = self.every.positive("a time between looks");
        every.map_err(|e| e.mended("write for example \"0.1 ms\"").at("every"))?;
        let number = self.looks(duration) * self.neurons.0.len() as f64;
        if number <= MOST {
            return Ok(());
        }
        Err(Error::input(
            format!("found {number:.1e} values, every {} of {duration} ms", self.every),
            format!("at most {MOST:.0e} of a population are recorded"),
            "write a longer time, or fewer neurons",
        )
        .at("every"))
    }
}

impl Probes {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Probes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0[..] {
            [only] => only.serialize(serializer),
            all => all.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Probes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Probes;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a table with population, neurons and every, or a list of such tables")
            }

            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Probes, A::Error> {
                Probe::deserialize(MapAccessDeserializer::new(map)).map(|one| Probes(vec![one]))
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, list: A) -> Result<Probes, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(list)).map(Probes)
            }
        }

        deserializer.deserialize_any(Visitor)
    }
}

/// When the neurons of a probe are looked at: at multiples of `every` from where it began, before the end of what is run.
#[derive(Clone, Debug)]
pub struct Schedule {
    /// ms.
    every: f64,
    origin: f64,
    /// Looks since.
    number: u64,
}

on_tape!(Schedule { origin, number; not every; if Schedule::is_possible });

impl Schedule {
    pub(super) fn new(every: f64) -> Self {
        Self { every, origin: 0.0, number: 0 }
    }

    /// Whether what was read from a tape can be: the next look is so far from now that it is reached.
    fn is_possible(&self) -> bool {
        is_count(self.number) && is_moderate(self.origin) && self.origin >= 0.0
    }

    /// Begins anew at `start`.
    pub(crate) fn begin(&mut self, start: f64) {
        (self.origin, self.number) = (start, 0);
    }

    /// The next look, or `end`; a look at `end` belongs to what follows.
    pub(crate) fn next(&self, end: f64) -> f64 {
        let due = self.due();
        // Rounding makes no further look just before the end.
        if due < end - 1e-9 * self.every { due } else { end }
    }

    /// Counts a look at `time`, if it is due before `end`.
    pub(crate) fn seen(&mut self, time: f64, end: f64) -> bool {
        let due = self.next(end) < end && time >= self.due();
        self.number += u64::from(due);
        due
    }

    /// Counts a look that was taken elsewhere.
    pub(crate) fn taken(&mut self) {
        self.number += 1;
    }

    /// Whether its looks can have left one at `last` (ms), and none later, in what began at `origin` and has come to `reached`.
    #[cfg(feature = "hdf5")]
    pub(super) fn has_left(&self, last: Option<f64>, origin: f64, reached: f64) -> bool {
        // Of times that were added up elsewhere, and brought to whole nanoseconds: the first look may stand just before the origin.
        let slack = 1e-6 * self.every;
        let left = match (self.number, last) {
            (0, last) => last.is_none_or(|last| last < self.origin + slack),
            (_, Some(last)) => (self.due() - self.every - last).abs() <= slack,
            (_, None) => false,
        };
        left && self.origin == origin && self.due() >= reached - slack
    }

    fn due(&self) -> f64 {
        on_grid(self.origin + self.number as f64 * self.every)
    }
}
