//! The phase portrait of two neurons.

use super::{States, named};
use crate::error::Result;
use crate::landscape::graded::{GradedPoint, Kind};
use crate::plot::Picture;
use crate::plot::memory::{Fixed, Look, Portrait, portrait};

/// Places along an axis at which lines are sought on which a neuron stands still; arrows along an axis; ways along an axis.
const NODES: usize = 241;
const ARROWS: usize = 16;
const WAYS: (usize, usize) = (5, 4);
/// How long a way is followed, in the longest of the time constants, and at how many times it is seen.
const DURATION: f64 = 25.0;
const SEEN: usize = 300;

impl States<'_> {
    pub(super) fn portrait(&self, side: usize) -> Result<Picture> {
        let network = self.network;
        let ends = [self.ends(0), self.ends(1)];
        let attractors = self.stable();
        let states: Vec<&[f64]> = attractors.iter().map(|p| p.variable.as_slice()).collect();
        // Without an attractor there is nothing to tell apart.
        let basins = match states.is_empty() {
            true => Vec::new(),
            false => network.basins(&states, side, ends)?.leads_to,
        };
        let field = network.field();
        let velocity = |y: [f64; 2]| {
            let (residual, tau) = (field.residual(&y), field.tau());
            (residual[0] / tau[0], residual[1] / tau[1])
        };
        let at = |share: (f64, f64)| {
            let [(a, b), (c, d)] = ends;
            [a + share.0 * (b - a), c + share.1 * (d - c)]
        };
        let node = |k: usize| k as f64 / (NODES - 1) as f64;
        let speeds: Vec<(f64, f64)> =
            (0..NODES * NODES).map(|k| velocity(at((node(k % NODES), node(k / NODES))))).collect();
        let middle = |k: usize, number: usize| (k as f64 + 0.5) / number as f64;
        let arrows = (0..ARROWS * ARROWS).map(|k| {
            let place = at((middle(k % ARROWS, ARROWS), middle(k / ARROWS, ARROWS)));
            ((place[0], place[1]), velocity(place))
        });
        let ways = (0..WAYS.0 * WAYS.1).map(|k| {
            let start = at((middle(k % WAYS.0, WAYS.0), middle(k / WAYS.0, WAYS.1)));
            let way = network.trajectory(&start, DURATION, SEEN);
            way.into_iter().map(|y| (y[0], y[1])).collect()
        });
        let axis =
            |i: usize| (format!("{} of neuron {}", self.variable(), i + 1), ends[i].0, ends[i].1);
        let data = Portrait {
            title: self.title.to_owned(),
            x: axis(0),
            y: axis(1),
            attractors: attractors.iter().map(|p| named(&p.activity)).collect(),
            side,
            basins,
            nodes: NODES,
            speeds: [speeds.iter().map(|v| v.0).collect(), speeds.iter().map(|v| v.1).collect()],
            arrows: arrows.collect(),
            ways: ways.collect(),
            points: self.survey.fixed_points.iter().map(fixed).collect(),
        };
        Ok(portrait(&data))
    }
}

fn fixed(point: &GradedPoint) -> Fixed {
    let look = match point.kind {
        Kind::StableNode | Kind::StableFocus => Look::Stable,
        Kind::Marginal => Look::Marginal,
        Kind::Saddle => Look::Saddle,
        Kind::UnstableNode | Kind::UnstableFocus => Look::Unstable,
    };
    let spot = |y: &[f64]| (y[0], y[1]);
    Fixed { at: spot(&point.variable), to: point.line_end.as_deref().map(spot), look }
}
