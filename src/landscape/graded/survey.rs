//! The survey of a graded network: its fixed points, what they are, and how many random starts lead to each.

use super::kind::{Kind, growing};
use super::relax::apart;
use super::{APART, Graded};
use crate::error::Result;
use crate::landscape::Memories;
use crate::random::Seed;
use crate::work::Over;
use crate::work::each;
use serde::Serialize;
use std::ops::Range;

/// A fixed point and what it is.
#[derive(Clone, Debug, Serialize)]
pub struct GradedPoint {
    /// The variable of the equation: activities, or potentials.
    pub variable: Vec<f64>,
    /// Activities.
    pub activity: Vec<f64>,
    /// The other end, in activities, of a line on which every state is fixed.
    pub line_to: Option<Vec<f64>>,
    /// The same end as the variable.
    #[serde(skip)]
    pub line_end: Option<Vec<f64>>,
    /// What it is.
    pub kind: Kind,
    /// Directions in which deviations grow.
    pub unstable: usize,
    /// Eigenvalues of the flow around it, real and imaginary part, the largest real part first: 1/ms, or per sweep.
    pub eigenvalues: Vec<[f64; 2]>,
    /// E, where there is one that never rises.
    pub energy: Option<f64>,
    /// With every pattern: the slope of the activity, as a share of the way between the levels, on the pattern.
    pub overlaps: Vec<f64>,
    /// The same at the other end of a line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overlaps_to: Option<Vec<f64>>,
    /// The pattern with the largest overlap in magnitude, and that overlap.
    pub nearest: Option<(String, f64)>,
    /// Random starts from which the flow leads there.
    pub reached: usize,
}

/// Everything about the fixed points of a graded network.
#[derive(Clone, Debug, Serialize)]
pub struct GradedSurvey {
    /// N.
    pub neurons: usize,
    /// Whether they are updated in sweeps, which are then the unit of time.
    pub sweeps: bool,
    /// Whether no fixed point can be missing.
    pub complete: bool,
    /// Searches by Newton's method; 0 if every piece was solved.
    pub searches: usize,
    /// Random starts from which the flow was followed.
    pub starts: usize,
    /// Those that did not come to rest at a fixed point.
    pub restless: usize,
    /// How many are stable,
    pub stable: usize,
    /// and how many are unstable.
    pub unstable: usize,
    /// The stable ones first, by energy where there is one.
    pub fixed_points: Vec<GradedPoint>,
}

/// What is sought, and with what it is compared.
#[derive(Clone, Copy, Debug)]
pub struct Sought<'a> {
    /// Random starts.
    pub starts: usize,
    /// Of these.
    pub seed: Seed,
    /// Patterns of the neurons in the range.
    pub memories: Memories<'a>,
    /// The neurons that hold them.
    pub neurons: &'a Range<usize>,
    /// Heeded from one start to the next.
    pub over: &'a Over,
}

impl Graded {
    /// The states from which Newton's method looks for fixed points that no piece gives.
    fn searches(&self, sought: &Sought, random: &[Vec<f64>]) -> Vec<Vec<f64>> {
        let zero = vec![0.0; self.neurons()];
        let mut starts = vec![zero.clone()];
        starts.extend(self.corners());
        starts.extend(self.grid());
        for pattern in sought.memories.patterns {
            for inverted in [false, true] {
                let mut state = zero.clone();
                for (i, &bit) in sought.neurons.clone().zip(pattern) {
                    state[i] = self.field().placed(i, f64::from(u8::from((bit == 1) != inverted)));
                }
                starts.push(state);
            }
        }
        starts.extend_from_slice(random);
        starts
    }

    /// Searches for all fixed points.
    ///
    /// # Errors
    /// If a pattern does not fit the neurons that hold it; an interrupt if it is over.
    pub fn survey(&self, sought: &Sought) -> Result<GradedSurvey> {
        sought.memories.check(sought.neurons.len())?;
        let random = self.random(sought.starts, sought.seed);
        let (mut found, mut complete) = (Vec::new(), false);
        if let Some(solved) = self.by_pieces() {
            (found, complete) = (solved.points, solved.complete);
        }
        let (mut searches, mut ends) = (0, None);
        if !complete {
            let starts = self.searches(sought, &random);
            let follow = |y: &Vec<f64>| sought.over.heed().map(|()| self.follow(y, &[]));
            let followed: Vec<_> = each(&random, follow).into_iter().collect::<Result<_>>()?;
            let all: Vec<&Vec<f64>> =
                starts.iter().chain(followed.iter().filter_map(|end| end.as_ref().err())).collect();
            searches = all.len();
            let newton = |start: &&Vec<f64>| sought.over.heed().map(|()| self.newton(start));
            let arrived: Vec<_> = each(&all, newton).into_iter().collect::<Result<_>>()?;
            found.extend(arrived.into_iter().flatten());
            ends = Some(followed);
        }
        let found = self.distinct(found);
        let describe = |y| sought.over.heed().map(|()| self.describe(y, sought));
        let mut points: Vec<GradedPoint> =
            each(found, describe).into_iter().collect::<Result<_>>()?;
        self.join(&mut points, sought);
        sort(&mut points);
        let reached = self.reached(&mut points, &random, ends, sought.over)?;
        Ok(GradedSurvey {
            neurons: self.neurons(),
            sweeps: self.field().in_sweeps(),
            complete,
            searches,
            starts: random.len(),
            restless: random.len() - reached,
            stable: points.iter().filter(|p| p.kind.is_stable()).count(),
            unstable: points.iter().filter(|p| p.kind.is_unstable()).count(),
            fixed_points: points,
        })
    }

