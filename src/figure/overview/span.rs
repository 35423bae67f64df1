//! The stretch of a recording that is shown, and curves over it.

use crate::dynamics::ObservableKind;
use crate::error::Result;
use crate::protocol::EpochShown;
use crate::recording::{Part, Recording, Samples};
use std::ops::Range;

/// Columns of the time axis that can be told apart.
pub const COLUMNS: usize = 2048;

/// The stretch of a recording that is shown, in its time: ms or sweeps.
#[derive(Clone, Debug)]
pub struct Span {
    pub start: f64,
    pub end: f64,
    /// Where the axis begins: with a run that branched off, when it did.
    from: f64,
    /// The unit of the axis.
    unit: f64,
    observable: ObservableKind,
    /// Unless it is of spikes: the looks at the network, and half the time between two.
    pub looks: Range<usize>,
    half: f64,
}

impl Span {
    pub fn of(recording: &Recording, part: Part) -> Result<Self> {
        let (unit, observable) = (recording.clock().axis().1, recording.observable());
        let start = part.start();
        let from = match part {
            Part::Whole => recording.protocol()?.first().map_or(start, |epoch| epoch.start),
            Part::Epoch(_) | Part::Trial(_) | Part::Recall(_) | Part::Tour(_) => start,
        };
        if observable == ObservableKind::Spikes {
            let end = match part {
                Part::Whole => end(recording)?,
                Part::Epoch(epoch) => epoch.end,
                Part::Trial(trial) => trial.end,
                Part::Recall(trial) => trial.end,
                Part::Tour(trial) => trial.end,
            };
            return Ok(Self { start, end, from, unit, observable, looks: 0..0, half: 0.0 });
        }
        let looks = part.looks(recording)?;
        let mut span = Self { start, end: start + 1.0, from, unit, observable, looks, half: 0.5 };
        if let Some((population, _)) = recording.populations().first() {
            let samples = recording.rates(population)?;
            let last = samples.time[span.looks.clone()].last().copied().unwrap_or(from);
            span.end = if last > from { last } else { from + 1.0 };
            span.half = 0.5 * samples.interval.min(span.end - from);
        }
        Ok(span)
    }

    /// From a time of the recording to one of the axis, s or sweeps.
    pub fn on_axis(&self, time: f64) -> f64 {
        (time - self.start) / self.unit
    }

    /// The ends of the axis. A look has room on both of its sides.
    pub fn ends(&self) -> (f64, f64) {
        let half = self.half / self.unit;
        (self.on_axis(self.from) - half, self.on_axis(self.end) + half)
    }

    /// Where a time stands between the ends of the axis, as a share of it.
    pub fn share(&self, time: f64) -> f64 {
        let (low, high) = self.ends();
        (self.on_axis(time) - low) / (high - low)
    }

    /// When every look is shown: until half-way to the one before and after.
    pub fn cells(&self, times: &[f64]) -> Vec<(f64, f64)> {
        let middle = |a: usize, b: usize| 0.5 * (times[a] + times[b]);
        let cell = |k: usize| {
            let from = if k > 0 { middle(k - 1, k) } else { times[k] - self.half };
            let to = if k + 1 < times.len() { middle(k, k + 1) } else { times[k] + self.half };
            (from, to)
        };
        (0..times.len()).map(cell).collect()
    }

    /// The cell of a look at `time`, at which a state was set.
    pub fn onset(&self, time: f64) -> (f64, f64) {
        (if time > self.from { time } else { time - self.half }, time + self.half)
    }

    pub fn meets(&self, epoch: &EpochShown) -> bool {
        epoch.start < self.end && epoch.end > self.start
    }

    /// Whether a moment is within; its end begins what follows.
    pub fn holds(&self, time: f64) -> bool {
        (self.start..self.end).contains(&time)
    }

    /// The samples within, in times from the start.
    pub fn cut(&self, samples: Samples) -> Samples {
        let rows = match self.observable {
            ObservableKind::Spikes => samples.within(self.start, self.end),
            ObservableKind::States | ObservableKind::Graded => self.looks.clone(),
        };
        samples.part(rows, self.start)
    }

    /// The points (time, value) within, in times of the axis.
    pub fn points(&self, points: impl Iterator<Item = (f64, f64)>) -> Vec<(f64, f64)> {
        let within = points.filter(|p| self.holds(p.0));
        thinned(within.map(|(time, value)| (self.on_axis(time), value)).collect())
    }

