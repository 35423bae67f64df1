//! Spike trains over the trials of a small recording whose answers are known.

use super::*;
use crate::analysis::decision::Decisions;
use crate::dynamics::{Observable, Spike};
use crate::network::Placed;
use crate::pattern::Patterns;
use crate::random::{Seed, Stream};
use crate::recording::{Ended, Header, Provenance, Recorder, Sink};
use crate::table::{Column, Table};
use crate::task::{DelayedMatch, to_table};
use indexmap::IndexMap;

/// A Poisson number: the events of a process of rate 1 before `mean`.
pub(super) fn poisson_count(stream: &mut Stream, mean: f64) -> u32 {
    let mut time = stream.exponential();
    let mut number = 0;
    while time < mean {
        (number, time) = (number + 1, time + stream.exponential());
    }
    number
}

const NEURONS: u32 = 12;

/// Twelve trials of 1 s after 300 ms of protocol, with three patterns of four neurons.
fn task() -> DelayedMatch {
    let text = r#"
        trials = 12
        match_probability = 0.5
        fixation = "100 ms"
        sample = { duration = "100 ms", poisson = "1 Hz" }
        delay = "500 ms"
        test = { duration = "100 ms", poisson = "1 Hz" }
        inter_trial = "200 ms"
        observer = { above = "10 Hz", held_over = "100 ms", seen_over = "100 ms" }
    "#;
    toml::from_str(text).unwrap()
}

/// The foreground of the sample fires every 10 ms from its onset to that of the test, and all others fire once in
/// fixation.
fn spikes(trial: &Trial, patterns: &Patterns) -> Vec<Spike> {
    let mut spikes = Vec::new();
    for neuron in 0..NEURONS {
        if patterns.contains(trial.sample, neuron as usize) {
            let time = |n| trial.sample_onset + 10.0 * f64::from(n);
            spikes.extend((0..60).map(|n| Spike { time: time(n), neuron }));
        } else {
            spikes.push(Spike { time: trial.start, neuron });
        }
    }
    spikes.sort_by(|a, b| a.time.total_cmp(&b.time).then(a.neuron.cmp(&b.neuron)));
    spikes
}

fn record() -> (Recording, Vec<Trial>) {
    let foreground = (0..3).map(|mu| (4 * mu..4 * mu + 4).collect()).collect();
    let patterns = Patterns::from_foreground(NEURONS as usize, foreground);
    let trials = task().draw(300.0, 3, Seed(1));
    let populations = [Placed { name: "E".to_owned(), neurons: 0..NEURONS as usize, space: None }];
    let by_name = IndexMap::from([("E".to_owned(), patterns.clone())]);
    let provenance = Provenance::default();
    let header = Header {
        trials: Some(&to_table(&trials)),
        interval: 100.0,
        ..Header::of_spikes(&populations, &by_name, &provenance)
    };
    let mut recorder = Recorder::create(Sink::Memory, header).unwrap();
    // Spikes of the protocol belong to no trial.
    recorder.observe(300.0, Observable::Spikes(&[Spike { time: 10.0, neuron: 0 }])).unwrap();
    for trial in &trials {
        recorder.begin(trial.start);
        recorder.observe(trial.end, Observable::Spikes(&spikes(trial, &patterns))).unwrap();
        recorder.end_trial(Ended::default()).unwrap();
    }
    (recorder.finish(Provenance::default()).unwrap().publish().unwrap(), trials)
}

fn found(options: Options) -> Result<IndexMap<String, Table>> {
    let (recording, _) = record();
    let decisions = Decisions::of(&recording, &task())?.unwrap();
    let activities = Activities::of(&recording, &decisions, options)?;
    Ok(activities.iter().flat_map(Activities::tables).collect())
}

fn real<'a>(table: &'a Table, name: &str) -> &'a [f64] {
    match table.column(name) {
        Some(Column::Real(values)) => values,
        other => panic!("{name}: {other:?}"),
    }
}

fn text<'a>(table: &'a Table, name: &str) -> &'a [String] {
    match table.column(name) {
        Some(Column::Text(values)) => values,
        other => panic!("{name}: {other:?}"),
    }
}

fn whole<'a>(table: &'a Table, name: &str) -> &'a [u64] {
    match table.column(name) {
        Some(Column::Whole(values)) => values,
        other => panic!("{name}: {other:?}"),
    }
}

