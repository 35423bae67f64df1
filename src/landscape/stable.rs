//! Fixed points: the states that no neuron wants to leave.

use super::fields::Fields;
use super::form::with_fields;
use super::network::SmallNetwork;
use super::walk::{chunks, walk};
use crate::dynamics::binary::Tie;
use crate::error::{Error, Result};
use rayon::prelude::*;
use serde::Serialize;

/// More fixed points than this are no memories.
const MOST: usize = 1 << 20;

/// A state that no neuron wants to leave if ties are kept.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct FixedPoint {
    /// Bit i is neuron i.
    pub state: u32,
    /// E of the state.
    pub energy: f64,
    /// The neurons whose local field is exactly zero, as bits.
    pub undecided: u32,
}

impl FixedPoint {
    /// Whether every neuron has a reason to stay: s_i h_i > 0, or h_i < 0 for the lower state of 0/1 neurons.
    pub fn strict(&self) -> bool {
        self.undecided == 0
    }

    /// Whether it is a fixed point under that rule for ties.
    pub fn holds(&self, tie: Tie) -> bool {
        match tie {
            Tie::Keep => true,
            Tie::Plus => self.undecided & !self.state == 0,
            Tie::Minus => self.undecided & self.state == 0,
        }
    }
}

impl SmallNetwork {
    /// All fixed points under any rule for ties, by energy, then by state; [`FixedPoint::holds`] tells which stand under
    /// which rule, because a fixed point under `plus` or `minus` is one under `keep` too.
    ///
    /// # Errors
    /// If there are more than a million.
    pub fn fixed_points(&self) -> Result<Vec<FixedPoint>> {
        let states = with_fields!(self, Tie::Keep, fields => unmoved(&fields, self.neurons()))?;
        let point = |state: u32| {
            let zero = |i: &usize| self.local_field(state, *i) == 0.0;
            let undecided = (0..self.neurons()).filter(zero).map(|i| 1 << i).sum();
            FixedPoint { state, energy: self.energy(state), undecided }
        };
        let mut points: Vec<FixedPoint> = states.into_iter().map(point).collect();
        points.sort_by(|a, b| a.energy.total_cmp(&b.energy).then(a.state.cmp(&b.state)));
        Ok(points)
    }

    /// All local minima of the energy: the states of which no single flip lowers it, by energy, then by state. Those that
    /// are [strict](FixedPoint::strict) have it raised by every flip.
    ///
    /// For symmetric couplings without self-coupling they are the fixed points.
    ///
    /// # Errors
    /// If there are more than a million.
    pub fn minima(&self) -> Result<Vec<FixedPoint>> {
        let mut minima = self.energy_alone().fixed_points()?;
        for minimum in &mut minima {
            minimum.energy = self.energy(minimum.state);
        }
        minima.sort_by(|a, b| a.energy.total_cmp(&b.energy).then(a.state.cmp(&b.state)));
        Ok(minima)
    }
}

/// The states that are what all of their neurons want.
fn unmoved<F: Fields>(fields: &F, neurons: usize) -> Result<Vec<u32>> {
    let (number, bits) = chunks(neurons);
    let in_chunk = |chunk: u32| {
        let mut found = Vec::new();
        walk(fields, chunk, bits, |state, held| {
            if fields.wanted(held, state) == state {
                found.push(state);
            }
        });
        found
    };
    let mut found = Vec::new();
    // In batches, so that a network of too many fixed points fills no memory.
    for batch in (0..number).step_by(256) {
        let end = number.min(batch + 256);
        found.par_extend((batch..end).into_par_iter().flat_map_iter(in_chunk));
        if found.len() > MOST {
            let error = Error::input(
                format!("found more than {MOST} fixed points"),
                "so many are no memories",
                "see whether most couplings are zero while ties are kept",
            );
            return Err(error);
        }
    }
    Ok(found)
}
