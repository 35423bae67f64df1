//! Learning rules: synaptic efficacies from stored patterns.
//!
//! Every local rule presents the patterns in turn,
//!
//! ```text
//! J_ij <- B( lambda J_ij + A g_post(xi_i^{mu+s}) g_pre(xi_j^mu) ),
//! ```
//!
//! | rule | g_post, g_pre | A | lambda | B | s |
//! |---|---|---|---|---|---|
//! | hebb | xi, xi of -1 and 1 | 1/N | 1 | - | 0 |
//! | [`LowActivity`] | xi - b, xi - a of 0 and 1 | 1/(N a (1 - a)) | 1 | - | 0 |
//! | shared_patterns | xi, xi of 0 and 1 | 1/N | 1 | - | 0 |
//! | membership | xi of 0 and 1, 1 | 1/N | 1 | - | 0 |
//! | sequence | xi, xi of -1 and 1 | 1/(N hold) | 1 | - | 1, or what follows within hold and delay |
//! | [`Palimpsest`] | xi, xi of -1 and 1 | strength/N | <= 1 | clip | 0 |
//!
//! and is a `Local`; with other functions of graded patterns ([`NonlinearHebb`]) it is a sum of products. N is the mean in-degree, the number of senders where all neurons are coupled. The first five are
//! plain sums over the patterns: a projection may give them another scale A, a unit, a sign, and one sign of the sum
//! ([`Signs`]), so that every network can learn them. The others need the fields of neurons ([`Storkey`], [`Gradient`],
//! [`Perceptron`]) or the overlaps of patterns ([`PseudoInverse`]).

mod assemblies;
mod low_activity;
mod palimpsest;
mod sequence;
mod shared;
mod local;
mod nonlinear_hebb;
mod tiles;
mod products;
mod storkey;
mod pseudo_inverse;
mod gradient;
mod perceptron;
mod pathway;
mod check;
mod crosstalk;

pub use assemblies::Assemblies;
pub use crosstalk::{crosstalk, unstable};
pub use gradient::{Gradient, descent};
pub use local::Learner;
pub(crate) use local::{Local, Sums};
pub use low_activity::LowActivity;
pub use nonlinear_hebb::{Logistic, NonlinearHebb, Sigmoid};
pub use palimpsest::Palimpsest;
pub use pathway::{Pathway, Signs, Storage};
pub use perceptron::Perceptron;
use products::Products;
pub use products::Recalls;
pub use pseudo_inverse::PseudoInverse;
use sequence::Shown;
pub use storkey::Storkey;

use crate::error::Result;
use crate::synapse::{Couplings, Wiring};
use crate::units::Duration;
use serde::{Deserialize, Serialize};

