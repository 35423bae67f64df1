//! Wiring: from a plan to individual synapses.

use super::delay::Delays;
use super::efficacies::Strengths;
use super::imported::imported;
use super::share::Share;
use super::wired::BOTH;
use super::{Bundle, Delayed, Network, Placed, Plan, Projection, Source, Synapses};
use super::{Transmission, Wired};
use crate::error::Result;
use crate::learning::Pathway;
use crate::pattern::Patterns;
use crate::random::{Seed, Stream};
use crate::ranks::Ranks;
use crate::synapse::{Connect, Couplings, Rows, RowsBuilder};
use crate::work::each;
use indexmap::IndexMap;
use std::ops::{BitOr, Range};

impl Plan<'_> {
    /// Draws or learns every synapse, and checks Dale's law where they transmit spikes.
    ///
    /// Each projection draws from streams of its own, one per portion of receivers (and one that shares out a total number of
    /// synapses among them), so that the network does not depend on the number of threads, nor one projection on another.
    ///
    /// # Errors
    /// If a rule cannot store these patterns, or if the drawn efficacies break Dale's law.
    pub fn wire(&self, patterns: &IndexMap<String, Patterns>, seed: Seed) -> Result<Network> {
        self.wire_on(patterns, seed, &Ranks::default())
    }

    /// The same of a network that is shared out among `ranks`: the synapses of those neurons that belong to this one.
    ///
    /// # Errors
    /// Those on whichever rank, and if there are more ranks than blocks of neurons, or couplings to be shared out.
    pub fn wire_on(
        &self,
        patterns: &IndexMap<String, Patterns>,
        seed: Seed,
        ranks: &Ranks,
    ) -> Result<Network> {
        let populations = self.place();
        let cuts = self.cuts(ranks.workers()).of;
        let own = self.share(&populations, &cuts, ranks)?;
        let index = |name: &str| self.populations.get_index_of(name).unwrap_or_default();
        let mut projections = Vec::with_capacity(self.projections.len());
        for (name, projection) in self.projections {
            let (from, to) = (index(&projection.from), index(&projection.to));
            let wiring = self.wiring(projection)?;
            let pathway = projection.pathway(name, &wiring, patterns, seed);
            let synapses = match self.transmission {
                Transmission::Spikes => {
                    let receivers = (&populations[to].neurons, &cuts[to]);
                    let share = Share::new(&own, receivers, ranks);
                    let synapses = delayed(projection, &pathway, &share);
                    let apart = |d: Delayed| if projection.dale { d } else { d.by_sign(ranks) };
                    synapses.map(apart).and_then(|synapses| {
                        ranks.agree(projection.check_plastic(&synapses, ranks))?;
                        Ok(Synapses::Delayed(synapses))
                    })
                }
                Transmission::Activity => coupled(projection, &pathway).map(Synapses::Coupled),
            };
            projections.push(Wired {
                name: name.clone(),
                from,
                to,
                senders: populations[from].neurons.clone(),
                receivers: populations[to].neurons.clone(),
                delay: projection.sweeps(),
                synapses: synapses.map_err(|e| e.within(&format!("projection.{name}")))?,
            });
        }
        let ranks = ranks.clone();
        let mut network =
            Network { populations, cuts, projections, own, ranks, without_energy: None };
        self.check_dale(&network)?;
        network.without_energy = network.asymmetry();
        Ok(network)
    }

    /// Dale's law: all spikes of a neuron act with the same sign, but through projections that do without it.
    fn check_dale(&self, network: &Network) -> Result<()> {
        for (index, population) in network.populations.iter().enumerate() {
            let obeys = |p: &Wired| self.projections.get(&p.name).is_none_or(|own| own.dale);
            let sent: Vec<(&Wired, &Delayed)> =
                network.delayed().filter(|(p, _)| p.from == index && obeys(p)).collect();
            let ranks = &network.ranks;
            let does = sent.iter().map(|(_, p)| p.does(ranks)).fold(0, BitOr::bitor);
            if does != BOTH {
                continue;
            }
            let size = population.neurons.len();
            let signs: Vec<(&Wired, Vec<[bool; 2]>)> =
                sent.iter().map(|(wired, p)| (*wired, p.signs(size, ranks))).collect();
            for neuron in 0..size {
                let of = |does: usize| signs.iter().find(|(_, signs)| signs[neuron][does]);
                if let (Some((exciting, _)), Some((inhibiting, _))) = (of(0), of(1)) {
                    let found = format!(
                        "found that neuron {neuron} of population {} excites through {} and \
                         inhibits through {}",
                        population.name, exciting.name, inhibiting.name
                    );
                    return Err(self.against_dale(found, &inhibiting.name));
                }
            }
        }
        Ok(())
    }

    /// The populations, one after another in the numbering of the network.
    pub(crate) fn place(&self) -> Vec<Placed> {
        let mut first = 0;
        self.populations
            .iter()
            .map(|(name, population)| {
                let neurons = first..first + population.size;
                first = neurons.end;
                Placed { name: name.clone(), neurons, space: population.space }
            })
            .collect()
    }
}

/// Couplings, given or learned.
fn coupled(projection: &Projection, pathway: &Pathway) -> Result<Couplings> {
    match projection.source() {
        Source::Given(efficacy) => efficacy.couplings(pathway).map_err(|e| e.within("efficacy")),
        Source::Learned(learning) => learning.learn(pathway),
        Source::Read => Err(projection.without_file()),
    }
}

/// So many portions are joined at a time.
pub(super) const JOINED: usize = 4;

