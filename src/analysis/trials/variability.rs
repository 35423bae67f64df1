//! Variability from trial to trial against time: the Fano factor of spike counts in a sliding window.
//!
//! An entry is a neuron in the trials that showed the same: of its counts in a window, over these trials, v is the variance (n - 1)
//! and m the mean; entries with fewer than five trials or five spikes do not count.
//!
//! - The **Fano factor** of a window is the mean of v/m over entries, which is the slope of v against m through 0 where the
//!   standard error of v is in proportion to m, as that of a Poisson process is. Its standard error is that over entries.
//! - It is **mean-matched** over entries that have the same distribution of means in all windows (M. M. Churchland et al., Nat.
//!   Neurosci. 13:369 (2010)), so that what a higher rate does is no quenching: means are told apart in bins of a tenth of a decade,
//!   and a bin counts as often in every window as in the one in which it has fewest entries. Each of the n entries of a bin then has
//!   the weight least/n: what a random choice of them gives on average. The standard error has n_eff = (sum w)^2/sum w^2 in place
//!   of n. NaN where no bin of means has an entry in every window.

use super::counts::within;
use super::group::Group;
use super::histogram::Histogram;
use super::psth::Bins;
use crate::table::Table;

/// Fewest trials of an entry, and spikes of it in a window.
const TRIALS: u32 = 5;
const SPIKES: u32 = 5;
/// Steps in a window.
const STEPS: usize = 2;

/// Fano factors of the entries of a group against time.
#[derive(Clone, Debug, PartialEq)]
pub struct Variability {
    /// Its name.
    pub group: String,
    /// Steps around the event; window k covers step k and the next one.
    pub steps: Bins,
    /// In order of time.
    pub windows: Vec<Fano>,
}

/// The Fano factor of a window; NaN where there is too little to tell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fano {
    /// Number of entries.
    pub entries: usize,
    /// Mean over them.
    pub fano: f64,
    /// Its standard error.
    pub sem: f64,
    /// Effective number of entries with matched means.
    pub matched_entries: f64,
    /// Mean over these.
    pub matched: f64,
    /// Its standard error.
    pub matched_sem: f64,
}

impl Variability {
    /// One row per group and window: `group`, `from_ms` and `to_ms` after the onset of the sample, `entries`, `fano`, `sem`,
    /// `matched_entries`, `matched`, `matched_sem`.
    pub fn table(all: &[Self]) -> Table {
        let rows = || all.iter().flat_map(|own| (0..own.windows.len()).map(move |k| (own, k)));
        let real = |of: fn(&Fano) -> f64| rows().map(|(own, k)| of(&own.windows[k])).collect();
        Table::default()
            .text("group", rows().map(|(own, _)| own.group.clone()).collect())
            .real("from_ms", rows().map(|(own, k)| own.steps.edge(k)).collect())
            .real("to_ms", rows().map(|(own, k)| own.steps.edge(k + STEPS)).collect())
            .whole("entries", rows().map(|(own, k)| own.windows[k].entries as u64).collect())
            .real("fano", real(|w| w.fano))
            .real("sem", real(|w| w.sem))
            .real("matched_entries", real(|w| w.matched_entries))
            .real("matched", real(|w| w.matched))
            .real("matched_sem", real(|w| w.matched_sem))
    }
}

/// What the counts of an entry in a window amount to.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    spikes: u32,
    squares: u32,
}

/// Takes trial after trial; holds two numbers for every entry and window.
#[derive(Clone, Debug)]
pub(super) struct VariabilityPass<'a> {
    /// A set for every kind of trial.
    group: &'a Group,
    steps: Bins,
    /// By set: its trials so far, and of each of its neurons every window.
    trials: Vec<u32>,
    sums: Vec<Vec<Sums>>,
    /// Of the neurons of a set in this trial, step by step.
    counts: Vec<u32>,
}

impl<'a> VariabilityPass<'a> {
    pub fn new(group: &'a Group, steps: Bins) -> Self {
        let windows = (steps.number + 1).saturating_sub(STEPS);
        let sums = group.sets.iter().map(|set| vec![Sums::default(); set.len() * windows]);
        let sums = sums.collect();
        Self { group, steps, trials: vec![0; group.sets.len()], sums, counts: Vec::new() }
    }

    fn windows(&self) -> usize {
        (self.steps.number + 1).saturating_sub(STEPS)
    }

    /// Takes trial `k`, whose event is at `onset`: times in ms, in order, and neurons.
    pub fn trial(&mut self, k: usize, onset: f64, times: &[f64], ids: &[u64]) {
        let Some(s) = self.group.of_trial[k] else { return };
        let (set, number, windows) = (&self.group.sets[s], self.steps.number, self.windows());
        self.counts.clear();
        self.counts.resize(set.len() * number, 0);
        let seen = (onset + self.steps.edge(0), onset + self.steps.edge(number));
        let seen = within(times, seen);
        for (&time, &id) in times[seen.clone()].iter().zip(&ids[seen]) {
            let place = set.binary_search_by(|&i| u64::from(i).cmp(&id));
            if let (Ok(at), Some(step)) = (place, self.steps.bin(time, onset)) {
                self.counts[at * number + step] += 1;
            }
        }
        self.trials[s] += 1;
        for (at, sums) in self.sums[s].chunks_mut(windows.max(1)).enumerate() {
            let own = &self.counts[at * number..][..number];
            for (sums, steps) in sums.iter_mut().zip(own.windows(STEPS)) {
                let count: u32 = steps.iter().sum();
                sums.spikes += count;
                sums.squares += count * count;
            }
        }
    }

