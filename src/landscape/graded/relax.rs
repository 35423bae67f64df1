//! Where the flow leads.

use super::Graded;
use crate::ode::Adaptive;

const TOLERANCE: f64 = 1e-9;
/// Looks at the state, one of the longest time constants after another, at most.
const LOOKS: usize = 200;
/// A state nearer to an attractor than this, relative to the largest activity, goes there.
const CAPTURED: f64 = 1e-3;
/// A state that moves less than this stands still: explicit steps at rest scatter by their error.
const STILL: f64 = 1e-7;

impl Graded {
    /// Follows the flow from `start` until it comes near one of the `attractors`, and says which; or stands still, or
    /// was followed for two hundred time constants, and says where.
    pub(super) fn follow(&self, start: &[f64], attractors: &[&[f64]]) -> Result<usize, Vec<f64>> {
        let longest = self.field.tau().iter().copied().fold(0.0, f64::max);
        let mut solver = Adaptive::new(TOLERANCE);
        solver.begin(0.0, start);
        let mut y = start.to_vec();
        for k in 0..=LOOKS {
            let scale = self.scale(&y);
            if let Some(near) = attractors.iter().position(|a| apart(a, &y) < CAPTURED * scale) {
                return Ok(near);
            }
            if self.distance_from_rest(&y) <= STILL * scale {
                break;
            }
            let t = (k + 1) as f64 * longest;
            if solver.advance(&self.field, t).is_err() {
                break;
            }
            solver.state(&self.field, t, &mut y);
        }
        Err(y)
    }

    /// The way from `start`, for so many of the longest time constants, seen at `number` times.
    pub fn trajectory(&self, start: &[f64], duration: f64, number: usize) -> Vec<Vec<f64>> {
        let longest = self.field.tau().iter().copied().fold(0.0, f64::max);
        let mut solver = Adaptive::new(TOLERANCE);
        solver.begin(0.0, start);
        let mut way = vec![start.to_vec()];
        for k in 1..number {
            let t = k as f64 / (number - 1) as f64 * duration * longest;
            if solver.advance(&self.field, t).is_err() {
                break;
            }
            let mut y = start.to_vec();
            solver.state(&self.field, t, &mut y);
            way.push(y);
        }
        way
    }
}

/// The largest difference.
pub fn apart(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}
