//! Spike trains over trials: rates around events, selectivity, irregularity and correlation of delay activity.
//!
//! Everything is measured in one pass over the spikes of a population, trial by trial; what is kept are counts (4
//! bytes for every neuron and trial), running sums of intervals and of histograms. Bins and windows are [start,
//! stop), from exact times. Neurons count from 0, as in the recording; patterns count from 0 here and from 1 in
//! tables. NaN, an empty cell of a table, stands where there is too little to tell.

mod activity;
mod correlation;
mod counts;
mod expect;
mod group;
mod histogram;
mod psth;
mod responses;
mod selectivity;
mod tables;
mod variability;
#[cfg(test)]
mod tests;

pub use activity::{Activity, NeuronActivity, fano};
pub use correlation::{Correlations, chosen};
pub use counts::Counts;
pub use expect::{ExpectStimulus, Measure, Of};
pub use group::{Conditions, Group};
pub use histogram::{Histogram, Spread, histogram_table};
pub use psth::{Alignment, Averaged, Bins, Curve, Psth};
pub use responses::{Estimate, Quenching, Responses};
pub use selectivity::{Selectivity, Tuning};
pub use tables::{Activities, Options};
pub use variability::{Fano, Variability};

use crate::error::{Error, Result};
use crate::recording::Recording;
use crate::task::Trial;
use activity::ActivityPass;
use psth::PsthPass;
use variability::VariabilityPass;

/// What is to be measured in the trials of a population.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Events around which rates are laid, with their bins; those that do not lie inside all trials are left out.
    pub alignments: Vec<(Alignment, Bins)>,
    /// Whose rates, in which trials.
    pub averaged: Vec<Averaged>,
    /// The delay is looked at from this long after its onset (ms) to the onset of the test, distractors included; of
    /// delays of different lengths, as much as the shortest one has.
    pub after: f64,
    /// Whose delay activity, in which trials.
    pub groups: Vec<Group>,
    /// Whose variability from trial to trial, with a set for every kind of trial; in windows of two of these steps, which lie around
    /// the sample.
    pub varying: Vec<Group>,
    /// Those that do not lie inside all trials are left out.
    pub steps: Option<Bins>,
}

/// What was measured.
#[derive(Clone, Debug)]
pub struct Measured {
    /// One for every alignment.
    pub psths: Vec<Psth>,
    /// Spikes of every neuron in the delay of every trial.
    pub delay: Counts,
    /// Spikes before the sample, if all trials have such a time.
    pub fixation: Option<Counts>,
    /// One for every group.
    pub activities: Vec<Activity>,
    /// One for every group that varies.
    pub variability: Vec<Variability>,
}

impl Measured {
    /// Measures in `trials`, which stand in order of time; groups have an entry for each of them.
    ///
    /// # Errors
    /// If nothing of a delay is left, or the recording cannot be read.
    pub fn of(
        recording: &Recording,
        population: &str,
        trials: &[Trial],
        wanted: &Wanted,
    ) -> Result<Self> {
        let neurons = recording.populations().iter().find(|p| p.0 == population).map_or(0, |p| p.1);
        let windows = delay_windows(trials, wanted.after)?;
        let mut delay = Counts::new(neurons, windows.clone());
        let has_fixation = trials.iter().all(|t| t.start < t.sample_onset);
        let before = || trials.iter().map(|t| (t.start, t.sample_onset)).collect();
        let mut fixation = has_fixation.then(|| Counts::new(neurons, before()));
        let psth = |&(alignment, bins): &(Alignment, Bins)| {
            PsthPass::new(alignment, bins.within(trials, alignment), &wanted.averaged)
        };
        let mut psths: Vec<PsthPass> = wanted.alignments.iter().map(psth).collect();
        let mut activities: Vec<ActivityPass> =
            wanted.groups.iter().map(ActivityPass::new).collect();
        let steps = wanted.steps.map(|steps| steps.within(trials, Alignment::Sample));
        let varying = wanted.varying.iter().zip(std::iter::repeat(steps));
        let varying =
            varying.filter_map(|(group, steps)| Some(VariabilityPass::new(group, steps?)));
        let mut varying: Vec<VariabilityPass> = varying.collect();
        recording.for_trials(population, trials, |k, times, ids| {
            delay.trial(k, times, ids);
            fixation.iter_mut().for_each(|f| f.trial(k, times, ids));
            for psth in &mut psths {
                psth.trial(k, psth.alignment.onset(&trials[k]), times, ids);
            }
            activities.iter_mut().for_each(|a| a.trial(k, windows[k], times, ids));
            varying.iter_mut().for_each(|v| v.trial(k, trials[k].sample_onset, times, ids));
        })?;
        Ok(Self {
            psths: psths.into_iter().map(PsthPass::finish).collect(),
            activities: activities.into_iter().map(|a| a.finish(&delay)).collect(),
            variability: varying.into_iter().map(VariabilityPass::finish).collect(),
            delay,
            fixation,
        })
    }
}

/// How long the delay of every one of `trials` lasts at least, ms.
pub(super) fn common_delay(trials: &[Trial]) -> f64 {
    trials.iter().map(|trial| trial.delay).fold(f64::INFINITY, f64::min)
}

/// [onset of the delay + `after`, onset of the test) of every trial; where delays differ, to the end of the shortest.
fn delay_windows(trials: &[Trial], after: f64) -> Result<Vec<(f64, f64)>> {
    let delay = common_delay(trials);
    let window = |trial: &Trial| {
        let from = trial.delay_onset + after;
        let to = if trial.delay > delay { trial.delay_onset + delay } else { trial.test_onset };
        if after >= 0.0 && from < to {
            return Ok((from, to));
        }
        Err(Error::input(
            format!(
                "found delay activity from {after} ms after the onset of a delay of {delay} ms"
            ),
            "it begins within the delay",
            "let it begin earlier",
        ))
    };
    trials.iter().map(window).collect()
}
