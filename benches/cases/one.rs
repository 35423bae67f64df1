//! One stretch of a model on one thread, for comparisons with other simulators: `scripts/against-peers speed` calls it.

use super::{Run, model, peak};
use serde_json::{Map, Value, json};

/// Runs a model of the folder `models` until a time (ms) and prints what the stretch from there to another has cost: words are the
/// model, the two times, and settings.
pub fn stretch(words: &[String]) {
    let [name, warm_up, end, settings @ ..] = words else {
        panic!("a model, the end of its warm-up and the end of the stretch (ms), and settings")
    };
    let time = |text: &String| text.parse::<f64>().unwrap_or_else(|_| panic!("{text} is no time"));
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    pool.install(|| {
        let mut run = Run::new(model(name, settings));
        run.advance(time(warm_up));
        run.take_spikes();
        let cost = run.advance(time(end));
        let spikes: Map<String, Value> = run
            .take_spikes()
            .into_iter()
            .zip(&run.populations)
            .map(|(n, population)| (population.name.clone(), json!(n)))
            .collect();
        let found = json!({
            "wall": cost.wall,
            "cpu": cost.cpu,
            "build": run.build,
            "compile": 0.0,
            "peak": peak(),
            "spikes": spikes,
            "synapses": run.synapses,
            "synaptic": cost.synaptic,
            "external": cost.external,
        });
        println!("{found}");
    });
}
