//! Cues: the epochs in which one pattern is shown.

use crate::protocol::EpochShown;

/// The cue of one pattern, and the time that belongs to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Cue {
    /// The pattern, from 0.
    pub pattern: usize,
    /// Onset, ms.
    pub onset: f64,
    /// Onset of the next epoch with a stimulus to the population or to one without patterns, or the end of the protocol, ms.
    pub until: f64,
    /// When nothing is shown any more, ms.
    pub offset: f64,
}

/// The epochs in which exactly one pattern is shown to `population`, one of those that hold patterns (`holders`). A
/// stimulus without a population means the only holder, and one to a population without patterns concerns all.
pub fn cues(protocol: &[EpochShown], population: &str, holders: &[String]) -> Vec<Cue> {
    let only = holders.len() == 1;
    let here = |epoch: &EpochShown| -> Vec<Option<usize>> {
        let stimuli = epoch.show.iter().filter(|s| match &s.population {
            Some(name) => name == population || !holders.contains(name),
            None => only,
        });
        stimuli.map(|s| s.pattern).collect()
    };
    let shown = |epoch: &EpochShown| -> Vec<usize> {
        let mut patterns: Vec<usize> = here(epoch).into_iter().flatten().collect();
        patterns.sort_unstable();
        patterns.dedup();
        patterns
    };
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
        let holders = |names: &[&str]| names.iter().map(|&n| n.to_owned()).collect::<Vec<_>>();
        assert_eq!(
            cues(&protocol, "E", &holders(&["E"])),
            [cue(1, 100.0, 200.0, 500.0), cue(0, 600.0, 700.0, 700.0), cue(2, 700.0, 800.0, 800.0)]
        );
        assert_eq!(cues(&protocol, "E", &holders(&["E", "F"])), []);
    }

    #[test]
    fn what_is_shown_to_others_ends_a_cue_unless_they_hold_patterns_themselves() {
        let to = |name: &str| Stimulus { population: Some(name.to_owned()), ..Stimulus::default() };
        let protocol = |other: &str| {
            let mut reset = epoch("reset", 300.0, 400.0, &[]);
            reset.show.push(to(other));
            // Two stimuli with one pattern are one cue.
            [epoch("cue", 0.0, 100.0, &[1, 1]), epoch("delay", 100.0, 300.0, &[]), reset]
        };
        let of_e = |other: &str, holders: &[&str]| {
            let holders: Vec<String> = holders.iter().map(|&n| n.to_owned()).collect();
            cues(&protocol(other), "E", &holders).iter().map(|c| c.until).collect::<Vec<_>>()
        };
        assert_eq!(of_e("I", &["E"]), [300.0]);
        assert_eq!(of_e("E", &["E"]), [300.0]);
        let mut two = protocol("F");
        two[0].show.iter_mut().for_each(|s| s.population = Some("E".to_owned()));
        let holders = ["E".to_owned(), "F".to_owned()];
        assert_eq!(cues(&two, "E", &holders)[0].until, 400.0);
    }
}
