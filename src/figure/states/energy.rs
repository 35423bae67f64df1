//! The energy over the plane of two neurons, and between two attractors of more.

use super::{States, named};
use crate::error::{self, Error, Result};
use crate::landscape::graded::GradedPoint;
use crate::plot::Picture;
use crate::plot::chart::Figure;
use crate::plot::memory::{Place, Slice, SliceCurve, Stop, Surface, slice, surface};
use ndarray::Array2;

/// Places along an axis.
const PLACES: usize = 121;
/// Activities of so many neurons are the name of a state.
const MOST_NAMED: usize = 10;

impl States<'_> {
    pub(super) fn surface(&self) -> Picture {
        let field = self.network.field();
        // Of activities, whatever the variable is: the energy is one of these.
        let ends = |i: usize| {
            let [low, high] = field.levels(i);
            let (least, most) = field.range(i);
            let low = if least.is_finite() { least } else { low - (high - low) };
            (low, if most.is_finite() { most } else { high + (high - low) })
        };
        let ((a, b), (c, d)) = (ends(0), ends(1));
        let share = |k: usize| k as f64 / (PLACES - 1) as f64;
        let energy = Array2::from_shape_fn((PLACES, PLACES), |(row, column)| {
            let activity = [a + share(column) * (b - a), c + share(row) * (d - c)];
            field.energy(&activity).unwrap_or(f64::NAN)
        });
        let place = |point: &&GradedPoint| Place {
            name: named(&point.activity),
            x: point.activity[0],
            y: point.activity[1],
        };
        surface(&Surface {
            title: self.title.to_owned(),
            x: ("activity of neuron 1".to_owned(), a, b),
            y: ("activity of neuron 2".to_owned(), c, d),
            energy,
            places: self.stable().iter().map(place).collect(),
        })
    }

    /// The energy along the straight line between the two attractors to which most starts lead.
    pub(super) fn between(&self) -> Result<Figure> {
        let mut stable = self.stable();
        stable.sort_by_key(|point| std::cmp::Reverse(point.reached));
        let [from, to, ..] = stable[..] else {
            let found = "found fewer than two attractors";
            let error = Error::input(found, "the energy is drawn between two", "leave -o out");
            return Err(error.placed(error::Place::Argument("--output".to_owned())));
        };
        let field = self.network.field();
        let at = |share: f64| -> Option<f64> {
            let pairs = from.activity.iter().zip(&to.activity);
            field.energy(&pairs.map(|(a, b)| a + share * (b - a)).collect::<Vec<_>>())
        };
        let share = |k: usize| k as f64 / (PLACES - 1) as f64;
        let points = (0..PLACES).filter_map(|k| Some((share(k), at(share(k))?))).collect();
        let stop = |point: &GradedPoint, at: f64| {
            let name = match &point.nearest {
                Some((name, _)) => name.clone(),
                None if point.activity.len() <= MOST_NAMED => named(&point.activity),
                None => String::new(),
            };
            Some(Stop { name, at, energy: point.energy? })
        };
        let data = Slice {
            along:
                "share of the straight way between the two attractors that most random starts reach"
                    .to_owned(),
            curves: vec![SliceCurve { name: String::new(), points }],
            stops: [stop(from, 0.0), stop(to, 1.0)].into_iter().flatten().collect(),
        };
        Ok(slice(self.title, &data))
    }
}
