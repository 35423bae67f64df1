//! The random streams of a part.

use crate::random::{Seed, Swift};
use std::ops::Range;

/// Where the portions of a part draw from.
pub struct Streams<'a> {
    pub seed: Seed,
    /// Name of its population.
    pub population: &'a str,
    /// Counted in the population.
    pub portions: Range<usize>,
}

impl Streams<'_> {
    /// One for every portion: "`purpose`/POPULATION", by the number of the portion.
    pub fn of(&self, purpose: &str) -> Vec<Swift> {
        let name = format!("{purpose}/{}", self.population);
        self.portions.clone().map(|k| self.seed.swift(&name, k as u64)).collect()
    }
}
