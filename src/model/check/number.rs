//! Numbers beyond which sums of products leave the range of numbers, or a file that of whole ones.

use super::super::Model;
use crate::error::{Error, Result};
use toml::Value;

/// Energies are sums of products of two activities and a coupling, variances of squares: far from what f64 can hold.
const LARGEST: f64 = 1e100;

impl Model {
    /// Refuses numbers without a unit of which no energy could be computed.
    pub(super) fn check_numbers(&self) -> Result<()> {
        if i64::try_from(self.seed).is_err() {
            let (found, allowed) =
                (format!("found {}", self.seed), format!("a seed is at most {}", i64::MAX));
            return Err(Error::value("seed", found, allowed, "1"));
        }
        let sections = [
            ("dynamics", Value::try_from(&self.dynamics)),
            ("projection", Value::try_from(&self.projection)),
            ("protocol", Value::try_from(&self.protocol)),
        ];
        for (name, section) in sections {
            // TOML has whole numbers of 63 bits.
            let value = section.map_err(|_| {
                let found = format!("found a whole number above {}", i64::MAX);
                Error::input(found, "nothing is so many", "write a smaller one").at(name)
            })?;
            if let Some((key, found)) = beyond(&value) {
                return Err(Error::input(
                    format!("found {found:e}"),
                    format!("beyond {LARGEST:e} energies and variances are no numbers"),
                    "write for example 1.0",
                )
                .at(format!("{name}{key}")));
            }
        }
        Ok(())
    }
}

/// The first number that is too large, and its key from here.
fn beyond(value: &Value) -> Option<(String, f64)> {
    let below = |key: String, value| beyond(value).map(|(rest, found)| (key + &rest, found));
    match value {
        Value::Float(number) => (number.abs() > LARGEST).then(|| (String::new(), *number)),
        Value::Table(table) => table.iter().find_map(|(k, value)| below(format!(".{k}"), value)),
        Value::Array(list) => {
            list.iter().enumerate().find_map(|(k, value)| below(format!("[{k}]"), value))
        }
        _ => None,
    }
}
