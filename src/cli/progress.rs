//! How far a run is, and whether it goes on.

use super::host::host;
use crate::error::{Error, Place, Result};
use crate::experiment::Experiment;
use crate::model::Document;
use crate::recording::Saturation;
use crate::simulation::{Pace, Wish};
use crate::units::Clock;
use crate::work::Over;
use indicatif::{ProgressBar, ProgressStyle};
use signal_hook::{consts, flag};
use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Tells how far a run is: a bar on a terminal, plain lines elsewhere.
pub(super) struct Progress {
    bar: Option<ProgressBar>,
    quiet: bool,
    /// ms of biological time, or sweeps.
    duration: f64,
    clock: Clock,
    /// The time at which it began or goes on.
    from: f64,
    /// ms at which the trials end, counted from the start of the run.
    trials: Vec<f64>,
    stopped: Stopped,
    over: Over,
    begun: Instant,
    told: Instant,
    /// Populations of which nothing has been told yet.
    saturation: Vec<Saturation>,
    /// Where their sections stand.
    document: Document,
    limits: Limits,
    pace: Pace,
    /// Whether it has come as far as it was to.
    planned: bool,
}

/// When a run is committed, and how far it is to go.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// How often everything is committed.
    pub period: Duration,
    /// Time of the network.
    pub until: Option<f64>,
    /// Time since this process began to run.
    pub wall: Option<Duration>,
}

/// Set by an interrupt or a request to end.
#[derive(Clone)]
pub(super) struct Stopped(Arc<AtomicBool>);

impl Stopped {
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// What asks a run to end: the keyboard, the system that shuts down or limits the time, the terminal that is closed.
#[cfg(unix)]
const SIGNALS: [i32; 4] = [consts::SIGINT, consts::SIGTERM, consts::SIGHUP, consts::SIGXCPU];
#[cfg(not(unix))]
const SIGNALS: [i32; 2] = [consts::SIGINT, consts::SIGTERM];

/// Receives interrupts from now on, but for those that whoever began this program wants ignored, as `nohup` does.
pub(super) fn stopped() -> Result<Stopped> {
    let stopped = Arc::new(AtomicBool::new(false));
    let receive = |signal| {
        // Who asks twice in the same way does not want to wait for what is being computed. Terminals that close, and limits
        // of time, may tell more than once.
        if [consts::SIGINT, consts::SIGTERM].contains(&signal) {
            let asked = Arc::new(AtomicBool::new(false));
            flag::register_conditional_shutdown(signal, 130, Arc::clone(&asked))?;
            flag::register(signal, asked)?;
        }
        flag::register(signal, Arc::clone(&stopped))
    };
    let ignored = ignored();
    for signal in SIGNALS.into_iter().filter(|signal| ignored >> (signal - 1) & 1 == 0) {
        receive(signal).map_err(|e| {
            let found = format!("found that interrupts cannot be received ({e})");
            Error::input(found, "", "run it in another way").placed(Place::Nowhere)
        })?;
    }
    Ok(Stopped(stopped))
}

/// The signals that this process was begun with as ignored, a bit each, where /proc tells.
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}

impl Stopped {
    /// Is set a while after this, or after so much time: who computes may come to the next look until then, where nothing is
    /// lost.
    fn over(&self, wall: Option<Duration>) -> Over {
        let (stopped, over, begun) = (Arc::clone(&self.0), Over::default(), Instant::now());
        let later = over.clone();
        std::thread::spawn(move || {
            while !stopped.load(Ordering::Relaxed) && wall.is_none_or(|wall| begun.elapsed() < wall)
            {
                std::thread::sleep(LISTEN_EVERY);
            }
            std::thread::sleep(GRACE);
            later.set();
        });
        over
    }
}

