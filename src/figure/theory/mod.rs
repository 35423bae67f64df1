//! Figures of mean-field theory: rates of all states against one key of a model, or which states exist against two; what was
//! simulated stands on top.

mod along;
mod rates;
mod region;
mod simulated;

pub use along::{Along, Map, check};
pub use simulated::Comparison;

use crate::error::{Error, Place, Result};
use crate::plot::chart::Figure;
use along::Key;

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
