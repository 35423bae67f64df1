//! The summary of a recording: what the command line prints after a run, and `attractor info` at any time.

mod after_cues;
mod comparison;
mod cues;
mod decision;
mod epochs;
mod graded;
mod items;
mod kinds;
mod landscape;
mod measures;
mod memory;
mod prediction;
mod states;
mod stimulus;
mod tour;
mod trials;
mod verify;

pub use comparison::Comparison;
pub use cues::{CueSummary, MemorySummary};
pub use decision::{CoherenceSummary, DecisionSummary};
pub use epochs::EpochSummary;
pub use items::{ItemsSummary, LoadSummary};
pub use kinds::CvByKind;
pub use measures::measures;
pub use prediction::{Prediction, Predictions};
pub use states::{RecallSummary, StateSummary, StatesSummary};
pub use stimulus::{GroupSummary, StimulusSummary};
pub use tour::TourSummary;
pub use trials::{LevelSummary, ReadSummary, ShareSummary, TrialsSummary};
pub use verify::{Outcome, Verification};

use crate::analysis::choice::Choices;
use crate::analysis::items::HeldItems;
use crate::analysis::trials::Responses;
use crate::analysis::{Decisions, Memory, RecallTrials, TourTrials, Verdict, mean_rate};
use crate::dynamics::ObservableKind;
use crate::error::{Error, Result, counted};
use crate::model::{Document, Model};
use crate::recording::{Origin, Provenance, Recording};
use crate::task::Task;
use indexmap::IndexMap;
use memory::beside_memories;
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
    /// Mean CV of interspike intervals of every population before the trials, by kind of epoch.
    pub cv_isi: IndexMap<String, CvByKind>,
    /// What every population with patterns remembers of what the protocol shows before the trials.
    pub memories: IndexMap<String, MemorySummary>,
    /// What theory predicts beside what was measured, where theory applies; of a model with patterns only after
    /// [`Summary::with_theory`].
    pub theory: Vec<Predictions>,
    /// Number of external spikes that were recorded of every population that received some.
    pub recorded_external: IndexMap<String, u64>,
    /// Those before the trials.
    pub epochs: Vec<EpochSummary>,
    /// How the trials went, if there is a task.
    pub trials: Option<TrialsSummary>,
    /// What varied over the trials of a repeated stimulus, if that is the task.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stimulus: Option<StimulusSummary>,
    /// How many items were held together, if that is the task.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub items: Option<ItemsSummary>,
    /// How the trials of a decision went.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<DecisionSummary>,
    /// Of a network without spikes.
    pub states: Option<StatesSummary>,
    /// The projections between spiking neurons that do without Dale's law.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub signed: Vec<String>,
    /// Sentences about populations that fire as fast as their refractory periods let them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub saturated: Vec<String>,
    /// Every expectation of the model, if they are judged.
    pub expect: Vec<Verdict>,
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
            memories: IndexMap::new(),
            theory: Vec::new(),
            recorded_external: recording.external()?.into_iter().collect(),
            epochs: Vec::new(),
            trials: None,
            stimulus: None,
            items: None,
            decision: None,
            states: None,
            signed: Vec::new(),
            saturated: Vec::new(),
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
        let responses = match &model.task {
            Some(Task::Stimulus(task)) => Responses::of(recording, task.population.as_ref(), None)?,
            _ => None,
        };
        let items = match &model.task {
            Some(Task::Items(task)) => HeldItems::of(recording, task)?,
            _ => None,
        };
        let choices = match model.task.as_ref().and_then(Task::decision) {
            Some(task) => Choices::of(recording, task)?,
            None => None,
        };
        let lead = if model.task.is_some() { model.lead() } else { f64::INFINITY };
        let mut protocol = recording.protocol()?;
        protocol.retain(|epoch| epoch.start < lead);
        let recorded = recording.end()?;
        for (name, neurons) in recording.populations() {
            let rate = mean_rate(recording, &name, &[(0.0, recorded)])?;
            summary.rates_hz.insert(name.clone(), rate.unwrap_or(f64::NAN));
            let cv = CvByKind::of(recording, &name, neurons, &protocol)?;
            summary.cv_isi.insert(name.clone(), cv);
            let own = decisions.as_ref().filter(|d| d.population == name);
            let memory = Memory::of(recording, &name, model.expect.criterion(), lead, own)?;
            if let Some(memory) = memory {
                let found = MemorySummary::of(&memory, recording)?;
                summary.memories.insert(name.clone(), found);
                memories.push(memory);
            }
        }
        let signed = model.projection.iter().filter(|(_, p)| !p.dale).map(|(name, _)| name.clone());
        summary.signed = signed.collect();
        summary.saturated = saturated(recording, &model)?;
        summary.trials = decisions.as_ref().map(TrialsSummary::of);
        summary.stimulus = responses.as_ref().map(StimulusSummary::of);
        summary.items = items.as_ref().map(ItemsSummary::of);
        summary.decision = choices.as_ref().map(DecisionSummary::of);
        let epochs = protocol.iter().enumerate();
        summary.epochs = epochs.map(|(k, e)| EpochSummary::of(k, e, &memories)).collect();
        let all = match model.task.as_ref().filter(|task| !task.ends_at_rest()) {
            Some(task) => recording.trials()?.is_some_and(|own| own.len() == task.trials()),
            None => true,
        };
        if recording.is_complete() && all {
            summary.theory.extend(Predictions::of(&model, recording)?);
            let found = (decisions.as_ref(), responses.as_ref(), choices.as_ref());
            summary.expect = model.expect.judge(recording, &memories, found, items.as_ref())?;
        }
        Ok(summary)
    }

    /// The same with the theory of memories, which takes a second or two.
    ///
    /// # Errors
    /// If the recording is damaged.
    pub fn with_theory(recording: &Recording) -> Result<Self> {
        let mut summary = Self::of(recording)?;
        let spikes = recording.observable() == ObservableKind::Spikes;
        if spikes && summary.complete && !summary.memories.is_empty() {
            let model = model_of(&summary.provenance, recording.path())?;
            summary.theory.extend(beside_memories(&model, recording)?);
        }
        Ok(summary)
    }

    /// Adds what a recording of states, or of graded activity, tells.
    fn add_states(&mut self, recording: &Recording, model: &Model) -> Result<()> {
        self.states = Some(StatesSummary::of(recording, model)?);
        let trials = RecallTrials::of(recording, model.task.as_ref())?;
        let tours = TourTrials::of(recording, model.task.as_ref())?;
        let recalled = trials.as_ref().map_or(0, RecallTrials::number);
        let ended = recalled + tours.as_ref().map_or(0, TourTrials::number);
        if recording.is_complete() && ended == model.task.as_ref().map_or(0, Task::trials) {
            self.expect = model.expect.judge_states(recording, trials.as_ref(), tours.as_ref())?;
        }
        Ok(())
    }

    /// Expectations that were not met.
    pub fn missed(&self) -> impl Iterator<Item = &Verdict> {
        self.expect.iter().filter(|verdict| !verdict.met)
    }

    /// Whether every expectation was met; those of an incomplete run, or of a trial alone, are not judged.
    pub fn as_expected(&self) -> bool {
        self.expect.iter().all(|v| v.met)
    }
}

