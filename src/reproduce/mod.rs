//! The systems of the teaching sources, row by row: what each claims, and what is measured here.
//!
//! Four sources define what this crate must be able to run: M. Fee's MIT lecture on recurrent networks (A), a seminar
//! on the Hopfield network (B), lectures on Hopfield networks after D. J. C. MacKay, chapter 42 (C), and W. Gerstner's
//! EPFL lecture on attractor networks, after *Neuronal Dynamics*, chapter 17 (D). Published spiking networks follow, against
//! numbers that independent programs gave (P). A row measures, compares with what is
//! expected, and gives a verdict. It runs models of this crate, as `attractor run` would, wherever one describes its
//! system.

mod deck;
mod delay;
mod epfl;
mod graded;
mod lecture;
mod metastable;
mod microcircuit;
mod published;
mod seminar;
mod space;
mod wandering;
mod workshop;

pub use workshop::{Built, Ran, Workshop};

use crate::error::{Error, Place, Result, suggest};
use serde::Serialize;
use std::fmt;

/// A row of the list of systems.
pub struct Row {
    /// A letter for the source and a number.
    pub id: &'static str,
    /// The system, figure or claim.
    pub what: &'static str,
    /// Measures it.
    pub measure: fn(&Workshop) -> Result<Vec<Check>>,
}

/// One thing that was measured, beside what was expected.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Check {
    pub expected: String,
    pub measured: String,
    pub met: bool,
}

impl Check {
    /// That something holds; `expected` says what, `measured` what was found.
    pub fn that(met: bool, expected: impl Into<String>, measured: impl Into<String>) -> Self {
        Self { expected: expected.into(), measured: measured.into(), met }
    }

    /// That `what` has a value within `tolerance` of `expected`, which is said with its reason.
    pub fn near(what: &str, expected: f64, tolerance: f64, measured: f64) -> Self {
        Self {
            expected: format!("{what} {expected} ± {tolerance}"),
            measured: short(measured),
            met: (measured - expected).abs() <= tolerance,
        }
    }

    /// That `what` is exactly this number.
    pub fn exactly(what: &str, expected: u64, measured: u64) -> Self {
        Self {
            expected: format!("{what}: {expected}"),
            measured: measured.to_string(),
            met: measured == expected,
        }
    }

    /// That `what` is at least this.
    pub fn at_least(what: &str, bound: f64, measured: f64) -> Self {
        Self {
            expected: format!("{what} at least {}", short(bound)),
            measured: short(measured),
            met: measured >= bound,
        }
    }

    /// That `what` is at most this.
    pub fn at_most(what: &str, bound: f64, measured: f64) -> Self {
        Self {
            expected: format!("{what} at most {}", short(bound)),
            measured: short(measured),
            met: measured <= bound,
        }
    }
}

/// A number with five digits that count.
fn short(value: f64) -> String {
    if value == 0.0 || (1e-3..1e6).contains(&value.abs()) {
        let digits = (4 - value.abs().max(1e-9).log10().floor() as i32).clamp(0, 8) as usize;
        let text = format!("{value:.digits$}");
        match text.contains('.') {
            true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
            false => text,
        }
    } else {
        format!("{value:.2e}")
    }
}

/// What became of a row.
#[derive(Clone, Debug, Serialize)]
pub struct Reproduced {
    pub id: &'static str,
    pub what: &'static str,
    pub checks: Vec<Check>,
}

impl Reproduced {
    /// Whether all of it is as expected.
    pub fn is_met(&self) -> bool {
        !self.checks.is_empty() && self.checks.iter().all(|check| check.met)
    }
}

/// All rows, in the order of the sources.
pub fn rows() -> Vec<Row> {
    [
        lecture::ROWS,
        seminar::ROWS,
        deck::ROWS,
        epfl::ROWS,
        published::ROWS,
        microcircuit::ROWS,
        space::ROWS,
        metastable::ROWS,
        delay::ROWS,
        wandering::ROWS,
    ]
    .into_iter()
    .flatten()
    .map(|&(id, what, measure)| Row { id, what, measure })
    .collect()
}

/// A row as it stands in a table of a source: id, what, how it is measured.
type Entry = (&'static str, &'static str, fn(&Workshop) -> Result<Vec<Check>>);

