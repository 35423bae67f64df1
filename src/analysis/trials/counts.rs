//! Spike counts of every neuron in a window of every trial.

/// Numbers of spikes; 4 bytes for every neuron and trial.
#[derive(Clone, Debug, PartialEq)]
pub struct Counts {
    /// [start, stop) of every trial, ms of the recording.
    windows: Vec<(f64, f64)>,
    /// Neuron by neuron, then trial by trial.
    values: Vec<u32>,
}

impl Counts {
    /// Without spikes, for one window per trial.
    pub fn new(neurons: usize, windows: Vec<(f64, f64)>) -> Self {
        Self { values: vec![0; neurons * windows.len()], windows }
    }

    /// Takes the spikes of trial `k`: times in ms, in order, and neurons.
    pub fn trial(&mut self, k: usize, times: &[f64], ids: &[u64]) {
        for &id in &ids[within(times, self.windows[k])] {
            self.values[id as usize * self.windows.len() + k] += 1;
        }
    }

    /// The counts of a neuron, trial by trial.
    pub fn of(&self, neuron: usize) -> &[u32] {
        &self.values[neuron * self.windows.len()..][..self.windows.len()]
    }

    /// Number of neurons.
    pub fn neurons(&self) -> usize {
        self.values.len().checked_div(self.windows.len()).unwrap_or(0)
    }

    /// Length of the window, ms: the same in all trials of a task, up to rounding.
    pub fn duration(&self) -> f64 {
        self.windows.first().map_or(f64::NAN, |(start, stop)| stop - start)
    }
}

/// The spikes in [start, stop).
pub(super) fn within(times: &[f64], (start, stop): (f64, f64)) -> std::ops::Range<usize> {
    let from = times.partition_point(|t| *t < start);
    from..times.partition_point(|t| *t < stop).max(from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spikes_are_counted_from_the_start_of_the_window_to_before_its_end() {
        let mut counts = Counts::new(3, vec![(10.0, 20.0), (30.0, 40.0)]);
        counts.trial(0, &[9.9, 10.0, 15.0, 19.9, 20.0], &[0, 0, 2, 0, 0]);
        counts.trial(1, &[30.0, 31.0, 40.0], &[2, 2, 1]);
        assert_eq!(
            (counts.of(0), counts.of(1), counts.of(2)),
            (&[2, 0][..], &[0, 0][..], &[1, 2][..])
        );
        assert_eq!((counts.neurons(), counts.duration()), (3, 10.0));
        assert_eq!(Counts::new(3, Vec::new()).neurons(), 0);
    }
}
