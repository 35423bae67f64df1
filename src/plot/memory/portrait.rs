//! The phase portrait of two neurons: where every state goes.

use super::super::axis::Axis;
use super::super::frame::{Bottom, Left, NAME_ROOM, Span, TICK_ROOM};
use super::super::marks;
use super::super::page::{Align, Colour, INK, LABEL, MARGIN, PATTERNS, SMALL, WIDTH, text_width};
use super::cells::Cells;
use super::contour;
use crate::plot::picture::{Picture, Spot};

/// Width and height of the plane, pixels.
const SIDE: f64 = 480.0;
/// Room at its left, and beside it for the legend.
const LEFT: f64 = 62.0;
const GAP: f64 = 22.0;
const LEGEND: f64 = 180.0;
const LINE: f64 = 21.0;
/// Length of the longest arrow, and of its head.
const ARROW: f64 = 17.0;
const HEAD: f64 = 4.5;
/// Of the line on which neuron 1 stands still, and neuron 2.
const NULLCLINES: [Colour; 2] = [Colour(136, 34, 85), Colour(51, 34, 136)];
const NULLCLINE: f64 = 2.0;
const POINT: f64 = 5.5;
const WHITE: Colour = Colour(255, 255, 255);
/// Shares of white in a basin, and of what lies in none.
const BASIN: f64 = 0.72;
const NOWHERE: Colour = Colour(235, 235, 235);

/// What is drawn of two neurons.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Portrait {
    pub title: String,
    /// Of the axes, and their ends.
    pub x: (String, f64, f64),
    pub y: (String, f64, f64),
    /// Names of the attractors.
    pub attractors: Vec<String>,
    /// Cells along either axis, and to which attractor each leads, row by row from the lower end of y on.
    pub side: usize,
    pub basins: Vec<Option<usize>>,
    /// Nodes along either axis, and the speeds along x and along y there, row by row from the lower end of y on.
    pub nodes: usize,
    pub speeds: [Vec<f64>; 2],
    /// Arrows: where, and the velocity.
    pub arrows: Vec<(Spot, Spot)>,
    /// Ways of states.
    pub ways: Vec<Vec<Spot>>,
    pub points: Vec<Fixed>,
}

/// A fixed point on the plane.
#[derive(Clone, Debug, PartialEq)]
pub struct Fixed {
    pub at: Spot,
    /// The other end of a line of fixed points.
    pub to: Option<Spot>,
    pub look: Look,
}

/// How a fixed point looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    Stable,
    Marginal,
    Saddle,
    Unstable,
}

