//! The machine's own limits: `cargo bench --bench limits`, and with `-- json` a line of JSON for each.
//!
//! What an event costs depends on the machine it is measured on; in units of these limits it depends on it less. One thread, its
//! time of computing; every figure is the best of some repeats. Nothing is prefetched by hand.

mod cases;

use attractor::random::{Seed, Stream};
use cases::Clock;
use std::fs;
use std::hint::black_box;

const REPEATS: usize = 7;
/// Bytes that are streamed: more than a last-level cache.
const STREAMED: usize = 256 << 20;
/// Neurons that scattered additions go to, as many as models/lognormal-12000.toml has.
const TARGETS: usize = 12_000;
const ADDITIONS: usize = 1 << 20;
/// So often is everything done in one repeat, which so takes long against what a clock of computing may miss.
const PASSES: usize = 4;
/// A pass of additions is that many.
const SCATTERED: usize = 32;
/// The synapses of that network: rows, and how many there are in one.
const ROWS: usize = 12_000;
const ROW: usize = 1_200;
/// Bytes of a line of a cache.
const LINE: usize = 64;
/// A pointer is chased through so many times the last-level cache.
const BEYOND: usize = 4;
const CHASED: usize = 1 << 20;
/// Bytes of a last-level cache where the system does not tell.
const USUAL_CACHE: usize = 64 << 20;

struct Limit {
    name: &'static str,
    what: String,
    value: f64,
    unit: &'static str,
}

/// Best of the repeats, s.
fn best(mut action: impl FnMut()) -> f64 {
    let time = |_| {
        let clock = Clock::start();
        action();
        clock.stop().1
    };
    (0..REPEATS).map(time).fold(f64::INFINITY, f64::min)
}

fn below(stream: &mut Stream, n: usize) -> usize {
    (stream.uniform() * n as f64) as usize
}

/// Streams bytes from memory, in order.
fn read() -> Limit {
    let memory = vec![1u64; STREAMED / 8];
    let seconds = best(|| {
        for _ in 0..PASSES {
            black_box(black_box(&memory).iter().fold(0u64, |sum, v| sum.wrapping_add(*v)));
        }
    });
    let what = format!("reading {} MiB in order", STREAMED >> 20);
    Limit { name: "read", what, value: (PASSES * STREAMED) as f64 / seconds / 1e9, unit: "GB/s" }
}

/// Adds to places at random of an array that stays in the nearer caches.
fn scatter<T: Copy + Default + std::ops::AddAssign>(
    name: &'static str,
    width: &str,
    one: T,
) -> Limit {
    let mut stream = Seed(1).stream("scatter", 0);
    let places: Vec<u16> = (0..ADDITIONS).map(|_| below(&mut stream, TARGETS) as u16).collect();
    let mut sums = Box::new([T::default(); 1 << 16]);
    let seconds = best(|| {
        for _ in 0..SCATTERED * PASSES {
            for place in black_box(&places) {
                sums[usize::from(*place)] += one;
            }
            black_box(&sums);
        }
    });
    let what = format!("adding to one of {TARGETS} numbers of {width} at random");
    Limit {
        name,
        what,
        value: seconds / (SCATTERED * PASSES * ADDITIONS) as f64 * 1e9,
        unit: "ns per addition",
    }
}

/// Bytes of the last-level cache.
fn last_level() -> usize {
    let of = |index: usize| {
        let path = format!("/sys/devices/system/cpu/cpu0/cache/index{index}/size");
        let text = fs::read_to_string(path).ok()?;
        text.trim().strip_suffix('K')?.parse::<usize>().ok().map(|kib| kib << 10)
    };
    (0..8).filter_map(of).max().unwrap_or(USUAL_CACHE)
}

/// Waits for a line from memory, whose place only the line before it tells: one random circle through all lines.
fn latency() -> Limit {
    let bytes = (BEYOND * last_level()).max(STREAMED);
    let (lines, words) = (bytes / LINE, LINE / 4);
    let mut stream = Seed(1).stream("latency", 0);
    let mut next: Vec<u32> = (0..lines as u32).collect();
    for k in (1..lines).rev() {
        next.swap(k, below(&mut stream, k));
    }
    let mut memory = vec![0u32; lines * words];
    for (line, next) in next.iter().enumerate() {
        memory[line * words] = next * words as u32;
    }
    drop(next);
    let mut at = 0;
    let seconds = best(|| {
        for _ in 0..CHASED {
            at = memory[at as usize];
        }
        black_box(at);
    });
    let what =
        format!("waiting for a line of {} MiB, in pages as the system gives them", bytes >> 20);
    Limit { name: "latency", what, value: seconds / CHASED as f64 * 1e9, unit: "ns" }
}

/// Adds rows of synapses, a target in 16 bits and an efficacy in 32 each, at random from memory to potentials.
fn row() -> Limit {
    let mut stream = Seed(1).stream("row", 0);
    let mut targets = vec![0u16; ROWS * ROW];
    for row in targets.chunks_mut(ROW) {
        row.fill_with(|| below(&mut stream, TARGETS) as u16);
        row.sort_unstable();
    }
    let efficacies = vec![0.1f32; ROWS * ROW];
    let order: Vec<usize> = (0..PASSES * ROWS).map(|_| below(&mut stream, ROWS)).collect();
    let mut potentials = Box::new([0.0f64; 1 << 16]);
    let seconds = best(|| {
        for row in &order {
            let place = row * ROW..(row + 1) * ROW;
            for (target, efficacy) in targets[place.clone()].iter().zip(&efficacies[place]) {
                potentials[usize::from(*target)] += f64::from(*efficacy);
            }
        }
        black_box(&potentials);
    });
    let what =
        format!("adding rows of {ROW} synapses (u16 + f32) from {} MB", ROWS * ROW * 6 / 1_000_000);
    Limit {
        name: "row",
        what,
        value: seconds / (order.len() * ROW) as f64 * 1e9,
        unit: "ns per synapse",
    }
}

fn main() {
    let json = std::env::args().any(|word| word == "json");
    let limits = [
        read(),
        scatter("scatter-f64", "64 bits", 1.0f64),
        scatter("scatter-f32", "32 bits", 1.0f32),
        latency(),
        row(),
    ];
    for Limit { name, what, value, unit } in limits {
        match json {
            true => println!(
                "{}",
                serde_json::json!({ "name": name, "what": what, "value": value, "unit": unit })
            ),
            false => println!("{what:<70} {value:>8.2} {unit}"),
        }
    }
}
