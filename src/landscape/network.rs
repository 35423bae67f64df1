//! A binary network small enough to look at all of its states.

use super::whole::{check_couplings, common_unit};
use crate::dynamics::binary::{States, Tie};
use crate::error::{Error, Result};

/// 2^25 states take a second and 128 MB; four more neurons would take 2 GB.
pub const MOST_NEURONS: usize = 25;

/// A binary network of at most [`MOST_NEURONS`] neurons.
///
/// Where all couplings and fields are whole multiples of a common unit, they are kept as such, and ties are exact.
#[derive(Clone, Debug)]
pub struct SmallNetwork {
    neurons: usize,
    /// N x N, row i receives, in units of `unit`.
    couplings: Vec<f64>,
    /// H_i - theta_i, in units of `unit`.
    fields: Vec<f64>,
    /// What one of the numbers above is worth.
    unit: f64,
    whole: bool,
    states: States,
    tie: Tie,
}

impl SmallNetwork {
    /// A network from `couplings` J_ij (row i receives, N x N) and `fields` H_i - theta_i (N).
    ///
    /// # Errors
    /// If there is no neuron or too many, if `couplings` is not N x N, or if a number is not finite.
    pub fn new(couplings: &[f64], fields: &[f64], states: States, tie: Tie) -> Result<Self> {
        let neurons = fields.len();
        if !(1..=MOST_NEURONS).contains(&neurons) {
            let found = format!("found {neurons} neurons, which have 2^{neurons} states");
            let allowed = format!("all states are searched for 1 to {MOST_NEURONS} neurons");
            return Err(Error::input(found, allowed, "take a census from random starts instead"));
        }
        check_couplings(couplings, fields)?;
        let unit = common_unit(&[couplings, fields].concat());
        let in_units = |values: &[f64]| match unit {
            Some(unit) => values.iter().map(|v| (v / unit).round()).collect(),
            None => values.to_vec(),
        };
        Ok(Self {
            neurons,
            couplings: in_units(couplings),
            fields: in_units(fields),
            unit: unit.unwrap_or(1.0),
            whole: unit.is_some(),
            states,
            tie,
        })
    }

    /// Number of neurons, N.
    pub fn neurons(&self) -> usize {
        self.neurons
    }

    /// Whether neurons are 0/1 or -1/1.
    pub fn states(&self) -> States {
        self.states
    }

    /// What a neuron does whose local field is 0.
    pub fn tie(&self) -> Tie {
        self.tie
    }

    /// The same network with another rule for ties.
    pub fn with_tie(&self, tie: Tie) -> Self {
        Self { tie, ..self.clone() }
    }

    /// Whether ties are exact because all couplings and fields are multiples of one unit.
    pub fn whole(&self) -> bool {
        self.whole
    }

    /// J_ij in units of [`unit`](Self::unit).
    pub(super) fn coupling(&self, i: usize, j: usize) -> f64 {
        self.couplings[i * self.neurons + j]
    }

    /// H_i - theta_i in units of [`unit`](Self::unit).
    pub(super) fn field(&self, i: usize) -> f64 {
        self.fields[i]
    }

    /// s_i.
    pub(super) fn value(&self, state: u32, i: usize) -> f64 {
        self.states.value(state >> i & 1 == 1)
    }

    /// h_i in units of the network: its definition, summed in order of the neurons.
    pub(super) fn local_field(&self, state: u32, i: usize) -> f64 {
        let inputs = (0..self.neurons).map(|j| self.coupling(i, j) * self.value(state, j));
        inputs.sum::<f64>() + self.fields[i]
    }

    /// The energy E = -1/2 sum_ij J_ij s_i s_j - sum_i (H_i - theta_i) s_i of a state.
    pub fn energy(&self, state: u32) -> f64 {
        let each = (0..self.neurons).map(|i| {
            let input = self.local_field(state, i) + self.fields[i];
            -0.5 * input * self.value(state, i)
        });
        self.unit * each.sum::<f64>()
    }

    /// Share of the pairs of neurons with J_ij != J_ji; the energy is a Lyapunov function where it is 0.
    pub fn asymmetry(&self) -> f64 {
        let pairs = (0..self.neurons).flat_map(|i| (0..i).map(move |j| (i, j)));
        let (mut all, mut unequal) = (0u32, 0u32);
        for (i, j) in pairs {
            all += 1;
            unequal += u32::from(self.coupling(i, j) != self.coupling(j, i));
        }
        f64::from(unequal) / f64::from(all.max(1))
    }

    /// The state after all neurons have been updated at once.
    pub fn synchronous(&self, state: u32) -> u32 {
        let next = |i: usize| self.tie.next(self.local_field(state, i), state >> i & 1 == 1);
        (0..self.neurons).map(|i| u32::from(next(i)) << i).sum()
    }

    /// The state after the neurons in `order` have been updated one after another.
    pub fn sweep(&self, mut state: u32, order: impl IntoIterator<Item = usize>) -> u32 {
        for i in order {
            let next = self.tie.next(self.local_field(state, i), state >> i & 1 == 1);
            state = state & !(1 << i) | u32::from(next) << i;
        }
        state
    }

    /// The network whose fixed points are the states of which no single flip lowers the energy of this one: symmetric,
    /// and without self-coupling, which for 0/1 states acts as a field J_ii / 2.
    pub(super) fn energy_alone(&self) -> Self {
        let n = self.neurons;
        // In half units, so that whole numbers stay whole.
        let mut twin = Self { unit: 0.5 * self.unit, ..self.clone() };
        for i in 0..n {
            for j in 0..n {
                twin.couplings[i * n + j] = self.coupling(i, j) + self.coupling(j, i);
            }
            twin.fields[i] = 2.0 * self.fields[i];
            if self.states == States::ZeroOne {
                twin.fields[i] += self.coupling(i, i);
            }
            twin.couplings[i * n + i] = 0.0;
        }
        twin
    }
}
