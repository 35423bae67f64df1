//! Charts: panels in rows, with axes, stretches of time, lines for reference, and layers of marks.
//!
//! A chart says what is drawn, not where: rooms for labels, ranges, ticks and legends follow from the data. Values that
//! are not finite leave gaps; a panel without any value says so.

mod draw;
mod extent;
mod panel;
mod place;
#[cfg(test)]
mod tests;

pub use panel::{Layer, Legend, Marks, Panel, Point, Range, Reference, Scale, Stretch};

use super::output::{self, Drawing, Format};
use super::page::{Drawn, Page};
use crate::error::Result;
use place::Plan;
use plotters_backend::DrawingBackend;
use std::path::Path;

/// A figure of panels.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figure {
    /// Stands above it; nothing if empty.
    pub title: String,
    /// From top to bottom.
    pub rows: Vec<Row>,
}

/// Panels side by side.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    /// From left to right.
    pub panels: Vec<Panel>,
    /// Places for panels, all equally wide; those to the right stay empty where there are fewer panels.
    pub columns: usize,
    /// Height of the panels without their labels, in pixels of a page 800 wide.
    pub height: f64,
    /// Whether all panels have the range of y that holds the data of all.
    pub same_y: bool,
}

impl Row {
    /// A row that its panels fill.
    pub fn new(height: f64, panels: Vec<Panel>) -> Self {
        Self { columns: panels.len(), panels, height, same_y: false }
    }
}

impl Figure {
    /// Draws to `path`, whose extension says how: `.png` or `.svg`.
    ///
    /// # Errors
    /// If the extension is another one, or the file cannot be written.
    pub fn save(&self, path: &Path) -> Result<()> {
        let format = Format::of(path)?;
        output::write(&Placed { title: &self.title, plan: Plan::of(self) }, format, path)
    }
}

/// A figure whose panels have their places.
struct Placed<'a> {
    title: &'a str,
    plan: Plan<'a>,
}

impl Drawing for Placed<'_> {
    fn title(&self) -> &str {
        self.title
    }

    fn height(&self) -> f64 {
        self.plan.height
    }

    fn draw<B: DrawingBackend>(&self, page: &mut Page<B>) -> Drawn<B> {
        draw::figure(page, self.title, &self.plan)
    }
}
