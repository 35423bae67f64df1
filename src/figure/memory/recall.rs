//! A recall frame by frame.

use super::Memories;
use crate::dynamics::ObservableKind;
use crate::error::{Error, Result};
use crate::plot::memory::animate::{self, MemoryOverlaps};
use crate::plot::memory::{Appearance, Frame, Recall, strip};
use crate::plot::{Animation, Picture};
use crate::protocol::EpochShown;
use crate::recording::Part;
use crate::task::{Start, Task};
use std::ops::Range;

/// Most frames of a strip, and of an animation.
const STRIP: usize = 13;
const ANIMATION: usize = 120;

/// The states of a part of a recording.
pub(super) struct Looks {
    /// From its start, sweeps.
    pub time: Vec<f64>,
    /// From -1, inactive, to 1, active.
    pub states: Vec<Vec<f64>>,
    /// Overlaps with all patterns at every time.
    pub m: Vec<Vec<f64>>,
}

/// Times and states, from -1, inactive, to 1, active.
type Seen = (Vec<f64>, Vec<Vec<f64>>);

/// What a part is about.
pub(super) struct Subject {
    /// The pattern that should be found.
    pub target: Option<usize>,
    /// Whether something is shown at its beginning.
    pub cued: bool,
    pub title: String,
}

impl Memories<'_> {
    pub(super) fn looks(&self, part: Part) -> Result<Looks> {
        let rows = part.looks(self.recording)?;
        let (time, states) = self.seen(rows.clone())?.ok_or_else(|| self.without_states())?;
        let overlaps =
            self.recording.overlaps(&self.holder)?.ok_or_else(|| self.without_states())?;
        let m = rows.take(time.len()).map(|look| overlaps.row(look).to_vec()).collect();
        Ok(Looks { time: time.iter().map(|t| t - part.start()).collect(), states, m })
    }

    /// Times and states of some looks, if they were recorded.
    fn seen(&self, looks: Range<usize>) -> Result<Option<Seen>> {
        if self.recording.observable() == ObservableKind::Graded {
            let [low, high] = self.recording.levels(&self.holder)?;
            let place = |x: &f64| 2.0 * (x - low) / (high - low) - 1.0;
            let samples = self.recording.activity_within(&self.holder, looks)?;
            return Ok(samples.map(|samples| {
                let rows = samples.values.chunks(samples.width);
                let states = rows.map(|row| row.iter().map(place).collect()).collect();
                (samples.time, states)
            }));
        }
        let samples = self.recording.states_within(&self.holder, looks)?;
        Ok(samples.map(|samples| {
            let sign = |&s: &u8| if s != 0 { 1.0 } else { -1.0 };
            let rows = samples.state.chunks(samples.neurons);
            let states = rows.map(|row| row.iter().map(sign).collect()).collect();
            (samples.time, states)
        }))
    }

    pub(super) fn subject(&self, part: Part) -> Subject {
        match part {
            Part::Whole | Part::Trial(_) | Part::Tour(_) => {
                Subject { target: None, cued: false, title: String::new() }
            }
            Part::Epoch(epoch) => {
                let mut shown: Vec<usize> = epoch.show.iter().filter_map(|s| s.pattern).collect();
                shown.dedup();
                let target = if let [mu] = shown[..] { mu.checked_sub(1) } else { None };
                let title = match target.map(|mu| self.name(mu)) {
                    Some(name) if name != epoch.name => format!("{}: {name}", epoch.name),
                    _ => epoch.name.clone(),
                };
                Subject { target, cued: !epoch.show.is_empty(), title }
            }
            Part::Recall(trial) => {
                let start = self.model.task.as_ref().and_then(Task::recall).map(|task| task.start);
                if start == Some(Start::Random) {
                    let title = format!("Trial {} from a random state", trial.number);
                    return Subject { target: None, cued: false, title };
                }
                let shares = [
                    ("flipped", trial.flipped),
                    ("occluded", trial.occluded),
                    ("noise", trial.noise),
                ];
                let shares = shares.iter().filter(|(_, share)| *share > 0.0);
                let shares: String =
                    shares.map(|(how, share)| format!(", {how} {share}")).collect();
                let title = format!("Trial {}: {}{shares}", trial.number, self.name(trial.pattern));
                Subject { target: Some(trial.pattern), cued: true, title }
            }
        }
    }

    /// The part that is shown if none is named: the first epoch that shows a pattern or trial in which a state changes,
    /// or else the first of them.
    fn with_recall<T>(
        &self,
        part: Option<Part>,
        then: impl FnOnce(Part) -> Result<T>,
    ) -> Result<T> {
        if let Some(part) = part {
            return then(part);
        }
        let shows = |epoch: &&EpochShown| epoch.show.iter().any(|s| s.pattern.is_some());
        let trials = self.trials()?;
        let epochs = self.protocol.iter().filter(shows).map(Part::Epoch);
        let parts: Vec<Part> = epochs.chain(trials.iter().map(Part::Recall)).collect();
        for part in &parts {
            if self.looks(*part)?.states.windows(2).any(|pair| moved(&pair[0], &pair[1])) {
                return then(*part);
            }
        }
        match (parts.first(), self.protocol.first()) {
            (Some(part), _) => then(*part),
            (None, Some(epoch)) => then(Part::Epoch(epoch)),
            (None, None) => Err(Error::file(
                self.recording.path(),
                "found neither an epoch nor a trial that has ended",
                "let the run go on for longer",
            )),
        }
    }

    pub fn strip(&self, part: Option<Part>) -> Result<Picture> {
        self.with_recall(part, |part| Ok(strip(&self.recalled(part, STRIP)?.0)))
    }

    pub fn animation(&self, part: Option<Part>) -> Result<Animation> {
        self.with_recall(part, |part| {
            let (mut recall, overlaps) = self.recalled(part, ANIMATION)?;
            // Its page is too narrow for the title of the model besides.
            recall.title = recall.title.split(" · ").next().unwrap_or_default().to_owned();
            Ok(animate::recall(&recall, &overlaps))
        })
    }

    /// At most so many frames, and the overlaps at each. What only stands still at the end is one frame.
    fn recalled(&self, part: Part, most: usize) -> Result<(Recall, MemoryOverlaps)> {
        let Looks { time, states, m } = self.looks(part)?;
        let Subject { target, cued, title } = self.subject(part);
        let last = states.len().saturating_sub(1);
        let moving = (0..last).rev().find(|&k| moved(&states[k], &states[last]));
        let settled = moving.map_or(0, |k| k + 1);
        let number = (settled + 1).min(most).min(states.len());
        let chosen: Vec<usize> = (0..number).map(|k| k * settled / (number - 1).max(1)).collect();
        let title = match settled < last {
            true => format!("{title}, settled after {}", self.moment(time[settled])),
            false => title,
        };
        let frame = |&k: &usize| Frame {
            label: match k {
                0 if cued => "cue".to_owned(),
                0 => "start".to_owned(),
                k if k == settled => "final".to_owned(),
                k => self.moment(time[k]),
            },
            caption: match target {
                Some(mu) => format!("m = {}", signed(m[k][mu])),
                None => self.nearest(&m[k]),
            },
            state: self.appearance(&states[k]),
        };
        let recall = Recall {
            title: self.title(&title),
            frames: chosen.iter().map(frame).collect(),
            target: target.map(|mu| {
                let state = self.pattern(mu);
                // A word is its own name.
                let caption = match state {
                    Appearance::Word(_) => String::new(),
                    Appearance::Neurons(_) => self.name(mu),
                };
                Frame { label: "target".to_owned(), caption, state }
            }),
            shape: self.shape(),
            marked: target.is_some(),
        };
        let overlaps = MemoryOverlaps {
            names: (0..self.patterns.number()).map(|mu| self.name(mu)).collect(),
            target,
            frames: chosen.iter().map(|&k| m[k].clone()).collect(),
        };
        Ok((recall, overlaps))
    }

    /// "1 sweep", "2.5 sweeps", "20 ms".
    fn moment(&self, time: f64) -> String {
        // Rounding of a sum of intervals is no news.
        let time = (1e6 * time).round() / 1e6;
        let clock = self.recording.clock();
        format!("{time} {}", if time == 1.0 { clock.one() } else { clock.unit() })
    }

    /// The memory with the largest overlap in magnitude.
    pub(super) fn nearest(&self, m: &[f64]) -> String {
        let nearest = m.iter().enumerate().max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()));
        nearest.map_or(String::new(), |(mu, m)| format!("{}: {}", self.name(mu), signed(*m)))
    }
}

/// Whether a difference between two states can be seen.
fn moved(a: &[f64], b: &[f64]) -> bool {
    a.iter().zip(b).any(|(a, b)| (a - b).abs() > 1e-3)
}

/// With two decimals and the sign of print.
fn signed(value: f64) -> String {
    let text = format!("{:.2}", value.abs());
    if value < 0.0 && text != "0.00" { format!("−{text}") } else { text }
}
