//! Couplings of binary networks: J_ij = unit * w_ij, where i receives and j sends.
//!
//! A neuron that flips is a spike: it changes the local fields sum_j w_ij s_j of all its receivers in one
//! pass over its row, for couplings are stored by sender. They come in four forms,
//!
//! - dense: w_ij of every pair,
//! - sparse: the targets of every sender and their w_ij,
//! - sparse, by receiver: the same for graded activity, which asks for products alone ([`Couplings::by_receiver`]), and in
//!   tiles of 16 bits a weight if there are many,
//! - votes: the patterns alone. With w_ij = f sum_mu (xi_i^mu - b)(xi_j^mu - a) the field is a vote of the
//!   patterns, h_i = f sum_mu (xi_i^mu - b) m^mu with m^mu = sum_j (xi_j^mu - a) s_j.
//!
//! States are whole numbers (-1 and 1, or 0 and 1), so that fields are exact: small whole w_ij are kept as
//! i16 and summed as i32; real ones are rounded to a grid so fine (2^-52 of the largest possible field) and
//! yet so coarse that every sum of them is exact in f64. A field therefore depends on the state alone, not on
//! the flips that led to it, nor on the order of summation or the number of threads. Votes of whole patterns (Hebb,
//! sequences) are exact too and equal those of the matrix; with real a and b they agree to rounding, so that a tie may fall
//! otherwise.

mod dense;
mod gathered;
mod graph;
mod sparse;
mod tiled;
mod values;
mod votes;

pub use graph::{Block, Graph, STRIP};
pub use votes::{Votes, counted};

use crate::tape::{OnTape, Tape};
use dense::Dense;
use gathered::Gathered;
use rayon::prelude::*;
use sparse::Sparse;
use tiled::Tiled;
use values::Values;

/// J_ij = unit * w_ij between a sending and a receiving population.
#[derive(Clone, Debug)]
pub struct Couplings {
    unit: f64,
    form: Form,
}

#[derive(Clone, Debug)]
enum Form {
    Dense(Dense),
    Sparse(Sparse),
    Gathered(Gathered),
    Tiled(Tiled),
    Votes(Votes),
}

/// What couplings by receiver are not asked for.
const BY_SENDER: &str = "activity that is graded asks for products alone";
/// More sparse synapses than this go into tiles, real weights rounded to 16 bits.
const MOST_GATHERED: usize = 1 << 20;
/// Products of fewer synapses than this are made by one thread.
const FEW: usize = 1 << 15;

/// Calls `add(first, part)` for parts of `out` of `chunk` receivers, from `first` on, in parallel where there are many
/// synapses.
fn spread(out: &mut [f64], chunk: usize, synapses: usize, add: impl Fn(usize, &mut [f64]) + Sync) {
    if synapses < FEW {
        return add(0, out);
    }
    out.par_chunks_mut(chunk).enumerate().for_each(|(k, part)| add(k * chunk, part));
}

/// What a network in motion keeps beside its couplings: sum_j w_ij s_j of every receiver, or the votes.
#[derive(Clone, Debug, PartialEq)]
pub struct Fields(Sums);

#[derive(Clone, Debug, PartialEq)]
enum Sums {
    Whole(Vec<i32>),
    Real(Vec<f64>),
    Votes(votes::Tally),
}

impl OnTape for Fields {
    fn pass(&mut self, tape: &mut Tape) {
        match &mut self.0 {
            Sums::Whole(sums) => {
                sums.as_mut_slice().pass(tape);
                // No network comes so close to the end of whole numbers.
                tape.require(sums.iter().all(|sum| sum.unsigned_abs() < (1 << 31) - (1 << 20)));
            }
            Sums::Real(sums) => sums.as_mut_slice().pass(tape),
            Sums::Votes(tally) => tally.pass(tape),
        }
    }
}

/// How many pairs of neurons are coupled, and how many of these unequally.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Symmetry {
    /// Pairs i < j with a synapse in at least one direction.
    pub pairs: usize,
    /// Pairs with w_ij != w_ji, a missing synapse counting as 0.
    pub asymmetric: usize,
}

