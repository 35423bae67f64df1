//! Figures of mean-field theory: rates of all states against one key of a model, or which states exist against two; what was
//! simulated stands on top.

mod along;
mod rates;
mod region;
mod simulated;

pub use along::{Along, Map};
pub use simulated::{Comparison, same_network};

use crate::error::{Error, Place, Result};
use crate::plot::chart::Figure;
use crate::sweep::{Grid, SweepTable};
pub(super) use along::Key;

/// Refuses keys whose values cannot stand on an axis, and a table with other keys.
///
/// # Errors
/// At the argument of the first.
pub fn check(grid: &Grid, table: Option<&SweepTable>) -> Result<()> {
    grid.axes.iter().try_for_each(|key| Key::of(key).map(|_| ()))?;
    table.map_or(Ok(()), |table| simulated::keys(table, grid).map(|_| ()))
}

impl Along<'_> {
    /// The figure.
    ///
    /// # Errors
    /// If a key has words instead of numbers, or the table has other keys or no cues.
    pub fn figure(&self, map: &Map) -> Result<Figure> {
        let keys = self.keys()?;
        let simulated = self.simulated(map)?;
        let rows = match &keys[..] {
            [x] => rates::rows(x, map, &simulated),
            [x, y] => vec![region::row((x, y), map, &simulated)],
            _ => {
                let error = Error::input("found no key", "a figure has one or two", "write --over");
                return Err(error.placed(Place::Argument("--output".to_owned())));
            }
        };
        Ok(Figure { title: self.title.clone(), rows })
    }

    /// The table beside theory; `None` without a table.
    ///
    /// # Errors
    /// Those of [`Along::figure`].
    pub fn comparison(&self, map: &Map) -> Result<Option<Comparison>> {
        if self.table.is_none() {
            return Ok(None);
        }
        let (keys, simulated) = (self.keys()?, self.simulated(map)?);
        Ok(Some(Comparison::of(self.grid, &keys, map, &simulated)))
    }

    fn keys(&self) -> Result<Vec<Key>> {
        self.grid.axes.iter().map(Key::of).collect()
    }
}
