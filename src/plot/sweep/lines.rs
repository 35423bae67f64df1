//! Lines of theory, sampled for a figure.

use super::Line;
use crate::theory::{crosstalk, diluted, gain, hopfield, low_activity, palimpsest, thermal};

/// Points of a line; twice as many as pixels of half a page are as good as a curve.
const POINTS: u32 = 400;

/// `f` at values from `from` to `to`, without those where it has none.
fn sampled(name: &str, (from, to): (f64, f64), f: impl Fn(f64) -> Option<f64>) -> Line {
    let at = |k: u32| from + (to - from) * f64::from(k) / f64::from(POINTS);
    let points = (0..=POINTS).filter_map(|k| Some((at(k), f(at(k))?))).collect();
    Line { name: name.to_owned(), points, of: None }
}

/// m(α) of the Hopfield network at temperature `t`, up to its capacity.
pub fn load(t: f64) -> Line {
    Line { name: "theory".to_owned(), points: thermal::line(t, POINTS), of: None }
}

/// α_c without temperature, where an upright line may stand.
pub fn critical_load() -> (f64, String) {
    (hopfield::capacity().load, "α = 0.138".to_owned())
}

/// m = g(m/T) for temperatures up to `to`: few patterns.
pub fn temperature(g: impl Fn(f64) -> f64, to: f64) -> Line {
    // Without temperature the argument is infinite, and so it is avoided.
    sampled("m = g(βm)", (1e-6, to), |t| Some(gain::fixed_point(&g, 1.0 / t)))
}

/// The share of neurons that leave their pattern in the first step, for loads up to `to`.
pub fn first_step(to: f64) -> Line {
    sampled("½ erfc √(1/2α)", (0.0, to), |load| Some(crosstalk::first_step_error(load, 1.0)))
}

/// Retrieval of a palimpsest of strength `epsilon` for ages up to `to`; 0 of what is forgotten.
pub fn age(epsilon: f64, to: f64) -> Line {
    let overlap = |u| Some(palimpsest::overlap(epsilon, u).unwrap_or(0.0));
    sampled("theory", (0.0, to), overlap)
}

/// m = erf(m/√2α), the strongly diluted network at temperature `t`, for loads up to `to`.
pub fn dilution(t: f64, to: f64) -> Line {
    // Dense near the capacity 2/π, where m falls like a root.
    let name = if t == 0.0 { "K ≪ N: m = erf(m/√(2α))" } else { "K ≪ N" };
    let mut line = sampled(name, (0.0, to), |load| diluted::overlap(load, t));
    if t == 0.0 && to > diluted::CAPACITY {
        let below = (1..200).map(|k| diluted::CAPACITY * (1.0 - 1e-6 * f64::from(k * k)));
        line.points.extend(below.filter_map(|a| Some((a, diluted::overlap(a, t)?))));
        line.points.push((diluted::CAPACITY, 0.0));
        line.points.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    }
    line
}

/// The largest load against coding level, at the best threshold.
pub fn coding_level(from: f64) -> Line {
    let levels = (0..=40).map(|k| 0.5 * libm::pow(from / 0.5, f64::from(k) / 40.0));
    let points = levels.filter_map(|a| Some((a, low_activity::capacity(a)?.load)));
    Line { name: "theory".to_owned(), points: points.collect(), of: None }
}
