//! Irregularity by kind of epoch: pooled over a run, a pause between two of them would count as an interval.

use crate::analysis::Irregularity;
use crate::error::Result;
use crate::protocol::EpochShown;
use crate::recording::Recording;
use serde::Serialize;

/// Mean CV of interspike intervals of a population, by kind of epoch; none where no neuron has enough intervals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct CvByKind {
    /// Before anything is shown.
    pub spontaneous: Option<f64>,
    /// While something is shown.
    pub shown: Option<f64>,
    /// When nothing is shown any more.
    pub delay: Option<f64>,
}

/// A kind of epoch.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Spontaneous,
    Shown,
    Delay,
}

/// The stretches of one kind that follow one another: kind, start, end.
fn stretches(protocol: &[EpochShown]) -> Vec<(Kind, f64, f64)> {
    let mut found: Vec<(Kind, f64, f64)> = Vec::new();
    for epoch in protocol {
        let kind = match (epoch.show.is_empty(), found.iter().any(|s| s.0 == Kind::Shown)) {
            (false, _) => Kind::Shown,
            (true, true) => Kind::Delay,
            (true, false) => Kind::Spontaneous,
        };
        match found.last_mut() {
            Some(last) if last.0 == kind => last.2 = epoch.end,
            _ => found.push((kind, epoch.start, epoch.end)),
        }
    }
    found
}

impl CvByKind {
    /// Of all neurons of a population over the epochs of `protocol`.
    pub(super) fn of(
        recording: &Recording,
        population: &str,
        neurons: usize,
        protocol: &[EpochShown],
    ) -> Result<Self> {
        let all: Vec<u32> = (0..neurons as u32).collect();
        let stretches = stretches(protocol);
        let cv = |kind: Kind| -> Result<Option<f64>> {
            let those = stretches.iter().filter(|s| s.0 == kind);
            let those: Vec<(f64, f64, &[u32])> = those.map(|s| (s.1, s.2, &all[..])).collect();
            match those.is_empty() {
                true => Ok(None),
                false => Ok(Irregularity::of_stretches(recording, population, &those)?.cv),
            }
        };
        Ok(Self {
            spontaneous: cv(Kind::Spontaneous)?,
            shown: cv(Kind::Shown)?,
            delay: cv(Kind::Delay)?,
        })
    }

    /// Each with its name.
    pub(super) fn all(&self) -> [(&'static str, Option<f64>); 3] {
        [("spontaneous", self.spontaneous), ("shown", self.shown), ("delay", self.delay)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Stimulus;

    #[test]
    fn epochs_of_one_kind_are_one_stretch() {
        let epoch = |start: f64, shown: bool| EpochShown {
            name: String::new(),
            start,
            end: start + 1.0,
            show: if shown { vec![Stimulus::default()] } else { Vec::new() },
        };
        let protocol = [
            epoch(0.0, false),
            epoch(1.0, false),
            epoch(2.0, true),
            epoch(3.0, true),
            epoch(4.0, false),
            epoch(5.0, true),
            epoch(6.0, false),
        ];
        let found = stretches(&protocol);
        let of = |kind| -> Vec<(f64, f64)> {
            found.iter().filter(|s| s.0 == kind).map(|s| (s.1, s.2)).collect()
        };
        assert_eq!(of(Kind::Spontaneous), [(0.0, 2.0)]);
        assert_eq!(of(Kind::Shown), [(2.0, 4.0), (5.0, 6.0)]);
        assert_eq!(of(Kind::Delay), [(4.0, 5.0), (6.0, 7.0)]);
    }
}
