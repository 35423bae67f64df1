//! Axes: from values to pixels, and ticks at round numbers.

/// Maps values linearly to pixels.
#[derive(Clone, Copy, Debug)]
pub struct Axis {
    values: (f64, f64),
    pixels: (f64, f64),
}

impl Axis {
    /// Maps `values.0` to `pixels.0` and `values.1` to `pixels.1`; the values must differ.
    pub fn new(values: (f64, f64), pixels: (f64, f64)) -> Self {
        Self { values, pixels }
    }

    /// The pixel of `value`, kept between the ends of the axis.
    pub fn at(&self, value: f64) -> f64 {
        let share = (value - self.values.0) / (self.values.1 - self.values.0);
        self.pixels.0 + share.clamp(0.0, 1.0) * (self.pixels.1 - self.pixels.0)
    }

    /// About `number` ticks at round values: (pixel, label).
    pub fn ticks(&self, number: usize) -> Vec<(f64, String)> {
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
}

/// The least of 1, 2, 5 times a power of ten that is not below `least`, and the decimals it needs.
fn round_step(least: f64) -> (f64, usize) {
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
}
