//! Peri-stimulus time histograms: the rate of neurons around an event of the trial, averaged over trials.
//!
//! In trial k the rate in bin b is x_k = spikes in the bin / (neurons x width). The histogram is the mean of x_k over
//! the trials that count, with its standard error sd(x) / sqrt(n), sd with n - 1: the neurons of a group are averaged
//! first, since those of one trial share its noise. (Gerstein, Kiang 1960.)

use super::group::Group;
use crate::error::{Error, Result};
use crate::recording::Recording;
use crate::table::Table;
use crate::task::Trial;

/// The event around which trials are laid over one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alignment {
    /// Onset of the sample.
    Sample,
    /// Onset of a repeated stimulus.
    Stimulus,
    /// Onset of the delay, which is the end of the sample.
    Delay,
    /// Onset of the test.
    Test,
}

impl Alignment {
    /// Time of the event, ms of the recording.
    pub fn onset(self, trial: &Trial) -> f64 {
        match self {
            Self::Sample | Self::Stimulus => trial.sample_onset,
            Self::Delay => trial.delay_onset,
            Self::Test => trial.test_onset,
        }
    }

    /// As it stands in tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Sample => "sample",
            Self::Stimulus => "stimulus",
            Self::Delay => "delay",
            Self::Test => "test",
        }
    }
}

/// Bins around an event: bin k is [from + k width, from + (k + 1) width), ms after it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bins {
    /// ms.
    pub from: f64,
    /// ms.
    pub width: f64,
    /// How many there are.
    pub number: usize,
}

/// Share of a bin that rounding may cost.
const ROUNDING: f64 = 1e-6;

/// More bins than this are a mistake, and would fill the memory.
const MOST: f64 = 1e5;

impl Bins {
    /// The whole bins of `width` from `from` on that end by `to`; all in ms.
    ///
    /// # Errors
    /// If the width is not positive, if no bin fits, or more than 100000.
    pub fn new(from: f64, to: f64, width: f64) -> Result<Self> {
        let number = ((to - from) / width + ROUNDING).floor();
        if width > 0.0 && width.is_finite() && (1.0..=MOST).contains(&number) {
            return Ok(Self { from, width, number: number as usize });
        }
        Err(Error::input(
            format!("found bins of {width} ms from {from} to {to} ms"),
            "a bin is longer than 0, and between one and 100000 of them must fit",
            "choose another width or range",
        ))
    }

    /// The bins that lie within [start, end) of every one of `trials`; none are left if there is no such bin.
    pub fn within(self, trials: &[Trial], alignment: Alignment) -> Self {
        let reach = |(before, after): (f64, f64), trial: &Trial| {
            let onset = alignment.onset(trial);
            (before.max(trial.start - onset), after.min(trial.end - onset))
        };
        let (before, after) = trials.iter().fold((f64::NEG_INFINITY, f64::INFINITY), reach);
        let first = ((before - self.from) / self.width - ROUNDING).ceil().max(0.0);
        let end = ((after - self.from) / self.width + ROUNDING).floor().min(self.number as f64);
        let number = (end - first).max(0.0) as usize;
        Self { from: self.from + first * self.width, number, ..self }
    }

    /// Start of bin `k`, and end of the bin before, ms after the event.
    pub fn edge(&self, k: usize) -> f64 {
        self.from + k as f64 * self.width
    }

    /// The bin of a spike at `time` where the event is at `onset`: `onset + edge(k) <= time < onset + edge(k + 1)`.
    pub(super) fn bin(&self, time: f64, onset: f64) -> Option<usize> {
        if self.number == 0 || time < onset + self.edge(0) || time >= onset + self.edge(self.number)
        {
            return None;
        }
        let mut k = (((time - onset - self.from) / self.width) as usize).min(self.number - 1);
        // Division rounds; the edges decide.
        while time < onset + self.edge(k) {
            k -= 1;
        }
        while time >= onset + self.edge(k + 1) {
            k += 1;
        }
        Some(k)
    }
}

/// Neurons and trials that are averaged.
#[derive(Clone, Debug, PartialEq)]
pub struct Averaged {
    /// Trials outside the condition have no set.
    pub group: Group,
    /// What is common to the trials: `preferred`, `other`, or empty if nothing is.
    pub condition: String,
}

