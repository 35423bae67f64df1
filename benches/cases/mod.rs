//! The networks on which the engine is measured, and what is counted on them. Every bench compiles this module for itself and
//! uses a part of it.
#![allow(dead_code)]

pub mod growth;
pub mod one;

use attractor::distribution::Distribution;
use attractor::dynamics::spiking::{Cells, Course, Lif, Neurons, Spiking};
use attractor::dynamics::{Dynamics, DynamicsSection, Events};
use attractor::model::{Document, Model};
use attractor::network::{Efficacy, Network, Placed, Projection, Strength};
use attractor::pattern::Patterns;
use attractor::protocol;
use attractor::random::Seed;
use attractor::ranks::Ranks;
use attractor::synapse::Connect;
use attractor::units::Voltage;
use indexmap::IndexMap;
use std::path::Path;
use std::time::{Duration, Instant};

/// A model of the folder `models`, with `settings` changed.
pub fn model(name: &str, settings: &[String]) -> Model {
    let path = format!("models/{name}.toml");
    Document::read(Path::new(&path), settings).unwrap().model().unwrap_or_else(|e| panic!("{e}"))
}

/// Neurons that never fire, fed by as many Poisson sources with 400 synapses to each: whatever stands in `projection` in place of
/// `connect`, `efficacy` and `tau_syn`, the sources fire the same spikes, and synapses deliver as many events.
pub fn fed(projection: &str) -> Model {
    let text = format!(
        r#"
        title = "t"
        source = "s"
        shows = "w"
        population = {{ S = {{ size = 2000 }}, N = {{ size = 2000 }} }}
        patterns.S.assemblies = {{ number = 20, coding_level = 0.05 }}
        patterns.N.assemblies = {{ number = 20, coding_level = 0.05 }}
        protocol = [{{ name = "rest", duration = "1 s" }}]
        dynamics.spiking.S = {{ spikes = {{ poisson = "10 Hz" }} }}
        # At 13 mV with an s.d. of 0.6 mV.
        dynamics.spiking.N = {{ tau_m = "20 ms", theta = "20 mV", v_reset = "10 mV", t_ref = "2 ms", current = "5 mV", v_initial = "5 mV" }}
        projection.S_to_N = {{ from = "S", to = "N", delay = "1 ms", {projection} }}
        "#
    );
    let document = Document::new(Path::new("fed.toml"), text, &[]).unwrap();
    document.model().unwrap_or_else(|e| panic!("{e}"))
}

/// A network in motion.
pub struct Run {
    model: Model,
    patterns: IndexMap<String, Patterns>,
    populations: Vec<Placed>,
    dynamics: Spiking,
    /// Number of synapses, and seconds that wiring took.
    pub synapses: usize,
    pub build: f64,
    /// Summed efficacy (mV) that a neuron receives from every population, on average: by receiver, then by sender.
    received: Vec<Vec<f64>>,
    /// Spikes since the last time they were taken, by population.
    spikes: Vec<usize>,
}

/// A clock for this thread.
pub struct Clock {
    wall: Instant,
    cpu: Option<f64>,
}

impl Clock {
    pub fn start() -> Self {
        let cpu = Self::computed();
        Self { wall: Instant::now(), cpu }
    }

    /// Seconds that have passed, and those in which this thread computed.
    pub fn stop(self) -> (f64, f64) {
        let wall = self.wall.elapsed().as_secs_f64();
        let cpu = Self::computed().zip(self.cpu).map_or(wall, |(now, then)| now - then);
        (wall, cpu)
    }

    /// Seconds of computing of this thread so far, where the system tells.
    fn computed() -> Option<f64> {
        // It is counted to the microsecond when a thread rests, and else some milliseconds at a time.
        std::thread::sleep(Duration::from_micros(50));
        let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
        Some(text.split_whitespace().next()?.parse::<f64>().ok()? / 1e9)
    }
}

/// What a stretch of a run has cost.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cost {
    /// Seconds that passed, and those in which this thread computed: fewer if others use the machine.
    pub wall: f64,
    pub cpu: f64,
    /// Biological seconds.
    pub biological: f64,
    pub synaptic: f64,
    pub external: f64,
}

impl Run {
    pub fn new(model: Model) -> Self {
        let patterns = model.draw_patterns();
        let clock = Instant::now();
        let ranks = Ranks::default().for_workers(rayon::current_num_threads());
        let network = model.wire_on(&patterns, &ranks).unwrap();
        let build = clock.elapsed().as_secs_f64();
        let (synapses, populations) = (network.synapses(), network.populations.clone());
        let received = received(&network);
        let trains = model.read_trains(Path::new("models")).unwrap();
        let cells = model.dynamics.cells().unwrap();
        let dynamics = Spiking::new(network, cells, &trains, Seed(model.seed));
        let spikes = vec![0; populations.len()];
        Self { model, patterns, populations, dynamics, synapses, build, received, spikes }
    }

