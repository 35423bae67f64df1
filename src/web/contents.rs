//! What a page shows of a recording besides its summary: the protocol, what was recorded, the trials.

use super::blob::Blobs;
use super::series::{Looked, Series, States, samples_of};
use super::spikes::{Spikes, every};
use crate::dynamics::ObservableKind;
use crate::error::Result;
use crate::pattern::Patterns;
use crate::protocol::{EpochShown, Stimulus};
use crate::recording::{Part, Recording, Samples};
use crate::table::{Column, Table};
use indexmap::IndexMap;
use serde::Serialize;
use serde_json::{Value, json};
use std::ops::Range;

/// More trials a page does not list.
const MOST_TRIALS: usize = 5000;
/// More overlaps a page does not have; the largest stands for all of further patterns.
const MOST_OVERLAPS: usize = 1_000_000;

/// What the script of a page reads, besides the summary.
#[derive(Debug, Serialize)]
pub struct Contents {
    /// The unit of time, and what was recorded.
    clock: &'static str,
    observable: &'static str,
    looks: Option<Looked>,
    populations: Vec<Population>,
    energy: Option<Series>,
    protocol: Vec<Epoch>,
    trials: Option<Trials>,
}

#[derive(Debug, Serialize)]
struct Population {
    name: String,
    neurons: usize,
    spikes: Option<Spikes>,
    states: Option<States>,
    rate: Series,
    patterns: Option<Stored>,
    overlaps: Option<Overlaps>,
}

/// The patterns of a population.
#[derive(Debug, Serialize)]
struct Stored {
    names: Vec<String>,
    /// Columns and rows of a picture.
    shape: Option<(usize, usize)>,
    /// The blob of xi, a bit per neuron, pattern by pattern.
    xi: usize,
}

/// Overlaps with the patterns, those that were shown first, then the largest of the others, if there are others.
#[derive(Debug, Serialize)]
struct Overlaps {
    /// From 0.
    patterns: Vec<usize>,
    /// The number of the others.
    others: usize,
    curves: Series,
}

#[derive(Debug, Serialize)]
struct Epoch {
    name: String,
    start: f64,
    end: f64,
    show: Vec<Stimulus>,
    /// The looks of a network without spikes.
    looks: Option<Range<usize>>,
}

#[derive(Debug, Serialize)]
struct Trials {
    /// How many the page lists, and how many have ended.
    number: usize,
    of: usize,
    start: Vec<f64>,
    end: Vec<f64>,
    /// The looks of a network without spikes, trial by trial.
    looks: Vec<Range<usize>>,
    /// Everything that was drawn for them and found in them, by name.
    columns: IndexMap<String, Value>,
}

impl Contents {
    pub fn of(recording: &Recording, blobs: &mut Blobs) -> Result<Self> {
        let looks = Looked::of(recording)?;
        let trials = Trials::of(recording, looks)?;
        let all = recording.protocol()?;
        // What trials show that are not listed is not listed either.
        let cut = trials.as_ref().filter(|t| t.number < t.of);
        let end = cut.map_or(f64::INFINITY, |t| t.end.last().copied().unwrap_or(0.0));
        let shown = all.into_iter().filter(|epoch| epoch.start < end);
        let epoch = |e: EpochShown| {
            let range = looks.map(|_| Part::Epoch(&e).looks(recording)).transpose()?;
            Ok(Epoch { looks: range, name: e.name, start: e.start, end: e.end, show: e.show })
        };
        let protocol = shown.map(epoch).collect::<Result<Vec<Epoch>>>()?;
        let every = match recording.observable() {
            ObservableKind::Spikes => Some(every(recording)?),
            ObservableKind::States | ObservableKind::Graded => None,
        };
        let mut populations = Vec::new();
        let holders: Vec<&str> = recording.with_patterns().collect();
        for (name, neurons) in recording.populations() {
            let patterns = recording.patterns(&name)?.filter(|p| p.number() > 0);
            let here = |s: &&Stimulus| s.target(holders.iter().copied()).is_ok_and(|to| to == name);
            let shown = protocol.iter().flat_map(|epoch| &epoch.show).filter(here);
            let order = by_appearance(shown, trials.as_ref(), patterns.as_ref());
            let overlaps = recording.overlaps(&name)?.filter(|m| m.width > 0);
            let spikes = |every| Spikes::of(recording, (&name, neurons), every, blobs);
            populations.push(Population {
                spikes: every.map(spikes).transpose()?,
                states: match looks {
                    Some(looked) => States::of(recording, &name, looked, blobs)?,
                    None => None,
                },
                rate: Series::of(samples_of(recording.rates(&name)?, looks), blobs),
                overlaps: overlaps.map(|m| Overlaps::of(m, order, looks, blobs)),
                patterns: patterns.map(|patterns| Stored::of(&patterns, blobs)),
                name,
                neurons,
            });
        }
        let energy = recording.energy()?.and_then(|energy| energy.ok());
        Ok(Self {
            clock: recording.clock().unit(),
            observable: recording.observable().name(),
            looks,
            populations,
            energy: energy.map(|samples| Series::of(samples_of(samples, looks), blobs)),
            protocol,
            trials,
        })
    }
}

