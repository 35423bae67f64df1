//! Where the panels of a figure stand on the page, in pixels.

use super::super::axis::Axis;
use super::super::frame::{NAME_ROOM, Span, TICK_ROOM, tick_room};
use super::super::legend::{self, Key, Place, Sample};
use super::super::page::{GREY, LABEL, MARGIN, RIGHT, SMALL, TITLE, text_width};
use super::extent::{self, Extent};
use super::panel::{Legend, Marks, Panel, Reference, Scale};
use super::{Figure, Row};

/// Between the panels of a row, and between rows.
const GAP: f64 = 18.0;
/// Below a legend above a panel.
pub const LEGEND_GAP: f64 = 3.0;
/// Room for the title of a panel.
pub const PANEL_TITLE: f64 = 20.0;
/// Height of the bars above a panel, and of their names.
pub const BAR: f64 = 5.0;
pub const BAR_ROOM: f64 = 8.0;
pub const BAR_NAME: f64 = 16.0;
/// From an axis, or from its tick labels, to the middle of its name.
const NAME: f64 = 12.0;
/// Left of rows of marks: the bar of a layer, and from it to the middle of its name.
pub const ROWS_BAR: f64 = 6.0;
pub const ROWS_NAME: f64 = 14.0;

/// The places of everything.
pub struct Plan<'a> {
    pub height: f64,
    pub panels: Vec<Spot<'a>>,
}

/// The place of a panel.
pub struct Spot<'a> {
    pub panel: &'a Panel,
    /// Top of the row, where titles stand.
    pub top: f64,
    pub left: f64,
    pub right: f64,
    pub span: Span,
    pub x: Axis,
    pub y: Axis,
    pub x_ticks: usize,
    pub y_ticks: usize,
    /// From the y axis to the middle of its name.
    pub name: f64,
    pub keys: Vec<Key>,
    /// Of the keys, if they stand above the panel.
    pub places: Vec<Place>,
    /// Whether there is anything to show.
    pub empty: bool,
}

impl Spot<'_> {
    /// The room above the panel for the bars of stretches.
    pub fn bars(&self) -> f64 {
        bars(self.panel)
    }
}

impl<'a> Plan<'a> {
    pub fn of(figure: &'a Figure) -> Self {
        let title = if figure.title.is_empty() { 0.0 } else { TITLE + 12.0 };
        let mut top = MARGIN + title;
        let mut panels = Vec::new();
        for row in &figure.rows {
            let columns = Columns::of(figure, row);
            let above = row.panels.iter().enumerate().map(|(k, p)| above(p, columns.ends(p, k)));
            let above = above.fold(0.0, f64::max);
            let below = row.panels.iter().map(below).fold(0.0, f64::max);
            let span = Span { top: top + above, bottom: top + above + row.height };
            let same: Extent = row.panels.iter().map(extent::y).fold(None, extent::joined);
            panels.extend(row.panels.iter().enumerate().map(|(k, panel)| {
                let y = if row.same_y { same } else { extent::y(panel) };
                spot(panel, top, columns.ends(panel, k), span, y)
            }));
            top = span.bottom + below + if below > 0.0 { GAP } else { 0.5 * GAP };
        }
        Self { height: top - 0.5 * GAP, panels }
    }
}

/// Where the columns of a row stand.
struct Columns {
    /// Room for the labels at the left of every column.
    insets: Vec<f64>,
    /// Width and height of the panels.
    size: (f64, f64),
}

impl Columns {
    /// Rows with as many columns stand in line.
    fn of(figure: &Figure, row: &Row) -> Self {
        let number = row.columns.max(row.panels.len()).max(1);
        let mut insets = vec![0.0f64; number];
        for other in figure.rows.iter().filter(|r| r.columns.max(r.panels.len()) == number) {
            let same: Extent = other.panels.iter().map(extent::y).fold(None, extent::joined);
            for (inset, panel) in insets.iter_mut().zip(&other.panels) {
                let y = if other.same_y { same } else { extent::y(panel) };
                *inset = inset.max(left_room(panel, other.height, y));
            }
        }
        // Columns without panels are as wide as the others.
        let labels: f64 = insets.iter().sum();
        let width = (RIGHT - MARGIN - labels - GAP * (number - 1) as f64) / number as f64;
        Self { insets, size: (width.max(20.0), row.height) }
    }

