//! Single neurons of a recording: which are named, and what they did.

use crate::dynamics::ObservableKind;
use crate::error::{Error, Place, Result};
use crate::recording::{Recording, Samples};
use std::str::FromStr;

/// Most neurons that a figure shows.
const MOST: usize = 6;
/// So many are shown if none is named.
const USUAL: usize = 3;

/// Neurons that somebody has named: `E:17,40`, or without a population of the first that has some recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Their population, if it is named.
    pub population: Option<String>,
    /// Their numbers within it, from 0.
    pub neurons: Vec<u64>,
}

impl FromStr for Named {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let (population, list) = match text.split_once(':') {
            Some((name, list)) => (Some(name.trim().to_owned()), list),
            None => (None, text),
        };
        let neurons = list.split(',').map(|number| number.trim().parse().ok());
        match neurons.collect::<Option<Vec<u64>>>() {
            Some(neurons) if neurons.len() <= MOST && !has_twice(&neurons) => {
                Ok(Self { population, neurons })
            }
            _ => Err(format!(
                "write at most {MOST} different numbers from 0, for example E:17,40,2000"
            )),
        }
    }
}

/// Whether a number stands there more than once.
fn has_twice(numbers: &[u64]) -> bool {
    numbers.iter().enumerate().any(|(k, number)| numbers[..k].contains(number))
}

/// Everything that was recorded of the neurons of one population.
pub(super) struct Singles {
    pub population: String,
    /// The neuron of every column.
    pub neurons: Vec<u64>,
    /// Activity, the state 0 or 1, or the membrane potential.
    pub samples: Samples,
    /// mV, or none.
    pub unit: &'static str,
}

impl Singles {
    /// Of the population that is named, or of the first of which something was recorded: neurons that `[record] activity` or `v`
    /// names, or all.
    ///
    /// # Errors
    /// If nothing was recorded of single neurons, or the recording is damaged.
    pub fn of(recording: &Recording, named: Option<&Named>) -> Result<Self> {
        let wanted = named.and_then(|named| named.population.as_ref());
        for (population, _) in recording.populations() {
            if wanted.is_none_or(|name| *name == population)
                && let Some(found) = Self::of_population(recording, &population)?
            {
                return Ok(found);
            }
        }
        let whose = wanted.map(|name| format!(" of population {name}")).unwrap_or_default();
        let remedy = match recording.observable() {
            ObservableKind::Spikes => {
                "record potentials with [record] v = { population = \"E\", neurons = \"0..5\", every = \"1 ms\" }"
            }
            ObservableKind::States => "leave out [record] states = false",
            ObservableKind::Graded => {
                "record some with [record] activity = { population = \"E\", neurons = \"0..5\", every = \"1 ms\" }"
            }
        };
        Err(Error::file(recording.path(), format!("found no single neurons{whose}"), remedy))
    }

    fn of_population(recording: &Recording, name: &str) -> Result<Option<Self>> {
        let population = name.to_owned();
        if let Some((neurons, samples)) = recording.traces(name)? {
            return Ok(Some(Self { population, neurons, samples, unit: "" }));
        }
        let all = |samples: Samples| {
            let neurons = (0..samples.width as u64).collect();
            Self { population: name.to_owned(), neurons, samples, unit: "" }
        };
        if let Some(samples) = recording.activity(name)? {
            return Ok(Some(all(samples)));
        }
        if let Some(states) = recording.states(name)? {
            let interval = recording.rates(name)?.interval;
            let values = states.state.iter().map(|state| f64::from(*state)).collect();
            let samples = Samples { interval, time: states.time, width: states.neurons, values };
            return Ok(Some(all(samples)));
        }
        let potentials = recording.potentials(name)?;
        Ok(potentials.map(|traces| {
            let width = traces.neurons.len();
            let (interval, time) = (traces.every, traces.time);
            let samples = Samples { interval, time, width, values: traces.v };
            Self { population, neurons: traces.neurons, samples, unit: "mV" }
        }))
    }

    /// The columns of the neurons that are named, or of three at equal distances.
    ///
    /// # Errors
    /// If one was not recorded.
    pub fn columns(&self, named: Option<&Named>) -> Result<Vec<usize>> {
        let Some(named) = named else {
            let all = self.neurons.len();
            let shown = all.min(USUAL);
            return Ok((0..shown).map(|k| k * all / shown).collect());
        };
        let column = |neuron: &u64| {
            self.neurons.iter().position(|own| own == neuron).ok_or_else(|| {
                let (first, last) = (self.neurons.first(), self.neurons.last());
                let ends = first.zip(last).map(|(first, last)| format!("{first} to {last}"));
                Error::input(
                    format!("found that neuron {neuron} of {} was not recorded", self.population),
                    format!("recorded are {}", ends.unwrap_or_default()),
                    "name some of these, or record others",
                )
                .placed(Place::Argument("--neurons".to_owned()))
            })
        };
        named.neurons.iter().map(column).collect()
    }

    /// What neuron and column are called: `E 17`.
    pub fn name(&self, column: usize) -> String {
        format!("{} {}", self.population, self.neurons[column])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neurons_are_named_with_and_without_a_population() {
        let named = |population: Option<&str>, neurons: &[u64]| {
            Ok(Named { population: population.map(str::to_owned), neurons: neurons.to_vec() })
        };
        assert_eq!("E:17, 40,2000".parse::<Named>(), named(Some("E"), &[17, 40, 2000]));
        assert_eq!("3".parse::<Named>(), named(None, &[3]));
        for wrong in ["", "E:", "1..3", "E:-1", "0,1,2,3,4,5,6", "3,1,3"] {
            let told = wrong.parse::<Named>().unwrap_err();
            assert!(told.contains("at most 6 different numbers from 0"), "{wrong:?}: {told}");
        }
    }
}
