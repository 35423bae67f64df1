//! Efficacies within, between and along assemblies.

use crate::error::{Error, Result};
use crate::pattern::Shares;
use serde::{Deserialize, Serialize};

/// w_ij by the first of these that applies (Amit and Brunel 1997; Brunel and Wang 2001):
///
/// - `w_plus` if i and j have at least one pattern in common, however many (clipped),
/// - `w_next` if i is in a pattern that follows one of j,
/// - `w_minus` if i is in a pattern,
/// - 1 otherwise, onto the non-selective neurons.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Assemblies {
    /// Within assemblies, 0 or larger.
    pub w_plus: f64,
    /// From elsewhere onto neurons of assemblies, 0 or larger; if left out (1 - a w_plus)/(1 - a) with the mean share a of the
    /// senders in a pattern, so that the mean efficacy onto a neuron of one assembly stays 1: over all senders, without
    /// `w_next`, and where connections do not depend on assemblies.
    pub w_minus: Option<f64>,
    /// From an assembly to the next one, 0 or larger; as other pairs if left out.
    pub w_next: Option<f64>,
    /// Whether the first assembly follows the last.
    #[serde(default)]
    pub cyclic: bool,
}

/// A pair of neurons, as this rule sees it.
#[derive(Clone, Copy, Debug)]
pub struct Kin {
    /// They have a pattern in common.
    pub common: bool,
    /// The receiver is in a pattern that follows one of the sender.
    pub follows: bool,
    /// The receiver is in a pattern.
    pub selective: bool,
}

impl Assemblies {
    /// Refuses factors below 0, and what says nothing.
    pub(crate) fn check(&self) -> Result<()> {
        let all =
            [("w_plus", Some(self.w_plus)), ("w_minus", self.w_minus), ("w_next", self.w_next)];
        for (key, w) in all.into_iter().filter_map(|(key, w)| Some((key, w?))) {
            if !(w >= 0.0 && w.is_finite()) {
                let found = format!("found {key} = {w}");
                let allowed = "a factor is 0 or larger; the sign is that of `scale`";
                return Err(Error::value(key, found, allowed, "2.0"));
            }
        }
        if self.cyclic && self.w_next.is_none() {
            return Err(Error::input(
                "found `cyclic` without `w_next`",
                "it says which assembly is the next after the last",
                "delete it, or write for example w_next = 1.5",
            )
            .at("cyclic"));
        }
        Ok(())
    }

    /// Refuses to leave `w_minus` out where it would be below 0, of senders of whom the share `a` is in a pattern.
    pub(crate) fn check_mean(&self, a: f64) -> Result<()> {
        if self.w_minus.is_some() || (a < 1.0 && self.minus(a) >= 0.0) {
            return Ok(());
        }
        Err(Error::input(
            format!("found w_plus = {:?} without w_minus", self.w_plus),
            format!(
                "an assembly has {a} of the senders: beyond w_plus = {} no other factor keeps the mean efficacy",
                1.0 / a
            ),
            "write a smaller one, or w_minus",
        )
        .at("w_plus"))
    }

    /// w_minus.
    fn minus(&self, a: f64) -> f64 {
        self.w_minus.unwrap_or((1.0 - a * self.w_plus) / (1.0 - a))
    }

    /// The same with w_minus told, of senders of whom on average the share `a` is in a pattern.
    pub(super) fn resolved(&self, a: f64) -> Self {
        Self { w_minus: Some(self.minus(a)), ..self.clone() }
    }

    /// w_ij of a pair, once w_minus is told.
    #[inline]
    pub(super) fn weight(&self, kin: Kin) -> f64 {
        match (kin, self.w_next) {
            (Kin { common: true, .. }, _) => self.w_plus,
            (Kin { follows: true, .. }, Some(next)) => next,
            (Kin { selective: true, .. }, _) => self.w_minus.unwrap_or(1.0),
            _ => 1.0,
        }
    }

    /// How many different numbers other than 0 there are to be expected in a row onto neurons in and out of assemblies.
    pub(crate) fn number(&self) -> f64 {
        let next = self.w_next.filter(|w| *w != 0.0).map_or(0.0, |_| 1.0);
        let plus = if self.w_plus == 0.0 { 0.0 } else { 1.0 };
        // Onto neurons of assemblies, and onto others.
        plus + next + 1.0
    }

    /// All that w_ij may be, once w_minus is told.
    pub(super) fn values(&self) -> [f64; 4] {
        let others = [self.w_next, self.w_minus].map(|w| w.unwrap_or(1.0));
        [1.0, self.w_plus, others[0], others[1]]
    }

    /// The share of pairs whose w_ij is not 0, of pairs with these shares and senders of whom a share `a` is in a pattern.
    pub(crate) fn share(&self, Shares { common, next, selective }: Shares, a: f64) -> f64 {
        let next = if self.w_next.is_some() { next } else { 0.0 };
        let some = |w: f64| f64::from(u8::from(w != 0.0));
        some(self.w_plus) * common
            + some(self.w_next.unwrap_or(1.0)) * next
            + some(self.minus(a)) * (selective.1 - common - next)
            + 1.0
            - selective.1
    }
}