#[test]
fn rates_around_events_show_who_fires_when() {
    let psth = &found(Options::default()).unwrap()["psth"];
    // Eight groups with 4 bins of fixation and sample, 10 of the delay, and 6 of what follows.
    assert_eq!(psth.rows(), 8 * 20);
    let (trials, from) = (whole(psth, "trials"), real(psth, "from_ms"));
    for k in 0..psth.rows() {
        let (alignment, group, condition) =
            (&*text(psth, "alignment")[k], &*text(psth, "group")[k], &*text(psth, "condition")[k]);
        let shown = (alignment == "sample" && from[k] >= 0.0) || alignment == "delay";
        let first = alignment == "sample" && from[k] == -100.0;
        let fires = group == "foreground" || condition == "preferred";
        // Five spikes in 50 ms; or the one at the very start of the trial.
        let expected = match fires {
            true if shown => 100.0,
            false if first && group == "background" => 20.0,
            false if first => 20.0,
            _ => 0.0,
        };
        let (rate, sem) = (real(psth, "rate_hz")[k], real(psth, "sem_hz")[k]);
        assert!(
            (rate - expected).abs() < 1e-9 && sem < 1e-6,
            "{alignment} {group} {condition} {rate}"
        );
        let number = match condition {
            "preferred" => 4,
            "other" => 8,
            _ => 12,
        };
        assert_eq!(trials[k], number);
    }
    // Longer bins: those of 80 ms have an edge at the event, and only whole ones are there.
    let psth = &found(Options { bin: 80.0, ..Options::default() }).unwrap()["psth"];
    let edges: Vec<f64> = real(psth, "from_ms")[..2].to_vec();
    assert_eq!((psth.rows(), &edges[..]), (8 * (2 + 6 + 3), &[-80.0, 0.0][..]));
}

#[test]
fn delay_activity_is_told_for_every_neuron() {
    let tables = found(Options::default()).unwrap();
    let neurons = &tables["neurons"];
    assert_eq!(neurons.rows(), 12);
    for i in 0..12 {
        let near = |name: &str, value: f64| {
            assert!((real(neurons, name)[i] - value).abs() < 1e-9, "{name} of {i}");
        };
        assert_eq!(whole(neurons, "preferred")[i], i as u64 / 4 + 1);
        near("depth", 1.0);
        near("index", 1.0);
        near("naive_depth", 1.0);
        near("delay_hz", 100.0 / 3.0);
        near("after_1_hz", if i < 4 { 100.0 } else { 0.0 });
        // One spike in 100 ms, in two trials of three.
        near("fixation_hz", 20.0 / 3.0);
    }
    let delay = &tables["delay"];
    assert_eq!(delay.rows(), 24);
    for k in 0..24 {
        let foreground = text(delay, "group")[k] == "foreground";
        let (rate, cv, fano) =
            (real(delay, "rate_hz")[k], real(delay, "cv")[k], real(delay, "fano")[k]);
        assert_eq!(whole(delay, "trials")[k], if foreground { 4 } else { 8 });
        // From 250 ms on, 25 spikes in each of four trials.
        assert_eq!(whole(delay, "intervals")[k], if foreground { 4 * 24 } else { 0 });
        assert!((rate - if foreground { 100.0 } else { 0.0 }).abs() < 1e-9);
        assert!(if foreground { cv < 1e-9 } else { cv.is_nan() });
        // Four trials of a sample are too few.
        assert!(fano.is_nan());
    }
    let isi = &tables["isi"];
    assert_eq!(whole(isi, "intervals").iter().sum::<u64>(), 12 * 96);
}

#[test]
fn statistics_count_what_has_no_value() {
    let tables = found(Options { after: Some(0.0), most: 3, ..Options::default() }).unwrap();
    let statistics = &tables["statistics"];
    let row = |quantity: &str, group: &str| {
        let at = |k: &usize| {
            text(statistics, "quantity")[*k] == quantity && text(statistics, "group")[*k] == group
        };
        let k = (0..statistics.rows()).find(at).unwrap();
        (
            whole(statistics, "values")[k],
            whole(statistics, "left_out")[k],
            real(statistics, "mean")[k],
        )
    };
    assert_eq!(row("rates_hz", "foreground"), (12, 0, 100.0));
    assert_eq!((row("cv", "background").0, row("cv", "background").1), (0, 12));
    assert_eq!((row("fano", "foreground").0, row("fano", "foreground").1), (0, 12));
    // Counts do not vary from trial to trial; means vary alike in the foreground of a pattern.
    assert_eq!((row("noise_correlation", "all").0, row("noise_correlation", "all").1), (0, 3));
    let signal = row("signal_correlation", "pattern 2");
    assert!((signal.0, signal.1) == (3, 0) && (signal.2 - 1.0).abs() < 1e-12);
    assert_eq!(tables["correlation_neurons"].rows(), 4 * 3);
    assert!(real(statistics, "delay_to_ms").iter().all(|t| (t - 500.0).abs() < 1e-9));
    assert!(whole(statistics, "trials").iter().all(|n| *n == 12));
    let names: Vec<&str> = tables.keys().map(String::as_str).collect();
    let expected = "psth variability neurons delay correlation_neurons statistics rates cv cv2 fano isi \
                    noise_correlation signal_correlation";
    assert_eq!(names.join(" "), expected);
}

#[test]
fn what_cannot_be_measured_is_refused() {
    for (options, part) in [
        (
            Options { after: Some(500.0), ..Options::default() },
            "from 500 ms after the onset of a delay of 500 ms",
        ),
        (Options { after: Some(-1.0), ..Options::default() }, "found delay activity from -1 ms"),
        (Options { bin: 0.0, ..Options::default() }, "found bins of 0 ms"),
        (Options { bin: f64::NAN, ..Options::default() }, "found bins of NaN ms"),
        (Options { bin: 1500.0, ..Options::default() }, "none fits into a trial"),
    ] {
        let message = found(options).unwrap_err().to_string();
        assert!(message.contains(part), "{message}");
    }
}
