//! Delay activity of single neurons: rate, irregularity of firing, and variability from trial to trial.
//!
//! A neuron is looked at in the trials in which it belongs to the group: in the foreground of the sample, for
//! example. Trials of the same set (those that showed the same) are pooled; a neuron that belongs to several sets
//! has the mean over those that give a value.
//!
//! - **Rate**: spikes / (trials x stretch), over all its trials.
//! - **CV** and **CV2** of interspike intervals: the intervals that lie within the stretch of a trial, of all trials
//!   of a set together; at least five intervals (pairs of adjacent intervals, for CV2). A rate that differs between
//!   trials adds to CV, not to CV2. Intervals longer than the stretch cannot be seen, which lowers both where the
//!   stretch holds few spikes.
//! - **Fano factor** of the spike count: variance (n - 1) over mean, across the trials of a set; at least five trials
//!   and five spikes. 1 for a Poisson process; CV^2 for a long stretch of any renewal process.

use super::counts::{Counts, within};
use super::group::Group;
use super::histogram::Histogram;
use crate::analysis::irregularity::Intervals;
use crate::table::Table;

/// Fewest trials, and spikes in them, from which a Fano factor is taken: that of a single spike is 1, whatever it comes
/// from.
const TRIALS: u64 = 5;
const SPIKES: u64 = 5;

/// Intervals are counted in bins of a tenth of a decade between 1 ms and 10 s.
const ISI_FROM: f64 = 1.0;
const ISI_PER_DECADE: usize = 10;
const ISI_DECADES: usize = 4;

/// Variance (n - 1) over mean; none of fewer than five counts or five spikes.
pub fn fano(counts: impl Iterator<Item = u32>) -> Option<f64> {
    let (mut n, mut sum, mut squares) = (0, 0, 0);
    for count in counts.map(u64::from) {
        (n, sum, squares) = (n + 1, sum + count, squares + count * count);
    }
    let deviation = (n * squares - sum * sum) as f64;
    (n >= TRIALS && sum >= SPIKES).then(|| deviation / ((n - 1) * sum) as f64)
}

/// Delay activity of one neuron; NaN where there is too little to tell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NeuronActivity {
    /// Its number within its population, from 0.
    pub neuron: u32,
    /// Trials in which it belongs to the group.
    pub trials: usize,
    /// Hz.
    pub rate: f64,
    /// Interspike intervals in these trials.
    pub intervals: u64,
    /// CV of these intervals.
    pub cv: f64,
    /// CV2 of these intervals: of adjacent ones.
    pub cv2: f64,
    /// Variance of the spike count over its mean, across trials.
    pub fano: f64,
}

/// Delay activity of the neurons of a group.
#[derive(Clone, Debug, PartialEq)]
pub struct Activity {
    /// The name of the group.
    pub group: String,
    /// The neurons that belong to it in some trial, ascending.
    pub neurons: Vec<NeuronActivity>,
    /// All their interspike intervals, ms.
    pub isi: Histogram,
}

impl Activity {
    /// One row per group and neuron (from 0): `group`, `neuron`, `trials`, `rate_hz`, `intervals`, `cv`, `cv2`, `fano`.
    pub fn table(all: &[Self]) -> Table {
        let rows = || all.iter().flat_map(|a| a.neurons.iter().map(move |n| (&a.group, n)));
        let real = |value: fn(&NeuronActivity) -> f64| rows().map(|(_, n)| value(n)).collect();
        let whole = |value: fn(&NeuronActivity) -> u64| rows().map(|(_, n)| value(n)).collect();
        Table::default()
            .text("group", rows().map(|(group, _)| group.clone()).collect())
            .whole("neuron", whole(|n| u64::from(n.neuron)))
            .whole("trials", whole(|n| n.trials as u64))
            .real("rate_hz", real(|n| n.rate))
            .whole("intervals", whole(|n| n.intervals))
            .real("cv", real(|n| n.cv))
            .real("cv2", real(|n| n.cv2))
            .real("fano", real(|n| n.fano))
    }
}

/// Takes trial after trial; holds what the intervals of every neuron of every set amount to.
#[derive(Clone, Debug)]
pub(super) struct ActivityPass<'a> {
    group: &'a Group,
    /// By set, in the order of its neurons.
    intervals: Vec<Vec<Intervals>>,
    isi: Histogram,
}

impl<'a> ActivityPass<'a> {
    pub fn new(group: &'a Group) -> Self {
        let intervals = group.sets.iter().map(|set| vec![Intervals::NONE; set.len()]).collect();
        let isi = Histogram::logarithmic(ISI_FROM, ISI_PER_DECADE, ISI_DECADES);
        Self { group, intervals, isi }
    }

