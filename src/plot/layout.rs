//! Where everything stands on the page, in pixels.

use super::content::{Content, Curve};
use super::page::{WIDTH, fitted, text_width};

/// Sizes of text.
pub const TITLE: f64 = 13.5;
pub const LABEL: f64 = 12.0;
pub const SMALL: f64 = 11.0;

/// Room above and below.
const MARGIN: f64 = 12.0;
/// Right end of the panels: half a tick label of the time axis fits beside it.
const RIGHT: f64 = WIDTH - 22.0;
/// Least distance of the panels from the left edge: tick labels, label of the axis.
const LEFT: f64 = 74.0;
/// Height of all rows of the raster together.
const RASTER: f64 = 540.0;
const RATES: f64 = 110.0;
const OVERLAPS: f64 = 180.0;
/// Between the groups of the raster.
const GROUP_GAP: f64 = 6.0;
/// Height of a line of a legend.
pub const LEGEND: f64 = 20.0;
/// Height of a cue bar, with the gap to the next.
pub const LANE: f64 = 7.0;
/// Most cue bars that are told apart.
const LANES: usize = 4;

/// A panel from top to bottom.
#[derive(Clone, Copy, Debug, Default)]
pub struct Span {
    pub top: f64,
    pub bottom: f64,
}

/// Left end and line of a legend entry.
pub type Entry = (f64, usize);

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
    pub rates_legend: Vec<Entry>,
    pub overlaps: Option<Span>,
    pub overlaps_legend: Vec<Entry>,
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

        let (rates_legend, lines) = legend(&content.rates, None, left);
        let top = raster.bottom + 10.0 + lines as f64 * LEGEND;
        let rates = Span { top, bottom: top + RATES };
        let mut bottom = rates.bottom;

        let mut overlaps = None;
        let mut overlaps_legend = Vec::new();
        if let Some(shown) = &content.overlaps {
            let lines;
            (overlaps_legend, lines) = legend(&shown.shown, shown.largest_other.as_ref(), left);
            let top = bottom + 10.0 + lines as f64 * LEGEND + cues;
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

/// The name of a curve in a legend.
pub fn legend_label(name: &str) -> String {
    fitted(name, SMALL, 180.0)
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

/// Length of the sample that stands before the text of a legend entry.
pub const KEY: f64 = 16.0;

/// Places legend entries in lines between `left` and the right end; also the number of lines.
fn legend(curves: &[Curve], band: Option<&Curve>, left: f64) -> (Vec<Entry>, usize) {
    let (mut x, mut line) = (left, 0);
    let mut placed = Vec::new();
    for curve in curves.iter().chain(band) {
        let width = KEY + 5.0 + text_width(&legend_label(&curve.label), SMALL);
        if x + width > RIGHT && x > left {
            (x, line) = (left, line + 1);
        }
        placed.push((x, line));
        x += width + 14.0;
    }
    (placed, line + 1)
}
