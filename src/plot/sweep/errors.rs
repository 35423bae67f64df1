//! Histograms of whole numbers: how many neurons differ from the pattern after recall, in the manner of Hopfield (PNAS 79:2554, 1982), figure 2.

use super::super::axis::round_step;
use super::super::chart::{Figure, Marks, Panel, Row, Scale};
use super::super::page::PATTERNS;
use crate::error::counted;

/// Panels side by side.
const ABREAST: usize = 3;
/// Most bins.
const BINS: f64 = 60.0;

/// The trials with one load.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Errors {
    /// Stands above the panel: `P = 15, α = 0.15`.
    pub name: String,
    /// Number of neurons that differ from the pattern, or another count, of every trial.
    pub wrong: Vec<u64>,
}

/// Shares of trials by a count, such as the `number of wrong neurons`, a panel for every load; three side by side.
///
/// None (recall without an error) is a bin of its own, whose share the legend tells; the others hold equally many numbers.
/// Shares stand on a logarithmic axis, so that the few trials with many errors are seen.
///
/// `count` is what is counted, and what it is to count none: (`number of wrong neurons`, `exact`).
pub fn errors(title: &str, count: (&str, &str), loads: &[Errors]) -> Figure {
    let largest = loads.iter().map(|l| l.wrong.len()).max().unwrap_or(0);
    // A single trial stands above the end of the axis.
    let floor = 0.5 / largest.max(1) as f64;
    let most = loads.iter().flat_map(|l| &l.wrong).copied().max().unwrap_or(0);
    let columns = loads.len().clamp(1, ABREAST);
    let row = |some: &[Errors]| Row {
        panels: some
            .iter()
            .enumerate()
            .map(|(k, load)| panel(load, count, (most, floor), k == 0))
            .collect(),
        columns,
        height: 150.0,
        same_y: true,
    };
    Figure { title: title.to_owned(), rows: loads.chunks(columns).map(row).collect() }
}

fn panel(
    load: &Errors,
    (count, none): (&str, &str),
    (most, floor): (u64, f64),
    first: bool,
) -> Panel {
    let width = round_step((most as f64 / BINS).max(1.0)).0;
    // 0; 1 ... width; width + 1 ... 2 width; ...
    let bins = (most as f64 / width).ceil() as usize;
    let edges: Vec<f64> =
        [-0.5].into_iter().chain((0..=bins).map(|k| k as f64 * width + 0.5)).collect();
    let mut counts = vec![0usize; bins + 1];
    for &wrong in &load.wrong {
        counts[(wrong as f64 / width).ceil() as usize] += 1;
    }
    let trials = load.wrong.len();
    let heights = match trials {
        0 => Vec::new(),
        _ => counts.iter().map(|&count| count as f64 / trials as f64).collect(),
    };
    let name = format!("{} of {} {none}", counts[0], counted(trials, "trial"));
    let share = if first { "share of trials" } else { "" };
    let x = Scale::new(count).within(-0.5, (bins as f64 * width + 0.5).max(10.5));
    Panel::new(x, Scale::new(share).within(floor, 1.3).log()).titled(&load.name).with(
        name,
        PATTERNS[0],
        Marks::Steps { edges, heights },
    )
}
