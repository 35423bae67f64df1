//! The neurons of a population as a model describes them: `[dynamics.spiking.POPULATION]`.

use super::{AfterSpike, Escape};
use crate::distribution::{Distribution, LEAST_SHARE, Shape};
use crate::error::{Error, Result};
use crate::random::{Seed, Stream};
use crate::synapse::{SHORTEST, portions};
use crate::train::Replay;
use crate::units::{Dimension, OfRate, OfTime, OfVoltage, Time, Voltage};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Leaky integrate-and-fire neurons and what they receive from outside.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Neurons {
    /// Membrane time constant; a normal one without `min` is drawn again unless it is positive.
    pub tau_m: Distribution<OfTime>,
    /// Threshold; a normal one without `min` is drawn again unless it is above `v_reset`.
    pub theta: Distribution<OfVoltage>,
    /// Potential during refractoriness, and after it.
    pub v_reset: Voltage,
    /// Refractory period; a normal one without `min` is drawn again unless it is 0 or more.
    pub t_ref: Distribution<OfTime>,
    /// Potential without any input.
    #[serde(default = "zero")]
    pub v_rest: Voltage,
    /// Constant current times membrane resistance.
    #[serde(default = "no_current")]
    pub current: Distribution<OfVoltage>,
    /// Potential at the start, drawn again unless it is below the neuron's threshold; without it, all neurons
    /// start at `v_reset`.
    pub v_initial: Option<Distribution<OfVoltage>>,
    /// Adaptation current times membrane resistance: it jumps at each spike of the neuron, decays, and is taken from what
    /// drives V.
    pub adaptation: Option<AfterSpike>,
    /// By how much the threshold is raised: it jumps at each spike of the neuron, and decays.
    pub moving_threshold: Option<AfterSpike>,
    /// Escape noise: neurons fire at random, at a rate that depends on V - theta, instead of where V reaches theta.
    pub escape: Option<Escape>,
    /// External spikes, independent for every neuron.
    pub poisson: Option<PoissonInput>,
    /// External spikes from a file, instead of drawn ones.
    pub input: Option<Replay>,
}

fn zero() -> Voltage {
    Voltage::new(0.0)
}

fn no_current() -> Distribution<OfVoltage> {
    Distribution::Constant(zero())
}

/// What differs from neuron to neuron, one value per neuron.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Drawn {
    /// Membrane time constants, ms.
    pub tau_m: Vec<f64>,
    /// Thresholds, mV; above `v_reset`.
    pub theta: Vec<f64>,
    /// Potentials at the start, mV; below the thresholds.
    pub v: Vec<f64>,
    /// Refractory periods, ms.
    pub t_ref: Vec<f64>,
    /// Constant currents times membrane resistance, mV.
    pub current: Vec<f64>,
    /// Rates of external spikes, Hz; none where they are not drawn.
    pub rate: Vec<f64>,
}

/// Independent Poisson spike trains through exponential synapses.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PoissonInput {
    /// Spikes per second and neuron; a normal one without `min` is drawn again unless it is 0 or more.
    pub rate: Distribution<OfRate>,
    /// Efficacy of one spike.
    pub efficacy: Voltage,
    /// Time constant of the synaptic current.
    pub tau_syn: Time,
}

/// A normal tau_m without a minimum is at least this share of its mean.
const LEAST_TAU_M: f64 = 0.1;

