//! The Hopfield network at high load and a temperature: [`hopfield`] with stochastic neurons.
//!
//! ```text
//! m = < tanh((m + s z)/T) >,   q = < tanh^2((m + s z)/T) >,   C = (1 - q)/T,   s^2 = alpha r = alpha q / (1 - C)^2
//! ```
//!
//! over normal z. Given s, the first three have one solution with m > 0, and the last says which load that is: from s = 0
//! on the load rises to the capacity at this temperature. Without load this is m = tanh(m/T), and without
//! temperature the closed form of [`hopfield`].
//!
//! Source: D. J. Amit, H. Gutfreund and H. Sompolinsky, Ann. Phys. 173:30 (1987). Replica-symmetric, for N -> infinity, and
//! for asynchronous updates.

use super::hopfield;
use super::noise::self_consistent;
use super::root::{boundary, summit};

/// The largest s of any state: sqrt(2/pi), where even without temperature m = 0 remains.
const MOST: f64 = 0.8;

/// The load at which the noise of the other patterns has the standard deviation s; 0 if there is no retrieval.
fn load(s: f64, temperature: f64) -> f64 {
    self_consistent(s, temperature).map_or(0.0, |(_, slope)| {
        let q = 1.0 - temperature * slope;
        (s * (1.0 - slope)).powi(2) / q
    })
}

/// The largest load at which a pattern is retrieved at this temperature, and the overlap there; `None` from T = 1 on.
///
/// This is the line T_M(alpha) of AGS, read from its other axis: alpha = 0.137906 at T = 0, and T_M = 1 - 1.95 sqrt(alpha)
/// near T = 1.
pub fn capacity(temperature: f64) -> Option<(f64, f64)> {
    if temperature == 0.0 {
        let last = hopfield::capacity();
        return Some((last.load, last.overlap));
    }
    let (s, load) = last(temperature)?;
    Some((load, self_consistent(s, temperature)?.0))
}

/// s and load at the capacity.
fn last(temperature: f64) -> Option<(f64, f64)> {
    if !(0.0..1.0).contains(&temperature) {
        return None;
    }
    let s = summit(0.0, MOST, |s| load(s, temperature));
    Some((s, load(s, temperature)))
}

/// The overlap m(alpha, T) with a pattern that is retrieved; `None` where it cannot be.
pub fn overlap(alpha: f64, temperature: f64) -> Option<f64> {
    if temperature == 0.0 {
        return hopfield::overlap(alpha);
    }
    let (critical, most) = last(temperature)?;
    if !(0.0..=most).contains(&alpha) {
        return None;
    }
    let s = match alpha > 0.0 {
        true => boundary(0.0, critical, |s| load(s, temperature) < alpha),
        false => 0.0,
    };
    Some(self_consistent(s, temperature)?.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_load_it_is_a_hyperbolic_tangent() {
        for (beta, m) in [(1.1, 0.502941), (1.5, 0.858560), (2.0, 0.957504), (4.0, 0.999326)] {
            for load in [0.0, 1e-12] {
                let found = overlap(load, 1.0 / beta).unwrap();
                assert!((found - m).abs() < 6e-7, "{beta}: {found} {m}");
            }
        }
        assert_eq!(overlap(0.0, 1.0), None);
    }

    #[test]
    fn without_temperature_it_is_the_closed_form() {
        // The correction is of order T.
        for load in [0.02, 0.1, 0.13] {
            let (warm, cold) = (overlap(load, 1e-7).unwrap(), hopfield::overlap(load).unwrap());
            assert!((warm - cold).abs() < 1e-8, "{load}: {warm} {cold}");
        }
        let (warm, cold) = (capacity(1e-7).unwrap(), capacity(0.0).unwrap());
        assert!((warm.0 - cold.0).abs() < 1e-8 && (warm.1 - cold.1).abs() < 1e-5, "{warm:?}");
    }

    /// A second solution of the equations: damped iteration of all three from the pattern.
    #[test]
    fn the_equations_iterated_agree() {
        for (alpha, t) in [(0.05, 0.3), (0.1, 0.2), (0.01, 0.7), (0.12, 0.05)] {
            let (mut m, mut s) = (1.0, f64::sqrt(alpha));
            for _ in 0..3000 {
                let (parts, reach) = (2000, 8.0);
                let width = 2.0 * reach / f64::from(parts);
                let (mut mean, mut q) = (0.0, 0.0);
                for k in 0..parts {
                    let z: f64 = -reach + (f64::from(k) + 0.5) * width;
                    let weight = width * 0.398_942_280_401_432_7 * (-0.5 * z * z).exp();
                    let tanh = ((m + s * z) / t).tanh();
                    mean += weight * tanh;
                    q += weight * tanh * tanh;
                }
                let next = (alpha * q).sqrt() / (1.0 - (1.0 - q) / t);
                let moved = (mean - m).abs() + (next - s).abs();
                (m, s) = (0.5 * (m + mean), 0.5 * (s + next));
                if moved < 1e-10 {
                    break;
                }
            }
            let found = overlap(alpha, t).unwrap();
            assert!((found - m).abs() < 1e-7, "{alpha} {t}: {found} {m}");
        }
    }

    #[test]
    fn the_line_of_retrieval_ends_at_temperature_one() {
        // T_M = 1 - 1.95 sqrt(alpha) to the leading order, in AGS 1987; the next order is sqrt(alpha) of it.
        let slope = |t: f64| (1.0 - t) / capacity(t).unwrap().0.sqrt();
        let (near, nearer) = (slope(0.99), slope(0.999));
        assert!((nearer - 1.95).abs() < 0.01 && (near - 1.95).abs() < 0.03, "{near} {nearer}");
        assert_eq!(capacity(1.0), None);
        assert_eq!(capacity(f64::NAN), None);
        let falls = [0.0, 0.1, 0.3, 0.5, 0.9].map(|t| capacity(t).unwrap().0);
        assert!(falls.windows(2).all(|pair| pair[1] < pair[0]), "{falls:?}");
        let (most, _) = capacity(0.5).unwrap();
        assert_eq!(overlap(1.001 * most, 0.5), None);
        assert!(overlap(0.999 * most, 0.5).is_some());
    }
}
