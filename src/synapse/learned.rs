//! Learned synapses in a recording: what must hold of them, whoever reads them.

use crate::digest::hex;
use crate::units::{Dimension, OfVoltage};
use sha2::{Digest, Sha256};

/// The attribute of the synapses of a projection that tells their [`hash_of_graph`].
pub(crate) const GRAPH: &str = "sha256";

/// SHA-256 of all senders, of all receivers, and of the delay (ms), each in 8 bytes, little-endian.
pub(crate) fn hash_of_graph(
    senders: impl IntoIterator<Item = u64>,
    receivers: impl IntoIterator<Item = u64>,
    delay: f64,
) -> String {
    let mut hash = Sha256::new();
    senders.into_iter().chain(receivers).for_each(|id| hash.update(id.to_le_bytes()));
    hash.update(delay.to_bits().to_le_bytes());
    hex(hash)
}

/// The first of these moments that does not go up from 0, and what stands before it, ms.
pub(crate) fn out_of_order(moments: &[f64]) -> Option<(usize, f64)> {
    let before = |row: usize| if row == 0 { 0.0 } else { moments[row - 1] };
    let wrong = |row: &usize| !(moments[*row] >= before(*row) && moments[*row].is_finite());
    (0..moments.len()).find(wrong).map(|row| (row, before(row)))
}

/// The first of these efficacies (mV) that is no number, or larger than any.
pub(crate) fn out_of_range(efficacies: &[f64]) -> Option<usize> {
    efficacies.iter().position(|w| !(-OfVoltage::LARGEST..=OfVoltage::LARGEST).contains(w))
}
