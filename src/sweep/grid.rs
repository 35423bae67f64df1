//! Grids: the values that keys of a model take in a sweep.

use super::value::{Values, split_unit};
use crate::error::{Error, Place, Result};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// Most runs of a sweep: more of them are a mistake.
pub const MOST_RUNS: usize = 100_000;

/// Every combination of the values of some keys, each run several times.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grid {
    /// The first one varies most slowly.
    pub axes: Vec<Axis>,
    /// Runs of every point, with successive seeds.
    pub repeat: usize,
}

/// A key of the model and the values that it takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Axis {
    /// Several keys that always have the same value are joined by `+`.
    pub key: String,
    /// How its values follow one another.
    pub spacing: Spacing,
    /// As they stand behind `--set KEY=`.
    pub values: Vec<String>,
}

/// How values follow one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Spacing {
    /// Written one by one.
    List,
    /// With equal differences.
    Linear,
    /// With equal factors.
    Log,
}

impl Grid {
    /// The grid of arguments KEY=VALUES, and the number of runs of every point.
    ///
    /// KEY may be several keys joined by `+`, which always have the same value.
    /// VALUES is a range FROM:TO:STEPS of STEPS values with both ends, FROM:TO:STEPS:log, or a list A,B,C.
    ///
    /// # Errors
    /// If an argument is malformed, a key stands there twice, or there are more than [`MOST_RUNS`] runs.
    pub fn parse(arguments: &[String], repeat: usize) -> Result<Self> {
        let mut axes: Vec<Axis> = Vec::new();
        for argument in arguments {
            let axis = Axis::parse(argument).map_err(|e| e.placed(over(argument)))?;
            let own: Vec<&str> = axis.keys().collect();
            let taken = |key: &&&str| axes.iter().any(|a| a.keys().any(|other| other == **key));
            let within = |key: &&&str| own.iter().filter(|other| *other == *key).count() > 1;
            if let Some(key) = own.iter().find(|key| taken(key) || within(key)) {
                let error = Error::input(
                    format!("found the key `{key}` a second time"),
                    "every key has one --over",
                    "write its values into one list",
                );
                return Err(error.placed(over(argument)));
            }
            axes.push(axis);
        }
        let grid = Self { axes, repeat };
        let runs = grid.axes.iter().map(|a| a.values.len()).chain([repeat]);
        let runs = runs.fold(1_usize, usize::saturating_mul);
        if runs > MOST_RUNS {
            let error = Error::input(
                format!("found {runs} runs"),
                format!("a sweep has at most {MOST_RUNS}"),
                "take fewer values or repeats, or sweep one part of the grid after another",
            );
            return Err(error.placed(Place::Argument("--over".to_owned())));
        }
        Ok(grid)
    }

    /// Number of points.
    pub fn points(&self) -> usize {
        self.axes.iter().map(|axis| axis.values.len()).product()
    }

    /// Number of runs; those of a point follow one another.
    pub fn runs(&self) -> usize {
        self.points() * self.repeat
    }

    /// The seed of run `run`, from 0, if that of the first run of every point is `first`.
    pub(super) fn seed_of(&self, run: usize, first: u64) -> u64 {
        first + (run % self.repeat) as u64
    }

    /// Which value of every axis point `point` has.
    pub fn place(&self, mut point: usize) -> Vec<usize> {
        let mut place = vec![0; self.axes.len()];
        for (k, axis) in self.axes.iter().enumerate().rev() {
            place[k] = point % axis.values.len();
            point /= axis.values.len();
        }
        place
    }

    /// What point `point` changes in the model: KEY=VALUE of every axis.
    pub fn settings(&self, point: usize) -> Vec<String> {
        let place = self.place(point);
        let each = self.axes.iter().zip(place);
        each.flat_map(|(axis, k)| axis.settings(&axis.values[k])).collect()
    }
}

impl Axis {
    /// Its keys.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.key.split('+')
    }

    /// KEY=VALUE of every key.
    pub(super) fn settings(&self, value: &str) -> Vec<String> {
        self.keys().map(|key| format!("{key}={value}")).collect()
    }

    /// A number of this axis as its values are written: whole if they are.
    pub(super) fn write(&self, value: f64) -> String {
        let value = if self.has_fractions() { value } else { value.round() };
        written(&[value], self.scale().unit()).remove(0)
    }

    /// What any number of this axis changes in the model, whether it is a value of the axis or not.
    pub fn settings_between(&self, value: f64) -> Vec<String> {
        let unit = self.scale().unit().to_owned();
        self.settings(&match unit.as_str() {
            "" => format!("{value:?}"),
            unit => format!("{value} {unit}"),
        })
    }

    /// The values as numbers in one unit, or as words.
    pub fn scale(&self) -> Values {
        Values::of(&self.values)
    }

    /// Whether a value is a number that is not whole.
    pub(super) fn has_fractions(&self) -> bool {
        match self.scale() {
            Values::Numbers { values, .. } => values.iter().any(|v| v.fract() != 0.0),
            Values::Words(_) => false,
        }
    }

    fn parse(argument: &str) -> Result<Self> {
        let Some((key, text)) = argument.split_once('=') else {
            return Err(malformed("found no `=`"));
        };
        let keys: Vec<&str> = key.split('+').map(str::trim).collect();
        let (key, text) = (keys.join("+"), text.trim());
        if keys.contains(&"seed") {
            return Err(Error::input(
                "found the seed",
                "every run of a point has its own",
                "write --repeat N for N seeds from that of the model or of --seed",
            ));
        }
        let entries = split(text, ',');
        let (spacing, values) = match &entries[..] {
            [one] if split(one, ':').len() > 1 => range(&split(one, ':'))?,
            _ => (Spacing::List, entries.iter().map(|e| e.trim().to_owned()).collect()),
        };
        if values.iter().any(String::is_empty) {
            return Err(malformed("found no value where one belongs"));
        }
        let mut known = HashSet::new();
        if let Some(value) = values.iter().find(|value| !known.insert(*value)) {
            return Err(Error::input(
                format!("found the value {value} twice"),
                "every point of a sweep is another one",
                "delete one, or write --repeat N to run every point N times",
            ));
        }
        Ok(Self { key, spacing, values })
    }
}

