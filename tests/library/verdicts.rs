//! What a run concludes follows from its spikes: not from how often it samples, and as a slow count of them has it.

use attractor::analysis::{Criterion, Fate, Memory, measure};
use attractor::model::Document;
use attractor::recording::Recording;
use attractor::report::{Summary, measures};
use attractor::simulation::Simulation;
use attractor::work::Threads;
use serde_json::Value;

fn record(model: &str, settings: &[&str]) -> Recording {
    let settings: Vec<String> = settings.iter().map(|&s| s.to_owned()).collect();
    let document = Document::read(format!("models/{model}.toml").as_ref(), &settings).unwrap();
    let threads = Threads::new(2).unwrap();
    let model = document.model().unwrap();
    Simulation::new(model, document.folder(), &threads).unwrap().record().unwrap()
}

/// What is concluded from a recording: all but what depends on the host and the text of the model.
fn concluded(recording: &Recording) -> Value {
    let mut summary = serde_json::to_value(Summary::of(recording).unwrap()).unwrap();
    let told = summary.as_object_mut().unwrap();
    for key in ["model_text", "model_resolved", "wall_s", "build_s", "peak_rss_mb"] {
        told.remove(key);
    }
    told.retain(|key, _| !["real_time_factor", "synaptic_events_per_s"].contains(&key.as_str()));
    let measured: Vec<String> = measures(recording)
        .unwrap()
        .into_iter()
        .map(|(name, value)| format!("{name} {value}"))
        .collect();
    told.insert("measures".to_owned(), measured.into());
    summary
}

#[test]
fn verdicts_and_numbers_do_not_depend_on_how_often_one_records() {
    let rest = ["protocol[0].duration=500 ms"];
    let trials = ["task.delayed_match.trials=3", "expect.delayed_match.readouts=[]"];
    // scripts/long-test verdicts does the same with every model.
    for (model, settings) in [("memory-1000", &rest[..]), ("delayed-match-1000", &trials)] {
        let at = |interval: &str| {
            let interval = format!("record.interval={interval}");
            concluded(&record(model, &[settings, &[&interval]].concat()))
        };
        let first = at("1 ms");
        assert!(!first["expect"].as_array().unwrap().is_empty(), "{model}");
        for interval in ["5 ms", "20 ms", "100 ms", "37 ms"] {
            assert_eq!(at(interval), first, "{model} recorded every {interval}");
        }
    }
}

/// The overlap with a pattern from `start` to `stop` (ms), counted spike by spike.
fn counted(recording: &Recording, mu: usize, start: f64, stop: f64) -> f64 {
    let patterns = recording.patterns("E").unwrap().unwrap();
    let (times, ids) = recording.spikes("E").unwrap();
    let (mut inside, mut outside) = (0.0, 0.0);
    for (time, id) in times.iter().zip(&ids) {
        if (start..stop).contains(time) {
            let own = patterns.foreground(mu).contains(&(*id as u32));
            *if own { &mut inside } else { &mut outside } += 1.0;
        }
    }
    let size = patterns.foreground(mu).len() as f64;
    (inside / size - outside / (patterns.neurons() as f64 - size)) / (stop - start) * 1000.0
}

#[test]
fn overlaps_of_windows_are_those_of_their_spikes() {
    let recording = record("memory-1000", &["protocol[0].duration=100 ms"]);
    let patterns = recording.patterns("E").unwrap().unwrap();
    let windows = [(0.0, 100.0), (412.3, 512.3), (50.0, 1050.0), (999.999, 1000.001), (9e9, 1e10)];
    let found = measure(&recording, "E", &patterns, &windows).unwrap();
    for (window, (start, stop)) in found.iter().zip(windows) {
        for mu in 0..patterns.number() {
            let expected = counted(&recording, mu, start, stop);
            assert!((window.overlaps[mu] - expected).abs() < 1e-9, "{mu} in {start} to {stop}");
        }
    }
}

#[test]
fn a_memory_that_is_never_replaced_by_the_cued_one_is_not_called_retrieved() {
    // Stronger synapses hold the first pattern against every later cue.
    let recording = record("memory-1000", &["projection.E_to_E.scale=0.25 mV"]);
    let criterion = Criterion { others_below: 0.2, ..Criterion::default() };
    let memory = Memory::of(&recording, "E", criterion, f64::INFINITY, None).unwrap().unwrap();
    let fates: Vec<Fate> = memory.cues.iter().map(|found| found.fate).collect();
    assert_eq!(fates[0], Fate::Held);
    assert!(fates[1..].iter().all(|fate| *fate == Fate::Replaced(0)), "{fates:?}");
    let told: Vec<(String, f64)> = measures(&recording).unwrap();
    let of = |name: &str| told.iter().find(|(known, _)| known == name).unwrap().1;
    assert_eq!((of("cues_held"), of("cues")), (1.0 / 6.0, 6.0));
    assert_eq!((of("cue_3.E.held"), of("cue_3.E.pattern"), of("cue_3.E.holds")), (0.0, 3.0, 1.0));
}

#[test]
fn a_memory_that_is_held_more_weakly_is_not_called_lost() {
    let recording = record("memory-1000", &["expect.retrieval.cued_above=47 Hz"]);
    let summary = Summary::of(&recording).unwrap();
    let verdict = summary.missed().find(|v| v.expectation.starts_with("retrieval")).unwrap();
    let weak: Vec<&str> = verdict.found.lines().skip(1).collect();
    assert!(!weak.is_empty(), "{verdict}");
    for line in weak {
        assert!(line.contains("its overlap dips to 4") && line.contains("(bound 47 Hz)"), "{line}");
        assert!(line.ends_with("it stays the largest overlap"), "{line}");
    }
}

#[test]
fn what_a_stimulus_alone_drives_is_not_called_held() {
    // Without recurrent excitation nothing outlives its cue, however long that is shown.
    let silent = ["projection.E_to_E.scale=0.001 mV"];
    let told = |settings: &[&str]| {
        let recording = record("memory-1000", &[&silent, settings].concat());
        let criterion = Criterion::default();
        let memory = Memory::of(&recording, "E", criterion, f64::INFINITY, None).unwrap().unwrap();
        assert_eq!(memory.reference, None);
        memory.cues.into_iter().map(|found| (found.fate, found.retrieval)).collect::<Vec<_>>()
    };
    let after = told(&["protocol[1].duration=800 ms"]);
    assert!(after.iter().all(|found| *found == (Fate::NotRetrieved, None)), "{after:?}");
    // Nor where the next cue follows at once.
    let at_once = told(&["protocol[1].duration=800 ms", "protocol[2].duration=50 ms"]);
    assert_eq!(at_once[0].0, Fate::Unjudged(attractor::analysis::Reason::Short));
}