impl Neurons {
    /// Refuses impossible neurons.
    pub(crate) fn check(&self) -> Result<()> {
        self.check_tau_m().map_err(|e| e.within("tau_m"))?;
        self.check_theta()?;
        self.t_ref.or_min(0.0).check().map_err(|e| e.within("t_ref"))?;
        self.current.check().map_err(|e| e.within("current"))?;
        if let Some(poisson) = &self.poisson {
            poisson.rate.or_min(0.0).check().map_err(|e| e.within("poisson.rate"))?;
            poisson
                .tau_syn
                .zero_or_at_least(SHORTEST, "a synaptic time constant")
                .map_err(|e| e.at("poisson.tau_syn"))?;
        }
        if let Some(adaptation) = &self.adaptation {
            adaptation
                .check("the jump of an adaptation current")
                .map_err(|e| e.within("adaptation"))?;
        }
        if let Some(moving) = &self.moving_threshold {
            moving.check("the jump of a threshold").map_err(|e| e.within("moving_threshold"))?;
        }
        if let Some(escape) = &self.escape {
            escape.check().map_err(|e| e.within("escape"))?;
        }
        self.v_initial.map_or(Ok(()), |v| self.check_initial(v).map_err(|e| e.within("v_initial")))
    }

    fn check_tau_m(&self) -> Result<()> {
        self.tau_m.check_bounded("a membrane time constant")?;
        let (least, _) = self.tau_m().support();
        Time::new(least.min(self.tau_m.mean())).at_least(SHORTEST, "a membrane time constant")?;
        self.tau_m().check()
    }

    fn check_theta(&self) -> Result<()> {
        self.theta.check_bounded("a threshold").map_err(|e| e.within("theta"))?;
        let (least, _) = self.theta().support();
        if self.v_reset.value() < least {
            return self.theta().check().map_err(|e| e.within("theta"));
        }
        let theta = match self.theta {
            Distribution::Constant(theta) => theta.to_string(),
            Distribution::Random(_) => format!("{} or more", Voltage::new(least)),
        };
        Err(Error::input(
            format!("found v_reset = {} and theta = {theta}", self.v_reset),
            "the reset lies below the threshold, or the neuron would fire for ever",
            "lower v_reset or raise theta",
        )
        .at("v_reset"))
    }

    fn check_initial(&self, v: Distribution<OfVoltage>) -> Result<()> {
        v.check_bounded("an initial potential")?;
        let (theta, _) = self.theta().support();
        let (least, most) = v.support();
        // What is known before the draw: a value that is too high for every neuron or for some.
        let for_some = self.theta.constant().is_some() && most.is_finite() && most > theta;
        if for_some || least >= theta {
            let v = if for_some { most } else { least };
            let theta = match self.theta {
                Distribution::Random(Shape::Normal { min: None, .. }) => {
                    format!("any threshold above {}", self.v_reset)
                }
                Distribution::Random(_) => {
                    format!("a threshold of {} or more", Voltage::new(theta))
                }
                Distribution::Constant(theta) => format!("a threshold of {theta}"),
            };
            return Err(Error::input(
                format!("found an initial potential of {} at {theta}", Voltage::new(v)),
                "neurons start below threshold",
                "lower v_initial",
            )
            .at(""));
        }
        // Thresholds without a minimum are hardly ever more than four standard deviations below their mean.
        let low = match self.theta {
            Distribution::Random(Shape::Normal { mean, sd, min: None, .. }) => {
                theta.max(mean.value() - 4.0 * sd.value())
            }
            _ => theta,
        };
        let share = v.probability(low.next_down());
        if share >= LEAST_SHARE {
            return Ok(());
        }
        Err(Error::input(
            format!(
                "found that {share:.1e} of the initial potentials lie below a threshold of {}",
                Voltage::new(low)
            ),
            format!("one that does not is drawn again, so {LEAST_SHARE} must lie below"),
            "lower v_initial",
        )
        .at(""))
    }

    /// Efficacy (mV) and synaptic time constant (ms) of external spikes, if there are any.
    pub fn external(&self) -> Option<(f64, f64)> {
        let drawn = self.poisson.as_ref().map(|p| (p.efficacy, p.tau_syn));
        let read = self.input.as_ref().map(|i| (i.efficacy, i.tau_syn));
        drawn.or(read).map(|(efficacy, tau)| (efficacy.value(), tau.value()))
    }

