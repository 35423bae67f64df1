//! The psychometric function as a law with two parameters.

use super::{AtCoherence, Choices};
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
/// Logarithms beyond this are on their way to infinity.
const FAR: f64 = 12.0;

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
    /// The one that makes these trials most likely, with standard errors from the expected information; `None` where there is none,
    /// because fewer than two coherences above 0 have choices, or all of them are alike.
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
        let mut now = Likelihood::of(&levels, chance, at);
        for _ in 0..MOST {
            let [step, errors] = now.step()?;
            if step[0].abs().max(step[1].abs()) < LAST {
                let [threshold, slope] = [0, 1].map(|k| libm::exp(at[k] + step[k]));
                return Some(Self {
                    threshold: (threshold, threshold * errors[0]),
                    slope: (slope, slope * errors[1]),
                    chance,
                });
            }
            // Half of a step that is too long.
            let halves = (0..60).map(|k| 0.5f64.powi(k));
            let next = halves
                .map(|share| [at[0] + share * step[0], at[1] + share * step[1]])
                .map(|at| (at, Likelihood::of(&levels, chance, at)))
                .find(|(_, next)| next.value >= now.value)?;
            (at, now) = next;
            if at.iter().any(|x| x.abs() > FAR) {
                return None;
            }
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

impl Choices {
    /// How the share of right ones rises with the coherence, if it does.
    pub fn weibull(&self) -> Option<Weibull> {
        Weibull::of(&self.by_coherence(), self.choices.len())
    }
}

impl Likelihood {
    fn of(levels: &[Level], chance: f64, [log_threshold, log_slope]: [f64; 2]) -> Self {
        let slope = libm::exp(log_slope);
        let mut found = Self { value: 0.0, score: [0.0; 2], information: [0.0; 3] };
        for Level { log, right, all } in levels {
            let from = slope * (log - log_threshold);
            let x = libm::exp(from);
            let wrong = (1.0 - chance) * libm::exp(-x);
            let p = 1.0 - wrong;
            found.value += right * libm::log1p(-wrong) + (all - right) * ((1.0 - chance).ln() - x);
            // dp = wrong dx, and x = e^from.
            let dp = [-slope * x * wrong, from * x * wrong];
            let pull = right / p - (all - right) / wrong;
            // Where all are right for certain, nothing is to be learned.
            let (pull, weight) = match wrong > 0.0 {
                true => (pull, all / (p * wrong)),
                false => (0.0, 0.0),
            };
            for (score, d) in found.score.iter_mut().zip(dp) {
                *score += pull * d;
            }
            for (k, (i, j)) in [(0, 0), (0, 1), (1, 1)].into_iter().enumerate() {
                found.information[k] += weight * dp[i] * dp[j];
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
    use crate::random::Seed;
    use crate::statistics::{Mean, Share};

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

    #[test]
    fn no_other_law_is_more_likely() {
        let levels =
            [level(0.05, 33, 60), level(0.1, 40, 60), level(0.2, 52, 61), level(0.4, 60, 60)];
        let found = Weibull::of(&levels, 3).unwrap();
        let likelihood = |law: &Weibull| -> f64 {
            let of = |l: &AtCoherence| {
                let (k, n, p) = (l.correct.number as f64, l.correct.of as f64, law.at(l.coherence));
                k * p.ln() + (n - k) * (1.0 - p).ln()
            };
            levels.iter().map(of).sum()
        };
        let most = likelihood(&found);
        for (by, slope) in [(1e-3, 0.0), (-1e-3, 0.0), (0.0, 1e-3), (0.0, -1e-3), (1e-3, 1e-3)] {
            let threshold = (found.threshold.0 * (1.0 + by), 0.0);
            let other = Weibull { threshold, slope: (found.slope.0 * (1.0 + slope), 0.0), ..found };
            assert!(likelihood(&other) < most);
        }
    }

    #[test]
    fn errors_are_those_of_fits_to_drawn_trials() {
        let truth = Weibull { threshold: (0.12, 0.0), slope: (1.3, 0.0), chance: 0.5 };
        let mut stream = Seed(3).stream("psychometric", 0);
        let mut draw = |c: f64| {
            let right = (0..200).filter(|_| stream.uniform() < truth.at(c)).count();
            level(c, right, 200)
        };
        let all = [0.0, 0.032, 0.064, 0.128, 0.256, 0.512];
        let fits: Vec<Weibull> =
            (0..300).map(|_| Weibull::of(&all.map(&mut draw), 2).unwrap()).collect();
        for (k, of) in [|f: &Weibull| f.threshold, |f: &Weibull| f.slope].into_iter().enumerate() {
            let true_value = of(&truth).0;
            let found = Mean::of(fits.iter().map(|fit| of(fit).0));
            let spread = found.sem * (fits.len() as f64).sqrt();
            let told = Mean::of(fits.iter().map(|fit| of(fit).1)).value;
            // Biased by a part of the error at most; an s.d. of 300 is known to 4 %.
            assert!((found.value - true_value).abs() < 0.4 * spread, "{k}: {found}");
            assert!((spread / told - 1.0).abs() < 0.15, "{k}: {spread} {told}");
        }
    }

    #[test]
    fn where_nothing_rises_there_is_no_fit() {
        let chance = [level(0.1, 50, 100), level(0.2, 50, 100), level(0.4, 50, 100)];
        let all = [level(0.1, 90, 90), level(0.2, 90, 90)];
        let one = [level(0.0, 5, 10), level(0.1, 7, 10), level(0.2, 0, 0)];
        for levels in [&chance[..], &all, &one] {
            assert_eq!(Weibull::of(levels, 2), None, "{levels:?}");
        }
    }
}
