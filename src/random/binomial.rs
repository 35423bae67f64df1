//! Numbers of successes, without a rounding: how many of many trials succeed, how many of many balls fall into each box.

use super::Stream;
use rand::Rng;

impl Stream {
    /// How many of so many independent `trials` succeed, each with probability p = `part`/`whole` (a binomial number).
    ///
    /// A trial succeeds if a uniform number lies below p. The bits of both are compared one after the other, those of all trials
    /// at once: where p has a 1, trials with a 0 succeed; where it has a 0, those with a 1 fail; the others go on. So a trial takes
    /// two bits on average, which only have to be counted, and the law is exact for p as a fraction. Needs `part` <= `whole` < 2^63.
    pub(crate) fn binomial(&mut self, trials: u64, part: u64, whole: u64) -> u64 {
        debug_assert!(part <= whole && whole < 1 << 63);
        if part == whole {
            return trials;
        }
        // The bits of p that are still to come are those of rest/whole.
        let (mut open, mut successes, mut rest) = (trials, 0, part);
        while open > 0 && rest > 0 {
            let ones = self.ones(open);
            rest *= 2;
            if rest >= whole {
                rest -= whole;
                successes += open - ones;
                open = ones;
            } else {
                open -= ones;
            }
        }
        successes
    }

    /// How many of `balls` fall into each of boxes of these `sizes`, one independently of the other, with probabilities as
    /// the sizes (a multinomial number); the boxes are halved again and again, so that a ball takes some log2(boxes)/32 random words.
    pub(crate) fn multinomial(&mut self, balls: u64, sizes: &[u64]) -> Vec<u64> {
        let mut numbers = Vec::with_capacity(sizes.len());
        self.halve(balls, sizes, sizes.iter().sum(), &mut numbers);
        numbers
    }

    /// The same for boxes of this `whole` size, added to `numbers`.
    fn halve(&mut self, balls: u64, sizes: &[u64], whole: u64, numbers: &mut Vec<u64>) {
        if sizes.len() < 2 || balls == 0 {
            numbers.extend(sizes.iter().map(|_| balls));
            return;
        }
        let (left, right) = sizes.split_at(sizes.len() / 2);
        let part = left.iter().sum();
        let fallen = self.binomial(balls, part, whole);
        self.halve(fallen, left, part, numbers);
        self.halve(balls - fallen, right, whole - part, numbers);
    }

    /// How many of so many random bits are 1.
    fn ones(&mut self, bits: u64) -> u64 {
        let words = (0..bits / 64).map(|_| u64::from(self.0.next_u64().count_ones())).sum::<u64>();
        let rest = bits % 64;
        // The lowest bits of a generator are its weakest.
        let last = if rest == 0 { 0 } else { self.0.next_u64() >> (64 - rest) };
        words + u64::from(last.count_ones())
    }
}

#[cfg(test)]
mod tests {
    use crate::random::Seed;

    #[test]
    fn binomial_numbers_have_their_probabilities() {
        // All of C(6, k) p^k (1 - p)^(6 - k), against counts of 60,000 draws; p = 1/2 has one bit, 1/3 endlessly many.
        for (part, whole) in [(1, 2), (1, 3), (5, 7), (1, 1000), (999, 1000)] {
            let mut stream = Seed(1).stream("binomial", part);
            let (p, draws) = (part as f64 / whole as f64, 60_000);
            let mut counts = [0f64; 7];
            (0..draws).for_each(|_| counts[stream.binomial(6, part, whole) as usize] += 1.0);
            for (k, (count, ways)) in
                counts.iter().zip([1.0, 6.0, 15.0, 20.0, 15.0, 6.0, 1.0]).enumerate()
            {
                let share = ways * p.powi(k as i32) * (1.0 - p).powi(6 - k as i32);
                let (mean, variance) = (share * f64::from(draws), share * f64::from(draws));
                assert!((count - mean).abs() <= 5.0 * variance.sqrt().max(1.0), "{p} {k} {count}");
            }
        }
        let mut stream = Seed(1).stream("binomial", 0);
        assert_eq!(
            [(7, 3, 3), (7, 0, 3), (0, 1, 3)].map(|(n, a, b)| stream.binomial(n, a, b)),
            [7, 0, 0]
        );
    }

    #[test]
    fn many_trials_have_mean_and_variance_of_a_binomial_number() {
        let mut stream = Seed(2).stream("binomial", 0);
        let (trials, draws, p) = (1_000_003u64, 4000, 0.3);
        let numbers: Vec<f64> = (0..draws).map(|_| stream.binomial(trials, 3, 10) as f64).collect();
        let mean = numbers.iter().sum::<f64>() / f64::from(draws);
        let variance = trials as f64 * p * (1.0 - p);
        let found = numbers.iter().map(|n| (n - mean).powi(2)).sum::<f64>() / f64::from(draws);
        assert!((mean - trials as f64 * p).abs() < 5.0 * (variance / f64::from(draws)).sqrt());
        // The relative s.e. of a variance is sqrt(2/4000) = 2.2 %.
        assert!((found / variance - 1.0).abs() < 0.11, "{found} {variance}");
    }

    #[test]
    fn balls_fall_into_boxes_by_their_size_and_none_is_lost() {
        let sizes = [3, 1, 4, 0, 1, 5, 9];
        let whole: u64 = sizes.iter().sum();
        let mut stream = Seed(3).stream("multinomial", 0);
        let (balls, throws) = (200, 3000);
        let (mut sums, mut products) = ([0.0; 7], 0.0);
        for _ in 0..throws {
            let numbers = stream.multinomial(balls, &sizes);
            assert_eq!(numbers.iter().sum::<u64>(), balls);
            sums.iter_mut().zip(&numbers).for_each(|(sum, n)| *sum += *n as f64);
            products += numbers[5] as f64 * numbers[6] as f64;
        }
        let throws = f64::from(throws);
        let share = |k: usize| sizes[k] as f64 / whole as f64;
        for (k, sum) in sums.iter().enumerate() {
            let variance = balls as f64 * share(k) * (1.0 - share(k)) / throws;
            let off = sum / throws - balls as f64 * share(k);
            assert!(off.abs() <= 5.0 * variance.sqrt(), "box {k}: {off}");
        }
        // Cov(a, b) = -n p q; its s.e. is below the product of the deviations over sqrt(throws).
        let covariance = products / throws - sums[5] * sums[6] / (throws * throws);
        let deviation = |k: usize| (balls as f64 * share(k) * (1.0 - share(k))).sqrt();
        let off = covariance + balls as f64 * share(5) * share(6);
        assert!(off.abs() < 5.0 * 1.5 * deviation(5) * deviation(6) / throws.sqrt(), "{off}");
        assert_eq!(stream.multinomial(5, &[]), Vec::<u64>::new());
    }
}
