//! What a block's neurons do not change: parameters, and constants for windows of a fixed length.

use super::after_spike::OwnPort;
use super::kick::{KickTable, Leaks, SHARED, factors};
use super::lif::Lif;
use super::series::Series;

/// A number for each neuron for which a block has room.
pub type PerNeuron<T> = Box<[T]>;

pub fn per_neuron<T: Copy>(room: usize, value: T) -> PerNeuron<T> {
    vec![value; room].into_boxed_slice()
}

/// Parameters of the neurons of a block.
#[derive(Clone, Debug)]
pub struct Parameters {
    /// ms, by neuron.
    pub tau_m: Vec<f64>,
    /// mV, by neuron.
    pub theta: Vec<f64>,
    /// V_inf without any stimulus, mV, by neuron.
    pub v_inf: Vec<f64>,
    /// mV.
    pub v_reset: f64,
    /// ms, by neuron.
    pub t_ref: Vec<f64>,
    /// Time constants of the currents, ms, one per port: those of exponential synapses, then the neurons' own.
    pub tau: Vec<f64>,
    pub adaptation: Option<OwnPort>,
    pub moving_threshold: Option<OwnPort>,
    /// Whether neurons fire at random instead of where V reaches theta.
    pub escapes: bool,
    /// The range of 1/tau_m in the whole population.
    pub leaks: Leaks,
}

/// The neurons' parameters, and what follows from them for windows of one length.
#[derive(Debug)]
pub struct Membrane<const F: usize> {
    parameters: Parameters,
    /// For how many neurons the block has room.
    pub room: usize,
    /// Length of a window, ms.
    pub window: f64,
    /// e^{-window/tau_m}.
    pub decay_m: PerNeuron<f64>,
    /// window^2/8 times the curvature that a unit departure from V_inf causes, at most.
    pub bump: f64,
    /// Where the neurons' 1/tau_m lie, for [`super::kick::Kick::departure`].
    pub place: PerNeuron<f64>,
    /// Kicks of delta synapses.
    pub jump: Kicks<F>,
    /// One per synaptic time constant.
    pub ports: Vec<Port<F>>,
}

/// One synaptic time constant.
#[derive(Debug)]
pub struct Port<const F: usize> {
    /// e^{-window/tau_r}.
    pub decay: f64,
    /// G_r(window).
    pub response: PerNeuron<f64>,
    /// window^2/8 times the largest curvature that a unit i_r causes.
    pub bump: f64,
    pub kicks: Kicks<F>,
}

/// What arrivals of one kind do.
#[derive(Debug)]
pub struct Kicks<const F: usize> {
    /// For one arrival at a time.
    pub table: KickTable<F>,
    /// To the departure (where all neurons share tau_m) and to the current, for many at a time.
    pub series: [Series; 2],
}

impl<const F: usize> Kicks<F> {
    fn new(leaks: Leaks, tau: f64, window: f64) -> Self {
        // Where every neuron has its own tau_m, the first only tells how large a departure may be.
        let steep = Leaks { least: leaks.most, most: leaks.most };
        let departure = |s: f64| factors::<SHARED>(steep, tau, window, s)[1];
        let current = |s: f64| factors::<SHARED>(steep, tau, window, s)[2];
        let series = [Series::new(departure, window), Series::new(current, window)];
        Self { table: KickTable::new(leaks, tau, window), series }
    }
}

impl<const F: usize> Membrane<F> {
    /// Constants for windows of length `window` ms, which is at most every tau_m and tau_r, and for neurons that
    /// do not all have the same tau_m at most [`Leaks::longest_window`]; there is `room` for so many neurons.
    pub fn new(parameters: Parameters, room: usize, window: f64) -> Self {
        let leaks = parameters.leaks;
        let mut decay_m = per_neuron(room, 1.0);
        let mut place = per_neuron(room, 0.0);
        for (n, tau_m) in parameters.tau_m.iter().enumerate() {
            decay_m[n] = libm::exp(-window / tau_m);
            place[n] = leaks.place(1.0 / tau_m);
        }
        let bend = window * window / 8.0;
        let port = |r: usize| {
            let tau = parameters.tau[r];
            let mut response = per_neuron(room, 0.0);
            for (n, &tau_m) in parameters.tau_m.iter().enumerate() {
                let lif = Lif { tau_m, theta: 0.0, v_reset: 0.0, tau: &[tau] };
                response[n] = tau_m * lif.response(0, window, decay_m[n]).0;
            }
            Port {
                decay: libm::exp(-window / tau),
                response,
                bump: bend * (leaks.most + 1.0 / tau),
                kicks: Kicks::new(leaks, tau, window),
            }
        };
        let ports = (0..parameters.tau.len()).map(port).collect();
        Self {
            room,
            window,
            decay_m,
            bump: bend * leaks.most * leaks.most,
            place,
            jump: Kicks::new(leaks, 0.0, window),
            ports,
            parameters,
        }
    }

