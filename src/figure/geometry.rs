//! The geometry of the activity of a recording.

use crate::analysis::geometry::{Components, Geometry};
use crate::error::{Error, Result};
use crate::plot::chart::Figure;
use crate::plot::geometry as plot;
use crate::recording::{Part, Recording};
use crate::report::model_of;

/// Width of the bins of spikes, ms.
const BIN: f64 = 50.0;

/// The figure of a part of a recording.
pub fn components(recording: &Recording, part: Part) -> Result<Figure> {
    match Geometry::of(recording, part, BIN)? {
        Some(geometry) => {
            let model = model_of(&recording.provenance()?, recording.path())?;
            Ok(figure(model.title.trim(), &geometry))
        }
        None => Err(Error::file(
            recording.path(),
            "found fewer than two samples of what single neurons did",
            "choose a longer epoch, or run the model with --set record.states=true",
        )),
    }
}

/// The figure of what was found.
pub fn figure(title: &str, geometry: &Geometry) -> Figure {
    let mut named: Vec<plot::Named> = Vec::new();
    for (k, stretch) in geometry.stretches.iter().enumerate() {
        let on = |scores: &[f64]| [0, 1, 2].map(|c| scores.get(c).copied().unwrap_or(0.0));
        let path: Vec<[f64; 3]> = geometry.within(k).map(|(_, scores)| on(scores)).collect();
        match named.iter_mut().find(|own| own.name == stretch.name) {
            Some(own) => own.paths.push(path),
            None => named.push(plot::Named { name: stretch.name.clone(), paths: vec![path] }),
        }
    }
    let spectrum = |of: &Components| plot::Spectrum {
        shares: of.shares().collect(),
        ratio: of.participation_ratio(),
    };
    let data =
        plot::Geometry { named, all: spectrum(&geometry.all), means: spectrum(&geometry.means) };
    let title = format!("Principal components of {} · {title}", geometry.population);
    plot::geometry(&title, &data)
}
