//! Mean-field theory of a sparse random network: every population's rate, consistent with those of all others.
//!
//! A neuron of population b receives K synapses of efficacy J from every population a, whose neurons fire irregularly and
//! independently at rate nu_a:
//!
//! ```text
//! mu_b = current + tau_m sum_a K <J> nu_a      sigma_b^2 = tau_m sum_a K <J^2> nu_a      nu_b = phi(mu_b, sigma_b)
//! ```
//!
//! with phi the rate of [`Siegert`]. In-degrees, efficacies and the senders' rates differ from neuron to neuron, so that mu_b
//! is normal with a variance Delta^2 that follows from the connection rule; nu_b and `<nu_b^2>` are means over it, and
//! the latter enters the Delta^2 of all receivers.
//!
//! Sources: D. J. Amit and N. Brunel, Cereb. Cortex 7:237 and Network 8:373 (1997); N. Brunel, J. Comput. Neurosci. 8:183
//! (2000). Left out are correlations between neurons and in time (so it describes asynchronous states), and the
//! size of single efficacies against sigma.

use super::{Siegert, linear};
use crate::network::Afferents;

/// A population as the theory sees it.
#[derive(Clone, Debug)]
pub struct Population {
    /// Its neurons.
    pub neuron: Siegert,
    /// Constant input, mV above rest.
    pub current: f64,
    /// What its neurons receive.
    pub pathways: Vec<Pathway>,
}

/// The synapses of one projection onto a population, or its external input.
#[derive(Clone, Debug)]
pub struct Pathway {
    /// Who sends.
    pub from: Sender,
    /// What arrives at one neuron.
    pub afferents: Afferents,
    /// Synaptic time constant, ms; well below tau_m.
    pub tau_syn: f64,
}

/// Where spikes come from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Sender {
    /// The population with this index.
    Population(usize),
    /// Poisson processes of this rate, Hz.
    Given(f64),
}

/// A population's state.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Equilibrium {
    /// Mean rate of its neurons, Hz.
    pub rate: f64,
    /// Mean square of their rates, Hz^2.
    pub square: f64,
    /// Mean input, mV above rest.
    pub mu: f64,
    /// Amplitude of its noise, mV; V without threshold has the standard deviation sigma / sqrt(2).
    pub sigma: f64,
    /// Standard deviation of the mean input from neuron to neuron, mV.
    pub spread: f64,
}

/// The search ends when all rates are consistent to this, Hz (their variances to this, Hz^2) ...
const CONSISTENT: f64 = 1e-7;
/// ... or without a result after this number of steps.
const STEPS: usize = 300;
/// The first and shortest step, in units of the time in which a rate relaxes.
const SHORTEST: f64 = 0.05;
/// Step of numerical derivatives, relative.
const SMALL: f64 = 1e-6;

/// The consistent state that is found from the rates `start` (Hz), one per population.
///
/// A network may have several: a start near the measured rates finds theirs. `None` if there is none near.
pub fn solve(populations: &[Population], start: &[f64]) -> Option<Vec<Equilibrium>> {
    // The unknowns: rates and variances of rates, in whose neighbourhood of 0 the map is smooth.
    let n = populations.len();
    let mut x: Vec<f64> = start.iter().map(|&rate| rate.max(1e-3)).collect();
    x.resize(2 * n, 0.0);
    let map = |x: &[f64]| -> Vec<f64> {
        let states: Vec<Equilibrium> = populations.iter().map(|p| p.state(x)).collect();
        let variances = states.iter().map(|s| (s.square - s.rate * s.rate).max(0.0));
        states.iter().map(|s| s.rate).chain(variances).collect()
    };
    let residual = |x: &[f64]| -> Vec<f64> { map(x).iter().zip(x).map(|(y, x)| y - x).collect() };
    let size = |r: &[f64]| r.iter().fold(0.0, |most: f64, d| most.max(d.abs()));
    // Implicit steps of dx/dt = map(x) - x, which follow the relaxation of the network while they are short, and are
    // Newton's when they are long.
    let mut r = residual(&x);
    let mut long = SHORTEST;
    for _ in 0..STEPS {
        if size(&r) < CONSISTENT {
            return Some(populations.iter().map(|p| p.state(&x)).collect());
        }
        let mut rows = vec![vec![0.0; 2 * n + 1]; 2 * n];
        for k in 0..2 * n {
            let mut moved = x.clone();
            moved[k] += SMALL * x[k].max(1.0);
            let step = moved[k] - x[k];
            for (row, (after, before)) in residual(&moved).iter().zip(&r).enumerate() {
                rows[row][k] = -(after - before) / step;
            }
            rows[k][k] += 1.0 / long;
        }
        rows.iter_mut().zip(&r).for_each(|(row, d)| row[2 * n] = *d);
        x.iter_mut().zip(linear::solve(rows)?).for_each(|(x, d)| *x = (*x + d).max(0.0));
        let after = residual(&x);
        long = if size(&after) < size(&r) { 2.0 * long } else { (0.5 * long).max(SHORTEST) };
        r = after;
    }
    None
}

/// Half the range, in standard deviations, over which a normal distribution is summed, and the number of steps: the
/// trapezoidal rule is accurate to rounding for what decays so fast.
const REACH: f64 = 6.0;
const INTERVALS: i32 = 60;

