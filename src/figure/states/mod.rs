//! Figures of the fixed points of a graded network: of one neuron its phase line above the landscape on which it goes
//! downhill, or its energy; of two their phase portrait, or the energy over their plane; of more the energy between two attractors; and fixed points against any key.

mod bifurcation;
mod energy;
mod line;
mod plane;
#[cfg(test)]
mod tests;

pub use bifurcation::{Branches, Measure};

use crate::error::{Error, Place, Result};
use crate::landscape::graded::{Graded, GradedPoint, GradedSurvey};
use crate::plot::Drawing;

/// What is shown of a graded network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// Where every state goes.
    Portrait,
    /// The energy.
    Energy,
}

impl View {
    /// All of them; the first is the usual one.
    pub const ALL: [Self; 2] = [Self::Portrait, Self::Energy];

    /// Its name, and what it shows.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Portrait => (
                "portrait",
                "Where every state goes: of one neuron its phase line above its landscape, of two their phase portrait with basins",
            ),
            Self::Energy => (
                "energy",
                "The energy: of one neuron as a curve, of two over their plane, of more between two attractors",
            ),
        }
    }
}

/// A graded network of which figures are drawn.
#[derive(Clone, Copy, Debug)]
pub struct States<'a> {
    /// Stands above them.
    pub title: &'a str,
    /// The network,
    pub network: &'a Graded,
    /// and its fixed points.
    pub survey: &'a GradedSurvey,
}

impl States<'_> {
    /// A figure; basins on a grid of `side` x `side` starts.
    ///
    /// # Errors
    /// If the network has too many neurons for it, no energy, or fewer than two attractors of which the energy could lie between.
    pub fn draw(&self, view: View, side: usize) -> Result<Drawing> {
        if view == View::Energy && self.survey.fixed_points.iter().all(|p| p.energy.is_none()) {
            let found = "found no energy";
            let allowed =
                "there is one of symmetric couplings and transfer functions with an inverse";
            let error = Error::input(found, allowed, "draw it --as portrait");
            return Err(error.placed(Place::Argument("--as energy".to_owned())));
        }
        match (self.network.neurons(), view) {
            (1, View::Portrait) => Ok(self.line().into()),
            (1, View::Energy) => Ok(self.curve().into()),
            (2, View::Portrait) => Ok(self.portrait(side)?.into()),
            (2, View::Energy) => Ok(self.surface().into()),
            (_, View::Energy) => Ok(self.between()?.into()),
            (n, View::Portrait) => {
                let found = format!("found {n} neurons");
                let allowed = "a phase portrait shows one or two";
                let error = Error::input(found, allowed, "draw it --as energy, or leave -o out");
                Err(error.placed(Place::Argument("--output".to_owned())))
            }
        }
    }

    /// Of what axes are: activities, or potentials.
    fn variable(&self) -> &'static str {
        use crate::dynamics::rate::Equation;
        match self.network.field().equation() {
            Equation::Rate => "activity",
            Equation::Potential => "potential",
        }
    }

    /// From where to where a neuron is shown: the range of starts and all fixed points, with some room.
    fn ends(&self, i: usize) -> (f64, f64) {
        const ROOM: f64 = 0.15;
        let (low, high) = self.network.ends(i);
        let points = self.survey.fixed_points.iter().map(|point| point.variable[i]);
        let (low, high) = points.fold((low, high), |(a, b), y| (a.min(y), b.max(y)));
        let room = ROOM * (high - low);
        (low - room, high + room)
    }

    fn stable(&self) -> Vec<&GradedPoint> {
        self.survey.fixed_points.iter().filter(|point| point.kind.is_stable()).collect()
    }
}

/// A state as it is written beside a mark.
fn named(activity: &[f64]) -> String {
    let one = |r: &f64| {
        let text = format!("{:.2}", r.abs());
        let text = text.trim_end_matches('0').trim_end_matches('.').to_owned();
        if *r < 0.0 && text != "0" { format!("−{text}") } else { text }
    };
    format!("({})", activity.iter().map(one).collect::<Vec<_>>().join(", "))
}