/// The patterns, from 0, that these stimuli or trials show, in order of time, then the others.
fn by_appearance<'a>(
    stimuli: impl Iterator<Item = &'a Stimulus>,
    trials: Option<&Trials>,
    patterns: Option<&Patterns>,
) -> Vec<usize> {
    let number = patterns.map_or(0, Patterns::number);
    let stimuli = stimuli.filter_map(|s| s.pattern);
    let recalled = trials.and_then(|trials| trials.columns.get("pattern")?.as_array());
    let recalled = recalled.into_iter().flatten().filter_map(|mu| Some(mu.as_u64()? as usize));
    let mut shown = Vec::new();
    for mu in stimuli.chain(recalled).chain(1..=number) {
        if (1..=number).contains(&mu) && !shown.contains(&(mu - 1)) {
            shown.push(mu - 1);
        }
    }
    shown
}

impl Stored {
    fn of(patterns: &Patterns, blobs: &mut Blobs) -> Self {
        let rows = patterns.rows();
        Self {
            names: patterns.names().to_vec(),
            shape: patterns.shape().map(|shape| (shape.columns, shape.rows)),
            xi: blobs.add_bits(rows.iter().map(Vec::as_slice)),
        }
    }
}

impl Overlaps {
    fn of(m: Samples, order: Vec<usize>, looked: Option<Looked>, blobs: &mut Blobs) -> Self {
        let m = samples_of(m, looked);
        let mut patterns = order;
        patterns.truncate((MOST_OVERLAPS / m.time.len().max(1)).max(6));
        let others: Vec<usize> = (0..m.width).filter(|mu| !patterns.contains(mu)).collect();
        let largest = |row: &[f64]| {
            let largest = others.iter().map(|&mu| row[mu]).fold(f64::NEG_INFINITY, f64::max);
            (!others.is_empty()).then_some(largest)
        };
        let of_row = |row: &[f64]| -> Vec<f64> {
            patterns.iter().map(|&mu| row[mu]).chain(largest(row)).collect()
        };
        let values = m.values.chunks(m.width).flat_map(of_row).collect();
        let width = patterns.len() + usize::from(!others.is_empty());
        let curves = Series::of(Samples { values, width, ..m }, blobs);
        Self { patterns, others: others.len(), curves }
    }
}

impl Trials {
    fn of(recording: &Recording, looked: Option<Looked>) -> Result<Option<Self>> {
        let Some(drawn) = recording.drawn()? else { return Ok(None) };
        let (mut start, mut end, mut looks) = (Vec::new(), Vec::new(), Vec::new());
        for trial in recording.trials()?.unwrap_or_default() {
            start.push(trial.start);
            end.push(trial.end);
        }
        for trial in recording.recall_trials()?.unwrap_or_default() {
            start.push(trial.start);
            end.push(trial.end);
            looks.push(Part::Recall(&trial).looks(recording)?);
        }
        for trial in recording.tour_trials()?.unwrap_or_default() {
            start.push(trial.start);
            end.push(trial.end);
            looks.push(Part::Tour(&trial).looks(recording)?);
        }
        let of = start.len();
        let known = |looks: &&Range<usize>| looked.is_none_or(|all| looks.end <= all.number);
        let number = match looks.is_empty() {
            true => of.min(MOST_TRIALS),
            false => looks.iter().take_while(known).count().min(MOST_TRIALS),
        };
        start.truncate(number);
        end.truncate(number);
        looks.truncate(number);
        let table = match recording.results()? {
            Some(results) if results.rows() == drawn.rows() => drawn.beside(results),
            _ => drawn,
        };
        Ok(Some(Self { number, of, start, end, looks, columns: columns(&table.slice(0, number)) }))
    }
}

