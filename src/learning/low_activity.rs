//! The rule for patterns of low activity.

use super::Local;
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};

/// w_ij = sum_mu (xi_i^mu - b)(xi_j^mu - a), xi of 0 and 1 (Tsodyks and Feigelman 1988; Gerstner et al. 2014,
/// eq. 17.27).
///
/// With n_ij the number of patterns that i and j share and k_i the number to which i belongs it is
/// n_ij - a k_i - b k_j + P a b. Senders without patterns count as background, xi_j = 0. Dale's law forbids a neuron to send
/// both signs: there the positive [`part`](super::Signs) goes to an excitatory pathway and the negative one to an inhibitory
/// pathway.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LowActivity {
    /// Presynaptic offset, 0 to 1; the coding level makes the mean coupling zero.
    pub a: f64,
    /// Postsynaptic offset, 0 to 1; a by default, the covariance rule. Others make couplings asymmetric.
    pub b: Option<f64>,
}

impl LowActivity {
    pub(crate) fn b(&self) -> f64 {
        self.b.unwrap_or(self.a)
    }

    /// Refuses offsets outside 0 to 1.
    pub(crate) fn check(&self) -> Result<()> {
        for (name, offset) in [("a", self.a), ("b", self.b())] {
            if !(0.0..=1.0).contains(&offset) {
                let found = format!("found {name} = {offset}");
                let allowed = "the offsets of the low-activity rule lie between 0 and 1";
                return Err(Error::value(name, found, allowed, "0.1"));
            }
        }
        Ok(())
    }

    /// Of scale 1/(N a (1 - a)) the field of a foreground neuron exceeds that of a background neuron by 1.
    pub(crate) fn local(&self, n: f64) -> Local {
        let (a, b) = (self.a, self.b());
        Local { a, b, factor: 1.0, ..Local::signed(1.0 / (n * a * (1.0 - a))) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Learning, Pathway, Signs};
    use super::*;
    use crate::pattern::{Foreground, PatternSource, RandomPatterns, Shares};
    use crate::random::Seed;
    use crate::synapse::{Connect, Wiring};

    #[test]
    fn the_counted_sum_is_the_sum_over_patterns_and_its_parts_add_up() {
        let source = PatternSource::Random(RandomPatterns {
            number: 70,
            coding_level: 0.2,
            foreground: Foreground::Bernoulli,
        });
        let patterns = source.draw("E", 40, Seed(1));
        let xi = patterns.rows();
        let wiring = Wiring {
            shares: Shares::default(),
            between: None,
            connect: Connect::AllToAll,
            senders: 40,
            receivers: 40,
            recurrent: true,
            autapses: true,
            multapses: false,
        };
        let rule = Learning::LowActivity(LowActivity { a: 0.2, b: Some(0.35) });
        let [both, positive, negative] =
            [Signs::Both, Signs::Positive, Signs::Negative].map(|part| {
                let memories = (Some(&patterns), Some(&patterns));
                rule.sums(&Pathway { part, ..Pathway::new("J", &wiring, memories, Seed(1)) })
                    .unwrap()
            });
        let (mut above, mut below) = (0, 0);
        for (i, j) in (0..1600).map(|k| (k / 40, k % 40)) {
            let direct: f64 = (0..70)
                .map(|mu| (f64::from(xi[mu][i]) - 0.35) * (f64::from(xi[mu][j]) - 0.2))
                .sum();
            let [sum, up, down] = [&both, &positive, &negative].map(|sums| sums.weight(i, j));
            assert!((sum - direct).abs() < 1e-12 && up >= 0.0 && down <= 0.0);
            assert_eq!(up + down, sum);
            above += u32::from(up > 0.0);
            below += u32::from(down < 0.0);
        }
        assert!(above > 0 && below > 0);
    }
}
