//! Senders drawn receiver by receiver: so many for each, or so many in all.

use super::{Connect, Wiring};
use crate::random::Stream;
use std::ops::Range;

impl Wiring {
    /// How many synapses the receivers of each of these `portions` get, where the rule fixes their total: every receiver is
    /// drawn as often as any other, so that their numbers are multinomial, and given them portions are independent.
    pub(crate) fn totals(
        &self,
        portions: &[Range<usize>],
        stream: &mut Stream,
    ) -> Option<Vec<u64>> {
        let Connect::Total(total) = self.connect else { return None };
        let sizes: Vec<u64> = portions.iter().map(|portion| portion.len() as u64).collect();
        Some(stream.multinomial(total as u64, &sizes))
    }

    /// Draws the senders of every receiver, so many as its degree says, then sorts the pairs by sender.
    pub(super) fn draw_degrees(
        &self,
        degrees: &[u64],
        portion: &Range<usize>,
        stream: &mut Stream,
    ) -> (Vec<u32>, Vec<u16>) {
        let mut senders: Vec<u32> = Vec::with_capacity(degrees.iter().sum::<u64>() as usize);
        let mut taken = vec![false; if self.multapses { 0 } else { self.senders }];
        for (receiver, &degree) in portion.clone().zip(degrees) {
            let degree = degree as usize;
            // What no sender is, where the receiver may send to itself.
            let excluded =
                if self.recurrent && !self.autapses { receiver as u32 } else { u32::MAX };
            if self.multapses {
                self.draw_any(degree, excluded, stream, &mut senders);
            } else {
                self.draw_distinct(degree, excluded, stream, &mut taken, &mut senders);
            }
        }

        let mut starts = vec![0u32; self.senders + 1];
        senders.iter().for_each(|&s| starts[s as usize + 1] += 1);
        for s in 0..self.senders {
            starts[s + 1] += starts[s];
        }
        let mut next = starts.clone();
        let mut targets = vec![0; senders.len()];
        let mut senders = senders.into_iter();
        for (&degree, target) in degrees.iter().zip(0..) {
            for s in senders.by_ref().take(degree as usize) {
                let place = &mut next[s as usize];
                targets[*place as usize] = target;
                *place += 1;
            }
        }
        (starts, targets)
    }

    /// Draws `degree` senders, one independently of the other.
    fn draw_any(&self, degree: usize, excluded: u32, stream: &mut Stream, senders: &mut Vec<u32>) {
        let number = self.senders as u32;
        senders.extend((0..degree).map(|_| {
            loop {
                let sender = stream.below(number);
                if sender != excluded {
                    return sender;
                }
            }
        }));
    }

    /// Draws `degree` distinct senders; `taken` is false for every sender, before and after.
    fn draw_distinct(
        &self,
        degree: usize,
        excluded: u32,
        stream: &mut Stream,
        taken: &mut [bool],
        senders: &mut Vec<u32>,
    ) {
        let own = senders.len();
        // More than half of all senders: drawing those left out needs fewer tries.
        let few = 2 * degree <= self.eligible();
        let wanted = if few { degree } else { self.eligible() - degree };
        while senders.len() < own + wanted {
            let sender = stream.below(self.senders as u32);
            if sender != excluded && !taken[sender as usize] {
                taken[sender as usize] = true;
                senders.push(sender);
            }
        }
        if few {
            senders[own..].iter().for_each(|&s| taken[s as usize] = false);
        } else {
            senders.truncate(own);
            let left = (0..self.senders as u32).filter(|&s| !taken[s as usize] && s != excluded);
            senders.extend(left);
            taken.fill(false);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::connect::tests::{pairs, wiring};
    use super::*;

    #[test]
    fn in_degree_is_exact_distinct_and_uniform_over_senders() {
        for degree in [3, 1100] {
            let mut per_receiver = vec![Vec::new(); 1500];
            let mut per_sender = vec![0usize; 1500];
            for (j, i) in pairs(&wiring(Connect::InDegree(degree), 1500)) {
                per_receiver[i].push(j);
                per_sender[j] += 1;
            }
            for (i, senders) in per_receiver.iter_mut().enumerate() {
                senders.sort_unstable();
                senders.dedup();
                assert!(senders.len() == degree && !senders.contains(&i));
            }
            let q = degree as f64 / 1499.0;
            let deviation = (1499.0 * q * (1.0 - q)).sqrt();
            assert!(per_sender.iter().all(|&d| (d as f64 - degree as f64).abs() < 5.0 * deviation));
        }
    }

    #[test]
    fn multapses_repeat_pairs_and_autapses_are_allowed_on_request() {
        let mut rule = wiring(Connect::InDegree(50), 20);
        rule.multapses = true;
        rule.autapses = true;
        let pairs = pairs(&rule);
        assert_eq!(pairs.len(), 1000);
        assert!(pairs.iter().any(|(j, i)| i == j));
    }

    #[test]
    fn a_total_is_exact_and_senders_and_receivers_are_independent() {
        let (n, total) = (2500, 500_000);
        for autapses in [true, false] {
            let mut rule = wiring(Connect::Total(total), n);
            (rule.multapses, rule.autapses) = (true, autapses);
            let pairs = pairs(&rule);
            assert_eq!((pairs.len(), rule.expected()), (total, total as f64));
            // Of the total, an n-th are autapses where they are allowed: 200 +- 14.
            let own = pairs.iter().filter(|(j, i)| i == j).count() as f64;
            assert!(if autapses { (own - 200.0).abs() < 71.0 } else { own == 0.0 }, "{own}");
            let mut degrees = [vec![0f64; n], vec![0f64; n]];
            pairs.iter().for_each(|&(j, i)| (degrees[0][j] += 1.0, degrees[1][i] += 1.0).0);
            // Multinomial: each with mean 200 and variance 200 (1 - 1/n), s.e. of the variance sqrt(2/n) = 2.8 %.
            for degree in &degrees {
                let variance = degree.iter().map(|d| (d - 200.0).powi(2)).sum::<f64>() / n as f64;
                assert!((variance / 200.0 - 1.0).abs() < 0.14, "{variance}");
            }
            // Receivers of one half from senders of one half: a quarter, also across portions.
            let half = pairs.iter().filter(|(j, i)| *j < n / 2 && *i < n / 2).count() as f64;
            let deviation = (total as f64 * 3.0 / 16.0).sqrt();
            assert!((half - total as f64 / 4.0).abs() < 5.0 * deviation, "{half}");
            // Multiplicities of pairs are Poisson with mean 0.08: a pair in 13 of those that are connected is so twice or more.
            let mut sorted = pairs;
            sorted.sort_unstable();
            sorted.dedup();
            let distinct = (n * n) as f64 * -libm::expm1(-(total as f64) / (n * n) as f64);
            assert!((sorted.len() as f64 - distinct).abs() < 5.0 * distinct.sqrt() * 0.3);
        }
    }
}
