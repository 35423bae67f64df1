//! What a network is expected to hold before it is wired, and how its populations are cut accordingly.

use super::delay::Delays;
use super::{Efficacy, Plan, Population, Projection, Source, Transmission};
use crate::error::Result;
use crate::learning::Learning;
use crate::pattern::{PatternSource, Shares};
use crate::synapse::{Cut, HUGE, SMALL_BLOCK, Wiring, Wish, counts_below, expected_bytes};

/// What a projection is expected to hold; see [`Plan::expectation`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Expectation {
    pub synapses: f64,
    pub bytes: f64,
}

impl Plan<'_> {
    /// Expected number of synapses of a projection, and the memory they take.
    pub(crate) fn expectation(&self, projection: &Projection) -> Result<Expectation> {
        let wiring = self.wiring(projection)?;
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
            return Ok(Expectation { synapses: wiring.expected(), bytes });
        }
        if let Some(file) = projection.file() {
            let synapses = wiring.expected();
            // What a run has learned is kept as it stands.
            let each = if file.keys.epoch.is_some() { 10.0 } else { 6.0 };
            let plastic = if projection.plasticity.is_some() { 16.0 } else { 0.0 };
            return Ok(Expectation { synapses, bytes: synapses * (each + plastic) });
        }
        let (share, bytes) = match projection.source() {
            Source::Given(Efficacy::Varied(_)) if !projection.dale => (1.0, 6),
            Source::Given(efficacy) => efficacy.expectation(),
            Source::Learned(learning) => self.learned_expectation(projection, &wiring, learning),
            Source::Read => (1.0, 6),
        };
        let synapses = wiring.expected() * share;
        let rows = wiring.senders * self.cut_alone(projection, &wiring).blocks().len();
        let delays = Delays::new(projection).expected(wiring.expected(), wiring.longest());
        let in_table = bytes as f64 * synapses + 4.0 * rows as f64 * delays;
        let may = delays == 1.0 && projection.plasticity.is_none() && in_table >= HUGE as f64;
        let stored = match may {
            true => rows as f64 * expected_bytes(synapses / rows as f64, bytes),
            false => in_table,
        };
        // An efficacy, its sender and its place among those of its receiver.
        let plastic = if projection.plasticity.is_some() { 16.0 * synapses } else { 0.0 };
        Ok(Expectation { synapses, bytes: stored + plastic })
    }

    /// What the edges of the largest file take while they become synapses, bytes.
    pub(crate) fn reading(&self) -> f64 {
        let files = self.projections.values().filter_map(Projection::file);
        let most = files.filter_map(|file| file.keys.synapses).max();
        36.0 * most.unwrap_or_default() as f64
    }

    /// The share of connected pairs of spiking neurons whose weight is not expected to be 0, and the bytes of a synapse.
    fn learned_expectation(
        &self,
        projection: &Projection,
        wiring: &Wiring,
        learning: &Learning,
    ) -> (f64, usize) {
        let Some(to) = self.patterns.get(&projection.to) else { return (1.0, 6) };
        // Senders of `membership` need no patterns.
        let from = self.patterns.get(&projection.from).unwrap_or(to);
        let shares = |cyclic| wiring.connected(Shares::of(from, to, cyclic));
        if let Learning::Assemblies(rule) = learning {
            return (rule.share(shares(rule.cyclic), from.coding_level()), 6);
        }
        if !learning.is_count() {
            return (1.0, 6);
        }
        let shares = shares(false);
        let (share, level) = match learning {
            Learning::Membership {} => (shares.selective.1, to.coding_level()),
            _ => (shares.common, to.coding_level() * from.coding_level()),
        };
        // With such means counts that do not fit beside their target are rare.
        let limit = counts_below(SMALL_BLOCK) as f64;
        let bytes = if level * (to.number() as f64) < 0.4 * limit { 2 } else { 6 };
        (share, bytes)
    }

    /// How every population is cut for so many `workers`: threads on all ranks together.
    pub(super) fn cuts(&self, workers: usize) -> Vec<Cut> {
        let wish = |(name, population): (&String, &Population)| self.wish(name, population.size);
        Cut::all(&self.populations.iter().map(wish).collect::<Vec<_>>(), workers)
    }

    /// How the receivers of a projection are cut for one worker, who has the largest blocks.
    pub(super) fn cut_alone(&self, projection: &Projection, wiring: &Wiring) -> Cut {
        let sizes = self.populations.values().map(|population| population.size);
        Cut::alone(self.wish(&projection.to, wiring.receivers), sizes)
    }

    /// How a population would best be cut, for what it receives.
    fn wish(&self, name: &str, size: usize) -> Wish {
        let (mut synapses, mut rows, mut counts) = (0.0, 0.0, false);
        let spikes = self.transmission == Transmission::Spikes;
        for projection in self.projections.values().filter(|p| spikes && p.to == name) {
            // Of given efficacies none is a count.
            counts |= !matches!(projection.source(), Source::Given(_));
            let Ok(wiring) = self.wiring(projection) else { continue };
            let (expected, longest) = (wiring.expected(), wiring.longest());
            // Those that a file has are not known yet, and impossible ones are still to be refused.
            let known =
                projection.delay.is_some() && Delays::check(projection, expected, longest).is_ok();
            let delays =
                if known { Delays::new(projection).expected(expected, longest) } else { 1.0 };
            synapses += self.number(projection, &wiring);
            rows += wiring.senders as f64 * delays;
        }
        Wish { size, synapses, rows, counts }
    }

    /// Expected number of synapses that transmit spikes.
    fn number(&self, projection: &Projection, wiring: &Wiring) -> f64 {
        let share = match projection.source() {
            Source::Learned(learning) => self.learned_expectation(projection, wiring, learning).0,
            Source::Given(_) | Source::Read => 1.0,
        };
        wiring.expected() * share
    }
}
