//! The panels: raster, rates, overlaps and energy above a common time axis.

use super::axis::Axis;
use super::content::{COLUMNS, Content, Curve, Group, Overlaps};
use super::frame::{Bottom, Left, Span};
use super::layout::{BAND, ENERGY_TICKS, LANE, Layout, Legend, energy_axis, group_label};
use super::legend;
use super::marks::{self, SPIKE};
use super::page::{Align, Drawn, GREY, INK, LABEL, Page, SMALL, TITLE, fitted};
use crate::units::Clock;
use plotters_backend::DrawingBackend;

/// From the axis to the middle of its name.
const NAME: f64 = 45.0;

/// Draws the figure.
pub fn draw<B: DrawingBackend>(page: &mut Page<B>, content: &Content, at: &Layout) -> Drawn<B> {
    let time = Axis::new(content.ends, (at.left, at.right));
    let title = fitted(&content.title, TITLE, at.right - at.left);
    page.text(&title, (at.left, at.title), TITLE, Align::Left, INK)?;

    cues(page, content, at, &time, at.raster)?;
    if at.lanes > 0 {
        let middle = at.raster.top - 3.0 - 0.5 * LANE * at.lanes as f64;
        page.text("cue", (at.left - 12.0, middle), SMALL, Align::Right, INK)?;
    }
    for (group, span) in content.groups.iter().zip(&at.groups) {
        raster(page, group, at, *span)?;
    }

    shading(page, content, &time, at.rates)?;
    rates(page, content, at, &time)?;
    if let (Some(shown), Some(span)) = (&content.overlaps, at.overlaps) {
        cues(page, content, at, &time, span)?;
        overlaps(page, (shown, content.clock), at, &time, span)?;
    }
    if let (Some(curve), Some(span)) = (&content.energy, at.energy) {
        shading(page, content, &time, span)?;
        energy(page, curve, at, &time, span)?;
    }
    time_axis(page, content, at, &time)
}

/// The light stripes that mark the stimuli in a panel.
fn shading<B: DrawingBackend>(
    page: &mut Page<B>,
    content: &Content,
    time: &Axis,
    span: Span,
) -> Drawn<B> {
    for cue in content.cues.iter().filter(|cue| cue.lane == 0) {
        let alone = !content.cues.iter().any(|c| c.lane > 0 && c.start == cue.start);
        let colour = if alone { cue.colour } else { GREY };
        let (from, to) = (time.at(cue.start), time.at(cue.end));
        page.rect((from, span.top), (to, span.bottom), colour.tint(0.86))?;
    }
    Ok(())
}

/// Shading, and bars above it in the colours of what is shown.
fn cues<B: DrawingBackend>(
    page: &mut Page<B>,
    content: &Content,
    at: &Layout,
    time: &Axis,
    span: Span,
) -> Drawn<B> {
    shading(page, content, time, span)?;
    for cue in &content.cues {
        let top = span.top - 3.0 - LANE * (cue.lane.min(at.lanes - 1) + 1) as f64;
        let (from, to) = (time.at(cue.start), time.at(cue.end));
        page.rect((from, top + 2.0), (to, top + LANE), cue.colour)?;
    }
    Ok(())
}

fn raster<B: DrawingBackend>(
    page: &mut Page<B>,
    group: &Group,
    at: &Layout,
    span: Span,
) -> Drawn<B> {
    let middle = span.middle();
    let name = group_label(&group.label);
    page.text(&name, (at.left - 12.0, middle), LABEL, Align::Right, group.colour.shade(0.15))?;
    page.rect((at.left - 6.0, span.top), (at.left - 4.0, span.bottom), group.colour)?;

    let columns = Axis::new((0.0, COLUMNS as f64), (at.left, at.right));
    let height = (0.9 * at.pitch).clamp(1.5, 5.0);
    // The width of a spike in columns: spikes that are closer overlap.
    let apart = (SPIKE * COLUMNS as f64 / (at.right - at.left)).floor() as usize;
    let first = middle - 0.5 * at.pitch * (group.rows.len() as f64 - 1.0);
    for (k, row) in group.rows.iter().enumerate() {
        let top = first + k as f64 * at.pitch - 0.5 * height;
        let pixel = |column: usize| columns.at(column as f64 + 0.5);
        let runs = row.runs(apart.max(1)).into_iter().map(|(from, to)| (pixel(from), pixel(to)));
        marks::spikes(page, runs, Span { top, bottom: top + height }, group.colour)?;
    }
    Ok(())
}

