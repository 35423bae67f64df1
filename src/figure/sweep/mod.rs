//! Figures of the table of a sweep, and of the trials of one recording: what was measured, beside what theory expects.

mod capacity;
mod histogram;
pub(super) mod label;
mod quantity;
mod samples;
mod theory;

pub use crate::plot::sweep::{Curves, Line, Measured, Series};

use crate::error::{Error, Place, Result, suggest};
use crate::plot::chart::{Figure, Range, Scale};
use crate::plot::sweep::curves;
use crate::sweep::{SweepTable, Values};
use quantity::Quantity;
use samples::{Group, Member, Samples};

/// Most curves in a panel: more cannot be told apart.
const MOST_CURVES: usize = 12;

/// What a figure shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wanted {
    /// The column that is drawn: of /trials, or measured of whole runs.
    pub y: String,
    /// Against what: a swept key, `load`, `coding_level`, `temperature`, a column of /trials, or `age/N`; the first that
    /// varies if none is named.
    pub x: Option<String>,
    /// Of what every value has a curve, named in the same way; every combination of the other keys if none is named.
    pub series: Option<String>,
    /// Not y itself, but the largest load at which its mean is at least this.
    pub capacity: Option<f64>,
    /// Equal distances in y are equal factors.
    pub log_y: bool,
    /// The values of x that are shown.
    pub within: Option<(f64, f64)>,
}

/// A table, and what is drawn of it.
struct Drawing<'a> {
    table: &'a SweepTable,
    wanted: &'a Wanted,
    scales: Vec<Values>,
    x: Quantity,
    /// The axis along which x changes from point to point.
    along: Option<usize>,
    /// By what samples are divided among curves.
    series: Vec<Quantity>,
}

impl SweepTable {
    /// The figure of a column.
    ///
    /// # Errors
    /// If there is no such column, or nothing to draw it against.
    pub fn figure(&self, wanted: &Wanted) -> Result<Figure> {
        Ok(curves(&self.title(), &self.curves(wanted)?))
    }

    /// Its panel: means over runs or trials, and the lines of theories that apply.
    ///
    /// # Errors
    /// Those of [`SweepTable::figure`].
    pub fn curves(&self, wanted: &Wanted) -> Result<Curves> {
        let samples = Samples::of(self, &wanted.y)?;
        let drawing = Drawing::of(self, wanted)?;
        match wanted.capacity {
            Some(threshold) => drawing.capacities(&samples, threshold),
            None => drawing.means(&samples),
        }
    }
}

impl<'a> Drawing<'a> {
    fn of(table: &'a SweepTable, wanted: &'a Wanted) -> Result<Self> {
        let scales = table.scales();
        let named = |argument: &str, name: &String| Quantity::named(table, argument, name);
        let mut series: Vec<Quantity> =
            wanted.series.iter().map(|name| named("--series", name)).collect::<Result<_>>()?;
        let x = match &wanted.x {
            Some(name) => named("--x", name)?,
            None if wanted.capacity.is_some() => named("--x", &"coding_level".to_owned())?,
            None => Quantity::first(table, &series)?,
        };
        if series.contains(&x) {
            let name = wanted.series.clone().unwrap_or_default();
            return Err(Error::input("found what stands on the x axis", "", "name another key")
                .placed(Place::Argument(format!("--series {name}"))));
        }
        let along = x.axis(table);
        if wanted.series.is_none() {
            let load = wanted.capacity.and_then(|_| Quantity::Load.axis(table));
            let free = |k: &usize| Some(*k) != along && Some(*k) != load;
            series = (0..scales.len()).filter(free).map(Quantity::Key).collect();
        }
        Ok(Self { table, wanted, scales, x, along, series })
    }

    /// The mean of y against x.
    fn means(&self, samples: &Samples) -> Result<Curves> {
        let groups = self.groups(samples)?;
        let graded = self.is_graded(&groups);
        let bins = samples::bins(groups.iter().flat_map(|g| &g.members).map(|m| m.x));
        let curve = |group: &Group| Series {
            name: self.name(group),
            points: samples::measured(&group.members, &bins),
        };
        let series: Vec<Series> = groups.iter().map(curve).collect();
        let (theory, at) = self.theory(samples, &groups)?;
        let diagonal = self.x.is("overlap_start") && self.wanted.y == "overlap";
        let y = label::y(&self.wanted.y, &series);
        let (y, diagonal) = match label::x("overlap_start", &series).range {
            range @ Range::Given(..) if diagonal => (Scale { range, ..y }, true),
            _ => (y, false),
        };
        let y = y.noted(samples.note(self.table, &groups));
        // A line of theory through every point needs no other; between words there is nothing.
        let joined = !self.has_words()
            && (theory.is_empty() || (series.len() > 1 && self.wanted.y != "first_step"));
        Ok(self.panel(Curves {
            y,
            series,
            graded,
            joined,
            theory,
            at,
            diagonal,
            ..Curves::default()
        }))
    }

