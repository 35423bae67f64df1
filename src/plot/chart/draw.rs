//! Draws the panels of a figure in their places.

use super::super::frame::{Bottom, Left, Span};
use super::super::legend;
use super::super::marks;
use super::super::page::{
    Align, Colour, Drawn, GREY, INK, LABEL, MARGIN, Page, RIGHT, SMALL, TITLE, fitted, text_width,
};
use super::panel::{Layer, Legend, Marks, Point, Reference};
use super::place::{
    BAR, BAR_NAME, BAR_ROOM, LEGEND_GAP, PANEL_TITLE, Plan, ROWS_BAR, Spot, has_rows,
};
use plotters_backend::DrawingBackend;

/// Width of one of many curves.
const THIN: f64 = 0.5;
/// Most height of a mark of a row, and least of one of a crowd.
const HIGHEST: f64 = 10.0;
const LOWEST: f64 = 0.5;
/// From a panel to the legend beside it.
const BESIDE: f64 = 24.0;
/// Size of the names of stretches and of lines for reference.
const FINE: f64 = SMALL - 1.0;

pub fn figure<B: DrawingBackend>(page: &mut Page<B>, title: &str, plan: &Plan) -> Drawn<B> {
    if !title.is_empty() {
        let text = fitted(title, TITLE, RIGHT - MARGIN);
        page.text(&text, (MARGIN, MARGIN + 0.5 * TITLE), TITLE, Align::Left, INK)?;
    }
    plan.panels.iter().try_for_each(|spot| panel(page, spot))
}

fn panel<B: DrawingBackend>(page: &mut Page<B>, at: &Spot) -> Drawn<B> {
    stretches(page, at)?;
    if at.empty {
        let centre = (0.5 * (at.left + at.right), at.span.middle());
        page.text("no data", centre, SMALL, Align::Centre, GREY)?;
    }
    lines(page, at)?;
    let mut row = 0;
    for layer in &at.panel.layers {
        match layer.rows() {
            Some(rows) => {
                rows_of_marks(page, at, layer, row, rows)?;
                row += rows.len();
            }
            None => marks_of(page, at, layer)?,
        }
    }
    names_of_lines(page, at)?;
    axes(page, at)?;
    headings(page, at)
}

/// Shading, bars, and the names of these side by side.
fn stretches<B: DrawingBackend>(page: &mut Page<B>, at: &Spot) -> Drawn<B> {
    let (low, high) = at.x.values();
    let mut free = at.left - 0.5 * BAR_NAME;
    for stretch in at.panel.stretches.iter().filter(|s| s.from < high && s.to > low) {
        let (from, to) = (at.x.at(stretch.from), at.x.at(stretch.to));
        if let Some(colour) = stretch.colour {
            page.rect((from, at.span.top), (to, at.span.bottom), colour.tint(0.86))?;
        }
        if at.bars() == 0.0 {
            continue;
        }
        let bottom = at.span.top - BAR_ROOM + BAR;
        if let Some(colour) = stretch.colour {
            page.rect((from, bottom - BAR), (to, bottom), colour)?;
        }
        if stretch.name.is_empty() {
            continue;
        }
        let width = text_width(&stretch.name, FINE);
        let left = (0.5 * (from + to - width)).max(free);
        // A name that has no room any more is left out; its bar stays.
        if left + width <= at.right + BAR_NAME {
            let y = at.span.top - BAR_ROOM - 0.5 * BAR_NAME;
            page.text(&stretch.name, (left, y), FINE, Align::Left, INK)?;
            free = left + width + 5.0;
        }
    }
    Ok(())
}

fn lines<B: DrawingBackend>(page: &mut Page<B>, at: &Spot) -> Drawn<B> {
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
        marks::dashes(page, from, to, GREY)?;
    }
    Ok(())
}

/// The names of lines for reference, on top of the marks.
fn names_of_lines<B: DrawingBackend>(page: &mut Page<B>, at: &Spot) -> Drawn<B> {
    let colour = GREY.shade(0.3);
    for reference in &at.panel.references {
        match reference {
            Reference::Level(level, name) if at.y.holds(*level) && !name.is_empty() => {
                let y = (at.y.at(*level) - 0.7 * FINE).max(at.span.top + 0.5 * FINE);
                page.text(name, (at.right - 2.0, y), FINE, Align::Right, colour)?;
            }
            Reference::At(value, name) if at.x.holds(*value) && !name.is_empty() => {
                let (x, y) = (at.x.at(*value), at.span.top + 0.5 * FINE);
                let fits = x + 4.0 + text_width(name, FINE) <= at.right;
                let (x, align) =
                    if fits { (x + 4.0, Align::Left) } else { (x - 4.0, Align::Right) };
                page.text(name, (x, y), FINE, align, colour)?;
            }
            _ => {}
        }
    }
    Ok(())
}

fn marks_of<B: DrawingBackend>(page: &mut Page<B>, at: &Spot, layer: &Layer) -> Drawn<B> {
    let (axes, colour) = ((&at.x, &at.y), layer.colour);
    match &layer.marks {
        Marks::Curve { points, band } => {
            let edges: Vec<marks::Ranged> =
                points.iter().zip(band).map(|(&(x, y), half)| (x, y - half, y + half)).collect();
            marks::band(page, &edges, axes, colour)?;
            marks::curve(page, points, axes, marks::CURVE + 0.3, colour)
        }
        Marks::Dashes(points) => marks::dashed(page, points, axes, colour),
        Marks::Curves(curves) => {
            curves.iter().try_for_each(|points| marks::curve(page, points, axes, THIN, colour))
        }
        Marks::Steps { edges, heights } => marks::steps(page, edges, heights, axes, colour),
        Marks::Points { points, joined } => points_of(page, at, points, *joined, colour),
        Marks::Rows(_) => Ok(()),
    }
}

