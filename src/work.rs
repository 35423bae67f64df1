//! Independent work on threads: trials of a task, runs of a sweep, the turns of a loop.
//!
//! Jobs are given out one by one, as long as few of them are under way or wait to be taken, so that memory is bounded.
//! Whoever gives them out is asked several times a second whether to go on; a panic of a job is theirs too.

mod each;

pub(crate) use each::each;

use crate::error::{Error, Place, Result};
use crate::ranks::Ranks;
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// The threads that a run may use at once, on this rank of those among which it is shared out; who runs several things at once
/// shares out as many.
#[derive(Clone, Debug)]
pub struct Threads(Arc<ThreadPool>, Ranks);

/// Threads at most.
const MOST: usize = 1024;

/// How many threads this machine runs at a time.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

impl Threads {
    /// So many threads; 0 for one per core.
    ///
    /// # Errors
    /// If the system cannot start them.
    pub fn new(number: usize) -> Result<Self> {
        // As many as may be asked for, where 0 lets the environment tell it.
        let told = || std::env::var("RAYON_NUM_THREADS").ok()?.parse::<usize>().ok();
        let number =
            if number == 0 && told().is_some_and(|told| told > MOST) { MOST } else { number };
        let pool = ThreadPoolBuilder::new().num_threads(number).build().map_err(|e| {
            let found = format!("found that no threads can be started ({e})");
            let place = Place::Argument("--threads".to_owned());
            Error::input(found, "", "lower --threads").placed(place)
        })?;
        Ok(Self(Arc::new(pool), Ranks::default()))
    }

    /// The same threads, on a rank.
    pub fn on(self, ranks: Ranks) -> Self {
        Self(self.0, ranks)
    }

    /// For how many workers populations are cut; see [`Ranks::workers`]. As many as these threads are on every rank, unless they
    /// go on with a state that others have begun.
    pub fn workers(&self) -> usize {
        self.1.told_workers().unwrap_or(self.1.number() * self.number())
    }

    /// The same threads, on the same rank, for which populations are cut for so many workers.
    pub fn for_workers(&self, workers: usize) -> Self {
        self.clone().on(self.1.for_workers(workers))
    }

    /// The rank on which they are.
    pub fn ranks(&self) -> &Ranks {
        &self.1
    }

    /// How many there are.
    pub fn number(&self) -> usize {
        self.0.current_num_threads()
    }

    /// Does `work` with these threads.
    pub fn with<R: Send>(&self, work: impl FnOnce() -> R + Send) -> R {
        self.0.install(work)
    }
}

/// Tells those who work that nothing further is wanted; whoever holds a clone hears of it.
#[derive(Clone, Debug, Default)]
pub struct Over(Arc<AtomicBool>);

impl Over {
    /// From now on nothing further is given out, and what is under way may be abandoned.
    pub fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether nothing further is wanted.
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Goes on, unless nothing further is wanted.
    ///
    /// # Errors
    /// If it is over: an interrupt without a place.
    pub fn heed(&self) -> Result<()> {
        if self.is_set() { Err(Error::over()) } else { Ok(()) }
    }
}

/// In which order the ends of jobs are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// As the jobs were given.
    Given,
    /// As they end.
    Ended,
}

/// What whoever gives the jobs out is told.
#[derive(Debug)]
pub(crate) enum News<R> {
    /// The job with this number, from 0, has ended, and left this.
    Ended(usize, R),
    /// Nothing, for a while.
    Waiting,
}

/// Who does the work.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Crew {
    /// How many jobs are done at once, each on a thread of its own ...
    pub workers: usize,
    /// ... that has so many threads to share out a network among.
    pub threads: usize,
    /// In which order the ends of jobs are told.
    pub order: Order,
}

/// Jobs per worker that may be under way or wait to be taken: what bounds the memory.
const AHEAD: usize = 2;
/// How often whoever waits for a job asks whether to go on.
const PATIENCE: Duration = Duration::from_millis(100);

/// The end of a job: its number, and what it left, or a panic.
type Ended<R> = (usize, std::thread::Result<R>);

impl Crew {
    /// Does `work` on every one of `jobs`, which are made on this thread when their turn comes, with the threads of a
    /// worker; `tell` is told what each leaves, and several times a second that nothing has ended.
    ///
    /// # Errors
    /// If threads cannot be started. The first of `tell`; what is under way then is told that it is over, and lost.
    ///
    /// # Panics
    /// If a job panics.
    pub fn work<J: Send, R: Send>(
        self,
        mut jobs: impl Iterator<Item = J>,
        work: impl Fn(J, &Threads, &Over) -> R + Sync,
        mut tell: impl FnMut(News<R>, &Over) -> Result<()>,
    ) -> Result<()> {
        let own = |_| Threads::new(self.threads.max(1));
        let workers: Vec<Threads> = (0..self.workers.max(1)).map(own).collect::<Result<_>>()?;
        let over = Over::default();
        let (give, given) = channel();
        let given = Mutex::new(given);
        std::thread::scope(|scope| {
            // Whatever way this ends, the workers go home.
            let _home = GoHome(&over);
            let mut give = Some(give);
            let (back, ended) = channel();
            for threads in &workers {
                let (back, given, work, over) = (back.clone(), &given, &work, &over);
                scope.spawn(move || threads.with(|| labour(threads, given, work, over, &back)));
            }
            drop(back);
            let (mut number, mut received, mut told) = (0, 0, 0);
            let mut early = BTreeMap::new();
            loop {
                let waiting = if self.order == Order::Given { told } else { received };
                while let Some(to) = &give
                    && number < waiting + AHEAD * workers.len()
                {
                    match jobs.next().filter(|_| !over.is_set()) {
                        Some(job) => number += usize::from(to.send((number, job)).is_ok()),
                        // Who finds no further job goes home.
                        None => give = None,
                    }
                }
                match ended.recv_timeout(PATIENCE) {
                    Ok((_, Err(panic))) => resume_unwind(panic),
                    Ok((k, Ok(left))) => {
                        received += 1;
                        early.insert(k, left);
                    }
                    Err(RecvTimeoutError::Timeout) => tell(News::Waiting, &over)?,
                    Err(RecvTimeoutError::Disconnected) => return Ok(()),
                }
                while let Some(first) = early.first_entry()
                    && (self.order == Order::Ended || *first.key() == told)
                {
                    let (k, left) = first.remove_entry();
                    told += 1;
                    tell(News::Ended(k, left), &over)?;
                }
            }
        })
    }
}

