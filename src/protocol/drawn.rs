//! What random courses come to: the values that are held, step by step.

use super::held::{Chance, Strength, Varied};
use super::{Epoch, Stimulus, bounds};

/// A step of a random course that all driven neurons share.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// The epoch in which it is shown, from 0.
    pub epoch: usize,
    /// The place of the stimulus in what that shows, from 0.
    pub stimulus: usize,
    /// When it begins, ms or sweeps.
    pub begins: f64,
    /// When it ends.
    pub ends: f64,
    /// A rate (Hz), a current (mV), or a field, by its key in the stimulus.
    pub value: (&'static str, f64),
}

/// The courses of a stimulus, by their keys.
pub(super) fn courses(stimulus: &Stimulus) -> impl Iterator<Item = (&'static str, Strength)> {
    let poisson = stimulus.poisson.as_ref().and_then(|rate| rate.course()).cloned();
    let current = stimulus.current.as_ref().and_then(|current| current.course()).cloned();
    let field = stimulus.field.as_ref().and_then(|field| field.course()).cloned();
    let all = [
        poisson.map(|course| ("poisson", Strength::Poisson(course))),
        current.map(|course| ("current", Strength::Current(course))),
        field.map(|course| ("field", Strength::Local(course))),
    ];
    all.into_iter().flatten()
}

/// The courses of epochs that are random and the same for all driven neurons, each with its epoch, its stimulus and its key; they
/// drive nobody.
fn shared(epochs: &[Epoch]) -> impl Iterator<Item = (usize, usize, &'static str, Varied)> {
    epochs.iter().zip(bounds(epochs)).enumerate().flat_map(|(k, (epoch, (onset, _)))| {
        epoch.show.iter().enumerate().flat_map(move |(s, stimulus)| {
            courses(stimulus).filter(|(_, strength)| strength.is_shared_chance()).map(
                move |(key, strength)| {
                    // As it is shown: from the difference of its ends rounding may make a step more.
                    let span = (onset, epoch.duration.value());
                    (k, s, key, Varied::new(strength, Default::default(), (k, s, key), span))
                },
            )
        })
    })
}

/// How many steps the random courses of `epochs` have that all driven neurons share.
pub fn number_of_steps(epochs: &[Epoch]) -> u64 {
    shared(epochs).map(|(.., course)| course.steps()).sum()
}

/// What they come to, course by course, if the first epoch begins at `start`.
pub fn steps(epochs: &[Epoch], start: f64, chance: Chance) -> Vec<Step> {
    let mut found = Vec::new();
    for (epoch, stimulus, key, course) in shared(epochs) {
        found.extend(course.values(start, chance).into_iter().map(|([begins, ends], value)| {
            Step { epoch, stimulus, begins, ends, value: (key, value) }
        }));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize)]
    struct Protocol {
        protocol: Vec<Epoch>,
    }

    #[test]
    fn as_many_steps_are_told_as_are_shown() {
        // An hour and 20.2 ms later, 202 steps of 0.1 ms end at 3600020.3 ms, give or take rounding.
        let text = r#"
            [[protocol]]
            name = "rest"
            duration = "3600000.1 ms"
            [[protocol]]
            name = "shown"
            duration = "20.2 ms"
            show = [{ population = "E", current = { redrawn = { distribution = { uniform = ["0 mV", "1 mV"] }, every = "0.1 ms" } } }]
        "#;
        let protocol: Protocol = toml::from_str(text).unwrap();
        assert_eq!(number_of_steps(&protocol.protocol), 202);
    }
}
