//! How bumps wander after cues: drift, which a network has at a place, and diffusion.

use super::Bump;
use crate::statistics::Mean;

/// Displacements of one bump that is left alone.
#[derive(Clone, Debug, PartialEq)]
pub struct Track {
    /// Where it was cued: trials with the same cue are compared.
    pub cue: String,
    /// Times since the first look, and how far it has moved since then; signed, and counted on around the ring.
    pub moved: Vec<(f64, f64)>,
}

impl Track {
    /// That of bumps one after another on a ring of circumference `length`; it ends where there is no activity.
    pub fn of<'a>(cue: String, bumps: impl Iterator<Item = &'a Bump>, length: f64) -> Self {
        let mut moved: Vec<(f64, f64)> = Vec::new();
        let mut first: Option<(f64, f64)> = None;
        let (mut at, mut before) = (0.0, 0.0);
        for bump in bumps.take_while(|bump| !bump.place.is_nan()) {
            let (start, _) = *first.get_or_insert((bump.time, bump.place));
            if !moved.is_empty() {
                let step = bump.place - before;
                at += step - length * (step / length).round();
            }
            before = bump.place;
            moved.push((bump.time - start, at));
        }
        Self { cue, moved }
    }
}

/// The mean displacement after cues at one place, per second.
#[derive(Clone, Debug, PartialEq)]
pub struct Drift {
    /// The cue.
    pub cue: String,
    /// How many trials there were.
    pub trials: usize,
    /// deg/s or mm/s.
    pub value: f64,
    /// Standard error over trials; NaN of one.
    pub sem: f64,
}

/// How the variance of displacements grows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Diffusion {
    /// Within places, so that drift does not count: deg^2/s or mm^2/s.
    pub value: f64,
    /// Standard error: jackknife over trials.
    pub sem: f64,
    /// Of all trials together, as if places were alike: drift counts as diffusion.
    pub with_drift: f64,
    /// Trials at places with more than one.
    pub trials: usize,
}

/// Drift and diffusion of the bumps of a recording.
///
/// ```text
/// <Delta_k(t)>_trials at one place = drift t            Var_trials at one place (Delta_k(t)) = B t + noise of decoding
/// ```
///
/// B is the slope of a line through the variances, pooled over places with n - 1 degrees of freedom each, at all times but 0
/// (Compte, Brunel, Goldman-Rakic and Wang 2000, who have B = 2 D); what the decoder adds is the same at all of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Wandering {
    /// Of every cued place, in the order of first cues.
    pub drifts: Vec<Drift>,
    /// None if no place was cued twice.
    pub diffusion: Option<Diffusion>,
}

/// Looks that a track needs.
const FEWEST: usize = 3;

impl Wandering {
    /// That of `tracks`, whose times count in units of so many `seconds`; `None` without any that lasts.
    pub fn of(tracks: &[Track], seconds: f64) -> Option<Self> {
        let tracks: Vec<&Track> = tracks.iter().filter(|t| t.moved.len() >= FEWEST).collect();
        // As long as all of them last.
        let looks = tracks.iter().map(|t| t.moved.len()).min()?;
        let mut cues: Vec<&str> = Vec::new();
        for track in &tracks {
            if !cues.contains(&track.cue.as_str()) {
                cues.push(&track.cue);
            }
        }
        let drift = |cue: &&str| {
            let speed = |t: &&&Track| {
                let (time, moved) = t.moved[looks - 1];
                moved / (time * seconds)
            };
            let speeds = Mean::of(tracks.iter().filter(|t| t.cue == **cue).map(|t| speed(&t)));
            Drift {
                cue: (*cue).to_owned(),
                trials: speeds.number,
                value: speeds.value,
                sem: speeds.sem,
            }
        };
        let drifts = cues.iter().map(drift).collect();
        Some(Self { drifts, diffusion: diffusion(&tracks, looks, seconds) })
    }

