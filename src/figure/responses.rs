//! Rates and Fano factors around a repeated stimulus.

use crate::analysis::trials::{Curve, Fano, Responses};
use crate::error::{Error, Result};
use crate::plot::chart::Figure;
use crate::plot::trials as plot;
use crate::recording::Recording;
use crate::report::model_of;
use crate::task::Task;

/// Against the time from the onset.
///
/// # Errors
/// If the recording has no trials of a stimulus, or is damaged.
pub fn draw(recording: &Recording) -> Result<Figure> {
    let model = model_of(&recording.provenance()?, recording.path())?;
    let Some(Task::Stimulus(task)) = &model.task else {
        return Err(Error::file(
            recording.path(),
            "found no trials of a repeated stimulus",
            "add a section [task.stimulus] to the model, or choose another view",
        ));
    };
    let found = Responses::needed(recording, task.population.as_ref(), None)?;
    Ok(figure(model.title.trim(), &found))
}

/// The figure of responses that were found.
pub fn figure(title: &str, found: &Responses) -> Figure {
    let trace = |values: Vec<(f64, f64, f64)>| plot::Trace {
        time: values.iter().map(|v| v.0).collect(),
        mean: values.iter().map(|v| v.1).collect(),
        sem: values.iter().map(|v| v.2).collect(),
    };
    let bins = found.psth.bins;
    let rate = |curve: &Curve| {
        let at = |k: usize| 0.5 * (bins.edge(k) + bins.edge(k + 1));
        trace((0..bins.number).map(|k| (at(k), curve.rate[k], curve.sem[k])).collect())
    };
    // A window covers two steps.
    let fano = |g: usize, of: fn(&Fano) -> (f64, f64)| {
        let all = &found.variability[g];
        let value = |(k, window): (usize, &Fano)| {
            let (fano, sem) = of(window);
            (all.steps.edge(k + 1), fano, sem)
        };
        trace(all.windows.iter().enumerate().map(value).collect())
    };
    let lengths = found.trials.iter().map(|trial| trial.sample_as_shown.duration);
    let data = plot::Responses {
        from: bins.edge(0),
        to: bins.edge(bins.number),
        duration: lengths.fold(f64::INFINITY, f64::min),
        rates: [0, 1].map(|g| rate(&found.psth.curves[g])),
        fano: [0, 1].map(|g| fano(g, |window| (window.fano, window.sem))),
        matched: [0, 1].map(|g| fano(g, |window| (window.matched, window.matched_sem))),
    };
    let trials = found.trials.len();
    plot::responses(&format!("Variability, {trials} trials · {title}"), &data)
}
