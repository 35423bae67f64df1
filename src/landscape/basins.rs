//! Basins: where every state leads, under a deterministic map of states to states.

use super::fields::Fields;
use super::form::with_fields;
use super::network::SmallNetwork;
use super::walk::{chunks, walk};
use rayon::prelude::*;
use serde::Serialize;
use std::collections::BTreeMap;

/// A deterministic update of the whole network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Map {
    /// All neurons at once.
    Synchronous,
    /// One neuron after another, from the first to the last.
    Sweep,
}

/// A fixed point or cycle of a map.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Attractor {
    /// Its state, or the lowest of its states.
    pub state: u32,
    /// Number of its states; 1 for a fixed point.
    pub period: usize,
    /// Number of states that lead to it, its own included.
    pub basin: usize,
}

/// The attractors of a map and the sizes of their basins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Basins {
    /// Which map leads to them.
    pub map: Map,
    /// Largest basin first, then by state.
    pub attractors: Vec<Attractor>,
}

impl Basins {
    /// Attractors and states that lead to them, by period.
    pub fn by_period(&self) -> BTreeMap<usize, (usize, usize)> {
        let mut table = BTreeMap::new();
        for attractor in &self.attractors {
            let (number, states) = table.entry(attractor.period).or_insert((0, 0));
            *number += 1;
            *states += attractor.basin;
        }
        table
    }
}

impl SmallNetwork {
    /// All attractors of `map` and the sizes of their basins, from all 2^N states.
    pub fn basins(&self, map: Map) -> Basins {
        let mut attractors = lead(self.successors(map));
        attractors.sort_by(|a, b| b.basin.cmp(&a.basin).then(a.state.cmp(&b.state)));
        Basins { map, attractors }
    }

    /// What `map` makes of every state.
    pub(super) fn successors(&self, map: Map) -> Vec<u32> {
        let mut wanted = vec![0; 1 << self.neurons()];
        with_fields!(self, self.tie(), fields => fill(&fields, self.neurons(), &mut wanted));
        match map {
            Map::Synchronous => wanted,
            Map::Sweep => sweeps(&wanted, self.neurons()),
        }
    }

    /// A function that tells the fixed point that `map` leads to from a state, and after how many steps; `None` if it
    /// leads to a cycle.
    pub fn relaxer(&self, map: Map) -> Relaxer {
        with_fields!(self, self.tie(), fields => {
            Box::new(move |state| relax(|state| step(&fields, map, state), state))
        })
    }
}

/// Tells where a state leads, and after how many steps.
pub type Relaxer = Box<dyn Fn(u32) -> Option<(u32, usize)> + Sync>;

/// Follows a map to a fixed point, or until it meets a state again (Brent).
fn relax(map: impl Fn(u32) -> u32, start: u32) -> Option<(u32, usize)> {
    let (mut state, mut steps) = (start, 0);
    let (mut landmark, mut power) = (start, 1);
    loop {
        let next = map(state);
        if next == state {
            return Some((state, steps));
        }
        if next == landmark {
            return None;
        }
        state = next;
        steps += 1;
        if steps == power {
            (landmark, power) = (state, 2 * power);
        }
    }
}

/// What `map` makes of one state.
fn step<F: Fields>(fields: &F, map: Map, mut state: u32) -> u32 {
    let mut held = fields.at(state);
    if map == Map::Synchronous {
        return fields.wanted(&held, state);
    }
    // The neurons that have not had their turn.
    let mut left = u32::MAX;
    loop {
        let unhappy = (fields.wanted(&held, state) ^ state) & left;
        if unhappy == 0 {
            return state;
        }
        let j = unhappy.trailing_zeros();
        state ^= 1 << j;
        fields.flip(&mut held, j as usize, state >> j & 1 == 1);
        left = u32::MAX << (j + 1);
    }
}

/// The state that all neurons want to be in, for every state.
fn fill<F: Fields>(fields: &F, neurons: usize, table: &mut [u32]) {
    let (_, bits) = chunks(neurons);
    table.par_chunks_mut(1 << bits).enumerate().for_each(|(chunk, part)| {
        walk(fields, chunk as u32, bits, |state, held| {
            part[state as usize & ((1 << bits) - 1)] = fields.wanted(held, state);
        });
    });
}

/// What a sweep makes of every state, given what all neurons want in it.
///
/// Let T_i(x) be what the turns of neurons i, i + 1 ... make of x. Then T_N(x) = x, and T_i(x) is T_(i+1) of x or of
/// its neighbour across neuron i, whichever neuron i wants. So pairs of neighbours are updated in place, from the last
/// neuron to the first.
fn sweeps(wanted: &[u32], neurons: usize) -> Vec<u32> {
    let (_, bits) = chunks(neurons);
    let mut table: Vec<u32> = (0..wanted.len() as u32).collect();
    for i in (bits..neurons as u32).rev() {
        let parts = table.par_chunks_mut(2 << i).zip(wanted.par_chunks(2 << i));
        parts.for_each(|(states, wanted)| turn(i, states, wanted));
    }
    // The other pairs lie close together.
    let parts = table.par_chunks_mut(1 << bits).zip(wanted.par_chunks(1 << bits));
    parts.for_each(|(states, wanted)| (0..bits).rev().for_each(|i| turn(i, states, wanted)));
    table
}

/// Makes T_i of T_(i+1), for all pairs of neighbours across neuron `i` in a part of the table.
fn turn(i: u32, states: &mut [u32], wanted: &[u32]) {
    for (states, wanted) in states.chunks_mut(2 << i).zip(wanted.chunks(2 << i)) {
        let (lower, upper) = states.split_at_mut(1 << i);
        let (from_lower, from_upper) = wanted.split_at(1 << i);
        let pairs = lower.iter_mut().zip(upper);
        for ((low, up), (a, b)) in pairs.zip(from_lower.iter().zip(from_upper)) {
            let (below, above) = (*low, *up);
            *low = if a >> i & 1 == 1 { above } else { below };
            *up = if b >> i & 1 == 1 { above } else { below };
        }
    }
}

/// Set on states of the path that is being followed.
const ON_PATH: u32 = 1 << 31;
/// Set on states whose attractor is known; the other bits are its number.
const KNOWN: u32 = 1 << 30;

/// The attractors that a table of successors leads to; the table is used up.
///
/// From every state a path is followed to a state whose attractor is known, or to itself, which is a new attractor;
/// then the path is followed again to mark it. Every state is passed twice.
fn lead(mut next: Vec<u32>) -> Vec<Attractor> {
    let mut attractors: Vec<Attractor> = Vec::new();
    for start in 0..next.len() {
        let mut at = start;
        while next[at] & (ON_PATH | KNOWN) == 0 {
            let to = next[at];
            next[at] |= ON_PATH;
            at = to as usize;
        }
        let number = if next[at] & ON_PATH != 0 {
            attractors.push(cycle(&next, at));
            attractors.len() as u32 - 1
        } else {
            next[at] & !KNOWN
        };
        let mut at = start;
        while next[at] & ON_PATH != 0 {
            let to = next[at] & !ON_PATH;
            next[at] = KNOWN | number;
            attractors[number as usize].basin += 1;
            at = to as usize;
        }
    }
    attractors
}

/// The cycle through a state on the path.
fn cycle(next: &[u32], first: usize) -> Attractor {
    let (mut lowest, mut period, mut at) = (first, 0, first);
    loop {
        lowest = lowest.min(at);
        period += 1;
        at = (next[at] & !ON_PATH) as usize;
        if at == first {
            return Attractor { state: lowest as u32, period, basin: 0 };
        }
    }
}