    /// The standard deviation of drifts over places, without what diffusion and decoding add to their means, sqrt(Var - <sem^2>)
    /// or 0; NaN of one place, and where a place was cued but once.
    pub fn sd_of_drift(&self) -> f64 {
        let number = self.drifts.len() as f64;
        let over_places = |of: &dyn Fn(&Drift) -> f64| self.drifts.iter().map(of).sum::<f64>();
        let mean = over_places(&|d| d.value) / number;
        let variance = over_places(&|d| (d.value - mean).powi(2)) / (number - 1.0);
        let rest = variance - over_places(&|d| d.sem * d.sem) / number;
        if rest.is_nan() { rest } else { rest.max(0.0).sqrt() }
    }
}

/// Diffusion within places, over so many `looks`.
fn diffusion(tracks: &[&Track], looks: usize, seconds: f64) -> Option<Diffusion> {
    let by_cue = |tracks: &[&Track]| slope(tracks, looks, seconds, |a, b| a.cue == b.cue);
    let value = by_cue(tracks)?;
    let number = tracks.len();
    let others = (0..number).filter_map(|left| {
        let rest: Vec<&Track> =
            tracks.iter().enumerate().filter(|(k, _)| *k != left).map(|(_, t)| *t).collect();
        by_cue(&rest)
    });
    let others: Vec<f64> = others.collect();
    let mean = others.iter().sum::<f64>() / others.len() as f64;
    let squares: f64 = others.iter().map(|v| (v - mean).powi(2)).sum();
    let sem = match others.len() == number {
        true => (squares * (number as f64 - 1.0) / number as f64).sqrt(),
        false => f64::NAN,
    };
    let repeated = |t: &&&Track| tracks.iter().filter(|other| other.cue == t.cue).count() > 1;
    Some(Diffusion {
        value,
        sem,
        with_drift: slope(tracks, looks, seconds, |_, _| true)?,
        trials: tracks.iter().filter(repeated).count(),
    })
}

