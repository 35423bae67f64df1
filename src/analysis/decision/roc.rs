//! Receiver operating characteristic: how well a number tells two kinds of trials apart.
//!
//! AUC is the probability that the number is larger in a trial of the first kind than in one of the second, ties
//! counting half (Mann and Whitney 1947); 0.5 is chance. Its interval comes from resampling the trials of each kind
//! with replacement (percentile bootstrap, Efron 1979). Where the kinds are told apart without error it shrinks to a point, so
//! few trials need the second test: the probability p that an AUC as large comes from trials whose kinds are shuffled.

use crate::random::Stream;

/// Resamples behind an interval, and shuffles behind p.
const RESAMPLES: usize = 2000;

/// The curve, and the area below it.
#[derive(Clone, Debug, PartialEq)]
pub struct Roc {
    /// From (0, 0) to (1, 1).
    pub points: Vec<Point>,
    /// NaN unless there are trials of both kinds.
    pub auc: f64,
    /// 95 % interval of the AUC.
    pub interval: (f64, f64),
    /// One-sided permutation test against chance; at least 1/2001.
    pub p: f64,
}

/// What saying "first kind" above a criterion gives.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    pub criterion: f64,
    /// Share of the second kind that exceeds the criterion.
    pub false_alarms: f64,
    /// Share of the first kind that does.
    pub hits: f64,
}

impl Roc {
    /// How well larger numbers speak for the `first` kind and smaller ones for the `second`.
    pub fn of(first: &[f64], second: &[f64], stream: &mut Stream) -> Self {
        let (first, second) = (sorted(first), sorted(second));
        let mut resampled: Vec<f64> = (0..RESAMPLES)
            .map(|_| area(&resample(&first, stream), &resample(&second, stream)))
            .collect();
        resampled.sort_unstable_by(f64::total_cmp);
        let quantile = |q: f64| resampled[(q * (RESAMPLES - 1) as f64).round() as usize];
        let auc = area(&first, &second);
        let all = [&first[..], &second[..]].concat();
        let mut shuffled = || {
            let order = stream.permutation(all.len());
            let drawn: Vec<f64> = order.iter().map(|&k| all[k as usize]).collect();
            let (first, second) = drawn.split_at(first.len());
            area(&sorted(first), &sorted(second))
        };
        let as_large = (0..RESAMPLES).filter(|_| shuffled() >= auc).count();
        Self {
            points: points(&first, &second),
            auc,
            interval: (quantile(0.025), quantile(0.975)),
            p: if auc.is_nan() { 1.0 } else { (as_large + 1) as f64 / (RESAMPLES + 1) as f64 },
        }
    }
}

fn sorted(values: &[f64]) -> Vec<f64> {
    let mut values = values.to_vec();
    values.sort_unstable_by(f64::total_cmp);
    values
}

fn resample(values: &[f64], stream: &mut Stream) -> Vec<f64> {
    sorted(
        &values
            .iter()
            .map(|_| values[stream.below(values.len() as u32) as usize])
            .collect::<Vec<_>>(),
    )
}

/// P(first > second) + P(first = second) / 2, of sorted values.
fn area(first: &[f64], second: &[f64]) -> f64 {
    let (mut below, mut not_above) = (0, 0);
    let mut sum = 0.0;
    for value in first {
        while below < second.len() && second[below] < *value {
            below += 1;
        }
        while not_above < second.len() && second[not_above] <= *value {
            not_above += 1;
        }
        sum += 0.5 * (below + not_above) as f64;
    }
    sum / (first.len() * second.len()) as f64
}

fn points(first: &[f64], second: &[f64]) -> Vec<Point> {
    if first.is_empty() || second.is_empty() {
        return Vec::new();
    }
    let mut criteria = sorted(&[first, second].concat());
    criteria.dedup();
    criteria.push(f64::NEG_INFINITY);
    criteria.sort_unstable_by(|a, b| b.total_cmp(a));
    let above = |values: &[f64], criterion: f64| {
        (values.len() - values.partition_point(|v| *v <= criterion)) as f64 / values.len() as f64
    };
    let point = |criterion| Point {
        criterion,
        false_alarms: above(second, criterion),
        hits: above(first, criterion),
    };
    criteria.into_iter().map(point).collect()
}