impl Look {
    const ALL: [(Self, &'static str); 4] = [
        (Self::Stable, "stable"),
        (Self::Marginal, "marginal"),
        (Self::Saddle, "saddle"),
        (Self::Unstable, "unstable"),
    ];

    fn draw(self, picture: &mut Picture, at: Spot) {
        picture.dot(at, POINT + 1.2, WHITE);
        picture.dot(at, POINT, INK);
        let hole = match self {
            Self::Stable => return,
            Self::Marginal => 0.35,
            Self::Saddle => 0.6,
            Self::Unstable => 0.75,
        };
        picture.dot(at, hole * POINT, WHITE);
        if self == Self::Saddle {
            picture.dot(at, 0.28 * POINT, INK);
        }
    }
}

/// Basins as colours, with arrows, lines on which one neuron stands still, ways and fixed points.
pub fn portrait(data: &Portrait) -> Picture {
    let ends = |axis: &(String, f64, f64)| axis.2 > axis.1 && (axis.2 - axis.1).is_finite();
    if !ends(&data.x) || !ends(&data.y) {
        return Picture::empty(&data.title, WIDTH);
    }
    let (mut picture, top) = Picture::titled(&data.title);
    let width = LEFT + SIDE + GAP + LEGEND;
    let (left, top) = ((0.5 * (WIDTH - width)).max(MARGIN) + LEFT, top + 4.0);
    let (right, bottom) = (left + SIDE, top + SIDE);
    let x = Axis::new((data.x.1, data.x.2), (left, right));
    let y = Axis::new((data.y.1, data.y.2), (bottom, top));
    basins(&mut picture, data, (left, top));
    for &(at, velocity) in &data.arrows {
        arrow(&mut picture, (x.at(at.0), y.at(at.1)), screen(velocity, (&x, &y)), fastest(data));
    }
    for way in &data.ways {
        marks::curve(&mut picture, way, (&x, &y), 1.2, INK.tint(0.25));
    }
    for (speed, colour) in data.speeds.iter().zip(NULLCLINES) {
        nullcline(&mut picture, speed, data.nodes, (left, bottom), colour);
    }
    for point in &data.points {
        let at = |p: Spot| (x.at(p.0), y.at(p.1));
        if let Some(to) = point.to {
            picture.line([at(point.at), at(to)], 2.0 * POINT, INK);
        }
        point.look.draw(&mut picture, at(point.at));
    }
    picture.line([(left, top), (right, top), (right, bottom)], 0.7, INK);
    let (span, distance) = (Span { top, bottom }, LEFT - 8.0);
    Left { x: left, span, ticks: 6, names: &[&data.y.0], distance }.draw(&mut picture, &y);
    let ticks = x.fitting_ticks(6, |label| text_width(label, SMALL));
    Bottom { left, right, y: bottom, ticks, words: &[], name: &data.x.0 }.draw(&mut picture, &x);
    legend(&mut picture, data, (right + GAP, top + 8.0));
    picture.height = bottom + TICK_ROOM + NAME_ROOM + 8.0;
    picture
}

fn basin(k: usize) -> Colour {
    PATTERNS[k % PATTERNS.len()].tint(BASIN)
}

fn basins(picture: &mut Picture, data: &Portrait, corner: Spot) {
    if data.side == 0 || data.basins.len() != data.side * data.side {
        return;
    }
    // Rows from above.
    let rows = data.basins.chunks(data.side).rev().flatten();
    let colours = rows.map(|k| Some(k.map_or(NOWHERE, basin))).collect();
    let cells = Cells { columns: data.side, rows: data.side, colours, tiles: false };
    let cell = SIDE / data.side as f64;
    cells.draw(picture, corner, (cell, cell));
}

/// A velocity in pixels.
fn screen(velocity: Spot, (x, y): (&Axis, &Axis)) -> Spot {
    let scale = |axis: &Axis| {
        let ((low, high), (from, to)) = (axis.values(), axis.ends());
        (to - from) / (high - low)
    };
    (velocity.0 * scale(x), velocity.1 * scale(y))
}

fn fastest(data: &Portrait) -> f64 {
    let scale = |axis: &(String, f64, f64)| SIDE / (axis.2 - axis.1);
    let speed = |v: &Spot| (v.0 * scale(&data.x)).hypot(v.1 * scale(&data.y));
    data.arrows.iter().map(|(_, v)| speed(v)).fold(0.0, f64::max)
}

/// An arrow whose middle is at a place; its length goes with the root of the speed, so that slow ones can be seen.
fn arrow(picture: &mut Picture, (x, y): Spot, (dx, dy): Spot, fastest: f64) {
    let speed = dx.hypot(dy);
    if speed.is_nan() || speed <= 1e-9 * fastest {
        return;
    }
    let (dx, dy) = (dx / speed, dy / speed);
    let half = 0.5 * (ARROW * (speed / fastest).sqrt()).max(HEAD);
    let colour = INK.tint(0.45);
    let tip = (x + half * dx, y + half * dy);
    let neck = (tip.0 - HEAD * dx, tip.1 - HEAD * dy);
    picture.line([(x - half * dx, y - half * dy), neck], 0.9, colour);
    let side = |s: f64| (neck.0 - s * 0.42 * HEAD * dy, neck.1 + s * 0.42 * HEAD * dx);
    picture.polygon([tip, side(1.0), side(-1.0)], colour);
}

fn nullcline(picture: &mut Picture, speed: &[f64], nodes: usize, corner: Spot, colour: Colour) {
    let pitch = SIDE / (nodes.max(2) - 1) as f64;
    let at = |p: Spot| (corner.0 + p.0 * pitch, corner.1 - p.1 * pitch);
    for (a, b) in contour::pieces(speed, nodes, 0.0) {
        picture.line([at(a), at(b)], NULLCLINE, colour);
    }
}

/// What stands for what, from a corner downwards.
fn legend(picture: &mut Picture, data: &Portrait, (left, top): Spot) {
    let mut y = top;
    let mut entry = |picture: &mut Picture, name: &str, draw: &dyn Fn(&mut Picture, f64)| {
        draw(picture, y);
        picture.text(name, (left + 26.0, y), SMALL, Align::Left);
        y += LINE;
    };
    for (look, name) in Look::ALL {
        if data.points.iter().any(|point| point.look == look) {
            entry(picture, name, &|picture, y| look.draw(picture, (left + 9.0, y)));
        }
    }
    for (k, colour) in NULLCLINES.into_iter().enumerate() {
        let name = format!("neuron {} stands still", k + 1);
        let sample = |picture: &mut Picture, y: f64| {
            picture.line([(left, y), (left + 18.0, y)], NULLCLINE, colour);
        };
        entry(picture, &name, &sample);
    }
    if !data.ways.is_empty() {
        let sample = |picture: &mut Picture, y: f64| {
            picture.line([(left, y), (left + 18.0, y)], 1.2, INK.tint(0.25));
        };
        entry(picture, "trajectory", &sample);
    }
    if data.basins.is_empty() || data.attractors.is_empty() {
        return;
    }
    y += 0.4 * LINE;
    picture.text("leads to", (left, y), LABEL, Align::Left);
    y += LINE;
    let mut patch = |picture: &mut Picture, name: &str, colour: Colour| {
        picture.rect((left, y - 6.0), (left + 18.0, y + 6.0), colour);
        picture.outline((left, y - 6.0), (left + 18.0, y + 6.0), 0.5, INK.tint(0.5));
        picture.text(name, (left + 26.0, y), SMALL, Align::Left);
        y += LINE;
    };
    // More would not be told apart.
    for (k, name) in data.attractors.iter().enumerate().take(2 * PATTERNS.len()) {
        patch(picture, name, basin(k));
    }
    if data.basins.contains(&None) {
        patch(picture, "none of them", NOWHERE);
    }
}
