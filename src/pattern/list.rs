//! Patterns that are listed by their neurons.

use super::Patterns;
use super::names::check_names;
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};

/// The neurons of every pattern; what a file of patterns becomes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PatternList {
    /// Number of neurons of the population, for which the patterns are made.
    pub neurons: usize,
    /// The foreground of every pattern: its neurons, from 0.
    pub foreground: Vec<Vec<u32>>,
    /// One name per pattern, or none at all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
}

impl PatternList {
    pub(super) fn check(&self) -> Result<()> {
        if self.foreground.is_empty() {
            let allowed = "a memory has at least one pattern";
            return Err(Error::value("foreground", "found 0 patterns", allowed, "[[0, 5, 7]]"));
        }
        for (mu, members) in self.foreground.iter().enumerate() {
            self.check_members(members).map_err(|e| e.at(format!("foreground[{mu}]")))?;
        }
        check_names(&self.names, self.foreground.len())
    }

    fn check_members(&self, members: &[u32]) -> Result<()> {
        let neurons = self.neurons;
        let mut sorted = members.to_vec();
        sorted.sort_unstable();
        let twice = sorted.windows(2).find(|pair| pair[0] == pair[1]).map(|pair| pair[0]);
        let (found, allowed) = match (sorted.last(), twice) {
            (Some(&last), _) if last as usize >= neurons => {
                (format!("found neuron {last}"), format!("neurons are 0 to {}", neurons.max(1) - 1))
            }
            (_, Some(twice)) => {
                (format!("found neuron {twice} twice"), "a pattern lists a neuron once".to_owned())
            }
            (last, _) if last.is_none() || members.len() == neurons => (
                format!("found {} of {neurons} neurons in the foreground", members.len()),
                "a pattern has a foreground and a background".to_owned(),
            ),
            _ => return Ok(()),
        };
        Err(Error::input(found, allowed, "correct the pattern"))
    }

    /// The share of neurons that are in the foreground, over all patterns.
    pub(super) fn coding_level(&self) -> f64 {
        let all: usize = self.foreground.iter().map(Vec::len).sum();
        all as f64 / (self.foreground.len() * self.neurons).max(1) as f64
    }

    pub(super) fn draw(&self) -> Patterns {
        let mut foreground = self.foreground.clone();
        foreground.iter_mut().for_each(|members| members.sort_unstable());
        Patterns::from_foreground(self.neurons, foreground).with_names(self.names.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(neurons: usize, foreground: &[&[u32]]) -> PatternList {
        let foreground = foreground.iter().map(|members| members.to_vec()).collect();
        PatternList { neurons, foreground, names: Vec::new() }
    }

    #[test]
    fn lists_become_patterns_in_any_order() {
        let list = list(4, &[&[3, 0], &[1]]);
        list.check().unwrap();
        assert_eq!((list.coding_level(), list.draw().foreground(0)), (0.375, &[0, 3][..]));
    }

    #[test]
    fn impossible_lists_are_refused() {
        for (members, reason) in [
            (&[][..], "found 0 of 4 neurons"),
            (&[0, 1, 2, 3], "found 4 of 4 neurons"),
            (&[4], "found neuron 4; neurons are 0 to 3"),
            (&[2, 1, 2], "found neuron 2 twice"),
        ] {
            let message = list(4, &[&[0], members]).check().unwrap_err().to_string();
            assert!(
                message.starts_with("foreground[1]: ") && message.contains(reason),
                "{message}"
            );
        }
        assert!(list(4, &[]).check().is_err());
    }
}
