//! Populations that nothing reaches or that cannot fire, sources that never fire, and synapses that act too late.

use super::super::Model;
use crate::dynamics::rate::Noise;
use crate::dynamics::spiking::{Cells, Escape, Neurons};
use crate::dynamics::{DynamicsSection, rate};
use crate::error::Warning;
use crate::network::{Lag, Projection, Source};
use crate::protocol::Stimulus;
use crate::task::{Reset, Task};
use crate::train::Spikes;

impl Model {
    /// Populations of spiking or graded neurons that are at rest for ever: nothing acts on them, and no population on which
    /// something acts sends synapses to them, directly or through others.
    pub(super) fn without_input(&self) -> Option<Warning> {
        let mut reached: Vec<bool> =
            self.population.keys().map(|name| self.is_driven(name)).collect();
        let index = |name: &str| self.population.get_index_of(name);
        let plan = self.plan();
        let some = |p: &&Projection| plan.synapses(p).is_ok_and(|synapses| synapses > 0.0);
        let ends = |p: &Projection| Some((index(&p.from)?, index(&p.to)?));
        let joined: Vec<_> = self.projection.values().filter(some).filter_map(ends).collect();
        while let Some(&(_, to)) = joined.iter().find(|(from, to)| reached[*from] && !reached[*to])
        {
            reached[to] = true;
        }
        let silent = self.population.keys().zip(reached).filter(|(_, reached)| !reached);
        Warning::first_of(silent.map(|(name, _)| {
            Warning::new(
                format!("population.{name}"),
                format!("found that nothing reaches population {name}"),
                "without synapses from neurons that are active, external spikes, current or stimulus it stays at rest",
                "add what was forgotten, or leave the population out",
            )
        }))
    }

    /// Populations of spiking neurons whose largest constant drive stays below threshold, and that nothing else excites.
    pub(super) fn cannot_fire(&self) -> Option<Warning> {
        let unable = self.dynamics.cells()?.iter().filter_map(|(name, cells)| {
            let neurons = cells.neurons().filter(|neurons| neurons.escape.is_none())?;
            let (_, current) = neurons.current.support();
            let (threshold, _) = neurons.theta.support();
            let most = neurons.v_rest.value() + current;
            let from_elsewhere = || {
                let onto_it = |p: &&Projection| p.to == *name && p.from != *name;
                self.projection.values().filter(onto_it)
            };
            // Of what nothing reaches another warning tells; its own synapses act once it fires.
            let is_reached = neurons.current.constant() != Some(0.0)
                || has_spikes(neurons)
                || from_elsewhere().next().is_some();
            let spikes_excite = has_spikes(neurons) && neurons.external().is_some_and(|e| e.0 > 0.0);
            let is_excited = spikes_excite
                || self.is_shown_something(name)
                || from_elsewhere().any(may_excite);
            (is_reached && !is_excited && most < threshold).then(|| {
                Warning::new(
                    format!("dynamics.spiking.{name}.current"),
                    format!("found that V in {name} comes to at most {most} mV, with its current"),
                    format!("the threshold is {threshold} mV, and nothing else excites these neurons: they never fire"),
                    "raise the current, or add excitatory input",
                )
            })
        });
        Warning::first_of(unable)
    }

    /// Projections whose shortest delay is longer than the run.
    pub(super) fn too_late(&self) -> Option<Warning> {
        let duration = self.duration();
        let late = self.projection.iter().filter_map(|(name, projection)| {
            let Some(Lag::Time(delay)) = projection.delay else { return None };
            let (delay, _) = delay.support();
            (delay >= duration).then(|| {
                Warning::new(
                    format!("projection.{name}.delay"),
                    format!(
                        "found that spikes of {} arrive after {delay} ms or later",
                        projection.from
                    ),
                    format!("the run ends at {duration} ms: these synapses do nothing"),
                    "make the delay shorter, or the protocol longer; check the unit",
                )
            })
        });
        Warning::first_of(late)
    }

    /// Whether something besides synapses acts on a population, or it is active by itself.
    fn is_driven(&self, name: &str) -> bool {
        match &self.dynamics {
            DynamicsSection::Spiking(cells) => match cells.get(name) {
                Some(Cells::Source(source)) => {
                    !never_fires(&source.spikes, f64::INFINITY) || self.is_shown_something(name)
                }
                Some(Cells::Neurons(neurons)) => {
                    has_own_input(neurons) || self.is_shown_something(name)
                }
                None => true,
            },
            DynamicsSection::Rate(law) => match law.units.get(name) {
                Some(units) => is_active(units) || self.is_shown_something(name),
                None => true,
            },
            DynamicsSection::Binary(_) | DynamicsSection::Modern(_) => true,
        }
    }

