//! What a recording holds twice, computed once more: its hashes from its data, and rates and overlaps from spikes, states or
//! activity.

use super::Recording;
use crate::digest::hex;
use crate::dynamics::{Observable, ObservableKind, Spike};
use crate::error::Result;
use crate::pattern::pack;
use crate::protocol::{EpochShown, Stimulus};
use crate::recording::efficacies::EFFICACIES;
use crate::recording::header::{ENDED, hash_epoch, hash_patterns, text_of_show};
use crate::recording::potentials::{POTENTIALS, TRACES};
use crate::recording::sampling::{Sample, Sampler};
use crate::recording::series::{AT_ONCE, SEAL, hash_column};
use crate::recording::store::{Attribute, Cell, Result as Stored};
use crate::table::Column;
use sha2::{Digest, Sha256};

/// Spikes this close to the end of an interval, in parts of it, may have been counted in the next one.
const EDGE: f64 = 1e-6;

/// The columns that grow of groups whose hash is told beside them.
const COLUMNS: [&str; 11] = [
    "time",
    "rate",
    "m",
    "state",
    "activity",
    "V",
    "energy",
    "duration",
    "period",
    "first_step",
    "efficacy",
];

/// Rates and overlaps as they stand in a recording.
struct Stand {
    time: Vec<f64>,
    interval: f64,
    rates: Vec<f64>,
    /// Values per moment, and all of them.
    m: (usize, Vec<f64>),
}

impl Stand {
    /// What differs at moment `k`.
    fn differs(&self, k: usize, sample: &Sample) -> Option<String> {
        let (width, m) = &self.m;
        let same = |a: f64, b: f64| a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan());
        let time = self.time[k];
        if !same(self.rates[k], sample.rate) {
            return Some(format!(
                "the rate at {time} is {:?} in place of {:?}",
                self.rates[k], sample.rate
            ));
        }
        let found = &m[k * width..][..*width];
        let other = found.iter().zip(&sample.m).position(|(a, b)| !same(*a, *b));
        other.map(|mu| {
            let (found, expected) = (found[mu], sample.m[mu]);
            let mu = mu + 1;
            format!("the overlap with pattern {mu} at {time} is {found:?} in place of {expected:?}")
        })
    }
}

impl Recording {
    /// The data hash of what stands here; nothing where it depends on states that are not recorded.
    pub fn hash_of_data(&self) -> Result<Option<String>> {
        let mut hash = self.hash_of_header()?;
        if self.observable != ObservableKind::Spikes {
            // Trials end where they come to rest.
            let drawn = self.drawn()?.is_some();
            let ends = if drawn { None } else { self.hash_of_ends(f64::INFINITY)? };
            let Some(ends) = ends else { return Ok(None) };
            hash.update(ends.finalize());
            return Ok(Some(hex(hash)));
        }
        for population in &self.populations {
            let (mut times, mut neurons) = (Sha256::new(), Sha256::new());
            self.for_spikes(&population.name, |new, ids| {
                new.iter().for_each(|time| time.hash(&mut times));
                ids.iter().for_each(|id| id.hash(&mut neurons));
            })?;
            let path = |name: &str| format!("spikes/{}/{name}", population.name);
            hash_column(&mut hash, &path("timestamps"), population.spikes, times);
            hash_column(&mut hash, &path("node_ids"), population.spikes, neurons);
        }
        Ok(Some(hex(hash)))
    }

    /// The hash of the external spikes that stand here.
    pub fn hash_of_external(&self) -> Result<String> {
        let read = || -> Stored<String> {
            let mut all = Sha256::new();
            for population in &self.populations {
                let group = format!("external/{}", population.name);
                if !self.store.exists(&group) {
                    continue;
                }
                let (mut times, mut neurons) = (Sha256::new(), Sha256::new());
                let path = |name: &str| format!("{group}/{name}");
                let (rows, _) = self.store.shape(&path("timestamps"))?;
                for rows in super::pieces(rows) {
                    let times_of: Vec<f64> =
                        self.store.values(&path("timestamps"), rows.clone())?;
                    let ids: Vec<u64> = self.store.values(&path("node_ids"), rows)?;
                    times_of.iter().for_each(|time| time.hash(&mut times));
                    ids.iter().for_each(|id| id.hash(&mut neurons));
                }
                hash_column(&mut all, &path("timestamps"), rows, times);
                hash_column(&mut all, &path("node_ids"), rows, neurons);
            }
            Ok(hex(all))
        };
        self.sound(read())
    }

