//! What an arrival does to the coefficients of its target.
//!
//! Within a window a neuron is described by its state at the window's start: V(0) - V_inf and the currents
//! i_r(0) = I_r(0)/tau_m in mV/ms. An arrival of efficacy J at time s acts as if these had been different from
//! the beginning:
//!
//! ```text
//! exponential synapse, tau_r:
//!   i_r(0)       += J f_i(s)    f_i(s) =  e^{s/tau_r}/tau_r
//!   V(0) - V_inf += J f_a(s)    f_a(s) = -f_i(s) G_r(s) e^{s/tau_m}     (V(s) itself does not jump)
//!   bound        += J f_b(s)    f_b(s) =  G_r(h - s)/tau_r              for J > 0, nothing for J < 0
//! delta synapse:
//!   V(0) - V_inf += J e^{s/tau_m},   bound += J
//! ```
//!
//! where G_r = tau_m g_r is the response of V to a unit i_r. `bound` is an upper bound of V in the rest of the
//! window, by superposition: until the window ends at h the potential due to one excitatory arrival grows
//! monotonically (h is at most tau_m and tau_r) to J f_b(s).
//!
//! The factors belong to the arrival, not to the synapse. They are smooth functions of s on a window of fixed
//! length, tabulated as piecewise polynomials to rounding accuracy. Where every neuron has its own
//! tau_m, f_a is a polynomial in 1/tau_m whose coefficients belong to the arrival; it is entire in 1/tau_m,
//! and [`TERMS`] terms give it to rounding as long as the window is short ([`longest_window`]).

use super::lif::Lif;
use super::series::{interpolate, points};
use crate::tape::on_tape;

/// Terms of f_a as a polynomial in 1/tau_m.
pub const TERMS: usize = 8;
/// Numbers in a kick where all neurons share tau_m, and where each has its own.
pub const SHARED: usize = 3;
pub const SPREAD: usize = 2 + TERMS;

/// Rounding in the sums behind a bound is some 1e-15 of the largest term, which is below 1e6 mV.
const MARGIN: f64 = 1e-9;

/// A neuron whose bound (less theta) exceeds this is examined.
pub const BAR: f64 = -MARGIN;

/// The coefficients that an arrival changes most often.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(16))]
pub struct Lead {
    /// With currents: an upper bound of V - theta until the window ends.
    /// Without: theta - V_inf, with which V is at theta when departure = bound e^{s/tau_m}; where V_inf is not
    /// below theta, a smaller number, so that every neuron that crosses before the window ends exceeds it.
    pub bound: f64,
    /// V(0) - V_inf; minus infinity, which absorbs every arrival, while the neuron is refractory.
    pub departure: f64,
}

impl Lead {
    /// After the arrival of `kick` at a neuron at `place`.
    #[inline(always)]
    pub fn plus<const F: usize>(self, kick: Kick<F>, place: f64) -> Self {
        Self { bound: self.bound + kick.bound(), departure: self.departure + kick.departure(place) }
    }
}

on_tape!(Lead { bound, departure });

/// The factors of an arrival, times its efficacy: (bound, V(0) - V_inf, i_r(0)), where the second may be a
/// polynomial, highest power first.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(align(16))]
pub struct Kick<const F: usize>(pub [f64; F]);

impl<const F: usize> Kick<F> {
    /// To the bound.
    #[inline(always)]
    pub fn bound(&self) -> f64 {
        self.0[0]
    }

    /// To V(0) - V_inf of a neuron at `place`, which says where its 1/tau_m lies (see [`Leaks`]).
    #[inline(always)]
    pub fn departure(&self, place: f64) -> f64 {
        let mut a = self.0[1];
        for c in &self.0[2..F - 1] {
            a = a * place + c;
        }
        a
    }

    /// To i_r(0).
    #[inline(always)]
    pub fn current(&self) -> f64 {
        self.0[F - 1]
    }

    /// The kick of an arrival with `efficacy` mV.
    #[inline(always)]
    pub fn times(self, efficacy: f64) -> Self {
        let mut product = self.multiple(efficacy);
        if efficacy < 0.0 {
            product.0[0] = 0.0;
        }
        product
    }

    /// `factor` times this kick.
    #[inline(always)]
    pub fn multiple(mut self, factor: f64) -> Self {
        self.0.iter_mut().for_each(|f| *f *= factor);
        self
    }
}

/// The range of 1/tau_m in a block (1/ms).
#[derive(Clone, Copy, Debug)]
pub struct Leaks {
    pub least: f64,
    pub most: f64,
}

impl Leaks {
    /// Where `leak` lies in the range: from -1/2 to 1/2.
    pub fn place(&self, leak: f64) -> f64 {
        if self.are_equal() {
            return 0.0;
        }
        (leak - self.least) / (self.most - self.least) - 0.5
    }

    fn at(&self, place: f64) -> f64 {
        self.least + (self.most - self.least) * (place + 0.5)
    }

    pub fn are_equal(&self) -> bool {
        self.least == self.most
    }

    /// The longest window (ms) in which [`TERMS`] terms give f_a to rounding: the next term, with
    /// x = h (1/tau_m range)/2, is about 2 (x/2)^8/8!.
    pub fn longest_window(&self) -> f64 {
        0.12 / (self.most - self.least)
    }
}

const CELLS: usize = 32;
const DEGREE: usize = 5;

