//! The values of a recording, which are checked where they are read: times go up, neurons and patterns exist, numbers are
//! numbers.

use super::Samples;
use crate::dynamics::ObservableKind;
use crate::protocol::{EpochShown, Stimulus};
use crate::recording::store::{Fault, Result};
use crate::synapse::out_of_order;
use crate::task::{RecallTrial, TourTrial, Trial};

/// Larger values have squares that are no numbers.
const LARGEST: f64 = 1e150;

/// Rounding of a sum of durations, in parts.
const ROUNDING: f64 = 1e-9;

/// Spikes of one population, seen piece by piece: in order of time, those at the same time in order of neuron.
pub(super) struct InOrder<'a> {
    /// Their group.
    group: &'a str,
    neurons: u64,
    /// Until when there may be some, ms.
    until: f64,
    last: (f64, u64),
    row: usize,
}

impl<'a> InOrder<'a> {
    /// Of `neurons`, until `end` ms.
    pub fn new(group: &'a str, neurons: usize, end: f64) -> Self {
        Self {
            group,
            neurons: neurons as u64,
            until: end * (1.0 + ROUNDING),
            last: (0.0, 0),
            row: 0,
        }
    }

    /// Refuses the next spikes, if one is out of order or of no neuron.
    pub fn check(&mut self, times: &[f64], ids: &[u64]) -> Result<()> {
        for (&time, &id) in times.iter().zip(ids) {
            let (group, row) = (self.group, self.row);
            if !(time >= self.last.0 && time <= self.until) {
                let (before, until) = (self.last.0, self.until);
                return Err(Fault(format!(
                    "row {row} of /{group}/timestamps is {time:?}, where a time from {before:?} to {until:?} stands"
                )));
            }
            if id >= self.neurons {
                return Err(Fault(format!(
                    "row {row} of /{group}/node_ids is {id} of {} neurons",
                    self.neurons
                )));
            }
            if time == self.last.0 && id < self.last.1 {
                return Err(Fault(format!("row {row} of /{group}/node_ids is out of order")));
            }
            (self.last, self.row) = ((time, id), row + 1);
        }
        Ok(())
    }
}

/// Refuses times that do not go up from 0.
pub(super) fn check_times(group: &str, time: &[f64]) -> Result<()> {
    match out_of_order(time) {
        None => Ok(()),
        Some((row, last)) => {
            Err(Fault(format!("row {row} of /{group}/time is {:?} after {last:?}", time[row])))
        }
    }
}

/// Refuses samples with times out of order, or with what is no number; an overlap may be missing (NaN).
pub(super) fn check_samples(
    group: &str,
    name: &str,
    samples: &Samples,
    observable: ObservableKind,
) -> Result<()> {
    check_times(group, &samples.time)?;
    let (least, most) = match (name, observable) {
        ("rate", ObservableKind::Spikes) => (0.0, LARGEST),
        ("rate", ObservableKind::States) => (0.0, 1.0),
        _ => (-LARGEST, LARGEST),
    };
    let allowed = |v: &f64| (least..=most).contains(v) || (name == "m" && v.is_nan());
    match samples.values.iter().position(|v| !allowed(v)) {
        None => Ok(()),
        Some(k) => {
            let row = k / samples.width;
            Err(Fault(format!(
                "row {row} of /{group}/{name} has the value {:?}",
                samples.values[k]
            )))
        }
    }
}

/// Refuses a protocol whose times do not go up, or that shows a pattern that there is not; `patterns` tells of every
/// population that has some how many. Where none is recorded, nothing can be looked up.
pub(super) fn check_protocol(epochs: &[EpochShown], patterns: &[(&str, usize)]) -> Result<()> {
    let mut start = 0.0;
    for EpochShown { name, start: from, end, show } in epochs {
        if !(*from >= start && end >= from && end.is_finite()) {
            return Err(Fault(format!("the epoch {name} lasts from {from:?} to {end:?}")));
        }
        start = *from;
        let of_patterns = |stimulus: &&Stimulus| stimulus.pattern.is_some() && !patterns.is_empty();
        for stimulus in show.iter().filter(of_patterns) {
            let target = stimulus.target(patterns.iter().map(|(name, _)| *name));
            let target = target.map_err(|e| Fault(e.to_string()))?;
            let number = patterns.iter().find(|(name, _)| *name == target).map_or(0, |p| p.1);
            if !stimulus.pattern.is_some_and(|mu| (1..=number).contains(&mu)) {
                let mu = stimulus.pattern.unwrap_or_default();
                return Err(Fault(format!("the epoch {name} shows pattern {mu} of {number}")));
            }
        }
    }
    Ok(())
}

/// What is told of a trial that must hold together.
pub(super) trait Drawn {
    /// Its times, in order.
    fn times(&self) -> Vec<f64>;
    /// The patterns that it shows, from 0.
    fn patterns(&self) -> Vec<usize>;
}

impl Drawn for Trial {
    fn times(&self) -> Vec<f64> {
        let Self { start, sample_onset, delay_onset, test_onset, test_end, end, .. } = self;
        let distractors = self.distractors.iter().flat_map(|d| [d.onset, d.end]);
        let items = self.items.iter().map(|item| item.onset);
        let before = [*start, *sample_onset].into_iter().chain(items).chain([*delay_onset]);
        before.chain(distractors).chain([*test_onset, *test_end, *end]).collect()
    }

    fn patterns(&self) -> Vec<usize> {
        let distractors = self.distractors.iter().map(|d| d.pattern);
        let items = self.items.iter().map(|item| item.pattern);
        [self.sample, self.test].into_iter().chain(distractors).chain(items).collect()
    }
}

impl Drawn for RecallTrial {
    fn times(&self) -> Vec<f64> {
        vec![self.start, self.end]
    }

    fn patterns(&self) -> Vec<usize> {
        vec![self.pattern]
    }
}

impl Drawn for TourTrial {
    fn times(&self) -> Vec<f64> {
        vec![self.start, self.end]
    }

    fn patterns(&self) -> Vec<usize> {
        Vec::new()
    }
}

/// Refuses trials whose times do not go up, or that show one of more patterns than there are, if some are recorded.
pub(super) fn check_trials<T: Drawn>(trials: &[T], patterns: usize) -> Result<()> {
    let mut last = 0.0;
    for (k, trial) in trials.iter().enumerate() {
        for time in trial.times() {
            // The end of a trial is a sum, as the start of the next one is.
            if !(time >= last - ROUNDING * last && time.is_finite()) {
                return Err(Fault(format!(
                    "row {k} of /trials has the time {time:?} after {last:?}"
                )));
            }
            last = f64::max(last, time);
        }
        let beyond = |mu: &usize| patterns > 0 && *mu >= patterns;
        if let Some(mu) = trial.patterns().into_iter().find(beyond) {
            return Err(Fault(format!("row {k} of /trials has pattern {} of {patterns}", mu + 1)));
        }
    }
    Ok(())
}
