//! What a neuron receives through a projection, on average over all ways in which the projection may be wired.

use super::{Plan, Projection, Source};
use crate::error::Result;
use crate::synapse::Connect;

/// The synapses of a projection onto one of its receivers, before any random choice.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Afferents {
    /// Mean number of connected senders.
    pub number: f64,
    /// Mean efficacy of a connected pair, mV.
    pub efficacy: f64,
    /// Mean square of it, mV^2.
    pub square: f64,
    /// The probability that a pair of neurons is connected, where each is connected at most once; otherwise 0.
    pub share: f64,
    /// Whether all in-degrees are the same.
    pub fixed: bool,
}

impl Plan<'_> {
    /// What one neuron receives through `projection`; none if it or its efficacies are not drawn, or
    /// not for all receivers alike.
    pub(crate) fn afferents(&self, projection: &Projection) -> Result<Option<Afferents>> {
        if projection.file().is_some()
            || !projection.dale
            || matches!(projection.connect, Connect::Assemblies(_) | Connect::Distance(_))
        {
            return Ok(None);
        }
        let Source::Given(efficacy) = projection.source() else { return Ok(None) };
        let Some((efficacy, square)) = efficacy.moments() else { return Ok(None) };
        Ok(Some(Afferents { efficacy, square, ..self.afferents_of(projection, efficacy)? }))
    }

    /// The same if all its synapses had this `efficacy` (mV).
    pub(crate) fn afferents_of(&self, projection: &Projection, efficacy: f64) -> Result<Afferents> {
        let wiring = self.wiring(projection)?;
        let number = wiring.expected() / wiring.receivers as f64;
        let fixed = !matches!(projection.connect, Connect::Probability(_) | Connect::Total(_));
        let share = if wiring.multapses { 0.0 } else { number / wiring.senders as f64 };
        Ok(Afferents { number, efficacy, square: efficacy * efficacy, share, fixed })
    }
}

impl Afferents {
    /// One synapse of this efficacy (mV).
    pub fn one(efficacy: f64) -> Self {
        Self { number: 1.0, efficacy, square: efficacy * efficacy, share: 1.0, fixed: true }
    }

    /// Variance from receiver to receiver of sum_j J_ij nu_j (mV^2 Hz^2), for senders whose rates have this `mean` (Hz)
    /// and mean `square`.
    ///
    /// ```text
    /// K (<J^2> <nu^2> - <J>^2 (p <nu^2> + (1 - p) <nu>^2))
    /// ```
    ///
    /// With a Bernoulli graph, or a fixed total of synapses alone, the last term is absent.
    pub fn variance(&self, mean: f64, square: f64) -> f64 {
        let spread = if self.fixed { (1.0 - self.share) * mean * mean } else { 0.0 };
        let known = self.efficacy.powi(2) * (self.share * square + spread);
        self.number * (self.square * square - known)
    }
}

#[cfg(test)]
mod tests {
    use crate::model::Document;

    /// The sums over the rows of a wired network against what was expected of them.
    #[test]
    fn a_wired_network_has_the_moments_that_are_expected() {
        for (connect, efficacy) in [
            ("{ probability = 0.1 }", "\"0.1 mV\""),
            ("{ probability = 0.3 }", "{ lognormal = { mean = \"0.1 mV\", cv = 0.5 } }"),
            ("{ in_degree = 50 }", "{ normal = { mean = \"-0.1 mV\", sd = \"0.1 mV\" } }"),
            ("{ in_degree = 300 }", "\"0.1 mV\""),
            ("{ total = 150000 }\nmultapses = true", "\"0.1 mV\""),
            (
                "{ in_degree = 80 }",
                "{ normal = { mean = \"-0.1 mV\", sd = \"0.1 mV\", min = \"-0.2 mV\", max = \"0.05 mV\" } }",
            ),
            ("{ in_degree = 100 }", "{ exponential = { mean = \"-0.2 mV\" } }"),
            ("\"all_to_all\"", "{ uniform = [\"0.1 mV\", \"0.5 mV\"] }"),
        ] {
            let text = format!(
                "title = 't'\nsource = 's'\nshows = 'x'\n[population]\nE = {{ size = 400 }}\nF = {{ size = 3000 }}\n\
                 [dynamics.spiking]\nE = {{ {CELL} }}\nF = {{ {CELL} }}\n\
                 [projection.P]\nfrom = 'E'\nto = 'F'\nconnect = {connect}\nefficacy = {efficacy}\ndelay = '1 ms'\n\
                 tau_syn = '0 ms'\n[[protocol]]\nname = 'rest'\nduration = '1 s'\n"
            );
            let model = Document::new("test.toml".as_ref(), text, &[]).unwrap().model().unwrap();
            let network = model.wire(&model.draw_patterns()).unwrap();
            let mut sums = vec![(0.0, 0.0); 3000];
            let wired = network.projections[0].delayed().unwrap();
            for (rows, block) in wired.bundles[0].blocks.iter().zip(&wired.blocks) {
                for sender in 0..400 {
                    for (target, efficacy) in rows.synapses_of(sender) {
                        // Senders of two kinds: rates 1 and 3, mean 2 and mean square 5.
                        let rate = if sender % 2 == 0 { 1.0 } else { 3.0 };
                        let sum = &mut sums[block.start + target];
                        *sum = (sum.0 + efficacy * rate, sum.1 + efficacy * efficacy * rate);
                    }
                }
            }
            let mean = |f: &dyn Fn(&(f64, f64)) -> f64| sums.iter().map(f).sum::<f64>() / 3000.0;
            let afferents = model.plan().afferents(&model.projection["P"]).unwrap().unwrap();
            let (first, second) = (mean(&|s| s.0), mean(&|s| s.1));
            let variance = mean(&|s| (s.0 - first).powi(2));
            let expected = afferents.variance(2.0, 5.0);
            let se = (expected / 3000.0).sqrt();
            let off = first - 2.0 * afferents.number * afferents.efficacy;
            assert!(off.abs() < 5.0 * se.max(1e-9), "{connect} {efficacy}: mean off by {off}");
            let squares = 2.0 * afferents.number * afferents.square;
            assert!((second / squares - 1.0).abs() < 0.02, "{second} {squares}");
            // The relative s.e. of a variance is sqrt(2/3000) = 2.6 %.
            assert!(
                (variance / expected - 1.0).abs() < 0.11,
                "{connect} {efficacy}: {variance} {expected}"
            );
        }
    }

    const CELL: &str = "tau_m = '20 ms', theta = '20 mV', v_reset = '0 mV', t_ref = '2 ms'";
}
