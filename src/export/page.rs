//! A page to play with a binary network: one HTML file that needs nothing else.

use crate::dynamics::binary::{States, Tie, Update};
use crate::error::{Error, Result};
use crate::landscape::common_unit;
use serde_json::{Value, json};

/// The page with places for the title and the data.
const PAGE: &str = include_str!("../../assets/page.html");
/// More couplings than this are too much for a page.
const MOST_COUPLINGS: usize = 4_000_000;

/// What a page shows.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    pub title: &'a str,
    /// Columns and rows of the pixels; as square as possible if `None`.
    pub shape: Option<(usize, usize)>,
    /// One per pattern.
    pub names: &'a [String],
    /// The memories: 0 or 1 per neuron.
    pub patterns: &'a [Vec<u8>],
    /// Couplings J_ij, N x N; row i receives.
    pub couplings: &'a [f64],
    /// H_i - theta_i.
    pub fields: &'a [f64],
    pub states: States,
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
        // Nothing in the data may end the script that it stands in.
        let data = self.data()?.to_string().replace('<', "\\u003c");
        let title = self.title.replace('&', "&amp;").replace('<', "&lt;");
        let (head, rest) = PAGE.split_once("{{title}}").expect("the page has a title");
        let (middle, tail) = rest.split_once("{{data}}").expect("the page has data");
        Ok([head, &title, middle, &data, tail].concat())
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
        let columns = self.shape.map_or_else(|| (n as f64).sqrt().ceil() as usize, |s| s.0);
        let row = |pattern: &Vec<u8>| -> String {
            pattern.iter().map(|x| char::from(b'0' + x)).collect()
        };
        let coupling = |i: usize, j: usize| self.couplings[i * n + j];
        let symmetric = (0..n).all(|i| (0..i).all(|j| coupling(i, j) == coupling(j, i)));
        Ok(json!({
            "title": self.title,
            "columns": columns,
            "rows": n.div_ceil(columns),
            "names": self.names,
            "patterns": self.patterns.iter().map(row).collect::<Vec<_>>(),
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
        let n = self.fields.len();
        let number = self.couplings.len();
        let wrong =
            |found: String, allowed: &str, remedy: &str| Err(Error::input(found, allowed, remedy));
        if n == 0 || number != n * n {
            let found = format!("found {number} couplings for {n} neurons");
            return wrong(found, "there are N x N", "give N rows of N numbers");
        }
        if number > MOST_COUPLINGS {
            let found = format!("found {number} couplings of {n} neurons");
            let allowed = format!("a page holds up to {MOST_COUPLINGS}");
            return wrong(found, &allowed, "use fewer neurons or a smaller connection probability");
        }
        if let Some(value) = self.couplings.iter().chain(self.fields).find(|value| !value.is_finite()) {
            let found = format!("found a coupling or field of {value}");
            return wrong(found, "they are finite", "see whether the learning diverged");
        }
        if let Some(pattern) = self.patterns.iter().find(|pattern| pattern.len() != n) {
            let found = format!("found a pattern of {} for {n} neurons", pattern.len());
            return wrong(found, "they are equal", "give one value per neuron");
        }
        if self.names.len() != self.patterns.len() {
            let (names, patterns) = (self.names.len(), self.patterns.len());
            let found = format!("found {names} names of {patterns} patterns");
            return wrong(found, "each has one", "name every pattern");
        }
        match self.shape {
            Some((columns, rows)) if columns * rows != n => {
                let found = format!("found {columns} x {rows} pixels for {n} neurons");
                wrong(found, "each neuron is a pixel", "correct the shape")
            }
            _ => Ok(()),
        }
    }
}
