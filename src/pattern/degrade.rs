//! Degraded patterns: what a network is shown so that it recalls the pattern itself.

use crate::error::{Error, Result};
use crate::random::Stream;
use serde::{Deserialize, Serialize};

/// How a pattern is degraded before it is shown; shares of all N neurons, none by default.
///
/// Where several are given the pattern is first occluded, then redrawn in part, then flipped in part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Degradation {
    /// Share of neurons, at random, whose state is negated.
    pub flipped: Option<f64>,
    /// Share of neurons, the last ones, that are set to background: the lower part of a picture.
    pub occluded: Option<f64>,
    /// Share of neurons, at random, whose state is drawn afresh with the coding level of the pattern.
    pub noise: Option<f64>,
}

impl Degradation {
    /// Refuses what is no share.
    pub(crate) fn check(&self) -> Result<()> {
        let shares =
            [("flipped", self.flipped), ("occluded", self.occluded), ("noise", self.noise)];
        for (key, share) in shares {
            if let Some(share) = share.filter(|share| !(0.0..=1.0).contains(share)) {
                let found = format!("found a share of {share}");
                let allowed = "a share of the neurons lies between 0 and 1";
                return Err(Error::value(key, found, allowed, "0.2"));
            }
        }
        Ok(())
    }

    /// The degraded pattern. With the same stream a larger share of one kind changes the same neurons and more.
    pub(crate) fn apply(&self, pattern: &[bool], stream: &mut Stream) -> Vec<bool> {
        let a = pattern.iter().filter(|&&x| x).count() as f64 / pattern.len().max(1) as f64;
        let mut state = pattern.to_vec();
        if let Some(share) = self.occluded {
            state = occluded(&state, share);
        }
        if let Some(share) = self.noise {
            state = noisy(&state, share, a, stream);
        }
        if let Some(share) = self.flipped {
            state = flipped(&state, share, stream);
        }
        state
    }
}

/// The number of neurons that is nearest to a share of all.
fn number(share: f64, neurons: usize) -> usize {
    ((share * neurons as f64).round() as usize).min(neurons)
}

/// `state` with exactly round(share N) neurons, chosen at random, negated.
pub(super) fn flipped(state: &[bool], share: f64, stream: &mut Stream) -> Vec<bool> {
    let mut state = state.to_vec();
    // The beginning of one order, so that larger shares contain smaller ones.
    let order = stream.permutation(state.len());
    for &i in &order[..number(share, state.len())] {
        state[i as usize] ^= true;
    }
    state
}

/// `state` with the last round(share N) neurons in the background.
fn occluded(state: &[bool], share: f64) -> Vec<bool> {
    let mut state = state.to_vec();
    let kept = state.len() - number(share, state.len());
    state[kept..].fill(false);
    state
}

/// `state` with exactly round(share N) neurons, chosen at random, drawn afresh with P(1) = a.
fn noisy(state: &[bool], share: f64, a: f64, stream: &mut Stream) -> Vec<bool> {
    let mut state = state.to_vec();
    let order = stream.permutation(state.len());
    // As many numbers for every share, so that what is drawn next does not depend on it.
    let fresh: Vec<bool> = order.iter().map(|_| stream.uniform() < a).collect();
    for (&i, &bit) in order.iter().zip(&fresh).take(number(share, state.len())) {
        state[i as usize] = bit;
    }
    state
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Seed;

    fn stream() -> Stream {
        Seed(4).stream("degrade", 0)
    }

    fn changed(a: &[bool], b: &[bool]) -> Vec<usize> {
        (0..a.len()).filter(|&i| a[i] != b[i]).collect()
    }

    /// 1000 neurons, of which the odd ones below 600 are foreground: a = 0.3.
    fn pattern() -> Vec<bool> {
        (0..1000).map(|i| i < 600 && i % 2 == 1).collect()
    }

    #[test]
    fn flips_are_exact_in_number_and_nested() {
        let pattern = pattern();
        let at = |share| {
            let degradation = Degradation { flipped: Some(share), ..Default::default() };
            changed(&pattern, &degradation.apply(&pattern, &mut stream()))
        };
        let shares = [0.0, 0.1, 0.2004, 0.2006, 0.5, 1.0];
        assert_eq!(shares.map(|s| at(s).len()), [0, 100, 200, 201, 500, 1000]);
        for pair in shares.windows(2) {
            let more = at(pair[1]);
            assert!(at(pair[0]).iter().all(|i| more.contains(i)));
        }
        // 300 of 500 flips are expected below 600, s.d. 7.7 without replacement.
        let below = at(0.5).iter().filter(|&&i| i < 600).count();
        assert!((265..=335).contains(&below), "{below}");
    }

    #[test]
    fn occlusion_silences_the_last_neurons() {
        let degradation = Degradation { occluded: Some(0.55), ..Default::default() };
        let state = degradation.apply(&pattern(), &mut stream());
        assert_eq!(state[..450], pattern()[..450]);
        assert!(state[450..].iter().all(|x| !x));
    }

    #[test]
    fn noise_keeps_the_coding_level_and_is_nested() {
        let pattern = pattern();
        let at = |share| {
            let degradation = Degradation { noise: Some(share), ..Default::default() };
            degradation.apply(&pattern, &mut stream())
        };
        // A redrawn neuron changes with probability 2 a (1 - a) = 0.42: 168 of 400, s.d. 9.9.
        let changes = changed(&pattern, &at(0.4));
        assert!((118..=218).contains(&changes.len()), "{}", changes.len());
        let more = changed(&pattern, &at(0.7));
        assert!(changes.iter().all(|i| more.contains(i)));
        // All redrawn: 300 of 1000 in the foreground, s.d. 14.5.
        let ones = at(1.0).iter().filter(|&&x| x).count();
        assert!((228..=372).contains(&ones), "{ones}");
    }

    #[test]
    fn degradations_add_up_in_a_fixed_order() {
        let pattern = pattern();
        let all = Degradation { flipped: Some(0.1), occluded: Some(0.5), noise: Some(0.2) };
        let state = all.apply(&pattern, &mut stream());
        let mut stream = stream();
        let expected = noisy(&occluded(&pattern, 0.5), 0.2, 0.3, &mut stream);
        assert_eq!(state, flipped(&expected, 0.1, &mut stream));
        assert_eq!(Degradation::default().apply(&pattern, &mut stream), pattern);
    }

    #[test]
    fn what_is_no_share_is_refused() {
        for (text, sentence) in [
            (
                "flipped = 1.2",
                "flipped: found a share of 1.2; a share of the neurons lies between 0 and 1; write for example \
                 flipped = 0.2.",
            ),
            (
                "noise = nan",
                "noise: found a share of NaN; a share of the neurons lies between 0 and 1; write for example \
                 noise = 0.2.",
            ),
            (
                "occluded = -0.1",
                "occluded: found a share of -0.1; a share of the neurons lies between 0 and 1; write for example \
                 occluded = 0.2.",
            ),
        ] {
            let degradation: Degradation = toml::from_str(text).unwrap();
            assert_eq!(degradation.check().unwrap_err().to_string(), sentence);
        }
        toml::from_str::<Degradation>("flipped = 0\nnoise = 1.0").unwrap().check().unwrap();
    }
}
