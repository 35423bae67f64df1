//! Speed of the products J x of graded activity: `cargo bench --bench products`.
//!
//! A rate network reads every synapse once a step. Beside what a product costs stands the time in which the same run reads
//! as many bytes from memory in order, on as many threads. Every figure is the best of some repeats. Learning is timed once, on one
//! thread, with the pages of memory that it is the first to touch.

use attractor::learning::{Learning, Logistic, NonlinearHebb, Pathway, Recalls, Sigmoid};
use attractor::pattern::{GaussianPatterns, PatternSource, Shares};
use attractor::random::Seed;
use attractor::synapse::{Connect, Couplings, Wiring};
use attractor::work::Threads;
use rayon::prelude::*;
use std::time::Instant;

const REPEATS: usize = 30;

/// Couplings of `size` neurons that have learned `number` graded patterns, and the seconds that it took to wire them.
fn learned(rule: &Learning, size: usize, connect: Connect, number: usize) -> (Couplings, f64) {
    let source = PatternSource::Gaussian(GaussianPatterns { number });
    let patterns = source.draw("E", size, Seed(1));
    let (autapses, multapses) = (false, false);
    let wiring = Wiring {
        connect,
        senders: size,
        receivers: size,
        recurrent: true,
        autapses,
        multapses,
        shares: Shares::default(),
        between: None,
    };
    let clock = Instant::now();
    let memories = (Some(&patterns), Some(&patterns));
    let pathway = Pathway::new("J", &wiring, memories, Seed(1));
    let couplings = rule.learn(&pathway).unwrap().by_receiver();
    (couplings, clock.elapsed().as_secs_f64())
}

/// Best of the repeats, s.
fn best(mut action: impl FnMut()) -> f64 {
    let time = |_| {
        let clock = Instant::now();
        action();
        clock.elapsed().as_secs_f64()
    };
    (0..REPEATS).map(time).fold(f64::INFINITY, f64::min)
}

/// The rule of Pereira and Brunel (2018).
fn fitted() -> Learning {
    let sigmoid = |q| Sigmoid { q, slope: Some(0.2818), at: 26.595 };
    Learning::NonlinearHebb(NonlinearHebb {
        strength: 3.5506,
        transfer: Some(Logistic { r_max: 76.22, beta: 0.8236, h0: 2.4626 }),
        f: sigmoid(Some(0.8275)),
        g: sigmoid(None),
        recalls: Recalls::Itself,
        length: None,
    })
}

/// Learning of a dense matrix from graded patterns, on one thread: one product and one sum per pair and pattern.
fn dense_learning(size: usize, number: usize) {
    let one = Threads::new(1).unwrap();
    let (couplings, learned) =
        one.with(|| learned(&Learning::Hebb {}, size, Connect::AllToAll, number));
    let products = (size * size * number) as f64;
    println!(
        "dense learning, {size} neurons, {number} patterns: {learned:.2} s, {:.1} G operations per second, {:.2} GB",
        2e-9 * products / learned,
        1e-9 * couplings.bytes() as f64
    );
}

fn main() {
    for number in [100, 1000] {
        dense_learning(10_000, number);
    }
    let two = Threads::new(2).unwrap();
    let cases = [
        (
            "sparse, 50,000 neurons, c = 0.005, 30 patterns",
            fitted(),
            50_000,
            Connect::Probability(0.005),
            30,
        ),
        (
            "sparse, 50,000 neurons, c = 0.005, 140 patterns",
            fitted(),
            50_000,
            Connect::Probability(0.005),
            140,
        ),
        ("dense, 1000 neurons", Learning::Hebb {}, 1000, Connect::AllToAll, 30),
        ("dense, 4000 neurons", Learning::Hebb {}, 4000, Connect::AllToAll, 30),
    ];
    for (name, rule, size, connect, number) in cases {
        let (couplings, wired) = two.with(|| learned(&rule, size, connect, number));
        let synapses = couplings.synapses() as f64;
        println!(
            "{name}: {synapses} synapses of {:.2} bytes, wired in {wired:.2} s on two threads",
            couplings.bytes() as f64 / synapses
        );
        let x: Vec<f64> = (0..size).map(|i| (i % 7) as f64).collect();
        let memory = vec![1u64; couplings.bytes() / 8];
        let mut products = Vec::new();
        for number in [1, 2] {
            let threads = Threads::new(number).unwrap();
            let mut out = vec![0.0; size];
            let product = threads.with(|| {
                best(|| {
                    out.fill(0.0);
                    couplings.add_product(&x, &mut out);
                })
            });
            let read = threads.with(|| {
                best(|| {
                    let part = |part: &[u64]| part.iter().fold(0u64, |sum, v| sum.wrapping_add(*v));
                    let sum: u64 = memory.par_chunks(1 << 14).map(part).sum();
                    assert_eq!(sum, memory.len() as u64);
                })
            });
            println!(
                "  {number} threads: {:.3} ms, {:.3} ns per synapse, {:.1} GB/s; in order {:.3} ms, {:.1} GB/s",
                1e3 * product,
                1e9 * product / synapses,
                1e-9 * couplings.bytes() as f64 / product,
                1e3 * read,
                1e-9 * couplings.bytes() as f64 / read
            );
            products.push(out);
        }
        assert_eq!(products[0], products[1], "bits do not depend on threads");
    }
}
