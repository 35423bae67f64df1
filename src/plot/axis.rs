//! Axes: from values to pixels, and ticks at round numbers.

/// A logarithmic axis with minor ticks spans at most this factor.
const MOST_FACTORS: f64 = 1e6;

/// Maps values to pixels, linearly or by their logarithm.
#[derive(Clone, Copy, Debug)]
pub struct Axis {
    values: (f64, f64),
    pixels: (f64, f64),
    log: bool,
}

impl Axis {
    /// Maps `values.0` to `pixels.0` and `values.1` to `pixels.1`; the values must differ.
    pub fn new(values: (f64, f64), pixels: (f64, f64)) -> Self {
        Self { values, pixels, log: false }
    }

    /// The same by the logarithm of the values, which must be above 0.
    pub fn log(values: (f64, f64), pixels: (f64, f64)) -> Self {
        Self { values, pixels, log: true }
    }

    /// Where `value` stands from 0 at the lower end to 1 at the upper.
    fn share(&self, value: f64) -> f64 {
        let (low, high) = self.values;
        if self.log {
            // What has no logarithm stands far below the lower end.
            (value.max(f64::MIN_POSITIVE) / low).ln() / (high / low).ln()
        } else {
            (value - low) / (high - low)
        }
    }

    /// The pixel of `value`, kept between the ends of the axis.
    pub fn at(&self, value: f64) -> f64 {
        self.pixels.0 + self.share(value).clamp(0.0, 1.0) * (self.pixels.1 - self.pixels.0)
    }

    /// Whether `value` is a number between the ends, but for rounding.
    pub fn holds(&self, value: f64) -> bool {
        // NaN.max(x) is x.
        !value.is_nan() && (-1e-6..=1.0 + 1e-6).contains(&self.share(value))
    }

    /// The pixels of the ends.
    pub fn ends(&self) -> (f64, f64) {
        self.pixels
    }

    /// The values of the ends.
    pub fn values(&self) -> (f64, f64) {
        self.values
    }

    /// About `number` ticks at round values, or on a logarithmic axis at the powers of ten (where these are few, also between
    /// them): (pixel, label).
    pub fn ticks(&self, number: usize) -> Vec<(f64, String)> {
        if self.log {
            let powers = || self.powers().map(|(power, value)| (self.at(value), decimal(power)));
            return if powers().count() > 2 { powers().collect() } else { self.few_powers() };
        }
        let (low, high) = self.values;
        let (step, decimals) = round_step((high - low) / number as f64);
        // A tick must not be lost because its value is a rounding error beyond the end.
        let slack = 1e-9;
        let first = (low / step - slack).ceil() as i64;
        let last = (high / step + slack).floor() as i64;
        (first..=last)
            .map(|k| {
                let value = k as f64 * step;
                let sign = if k < 0 { "−" } else { "" };
                (self.at(value), format!("{sign}{:.decimals$}", value.abs()))
            })
            .collect()
    }

    /// The most ticks, of about `most`, whose labels stand side by side with room between them.
    pub fn fitting_ticks(&self, most: usize, width: impl Fn(&str) -> f64) -> usize {
        let fits = |number: &usize| {
            self.ticks(*number).windows(2).all(|pair| {
                let apart = (pair[1].0 - pair[0].0).abs();
                apart >= 0.5 * (width(&pair[0].1) + width(&pair[1].1)) + 12.0
            })
        };
        (2..=most).rev().find(fits).unwrap_or(2)
    }

    /// Between the ticks of a logarithmic axis, the pixels of 2, 3, ... 9 times the powers of ten, where these are not so many
    /// that the marks would run together.
    pub fn minor(&self) -> Vec<f64> {
        let (low, high) = self.values;
        if !self.log || high / low > MOST_FACTORS {
            return Vec::new();
        }
        let (first, last) = (low.log10().floor() as i32, high.log10().ceil() as i32);
        let all = (first..=last).flat_map(|power| (2..10).map(move |k| (power, f64::from(k))));
        let values = all.map(|(power, k)| k * 10f64.powi(power));
        values.filter(|&v| self.holds(v)).map(|v| self.at(v)).collect()
    }

