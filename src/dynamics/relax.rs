//! Putting a network into a state, and letting it come to rest.

use super::{Attractor, Dynamics, Field};
use crate::error::Result;

/// Puts the neurons from `first` on into `state`; nothing is shown from then on.
pub fn put(network: &mut dyn Dynamics, first: usize, state: &[bool]) {
    network.drive(&Field::state(first, state));
}

/// Runs until an attractor has been reached, which is asked after every sweep, or for so many sweeps.
///
/// # Errors
/// If the network diverges.
pub fn relax(network: &mut dyn Dynamics, sweeps: usize) -> Result<Option<Attractor>> {
    let (begin, mut sweep) = (network.time(), 0);
    while sweep < sweeps && network.attractor().is_none() {
        sweep += 1;
        network.advance(begin + sweep as f64)?;
    }
    Ok(network.attractor())
}
