//! Where the panels of a figure stand on the page, in pixels.

use super::super::axis::Axis;
use super::super::frame::{NAME_ROOM, Span, TICK_ROOM, tick_room};
use super::super::legend::{self, Key, Place, Sample};
use super::super::page::{GREY, LABEL, MARGIN, RIGHT, SMALL, text_width};
use super::extent::{self, Extent};
use super::panel::{Layer, Legend, Marks, Panel, Reference, Scale};
use super::rows::{self, has_rows};
use super::{Figure, Row};

/// Between the panels of a row, and between rows.
const GAP: f64 = 18.0;
/// Below a legend above a panel.
pub const LEGEND_GAP: f64 = 3.0;
/// Room for the title of a panel.
pub const PANEL_TITLE: f64 = 20.0;
/// Height of a bar above a panel, with the gap to the next, from the panel to the first, and of their names.
pub const BAR: f64 = 5.0;
pub const LANE: f64 = 7.0;
pub const BAR_GAP: f64 = 3.0;
pub const BAR_NAME: f64 = 16.0;
/// Most lanes of bars.
pub const LANES: usize = 4;
/// From an axis, or from its tick labels, to the middle of its name.
const NAME: f64 = 12.0;
/// Left of rows of marks: the bar of a layer, and from it to the middle of its name.
pub const ROWS_BAR: f64 = 6.0;
pub const ROWS_NAME: f64 = 14.0;

/// The places of everything.
pub struct Plan<'a> {
    pub height: f64,
    pub panels: Vec<PanelPlace<'a>>,
}

/// The place of a panel.
pub struct PanelPlace<'a> {
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

impl PanelPlace<'_> {
    /// The room above the panel for the bars of shadings.
    pub fn bars(&self) -> f64 {
        bars(self.panel)
    }
}

impl<'a> Plan<'a> {
    /// Of panels from `top` on.
    pub fn of(figure: &'a Figure, mut top: f64) -> Self {
        let mut panels = Vec::new();
        for row in &figure.rows {
            let columns = Columns::of(figure, row);
            let above = row.panels.iter().enumerate().map(|(k, p)| above(p, columns.ends(p, k)));
            let above = above.fold(0.0, f64::max);
            let below = row.panels.iter().map(below).fold(0.0, f64::max);
            let span = Span { top: top + above, bottom: top + above + row.height };
            let each = row.panels.iter().zip(extents(row)).enumerate();
            panels.extend(each.map(|(k, (panel, y))| {
                let name = columns.distance(panel, k);
                place((panel, name), top, columns.ends(panel, k), span, y)
            }));
            top = span.bottom + below + if below > 0.0 { GAP } else { 0.5 * GAP };
        }
        Self { height: top - 0.5 * GAP, panels }
    }
}

/// The values of the y axes of a row.
fn extents(row: &Row) -> Vec<Extent> {
    let own: Vec<Extent> = row.panels.iter().map(extent::y).collect();
    let same = own.iter().copied().fold(None, extent::joined);
    own.into_iter().map(|own| if row.same_y { same } else { own }).collect()
}

/// Where the columns of a row stand.
struct Columns {
    /// From the axes of a column to the middle of their names, which stand in line.
    names: Vec<f64>,
    /// Room for the labels at the left of every column.
    insets: Vec<f64>,
    /// Width and height of the panels.
    size: (f64, f64),
}

