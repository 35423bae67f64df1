//! States that nobody saved: whatever stands for a network in a checkpoint whose sum is right, it is refused or gone on with.
//! No panic, no endless loop.
//!
//! `scripts/long-test networks` tries every word with everything that may stand there: FORGED in the environment.

mod belied;
mod checkpoints;
mod forgery;
mod placed;

use attractor::dynamics::{Dynamics, Given, Section};
use attractor::error::Kind;
use attractor::model::{Document, Model};
use attractor::random::Seed;
use attractor::recording::LAYOUT;
use attractor::tape::{OnTape, Tape};
use attractor::work::Over;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::Duration;

const HEAD: &str = "title = \"t\"\nsource = \"s\"\nshows = \"w\"\n";

const COUPLED: &str = r#"
population.N.size = 6
patterns.N.random = { number = 2, coding_level = 0.5, foreground = "bernoulli" }
projection.J = { from = "N", to = "N", connect = "all_to_all", autapses = false, learning = "hebb" }
protocol = [{ name = "rest", duration = "100 UNIT" }]
"#;

/// All that spiking neurons and their synapses can have: currents of every kind, several delays, resources, and sources and
/// external spikes that are drawn.
const CURRENTS: &str = r#"
population = { E = { size = 3 }, I = { size = 2 }, S = { size = 2 } }
protocol = [{ name = "rest", duration = "100 ms" }]
dynamics.spiking.E = { tau_m = "20 ms", theta = "20 mV", v_reset = "10 mV", t_ref = { uniform = ["1 ms", "3 ms"] }, poisson = { rate = "2500 Hz", efficacy = "0.5 mV", tau_syn = "3 ms" } }
dynamics.spiking.I = { tau_m = "10 ms", theta = "20 mV", v_reset = "10 mV", t_ref = "1 ms", poisson = { rate = "9 kHz", efficacy = "0.3 mV", tau_syn = "0 ms" } }
dynamics.spiking.S = { spikes = { poisson = "400 Hz" } }
projection.E_to_E = { from = "E", to = "E", connect = "all_to_all", autapses = false, efficacy = "2 mV", tau_syn = "5 ms", delay = { uniform = ["0.7 ms", "1.4 ms"] }, short_term = { U = 0.3, tau_d = "200 ms", tau_f = "900 ms" } }
projection.E_to_I = { from = "E", to = "I", connect = "all_to_all", efficacy = "3 mV", tau_syn = "0 ms", delay = "1.1 ms" }
projection.I_to_E = { from = "I", to = "E", connect = "all_to_all", efficacy = "-0.7 mV", tau_syn = "4 ms", delay = "0.9 ms" }
projection.S_to_E = { from = "S", to = "E", connect = "all_to_all", efficacy = "1 mV", tau_syn = "0 ms", delay = "0.8 ms" }
"#;

/// Delta synapses alone, which have their own way of crossing theta, and spikes that are listed.
const JUMPS: &str = r#"
population = { E = { size = 3 }, S = { size = 2 } }
protocol = [{ name = "rest", duration = "100 ms" }]
dynamics.spiking.E = { tau_m = "20 ms", theta = "20 mV", v_reset = "10 mV", t_ref = "0 ms", current = "30 mV", poisson = { rate = "5 kHz", efficacy = "0.5 mV", tau_syn = "0 ms" } }
dynamics.spiking.S = { spikes = { list = [["0.3 ms", "4 ms", "5.1 ms", "7.2 ms"], ["4.9 ms", "6 ms"]] } }
projection.E_to_E = { from = "E", to = "E", connect = "all_to_all", autapses = false, efficacy = "-1 mV", tau_syn = "0 ms", delay = "0.7 ms" }
projection.S_to_E = { from = "S", to = "E", connect = "all_to_all", efficacy = "5 mV", tau_syn = "0 ms", delay = { uniform = ["0.7 ms", "1.4 ms"] } }
"#;

