//! Basins of two neurons on a grid of starts.

use super::Graded;
use crate::error::{Error, Result};
use crate::work::each;

/// To which attractor the flow leads from the middles of the cells of a grid.
#[derive(Clone, Debug, PartialEq)]
pub struct BasinMap {
    /// From which to which variable of neuron 0 and of neuron 1 the grid reaches.
    pub ends: [(f64, f64); 2],
    /// Cells along either axis.
    pub side: usize,
    /// Row by row, from the lower end of neuron 1 on: the number of the attractor; none where it leads to none.
    pub leads_to: Vec<Option<usize>>,
}

impl BasinMap {
    /// The middle of a cell, neuron 0 along a row.
    pub fn start(&self, cell: usize) -> [f64; 2] {
        let at = |(low, high): (f64, f64), k: usize| {
            low + (k as f64 + 0.5) / self.side as f64 * (high - low)
        };
        [at(self.ends[0], cell % self.side), at(self.ends[1], cell / self.side)]
    }
}

impl Graded {
    /// Follows the flow from `side` x `side` states of two neurons between these ends, such as [`ends`](Self::ends) has
    /// them, to one of the `attractors`.
    ///
    /// # Errors
    /// If there are not two neurons.
    pub fn basins(
        &self,
        attractors: &[&[f64]],
        side: usize,
        ends: [(f64, f64); 2],
    ) -> Result<BasinMap> {
        self.check_plane()?;
        let mut map = BasinMap { ends, side, leads_to: Vec::new() };
        let follow = |k| self.follow(&map.start(k), attractors).ok();
        map.leads_to = each(0..side * side, follow);
        Ok(map)
    }

    /// Refuses a network that is no plane.
    pub fn check_plane(&self) -> Result<()> {
        match self.neurons() {
            2 => Ok(()),
            n => Err(Error::input(
                format!("found {n} neurons"),
                "a plane is spanned by two",
                "give a model of two neurons",
            )),
        }
    }
}
