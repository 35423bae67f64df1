//! D18: sequences in time, by transmission delays (Herz, Sulzer, Kühn and van Hemmen 1988, 1989).

use super::super::{Check, Workshop};
use crate::analysis::sequence::{Sequence, least};
use crate::error::Result;
use crate::recording::Recording;
use crate::statistics::Share;

/// Patterns of the sequence.
const P: usize = 6;

/// A network whose projections have the delays 0, 1, ... below `delays`, and learn by `rule`; pattern 6 is held for `hold`
/// sweeps, and then nothing is shown for `replay`.
fn text(rule: &str, delays: usize, hold: usize, replay: usize) -> String {
    let projection = |d: usize| {
        format!(
            "[projection.d{d}]\nfrom = \"N\"\nto = \"N\"\nconnect = \"all_to_all\"\nautapses = false\n\
             learning = {rule}\ndelay = \"{d} sweeps\"\n"
        )
    };
    let projections: String = (0..delays).map(projection).collect();
    format!(
        "title = \"delays\"\nsource = \"Herz et al. 1989\"\nshows = \"a sequence\"\nseed = 1\n\
         [population.N]\nsize = 600\n\
         [patterns.N.random]\nnumber = {P}\ncoding_level = 0.5\nforeground = \"bernoulli\"\n\
         {projections}\
         [dynamics.binary]\nstates = \"plus_minus\"\nupdate = \"synchronous\"\ntie = \"keep\"\n\
         [[protocol]]\nname = \"cue\"\nduration = \"{hold} sweeps\"\n\
         show = [{{ pattern = {P}, state = \"clamped\", flipped = 0.1 }}]\n\
         [[protocol]]\nname = \"replay\"\nduration = \"{replay} sweeps\"\n"
    )
}

fn sequence(hold: usize) -> String {
    format!("{{ sequence = {{ cyclic = true, hold = \"{hold} sweeps\" }} }}")
}

/// The visits after the cue.
fn replayed(recording: &Recording) -> Result<Option<Sequence>> {
    let protocol = recording.protocol()?;
    let Some(epoch) = protocol.iter().find(|epoch| epoch.name == "replay") else {
        return Ok(None);
    };
    let least = least(recording.observable());
    Sequence::within(recording, "N", (epoch.start, epoch.end), least)
}

pub fn d18(workshop: &Workshop) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    let run = |rule: &str, delays, hold, replay, seed: u64| {
        workshop.run_text(&text(rule, delays, hold, replay), &[&format!("seed={seed}")])
    };
    for hold in 1..=6 {
        let (mut order, mut dwell) = (Vec::new(), Vec::new());
        for seed in workshop.seeds() {
            let ran = run(&sequence(hold), hold, hold, 3 * P * hold, seed)?;
            let Some(found) = replayed(&ran.recording)? else { continue };
            let steps = found.in_order();
            // Three rounds are 3 P changes, unless a pattern is left out or visited twice.
            order.push(steps.number == steps.of && steps.of == 3 * P);
            dwell.extend(found.whole().iter().map(|visit| visit.dwell == hold as f64));
        }
        let (order, dwell) = (Share::of(order.into_iter()), Share::of(dwell.into_iter()));
        checks.push(Check::that(
            order.of > 0 && order.number == order.of && dwell.of > 0 && dwell.number == dwell.of,
            format!("shown for {hold} each, {hold} delays: three rounds in order, {hold} sweeps in each pattern"),
            format!("{} of {} networks, {} of {} visits", order.number, order.of, dwell.number, dwell.of),
        ));
    }
    for (delays, what) in [(1, "one delay"), (2, "two delays")] {
        let mut stays = Vec::new();
        for seed in workshop.seeds() {
            let found = replayed(&run(&sequence(4), delays, 4, 72, seed)?.recording)?;
            stays.push(found.is_some_and(|found| found.visits.len() == 1));
        }
        let stays = Share::of(stays.into_iter());
        checks.push(Check::exactly(
            &format!("shown for 4 sweeps each, but {what}: networks that stay in pattern {P}"),
            stays.of as u64,
            stays.number as u64,
        ));
    }
    // Static patterns, by the same delays: what is seen is what was seen.
    let mut least = f64::INFINITY;
    for seed in workshop.seeds() {
        let ran = run("\"hebb\"", 4, 4, 50, seed)?;
        let overlaps = ran.recording.overlaps("N")?;
        let last = overlaps.and_then(|m| m.column(P - 1).last()).unwrap_or(f64::NAN);
        least = least.min(last);
    }
    checks.push(Check::at_least(
        "static patterns, Hebb's rule for all of four delays: least overlap after 50 sweeps",
        0.99,
        least,
    ));
    let ran = workshop.run("herz-1988", &[])?;
    checks.push(Check::that(
        ran.summary.expect.iter().all(|verdict| verdict.met) && !ran.summary.expect.is_empty(),
        "the model herz-1988 is as it says",
        ran.summary.expect.iter().map(|v| v.found.clone()).collect::<Vec<_>>().join("; "),
    ));
    Ok(checks)
}
