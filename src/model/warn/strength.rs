//! Efficacies of spiking neurons that are out of all proportion to the distance from reset to threshold.

use super::super::Model;
use crate::dynamics::spiking::{Lif, Neurons};
use crate::error::Warning;
use crate::learning::Learning;
use crate::network::{Projection, Source};
use crate::protocol::Stimulus;
use crate::synapse::Connect;

/// Synapses of a neuron from which on none of them has to fire it alone.
const MANY: f64 = 10.0;
/// Peaks of one excitatory, inhibitory and external spike, in distances from reset to threshold. In models/ they are at most
/// 0.09, 0.45 and 0.75.
const STRONGEST: [f64; 3] = [1.0, 3.0, 10.0];
/// The rate at which all senders fire at once and still do nothing, per ms, and what "nothing" is, in distances from reset to
/// threshold. In models/ the effect is at least 0.047 (a tenth of the microcircuit, L5I to L4E).
const FASTEST: f64 = 1.0;
const WEAKEST: f64 = 0.02;
/// Likewise of external spikes at their own rate; in models/ at least 0.6.
const WEAKEST_FROM_OUTSIDE: f64 = 1e-2;

/// The synapses of a projection between spiking neurons, on average.
struct Typical<'a> {
    to: &'a Neurons,
    /// mV; of learned ones that of one pattern.
    efficacy: f64,
    /// Onto a neuron.
    number: f64,
    /// Time constants (ms) of the current and their weights.
    exponentials: Vec<(f64, f64)>,
}

impl Model {
    /// Projections of which one spike moves V over the whole distance from reset to threshold, in neurons with many synapses.
    pub(super) fn too_strong(&self) -> Option<Warning> {
        let strong = self.typical().filter_map(|(name, projection, synapses)| {
            let Typical { to, efficacy, number, exponentials } = synapses;
            let (peak, distance) = (efficacy * peak(to, &exponentials), distance(to));
            let bound = STRONGEST[usize::from(efficacy < 0.0)];
            (number >= MANY && peak.abs() >= bound * distance).then(|| {
                Warning::new(
                    format!("projection.{name}.{}", key_of(projection)),
                    format!(
                        "found that one spike of {} moves V in {} by {} mV",
                        projection.from,
                        projection.to,
                        rounded(peak)
                    ),
                    format!(
                        "from reset to threshold it is {} mV, and every neuron has some {} such synapses",
                        rounded(distance),
                        number.round()
                    ),
                    "make it weaker; check the unit",
                )
            })
        });
        Warning::first_of(strong)
    }

    /// Factors that are to keep the mean efficacy, where connections by assembly move it.
    pub(super) fn mean_not_kept(&self) -> Option<Warning> {
        let moved = self.projection.iter().filter_map(|(name, projection)| {
            let by_assembly = match &projection.connect {
                Connect::Assemblies(rule) => rule.p_in != rule.p_out,
                _ => false,
            };
            let left_out = match projection.source() {
                Source::Learned(Learning::Assemblies(rule)) => rule.w_minus.is_none(),
                _ => false,
            };
            (by_assembly && left_out).then(|| {
                Warning::new(
                    format!("projection.{name}.learning.assemblies"),
                    "found no `w_minus` beside connections by assembly",
                    "it keeps the mean efficacy of even connections, and not of these",
                    "write for example w_minus = 1.0",
                )
            })
        });
        Warning::first_of(moved)
    }

    /// Projections that do nothing even if all senders fire at 1 kHz.
    pub(super) fn too_weak(&self) -> Option<Warning> {
        let weak = self.typical().filter_map(|(name, projection, synapses)| {
            let Typical { to, efficacy, number, .. } = synapses;
            let most = efficacy.abs() * number * to.tau_m.mean() * FASTEST;
            (number > 0.0 && most < WEAKEST * distance(to)).then(|| {
                Warning::new(
                    format!("projection.{name}.{}", key_of(projection)),
                    format!(
                        "found that all of {} together at 1 kHz move V in {} by {} mV",
                        projection.from,
                        projection.to,
                        rounded(most)
                    ),
                    format!(
                        "from reset to threshold it is {} mV: these synapses do nothing",
                        rounded(distance(to))
                    ),
                    "make them stronger, or delete the projection; check the unit",
                )
            })
        });
        Warning::first_of(weak)
    }

    /// External spikes that are far stronger than it takes to fire a neuron.
    pub(super) fn too_strong_from_outside(&self) -> Option<Warning> {
        let strong = self.driven().filter_map(|(name, neurons, input)| {
            let (efficacy, tau_syn) = neurons.external()?;
            let peak = efficacy * peak(neurons, &[(tau_syn, 1.0)]);
            let distance = distance(neurons);
            (peak.abs() >= STRONGEST[2] * distance).then(|| {
                Warning::new(
                    format!("dynamics.spiking.{name}.{input}.efficacy"),
                    format!(
                        "found that one external spike moves V in {name} by {} mV",
                        rounded(peak)
                    ),
                    format!("from reset to threshold it is {} mV", rounded(distance)),
                    "make it weaker; check the unit",
                )
            })
        });
        Warning::first_of(strong)
    }

