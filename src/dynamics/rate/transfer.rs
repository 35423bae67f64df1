//! Transfer functions: from the input of a neuron to its activity.

#[cfg(test)]
mod tests;

use crate::error::{Error, Result};
use crate::normal;
use crate::siegert::Siegert;
use crate::units::{Time, Voltage};
use serde::{Deserialize, Serialize};

/// The activity phi(h) to which an input h drives a neuron. All never fall.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Transfer {
    /// phi(h) = gain h.
    Linear {
        /// Slope.
        #[serde(default = "one")]
        gain: f64,
    },
    /// phi(h) = gain max(h - threshold, 0).
    ThresholdLinear {
        /// Slope above the threshold.
        #[serde(default = "one")]
        gain: f64,
        /// Input above which a neuron is active.
        #[serde(default)]
        threshold: f64,
    },
    /// phi(h) = gain h, but at least `low` and at most `high`.
    Saturating {
        /// Smallest activity.
        #[serde(default = "minus_one")]
        low: f64,
        /// Largest activity.
        #[serde(default = "one")]
        high: f64,
        /// Slope in between.
        #[serde(default = "one")]
        gain: f64,
    },
    /// phi(h) = tanh(gain h).
    Tanh {
        /// Slope at 0.
        #[serde(default = "one")]
        gain: f64,
    },
    /// phi(h) = r_max / (1 + exp(-beta (h - h0))).
    Logistic {
        /// Largest activity.
        #[serde(default = "one")]
        r_max: f64,
        /// Steepness: the slope at h0 is beta r_max / 4.
        #[serde(default = "one")]
        beta: f64,
        /// Input of half the largest activity.
        #[serde(default)]
        h0: f64,
    },
    /// phi(h) = r_max (1 + erf((h - h0) / (sqrt(2) sigma))) / 2: the share of thresholds below h that are normal with mean h0
    /// and standard deviation sigma (Gillett, Pereira and Brunel 2020).
    Erf {
        /// Largest activity.
        #[serde(default = "one")]
        r_max: f64,
        /// Input of half the largest activity.
        #[serde(default)]
        h0: f64,
        /// Width: the slope at h0 is r_max / (sqrt(2 pi) sigma).
        #[serde(default = "one")]
        sigma: f64,
    },
    /// phi(h) = low below the threshold, high from it on.
    Step {
        /// Input from which on a neuron is active.
        #[serde(default)]
        threshold: f64,
        /// Activity below.
        #[serde(default)]
        low: f64,
        /// Activity above.
        #[serde(default = "one")]
        high: f64,
    },
    /// The rate in Hz of a leaky integrate-and-fire neuron whose potential has the mean h (mV above rest) and the standard
    /// deviation sigma/sqrt(2) without threshold (Siegert 1951).
    Lif {
        /// Membrane time constant.
        tau_m: Time,
        /// Threshold, above rest.
        theta: Voltage,
        /// Potential after a spike, above rest.
        v_reset: Voltage,
        /// Refractory period.
        t_ref: Time,
        /// Amplitude of the white noise.
        sigma: Voltage,
    },
}

/// The least and the largest size of a number that is not 0.
const LEAST: f64 = 1e-30;
const MOST: f64 = 1e30;

fn one() -> f64 {
    1.0
}

fn minus_one() -> f64 {
    -1.0
}

impl Transfer {
    /// phi(h).
    #[inline]
    pub fn value(&self, h: f64) -> f64 {
        match *self {
            Self::Linear { gain } => gain * h,
            Self::ThresholdLinear { gain, threshold } => gain * (h - threshold).max(0.0),
            Self::Saturating { low, high, gain } => (gain * h).clamp(low, high),
            Self::Tanh { gain } => libm::tanh(gain * h),
            Self::Logistic { r_max, beta, h0 } => r_max / (1.0 + libm::exp(-beta * (h - h0))),
            Self::Erf { r_max, h0, sigma } => r_max * normal::below((h - h0) / sigma),
            Self::Step { threshold, low, high } => {
                if h < threshold {
                    low
                } else {
                    high
                }
            }
            Self::Lif { sigma, .. } => self.neuron().rate(h, sigma.value(), 0.0),
        }
    }

    /// phi'(h); at a corner the slope above it, and 0 of a step.
    pub fn slope(&self, h: f64) -> f64 {
        match *self {
            Self::Linear { gain } => gain,
            Self::ThresholdLinear { gain, threshold } => {
                if h < threshold {
                    0.0
                } else {
                    gain
                }
            }
            Self::Saturating { low, high, gain } => {
                if (low..high).contains(&(gain * h)) {
                    gain
                } else {
                    0.0
                }
            }
            Self::Tanh { gain } => {
                let r = libm::tanh(gain * h);
                gain * (1.0 - r * r)
            }
            Self::Logistic { r_max, beta, .. } => {
                let share = self.value(h) / r_max;
                beta * r_max * share * (1.0 - share)
            }
            Self::Erf { r_max, h0, sigma } => r_max / sigma * normal::density((h - h0) / sigma),
            Self::Step { .. } => 0.0,
            // Balances rounding and curvature of a function that is known to 1e-13.
            Self::Lif { sigma, .. } => {
                let step = 1e-4 * (1.0 + sigma.value());
                (self.value(h + step) - self.value(h - step)) / (2.0 * step)
            }
        }
    }

