//! The psychometric function as a law with two parameters.

use super::AtCoherence;
use crate::table::Table;

/// A Weibull function from chance to 1: of coherence c the share 1 - (1 - 1/n) e^(-(c/threshold)^slope) of the decisions between n
/// choices is right (Quick 1974; Roitman and Shadlen 2002), so that at the threshold 1 - (1 - 1/n)/e of them are, 0.82 of two.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weibull {
    /// Of coherence, and its standard error.
    pub threshold: (f64, f64),
    /// Likewise.
    pub slope: (f64, f64),
    /// 1/n.
    pub chance: f64,
}

/// Steps after which what has not come to a maximum has none.
const MOST: usize = 200;
/// A step of the logarithms of threshold and slope after which there is no other: smaller ones change ln L by less than its rounding.
const LAST: f64 = 1e-6;
/// No logarithm changes by more in a step: the law is not linear in them.
const LONGEST: f64 = 1.0;
/// Logarithms that are beyond this go to infinity.
const FAR: f64 = 12.0;
/// Steps are halved that often at most.
const HALVES: i32 = 30;
/// Twice the gain in ln L over a constant share that chance exceeds in 5 % of all data: the slope is 0 there, at the end of its range, so
/// that half the gains are 0 and half are chi squared with one degree of freedom (Self and Liang 1987).
const GAIN: f64 = 2.706;

/// Trials of a coherence above 0: its logarithm, the right ones, and all with a choice.
struct Level {
    log: f64,
    right: f64,
    all: f64,
}

/// ln L, its gradient and the expected information, in the logarithms of threshold and slope.
struct Likelihood {
    value: f64,
    score: [f64; 2],
    information: [f64; 3],
}

impl Weibull {
    /// The one that makes these trials, by ascending coherence, most likely, with standard errors from the expected information. `None`
    /// - where fewer than two coherences above 0 have choices;
    /// - where fewer than two tell the slope: a law without a finite slope, of chance below a coherence and certainty above it, is as
    ///   likely as any, for instance where those below are at chance or worse and those above all right;
    /// - where shares do not rise: the law gains no more over a constant share of at least chance than 5 % of data without a rise do
    ///   (likelihood ratio), coherence 0 apart.
    pub fn of(levels: &[AtCoherence], choices: usize) -> Option<Self> {
        let chance = 1.0 / choices as f64;
        let level = |l: &AtCoherence| {
            let (log, all) = (l.coherence.ln(), l.correct.of as f64);
            (l.coherence > 0.0 && all > 0.0).then_some(Level {
                log,
                right: l.correct.number as f64,
                all,
            })
        };
        let levels: Vec<Level> = levels.iter().filter_map(level).collect();
        if levels.len() < 2 {
            return None;
        }
        let mut at = [levels.iter().map(|l| l.log).sum::<f64>() / levels.len() as f64, 0.0];
        for _ in 0..MOST {
            let now = Likelihood::of(&levels, chance, at);
            let [step, errors] = now.step()?;
            let length = step[0].abs().max(step[1].abs());
            if length < LAST {
                let [threshold, slope] = [0, 1].map(|k| libm::exp(at[k] + step[k]));
                let found = Self {
                    threshold: (threshold, threshold * errors[0]),
                    slope: (slope, slope * errors[1]),
                    chance,
                };
                let constant = of_share(&levels, share(&levels, chance));
                let rises = 2.0 * (now.value - constant) > GAIN;
                return (rises && now.value > steepest(&levels, chance)).then_some(found);
            }
            // The best of its halves: whole ones go to and fro where the trials tell more than is expected.
            let longest = (LONGEST / length).min(1.0);
            let shares = (0..HALVES).rev().map(|k| longest * 0.5f64.powi(k));
            at = shares
                .map(|share| [at[0] + share * step[0], at[1] + share * step[1]])
                .filter(|at| at.iter().all(|x| x.abs() <= FAR))
                .map(|at| (at, Likelihood::of(&levels, chance, at).value))
                .max_by(|a, b| a.1.total_cmp(&b.1))?
                .0;
        }
        None
    }

