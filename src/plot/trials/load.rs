//! How many items are held, against how many were shown.

use super::super::chart::{Figure, Legend, Marks, Panel, Row, Scale};
use super::{Estimate, FIRST, SECOND, STIMULUS};

/// What is drawn: load by load, ascending.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Load {
    pub levels: Vec<LoadLevel>,
}

/// The trials with one load.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LoadLevel {
    /// How many items were shown.
    pub load: f64,
    /// How many were held, with the standard error.
    pub held: Estimate,
    /// How many other patterns were held, likewise.
    pub intrusions: Estimate,
    /// The share of items that were held, likewise.
    pub share: Estimate,
    /// The share of trials in which the first item was held, the second one, ...; none of items without an order.
    pub positions: Vec<Estimate>,
}

/// Items held and intrusions against the load; beside it the share held, by serial position if items have one.
pub fn load(title: &str, data: &Load) -> Figure {
    let most = data.levels.iter().map(|level| level.load).fold(1.0, f64::max);
    let counted =
        |name: &str| Scale { whole: true, ..Scale::new(name.to_owned()).within(0.0, most + 0.5) };
    let points = |of: fn(&LoadLevel) -> Estimate| Marks::Points {
        points: data.levels.iter().map(|level| of(level).at(level.load)).collect(),
        joined: true,
    };
    let mut number = Panel::new(counted("items shown"), counted("patterns"))
        .titled("at the end of the delay")
        .with("all of them", STIMULUS, Marks::Dashes(vec![(0.0, 0.0), (most, most)]))
        .with("items held", FIRST, points(|level| level.held))
        .with("others held", SECOND, points(|level| level.intrusions));
    number.legend = Legend::UpperLeft;
    let share = |x: Scale, title: &str| {
        Panel::new(x, Scale::new("share held").within(0.0, 1.0)).titled(title)
    };
    let ordered = data.levels.iter().any(|level| !level.positions.is_empty());
    let beside = if ordered {
        let x = Scale { whole: true, ..Scale::new("serial position").within(0.5, most + 0.5) };
        let number = data.levels.len();
        data.levels.iter().enumerate().fold(share(x, "item by item"), |panel, (k, level)| {
            let at = |(j, share): (usize, &Estimate)| share.at((j + 1) as f64);
            let points = level.positions.iter().enumerate().map(at).collect();
            let name = format!("{} shown", level.load);
            panel.with(name, FIRST.ramp(k, number), Marks::Points { points, joined: true })
        })
    } else {
        share(counted("items shown"), "of the items").with("", FIRST, points(|level| level.share))
    };
    Figure { title: title.to_owned(), rows: vec![Row::new(220.0, vec![number, beside])] }
}
