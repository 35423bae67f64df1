//! What the engine's tests share: models from text, runs of the engine, and the slow reference.

pub mod double;
pub mod exact;
pub mod networks;
pub mod neuron;
pub mod psp;
pub mod reference;

use attractor::dynamics::spiking::{Cells, Spiking};
use attractor::dynamics::{Dynamics, Effect, ExternalInput, Field, Spike};
use attractor::experiment::Host;
use attractor::model::{Document, Model};
use attractor::network::Network;
use attractor::random::{Seed, Stream};
use indexmap::IndexMap;
use std::path::Path;
use std::sync::LazyLock;

/// A machine on which no time passes.
pub fn host() -> Host {
    Host {
        command_line: "test".to_owned(),
        now: || "today".to_owned(),
        seconds: || 0.0,
        peak_rss_mb: || 0.0,
    }
}

/// A checked model; `sections` is the TOML after its title.
pub fn model(sections: &str) -> Model {
    let text = format!("title = \"t\"\nsource = \"s\"\nshows = \"x\"\n{sections}\n{REST}");
    let document = Document::new(Path::new("test.toml"), text, &[]).unwrap();
    document.model().unwrap_or_else(|e| panic!("{e}"))
}

/// A protocol that the tests do not use, because they drive the dynamics themselves.
const REST: &str = "[[protocol]]\nname = \"rest\"\nduration = \"200 ms\"\n";

pub fn cells(model: &Model) -> &IndexMap<String, Cells> {
    model.dynamics.cells().unwrap()
}

pub fn wire(model: &Model) -> Network {
    model.wire(&model.draw_patterns()).unwrap()
}

pub fn engine(model: &Model) -> Spiking {
    Spiking::new(
        wire(model),
        cells(model),
        &model.read_trains(Path::new(".")).unwrap(),
        Seed(model.seed),
    )
}

/// A field that is held from `time` (ms) on.
#[derive(Clone, Debug)]
pub struct Drive {
    pub time: f64,
    pub field: Field,
    /// Whether plastic efficacies change meanwhile.
    pub learns: bool,
}

impl Drive {
    /// Extra currents (mV), neuron by neuron.
    pub fn currents(time: f64, current: Vec<f64>) -> Self {
        let mut field = Field::default();
        current.into_iter().enumerate().for_each(|(i, mv)| field.add([i], Effect::Current(mv)));
        Self { time, field, learns: true }
    }

    /// The same, while plastic efficacies stay as they are.
    pub fn held(mut self) -> Self {
        self.field.hold_efficacies();
        Self { learns: false, ..self }
    }
}

/// The spikes of `engine` until `end`, looked at only where a drive needs it. On one thread: small
/// networks are many and quickly done.
pub fn run(engine: &mut Spiking, drives: &[Drive], end: f64) -> Vec<Spike> {
    static ONE: LazyLock<rayon::ThreadPool> =
        LazyLock::new(|| rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap());
    ONE.install(|| run_in_steps(engine, drives, &[end]))
}

/// The spikes of `engine` with a look at the ascending times `stops`, of which the last ends the run.
pub fn run_in_steps(engine: &mut Spiking, drives: &[Drive], stops: &[f64]) -> Vec<Spike> {
    observe(engine, drives, stops, |_| ())
}

/// The spikes of `engine` until `end`, and the external spikes that its neurons have received.
pub fn run_recorded(engine: &mut Spiking, drives: &[Drive], end: f64) -> (Vec<Spike>, Vec<Spike>) {
    let mut external = Vec::new();
    engine.record(true);
    let spikes = observe(engine, drives, &[end], |engine| external.extend(engine.recorded()));
    (spikes, external)
}

/// The spikes of `engine`; `look` is called after every advance.
fn observe(
    engine: &mut Spiking,
    drives: &[Drive],
    stops: &[f64],
    mut look: impl FnMut(&Spiking),
) -> Vec<Spike> {
    let mut spikes = Vec::new();
    let mut to = |engine: &mut Spiking, until: f64| {
        engine.advance(until).unwrap();
        spikes.extend_from_slice(engine.observable().spikes());
        look(engine);
    };
    let mut drives = drives.iter().peekable();
    for &stop in stops {
        while let Some(drive) = drives.next_if(|d| d.time <= stop) {
            to(engine, drive.time);
            engine.drive(&drive.field);
        }
        to(engine, stop);
    }
    spikes
}

/// Spikes as exact bits, to compare runs that must not differ at all.
pub fn bits(spikes: &[Spike]) -> Vec<(u64, u32)> {
    spikes.iter().map(|s| (s.time.to_bits(), s.neuron)).collect()
}

/// Spike times neuron by neuron: the order of spikes that coincide to rounding has no meaning.
pub fn trains(spikes: &[Spike], neurons: usize) -> Vec<Vec<f64>> {
    let mut trains = vec![Vec::new(); neurons];
    spikes.iter().for_each(|s| trains[s.neuron as usize].push(s.time));
    trains
}

/// The random numbers of a test.
pub fn stream(name: &str, index: u64) -> Stream {
    Seed(20_240_517).stream(name, index)
}

/// Uniform between two values.
pub fn between(stream: &mut Stream, low: f64, high: f64) -> f64 {
    low + (high - low) * stream.uniform()
}

/// Log-uniform between two positive values.
pub fn log_between(stream: &mut Stream, low: f64, high: f64) -> f64 {
    between(stream, low.ln(), high.ln()).exp()
}

/// One of some values.
pub fn choose<T: Copy>(stream: &mut Stream, values: &[T]) -> T {
    values[stream.below(values.len() as u32) as usize]
}

/// The zero of an increasing function between `low` and `high`, by bisection down to neighbouring numbers.
pub fn bisect(mut low: f64, mut high: f64, f: impl Fn(f64) -> f64) -> f64 {
    loop {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            return high;
        }
        if f(middle) < 0.0 { low = middle } else { high = middle }
    }
}

/// The place of the maximum of a function with one maximum between `low` and `high`: golden section.
pub fn summit(mut low: f64, mut high: f64, f: impl Fn(f64) -> f64) -> f64 {
    let ratio = 0.5 * (5f64.sqrt() - 1.0);
    for _ in 0..100 {
        let (left, right) = (high - ratio * (high - low), low + ratio * (high - low));
        if f(left) < f(right) { low = left } else { high = right }
    }
    0.5 * (low + high)
}
