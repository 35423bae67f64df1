//! Networks of binary neurons: populations joined by learned couplings.

use super::{Expectation, Placed, Plan, Projection};
use crate::error::Result;
use crate::learning::{Learning, Pathway};
use crate::pattern::{PatternSource, Patterns};
use crate::random::Seed;
use crate::synapse::{Couplings, Symmetry};
use indexmap::IndexMap;
use std::ops::Range;

/// In larger networks of several projections J_ij and J_ji are not compared pair by pair.
const MOST_COMPARED: usize = 5000;

/// A network of binary neurons down to its couplings J_ij; it does not act.
#[derive(Clone, Debug)]
pub struct Coupled {
    pub populations: Vec<Placed>,
    /// They add up.
    pub couplings: Vec<Coupling>,
    without_energy: Option<String>,
}

/// The couplings of one projection.
#[derive(Clone, Debug)]
pub struct Coupling {
    pub name: String,
    /// In the numbering of the whole network.
    pub senders: Range<usize>,
    pub receivers: Range<usize>,
    pub couplings: Couplings,
    /// Mean number of targets of a sender.
    pub out_degree: usize,
}

impl Coupling {
    /// Whether a population is coupled to itself.
    pub fn is_recurrent(&self) -> bool {
        self.senders == self.receivers
    }
}

impl Coupled {
    fn new(populations: Vec<Placed>, couplings: Vec<Coupling>) -> Self {
        let mut network = Self { populations, couplings, without_energy: None };
        network.without_energy = network.reason();
        network
    }

    /// Why J is not symmetric, if it is not.
    fn reason(&self) -> Option<String> {
        let asymmetric = |of: &str, symmetry: Symmetry| {
            let share = 100.0 * symmetry.asymmetric as f64 / symmetry.pairs as f64;
            format!("no energy: {share:.1} % of the connected pairs{of} have J_ij != J_ji")
        };
        let each: Option<Vec<(&str, Symmetry)>> = self
            .couplings
            .iter()
            .map(|c| c.is_recurrent().then(|| (c.name.as_str(), c.couplings.symmetry())))
            .collect();
        // Symmetric parts have a symmetric sum; other parts may have one.
        if let Some(each) = &each {
            match each.iter().find(|(_, symmetry)| symmetry.asymmetric > 0) {
                None => return None,
                Some((name, symmetry)) if each.len() == 1 => {
                    return Some(asymmetric(&format!(" of {name}"), *symmetry));
                }
                Some(_) => {}
            }
        }
        if self.neurons() > MOST_COMPARED {
            let found = "no energy: J is a sum of projections that are not symmetric each";
            return Some(format!("{found}, of more than {MOST_COMPARED} neurons"));
        }
        let whole = self.symmetry();
        (whole.asymmetric > 0).then(|| asymmetric("", whole))
    }

    /// Compares J_ij with J_ji, summed over all projections.
    fn symmetry(&self) -> Symmetry {
        let mut symmetry = Symmetry { pairs: 0, asymmetric: 0 };
        for i in 0..self.neurons() {
            for j in 0..i {
                let (there, back) = (self.efficacy(i, j), self.efficacy(j, i));
                symmetry.pairs += usize::from(there != 0.0 || back != 0.0);
                symmetry.asymmetric += usize::from(there != back);
            }
        }
        symmetry
    }

    /// Number of neurons.
    pub fn neurons(&self) -> usize {
        self.populations.last().map_or(0, |p| p.neurons.end)
    }

    /// Number of couplings.
    pub fn synapses(&self) -> usize {
        self.couplings.iter().map(|c| c.couplings.synapses()).sum()
    }

    /// Why the network has no energy, if it has none.
    pub fn without_energy(&self) -> Option<&str> {
        self.without_energy.as_deref()
    }

    /// J_ij, i receives; the sum over all projections.
    pub fn efficacy(&self, i: usize, j: usize) -> f64 {
        let of = |c: &Coupling| match c.receivers.contains(&i) && c.senders.contains(&j) {
            true => {
                let weight = c.couplings.weight(i - c.receivers.start, j - c.senders.start);
                c.couplings.unit() * weight
            }
            false => 0.0,
        };
        self.couplings.iter().map(of).sum()
    }
}

impl Plan<'_> {
    /// Refuses a projection whose rule does not fit its populations.
    pub(super) fn check_couplings(&self, projection: &Projection) -> Result<()> {
        let Some(learning) = &projection.learning else { return Ok(()) };
        let wiring = self.wiring(projection)?;
        wiring.check()?;
        let number = |population: &str| self.patterns.get(population).map(PatternSource::number);
        let numbers = (number(&projection.from), number(&projection.to));
        let storage = projection.storage.unwrap_or_default();
        learning.check(&wiring, projection.symmetric, storage, numbers)
    }

    /// The number of couplings of a projection, and the memory they take.
    pub(super) fn couplings_expected(
        &self,
        projection: &Projection,
        learning: &Learning,
    ) -> Result<Expectation> {
        let wiring = self.wiring(projection)?;
        let patterns = self.patterns.get(&projection.from).map_or(0, PatternSource::number);
        let storage = projection.storage.unwrap_or_default();
        let bytes = learning.bytes(&wiring, storage, patterns);
        Ok(Expectation { synapses: wiring.expected(), bytes })
    }

    fn learn(
        &self,
        name: &str,
        projection: &Projection,
        patterns: &IndexMap<String, Patterns>,
        seed: Seed,
    ) -> Result<Option<Couplings>> {
        let Some(learning) = &projection.learning else { return Ok(None) };
        let wiring = self.wiring(projection)?;
        let pathway = Pathway {
            wiring: &wiring,
            symmetric: projection.symmetric,
            storage: projection.storage.unwrap_or_default(),
            senders: patterns.get(&projection.from),
            receivers: patterns.get(&projection.to),
            name,
            seed,
        };
        learning.learn(&pathway).map(Some)
    }

    /// Learns every coupling from the patterns; each projection has a random stream of its own.
    ///
    /// # Errors
    /// If a rule cannot store these patterns.
    pub fn couple(&self, patterns: &IndexMap<String, Patterns>, seed: Seed) -> Result<Coupled> {
        let populations = self.place();
        let range = |name: &str| {
            let placed = populations.iter().find(|p| p.name == name);
            placed.map_or(0..0, |p| p.neurons.clone())
        };
        let mut couplings = Vec::new();
        for (name, projection) in self.projections {
            let learned = self
                .learn(name, projection, patterns, seed)
                .map_err(|e| e.within(&format!("projection.{name}")))?;
            let Some(learned) = learned else { continue };
            let senders = range(&projection.from);
            couplings.push(Coupling {
                name: name.clone(),
                out_degree: learned.synapses() / senders.len().max(1),
                senders,
                receivers: range(&projection.to),
                couplings: learned,
            });
        }
        Ok(Coupled::new(populations, couplings))
    }
}