/// Histograms of several groups, laid over the same event.
#[derive(Clone, Debug, PartialEq)]
pub struct Psth {
    /// The event at 0 ms.
    pub alignment: Alignment,
    /// The same for all curves.
    pub bins: Bins,
    /// One per group and condition.
    pub curves: Vec<Curve>,
}

/// The histogram of one group.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// Which neurons are counted.
    pub group: String,
    /// In which trials they are.
    pub condition: String,
    /// Number of trials that are averaged.
    pub trials: usize,
    /// Mean rate by bin, Hz; NaN without trials.
    pub rate: Vec<f64>,
    /// Its standard error over trials, Hz; NaN with fewer than two trials.
    pub sem: Vec<f64>,
}

impl Psth {
    /// The histograms of neurons of `population` over `trials`, in bins clipped to those that lie inside all trials.
    pub fn of(
        recording: &Recording,
        population: &str,
        trials: &[Trial],
        alignment: Alignment,
        bins: Bins,
        averaged: &[Averaged],
    ) -> Result<Self> {
        let mut pass = PsthPass::new(alignment, bins.within(trials, alignment), averaged);
        recording.for_trials(population, trials, |k, times, ids| {
            pass.trial(k, alignment.onset(&trials[k]), times, ids);
        })?;
        Ok(pass.finish())
    }

    /// One row per curve and bin: `alignment`, `group`, `condition`, `trials`, `from_ms` and `to_ms` after the event,
    /// `rate_hz`, `sem_hz`.
    pub fn table(all: &[Self]) -> Table {
        let rows = || {
            all.iter().flat_map(|psth| {
                let bins = move |c| (0..psth.bins.number).map(move |k| (psth, c, k));
                psth.curves.iter().flat_map(bins)
            })
        };
        type Row<'a> = (&'a Psth, &'a Curve, usize);
        let text = |value: fn(Row) -> String| rows().map(value).collect();
        let real = |value: fn(Row) -> f64| rows().map(value).collect();
        Table::default()
            .text("alignment", text(|(psth, ..)| psth.alignment.word().to_owned()))
            .text("group", text(|(_, curve, _)| curve.group.clone()))
            .text("condition", text(|(_, curve, _)| curve.condition.clone()))
            .whole("trials", rows().map(|(_, curve, _)| curve.trials as u64).collect())
            .real("from_ms", real(|(psth, _, k)| psth.bins.edge(k)))
            .real("to_ms", real(|(psth, _, k)| psth.bins.edge(k + 1)))
            .real("rate_hz", real(|(_, curve, k)| curve.rate[k]))
            .real("sem_hz", real(|(_, curve, k)| curve.sem[k]))
    }
}

/// Takes trial after trial; holds numbers for every group and bin.
#[derive(Clone, Debug)]
pub(super) struct PsthPass<'a> {
    pub alignment: Alignment,
    bins: Bins,
    averaged: &'a [Averaged],
    /// For every neuron the (index in `averaged`, set) in which it is.
    members: Vec<Vec<(u32, u32)>>,
    /// Group by group, then bin by bin: spikes of this trial, mean and sum of squared deviations so far (Welford 1962).
    counts: Vec<u32>,
    mean: Vec<f64>,
    deviation: Vec<f64>,
    /// Trials so far of every group.
    taken: Vec<usize>,
}

impl<'a> PsthPass<'a> {
    pub fn new(alignment: Alignment, bins: Bins, averaged: &'a [Averaged]) -> Self {
        let neurons = averaged.iter().map(|a| a.group.reach()).max().unwrap_or(0);
        let mut members = vec![Vec::new(); neurons];
        for (g, averaged) in averaged.iter().enumerate() {
            for (s, set) in averaged.group.sets.iter().enumerate() {
                set.iter().for_each(|&i| members[i as usize].push((g as u32, s as u32)));
            }
        }
        let size = averaged.len() * bins.number;
        Self {
            alignment,
            bins,
            averaged,
            members,
            counts: vec![0; size],
            mean: vec![0.0; size],
            deviation: vec![0.0; size],
            taken: vec![0; averaged.len()],
        }
    }

