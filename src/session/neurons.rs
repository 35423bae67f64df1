//! Single neurons to be shown: typical ones, not the best.

use super::Session;
use crate::analysis::trials::{Alignment, Averaged, Bins, Group, Psth};
use crate::error::Result;
use crate::plot::session as plot;
use crate::task::Trial;

/// How many are shown, each of another sample's foreground.
const SHOWN: usize = 3;
/// Bins of their rates, ms.
const BIN: f64 = 50.0;

/// A neuron and the sample whose foreground it belongs to.
struct Chosen {
    neuron: u32,
    sample: usize,
    /// Depth of selectivity of its delay activity.
    depth: f64,
}

impl Session<'_> {
    /// Of the first samples one neuron each: that with the median depth of selectivity among those that prefer it.
    fn chosen(&self) -> Result<Vec<Chosen>> {
        let Some(patterns) = self.recording.patterns(&self.decisions.population)? else {
            return Ok(Vec::new());
        };
        let selectivity = &self.activities.selectivity;
        let typical = |(k, &sample): (usize, &usize)| {
            let tuning = |&neuron: &u32| (neuron, &selectivity.neurons[neuron as usize]);
            let members = patterns.foreground(sample).iter().map(tuning);
            let prefer = members.filter(|(_, t)| t.preferred == Some(k) && !t.depth.is_nan());
            let mut all: Vec<(u32, f64)> = prefer.map(|(neuron, t)| (neuron, t.depth)).collect();
            all.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
            let (neuron, depth) = *all.get(all.len() / 2)?;
            Some(Chosen { neuron, sample, depth })
        };
        Ok(selectivity.samples.iter().enumerate().filter_map(typical).take(SHOWN).collect())
    }

    /// Their spikes and rates in trials with the sample that they belong to, and with all others.
    pub(super) fn neurons(&self) -> Result<Vec<plot::Neuron>> {
        let chosen = self.chosen()?;
        let trials = &self.decisions.trials;
        let mut spikes = vec![vec![Vec::new(); trials.len()]; chosen.len()];
        self.recording.for_trials(&self.decisions.population, trials, |k, times, ids| {
            for (time, id) in times.iter().zip(ids) {
                for (own, chosen) in spikes.iter_mut().zip(&chosen) {
                    if u64::from(chosen.neuron) == *id {
                        own[k].push(time - trials[k].sample_onset);
                    }
                }
            }
        })?;
        let psth = self.rates(&chosen)?;
        let neuron = |(n, chosen): (usize, &Chosen)| {
            let response = |preferred: bool, name: String| {
                let own =
                    (0..trials.len()).filter(|&k| (trials[k].sample == chosen.sample) == preferred);
                let curve = &psth.curves[2 * n + usize::from(!preferred)];
                let centre = |k: usize| psth.bins.edge(k) + 0.5 * psth.bins.width;
                plot::Response {
                    name,
                    trials: own.map(|k| spikes[n][k].clone()).collect(),
                    rate: plot::Trace {
                        time: (0..psth.bins.number).map(centre).collect(),
                        mean: curve.rate.clone(),
                        sem: curve.sem.clone(),
                    },
                }
            };
            plot::Neuron {
                name: format!("neuron {}, depth {:.2}", chosen.neuron, chosen.depth),
                preferred: response(true, format!("pattern {}", chosen.sample + 1)),
                others: response(false, "other patterns".to_owned()),
            }
        };
        Ok(chosen.iter().enumerate().map(neuron).collect())
    }

    /// Two curves of every neuron: with its sample, and with the others.
    fn rates(&self, chosen: &[Chosen]) -> Result<Psth> {
        let Self { recording, decisions, .. } = self;
        let trials = &decisions.trials;
        let averaged: Vec<Averaged> = chosen
            .iter()
            .flat_map(|chosen| {
                [true, false].map(|preferred| {
                    let own = |t: &Trial| (t.sample == chosen.sample) == preferred;
                    let counts: Vec<bool> = trials.iter().map(own).collect();
                    let group = Group::fixed("", vec![chosen.neuron], &counts);
                    Averaged { group, condition: String::new() }
                })
            })
            .collect();
        let course = self.time_course();
        let before = (course.from / BIN).floor() * BIN;
        let bins = Bins::new(before, course.to.max(before + BIN), BIN)?;
        Psth::of(recording, &decisions.population, trials, Alignment::Sample, bins, &averaged)
    }
}
