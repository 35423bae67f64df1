//! What rules refuse: values, graphs, scales, storage and patterns for which they are not made.

use super::pathway::check_patterns;
use super::sequence::check_shown;
use super::{Learning, Pathway, Signs, Storage};
use crate::error::{Error, Result};
use crate::synapse::{Connect, Wiring};

impl Learning {
    /// The error of what only sums over the patterns have, or of networks that learn only these.
    pub(crate) fn not_a_sum(&self, found: &str) -> Error {
        Error::input(
            format!("found the rule `{}` {found}", self.name()),
            "sums over the patterns have any scale, in every network: hebb, low_activity, sequence, shared_patterns, \
             membership, assemblies",
            "choose one of these, or leave it out",
        )
    }

    /// Refuses what the pathway cannot learn; `senders` and `receivers` say how many patterns the two
    /// populations hold, if any.
    ///
    /// # Errors
    /// At the key of the projection that is to be changed.
    pub fn check(
        &self,
        pathway: &Pathway,
        (senders, receivers): (Option<usize>, Option<usize>),
    ) -> Result<()> {
        let wiring = pathway.wiring;
        let at_rule = |e: Error| e.within(self.name()).within("learning");
        // Senders without patterns count as background.
        let paired = match self {
            Self::Membership {} => receivers,
            Self::LowActivity(_) => senders.or(receivers),
            _ => senders,
        };
        check_patterns(paired, receivers).map_err(at_rule)?;
        let patterns = senders.unwrap_or(0);
        match self {
            Self::LowActivity(rule) => rule.check(),
            Self::Assemblies(rule) => rule.check(),
            Self::SharedPatterns { at_most: Some(0) } => Err(Error::value(
                "at_most",
                "found at_most = 0",
                "a synapse counts at least one pattern",
                "1",
            )),
            Self::Palimpsest(rule) => rule.check(),
            Self::Sequence { cyclic, hold, length } => {
                check_shown(*cyclic, *hold, *length, patterns, pathway.delay)
            }
            _ => self.local(1.0).err().map_or(Ok(()), |rule| rule.check(wiring, patterns)),
        }
        .map_err(at_rule)?;
        self.check_scale(pathway)?;
        self.check_wiring(wiring)?;
        if pathway.storage == Storage::Votes {
            self.check_votes(pathway)?;
        }
        Ok(())
    }

    /// Refuses a time for which patterns are shown, where no states follow one another.
    pub(crate) fn check_timeless(&self) -> Result<()> {
        match self {
            Self::Sequence { hold: Some(_), .. } => Err(Error::input(
                "found `hold` between spiking neurons",
                "sweeps are those of neurons that are updated together",
                "delete it",
            )
            .at("learning.sequence.hold")),
            _ => Ok(()),
        }
    }

    /// Refuses a scale or a part where the rule has none, and the lack of a scale where the default is infinite.
    fn check_scale(&self, pathway: &Pathway) -> Result<()> {
        if !self.is_sum() {
            return match (pathway.scale, pathway.part) {
                (Some(_), _) => Err(self.not_a_sum("beside a scale").at("scale")),
                (None, Signs::Both) => Ok(()),
                _ => Err(self.not_a_sum("beside a part").at("part")),
            };
        }
        match self {
            Self::SharedPatterns { .. } | Self::Membership {} | Self::Assemblies(_)
                if pathway.part == Signs::Negative =>
            {
                Err(Error::input(
                    format!("found the negative part of the rule `{}`", self.name()),
                    "it is never negative",
                    "write a negative scale for inhibition, and delete the part",
                )
                .at("part"))
            }
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
        let votes = self.local(1.0).is_ok_and(|local| local.adds_up());
        if !votes || pathway.part != Signs::Both {
            let what = if votes { "one sign of the rule" } else { "couplings of the rule" };
            return Err(Error::input(
                format!("found storage = \"votes\" for {what} `{}`", self.name()),
                "patterns vote where every one adds the same: hebb, low_activity, sequence, shared_patterns (without at_most), membership",
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

    /// Refuses patterns of a kind that the rule does not learn; says whether those of senders and receivers are graded.
    pub(crate) fn check_graded(
        &self,
        senders: bool,
        receivers: bool,
        storage: Storage,
    ) -> Result<()> {
        let nonlinear = matches!(self, Self::NonlinearHebb(_));
        let graded = senders && receivers;
        let known = nonlinear || self.of_values().is_some();
        if graded && known && storage == Storage::Votes {
            return Err(Error::input(
                "found storage = \"votes\" for graded patterns",
                "patterns of 0 and 1 vote",
                "delete the line",
            )
            .at("storage"));
        }
        if (graded && known) || !(senders || receivers || nonlinear) {
            return Ok(());
        }
        let (found, allowed, remedy) = match (known, nonlinear) {
            (false, _) => (
                "graded patterns",
                "it learns patterns of 0 and 1",
                "write hebb, sequence or nonlinear_hebb, or other patterns",
            ),
            (true, true) => (
                "patterns of 0 and 1",
                "it learns graded patterns",
                "write [patterns.E.gaussian], or another rule",
            ),
            (true, false) => (
                "graded patterns of one population, and others of the other",
                "a rule pairs patterns of one kind",
                "give both populations graded patterns",
            ),
        };
        let found = format!("found the rule `{}` for {found}", self.name());
        Err(Error::input(found, allowed, remedy).at("learning"))
    }
}
