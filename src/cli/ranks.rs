//! The ranks of a run: `mpirun -n K attractor run`.

use super::progress::Stopped;
#[cfg(feature = "mpi")]
use crate::error::quoted;
use crate::error::{Error, Place, Result};
use crate::ranks::Ranks;
#[cfg(feature = "mpi")]
use crate::ranks::Session;
use crate::simulation::dismiss;
use crate::work::{Over, Threads, cores};
use std::path::Path;
#[cfg(feature = "mpi")]
use std::time::{Duration, Instant};

/// Where launchers of MPI tell a process how many they have started, or which of them it is.
const SIZE: [&str; 2] = ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE"];
const RANK: [&str; 3] = ["OMPI_COMM_WORLD_RANK", "PMI_RANK", "PMIX_RANK"];
/// How many on this machine.
const HERE: [&str; 2] = ["OMPI_COMM_WORLD_LOCAL_SIZE", "MPI_LOCALNRANKS"];

/// How long whoever ends by a signal may wait for others, which `mpirun` kills a second after it, and whoever ends as was planned.
#[cfg(feature = "mpi")]
const PATIENCE: [Duration; 2] = [Duration::from_millis(100), Duration::from_secs(60)];
/// How often it is looked at.
#[cfg(feature = "mpi")]
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// The threads of this rank, and its relation to the others, as long as it lasts.
pub(super) struct Company {
    threads: Threads,
    #[cfg(feature = "mpi")]
    session: Option<Session>,
}

/// What a launcher tells, if there is one.
fn told(names: &[&str]) -> Option<usize> {
    names.iter().find_map(|name| std::env::var(name).ok()?.parse().ok())
}

/// How many processes a launcher has started, at least.
fn started() -> usize {
    told(&SIZE).or(told(&RANK).map(|rank| rank + 1)).unwrap_or(1)
}

/// Refuses several processes that would all do the same.
///
/// # Errors
/// If there are some.
pub(super) fn check_alone(command: &str) -> Result<()> {
    let started = started();
    if started <= 1 {
        return Ok(());
    }
    let found = format!("found that {started} processes were started, which would all do the same");
    let allowed = "only `attractor run` is shared out among ranks";
    let remedy = "start one process; runs of a sweep are shared out with --shard";
    Err(Error::input(found, allowed, remedy).placed(Place::Argument(command.to_owned())))
}

/// Which share of a network stands on this machine, and how many threads on all ranks work on it.
pub(super) fn share(threads: &Threads) -> (f64, usize) {
    let ranks = threads.ranks();
    let here = if ranks.is_solo() { 1 } else { told(&HERE).unwrap_or(1) };
    (here.min(ranks.number()) as f64 / ranks.number() as f64, threads.workers())
}

/// So many threads, or one per core; the ranks of a machine share out its cores.
fn threads(number: Option<u16>, ranks: &Ranks) -> Result<Threads> {
    let here = told(&HERE).filter(|_| ranks.number() > 1 && !ranks.is_solo());
    let number = number.map(usize::from).or(here.map(|here| (cores() / here).max(1)));
    Threads::new(number.unwrap_or(0))
}

impl Company {
    /// This process with `number` threads, among those that were started together with it.
    ///
    /// # Errors
    /// If there are others with whom it cannot speak, or threads cannot be started.
    #[cfg(feature = "mpi")]
    pub fn join(number: Option<u16>) -> Result<Self> {
        let is_launched = told(&SIZE).or(told(&RANK)).is_some();
        let begun = is_launched.then(Session::begin).transpose()?;
        let (session, ranks) = begun.map_or((None, Ranks::default()), |(s, r)| (Some(s), r));
        Ok(Self { threads: threads(number, &ranks)?.on(ranks), session })
    }

    #[cfg(not(feature = "mpi"))]
    pub fn join(number: Option<u16>) -> Result<Self> {
        let started = started();
        if started > 1 {
            return Err(Error::input(
                format!("found that {started} processes were started to share out a network"),
                "this build knows no MPI",
                "build it with --features mpi, or start one process",
            )
            .placed(Place::Argument("attractor run".to_owned())));
        }
        Ok(Self { threads: threads(number, &Ranks::default())? })
    }

    pub fn threads(&self) -> &Threads {
        &self.threads
    }

    /// Ends this rank with a sentence once the run that is recorded in `output` is `over`, by a signal or not, but waits for a rank
    /// that does not answer.
    #[cfg(feature = "mpi")]
    pub fn watch(&self, over: &Over, by_signal: &Stopped, output: &Path) {
        let Some(calls) = self.session.as_ref().map(|session| session.calls().clone()) else {
            return;
        };
        let (over, by_signal, output) = (over.clone(), by_signal.clone(), output.to_owned());
        std::thread::spawn(move || {
            let (mut call, mut since) = (None, Instant::now());
            loop {
                std::thread::sleep(LOOK_EVERY);
                let now = calls.waiting().filter(|_| over.is_set());
                if now.is_none() || now != call {
                    (call, since) = (now, Instant::now());
                    continue;
                }
                if since.elapsed() < PATIENCE[usize::from(!by_signal.is_set())] {
                    continue;
                }
                let mut state = output.clone().into_os_string();
                state.push(".checkpoint");
                let remedy = if Path::new(&state).exists() {
                    format!("go on with `attractor run --resume {}`", quoted(&output))
                } else {
                    "nothing was committed: run it anew".to_owned()
                };
                tell!("error: found that the run was told to end, or has lost a rank; {remedy}.");
                signal_hook::low_level::exit(130);
            }
        });
    }

    #[cfg(not(feature = "mpi"))]
    pub fn watch(&self, _: &Over, _: &Stopped, _: &Path) {}

    /// Whether the others do as this rank says.
    pub fn leads(&self) -> bool {
        self.threads.ranks().leads()
    }
}

/// Whoever follows would wait for orders for ever.
impl Drop for Company {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            dismiss(&self.threads);
        }
    }
}
