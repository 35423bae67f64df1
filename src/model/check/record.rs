//! What can be recorded of a model's neurons, and when.

use super::super::{Model, Record};
use crate::dynamics::{ObservableKind, Section};
use crate::error::{Error, Result};
use crate::pattern::PatternSource;
use crate::protocol::{Stimulus, number_of_steps};
use crate::recording::Probes;
use crate::task::Task;
use crate::units::Duration;

/// More steps of random courses than this are a mistake: half a gigabyte of them.
const MOST_STEPS: u64 = 1_000_000;

impl Model {
    /// Refuses what cannot be recorded of these neurons, and moments between the updates of neurons that are updated
    /// together.
    pub(super) fn check_record(&self) -> Result<()> {
        let refuse = |key: &str, found: &str, allowed: &str| {
            Err(Error::input(found, allowed, "delete the line").at(format!("record.{key}")))
        };
        let nature = self.dynamics.nature();
        if !self.record.states && nature.observable == ObservableKind::Spikes {
            return refuse("states", "found `states`", "spiking neurons have none");
        }
        if self.record.input && self.dynamics.inputs().is_none() {
            let allowed = format!("{} neurons receive no external spikes", nature.neurons);
            return refuse("input", "found `input`", &allowed);
        }
        self.check_probes()?;
        self.check_snapshots().map_err(|e| e.within("record.efficacies"))?;
        if !nature.whole_sweeps {
            return Ok(());
        }
        let durations = self.protocol.iter().enumerate();
        let mut times: Vec<(String, Duration)> =
            durations.map(|(k, e)| (format!("protocol[{k}].duration"), e.duration)).collect();
        times.extend(self.record.interval.map(|i| ("record.interval".to_owned(), i)));
        match times.into_iter().find(|(_, time)| time.value().fract() != 0.0) {
            None => Ok(()),
            Some((key, time)) => Err(Error::input(
                format!("found {time} of neurons that are updated together"),
                "a sweep updates them all at once",
                "write a whole number of sweeps",
            )
            .at(key)),
        }
    }

    /// Refuses to record random courses of which there are none, or too many.
    pub(super) fn check_courses(&self) -> Result<()> {
        let courses = self.record.courses;
        if courses.is_none() {
            return Ok(());
        }
        courses.check()?;
        let [shared, own] = self.steps_of_courses(1);
        // Evidence of a standard deviation of 0 is one end of a sweep.
        let drawn = self.task.as_ref().is_some_and(Task::draws_evidence);
        match courses.independent() {
            0 if shared == 0 && !drawn => {
                return Err(Error::input(
                    "found `courses`, and no random course that all driven neurons share",
                    "others are written in the model, or differ from neuron to neuron",
                    match own {
                        0 => "delete the line, or show a course that is redrawn or noisy",
                        _ => "write courses = { independent = 5 } for those of 5 neurons",
                    },
                ));
            }
            0 => {}
            _ if own == 0 => {
                return Err(Error::input(
                    "found no random course of which every neuron has its own",
                    match shared {
                        0 if !drawn => "there is none that all driven neurons share either",
                        _ => "those that all share are recorded with courses = true",
                    },
                    match shared {
                        0 if !drawn => "delete the line, or show a course with independent = true",
                        _ => "write courses = true, or independent = true in a course",
                    },
                )
                .at("independent"));
            }
            _ => {}
        }
        let steps = self.recorded_steps();
        if steps <= MOST_STEPS {
            return Ok(());
        }
        Err(Error::input(
            match own {
                0 => format!("found {steps} steps of random courses"),
                _ => format!("found about {steps} steps of random courses"),
            },
            format!("at most {MOST_STEPS} are recorded"),
            match courses.independent() {
                0 => "delete the line, or make the steps longer",
                _ => "name fewer neurons, or make the steps longer",
            },
        ))
    }

    /// About how many steps of random courses are recorded: patterns have as many neurons as their coding level tells.
    pub(in super::super) fn recorded_steps(&self) -> u64 {
        if self.record.courses.is_none() {
            return 0;
        }
        let [shared, own] = self.steps_of_courses(self.record.courses.independent());
        shared.saturating_add(own)
    }

