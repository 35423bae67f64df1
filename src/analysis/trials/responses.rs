//! Responses to a repeated stimulus: rates around its onset, and how much less counts vary from trial to trial during it than
//! before.
//!
//! The **Fano factor** of a neuron in the trials that showed the same (an entry) is variance (n - 1) over mean of its counts, as
//! everywhere of at least five trials and five spikes, here in both of two windows of one length: the last of them before the
//! onset, and the last of the stimulus. The length is half of the shorter of both: trials that start from one state have forgotten
//! it by then, and so has the response its onset. **Quenching** is the mean over entries of the factor before minus that during.
//! Refractoriness alone lowers the factor of a neuron that fires faster. **Mean-matched** quenching tells that apart: means over
//! entries with weights with which their mean counts are distributed alike in both windows, as those of [`Variability`].
//! Neurons share the fluctuations of their network, so that errors are those of a jackknife over trials: with theta_k without trial
//! k of the n that showed the same, variance = sum over what was shown of (n - 1)/n sum_k (theta_k - mean)^2 (Efron and Stein 1981);
//! of five trials it is up to a third too large.

use super::counts::Counts;
use super::group::{Conditions, Group};
use super::psth::{Alignment, Bins, Psth, PsthPass};
use super::tables::averaged;
use super::variability::{Variability, VariabilityPass, matched};
use crate::analysis::holder::holder;
use crate::error::{Error, Place, Result};
use crate::recording::Recording;
use crate::table::Table;
use crate::task::Trial;

/// Fewest trials of an entry, and spikes of it in each window.
const TRIALS: usize = 5;
const SPIKES: u64 = 5;

/// The usual width of bins, ms.
const BIN: f64 = 50.0;

/// What a population does in repeated trials of a stimulus.
#[derive(Clone, Debug)]
pub struct Responses {
    /// The population that holds the patterns.
    pub population: String,
    /// As they were drawn.
    pub trials: Vec<Trial>,
    /// Rates around the onset.
    pub psth: Psth,
    /// Of the foreground of what was shown, and of the background.
    pub variability: Vec<Variability>,
    /// The same groups.
    pub quenching: Vec<Quenching>,
}

/// A value, and its standard error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// NaN where there is too little to tell.
    pub value: f64,
    /// Likewise.
    pub error: f64,
}

/// The variability of a group across trials before and during the stimulus.
#[derive(Clone, Debug, PartialEq)]
pub struct Quenching {
    /// The name of the group.
    pub group: String,
    /// Neurons in trials that showed the same.
    pub entries: usize,
    /// Length of the windows, ms.
    pub window: f64,
    /// Mean rates before and during, Hz.
    pub rates: [f64; 2],
    /// Fano factors before and during.
    pub fano: [Estimate; 2],
    /// The difference.
    pub quenching: Estimate,
    /// That of mean-matched factors; its error is that with the weights of all trials.
    pub matched: Estimate,
}

