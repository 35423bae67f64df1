//! Samples of the activity of a population: vectors of N numbers at moments of stretches of time.

use super::stretch::Stretch;
use crate::dynamics::ObservableKind;
use crate::error::{Error, Place, Result};
use crate::recording::Recording;

/// Largest number of samples or neurons, whichever is less: its cube is the time that eigenvalues take.
const MOST_SIDE: usize = 2000;
/// Most numbers in all samples: 1.6 GB.
const MOST_NUMBERS: usize = 200_000_000;

/// One moment of a stretch.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// Which stretch.
    pub stretch: usize,
    /// Middle of the bin, or moment of the look, in the time of the recording.
    pub time: f64,
    /// Of every neuron.
    pub activity: Vec<f64>,
}

/// The samples of `population` in all `stretches`, which stand in order of time: of spikes in bins of `bin` ms, or one
/// for a whole stretch; of states and graded activity at every look, or for a stretch their mean, of a trial that ends by
/// itself what it ended in. Nothing where states or
/// activities were not recorded.
pub fn samples(
    recording: &Recording,
    (population, neurons): (&str, usize),
    stretches: &[Stretch],
    bin: Option<f64>,
) -> Result<Option<Vec<Sample>>> {
    match recording.observable() {
        ObservableKind::Spikes => {
            let mut samples = bins(stretches, bin, neurons)?;
            recording.for_spikes(population, |times, ids| count(&mut samples, times, ids))?;
            let samples = samples.into_iter().map(Counted::finish).collect();
            Ok(Some(samples))
        }
        ObservableKind::States | ObservableKind::Graded => {
            let looked = looks(recording, (population, neurons), stretches)?;
            Ok(looked.map(|looked| match bin {
                Some(_) => looked,
                None if stretches.iter().all(|stretch| stretch.trial) => last(looked),
                None => means(stretches.len(), &looked, |sample| sample.stretch),
            }))
        }
    }
}

/// A sample whose spikes are being counted.
struct Counted {
    from: f64,
    to: f64,
    sample: Sample,
}

impl Counted {
    /// Rates in Hz.
    fn finish(mut self) -> Sample {
        let to_hz = 1000.0 / (self.to - self.from);
        self.sample.activity.iter_mut().for_each(|n| *n *= to_hz);
        self.sample
    }
}

/// Empty bins, as many as fit whole into every stretch; rounding costs none.
fn bins(stretches: &[Stretch], bin: Option<f64>, neurons: usize) -> Result<Vec<Counted>> {
    let number = |s: &Stretch| bin.map_or(1, |b| ((s.end - s.start) / b + 1e-6) as usize);
    check(stretches.iter().map(number).sum(), neurons)?;
    let of = |(k, s): (usize, &Stretch)| {
        let (start, width) = (s.start, bin.unwrap_or(s.end - s.start));
        let empty = move |b: usize| {
            let (from, to) = (start + b as f64 * width, start + (b + 1) as f64 * width);
            let sample =
                Sample { stretch: k, time: 0.5 * (from + to), activity: vec![0.0; neurons] };
            Counted { from, to, sample }
        };
        (0..number(s)).map(empty)
    };
    Ok(stretches.iter().enumerate().flat_map(of).collect())
}

/// Adds spikes at `times`, in order.
fn count(samples: &mut [Counted], times: &[f64], ids: &[u64]) {
    for own in samples {
        let from = times.partition_point(|t| *t < own.from);
        let to = times.partition_point(|t| *t < own.to);
        ids[from..to].iter().for_each(|&i| own.sample.activity[i as usize] += 1.0);
    }
}

