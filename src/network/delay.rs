//! Delays: the same for all synapses of a projection, or drawn for each and rounded to a grid.
//!
//! Synapses of one delay stand together in a [`Bundle`](super::Bundle), so that a spike is one row of synapses for
//! every delay. The grid keeps the number of bundles small.

use super::{Lag, Projection};
use crate::distribution::{Distribution, Shape};
use crate::error::{Error, Result};
use crate::random::Stream;
use crate::synapse::SHORTEST;
use crate::units::{OfTime, Speed, Time, of_ticks, ticks};

/// The grid of random delays, ms, unless the model says otherwise.
const STEP: f64 = 0.1;

/// The most delays that a projection may be expected to have.
const MOST_DELAYS: f64 = 1000.0;

/// The longest delay in steps that is expected to occur.
const MOST_STEPS: f64 = 1e6;

/// The delays of a projection.
#[derive(Clone, Copy, Debug)]
pub(super) struct Delays {
    distribution: Distribution<OfTime>,
    /// ms.
    step: f64,
    /// deg/ms or mm/ms.
    speed: Option<f64>,
}

impl Delays {
    pub fn new(projection: &Projection) -> Self {
        let step = projection.delay_step.map_or(STEP, Time::value);
        let speed = projection.speed.map(Speed::value);
        Self { distribution: projection.delay().or_min(step), step, speed }
    }

    /// The delay, ms, if it is the same for all synapses.
    pub fn constant(&self) -> Option<f64> {
        self.distribution.constant().filter(|_| self.speed.is_none())
    }

    /// Whether a delay depends on the distance.
    pub fn travel(&self) -> bool {
        self.speed.is_some()
    }

    /// The delay of one synapse over a `distance`, in steps; no delay is below one step.
    #[inline]
    pub fn draw(&self, distance: f64, stream: &mut Stream) -> u64 {
        let travelled = self.speed.map_or(0.0, |speed| distance / speed);
        Self::steps(self.distribution.draw(stream) + travelled, self.step)
    }

    /// The nearest number of steps of `step` ms to `delay`, at least 1.
    #[inline]
    pub fn steps(delay: f64, step: f64) -> u64 {
        // A value beyond all whole numbers of 64 bits becomes the largest of them.
        (delay / step + 0.5).max(1.0) as u64
    }

    /// A delay of `steps` steps, ms.
    pub fn value(&self, steps: u64) -> f64 {
        Self::of_steps(steps, self.step)
    }

    /// `steps` steps of `step` ms.
    pub fn of_steps(steps: u64, step: f64) -> f64 {
        // A step such as 0.1 ms is not a binary number: 3 x 100,000 ns is rounded once, 3 x 0.1 ms twice.
        match ticks(step) {
            Some(step) => of_ticks(steps.cast_signed().saturating_mul(step)),
            None => steps as f64 * step,
        }
    }

    /// The number of different delays that `synapses` synapses over distances up to `longest` are expected to have, or may have
    /// where spikes travel.
    pub fn expected(&self, synapses: f64, longest: f64) -> f64 {
        if self.constant().is_some() {
            return 1.0;
        }
        if let Some(speed) = self.speed {
            let (first, last) = self.range(synapses);
            return last - first + 1.0 + longest / speed / self.step;
        }
        let (first, last) = self.range(synapses);
        // Of neighbouring steps all are about equally probable.
        let stride = ((last - first + 1.0) / 20_000.0).ceil().max(1.0);
        let below = |steps: f64| match steps <= 1.0 {
            true => 0.0,
            false => self.distribution.probability((steps - 0.5) * self.step),
        };
        let (mut expected, mut steps) = (0.0, first);
        while steps <= last {
            let number = stride.min(last - steps + 1.0);
            let share = (below(steps + number) - below(steps)).max(0.0);
            expected -= number * libm::expm1(-synapses * share / number);
            steps += number;
        }
        expected
    }

