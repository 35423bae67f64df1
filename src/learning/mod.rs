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
//! | [`LowActivity`] | xi - b, xi - a of 0 and 1 | 1/(N a (1 - a)) | 1 | - | 0 |
//! | [`SharedPatterns`] | xi, xi of 0 and 1 | 1/N | 1 | - | 0 |
//! | [`Membership`] | xi of 0 and 1, 1 | 1/N | 1 | - | 0 |
//! | [`Sequence`] | xi, xi of -1 and 1 | 1/N | 1 | - | 1 |
//! | [`Palimpsest`] | xi, xi of -1 and 1 | strength/N | <= 1 | clip | 0 |
//!
//! and is a [`Local`]; N is the mean in-degree, the number of senders where all neurons are coupled. The first five are
//! plain sums over the patterns: a projection may give them another scale A, a unit, a sign, and one sign of the sum
//! ([`Part`]), so that every network can learn them. The others need the fields of neurons ([`Storkey`], [`Gradient`],
//! [`Perceptron`]) or the overlaps of patterns ([`PseudoInverse`]).

mod hebb;
mod low_activity;
mod counts;
mod sequence;
mod palimpsest;
mod local;
mod storkey;
mod pseudo_inverse;
mod gradient;
mod perceptron;
mod pathway;
mod crosstalk;

pub use counts::{Membership, SharedPatterns};
pub use crosstalk::{crosstalk, unstable};
pub use gradient::{Gradient, descent};
pub use hebb::Hebb;
pub use local::{Learner, Local, Sums};
pub use low_activity::LowActivity;
pub use palimpsest::Palimpsest;
pub use pathway::{Part, Pathway, Storage};
pub use perceptron::Perceptron;
pub use pseudo_inverse::PseudoInverse;
pub use sequence::Sequence;
pub use storkey::Storkey;

use crate::error::{Error, Result};
use crate::synapse::{Connect, Couplings, Wiring};
use serde::{Deserialize, Serialize};

/// How synapses come from the patterns; the key `learning` of a projection. Written as the name of a rule, "hebb", or as
/// a table with one key, { low_activity = { a = 0.1 } }.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Learning {
    Hebb(Hebb),
    LowActivity(LowActivity),
    SharedPatterns(SharedPatterns),
    Membership(Membership),
    Sequence(Sequence),
    Palimpsest(Palimpsest),
    Storkey(Storkey),
    PseudoInverse(PseudoInverse),
    Gradient(Gradient),
    Perceptron(Perceptron),
}

