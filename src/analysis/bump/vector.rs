//! The population vector.

use crate::analysis::window::tile;
use crate::dynamics::ObservableKind;
use crate::error::Result;
use crate::recording::Recording;
use crate::space::Grid;
use std::f64::consts::TAU;

/// Where activity is at a moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bump {
    /// Middle of the window, or moment of the look.
    pub time: f64,
    /// Direction of the population vector as a place, deg or mm; NaN without activity.
    pub place: f64,
    /// Length of the population vector, 0 to 1.
    pub strength: f64,
    /// Circular standard deviation, deg or mm.
    pub width: f64,
    /// Mean over neurons: Hz of spikes.
    pub activity: f64,
}

/// Sums over neurons, of which the population vector is made.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    cos: f64,
    sin: f64,
    all: f64,
}

impl Sums {
    fn add(&mut self, (cos, sin): (f64, f64), activity: f64) {
        self.cos += cos * activity;
        self.sin += sin * activity;
        self.all += activity;
    }

    /// The bump on a ring of circumference `length`; `scale` makes a mean activity of the sum.
    fn bump(self, time: f64, length: f64, scale: f64) -> Bump {
        let activity = self.all * scale;
        if self.all <= 0.0 {
            let (place, strength, width) = (f64::NAN, f64::NAN, f64::NAN);
            return Bump { time, place, strength, width, activity };
        }
        let strength = ((self.cos * self.cos + self.sin * self.sin).sqrt() / self.all).min(1.0);
        let turn = libm::atan2(self.sin, self.cos) / TAU;
        let place = length * if turn < 0.0 { turn + 1.0 } else { turn };
        let width = length / TAU * (-2.0 * libm::log(strength)).sqrt();
        Bump { time, place, strength, width, activity }
    }
}

/// Cosine and sine of the angle of every neuron.
fn directions(grid: &Grid) -> Vec<(f64, f64)> {
    let length = grid.space().extent()[0];
    let of = |i| {
        let angle = TAU * grid.place(i)[0] / length;
        (libm::cos(angle), libm::sin(angle))
    };
    (0..grid.len()).map(of).collect()
}

/// The bump of these activities at `time`, of neurons on a ring.
pub fn vector(grid: &Grid, time: f64, activity: impl IntoIterator<Item = f64>) -> Bump {
    let mut sums = Sums::default();
    for (direction, activity) in directions(grid).into_iter().zip(activity) {
        sums.add(direction, activity);
    }
    sums.bump(time, grid.space().extent()[0], 1.0 / grid.len() as f64)
}

/// The bumps of `population` on the ring of `grid`: of spikes in windows of `bin` ms, of states and graded activity at every look;
/// `None` where these were not recorded.
pub fn decoded(
    recording: &Recording,
    population: &str,
    grid: &Grid,
    bin: f64,
) -> Result<Option<Vec<Bump>>> {
    let directions = directions(grid);
    let length = grid.space().extent()[0];
    if recording.observable() != ObservableKind::Spikes {
        return looked(recording, population, &directions, length);
    }
    let windows = tile(0.0, recording.end()?, bin, bin);
    let mut sums = vec![Sums::default(); windows.len()];
    recording.for_spikes(population, |times, ids| {
        for (&time, &i) in times.iter().zip(ids) {
            if let Some(sums) = sums.get_mut((time / bin) as usize) {
                sums.add(directions[i as usize], 1.0);
            }
        }
    })?;
    let hz = 1000.0 / (bin * grid.len() as f64);
    let bump = |(&(from, to), sums): (&(f64, f64), &Sums)| sums.bump(0.5 * (from + to), length, hz);
    Ok(Some(windows.iter().zip(&sums).map(bump).collect()))
}

/// Those of states and of graded activity.
fn looked(
    recording: &Recording,
    population: &str,
    directions: &[(f64, f64)],
    length: f64,
) -> Result<Option<Vec<Bump>>> {
    let graded = recording.activity(population)?;
    let seen = recording.rates(population)?;
    let states = match &graded {
        Some(_) => None,
        None => recording.states_within(population, 0..seen.time.len())?,
    };
    let bump = |k: usize, time: f64| {
        let mut sums = Sums::default();
        match (&graded, &states) {
            (Some(graded), _) => {
                directions.iter().zip(graded.row(k)).for_each(|(d, &a)| sums.add(*d, a));
            }
            (None, Some(states)) => {
                let row = directions.iter().zip(states.row(k));
                row.for_each(|(d, &s)| sums.add(*d, f64::from(s)));
            }
            (None, None) => return None,
        }
        Some(sums.bump(time, length, 1.0 / directions.len() as f64))
    };
    Ok(seen.time.iter().enumerate().map(|(k, &time)| bump(k, time)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Seed;
    use crate::space::Space;
    use crate::units::{Distance, Measure};

    fn ring(neurons: usize) -> Grid {
        let space = Space::Ring(Distance::new(360.0, Measure::Angle));
        Grid::new(space, neurons, "neurons").unwrap()
    }

    #[test]
    fn place_width_and_strength_are_those_of_the_bump_that_was_made() {
        let grid = ring(720);
        for centre in [0.25, 90.0, 200.0, 359.0] {
            // A wrapped normal density of s.d. 25 deg has R = e^(-sigma^2/2).
            let at = |i: usize| {
                let d = grid.distance(grid.place(i), [centre, 0.0]);
                [0.0, 360.0].iter().map(|turn| libm::exp(-0.5 * ((d - turn) / 25.0).powi(2))).sum()
            };
            let bump = vector(&grid, 7.0, (0..720).map(at));
            let off = (bump.place - centre + 540.0).rem_euclid(360.0) - 180.0;
            assert!(off.abs() < 1e-9, "{bump:?}");
            assert!((bump.width - 25.0).abs() < 1e-6, "{bump:?}");
        }
        let even = vector(&grid, 0.0, vec![2.0; 720]);
        assert!(even.strength < 1e-12 && (even.activity - 2.0).abs() < 1e-12);
        assert!(vector(&grid, 0.0, vec![0.0; 720]).place.is_nan());
    }

    #[test]
    fn spikes_tell_the_place_within_their_number() {
        // n spikes of a bump of s.d. sigma: the direction has a standard error of some sigma/sqrt(n).
        let grid = ring(1000);
        let (sigma, spikes, tries) = (30.0, 400, 200);
        let mut stream = Seed(1).stream("spikes", 0);
        let mut squares = 0.0;
        for _ in 0..tries {
            let mut counts = vec![0.0; 1000];
            for _ in 0..spikes {
                let x = (120.0 + sigma * stream.normal()).rem_euclid(360.0);
                counts[(x / 0.36).round() as usize % 1000] += 1.0;
            }
            squares += (vector(&grid, 0.0, counts).place - 120.0f64).powi(2);
        }
        // Var = (1 - e^(-2 s^2))/(2 n R^2), s = sigma in rad; its estimate has a relative s.d. of sqrt(2/200) = 0.1.
        let s = sigma.to_radians();
        let r = libm::exp(-0.5 * s * s);
        let variance = (1.0 - libm::exp(-2.0 * s * s)) / (2.0 * f64::from(spikes) * r * r);
        let expected = variance.sqrt().to_degrees().powi(2);
        let found = squares / f64::from(tries);
        assert!((found / expected - 1.0).abs() < 0.5, "{found} {expected}");
    }
}
