//! `attractor run`.

use super::host::host;
use super::progress::{Limits, Progress, stopped};
use super::ranks::{Company, share};
use super::rehearsal::{Part, rehearse};
use super::{
    LARGEST_SEED, check_disk, check_memory_of, check_share, check_unchanged, named_after, open,
    settings, verdict, warn,
};
use crate::dynamics::Section;
use crate::error::{Error, Kind, Place, Result};
use crate::experiment::{Experiment, Host};
use crate::model::{Document, Model};
use crate::ranks::Ranks;
use crate::recording::{Origin, Recording, Sink, Unended, beside};
use crate::report::Summary;
use crate::simulation::follow;
use crate::units::{self, Clock};
use crate::work::Threads;
use clap::Args;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::str::FromStr;
use std::time::Duration;

#[derive(Debug, Args)]
pub(super) struct Run {
    /// The model file.
    #[arg(required_unless_present = "resume")]
    model: Option<PathBuf>,
    /// The recording to write [default: the model's name with .h5, here].
    #[arg(short, long)]
    output: Option<PathBuf>,
    /// Seed of all random streams, instead of the model's.
    #[arg(long, value_parser = clap::value_parser!(u64).range(..=LARGEST_SEED))]
    seed: Option<u64>,
    /// Number of threads, under mpirun of every process; the result does not depend on it [default: one per core].
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Change a value of the model, for example --set projection.E_to_E.tau_syn="5 ms".
    #[arg(long = "set", value_name = "KEY=VALUE")]
    settings: Vec<String>,
    /// Run this trial of the task only, from 1: its spikes are those of the whole run.
    #[arg(long, value_name = "N")]
    trial: Option<usize>,
    /// Go on with the run whose recording OUT.h5 did not end, from the state that was saved last.
    #[arg(
        long,
        value_name = "OUT.h5",
        conflicts_with_all = ["model", "output", "seed", "settings", "trial", "force"]
    )]
    resume: Option<PathBuf>,
    /// Branch off from the run that this recording is of, at the time --at, with its past and the model's own protocol and
    /// task from then on.
    #[arg(long, value_name = "OTHER.h5", requires = "at", conflicts_with = "resume")]
    from: Option<PathBuf>,
    /// When to branch off, in the time of the other run, for example "1.5 s".
    #[arg(long, value_name = "TIME", requires = "from")]
    at: Option<Biological>,
    /// After branching off, random input comes from the streams of this seed.
    #[arg(long, value_name = "N", requires = "from", value_parser = clap::value_parser!(u64).range(..=LARGEST_SEED))]
    future_seed: Option<u64>,
    /// End at this time of the network, for example "2 s" or "10 sweeps"; --resume goes on.
    #[arg(long, value_name = "TIME")]
    until: Option<Biological>,
    /// End after so much time of the clock on the wall, for example 55min, "1h 30m", 11:45:00 or 1-12:00:00; --resume goes on.
    #[arg(long = "for", value_name = "WALLTIME", value_parser = walltime)]
    limit: Option<Duration>,
    /// How often, in seconds, everything that was recorded, and the state to go on from, are brought safely to disk: what a
    /// kill may cost.
    #[arg(long, value_name = "SECONDS", default_value = "2", value_parser = period)]
    commit: Duration,
    #[command(flatten)]
    part: Part,
    /// Overwrite an existing output.
    #[arg(long)]
    force: bool,
    /// Print nothing but errors, warnings and expectations that are not met.
    #[arg(long)]
    quiet: bool,
}

impl Run {
    pub fn execute(&self) -> Result<ExitCode> {
        if let Some(ranks) = self.part.ranks()? {
            return self.rehearse(ranks);
        }
        let company = Company::join(self.threads)?;
        let threads = company.threads();
        if !company.leads() {
            let _heard = stopped()?;
            follow(threads);
            return Ok(ExitCode::SUCCESS);
        }
        self.lead(&company)
    }

