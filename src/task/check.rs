//! What a task must be so that it can run.

use super::trial::LEAST;
use super::{
    Counted, DelayedMatch, Distractor, Levels, Readout, Reset, Shown, StimulusTask, Task, Which,
};
use crate::dynamics::{Nature, Senses};
use crate::error::{Error, Result};
use crate::pattern::check_number;
use crate::protocol::{Stage, Stimulus};
use crate::units::{Clock, Duration, Rate, Time, Voltage};
use std::collections::HashSet;

/// More trials than this are a mistake.
const MOST_TRIALS: usize = 100_000;

impl Task {
    /// Refuses a task that shows what does not exist, or at times that do not fit.
    pub fn check(&self, stage: Stage) -> Result<()> {
        let nature = stage.nature;
        let of_spikes = match self {
            Self::DelayedMatch(_) => Some("delayed_match"),
            Self::Stimulus(_) => Some("stimulus"),
            Self::Items(_) => Some("items"),
            Self::Decision(_) => Some("decision"),
            Self::Recall(_) | Self::Tour(_) => None,
        };
        if let Some(task) = of_spikes.filter(|_| nature.senses != Senses::Input) {
            let whose = "that feel currents and fire spikes";
            return Err(other_neurons(task, whose, nature, "recall"));
        }
        match self {
            Self::Items(task) => task.check(stage).map_err(|e| e.within("task.items")),
            Self::Stimulus(task) => task.check(stage).map_err(|e| e.within("task.stimulus")),
            Self::Decision(task) => task.check(stage).map_err(|e| e.within("task.decision")),
            Self::DelayedMatch(task) => {
                task.check(stage).map_err(|e| e.within("task.delayed_match"))
            }
            Self::Recall(_) if !nature.relaxes && nature.senses == Senses::State => {
                Err(Error::input(
                    "found a recall of neurons with noise",
                    "it ends when the state comes to rest",
                    "delete the noise of the neurons, or the section",
                )
                .at("task.recall"))
            }
            Self::Recall(_) if !nature.relaxes => {
                Err(other_neurons("recall", "whose state comes to rest", nature, "delayed_match"))
            }
            Self::Tour(_) if !nature.relaxes => {
                Err(other_neurons("tour", "whose state comes to rest", nature, "delayed_match"))
            }
            Self::Recall(task) => task.check(stage).map_err(|e| e.within("task.recall")),
            Self::Tour(task) => task.check(stage).map_err(|e| e.within("task.tour")),
        }
    }
}

fn other_neurons(task: &str, whose: &str, nature: Nature, instead: &str) -> Error {
    Error::input(
        format!("found a task for neurons {whose}"),
        format!("these are {}", nature.neurons),
        format!("write [task.{instead}], or change [dynamics]"),
    )
    .at(format!("task.{task}"))
}

/// Refuses none, and too many.
pub(super) fn check_trials(trials: usize) -> Result<()> {
    if (1..=MOST_TRIALS).contains(&trials) {
        return Ok(());
    }
    let found = format!("found {trials} trials");
    let allowed = format!("a task has from 1 to {MOST_TRIALS} trials");
    Err(Error::input(found, allowed, "write for example 200").at("trials"))
}

impl StimulusTask {
    fn check(&self, stage: Stage) -> Result<()> {
        check_trials(self.trials)?;
        let like = self.as_match();
        let patterns = like.check_patterns(stage, "patterns")?;
        let Shown { duration, .. } = &self.stimulus;
        some(duration, "stimulus.duration")?;
        duration.shortest().positive("a stimulus").map_err(|e| e.at("stimulus.duration"))?;
        // What is measured during it stands beside what was before.
        self.before.positive("the time before a stimulus").map_err(|e| e.at("before"))?;
        self.after.positive_or_zero("a duration").map_err(|e| e.at("after"))?;
        let first = like.stimulus(patterns[0] - 1);
        self.stimulus.check(first, stage).map_err(|e| e.within("stimulus"))
    }
}

