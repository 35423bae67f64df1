//! The summary of a recording: what the command line prints after a run, and `attractor info` at any time.

mod comparison;
mod landscape;
mod measures;
mod prediction;
mod states;
mod trials;

pub use comparison::Comparison;
pub use measures::measures;
pub use prediction::{Prediction, Predictions};
pub use states::{RecallSummary, StateSummary, StatesSummary};
pub use trials::{LevelSummary, ReadSummary, ShareSummary, TrialsSummary};

use crate::analysis::{Decisions, Irregularity, Memory, RecallTrials, Verdict};
use crate::dynamics::ObservableKind;
use crate::error::{Error, Result, counted};
use crate::model::{Document, Model};
use crate::protocol::{EpochShown, State, Stimulus};
use crate::recording::{Provenance, Recording};
use crate::task::Task;
use indexmap::IndexMap;
use serde::Serialize;
use std::fmt;
use std::path::Path;

/// Everything that a recording tells about its run.
#[derive(Clone, Debug, Serialize)]
pub struct Summary {
    /// That of the model.
    pub title: String,
    /// Whether the run came to its end.
    pub complete: bool,
    /// Of the recording.
    #[serde(flatten)]
    pub provenance: Provenance,
    /// Seconds of computing per second of biological time; none on a clock that does not count it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub real_time_factor: Option<f64>,
    /// Per second of computing.
    pub synaptic_events_per_s: f64,
    /// Mean rate of every population over the run.
    pub rates_hz: IndexMap<String, f64>,
    /// Mean CV of interspike intervals of every population over the run.
    pub cv_isi: IndexMap<String, Option<f64>>,
    /// Mean CV of interspike intervals of the cued foreground in delay activity.
    pub cv_isi_delay: IndexMap<String, Option<f64>>,
    /// Mean rate (Hz) of the cued foreground in delay activity: overlap 1.
    pub delay_rate_hz: IndexMap<String, Option<f64>>,
    /// What theory predicts beside what was measured, where theory applies.
    pub theory: Option<Predictions>,
    /// Number of external spikes that were recorded of every population that received some.
    pub recorded_external: IndexMap<String, u64>,
    /// Those before the trials.
    pub epochs: Vec<EpochSummary>,
    /// How the trials went, if there is a task.
    pub trials: Option<TrialsSummary>,
    /// Of a network without spikes.
    pub states: Option<StatesSummary>,
    /// Every expectation of the model, if they are judged.
    pub expect: Vec<Verdict>,
}

/// What an epoch showed, and what was retrieved in its second half.
#[derive(Clone, Debug, Serialize)]
pub struct EpochSummary {
    name: String,
    start_ms: f64,
    end_ms: f64,
    shown: String,
    memories: Vec<MemorySummary>,
}

/// The largest overlap in a population.
#[derive(Clone, Debug, Serialize)]
pub struct MemorySummary {
    population: String,
    /// The retrieved pattern, from 1; none if no overlap stands out.
    retrieved: Option<usize>,
    /// The largest mean overlap, in units of the delay rate.
    overlap: f64,
}

impl Summary {
    /// Reads and analyses a recording.
    ///
    /// # Errors
    /// If it is damaged.
    pub fn of(recording: &Recording) -> Result<Self> {
        let provenance = recording.provenance()?;
        let model = model_of(&provenance, recording.path())?;
        let seconds = recording.clock().seconds(provenance.duration);
        let mut summary = Self {
            title: model.title.clone(),
            complete: recording.is_complete(),
            real_time_factor: seconds.map(|seconds| ratio(provenance.wall_s, seconds)),
            synaptic_events_per_s: ratio(provenance.synaptic_events as f64, provenance.wall_s),
            provenance,
            rates_hz: IndexMap::new(),
            cv_isi: IndexMap::new(),
            cv_isi_delay: IndexMap::new(),
            delay_rate_hz: IndexMap::new(),
            theory: None,
            recorded_external: recording.external()?.into_iter().collect(),
            epochs: Vec::new(),
            trials: None,
            states: None,
            expect: Vec::new(),
        };
        if recording.observable() != ObservableKind::Spikes {
            summary.add_states(recording, &model)?;
            return Ok(summary);
        }
        let mut memories = Vec::new();
        let decisions = match model.task.as_ref().and_then(Task::delayed_match) {
            Some(task) => Decisions::of(recording, task)?,
            None => None,
        };
        for (name, neurons) in recording.populations() {
            let all = Irregularity::of_population(recording, &name)?;
            let rate = match recording.is_complete() {
                true => {
                    ratio(all.spikes as f64 / neurons as f64, summary.provenance.duration / 1000.0)
                }
                false => mean(&recording.rates(&name)?.values),
            };
            summary.rates_hz.insert(name.clone(), rate);
            let cv = match decisions {
                None => all.cv,
                // Intervals that reach from trial to trial tell nothing.
                Some(_) => {
                    let everybody: Vec<u32> = (0..neurons as u32).collect();
                    let before = [(0.0, model.lead(), &everybody[..])];
                    Irregularity::of_stretches(recording, &name, &before)?.cv
                }
            };
            summary.cv_isi.insert(name.clone(), cv);
            if let Some(mut memory) = Memory::of(recording, &name)? {
                if let Some(decisions) = decisions.as_ref().filter(|d| d.population == name) {
                    memory.keep_held(decisions);
                }
                let delay = Irregularity::of_stretches(recording, &name, &memory.delays())?;
                summary.cv_isi_delay.insert(name.clone(), delay.cv);
                summary.delay_rate_hz.insert(name.clone(), memory.reference);
                memories.push(memory);
            }
        }
        summary.trials = decisions.as_ref().map(TrialsSummary::of);
        let lead = if model.task.is_some() { model.lead() } else { f64::INFINITY };
        let epochs = recording.protocol()?;
        let before = epochs.iter().filter(|epoch| epoch.start < lead);
        summary.epochs = before.map(|e| EpochSummary::of(e, &memories)).collect();
        let all = decisions
            .as_ref()
            .is_none_or(|d| d.trials.len() == model.task.as_ref().map_or(0, Task::trials));
        if recording.is_complete() && all {
            summary.theory = Predictions::of(&model, recording)?;
            summary.expect = model.expect.judge(recording, &memories, decisions.as_ref())?;
        }
        Ok(summary)
    }