/// The place of an axis on the command line.
pub(super) fn over(argument: &str) -> Place {
    Place::Argument(format!("--over {argument}"))
}

fn malformed(found: &str) -> Error {
    Error::input(
        found,
        "an axis of a sweep is KEY=FROM:TO:STEPS, KEY=FROM:TO:STEPS:log or KEY=A,B,C",
        "write for example --over patterns.E.random.number=5:50:10",
    )
}

/// The values of FROM:TO:STEPS or FROM:TO:STEPS:log.
fn range(parts: &[&str]) -> Result<(Spacing, Vec<String>)> {
    let (from, to, steps, spacing) = match parts {
        [from, to, steps] => (from, to, steps, Spacing::Linear),
        [from, to, steps, kind] if kind.trim() == "log" => (from, to, steps, Spacing::Log),
        [_, _, _, kind] => return Err(malformed(&format!("found the spacing \"{kind}\""))),
        _ => return Err(malformed(&format!("found a range of {} parts", parts.len()))),
    };
    let end = |text: &str| {
        split_unit(text.trim()).ok_or_else(|| malformed(&format!("found \"{text}\" as an end")))
    };
    let ((from, first_unit), (to, unit)) = (end(from)?, end(to)?);
    if first_unit != unit && !first_unit.is_empty() {
        return Err(Error::input(
            format!(
                "found the units {first_unit} and {}",
                if unit.is_empty() { "none" } else { &unit }
            ),
            "a range has one unit",
            "write both ends in it",
        ));
    }
    let steps: usize = steps
        .trim()
        .parse()
        .map_err(|_| malformed(&format!("found \"{steps}\" as the number of values")))?;
    if steps == 0 || steps > MOST_RUNS {
        let remedy = "write for example 0:1:11 for 0, 0.1 ... 1";
        let allowed = format!("a range has 1 to {MOST_RUNS} values");
        return Err(Error::input(format!("found a range of {steps} values"), allowed, remedy));
    }
    if (steps == 1) != (from == to) {
        return Err(Error::input(
            format!("found a range from {from} to {to} with STEPS = {steps}"),
            "a range has two ends and at least as many values, or one value that is both",
            "move an end; write --repeat N to run one point N times",
        ));
    }
    if spacing == Spacing::Log && (from <= 0.0 || to <= 0.0) {
        return Err(Error::input(
            format!("found a range by factors from {from} to {to}"),
            "both ends of it are positive",
            "leave :log out, or move an end",
        ));
    }
    let numbers: Vec<f64> = (0..steps).map(|k| member(from, to, k, steps, spacing)).collect();
    Ok((spacing, written(&numbers, &unit)))
}

/// Value `k` of `steps`, to 12 digits, so that 0:1:11 holds 0.3 and not 0.30000000000000004.
fn member(from: f64, to: f64, k: usize, steps: usize, spacing: Spacing) -> f64 {
    if k == 0 || k + 1 == steps {
        return if k == 0 { from } else { to };
    }
    let share = k as f64 / (steps - 1) as f64;
    let text = if spacing == Spacing::Log {
        format!("{:.11e}", from * libm::pow(to / from, share))
    } else {
        // Digits count from the larger end, so that a value between ends of both signs may be 0.
        let digits = 12 - libm::log10(from.abs().max(to.abs())).ceil() as i32;
        format!("{:.*}", digits.clamp(0, 300) as usize, from + (to - from) * share)
    };
    // Adding 0 turns -0 into 0.
    text.parse::<f64>().expect("a number that was printed") + 0.0
}

/// Numbers as TOML: whole ones if all are whole; with the unit as text.
fn written(numbers: &[f64], unit: &str) -> Vec<String> {
    let whole = numbers.iter().all(|v| v.fract() == 0.0 && v.abs() < 9e15);
    let each = |v: &f64| match (unit, whole) {
        ("", true) => format!("{}", *v as i64),
        ("", false) => format!("{v:?}"),
        (unit, _) => format!("{v} {unit}"),
    };
    numbers.iter().map(each).collect()
}

