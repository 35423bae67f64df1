//! Retrieval: which memory the overlaps show, and for how long.
//!
//! Overlaps are recorded in Hz. They are divided by the reference rate, the mean rate of the cued
//! foreground in delay activity over the run, so that a held memory has an overlap near 1.

use super::decision::Decisions;
use crate::error::Result;
use crate::pattern::Patterns;
use crate::protocol::EpochShown;
use crate::recording::{Recording, Samples};
use crate::task::Trial;
use std::ops::Range;

/// Delay activity is what follows this long (ms) after the onset of a cue, once nothing is shown.
const SETTLING: f64 = 300.0;

/// The cue of one pattern, and the time that belongs to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Cue {
    /// The pattern, from 0.
    pub pattern: usize,
    /// Onset, ms.
    pub onset: f64,
    /// Onset of the next epoch with a stimulus to the population, or the end of the run, ms.
    pub until: f64,
    /// When nothing is shown any more, ms.
    pub offset: f64,
}

/// The memory of one population over a recording.
#[derive(Clone, Debug)]
pub struct Memory {
    /// Its name.
    pub population: String,
    /// What it has stored.
    pub patterns: Patterns,
    /// m^mu in Hz.
    pub overlaps: Samples,
    /// Mean rate of the population in Hz.
    pub rates: Samples,
    /// In order of time.
    pub cues: Vec<Cue>,
    /// Mean rate of the cued foreground in delay activity, Hz; `None` without delays, or if it is silent.
    pub reference: Option<f64>,
}

/// What a stretch of time retrieves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Retrieved {
    /// The pattern with the largest mean overlap, from 0.
    pub pattern: usize,
    /// Its mean overlap, in units of the reference rate.
    pub overlap: f64,
    /// True if it is above 0.5 and every other is below half of it.
    pub clear: bool,
}

impl Memory {
    /// The memory of `population`, if it has patterns.
    pub fn of(recording: &Recording, population: &str) -> Result<Option<Self>> {
        let (Some(patterns), Some(overlaps)) =
            (recording.patterns(population)?, recording.overlaps(population)?)
        else {
            return Ok(None);
        };
        let only = recording
            .populations()
            .iter()
            .filter_map(|(name, _)| recording.patterns(name).ok().flatten())
            .count()
            == 1;
        let cues = cues(&recording.protocol()?, population, only);
        let rates = recording.rates(population)?;
        let mut memory = Self {
            population: population.to_owned(),
            patterns,
            overlaps,
            rates,
            cues,
            reference: None,
        };
        memory.reference = memory.reference_rate();
        Ok(Some(memory))
    }

    /// Takes as cues the samples that were held until the test, and those alone.
    pub fn keep_held(&mut self, decisions: &Decisions) {
        let trials = decisions.trials.iter().zip(&decisions.observed);
        let held = trials.filter(|(trial, observed)| observed.held == Some(trial.sample));
        let cue = |trial: &Trial| {
            // What distractors leave is no undisturbed delay.
            let last = trial.distractors.last().map_or(trial.delay_onset, |d| d.end);
            Cue {
                pattern: trial.sample,
                onset: trial.sample_onset,
                offset: last,
                until: trial.test_onset,
            }
        };
        self.cues = held.map(|(trial, _)| cue(trial)).collect();
        self.reference = self.reference_rate();
    }

    /// The stretches of delay activity: (start, end, foreground of the pattern that was cued).
    pub fn delays(&self) -> Vec<(f64, f64, &[u32])> {
        self.cues
            .iter()
            .map(|cue| {
                let start = cue.offset.max(cue.onset + SETTLING);
                (start, cue.until, self.patterns.foreground(cue.pattern))
            })
            .filter(|(start, end, _)| start < end)
            .collect()
    }

    /// Mean rate (Hz) of the foreground of `pattern` in interval `k`.
    ///
    /// From m = f - g and r = a f + (1 - a) g, with f and g the rates of foreground and background, follows
    /// f = r + (1 - a) m.
    fn foreground_rate(&self, pattern: usize, k: usize) -> f64 {
        let a = self.patterns.foreground(pattern).len() as f64 / self.patterns.neurons() as f64;
        self.rates.values[k] + (1.0 - a) * self.overlaps.row(k)[pattern]
    }

    fn reference_rate(&self) -> Option<f64> {
        let mut rates = Vec::new();
        for cue in &self.cues {
            let start = cue.offset.max(cue.onset + SETTLING);
            let delay = self.overlaps.within(start, cue.until);
            rates.extend(delay.map(|k| self.foreground_rate(cue.pattern, k)));
        }
        let mean = rates.iter().sum::<f64>() / rates.len() as f64;
        // A single spike gives more than this; rounding of a silent foreground gives less.
        (mean > 1e-9).then_some(mean)
    }

