//! Delayed match to sample: what a trial is, what is decided, and what single neurons do meanwhile.

use super::super::{Check, Workshop};
use crate::analysis::Decisions;
use crate::analysis::trials::{Activities, Alignment, Options};
use crate::error::Result;
use crate::statistics::Share;
use crate::task::Task;

/// Least selectivity of a delay neuron: it fires three times as often after its sample as after the others.
const SELECTIVE: f64 = 0.5;

pub fn d13(workshop: &Workshop) -> Result<Vec<Check>> {
    let ran = workshop.run("delayed-match-1000", &[])?;
    let model = workshop.document("delayed-match-1000", &[])?.model()?;
    let task = model.task.as_ref().and_then(Task::delayed_match);
    let Some(decisions) =
        task.map(|task| Decisions::of(&ran.recording, task)).transpose()?.flatten()
    else {
        return Ok(Vec::new());
    };
    let mut checks = Vec::new();
    let columns =
        ["sample", "test", "match", "observer", "correct", "overlap_hz", "I2_reaction_ms"];
    let drawn = ran.recording.drawn()?.unwrap_or_default();
    let table = drawn.beside(decisions.table());
    let missing: Vec<&str> =
        columns.into_iter().filter(|column| table.column(column).is_none()).collect();
    checks.push(Check::that(
        missing.is_empty(),
        "the table of trials tells sample, test, match, decision, whether it is right, overlap and reaction time",
        format!("{} columns, {} trials", table.columns().count(), table.rows()),
    ));
    let matches = decisions.matches();
    checks.push(Check::that(
        matches.number > 0 && matches.number < matches.of,
        "there are matches and non-matches, and chance is told",
        format!(
            "{} of {} match; chance {:.1} %",
            matches.number,
            matches.of,
            100.0 * decisions.chance()
        ),
    ));
    let words = |share: Share| {
        let (low, high) = share.interval();
        format!("{} of {} (95 %: {:.3} to {:.3})", share.number, share.of, low, high)
    };
    let (held, right) = (decisions.held(), decisions.right());
    checks.push(Check::that(
        held.value() >= 0.95,
        "share of samples held over a delay of 1 s at least 0.95",
        words(held),
    ));
    checks.push(Check::that(
        right.interval().0 > decisions.chance(),
        "the ideal observer is better than chance",
        words(right),
    ));
    let reaction = decisions.readouts.iter().find(|read| read.name == "I2");
    let median = reaction.map_or(f64::NAN, |read| read.median_reaction());
    checks.push(Check::that(
        median.is_finite(),
        "the read-out I2 has a reaction time: when its count exceeds the criterion, in a window of 150 ms",
        format!("{median:.1} ms"),
    ));
    let Some(activities) = Activities::of(&ran.recording, &decisions, Options::default())? else {
        return Ok(checks);
    };
    // As Miyashita's neurons: each with a sample of its own, after which it fires on through the delay.
    let selective = activities.selectivity.neurons.iter().filter(|tuning| {
        let preferred = tuning.preferred.map_or(0.0, |p| tuning.rates[p]);
        preferred >= 10.0 && tuning.index >= SELECTIVE
    });
    let psths = activities.measured.psths.iter();
    let aligned = psths.filter(|psth| psth.alignment == Alignment::Sample).count();
    checks.push(Check::that(
        selective.clone().count() >= 100 && aligned == 1,
        format!("single neurons with delay activity above 10 Hz after their sample and a cross-validated selectivity (r_p - r_o)/(r_p + r_o) of at least {SELECTIVE}: at least 100 of 1000, with PSTHs"),
        selective.count().to_string(),
    ));
    Ok(checks)
}
