//! The method of Dormand and Prince, of order 8 with dense output of order 7, step by step.
//!
//! Source: Hairer, Norsett & Wanner 1993, "Solving Ordinary Differential Equations I", II.5 and II.6 (DOP853).

use super::Flow;
use differential_equations::error::Error;
use differential_equations::interpolate::Interpolation;
use differential_equations::methods::{DormandPrince, ExplicitRungeKutta, Ordinary};
use differential_equations::ode::{ODE, OrdinaryNumericalMethod};
use differential_equations::status::Status;
use std::cell::Cell;

type Dop853 = ExplicitRungeKutta<Ordinary, DormandPrince, f64, Vec<f64>, 8, 12, 16>;

/// The flow within pieces that are held.
pub struct Within<'a> {
    flow: &'a dyn Flow,
    pieces: &'a [u8],
    evaluations: Cell<u64>,
}

impl<'a> Within<'a> {
    pub fn new(flow: &'a dyn Flow, pieces: &'a [u8]) -> Self {
        Self { flow, pieces, evaluations: Cell::new(0) }
    }

    /// How often the derivative has been asked for.
    pub fn evaluations(&self) -> u64 {
        self.evaluations.get()
    }
}

impl ODE<f64, Vec<f64>> for Within<'_> {
    fn diff(&self, _: f64, y: &Vec<f64>, out: &mut Vec<f64>) {
        self.evaluations.set(self.evaluations.get() + 1);
        self.flow.derivative(y, self.pieces, out);
    }
}

/// What became of a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Tried {
    /// It is as exact as it should be.
    Accepted,
    /// It is not; the next is shorter.
    Rejected,
}

/// The method, in the middle of a solution.
#[derive(Clone)]
pub struct Method(Box<Dop853>);

/// Keeps the 24 leading bits of a step.
///
/// Its length comes out of a power, whose last bit may differ between platforms; all else is sums, products,
/// quotients and roots, which do not. So that bit changes a step only in the rare case that it lies at a border.
fn rounded(step: f64) -> f64 {
    const DROPPED: u32 = f64::MANTISSA_DIGITS - 24;
    let half = 1 << (DROPPED - 1);
    f64::from_bits(step.to_bits().saturating_add(half) >> DROPPED << DROPPED)
}

impl Method {
    /// Steps of a length of its own choice: so long that the root mean square over the components of
    /// e_i / (1 + |y_i|) is at most `tolerance`, where e_i estimates the error of the step.
    pub fn controlled(tolerance: f64) -> Self {
        let method = Dop853::dop853().rtol(tolerance).atol(tolerance).filter(rounded);
        Self(Box::new(method.max_steps(usize::MAX)))
    }

    /// Steps of the length that is asked for.
    pub fn free() -> Self {
        Self(Box::new(Dop853::dop853().atol(f64::MAX).max_steps(usize::MAX)))
    }

    /// Starts at `y` and time `t`, with a step of length `step`, 0 for its own choice; false if the flow has no finite
    /// derivative here.
    pub fn start(&mut self, within: &Within, t: f64, y: &Vec<f64>, step: f64) -> bool {
        self.0.h0 = step;
        self.0.init(within, t, f64::INFINITY, y).is_ok()
    }

    /// Tries a step.
    pub fn step(&mut self, within: &Within) -> Tried {
        loop {
            match self.0.step(within) {
                // Near a fixed point steps are as long as they may be without an error that grows. The method calls
                // that stiff, and says so once; but the error is bounded, and the same step can be made again.
                Err(Error::Stiffness { .. }) => {}
                Ok(_) if !matches!(self.0.status(), Status::RejectedStep) => {
                    return Tried::Accepted;
                }
                _ => return Tried::Rejected,
            }
        }
    }

    /// The length of the next step.
    pub fn next(&self) -> f64 {
        self.0.h()
    }

    /// The time at the end of the last step.
    pub fn time(&self) -> f64 {
        self.0.t()
    }

    /// The state at the end of the last step.
    pub fn state(&self) -> &[f64] {
        self.0.y()
    }

    /// The state at time `t` of the last step.
    pub fn dense(&mut self, t: f64) -> Vec<f64> {
        let t = t.clamp(self.0.t_prev(), self.0.t());
        // Within the step there is nothing to refuse.
        self.0.interpolate(t).unwrap_or_else(|_| self.0.y().clone())
    }
}

#[cfg(test)]
mod tests {
    use super::rounded;

    #[test]
    fn a_last_bit_does_not_matter() {
        for step in [1e-300, 0.1, 7.3, 1e12] {
            assert!((rounded(step) / step - 1.0).abs() <= 0.5_f64.powi(24));
            assert_eq!(rounded(step), rounded(step.next_up()));
            assert_eq!(rounded(rounded(step)), rounded(step));
        }
        assert_eq!(rounded(0.0), 0.0);
    }
}
