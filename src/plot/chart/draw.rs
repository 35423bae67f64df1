//! Draws the panels of a figure in their places.

use super::super::frame::{Bottom, Left, Span};
use super::super::legend;
use super::super::marks;
use super::super::page::{Align, Colour, GREY, INK, LABEL, RIGHT, SMALL, fitted, text_width};
use super::super::picture::Picture;
use super::panel::{Layer, Legend, Marks, Point, Reference};
use super::place::{
    BAR, BAR_GAP, BAR_NAME, LANE, LANES, LEGEND_GAP, PANEL_TITLE, PanelPlace, ROWS_BAR,
};
use super::rows::{self, has_rows};
use crate::error::counted;

/// Width of one of many curves.
const THIN: f64 = 0.5;
/// Least and most height of a mark of a row: of layers that are counted, and of those that are named.
const COUNTED: (f64, f64) = (0.5, 10.0);
const NAMED: (f64, f64) = (1.5, 5.0);
/// From a panel to the legend beside it.
const BESIDE: f64 = 24.0;
/// Size of the names of shadings and of lines for reference.
const FINE: f64 = SMALL - 1.0;

pub fn panel(page: &mut Picture, at: &PanelPlace) {
    shadings(page, at);
    if at.empty {
        let centre = (0.5 * (at.left + at.right), at.span.middle());
        page.text_in("no data", centre, SMALL, Align::Centre, GREY);
    }
    lines(page, at);
    at.panel.layers.iter().for_each(|layer| marks_of(page, at, layer));
    let (places, pitch) = rows::places(at.panel, at.span);
    at.panel
        .layers
        .iter()
        .zip(places)
        .for_each(|(layer, place)| rows_of_marks(page, at, layer, (place, pitch)));
    names_of_lines(page, at);
    axes(page, at);
    headings(page, at);
}

/// Shading, bars, and the names of these side by side.
fn shadings(page: &mut Picture, at: &PanelPlace) {
    let (low, high) = at.x.values();
    let mut free = at.left - 0.5 * BAR_NAME;
    let all = &at.panel.shadings;
    for shading in all.iter().filter(|s| s.from < high && s.to > low) {
        let (from, to) = (at.x.at(shading.from), at.x.at(shading.to));
        let among = all.iter().any(|other| other.lane > 0 && other.from == shading.from);
        if let Some(colour) = shading.colour.filter(|_| shading.lane == 0) {
            let colour = if among { GREY } else { colour };
            page.rect((from, at.span.top), (to, at.span.bottom), colour.tint(0.86));
        }
        if at.bars() == 0.0 {
            continue;
        }
        let bottom = at.span.top - BAR_GAP - LANE * shading.lane.min(LANES - 1) as f64;
        if let Some(colour) = shading.colour {
            page.rect((from, bottom - BAR), (to, bottom), colour);
        }
        if shading.name.is_empty() {
            continue;
        }
        let width = text_width(&shading.name, FINE);
        let left = (0.5 * (from + to - width)).max(free);
        // A name that has no room any more is left out; its bar stays.
        if left + width <= at.right + BAR_NAME {
            let y = at.span.top - at.bars() + 0.5 * BAR_NAME;
            page.text(&shading.name, (left, y), FINE, Align::Left);
            free = left + width + 5.0;
        }
    }
    let middle = at.span.top - 0.5 * (at.bars() + BAR_GAP);
    if let Some(name) = at.panel.bars.as_ref().filter(|_| at.bars() > 0.0) {
        page.text(name, (at.left - rows::APART, middle), SMALL, Align::Right);
    }
}

fn lines(page: &mut Picture, at: &PanelPlace) {
    for reference in &at.panel.references {
        let (from, to) = match reference {
            Reference::Level(level, _) if at.y.holds(*level) => {
                ((at.left, at.y.at(*level)), (at.right, at.y.at(*level)))
            }
            Reference::At(x, _) if at.x.holds(*x) => {
                ((at.x.at(*x), at.span.bottom), (at.x.at(*x), at.span.top))
            }
            Reference::Diagonal(_) => ((at.left, at.span.bottom), (at.right, at.span.top)),
            _ => continue,
        };
        marks::dashes(page, from, to, GREY);
    }
}

