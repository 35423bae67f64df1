//! The summary of a network without spikes: what its states, or its graded activity, showed.

use super::{Comparison, TourSummary, rounded};
use crate::analysis::{RecallTrials, TourTrials};
use crate::dynamics::ObservableKind;
use crate::error::{Result, counted, widest};
use crate::model::Model;
use crate::protocol::EpochShown;
use crate::recording::{Recording, Samples};
use crate::statistics::Mean;
use crate::task::{Recall, Task};
use crate::theory::Theory;
use crate::units::Clock;
use indexmap::IndexMap;
use serde::Serialize;
use std::fmt;

/// What a recording of a network without spikes tells besides its provenance.
#[derive(Clone, Debug, Serialize)]
pub struct StatesSummary {
    pub(super) neurons: usize,
    /// Whether they are active or not, rather than more or less active.
    #[serde(skip)]
    two_states: bool,
    /// Sweeps that were made: those of the protocol, and of every trial until it was settled.
    pub(super) sweeps: f64,
    /// In what they are counted.
    #[serde(skip)]
    pub(super) clock: Clock,
    /// Number of couplings J_ij.
    couplings: u64,
    /// Number of patterns of every population that has some.
    patterns: IndexMap<String, usize>,
    /// Why there is no energy, if there is none.
    pub without_energy: Option<String>,
    epochs: Vec<StateSummary>,
    /// By level of what varies; one of all trials if nothing does.
    recall: Vec<RecallSummary>,
    /// Of a travelling salesman.
    #[serde(skip_serializing_if = "Option::is_none")]
    tours: Option<TourSummary>,
    /// What theory expects of the trials, where one applies.
    theory: Vec<Comparison>,
}

/// The state at the end of an epoch.
#[derive(Clone, Debug, Serialize)]
pub struct StateSummary {
    name: String,
    /// Sweeps.
    start: f64,
    end: f64,
    shown: String,
    /// The pattern, from 1, with the overlap that is largest in magnitude, and what it is called.
    nearest: Option<usize>,
    nearest_name: String,
    overlap: f64,
    energy: Option<f64>,
    /// The mean.
    activity: f64,
    /// That of every neuron, where it is graded and recorded, of the first population.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    each: Vec<f64>,
}

/// Trials of recall with the same levels.
#[derive(Clone, Debug, Serialize)]
pub struct RecallSummary {
    /// What has which level; empty if nothing varies.
    quantity: String,
    level: f64,
    trials: usize,
    overlap_start: f64,
    /// Mean, and its standard error.
    overlap: f64,
    overlap_sem: f64,
    /// Mean number of neurons that differ from the pattern.
    errors: f64,
    /// Share of trials that end in the pattern itself.
    exact: f64,
    /// Share of trials that end in a fixed point, and in a cycle.
    settled: f64,
    cycles: f64,
    sweeps: f64,
}

impl StatesSummary {
    pub(super) fn of(recording: &Recording, model: &Model) -> Result<Self> {
        let mut patterns = IndexMap::new();
        for (name, _) in recording.populations() {
            if let Some(stored) = recording.patterns(&name)? {
                patterns.insert(name, stored.number());
            }
        }
        let energy = recording.energy()?;
        let (energy, without_energy) = match energy {
            Some(Ok(samples)) => (Some(samples), None),
            Some(Err(why)) => (None, Some(why)),
            None => (None, None),
        };
        let trials = RecallTrials::of(recording, model.task.as_ref())?;
        let tours = TourTrials::of(recording, model.task.as_ref())?;
        let of_trials = trials.as_ref().and_then(|trials| trials.values("sweeps"));
        let of_tours = tours.as_ref().map(|trials| trials.values("duration"));
        let recall = match (&trials, model.task.as_ref().and_then(Task::recall)) {
            (Some(trials), Some(task)) => recall(trials, task),
            _ => Vec::new(),
        };
        let theory = trials.as_ref().zip(Theory::of(model));
        let theory = theory.map(|(trials, theory)| Comparison::all(&theory, trials));
        Ok(Self {
            neurons: recording.populations().iter().map(|p| p.1).sum(),
            two_states: recording.observable() == ObservableKind::States,
            clock: recording.clock(),
            sweeps: model.lead() + of_trials.iter().chain(&of_tours).flatten().sum::<f64>(),
            couplings: recording.provenance()?.synapses,
            epochs: epochs(recording, energy.as_ref())?,
            patterns,
            without_energy,
            recall,
            tours: match &tours {
                Some(tours) => TourSummary::of(recording, tours)?,
                None => None,
            },
            theory: theory.unwrap_or_default(),
        })
    }
}

