//! Layers of rows, one below another.

use super::super::frame::Span;
use super::super::page::{LABEL, fitted, text_width};
use super::panel::{Layer, Marks, Panel};

/// Between layers that stand apart.
const GAP: f64 = 6.0;
/// Most room for the name of a layer, and from it to the panel.
const NAME: f64 = 110.0;
pub const APART: f64 = 12.0;

pub fn has_rows(panel: &Panel) -> bool {
    panel.layers.iter().any(|layer| matches!(layer.marks, Marks::Rows(_) | Marks::Shades(_)))
}

/// The name of a layer, as long as there is room at the left of the panel.
pub fn name(layer: &Layer) -> String {
    fitted(&layer.name, LABEL, NAME)
}

/// Room for the names of layers that stand apart.
pub fn room(panel: &Panel) -> f64 {
    let widths = panel.layers.iter().map(|layer| text_width(&name(layer), LABEL));
    widths.fold(0.0, f64::max) + APART
}

/// How high a layer of so many rows is: enough for its name.
fn height(rows: usize, pitch: f64) -> f64 {
    (rows as f64 * pitch).max(LABEL)
}

/// Of the layers.
fn numbers(panel: &Panel) -> impl Iterator<Item = usize> {
    panel.layers.iter().map(Layer::rows)
}

impl Panel {
    /// The height that its rows need if they stand apart.
    pub fn height(&self) -> f64 {
        let pitch = self.pitch.unwrap_or_default();
        let layers = numbers(self).count().max(1);
        numbers(self).map(|rows| height(rows, pitch)).sum::<f64>() + GAP * (layers - 1) as f64
    }
}

/// The places of the layers, and the height of a row.
pub fn places(panel: &Panel, span: Span) -> (Vec<Span>, f64) {
    let all: usize = numbers(panel).sum();
    let (pitch, gap) = match panel.pitch {
        Some(pitch) => (pitch, GAP),
        None => ((span.bottom - span.top) / all.max(1) as f64, 0.0),
    };
    let mut next = span.top;
    let place = |rows| {
        let own = if panel.pitch.is_some() { height(rows, pitch) } else { rows as f64 * pitch };
        let place = Span { top: next, bottom: next + own };
        next = place.bottom + gap;
        place
    };
    (numbers(panel).map(place).collect(), pitch)
}
