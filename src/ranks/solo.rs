//! A rank of a larger machine that runs by itself.

use super::Exchange;

/// Takes the other ranks to say what it says itself.
#[derive(Debug)]
pub struct Solo {
    pub rank: usize,
    pub number: usize,
    /// Hz.
    pub rate: f64,
}

impl Exchange for Solo {
    fn rank(&self) -> usize {
        self.rank
    }

    fn number(&self) -> usize {
        self.number
    }

    fn all(&self, own: &[u64], all: &mut [u64]) {
        all.chunks_mut(own.len().max(1)).for_each(|other| other.copy_from_slice(own));
    }

    fn any(&self, _bits: &mut [u64]) {}

    fn spread(&self, _from: usize, _words: &mut [u64]) {}

    fn gather(&self, words: &[u64]) -> Vec<Vec<u64>> {
        vec![words.to_vec()]
    }

    fn elsewhere(&self) -> Option<f64> {
        Some(self.rate)
    }
}