    /// What the second half of `start`..`end` (ms) retrieves; `None` if no interval or no reference is there.
    pub fn retrieved(&self, start: f64, end: f64) -> Option<Retrieved> {
        let reference = self.reference?;
        let intervals = self.overlaps.within(0.5 * (start + end), end);
        if intervals.is_empty() {
            return None;
        }
        let mean = self.mean_overlaps(intervals);
        let largest = |except: Option<usize>| {
            let others = mean.iter().enumerate().filter(|(mu, _)| Some(*mu) != except);
            others.max_by(|a, b| a.1.total_cmp(b.1)).map(|(mu, m)| (mu, m / reference))
        };
        let (pattern, overlap) = largest(None)?;
        let second = largest(Some(pattern)).map_or(0.0, |(_, m)| m);
        Some(Retrieved { pattern, overlap, clear: overlap > 0.5 && second < 0.5 * overlap })
    }

    fn mean_overlaps(&self, intervals: Range<usize>) -> Vec<f64> {
        let number = intervals.len() as f64;
        let mut mean = vec![0.0; self.patterns.number()];
        for k in intervals {
            mean.iter_mut().zip(self.overlaps.row(k)).for_each(|(sum, m)| *sum += m / number);
        }
        mean
    }
}

/// The epochs in which exactly one pattern is shown to the population; `only` says that no other population
/// has patterns, so that a stimulus without a population means this one.
fn cues(protocol: &[EpochShown], population: &str, only: bool) -> Vec<Cue> {
    let here = |epoch: &EpochShown| -> Vec<Option<usize>> {
        let stimuli = epoch.show.iter().filter(|s| match &s.population {
            Some(name) => name == population,
            None => only,
        });
        stimuli.map(|s| s.pattern).collect()
    };
    let shown = |epoch: &EpochShown| -> Vec<usize> { here(epoch).into_iter().flatten().collect() };
    let end = protocol.last().map_or(0.0, |e| e.end);
    let mut cues = Vec::new();
    for (k, epoch) in protocol.iter().enumerate() {
        let [pattern] = shown(epoch)[..] else { continue };
        let continued = k > 0 && shown(&protocol[k - 1]) == [pattern];
        if continued {
            continue;
        }
        let later = &protocol[k + 1..];
        let offset = later.iter().find(|e| here(e).is_empty()).map_or(end, |e| e.start);
        let next = later.iter().find(|e| e.start >= offset && !here(e).is_empty());
        let interrupted = later.iter().find(|e| e.start < offset && shown(e) != [pattern]);
        let until = interrupted.or(next).map_or(end, |e| e.start);
        cues.push(Cue {
            pattern: pattern - 1,
            onset: epoch.start,
            until,
            offset: offset.min(until),
        });
    }
    cues
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Stimulus;

    fn epoch(name: &str, start: f64, end: f64, patterns: &[usize]) -> EpochShown {
        let show = patterns
            .iter()
            .map(|&p| Stimulus { pattern: Some(p), ..Stimulus::default() })
            .collect();
        EpochShown { name: name.to_owned(), start, end, show }
    }

    #[test]
    fn cues_last_until_something_else_is_shown() {
        let protocol = [
            epoch("rest", 0.0, 100.0, &[]),
            epoch("cue", 100.0, 150.0, &[2]),
            epoch("cue, longer", 150.0, 200.0, &[2]),
            epoch("delay", 200.0, 500.0, &[]),
            epoch("mixture", 500.0, 600.0, &[1, 2]),
            epoch("cue", 600.0, 700.0, &[1]),
            epoch("cue", 700.0, 800.0, &[3]),
        ];
        let cue = |pattern, onset, offset, until| Cue { pattern, onset, until, offset };
        assert_eq!(
            cues(&protocol, "E", true),
            [cue(1, 100.0, 200.0, 500.0), cue(0, 600.0, 700.0, 700.0), cue(2, 700.0, 800.0, 800.0)]
        );
        assert_eq!(cues(&protocol, "E", false), []);
    }

    #[test]
    fn overlaps_are_in_units_of_the_delay_rate_of_the_cued_foreground() {
        // Ten neurons, two patterns of two; pattern 0 is held at 40 Hz from 300 ms on, all else silent.
        let patterns = Patterns::from_foreground(10, vec![vec![0, 1], vec![2, 3]]);
        let active = |k: usize| k >= 3;
        let overlaps = (0..10).flat_map(|k| if active(k) { [40.0, -10.0] } else { [0.0, 0.0] });
        let rates = (0..10).map(|k| if active(k) { 8.0 } else { 0.0 });
        let samples = |width, values| Samples {
            interval: 100.0,
            time: (0..10).map(|k| 100.0 * f64::from(k) + 50.0).collect(),
            width,
            values,
        };
        let mut memory = Memory {
            population: "E".to_owned(),
            patterns,
            overlaps: samples(2, overlaps.collect()),
            rates: samples(1, rates.collect()),
            cues: vec![Cue { pattern: 0, onset: 100.0, offset: 200.0, until: 1000.0 }],
            reference: None,
        };
        memory.reference = memory.reference_rate();
        assert_eq!(memory.reference, Some(40.0));
        let retrieved = memory.retrieved(300.0, 1000.0).unwrap();
        assert_eq!(retrieved, Retrieved { pattern: 0, overlap: 1.0, clear: true });
        assert!(!memory.retrieved(0.0, 300.0).unwrap().clear);
        assert_eq!(memory.delays(), [(400.0, 1000.0, &[0, 1][..])]);
    }
}
