//! Histograms of a number of every trial: how many neurons differ from the pattern after recall, in the manner of Hopfield
//! (PNAS 79:2554, 1982), figure 2; reaction times; overlaps.

use super::super::axis::round_step;
use super::super::chart::{Figure, Marks, Panel, Row, Scale};
use super::super::page::PATTERNS;
use crate::error::counted;

/// Panels side by side.
const ABREAST: usize = 3;
/// Most bins.
const BINS: f64 = 60.0;
/// Bins of values of which most are equal, so that their quartiles tell no width.
const PLAIN: f64 = 20.0;

/// The trials of one condition.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sampled {
    /// Stands above the panel: `P = 15, α = 0.15`.
    pub name: String,
    /// A number of every trial; NaN where there is none.
    pub values: Vec<f64>,
}

/// What is told of every trial.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Told<'a> {
    /// Stands along the x axis: `number of wrong neurons`.
    pub what: &'a str,
    /// What it is to count none: `exact`, which is a bin of its own, whose share the legend tells.
    pub none: Option<&'a str>,
    /// Whether shares stand on a logarithmic axis, so that a few trials far away are seen.
    pub log: bool,
}

/// Where bins end, and which of them a value is in.
struct Bins {
    width: f64,
    edges: Vec<f64>,
}

/// Shares of trials by a number of each, a panel for every condition, three side by side, with the same bins.
///
/// Their width is a round one (1, 2 or 5 times a power of ten). Bins of whole numbers hold equally many of them, at most
/// 60 bins. Those of other values are at least 2 (upper - lower quartile) / n^(1/3) wide, n values in the largest panel
/// (Freedman, Diaconis 1981), and again at most 60.
pub fn histograms(title: &str, told: Told, all: &[Sampled]) -> Figure {
    let bins = Bins::of(told, all);
    let largest = all.iter().map(|one| one.values.len()).max().unwrap_or(0);
    // A single trial stands above the end of a logarithmic axis.
    let floor = 0.5 / largest.max(1) as f64;
    let columns = all.len().clamp(1, ABREAST);
    let row = |some: &[Sampled]| Row {
        panels: some
            .iter()
            .enumerate()
            .map(|(k, one)| panel(one, told, &bins, floor, k == 0))
            .collect(),
        columns,
        height: 150.0,
        same_y: true,
    };
    Figure { title: title.to_owned(), rows: all.chunks(columns).map(row).collect() }
}

impl Bins {
    fn of(told: Told, all: &[Sampled]) -> Self {
        let mut values: Vec<f64> = all.iter().flat_map(|one| &one.values).copied().collect();
        values.retain(|value| value.is_finite());
        values.sort_unstable_by(f64::total_cmp);
        let (low, high) = match values[..] {
            [low, .., high] => (low, high),
            [only] => (only, only),
            [] => (0.0, 0.0),
        };
        if values.iter().all(|value| *value >= 0.0 && value.fract() == 0.0) {
            return Self::whole(told.none.is_some(), low, high);
        }
        let quantile = |q: f64| values[(q * (values.len() - 1) as f64).round() as usize];
        let spread = quantile(0.75) - quantile(0.25);
        let number = all.iter().map(|one| one.values.len()).max().unwrap_or(1) as f64;
        let plain = if spread > 0.0 { 2.0 * spread / number.cbrt() } else { (high - low) / PLAIN };
        let least = plain.max((high - low) / BINS);
        // Of equal values: a bin as wide as they are large.
        let width = round_step(if least > 0.0 { least } else { high.abs() }).0;
        let from = (low / width).floor();
        let number = (high / width).floor() - from + 1.0;
        Self { width, edges: (0..=number as usize).map(|k| (from + k as f64) * width).collect() }
    }

    /// Those of whole numbers: equally many of them in each, or 0; 1 ... width; width + 1 ... 2 width; ...
    fn whole(none_apart: bool, low: f64, high: f64) -> Self {
        let least = if none_apart { high } else { high - low + 1.0 };
        let width = round_step((least / BINS).max(1.0)).0;
        let edges = |from: f64, number: usize| (0..=number).map(move |k| from + k as f64 * width);
        let edges: Vec<f64> = match none_apart {
            true => {
                let number = (high / width).ceil() as usize;
                [-0.5].into_iter().chain(edges(0.5, number)).collect()
            }
            false => {
                let first = (low / width).floor();
                let number = (high / width).floor() - first + 1.0;
                edges(first * width - 0.5, number as usize).collect()
            }
        };
        Self { width, edges }
    }