    pub fn finish(self) -> Variability {
        let windows = self.windows();
        // Mean and v/m of every entry that counts, by window.
        let mut entries: Vec<Vec<(f64, f64)>> = vec![Vec::new(); windows];
        for (&trials, sums) in self.trials.iter().zip(&self.sums) {
            for (at, Sums { spikes, squares }) in sums.iter().copied().enumerate() {
                if trials >= TRIALS && spikes >= SPIKES {
                    let (n, sum, squares) =
                        (f64::from(trials), f64::from(spikes), f64::from(squares));
                    let fano = (n * squares - sum * sum) / ((n - 1.0) * sum);
                    entries[at % windows].push((sum / n, fano));
                }
            }
        }
        let means = |own: &Vec<(f64, f64)>| own.iter().map(|entry| entry.0).collect();
        let weights = matched(&entries.iter().map(means).collect::<Vec<_>>());
        let window = |(own, weights): (&Vec<(f64, f64)>, &Vec<f64>)| {
            let (_, fano, sem) = weighed(own.iter().map(|&(_, fano)| (1.0, fano)));
            let (matched_entries, matched, matched_sem) =
                weighed(weights.iter().zip(own).map(|(weight, &(_, fano))| (*weight, fano)));
            Fano { entries: own.len(), fano, sem, matched_entries, matched, matched_sem }
        };
        let windows = entries.iter().zip(&weights).map(window).collect();
        Variability { group: self.group.name.clone(), steps: self.steps, windows }
    }
}

/// The weights of entries with these means, window by window, with which means are distributed alike in all windows.
pub(super) fn matched(means: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let bins: Vec<Histogram> = means
        .iter()
        .map(|own| Histogram::logarithmic(1e-3, 10, 6).of(own.iter().copied()))
        .collect();
    let least: Vec<u64> = (0..bins.first().map_or(0, |b| b.counts().len()))
        .map(|k| bins.iter().map(|own| own.counts()[k]).min().unwrap_or(0))
        .collect();
    let weight = |bins: &Histogram, mean: f64| {
        let k = bins.edges().partition_point(|edge| *edge <= mean) - 1;
        least[k] as f64 / bins.counts()[k] as f64
    };
    let window =
        |(own, bins): (&Vec<f64>, &Histogram)| own.iter().map(|mean| weight(bins, *mean)).collect();
    means.iter().zip(&bins).map(window).collect()
}