    /// The key that makes them other than leaky integrate-and-fire neurons with a fixed threshold, if there is one.
    pub(crate) fn beyond_lif(&self) -> Option<&'static str> {
        let keys = [
            (self.adaptation.is_some(), "adaptation"),
            (self.moving_threshold.is_some(), "moving_threshold"),
            (self.escape.is_some(), "escape"),
        ];
        keys.into_iter().find(|(given, _)| *given).map(|(_, key)| key)
    }

    fn tau_m(&self) -> Distribution<OfTime> {
        let mean = if let Distribution::Random(Shape::Normal { mean, .. }) = self.tau_m {
            mean.value()
        } else {
            0.0
        };
        // The smallest tau_m of a network limits its windows.
        self.tau_m.or_min((LEAST_TAU_M * mean).max(SHORTEST))
    }

    fn theta(&self) -> Distribution<OfVoltage> {
        self.theta.or_min(self.v_reset.value().next_up())
    }

    /// What differs among the `size` neurons of `population`.
    ///
    /// The streams are "tau_m/POPULATION", "theta/POPULATION", "initial/POPULATION", "t_ref/POPULATION",
    /// "current/POPULATION" and "rate/POPULATION", one for each portion of at most 1024 neurons. What is constant draws
    /// nothing.
    pub fn draw(&self, population: &str, size: usize, seed: Seed) -> Drawn {
        let mut drawn = Drawn::default();
        for (k, portion) in portions(size).iter().enumerate() {
            drawn.append(self.draw_portion(population, k, portion.len(), seed));
        }
        drawn
    }

    /// The same of those portions alone that `own` picks, and what any neuron of the population has.
    pub(super) fn draw_own(
        &self,
        population: &str,
        size: usize,
        seed: Seed,
        own: impl Fn(&Range<usize>) -> bool,
    ) -> (Drawn, Bounds) {
        let (mut drawn, mut bounds) = (Drawn::default(), Bounds::default());
        let varied = |rate: &PoissonInput| rate.rate.constant().is_none();
        let varied = self.tau_m.constant().is_none() || self.poisson.as_ref().is_some_and(varied);
        for (k, portion) in portions(size).iter().enumerate() {
            let own = own(portion);
            // Where all have the same, those of one portion tell.
            if own || varied || k == 0 {
                let more = self.draw_portion(population, k, portion.len(), seed);
                bounds.take(&more);
                if own {
                    drawn.append(more);
                }
            }
        }
        (drawn, bounds)
    }

    /// The same of the `number` neurons of one portion.
    pub(crate) fn draw_portion(
        &self,
        population: &str,
        portion: usize,
        number: usize,
        seed: Seed,
    ) -> Drawn {
        let stream =
            |purpose: &str| seed.stream(&format!("{purpose}/{population}"), portion as u64);
        let (mut taus, mut thetas, mut initial) =
            (stream("tau_m"), stream("theta"), stream("initial"));
        let theta: Vec<f64> = (0..number).map(|_| self.theta().draw(&mut thetas)).collect();
        let v = self.v_initial.unwrap_or(Distribution::Constant(self.v_reset));
        let below = |&theta: &f64| loop {
            let v = v.draw(&mut initial);
            if v < theta {
                return v;
            }
        };
        fn all<D: Dimension>(of: Distribution<D>, number: usize, mut stream: Stream) -> Vec<f64> {
            (0..number).map(|_| of.draw(&mut stream)).collect()
        }
        let rate = self.poisson.as_ref().map(|p| p.rate.or_min(0.0));
        Drawn {
            t_ref: all(self.t_ref.or_min(0.0), number, stream("t_ref")),
            current: all(self.current, number, stream("current")),
            rate: rate.map_or(Vec::new(), |rate| all(rate, number, stream("rate"))),
            tau_m: (0..number).map(|_| self.tau_m().draw(&mut taus)).collect(),
            v: theta.iter().map(below).collect(),
            theta,
        }
    }
}