    /// Those that are apart: of every group the first.
    fn distinct(&self, points: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
        // Points that are one have the same place on a line in a direction that no symmetry of the network knows.
        let direction = |i: usize| ((i + 1) as f64 * std::f64::consts::SQRT_2).fract() + 0.5;
        let place = |y: &[f64]| y.iter().enumerate().map(|(i, y)| direction(i) * y).sum::<f64>();
        let reach = |y: &[f64]| APART * self.scale(y);
        let mut placed: Vec<(f64, Vec<f64>)> = points.into_iter().map(|y| (place(&y), y)).collect();
        placed.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut kept: Vec<(f64, Vec<f64>)> = Vec::new();
        for (at, y) in placed {
            let near = reach(&y);
            let window = near * 1.5 * self.neurons() as f64;
            let known = kept.iter().rev().take_while(|other| at - other.0 <= window);
            if !known.into_iter().any(|other| apart(&other.1, &y) <= near) {
                kept.push((at, y));
            }
        }
        kept.into_iter().map(|(_, y)| y).collect()
    }

    pub(super) fn describe(&self, mut y: Vec<f64>, sought: &Sought) -> GradedPoint {
        // Newton's method comes nearer and nearer to 0; so near it is 0.
        let nothing = f64::EPSILON * self.scale(&y);
        y.iter_mut().filter(|y| y.abs() < nothing).for_each(|y| *y = 0.0);
        let rate = self.field().tau().iter().map(|tau| 1.0 / tau).fold(0.0, f64::max);
        let eigenvalues = self.eigenvalues(&y);
        let kind = Kind::of(&eigenvalues, rate);
        let activity = self.field().activity(&y);
        let overlaps = self.overlaps(&activity, sought);
        GradedPoint {
            unstable: growing(&eigenvalues, rate),
            kind,
            eigenvalues,
            energy: self.field().energy(&activity),
            nearest: nearest(&overlaps, sought.memories.names),
            overlaps,
            overlaps_to: None,
            line_to: None,
            line_end: None,
            reached: 0,
            activity,
            variable: y,
        }
    }

    /// Makes one point of all that lie on one line of fixed points.
    fn join(&self, points: &mut Vec<GradedPoint>, sought: &Sought) {
        let (marginal, mut others): (Vec<_>, Vec<_>) =
            points.drain(..).partition(|point| point.kind == Kind::Marginal);
        let states: Vec<Vec<f64>> = marginal.iter().map(|point| point.variable.clone()).collect();
        for [first, last] in self.lines(&states) {
            let near = |a: &&GradedPoint, b: &&GradedPoint| {
                apart(&a.variable, &first).total_cmp(&apart(&b.variable, &first))
            };
            let Some(mut point) = marginal.iter().min_by(near).cloned() else { continue };
            if first != last {
                point.activity = self.field().activity(&first);
                let to = self.field().activity(&last);
                point.overlaps = self.overlaps(&point.activity, sought);
                point.nearest = nearest(&point.overlaps, sought.memories.names);
                point.overlaps_to = Some(self.overlaps(&to, sought));
                point.line_to = Some(to);
                point.energy = self.field().energy(&point.activity);
                point.variable = first;
                point.line_end = Some(last);
            }
            // The ends of a line are corners, which pieces give as points of their own.
            let on_line = |other: &GradedPoint| {
                let ends = [Some(&point.activity), point.line_to.as_ref()];
                let near = |end: &Vec<f64>| apart(end, &other.activity) <= 1e-3 * self.scale(end);
                point.line_to.is_some() && ends.into_iter().flatten().any(near)
            };
            others.retain(|other| !on_line(other));
            others.push(point);
        }
        *points = others;
    }

