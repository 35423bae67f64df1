//! Reading patterns.

use super::Recording;
use crate::error::Result;
use crate::pattern::{Patterns, Shape};
use crate::recording::store::{Attribute, Result as Stored};
use crate::table::Column;

impl Recording {
    /// The stored patterns of a population, if it has some.
    pub fn patterns(&self, population: &str) -> Result<Option<Patterns>> {
        let group = format!("patterns/{population}");
        if !self.store.exists(&group) {
            return Ok(None);
        }
        let read = || -> Stored<Patterns> {
            let path = |name: &str| format!("{group}/{name}");
            let (_, neurons) = self.store.shape(&path("xi"))?;
            let patterns = match self.store.read(&path("xi"), 0..usize::MAX)? {
                Column::Real(values) => self.graded(&path("image"), neurons, values)?,
                Column::Flag(xi) => {
                    let members =
                        |row: &[bool]| (0..neurons as u32).filter(|&i| row[i as usize]).collect();
                    Patterns::from_foreground(neurons, xi.chunks(neurons).map(members).collect())
                }
                _ => return Err("the patterns are neither states nor values".into()),
            };
            let shape = match self.store.attribute(&group, "shape")? {
                Some(Attribute::Pair([rows, columns])) => {
                    Some(Shape { columns: columns as usize, rows: rows as usize })
                }
                _ => None,
            };
            let names = match self.store.exists(&path("names")) {
                false => Vec::new(),
                true => self.store.all(&path("names"))?,
            };
            Ok(patterns.with_shape(shape).with_names(names))
        };
        self.sound(read()).map(Some)
    }

    /// Graded patterns of these values, with the image at `path` if there is one.
    fn graded(&self, path: &str, neurons: usize, values: Vec<f64>) -> Stored<Patterns> {
        numbers(&values)?;
        let patterns = Patterns::from_values(neurons, values);
        if !self.store.exists(path) {
            return Ok(patterns);
        }
        match self.store.attribute(path, "middle")? {
            Some(Attribute::Real(middle)) => {
                let image: Vec<f64> = self.store.all(path)?;
                numbers(&image)?;
                Ok(patterns.with_image(image, middle))
            }
            _ => Err("the image of the patterns has no middle".into()),
        }
    }
}

/// Refuses graded patterns of which a value is no number.
fn numbers(values: &[f64]) -> Stored<()> {
    match values.iter().all(|value| value.is_finite()) {
        true => Ok(()),
        false => Err("a value of the patterns is no number".into()),
    }
}
