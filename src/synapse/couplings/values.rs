//! Weights w_ij as numbers whose sums are exact.

use super::FEW;
use multiversion::multiversion;
use rayon::prelude::*;

/// The weights of all synapses, in the order of their storage.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Whole numbers whose sums over the senders of a neuron fit i32.
    Whole(Vec<i16>),
    /// Whole multiples of a power of two, whose sums are exact.
    Real(Vec<f64>),
}

impl Values {
    /// Whole numbers; `in_degree` is the largest number of summands of a field.
    pub fn whole(weights: Vec<i16>, in_degree: usize) -> Self {
        let largest = i64::from(largest_whole(&weights));
        if largest * in_degree as i64 <= i64::from(i32::MAX) {
            Self::Whole(weights)
        } else {
            Self::Real(weights.into_iter().map(f64::from).collect())
        }
    }

    /// Any numbers: kept as whole ones if they are, otherwise rounded to a grid.
    ///
    /// A sum of n multiples of g is exact while it is below 2^53 g; the grid is the power of two g between
    /// 2^-52 and 2^-51 of n max |w|, the largest field.
    pub fn real(mut weights: Vec<f64>, in_degree: usize) -> Self {
        let fits = |w: &f64| *w == w.round() && w.abs() <= f64::from(i16::MAX);
        if weights.par_iter().with_min_len(FEW).all(fits) {
            return Self::whole(weights.iter().map(|w| *w as i16).collect(), in_degree);
        }
        let (_, exponent) = libm::frexp(largest(&weights) * in_degree as f64);
        let grid = libm::ldexp(1.0, exponent - 52);
        if grid.is_normal() {
            weights.par_chunks_mut(FEW).for_each(|weights| round(weights, grid));
        }
        Self::Real(weights)
    }

    #[inline]
    pub fn get(&self, place: usize) -> f64 {
        match self {
            Self::Whole(weights) => f64::from(weights[place]),
            Self::Real(weights) => weights[place],
        }
    }

    /// The largest |w|.
    pub fn largest(&self) -> f64 {
        match self {
            Self::Whole(weights) => f64::from(largest_whole(weights)),
            Self::Real(weights) => largest(weights),
        }
    }

    pub fn bytes(&self) -> usize {
        match self {
            Self::Whole(weights) => 2 * weights.len(),
            Self::Real(weights) => 8 * weights.len(),
        }
    }
}

/// The largest |w| of whole numbers.
fn largest_whole(weights: &[i16]) -> u16 {
    let sizes = weights.par_iter().with_min_len(FEW).map(|w| w.unsigned_abs());
    sizes.reduce(|| 0, u16::max)
}

/// The largest |w|.
pub fn largest(weights: &[f64]) -> f64 {
    weights.par_chunks(FEW).map(largest_of).reduce(|| 0.0, f64::max)
}

/// The largest |w|, in strands that processors compare at once.
#[multiversion(targets("x86_64+avx2"))]
fn largest_of(weights: &[f64]) -> f64 {
    let (strands, rest) = weights.as_chunks::<16>();
    let mut largest = [0.0f64; 16];
    for w in strands {
        largest.iter_mut().zip(w).for_each(|(most, w)| *most = most.max(w.abs()));
    }
    largest.iter().chain(rest).fold(0.0, |most, w| most.max(w.abs()))
}

/// Rounds to whole multiples of `grid`, a power of two.
#[multiversion(targets("x86_64+avx2"))]
fn round(weights: &mut [f64], grid: f64) {
    weights.iter_mut().for_each(|w| *w = (*w / grid).round_ties_even() * grid);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Seed;

    #[test]
    fn sums_of_real_weights_do_not_depend_on_their_order() {
        let mut stream = Seed(1).stream("values", 0);
        let drawn: Vec<f64> = (0..1000).map(|_| stream.normal()).collect();
        let Values::Real(weights) = Values::real(drawn.clone(), 1000) else { panic!() };
        let forward: f64 = weights.iter().sum();
        let backward: f64 = weights.iter().rev().sum();
        assert_eq!(forward, backward);
        // Without the grid they do, or this test says nothing.
        assert_ne!(drawn.iter().sum::<f64>(), drawn.iter().rev().sum::<f64>());
        // The largest field is below 2^13, so the grid is at most 2^-39.
        assert!(drawn.iter().zip(&weights).all(|(a, b)| (a - b).abs() <= f64::exp2(-40.0)));
    }

    #[test]
    fn whole_weights_are_kept_small_where_they_and_their_sums_fit() {
        assert_eq!(Values::real(vec![1.0, -2.0], 2), Values::Whole(vec![1, -2]));
        assert_eq!(Values::real(vec![1.0, 40_000.0], 2), Values::Real(vec![1.0, 40_000.0]));
        assert_eq!(Values::whole(vec![30_000], 1_000_000), Values::Real(vec![30_000.0]));
        assert_eq!(Values::real(vec![0.1, f64::from(1 << 20)], 1).get(1), f64::from(1 << 20));
    }
}
