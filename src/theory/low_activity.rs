//! Networks of low activity with the covariance rule.
//!
//! N neurons of 0/1 hold P = alpha N patterns of exactly a N ones each by
//! J_ij = 1/(N a (1 - a)) sum_mu (xi_i^mu - a)(xi_j^mu - a), J_ii = 0. A neuron is active where its local field exceeds a
//! threshold. Near a pattern the field is m (xi - a) + Delta z with z normal, so that with the normal distribution Phi and density phi
//!
//! ```text
//! x_1 = (m (1 - a) - theta) / Delta,   x_0 = (-m a - theta) / Delta          foreground, background
//! m = Phi(x_1) - Phi(x_0),   s = a Phi(x_1) + (1 - a) Phi(x_0),   q = s - s^2
//! C = (a phi(x_1) + (1 - a) phi(x_0)) / Delta,   Delta = sqrt(alpha q) / (1 - C)
//! ```
//!
//! Given x_1 and x_0, all others follow one by one. Sources: M. V. Tsodyks and M. V. Feigelman, Europhys. Lett. 6:101 (1988); D. J.
//! Amit, H. Gutfreund and H. Sompolinsky, Phys. Rev. A 35:2293 (1987). Replica-symmetric, for N -> infinity and without temperature.
//! At a = 1/2 and threshold 0 it is the Hopfield network. The asymptote 1/(2 a |ln a|) is four times too high at a = 0.1.

use super::root::boundary;
use std::f64::consts::{FRAC_1_SQRT_2, PI};

/// A state in which a pattern is retrieved.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Retrieval {
    /// alpha = P/N.
    pub load: f64,
    /// m: share of the foreground that is active, minus that of the background.
    pub overlap: f64,
    /// s: share of all neurons that are active.
    pub activity: f64,
    /// theta: what m (xi - a) + Delta z must exceed.
    pub threshold: f64,
    /// Delta: standard deviation of the fields.
    pub noise: f64,
    /// alpha C/(1 - C): what a neuron's activity adds to its own field through the others.
    pub reaction: f64,
    /// alpha s/(1 - C): how much lower the fields of all neurons are, because efficacies onto a neuron sum to -J_ii where
    /// patterns have exactly a N ones. (It is absent, and q = s, where every neuron is drawn by itself.)
    pub shift: f64,
}

impl Retrieval {
    /// The threshold that a network is given to be in this state.
    ///
    /// The reaction counts by half: between the thresholds with and without it a neuron holds itself in either state.
    pub fn network_threshold(&self) -> f64 {
        self.threshold + 0.5 * self.reaction - self.shift
    }
}

fn distribution(x: f64) -> f64 {
    0.5 * libm::erfc(-FRAC_1_SQRT_2 * x)
}

fn density(x: f64) -> f64 {
    libm::exp(-0.5 * x * x) / (2.0 * PI).sqrt()
}

/// The state with these x_1 > x_0; `None` if there is none, because C >= 1.
fn state(a: f64, x1: f64, x0: f64) -> Option<Retrieval> {
    let overlap = distribution(x1) - distribution(x0);
    of_noise(a, (x1, x0), overlap / (x1 - x0), overlap)
}

/// The same with its noise and overlap.
fn of_noise(a: f64, (x1, x0): (f64, f64), noise: f64, overlap: f64) -> Option<Retrieval> {
    let activity = a * distribution(x1) + (1.0 - a) * distribution(x0);
    let slope = (a * density(x1) + (1.0 - a) * density(x0)) / noise;
    let load = (noise * (1.0 - slope)).powi(2) / (activity * (1.0 - activity));
    let threshold = -noise * (a * x1 + (1.0 - a) * x0);
    let reaction = load * slope / (1.0 - slope);
    let shift = load * activity / (1.0 - slope);
    let state = Retrieval { load, overlap, activity, threshold, noise, reaction, shift };
    (slope < 1.0).then_some(state)
}

/// The state of the largest load of all thresholds, at coding level `a` in (0, 1/2].
///
/// From a = 0.5 down the load is 0.1379, 0.1712 (0.3), 0.2402 (0.2), 0.4846 (0.1), 0.9849 (0.05), 2.354 (0.02), 4.405 (0.01).
/// `None` for other coding levels, and below 1e-6.
pub fn capacity(a: f64) -> Option<Retrieval> {
    if !(1e-6..=0.5).contains(&a) {
        return None;
    }
    let load =
        |x1: f64, x0: f64| if x1 > x0 { state(a, x1, x0).map_or(0.0, |s| s.load) } else { 0.0 };
    // The best of a grid, then ever smaller crosses around it.
    let grid =
        (0..40).flat_map(|i| (1..80).map(move |k| (0.1 * f64::from(i), -0.1 * f64::from(k))));
    let mut best = grid.max_by(|p, q| load(p.0, p.1).total_cmp(&load(q.0, q.1)))?;
    let mut step = 0.05;
    while step > 1e-8 {
        let (x1, x0) = best;
        let around = [(x1 + step, x0), (x1 - step, x0), (x1, x0 + step), (x1, x0 - step)];
        match around.into_iter().find(|p| load(p.0, p.1) > load(x1, x0)) {
            Some(better) => best = better,
            None => step *= 0.5,
        }
    }
    state(a, best.0, best.1)
}