    /// Takes the spikes of trial `k` in `window`: times in ms, in order, and neurons.
    pub fn trial(&mut self, k: usize, window: (f64, f64), times: &[f64], ids: &[u64]) {
        let Some(s) = self.group.of_trial[k] else { return };
        let (set, intervals) = (&self.group.sets[s], &mut self.intervals[s]);
        intervals.iter_mut().for_each(Intervals::pause);
        let inside = within(times, window);
        for (&time, &id) in times[inside.clone()].iter().zip(&ids[inside]) {
            let place = set.binary_search_by(|&i| u64::from(i).cmp(&id));
            if let Some(interval) = place.ok().and_then(|at| intervals[at].spike(time)) {
                self.isi.count(interval);
            }
        }
    }

    /// With the counts in the same windows.
    pub fn finish(self, counts: &Counts) -> Activity {
        let mut of_set: Vec<Vec<usize>> = vec![Vec::new(); self.group.sets.len()];
        for (k, s) in self.group.of_trial.iter().enumerate() {
            s.iter().for_each(|&s| of_set[s].push(k));
        }
        let mut pooled: Vec<Pooled> = vec![Pooled::default(); counts.neurons()];
        for (s, set) in self.group.sets.iter().enumerate() {
            for (&i, intervals) in set.iter().zip(&self.intervals[s]) {
                pooled[i as usize].take(intervals, counts.of(i as usize), &of_set[s]);
            }
        }
        let duration = counts.duration();
        let neurons = (0..).zip(&pooled).filter(|(_, p)| p.trials > 0);
        let neurons = neurons.map(|(i, p)| p.activity(i, duration)).collect();
        Activity { group: self.group.name.clone(), neurons, isi: self.isi }
    }
}

/// What the sets of one neuron amount to.
#[derive(Clone, Debug, Default)]
struct Pooled {
    trials: usize,
    spikes: u64,
    intervals: u64,
    cv: Mean,
    cv2: Mean,
    fano: Mean,
}

#[derive(Clone, Copy, Debug, Default)]
struct Mean {
    sum: f64,
    number: f64,
}

impl Mean {
    fn take(&mut self, value: Option<f64>) {
        if let Some(value) = value {
            *self = Self { sum: self.sum + value, number: self.number + 1.0 };
        }
    }

    /// NaN of none.
    fn value(self) -> f64 {
        self.sum / self.number
    }
}

impl Pooled {
    fn take(&mut self, intervals: &Intervals, counts: &[u32], trials: &[usize]) {
        self.trials += trials.len();
        self.spikes += trials.iter().map(|&k| u64::from(counts[k])).sum::<u64>();
        self.intervals += intervals.number();
        self.cv.take(intervals.cv());
        self.cv2.take(intervals.cv2());
        self.fano.take(fano(trials.iter().map(|&k| counts[k])));
    }

