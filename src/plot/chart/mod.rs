//! Charts: panels in rows, with axes, shaded times, lines for reference, and layers of marks.
//!
//! A chart says what is drawn, not where: rooms for labels, ranges, ticks and legends follow from the data. Values that
//! are not finite leave gaps; a panel without any value says so.

mod draw;
mod extent;
mod panel;
mod place;
mod rows;
#[cfg(test)]
mod tests;

pub use panel::{Layer, Legend, Marks, Panel, Point, Range, Reference, Scale, Shading};

use super::picture::Picture;
use crate::error::Result;
use place::Plan;
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
        self.picture().save(path)
    }

    /// What is drawn where.
    pub(crate) fn picture(&self) -> Picture {
        let (mut picture, top) = Picture::titled(&self.title);
        let plan = Plan::of(self, top);
        picture.height = plan.height;
        plan.panels.iter().for_each(|place| draw::panel(&mut picture, place));
        picture
    }
}
