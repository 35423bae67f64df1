//! Patterns: what a network remembers.
//!
//! A pattern xi^mu assigns 0 or 1 to every neuron of a population; the neurons with 1 are its
//! foreground, the others its background, and the share of foreground neurons is the coding
//! level a. Patterns are numbered from 1 in model files, figures and messages, and from 0 here.
//!
//! A graded pattern assigns a real number to every neuron. It has a foreground too: the neurons whose image in the
//! synapses lies above the middle of its range ([`Patterns::from_values`]), which rasters and rates by pattern show.

mod assembly;
mod bitmap;
mod correlated;
mod degrade;
mod file;
mod gaussian;
mod graded;
mod hadamard;
mod image;
mod list;
mod names;
mod overlap;
mod places;
mod random;
mod shares;
mod source;
mod state;
mod words;

pub use assembly::AssemblyPatterns;
pub use bitmap::Bitmaps;
pub use correlated::{Ancestor, CorrelatedPatterns};
pub use degrade::Degradation;
#[cfg(feature = "hdf5")]
pub(crate) use file::read_npy;
pub use file::{PatternFile, Rows};
pub use gaussian::GaussianPatterns;
pub use hadamard::HadamardPatterns;
pub use image::Images;
pub use list::PatternList;
pub(crate) use names::check_number;
pub(crate) use overlap::{GradedOverlap, OverlapCounter, SpikeCounts};
pub use places::PlacePatterns;
pub use random::{Foreground, RandomPatterns};
pub use shares::Shares;
pub use source::PatternSource;
pub(crate) use state::differences;
pub use state::{StateOverlap, pack};
pub use words::Words;

use graded::Graded;
use std::sync::Arc;

/// The grid of a pattern that is a picture: neuron i is the pixel in row i / columns, column i % columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Pixels in a row.
    pub columns: usize,
    /// Rows of pixels.
    pub rows: usize,
}

/// P patterns on N neurons: their foreground, kept both by neuron (as bits) and by pattern, and the values of graded ones.
#[derive(Clone, Debug, PartialEq)]
pub struct Patterns {
    neurons: usize,
    /// 64-bit words per neuron.
    words: usize,
    /// Bit mu of neuron i: `bits[i * words + mu / 64] >> (mu % 64) & 1`.
    bits: Vec<u64>,
    /// Foreground neurons of each pattern, ascending.
    foreground: Vec<Vec<u32>>,
    shape: Option<Shape>,
    names: Vec<String>,
    /// Coordinates of the centre of each, of place fields.
    centres: Vec<[f64; 2]>,
    graded: Option<Arc<Graded>>,
}

impl Patterns {
    /// Patterns from their foreground neurons, each list ascending and below `neurons`.
    pub fn from_foreground(neurons: usize, foreground: Vec<Vec<u32>>) -> Self {
        let words = foreground.len().div_ceil(64).max(1);
        let mut bits = vec![0; neurons * words];
        // 64 patterns at a time: a word of every neuron stays in the cache, all of their words would not.
        let mut some = vec![0u64; neurons];
        for (word, patterns) in foreground.chunks(64).enumerate() {
            some.fill(0);
            for (bit, members) in patterns.iter().enumerate() {
                debug_assert!(members.is_sorted_by(|a, b| a < b));
                members.iter().for_each(|&i| some[i as usize] |= 1 << bit);
            }
            some.iter().enumerate().for_each(|(i, own)| bits[i * words + word] = *own);
        }
        let (names, centres) = (Vec::new(), Vec::new());
        Self { neurons, words, bits, foreground, shape: None, names, centres, graded: None }
    }

    /// Patterns from the states of all neurons in each.
    pub(crate) fn from_states(neurons: usize, states: &[Vec<bool>]) -> Self {
        let members =
            |state: &Vec<bool>| (0..neurons as u32).filter(|&i| state[i as usize]).collect();
        Self::from_foreground(neurons, states.iter().map(members).collect())
    }

    /// The same patterns as pictures on a grid of all their neurons.
    pub(crate) fn with_shape(mut self, shape: Option<Shape>) -> Self {
        debug_assert!(shape.is_none_or(|s| s.columns * s.rows == self.neurons));
        self.shape = shape;
        self
    }

    /// The same patterns with a name each, or none at all.
    pub(crate) fn with_names(mut self, names: Vec<String>) -> Self {
        debug_assert!(names.is_empty() || names.len() == self.number());
        self.names = names;
        self
    }

    /// The same patterns with the centre of each.
    pub(crate) fn with_centres(mut self, centres: Vec<[f64; 2]>) -> Self {
        debug_assert!(centres.len() == self.number());
        self.centres = centres;
        self
    }

    /// The coordinates of the centre of a pattern, if it is a place field.
    pub fn centre(&self, mu: usize) -> Option<[f64; 2]> {
        self.centres.get(mu).copied()
    }

    /// The grid, where the patterns are pictures.
    pub fn shape(&self) -> Option<Shape> {
        self.shape
    }

    /// One name per pattern, or none at all.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The name of a pattern, or its number from 1.
    pub fn name(&self, mu: usize) -> String {
        self.names.get(mu).cloned().unwrap_or_else(|| (mu + 1).to_string())
    }

    /// Number of patterns, P.
    pub fn number(&self) -> usize {
        self.foreground.len()
    }

