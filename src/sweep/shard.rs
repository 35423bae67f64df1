//! Shards: a sweep divided among machines, run by run.

use super::grid::MOST_RUNS;
use crate::error::{Error, Result};
use std::fmt;
use std::str::FromStr;

/// Shard I of N, written I/N: runs I, I + N, I + 2N ... of a sweep, counted from 1, so that all shards take about as long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shard {
    of: usize,
    number: usize,
}

impl Shard {
    /// All of a sweep.
    pub const WHOLE: Self = Self { of: 1, number: 1 };

    /// Shard `number`, from 1, of `of`.
    ///
    /// # Errors
    /// If there is no such shard.
    pub fn new(number: usize, of: usize) -> Result<Self> {
        if !(1..=MOST_RUNS).contains(&of) {
            return Err(malformed(&format!("{number}/{of}")));
        }
        if !(1..=of).contains(&number) {
            return Err(Error::input(
                format!("found shard {number} of {of}"),
                format!("their numbers are 1 to {of}"),
                format!("write 1/{of} for the first one and {of}/{of} for the last"),
            ));
        }
        Ok(Self { of, number })
    }

    /// Of how many it is one.
    pub fn of(self) -> usize {
        self.of
    }

    /// Whether runs are missing in it that others have.
    pub fn is_part(self) -> bool {
        self.of > 1
    }

    /// Its runs, from 0, of a sweep of `all`.
    pub fn runs(self, all: usize) -> impl ExactSizeIterator<Item = usize> {
        (self.number - 1..all.max(self.number - 1)).step_by(self.of)
    }

    /// Whether run `run`, from 0, is one of its own.
    pub fn holds(self, run: usize) -> bool {
        run % self.of + 1 == self.number
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

impl FromStr for Shard {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let (number, of) = text.split_once('/').ok_or_else(|| malformed(text))?;
        match (number.parse(), of.parse()) {
            (Ok(number), Ok(of)) => Self::new(number, of),
            _ => Err(malformed(text)),
        }
    }
}

fn malformed(text: &str) -> Error {
    Error::input(
        format!("found \"{text}\""),
        format!("a shard is I/N: number I, from 1, of N, at most {MOST_RUNS}"),
        "write for example 1/4",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_run_is_in_one_shard() {
        for (all, of) in [(12, 4), (5, 3), (2, 7), (1, 1)] {
            let shards: Vec<Shard> = (1..=of).map(|k| Shard::new(k, of).unwrap()).collect();
            let mut runs: Vec<usize> = shards.iter().flat_map(|shard| shard.runs(all)).collect();
            runs.sort();
            assert!(runs.into_iter().eq(0..all), "{of} of {all}");
            for shard in shards {
                assert!((0..all).filter(|run| shard.holds(*run)).eq(shard.runs(all)), "{shard}");
            }
        }
        assert!("2/4".parse::<Shard>().unwrap().runs(12).eq([1, 5, 9]));
    }

    #[test]
    fn what_is_no_shard_is_refused() {
        for (text, why) in [
            ("0/4", "shard 0 of 4; their numbers are 1 to 4"),
            ("5/4", "shard 5 of 4"),
            ("1/0", "\"1/0\"; a shard is I/N"),
            ("1/100001", "at most 100000"),
            ("x", "\"x\"; a shard is I/N"),
            ("-1/4", "\"-1/4\""),
        ] {
            let said = text.parse::<Shard>().unwrap_err().to_string();
            assert!(said.contains(why), "{said}");
        }
        assert_eq!("3/7".parse::<Shard>().unwrap().to_string(), "3/7");
    }
}
