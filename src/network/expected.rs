//! What a network is expected to hold before it is wired, and how its populations are cut accordingly.

use super::delay::Delays;
use super::wire::JOINED;
use super::{Efficacy, Plan, Population, Projection, Source, Transmission};
use crate::error::Result;
use crate::learning::Learning;
use crate::pattern::{PatternSource, Shares};
use crate::synapse::{Cut, HEAD, HUGE, Inflow, LEAST_RUN, Wiring, expected_bytes};

/// What a projection is expected to hold; see [`Plan::expectation`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Expectation {
    pub synapses: f64,
    pub bytes: f64,
    /// Beside them while they are made.
    pub making: f64,
}

/// Weights of which few differ.
#[derive(Clone, Copy, Debug)]
enum Few {
    /// So many.
    Of(f64),
    /// Counts with this mean, nearly as Poisson's.
    Counts(f64),
}

impl Few {
    /// Counts with this mean, unless some are large.
    fn counts(mean: f64) -> Option<Self> {
        (mean + 6.0 * mean.sqrt() < f64::from(u8::MAX)).then_some(Self::Counts(mean))
    }

    /// How many of the weights are expected among those of `length` synapses.
    fn runs(self, length: f64) -> f64 {
        let mean = match self {
            Self::Of(number) => return number,
            Self::Counts(mean) => mean,
        };
        let mut share = libm::exp(-mean) / (1.0 - libm::exp(-mean));
        let seen = (1..=u8::MAX).map(|count| {
            share *= mean / f64::from(count);
            1.0 - libm::pow(1.0 - share.min(1.0), length)
        });
        seen.sum()
    }
}

/// How the populations of a network are cut, and by how many threads at once its synapses are made.
pub(crate) struct Cuts {
    pub of: Vec<Cut>,
    threads: f64,
}

