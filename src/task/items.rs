//! Several items at once: trials in which a number of patterns is shown, together or one by one, to be held through a delay.

use super::check::{check_trials, some, within};
use super::trial::Draws;
use super::{DelayedMatch, Item, Levels, Order, Reset, Shown, StimulusTask, Trial};
use crate::error::{Error, Result};
use crate::protocol::{Epoch, Stage, Stimulus};
use crate::random::Seed;
use crate::table::{Column, Real, Table};
use crate::units::{Duration, Rate, Time};
use serde::{Deserialize, Serialize};

/// Trials in which several patterns are to be held; the model's section `[task.items]`.
///
/// Successive blocks of trials have every load once, in random order; which patterns are shown is drawn anew in every trial. A
/// [`Trial`] has the first item as its sample, and its test takes no time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ItemsTask {
    /// Number of trials.
    pub trials: usize,
    /// How trials follow one another.
    #[serde(default)]
    pub order: Order,
    /// The population to which patterns are shown; may be left out where only one has patterns.
    pub population: Option<String>,
    /// The patterns that take part, from 1; all if left out.
    pub patterns: Option<Vec<usize>>,
    /// How many of them are shown in a trial.
    pub load: Levels<usize>,
    /// Whether they are shown at once.
    #[serde(default)]
    pub shown: Presented,
    /// Time between two of them that are shown one by one; none if left out.
    pub between: Option<Time>,
    /// Time before the first item, in which nothing is shown.
    pub before: Time,
    /// How each item is shown.
    pub stimulus: Shown,
    /// Time from the end of the last item to the end of the time in which items must be held.
    pub delay: Levels<Time>,
    /// Time after the delay.
    #[serde(default = "super::no_time")]
    pub inter_trial: Time,
    /// What is shown at the beginning of the inter-trial interval to end the memory.
    pub reset: Option<Reset>,
    /// When an item is held.
    pub held: HeldIf,
}

/// Whether items are shown at once.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Presented {
    /// All at once.
    #[default]
    Together,
    /// One after another.
    OneByOne,
}

/// When an item is held: its overlap in the last window of the delay is above a bound.
///
/// The overlap of a pattern is, of neurons in no other pattern that is shown in the trial, the mean rate of its foreground minus
/// that of all others. A background without any neuron counts as silent; a foreground without any is never held.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HeldIf {
    /// The bound.
    pub above: Rate,
    /// Length of the window, which ends with the delay.
    pub window: Time,
}

impl ItemsTask {
    /// The same trials as those of a delayed match whose test takes no time, with a single item.
    pub(super) fn as_match(&self) -> DelayedMatch {
        let like = StimulusTask {
            trials: self.trials,
            order: self.order,
            population: self.population.clone(),
            patterns: self.patterns.clone(),
            before: self.before,
            stimulus: self.stimulus.clone(),
            after: self.inter_trial,
        };
        DelayedMatch { delay: self.delay.clone(), reset: self.reset.clone(), ..like.as_match() }
    }

    /// The largest number of items that a trial may have.
    pub fn most(&self) -> usize {
        self.load.0.iter().copied().max().unwrap_or(0)
    }

    /// How many items trial `k` (from 0) has.
    fn load(&self, k: usize, seed: Seed) -> usize {
        Draws { k, seed }.one("load", &self.load)
    }

    /// From the onset of an item that lasts for `duration` ms to that of the next, ms.
    fn step(&self, duration: f64) -> f64 {
        match self.shown {
            Presented::Together => 0.0,
            Presented::OneByOne => duration + self.between.map_or(0.0, Time::value),
        }
    }

    /// How much longer than with a single item trial `k` (from 0) lasts, ms.
    fn longer(&self, k: usize, seed: Seed) -> f64 {
        let duration = Draws { k, seed }.one("sample/duration", &self.stimulus.duration).value();
        (self.load(k, seed) - 1) as f64 * self.step(duration)
    }

    /// How long the longest trial may last, ms.
    pub fn longest_trial(&self) -> f64 {
        let step = self.step(self.stimulus.duration.longest().value());
        self.as_match().longest_trial() + (self.most().max(1) - 1) as f64 * step
    }

