//! Recovery: from which degraded patterns a network finds back.

use crate::work::each;
use serde::Serialize;

/// What became of all patterns with `flipped` neurons in the wrong state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Recovery {
    /// How many neurons of the cue differ from its pattern.
    pub flipped: usize,
    /// Number of cues: every choice of the neurons, for every pattern.
    pub cues: usize,
    /// Cues that ended in the pattern itself, by the number of steps that it took.
    pub after: Vec<usize>,
    /// Cues that ended in the pattern nearest to the cue, or in one of the nearest.
    pub nearest: usize,
    /// Cues that ended in no fixed point.
    pub unsettled: usize,
}

impl Recovery {
    /// Cues that ended in the pattern itself.
    pub fn recovered(&self) -> usize {
        self.after.iter().sum()
    }

    /// Cues that ended in the pattern itself in at most so many steps.
    pub fn within(&self, steps: usize) -> usize {
        self.after.iter().take(steps + 1).sum()
    }
}

/// Degrades every pattern by every choice of 1 to `most` of `neurons` neurons, and counts what `relax` makes of it: given
/// the cue and its number, the fixed point and the number of steps to it, or `None` without one.
///
/// Patterns are states of the network, bit i for neuron i; equal patterns count once each.
pub fn recovery(
    neurons: usize,
    patterns: &[u32],
    most: usize,
    relax: impl Fn(u32, u64) -> Option<(u32, usize)> + Sync,
) -> Vec<Recovery> {
    let mut cues = 0;
    let of_level = |flipped: usize| {
        let masks = choices(neurons, flipped);
        let pairs: Vec<(u32, u32)> =
            patterns.iter().flat_map(|&p| masks.iter().map(move |mask| (p, p ^ mask))).collect();
        let first = cues;
        cues += pairs.len() as u64;
        let ends = each(pairs.iter().enumerate(), |(k, &(_, cue))| relax(cue, first + k as u64));
        count(flipped, patterns, &pairs, &ends)
    };
    (1..=most.min(neurons)).map(of_level).collect()
}

fn count(
    flipped: usize,
    patterns: &[u32],
    pairs: &[(u32, u32)],
    ends: &[Option<(u32, usize)>],
) -> Recovery {
    let mut recovery =
        Recovery { flipped, cues: pairs.len(), after: Vec::new(), nearest: 0, unsettled: 0 };
    for (&(pattern, cue), end) in pairs.iter().zip(ends) {
        let Some((end, steps)) = *end else {
            recovery.unsettled += 1;
            continue;
        };
        if end == pattern {
            recovery.after.resize(recovery.after.len().max(steps + 1), 0);
            recovery.after[steps] += 1;
        }
        let distance = |p: &u32| (p ^ cue).count_ones();
        let shortest = patterns.iter().map(distance).min();
        if patterns.contains(&end) && Some(distance(&end)) == shortest {
            recovery.nearest += 1;
        }
    }
    recovery
}

/// All sets of `k` of `n` neurons as bits, ascending.
fn choices(n: usize, k: usize) -> Vec<u32> {
    let mut sets = vec![0u32];
    for _ in 0..k {
        let grow = |set: &u32| {
            let above = 32 - set.leading_zeros();
            let set = *set;
            (above..n as u32).map(move |i| set | 1 << i)
        };
        sets = sets.iter().flat_map(grow).collect();
    }
    sets.sort_unstable();
    sets
}
