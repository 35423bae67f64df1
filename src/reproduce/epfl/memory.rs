//! The memory of 8000 spiking neurons, and what becomes of it in other networks.

use super::super::{Check, Ran, Workshop};
use super::{largest, mean};
use crate::analysis::{Irregularity, Memory, Window, measure, tile};
use crate::error::Result;
use crate::pattern::Patterns;

/// Two cues, each held for more than a second, a reset, and rest.
const PROTOCOL: &str = r#"
base = "memory-8000.toml"
title = "Two cues and a reset"
source = "W. Gerstner, EPFL lecture"
shows = "a cue retrieves, a second one switches, a reset ends it"
without = ["protocol", "expect"]
[[protocol]]
name = "spontaneous"
duration = "1 s"
[[protocol]]
name = "cue 1"
duration = "200 ms"
show = [{ pattern = 1, poisson = "350 Hz" }]
[[protocol]]
name = "delay 1"
duration = "1.2 s"
[[protocol]]
name = "cue 2"
duration = "200 ms"
show = [{ pattern = 2, poisson = "350 Hz" }]
[[protocol]]
name = "delay 2"
duration = "1.2 s"
[[protocol]]
name = "reset"
duration = "400 ms"
show = [{ population = "E", current = "-30 mV" }]
[[protocol]]
name = "rest"
duration = "1 s"
"#;

/// Length of the windows of the overlaps, ms.
const WINDOW: f64 = 100.0;

/// Windows of the epochs of the protocol called `name`, from `after` ms on.
fn windows(ran: &Ran, patterns: &Patterns, name: &str, after: f64) -> Result<Vec<Window>> {
    let epochs = ran.recording.protocol()?;
    let own = epochs.iter().filter(|epoch| epoch.name == name);
    let tiles: Vec<(f64, f64)> =
        own.flat_map(|e| tile(e.start + after, e.end, WINDOW, WINDOW)).collect();
    measure(&ran.recording, "E", patterns, &tiles)
}

/// What a run of the protocol shows, each with whether it is as it should be.
fn course(ran: &Ran) -> Result<Vec<(String, bool)>> {
    let (Some(patterns), Some(memory)) = (ran.recording.patterns("E")?, memory(ran)?) else {
        return Ok(Vec::new());
    };
    let Some(reference) = memory.reference else {
        return Ok(vec![("no cue is held".to_owned(), false)]);
    };
    let magnitude = |windows: &[Window]| {
        // Without a window it is no number, and within no bound.
        largest(windows.iter().flat_map(|w| &w.overlaps).map(|m| m / reference))
    };
    let mut found = Vec::new();
    let before = magnitude(&windows(ran, &patterns, "spontaneous", 0.0)?);
    found.push((format!("before {before:.3}"), before <= 0.1));
    for cued in 0..2 {
        // 300 ms after the onset of the cue.
        let delay = windows(ran, &patterns, &format!("delay {}", cued + 1), 100.0)?;
        let least =
            delay.iter().map(|w| w.overlaps[cued] / reference).fold(f64::INFINITY, f64::min);
        let other = delay.iter().filter_map(|w| Some(w.largest(Some(cued))?.1 / reference));
        let other = other.fold(0.0, f64::max);
        let words = format!(
            "delay {}: {least:.2} for {:.1} s, others {other:.2}",
            cued + 1,
            0.1 * delay.len() as f64
        );
        found.push((words, least >= 0.7 && other <= 0.2 && delay.len() >= 10));
    }
    let rest = magnitude(&windows(ran, &patterns, "rest", 0.0)?);
    found.push((format!("after the reset {rest:.3}"), rest <= 0.1));
    Ok(found)
}

/// What became of the cues of a run.
fn memory(ran: &Ran) -> Result<Option<Memory>> {
    Memory::of(&ran.recording, "E", ran.criterion, f64::INFINITY, None)
}