    /// Adds what a recording of states, or of graded activity, tells.
    fn add_states(&mut self, recording: &Recording, model: &Model) -> Result<()> {
        self.states = Some(StatesSummary::of(recording, model)?);
        let trials = RecallTrials::of(recording, model.task.as_ref())?;
        let ended = trials.as_ref().map_or(0, RecallTrials::number);
        if recording.is_complete() && ended == model.task.as_ref().map_or(0, Task::trials) {
            self.expect = model.expect.judge_states(recording, trials.as_ref())?;
        }
        Ok(())
    }

    /// Whether every expectation was met; those of an incomplete run, or of a trial alone, are not judged.
    pub fn as_expected(&self) -> bool {
        self.expect.iter().all(|v| v.met)
    }
}

/// The model that a recording carries.
pub fn model_of(provenance: &Provenance, path: &Path) -> Result<Model> {
    let read = || Document::new(path, provenance.model_resolved.clone(), &[])?.model();
    read().map_err(|error| {
        let version = &provenance.version;
        if version == env!("CARGO_PKG_VERSION") {
            return error;
        }
        Error::file(
            path,
            format!(
                "found a recording of attractor {version}, whose model this version cannot read"
            ),
            "run its model again, or read the data with h5py",
        )
    })
}

fn mean(values: &[f64]) -> f64 {
    ratio(values.iter().sum(), values.len() as f64)
}

fn ratio(numerator: f64, denominator: f64) -> f64 {
    if denominator > 0.0 { numerator / denominator } else { 0.0 }
}

impl EpochSummary {
    fn of(epoch: &EpochShown, memories: &[Memory]) -> Self {
        let memories = memories
            .iter()
            .filter_map(|memory| {
                let retrieved = memory.retrieved(epoch.start, epoch.end)?;
                Some(MemorySummary {
                    population: memory.population.clone(),
                    retrieved: retrieved.clear.then_some(retrieved.pattern + 1),
                    overlap: retrieved.overlap,
                })
            })
            .collect();
        Self {
            name: epoch.name.clone(),
            start_ms: epoch.start,
            end_ms: epoch.end,
            shown: epoch.show.iter().map(describe).collect::<Vec<_>>().join(", "),
            memories,
        }
    }
}

fn describe(stimulus: &Stimulus) -> String {
    let what = match (stimulus.pattern, &stimulus.population) {
        (Some(pattern), Some(population)) => format!("pattern {pattern} of {population}"),
        (Some(pattern), None) => format!("pattern {pattern}"),
        (None, Some(population)) => population.clone(),
        (None, None) => String::new(),
    };
    if stimulus.is_of_states() {
        return describe_states(&what, stimulus);
    }
    let poisson = stimulus.poisson.map(|rate| format!("+{rate}"));
    let current = stimulus.current.map(|mv| format!("{mv}"));
    let strength: Vec<String> = [poisson, current].into_iter().flatten().collect();
    format!("{what} {}", strength.join(" and "))
}

/// A stimulus of binary neurons.
fn describe_states(what: &str, stimulus: &Stimulus) -> String {
    let state = stimulus.state.map(|state| match state {
        State::Set => "set".to_owned(),
        State::Clamped => "clamped".to_owned(),
    });
    let field = stimulus.field.map(|field| format!("field {field}"));
    let shares =
        [("flipped", stimulus.flipped), ("occluded", stimulus.occluded), ("noise", stimulus.noise)];
    let shares = shares.iter().filter_map(|(name, share)| Some(format!("{} {name}", (*share)?)));
    let neurons = stimulus.neurons.as_ref().map(|n| format!("neurons {}..{}", n.0.start, n.0.end));
    let how: Vec<String> =
        [state, field].into_iter().flatten().chain(shares).chain(neurons).collect();
    format!("{what} {}", how.join(", "))
}