impl Responses {
    /// Measures the trials of a stimulus in a recording, with bins of `bin` ms (50 ms, or what fits, if none is given); none if it has
    /// none that ended.
    ///
    /// # Errors
    /// If no bin fits, or the recording is damaged.
    pub fn of(
        recording: &Recording,
        named: Option<&String>,
        bin: Option<f64>,
    ) -> Result<Option<Self>> {
        let trials = recording.trials()?.unwrap_or_default();
        let Some(population) = holder(recording, named)? else { return Ok(None) };
        let Some(patterns) = recording.patterns(&population)?.filter(|_| !trials.is_empty()) else {
            return Ok(None);
        };
        let shortest = |of: fn(&Trial) -> f64| trials.iter().map(of).fold(f64::INFINITY, f64::min);
        let before = shortest(|t| t.sample_onset - t.start);
        let onwards = shortest(|t| t.end - t.sample_onset);
        let bin = bin.unwrap_or(BIN.min(onwards));
        // Bins have an edge at the onset.
        let from = -(before / bin + 1e-6).floor() * bin;
        let bins = Bins::new(from, onwards, bin)
            .map_err(|e| e.placed(Place::Argument("--bin".to_owned())))?;
        let shown = Conditions::alike(&trials, None);
        let groups = [Group::foreground(&patterns, &shown), Group::background(&patterns, &shown)];
        let (around, length) =
            (averaged(&patterns, &trials), shortest(|t| t.sample_as_shown.duration));
        let window = 0.5 * before.min(length);
        let windows = |end: fn(&Trial) -> f64| -> Vec<(f64, f64)> {
            trials.iter().map(|t| (end(t) - window, end(t))).collect()
        };
        let neurons = patterns.neurons();
        let mut counts = [
            Counts::new(neurons, windows(|t| t.sample_onset)),
            Counts::new(neurons, windows(|t| t.delay_onset)),
        ];
        let mut psth = PsthPass::new(Alignment::Stimulus, bins, &around);
        let mut varying = groups.each_ref().map(|group| VariabilityPass::new(group, bins));
        recording.for_trials(&population, &trials, |k, times, ids| {
            let onset = trials[k].sample_onset;
            psth.trial(k, onset, times, ids);
            varying.iter_mut().for_each(|pass| pass.trial(k, onset, times, ids));
            counts.iter_mut().for_each(|counts| counts.trial(k, times, ids));
        })?;
        let quenching = groups.iter().map(|group| Quenching::of(group, &counts, window)).collect();
        let psth = psth.finish();
        let variability = varying.into_iter().map(VariabilityPass::finish).collect();
        Ok(Some(Self { population, psth, variability, quenching, trials }))
    }

    /// The same, or the error of a recording without such trials.
    ///
    /// # Errors
    /// Those of [`Self::of`], and if no trial has ended.
    pub fn needed(recording: &Recording, named: Option<&String>, bin: Option<f64>) -> Result<Self> {
        Self::of(recording, named, bin)?.ok_or_else(|| {
            let remedy = "let the run go on for longer";
            Error::file(recording.path(), "found no trial that has ended", remedy)
        })
    }

    /// The tables: `psth` ([`Psth::table`]), `variability` ([`Variability::table`], after the onset of the stimulus), and
    /// `quenching` with one row per group: `group`, `trials`, `entries`, `window_ms`, `rate_before_hz`, `rate_during_hz`,
    /// `fano_before`, `fano_before_se`, `fano_during`, `fano_during_se`, `quenching`, `quenching_se`, `matched`, `matched_se`.
    pub fn tables(&self) -> Vec<(String, Table)> {
        let all = &self.quenching;
        let real = |of: fn(&Quenching) -> f64| all.iter().map(of).collect();
        let quenching = Table::default()
            .text("group", all.iter().map(|q| q.group.clone()).collect())
            .whole("trials", vec![self.trials.len() as u64; all.len()])
            .whole("entries", all.iter().map(|q| q.entries as u64).collect())
            .real("window_ms", real(|q| q.window))
            .real("rate_before_hz", real(|q| q.rates[0]))
            .real("rate_during_hz", real(|q| q.rates[1]))
            .real("fano_before", real(|q| q.fano[0].value))
            .real("fano_before_se", real(|q| q.fano[0].error))
            .real("fano_during", real(|q| q.fano[1].value))
            .real("fano_during_se", real(|q| q.fano[1].error))
            .real("quenching", real(|q| q.quenching.value))
            .real("quenching_se", real(|q| q.quenching.error))
            .real("matched", real(|q| q.matched.value))
            .real("matched_se", real(|q| q.matched.error));
        let psth = Psth::table(std::slice::from_ref(&self.psth));
        let variability = Variability::table(&self.variability);
        [("psth", psth), ("variability", variability), ("quenching", quenching)]
            .map(|(name, table)| (name.to_owned(), table))
            .into()
    }
}

/// Number, sum and sum of squares of the counts of an entry in a window.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    n: u64,
    sum: u64,
    squares: u64,
}

