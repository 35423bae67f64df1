//! What is recorded of one population.

use super::Header;
use super::events::Events;
use super::sampling::Sampler;
use super::saturation::Saturation;
use super::series::{Growing, Timed};
use super::store::{Attribute, Result, Store};
use crate::dynamics::{Observable, ObservableKind, Spike};
use crate::tape::{OnTape, Tape, on_tape};
use std::ops::Range;

/// The growing columns of one population.
pub(super) struct Population {
    pub neurons: Range<usize>,
    sampler: Sampler,
    seen: Seen,
    rate: Timed<f64>,
    overlaps: Option<Timed<f64>>,
    /// Who is to learn whether it is saturated.
    pub saturation: Option<Saturation>,
}

/// What was seen, as it was.
enum Seen {
    Spikes(Events),
    States(Timed<bool>),
    Graded(Timed<f64>),
    /// It is not recorded.
    Nothing,
}

on_tape!(Population { sampler, seen, rate; each overlaps; not neurons, saturation });

impl OnTape for Seen {
    fn pass(&mut self, tape: &mut Tape) {
        match self {
            Self::Spikes(spikes) => spikes.pass(tape),
            Self::States(states) => states.pass(tape),
            Self::Graded(activity) => activity.pass(tape),
            Self::Nothing => {}
        }
    }
}

impl Population {
    /// The columns of population number `index`.
    pub fn create(store: &mut dyn Store, header: &Header, index: usize) -> Result<Self> {
        let population = &header.populations[index];
        let (name, size) = (&population.name, population.neurons.len());
        let unit = header.clock.unit();
        let rates = format!("rates/{name}");
        let rate = sampled(store, &rates, "rate", None, header)?;
        let mut states = |parent: &str| {
            store.set(&rates, "neurons", Attribute::Whole(size as u64))?;
            let group = format!("{parent}/{name}");
            if header.states { store.group(&group).map(|()| Some(group)) } else { Ok(None) }
        };
        let seen = match header.observable {
            ObservableKind::Spikes => Seen::Spikes(Events::create(store, "spikes", population)?),
            ObservableKind::States => match states("states")? {
                Some(group) => {
                    Seen::States(Timed::create(store, &group, ("state", "1"), Some(size), unit)?)
                }
                None => Seen::Nothing,
            },
            ObservableKind::Graded => match states("activity")? {
                Some(group) => {
                    Seen::Graded(Timed::create(store, &group, ("activity", "1"), Some(size), unit)?)
                }
                None => Seen::Nothing,
            },
        };
        let levels = header.levels.get(index).copied().unwrap_or([0.0, 1.0]);
        if header.observable == ObservableKind::Graded {
            store.set(&rates, "inactive", Attribute::Real(levels[0]))?;
            store.set(&rates, "active", Attribute::Real(levels[1]))?;
        }
        let patterns = header.patterns.get(name);
        let mut overlaps =
            |number| sampled(store, &format!("overlaps/{name}"), "m", Some(number), header);
        Ok(Self {
            neurons: population.neurons.clone(),
            sampler: Sampler::new(header.observable, patterns, levels),
            seen,
            rate,
            overlaps: patterns.map(|patterns| overlaps(patterns.number())).transpose()?,
            saturation: None,
        })
    }

    /// Takes a spike of one of its neurons.
    pub fn take(&mut self, spike: &Spike) {
        self.sampler.count(spike, self.neurons.start);
        if let Seen::Spikes(spikes) = &mut self.seen {
            spikes.take(spike);
        }
    }

    /// Forgets the spikes of an interval that is not sampled.
    pub fn forget(&mut self) {
        self.sampler.forget();
    }

    /// Whether the `spikes` of the network from one of these on are what it has counted.
    #[cfg(feature = "hdf5")]
    pub fn has_counted(&mut self, spikes: &[Spike], from: &[usize]) -> bool {
        let told = words(&mut self.sampler);
        from.iter().any(|first| {
            self.sampler.forget();
            let own = |spike: &&Spike| self.neurons.contains(&(spike.neuron as usize));
            let all = spikes[*first..].iter().filter(own);
            all.for_each(|spike| self.sampler.count(spike, self.neurons.start));
            told == words(&mut self.sampler)
        })
    }

    /// When it was sampled last.
    #[cfg(feature = "hdf5")]
    pub fn last(&self, store: &dyn Store) -> Result<Option<f64>> {
        self.rate.last(store)
    }

    /// Takes the sample of an interval around `time`, or the state at that moment.
    pub fn sample(&mut self, time: f64, seen: Observable, interval: f64) {
        let sample = self.sampler.sample(seen, self.neurons.clone(), interval);
        self.saturation.iter_mut().for_each(|watch| watch.take(time, sample.rate, &sample.m));
        self.rate.push(time, [sample.rate]);
        self.overlaps.iter_mut().for_each(|m| m.push(time, sample.m.iter().copied()));
        let own = self.neurons.clone();
        match &mut self.seen {
            Seen::States(states) => states.push(time, seen.active()[own].iter().copied()),
            Seen::Graded(states) => states.push(time, seen.activity()[own].iter().copied()),
            Seen::Spikes(_) | Seen::Nothing => {}
        }
    }

    /// Its spikes, if it has some.
    pub fn spikes(&mut self) -> Option<&mut Events> {
        match &mut self.seen {
            Seen::Spikes(spikes) => Some(spikes),
            Seen::States(_) | Seen::Graded(_) | Seen::Nothing => None,
        }
    }

    /// All columns: what was seen before what follows from it.
    pub fn columns(&mut self) -> Vec<&mut dyn Growing> {
        let seen = match &mut self.seen {
            Seen::Spikes(spikes) => Vec::from(spikes.both()),
            Seen::States(states) => states.both().into(),
            Seen::Graded(states) => states.both().into(),
            Seen::Nothing => Vec::new(),
        };
        let overlaps = self.overlaps.iter_mut().flat_map(Timed::both);
        seen.into_iter().chain(overlaps).chain(self.rate.both()).collect()
    }
}

/// The state of a sampler.
#[cfg(feature = "hdf5")]
fn words(sampler: &mut Sampler) -> Vec<u64> {
    let mut tape = Tape::blank();
    sampler.pass(&mut tape);
    tape.into_words()
}

/// A group for what is sampled, which tells how often it is.
pub(super) fn sampled(
    store: &mut dyn Store,
    group: &str,
    name: &str,
    width: Option<usize>,
    header: &Header,
) -> Result<Timed<f64>> {
    store.group(group)?;
    let unit = header.clock.unit();
    store.set(group, &format!("interval_{unit}"), Attribute::Real(header.interval))?;
    let of = if header.observable == ObservableKind::Spikes { "Hz" } else { "1" };
    Timed::create(store, group, (name, of), width, unit)
}
