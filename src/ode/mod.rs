//! Ordinary differential equations, dy/dt = f(y), for rates: error control, dense output, exact ends of pieces.
//!
//! Nothing here knows a network. The right-hand side does not depend on time: what drives it is constant while it
//! is held, and [`Adaptive::cut`] ends a step where it changes.

mod adaptive;
mod edges;
mod method;
mod tableau;

pub use adaptive::Adaptive;

use std::fmt;

/// The right-hand side of a differential equation, smooth or smooth in pieces.
///
/// In pieces: component i holds a function of one argument a_i, affine in y, that is smooth but where a_i crosses an
/// edge: a rate's tau dr_i/dt = -r_i + [h_i - theta]+ has a_i = h_i and the one edge theta. Who is threshold-linear
/// has an edge, who saturates too has two, a step function has one. Every step is made within one piece of every
/// component, and ends where an argument leaves its piece. An edge that is crossed costs two steps: a flow of hundreds
/// of components that asks for no more than 1e-6 is solved faster if it calls itself smooth, and a kink is then a
/// matter of the tolerance.
pub trait Flow {
    /// Writes dy/dt at `y` to `out`.
    ///
    /// In pieces, component i uses piece `pieces[i]`, and goes on with it beyond its edges: the piece's formula, not
    /// where the argument lies, counts. Piece 0 lies below the first edge. `pieces` is empty if the flow is smooth.
    fn derivative(&self, y: &[f64], pieces: &[u8], out: &mut [f64]);

    /// Where the pieces of component `i` meet, ascending, in units of its argument; at most 255, empty if smooth.
    fn edges(&self, i: usize) -> &[f64] {
        let _ = i;
        &[]
    }

    /// Writes the argument of every component, affine in `y`, to `out`; false, and nothing is written, if the flow is
    /// smooth in all of them.
    fn arguments(&self, y: &[f64], out: &mut [f64]) -> bool {
        let _ = (y, out);
        false
    }
}

/// Why the solver cannot go on, and when.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Stuck {
    /// The state or its derivative grows beyond every bound, or is no number.
    Diverged {
        /// When.
        t: f64,
    },
    /// No step is short enough: the right-hand side jumps where its flow does not say so.
    Jumps {
        /// When.
        t: f64,
    },
    /// Edges are crossed to and fro and time stands still: on both sides the flow leads back to the edge.
    Chattering {
        /// When.
        t: f64,
    },
    /// More steps than any run of rates has use for.
    Steps {
        /// When.
        t: f64,
        /// How many.
        steps: u64,
    },
}

impl Stuck {
    /// When the solver could not go on, in the flow's unit of time.
    pub fn time(&self) -> f64 {
        match *self {
            Self::Diverged { t }
            | Self::Jumps { t }
            | Self::Chattering { t }
            | Self::Steps { t, .. } => t,
        }
    }
}

impl fmt::Display for Stuck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Diverged { .. } => write!(f, "the state grows beyond every bound"),
            Self::Jumps { .. } => write!(f, "no step is short enough for the tolerance"),
            Self::Chattering { .. } => {
                write!(
                    f,
                    "the state is led back to a jump of the transfer function from both sides"
                )
            }
            Self::Steps { steps, .. } => write!(f, "{steps} steps were not enough"),
        }
    }
}

#[cfg(test)]
mod tests;
