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
    /// m^mu of every pattern, Hz: the rate of its foreground minus that of its background. NaN of a pattern without a
    /// foreground, which is left out wherever overlaps are compared.
    pub overlaps: Vec<f64>,
}

impl Window {
    /// The pattern other than `except` with the largest overlap, and that.
    pub fn largest(&self, except: Option<usize>) -> Option<(usize, f64)> {
        largest(&self.overlaps, except)
    }
}

/// The pattern other than `except` with the largest of these overlaps (of equals the first), and that.
pub fn largest(overlaps: &[f64], except: Option<usize>) -> Option<(usize, f64)> {
    let others = overlaps.iter().copied().enumerate();
    let others = others.filter(|(mu, m)| Some(*mu) != except && !m.is_nan());
    others.reduce(|best, other| if other.1 > best.1 { other } else { best })
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

/// The same, and the window of that length that ends at `end`, so that no time before it goes unseen; nothing if there is no
/// whole window.
pub fn cover(start: f64, end: f64, length: f64) -> Vec<(f64, f64)> {
    let mut windows = tile(start, end, length, length);
    if windows.last().is_some_and(|(_, stop)| *stop < end - 1e-9 * length) {
        windows.push((end - length, end));
    }
    windows
}

/// What a population does in each of `windows` (ms), which may overlap and need no order.
pub fn measure(
    recording: &Recording,
    population: &str,
    patterns: &Patterns,
    windows: &[(f64, f64)],
) -> Result<Vec<Window>> {
    let mut counter = OverlapCounter::new(patterns);
    let counts = count(recording, population, &mut counter, windows)?;
    let window = |(&(start, stop), counts): (&(f64, f64), &SpikeCounts)| {
        let m = |mu: usize| match patterns.foreground(mu) {
            [] => f64::NAN,
            _ => {
                let (foreground, background) = counter.rates(counts, mu, stop - start);
                foreground - background
            }
        };
        Window { start, stop, overlaps: (0..counter.patterns()).map(m).collect() }
    };
    Ok(windows.iter().zip(&counts).map(window).collect())
}

/// Mean rates (Hz) of the foregrounds of patterns, and of all other neurons, in stretches of time, `(start, end, pattern)`,
/// together; `None` if they have no length.
pub fn part_rates(
    recording: &Recording,
    population: &str,
    patterns: &Patterns,
    stretches: &[(f64, f64, usize)],
) -> Result<Option<(f64, f64)>> {
    let mut counter = OverlapCounter::new(patterns);
    let windows: Vec<(f64, f64)> = stretches.iter().map(|s| (s.0, s.1)).collect();
    let counts = count(recording, population, &mut counter, &windows)?;
    let (mut sums, mut time) = ((0.0, 0.0), 0.0);
    for (&(start, end, mu), counts) in stretches.iter().zip(&counts) {
        let (foreground, background) = counter.rates(counts, mu, end - start);
        sums.0 += foreground * (end - start);
        sums.1 += background * (end - start);
        time += end - start;
    }
    Ok((time > 0.0).then(|| (sums.0 / time, sums.1 / time)))
}

/// The spikes of every window.
fn count(
    recording: &Recording,
    population: &str,
    counter: &mut OverlapCounter,
    windows: &[(f64, f64)],
) -> Result<Vec<SpikeCounts>> {
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
    Ok(counts)
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
        // Of equals none, and what has no neurons is not there.
        assert_eq!(standing_out(&[30.0, 30.0], 10.0, 1.0), None);
        assert_eq!(standing_out(&[f64::NAN, 30.0], 10.0, 0.5), Some(1));
        assert_eq!(largest(&[1.0, 3.0, 3.0, f64::NAN], None), Some((1, 3.0)));
    }

    #[test]
    fn only_whole_windows_count_and_rounding_loses_none() {
        assert_eq!(tile(0.0, 250.0, 100.0, 100.0), [(0.0, 100.0), (100.0, 200.0)]);
        assert_eq!(tile(0.0, 120.0, 100.0, 10.0).len(), 3);
        assert!(tile(0.0, 99.0, 100.0, 100.0).is_empty());
        assert!(tile(5.0, 1.0, 100.0, 100.0).is_empty());
        // Three times 0.1 is more than 0.3.
        assert_eq!(tile(0.0, 0.3, 0.1, 0.1).len(), 3);
        // Nothing goes unseen but where there is no whole window.
        assert_eq!(cover(0.0, 250.0, 100.0), [(0.0, 100.0), (100.0, 200.0), (150.0, 250.0)]);
        assert_eq!(cover(0.0, 200.0, 100.0).len(), 2);
        assert_eq!(cover(0.0, 0.3, 0.1).len(), 3);
        assert!(cover(0.0, 99.0, 100.0).is_empty());
    }
}
