//! Long work while Python is free for others: Ctrl-C is heard, and how far it is can be shown.

use attractor::error::Result;
use attractor::simulation::{Pace, Wish};
use attractor::work::Over;
use pyo3::prelude::*;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How often signals are asked for, and progress is told.
const LISTEN_EVERY: Duration = Duration::from_millis(50);
/// How long a run may go on, once it is to end, to where a recording is whole.
const GRACE: Duration = Duration::from_millis(500);
/// What whoever works shares with whoever waits.
#[derive(Debug, Default)]
pub struct Watch {
    stop: AtomicBool,
    /// Bits of the time that has been reached.
    time: AtomicU64,
    /// Heeded by whoever computes.
    pub over: Over,
    done: Mutex<bool>,
    ended: Condvar,
}

impl Watch {
    /// Tells that `time` is done; wishes to stop once that is wanted.
    pub fn at(&self, time: f64) -> Wish {
        self.time.store(time.to_bits(), Ordering::Relaxed);
        if self.stop.load(Ordering::Relaxed) { Wish::Stop } else { Wish::Continue }
    }

    /// The same for a run that is recorded in a file: it is committed after every `period`.
    pub fn committing(&self, period: Duration) -> impl FnMut(f64) -> Wish + Send + '_ {
        let mut pace = Pace::new(period, Instant::now());
        move |time| {
            pace.look(Instant::now());
            match self.at(time) {
                Wish::Continue => pace.wish(),
                wish => wish,
            }
        }
    }

    fn end(&self) {
        *self.done.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.ended.notify_all();
    }

    /// Waits for a moment; tells whether the work has ended.
    fn wait(&self) -> bool {
        let done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.ended.wait_timeout_while(done, LISTEN_EVERY, |done| !*done);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

/// Ends the wait, whatever way the work ends.
struct End<'a>(&'a Watch);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.end();
    }
}

/// Does `work` on a thread of its own, tells `tell` the time that it has reached, and ends it when Python is interrupted or
/// `tell` raises.
///
/// # Errors
/// Those of the work, as exceptions; the exception of the interrupt.
pub fn watched<T: Send>(
    py: Python,
    tell: Option<&Bound<PyAny>>,
    work: impl FnOnce(&Watch) -> Result<T> + Send,
) -> PyResult<T> {
    let watch = Watch::default();
    std::thread::scope(|scope| {
        let worker = scope.spawn(|| {
            let _end = End(&watch);
            work(&watch)
        });
        let mut interrupt: Option<(PyErr, Instant)> = None;
        while !py.detach(|| watch.wait()) {
            let time = f64::from_bits(watch.time.load(Ordering::Relaxed));
            let told = py.check_signals().and_then(|()| match (tell, &interrupt) {
                (Some(tell), None) => tell.call1((time,)).map(drop),
                _ => Ok(()),
            });
            if let Err(exception) = told {
                watch.stop.store(true, Ordering::Relaxed);
                match &interrupt {
                    None => interrupt = Some((exception, Instant::now())),
                    // Who asks twice does not want to wait.
                    Some(_) => watch.over.set(),
                }
            }
            if interrupt.as_ref().is_some_and(|(_, asked)| asked.elapsed() >= GRACE) {
                watch.over.set();
            }
        }
        let left = py.detach(|| worker.join());
        let left = left.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        match interrupt {
            // It has ended all the same.
            Some((exception, _)) => Err(exception),
            None => left.map_err(|error| crate::error::raised(py, &error)),
        }
    })
}
