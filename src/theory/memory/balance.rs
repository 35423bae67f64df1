//! States of a [`System`] in which all rates are consistent, and whether they are stable.
//!
//! One unknown, the drive by the foreground, is held at a chosen rate r while all others are brought into balance; F(r) is the
//! rate that comes out, and F(r) = r are the states: without patterns r is the rate of the first population that excites
//! itself. A state is stable if small deviations of all unknowns decay when each follows its balance with
//! the time constant of its synapses (the rates themselves are taken to follow their input within 1 ms; delays are left out).

use super::classes::Class;
use super::missed::Missed;
use super::senders::{Stationary, Statistics, Strengths};
use super::system::{ClassState, Outcome, Sender, System};
use crate::theory::linear;

/// A consistent state.
#[derive(Clone, Debug)]
pub struct Balance {
    /// The rate of the foreground (of the population that excites itself), Hz.
    pub rate: f64,
    /// By group.
    pub outcomes: Vec<Outcome>,
    /// The fastest growth of a small deviation, 1/s; stable below 0.
    pub growth: f64,
}

/// Unknowns are consistent to this, relative.
const CONSISTENT: f64 = 1e-6;
/// First step in time (ms) and number of steps: from near a balance, and from elsewhere.
const DIRECT: (f64, usize) = (1e6, 12);
const RELAXED: (f64, usize) = (5.0, 80);
/// The largest change of the logarithm of an unknown in one step that is longer than this, ms.
const LARGEST: f64 = 0.7;
const SHORTEST: f64 = 1.0;
/// A search ends after so many rates in succession without a balance.
const PATIENCE: usize = 3;
/// Rates from which searches start, Hz.
const CALM: f64 = 0.3;
const ACTIVE: f64 = 8.0;
const MEMORY: [f64; 2] = [60.0, 40.0];
/// Logarithms are of this at least.
const LEAST: f64 = 1e-9;
/// Rates at which F is computed, Hz: the lowest, those between which neighbours differ by one factor, the factor there and
/// below, and the highest where neurons are not refractory.
const LOWEST: f64 = 0.0005;
const LOW: f64 = 0.05;
const HIGH: f64 = 200.0;
const FACTOR: f64 = 1.4;
const COARSE: f64 = 4.7;
const HIGHEST: f64 = 1000.0;
/// States are the same if their rates differ by less than this, relative.
const SAME: f64 = 0.01;
/// Rates follow their input within this, ms.
const PROMPT: f64 = 1.0;

impl Balance {
    /// Mean rate of the foreground, Hz.
    pub fn drive(&self, classes: &[ClassState]) -> f64 {
        let own = classes.iter().filter(|c| c.class.foreground);
        own.map(|c| c.rate * c.class.weight).sum()
    }

    /// Mean rate of the first population, Hz.
    fn total(&self) -> f64 {
        self.outcomes[0].classes.iter().map(|s| s.rate * s.class.weight).sum()
    }
}

/// A system, its unknowns and the one that is held.
pub struct Search<'a> {
    system: &'a System,
    kinds: Vec<Option<Stationary>>,
    unknowns: Vec<(usize, usize)>,
    held: Option<usize>,
    /// Share of the senders that `held` is about: the coding level, or 1.
    share: f64,
    jacobian: Option<Vec<Vec<f64>>>,
    /// Whether the unknowns were brought into balance at a neighbouring rate.
    begun: bool,
    missed: Missed,
}

impl<'a> Search<'a> {
    /// The search for states of a system.
    pub fn new(system: &'a System) -> Self {
        let unknowns = system.unknowns();
        let recurrent = |p: usize| system.paths[p].from == Sender::Group(system.paths[p].to);
        let shared = |&(p, k): &(usize, usize)| {
            matches!(system.paths[p].strengths, Strengths::Shared(_)) && k == 1 && recurrent(p)
        };
        let excites = |&(p, k): &(usize, usize)| match system.paths[p].strengths {
            Strengths::Given(afferents) => k == 0 && recurrent(p) && afferents.efficacy > 0.0,
            _ => false,
        };
        let held = unknowns.iter().position(shared).or_else(|| unknowns.iter().position(excites));
        let share = match held.map(|k| unknowns[k]) {
            Some((p, 1)) => system.groups[system.paths[p].to].memories.map_or(1.0, |m| m.level),
            _ => 1.0,
        };
        Self {
            system,
            kinds: system.kinds(),
            unknowns,
            held,
            share,
            jacobian: None,
            begun: false,
            missed: Missed::default(),
        }
    }