    /// Shares of the values by bin.
    fn shares(&self, values: &[f64]) -> Vec<f64> {
        let mut shares = vec![0.0; self.edges.len() - 1];
        for value in values.iter().filter(|value| value.is_finite()) {
            let bin = self.edges.partition_point(|edge| edge <= value).clamp(1, shares.len()) - 1;
            shares[bin] += 1.0 / values.len() as f64;
        }
        shares
    }
}

fn panel(one: &Sampled, told: Told, bins: &Bins, floor: f64, first: bool) -> Panel {
    let trials = one.values.len();
    let with = one.values.iter().filter(|value| value.is_finite()).count();
    let zero = one.values.iter().filter(|value| **value == 0.0).count();
    let name = match told.none {
        Some(none) => format!("{zero} of {} {none}", counted(trials, "trial")),
        None if with < trials => {
            format!("{}, {} without a value", counted(trials, "trial"), trials - with)
        }
        None => counted(trials, "trial"),
    };
    let heights = if trials == 0 { Vec::new() } else { bins.shares(&one.values) };
    let (low, high) = (bins.edges[0], bins.edges[bins.edges.len() - 1]);
    // Few whole numbers would be wide bars.
    let high = if told.none.is_some() { high.max(10.5) } else { high };
    let share = Scale::new(if first { "share of trials" } else { "" });
    let share = if told.log { share.within(floor, 1.3).log() } else { share.with_zero() };
    let x = Scale::new(told.what).within(low - 0.02 * bins.width, high);
    let marks = Marks::Steps { edges: bins.edges.clone(), heights };
    Panel::new(x, share).titled(&one.name).with(name, PATTERNS[0], marks)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bins(values: &[f64], none: Option<&'static str>) -> (f64, Vec<f64>) {
        let told = Told { what: "", none, log: false };
        let one = Sampled { name: String::new(), values: values.to_vec() };
        let Bins { width, edges } = Bins::of(told, &[one]);
        (width, edges)
    }

    #[test]
    fn bins_of_real_values_have_the_round_width_of_freedman_and_diaconis() {
        // 1000 values from 0 to 99.9: quartiles 50 apart, 2 * 50 / 10 = 10.
        let values: Vec<f64> = (0..1000).map(|k| f64::from(k) / 10.0).collect();
        let (width, edges) = bins(&values, None);
        assert_eq!((width, edges.len(), edges[0], edges[10]), (10.0, 11, 0.0, 100.0));
        // One far away leaves at most 60 bins.
        let (width, edges) = bins(&[&values[..], &[5000.5]].concat(), None);
        assert_eq!((width, edges.len()), (100.0, 52));
        // Values that are all the same, and none.
        assert_eq!(bins(&[2.5; 4], None).1, [0.0, 5.0]);
        assert_eq!(bins(&[f64::NAN], None).1.len(), 2);
        // 2 * 0.02 / 2^(1/3) = 0.032.
        assert_eq!(bins(&[-0.31, -0.29], None).0, 0.05);
    }

    #[test]
    fn bins_of_whole_numbers_hold_equally_many() {
        assert_eq!(bins(&[0.0, 3.0], Some("exact")).1, [-0.5, 0.5, 1.5, 2.5, 3.5]);
        assert_eq!(bins(&[20.0, 22.0], None).1, [19.5, 20.5, 21.5, 22.5]);
        let (width, edges) = bins(&[0.0, 119.0], None);
        assert_eq!((width, edges.len(), edges[60]), (2.0, 61, 119.5));
    }

    #[test]
    fn shares_are_those_of_all_trials() {
        let bins = Bins { width: 1.0, edges: vec![0.0, 1.0, 2.0] };
        assert_eq!(bins.shares(&[0.0, 1.0, 2.0, f64::NAN]), [0.25, 0.5]);
    }
}
