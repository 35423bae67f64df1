//! The engine by itself on several ranks: what it is asked, and states with which it goes on.

use super::network;
use crate::common::{bits, cells, model};
use attractor::dynamics::spiking::Spiking;
use attractor::dynamics::{Cell, Dynamics, Effect, Events, ExternalInput, Field, Membranes, Spike};
use attractor::model::Model;
use attractor::network::EdgeList;
use attractor::random::Seed;
use attractor::ranks::Ranks;
use attractor::tape::{OnTape, Tape};
use attractor::work::Threads;
use std::path::Path;

/// One of each: populations of several blocks, and sources that are told when to fire.
const ENGINE: &str = r#"
dynamics.spiking.L = { spikes = { list = [[], [], []] } }
projection.L_to_E = { from = "L", to = "E", connect = "all_to_all", efficacy = "0.5 mV", tau_syn = "2 ms", delay = "1 ms" }
"#;

/// The network with those sources, at this seed.
fn with_sources(seed: u64) -> Model {
    let more = network().replace("R = { size = 90 }", "R = { size = 90 }, L = { size = 3 }");
    model(&format!("seed = {seed}\n{more}{ENGINE}"))
}

/// The part of `model` that belongs to one of `ranks`, cut as for seven of them.
fn engine_on(ranks: &Ranks, model: &Model) -> Spiking {
    engine_cut(&ranks.for_workers(7), model)
}

fn engine_cut(ranks: &Ranks, model: &Model) -> Spiking {
    let network = model.wire_on(&model.draw_patterns(), ranks).unwrap();
    Spiking::new(
        network,
        cells(model),
        &model.read_trains(Path::new(".")).unwrap(),
        Seed(model.seed),
    )
}

/// A rank that waits for others keeps its threads.
fn with_own_thread<R: Send>(work: impl FnOnce() -> R + Send) -> R {
    Threads::new(1).unwrap().with(work)
}

/// What the first of so many ranks does with its network, while the others follow.
fn engine_shared<R: Send>(
    number: usize,
    model: &Model,
    act: impl FnOnce(Spiking) -> R + Send,
) -> R {
    std::thread::scope(|scope| {
        let mut ranks = Ranks::threads(number).into_iter();
        let first = ranks.next().unwrap();
        for own in ranks {
            scope.spawn(move || with_own_thread(|| engine_on(&own, model).follow()));
        }
        with_own_thread(|| act(engine_on(&first, model)))
    })
}

fn words(engine: &mut Spiking) -> Vec<u64> {
    let mut tape = Tape::blank();
    engine.pass(&mut tape);
    tape.into_words()
}

/// What can be asked of a network, asked once.
#[derive(Debug, PartialEq)]
struct Asked {
    spikes: Vec<(u64, u32)>,
    branched: Vec<(u64, u32)>,
    renewed: Vec<(u64, u32)>,
    events: [Events; 3],
    plastic: Option<EdgeList>,
    potentials: Vec<f64>,
    cells: String,
    refused: [String; 2],
    state: Vec<u64>,
}

fn ask(mut engine: Spiking) -> Asked {
    let run = |engine: &mut dyn Dynamics, until: f64, spikes: &mut Vec<(u64, u32)>| {
        engine.advance(until).unwrap();
        spikes.extend(bits(engine.observable().spikes()));
    };
    let neurons = 4300 + 1100 + 20 + 90;
    let mut spikes = Vec::new();
    run(&mut engine, 2.05, &mut spikes);
    let mut field = Field::default();
    field.add(1000..3000, Effect::Current(20.0));
    field.add(4400..4500, Effect::Poisson(500.0));
    engine.drive(&field);
    let give = |time: f64, neuron: usize| Spike { time, neuron: neuron as u32 };
    let fired = [give(2.5, neurons), give(3.0, neurons + 2)];
    engine.fire(&fired).unwrap();
    let refused = [[give(1.0, neurons)], [give(9.0, 4299)]];
    let refused = refused.map(|spikes| engine.fire(&spikes).unwrap_err().to_string());
    run(&mut engine, 5.3, &mut spikes);
    let mut potentials = Vec::new();
    for neuron in (0..neurons).step_by(97) {
        let seen = |cell: Cell| {
            let own = [cell.adaptation, cell.moving_threshold];
            cell.tau_syn.len() + own.iter().flatten().count()
        };
        let mut values = vec![0.0; engine.cell(neuron).map_or(0, seen)];
        potentials.push(engine.potential(neuron, &mut values));
        potentials.append(&mut values);
    }
    potentials.retain(|v| !v.is_nan());
    let cells: Vec<_> = (0..neurons).step_by(1001).map(|neuron| engine.cell(neuron)).collect();
    let state = words(&mut engine);
    let mut branch = engine.branch(Seed(77));
    let mut branched = Vec::new();
    run(&mut *branch, 7.0, &mut branched);
    run(&mut engine, 6.0, &mut spikes);
    let before = engine.events();
    let mut renewed = Vec::new();
    engine.reseed(Seed(99));
    run(&mut engine, 8.0, &mut renewed);
    let events = [before, branch.events(), engine.events()];
    let (plastic, cells) = (engine.plastic(2), format!("{cells:?}"));
    Asked { spikes, branched, renewed, events, plastic, potentials, cells, refused, state }
}