/// How synapses come from the patterns; the key `learning` of a projection. Written as the name of a rule, "hebb", or as
/// a table with one key, { low_activity = { a = 0.1 } }.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Learning {
    /// w_ij = sum_mu xi_i^mu xi_j^mu (Hopfield 1982, eq. 2); of scale 1 it is the plain sum of outer products.
    Hebb {},
    /// w_ij = sum_mu (xi_i^mu - b)(xi_j^mu - a), xi of 0 and 1.
    LowActivity(LowActivity),
    /// w_ij = n_ij, the number of patterns that both belong to. With [`Learning::Membership`] it is the rule for low
    /// activity with b = 0, n_ij - a k_i, in two pathways (Gerstner et al. 2014, section 17.3.2): excitation from the neurons
    /// that hold the patterns, and inhibition from neurons that belong to none and report the mean activity.
    SharedPatterns {
        /// Beyond this number it does not grow; 1 is the clipped rule of two values (Willshaw et al. 1969).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at_most: Option<u32>,
    },
    /// w_ij = k_i, the number of patterns to which the receiver belongs.
    Membership {},
    /// w_ij = w_plus within assemblies, w_minus onto them from elsewhere, 1 onto neurons without patterns.
    Assemblies(Assemblies),
    /// w_ij = sum_t xi_i(t + 1) xi_j(t - delay) while pattern after pattern is shown, each for `hold` sweeps: what is seen now
    /// recalls what followed after the delay of the projection (Herz et al. 1989). Without hold and delay it is sum_mu
    /// xi_i^{mu+1} xi_j^mu: each pattern recalls the next (Sompolinsky and Kanter 1986; Kleinfeld 1986).
    Sequence {
        /// Whether the last pattern of a sequence is followed by its first.
        #[serde(default)]
        cyclic: bool,
        /// How long every pattern is shown; 1 sweep if left out. The default scale is 1/(N hold).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hold: Option<Duration>,
        /// Patterns of a sequence, so that every so many are one of their own; all of them if left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        length: Option<usize>,
    },
    /// J_ij <- clip( lambda J_ij + (strength / N) xi_i^mu xi_j^mu ), pattern after pattern: the old ones fade.
    Palimpsest(Palimpsest),
    /// J_ij <- J_ij + (xi_i xi_j - xi_i h_ji - h_ij xi_j)/N, pattern after pattern.
    Storkey(Storkey),
    /// J_ij = sum_{mu nu} xi_i^mu (C^-1)_{mu nu} xi_j^nu with C_{mu nu} = sum_k xi_k^mu xi_k^nu.
    PseudoInverse(PseudoInverse),
    /// J_ij = (A/N) sum_mu f(phi(xi_i^mu)) g(phi(xi_j^mu)) for graded patterns and the rates phi(xi) that they elicit.
    NonlinearHebb(NonlinearHebb),
    /// Steps down the gradient of a cost, to couplings that make the patterns likely at the next step.
    Gradient(Gradient),
    /// J_ij <- J_ij + (rate/N) xi_i^mu xi_j^mu wherever xi_i^mu sum_j J_ij xi_j^mu <= margin.
    Perceptron(Perceptron),
}

/// A rule that is not local.
trait Apart {
    /// Refuses what the rule cannot learn; `patterns` says how many there are.
    fn check(&self, wiring: &Wiring, patterns: usize) -> Result<()>;

    fn learn(&self, pathway: &Pathway) -> Result<Couplings>;
}

