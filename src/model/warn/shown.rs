//! Stimuli that nobody feels, and epochs, patterns and expectations that cannot be seen.

use super::super::Model;
use crate::distribution::{Distribution, Shape, normal_density, normal_share};
use crate::dynamics::{ObservableKind, Section};
use crate::error::Warning;
use crate::protocol::{self, Course, Stimulus};
use crate::task::{Intensities, Shown, Task};
use crate::units::Rate;

/// Bits of patterns (neurons times patterns) that are drawn to look for patterns without members: some 10 ms.
const MOST_BITS: usize = 10_000_000;

/// A mean rate that is so many times as large as it is written because rates are not negative: an s.d. of 0.68 of the mean of what is
/// drawn again, and of 1.06 of that of noise which acts as 0 below it; in models/ it is at most 0.62.
const TOO_MUCH: f64 = 1.1;

impl Model {
    /// Stimuli of strength 0, and those that leave out all neurons.
    pub(super) fn not_felt(&self) -> Option<Warning> {
        let numbered = |epoch: usize, shown: &[Stimulus]| {
            let key = move |s: usize| format!("protocol[{epoch}].show[{s}]");
            shown
                .iter()
                .enumerate()
                .filter_map(move |(s, stimulus)| not_felt(stimulus, key(s)))
                .collect::<Vec<_>>()
        };
        let epochs = self.protocol.iter().enumerate();
        let of_epochs = epochs.flat_map(|(k, epoch)| numbered(k, &epoch.show));
        Warning::first_of(of_epochs.chain(self.not_felt_in_trials()))
    }

    /// What a delayed match shows with strength 0, or not at all, in all of its levels; among others these are controls.
    fn not_felt_in_trials(&self) -> Vec<Warning> {
        let Some(task) = self.task.as_ref().and_then(Task::delayed_match) else {
            return Vec::new();
        };
        let of = |shown: &Shown| {
            !shown.poisson.as_ref().is_some_and(Intensities::is_felt)
                && !shown.current.as_ref().is_some_and(Intensities::is_felt)
        };
        let mut keys = Vec::new();
        keys.extend(of(&task.sample).then(|| "sample".to_owned()));
        keys.extend(of(&task.test).then(|| "test".to_owned()));
        for (k, distractor) in task.distractor.iter().enumerate() {
            let rates = distractor.poisson.iter().flat_map(|l| &l.0).map(|rate| rate.value());
            let currents = distractor.current.iter().flat_map(|l| &l.0).map(|mv| mv.value());
            let without = rates.chain(currents).all(|strength| strength == 0.0);
            keys.extend(without.then(|| format!("distractor[{k}]")));
        }
        let place = |key: &str| format!("task.delayed_match.{key}");
        let mut found: Vec<Warning> = keys.iter().map(|key| without_strength(place(key))).collect();
        let empty = |shown: &Shown| {
            shown.left_out.as_ref().is_some_and(|levels| levels.0.iter().all(|&share| share >= 1.0))
        };
        let shown = [("sample", &task.sample), ("test", &task.test)];
        found.extend(
            shown
                .iter()
                .filter(|(_, shown)| empty(shown))
                .map(|(key, _)| leaves_out_all(place(key))),
        );
        found
    }

    /// Rates that fluctuate so strongly that what is shown is not what their mean says, because they are not negative.
    pub(super) fn cut_off(&self) -> Option<Warning> {
        let numbered = |epoch: usize, shown: &[Stimulus]| {
            let rates = shown.iter().enumerate().filter_map(|(s, stimulus)| {
                let course = stimulus.poisson.as_ref()?.course()?;
                raised(course, format!("protocol[{epoch}].show[{s}].poisson"))
            });
            rates.collect::<Vec<_>>()
        };
        let of_epochs = self.protocol.iter().enumerate().flat_map(|(k, e)| numbered(k, &e.show));
        let of_task = self.task.iter().flat_map(Task::shown_patterns).filter_map(|(key, shown)| {
            let Some(Intensities::Course(course)) = &shown.poisson else { return None };
            raised(course, format!("task.{key}.poisson"))
        });
        Warning::first_of(of_epochs.chain(of_task).chain(self.evidence_cut_off()))
    }

    fn evidence_cut_off(&self) -> Option<Warning> {
        let Some(Task::Decision(task)) = &self.task else { return None };
        let poisson = task.stimulus.poisson?;
        let most = task.stimulus.coherence.0.iter().copied().fold(0.0, f64::max);
        let factor = task.left_for_others(most);
        let (meant, shown) = (poisson.mean.value() * factor, poisson.shown(factor));
        (shown > TOO_MUCH * meant).then(|| {
            Warning::new(
                "task.decision.stimulus.poisson",
                format!(
                    "found that at coherence {most} a choice that is not favoured gets {shown:.1} Hz on average, not {meant:.1} Hz"
                ),
                format!("a rate below 0 is drawn again, and the standard deviation is {}", poisson.sd),
                "make sd or the coherence smaller, or the mean larger",
            )
        })
    }

