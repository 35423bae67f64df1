//! Speed of the engine on the 8000-neuron memory: `cargo bench`.
//!
//! Prints physical rates beside their limits. The limits are those of a core of some 3 GHz that streams target and
//! weight of every synapse from memory and updates its target in the first-level cache: 1.4 ns for a plain addition,
//! 2.3 ns for an exact event-driven update.

use attractor::dynamics::spiking::Spiking;
use attractor::dynamics::{Dynamics, DynamicsSection};
use attractor::model::{Document, Model};
use attractor::protocol;
use attractor::random::Seed;
use std::time::Instant;

/// Runs the model's first three epochs on `threads` threads; returns the spikes.
fn run(model: &Model, threads: usize) -> usize {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    pool.install(|| {
        let patterns = model.draw_patterns();
        let clock = Instant::now();
        let network = model.wire(&patterns).unwrap();
        let build = clock.elapsed().as_secs_f64();
        let synapses = network.synapses() as f64;
        println!(
            "{threads} threads: {:.1} million synapses built in {build:.2} s, {:.0} ns each",
            synapses / 1e6,
            build / synapses * 1e9
        );

        let populations = network.populations.clone();
        let DynamicsSection::Spiking(neurons) = &model.dynamics;
        let mut dynamics = Spiking::new(network, neurons, &model.read_trains("models".as_ref()).unwrap(), Seed(model.seed));
        let mut spikes = 0;
        for (epoch, (start, end)) in model.protocol.iter().zip(protocol::bounds(&model.protocol)).take(3) {
            let before = dynamics.events();
            let clock = Instant::now();
            dynamics.drive(&protocol::field(epoch, &populations, &patterns).unwrap());
            dynamics.advance(end).unwrap();
            spikes += dynamics.spikes().len();
            let wall = clock.elapsed().as_secs_f64();
            let synaptic = (dynamics.events().synaptic - before.synaptic) as f64;
            let external = (dynamics.events().external - before.external) as f64;
            println!(
                "  {:<12} {:.3} s per biological s; {:.1} million synaptic and {:.1} million external events: \
                 {:.2} ns per synaptic event, {:.2} ns per event of both kinds (limit 1.4 to 2.3)",
                epoch.name,
                wall / (end - start) * 1000.0,
                synaptic / 1e6,
                external / 1e6,
                wall / synaptic * 1e9,
                wall / (synaptic + external) * 1e9,
            );
        }
        spikes
    })
}

fn main() {
    let model = Document::read("models/memory-8000.toml".as_ref(), &[]).unwrap().model().unwrap();
    let one = run(&model, 1);
    let two = run(&model, 2);
    assert_eq!(one, two, "the result does not depend on the number of threads");
    println!("{one} spikes in both runs");
}
