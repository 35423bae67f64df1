//! Lines of theory: what is expected of the models of a sweep, and of models between its points.

use super::quantity::{Quantity, neurons};
use super::samples::{Group, Samples};
use super::{Drawing, label, merged};
use crate::error::Result;
use crate::learning::NonlinearHebb;
use crate::model::Model;
use crate::plot::sweep::Line;
use crate::sweep::Values;
use crate::theory::Theory;
use crate::theory::modern;
use crate::theory::rate_memory::{self, MeanField};

/// Models along a line, at least where numbers may have fractions.
const MODELS: usize = 120;
/// Ages along a line.
const AGES: u32 = 400;

/// Lines, and upright lines with names.
pub type Lines = (Vec<Line>, Vec<(f64, String)>);

/// Whether a column is the overlap with a pattern after its cue, of graded neurons or two states.
fn is_after_cue(column: &str) -> bool {
    column.starts_with("cue_") && column.ends_with(".overlap")
}

impl Drawing<'_> {
    /// What is expected of y, of every curve; nothing where no theory applies.
    pub fn theory(&self, samples: &Samples, groups: &[Group]) -> Result<Lines> {
        if self.has_words() {
            return Ok(Lines::default());
        }
        if is_after_cue(&self.wanted.y) {
            return Ok(self.of_rates(groups));
        }
        if !samples.of_trials {
            return Ok(Lines::default());
        }
        let mut lines = Vec::new();
        let mut limits: Vec<f64> = Vec::new();
        for (k, group) in groups.iter().enumerate() {
            for path in self.paths(group) {
                let (line, limit) = match &self.x {
                    Quantity::Trial(name) if name == "age" => self.by_age(group, path[0], 1.0),
                    Quantity::RelativeAge => {
                        self.by_age(group, path[0], neurons(self.table, path[0]))
                    }
                    Quantity::Trial(_) => continue,
                    _ => self.by_model(&path, |theory| theory.expects(&self.wanted.y, None)),
                };
                if let Some(line) = line {
                    lines.push(Line { of: Some(k), ..line });
                    limits.extend(limit);
                }
            }
        }
        Ok((merged(lines), self.limit(groups, &limits)))
    }

    /// The overlap with a recalled pattern in memories of firing rates, and the load at which it ends.
    fn of_rates(&self, groups: &[Group]) -> Lines {
        let (mut lines, mut limits) = (Vec::new(), Vec::new());
        let mut field: Option<(NonlinearHebb, MeanField)> = None;
        for (k, group) in groups.iter().enumerate() {
            for path in self.paths(group) {
                let mut points = Vec::new();
                for (value, model) in self.models(&path) {
                    let Some((rule, transfer, load)) = rate_memory::of(&model) else { continue };
                    if field.as_ref().is_none_or(|known| known.0 != *rule) {
                        field = Some((rule.clone(), MeanField::new(rule, transfer)));
                    }
                    let x = match &self.x {
                        Quantity::Key(_) => value,
                        x => x.of_model(&model).unwrap_or(f64::NAN),
                    };
                    let state = field.as_ref().and_then(|known| known.1.retrieval(load));
                    points.push((x, state.map_or(f64::NAN, |state| state.overlap)));
                }
                if points.iter().any(|p| p.1.is_finite()) {
                    points.sort_by(|a, b| a.0.total_cmp(&b.0));
                    let name = "static mean field, K → ∞".to_owned();
                    lines.push(Line { name, points, of: Some(k) });
                    let last = field.as_ref().filter(|_| self.x == Quantity::Load);
                    limits.extend(last.and_then(|known| Some(known.1.last()?.load)));
                }
            }
        }
        (merged(lines), self.limit(groups, &limits))
    }

    /// The points of a curve that differ in nothing but in what stands on the x axis.
    fn paths(&self, group: &Group) -> Vec<Vec<usize>> {
        let other = |point: usize| {
            let mut place = self.table.grid.place(point);
            self.along.iter().for_each(|&axis| place[axis] = 0);
            place
        };
        let mut paths: Vec<Vec<usize>> = Vec::new();
        for &point in &group.points {
            match paths.iter_mut().find(|path| other(path[0]) == other(point)) {
                Some(path) => path.push(point),
                None => paths.push(vec![point]),
            }
        }
        paths
    }

    /// What `of` says of the theory of every model along `path`; and the capacity that the theory has, if x is a load.
    pub fn by_model(
        &self,
        path: &[usize],
        of: impl Fn(&Theory) -> Option<f64>,
    ) -> (Option<Line>, Option<f64>) {
        let (mut points, mut name, mut limit) = (Vec::new(), None, None);
        for model in self.models(path) {
            let x = match (&self.x, &model) {
                (Quantity::Key(_), (value, _)) => *value,
                (x, (_, model)) => x.of_model(model).unwrap_or(f64::NAN),
            };
            let theory = Theory::of(&model.1);
            let y = theory.as_ref().and_then(&of);
            if let (Some(theory), Some(_)) = (&theory, y) {
                let own = theory.name(&self.wanted.y);
                // One name for one line: theories that differ along it are told apart by their gap.
                name.get_or_insert(own);
                limit = limit.or(if self.x == Quantity::Load { theory.capacity() } else { None });
            }
            points.push((x, y.unwrap_or(f64::NAN)));
        }
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        points.dedup_by(|a, b| a.0 == b.0 && a.1.is_nan() == b.1.is_nan());
        let shown = |x: f64| self.wanted.within.is_none_or(|(low, high)| low <= x && x <= high);
        points.retain(|p| shown(p.0));
        while points.last().is_some_and(|p| p.1.is_nan()) {
            points.pop();
        }
        let first = points.iter().position(|p| !p.1.is_nan()).unwrap_or(points.len());
        points.drain(..first);
        let line = name.filter(|_| !points.is_empty());
        (line.map(|name| Line { name, points, of: None }), limit)
    }

    /// The loads that theory gives for modern networks along a path, a line for each of its statements.
    pub fn of_modern(&self, path: &[usize]) -> Vec<Line> {
        let mut lines: Vec<Line> = Vec::new();
        for (value, model) in self.models(path) {
            let x = match &self.x {
                Quantity::Key(_) => value,
                x => x.of_model(&model).unwrap_or(f64::NAN),
            };
            let neurons = model.population.values().map(|p| p.size as f64).sum::<f64>();
            for (k, capacity) in modern::of(&model).into_iter().enumerate() {
                if lines.len() == k {
                    lines.push(Line { name: capacity.name.to_owned(), ..Line::default() });
                }
                // Of less than one pattern a statement says nothing.
                if capacity.patterns >= 1.0 {
                    lines[k].points.push((x, capacity.patterns / neurons));
                }
            }
        }
        lines.retain(|line| !line.points.is_empty());
        lines.iter_mut().for_each(|line| line.points.sort_by(|a, b| a.0.total_cmp(&b.0)));
        lines
    }

    /// The models of a path, and those between them, each with its value on the axis.
    fn models(&self, path: &[usize]) -> Vec<(f64, Model)> {
        let at = |point: usize| Some((f64::NAN, self.table.model(point).ok()?));
        let axis = self.along.filter(|&k| matches!(self.scales[k], Values::Numbers { .. }));
        let Some(axis) = axis else { return path.iter().filter_map(|&p| at(p)).collect() };
        let Values::Numbers { values, .. } = &self.scales[axis] else { return Vec::new() };
        let mut own: Vec<f64> =
            path.iter().map(|&point| values[self.table.grid.place(point)[axis]]).collect();
        own.sort_by(f64::total_cmp);
        let parts = MODELS.div_ceil(own.len());
        let between = |pair: &[f64]| {
            let (low, high) = (pair[0], pair[1]);
            (1..=parts).map(|k| low + (high - low) * k as f64 / parts as f64).collect::<Vec<f64>>()
        };
        let mut all: Vec<f64> = own.iter().take(1).copied().collect();
        all.extend(own.windows(2).flat_map(between));
        let whole = values.iter().all(|v| v.fract() == 0.0);
        all.iter_mut().filter(|_| whole).for_each(|v| *v = v.round());
        if self.table.grid.axes[axis].keys().any(|key| key.ends_with(".coding_level")) {
            // Patterns may need a whole number of foreground neurons.
            let size = neurons(self.table, path[0]);
            all.iter_mut().for_each(|v| *v = (*v * size).round() / size);
        }
        all.dedup();
        let model = |v: f64| Some((v, self.table.model_at(path[0], axis, v).ok()?));
        all.into_iter().filter_map(model).collect()
    }

    /// What is expected of patterns by their age, in units of `unit`, and the largest age that is retrieved.
    fn by_age(&self, group: &Group, point: usize, unit: f64) -> (Option<Line>, Option<f64>) {
        let theory = self.table.model(point).ok().as_ref().and_then(Theory::of);
        let Some(theory) = theory else { return (None, None) };
        let most = group.members.iter().map(|m| m.x).fold(0.0, f64::max);
        let at = |k: u32| most * f64::from(k) / f64::from(AGES);
        let expects = |x: f64| Some((x, theory.expects(&self.wanted.y, Some(x * unit))?));
        let points: Vec<(f64, f64)> = (0..=AGES).filter_map(|k| expects(at(k))).collect();
        // Without an age nothing is known of a palimpsest alone.
        let applies = !points.is_empty() && theory.expects(&self.wanted.y, None).is_none();
        let name = theory.name(&self.wanted.y);
        let size = neurons(self.table, point);
        let limit = theory.capacity().map(|age| age * size / unit);
        (applies.then_some(Line { name, points, of: None }), limit.filter(|_| applies))
    }

    /// Where retrieval ends, if that is the same for all curves.
    fn limit(&self, groups: &[Group], limits: &[f64]) -> Vec<(f64, String)> {
        let most = groups.iter().flat_map(|g| &g.members).map(|m| m.x).fold(0.0, f64::max);
        let Some(&first) = limits.first().filter(|_| self.wanted.y != "first_step") else {
            return Vec::new();
        };
        let same = limits.iter().all(|limit| (limit - first).abs() <= 1e-6 * first);
        let name = match self.x {
            Quantity::Load => format!("capacity α = {}", label::three(first)),
            _ => format!("forgotten from {} on", label::three(first)),
        };
        if same && first < most { vec![(first, name)] } else { Vec::new() }
    }
}
