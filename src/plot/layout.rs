//! Where everything stands on the page, in pixels.

use super::content::{Content, Curve};
use super::frame::Span;
use super::legend::{self, Key, Place, Sample};
use super::page::{Colour, LABEL, MARGIN, RIGHT, TITLE, fitted, text_width};

/// Least distance of the panels from the left edge: tick labels, label of the axis.
const LEFT: f64 = 74.0;
/// Height of all rows of the raster together.
const RASTER: f64 = 540.0;
const RATES: f64 = 110.0;
const OVERLAPS: f64 = 180.0;
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
}

impl Layout {
    /// Room for the cue bars above a panel.
    pub fn cues(&self) -> f64 {
        room(self.lanes)
    }

    pub fn of(content: &Content) -> Self {
        let widest = content.groups.iter().map(|g| text_width(&group_label(&g.label), LABEL));
        let left = (widest.fold(0.0, f64::max) + MARGIN + 12.0).max(LEFT);
        let lanes = content.cues.iter().map(|c| c.lane + 1).max().unwrap_or(0).min(LANES);
        let cues = room(lanes);

        let title = MARGIN + 0.5 * TITLE;
        let rows: usize = content.groups.iter().map(|g| g.rows.len()).sum();
        let pitch = (RASTER / rows.max(1) as f64).clamp(1.2, 8.0);
        let mut raster = Span { top: title + TITLE + cues, bottom: 0.0 };
        let (groups, bottom) = stack(content, raster.top, pitch);
        raster.bottom = bottom.max(raster.top + 20.0);

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
        }
    }
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
