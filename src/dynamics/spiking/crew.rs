//! How many threads take part: all of the pool, or one alone where the machine is busy with other work.
//!
//! All wait for each other after every window. A thread that others push from its core holds all of them up, for a hundred
//! windows if these are short: two threads on a busy machine may be many times slower than one. Whether they are is tried out,
//! which changes no result.

use std::time::Duration;

/// What a stretch of rounds has taken.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Pace {
    pub rounds: u64,
    pub passed: Duration,
    /// Of all threads: for how long they took part, and for how much of that they had a core.
    pub present: Duration,
    pub computed: Duration,
}

/// Decides who takes part from what rounds have taken.
#[derive(Clone, Debug)]
pub struct Crew {
    now: Mode,
    pace: Pace,
    /// Stretches until the other mode is tried again, and until it was when it was last tried.
    left: u32,
    patience: u32,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Mode {
    Together,
    Alone,
    /// The other way for one stretch; seconds a round before.
    Trying {
        alone: bool,
        before: f64,
    },
}

/// What is shorter is accident; a busy machine takes a core away for up to a tenth of a second.
const STRETCH: Duration = Duration::from_millis(200);
const ROUNDS: u64 = 20;

/// The machine is busy if threads have a core for less than so much of their time.
const BUSY: f64 = 0.85;

/// So many stretches pass at most before the other mode is tried again.
const MOST_PATIENCE: u32 = 64;

impl Default for Crew {
    fn default() -> Self {
        Self { now: Mode::Together, pace: Pace::default(), left: 1, patience: 1 }
    }
}

impl Crew {
    /// Whether all threads are to take part.
    pub fn is_together(&self) -> bool {
        match self.now {
            Mode::Together => true,
            Mode::Alone => false,
            Mode::Trying { alone, .. } => !alone,
        }
    }

    /// Whether a stretch that has taken so much so far ends.
    pub fn is_stretch(rounds: u64, passed: Duration) -> bool {
        rounds >= ROUNDS && passed >= STRETCH
    }

    /// Notes what rounds have taken.
    pub fn note(&mut self, pace: Pace) {
        let Pace { rounds, passed, present, computed } = &mut self.pace;
        *rounds += pace.rounds;
        *passed += pace.passed;
        *present += pace.present;
        *computed += pace.computed;
        if !Self::is_stretch(*rounds, *passed) {
            return;
        }
        let each = passed.as_secs_f64() / *rounds as f64;
        let busy = computed.as_secs_f64() < BUSY * present.as_secs_f64();
        self.pace = Pace::default();
        self.now = match self.now {
            Mode::Trying { alone, before } => {
                let better = each < before;
                self.patience = if better { 1 } else { (2 * self.patience).min(MOST_PATIENCE) };
                self.left = self.patience;
                if alone == better { Mode::Alone } else { Mode::Together }
            }
            // Alone among others one is slower for every reason, and cannot tell when these have gone.
            mode if mode == Mode::Alone || busy => {
                self.left = self.left.saturating_sub(1);
                match self.left {
                    0 => Mode::Trying { alone: mode == Mode::Together, before: each },
                    _ => mode,
                }
            }
            mode => mode,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs `stretches` on a machine where a round takes so many ms together and alone; how many were alone.
    fn alone(crew: &mut Crew, stretches: usize, [together, alone]: [f64; 2], busy: bool) -> usize {
        let mut number = 0;
        for _ in 0..stretches {
            number += usize::from(!crew.is_together());
            let each = if crew.is_together() { together } else { alone };
            let passed = Duration::from_secs_f64(0.001 * each * 1000.0);
            let computed = passed.mul_f64(if busy { 0.5 } else { 0.99 });
            crew.note(Pace { rounds: 1000, passed, present: passed, computed });
        }
        number
    }

    #[test]
    fn one_thread_goes_on_alone_where_it_is_faster_and_only_there() {
        // Nobody else is there: nothing is tried.
        let mut crew = Crew::default();
        assert_eq!(alone(&mut crew, 1000, [1.0, 1.9], false), 0);
        // Others take a share of every core, but two threads are faster: it is tried ever more seldom.
        assert!(alone(&mut crew, 1000, [2.0, 3.8], true) < 25);
        // They hold each other up.
        assert!(alone(&mut crew, 1000, [40.0, 4.0], true) > 900);
        // The others have gone.
        assert!(alone(&mut crew, 1000, [1.0, 1.9], false) < 70);
        assert!(crew.is_together());
    }

    #[test]
    fn short_stretches_are_put_together() {
        let mut crew = Crew::default();
        let short = Pace {
            rounds: 1,
            passed: STRETCH / 40,
            present: STRETCH / 40,
            computed: Duration::ZERO,
        };
        for k in 0..40 {
            assert!(crew.is_together(), "{k}");
            crew.note(short);
        }
        assert!(!crew.is_together());
    }
}
