//! Whoever computes hears within a moment that nothing further is wanted, however far away the next look is.

use attractor::dynamics::{Given, Section, Trains};
use attractor::error::Kind;
use attractor::model::Document;
use attractor::random::Seed;
use attractor::recording::{Provenance, Sink};
use attractor::simulation::{Simulation, Wish};
use attractor::work::{Over, Threads};
use std::path::Path;
use std::time::{Duration, Instant};

/// A network that is looked at once, after longer than anybody waits.
const TEXT: &str = r#"
title = "t"
source = "s"
shows = "w"
population.N.size = 200
"#;

const COUPLED: &str = r#"
projection.J = { from = "N", to = "N", connect = "all_to_all", autapses = false, efficacy = { gaussian = { sd = 0.2, symmetry = 0.0 } } }
"#;

const MEMORIES: &str = r#"
patterns.N.random = { number = 30, coding_level = 0.5, foreground = "bernoulli" }
"#;

fn protocol(duration: &str) -> String {
    format!(
        "record.interval = \"{duration}\"\nprotocol = [{{ name = \"rest\", duration = \"{duration}\" }}]\n"
    )
}

/// The network starts, learns after a moment that it is over, and ends in time.
fn ends(case: &str, text: &str) {
    let document = Document::new("t.toml".as_ref(), text.to_owned(), &[]).unwrap();
    let (model, threads) = (document.model().unwrap(), Threads::new(2).unwrap());
    let mut simulation = Simulation::new(model, Path::new("."), &threads).unwrap();
    let mut recorder = simulation.recorder(Sink::Memory, &Provenance::default()).unwrap();
    let over = Over::default();
    simulation.heed(&over);
    let error = std::thread::scope(|scope| {
        let run = scope.spawn(|| simulation.run(&mut recorder, |_| Wish::Continue));
        std::thread::sleep(Duration::from_millis(100));
        assert!(!run.is_finished(), "{case} does not last");
        let told = Instant::now();
        over.set();
        let error = run.join().unwrap().unwrap_err();
        assert!(told.elapsed() < Duration::from_secs(2), "{case}: {:?}", told.elapsed());
        error
    });
    assert_eq!(error.kind(), Kind::Interrupt, "{case}: {error}");
    assert!(error.to_string().contains("found that the run was stopped at "), "{case}: {error}");
}

/// So does a network in the middle of an advance that nobody interrupts.
fn hears(case: &str, text: &str) {
    let document = Document::new("t.toml".as_ref(), text.to_owned(), &[]).unwrap();
    let model = document.model().unwrap();
    let (patterns, trains) = (model.draw_patterns(), Trains::new());
    let given = Given { patterns: &patterns, trains: &trains };
    let network = model.wire(&patterns).unwrap();
    let mut dynamics = model.dynamics.start(network, given, Seed(model.seed));
    let over = Over::default();
    dynamics.heed(&over);
    std::thread::scope(|scope| {
        let advance = scope.spawn(|| dynamics.advance(1e9));
        std::thread::sleep(Duration::from_millis(100));
        assert!(!advance.is_finished(), "{case} does not last");
        let told = Instant::now();
        over.set();
        let error = advance.join().unwrap().unwrap_err();
        assert!(told.elapsed() < Duration::from_secs(2), "{case}: {:?}", told.elapsed());
        assert_eq!(error.kind(), Kind::Interrupt, "{case}: {error}");
    });
}

#[test]
fn every_dynamics_hears_it_between_two_looks() {
    let spiking = r#"dynamics.spiking.N = { tau_m = "20 ms", theta = "20 mV", v_reset = "10 mV", t_ref = "2 ms", poisson = { rate = "100 kHz", efficacy = "0.1 mV", tau_syn = "5 ms" } }"#;
    let units = r#"units.N = { tau = "10 ms", transfer = { tanh = { gain = 3.0 } }, initial = { uniform = [-1.0, 1.0] } }"#;
    let rate = |solver: &str| format!("[dynamics.rate]\nsolver = {solver}\n{units}\n");
    let long = protocol("10000000 s");
    let sweeps = protocol("1000000000 sweeps");
    // Tables come last.
    for (case, text) in [
        ("spiking", format!("{TEXT}{long}{spiking}\n")),
        ("adaptive", format!("{TEXT}{COUPLED}{long}{}", rate("\"adaptive\""))),
        ("euler", format!("{TEXT}{COUPLED}{long}{}", rate("{ euler = { step = \"0.1 ms\" } }"))),
        (
            "sweeps",
            format!(
                "{TEXT}{COUPLED}{sweeps}{}",
                rate("{ sweeps = \"synchronous\" }").replace("tau = \"10 ms\", ", "")
            ),
        ),
        (
            "binary",
            format!(
                "{TEXT}{COUPLED}{sweeps}dynamics.binary = {{ states = \"plus_minus\", update = \"shuffled\", tie = \"keep\", temperature = 1.0 }}\n"
            ),
        ),
        (
            "dense",
            format!(
                "{TEXT}{MEMORIES}{sweeps}dynamics.modern.polynomial = {{ degree = 3, update = \"shuffled\", tie = \"keep\" }}\n"
            ),
        ),
        (
            "softmax",
            format!("{TEXT}{MEMORIES}{sweeps}dynamics.modern.softmax = {{ beta = 1.0 }}\n"),
        ),
    ] {
        ends(case, &text);
        hears(case, &text);
    }
}