fn rates<B: DrawingBackend>(
    page: &mut Page<B>,
    content: &Content,
    at: &Layout,
    time: &Axis,
) -> Drawn<B> {
    let (span, curves) = (at.rates, &content.rates);
    let value = value_axis(curves.iter(), span);
    draw_curves(page, curves, time, &value)?;
    let name = match content.clock {
        Clock::Ms => "rate (Hz)",
        Clock::Sweeps => "mean activity",
    };
    left_axis(page, at, span, &value, 4, &[name])?;
    draw_legend(page, &at.rates_legend, span.top)
}

fn overlaps<B: DrawingBackend>(
    page: &mut Page<B>,
    (shown, clock): (&Overlaps, Clock),
    at: &Layout,
    time: &Axis,
    span: Span,
) -> Drawn<B> {
    let all = shown.shown.iter().chain(&shown.largest_other);
    let value = value_axis(all, span);
    let zero = value.at(0.0);
    if let Some(largest) = &shown.largest_other
        && let (Some(first), Some(last)) = (largest.points.first(), largest.points.last())
    {
        let above = largest.points.iter().map(|&(t, v)| (time.at(t), value.at(v)));
        let below = [(time.at(last.0), zero), (time.at(first.0), zero)];
        page.polygon(above.chain(below), BAND)?;
    }
    page.line([(at.left, zero), (at.right, zero)], 0.5, GREY)?;
    draw_curves(page, &shown.shown, time, &value)?;
    let name = match clock {
        Clock::Ms => "overlap (Hz)",
        Clock::Sweeps => "overlap",
    };
    left_axis(page, at, span, &value, 5, &[name, "foreground − background"])?;
    draw_legend(page, &at.overlaps_legend, span.top - at.cues())
}

fn energy<B: DrawingBackend>(
    page: &mut Page<B>,
    curve: &Curve,
    at: &Layout,
    time: &Axis,
    span: Span,
) -> Drawn<B> {
    let value = energy_axis(curve, (span.bottom, span.top));
    draw_curves(page, std::slice::from_ref(curve), time, &value)?;
    let (ticks, distance) = (ENERGY_TICKS, at.energy_name.max(NAME));
    Left { x: at.left, span, ticks, names: &["energy"], distance }.draw(page, &value)
}

fn draw_curves<B: DrawingBackend>(
    page: &mut Page<B>,
    curves: &[Curve],
    time: &Axis,
    value: &Axis,
) -> Drawn<B> {
    for curve in curves {
        marks::curve(page, &curve.points, (time, value), marks::CURVE, curve.colour)?;
    }
    Ok(())
}

/// An axis that holds zero and all values of `curves`.
fn value_axis<'a>(curves: impl Iterator<Item = &'a Curve>, span: Span) -> Axis {
    let (low, high) = curves
        .flat_map(|c| &c.points)
        .fold((0.0, 0.0), |(low, high): (f64, f64), p| (low.min(p.1), high.max(p.1)));
    let high = if high > low { high + 0.04 * (high - low) } else { low + 1.0 };
    Axis::new((low, high), (span.bottom, span.top))
}

fn left_axis<B: DrawingBackend>(
    page: &mut Page<B>,
    at: &Layout,
    span: Span,
    value: &Axis,
    ticks: usize,
    names: &[&str],
) -> Drawn<B> {
    Left { x: at.left, span, ticks, names, distance: NAME }.draw(page, value)
}

/// The time axis below the last panel.
fn time_axis<B: DrawingBackend>(
    page: &mut Page<B>,
    content: &Content,
    at: &Layout,
    time: &Axis,
) -> Drawn<B> {
    let y = at.energy.or(at.overlaps).unwrap_or(at.rates).bottom;
    let (name, ticks) = match content.clock {
        Clock::Ms => ("time (s)", 10),
        // Not between sweeps, unless there are looks between them.
        Clock::Sweeps => ("time (sweeps)", (content.ends.1.ceil() as usize).clamp(1, 10)),
    };
    let axis = Bottom { left: at.left, right: at.right, y, ticks, name };
    axis.draw(page, time)
}

/// The legend that stands on what begins at `top`.
fn draw_legend<B: DrawingBackend>(page: &mut Page<B>, of: &Legend, top: f64) -> Drawn<B> {
    legend::draw(page, &of.keys, &of.places, top - 8.0, legend::NAME)
}
