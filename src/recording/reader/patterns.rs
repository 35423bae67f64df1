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

    /// How the patterns of a population differ from its `own`.
    pub(crate) fn patterns_differ(
        &self,
        population: &str,
        own: Option<&Patterns>,
    ) -> Result<Option<String>> {
        let (told, own) = match (self.patterns(population)?, own) {
            (Some(told), Some(own)) => (told, own),
            (None, None) => return Ok(None),
            (None, _) => return Ok(Some("there are none, and the model has some".to_owned())),
            (_, None) => return Ok(Some("there are some, and the model has none".to_owned())),
        };
        let number = own.number();
        if told.number() != number {
            return Ok(Some(format!("there are {}, and {number} in the model", told.number())));
        }
        let values = |patterns: &Patterns, mu: usize| {
            let neurons = patterns.neurons();
            let row = |values: &[f64]| values[mu * neurons..][..neurons].to_vec();
            (patterns.values().map(row), patterns.image().map(|(image, _)| row(image)))
        };
        let other = |mu: &usize| {
            told.foreground(*mu) != own.foreground(*mu) || values(&told, *mu) != values(own, *mu)
        };
        if let Some(mu) = (0..number).find(other) {
            return Ok(Some(format!("pattern {} is another one than the model draws", mu + 1)));
        }
        if let Some(mu) = (0..number).find(|mu| told.name(*mu) != own.name(*mu)) {
            let (told, name) = (told.name(mu), own.name(mu));
            let mu = mu + 1;
            return Ok(Some(format!("pattern {mu} is called {told}, and {name} in the model")));
        }
        let middle = |patterns: &Patterns| patterns.image().map(|(_, middle)| middle);
        Ok((told.shape() != own.shape() || middle(&told) != middle(own)).then(|| {
            "their shape, or the middle of their image, is not that of the model".to_owned()
        }))
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