impl Sums {
    fn with(self, count: u32) -> Self {
        let count = u64::from(count);
        Self { n: self.n + 1, sum: self.sum + count, squares: self.squares + count * count }
    }

    fn without(self, count: u32) -> Self {
        let count = u64::from(count);
        Self { n: self.n - 1, sum: self.sum - count, squares: self.squares - count * count }
    }

    fn mean(self) -> f64 {
        self.sum as f64 / self.n as f64
    }

    fn fano(self) -> f64 {
        (self.n * self.squares - self.sum * self.sum) as f64 / ((self.n - 1) * self.sum) as f64
    }
}

impl Quenching {
    /// Of a group, from counts before and during the stimulus in windows of this length.
    fn of(group: &Group, counts: &[Counts; 2], window: f64) -> Self {
        let mut of_set: Vec<Vec<usize>> = vec![Vec::new(); group.sets.len()];
        for (k, s) in group.of_trial.iter().enumerate() {
            s.iter().for_each(|&s| of_set[s].push(k));
        }
        let number = group.of_trial.len();
        let (mut seen, mut spikes) = (0, [0; 2]);
        let mut entries: Vec<Entry> = Vec::new();
        for (set, trials) in group.sets.iter().zip(&of_set) {
            for &i in set {
                let own = counts.each_ref().map(|counts| counts.of(i as usize));
                let sums = own
                    .map(|own| trials.iter().fold(Sums::default(), |sums, &k| sums.with(own[k])));
                seen += trials.len();
                (0..2).for_each(|w| spikes[w] += sums[w].sum);
                // Without any of the trials there must be spikes, too.
                let tells = |w: usize| {
                    sums[w].sum >= SPIKES
                        && trials.iter().all(|&k| u64::from(own[w][k]) < sums[w].sum)
                };
                if trials.len() >= TRIALS && tells(0) && tells(1) {
                    entries.push(Entry { own, sums, trials });
                }
            }
        }
        let means = |w: usize| entries.iter().map(|entry| entry.sums[w].mean()).collect();
        let weights = matched(&[means(0), means(1)]);
        let all = vec![1.0; entries.len()];
        let (plain, like) = (
            Means::of(&entries, [&all, &all], number),
            Means::of(&entries, [&weights[0], &weights[1]], number),
        );
        let difference = |[before, during]: [f64; 2]| before - during;
        Self {
            group: group.name.clone(),
            entries: entries.len(),
            window,
            rates: spikes.map(|spikes| spikes as f64 / (seen as f64 * window) * 1000.0),
            fano: [0, 1].map(|w| plain.estimate(&of_set, &|fano| fano[w])),
            quenching: plain.estimate(&of_set, &difference),
            matched: like.estimate(&of_set, &difference),
        }
    }
}

/// A neuron in the trials that showed the same: its counts in every trial before and during, and their sums over these trials.
struct Entry<'a> {
    own: [&'a [u32]; 2],
    sums: [Sums; 2],
    trials: &'a [usize],
}

/// Weighed means of Fano factors before and during, and by how much they change without each of the trials.
struct Means {
    fano: [f64; 2],
    changes: Vec<[f64; 2]>,
}

impl Means {
    fn of(entries: &[Entry], weights: [&[f64]; 2], trials: usize) -> Self {
        let (mut fano, mut changes) = ([0.0; 2], vec![[0.0; 2]; trials]);
        for w in 0..2 {
            let total: f64 = weights[w].iter().sum();
            for (entry, weight) in entries.iter().zip(weights[w]) {
                let (all, share) = (entry.sums[w].fano(), weight / total);
                fano[w] += share * all;
                for &k in entry.trials {
                    let without = entry.sums[w].without(entry.own[w][k]).fano();
                    changes[k][w] += share * (without - all);
                }
            }
            if total.is_nan() || total <= 0.0 {
                fano[w] = f64::NAN;
            }
        }
        Self { fano, changes }
    }