    /// Runs it, alone or as the first of several ranks.
    fn lead(&self, company: &Company) -> Result<ExitCode> {
        let threads = company.threads();
        let resume = self.resume.as_deref().map(without_part);
        let (output, mut experiment) = match (&resume, &self.model) {
            (Some(output), _) if is_complete(output)? => {
                if !self.quiet {
                    say!("{} is complete: nothing is left to run", output.display());
                }
                return self.conclude(&Recording::open(output)?, output);
            }
            (Some(output), _) => (output.clone(), self.go_on(output, threads)?),
            (None, model) => self.begin(model.as_deref().unwrap_or(Path::new("")), threads)?,
        };
        let reached = experiment.simulation.time();
        if let (Some(output), Some(until)) = (&resume, self.until(&experiment)?)
            && reached >= until
        {
            let unit = experiment.simulation.nature().clock.unit();
            say!("{} has come to {reached} {unit} already", output.display());
            return Ok(ExitCode::SUCCESS);
        }
        let limits =
            Limits { period: self.commit, until: self.until(&experiment)?, wall: self.limit };
        let mut progress = Progress::new(&experiment, self.quiet, limits)?;
        experiment.simulation.heed(progress.over());
        company.watch(progress.over(), progress.stopped(), &output);
        let ran = experiment.run(|time| progress.at(time));
        progress.finish();
        if let Err(error) = ran {
            // Whoever goes on as often as it takes must hear of a run that comes to no look, and would do so for ever.
            let planned = progress.was_planned() && experiment.is_saved();
            if !planned || error.kind() != Kind::Interrupt {
                return Err(error);
            }
            if !self.quiet {
                say!("{error}");
            }
            return Ok(ExitCode::SUCCESS);
        }
        self.conclude(&experiment.finish()?, &output)
    }

    /// A run from its beginning, and what it will be recorded in.
    fn begin(&self, model: &Path, threads: &Threads) -> Result<(PathBuf, Experiment)> {
        let document = Document::read(model, &settings(&self.settings, self.seed))?;
        let output = self.output.clone().unwrap_or_else(|| named_after(model, "h5"));
        let model = document.model()?;
        check_share(&document, &model, Some(&output), self.force, share(threads))?;
        warn(&document.warnings(&model));
        let target = (Sink::File { path: &output, force: self.force }, self.trial);
        let origin = self.origin(&model, &output)?;
        let experiment = match &origin {
            None => Experiment::begin(&document, model, target, &host(), threads),
            Some(origin) => Experiment::branch(origin, &document, model, target, &host(), threads),
        };
        Ok((output, experiment?))
    }

    /// Runs one rank of many by itself, and tells what it costs.
    fn rehearse(&self, ranks: Ranks) -> Result<ExitCode> {
        let model = self.model.as_deref().unwrap_or(Path::new(""));
        let document = Document::read(model, &settings(&self.settings, self.seed))?;
        let model = document.model()?;
        let threads = threads(self.threads)?.on(ranks);
        check_memory_of(&document, &model, share(&threads))?;
        let clock = model.dynamics.nature().clock;
        let until = self.until.map(|Biological(time)| time_of(time, clock, "--until"));
        rehearse(&document, model, until.transpose()?, &threads)?;
        Ok(ExitCode::SUCCESS)
    }

    /// Where the run branches off, if it does.
    fn origin(&self, model: &Model, output: &Path) -> Result<Option<Origin>> {
        let (Some(from), Some(Biological(at))) = (&self.from, self.at) else { return Ok(None) };
        origin_of(&Recording::open(from)?, at, self.future_seed, model, Some(output)).map(Some)
    }

    /// A run that goes on.
    fn go_on(&self, output: &Path, threads: &Threads) -> Result<Experiment> {
        let experiment = go_on(output, &host(), threads)?;
        if !self.quiet {
            let (clock, reached) =
                (experiment.simulation.nature().clock, experiment.simulation.time());
            tell!("  goes on at {reached:.0} {}", clock.unit());
        }
        Ok(experiment)
    }

