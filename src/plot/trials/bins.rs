//! Histograms with round bins.

use super::super::axis::round_step;

/// Bins that hold the values of some groups.
#[derive(Clone, Debug, PartialEq)]
pub struct Bins {
    pub edges: Vec<f64>,
}

impl Bins {
    /// Bins of a round width, up to twice as many as the root of the largest group. Whole numbers stand in the middle of
    /// theirs. Few values far above all others do not count, so that these can still be told apart.
    pub fn of(groups: &[&[f64]]) -> Self {
        let mut all: Vec<f64> =
            groups.iter().flat_map(|g| g.iter().copied()).filter(|v| v.is_finite()).collect();
        all.sort_unstable_by(f64::total_cmp);
        let (Some(&low), Some(&most)) = (all.first(), all.last()) else {
            return Self { edges: Vec::new() };
        };
        let usual = all[((all.len() - 1) as f64 * 0.99).ceil() as usize];
        let high = if most - low > 3.0 * (usual - low) && usual > low { usual } else { most };
        let largest = groups.iter().map(|g| g.len()).max().unwrap_or(0);
        let number = (2.0 * (largest as f64).sqrt()).clamp(10.0, 40.0);
        let whole = all.iter().all(|v| v.fract() == 0.0);
        let least = if high > low { (high - low) / number } else { 0.1 * high.abs().max(0.1) };
        let width = round_step(if whole { least.max(1.0) } else { least }).0;
        let shift = if whole { 0.5 } else { 0.0 };
        let first = ((low + shift) / width).floor();
        let bins = ((high + shift) / width - first).floor() as usize + 1;
        Self { edges: (0..=bins).map(|k| (first + k as f64) * width - shift).collect() }
    }

    /// How many of `values` lie in every bin, [edge, next edge), and how many above all.
    pub fn count(&self, values: &[f64]) -> (Vec<f64>, usize) {
        let mut counts = vec![0.0; self.edges.len().saturating_sub(1)];
        let mut above = 0;
        for value in values.iter().filter(|v| v.is_finite()) {
            match self.edges.partition_point(|edge| edge <= value).checked_sub(1) {
                Some(k) if k < counts.len() => counts[k] += 1.0,
                Some(_) => above += 1,
                None => {}
            }
        }
        (counts, above)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_has_its_bin() {
        let values: Vec<f64> = (0..100).map(|k| 0.37 + 0.013 * f64::from(k)).collect();
        let bins = Bins::of(&[&values, &[f64::NAN, -0.5]]);
        let (counts, above) = bins.count(&values);
        assert_eq!((counts.iter().sum::<f64>(), above), (100.0, 0));
        // (1.657 + 0.5) / 20 = 0.108, and the next round width is 0.2: from -0.6 to 1.8.
        assert_eq!(bins.edges.len(), 13);
        assert_eq!((bins.edges[0], bins.edges[12]), (3.0 * -0.2, 9.0 * 0.2));
        // 0.37, 0.383, 0.396 below 0.4; 0.409 ... 0.591 below 0.6.
        assert_eq!(counts[..6], [0.0, 0.0, 0.0, 0.0, 3.0, 15.0]);
    }

    #[test]
    fn whole_numbers_stand_in_the_middle_of_bins() {
        let bins = Bins::of(&[&[3.0, 4.0, 4.0], &[7.0]]);
        assert_eq!(bins.edges, [2.5, 3.5, 4.5, 5.5, 6.5, 7.5]);
        assert_eq!(bins.count(&[3.0, 4.0, 4.0]).0, [1.0, 2.0, 0.0, 0.0, 0.0]);
    }

    #[test]
    fn a_value_far_away_does_not_hide_the_others() {
        let mut values: Vec<f64> = (0..200).map(|k| 0.005 * f64::from(k) + 0.0001).collect();
        values.push(50.0);
        let bins = Bins::of(&[&values]);
        assert!(*bins.edges.last().unwrap() < 1.2);
        assert!(bins.count(&values).1 >= 1);
        assert!(Bins::of(&[&[]]).edges.is_empty());
        assert_eq!(Bins::of(&[&[2.5]]).count(&[2.5]), (vec![1.0], 0));
    }
}
