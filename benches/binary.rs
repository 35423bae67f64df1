//! Speed of binary networks: `cargo bench --bench binary`.
//!
//! Prints what a flip, an update and the relaxation of a large network cost, what a point of a capacity curve takes, and
//! how fast all states of 25 neurons are searched. Every figure is the best of some repeats on one thread, and what was
//! computed is asserted. Beside a flip stands the time in which a core of some 3 GHz streams its row from memory (two
//! bytes per coupling at 10 GB/s).

use attractor::dynamics::binary::Binary;
use attractor::dynamics::{Attractor, Dynamics, Field, Relaxation};
use attractor::landscape::SmallNetwork;
use attractor::model::Document;
use attractor::pattern::{Patterns, StateOverlap, pack};
use attractor::random::Seed;
use std::sync::Arc;
use std::time::Instant;

const REPEATS: usize = 5;

/// A Hopfield network of `size` neurons at `load`, and its patterns.
fn network(size: usize, load: f64, storage: &str) -> (Binary, Patterns, f64) {
    let number = (load * size as f64).round() as usize;
    let text = format!(
        r#"
        title = "A Hopfield network"
        source = "Hopfield 1982"
        shows = "speed"
        population.N.size = {size}
        patterns.N.random = {{ number = {number}, coding_level = 0.5, foreground = "bernoulli" }}
        projection.J = {{ from = "N", to = "N", connect = "all_to_all", autapses = false, storage = "{storage}", learning = "hebb" }}
        dynamics.binary = {{ states = "plus_minus", update = "shuffled", tie = "keep" }}
        protocol = [{{ name = "rest", duration = "1 sweep" }}]
        "#
    );
    let model = Document::new("bench.toml".as_ref(), text, &[]).unwrap().model().unwrap();
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
fn relaxation(size: usize, storage: &str) {
    let (mut binary, patterns, built) = network(size, 0.1, storage);
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
    let (mut binary, patterns, _) = network(size, load, "matrix");
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
        println!("relaxation from a cue of which a tenth is flipped, load 0.1");
        for size in [1000, 10_000] {
            for storage in ["matrix", "votes"] {
                relaxation(size, storage);
            }
        }
        println!("a point of a capacity curve, with learning");
        for size in [500, 1000, 2000, 4000] {
            capacity_point(size, 0.13);
        }
        println!("exhaustive search");
        exhaustive();
    });
}
