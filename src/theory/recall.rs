//! What theory expects of recall in a binary network: which theory applies is decided from the checked model alone.

use super::{crosstalk, diluted, gain, hopfield, low_activity, palimpsest, thermal};
use crate::dynamics::binary::{Gain, Law, States, Update};
use crate::learning::{Learning, Palimpsest, Signs};
use crate::model::Model;
use crate::network::Strength;
use crate::pattern::{Foreground, PatternSource, RandomPatterns};
use crate::synapse::Connect;
use crate::task::{Levels, Recall, Start, Task};

/// Theories are for N -> infinity; smaller networks have little in common with them.
const FEWEST: usize = 100;
/// Trials that end sooner have not settled.
const LEAST_SWEEPS: usize = 10;
/// Initial overlap from which a state is reached that others surround, and one that has no rival.
const CLOSE: f64 = 0.9;
const ANYWHERE: f64 = 0.3;
/// Share of senders up to which a pattern has no rivals.
const SPARSE: f64 = 0.1;
/// Largest load of few patterns: of the gain tanh, whose theory at any load is known, and of others.
const FEW_TANH: f64 = 0.002;
const FEW: f64 = 0.01;
/// Share of the noise in a palimpsest that patterns before the oldest one would add, which theory has stored for ever.
const FADED: f64 = 0.02;

/// What theory says of the recall of a model.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Theory {
    neurons: f64,
    state: Option<Retrieval>,
    /// Load of the other patterns in the field of a neuron whose network is in a pattern, where that field is normal.
    crosstalk: Option<f64>,
}

/// The state in which a pattern is retrieved, and what it depends on: loads per sender, temperatures and thresholds
/// in units of the field of a pattern.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Retrieval {
    Hopfield {
        load: f64,
    },
    Thermal {
        load: f64,
        temperature: f64,
    },
    Few {
        gain: Gain,
        temperature: f64,
    },
    /// `share` of all neurons send to a neuron.
    Diluted {
        load: f64,
        share: f64,
    },
    Palimpsest {
        strength: f64,
    },
    LowActivity {
        a: f64,
        load: f64,
        threshold: f64,
    },
}

impl Retrieval {
    /// The same network at another load, if it has one.
    fn at(mut self, at: f64) -> Self {
        match &mut self {
            Self::Hopfield { load }
            | Self::Thermal { load, .. }
            | Self::Diluted { load, .. }
            | Self::LowActivity { load, .. } => *load = at,
            Self::Few { .. } | Self::Palimpsest { .. } => {}
        }
        self
    }
}

impl Theory {
    /// The theory of a model with one recurrent population of binary neurons, random patterns and trials of recall that
    /// start close enough to their pattern; `None` if there is none.
    pub fn of(model: &Model) -> Option<Self> {
        let setting = Setting::of(model)?;
        let theory = Self {
            neurons: setting.neurons,
            state: setting.state(),
            crosstalk: setting.crosstalk(),
        };
        (theory.state.is_some() || theory.crosstalk.is_some()).then_some(theory)
    }

    /// The mean of a column over trials; in a palimpsest over those of patterns that were followed by `age` others.
    pub fn expects(&self, column: &str, age: Option<f64>) -> Option<f64> {
        if column == "first_step" {
            return self.crosstalk.map(|load| crosstalk::first_step_error(load, 1.0));
        }
        if let Retrieval::LowActivity { a, load, threshold } = self.state? {
            let state = low_activity::retrieval(a, load, threshold)?;
            let (m, s) = (state.overlap, state.activity);
            let wrong = a * (1.0 - s - (1.0 - a) * m) + (1.0 - a) * (s - a * m);
            return match column {
                "overlap" => Some(m),
                "errors" => Some(self.neurons * wrong),
                "activity" => Some(s),
                _ => None,
            };
        }
        match column {
            "overlap" => self.overlap(age),
            "errors" => Some(0.5 * self.neurons * (1.0 - self.overlap(age)?)),
            _ => None,
        }
    }

    fn overlap(&self, age: Option<f64>) -> Option<f64> {
        match self.state? {
            Retrieval::Hopfield { load } => hopfield::overlap(load),
            Retrieval::Thermal { load, temperature } => thermal::overlap(load, temperature),
            Retrieval::Few { gain, temperature } => {
                let g = |x: f64| 2.0 * gain.probability(x) - 1.0;
                Some(gain::fixed_point(g, 1.0 / temperature))
            }
            Retrieval::Diluted { load, share } => diluted::overlap_at(load, share),
            Retrieval::Palimpsest { strength } => {
                palimpsest::overlap(strength, age? / self.neurons)
            }
            Retrieval::LowActivity { .. } => None,
        }
    }