/// Neurons that fire at random, with an adaptation current and a moving threshold, under ceilings (A) and without (B), and
/// synapses that learn.
const ESCAPES: &str = r#"
population = { A = { size = 2 }, B = { size = 2 } }
protocol = [{ name = "rest", duration = "100 ms" }]
dynamics.spiking.A = { tau_m = "20 ms", theta = "20 mV", v_reset = "10 mV", t_ref = "2 ms", current = "21 mV", adaptation = { jump = "1 mV", tau = "50 ms" }, moving_threshold = { jump = "2 mV", tau = "30 ms" }, escape = { exponential = { rate = "300 Hz", width = "2 mV" } } }
dynamics.spiking.B = { tau_m = "20 ms", theta = "20 mV", v_reset = "10 mV", t_ref = "0 ms", current = "21 mV", escape = { sigmoid = { rate = "10 Hz", width = "2 mV" } } }
projection.A_to_B = { from = "A", to = "B", connect = "all_to_all", efficacy = "5 mV", tau_syn = { decay = "3 ms", rise = "1 ms" }, delay = "0.7 ms" }
projection.B_to_A = { from = "B", to = "A", connect = "all_to_all", efficacy = "5 mV", tau_syn = "0 ms", delay = "0.9 ms", plasticity.triplet = { pair_potentiation = "0.1 mV", triplet_potentiation = "0.1 mV", pair_depression = "0.1 mV", triplet_depression = "0.1 mV", tau_plus = "17 ms", tau_x = "101 ms", tau_minus = "34 ms", tau_y = "125 ms", max = "9 mV" } }
"#;

/// Neurons that fire as fast as refractory periods of their own let them, all of whose spikes are long under way.
const SATURATED: &str = r#"
population = { E = { size = 8 } }
protocol = [{ name = "rest", duration = "100 ms" }]
dynamics.spiking.E = { tau_m = "20 ms", theta = "20 mV", v_reset = "10 mV", t_ref = { uniform = ["0 ms", "0.5 ms"] }, current = "5000 mV" }
projection.E_to_E = { from = "E", to = "E", connect = "all_to_all", efficacy = "-0.1 mV", tau_syn = "0 ms", delay = "20 ms" }
"#;

fn model(text: &str) -> Model {
    Document::new("t.toml".as_ref(), format!("{HEAD}{text}"), &[]).unwrap().model().unwrap()
}

/// The network of a model, which has not moved.
fn start(model: &Model) -> Box<dyn Dynamics> {
    let patterns = model.draw_patterns();
    let (network, trains) =
        (model.wire(&patterns).unwrap(), model.read_trains("".as_ref()).unwrap());
    let given = Given { patterns: &patterns, trains: &trains };
    model.dynamics.start(network, given, Seed(model.seed))
}

fn words(dynamics: &mut dyn Dynamics) -> Vec<u64> {
    let mut tape = Tape::blank();
    dynamics.pass(&mut tape);
    tape.into_words()
}

/// What may stand in a word.
fn forged(word: u64) -> impl Iterator<Item = u64> {
    let numbers = [-1.0, 1e-300, 1e308, -1e308, f64::NAN, f64::INFINITY, f64::NEG_INFINITY];
    let whole = [0, 1, 7, 255, 1 << 16, 1 << 31, 1 << 32, 1 << 52, 1 << 63, u64::MAX];
    let near = [word.wrapping_add(1), word.wrapping_sub(1), word ^ 1 << 51, word ^ 1 << 63];
    numbers.map(f64::to_bits).into_iter().chain(whole).chain(near).filter(move |&x| x != word)
}

