//! Rate of the leaky integrate-and-fire neuron that is driven by white noise.
//!
//! ```text
//! tau_m dV/dt = -V + mu + sigma sqrt(tau_m) xi(t)      V reaches theta: spike, V := v_reset for t_ref
//! ```
//!
//! Without a threshold V has mean mu and variance sigma^2/2. All potentials are relative to rest.
//!
//! Sources: A. J. F. Siegert, Phys. Rev. 81:617 (1951); N. Fourcaud and N. Brunel, Neural Comput. 14:2057 (2002) for tau_syn > 0.

use std::f64::consts::PI;

/// |zeta(1/2)| / sqrt(2): how far, in units of sigma sqrt(tau_syn/tau_m), coloured noise shifts threshold and reset.
const SHIFT: f64 = 1.032_626_575_9;

/// A leaky integrate-and-fire neuron as the theory sees it; ms and mV.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Siegert {
    /// Membrane time constant, ms.
    pub tau_m: f64,
    /// Threshold, mV above rest.
    pub theta: f64,
    /// Potential after a spike, mV above rest; below `theta`.
    pub v_reset: f64,
    /// Refractory period, ms.
    pub t_ref: f64,
}

impl Siegert {
    /// Firing rate in Hz.
    ///
    /// 1/nu = t_ref + tau_m sqrt(pi) ∫ e^{x²} (1 + erf x) dx   from (v_reset - mu)/sigma to (theta - mu)/sigma
    ///
    /// For synapses of time constant `tau_syn` (ms) both bounds rise by 1.03263 sqrt(tau_syn/tau_m); this
    /// is the first order in sqrt(tau_syn/tau_m), good for tau_syn well below tau_m. Exact for
    /// tau_syn = 0. Any mu, and any sigma >= 0; sigma = 0 gives the noise-free neuron.
    pub fn rate(&self, mu: f64, sigma: f64, tau_syn: f64) -> f64 {
        1000.0 / self.mean_interval(mu, sigma, tau_syn)
    }

    /// Mean interspike interval, ms.
    fn mean_interval(&self, mu: f64, sigma: f64, tau_syn: f64) -> f64 {
        // Far above threshold the two bounds are nearly the same, but how far they are apart is known.
        let width = (self.theta - self.v_reset) / sigma;
        let high = (self.theta - mu) / sigma + SHIFT * (tau_syn / self.tau_m).sqrt();
        let passage = if width.is_finite() && high.is_finite() {
            if high > OVERFLOW { f64::INFINITY } else { PI.sqrt() * integral(high, width) }
        } else if mu > self.theta {
            libm::log((mu - self.v_reset) / (mu - self.theta))
        } else {
            f64::INFINITY
        };
        self.t_ref + self.tau_m * passage
    }
}

/// Beyond this bound e^{x²} overflows, and the rate is 0 to rounding.
const OVERFLOW: f64 = 26.0;

/// e^{x²} (1 + erf x), accurate also where erf x is close to -1; x <= 26.
fn mean(x: f64) -> f64 {
    if x > -10.0 {
        return libm::exp(x * x) * libm::erfc(-x);
    }
    // Asymptotic series of erfc; at x = -10 its twelfth term is below rounding.
    let q = -0.5 / (x * x);
    let mut term = 1.0;
    let mut sum = 1.0;
    for n in 1..=12 {
        term *= q * f64::from(2 * n - 1);
        sum += term;
    }
    -sum / (x * PI.sqrt())
}

/// The integral of [`mean`] from `high - width` to `high`, in panels that suit it: it decays algebraically below 0 and grows like e^{x²}
/// above.
fn integral(high: f64, width: f64) -> f64 {
    let (mut right, mut left_over) = (high, width);
    let mut sum = 0.0;
    while left_over > 0.0 {
        let panel = if right > 0.0 { 1.0 / (1.0 + right) } else { 0.5 - 0.5 * right };
        let panel = panel.min(left_over);
        sum += legendre(right, panel);
        right -= panel;
        left_over -= panel;
    }
    sum
}

/// The same of one panel, by Gauss-Legendre quadrature with 16 points.
fn legendre(high: f64, width: f64) -> f64 {
    let half = 0.5 * width;
    let middle = high - half;
    half * NODES
        .iter()
        .map(|&(x, w)| w * (mean(middle - half * x) + mean(middle + half * x)))
        .sum::<f64>()
}

