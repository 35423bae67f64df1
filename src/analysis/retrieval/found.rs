//! What became of a cue.

use super::criterion::Criterion;
use super::cue::Cue;
use crate::analysis::window::Window;

/// What becomes of the pattern that a cue shows. "At the end" means in the window that ends with the next stimulus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is held until the next stimulus.
    Held,
    /// At the end it stands out, or has the largest overlap and that is above the bound; but the criterion was not met all
    /// the time.
    Weak,
    /// At the end another pattern (from 0) stands out.
    Replaced(usize),
    /// At the end no pattern stands out, but the largest overlap, that with another one (from 0), is above the bound.
    Confused(usize),
    /// It outlived its cue, but at the end no overlap is above the bound.
    Lost,
    /// It did not outlive its cue, and at the end no overlap is above the bound.
    NotRetrieved,
    /// Nothing tells, for this reason.
    Unjudged(Reason),
}

/// Why a cue is not judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The run was stopped before the next stimulus.
    Stopped,
    /// From when the pattern must be held to the next stimulus there is no whole window.
    Short,
    /// From when every other overlap must be small to the next stimulus there is none.
    OthersShort,
    /// The pattern has no neurons.
    Empty,
}

impl Fate {
    /// Whether the cued pattern is held; none if that is not judged.
    pub fn held(self) -> Option<bool> {
        (!matches!(self, Self::Unjudged(_))).then_some(self == Self::Held)
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
            Self::Unjudged(_) => "not judged",
        }
    }
}

/// Another pattern beside the cued one, in the window in which its overlap is the largest share of the cued one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rival {
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
    /// Overlap with the cued pattern over all the time in which it must be held, Hz; NaN if there is none.
    pub overlap: f64,
    /// The least overlap with it in one of the windows, Hz, and the start of that window, ms.
    pub least: Option<(f64, f64)>,
    /// Its overlap at the end, Hz.
    pub last: Option<f64>,
    /// From when on its overlap was not above the bound any more, ms; none if it is at the end.
    pub since: Option<f64>,
    /// The other pattern that comes closest to it.
    pub other: Option<Rival>,
    /// Whether its overlap is the largest in each of the windows.
    pub always_largest: bool,
    /// The largest overlap at the end: of which pattern, from 0, and how large, Hz.
    pub largest: Option<(usize, f64)>,
    /// The pattern that stands out at the end, from 0.
    pub holds: Option<usize>,
    /// What became of it.
    pub fate: Fate,
    /// Time to retrieval, ms: from the onset of the cue to the end of the first window in which its pattern stands out, of
    /// those that begin with the onset and every tenth of their length later. None of a pattern that stands out in none
    /// that begins after the cue has ended: what the stimulus drives is no memory.
    pub retrieval: Option<f64>,
}

/// The windows of a cue.
pub(super) struct Windows<'a> {
    /// All the time in which the pattern must be held; none if it has no length.
    pub whole: Option<&'a Window>,
    /// In which it must be held.
    pub held: &'a [Window],
    /// In which every other overlap must be small.
    pub alone: &'a [Window],
    /// In which it is looked for, from the onset on.
    pub rising: &'a [Window],
}

impl Found {
    /// A cue after which the run was stopped.
    pub(super) fn stopped(cue: Cue) -> Self {
        Self {
            windows: 0,
            overlap: f64::NAN,
            least: None,
            last: None,
            since: None,
            other: None,
            always_largest: false,
            largest: None,
            holds: None,
            fate: Fate::Unjudged(Reason::Stopped),
            retrieval: None,
            cue,
        }
    }

    /// What became of a cue.
    pub(super) fn judge(criterion: &Criterion, cue: Cue, windows: &Windows) -> Self {
        let Windows { whole, held, alone, rising } = *windows;
        let (pattern, offset) = (cue.pattern, cue.offset);
        let cued = |window: &Window| window.overlaps[pattern];
        let weak = |window: &Window| cued(window) <= criterion.above;
        // Of equal overlaps that of the cued pattern comes first.
        let leading = |window: &Window| match window.largest(None) {
            Some((_, m)) if m == cued(window) => Some((pattern, m)),
            largest => largest,
        };
        let stands_out = |window: &&Window| criterion.stands_out(window) == Some(pattern);
        let outlives = rising.iter().filter(|w| w.start >= offset).any(|w| stands_out(&w));
        let least = held.iter().map(|w| (cued(w), w.start)).min_by(|a, b| a.0.total_cmp(&b.0));
        let other = alone.iter().filter_map(|window| {
            let (pattern, overlap) = window.largest(Some(pattern))?;
            // A pattern without an overlap of its own is below any other.
            let of_cued = if overlap > 0.0 { overlap / cued(window).max(0.0) } else { 0.0 };
            Some(Rival { pattern, overlap, of_cued, start: window.start })
        });
        let other = other.reduce(|a, b| if b.of_cued > a.of_cued { b } else { a });
        let last = held.last();
        let trailing = held.iter().rev().take_while(|window| weak(window)).last();
        let mut found = Self {
            windows: held.len(),
            overlap: whole.map_or(f64::NAN, cued),
            least,
            last: last.map(cued),
            since: trailing.map(|window| window.start),
            other,
            always_largest: held.iter().all(|w| leading(w).map(|l| l.0) == Some(pattern)),
            largest: last.and_then(leading),
            holds: last.and_then(|window| criterion.stands_out(window)),
            fate: Fate::Unjudged(Reason::Short),
            retrieval: rising
                .iter()
                .find(stands_out)
                .filter(|_| outlives)
                .map(|window| window.stop - cue.onset),
            cue,
        };
        // Without another pattern nothing can come close.
        let single = held.iter().all(|window| window.largest(Some(pattern)).is_none());
        let unseen = alone.is_empty() && !single;
        found.fate = found.fate_of(criterion, held.iter().any(weak), unseen, outlives);
        found
    }