    /// Drawn external spikes that do nothing, at their rate and with all that is shown.
    pub(super) fn too_weak_from_outside(&self) -> Option<Warning> {
        let weak = self.driven().filter_map(|(name, neurons, input)| {
            let poisson = neurons.poisson.as_ref()?;
            let rate = poisson.rate.mean() + self.most_shown(name);
            let most = poisson.efficacy.value().abs() * rate / 1000.0 * neurons.tau_m.mean();
            (rate > 0.0 && most < WEAKEST_FROM_OUTSIDE * distance(neurons)).then(|| {
                Warning::new(
                    format!("dynamics.spiking.{name}.{input}.efficacy"),
                    format!("found that external spikes move V in {name} by {} mV", rounded(most)),
                    format!(
                        "from reset to threshold it is {} mV: they do nothing",
                        rounded(distance(neurons))
                    ),
                    "make them stronger or more, or delete the line; check the unit",
                )
            })
        });
        Warning::first_of(weak)
    }

    /// The projections onto neurons whose efficacies stand in the model.
    fn typical(&self) -> impl Iterator<Item = (&String, &Projection, Typical<'_>)> {
        let cells = self.dynamics.cells();
        self.projection.iter().filter_map(move |(name, projection)| {
            let to = cells?.get(&projection.to)?.neurons()?;
            let efficacy = match projection.source() {
                Source::Learned(_) => projection.scale?.value(),
                Source::Given(efficacy) => efficacy.moments()?.0,
                Source::Read => return None,
            };
            let synapses = self.plan().synapses(projection).ok()?;
            let number = synapses / self.population.get(&projection.to)?.size as f64;
            let exponentials = projection.kernel().exponentials();
            Some((name, projection, Typical { to, efficacy, number, exponentials }))
        })
    }

    /// The populations that receive external spikes, and the key under which.
    fn driven(&self) -> impl Iterator<Item = (&String, &Neurons, &'static str)> {
        let cells = self.dynamics.cells().into_iter().flatten();
        cells.filter_map(|(name, cells)| {
            let neurons = cells.neurons()?;
            let input = if neurons.poisson.is_some() { "poisson" } else { "input" };
            Some((name, neurons, input))
        })
    }

    /// The largest Poisson rate (Hz) that one stimulus of the protocol, or of the task, adds.
    fn most_shown(&self, population: &str) -> f64 {
        let with_patterns = || self.patterns.keys().map(String::as_str);
        let rate = |stimulus: &Stimulus| {
            let to = stimulus.target(with_patterns()).is_ok_and(|to| to == population);
            stimulus.poisson.as_ref().filter(|_| to).map_or(0.0, |rate| rate.reach()[1])
        };
        let shown = self.protocol.iter().flat_map(|epoch| &epoch.show).map(rate);
        // What a task shows is not known before it is drawn: it may be anything.
        let of_task = if self.task.is_some() { f64::INFINITY } else { 0.0 };
        shown.fold(of_task, f64::max)
    }
}

/// The key of the efficacies of a projection.
fn key_of(projection: &Projection) -> &'static str {
    if projection.learning.is_some() { "scale" } else { "efficacy" }
}

/// From reset to threshold, mV, on average.
fn distance(neurons: &Neurons) -> f64 {
    neurons.theta.mean() - neurons.v_reset.value()
}

/// The peak of the response to one spike of efficacy 1: of (exp(-t/tau_m) - exp(-t/tau_syn)) tau_m / (tau_m - tau_syn), which
/// is x^(x / (1 - x)) with x = tau_syn / tau_m; that of a sum of such responses to a per cent.
fn peak(neurons: &Neurons, exponentials: &[(f64, f64)]) -> f64 {
    let tau_m = neurons.tau_m.mean();
    let [(tau_syn, _)] = exponentials else {
        let response = |t: f64, tau: f64| {
            let lif = Lif { tau_m, theta: 0.0, v_reset: 0.0, tau: &[tau] };
            tau_m / tau * lif.response(0, t, libm::exp(-t / tau_m)).0
        };
        let sum = |t: f64| exponentials.iter().map(|(tau, w)| w * response(t, *tau)).sum::<f64>();
        let longest = exponentials.iter().map(|one| one.0).fold(tau_m, f64::max);
        // From a thousandth of the longest time constant to ten of them.
        let times = (0..600).map(|k| longest * libm::exp2(f64::from(k) / 45.0 - 10.0));
        return times.map(sum).fold(0.0, f64::max);
    };
    let x = tau_syn / tau_m;
    match x {
        0.0 => 1.0,
        x if (x - 1.0).abs() < 1e-6 => libm::exp(-1.0),
        x => libm::pow(x, x / (1.0 - x)),
    }
}

/// To three digits.
fn rounded(value: f64) -> String {
    match value.abs() {
        size if (0.01..1e5).contains(&size) => format!("{}", (value * 1000.0).round() / 1000.0),
        0.0 => "0".to_owned(),
        _ => format!("{value:.2e}"),
    }
}
