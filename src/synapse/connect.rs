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
    /// This number of synapses in all, sender and receiver of each drawn independently of the others; with `multapses`
    /// (NEST's `fixed_total_number`; Potjans and Diesmann 2014).
    Total(usize),
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
            Connect::Total(0) => Err(Error::input(
                "found a total of 0 synapses",
                "a projection has at least one",
                "write for example connect = { total = 10000 }, or delete the projection",
            )
            .at("connect.total")),
            Connect::Total(_) if !self.multapses => Err(Error::input(
                "found a total number of synapses without multapses",
                "each is drawn independently of the others, so that a pair may be connected more than once",
                "write multapses = true, or connect = { probability = 0.1 }",
            )
            .at("connect.total")),
            Connect::InDegree(_) | Connect::Total(_) if self.eligible() == 0 => Err(Error::input(
                "found that a single neuron connects to itself without autapses",
                "a neuron receives from another one, or from itself with autapses",
                "write autapses = true, or delete the projection",
            )
            .at("connect")),
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
            _ if self.multapses
                && !matches!(self.connect, Connect::InDegree(_) | Connect::Total(_)) =>
            {
                Err(Error::input(
                    "found multapses = true",
                    "only a fixed in-degree or total can connect a pair more than once",
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
    pub(super) fn eligible(&self) -> usize {
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
            Connect::Distance(_) => self.senders_by_distance(),
            Connect::InDegree(degree) => degree as f64,
            Connect::AllToAll => self.eligible() as f64,
            Connect::OneToOne => 1.0,
            Connect::Total(_) | Connect::File(_) => self.mean_in_degree(),
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
            Connect::Total(total) => total as f64 / self.receivers as f64,
            Connect::AllToAll => self.senders as f64,
            Connect::OneToOne => 1.0,
            Connect::File(ref file) => {
                file.keys.synapses.unwrap_or_default() as f64 / self.receivers as f64
            }
        }
    }

    /// Draws the connections onto the receivers of `portion` and hands them over by sender, for populations with these
    /// `memories`; a rule that fixes the total draws `number` of them:
    /// `each(sender, targets)` is called once for every sender in order, with the targets
    /// counted from the start of the portion, ascending.
    pub(crate) fn draw(
        &self,
        portion: &Range<usize>,
        number: Option<u64>,
        memories: Memories,
        stream: &mut Stream,
        mut each: impl FnMut(usize, &[u16]),
    ) {
        let degrees = match (&self.connect, number) {
            (Connect::InDegree(degree), _) => vec![*degree as u64; portion.len()],
            (Connect::Total(_), Some(number)) => {
                stream.multinomial(number, &vec![1; portion.len()])
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
                return;
            }
        };
        let (starts, targets) = self.draw_degrees(&degrees, portion, stream);
        for sender in 0..self.senders {
            each(sender, &targets[starts[sender] as usize..starts[sender + 1] as usize]);
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
            // Read, or drawn by receiver.
            Connect::File(_) | Connect::InDegree(_) | Connect::Total(_) => {}
            _ => targets.extend((0..portion.len() as u16).filter(|&t| Some(t) != itself)),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::random::Seed;
    use crate::synapse::portions;

    pub(in crate::synapse) fn wiring(connect: Connect, n: usize) -> Wiring {
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
    pub(in crate::synapse) fn pairs(wiring: &Wiring) -> Vec<(usize, usize)> {
        wiring.check().unwrap();
        let mut pairs = Vec::new();
        let portions = portions(wiring.receivers);
        let totals = wiring.totals(&portions, &mut Seed(1).stream("total", 0));
        for (k, portion) in portions.iter().enumerate() {
            let mut stream = Seed(1).stream("connect", k as u64);
            let number = totals.as_ref().map(|totals| totals[k]);
            wiring.draw(portion, number, None, &mut stream, |sender, targets| {
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
            (Connect::Total(0), "total of 0 synapses"),
            (Connect::Total(100), "without multapses"),
            (Connect::OneToOne, "autapses"),
        ] {
            let message = wiring(connect, 20).check().unwrap_err().to_string();
            assert!(message.contains(reason), "{message}");
        }
    }
}
