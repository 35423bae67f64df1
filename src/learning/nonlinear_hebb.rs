//! Hebb's rule with a nonlinear dependence on firing rates.

use super::sequence::check_length;
use super::{Apart, Pathway, Products, Recalls};
use crate::error::{Error, Result};
use crate::normal;
use crate::synapse::{Couplings, Wiring};
use serde::{Deserialize, Serialize};

/// Hebb's rule for firing rates (Lim et al. 2015; Pereira and Brunel 2018, eqs. 2 to 5):
///
/// ```text
/// J_ij = (A/N) sum_mu f(r_i^mu) g(r_j^mu),   r_i^mu = phi(xi_i^mu),   f(r) = ( 2 q - 1 + tanh( slope (r - at) ) ) / 2
/// ```
///
/// for graded patterns xi, the currents by which they reach the neurons, and the rates phi(xi) that they elicit; N is the
/// mean in-degree. Rates well above `at` are potentiated by q, those well below depressed by 1 - q. The image of a pattern
/// in the synapses is g(phi(xi)). With `recalls = "next"` each pattern recalls the following one, f(r_i^{mu+1}) g(r_j^mu);
/// without a transfer function r is xi itself, and without slopes f and g are steps (Gillett, Pereira and Brunel 2020).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NonlinearHebb {
    /// A, which the rule divides by the mean in-degree.
    pub strength: f64,
    /// phi, by which a current becomes a rate; left out, f and g are of the patterns themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transfer: Option<Logistic>,
    /// f, of the rate of the receiver.
    pub f: Sigmoid,
    /// g, of the rate of the sender.
    pub g: Sigmoid,
    /// What a pattern recalls.
    #[serde(default)]
    pub recalls: Recalls,
    /// Patterns of a sequence, so that every so many are one of their own; all of them if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length: Option<usize>,
}

/// phi(h) = r_max / (1 + exp(-beta (h - h0))).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Logistic {
    /// The largest rate.
    pub r_max: f64,
    /// Gain.
    pub beta: f64,
    /// The current of half the largest rate.
    pub h0: f64,
}

/// f(r) = ( 2 q - 1 + tanh( slope (r - at) ) ) / 2, from q - 1 to q; without a slope a step, q from `at` on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sigmoid {
    /// The largest value, 0 to 1; left out, the one by which f has the mean 0 over patterns.
    pub q: Option<f64>,
    /// Slope; left out, infinite.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slope: Option<f64>,
    /// The rate between depression and potentiation.
    pub at: f64,
}

impl NonlinearHebb {
    /// f(phi(xi)), g(phi(xi)).
    pub(crate) fn functions(&self) -> [impl Fn(f64) -> f64 + Sync + use<>; 2] {
        let phi = self.transfer;
        [self.f, self.g].map(|sigmoid| {
            let q = sigmoid.q(phi);
            move |xi| sigmoid.with(q, phi.map_or(xi, |phi| phi.at(xi)))
        })
    }

    /// The image g(phi(xi)) of a pattern, and the middle of its range.
    pub(crate) fn image(&self) -> (impl Fn(f64) -> f64 + use<>, f64) {
        let [_, g] = self.functions();
        (g, self.g.q(self.transfer) - 0.5)
    }

    fn check_values(&self) -> Result<()> {
        let [r_max, beta, h0] =
            self.transfer.map_or([None; 3], |phi| [phi.r_max, phi.beta, phi.h0].map(Some));
        let strength = Some(self.strength);
        let positive = [
            ("strength", strength, "the strength of the rule is positive", "3.55"),
            ("transfer.r_max", r_max, "the largest rate is positive", "76.0"),
            ("transfer.beta", beta, "the gain of a transfer function is positive", "0.8"),
            ("f.slope", self.f.slope, "the slope of f is positive", "0.3"),
            ("g.slope", self.g.slope, "the slope of g is positive", "0.3"),
        ];
        for (key, value, allowed, example) in positive {
            let Some(value) = value else { continue };
            if !(value > 0.0 && value.is_finite()) {
                let name = key.rsplit('.').next().unwrap_or(key);
                let found = format!("found {name} = {value}");
                let remedy = format!("write for example {name} = {example}");
                return Err(Error::input(found, allowed, remedy).at(key));
            }
        }
        let h0 = h0.unwrap_or_default();
        let finite = [("transfer.h0", h0), ("f.at", self.f.at), ("g.at", self.g.at)];
        if let Some((key, value)) = finite.into_iter().find(|(_, value)| !value.is_finite()) {
            let found = format!("found {value}");
            return Err(Error::input(found, "it is a number", "write for example 2.5").at(key));
        }
        for (key, q) in [("f.q", self.f.q), ("g.q", self.g.q)] {
            if let Some(q) = q.filter(|q| !(0.0..=1.0).contains(q)) {
                return Err(Error::input(
                    format!("found q = {q}"),
                    "the largest value of the sigmoid lies between 0 and 1",
                    "write for example q = 0.8, or delete it, which makes the mean 0",
                )
                .at(key));
            }
        }
        Ok(())
    }
}

impl Apart for NonlinearHebb {
    fn check(&self, _: &Wiring, patterns: usize) -> Result<()> {
        self.check_values()?;
        if self.length.is_some() && self.recalls == Recalls::Itself {
            let found = "found sequences of patterns that recall themselves";
            let remedy = "write recalls = \"next\", or delete the length";
            return Err(Error::input(found, "a pattern of a sequence recalls the next", remedy)
                .at("length"));
        }
        check_length(self.length, patterns)
    }

