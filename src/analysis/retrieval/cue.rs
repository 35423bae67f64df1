//! Cues: the epochs in which one pattern is shown.

use crate::protocol::EpochShown;

/// The cue of one pattern, and the time that belongs to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Cue {
    /// The pattern, from 0.
    pub pattern: usize,
    /// Onset, ms.
    pub onset: f64,
    /// Onset of the next epoch with a stimulus to the population, or the end of the protocol, ms.
    pub until: f64,
    /// When nothing is shown any more, ms.
    pub offset: f64,
}

/// The epochs in which exactly one pattern is shown to the population; `only` says that no other population
/// has patterns, so that a stimulus without a population means this one.
pub(super) fn cues(protocol: &[EpochShown], population: &str, only: bool) -> Vec<Cue> {
    let here = |epoch: &EpochShown| -> Vec<Option<usize>> {
        let stimuli = epoch.show.iter().filter(|s| match &s.population {
            Some(name) => name == population,
            None => only,
        });
        stimuli.map(|s| s.pattern).collect()
    };
    let shown = |epoch: &EpochShown| -> Vec<usize> { here(epoch).into_iter().flatten().collect() };
    let end = protocol.last().map_or(0.0, |e| e.end);
    let mut cues = Vec::new();
    for (k, epoch) in protocol.iter().enumerate() {
        let [pattern] = shown(epoch)[..] else { continue };
        let continued = k > 0 && shown(&protocol[k - 1]) == [pattern];
        if continued {
            continue;
        }
        let later = &protocol[k + 1..];
        let offset = later.iter().find(|e| here(e).is_empty()).map_or(end, |e| e.start);
        let next = later.iter().find(|e| e.start >= offset && !here(e).is_empty());
        let interrupted = later.iter().find(|e| e.start < offset && shown(e) != [pattern]);
        let until = interrupted.or(next).map_or(end, |e| e.start);
        cues.push(Cue {
            pattern: pattern - 1,
            onset: epoch.start,
            until,
            offset: offset.min(until),
        });
    }
    cues
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Stimulus;

    fn epoch(name: &str, start: f64, end: f64, patterns: &[usize]) -> EpochShown {
        let show = patterns
            .iter()
            .map(|&p| Stimulus { pattern: Some(p), ..Stimulus::default() })
            .collect();
        EpochShown { name: name.to_owned(), start, end, show }
    }

    #[test]
    fn cues_last_until_something_else_is_shown() {
        let protocol = [
            epoch("rest", 0.0, 100.0, &[]),
            epoch("cue", 100.0, 150.0, &[2]),
            epoch("cue, longer", 150.0, 200.0, &[2]),
            epoch("delay", 200.0, 500.0, &[]),
            epoch("mixture", 500.0, 600.0, &[1, 2]),
            epoch("cue", 600.0, 700.0, &[1]),
            epoch("cue", 700.0, 800.0, &[3]),
        ];
        let cue = |pattern, onset, offset, until| Cue { pattern, onset, until, offset };
        assert_eq!(
            cues(&protocol, "E", true),
            [cue(1, 100.0, 200.0, 500.0), cue(0, 600.0, 700.0, 700.0), cue(2, 700.0, 800.0, 800.0)]
        );
        assert_eq!(cues(&protocol, "E", false), []);
    }
}