    /// How long all trials last, ms.
    pub fn duration(&self, seed: Seed) -> f64 {
        let longer: f64 = (0..self.trials).map(|k| self.longer(k, seed)).sum();
        self.as_match().bounds(0.0, seed)[self.trials] + longer
    }

    /// The trials, of which the first starts at `start` ms, for a population with `patterns` patterns.
    pub fn draw(&self, start: f64, patterns: usize, seed: Seed) -> Vec<Trial> {
        let takes_part: Vec<usize> = match &self.patterns {
            Some(given) => given.iter().map(|mu| mu - 1).collect(),
            None => (0..patterns).collect(),
        };
        let mut later = 0.0;
        let several = |one: Trial| {
            let k = one.number - 1;
            let onset = one.sample_onset + later;
            let step = self.step(one.sample_as_shown.duration);
            let mut stream = seed.stream("task/items", k as u64);
            let drawn = stream.permutation(takes_part.len()).into_iter().take(self.load(k, seed));
            let items: Vec<Item> = drawn
                .enumerate()
                .map(|(j, at)| Item {
                    pattern: takes_part[at as usize],
                    onset: onset + j as f64 * step,
                })
                .collect();
            let before = later;
            later += self.longer(k, seed);
            Trial {
                start: one.start + before,
                sample_onset: onset,
                delay_onset: one.delay_onset + later,
                test_onset: one.test_onset + later,
                test_end: one.test_end + later,
                end: one.end + later,
                sample: items[0].pattern,
                test: items[0].pattern,
                items,
                ..one
            }
        };
        self.as_match().draw(start, patterns, seed).into_iter().map(several).collect()
    }

    /// The epochs of a trial: before, items, delay, reset, inter-trial interval.
    pub fn epochs(&self, trial: &Trial) -> Vec<Epoch> {
        let of_one = self.as_match().epochs(trial);
        let number = trial.items.len();
        let mut epochs = Vec::new();
        for epoch in of_one {
            if epoch.name != "sample" {
                let name = if epoch.name == "fixation" { "before".to_owned() } else { epoch.name };
                epochs.push(Epoch { name, ..epoch });
                continue;
            }
            // A single item without strength shows nothing.
            let show = |items: &[Item]| -> Vec<Stimulus> {
                let one = |item: &Item| {
                    let pattern = Some(item.pattern + 1);
                    epoch.show.iter().map(move |one| Stimulus { pattern, ..one.clone() })
                };
                items.iter().flat_map(one).collect()
            };
            if self.shown == Presented::Together {
                let (name, show) = ("items".to_owned(), show(&trial.items));
                epochs.push(Epoch { name, show, ..epoch.clone() });
                continue;
            }
            for (j, item) in trial.items.iter().enumerate() {
                let (name, show) = (format!("item {}", j + 1), show(std::slice::from_ref(item)));
                epochs.push(Epoch { name, show, ..epoch.clone() });
                if let Some(between) = self.between.filter(|t| t.value() > 0.0 && j + 1 < number) {
                    epochs.push(Epoch {
                        name: "between".to_owned(),
                        duration: Duration::from(between),
                        show: Vec::new(),
                        plasticity: true,
                    });
                }
            }
        }
        epochs
    }