/// The parts of `text` between separators that stand outside quotes and brackets.
fn split(text: &str, separator: char) -> Vec<&str> {
    let (mut depth, mut quote, mut from) = (0_i32, None, 0);
    let mut parts = Vec::new();
    for (k, c) in text.char_indices() {
        match quote {
            Some(open) if open == c => quote = None,
            Some(_) => {}
            None => match c {
                '"' | '\'' => quote = Some(c),
                '[' | '{' => depth += 1,
                ']' | '}' => depth -= 1,
                c if c == separator && depth == 0 => {
                    parts.push(&text[from..k]);
                    from = k + c.len_utf8();
                }
                _ => {}
            },
        }
    }
    parts.push(&text[from..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(argument: &str) -> Vec<String> {
        Axis::parse(argument).unwrap().values
    }

    #[test]
    fn ranges_hold_both_ends_and_read_as_they_were_meant() {
        assert_eq!(values("n=5:25:5"), ["5", "10", "15", "20", "25"]);
        assert_eq!(values("n=25:5:2"), ["25", "5"]);
        assert_eq!(values("a=0:1:11")[3], "0.3");
        assert_eq!(values("a=0:1:3"), ["0.0", "0.5", "1.0"]);
        assert_eq!(values("a=-0.3:0.3:7")[3], "0.0");
        assert_eq!(values("n=1:1000:4:log"), ["1", "10", "100", "1000"]);
        assert_eq!(values("a=0.01:1:3:log"), ["0.01", "0.1", "1.0"]);
        // In a moment: found by changed inputs, when it took 10 s.
        assert_eq!(values("n=1:100000:100000").len(), MOST_RUNS);
    }

    #[test]
    fn units_and_lists() {
        assert_eq!(values("r=100Hz:200 Hz:3"), ["100 Hz", "150 Hz", "200 Hz"]);
        assert_eq!(values("r=100:200 Hz:2"), ["100 Hz", "200 Hz"]);
        assert_eq!(values("r=100 Hz, 1 kHz"), ["100 Hz", "1 kHz"]);
        assert_eq!(values("b=true,false"), ["true", "false"]);
        let rules = values("c={ hebb = {}, x = [1, 2] },\"a, b\"");
        assert_eq!(rules, ["{ hebb = {}, x = [1, 2] }", "\"a, b\""]);
    }

    #[test]
    fn the_first_axis_varies_most_slowly_and_every_combination_is_met_once() {
        let arguments = ["a=1,2".to_owned(), "b=1:3:3".to_owned()];
        let grid = Grid::parse(&arguments, 2).unwrap();
        assert_eq!((grid.points(), grid.runs()), (6, 12));
        let all: Vec<String> = (0..6).map(|k| grid.settings(k).join(" ")).collect();
        assert_eq!(all, ["a=1 b=1", "a=1 b=2", "a=1 b=3", "a=2 b=1", "a=2 b=2", "a=2 b=3"]);
    }

    #[test]
    fn keys_that_are_joined_have_the_same_value() {
        let grid = Grid::parse(&["a.b + c=0.5,1".to_owned()], 1).unwrap();
        assert_eq!(grid.axes[0].key, "a.b+c");
        assert_eq!(grid.settings(1), ["a.b=1", "c=1"]);
    }

    #[test]
    fn what_is_no_axis_is_refused_with_the_reason() {
        for (argument, reason) in [
            ("n", "no `=`"),
            ("n=", "no value"),
            ("n=1,,2", "no value"),
            ("n=1:2", "range of 2 parts"),
            ("n=1:2:3:cubic", "spacing \"cubic\""),
            ("n=1:x:3", "\"x\" as an end"),
            ("n=1:2:0", "range of 0 values"),
            ("n=1:2:-1", "\"-1\" as the number"),
            ("n=1:2:1", "from 1 to 2 with STEPS = 1"),
            ("n=2:2:3", "from 2 to 2 with STEPS = 3"),
            ("n=0:2:3:log", "by factors from 0"),
            ("n=1 ms:2 s:3", "units ms and s"),
            ("n=1 ms:2:3", "units ms and none"),
            ("n=1,2,1", "the value 1 twice"),
            ("seed=1,2", "--repeat"),
        ] {
            let message = Axis::parse(argument).unwrap_err().to_string();
            assert!(message.contains(reason), "{argument}: {message}");
        }
        for twice in [&["n=1,2", "n=3,4"][..], &["n=1,2", "m+n=3,4"], &["n+n=1,2"]] {
            let twice: Vec<String> = twice.iter().map(|t| (*t).to_owned()).collect();
            assert!(Grid::parse(&twice, 1).unwrap_err().to_string().contains("a second time"));
        }
        let many = ["n=1:1000:1000".to_owned(), "m=1:100:100".to_owned()];
        assert!(Grid::parse(&many, 1).is_ok());
        assert!(Grid::parse(&many, 2).unwrap_err().to_string().contains("200000 runs"));
    }
}