    /// How many steps the random courses of its protocol and its trials have: those that all driven neurons share, and those of
    /// `independent` neurons that are their own.
    fn steps_of_courses(&self, independent: usize) -> [u64; 2] {
        let neurons = |stimulus: &Stimulus| {
            let population = stimulus.target(self.patterns.keys().map(String::as_str));
            let Ok(Some((name, population))) =
                population.map(|name| self.population.get_key_value(name))
            else {
                return 0;
            };
            let coding_level = self.patterns.get(name).map_or(0.0, PatternSource::coding_level);
            // Where nearly none are driven it is a course none the less.
            stimulus.number_driven(population.size, coding_level).max(1).min(independent)
        };
        let steps = number_of_steps(&self.protocol, neurons);
        let (Some(task), Some(trials)) = (&self.task, self.trials()) else { return steps };
        (0..trials.number()).fold(steps, |[shared, own], k| {
            let [more, of_own] = number_of_steps(&task.epochs(&trials, k), neurons);
            [shared + more, own.saturating_add(of_own)]
        })
    }

    /// Refuses to record efficacies that do not change.
    fn check_snapshots(&self) -> Result<()> {
        let Some(snapshots) = &self.record.efficacies else { return Ok(()) };
        let plan = self.plan();
        let mut plastic = Vec::new();
        for (name, projection) in &self.projection {
            if projection.plasticity.is_some() {
                plastic.push((name.as_str(), plan.synapses(projection)?));
            }
        }
        let known: Vec<&str> = self.projection.keys().map(String::as_str).collect();
        let epochs: Vec<&str> = self.protocol.iter().map(|e| e.name.as_str()).collect();
        let trials = self.task.as_ref().map_or(0, Task::trials);
        snapshots.check(&plastic, &known, (&epochs, trials))
    }

    /// Refuses to record of single neurons what they do not have.
    fn check_probes(&self) -> Result<()> {
        let Record { v, activity, .. } = &self.record;
        let nature = self.dynamics.nature();
        let none = |found: &str, allowed: String, key: &str| {
            Err(Error::input(found, allowed, "delete the line").at(key))
        };
        let neurons = nature.neurons;
        if !v.is_empty() && nature.observable != ObservableKind::Spikes {
            return none(
                "found `v`",
                format!("{neurons} neurons have no membrane potential"),
                "record.v",
            );
        }
        if !activity.is_empty() {
            let key = "record.activity";
            if nature.observable != ObservableKind::Graded {
                let allowed = format!("the activity of {neurons} neurons is not graded");
                return none("found `activity`", allowed, key);
            }
            if nature.clock.seconds(1.0).is_none() {
                let allowed = "single neurons are looked at in ms, this network lives in sweeps";
                return none("found `activity`", allowed.to_owned(), key);
            }
            if self.task.is_some() {
                let allowed = "trials that end at rest have the states of all neurons or of none";
                return none("found `activity` beside trials", allowed.to_owned(), key);
            }
        }
        self.check_probed(v, "v")?;
        self.check_probed(activity, "activity")
    }

    fn check_probed(&self, probes: &Probes, record: &str) -> Result<()> {
        let probes = &probes.0;
        for (k, probe) in probes.iter().enumerate() {
            let mut table = format!("record.{record}");
            if probes.len() > 1 {
                table = format!("{table}[{k}]");
            }
            let name = probe.population.as_str();
            let key = format!("{table}.population");
            let Some(population) = self.population.get(name) else {
                let known = self.population.keys().map(String::as_str);
                return Err(Error::undefined("population", name, known).at(key));
            };
            if self.dynamics.inputs().is_some_and(|inputs| inputs.is_source(name)) {
                let found = format!("found population {name}");
                let allowed = "sources of given spikes have no membrane potential";
                return Err(Error::input(found, allowed, "delete the line").at(key));
            }
            if probes[..k].iter().any(|other| other.population == name) {
                return Err(Error::input(
                    format!("found population {name} a second time"),
                    "a population has one table",
                    "write one range of neurons that holds both",
                )
                .at(key));
            }
            probe.check(population.size, self.duration()).map_err(|e| e.within(&table))?;
        }
        Ok(())
    }
}
