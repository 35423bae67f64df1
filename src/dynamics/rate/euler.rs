//! Exponential Euler: steps of fixed length, for large sparse and for noisy networks.
//!
//! ```text
//! y_i(t + s) = y_i e^{-s/tau_i} + (1 - e^{-s/tau_i}) target_i(y(t)),   0 <= s <= step
//! ```
//!
//! Exact while the target stays as it is; the error of a step is of second order. White noise adds to y_i a normal number with
//! the variance sd^2 (1 - e^{-2 step/tau_i}) in every step, coloured noise an Ornstein-Uhlenbeck process to the input,
//! exact at the steps and held in between. Steps begin where a field does, so that nothing depends on who looks and when.

use super::equations::{Equations, System};
use super::units::Noise;
use crate::error::Result;
use crate::random::{Seed, Stream};
use crate::tape::{is_count, on_tape};
use crate::work::Over;
use std::ops::Range;

/// The state of the method.
#[derive(Clone, Debug)]
pub(super) struct Euler {
    /// ms.
    step: f64,
    /// Where steps are counted from, and how many have been made.
    begin: f64,
    made: u64,
    /// The state after them.
    pub y: Vec<f64>,
    /// The step that is under way, if somebody looks into it.
    ahead: Option<Ahead>,
    noises: Vec<Source>,
    /// e^{-step/tau}.
    decay: Vec<f64>,
}

/// Where a step leads.
#[derive(Clone, Debug, Default)]
struct Ahead {
    target: Vec<f64>,
    /// What white noise adds until its end; empty without.
    kick: Vec<f64>,
    /// Coloured inputs before it, source after source.
    colours: Vec<f64>,
}

/// The noise of a population, a stream per neuron.
#[derive(Clone, Debug)]
struct Source {
    neurons: Range<usize>,
    /// Its name, of which streams are called.
    population: String,
    noise: Noise,
    streams: Vec<Stream>,
    /// The coloured input now; empty if the noise is white.
    colour: Vec<f64>,
}

on_tape!(Euler { begin, made, ahead; each y, noises; not step, decay; if Euler::is_possible });
on_tape!(Ahead { target, kick, colours });
on_tape!(Source { ; each colour, streams; not neurons, population, noise });

impl Source {
    fn new(neurons: Range<usize>, population: &str, noise: Noise, seed: Seed) -> Self {
        let (population, streams, colour) = (population.to_owned(), Vec::new(), Vec::new());
        let mut source = Self { neurons, population, noise, streams, colour };
        source.seed(seed);
        // An Ornstein-Uhlenbeck process begins as it goes on.
        if noise.tau.is_some() {
            source.colour = source.streams.iter_mut().map(|s| noise.sd * s.normal()).collect();
        }
        source
    }

    /// Lets coloured noise come only as far as a share of the step that was to bring it here from `before`: the normal number
    /// that moved it moves it for a shorter time.
    fn cut(&mut self, before: &[f64], share: f64, step: f64) {
        let Some(tau) = self.noise.tau else { return };
        let whole = step / tau.value();
        let decays = [libm::exp(-whole), libm::exp(-share * whole)];
        let fresh = decays.map(|decay| (1.0 - decay * decay).sqrt());
        for (colour, before) in self.colour.iter_mut().zip(before) {
            let moved = (*colour - decays[0] * before) / fresh[0];
            *colour = decays[1] * before + fresh[1] * moved;
        }
    }

    fn seed(&mut self, seed: Seed) {
        let name = format!("noise/{}", self.population);
        self.streams = (0..self.neurons.len() as u64).map(|i| seed.stream(&name, i)).collect();
    }
}

impl Euler {
    /// At time 0 in the state `y`; `noises` are those of populations.
    pub fn new(
        step: f64,
        y: Vec<f64>,
        system: &System,
        noises: impl Iterator<Item = (Range<usize>, String, Noise)>,
        seed: Seed,
    ) -> Self {
        let noises = noises.map(|(neurons, name, noise)| Source::new(neurons, &name, noise, seed));
        let decay = system.tau.iter().map(|tau| libm::exp(-step / tau)).collect();
        let noises = noises.collect();
        Self { step, begin: 0.0, made: 0, y, ahead: None, noises, decay }
    }

    /// Whether a step that leads somewhere leads all neurons there.
    fn is_possible(&self) -> bool {
        let whole = |ahead: &Ahead| {
            let (kicks, colours) = (ahead.kick.len(), self.noises.iter().map(|s| s.colour.len()));
            let kicked = kicks == 0 || kicks == self.y.len();
            kicked
                && ahead.target.len() == self.y.len()
                && ahead.colours.len() == colours.sum::<usize>()
        };
        is_count(self.made) && self.ahead.as_ref().is_none_or(whole)
    }

    /// Draws all noise from the streams of `seed` from now on.
    pub fn seed(&mut self, seed: Seed) {
        self.noises.iter_mut().for_each(|source| source.seed(seed));
    }

    /// Steps since the field that is held began.
    pub fn made(&self) -> u64 {
        self.made
    }

    /// When so many steps end.
    pub fn time_of(&self, made: u64) -> f64 {
        self.begin + made as f64 * self.step
    }