    fn activity(&self, neuron: u32, duration: f64) -> NeuronActivity {
        NeuronActivity {
            neuron,
            trials: self.trials,
            rate: self.spikes as f64 / (self.trials as f64 * duration) * 1000.0,
            intervals: self.intervals,
            cv: self.cv.value(),
            cv2: self.cv2.value(),
            fano: self.fano.value(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::poisson_count;
    use super::*;
    use crate::random::{Seed, Stream};

    /// `trials` trials of 1 s, each with one neuron that has a spike after every `gap`; the start is as in a process
    /// that runs since long ago.
    fn activity(trials: usize, mut gap: impl FnMut() -> f64) -> NeuronActivity {
        let group = Group::fixed("g", vec![0], &vec![true; trials]);
        let windows: Vec<(f64, f64)> =
            (0..trials).map(|k| (2e3 * k as f64, 2e3 * k as f64 + 1e3)).collect();
        let mut counts = Counts::new(1, windows.clone());
        let mut pass = ActivityPass::new(&group);
        for (k, window) in windows.iter().enumerate() {
            let (mut times, mut time) = (Vec::new(), window.0 - 700.0);
            while time < window.1 + 100.0 {
                time += gap();
                times.push(time);
            }
            let ids = vec![0; times.len()];
            counts.trial(k, &times, &ids);
            pass.trial(k, *window, &times, &ids);
        }
        pass.finish(&counts).neurons[0]
    }

    #[test]
    fn irregularity_is_that_of_known_processes() {
        let clock = activity(20, || 8.0);
        assert!(clock.cv < 1e-9 && clock.cv2 < 1e-9 && clock.fano < 1e-9, "{clock:?}");
        assert!((clock.rate, clock.trials, clock.intervals) == (125.0, 20, 20 * 124), "{clock:?}");

        // 1000 trials of 100 spikes, intervals of 10 ms. The s.e. of CV and CV2 of 1e5 intervals are below 0.004;
        // leaving out the intervals that reach across an end costs some 10/1000 of CV. The s.e. of a
        // Fano factor over n trials is sqrt(2/n) = 0.045.
        let mut stream = Seed(1).stream("poisson", 0);
        let poisson = activity(1000, || 10.0 * stream.exponential());
        assert!((poisson.cv - 1.0).abs() < 0.03 && (poisson.cv2 - 1.0).abs() < 0.02, "{poisson:?}");
        assert!((poisson.fano - 1.0).abs() < 0.18, "{poisson:?}");
        assert!((poisson.rate - 100.0).abs() < 4.0 * 0.32, "{poisson:?}");

        // Gamma of order 4: CV 1/2, CV2 35/64; Fano factor CV^2 = 1/4 and (1 - CV^4)/6 / count = 0.0016 for
        // an ordinary window (Cox, Lewis 1966), with s.e. 0.011.
        let four = |stream: &mut Stream| (0..4).map(|_| 2.5 * stream.exponential()).sum();
        let gamma = activity(1000, || four(&mut stream));
        assert!(
            (gamma.cv - 0.5).abs() < 0.01 && (gamma.cv2 - 35.0 / 64.0).abs() < 0.01,
            "{gamma:?}"
        );
        assert!((gamma.fano - 0.25).abs() < 0.045, "{gamma:?}");
    }

    #[test]
    fn fano_factors_are_those_computed_by_hand() {
        // Mean 2, squared deviations 4 0 1 1 4 over 4.
        assert_eq!(fano([0, 2, 1, 3, 4].into_iter()), Some(1.25));
        assert_eq!(fano([0, 2, 1, 3].into_iter()), None);
        assert_eq!(fano([0; 9].into_iter()), None);
        assert_eq!(fano([3; 9].into_iter()), Some(0.0));
        let mut stream = Seed(1).stream("poisson", 0);
        let counts: Vec<u32> = (0..5000).map(|_| poisson_count(&mut stream, 7.0)).collect();
        // s.e. sqrt(2/n) = 0.02.
        assert!((fano(counts.into_iter()).unwrap() - 1.0).abs() < 0.08);
    }

    #[test]
    fn sets_are_pooled_by_themselves() {
        // Neuron 1 belongs to both sets: intervals of 10 ms in one, of 20 ms in the other, 2 or 4 spikes in a trial.
        let group = Group {
            name: "g".to_owned(),
            sets: vec![vec![1], vec![0, 1]],
            of_trial: (0..13).map(|k| (k < 12).then_some(k % 2)).collect(),
        };
        let windows: Vec<(f64, f64)> =
            (0..13).map(|k| (100.0 * f64::from(k), 100.0 * f64::from(k) + 80.0)).collect();
        let mut counts = Counts::new(3, windows.clone());
        let mut pass = ActivityPass::new(&group);
        for (k, &window) in windows.iter().enumerate() {
            let step = if k % 2 == 0 { 10.0 } else { 20.0 };
            let spikes = if k % 4 < 2 { 2 } else { 4 };
            // The window opens with a spike; one before and one at its end do not belong to it.
            let mut times: Vec<f64> =
                (-1..spikes).map(|n| window.0 + step * f64::from(n)).collect();
            times.push(window.1);
            let ids = vec![1; times.len()];
            counts.trial(k, &times, &ids);
            pass.trial(k, window, &times, &ids);
        }
        let Activity { neurons, isi, .. } = pass.finish(&counts);
        assert_eq!(neurons.len(), 2);
        let [silent, both] = neurons[..] else { panic!() };
        assert!(
            (silent.neuron, silent.trials, silent.rate) == (0, 6, 0.0)
                && silent.cv.is_nan()
                && silent.fano.is_nan()
        );
        assert_eq!((both.neuron, both.trials, both.intervals, both.cv), (1, 12, 24, 0.0));
        // 2 4 2 4 2 4: variance 6/5, mean 3; 36 spikes in 12 stretches of 80 ms.
        assert!((both.fano - 0.4).abs() < 1e-15 && (both.rate - 37.5).abs() < 1e-12, "{both:?}");
        // 12 intervals each of 10 and 20 ms: two pairs in a trial of four spikes, six pairs in a set.
        assert_eq!((both.cv2, isi.total()), (0.0, 24));
        let bin = |ms: f64| isi.edges().partition_point(|e| *e <= ms + 1e-9) - 1;
        assert_eq!((isi.counts()[bin(10.0)], isi.counts()[bin(20.0)]), (12, 12));
    }
}
