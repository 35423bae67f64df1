//! Whether a state that a run goes on from is one to which it can have come: what was recorded before tells.
//!
//! Spikes under way, refractory neurons, counts of the interval that was left, trials, and states at the ends of epochs are computed
//! once more. Potentials, currents, efficacies, and what is random stand in no recording and cannot be.

use super::{Header, Population, Recorder, Stored};
use crate::dynamics::{Dynamics, ObservableKind, Spike};
use crate::error::{Error, Result};
use crate::recording::columns;
use crate::recording::store::Fault;
use sha2::{Digest, Sha256};
use std::ops::Range;

/// Of the beginning of a trial, in parts.
const ROUNDING: f64 = 4.0 * f64::EPSILON;

const LOOKED: &str = "has looked at other times than were recorded";

impl Recorder {
    /// Refuses other states at the ends of the epochs before `time` than were recorded, if they were.
    pub(crate) fn check_ends(&self, time: f64) -> Result<()> {
        if self.observable == ObservableKind::Spikes {
            return Ok(());
        }
        let told = self.open()?.hash_of_ends(time)?.map(Sha256::finalize);
        match told.is_none_or(|told| told == self.ends.clone().finalize()) {
            true => Ok(()),
            false => Err(self.strayed("has come through other states than were recorded")),
        }
    }

    /// Refuses other trials than those of the run, which `header` tells, or more than there are.
    pub(super) fn check_trials(&self, header: &Header) -> Stored<()> {
        let Some(drawn) = header.trials else { return Ok(()) };
        let told = columns::read(&*self.store, "trials", "columns")?;
        told.differs(drawn, "trial").map_or(Ok(()), |differs| Err(Fault(differs)))
    }

    /// Refuses a state in which so many trials have ended, unless as many have been recorded.
    pub(crate) fn check_ended(&self, trials: u64) -> Result<()> {
        let relaxed = self.ended.iter().flatten().all(|column| column.rows() as u64 == trials);
        match relaxed && self.trials.is_none_or(|ended| ended == trials) {
            true => Ok(()),
            false => Err(self.strayed("has come through other trials than were recorded")),
        }
    }

    /// Refuses a state that has come further than was committed.
    pub(crate) fn check_committed(&self) -> Result<()> {
        let read = || -> Stored<(f64, u64)> {
            let trials = self.trials.map(|_| self.store.first("progress/trials")).transpose()?;
            Ok((self.store.first("progress/time")?, trials.unwrap_or(0)))
        };
        let (time, trials) = read().map_err(|fault| self.another(&fault))?;
        if self.reached > time {
            return Err(self.elsewhere());
        }
        match self.trials.is_none_or(|ended| ended <= trials) {
            true => Ok(()),
            false => Err(self.strayed("has come through other trials than were recorded")),
        }
    }

    /// Refuses a state between two episodes before whose end efficacies should have been looked at, or of a recording that has not
    /// come to `time`, where that is known.
    pub(crate) fn check_between(&self, time: Option<f64>) -> Result<()> {
        if time.is_some_and(|time| time != self.reached) {
            return Err(self.elsewhere());
        }
        match self.efficacies.iter().any(|own| own.due(self.reached).is_some()) {
            true => Err(self.strayed(LOOKED)),
            false => Ok(()),
        }
    }

    /// Refuses looks that did not leave the samples, of populations and of single neurons, that were recorded last, or began
    /// elsewhere than at `origin`, if that is known.
    pub(crate) fn check_looks(&self, origin: Option<f64>) -> Result<()> {
        let reached = self.reached;
        let read = || -> Stored<bool> {
            let last = self.populations[0].last(&*self.store)?;
            let began = self.looks.origin();
            let mut possible =
                last.is_none_or(|last| last <= reached) && self.looks.have_left(last, origin);
            for own in &self.potentials {
                possible &= own.have_looked(&*self.store, began, reached)?;
            }
            Ok(possible)
        };
        match read().map_err(|fault| self.another(&fault))? {
            true => Ok(()),
            false => Err(self.strayed(LOOKED)),
        }
    }

    /// Refuses a `network` that has come to now, unless it knows of the spikes that were recorded before; the recording begins
    /// `since` a time, and with `counting` it was in the midst of an interval when it was left.
    pub(crate) fn check_past(
        &mut self,
        network: &dyn Dynamics,
        (since, counting): (f64, bool),
    ) -> Result<()> {
        if self.observable != ObservableKind::Spikes {
            return Ok(());
        }
        let now = network.time();
        // A trial begins where the network stands, which by rounding is not where the plan has it.
        let slack = ROUNDING * now.abs();
        let began = if counting { self.looks.began(now, slack) } else { Some(now) };
        let Some(began) = began.filter(|_| !counting || self.reached == now) else {
            return Err(self.elsewhere());
        };
        let known = since.max(now - network.memory());
        // Trials that have networks of their own come later.
        let end = if counting { f64::INFINITY } else { now };
        let time = known.min(began - slack)..end;
        let spikes = self.spikes_within(&time).map_err(|fault| self.another(&fault))?;
        if spikes.last().is_some_and(|spike| spike.time >= now) {
            return Err(self.elsewhere());
        }
        let later = |time: f64| spikes.partition_point(|spike| spike.time < time);
        if !network.follows(&spikes[later(known)..], known) {
            return Err(self.strayed("knows of other spikes than were recorded"));
        }
        let border = later(began - slack)..=later(began + slack);
        let apart =
            |k: &usize| *k == 0 || *k == spikes.len() || spikes[k - 1].time < spikes[*k].time;
        let from: Vec<usize> = border.filter(apart).collect();
        if counting && !self.populations.iter_mut().all(|own| own.has_counted(&spikes, &from)) {
            return Err(self.strayed("has counted other spikes than were recorded"));
        }
        Ok(())
    }

    /// Refuses efficacies at `now` other than those that were recorded last, if all that came since has `held` them; plastic
    /// projections have them by their indices.
    pub(crate) fn check_learned(
        &self,
        now: f64,
        has: &dyn Fn(usize) -> Vec<f64>,
        held: &dyn Fn(Range<f64>) -> bool,
    ) -> Result<()> {
        for own in &self.efficacies {
            let last = own.last(&*self.store, now).map_err(|fault| self.another(&fault))?;
            if last.is_some_and(|(time, told)| held(time..now) && told != has(own.projection())) {
                return Err(self.strayed("has other efficacies than were recorded, which are held"));
            }
        }
        Ok(())
    }

    /// The spikes of all populations in this time (ms), by time, then by neuron.
    fn spikes_within(&mut self, time: &Range<f64>) -> Stored<Vec<Spike>> {
        let (store, mut all) = (&*self.store, Vec::new());
        for own in self.populations.iter_mut().filter_map(Population::spikes) {
            all.extend(own.within(store, time)?);
        }
        all.sort_by(|a, b| a.time.total_cmp(&b.time).then(a.neuron.cmp(&b.neuron)));
        Ok(all)
    }

    /// The error of a recording that is not the one that the run left.
    pub(super) fn another(&self, fault: &Fault) -> Error {
        let found = format!("found another recording than the run left ({fault})");
        let remedy = "bring that one back, or run it anew with --force";
        Error::file(self.store.place(), found, remedy)
    }

    /// The error of a state of another time.
    pub(crate) fn elsewhere(&self) -> Error {
        self.strayed("has come to another time than was recorded")
    }

    /// The error of a state that its recording belies.
    fn strayed(&self, how: &str) -> Error {
        Error::file(
            self.store.place(),
            format!("found the state of a run that {how}"),
            "put back the state that the run left, or run it anew with --force",
        )
    }
}
