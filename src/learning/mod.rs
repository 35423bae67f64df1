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
mod pathway;
mod crosstalk;

pub use covariance::Covariance;
pub use crosstalk::{crosstalk, unstable};
pub use hebb::Hebb;
pub use local::{Learner, Local};
pub use low_activity::{LowActivity, Part, memberships};
pub use palimpsest::Palimpsest;
pub use pathway::{Pathway, Storage};
pub use sequence::Sequence;

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
}

impl Learning {
    /// The name of the rule in a model file.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Hebb(_) => "hebb",
            Self::LowActivity(_) => "low_activity",
            Self::Sequence(_) => "sequence",
            Self::Palimpsest(_) => "palimpsest",
        }
    }

    /// The rule as a local one, if it is; `n` is the mean in-degree.
    pub fn local(&self, n: f64) -> Option<Local> {
        match self {
            Self::Hebb(rule) => Some(rule.local(n)),
            Self::LowActivity(rule) => Some(rule.local(n)),
            Self::Sequence(rule) => Some(rule.local(n)),
            Self::Palimpsest(rule) => Some(rule.local(n)),
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
        let own = match self {
            Self::Hebb(rule) => rule.check(),
            Self::LowActivity(rule) => rule.check(),
            Self::Sequence(rule) => rule.check(),
            Self::Palimpsest(rule) => rule.check(),
        };
        own.map_err(|e| e.within(self.name()).within("learning"))?;
        pathway::check_patterns(senders, receivers)
            .map_err(|e| e.within(self.name()).within("learning"))?;
        if storage == Storage::Votes {
            self.check_votes(wiring)?;
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
        let local = self.local(pathway.wiring.mean_in_degree());
        let local = local.unwrap_or_else(|| unreachable!());
        local.learn(pathway)
    }

    /// One pattern after another, for rules that learn so.
    pub fn learner(&self, pathway: &Pathway) -> Result<Option<Learner>> {
        let local = self.local(pathway.wiring.mean_in_degree());
        local.map(|local| Learner::new(local, pathway)).transpose()
    }

    /// Whether J_ij = J_ji for every pair that is coupled in both directions, where the rule makes that certain.
    pub fn is_symmetric(&self) -> bool {
        match self {
            Self::Hebb(_) | Self::Palimpsest(_) => true,
            Self::LowActivity(rule) => rule.a == rule.b(),
            Self::Sequence(_) => false,
        }
    }

    /// Expected memory of the couplings in bytes, for the number of patterns.
    pub fn bytes(&self, wiring: &Wiring, storage: Storage, patterns: usize) -> f64 {
        let (senders, receivers) = (wiring.senders as f64, wiring.receivers as f64);
        if storage == Storage::Votes {
            return (senders + receivers) * patterns.div_ceil(64) as f64 * 8.0;
        }
        let weight = if self.local(1.0).is_some_and(|local| local.is_whole()) { 2.0 } else { 8.0 };
        match wiring.connect {
            Connect::AllToAll => senders * receivers * weight,
            _ => wiring.expected() * (4.0 + weight) + 8.0 * senders,
        }
    }
}
