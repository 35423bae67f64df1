//! How similarities to memories are separated.

use super::memories::softmax;
use crate::tape::on_tape;

/// The function F of the similarity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Separation {
    /// a^n; if rectified, 0 of what is negative.
    Polynomial { degree: u32, rectified: bool },
    /// exp(a).
    Exponential,
}

/// What a pattern gains if its similarity rises by 2, F(a + 2) - F(a), and loses if it falls by 2, F(a) - F(a - 2); of all
/// patterns in one unit.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Differences {
    pub up: Vec<f64>,
    pub down: Vec<f64>,
}

on_tape!(Differences { ; each up, down });

impl Separation {
    /// The differences at the similarities `a`.
    pub fn differences(self, a: &[f64], out: &mut Differences) {
        let Differences { up, down } = out;
        up.clear();
        down.clear();
        match self {
            Self::Polynomial { .. } => {
                let largest = a.iter().fold(0.0, |most: f64, a| most.max(a.abs()));
                // A power of two, so that sums of small powers of whole numbers stay exact, and ties are ties.
                let unit = libm::exp2(libm::ceil(libm::log2(largest + 2.0)));
                let f = |a: f64| self.power(a / unit);
                up.extend(a.iter().map(|&a| f(a + 2.0) - f(a)));
                down.extend(a.iter().map(|&a| f(a) - f(a - 2.0)));
            }
            Self::Exponential => {
                let largest = a.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                let (rise, fall) = (libm::expm1(2.0), -libm::expm1(-2.0));
                let weights = a.iter().map(|a| libm::exp(a - largest));
                up.extend(weights);
                down.extend(up.iter().map(|weight| weight * fall));
                up.iter_mut().for_each(|weight| *weight *= rise);
            }
        }
    }

    /// The energy of `neurons` neurons: -N sum_mu (a^mu / N)^n, or -ln sum_mu exp(a^mu).
    pub fn energy(self, a: &[f64], neurons: usize) -> f64 {
        let n = neurons as f64;
        match self {
            Self::Polynomial { .. } => -n * a.iter().map(|a| self.power(a / n)).sum::<f64>(),
            Self::Exponential => -softmax(1.0, a).1,
        }
    }

    fn power(self, a: f64) -> f64 {
        match self {
            Self::Polynomial { rectified: true, .. } if a < 0.0 => 0.0,
            // Multiplied out: the bits of `powi` may differ from machine to machine.
            Self::Polynomial { degree, .. } => (1..degree).fold(a, |power, _| power * a),
            Self::Exponential => libm::exp(a),
        }
    }
}
