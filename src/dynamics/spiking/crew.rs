//! How many threads take part: all of the pool, or one alone where the machine is busy with other work.
//!
//! All wait for each other after every window. A thread that others push from its core holds all of them up, for a hundred
//! windows if these are short: two threads on a busy machine may be many times slower than one. Whether they are is tried out,
//! which changes no result.

use std::time::{Duration, Instant};

/// Decides who takes part from what rounds have taken.
#[derive(Clone, Debug)]
pub struct Crew {
    now: Mode,
    /// When the stretch began, and how long the thread that leads had then had a core, if the system tells.
    began: Option<(Instant, Option<Duration>)>,
    /// What it has taken so far.
    rounds: u64,
    passed: Duration,
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

/// The machine is busy if the thread that leads has a core for less than so much of its time.
const BUSY: f64 = 0.85;

/// So many stretches pass at most before the other mode is tried again.
const MOST_PATIENCE: u32 = 64;

impl Default for Crew {
    fn default() -> Self {
        Self {
            now: Mode::Together,
            began: None,
            rounds: 0,
            passed: Duration::ZERO,
            left: 1,
            patience: 1,
        }
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

    /// Rounds begin.
    pub fn begin(&mut self) {
        if self.began.is_none() {
            self.began = Some((Instant::now(), computed()));
        }
    }

    /// So many rounds have taken so long; the thread that leads has taken part.
    pub fn note(&mut self, rounds: u64, passed: Duration) {
        self.rounds += rounds;
        self.passed += passed;
        if !Self::is_stretch(self.rounds, self.passed) {
            return;
        }
        let busy = self.began.take().is_some_and(|(began, before)| {
            let had = computed().zip(before).map(|(now, before)| now.saturating_sub(before));
            had.is_some_and(|had| had.as_secs_f64() < BUSY * began.elapsed().as_secs_f64())
        });
        let each = self.passed.as_secs_f64() / self.rounds as f64;
        (self.rounds, self.passed) = (0, Duration::ZERO);
        self.decide(each, busy);
    }

    /// A stretch has taken so many seconds a round, on a machine that was busy or not.
    fn decide(&mut self, each: f64, busy: bool) {
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

/// For how long this thread has had a core, where the system tells.
fn computed() -> Option<Duration> {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(Duration::from_nanos(told.split_whitespace().next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs `stretches` on a machine where a round takes so many ms together and alone; how many were alone.
    fn alone(crew: &mut Crew, stretches: usize, [together, alone]: [f64; 2], busy: bool) -> usize {
        let mut number = 0;
        for _ in 0..stretches {
            number += usize::from(!crew.is_together());
            crew.decide(if crew.is_together() { together } else { alone }, busy);
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
        for k in 0..40 {
            crew.begin();
            crew.note(1, STRETCH / 40);
            assert_eq!((crew.rounds, crew.began.is_some()), ((k + 1) % 40, k < 39), "{k}");
        }
    }
}
