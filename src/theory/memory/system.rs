//! The self-consistent equations of a network with patterns.
//!
//! A neuron of class c in population b gets from every pathway what [`Statistics::arrive`] says of its senders:
//!
//! ```text
//! mu = current + tau_m sum <J nu>      sigma^2 = tau_m sum <J^2> nu over fast synapses
//! Delta^2 = tau_m^2 Var(sum J nu)      s^2 = tau_m sum <J^2> nu tau_m / (2 (tau_m + tau_syn)) over slow ones
//! nu(z) = <phi(mu + Delta z + s y, sigma)>_y
//! ```
//!
//! Delta differs from neuron to neuron (z), s in time but slowly (y; Moreno-Bote and Parga, Phys. Rev. Lett. 92:028102, 2004, for
//! tau_syn well above tau_m); phi is the rate of [`Transfer`]. Means of nu, nu^2 and their products with numbers of
//! patterns over z and all classes are what the receivers need: the unknowns.

use super::classes::{Class, Memories};
use super::senders::{Stationary, Statistics, Strengths};
use super::transfer::Transfer;
use std::rc::Rc;

/// A network as the theory sees it.
#[derive(Debug)]
pub struct System {
    /// Populations.
    pub groups: Vec<Group>,
    /// Pathways between them.
    pub paths: Vec<Path>,
}

/// A population.
#[derive(Debug)]
pub struct Group {
    /// The rate of a neuron.
    pub transfer: Rc<Transfer>,
    /// Membrane time constant, ms.
    pub tau_m: f64,
    /// Mean input from outside, mV above rest.
    pub current: f64,
    /// sigma^2 of what comes from outside, mV^2: told, and part of `transfer`.
    pub outside: f64,
    /// Patterns that it holds.
    pub memories: Option<Memories>,
}

/// Who sends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Sender {
    /// The group with this index.
    Group(usize),
    /// Poisson processes of this rate, Hz.
    Given(f64),
}

/// A pathway.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Path {
    /// Who sends.
    pub from: Sender,
    /// The index of the receiving group.
    pub to: usize,
    /// How strong its synapses are.
    pub strengths: Strengths,
    /// Synaptic time constant, ms.
    pub tau_syn: f64,
    /// Depression and facilitation.
    pub short_term: Option<Stationary>,
}

/// What neurons of a class do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClassState {
    /// Which.
    pub class: Class,
    /// Mean rate, Hz.
    pub rate: f64,
    /// Mean input, mV above rest.
    pub mu: f64,
    /// sigma^2 of fast noise, of what comes from outside too, mV^2.
    pub noise: f64,
    /// Variance of slow noise, mV^2.
    pub slow: f64,
    /// Variance of the mean input between neurons, mV^2.
    pub spread: f64,
}

/// What a group does, and says to those who listen.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// By class.
    pub classes: Vec<ClassState>,
    /// By kind of short-term plasticity; see [`System::kinds`].
    pub said: Vec<Statistics>,
    /// The largest gain of overlaps with patterns that are not active, before [`LARGEST_GAIN`].
    pub gain: f64,
    /// The share of its rate that is of neurons whose own rate comes back by more than [`LARGEST_ECHO`].
    pub echoing: f64,
}

/// Nodes of the sums over z and y: half the range and number.
const QUENCHED: (f64, i32) = (4.0, 10);
const SLOW: (f64, i32) = (2.8, 4);

/// Overlaps with patterns that are not active grow to a size which is not known where their gain is larger.
pub const LARGEST_GAIN: f64 = 0.8;
/// The same of what a neuron's own rate adds to itself.
pub const LARGEST_ECHO: f64 = 0.5;

impl System {
    /// What every group may hear of its senders: kinds of short-term plasticity.
    pub fn kinds(&self) -> Vec<Option<Stationary>> {
        let mut kinds = vec![None];
        for path in &self.paths {
            if !kinds.contains(&path.short_term) {
                kinds.push(path.short_term);
            }
        }
        kinds
    }

    /// The unknowns: pathway and number of its [`Statistics`].
    pub fn unknowns(&self) -> Vec<(usize, usize)> {
        let listed = |(p, path): (usize, &Path)| {
            let needed = match path.from {
                Sender::Group(_) => Statistics::needed(&path.strengths),
                Sender::Given(_) => &[],
            };
            needed.iter().map(move |&number| (p, number)).collect::<Vec<_>>()
        };
        self.paths.iter().enumerate().flat_map(listed).collect()
    }