/// The slope of the variance within groups against time; `None` if no group has two members.
fn slope(
    tracks: &[&Track],
    looks: usize,
    seconds: f64,
    alike: impl Fn(&Track, &Track) -> bool,
) -> Option<f64> {
    let mut groups: Vec<Vec<&Track>> = Vec::new();
    for track in tracks {
        match groups.iter_mut().find(|group| alike(group[0], track)) {
            Some(group) => group.push(track),
            None => groups.push(vec![track]),
        }
    }
    let freedom: usize = groups.iter().map(|group| group.len() - 1).sum();
    if freedom == 0 {
        return None;
    }
    let variance = |look: usize| {
        let squares = |group: &Vec<&Track>| {
            let moved = || group.iter().map(|t| t.moved[look].1);
            let mean = moved().sum::<f64>() / group.len() as f64;
            moved().map(|m| (m - mean).powi(2)).sum::<f64>()
        };
        groups.iter().map(squares).sum::<f64>() / freedom as f64
    };
    let points: Vec<(f64, f64)> =
        (1..looks).map(|look| (tracks[0].moved[look].0 * seconds, variance(look))).collect();
    let number = points.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / number;
    let (t, v) = (mean(|p| p.0), mean(|p| p.1));
    let products: f64 = points.iter().map(|p| (p.0 - t) * (p.1 - v)).sum();
    let squares: f64 = points.iter().map(|p| (p.0 - t).powi(2)).sum();
    Some(products / squares)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Seed, Stream};

    /// Random walks of `b` deg^2/s with `drift` deg/s and a noise of decoding of 1 deg, looked at every 50 ms for 4 s.
    fn walks(cues: &[(f64, usize)], b: f64, stream: &mut Stream) -> Vec<Track> {
        let mut tracks = Vec::new();
        for (k, &(drift, trials)) in cues.iter().enumerate() {
            for _ in 0..trials {
                let mut at = 350.0;
                let bumps: Vec<Bump> = (0..80)
                    .map(|look| {
                        at += drift * 0.05 + (b * 0.05).sqrt() * stream.normal();
                        let place = (at + stream.normal()).rem_euclid(360.0);
                        let (strength, width, activity) = (0.9, 26.0, 5.0);
                        Bump { time: 50.0 * f64::from(look), place, strength, width, activity }
                    })
                    .collect();
                tracks.push(Track::of(format!("{k}"), bumps.iter(), 360.0));
            }
        }
        tracks
    }

    #[test]
    fn diffusion_is_told_apart_from_drift_and_from_decoding() {
        let cues: Vec<(f64, usize)> = (0..8).map(|k| (3.0 * f64::from(k) - 10.0, 50)).collect();
        let tracks = walks(&cues, 4.0, &mut Seed(1).stream("walk", 0));
        let found = Wandering::of(&tracks, 1e-3).unwrap();
        let diffusion = found.diffusion.unwrap();
        // 392 degrees of freedom: the variance at the end is known to sqrt(2/392) = 7 %.
        assert!((diffusion.value - 4.0).abs() < 5.0 * diffusion.sem, "{diffusion:?}");
        assert!(diffusion.sem > 0.1 && diffusion.sem < 0.6, "{diffusion:?}");
        // s.d. of drifts: 3 sqrt(8 9/12) = 7.35 deg/s; at 4 s its variance is 16 54 deg^2.
        assert!((found.sd_of_drift() - 7.35).abs() < 0.6, "{}", found.sd_of_drift());
        assert!(diffusion.with_drift > 100.0, "{diffusion:?}");
        for (drift, (wanted, trials)) in found.drifts.iter().zip(&cues) {
            assert_eq!(drift.trials, *trials);
            // sqrt(4 deg^2/s / 4 s / 50) = 0.14 deg/s.
            assert!((drift.value - wanted).abs() < 5.0 * 0.15, "{drift:?}, not {wanted}");
        }
    }

    #[test]
    fn diffusion_alone_is_no_drift() {
        let tracks = walks(&[(0.0, 5); 100], 4.0, &mut Seed(3).stream("walk", 0));
        let found = Wandering::of(&tracks, 1e-3).unwrap();
        // Means of five trials scatter by sqrt((4/4 + 2/16)/5) = 0.47 deg/s; their variance is known to sqrt(2/99 + 2/400) = 16 %
        // of 0.22, of which 2.5 times that are left at most.
        let scatter = found.drifts.iter().map(|d| d.value * d.value).sum::<f64>() / 100.0;
        assert!((scatter.sqrt() - 0.47).abs() < 0.1, "{scatter}");
        assert!(found.sd_of_drift() < 0.3, "{}", found.sd_of_drift());
    }

    #[test]
    fn single_trials_have_drift_and_no_diffusion() {
        let tracks = walks(&[(20.0, 1), (-30.0, 1)], 0.01, &mut Seed(2).stream("walk", 0));
        let found = Wandering::of(&tracks, 1e-3).unwrap();
        assert_eq!((found.diffusion, found.drifts.len()), (None, 2));
        // Decoding of both ends adds sqrt(2)/4 deg/s.
        assert!((found.drifts[0].value - 20.0).abs() < 1.8 && found.drifts[0].sem.is_nan());
        assert_eq!(Wandering::of(&[], 1e-3), None);
    }

    #[test]
    fn a_track_counts_on_around_the_ring_and_ends_in_silence() {
        let bump = |place: f64, k: i32| {
            let (strength, width, activity) = (0.9, 26.0, 5.0);
            Bump { time: 10.0 * f64::from(k), place, strength, width, activity }
        };
        let places = [350.0, 10.0, 30.0, f64::NAN, 40.0];
        let bumps: Vec<Bump> = places.iter().zip(0..).map(|(&x, k)| bump(x, k)).collect();
        let track = Track::of(String::new(), bumps.iter(), 360.0);
        assert_eq!(track.moved, [(0.0, 0.0), (10.0, 20.0), (20.0, 40.0)]);
    }
}
