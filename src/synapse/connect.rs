//! Connection rules: which pairs of neurons are connected.

use super::assemblies::steps;
use super::by_distance::Falling;
use super::{ByAssembly, ByDistance, EdgeFile, Memories};
use crate::error::{Error, Result};
use crate::pattern::Shares;
use crate::random::Stream;
use crate::space::Between;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// The rule by which a projection chooses its pairs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Connect {
    /// Every pair independently with this probability (a Bernoulli graph).
    Probability(f64),
    /// Every pair independently with a probability that depends on the patterns of both.
    Assemblies(ByAssembly),
    /// Every pair independently with a probability that falls with the distance.
    Distance(ByDistance),
    /// Every neuron receives from exactly this number of senders, chosen at random.
    InDegree(usize),
    /// Every pair.
    AllToAll,
    /// Neuron i receives from neuron i of a population of the same size.
    OneToOne,
    /// Those in a file, with their efficacies and delays as far as it has them; between spiking neurons.
    File(EdgeFile),
}

/// A connection rule between two populations of given sizes.
#[derive(Clone, Debug)]
pub struct Wiring {
    /// The rule.
    pub connect: Connect,
    /// Neurons of the sending population.
    pub senders: usize,
    /// Neurons of the receiving population.
    pub receivers: usize,
    /// Sender and receiver are the same population, so that a neuron could connect to itself.
    pub recurrent: bool,
    /// Whether a neuron may connect to itself.
    pub autapses: bool,
    /// Whether a pair may be connected more than once.
    pub multapses: bool,
    /// Expected shares of pairs with patterns in common; none are needed of rules that do not ask for patterns.
    pub shares: Shares,
    /// Where neurons are, of populations on the same space.
    pub between: Option<Between>,
}

impl Wiring {
    /// Refuses rules that these populations cannot follow.
    pub(crate) fn check(&self) -> Result<()> {
        if let Connect::Assemblies(rule) = &self.connect {
            rule.check().map_err(|e| e.within("connect.assemblies"))?;
        }
        self.check_by_distance()?;
        match self.connect {
            Connect::Probability(p) if !(p > 0.0 && p <= 1.0) => Err(Error::input(
                format!("found a connection probability of {p}"),
                "a probability is above 0 and at most 1",
                "write for example connect = { probability = 0.1 }",
            )
            .at("connect.probability")),
            Connect::InDegree(0) => Err(Error::input(
                "found an in-degree of 0",
                "every neuron receives from at least one sender",
                "write for example connect = { in_degree = 100 }, or delete the projection",
            )
            .at("connect.in_degree")),
            Connect::InDegree(degree) if !self.multapses && degree > self.eligible() => {
                Err(Error::input(
                    format!(
                        "found an in-degree of {degree} from {} possible senders",
                        self.eligible()
                    ),
                    "without multapses the senders of a neuron are distinct",
                    format!("write at most {}, or multapses = true", self.eligible()),
                )
                .at("connect.in_degree"))
            }
            Connect::OneToOne if self.senders != self.receivers => Err(Error::input(
                format!(
                    "found a one-to-one projection from {} to {} neurons",
                    self.senders, self.receivers
                ),
                "both populations have the same size",
                "change a size, or write connect = { in_degree = 1 }",
            )
            .at("connect")),
            _ if self.multapses && !matches!(self.connect, Connect::InDegree(_)) => {
                Err(Error::input(
                    "found multapses = true",
                    "only a fixed in-degree can connect a pair more than once",
                    "delete the line, or write connect = { in_degree = 100 }",
                )
                .at("multapses"))
            }
            Connect::OneToOne if self.recurrent && !self.autapses => Err(Error::input(
                "found a one-to-one projection of a population to itself without autapses",
                "it consists of autapses",
                "write autapses = true",
            )
            .at("connect")),
            _ => Ok(()),
        }
    }

    /// Number of neurons that can send to a given neuron.
    fn eligible(&self) -> usize {
        self.senders - usize::from(self.recurrent && !self.autapses)
    }

