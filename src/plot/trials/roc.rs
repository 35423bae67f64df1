//! How well neural read-outs tell match from non-match.

use super::super::chart::{Figure, Legend, Marks, Panel, Reference, Row, Scale};
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

/// The ROC curves of all read-outs in one panel, and the distributions of the counts of each.
pub fn discrimination(title: &str, readouts: &[Discrimination]) -> Figure {
    let roc = curves(readouts);
    let rows =
        match readouts {
            [] => vec![Row::new(TALL, vec![roc])],
            [one] => vec![Row::new(TALL, vec![roc, counts(one)])],
            _ => {
                let mut rows = vec![Row { columns: 2, ..Row::new(MIDDLE, vec![roc]) }];
                let columns = readouts.len().min(ABREAST);
                rows.extend(readouts.chunks(columns).map(|some| Row {
                    columns,
                    ..Row::new(LOW, some.iter().map(counts).collect())
                }));
                rows
            }
        };
    Figure { title: title.to_owned(), rows }
}

fn curves(readouts: &[Discrimination]) -> Panel {
    let share = |name: &str| Scale::new(name).within(0.0, 1.0);
    let mut panel = Panel::new(share("false alarms"), share("hits"))
        .titled("ROC")
        .against(Reference::Diagonal("chance".to_owned()));
    panel.square = true;
    // One curve leaves one of the corners free.
    panel.legend = match readouts {
        [one] if one.auc.value < 0.5 => Legend::UpperLeft,
        [_] | [] => Legend::LowerRight,
        _ => Legend::Beside,
    };
    for (readout, colour) in readouts.iter().zip(GROUPS.iter().cycle()) {
        let Estimate { value, low, high } = readout.auc;
        let name = if value.is_finite() {
            format!("{}: AUC {value:.2} [{low:.2}, {high:.2}]", readout.name)
        } else {
            format!("{}: no AUC", readout.name)
        };
        panel = panel.with(name, *colour, Marks::line(readout.curve.clone()));
    }
    panel
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
