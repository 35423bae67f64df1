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
//! | [`Hebb`] | xi, xi of -1 and 1 | 1/N | 1 | - | 0 |
//! | [`Covariance`] | xi - b, xi - a of 0 and 1 | 1/(N a (1 - a)) | 1 | - | 0 |
//! | [`Sequence`] | xi, xi of -1 and 1 | strength/N | 1 | - | 1 |
//! | [`Palimpsest`] | xi, xi of -1 and 1 | strength/N | <= 1 | clip | 0 |
//!
//! and is a [`Local`]; N is the mean in-degree, the number of senders where all neurons are coupled. The others
//! need the fields of neurons ([`Storkey`], [`Gradient`], [`Perceptron`]) or the overlaps of patterns
//! ([`PseudoInverse`]), or do not learn ([`Random`], [`Prescribed`]). The rule of spiking networks,
//! [`LowActivity`], has the sum of [`Covariance`], divided among pathways by its sign.

mod low_activity;
mod hebb;
mod covariance;
mod sequence;
mod palimpsest;
mod local;
mod storkey;
mod pseudo_inverse;
mod gradient;
mod perceptron;
mod random;
mod prescribed;
mod pathway;
mod crosstalk;

pub use covariance::Covariance;
pub use crosstalk::{crosstalk, unstable};
pub use gradient::{Gradient, descent};
pub use hebb::Hebb;
pub use local::{Learner, Local};
pub use low_activity::{LowActivity, Part, memberships};
pub use palimpsest::Palimpsest;
pub use pathway::{Pathway, Storage};
pub use perceptron::Perceptron;
pub use prescribed::Prescribed;
pub use pseudo_inverse::PseudoInverse;
pub use random::Random;
pub use sequence::Sequence;
pub use storkey::Storkey;

use crate::error::{Error, Result};
use crate::synapse::{Connect, Couplings, Wiring};
use serde::{Deserialize, Serialize};

/// How the couplings of a binary network come from its patterns; the key `learning` of a projection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Learning {
    Hebb(Hebb),
    /// The rule for patterns of low activity.
    LowActivity(Covariance),
    Sequence(Sequence),
    Palimpsest(Palimpsest),
    Storkey(Storkey),
    PseudoInverse(PseudoInverse),
    Gradient(Gradient),
    Perceptron(Perceptron),
    Random(Random),
    Prescribed(Prescribed),
}

