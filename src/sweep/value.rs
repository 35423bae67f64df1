//! What a swept key holds, for tables and figures: numbers in one unit, or words.

use crate::units::{Rate, Time, Voltage};

/// The values of an axis.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Numbers of one unit.
    Numbers {
        /// In this unit.
        values: Vec<f64>,
        /// ms, mV, Hz, the one that was written, or none.
        unit: String,
    },
    /// As they were written.
    Words(Vec<String>),
}

impl Values {
    /// The values of texts in TOML, where text without quotes is a string.
    pub fn of(texts: &[String]) -> Self {
        let plain: Vec<String> = texts.iter().map(|text| unquoted(text)).collect();
        let numbers: Option<Vec<(f64, String)>> = plain.iter().map(|text| number(text)).collect();
        match numbers.as_deref() {
            Some([first, rest @ ..]) if rest.iter().all(|other| other.1 == first.1) => {
                let values = numbers.iter().flatten().map(|number| number.0).collect();
                Self::Numbers { values, unit: first.1.clone() }
            }
            _ => Self::Words(plain),
        }
    }

    /// Empty if there is none.
    pub fn unit(&self) -> &str {
        match self {
            Self::Numbers { unit, .. } => unit,
            Self::Words(_) => "",
        }
    }

    /// Value `k`, with its unit.
    pub fn describe(&self, k: usize) -> String {
        match self {
            Self::Numbers { values, unit } => format!("{} {unit}", values[k]).trim_end().to_owned(),
            Self::Words(words) => words[k].clone(),
        }
    }
}

/// A number and its unit, which may be missing: "0.3 mV" is (0.3, "mV").
pub(super) fn split_unit(text: &str) -> Option<(f64, String)> {
    // What follows the longest number is the unit: the e of 1e-3 belongs to the number.
    let begins = text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c));
    let ends = text.char_indices().map(|(k, c)| k + c.len_utf8()).rev();
    let (value, end) = ends
        .filter(|_| begins)
        .find_map(|end| Some((text[..end].trim().parse::<f64>().ok()?, end)))?;
    value.is_finite().then(|| (value, text[end..].trim().to_owned()))
}

/// The number in the base unit of its dimension, and that unit.
fn number(text: &str) -> Option<(f64, String)> {
    let (value, unit) = split_unit(text)?;
    let base = |value: f64, printed: String| {
        Some((value, printed.split(' ').next_back().unwrap_or_default().to_owned()))
    };
    if let Ok(time) = text.parse::<Time>() {
        return base(time.value(), time.to_string());
    }
    if let Ok(voltage) = text.parse::<Voltage>() {
        return base(voltage.value(), voltage.to_string());
    }
    if let Ok(rate) = text.parse::<Rate>() {
        return base(rate.value(), rate.to_string());
    }
    Some((value, unit))
}

/// The text of a string in TOML; anything else as it is.
fn unquoted(text: &str) -> String {
    match text.parse::<toml_edit::Value>() {
        Ok(toml_edit::Value::String(string)) => string.into_value(),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_in_the_base_unit_and_all_else_is_words() {
        let of =
            |texts: &[&str]| Values::of(&texts.iter().map(|t| (*t).to_owned()).collect::<Vec<_>>());
        let numbers = |values: &[f64], unit: &str| Values::Numbers {
            values: values.to_vec(),
            unit: unit.to_owned(),
        };
        assert_eq!(of(&["100 Hz", "\"1 kHz\""]), numbers(&[100.0, 1000.0], "Hz"));
        assert_eq!(of(&["1e-3s", "5 us"]), numbers(&[1.0, 0.005], "ms"));
        assert_eq!(of(&["10 sweeps"]), numbers(&[10.0], "sweeps"));
        assert_eq!(of(&["-1", "+2.5"]), numbers(&[-1.0, 2.5], ""));
        for words in [["1 Hz", "1 mV"], ["1", "off"], ["true", "false"], ["inf", "nan"]] {
            assert_eq!(of(&words), Values::Words(words.map(str::to_owned).to_vec()), "{words:?}");
        }
        assert_eq!(of(&["100 Hz", "1 kHz"]).describe(1), "1000 Hz");
    }
}
