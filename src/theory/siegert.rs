//! Rate and irregularity of the leaky integrate-and-fire neuron that is driven by white noise.
//!
//! ```text
//! tau_m dV/dt = -V + mu + sigma sqrt(tau_m) xi(t)      V reaches theta: spike, V := v_reset for t_ref
//! ```
//!
//! Without a threshold V has mean mu and variance sigma^2/2. All potentials are relative to rest.
//!
//! Sources: A. J. F. Siegert, Phys. Rev. 81:617 (1951); N. Brunel, J. Comput. Neurosci. 8:183 (2000),
//! appendix A.1 for the CV; N. Fourcaud and N. Brunel, Neural Comput. 14:2057 (2002) for tau_syn > 0.

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

/// The white noise that stands for many Poisson inputs.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Input {
    /// Mean input, mV.
    pub mu: f64,
    /// Amplitude of the noise, mV; the free potential has the standard deviation sigma/sqrt(2).
    pub sigma: f64,
}

impl Input {
    /// Mean and noise of independent Poisson inputs (diffusion approximation).
    ///
    /// mu = tau_m sum J nu, sigma^2 = tau_m sum J^2 nu, over pairs of an efficacy J (mV) and the total
    /// rate nu (Hz) of all inputs with this efficacy; `tau_m` in ms. Valid for efficacies that are small
    /// against theta - v_reset, and many of them per tau_m.
    pub fn poisson(tau_m: f64, inputs: impl IntoIterator<Item = (f64, f64)>) -> Input {
        let (mut mean, mut square) = (0.0, 0.0);
        for (efficacy, rate) in inputs {
            mean += efficacy * rate;
            square += efficacy * efficacy * rate;
        }
        let tau = tau_m / 1000.0;
        Input { mu: tau * mean, sigma: (tau * square).sqrt() }
    }
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

    /// Coefficient of variation of the interspike intervals.
    ///
    /// CV² = 2 pi (nu tau_m)² ∫ e^{x²} ∫ e^{y²} (1 + erf y)² dy dx
    ///
    /// with x between the bounds of [`rate`](Siegert::rate) and y from -infinity to x. The limits are 0
    /// without noise and 1 (Poisson) far below threshold. `tau_syn` only shifts the bounds, as for the rate; the
    /// correlations between intervals that slow synapses cause are not included.
    pub fn cv(&self, mu: f64, sigma: f64, tau_syn: f64) -> f64 {
        let interval = self.mean_interval(mu, sigma, tau_syn);
        if sigma == 0.0 {
            return 0.0;
        }
        let (low, high) = self.bounds(mu, sigma, tau_syn);
        if high > FAR {
            // The escape over a high threshold is a Poisson process that resumes after t_ref.
            return 1.0 - self.t_ref / interval;
        }
        self.tau_m / interval * (2.0 * PI * integral(low, high, variance)).sqrt()
    }

    /// (v_reset - mu)/sigma and (theta - mu)/sigma, shifted for slow synapses.
    fn bounds(&self, mu: f64, sigma: f64, tau_syn: f64) -> (f64, f64) {
        let shift = SHIFT * (tau_syn / self.tau_m).sqrt();
        ((self.v_reset - mu) / sigma + shift, (self.theta - mu) / sigma + shift)
    }

