//! Bumps of activity on a ring (row P6).

use super::{Check, Entry, Workshop};
use crate::analysis::bump::{Bump, Bumps};
use crate::error::Result;
use crate::recording::Recording;
use crate::space::Space;
use crate::units::{Distance, Measure};
use std::f64::consts::PI;

pub const ROWS: &[Entry] = &[("P6", "a ring of fixed points (Ben-Yishai 1995)", ring)];

/// The bumps of the first population, on a ring of 360 deg.
pub(super) fn bumps(recording: &Recording, bin: f64) -> Result<Vec<Bump>> {
    let populations = recording.populations();
    let own = populations.first().map_or(("", 0), |(name, number)| (name.as_str(), *number));
    let space = Space::Ring(Distance::new(360.0, Measure::Angle));
    Ok(Bumps::of(recording, own, space, bin)?.map(|found| found.bumps).unwrap_or_default())
}

/// c where c - sin(2 c)/2 = 2 pi/J_1.
fn half_width(j_1: f64) -> f64 {
    let (mut low, mut high) = (0.0, PI);
    for _ in 0..100 {
        let c = 0.5 * (low + high);
        match c - 0.5 * libm::sin(2.0 * c) < 2.0 * PI / j_1 {
            true => low = c,
            false => high = c,
        }
    }
    low
}

fn ring(workshop: &Workshop) -> Result<Vec<Check>> {
    let (j_0, j_1) = (-7.0, 6.0);
    let c = half_width(j_1);
    let f = (libm::sin(c) - c * libm::cos(c)) / PI;
    let scale = 1.0 / (-j_0 * f - libm::cos(c));
    let ran = workshop.run("ring", &[])?;
    let bumps = bumps(&ran.recording, 5.0)?;
    let at = |time: f64| bumps.iter().find(|b| b.time >= time).map_or(f64::NAN, |b| b.place);
    let last = |of: fn(&Bump) -> f64| bumps.last().map_or(f64::NAN, of);
    let activity = ran.recording.activity("N")?;
    let end: Vec<f64> =
        activity.map(|all| all.row(all.time.len() - 1).to_vec()).unwrap_or_default();
    let active = end.iter().filter(|&&r| r > 1e-6).count() as f64 * 360.0 / end.len() as f64;
    let to = |x: f64| (x * 1e5).round() / 1e5;
    let largest = end.iter().copied().fold(0.0, f64::max);
    let height = to(scale * (1.0 - libm::cos(c)));
    let wide = to(2.0 * c.to_degrees());
    Ok(vec![
        Check::near("in closed form, mean activity", to(scale * f), 1e-4, last(|b| b.activity)),
        Check::near("largest activity", height, 1e-3, largest),
        Check::near("active are so many deg, of neurons 1.5 deg apart,", wide, 1.5, active),
        Check::near("after the cue at 90 deg the bump is at", 90.0, 0.01, at(205.0)),
        Check::near("80 time constants later", 90.0, 0.01, at(995.0)),
        Check::near("a cue at 200 deg moves it to", 200.0, 0.5, at(1205.0)),
        Check::near("80 time constants later", 200.0, 0.5, at(1995.0)),
    ])
}
