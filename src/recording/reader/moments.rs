//! Whether a recording was looked at when its run is looked at: all of it at the same times, and no moment missing.

use super::{InOrder, Recording, pieces};
use crate::dynamics::ObservableKind;
use crate::error::Result;
use crate::recording::moments::{Moment, Stretch};
use crate::recording::potentials::{POTENTIALS, TRACES};
use crate::recording::store::Result as Stored;

/// Rounding of a time, in parts of it, and of an interval.
const ROUNDING: [f64; 2] = [16.0 * f64::EPSILON, 1e-9];

impl Recording {
    /// Which group has other times than the rates of the first population.
    pub(crate) fn times_differ(&self) -> Result<Option<String>> {
        self.sound(self.find_time())
    }

    fn find_time(&self) -> Stored<Option<String>> {
        let mut groups = vec!["energy".to_owned()];
        for kind in ["rates", "overlaps", "states", "activity"] {
            groups.extend(self.populations.iter().map(|p| format!("{kind}/{}", p.name)));
        }
        let first = format!("rates/{}/time", self.populations[0].name);
        let own: Vec<f64> = self.store.all(&first)?;
        for path in groups.into_iter().map(|group| format!("{group}/time")) {
            if self.store.exists(&path) {
                let told: Vec<f64> = self.store.all(&path)?;
                let other = told.iter().zip(&own).position(|(a, b)| a.to_bits() != b.to_bits());
                if let Some(row) = other {
                    let (told, own) = (told[row], own[row]);
                    let differs =
                        format!("row {row} of /{path} is {told:?}, and {own:?} in /{first}");
                    return Ok(Some(differs));
                }
            }
        }
        Ok(None)
    }

    /// Which external spikes are out of order, or of no neuron.
    pub(crate) fn external_differs(&self) -> Result<Option<String>> {
        let end = self.end()?;
        let read = || -> Stored<Option<String>> {
            for population in &self.populations {
                let group = format!("external/{}", population.name);
                if !self.store.exists(&group) {
                    continue;
                }
                let path = |name: &str| format!("{group}/{name}");
                let mut order = InOrder::new(&group, population.neurons, end);
                for rows in pieces(self.store.shape(&path("timestamps"))?.0) {
                    let times: Vec<f64> = self.store.values(&path("timestamps"), rows.clone())?;
                    let ids: Vec<u64> = self.store.values(&path("node_ids"), rows)?;
                    if let Err(fault) = order.check(&times, &ids) {
                        return Ok(Some(fault.0));
                    }
                }
            }
            Ok(None)
        };
        self.sound(read())
    }

    /// How the times of its looks differ from those of a run that is looked at every `interval` in these stretches, of which the
    /// first ones have ended, `ended` beside the protocol, and the next one may have begun.
    pub(crate) fn looks_differ(
        &self,
        (stretches, ended): (&[Stretch], usize),
        interval: f64,
    ) -> Result<Option<String>> {
        let told = self.rates(&self.populations[0].name)?.time;
        let reached: f64 = self.sound(self.store.first("progress/time"))?;
        let most = told.len() + 1;
        let (mut own, mut least): (Vec<Moment>, usize) = (Vec::new(), 0);
        for (k, stretch) in stretches.iter().enumerate() {
            stretch.looks(self.observable, interval, most, &mut own);
            if ended > 0 && k <= ended {
                least = own.len();
            }
        }
        let unit = self.clock.unit();
        let before = stretches.get(ended).filter(|_| ended > 0 && !self.complete);
        if let Some(end) = before.map(Stretch::ended)
            && reached < end - slack(end, interval)
        {
            return Ok(Some(format!("{ended} trials have ended at {reached:?} {unit}")));
        }
        if !self.complete && self.observable == ObservableKind::Spikes {
            own.retain(|moment| moment.due <= reached);
        } else if !self.complete {
            // What begins where something ends may be seen after the last commit.
            let at = |k: usize| own.get(k).map(|moment: &Moment| moment.due);
            let whole = told.len() >= least
                && told.last().is_none_or(|last| last.to_bits() == reached.to_bits())
                && at(told.len()).is_none_or(|next| next >= reached - slack(reached, interval))
                && (!told.is_empty() || at(0).is_none_or(|first| first >= reached));
            if !whole {
                let rows = told.len();
                return Ok(Some(format!("{rows} moments are recorded until {reached:?} {unit}")));
            }
            own.truncate(told.len());
        }
        let own: Vec<f64> = own.iter().map(|moment| moment.time).collect();
        let is_exact = stretches.iter().all(|stretch| stretch.apart.is_none())
            || self.observable == ObservableKind::Spikes;
        let slack = |time: f64| if is_exact { 0.0 } else { slack(time, interval) };
        Ok(differ(&own, &told, slack, !is_exact).map(|differs| format!("{differs} {unit}")))
    }

    /// How the times differ at which single neurons of a population were looked at, `every` so many ms; the whole network every
    /// `interval`.
    pub(crate) fn watched_differ(
        &self,
        stretches: &[Stretch],
        (population, every): (&str, f64),
        interval: f64,
    ) -> Result<Option<String>> {
        let graded = self.observable == ObservableKind::Graded;
        let root = if graded { TRACES } else { POTENTIALS };
        let time = format!("{root}/{population}/time");
        let told: Vec<f64> = self.sound(self.store.all(&time))?;
        let reached: f64 = self.sound(self.store.first("progress/time"))?;
        let mut own = Vec::new();
        for stretch in stretches {
            stretch.watched(self.observable, every, told.len() + 1, &mut own);
        }
        // Of times that were added up elsewhere, and brought to whole nanoseconds.
        let slack = 1e-6 * every;
        if !self.complete {
            // Graded neurons are looked at alone between looks at all of them.
            let latest = if graded { reached + interval } else { reached };
            let least = own.partition_point(|time| *time < reached - slack);
            let most = own.partition_point(|time| *time <= latest + slack);
            own.truncate(told.len().clamp(least, most));
        }
        let apart = stretches.iter().any(|stretch| stretch.apart.is_some());
        let differs = differ(&own, &told, |_| slack, apart);
        Ok(differs.map(|differs| format!("/{time}: {differs} ms")))
    }
}

/// What rounding makes of a time.
fn slack(time: f64, interval: f64) -> f64 {
    let [of_time, of_interval] = ROUNDING;
    of_time * time.abs() + of_interval * interval.min(1.0)
}

/// How times differ from a run's `own`. Where it is `rounded`, times that are one but for the slack count once: a trial that has a
/// network of its own may end just before its last look, or with it.
fn differ(own: &[f64], told: &[f64], slack: impl Fn(f64) -> f64, rounded: bool) -> Option<String> {
    let compare = |own: &[f64], told: &[f64]| {
        let other = |(own, told): (&f64, &f64)| (own - told).abs() > slack(*own) || told.is_nan();
        if let Some(row) = own.iter().zip(told).position(other) {
            return Some(format!("row {row} is at {:?} in place of {:?}", told[row], own[row]));
        }
        let last = if told.len() < own.len() { own[told.len()] } else { *told.get(own.len())? };
        let what = if told.len() < own.len() { "is missing" } else { "is too much" };
        Some(format!("row {} {what}, at {last:?}", own.len().min(told.len())))
    };
    let differs = compare(own, told)?;
    let once = |times: &[f64]| {
        let mut times = times.to_vec();
        times.dedup_by(|later, time| (*later - *time).abs() <= slack(*later));
        times
    };
    if rounded { compare(&once(own), &once(told)).map(|_| differs) } else { Some(differs) }
}