    /// Takes trial `k`, whose event is at `onset`: times in ms, and neurons.
    pub fn trial(&mut self, k: usize, onset: f64, times: &[f64], ids: &[u64]) {
        let number = self.bins.number;
        self.counts.fill(0);
        for (&time, &id) in times.iter().zip(ids) {
            let (Some(bin), Some(members)) =
                (self.bins.bin(time, onset), self.members.get(id as usize))
            else {
                continue;
            };
            for &(g, s) in members {
                if self.averaged[g as usize].group.of_trial[k] == Some(s as usize) {
                    self.counts[g as usize * number + bin] += 1;
                }
            }
        }
        for (g, Averaged { group, .. }) in self.averaged.iter().enumerate() {
            let Some(size) = group.of_trial[k].map(|s| group.sets[s].len()).filter(|n| *n > 0)
            else {
                continue;
            };
            self.taken[g] += 1;
            for at in g * number..(g + 1) * number {
                let rate = f64::from(self.counts[at]) / (size as f64 * self.bins.width) * 1000.0;
                let difference = rate - self.mean[at];
                self.mean[at] += difference / self.taken[g] as f64;
                self.deviation[at] += difference * (rate - self.mean[at]);
            }
        }
    }

    pub fn finish(self) -> Psth {
        let number = self.bins.number;
        let curve = |(g, averaged): (usize, &Averaged)| {
            let n = self.taken[g] as f64;
            let at = g * number..(g + 1) * number;
            let mean = |m: &f64| if n > 0.0 { *m } else { f64::NAN };
            let sem = |d: &f64| if n > 1.0 { (d / (n - 1.0) / n).sqrt() } else { f64::NAN };
            Curve {
                group: averaged.group.name.clone(),
                condition: averaged.condition.clone(),
                trials: self.taken[g],
                rate: self.mean[at.clone()].iter().map(mean).collect(),
                sem: self.deviation[at].iter().map(sem).collect(),
            }
        };
        let curves = self.averaged.iter().enumerate().map(curve).collect();
        Psth { alignment: self.alignment, bins: self.bins, curves }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Seed;

    fn averaged(neurons: &[u32], counts: &[bool]) -> Averaged {
        let group = Group::fixed("g", neurons.to_vec(), counts);
        Averaged { group, condition: String::new() }
    }

    #[test]
    fn rates_and_standard_errors_are_those_computed_by_hand() {
        let bins = Bins::new(-10.0, 20.0, 10.0).unwrap();
        let wanted = [
            averaged(&[0], &[true; 3]),
            averaged(&[2, 0], &[true, true, false]),
            averaged(&[1], &[false; 3]),
        ];
        let mut pass = PsthPass::new(Alignment::Test, bins, &wanted);
        // Spikes on edges: 90 opens the first bin, 100 the second, 110 the third, 120 is outside.
        pass.trial(0, 100.0, &[89.9, 90.0, 100.0, 105.0, 110.0, 120.0], &[0, 0, 0, 2, 0, 0]);
        pass.trial(1, 300.0, &[300.0, 300.5, 309.999], &[0, 0, 2]);
        pass.trial(2, 500.0, &[495.0, 495.0, 500.0, 519.0], &[0, 1, 7, 0]);
        let Psth { curves, .. } = pass.finish();
        // Of neuron 0, spikes per 10 ms are 1 1 1, 0 2 0, 1 0 1.
        let close = |found: &[f64], expected: &[f64]| {
            assert_eq!(found.len(), expected.len());
            let good = found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12);
            assert!(good, "{found:?} {expected:?}");
        };
        let third = 100.0 / 3.0;
        close(&curves[0].rate, &[2.0 * third, 100.0, 2.0 * third]);
        close(&curves[0].sem, &[third, 100.0 / 3f64.sqrt(), third]);
        // Of both over two trials: means 50 100 50 and 0 150 0 Hz, which differ by 50.
        close(&curves[1].rate, &[25.0, 125.0, 25.0]);
        close(&curves[1].sem, &[25.0, 25.0, 25.0]);
        assert_eq!((curves[0].trials, curves[1].trials, curves[2].trials), (3, 2, 0));
        assert!(curves[2].rate.iter().chain(&curves[2].sem).all(|v| v.is_nan()));
    }

