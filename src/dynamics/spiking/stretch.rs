//! Times within a window, from its start.

use multiversion::multiversion;

/// A window as those see it who place spikes in it.
///
/// A time within it is the difference of absolute times, so that a replay of recorded spikes in the same windows is the
/// same to the last bit; and rounding must not move a spike into the next window.
#[derive(Clone, Copy, Debug)]
pub struct Stretch {
    /// Absolute time at which it begins, and the last before it ends, ms.
    start: f64,
    last: f64,
    /// Its length, ms, by which every factor is tabulated.
    pub length: f64,
}

impl Stretch {
    /// The window from `start` to `end` (absolute, ms) of length `length`.
    pub fn new([start, end]: [f64; 2], length: f64) -> Self {
        Self { start, last: end.next_down(), length }
    }

    /// The time (ms, from the start) of what is to happen `drawn` ms after the start.
    #[inline(always)]
    pub fn offset(&self, drawn: f64) -> f64 {
        let absolute = self.start + drawn;
        self.since_start(if absolute < self.last { absolute } else { self.last })
    }

    /// The time from the start of what happens at the absolute `time`, ms.
    #[inline(always)]
    pub fn since_start(&self, time: f64) -> f64 {
        // By rounding, a time within the window may differ from its start by a hair more than a window.
        let (offset, longest) = (time - self.start, self.length.next_down());
        if offset < longest { offset } else { longest }
    }

    /// Turns numbers in [0, 1) into times within the window.
    pub fn place(&self, numbers: &mut [f64]) {
        place(self, numbers);
    }
}

#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2"))]
fn place(stretch: &Stretch, numbers: &mut [f64]) {
    let stretch = *stretch;
    for number in numbers {
        *number = stretch.offset(*number * stretch.length);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_time_is_within_the_window() {
        // Far from 0, where times are coarse.
        for start in [0.0, 1.0, 123_456.7, 1e9] {
            let end: f64 = start + 0.1;
            let stretch = Stretch::new([start, end], 0.1);
            let mut times: Vec<f64> = (0..=1000).map(|k| f64::from(k) / 1000.0).collect();
            stretch.place(&mut times);
            for (k, time) in times.iter().enumerate() {
                assert!((0.0..0.1).contains(time) && start + time < end, "{start} {time}");
                assert_eq!(*time, stretch.offset(k as f64 / 1000.0 * 0.1));
                assert!((time - k as f64 * 1e-4).abs() <= start * 3e-16 + 1e-16);
            }
        }
    }
}