impl Learning {
    /// The name of the rule in a model file.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Hebb(_) => "hebb",
            Self::LowActivity(_) => "low_activity",
            Self::SharedPatterns(_) => "shared_patterns",
            Self::Membership(_) => "membership",
            Self::Sequence(_) => "sequence",
            Self::Palimpsest(_) => "palimpsest",
            Self::Storkey(_) => "storkey",
            Self::PseudoInverse(_) => "pseudo_inverse",
            Self::Gradient(_) => "gradient",
            Self::Perceptron(_) => "perceptron",
        }
    }

    /// The rule as a local one, if it is, with its default scale; `n` is the mean in-degree.
    fn local(&self, n: f64) -> Option<Local> {
        match self {
            Self::Hebb(rule) => Some(rule.local(n)),
            Self::LowActivity(rule) => Some(rule.local(n)),
            Self::SharedPatterns(rule) => Some(rule.local(n)),
            Self::Membership(rule) => Some(rule.local(n)),
            Self::Sequence(rule) => Some(rule.local(n)),
            Self::Palimpsest(rule) => Some(rule.local(n)),
            _ => None,
        }
    }

    /// The rule as a local one, if it is, with the scale and the part of a pathway.
    fn local_of(&self, pathway: &Pathway) -> Option<Local> {
        Some(self.local(pathway.wiring.mean_in_degree())?.on(pathway))
    }

    /// Whether the rule is a plain sum over the patterns, which may have any scale.
    pub fn is_sum(&self) -> bool {
        !matches!(self, Self::Palimpsest(_)) && self.local(1.0).is_some()
    }

    /// Whether w_ij counts patterns, and has one sign.
    pub fn is_count(&self) -> bool {
        self.local(1.0).is_some_and(|local| local.is_count())
    }

    /// The error of a key that only sums over patterns have, and of networks that learn only these.
    pub fn not_a_sum(&self, found: &str) -> Error {
        Error::input(
            format!("found {found} of the rule `{}`, which has a scale of its own", self.name()),
            "hebb, low_activity, shared_patterns, membership and sequence are sums over the patterns, which may have any",
            "choose one of these, or delete the line",
        )
    }

    /// Refuses what the pathway cannot learn; `senders` and `receivers` say how many patterns the two
    /// populations hold, if any. The key of the error is one of the projection.
    pub fn check(
        &self,
        pathway: &Pathway,
        (senders, receivers): (Option<usize>, Option<usize>),
    ) -> Result<()> {
        let wiring = pathway.wiring;
        let at_rule = |e: Error| e.within(self.name()).within("learning");
        // Senders without patterns count as background.
        let paired = match self {
            Self::Membership(_) => receivers,
            Self::LowActivity(_) => senders.or(receivers),
            _ => senders,
        };
        pathway::check_patterns(paired, receivers).map_err(at_rule)?;
        let patterns = senders.unwrap_or(0);
        match self {
            Self::Hebb(_) | Self::SharedPatterns(_) | Self::Membership(_) => Ok(()),
            Self::LowActivity(rule) => rule.check(),
            Self::Sequence(_) | Self::Storkey(_) => Ok(()),
            Self::Palimpsest(rule) => rule.check(),
            Self::PseudoInverse(rule) => rule.check(wiring, patterns),
            Self::Gradient(rule) => rule.check(),
            Self::Perceptron(rule) => rule.check(patterns),
        }
        .map_err(at_rule)?;
        self.check_scale(pathway)?;
        self.check_wiring(wiring)?;
        if pathway.storage == Storage::Votes {
            self.check_votes(pathway)?;
        }
        Ok(())
    }

    /// Refuses a scale or a part where the rule has none, and the lack of a scale where the default is infinite.
    fn check_scale(&self, pathway: &Pathway) -> Result<()> {
        if !self.is_sum() {
            return match (pathway.scale, pathway.part) {
                (Some(_), _) => Err(self.not_a_sum("a scale").at("scale")),
                (None, Part::Both) => Ok(()),
                _ => Err(self.not_a_sum("a part").at("part")),
            };
        }
        match self {
            Self::LowActivity(rule)
                if pathway.scale.is_none() && rule.a * (1.0 - rule.a) == 0.0 =>
            {
                Err(Error::input(
                    format!("found a = {} without a scale", rule.a),
                    "the default 1/(N a (1 - a)) needs a between 0 and 1, both excluded",
                    "write for example scale = 0.01 beside learning",
                )
                .at("learning.low_activity.a"))
            }
            _ => Ok(()),
        }
    }

    /// Refuses graphs on which the rule is not defined.
    fn check_wiring(&self, wiring: &Wiring) -> Result<()> {
        if !matches!(self, Self::Storkey(_) | Self::PseudoInverse(_) | Self::Gradient(_)) {
            return Ok(());
        }
        let found = format!("found the rule `{}`", self.name());
        if wiring.connect != Connect::AllToAll {
            return Err(Error::input(
                format!("{found} on a diluted projection"),
                "the rule computes a coupling from those of all other neurons",
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

    fn check_votes(&self, pathway: &Pathway) -> Result<()> {
        let vote = self.local(1.0).is_some_and(|local| local.is_sum());
        if !vote || pathway.part != Part::Both {
            return Err(Error::input(
                match vote {
                    true => "found storage = \"votes\" for one sign of a sum".to_owned(),
                    false => {
                        let name = self.name();
                        format!("found storage = \"votes\" for couplings of the rule `{name}`")
                    }
                },
                "patterns vote where every one adds the same: hebb, low_activity, sequence",
                "write storage = \"matrix\", or delete the line",
            )
            .at("storage"));
        }
        if pathway.wiring.connect != Connect::AllToAll {
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
        let learn = |local: Local| local.on(pathway).learn(pathway);
        match self {
            Self::Hebb(rule) => learn(rule.local(n)),
            Self::LowActivity(rule) => learn(rule.local(n)),
            Self::SharedPatterns(rule) => learn(rule.local(n)),
            Self::Membership(rule) => learn(rule.local(n)),
            Self::Sequence(rule) => learn(rule.local(n)),
            Self::Palimpsest(rule) => learn(rule.local(n)),
            Self::Storkey(rule) => rule.learn(pathway),
            Self::PseudoInverse(rule) => rule.learn(pathway),
            Self::Gradient(rule) => rule.learn(pathway),
            Self::Perceptron(rule) => rule.learn(pathway),
        }
    }

    /// The weights of a rule that is a sum, pair by pair.
    pub fn sums<'a>(&self, pathway: &Pathway<'a>) -> Result<Sums<'a>> {
        match self.local_of(pathway).filter(|_| self.is_sum()) {
            Some(local) => local.sums(pathway),
            None => Err(self.not_a_sum("synapses").at("learning")),
        }
    }

    /// One pattern after another, for rules that learn so.
    pub fn learner(&self, pathway: &Pathway) -> Result<Option<Learner>> {
        self.local_of(pathway).map(|local| Learner::new(local, pathway)).transpose()
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
