//! Where the bump of a recording is.

use crate::analysis::bump::Bumps;
use crate::error::{Error, Result};
use crate::plot::bump as plot;
use crate::plot::chart::Figure;
use crate::recording::Recording;
use crate::report::model_of;

/// Width of the windows of spikes, ms.
const WINDOW: f64 = 50.0;

/// The bumps of the first population on a ring, in windows of `bin` ms.
///
/// # Errors
/// If the recording is damaged.
pub fn of(recording: &Recording, bin: f64) -> Result<Option<Bumps>> {
    let model = model_of(&recording.provenance()?, recording.path())?;
    for (name, population) in &model.population {
        let Some(space) = population.space else { continue };
        let bumps = Bumps::of(recording, (name, population.size), space, bin)?;
        if bumps.is_some() {
            return Ok(bumps);
        }
    }
    Ok(None)
}

/// Place against time.
pub fn draw(recording: &Recording) -> Result<Figure> {
    let Some(bumps) = of(recording, WINDOW)? else {
        return Err(Error::file(
            recording.path(),
            "found no population on a ring whose activity was recorded",
            "give it space = { ring = \"360 deg\" }, or choose another view",
        ));
    };
    let model = model_of(&recording.provenance()?, recording.path())?;
    figure(model.title.trim(), recording, &bumps)
}

/// The figure of bumps that were found.
///
/// # Errors
/// If the recording is damaged.
pub fn figure(title: &str, recording: &Recording, bumps: &Bumps) -> Result<Figure> {
    let (unit, scale) = recording.clock().axis();
    let shown = recording.protocol()?.into_iter().filter(|epoch| !epoch.show.is_empty());
    let shown = shown.map(|epoch| (epoch.start / scale, epoch.end / scale, epoch.name)).collect();
    let by_time = |of: fn(&crate::analysis::bump::Bump) -> f64| -> Vec<(f64, f64)> {
        bumps.bumps.iter().map(|b| (b.time / scale, of(b))).collect()
    };
    let data = plot::Bump {
        time: format!("time ({unit})"),
        unit: bumps.unit.to_owned(),
        length: bumps.length,
        path: bumps.path(),
        width: by_time(|b| b.width),
        shown,
    };
    Ok(plot::place(&format!("Bump in {} · {title}", bumps.population), &data))
}
