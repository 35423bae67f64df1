//! The panels: raster, rates and overlaps above a common time axis.

use super::axis::Axis;
use super::content::{COLUMNS, Content, Curve, Group, Overlaps};
use super::layout::{
    Entry, KEY, LABEL, LANE, LEGEND, Layout, SMALL, Span, TITLE, group_label, legend_label,
};
use super::page::{Align, Colour, Drawn, GREY, INK, Page, fitted};
use plotters_backend::DrawingBackend;

/// Widths of lines.
const SPINE: f64 = 1.0;
const CURVE: f64 = 1.1;
/// Length of a tick of an axis.
const TICK: f64 = 4.0;
/// Width of a spike.
const SPIKE: f64 = 1.0;
/// Of the range of the overlaps with all other patterns.
const BAND: Colour = Colour(172, 172, 172);

/// Draws the figure.
pub fn draw<B: DrawingBackend>(page: &mut Page<B>, content: &Content, at: &Layout) -> Drawn<B> {
    let time = Axis::new((0.0, content.end), (at.left, at.right));
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
    rates(page, &content.rates, at, &time)?;
    if let (Some(shown), Some(span)) = (&content.overlaps, at.overlaps) {
        cues(page, content, at, &time, span)?;
        overlaps(page, shown, at, &time, span)?;
    }
    time_axis(page, at, &time)
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
    let middle = 0.5 * (span.top + span.bottom);
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
        for (from, to) in row.runs(apart.max(1)) {
            let (left, right) = (columns.at(from as f64 + 0.5), columns.at(to as f64 + 0.5));
            let (left, right) = (left - 0.5 * SPIKE, right + 0.5 * SPIKE);
            page.rect((left, top), (right, top + height), group.colour)?;
        }
    }
    Ok(())
}

fn rates<B: DrawingBackend>(
    page: &mut Page<B>,
    curves: &[Curve],
    at: &Layout,
    time: &Axis,
) -> Drawn<B> {
    let span = at.rates;
    let value = value_axis(curves.iter(), span);
    draw_curves(page, curves, time, &value)?;
    left_axis(page, at, span, &value, 4, &["rate (Hz)"])?;
    legend(page, curves, None, &at.rates_legend, span.top - 8.0)
}

fn overlaps<B: DrawingBackend>(
    page: &mut Page<B>,
    shown: &Overlaps,
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
    left_axis(page, at, span, &value, 5, &["overlap (Hz)", "foreground − background"])?;
    let bottom = span.top - at.cues() - 8.0;
    legend(page, &shown.shown, shown.largest_other.as_ref(), &at.overlaps_legend, bottom)
}

fn draw_curves<B: DrawingBackend>(
    page: &mut Page<B>,
    curves: &[Curve],
    time: &Axis,
    value: &Axis,
) -> Drawn<B> {
    for curve in curves.iter().filter(|c| !c.points.is_empty()) {
        let points = curve.points.iter().map(|&(t, v)| (time.at(t), value.at(v)));
        page.line(points, CURVE, curve.colour)?;
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
    let x = at.left;
    page.line([(x, span.top), (x, span.bottom)], SPINE, INK)?;
    for (y, text) in value.ticks(ticks) {
        page.line([(x - TICK, y), (x, y)], SPINE, INK)?;
        page.text(&text, (x - TICK - 4.0, y), SMALL, Align::Right, INK)?;
    }
    let middle = 0.5 * (span.top + span.bottom);
    for (k, name) in names.iter().rev().enumerate() {
        let size = if k + 1 == names.len() { LABEL } else { SMALL - 1.0 };
        page.text_upwards(name, (x - 45.0 - 15.0 * k as f64, middle), size, INK)?;
    }
    Ok(())
}

/// The time axis below the last panel.
fn time_axis<B: DrawingBackend>(page: &mut Page<B>, at: &Layout, time: &Axis) -> Drawn<B> {
    let y = at.overlaps.unwrap_or(at.rates).bottom;
    page.line([(at.left - 0.5 * SPINE, y), (at.right, y)], SPINE, INK)?;
    for (x, text) in time.ticks(10) {
        page.line([(x, y), (x, y + TICK)], SPINE, INK)?;
        page.text(&text, (x, y + TICK + 9.0), SMALL, Align::Centre, INK)?;
    }
    let middle = 0.5 * (at.left + at.right);
    page.text("time (s)", (middle, y + 32.0), LABEL, Align::Centre, INK)
}

/// Names with a sample of each curve and of the band; `bottom` is the middle of the last line.
fn legend<B: DrawingBackend>(
    page: &mut Page<B>,
    curves: &[Curve],
    band: Option<&Curve>,
    entries: &[Entry],
    bottom: f64,
) -> Drawn<B> {
    let last = entries.last().map_or(0, |entry| entry.1);
    for (k, (curve, &(x, line))) in curves.iter().chain(band).zip(entries).enumerate() {
        let y = bottom - (last - line) as f64 * LEGEND;
        if k < curves.len() {
            page.line([(x, y), (x + KEY, y)], 2.0, curve.colour)?;
        } else {
            page.rect((x, y - 4.0), (x + KEY, y + 4.0), BAND)?;
        }
        page.text(&legend_label(&curve.label), (x + KEY + 5.0, y), SMALL, Align::Left, INK)?;
    }
    Ok(())
}