impl Couplings {
    /// Couplings on `graph` with the whole weights that [`Graph::fill`] returned.
    pub(crate) fn whole(graph: Graph, unit: f64, weights: Vec<i16>) -> Self {
        let values = Values::whole(weights, graph.in_degree());
        Self { unit, form: Self::matrix(graph, values) }
    }

    /// Couplings on `graph` with the weights that [`Graph::fill`] returned; all are finite.
    pub(crate) fn real(graph: Graph, unit: f64, weights: Vec<f64>) -> Self {
        let values = Values::real(weights, graph.in_degree());
        Self { unit, form: Self::matrix(graph, values) }
    }

    /// Couplings in the form of votes.
    pub(crate) fn votes(unit: f64, votes: Votes) -> Self {
        Self { unit, form: Form::Votes(votes) }
    }

    fn matrix(graph: Graph, values: Values) -> Form {
        match graph {
            Graph::Full { senders, receivers, diagonal } => {
                Form::Dense(Dense { senders, receivers, diagonal, values })
            }
            Graph::Listed(rows) => Form::Sparse(Sparse { rows, values }),
        }
    }

    /// The same for a network whose activity is graded: sparse couplings by receiver, the others as they are.
    pub fn by_receiver(self) -> Self {
        let form = match self.form {
            Form::Sparse(sparse) if sparse.rows.synapses() > MOST_GATHERED => {
                Form::Tiled(Tiled::new(&sparse))
            }
            Form::Sparse(sparse) => Form::Gathered(Gathered::new(&sparse)),
            other => other,
        };
        Self { form, ..self }
    }

    /// J of w = 1.
    pub fn unit(&self) -> f64 {
        self.unit
    }

    /// Neurons of the sending population.
    pub fn senders(&self) -> usize {
        match &self.form {
            Form::Dense(dense) => dense.senders,
            Form::Sparse(sparse) => sparse.rows.senders(),
            Form::Gathered(gathered) => gathered.senders(),
            Form::Tiled(tiled) => tiled.senders(),
            Form::Votes(votes) => votes.senders(),
        }
    }

    /// Neurons of the receiving population.
    pub fn receivers(&self) -> usize {
        match &self.form {
            Form::Dense(dense) => dense.receivers,
            Form::Sparse(sparse) => sparse.rows.receivers(),
            Form::Gathered(gathered) => gathered.receivers(),
            Form::Tiled(tiled) => tiled.receivers(),
            Form::Votes(votes) => votes.receivers(),
        }
    }

    /// Number of connected pairs.
    pub fn synapses(&self) -> usize {
        match &self.form {
            Form::Dense(dense) => {
                graph::pairs_of_all(dense.senders, dense.receivers, dense.diagonal)
            }
            Form::Sparse(sparse) => sparse.rows.synapses(),
            Form::Gathered(gathered) => gathered.synapses(),
            Form::Tiled(tiled) => tiled.synapses(),
            Form::Votes(votes) => {
                graph::pairs_of_all(votes.senders(), votes.receivers(), votes.diagonal())
            }
        }
    }

    /// Memory in bytes.
    pub fn bytes(&self) -> usize {
        match &self.form {
            Form::Dense(dense) => dense.values.bytes(),
            Form::Sparse(sparse) => sparse.rows.bytes() + sparse.values.bytes(),
            Form::Gathered(gathered) => gathered.bytes(),
            Form::Tiled(tiled) => tiled.bytes(),
            Form::Votes(votes) => votes.bytes(),
        }
    }

    /// No |J_ij| is larger.
    pub fn most(&self) -> f64 {
        let most = match &self.form {
            Form::Dense(dense) => dense.values.largest(),
            Form::Sparse(sparse) => sparse.values.largest(),
            Form::Gathered(_) | Form::Tiled(_) => unreachable!("{BY_SENDER}"),
            Form::Votes(votes) => votes.most(),
        };
        self.unit.abs() * most
    }