/// What was seen at the looks of every stretch.
fn looks(
    recording: &Recording,
    (population, neurons): (&str, usize),
    stretches: &[Stretch],
) -> Result<Option<Vec<Sample>>> {
    let seen = recording.rates(population)?;
    let ranges: Vec<_> = stretches.iter().map(|s| s.looks(&seen)).collect();
    check(ranges.iter().map(ExactSizeIterator::len).sum(), neurons)?;
    let graded = recording.activity(population)?;
    let mut samples = Vec::new();
    for (stretch, looks) in ranges.into_iter().enumerate() {
        let states = recording.states_within(population, looks.clone())?;
        for (k, look) in looks.enumerate() {
            let activity = match (&graded, &states) {
                (Some(graded), _) => graded.row(look).to_vec(),
                (None, Some(states)) => states.row(k).iter().map(|&s| f64::from(s)).collect(),
                (None, None) => return Ok(None),
            };
            samples.push(Sample { stretch, time: seen.time[look], activity });
        }
    }
    Ok(Some(samples))
}

/// The last sample of every stretch.
fn last(samples: Vec<Sample>) -> Vec<Sample> {
    let next: Vec<Option<usize>> =
        (1..=samples.len()).map(|k| samples.get(k).map(|s| s.stretch)).collect();
    let ends = samples.into_iter().zip(next);
    ends.filter(|(sample, next)| *next != Some(sample.stretch)).map(|(sample, _)| sample).collect()
}

/// The mean of the samples of every one of so many groups that has some, in the middle between its first and its last.
pub fn means(groups: usize, samples: &[Sample], group: impl Fn(&Sample) -> usize) -> Vec<Sample> {
    let mean = |wanted: usize| {
        let own: Vec<&Sample> = samples.iter().filter(|s| group(s) == wanted).collect();
        let (first, last) = (own.first()?, own.last()?);
        let stretch = first.stretch;
        let time = 0.5 * (first.time + last.time);
        let size = own.len() as f64;
        let of = |i: usize| own.iter().map(|s| s.activity[i]).sum::<f64>() / size;
        let activity = (0..first.activity.len()).map(of).collect();
        Some(Sample { stretch, time, activity })
    };
    (0..groups).filter_map(mean).collect()
}

/// Refuses what takes too long.
fn check(samples: usize, neurons: usize) -> Result<()> {
    if samples.min(neurons) <= MOST_SIDE && samples * neurons <= MOST_NUMBERS {
        return Ok(());
    }
    Err(Error::input(
        format!("found {samples} samples of {neurons} neurons"),
        format!(
            "principal components are those of at most {MOST_SIDE} samples or of as many neurons, \
             and of {MOST_NUMBERS:.0e} numbers"
        ),
        "write a longer --bin, or look at one epoch",
    )
    .placed(Place::Argument("--bin".to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spikes_count_in_their_bins_and_only_whole_bins_count() {
        let stretch = |start, end| Stretch { name: String::new(), start, end, trial: false };
        let stretches = [stretch(0.0, 100.0), stretch(200.0, 275.0)];
        let mut own = bins(&stretches, Some(50.0), 2).unwrap();
        count(&mut own, &[0.0, 49.9, 50.0, 150.0], &[0, 1, 1, 0]);
        count(&mut own, &[200.0, 249.0, 260.0], &[0, 0, 1]);
        let own: Vec<Sample> = own.into_iter().map(Counted::finish).collect();
        let seen: Vec<(usize, f64, &[f64])> =
            own.iter().map(|s| (s.stretch, s.time, &s.activity[..])).collect();
        assert_eq!(
            seen,
            [(0, 25.0, &[20.0, 20.0][..]), (0, 75.0, &[0.0, 20.0]), (1, 225.0, &[40.0, 0.0]),]
        );
        assert_eq!(means(3, &own, |s| s.stretch)[0].activity, [10.0, 20.0]);
        assert_eq!(means(3, &own, |s| s.stretch).len(), 2);
        let ends: Vec<f64> = last(own.clone()).iter().map(|s| s.time).collect();
        assert_eq!(ends, [75.0, 225.0]);
        let whole = bins(&stretches, None, 2).unwrap();
        assert_eq!((whole.len(), whole[1].to), (2, 275.0));
        assert!(bins(&[stretch(0.0, 3000.0)], Some(1.0), 3000).is_err());
    }
}
