//! How dwells are distributed.

use crate::analysis::trials::Histogram;
use crate::statistics::Share;

/// Dwells are counted in bins of a tenth of a decade from 10 ms to 100 s.
const FROM: f64 = 10.0;
const PER_DECADE: usize = 10;
const DECADES: usize = 4;

/// From the first bin to the last one in which one of `dwells` (ms) lies: from and to, ms, and which share of all lie there.
pub fn dwell_shares(dwells: impl Iterator<Item = f64>) -> Vec<(f64, f64, Share)> {
    let bins = Histogram::logarithmic(FROM, PER_DECADE, DECADES).of(dwells);
    let (edges, counts, of) = (bins.edges(), bins.counts(), bins.total() as usize);
    let filled = || (0..counts.len()).filter(|&k| counts[k] > 0);
    let Some((first, last)) = filled().next().zip(filled().next_back()) else { return Vec::new() };
    let share = |k: usize| Share { number: counts[k] as usize, of };
    (first..=last).map(|k| (edges[k], edges[k + 1], share(k))).collect()
}
