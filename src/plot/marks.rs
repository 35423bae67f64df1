//! Marks within a panel: curves, bands, steps, points, spikes.

use super::axis::Axis;
use super::frame::Span;
use super::page::Colour;
use super::picture::Picture;

/// Width of a curve.
pub const CURVE: f64 = 1.1;
/// Width of a spike.
pub const SPIKE: f64 = 1.0;
/// Radius of a point.
pub const DOT: f64 = 2.6;
/// Radius of a circle.
const CIRCLE: f64 = 5.0;
const WHITE: Colour = Colour(255, 255, 255);
/// Width of lines that stand for reference, and length of their dashes and gaps.
const REFERENCE: f64 = 0.8;
const DASH: f64 = 4.0;
const GAP: f64 = 3.0;

/// The axes of a panel: x and y.
pub type Axes<'a> = (&'a Axis, &'a Axis);

/// A value and the interval in which it lies.
pub type Ranged = (f64, f64, f64);

/// A curve through `points`, with a gap where one is not a number or lies beyond the x axis.
pub fn curve(page: &mut Picture, points: &[(f64, f64)], (x, y): Axes, width: f64, colour: Colour) {
    for piece in points.split(|p| !(x.holds(p.0) && p.1.is_finite())).filter(|p| !p.is_empty()) {
        page.line(piece.iter().map(|p| (x.at(p.0), y.at(p.1))), width, colour);
    }
}

/// A dashed [`curve`].
pub fn dashed(page: &mut Picture, points: &[(f64, f64)], (x, y): Axes, colour: Colour) {
    for piece in points.split(|p| !(x.holds(p.0) && p.1.is_finite())) {
        let corners: Vec<(f64, f64)> = piece.iter().map(|p| (x.at(p.0), y.at(p.1))).collect();
        for dash in dashes_along(&corners) {
            page.line(dash, CURVE, colour);
        }
    }
}

/// The dashes of a line through `corners`, bent where it is.
fn dashes_along(corners: &[(f64, f64)]) -> Vec<Vec<(f64, f64)>> {
    let (mut dashes, mut dash) = (Vec::new(), Vec::new());
    // Whether a dash is being drawn, and what is left of it or of the gap.
    let (mut drawing, mut left) = (true, DASH);
    dash.extend(corners.first());
    for ends in corners.windows(2) {
        let (mut from, to) = (ends[0], ends[1]);
        loop {
            let length = (to.0 - from.0).hypot(to.1 - from.1);
            if length < left {
                left -= length;
                break;
            }
            let share = left / length;
            from = (from.0 + share * (to.0 - from.0), from.1 + share * (to.1 - from.1));
            dash.push(from);
            if drawing {
                dashes.push(std::mem::take(&mut dash));
            } else {
                dash = vec![from];
            }
            drawing = !drawing;
            left = if drawing { DASH } else { GAP };
        }
        if drawing {
            dash.push(to);
        }
    }
    if drawing && dash.len() > 1 {
        dashes.push(dash);
    }
    dashes
}

/// The band from low to high: of x, low, high.
pub fn band(page: &mut Picture, edges: &[Ranged], (x, y): Axes, colour: Colour) {
    let good = |e: &Ranged| x.holds(e.0) && e.1.is_finite() && e.2.is_finite();
    for piece in edges.split(|e| !good(e)).filter(|piece| piece.len() > 1) {
        let low = piece.iter().map(|e| (x.at(e.0), y.at(e.1)));
        let high = piece.iter().rev().map(|e| (x.at(e.0), y.at(e.2)));
        page.wash(low.chain(high), colour);
    }
}

/// The area between 0 and `points`.
pub fn area(page: &mut Picture, points: &[(f64, f64)], (x, y): Axes, colour: Colour) {
    for piece in points.split(|p| !(x.holds(p.0) && p.1.is_finite())).filter(|p| p.len() > 1) {
        let along = piece.iter().map(|p| (x.at(p.0), y.at(p.1)));
        let back = [piece[piece.len() - 1], piece[0]].map(|p| (x.at(p.0), y.at(0.0)));
        page.polygon(along.chain(back), colour);
    }
}

