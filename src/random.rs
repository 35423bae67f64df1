//! One seed, named streams.
//!
//! Every random choice of a simulation is drawn from a stream that is named by what it is for,
//! for example `connect/E_to_E` number 3. A stream depends on the seed and its name alone: not on
//! the order in which streams are made, nor on the thread that uses them, so that changing the
//! wiring does not change the patterns.

use rand::Rng;
use rand_distr::{Distribution, Exp1, StandardNormal};
use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::SeedableRng;
use sha2::{Digest, Sha256};

/// The seed of a simulation, from which all streams come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seed(pub u64);

impl Seed {
    /// The stream called `name`, number `index`: PCG64-MCG whose state is the first 128 bits of
    /// SHA-256(seed, index, name).
    pub fn stream(self, name: &str, index: u64) -> Stream {
        let digest = Sha256::new()
            .chain_update(self.0.to_le_bytes())
            .chain_update(index.to_le_bytes())
            .chain_update(name)
            .finalize();
        let mut state = [0; 16];
        state.copy_from_slice(&digest[..16]);
        Stream(Pcg64Mcg::from_seed(state))
    }
}

/// An independent sequence of random numbers; the same on every machine.
#[derive(Clone, Debug)]
pub struct Stream(Pcg64Mcg);

impl Stream {
    /// Uniform in [0, 1), on the grid of 2^-53.
    #[inline]
    pub fn uniform(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
    }

    /// Uniform in 0..n for n >= 1, without bias (Lemire 2019).
    #[inline]
    pub fn below(&mut self, n: u32) -> u32 {
        let mut wide = u64::from(self.0.next_u32()) * u64::from(n);
        if (wide as u32) < n {
            let threshold = n.wrapping_neg() % n;
            while (wide as u32) < threshold {
                wide = u64::from(self.0.next_u32()) * u64::from(n);
            }
        }
        (wide >> 32) as u32
    }

    /// Exponential with mean 1.
    #[inline]
    pub fn exponential(&mut self) -> f64 {
        Exp1.sample(&mut self.0)
    }

    /// Normal with mean 0 and variance 1.
    #[inline]
    pub fn normal(&mut self) -> f64 {
        StandardNormal.sample(&mut self.0)
    }

    /// `k` distinct members of 0..n, ascending; needs k <= n (Floyd's algorithm on a bitmap).
    pub fn subset(&mut self, k: usize, n: usize) -> Vec<u32> {
        debug_assert!(k <= n);
        let mut taken = vec![false; n];
        for top in n - k..n {
            let candidate = self.below(top as u32 + 1) as usize;
            let chosen = if taken[candidate] { top } else { candidate };
            taken[chosen] = true;
        }
        (0..n as u32).filter(|&i| taken[i as usize]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_depend_on_seed_name_and_index_only() {
        let draw = |seed, name, index| Seed(seed).stream(name, index).uniform();
        assert_eq!(draw(1, "a", 0), draw(1, "a", 0));
        let all = [draw(1, "a", 0), draw(2, "a", 0), draw(1, "b", 0), draw(1, "a", 1)];
        for i in 0..4 {
            for j in 0..i {
                assert_ne!(all[i], all[j]);
            }
        }
    }

    /// Golden values: a dependency that changes its algorithm changes every result of this crate.
    #[test]
    fn the_values_of_a_stream_are_pinned() {
        let mut stream = Seed(1).stream("golden", 0);
        let drawn = [
            stream.uniform(),
            stream.exponential(),
            stream.normal(),
            f64::from(stream.below(1000)),
        ];
        assert_eq!(drawn, [0.4106980994706969, 0.23806525823079547, 0.69512293076035, 842.0]);
    }

    #[test]
    fn a_subset_is_distinct_sorted_and_uniform() {
        let mut stream = Seed(3).stream("subset", 0);
        let mut hits = [0u32; 20];
        for _ in 0..20_000 {
            let set = stream.subset(5, 20);
            assert!(set.len() == 5 && set.windows(2).all(|w| w[0] < w[1]));
            set.iter().for_each(|&i| hits[i as usize] += 1);
        }
        // Binomial(20000, 1/4): mean 5000, s.d. 61; five s.d. leave 1 chance in 10^5 for 20 bins.
        assert!(hits.iter().all(|&h| (4694..5306).contains(&h)), "{hits:?}");
        assert_eq!(stream.subset(4, 4), [0, 1, 2, 3]);
    }

    #[test]
    fn below_is_uniform_also_for_awkward_ranges() {
        let mut stream = Seed(4).stream("below", 0);
        let n = 3_000_000_000u32;
        let upper = (0..40_000).filter(|_| stream.below(n) >= n / 2).count();
        assert!((19_500..20_500).contains(&upper), "{upper}");
    }
}