fn epochs(recording: &Recording, energy: Option<&Samples>) -> Result<Vec<StateSummary>> {
    let populations = recording.populations();
    let (mut overlaps, mut names) = (None, Vec::new());
    for (name, _) in &populations {
        if let (None, Some(patterns)) = (&overlaps, recording.patterns(name)?) {
            overlaps = recording.overlaps(name)?;
            names = patterns.names().to_vec();
        }
    }
    let Some((first, _)) = populations.first() else { return Ok(Vec::new()) };
    let activity = recording.rates(first)?;
    let each = match populations[0].1 {
        size if size <= FEW => recording.activity(first)?,
        _ => None,
    };
    let summary = |epoch: &EpochShown| {
        // The first look at its end; the next epoch may set another state at the same time.
        let row = |samples: &Samples| {
            samples.time.iter().position(|t| (t - epoch.end).abs() < 1e-6 * samples.interval)
        };
        let at = |samples: &Samples| row(samples).map(|k| samples.row(k).to_vec());
        let m = overlaps.as_ref().and_then(at).unwrap_or_default();
        let nearest = m.iter().enumerate().max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()));
        StateSummary {
            name: epoch.name.clone(),
            start: epoch.start,
            end: epoch.end,
            shown: epoch.show.iter().map(super::epochs::describe).collect::<Vec<_>>().join(", "),
            nearest: nearest.map(|(mu, _)| mu + 1),
            nearest_name: nearest.map_or("-".to_owned(), |(mu, _)| match names.get(mu) {
                Some(name) => name.clone(),
                None => format!("pattern {}", mu + 1),
            }),
            overlap: nearest.map_or(f64::NAN, |(_, m)| *m),
            energy: energy.and_then(at).map(|row| row[0]),
            activity: at(&activity).map_or(f64::NAN, |row| row[0]),
            each: each.as_ref().and_then(at).unwrap_or_default(),
        }
    };
    Ok(recording.protocol()?.iter().map(summary).collect())
}

fn recall(trials: &RecallTrials, task: &Recall) -> Vec<RecallSummary> {
    let of = |quantity: &str, level: f64, some: &[usize]| {
        let mean = |name: &str| trials.mean(name, some).value;
        let overlap: Mean = trials.mean("overlap", some);
        RecallSummary {
            quantity: quantity.to_owned(),
            level,
            trials: some.len(),
            overlap_start: mean("overlap_start"),
            overlap: overlap.value,
            overlap_sem: overlap.sem,
            errors: mean("errors"),
            exact: mean("exact"),
            settled: mean("settled"),
            cycles: mean("cycles"),
            sweeps: mean("sweeps"),
        }
    };
    let varied = task.varied();
    if varied.is_empty() {
        return vec![of("", f64::NAN, &trials.all())];
    }
    let by_level = |quantity: &str| -> Vec<RecallSummary> {
        let levels = trials.by_level(quantity);
        levels.iter().map(|(level, some)| of(quantity, *level, some)).collect()
    };
    varied.iter().flat_map(|(quantity, _)| by_level(quantity)).collect()
}