impl Learning {
    /// The name of the rule in a model file.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Hebb {} => "hebb",
            Self::LowActivity(_) => "low_activity",
            Self::SharedPatterns { .. } => "shared_patterns",
            Self::Membership {} => "membership",
            Self::Assemblies(_) => "assemblies",
            Self::Sequence { .. } => "sequence",
            Self::Palimpsest(_) => "palimpsest",
            Self::Storkey(_) => "storkey",
            Self::PseudoInverse(_) => "pseudo_inverse",
            Self::NonlinearHebb(_) => "nonlinear_hebb",
            Self::Gradient(_) => "gradient",
            Self::Perceptron(_) => "perceptron",
        }
    }

    /// The rule as a local one with its default scale, if it is; `n` is the mean in-degree.
    fn local(&self, n: f64) -> Result<Local, &dyn Apart> {
        Ok(match self {
            Self::Hebb {} => Local::signed(1.0 / n),
            Self::LowActivity(rule) => rule.local(n),
            Self::SharedPatterns { at_most } => {
                Local { at_most: *at_most, ..Local::counts(1.0 / n) }
            }
            Self::Assemblies(rule) => {
                Local { assemblies: Some(rule.clone()), ..Local::counts(1.0 / n) }
            }
            // xi_j = 0 for all senders, so that xi_j - a = 1.
            Self::Membership {} => Local { a: -1.0, blind: true, ..Local::counts(1.0 / n) },
            Self::Sequence { cyclic, hold, length } => {
                let shown = Shown::new(*cyclic, *hold, *length);
                Local { shown: Some(shown), ..Local::signed(1.0 / (n * shown.hold as f64)) }
            }
            Self::Palimpsest(rule) => rule.local(n),
            Self::Storkey(rule) => return Err(rule),
            Self::PseudoInverse(rule) => return Err(rule),
            Self::NonlinearHebb(rule) => return Err(rule),
            Self::Gradient(rule) => return Err(rule),
            Self::Perceptron(rule) => return Err(rule),
        })
    }

    /// Whether the rule is a plain sum over the patterns, which may have any scale.
    pub fn is_sum(&self) -> bool {
        !matches!(self, Self::Palimpsest(_)) && self.local(1.0).is_ok()
    }

    /// Whether w_ij counts patterns, and has one sign.
    pub(crate) fn is_count(&self) -> bool {
        self.local(1.0).is_ok_and(|local| local.is_count())
    }

    /// Whether no w_ij is below 0.
    pub(crate) fn is_positive(&self) -> bool {
        self.is_count() || matches!(self, Self::Assemblies(_))
    }

    /// Learns the patterns of a pathway that was checked.
    ///
    /// # Errors
    /// If it was not, if the rule needs patterns that are independent, or if its couplings grow beyond all numbers.
    pub fn learn(&self, pathway: &Pathway) -> Result<Couplings> {
        if let (Some(shown), true) = (self.of_values(), pathway.is_graded()) {
            let products = Products::new(pathway.patterns()?, shown, |xi| xi, |xi| xi);
            let unit = pathway.scale.unwrap_or(1.0 / pathway.wiring.mean_in_degree());
            return Ok(products.learn(unit, pathway.part, pathway));
        }
        match self.local(pathway.wiring.mean_in_degree()) {
            Ok(local) => local.on(pathway).learn(pathway),
            Err(rule) => rule.learn(pathway),
        }
    }

    /// Of a rule whose w_ij are products of the values of graded patterns as they are of -1 and 1: the sequences that it learns, if
    /// patterns do not recall themselves.
    fn of_values(&self) -> Option<Option<Shown>> {
        match *self {
            Self::Hebb {} => Some(None),
            Self::Sequence { cyclic, hold: None, length } => {
                Some(Some(Shown::new(cyclic, None, length)))
            }
            _ => None,
        }
    }

    /// The function of graded values whose results are their image in the synapses, and the middle of its range; none of
    /// rules that keep the values themselves.
    pub(crate) fn image(&self) -> Option<(impl Fn(f64) -> f64 + use<>, f64)> {
        if let Self::NonlinearHebb(rule) = self { Some(rule.image()) } else { None }
    }

    /// The weights of a rule that is a sum, pair by pair.
    pub(crate) fn sums<'a>(&self, pathway: &Pathway<'a>) -> Result<Sums<'a>> {
        match self.local(pathway.wiring.mean_in_degree()) {
            Ok(local) if self.is_sum() => local.on(pathway).sums(pathway),
            _ => Err(self.not_a_sum("between spiking neurons").at("learning")),
        }
    }

    /// One pattern after another, for rules that learn patterns of 0 and 1 so.
    ///
    /// # Errors
    /// If a population of the pathway has no patterns.
    pub fn learner(&self, pathway: &Pathway) -> Result<Option<Learner>> {
        let local = self.local(pathway.wiring.mean_in_degree()).ok();
        let local = local.filter(|local| local.assemblies.is_none() && !pathway.is_graded());
        local.map(|local| Learner::new(local.on(pathway), pathway)).transpose()
    }

    /// Memory in bytes that learning the couplings takes, which may be more than they take afterwards.
    pub fn bytes(&self, wiring: &Wiring, storage: Storage, patterns: usize) -> f64 {
        if storage == Storage::Votes {
            let neurons = wiring.receivers + if wiring.recurrent { 0 } else { wiring.senders };
            return 8.0 * (neurons * patterns.div_ceil(64) + 2 * wiring.receivers) as f64;
        }
        let local = self.local(1.0).ok();
        let patterns = patterns * local.as_ref().map_or(1, Local::times);
        let counts = local.is_some_and(|local| local.is_whole());
        let weight = match self {
            // f64 beside what is learned from it, or beside the i16 that it becomes.
            Self::Palimpsest(_) => 10.0,
            Self::Gradient(_) => 16.0,
            Self::Perceptron(_) => 24.0,
            // Counts that i16 does not hold for certain.
            _ if counts && patterns > 8191 => 10.0,
            _ if counts => 2.0,
            _ => 8.0,
        };
        wiring.coupling_bytes(weight)
    }
}
