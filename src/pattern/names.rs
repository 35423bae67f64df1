//! Names and numbers of patterns.

use crate::error::{Error, Result};
use std::collections::HashSet;

/// Refuses names that do not tell the `number` patterns apart; none at all is fine.
pub(super) fn check_names(names: &[String], number: usize) -> Result<()> {
    if names.is_empty() {
        return Ok(());
    }
    if names.len() != number {
        return Err(Error::input(
            format!("found {} names for {number} patterns", names.len()),
            "every pattern has one name",
            "write one name per pattern, or delete the names",
        )
        .at("names"));
    }
    let mut known = HashSet::new();
    for (k, name) in names.iter().enumerate() {
        if name.trim().is_empty() || !known.insert(name) {
            return Err(Error::input(
                format!("found the name \"{name}\" for pattern {}", k + 1),
                "names are not empty and differ",
                "rename the pattern",
            )
            .at(format!("names[{k}]")));
        }
    }
    Ok(())
}

/// Refuses the number `mu` of a pattern, from 1, that a population with `number` of them does not have.
pub(crate) fn check_number(mu: usize, population: &str, number: usize) -> Result<()> {
    if (1..=number).contains(&mu) {
        return Ok(());
    }
    Err(Error::input(
        format!("found pattern {mu}, but population {population} has {number} patterns"),
        "patterns are numbered from 1",
        format!("write a number from 1 to {number}"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_patterns_apart() {
        let named = |names: &[&str]| {
            check_names(&names.iter().map(|n| n.to_string()).collect::<Vec<_>>(), 2)
        };
        named(&[]).unwrap();
        named(&["D", "J"]).unwrap();
        assert_eq!(
            named(&["D"]).unwrap_err().to_string(),
            "names: found 1 names for 2 patterns; every pattern has one name; write one name per pattern, or \
             delete the names."
        );
        assert_eq!(
            named(&["D", "D"]).unwrap_err().to_string(),
            "names[1]: found the name \"D\" for pattern 2; names are not empty and differ; rename the pattern."
        );
    }
}
