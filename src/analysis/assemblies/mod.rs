//! Active assemblies: which are active when, how many at once, for how long, and what becomes active next.
//!
//! The rate of an assembly, the foreground of a pattern, is that of its neurons in a window that slides in steps of a tenth
//! of it, from exact spike times. An assembly is **active** where its rate is at least a bound; pauses shorter than the window
//! are none, and neither is activity that is shorter (what L. Mazzucato, A. Fontanini and G. La Camera, J. Neurosci. 35:8214
//! (2015), take for a state lasts at least 50 ms). The time that it stays so is the **dwell** of this **activation**. That it
//! begins is seen where the middle of the window is: of an assembly that fires at rate r for a time D, at r0 before and
//! after, the dwell is
//!
//! ```text
//! D + W (1 - 2 (bound - r0) / (r - r0))
//! ```
//!
//! and D if the bound lies half-way. An activation is **whole** unless it reaches the beginning or the end of the stretch that
//! is looked at, where it may be cut; means and distributions of dwells are those of whole ones, which leaves out long ones
//! where stretches are short. A **transition** is from an activation to the one that begins next, of whichever assembly, in
//! the same stretch.

mod dwells;
mod expect;
mod looks;
mod tables;

pub use dwells::dwell_shares;
pub use expect::ExpectAssemblies;
pub use tables::tables;

use super::holder::holder;
use super::trials::Spread;
use crate::error::{Error, Result};
use crate::pattern::Patterns;
use crate::protocol::EpochShown;
use crate::recording::Recording;
use crate::statistics::Share;
use crate::units::{Rate, Time};
use indexmap::IndexMap;
use looks::Looks;

/// When an assembly is active.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ActiveIf {
    /// Its rate is at least this, Hz ...
    pub above: f64,
    /// ... in a window of this length, ms.
    pub window: f64,
}

/// Shortest window, ms: in fewer not many neurons fire.
const SHORTEST: f64 = 10.0;

impl ActiveIf {
    /// Refuses windows in which not much happens, and a bound that everything exceeds.
    ///
    /// # Errors
    /// With the key `window` or `active_above`.
    pub fn check(self) -> Result<()> {
        if !(self.window >= SHORTEST && self.window.is_finite()) {
            return Err(Error::input(
                format!("found windows of {}", Time::new(self.window)),
                "rates of assemblies are told from windows of at least 10 ms",
                "write for example \"50 ms\"",
            )
            .at("window"));
        }
        Rate::new(self.above).positive("a rate").map_err(|e| e.at("active_above"))?;
        Ok(())
    }

    /// Time from one look to the next, ms.
    pub fn step(self) -> f64 {
        self.window / looks::STEPS as f64
    }
}

impl Default for ActiveIf {
    fn default() -> Self {
        Self { above: 20.0, window: 50.0 }
    }
}

/// A time during which an assembly is active.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Activation {
    /// Its pattern, from 0.
    pub assembly: usize,
    /// ms of the recording.
    pub onset: f64,
    /// How long, ms.
    pub dwell: f64,
    /// Its mean rate meanwhile, Hz.
    pub rate: f64,
    /// Whether it began and ended while it was looked at.
    pub whole: bool,
    /// In which stretch.
    pub stretch: usize,
}

/// The activations in some stretches of time.
#[derive(Clone, Debug, PartialEq)]
pub struct Active {
    /// How many assemblies there are.
    pub assemblies: usize,
    /// Stretch by stretch, in order of their onsets.
    pub activations: Vec<Activation>,
    /// At how many looks 0, 1, 2 ... assemblies were active.
    pub looks: Vec<u64>,
}

impl Active {
    /// Those of a population with patterns in `stretches` (start and end, ms); nothing without patterns.
    ///
    /// # Errors
    /// If the recording is damaged.
    pub fn of(
        recording: &Recording,
        population: &str,
        stretches: &[(f64, f64)],
        active_if: ActiveIf,
    ) -> Result<Option<Self>> {
        let Some(patterns) = recording.patterns(population)? else { return Ok(None) };
        // What a run did not come to was not silent.
        let end = recording.end()?;
        let look = |&(from, to): &(f64, f64)| Looks::new(&patterns, (from, to.min(end)), active_if);
        let mut all: Vec<Looks> = stretches.iter().map(look).collect();
        recording.for_spikes(population, |times, ids| {
            all.iter_mut().for_each(|looks| looks.spikes(times, ids));
        })?;
        Ok(Some(Self::together(&patterns, all)))
    }

