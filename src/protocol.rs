//! The protocol: what is shown to the network, and when.
//!
//! A protocol is a list of epochs, one after another. In an epoch stimuli are shown, each an external
//! field on the foreground of a pattern or on a whole population, or a state into which binary neurons are put. A cue,
//! a distractor and a delay are all epochs; so is a delayed match to sample a list of them.

mod drawn;
mod held;
mod intensity;
mod stimulus;

pub use drawn::{OwnCourses, RecordedCourses, Step, number_of_steps, steps};
pub use held::{Chance, Held, Moving, Varied};
pub(crate) use intensity::MOST_STEPS;
pub use intensity::{Amount, Course, Intensity};
pub use stimulus::{Neurons, Stage, State, Stimulus};

use crate::dynamics::{Effect, Field, ObservableKind};
use crate::error::{Error, Result};
use crate::network::Placed;
use crate::pattern::Patterns;
use crate::random::Seed;
use crate::units::Duration;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A stretch of the protocol; the model's sections `[[protocol]]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Epoch {
    /// What the summary and the recording call it.
    pub name: String,
    /// How long it lasts: a time of spiking neurons, sweeps of binary ones.
    pub duration: Duration,
    /// What is shown meanwhile; nothing in a delay.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub show: Vec<Stimulus>,
    /// Whether plastic synapses change meanwhile; spiking neurons. True if left out.
    #[serde(default = "yes", skip_serializing_if = "Clone::clone")]
    pub plasticity: bool,
}

fn yes() -> bool {
    true
}

/// An epoch as it was shown.
#[derive(Clone, Debug, PartialEq)]
pub struct EpochShown {
    /// Its name in the model.
    pub name: String,
    /// ms.
    pub start: f64,
    /// ms.
    pub end: f64,
    /// What it showed, together.
    pub show: Vec<Stimulus>,
}

/// Refuses protocols that show what does not exist.
pub fn check(epochs: &[Epoch], stage: Stage) -> Result<()> {
    for (k, epoch) in epochs.iter().enumerate() {
        let key = format!("protocol[{k}]");
        let positive = epoch.duration.positive_on(stage.nature.clock, "a duration");
        positive.map_err(|e| e.at("duration").within(&key))?;
        if !epoch.plasticity && stage.nature.observable != ObservableKind::Spikes {
            return Err(Error::input(
                "found `plasticity`",
                format!("efficacies of {} neurons do not change", stage.nature.neurons),
                "delete the line",
            )
            .at(format!("{key}.plasticity")));
        }
        for (s, stimulus) in epoch.show.iter().enumerate() {
            let key = format!("{key}.show[{s}]");
            stimulus.check(stage).map_err(|e| e.within(&key))?;
            let duration = epoch.duration.value();
            stimulus.check_courses(duration, stage.nature).map_err(|e| e.within(&key))?;
        }
    }
    Ok(())
}

/// Start and end of every epoch, ms.
pub fn bounds(epochs: &[Epoch]) -> Vec<(f64, f64)> {
    let mut end = 0.0;
    epochs
        .iter()
        .map(|epoch| {
            let start = end;
            end += epoch.duration.value();
            (start, end)
        })
        .collect()
}

/// The epochs as they are shown if the first begins at `start` ms.
pub fn shown(epochs: &[Epoch], start: f64) -> Vec<EpochShown> {
    let shown = |(epoch, (from, to)): (&Epoch, (f64, f64))| EpochShown {
        name: epoch.name.clone(),
        start: start + from,
        end: start + to,
        show: epoch.show.clone(),
    };
    epochs.iter().zip(bounds(epochs)).map(shown).collect()
}

/// What is held in each of the epochs, in an episode that they make up; `seed` tells which neurons a degraded pattern
/// leaves out.
///
/// # Errors
/// If a stimulus has no clear target.
pub fn held(
    epochs: &[Epoch],
    populations: &[Placed],
    patterns: &IndexMap<String, Patterns>,
    seed: Seed,
) -> Result<Vec<Held>> {
    let network = Network { populations, patterns, seed };
    let with_bounds = epochs.iter().zip(bounds(epochs)).enumerate();
    with_bounds.map(|(k, (epoch, bounds))| network.held(k, epoch, bounds)).collect()
}

/// The neurons that feel a stimulus.
#[derive(Clone, Debug, Default, PartialEq)]
struct Driven {
    neurons: Arc<[u32]>,
    /// How much of its strength, if it is not the same for all.
    shares: Option<Arc<[f64]>>,
}

/// What stimuli are shown to.
struct Network<'a> {
    populations: &'a [Placed],
    patterns: &'a IndexMap<String, Patterns>,
    seed: Seed,
}

