//! Wiring: from a plan to individual synapses.

use super::delay::Delays;
use super::{Bundle, Memories, Network, Placed, Plan, Projection, Wired};
use crate::error::Result;
use crate::learning;
use crate::pattern::Patterns;
use crate::random::{Seed, Stream};
use crate::synapse::{Rows, RowsBuilder, blocks};
use indexmap::IndexMap;
use rayon::prelude::*;
use std::ops::Range;

impl Plan<'_> {
    /// Draws every synapse, and checks Dale's law.
    ///
    /// Each projection draws from streams of its own, one per block of receivers, so that the
    /// network does not depend on the number of threads, nor one projection on another.
    pub fn wire(&self, patterns: &IndexMap<String, Patterns>, seed: Seed) -> Result<Network> {
        let populations = self.place();
        let index = |name: &str| self.populations.get_index_of(name).unwrap_or_default();
        let mut projections = Vec::with_capacity(self.projections.len());
        for (name, projection) in self.projections {
            projections.push(Wired {
                name: name.clone(),
                from: index(&projection.from),
                to: index(&projection.to),
                tau_syn: projection.tau_syn().value(),
                short_term: projection.short_term,
                bundles: self.wire_projection(name, projection, patterns, seed)?,
            });
        }
        let network = Network { populations, projections };
        network.check_dale()?;
        Ok(network)
    }

    /// The populations, one after another in the numbering of the network.
    pub(super) fn place(&self) -> Vec<Placed> {
        let mut first = 0;
        self.populations
            .iter()
            .map(|(name, population)| {
                let neurons = first..first + population.size;
                first = neurons.end;
                Placed { name: name.clone(), neurons }
            })
            .collect()
    }

    fn wire_projection(
        &self,
        name: &str,
        projection: &Projection,
        patterns: &IndexMap<String, Patterns>,
        seed: Seed,
    ) -> Result<Vec<Bundle>> {
        let wiring = self.wiring(projection)?;
        let delays = Delays::new(projection);
        let memories = Memories {
            senders: patterns.get(&projection.from),
            receivers: patterns.get(&projection.to),
        };
        let memberships = memories.receivers.map_or(Vec::new(), learning::memberships);
        let empty = || projection.efficacy().rows(wiring.senders);
        let wire_block = |(k, block): (usize, &Range<usize>)| {
            let stream = |purpose: &str| seed.stream(&format!("{purpose}/{name}"), k as u64);
            let (mut pairs, mut efficacies) = (stream("connect"), stream("efficacy"));
            let mut push = |j: usize, targets: &[u16], rows: &mut RowsBuilder| {
                let row = (j, block, targets);
                projection.efficacy().push_row(memories, &memberships, row, &mut efficacies, rows);
            };
            if delays.constant().is_some() {
                let mut rows = empty();
                wiring.draw(block, &mut pairs, |j, targets| {
                    push(j, targets, &mut rows);
                    rows.end_row();
                });
                return vec![(0, rows.finish())];
            }
            let mut split = Split::new(delays, stream("delay"));
            wiring.draw(block, &mut pairs, |j, targets| split.row(j, targets, empty, &mut push));
            split.finish()
        };
        let blocks: Vec<Vec<(u64, Rows)>> =
            blocks(wiring.receivers).par_iter().enumerate().map(wire_block).collect();
        Ok(bundle(blocks, &delays, || without_synapses(empty(), wiring.senders)))
    }
}

/// Turns the rows of every block by delay into those of every delay by block.
fn bundle(blocks: Vec<Vec<(u64, Rows)>>, delays: &Delays, none: impl Fn() -> Rows) -> Vec<Bundle> {
    let mut steps: Vec<u64> = blocks.iter().flatten().map(|(steps, _)| *steps).collect();
    steps.sort_unstable();
    steps.dedup();
    let mut bundles: Vec<Bundle> = steps
        .iter()
        .map(|&steps| {
            let delay = delays.constant().unwrap_or_else(|| delays.value(steps));
            Bundle { delay, blocks: Vec::with_capacity(blocks.len()) }
        })
        .collect();
    for block in blocks {
        let mut block = block.into_iter().peekable();
        for (bundle, steps) in bundles.iter_mut().zip(&steps) {
            let rows = block.next_if(|(own, _)| own == steps).map(|(_, rows)| rows);
            bundle.blocks.push(rows.unwrap_or_else(&none));
        }
    }
    bundles
}

fn without_synapses(mut rows: RowsBuilder, senders: usize) -> Rows {
    (0..senders).for_each(|_| rows.end_row());
    rows.finish()
}

/// Splits the rows of a block by delay.
struct Split {
    delays: Delays,
    stream: Stream,
    /// Place in `parts` of the part with this number of steps, plus one; 0 where there is none yet.
    places: Vec<u32>,
    parts: Vec<Part>,
    /// Parts to which the current row contributes.
    touched: Vec<u32>,
}

/// The synapses of one delay.
struct Part {
    steps: u64,
    rows: RowsBuilder,
    /// Targets of the current row.
    targets: Vec<u16>,
}

impl Split {
    fn new(delays: Delays, stream: Stream) -> Self {
        Self { delays, stream, places: Vec::new(), parts: Vec::new(), touched: Vec::new() }
    }

    /// Draws the delays of the synapses of sender `j` onto `targets`, and hands them to `push` delay by delay.
    fn row(
        &mut self,
        j: usize,
        targets: &[u16],
        empty: impl Fn() -> RowsBuilder,
        push: &mut impl FnMut(usize, &[u16], &mut RowsBuilder),
    ) {
        for &target in targets {
            let steps = self.delays.draw(&mut self.stream);
            let place = self.place(steps, j, &empty);
            let part = &mut self.parts[place];
            if part.targets.is_empty() {
                self.touched.push(place as u32);
            }
            part.targets.push(target);
        }
        let parts = &mut self.parts;
        self.touched.sort_unstable_by_key(|&place| parts[place as usize].steps);
        for place in self.touched.drain(..) {
            let part = &mut parts[place as usize];
            push(j, &part.targets, &mut part.rows);
            part.targets.clear();
        }
        parts.iter_mut().for_each(|part| part.rows.end_row());
    }

    /// The place of the part with this delay, which may begin with the row of sender `j`.
    fn place(&mut self, steps: u64, j: usize, empty: impl Fn() -> RowsBuilder) -> usize {
        let index = steps as usize;
        if self.places.len() <= index {
            self.places.resize(index + 1, 0);
        }
        if self.places[index] == 0 {
            let mut rows = empty();
            (0..j).for_each(|_| rows.end_row());
            self.parts.push(Part { steps, rows, targets: Vec::new() });
            self.places[index] = self.parts.len() as u32;
        }
        self.places[index] as usize - 1
    }

    /// The rows by number of steps, in their order.
    fn finish(self) -> Vec<(u64, Rows)> {
        let mut parts: Vec<(u64, Rows)> =
            self.parts.into_iter().map(|part| (part.steps, part.rows.finish())).collect();
        parts.sort_unstable_by_key(|(steps, _)| *steps);
        parts
    }
}
