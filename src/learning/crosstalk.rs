//! How well couplings keep a pattern: the fields at the pattern.

use crate::pattern::Patterns;
use crate::synapse::Couplings;

/// Pattern mu as a state of -1 and 1.
pub fn signed(patterns: &Patterns, mu: usize) -> Vec<f64> {
    let mut state = vec![-1.0; patterns.neurons()];
    patterns.foreground(mu).iter().for_each(|&i| state[i as usize] = 1.0);
    state
}

/// The fields J xi of all receivers while the senders are in pattern mu, of -1 and 1.
fn fields(couplings: &Couplings, senders: &Patterns, mu: usize) -> impl Iterator<Item = f64> {
    let state = signed(senders, mu);
    let fields = couplings.fields(&state);
    let own = move |i: usize| state.get(i).copied().unwrap_or(0.0);
    (0..couplings.receivers()).map(move |i| couplings.unit() * couplings.field(&fields, i, own(i)))
}

/// The crosstalk of the other patterns at pattern mu, the field minus xi_i^mu for patterns of -1 and 1 (Hertz,
/// Krogh and Palmer 1991, eq. 2.12).
///
/// With Hebb's rule and self-coupling it is zero for orthogonal patterns. For P random ones it scatters with
/// variance (P - 1)/N; self-coupling adds (P - 1)/N xi_i, and its absence -1/N xi_i.
pub fn crosstalk(
    couplings: &Couplings,
    receivers: &Patterns,
    senders: &Patterns,
    mu: usize,
) -> Vec<f64> {
    let xi = signed(receivers, mu);
    fields(couplings, senders, mu).zip(xi).map(|(field, xi)| field - xi).collect()
}

/// Number of neurons, summed over all patterns of -1 and 1, whose field at the pattern does not have the
/// pattern's sign; a field of 0 counts as wrong.
pub fn unstable(couplings: &Couplings, receivers: &Patterns, senders: &Patterns) -> usize {
    (0..senders.number())
        .map(|mu| {
            let xi = signed(receivers, mu);
            fields(couplings, senders, mu).zip(xi).filter(|(field, xi)| field * xi <= 0.0).count()
        })
        .sum()
}