    /// The smallest and the largest activity; infinite where there is none.
    pub fn range(&self) -> (f64, f64) {
        match *self {
            Self::Linear { .. } => (f64::NEG_INFINITY, f64::INFINITY),
            Self::ThresholdLinear { .. } => (0.0, f64::INFINITY),
            Self::Saturating { low, high, .. } | Self::Step { low, high, .. } => (low, high),
            Self::Tanh { .. } => (-1.0, 1.0),
            Self::Logistic { r_max, .. } | Self::Erf { r_max, .. } => (0.0, r_max),
            Self::Lif { t_ref, .. } => (0.0, 1000.0 / t_ref.value()),
        }
    }

    /// An input with phi(h) = r: the one nearest to 0 where there are several, infinite at the ends of a range that is only
    /// approached. None of a step and of integrate-and-fire neurons.
    pub fn inverse(&self, r: f64) -> Option<f64> {
        match *self {
            Self::Linear { gain } | Self::Saturating { gain, .. } => Some(r / gain),
            Self::ThresholdLinear { gain, threshold } => Some(threshold + r / gain),
            Self::Tanh { gain } => Some(libm::atanh(r) / gain),
            Self::Logistic { r_max, beta, h0 } => Some(h0 + libm::log(r / (r_max - r)) / beta),
            Self::Erf { r_max, h0, sigma } => Some(h0 + sigma * normal::quantile(r / r_max)),
            Self::Step { .. } | Self::Lif { .. } => None,
        }
    }

    /// An input that drives a neuron to the activity `r`, or of a step to the level nearer to it; infinite at the ends of a
    /// range that is only approached.
    pub(super) fn input_for(&self, r: f64) -> f64 {
        match *self {
            Self::Step { threshold, low, high } => {
                threshold + if r > 0.5 * (low + high) { 1.0 } else { -1.0 }
            }
            Self::Lif { theta, sigma, .. } => {
                let reach = 1000.0 * (1.0 + theta.value().abs() + sigma.value());
                let (mut below, mut above) = (-reach, reach);
                while above - below > 1e-12 * reach {
                    let middle = 0.5 * (below + above);
                    *(if self.value(middle) < r { &mut below } else { &mut above }) = middle;
                }
                above
            }
            _ => self.inverse(r).unwrap_or(f64::INFINITY),
        }
    }

    /// The cost G(r) of an activity: the integral of the inverse of phi from an activity of the range to `r`, infinite beyond
    /// the range (Cohen and Grossberg 1983, Hopfield 1984). None of integrate-and-fire neurons.
    pub fn cost(&self, r: f64) -> Option<f64> {
        let (low, high) = self.range();
        if r < low || r > high {
            return Some(f64::INFINITY);
        }
        let entropy = |x: f64| if x > 0.0 { x * libm::log(x) } else { 0.0 };
        match *self {
            Self::Linear { gain } | Self::Saturating { gain, .. } => Some(0.5 * r * r / gain),
            Self::ThresholdLinear { gain, threshold } => Some(0.5 * r * r / gain + threshold * r),
            Self::Tanh { gain } => Some(0.5 * (entropy(1.0 + r) + entropy(1.0 - r)) / gain),
            Self::Logistic { r_max, beta, h0 } => {
                let mixing = entropy(r / r_max) + entropy(1.0 - r / r_max);
                Some(h0 * r + r_max / beta * mixing)
            }
            Self::Erf { r_max, h0, sigma } => {
                let z = normal::quantile(r / r_max);
                Some(h0 * r - sigma * r_max * normal::density(z))
            }
            Self::Step { threshold, .. } => Some(threshold * r),
            Self::Lif { .. } => None,
        }
    }

    /// The inputs at which phi has a corner or a step, ascending.
    pub(super) fn edges(&self) -> Vec<f64> {
        match *self {
            Self::ThresholdLinear { threshold, .. } | Self::Step { threshold, .. } => {
                vec![threshold]
            }
            Self::Saturating { low, high, gain } => vec![low / gain, high / gain],
            Self::Linear { .. }
            | Self::Tanh { .. }
            | Self::Logistic { .. }
            | Self::Erf { .. }
            | Self::Lif { .. } => Vec::new(),
        }
    }

