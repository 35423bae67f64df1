//! Sequences of graded patterns: the dynamic mean field of networks whose patterns recall the next.
//!
//! Neurons with K inputs each, chosen at random, learned P normal patterns in a row, among alpha K transitions in all, by J_ij =
//! (A/K) sum_l xi_i^{l+1} xi_j^l, and follow tau dr/dt = -r + phi(J r + I xi^1), phi of [`Transfer::Erf`] with r_max = 1. Inputs are
//! normal over neurons with the covariance V(t, u), so that
//!
//! ```text
//! tau dq_l/dt = -q_l + A q_{l-1} G,   G = < phi' > = exp(-h0^2 / (2 s^2)) / (sqrt(2 pi) s),   s^2 = V(t, t) + sigma^2
//! V(t, u) = I(t) I(u) + A^2 sum_l q_l(t) q_l(u) + alpha A^2 < r(t) r(u) >
//! ```
//!
//! for the overlaps q_l = < xi^l r >, with A q_0 = I, the strength of the cue; m_l = q_l / sd(r). < r(t) r(u) > follows from <
//! phi(t) phi(u) >, the probability that two normal numbers are positive. A sequence without end is recalled up to the alpha
//! at which A G = 1 without overlaps. Source: M. Gillett, U. Pereira and N. Brunel, PNAS 117:29948 (2020). For K and N/K -> infinity.
//!
//! [`Transfer::Erf`]: crate::dynamics::rate::Transfer::Erf

use super::root::boundary;
use crate::normal::{below, both_below, density};

/// Neurons and what they learned.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sequence {
    /// P, patterns of the sequence that is cued.
    pub patterns: usize,
    /// alpha: learned transitions from pattern to pattern per input, of all sequences.
    pub load: f64,
    /// A.
    pub strength: f64,
    /// Input at which a neuron is half as active as it can be.
    pub h0: f64,
    /// Width of the transfer function.
    pub sigma: f64,
    /// Time constant, ms.
    pub tau: f64,
}

/// The cue and what follows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cue {
    /// Activity of all neurons before it.
    pub rest: f64,
    /// I, in units of the first pattern.
    pub field: f64,
    /// How long it lasts, ms.
    pub duration: f64,
    /// The end, from the onset of the cue, ms.
    pub until: f64,
}

/// What is predicted for one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Moment {
    /// From the onset of the cue, ms.
    pub time: f64,
    /// m_l: correlation of the activity with every pattern.
    pub overlaps: Vec<f64>,
    /// Mean activity.
    pub rate: f64,
    /// Mean square of it.
    pub square: f64,
}

impl Sequence {
    /// The load up to which a long sequence is recalled; `None` if none is.
    pub fn capacity(&self) -> Option<f64> {
        let Self { strength, h0, sigma, .. } = *self;
        // A G falls with s beyond |h0|, where it is largest.
        let gain = |s: f64| strength * density(h0 / s) / s;
        let (least, most) = (h0.abs().max(sigma), strength);
        if gain(least) <= 1.0 {
            return None;
        }
        let s = boundary(least, most, |s| gain(s) > 1.0);
        let noise = s * s - sigma * sigma;
        let square = both_below(-h0 / s, -h0 / s, noise / (s * s));
        Some(noise / (strength * strength * square))
    }