/// The state in which a pattern is retrieved at coding level `a`, a load, and the threshold that the network is given; `None`
/// if it cannot be.
///
/// The threshold is that of the network, see [`Retrieval::network_threshold`].
pub fn retrieval(a: f64, load: f64, threshold: f64) -> Option<Retrieval> {
    if !(a > 0.0 && a < 1.0 && load > 0.0) {
        return None;
    }
    // The load rises with the noise, from none, until the state is lost.
    let reached = |noise: f64| at_noise(a, threshold, noise).is_none_or(|s| s.load >= load);
    let steps = (1..=2000).map(|k| 0.0005 * f64::from(k));
    let first = steps.into_iter().find(|&noise| reached(noise))?;
    let noise = boundary(first - 0.0005, first, |noise| !reached(noise));
    // Just below the boundary, where the state still exists.
    let state = at_noise(a, threshold, noise * (1.0 - 1e-12))?;
    ((state.load / load - 1.0).abs() < 1e-6).then_some(state)
}

/// The largest load at which a pattern is retrieved at coding level `a` and the threshold that the network is given, to
/// 1e-3 of it, because the state is found the more slowly the nearer its end is; `None` if none is.
pub fn capacity_at(a: f64, threshold: f64) -> Option<f64> {
    if !(a > 0.0 && a < 1.0) {
        return None;
    }
    let load = |noise: f64| at_noise(a, threshold, noise).map(|state| state.load);
    let mut most = None;
    let mut step = 0.01;
    let mut noise = 0.0;
    // The load rises with the noise until the state is lost.
    while step > 1e-8 {
        match load(noise + step) {
            Some(load) if most.is_none_or(|most| load >= most) => {
                (noise, most) = (noise + step, Some(load));
            }
            _ => step *= 0.5,
        }
    }
    most
}

