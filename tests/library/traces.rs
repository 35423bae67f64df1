//! The activity of single graded neurons: what the whole network has, and looking at it changes nothing.

use attractor::model::Document;
use attractor::recording::Recording;
use attractor::simulation::Simulation;
use attractor::work::Threads;
use std::path::Path;

/// Fifty neurons, restless by themselves, that are pushed after 20 ms.
const TEXT: &str = r#"
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
