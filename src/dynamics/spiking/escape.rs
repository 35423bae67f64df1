//! Escape noise: neurons that fire at random, the more often the higher their potential.
//!
//! ```text
//! P(a spike in dt) = rho(V - theta) dt
//! exponential:  rho(x) = rate e^{x/width}
//! sigmoid:      rho(x) = rate / (1 + e^{-x/width})
//! linear:       rho(x) = rate max(x, 0)/width
//! ```
//!
//! (Gerstner et al., Neuronal Dynamics, ch. 9.) Spike times are exact in law, by thinning: as long as V is below a ceiling,
//! candidates come at the rate of the hazard there, each is a spike with probability rho(V)/rho(ceiling), and V is solved only
//! where one comes. That V stays below is told by the bound that also tests for crossings, or, where V rises so far that the
//! hazard would grow too much, by the earliest time at which it may come to a nearer ceiling. Whenever V may pass its ceiling,
//! and after each candidate, the ceiling is laid anew and the next candidate is drawn from there: a Poisson process has no
//! memory.

use crate::error::Result;
use crate::random::Swift;
use crate::tape::on_tape;
use crate::units::{Rate, Voltage};
use serde::{Deserialize, Serialize};

/// How often neurons fire at a potential.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Escape {
    /// `rate` e^{(V - theta)/`width`}.
    Exponential(Hazard),
    /// `rate`/(1 + e^{-(V - theta)/`width`}).
    Sigmoid(Hazard),
    /// `rate` (V - theta)/`width` above theta, 0 below.
    Linear(Hazard),
}

/// The scales of a hazard.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Hazard {
    /// The exponential hazard at theta; the largest of a sigmoid; the linear one at `width` above theta.
    pub rate: Rate,
    /// By how much V rises where the hazard grows e-fold, or by `rate`.
    pub width: Voltage,
}

/// What the streams are for.
pub const ESCAPE: &str = "escape";

/// No hazard is larger, 1/ms.
const FASTEST: f64 = 1e9;

/// Fewer candidates than this in a window are rare.
const RARE: f64 = 0.1;

/// The smallest width, mV, and how near a ceiling may be to what V may be.
const NEAREST: f64 = 1e-6;

impl Escape {
    /// Its form, as a model names it, and its scales.
    pub fn parts(&self) -> (&'static str, Hazard) {
        match *self {
            Self::Exponential(hazard) => ("exponential", hazard),
            Self::Sigmoid(hazard) => ("sigmoid", hazard),
            Self::Linear(hazard) => ("linear", hazard),
        }
    }

    fn hazard(&self) -> Hazard {
        self.parts().1
    }

    /// Refuses what cannot be.
    pub(crate) fn check(&self) -> Result<()> {
        let (key, Hazard { rate, width }) = self.parts();
        rate.positive("a hazard").map_err(|e| e.at(format!("{key}.rate")))?;
        width.at_least(NEAREST, "a width").map_err(|e| e.at(format!("{key}.width")))?;
        Ok(())
    }

    /// Spikes per ms where V is so far above theta (mV).
    pub fn rate(&self, above: f64) -> f64 {
        let Hazard { rate, width } = self.hazard();
        let (rate, x) = (rate.value() / 1000.0, above / width.value());
        let rho = match self {
            Self::Exponential(_) => rate * libm::exp(x),
            Self::Sigmoid(_) => rate / (1.0 + libm::exp(-x)),
            Self::Linear(_) => rate * x.max(0.0),
        };
        rho.min(FASTEST)
    }

    /// How far above what V is its ceiling is laid, mV: it grows so far, and the hazard by little.
    fn room(&self, now: f64) -> f64 {
        let Hazard { width, .. } = self.hazard();
        let room = match self {
            Self::Linear(_) => 0.25 * width.value().max(now),
            Self::Exponential(_) | Self::Sigmoid(_) => width.value(),
        };
        room.max(NEAREST)
    }

    /// V - theta (mV) up to which candidates are rare in a window of `length` ms.
    fn quiet(&self, length: f64) -> f64 {
        let Hazard { rate, width } = self.hazard();
        let share = RARE / (rate.value() / 1000.0 * length);
        let x = match self {
            Self::Exponential(_) => libm::log(share),
            Self::Sigmoid(_) if share >= 1.0 => f64::INFINITY,
            Self::Sigmoid(_) => -libm::log(1.0 / share - 1.0),
            Self::Linear(_) => share,
        };
        x * width.value()
    }

    /// A ceiling (mV above theta) where V - theta is `now`, and `top` at most until a window of `length` ms
    /// ends: above `top`, unless the hazard there is too large.
    fn ceiling(&self, now: f64, top: f64, length: f64) -> f64 {
        // Where the hazard has a bound, and is near it, V may be anywhere.
        if self.rate(f64::INFINITY) <= 2.0 * self.rate(now) {
            return f64::INFINITY;
        }
        let room = self.room(now);
        let near = (now + 2.0 * room).max(self.quiet(length));
        if top <= near { near.max(top + room) } else { near }
    }
}

/// The candidates of the neurons of a block.
#[derive(Clone, Debug)]
pub struct Candidates {
    escape: Escape,
    /// By portion, and where each ends.
    random: Vec<Swift>,
    ends: Vec<usize>,
    /// By neuron: what V - theta does not exceed without notice, mV.
    ceilings: Vec<f64>,
    /// By neuron: when the next one comes, absolute, ms.
    times: Vec<f64>,
    /// By neuron: whether it is looked at next because V may come to the ceiling.
    early: Vec<bool>,
}