    fn learn(&self, pathway: &Pathway) -> Result<Couplings> {
        let [f, g] = self.functions();
        let products = Products::new(pathway.patterns()?, self.recalls.shown(self.length), f, g);
        let unit = self.strength / pathway.wiring.mean_in_degree();
        Ok(products.learn(unit, pathway.part, pathway))
    }
}

impl Logistic {
    /// phi(h).
    pub(crate) fn at(self, h: f64) -> f64 {
        self.r_max / (1.0 + libm::exp(-self.beta * (h - self.h0)))
    }

    /// The current that elicits the rate `r`; infinite where none does.
    fn inverse(self, r: f64) -> f64 {
        let r = r.clamp(0.0, self.r_max);
        self.h0 + libm::log(r / (self.r_max - r)) / self.beta
    }
}

impl Sigmoid {
    fn with(self, q: f64, r: f64) -> f64 {
        0.5 * (2.0 * q - 1.0 + self.centred(r))
    }

    /// tanh(slope (r - at)), or the sign.
    fn centred(self, r: f64) -> f64 {
        match self.slope {
            Some(slope) => libm::tanh(slope * (r - self.at)),
            None if r < self.at => -1.0,
            None => 1.0,
        }
    }

    /// q; where it is left out, the root of the mean over patterns, (1 - E tanh(slope (phi(z) - at))) / 2 for normal z.
    fn q(self, phi: Option<Logistic>) -> f64 {
        // A step has the share of patterns below it.
        let below = || {
            let z = phi.map_or(self.at, |phi| phi.inverse(self.at));
            normal::below(z)
        };
        // The trapezoidal rule is exact to rounding for a smooth function under a Gaussian.
        let mean = || {
            let at = |k: i32| f64::from(k) * 1e-3;
            let weight = |z: f64| libm::exp(-0.5 * z * z);
            let tanh = |z: f64| self.centred(phi.map_or(z, |phi| phi.at(z)));
            let points = || (-9000..=9000).map(at);
            let all: f64 = points().map(weight).sum();
            points().map(|z| weight(z) * tanh(z)).sum::<f64>() / all
        };
        match (self.q, self.slope) {
            (Some(q), _) => q,
            (None, Some(_)) => 0.5 * (1.0 - mean()),
            (None, None) => below(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The medians of the fits to inferotemporal neurons (Pereira and Brunel 2018).
    fn fitted() -> NonlinearHebb {
        let sigmoid = |q| Sigmoid { q, slope: Some(0.2818), at: 26.595 };
        NonlinearHebb {
            strength: 3.5506,
            transfer: Some(Logistic { r_max: 76.22, beta: 0.8236, h0: 2.4626 }),
            f: sigmoid(Some(0.8275)),
            g: sigmoid(None),
            recalls: Recalls::Itself,
            length: None,
        }
    }

    #[test]
    fn moments_of_the_fitted_rule_are_those_of_the_literature() {
        let rule = fitted();
        rule.check_values().unwrap();
        assert!((rule.g.q(rule.transfer) - 0.951).abs() < 5e-6);
        assert!((rule.transfer.unwrap().at(0.0) - 8.86).abs() < 5e-3);
        // Simpson's rule, another than that of q.
        let moment = |of: &dyn Fn(f64) -> f64| {
            let (n, h) = (20_000, 1e-3);
            let term = |k: usize| {
                let z = (k as f64 - 1e4) * h;
                let simpson = if k == 0 || k == n { 1.0 } else { 2.0 + 2.0 * (k % 2) as f64 };
                simpson * h / 3.0 * libm::exp(-0.5 * z * z) * of(z)
            };
            (0..=n).map(term).sum::<f64>() / std::f64::consts::TAU.sqrt()
        };
        let [f, g] = rule.functions();
        // Rounding of 20 000 summands.
        assert!(moment(&|z| g(z)).abs() < 2e-12);
        // Those of SciPy's quadrature to 1e-12; 0.033877 and 0.049131 belong to the fitted parameters with all their digits.
        assert!((moment(&|z| g(z).powi(2)) - 0.033_874_216).abs() < 1e-9);
        assert!((moment(&|z| f(z).powi(2)) - 0.049_126_600).abs() < 1e-9);
        let (image, middle) = rule.image();
        assert_eq!(image(1.3), g(1.3));
        // A neuron is in the foreground if the rate that the pattern elicits is above `at`.
        assert!(image(1.70) < middle && image(1.71) > middle);
    }

    #[test]
    fn without_a_slope_it_is_a_step_of_the_pattern_or_of_its_rate() {
        let step = |at| Sigmoid { q: None, slope: None, at };
        let phi = fitted().transfer;
        let rule = NonlinearHebb { transfer: None, g: step(1.645), ..fitted() };
        // The share of normal numbers below it (Gillett, Pereira and Brunel 2020: q_g = 0.95).
        assert!((rule.g.q(None) - 0.950_015_1).abs() < 1e-7);
        let (image, middle) = rule.image();
        assert_eq!([1.6, 1.645].map(&image), [rule.g.q(None) - 1.0, rule.g.q(None)]);
        assert!(image(1.6) < middle && image(1.645) > middle);
        // A steep slope is nearly one: the trapezoidal rule sees the step within its own.
        let steep = Sigmoid { slope: Some(1e6), ..step(20.0) };
        assert!((step(20.0).q(phi) - steep.q(phi)).abs() < 5e-4);
        assert_eq!([step(-1.0), step(100.0)].map(|step| step.q(phi)), [0.0, 1.0]);
    }
}