    /// Refuses symmetric dilution where it has no meaning.
    ///
    /// # Errors
    /// At the key of the projection that is to be changed.
    pub fn check_symmetric(&self, symmetric: bool) -> Result<()> {
        if !symmetric {
            return Ok(());
        }
        if !self.recurrent {
            return Err(Error::input(
                "found symmetric = true between two populations",
                "couplings go both ways within one population",
                "delete the line",
            )
            .at("symmetric"));
        }
        if let Connect::InDegree(_) = self.connect {
            return Err(Error::input(
                "found symmetric = true with a fixed in-degree",
                "pairs are coupled in both directions with a probability",
                "write for example connect = { probability = 0.1 }",
            )
            .at("symmetric"));
        }
        if let Connect::Assemblies(ByAssembly { p_next: Some(_), .. }) = self.connect {
            return Err(Error::input(
                "found symmetric = true with `p_next`",
                "what leads from one assembly to the next has a direction",
                "delete one of them",
            )
            .at("symmetric"));
        }
        Ok(())
    }

    /// Expected number of connected pairs, counted with multiplicity.
    pub(crate) fn expected(&self) -> f64 {
        let per_receiver = match self.connect {
            Connect::Probability(p) => p * self.eligible() as f64,
            Connect::Assemblies(ref rule) => rule.mean(self.shares) * self.eligible() as f64,
            Connect::Distance(_) => self.mean_by_distance() * self.eligible() as f64,
            Connect::InDegree(degree) => degree as f64,
            Connect::AllToAll => self.eligible() as f64,
            Connect::OneToOne => 1.0,
            Connect::File(_) => self.mean_in_degree(),
        };
        per_receiver * self.receivers as f64
    }

    /// The same shares of the connected pairs instead of all.
    pub(crate) fn connected(&self, shares: Shares) -> Shares {
        if let Connect::Assemblies(rule) = &self.connect { rule.connected(shares) } else { shares }
    }

    /// Memory in bytes of couplings that take `weight` bytes each, beside their target.
    pub(crate) fn coupling_bytes(&self, weight: f64) -> f64 {
        let (senders, receivers) = (self.senders as f64, self.receivers as f64);
        match self.connect {
            Connect::AllToAll => senders * receivers * weight,
            _ => self.expected() * (4.0 + weight) + 8.0 * senders,
        }
    }

    /// Mean number of synapses of a receiver if a neuron could connect to itself: the N of learning rules.
    pub fn mean_in_degree(&self) -> f64 {
        match self.connect {
            Connect::Probability(p) => p * self.senders as f64,
            Connect::Assemblies(ref rule) => rule.mean(self.shares) * self.senders as f64,
            Connect::Distance(_) => self.mean_by_distance() * self.senders as f64,
            Connect::InDegree(degree) => degree as f64,
            Connect::AllToAll => self.senders as f64,
            Connect::OneToOne => 1.0,
            Connect::File(ref file) => {
                file.keys.synapses.unwrap_or_default() as f64 / self.receivers as f64
            }
        }
    }

    /// Draws the connections onto the receivers of `portion` and hands them over by sender, for populations with these
    /// `memories`:
    /// `each(sender, targets)` is called once for every sender in order, with the targets
    /// counted from the start of the portion, ascending.
    pub(crate) fn draw(
        &self,
        portion: &Range<usize>,
        memories: Memories,
        stream: &mut Stream,
        mut each: impl FnMut(usize, &[u16]),
    ) {
        match self.connect {
            Connect::InDegree(degree) => {
                let (starts, targets) = self.draw_in_degree(degree, portion, stream);
                for sender in 0..self.senders {
                    each(sender, &targets[starts[sender] as usize..starts[sender + 1] as usize]);
                }
            }
            _ => {
                let mut targets = Vec::new();
                let falling = self.falling();
                for sender in 0..self.senders {
                    targets.clear();
                    let row = (sender, portion, falling.as_ref());
                    self.draw_row(row, memories, stream, &mut targets);
                    each(sender, &targets);
                }
            }
        }
    }

