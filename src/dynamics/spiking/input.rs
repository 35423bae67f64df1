//! What a stimulus does to the neurons of a network, as long as it is held.

use crate::dynamics::Field;
use crate::tape::{OnTape, Tape, is_moderate, on_tape};
use std::ops::Range;

/// Current and Poisson rate of every neuron, in runs of neurons that feel the same.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Input(Vec<Run>);

/// Neurons that follow one another and feel the same.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Run {
    neurons: usize,
    /// mV.
    current: f64,
    /// Hz, added to the rate of their Poisson input.
    rate: f64,
}

on_tape!(Run { neurons, current, rate });

impl OnTape for Input {
    fn pass(&mut self, tape: &mut Tape) {
        self.0.pass(tape);
    }
}

impl Input {
    /// That of these currents (mV) and rates (Hz), neuron by neuron.
    pub fn of((currents, rates): (Vec<f64>, Vec<f64>)) -> Self {
        let mut runs: Vec<Run> = Vec::new();
        for (current, rate) in currents.into_iter().zip(rates) {
            match runs.last_mut() {
                Some(last) if (last.current, last.rate) == (current, rate) => last.neurons += 1,
                _ => runs.push(Run { neurons: 1, current, rate }),
            }
        }
        Self(runs)
    }

    /// That of `field` on so many neurons.
    pub fn felt(field: &Field, neurons: usize) -> Self {
        match field.is_empty() {
            true => Self(vec![Run { neurons, current: 0.0, rate: 0.0 }]),
            false => Self::of(field.input(neurons)),
        }
    }

    /// Whether it can be that of so many neurons, to whose rates less than `most` (Hz) is added.
    pub fn is_possible(&self, neurons: usize, most: f64) -> bool {
        let sum = self.0.iter().try_fold(0usize, |sum, run| sum.checked_add(run.neurons));
        sum == Some(neurons)
            && self.0.iter().all(|run| is_moderate(run.current) && (0.0..most).contains(&run.rate))
    }

    /// The currents (mV) and rates (Hz) of these neurons, one by one.
    pub fn over(&self, neurons: Range<usize>) -> (Vec<f64>, Vec<f64>) {
        let (mut currents, mut rates) =
            (Vec::with_capacity(neurons.len()), Vec::with_capacity(neurons.len()));
        let mut first = 0;
        for run in &self.0 {
            let place = |neuron: usize| neuron.clamp(first, first + run.neurons);
            let number = place(neurons.end) - place(neurons.start);
            currents.resize(currents.len() + number, run.current);
            rates.resize(rates.len() + number, run.rate);
            first += run.neurons;
        }
        (currents, rates)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_what_they_were_made_of() {
        let currents = vec![0.0, 0.0, 1.5, 1.5, 0.0, -2.0];
        let rates = vec![0.0, 0.0, 0.0, 5.0, 5.0, 0.0];
        let input = Input::of((currents.clone(), rates.clone()));
        assert_eq!(input.0.len(), 5);
        for (start, end) in (0..=6).flat_map(|start| (start..=6).map(move |end| (start, end))) {
            let wanted = (currents[start..end].to_vec(), rates[start..end].to_vec());
            assert_eq!(input.over(start..end), wanted);
        }
        assert!(input.is_possible(6, 6.0) && !input.is_possible(7, 6.0));
        assert!(!input.is_possible(6, 5.0));
    }
}
