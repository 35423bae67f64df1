//! External arrivals in bulk: one draw of 64 bits gives the time to the next arrival and who receives it.

use super::ziggurat::{EXPONENTIAL, LAYERS, exponential_beyond};
use rand::Rng;
use rand_xoshiro::Xoshiro256PlusPlus;

/// The events of a Poisson process of rate 1, each of which falls to one of n receivers; the same on every machine.
#[derive(Clone, Debug)]
pub struct Arrivals(pub(super) Xoshiro256PlusPlus);

/// The layers of [`EXPONENTIAL`] on a grid of 32 bits.
struct Grid {
    /// x_i / 2^32.
    step: [f64; LAYERS],
    /// Below this number of steps a point of the layer lies below the density: 2^32 x_{i+1} / x_i, rounded down.
    sure: [u32; LAYERS],
}

static GRID: Grid = {
    let mut grid = Grid { step: [0.0; LAYERS], sure: [0; LAYERS] };
    let mut i = 0;
    while i < LAYERS {
        grid.step[i] = EXPONENTIAL.edge[i] / TWO_32;
        grid.sure[i] = (EXPONENTIAL.edge[i + 1] / EXPONENTIAL.edge[i] * TWO_32) as u32;
        i += 1;
    }
    grid
};

const TWO_32: f64 = (1u64 << 32) as f64;

/// The most receivers that 24 bits can choose among.
pub const MOST_RECEIVERS: u32 = 1 << 24;

impl Arrivals {
    /// The time to the next arrival, exponential with mean 1, and its receiver, uniform in 0..n without bias, for
    /// n from 1 to [`MOST_RECEIVERS`].
    ///
    /// Of 64 bits, 8 choose a layer of the ziggurat, 32 a point of it, and 24 the receiver (Lemire 2019), so
    /// that the two are independent. The gap is a multiple of 2^-32 layer widths, 2e-9 at most. A loop that draws many
    /// does so fastest from a clone of its own, which it puts back at its end: the state then stays in registers.
    #[inline]
    pub fn gap_and_index(&mut self, n: u32) -> (f64, u32) {
        debug_assert!((1..=MOST_RECEIVERS).contains(&n));
        let bits = self.0.next_u64();
        let layer = bits as usize % LAYERS;
        let point = (bits >> 32) as u32;
        // A fraction of 24 bits, times n: the whole part is the index.
        let wide = u64::from(bits as u32 & !0xff) * u64::from(n);
        let mut index = (wide >> 32) as u32;
        if u64::from(wide as u32) < u64::from(n) << 8 {
            (*self, index) = self.clone().redraw(wide, n);
        }
        let mut gap = f64::from(point) * GRID.step[layer];
        if point >= GRID.sure[layer] {
            (*self, gap) = self.clone().beyond(layer, gap);
        }
        (gap, index)
    }

    /// The index of a fraction that may belong to the excess of 2^24 mod n fractions, which are drawn again.
    ///
    /// The rare cases take the state by value and return it: a state that nobody else can see needs no memory.
    #[cold]
    fn redraw(mut self, mut wide: u64, n: u32) -> (Self, u32) {
        let excess = (MOST_RECEIVERS % n) << 8;
        while (wide as u32) < excess {
            wide = (self.0.next_u64() & 0xffff_ff00) * u64::from(n);
        }
        (self, (wide >> 32) as u32)
    }

    #[cold]
    fn beyond(mut self, layer: usize, gap: f64) -> (Self, f64) {
        let gap = exponential_beyond(&mut self.0, layer, gap);
        (self, gap)
    }
}

#[cfg(test)]
mod tests {
    use crate::random::Seed;

    fn drawn(n: u32, number: usize) -> Vec<(f64, u32)> {
        let mut arrivals = Seed(1).arrivals("test", u64::from(n));
        (0..number).map(|_| arrivals.gap_and_index(n)).collect()
    }

    #[test]
    fn gaps_are_exponential() {
        let number = 2_000_000;
        let mut gaps: Vec<f64> = drawn(1000, number).iter().map(|d| d.0).collect();
        // Moments k! with variance (2k)! - k!^2; five standard errors.
        for (k, moment, variance) in [(1, 1.0, 1.0), (2, 2.0, 20.0), (3, 6.0, 684.0)] {
            let mean = gaps.iter().map(|g| g.powi(k)).sum::<f64>() / number as f64;
            let error = (variance / number as f64).sqrt();
            assert!((mean - moment).abs() < 5.0 * error, "moment {k}: {mean}");
        }
        crate::random::tests::assert_distributed(&mut gaps, |x| -libm::expm1(-x));
    }

    #[test]
    fn indices_are_uniform_also_for_awkward_numbers() {
        for n in [1, 2, 3, 962, 1000, 1024] {
            let number = 1_000_000;
            let mut hits = vec![0f64; n as usize];
            drawn(n, number).iter().for_each(|d| hits[d.1 as usize] += 1.0);
            let mean = number as f64 / f64::from(n);
            let square: f64 = hits.iter().map(|h| (h - mean).powi(2) / mean).sum();
            // Chi-square with n - 1 degrees of freedom has variance 2 (n - 1).
            let freedom = f64::from(n - 1);
            assert!((square - freedom).abs() <= 5.0 * (2.0 * freedom).sqrt(), "{n}: {square}");
        }
        // For this n a plain product would give every other index twice as often.
        let n = 11_184_810;
        let even = drawn(n, 1_000_000).iter().filter(|d| d.1 % 2 == 0).count();
        assert!((even as f64 - 5e5).abs() < 5.0 * 500.0, "{even}");
    }

    #[test]
    fn a_gap_says_nothing_about_its_index_nor_about_the_next() {
        let all = drawn(16, 1_000_000);
        // Sixteen indices by sixteen equally probable classes of gaps.
        let class = |gap: f64| ((-libm::expm1(-gap) * 16.0) as usize).min(15);
        let with_index = all.iter().map(|d| (class(d.0), d.1 as usize));
        let with_next = all.windows(2).map(|w| (class(w[0].0), class(w[1].0)));
        let index_with_next = all.windows(2).map(|w| (w[0].1 as usize, w[1].1 as usize));
        let pairs: [Vec<(usize, usize)>; 3] =
            [with_index.collect(), with_next.collect(), index_with_next.collect()];
        for pairs in pairs {
            let mut hits = [0f64; 256];
            pairs.iter().for_each(|(a, b)| hits[16 * a + b] += 1.0);
            let mean = pairs.len() as f64 / 256.0;
            let square: f64 = hits.iter().map(|h| (h - mean).powi(2) / mean).sum();
            assert!((square - 255.0).abs() < 5.0 * 510f64.sqrt(), "{square}");
        }
    }

    #[test]
    fn the_values_are_pinned() {
        let pinned =
            [(0.8813106925149521, 335), (0.710841184073419, 952), (2.2443322870031612, 104)];
        assert_eq!(drawn(1000, 3), pinned);
    }
}