    fn draw_row(
        &self,
        (sender, portion, falling): (usize, &Range<usize>, Option<&Falling>),
        memories: Memories,
        stream: &mut Stream,
        targets: &mut Vec<u16>,
    ) {
        let itself = (self.recurrent && !self.autapses && portion.contains(&sender))
            .then(|| (sender - portion.start) as u16);
        if let Some(falling) = falling {
            falling.draw_row(sender, portion, stream, targets);
            return targets.retain(|&target| Some(target) != itself);
        }
        match &self.connect {
            Connect::Probability(p) if *p < 1.0 => {
                steps(*p, portion.len(), stream, |target, _| {
                    if Some(target as u16) != itself {
                        targets.push(target as u16);
                    }
                });
            }
            Connect::Assemblies(rule) => {
                let memories = memories.expect("a checked projection by assembly has patterns");
                rule.draw_row(sender, portion, memories, stream, targets);
                targets.retain(|&target| Some(target) != itself);
            }
            Connect::OneToOne => {
                targets.extend(portion.contains(&sender).then(|| (sender - portion.start) as u16));
            }
            // Read, not drawn.
            Connect::File(_) => {}
            _ => targets.extend((0..portion.len() as u16).filter(|&t| Some(t) != itself)),
        }
    }

    /// Draws the senders of every receiver, then sorts the pairs by sender.
    fn draw_in_degree(
        &self,
        degree: usize,
        portion: &Range<usize>,
        stream: &mut Stream,
    ) -> (Vec<u32>, Vec<u16>) {
        let mut senders: Vec<u32> = Vec::with_capacity(degree * portion.len());
        let mut taken = vec![false; if self.multapses { 0 } else { self.senders }];
        for receiver in portion.clone() {
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
        for (own, target) in senders.chunks_exact(degree).zip(0..) {
            for &s in own {
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
    use super::*;
    use crate::random::Seed;
    use crate::synapse::portions;

    fn wiring(connect: Connect, n: usize) -> Wiring {
        Wiring {
            shares: Shares::default(),
            between: None,
            connect,
            senders: n,
            receivers: n,
            recurrent: true,
            autapses: false,
            multapses: false,
        }
    }

    /// All pairs (sender, receiver).
    fn pairs(wiring: &Wiring) -> Vec<(usize, usize)> {
        wiring.check().unwrap();
        let mut pairs = Vec::new();
        for (k, portion) in portions(wiring.receivers).iter().enumerate() {
            let mut stream = Seed(1).stream("connect", k as u64);
            wiring.draw(portion, None, &mut stream, |sender, targets| {
                assert!(targets.is_sorted());
                pairs.extend(targets.iter().map(|&t| (sender, portion.start + usize::from(t))));
            });
        }
        pairs
    }

    #[test]
    fn probability_gives_a_bernoulli_graph_without_autapses() {
        let n = 1500;
        let pairs = pairs(&wiring(Connect::Probability(0.1), n));
        assert!(pairs.iter().all(|(j, i)| i != j));
        let expected = 0.1 * (n * (n - 1)) as f64;
        let deviation = (expected * 0.9).sqrt();
        assert!((pairs.len() as f64 - expected).abs() < 5.0 * deviation, "{}", pairs.len());
        // Out-degrees and in-degrees scatter as Binomial(1499, 0.1), variance 134.9 (s.e. 4.9).
        for side in [0, 1] {
            let mut degree = vec![0f64; n];
            for (j, i) in &pairs {
                degree[[*j, *i][side]] += 1.0;
            }
            let mean = degree.iter().sum::<f64>() / n as f64;
            let variance = degree.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / n as f64;
            assert!((variance - 134.9).abs() < 5.0 * 4.9, "{variance}");
        }
    }

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
    fn all_to_all_and_one_to_one() {
        assert_eq!(pairs(&wiring(Connect::AllToAll, 30)).len(), 30 * 29);
        assert_eq!(pairs(&wiring(Connect::Probability(1.0), 30)).len(), 30 * 29);
        let mut one = wiring(Connect::OneToOne, 2000);
        one.recurrent = false;
        assert!(pairs(&one).iter().all(|(j, i)| i == j));
        assert_eq!(pairs(&one).len(), 2000);
    }

    #[test]
    fn impossible_rules_are_refused() {
        for (connect, reason) in [
            (Connect::Probability(1.3), "probability of 1.3"),
            (Connect::Probability(f64::NAN), "probability of NaN"),
            (Connect::InDegree(0), "in-degree of 0"),
            (Connect::InDegree(20), "19 possible senders"),
            (Connect::OneToOne, "autapses"),
        ] {
            let message = wiring(connect, 20).check().unwrap_err().to_string();
            assert!(message.contains(reason), "{message}");
        }
    }
}
