//! Decisions against the coherence of the evidence: how often they are right, and how long they take.

use super::{Estimate, FIRST, SECOND};
use crate::plot::chart::{Figure, Marks, Panel, Point, Reference, Row, Scale};
use crate::plot::page::GREY;

/// What is drawn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Psychometric {
    /// In ascending order, between 0 and 1.
    pub coherences: Vec<f64>,
    /// Share of trials with a choice in which it is right, by coherence.
    pub correct: Vec<Estimate>,
    /// Share of trials with a choice.
    pub decided: Vec<f64>,
    /// Reaction times of right choices and of wrong ones, ms.
    pub reactions: [Vec<Estimate>; 2],
    /// The share of who guesses.
    pub chance: f64,
    /// What a law says of the share, against places of coherences, from 0; nothing without one.
    pub law: Vec<(f64, f64)>,
}

const HEIGHT: f64 = 260.0;

/// Two panels side by side. Coherences stand at equal distances, so that 0 has its place beside a series of factors.
pub fn psychometric(title: &str, data: &Psychometric) -> Figure {
    let words = data.coherences.iter().map(|c| format!("{}", (c * 1e5).round() / 1e3)).collect();
    let x = Scale::of_words("coherence (%)", words);
    let at = |estimates: &[Estimate]| -> Vec<Point> {
        estimates.iter().enumerate().map(|(k, estimate)| estimate.at(k as f64)).collect()
    };
    let joined = |estimates: &[Estimate]| Marks::Points { points: at(estimates), joined: true };
    let mut right = Panel::new(x.clone(), Scale::new("share").within(0.0, 1.0))
        .against(Reference::Level(data.chance, "chance".to_owned()))
        .with("correct choices", FIRST, joined(&data.correct));
    if !data.law.is_empty() {
        right = right.with("Weibull function", GREY, Marks::Dashes(data.law.clone()));
    }
    if data.decided.iter().any(|share| *share < 1.0) {
        let shares = data.decided.iter().enumerate().map(|(k, share)| (k as f64, *share));
        right = right.with("trials with a choice", GREY, Marks::Rings(shares.collect()));
    }
    let names = ["correct", "wrong"].into_iter().zip([FIRST, SECOND]).zip(&data.reactions);
    let times = names
        .filter(|(_, estimates)| estimates.iter().any(|estimate| estimate.value.is_finite()))
        .fold(
            Panel::new(x, Scale::new("reaction time (ms)").with_zero()),
            |panel, ((name, colour), estimates)| panel.with(name, colour, joined(estimates)),
        );
    Figure { title: title.to_owned(), rows: vec![Row::new(HEIGHT, vec![right, times])] }
}