    /// The rates at which F is computed, Hz.
    fn rates(&self) -> Vec<f64> {
        let group =
            self.held.map(|held| &self.system.groups[self.system.paths[self.unknowns[held].0].to]);
        let most = group.map_or(HIGHEST, |group| group.transfer.highest()).min(HIGHEST);
        let below = (1..).map(|k| LOW / COARSE.powi(k)).take_while(|rate| *rate > LOWEST);
        let mut rates: Vec<f64> = below.collect();
        rates.reverse();
        rates.extend((0..).map(|k| LOW * FACTOR.powi(k)).take_while(|rate| *rate < most));
        rates.push(most);
        rates
    }

    /// What was not searched, or not to its end. `names` are those of the groups.
    pub fn missed(&self, names: &[String]) -> Vec<String> {
        let Some((p, number)) = self.held.map(|held| self.unknowns[held]) else {
            return self.missed.alone();
        };
        let part = if number == 1 { "a foreground in " } else { "" };
        let who = format!("{part}{}", names[self.system.paths[p].to]);
        self.missed.told(&self.rates(), &who)
    }

    /// All states that are found, by the rate of the foreground.
    pub fn states(&mut self) -> Vec<Balance> {
        let calm = self.heard_at(CALM);
        if self.held.is_none() {
            let state = self.settled(calm);
            self.missed.lost.extend(state.is_none().then_some(CALM));
            return state.into_iter().collect();
        }
        let rates = self.rates();
        let split = rates.partition_point(|rate| *rate < HIGH);
        let backwards: Vec<f64> = rates[..split].iter().rev().copied().collect();
        let high: Vec<f64> = rates[split.saturating_sub(1)..].iter().rev().copied().collect();
        // Others may have several states for one rate: up from silence, up from activity, and down from a strong foreground.
        let active = self.heard_at(ACTIVE);
        let mut found = Vec::<Balance>::new();
        let mut add = |state: Balance| {
            let same = |other: &Balance| {
                let near = |a: f64, b: f64| (a - b).abs() < SAME * a.max(b);
                near(other.rate, state.rate) && near(other.total(), state.total())
            };
            if !found.iter().any(same) {
                found.push(state);
            }
        };
        for (rates, start) in
            [(&rates, &calm), (&rates, &active), (&backwards, &calm), (&high, &active)]
        {
            self.along(rates, start).into_iter().for_each(&mut add);
        }
        // The way to a memory may fail where the memory does not: straight into it.
        for foreground in MEMORY {
            (self.jacobian, self.begun) = (None, false);
            self.settled(self.heard_as(foreground, CALM)).into_iter().for_each(&mut add);
        }
        found.sort_by(|a, b| a.rate.total_cmp(&b.rate));
        found
    }

    /// The state to which these unknowns settle.
    fn settled(&mut self, mut x: Vec<f64>) -> Option<Balance> {
        self.arrive(&mut x, None).then(|| self.balance(&x))
    }

    /// The states that are met between neighbouring `rates`, beginning with the unknowns `start`.
    fn along(&mut self, rates: &[f64], start: &[f64]) -> Vec<Balance> {
        let mut found = Vec::new();
        let mut last: Option<(f64, f64)> = None;
        (self.jacobian, self.begun) = (None, false);
        let mut failed = 0;
        let all = self.rates();
        let (lowest, highest) = (all.first().copied(), all.last().copied());
        let mut x = start.to_vec();
        for &rate in rates {
            let before = x.clone();
            let Some(excess) = self.excess(rate, &mut x) else {
                last = None;
                failed += 1;
                if self.begun && failed == PATIENCE {
                    break;
                }
                continue;
            };
            failed = 0;
            let between = last.filter(|(_, value)| (*value > 0.0) != (excess > 0.0));
            let root = match between {
                Some(last) => Some(self.root(last, (rate, excess), &before)),
                // The state is below the lowest rate.
                None if last.is_none() && excess < 0.0 && lowest == Some(rate) => {
                    Some(Some(x.clone()))
                }
                None => None,
            };
            if let Some((other, _)) = last {
                self.missed.followed.push(rate.min(other));
            }
            self.missed.beyond |= excess > 0.0 && highest == Some(rate);
            if let Some(root) = root {
                match root.and_then(|x| self.settled(x)) {
                    Some(state) => found.push(state),
                    None => self.missed.lost.push(rate),
                }
            }
            last = Some((rate, excess));
        }
        found
    }

