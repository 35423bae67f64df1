//! Where everything stands on the page, in pixels.

use super::axis::Axis;
use super::content::{Content, Curve};
use super::frame::{Span, tick_room};
use super::legend::{self, Key, Place, Sample};
use super::page::{Colour, LABEL, MARGIN, RIGHT, TITLE, fitted, text_width};

/// Least distance of the panels from the left edge: tick labels, label of the axis.
const LEFT: f64 = 74.0;
/// Height of all rows of the raster together.
const RASTER: f64 = 540.0;
const RATES: f64 = 110.0;
const OVERLAPS: f64 = 180.0;
const ENERGY: f64 = 90.0;
pub const ENERGY_TICKS: usize = 5;
/// Between the groups of the raster.
const GROUP_GAP: f64 = 6.0;
/// Height of a cue bar, with the gap to the next.
pub const LANE: f64 = 7.0;
/// Most cue bars that are told apart.
const LANES: usize = 4;

pub struct Layout {
    pub left: f64,
    pub right: f64,
    pub height: f64,
    pub title: f64,
    pub lanes: usize,
    pub raster: Span,
    /// Of every group.
    pub groups: Vec<Span>,
    /// Height of a row of the raster.
    pub pitch: f64,
    pub rates: Span,
    pub rates_legend: Legend,
    pub overlaps: Option<Span>,
    pub overlaps_legend: Legend,
    pub energy: Option<Span>,
    /// From the axis to the name of the energy.
    pub energy_name: f64,
}

impl Layout {
    /// Room for the cue bars above a panel.
    pub fn cues(&self) -> f64 {
        room(self.lanes)
    }

    pub fn of(content: &Content) -> Self {
        let widest = content.groups.iter().map(|g| text_width(&group_label(&g.label), LABEL));
        let left = (widest.fold(0.0, f64::max) + MARGIN + 12.0).max(LEFT);
        let energy_axis = content.energy.as_ref().map(|curve| energy_axis(curve, (ENERGY, 0.0)));
        let energy_name = energy_axis.map_or(0.0, |axis| tick_room(&axis, ENERGY_TICKS) + LABEL);
        let left = left.max(energy_name + 0.5 * LABEL + MARGIN);
        let lanes = content.cues.iter().map(|c| c.lane + 1).max().unwrap_or(0).min(LANES);
        let cues = room(lanes);

        let title = MARGIN + 0.5 * TITLE;
        let rows: usize = content.groups.iter().map(|g| g.rows.len()).sum();
        let pitch = (RASTER / rows.max(1) as f64).clamp(1.2, 8.0);
        let mut raster = Span { top: title + TITLE + cues, bottom: 0.0 };
        let (groups, bottom) = stack(content, raster.top, pitch);
        // Where there is no raster, what the protocol shows stands above the rates.
        let least = if content.groups.is_empty() { -10.0 } else { 20.0 };
        raster.bottom = bottom.max(raster.top + least);

        let rates_legend = Legend::of(&content.rates, None, left);
        let top = raster.bottom + 10.0 + rates_legend.height;
        let rates = Span { top, bottom: top + RATES };
        let mut bottom = rates.bottom;

        let mut overlaps = None;
        let mut overlaps_legend = Legend::default();
        if let Some(shown) = &content.overlaps {
            overlaps_legend = Legend::of(&shown.shown, shown.largest_other.as_ref(), left);
            let top = bottom + 10.0 + overlaps_legend.height + cues;
            bottom = top + OVERLAPS;
            overlaps = Some(Span { top, bottom });
        }
        let energy = content.energy.as_ref().map(|_| {
            let top = bottom + 14.0;
            bottom = top + ENERGY;
            Span { top, bottom }
        });
        Self {
            left,
            right: RIGHT,
            height: bottom + 46.0,
            title,
            lanes,
            raster,
            groups,
            pitch,
            rates,
            rates_legend,
            overlaps,
            overlaps_legend,
            energy,
            energy_name,
        }
    }
}

/// An axis that holds all energies.
pub fn energy_axis(curve: &Curve, (bottom, top): (f64, f64)) -> Axis {
    let values = curve.points.iter().map(|p| p.1);
    let low = values.clone().fold(f64::INFINITY, f64::min);
    let high = values.fold(f64::NEG_INFINITY, f64::max);
    let (low, high) = match high - low {
        range if range > 0.0 => (low - 0.06 * range, high + 0.06 * range),
        // Of a constant, or of nothing.
        _ if low.is_finite() => (low - 1.0, low + 1.0),
        _ => (0.0, 1.0),
    };
    Axis::new((low, high), (bottom, top))
}

/// The name of a group, at most as long as there is room beside the raster.
pub fn group_label(name: &str) -> String {
    fitted(name, LABEL, 110.0)
}

/// Room for `lanes` of cue bars above a panel.
fn room(lanes: usize) -> f64 {
    if lanes > 0 { lanes as f64 * LANE + 3.0 } else { 0.0 }
}

/// The groups of the raster one below another, each high enough for its label; and where they end.
fn stack(content: &Content, top: f64, pitch: f64) -> (Vec<Span>, f64) {
    let mut next = top;
    let groups: Vec<Span> = content
        .groups
        .iter()
        .map(|group| {
            let span =
                Span { top: next, bottom: next + (group.rows.len() as f64 * pitch).max(LABEL) };
            next = span.bottom + GROUP_GAP;
            span
        })
        .collect();
    let bottom = groups.last().map_or(top, |g| g.bottom);
    (groups, bottom)
}

/// Of the range of the overlaps with all other patterns.
pub const BAND: Colour = Colour(172, 172, 172);

/// The names of curves above a panel.
#[derive(Default)]
pub struct Legend {
    pub keys: Vec<Key>,
    pub places: Vec<Place>,
    pub height: f64,
}

impl Legend {
    fn of(curves: &[Curve], band: Option<&Curve>, left: f64) -> Self {
        let key = |name: &String, colour, sample| Key { name: name.clone(), colour, sample };
        let lines = curves.iter().map(|c| key(&c.label, c.colour, Sample::Line));
        let keys: Vec<Key> =
            lines.chain(band.map(|b| key(&b.label, BAND, Sample::Patch))).collect();
        let (places, lines) = legend::place(&keys, (left, RIGHT), legend::NAME);
        Self { keys, places, height: lines as f64 * legend::LINE }
    }
}
