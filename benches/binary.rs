//! Speed of binary networks: `cargo bench --bench binary`.
//!
//! Prints what a flip, an update and the relaxation of a large network cost, what a point of a capacity curve takes, how many
//! runs of a small network a sweep makes, and how fast all states of 25 neurons are searched. Every other figure is the best of some repeats on one thread, and what was
//! computed is asserted. Beside a flip stands the time in which a core of some 3 GHz streams its row from memory (two
//! bytes per coupling at 10 GB/s).

use attractor::dynamics::binary::Binary;
use attractor::dynamics::{Attractor, Dynamics, Field, Relaxation};
use attractor::experiment::Host;
use attractor::landscape::SmallNetwork;
use attractor::model::Document;
use attractor::pattern::{Patterns, StateOverlap, pack};
use attractor::random::Seed;
use attractor::simulation::Wish;
use attractor::sweep::{Begin, Grid, Resources, Sweep};
use std::sync::Arc;
use std::time::Instant;

const REPEATS: usize = 5;

/// A Hopfield network that does `what`.
fn document(size: usize, number: usize, storage: &str, what: &str) -> Document {
    let text = format!(
        r#"
        title = "A Hopfield network"
        source = "Hopfield 1982"
        shows = "speed"
        population.N.size = {size}
        patterns.N.random = {{ number = {number}, coding_level = 0.5, foreground = "bernoulli" }}
        projection.J = {{ from = "N", to = "N", connect = "all_to_all", autapses = false, storage = "{storage}", learning = "hebb" }}
        dynamics.binary = {{ states = "plus_minus", update = "shuffled", tie = "keep" }}
        {what}
        "#
    );
    Document::new("bench.toml".as_ref(), text, &[]).unwrap()
}

/// A Hopfield network of `size` neurons and its patterns, and the seconds that it took to learn them.
fn network(size: usize, number: usize, storage: &str) -> (Binary, Patterns, f64) {
    let rest = r#"protocol = [{ name = "rest", duration = "1 sweep" }]"#;
    let model = document(size, number, storage, rest).model().unwrap();
    let mut patterns = model.draw_patterns();
    let clock = Instant::now();
    let coupled = Arc::new(model.wire(&patterns).unwrap());
    let binary = Binary::new(coupled, model.dynamics.law().unwrap(), Seed(1));
    (binary, patterns.swap_remove("N").unwrap(), clock.elapsed().as_secs_f64())
}

fn set(state: &[bool]) -> Field {
    Field::state(0, state)
}

/// Best of the repeats, s.
fn best(mut action: impl FnMut() -> f64) -> f64 {
    (0..REPEATS).map(|_| action()).fold(f64::INFINITY, f64::min)
}

/// Relaxation from a cue with a tenth flipped.
fn relaxation(size: usize, number: usize, storage: &str) {
    let (mut binary, patterns, built) = network(size, number, storage);
    let overlap = StateOverlap::new(&patterns);
    let mut flipped = patterns.state(0);
    let order = Seed(2).stream("flips", 0).permutation(size);
    order[..size / 10].iter().for_each(|&i| flipped[i as usize] ^= true);
    let per_flip = best(|| {
        binary.drive(&set(&patterns.state(0)));
        let clock = Instant::now();
        binary.drive(&set(&flipped));
        clock.elapsed().as_secs_f64() / (size / 10) as f64
    });
    let (mut sweeps, mut m) = (0.0, Vec::new());
    let relaxed = best(|| {
        binary.drive(&set(&flipped));
        let start = binary.time();
        let clock = Instant::now();
        while binary.attractor().is_none() {
            let next = binary.time() + 1.0;
            binary.advance(next).unwrap();
        }
        assert_eq!(binary.attractor(), Some(Attractor::FixedPoint));
        sweeps = binary.time() - start;
        overlap.m(&pack(binary.observable().active()), &mut m);
        assert!(m[0] > 0.97, "{}", m[0]);
        clock.elapsed().as_secs_f64()
    });
    let row = 2.0 * size as f64 / 10e9;
    println!(
        "  N = {size:>6}, P = {:>5}, {storage:<7} learned in {built:>7.3} s; flip {:>7.2} us (row from memory {:.2} us); \
         relaxed in {sweeps} sweeps, {:>8.3} ms ({:.1} ns per update), m = {:.4}",
        patterns.number(),
        per_flip * 1e6,
        row * 1e6,
        relaxed * 1e3,
        relaxed / sweeps / size as f64 * 1e9,
        m[0]
    );
}

