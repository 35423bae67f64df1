//! Speed of the engine: `cargo bench` (about two minutes), and `cargo bench --bench engine -- growth` (some more).
//!
//! `cargo bench --bench engine -- brunel-2000` measures one case, and `-- one MODEL WARM_UP END [KEY=VALUE]...` a stretch of any
//! model (ms), for programs that read JSON.
//!
//! Prints physical rates beside their limits, which are those of a core of some 3 GHz that streams the synapses from
//! memory and holds the neurons in its first-level cache, measured on one such machine. With one thread its time of computing counts,
//! with two the time that passes. On a machine that others use, both are upper bounds; instruction counts do not depend on
//! others (`cargo bench --bench instructions`).

mod cases;

use attractor::synapse::give_back_at_once;
use cases::{Clock, Cost, Run, courses, growth, model, one, solve, without_external};

/// ns per recurrent event: a plain addition, and an exact event-driven update of the target.
const RECURRENT: &str = "1.4 to 2.3";
/// ns per external event: drawing it, and the update.
const EXTERNAL: &str = "5.5";
/// ns per synapse built: drawing it and writing it.
const BUILD: &str = "4.4";
/// ns per crossing solved: four evaluations of V and its slope with three exponentials of 5 ns.
const SOLVED: &str = "60";

/// A network, how long it runs before it is measured, and each of the three stretches of which the fastest counts (ms).
struct Case {
    model: &'static str,
    warm_up: f64,
    stretch: f64,
    /// What makes V fluctuate. The cost of the other events is found by putting a constant current in their place, which
    /// leaves the network much as it is.
    noise: Noise,
}

/// Where most of the variance of the input comes from.
enum Noise {
    Recurrent,
    External,
}

const CASES: [Case; 5] = [
    Case { model: "lognormal-12000", warm_up: 500.0, stretch: 1000.0, noise: Noise::External },
    Case { model: "brunel-2000", warm_up: 100.0, stretch: 200.0, noise: Noise::Recurrent },
    Case { model: "cuba", warm_up: 500.0, stretch: 1500.0, noise: Noise::Recurrent },
    Case { model: "voltage-jump", warm_up: 500.0, stretch: 1500.0, noise: Noise::Recurrent },
    // Spontaneous activity, then a cue and its delay.
    Case { model: "memory-8000", warm_up: 200.0, stretch: 600.0, noise: Noise::External },
];
const STRETCHES: usize = 3;

/// Runs a model in a pool of `threads` threads; the fastest stretch, and the numbers of spikes by population.
fn run(case: &Case, run: &mut Run, threads: usize) -> (Cost, Vec<usize>) {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    pool.install(|| {
        run.advance(case.warm_up);
        run.take_spikes();
        let ends = (1..=STRETCHES).map(|k| case.warm_up + case.stretch * k as f64);
        let costs = ends.map(|end| run.advance(end));
        let per_event = |cost: &Cost| {
            let seconds = if threads == 1 { cost.cpu } else { cost.wall };
            seconds / (cost.synaptic + cost.external)
        };
        let fastest = costs.min_by(|a, b| per_event(a).total_cmp(&per_event(b))).unwrap();
        (fastest, run.take_spikes())
    })
}

fn measure(case: &Case) {
    let new_model = || model(case.model, &[]);
    let new = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| Run::new(new_model()))
    };
    println!("{}", case.model);
    let mut single = new(1);
    let (one, spikes) = run(case, &mut single, 1);
    let mut double = new(2);
    let (two, same) = run(case, &mut double, 2);
    assert_eq!(spikes, same, "the result does not depend on the number of threads");
    let million = single.synapses as f64 / 1e6;
    let build =
        |run: &Run| format!("{:.2} s ({:.1} ns each)", run.build, run.build / million * 1e3);
    println!(
        "  {million:.2} million synapses built in {} by 1 thread, {} by 2; limit {BUILD} ns of one thread",
        build(&single),
        build(&double)
    );
    drop(double);
    let rate = |seconds: f64| seconds / one.biological;
    let busy = match one.wall > 1.1 * one.cpu {
        true => format!("; the machine is busy: {:.3} s passed", rate(one.wall)),
        false => String::new(),
    };
    println!(
        "  {:.3} s per biological s with 1 thread, {:.3} with 2 ({:.2} times as fast){busy}",
        rate(one.cpu),
        rate(two.wall),
        one.cpu / two.wall
    );
    let per_s = |events: f64| events / one.biological / 1e6;
    println!(
        "  {:.1} million recurrent and {:.1} million external events per biological s",
        per_s(one.synaptic),
        per_s(one.external)
    );
    // Rates over all stretches; those of the warm-up do not matter for a current that only keeps V near threshold.
    let seconds = STRETCHES as f64 * case.stretch / 1000.0;
    let rates: Vec<f64> = spikes
        .iter()
        .zip(single.sizes())
        .map(|(&n, size)| n as f64 / size as f64 / seconds)
        .collect();
    let (external, recurrent) = match case.noise {
        Noise::Recurrent => {
            drop(single);
            let (alone, _) = run(case, &mut Run::new(without_external(new_model())), 1);
            let recurrent = alone.cpu / alone.synaptic;
            ((one.cpu - recurrent * one.synaptic) / one.external, recurrent)
        }
        Noise::External => {
            let model = single.without_recurrence(&rates);
            drop(single);
            let (alone, _) = run(case, &mut Run::new(model), 1);
            let external = alone.cpu / alone.external;
            (external, (one.cpu - external * one.external) / one.synaptic)
        }
    };
    println!("  {:.2} ns per recurrent event (limit {RECURRENT})", recurrent * 1e9);
    if one.external > 0.0 {
        println!(
            "  {:.2} ns per external event, with the upkeep of its neuron (limit {EXTERNAL})",
            external * 1e9
        );
    }
    println!();
}

fn slow_path() {
    let courses = courses(200_000);
    let clock = Clock::start();
    let (_, crossings) = solve(&courses);
    let each = clock.stop().1 / courses.len() as f64 * 1e9;
    let share = crossings as f64 / courses.len() as f64;
    assert!((0.2..0.8).contains(&share), "{share} of the courses cross");
    println!(
        "slow path\n  {each:.0} ns per neuron whose crossing is looked for, {share:.2} of which cross (limit {SOLVED})"
    );
}

fn main() {
    // As the command does.
    give_back_at_once();
    let words: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    match words.first().map(String::as_str) {
        Some("growth") => growth::table(),
        Some("point") => growth::point(&words[1..]),
        Some("one") => one::stretch(&words[1..]),
        Some(name) => {
            let case = CASES.iter().find(|c| c.model == name);
            measure(case.unwrap_or_else(|| panic!("no case is called {name}")));
        }
        None => {
            CASES.iter().for_each(measure);
            slow_path();
        }
    }
}