/// Kicks of efficacy 1 at any time of a window, for synapses of one kind.
#[derive(Clone, Debug)]
pub struct KickTable<const F: usize> {
    /// Cells per ms.
    scale: f64,
    /// For every cell the coefficients of the factors, highest power first, in y in [-1/2, 1/2].
    cells: Vec<[[f64; F]; DEGREE + 1]>,
}

impl<const F: usize> KickTable<F> {
    /// The table for synapses of time constant `tau` (ms; 0 for delta synapses) and windows of length `window`
    /// ms, which is at most tau_m and every positive tau.
    pub fn new(leaks: Leaks, tau: f64, window: f64) -> Self {
        let width = window / CELLS as f64;
        let factors = |s: f64| factors::<F>(leaks, tau, window, s);
        let cells = (0..CELLS)
            .map(|k| {
                let values = points(DEGREE + 1).map(|y| factors((k as f64 + 0.5 + y) * width));
                let values: Vec<[f64; F]> = values.collect();
                let mut cell = [[0.0; F]; DEGREE + 1];
                for part in 0..F {
                    let of_part: Vec<f64> = values.iter().map(|f| f[part]).collect();
                    let series = interpolate(&of_part);
                    cell.iter_mut().zip(series).for_each(|(c, power)| c[part] = power);
                }
                cell
            })
            .collect();
        Self { scale: 1.0 / width, cells }
    }

    /// The kick at `s` ms after the window's start.
    #[inline]
    pub fn at(&self, s: f64) -> Kick<F> {
        let (cell, y) = self.cell(s);
        let coefficients = &self.cells[cell];
        let mut f = coefficients[0];
        for c in &coefficients[1..] {
            for part in 0..F {
                f[part] = f[part] * y + c[part];
            }
        }
        Kick(f)
    }

    #[inline]
    fn cell(&self, s: f64) -> (usize, f64) {
        let x = s * self.scale;
        let cell = (x as i32).clamp(0, CELLS as i32 - 1);
        (cell as usize, x - (f64::from(cell) + 0.5))
    }
}

/// The factors from their definitions.
pub fn factors<const F: usize>(leaks: Leaks, tau: f64, window: f64, s: f64) -> [f64; F] {
    let mut f = [0.0; F];
    f[0] = if tau == 0.0 { 1.0 } else { response(leaks.least, tau, window - s) / tau };
    f[F - 1] = if tau == 0.0 { 0.0 } else { libm::exp(s / tau) / tau };
    let departure = |leak: f64| match tau {
        0.0 => libm::exp(s * leak),
        _ => -f[F - 1] * response(leak, tau, s) * libm::exp(s * leak),
    };
    if F == SHARED {
        f[1] = departure(leaks.least);
    } else {
        let values: Vec<f64> = points(TERMS).map(|place| departure(leaks.at(place))).collect();
        f[1..=TERMS].copy_from_slice(&interpolate(&values));
    }
    f
}

/// G_r(u) = tau_m g_r(u) for tau_m = 1/leak.
fn response(leak: f64, tau: f64, u: f64) -> f64 {
    let tau_m = 1.0 / leak;
    let lif = Lif { tau_m, theta: 0.0, v_reset: 0.0, tau: &[tau] };
    tau_m * lif.response(0, u, libm::exp(-u * leak)).0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_agrees_with_the_definitions_to_rounding() {
        for tau in [0.0, 1.0, 5.0, 20.0 * (1.0 - 1e-9), 20.0, 60.0, 500.0] {
            let leaks = Leaks { least: 0.05, most: 0.05 };
            for window in [0.1, 1.0] {
                let table = KickTable::<SHARED>::new(leaks, tau, window);
                for k in 0..=1000 {
                    let s = window * f64::from(k) / 1000.0;
                    let exact: [f64; SHARED] = factors(leaks, tau, window, s);
                    let scale = if tau == 0.0 { 1.0 } else { 1.0 / tau };
                    for (found, expected) in table.at(s).0.into_iter().zip(exact) {
                        let error = (found - expected).abs();
                        assert!(error < 5e-15 * expected.abs().max(scale), "{tau} {s} {error}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_polynomial_in_the_leak_gives_every_neuron_its_own_kick() {
        let leaks = Leaks { least: 1.0 / 30.0, most: 1.0 / 8.0 };
        let window = leaks.longest_window();
        assert!(window > 1.0);
        for tau in [0.0, 2.0, 20.0, 100.0] {
            let table = KickTable::<SPREAD>::new(leaks, tau, window);
            for (k, n) in (0..=100).flat_map(|k| (0..=20).map(move |n| (k, n))) {
                let s = window * f64::from(k) / 100.0;
                let leak = leaks.least + (leaks.most - leaks.least) * f64::from(n) / 20.0;
                let alone: [f64; SHARED] =
                    factors(Leaks { least: leak, most: leak }, tau, window, s);
                let kick = table.at(s);
                let scale = if tau == 0.0 { 1.0 } else { 1.0 / tau };
                let error = (kick.departure(leaks.place(leak)) - alone[1]).abs();
                assert!(error < 1e-14 * scale.max(alone[1].abs()), "{tau} {s} {leak} {error}");
                // An upper bound for every neuron.
                assert!(kick.bound() >= alone[0] - 5e-15 * scale);
                assert!((kick.current() - alone[2]).abs() < 5e-15 * alone[2].max(scale));
            }
        }
    }
}
