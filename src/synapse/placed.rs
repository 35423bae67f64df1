//! Connection rules of populations on a space.

use super::by_distance::Falling;
use super::{Connect, Wiring};
use crate::error::{Error, Result};
use crate::space::Between;

impl Wiring {
    /// Where neurons are; `what` depends on it.
    ///
    /// # Errors
    /// If the populations are not on the same space.
    pub(crate) fn placed(&self, what: &str) -> Result<&Between> {
        self.between.as_ref().ok_or_else(|| {
            Error::input(
                format!(
                    "found {what} by distance between populations that are not on the same space"
                ),
                "only there a pair has a distance",
                "write for example E = { size = 1000, space = { ring = \"360 deg\" } } for both",
            )
        })
    }

    /// The largest distance of a pair; 0 of populations that are nowhere.
    pub(crate) fn longest(&self) -> f64 {
        self.between.map_or(0.0, |between| between.senders.space().longest())
    }

    /// Refuses connections by distance where there is none.
    pub(super) fn check_by_distance(&self) -> Result<()> {
        let Connect::Distance(rule) = &self.connect else { return Ok(()) };
        let placed = self.placed("connections").map_err(|e| e.at("connect.distance"))?;
        rule.check(placed).map_err(|e| e.within("connect.distance"))
    }

    /// The mean probability of a pair of a checked rule by distance.
    pub(super) fn mean_by_distance(&self) -> f64 {
        let (Connect::Distance(rule), Some(between)) = (&self.connect, &self.between) else {
            return 0.0;
        };
        rule.mean(between)
    }

    /// The mean number of senders of a neuron by a checked rule by distance: an autapse that is missing had the probability
    /// p(0).
    pub(super) fn senders_by_distance(&self) -> f64 {
        let (Connect::Distance(rule), Some(between)) = (&self.connect, &self.between) else {
            return 0.0;
        };
        let missing = (self.senders - self.eligible()) as f64 * rule.peak(between);
        (rule.mean(between) * self.senders as f64 - missing).max(0.0)
    }

    /// The probability that falls with the distance, if there is one.
    pub(super) fn falling(&self) -> Option<Falling<'_>> {
        let (Connect::Distance(rule), Some(between)) = (&self.connect, &self.between) else {
            return None;
        };
        Some(rule.falling(between))
    }
}
