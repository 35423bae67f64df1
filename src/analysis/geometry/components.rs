//! Principal components of samples, and how many directions they fill.

use crate::work::each;
use nalgebra::{DMatrix, SymmetricEigen};

/// The principal components of T samples x_t of N numbers:
///
/// ```text
/// C = 1/(T - 1) sum_t (x_t - <x>)(x_t - <x>)^T = sum_k lambda_k v_k v_k^T      lambda_1 >= lambda_2 >= ...
/// score of sample t on component k:  v_k . (x_t - <x>)
/// ```
///
/// The smaller of C and of the products of samples with one another is diagonalised: both have the same lambda_k > 0.
#[derive(Clone, Debug, PartialEq)]
pub struct Components {
    /// lambda_1, lambda_2, ...: as many as the smaller of N and T - 1 at most, in the square of the unit of a sample.
    pub eigenvalues: Vec<f64>,
    /// Of every sample, on the first components.
    pub scores: Vec<Vec<f64>>,
}

impl Components {
    /// Those of `samples`, with scores on the first `kept` components; no component varies if there are fewer than two.
    ///
    /// # Panics
    /// If samples have different lengths.
    pub fn of(samples: &[Vec<f64>], kept: usize) -> Self {
        let number = samples.len();
        let size = samples.first().map_or(0, Vec::len);
        if number < 2 || size == 0 {
            return Self { eigenvalues: Vec::new(), scores: vec![Vec::new(); number] };
        }
        let mean: Vec<f64> =
            (0..size).map(|i| samples.iter().map(|x| x[i]).sum::<f64>() / number as f64).collect();
        let centred = |x: &Vec<f64>| x.iter().zip(&mean).map(|(x, m)| x - m).collect();
        let centred: Vec<Vec<f64>> = samples.iter().map(centred).collect();
        let degrees = (number - 1) as f64;
        let by_sample = number <= size;
        let vectors = match by_sample {
            true => centred.clone(),
            false => (0..size).map(|i| centred.iter().map(|x| x[i]).collect()).collect(),
        };
        let (values, directions) = diagonalised(&products(&vectors, degrees));
        let kept = kept.min(values.len());
        // Of a sample: its own part of the direction among samples, whose length is that of all scores.
        let score = |t: usize, k: usize| match by_sample {
            true => directions[k][t] * (values[k] * degrees).sqrt(),
            false => dot(&directions[k], &centred[t]),
        };
        let scores = (0..number).map(|t| (0..kept).map(|k| score(t, k)).collect()).collect();
        // Centred samples lie in T - 1 directions: of a further one only rounding would be told.
        let eigenvalues = values.into_iter().take(number - 1).collect();
        Self { eigenvalues, scores }
    }

    /// sum_k lambda_k: the variances of all neurons together.
    pub fn variance(&self) -> f64 {
        self.eigenvalues.iter().sum()
    }

    /// The participation ratio.
    pub fn participation_ratio(&self) -> f64 {
        participation_ratio(&self.eigenvalues)
    }

    /// Shares of the variance, component by component.
    pub fn shares(&self) -> impl Iterator<Item = f64> + '_ {
        let variance = self.variance();
        self.eigenvalues.iter().map(move |lambda| lambda / variance)
    }

    /// How many of the first components hold this share of the variance.
    pub fn holding(&self, share: f64) -> usize {
        let mut sum = 0.0;
        let before = self.shares().take_while(|own| {
            let held = sum;
            sum += own;
            held < share
        });
        before.count()
    }
}

/// PR = (sum_k lambda_k)^2 / sum_k lambda_k^2: k of k equal ones, 1 of a single one; NaN where nothing varies.
pub fn participation_ratio(eigenvalues: &[f64]) -> f64 {
    let sum: f64 = eigenvalues.iter().sum();
    sum * sum / eigenvalues.iter().map(|lambda| lambda * lambda).sum::<f64>()
}

/// The singular values of a matrix of these rows, the largest first: of the smaller product of the matrix with itself
/// their squares are the eigenvalues, so that those below 1e-8 of the largest are rounding.
///
/// # Panics
/// If rows have different lengths.
pub fn singular_values(rows: &[Vec<f64>]) -> Vec<f64> {
    let width = rows.first().map_or(0, Vec::len);
    let products = if rows.len() <= width {
        products(rows, 1.0)
    } else {
        let columns: Vec<Vec<f64>> =
            (0..width).map(|j| rows.iter().map(|row| row[j]).collect()).collect();
        products(&columns, 1.0)
    };
    diagonalised(&products).0.into_iter().map(f64::sqrt).collect()
}