    pub(super) fn check(&self, stage: Stage) -> Result<()> {
        check_trials(self.trials)?;
        let like = self.as_match();
        let patterns = like.check_patterns(stage, "patterns")?;
        some(&self.load, "load")?;
        for &load in &self.load.0 {
            if !(1..=patterns.len()).contains(&load) {
                return Err(Error::input(
                    format!("found a load of {load}"),
                    format!(
                        "{} patterns take part, of which one or more are shown",
                        patterns.len()
                    ),
                    format!("write numbers from 1 to {}", patterns.len()),
                )
                .at("load"));
            }
        }
        if let Some(between) = self.between {
            between.positive_or_zero("a duration").map_err(|e| e.at("between"))?;
            if self.shown == Presented::Together {
                return Err(Error::input(
                    format!("found {between} between items that are shown together"),
                    "it stands between items that follow one another",
                    "delete it, or write shown = \"one_by_one\"",
                )
                .at("between"));
            }
        }
        some(&self.stimulus.duration, "stimulus.duration")?;
        let shortest = self.stimulus.duration.shortest();
        shortest.positive("an item").map_err(|e| e.at("stimulus.duration"))?;
        for (key, time) in [("before", self.before), ("inter_trial", self.inter_trial)] {
            time.positive_or_zero("a duration").map_err(|e| e.at(key))?;
        }
        some(&self.delay, "delay")?;
        self.delay.shortest().positive("a delay").map_err(|e| e.at("delay"))?;
        let first = like.stimulus(patterns[0] - 1);
        self.stimulus.check(first, stage).map_err(|e| e.within("stimulus"))?;
        if let Some(reset) = &self.reset {
            like.check_reset(reset, stage, "the inter-trial interval", "inter_trial")
                .map_err(|e| e.within("reset"))?;
        }
        let above = self.held.above.positive("an overlap");
        above.map_err(|e| e.mended("write for example \"10 Hz\"").at("held.above"))?;
        within(self.held.window, &self.delay, "delay").map_err(|e| e.at("held.window"))
    }
}

/// Times (ms), and how every item was shown.
const REALS: [Real<Trial>; 11] = [
    ("start_ms", |t| &mut t.start),
    ("stimulus_ms", |t| &mut t.sample_onset),
    ("delay_ms", |t| &mut t.delay_onset),
    ("delay_end_ms", |t| &mut t.test_onset),
    ("end_ms", |t| &mut t.end),
    ("stimulus_duration_ms", |t| &mut t.sample_as_shown.duration),
    ("delay_duration_ms", |t| &mut t.delay),
    ("stimulus_hz", |t| &mut t.sample_as_shown.poisson),
    ("stimulus_mv", |t| &mut t.sample_as_shown.current),
    ("left_out", |t| &mut t.sample_as_shown.left_out),
    ("replaced", |t| &mut t.sample_as_shown.replaced),
];

/// The table of trials: `items_shown`, their number, `items` (patterns from 1, as they followed one another), and the onset of every
/// one of the `most` items that a trial of the task may have (`item_1_ms`, ...; missing where it has fewer).
pub fn items_to_table(trials: &[Trial], most: usize) -> Table {
    let whole = |value: fn(&Trial) -> u64| trials.iter().map(value).collect();
    let items = trials.iter().map(|t| listed(t.items.iter().map(|item| item.pattern)));
    let table = Table::default()
        .whole("trial", whole(|t| t.number as u64))
        .whole("seed", whole(|t| t.seed))
        .whole("items_shown", whole(|t| t.items.len() as u64))
        .text("items", items.collect())
        .reals("", &REALS, &mut trials.to_vec());
    (0..most).fold(table, |table, j| {
        let onset = |t: &Trial| t.items.get(j).map_or(f64::NAN, |item| item.onset);
        table.real(onset_of(j), trials.iter().map(onset).collect())
    })
}

/// The column with the onset of item `j`, from 0.
fn onset_of(j: usize) -> String {
    format!("item_{}_ms", j + 1)
}

/// Patterns, from 0, as they stand in a table: from 1, with spaces between them.
pub fn listed(patterns: impl Iterator<Item = usize>) -> String {
    patterns.map(|mu| (mu + 1).to_string()).collect::<Vec<_>>().join(" ")
}