    /// Unknowns where all neurons fire at this rate, Hz.
    fn heard_at(&self, rate: f64) -> Vec<f64> {
        self.heard_as(rate, rate)
    }

    /// Unknowns where the foregrounds fire at one rate and all other neurons at another, Hz.
    fn heard_as(&self, foreground: f64, others: f64) -> Vec<f64> {
        let said = |&(p, number): &(usize, usize)| {
            let path = &self.system.paths[p];
            let Sender::Group(from) = path.from else { return LEAST };
            let mut statistics = Statistics::default();
            let alone = [Class { foreground: false, others: 0.0, weight: 1.0 }];
            let classes = self.system.groups[from].memories.map_or(alone.to_vec(), |m| m.classes());
            for class in &classes {
                let rate = if class.foreground { foreground } else { others };
                statistics.add(class, 1.0, (rate, 1.0), path.short_term.as_ref());
            }
            statistics.numbers()[number]
        };
        self.unknowns.iter().map(said).collect()
    }

    /// F(r) - r in Hz, beginning with `x`, which becomes the balance.
    fn excess(&mut self, r: f64, x: &mut [f64]) -> Option<f64> {
        let held = self.held?;
        let path = self.system.paths[self.unknowns[held].0];
        let factor = path.short_term.map_or(1.0, |s| s.factor(r));
        x[held] = self.share * r * factor;
        if !self.arrive(x, Some(held)) {
            return None;
        }
        let comes = self.map(x)[held] / (self.share * factor);
        Some(comes - r)
    }

    /// A root between two rates, by the method of Illinois.
    fn root(&mut self, low: (f64, f64), high: (f64, f64), start: &[f64]) -> Option<Vec<f64>> {
        let ((mut a, mut fa), (mut b, mut fb)) = (low, high);
        let mut x = start.to_vec();
        for _ in 0..60 {
            let r = if fb == fa { 0.5 * (a + b) } else { (a * fb - b * fa) / (fb - fa) };
            let f = self.excess(r, &mut x)?;
            if f.abs() < 1e-6 * r || (b - a).abs() < 1e-7 * r {
                return Some(x);
            }
            if (f > 0.0) == (fb > 0.0) {
                (b, fb) = (r, f);
                fa *= 0.5;
            } else {
                (a, fa, b, fb) = (b, fb, r, f);
            }
        }
        None
    }

    /// Brings all unknowns into balance, but for the one that is held: at once if they are near one, or else after a
    /// relaxation. Otherwise leaves them as they were.
    fn arrive(&mut self, x: &mut [f64], held: Option<usize>) -> bool {
        let before = x.to_vec();
        if self.begun && self.settle(x, held, DIRECT) {
            return true;
        }
        x.copy_from_slice(&before);
        self.jacobian = None;
        if self.settle(x, held, RELAXED) {
            self.begun = true;
            return true;
        }
        x.copy_from_slice(&before);
        self.jacobian = None;
        false
    }

    /// The same by implicit steps of the logarithms of the unknowns in time, each with its time constant. The first is `time`
    /// (ms); long ones are Newton's.
    fn settle(
        &mut self,
        x: &mut [f64],
        held: Option<usize>,
        (mut time, steps): (f64, usize),
    ) -> bool {
        let n = x.len();
        let tau = |&(p, _): &(usize, usize)| self.system.paths[p].tau_syn + PROMPT;
        let tau: Vec<f64> = self.unknowns.iter().map(tau).collect();
        let residual = |this: &Self, x: &[f64]| -> Vec<f64> {
            let log = |y: &f64, x: &f64| libm::log(y.max(LEAST)) - libm::log(x.max(LEAST));
            let mut r: Vec<f64> = this.map(x).iter().zip(x).map(|(y, x)| log(y, x)).collect();
            if let Some(held) = held {
                r[held] = 0.0;
            }
            r
        };
        let size = |r: &[f64]| r.iter().fold(0.0, |most: f64, r| most.max(r.abs()));
        let mut r = residual(self, x);
        for _ in 0..steps {
            let error = size(&r);
            if error < CONSISTENT {
                return true;
            }
            let old = self.jacobian.is_some();
            let jacobian = self.jacobian.take().unwrap_or_else(|| self.derivative(x));
            let mut rows = vec![vec![0.0; n + 1]; n];
            for (i, row) in rows.iter_mut().enumerate() {
                row[i] = 1.0;
                if held != Some(i) {
                    row.iter_mut().zip(&jacobian[i]).for_each(|(value, j)| *value -= j);
                    row[i] += tau[i] / time;
                    row[n] = r[i];
                }
            }
            let Some(step) = linear::solve(rows) else { return false };
            let length = size(&step);
            if length > LARGEST && time > SHORTEST {
                time *= 0.3;
                self.jacobian = Some(jacobian);
                continue;
            }
            let times = (LARGEST / length).min(1.0);
            let go = |(x, d): (&f64, &f64)| x.max(LEAST) * libm::exp(times * d);
            let next: Vec<f64> = x.iter().zip(&step).map(go).collect();
            let after = residual(self, &next);
            let then = size(&after);
            if old && then > error {
                continue;
            }
            if then < 0.5 * error {
                self.jacobian = Some(jacobian);
            }
            time *= if length < 0.3 * LARGEST { 3.0 } else { 1.3 };
            x.copy_from_slice(&next);
            r = after;
        }
        false
    }