impl fmt::Display for StatesSummary {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Self { neurons, couplings, .. } = self;
        let patterns: Vec<String> = self
            .patterns
            .iter()
            .map(|(name, number)| format!("{} in {name}", counted(*number, "pattern")))
            .collect();
        let what = match self.two_states {
            true => format!("binary neurons (2^{neurons} states)"),
            false if *neurons == 1 => "graded neuron".to_owned(),
            false => "graded neurons".to_owned(),
        };
        let (neurons, couplings) = (*neurons, *couplings as usize);
        let patterns = match patterns.is_empty() {
            true => String::new(),
            false => format!(", {}", patterns.join(", ")),
        };
        let couplings = counted(couplings, "coupling");
        writeln!(f, "  {neurons} {what}, {couplings}{patterns}")?;
        if let Some(why) = &self.without_energy {
            writeln!(f, "  {why}")?;
        }
        writeln!(f)?;
        if !self.epochs.is_empty() {
            self.write_epochs(f)?;
        }
        if !self.recall.is_empty() {
            self.write_recall(f)?;
        }
        self.tours.iter().try_for_each(|tours| write!(f, "{tours}"))?;
        if !self.theory.is_empty() {
            let (a, b, c, d) = ("theory", "trials", "measured", "expected");
            writeln!(f, "  {a:<16} {b:>7} {c:>21} {d:>10}")?;
            self.theory.iter().try_for_each(|comparison| writeln!(f, "{comparison}"))?;
            writeln!(f)?;
        }
        Ok(())
    }
}

/// A table shows the activity of every neuron of so many.
const FEW: usize = 4;

impl StatesSummary {
    /// The activity of every neuron at the end of an epoch, where it is graded and there are few.
    fn few<'a>(&self, epoch: &'a StateSummary) -> Option<&'a [f64]> {
        (!epoch.each.is_empty() && epoch.each.len() <= FEW && !self.two_states)
            .then_some(&epoch.each[..])
    }

    fn write_epochs(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let width = widest(self.epochs.iter().map(|epoch| &epoch.name), 5);
        let until = format!("to {}", self.clock.one());
        let header = ("epoch", "from", until, "nearest", "overlap", "energy", "activity");
        let (a, b, c, d, e, g, h) = header;
        let remembers = !self.patterns.is_empty();
        let of_pattern = if remembers { format!("  {d:<12} {e:>7}") } else { String::new() };
        writeln!(f, "  {a:<width$} {b:>8} {c:>8}{of_pattern} {g:>10} {h:>8}  shown")?;
        for epoch in &self.epochs {
            let StateSummary { name, start, end, shown, activity, .. } = epoch;
            let nearest: String = epoch.nearest_name.chars().take(12).collect();
            let of_pattern = match remembers {
                true => format!("  {nearest:<12} {:>7.2}", rounded(epoch.overlap)),
                false => String::new(),
            };
            let energy = epoch.energy.map_or("-".to_owned(), |e| format!("{:.2}", rounded(e)));
            let activity = match self.few(epoch) {
                Some(each) => each.iter().map(|r| format!("{r:>8.3}")).collect(),
                None => format!("{activity:>8.3}"),
            };
            writeln!(
                f,
                "  {name:<width$} {start:>8} {end:>8}{of_pattern} {energy:>10} {activity}  {shown}"
            )?;
        }
        writeln!(f)
    }

    fn write_recall(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let (a, b, c, d) = ("recall", "trials", "overlap: start", "end");
        let (e, g, h, i, j) = ("wrong", "exact", "settled", "cycles", "sweeps");
        writeln!(f, "  {a:<16} {b:>7} {c:>14} {d:>17} {e:>8} {g:>8} {h:>8} {i:>8} {j:>7}")?;
        for some in &self.recall {
            let name = match some.quantity.as_str() {
                "" => "all".to_owned(),
                quantity => format!("{quantity} {}", some.level),
            };
            let end = match some.overlap_sem.is_nan() {
                true => format!("{:.4}", some.overlap),
                false => format!("{:.4} +- {:.4}", some.overlap, some.overlap_sem),
            };
            writeln!(
                f,
                "  {name:<16} {:>7} {:>14.4} {end:>17} {:>8.2} {:>6.1} % {:>6.1} % {:>6.1} % {:>7.1}",
                some.trials,
                some.overlap_start,
                some.errors,
                100.0 * some.exact,
                100.0 * some.settled,
                100.0 * some.cycles,
                some.sweeps
            )?;
        }
        writeln!(f)
    }
}
