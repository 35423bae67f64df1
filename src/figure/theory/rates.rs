//! Rates of all states against one key.

use super::super::sweep::label;
use super::along::{Key, Map};
use super::simulated::Simulated;
use crate::plot::chart::{Marks, Panel, Point, Reference, Row, Scale, Shading};
use crate::plot::{Colour, INK, PATTERNS, population};
use crate::theory::memory::{Kind, MeanField, State};

/// Heights of the panels, pixels.
const TALL: f64 = 230.0;
const LOW: f64 = 150.0;
/// Rates of neighbours belong to two states if they differ by this, Hz, and this many times.
const JUMP: f64 = 1.0;
const TIMES: f64 = 2.0;
/// Of the region in which memories exist.
const EXISTS: Colour = PATTERNS[2];

/// A line: its name, its colour, whether it is dashed, and what it shows of a point.
type Curve<'a> = (String, Colour, bool, Box<dyn Fn(&MeanField) -> Option<f64> + 'a>);

/// The population with patterns, and beneath it the others.
pub fn rows(x: &Key, map: &Map, simulated: &[Simulated]) -> Vec<Row> {
    let name = map.population.as_str();
    let of = |kind: Kind, part: &'static str| {
        let name = name.to_owned();
        Box::new(move |found: &MeanField| found.stable(kind)?.rate(&name, part))
    };
    let threshold = {
        let name = name.to_owned();
        Box::new(move |found: &MeanField| unstable(found)?.rate(&name, "foreground"))
    };
    let curves: Vec<Curve> = vec![
        ("memory, foreground".to_owned(), PATTERNS[0], false, of(Kind::Memory, "foreground")),
        ("unstable, foreground".to_owned(), PATTERNS[0], true, threshold),
        ("memory, background".to_owned(), PATTERNS[5], false, of(Kind::Memory, "background")),
        ("spontaneous".to_owned(), PATTERNS[1], false, of(Kind::Spontaneous, "all")),
        ("diffuse".to_owned(), PATTERNS[3], false, of(Kind::Diffuse, "all")),
    ];
    let mut top = panel(x, map, format!("rate of {name} (Hz)"), curves);
    if !simulated.is_empty() {
        // Where nothing was held, at 0.
        let rate = |s: &Simulated| if s.rate.number > 0 { s.rate.value } else { 0.0 };
        let point = |s: &Simulated| {
            let (y, sem) = (rate(s), s.rate.sem);
            Point { x: s.place[0], y, low: y - sem, high: y + sem }
        };
        let points = simulated.iter().map(point).collect();
        top = top.with("", INK, Marks::Points { points, joined: false });
        let share = |s: &Simulated| (s.place[0], rate(s), s.held.value());
        let name = "held pattern, simulated (filled: share of cues held)";
        top = top.with(name, INK, Marks::Shares(simulated.iter().map(share).collect()));
    }
    let mut rows = vec![Row::new(TALL, vec![top])];
    let others = || map.populations.iter().enumerate().filter(|(_, other)| *other != name);
    if others().next().is_some() {
        let of = |(k, name): (usize, &String), kind: Kind, word: &str| -> Curve {
            let (own, label) = (name.clone(), format!("{name}, {word}"));
            let rate = move |found: &MeanField| found.stable(kind)?.rate(&own, "all");
            let white = if kind == Kind::Memory { 0.0 } else { 0.55 };
            (label, population(k).tint(white), false, Box::new(rate))
        };
        let curves = others().flat_map(|other| {
            [of(other, Kind::Memory, "memory"), of(other, Kind::Spontaneous, "spontaneous")]
        });
        let mut below = panel(x, map, "rate (Hz)".to_owned(), curves.collect());
        below.shadings.iter_mut().for_each(|shading| shading.name.clear());
        below.references.clear();
        rows.push(Row::new(LOW, vec![below]));
        rows[0].panels[0].x.name.clear();
    }
    rows
}

/// The state from which the network falls to a memory or away from it.
fn unstable(found: &MeanField) -> Option<&State> {
    let between = |s: &&State| !s.is_stable() && matches!(s.kind, Kind::Memory | Kind::Mixed);
    found.states.iter().rfind(between)
}

/// A line through rates, broken where one state ends and another begins; a rate without neighbours spans its cell.
fn pieces(x: &Key, order: &[usize], rates: &[f64]) -> Vec<(f64, f64)> {
    // Where a state does not exist its rate is no number.
    let near = |a: f64, b: f64| (a - b).abs() < JUMP || a.max(b) < TIMES * a.min(b);
    let follows = |a: f64, b: f64| !a.is_nan() && !b.is_nan() && near(a, b);
    let mut line = Vec::new();
    for (place, (&k, &rate)) in order.iter().zip(rates).enumerate() {
        let joins = |other: Option<&f64>| other.is_some_and(|other| follows(*other, rate));
        let before = joins(place.checked_sub(1).and_then(|before| rates.get(before)));
        if !before {
            line.push((x.values[k], f64::NAN));
        }
        if before || joins(rates.get(place + 1)) {
            line.push((x.values[k], rate));
        } else {
            let (from, to) = x.cell(k);
            line.extend([(from, rate), (to, rate)]);
        }
    }
    line
}

fn panel(x: &Key, map: &Map, name: String, curves: Vec<Curve>) -> Panel {
    let mut panel = Panel::new(x.scale(), Scale::new(name).with_zero());
    let order = x.ascending();
    for (name, colour, dashed, rate) in curves {
        let rates = order.iter().map(|&k| rate(map.points[k]).unwrap_or(f64::NAN));
        let points = pieces(x, &order, &rates.collect::<Vec<f64>>());
        if points.iter().any(|p| p.1.is_finite()) {
            let marks = if dashed { Marks::Dashes(points) } else { Marks::line(points) };
            panel = panel.with(name, colour, marks);
        }
    }
    let exists = |k: usize| map.points[k].stable(Kind::Memory).is_some();
    let mut edges = Vec::new();
    for (place, &k) in order.iter().enumerate() {
        let (from, to) = x.cell(k);
        if exists(k) {
            match panel.shadings.last_mut().filter(|s| s.to == from) {
                Some(last) => last.to = to,
                None => panel.shadings.push(Shading {
                    from,
                    to,
                    name: "memory exists".to_owned(),
                    colour: Some(EXISTS),
                    lane: 0,
                }),
            }
        }
        if place > 0 && exists(order[place - 1]) != exists(k) {
            let ends = [order[place - 1], k].map(|k| label::short(x.values[k]));
            edges.push(Reference::At(from, format!("edge {}–{}", ends[0], ends[1])));
        }
    }
    panel.references.extend(edges);
    panel
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_where_a_state_does() {
        let x = Key { name: String::new(), log: false, values: vec![3.0, 1.0, 2.0, 4.0] };
        let (order, gap) = (x.ascending(), |x: f64| (x, f64::NAN));
        let of = |rates: [f64; 4]| format!("{:?}", pieces(&x, &order, &rates));
        let all = [gap(1.0), (1.0, 1.0), (2.0, 1.5), gap(3.0), (3.0, 5.5), (4.0, 6.0)];
        assert_eq!(of([1.0, 1.5, 5.5, 6.0]), format!("{all:?}"));
        let alone = pieces(&x, &order, &[f64::NAN, 5.0, f64::NAN, f64::NAN]);
        assert!(alone.contains(&(1.5, 5.0)) && alone.contains(&(2.5, 5.0)), "{alone:?}");
    }
}
