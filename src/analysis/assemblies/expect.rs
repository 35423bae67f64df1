//! What is expected of active assemblies.

use super::super::holder::holder;
use super::super::recall::{Watched, bounds, check_bounds, lies};
use super::super::verdict::Verdict;
use super::{Active, ActiveIf};
use crate::error::{Error, Result};
use crate::protocol::EpochShown;
use crate::recording::Recording;
use crate::units::{Rate, Time};
use serde::{Deserialize, Serialize};

/// How long assemblies stay active, or how many are at once; the model's sections `[[expect.assemblies]]`. What is active is told
/// by [`Active`](crate::analysis::assemblies::Active); what the first section says of it holds for tables and figures too.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpectAssemblies {
    /// The name of the epoch, or of several that are judged together.
    pub epoch: String,
    /// Whose patterns are the assemblies; may be left out where only one population has some.
    pub population: Option<String>,
    /// An assembly is active where its rate is at least this ...
    #[serde(default = "ExpectAssemblies::active_above")]
    pub active_above: Rate,
    /// ... in a window of this length; what is shorter is no activation.
    #[serde(default = "ExpectAssemblies::window")]
    pub window: Time,
    /// The mean dwell of whole activations is larger than this ...
    pub dwell_above: Option<Time>,
    /// ... and smaller than this.
    pub dwell_below: Option<Time>,
    /// The mean number of assemblies that are active at once is larger than this ...
    pub at_once_above: Option<f64>,
    /// ... and smaller than this.
    pub at_once_below: Option<f64>,
}

/// Fewer whole activations tell no mean.
const LEAST: usize = 5;

impl ExpectAssemblies {
    fn active_above() -> Rate {
        Rate::new(ActiveIf::default().above)
    }

    fn window() -> Time {
        Time::new(ActiveIf::default().window)
    }

    /// When an assembly is active.
    pub fn active_if(&self) -> ActiveIf {
        ActiveIf { above: self.active_above.value(), window: self.window.value() }
    }

    fn dwell(&self) -> (Option<f64>, Option<f64>) {
        (self.dwell_above.map(Time::value), self.dwell_below.map(Time::value))
    }

    fn at_once(&self) -> (Option<f64>, Option<f64>) {
        (self.at_once_above, self.at_once_below)
    }

    /// Refuses an expectation about what the model does not have.
    pub(in crate::analysis) fn check(&self, watched: &Watched) -> Result<()> {
        if !watched.epochs.iter().any(|(name, _)| *name == self.epoch) {
            let known = watched.epochs.iter().map(|epoch| epoch.0);
            let error = Error::undefined("epoch", &self.epoch, known);
            return Err(error.mended("write one of its names").at("epoch"));
        }
        let mut holders = watched.patterns.iter().filter(|p| p.1 > 0).map(|p| p.0);
        if !holders.any(|name| self.population.as_ref().is_none_or(|own| own == name)) {
            let found = "found assemblies of a population without patterns";
            let allowed = "the foreground of a pattern is an assembly";
            return Err(Error::input(found, allowed, "name one that has some").at("population"));
        }
        self.active_if().check()?;
        let own = watched.epochs.iter().filter(|(name, _)| *name == self.epoch);
        let longest = own.map(|epoch| epoch.1).fold(0.0, f64::max);
        if self.window.value() > longest {
            return Err(Error::input(
                format!("found windows of {} in an epoch of {}", self.window, Time::new(longest)),
                "a window lies in its epoch",
                "write a shorter window",
            )
            .at("window"));
        }
        let most = watched.patterns.iter().map(|p| p.1).max().unwrap_or(0) as f64;
        for (key, bound) in
            [("at_once_above", self.at_once_above), ("at_once_below", self.at_once_below)]
        {
            if bound.is_some_and(|number| !(0.0..=most).contains(&number)) {
                return Err(Error::input(
                    format!("found {} assemblies at once", bound.unwrap_or_default()),
                    format!("there are from 0 to {most}"),
                    "write a number that can be missed",
                )
                .at(key));
            }
        }
        let given = [("dwell_above", self.dwell()), ("at_once_above", self.at_once())];
        let bounded = |range: (Option<f64>, Option<f64>)| range.0.is_some() || range.1.is_some();
        if !given.iter().any(|(_, range)| bounded(*range)) {
            return Err(Error::input(
                "found an expectation without a bound",
                "a dwell or a number of assemblies has a lower bound, an upper bound, or both",
                "add for example dwell_above = \"100 ms\"",
            )
            .at(""));
        }
        for (key, range) in given.into_iter().filter(|(_, range)| bounded(*range)) {
            check_bounds(range.0, range.1).map_err(|e| e.at(key))?;
        }
        Ok(())
    }

    /// Compares a recording with what was expected.
    pub(in crate::analysis) fn judge(
        &self,
        recording: &Recording,
        protocol: &[EpochShown],
    ) -> Result<Vec<Verdict>> {
        let named = protocol.iter().filter(|epoch| epoch.name == self.epoch);
        let stretches: Vec<(f64, f64)> = named.map(|epoch| (epoch.start, epoch.end)).collect();
        let active = match holder(recording, self.population.as_ref())? {
            Some(holder) => Active::of(recording, &holder, &stretches, self.active_if())?,
            None => None,
        };
        let verdict = |what: &str,
                       range: (Option<f64>, Option<f64>),
                       unit,
                       found: (f64, String)| {
            let (above, below) = range;
            (above.is_some() || below.is_some()).then(|| Verdict {
                expectation: format!("{what} in {}: {}{unit}", self.epoch, bounds(above, below)),
                met: lies(found.0, above, below),
                found: found.1,
            })
        };
        let (dwell, at_once) = match &active {
            Some(active) => (told_dwell(active), told_at_once(active)),
            None => ((f64::NAN, "not recorded".to_owned()), (f64::NAN, "not recorded".to_owned())),
        };
        let dwell = verdict("dwell of active assemblies", self.dwell(), " ms", dwell);
        let at_once = verdict("assemblies active at once", self.at_once(), "", at_once);
        Ok(dwell.into_iter().chain(at_once).collect())
    }
}

/// The mean dwell, and what is said of it.
fn told_dwell(active: &Active) -> (f64, String) {
    let dwell = active.dwell();
    if dwell.number < LEAST {
        return (f64::NAN, format!("{} whole activations, too few", dwell.number));
    }
    let words = format!("{:.0} ± {:.0} ms, {} activations", dwell.mean, dwell.sem, dwell.number);
    (dwell.mean, words)
}

fn told_at_once(active: &Active) -> (f64, String) {
    let shares: Vec<String> = (0..active.looks.len())
        .map(|n| format!("{n} in {:.0} %", 100.0 * active.share(n).value()))
        .collect();
    (active.at_once(), format!("{:.2} ({} of the time)", active.at_once(), shares.join(", ")))
}
