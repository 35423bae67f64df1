//! Decisions: what became of the trials of a task.
//!
//! An ideal observer sees all spikes and tells which pattern is held at the end of the delay and which is seen in the
//! test. A neural read-out sees one number, the spikes of a population early in the test, and says match or non-match.
//! Trials in which the sample was lost are judged like all others. Windows are [start, stop), from exact times.

mod course;
mod expect;
mod levels;
mod observer;
mod readout;
mod roc;

pub use course::Course;
pub use expect::{ExpectLevel, ExpectTrials};
pub use levels::{LevelCurve, LevelPoint, level_curves};
pub use observer::{Failure, Observed};
pub use readout::Read;
pub use roc::Roc;

use super::holder::holder;
use crate::error::Result;
use crate::recording::Recording;
use crate::statistics::Share;
use crate::table::Table;
use crate::task::{Answer, DelayedMatch, Readout, Trial};

/// What became of every trial that has ended.
#[derive(Clone, Debug)]
pub struct Decisions {
    /// The population that holds the patterns.
    pub population: String,
    /// As they were drawn.
    pub trials: Vec<Trial>,
    /// What differs between them because it is a list of levels, by its column in the table of trials.
    pub varied: Vec<String>,
    /// By trial.
    pub observed: Vec<Observed>,
    /// By read-out, in the order of the model.
    pub readouts: Vec<Read>,
}

impl Decisions {
    /// Judges the trials of a recording; `None` if it has none.
    pub fn of(recording: &Recording, task: &DelayedMatch) -> Result<Option<Self>> {
        let Some(trials) = recording.trials()? else { return Ok(None) };
        let Some(population) = holder(recording, task.population.as_ref())? else {
            return Ok(None);
        };
        let observed = observer::observe(recording, task, &population, &trials)?;
        let read =
            |(name, section): (&String, &Readout)| Read::of(recording, name, section, &trials);
        let readouts = task.readout.iter().map(read).collect::<Result<_>>()?;
        let varied = task.varied().into_iter().map(|(quantity, _)| quantity).collect();
        Ok(Some(Self { population, trials, varied, observed, readouts }))
    }

    /// Trials whose sample was held at the end of the delay.
    pub fn held(&self) -> Share {
        Share::of(self.observed.iter().zip(&self.trials).map(|(o, t)| o.holds == Some(t.sample)))
    }

    /// Trials in which the ideal observer is right.
    pub fn right(&self) -> Share {
        Share::of(self.observed.iter().map(|o| o.correct))
    }

    /// Trials in which the test matched.
    pub fn matches(&self) -> Share {
        Share::of(self.trials.iter().map(Trial::matches))
    }

    /// The share of right answers of who always gives the more frequent one.
    pub fn chance(&self) -> f64 {
        let matches = self.matches().value();
        matches.max(1.0 - matches)
    }

    /// How many trials failed in this way.
    pub fn failures(&self, failure: Failure) -> usize {
        self.observed.iter().filter(|o| o.failure == Some(failure)).count()
    }

    /// One row per trial: what was held and seen, and every decision; patterns from 1, 0 for none.
    pub fn table(&self) -> Table {
        let pattern = |mu: Option<usize>| mu.map_or(0, |mu| mu as u64 + 1);
        let observed = || self.observed.iter();
        let words = |answers: &[Option<Answer>]| {
            answers.iter().map(|a| a.map_or("", Answer::word).to_owned()).collect()
        };
        let held = observed().zip(&self.trials).map(|(o, t)| o.holds == Some(t.sample));
        let table = Table::default()
            .whole("before", observed().map(|o| pattern(o.before)).collect())
            .whole("holds", observed().map(|o| pattern(o.holds)).collect())
            .flag("held", held.collect())
            .real("overlap_hz", observed().map(|o| o.overlap).collect())
            .whole("seen", observed().map(|o| pattern(o.seen)).collect())
            .text(
                "observer",
                observed().map(|o| o.answer.map_or("", Answer::word).to_owned()).collect(),
            )
            .flag("correct", observed().map(|o| o.correct).collect())
            .text(
                "failure",
                observed().map(|o| o.failure.map_or("", Failure::word).to_owned()).collect(),
            );
        self.readouts.iter().fold(table, |table, read| {
            let Read { name, counts, answers, correct, reaction, .. } = read;
            table
                .whole(format!("{name}_count"), counts.clone())
                .text(format!("{name}_decision"), words(answers))
                .flag(format!("{name}_correct"), correct.clone())
                .real(format!("{name}_reaction_ms"), reaction.clone())
        })
    }

    /// The points of all ROC curves.
    pub fn roc_table(&self) -> Table {
        let points = || self.readouts.iter().flat_map(|r| r.roc.points.iter().map(move |p| (r, p)));
        Table::default()
            .text("readout", points().map(|(read, _)| read.name.clone()).collect())
            .real("criterion", points().map(|(_, p)| p.criterion).collect())
            .real("false_alarms", points().map(|(_, p)| p.false_alarms).collect())
            .real("hits", points().map(|(_, p)| p.hits).collect())
    }
}
