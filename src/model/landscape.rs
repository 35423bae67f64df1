//! The landscape of a model whose neurons are graded.

use super::Model;
use crate::dynamics::Section;
use crate::dynamics::rate::Rate;
use crate::error::{Error, Result};
use crate::landscape::graded::{Graded, MOST_GRADED};
use crate::pattern::Patterns;
use crate::random::Seed;
use indexmap::IndexMap;

impl Model {
    /// The network of graded neurons that these patterns make, as a vector field of which fixed points can be sought.
    ///
    /// # Errors
    /// If its neurons are others, if it has noise, or more than [`MOST_GRADED`] neurons, or if its patterns cannot be stored.
    pub fn graded(&self, patterns: &IndexMap<String, Patterns>) -> Result<Graded> {
        Ok(self.graded_from(patterns)?.0)
    }

    /// The same network, and the state from which it runs.
    ///
    /// # Errors
    /// Those of [`graded`](Self::graded).
    pub fn graded_from(&self, patterns: &IndexMap<String, Patterns>) -> Result<(Graded, Vec<f64>)> {
        let Some(law) = self.dynamics.rate() else {
            let found = format!("found {} neurons", self.dynamics.nature().neurons);
            let allowed = "fixed points are sought of graded neurons";
            return Err(
                Error::input(found, allowed, "give a model with [dynamics.rate]").at("dynamics")
            );
        };
        if !self.dynamics.nature().relaxes {
            let allowed = "a fixed point is a state that stays, which noise does not allow";
            return Err(Error::input("found noise", allowed, "delete the lines with noise")
                .at("dynamics.rate"));
        }
        if self.dynamics.nature().whole_sweeps {
            let allowed = "fixed points are told apart for neurons in continuous time, or updated one at a time";
            let remedy = "write solver = \"adaptive\" with time constants, or solver = { sweeps = \"fixed\" }";
            return Err(Error::input("found neurons that are updated together", allowed, remedy)
                .at("dynamics.rate.solver"));
        }
        let size: usize = self.population.values().map(|p| p.size).sum();
        if size > MOST_GRADED {
            let found = format!("found {size} neurons");
            let allowed = format!("fixed points are sought of at most {MOST_GRADED}");
            return Err(Error::input(found, allowed, "make a population smaller").at("population"));
        }
        let rate = Rate::new(self.wire(patterns)?, law, Seed(self.seed));
        Ok((Graded::new(rate.vector_field())?, rate.state().to_vec()))
    }
}
