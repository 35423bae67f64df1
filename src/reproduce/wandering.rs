//! A bump of activity in a network without noise from outside, and how it wanders (row P12).
//!
//! Where the bump drifts is a matter of the network, whose synapses are not even. What differs between trials of one network at one
//! place is diffusion; since there is no noise, such trials differ in the potentials from which they start, and the network, which is
//! chaotic, makes its own noise of that.

use super::published::{rate, trains, within};
use super::space::bumps;
use super::{Check, Entry, Ran, Workshop};
use crate::analysis::bump::{Bump, Track, Wandering};
use crate::error::Result;
use crate::statistics::Mean;
use crate::work::each;
use std::ops::RangeInclusive;

pub const ROWS: &[Entry] =
    &[("P12", "a bump without noise from outside (Hansel and Mato 2013)", p12)];

/// Networks that the bounds of the model had not seen.
const SEEDS: RangeInclusive<u64> = 2..=11;
/// Further starts of the first of them.
const FURTHER: RangeInclusive<u32> = 1..=9;
/// By how much (mV) the highest potential of a start is below that of the one before.
const LOWER: f64 = 0.1;

/// When rates are taken, ms: the epoch called spontaneous.
const SPONTANEOUS: (f64, f64) = (500.0, 2000.0);
/// When the bump is left alone, ms: from half a second after the cue.
const ALONE: (f64, f64) = (4500.0, 8000.0);
/// Windows in which it is decoded, ms.
const BIN: f64 = 50.0;
/// From the middle of the first window to that of the last one, s.
const LASTS: f64 = 3.45;
/// F distribution of 9 and 9 degrees of freedom: its 97.5 % quantile.
const UNLIKE: f64 = 4.03;
/// The least and the largest displacement (deg) of five trials of another program, in two networks at several places. Of ten others from
/// one distribution with these five at least so many lie between in 95 of 100 cases, whatever the distribution.
const ANOTHER: (f64, f64) = (0.4, 19.0);
const BETWEEN: usize = 3;
/// Length of the population vector of a bump; that of even activity is 0.
const STRONG: f64 = 0.5;

/// Neurons at most so far (deg) from the bump are its peak.
const PEAK: f64 = 5.0;

/// What came of one cue.
struct Trial {
    /// E and I before the cue, Hz.
    rates: [f64; 2],
    /// The least length of the population vector.
    strength: f64,
    /// Of its peak, Hz.
    peak: f64,
    /// How it moved, deg.
    track: Track,
}

impl Trial {
    /// From where it was half a second after the cue to where it is in the end, deg.
    fn moved(&self) -> f64 {
        self.track.moved.last().map_or(f64::NAN, |last| last.1)
    }
}

fn trial(workshop: &Workshop, seed: u64, start: u32) -> Result<Trial> {
    let highest = 20.0 - LOWER * f64::from(start);
    let settings = [
        format!("seed={seed}"),
        format!("dynamics.spiking.E.v_initial.uniform=[\"-3.33 mV\", \"{highest} mV\"]"),
    ];
    let ran = workshop.run("hansel-mato-2013", &settings.each_ref().map(String::as_str))?;
    let of = |name| Ok(rate(trains(&ran, name, SPONTANEOUS)?.iter(), SPONTANEOUS));
    let all = bumps(&ran.recording, BIN)?;
    let alone = || all.iter().filter(|b| (ALONE.0..ALONE.1).contains(&b.time));
    // Without activity it is NaN, which is no bump.
    let strength = |least: f64, b: &Bump| if b.strength < least { b.strength } else { least };
    Ok(Trial {
        rates: [of("E")?, of("I")?],
        strength: match alone().any(|b| b.strength.is_nan()) {
            true => 0.0,
            false => alone().fold(1.0, strength),
        },
        peak: peak(&ran, &all)?,
        track: Track::of("the cue".to_owned(), alone(), 360.0),
    })
}

