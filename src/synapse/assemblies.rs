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
/// receiver is in a pattern that follows one of the sender, `p_rest` if one of them is in no pattern, and `p_out` otherwise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ByAssembly {
    /// Probability within assemblies, 0 to 1.
    pub p_in: f64,
    /// Probability between assemblies, 0 to 1.
    pub p_out: f64,
    /// Probability from an assembly to the next one, 0 to 1; p_out if left out.
    pub p_next: Option<f64>,
    /// Probability of pairs with a neuron in no assembly, 0 to 1; p_out if left out.
    pub p_rest: Option<f64>,
    /// Whether the first assembly follows the last.
    #[serde(default)]
    pub cyclic: bool,
}

/// The patterns of senders and receivers, where both have some.
pub type Memories<'a> = Option<(&'a Patterns, &'a Patterns)>;

impl ByAssembly {
    /// Refuses what no pair could follow.
    pub(super) fn check(&self) -> Result<()> {
        let all = [
            ("p_in", Some(self.p_in)),
            ("p_out", Some(self.p_out)),
            ("p_next", self.p_next),
            ("p_rest", self.p_rest),
        ];
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
        let alone = 1.0 - shares.selective.0 * shares.selective.1;
        self.selective(shares) + self.p_rest.unwrap_or(self.p_out) * alone
    }

    /// The probability that a pair is connected and both are in an assembly.
    fn selective(&self, Shares { common, next, selective }: Shares) -> f64 {
        let between = selective.0 * selective.1 - common - next;
        self.p_in * common + self.p_next.unwrap_or(self.p_out) * next + self.p_out * between
    }

    /// Shares of the connected pairs instead of all.
    pub(super) fn connected(&self, shares: Shares) -> Shares {
        let Shares { common, next, selective } = shares;
        let or_out = |p: Option<f64>| p.unwrap_or(self.p_out);
        let of = |p: f64| p / self.mean(shares);
        let both = self.selective(shares);
        let some = |own: f64| of(both + or_out(self.p_rest) * (own - selective.0 * selective.1));
        Shares {
            common: of(self.p_in * common),
            next: of(or_out(self.p_next) * next),
            selective: (some(selective.0), some(selective.1)),
        }
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
            steps(p, there.len(), stream, |place, _| {
                let i = there[place] as usize;
                if !in_any(&lists[..k], i) {
                    targets.push((i - portion.start) as u16);
                }
            });
        }
        let rest = self.p_rest.unwrap_or(self.p_out);
        let (most, none) = (rest.max(self.p_out), lists.is_empty());
        steps(most, portion.len(), stream, |place, stream| {
            let i = portion.start + place;
            if in_any(&lists, i) {
                return;
            }
            // Where their probabilities differ, some of the less probable kind are too many.
            let p = if none || receivers.memberships(i) == 0 { rest } else { self.p_out };
            if p == most || stream.uniform() * most < p {
                targets.push(place as u16);
            }
        });
        // Some ascending runs, which this sorts without a comparison too many.
        targets.sort();
    }
}