/// The names of lines for reference, on top of the marks.
fn names_of_lines(page: &mut Picture, at: &PanelPlace) {
    let colour = GREY.shade(0.3);
    for reference in &at.panel.references {
        match reference {
            Reference::Level(level, name) if at.y.holds(*level) && !name.is_empty() => {
                let y = (at.y.at(*level) - 0.7 * FINE).max(at.span.top + 0.5 * FINE);
                page.text_in(name, (at.right - 2.0, y), FINE, Align::Right, colour);
            }
            Reference::At(value, name) if at.x.holds(*value) && !name.is_empty() => {
                let (x, y) = (at.x.at(*value), at.span.top + 0.5 * FINE);
                let fits = x + 4.0 + text_width(name, FINE) <= at.right;
                let (x, align) =
                    if fits { (x + 4.0, Align::Left) } else { (x - 4.0, Align::Right) };
                page.text_in(name, (x, y), FINE, align, colour);
            }
            _ => {}
        }
    }
}

fn marks_of(page: &mut Picture, at: &PanelPlace, layer: &Layer) {
    let (axes, colour) = ((&at.x, &at.y), layer.colour);
    match &layer.marks {
        Marks::Curve { points, band } => {
            let edges: Vec<marks::Ranged> =
                points.iter().zip(band).map(|(&(x, y), half)| (x, y - half, y + half)).collect();
            marks::band(page, &edges, axes, colour);
            marks::curve(page, points, axes, marks::CURVE + 0.3, colour);
        }
        Marks::Dashes(points) => marks::dashed(page, points, axes, colour),
        Marks::Curves(curves) => {
            curves.iter().for_each(|points| marks::curve(page, points, axes, THIN, colour));
        }
        Marks::Steps { edges, heights } => marks::steps(page, edges, heights, axes, colour),
        Marks::Points { points, joined } => points_of(page, at, points, *joined, colour),
        Marks::Area(points) => marks::area(page, points, axes, colour),
        Marks::Cells(cells) => marks::cells(page, cells, axes, colour),
        Marks::Shares(shares) => {
            for &(x, y, share) in shares.iter().filter(|s| at.x.holds(s.0) && at.y.holds(s.1)) {
                marks::share(page, (at.x.at(x), at.y.at(y)), share, colour);
            }
        }
        Marks::Rings(rings) => {
            for &(x, y) in rings.iter().filter(|p| at.x.holds(p.0) && at.y.holds(p.1)) {
                marks::ring(page, (at.x.at(x), at.y.at(y)), colour);
            }
        }
        Marks::Rows(_) | Marks::Shades(_) => {}
    }
}

fn points_of(page: &mut Picture, at: &PanelPlace, points: &[Point], joined: bool, colour: Colour) {
    if joined {
        let line: Vec<(f64, f64)> = points.iter().map(|p| (p.x, p.y)).collect();
        marks::curve(page, &line, (&at.x, &at.y), marks::CURVE, colour);
    }
    for p in points.iter().filter(|p| at.x.holds(p.x) && p.y.is_finite()) {
        marks::point(page, at.x.at(p.x), (p.y, p.low, p.high), &at.y, colour);
    }
}

/// A layer of rows of this pitch; a bar and its name, or the number of rows, stand at its left.
fn rows_of_marks(page: &mut Picture, at: &PanelPlace, layer: &Layer, (place, pitch): (Span, f64)) {
    let rows = layer.rows();
    if rows == 0 {
        return;
    }
    let (left, middle) = (at.left - ROWS_BAR, place.middle());
    let (inset, heights) = match at.panel.pitch {
        Some(_) => {
            let (x, colour) = (at.left - rows::APART, layer.colour.shade(0.15));
            page.text_in(rows::name(layer), (x, middle), LABEL, Align::Right, colour);
            (0.0, NAMED)
        }
        None => {
            let count = counted(rows, &at.panel.y.name);
            let fits = text_width(&count, FINE) <= place.bottom - place.top;
            if fits && !at.panel.y.name.is_empty() {
                page.text_upwards(count, (at.left - at.name, middle), FINE);
            }
            ((0.15 * pitch).min(1.0), COUNTED)
        }
    };
    let (top, bottom) = (place.top + inset, place.bottom - inset);
    page.rect((left, top), (left + 2.0, bottom), layer.colour);
    let place = |k: usize, height: f64| {
        let top = middle + (k as f64 - 0.5 * (rows as f64 - 1.0)) * pitch - 0.5 * height;
        Span { top, bottom: top + height }
    };
    match &layer.marks {
        Marks::Rows(rows) => {
            let height = (0.9 * pitch).clamp(heights.0, heights.1);
            for (k, row) in rows.iter().enumerate() {
                marks::spikes(page, runs(row, at), place(k, height), layer.colour);
            }
        }
        Marks::Shades(rows) => {
            for (k, row) in rows.iter().enumerate() {
                shades(page, row, at, place(k, pitch));
            }
        }
        _ => {}
    }
}

