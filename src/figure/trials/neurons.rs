//! Single neurons: those that were asked for, or typical ones, not the best.

use super::Session;
use super::figures::timing;
use crate::analysis::Decisions;
use crate::analysis::trials::{Activities, Alignment, Averaged, Bins, Group, Psth};
use crate::error::{Error, Place, Result};
use crate::plot::trials as plot;
use crate::recording::Recording;
use crate::task::Trial;
use std::ops::Range;

/// How many are chosen if none were asked for, each of another sample's foreground; and how many have room in a figure.
const TYPICAL: usize = 3;
const SHOWN: usize = 12;

/// Single neurons, and their rates around the sample.
pub(super) struct Neurons {
    chosen: Vec<Chosen>,
    /// Two curves of every neuron: in trials with the sample that it prefers, and with the others.
    pub rates: Psth,
}

/// A neuron and the sample that it prefers.
struct Chosen {
    neuron: u32,
    sample: usize,
    /// Depth of selectivity of its delay activity.
    depth: f64,
}

impl Neurons {
    /// The neurons of the range `wanted`, or typical ones; their rates in bins of `bin` ms.
    ///
    /// # Errors
    /// If the population has no such neurons.
    pub fn of(
        recording: &Recording,
        decisions: &Decisions,
        activities: &Activities,
        wanted: Option<Range<u64>>,
        bin: f64,
    ) -> Result<Self> {
        let chosen = match wanted {
            Some(range) => asked_for(activities, range)?,
            None => typical(recording, decisions, activities)?,
        };
        let trials = &decisions.trials;
        let curves = |chosen: &Chosen| {
            [("preferred", true), ("other", false)].map(|(condition, preferred)| {
                let own = |t: &Trial| (t.sample == chosen.sample) == preferred;
                let counts: Vec<bool> = trials.iter().map(own).collect();
                let name = format!("neuron {}", chosen.neuron);
                let group = Group::fixed(name, vec![chosen.neuron], &counts);
                Averaged { group, condition: condition.to_owned() }
            })
        };
        let averaged: Vec<Averaged> = chosen.iter().flat_map(curves).collect();
        let (timing, align) = (timing(trials), Alignment::Sample);
        let before = (timing.from / bin).floor() * bin;
        let bins = Bins::new(before, timing.to.max(before + bin), bin)?;
        let rates = Psth::of(recording, &decisions.population, trials, align, bins, &averaged)?;
        Ok(Self { chosen, rates })
    }
}

fn asked_for(activities: &Activities, range: Range<u64>) -> Result<Vec<Chosen>> {
    let tuning = &activities.selectivity;
    let all = tuning.neurons.len() as u64;
    if range.is_empty() || range.end > all {
        let (from, to) = (range.start, range.end);
        return Err(Error::input(
            format!("found the neurons {from}..{to}"),
            format!("the population has neurons 0..{all}"),
            "write for example --neurons 0..9",
        )
        .placed(Place::Argument("--neurons".to_owned())));
    }
    let chosen = |neuron: u64| {
        let own = &tuning.neurons[neuron as usize];
        let sample = tuning.samples[own.preferred.unwrap_or(0)];
        Chosen { neuron: neuron as u32, sample, depth: own.depth }
    };
    Ok(range.map(chosen).collect())
}

/// Of the first samples one neuron each: that with the median depth of selectivity among the foreground that prefers it.
fn typical(
    recording: &Recording,
    decisions: &Decisions,
    activities: &Activities,
) -> Result<Vec<Chosen>> {
    let Some(patterns) = recording.patterns(&decisions.population)? else {
        return Ok(Vec::new());
    };
    let selectivity = &activities.selectivity;
    let median = |(k, &sample): (usize, &usize)| {
        let tuning = |&neuron: &u32| (neuron, &selectivity.neurons[neuron as usize]);
        let members = patterns.foreground(sample).iter().map(tuning);
        let prefer = members.filter(|(_, t)| t.preferred == Some(k) && !t.depth.is_nan());
        let mut all: Vec<(u32, f64)> = prefer.map(|(neuron, t)| (neuron, t.depth)).collect();
        all.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
        let (neuron, depth) = *all.get(all.len() / 2)?;
        Some(Chosen { neuron, sample, depth })
    };
    Ok(selectivity.samples.iter().enumerate().filter_map(median).take(TYPICAL).collect())
}

impl Session<'_> {
    /// Spikes and rates of the first of them, in trials with the sample that they prefer, and with all others.
    pub(super) fn neurons(&self) -> Result<Vec<plot::Neuron>> {
        let Neurons { chosen, rates } = &self.neurons;
        let shown = &chosen[..chosen.len().min(SHOWN)];
        let trials = &self.decisions.trials;
        let to = timing(trials).to;
        let mut spikes = vec![vec![Vec::new(); trials.len()]; shown.len()];
        self.recording.for_trials(&self.decisions.population, trials, |k, times, ids| {
            for (time, id) in times.iter().zip(ids) {
                let time = time - trials[k].sample_onset;
                let own = spikes.iter_mut().zip(shown).find(|(_, c)| u64::from(c.neuron) == *id);
                own.into_iter().filter(|_| time < to).for_each(|(own, _)| own[k].push(time));
            }
        })?;
        let neuron = |(n, chosen): (usize, &Chosen)| {
            let response = |preferred: bool, name: String| {
                let own =
                    (0..trials.len()).filter(|&k| (trials[k].sample == chosen.sample) == preferred);
                let curve = &rates.curves[2 * n + usize::from(!preferred)];
                let centre = |k: usize| rates.bins.edge(k) + 0.5 * rates.bins.width;
                plot::Response {
                    name,
                    trials: own.map(|k| spikes[n][k].clone()).collect(),
                    rate: plot::Trace {
                        time: (0..rates.bins.number).map(centre).collect(),
                        mean: curve.rate.clone(),
                        sem: curve.sem.clone(),
                    },
                }
            };
            let Chosen { neuron, sample, depth } = chosen;
            let depth = if depth.is_nan() { String::new() } else { format!(", depth {depth:.2}") };
            plot::Neuron {
                name: format!("neuron {neuron}{depth}"),
                preferred: response(true, format!("pattern {}", sample + 1)),
                others: response(false, "other patterns".to_owned()),
            }
        };
        Ok(shown.iter().enumerate().map(neuron).collect())
    }
}