    /// The share of right choices.
    pub fn at(&self, coherence: f64) -> f64 {
        let x = (coherence / self.threshold.0).powf(self.slope.0);
        1.0 - (1.0 - self.chance) * libm::exp(-x)
    }

    /// One row: `threshold` and `slope` with standard errors (`_sem`), and `chance`.
    pub fn table(&self) -> Table {
        let Self { threshold, slope, chance } = self;
        Table::default()
            .real("threshold", vec![threshold.0])
            .real("threshold_sem", vec![threshold.1])
            .real("slope", vec![slope.0])
            .real("slope_sem", vec![slope.1])
            .real("chance", vec![*chance])
    }
}

/// ln L where this share is right at every coherence.
fn of_share(levels: &[Level], share: f64) -> f64 {
    let term = |n: f64, share: f64| if n > 0.0 { n * share.ln() } else { 0.0 };
    levels.iter().map(|l| term(l.right, share) + term(l.all - l.right, 1.0 - share)).sum()
}

/// The most likely share of all, which is at least that of chance.
fn share(levels: &[Level], chance: f64) -> f64 {
    let (right, all) = levels.iter().fold((0.0, 0.0), |sum, l| (sum.0 + l.right, sum.1 + l.all));
    (right / all).max(chance)
}

/// ln L of the best law without a finite slope: chance below a coherence, certainty above it, and any share at it.
fn steepest(levels: &[Level], chance: f64) -> f64 {
    let at = |k: usize| {
        let (below, here, above) = (&levels[..k], &levels[k..=k], &levels[k + 1..]);
        of_share(below, chance) + of_share(here, share(here, chance)) + of_share(above, 1.0)
    };
    (0..levels.len()).map(at).fold(f64::NEG_INFINITY, f64::max)
}

impl Likelihood {
    fn of(levels: &[Level], chance: f64, [log_threshold, log_slope]: [f64; 2]) -> Self {
        let slope = libm::exp(log_slope);
        let mut found = Self { value: 0.0, score: [0.0; 2], information: [0.0; 3] };
        for Level { log, right, all } in levels {
            // Where x has no effect any more, it must not overflow.
            let from = (slope * (log - log_threshold)).min(600.0);
            let x = libm::exp(from);
            let wrong = (1.0 - chance) * libm::exp(-x);
            let p = 1.0 - wrong;
            found.value += right * libm::log1p(-wrong) + (all - right) * ((1.0 - chance).ln() - x);
            // dp = wrong dx, and x = e^from.
            let dx = [-slope * x, from * x];
            for (score, dx) in found.score.iter_mut().zip(dx) {
                *score += right * (wrong * dx) / p - (all - right) * dx;
            }
            for (k, (i, j)) in [(0, 0), (0, 1), (1, 1)].into_iter().enumerate() {
                found.information[k] += all / p * (wrong * dx[i]) * dx[j];
            }
        }
        found
    }