    /// What the unknowns become.
    fn map(&self, x: &[f64]) -> Vec<f64> {
        let heard = self.system.heard(x, &self.unknowns);
        let outcomes: Vec<Outcome> = (0..self.system.groups.len())
            .map(|g| self.system.outcome(g, &heard, &self.kinds))
            .collect();
        self.unknowns.iter().map(|&unknown| self.said(unknown, &outcomes)).collect()
    }

    /// The number of a pathway as its sender says it.
    fn said(&self, (p, number): (usize, usize), outcomes: &[Outcome]) -> f64 {
        let path = &self.system.paths[p];
        let Sender::Group(from) = path.from else { return 0.0 };
        let kind = self.kinds.iter().position(|k| *k == path.short_term).unwrap_or_default();
        outcomes[from].said[kind].numbers()[number]
    }

    /// Derivatives of the logarithms of [`Search::map`] by those of the unknowns: row by row those of one.
    fn derivative(&self, x: &[f64]) -> Vec<Vec<f64>> {
        const SMALL: f64 = 1e-4;
        let n = x.len();
        let heard = self.system.heard(x, &self.unknowns);
        let outcome = |g: usize, heard: &[Statistics]| self.system.outcome(g, heard, &self.kinds);
        let mut outcomes: Vec<Outcome> =
            (0..self.system.groups.len()).map(|g| outcome(g, &heard)).collect();
        let before: Vec<f64> = self.unknowns.iter().map(|&u| self.said(u, &outcomes)).collect();
        let mut rows = vec![vec![0.0; n]; n];
        for k in 0..n {
            let mut moved = x.to_vec();
            moved[k] = x[k].max(LEAST) * libm::exp(SMALL);
            let to = self.system.paths[self.unknowns[k].0].to;
            let heard = self.system.heard(&moved, &self.unknowns);
            let kept = std::mem::replace(&mut outcomes[to], outcome(to, &heard));
            for (i, row) in rows.iter_mut().enumerate() {
                let after = self.said(self.unknowns[i], &outcomes);
                row[k] = libm::log(after.max(LEAST) / before[i].max(LEAST)) / SMALL;
            }
            outcomes[to] = kept;
        }
        rows
    }

    /// The state of consistent unknowns.
    fn balance(&self, x: &[f64]) -> Balance {
        let heard = self.system.heard(x, &self.unknowns);
        let outcomes: Vec<Outcome> = (0..self.system.groups.len())
            .map(|g| self.system.outcome(g, &heard, &self.kinds))
            .collect();
        let mut rows = self.derivative(x);
        for (i, row) in rows.iter_mut().enumerate() {
            row[i] -= 1.0;
            let tau = self.system.paths[self.unknowns[i].0].tau_syn + PROMPT;
            row.iter_mut().for_each(|value| *value /= 0.001 * tau);
        }
        let rate = self.held.map_or(0.0, |held| {
            let (p, k) = self.unknowns[held];
            let group = &outcomes[self.system.paths[p].to];
            let own = |s: &&ClassState| k != 1 || s.class.foreground;
            group.classes.iter().filter(own).map(|s| s.rate * s.class.weight).sum::<f64>()
                / self.share
        });
        Balance { rate, outcomes, growth: linear::growth(rows) }
    }
}