    /// Whether x is words.
    fn has_words(&self) -> bool {
        matches!(self.x, Quantity::Key(k) if matches!(self.scales[k], Values::Words(_)))
    }

    /// The panel with its axes.
    fn panel(&self, mut panel: Curves) -> Curves {
        if let ([one], false) = (&mut panel.series[..], panel.theory.is_empty()) {
            one.name = "measured".to_owned();
        }
        let x = self.x.scale(self.table, &panel.series);
        let x = match self.wanted.within {
            Some((low, high)) if x.words.is_empty() => x.within(low, high),
            _ => x,
        };
        let y = if self.wanted.log_y { Scale { log: true, ..panel.y } } else { panel.y };
        Curves { x, y, ..panel }
    }

    /// Samples by curve, each with its x.
    fn groups(&self, samples: &Samples) -> Result<Vec<Group>> {
        let x = self.x.values(self.table, samples, "--x")?;
        let own = |q: &Quantity| q.values(self.table, samples, "--series");
        let series: Vec<Vec<f64>> = self.series.iter().map(own).collect::<Result<_>>()?;
        let shown = |x: f64| self.wanted.within.is_none_or(|(a, b)| a <= x && x <= b);
        let mut groups: Vec<Group> = Vec::new();
        for (k, sample) in samples.all.iter().enumerate().filter(|(k, _)| shown(x[*k])) {
            let place: Vec<f64> = series.iter().map(|values| values[k]).collect();
            let g = groups.iter().position(|g| g.place == place).unwrap_or_else(|| {
                groups.push(Group { place, members: Vec::new(), points: Vec::new() });
                groups.len() - 1
            });
            groups[g].members.push(Member { x: x[k], run: sample.run, y: sample.y, of: sample.of });
            if !groups[g].points.contains(&sample.point) {
                groups[g].points.push(sample.point);
            }
            if groups.len() > MOST_CURVES {
                return Err(Error::input(
                    format!("found more than {MOST_CURVES} curves"),
                    "they could not be told apart",
                    "name one key with --series, or another one with --x",
                )
                .placed(Place::Argument("--series".to_owned())));
            }
        }
        groups.sort_by(|a, b| a.place.partial_cmp(&b.place).unwrap_or(std::cmp::Ordering::Equal));
        Ok(groups)
    }

    /// What stands in the legend.
    fn name(&self, group: &Group) -> String {
        let each = self.series.iter().zip(&group.place);
        let each: Vec<String> = each.map(|(q, value)| q.says(self.table, *value)).collect();
        each.join(", ")
    }

    /// Whether the curves are steps of one number.
    fn is_graded(&self, groups: &[Group]) -> bool {
        let numeric = |q: &Quantity| match q {
            Quantity::Key(k) => matches!(self.scales[*k], Values::Numbers { .. }),
            _ => true,
        };
        groups.len() > 1 && matches!(&self.series[..], [one] if numeric(one))
    }
}

/// What has no such name.
fn unknown<'n>(
    argument: &str,
    name: &str,
    what: &str,
    known: impl Iterator<Item = &'n str>,
) -> Error {
    Error::input(format!("found no {what} `{name}`"), suggest(name, known), "name another one")
        .placed(Place::Argument(format!("{argument} {name}")))
}

/// A line without a series of its own, where all lines of `lines` are alike: the longest; otherwise all, of which the first
/// is named.
fn merged(mut lines: Vec<Line>) -> Vec<Line> {
    let reach = |line: &Line| match (line.points.first(), line.points.last()) {
        (Some(first), Some(last)) => last.0 - first.0,
        _ => f64::NEG_INFINITY,
    };
    let Some(longest) = lines.iter().max_by(|a, b| reach(a).total_cmp(&reach(b))).cloned() else {
        return lines;
    };
    if lines.iter().all(|line| line.name == longest.name && alike(line, &longest)) {
        return vec![Line { of: None, ..longest }];
    }
    let mut named: Vec<String> = Vec::new();
    for line in &mut lines {
        if named.contains(&line.name) {
            line.name.clear();
        } else {
            named.push(line.name.clone());
        }
    }
    lines
}

/// Whether `line` lies on `other` to a hundredth.
fn alike(line: &Line, other: &Line) -> bool {
    let size = other.points.iter().map(|p| p.1.abs()).fold(0.0, f64::max);
    let near = |&(x, y): &(f64, f64)| {
        let k = other.points.partition_point(|p| p.0 < x);
        let (Some(b), Some(a)) = (other.points.get(k), other.points.get(k.max(1) - 1)) else {
            return true;
        };
        let share = if b.0 > a.0 { (x - a.0) / (b.0 - a.0) } else { 0.0 };
        x < a.0 || (a.1 + share * (b.1 - a.1) - y).abs() <= 0.01 * size
    };
    line.points.iter().all(near)
}