/// Does one job after another as long as there are some.
fn labour<J: Send, R: Send>(
    threads: &Threads,
    given: &Mutex<Receiver<(usize, J)>>,
    work: &(impl Fn(J, &Threads, &Over) -> R + Sync),
    over: &Over,
    back: &Sender<Ended<R>>,
) {
    loop {
        let job = given.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((k, job)) = job else { return };
        if over.is_set() {
            return;
        }
        // Whoever waits for this job must learn of a panic.
        let left = catch_unwind(AssertUnwindSafe(|| work(job, threads, over)));
        if back.send((k, left)).is_err() {
            return;
        }
    }
}

/// Sends the workers home.
struct GoHome<'a>(&'a Over);

impl Drop for GoHome<'_> {
    fn drop(&mut self) {
        self.0.set();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicUsize;

    fn crew(workers: usize, order: Order) -> Crew {
        Crew { workers, threads: 1, order }
    }

    /// Later jobs are done sooner.
    fn uneven(k: usize, _: &Threads, _: &Over) -> usize {
        std::thread::sleep(Duration::from_millis(if k.is_multiple_of(4) { 3 } else { 0 }));
        k * k
    }

    #[test]
    fn ends_are_told_in_the_order_of_jobs_or_as_they_come() {
        for workers in [1, 2, 5] {
            for order in [Order::Given, Order::Ended] {
                let mut told = Vec::new();
                let tell = |news: News<usize>, _: &Over| {
                    if let News::Ended(k, square) = news {
                        assert_eq!(square, k * k);
                        told.push(k);
                    }
                    Ok(())
                };
                crew(workers, order).work(0..40, uneven, tell).unwrap();
                if order == Order::Given {
                    assert!(told.is_sorted());
                }
                told.sort_unstable();
                assert_eq!(told, (0..40).collect::<Vec<_>>(), "{workers} workers, {order:?}");
            }
        }
    }

    #[test]
    fn few_jobs_are_ahead_of_the_one_that_is_awaited() {
        let made = AtomicUsize::new(0);
        let jobs = (0..100usize).inspect(|_| {
            made.fetch_add(1, Ordering::SeqCst);
        });
        let tell = |news: News<usize>, _: &Over| {
            if let News::Ended(k, _) = news {
                assert!(made.load(Ordering::SeqCst) <= k + 2 * AHEAD);
            }
            Ok(())
        };
        crew(2, Order::Given).work(jobs, uneven, tell).unwrap();
    }

    #[test]
    fn who_waits_may_end_it_and_what_is_under_way_learns_of_it() {
        let until_over = |_: usize, _: &Threads, over: &Over| {
            while !over.is_set() {
                std::thread::sleep(Duration::from_millis(1));
            }
        };
        let stop = |_: News<()>, _: &Over| Err(Error::input("stopped", "", ""));
        let ended = crew(2, Order::Given).work(0..9, until_over, stop);
        assert!(ended.unwrap_err().to_string().contains("stopped"));
        // Told that it is over, the crew brings what is under way to an end, and begins nothing new.
        let mut taken = 0;
        let tell = |news: News<()>, over: &Over| {
            match news {
                News::Ended(..) => taken += 1,
                News::Waiting => over.set(),
            }
            Ok(())
        };
        crew(2, Order::Ended).work(0..9, until_over, tell).unwrap();
        assert_eq!(taken, 2);
    }

    #[test]
    fn the_first_error_in_order_ends_it() {
        let work = |k: usize, _: &Threads, _: &Over| if k % 3 == 2 { Err(k) } else { Ok(k) };
        let mut good = 0;
        let tell = |news: News<std::result::Result<usize, usize>>, _: &Over| match news {
            News::Ended(k, Err(_)) => Err(Error::input(format!("job {k}"), "", "")),
            News::Ended(_, Ok(_)) => {
                good += 1;
                Ok(())
            }
            News::Waiting => Ok(()),
        };
        let error = crew(3, Order::Given).work(0..20, work, tell).unwrap_err();
        assert!(error.to_string().contains("job 2"), "{error}");
        assert_eq!(good, 2);
    }

    #[test]
    fn a_panic_of_a_job_is_not_lost() {
        let work = |k: usize, _: &Threads, _: &Over| assert_ne!(k, 3);
        let run = || crew(2, Order::Given).work(0..9, work, |_, _| Ok(()));
        assert!(catch_unwind(AssertUnwindSafe(run)).is_err());
    }
}
