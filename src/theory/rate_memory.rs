//! Memories of firing rates: the static mean field of networks that learned graded patterns.
//!
//! Neurons with K inputs each, chosen at random, hold P = alpha K normal patterns by J_ij = (A/K) sum_mu f(phi(xi_i^mu))
//! g(phi(xi_j^mu)) with g of mean 0 ([`NonlinearHebb`]). At a fixed point near one pattern the input of a neuron is A f q + sqrt(D) z
//! with z normal, so that
//!
//! ```text
//! q = < g phi(A f q + sqrt(D) z) >,   D = alpha A^2 <f^2> <g^2> <phi^2>,   m = q / sqrt(<g^2> var(phi))
//! ```
//!
//! where averages are over patterns and z. Source: U. Pereira and N. Brunel, Neuron 99:227 (2018). For K and N/K -> infinity, and for
//! states at rest: that such a state is stable, or that another one, chaotic, keeps the pattern where there is none, it does not say.

use crate::dynamics::rate::{Spread, Transfer};
use crate::learning::{Learning, Logistic, NonlinearHebb, Recalls, Signs};
use crate::model::Model;
use crate::pattern::PatternSource;
use crate::synapse::Connect;
use serde::Serialize;
use std::cell::OnceCell;

/// A fixed point near a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Retrieval {
    /// alpha = P/K.
    pub load: f64,
    /// m: correlation of the rates with the image g of the pattern.
    pub overlap: f64,
    /// q, the mean of g r.
    pub order: f64,
    /// sqrt(D): standard deviation of the input that other patterns cause.
    pub noise: f64,
    /// Mean rate.
    pub rate: f64,
}

/// The mean field of a rule in neurons of a transfer function.
#[derive(Clone, Debug)]
pub struct MeanField {
    strength: f64,
    transfer: Logistic,
    /// f, g and weight of patterns.
    patterns: Vec<[f64; 3]>,
    /// z and weight of normal noise.
    noise: Vec<[f64; 2]>,
    squares: [f64; 2],
    states: OnceCell<Vec<Retrieval>>,
    last: OnceCell<Option<Retrieval>>,
}

/// q below this share of the largest rate is none.
const NONE: f64 = 1e-6;
/// A state that is not found by then is about to vanish, and counts as none.
const MOST_ITERATIONS: usize = 1000;
/// Steps of the noise, in units of A.
const STEP: f64 = 0.025;
/// How often the last step is halved.
const HALVINGS: usize = 24;
/// The largest noise at which a state is looked for, likewise.
const MOST: f64 = 4.0;

impl MeanField {
    /// Of a rule whose patterns recall themselves, in neurons of this transfer function.
    pub fn new(rule: &NonlinearHebb, transfer: Logistic) -> Self {
        let [f, g] = rule.functions();
        let patterns: Vec<_> = normal(0.08).map(|[xi, w]| [f(xi), g(xi), w]).collect();
        let noise = normal(0.15).collect();
        let square = |k: usize| patterns.iter().map(|p| p[2] * p[k] * p[k]).sum::<f64>();
        let squares = [square(0), square(1)];
        Self {
            strength: rule.strength,
            transfer,
            patterns,
            noise,
            squares,
            states: OnceCell::new(),
            last: OnceCell::new(),
        }
    }

    /// <g r>, <r> and <r^2> for this q and s.d. of the noise.
    fn moments(&self, q: f64, sd: f64) -> [f64; 3] {
        let mut sums = [0.0; 3];
        for [f, g, weight] in &self.patterns {
            let mean = self.strength * f * q;
            let (mut first, mut second) = (0.0, 0.0);
            for [z, w] in &self.noise {
                let r = self.transfer.at(mean + sd * z);
                first += w * r;
                second += w * r * r;
            }
            sums[0] += weight * g * first;
            sums[1] += weight * first;
            sums[2] += weight * second;
        }
        sums
    }

    /// The state of the largest q at this s.d. of the noise; `above` is a q that is not smaller.
    fn at_noise(&self, sd: f64, above: f64) -> Option<Retrieval> {
        // <g r> rises with q, so that the largest fixed point is approached from above.
        let mut order = above;
        for _ in 0..MOST_ITERATIONS {
            let [next, rate, square] = self.moments(order, sd);
            if next < NONE * self.transfer.r_max {
                return None;
            }
            if (next - order).abs() < 1e-10 * order {
                let [ff, gg] = self.squares;
                let load = (sd / self.strength).powi(2) / (ff * gg * square);
                let overlap = order / (gg * (square - rate * rate)).sqrt();
                return Some(Retrieval { load, overlap, order, noise: sd, rate });
            }
            order = next;
        }
        None
    }

