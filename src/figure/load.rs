//! How many items are held against how many were shown.

use crate::analysis::items::{AtLoad, HeldItems};
use crate::error::{Error, Result};
use crate::plot::chart::Figure;
use crate::plot::trials as plot;
use crate::recording::Recording;
use crate::report::model_of;
use crate::statistics::{Mean, Share};
use crate::task::Task;

/// Of a recording.
///
/// # Errors
/// If it has no trials with several items, or is damaged.
pub fn draw(recording: &Recording) -> Result<Figure> {
    let model = model_of(&recording.provenance()?, recording.path())?;
    let Some(Task::Items(task)) = &model.task else {
        return Err(Error::file(
            recording.path(),
            "found no trials in which several items are held",
            "add a section [task.items] to the model, or choose another view",
        ));
    };
    Ok(figure(model.title.trim(), &HeldItems::needed(recording, task)?))
}

/// The figure of what was found.
pub fn figure(title: &str, found: &HeldItems) -> Figure {
    let mean = |mean: Mean| plot::Estimate {
        value: mean.value,
        low: mean.value - mean.sem,
        high: mean.value + mean.sem,
    };
    let share = |share: &Share| {
        let (low, high) = share.interval();
        plot::Estimate { value: share.value(), low, high }
    };
    let level = |at: AtLoad| plot::LoadLevel {
        load: at.load as f64,
        held: mean(at.held),
        intrusions: mean(at.intrusions),
        share: mean(at.share),
        positions: at.positions.iter().map(share).collect(),
    };
    let data = plot::Load { levels: found.loads().into_iter().map(level).collect() };
    let trials = found.trials.len();
    plot::load(&format!("Items held, {trials} trials · {title}"), &data)
}
