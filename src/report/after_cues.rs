//! What a network without spikes remembers after the cues of its protocol.

use crate::dynamics::ObservableKind;
use crate::error::Result;
use crate::protocol::EpochShown;
use crate::recording::Recording;
use crate::statistics::Mean;

/// What is left of a cue.
pub struct AfterCue {
    /// The cue's number among those to its population, from 1.
    pub number: usize,
    /// The population that holds the patterns.
    pub population: String,
    /// Mean overlap with the cued pattern over the second half of the time from the end of the cue to the next stimulus; NaN
    /// without such time.
    pub overlap: f64,
    /// The largest mean overlap with another pattern meanwhile.
    pub other: f64,
}

/// Every cue of the protocol of a network without spikes that has no trials.
pub fn after_cues(recording: &Recording) -> Result<Vec<AfterCue>> {
    let mut found = Vec::new();
    if recording.observable() == ObservableKind::Spikes || recording.drawn()?.is_some() {
        return Ok(found);
    }
    let protocol = recording.protocol()?;
    let mut remembering = Vec::new();
    for (name, _) in recording.populations() {
        if let Some(overlaps) = recording.overlaps(&name)?.filter(|samples| samples.width > 0) {
            remembering.push((name, overlaps));
        }
    }
    for (population, overlaps) in &remembering {
        let own = |name: &Option<String>| match name {
            Some(name) => name == population,
            None => remembering.len() == 1,
        };
        let cued = |epoch: &EpochShown| {
            let mut cues = epoch.show.iter().filter(|stimulus| own(&stimulus.population));
            cues.find_map(|stimulus| stimulus.pattern?.checked_sub(1))
        };
        let cues = protocol.iter().enumerate().filter_map(|(k, epoch)| Some((k, cued(epoch)?)));
        for (number, (k, pattern)) in (1..).zip(cues) {
            let later = || protocol[k + 1..].iter();
            let next = later().find(|epoch| !epoch.show.is_empty()).map(|epoch| epoch.start);
            let start = protocol[k].end;
            let end = next.or(later().next_back().map(|epoch| epoch.end)).unwrap_or(start);
            let times = overlaps.time.iter().enumerate();
            let late = times.filter(|(_, t)| **t > 0.5 * (start + end) && **t <= end);
            let late: Vec<usize> = late.map(|(row, _)| row).collect();
            let mean = |mu: usize| Mean::of(late.iter().map(|row| overlaps.row(*row)[mu])).value;
            let others = (0..overlaps.width).filter(|mu| *mu != pattern).map(mean);
            let (population, other) = (population.clone(), others.fold(f64::NAN, f64::max));
            found.push(AfterCue { number, population, overlap: mean(pattern), other });
        }
    }
    Ok(found)
}