/// n_eff = (sum w)^2/sum w^2 of values with weights w, their mean, and its standard error, s.d. (n_eff - 1) / sqrt(n_eff).
fn weighed(values: impl Iterator<Item = (f64, f64)> + Clone) -> (f64, f64, f64) {
    let sum = |of: &dyn Fn(f64, f64) -> f64| values.clone().map(|(w, v)| of(w, v)).sum::<f64>();
    let all = sum(&|w, _| w);
    let mean = sum(&|w, v| w * v) / all;
    let number = if all > 0.0 { all * all / sum(&|w, _| w * w) } else { 0.0 };
    let variance = sum(&|w, v| w * (v - mean).powi(2)) / all * number / (number - 1.0);
    (number, mean, (variance / number).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Seed, Stream};

    /// Windows of 100 ms in trials of 600 ms, whose event is after 200 ms; `spikes` makes those of a neuron in a trial.
    fn of(
        neurons: u32,
        trials: usize,
        mut spikes: impl FnMut(u32, &mut Stream) -> Vec<f64>,
    ) -> Vec<Fano> {
        let group = Group::fixed("g", (0..neurons).collect(), &vec![true; trials]);
        let steps = Bins::new(-200.0, 400.0, 50.0).unwrap();
        let mut pass = VariabilityPass::new(&group, steps);
        let mut stream = Seed(1).stream("variability", 0);
        for k in 0..trials {
            let onset = 1000.0 * k as f64;
            let mut all: Vec<(f64, u64)> = Vec::new();
            for i in 0..neurons {
                let own = spikes(i, &mut stream);
                all.extend(own.into_iter().map(|time| (onset + time, u64::from(i))));
            }
            all.sort_by(|a, b| a.0.total_cmp(&b.0));
            let (times, ids): (Vec<f64>, Vec<u64>) = all.into_iter().unzip();
            pass.trial(k, onset, &times, &ids);
        }
        let found = pass.finish();
        assert_eq!(
            (found.windows.len(), Variability::table(std::slice::from_ref(&found)).rows()),
            (11, 11)
        );
        found.windows
    }

    /// Spikes at `rate` (Hz) from `from` to before `to`, ms: after intervals that are sums of `order` exponential ones.
    fn train((from, to): (f64, f64), rate: f64, order: u32, stream: &mut Stream) -> Vec<f64> {
        let mut gap = || (0..order).map(|_| stream.exponential()).sum::<f64>() / f64::from(order);
        // Begun long before.
        let mut time = from - 500.0;
        let mut times = Vec::new();
        while time < to {
            times.extend((time >= from).then_some(time));
            time += 1000.0 / rate * gap();
        }
        times
    }

    #[test]
    fn a_poisson_process_has_1_and_a_rate_that_is_drawn_anew_more_until_it_is_fixed() {
        // Before the event the rate is 20 or 60 Hz, after it 40: counts of mean 4 in 100 ms, variance 4 + 4.
        let windows = of(60, 60, |_, stream| {
            let rate = if stream.below(2) == 0 { 20.0 } else { 60.0 };
            let mut times = train((-200.0, 0.0), rate, 1, stream);
            times.extend(train((0.0, 400.0), 40.0, 1, stream));
            times
        });
        // Of 60 trials the s.e. of one Fano factor is sqrt(2/59) = 0.18, and over 60 neurons 0.024; where rates differ it is
        // less than three times as large.
        for (k, window) in windows.iter().enumerate() {
            let expected = match k {
                0..=2 => 2.0,
                // 50 ms of either: 2 + 2, 1 + 0 of variance besides.
                3 => 1.25,
                _ => 1.0,
            };
            assert_eq!(window.entries, 60);
            let (error, bound) = (window.sem, if k < 3 { 0.072 } else { 0.036 });
            assert!(error > 0.0 && error < bound, "{k} {window:?}");
            assert!((window.fano - expected).abs() < 4.5 * error, "{k} {window:?}");
            assert!((window.matched - expected).abs() < 4.5 * window.matched_sem, "{k} {window:?}");
        }
    }

    #[test]
    fn matched_means_leave_out_what_the_rate_alone_does() {
        // Slow neurons fire like a Poisson process, fast ones more regularly. Before the event 40 of 60 are slow, then 20.
        let windows = of(60, 80, |i, stream| {
            let part = |from, to, slow: bool, stream: &mut Stream| match slow {
                true => train((from, to), 20.0, 1, stream),
                false => train((from, to), 100.0, 8, stream),
            };
            let mut times = part(-200.0, 0.0, i < 40, stream);
            times.extend(part(0.0, 400.0, i < 20, stream));
            times
        });
        let (before, after) = (windows[0], windows[8]);
        assert!(before.fano - after.fano > 0.2, "{before:?} {after:?}");
        let error = before.matched_sem.hypot(after.matched_sem);
        assert!((before.matched - after.matched).abs() < 3.5 * error, "{before:?} {after:?}");
        assert!(before.matched_entries < 60.0 && before.matched_entries > 20.0, "{before:?}");
    }

    #[test]
    fn few_trials_and_spikes_and_means_without_match_tell_nothing() {
        let windows = of(3, 4, |_, stream| train((-200.0, 400.0), 50.0, 1, stream));
        assert!(windows.iter().all(|w| w.entries == 0 && w.fano.is_nan() && w.matched.is_nan()));
        // Ten times the rate after the event: no mean is there before and after it.
        let windows = of(20, 50, |_, stream| {
            let mut times = train((-200.0, 0.0), 10.0, 1, stream);
            times.extend(train((0.0, 400.0), 100.0, 1, stream));
            times
        });
        assert!(windows.iter().all(|w| w.entries > 15 && w.fano > 0.7 && w.matched.is_nan()));
        // By hand: counts 0 2 1 3 4 have the variance 2.5 and the mean 2.
        let group = Group::fixed("g", vec![7], &[true; 5]);
        let steps = Bins::new(0.0, 20.0, 10.0).unwrap();
        let mut pass = VariabilityPass::new(&group, steps);
        for (k, count) in [0, 2, 1, 3, 4].into_iter().enumerate() {
            // Half of them in either step; one before, one after, and those of another neuron do not count.
            let times: Vec<f64> = (0..count).map(|n| 5.0 + 10.0 * f64::from(n % 2)).collect();
            let mut all = vec![(-0.1, 7), (20.0, 7), (3.0, 8)];
            all.extend(times.into_iter().map(|time| (time, 7)));
            all.sort_by(|a: &(f64, u64), b| a.0.total_cmp(&b.0));
            let (times, ids): (Vec<f64>, Vec<u64>) = all.into_iter().unzip();
            pass.trial(k, 0.0, &times, &ids);
        }
        let windows = pass.finish().windows;
        assert_eq!((windows.len(), windows[0].entries, windows[0].fano), (1, 1, 1.25));
        assert_eq!((windows[0].matched, windows[0].matched_entries), (1.25, 1.0));
    }
}