on_tape!(Candidates { ; each random, ceilings, times, early; not escape, ends; if Candidates::is_possible });

impl Candidates {
    /// Whether what was read from a tape are numbers, infinite or not.
    fn is_possible(&self) -> bool {
        !self.ceilings.iter().chain(&self.times).any(|x| x.is_nan())
    }

    /// Those of neurons whose portions end at `ends`, drawn from `random`, one for each portion.
    pub fn new(escape: Escape, random: Vec<Swift>, ends: Vec<usize>) -> Self {
        let neurons = ends.last().copied().unwrap_or(0);
        let (ceilings, times) = (vec![f64::NEG_INFINITY; neurons], vec![f64::INFINITY; neurons]);
        let early = vec![false; neurons];
        Self { escape, random, ends, ceilings, times, early }
    }

    /// The same neurons, whose candidates come from `random` from now on.
    pub fn renewed(self, random: Vec<Swift>) -> Self {
        Self::new(self.escape, random, self.ends)
    }

    /// By neuron, what V - theta does not exceed without notice, mV; minus infinity where nothing has been drawn.
    pub fn ceilings(&self) -> &[f64] {
        &self.ceilings
    }

    /// When the next one of neuron `n` comes, absolute, ms.
    pub fn time(&self, n: usize) -> f64 {
        self.times[n]
    }

    /// Lays the ceiling of neuron `n`, whose V - theta is `now`, and `top` at most until a window of `length` ms
    /// ends.
    pub fn lay(&mut self, n: usize, [now, top]: [f64; 2], length: f64) -> f64 {
        self.ceilings[n] = self.escape.ceiling(now, top, length);
        self.ceilings[n]
    }

    /// Draws the next candidate of neuron `n`, from `start` + `s` on (absolute, ms), unless V comes to the ceiling `until` then
    /// (counted from `start`, likewise); when it is to be looked at.
    pub fn draw(&mut self, n: usize, start: f64, s: f64, until: f64) -> f64 {
        let rate = self.escape.rate(self.ceilings[n]);
        let wait = if rate > 0.0 { self.random(n).exponential() / rate } else { f64::INFINITY };
        let comes = s + wait;
        self.times[n] = start + comes;
        self.early[n] = until < comes;
        comes.min(until)
    }

    /// Neuron `n` is looked at next because its candidate comes.
    pub fn expect(&mut self, n: usize) {
        self.early[n] = false;
    }

    /// Whether neuron `n` is looked at only because V may have come to the ceiling.
    pub fn is_early(&self, n: usize) -> bool {
        self.early[n]
    }

    /// Whether the candidate of neuron `n` is a spike, with V so far above theta (mV).
    pub fn accept(&mut self, n: usize, above: f64) -> bool {
        let [most, now] = [self.ceilings[n], above].map(|x| self.escape.rate(x));
        self.random(n).uniform() * most < now
    }

    /// Neuron `n` is refractory: nothing comes until it is renewed.
    pub fn cease(&mut self, n: usize) {
        self.times[n] = f64::INFINITY;
    }

    fn random(&mut self, n: usize) -> &mut Swift {
        &mut self.random[self.ends.partition_point(|end| *end <= n)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Seed;

    fn hazard() -> Hazard {
        Hazard { rate: Rate::new(100.0), width: Voltage::new(2.0) }
    }

    #[test]
    fn hazards_are_those_of_the_book() {
        let forms = [Escape::Exponential, Escape::Sigmoid, Escape::Linear].map(|of| of(hazard()));
        let at = |above: f64| forms.map(|escape| escape.rate(above));
        assert_eq!(at(0.0), [0.1, 0.05, 0.0]);
        let e = std::f64::consts::E;
        for (found, expected) in at(2.0).into_iter().zip([0.1 * e, 0.1 * e / (1.0 + e), 0.1]) {
            assert!((found - expected).abs() < 1e-15, "{found} {expected}");
        }
        assert_eq!(at(-1e4), [0.0, 0.0, 0.0]);
        assert_eq!(at(1e6), [FASTEST, 0.1, 0.1 * 5e5]);
    }

    /// A hazard that changes in steps: the share of neurons that have not fired is e^{-integral}.
    #[test]
    fn thinning_gives_the_law_of_the_hazard() {
        for of in [Escape::Exponential, Escape::Sigmoid, Escape::Linear] {
            let escape = of(hazard());
            let mut candidates = Candidates::new(escape, vec![Seed(1).swift("escape", 0)], vec![1]);
            // V - theta at most 1 mV, and 1 mV lower where a candidate comes after 5 ms.
            let above = |time: f64| if time < 5.0 { 1.0 } else { 0.0 };
            let mut waits: Vec<f64> = (0..100_000)
                .map(|_| {
                    let mut time = 0.0;
                    loop {
                        candidates.lay(0, [above(time), 1.0], 10.0);
                        time = candidates.draw(0, 0.0, time, f64::INFINITY);
                        if time > 10.0 || candidates.accept(0, above(time)) {
                            return time;
                        }
                    }
                })
                .collect();
            waits.sort_by(f64::total_cmp);
            let [high, low] = [1.0, 0.0].map(|x| escape.rate(x));
            for time in [1.0f64, 3.0, 5.0, 7.0, 10.0] {
                let law = 1.0 - (-high * time.min(5.0) - low * (time - 5.0).max(0.0)).exp();
                let found = waits.partition_point(|wait| *wait <= time) as f64 / 1e5;
                let error = (law * (1.0 - law) / 1e5).sqrt();
                assert!((found - law).abs() < 5.0 * error, "{escape:?} {time}: {found} {law}");
            }
        }
    }
}