impl DelayedMatch {
    fn check(&self, stage: Stage) -> Result<()> {
        check_trials(self.trials)?;
        let patterns = self.check_patterns(stage, "patterns")?;
        share(self.match_probability, "match_probability", "a probability")?;
        let times = [
            ("delay", &self.delay, "a delay"),
            ("sample.duration", &self.sample.duration, "a sample"),
            ("test.duration", &self.test.duration, "a test"),
        ];
        for (key, levels, what) in times {
            some(levels, key)?;
            levels.shortest().positive(what).map_err(|e| e.at(key))?;
        }
        for (key, time) in [("fixation", self.fixation), ("inter_trial", self.inter_trial)] {
            time.positive_or_zero("a duration").map_err(|e| e.at(key))?;
        }
        let first = patterns[0] - 1;
        self.sample.check(self.stimulus(first), stage).map_err(|e| e.within("sample"))?;
        self.test.check(self.stimulus(first), stage).map_err(|e| e.within("test"))?;
        self.check_distractors(&patterns, stage)?;
        if let Some(reset) = &self.reset {
            self.check_reset(reset, stage, "the inter-trial interval", "inter_trial")
                .map_err(|e| e.within("reset"))?;
        }
        let above = self.observer.above.positive("an overlap");
        above.map_err(|e| e.mended("write for example \"15 Hz\"").at("observer.above"))?;
        within(self.observer.held_over, &self.delay, "delay")
            .map_err(|e| e.at("observer.held_over"))?;
        within(self.observer.seen_over, &self.test.duration, "test")
            .map_err(|e| e.at("observer.seen_over"))?;
        for (name, readout) in &self.readout {
            check_name(name).map_err(|e| e.at("readout"))?;
            self.check_readout(readout, stage).map_err(|e| e.within(&format!("readout.{name}")))?;
        }
        Ok(())
    }

    /// The patterns that take part, from 1, which the model lists as `key`.
    pub(super) fn check_patterns(&self, stage: Stage, key: &str) -> Result<Vec<usize>> {
        let population = match (&self.population, stage.patterns) {
            (Some(named), _) => named.clone(),
            (None, [(only, _)]) => (*only).to_owned(),
            _ => {
                return Err(Error::input(
                    "found no population to which patterns are shown",
                    "it may be left out only where one population has patterns",
                    "add population = \"E\", and a section [patterns.E] if it has none",
                ));
            }
        };
        let number = stage.number_of_patterns(&population);
        if number == 0 {
            return Err(Error::input(
                format!("found that population {population} has no patterns"),
                "a task shows patterns",
                format!("add a section [patterns.{population}]"),
            )
            .at("population"));
        }
        let takes_part = self.patterns.clone().unwrap_or_else(|| (1..=number).collect());
        if takes_part.is_empty() {
            let remedy = format!("write for example {key} = [1, 2]");
            return Err(
                Error::input("found an empty list", "a task shows patterns", remedy).at(key)
            );
        }
        check_numbers(&takes_part, &population, number, key)?;
        let mut known = HashSet::new();
        for (k, mu) in takes_part.iter().enumerate() {
            if !known.insert(mu) {
                let found = format!("found pattern {mu} twice");
                let error = Error::input(found, "a pattern takes part once", "delete one");
                return Err(error.at(format!("{key}[{k}]")));
            }
        }
        let drawn = self.distractor.iter().any(|d| d.pattern == Which::Another);
        let needed = match (self.match_probability < 1.0, drawn) {
            (true, true) => 3,
            (false, false) => 1,
            _ => 2,
        };
        if takes_part.len() < needed {
            return Err(Error::input(
                format!("found too few patterns that take part ({})", takes_part.len()),
                "sample, test of another pattern and distractor are different patterns",
                format!("let at least {needed} patterns take part"),
            )
            .at(key));
        }
        Ok(takes_part)
    }

    fn check_distractors(&self, takes_part: &[usize], stage: Stage) -> Result<()> {
        let mut passed = Time::new(0.0);
        for (d, distractor) in self.distractor.iter().enumerate() {
            let key = format!("distractor[{d}]");
            self.check_distractor(d, takes_part, passed, stage).map_err(|e| e.within(&key))?;
            passed = Time::new(distractor.after.value() + distractor.duration.value());
        }
        Ok(())
    }