    /// Whether phi is linear between its edges.
    pub(super) fn is_piecewise_linear(&self) -> bool {
        use Transfer::{Erf, Lif, Logistic, Tanh};
        !matches!(self, Tanh { .. } | Logistic { .. } | Erf { .. } | Lif { .. })
    }

    /// phi(h) by the formula that holds between two edges, wherever h lies; `piece` counts them from below.
    #[inline]
    pub(super) fn extended(&self, h: f64, piece: u8) -> f64 {
        match (*self, piece) {
            (Self::ThresholdLinear { .. }, 0) => 0.0,
            (Self::ThresholdLinear { gain, threshold }, _) => gain * (h - threshold),
            (Self::Saturating { low, .. } | Self::Step { low, .. }, 0) => low,
            (Self::Saturating { gain, .. }, 1) => gain * h,
            (Self::Saturating { high, .. } | Self::Step { high, .. }, _) => high,
            _ => self.value(h),
        }
    }

    fn neuron(&self) -> Siegert {
        let Self::Lif { tau_m, theta, v_reset, t_ref, .. } = *self else {
            unreachable!("only this one is a neuron")
        };
        Siegert {
            tau_m: tau_m.value(),
            theta: theta.value(),
            v_reset: v_reset.value(),
            t_ref: t_ref.value(),
        }
    }

    /// As a model calls it.
    fn name(&self) -> &'static str {
        match self {
            Self::Linear { .. } => "linear",
            Self::ThresholdLinear { .. } => "threshold_linear",
            Self::Saturating { .. } => "saturating",
            Self::Tanh { .. } => "tanh",
            Self::Logistic { .. } => "logistic",
            Self::Erf { .. } => "erf",
            Self::Step { .. } => "step",
            Self::Lif { .. } => "lif",
        }
    }

    /// Its parameters without a unit, and whether each must be above 0.
    fn numbers(&self) -> Vec<(&'static str, f64, bool)> {
        match *self {
            Self::Linear { gain } | Self::Tanh { gain } => vec![("gain", gain, true)],
            Self::ThresholdLinear { gain, threshold } => {
                vec![("gain", gain, true), ("threshold", threshold, false)]
            }
            Self::Saturating { low, high, gain } => {
                vec![("gain", gain, true), ("low", low, false), ("high", high, false)]
            }
            Self::Logistic { r_max, beta, h0 } => {
                vec![("r_max", r_max, true), ("beta", beta, true), ("h0", h0, false)]
            }
            Self::Erf { r_max, h0, sigma } => {
                vec![("r_max", r_max, true), ("sigma", sigma, true), ("h0", h0, false)]
            }
            Self::Step { threshold, low, high } => {
                vec![("threshold", threshold, false), ("low", low, false), ("high", high, false)]
            }
            Self::Lif { .. } => Vec::new(),
        }
    }

    /// Refuses parameters without a meaning.
    pub(super) fn check(&self) -> Result<()> {
        let name = self.name();
        for (key, value, rises) in self.numbers() {
            if !value.is_finite() || (rises && value <= 0.0) {
                let allowed = match rises {
                    true => "a transfer function rises, so it is above 0 and finite",
                    false => "it is a finite number",
                };
                return Err(
                    Error::value(key, format!("found {value}"), allowed, "1.0").within(name)
                );
            }
            if value != 0.0 && !(LEAST..=MOST).contains(&value.abs()) {
                let allowed =
                    "beyond 1e-30 and 1e30 products of slopes and couplings are no numbers";
                let found = format!("found {value:e}");
                return Err(Error::value(key, found, allowed, "1.0").within(name));
            }
        }
        match *self {
            Self::Saturating { low, high, .. } | Self::Step { low, high, .. } if low >= high => {
                Err(Error::input(
                    format!("found activities from {low} to {high}"),
                    "the largest activity is above the smallest",
                    "write for example low = -1.0 and high = 1.0",
                )
                .at("high")
                .within(name))
            }
            Self::Lif { tau_m, theta, v_reset, t_ref, sigma } => {
                tau_m.positive("a time constant").map_err(|e| e.at("lif.tau_m"))?;
                t_ref.positive_or_zero("a refractory period").map_err(|e| e.at("lif.t_ref"))?;
                if v_reset.value() >= theta.value() {
                    return Err(Error::input(
                        format!("found a reset to {v_reset} at the threshold of {theta} or above"),
                        "the potential after a spike is below the threshold",
                        "write for example v_reset = \"10 mV\"",
                    )
                    .at("lif.v_reset"));
                }
                if sigma.value() < 0.0 {
                    let found = format!("found {sigma}");
                    let allowed = "the amplitude of noise is 0 or larger";
                    return Err(Error::value("sigma", found, allowed, "\"5 mV\"").within(name));
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }
}
