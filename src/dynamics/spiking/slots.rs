//! Slots of time, each as long as a window, in which what is under way waits until its window comes.
//!
//! A window that follows an interruption begins within a slot; nothing depends on which slot something waits in but the time
//! that it takes to find it.

/// How time is cut into slots.
#[derive(Clone, Copy, Debug)]
pub struct Slots {
    /// Slots per ms.
    scale: f64,
}

/// Part of a slot by which rounding may miss the border of one.
const ROUNDING: f64 = 1e-7;

impl Slots {
    /// Slots of `length` ms.
    pub fn new(length: f64) -> Self {
        Self { scale: 1.0 / length }
    }

    /// The slot of what was sent at `time` and takes `delay` (ms).
    #[inline]
    pub fn of(self, time: f64, delay: f64) -> u64 {
        (((time + delay) * self.scale + ROUNDING) as i64).max(0).cast_unsigned()
    }
}

/// How long spikes take along every route, and where they wait meanwhile.
#[derive(Debug)]
pub struct Delays {
    /// ms, by route.
    pub by_route: Vec<f64>,
    /// How many spikes may be under way, by route.
    pub most: Vec<usize>,
    pub slots: Slots,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_arrives_on_a_border_waits_in_the_slot_that_begins_there() {
        let slots = Slots::new(0.1);
        for k in 0..100_000u32 {
            let time = f64::from(k) / 10.0;
            assert_eq!(slots.of(time, 0.3), u64::from(k) + 3);
            assert_eq!(slots.of(time, 0.3499), u64::from(k) + 3);
        }
        // Nothing waits before the beginning.
        assert_eq!((slots.of(-5.0, 1.0), slots.of(f64::NAN, 1.0)), (0, 0));
    }
}