impl Network<'_> {
    /// What is held in epoch number `k`, from `onset` to `until`.
    fn held(&self, k: usize, epoch: &Epoch, (onset, until): (f64, f64)) -> Result<Held> {
        let mut held = Held { until, ..Held::default() };
        if !epoch.plasticity {
            held.field.hold_efficacies();
        }
        for (s, stimulus) in epoch.show.iter().enumerate() {
            let name = stimulus.target(self.patterns.keys().map(String::as_str))?;
            let Some(placed) = self.populations.iter().find(|p| p.name == name) else { continue };
            let driven = self.driven(stimulus, name, placed, &mut held.field)?;
            let rate = stimulus.poisson.as_ref().and_then(Intensity::constant);
            let current = stimulus.current.as_ref().and_then(Intensity::constant);
            let local = stimulus.field.as_ref().and_then(Intensity::constant);
            let constant =
                [rate.map(Effect::Poisson), current.map(Effect::Current), local.map(Effect::Local)];
            for effect in constant.into_iter().flatten() {
                let effects = match &driven.shares {
                    None => vec![effect],
                    Some(shares) => shares.iter().map(|share| effect.times(*share)).collect(),
                };
                held.field.add_each(Arc::clone(&driven.neurons), effects);
            }
            held.courses.extend(drawn::courses(stimulus).map(|(key, strength)| {
                let duration = epoch.duration.value();
                Varied::new(strength, driven.clone(), (k, s, key), (onset, duration))
            }));
        }
        Ok(held)
    }

    /// Who feels a stimulus to population `name`; what it does to states goes to `field`.
    fn driven(
        &self,
        stimulus: &Stimulus,
        name: &str,
        placed: &Placed,
        field: &mut Field,
    ) -> Result<Driven> {
        let (first, size) = (placed.neurons.start, placed.neurons.len());
        let of = |neurons: &mut dyn Iterator<Item = usize>| -> Arc<[u32]> {
            neurons.map(|i| (first + i) as u32).collect()
        };
        let centre = stimulus.pattern.and_then(|mu| self.patterns[name].centre(mu - 1));
        let shares = placed.space.map(|space| stimulus.shares(centre, space, size)).transpose()?;
        if let Some(shares) = shares.flatten() {
            return Ok(Driven { neurons: of(&mut (0..size)), shares: Some(shares.into()) });
        }
        let pattern = stimulus.pattern.map(|mu| (mu - 1, &self.patterns[name]));
        if !stimulus.is_of_states() {
            let neurons = match pattern {
                None => of(&mut (0..size)),
                Some((mu, patterns)) => {
                    let driven = stimulus.driven(mu, name, patterns, self.seed);
                    of(&mut driven.into_iter().map(|i| i as usize))
                }
            };
            return Ok(Driven { neurons, shares: None });
        }
        let states = stimulus.states(name, size, pattern, self.seed);
        if let Some(how) = stimulus.state {
            for active in [true, false] {
                let concerned = states.iter().filter(|(_, a)| *a == active);
                let concerned = concerned.map(|(i, _)| first + i);
                field.add(concerned, Effect::Imposed(how.imposed(active)));
            }
        }
        let share = |(i, active): &(usize, bool)| match graded(pattern) {
            Some((mu, values)) => values.direction(mu, *i),
            None if *active => 1.0,
            None => -1.0,
        };
        let shares = pattern.is_some().then(|| states.iter().map(share).collect());
        Ok(Driven { neurons: of(&mut states.iter().map(|(i, _)| *i)), shares })
    }
}

