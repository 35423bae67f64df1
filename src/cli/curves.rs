//! What `attractor plot` draws of a sweep, and of the trials of one recording.

use super::open;
use crate::error::{Error, Place, Result};
use crate::figure::sweep::Wanted;
use crate::plot::chart::Figure;
use crate::sweep::{SweepTable, is_table};
use clap::Args;
use std::path::Path;

#[derive(Debug, Args)]
pub(super) struct Curves {
    /// The column of the trials, or of a sweep, whose mean and standard error are drawn, with the line of theory where one
    /// applies.
    #[arg(long, value_name = "COLUMN", conflicts_with = "trial", group = "drawn")]
    y: Option<String>,
    /// What stands on the x axis: a swept key, load (P/N), coding_level, temperature, a column of the trials, or age/N
    /// [default: the first swept key with numbers, or what varies from trial to trial].
    #[arg(long, value_name = "NAME", requires = "y")]
    x: Option<String>,
    /// What has a curve for every value, named like --x [default: every combination of the other swept keys].
    #[arg(long, value_name = "NAME", requires = "y")]
    series: Option<String>,
    /// Draw the largest load at which the mean of --y is at least this, against coding_level or another --x.
    #[arg(long, value_name = "VALUE", requires = "y")]
    capacity: Option<f64>,
    /// The shares of trials by a column with numbers, such as errors or a reaction time, for every point of a sweep.
    #[arg(long, value_name = "COLUMN", conflicts_with_all = ["y", "trial"], group = "drawn")]
    histogram: Option<String>,
    /// Equal distances in y are equal factors.
    #[arg(long, requires = "drawn")]
    log_y: bool,
    /// Show x from FROM to TO only.
    #[arg(long, value_name = "FROM:TO", requires = "y", value_parser = range)]
    within: Option<(f64, f64)>,
}

/// FROM:TO.
pub(super) fn range(text: &str) -> std::result::Result<(f64, f64), String> {
    let ends = text.split_once(':').and_then(|(from, to)| {
        Some((from.trim().parse::<f64>().ok()?, to.trim().parse::<f64>().ok()?))
    });
    let ends = ends.filter(|(from, to)| from < to && (to - from).is_finite());
    ends.ok_or_else(|| "write two ascending numbers, for example 0:0.2".to_owned())
}

impl Curves {
    /// The figure of the table of a sweep, or of a column of a recording; none of a recording if no column is named.
    pub fn figure(&self, path: &Path) -> Result<Option<Figure>> {
        let of_sweep = is_table(path);
        if !of_sweep && self.y.is_none() && self.histogram.is_none() {
            return Ok(None);
        }
        let table = match of_sweep {
            true => SweepTable::open(path)?,
            false => SweepTable::of_recording(&open(path)?)?,
        };
        if let Some(column) = &self.histogram {
            return table.histogram(column, self.log_y).map(Some);
        }
        let Some(y) = &self.y else {
            return Err(Error::input(
                "found no column to draw",
                "a figure of a sweep shows one",
                format!("choose one of {}", table.measured.join(", ")),
            )
            .placed(Place::Argument("--y".to_owned())));
        };
        let wanted = Wanted {
            y: y.clone(),
            x: self.x.clone(),
            series: self.series.clone(),
            capacity: self.capacity,
            log_y: self.log_y,
            within: self.within,
        };
        table.figure(&wanted).map(Some)
    }
}