/// The columns of a table by name.
fn columns(table: &Table) -> IndexMap<String, Value> {
    let values = |column: &Column| match column {
        Column::Real(values) => json!(values),
        Column::Whole(values) => json!(values),
        Column::Flag(values) => json!(values),
        Column::Text(values) => json!(values),
    };
    table.columns().map(|(name, column)| (name.to_owned(), values(column))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dynamics::{Attractor, Observable};
    use crate::network::Placed;
    use crate::recording::{Ended, Header, Provenance, Recorder, Sink};

    /// Trials of made-up graded activity of two neurons whose only pattern is the first one.
    fn graded() -> Recording {
        let patterns = Patterns::from_foreground(2, vec![vec![0]]).with_names(vec!["one".into()]);
        let provenance = Provenance::default();
        let populations = [Placed { name: "N".to_owned(), neurons: 0..2, space: None }];
        let patterns = IndexMap::from([("N".to_owned(), patterns)]);
        let header = Header {
            trials: Some(&crate::task::recall_to_table(&[
                crate::task::RecallTrial { number: 1, end: 20.0, ..Default::default() },
                crate::task::RecallTrial {
                    number: 2,
                    start: 20.0,
                    end: 40.0,
                    ..Default::default()
                },
            ])),
            relaxes: true,
            observable: ObservableKind::Graded,
            ..Header::of_spikes(&populations, &patterns, &provenance)
        };
        let mut recorder = Recorder::create(Sink::Memory, header).unwrap();
        for (start, end) in [(0.0, 20.0), (20.0, 40.0)] {
            recorder.begin(start);
            for time in [start, start + 10.0, end] {
                let activity = [time / 40.0, 0.25];
                let seen = Observable::Graded { activity: &activity, energy: Some(-time) };
                recorder.observe(time, seen).unwrap();
                if time == end {
                    recorder.end_state(seen);
                }
            }
            let attractor = Some(Attractor::Cycle(2));
            let ended = Ended { duration: end - start, attractor, unstable: Some(0.5) };
            recorder.end_trial(ended).unwrap();
        }
        recorder.finish(provenance.clone()).unwrap().open().unwrap()
    }

    #[test]
    fn graded_activity_stands_in_bytes_and_trials_know_their_looks() {
        let mut blobs = Blobs::default();
        let contents = Contents::of(&graded(), &mut blobs).unwrap();
        let json = serde_json::to_value(&contents).unwrap();
        assert_eq!((&json["observable"], &json["clock"]), (&json!("graded"), &json!("ms")));
        assert_eq!(json["looks"], json!({ "number": 6, "of": 6 }));
        let states = &json["populations"][0]["states"];
        assert_eq!(
            (&states["graded"], &states["low"], &states["high"]),
            (&json!(true), &json!(0.0), &json!(1.0))
        );
        let bytes = blobs.bytes(states["state"].as_u64().unwrap() as usize);
        assert_eq!(bytes, [0, 64, 64, 64, 128, 64, 128, 64, 191, 64, 255, 64]);
        let trials = &json["trials"];
        assert_eq!(trials["looks"], json!([{ "start": 0, "end": 3 }, { "start": 3, "end": 6 }]));
        assert_eq!((&trials["number"], &trials["columns"]["trial"]), (&json!(2), &json!([1, 2])));
        let overlaps = &json["populations"][0]["overlaps"];
        assert_eq!((&overlaps["patterns"], &overlaps["others"]), (&json!([0]), &json!(0)));
        assert!(contents.energy.is_some());
    }
}
