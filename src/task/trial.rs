//! Trials: what each of them shows, and when.

use super::intensities::mean;
use super::{DelayedMatch, Intensities, Levels, Reset, Shown, Which};
use crate::protocol::{Amount, Epoch, Intensity, Stimulus};
use crate::random::Seed;
use crate::units::{Duration, Rate, Time, Voltage};

/// A trial as it was drawn. Times are in ms of the recording; patterns count from 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trial {
    /// From 1.
    pub number: usize,
    /// The seed of the model.
    pub seed: u64,
    /// When it begins.
    pub start: f64,
    /// Onset of the sample.
    pub sample_onset: f64,
    /// Onset of the delay.
    pub delay_onset: f64,
    /// Onset of the test.
    pub test_onset: f64,
    /// End of the test.
    pub test_end: f64,
    /// When the next one begins.
    pub end: f64,
    /// How long the delay lasts.
    pub delay: f64,
    /// The pattern of the sample.
    pub sample: usize,
    /// The pattern of the test.
    pub test: usize,
    /// How long, how strongly, and how much of, the sample was shown.
    pub sample_as_shown: AsShown,
    /// The same of the test.
    pub test_as_shown: AsShown,
    /// How much the sample is favoured where other patterns are shown with it.
    pub coherence: f64,
    /// In order of time.
    pub distractors: Vec<DistractorShown>,
    /// Where several patterns are to be held: all of them, in order of time.
    pub items: Vec<Item>,
}

/// How a sample or a test was shown.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct AsShown {
    /// How long, ms.
    pub duration: f64,
    /// Rate added to every driven neuron, Hz; of a course its mean as it is written.
    pub poisson: f64,
    /// Current added to every driven neuron, mV; of a course its mean as it is written.
    pub current: f64,
    /// Share of the foreground that is not driven.
    pub left_out: f64,
    /// Share of the foreground in whose place the background is driven.
    pub replaced: f64,
}

/// A distractor as it was shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DistractorShown {
    /// Which pattern it was.
    pub pattern: usize,
    /// ms.
    pub onset: f64,
    /// ms.
    pub end: f64,
    /// Hz.
    pub poisson: f64,
    /// mV.
    pub current: f64,
}

/// One of several patterns that are to be held, as it was shown.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Item {
    /// Which pattern it was, from 0.
    pub pattern: usize,
    /// When it began, ms.
    pub onset: f64,
}

impl DistractorShown {
    /// Whether it had any strength.
    pub fn is_shown(&self) -> bool {
        self.poisson != 0.0 || self.current != 0.0
    }
}

impl Trial {
    /// Whether the test is the sample.
    pub fn matches(&self) -> bool {
        self.sample == self.test
    }
}

/// Shorter stretches of time (ms) come from rounding.
pub(super) const LEAST: f64 = 1e-6;

/// How long the parts of a trial last, ms, and the whole of it.
struct Lengths {
    sample: f64,
    delay: f64,
    test: f64,
    whole: f64,
}

/// What a trial draws from the levels of the sample or of the test.
struct Drawn {
    poisson: Option<Intensity<Rate>>,
    current: Option<Intensity<Voltage>>,
    left_out: Option<f64>,
    replaced: Option<f64>,
}

impl DelayedMatch {
    /// How long the shortest trial may last, ms.
    pub fn shortest_trial(&self) -> f64 {
        let [sample, test] = [&self.sample, &self.test].map(|shown| shown.duration.shortest());
        self.lengths(sample, self.delay.shortest(), test).whole
    }

    /// How long the longest trial may last, ms.
    pub fn longest_trial(&self) -> f64 {
        let [sample, test] = [&self.sample, &self.test].map(|shown| shown.duration.longest());
        self.lengths(sample, self.delay.longest(), test).whole
    }

    fn lengths(&self, sample: Time, delay: Time, test: Time) -> Lengths {
        let [sample, delay, test] = [sample, delay, test].map(Time::value);
        let after = delay + test + self.inter_trial.value();
        Lengths { sample, delay, test, whole: self.fixation.value() + sample + after }
    }

