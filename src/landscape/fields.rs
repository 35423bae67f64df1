//! Local fields of all neurons, kept up while neurons flip one by one.

/// States are walked in chunks of 2^12 at most, each from scratch: by several threads, and without piling up rounding.
pub(super) const CHUNK_BITS: u32 = 12;

/// The local fields of a network, for one tie rule.
pub(super) trait Fields: Send + Sync + 'static {
    /// The fields in one state.
    type Held: Copy;

    /// The fields in `state`.
    fn at(&self, state: u32) -> Self::Held;

    /// Brings the fields up to date after neuron `j` has flipped to its lower or `upper` state.
    fn flip(&self, held: &mut Self::Held, j: usize, upper: bool);

    /// The state that all neurons want to be in, given the fields held in `state`.
    fn wanted(&self, held: &Self::Held, state: u32) -> u32;
}
