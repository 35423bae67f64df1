//! Statistics of the activity in the delay.

use super::super::chart::{Figure, Marks, Panel, Reference, Row, Scale};
use super::bins::Bins;
use super::{GROUPS, mean, short};

/// What some neurons do in the delay.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DelayStatistics {
    /// Stands in the legends: `foreground`, `others`.
    pub name: String,
    /// Rates of the neurons, Hz.
    pub rate: Vec<f64>,
    /// Coefficient of variation of the interspike intervals of every neuron.
    pub cv: Vec<f64>,
    /// The same of successive intervals (Holt et al. 1996).
    pub cv2: Vec<f64>,
    /// Variance by mean of the counts of every neuron over trials.
    pub fano: Vec<f64>,
    /// Correlation coefficients of the counts of pairs over trials.
    pub correlation: Vec<f64>,
    /// Interspike intervals of all neurons, ms.
    pub isi: Histogram,
}

/// A histogram.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Histogram {
    /// Ascending; of [edge, next edge).
    pub edges: Vec<f64>,
    /// One less than edges.
    pub counts: Vec<f64>,
}

/// Distributions of rate, CV, CV2, Fano factor, interspike intervals and pairwise correlation, with their means; what
/// Poisson trains would have is marked.
pub fn statistics(title: &str, groups: &[DelayStatistics]) -> Figure {
    let poisson = Some((1.0, "Poisson"));
    let of = |name: &str, what: &str, line, values: fn(&DelayStatistics) -> &Vec<f64>| {
        distribution(Scale::new(name), what, groups, line, values)
    };
    let first = vec![
        of("rate (Hz)", "share of neurons", None, |g| &g.rate),
        of("CV", "", poisson, |g| &g.cv),
        of("CV2", "", poisson, |g| &g.cv2),
    ];
    let second = vec![
        of("Fano factor", "share of neurons", poisson, |g| &g.fano),
        intervals(groups),
        of("pairwise correlation", "share of pairs", Some((0.0, "")), |g| &g.correlation),
    ];
    let rows = vec![Row::new(140.0, first), Row::new(140.0, second)];
    Figure { title: title.to_owned(), rows }
}

fn distribution(
    scale: Scale,
    what: &str,
    groups: &[DelayStatistics],
    line: Option<(f64, &str)>,
    values: fn(&DelayStatistics) -> &Vec<f64>,
) -> Panel {
    let all: Vec<&[f64]> = groups.iter().map(|g| values(g).as_slice()).collect();
    let bins = Bins::of(&all);
    let mut panel = Panel::new(scale, Scale::new(what).with_zero());
    let groups = groups.iter().zip(GROUPS.iter().cycle());
    // A group without any value is not part of this panel.
    for (group, colour) in groups.filter(|(g, _)| values(g).iter().any(|v| v.is_finite())) {
        let (counts, above) = bins.count(values(group));
        let beyond = if above > 0 { format!(", {above} beyond") } else { String::new() };
        let mean = short(mean(values(group).iter().copied()));
        let total: f64 = counts.iter().sum::<f64>() + above as f64;
        let heights = counts.iter().map(|count| count / total).collect();
        let marks = Marks::Steps { edges: bins.edges.clone(), heights };
        panel = panel.with(format!("{}, mean {mean}{beyond}", group.name), *colour, marks);
    }
    match line {
        Some((value, name)) => panel.against(Reference::At(value, name.to_owned())),
        None => panel,
    }
}

/// The interspike intervals on a logarithmic axis.
fn intervals(groups: &[DelayStatistics]) -> Panel {
    let scale = Scale::new("interspike interval (ms)").log();
    let mut panel = Panel::new(scale, Scale::new("share of intervals").with_zero());
    let groups = groups.iter().zip(GROUPS.iter().cycle());
    for (group, colour) in groups.filter(|(g, _)| g.isi.counts.iter().any(|count| *count > 0.0)) {
        let Histogram { edges, counts } = &group.isi;
        let total: f64 = counts.iter().sum();
        let heights = counts.iter().map(|count| count / total).collect();
        let marks = Marks::Steps { edges: edges.clone(), heights };
        panel = panel.with(group.name.as_str(), *colour, marks);
    }
    panel
}
