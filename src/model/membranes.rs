//! What neurons with membranes are, before there is a network.

use super::Model;
use crate::dynamics::Cell;
use crate::network::Projection;
use crate::random::Seed;
use crate::synapse::Connect;

/// Where so many synapses are expected, there are some.
const MANY: f64 = 100.0;

impl Model {
    /// The neurons of a population, if they have membranes.
    pub(crate) fn membranes(&self, population: &str) -> Vec<Cell> {
        let cells = self.dynamics.cells().and_then(|cells| cells.get(population));
        let Some(neurons) = cells.and_then(|cells| cells.neurons()) else { return Vec::new() };
        let external = neurons.external().map(|(_, tau)| tau);
        let received = self.received(population).flat_map(time_constants);
        let mut tau_syn: Vec<f64> = received.chain(external).filter(|tau| *tau > 0.0).collect();
        tau_syn.sort_unstable_by(f64::total_cmp);
        tau_syn.dedup();
        let drawn = neurons.draw(population, self.population[population].size, Seed(self.seed));
        let cell = |theta: &f64| Cell {
            theta: *theta,
            v_reset: neurons.v_reset.value(),
            tau_syn: tau_syn.clone(),
            adaptation: neurons.adaptation.map(|own| own.tau.value()),
            moving_threshold: neurons.moving_threshold.map(|own| own.tau.value()),
        };
        drawn.theta.iter().map(cell).collect()
    }

    /// Whether a population may have no synapses with this time constant (ms): all those that would have it are drawn by chance, or
    /// read.
    pub(crate) fn may_lack(&self, population: &str, tau: f64) -> bool {
        let cells = self.dynamics.cells().and_then(|cells| cells.get(population));
        let external = cells.and_then(|cells| cells.neurons()?.external());
        let may_be_empty = |projection: &Projection| {
            let expected = self.plan().wiring(projection).map_or(0.0, |wiring| wiring.expected());
            expected
                < match projection.connect {
                    Connect::Probability(_) | Connect::Assemblies(_) | Connect::Distance(_) => MANY,
                    Connect::File(_) => f64::INFINITY,
                    _ => 1.0,
                }
        };
        let has = |projection: &&Projection| time_constants(projection).any(|own| own == tau);
        external.is_none_or(|(_, own)| own != tau)
            && self.received(population).filter(has).all(may_be_empty)
    }

    /// The projections onto a population.
    fn received<'a>(&'a self, population: &'a str) -> impl Iterator<Item = &'a Projection> {
        self.projection.values().filter(move |projection| projection.to == population)
    }
}

/// Of the currents of its synapses, ms.
fn time_constants(projection: &Projection) -> impl Iterator<Item = f64> + use<> {
    projection.kernel().exponentials().into_iter().map(|(tau, _)| tau)
}
