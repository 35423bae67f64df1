//! M. Fee, MIT 9.40 lecture on recurrent networks (rows A1 to A25).

mod capacity;
mod energy;
mod one;
mod pictures;
mod rates;
mod update;

use super::{Check, Entry, Workshop};

pub const ROWS: &[Entry] = &[
    ("A1", "rate neuron without recurrence: step response", rates::a1),
    ("A2", "autapse of strength below 1: larger and slower", rates::a2),
    ("A3", "autapse of strength 1: an integrator keeps a number", rates::a3),
    ("A4", "autapse of strength 2, linear: runaway", rates::a4),
    ("A5", "autapse of strength 2 that saturates: two attractors", rates::a5),
    ("A6", "its energy: a double well that no trajectory climbs", rates::a6),
    ("A7", "two neurons with autapses 2 and -2: two attractors", rates::a7),
    ("A8", "two neurons with autapses 2: four attractors, where saturation puts them", rates::a8),
    ("A9", "n autapses hold 2^n words: a register", rates::a9),
    ("A10", "cross-excitation or cross-inhibition leave two of four attractors", rates::a10),
    ("A11", "winner-take-all: basins are half-planes", rates::a11),
    ("A12", "flip-flop: decided, kept, flipped by a large kick", rates::a12),
    ("A13", "discrete binary network, v(t+1) = sgn(Mv)", update::a13),
    ("A14", "one stored pattern is a fixed point, for any N and amplitude", one::a14),
    ("A15", "three neurons hold (1, 1, -1)", one::a15),
    ("A16", "majority rule: converges if more bits are right than wrong", one::a16),
    ("A17", "a picture is recalled from a random start", one::a17),
    ("A18", "energy: table, surface and slice of two neurons that inhibit each other", energy::a18),
    ("A19", "the couplings are the sum of outer products", update::a19),
    ("A20", "three pictures of 5 x 5 pixels are addressed by their content", pictures::a20),
    ("A21", "face, world and penguin are recalled from noise", pictures::a21),
    ("A22", "spurious attractor from a face with a penguin's head", pictures::a22),
    ("A23", "crosstalk: none of orthogonal patterns, much of similar ones", capacity::a23),
    ("A24", "100 neurons hold about 15 random patterns", capacity::a24),
    ("A25", "too many memories: extra minima of the energy", energy::a25),
];

/// A model of one population in which all neurons are coupled.
struct Text<'a> {
    neurons: usize,
    /// What stands in [patterns.N].
    patterns: &'a str,
    /// What stands in [projection.J]: couplings and self-coupling.
    learning: &'a str,
    update: &'a str,
    tie: &'a str,
    /// What stands in [task.recall]; nothing where the network is only built.
    recall: &'a str,
}

impl Text<'_> {
    fn toml(&self) -> String {
        let Self { neurons, patterns, learning, update, tie, recall } = self;
        let patterns = match patterns.is_empty() {
            true => String::new(),
            false => format!("patterns.N.{patterns}\n"),
        };
        let task = match recall.is_empty() {
            true => "protocol = [{ name = \"nothing\", duration = \"1 sweeps\" }]".to_owned(),
            false => format!("task.recall = {{ {recall} }}"),
        };
        format!(
            "title = \"A row\"\nsource = \"M. Fee, MIT 9.40\"\nshows = \"what is measured\"\n{task}\n\
             population.N.size = {neurons}\n{patterns}\
             projection.J = {{ from = \"N\", to = \"N\", connect = \"all_to_all\", {learning} }}\n\
             dynamics.binary = {{ states = \"plus_minus\", update = \"{update}\", tie = \"{tie}\" }}\n"
        )
    }
}

/// Bit i of a whole number as the state of neuron i.
fn state(number: u32, neurons: usize) -> Vec<bool> {
    (0..neurons).map(|i| number >> i & 1 == 1).collect()
}

/// The state as a whole number.
fn number(state: &[bool]) -> u32 {
    state.iter().enumerate().map(|(i, &active)| u32::from(active) << i).sum()
}

/// -1 or 1.
fn sign(active: bool) -> f64 {
    if active { 1.0 } else { -1.0 }
}