    /// Number of neurons, N.
    pub fn neurons(&self) -> usize {
        self.neurons
    }

    /// The neurons with xi^mu = 1, or whose image is large in a graded pattern, ascending.
    pub fn foreground(&self, mu: usize) -> &[u32] {
        &self.foreground[mu]
    }

    /// The patterns to which a neuron belongs, as bits: pattern mu is bit mu % 64 of word mu / 64.
    #[inline]
    pub(crate) fn bits(&self, neuron: usize) -> &[u64] {
        &self.bits[neuron * self.words..][..self.words]
    }

    /// xi_i^mu.
    pub fn contains(&self, mu: usize, neuron: usize) -> bool {
        self.bits(neuron)[mu / 64] >> (mu % 64) & 1 == 1
    }

    /// xi_i^mu as +1 or -1, 2 xi - 1.
    #[inline]
    pub fn value(&self, mu: usize, neuron: usize) -> f64 {
        if self.contains(mu, neuron) { 1.0 } else { -1.0 }
    }

    /// Pattern mu as the state of all neurons.
    pub fn state(&self, mu: usize) -> Vec<bool> {
        let mut state = vec![false; self.neurons];
        self.foreground[mu].iter().for_each(|&i| state[i as usize] = true);
        state
    }

    /// Number of patterns to which a neuron belongs, k_i = sum_mu xi_i^mu.
    pub(crate) fn memberships(&self, neuron: usize) -> u32 {
        self.bits(neuron).iter().map(|w| w.count_ones()).sum()
    }

    /// Number of patterns that neuron i and neuron j of `others` share, n_ij = sum_mu xi_i^mu xi_j^mu.
    #[inline]
    pub(crate) fn shared(&self, i: usize, others: &Self, j: usize) -> u32 {
        self.bits(i).iter().zip(others.bits(j)).map(|(x, y)| (x & y).count_ones()).sum()
    }

    /// The patterns of which a neuron is a foreground neuron, ascending.
    pub(crate) fn of(&self, neuron: usize) -> impl Iterator<Item = usize> + Clone + '_ {
        self.bits(neuron).iter().zip(0..).flat_map(|(&word, k)| {
            let rest = |word: u64| (word != 0).then_some(word);
            let words = std::iter::successors(rest(word), move |word| rest(word & (word - 1)));
            words.map(move |word| 64 * k + word.trailing_zeros() as usize)
        })
    }

    /// Whether receiver i is in a pattern that follows one of sender j of `others`; `cyclic` says whether the first follows
    /// the last.
    pub(crate) fn follows(&self, i: usize, others: &Self, j: usize, cyclic: bool) -> bool {
        let next = |mu: usize| if mu + 1 < self.number() { mu + 1 } else { 0 };
        let mut own = others.of(j).map(next);
        own.any(|mu| (cyclic || mu > 0) && self.contains(mu, i))
    }

    /// The mean share of neurons in a pattern.
    pub(crate) fn level(&self) -> f64 {
        let all: usize = self.foreground.iter().map(Vec::len).sum();
        all as f64 / (self.number() * self.neurons).max(1) as f64
    }

    /// The patterns as rows of 0 and 1, P x N.
    pub fn rows(&self) -> Vec<Vec<u8>> {
        (0..self.number()).map(|mu| self.row(mu)).collect()
    }

    /// Pattern `mu` as 0 and 1, one per neuron.
    pub fn row(&self, mu: usize) -> Vec<u8> {
        let mut row = vec![0; self.neurons];
        self.foreground[mu].iter().for_each(|&i| row[i as usize] = 1);
        row
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_views_of_the_patterns_agree() {
        let foreground: Vec<Vec<u32>> = (0..70).map(|mu| vec![mu % 5, 5 + mu % 3]).collect();
        let patterns = Patterns::from_foreground(8, foreground);
        assert_eq!((patterns.number(), patterns.neurons()), (70, 8));
        for i in 0..8 {
            let by_bits: Vec<usize> = patterns.of(i).collect();
            let by_lists: Vec<usize> =
                (0..70).filter(|&mu| patterns.foreground(mu).contains(&(i as u32))).collect();
            assert_eq!(by_bits, by_lists);
            assert_eq!(patterns.memberships(i) as usize, by_lists.len());
        }
        for mu in 0..70 {
            let state = patterns.state(mu);
            assert!((0..8).all(|i| state[i] == (patterns.value(mu, i) == 1.0)));
        }
        let states: Vec<Vec<bool>> = (0..70).map(|mu| patterns.state(mu)).collect();
        assert_eq!(Patterns::from_states(8, &states), patterns);
        let ones: usize = patterns.rows().concat().iter().map(|&x| x as usize).sum();
        assert_eq!(ones, 140);
    }

    #[test]
    fn a_pattern_without_a_name_goes_by_its_number() {
        let patterns = Patterns::from_foreground(4, vec![vec![0], vec![1]]);
        assert_eq!((patterns.name(1), patterns.shape()), ("2".to_owned(), None));
        let shape = Shape { columns: 2, rows: 2 };
        let named = patterns.with_names(vec!["D".into(), "J".into()]).with_shape(Some(shape));
        assert_eq!((named.name(1), named.shape()), ("J".to_owned(), Some(shape)));
    }
}
