//! Stretches of time whose activity is compared.

use crate::error::Result;
use crate::protocol::EpochShown;
use crate::recording::{Part, Recording, Samples};
use crate::task::{RecallTrial, Trial};
use std::ops::Range;

/// A stretch of a recording.
#[derive(Clone, Debug, PartialEq)]
pub struct Stretch {
    /// Those of one name are drawn in one colour: an epoch, `sample 3` of a trial, `pattern 3` of a recall.
    pub name: String,
    /// Its onset, in the time of the recording.
    pub start: f64,
    /// Its end.
    pub end: f64,
    /// Whether the next trial begins with a look of its own at `end`.
    pub trial: bool,
}

impl Stretch {
    /// Those of a part of a recording. Of all of it: the delays of its trials; without trials of delayed match, the epochs
    /// in which nothing is shown, or all epochs if something is always shown; without a protocol, the trials of recall.
    ///
    /// # Errors
    /// If the recording is damaged.
    pub fn of(recording: &Recording, part: Part) -> Result<Vec<Self>> {
        let new = |name: String, (start, end), trial| Self { name, start, end, trial };
        let delay = |t: &Trial| {
            new(format!("sample {}", t.sample + 1), (t.delay_onset, t.test_onset), false)
        };
        let recall =
            |t: &RecallTrial| new(format!("pattern {}", t.pattern + 1), (t.start, t.end), true);
        let epoch = |e: &EpochShown| new(e.name.clone(), (e.start, e.end), false);
        let mut stretches: Vec<Self> = match part {
            Part::Trial(trial) => vec![delay(trial)],
            Part::Recall(trial) => vec![recall(trial)],
            Part::Tour(t) => vec![new(format!("trial {}", t.number), (t.start, t.end), true)],
            Part::Epoch(own) => vec![epoch(own)],
            Part::Whole => {
                let trials = recording.trials()?.unwrap_or_default();
                let protocol = recording.protocol()?;
                let shown = |e: &&EpochShown| e.show.iter().any(|s| s.is_felt());
                let free = protocol.iter().any(|e| !shown(&e));
                match (trials.is_empty(), protocol.is_empty()) {
                    (false, _) => trials.iter().map(delay).collect(),
                    (true, true) => {
                        recording.recall_trials()?.unwrap_or_default().iter().map(recall).collect()
                    }
                    (true, false) => {
                        protocol.iter().filter(|e| !free || !shown(e)).map(epoch).collect()
                    }
                }
            }
        };
        // Of a run that did not end, what there is.
        let end = recording.end()?;
        stretches.retain(|stretch| stretch.end <= end + 1e-6);
        Ok(stretches)
    }

    /// The looks that fall into it.
    pub(super) fn looks(&self, samples: &Samples) -> Range<usize> {
        match self.trial {
            true => samples.looks_of_trial(self.start, self.end),
            false => samples.looks(self.start, self.end),
        }
    }
}
