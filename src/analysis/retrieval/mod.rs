//! Retrieval: which memory a population holds after a cue, and what becomes of it.
//!
//! All of it follows from exact spike times in the windows of a [`Criterion`]; overlaps and rates are in Hz.

mod criterion;
mod cue;
mod expect;
mod found;

pub use criterion::Criterion;
pub use cue::Cue;
pub(super) use cue::cues;
pub use expect::{Outcome, Retrieval, Spontaneous};
use found::Windows;
pub use found::{Fate, Found, Reason, Rival};

use super::decision::Decisions;
use super::window::{Window, cover, measure, part_rates};
use crate::error::Result;
use crate::pattern::Patterns;
use crate::protocol::EpochShown;
use crate::recording::Recording;
use crate::statistics;
use crate::task::Trial;
use std::ops::Range;

/// The memory of one population over a recording.
#[derive(Clone, Debug)]
pub struct Memory {
    /// Its name.
    pub population: String,
    /// When a pattern counts as held.
    pub criterion: Criterion,
    /// What became of every cue of the protocol, in order of time.
    pub cues: Vec<Found>,
    /// The largest overlap in magnitude before anything was shown to any population; `None` if less than a window was recorded there.
    pub spontaneous: Option<SpontaneousFound>,
    /// Reference rate: mean rate (Hz) of the cued foreground in the delays in which it was held. `None` if none was.
    pub reference: Option<f64>,
    /// The mean rate of all other neurons of the population meanwhile.
    pub background: Option<f64>,
    /// The delays in which a cued pattern was held.
    pub delays: Vec<Delay>,
    /// What the second half of every epoch of the protocol shows; none of one that was not recorded to its end.
    pub epochs: Vec<Option<EpochMemory>>,
    /// What the population has stored.
    pub patterns: Patterns,
}

/// Activity without a cue.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SpontaneousFound {
    /// The overlap that is largest in magnitude in any window, Hz.
    pub overlap: f64,
    /// Of this pattern, from 0.
    pub pattern: usize,
    /// In the window that begins here, ms.
    pub start: f64,
    /// Number of windows.
    pub windows: usize,
}

/// A stretch of time in which nothing is shown and a cued pattern is held.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Delay {
    /// ms.
    pub start: f64,
    /// ms.
    pub end: f64,
    /// The pattern, from 0.
    pub pattern: usize,
}

/// What an epoch shows in its second half.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EpochMemory {
    /// The pattern that stands out, from 0.
    pub retrieved: Option<usize>,
    /// The largest mean overlap, Hz.
    pub overlap: f64,
}

impl Memory {
    /// The memory of `population` over the protocol before `lead` (ms), if it has patterns; in a task the delays are those
    /// of the trials whose sample was held, told by `decisions`.
    pub fn of(
        recording: &Recording,
        population: &str,
        criterion: Criterion,
        lead: f64,
        decisions: Option<&Decisions>,
    ) -> Result<Option<Self>> {
        let Some(patterns) = recording.patterns(population)?.filter(|p| p.number() > 0) else {
            return Ok(None);
        };
        let protocol = recording.protocol()?;
        let mut holders = Vec::new();
        for (name, _) in recording.populations() {
            if recording.patterns(&name)?.is_some_and(|p| p.number() > 0) {
                holders.push(name);
            }
        }
        let shown = protocol.iter().find(|epoch| !epoch.show.is_empty());
        let before: Vec<EpochShown> =
            protocol.iter().filter(|epoch| epoch.start < lead).cloned().collect();
        let recorded = recording.end()?;
        let mut asked = Asked::default();
        let end = shown.map_or(recorded, |epoch| epoch.start.min(recorded));
        let spontaneous = asked.add(cover(0.0, end, criterion.window));
        let cues = cues(&before, population, &holders);
        let of_cues: Vec<AskedOfCue> = cues
            .iter()
            .map(|cue| AskedOfCue {
                whole: asked.add(vec![(criterion.from(cue), cue.until)]),
                held: asked.add(criterion.held(cue)),
                alone: asked.add(criterion.alone(cue)),
                rising: asked.add(criterion.rising(cue)),
            })
            .collect();
        let halves = before.iter().map(|e| (0.5 * (e.start + e.end), e.end));
        let halves = asked.add(halves.collect());
        let windows = measure(recording, population, &patterns, &asked.windows)?;

        let judged = cues.into_iter().zip(of_cues).map(|(cue, asked)| {
            let seen = Windows {
                whole: Some(&windows[asked.whole][0]).filter(|whole| whole.start < whole.stop),
                held: &windows[asked.held],
                alone: &windows[asked.alone],
                rising: &windows[asked.rising],
            };
            match cue.until <= recorded {
                true => Found::judge(&criterion, cue, &seen),
                // What was not recorded tells nothing.
                false => Found::stopped(cue),
            }
        });
        let cues: Vec<Found> = judged.collect();
        let ended = |w: &Window| (w.stop <= recorded).then(|| of_epoch(&criterion, w));
        let delays = match decisions {
            None => delays_of_cues(&cues, &criterion),
            Some(decisions) => delays_of_trials(decisions, &criterion),
        };
        let mut memory = Self {
            population: population.to_owned(),
            criterion,
            cues,
            spontaneous: SpontaneousFound::of(&windows[spontaneous]),
            reference: None,
            background: None,
            delays,
            epochs: windows[halves].iter().map(ended).collect(),
            patterns,
        };
        (memory.reference, memory.background) = memory.rates(recording)?.unzip();
        Ok(Some(memory))
    }

