//! Classes: the neurons of a population that differ only by chance once it is known which patterns they belong to.
//!
//! With one of P random patterns of coding level a active, a neuron is in its foreground with probability a, and belongs to k
//! of the other P - 1 with the binomial probability of k; neither says which ones.

/// Neurons with the same number of patterns.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Class {
    /// Whether they are in the foreground of the active pattern.
    pub foreground: bool,
    /// How many others they belong to.
    pub others: f64,
    /// Their share of the population.
    pub weight: f64,
}

impl Class {
    /// How many patterns they belong to.
    pub fn memberships(&self) -> f64 {
        self.others + f64::from(u8::from(self.foreground))
    }
}

/// Random patterns.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Memories {
    /// P.
    pub number: f64,
    /// a.
    pub level: f64,
}

/// Half the range of k and its steps, in standard deviations: sums over a normal distribution are exact to 1e-6 so.
const REACH: f64 = 4.5;
const STEP: f64 = 1.1;

impl Memories {
    /// The classes; values of k are left out where their neighbours say the same.
    pub fn classes(&self) -> Vec<Class> {
        let (q, a) = (self.others(), self.level);
        let sd = (q * a * (1.0 - a)).sqrt();
        let stride = (STEP * sd).floor().max(1.0);
        let lowest = (q * a - REACH * sd).floor().max(0.0);
        let highest = (q * a + REACH * sd + 1.0).floor().min(q);
        let mut all: Vec<(f64, f64)> = Vec::new();
        let mut k = lowest;
        while k <= highest {
            let choose = libm::lgamma(q + 1.0) - libm::lgamma(k + 1.0) - libm::lgamma(q - k + 1.0);
            let power = |n: f64, p: f64| if n == 0.0 { 0.0 } else { n * libm::log(p) };
            all.push((k, libm::exp(choose + power(k, a) + power(q - k, 1.0 - a))));
            k += stride;
        }
        let total: f64 = all.iter().map(|(_, w)| w).sum();
        let class = |foreground: bool, share: f64| {
            move |&(others, w): &(f64, f64)| Class { foreground, others, weight: share * w / total }
        };
        all.iter().map(class(true, a)).chain(all.iter().map(class(false, 1.0 - a))).collect()
    }

    /// P - 1.
    pub fn others(&self) -> f64 {
        self.number - 1.0
    }
}
