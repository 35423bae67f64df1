//! In which form the local fields of a network are kept.

use super::network::SmallNetwork;
use super::packed::Packed;
use super::real::RealFields;
use crate::dynamics::binary::{States, Tie};

/// The fields of a network in the narrowest form that holds them.
pub(super) enum AnyFields {
    Bits8(Packed<4, 8>),
    Bits16(Packed<7, 16>),
    Bits32(Packed<13, 32>),
    Real(RealFields),
}

impl AnyFields {
    pub fn of(network: &SmallNetwork, tie: Tie) -> Self {
        let largest = (0..network.neurons()).map(|i| largest(network, i)).fold(0.0, f64::max);
        // Room for the offset.
        let fits = |bits: i32| network.whole() && largest + 1.0 < 2f64.powi(bits - 1);
        match () {
            () if fits(8) => Self::Bits8(Packed::new(network, tie)),
            () if fits(16) => Self::Bits16(Packed::new(network, tie)),
            () if fits(32) => Self::Bits32(Packed::new(network, tie)),
            () => Self::Real(RealFields::new(network, tie, largest)),
        }
    }
}

/// The largest size that h_i can have in any state.
fn largest(network: &SmallNetwork, i: usize) -> f64 {
    let couplings = (0..network.neurons()).map(|j| network.coupling(i, j));
    let reach: f64 = match network.states() {
        States::PlusMinus => couplings.map(f64::abs).sum(),
        States::ZeroOne => {
            let (ups, downs): (Vec<f64>, Vec<f64>) = couplings.partition(|c| *c > 0.0);
            ups.iter().sum::<f64>().max(-downs.iter().sum::<f64>())
        }
    };
    reach + network.field(i).abs()
}

/// Evaluates `$body` with `$fields` bound to the fields of `$network` in whatever form they have.
macro_rules! with_fields {
    ($network:expr, $tie:expr, $fields:ident => $body:expr) => {{
        use $crate::landscape::form::AnyFields;
        match AnyFields::of($network, $tie) {
            AnyFields::Bits8($fields) => $body,
            AnyFields::Bits16($fields) => $body,
            AnyFields::Bits32($fields) => $body,
            AnyFields::Real($fields) => $body,
        }
    }};
}
pub(super) use with_fields;