    /// Those of the population with patterns in every epoch of a protocol, by name: epochs of one name together. Nothing without
    /// patterns.
    ///
    /// # Errors
    /// If the recording is damaged.
    pub fn of_epochs(
        recording: &Recording,
        protocol: &[EpochShown],
        active_if: ActiveIf,
    ) -> Result<Vec<(String, Self)>> {
        let Some(population) = holder(recording, None)? else { return Ok(Vec::new()) };
        let mut stretches: IndexMap<&str, Vec<(f64, f64)>> = IndexMap::new();
        for epoch in protocol {
            stretches.entry(&epoch.name).or_default().push((epoch.start, epoch.end));
        }
        let of = |(name, stretches): (&str, Vec<(f64, f64)>)| {
            let active = Self::of(recording, &population, &stretches, active_if)?;
            Ok(active.map(|active| (name.to_owned(), active)))
        };
        stretches.into_iter().filter_map(|named| of(named).transpose()).collect()
    }

    /// The same of spikes: times (ms) in order, and neurons.
    pub fn of_spikes(
        patterns: &Patterns,
        (times, neurons): (&[f64], &[u64]),
        stretches: &[(f64, f64)],
        active_if: ActiveIf,
    ) -> Self {
        let look = |stretch: &(f64, f64)| {
            let mut looks = Looks::new(patterns, *stretch, active_if);
            looks.spikes(times, neurons);
            looks
        };
        Self::together(patterns, stretches.iter().map(look).collect())
    }

    fn together(patterns: &Patterns, all: Vec<Looks>) -> Self {
        let mut found =
            Self { assemblies: patterns.number(), activations: Vec::new(), looks: Vec::new() };
        for (stretch, looks) in all.into_iter().enumerate() {
            let (activations, numbers) = looks.finish(stretch);
            found.activations.extend(activations);
            found.looks.resize(found.looks.len().max(numbers.len()), 0);
            found.looks.iter_mut().zip(numbers).for_each(|(sum, looks)| *sum += looks);
        }
        found
    }

    /// The activations that are whole.
    pub fn whole(&self) -> impl Iterator<Item = &Activation> {
        self.activations.iter().filter(|activation| activation.whole)
    }

    /// How long whole activations last, ms.
    pub fn dwell(&self) -> Spread {
        Spread::of(self.whole().map(|activation| activation.dwell))
    }

    /// The share of time in which `number` assemblies are active.
    pub fn share(&self, number: usize) -> Share {
        let number = self.looks.get(number).copied().unwrap_or(0) as usize;
        Share { number, of: self.looks.iter().sum::<u64>() as usize }
    }

    /// How many assemblies are active on average; NaN without a look.
    pub fn at_once(&self) -> f64 {
        let weighed = self.looks.iter().enumerate().map(|(n, looks)| n as f64 * *looks as f64);
        weighed.sum::<f64>() / self.looks.iter().sum::<u64>() as f64
    }

    /// The mean rate of an active assembly, Hz: of all activations, by their time; NaN of none.
    pub fn rate(&self) -> f64 {
        let sum = |of: fn(&Activation) -> f64| self.activations.iter().map(of).sum::<f64>();
        sum(|a| a.rate * a.dwell) / sum(|a| a.dwell)
    }

    /// Pairs of an activation and the one that begins next, as their assemblies.
    fn successions(&self) -> impl Iterator<Item = (usize, usize)> {
        let pairs = self.activations.windows(2).filter(|pair| pair[0].stretch == pair[1].stretch);
        pairs.map(|pair| (pair[0].assembly, pair[1].assembly))
    }

    /// How often an activation of every assembly is followed by one of every other, and of itself: `[from][to]`.
    pub fn transitions(&self) -> Vec<Vec<Share>> {
        let mut all = vec![vec![Share::default(); self.assemblies]; self.assemblies];
        for (from, to) in self.successions() {
            all[from][to].number += 1;
            all[from].iter_mut().for_each(|share| share.of += 1);
        }
        all
    }
}

#[cfg(test)]
mod tests;