/// A point of a capacity curve: up to 100 patterns, each from itself to its fixed point.
fn capacity_point(size: usize, load: f64) {
    let clock = Instant::now();
    let number = (load * size as f64).round() as usize;
    let (mut binary, patterns, _) = network(size, number, "matrix");
    let overlap = StateOverlap::new(&patterns);
    let trials = patterns.number().min(100);
    let mut mean = 0.0;
    for mu in 0..trials {
        binary.drive(&set(&patterns.state(mu)));
        let mut sweeps = 0;
        while binary.attractor().is_none() && sweeps < 200 {
            let next = binary.time() + 1.0;
            binary.advance(next).unwrap();
            sweeps += 1;
        }
        let mut m = Vec::new();
        overlap.m(&pack(binary.observable().active()), &mut m);
        mean += m[mu] / trials as f64;
    }
    println!(
        "  N = {size:>6}, load {load:.3}: mean overlap {mean:.4} of {trials} patterns in {:.2} s",
        clock.elapsed().as_secs_f64()
    );
}

/// Many runs of a network of 100 neurons that recalls each of its 8 patterns, to their table.
fn sweep(runs: usize, threads: usize) {
    let folder = tempfile::tempdir().unwrap();
    let recall = "task.recall = { trials = 8, flipped = [0.1], sweeps = 100 }";
    let grid = Grid::parse(&[], runs).unwrap();
    let clock = Instant::now();
    let document = document(100, 8, "matrix", recall);
    let sweep = Sweep::plan(&document, &[], grid, |_, _| Ok(())).unwrap();
    let host = Host {
        command_line: String::new(),
        now: String::new,
        seconds: || 0.0,
        peak_rss_mb: || 0.0,
    };
    let (table, resources) =
        (folder.path().join("table.h5"), Resources { threads, memory: f64::INFINITY });
    let mut ended = 0;
    let observe = |done: attractor::sweep::Done| {
        ended = done.ended;
        Wish::Continue
    };
    sweep.run(&table, Begin::New, None, resources, &host, observe).unwrap();
    assert_eq!(ended, runs);
    let seconds = clock.elapsed().as_secs_f64();
    println!(
        "  {threads} threads: {runs} runs in {seconds:.2} s, {:.0} per second",
        runs as f64 / seconds
    );
}

/// All 2^25 states.
fn exhaustive() {
    let size = 25;
    let mut stream = Seed(1).stream("letters", 0);
    let patterns: Vec<Vec<f64>> = (0..4)
        .map(|_| (0..size).map(|_| if stream.uniform() < 0.5 { 1.0 } else { -1.0 }).collect())
        .collect();
    let weight = |i: usize, j: usize| match i == j {
        true => 0.0,
        false => patterns.iter().map(|xi| xi[i] * xi[j]).sum(),
    };
    let couplings: Vec<f64> = (0..size * size).map(|k| weight(k / size, k % size)).collect();
    use attractor::dynamics::binary::{States, Tie};
    let network = SmallNetwork::new(&couplings, &[0.0; 25], States::PlusMinus, Tie::Keep).unwrap();
    let mut found = 0;
    let seconds = best(|| {
        let clock = Instant::now();
        found = network.fixed_points().unwrap().len();
        clock.elapsed().as_secs_f64()
    });
    assert!(found >= 2);
    println!("  2^25 states: {found} fixed points in {seconds:.3} s");
}

fn main() {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    pool.install(|| {
        println!("relaxation from a cue of which a tenth is flipped");
        for size in [1000, 10_000] {
            for storage in ["matrix", "votes"] {
                relaxation(size, size / 10, storage);
            }
        }
        for number in [1000, 10_000] {
            relaxation(100_000, number, "votes");
        }
        println!("a point of a capacity curve, with learning");
        for size in [500, 1000, 2000, 4000] {
            capacity_point(size, 0.13);
        }
        println!("exhaustive search");
        exhaustive();
    });
    println!("sweeps of small networks");
    for threads in [1, 2] {
        sweep(1000, threads);
    }
}