impl Columns {
    /// Rows with as many columns stand in line.
    fn of(figure: &Figure, row: &Row) -> Self {
        let number = row.columns.max(row.panels.len()).max(1);
        let rows = || figure.rows.iter().filter(|r| r.columns.max(r.panels.len()) == number);
        let mut names = vec![0.0f64; number];
        for row in rows() {
            for ((name, panel), y) in names.iter_mut().zip(&row.panels).zip(extents(row)) {
                let axis = axis(&panel.y, y, (row.height, 0.0));
                let ticks = tick_room(&axis, y_ticks(row.height)) + NAME;
                *name = if has_rows(panel) { *name } else { name.max(ticks) };
            }
        }
        let mut columns = Self { names, insets: vec![0.0f64; number], size: (0.0, row.height) };
        for row in rows() {
            for (k, panel) in row.panels.iter().enumerate() {
                let room = left_room(panel, columns.distance(panel, k));
                columns.insets[k] = columns.insets[k].max(room);
            }
        }
        // Columns without panels are as wide as the others.
        let labels: f64 = columns.insets.iter().sum();
        let width = (RIGHT - MARGIN - labels - GAP * (number - 1) as f64) / number as f64;
        columns.size.0 = width.max(20.0);
        columns
    }

    /// From the left end of `panel` in column `k` to the middle of the name of its y axis.
    fn distance(&self, panel: &Panel, k: usize) -> f64 {
        if has_rows(panel) { ROWS_NAME } else { self.names[k] }
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

/// Room for the labels at the left of a panel whose name stands at this distance.
fn left_room(panel: &Panel, distance: f64) -> f64 {
    if !panel.y.drawn {
        return 0.0;
    }
    if panel.pitch.is_some() {
        return rows::room(panel);
    }
    let named = if panel.y.name.is_empty() { -0.5 * LABEL } else { 0.5 * LABEL };
    let noted = if panel.y.note.is_empty() { 0.0 } else { SMALL + 4.0 };
    distance + named + noted
}

/// Room for the bars of a panel and their names.
fn bars(panel: &Panel) -> f64 {
    let named = panel.shadings.iter().any(|s| !s.name.is_empty());
    let most = panel.shadings.iter().map(|s| s.lane + 1).max().unwrap_or(0).min(LANES);
    let names = if named { BAR_NAME } else { 0.0 };
    if named || panel.bars.is_some() && most > 0 {
        BAR_GAP - (LANE - BAR) + most as f64 * LANE + names
    } else {
        0.0
    }
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

fn place(
    (panel, name): (&Panel, f64),
    top: f64,
    (left, right): (f64, f64),
    span: Span,
    data: Extent,
) -> PanelPlace<'_> {
    let x_data = extent::x(panel);
    let x = axis(&panel.x, x_data, (left, right));
    let most = if panel.x.whole { (x.values().1.ceil() as usize).clamp(1, 10) } else { 10 };
    let keys = keys(panel);
    let ends = (left, right);
    let places = match panel.legend {
        Legend::Above => legend::place(&keys, ends, legend::name_room(ends)).0,
        _ => Vec::new(),
    };
    PanelPlace {
        name,
        panel,
        top,
        left,
        right,
        span,
        x,
        y: axis(&panel.y, data, (span.bottom, span.top)),
        x_ticks: x.fitting_ticks(most, |label| text_width(label, SMALL)),
        y_ticks: y_ticks(span.bottom - span.top),
        keys,
        places,
        empty: x_data.is_none() || extent::y(panel).is_none(),
    }
}

/// The entries of the legend, first those of layers.
fn keys(panel: &Panel) -> Vec<Key> {
    let named = panel.layers.iter().filter(|l| !l.name.is_empty() && panel.pitch.is_none());
    // What lies behind the others is named after them.
    let (behind, before): (Vec<&Layer>, _) =
        named.partition(|layer| matches!(layer.marks, Marks::Area(_)));
    let layers = before.into_iter().chain(behind).map(|layer| {
        let sample = match layer.marks {
            Marks::Curve { .. } | Marks::Curves(_) => Sample::Line,
            Marks::Dashes(_) => Sample::Dashes,
            Marks::Steps { .. } | Marks::Area(_) | Marks::Cells(_) => Sample::Patch,
            Marks::Rows(_) | Marks::Shades(_) => Sample::Patch,
            Marks::Shares(_) => Sample::Circle,
            Marks::Rings(_) => Sample::Ring,
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
