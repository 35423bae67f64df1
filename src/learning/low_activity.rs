//! Efficacies of spiking networks: forms of the low-activity rule (Tsodyks and Feigelman 1988; Gerstner et al.
//! 2014, eq. 17.27) for patterns of 0 and 1,
//!
//! ```text
//! J_ij = J sum_mu (xi_i^mu - b)(xi_j^mu - a) = J (n_ij - a k_i - b k_j + P a b),
//! ```
//!
//! with n_ij the number of patterns that i and j share and k_i the number of patterns to which i
//! belongs. Dale's law forbids a neuron to send both signs, so the sum is divided among pathways.
//! With b = 0 (Gerstner et al. 2014, section 17.3.2) it falls into
//!
//! - excitation J n_ij from excitatory neurons ([`Patterns::shared`]),
//! - inhibition -J a k_i from neurons that belong to no pattern and report the mean activity
//!   ([`memberships`]: for such senders xi_j = 0);
//!
//! in general the positive part of the sum goes to an excitatory pathway and the negative part to an
//! inhibitory one ([`LowActivity::part`]).

use crate::error::{Error, Result};
use crate::pattern::Patterns;
use crate::synapse::counted;
use crate::units::Voltage;
use serde::{Deserialize, Serialize};

/// Number of patterns to which each receiver belongs, k_i.
pub fn memberships(receivers: &Patterns) -> Vec<u32> {
    (0..receivers.neurons()).map(|i| receivers.memberships(i)).collect()
}

/// The low-activity rule J_ij = J sum_mu (xi_i^mu - b)(xi_j^mu - a), or one sign of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LowActivity {
    /// J, the efficacy of a sum of 1.
    pub scale: Voltage,
    /// Presynaptic offset, 0 to 1; the coding level makes the mean efficacy zero.
    pub a: f64,
    /// Postsynaptic offset, 0 to 1; b = a is the covariance rule, b = 0 the choice of section 17.3.2.
    pub b: f64,
    /// The sign that this pathway carries.
    #[serde(default)]
    pub part: Part,
}

/// Which sign of a sum becomes synapses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// max(sum, 0): for excitatory senders.
    Positive,
    /// min(sum, 0): for inhibitory senders.
    Negative,
    /// The whole sum; Dale's law refuses it if both signs occur.
    #[default]
    Both,
}

/// Refuses an offset outside 0 to 1.
pub(super) fn check_offset(name: &str, offset: f64) -> Result<()> {
    if (0.0..=1.0).contains(&offset) {
        return Ok(());
    }
    Err(Error::input(
        format!("found {name} = {offset}"),
        "the offsets of the low-activity rule lie between 0 and 1",
        format!("write for example {name} = 0.1"),
    )
    .at(name))
}

impl LowActivity {
    /// Refuses offsets outside 0 to 1 and a scale that is not positive.
    pub fn check(&self) -> Result<()> {
        check_offset("a", self.a)?;
        check_offset("b", self.b)?;
        if self.scale.value() <= 0.0 {
            return Err(Error::input(
                format!("found a scale of {}", self.scale),
                "the scale is positive; the sign of a synapse comes from the rule",
                "write for example scale = \"0.1 mV\", part = \"negative\"",
            )
            .at("scale"));
        }
        Ok(())
    }

    /// The part of sum_mu (xi_i^mu - b)(xi_j^mu - a) that this pathway carries, for P patterns.
    #[inline]
    pub fn sum(&self, shared: u32, k_i: u32, k_j: u32, patterns: usize) -> f64 {
        let k = (f64::from(k_i), f64::from(k_j));
        let sum = counted(f64::from(shared), k, patterns as f64, (self.a, self.b));
        match self.part {
            Part::Positive => sum.max(0.0),
            Part::Negative => sum.min(0.0),
            Part::Both => sum,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pattern::{Foreground, PatternSource, RandomPatterns};
    use crate::random::Seed;

    #[test]
    fn the_counted_sum_is_the_sum_over_patterns() {
        let source = PatternSource::Random(RandomPatterns {
            number: 70,
            coding_level: 0.2,
            foreground: Foreground::Bernoulli,
        });
        let patterns = source.draw("E", 40, Seed(1));
        let xi = patterns.rows();
        let k = memberships(&patterns);
        let rule = |part| LowActivity { scale: Voltage::new(1.0), a: 0.2, b: 0.35, part };
        let (mut positive, mut negative) = (0, 0);
        for i in 0..40 {
            for j in 0..40 {
                let direct: f64 = (0..70)
                    .map(|mu| (f64::from(xi[mu][i]) - 0.35) * (f64::from(xi[mu][j]) - 0.2))
                    .sum();
                let n = patterns.shared(i, &patterns, j);
                let sum = |part| rule(part).sum(n, k[i], k[j], 70);
                assert!((sum(Part::Both) - direct).abs() < 1e-12);
                assert_eq!(sum(Part::Positive) + sum(Part::Negative), sum(Part::Both));
                positive += u32::from(sum(Part::Positive) > 0.0);
                negative += u32::from(sum(Part::Negative) < 0.0);
            }
        }
        assert!(positive > 0 && negative > 0);
    }
}
