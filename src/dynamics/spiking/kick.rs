//! What an arrival does to the coefficients of its target.
//!
//! Within a window a neuron is described by its state at the window's start: V(0) - V_inf and I_r(0).
//! An arrival of efficacy J at time s acts as if these had been different from the beginning:
//!
//! ```text
//! I_r(0)       += J f_i(s)    f_i(s) =  (tau_m/tau_r) e^{s/tau_r}
//! V(0) - V_inf += J f_a(s)    f_a(s) = -f_i(s) g_r(s) e^{s/tau_m}       (V(s) itself does not jump)
//! bound        += J f_b(s)    f_b(s) =  (tau_m/tau_r) g_r(h - s)        for J > 0, nothing for J < 0
//! ```
//!
//! `bound` is an upper bound of V in the rest of the window, by superposition: until the window ends at h the
//! potential due to one excitatory arrival grows monotonically (h is at most tau_m and tau_r) to J f_b(s).
//!
//! The three factors belong to the arrival, not to the synapse. They are smooth functions of s on a
//! window of fixed length, tabulated as piecewise polynomials to rounding accuracy.

use super::lif::Lif;

/// The three factors of an arrival, times its efficacy.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Kick {
    /// To (bound, V(0) - V_inf).
    pub lead: [f64; 2],
    /// To I_r(0).
    pub current: f64,
}

impl Kick {
    /// The kick of an arrival with `efficacy` mV.
    #[inline]
    pub fn times(self, efficacy: f64) -> Self {
        let excitation = if efficacy > 0.0 { efficacy } else { 0.0 };
        Self {
            lead: [excitation * self.lead[0], efficacy * self.lead[1]],
            current: efficacy * self.current,
        }
    }
}

const CELLS: usize = 32;
const DEGREE: usize = 5;

/// Kicks of efficacy 1 at any time of a window, for one port.
#[derive(Clone, Debug)]
pub struct KickTable {
    /// Cells per ms.
    scale: f64,
    /// For every cell the coefficients of (f_b, f_a, f_i), highest power first, in y in [-1/2, 1/2].
    cells: Vec<[[f64; 3]; DEGREE + 1]>,
}

impl KickTable {
    /// The table for `port` and windows of length `window` ms, which is at most tau_m and tau_r.
    pub fn new(lif: &Lif, port: usize, window: f64) -> Self {
        let exact = |s: f64| exact(lif, port, window, s);
        let width = window / CELLS as f64;
        let cells = (0..CELLS).map(|k| fit(|y| exact((k as f64 + 0.5 + y) * width))).collect();
        Self { scale: 1.0 / width, cells }
    }

    /// The kick at `s` ms after the window's start.
    #[inline]
    pub fn at(&self, s: f64) -> Kick {
        let x = s * self.scale;
        let cell = (x as usize).min(CELLS - 1);
        let y = x - cell as f64 - 0.5;
        let coefficients = &self.cells[cell];
        let mut f = coefficients[0];
        for c in &coefficients[1..] {
            f = [f[0] * y + c[0], f[1] * y + c[1], f[2] * y + c[2]];
        }
        Kick { lead: [f[0], f[1]], current: f[2] }
    }
}

/// (f_b, f_a, f_i) from their definitions.
fn exact(lif: &Lif, port: usize, window: f64, s: f64) -> [f64; 3] {
    let jump = lif.tau_m / lif.tau[port];
    let growth_m = libm::exp(s / lif.tau_m);
    let f_i = jump * libm::exp(s / lif.tau[port]);
    let (response, _) = lif.response(port, s, 1.0 / growth_m);
    let rest = window - s;
    let (later, _) = lif.response(port, rest, libm::exp(-rest / lif.tau_m));
    [jump * later, -f_i * response * growth_m, f_i]
}

/// The polynomials on [-1/2, 1/2] that interpolate three functions at the Chebyshev points.
fn fit(f: impl Fn(f64) -> [f64; 3]) -> [[f64; 3]; DEGREE + 1] {
    const N: usize = DEGREE + 1;
    let angle = |k: usize| std::f64::consts::PI * (k as f64 + 0.5) / N as f64;
    let values: Vec<[f64; 3]> = (0..N).map(|k| f(0.5 * libm::cos(angle(k)))).collect();
    let mut powers = [[0.0; 3]; N];
    // T_m(2y) as powers of y, by the recurrence T_{m+1}(z) = 2 z T_m(z) - T_{m-1}(z).
    let (mut current, mut previous) = ([0.0; N], [0.0; N]);
    current[0] = 1.0;
    for m in 0..N {
        let weight = if m == 0 { 1.0 } else { 2.0 } / N as f64;
        for part in 0..3 {
            let projection =
                (0..N).map(|k| values[k][part] * libm::cos(m as f64 * angle(k))).sum::<f64>();
            for p in 0..N {
                powers[N - 1 - p][part] += weight * projection * current[p];
            }
        }
        let factor = if m == 0 { 2.0 } else { 4.0 };
        let mut next = [0.0; N];
        for p in 1..N {
            next[p] = factor * current[p - 1];
        }
        for p in 0..N {
            next[p] -= previous[p];
        }
        (previous, current) = (current, next);
    }
    powers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_agrees_with_the_definitions_to_rounding() {
        for tau in [1.0, 5.0, 20.0 * (1.0 - 1e-9), 20.0, 60.0, 500.0] {
            let lif = Lif { tau_m: 20.0, theta: 20.0, v_reset: 0.0, t_ref: 2.0, tau: vec![tau] };
            for window in [0.1, 1.0] {
                let table = KickTable::new(&lif, 0, window);
                for k in 0..=1000 {
                    let s = window * f64::from(k) / 1000.0;
                    let kick = table.at(s);
                    let [f_b, f_a, f_i] = exact(&lif, 0, window, s);
                    let jump = 20.0 / tau;
                    for (found, expected) in
                        [(kick.lead[0], f_b), (kick.lead[1], f_a), (kick.current, f_i)]
                    {
                        assert!(
                            (found - expected).abs() < 5e-15 * expected.abs().max(jump),
                            "{tau} {s} {found} {expected}"
                        );
                    }
                }
            }
        }
    }
}