    /// Runs until `end` (ms), with what the protocol shows until then.
    pub fn advance(&mut self, end: f64) -> Cost {
        let (start, before) = (self.dynamics.time(), self.dynamics.events());
        let bounds = protocol::bounds(&self.model.protocol);
        let (mut wall, mut cpu) = (0.0, 0.0);
        let (populations, patterns) = (&self.populations, &self.patterns);
        let held =
            protocol::held(&self.model.protocol, populations, patterns, Seed(self.model.seed));
        for (held, (from, to)) in held.unwrap().into_iter().zip(bounds) {
            if to <= start || from >= end {
                continue;
            }
            let clock = Clock::start();
            self.dynamics.drive(&held.field);
            self.dynamics.advance(to.min(end)).unwrap();
            let (passed, computed) = clock.stop();
            (wall, cpu) = (wall + passed, cpu + computed);
            for spike in self.dynamics.observable().spikes() {
                let of = |p: &Placed| p.neurons.contains(&(spike.neuron as usize));
                self.spikes[self.populations.iter().position(of).unwrap()] += 1;
            }
        }
        let Events { synaptic, external, .. } = self.dynamics.events();
        Cost {
            wall,
            cpu,
            biological: (end - start) / 1000.0,
            synaptic: (synaptic - before.synaptic) as f64,
            external: (external - before.external) as f64,
        }
    }

    /// Numbers of neurons by population.
    pub fn sizes(&self) -> impl Iterator<Item = usize> + '_ {
        self.populations.iter().map(|p| p.neurons.len())
    }

    /// Numbers of spikes by population since they were last taken.
    pub fn take_spikes(&mut self) -> Vec<usize> {
        std::mem::replace(&mut self.spikes, vec![0; self.populations.len()])
    }

    /// The model without recurrence: every population receives the mean of what it received from populations that fire at
    /// `rates` (Hz) as a constant current, so that its neurons stay near threshold. Of the synapses one per neuron
    /// is left, too weak to matter: windows stay as long as they were.
    pub fn without_recurrence(&self, rates: &[f64]) -> Model {
        let mut model = self.model.clone();
        let delay = |p: &Projection| p.delay().support().0;
        let shortest = |a: &Projection, b: &Projection| delay(a).total_cmp(&delay(b));
        let (name, mut left) =
            model.projection.drain(..).min_by(|a, b| shortest(&a.1, &b.1)).unwrap();
        let weak = Strength::Potential(Voltage::new(1e-6));
        (left.learning, left.scale) = (None, None);
        (left.connect, left.efficacy) = (Connect::InDegree(1), Some(Efficacy::Constant(weak)));
        model.projection.insert(name, left);
        let DynamicsSection::Spiking(cells) = &mut model.dynamics else { unreachable!() };
        for (population, received) in self.populations.iter().zip(&self.received) {
            let Cells::Neurons(neurons) = &mut cells[&population.name] else { continue };
            let tau = neurons.tau_m.constant().expect(ALIKE) / 1000.0;
            let mean: f64 = received.iter().zip(rates).map(|(sum, rate)| tau * sum * rate).sum();
            add_current(neurons, mean);
        }
        model
    }
}

/// What the cases are known to have.
const ALIKE: &str = "the cases have equal neurons";

fn add_current(neurons: &mut Neurons, mean: f64) {
    let current = neurons.current.constant().expect(ALIKE) + mean;
    neurons.current = Distribution::Constant(Voltage::new(current));
}

/// The model without external spikes: their mean is a constant current.
pub fn without_external(mut model: Model) -> Model {
    let DynamicsSection::Spiking(cells) = &mut model.dynamics else { unreachable!() };
    for cells in cells.values_mut() {
        let Cells::Neurons(neurons) = cells else { continue };
        let Some(poisson) = neurons.poisson.take() else { continue };
        let tau = neurons.tau_m.constant().expect(ALIKE) / 1000.0;
        let mean = tau * poisson.efficacy.value() * poisson.rate.constant().expect(ALIKE);
        add_current(neurons, mean);
    }
    model
}

fn received(network: &Network) -> Vec<Vec<f64>> {
    let size = |k: usize| network.populations[k].neurons.len();
    let mut received = vec![vec![0.0; network.populations.len()]; network.populations.len()];
    for (projection, synapses) in network.delayed() {
        let senders = 0..size(projection.from);
        let sum: f64 = synapses
            .rows()
            .flat_map(|rows| senders.clone().flat_map(|j| rows.synapses_of(j)))
            .map(|(_, efficacy)| efficacy)
            .sum();
        received[projection.to][projection.from] += sum / size(projection.to) as f64;
    }
    received
}

/// Courses of a neuron that may reach threshold within a window of 1 ms, for the slow path: V from 0.5 mV below it, currents
/// of both signs that would carry it by some mV.
pub fn courses(number: usize) -> Vec<(f64, [f64; 2])> {
    let mut stream = Seed(1).stream("courses", 0);
    let mut uniform = |low: f64, high: f64| low + (high - low) * stream.uniform();
    (0..number).map(|_| (uniform(19.5, 20.0), [uniform(0.0, 120.0), uniform(-60.0, 0.0)])).collect()
}

/// The sum of all first crossings within 1 ms of `courses`, and their number.
pub fn solve(courses: &[(f64, [f64; 2])]) -> (f64, usize) {
    let lif = Lif { tau_m: 20.0, theta: 20.0, v_reset: 10.0, tau: &[2.0, 5.0] };
    let first = |(v, currents): &(f64, [f64; 2])| {
        lif.first_crossing(Course { v_inf: 0.0, a: *v, currents }, 1.0)
    };
    courses.iter().filter_map(first).fold((0.0, 0), |(sum, n), u| (sum + u, n + 1))
}

/// Largest memory of this process in bytes, where the system tells.
pub fn peak() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
    kib.map_or(f64::NAN, |kib| kib * 1024.0)
}