/// Mean rate (Hz) of the neurons near to the bump, wherever it is in a window.
fn peak(ran: &Ran, bumps: &[Bump]) -> Result<f64> {
    let trains = trains(ran, "E", ALONE)?;
    let neurons = trains.len() as f64;
    let is_near = |own: f64, time: f64| {
        let place = bumps.get((time / BIN) as usize).map_or(f64::NAN, |bump| bump.place);
        let off = (own - place).abs();
        off.min(360.0 - off) <= PEAK
    };
    let near = |(i, train): (usize, &Vec<f64>)| {
        let own = 360.0 * i as f64 / neurons;
        train.iter().filter(|time| is_near(own, **time)).count()
    };
    let spikes: usize = trains.iter().enumerate().map(near).sum();
    Ok(spikes as f64 * 1000.0 / ((ALONE.1 - ALONE.0) * neurons * 2.0 * PEAK / 360.0))
}

/// s^2 of some numbers.
fn variance(values: &[f64]) -> f64 {
    let found = Mean::of(values.iter().copied());
    found.sem * found.sem * found.number as f64
}

fn p12(workshop: &Workshop) -> Result<Vec<Check>> {
    let all = |found: Vec<Result<Trial>>| found.into_iter().collect::<Result<Vec<Trial>>>();
    let networks = all(each(SEEDS, |seed| trial(workshop, seed, 0)))?;
    let more = all(each(FURTHER, |start| trial(workshop, *SEEDS.start(), start)))?;
    let of_one: Vec<&Trial> = networks.iter().take(1).chain(&more).collect();

    let held = networks.iter().filter(|t| t.strength >= STRONG).count();
    let least = networks.iter().map(|t| t.strength).fold(1.0, f64::min);
    let rates = |k: usize| Mean::of(networks.iter().map(|t| t.rates[k]));
    let peak = Mean::of(networks.iter().map(|t| t.peak));
    let moved = |trials: &mut dyn Iterator<Item = &Trial>| trials.map(Trial::moved).collect();
    let by_network: Vec<f64> = moved(&mut networks.iter());
    let by_start: Vec<f64> = moved(&mut of_one.iter().copied());
    let (between, within_one) = (variance(&by_network), variance(&by_start));
    let drift = Mean::of(by_start.iter().map(|deg| deg / LASTS));
    let tracks: Vec<Track> = of_one.iter().map(|t| t.track.clone()).collect();
    let diffusion = Wandering::of(&tracks, 1e-3).and_then(|found| found.diffusion);
    let (b, sem) = diffusion.map_or((f64::NAN, f64::NAN), |found| (found.value, found.sem));
    let alike = by_network.iter().filter(|deg| {
        let deg = deg.abs();
        ANOTHER.0 <= deg && deg <= ANOTHER.1
    });
    let alike = alike.count();
    Ok(vec![
        Check::that(
            held == networks.len(),
            "ten networks, from half a second to 4 s after the cue: bump held, its population vector at least 0.5: all",
            format!("{held} of {}, least {least:.2}", networks.len()),
        ),
        within(
            "before the cue, E: 0.6 to 0.72 Hz (another program: 0.64 to 0.67)",
            (0.6, 0.72),
            &rates(0),
        ),
        within("I: 14.42 to 14.72 Hz (14.56 to 14.58)", (14.42, 14.72), &rates(1)),
        within(
            "after it, neurons within 5 deg of the bump: 19 to 21 Hz (19 to 21)",
            (19.0, 21.0),
            &peak,
        ),
        Check::that(
            drift.value.abs() >= 3.0 * drift.sem,
            "one of them, from ten starts: drift, deg/s, by more than 3 standard errors",
            drift.to_string(),
        ),
        Check::that(
            between >= UNLIKE * within_one,
            "variance of displacements over networks at least 4.03 times that over starts (F test, p < 0.025)",
            format!(
                "{between:.0} and {within_one:.2} deg^2: {:.0} times; diffusion {b:.2} ± {sem:.2} deg^2/s",
                between / within_one
            ),
        ),
        Check::that(
            alike >= BETWEEN,
            "the networks move by 0.4 to 19 deg, as five trials of another program did: at least 3 of 10 (p < 0.05)",
            format!("{alike} of {}", by_network.len()),
        ),
    ])
}