/// Reads a state, and if it can be one goes on for a while from there; whether it can.
fn goes_on(fresh: &dyn Dynamics, state: Vec<u64>, while_: f64) -> bool {
    // All of its state is read.
    let mut dynamics = fresh.branch(Seed(1));
    let mut tape = Tape::written(state);
    dynamics.pass(&mut tape);
    if tape.end().is_err() {
        return false;
    }
    let over = Over::default();
    dynamics.heed(&over);
    let until = dynamics.time() + while_;
    std::thread::scope(|scope| {
        let stop = over.clone();
        let timer = scope.spawn(move || {
            std::thread::park_timeout(Duration::from_secs(2));
            stop.set();
        });
        // A state that no network can be in may diverge, and is stopped where it takes for ever.
        let ran = catch_unwind(AssertUnwindSafe(|| dynamics.advance(until)));
        timer.thread().unpark();
        if let Err(error) = ran.unwrap_or_else(|panic| resume_unwind(panic)) {
            assert!(matches!(error.kind(), Kind::Divergence | Kind::Interrupt), "{error}");
        }
    });
    true
}

/// Whether whatever state a network comes to is one that it can be in, from its start on.
#[test]
fn states_of_spiking_networks_are_read_whenever_they_were_saved() {
    for text in [CURRENTS, JUMPS, ESCAPES, SATURATED] {
        let model = model(text);
        let (fresh, mut network) = (start(&model), start(&model));
        for step in 0..200 {
            network.advance(0.37 * f64::from(step)).unwrap();
            let whole = words(&mut *network);
            assert!(goes_on(&*fresh, whole, 0.0), "{} ms", network.time());
        }
    }
}

/// A state of another form is one of another layout: where these numbers change, LAYOUT does.
#[test]
fn states_have_the_form_of_their_layout() {
    let number = |text: &str| {
        let mut network = start(&model(text));
        network.advance(4.3).unwrap();
        words(&mut *network).len()
    };
    assert_eq!((LAYOUT, [CURRENTS, JUMPS, ESCAPES].map(number)), (11, [468, 264, 295]));
}

/// Forges every word of the state of a network that has come to `time`, and takes one away or adds one everywhere.
fn none_panics(case: &str, text: &str, time: f64) {
    let fresh = start(&model(text));
    let mut network = start(&model(text));
    network.advance(time).unwrap();
    let whole = words(&mut *network);
    assert!(goes_on(&*fresh, whole.clone(), 3.0), "{case}");
    // A third of what may stand in a word, another for the next word, unless all is wanted.
    let share = if std::env::var_os("FORGED").is_some() { 1 } else { 3 };
    let (mut tried, mut went_on, mut found) = (0, 0, Vec::new());
    let mut attempt = |what: String, state: Vec<u64>| {
        tried += 1;
        match catch_unwind(AssertUnwindSafe(|| goes_on(&*fresh, state, 3.0))) {
            Ok(good) => went_on += usize::from(good),
            Err(_) => found.push(what),
        }
    };
    for k in 0..whole.len() {
        for word in forged(whole[k]).skip(k % share).step_by(share) {
            let mut state = whole.clone();
            state[k] = word;
            attempt(format!("word {k} of {}: {:#x} as {word:#x}", whole.len(), whole[k]), state);
        }
        let mut state = whole.clone();
        state.remove(k);
        attempt(format!("without word {k}"), state.clone());
        state.insert(k, whole[k]);
        state.insert(k, whole[k]);
        attempt(format!("word {k} twice"), state);
    }
    println!("{case}: {tried} states of {} words, {went_on} went on", whole.len());
    assert!(
        found.is_empty(),
        "{case}: {} of {tried}: {:#?}",
        found.len(),
        &found[..found.len().min(20)]
    );
}

#[test]
fn forged_states_of_rate_networks_are_refused_or_gone_on_with() {
    let coupled = COUPLED.replace("UNIT", "ms");
    for (case, solver, noise) in [
        ("adaptive", "\"adaptive\"", ""),
        ("noise", "{ euler = { step = \"0.5 ms\" } }", ", noise = { sd = 0.2 }"),
    ] {
        let units = format!(
            "[dynamics.rate]\nsolver = {solver}\nunits.N = {{ tau = \"10 ms\", transfer = {{ tanh = {{ gain = 3.0 }} }}, \
             initial = {{ uniform = [-1.0, 1.0] }}{noise} }}\n"
        );
        none_panics(case, &format!("{coupled}{units}"), 4.7);
    }
}