/// What the sampled rates tell of populations that are saturated.
fn saturated(recording: &Recording, model: &Model) -> Result<Vec<String>> {
    let mut told = Vec::new();
    for mut watch in model.saturation().into_iter().flatten() {
        let rates = recording.rates(&watch.population)?;
        let overlaps = recording.overlaps(&watch.population)?;
        for (k, &time) in rates.time.iter().enumerate() {
            let m = overlaps.as_ref().filter(|m| k < m.time.len()).map_or(&[][..], |m| m.row(k));
            watch.take(time, rates.row(k)[0], m);
        }
        told.extend(watch.warning().map(|warning| warning.to_string()));
    }
    Ok(told)
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

fn ratio(numerator: f64, denominator: f64) -> f64 {
    if denominator > 0.0 { numerator / denominator } else { 0.0 }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let p = &self.provenance;
        writeln!(f, "{} (seed {})", self.title, p.seed)?;
        if let Ok(Origin { at, future_seed, .. }) = serde_json::from_str(&p.origin) {
            let future = future_seed
                .map_or(String::new(), |seed| format!(", into the future of seed {seed}"));
            writeln!(f, "  branched off from another run at {at}{future}")?;
        }
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
        self.write_populations(f)?;
        self.theory.iter().try_for_each(|theory| write!(f, "{theory}"))?;
        if !self.epochs.is_empty() {
            EpochSummary::write(&self.epochs, f)?;
        }
        let named = self.memories.values().filter(|m| !m.cues.is_empty()).count() > 1;
        self.memories.iter().try_for_each(|(name, memory)| memory.write(name, named, f))?;
        self.trials.iter().try_for_each(|trials| write!(f, "{trials}"))?;
        self.stimulus.iter().try_for_each(|stimulus| write!(f, "{stimulus}"))?;
        self.items.iter().try_for_each(|items| write!(f, "{items}"))?;
        self.decision.iter().try_for_each(|decision| write!(f, "{decision}"))?;
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
        if !self.signed.is_empty() {
            let names = self.signed.join(", ");
            writeln!(f, "  without Dale's law (dale = false): {names}")?;
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
    /// Rate and irregularity of every population, and of the cued foreground in delays.
    fn write_populations(&self, f: &mut fmt::Formatter) -> fmt::Result {
        // Kinds of epochs that no population has need no column.
        let kinds: Vec<usize> =
            (0..3).filter(|&k| self.cv_isi.values().any(|cv| cv.all()[k].1.is_some())).collect();
        let names = CvByKind::default().all().map(|(name, _)| name);
        let title = |k: &usize| format!(" {:>15}", format!("CV {}", names[*k]));
        let titles: String = kinds.iter().map(title).collect();
        writeln!(f, "  {:<12} {:>10}{titles}", "population", "rate (Hz)")?;
        for (name, rate) in &self.rates_hz {
            let cvs = self.cv_isi[name].all();
            let cvs: String = kinds.iter().map(|&k| format!(" {:>15}", number(cvs[k].1))).collect();
            let rate = number(Some(*rate).filter(|rate| !rate.is_nan()));
            writeln!(f, "  {name:<12} {rate:>10}{cvs}")?;
        }
        for (name, memory) in &self.memories {
            // The cued foreground, in the delays in which it is held.
            let (rate, cv) = (number(memory.delay_rate_hz), number(memory.cv_isi_delay));
            let of_kind = |k: &usize| if *k == 2 { cv.clone() } else { String::new() };
            let cvs: String = kinds.iter().map(|k| format!(" {:>15}", of_kind(k))).collect();
            writeln!(f, "  {:<12} {rate:>10}{cvs}", format!("{name} held"))?;
        }
        writeln!(f)
    }

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
        self.saturated.iter().try_for_each(|told| write!(f, "\n  WARNING  {told}\n"))?;
        for verdict in &self.expect {
            write!(f, "\n  {verdict}\n")?;
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
