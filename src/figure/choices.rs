//! Decisions against the coherence of the evidence.

use crate::analysis::choice::{AtCoherence, ByCoherence, Choices};
use crate::error::{Error, Result};
use crate::plot::chart::Figure;
use crate::plot::trials as plot;
use crate::recording::Recording;
use crate::report::model_of;
use crate::statistics::{Mean, Share};
use crate::task::{DecisionTask, Task};

/// How often they are right, and how long they take.
///
/// # Errors
/// If the recording has no trials of a decision, or is damaged.
pub fn draw(recording: &Recording) -> Result<Figure> {
    let model = model_of(&recording.provenance()?, recording.path())?;
    let Some(task) = model.task.as_ref().and_then(Task::decision) else {
        return Err(Error::file(
            recording.path(),
            "found no trials of a decision",
            "add a section [task.decision] to the model, or choose another view",
        ));
    };
    let found = needed(recording, task)?;
    Ok(figure(model.title.trim(), &found, &found.by_coherence()))
}

/// The choices in a recording, or the error of one in which no trial has ended.
///
/// # Errors
/// Those of [`Choices::of`].
pub fn needed(recording: &Recording, task: &DecisionTask) -> Result<Choices> {
    let found = Choices::of(recording, task)?.filter(|choices| !choices.trials.is_empty());
    found.ok_or_else(|| {
        let remedy = "let the run go on for longer";
        Error::file(recording.path(), "found no trial that has ended", remedy)
    })
}

/// Straight parts of the curve of a law between two coherences.
const PARTS: usize = 16;

/// The figure of choices that were found.
pub fn figure(title: &str, found: &Choices, by_coherence: &ByCoherence) -> Figure {
    let levels = &by_coherence.levels;
    let share = |share: Share| {
        let (low, high) = share.interval();
        plot::Estimate { value: share.value(), low, high }
    };
    let mean = |mean: Mean| {
        let Mean { value, sem, .. } = mean;
        plot::Estimate { value, low: value - sem, high: value + sem }
    };
    let each = |of: &dyn Fn(&AtCoherence) -> plot::Estimate| levels.iter().map(of).collect();
    let data = plot::Psychometric {
        coherences: levels.iter().map(|level| level.coherence).collect(),
        correct: each(&|level| share(level.correct)),
        decided: levels.iter().map(|level| level.decided.value()).collect(),
        reactions: [0, 1].map(|k| each(&|level| mean(level.reactions[k]))),
        chance: 1.0 / found.choices.len() as f64,
        law: law(by_coherence),
    };
    let trials = found.trials.len();
    plot::psychometric(&format!("Decisions, {trials} trials · {title}"), &data)
}

/// The share that the fit says, against the place of a coherence among those that were shown.
fn law(ByCoherence { levels, law }: &ByCoherence) -> Vec<(f64, f64)> {
    let Some(law) = law else { return Vec::new() };
    let all: Vec<f64> = levels.iter().map(|level| level.coherence).collect();
    let between = |(k, ends): (usize, &[f64])| {
        let at = move |j: usize, [low, high]: [f64; 2]| {
            let share = j as f64 / PARTS as f64;
            (k as f64 + share, low + share * (high - low))
        };
        let ends = [ends[0], ends[1]];
        (0..=PARTS).map(|j| at(j, ends)).collect::<Vec<_>>()
    };
    let points = all.windows(2).enumerate().flat_map(between);
    points.map(|(place, coherence)| (place, law.at(coherence))).collect()
}