/// The shortest and the longest tau_m of a population, ms, and its highest Poisson rate, Hz.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    pub shortest: f64,
    pub longest: f64,
    pub rate: f64,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { shortest: f64::INFINITY, longest: 0.0, rate: 0.0 }
    }
}

impl Bounds {
    fn take(&mut self, drawn: &Drawn) {
        self.shortest = drawn.tau_m.iter().copied().fold(self.shortest, f64::min);
        self.longest = drawn.tau_m.iter().copied().fold(self.longest, f64::max);
        self.rate = drawn.rate.iter().copied().fold(self.rate, f64::max);
    }
}

impl Drawn {
    fn append(&mut self, mut more: Self) {
        self.tau_m.append(&mut more.tau_m);
        self.theta.append(&mut more.theta);
        self.v.append(&mut more.v);
        self.t_ref.append(&mut more.t_ref);
        self.current.append(&mut more.current);
        self.rate.append(&mut more.rate);
    }

    /// That of these neurons among them.
    pub(crate) fn part(&self, neurons: Range<usize>) -> Self {
        let of = |values: &[f64]| values.get(neurons.clone()).unwrap_or_default().to_vec();
        Self {
            tau_m: of(&self.tau_m),
            theta: of(&self.theta),
            v: of(&self.v),
            t_ref: of(&self.t_ref),
            current: of(&self.current),
            rate: of(&self.rate),
        }
    }