impl Plan<'_> {
    /// Expected number of synapses of a projection that fits into the network.
    pub(crate) fn synapses(&self, projection: &Projection) -> Result<f64> {
        let wiring = self.wiring(projection)?;
        let share = match projection.source() {
            _ if self.transmission == Transmission::Activity => 1.0,
            Source::Learned(learning) => self.learned_expectation(projection, &wiring, learning).0,
            Source::Given(efficacy) if projection.dale => efficacy.expectation().0,
            Source::Given(_) | Source::Read => 1.0,
        };
        Ok(wiring.expected() * share)
    }

    /// The same, and the memory they take in blocks of the receivers that are cut so; and what is held while they are wired.
    pub(crate) fn expectation(&self, projection: &Projection, cuts: &Cuts) -> Result<Expectation> {
        let wiring = self.wiring(projection)?;
        let synapses = self.synapses(projection)?;
        if self.transmission == Transmission::Activity {
            let number = self.patterns.get(&projection.from).map_or(0, PatternSource::number);
            let storage = projection.storage.unwrap_or_default();
            let graded = self.patterns.get(&projection.from).is_some_and(PatternSource::is_graded);
            let bytes = match projection.source() {
                // Beside the couplings two numbers for every neuron and pattern.
                Source::Learned(_) if graded => {
                    let neurons = (wiring.senders + wiring.receivers) as f64;
                    wiring.coupling_bytes(8.0) + 8.0 * neurons * number as f64
                }
                Source::Learned(learning) => learning.bytes(&wiring, storage, number),
                Source::Given(Efficacy::Constant(_)) => wiring.coupling_bytes(2.0),
                Source::Given(_) => wiring.coupling_bytes(8.0),
                Source::Read => 0.0,
            };
            return Ok(Expectation { synapses, bytes, making: 0.0 });
        }
        if let Some(file) = projection.file() {
            // What a run has learned is kept as it stands.
            let each = if file.keys.epoch.is_some() { 10.0 } else { 6.0 };
            let plastic = if projection.plasticity.is_some() { 16.0 } else { 0.0 };
            return Ok(Expectation { synapses, bytes: synapses * (each + plastic), making: 0.0 });
        }
        let cut = &cuts.of[self.populations.get_index_of(&projection.to).unwrap_or_default()];
        let rows = wiring.senders * cut.blocks().len();
        let delays = Delays::new(projection).expected(wiring.expected(), wiring.longest());
        let pieces = rows as f64 * delays;
        let few = match projection.source() {
            Source::Learned(learning) => self.learned_expectation(projection, &wiring, learning).1,
            _ => None,
        };
        // Where runs would be short, there are none.
        let runs = few.map(|few| few.runs(synapses / pieces));
        let runs = runs.filter(|runs| LEAST_RUN as f64 * runs <= synapses / pieces);
        let bytes = match projection.source() {
            Source::Given(Efficacy::Varied(_)) if !projection.dale => 6,
            Source::Given(efficacy) => efficacy.expectation().1,
            // Beside the target which weight it is, until they stand in runs.
            Source::Learned(_) if few.is_some() => 3,
            Source::Learned(_) | Source::Read => 6,
        };
        let in_table = bytes as f64 * synapses + 4.0 * pieces;
        let may = delays == 1.0 && projection.plasticity.is_none() && in_table >= HUGE as f64;
        let row = synapses / rows as f64;
        let stored = match (may, runs) {
            (false, _) => in_table,
            (true, None) => rows as f64 * expected_bytes(row, bytes),
            (true, Some(runs)) => {
                in_table.max(rows as f64 * expected_bytes(row + HEAD as f64 * runs, 2))
            }
        };
        // An efficacy, its sender and its place among those of its receiver.
        let plastic = if projection.plasticity.is_some() { 16.0 * synapses } else { 0.0 };
        // Every thread has rows of every delay, of the portions that it is about to join, and of those that it has joined.
        let largest = cut.blocks().iter().map(|block| block.len()).max().unwrap_or(0);
        let held = largest.min(JOINED) + largest.div_ceil(JOINED) + 1;
        let making = cuts.threads * 4.0 * (held * wiring.senders) as f64 * delays;
        Ok(Expectation { synapses, bytes: stored + plastic, making })
    }

    /// What the edges of the largest file take while they become synapses, bytes.
    pub(crate) fn reading(&self) -> f64 {
        let files = self.projections.values().filter_map(Projection::file);
        let most = files.filter_map(|file| file.keys.synapses).max();
        36.0 * most.unwrap_or_default() as f64
    }

    /// The share of connected pairs of spiking neurons whose weight is not expected to be 0, and how many weights differ if these
    /// are few.
    fn learned_expectation(
        &self,
        projection: &Projection,
        wiring: &Wiring,
        learning: &Learning,
    ) -> (f64, Option<Few>) {
        let Some(to) = self.patterns.get(&projection.to) else { return (1.0, None) };
        // Senders of `membership` need no patterns.
        let from = self.patterns.get(&projection.from).unwrap_or(to);
        let shares = |cyclic| wiring.connected(Shares::of(from, to, cyclic));
        if let Learning::Assemblies(rule) = learning {
            return (
                rule.share(shares(rule.cyclic), from.coding_level()),
                Some(Few::Of(rule.number())),
            );
        }
        if !learning.is_count() {
            return (1.0, None);
        }
        let shares = shares(false);
        let (share, level) = match learning {
            Learning::Membership {} => (shares.selective.1, to.coding_level()),
            _ => (shares.common, to.coding_level() * from.coding_level()),
        };
        (share, Few::counts(level * to.number() as f64))
    }

    /// How every population of a network that fits together is cut for so many `workers`: threads on all ranks together.
    pub(crate) fn cuts(&self, workers: usize) -> Cuts {
        let inflow = |(name, own): (&String, &Population)| self.inflow(name, own.size);
        let inflows: Vec<Inflow> = self.populations.iter().map(inflow).collect();
        Cuts { of: Cut::all(&inflows, workers), threads: workers as f64 }
    }

    /// What a population is expected to receive.
    fn inflow(&self, name: &str, size: usize) -> Inflow {
        let mut inflow = Inflow { size, ..Inflow::default() };
        let spikes = self.transmission == Transmission::Spikes;
        for projection in self.projections.values().filter(|p| spikes && p.to == name) {
            let (Ok(wiring), Ok(synapses)) = (self.wiring(projection), self.synapses(projection))
            else {
                continue;
            };
            // Nor are the delays of a file.
            let delays = match projection.delay {
                Some(_) => Delays::new(projection).expected(wiring.expected(), wiring.longest()),
                None => 1.0,
            };
            inflow.synapses += synapses;
            inflow.rows += wiring.senders as f64 * delays;
        }
        inflow
    }
}
