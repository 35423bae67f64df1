//! Lines of fixed points: what an integrator holds.

use super::Graded;
use super::relax::apart;

/// A line is followed to this many times the distance of the points that were found on it.
const BEYOND: f64 = 16.0;
const BISECTIONS: usize = 60;
/// A shorter line, relative to the largest activity, is a point around which everything is slow.
const SHORT: f64 = 1e-2;

impl Graded {
    /// Joins marginal fixed points between which everything is fixed, too: the ends of every line, or twice a point that
    /// stands alone. A line without an end is followed only a little beyond what was found of it.
    pub(super) fn lines(&self, points: &[Vec<f64>]) -> Vec<[Vec<f64>; 2]> {
        let mut sets: Vec<Vec<&Vec<f64>>> = Vec::new();
        for point in points {
            let joined = |set: &&mut Vec<&Vec<f64>>| self.is_fixed(&between(set[0], point, 0.5));
            match sets.iter_mut().find(joined) {
                Some(set) => set.push(point),
                None => sets.push(vec![point]),
            }
        }
        sets.into_iter()
            .map(|set| {
                let farthest = |from: &Vec<f64>| {
                    let far =
                        |a: &&&Vec<f64>, b: &&&Vec<f64>| apart(a, from).total_cmp(&apart(b, from));
                    set.iter().max_by(far).map_or_else(|| from.clone(), |p| (*p).clone())
                };
                let first = farthest(set[0]);
                let last = farthest(&first);
                if first == last {
                    return [first, last];
                }
                let ends = [self.end(&last, &first), self.end(&first, &last)];
                if apart(&ends[0], &ends[1]) < SHORT * self.scale(&first) {
                    let rest = |y: &&&Vec<f64>| self.distance_from_rest(y);
                    let stillest = set.iter().min_by(|a, b| rest(a).total_cmp(&rest(b)));
                    let point = stillest.map_or(first, |y| (*y).clone());
                    return [point.clone(), point];
                }
                // The lower one first, by the first neurons that tell.
                if ends[0] > ends[1] { [ends[1].clone(), ends[0].clone()] } else { ends }
            })
            .collect()
    }

    /// The end of a line of fixed points, from `from` through `to`.
    fn end(&self, from: &[f64], to: &[f64]) -> Vec<f64> {
        if self.is_fixed(&between(from, to, BEYOND)) {
            return to.to_vec();
        }
        let (mut inside, mut outside) = (1.0, BEYOND);
        for _ in 0..BISECTIONS {
            let middle = 0.5 * (inside + outside);
            match self.is_fixed(&between(from, to, middle)) {
                true => inside = middle,
                false => outside = middle,
            }
        }
        between(from, to, inside)
    }
}

fn between(a: &[f64], b: &[f64], share: f64) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a + share * (b - a)).collect()
}
