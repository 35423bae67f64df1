//! What became of a cue.

use super::Window;
use super::criterion::Criterion;
use super::cue::Cue;

/// What becomes of the pattern that a cue shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is held until the next stimulus.
    Held,
    /// It has the largest overlap at the end, but did not meet the criterion all the time.
    Weak,
    /// Another pattern (from 0) stands out at the end.
    Replaced(usize),
    /// No pattern stands out at the end, though the overlap with another one (from 0), the largest, is above the bound.
    Confused(usize),
    /// It stood out, but at the end no overlap is above the bound.
    Lost,
    /// It never stood out, and at the end no overlap is above the bound.
    NotRetrieved,
    /// The time until the next stimulus is shorter than a window.
    Unjudged,
}

impl Fate {
    /// Whether the cued pattern is held; none if that is not judged.
    pub fn held(self) -> Option<bool> {
        (self != Self::Unjudged).then_some(self == Self::Held)
    }

    /// As it stands in tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Weak => "weak",
            Self::Replaced(_) => "replaced",
            Self::Confused(_) => "confused",
            Self::Lost => "lost",
            Self::NotRetrieved => "not retrieved",
            Self::Unjudged => "not judged",
        }
    }
}

/// Another pattern beside the cued one, in the window in which its overlap is the largest share of the cued one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Share {
    /// From 0.
    pub pattern: usize,
    /// Hz.
    pub overlap: f64,
    /// As a share of the cued overlap; infinite if that is not above 0.
    pub of_cued: f64,
    /// Start of the window, ms.
    pub start: f64,
}

/// A cue, and what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// What was shown, and when.
    pub cue: Cue,
    /// Number of windows in which the pattern must be held.
    pub windows: usize,
    /// Mean overlap with the cued pattern over these windows, Hz; NaN without one.
    pub overlap: f64,
    /// The least overlap with the cued pattern in one of these windows, Hz, and the start of that window, ms.
    pub least: Option<(f64, f64)>,
    /// The other pattern that comes closest to it.
    pub other: Option<Share>,
    /// Whether its overlap is the largest in each of these windows.
    pub always_largest: bool,
    /// The pattern that stands out in the last window, from 0.
    pub holds: Option<usize>,
    /// What became of it.
    pub fate: Fate,
    /// Time to retrieval, ms: from the onset of the cue to the end of the first window in which its pattern stands out,
    /// of those that begin with the onset in steps of a tenth of their length.
    pub retrieval: Option<f64>,
}

impl Found {
    /// What became of a cue, told from the windows in which its pattern must be held and those in which it rises.
    pub(super) fn judge(
        criterion: &Criterion,
        cue: Cue,
        held: &[Window],
        rising: &[Window],
    ) -> Self {
        let cued = |window: &Window| window.overlaps[cue.pattern];
        let slack = 1e-9 * criterion.window;
        let alone = cue.onset + criterion.others_within - slack;
        let beside: Vec<&Window> = held.iter().filter(|window| window.start >= alone).collect();
        let rise = rising.iter().find(|window| criterion.stands_out(window) == Some(cue.pattern));
        let least = held.iter().map(|w| (cued(w), w.start)).min_by(|a, b| a.0.total_cmp(&b.0));
        let other = beside.iter().filter_map(|window| {
            let (pattern, overlap) = window.largest(Some(cue.pattern))?;
            // A pattern without an overlap of its own is below any other.
            let of_cued = if overlap > 0.0 { overlap / cued(window).max(0.0) } else { 0.0 };
            Some(Share { pattern, overlap, of_cued, start: window.start })
        });
        let other = other.max_by(|a, b| a.of_cued.total_cmp(&b.of_cued));
        let last = held.last();
        let holds = last.and_then(|window| criterion.stands_out(window));
        let always_largest = held.iter().all(|w| w.largest(None).map(|l| l.0) == Some(cue.pattern));
        let strong = least.is_some_and(|(overlap, _)| overlap > criterion.above);
        let single = other.is_none_or(|other| other.of_cued < criterion.others_below);
        let fate = match (last, holds) {
            _ if beside.is_empty() => Fate::Unjudged,
            (None, _) => Fate::Unjudged,
            _ if strong && single => Fate::Held,
            (_, Some(mu)) if mu == cue.pattern => Fate::Weak,
            (_, Some(mu)) => Fate::Replaced(mu),
            (Some(window), None) => match window.largest(None) {
                Some((mu, m)) if m > criterion.above && mu == cue.pattern => Fate::Weak,
                Some((mu, m)) if m > criterion.above => Fate::Confused(mu),
                _ if rise.is_some() => Fate::Lost,
                _ => Fate::NotRetrieved,
            },
        };
        Self {
            windows: held.len(),
            overlap: held.iter().map(cued).sum::<f64>() / held.len() as f64,
            least,
            other,
            always_largest,
            holds,
            fate,
            retrieval: rise.map(|window| window.stop - cue.onset),
            cue,
        }
    }

    /// What happened, in words; overlaps as shares of the `reference` rate (Hz) where there is one.
    pub fn describe(&self, criterion: &Criterion, reference: Option<f64>) -> String {
        let at = |start: f64| format!("at {:.3} s", start / 1000.0);
        let hz = |overlap: f64| match reference {
            Some(rate) => format!("{overlap:.2} Hz ({:.3} of the delay rate)", overlap / rate),
            None => format!("{overlap:.2} Hz"),
        };
        let (least, when) = self.least.unwrap_or((f64::NAN, f64::NAN));
        let dip = format!("its overlap dips to {} {}", hz(least), at(when));
        let end = match self.fate {
            Fate::Held => "held".to_owned(),
            Fate::Weak => {
                let mut faults = Vec::new();
                if least <= criterion.above {
                    faults.push(format!("{dip} (bound {} Hz)", criterion.above));
                }
                if let Some(other) = self.other.filter(|o| o.of_cued >= criterion.others_below) {
                    faults.push(format!(
                        "pattern {} reaches {:.2} Hz, {:.4} of it, {} (bound {})",
                        other.pattern + 1,
                        other.overlap,
                        other.of_cued,
                        at(other.start),
                        criterion.others_below
                    ));
                }
                let largest = match self.always_largest {
                    true => "it stays the largest overlap",
                    false => "it is the largest overlap at the end",
                };
                format!("{}; {largest}", faults.join("; "))
            }
            Fate::Replaced(mu) => format!("replaced by pattern {}", mu + 1),
            Fate::Confused(mu) => format!(
                "confused: at the end pattern {} has the largest overlap, and none stands out",
                mu + 1
            ),
            Fate::Lost => {
                format!("lost: {dip}, and at the end no overlap is above {} Hz", criterion.above)
            }
            Fate::NotRetrieved => format!(
                "not retrieved: it never stood out, and at the end no overlap is above {} Hz",
                criterion.above
            ),
            Fate::Unjudged => format!(
                "not judged: until the next stimulus there is no whole window of {} ms",
                criterion.window
            ),
        };
        format!("pattern {} (cue {}): {end}", self.cue.pattern + 1, at(self.cue.onset))
    }
}