/// The rows with these ids; all if none is named.
pub fn chosen(ids: &[String]) -> Result<Vec<Row>> {
    let all = rows();
    for id in ids {
        if !all.iter().any(|row| row.id.eq_ignore_ascii_case(id)) {
            let known = all.iter().map(|row| row.id);
            return Err(Error::input(
                format!("found no row `{id}`"),
                suggest(id, known),
                "see `attractor reproduce --list`",
            )
            .placed(Place::Argument("reproduce".to_owned())));
        }
    }
    let wanted = |row: &Row| ids.is_empty() || ids.iter().any(|id| row.id.eq_ignore_ascii_case(id));
    Ok(all.into_iter().filter(wanted).collect())
}

impl Row {
    /// Measures it; an error is a check that is not met.
    pub fn reproduce(&self, workshop: &Workshop) -> Reproduced {
        let checks = (self.measure)(workshop)
            .unwrap_or_else(|e| vec![Check::that(false, "runs to its end", e.to_string())]);
        Reproduced { id: self.id, what: self.what, checks }
    }
}

impl fmt::Display for Reproduced {
    /// Lines of a table: id and verdict, then what, then every check.
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let verdict = if self.is_met() { "met" } else { "NOT MET" };
        writeln!(f, "{:<4} {verdict:<8} {}", self.id, self.what)?;
        for check in &self.checks {
            let mark = if check.met { ' ' } else { '!' };
            writeln!(f, "   {mark}          {:<58}  {}", check.expected, check.measured)?;
        }
        Ok(())
    }
}

impl Reproduced {
    /// A row of a table in Markdown.
    pub fn to_markdown(&self) -> String {
        let list = |text: fn(&Check) -> &str| {
            self.checks.iter().map(|c| text(c).replace('|', "\\|")).collect::<Vec<_>>().join("<br>")
        };
        let verdict = if self.is_met() { "met" } else { "**not met**" };
        let (expected, measured) = (list(|c| &c.expected), list(|c| &c.measured));
        format!("| {} | {} | {expected} | {measured} | {verdict} |", self.id, self.what)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Host;
    use crate::work::Threads;

    /// Rows that take a moment.
    const QUICK: [&str; 7] = ["A14", "A15", "A16", "A18", "B8", "C2", "D1"];

    #[test]
    fn ids_are_unique_and_unknown_ones_refused() {
        let all = rows();
        for (k, row) in all.iter().enumerate() {
            assert!(all[..k].iter().all(|other| other.id != row.id), "{}", row.id);
        }
        assert_eq!(chosen(&["a14".to_owned()]).unwrap().len(), 1);
        let message = chosen(&["Z9".to_owned()]).err().unwrap().to_string();
        assert!(message.contains("found no row `Z9`"), "{message}");
    }

    #[test]
    fn the_document_of_what_is_reproduced_is_current() {
        let document = std::fs::read_to_string("docs/reproduced.md").unwrap();
        let listed: Vec<&str> = document.lines().filter(|l| l.contains(" | met |")).collect();
        let all = rows();
        assert_eq!(listed.len(), all.len());
        for (row, line) in all.iter().zip(listed) {
            assert!(line.starts_with(&format!("| {} | {} | ", row.id, row.what)), "{line}");
        }
        // The others take long; `scripts/long-test reproduce` compares them all.
        let folder = tempfile::tempdir().unwrap();
        let host = Host {
            command_line: String::new(),
            now: String::new,
            seconds: || 0.0,
            peak_rss_mb: || 0.0,
        };
        let workshop = Workshop::new(folder.path(), host, Threads::new(1).unwrap(), false).unwrap();
        for row in all.iter().filter(|row| QUICK.contains(&row.id)) {
            let measured = row.reproduce(&workshop).to_markdown();
            assert!(document.contains(&measured), "docs/reproduced.md lacks\n{measured}");
        }
    }

    #[test]
    fn a_check_fails_when_its_value_is_off() {
        assert!(Check::near("m", 0.95, 0.01, 0.955).met && !Check::near("m", 0.95, 0.01, 0.97).met);
        assert!(!Check::near("m", 0.95, 0.01, f64::NAN).met);
        assert!(
            !Check::at_least("m", 0.9, f64::NAN).met && !Check::at_most("m", 0.9, f64::NAN).met
        );
        assert!(!Reproduced { id: "A1", what: "", checks: Vec::new() }.is_met());
    }

    #[test]
    fn numbers_are_short() {
        for (value, text) in [
            (0.0, "0"),
            (0.137905566, "0.13791"),
            (-304.0, "-304"),
            (1234567.0, "1.23e6"),
            (0.00101, "0.00101"),
            (1.0, "1"),
            (100.0, "100"),
        ] {
            assert_eq!(short(value), text);
        }
    }
}
