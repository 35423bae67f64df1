//! Which states exist against two keys.

use super::along::{Key, Map};
use super::simulated::Simulated;
use crate::plot::chart::{Marks, Panel, Row};
use crate::plot::{Colour, GREY, INK, PATTERNS};
use crate::theory::memory::{Kind, MeanField};

/// Height of the panel, pixels.
const HEIGHT: f64 = 330.0;

/// What exists, its name and its colour.
type Region = (&'static str, Colour, fn(&MeanField) -> bool);

fn has(found: &MeanField, kind: Kind) -> bool {
    found.stable(kind).is_some()
}

/// Every cell of the grid in the colour of what exists there; circles are filled by the share of cues that were held.
pub fn row((x, y): (&Key, &Key), map: &Map, simulated: &[Simulated]) -> Row {
    let regions: [Region; 4] = [
        ("memory and spontaneous state", PATTERNS[2].tint(0.35), |f| {
            has(f, Kind::Memory) && has(f, Kind::Spontaneous)
        }),
        ("memory, no spontaneous state found", PATTERNS[4].tint(0.35), |f| {
            has(f, Kind::Memory) && !has(f, Kind::Spontaneous)
        }),
        ("only a spontaneous state found", GREY.tint(0.75), |f| {
            !has(f, Kind::Memory) && has(f, Kind::Spontaneous)
        }),
        ("neither found", GREY, |f| !has(f, Kind::Memory) && !has(f, Kind::Spontaneous)),
    ];
    let mut panel = Panel::new(x.scale(), y.scale());
    for (name, colour, wanted) in regions {
        // Points of the grid: the first key varies most slowly.
        let own = map.points.iter().enumerate().filter(|(_, found)| wanted(found));
        let cells: Vec<[(f64, f64); 2]> = own
            .map(|(point, _)| {
                let (left, right) = x.cell(point / y.values.len());
                let (bottom, top) = y.cell(point % y.values.len());
                [(left, bottom), (right, top)]
            })
            .collect();
        if !cells.is_empty() {
            panel = panel.with(name, colour, Marks::Cells(cells));
        }
    }
    if !simulated.is_empty() {
        let share = |s: &Simulated| (s.place[0], s.place[1], s.held.value());
        let shares = simulated.iter().map(share).collect();
        panel = panel.with("filled: share of cues held in simulation", INK, Marks::Shares(shares));
    }
    Row::new(HEIGHT, vec![panel])
}