    /// A step of Fisher's scoring, and the standard errors of both logarithms.
    fn step(&self) -> Option<[[f64; 2]; 2]> {
        let ([a, b, c], [u, v]) = (self.information, self.score);
        let determinant = a * c - b * b;
        let invertible = determinant > 1e-12 * a * c && determinant.is_finite();
        invertible.then(|| {
            let step = [(c * u - b * v) / determinant, (a * v - b * u) / determinant];
            [step, [(c / determinant).sqrt(), (a / determinant).sqrt()]]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Seed, Stream};
    use crate::statistics::{Mean, Share};
    use std::cmp::Ordering;

    fn level(coherence: f64, number: usize, of: usize) -> AtCoherence {
        let (share, none) = (Share { number, of }, Mean::of([]));
        AtCoherence {
            coherence,
            decided: share,
            correct: share,
            reaction: none,
            reactions: [none; 2],
        }
    }

    #[test]
    fn two_levels_are_met_exactly() {
        // Shares p are met where (c/threshold)^slope = -ln((1 - p)/(1 - 1/n)): at 0.1 of ln 4, at 0.4 of ln 16, which is twice as much.
        let levels = [level(0.0, 55, 100), level(0.1, 70, 80), level(0.4, 310, 320)];
        let found = Weibull::of(&levels, 2).unwrap();
        assert!((found.at(0.1) - 0.875).abs() < 1e-9 && (found.at(0.4) - 0.96875).abs() < 1e-9);
        assert!((found.slope.0 - 0.5).abs() < 1e-9, "{found:?}");
        let threshold = 0.1 / 4f64.ln().powi(2);
        assert!((found.threshold.0 - threshold).abs() < 1e-9);
        assert_eq!(found.at(0.0), 0.5);
        assert!((found.at(found.threshold.0) - (1.0 - 0.5 / 1f64.exp())).abs() < 1e-12);
    }

    const COHERENCES: [f64; 6] = [0.0, 0.032, 0.064, 0.128, 0.256, 0.512];
    /// From a quarter of the middle coherence to twice the largest.
    const THRESHOLDS: [f64; 5] = [0.03, 0.12, 0.4, 0.8, 1.0];

    fn law(threshold: f64, slope: f64, choices: usize) -> Weibull {
        let chance = 1.0 / choices as f64;
        Weibull { threshold: (threshold, 0.0), slope: (slope, 0.0), chance }
    }

    fn drawn(truth: &Weibull, trials: usize, stream: &mut Stream) -> Vec<AtCoherence> {
        let mut level_of = |c: f64| {
            let right = (0..trials).filter(|_| stream.uniform() < truth.at(c)).count();
            level(c, right, trials)
        };
        COHERENCES.into_iter().map(&mut level_of).collect()
    }

    /// ln L of coherences above 0, where these shares of them are right.
    fn likelihood(levels: &[AtCoherence], law: impl Fn(f64) -> f64) -> f64 {
        let of = |l: &AtCoherence| {
            let (right, p) = (l.correct.number as f64, law(l.coherence));
            let wrong = l.correct.of as f64 - right;
            let term = |n: f64, p: f64| if n > 0.0 { n * p.ln() } else { 0.0 };
            term(right, p) + term(wrong, 1.0 - p)
        };
        levels.iter().filter(|l| l.coherence > 0.0).map(of).sum()
    }

    /// Twice what a law gains over a constant share that is at least that of chance.
    fn gain(levels: &[AtCoherence], of_law: f64, choices: usize) -> f64 {
        let above = || levels.iter().filter(|l| l.coherence > 0.0).map(|l| l.correct);
        let share =
            Share { number: above().map(|s| s.number).sum(), of: above().map(|s| s.of).sum() };
        let share = share.value().max(1.0 / choices as f64);
        2.0 * (of_law - likelihood(levels, |_| share))
    }

    /// ln L of the best infinitely steep law: chance below a coherence, certainty above it, and any share at it.
    fn steepest(levels: &[AtCoherence], choices: usize) -> f64 {
        let chance = 1.0 / choices as f64;
        let of = |l: &AtCoherence| {
            let share = l.correct.value().max(chance);
            let law = |c: f64| match c.total_cmp(&l.coherence) {
                Ordering::Less => chance,
                Ordering::Equal => share,
                Ordering::Greater => 1.0,
            };
            likelihood(levels, law)
        };
        levels.iter().filter(|l| l.coherence > 0.0).map(of).fold(f64::NEG_INFINITY, f64::max)
    }

    fn of_grid(levels: &[AtCoherence], choices: usize) -> f64 {
        let (thresholds, slopes) = (-60..=30, -25..=25);
        let all = thresholds.flat_map(|t| slopes.clone().map(move |s| [t, s].map(f64::from)));
        let laws = all.map(|[t, s]| law((0.1 * t).exp(), (0.1 * s).exp(), choices));
        laws.map(|law| likelihood(levels, |c| law.at(c))).fold(f64::NEG_INFINITY, f64::max)
    }

    #[test]
    fn no_law_of_a_grid_is_more_likely_and_none_is_missing_without_a_reason() {
        let mut stream = Seed(5).stream("psychometric", 0);
        let mut without = [0; 2];
        for choices in [2, 3] {
            // At 1e9 every share is that of chance; at a slope of 4 many data are separated.
            for threshold in THRESHOLDS.into_iter().chain([1e9]) {
                for (slope, trials) in [(1.3, 20), (1.3, 100), (4.0, 50)] {
                    let truth = law(threshold, slope, choices);
                    for _ in 0..30 {
                        let levels = drawn(&truth, trials, &mut stream);
                        let steepest = steepest(&levels, choices);
                        let most = of_grid(&levels, choices);
                        let Some(found) = Weibull::of(&levels, choices) else {
                            let too_steep = steepest >= most - 1e-9;
                            let rises = gain(&levels, most, choices) > 2.706;
                            assert!(too_steep || !rises, "{truth:?} {levels:?}");
                            without[usize::from(rises)] += 1;
                            continue;
                        };
                        let own = likelihood(&levels, |c| found.at(c));
                        assert!(
                            own >= most.max(steepest) - 1e-9,
                            "{truth:?} {found:?}: {own} {most} {steepest}"
                        );
                        assert!(gain(&levels, own, choices) > 2.706, "{levels:?}");
                    }
                }
            }
        }
        assert!(without.iter().all(|n| *n > 100), "{without:?}");
    }

    #[test]
    fn errors_are_those_of_fits_to_drawn_trials() {
        let mut stream = Seed(3).stream("psychometric", 0);
        let both = [2, 3].into_iter().flat_map(|n| THRESHOLDS.map(|threshold| (n, threshold)));
        for (choices, threshold) in both {
            let truth = law(threshold, 1.3, choices);
            let mut fit = || Weibull::of(&drawn(&truth, 4000, &mut stream), choices).unwrap();
            let fits: Vec<Weibull> = (0..300).map(|_| fit()).collect();
            for of in [|f: &Weibull| f.threshold, |f: &Weibull| f.slope] {
                let true_value = of(&truth).0;
                let found = Mean::of(fits.iter().map(|fit| of(fit).0));
                let spread = found.sem * (fits.len() as f64).sqrt();
                let told = Mean::of(fits.iter().map(|fit| of(fit).1)).value;
                // A mean of 300 is known to 0.06 of their s.d., which is known to 4 %.
                let bias = (found.value - true_value) / spread;
                assert!(bias.abs() < 0.2, "{truth:?}: {found} {bias}");
                assert!((spread / told - 1.0).abs() < 0.15, "{truth:?}: {spread} {told}");
            }
        }
    }

    #[test]
    fn a_constant_share_has_a_fit_as_seldom_as_the_test_says() {
        // Of 2000, 100 are expected at 0.75, with an s.d. of 10; at chance shares below it count for nothing, so that there are less.
        let mut stream = Seed(8).stream("psychometric", 0);
        let mut fits = |share: f64| {
            let of = |stream: &mut Stream, c: f64| {
                level(c, (0..100).filter(|_| stream.uniform() < share).count(), 100)
            };
            let data = (0..2000).map(|_| COHERENCES.map(|c| of(&mut stream, c)));
            data.filter(|levels| Weibull::of(levels, 2).is_some()).count()
        };
        let (middle, chance) = (fits(0.75), fits(0.5));
        assert!((60..140).contains(&middle) && chance < 100, "{middle} {chance}");
    }

    #[test]
    fn where_nothing_rises_or_one_coherence_tells_the_slope_there_is_no_fit() {
        let of = |shares: [usize; 3]| {
            let mut at = [0.1, 0.2, 0.4].into_iter();
            shares.map(|right| level(at.next().unwrap(), right, 100))
        };
        let chance = [[50, 50, 50], [52, 50, 53], [40, 45, 50], [100, 100, 100], [95, 90, 85]];
        let apart = [[50, 50, 100], [48, 75, 100], [50, 45, 80], [30, 100, 100], [60, 100, 100]];
        for shares in chance.into_iter().chain(apart) {
            assert_eq!(Weibull::of(&of(shares), 2), None, "{shares:?}");
        }
        for shares in [[51, 75, 100], [50, 75, 99], [60, 99, 100], [50, 60, 80]] {
            assert!(Weibull::of(&of(shares), 2).is_some(), "{shares:?}");
        }
        let one = [level(0.0, 5, 10), level(0.1, 7, 10), level(0.2, 0, 0)];
        assert_eq!(Weibull::of(&one, 2), None);
    }
}