/// Positive nodes and weights of the 16-point Gauss-Legendre rule on [-1, 1].
const NODES: [(f64, f64); 8] = [
    (0.09501250983763744, 0.18945061045506864),
    (0.2816035507792589, 0.18260341504492364),
    (0.45801677765722737, 0.16915651939500265),
    (0.6178762444026438, 0.1495959888165767),
    (0.755404408355003, 0.12462897125553407),
    (0.8656312023878318, 0.0951585116824926),
    (0.9445750230732326, 0.062253523938647456),
    (0.9894009349916499, 0.027152459411754176),
];

#[cfg(test)]
mod tests {
    use super::*;

    const NEURON: Siegert = Siegert { tau_m: 20.0, theta: 20.0, v_reset: 10.0, t_ref: 2.0 };

    fn close(found: f64, expected: f64, relative: f64) {
        assert!((found / expected - 1.0).abs() < relative, "found {found}, expected {expected}");
    }

    #[test]
    fn agrees_with_quadrature_in_thirty_digits() {
        for (mu, sigma, rate) in [
            (15.0, 5.0, 9.4607998058),
            (13.0, 7.0, 10.5239986886),
            (16.0, 3.0, 4.8035997123),
            (18.0, 2.0, 7.6678457622),
            (18.0, 5.0, 19.6202897625),
        ] {
            close(NEURON.rate(mu, sigma, 0.0), rate, 1e-8);
        }
    }

    /// The bounds of the integral differ by 2, be they 0 or 4 million: lost digits would make the rate rough, and a
    /// solver's steps with it.
    #[test]
    fn far_above_threshold_no_digit_is_lost() {
        let neuron = Siegert { t_ref: 0.0, ..NEURON };
        for (mu, rate) in [
            (20.0, 28.922_058_320_055_48),
            (30.0, 76.426_463_355_883_61),
            (60.0, 225.465_430_719_107_22),
            (200.0, 925.112_650_821_706_4),
            (2e3, 9_925.010_495_413_107),
            (2e4, 99_925.001_042_448_54),
            (2e5, 999_925.000_104_174_5),
            (2e6, 9_999_925.000_010_416),
            (2e7, 99_999_925.000_001_04),
        ] {
            close(neuron.rate(mu, 5.0, 0.0), rate, 2e-15);
        }
    }

    #[test]
    fn without_noise_the_neuron_is_a_clock() {
        let period = 2.0 + 20.0 * 2.0_f64.ln();
        for sigma in [0.0, 1e-9, 1e-4] {
            close(NEURON.rate(30.0, sigma, 0.0), 1000.0 / period, 1e-8);
            assert_eq!(NEURON.rate(19.0, sigma, 0.0), 0.0);
        }
        assert_eq!(NEURON.rate(20.0, 0.0, 0.0), 0.0);
        assert!(NEURON.rate(20.0, 1e-6, 0.0) > 0.0);
    }

    #[test]
    fn extreme_arguments_stay_finite() {
        for mu in [-1e9, -1e3, -100.0, 0.0, 19.999, 20.0, 100.0, 1e6, 1e12] {
            for sigma in [0.0, 1e-12, 1e-3, 0.1, 1.0, 10.0, 1e3, 1e9] {
                for tau_syn in [0.0, 5.0, 100.0] {
                    let rate = NEURON.rate(mu, sigma, tau_syn);
                    assert!((0.0..=500.0).contains(&rate), "rate {rate} at {mu}, {sigma}");
                }
            }
        }
        close(NEURON.rate(1e12, 1.0, 0.0), 500.0, 1e-9);
    }

    #[test]
    fn slow_synapses_raise_the_effective_threshold() {
        let shift = SHIFT * 0.5 * 3.0;
        let raised = Siegert { theta: 20.0 + shift, v_reset: 10.0 + shift, ..NEURON };
        close(NEURON.rate(15.0, 3.0, 5.0), raised.rate(15.0, 3.0, 0.0), 1e-12);
        assert!(NEURON.rate(15.0, 3.0, 5.0) < NEURON.rate(15.0, 3.0, 0.0));
    }
}
