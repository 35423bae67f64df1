//! Bumps: where on a ring activity is, how wide it is, and how it wanders.
//!
//! Neuron i at the angle phi_i = 2 pi x_i/L of a ring of circumference L is active with a_i: in a window of stated width with its
//! spikes (windows follow one another; from exact times), at a look with its graded activity, or its state. The **population
//! vector**
//!
//! ```text
//! R e^(i psi) = sum_i a_i e^(i phi_i) / sum_i a_i
//! ```
//!
//! (Georgopoulos, Schwartz and Kettner 1986) has the direction of the bump, x = L psi/(2 pi), and a length R between 0 (even
//! activity) and 1 (one place). Its **width** is the circular standard deviation L/(2 pi) sqrt(-2 ln R) of all activity, that of
//! the background included.
//!
//! After a cue at a place a bump [wanders](Wandering): by **drift**, which is the same in every trial of one network because its
//! synapses are not even (quenched), and by **diffusion**, which differs from trial to trial.

mod vector;
mod wandering;

pub use vector::{Bump, decoded, vector};
pub use wandering::{Diffusion, Drift, Track, Wandering};

use crate::dynamics::ObservableKind;
use crate::error::Result;
use crate::protocol::{EpochShown, Stimulus};
use crate::recording::Recording;
use crate::space::{Grid, Space};
use crate::table::Table;

/// The bump of a population in a recording.
#[derive(Clone, Debug)]
pub struct Bumps {
    /// Whose.
    pub population: String,
    /// Its circumference, deg or mm.
    pub length: f64,
    /// The unit of places.
    pub unit: &'static str,
    /// Window by window, or look by look.
    pub bumps: Vec<Bump>,
    /// After cues; nothing where no place was cued.
    pub wandering: Option<Wandering>,
    /// Seconds in a unit of time of the recording; none of sweeps.
    seconds: Option<f64>,
}

impl Bumps {
    /// Those of `population`, which has so many neurons on a ring, in windows of `bin` ms; `None` where it is on no ring, or what
    /// neurons did was not recorded.
    ///
    /// # Errors
    /// If the recording is damaged.
    pub fn of(
        recording: &Recording,
        (population, neurons): (&str, usize),
        space: Space,
        bin: f64,
    ) -> Result<Option<Self>> {
        let Space::Ring(length) = space else { return Ok(None) };
        let grid = Grid::new(space, neurons, "neurons")?;
        let Some(bumps) = decoded(recording, population, &grid, bin)? else { return Ok(None) };
        let seconds = recording.clock().seconds(1.0);
        let with_patterns: Vec<&str> = recording.with_patterns().collect();
        let own = |stimulus: &Stimulus| {
            stimulus.target(with_patterns.iter().copied()).is_ok_and(|to| to == population)
        };
        let protocol = recording.protocol()?;
        let looks = if recording.observable() == ObservableKind::Spikes { bin } else { 0.0 };
        let tracks = tracks(&protocol, own, (&bumps, looks), length.value());
        let wandering = seconds.and_then(|seconds| Wandering::of(&tracks, seconds));
        let (length, unit) = (length.value(), space.measure().unit());
        let population = population.to_owned();
        Ok(Some(Self { population, length, unit, bumps, wandering, seconds }))
    }

