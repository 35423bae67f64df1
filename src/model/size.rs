//! What a model takes of memory and of disk, estimated before it runs.

use super::Model;
use crate::dynamics::{ObservableKind, Section};
use crate::network::Population;
use crate::pattern::PatternSource;
use crate::recording::{Probe, SAMPLES, Snapshots};
use crate::task::Task;

/// Looks at a trial of recall for which memory is set aside.
const MOST_LOOKS: f64 = 1e5;

/// A potential and the currents beside it, as far as memory is set aside for them.
const CURRENTS: f64 = 3.0;

/// Bytes of the program itself, with the HDF5 library and what a recording buffers: 22 to 29 million of small models.
const PROGRAM: f64 = 25e6;

/// Bytes of an external spike that is recorded, from where it is drawn to where it is written; measured as 55 to 56.
const EXTERNAL_SPIKE: f64 = 56.0;
/// Bytes of a step of a random course that is recorded, while its table is made and written; measured as 231 without the neuron.
const COURSE_STEP: f64 = 270.0;
/// Bytes of one in a recording: seven columns of numbers, and the name of a population; measured as 88 without the neuron.
const COURSE_ROW: f64 = 96.0;
/// Bytes of a spike in a recording: its time and its neuron.
const SPIKE: f64 = 16.0;
/// Bytes of a recording in which nothing happens: 66,000 to 230,000.
const EMPTY: f64 = 1e5;

impl Model {
    /// Memory that the model takes while it runs on so many `workers`, threads on all ranks together, in bytes; an estimate;
    /// measured peaks of networks from 25 MB to 6 GB are 1.0 to 1.4 times as large.
    pub fn memory(&self, workers: usize) -> f64 {
        let plan = self.plan();
        let cuts = plan.cuts(workers);
        let expected = || self.projection.values().filter_map(|p| plan.expectation(p, &cuts).ok());
        let synapses: f64 = expected().map(|expected| expected.bytes).sum();
        let making = expected().map(|expected| expected.making).fold(0.0, f64::max);
        let neurons: f64 = self.population.values().map(|p| p.size as f64).sum();
        // Bits, lists of the foreground, rows as they are written, buffered overlaps; values of graded patterns, their image, and both as they are written.
        let patterns: f64 = self
            .patterns
            .iter()
            .map(|(name, source)| {
                let number = source.number() as f64;
                let size = self.population.get(name).map_or(0, |p| p.size) as f64;
                let values = if source.is_graded() { 32.0 } else { 0.0 };
                let each = 2.125 + 4.0 * source.coding_level() + values;
                number * size * each + number * 64.0 * 16.0
            })
            .sum();
        PROGRAM
            + synapses
            + making.max(plan.reading())
            + neurons * 200.0
            + patterns
            + EXTERNAL_SPIKE * self.external(self.interval())
            + COURSE_STEP * self.recorded_steps() as f64
            + self.memory_of_trials()
    }

    /// What independent trials add: their protocol, and those that are under way or wait to be written (16 on a machine
    /// with 8 threads), with some 10 spikes per neuron and second (and 1000 external ones, if they are recorded) of each;
    /// of those that end at rest, the state at every look.
    pub fn memory_of_trials(&self) -> f64 {
        let Some(task) = &self.task else { return 0.0 };
        let neurons: f64 = self.population.values().map(|p| p.size as f64).sum();
        let under_way = task.trials().min(16) as f64;
        let each = match task {
            Task::DelayedMatch(_) | Task::Stimulus(_) | Task::Items(_) | Task::Decision(_) => {
                let longest = task.trial_duration();
                let rate = if self.record.input { 1010.0 } else { 10.0 };
                let spikes = neurons * rate * longest / 1000.0;
                let looks = |p: &Probe| p.looks(longest) * p.neurons.0.len() as f64 * CURRENTS;
                let potentials: f64 = self.record.v.0.iter().map(looks).sum();
                let ends = self.record.efficacies.as_ref().filter(|efficacies| efficacies.trials);
                let learned = ends.map_or(0.0, |efficacies| self.synapses_in(efficacies));
                16.0 * spikes + 500.0 * neurons + 8.0 * (potentials + learned)
            }
            Task::Recall(_) | Task::Tour(_) => {
                // States at every look, of networks that rarely need all of their time where they settle.
                let graded = self.dynamics.nature().observable == ObservableKind::Graded;
                let size = if graded { 8.0 } else { 1.0 / 8.0 };
                let looks = (task.trial_duration() / self.interval()).min(MOST_LOOKS);
                2.0 * (50.0 * neurons + looks * neurons * size)
            }
        };
        2000.0 * task.trials() as f64 + under_way * each
    }