    /// The outcome of a group when its pathways have these statistics, all in the order of `paths`.
    pub fn outcome(
        &self,
        group: usize,
        heard: &[Statistics],
        kinds: &[Option<Stationary>],
    ) -> Outcome {
        let Group { transfer, tau_m, current, outside, memories } = &self.groups[group];
        let tau = 0.001 * tau_m;
        let alone = [Class { foreground: false, others: 0.0, weight: 1.0 }];
        let classes = memories.map_or_else(|| alone.to_vec(), |m| m.classes());
        let q = memories.map_or(0.0, |m| m.others());
        let mut outcome = Outcome {
            classes: Vec::with_capacity(classes.len()),
            said: vec![Statistics::default(); kinds.len()],
            gain: 0.0,
            echoing: 0.0,
        };
        let mut total = 0.0;
        for class in classes {
            let (mut mu, mut noise, mut slow, mut spread) = (*current, 0.0, 0.0, 0.0);
            for (path, heard) in self.paths.iter().zip(heard).filter(|(p, _)| p.to == group) {
                let gain = self.gain(path, heard);
                outcome.gain = outcome.gain.max(gain);
                let gain = gain.min(LARGEST_GAIN);
                let arrival = heard.arrive(&path.strengths, &class, memories.as_ref(), gain);
                mu += tau * arrival.mean;
                spread += tau * tau * arrival.variance.max(0.0);
                if path.tau_syn > *tau_m {
                    slow += tau * arrival.square * 0.5 * tau_m / (tau_m + path.tau_syn);
                } else {
                    noise += tau * arrival.square;
                }
            }
            let echo = self.echo(group, &class, q, heard);
            let reach = QUENCHED.0 * spread.sqrt() + SLOW.0 * slow.sqrt();
            let row = transfer.row(noise, mu - reach, mu + reach);
            let slowly = |mu: f64| {
                let fast = |(sum, slope): (f64, f64), (y, w): (f64, f64)| {
                    let (rate, gain) = row.rate(mu + y);
                    (sum + w * rate, slope + w * gain)
                };
                nodes(SLOW, slow).fold((0.0, 0.0), fast)
            };
            let mut rate = 0.0;
            for (z, weight) in nodes(QUENCHED, spread) {
                let (first, gain) = slowly(mu + z);
                // What the neuron's own rate adds to its input, to first order.
                let strong = echo * gain > LARGEST_ECHO;
                let gain = gain / (1.0 - (echo * gain).min(LARGEST_ECHO));
                let one = (first + gain * echo * first).max(0.0);
                rate += weight * one;
                total += class.weight * weight * one;
                outcome.echoing += if strong { class.weight * weight * one } else { 0.0 };
                for (said, kind) in outcome.said.iter_mut().zip(kinds) {
                    said.add(&class, weight, (one, gain), kind.as_ref());
                }
            }
            let noise = noise + outside;
            outcome.classes.push(ClassState { class, rate, mu, noise, slow, spread });
        }
        outcome.echoing /= f64::max(total, f64::MIN_POSITIVE);
        outcome
    }

    /// How much of the overlap with a pattern that is not active comes back through this pathway.
    pub fn gain(&self, path: &Path, heard: &Statistics) -> f64 {
        if path.from != Sender::Group(path.to) {
            return 0.0;
        }
        let Group { tau_m, memories, .. } = &self.groups[path.to];
        0.001 * tau_m * heard.gain(&path.strengths, memories.as_ref())
    }

    /// What a neuron hears of its own rate, mV per Hz, by way of others.
    fn echo(&self, group: usize, class: &Class, q: f64, heard: &[Statistics]) -> f64 {
        let tau = |g: usize| 0.001 * self.groups[g].tau_m;
        let mut echo = 0.0;
        for (back, heard) in self.paths.iter().zip(heard).filter(|(p, _)| p.to == group) {
            let Sender::Group(by) = back.from else { continue };
            let there = |p: &&Path| p.from == Sender::Group(group) && p.to == by;
            for there in self.paths.iter().filter(there) {
                let times = heard.echo(&there.strengths, &back.strengths, class, q);
                echo += tau(group) * tau(by) * times;
            }
            // Longer ways, by the patterns of the neuron.
            if let (Strengths::Shared(a), true) = (&back.strengths, by == group) {
                let gain = self.gain(back, heard).min(LARGEST_GAIN);
                let chain = gain * gain / (1.0 - gain);
                echo += tau(group) * a.share * a.efficacy * class.others * chain;
            }
        }
        echo
    }

    /// The statistics of all pathways that unknowns `x` stand for.
    pub fn heard(&self, x: &[f64], unknowns: &[(usize, usize)]) -> Vec<Statistics> {
        let mut numbers = vec![[0.0; super::senders::NUMBERS]; self.paths.len()];
        unknowns.iter().zip(x).for_each(|(&(p, k), x)| numbers[p][k] = *x);
        let each = self.paths.iter().zip(numbers);
        each.map(|(path, numbers)| match path.from {
            Sender::Group(_) => Statistics::from(&numbers),
            Sender::Given(rate) => Statistics::uniform(rate),
        })
        .collect()
    }
}

/// Values and weights of a normal variable of this variance; one value without any.
fn nodes((reach, steps): (f64, i32), variance: f64) -> impl Iterator<Item = (f64, f64)> {
    let steps = if variance > 0.0 { steps } else { 0 };
    let sd = variance.sqrt();
    let at = move |k: i32| reach * (f64::from(2 * k) / f64::from(steps.max(1)) - 1.0);
    let weight = move |k: i32| libm::exp(-0.5 * at(k) * at(k));
    let total: f64 = (0..=steps).map(weight).sum();
    (0..=steps).map(move |k| (if steps > 0 { sd * at(k) } else { 0.0 }, weight(k) / total))
}
