//! What became of every cue, and of the patterns before the first one.

use super::ShareSummary;
use crate::analysis::{Criterion, Found, Irregularity, Memory};
use crate::error::Result;
use crate::recording::Recording;
use serde::Serialize;
use std::fmt;

/// The memory of a population over the protocol.
#[derive(Clone, Debug, Serialize)]
pub struct MemorySummary {
    /// When a cued pattern counts as held.
    criterion: CriterionSummary,
    /// Mean rate of the cued foreground in the delays in which it was held: what overlaps are compared with.
    pub(super) delay_rate_hz: Option<f64>,
    /// Mean CV of its interspike intervals there.
    pub(super) cv_isi_delay: Option<f64>,
    /// Before the first stimulus, the largest magnitude of an overlap in any window.
    pub(super) spontaneous_hz: Option<f64>,
    /// Cues after which the cued pattern was held, of those that are judged.
    pub(super) held: ShareSummary,
    /// In order of time.
    pub(super) cues: Vec<CueSummary>,
}

/// The numbers by which a pattern counts as held.
#[derive(Clone, Copy, Debug, Serialize)]
struct CriterionSummary {
    above_hz: f64,
    within_ms: f64,
    others_below: f64,
    others_within_ms: f64,
    window_ms: f64,
}

/// What became of a cue. Patterns count from 1.
#[derive(Clone, Debug, Serialize)]
pub struct CueSummary {
    /// The cued one.
    pub(super) pattern: usize,
    onset_ms: f64,
    /// When nothing is shown any more.
    offset_ms: f64,
    /// Until when it must be held: the next stimulus, or the end.
    until_ms: f64,
    /// held, weak, replaced, confused, lost, not retrieved or not judged.
    outcome: &'static str,
    /// Whether the cued pattern is held; none if that is not judged.
    pub(super) held: Option<bool>,
    /// The pattern that stands out in the last window.
    pub(super) holds: Option<usize>,
    /// Overlap with the cued pattern over all the time in which it must be held.
    pub(super) overlap_hz: Option<f64>,
    /// The least in a window, and where that begins.
    pub(super) least_hz: Option<f64>,
    least_ms: Option<f64>,
    /// That in the last window.
    last_hz: Option<f64>,
    /// The other pattern that comes closest to the cued one, its overlap there, and that as a share of the cued one; no
    /// share where the cued overlap is not above 0.
    other: Option<usize>,
    pub(super) other_hz: Option<f64>,
    pub(super) other_of_cued: Option<f64>,
    other_ms: Option<f64>,
    /// Time to retrieval, from the onset.
    pub(super) retrieval_ms: Option<f64>,
    /// Number of windows in which it must be held.
    windows: usize,
    /// What happened, in words.
    what: String,
}

impl MemorySummary {
    pub(super) fn of(memory: &Memory, recording: &Recording) -> Result<Self> {
        let stretches = memory.stretches();
        let delays = Irregularity::of_stretches(recording, &memory.population, &stretches)?;
        let Criterion { above, within, others_below, others_within, window } = memory.criterion;
        Ok(Self {
            criterion: CriterionSummary {
                above_hz: above,
                within_ms: within,
                others_below,
                others_within_ms: others_within,
                window_ms: window,
            },
            delay_rate_hz: memory.reference,
            cv_isi_delay: delays.cv,
            spontaneous_hz: memory.spontaneous.map(|largest| largest.overlap.abs()),
            held: memory.held().into(),
            cues: memory.cues.iter().map(|found| CueSummary::of(found, memory)).collect(),
        })
    }
}

impl CueSummary {
    fn of(found: &Found, memory: &Memory) -> Self {
        let finite = |value: f64| value.is_finite().then_some(value);
        Self {
            pattern: found.cue.pattern + 1,
            onset_ms: found.cue.onset,
            offset_ms: found.cue.offset,
            until_ms: found.cue.until,
            outcome: found.fate.word(),
            held: found.fate.held(),
            holds: found.holds.map(|mu| mu + 1),
            overlap_hz: finite(found.overlap),
            least_hz: found.least.map(|(overlap, _)| overlap),
            least_ms: found.least.map(|(_, start)| start),
            last_hz: found.last,
            other: found.other.map(|other| other.pattern + 1),
            other_hz: found.other.map(|other| other.overlap),
            other_of_cued: found.other.map(|other| other.of_cued),
            other_ms: found.other.map(|other| other.start),
            retrieval_ms: found.retrieval,
            windows: found.windows,
            what: found.describe(&memory.criterion, memory.reference),
        }
    }
}

impl MemorySummary {
    /// The cues to `population`, which is named if `named` is true.
    pub(super) fn write(
        &self,
        population: &str,
        named: bool,
        f: &mut fmt::Formatter,
    ) -> fmt::Result {
        if self.cues.is_empty() {
            return Ok(());
        }
        let or = |value: Option<f64>, decimals: usize| {
            value.map_or("-".to_owned(), |v| format!("{v:.decimals$}"))
        };
        writeln!(
            f,
            "  {:<12} {:>8}  {:<13} {:>8} {:>8} {:>8} {:>10}",
            if named { format!("cue to {population}") } else { "cue".to_owned() },
            "from (s)",
            "outcome",
            "m (Hz)",
            "least",
            "other",
            "after (ms)"
        )?;
        for cue in &self.cues {
            let name = format!("pattern {}", cue.pattern);
            let outcome = match cue.holds.filter(|mu| *mu != cue.pattern) {
                Some(mu) => format!("{} by {mu}", cue.outcome),
                None => cue.outcome.to_owned(),
            };
            writeln!(
                f,
                "  {name:<12} {:>8.3}  {outcome:<13} {:>8} {:>8} {:>8} {:>10}",
                cue.onset_ms / 1000.0,
                or(cue.overlap_hz, 2),
                or(cue.least_hz, 2),
                or(cue.other_hz, 2),
                or(cue.retrieval_ms, 0)
            )?;
        }
        let CriterionSummary { above_hz, within_ms, others_below, others_within_ms, window_ms } =
            self.criterion;
        writeln!(
            f,
            "  held: in every window of {window_ms} ms after the cue m > {above_hz} Hz from {within_ms} ms after its onset, every other < {others_below} m from {others_within_ms} ms"
        )?;
        writeln!(f)
    }
}