    /// tau_m, theta, t_ref and the current, if they are the same for all neurons.
    pub(crate) fn alike(&self) -> Option<[f64; 4]> {
        let of = |n: usize| [self.tau_m[n], self.theta[n], self.t_ref[n], self.current[n]];
        let same = !self.v.is_empty() && (1..self.v.len()).all(|n| of(n) == of(0));
        same.then(|| of(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(tau_m: &str, theta: &str, v_initial: &str) -> Neurons {
        let text = format!(
            "tau_m = {tau_m}\ntheta = {theta}\nv_reset = \"10 mV\"\nt_ref = \"2 ms\"\nv_initial = {v_initial}"
        );
        toml::from_str(&text).unwrap()
    }

    const SPREAD: &str = r#"{ normal = { mean = "12 mV", sd = "2 mV" } }"#;

    #[test]
    fn constants_draw_nothing_and_a_uniform_potential_is_the_stream_itself() {
        let neurons = section("\"20 ms\"", "\"20 mV\"", "{ uniform = [\"5 mV\", \"20 mV\"] }");
        neurons.check().unwrap();
        let drawn = neurons.draw_portion("E", 3, 1000, Seed(1));
        let mut stream = Seed(1).stream("initial/E", 3);
        assert!(drawn.v.iter().all(|v| *v == 5.0 + 15.0 * stream.uniform()));
        assert_eq!((drawn.tau_m, drawn.theta), (vec![20.0; 1000], vec![20.0; 1000]));
    }

    #[test]
    fn every_neuron_is_possible_however_it_is_drawn() {
        let tau_m = r#"{ normal = { mean = "1 ms", sd = "1 ms" } }"#;
        let neurons = section(tau_m, SPREAD, SPREAD);
        neurons.check().unwrap();
        let Drawn { tau_m, theta, v, .. } = neurons.draw_portion("E", 0, 20_000, Seed(1));
        assert!(tau_m.iter().all(|tau| *tau > 0.0));
        assert!(theta.iter().all(|theta| *theta > 10.0));
        assert!(v.iter().zip(&theta).all(|(v, theta)| v < theta));
        // The mean of a normal number cut off at one s.d. below its mean is 0.288 s.d. higher, its s.d. 0.794.
        let mean = theta.iter().sum::<f64>() / 2e4;
        assert!((mean - 12.0 - 2.0 * 0.2876).abs() < 5.0 * 2.0 * 0.794 / 2e4f64.sqrt(), "{mean}");
        // The potentials do not pull the thresholds along.
        let alone = section("\"1 ms\"", SPREAD, "\"10 mV\"").draw_portion("E", 0, 20_000, Seed(1));
        assert_eq!(alone.theta, theta);
    }

    #[test]
    fn currents_refractory_periods_and_rates_have_streams_of_their_own() {
        let alike = "tau_m = '20 ms'\ntheta = '20 mV'\nv_reset = '10 mV'\n";
        let poisson = |rate: &str| {
            format!("poisson = {{ rate = {rate}, efficacy = '1 mV', tau_syn = '0 ms' }}\n")
        };
        let normal =
            |mean: &str, sd: &str| format!("{{ normal = {{ mean = '{mean}', sd = '{sd}' }} }}");
        let spread = format!(
            "{alike}t_ref = {}\ncurrent = {}\n{}",
            normal("2 ms", "2 ms"),
            normal("-1 mV", "3 mV"),
            poisson(&normal("100 Hz", "100 Hz")),
        );
        let spread: Neurons = toml::from_str(&spread).unwrap();
        spread.check().unwrap();
        let drawn = spread.draw_portion("E", 0, 20_000, Seed(1));
        assert!(drawn.t_ref.iter().all(|t| *t >= 0.0) && drawn.rate.iter().all(|r| *r >= 0.0));
        let mean = |values: &[f64]| values.iter().sum::<f64>() / 2e4;
        // A normal number cut off one s.d. below its mean, as above: 0.288 s.d. higher, s.d. 0.794.
        let near = |found: f64, mean: f64, sd: f64| (found - mean).abs() < 5.0 * sd / 2e4f64.sqrt();
        assert!(near(mean(&drawn.t_ref), 2.0 + 2.0 * 0.2876, 1.59));
        assert!(near(mean(&drawn.rate), 128.76, 79.4) && near(mean(&drawn.current), -1.0, 3.0));
        assert!(drawn.alike().is_none());
        let constant = format!("{alike}t_ref = '2 ms'\ncurrent = '3 mV'\n{}", poisson("'9 Hz'"));
        let constant: Neurons = toml::from_str(&constant).unwrap();
        let drawn = constant.draw_portion("E", 0, 3, Seed(1));
        assert_eq!(
            (drawn.t_ref.as_slice(), drawn.current.as_slice()),
            (&[2.0; 3][..], &[3.0; 3][..])
        );
        assert_eq!(
            (drawn.rate.as_slice(), drawn.alike()),
            (&[9.0; 3][..], Some([20.0, 20.0, 2.0, 3.0]))
        );
    }

    #[test]
    fn potentials_that_thresholds_contradict_are_refused() {
        let range = |low: f64, high: f64| format!("{{ uniform = [\"{low} mV\", \"{high} mV\"] }}");
        for (theta, v, reason) in [
            ("\"20 mV\"", "\"20 mV\"", "of 20 mV at a threshold of 20 mV"),
            ("\"20 mV\"", &range(0.0, 21.0), "of 21 mV at a threshold of 20 mV"),
            ("\"20 mV\"", &range(20.0, 20.0), "of 20 mV at a threshold of 20 mV"),
            (&range(15.0, 20.0), "\"16 mV\"", "of 16 mV at a threshold of 15 mV or more"),
            (&range(15.0, 20.0), &range(14.999, 25.0), "1.0e-4"),
            (SPREAD, "\"11 mV\"", "of 11 mV at any threshold above 10 mV"),
            (SPREAD, r#"{ normal = { mean = "20 mV", sd = "1 mV" } }"#, "below a threshold of 10"),
        ] {
            let message = section("\"20 ms\"", theta, v).check().unwrap_err().to_string();
            assert!(message.contains(reason), "{theta} {v}: {message}");
        }
        for (theta, v) in [("\"20 mV\"", range(0.0, 20.0)), (SPREAD, range(0.0, 20.0))] {
            section("\"20 ms\"", theta, &v).check().unwrap();
        }
    }
}
