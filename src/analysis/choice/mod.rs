//! Choices: which pattern won in every trial of a decision, when, and how that depends on the coherence of the evidence.

mod by_coherence;
mod crossing;
mod expect;
mod levels;
#[cfg(test)]
mod tests;
mod weibull;

pub use by_coherence::ByCoherence;
pub use crossing::Crossing;
pub use expect::{DecisionQuantity, ExpectDecision};
pub use levels::AtCoherence;
pub use weibull::Weibull;

use super::holder::holder;
use crate::error::{Error, Result};
use crate::recording::Recording;
use crate::table::Table;
use crate::task::{DecisionTask, Trial};

/// What became of every trial of a decision that has ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Choices {
    /// The patterns among which is chosen, from 0.
    pub choices: Vec<usize>,
    /// As they were drawn.
    pub trials: Vec<Trial>,
    /// By trial.
    pub made: Vec<Made>,
}

/// What became of a trial.
#[derive(Clone, Debug, PartialEq)]
pub struct Made {
    /// The pattern that was chosen, from 0.
    pub choice: Option<usize>,
    /// From the onset of the stimulus to the choice, ms; NaN without one.
    pub reaction: f64,
    /// Mean rate of the neurons of every choice in the last window of the stimulus, Hz.
    pub rates: Vec<f64>,
    /// Whether the rate of a choice is above the bound in the window before the onset already.
    pub above_before: bool,
}

impl Choices {
    /// Judges the trials of a recording; `None` if it has none.
    ///
    /// # Errors
    /// If the recording is damaged.
    pub fn of(recording: &Recording, task: &DecisionTask) -> Result<Option<Self>> {
        let Some(trials) = recording.trials()? else { return Ok(None) };
        let Some(population) = holder(recording, task.population.as_ref())? else {
            return Ok(None);
        };
        let Some(patterns) = recording.patterns(&population)? else { return Ok(None) };
        let choices: Vec<usize> = task.choices.iter().map(|mu| mu - 1).collect();
        if choices.iter().any(|mu| *mu >= patterns.number()) {
            return Err(Error::file(
                recording.path(),
                "found a decision between patterns that it does not have",
                "run its model again",
            ));
        }
        let foregrounds: Vec<&[u32]> = choices.iter().map(|mu| patterns.foreground(*mu)).collect();
        let (above, window) = (task.decided.above.value(), task.decided.window.value());
        let crossing = Crossing::new(&foregrounds, patterns.neurons(), above, window);
        let reset = task.reset.is_some();
        let mut made = Vec::with_capacity(trials.len());
        recording.for_trials(&population, &trials, |k, times, neurons| {
            let Trial { sample_onset: onset, delay_onset: ends, end, .. } = trials[k];
            let found = crossing.first(times, neurons, [onset, if reset { ends } else { end }]);
            made.push(Made {
                choice: found.map(|(place, _)| choices[place]),
                reaction: found.map_or(f64::NAN, |(_, at)| at - onset),
                rates: crossing.rates(times, neurons, ends),
                above_before: crossing.rates(times, neurons, onset).iter().any(|r| *r > above),
            });
        })?;
        Ok(Some(Self { choices, trials, made }))
    }

    /// One row per trial: `choice` (from 1, 0 for none), `decided`, `correct` (1 or 0; NaN without a choice), `reaction_ms` and
    /// `rate_K_hz` of every choice K.
    pub fn table(&self) -> Table {
        let all = || self.made.iter().zip(&self.trials);
        let correct = |(made, trial): (&Made, &Trial)| match made.choice {
            Some(choice) => f64::from(u8::from(choice == trial.sample)),
            None => f64::NAN,
        };
        let table = Table::default()
            .whole("choice", all().map(|(m, _)| m.choice.map_or(0, |mu| mu as u64 + 1)).collect())
            .flag("decided", all().map(|(m, _)| m.choice.is_some()).collect())
            .real("correct", all().map(correct).collect())
            .real("reaction_ms", all().map(|(m, _)| m.reaction).collect());
        self.choices.iter().enumerate().fold(table, |table, (k, choice)| {
            let rates = self.made.iter().map(|made| made.rates[k]).collect();
            table.real(format!("rate_{}_hz", choice + 1), rates)
        })
    }
}
