//! Capacity: the largest load at which patterns are retrieved, by what else varies.

use super::quantity::Quantity;
use super::samples::{Group, Samples};
use super::{Drawing, label, merged};
use crate::error::{Error, Place, Result};
use crate::plot::chart::Scale;
use crate::plot::sweep::{Curves, Line, Measured, Series};
use crate::statistics::Mean;
use crate::theory::Theory;
use std::collections::BTreeMap;

impl Drawing<'_> {
    /// The largest load at which the mean of y is at least `threshold`, against x.
    ///
    /// A run of every load with the same seed is a measurement of its own; their mean and its standard error are drawn.
    /// Where y does not fall below the threshold within the sweep, or is never above it, nothing is.
    pub fn capacities(&self, samples: &Samples, threshold: f64) -> Result<Curves> {
        let loads = Quantity::Load.values(self.table, samples, "--capacity")?;
        let x = self.x.values(self.table, samples, "--x")?;
        if self.x == Quantity::Load || matches!(self.x, Quantity::Trial(_) | Quantity::RelativeAge)
        {
            return Err(Error::input(
                "found no quantity that a capacity may depend on",
                "it is drawn against a swept key, coding_level or temperature",
                "name another one with --x",
            )
            .placed(Place::Argument(format!("--x {}", self.wanted.x.as_deref().unwrap_or("")))));
        }
        let mut series = Vec::new();
        let mut lines: Vec<Line> = Vec::new();
        let mut best: Vec<Line> = Vec::new();
        let groups = self.groups(samples)?;
        for (k, group) in groups.iter().enumerate() {
            // By x, repeat and load.
            let mut by: BTreeMap<(u64, usize), Vec<(f64, f64)>> = BTreeMap::new();
            let mut places: Vec<(f64, u64)> = Vec::new();
            for (n, sample) in samples.all.iter().enumerate() {
                if group.points.contains(&sample.point) && !sample.y.is_nan() {
                    let key = (x[n].to_bits(), sample.run % self.table.grid.repeat);
                    by.entry(key).or_default().push((loads[n], sample.y));
                    places.push((x[n], key.0));
                }
            }
            places.sort_by(|a, b| a.0.total_cmp(&b.0));
            places.dedup();
            let at = |(x, bits): &(f64, u64)| {
                let of_x = by.iter().filter(|((own, _), _)| own == bits);
                let each: Vec<f64> = of_x.map(|(_, runs)| crossing(runs, threshold)).collect();
                // One that was not reached would leave a mean of the others, which is none of all.
                let Mean { value: mean, sem, .. } = Mean::of(each.iter().copied());
                let whole = each.iter().all(|load| !load.is_nan());
                let mean = if whole { mean } else { f64::NAN };
                Measured { x: *x, mean, sem, interval: None }
            };
            series.push(Series { name: self.name(group), points: places.iter().map(at).collect() });
            let path = self.first_of_each(group);
            let of = |line: Option<Line>| line.map(|line| Line { of: Some(k), ..line });
            // Of other columns theory knows no threshold.
            let above = |theory: &Theory| match &*self.wanted.y {
                "overlap" => theory.capacity_above(threshold),
                _ => None,
            };
            lines.extend(of(self.by_model(&path, above).0));
            best.extend(of(self.by_model(&path, Theory::best_capacity).0));
            lines
                .extend(self.of_modern(&path).into_iter().map(|line| Line { of: Some(k), ..line }));
        }
        best.iter_mut().for_each(|line| line.name = "any overlap, best threshold".to_owned());
        let theory: Vec<Line> = merged(lines).into_iter().chain(merged(best)).collect();
        let lines = theory.iter().flat_map(|line| &line.points).map(|p| p.1);
        let points = series.iter().flat_map(|s: &Series| &s.points).map(|p| p.mean);
        let wide = label::spans_powers(lines.chain(points));
        let y = Scale::new("largest load α").noted(format!(
            "with a mean {} of at least {}",
            self.wanted.y,
            label::short(threshold)
        ));
        let y = if wide { y.log() } else { y.with_zero() };
        let graded = self.is_graded(&groups);
        Ok(self.panel(Curves { y, series, theory, graded, joined: false, ..Curves::default() }))
    }

    /// One point of a curve for every x.
    fn first_of_each(&self, group: &Group) -> Vec<usize> {
        let mut seen = Vec::new();
        let mut path = Vec::new();
        for &point in &group.points {
            let x = self.x.of_point(self.table, point).to_bits();
            if !seen.contains(&x) {
                seen.push(x);
                path.push(point);
            }
        }
        path
    }
}

/// The load at which the mean of y falls below `threshold` for the last time, between two loads of `values`; NaN if it
/// does not.
fn crossing(values: &[(f64, f64)], threshold: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let means: Vec<(f64, f64)> = sorted
        .chunk_by(|a, b| a.0 == b.0)
        .map(|same| (same[0].0, Mean::of(same.iter().map(|s| s.1)).value))
        .collect();
    let falls = |pair: &&[(f64, f64)]| pair[0].1 >= threshold && pair[1].1 < threshold;
    let Some(pair) = means.windows(2).rev().find(falls) else { return f64::NAN };
    // What is above the threshold at the largest load has not fallen.
    if means.last().is_some_and(|last| last.1 >= threshold) {
        return f64::NAN;
    }
    let ((a, from), (b, to)) = (pair[0], pair[1]);
    a + (b - a) * (from - threshold) / (from - to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_capacity_lies_between_two_loads() {
        let values = [(0.1, 1.0), (0.3, 0.2), (0.2, 0.8), (0.2, 0.9), (0.4, 0.1)];
        // From 0.85 at 0.2 to 0.2 at 0.3.
        assert!((crossing(&values, 0.5) - (0.2 + 0.1 * 0.35 / 0.65)).abs() < 1e-12);
        assert!(crossing(&values, 0.05).is_nan() && crossing(&values, 1.1).is_nan());
        assert!(crossing(&[(0.1, 0.9), (0.2, 0.1), (0.3, 0.8)], 0.5).is_nan());
        assert!(crossing(&[], 0.5).is_nan());
    }
}