    /// Whether the protocol or the task shows something to a population that it feels.
    fn is_shown_something(&self, name: &str) -> bool {
        let to_it = |stimulus: &&Stimulus| {
            stimulus.target(self.patterns.keys().map(String::as_str)).is_ok_and(|to| to == name)
        };
        let mut shown = self.protocol.iter().flat_map(|epoch| &epoch.show);
        shown.any(|stimulus| stimulus.is_felt() && to_it(&stimulus))
            || match &self.task {
                // They put neurons into states.
                Some(Task::Recall(_) | Task::Tour(_)) => true,
                Some(Task::DelayedMatch(task)) => {
                    self.shows(task.population.as_ref(), name) || resets(&task.reset, name)
                }
                Some(Task::Stimulus(task)) => self.shows(task.population.as_ref(), name),
                Some(Task::Items(task)) => {
                    self.shows(task.population.as_ref(), name) || resets(&task.reset, name)
                }
                Some(Task::Decision(task)) => {
                    self.shows(task.population.as_ref(), name) || resets(&task.reset, name)
                }
                None => false,
            }
    }

    /// Whether a population is the one that a task names, or else the first with patterns.
    fn shows(&self, named: Option<&String>, name: &str) -> bool {
        named.or(self.patterns.keys().next()).is_some_and(|holder| holder == name)
    }

    /// Sources whose spikes are none, or all lie beyond the end of the run; those in files are not read for this.
    pub(super) fn without_spikes(&self) -> Option<Warning> {
        let (cells, duration) = (self.dynamics.cells()?, self.duration());
        let sources = cells.iter().filter_map(|(name, cells)| Some((name, cells.source()?)));
        let silent = sources.filter(|(name, source)| {
            never_fires(&source.spikes, duration) && !self.is_shown_something(name)
        });
        Warning::first_of(silent.map(|(name, _)| {
            Warning::new(
                format!("dynamics.spiking.{name}.spikes"),
                format!("found no spike of {name} before the end of the run at {duration} ms"),
                "these sources never fire",
                "write spikes or a rate, or make the protocol longer",
            )
        }))
    }
}

/// Whether it is shown to a population.
fn resets(reset: &Option<Reset>, name: &str) -> bool {
    reset.as_ref().is_some_and(|reset| reset.population == name)
}

/// Whether no source fires before `end` (ms), as far as that stands in the model.
fn never_fires(spikes: &Spikes, end: f64) -> bool {
    match spikes {
        Spikes::List(trains) => trains.iter().flatten().all(|time| time.value() >= end),
        Spikes::Poisson(rate) => rate.value() == 0.0,
        Spikes::File(_) => false,
    }
}

/// Whether the synapses of a projection may excite.
fn may_excite(projection: &Projection) -> bool {
    match projection.source() {
        Source::Given(efficacy) => efficacy.moments().is_none_or(|(mean, _)| mean > 0.0),
        Source::Learned(_) | Source::Read => true,
    }
}

/// Whether spiking neurons receive external spikes.
fn has_spikes(neurons: &Neurons) -> bool {
    neurons.poisson.as_ref().is_some_and(|p| p.rate.constant() != Some(0.0))
        || neurons.input.is_some()
}

/// Whether spiking neurons receive external spikes or a current, or would fire at rest.
fn has_own_input(neurons: &Neurons) -> bool {
    let (least_theta, _) = neurons.theta.support();
    has_spikes(neurons)
        || matches!(neurons.escape, Some(Escape::Exponential(_) | Escape::Sigmoid(_)))
        || neurons.current.constant() != Some(0.0)
        || neurons.v_rest.value() >= least_theta
}

/// Whether graded neurons are active without any input from others.
fn is_active(units: &rate::Units) -> bool {
    let none = rate::Spread::default();
    let noisy = units.noise.is_some_and(|Noise { sd, .. }| sd > 0.0);
    units.input != none || units.initial != none || noisy || units.transfer.value(0.0) != 0.0
}
