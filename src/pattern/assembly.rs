//! Assemblies: patterns that are blocks of neighbouring neurons.

use super::Patterns;
use super::random::{check_coding_level, check_number};
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};

/// Assemblies (clusters, selective populations) of S = a N neurons each, one behind the other.
///
/// Assembly mu, counted from 0, consists of S neurons from neuron mu (1 - overlap) S on. Without `overlap` assemblies are
/// disjoint; with it they are a chain. Neurons behind the last one belong to none: the non-selective group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AssemblyPatterns {
    /// Number of assemblies, P.
    pub number: usize,
    /// Coding level a: the share of neurons in an assembly, which gives a whole number of them.
    pub coding_level: f64,
    /// The share of its neurons that an assembly has in common with the next one, at most a half.
    #[serde(default)]
    pub overlap: f64,
    /// Whether the last assembly has as many in common with the first: a ring.
    #[serde(default)]
    pub cyclic: bool,
}

/// The fewest assemblies of a ring: of two, each would share neurons twice with the other.
const FEWEST_OF_RING: usize = 3;
/// How far a number of neurons may be from a whole one, for rounding.
const WHOLE: f64 = 1e-6;

impl AssemblyPatterns {
    pub(super) fn check(&self, neurons: usize) -> Result<()> {
        check_number(self.number)?;
        check_coding_level(self.coding_level)?;
        let a = self.coding_level;
        let own = a * neurons as f64;
        let whole = own.round().clamp(1.0, (neurons as f64 - 1.0).max(1.0));
        if (own - whole).abs() > WHOLE {
            return Err(Error::input(
                format!("found a coding level of {a}, which gives {own} of {neurons} neurons"),
                "an assembly has a whole number of neurons, but not all",
                format!("write coding_level = {}", whole / neurons as f64),
            )
            .at("coding_level"));
        }
        let shared = self.overlap * whole;
        if !(0.0..=0.5).contains(&self.overlap) || (shared - shared.round()).abs() > WHOLE {
            return Err(Error::input(
                format!("found an overlap of {} of {whole} neurons", self.overlap),
                "neighbours share a whole number of neurons, at most half of them",
                format!("write overlap = {}", (whole / 4.0).round() / whole),
            )
            .at("overlap"));
        }
        if self.cyclic && (shared.round() == 0.0 || self.number < FEWEST_OF_RING) {
            return Err(Error::input(
                format!(
                    "found a ring of {} assemblies with an overlap of {}",
                    self.number, self.overlap
                ),
                format!("{FEWEST_OF_RING} or more that overlap make a ring"),
                match shared.round() {
                    0.0 => "delete the line, or write an overlap",
                    _ => "delete the line, or write more assemblies",
                },
            )
            .at("cyclic"));
        }
        // So few patterns of so few neurons cannot overflow.
        let (_, _, extent) = self.places(neurons);
        if extent > neurons {
            return Err(Error::input(
                format!("found {} assemblies that take {extent} neurons", self.number),
                format!("the population has {neurons}"),
                "write fewer or smaller ones, or a larger population",
            )
            .at("number"));
        }
        Ok(())
    }

    /// Neurons of an assembly, from the first neuron of one to that of the next, and of all together.
    fn places(&self, neurons: usize) -> (usize, usize, usize) {
        let size = (self.coding_level * neurons as f64).round() as usize;
        let shared = (self.overlap * size as f64).round() as usize;
        let last = if self.cyclic { 0 } else { shared };
        (size, size - shared, self.number * (size - shared) + last)
    }

    pub(super) fn draw(&self, neurons: usize) -> Patterns {
        let (size, step, extent) = self.places(neurons);
        let members = |mu: usize| {
            let first = mu * step;
            let mut members: Vec<u32> =
                (first..first + size).map(|i| (i % extent) as u32).collect();
            members.sort_unstable();
            members
        };
        Patterns::from_foreground(neurons, (0..self.number).map(members).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(number: usize, coding_level: f64, overlap: f64, cyclic: bool) -> AssemblyPatterns {
        AssemblyPatterns { number, coding_level, overlap, cyclic }
    }

    fn lists(assemblies: &AssemblyPatterns, neurons: usize) -> Vec<Vec<u32>> {
        assemblies.check(neurons).unwrap();
        let patterns = assemblies.draw(neurons);
        (0..patterns.number()).map(|mu| patterns.foreground(mu).to_vec()).collect()
    }

    #[test]
    fn assemblies_are_disjoint_a_chain_or_a_ring() {
        assert_eq!(lists(&of(2, 0.3, 0.0, false), 10), [[0, 1, 2], [3, 4, 5]]);
        let chain = of(3, 0.3, 1.0 / 3.0, false);
        assert_eq!(lists(&chain, 10), [[0, 1, 2], [2, 3, 4], [4, 5, 6]]);
        let ring = of(3, 0.4, 0.5, true);
        assert_eq!(lists(&ring, 10), [[0, 1, 2, 3], [2, 3, 4, 5], [0, 1, 4, 5]]);
    }

    #[test]
    fn impossible_assemblies_are_refused() {
        for (assemblies, reason) in [
            (of(0, 0.3, 0.0, false), "number: found 0 patterns"),
            (of(2, 1.0, 0.0, false), "coding_level: found a coding level of 1"),
            (of(2, 0.25, 0.0, false), "which gives 2.5 of 10 neurons"),
            (of(2, 0.4, 0.75, false), "overlap: found an overlap of 0.75 of 4 neurons"),
            (of(2, 0.4, 0.1, false), "overlap: found an overlap of 0.1 of 4 neurons"),
            (of(2, 0.4, f64::NAN, false), "overlap: found an overlap of NaN"),
            (of(3, 0.3, 0.0, true), "cyclic: found a ring of 3 assemblies with an overlap of 0"),
            (of(2, 0.4, 0.5, true), "cyclic: found a ring of 2 assemblies with an overlap of 0.5"),
            (of(4, 0.3, 0.0, false), "number: found 4 assemblies that take 12 neurons"),
            (of(1_000_000, 0.6, 0.0, false), "take 6000000 neurons"),
        ] {
            let message = assemblies.check(10).unwrap_err().to_string();
            assert!(message.contains(reason), "{message}");
        }
    }
}
