//! How well neural read-outs tell match from non-match.

use super::super::chart::{Figure, Legend, Marks, Panel, Reference, Row, Scale};
use super::super::page::Colour;
use super::bins::Bins;
use super::{Estimate, FIRST, GROUPS, SECOND};
use crate::error::counted;

/// Distributions side by side, if there are so many.
const ABREAST: usize = 3;
const TALL: f64 = 280.0;
const MIDDLE: f64 = 230.0;
const LOW: f64 = 150.0;

/// A read-out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Discrimination {
    /// Its name in the model.
    pub name: String,
    /// The ROC curve from (0, 0) to (1, 1): false alarms and hits of every criterion.
    pub curve: Vec<(f64, f64)>,
    /// Area below the curve, with its interval.
    pub auc: Estimate,
    /// Spikes in the window of the test, trial by trial.
    pub matches: Vec<f64>,
    pub nonmatches: Vec<f64>,
    /// The criteria between the answers: one, or those of parts of a cross-validation.
    pub criteria: Vec<f64>,
}

/// The ROC curve of every read-out, and below it the distributions of its counts.
pub fn discrimination(title: &str, readouts: &[Discrimination]) -> Figure {
    let rows = match readouts {
        [] => vec![Row::new(TALL, vec![curve(&Discrimination::default(), FIRST)])],
        [one] => vec![Row::new(TALL, vec![curve(one, GROUPS[0]), counts(one)])],
        _ => {
            let columns = readouts.len().min(ABREAST);
            let row = |height, panels| Row { columns, ..Row::new(height, panels) };
            let coloured: Vec<_> = readouts.iter().zip(GROUPS.iter().cycle()).collect();
            // A panel each: curves that tell all would hide one another along the edge.
            let rows = coloured.chunks(columns).flat_map(|some| {
                let rocs = some.iter().map(|(readout, colour)| curve(readout, **colour));
                let counts = some.iter().map(|(readout, _)| counts(readout));
                [row(MIDDLE, rocs.collect()), row(LOW, counts.collect())]
            });
            rows.collect()
        }
    };
    Figure { title: title.to_owned(), rows }
}

fn curve(readout: &Discrimination, colour: Colour) -> Panel {
    let share = |name: &str| Scale::new(name).within(0.0, 1.0);
    let mut panel = Panel::new(share("false alarms"), share("hits"))
        .titled(&readout.name)
        .against(Reference::Diagonal("chance".to_owned()));
    panel.square = true;
    let Estimate { value, low, high } = readout.auc;
    // The curve leaves one of the corners free.
    panel.legend = if value < 0.5 { Legend::UpperLeft } else { Legend::LowerRight };
    let name = match value.is_finite() {
        true => format!("AUC {value:.2} [{low:.2}, {high:.2}]"),
        false => "no AUC".to_owned(),
    };
    panel.with(name, colour, Marks::line(readout.curve.clone()))
}

fn counts(readout: &Discrimination) -> Panel {
    let bins = Bins::of(&[&readout.matches, &readout.nonmatches]);
    let mut panel =
        Panel::new(Scale::new("spikes in the test window"), Scale::new("trials").with_zero())
            .titled(&readout.name);
    let kinds = [("non-match", &readout.nonmatches, SECOND), ("match", &readout.matches, FIRST)];
    for (name, values, colour) in kinds {
        let (heights, above) = bins.count(values);
        let mut name = format!("{name} ({})", counted(values.len(), "trial"));
        if above > 0 {
            name += &format!(", {above} beyond");
        }
        panel = panel.with(name, colour, Marks::Steps { edges: bins.edges.clone(), heights });
    }
    let criteria = &readout.criteria;
    let rightmost = criteria.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    for &criterion in criteria {
        let name = if criterion < rightmost { "" } else { "criterion" };
        panel = panel.against(Reference::At(criterion, name.to_owned()));
    }
    panel
}
