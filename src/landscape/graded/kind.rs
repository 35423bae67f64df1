//! What a fixed point is, by the eigenvalues of the flow around it.

use nalgebra::{DMatrix, Dyn, Schur};
use serde::{Serialize, Serializer};
use std::fmt;

/// A real or imaginary part below this share of the largest eigenvalue and of 1/tau is none.
const NONE: f64 = 1e-6;

/// What a fixed point is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Every deviation decays, the slowest one straight.
    StableNode,
    /// Every deviation decays, the slowest one in turns.
    StableFocus,
    /// No deviation grows, but some stay: the integrator.
    Marginal,
    /// Some deviations grow, others do not.
    Saddle,
    /// Every deviation grows, the fastest one straight.
    UnstableNode,
    /// Every deviation grows, the fastest one in turns.
    UnstableFocus,
}

impl Kind {
    /// By eigenvalues in descending order of their real parts; `rate` is the largest 1/tau.
    pub(super) fn of(eigenvalues: &[[f64; 2]], rate: f64) -> Self {
        let bound = bound(eigenvalues, rate);
        let some = |test: &dyn Fn(f64) -> bool| eigenvalues.iter().any(|e| test(e[0]));
        let turns = eigenvalues.first().is_some_and(|e| e[1].abs() > bound);
        let grows = some(&|re| re > bound);
        match (grows, some(&|re| re.abs() <= bound), some(&|re| re < -bound)) {
            (false, false, _) if turns => Self::StableFocus,
            (false, false, _) => Self::StableNode,
            (false, true, _) => Self::Marginal,
            (true, false, false) if turns => Self::UnstableFocus,
            (true, false, false) => Self::UnstableNode,
            (true, ..) => Self::Saddle,
        }
    }

    /// Whether every small deviation decays.
    pub fn is_stable(self) -> bool {
        matches!(self, Self::StableNode | Self::StableFocus)
    }

    /// Whether some small deviation grows.
    pub fn is_unstable(self) -> bool {
        matches!(self, Self::Saddle | Self::UnstableNode | Self::UnstableFocus)
    }

    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Self::StableNode => "stable node",
            Self::StableFocus => "stable focus",
            Self::Marginal => "marginal",
            Self::Saddle => "saddle",
            Self::UnstableNode => "unstable node",
            Self::UnstableFocus => "unstable focus",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Serialize for Kind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// How many deviations grow.
pub fn growing(eigenvalues: &[[f64; 2]], rate: f64) -> usize {
    let bound = bound(eigenvalues, rate);
    eigenvalues.iter().filter(|e| e[0] > bound).count()
}

/// What is nothing beside the largest eigenvalue and `rate`.
fn bound(eigenvalues: &[[f64; 2]], rate: f64) -> f64 {
    NONE * eigenvalues.iter().map(|e| e[0].hypot(e[1])).fold(rate, f64::max)
}

/// The eigenvalues of a matrix, real and imaginary part, in descending order.
pub fn spectrum(matrix: DMatrix<f64>) -> Vec<[f64; 2]> {
    // Symmetric ones are real, whatever the rounding.
    let mut found: Vec<[f64; 2]> = match matrix == matrix.transpose() {
        true => matrix.symmetric_eigenvalues().iter().map(|&re| [re, 0.0]).collect(),
        false => schur(&matrix).complex_eigenvalues().iter().map(|e| [e.re, e.im]).collect(),
    };
    found.sort_by(|a, b| b[0].total_cmp(&a[0]).then(b[1].total_cmp(&a[1])));
    found
}

/// Schur's form. Where many eigenvalues are one, what should vanish below the diagonal hovers at its rounding: a bound that
/// it meets within so many steps is sought from the rounding up, and at 1 any does.
fn schur(matrix: &DMatrix<f64>) -> Schur<f64, Dyn> {
    let most = 50 * matrix.nrows();
    let mut bounds = std::iter::successors(Some(f64::EPSILON), |bound| Some(10.0 * bound));
    let found = bounds.find_map(|bound| Schur::try_new(matrix.clone(), bound, most));
    found.expect("a bound is met")
}
