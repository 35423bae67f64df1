//! Watching a deterministic trajectory for its end: a fixed point or a cycle.

use crate::tape::{is_count, on_tape};

/// Finds the period of a sequence of states (Brent 1980): one state is kept and compared with every later one; it is
/// replaced by the present one after 1, 2, 4, 8 ... states, so that it stands on the cycle at last.
#[derive(Clone, Debug, Default)]
pub(super) struct Watch {
    kept: Vec<bool>,
    /// States since the kept one, and after how many it is replaced.
    since: u64,
    until: u64,
}

on_tape!(Watch { kept, since, until; if Watch::is_possible });

impl Watch {
    fn is_possible(&self) -> bool {
        is_count(self.since) && is_count(self.until)
    }

    /// Begins anew with the next state.
    pub fn forget(&mut self) {
        *self = Self::default();
    }

    /// Takes the next state; tells the period once a state has come again.
    pub fn take(&mut self, state: &[bool]) -> Option<u64> {
        self.since += 1;
        if self.until > 0 && self.kept == state {
            return Some(self.since);
        }
        if self.since >= self.until {
            self.kept = state.to_vec();
            self.until = (2 * self.until).max(1);
            self.since = 0;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_period_is_found_after_any_transient() {
        for transient in 0..20u64 {
            for period in 1..12u64 {
                let mut watch = Watch::default();
                let state = |t: u64| {
                    let place =
                        if t < transient { t } else { transient + (t - transient) % period };
                    (0..6).map(|bit| place >> bit & 1 == 1).collect::<Vec<bool>>()
                };
                let found = (0..200).find_map(|t| watch.take(&state(t)));
                assert_eq!(found, Some(period), "after {transient}");
            }
        }
    }
}
