//! The survey of a landscape: every fixed point, what it is, and how much leads to it.

use super::basins::{Basins, Map};
use super::census::classify;
use super::network::SmallNetwork;
use crate::dynamics::binary::{States, Tie};
use crate::error::{Error, Result};
use crate::work::Over;
use serde::Serialize;
use std::collections::BTreeMap;

/// The patterns that a network has learned, with their names.
#[derive(Clone, Copy, Debug)]
pub struct Memories<'a> {
    /// Stand in what is printed, one per pattern.
    pub names: &'a [String],
    /// 0 or 1 per neuron.
    pub patterns: &'a [Vec<u8>],
    /// Columns and rows of a pattern that is a picture.
    pub shape: Option<(usize, usize)>,
}

/// A fixed point and what it is.
#[derive(Clone, Debug, Serialize)]
pub struct FixedPointRow {
    /// Neuron by neuron, 1 for the upper state.
    pub state: String,
    /// E of the state.
    pub energy: f64,
    /// `None` if every neuron has a reason to stay; otherwise the rules for ties under which it is a fixed point.
    pub ties: Option<Vec<Tie>>,
    /// What it is: the name of a memory, "inverse of ...", "mixture ..." or "other".
    pub kind: String,
    /// The nearest memory, and the number of neurons that differ.
    pub nearest: Option<(String, usize)>,
    /// States that lead to it when all neurons are updated at once,
    pub synchronous: usize,
    /// and in sweeps in fixed order.
    pub sweep: usize,
}

/// Attractors of one period.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct PeriodRow {
    /// Updates after which a state comes back; 1 of fixed points.
    pub period: usize,
    /// How many there are.
    pub attractors: usize,
    /// States that lead to them.
    pub states: usize,
}

/// Everything about the states of a small network.
#[derive(Clone, Debug, Serialize)]
pub struct Survey {
    /// N.
    pub neurons: usize,
    /// Whether neurons are 0/1 or -1/1.
    pub states: States,
    /// What a neuron does whose local field is 0.
    pub tie: Tie,
    /// Share of pairs with J_ij != J_ji; there is an energy only if it is 0.
    pub asymmetry: f64,
    /// Fixed points in which every neuron has a reason to stay,
    pub strict: usize,
    /// those if a neuron without one keeps its state,
    pub keep: usize,
    /// those if it takes the upper state,
    pub plus: usize,
    /// and those if it takes the lower one.
    pub minus: usize,
    /// States of which no single flip lowers the energy.
    pub minima: usize,
    /// By energy.
    pub fixed_points: Vec<FixedPointRow>,
    /// By period, if all neurons are updated at once,
    pub synchronous: Vec<PeriodRow>,
    /// and in sweeps in fixed order.
    pub sweep: Vec<PeriodRow>,
    /// Columns and rows of a state that is a picture.
    #[serde(skip)]
    pub shape: Option<(usize, usize)>,
}

impl Survey {
    /// Searches all states of `network`.
    ///
    /// # Errors
    /// If a pattern or the shape does not fit the network, or if there are more than a million fixed points; an interrupt
    /// if it is `over` before the last map was followed.
    pub fn of(network: &SmallNetwork, memories: &Memories, over: &Over) -> Result<Self> {
        memories.check(network.neurons())?;
        let points = network.fixed_points()?;
        over.heed()?;
        let synchronous = network.basins(Map::Synchronous);
        over.heed()?;
        let sweep = network.basins(Map::Sweep);
        let basins = |basins: &Basins| -> BTreeMap<u32, usize> {
            let fixed = basins.attractors.iter().filter(|a| a.period == 1);
            fixed.map(|a| (a.state, a.basin)).collect()
        };
        let (at_once, in_sweeps) = (basins(&synchronous), basins(&sweep));
        let size = |table: &BTreeMap<u32, usize>, state| table.get(&state).copied().unwrap_or(0);
        let rows = points.iter().map(|point| {
            let state: Vec<u8> =
                (0..network.neurons()).map(|i| (point.state >> i & 1) as u8).collect();
            let ties = Tie::ALL.into_iter().filter(|tie| point.holds(*tie)).collect();
            FixedPointRow {
                energy: point.energy,
                ties: (!point.strict()).then_some(ties),
                kind: classify(&state, memories.patterns, 0.0).0.describe(memories.names),
                nearest: memories.nearest(&state),
                synchronous: size(&at_once, point.state),
                sweep: size(&in_sweeps, point.state),
                state: state.iter().map(|s| char::from(b'0' + s)).collect(),
            }
        });
        let count = |tie| points.iter().filter(|point| point.holds(tie)).count();
        Ok(Self {
            neurons: network.neurons(),
            states: network.states(),
            tie: network.tie(),
            asymmetry: network.asymmetry(),
            strict: points.iter().filter(|point| point.strict()).count(),
            keep: count(Tie::Keep),
            plus: count(Tie::Plus),
            minus: count(Tie::Minus),
            minima: network.minima()?.len(),
            fixed_points: rows.collect(),
            synchronous: periods(&synchronous),
            sweep: periods(&sweep),
            shape: memories.shape,
        })
    }

    /// Whether an energy decides.
    pub fn has_energy(&self) -> bool {
        self.asymmetry == 0.0
    }
}

fn periods(basins: &Basins) -> Vec<PeriodRow> {
    let row = |(period, (attractors, states))| PeriodRow { period, attractors, states };
    basins.by_period().into_iter().map(row).collect()
}

impl Memories<'_> {
    /// Refuses memories that do not fit each other, or so many neurons.
    pub(crate) fn check(&self, neurons: usize) -> Result<()> {
        let wrong = self.patterns.iter().find(|pattern| pattern.len() != neurons);
        if let Some(wrong) = wrong {
            let found = format!("found a pattern of {} for {neurons} neurons", wrong.len());
            return Err(Error::input(found, "they are equal", "give one value per neuron"));
        }
        if self.names.len() != self.patterns.len() {
            let (names, patterns) = (self.names.len(), self.patterns.len());
            let found = format!("found {names} names of {patterns} patterns");
            return Err(Error::input(found, "each has one", "name every pattern"));
        }
        match self.shape {
            Some((columns, rows)) if columns * rows != neurons => {
                let found = format!("found {columns} x {rows} pixels for {neurons} neurons");
                Err(Error::input(found, "each neuron is a pixel", "correct the shape"))
            }
            _ => Ok(()),
        }
    }

    fn nearest(&self, state: &[u8]) -> Option<(String, usize)> {
        let distance =
            |pattern: &Vec<u8>| pattern.iter().zip(state).filter(|(a, b)| a != b).count();
        let named = self.names.iter().zip(self.patterns.iter().map(distance));
        named.min_by_key(|(_, distance)| *distance).map(|(name, d)| (name.clone(), d))
    }
}