    /// The largest load P/N (per sender where connections are sparse) at which patterns are retrieved; of a palimpsest the
    /// largest age in units of N.
    pub fn capacity(&self) -> Option<f64> {
        match self.state? {
            Retrieval::Hopfield { .. } => Some(hopfield::capacity().load),
            Retrieval::Thermal { temperature, .. } => Some(thermal::capacity(temperature)?.0),
            Retrieval::Diluted { share, .. } => Some(diluted::capacity(share).0),
            Retrieval::Palimpsest { strength } => Some(palimpsest::capacity(strength)),
            Retrieval::LowActivity { a, threshold, .. } => low_activity::capacity_at(a, threshold),
            Retrieval::Few { .. } => None,
        }
    }

    /// The largest load at which the overlap with a retrieved pattern is at least `least`.
    pub fn capacity_above(&self, least: f64) -> Option<f64> {
        /// Halvings of the range of loads.
        const STEPS: u32 = 12;
        let capacity = self.capacity()?;
        let state = self.state?;
        let at = |share: f64| {
            Self { state: Some(state.at(share * capacity)), ..*self }.expects("overlap", None)
        };
        if at(1.0 - 1e-5).is_some_and(|m| m >= least) {
            return Some(capacity);
        }
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..STEPS {
            let middle = 0.5 * (low + high);
            match at(middle) {
                Some(m) if m >= least => low = middle,
                _ => high = middle,
            }
        }
        (low > 0.0).then_some(low * capacity)
    }

    /// The largest load at which patterns are retrieved at the best threshold, in a network that has one.
    pub fn best_capacity(&self) -> Option<f64> {
        match self.state? {
            Retrieval::LowActivity { a, .. } => Some(low_activity::capacity(a)?.load),
            _ => None,
        }
    }

    /// What the theory of a column is called: its formula, or its authors.
    pub fn name(&self, column: &str) -> String {
        let name = match self.state {
            _ if column == "first_step" => "½ erfc √(1/2α)",
            Some(Retrieval::Hopfield { .. }) => "Amit et al. 1985, N → ∞",
            Some(Retrieval::Thermal { .. }) => "Amit et al. 1987, N → ∞",
            Some(Retrieval::Few { gain: Gain::Tanh, .. }) => "m = tanh(m/T)",
            Some(Retrieval::Few { gain: Gain::Erf, .. }) => "m = erf(√π m/2T)",
            Some(Retrieval::Few { gain: Gain::Linear, .. }) => "m = m/T, at most 1",
            Some(Retrieval::Diluted { .. }) => "asymmetric dilution, N → ∞",
            Some(Retrieval::Palimpsest { .. }) => "Mézard et al. 1986, N → ∞",
            Some(Retrieval::LowActivity { .. }) => "Tsodyks and Feigelman 1988, N → ∞",
            None => "",
        };
        name.to_owned()
    }
}

/// What the theories have in common.
struct Setting<'a> {
    law: &'a Law,
    learning: &'a Learning,
    /// J of a sum over the patterns of 1, if it is not the default.
    scale: Option<f64>,
    connect: &'a Connect,
    symmetric: bool,
    patterns: &'a RandomPatterns,
    recall: &'a Recall,
    neurons: f64,
    /// Mean number of senders.
    senders: f64,
}

impl<'a> Setting<'a> {
    fn of(model: &'a Model) -> Option<Self> {
        let recall = model.task.as_ref().and_then(Task::recall)?;
        let (name, population) =
            model.population.first().filter(|_| model.population.len() == 1)?;
        let (_, projection) = model.projection.first().filter(|_| model.projection.len() == 1)?;
        let PatternSource::Random(patterns) = model.patterns.get(name)? else { return None };
        let neurons = population.size as f64;
        let senders = match projection.connect {
            Connect::AllToAll => neurons,
            Connect::Probability(p) => p * neurons,
            Connect::InDegree(degree) => degree as f64,
            Connect::OneToOne | Connect::Total(_) | Connect::File(_) => return None,
            Connect::Assemblies(_) | Connect::Distance(_) => return None,
        };
        // A negative scale stores the opposite of the patterns; one sign of a sum is another rule.
        let usual = projection.autapses == Some(false)
            && projection.part == Signs::Both
            && projection.scale.is_none_or(|scale| scale.value() > 0.0)
            && recall.start == Start::Pattern
            && recall.clamped.is_none()
            && population.size >= FEWEST;
        let setting = Self {
            law: model.dynamics.law()?,
            learning: projection.learning.as_ref()?,
            scale: projection.scale.map(Strength::value),
            connect: &projection.connect,
            symmetric: projection.symmetric,
            patterns,
            recall,
            neurons,
            senders,
        };
        usual.then_some(setting)
    }