    /// What `of` makes of the two, with its jackknife error over the trials of every set.
    fn estimate(&self, of_set: &[Vec<usize>], of: &dyn Fn([f64; 2]) -> f64) -> Estimate {
        let without = |k: usize| of([0, 1].map(|w| self.fano[w] + self.changes[k][w]));
        let variance = |trials: &Vec<usize>| {
            let number = trials.len() as f64;
            let mean = trials.iter().map(|&k| without(k)).sum::<f64>() / number;
            let squares: f64 = trials.iter().map(|&k| (without(k) - mean).powi(2)).sum();
            (number - 1.0) / number * squares
        };
        let shown = of_set.iter().filter(|trials| !trials.is_empty());
        Estimate { value: of(self.fano), error: shown.map(variance).sum::<f64>().sqrt() }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::poisson_count;
    use super::*;
    use crate::random::{Seed, Stream};

    /// Counts of `neurons` in `trials`, which `draw` makes: before and during.
    fn quenching(
        (neurons, trials): (usize, usize),
        mut draw: impl FnMut(usize, &mut Stream, f64) -> [u32; 2],
        stream: &mut Stream,
    ) -> Quenching {
        let windows = |from: f64| -> Vec<(f64, f64)> {
            (0..trials).map(|k| 1000.0 * k as f64 + from).map(|at| (at, at + 100.0)).collect()
        };
        let mut counts = [Counts::new(neurons, windows(0.0)), Counts::new(neurons, windows(500.0))];
        for k in 0..trials {
            let common = stream.uniform();
            let (mut times, mut ids) = ([Vec::new(), Vec::new()], [Vec::new(), Vec::new()]);
            for i in 0..neurons {
                for (w, number) in draw(i, stream, common).into_iter().enumerate() {
                    let at = 1000.0 * k as f64 + 500.0 * w as f64 + 50.0;
                    times[w].extend((0..number).map(|_| at));
                    ids[w].extend((0..number).map(|_| i as u64));
                }
            }
            (0..2).for_each(|w| counts[w].trial(k, &times[w], &ids[w]));
        }
        let group = Group::fixed("g", (0..neurons as u32).collect(), &vec![true; trials]);
        Quenching::of(&group, &counts, 100.0)
    }

    /// Before the stimulus the rate of all neurons together is drawn anew in every trial, 20 or 60 Hz; during it it is 40 Hz: Fano
    /// factors 1 + 4/4 = 2 and 1. The errors must be those of repeated experiments, although neurons share what varies.
    #[test]
    fn quenching_and_its_error_are_those_of_made_up_trains() {
        let mut stream = Seed(1).stream("quenching", 0);
        let mut once = || {
            let draw = |_: usize, stream: &mut Stream, common: f64| {
                let mean = if common < 0.5 { 2.0 } else { 6.0 };
                [poisson_count(stream, mean), poisson_count(stream, 4.0)]
            };
            quenching((20, 40), draw, &mut stream)
        };
        let found: Vec<Quenching> = (0..200).map(|_| once()).collect();
        let mean = |of: &dyn Fn(&Quenching) -> f64| found.iter().map(of).sum::<f64>() / 200.0;
        let value = mean(&|q| q.quenching.value);
        let spread = mean(&|q| (q.quenching.value - value).powi(2)).sqrt();
        let told = mean(&|q| q.quenching.error);
        // 200 experiments tell a standard deviation to 1/sqrt(400) = 5 %.
        assert!((told / spread - 1.0).abs() < 0.2, "{told} {spread}");
        // n = 40 makes v 40/39 of 4 on average; m varies, too, which is of the order 1/40 as well.
        assert!((value - 1.0).abs() < 0.05 + 4.0 * spread / 200f64.sqrt(), "{value} {spread}");
        let before = mean(&|q| q.fano[0].value);
        assert!((before - 2.0).abs() < 0.1 && found[0].entries == 20, "{before}");
        assert!((mean(&|q| q.fano[1].value) - 1.0).abs() < 0.02);
        assert!((mean(&|q| q.rates[0]) - 40.0).abs() < 1.0);
    }

    /// Slow neurons fire like a Poisson process, fast ones more regularly; before 40 of 60 are slow, during 20.
    #[test]
    fn matched_means_leave_out_what_the_rate_alone_does() {
        let mut stream = Seed(1).stream("quenching", 2);
        let draw = |i: usize, stream: &mut Stream, _: f64| {
            [40, 20].map(|slow| match i < slow {
                true => poisson_count(stream, 2.0),
                false => 10 + stream.below(2),
            })
        };
        let found = quenching((60, 80), draw, &mut stream);
        // 2/3 + 1/3 of 0.25/10.5, less 1/3 + 2/3 of it.
        assert!((found.quenching.value - 0.325).abs() < 4.0 * found.quenching.error, "{found:?}");
        assert!(found.matched.value.abs() < 4.0 * found.matched.error, "{found:?}");
        assert!(found.matched.error < 0.06, "{found:?}");
    }

    #[test]
    fn a_jackknife_by_hand_and_too_little_to_tell() {
        // Before 0 2 1 3 4, Fano factor 1.25; during 2 2 2 2 2, 0.
        let before = [0, 2, 1, 3, 4];
        let mut k = 0;
        let mut stream = Seed(1).stream("quenching", 1);
        let draw = |_: usize, _: &mut Stream, _: f64| {
            k += 1;
            [before[k - 1], 2]
        };
        let found = quenching((1, 5), draw, &mut stream);
        assert_eq!((found.entries, found.quenching.value, found.fano[1].value), (1, 1.25, 0.0));
        let fano = |left: usize| {
            let own: Vec<f64> =
                (0..5).filter(|k| *k != left).map(|k| f64::from(before[k])).collect();
            let mean = own.iter().sum::<f64>() / 4.0;
            own.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 3.0 / mean
        };
        let all: Vec<f64> = (0..5).map(fano).collect();
        let mean = all.iter().sum::<f64>() / 5.0;
        let expected = (0.8 * all.iter().map(|f| (f - mean).powi(2)).sum::<f64>()).sqrt();
        assert!((found.quenching.error - expected).abs() < 1e-12, "{found:?} {expected}");
        // Trials that showed something else vary on their own: of the mean of two entries, each with trials of its own.
        let windows =
            |from: f64| (0..10).map(move |k| 1000.0 * f64::from(k) + from).map(|t| (t, t + 100.0));
        let mut counts =
            [0.0, 500.0].map(|from| Counts::new(2, windows(from).collect::<Vec<(f64, f64)>>()));
        for k in 0..10 {
            let times =
                |w: usize, number: usize| vec![1000.0 * k as f64 + 500.0 * w as f64; number];
            for (w, number) in [before[k % 5], 2].into_iter().enumerate() {
                let number = number as usize;
                counts[w].trial(k, &times(w, number), &vec![(k / 5) as u64; number]);
            }
        }
        let of_trial = (0..10).map(|k| Some(k / 5)).collect();
        let two = Group { name: "g".to_owned(), sets: vec![vec![0], vec![1]], of_trial };
        let found = Quenching::of(&two, &counts, 100.0);
        assert_eq!((found.entries, found.quenching.value), (2, 1.25));
        assert!((found.quenching.error - expected / 2f64.sqrt()).abs() < 1e-12, "{found:?}");
        // Both windows have the mean 2 of every entry.
        assert_eq!(found.matched, found.quenching);
        let few = quenching((3, 4), |_, _, _| [3, 3], &mut stream);
        assert!(few.entries == 0 && few.quenching.value.is_nan(), "{few:?}");
        assert!(few.matched.value.is_nan(), "{few:?}");
        let silent = quenching((3, 9), |_, _, _| [3, 0], &mut stream);
        assert!(silent.entries == 0 && silent.quenching.value.is_nan(), "{silent:?}");
    }
}
