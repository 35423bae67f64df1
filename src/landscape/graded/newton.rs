//! Newton's method with shorter steps where the full one does not help.

use super::{AT_REST, Graded};
use nalgebra::{DMatrix, DVector};

const MOST_STEPS: usize = 100;
/// A step is halved at most so often.
const HALVINGS: usize = 14;
/// Singular values below this share of the largest count as 0.
const SINGULAR: f64 = 1e-9;

impl Graded {
    /// The fixed point to which Newton's method leads from `start`, if it does.
    ///
    /// At a corner the slope above it is taken: within a piece of linear functions one step is exact. Where the matrix has no inverse
    /// the shortest of all best steps is made, which leads to the nearest point of a line of fixed points.
    pub fn newton(&self, start: &[f64]) -> Option<Vec<f64>> {
        let mut y = start.to_vec();
        let mut residual = DVector::from_vec(self.field.residual(&y));
        for _ in 0..MOST_STEPS {
            let size = residual.norm();
            if size == 0.0 {
                break;
            }
            let step = solve(self.slope_matrix(&self.field.slopes(&y)), &-&residual)?;
            let mut share = 1.0;
            let better = (0..HALVINGS).find_map(|_| {
                let next: Vec<f64> = y.iter().zip(&step).map(|(y, d)| y + share * d).collect();
                let found = DVector::from_vec(self.field.residual(&next));
                let improves = found.norm() <= (1.0 - 1e-4 * share) * size;
                share *= 0.5;
                improves.then_some((next, found))
            });
            let Some(better) = better else { break };
            (y, residual) = better;
        }
        (residual.amax() <= AT_REST * self.scale(&y)).then_some(y)
    }
}

/// The solution of a linear system; the shortest of the best ones where there is not one.
fn solve(matrix: DMatrix<f64>, right: &DVector<f64>) -> Option<DVector<f64>> {
    if !matrix.iter().chain(right).all(|x| x.is_finite()) {
        return None;
    }
    let size = matrix.amax();
    let lu = matrix.clone().lu();
    let pivots = lu.u().diagonal().abs();
    if pivots.min() > SINGULAR * size {
        return lu.solve(right);
    }
    let svd = matrix.svd(true, true);
    let least = SINGULAR * svd.singular_values.max();
    svd.solve(right, least).ok()
}

/// The solution of a linear system that has one.
pub fn unique(matrix: DMatrix<f64>, right: &DVector<f64>) -> Option<DVector<f64>> {
    let size = matrix.amax();
    let lu = matrix.lu();
    if lu.u().diagonal().abs().min() <= SINGULAR * size { None } else { lu.solve(right) }
}