    /// Patterns of spiking neurons without a foreground, whether they are written or drawn.
    pub(super) fn without_members(&self) -> Option<Warning> {
        let size = |name: &String| self.population.get(name).map_or(0, |p| p.size);
        let bits: usize =
            self.patterns.iter().map(|(name, p)| size(name).saturating_mul(p.number())).sum();
        if self.dynamics.nature().observable != ObservableKind::Spikes || bits > MOST_BITS {
            return None;
        }
        let patterns = self.draw_patterns();
        let empty = patterns.iter().flat_map(|(name, patterns)| {
            let none = |mu: &usize| patterns.foreground(*mu).is_empty();
            (0..patterns.number()).filter(none).map(move |mu| (name, mu + 1))
        });
        Warning::first_of(empty.map(|(name, number)| {
            Warning::new(
                format!("patterns.{name}"),
                format!("found that pattern {number} of {name} has no neuron"),
                "it can be neither shown nor seen",
                "make the coding level or the population larger, or leave the pattern out",
            )
        }))
    }

    /// Epochs of spiking neurons that are shorter than the intervals over which rates and overlaps are averaged.
    pub(super) fn shorter_than_a_sample(&self) -> Option<Warning> {
        if self.dynamics.nature().observable != ObservableKind::Spikes {
            return None;
        }
        let interval = self.interval();
        let epochs = self.protocol.iter().enumerate();
        let short = epochs.filter(|(_, epoch)| epoch.duration.value() < interval);
        Warning::first_of(short.map(|(k, epoch)| {
            Warning::new(
                format!("protocol[{k}].duration"),
                format!(
                    "found that the epoch \"{}\" lasts {} and is sampled every {interval} ms",
                    epoch.name, epoch.duration
                ),
                "recorded rates and overlaps mix it with its neighbours",
                "make it longer, or record.interval shorter",
            )
        }))
    }

    /// Expectations about windows of which there is none.
    pub(super) fn not_judged(&self) -> Option<Warning> {
        let lead = if self.task.is_some() { self.lead() } else { f64::INFINITY };
        let mut shown = protocol::shown(&self.protocol, 0.0);
        shown.retain(|epoch| epoch.start < lead);
        let holders: Vec<String> = self.patterns.keys().cloned().collect();
        self.expect.not_judged(&holders, &shown).map(|warning| warning.map(|e| e.within("expect")))
    }
}

/// The warning about a stimulus at `key` that does nothing.
fn not_felt(stimulus: &Stimulus, key: String) -> Option<Warning> {
    if !stimulus.is_felt() {
        return Some(without_strength(key));
    }
    let all_left_out = stimulus.left_out.is_some_and(|share| share >= 1.0);
    all_left_out.then(|| leaves_out_all(key))
}

/// The warning about a course of rates at `key` whose mean is not the one that is written. A `min` of its own says that it is meant.
fn raised(course: &Course<Rate>, key: String) -> Option<Warning> {
    let (meant, shown, why, sd) = match course {
        Course::Redrawn { distribution, .. } => {
            let Distribution::Random(Shape::Normal { mean, sd, min: None, .. }) = distribution
            else {
                return None;
            };
            let shown = distribution.or_min(0.0).mean_of_draws();
            (mean.value(), shown, "is drawn again", sd)
        }
        Course::OrnsteinUhlenbeck { mean, sd, .. } if sd.value() > 0.0 => {
            let (m, s) = (mean.value(), sd.value());
            let shown = m * normal_share(m, s, 0.0, f64::INFINITY) + s * normal_density(m / s);
            (m, shown, "acts as 0", sd)
        }
        _ => return None,
    };
    (shown > TOO_MUCH * meant).then(|| {
        Warning::new(
            key,
            format!("found a rate that is {shown:.1} Hz on average, not {meant:.1} Hz"),
            format!("a rate below 0 {why}, and the standard deviation is {sd}"),
            "make sd smaller, or the mean larger",
        )
    })
}

fn leaves_out_all(key: String) -> Warning {
    Warning::new(
        format!("{key}.left_out"),
        "found a stimulus that leaves out all of its pattern",
        "it drives no neuron",
        "leave out less, or delete it",
    )
}

fn without_strength(key: String) -> Warning {
    Warning::new(
        key,
        "found a stimulus of strength 0",
        "nobody feels it",
        "give it a strength, or delete it",
    )
}