    /// The corners of a staircase, in times of the axis, which does not go on beyond the end; gaps are kept where every corner is.
    pub fn corners(&self, mut corners: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
        if corners.len() > 2 * COLUMNS {
            corners.retain(|corner| corner.1.is_finite());
        }
        let at = |(time, value): (f64, f64)| (self.on_axis(time.min(self.end)), value);
        thinned(corners.into_iter().map(at).collect())
    }

    /// `values`, one to each of the samples that were cut: those of intervals reach to the ends of these.
    pub fn curve(&self, samples: &Samples, values: Vec<f64>) -> Vec<(f64, f64)> {
        let times = samples.time.iter().map(|t| self.on_axis(t + self.start));
        let mut points: Vec<(f64, f64)> = times.zip(values).filter(|p| p.1.is_finite()).collect();
        points = thinned(points);
        let half = 0.5 * samples.interval / self.unit;
        if self.observable == ObservableKind::Spikes
            && let (Some(&first), Some(&last)) = (points.first(), points.last())
        {
            points.insert(0, (first.0 - half, first.1));
            points.push((last.0 + half, last.1));
        }
        points
    }
}

/// The time until which there is something to show, ms.
fn end(recording: &Recording) -> Result<f64> {
    let mut end: f64 = 0.0;
    for (population, _) in recording.populations() {
        let samples = recording.rates(&population)?;
        let last = samples.time.last().map_or(0.0, |t| t + 0.5 * samples.interval);
        end = end.max(last);
        if !recording.is_complete() {
            recording.for_spikes(&population, |times, _| {
                end = times.iter().copied().fold(end, f64::max);
            })?;
        }
    }
    if recording.is_complete() || end <= 0.0 {
        end = recording.protocol()?.iter().map(|epoch| epoch.end).fold(end, f64::max);
    }
    // The centre of an interval is half of it away from a round end.
    let end = (end * 1e6).round() / 1e6;
    Ok(if end.is_finite() && end > 0.0 { end } else { 1000.0 })
}

/// Of more points than can be told apart, the least and the largest of every stretch.
fn thinned(points: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    if points.len() <= 2 * COLUMNS {
        return points;
    }
    let stretch = points.len().div_ceil(COLUMNS);
    let extremes = |part: &[(f64, f64)]| {
        let by_value = |a: &&(f64, f64), b: &&(f64, f64)| a.1.total_cmp(&b.1);
        let low = part.iter().min_by(by_value).copied();
        let high = part.iter().max_by(by_value).copied();
        let mut both: Vec<(f64, f64)> = low.into_iter().chain(high).collect();
        both.sort_by(|a, b| a.0.total_cmp(&b.0));
        both
    };
    points.chunks(stretch).flat_map(extremes).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thinning_keeps_the_extremes() {
        let points: Vec<(f64, f64)> =
            (0..100_000).map(|k| (f64::from(k), f64::from(k * 7919 % 1000))).collect();
        let thin = thinned(points.clone());
        assert!(thin.len() <= 2 * COLUMNS && thin.is_sorted_by(|a, b| a.0 <= b.0));
        assert_eq!(thin.iter().map(|p| p.1).fold(0.0, f64::max), 999.0);
        assert_eq!(thinned(points[..10].to_vec()), points[..10]);
    }

    #[test]
    fn the_end_of_a_trial_belongs_to_the_next() {
        let (unit, observable) = (1.0, ObservableKind::Spikes);
        let span =
            Span { start: 2.0, end: 4.0, from: 2.0, unit, observable, looks: 0..0, half: 0.0 };
        let points = [(1.0, 5.0), (2.0, 6.0), (3.0, 7.0), (4.0, -1.0)];
        assert_eq!(span.points(points.into_iter()), [(0.0, 6.0), (1.0, 7.0)]);
    }

    #[test]
    fn a_look_is_shown_until_the_next() {
        let (unit, observable) = (1.0, ObservableKind::States);
        let span =
            Span { start: 4.0, end: 6.0, from: 4.0, unit, observable, looks: 0..4, half: 0.5 };
        assert_eq!(span.ends(), (-0.5, 2.5));
        assert_eq!((span.share(3.5), span.share(5.0), span.share(6.5)), (0.0, 0.5, 1.0));
        // Two looks at one time share it.
        let cells = span.cells(&[4.0, 5.0, 5.0, 6.0]);
        assert_eq!(cells, [(3.5, 4.5), (4.5, 5.0), (5.0, 5.5), (5.5, 6.5)]);
        assert_eq!((span.onset(4.0), span.onset(5.0)), ((3.5, 4.5), (5.0, 5.5)));
    }
}
