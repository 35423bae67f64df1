//! One seed, named streams.
//!
//! Every random choice of a simulation is drawn from a stream that is named by what it is for,
//! for example `connect/E_to_E` number 3. A stream depends on the seed and its name alone: not on
//! the order in which streams are made, nor on the thread that uses them, so that changing the
//! wiring does not change the patterns.

mod binomial;
mod lanes;
mod swift;
mod ziggurat;

pub(crate) use swift::Swift;

use crate::tape::{OnTape, Tape, pass_opaque};
use lanes::{LANES, Lanes};
use rand::{Rng, SeedableRng};
use rand_pcg::Pcg64Mcg;
use rand_xoshiro::Xoshiro256PlusPlus;
use sha2::{Digest, Sha256};

/// The seed of a simulation, from which all streams come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seed(pub u64);

impl Seed {
    /// The stream called `name`, number `index`: PCG64-MCG whose state is the first 128 bits of
    /// SHA-256(seed, index, name).
    pub fn stream(self, name: &str, index: u64) -> Stream {
        let mut state = [0; 16];
        state.copy_from_slice(&self.digest(name, index)[..16]);
        Stream(Pcg64Mcg::from_seed(state))
    }

    /// The stream called `name`, number `index`: xoshiro256++ whose state is the same SHA-256; and for many numbers at a
    /// time others, called `name`/many.
    pub(crate) fn swift(self, name: &str, index: u64) -> Swift {
        let many = format!("{name}/many");
        let lane = |k: usize| self.digest(&many, index * LANES as u64 + k as u64);
        Swift {
            one: Xoshiro256PlusPlus::from_seed(self.digest(name, index)),
            many: Lanes::new(std::array::from_fn(lane)),
        }
    }

    /// The seed called `name`, number `index`: the first 64 bits of the same SHA-256.
    pub(crate) fn child(self, name: &str, index: u64) -> Self {
        let digest = self.digest(name, index);
        let first = digest[..8].try_into().expect("a digest has 32 bytes");
        Self(u64::from_le_bytes(first))
    }

    fn digest(self, name: &str, index: u64) -> [u8; 32] {
        Sha256::new()
            .chain_update(self.0.to_le_bytes())
            .chain_update(index.to_le_bytes())
            .chain_update(name)
            .finalize()
            .into()
    }
}

/// An independent sequence of random numbers; the same on every machine.
#[derive(Clone, Debug)]
pub struct Stream(Pcg64Mcg);

impl OnTape for Stream {
    fn pass(&mut self, tape: &mut Tape) {
        pass_opaque(&mut self.0, tape);
    }
}

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
        ziggurat::exponential(&mut self.0)
    }

    /// Normal with mean 0 and variance 1.
    #[inline]
    pub fn normal(&mut self) -> f64 {
        ziggurat::normal(&mut self.0)
    }

    /// 0..n in random order (Fisher and Yates).
    pub fn permutation(&mut self, n: usize) -> Vec<u32> {
        let mut order: Vec<u32> = (0..n as u32).collect();
        for top in (1..n).rev() {
            order.swap(top, self.below(top as u32 + 1) as usize);
        }
        order
    }

    /// `k` distinct members of 0..n, ascending; needs k <= n (Floyd's algorithm on a bitmap).
    pub(crate) fn subset(&mut self, k: usize, n: usize) -> Vec<u32> {
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
pub(crate) mod tests {
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
        assert_eq!(drawn, [0.4106980994706969, 0.2380652582307957, 0.6951229307683234, 842.0]);
    }

    /// Asserts that `sample` is distributed as `probability` (of a value at most x) says.
    ///
    /// The distance of Kolmogorov and Smirnov times sqrt(n) exceeds 2.5 with probability 2 e^{-12.5} = 7e-6.
    pub(crate) fn assert_distributed(sample: &mut [f64], probability: impl Fn(f64) -> f64) {
        sample.sort_unstable_by(f64::total_cmp);
        let n = sample.len() as f64;
        let distance = sample.iter().zip(0u32..).map(|(&x, k)| {
            let p = probability(x);
            (p - f64::from(k) / n).max(f64::from(k + 1) / n - p)
        });
        let distance = distance.fold(0.0, f64::max) * n.sqrt();
        assert!(distance < 2.5, "{distance}");
    }

    #[test]
    fn exponential_and_normal_numbers_are_distributed_as_they_should_be() {
        let mut stream = Seed(5).stream("ziggurat", 0);
        let number = 2_000_000;
        let mut exponential: Vec<f64> = (0..number).map(|_| stream.exponential()).collect();
        let mut normal: Vec<f64> = (0..number).map(|_| stream.normal()).collect();
        let moment = |sample: &[f64], k| {
            sample.iter().map(|x: &f64| x.powi(k)).sum::<f64>() / f64::from(number)
        };
        // Five standard errors, sqrt((m_2k - m_k^2)/n); the tails begin at 7.7 and 3.65.
        for (sample, k, value, variance) in [
            (&exponential, 1, 1.0, 1.0),
            (&exponential, 2, 2.0, 20.0),
            (&exponential, 3, 6.0, 684.0),
            (&normal, 1, 0.0, 1.0),
            (&normal, 2, 1.0, 2.0),
            (&normal, 3, 0.0, 15.0),
            (&normal, 4, 3.0, 96.0),
        ] {
            let (found, error) = (moment(sample, k), (variance / f64::from(number)).sqrt());
            assert!((found - value).abs() < 5.0 * error, "moment {k} is {found}, not {value}");
        }
        for (sample, bound, probability) in [
            (&exponential, 7.697_117_470_131_05, libm::exp(-7.697_117_470_131_05)),
            (&normal, 3.654_152_885_361_009, 0.000_258_032_487_653_9),
        ] {
            let beyond = sample.iter().filter(|x| x.abs() > bound).count() as f64;
            let expected = probability * f64::from(number);
            assert!((beyond - expected).abs() < 5.0 * expected.sqrt(), "{beyond} {expected}");
        }
        assert_distributed(&mut exponential, |x| -libm::expm1(-x));
        assert_distributed(&mut normal, |x| 0.5 * libm::erfc(-x / std::f64::consts::SQRT_2));
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