/// The trials of a table that [`items_to_table`] made; `None` if a column is missing.
pub fn items_from_table(table: &Table) -> Option<Vec<Trial>> {
    let Column::Text(lists) = table.column("items")? else { return None };
    let trial = |k: usize| {
        let item = |(j, number): (usize, &str)| {
            let Column::Real(onsets) = table.column(&onset_of(j))? else { return None };
            let pattern = number.parse::<usize>().ok()?.checked_sub(1)?;
            Some(Item { pattern, onset: onsets[k] })
        };
        let items: Vec<Item> =
            lists[k].split_whitespace().enumerate().map(item).collect::<Option<_>>()?;
        let sample = items.first()?.pattern;
        let mut trial = Trial {
            number: table.whole_at("trial", k)? as usize,
            seed: table.whole_at("seed", k)?,
            sample,
            test: sample,
            items,
            ..Trial::default()
        };
        table.fill("", &REALS, k, &mut trial)?;
        Some(Trial { test_end: trial.test_onset, ..trial })
    };
    (0..table.rows()).map(trial).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(more: &str) -> ItemsTask {
        let text = format!(
            "trials = 24\nload = [1, 2, 4]\nbefore = '200 ms'\ninter_trial = '100 ms'\n\
             stimulus = {{ duration = ['50 ms', '80 ms'], poisson = ['100 Hz', '0 Hz'] }}\n\
             delay = ['300 ms', '500 ms']\nheld = {{ above = '10 Hz', window = '100 ms' }}\n{more}"
        );
        toml::from_str(&text).unwrap()
    }

    #[test]
    fn trials_show_as_many_patterns_as_their_load() {
        let in_turn = "shown = 'one_by_one'\nbetween = '30 ms'\npatterns = [1, 3, 4, 5, 6]";
        for (more, names) in [
            ("", vec!["before", "items", "delay", "inter-trial interval"]),
            (
                in_turn,
                vec!["before", "item 1", "between", "item 2", "delay", "inter-trial interval"],
            ),
        ] {
            let task = task(more);
            let trials = task.draw(1000.0, 6, Seed(4));
            let table = items_to_table(&trials, task.most());
            assert_eq!(items_from_table(&table).as_ref(), Some(&trials));
            assert_eq!(super::super::from_table(&table), None);
            assert_eq!(super::super::stimulus_from_table(&table), None);
            let ends = trials.last().unwrap().end - 1000.0;
            assert!((ends - task.duration(Seed(4))).abs() < 1e-9, "{ends}");
            for block in trials.chunks(3) {
                let mut loads: Vec<usize> = block.iter().map(|trial| trial.items.len()).collect();
                loads.sort_unstable();
                assert_eq!(loads, [1, 2, 4]);
            }
            let mut longest = 0.0f64;
            for (k, trial) in trials.iter().enumerate() {
                let mut patterns: Vec<usize> = trial.items.iter().map(|i| i.pattern).collect();
                assert_eq!(patterns[0], trial.sample);
                assert!(more.is_empty() || !patterns.contains(&1));
                patterns.sort_unstable();
                patterns.dedup();
                assert_eq!(patterns.len(), trial.items.len());
                // What is shown is what the table tells, when it tells it.
                let epochs = task.epochs(trial);
                let mut time = trial.start;
                let mut shown = Vec::new();
                for epoch in &epochs {
                    let numbers = epoch.show.iter().filter_map(|one| one.pattern);
                    shown.extend(numbers.map(|number| (number - 1, time)));
                    if epoch.name == "delay" {
                        assert!((time - trial.delay_onset).abs() < 1e-9, "{trial:?}");
                        let end = time + epoch.duration.value();
                        assert!((end - trial.test_onset).abs() < 1e-9, "{trial:?}");
                    }
                    time += epoch.duration.value();
                }
                let end = trials.get(k + 1).map_or(trial.end, |next| next.start);
                assert!((time - end).abs() < 1e-9 && (trial.end - end).abs() < 1e-9, "{trial:?}");
                longest = longest.max(trial.end - trial.start);
                if trial.items.len() == 2 {
                    let own: Vec<&str> = epochs.iter().map(|epoch| epoch.name.as_str()).collect();
                    assert_eq!(own, names);
                }
                let felt = trial.sample_as_shown.poisson > 0.0;
                assert_eq!(shown.len(), if felt { trial.items.len() } else { 0 });
                for ((pattern, time), item) in shown.iter().zip(&trial.items) {
                    assert!(*pattern == item.pattern && (time - item.onset).abs() < 1e-9);
                }
            }
            assert!(longest <= task.longest_trial() + 1e-9, "{longest}");
        }
    }
}
