//! Fixed points against a key: what was found at its values, and the branches that were followed between them.

use super::placed;
use crate::landscape::Memories;
use crate::landscape::graded::{Branch, GradedPoint, GradedSurvey, Sought, Turn, follow};
use crate::model::Document;
use crate::random::Seed;
use crate::sweep::{Grid, Spacing, Values};
use crate::work::Over;
use serde::Serialize;

/// Fixed points of more neurons are not followed between values.
const MOST_FOLLOWED: usize = 12;
/// Activities that are told of a point where something happens.
const MOST_SHOWN: usize = 6;

/// How well the places are located where branches cross, of the range of the key and of the activity: where curves meet, no
/// point between is found.
const LOCATED: f64 = 1e-5;
const NEAR: f64 = 0.01;

/// The fixed points at a value of the key.
#[derive(Serialize)]
struct At<'a> {
    settings: Vec<String>,
    #[serde(flatten)]
    found: &'a GradedSurvey,
}

/// Fixed points against a key.
#[derive(Serialize)]
pub(super) struct Diagram<'a> {
    key: &'a str,
    values: Vec<At<'a>>,
    /// Of a network that is small enough to be followed between them.
    branches: Vec<ToldBranch<'a>>,
}

/// A branch on which fixed points lie.
#[derive(Serialize)]
struct ToldBranch<'a> {
    points: Vec<OnBranch<'a>>,
    turns: Vec<OnBranch<'a>>,
}

/// A fixed point of a branch, and what happens there.
#[derive(Serialize)]
struct OnBranch<'a> {
    value: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    turn: Option<Turn>,
    #[serde(flatten)]
    point: &'a GradedPoint,
}

impl<'a> Diagram<'a> {
    /// What was found at every value, and what was followed between them.
    pub fn of(grid: &'a Grid, found: &'a [GradedSurvey], followed: Option<&'a Along>) -> Self {
        let at = |(k, found)| At { settings: grid.settings(k), found };
        let values = found.iter().enumerate().map(at).collect();
        let branches = followed.into_iter().flat_map(Along::told).collect();
        Self { key: &grid.axes[0].key, values, branches }
    }
}

/// The branches on which the fixed points lie, against the values of a key.
pub(super) struct Along {
    pub branches: Vec<Branch>,
    /// The number of the value, and that of the point, of those on no branch.
    pub alone: Vec<(usize, usize)>,
}

impl Along {
    /// Follows what was found at every value; `None` if the key has no values between those of the grid, if it changes the
    /// number of neurons, or if there are too many of them.
    pub fn of(
        document: &Document,
        grid: &Grid,
        found: &[GradedSurvey],
        over: &Over,
    ) -> Option<Self> {
        let axis = &grid.axes[0];
        let Values::Numbers { values, .. } = axis.scale() else { return None };
        let least = values.iter().copied().fold(f64::INFINITY, f64::min);
        let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let neurons = found.first()?.neurons;
        let same = found.iter().all(|survey| survey.neurons == neurons);
        if least >= most || !same || neurons > MOST_FOLLOWED {
            return None;
        }
        let log = axis.spacing == Spacing::Log;
        let value = |u: f64| match log {
            true => least * libm::exp(u * libm::log(most / least)),
            false => least + u * (most - least),
        };
        let share = |value: f64| match log {
            true => libm::log(value / least) / libm::log(most / least),
            false => (value - least) / (most - least),
        };
        let family = |u: f64| {
            let model = document.with(&axis.settings_between(value(u))).ok()?.model().ok()?;
            model.graded(&model.draw_patterns()).ok()
        };
        family(1.0 / std::f64::consts::E)?;
        let mut starts = Vec::new();
        let mut places = Vec::new();
        for (k, survey) in found.iter().enumerate() {
            for (place, point) in survey.fixed_points.iter().enumerate() {
                if point.line_to.is_none() {
                    starts.push((share(values[k]), point.variable.clone()));
                    places.push((k, place));
                }
            }
        }
        let model = document.model().ok()?;
        let mut patterns = model.draw_patterns();
        let own = placed(&model)
            .into_iter()
            .find_map(|p| Some((p.neurons, patterns.shift_remove(&p.name)?)));
        let (neurons, rows) = own.map_or((0..0, Vec::new()), |(n, own)| (n, own.rows()));
        let names = vec![String::new(); rows.len()];
        let memories = Memories { names: &names, patterns: &rows, shape: None };
        let sought =
            Sought { starts: 0, seed: Seed(model.seed), memories, neurons: &neurons, over };
        let mut followed = follow(&family, &starts, &sought);
        for branch in &mut followed.branches {
            branch.points.iter_mut().for_each(|point| point.0 = value(point.0));
            branch.turns.iter_mut().for_each(|turn| turn.1 = value(turn.1));
        }
        let alone = followed.alone.into_iter().map(|k| places[k]).collect();
        Some(Self { branches: followed.branches, alone })
    }

    /// The branches for programs.
    fn told(&self) -> impl Iterator<Item = ToldBranch<'_>> {
        self.branches.iter().map(|branch| ToldBranch {
            points: branch
                .points
                .iter()
                .map(|(value, point)| OnBranch { value: *value, turn: None, point })
                .collect(),
            turns: branch
                .turns
                .iter()
                .map(|(turn, value, point)| OnBranch { value: *value, turn: Some(*turn), point })
                .collect(),
        })
    }

    /// What happens, by value; what several branches tell of one place, once.
    fn turns(&self) -> Vec<&(Turn, f64, GradedPoint)> {
        let values = self.branches.iter().flat_map(|b| &b.points).map(|p| p.0);
        let (least, most) =
            values.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), v| (a.min(v), b.max(v)));
        let same = |a: &(Turn, f64, GradedPoint), b: &(Turn, f64, GradedPoint)| {
            let pairs = a.2.activity.iter().zip(&b.2.activity);
            let size = a.2.activity.iter().fold(1.0, |size: f64, r| size.max(r.abs()));
            a.0 == b.0
                && (a.1 - b.1).abs() <= LOCATED * (most - least)
                && pairs.map(|(x, y)| (x - y).abs()).fold(0.0, f64::max) <= NEAR * size
        };
        let mut turns: Vec<_> = self.branches.iter().flat_map(|b| &b.turns).collect();
        turns.sort_by(|a, b| a.1.total_cmp(&b.1));
        let mut told: Vec<&(Turn, f64, GradedPoint)> = Vec::new();
        for turn in turns {
            if !told.iter().any(|known| same(known, turn)) {
                told.push(turn);
            }
        }
        told
    }

    pub fn tell(&self, key: &str) {
        say!("\n  branches: {}", self.branches.len());
        for (turn, value, point) in self.turns() {
            let shown = point.activity.iter().take(MOST_SHOWN).map(|r| format!("{r:.4}"));
            let more = if point.activity.len() > MOST_SHOWN { ", ..." } else { "" };
            let activity = shown.collect::<Vec<_>>().join(", ");
            say!("  {} at {key} = {value:.6}: activity {activity}{more}", turn.name());
        }
    }
}

/// How many fixed points there are at every value.
pub(super) fn tell(grid: &Grid, found: &[GradedSurvey]) {
    say!("  {:<40} {:>7} {:>8} {:>6}", "fixed points at", "stable", "unstable", "lines");
    for (k, survey) in found.iter().enumerate() {
        let lines = survey.fixed_points.iter().filter(|p| p.line_to.is_some()).count();
        let at = grid.settings(k).join(", ");
        say!("  {at:<40} {:>7} {:>8} {lines:>6}", survey.stable, survey.unstable);
    }
}
