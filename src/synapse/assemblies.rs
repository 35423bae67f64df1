//! Connections within, between and along assemblies.

use crate::error::{Error, Result};
use crate::pattern::{Patterns, Shares};
use crate::random::Stream;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Every pair independently with a probability that depends on the patterns of sender and receiver (clustered graphs;
/// Litwin-Kumar and Doiron 2012).
///
/// The first of these that applies to a pair decides: `p_in` if it has at least one pattern in common, `p_next` if the
/// receiver is in a pattern that follows one of the sender, and `p_out` otherwise. Neurons without patterns are in no
/// assembly.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ByAssembly {
    /// Probability within assemblies, 0 to 1.
    pub p_in: f64,
    /// Probability of all other pairs, 0 to 1.
    pub p_out: f64,
    /// Probability from an assembly to the next one, 0 to 1; p_out if left out.
    pub p_next: Option<f64>,
    /// Whether the first assembly follows the last.
    #[serde(default)]
    pub cyclic: bool,
}

/// The patterns of senders and receivers, where both have some.
pub type Memories<'a> = Option<(&'a Patterns, &'a Patterns)>;

impl ByAssembly {
    /// Refuses what no pair could follow.
    pub(super) fn check(&self) -> Result<()> {
        let all = [("p_in", Some(self.p_in)), ("p_out", Some(self.p_out)), ("p_next", self.p_next)];
        for (key, p) in all.into_iter().filter_map(|(key, p)| Some((key, p?))) {
            if !(0.0..=1.0).contains(&p) {
                let found = format!("found {key} = {p}");
                return Err(Error::value(key, found, "a probability is between 0 and 1", "0.2"));
            }
        }
        if all.iter().all(|(_, p)| p.is_none_or(|p| p == 0.0)) {
            return Err(Error::input(
                "found that no pair is connected",
                "one probability is above 0",
                "write for example p_in = 0.5, or delete the projection",
            )
            .at("p_in"));
        }
        if self.cyclic && self.p_next.is_none() {
            return Err(Error::input(
                "found `cyclic` without `p_next`",
                "it says which assembly is the next after the last",
                "delete it, or write for example p_next = 0.2",
            )
            .at("cyclic"));
        }
        Ok(())
    }

    /// The mean probability of a pair, where so many have patterns in common.
    pub(super) fn mean(&self, shares: Shares) -> f64 {
        let next = self.p_next.unwrap_or(self.p_out);
        let others = 1.0 - shares.common - shares.next;
        self.p_in * shares.common + next * shares.next + self.p_out * others
    }

    /// Adds to `targets` (ascending, counted from the start of `portion`) those of `sender` there.
    ///
    /// The time grows with the synapses and the patterns of the sender, not with the pairs: every pattern is run through by
    /// steps from one candidate to the next, and a receiver belongs to the first pattern of the list that has it.
    pub(super) fn draw_row(
        &self,
        sender: usize,
        portion: &Range<usize>,
        (senders, receivers): (&Patterns, &Patterns),
        stream: &mut Stream,
        targets: &mut Vec<u16>,
    ) {
        let number = receivers.number();
        let own = senders.of(sender);
        let mut lists: Vec<(usize, f64)> = own.clone().map(|mu| (mu, self.p_in)).collect();
        if let Some(p) = self.p_next {
            let followed = own.filter(|mu| self.cyclic || mu + 1 < number);
            lists.extend(followed.map(|mu| ((mu + 1) % number, p)));
        }
        let in_any = |lists: &[(usize, f64)], i: usize| {
            lists.iter().any(|&(mu, _)| receivers.contains(mu, i))
        };
        for (k, &(mu, p)) in lists.iter().enumerate() {
            let all = receivers.foreground(mu);
            let below = |bound: usize| all.partition_point(|&i| (i as usize) < bound);
            let there = &all[below(portion.start)..below(portion.end)];
            steps(p, there.len(), stream, |place| {
                let i = there[place] as usize;
                if !in_any(&lists[..k], i) {
                    targets.push((i - portion.start) as u16);
                }
            });
        }
        steps(self.p_out, portion.len(), stream, |place| {
            if !in_any(&lists, portion.start + place) {
                targets.push(place as u16);
            }
        });
        // Some ascending runs, which this sorts without a comparison too many.
        targets.sort();
    }
}

/// Calls `each` for every member of 0..length with the probability p, in order: the gap to the next one is geometric,
/// floor(ln U / ln(1 - p)).
pub(super) fn steps(p: f64, length: usize, stream: &mut Stream, mut each: impl FnMut(usize)) {
    if p <= 0.0 || length == 0 {
        return;
    }
    let scale = -1.0 / libm::log1p(-p);
    let mut next = stream.exponential() * scale;
    while next < length as f64 {
        let place = next as usize;
        each(place);
        next = place as f64 + 1.0 + stream.exponential() * scale;
    }
}