    /// The course of the overlaps, from the onset of the cue on, in steps of so many ms as exponential Euler takes them.
    pub fn recall(&self, cue: &Cue, step: f64) -> Vec<Moment> {
        let Self { patterns, load, strength, h0, sigma, tau } = *self;
        let keep = libm::exp(-step / tau);
        let new = 1.0 - keep;
        let steps = (cue.until / step).round() as usize;
        // Of every moment: I and A q_l, by which inputs are drawn; s; and q_l.
        let mut drawn: Vec<Vec<f64>> = Vec::new();
        let mut widths: Vec<f64> = Vec::new();
        let (mut q, mut rate) = (vec![0.0; patterns], cue.rest);
        // < r(now) r(u) > of every earlier moment u.
        let mut squares = vec![rate * rate];
        let mut course = Vec::new();
        for k in 0..=steps {
            let time = step * k as f64;
            let square = squares[k];
            let deviation = (square - rate * rate).max(0.0).sqrt();
            let m = |q: &f64| if deviation > 0.0 { q / deviation } else { 0.0 };
            course.push(Moment { time, overlaps: q.iter().map(m).collect(), rate, square });
            // The last pattern recalls none.
            let field = if time < cue.duration { cue.field } else { 0.0 };
            let recalled = q[..patterns.saturating_sub(1)].iter().map(|q| strength * q);
            drawn.push(std::iter::once(field).chain(recalled).collect());
            let noise = load * strength * strength;
            let covariance = |u: usize| {
                drawn[k].iter().zip(&drawn[u]).map(|(a, b)| a * b).sum::<f64>() + noise * squares[u]
            };
            widths.push((covariance(k) + sigma * sigma).sqrt());
            let bound = |u: usize| -h0 / widths[u];
            let driven =
                |u: usize| both_below(bound(k), bound(u), covariance(u) / (widths[k] * widths[u]));
            // < phi(now) r(u) >, from u to u.
            let both: Vec<f64> = (0..=k).map(driven).collect();
            let mut crossed = vec![below(bound(k)) * cue.rest];
            (0..k).for_each(|u| crossed.push(keep * crossed[u] + new * both[u]));
            let last = keep * keep * square + 2.0 * keep * new * crossed[k] + new * new * both[k];
            squares.iter_mut().zip(&crossed).for_each(|(own, c)| *own = keep * *own + new * c);
            squares.push(last);
            let slope = density(h0 / widths[k]) / widths[k];
            q.iter_mut().zip(&drawn[k]).for_each(|(q, from)| *q = keep * *q + new * slope * from);
            rate = keep * rate + new * below(bound(k));
        }
        course
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of the article's figure 1.
    fn article() -> Sequence {
        Sequence { patterns: 16, load: 0.075, strength: 1.0, h0: 0.22, sigma: 0.1, tau: 10.0 }
    }

    #[test]
    fn a_long_sequence_is_recalled_up_to_its_capacity() {
        // By bisection and Gauss-Legendre quadrature in Python; the article marks 0.48.
        assert!((article().capacity().unwrap() - 0.472_738_66).abs() < 1e-7);
        // sqrt(2 pi) sigma = 1 is the largest width of a threshold of 0.
        let sharp = |sigma| Sequence { h0: 0.0, sigma, ..article() }.capacity();
        assert!(sharp(0.398).is_some() && sharp(0.4).is_none());
        // Of a step at 0 noise is that of half of the neurons: 1/(2 pi) / (1/2).
        assert!((sharp(1e-6).unwrap() - std::f64::consts::FRAC_1_PI).abs() < 1e-4);
    }

    #[test]
    fn overlaps_follow_one_another() {
        let cue = Cue { rest: 0.0139, field: 1.0, duration: 10.0, until: 150.0 };
        // In Python with Gauss-Legendre quadrature: steps, overlaps with patterns 1, 2, 10 and 16, mean activity and square.
        let known = [
            (
                0.075,
                40,
                [0.427_277_262, 0.542_496_921, 3.080_6e-6, 3.6e-13],
                0.203_782_678,
                0.084_623_276,
            ),
            (
                0.075,
                193,
                [1.840_879e-4, 1.790_138e-3, 0.322_652_437, 0.051_198_641],
                0.137_794_416,
                0.071_601_079,
            ),
            (
                0.075,
                300,
                [7.404_6e-7, 1.166_18e-5, 0.107_254_674, 0.355_929_901],
                0.165_368_146,
                0.100_661_350,
            ),
            (
                0.6,
                193,
                [1.088_541e-4, 8.923_820e-4, 0.041_134_788, 2.354_907e-3],
                0.282_106_498,
                0.224_903_888,
            ),
        ];
        for load in [0.075, 0.6] {
            let course = Sequence { load, ..article() }.recall(&cue, 0.5);
            assert_eq!(course.len(), 301);
            for (_, k, overlaps, rate, square) in known.iter().filter(|known| known.0 == load) {
                let moment = &course[*k];
                assert_eq!(moment.time, 0.5 * *k as f64);
                for (l, m) in [0, 1, 9, 15].into_iter().zip(overlaps) {
                    assert!((moment.overlaps[l] - m).abs() < 1e-7, "{load} {k} {l}: {moment:?}");
                }
                assert!((moment.rate - rate).abs() < 1e-8, "{moment:?}");
                assert!((moment.square - square).abs() < 1e-7, "{moment:?}");
            }
        }
    }
}