impl Summary {
    /// What every epoch showed and retrieved.
    fn write_epochs(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let header = ("epoch", "from (s)", "to (s)", "retrieved", "overlap");
        let width = self.epochs.iter().map(|e| e.name.chars().count()).max().unwrap_or(0).max(5);
        let (a, b, c, d, e) = header;
        writeln!(f, "  {a:<width$} {b:>8} {c:>8}  {d:<12} {e:>7}  shown")?;
        for epoch in &self.epochs {
            let (start, end) = (epoch.start_ms / 1000.0, epoch.end_ms / 1000.0);
            write!(f, "  {:<width$} {start:>8.3} {end:>8.3}", epoch.name)?;
            if epoch.memories.is_empty() {
                write!(f, "  {:<12} {:>7}", "-", "-")?;
            }
            for memory in &epoch.memories {
                let what = memory.retrieved.map_or("none".to_owned(), |mu| format!("pattern {mu}"));
                write!(f, "  {what:<12} {:>7.2}", rounded(memory.overlap))?;
            }
            writeln!(f, "  {}", epoch.shown)?;
        }
        writeln!(f)
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let p = &self.provenance;
        writeln!(f, "{} (seed {})", self.title, p.seed)?;
        if !self.complete {
            writeln!(
                f,
                "  INCOMPLETE: the run did not end; this is what it had committed, and no expectation is judged"
            )?;
        }
        writeln!(f)?;
        if let Some(states) = &self.states {
            write!(f, "{states}")?;
            return self.write_end(f);
        }
        writeln!(f, "  {:<12} {:>10} {:>10}", "population", "rate (Hz)", "CV of ISI")?;
        for (name, rate) in &self.rates_hz {
            writeln!(f, "  {name:<12} {rate:>10.2} {:>10}", number(self.cv_isi[name]))?;
        }
        for (name, rate) in &self.delay_rate_hz {
            let cv = number(self.cv_isi_delay.get(name).copied().flatten());
            writeln!(f, "  {:<12} {:>10} {cv:>10}", format!("{name} held"), number(*rate))?;
        }
        writeln!(f)?;
        self.theory.iter().try_for_each(|theory| write!(f, "{theory}"))?;
        if !self.epochs.is_empty() {
            self.write_epochs(f)?;
        }
        self.trials.iter().try_for_each(|trials| write!(f, "{trials}"))?;
        if p.wall_s > 0.0 {
            writeln!(
                f,
                "  {:.3} s of biological time in {:.2} s ({:.2} s per s; {}; network built in {:.2} s)",
                p.duration / 1000.0,
                p.wall_s,
                self.real_time_factor.unwrap_or_default(),
                counted(p.threads as usize, "thread"),
                p.build_s
            )?;
            writeln!(
                f,
                "  {:.1} million synapses, {:.0} million synaptic events per s of computing ({:.1} ns each), {:.0} MB",
                p.synapses as f64 / 1e6,
                self.synaptic_events_per_s / 1e6,
                ratio(1e9, self.synaptic_events_per_s),
                p.peak_rss_mb
            )?;
        }
        if !self.recorded_external.is_empty() {
            let each = |(name, n): (&String, &u64)| format!("{n} of {name}");
            let each: Vec<String> = self.recorded_external.iter().map(each).collect();
            writeln!(f, "  external spikes recorded: {}", each.join(", "))?;
        }
        self.write_end(f)
    }
}

impl Summary {
    /// The hash, and what was expected.
    fn write_end(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let p = &self.provenance;
        if let Some(states) = &self.states
            && p.wall_s > 0.0
        {
            let each = ratio(p.wall_s, states.sweeps) / states.neurons.max(1) as f64 * 1e9;
            writeln!(
                f,
                "  {} {} in {:.2} s ({each:.1} ns per neuron and {}; network built in {:.2} s; {:.0} MB)",
                states.sweeps,
                states.clock.unit(),
                p.wall_s,
                states.clock.one(),
                p.build_s,
                p.peak_rss_mb
            )?;
        }
        if !p.data_hash.is_empty() {
            writeln!(f, "  data hash {}", p.data_hash)?;
        }
        for verdict in &self.expect {
            let mark = if verdict.met { "met    " } else { "NOT MET" };
            writeln!(f, "\n  {mark}  {}\n           {}", verdict.expectation, verdict.found)?;
        }
        Ok(())
    }
}

/// To two decimals, and never "-0.00".
fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0 + 0.0
}

fn number(value: Option<f64>) -> String {
    value.map_or("-".to_owned(), |v| format!("{v:.2}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_with_old_keys_is_told_by_the_version_that_recorded_it() {
        let refused = |version: &str| {
            let model_resolved = "title = 't'\nan_old_key = 1\n".to_owned();
            let version = version.to_owned();
            let provenance = Provenance { model_resolved, version, ..Provenance::default() };
            model_of(&provenance, Path::new("old.h5")).unwrap_err().to_string()
        };
        let sentence =
            "old.h5: found a recording of attractor 0.1.0, whose model this version cannot read;";
        assert!(refused("0.1.0").starts_with(sentence), "{}", refused("0.1.0"));
        assert!(refused(env!("CARGO_PKG_VERSION")).contains("found the unknown key `an_old_key`"));
    }
}
