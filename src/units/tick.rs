//! Times as whole numbers of nanoseconds, in which decimals add up exactly.

/// Nanoseconds in a millisecond.
const PER_MS: f64 = 1e6;

/// From here on not every whole number is a double.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// What rounding makes of a short computation with decimals, relative to its result.
const ROUNDING: f64 = 4.0 * f64::EPSILON;

/// So many nanoseconds in ms, rounded once.
#[inline]
pub(crate) fn of_ticks(ticks: i64) -> f64 {
    ticks as f64 / PER_MS
}

/// The nanoseconds of `ms`, if it is the double next to a whole number of them.
#[inline]
pub(crate) fn ticks(ms: f64) -> Option<i64> {
    let ticks = (ms * PER_MS).round();
    (ticks.abs() < EXACT && ticks / PER_MS == ms).then_some(ticks as i64)
}

/// `ms`, or the whole number of nanoseconds that it is to rounding.
pub(crate) fn on_grid(ms: f64) -> f64 {
    let ticks = (ms * PER_MS).round();
    let near = ticks / PER_MS;
    if ticks.abs() < EXACT && (near - ms).abs() <= ROUNDING * ms.abs() { near } else { ms }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_whole_numbers_of_nanoseconds_and_other_times_are_not() {
        for (ms, expected) in
            [(0.1, 100_000), (0.3, 300_000), (1e-6, 1), (0.0, 0), (-1.5, -1_500_000)]
        {
            assert_eq!((ticks(ms), of_ticks(expected)), (Some(expected), ms));
        }
        for ms in [0.1 + 0.2, 1.0 / 3.0, 1e-7, 1e15, f64::INFINITY, f64::NAN] {
            assert_eq!(ticks(ms), None, "{ms}");
        }
        assert_eq!((on_grid(0.1 + 0.2), on_grid(1.0 / 3.0)), (0.3, 1.0 / 3.0));
        // A grid that was computed in binary is the decimal one.
        assert!(
            (0..100_000)
                .all(|k| ticks(on_grid(f64::from(k) * 0.1)) == Some(100_000 * i64::from(k)))
        );
    }
}