/// The number of singular values, the largest first, that are no rounding: above 1e-6 of the largest.
pub fn rank(singular_values: &[f64]) -> usize {
    let least = 1e-6 * singular_values.first().copied().unwrap_or_default();
    singular_values.iter().filter(|value| **value > least).count()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// The products of all pairs of vectors, over `degrees`.
fn products(vectors: &[Vec<f64>], degrees: f64) -> DMatrix<f64> {
    let n = vectors.len();
    let row = |i: usize| -> Vec<f64> {
        (0..=i).map(|j| dot(&vectors[i], &vectors[j]) / degrees).collect()
    };
    // Each in its own order, whatever the number of threads.
    let lower: Vec<Vec<f64>> = each(0..n, row);
    DMatrix::from_fn(n, n, |i, j| lower[i.max(j)][i.min(j)])
}

/// Eigenvalues, the largest first and none below 0, and eigenvectors, whose largest part is positive.
fn diagonalised(matrix: &DMatrix<f64>) -> (Vec<f64>, Vec<Vec<f64>>) {
    let found = SymmetricEigen::new(matrix.clone());
    let mut order: Vec<usize> = (0..matrix.nrows()).collect();
    order.sort_by(|a, b| found.eigenvalues[*b].total_cmp(&found.eigenvalues[*a]));
    let direction = |&k: &usize| -> Vec<f64> {
        let own = found.eigenvectors.column(k);
        let largest = own.iter().fold(0.0_f64, |m, x| if x.abs() > m.abs() { *x } else { m });
        own.iter().map(|x| x * largest.signum()).collect()
    };
    let values = order.iter().map(|&k| found.eigenvalues[k].max(0.0)).collect();
    (values, order.iter().map(direction).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Seed;

    /// Samples along axes that are perpendicular, of which axis k has the variance `variances[k]`, in N numbers.
    fn made(seed: u64, number: usize, size: usize, variances: &[f64]) -> Vec<Vec<f64>> {
        let mut stream = Seed(seed).stream("geometry", 0);
        // Hadamard's vectors are perpendicular: the sign of (-1)^(bits that i and k share).
        let axis = |i: usize, k: usize| {
            let sign = if (i & k).count_ones().is_multiple_of(2) { 1.0 } else { -1.0 };
            sign / (size as f64).sqrt()
        };
        (0..number)
            .map(|_| {
                let along: Vec<f64> =
                    variances.iter().map(|v| v.sqrt() * stream.normal()).collect();
                (0..size)
                    .map(|i| along.iter().enumerate().map(|(k, a)| a * axis(i, k)).sum())
                    .collect()
            })
            .collect()
    }

    #[test]
    fn few_samples_of_equal_directions_fill_as_many_as_theory_says() {
        // k n / (n + k + 1), n = T - 1; one draw scatters by 1 to 5 %, the mean of 40 by less than 1 %.
        for (number, k) in [(41, 8), (201, 8), (31, 16)] {
            let n = (number - 1) as f64;
            let expected = k as f64 * n / (n + k as f64 + 1.0);
            let of = |seed| {
                Components::of(&made(seed, number, 64, &vec![2.0; k]), 0).participation_ratio()
            };
            let found = (1..=40).map(of).sum::<f64>() / 40.0;
            assert!((found / expected - 1.0).abs() < 0.02, "{found} for {expected}");
        }
    }

    #[test]
    fn the_variances_of_directions_are_eigenvalues_by_samples_and_by_neurons() {
        let variances = [9.0, 4.0, 1.0];
        let samples = made(3, 20_000, 16, &variances);
        let found = Components::of(&samples, 3);
        for (lambda, variance) in found.eigenvalues.iter().zip(variances) {
            assert!((lambda / variance - 1.0).abs() < 0.04, "{lambda}");
        }
        assert!(found.eigenvalues[3] < 1e-9 && found.holding(0.9) == 2, "{:?}", found.eigenvalues);
        assert!((found.participation_ratio() - 196.0 / 98.0).abs() < 0.05);
        // The variance of the scores on a component is its eigenvalue, whichever product was diagonalised.
        for samples in [&samples[..], &samples[..12]] {
            let found = Components::of(samples, 3);
            for k in 0..3 {
                let squares: f64 = found.scores.iter().map(|s| s[k] * s[k]).sum();
                let variance = squares / (samples.len() - 1) as f64;
                assert!((variance / found.eigenvalues[k] - 1.0).abs() < 1e-9, "{variance}");
            }
        }
    }

    #[test]
    fn two_samples_differ_in_one_direction_and_one_in_none() {
        let found = Components::of(&[vec![0.0, 0.0, 5.0], vec![6.0, 8.0, 5.0]], 3);
        assert_eq!(found.eigenvalues.len(), 1);
        assert!((found.eigenvalues[0] - 50.0).abs() < 1e-12);
        assert!((found.scores[0][0] + found.scores[1][0]).abs() < 1e-12);
        assert!((found.scores[0][0].abs() - 5.0).abs() < 1e-12);
        assert!(Components::of(&[vec![1.0, 2.0]], 3).participation_ratio().is_nan());
        assert!(Components::of(&vec![vec![1.0, 2.0]; 4], 3).participation_ratio().is_nan());
    }

    #[test]
    fn the_rank_of_a_sum_of_products_is_their_number() {
        let mut stream = Seed(1).stream("geometry", 0);
        let mut vector = |n: usize| -> Vec<f64> { (0..n).map(|_| stream.normal()).collect() };
        let pairs: Vec<_> = (0..5).map(|_| (vector(40), vector(30))).collect();
        let rows: Vec<Vec<f64>> = (0..40)
            .map(|i| (0..30).map(|j| pairs.iter().map(|(a, b)| a[i] * b[j]).sum()).collect())
            .collect();
        let values = singular_values(&rows);
        assert_eq!((values.len(), rank(&values)), (30, 5));
        let squares: f64 = rows.iter().flatten().map(|x| x * x).sum();
        assert!((values.iter().map(|s| s * s).sum::<f64>() / squares - 1.0).abs() < 1e-12);
    }
}
