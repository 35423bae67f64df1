//! Whole numbers behind real ones: a tie is a tie only in exact arithmetic.

use crate::error::{Error, Result};

/// How far a ratio may be from a whole number, relative to it: a few roundings.
const ROUNDING: f64 = 1e-12;
/// Larger multiples than this are no common unit.
const LARGEST: f64 = (1u32 << 24) as f64;
/// The unit may be this often in the smallest value.
const PARTS: u32 = 16;

/// A unit of which all `values` are whole multiples, but for rounding: 1 if they are whole, 1/N for Hebb's rule
/// with that amplitude; `None` if there is none.
///
/// Tried are 1 and the smallest value divided by 1 to 16; multiples stay below 2^24.
pub fn common_unit(values: &[f64]) -> Option<f64> {
    let sizes = values.iter().map(|v| v.abs()).filter(|v| *v > 0.0);
    let Some(smallest) = sizes.min_by(f64::total_cmp) else { return Some(1.0) };
    let units = (1..=PARTS).map(|parts| smallest / f64::from(parts));
    std::iter::once(1.0).chain(units).find(|&unit| {
        values.iter().all(|value| {
            let ratio = value / unit;
            let near = (ratio - ratio.round()).abs() <= ROUNDING * ratio.abs().max(1.0);
            near && ratio.abs() < LARGEST && (unit != 1.0 || ratio == ratio.round())
        })
    })
}

/// Refuses couplings that are not N x N for `fields` of N neurons, and numbers that are not finite.
pub(crate) fn check_couplings(couplings: &[f64], fields: &[f64]) -> Result<()> {
    let neurons = fields.len();
    if neurons == 0 || couplings.len() != neurons * neurons {
        let found = format!("found {} couplings for {neurons} neurons", couplings.len());
        return Err(Error::input(found, "there are N x N", "give N rows of N numbers"));
    }
    let Some(wrong) = couplings.iter().chain(fields).find(|value| !value.is_finite()) else {
        return Ok(());
    };
    let found = format!("found a coupling or field of {wrong}");
    Err(Error::input(found, "they are finite", "see whether the learning diverged"))
}

#[cfg(test)]
mod tests {
    use super::common_unit;

    #[test]
    fn a_common_unit_is_found_where_there_is_one() {
        let scaled = |unit: f64, whole: &[i32]| -> Vec<f64> {
            whole.iter().map(|&w| unit * f64::from(w)).collect()
        };
        assert_eq!(common_unit(&[0.0, 0.0]), Some(1.0));
        assert_eq!(common_unit(&[3.0, -6.0, 0.0]), Some(1.0));
        assert_eq!(common_unit(&scaled(0.04, &[2, -4, 0, 6])), Some(0.08));
        let unit = common_unit(&scaled(0.1, &[4, 10, -6])).unwrap();
        assert!((unit - 0.2).abs() < 1e-15, "{unit}");
        assert_eq!(common_unit(&[1.0, 2f64.sqrt(), 0.3]), None);
    }
}