    /// Left and right end of `panel` in column `k`.
    fn ends(&self, panel: &Panel, k: usize) -> (f64, f64) {
        let labels: f64 = self.insets[..=k].iter().sum();
        let (width, height) = self.size;
        let left = MARGIN + labels + k as f64 * (width + GAP);
        (left, left + if panel.square { width.min(height) } else { width })
    }
}

fn y_ticks(height: f64) -> usize {
    ((height / 26.0) as usize).clamp(2, 6)
}

fn axis(scale: &Scale, data: Extent, pixels: (f64, f64)) -> Axis {
    let values = extent::range(scale, data);
    if scale.log { Axis::log(values, pixels) } else { Axis::new(values, pixels) }
}

pub fn has_rows(panel: &Panel) -> bool {
    panel.layers.iter().any(|layer| layer.rows().is_some())
}

/// From the left end of a panel to the middle of the name of its y axis.
fn name_distance(panel: &Panel, y: &Axis, height: f64) -> f64 {
    if has_rows(panel) { ROWS_NAME } else { tick_room(y, y_ticks(height)) + NAME }
}

/// Room for the labels at the left of a panel.
fn left_room(panel: &Panel, height: f64, y: Extent) -> f64 {
    if !panel.y.drawn {
        return 0.0;
    }
    let y = axis(&panel.y, y, (height, 0.0));
    let named = if panel.y.name.is_empty() { -0.5 * LABEL } else { 0.5 * LABEL };
    let noted = if panel.y.note.is_empty() { 0.0 } else { SMALL + 4.0 };
    name_distance(panel, &y, height) + named + noted
}

fn bars(panel: &Panel) -> f64 {
    let named = panel.stretches.iter().any(|s| !s.name.is_empty());
    if named { BAR_ROOM + BAR_NAME } else { 0.0 }
}

/// Room above a panel between `ends`: title, legend, bars.
fn above(panel: &Panel, ends: (f64, f64)) -> f64 {
    let keys = keys(panel);
    let legend = if panel.legend == Legend::Above && !keys.is_empty() {
        let lines = legend::place(&keys, ends, legend::name_room(ends)).1;
        lines as f64 * legend::LINE + LEGEND_GAP
    } else {
        0.0
    };
    let title = if panel.title.is_empty() { 0.0 } else { PANEL_TITLE };
    title + legend + bars(panel)
}

fn below(panel: &Panel) -> f64 {
    match (panel.x.drawn, panel.x.name.is_empty()) {
        (false, _) => 0.0,
        (true, true) => TICK_ROOM,
        (true, false) => TICK_ROOM + NAME_ROOM,
    }
}

fn spot(panel: &Panel, top: f64, (left, right): (f64, f64), span: Span, data: Extent) -> Spot<'_> {
    let height = span.bottom - span.top;
    let x_data = extent::x(panel);
    let x = axis(&panel.x, x_data, (left, right));
    let y = match has_rows(panel) {
        true => Axis::new((data.map_or(1.0, |d| d.1).max(1.0), 0.0), (span.bottom, span.top)),
        false => axis(&panel.y, data, (span.bottom, span.top)),
    };
    let keys = keys(panel);
    let ends = (left, right);
    let places = match panel.legend {
        Legend::Above => legend::place(&keys, ends, legend::name_room(ends)).0,
        _ => Vec::new(),
    };
    Spot {
        name: name_distance(panel, &y, height),
        panel,
        top,
        left,
        right,
        span,
        x,
        y,
        x_ticks: x.fitting_ticks(10, |label| text_width(label, SMALL)),
        y_ticks: y_ticks(height),
        keys,
        places,
        empty: x_data.is_none() || extent::y(panel).is_none(),
    }
}

/// The entries of the legend, first those of layers.
fn keys(panel: &Panel) -> Vec<Key> {
    let layers = panel.layers.iter().filter(|layer| !layer.name.is_empty());
    let layers = layers.map(|layer| {
        let sample = match layer.marks {
            Marks::Curve { .. } | Marks::Curves(_) => Sample::Line,
            Marks::Dashes(_) => Sample::Dashes,
            Marks::Steps { .. } | Marks::Rows(_) => Sample::Patch,
            Marks::Points { joined: true, .. } => Sample::Joined,
            Marks::Points { .. } => Sample::Dot,
        };
        Key { name: layer.name.clone(), colour: layer.colour, sample }
    });
    let diagonals = panel.references.iter().filter_map(|reference| match reference {
        Reference::Diagonal(name) if !name.is_empty() => {
            Some(Key { name: name.clone(), colour: GREY, sample: Sample::Dashes })
        }
        _ => None,
    });
    layers.chain(diagonals).collect()
}