    /// The smallest and the largest number of steps that `synapses` synapses can be expected to have.
    fn range(&self, synapses: f64) -> (f64, f64) {
        let (mut low, mut high) = self.distribution.support();
        match self.distribution {
            // Beyond eight standard deviations lie 1e-15 of all values.
            Distribution::Random(Shape::Normal { mean, sd, .. }) => {
                low = low.max(mean.value() - 8.0 * sd.value());
                high = high.min(mean.value() + 8.0 * sd.value());
            }
            Distribution::Random(Shape::Exponential { mean }) => {
                high = mean.value() * (libm::log(synapses.max(1.0)) + 7.0);
            }
            _ => {}
        }
        let steps = |delay: f64| (delay / self.step + 0.5).floor().max(1.0);
        (steps(low), steps(high))
    }

    /// Refuses delays that are not positive, and more of them than can be kept apart.
    pub fn check(projection: &Projection, synapses: f64, longest: f64) -> Result<()> {
        let Some(delay) = projection.delay.and_then(Lag::time) else {
            // Those of a file, which a step rounds.
            return projection.delay_step.map_or(Ok(()), check_step);
        };
        if let Distribution::Constant(delay) = delay {
            if let Some(step) = projection.delay_step.filter(|_| projection.speed.is_none()) {
                return Err(Error::input(
                    format!("found a step of {step} for a constant delay"),
                    "only random delays are rounded",
                    "delete the line",
                )
                .at("delay_step"));
            }
            delay.at_least(SHORTEST, "a delay").map_err(|e| e.at("delay"))?;
            if projection.speed.is_none() {
                return Ok(());
            }
        }
        if let Some(step) = projection.delay_step {
            check_step(step)?;
        }
        let delays = Self::new(projection);
        projection
            .delay()
            .check()
            .and(delays.distribution.check())
            .map_err(|e| e.within("delay"))?;
        let step = Time::new(delays.step);
        if let Some(found) = below(projection.delay(), delays.step) {
            return Err(Error::input(
                format!("found {found} in steps of {step}"),
                "a delay is at least one step, so the step would choose the delays",
                "write a smaller delay_step, or larger delays",
            )
            .at("delay"));
        }
        let (first, last) = delays.range(synapses);
        let travelled = delays.speed.map_or(0.0, |speed| longest / speed / delays.step);
        let (key, remedy) = match travelled > last - first {
            true => ("speed", "write a larger speed, or delay_step"),
            false => ("delay", "write a larger delay_step"),
        };
        let last = last + travelled;
        let expected = delays.expected(synapses, longest);
        let (found, allowed) = if last > MOST_STEPS {
            (
                format!("found delays of up to {last:.0} steps of {step}"),
                format!("at most {MOST_STEPS} are possible"),
            )
        } else if expected > MOST_DELAYS {
            (
                format!("found some {expected:.0} different delays in steps of {step}"),
                format!("a projection has at most {MOST_DELAYS}"),
            )
        } else {
            return Ok(());
        };
        Err(Error::input(found, allowed, remedy).at(key))
    }
}

fn check_step(step: Time) -> Result<()> {
    let positive = step.positive("a step of delays").map(|_| ());
    positive.map_err(|e| e.mended("write for example \"0.1 ms\"").at("delay_step"))
}

/// What lies below one step of `step` ms, if the delays do as a whole: rounding would replace their distribution.
fn below(delay: Distribution<OfTime>, step: f64) -> Option<String> {
    match delay {
        Distribution::Random(Shape::Uniform(_, high)) if high.value() < step => {
            Some(format!("delays of at most {high}"))
        }
        // A lower bound of at least a step keeps every delay where the model puts it.
        Distribution::Random(Shape::Normal { min: Some(min), .. }) if min.value() >= step => None,
        Distribution::Random(Shape::Normal { mean, .. } | Shape::Exponential { mean })
            if mean.value() < step =>
        {
            Some(format!("a mean delay of {mean}"))
        }
        _ => None,
    }
}