impl Learning {
    /// The name of the rule in a model file.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Hebb(_) => "hebb",
            Self::LowActivity(_) => "low_activity",
            Self::Sequence(_) => "sequence",
            Self::Palimpsest(_) => "palimpsest",
            Self::Storkey(_) => "storkey",
            Self::PseudoInverse(_) => "pseudo_inverse",
            Self::Gradient(_) => "gradient",
            Self::Perceptron(_) => "perceptron",
            Self::Random(_) => "random",
            Self::Prescribed(_) => "prescribed",
        }
    }

    /// The rule as a local one, if it is; `n` is the mean in-degree.
    pub fn local(&self, n: f64) -> Option<Local> {
        match self {
            Self::Hebb(rule) => Some(rule.local(n)),
            Self::LowActivity(rule) => Some(rule.local(n)),
            Self::Sequence(rule) => Some(rule.local(n)),
            Self::Palimpsest(rule) => Some(rule.local(n)),
            _ => None,
        }
    }

    /// Refuses what the projection cannot learn; `senders` and `receivers` say how many patterns the two
    /// populations hold, if any. The key of the error is one of the projection.
    pub fn check(
        &self,
        wiring: &Wiring,
        symmetric: bool,
        storage: Storage,
        (senders, receivers): (Option<usize>, Option<usize>),
    ) -> Result<()> {
        pathway::check_symmetric(wiring, symmetric)?;
        let at_rule = |e: Error| e.within(self.name()).within("learning");
        if !matches!(self, Self::Random(_) | Self::Prescribed(_)) {
            pathway::check_patterns(senders, receivers).map_err(at_rule)?;
        }
        let patterns = senders.unwrap_or(0);
        match self {
            Self::Hebb(rule) => rule.check(),
            Self::LowActivity(rule) => rule.check(),
            Self::Sequence(rule) => rule.check(),
            Self::Palimpsest(rule) => rule.check(),
            Self::Storkey(_) => Ok(()),
            Self::PseudoInverse(rule) => rule.check(wiring, patterns),
            Self::Gradient(rule) => rule.check(),
            Self::Perceptron(rule) => rule.check(patterns),
            Self::Random(rule) => rule.check(),
            Self::Prescribed(rule) => rule.check(wiring),
        }
        .map_err(at_rule)?;
        self.check_wiring(wiring)?;
        if storage == Storage::Votes {
            self.check_votes(wiring)?;
        }
        Ok(())
    }

    /// Refuses graphs on which the rule is not defined.
    fn check_wiring(&self, wiring: &Wiring) -> Result<()> {
        let everywhere = match self {
            Self::Storkey(_) | Self::PseudoInverse(_) | Self::Gradient(_) => {
                "the rule computes a coupling from those of all other neurons"
            }
            Self::Prescribed(_) => "a matrix gives the coupling of every pair",
            _ => return Ok(()),
        };
        let found = format!("found the rule `{}`", self.name());
        if wiring.connect != Connect::AllToAll {
            return Err(Error::input(
                format!("{found} on a diluted projection"),
                everywhere,
                "write connect = \"all_to_all\"; the rules hebb and perceptron learn on any graph",
            )
            .at("connect"));
        }
        if !matches!(self, Self::Storkey(_) | Self::Gradient(_)) {
            return Ok(());
        }
        if !wiring.recurrent {
            return Err(Error::input(
                format!("{found} between two populations"),
                "it is defined for a population that is coupled to itself",
                "write from and to the same population, or another rule",
            )
            .at("learning"));
        }
        if wiring.autapses {
            return Err(Error::input(
                format!("{found} with autapses = true"),
                "its couplings have no diagonal",
                "write autapses = false",
            )
            .at("autapses"));
        }
        Ok(())
    }

    fn check_votes(&self, wiring: &Wiring) -> Result<()> {
        if !self.local(1.0).is_some_and(|local| local.is_sum()) {
            return Err(Error::input(
                format!("found storage = \"votes\" for couplings of the rule `{}`", self.name()),
                "patterns vote where every one adds the same: hebb, low_activity, sequence",
                "write storage = \"matrix\", or delete the line",
            )
            .at("storage"));
        }
        if wiring.connect != Connect::AllToAll {
            return Err(Error::input(
                "found storage = \"votes\" for a diluted projection",
                "patterns vote where every neuron is coupled to every other",
                "write connect = \"all_to_all\", or storage = \"matrix\"",
            )
            .at("storage"));
        }
        Ok(())
    }

    /// Learns the patterns of a pathway that was checked.
    pub fn learn(&self, pathway: &Pathway) -> Result<Couplings> {
        let n = pathway.wiring.mean_in_degree();
        match self {
            Self::Hebb(rule) => rule.local(n).learn(pathway),
            Self::LowActivity(rule) => rule.local(n).learn(pathway),
            Self::Sequence(rule) => rule.local(n).learn(pathway),
            Self::Palimpsest(rule) => rule.local(n).learn(pathway),
            Self::Storkey(rule) => rule.learn(pathway),
            Self::PseudoInverse(rule) => rule.learn(pathway),
            Self::Gradient(rule) => rule.learn(pathway),
            Self::Perceptron(rule) => rule.learn(pathway),
            Self::Random(rule) => Ok(rule.draw(pathway)),
            Self::Prescribed(rule) => Ok(rule.couplings(pathway)),
        }
    }

    /// One pattern after another, for rules that learn so.
    pub fn learner(&self, pathway: &Pathway) -> Result<Option<Learner>> {
        let local = self.local(pathway.wiring.mean_in_degree());
        local.map(|local| Learner::new(local, pathway)).transpose()
    }

    /// Whether J_ij = J_ji for every pair that is coupled in both directions, where the rule makes that certain.
    pub fn is_symmetric(&self) -> bool {
        match self {
            Self::Hebb(_)
            | Self::Palimpsest(_)
            | Self::Storkey(_)
            | Self::PseudoInverse(_)
            | Self::Gradient(_) => true,
            Self::LowActivity(rule) => rule.a == rule.b(),
            Self::Random(rule) => rule.symmetry == 1.0,
            Self::Sequence(_) | Self::Perceptron(_) => false,
            Self::Prescribed(Prescribed(rows)) => rows.iter().enumerate().all(|(i, row)| {
                row.iter().enumerate().all(|(j, w)| rows.get(j).and_then(|r| r.get(i)) == Some(w))
            }),
        }
    }

    /// Memory in bytes that learning the couplings takes, which may be more than they take afterwards.
    pub fn bytes(&self, wiring: &Wiring, storage: Storage, patterns: usize) -> f64 {
        let (senders, receivers) = (wiring.senders as f64, wiring.receivers as f64);
        if storage == Storage::Votes {
            return (senders + receivers) * patterns.div_ceil(64) as f64 * 8.0;
        }
        let counts = self.local(1.0).is_some_and(|local| local.is_whole());
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
        match wiring.connect {
            Connect::AllToAll => senders * receivers * weight,
            _ => wiring.expected() * (4.0 + weight) + 8.0 * senders,
        }
    }
}
