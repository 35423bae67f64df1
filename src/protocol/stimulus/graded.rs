//! Stimuli whose strength falls with the distance from a centre.

use super::Stimulus;
use crate::error::{Error, Result};
use crate::space::{Grid, Space};

impl Stimulus {
    /// Refuses a profile without a centre, or a centre without a profile, on the space of the population, if it is on one; and
    /// what cannot be graded.
    pub(super) fn check_profile(&self, space: Option<&(&str, Space, bool)>) -> Result<()> {
        let Some(profile) = self.profile else {
            return match self.centre {
                None => Ok(()),
                Some(_) => Err(Error::input(
                    "found `centre` without `profile`",
                    "it is from where the strength of a stimulus falls",
                    "add for example profile = { gaussian = \"30 deg\" }",
                )
                .at("centre")),
            };
        };
        let Some(&(population, space, places)) = space else {
            return Err(Error::input(
                "found a stimulus by distance to a population that is nowhere",
                "its strength falls with the distance from a place",
                "write for example E = { size = 1000, space = { ring = \"360 deg\" } } in [population]",
            )
            .at("profile"));
        };
        profile.check(&space).map_err(|e| e.within("profile"))?;
        match (self.pattern, self.centre) {
            (None, Some(centre)) => centre.check(&space).map_err(|e| e.at("centre"))?,
            (Some(_), None) if places => {}
            (Some(_), None) => {
                return Err(Error::input(
                    "found a profile around a pattern that has no centre",
                    format!("the patterns of {population} are no place fields"),
                    "write centre = \"180 deg\" and population in place of pattern",
                )
                .at("pattern"));
            }
            (given, _) => {
                return Err(Error::input(
                    match given {
                        Some(_) => "found both `pattern` and `centre` beside `profile`",
                        None => "found neither `pattern` nor `centre` beside `profile`",
                    },
                    "the strength falls from one place",
                    "write one of them, for example centre = \"180 deg\"",
                )
                .at("profile"));
            }
        }
        let others = [
            ("left_out", self.left_out.is_some()),
            ("replaced", self.replaced.is_some()),
            ("state", self.state.is_some()),
            ("flipped", self.flipped.is_some()),
            ("occluded", self.occluded.is_some()),
            ("noise", self.noise.is_some()),
            ("neurons", self.neurons.is_some()),
        ];
        others.into_iter().find(|(_, given)| *given).map_or(Ok(()), |(key, _)| {
            Err(Error::input(
                format!("found `{key}` beside `profile`"),
                "a stimulus that falls with the distance is a field, current or Poisson input on all neurons",
                "delete one of them",
            )
            .at(key))
        })
    }

    /// f(d) of all neurons of a population of so many on `space`, around the centre of the pattern, or the given one.
    pub(in crate::protocol) fn shares(
        &self,
        centre: Option<[f64; 2]>,
        space: Space,
        neurons: usize,
    ) -> Result<Option<Vec<f64>>> {
        let centre = self.centre.map(|centre| centre.coordinates()).or(centre);
        let Some((profile, centre)) = self.profile.zip(centre) else { return Ok(None) };
        let grid = Grid::new(space, neurons, "neurons")?;
        let share = |i| profile.at(grid.distance(grid.place(i), centre));
        Ok(Some((0..neurons).map(share).collect()))
    }
}