    #[test]
    fn a_set_that_changes_from_trial_to_trial_is_followed() {
        let group = Group {
            name: "g".to_owned(),
            sets: vec![vec![0], vec![1, 2], vec![]],
            of_trial: vec![Some(0), Some(1), Some(2), None],
        };
        let wanted = [Averaged { group, condition: String::new() }];
        let bins = Bins::new(0.0, 10.0, 10.0).unwrap();
        let mut pass = PsthPass::new(Alignment::Sample, bins, &wanted);
        for k in 0..4 {
            pass.trial(k, 0.0, &[1.0, 2.0, 3.0], &[0, 1, 1]);
        }
        let curve = &pass.finish().curves[0];
        // 100 Hz of neuron 0; 200 and 0 Hz of neurons 1 and 2; a set without neurons has no rate.
        assert_eq!((curve.trials, curve.rate[0], curve.sem[0]), (2, 100.0, 0.0));
    }

    #[test]
    fn edges_decide_in_spite_of_rounding() {
        // 0.1 k is not exact; every spike that stands on an edge opens a bin.
        let bins = Bins::new(-0.3, 1.7, 0.1).unwrap();
        assert_eq!(bins.number, 20);
        for onset in [0.0, 1.0 / 3.0, 12_345.678] {
            for k in 0..20 {
                let edge = onset + bins.edge(k);
                assert_eq!(bins.bin(edge, onset), Some(k));
                assert_eq!(bins.bin(edge.next_down(), onset), k.checked_sub(1));
            }
            assert_eq!(bins.bin(onset + bins.edge(20), onset), None);
        }
    }

    #[test]
    fn bins_are_clipped_to_all_trials() {
        let trial = |start: f64, fixation: f64, end: f64| Trial {
            start,
            sample_onset: start + fixation,
            end: start + end,
            ..Trial::default()
        };
        // From 0.3 s before to 0.7 s after, and from 0.25 s before to 0.8 s after.
        let trials = [trial(1000.1, 300.0, 1000.0), trial(5000.3, 250.0, 1050.0)];
        let clip = |from, to, width| {
            let bins = Bins::new(from, to, width).unwrap().within(&trials, Alignment::Sample);
            (bins.from, bins.number)
        };
        assert_eq!(clip(-300.0, 5000.0, 100.0), (-200.0, 9));
        assert_eq!(clip(-250.0, 700.0, 50.0), (-250.0, 19));
        assert_eq!(clip(0.0, 300.0, 50.0), (0.0, 6));
        assert_eq!(clip(800.0, 900.0, 50.0).1, 0);
        assert_eq!(Bins { from: 0.0, width: 1.0, number: 0 }.bin(0.0, 0.0), None);
        for (to, width) in [
            (100.0, 0.0),
            (100.0, -1.0),
            (100.0, 1e-4),
            (100.0, 200.0),
            (f64::NAN, 1.0),
            (1.0, f64::NAN),
        ] {
            assert!(Bins::new(0.0, to, width).is_err(), "{to} {width}");
        }
    }

    #[test]
    fn a_poisson_process_has_its_rate_in_every_bin() {
        let wanted = [averaged(&[0, 1, 2, 3, 4], &[true; 400])];
        let bins = Bins::new(0.0, 500.0, 50.0).unwrap();
        let mut pass = PsthPass::new(Alignment::Delay, bins, &wanted);
        let mut stream = Seed(1).stream("poisson", 0);
        for k in 0..400 {
            // Five neurons at 20 Hz are one process at 100 Hz.
            let (mut times, mut ids) = (Vec::new(), Vec::new());
            let mut time = 10.0 * stream.exponential();
            while time < 500.0 {
                times.push(time);
                ids.push(u64::from(stream.below(5)));
                time += 10.0 * stream.exponential();
            }
            pass.trial(k, 0.0, &times, &ids);
        }
        let curve = &pass.finish().curves[0];
        // A bin holds 5 spikes of 5 neurons in a trial: 20 Hz with s.d. 20 / sqrt(5), s.e. 0.447 over 400 trials.
        for (rate, sem) in curve.rate.iter().zip(&curve.sem) {
            assert!((rate - 20.0).abs() < 4.0 * 0.447, "{rate}");
            // The relative s.e. of an s.d. is 1/sqrt(2 n) = 3.5 %.
            assert!((sem - 0.447).abs() < 0.07, "{sem}");
        }
    }
}