/// The criterion above which a number is taken for the first kind that has the largest mean of the shares of both
/// kinds that are told right; halfway between neighbouring numbers, in the middle of all that are equally good.
/// `None` unless there are numbers of both kinds.
pub(super) fn best_criterion(first: &[f64], second: &[f64]) -> Option<f64> {
    if first.is_empty() || second.is_empty() {
        return None;
    }
    let (first, second) = (sorted(first), sorted(second));
    let mut values = sorted(&[&first[..], &second[..]].concat());
    values.dedup();
    let mut criteria = vec![values[0] - 0.5];
    criteria.extend(values.windows(2).map(|pair| 0.5 * (pair[0] + pair[1])));
    criteria.push(values[values.len() - 1] + 0.5);
    let score = |criterion: f64| {
        let not_above = |values: &[f64]| {
            values.partition_point(|v| *v <= criterion) as f64 / values.len() as f64
        };
        1.0 - not_above(&first) + not_above(&second)
    };
    let best = criteria.iter().map(|c| score(*c)).fold(0.0, f64::max);
    criteria.retain(|c| score(*c) >= best - 1e-12);
    Some(criteria[criteria.len() / 2])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Seed;

    fn roc(first: &[f64], second: &[f64]) -> Roc {
        Roc::of(first, second, &mut Seed(1).stream("test", 0))
    }

    #[test]
    fn the_area_is_that_of_mann_and_whitney() {
        assert_eq!(roc(&[3.0, 4.0], &[1.0, 2.0]).auc, 1.0);
        assert_eq!(roc(&[1.0, 2.0], &[3.0, 4.0]).auc, 0.0);
        assert_eq!(roc(&[1.0, 2.0], &[1.0, 2.0]).auc, 0.5);
        // Of 6 pairs 3 are larger and 2 equal.
        assert_eq!(roc(&[2.0, 5.0], &[2.0, 2.0, 7.0]).auc, (2.0 + 1.0) / 6.0);
        assert!(roc(&[], &[1.0]).auc.is_nan() && roc(&[], &[1.0]).points.is_empty());
    }

    #[test]
    fn the_curve_rises_from_corner_to_corner_and_its_area_is_the_auc() {
        let mut stream = Seed(2).stream("test", 0);
        let first: Vec<f64> = (0..80).map(|_| (stream.normal() * 4.0 + 3.0).round()).collect();
        let second: Vec<f64> = (0..60).map(|_| (stream.normal() * 4.0).round()).collect();
        let roc = roc(&first, &second);
        let ends = [roc.points[0], roc.points[roc.points.len() - 1]];
        assert_eq!(ends.map(|p| (p.false_alarms, p.hits)), [(0.0, 0.0), (1.0, 1.0)]);
        let trapezoids = roc.points.windows(2).map(|p| {
            assert!(p[0].criterion > p[1].criterion);
            (p[1].false_alarms - p[0].false_alarms) * 0.5 * (p[1].hits + p[0].hits)
        });
        assert!((trapezoids.sum::<f64>() - roc.auc).abs() < 1e-12);
    }

    #[test]
    fn a_few_trials_that_are_told_apart_are_no_evidence() {
        // 3 against 3: one of 20 shuffles is as good. 8 against 8: one of 12870.
        let few = roc(&[4.0, 5.0, 6.0], &[1.0, 2.0, 3.0]);
        assert_eq!((few.auc, few.interval), (1.0, (1.0, 1.0)));
        assert!((few.p - 0.05).abs() < 4.0 * (0.05 * 0.95 / 2000.0_f64).sqrt(), "{}", few.p);
        let numbers = |from: u32| (from..from + 8).map(f64::from).collect::<Vec<f64>>();
        assert!(roc(&numbers(10), &numbers(0)).p < 0.003);
        assert!(roc(&numbers(0), &numbers(10)).p > 0.99);
    }

    #[test]
    fn the_interval_covers_the_true_area_as_often_as_it_says() {
        // Normal numbers 1 s.d. apart: AUC = Phi(1/sqrt 2) = 0.7602.
        let covered = (0..200).filter(|&k| {
            let mut stream = Seed(3).stream("test", k);
            let mut draw = |mean: f64| (0..50).map(|_| stream.normal() + mean).collect::<Vec<_>>();
            let (first, second) = (draw(1.0), draw(0.0));
            let (low, high) = roc(&first, &second).interval;
            (low..=high).contains(&0.760_249_9)
        });
        // 95 % of 200, and 4 standard deviations (3.1 each).
        let covered = covered.count();
        assert!((178..=200).contains(&covered), "{covered}");
    }

    #[test]
    fn the_criterion_separates_as_well_as_possible() {
        assert_eq!(best_criterion(&[5.0, 6.0], &[1.0, 2.0]), Some(3.5));
        // One of three on the wrong side either way: the middle of what is equally good.
        assert_eq!(best_criterion(&[4.0, 9.0, 10.0], &[1.0, 2.0, 5.0]), Some(7.0));
        // Larger numbers for the second kind: no criterion helps, either end is as good.
        assert!(best_criterion(&[1.0], &[2.0]).is_some());
        assert_eq!(best_criterion(&[1.0], &[]), None);
    }
}