    /// The cues after which the cued pattern was held, of those that can be judged.
    pub fn held(&self) -> statistics::Share {
        let judged = self.cues.iter().filter(|found| found.fate.held().is_some());
        statistics::Share::of(judged.map(|found| found.fate == Fate::Held))
    }

    /// The held delays as stretches of the foreground: (start, end, neurons).
    pub fn stretches(&self) -> Vec<(f64, f64, &[u32])> {
        let stretch = |d: &Delay| (d.start, d.end, self.patterns.foreground(d.pattern));
        self.delays.iter().map(stretch).collect()
    }

    fn rates(&self, recording: &Recording) -> Result<Option<(f64, f64)>> {
        let delays = self.delays.iter().map(|d| (d.start, d.end, d.pattern));
        let delays: Vec<(f64, f64, usize)> = delays.collect();
        part_rates(recording, &self.population, &self.patterns, &delays)
    }
}

/// Where the windows of a cue stand among those that are measured together.
struct AskedOfCue {
    whole: Range<usize>,
    held: Range<usize>,
    alone: Range<usize>,
    rising: Range<usize>,
}

/// What a window that is an epoch's second half shows.
fn of_epoch(criterion: &Criterion, window: &Window) -> EpochMemory {
    EpochMemory {
        retrieved: criterion.stands_out(window),
        overlap: window.largest(None).map_or(0.0, |(_, m)| m),
    }
}

/// Windows that are measured together.
#[derive(Default)]
struct Asked {
    windows: Vec<(f64, f64)>,
}

impl Asked {
    fn add(&mut self, windows: Vec<(f64, f64)>) -> Range<usize> {
        let start = self.windows.len();
        self.windows.extend(windows);
        start..self.windows.len()
    }
}

impl SpontaneousFound {
    fn of(windows: &[Window]) -> Option<Self> {
        let all = windows.iter().flat_map(|w| {
            w.overlaps.iter().enumerate().map(|(pattern, &overlap)| (w.start, pattern, overlap))
        });
        let all = all.filter(|(.., overlap)| !overlap.is_nan());
        let largest = all.reduce(|a, b| if b.2.abs() > a.2.abs() { b } else { a });
        largest.map(|(start, pattern, overlap)| Self {
            overlap,
            pattern,
            start,
            windows: windows.len(),
        })
    }
}

/// From when nothing is shown, and the criterion demands it, until the next stimulus.
fn delays_of_cues(cues: &[Found], criterion: &Criterion) -> Vec<Delay> {
    let held = cues.iter().filter(|found| found.fate == Fate::Held);
    let delay = |Found { cue, .. }: &Found| Delay {
        start: criterion.from(cue),
        end: cue.until,
        pattern: cue.pattern,
    };
    held.map(delay).filter(|d| d.start < d.end).collect()
}

/// From when the last distractor has ended, until the test.
fn delays_of_trials(decisions: &Decisions, criterion: &Criterion) -> Vec<Delay> {
    let trials = decisions.trials.iter().zip(&decisions.observed);
    let held = trials.filter(|(trial, observed)| observed.holds == Some(trial.sample));
    let delay = |trial: &Trial| {
        let last = trial.distractors.last().map_or(trial.delay_onset, |d| d.end);
        let start = last.max(trial.sample_onset + criterion.within);
        Delay { start, end: trial.test_onset, pattern: trial.sample }
    };
    held.map(|(trial, _)| delay(trial)).filter(|d| d.start < d.end).collect()
}

#[cfg(test)]
mod tests;
