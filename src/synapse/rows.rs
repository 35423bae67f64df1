//! Storage of the synapses of one projection onto one block of neurons.

use super::prefetch::prefetch;

/// The synapses onto one block: row j holds the local targets of sender j and their efficacies.
///
/// Takes 2 bytes per synapse for the target and 0, 1 or 4 for the efficacy, and 4 bytes per sender.
#[derive(Clone, Debug, PartialEq)]
pub struct Rows {
    /// Row j is `starts[j]..starts[j + 1]`.
    starts: Vec<u32>,
    targets: Vec<u16>,
    weights: Weights,
    /// Efficacy in mV of weight 1.
    unit: f64,
}

/// Efficacies in units of [`Rows::unit`].
#[derive(Clone, Debug, PartialEq)]
pub enum Weights {
    /// Every synapse has weight 1.
    One,
    /// Small whole numbers, such as a number of shared patterns.
    Count(Vec<u8>),
    /// Any real number, rounded to f32.
    Real(Vec<f32>),
}

impl Rows {
    pub fn unit(&self) -> f64 {
        self.unit
    }

    pub fn weights(&self) -> &Weights {
        &self.weights
    }

    pub fn targets(&self) -> &[u16] {
        &self.targets
    }

    /// Where row `sender` stands in [`Rows::targets`] and in the weights.
    #[inline]
    pub fn row(&self, sender: usize) -> std::ops::Range<usize> {
        self.starts[sender] as usize..self.starts[sender + 1] as usize
    }

    /// Asks for the memory that tells where row `sender` stands.
    #[inline]
    pub fn prefetch_start(&self, sender: usize) {
        prefetch(&self.starts[sender..sender + 2]);
    }

    /// Asks for the memory of row `sender`.
    #[inline]
    pub fn prefetch_row(&self, sender: usize) {
        let row = self.row(sender);
        prefetch(&self.targets[row.clone()]);
        match &self.weights {
            Weights::One => {}
            Weights::Count(counts) => prefetch(&counts[row]),
            Weights::Real(reals) => prefetch(&reals[row]),
        }
    }

    /// Number of synapses.
    pub fn synapses(&self) -> usize {
        self.targets.len()
    }

    pub fn senders(&self) -> usize {
        self.starts.len() - 1
    }

    /// The synapses of a sender: (local target, efficacy in mV).
    pub fn synapses_of(&self, sender: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        self.row(sender).map(|k| (usize::from(self.targets[k]), self.efficacy(k)))
    }

    /// Whether all synapses excite (`Some(true)`) or inhibit (`Some(false)`), if all do the same.
    pub fn sign(&self) -> Option<bool> {
        let excites = self.unit > 0.0;
        match &self.weights {
            Weights::One | Weights::Count(_) => Some(excites),
            Weights::Real(reals) if reals.iter().all(|&w| w > 0.0) => Some(excites),
            Weights::Real(reals) if reals.iter().all(|&w| w < 0.0) => Some(!excites),
            Weights::Real(_) => None,
        }
    }

    fn efficacy(&self, k: usize) -> f64 {
        match &self.weights {
            Weights::One => self.unit,
            Weights::Count(counts) => self.unit * f64::from(counts[k]),
            Weights::Real(reals) => self.unit * f64::from(reals[k]),
        }
    }

    /// Memory in bytes.
    pub fn bytes(&self) -> usize {
        let weights = match &self.weights {
            Weights::One => 0,
            Weights::Count(counts) => counts.len(),
            Weights::Real(reals) => 4 * reals.len(),
        };
        4 * self.starts.len() + 2 * self.targets.len() + weights
    }
}

/// Builds [`Rows`] sender by sender, in order.
pub struct RowsBuilder(Rows);

impl RowsBuilder {
    /// Rows whose efficacies are `unit` mV times weights of the kind of `weights` (empty).
    pub fn new(senders: usize, unit: f64, weights: Weights) -> Self {
        let mut starts = Vec::with_capacity(senders + 1);
        starts.push(0);
        Self(Rows { starts, targets: Vec::new(), weights, unit })
    }

    /// Adds a synapse of weight 1 to the current row.
    #[inline]
    pub fn push(&mut self, target: u16) {
        self.0.targets.push(target);
    }

    /// Adds a synapse with a small whole weight to the current row; weight 0 makes no synapse.
    #[inline]
    pub fn push_count(&mut self, target: u16, count: u8) {
        if let (Weights::Count(counts), 1..) = (&mut self.0.weights, count) {
            self.0.targets.push(target);
            counts.push(count);
        }
    }

    /// Adds a synapse with a real weight to the current row; weight 0 makes no synapse.
    #[inline]
    pub fn push_real(&mut self, target: u16, real: f32) {
        if let Weights::Real(reals) = &mut self.0.weights
            && real != 0.0
        {
            self.0.targets.push(target);
            reals.push(real);
        }
    }

    /// Ends the row of the current sender.
    pub fn end_row(&mut self) {
        self.0.starts.push(self.0.targets.len() as u32);
    }

    pub fn finish(mut self) -> Rows {
        self.0.targets.shrink_to_fit();
        match &mut self.0.weights {
            Weights::One => {}
            Weights::Count(counts) => counts.shrink_to_fit(),
            Weights::Real(reals) => reals.shrink_to_fit(),
        }
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_hold_what_was_pushed_and_drop_zero_weights() {
        let mut builder = RowsBuilder::new(3, 0.5, Weights::Count(Vec::new()));
        builder.push_count(7, 2);
        builder.push_count(8, 0);
        builder.end_row();
        builder.end_row();
        builder.push_count(1, 255);
        builder.end_row();
        let rows = builder.finish();
        assert_eq!(rows.synapses_of(0).collect::<Vec<_>>(), [(7, 1.0)]);
        assert_eq!(rows.synapses_of(1).count(), 0);
        assert_eq!(rows.synapses_of(2).collect::<Vec<_>>(), [(1, 127.5)]);
        assert_eq!((rows.synapses(), rows.senders(), rows.bytes()), (2, 3, 22));
    }
}
