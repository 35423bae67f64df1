//! The range of an axis, from the data.

use super::panel::{Marks, Panel, Range, Reference, Scale};

/// Room beyond the data, as a share of their range.
const ROOM: f64 = 0.04;

/// The same for the names of upright lines.
const NAMES: f64 = 0.1;

/// The least and largest value, if there is any.
pub type Extent = Option<(f64, f64)>;

/// Of both.
pub fn joined(a: Extent, b: Extent) -> Extent {
    match (a, b) {
        (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
        (a, b) => a.or(b),
    }
}

fn of(values: impl Iterator<Item = f64>, log: bool) -> Extent {
    let good = values.filter(|v| v.is_finite() && (!log || *v > 0.0));
    good.fold(None, |extent, v| joined(extent, Some((v, v))))
}

/// Of the x of all layers, and of the lines for reference.
pub fn x(panel: &Panel) -> Extent {
    let log = panel.x.log;
    let pairs = |points: &[(f64, f64)]| of(points.iter().map(|p| p.0), log);
    let layers = panel.layers.iter().map(|layer| match &layer.marks {
        Marks::Curve { points, .. } | Marks::Dashes(points) | Marks::Area(points) => pairs(points),
        Marks::Curves(curves) => curves.iter().map(|c| pairs(c)).fold(None, joined),
        Marks::Steps { edges, .. } => of(edges.iter().copied(), log),
        Marks::Points { points, .. } => of(points.iter().map(|p| p.x), log),
        Marks::Cells(cells) => of(cells.iter().flatten().map(|p| p.0), log),
        Marks::Shares(shares) => of(shares.iter().map(|s| s.0), log),
        Marks::Rings(rings) => of(rings.iter().map(|p| p.0), log),
        Marks::Rows(rows) => of(rows.iter().flatten().flat_map(|run| [run.0, run.1]), log),
        Marks::Shades(rows) => of(rows.iter().flatten().flat_map(|run| [run.0, run.1]), log),
    });
    let lines = panel.references.iter().filter_map(|reference| match reference {
        Reference::At(x, _) => Some(*x),
        _ => None,
    });
    beside(layers.fold(None, joined), of(lines, log))
}

/// The extent of the data with that of lines for reference, which are no data by themselves.
fn beside(data: Extent, lines: Extent) -> Extent {
    data.and(joined(data, lines))
}

/// Of the y of all layers with their bands and bars, and of the levels for reference.
///
/// Layers of rows stand one below another.
pub fn y(panel: &Panel) -> Extent {
    let rows: usize = panel.layers.iter().map(|layer| layer.rows()).sum();
    if rows > 0 {
        return Some((0.0, rows as f64));
    }
    let log = panel.y.log;
    let pairs = |points: &[(f64, f64)]| of(points.iter().map(|p| p.1), log);
    let layers = panel.layers.iter().map(|layer| match &layer.marks {
        Marks::Curve { points, band } => {
            let edges = points.iter().zip(band).flat_map(|(p, half)| [p.1 - half, p.1 + half]);
            joined(pairs(points), of(edges, log))
        }
        Marks::Dashes(points) | Marks::Area(points) => pairs(points),
        Marks::Curves(curves) => curves.iter().map(|c| pairs(c)).fold(None, joined),
        Marks::Steps { heights, .. } => of(heights.iter().copied(), log),
        Marks::Points { points, .. } => of(points.iter().flat_map(|p| [p.y, p.low, p.high]), log),
        Marks::Cells(cells) => of(cells.iter().flatten().map(|p| p.1), log),
        Marks::Shares(shares) => of(shares.iter().map(|s| s.1), log),
        Marks::Rings(rings) => of(rings.iter().map(|p| p.1), log),
        Marks::Rows(_) | Marks::Shades(_) => None,
    });
    let levels = panel.references.iter().filter_map(|reference| match reference {
        Reference::Level(level, _) => Some(*level),
        _ => None,
    });
    let extent = beside(layers.fold(None, joined), of(levels, log));
    let named = |r: &Reference| matches!(r, Reference::At(_, name) if !name.is_empty());
    let room = if panel.references.iter().any(named) && !log { NAMES } else { 0.0 };
    extent.map(|(low, high)| (low, high + room * (high - low.min(0.0))))
}

/// The ends of `scale` for data of this extent: finite, ascending, and above 0 on a logarithmic axis.
pub fn range(scale: &Scale, data: Extent) -> (f64, f64) {
    if let Range::Given(low, high) = scale.range
        && low < high
        && (high - low).is_finite()
        && (!scale.log || low > 0.0)
    {
        return (low, high);
    }
    if scale.log {
        let (low, high) = data.unwrap_or((1.0, 10.0));
        let room = (high / low).powf(ROOM).max(1.1);
        return (low / room, high * room);
    }
    let (low, high) = data.unwrap_or((0.0, 1.0));
    if scale.range != Range::Zero {
        let room = if high > low { ROOM * (high - low) } else { 0.5 * high.abs().max(1.0) };
        return (low - room, high + room);
    }
    let (low, high) = (low.min(0.0), high.max(0.0));
    let room = if high > low { ROOM * (high - low) } else { 1.0 };
    // A mean less its standard error may lie below 0 by rounding alone.
    let below = if low < -1e-9 * (high - low) { low - room } else { 0.0 };
    (below, if high > 0.0 || low >= 0.0 { high + room } else { 0.0 })
}

#[cfg(test)]
mod tests {
    use super::super::super::page::INK;
    use super::*;

    #[test]
    fn ranges_hold_the_data_and_have_some_room() {
        let scale = Scale::new("x");
        assert_eq!(range(&scale, Some((0.0, 100.0))), (-4.0, 104.0));
        assert_eq!(range(&scale, Some((3.0, 3.0))), (1.5, 4.5));
        let zero = scale.clone().with_zero();
        assert_eq!(range(&zero, Some((10.0, 100.0))), (0.0, 104.0));
        assert_eq!(range(&zero, Some((-100.0, -10.0))), (-104.0, 0.0));
        assert_eq!(range(&zero, Some((-50.0, 50.0))), (-54.0, 54.0));
        assert_eq!(range(&zero, Some((0.0, 0.0))), (0.0, 1.0));
        assert_eq!(range(&zero, None), (0.0, 1.04));
        assert_eq!(range(&scale.clone().within(2.0, 5.0), Some((0.0, 9.0))), (2.0, 5.0));
        assert_eq!(range(&scale.clone().within(5.0, 5.0), Some((0.0, 100.0))), (-4.0, 104.0));
        let (low, high) = range(&scale.log(), Some((1.0, 1000.0)));
        assert!(0.7 < low && low < 0.91 && 1100.0 < high && high < 1400.0, "{low} {high}");
    }

    #[test]
    fn what_is_not_finite_does_not_count() {
        let points = vec![(0.0, f64::NAN), (f64::INFINITY, 2.0), (5.0, 1.0)];
        let panel = Panel::new(Scale::new("x"), Scale::new("y"))
            .against(Reference::Level(3.0, String::new()))
            .with("", INK, Marks::Curve { points, band: vec![0.1, f64::NAN, 0.5] });
        assert_eq!(x(&panel), Some((0.0, 5.0)));
        assert_eq!(y(&panel), Some((0.5, 3.0)));
        let log = Panel { x: Scale::new("x").log(), ..panel };
        assert_eq!(x(&log), Some((5.0, 5.0)));
        assert_eq!(y(&Panel { layers: Vec::new(), ..log }), None);
    }
}
