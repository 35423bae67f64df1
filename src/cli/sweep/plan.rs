//! `attractor sweep --plan`: what a sweep takes, before it is made.

use super::super::host::host;
use super::super::{available_memory, warn};
use super::Plan;
use crate::error::{Kind, Result, Warning, counted};
use crate::sweep::Resources;
use crate::work::{Over, Threads};
use serde::Serialize;
use std::fmt;
use std::process::ExitCode;
use std::time::Duration;

/// For so long a run is begun to learn how long it takes, s.
const START: f64 = 2.0;

/// What is told.
#[derive(Debug, Serialize)]
struct Told {
    points: usize,
    repeat: usize,
    /// I/N, if only its runs are made.
    shard: Option<String>,
    /// How many runs are made.
    runs: usize,
    /// Runs that go on at once, and threads of each.
    at_once: usize,
    threads: usize,
    /// Most that one run takes, an estimate.
    memory_mb: f64,
    /// Recordings that stand on disk at once, without spikes.
    disk_mb: f64,
    starts: Vec<Begun>,
    /// All runs, if they take as long as those that were begun take on average.
    seconds: Option<f64>,
    /// What the models are hardly meant to be.
    warnings: Vec<String>,
}

/// A run of which the start was made.
#[derive(Debug, Serialize)]
struct Begun {
    /// From 1.
    run: usize,
    point: Vec<String>,
    seed: u64,
    /// Of the whole run; none if it failed.
    seconds: Option<f64>,
    /// Of it what building the network took.
    build_s: f64,
    /// Which share of the run was made.
    measured: f64,
    /// Why it failed.
    error: String,
}

/// Tells what `plan` takes on so many threads, if recordings are kept or not; heeds `over`.
pub(super) fn tell(
    plan: &Plan,
    (threads, over): (usize, &Over),
    keep: bool,
    json: bool,
) -> Result<ExitCode> {
    let resources = Resources { threads, memory: available_memory() };
    let (at_once, threads) = plan.at_once(resources);
    let own = Threads::new(threads)?;
    let runs: Vec<usize> = plan.runs().collect();
    let mut ends: Vec<usize> = [runs.first(), runs.last()].into_iter().flatten().copied().collect();
    // Runs of one point differ in their seed only.
    ends.dedup_by_key(|run| *run / plan.grid().repeat);
    let starts: Vec<Begun> =
        ends.into_iter().map(|run| begun(plan, run, (&own, over))).collect::<Result<_>>()?;
    let known: Vec<f64> = starts.iter().filter_map(|start| start.seconds).collect();
    let mean = known.iter().sum::<f64>() / known.len() as f64;
    let told = Told {
        points: plan.grid().points(),
        repeat: plan.grid().repeat,
        shard: plan.shard().is_part().then(|| plan.shard().to_string()),
        runs: runs.len(),
        at_once,
        threads,
        memory_mb: plan.memory() / 1e6,
        disk_mb: plan.disk(resources, keep) / 1e6,
        starts,
        warnings: plan.warnings().iter().map(Warning::to_string).collect(),
        seconds: (!known.is_empty()).then(|| mean * runs.len().div_ceil(at_once) as f64),
    };
    if json {
        say!("{}", serde_json::to_string_pretty(&told).expect("plain data"));
    } else {
        warn(plan.warnings());
        say!("{told}");
    }
    Ok(ExitCode::SUCCESS)
}

/// Makes the start of a run.
fn begun(plan: &Plan, run: usize, with: (&Threads, &Over)) -> Result<Begun> {
    let (point, seed) = (plan.grid().settings(run / plan.grid().repeat), plan.seed_of(run));
    let begun = Begun {
        run: run + 1,
        point,
        seed,
        seconds: None,
        build_s: 0.0,
        measured: 0.0,
        error: String::new(),
    };
    match plan.start(run, START, with, &host()) {
        Ok(start) => Ok(Begun {
            seconds: Some(start.seconds()),
            build_s: start.build,
            measured: if start.whole { 1.0 } else { start.reached / start.duration },
            ..begun
        }),
        // In a sweep it is a row that says so.
        Err(e) if matches!(e.kind(), Kind::Input | Kind::Divergence) => {
            Ok(Begun { error: e.to_string(), ..begun })
        }
        Err(e) => Err(e),
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let all = counted(self.points * self.repeat, "run");
        let (points, each) = (counted(self.points, "point"), counted(self.repeat, "run"));
        writeln!(f, "{points}, {each} each: {all}")?;
        if let Some(shard) = &self.shard {
            writeln!(f, "  shard {shard} has {} of them", self.runs)?;
        }
        let (at_once, threads) = (self.at_once, counted(self.threads, "thread"));
        writeln!(f, "  {} at once, on {threads} each", counted(at_once, "run"))?;
        let all = self.memory_mb * at_once as f64;
        writeln!(
            f,
            "  memory  at most about {:.0} MB for a run, {all:.0} MB in all",
            self.memory_mb
        )?;
        match self.disk_mb {
            0.0 => writeln!(f, "  disk    none but for the table: recordings are made in memory")?,
            disk => writeln!(f, "  disk    about {disk:.1} MB at once, and more for spikes")?,
        }
        for start in &self.starts {
            writeln!(f, "  time    {start}")?;
        }
        match self.seconds {
            Some(seconds) => {
                write!(f, "  time    about {} in all, if others take as long", spoken(seconds))
            }
            None => write!(f, "  time    not known"),
        }
    }
}

impl fmt::Display for Begun {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "run {} (", self.run)?;
        self.point.iter().try_for_each(|setting| write!(f, "{setting}, "))?;
        write!(f, "seed {}): ", self.seed)?;
        match self.seconds {
            None => write!(f, "fails: {}", self.error),
            Some(seconds) if self.measured < 1.0 => {
                let share = 100.0 * self.measured;
                write!(f, "about {}, if it goes on as its first {share:.2} % did", spoken(seconds))
            }
            Some(seconds) => write!(f, "{}, measured", spoken(seconds)),
        }
    }
}

/// A time for people, and for the limits of batch systems.
fn spoken(seconds: f64) -> String {
    if seconds < 59.5 {
        return format!("{seconds:.0$} s", usize::from(seconds < 9.95));
    }
    let coarse = if seconds < 3600.0 { 1.0 } else { 60.0 };
    let whole = (seconds / coarse).round() * coarse;
    humantime::format_duration(Duration::from_secs(whole as u64)).to_string()
}

#[cfg(test)]
mod tests {
    use super::spoken;

    #[test]
    fn times_are_told_as_people_read_them() {
        let told = [0.04, 9.96, 75.4, 7261.0].map(spoken);
        assert_eq!(told, ["0.0 s", "10 s", "1m 15s", "2h 1m"]);
    }
}
