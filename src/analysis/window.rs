//! Windows: rates and overlaps over stretches of time, from exact spike times.
//!
//! A window is [start, stop) in ms. Its overlaps are those of the spikes that fall into it, whatever was sampled.

use crate::error::Result;
use crate::pattern::{OverlapCounter, Patterns, SpikeCounts};
use crate::recording::Recording;

/// The activity of a population with patterns in a window.
#[derive(Clone, Debug, PartialEq)]
pub struct Window {
    /// ms.
    pub start: f64,
    /// ms.
    pub stop: f64,
    /// Mean rate of the population, Hz.
    pub rate: f64,
    /// Mean rate of the foreground of every pattern, Hz.
    pub foreground: Vec<f64>,
    /// m^mu of every pattern, Hz: the rate of its foreground minus that of its background.
    pub overlaps: Vec<f64>,
}

impl Window {
    /// The pattern other than `except` with the largest overlap, and that.
    pub fn largest(&self, except: Option<usize>) -> Option<(usize, f64)> {
        largest(&self.overlaps, except)
    }
}

/// The pattern other than `except` with the largest of these overlaps, and that.
pub fn largest(overlaps: &[f64], except: Option<usize>) -> Option<(usize, f64)> {
    let others = overlaps.iter().copied().enumerate().filter(|(mu, _)| Some(*mu) != except);
    others.max_by(|a, b| a.1.total_cmp(&b.1))
}

/// The pattern whose overlap stands out: it is above `above` (Hz), and every other is below `share` of it.
pub fn standing_out(overlaps: &[f64], above: f64, share: f64) -> Option<usize> {
    let (mu, m) = largest(overlaps, None)?;
    let alone = largest(overlaps, Some(mu)).is_none_or(|(_, other)| other < share * m);
    (m > above && alone).then_some(mu)
}

/// The whole windows of `length` ms that begin at `start`, `start + step`, ... and end by `end` (ms).
pub fn tile(start: f64, end: f64, length: f64, step: f64) -> Vec<(f64, f64)> {
    // Rounding of a multiple of the length must not lose the last one.
    let slack = 1e-9 * length;
    let windows = (0..).map(|k| start + f64::from(k) * step).map(|from| (from, from + length));
    windows.take_while(|(_, stop)| *stop <= end + slack).collect()
}

/// What a population does in each of `windows` (ms), which may overlap and need no order.
pub fn measure(
    recording: &Recording,
    population: &str,
    patterns: &Patterns,
    windows: &[(f64, f64)],
) -> Result<Vec<Window>> {
    let mut counter = OverlapCounter::new(patterns);
    let mut counts = vec![SpikeCounts::default(); windows.len()];
    recording.for_spikes(population, |times, ids| {
        for ((start, stop), counts) in windows.iter().zip(&mut counts) {
            let from = times.partition_point(|t| t < start);
            let to = times.partition_point(|t| t < stop);
            if from < to {
                ids[from..to].iter().for_each(|&i| counter.count(i as usize));
                counter.move_to(counts);
            }
        }
    })?;
    let neurons = patterns.neurons() as f64;
    let window = |(&(start, stop), counts): (&(f64, f64), &SpikeCounts)| {
        let of = |mu| counter.rates(counts, mu, stop - start);
        let rates: Vec<(f64, f64)> = (0..counter.patterns()).map(of).collect();
        Window {
            start,
            stop,
            rate: counts.all as f64 / neurons / (stop - start) * 1000.0,
            foreground: rates.iter().map(|(f, _)| *f).collect(),
            overlaps: rates.iter().map(|(f, g)| f - g).collect(),
        }
    };
    Ok(windows.iter().zip(&counts).map(window).collect())
}

/// Mean rate (Hz) of a population over `stretches` (ms) together, from its spikes there; `None` if they have no length.
pub fn mean_rate(
    recording: &Recording,
    population: &str,
    stretches: &[(f64, f64)],
) -> Result<Option<f64>> {
    let neurons = recording.populations().iter().find(|p| p.0 == population).map_or(0, |p| p.1);
    let mut spikes = 0;
    recording.for_spikes(population, |times, _| {
        let before = |end: f64| times.partition_point(|t| *t < end);
        spikes += stretches.iter().map(|(start, end)| before(*end) - before(*start)).sum::<usize>();
    })?;
    let time: f64 = stretches.iter().map(|(start, end)| end - start).sum();
    let all = neurons as f64 * time / 1000.0;
    Ok((all > 0.0).then(|| spikes as f64 / all))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_stands_out_if_it_is_large_and_alone() {
        assert_eq!(standing_out(&[1.0, 30.0, 14.9], 10.0, 0.5), Some(1));
        assert_eq!(standing_out(&[1.0, 30.0, 15.0], 10.0, 0.5), None);
        assert_eq!(standing_out(&[1.0, 30.0, 14.9], 10.0, 0.2), None);
        assert_eq!(standing_out(&[1.0, 10.0, 0.0], 10.0, 0.5), None);
        assert_eq!(standing_out(&[11.0], 10.0, 0.5), Some(0));
        assert_eq!(standing_out(&[], 10.0, 0.5), None);
    }

    #[test]
    fn only_whole_windows_count_and_rounding_loses_none() {
        assert_eq!(tile(0.0, 250.0, 100.0, 100.0), [(0.0, 100.0), (100.0, 200.0)]);
        assert_eq!(tile(0.0, 120.0, 100.0, 10.0).len(), 3);
        assert!(tile(0.0, 99.0, 100.0, 100.0).is_empty());
        assert!(tile(5.0, 1.0, 100.0, 100.0).is_empty());
        // Three times 0.1 is more than 0.3.
        assert_eq!(tile(0.0, 0.3, 0.1, 0.1).len(), 3);
    }
}