    /// P per sender.
    fn load(&self) -> f64 {
        self.patterns.number as f64 / self.senders
    }

    fn is_dense(&self) -> bool {
        *self.connect == Connect::AllToAll
    }

    /// Whether patterns are balanced and neurons have the values -1 and 1.
    fn is_balanced(&self) -> bool {
        self.patterns.coding_level == 0.5 && self.law.states == States::PlusMinus
    }

    /// The smallest initial overlap of any trial.
    fn cue(&self) -> f64 {
        let most = |levels: &Option<Levels<f64>>| {
            levels.iter().flat_map(|levels| &levels.0).fold(0.0, |most: f64, v| most.max(*v))
        };
        let Recall { flipped, occluded, noise, .. } = self.recall;
        (1.0 - 2.0 * most(flipped)) * (1.0 - most(occluded)) * (1.0 - most(noise))
    }

    fn state(&self) -> Option<Retrieval> {
        if self.recall.sweeps.is_none_or(|sweeps| sweeps < LEAST_SWEEPS) {
            return None;
        }
        match self.learning {
            Learning::Hebb {} if self.is_balanced() && self.law.threshold == 0.0 => {
                // The field of a pattern is 1 by default.
                let scale = self.scale.unwrap_or(1.0 / self.senders) * self.senders;
                self.of_hebb(self.law.temperature / scale)
            }
            Learning::Palimpsest(rule) => self.of_palimpsest(rule),
            Learning::LowActivity(rule) => {
                let a = self.patterns.coding_level;
                let field = self.neurons * a * (1.0 - a);
                let scale = self.scale.unwrap_or(1.0 / field) * field;
                let applies = self.is_dense()
                    && (rule.a, rule.b()) == (a, a)
                    && self.patterns.foreground == Foreground::Exact
                    && self.law.states == States::ZeroOne
                    && self.is_sequential()
                    && self.law.temperature == 0.0
                    && self.cue() == 1.0;
                let threshold = self.law.threshold / scale;
                applies.then_some(Retrieval::LowActivity { a, load: self.load(), threshold })
            }
            _ => None,
        }
    }

    /// Whether neurons are updated one at a time: others may end in cycles.
    fn is_sequential(&self) -> bool {
        self.law.update != Update::Synchronous
    }

    fn of_hebb(&self, temperature: f64) -> Option<Retrieval> {
        let (load, cue) = (self.load(), self.cue());
        let tanh = temperature == 0.0 || self.law.gain() == Gain::Tanh;
        if !self.is_dense() {
            let asymmetric = !self.symmetric && self.senders < self.neurons;
            let share = self.senders / self.neurons;
            let least = if share <= SPARSE { ANYWHERE } else { CLOSE };
            let applies = asymmetric && temperature == 0.0 && cue >= least;
            return applies.then_some(Retrieval::Diluted { load, share });
        }
        let few = if tanh { FEW_TANH } else { FEW };
        if temperature > 0.0 && load <= few {
            let gain = self.law.gain();
            return (cue >= ANYWHERE).then_some(Retrieval::Few { gain, temperature });
        }
        let applies = tanh && self.is_sequential() && cue >= CLOSE;
        applies.then_some(match temperature {
            0.0 => Retrieval::Hopfield { load },
            _ => Retrieval::Thermal { load, temperature },
        })
    }

    fn of_palimpsest(&self, rule: &Palimpsest) -> Option<Retrieval> {
        let strength =
            rule.decay.map_or(rule.strength, |decay| palimpsest::strength(self.neurons, decay));
        let left = libm::exp(-strength * strength * self.load());
        let applies = self.is_dense()
            && self.is_balanced()
            && self.is_sequential()
            && (self.law.threshold, self.law.temperature) == (0.0, 0.0)
            && rule.bound.is_none()
            && left <= FADED
            && self.cue() >= CLOSE;
        applies.then_some(Retrieval::Palimpsest { strength })
    }

    /// The load of the other patterns, per other neuron. A random number of senders would make the field of the
    /// pattern itself vary.
    fn crosstalk(&self) -> Option<f64> {
        let others = match self.connect {
            Connect::AllToAll => self.neurons - 1.0,
            Connect::InDegree(degree) => *degree as f64,
            _ => return None,
        };
        let applies = matches!(self.learning, Learning::Hebb {})
            && self.is_balanced()
            && self.law.threshold == 0.0;
        applies.then(|| (self.patterns.number - 1) as f64 / others)
    }
}
