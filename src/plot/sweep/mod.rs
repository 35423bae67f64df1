//! Figures of binary networks: how well they recall as a parameter is swept, beside what theory says.
//!
//! Every figure is a function from plain data to a [`chart::Figure`](super::chart::Figure). Values that are missing are NaN and
//! leave gaps.

mod curves;
mod histogram;
#[cfg(test)]
mod tests;

pub use curves::{Curves, Line, Measured, Series, curves};
pub use histogram::{Sampled, Told, histograms};