    /// The ticks of an axis with few powers of ten: 1, 2 and 5 times these, where they are short.
    fn few_powers(&self) -> Vec<(f64, String)> {
        let (low, high) = self.values;
        let (first, last) = (low.log10().floor() as i32, high.log10().ceil() as i32);
        let all = (first..=last).flat_map(|power| [1, 2, 5].map(|k| (power, k)));
        let label = |power: i32, k: i32| match (k, power) {
            (1, _) => Some(decimal(power)),
            (_, -3..0) => {
                Some(format!("{:.1$}", f64::from(k) * 10f64.powi(power), -power as usize))
            }
            (_, 0..=4) => Some(format!("{:.0}", f64::from(k) * 10f64.powi(power))),
            _ => None,
        };
        let tick = |(power, k): (i32, i32)| {
            let value = f64::from(k) * 10f64.powi(power);
            Some((self.at(value), label(power, k)?)).filter(|_| self.holds(value))
        };
        all.filter_map(tick).collect()
    }

    /// The powers of ten on the axis.
    fn powers(&self) -> impl Iterator<Item = (i32, f64)> {
        let (low, high) = self.values;
        let slack = 1e-9;
        let (first, last) = ((low.log10() - slack).ceil(), (high.log10() + slack).floor());
        (first as i32..=last as i32).map(|power| (power, 10f64.powi(power)))
    }
}

/// A power of ten: plain where that is short.
fn decimal(power: i32) -> String {
    match power {
        -3..0 => format!("{:.1$}", 10f64.powi(power), power.unsigned_abs() as usize),
        0..=4 => format!("{:.0}", 10f64.powi(power)),
        _ => {
            let digits = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
            let sign = if power < 0 { "⁻" } else { "" };
            let raised = power.unsigned_abs().to_string();
            let raised: String =
                raised.bytes().map(|digit| digits[usize::from(digit - b'0')]).collect();
            format!("10{sign}{raised}")
        }
    }
}

/// The least of 1, 2, 5 times a power of ten that is not below `least`, and the decimals it needs.
pub fn round_step(least: f64) -> (f64, usize) {
    let mut power = 0;
    while 10f64.powi(power) > least && power > -12 {
        power -= 1;
    }
    while 10f64.powi(power + 1) <= least && power < 300 {
        power += 1;
    }
    let decimals = |p: i32| usize::try_from(-p).unwrap_or(0);
    for factor in [1.0, 2.0, 5.0] {
        if factor * 10f64.powi(power) >= least * (1.0 - 1e-9) {
            return (factor * 10f64.powi(power), decimals(power));
        }
    }
    (10f64.powi(power + 1), decimals(power + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(low: f64, high: f64, number: usize) -> Vec<String> {
        let axis = Axis::new((low, high), (0.0, 100.0));
        axis.ticks(number).into_iter().map(|t| t.1).collect()
    }

    #[test]
    fn ticks_stand_at_round_values() {
        assert_eq!(labels(0.0, 7.0, 8), ["0", "1", "2", "3", "4", "5", "6", "7"]);
        assert_eq!(labels(-3.0, 82.0, 5), ["0", "20", "40", "60", "80"]);
        assert_eq!(labels(0.0, 0.3, 3), ["0.0", "0.1", "0.2", "0.3"]);
        assert_eq!(labels(-0.02, 0.05, 4), ["−0.02", "0.00", "0.02", "0.04"]);
        assert_eq!(labels(0.0, 4e6, 4), ["0", "1000000", "2000000", "3000000", "4000000"]);
    }

    #[test]
    fn values_outside_stay_at_the_end() {
        let axis = Axis::new((0.0, 10.0), (50.0, 0.0));
        assert_eq!([0.0, 5.0, 10.0, 11.0].map(|v| axis.at(v)), [50.0, 25.0, 0.0, 0.0]);
    }

    #[test]
    fn a_logarithmic_axis_has_powers_of_ten() {
        let axis = Axis::log((0.5, 2000.0), (0.0, 100.0));
        let labels: Vec<String> = axis.ticks(3).into_iter().map(|t| t.1).collect();
        assert_eq!(labels, ["1", "10", "100", "1000"]);
        // 0.5 ... 0.9, eight in each of three decades, and 2000.
        assert_eq!(axis.minor().len(), 5 + 3 * 8 + 1);
        assert_eq!(
            [0.0, -1.0, 0.5, 2000.0, 1e9].map(|v| axis.at(v)),
            [0.0, 0.0, 0.0, 100.0, 100.0]
        );
        assert!((axis.at(1000f64.sqrt()) - 50.0).abs() < 1e-9);
        let few = Axis::log((0.015, 0.4), (0.0, 100.0));
        let labels: Vec<String> = few.ticks(3).into_iter().map(|t| t.1).collect();
        assert_eq!(labels, ["0.02", "0.05", "0.1", "0.2"]);
        assert_eq!([-12, -2, 4, 5].map(decimal), ["10⁻¹²", "0.01", "10000", "10⁵"]);
    }
}