impl Population {
    /// Given the rates, then the variances of the rates, of all populations in `x`.
    fn state(&self, x: &[f64]) -> Equilibrium {
        let (mut mean, mut square, mut slow, mut variance) = (0.0, 0.0, 0.0, 0.0);
        for Pathway { from, afferents, tau_syn } in &self.pathways {
            let (rate, of_rate) = match *from {
                Sender::Population(k) => (x[k], x[x.len() / 2 + k]),
                Sender::Given(rate) => (rate, 0.0),
            };
            let Afferents { number, efficacy, square: squared, .. } = *afferents;
            mean += number * efficacy * rate;
            square += number * squared * rate;
            slow += number * squared * rate * tau_syn.sqrt();
            variance += afferents.variance(rate, rate * rate + of_rate);
        }
        let tau = self.neuron.tau_m / 1000.0;
        let mu = self.current + tau * mean;
        let sigma = (tau * square.max(0.0)).sqrt();
        let spread = tau * variance.max(0.0).sqrt();
        // Slow noise shifts the threshold by the square root of its time constant.
        let tau_syn = if square > 0.0 { (slow / square).powi(2) } else { 0.0 };
        let rate = |mu: f64| self.neuron.rate(mu, sigma, tau_syn);
        let (mut weights, mut first, mut second) = (0.0, 0.0, 0.0);
        for k in 0..=INTERVALS {
            let z = REACH * (f64::from(2 * k) / f64::from(INTERVALS) - 1.0);
            let (weight, rate) = (libm::exp(-0.5 * z * z), rate(mu + spread * z));
            weights += weight;
            first += weight * rate;
            second += weight * rate * rate;
        }
        Equilibrium { rate: first / weights, square: second / weights, mu, sigma, spread }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEURON: Siegert = Siegert { tau_m: 20.0, theta: 20.0, v_reset: 10.0, t_ref: 2.0 };

    /// Brunel's model A: in-degrees 1000 and 250, J = 0.1 mV, external input `eta` times the threshold rate.
    fn brunel(g: f64, eta: f64, v_reset: f64) -> Vec<Population> {
        let pathway = |from, number, efficacy: f64| Pathway {
            from,
            afferents: Afferents {
                number,
                efficacy,
                square: efficacy * efficacy,
                share: 0.0,
                fixed: true,
            },
            tau_syn: 0.0,
        };
        let population = Population {
            neuron: Siegert { v_reset, ..NEURON },
            current: 0.0,
            pathways: vec![
                pathway(Sender::Given(10.0 * eta), 1000.0, 0.1),
                pathway(Sender::Population(0), 1000.0, 0.1),
                pathway(Sender::Population(1), 250.0, -0.1 * g),
            ],
        };
        vec![population.clone(), population]
    }

    /// The same equation solved by another program; the first three are the published values 55.8, 38.0 and 6.5 Hz.
    #[test]
    fn the_rates_of_brunel_2000() {
        for (g, eta, v_reset, rate) in [
            (6.0, 4.0, 10.0, 55.84),
            (5.0, 2.0, 10.0, 37.95),
            (4.5, 0.9, 10.0, 6.52),
            (5.0, 1.5, 10.0, 23.64),
            (8.0, 2.0, 10.0, 12.99),
            (6.0, 4.0, 0.0, 49.15),
            (5.0, 2.0, 0.0, 32.03),
        ] {
            for start in [1.0, 30.0, 80.0] {
                let states = solve(&brunel(g, eta, v_reset), &[start, start]).unwrap();
                for state in states {
                    assert!((state.rate - rate).abs() < 0.006, "{g} {eta} {start}: {}", state.rate);
                    assert!((state.square.sqrt() / state.rate - 1.0).abs() < 0.03);
                }
            }
        }
    }

    #[test]
    fn without_recurrence_it_is_siegert_and_the_spread_is_averaged_over() {
        // 40 +- 20 inputs of 10 Hz and 2 mV: mu = 16 +- sqrt(40) 0.4 mV, sigma^2 = 32 mV^2 (for the mean in-degree).
        let afferents =
            Afferents { number: 40.0, efficacy: 2.0, square: 4.0, share: 0.0, fixed: false };
        let pathway = Pathway { from: Sender::Given(10.0), afferents, tau_syn: 0.0 };
        let population = Population { neuron: NEURON, current: 1.0, pathways: vec![pathway] };
        let state = solve(std::slice::from_ref(&population), &[5.0]).unwrap()[0];
        assert!((state.mu - 17.0).abs() < 1e-9 && (state.sigma - 32f64.sqrt()).abs() < 1e-9);
        assert!((state.spread - 0.4 * 40f64.sqrt()).abs() < 1e-9);
        // Midpoint rule over the same normal distribution.
        let (mut rate, mut square) = (0.0, 0.0);
        for k in 0..8000 {
            let z = -8.0 + 0.002 * (f64::from(k) + 0.5);
            let weight = 0.002 * (-0.5 * z * z).exp() / (2.0 * std::f64::consts::PI).sqrt();
            let one = NEURON.rate(state.mu + state.spread * z, state.sigma, 0.0);
            rate += weight * one;
            square += weight * one * one;
        }
        assert!((state.rate / rate - 1.0).abs() < 1e-7, "{} {rate}", state.rate);
        assert!((state.square / square - 1.0).abs() < 1e-7);
    }

    #[test]
    fn of_two_consistent_states_the_nearer_one_is_found() {
        // Excitation alone: silent for small rates, close to 1/t_ref for large ones.
        let afferents =
            Afferents { number: 1000.0, efficacy: 0.1, square: 0.01, share: 0.0, fixed: true };
        let pathway = Pathway { from: Sender::Population(0), afferents, tau_syn: 0.0 };
        let population = Population { neuron: NEURON, current: 5.0, pathways: vec![pathway] };
        let low = solve(std::slice::from_ref(&population), &[0.01]).unwrap()[0].rate;
        let high = solve(std::slice::from_ref(&population), &[480.0]).unwrap()[0].rate;
        assert!(low < 0.01 && high > 400.0, "{low} {high}");
    }
}
