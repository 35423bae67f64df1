//! Modern Hopfield networks, or dense associative memories: the state is compared with the stored patterns themselves.
//!
//! ```text
//! a^mu = sum_i x_i^mu (xi_i + H_i)                    similarity to memory mu, with the external field H_i
//! xi   := sum_mu x^mu softmax_mu(beta a)              continuous states (Ramsauer et al.), all at once
//! s_i  := sgn sum_mu [F(a^mu if s_i = 1) - F(a^mu if s_i = -1)]   states -1 and 1, F(a) = a^n or exp(a)
//! ```
//!
//! x^mu is a pattern of -1 and 1. There are no synapses: P patterns of N neurons are stored as they are. The more steeply
//! similarities are separated, the more patterns are kept apart: some N^(n-1) for a^n, exponentially many for exp(a). An
//! external field is a cue that stays: it is added to the state where that is compared with the memories. The continuous
//! update is attention, softmax(beta q K') V with the state as query and the memories as keys and values.
//!
//! Sources: D. Krotov and J. J. Hopfield, NeurIPS 29 (2016), arXiv:1606.01164; M. Demircigil et al., J. Stat. Phys. 168:288
//! (2017); H. Ramsauer et al., Hopfield networks is all you need, ICLR (2021), arXiv:2008.02217.

mod attention;
mod dense;
mod law;
mod memories;
mod separation;
#[cfg(test)]
mod tests;

pub use attention::Attention;
pub use dense::Dense;
pub use law::{Exponential, Law, Polynomial, Softmax};
pub use memories::{Memories, softmax};
