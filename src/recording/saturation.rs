//! Whether neurons fire as fast as their refractory periods let them, so that their rate tells nothing of their input.

use crate::error::Warning;
use std::collections::VecDeque;
use std::sync::{Arc, OnceLock};

/// Neurons are saturated from this share of the highest possible rate on. The fastest network of models/, in the synchronous
/// regular state of Brunel (2000), has 0.65.
const SHARE: f64 = 0.95;
/// Over so many refractory periods, at least, a rate is averaged: shorter ones may hold a volley.
const PERIODS: f64 = 20.0;

/// Watches the sampled rates of a population, and of the foregrounds of its patterns.
#[derive(Clone, Debug)]
pub struct Saturation {
    /// The name of the population.
    pub population: String,
    /// Mean refractory period, ms.
    t_ref: f64,
    /// Of the samples, ms.
    interval: f64,
    /// Rate of the population and the largest overlap, Hz, of the last samples.
    last: VecDeque<[f64; 2]>,
    /// Of the last sample.
    time: f64,
    found: Arc<OnceLock<Saturated>>,
}

/// The first time at which a population was saturated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Saturated {
    /// Mean rate, Hz, of the whole population or of the foregrounds.
    pub rate: f64,
    /// Whether it is that of the foregrounds of patterns alone.
    pub foreground: bool,
    /// Over this time, ms ...
    pub span: f64,
    /// ... which ended at this one, ms.
    pub until: f64,
    /// Mean refractory period, ms.
    pub t_ref: f64,
}

impl Saturation {
    /// Of a population with this mean refractory period, sampled so often (ms); none without one.
    pub fn new(population: &str, t_ref: f64, interval: f64) -> Option<Self> {
        let population = population.to_owned();
        let (last, found) = (VecDeque::new(), Arc::default());
        (t_ref > 0.0).then_some(Self { population, t_ref, interval, last, time: 0.0, found })
    }

    /// Takes the sample around `time`: the rate, and the overlaps with patterns, which are no larger than the rates of their
    /// foregrounds.
    pub fn take(&mut self, time: f64, rate: f64, overlaps: &[f64]) {
        // After a gap, or in another trial, it begins anew.
        if (time - self.time).abs() > 1.5 * self.interval {
            self.last.clear();
        }
        self.time = time;
        let samples = (PERIODS * self.t_ref / self.interval).ceil().max(1.0) as usize;
        self.last.push_back([rate, overlaps.iter().copied().fold(0.0, f64::max)]);
        if self.last.len() > samples {
            self.last.pop_front();
        }
        if self.last.len() < samples || self.found.get().is_some() {
            return;
        }
        let mean = |k: usize| self.last.iter().map(|last| last[k]).sum::<f64>() / samples as f64;
        let most = 1000.0 / self.t_ref;
        let means = [mean(0), mean(1)];
        if let Some(k) = means.iter().position(|&mean| mean >= SHARE * most) {
            let until = time + 0.5 * self.interval;
            let span = samples as f64 * self.interval;
            let (rate, t_ref) = (means[k], self.t_ref);
            // Nobody else writes it.
            let _ = self.found.set(Saturated { rate, foreground: k == 1, span, until, t_ref });
        }
    }

    /// What was found, by this watch or a clone of it.
    pub fn found(&self) -> Option<Saturated> {
        self.found.get().copied()
    }

    /// What was found, in a sentence.
    pub fn warning(&self) -> Option<Warning> {
        let Saturated { rate, foreground, span, until, t_ref } = self.found()?;
        let who = if foreground { "the foreground of a pattern" } else { "this population" };
        Some(Warning::new(
            format!("dynamics.spiking.{}", self.population),
            format!("found that {who} fires at {rate:.0} Hz in the {span} ms before {until} ms"),
            format!(
                "a refractory period of {t_ref} ms allows {:.0} Hz: saturated neurons tell nothing of their input",
                1000.0 / t_ref
            ),
            "lower the efficacies of what excites it, or inhibit it more",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A watch for 2 ms and samples of 10 ms, which has seen these rates and overlaps.
    fn seen(samples: &[(f64, f64, f64)]) -> Option<Saturated> {
        let mut watch = Saturation::new("E", 2.0, 10.0).unwrap();
        samples.iter().for_each(|&(time, rate, overlap)| watch.take(time, rate, &[0.0, overlap]));
        watch.found()
    }

    fn steady(rate: f64, overlap: f64) -> Vec<(f64, f64, f64)> {
        (0..4).map(|k| (5.0 + 10.0 * f64::from(k), rate, overlap)).collect()
    }

    #[test]
    fn neurons_are_saturated_that_fire_at_once_after_their_refractory_period() {
        let found = seen(&steady(476.0, 3.0)).unwrap();
        assert_eq!(
            (found.rate, found.span, found.until, found.foreground),
            (476.0, 40.0, 40.0, false)
        );
        assert!(seen(&steady(300.0, 480.0)).unwrap().foreground);
        assert_eq!(seen(&steady(474.0, 474.0)), None);
        // Three samples are too few, volleys are no rate, and trials do not continue each other.
        assert_eq!(seen(&steady(476.0, 3.0)[..3]), None);
        let volleys: Vec<_> =
            (0..40).map(|k| (10.0 * f64::from(k), f64::from(k % 2) * 900.0, 0.0)).collect();
        assert_eq!(seen(&volleys), None);
        let mut apart = steady(476.0, 3.0);
        apart[2].0 += 10.0;
        apart[3].0 += 10.0;
        assert_eq!(seen(&apart), None);
        assert!(Saturation::new("E", 0.0, 10.0).is_none());
    }

    #[test]
    fn it_is_told_in_one_sentence() {
        let mut watch = Saturation::new("E", 2.0, 100.0).unwrap();
        let told = watch.clone();
        assert!(told.warning().is_none());
        watch.take(50.0, 499.6, &[]);
        assert_eq!(
            told.warning().unwrap().to_string(),
            "dynamics.spiking.E: found that this population fires at 500 Hz in the 100 ms before 100 ms; a refractory \
             period of 2 ms allows 500 Hz: saturated neurons tell nothing of their input; lower the efficacies of what \
             excites it, or inhibit it more."
        );
    }
}
