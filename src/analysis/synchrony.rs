//! Synchrony: how much the rate of a whole population varies in time.
//!
//! The measure is the coefficient of variation of the number of spikes that the population fires in a short bin. Of N neurons
//! that fire independently at rate nu it is 1/sqrt(N nu bin), which vanishes for large N; where neurons fire in
//! step it does not depend on N. A population that fires in one bin out of m gives sqrt(m - 1).

use crate::error::Result;
use crate::recording::Recording;

/// The CV of the spike count of `population` over the bins of `bin` ms that fit into the `epochs` (start, end);
/// `None` without a spike.
pub fn synchrony(
    recording: &Recording,
    population: &str,
    epochs: &[(f64, f64)],
    bin: f64,
) -> Result<Option<f64>> {
    let mut counts = bins(epochs, bin);
    recording.for_spikes(population, |times, _| count(times, epochs, bin, &mut counts))?;
    Ok(cv(&counts.concat()))
}

/// A count for every bin of every epoch; rounding costs none.
fn bins(epochs: &[(f64, f64)], bin: f64) -> Vec<Vec<u32>> {
    epochs.iter().map(|(start, end)| vec![0; ((end - start) / bin + 1e-6) as usize]).collect()
}

/// Adds spikes at `times`, in order, to the bins of every epoch.
fn count(times: &[f64], epochs: &[(f64, f64)], bin: f64, counts: &mut [Vec<u32>]) {
    for ((start, end), counts) in epochs.iter().zip(counts) {
        let from = times.partition_point(|t| t < start);
        let to = times.partition_point(|t| t < end);
        for time in &times[from..to] {
            if let Some(count) = counts.get_mut(((time - start) / bin) as usize) {
                *count += 1;
            }
        }
    }
}

/// Standard deviation over mean; `None` if all are 0.
fn cv(counts: &[u32]) -> Option<f64> {
    let number = counts.len() as f64;
    let mean = counts.iter().map(|&n| f64::from(n)).sum::<f64>() / number;
    let variance = counts.iter().map(|&n| (f64::from(n) - mean).powi(2)).sum::<f64>() / number;
    (mean > 0.0).then(|| variance.sqrt() / mean)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Seed;

    fn of(times: &[f64], epochs: &[(f64, f64)]) -> Option<f64> {
        let mut counts = bins(epochs, 1.0);
        // In two pieces, as a recording hands them over.
        let (first, second) = times.split_at(times.len() / 2);
        count(first, epochs, 1.0, &mut counts);
        count(second, epochs, 1.0, &mut counts);
        cv(&counts.concat())
    }

    #[test]
    fn independent_spikes_vary_as_their_number_and_volleys_as_their_distance() {
        let mut stream = Seed(1).stream("poisson", 0);
        let mut time = 0.0;
        let mut times = Vec::new();
        while time < 20_000.0 {
            time += 0.1 * stream.exponential();
            times.push(time);
        }
        // Ten per bin; the relative s.e. of an s.d. is sqrt(1/40000) = 0.5 %.
        let found = of(&times, &[(0.0, 20_000.0)]).unwrap();
        assert!((found * 10f64.sqrt() - 1.0).abs() < 0.025, "{found}");

        let volleys: Vec<f64> =
            (0..100).flat_map(|k| vec![10.0 * f64::from(k) + 5.5; 20]).collect();
        assert!((of(&volleys, &[(0.0, 1000.0)]).unwrap() - 3.0).abs() < 1e-9);
        // Only what lies in the epochs counts.
        assert!((of(&volleys, &[(5.0, 7.0), (25.0, 27.0)]).unwrap() - 1.0).abs() < 1e-9);
        assert_eq!(of(&volleys, &[(6.0, 15.0), (26.0, 35.0)]), None);
        assert_eq!((of(&[], &[(0.0, 10.0)]), of(&volleys, &[])), (None, None));
    }
}