    /// The tables, by name.
    ///
    /// - `bump`: of every window or look its middle, the place (deg or mm), the length of the population vector, the width (deg or
    ///   mm), and the mean activity (Hz of spikes)
    /// - `bump_drift`: of every cued place the number of trials, and the mean displacement per second, with its standard error
    /// - `bump_diffusion`: growth of the variance of displacements within places, deg^2/s or mm^2/s, with its standard error; the
    ///   same of all trials together, which counts drift as diffusion; and the standard deviation of drifts over places
    pub fn tables(&self) -> Vec<(String, Table)> {
        let each = |of: fn(&Bump) -> f64| self.bumps.iter().map(of).collect::<Vec<f64>>();
        let bump = Table::default()
            .real("time", each(|b| b.time))
            .real("place", each(|b| b.place))
            .real("strength", each(|b| b.strength))
            .real("width", each(|b| b.width))
            .real("activity", each(|b| b.activity));
        let mut tables = vec![("bump".to_owned(), bump)];
        let Some(wandering) = &self.wandering else { return tables };
        let drifts = &wandering.drifts;
        let drift = Table::default()
            .text("cue", drifts.iter().map(|d| d.cue.clone()).collect())
            .whole("trials", drifts.iter().map(|d| d.trials as u64).collect())
            .real("drift_per_s", drifts.iter().map(|d| d.value).collect())
            .real("sem", drifts.iter().map(|d| d.sem).collect());
        tables.push(("bump_drift".to_owned(), drift));
        if let Some(diffusion) = wandering.diffusion {
            let one = |value: f64| vec![value];
            let table = Table::default()
                .real("diffusion_per_s", one(diffusion.value))
                .real("sem", one(diffusion.sem))
                .real("with_drift_per_s", one(diffusion.with_drift))
                .real("sd_of_drift_per_s", one(wandering.sd_of_drift()))
                .whole("trials", vec![diffusion.trials as u64]);
            tables.push(("bump_diffusion".to_owned(), table));
        }
        tables
    }

    /// In a sentence, if bumps were left alone after cues.
    pub fn says(&self) -> Option<String> {
        let wandering = self.wandering.as_ref()?;
        let unit = self.unit;
        let drift = match wandering.drifts.len() {
            1 => format!(
                "{:.2} {unit}/s from the only cued place",
                rounded(wandering.drifts[0].value)
            ),
            places if wandering.sd_of_drift().is_nan() => {
                format!("{places} places, some of which were cued but once")
            }
            places => {
                format!("an s.d. of {:.2} {unit}/s over {places} places", wandering.sd_of_drift())
            }
        };
        let error = |sem: f64| match sem.is_nan() {
            true => "(its error is not told by so few trials)".to_owned(),
            false => format!("+- {sem:.2}"),
        };
        let diffusion = wandering.diffusion.map_or(
            "no place was cued twice, so that diffusion is not told from it".to_owned(),
            |d| format!("diffusion of {:.2} {unit}^2/s {} beside it", d.value, error(d.sem)),
        );
        Some(format!("bump in {}: drift of {drift}; {diffusion}", self.population))
    }

    /// Place against time, in parts that do not jump across the seam of the ring; time in s or sweeps.
    pub fn path(&self) -> Vec<Vec<(f64, f64)>> {
        let scale = self.seconds.unwrap_or(1.0);
        let mut parts: Vec<Vec<(f64, f64)>> = Vec::new();
        let mut before = f64::NAN;
        for bump in &self.bumps {
            let joined = (bump.place - before).abs() < 0.5 * self.length;
            match parts.last_mut().filter(|_| joined) {
                Some(part) => part.push((bump.time * scale, bump.place)),
                None if bump.place.is_nan() => {}
                None => parts.push(vec![(bump.time * scale, bump.place)]),
            }
            before = bump.place;
        }
        parts
    }
}

/// The bumps that are left alone after a cue at a place: of every epoch without stimulus that follows an epoch with one to the
/// `own` population that falls with the distance.
fn tracks(
    protocol: &[EpochShown],
    own: impl Fn(&Stimulus) -> bool,
    (bumps, width): (&[Bump], f64),
    length: f64,
) -> Vec<Track> {
    let of = |pair: &[EpochShown]| {
        let [cue, delay] = pair else { return None };
        let [stimulus] = &cue.show[..] else { return None };
        if !own(stimulus) || stimulus.profile.is_none() || !delay.show.is_empty() {
            return None;
        }
        let cue = match (stimulus.pattern, stimulus.centre) {
            (Some(mu), _) => format!("pattern {mu}"),
            (None, centre) => centre?.to_string(),
        };
        // Windows that lie in the delay as a whole, to rounding: in others part of the cue counts.
        let (from, to) = (delay.start + 0.5 * width, delay.end - 0.5 * width);
        let slack = 1e-6 * width;
        let inside = |time: f64| match width > 0.0 {
            true => time >= from - slack && time <= to + slack,
            false => time > from && time < to,
        };
        let within = bumps.iter().filter(|b| inside(b.time));
        Some(Track::of(cue, within, length))
    };
    protocol.windows(2).filter_map(of).collect()
}

/// To two digits, without the sign of 0.
fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0 + 0.0
}