/// How often it is asked whether a run is to end, and how long it may go on then to where a recording is whole.
const LISTEN_EVERY: Duration = Duration::from_millis(20);
const GRACE: Duration = Duration::from_millis(500);
/// How often a plain line is printed.
const TELL_EVERY: Duration = Duration::from_secs(5);

impl Progress {
    /// Of a run within these limits.
    pub fn new(experiment: &Experiment, quiet: bool, limits: Limits) -> Result<Self> {
        let simulation = &experiment.simulation;
        let saturation = experiment.saturation().cloned().collect();
        let document = experiment.document().clone();
        let duration = simulation.duration();
        let clock = simulation.nature().clock;
        let bar = (!quiet && std::io::stderr().is_terminal()).then(|| {
            let style = ProgressStyle::with_template("  {bar:40} {msg}");
            ProgressBar::new(duration as u64)
                .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        let stopped = stopped()?;
        let left = limits
            .wall
            .map(|wall| wall.saturating_sub(Duration::from_secs_f64((host().seconds)())));
        let over = stopped.over(left);
        let (trials, now) = (simulation.ends_of_trials(), Instant::now());
        Ok(Self {
            bar,
            quiet,
            duration,
            from: simulation.time(),
            clock,
            trials,
            stopped,
            over,
            begun: now,
            told: now,
            saturation,
            document,
            limits,
            pace: Pace::new(limits.period, now),
            planned: false,
        })
    }

    /// What those who compute are to heed.
    pub fn over(&self) -> &Over {
        &self.over
    }

    /// Whether a signal has come.
    pub fn stopped(&self) -> &Stopped {
        &self.stopped
    }

    /// Tells that `time` ms are done.
    pub fn at(&mut self, time: f64) -> Wish {
        let now = Instant::now();
        self.pace.look(now);
        if let Some(bar) = &self.bar {
            bar.set_position(time as u64);
            bar.set_message(self.message(time));
        } else if !self.quiet && now - self.told >= TELL_EVERY {
            tell!("  {}", self.message(time));
            self.told = now;
        }
        self.tell_saturation();
        if self.stopped.is_set() {
            return Wish::Stop;
        }
        let until = self.limits.until;
        if until.is_some_and(|until| time >= until) || self.is_late() {
            self.planned = true;
            return Wish::Stop;
        }
        self.pace.wish()
    }

    /// Whether the run was stopped because it had come as far as it was to.
    pub fn was_planned(&self) -> bool {
        self.planned || (!self.stopped.is_set() && self.is_late())
    }

    /// Whether it has taken as long as it may.
    fn is_late(&self) -> bool {
        self.limits.wall.is_some_and(|wall| (host().seconds)() >= wall.as_secs_f64())
    }

    /// Tells once of every population that is saturated.
    fn tell_saturation(&mut self) {
        let Self { saturation, document, bar, .. } = self;
        saturation.retain(|watch| {
            let Some(warning) = watch.warning() else { return true };
            let warning = warning.map(|e| document.place(e));
            match bar {
                Some(bar) => bar.suspend(|| tell!("warning: {warning}")),
                None => tell!("warning: {warning}"),
            }
            false
        });
    }

    fn message(&self, time: f64) -> String {
        let trials = match self.trials.len() {
            0 => String::new(),
            all => {
                // Sums of durations are rounded.
                let ended = self.trials.partition_point(|end| *end <= time + 1e-6);
                format!("{ended} of {all} trials, ")
            }
        };
        let elapsed = self.begun.elapsed().as_secs_f64();
        let left = (self.duration - time) * elapsed / (time - self.from);
        let seconds = |time| self.clock.seconds(time);
        match seconds(time).zip(seconds(self.duration)) {
            None => format!("{trials}{time:.0} of {:.0} sweeps, {left:.0} s left", self.duration),
            Some((done, all)) => format!(
                "{trials}{done:.2} of {all:.2} s, {:.2} s per s, {left:.0} s left",
                1000.0 * elapsed / (time - self.from)
            ),
        }
    }

    pub fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
