//! Energy against time.

use super::super::chart::{Figure, Marks, Panel, Point, Reference, Row, Scale};
use super::super::page::{Colour, GREY, PATTERNS};

/// Height of the panel, and from one level's name to the next, pixels.
const HEIGHT: f64 = 260.0;
const NAME: f64 = 15.0;

/// Of the outcomes of trials.
const OUTCOMES: [Colour; 5] = [PATTERNS[0], PATTERNS[1], PATTERNS[2], PATTERNS[3], GREY];
/// Room for the names of levels beyond the last time, as a share of the time.
const NAMES: f64 = 0.12;

/// The energies of trials, and of memories.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Energies {
    /// Of the time axis: `time (sweeps)`.
    pub time: String,
    /// What trials come to: `spurious`, `memory`. Each has a colour, and stands in the legend unless it is empty; the last is
    /// drawn on top.
    pub outcomes: Vec<String>,
    pub trials: Vec<EnergyTrial>,
    /// Name and energy of memories, as levels for reference.
    pub levels: Vec<(String, f64)>,
}

/// A trial.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EnergyTrial {
    /// Which of the outcomes; another number is none of them, and grey.
    pub outcome: usize,
    /// Time and energy.
    pub course: Vec<(f64, f64)>,
}

/// The energy of every trial as a thin curve with a dot at its end, and the energies of memories as dashed lines.
pub fn energy(title: &str, data: &Energies) -> Figure {
    let number = data.outcomes.len();
    let of = |k: usize| data.trials.iter().filter(move |trial| trial.outcome.min(number) == k);
    let colour = |k: usize| match k {
        k if k == number => GREY,
        k => OUTCOMES[k.min(OUTCOMES.len() - 1)],
    };
    let mut panel = Panel::new(time(data), Scale::new("energy E"));
    for k in (0..=number).filter(|&k| of(k).next().is_some()) {
        let curves = of(k).map(|trial| trial.course.clone()).collect();
        panel = panel.with("", colour(k).tint(0.35), Marks::Curves(curves));
    }
    let good = |p: &&(f64, f64)| p.0.is_finite() && p.1.is_finite();
    for k in (0..=number).filter(|&k| of(k).next().is_some()) {
        let ends = of(k).filter_map(|trial| trial.course.iter().rfind(good));
        let points: Vec<Point> = ends.map(|&(x, y)| point(x, y)).collect();
        let name = match (data.outcomes.get(k).map_or("", String::as_str), points.len()) {
            ("", _) => String::new(),
            (outcome, 1) => format!("{outcome} (1 trial)"),
            (outcome, number) => format!("{outcome} ({number} trials)"),
        };
        panel = panel.with(name, colour(k), Marks::Points { points, joined: false });
    }
    for (level, name) in levels(data) {
        panel = panel.against(Reference::Level(level, name));
    }
    Figure { title: title.to_owned(), rows: vec![Row::new(HEIGHT, vec![panel])] }
}

/// The time axis, with room at its end for the names of levels.
fn time(data: &Energies) -> Scale {
    let times = data.trials.iter().flat_map(|trial| &trial.course).map(|p| p.0);
    let (first, last) = ends(times);
    let scale = Scale::new(&data.time);
    if data.levels.is_empty() || first >= last {
        return scale;
    }
    let room = last - first;
    scale.within(first - 0.04 * room, last + NAMES * room)
}

/// The least and the largest finite value: descending if there is none.
pub fn ends(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let finite = values.filter(|v| v.is_finite());
    finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), v| (a.min(v), b.max(v)))
}

/// A value without an interval.
pub fn point(x: f64, y: f64) -> Point {
    Point { x, y, low: f64::NAN, high: f64::NAN }
}

/// The levels from the highest down, each called by its name and its energy. The name of one that is too near to the one
/// above stands there with its name.
fn levels(data: &Energies) -> Vec<(f64, String)> {
    let mut levels: Vec<(f64, String)> = data.levels.iter().map(|(n, e)| (*e, n.clone())).collect();
    levels.retain(|level| level.0.is_finite());
    levels.sort_by(|a, b| b.0.total_cmp(&a.0));
    let values = data.trials.iter().flat_map(|t| &t.course).map(|p| p.1);
    let (low, high) = ends(values.chain(levels.iter().map(|level| level.0)));
    let near = (high - low) * NAME / HEIGHT;
    for (level, name) in levels.iter_mut().filter(|(_, name)| !name.is_empty()) {
        *name = format!("{name} {}", short(*level));
    }
    // A name that stood between two lines would be struck through.
    let mut first = 0;
    for k in 1..levels.len() {
        if levels[k - 1].0 - levels[k].0 < near {
            let name = std::mem::take(&mut levels[k].1);
            append(&mut levels[first].1, &name);
        } else {
            first = k;
        }
    }
    levels
}

/// An energy to four digits.
fn short(energy: f64) -> String {
    let decimals = (3 - libm::log10(energy.abs().max(1e-3)).floor() as i32).clamp(0, 6) as usize;
    let text = format!("{:.decimals$}", energy.abs());
    let text = match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.'),
        false => &text,
    };
    if energy < 0.0 { format!("−{text}") } else { text.to_owned() }
}

/// A name behind others.
fn append(all: &mut String, name: &str) {
    if !all.is_empty() && !name.is_empty() {
        all.push_str(", ");
    }
    all.push_str(name);
}

/// Of names that stand nearer than `near` to one before, the first says all.
pub fn join_names(places: &mut [(f64, String)], near: f64) {
    let mut first = 0;
    for k in 1..places.len() {
        if (places[k].0 - places[first].0).abs() < near {
            let name = std::mem::take(&mut places[k].1);
            append(&mut places[first].1, &name);
        } else {
            first = k;
        }
    }
}