/// A histogram: `heights` between `edges`, filled down to the lower end of the y axis.
pub fn steps(page: &mut Picture, edges: &[f64], heights: &[f64], (x, y): Axes, colour: Colour) {
    let floor = y.ends().0;
    let mut outline = Vec::new();
    for (ends, &height) in edges.windows(2).zip(heights) {
        let height = if height.is_finite() { y.at(height) } else { floor };
        outline.extend([(x.at(ends[0]), height), (x.at(ends[1]), height)]);
    }
    let (Some(first), Some(last)) = (outline.first(), outline.last()) else { return };
    let mut closed = vec![(first.0, floor)];
    let end = (last.0, floor);
    closed.extend(outline);
    closed.push(end);
    page.wash(closed.iter().copied(), colour);
    page.line(closed, CURVE, colour);
}

/// A point at `x` with the bar of its interval.
pub fn point(page: &mut Picture, x: f64, (value, low, high): Ranged, y: &Axis, colour: Colour) {
    let (bottom, top) = (y.at(low), y.at(high));
    // The ends of a bar that the point covers would only make it a square.
    if low.is_finite() && high.is_finite() && bottom - top > 2.0 * DOT {
        page.line([(x, bottom), (x, top)], CURVE, colour);
        for end in [bottom, top] {
            page.line([(x - 2.5, end), (x + 2.5, end)], CURVE, colour);
        }
    }
    page.dot((x, y.at(value)), DOT, colour);
}

/// Rectangles between opposite corners.
pub fn cells(page: &mut Picture, cells: &[[(f64, f64); 2]], (x, y): Axes, colour: Colour) {
    for [a, b] in cells {
        let (left, right) = (x.at(a.0.min(b.0)), x.at(a.0.max(b.0)));
        let (top, bottom) = (y.at(a.1.max(b.1)), y.at(a.1.min(b.1)));
        page.rect((left, top), (right, bottom), colour);
    }
}

/// A circle of which a share of the area is filled from its centre; an empty one if the share is not a number.
pub fn share(page: &mut Picture, at: (f64, f64), share: f64, colour: Colour) {
    page.dot(at, CIRCLE, colour);
    page.dot(at, CIRCLE - CURVE, WHITE);
    if share > 0.0 {
        page.dot(at, CIRCLE * share.min(1.0).sqrt(), colour);
    }
}

/// An open point.
pub fn ring(page: &mut Picture, at: (f64, f64), colour: Colour) {
    page.dot(at, DOT + 0.5 * CURVE, colour);
    page.dot(at, DOT - 0.5 * CURVE, WHITE);
}

/// Spikes of a row: first and last pixel of runs that cannot be told apart.
pub fn spikes(
    page: &mut Picture,
    runs: impl IntoIterator<Item = (f64, f64)>,
    row: Span,
    colour: Colour,
) {
    for (from, to) in runs {
        let (left, right) = (from - 0.5 * SPIKE, to + 0.5 * SPIKE);
        page.rect((left, row.top), (right, row.bottom), colour);
    }
}

/// A dashed line.
pub fn dashes(page: &mut Picture, from: (f64, f64), to: (f64, f64), colour: Colour) {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = dx.hypot(dy);
    let at = |along: f64| {
        let share = if length > 0.0 { (along / length).min(1.0) } else { 0.0 };
        (from.0 + share * dx, from.1 + share * dy)
    };
    let dashes = (length / (DASH + GAP)).ceil() as usize;
    for k in 0..dashes {
        let start = k as f64 * (DASH + GAP);
        page.line([at(start), at(start + DASH)], REFERENCE, colour);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dashes_go_round_corners() {
        // Down, then to the right: 20 in all, thus dashes at 0..4, 7..11, 14..18.
        let dashes = dashes_along(&[(0.0, 0.0), (0.0, 9.0), (11.0, 9.0)]);
        assert_eq!(
            dashes,
            [
                vec![(0.0, 0.0), (0.0, 4.0)],
                vec![(0.0, 7.0), (0.0, 9.0), (2.0, 9.0)],
                vec![(5.0, 9.0), (9.0, 9.0)],
            ]
        );
        // In many pieces the same, and nothing of a point.
        let many: Vec<(f64, f64)> = (0..=180).map(|k| (0.0, 0.1 * f64::from(k))).collect();
        assert_eq!(dashes_along(&many).len(), 3);
        assert!(dashes_along(&[]).is_empty() && dashes_along(&[(1.0, 1.0)]).is_empty());
    }
}
