//! When a run is committed.

use super::Wish;
use std::time::{Duration, Instant};

/// From one commit to the next a run goes on for so many times what one takes.
const LEAST_COSTS: u32 = 30;

/// Asks for a commit after every period; less often where commits take long.
#[derive(Debug)]
pub struct Pace {
    period: Duration,
    /// When everything was committed, and how long that took; whether it is being.
    committed: Instant,
    cost: Duration,
    committing: bool,
    /// The last look, and how long after the one before.
    looked: Instant,
    gap: Duration,
}

impl Pace {
    /// Of a run that begins `now`.
    pub fn new(period: Duration, now: Instant) -> Self {
        let (cost, gap) = (Duration::ZERO, Duration::ZERO);
        Self { period, committed: now, cost, committing: false, looked: now, gap }
    }

    /// Notes a look at the run.
    pub fn look(&mut self, now: Instant) {
        let gap = now - std::mem::replace(&mut self.looked, now);
        if std::mem::take(&mut self.committing) {
            // What it took longer than from one look to the next.
            (self.committed, self.cost) = (now, gap.saturating_sub(self.gap));
        } else {
            self.gap = gap;
        }
    }

    /// What is wished at the look that was noted last.
    pub fn wish(&mut self) -> Wish {
        let period = self.period.max(self.cost * LEAST_COSTS);
        self.committing = self.looked - self.committed >= period;
        if self.committing { Wish::Commit } else { Wish::Continue }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commits_that_take_long_come_less_often() {
        let ms = Duration::from_millis;
        let begin = Instant::now();
        let mut pace = Pace::new(ms(100), begin);
        let mut at = |time: u64| {
            pace.look(begin + ms(time));
            pace.wish()
        };
        assert_eq!([10, 90, 100].map(&mut at), [Wish::Continue, Wish::Continue, Wish::Commit]);
        // It took 30 ms, of which 10 would have gone by anyway.
        assert_eq!([130, 729, 730].map(&mut at), [Wish::Continue, Wish::Continue, Wish::Commit]);
    }
}