#[test]
fn whatever_is_asked_of_any_number_of_ranks_is_answered_as_by_one() {
    let model = with_sources(3);
    let one = ask(engine_on(&Ranks::default(), &model));
    assert!(one.spikes.len() > 20 && one.branched.len() > 3 && one.renewed != one.branched);
    assert!(one.plastic.as_ref().unwrap().senders.len() > 50_000);
    assert!(one.spikes.iter().any(|spike| spike.1 >= 5510), "nobody fired when told");
    for number in [2, 3, 7] {
        let own = engine_shared(number, &model, ask);
        assert!(own == one, "{number} ranks");
    }
}

/// Whether this can be a state of the engine.
fn reads(state: &[u64], mut engine: Spiking) -> bool {
    let mut tape = Tape::written(state.to_vec());
    engine.pass(&mut tape);
    tape.end().is_ok()
}

#[test]
fn a_state_goes_on_among_other_numbers_of_ranks() {
    let model = with_sources(4);
    let early = |mut engine: Spiking| {
        engine.advance(4.2).unwrap();
        (words(&mut engine), engine.events())
    };
    let late = |state: &[u64], mut engine: Spiking| {
        let mut tape = Tape::written(state.to_vec());
        engine.pass(&mut tape);
        tape.end().unwrap();
        engine.advance(9.0).unwrap();
        (bits(engine.observable().spikes()), engine.events())
    };
    let (state, events) = early(engine_on(&Ranks::default(), &model));
    let one = late(&state, engine_on(&Ranks::default(), &model));
    assert!(one.0.len() > 30 && one.1.synaptic > events.synaptic);
    assert!(engine_shared(3, &model, early) == (state.clone(), events));
    for number in [2, 5] {
        assert!(engine_shared(number, &model, |engine| late(&state, engine)) == one, "{number}");
    }
    // Cut otherwise, it is another state of the same network.
    let otherwise = || engine_cut(&Ranks::default(), &model);
    let own = early(otherwise());
    assert!(own.0 != state && own.1 == events && late(&own.0, otherwise()) == one);
    assert!(!reads(&own.0, engine_on(&Ranks::default(), &model)));
    // Whatever rank finds that a state is of another network, all refuse it.
    let mut forged = state.clone();
    forged[0] = u64::MAX;
    for refused in [&forged[..], &state[..state.len() - 1]] {
        assert!(!engine_shared(3, &model, |engine| reads(refused, engine)));
    }
}

/// Neurons that have all fired at once, long ago, and are refractory: nothing is under way.
#[test]
fn who_is_refractory_is_compared_with_past_spikes_on_every_rank() {
    let model = model(
        r#"
population.E.size = 9000
dynamics.spiking.E = { tau_m = "20 ms", theta = "20 mV", v_reset = "10 mV", t_ref = "47 ms", current = "100 mV" }
"#,
    );
    let told = |mut engine: Spiking| {
        engine.advance(40.0).unwrap();
        let spikes = engine.observable().spikes().to_vec();
        let of_other = |neuron: usize| {
            let mut spikes = spikes.clone();
            let mut earlier = spikes.remove(neuron);
            earlier.time -= 1e-3;
            spikes.insert(0, earlier);
            engine.follows(&spikes, 0.0)
        };
        let others = [0, 4500, 8999].map(of_other);
        (spikes.len(), engine.memory(), engine.follows(&spikes, 0.0), others)
    };
    for number in [1, 2, 3] {
        let told = engine_shared(number, &model, told);
        // Without delays a window takes 20 ms, and three are more than a refractory period.
        assert_eq!(told, (9000, 60.0, true, [false; 3]), "{number} ranks");
    }
}

#[test]
fn a_rank_that_is_lost_ends_the_others() {
    let model = model(&format!("seed = 3\n{}", network()));
    let ended = std::thread::scope(|scope| {
        let mut ranks = Ranks::threads(3).into_iter();
        let (first, second, third) =
            (ranks.next().unwrap(), ranks.next().unwrap(), ranks.next().unwrap());
        let model = &model;
        let leads = scope.spawn(move || {
            with_own_thread(|| {
                let mut engine = engine_on(&first, model);
                (1..1000).try_for_each(|k| engine.advance(f64::from(k)))
            })
        });
        let follows = scope.spawn(move || with_own_thread(|| engine_on(&second, model).follow()));
        let is_lost = scope.spawn(move || with_own_thread(|| drop(engine_on(&third, model))));
        [is_lost.join().is_ok(), leads.join().is_err(), follows.join().is_err()]
    });
    assert_eq!(ended, [true; 3]);
}