    /// Expected external spikes that are recorded in `duration` ms; those from files and of stimuli are not counted.
    fn external(&self, duration: f64) -> f64 {
        let Some(inputs) = self.dynamics.inputs().filter(|_| self.record.input) else { return 0.0 };
        let of = |(name, p): (&String, &Population)| {
            let driven = !inputs.is_source(name);
            if driven { inputs.rate(name) * p.size as f64 * duration / 1000.0 } else { 0.0 }
        };
        self.population.iter().map(of).sum()
    }

    /// Bytes of its recording without the spikes of its neurons, of which nobody knows how many there will be: a lower
    /// bound where trials end when they have come to rest.
    pub fn recorded(&self) -> f64 {
        let relaxing = self.task.as_ref().filter(|task| task.ends_at_rest());
        // A trial that comes to rest is looked at when it begins and when it ends, at least.
        let trials = relaxing.map_or(0.0, |task| 2.0 * task.trials() as f64);
        let duration = if relaxing.is_some() { self.lead() } else { self.duration() };
        self.recorded_in(duration, duration / self.interval() + trials)
    }

    /// The most bytes that its recording takes; infinite where neurons spike.
    pub fn recorded_at_most(&self) -> f64 {
        if self.dynamics.nature().observable == ObservableKind::Spikes {
            return f64::INFINITY;
        }
        // Every epoch is looked at when it begins and when it ends, those of trials too; and an empty recording is larger where
        // there is much to tell of the model.
        let trials = self.task.as_ref().map_or(0.0, |task| 12.0 * task.trials() as f64);
        let duration = self.duration();
        let looks = duration / self.interval() + 2.0 * self.protocol.len() as f64 + trials;
        // A file holds whole chunks.
        let chunk = SAMPLES as f64;
        let looks = (looks / chunk).ceil() * chunk;
        self.recorded_in(duration, looks) + 2.0 * EMPTY
    }

    /// Bytes of a recording of so long with so many looks, without spikes of its neurons.
    fn recorded_in(&self, duration: f64, looks: f64) -> f64 {
        let of = |(name, population): (&String, &Population)| {
            let (source, size) = (self.patterns.get(name), population.size as f64);
            let number = source.map_or(0.0, |source| source.number() as f64);
            let xi = if source.is_some_and(PatternSource::is_graded) { 16.0 } else { 1.0 };
            let seen = match self.dynamics.nature().observable {
                ObservableKind::States if self.record.states => size + 8.0,
                ObservableKind::Graded if self.record.states => 8.0 * size + 8.0,
                _ => 0.0,
            };
            // Times stand beside rates, overlaps and states.
            let overlaps = if number > 0.0 { 8.0 * number + 8.0 } else { 0.0 };
            xi * number * size + looks * (16.0 + overlaps + seen)
        };
        let populations: f64 = self.population.iter().map(of).sum();
        let probed = |probe: &Probe| probe.looks(duration) * probe.neurons.0.len() as f64;
        let potentials: f64 = self.record.v.0.iter().map(probed).sum();
        let activity: f64 = self.record.activity.0.iter().map(probed).sum();
        let probes = 8.0 * (CURRENTS * potentials + activity);
        let courses = COURSE_ROW * self.recorded_steps() as f64;
        let external = SPIKE * self.external(duration);
        EMPTY + populations + probes + external + courses + self.recorded_efficacies()
    }

    /// Bytes of plastic efficacies: sender and receiver of every synapse, and its efficacy at every moment.
    fn recorded_efficacies(&self) -> f64 {
        let Some(snapshots) = &self.record.efficacies else { return 0.0 };
        let epochs = self.protocol.iter().map(|epoch| epoch.name.as_str());
        let moments = snapshots.moments(epochs, self.task.as_ref().map_or(0, Task::trials));
        self.synapses_in(snapshots) * (16.0 + 8.0 * moments as f64)
    }