    /// When the trials begin, of which the first starts at `start` ms, and when the last one ends.
    pub(super) fn bounds(&self, start: f64, seed: Seed) -> Vec<f64> {
        let shortest = self.shortest_trial();
        let mut longer = 0.0;
        let bound = |k: usize| {
            // Trials of one length stand on a grid without sums.
            let at = start + k as f64 * shortest + longer;
            longer += Draws { k, seed }.lengths(self).whole - shortest;
            at
        };
        (0..=self.trials).map(bound).collect()
    }

    /// The trials, of which the first starts at `start` ms, for a population with `patterns` patterns.
    pub fn draw(&self, start: f64, patterns: usize, seed: Seed) -> Vec<Trial> {
        let bounds = self.bounds(start, seed);
        let trial = |k: usize| self.trial(k, [bounds[k], bounds[k + 1]], patterns, seed);
        (0..self.trials).map(trial).collect()
    }

    /// Trial `k`, from 0.
    fn trial(&self, k: usize, [start, end]: [f64; 2], patterns: usize, seed: Seed) -> Trial {
        let takes_part: Vec<usize> = match &self.patterns {
            Some(given) => given.iter().map(|mu| mu - 1).collect(),
            None => (0..patterns).collect(),
        };
        let draws = Draws { k, seed };
        let sample = takes_part[draws.balanced("sample", takes_part.len())];
        let matches = draws.share("match") < self.match_probability;
        let others = |not: &[usize]| -> Vec<usize> {
            takes_part.iter().copied().filter(|mu| !not.contains(mu)).collect()
        };
        let test = if matches { sample } else { draws.one_of("test", &others(&[sample])) };

        let sample_onset = start + self.fixation.value();
        let Lengths { sample: sample_duration, delay, test: test_duration, .. } =
            draws.lengths(self);
        let delay_onset = sample_onset + sample_duration;
        let test_onset = delay_onset + delay;
        let test_end = test_onset + test_duration;
        let mut distractors: Vec<DistractorShown> = Vec::new();
        for (d, distractor) in self.distractor.iter().enumerate() {
            let name = format!("distractor {}", d + 1);
            let pattern = match (distractor.pattern, distractors.last()) {
                (Which::Number(number), _) => number - 1,
                (Which::Repeated, Some(before)) => before.pattern,
                _ => draws.one_of(&name, &others(&[sample, test])),
            };
            let onset = delay_onset + distractor.after.value();
            distractors.push(DistractorShown {
                pattern,
                onset,
                end: onset + distractor.duration.value(),
                poisson: draws
                    .level(&format!("{name}/poisson"), &distractor.poisson)
                    .map_or(0.0, Rate::value),
                current: draws
                    .level(&format!("{name}/current"), &distractor.current)
                    .map_or(0.0, Voltage::value),
            });
        }
        let shown = |name, section, duration| {
            let Drawn { poisson, current, left_out, replaced } = draws.shown(name, section);
            AsShown {
                duration,
                poisson: poisson.map_or(0.0, |poisson| mean(&poisson, duration)),
                current: current.map_or(0.0, |current| mean(&current, duration)),
                left_out: left_out.unwrap_or(0.0),
                replaced: replaced.unwrap_or(0.0),
            }
        };
        Trial {
            number: k + 1,
            seed: seed.0,
            start,
            sample_onset,
            delay_onset,
            test_onset,
            test_end,
            end,
            sample,
            test,
            delay,
            sample_as_shown: shown("sample", &self.sample, sample_duration),
            test_as_shown: shown("test", &self.test, test_duration),
            coherence: 0.0,
            distractors,
            items: Vec::new(),
        }
    }