    fn check_distractor(
        &self,
        d: usize,
        takes_part: &[usize],
        passed: Time,
        stage: Stage,
    ) -> Result<()> {
        let Distractor { after, duration, pattern, poisson, current } = &self.distractor[d];
        duration.positive("a distractor").map_err(|e| e.at("duration"))?;
        let end = after.value() + duration.value();
        if end > self.delay.shortest().value() + LEAST {
            return Err(Error::input(
                format!("found a distractor that ends {} after the delay begins", Time::new(end)),
                lasts("delay", &self.delay),
                "let it begin earlier, or make it shorter",
            )
            .at("duration"));
        }
        if after.value() < passed.value() - LEAST {
            return Err(Error::input(
                format!("found a distractor that begins {after} after the delay begins"),
                format!("the one before lasts until {passed}"),
                "let distractors follow one another in order of time",
            )
            .at("after"));
        }
        let pattern = match *pattern {
            Which::Number(number) if takes_part.contains(&number) => {
                return Err(Error::input(
                    format!("found pattern {number} as a distractor, which takes part as a sample"),
                    "a distractor is never the sample",
                    "write pattern = \"another\", or choose a pattern that does not take part",
                )
                .at("pattern"));
            }
            Which::Number(number) => number,
            Which::Repeated if d == 0 => {
                return Err(Error::input(
                    "found \"repeated\" for the first distractor",
                    "it repeats the distractor before",
                    "write pattern = \"another\"",
                )
                .at("pattern"));
            }
            _ => takes_part[0],
        };
        // A number that does not exist is refused with the stimulus.
        let stimulus = Stimulus { pattern: Some(pattern), ..self.stimulus(0) };
        check_strength(poisson, current, stimulus, stage)
    }

    /// Refuses a reset that is longer than `rest`, the time called `key` at whose beginning it stands.
    pub(super) fn check_reset(
        &self,
        reset: &Reset,
        stage: Stage,
        rest: &str,
        key: &str,
    ) -> Result<()> {
        reset.duration.positive("a reset").map_err(|e| e.at("duration"))?;
        if reset.duration > self.inter_trial {
            return Err(Error::input(
                format!("found a reset of {}", reset.duration),
                format!("{rest}, at whose beginning it stands, lasts {}", self.inter_trial),
                format!("make {key} longer"),
            )
            .at("duration"));
        }
        reset.stimulus().check(stage)
    }

    fn check_readout(&self, readout: &Readout, stage: Stage) -> Result<()> {
        if !stage.populations.iter().any(|p| p.0 == readout.population) {
            let known = stage.populations.iter().map(|p| p.0);
            let error = Error::undefined("population", &readout.population, known);
            return Err(error.at("population"));
        }
        self.check_counted(readout, stage).map_err(|e| e.within("neurons"))?;
        readout.onset.positive_or_zero("a time").map_err(|e| e.at("onset"))?;
        readout.window.positive("a stretch of time").map_err(|e| e.at("window"))?;
        let end = Time::new(readout.onset.value() + readout.window.value());
        if end.value() <= self.test.duration.shortest().value() + LEAST {
            return Ok(());
        }
        let found = if readout.onset.value() == 0.0 {
            format!("found {}", readout.window)
        } else {
            format!("found that it ends {end} after the onset of the test")
        };
        Err(Error::input(found, lasts("test", &self.test.duration), "make it shorter").at("window"))
    }

    fn check_counted(&self, readout: &Readout, stage: Stage) -> Result<()> {
        let population = &readout.population;
        let whose = match &readout.neurons {
            Counted::All => return Ok(()),
            Counted::Range(neurons) => {
                let size = stage.populations.iter().find(|p| p.0 == population).map_or(0, |p| p.2);
                return neurons.check(size).map_err(|e| e.at(""));
            }
            Counted::Foreground(number) => {
                let known = stage.number_of_patterns(population);
                return check_number(*number, population, known).map_err(|e| e.at("foreground"));
            }
            Counted::TestForeground => "test",
            Counted::SampleForeground => "sample",
        };
        let holder = self.stimulus(0);
        let holder = holder.target(stage.patterns.iter().map(|p| p.0))?;
        if *population == holder {
            return Ok(());
        }
        Err(Error::input(
            format!("found the foreground of the {whose} in population {population}"),
            format!("patterns are shown to population {holder}"),
            format!("write population = \"{holder}\", or neurons = \"all\""),
        )
        .at(""))
    }
}