pub fn d11(workshop: &Workshop) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    let mut good = 0;
    let mut failed = Vec::new();
    for seed in workshop.seeds() {
        let ran = workshop.run_text(PROTOCOL, &[&format!("seed={seed}")])?;
        let course = course(&ran)?;
        let met = !course.is_empty() && course.iter().all(|(_, met)| *met);
        good += usize::from(met);
        let words: Vec<&str> = course.iter().map(|(words, _)| words.as_str()).collect();
        let rate = memory(&ran)?.and_then(|m| m.reference).unwrap_or(f64::NAN);
        // Of twenty seeds one may fail, which the count below judges.
        if workshop.is_thorough() && !met {
            failed.push(format!("seed {seed}: {}", words.join("; ")));
            continue;
        }
        checks.push(Check::that(
            met,
            format!("seed {seed}: in units of the delay rate, windows of 100 ms: all 90 overlaps within 0.1 before; each cue >= 0.7 for 1 s and more, others <= 0.2; after the reset within 0.1"),
            format!("delay rate {rate:.1} Hz; {}", words.join("; ")),
        ));
    }
    let of = workshop.seeds().count();
    let least = (19 * of).div_ceil(20);
    checks.push(Check::that(
        good >= least,
        format!("seeds that meet all of it: at least {least} of {of}"),
        [vec![good.to_string()], failed].concat().join("; "),
    ));
    for name in ["memory-8000", "memory-8000-all-to-all"] {
        let ran = workshop.run(name, &[])?;
        let held = memory(&ran)?.map(|m| m.held()).unwrap_or_default();
        let words = format!("{} of {}; {}", held.number, held.of, rates(&ran));
        checks.push(Check::that(
            ran.summary.as_expected(),
            format!("{name}: six cues held, each until the next"),
            words,
        ));
    }
    Ok(checks)
}

/// Spontaneous and delay rate of a run in words.
fn rates(ran: &Ran) -> String {
    let delay = memory(ran).ok().flatten().and_then(|m| m.reference);
    let rate = |name: &str| ran.summary.rates_hz.get(name).copied().unwrap_or(f64::NAN);
    match delay {
        Some(delay) => format!("delay rate {delay:.1} Hz, E {:.2} Hz over the run", rate("E")),
        None => format!("E {:.2} Hz over the run", rate("E")),
    }
}

pub fn d15(workshop: &Workshop) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    let mut irregular = f64::NAN;
    for name in ["memory-8000-irregular", "memory-8000"] {
        let ran = workshop.run(name, &[])?;
        let Some(memory) = memory(&ran)? else { return Ok(Vec::new()) };
        let (_, mut cvs) =
            Irregularity::each_of_stretches(&ran.recording, "E", &memory.stretches())?;
        cvs.sort_by(f64::total_cmp);
        let at = |share: f64| {
            cvs.get((share * (cvs.len() as f64 - 1.0)) as usize).copied().unwrap_or(f64::NAN)
        };
        let mean = mean(&cvs);
        let held = memory.held();
        let found = format!(
            "mean {mean:.2}; tenth, half and nine tenths below {:.2}, {:.2}, {:.2}; {} neurons and delays; {} of {} held at {:.1} Hz",
            at(0.1),
            at(0.5),
            at(0.9),
            cvs.len(),
            held.number,
            held.of,
            memory.reference.unwrap_or(f64::NAN)
        );
        let (met, expected) = match name {
            "memory-8000" => (
                mean < irregular,
                format!(
                    "{name}, whose reset lies 10 mV below threshold in place of 4: a lower CV than that"
                ),
            ),
            _ => (
                (0.7..=1.2).contains(&mean) && held.number == held.of,
                format!(
                    "{name}: CV of ISI of the cued foreground in the delay 0.7 to 1.2, all cues held"
                ),
            ),
        };
        irregular = mean;
        checks.push(Check::that(met, expected, found));
    }
    Ok(checks)
}
