//! How fast trajectories that begin together part: the largest Lyapunov exponent, by a shadow trajectory.

use super::{Dynamics, Effect, Field, Imposed};
use crate::error::Result;
use crate::random::Seed;

/// How a shadow trajectory is followed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shadow {
    /// Distance at which it begins: root of the mean square over neurons, in units of the span between the activities of an
    /// inactive and an active neuron. Small beside what the activities vary, large beside the error of the solver.
    pub distance: f64,
    /// Time between two moments at which it is put back to this distance, a whole number of steps; in the unit of the dynamics.
    pub interval: f64,
    /// Number of such intervals.
    pub intervals: usize,
}

impl Shadow {
    /// The rate, per unit of time, at which the distance of `network` from a neighbour grows in every interval, while `held`
    /// is shown,
    ///
    /// ```text
    /// ln( d(t + interval) / distance ) / interval;
    /// ```
    ///
    /// its mean over many intervals, without the first ones, in which the difference turns to where it grows fastest, is the
    /// largest Lyapunov exponent (Benettin, Galgani and Strelcyn, Phys. Rev. A 14:2338, 1976). The neighbour begins in a random
    /// direction from `seed`. `levels` are the activities of an inactive and an active neuron, for every neuron.
    ///
    /// Of activities that are graded; noise is the same for both, and begins anew in every interval. It is -inf where the
    /// distance vanishes, which ends the list.
    ///
    /// # Errors
    /// If the network diverges.
    pub fn growth(
        &self,
        network: &dyn Dynamics,
        held: &Field,
        levels: &[[f64; 2]],
        seed: Seed,
    ) -> Result<Vec<f64>> {
        let mut stream = seed.stream("shadow", 0);
        let shares = |network: &dyn Dynamics| -> Vec<f64> {
            let each = network.observable().activity().iter().zip(levels);
            each.map(|(r, [low, high])| (r - low) / (high - low)).collect()
        };
        let put = |network: &mut dyn Dynamics, shares: &[f64]| {
            let mut field = held.clone();
            for (i, share) in shares.iter().enumerate() {
                field.add([i], Effect::Imposed(Imposed::Placed(*share)));
            }
            network.drive(&field);
        };
        // Both are put into their state, for steps begin where they are.
        let mut both = [network.branch(seed), network.branch(seed)];
        let mut near = shares(&*both[0]);
        let mut apart: Vec<f64> = near.iter().map(|_| stream.normal()).collect();
        let mut growth = Vec::new();
        for _ in 0..self.intervals {
            let scale = self.distance / distance(&apart);
            let far: Vec<f64> = near.iter().zip(&apart).map(|(x, d)| x + scale * d).collect();
            for (network, state) in both.iter_mut().zip([&near, &far]) {
                put(&mut **network, state);
                let until = network.time() + self.interval;
                network.advance(until)?;
            }
            near = shares(&*both[0]);
            apart = shares(&*both[1]).iter().zip(&near).map(|(far, near)| far - near).collect();
            growth.push((distance(&apart) / self.distance).ln() / self.interval);
            if distance(&apart) == 0.0 {
                break;
            }
        }
        Ok(growth)
    }
}

fn distance(apart: &[f64]) -> f64 {
    (apart.iter().map(|d| d * d).sum::<f64>() / apart.len() as f64).sqrt()
}
