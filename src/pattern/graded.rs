//! Graded patterns: a real number for every neuron.

use super::Patterns;
use std::sync::Arc;

/// The values of graded patterns, and their image in the synapses.
#[derive(Clone, Debug, PartialEq)]
pub struct Graded {
    /// xi_i^mu, pattern after pattern.
    values: Vec<f64>,
    image: Option<Image>,
}

/// What synapses keep of graded patterns: one value for every xi_i^mu.
#[derive(Clone, Debug, PartialEq)]
struct Image {
    values: Vec<f64>,
    /// Above it a neuron is in the foreground.
    middle: f64,
}

impl Patterns {
    /// Graded patterns from xi_i^mu, pattern after pattern.
    ///
    /// **The foreground of a graded pattern is the neurons whose image in the synapses lies above the middle of its range;
    /// as long as there is no image, those with xi > 0.**
    pub fn from_values(neurons: usize, values: Vec<f64>) -> Self {
        let patterns = Self::from_foreground(neurons, above(neurons, &values, 0.0));
        Self { graded: Some(Arc::new(Graded { values, image: None })), ..patterns }
    }

    /// The same graded patterns with the image that a learning rule leaves of them in the synapses; `values` as xi,
    /// pattern after pattern. Patterns of 0 and 1 are their own image.
    pub(crate) fn with_image(self, values: Vec<f64>, middle: f64) -> Self {
        let Some(graded) = self.graded else { return self };
        let patterns = Self::from_foreground(self.neurons, above(self.neurons, &values, middle));
        let graded =
            Graded { values: graded.values.clone(), image: Some(Image { values, middle }) };
        Self { graded: Some(Arc::new(graded)), shape: self.shape, names: self.names, ..patterns }
    }

    /// The same patterns whose image of xi is `of(xi)`.
    pub(crate) fn with_image_of(self, of: impl Fn(f64) -> f64, middle: f64) -> Self {
        let image = self.values().map(|values| values.iter().map(|xi| of(*xi)).collect());
        image.into_iter().fold(self, |patterns, image| patterns.with_image(image, middle))
    }

    /// xi_i^mu of graded patterns, pattern after pattern.
    pub fn values(&self) -> Option<&[f64]> {
        self.graded.as_ref().map(|graded| &graded.values[..])
    }

    /// The image of graded patterns in the synapses, pattern after pattern, if there is one, and the middle of its range.
    pub fn image(&self) -> Option<(&[f64], f64)> {
        let image = self.graded.as_ref()?.image.as_ref()?;
        Some((&image.values, image.middle))
    }

    /// Where pattern mu pulls neuron i: xi_i^mu of a graded pattern, 2 xi - 1 of one of 0 and 1.
    #[inline]
    pub fn direction(&self, mu: usize, neuron: usize) -> f64 {
        match self.values() {
            Some(values) => values[mu * self.neurons + neuron],
            None => self.value(mu, neuron),
        }
    }
}

impl Graded {
    /// What activity is compared with, pattern after pattern: the image, or the patterns themselves.
    pub fn stored(&self) -> &[f64] {
        self.image.as_ref().map_or(&self.values, |image| &image.values)
    }
}

/// The neurons of every pattern with a value above `middle`.
fn above(neurons: usize, values: &[f64], middle: f64) -> Vec<Vec<u32>> {
    let members = |row: &[f64]| (0..neurons as u32).filter(|&i| row[i as usize] > middle).collect();
    values.chunks(neurons).map(members).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_foreground_is_what_the_synapses_keep() {
        let xi = vec![-1.0, 0.5, 2.0, 0.0, -0.1, 3.0];
        let plain = Patterns::from_values(3, xi.clone());
        assert_eq!(
            (plain.number(), plain.foreground(0), plain.foreground(1)),
            (2, &[1, 2][..], &[2][..])
        );
        assert_eq!((plain.values(), plain.image()), (Some(&xi[..]), None));
        let image: Vec<f64> = xi.iter().map(|xi| xi * xi).collect();
        let stored = plain.with_names(vec!["a".into(), "b".into()]).with_image(image.clone(), 0.9);
        assert_eq!((stored.foreground(0), stored.foreground(1)), (&[0, 2][..], &[2][..]));
        assert_eq!((stored.values(), stored.image()), (Some(&xi[..]), Some((&image[..], 0.9))));
        assert_eq!((stored.direction(1, 1), stored.name(1)), (-0.1, "b".to_owned()));
        // A pattern of 0 and 1 is its own image.
        let binary = Patterns::from_foreground(2, vec![vec![1]]);
        assert_eq!((binary.direction(0, 0), binary.direction(0, 1)), (-1.0, 1.0));
        assert_eq!(binary.clone().with_image(vec![5.0, 5.0], 0.0), binary);
    }
}