/// Marks of one row, each in its shade of grey.
fn shades(page: &mut Picture, row: &[(f64, f64, f64)], at: &PanelPlace, place: Span) {
    let (low, high) = at.x.values();
    for &(from, to, shade) in row.iter().filter(|run| run.1 >= low && run.0 <= high) {
        let (from, to) = (at.x.at(from.max(low)), at.x.at(to.min(high)));
        page.rect((from, place.top), (to, place.bottom), INK.tint(1.0 - shade));
    }
}

/// First and last pixel of runs of marks that overlap.
fn runs(row: &[(f64, f64)], at: &PanelPlace) -> Vec<(f64, f64)> {
    let (low, high) = at.x.values();
    let shown = row.iter().filter(|(from, to)| *to >= low && *from <= high);
    let mut marks: Vec<(f64, f64)> =
        shown.map(|(from, to)| (at.x.at(*from), at.x.at(*to))).collect();
    marks.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let mut runs: Vec<(f64, f64)> = Vec::new();
    for (from, to) in marks {
        match runs.last_mut() {
            Some((_, last)) if from - *last < marks::SPIKE => *last = last.max(to),
            _ => runs.push((from, to)),
        }
    }
    runs
}

fn axes(page: &mut Picture, at: &PanelPlace) {
    let (x, y) = (&at.panel.x, &at.panel.y);
    if y.drawn && !has_rows(at.panel) {
        let names: Vec<&str> =
            [&y.name, &y.note].into_iter().map(String::as_str).filter(|n| !n.is_empty()).collect();
        let (names, distance) = (names.as_slice(), at.name);
        Left { x: at.left, span: at.span, ticks: at.y_ticks, names, distance }.draw(page, &at.y);
    }
    if x.drawn {
        let (left, right, y) = (at.left, at.right, at.span.bottom);
        Bottom { left, right, y, ticks: at.x_ticks, words: &x.words, name: &x.name }
            .draw(page, &at.x);
    }
}

/// Title and legend.
fn headings(page: &mut Picture, at: &PanelPlace) {
    let room = legend::name_room((at.left, at.right));
    match at.panel.legend {
        Legend::Above => {
            let bottom = at.span.top - at.bars() - LEGEND_GAP - 8.0;
            legend::draw(page, &at.keys, &at.places, bottom, room);
        }
        Legend::Beside => {
            let room = legend::name_room((at.right + BESIDE, RIGHT));
            column(page, at, (at.right + BESIDE, at.span.top), room);
        }
        Legend::UpperLeft => column(page, at, (at.left + 8.0, at.span.top + 2.0), room - 12.0),
        Legend::LowerRight => {
            let room = room - 12.0;
            let width = at.keys.iter().map(|key| legend::width(key, room)).fold(0.0, f64::max);
            let height = at.keys.len() as f64 * legend::TIGHT;
            let corner = (at.right - 4.0 - width, at.span.bottom - 6.0 - height);
            column(page, at, corner, room);
        }
    }
    let title = fitted(&at.panel.title, LABEL, at.right - at.left);
    page.text(title, (at.left, at.top + 0.5 * PANEL_TITLE), LABEL, Align::Left);
}

/// The legend with one entry below another.
fn column(page: &mut Picture, at: &PanelPlace, (x, top): (f64, f64), room: f64) {
    for (k, key) in at.keys.iter().enumerate() {
        let y = top + (k as f64 + 0.5) * legend::TIGHT;
        legend::entry(page, key, (x, y), room);
    }
}