#[test]
fn forged_states_of_spiking_networks_are_refused_or_gone_on_with() {
    none_panics("currents", CURRENTS, 4.3);
    none_panics("jumps", JUMPS, 4.9);
    none_panics("escapes", ESCAPES, 12.1);
}

#[test]
fn forged_states_of_networks_of_states_are_refused_or_gone_on_with() {
    let coupled = COUPLED.replace("UNIT", "sweeps");
    for (case, law) in [
        (
            "binary",
            "states = \"plus_minus\", update = \"shuffled\", tie = \"keep\", temperature = 0.8",
        ),
        ("synchronous", "states = \"plus_minus\", update = \"synchronous\", tie = \"keep\""),
    ] {
        none_panics(case, &format!("{coupled}dynamics.binary = {{ {law} }}\n"), 4.0);
    }
    let alone = coupled.replace(coupled.lines().nth(3).unwrap(), "");
    for (case, law) in [
        ("polynomial", "polynomial = { degree = 3, update = \"shuffled\", tie = \"keep\" }"),
        ("softmax", "softmax = { beta = 1.0 }"),
    ] {
        none_panics(case, &format!("{alone}dynamics.modern.{law}\n"), 4.0);
    }
}

/// A spike that is under way comes to a whole row of synapses: words of a state would become a thousand times as many.
#[test]
fn a_state_names_no_more_spikes_under_way_than_refractoriness_allows() {
    let model = model(CURRENTS);
    let (fresh, mut network) = (start(&model), start(&model));
    network.advance(20.3).unwrap();
    let whole = words(&mut *network);
    // Behind the time stands how many spikes are under way, each with its neuron as the second of four words.
    assert_eq!(f64::from_bits(whole[0]), network.time());
    let spikes = whole[1] as usize;
    // E and I, whose spikes refractoriness bounds, are in front of S.
    let first = (0..spikes).map(|k| 2 + 4 * k).find(|&at| whole[at + 1] < 5);
    let spike = whole[first.unwrap()..][..4].to_vec();
    let with = |more: usize| {
        let mut state = whole[..2].to_vec();
        state[1] += more as u64;
        state.extend(spike.repeat(more));
        state.extend(&whole[2..]);
        state
    };
    assert!(goes_on(&*fresh, with(0), 3.0) && goes_on(&*fresh, with(1), 3.0));
    for more in [20, 100_000] {
        assert!(!goes_on(&*fresh, with(more), 3.0), "{more} more");
    }
}

/// Spikes of sources come to whole rows of synapses, too.
#[test]
fn a_state_names_no_more_spikes_of_sources_than_they_may_have_drawn() {
    let model = model(CURRENTS);
    let (fresh, mut network) = (start(&model), start(&model));
    // At the end stands what they have drawn and is still to come: a time and a neuron each.
    let empty = (1..100).find_map(|step| {
        network.advance(0.37 * f64::from(step)).unwrap();
        let whole = words(&mut *network);
        (whole.last() == Some(&0)).then_some(whole)
    });
    let empty = empty.unwrap();
    let with = |more: usize| {
        let spike = [f64::to_bits(f64::from_bits(empty[0]) + 0.1), 1];
        [&empty[..empty.len() - 1], &[more as u64], &spike.repeat(more)].concat()
    };
    assert!(goes_on(&*fresh, with(0), 3.0) && goes_on(&*fresh, with(3), 3.0));
    for more in [100, 100_000] {
        assert!(!goes_on(&*fresh, with(more), 3.0), "{more} more");
    }
}