    /// Whether the columns that no other hash covers hold what they held when the run ended: how many were compared, or which
    /// differs. Versions that are not `sealed` tell no hash of a column.
    pub fn columns_again(&self, sealed: bool) -> Result<std::result::Result<usize, String>> {
        let kinds = ["rates", "overlaps", "states", "activity", POTENTIALS, TRACES];
        let of_all = self
            .populations
            .iter()
            .flat_map(|population| kinds.iter().map(|kind| format!("{kind}/{}", population.name)));
        let (mut compared, mut untold) = (0, None);
        let learned = self.learned()?.into_iter().map(|name| format!("{EFFICACIES}/{name}"));
        for group in of_all.chain(["energy".to_owned(), ENDED.to_owned()]).chain(learned) {
            if !self.store.exists(&group) {
                continue;
            }
            let currents = match self.sound(self.store.attribute(&group, "currents"))? {
                Some(Attribute::Text(names)) => names,
                _ => String::new(),
            };
            for name in COLUMNS.into_iter().chain(currents.split_whitespace()) {
                let path = format!("{group}/{name}");
                if !self.store.exists(&path) {
                    continue;
                }
                let Some(Attribute::Text(told)) = self.sound(self.store.attribute(&path, SEAL))?
                else {
                    untold = Some(path);
                    continue;
                };
                if self.sound(self.hash_of_column(&path))? != told {
                    return Ok(Err(format!("/{path} holds other values than were recorded")));
                }
                compared += 1;
            }
        }
        // Either all tell it, or none.
        Ok(match untold.filter(|_| sealed || compared > 0) {
            Some(path) => Err(format!("/{path} tells no hash")),
            None => Ok(compared),
        })
    }

    /// Of all values of a column.
    fn hash_of_column(&self, path: &str) -> Stored<String> {
        let (rows, width) = self.store.shape(path)?;
        let (mut hash, mut from) = (Sha256::new(), 0);
        while from < rows {
            let to = rows.min(from + (AT_ONCE / width).max(1));
            match self.store.read(path, from..to)? {
                Column::Real(values) => values.iter().for_each(|value| value.hash(&mut hash)),
                Column::Whole(values) => values.iter().for_each(|value| value.hash(&mut hash)),
                Column::Flag(values) => values.iter().for_each(|value| value.hash(&mut hash)),
                Column::Text(values) => values.iter().for_each(|value| value.hash(&mut hash)),
            }
            from = to;
        }
        Ok(hex(hash))
    }

    /// Of patterns and protocol.
    fn hash_of_header(&self) -> Result<Sha256> {
        let mut hash = Sha256::new();
        // In the order of the model, which need not be that of the populations.
        let model: Option<toml::Table> = self.provenance()?.model_resolved.parse().ok();
        let sections = model.as_ref().and_then(|model| model.get("patterns")?.as_table());
        let place = |name: &str| sections.and_then(|s| s.keys().position(|key| key == name));
        let mut names: Vec<&str> = self.populations.iter().map(|p| p.name.as_str()).collect();
        names.sort_by_key(|name| place(name));
        for name in names {
            if let Some(patterns) = self.patterns(name)? {
                hash_patterns(&mut hash, name, &patterns);
            }
        }
        let show: Vec<String> = self.sound(self.store.all("protocol/show"))?;
        for (epoch, show) in self.protocol()?.iter().zip(&show) {
            hash_epoch(&mut hash, epoch, show);
        }
        Ok(hash)
    }

    /// How the protocol that stands here differs from these epochs, first.
    pub fn protocol_differs(&self, epochs: &[EpochShown]) -> Result<Option<String>> {
        let (told, show) =
            (self.protocol()?, self.sound(self.store.all::<String>("protocol/show"))?);
        if told.len() != epochs.len() {
            let (told, epochs) = (told.len(), epochs.len());
            return Ok(Some(format!("{told} epochs are told, and the model has {epochs}")));
        }
        let unit = self.clock.unit();
        let mut differ = told.iter().zip(&show).zip(epochs).enumerate().filter_map(|(k, all)| {
            let ((told, show), own) = all;
            let differs = if told.name != own.name {
                Some(format!("is called {:?}, and {:?} in the model", told.name, own.name))
            } else {
                let of_time = |what: &str, told: f64, own: f64| {
                    let differs =
                        format!("{what} at {told:?} {unit}, and at {own:?} {unit} in the model");
                    (told.to_bits() != own.to_bits()).then_some(differs)
                };
                of_time("begins", told.start, own.start)
                    .or_else(|| of_time("ends", told.end, own.end))
                    .or_else(|| shown_otherwise(told, show, own))
            };
            differs.map(|differs| format!("epoch {} {differs}", k + 1))
        });
        Ok(differ.next())
    }

    /// Of the states at the ends of epochs that end before `time`, where all of these were recorded.
    pub(in crate::recording) fn hash_of_ends(&self, time: f64) -> Result<Option<Sha256>> {
        let mut ends = Sha256::new();
        let first = self.rates(&self.populations[0].name)?;
        for epoch in self.protocol()?.into_iter().filter(|epoch| epoch.end < time) {
            let looks = first.looks(epoch.start, epoch.end);
            let last = looks.end.saturating_sub(1)..looks.end;
            let (mut active, mut activity) = (Vec::new(), Vec::new());
            for population in &self.populations {
                match self.observable {
                    ObservableKind::States => match self
                        .states_within(&population.name, last.clone())?
                    {
                        Some(states) => active.extend(states.state.iter().map(|state| *state != 0)),
                        None => return Ok(None),
                    },
                    _ => match self.activity_within(&population.name, last.clone())? {
                        Some(samples) => activity.extend(samples.values),
                        None => return Ok(None),
                    },
                }
            }
            pack(&active).iter().for_each(|word| ends.update(word.to_le_bytes()));
            activity.iter().for_each(|x| ends.update(x.to_bits().to_le_bytes()));
        }
        Ok(Some(ends))
    }