    /// Mean interspike interval, ms.
    fn mean_interval(&self, mu: f64, sigma: f64, tau_syn: f64) -> f64 {
        let passage = if sigma > 0.0 {
            let (low, high) = self.bounds(mu, sigma, tau_syn);
            if high > OVERFLOW { f64::INFINITY } else { PI.sqrt() * integral(low, high, mean) }
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

/// Beyond this bound the intervals are exponential to rounding: the corrections are of order e^{-x²}.
const FAR: f64 = 6.5;

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

/// e^{x²} ∫ e^{y²} (1 + erf y)² dy, y from -infinity to x; x <= 6.5.
///
/// With y = x - s the integrand is e^{2xs - s²} mean(x - s)², which neither overflows nor cancels.
fn variance(x: f64) -> f64 {
    let reach = if x < -1.0 { 20.0 / -x } else { x + 7.0 };
    let steps = if x < -1.0 { 4 } else { 2 * reach.ceil() as usize };
    let width = reach / steps as f64;
    let density = |s: f64| libm::exp((2.0 * x - s) * s) * mean(x - s).powi(2);
    (0..steps).map(|k| legendre(k as f64 * width, (k + 1) as f64 * width, density)).sum()
}

/// The integral of `f` from `low` to `high`, in panels that suit functions which decay algebraically
/// below 0 and grow like e^{x²} above.
fn integral(low: f64, high: f64, f: impl Fn(f64) -> f64) -> f64 {
    let mut sum = 0.0;
    let mut right = high;
    while right > low {
        let width = if right > 0.0 { 1.0 / (1.0 + right) } else { 0.5 - 0.5 * right };
        let left = (right - width).max(low);
        sum += legendre(left, right, &f);
        right = left;
    }
    sum
}

/// The integral of `f` from `a` to `b` by Gauss-Legendre quadrature with 16 points.
fn legendre(a: f64, b: f64, f: impl Fn(f64) -> f64) -> f64 {
    let (middle, half) = (0.5 * (a + b), 0.5 * (b - a));
    half * NODES
        .iter()
        .map(|&(x, w)| w * (f(middle - half * x) + f(middle + half * x)))
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
        for (mu, sigma, rate, cv) in [
            (15.0, 5.0, 9.4607998058, 0.81476),
            (13.0, 7.0, 10.5239986886, 0.89861),
            (16.0, 3.0, 4.8035997123, 0.82111),
            (18.0, 2.0, 7.6678457622, 0.66450),
            (18.0, 5.0, 19.6202897625, 0.66646),
        ] {
            close(NEURON.rate(mu, sigma, 0.0), rate, 1e-8);
            close(NEURON.cv(mu, sigma, 0.0), cv, 1e-5);
        }
    }

    #[test]
    fn without_noise_the_neuron_is_a_clock() {
        let period = 2.0 + 20.0 * 2.0_f64.ln();
        for sigma in [0.0, 1e-9, 1e-4] {
            close(NEURON.rate(30.0, sigma, 0.0), 1000.0 / period, 1e-8);
            assert!(NEURON.cv(30.0, sigma, 0.0) < 1e-4);
            assert_eq!(NEURON.rate(19.0, sigma, 0.0), 0.0);
        }
        assert_eq!(NEURON.rate(20.0, 0.0, 0.0), 0.0);
        assert!(NEURON.rate(20.0, 1e-6, 0.0) > 0.0);
    }

    #[test]
    fn weak_noise_gives_the_cv_of_linear_theory() {
        // dV/dt = (mu - theta)/tau_m at threshold carries sd(V) to sd(T): CV = sd(V) tau_m / (mu - theta) / T,
        // with the variance of V at time T, sigma²/2 (1 - e^{-2T/tau_m}).
        let (mu, sigma) = (30.0, 1e-3);
        let passage = 20.0 * 2.0_f64.ln();
        let sd = sigma * (0.5 * (1.0 - (-2.0 * passage / 20.0).exp())).sqrt();
        close(NEURON.cv(mu, sigma, 0.0), sd * 20.0 / 10.0 / (passage + 2.0), 1e-5);
    }

    #[test]
    fn extreme_arguments_stay_finite() {
        for mu in [-1e9, -1e3, -100.0, 0.0, 19.999, 20.0, 100.0, 1e6, 1e12] {
            for sigma in [0.0, 1e-12, 1e-3, 0.1, 1.0, 10.0, 1e3, 1e9] {
                for tau_syn in [0.0, 5.0, 100.0] {
                    let (rate, cv) =
                        (NEURON.rate(mu, sigma, tau_syn), NEURON.cv(mu, sigma, tau_syn));
                    assert!((0.0..=500.0).contains(&rate), "rate {rate} at {mu}, {sigma}");
                    assert!(cv.is_finite() && cv >= 0.0, "CV {cv} at {mu}, {sigma}");
                }
            }
        }
        close(NEURON.rate(1e12, 1.0, 0.0), 500.0, 1e-9);
        close(NEURON.cv(0.0, 2.0, 0.0), 1.0, 1e-9);
    }

    #[test]
    fn the_cv_is_continuous_where_the_formula_changes() {
        let mu = |bound: f64| 20.0 - 2.0 * bound;
        close(NEURON.cv(mu(6.499), 2.0, 0.0), NEURON.cv(mu(6.501), 2.0, 0.0), 1e-9);
    }

    #[test]
    fn slow_synapses_raise_the_effective_threshold() {
        let shift = SHIFT * 0.5 * 3.0;
        let raised = Siegert { theta: 20.0 + shift, v_reset: 10.0 + shift, ..NEURON };
        close(NEURON.rate(15.0, 3.0, 5.0), raised.rate(15.0, 3.0, 0.0), 1e-12);
        assert!(NEURON.rate(15.0, 3.0, 5.0) < NEURON.rate(15.0, 3.0, 0.0));
    }

    #[test]
    fn poisson_inputs_add_up() {
        let input = Input::poisson(20.0, [(1.0, 1000.0), (-0.5, 400.0)]);
        close(input.mu, 16.0, 1e-12);
        close(input.sigma, 22.0_f64.sqrt(), 1e-12);
    }
}
