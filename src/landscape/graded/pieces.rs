//! Every fixed point of a network whose transfer functions are linear in pieces.

use super::newton::unique;
use super::{Equation, Graded};
use crate::work::each;
use nalgebra::DVector;

/// Most combinations of pieces that are solved, one linear system each: ten saturating neurons have 3^10.
const MOST: usize = 100_000;

/// What solving every piece gave.
pub struct Solved {
    pub points: Vec<Vec<f64>>,
    /// Whether every system had one solution, so that there is no further fixed point.
    pub complete: bool,
}

impl Graded {
    /// The fixed points of all combinations of pieces; `None` if a function is curved or there are too many.
    pub fn by_pieces(&self) -> Option<Solved> {
        let n = self.neurons();
        let lines: Vec<Vec<(f64, f64)>> =
            (0..n).map(|i| self.field.pieces(i)).collect::<Option<_>>()?;
        let all = lines
            .iter()
            .try_fold(1usize, |all, own| all.checked_mul(own.len()).filter(|all| *all <= MOST))?;
        let input = DVector::from_column_slice(self.field.input());
        // None where a system has no or many solutions, some of which may be fixed points.
        let solve = |mut code: usize| -> Option<Option<Vec<f64>>> {
            let mut chosen = Vec::with_capacity(n);
            for own in &lines {
                chosen.push(own[code % own.len()]);
                code /= own.len();
            }
            let slopes: Vec<f64> = chosen.iter().map(|line| line.0).collect();
            let at_zero = DVector::from_iterator(n, chosen.iter().map(|line| line.1));
            let right = match self.field.equation() {
                Equation::Rate => {
                    DVector::from_column_slice(&slopes).component_mul(&input) + at_zero
                }
                Equation::Potential => &self.couplings * at_zero + &input,
            };
            let y: Vec<f64> = unique(self.slope_matrix(&slopes), &-right)?.data.into();
            Some(self.is_fixed(&y).then_some(y))
        };
        let found: Vec<_> = each(0..all, solve);
        let complete = found.iter().all(Option::is_some);
        Some(Solved { points: found.into_iter().flatten().flatten().collect(), complete })
    }
}