    /// Whether rates and overlaps of a population are those of its spikes, states or activity: how many were compared, or what
    /// differs. Nothing where these were not recorded.
    pub fn samples_again(
        &self,
        population: &str,
    ) -> Result<Option<std::result::Result<usize, String>>> {
        let rates = self.rates(population)?;
        let m = self.overlaps(population)?.map_or((0, Vec::new()), |m| (m.width, m.values));
        let stand = Stand { time: rates.time, interval: rates.interval, rates: rates.values, m };
        let patterns = self.patterns(population)?;
        let sampler = Sampler::new(self.observable, patterns.as_ref(), self.levels(population)?);
        match self.observable {
            ObservableKind::Spikes => self.counts_again(population, &stand, sampler).map(Some),
            _ => self.moments_again(population, &stand, sampler),
        }
    }

    fn counts_again(
        &self,
        population: &str,
        stand: &Stand,
        mut sampler: Sampler,
    ) -> Result<std::result::Result<usize, String>> {
        let neurons = self.populations.iter().find(|p| p.name == population);
        let neurons = neurons.map_or(0, |p| p.neurons);
        let (half, slack) = (0.5 * stand.interval, EDGE * stand.interval);
        // Whether what was counted in an interval, or in the next, is unsure.
        let (mut k, mut unsure, mut late, mut compared, mut found) = (0, false, false, 0, None);
        // Ends the interval `k`, whose spikes are all counted.
        let mut end = |k: usize, sampler: &mut Sampler, unsure: bool| {
            let sample = sampler.sample(Observable::Spikes(&[]), 0..neurons, stand.interval);
            if !unsure {
                compared += 1;
                found = found.take().or_else(|| stand.differs(k, &sample));
            }
        };
        self.for_spikes(population, |times, ids| {
            for (&time, &id) in times.iter().zip(ids) {
                while k < stand.time.len() && time >= stand.time[k] + half {
                    // The spike may have been the last of the interval that ends just before it.
                    let near = time - (stand.time[k] + half) < slack;
                    end(k, &mut sampler, unsure || near);
                    (k, unsure, late) = (k + 1, near || late, false);
                }
                let Some(middle) = stand.time.get(k) else { continue };
                // One just before its end may have been counted in the next.
                late |= middle + half - time < slack;
                unsure |= late || (time - (middle - half)).abs() < slack;
                if time >= middle - half {
                    sampler.count(&Spike { time, neuron: id as u32 }, 0);
                }
            }
        })?;
        for k in k..stand.time.len() {
            end(k, &mut sampler, unsure);
            (unsure, late) = (late, false);
        }
        Ok(match found {
            Some(found) => Err(found),
            None => Ok(compared),
        })
    }

    fn moments_again(
        &self,
        population: &str,
        stand: &Stand,
        mut sampler: Sampler,
    ) -> Result<Option<std::result::Result<usize, String>>> {
        let neurons = self.populations.iter().find(|p| p.name == population);
        let neurons = neurons.map_or(1, |p| p.neurons);
        let (moments, at_once) = (stand.time.len(), (AT_ONCE / neurons).max(1));
        for from in (0..moments).step_by(at_once) {
            let rows = from..moments.min(from + at_once);
            let (active, activity): (Vec<bool>, Vec<f64>) = match self.observable {
                ObservableKind::Graded => match self.activity_within(population, rows.clone())? {
                    Some(samples) => (Vec::new(), samples.values),
                    None => return Ok(None),
                },
                _ => match self.states_within(population, rows.clone())? {
                    Some(states) => (states.state.iter().map(|s| *s != 0).collect(), Vec::new()),
                    None => return Ok(None),
                },
            };
            for k in rows {
                let own = (k - from) * neurons..(k - from + 1) * neurons;
                let seen = match self.observable {
                    ObservableKind::Graded => {
                        Observable::Graded { activity: &activity[own], energy: None }
                    }
                    _ => Observable::States { active: &active[own], energy: None },
                };
                let sample = sampler.sample(seen, 0..neurons, stand.interval);
                if let Some(found) = stand.differs(k, &sample) {
                    return Ok(Some(Err(found)));
                }
            }
        }
        Ok(Some(Ok(moments)))
    }
}

/// How an epoch shows another thing than the model's, `own`. Another version may have written `show` in other words for the same.
fn shown_otherwise(told: &EpochShown, show: &str, own: &EpochShown) -> Option<String> {
    let text = text_of_show(own);
    // Numbers pass by the same way: as text.
    let same = || serde_json::from_str::<Vec<Stimulus>>(&text).is_ok_and(|own| own == told.show);
    (show != text && !same()).then(|| format!("shows {show}, and {text} in the model"))
}
