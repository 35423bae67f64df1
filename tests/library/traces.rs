//! The activity of single graded neurons: what the whole network has, and looking at it changes nothing.

use attractor::figure::Beside;
use attractor::model::Document;
use attractor::recording::Recording;
use attractor::simulation::Simulation;
use attractor::table::Column;
use attractor::work::Threads;
use std::path::Path;

/// Fifty neurons, restless by themselves, that are pushed after 20 ms.
const TEXT: &str = r#"
title = "Restless"
source = "none"
shows = "traces"
seed = 3
population = { N = { size = 50 } }
[dynamics.rate.units.N]
tau = "10 ms"
transfer = { tanh = { gain = 1.8 } }
initial = { uniform = [-0.5, 0.5] }
[projection.J]
from = "N"
to = "N"
connect = "all_to_all"
autapses = false
efficacy = { gaussian = { sd = 1.0, symmetry = 0.0 } }
[[protocol]]
name = "rest"
duration = "20 ms"
[[protocol]]
name = "push"
duration = "20 ms"
show = [{ population = "N", field = 0.5 }]
"#;

fn record(settings: &[&str]) -> Recording {
    let settings: Vec<String> = settings.iter().map(|s| (*s).to_owned()).collect();
    let document = Document::new(Path::new("test.toml"), TEXT.to_owned(), &settings).unwrap();
    let threads = Threads::new(1).unwrap();
    Simulation::new(document.model().unwrap(), Path::new("."), &threads).unwrap().record().unwrap()
}

#[test]
fn activity_of_single_neurons_is_that_of_the_network_and_changes_no_bit() {
    let watched = "record.activity={ population = \"N\", neurons = \"7..9\", every = \"1.3 ms\" }";
    for solver in ["adaptive", "{ euler = { step = \"0.4 ms\" } }"] {
        let solver = format!("dynamics.rate.solver={}", solver.replace("adaptive", "\"adaptive\""));
        let plain = record(&[&solver, "record.interval=\"1.3 ms\""]);
        let both = record(&[&solver, "record.interval=\"4 ms\"", watched]);
        let alone = record(&[&solver, "record.interval=\"7 ms\"", watched, "record.states=false"]);
        let hash = |recording: &Recording| recording.provenance().unwrap().data_hash;
        assert_eq!([hash(&both), hash(&alone)], [hash(&plain), hash(&plain)]);
        assert_eq!(plain.traced().unwrap(), Vec::<String>::new());
        assert!(alone.activity("N").unwrap().is_none());
        // Single neurons are looked at beside the network, not instead of it.
        let looks = both.rates("N").unwrap().time;
        assert_eq!(looks, [0.0, 4.0, 8.0, 12.0, 16.0, 20.0, 24.0, 28.0, 32.0, 36.0, 40.0]);

        let (neurons, traces) = both.traces("N").unwrap().unwrap();
        assert_eq!((&neurons[..], traces.interval), (&[7, 8][..], 1.3));
        assert_eq!(alone.traces("N").unwrap().unwrap(), (neurons, traces.clone()));
        // 0, 1.3, ... 19.5 of each epoch.
        assert_eq!((traces.time.len(), traces.time[15], traces.time[16]), (32, 19.5, 20.0));
        let whole = plain.activity("N").unwrap().unwrap();
        let mut compared = 0;
        for (k, time) in whole.time.iter().enumerate() {
            // Looks at the network are not on the grid of times.
            let same = |(_, own): &(usize, &f64)| (*own - time).abs() < 1e-9;
            for (row, _) in traces.time.iter().enumerate().filter(same) {
                for (one, other) in traces.row(row).iter().zip(&whole.row(k)[7..9]) {
                    assert!((one - other).abs() < 1e-9, "{time}");
                }
                compared += 1;
            }
        }
        assert_eq!(compared, 32);
    }
}

#[test]
fn two_starts_of_an_unstable_network_come_apart() {
    let long = "protocol[0].duration=\"2 s\"";
    let near = "dynamics.rate.units.N.initial={ uniform = [-0.5, 0.50000001] }";
    let [one, other] = [record(&[long]), record(&[long, near])];
    let beside = Beside::of([&one, &other], None, None).unwrap();
    let growth = beside.growth.unwrap();
    // Per ms: they leave a saddle.
    assert!((0.01..0.1).contains(&growth.rate), "{growth:?}");
    assert!(beside.says().starts_with("the distance grows as exp("), "{}", beside.says());
    let Some(Column::Real(apart)) = beside.table().column("distance").cloned() else { panic!() };
    let [x, y] = [&one, &other].map(|recording| recording.activity("N").unwrap().unwrap());
    for (k, d) in apart.iter().enumerate() {
        let square = x.row(k).iter().zip(y.row(k)).map(|(x, y)| (x - y).powi(2)).sum::<f64>();
        assert!((d - (square / 50.0).sqrt()).abs() <= 1e-14);
    }
    assert!(apart[0] > 0.0 && apart[0] < 1e-8);

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("beside.svg");
    beside.figure(Some(&"N:3,40".parse().unwrap())).unwrap().save(&path).unwrap();
    let svg = std::fs::read_to_string(&path).unwrap();
    for label in ["N 3", "N 40", "distance", "r.m.s. over 50 neurons"] {
        assert_eq!(svg.matches(&format!("aria-label=\"{label}\"")).count(), 1, "{label}");
    }

    let watched = "record.activity={ population = \"N\", neurons = \"7..9\", every = \"1.3 ms\" }";
    for (settings, why) in [
        (&[long, "seed=4"][..], "its `seed` differs"),
        (&[long, "dynamics.rate.units.N.tau=\"11 ms\""], "its `dynamics` differs"),
        (&[long, watched], "other neurons recorded"),
        (&[long, "record.interval=\"3 ms\""], "looks at other times"),
    ] {
        let error = Beside::of([&one, &record(settings)], None, None).err().unwrap().to_string();
        assert!(error.contains(why), "{error}");
    }
    let error = Beside::of([&one, &other], None, Some((7.0, 8.0))).err().unwrap().to_string();
    assert!(error.contains("no two looks"), "{error}");
}
