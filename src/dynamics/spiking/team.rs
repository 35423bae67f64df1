//! A team of threads that goes through rounds of independent work together.
//!
//! A round is a window of about a millisecond of biological time and takes a few hundred microseconds: too short to
//! send threads to sleep in between. They stay for all rounds, take members by ticket, and spin while the
//! last one of a round prepares the next. No thread waits for one that has not taken a ticket, so that a team
//! works with any number of threads, also with one.

use std::hint::spin_loop;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError, RwLock};
use std::thread::yield_now;

/// Does `work` on every member, round after round, until `between` says that there is no other round.
///
/// In a round every member is worked on once, by any thread, all with the same `shared` state; `between` then
/// runs alone and may change it. With `together`, all threads of the rayon pool take part.
pub fn rounds<M: Send, S: Send + Sync>(
    members: &[Mutex<M>],
    shared: &RwLock<S>,
    work: impl Fn(&mut M, &S) + Sync,
    between: impl FnMut(&mut S) -> bool + Send,
    together: bool,
) {
    let number = members.len();
    let between = Mutex::new(between);
    let tickets = AtomicUsize::new(0);
    let done = AtomicUsize::new(0);
    // Rounds that have been prepared; the first one is.
    let prepared = AtomicUsize::new(1);
    let over = AtomicBool::new(false);

    let take_part = || {
        let _alarm = Alarm(&over);
        loop {
            let ticket = tickets.fetch_add(1, Ordering::Relaxed);
            let round = ticket / number;
            let mut waited = 0u32;
            while prepared.load(Ordering::Acquire) <= round {
                if over.load(Ordering::Acquire) {
                    return;
                }
                wait(&mut waited);
            }
            {
                let shared = shared.read().unwrap_or_else(PoisonError::into_inner);
                work(&mut lock(&members[ticket % number]), &shared);
            }
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
}

/// A lock that nobody holds for long; a panic elsewhere is reported there.
pub fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Spins for some ten microseconds, then lets others run.
fn wait(waited: &mut u32) {
    *waited += 1;
    if *waited < 1000 { spin_loop() } else { yield_now() }
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