    /// True if V, without any current, moves freely between arrivals, monotonically to V_inf, and is compared with theta.
    pub fn only_jumps(&self) -> bool {
        self.ports.is_empty() && !self.parameters.escapes
    }

    /// Whether neurons fire at random instead of where V reaches theta.
    pub fn escapes(&self) -> bool {
        self.parameters.escapes
    }

    /// The adaptation current, -w at its port.
    pub fn adaptation(&self) -> Option<OwnPort> {
        self.parameters.adaptation
    }

    /// By how much the threshold is raised.
    pub fn moving_threshold(&self) -> Option<OwnPort> {
        self.parameters.moving_threshold
    }

    /// Time constants of the synaptic currents, ms.
    pub fn tau_syn(&self) -> &[f64] {
        let own = [self.adaptation(), self.moving_threshold()].iter().flatten().count();
        &self.parameters.tau[..self.ports.len() - own]
    }

    /// V_inf of neuron `n` without any stimulus, mV.
    pub fn v_inf(&self, n: usize) -> f64 {
        self.parameters.v_inf[n]
    }

    /// Refractory period of neuron `n`, ms.
    pub fn t_ref(&self, n: usize) -> f64 {
        self.parameters.t_ref[n]
    }

    /// The neuron `n`.
    pub fn lif(&self, n: usize) -> Lif<'_> {
        let Parameters { tau_m, theta, v_reset, tau, .. } = &self.parameters;
        Lif { tau_m: tau_m[n], theta: theta[n], v_reset: *v_reset, tau }
    }
}

/// The range of 1/tau_m.
pub fn leaks(tau_m: &[f64]) -> Leaks {
    let leaks = tau_m.iter().map(|tau| 1.0 / tau);
    leaks.fold(Leaks { least: f64::INFINITY, most: 0.0 }, |range, leak| Leaks {
        least: range.least.min(leak),
        most: range.most.max(leak),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dynamics::spiking::kick::SPREAD;
    use crate::synapse::ROOMS;

    #[test]
    fn currents_of_synapses_are_those_that_are_not_the_neurons_own() {
        let own = |port: usize, tau| OwnPort { port, jump: 1.0, tau };
        let adaptation = |port| Some(own(port, 100.0));
        for (tau, adaptation, moving_threshold, escapes, of_synapses) in [
            (vec![], None, None, false, vec![]),
            (vec![5.0, 60.0], None, None, true, vec![5.0, 60.0]),
            (vec![5.0, 100.0], adaptation(1), None, false, vec![5.0]),
            (
                vec![5.0, 60.0, 100.0, 50.0],
                adaptation(2),
                Some(own(3, 50.0)),
                true,
                vec![5.0, 60.0],
            ),
            (vec![50.0], None, Some(own(0, 50.0)), false, vec![]),
        ] {
            let (tau_m, alone) = (vec![10.0, 20.0], tau.is_empty());
            let parameters = Parameters {
                leaks: leaks(&tau_m),
                tau_m,
                theta: vec![20.0, 21.0],
                v_inf: vec![3.0, -4.0],
                v_reset: 10.0,
                t_ref: vec![0.5, 2.0],
                tau,
                adaptation,
                moving_threshold,
                escapes,
            };
            let membrane = Membrane::<SPREAD>::new(parameters, ROOMS[0], 0.5);
            assert_eq!(membrane.tau_syn(), of_synapses);
            let ports = [membrane.adaptation(), membrane.moving_threshold()];
            let wanted = [adaptation, moving_threshold].map(|own| own.map(|own| own.port));
            assert_eq!(ports.map(|own| own.map(|own| own.port)), wanted);
            assert_eq!((membrane.escapes(), membrane.only_jumps()), (escapes, alone && !escapes));
            let of_neurons = [0, 1].map(|n| (membrane.v_inf(n), membrane.t_ref(n)));
            assert_eq!(of_neurons, [(3.0, 0.5), (-4.0, 2.0)]);
        }
    }
}