    /// w_ij, by which i receives from j; 0 without a synapse.
    pub fn weight(&self, i: usize, j: usize) -> f64 {
        match &self.form {
            Form::Dense(dense) => dense.weight(i, j),
            Form::Sparse(sparse) => sparse.weight(i, j),
            Form::Gathered(gathered) => gathered.weight(i, j),
            Form::Tiled(tiled) => tiled.weight(i, j),
            Form::Votes(votes) => votes.weight(i, j),
        }
    }

    /// The fields of all receivers while the senders are in `state`, of whole numbers.
    pub fn fields(&self, state: &[f64]) -> Fields {
        assert_eq!(state.len(), self.senders(), "a state has one value for every sender");
        debug_assert!(state.iter().all(|s| *s == s.round() && s.abs() <= 1.0));
        Fields(match &self.form {
            Form::Dense(dense) => dense.sums(state),
            Form::Sparse(sparse) => sparse.sums(state),
            Form::Gathered(_) | Form::Tiled(_) => unreachable!("{BY_SENDER}"),
            Form::Votes(votes) => Sums::Votes(votes.tally(state)),
        })
    }

    /// sum_j w_ij s_j of receiver i. `own` is s_i where the population couples to itself: votes without
    /// self-coupling subtract w_ii s_i.
    #[inline]
    pub fn field(&self, fields: &Fields, i: usize, own: f64) -> f64 {
        match (&fields.0, &self.form) {
            (Sums::Whole(sums), _) => f64::from(sums[i]),
            (Sums::Real(sums), _) => sums[i],
            (Sums::Votes(tally), Form::Votes(votes)) => votes.field(tally, i, own),
            (Sums::Votes(_), _) => unreachable!("fields belong to the couplings that made them"),
        }
    }

    /// Adds J x to `out`, out_i += J_ij x_j, for activities of any size. The bits of out_i depend on J and x alone: its
    /// senders are added in one order, whoever adds them.
    pub fn add_product(&self, activity: &[f64], out: &mut [f64]) {
        assert_eq!(activity.len(), self.senders(), "there is one activity for every sender");
        assert_eq!(out.len(), self.receivers(), "there is one sum for every receiver");
        match &self.form {
            Form::Dense(dense) => dense.add_product(self.unit, activity, out),
            Form::Sparse(sparse) => sparse.add_product(self.unit, activity, out),
            Form::Gathered(gathered) => gathered.add_product(self.unit, activity, out),
            Form::Tiled(tiled) => tiled.add_product(self.unit, activity, out),
            Form::Votes(votes) => votes.add_product(self.unit, activity, out),
        }
    }

    /// Sender j changes its state by `delta`: s_j += delta.
    #[inline]
    pub fn change(&self, fields: &mut Fields, j: usize, delta: f64) {
        match (&self.form, &mut fields.0) {
            (Form::Dense(dense), sums) => dense.change(sums, j, delta),
            (Form::Sparse(sparse), sums) => sparse.change(sums, j, delta),
            (Form::Gathered(_) | Form::Tiled(_), _) => unreachable!("{BY_SENDER}"),
            (Form::Votes(votes), Sums::Votes(tally)) => votes.change(tally, j, delta),
            (Form::Votes(_), _) => unreachable!("fields belong to the couplings that made them"),
        }
    }

    /// Compares w_ij with w_ji exactly, for a population that couples to itself.
    pub fn symmetry(&self) -> Symmetry {
        assert_eq!(self.senders(), self.receivers(), "symmetry needs one population");
        match &self.form {
            Form::Dense(dense) => dense.symmetry(),
            Form::Sparse(sparse) => sparse.symmetry(),
            Form::Gathered(_) | Form::Tiled(_) => unreachable!("{BY_SENDER}"),
            Form::Votes(votes) => votes.symmetry(),
        }
    }
}

#[cfg(test)]
mod tests;