    /// When the network is to stop, on its clock.
    fn until(&self, experiment: &Experiment) -> Result<Option<f64>> {
        let clock = experiment.simulation.nature().clock;
        self.until.map(|Biological(time)| time_of(time, clock, "--until")).transpose()
    }

    /// Tells what came of it.
    fn conclude(&self, recording: &Recording, output: &Path) -> Result<ExitCode> {
        let summary = Summary::of(recording)?;
        if !self.quiet {
            say!("{summary}\n  recorded in {}", output.display());
        } else {
            // An exit code alone would not say what was missed.
            summary.missed().for_each(|verdict| tell!("{verdict}"));
        }
        Ok(verdict(&summary))
    }
}

/// A time that the argument `argument` tells, on the clock of a network.
///
/// # Errors
/// If it is none.
pub fn time_of(time: units::Duration, clock: Clock, argument: &str) -> Result<f64> {
    let place = |e: Error| e.placed(Place::Argument(argument.to_owned()));
    time.positive_on(clock, "a time").map_err(place)
}

/// Where a run of `model` branches off from that of `recording`, at this time; random input comes from the streams of
/// `future_seed` then, if there is one.
///
/// # Errors
/// If that run has branched off itself, if its recording is the `output`, or if it is no time.
pub fn origin_of(
    recording: &Recording,
    at: units::Duration,
    future_seed: Option<u64>,
    model: &Model,
    output: Option<&Path>,
) -> Result<Origin> {
    let file = |path: &Path| path.canonicalize().ok();
    if output.and_then(file).is_some_and(|output| file(recording.path()) == Some(output)) {
        return Err(Error::file(
            recording.path(),
            "found the recording from which the run branches off as its output",
            "choose another name with -o",
        ));
    }
    let provenance = recording.provenance()?;
    if let Ok(Origin { at, future_seed, .. }) = serde_json::from_str(&provenance.origin) {
        let unit = model.dynamics.nature().clock.unit();
        let seed = future_seed.map_or(String::new(), |seed| format!(" --future-seed {seed}"));
        return Err(Error::file(
            recording.path(),
            format!("found the recording of a run that has itself branched off, at {at} {unit}"),
            format!(
                "branch off from the first run with --at \"{at} {unit}\"{seed}, in a model whose protocol begins with \
                 what this one was shown"
            ),
        ));
    }
    Ok(Origin {
        model_resolved: provenance.model_resolved,
        at: time_of(at, model.dynamics.nature().clock, "--at")?,
        future_seed,
        files_hash: provenance.files_hash,
    })
}

/// The run whose recording, which will be called `output`, did not end, from where it can go on.
///
/// # Errors
/// If there is none, or what was recorded holds no longer.
pub fn go_on(output: &Path, host: &Host, threads: &Threads) -> Result<Experiment> {
    let part = beside(output, "part");
    if part.exists() {
        // What holds no longer is not gone on with.
        let recording = open(&part)?;
        // This may be another machine, or a fuller one.
        let resolved = recording.provenance()?.model_resolved;
        let name = format!("model in {}", output.file_name().unwrap_or_default().display());
        let document = Document::new(&output.with_file_name(name), resolved, &[])?;
        let model = document.model()?;
        let room = check_memory_of(&document, &model, share(threads))
            .and_then(|()| check_disk(&document, &model, output, size_of(&part)));
        room.map_err(|e| e.mended("go on where there is more, or free some here"))?;
    }
    Experiment::go_on(output, host, threads)
}

/// Bytes of a file; 0 if there is none.
fn size_of(file: &Path) -> f64 {
    std::fs::metadata(file).map_or(0.0, |file| file.len() as f64)
}

/// Where a run that will be recorded in `output` is recorded until it has ended.
pub fn part_of(output: &Path) -> PathBuf {
    beside(output, "part")
}