    /// States from the least noise on, as long as a pattern is recalled and the load rises.
    fn branch(&self) -> impl Iterator<Item = Retrieval> + '_ {
        let steps = (1..=(MOST / STEP) as u32).map(|k| STEP * self.strength * f64::from(k));
        // No q is larger than <|g|> r_max.
        let (mut above, mut load) = (self.transfer.r_max, 0.0);
        steps.map_while(move |sd| {
            let state = self.at_noise(sd, above).filter(|state| state.load > load)?;
            (above, load) = (state.order, state.load);
            Some(state)
        })
    }

    /// The states of [`branch`](Self::branch), found once.
    fn states(&self) -> &[Retrieval] {
        self.states.get_or_init(|| self.branch().collect())
    }

    /// The state in which a pattern is recalled at the load alpha = P/K; `None` if there is none.
    pub fn retrieval(&self, load: f64) -> Option<Retrieval> {
        let states = self.states();
        let place = states.partition_point(|state| state.load < load);
        let below = place.checked_sub(1).map(|k| states[k]);
        let end = states.get(place).copied().or_else(|| self.last());
        let end = end.filter(|state| state.load >= load)?;
        let found = self.between(load, below, &end);
        found.filter(|state| (state.load / load - 1.0).abs() < 1e-4)
    }

    /// That at the largest load; `None` if no pattern is recalled at any.
    pub fn last(&self) -> Option<Retrieval> {
        *self.last.get_or_init(|| {
            let mut most = *self.states().last()?;
            let (mut below, above) = (most.noise, most.order);
            let mut end = below + STEP * self.strength;
            // Between the last step of the noise and the next.
            for _ in 0..HALVINGS {
                let middle = 0.5 * (below + end);
                match self.at_noise(middle, above).filter(|state| state.load > most.load) {
                    Some(state) => (below, most) = (middle, state),
                    None => end = middle,
                }
            }
            Some(most)
        })
    }

    /// By the rule of false position, of which the end that stays counts half (Illinois).
    fn between(&self, load: f64, below: Option<Retrieval>, end: &Retrieval) -> Option<Retrieval> {
        let above = below.map_or(self.transfer.r_max, |state| state.order);
        let (mut a, mut at_a) =
            below.map_or((0.0, -load), |state| (state.noise, state.load - load));
        let (mut b, mut at_b) = (end.noise, end.load - load);
        let (mut found, mut moved) = (Some(*end), 0);
        for _ in 0..HALVINGS {
            if found.is_some_and(|state| (state.load - load).abs() < 1e-9 * load) {
                break;
            }
            let middle = (a * at_b - b * at_a) / (at_b - at_a);
            let state = self.at_noise(middle, above)?;
            let at = state.load - load;
            if at < 0.0 {
                at_b *= if moved < 0 { 0.5 } else { 1.0 };
                (a, at_a, moved) = (middle, at, -1);
            } else {
                at_a *= if moved > 0 { 0.5 } else { 1.0 };
                (b, at_b, moved) = (middle, at, 1);
            }
            found = Some(state);
        }
        found
    }
}

/// The rule and the load alpha = P/K of a model with one population of rate neurons that learned normal patterns from
/// rates by their own transfer function, without noise, and whose inputs are chosen at random; `None` of others.
pub fn of(model: &Model) -> Option<(&NonlinearHebb, Logistic, f64)> {
    let (name, population) = model.population.first().filter(|_| model.population.len() == 1)?;
    let (_, projection) = model.projection.first().filter(|_| model.projection.len() == 1)?;
    let Some(Learning::NonlinearHebb(rule)) = &projection.learning else { return None };
    let PatternSource::Gaussian(patterns) = model.patterns.get(name)? else { return None };
    let inputs = match projection.connect {
        Connect::Probability(p) => p * population.size as f64,
        Connect::InDegree(degree) => degree as f64,
        Connect::AllToAll | Connect::OneToOne | Connect::Total(_) | Connect::File(_) => {
            return None;
        }
        Connect::Assemblies(_) | Connect::Distance(_) => return None,
    };
    let units = model.dynamics.rate()?.units.get(name)?;
    let own = rule.transfer?;
    let Logistic { r_max, beta, h0 } = own;
    let applies = units.transfer == Transfer::Logistic { r_max, beta, h0 }
        && units.noise.is_none()
        && units.input == Spread::default()
        && rule.recalls == Recalls::Itself
        && projection.part == Signs::Both
        && projection.scale.is_none();
    applies.then_some((rule, own, patterns.number as f64 / inputs))
}

/// The trapezoidal rule for averages over a normal number, which converges faster than any power of the step.
fn normal(step: f64) -> impl Iterator<Item = [f64; 2]> {
    let most = (8.0 / step).round() as i32;
    let scale = step / std::f64::consts::TAU.sqrt();
    (-most..=most).map(move |k| {
        let z = step * f64::from(k);
        [z, scale * libm::exp(-0.5 * z * z)]
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learning::Sigmoid;

    #[test]
    fn the_fitted_rule_recalls_up_to_its_capacity() {
        let sigmoid = |q| Sigmoid { q, slope: Some(0.2818), at: 26.595 };
        let transfer = Logistic { r_max: 76.22, beta: 0.8236, h0: 2.4626 };
        let rule = NonlinearHebb {
            strength: 3.5506,
            transfer: Some(transfer),
            f: sigmoid(Some(0.8275)),
            g: sigmoid(None),
            recalls: Recalls::Itself,
            length: None,
        };
        let field = MeanField::new(&rule, transfer);
        // By iteration with other quadratures, in Python.
        for (load, overlap) in
            [(0.05, 0.987), (0.12, 0.976), (0.3, 0.920), (0.5, 0.741), (0.55, 0.606)]
        {
            let state = field.retrieval(load).unwrap();
            assert!((state.overlap - overlap).abs() < 6e-4, "{state:?}");
        }
        let state = field.retrieval(0.12).unwrap();
        assert!(
            (state.overlap - 0.976_040_777).abs() < 1e-6 && (state.order - 2.574_866).abs() < 1e-5
        );
        assert!(
            (state.rate - 6.686_998_98).abs() < 1e-5
                && (state.noise.powi(2) - 0.629_792).abs() < 1e-5
        );
        assert!(field.retrieval(0.56).is_some() && field.retrieval(0.57).is_none());
        let last = field.last().unwrap();
        assert!(
            (0.56..0.57).contains(&last.load) && (0.4..0.52).contains(&last.overlap),
            "{last:?}"
        );
    }
}