    fn overlaps(&self, activity: &[f64], sought: &Sought) -> Vec<f64> {
        let share = |i: usize| {
            let [low, high] = self.field().levels(i);
            (activity[i] - low) / (high - low)
        };
        let overlap = |pattern: &Vec<u8>| {
            let f = pattern.iter().map(|&b| f64::from(b)).sum::<f64>() / pattern.len() as f64;
            let terms = sought.neurons.clone().zip(pattern);
            let sum: f64 = terms.map(|(i, &b)| (f64::from(b) - f) * share(i)).sum();
            sum / (pattern.len() as f64 * f * (1.0 - f))
        };
        sought.memories.patterns.iter().map(overlap).collect()
    }

    /// Counts from where the flow leads to which point, from its `ends` if these are known; and how many starts it leads to
    /// any.
    fn reached(
        &self,
        points: &mut [GradedPoint],
        random: &[Vec<f64>],
        ends: Option<Vec<Result<usize, Vec<f64>>>>,
        over: &Over,
    ) -> Result<usize> {
        let places: Vec<usize> =
            (0..points.len()).filter(|&k| points[k].kind.is_stable()).collect();
        let ends = match ends {
            Some(ends) => ends,
            None => {
                let stable = places.iter().map(|&k| points[k].variable.as_slice());
                let stable: Vec<&[f64]> = stable.collect();
                let follow = |y: &Vec<f64>| over.heed().map(|()| self.follow(y, &stable));
                each(random, follow).into_iter().collect::<Result<_>>()?
            }
        };
        let own = |end: &Result<usize, Vec<f64>>| match end {
            Ok(k) => Some(places[*k]),
            Err(y) => self.leads_to(points, y),
        };
        let found: Vec<Option<usize>> = each(&ends, own);
        found.iter().flatten().for_each(|&k| points[k].reached += 1);
        Ok(found.iter().flatten().count())
    }

    /// The point at which a state is, or else the stable one to which Newton's method leads from nearby: near a
    /// bifurcation the flow takes longer than it is followed.
    fn leads_to(&self, points: &[GradedPoint], y: &[f64]) -> Option<usize> {
        const NEARBY: f64 = 0.1;
        let here = points.iter().position(|point| self.belongs(point, y));
        here.or_else(|| {
            let found = self.newton(y)?;
            let scale = self.scale(y);
            let is_it = |point: &GradedPoint| {
                let same = apart(&point.variable, &found) <= APART * scale;
                same && point.kind.is_stable() && apart(y, &found) <= NEARBY * scale
            };
            points.iter().position(is_it)
        })
    }

    /// Whether a state at rest is this point, or lies on its line.
    fn belongs(&self, point: &GradedPoint, y: &[f64]) -> bool {
        let near = 1e-3 * self.scale(y);
        let activity = self.field().activity(y);
        let Some(to) = &point.line_to else { return apart(&point.activity, &activity) <= near };
        let along = |a: &[f64]| -> f64 {
            let pairs = a.iter().zip(&point.activity).zip(to);
            pairs.map(|((a, from), to)| (a - from) * (to - from)).sum()
        };
        let share = along(&activity) / along(to);
        let pairs = activity.iter().zip(&point.activity).zip(to);
        let off = |((a, from), to): ((&f64, &f64), &f64)| (a - from - share * (to - from)).abs();
        pairs.map(off).fold(0.0, f64::max) <= near
    }
}

/// The first of the largest in magnitude.
fn nearest(overlaps: &[f64], names: &[String]) -> Option<(String, f64)> {
    let finite = names.iter().zip(overlaps).filter(|(_, m)| m.is_finite());
    let largest = finite.rev().max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()));
    largest.map(|(name, m)| (name.clone(), *m))
}

/// The stable ones first, then by energy where there is one, then by activity; what differs by rounding is equal.
fn sort(points: &mut [GradedPoint]) {
    let largest =
        |values: &mut dyn Iterator<Item = f64>| values.fold(1.0, |m: f64, v| m.max(v.abs()));
    let energy = 1e-9 * largest(&mut points.iter().filter_map(|p| p.energy));
    let activity = 1e-6 * largest(&mut points.iter().flat_map(|p| p.activity.clone()));
    let key = |point: &GradedPoint| -> (bool, Option<i64>, Vec<i64>) {
        let steps = |value: f64, step: f64| (value / step).round() as i64;
        let activities = point.activity.iter().map(|r| steps(*r, activity)).collect();
        (point.kind.is_unstable(), point.energy.map(|e| steps(e, energy)), activities)
    };
    points.sort_by_cached_key(key);
}