fn points_of<B: DrawingBackend>(
    page: &mut Page<B>,
    at: &Spot,
    points: &[Point],
    joined: bool,
    colour: Colour,
) -> Drawn<B> {
    if joined {
        let line: Vec<(f64, f64)> = points.iter().map(|p| (p.x, p.y)).collect();
        marks::curve(page, &line, (&at.x, &at.y), marks::CURVE, colour)?;
    }
    for p in points.iter().filter(|p| at.x.holds(p.x) && p.y.is_finite()) {
        marks::point(page, at.x.at(p.x), (p.y, p.low, p.high), &at.y, colour)?;
    }
    Ok(())
}

/// A layer of rows from row `first` of the panel; a bar and the number of rows stand at its left.
fn rows_of_marks<B: DrawingBackend>(
    page: &mut Page<B>,
    at: &Spot,
    layer: &Layer,
    first: usize,
    rows: &[Vec<f64>],
) -> Drawn<B> {
    if rows.is_empty() {
        return Ok(());
    }
    let edge = |row: usize| at.y.at(row as f64);
    let pitch = edge(first + 1) - edge(first);
    let inset = (0.15 * pitch).min(1.0);
    let group = Span { top: edge(first) + inset, bottom: edge(first + rows.len()) - inset };
    page.rect(
        (at.left - ROWS_BAR, group.top),
        (at.left - ROWS_BAR + 2.0, group.bottom),
        layer.colour,
    )?;
    let plural = if rows.len() == 1 { "" } else { "s" };
    let count = format!("{} {}{plural}", rows.len(), at.panel.y.name);
    if !at.panel.y.name.is_empty() && text_width(&count, FINE) <= group.bottom - group.top {
        page.text_upwards(&count, (at.left - at.name, group.middle()), FINE, INK)?;
    }
    let height = (0.9 * pitch).clamp(LOWEST, HIGHEST);
    for (k, row) in rows.iter().enumerate() {
        let top = 0.5 * (edge(first + k) + edge(first + k + 1) - height);
        let runs = runs(row, at);
        marks::spikes(page, runs, Span { top, bottom: top + height }, layer.colour)?;
    }
    Ok(())
}

/// First and last pixel of runs of marks that overlap.
fn runs(row: &[f64], at: &Spot) -> Vec<(f64, f64)> {
    let mut pixels: Vec<f64> =
        row.iter().filter(|&&v| at.x.holds(v)).map(|&v| at.x.at(v)).collect();
    pixels.sort_unstable_by(f64::total_cmp);
    let mut runs: Vec<(f64, f64)> = Vec::new();
    for pixel in pixels {
        match runs.last_mut() {
            Some((_, last)) if pixel - *last < marks::SPIKE => *last = pixel,
            _ => runs.push((pixel, pixel)),
        }
    }
    runs
}

fn axes<B: DrawingBackend>(page: &mut Page<B>, at: &Spot) -> Drawn<B> {
    let (x, y) = (&at.panel.x, &at.panel.y);
    if y.drawn && !has_rows(at.panel) {
        let names: Vec<&str> =
            [&y.name, &y.note].into_iter().map(String::as_str).filter(|n| !n.is_empty()).collect();
        let (names, distance) = (names.as_slice(), at.name);
        Left { x: at.left, span: at.span, ticks: at.y_ticks, names, distance }.draw(page, &at.y)?;
    }
    if x.drawn {
        let (left, right, y) = (at.left, at.right, at.span.bottom);
        Bottom { left, right, y, ticks: at.x_ticks, name: &x.name }.draw(page, &at.x)?;
    }
    Ok(())
}

/// Title and legend.
fn headings<B: DrawingBackend>(page: &mut Page<B>, at: &Spot) -> Drawn<B> {
    let room = legend::name_room((at.left, at.right));
    match at.panel.legend {
        Legend::Above => {
            let bottom = at.span.top - at.bars() - LEGEND_GAP - 8.0;
            legend::draw(page, &at.keys, &at.places, bottom, room)?;
        }
        Legend::Beside => {
            let room = legend::name_room((at.right + BESIDE, RIGHT));
            column(page, at, (at.right + BESIDE, at.span.top), room)?;
        }
        Legend::UpperLeft => column(page, at, (at.left + 8.0, at.span.top + 2.0), room - 12.0)?,
        Legend::LowerRight => {
            let room = room - 12.0;
            let width = at.keys.iter().map(|key| legend::width(key, room)).fold(0.0, f64::max);
            let height = at.keys.len() as f64 * legend::TIGHT;
            let corner = (at.right - 4.0 - width, at.span.bottom - 6.0 - height);
            column(page, at, corner, room)?;
        }
    }
    let title = fitted(&at.panel.title, LABEL, at.right - at.left);
    page.text(&title, (at.left, at.top + 0.5 * PANEL_TITLE), LABEL, Align::Left, INK)
}

/// The legend with one entry below another.
fn column<B: DrawingBackend>(
    page: &mut Page<B>,
    at: &Spot,
    (x, top): (f64, f64),
    room: f64,
) -> Drawn<B> {
    for (k, key) in at.keys.iter().enumerate() {
        let y = top + (k as f64 + 0.5) * legend::TIGHT;
        legend::entry(page, key, (x, y), room)?;
    }
    Ok(())
}
