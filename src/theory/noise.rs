//! The mean activity of binary neurons in Gaussian noise, which all networks of this folder share.

use std::f64::consts::{FRAC_2_PI, PI, SQRT_2};

/// Mean activity, and how it grows with the mean field.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Response {
    /// M = < tanh((m + s z) / T) > over normal z.
    pub mean: f64,
    /// C = dM/dm = (1 - q) / T with q = < tanh^2 >: the susceptibility.
    pub slope: f64,
}

/// Distance of the nodes of the trapezoidal rule, in units of the narrower of the two distributions below. The other
/// factor of the integrand has its poles at least pi/2 from the real axis: the error is of order e^{-pi^2/STEP}.
const STEP: f64 = 0.2;

/// The response of neurons of +-1 to a mean field `m` and static noise of standard deviation `s` at temperature `t`;
/// to rounding, for any s, t >= 0. Where both are 0 it is that of the sign, of slope 0.
///
/// tanh(h/T) is the mean of sgn(h + T x) over the density 1/(2 cosh^2 x). The mean is taken over x where T < s, and over
/// z elsewhere: over the narrower of the two, against which the other factor is smooth.
pub fn response(m: f64, s: f64, t: f64) -> Response {
    let of_sign = |m: f64| {
        let y = m / (SQRT_2 * s);
        (libm::erf(y), FRAC_2_PI.sqrt() / s * libm::exp(-y * y))
    };
    let (mean, slope) = if t == 0.0 && s == 0.0 {
        (if m == 0.0 { 0.0 } else { m.signum() }, 0.0)
    } else if t == 0.0 {
        of_sign(m)
    } else if t < s {
        let density = |x: f64| 0.5 / (libm::cosh(x) * libm::cosh(x));
        average(100, density, |x| of_sign(m + t * x))
    } else {
        let density = |z: f64| libm::exp(-0.5 * z * z) / (2.0 * PI).sqrt();
        average(45, density, |z| {
            let h = (m + s * z) / t;
            (libm::tanh(h), 1.0 / (t * libm::cosh(h) * libm::cosh(h)))
        })
    };
    Response { mean, slope }
}

/// The means of two functions over `density`, by the trapezoidal rule with `nodes` nodes on either side of 0.
fn average(nodes: i32, density: impl Fn(f64) -> f64, f: impl Fn(f64) -> (f64, f64)) -> (f64, f64) {
    (-nodes..=nodes).fold((0.0, 0.0), |sum, k| {
        let x = STEP * f64::from(k);
        let (weight, (a, b)) = (STEP * density(x), f(x));
        (sum.0 + weight * a, sum.1 + weight * b)
    })
}

/// Below this an overlap is 0.
const NOTHING: f64 = 1e-8;

/// The largest m > 0 with m = M(m), and the slope there, which is below 1; `None` if there is only m = 0.
///
/// M is concave for m > 0, so Newton's method from m = 1 descends to the root.
pub fn self_consistent(s: f64, t: f64) -> Option<(f64, f64)> {
    let mut m = 1.0;
    for _ in 0..200 {
        let Response { mean, slope } = response(m, s, t);
        let next = m - (m - mean) / (1.0 - slope);
        if slope >= 1.0 || next < NOTHING {
            return None;
        }
        if next >= m - 1e-15 {
            return Some((m, slope));
        }
        m = next;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By the midpoint rule in z.
    fn slow(m: f64, s: f64, t: f64) -> (f64, f64) {
        let (parts, reach) = (400_000, 9.0);
        let width = 2.0 * reach / f64::from(parts);
        (0..parts).fold((0.0, 0.0), |sum, k| {
            let z = -reach + (f64::from(k) + 0.5) * width;
            let weight = width * (-0.5 * z * z).exp() / (2.0 * PI).sqrt();
            let tanh = ((m + s * z) / t).tanh();
            (sum.0 + weight * tanh, sum.1 + weight * (1.0 - tanh * tanh) / t)
        })
    }

    #[test]
    fn the_response_is_that_of_an_obvious_quadrature() {
        for (m, s, t) in [
            (0.9, 0.3, 0.01),
            (0.5, 0.4, 0.39),
            (0.5, 0.4, 0.41),
            (0.99, 0.02, 0.6),
            (0.2, 3.0, 0.5),
            (0.0, 0.2, 0.1),
        ] {
            let Response { mean, slope } = response(m, s, t);
            let (slow_mean, slow_slope) = slow(m, s, t);
            assert!((mean - slow_mean).abs() < 1e-9, "{m} {s} {t}: {mean} {slow_mean}");
            assert!((slope - slow_slope).abs() < 1e-8, "{m} {s} {t}: {slope} {slow_slope}");
        }
    }

    #[test]
    fn the_limits_without_noise_and_temperature_are_closed() {
        let close = |a: Response, b: (f64, f64)| {
            assert!((a.mean - b.0).abs() < 1e-13 && (a.slope - b.1).abs() < 1e-12, "{a:?} {b:?}");
        };
        close(response(0.3, 0.0, 0.5), (0.6f64.tanh(), 2.0 / 0.6f64.cosh().powi(2)));
        // Linear in T^2: the variance of x is pi^2/12.
        let cold = response(0.3, 0.5, 1e-9);
        close(cold, (response(0.3, 0.5, 0.0).mean, response(0.3, 0.5, 0.0).slope));
        close(response(-0.1, 0.0, 0.0), (-1.0, 0.0));
    }

    #[test]
    fn an_overlap_that_holds_itself_is_found_if_there_is_one() {
        let (m, slope) = self_consistent(0.3, 0.4).unwrap();
        assert!((response(m, 0.3, 0.4).mean - m).abs() < 1e-14 && slope < 1.0);
        assert_eq!(self_consistent(0.0, 1.0), None);
        // Without temperature the bound is sqrt(2/pi).
        assert_eq!(self_consistent(FRAC_2_PI.sqrt() + 1e-6, 0.0), None);
        assert!(self_consistent(FRAC_2_PI.sqrt() - 1e-6, 0.0).is_some());
        assert_eq!(self_consistent(0.0, 0.0), Some((1.0, 0.0)));
    }
}