    /// How many plastic synapses there are of which efficacies are recorded.
    fn synapses_in(&self, snapshots: &Snapshots) -> f64 {
        let plan = self.plan();
        self.projection
            .iter()
            .filter(|(name, own)| own.plasticity.is_some() && snapshots.has(name))
            .filter_map(|(_, own)| plan.synapses(own).ok())
            .sum()
    }

    /// Bytes that its neurons' spikes add if they fire at `rate` (Hz) on average; 0 of neurons without spikes.
    pub fn recorded_spikes(&self, rate: f64) -> f64 {
        if self.dynamics.nature().observable != ObservableKind::Spikes {
            return 0.0;
        }
        let neurons: f64 = self.population.values().map(|p| p.size as f64).sum();
        SPIKE * neurons * rate * self.duration() / 1000.0
    }
}

#[cfg(test)]
mod tests {
    use crate::model::Document;

    fn model(settings: &[&str]) -> crate::model::Model {
        let settings: Vec<String> = settings.iter().map(|&s| s.to_owned()).collect();
        Document::read("models/memory-1000.toml".as_ref(), &settings).unwrap().model().unwrap()
    }

    #[test]
    fn external_spikes_that_are_recorded_take_memory_and_disk() {
        let rate = "dynamics.spiking.E.poisson.rate=1000 kHz";
        let (without, with) = (model(&[rate]), model(&[rate, "record.input=true"]));
        let neurons = with.population["E"].size as f64;
        // 10 ms in memory, all of it on disk.
        assert!(with.memory(1) - without.memory(1) > 0.9 * 56.0 * neurons * 1e6 * 0.01);
        let seconds = with.duration() / 1000.0;
        assert!(with.recorded() - without.recorded() > 0.9 * 16.0 * neurons * 1e6 * seconds);
    }

    #[test]
    fn courses_that_are_recorded_take_memory_and_disk() {
        let show = |every: &str| {
            format!(
                "protocol[1].show=[{{ pattern = 1, poisson = {{ redrawn = {{ distribution = {{ uniform = [\"0 Hz\", \"90 Hz\"] }}, \
                 every = \"{every}\" }} }} }}]"
            )
        };
        let of = |every: &str, courses: &str| model(&[&show(every), courses]);
        let (without, with) =
            (of("0.001 ms", "record.courses=false"), of("0.001 ms", "record.courses=true"));
        let steps = with.protocol[1].duration.value() / 0.001;
        // Seven columns, six of them numbers, in the file; the rows besides while they are made.
        assert!(with.recorded() - without.recorded() > 0.9 * 7.0 * 8.0 * steps);
        assert!(with.memory(1) - without.memory(1) > 0.9 * 200.0 * steps);
        let own = show("1 ms").replace("\"1 ms\"", "\"1 ms\", independent = true");
        let of = |courses: &str| model(&[&own, courses]);
        let (without, with) =
            (of("record.courses=false"), of("record.courses={ independent = 7 }"));
        let duration = with.protocol[1].duration.value();
        let steps = 7.0 * duration;
        assert!(with.recorded() - without.recorded() > 0.9 * 8.0 * 8.0 * steps);
        assert!(with.memory(1) - without.memory(1) > 0.9 * 200.0 * steps);
        // A stimulus drives no more neurons than its pattern has.
        let all = of("record.courses={ independent = 1000000 }");
        let size = all.population["E"].size as f64 * all.patterns["E"].coding_level();
        let expected = super::COURSE_ROW * size.round() * duration;
        assert!((all.recorded() - without.recorded() - expected).abs() < 1e-3);
    }

    #[test]
    fn a_spike_is_a_time_and_a_neuron() {
        let model = model(&[]);
        let neurons: usize = model.population.values().map(|p| p.size).sum();
        let spikes = 16.0 * neurons as f64 * 10.0 * model.duration() / 1000.0;
        assert_eq!(model.recorded_spikes(10.0), spikes);
    }
}