    fn reached(&self) -> f64 {
        self.time_of(self.made)
    }

    /// Makes every step that ends at `until` or before.
    ///
    /// # Errors
    /// If it is `over`.
    pub fn advance(&mut self, equations: &Equations, until: f64, over: &Over) -> Result<()> {
        // Rounding of a sum of durations loses no step.
        let last = until + 1e-9 * self.step;
        while self.time_of(self.made + 1) <= last {
            over.heed()?;
            self.look_ahead(equations);
            let ahead = self.ahead.take().expect("it has just been computed");
            for (i, y) in self.y.iter_mut().enumerate() {
                if !equations.held.clamped[i] {
                    *y = self.decay[i] * *y + (1.0 - self.decay[i]) * ahead.target[i];
                }
            }
            for (i, kick) in ahead.kick.iter().enumerate() {
                self.y[i] += kick;
            }
            self.made += 1;
        }
        Ok(())
    }

    /// Draws the noise of the next step, and finds out where it leads.
    fn look_ahead(&mut self, equations: &Equations) {
        if self.ahead.is_some() {
            return;
        }
        let (mut kick, mut colours) = (Vec::new(), Vec::new());
        for source in &mut self.noises {
            let sd = source.noise.sd;
            match source.noise.tau {
                Some(tau) => {
                    let decay = libm::exp(-self.step / tau.value());
                    let fresh = sd * (1.0 - decay * decay).sqrt();
                    colours.extend_from_slice(&source.colour);
                    for (colour, stream) in source.colour.iter_mut().zip(&mut source.streams) {
                        *colour = decay * *colour + fresh * stream.normal();
                    }
                }
                None => {
                    kick.resize(self.y.len(), 0.0);
                    for (i, stream) in source.neurons.clone().zip(&mut source.streams) {
                        let size = sd * (1.0 - self.decay[i] * self.decay[i]).sqrt();
                        let drawn = size * stream.normal();
                        kick[i] = if equations.held.clamped[i] { 0.0 } else { drawn };
                    }
                }
            }
        }
        let target = self.target(equations, &colours);
        self.ahead = Some(Ahead { target, kick, colours });
    }

    /// Where the next step leads under the coloured inputs before it, source after source.
    fn target(&self, equations: &Equations, colours: &[f64]) -> Vec<f64> {
        if colours.is_empty() {
            return equations.target(&self.y);
        }
        let mut held = equations.held.clone();
        let coloured = self.noises.iter().filter(|source| source.noise.tau.is_some());
        let neurons = coloured.flat_map(|source| source.neurons.clone());
        neurons.zip(colours).for_each(|(i, colour)| held.input[i] += colour);
        Equations { system: equations.system, held: &held }.target(&self.y)
    }

    /// Whether the step that is under way leads where it must.
    pub fn goes_on(&self, equations: &Equations) -> bool {
        let leads = |ahead: &Ahead| ahead.target == self.target(equations, &ahead.colours);
        self.ahead.as_ref().is_none_or(leads)
    }

    /// The state at `time`, which lies within the step that is under way.
    pub fn state(&mut self, equations: &Equations, time: f64) -> Vec<f64> {
        let passed = time - self.reached();
        if passed <= 1e-9 * self.step {
            return self.y.clone();
        }
        self.look_ahead(equations);
        let ahead = self.ahead.as_ref().expect("it has just been computed");
        let of = |i: usize| {
            let y = self.y[i];
            if equations.held.clamped[i] {
                return y;
            }
            let decay = libm::exp(-passed / equations.system.tau[i]);
            // So that its variance is right at every moment.
            let grown = (1.0 - decay * decay) / (1.0 - self.decay[i] * self.decay[i]);
            let kick = ahead.kick.get(i).map_or(0.0, |kick| grown.sqrt() * kick);
            decay * y + (1.0 - decay) * ahead.target[i] + kick
        };
        (0..self.y.len()).map(of).collect()
    }

    /// Begins anew at `time` in the state `y`.
    pub fn begin(&mut self, time: f64, y: Vec<f64>) {
        if let Some(ahead) = self.ahead.take() {
            let (passed, mut before) = (time - self.reached(), &ahead.colours[..]);
            for source in &mut self.noises {
                let (own, rest) = before.split_at(source.colour.len());
                source.cut(own, passed / self.step, self.step);
                before = rest;
            }
        }
        (self.begin, self.made, self.y, self.ahead) = (time, 0, y, None);
    }

    /// How much the step that begins now would change if it were made in two halves, and how large it is, without noise.
    pub fn halving(&self, equations: &Equations) -> (f64, f64) {
        let system = equations.system;
        let go = |y: &[f64], share: f64| -> Vec<f64> {
            let target = equations.target(y);
            let of = |i: usize| {
                let decay = libm::exp(-share * self.step / system.tau[i]);
                let free = !equations.held.clamped[i];
                if free { decay * y[i] + (1.0 - decay) * target[i] } else { y[i] }
            };
            (0..y.len()).map(of).collect()
        };
        let (whole, halves) = (go(&self.y, 1.0), go(&go(&self.y, 0.5), 0.5));
        let apart =
            |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        (apart(&whole, &halves), apart(&whole, &self.y))
    }
}
