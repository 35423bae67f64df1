//! Efficacies that fall with the distance.

use crate::error::Result;
use crate::learning::Pathway;
use crate::network::{Strength, Transmission};
use crate::space::{Between, Profile};
use crate::synapse::{Couplings, RowsBuilder, Wiring};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// J(d) = J_far + (J_near - J_far) f(d) of a pair at the distance d (Compte, Brunel, Goldman-Rakic and Wang 2000; Ben-Yishai,
/// Bar-Or and Sompolinsky 1995 with a cosine). A pair with J = 0 has no synapse between spiking neurons.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Falling {
    /// J of neurons at the same place.
    pub near: Strength,
    /// J where f is 0; 0 if left out. Between spiking neurons its sign is that of `near`.
    pub far: Option<Strength>,
    /// f(d).
    pub profile: Profile,
}

impl Falling {
    /// Refuses populations that are nowhere, and efficacies without a meaning or effect.
    pub(super) fn check(&self, wiring: &Wiring, transmission: Transmission) -> Result<()> {
        let placed = wiring.placed("efficacies")?;
        self.profile.check(placed.senders.space()).map_err(|e| e.within("profile"))?;
        self.far.map_or(Ok(()), |far| far.check(transmission)).map_err(|e| e.at("far"))?;
        let near = match self.far.is_some_and(|far| far.value() != 0.0) {
            true => self.near.check(transmission),
            false => self.near.check_effect(transmission),
        };
        near.map_err(|e| e.at("near"))
    }

    /// J at both ends.
    fn ends(&self) -> [f64; 2] {
        [self.near.value(), self.far.map_or(0.0, Strength::value)]
    }

    /// Whether all excite (`Some(true)`) or inhibit (`Some(false)`).
    pub(in crate::network) fn sign(&self) -> Option<bool> {
        let [near, far] = self.ends();
        (near * far >= 0.0).then_some(near + far > 0.0)
    }

    fn at(&self, d: f64) -> f64 {
        let [near, far] = self.ends();
        far + (near - far) * self.profile.at(d)
    }

    /// Adds the synapses of sender `j` onto `targets` (counted from the start of `portion`) to `rows`.
    pub(in crate::network) fn push_row(
        &self,
        between: &Between,
        (j, portion, targets): (usize, &Range<usize>, &[u16]),
        rows: &mut RowsBuilder,
    ) {
        for &target in targets {
            let value = self.at(between.distance(portion.start + usize::from(target), j)) as f32;
            if value != 0.0 {
                rows.push_real(target, value);
            }
        }
    }

    /// The couplings of a pathway that was checked.
    pub(super) fn couplings(&self, pathway: &Pathway) -> Result<Couplings> {
        let between = pathway.wiring.placed("efficacies")?;
        let graph = pathway.graph();
        let weights = graph.fill(|i, j| self.at(between.distance(i, j)));
        Ok(Couplings::real(graph, 1.0, weights))
    }
}