/// The state of the largest overlap with fields of this noise, in a network of this threshold.
fn at_noise(a: f64, threshold: f64, noise: f64) -> Option<Retrieval> {
    let (mut m, mut theta) = (1.0, threshold);
    for _ in 0..5000 {
        let x = ((m * (1.0 - a) - theta) / noise, (-m * a - theta) / noise);
        let next = distribution(x.0) - distribution(x.1);
        let state = of_noise(a, x, noise, next)?;
        let next_theta = threshold - 0.5 * state.reaction + state.shift;
        let moved = (next - m).abs() + (next_theta - theta).abs();
        (m, theta) = (next, next_theta);
        if m < 1e-3 {
            return None;
        }
        if moved < 1e-13 {
            return Some(Retrieval { threshold: theta, ..state });
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::hopfield;
    use super::*;
    use crate::random::Seed;

    /// Maxima by Newton's method with 20 digits. Quoted elsewhere from a search on a grid, which can only miss a maximum:
    /// 0.171, 0.240, 0.485 (theta 0.506), 0.983, 2.30, 4.24.
    #[test]
    fn capacities_are_those_of_many_digits() {
        for (a, load, m, theta) in [
            (0.3, 0.171203289749, 0.9542057, 0.2470758),
            (0.1, 0.484621146952, 0.8324988, 0.5068846),
            (0.05, 0.984912715096, 0.7607388, 0.5559389),
            (0.02, 2.353620203740, 0.7326121, 0.5855751),
            (0.01, 4.404892872970, 0.7338840, 0.6014298),
        ] {
            let found = capacity(a).unwrap();
            assert!((found.load / load - 1.0).abs() < 1e-11, "{a}: {found:?}");
            // The maximum is flat: its place is known to the root of rounding.
            assert!((found.overlap - m).abs() < 1e-6, "{a}: {found:?}");
            assert!((found.threshold - theta).abs() < 1e-6, "{a}: {found:?}");
        }
        assert!((capacity(0.2).unwrap().load - 0.240).abs() < 5e-4);
    }

    #[test]
    fn at_half_activity_it_is_the_hopfield_network() {
        let (found, ags) = (capacity(0.5).unwrap(), hopfield::capacity());
        assert!((found.load - ags.load).abs() < 1e-10, "{found:?}");
        assert!((found.overlap - ags.overlap).abs() < 1e-6 && found.threshold.abs() < 1e-7);
        // (1 + s)/2 instead of s of +-1: half of the sum of all efficacies onto a neuron, -alpha, is missing.
        assert!((found.network_threshold() + 0.5 * found.load).abs() < 1e-7, "{found:?}");
    }

    #[test]
    fn every_state_solves_all_equations() {
        for (a, load, threshold) in
            [(0.1, 0.3, 0.5), (0.1, 0.1, 0.4), (0.05, 0.5, 0.5), (0.3, 0.1, 0.3)]
        {
            let s = retrieval(a, load, threshold).unwrap();
            let theta = s.threshold;
            let (x1, x0) =
                ((s.overlap * (1.0 - a) - theta) / s.noise, (-s.overlap * a - theta) / s.noise);
            let c = (a * density(x1) + (1.0 - a) * density(x0)) / s.noise;
            let q = s.activity * (1.0 - s.activity);
            let solved = [
                (s.load, load),
                (s.network_threshold(), threshold),
                (s.overlap, distribution(x1) - distribution(x0)),
                (s.noise, (load * q).sqrt() / (1.0 - c)),
                (s.reaction, load * c / (1.0 - c)),
                (s.shift, load * s.activity / (1.0 - c)),
            ];
            for (left, right) in solved {
                assert!((left - right).abs() < 1e-6, "{a} {load}: {left} {right} {s:?}");
            }
        }
    }

    #[test]
    fn the_largest_load_at_a_threshold_is_where_retrieval_ends() {
        for a in [0.05, 0.1, 0.3] {
            let last = capacity(a).unwrap();
            let best = last.network_threshold();
            let found = capacity_at(a, best).unwrap();
            assert!((found / last.load - 1.0).abs() < 1e-3, "{a}: {found} {last:?}");
            let other = capacity_at(a, best + 0.1).unwrap();
            assert!(other < last.load);
            assert!(retrieval(a, 0.99 * other, best + 0.1).is_some());
            assert_eq!(retrieval(a, 1.01 * other, best + 0.1), None);
        }
        assert_eq!(
            [capacity_at(0.5, 0.5), capacity_at(0.1, 2.0), capacity_at(0.0, 0.1)],
            [None; 3]
        );
    }

    #[test]
    fn there_is_no_retrieval_beyond_capacity() {
        let last = capacity(0.1).unwrap();
        let threshold = last.network_threshold();
        assert!(retrieval(0.1, 0.999 * last.load, threshold).is_some());
        assert_eq!(retrieval(0.1, 1.01 * last.load, threshold), None);
        assert_eq!(retrieval(0.1, 0.05, 2.0), None, "a threshold above all fields");
        assert_eq!([0.0, 0.6, f64::NAN].map(capacity), [None; 3]);
        assert_eq!([retrieval(0.0, 0.1, 0.5), retrieval(0.1, -0.1, 0.5)], [None; 2]);
    }

    /// Mean overlap after relaxation from 20 patterns, one neuron at a time.
    fn simulated(neurons: usize, a: f64, load: f64, threshold: f64) -> f64 {
        let patterns = (load * neurons as f64) as usize;
        let ones = (a * neurons as f64) as usize;
        let mut stream = Seed(1).stream("network", 0);
        // Every neuron's xi - a in all patterns.
        let mut xi = vec![Vec::new(); neurons];
        for _ in 0..patterns {
            let mut order: Vec<usize> = (0..neurons).collect();
            for k in 0..ones {
                order.swap(k, k + (stream.uniform() * (neurons - k) as f64) as usize);
            }
            xi.iter_mut().for_each(|x: &mut Vec<f64>| x.push(-a));
            order[..ones].iter().for_each(|&i| *xi[i].last_mut().unwrap() += 1.0);
        }
        let scale = 1.0 / (neurons as f64 * a * (1.0 - a));
        let dot = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| x * y).sum::<f64>();
        let add = |sum: &mut [f64], x: &[f64], by: f64| {
            sum.iter_mut().zip(x).for_each(|(sum, x)| *sum += by * x);
        };
        let mut total = 0.0;
        for mu in 0..20 {
            let mut active: Vec<bool> = xi.iter().map(|x| x[mu] > 0.0).collect();
            let mut sums = vec![0.0; patterns];
            xi.iter().zip(&active).filter(|(_, on)| **on).for_each(|(x, _)| add(&mut sums, x, 1.0));
            for _ in 0..15 * neurons {
                let i = (stream.uniform() * neurons as f64) as usize;
                let own = if active[i] { dot(&xi[i], &xi[i]) } else { 0.0 };
                let on = scale * (dot(&xi[i], &sums) - own) > threshold;
                if on != active[i] {
                    active[i] = on;
                    add(&mut sums, &xi[i], if on { 1.0 } else { -1.0 });
                }
            }
            total += scale * sums[mu];
        }
        total / 20.0
    }

    #[test]
    fn a_network_does_what_theory_says() {
        // Overlaps scatter from pattern to pattern by about 0.02, and the mean by 0.005. Without the shift theory would
        // give 0.981.
        let theory = retrieval(0.2, 0.15, 0.45).unwrap().overlap;
        let found = simulated(2000, 0.2, 0.15, 0.45);
        assert!((theory - 0.956).abs() < 5e-4, "{theory}");
        assert!((found - theory).abs() < 0.015, "{found} {theory}");
    }
}