/// Synapses that transmit spikes, block by block of receivers.
fn delayed(projection: &Projection, pathway: &Pathway, share: &Share) -> Result<Delayed> {
    let (wiring, memories) = (pathway.wiring, pathway.memories());
    if let Connect::File(file) = &projection.connect {
        return share.ranks.agree(imported(file, projection, pathway, share));
    }
    let delays = Delays::new(projection);
    let strengths = share.ranks.agree(Strengths::of(projection, pathway))?;
    let strengths = strengths.expect("only a file has them instead");
    let empty = || strengths.rows(wiring.senders);
    let portions = share.cut.portions();
    let name = pathway.name;
    let totals = wiring.totals(portions, &mut pathway.seed.stream(&format!("total/{name}"), 0));
    let wire_portion = |k: usize| {
        let (portion, number) = (&portions[k], totals.as_ref().map(|totals| totals[k]));
        let stream = |purpose: &str| pathway.seed.stream(&format!("{purpose}/{name}"), k as u64);
        let (mut pairs, mut efficacies) = (stream("connect"), stream("efficacy"));
        let mut push = |j: usize, targets: &[u16], rows: &mut RowsBuilder| {
            strengths.push_row((j, portion, targets), &mut efficacies, rows);
        };
        if delays.constant().is_some() {
            let mut rows = empty();
            wiring.draw(portion, number, memories, &mut pairs, |j, targets| {
                push(j, targets, &mut rows);
                rows.end_row();
            });
            return vec![(0, rows.finish())];
        }
        let distance = |j: usize, target: u16| match wiring.between.filter(|_| delays.travel()) {
            Some(between) => between.distance(portion.start + usize::from(target), j),
            None => 0.0,
        };
        let mut split = Split::new(delays, stream("delay"));
        wiring.draw(portion, number, memories, &mut pairs, |j, targets| {
            split.row((j, targets), distance, empty, &mut push);
        });
        split.finish()
    };
    // A few portions at a time, because the rows of many delays take more than their synapses.
    let wire_part = |part: Range<usize>| {
        let first = portions[part.start].start;
        joined(part.map(|k| (portions[k].start - first, wire_portion(k))).collect())
    };
    let wire_block = |block: Range<usize>| {
        let first = portions[block.start].start;
        let parts = block.clone().step_by(JOINED).map(|k| k..block.end.min(k + JOINED));
        joined(parts.map(|part| (portions[part.start].start - first, wire_part(part))).collect())
    };
    let blocks = each(share.blocks(), wire_block);
    let steps = blocks.iter().flatten().map(|(steps, _)| *steps).collect();
    let steps = share.ranks.union(steps);
    Ok(Delayed {
        kernel: projection.kernel().clone(),
        short_term: projection.short_term,
        plasticity: projection.plasticity,
        blocks: share.neurons(),
        bundles: bundle(blocks, &steps, &delays, || without_synapses(empty(), wiring.senders)),
    })
}

/// Turns the rows of every portion of a block by delay into those of the block by delay; each portion has the place of its
/// first neuron.
fn joined(portions: Vec<(usize, Vec<(u64, Rows)>)>) -> Vec<(u64, Rows)> {
    let mut parts: Vec<(u64, usize, Rows)> = portions
        .into_iter()
        .flat_map(|(place, rows)| rows.into_iter().map(move |(steps, rows)| (steps, place, rows)))
        .collect();
    parts.sort_by_key(|(steps, place, _)| (*steps, *place));
    let mut by_delay: Vec<(u64, Vec<(usize, Rows)>)> = Vec::new();
    for (steps, place, rows) in parts {
        match by_delay.last_mut() {
            Some((last, of)) if *last == steps => of.push((place, rows)),
            _ => by_delay.push((steps, vec![(place, rows)])),
        }
    }
    by_delay.into_iter().map(|(steps, rows)| (steps, Rows::join(rows))).collect()
}

/// Turns the rows of every block by delay into those of every delay by block; `steps` are the delays that occur on any rank.
fn bundle(
    blocks: Vec<Vec<(u64, Rows)>>,
    steps: &[u64],
    delays: &Delays,
    none: impl Fn() -> Rows,
) -> Vec<Bundle> {
    let mut bundles: Vec<Bundle> = steps
        .iter()
        .map(|&steps| {
            let delay = delays.constant().unwrap_or_else(|| delays.value(steps));
            Bundle { delay, blocks: Vec::with_capacity(blocks.len()) }
        })
        .collect();
    for block in blocks {
        let mut block = block.into_iter().peekable();
        for (bundle, steps) in bundles.iter_mut().zip(steps) {
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

/// Splits the rows of a portion by delay.
struct Split {
    delays: Delays,
    stream: Stream,
    /// Place in `parts` of the part with this number of steps, plus one; 0 where there is none yet.
    places: Vec<u32>,
    parts: Vec<OfDelay>,
    /// Parts to which the current row contributes.
    touched: Vec<u32>,
}

/// The synapses of one delay.
struct OfDelay {
    steps: u64,
    rows: RowsBuilder,
    /// Targets of the current row.
    targets: Vec<u16>,
}

impl Split {
    fn new(delays: Delays, stream: Stream) -> Self {
        Self { delays, stream, places: Vec::new(), parts: Vec::new(), touched: Vec::new() }
    }

    /// Draws the delays of the synapses of sender `j` onto `targets`, which lie at a distance, and hands them to `push` delay by
    /// delay.
    fn row(
        &mut self,
        (j, targets): (usize, &[u16]),
        distance: impl Fn(usize, u16) -> f64,
        empty: impl Fn() -> RowsBuilder,
        push: &mut impl FnMut(usize, &[u16], &mut RowsBuilder),
    ) {
        for &target in targets {
            let steps = self.delays.draw(distance(j, target), &mut self.stream);
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
            self.parts.push(OfDelay { steps, rows, targets: Vec::new() });
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
