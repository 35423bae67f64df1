//! The response of the membrane in closed form, written otherwise than in the engine.

/// V(u) due to a synaptic current that starts at 1 mV at u = 0 and decays with `tau_r`, in a form
/// without singularity at tau_r = tau_m:
///
/// ```text
/// (e^{-u/tau_r} - e^{-u/tau_m}) / (tau_m (1/tau_m - 1/tau_r))
///     = (u/tau_m) e^{-mean} sinh(d)/d      mean, d = u (1/tau_m +- 1/tau_r) / 2
/// ```
pub fn response(u: f64, tau_m: f64, tau_r: f64) -> f64 {
    let mean = 0.5 * u * (1.0 / tau_m + 1.0 / tau_r);
    let d = 0.5 * u * ((tau_r - tau_m) / (tau_m * tau_r));
    let ratio = if d == 0.0 { 1.0 } else { d.sinh() / d };
    u / tau_m * (-mean).exp() * ratio
}

/// The postsynaptic potential of an arrival of 1 mV at u = 0: its area is tau_m.
pub fn psp(u: f64, tau_m: f64, tau_r: f64) -> f64 {
    if u <= 0.0 { 0.0 } else { tau_m / tau_r * response(u, tau_m, tau_r) }
}

/// When the postsynaptic potential is largest: tau_m tau_r ln(tau_r/tau_m) / (tau_r - tau_m).
pub fn peak_time(tau_m: f64, tau_r: f64) -> f64 {
    let x = (tau_r - tau_m) / tau_m;
    if x == 0.0 { tau_m } else { tau_r * x.ln_1p() / x }
}
