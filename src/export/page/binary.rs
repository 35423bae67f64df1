//! A page to play with a binary network: one HTML file that needs nothing else.

use super::filled;
use crate::dynamics::binary::{States, Tie, Update};
use crate::error::{Error, Result};
use crate::landscape::{Memories, check_couplings, common_unit};
use serde_json::{Value, json};

/// The page with places for what differs.
const PAGE: &str = include_str!("../../../assets/page.html");
/// More couplings than this are too much for a page.
const MOST_COUPLINGS: usize = 4_000_000;

/// What a page shows.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    /// Its heading.
    pub title: &'a str,
    /// Its patterns; pixels are as square as possible if they have no shape.
    pub memories: Memories<'a>,
    /// Couplings J_ij, N x N; row i receives.
    pub couplings: &'a [f64],
    /// H_i - theta_i.
    pub fields: &'a [f64],
    /// Whether neurons are 0/1 or -1/1.
    pub states: States,
    /// What a neuron does whose local field is 0.
    pub tie: Tie,
    /// The order that is chosen at first.
    pub update: Update,
}

impl Page<'_> {
    /// The page as text.
    ///
    /// Couplings that are whole multiples of a unit are written as such, so that ties are exact on the page too.
    ///
    /// # Errors
    /// If sizes do not fit each other, or if there are too many couplings.
    pub fn html(&self) -> Result<String> {
        Ok(filled(PAGE, self.title, &self.data()?, &[]))
    }

    /// What the page's script reads.
    fn data(&self) -> Result<Value> {
        self.check()?;
        let n = self.fields.len();
        let unit = common_unit(&[self.couplings, self.fields].concat());
        let number = |value: &f64| match unit {
            Some(unit) => json!((value / unit).round() as i64),
            None => json!(value),
        };
        let numbers = |values: &[f64]| -> Vec<Value> { values.iter().map(number).collect() };
        let columns =
            self.memories.shape.map_or_else(|| (n as f64).sqrt().ceil() as usize, |s| s.0);
        let row = |pattern: &Vec<u8>| -> String {
            pattern.iter().map(|x| char::from(b'0' + x)).collect()
        };
        let coupling = |i: usize, j: usize| self.couplings[i * n + j];
        let symmetric = (0..n).all(|i| (0..i).all(|j| coupling(i, j) == coupling(j, i)));
        Ok(json!({
            "title": self.title,
            "columns": columns,
            "rows": n.div_ceil(columns),
            "names": self.memories.names,
            "patterns": self.memories.patterns.iter().map(row).collect::<Vec<_>>(),
            "fields": numbers(self.fields),
            "unit": unit.unwrap_or(1.0),
            "symmetric": symmetric,
            "dense": numbers(self.couplings),
            "states": self.states,
            "tie": self.tie,
            "update": self.update,
        }))
    }

    fn check(&self) -> Result<()> {
        let (n, number) = (self.fields.len(), self.couplings.len());
        check_couplings(self.couplings, self.fields)?;
        if number > MOST_COUPLINGS {
            let found = format!("found {number} couplings of {n} neurons");
            let allowed = format!("a page holds up to {MOST_COUPLINGS}");
            let remedy = "use fewer neurons or a smaller connection probability";
            return Err(Error::input(found, allowed, remedy));
        }
        self.memories.check(n)
    }
}