/// What the recording of a run will be called whose `.part` may have been named.
pub fn without_part(typed: &Path) -> PathBuf {
    match typed.extension() {
        Some(extension) if extension == "part" || extension == "checkpoint" => {
            typed.with_extension("")
        }
        _ => typed.to_owned(),
    }
}

/// Whether nothing is left to run; what only lacked its name gets it.
///
/// # Errors
/// If there is no such recording, or if it was changed.
pub fn is_complete(output: &Path) -> Result<bool> {
    if beside(output, "part").exists() {
        return Unended::publish(output, check_unchanged);
    }
    let complete = output.exists() && open(output)?.is_complete();
    if complete {
        Unended::clear_beside(output);
    }
    Ok(complete)
}

/// A time on the clock of a network, as it is typed.
#[derive(Clone, Copy, Debug)]
struct Biological(units::Duration);

impl FromStr for Biological {
    type Err = Error;

    fn from_str(typed: &str) -> Result<Self> {
        typed.parse().map(Self)
    }
}

/// Units of which nobody gives a run so much.
const LONG: [&str; 8] = ["M", "month", "months", "y", "yr", "yrs", "year", "years"];

/// A time of the clock on the wall, as it is typed.
pub(super) fn walltime(typed: &str) -> std::result::Result<Duration, String> {
    let allowed =
        "allowed is a time above 0 such as 90s, 55min, \"1h 30m\", 11:45:00 or 1-12:00:00";
    // As batch systems write it, days-hours:minutes:seconds.
    let (days, rest) = match typed.split_once('-') {
        Some((days, rest)) => (days.parse::<u32>().ok(), rest),
        None => (Some(0), typed),
    };
    let parts: Option<Vec<u32>> = rest.split(':').map(|part| part.parse().ok()).collect();
    let parsed = match parts.as_deref() {
        Some([hours, minutes, seconds]) => {
            let whole = 3600 * u64::from(*hours) + 60 * u64::from(*minutes) + u64::from(*seconds);
            Some(Duration::from_secs(whole))
        }
        // M may well be meant as minutes.
        _ if rest.split(|c: char| !c.is_alphabetic()).any(|unit| LONG.contains(&unit)) => None,
        _ => humantime::parse_duration(rest).ok(),
    };
    let day = Duration::from_secs(86_400);
    let time = parsed.zip(days).and_then(|(time, days)| time.checked_add(days * day));
    time.filter(|time| !time.is_zero()).ok_or_else(|| allowed.to_owned())
}

/// A period in seconds, as it is typed.
fn period(typed: &str) -> std::result::Result<Duration, String> {
    let allowed = "allowed is a number of seconds from 0.01 to 1e6";
    match typed.parse::<f64>() {
        Ok(seconds) if (0.01..=1e6).contains(&seconds) => Ok(Duration::from_secs_f64(seconds)),
        _ => Err(allowed.to_owned()),
    }
}

/// So many threads, or one per core.
pub(super) fn threads(number: Option<u16>) -> Result<Threads> {
    Threads::new(number.map_or(0, usize::from))
}

#[cfg(test)]
mod tests {
    use super::walltime;

    #[test]
    fn times_on_the_wall_are_read_as_people_and_batch_systems_write_them() {
        let times = [
            ("90s", 90),
            ("55min", 3300),
            ("1h 30m", 5400),
            ("1h30m", 5400),
            ("11:45:00", 42_300),
            ("1-12:00:00", 129_600),
            ("2-00:00:30", 172_830),
            ("1d", 86_400),
        ];
        for (typed, seconds) in times {
            assert_eq!(walltime(typed).unwrap().as_secs(), seconds, "{typed}");
        }
        assert_eq!(walltime("1ms").unwrap().as_millis(), 1);
        let wrong = ["", "0s", "soon", "12", "1:30", "-1:00:00", "1-", "1:-2:00", "00:00:00"];
        for typed in wrong.into_iter().chain(["55M", "1year", "2-55M", "1-18446744073709551615s"]) {
            assert!(walltime(typed).is_err(), "{typed}");
        }
    }
}
