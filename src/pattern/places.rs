//! Place fields: patterns that are neighbours on a space.

use super::random::{check_coding_level, check_number};
use super::{Patterns, Shape};
use crate::error::{Error, Result};
use crate::space::{Grid, Ground, Space};
use serde::{Deserialize, Serialize};

/// Place fields: pattern mu consists of the a N neurons nearest to centre mu.
///
/// P centres are as evenly spaced as neurons are: on a ring at mu/P of it, mu counted from 0; on a line at (mu + 1/2)/P; on a
/// torus on a square grid. On a ring of 360 deg a field is a 360 deg wide, and fields overlap where a P > 1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlacePatterns {
    /// Number of place fields, P.
    pub number: usize,
    /// Coding level a: the share of neurons in a field, which gives a whole number of them.
    pub coding_level: f64,
}

/// What a checked source has.
const CHECKED: &str = "a checked source of place fields has its population on a space";

impl PlacePatterns {
    pub(super) fn check(&self, ground: Ground) -> Result<()> {
        let Some(space) = ground.space else {
            return Err(Error::input(
                "found place fields of a population that is nowhere",
                "a place field is where neighbours are",
                "write for example E = { size = 1000, space = { ring = \"360 deg\" } } in [population]",
            ));
        };
        check_number(self.number)?;
        check_coding_level(self.coding_level)?;
        let own = self.coding_level * ground.neurons as f64;
        let whole = own.round().clamp(1.0, (ground.neurons as f64 - 1.0).max(1.0));
        if (own - whole).abs() > 1e-6 {
            return Err(Error::input(
                format!(
                    "found a coding level of {}, which gives {own} of {} neurons",
                    self.coding_level, ground.neurons
                ),
                "a place field has a whole number of neurons, but not all",
                format!("write coding_level = {}", whole / ground.neurons as f64),
            )
            .at("coding_level"));
        }
        Grid::new(space, self.number, "centres").map(|_| ()).map_err(|e| e.at("number"))
    }

    pub(super) fn draw(&self, ground: Ground) -> Patterns {
        let space = ground.space.expect(CHECKED);
        let grid = |number, what| Grid::new(space, number, what).expect(CHECKED);
        let (neurons, centres) = (grid(ground.neurons, "neurons"), grid(self.number, "centres"));
        let centres: Vec<[f64; 2]> = (0..self.number).map(|mu| centres.place(mu)).collect();
        let size = (self.coding_level * ground.neurons as f64).round() as usize;
        let members = |&centre: &[f64; 2]| {
            // Of neurons at the same distance, up to rounding, the first come first.
            let unit = 1e-6 * neurons.step()[0];
            let mut order: Vec<(u64, u32)> = (0..ground.neurons)
                .map(|i| {
                    ((neurons.distance(neurons.place(i), centre) / unit).round() as u64, i as u32)
                })
                .collect();
            order.select_nth_unstable(size - 1);
            let mut members: Vec<u32> = order[..size].iter().map(|&(_, i)| i).collect();
            members.sort_unstable();
            members
        };
        let fields = centres.iter().map(members).collect();
        let [columns, rows] = neurons.number();
        let shape = matches!(space, Space::Torus(_)).then_some(Shape { columns, rows });
        Patterns::from_foreground(ground.neurons, fields).with_shape(shape).with_centres(centres)
    }
}

#[cfg(test)]
mod tests {
    use crate::pattern::PatternSource;
    use crate::random::Seed;
    use crate::space::{Ground, Space};
    use crate::units::{Distance, Measure};

    fn source(number: usize, coding_level: f64) -> PatternSource {
        let text = format!("[places]\nnumber = {number}\ncoding_level = {coding_level}");
        toml::from_str(&text).unwrap()
    }

    fn on(space: Space, neurons: usize) -> Ground {
        Ground { neurons, space: Some(space) }
    }

    #[test]
    fn fields_are_the_nearest_neurons() {
        let (deg, mm) = (Distance::new(360.0, Measure::Angle), Distance::new(1.0, Measure::Length));
        let ring = on(Space::Ring(deg), 12);
        let fields = source(4, 0.25);
        fields.check(ring).unwrap();
        let drawn = fields.draw("E", ring, Seed(1));
        assert_eq!((drawn.foreground(0), drawn.centre(0)), (&[0, 1, 11][..], Some([0.0, 0.0])));
        assert_eq!((drawn.foreground(1), drawn.centre(1)), (&[2, 3, 4][..], Some([90.0, 0.0])));
        let line = on(Space::Line(mm), 12);
        let drawn = source(3, 1.0 / 3.0).draw("E", line, Seed(1));
        assert_eq!(
            (drawn.foreground(0), drawn.foreground(2)),
            (&[0, 1, 2, 3][..], &[8, 9, 10, 11][..])
        );
        let torus = on(Space::Torus([mm; 2]), 100);
        let drawn = source(4, 0.05).draw("E", torus, Seed(1));
        // A neuron and its four neighbours, at the corner and in the middle.
        assert_eq!(drawn.foreground(0), [0, 1, 9, 10, 90]);
        assert_eq!(drawn.foreground(3), [45, 54, 55, 56, 65]);
        assert_eq!(drawn.shape().map(|s| s.columns), Some(10));
    }

    #[test]
    fn fields_without_a_place_are_refused() {
        let message =
            |source: PatternSource, ground: Ground| source.check(ground).unwrap_err().to_string();
        let sheet = on(Space::Torus([Distance::new(1.0, Measure::Length); 2]), 100);
        assert!(
            message(source(4, 0.1), Ground::from(100)).contains("a population that is nowhere")
        );
        assert!(
            message(source(5, 0.1), sheet).starts_with("places.number: found 5 centres on a torus")
        );
        assert!(message(source(4, 0.015), sheet).contains("which gives 1.5 of 100 neurons"));
    }
}