/// Calls `each` for every member of 0..length with the probability p, in order: the gap to the next one is geometric,
/// floor(ln U / ln(1 - p)).
pub(super) fn steps(
    p: f64,
    length: usize,
    stream: &mut Stream,
    mut each: impl FnMut(usize, &mut Stream),
) {
    if p <= 0.0 || length == 0 {
        return;
    }
    let scale = -1.0 / libm::log1p(-p);
    let mut next = stream.exponential() * scale;
    while next < length as f64 {
        let place = next as usize;
        each(place, stream);
        next = place as f64 + 1.0 + stream.exponential() * scale;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pattern::PatternSource;
    use crate::random::Seed;
    use crate::synapse::{Connect, Wiring, portions};

    fn source(text: &str) -> PatternSource {
        toml::from_str(text).unwrap()
    }

    fn rule(p_in: f64, p_out: f64) -> ByAssembly {
        ByAssembly { p_in, p_out, p_next: None, p_rest: None, cyclic: false }
    }

    /// All pairs (sender, receiver) of a population of `n` neurons with these patterns.
    fn pairs(connect: Connect, source: &PatternSource, n: usize) -> Vec<(usize, usize)> {
        let cyclic = matches!(&connect, Connect::Assemblies(rule) if rule.cyclic);
        let shares = Shares::of(source, source, cyclic);
        let (senders, receivers, recurrent) = (n, n, true);
        let (autapses, multapses, between) = (false, false, None);
        let wiring =
            Wiring { connect, senders, receivers, recurrent, autapses, multapses, shares, between };
        wiring.check().unwrap();
        let patterns = source.draw("E", n, Seed(1));
        let mut pairs = Vec::new();
        for (k, portion) in portions(n).iter().enumerate() {
            let mut stream = Seed(2).stream("connect", k as u64);
            let memories = Some((&patterns, &patterns));
            wiring.draw(portion, None, memories, &mut stream, |sender, targets| {
                assert!(targets.is_sorted_by(|a, b| a < b));
                pairs.extend(targets.iter().map(|&t| (sender, portion.start + usize::from(t))));
            });
        }
        let (expected, found) = (wiring.expected(), pairs.len() as f64);
        assert!((found / expected - 1.0).abs() < 0.05, "{found} {expected}");
        pairs
    }

    /// Counts pairs and connections by the class of a pair, and compares them with the probabilities of the classes.
    fn compare(rule: &ByAssembly, source: &PatternSource, n: usize) {
        let found = pairs(Connect::Assemblies(rule.clone()), source, n);
        let xi = source.draw("E", n, Seed(1));
        let class = |j: usize, i: usize| {
            if xi.shared(i, &xi, j) > 0 {
                0
            } else if rule.p_next.is_some() && xi.follows(i, &xi, j, rule.cyclic) {
                1
            } else if xi.memberships(i) == 0 || xi.memberships(j) == 0 {
                2
            } else {
                3
            }
        };
        let or_out = |p: Option<f64>| p.unwrap_or(rule.p_out);
        let probability = [rule.p_in, or_out(rule.p_next), or_out(rule.p_rest), rule.p_out];
        let (mut all, mut connected) = ([0f64; 4], [0f64; 4]);
        for (j, i) in (0..n * n).map(|k| (k / n, k % n)).filter(|(j, i)| i != j) {
            all[class(j, i)] += 1.0;
        }
        found.iter().for_each(|&(j, i)| connected[class(j, i)] += 1.0);
        for k in 0..4 {
            let (p, pairs) = (probability[k], all[k]);
            let deviation = (pairs * p * (1.0 - p)).sqrt();
            let off = (connected[k] - pairs * p).abs();
            assert!(off <= 5.0 * deviation, "{rule:?} class {k}: {off} of {deviation}");
        }
        // Receivers of one class are alike: their in-degrees within assemblies scatter as a binomial.
        let (mut degree, mut possible) = (vec![0f64; n], vec![0f64; n]);
        for (j, i) in (0..n * n).map(|k| (k / n, k % n)).filter(|(j, i)| i != j) {
            possible[i] += f64::from(u8::from(class(j, i) == 0));
        }
        found.iter().filter(|&&(j, i)| class(j, i) == 0).for_each(|&(_, i)| degree[i] += 1.0);
        let (p, mut squares, mut number) = (rule.p_in, 0.0, 0.0);
        for i in (0..n).filter(|&i| possible[i] > 0.0 && p > 0.0 && p < 1.0) {
            squares += (degree[i] - possible[i] * p).powi(2) / (possible[i] * p * (1.0 - p));
            number += 1.0;
        }
        // A mean of squares of n standard numbers is 1 with a standard error of sqrt(2/n).
        let mean = if number > 0.0 { squares / number } else { 1.0 };
        assert!((mean - 1.0).abs() < 5.0 * (2.0 / f64::max(number, 1.0)).sqrt(), "{mean}");
    }

    #[test]
    fn every_class_of_pairs_has_its_probability() {
        let clusters = source("[assemblies]\nnumber = 8\ncoding_level = 0.1");
        let chain = source("[assemblies]\nnumber = 6\ncoding_level = 0.2\noverlap = 0.25");
        let random = source("[random]\nnumber = 12\ncoding_level = 0.1");
        for patterns in [&clusters, &chain, &random] {
            for rule in [
                rule(0.5, 0.1),
                rule(0.0, 0.2),
                rule(1.0, 0.0),
                ByAssembly { p_next: Some(0.3), cyclic: true, ..rule(0.5, 0.05) },
                ByAssembly { p_next: Some(0.3), p_rest: Some(0.02), ..rule(0.1, 0.2) },
                ByAssembly { p_rest: Some(0.4), ..rule(0.2, 0.1) },
            ] {
                compare(&rule, patterns, 1200);
            }
        }
    }

    #[test]
    fn many_assemblies_in_many_neurons_have_as_many_synapses_as_expected() {
        // 50,000 neurons in 1000 assemblies of 50: 2.5 10^9 pairs, of which some 250,000 are connected.
        let source = source("[assemblies]\nnumber = 1000\ncoding_level = 0.001");
        let found = pairs(Connect::Assemblies(rule(0.05, 5e-5)), &source, 50_000).len() as f64;
        let within = 1000.0 * 50.0 * 49.0;
        let expected = 0.05 * within + 5e-5 * (50_000.0 * 49_999.0 - within);
        assert!((found - expected).abs() < 5.0 * expected.sqrt(), "{found}, not {expected}");
    }

    #[test]
    fn impossible_probabilities_are_refused() {
        for (rule, reason) in [
            (rule(1.5, 0.1), "p_in: found p_in = 1.5"),
            (rule(0.5, -0.1), "p_out: found p_out = -0.1"),
            (ByAssembly { p_rest: Some(f64::NAN), ..rule(0.5, 0.1) }, "p_rest: found p_rest = NaN"),
            (rule(0.0, 0.0), "p_in: found that no pair is connected"),
            (ByAssembly { cyclic: true, ..rule(0.5, 0.1) }, "cyclic: found `cyclic` without"),
        ] {
            let message = rule.check().unwrap_err().to_string();
            assert!(message.starts_with(reason), "{message}");
        }
    }
}
