//! Overlaps of a state of two-state neurons, 64 neurons at a time.

use super::Patterns;

/// A state as bits: neuron i is bit i % 64 of word i / 64, and the bits beyond the last neuron are 0.
pub fn pack(state: &[bool]) -> Vec<u64> {
    let word = |bits: &[bool]| {
        bits.iter().enumerate().fold(0, |word, (k, &bit)| word | u64::from(bit) << k)
    };
    state.chunks(64).map(word).collect()
}

/// The patterns by pattern and bit, for overlaps of packed states: P N / 64 steps for all of them.
#[derive(Clone, Debug)]
pub struct StateOverlap {
    /// 64-bit words per pattern.
    words: usize,
    /// Bit i of pattern mu: `bits[mu * words + i / 64] >> (i % 64) & 1`.
    bits: Vec<u64>,
    sizes: Vec<f64>,
    neurons: f64,
}

impl StateOverlap {
    /// Of these patterns.
    pub fn new(patterns: &Patterns) -> Self {
        let words = patterns.neurons().div_ceil(64);
        let mut bits = vec![0; patterns.number() * words];
        for mu in 0..patterns.number() {
            for &i in patterns.foreground(mu) {
                bits[mu * words + i as usize / 64] |= 1 << (i % 64);
            }
        }
        let sizes = (0..patterns.number()).map(|mu| patterns.foreground(mu).len() as f64).collect();
        Self { words, bits, sizes, neurons: patterns.neurons() as f64 }
    }

    /// Pattern mu, packed as states are.
    pub(crate) fn pattern(&self, mu: usize) -> &[u64] {
        &self.bits[mu * self.words..][..self.words]
    }

    /// Writes m^mu of every pattern to `out`: the mean activity (0 or 1) of its foreground minus that of its
    /// background, where an empty one counts as silent. `state` is packed as by [`pack`].
    pub fn m(&self, state: &[u64], out: &mut Vec<f64>) {
        let all: u32 = state.iter().map(|w| w.count_ones()).sum();
        let all = f64::from(all);
        let mean = |active: f64, size: f64| if size == 0.0 { 0.0 } else { active / size };
        out.clear();
        out.extend(self.sizes.iter().enumerate().map(|(mu, &size)| {
            let inside = f64::from(count(self.pattern(mu), state, |xi, s| xi & s));
            mean(inside, size) - mean(all - inside, self.neurons - size)
        }));
    }

    /// Number of neurons whose state differs from pattern mu.
    pub fn errors(&self, mu: usize, state: &[u64]) -> u32 {
        count(self.pattern(mu), state, |xi, s| xi ^ s)
    }
}

/// How many neurons differ from pattern `mu` in a state that has the overlap `m` with it and the mean `activity`; of
/// graded activity from 0 to 1 the sum of their distances, to the nearest whole number: 0 if no neuron is half-way off.
pub fn differences(patterns: &Patterns, mu: usize, m: f64, activity: f64) -> f64 {
    let (n, k) = (patterns.neurons() as f64, patterns.foreground(mu).len() as f64);
    let active = activity * n;
    // m = shared / k - (active - shared) / (n - k)
    let shared = match k {
        k if k == n => active,
        k => k / n * (m * (n - k) + active),
    };
    // 0, not -0.
    (k + active - 2.0 * shared).round() + 0.0
}

fn count(pattern: &[u64], state: &[u64], combine: impl Fn(u64, u64) -> u64) -> u32 {
    debug_assert_eq!(pattern.len(), state.len());
    pattern.iter().zip(state).map(|(&xi, &s)| combine(xi, s).count_ones()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pattern::{Foreground, OverlapCounter, RandomPatterns};
    use crate::random::Seed;

    #[test]
    fn popcounts_agree_with_counted_neurons() {
        for neurons in [1usize, 63, 64, 65, 200] {
            let stream = &mut Seed(3).stream("state", neurons as u64);
            let source =
                RandomPatterns { number: 70, coding_level: 0.3, foreground: Foreground::Bernoulli };
            let mut states: Vec<Vec<bool>> = {
                let drawn = source.draw(neurons, stream);
                (0..70).map(|mu| drawn.state(mu)).collect()
            };
            // An empty foreground and an empty background.
            states.extend([vec![false; neurons], vec![true; neurons]]);
            let patterns = Patterns::from_states(neurons, &states);
            let fast = StateOverlap::new(&patterns);
            let mut counter = OverlapCounter::new(&patterns);
            let (mut m, mut slow) = (vec![f64::NAN], Vec::new());
            let state: Vec<bool> = (0..neurons).map(|_| stream.uniform() < 0.4).collect();
            fast.m(&pack(&state), &mut m);
            (0..neurons).filter(|&i| state[i]).for_each(|i| counter.count(i));
            counter.take(1000.0, &mut slow);
            assert_eq!(m.len(), 72);
            // The counter's two divisions by the interval and by s cost two roundings.
            assert!(m.iter().zip(&slow).all(|(a, b)| (a - b).abs() < 1e-15), "{m:?} {slow:?}");
            for (mu, xi) in states.iter().enumerate() {
                let differ = xi.iter().zip(&state).filter(|(a, b)| a != b).count();
                assert_eq!(fast.errors(mu, &pack(&state)) as usize, differ);
                let activity = state.iter().filter(|&&s| s).count() as f64 / neurons as f64;
                assert_eq!(differences(&patterns, mu, m[mu], activity), differ as f64);
                assert_eq!(fast.pattern(mu), pack(xi));
            }
        }
    }

    #[test]
    fn a_pattern_has_overlap_one_with_itself_and_minus_one_with_its_inverse() {
        let patterns = Patterns::from_foreground(70, vec![(3..40).collect()]);
        let fast = StateOverlap::new(&patterns);
        let mut m = Vec::new();
        fast.m(&pack(&patterns.state(0)), &mut m);
        assert_eq!(m, [1.0]);
        let inverse: Vec<bool> = patterns.state(0).iter().map(|x| !x).collect();
        fast.m(&pack(&inverse), &mut m);
        assert_eq!(m, [-1.0]);
    }
}
