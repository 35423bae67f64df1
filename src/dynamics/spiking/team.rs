//! A team of threads that goes through rounds of independent work together.
//!
//! A round is a window of about a millisecond of biological time and takes a few hundred microseconds: too short to
//! send threads to sleep in between. They stay for all rounds, take members by ticket, and spin while the
//! last one of a round prepares the next. No thread waits for one that has not taken a ticket, so that a team
//! works with any number of threads, also with one.
//!
//! Where others use the machine, a thread that has taken a ticket may be kept from computing for longer than a round takes.
//! Who has waited for so long goes home, and the team works alone for a while.

use std::hint::spin_loop;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError, RwLock};
use std::thread::yield_now;
use std::time::{Duration, Instant};

/// Does `work` on every member, round after round, until `between` says that there is no other round; whether all threads
/// stayed until then.
///
/// In a round every member is worked on once, by any thread, all with the same `shared` state; `between` then
/// runs alone and may change it. With `together`, all threads of the rayon pool take part.
pub fn rounds<M: Send, S: Send + Sync>(
    members: &[Mutex<M>],
    shared: &RwLock<S>,
    work: impl Fn(&mut M, &S) + Sync,
    between: impl FnMut(&mut S) -> bool + Send,
    together: bool,
) -> bool {
    let number = members.len();
    let between = Mutex::new(between);
    let tickets = AtomicUsize::new(0);
    let done = AtomicUsize::new(0);
    // Rounds that have been prepared; the first one is.
    let prepared = AtomicUsize::new(1);
    let over = AtomicBool::new(false);
    let all_stayed = AtomicBool::new(true);

    // A ticket of a round that has been prepared: who holds none may leave.
    let take = || {
        let mut next = tickets.load(Ordering::Relaxed);
        while next < number * prepared.load(Ordering::Acquire) {
            let taken =
                tickets.compare_exchange_weak(next, next + 1, Ordering::Relaxed, Ordering::Relaxed);
            match taken {
                Ok(ticket) => return Some(ticket),
                Err(other) => next = other,
            }
        }
        None
    };
    let take_part = || {
        let _alarm = Alarm(&over);
        let mut took = Duration::ZERO;
        loop {
            let mut waiting = Waiting::default();
            let ticket = loop {
                if let Some(ticket) = take() {
                    break ticket;
                }
                if over.load(Ordering::Acquire) {
                    return;
                }
                if !waiting.goes_on(PATIENCE + 20 * took) {
                    all_stayed.store(false, Ordering::Relaxed);
                    return;
                }
            };
            let begun = Instant::now();
            {
                let shared = shared.read().unwrap_or_else(PoisonError::into_inner);
                work(&mut lock(&members[ticket % number]), &shared);
            }
            took = begun.elapsed();
            let round = ticket / number;
            if done.fetch_add(1, Ordering::AcqRel) + 1 == (round + 1) * number {
                let mut shared = shared.write().unwrap_or_else(PoisonError::into_inner);
                if lock(&between)(&mut shared) {
                    prepared.store(round + 2, Ordering::Release);
                } else {
                    over.store(true, Ordering::Release);
                }
            }
        }
    };
    if together {
        rayon::broadcast(|_| take_part());
    } else {
        take_part();
    }
    all_stayed.into_inner()
}

/// A thread waits for so long, and twenty times as long as it worked on its last member.
const PATIENCE: Duration = Duration::from_micros(500);

/// How often a team works alone before it tries again to work together: more often, the more often that failed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Solitude {
    left: u32,
    failures: u32,
}

impl Solitude {
    /// Whether the team works together next.
    pub fn ends(&mut self) -> bool {
        let ended = self.left == 0;
        self.left = self.left.saturating_sub(1);
        ended
    }

    /// Notes whether all stayed that worked together.
    pub fn learn(&mut self, all_stayed: bool) {
        self.failures = if all_stayed { 0 } else { (self.failures + 1).min(8) };
        self.left = if all_stayed { 0 } else { 1 << self.failures };
    }
}

/// A lock that nobody holds for long; a panic elsewhere is reported there.
pub fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A wait that has begun.
#[derive(Default)]
struct Waiting {
    turns: u32,
    since: Option<Instant>,
}

impl Waiting {
    /// Spins for some ten microseconds, then lets others run; false after `patience`.
    fn goes_on(&mut self, patience: Duration) -> bool {
        self.turns += 1;
        if self.turns < 1000 {
            spin_loop();
            return true;
        }
        yield_now();
        self.since.get_or_insert_with(Instant::now).elapsed() < patience
    }
}

/// Sends the others home if this thread panics, so that they do not wait for ever.
struct Alarm<'a>(&'a AtomicBool);

impl Drop for Alarm<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.store(true, Ordering::Release);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_member_is_worked_on_once_a_round_by_any_number_of_threads() {
        for threads in [1, 2, 3, 8] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let members: Vec<Mutex<Vec<u32>>> = (0..5).map(|_| Mutex::default()).collect();
            let shared = RwLock::new(0);
            let between = |round: &mut u32| {
                *round += 1;
                assert!(members.iter().all(|m| lock(m).len() == *round as usize));
                *round < 200
            };
            pool.install(|| {
                let note = |member: &mut Vec<u32>, round: &u32| member.push(*round);
                rounds(&members, &shared, note, between, true);
            });
            assert!(members.iter().all(|m| *lock(m) == (0..200).collect::<Vec<u32>>()));
        }
    }

    #[test]
    fn who_waits_for_too_long_goes_home_and_the_others_do_the_rest() {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
        let members = [Mutex::new((true, 0)), Mutex::new((false, 0))];
        let mut round = 0;
        let stayed = pool.install(|| {
            // One member takes longer than anybody waits for who works on the other alone.
            let work = |(slow, rounds): &mut (bool, i32), (): &()| {
                *rounds += 1;
                if *slow {
                    std::thread::sleep(Duration::from_millis(5));
                }
            };
            let between = |(): &mut ()| {
                round += 1;
                round < 30
            };
            rounds(&members, &RwLock::new(()), work, between, true)
        });
        assert!(!stayed);
        assert!(members.iter().all(|member| lock(member).1 == 30));
        let idle = |_: &mut (bool, i32), (): &()| {};
        assert!(rounds(&members, &RwLock::new(()), idle, |()| false, false));

        let mut solitude = Solitude::default();
        let mut alone = Vec::new();
        for stayed in [false, false, true, false, true] {
            let mut times = 0;
            while !solitude.ends() {
                times += 1;
            }
            alone.push(times);
            solitude.learn(stayed);
        }
        assert_eq!(alone, [0, 2, 4, 0, 2]);
    }

    #[test]
    fn a_panic_sends_everybody_home() {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
        let members = [Mutex::new(0), Mutex::new(1)];
        let work = |member: &mut i32, _: &()| assert_eq!(*member, 0);
        let team = std::panic::AssertUnwindSafe(|| {
            pool.install(|| rounds(&members, &RwLock::new(()), work, |()| true, true));
        });
        assert!(std::panic::catch_unwind(team).is_err());
    }
}
