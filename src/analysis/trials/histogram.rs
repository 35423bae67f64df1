//! Distributions: histograms, and mean and quartiles of values over neurons or pairs of neurons.

use crate::table::Table;

/// Numbers of values between successive edges, [edge k, edge k + 1); the first bin begins at minus infinity (or at 0,
/// for what cannot be less) and the last ends at infinity, so that every value has its bin.
#[derive(Clone, Debug, PartialEq)]
pub struct Histogram {
    /// One more than there are bins, ascending.
    edges: Vec<f64>,
    counts: Vec<u64>,
}

impl Histogram {
    /// Edges at `from`, `from + width`, ..., `from + number * width`; everything lies above `least`.
    pub fn linear(least: f64, from: f64, width: f64, number: usize) -> Self {
        let inner = (0..=number).map(|k| from + k as f64 * width);
        Self::new(least, inner)
    }

    /// Edges at `from * 10^(k / per_decade)` up to `decades` decades above `from`, and at 0.
    pub fn logarithmic(from: f64, per_decade: usize, decades: usize) -> Self {
        let edge = |k: usize| from * libm::exp10(k as f64 / per_decade as f64);
        Self::new(0.0, (0..=per_decade * decades).map(edge))
    }

    fn new(least: f64, inner: impl Iterator<Item = f64>) -> Self {
        let mut edges: Vec<f64> = inner.collect();
        if edges[0] > least {
            edges.insert(0, least);
        }
        edges.push(f64::INFINITY);
        Self { counts: vec![0; edges.len() - 1], edges }
    }

    /// Counts a value; NaN, which is no value, is not counted.
    pub fn count(&mut self, value: f64) {
        if !value.is_nan() {
            let bin = self.edges.partition_point(|edge| *edge <= value);
            self.counts[bin.saturating_sub(1)] += 1;
        }
    }

    /// With all `values` counted.
    pub fn of(mut self, values: impl IntoIterator<Item = f64>) -> Self {
        values.into_iter().for_each(|value| self.count(value));
        self
    }

    /// Bin k is [edge k, edge k + 1).
    pub fn edges(&self) -> &[f64] {
        &self.edges
    }

    /// Number of values in every bin.
    pub fn counts(&self) -> &[u64] {
        &self.counts
    }

    /// Number of values.
    pub fn total(&self) -> u64 {
        self.counts.iter().sum()
    }
}

/// Histograms of the same bins, one for every group, as a table: `group`, `from` and `to` with `unit` behind them,
/// `what` was counted, and its `share` of the group.
pub fn histogram_table(what: &str, unit: &str, groups: &[(String, Histogram)]) -> Table {
    let rows = || {
        let bins = |(name, h)| (0..Histogram::counts(h).len()).map(move |k| (name, h, k));
        groups.iter().map(|(name, h)| (name, h)).flat_map(bins)
    };
    let share = |h: &Histogram, k: usize| h.counts[k] as f64 / h.total() as f64;
    Table::default()
        .text("group", rows().map(|(name, ..)| String::clone(name)).collect())
        .real(format!("from{unit}"), rows().map(|(_, h, k)| h.edges[k]).collect())
        .real(format!("to{unit}"), rows().map(|(_, h, k)| h.edges[k + 1]).collect())
        .whole(what, rows().map(|(_, h, k)| h.counts[k]).collect())
        .real("share", rows().map(|(_, h, k)| share(h, k)).collect())
}

/// Mean, its standard error, and quartiles of values; NaN is no value, and without values all are NaN.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// Number of values.
    pub number: usize,
    /// Number of those that are NaN.
    pub left_out: usize,
    /// Of the values that are left.
    pub mean: f64,
    /// s.d. (n - 1) / sqrt(n): of values that are independent.
    pub sem: f64,
    /// Interpolated between the values of ranks floor and ceil of q (n - 1), counted from 0.
    pub lower_quartile: f64,
    /// Interpolated like the quartiles.
    pub median: f64,
    /// Interpolated like the lower one.
    pub upper_quartile: f64,
}

impl Spread {
    /// That of all `values`.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let all: Vec<f64> = values.into_iter().collect();
        let mut sorted: Vec<f64> = all.iter().copied().filter(|v| !v.is_nan()).collect();
        sorted.sort_unstable_by(f64::total_cmp);
        let n = sorted.len() as f64;
        let mean = sorted.iter().sum::<f64>() / n;
        let deviation: f64 = sorted.iter().map(|v| (v - mean).powi(2)).sum();
        Self {
            number: sorted.len(),
            left_out: all.len() - sorted.len(),
            mean,
            sem: (deviation / (n - 1.0) / n).sqrt(),
            lower_quartile: quantile(&sorted, 0.25),
            median: quantile(&sorted, 0.5),
            upper_quartile: quantile(&sorted, 0.75),
        }
    }
}

fn quantile(sorted: &[f64], q: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return f64::NAN };
    let rank = q * last as f64;
    let below = rank as usize;
    let above = sorted[(below + 1).min(last)];
    sorted[below] + (rank - below as f64) * (above - sorted[below])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_on_an_edge_belongs_to_the_bin_that_begins_there() {
        let values = [-3.0, 0.0, 0.999, 1.0, 2.0, 3.0, 7.0, f64::NAN];
        let signed = Histogram::linear(f64::NEG_INFINITY, 0.0, 1.0, 3).of(values);
        assert_eq!(signed.edges()[1..5], [0.0, 1.0, 2.0, 3.0]);
        assert_eq!(signed.counts(), [1, 2, 1, 1, 2]);
        // Nothing lies below 0, where the first inner bin begins.
        let positive = Histogram::linear(0.0, 0.0, 1.0, 3).of([0.5, 1.0]);
        assert_eq!(positive.counts(), [1, 1, 0, 0]);
        let decades = Histogram::logarithmic(1.0, 1, 2).of([0.0, 0.99, 1.0, 10.0, 99.0, 100.0]);
        assert_eq!(decades.edges(), [0.0, 1.0, 10.0, 100.0, f64::INFINITY]);
        assert_eq!((decades.counts(), decades.total()), (&[2, 1, 2, 1][..], 6));
    }

    #[test]
    fn histograms_of_several_groups_stand_below_one_another() {
        let bins = Histogram::linear(0.0, 0.0, 5.0, 1);
        let groups =
            [("a".to_owned(), bins.clone().of([1.0, 2.0, 9.0, 3.0])), ("b".to_owned(), bins)];
        let expected = "group,from_ms,to_ms,intervals,share\na,0,5,3,0.75\na,5,inf,1,0.25\nb,0,5,0,\nb,5,inf,0,\n";
        assert_eq!(histogram_table("intervals", "_ms", &groups).to_csv(), expected);
    }

    #[test]
    fn quartiles_are_interpolated() {
        let spread = Spread::of([4.0, f64::NAN, 1.0, 2.0, 3.0]);
        assert_eq!((spread.number, spread.left_out, spread.mean), (4, 1, 2.5));
        let quartiles = (spread.lower_quartile, spread.median, spread.upper_quartile);
        assert_eq!(quartiles, (1.75, 2.5, 3.25));
        // The s.d. is sqrt(5/3).
        assert!((spread.sem - (5.0f64 / 12.0).sqrt()).abs() < 1e-15);
        let one = Spread::of([7.0]);
        assert!((one.mean, one.median) == (7.0, 7.0) && one.sem.is_nan());
        assert!(Spread::of([]).mean.is_nan() && Spread::of([]).median.is_nan());
    }
}