/// Refuses numbers of patterns, from 1, that a population with `number` of them does not have.
pub(super) fn check_numbers(
    patterns: &[usize],
    population: &str,
    number: usize,
    key: &str,
) -> Result<()> {
    patterns.iter().enumerate().try_for_each(|(k, &mu)| {
        check_number(mu, population, number).map_err(|e| {
            e.mended(format!("write numbers from 1 to {number}")).at(format!("{key}[{k}]"))
        })
    })
}

/// The longest time that a trial takes which ends at rest.
pub(super) fn longest(sweeps: Option<usize>, duration: Option<Time>) -> Duration {
    let sweeps = Duration::sweeps(sweeps.unwrap_or_default() as f64);
    duration.map_or(sweeps, Duration::from)
}

/// Refuses a longest time of trials that is not told, told twice, or on another clock.
pub(super) fn check_longest(
    sweeps: Option<usize>,
    duration: Option<Time>,
    clock: Clock,
) -> Result<()> {
    if sweeps.is_some() == duration.is_some() {
        let (found, key) = match sweeps {
            Some(_) => ("found `sweeps` and `duration`", "duration"),
            None => ("found no longest time of a trial", "trials"),
        };
        let allowed = "a trial ends when it has settled, or after one longest time";
        let remedy = "write sweeps = 50, or where time is counted in ms duration = \"1 s\"";
        return Err(Error::input(found, allowed, remedy).at(key));
    }
    let key = if sweeps.is_some() { "sweeps" } else { "duration" };
    let longest = longest(sweeps, duration);
    let remedy = "write for example duration = \"1 s\" of a network in ms, sweeps = 50 of others";
    let checked = longest.positive_on(clock, "a longest time of trials");
    checked.map_err(|e| e.mended(remedy).at(key))?;
    Ok(())
}

/// Refuses what a protocol would refuse of a stimulus of any of these strengths.
fn check_strength(
    poisson: &Option<Levels<Rate>>,
    current: &Option<Levels<Voltage>>,
    stimulus: Stimulus,
    stage: Stage,
) -> Result<()> {
    poisson.iter().try_for_each(|levels| some(levels, "poisson"))?;
    current.iter().try_for_each(|levels| some(levels, "current"))?;
    let poisson = poisson.as_ref().map(|levels| levels.0[0].into());
    let current = current.as_ref().map(|levels| levels.0[0].into());
    Stimulus { poisson, current, ..stimulus }.check(stage)
}

/// Refuses a name that cannot be that of a column.
fn check_name(name: &str) -> Result<()> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if !name.is_empty() && name.chars().all(plain) {
        return Ok(());
    }
    Err(Error::input(
        format!("found a read-out called \"{name}\""),
        "its name becomes that of columns: letters, digits and _",
        "rename it",
    ))
}

/// Refuses an empty list of levels.
pub(super) fn some<T>(levels: &Levels<T>, key: &str) -> Result<()> {
    if !levels.0.is_empty() {
        return Ok(());
    }
    Err(Error::input("found an empty list", "every trial gets one member", "write a value").at(key))
}

pub(super) fn share(value: f64, key: &str, what: &str) -> Result<()> {
    if (0.0..=1.0).contains(&value) {
        return Ok(());
    }
    let allowed = format!("{what} lies between 0 and 1");
    Err(Error::input(format!("found {value}"), allowed, "write for example 0.5").at(key))
}

/// Refuses a stretch of time that is empty or longer than the shortest of those that it is part of.
pub(super) fn within(part: Time, whole: &Levels<Time>, name: &str) -> Result<()> {
    part.positive("a stretch of time")?;
    if part <= whole.shortest() {
        return Ok(());
    }
    Err(Error::input(format!("found {part}"), lasts(name, whole), "make it shorter"))
}

fn lasts(name: &str, levels: &Levels<Time>) -> String {
    let shortest = if levels.0.len() > 1 { "shortest " } else { "" };
    format!("the {shortest}{name} lasts {}", levels.shortest())
}
