//! Loops whose turns are independent, shared out among the threads of the pool in use.

use rayon::prelude::*;
use std::sync::{Mutex, PoisonError};

/// What stands at one place of a loop.
enum Turn<J, R> {
    Waits(J),
    Taken,
    Done(R),
}

/// What `of` makes of each of `jobs`, in their order, on all threads of the pool.
///
/// A turn should take some microseconds at least. Whatever is shared out ends in one loop over numbers, which is compiled once:
/// the adaptors of an iterator are compiled anew wherever they stand, and were a sixth of the crate.
pub(crate) fn each<J: Send, R: Send>(
    jobs: impl IntoIterator<Item = J>,
    of: impl Fn(J) -> R + Sync,
) -> Vec<R> {
    let turns: Vec<_> = jobs.into_iter().map(|job| Mutex::new(Turn::Waits(job))).collect();
    share_out(turns.len(), &|k| {
        let turn = || turns[k].lock().unwrap_or_else(PoisonError::into_inner);
        let taken = std::mem::replace(&mut *turn(), Turn::Taken);
        if let Turn::Waits(job) = taken {
            let done = of(job);
            *turn() = Turn::Done(done);
        }
    });
    let done = turns.into_iter().filter_map(|turn| {
        match turn.into_inner().unwrap_or_else(PoisonError::into_inner) {
            Turn::Done(done) => Some(done),
            Turn::Waits(_) | Turn::Taken => None,
        }
    });
    done.collect()
}

fn share_out(turns: usize, turn: &(dyn Fn(usize) + Sync)) {
    (0..turns).into_par_iter().for_each(turn);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::work::Threads;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn every_turn_is_taken_once_and_told_in_order() {
        for threads in [1, 3] {
            let taken = AtomicUsize::new(0);
            let square = |k: usize| {
                taken.fetch_add(1, Ordering::SeqCst);
                k * k
            };
            let squares = Threads::new(threads).unwrap().with(|| each(0..1000, square));
            assert_eq!(squares, (0..1000).map(|k| k * k).collect::<Vec<_>>());
            assert_eq!(taken.into_inner(), 1000);
        }
        assert!(each(0..0, |k| k).is_empty());
    }

    #[test]
    fn parts_of_one_list_are_changed_at_once() {
        let mut list = vec![0; 10];
        each(list.chunks_mut(4).enumerate(), |(k, part)| part.fill(k));
        assert_eq!(list, [0, 0, 0, 0, 1, 1, 1, 1, 2, 2]);
    }

    #[test]
    #[should_panic(expected = "of turn 7")]
    fn a_panic_of_a_turn_is_not_lost() {
        each(0..9, |k| assert_ne!(k, 7, "of turn {k}"));
    }
}
