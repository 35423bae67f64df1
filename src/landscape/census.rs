//! Census: which end states many starts lead to, and what each of them is.

use crate::work::each;
use serde::Serialize;
use std::collections::BTreeMap;

/// Mixtures of more patterns than this are not looked for.
const MOST_PARENTS: usize = 9;

/// What an end state is; patterns are numbered from 0.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EndKind {
    /// A stored pattern.
    Memory(usize),
    /// A stored pattern with every neuron in the other state.
    Inverse(usize),
    /// The majority of an odd number of patterns, some of them inverted: (pattern, inverted).
    Mixture(Vec<(usize, bool)>),
    /// None of these.
    Other,
}

/// One end state.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct End {
    /// Neurons in their upper state are 1.
    pub state: Vec<u8>,
    /// E of the state.
    pub energy: f64,
    /// Number of starts that ended here.
    pub starts: usize,
    /// m^mu with every pattern.
    pub overlaps: Vec<f64>,
    /// What it is.
    pub kind: EndKind,
    /// Neurons that differ from what `kind` says.
    pub errors: usize,
}

/// The end states of many starts.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Census {
    /// Starts that settled.
    pub settled: usize,
    /// Starts that did not.
    pub unsettled: usize,
    /// The most frequent first, then by energy, then by state.
    pub ends: Vec<End>,
}

impl Census {
    /// Number of distinct end states.
    pub fn distinct(&self) -> usize {
        self.ends.len()
    }

    /// Distinct end states and starts that reach them: memories, inverses, mixtures, others.
    pub fn by_kind(&self) -> [(&'static str, usize, usize); 4] {
        let of = |word, is: fn(&EndKind) -> bool| {
            let those = self.ends.iter().filter(|end| is(&end.kind));
            let (mut ends, mut starts) = (0, 0);
            those.for_each(|end| {
                ends += 1;
                starts += end.starts;
            });
            (word, ends, starts)
        };
        [
            of("memories", |kind| matches!(kind, EndKind::Memory(_))),
            of("inverses", |kind| matches!(kind, EndKind::Inverse(_))),
            of("mixtures", |kind| matches!(kind, EndKind::Mixture(_))),
            of("others", |kind| matches!(kind, EndKind::Other)),
        ]
    }
}

/// Relaxes from `starts` starts, by several threads, and counts the distinct end states.
///
/// `relax` gives the end state (0 or 1 per neuron) and its energy for the number of a start, or `None` if it does not
/// settle. An end state counts as a memory, its inverse or a mixture if at most the share `tolerance` of its neurons
/// differs.
pub fn census(
    starts: usize,
    patterns: &[Vec<u8>],
    tolerance: f64,
    relax: impl Fn(usize) -> Option<(Vec<u8>, f64)> + Send + Sync,
) -> Census {
    let ends: Vec<_> = each(0..starts, relax);
    let mut distinct: BTreeMap<Vec<u8>, (usize, f64)> = BTreeMap::new();
    for (state, energy) in ends.into_iter().flatten() {
        distinct.entry(state).or_insert((0, energy)).0 += 1;
    }
    let settled = distinct.values().map(|(starts, _)| starts).sum();
    let end = |(state, (starts, energy)): (Vec<u8>, (usize, f64))| {
        let overlaps: Vec<f64> = patterns.iter().map(|p| overlap(p, &state)).collect();
        let (kind, errors) = classify(&state, patterns, tolerance);
        End { state, energy, starts, overlaps, kind, errors }
    };
    let mut ends: Vec<End> = each(distinct, end);
    ends.sort_by(|a, b| b.starts.cmp(&a.starts).then(a.energy.total_cmp(&b.energy)));
    Census { settled, unsettled: starts - settled, ends }
}

/// m: mean activity of the foreground minus that of the background of a pattern, where an empty one counts as silent.
fn overlap(pattern: &[u8], state: &[u8]) -> f64 {
    let (mut sums, mut numbers) = ([0u32; 2], [0u32; 2]);
    for (&x, &s) in pattern.iter().zip(state) {
        sums[usize::from(x)] += u32::from(s);
        numbers[usize::from(x)] += 1;
    }
    let mean = |k: usize| f64::from(sums[k]) / f64::from(numbers[k].max(1));
    mean(1) - mean(0)
}

/// What a state is, and how many neurons differ from that.
pub fn classify(state: &[u8], patterns: &[Vec<u8>], tolerance: f64) -> (EndKind, usize) {
    let n = state.len();
    let allowed = (tolerance * n as f64).floor() as usize;
    let distances: Vec<usize> = patterns.iter().map(|p| errors(state, p.iter().copied())).collect();
    // Patterns, inverted where that is nearer, from the nearest.
    let mut parents: Vec<(usize, bool)> =
        distances.iter().enumerate().map(|(mu, d)| (mu, 2 * d > n)).collect();
    let distance =
        |(mu, inverted): (usize, bool)| if inverted { n - distances[mu] } else { distances[mu] };
    parents.sort_by_key(|&parent| (distance(parent), parent.0));
    let Some(&first) = parents.first() else { return (EndKind::Other, n) };
    if distance(first) <= allowed {
        let kind = if first.1 { EndKind::Inverse } else { EndKind::Memory };
        return (kind(first.0), distance(first));
    }
    for number in (3..=MOST_PARENTS.min(parents.len())).step_by(2) {
        let chosen = &parents[..number];
        let majority = (0..n).map(|i| {
            let votes = chosen.iter().filter(|(mu, inverted)| (patterns[*mu][i] == 1) != *inverted);
            u8::from(2 * votes.count() > number)
        });
        let wrong = errors(state, majority);
        if wrong <= allowed {
            let mut chosen = chosen.to_vec();
            chosen.sort_unstable();
            return (EndKind::Mixture(chosen), wrong);
        }
    }
    (EndKind::Other, distance(first))
}

fn errors(state: &[u8], other: impl Iterator<Item = u8>) -> usize {
    state.iter().zip(other).filter(|(a, b)| **a != *b).count()
}

impl EndKind {
    /// "memory A", "mixture A + B - C" with the names of the patterns.
    pub fn describe(&self, names: &[String]) -> String {
        match self {
            Self::Memory(mu) => names[*mu].clone(),
            Self::Inverse(mu) => format!("inverse of {}", names[*mu]),
            Self::Mixture(parents) => {
                let mut text = "mixture".to_owned();
                for (k, (mu, inverted)) in parents.iter().enumerate() {
                    text += match (k, inverted) {
                        (_, true) => " - ",
                        (0, false) => " ",
                        (_, false) => " + ",
                    };
                    text += &names[*mu];
                }
                text
            }
            Self::Other => "other".to_owned(),
        }
    }
}