    fn fate_of(&self, criterion: &Criterion, weak: bool, unseen: bool, outlives: bool) -> Fate {
        let Some(last) = self.last else { return Fate::Unjudged(Reason::Short) };
        if last.is_nan() {
            return Fate::Unjudged(Reason::Empty);
        }
        let crowded = self.other.is_some_and(|other| other.of_cued >= criterion.others_below);
        match (self.holds, self.largest) {
            _ if !weak && !crowded && unseen => Fate::Unjudged(Reason::OthersShort),
            _ if !weak && !crowded => Fate::Held,
            (Some(mu), _) if mu != self.cue.pattern => Fate::Replaced(mu),
            (Some(_), _) => Fate::Weak,
            (None, Some((mu, m))) if m > criterion.above && mu == self.cue.pattern => Fate::Weak,
            (None, Some((mu, m))) if m > criterion.above => Fate::Confused(mu),
            _ if outlives => Fate::Lost,
            _ => Fate::NotRetrieved,
        }
    }
    /// What happened, in words; overlaps as shares of the `reference` rate (Hz) where there is one.
    pub fn describe(&self, criterion: &Criterion, reference: Option<f64>) -> String {
        let at = |time: f64| format!("{:.3} s", time / 1000.0);
        let hz = |overlap: f64| match reference {
            Some(rate) => format!("{overlap:.2} Hz ({:.3} of the delay rate)", overlap / rate),
            None => format!("{overlap:.2} Hz"),
        };
        let own = hz(self.last.unwrap_or(f64::NAN));
        let since = match self.since {
            Some(time) => format!(", not above {} Hz from {} on", criterion.above, at(time)),
            None => String::new(),
        };
        let largest = |mu: usize| {
            let m = self.largest.filter(|l| l.0 == mu).map_or(f64::NAN, |l| l.1);
            format!("pattern {} with {m:.2} Hz", mu + 1)
        };
        let end = match self.fate {
            Fate::Held => "held".to_owned(),
            Fate::Weak => self.weakness(criterion, &hz),
            Fate::Replaced(mu) => {
                format!("replaced by {} at the end; its own overlap is {own}{since}", largest(mu))
            }
            Fate::Confused(mu) => format!(
                "confused: at the end none stands out, and the largest overlap is that of {}; its own is {own}{since}",
                largest(mu)
            ),
            Fate::Lost => format!("lost: its overlap is {own} at the end{since}"),
            Fate::NotRetrieved => {
                format!(
                    "not retrieved: it does not outlive its cue; its overlap is {own} at the end{since}"
                )
            }
            Fate::Unjudged(reason) => format!("not judged: {}", reason.words(criterion)),
        };
        format!("pattern {} (cue at {}): {end}", self.cue.pattern + 1, at(self.cue.onset))
    }

    /// Which bounds a pattern broke that is there at the end.
    fn weakness(&self, criterion: &Criterion, hz: &impl Fn(f64) -> String) -> String {
        let at = |time: f64| format!("{:.3} s", time / 1000.0);
        let mut faults = Vec::new();
        if let Some((least, start)) = self.least.filter(|(m, _)| *m <= criterion.above) {
            let bound = criterion.above;
            faults.push(format!(
                "its overlap dips to {} at {} (bound {bound} Hz)",
                hz(least),
                at(start)
            ));
        }
        if let Some(other) = self.other.filter(|o| o.of_cued >= criterion.others_below) {
            faults.push(format!(
                "pattern {} reaches {:.2} Hz, {:.4} of it, at {} (bound {})",
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
}

impl Reason {
    fn words(self, criterion: &Criterion) -> String {
        let Criterion { window, within, others_within, .. } = *criterion;
        match self {
            Self::Stopped => "the run was stopped before the next stimulus".to_owned(),
            Self::Short => format!(
                "between the end of the cue (or {within} ms after its onset) and the next stimulus there is no whole window of {window} ms"
            ),
            Self::OthersShort => format!(
                "from {others_within} ms after the onset, when the others must be small, to the next stimulus there is no whole window of {window} ms"
            ),
            Self::Empty => "the pattern has no neurons".to_owned(),
        }
    }
}
