//! Growth: how time and memory depend on the size of the network.
//!
//! Every point runs in a process of its own, so that its peak of memory is its own.

use super::{Run, model, peak};
use std::process::Command;

/// The networks: name, factors, and what stays the same.
const SERIES: [(&str, &[usize], &str); 3] = [
    (
        "in-degree",
        &[1, 4, 16, 64],
        "brunel-2000, N x k at fixed in-degree (2 bytes per synapse are its target)",
    ),
    (
        "memory",
        &[1, 4, 16, 64],
        "memory-8000 in its spontaneous state, N x k at fixed mean in-degree (connection probability / k), the same 90 patterns",
    ),
    (
        "probability",
        &[1, 2, 4, 8],
        "lognormal-12000, N x k at fixed connection probability, J / k (6 bytes from E to E, target and J; else 2)",
    ),
];

/// Prints the table; `cargo bench --bench engine -- growth`.
pub fn table() {
    let own = std::env::current_exe().unwrap();
    for (series, factors, title) in SERIES {
        println!("{title}");
        println!(
            "  {:>3} {:>9} {:>11} {:>18} {:>16} {:>22} {:>12}",
            "k",
            "neurons",
            "synapses",
            "bytes per synapse",
            "built (s)",
            "ns per synaptic event",
            "s per s"
        );
        for factor in factors {
            let status = Command::new(&own).args(["point", series, &factor.to_string()]).status();
            assert!(status.unwrap().success(), "a point of the table failed");
        }
    }
}

/// Prints one line of the table, on one thread.
pub fn point(words: &[String]) {
    let k: usize = words[1].parse().unwrap();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let (model, warm_up, measured) = match words[0].as_str() {
        "in-degree" => {
            let sizes =
                [("E", 10_000), ("I", 2500)].map(|(p, n)| format!("population.{p}.size={}", n * k));
            (model("brunel-2000", &sizes), 50.0 / (k as f64).sqrt(), 400.0 / k as f64)
        }
        "memory" => {
            let sizes = [("E", 8000), ("I1", 2000), ("I2", 2000)]
                .map(|(p, n)| format!("population.{p}.size={}", n * k));
            let sparse = ["E_to_E", "E_to_I1", "I1_to_E", "E_to_I2", "I2_to_E"]
                .map(|p| format!("projection.{p}.connect.probability={}", 0.1 / k as f64));
            (model("memory-8000", &[&sizes[..], &sparse[..]].concat()), 200.0, 800.0 / k as f64)
        }
        _ => {
            let mut settings: Vec<String> = [("E", 8000), ("I1", 2000), ("I2", 2000)]
                .map(|(p, n)| format!("population.{p}.size={}", n * k))
                .into();
            let j = |mv: f64| mv / k as f64;
            settings.push(format!(
                "projection.E_to_E.efficacy={{ lognormal = {{ mean = \"{} mV\", cv = 1.0 }} }}",
                j(0.1)
            ));
            for to in ["E", "I1", "I2"] {
                settings.extend(
                    ["I1", "I2"]
                        .map(|from| format!("projection.{from}_to_{to}.efficacy={} mV", j(-0.3))),
                );
            }
            settings.extend(
                ["I1", "I2"].map(|to| format!("projection.E_to_{to}.efficacy={} mV", j(0.15))),
            );
            (model("lognormal-12000", &settings), 200.0, (2000.0 / (k * k) as f64).max(50.0))
        }
    };
    pool.install(|| {
        let mut run = Run::new(model);
        run.advance(warm_up);
        let cost = run.advance(warm_up + measured);
        let bytes = peak() / run.synapses as f64;
        let neurons: usize = run.sizes().sum();
        println!(
            "  {k:>3} {neurons:>9} {:>9.1} M {bytes:>18.2} {:>16.2} {:>22.2} {:>12.2}",
            run.synapses as f64 / 1e6,
            run.build,
            cost.cpu / cost.synaptic * 1e9,
            cost.cpu / cost.biological,
        );
    });
}