/// The pattern, if it is graded.
fn graded(pattern: Option<(usize, &Patterns)>) -> Option<(usize, &Patterns)> {
    pattern.filter(|(_, patterns)| patterns.values().is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dynamics::{Imposed, Nature, Senses};
    use crate::network::Transmission;
    use crate::pattern::PatternSource;
    use crate::space::{Ground, Space};
    use crate::units::Clock;

    #[test]
    fn stimuli_add_up_on_the_neurons_that_they_drive() {
        let epoch: Epoch = toml::from_str(
            r#"
            name = "two at once"
            duration = "100 ms"
            show = [{ pattern = 2, poisson = "500 Hz" }, { population = "E", current = "-1 mV", poisson = "10 Hz" }]
            "#,
        )
        .unwrap();
        let patterns = IndexMap::from([(
            "E".to_owned(),
            Patterns::from_foreground(3, vec![vec![0], vec![1, 2]]),
        )]);
        let placed = |name: &str, neurons| Placed { name: name.to_owned(), neurons, space: None };
        let populations = [placed("I", 0..2), placed("E", 2..5)];
        let field = &held(&[epoch], &populations, &patterns, Seed(1)).unwrap()[0].field;
        let (current, poisson) = field.input(5);
        assert_eq!(poisson, [0.0, 0.0, 10.0, 510.0, 510.0]);
        assert_eq!(current, [0.0, 0.0, -1.0, -1.0, -1.0]);
    }

    #[test]
    fn a_stimulus_falls_with_the_distance_from_its_centre() {
        let epoch: Epoch = toml::from_str(
            r#"
            name = "cue"
            duration = "1 s"
            show = [
                { population = "E", centre = "90 deg", current = "4.8 mV", profile = { gaussian = "60 deg" } },
                { pattern = 2, population = "E", poisson = "100 Hz", profile = "cosine" },
            ]
            "#,
        )
        .unwrap();
        let space: Space = toml::from_str("ring = \"360 deg\"").unwrap();
        let source: PatternSource =
            toml::from_str("[places]\nnumber = 2\ncoding_level = 0.5").unwrap();
        let ground = Ground { neurons: 4, space: Some(space) };
        let patterns = IndexMap::from([("E".to_owned(), source.draw("E", ground, Seed(1)))]);
        let populations = [Placed { name: "E".to_owned(), neurons: 2..6, space: Some(space) }];
        let field = &held(&[epoch], &populations, &patterns, Seed(1)).unwrap()[0].field;
        let (current, poisson) = field.input(6);
        // Neurons at 0, 90, 180 and 270 deg; place field 2 is around 180 deg.
        let at = |d: f64| 4.8 * libm::exp(-0.5 * (d / 60.0).powi(2));
        assert_eq!(current, [0.0, 0.0, at(90.0), at(0.0), at(90.0), at(180.0)]);
        let wanted = [0.0, 0.0, 0.0, 50.0, 100.0, 50.0];
        assert!(poisson.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-12), "{poisson:?}");
    }

    #[test]
    fn a_field_along_a_graded_pattern_has_its_values() {
        let epoch: Epoch = toml::from_str(
            r#"
            name = "cue"
            duration = "100 ms"
            show = [{ pattern = 2, field = 0.5 }, { population = "E", field = 1.0, neurons = "1..3" }]
            "#,
        )
        .unwrap();
        let values = vec![9.0, 9.0, 9.0, 0.5, -3.0, 2.0];
        let patterns = IndexMap::from([("E".to_owned(), Patterns::from_values(3, values))]);
        let populations = [Placed { name: "E".to_owned(), neurons: 1..4, space: None }];
        let field = &held(&[epoch], &populations, &patterns, Seed(1)).unwrap()[0].field;
        assert_eq!(field.on_states(4).0, [0.0, 0.25, -0.5, 2.0]);
    }
    #[test]
    fn epochs_follow_one_another_wherever_the_first_begins() {
        let epoch = |text: &str| toml::from_str::<Epoch>(text).unwrap();
        let epochs = [
            epoch("name = \"a\"\nduration = \"100 ms\""),
            epoch("name = \"b\"\nduration = \"250 ms\"\nplasticity = false"),
            epoch("name = \"c\"\nduration = \"0.5 ms\""),
        ];
        assert_eq!(bounds(&epochs), [(0.0, 100.0), (100.0, 350.0), (350.0, 350.5)]);
        let told = shown(&epochs, 30.0);
        let told: Vec<_> = told.iter().map(|e| (e.name.as_str(), e.start, e.end)).collect();
        assert_eq!(told, [("a", 30.0, 130.0), ("b", 130.0, 380.0), ("c", 380.0, 380.5)]);
        let held = held(&epochs, &[], &IndexMap::new(), Seed(1)).unwrap();
        let held: Vec<_> = held.iter().map(|held| (held.until, held.field.lets_learn())).collect();
        assert_eq!(held, [(100.0, true), (350.0, false), (350.5, true)]);
    }

    #[test]
    fn efficacies_are_held_where_some_may_change() {
        let epoch = |plasticity| {
            let (name, duration) = ("rest".to_owned(), Duration::ms(100.0));
            Epoch { name, duration, show: Vec::new(), plasticity }
        };
        for observable in [ObservableKind::Spikes, ObservableKind::Graded] {
            let nature = Nature {
                neurons: "rate",
                clock: Clock::Ms,
                observable,
                transmission: Transmission::Activity,
                senses: Senses::Input,
                relaxes: false,
                whole_sweeps: false,
            };
            let stage = Stage { nature, populations: &[], patterns: &[], spaces: &[] };
            assert!(check(&[epoch(true)], stage).is_ok());
            let held = check(&[epoch(true), epoch(false)], stage);
            if observable == ObservableKind::Spikes {
                assert!(held.is_ok());
                continue;
            }
            let refused = held.unwrap_err().to_string();
            let found = "protocol[1].plasticity: found `plasticity`; efficacies of rate neurons";
            assert!(refused.starts_with(found), "{refused}");
        }
    }

    #[test]
    fn a_pattern_is_imposed_and_pulls_in_its_own_direction() {
        let epoch: Epoch = toml::from_str(
            r#"
            name = "cue"
            duration = "10 sweeps"
            show = [{ pattern = 2, state = "clamped", field = 0.5 }]
            "#,
        )
        .unwrap();
        let patterns = IndexMap::from([(
            "E".to_owned(),
            Patterns::from_foreground(3, vec![vec![0], vec![1]]),
        )]);
        let populations = [Placed { name: "E".to_owned(), neurons: 2..5, space: None }];
        let held = &held(&[epoch], &populations, &patterns, Seed(1)).unwrap()[0];
        let (local, imposed) = held.field.on_states(5);
        assert_eq!(local, [0.0, 0.0, -0.5, 0.5, -0.5]);
        let [active, inactive] = [true, false].map(Imposed::Clamped);
        assert_eq!(imposed, [Imposed::Free, Imposed::Free, inactive, active, inactive]);
        assert_eq!(held.until, 10.0);
    }
}
