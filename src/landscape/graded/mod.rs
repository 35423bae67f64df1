//! Fixed points of graded networks: where they are, what they are, what leads to them.
//!
//! ```text
//! target(y) - y = 0,      A = (d target/dy - 1) / tau
//! ```
//!
//! The eigenvalues of A say whether a deviation from a fixed point decays. Where all transfer functions are linear in
//! pieces, every piece is solved; else Newton's method looks from many starts, and may miss some.
//!
//! Source: S. H. Strogatz, Nonlinear Dynamics and Chaos, 2nd ed. (2015), sections 2.4, 5.2 and 6.3.

mod basins;
mod continuation;
mod continuum;
mod curve;
mod kind;
mod newton;
mod pieces;
mod relax;
mod starts;
mod survey;
#[cfg(test)]
mod tests;

pub use basins::BasinMap;
pub use continuation::{Branch, Family, Followed, Turn, follow};
pub use kind::Kind;
pub use survey::{GradedPoint, GradedSurvey, Sought};

use crate::dynamics::rate::{Equation, VectorField};
use crate::error::{Error, Result};
use nalgebra::{DMatrix, DVector};

/// More neurons would take minutes.
pub const MOST_GRADED: usize = 300;
/// The strongest coupling whose products with slopes are numbers.
const STRONGEST: f64 = 1e30;
/// Fixed points nearer to each other than this, relative to the largest activity, are one.
pub const APART: f64 = 1e-6;
/// How far the target may be from a fixed point, relative to the largest activity.
const AT_REST: f64 = 1e-10;

/// A rate network with its couplings as a matrix.
#[derive(Clone, Debug)]
pub struct Graded {
    field: VectorField,
    couplings: DMatrix<f64>,
    /// The largest distance between the levels of a neuron.
    span: f64,
}

impl Graded {
    /// # Errors
    /// If it has no neuron, or more than [`MOST_GRADED`], or a coupling beyond 1e30.
    pub fn new(field: VectorField) -> Result<Self> {
        let n = field.neurons();
        if !(1..=MOST_GRADED).contains(&n) {
            let found = format!("found {n} neurons");
            let allowed = format!("fixed points are sought of 1 to {MOST_GRADED}");
            return Err(Error::input(found, allowed, "make the population smaller"));
        }
        let couplings = DMatrix::from_row_slice(n, n, &field.couplings());
        if couplings.amax() > STRONGEST {
            let found = format!("found a coupling of {:e}", couplings.amax());
            let allowed = format!("eigenvalues are numbers up to couplings of {STRONGEST:e}");
            return Err(Error::input(found, allowed, "write smaller couplings").at("projection"));
        }
        let distance = |i: usize| {
            let [low, high] = field.levels(i);
            high - low
        };
        let span = (0..n).map(distance).fold(0.0, f64::max);
        Ok(Self { couplings, span, field })
    }

    /// What its neurons do.
    pub fn field(&self) -> &VectorField {
        &self.field
    }

    /// Number of neurons, N.
    pub fn neurons(&self) -> usize {
        self.field.neurons()
    }

    /// The eigenvalues of J, real and imaginary part, the largest real part first.
    pub fn spectrum(&self) -> Vec<[f64; 2]> {
        kind::spectrum(self.couplings.clone())
    }

    /// Of symmetric J: its eigenvalues with eigenvectors of length 1, the largest first; `None` if it is not symmetric.
    pub fn modes(&self) -> Option<Vec<(f64, Vec<f64>)>> {
        if self.couplings != self.couplings.transpose() {
            return None;
        }
        let found = self.couplings.clone().symmetric_eigen();
        let each = found.eigenvalues.iter().zip(found.eigenvectors.column_iter());
        let mut modes: Vec<_> =
            each.map(|(&value, v)| (value, v.iter().copied().collect())).collect();
        modes.sort_by(|a: &(f64, Vec<f64>), b| b.0.total_cmp(&a.0));
        Some(modes)
    }

    /// By what smallness is measured in the state `y`.
    fn scale(&self, y: &[f64]) -> f64 {
        y.iter().fold(self.span, |most, y| most.max(y.abs()))
    }

    /// The largest |tau dy/dt|.
    fn distance_from_rest(&self, y: &[f64]) -> f64 {
        self.field.residual(y).iter().fold(0.0, |most: f64, r| most.max(r.abs()))
    }

    /// Whether nothing moves in the state `y`.
    pub fn is_fixed(&self, y: &[f64]) -> bool {
        self.distance_from_rest(y) <= AT_REST * self.scale(y)
    }

    /// The derivative of tau dy/dt, for these slopes of the transfer functions.
    fn slope_matrix(&self, slopes: &[f64]) -> DMatrix<f64> {
        let slopes = DVector::from_column_slice(slopes);
        let mut matrix = self.couplings.clone();
        match self.field.equation() {
            Equation::Rate => matrix.row_iter_mut().zip(&slopes).for_each(|(mut row, s)| row *= *s),
            Equation::Potential => {
                matrix.column_iter_mut().zip(&slopes).for_each(|(mut column, s)| column *= *s);
            }
        }
        for i in 0..self.neurons() {
            matrix[(i, i)] -= 1.0;
        }
        matrix
    }

    /// A, the derivative of dy/dt in the state `y`: per ms, or per sweep.
    pub fn jacobian(&self, y: &[f64]) -> DMatrix<f64> {
        let mut matrix = self.slope_matrix(&self.field.slopes(y));
        let tau = self.field.tau();
        matrix.row_iter_mut().zip(tau).for_each(|(mut row, tau)| row /= *tau);
        matrix
    }

    /// The eigenvalues of A in the state `y`, real and imaginary part, the largest real part first.
    pub fn eigenvalues(&self, y: &[f64]) -> Vec<[f64; 2]> {
        if self.couplings != self.couplings.transpose() {
            return kind::spectrum(self.jacobian(y));
        }
        // No slope is below 0, so A has those of sqrt(slope/tau) J sqrt(slope/tau) - 1/tau, which is symmetric too.
        let (slopes, tau) = (self.field.slopes(y), self.field.tau());
        let root: Vec<f64> = slopes.iter().zip(tau).map(|(s, tau)| (s / tau).sqrt()).collect();
        let mut matrix = self.couplings.clone();
        for j in 0..self.neurons() {
            for i in 0..self.neurons() {
                matrix[(i, j)] *= root[i] * root[j];
            }
            matrix[(j, j)] -= 1.0 / tau[j];
        }
        kind::spectrum(matrix)
    }
}