    /// The epochs of a trial, one after another.
    pub fn epochs(&self, trial: &Trial) -> Vec<Epoch> {
        let draws = Draws { k: trial.number - 1, seed: Seed(trial.seed) };
        let mut epochs = Vec::new();
        let mut add = |name: &str, duration: f64, show: Vec<Stimulus>| {
            // What rounding leaves of a time is none.
            if duration > LEAST {
                let show = show.into_iter().filter(Stimulus::is_felt).collect();
                epochs.push(Epoch {
                    name: name.to_owned(),
                    duration: Duration::ms(duration),
                    show,
                    plasticity: true,
                });
            }
        };
        let shown = |name: &str, pattern: usize, shown: &Shown| {
            let Drawn { poisson, current, left_out, replaced } = draws.shown(name, shown);
            let degraded = left_out.unwrap_or(0.0) > 0.0 || replaced.unwrap_or(0.0) > 0.0;
            vec![Stimulus {
                poisson,
                current,
                left_out,
                replaced,
                // Every sample and every test leaves out neurons of its own.
                draw: degraded.then_some(2 * trial.number as u64 + u64::from(name == "test")),
                ..self.stimulus(pattern)
            }]
        };
        add("fixation", self.fixation.value(), Vec::new());
        let sample = trial.sample_as_shown.duration;
        add("sample", sample, shown("sample", trial.sample, &self.sample));
        let mut passed = 0.0;
        for (section, distractor) in self.distractor.iter().zip(&trial.distractors) {
            add("delay", section.after.value() - passed, Vec::new());
            passed = section.after.value() + section.duration.value();
            let poisson = section.poisson.is_some().then_some(Rate::new(distractor.poisson).into());
            let current =
                section.current.is_some().then_some(Voltage::new(distractor.current).into());
            let stimulus = Stimulus { poisson, current, ..self.stimulus(distractor.pattern) };
            add("distractor", section.duration.value(), vec![stimulus]);
        }
        add("delay", trial.delay - passed, Vec::new());
        let test = trial.test_as_shown.duration;
        add("test", test, shown("test", trial.test, &self.test));
        let mut rest = self.inter_trial.value();
        if let Some(reset) = &self.reset {
            rest -= reset.duration.value();
            add("reset", reset.duration.value(), vec![reset.stimulus()]);
        }
        add("inter-trial interval", rest, Vec::new());
        epochs
    }

    /// A pattern (from 0) that is shown, as yet without strength.
    pub(super) fn stimulus(&self, pattern: usize) -> Stimulus {
        Stimulus {
            pattern: Some(pattern + 1),
            population: self.population.clone(),
            ..Stimulus::default()
        }
    }
}

impl Reset {
    pub(super) fn stimulus(&self) -> Stimulus {
        let (poisson, current) =
            (self.poisson.map(Intensity::from), self.current.map(Intensity::from));
        let population = Some(self.population.clone());
        Stimulus { population, poisson, current, ..Stimulus::default() }
    }
}

/// The random choices of one trial.
pub(super) struct Draws {
    /// From 0.
    pub k: usize,
    pub seed: Seed,
}

impl Draws {
    /// A number below `n`; every block of `n` trials gets each once.
    pub fn balanced(&self, what: &str, n: usize) -> usize {
        let mut stream = self.seed.stream(&format!("task/{what}"), (self.k / n) as u64);
        stream.permutation(n)[self.k % n] as usize
    }

    /// Uniform in [0, 1).
    fn share(&self, what: &str) -> f64 {
        self.seed.stream(&format!("task/{what}"), self.k as u64).uniform()
    }

    fn one_of(&self, what: &str, choices: &[usize]) -> usize {
        let mut stream = self.seed.stream(&format!("task/{what}"), self.k as u64);
        choices[stream.below(choices.len() as u32) as usize]
    }

    fn level<T: Copy>(&self, what: &str, levels: &Option<Levels<T>>) -> Option<T> {
        levels.as_ref().map(|levels| self.one(what, levels))
    }

    fn strength<V: Amount>(
        &self,
        what: &str,
        strength: &Option<Intensities<V>>,
    ) -> Option<Intensity<V>> {
        strength.as_ref().map(|strength| strength.of_trial(|levels| self.one(what, levels)))
    }

    pub fn one<T: Copy>(&self, what: &str, levels: &Levels<T>) -> T {
        levels.0[self.balanced(what, levels.0.len())]
    }

    fn lengths(&self, task: &DelayedMatch) -> Lengths {
        task.lengths(
            self.one("sample/duration", &task.sample.duration),
            self.one("delay", &task.delay),
            self.one("test/duration", &task.test.duration),
        )
    }

    fn shown(&self, name: &str, shown: &Shown) -> Drawn {
        Drawn {
            poisson: self.strength(&format!("{name}/poisson"), &shown.poisson),
            current: self.strength(&format!("{name}/current"), &shown.current),
            left_out: self.level(&format!("{name}/left_out"), &shown.left_out),
            replaced: self.level(&format!("{name}/replaced"), &shown.replaced),
        }
    }
}
