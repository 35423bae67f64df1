//! Short-term plasticity: every spike uses up resources and, for a while, makes the next more effective.

use crate::error::{Error, Result};
use crate::tape::on_tape;
use crate::units::Time;
use serde::{Deserialize, Serialize};

/// Depression and facilitation of a projection (Tsodyks and Markram 1997; Mongillo et al. 2008).
///
/// ```text
/// dx/dt = (1 - x)/tau_d        du/dt = (U - u)/tau_f
/// spike: u += U (1 - u), J u x is delivered, x -= u x
///    or: J u x is delivered, x -= u x, u += U (1 - u)      release = "before_jump"
/// ```
///
/// x is the share of the resources that is available, u the share of them that a spike uses. Both belong to
/// the sending neuron: all synapses that it has in the projection share them. Models differ in whether a spike uses u as it
/// was before its own jump (Hansel and Mato 2013; Zenke et al. 2015) or after it (Mongillo et al. 2008).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ShortTerm {
    /// U, the share at rest and the growth of u at a spike, above 0 and at most 1.
    #[serde(rename = "U")]
    pub utilisation: f64,
    /// Time constant of the recovery of x.
    pub tau_d: Time,
    /// Time constant of the return of u to U.
    pub tau_f: Time,
    /// Which u a spike uses: as its own jump leaves it, or as it was before.
    #[serde(default, skip_serializing_if = "is_after_jump")]
    pub release: Release,
}

/// Which u a spike uses.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Release {
    /// That after its jump.
    #[default]
    AfterJump,
    /// That before its jump: U at rest.
    BeforeJump,
}

fn is_after_jump(release: &Release) -> bool {
    *release == Release::AfterJump
}

impl ShortTerm {
    /// Refuses a utilisation outside 0 to 1, and time constants that are not positive.
    pub(crate) fn check(&self) -> Result<()> {
        if !(self.utilisation > 0.0 && self.utilisation <= 1.0) {
            let found = format!("found U = {}", self.utilisation);
            let allowed = "the utilisation is above 0 and at most 1";
            return Err(Error::value("U", found, allowed, "0.2"));
        }
        self.tau_d
            .positive("a time constant of depression")
            .map_err(|e| e.mended("write for example \"200 ms\"").at("tau_d"))?;
        self.tau_f
            .positive("a time constant of facilitation")
            .map_err(|e| e.mended("write for example \"1500 ms\"").at("tau_f"))?;
        Ok(())
    }
}

/// The resources of one sending neuron, as its last spike left them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Resources {
    u: f64,
    x: f64,
    /// Time of the last spike, ms.
    last: f64,
}

on_tape!(Resources { u, x, last });

impl Resources {
    /// Whether they can be those of a neuron at `time` (ms).
    pub(crate) fn is_possible(&self, time: f64) -> bool {
        // Give or take rounding.
        let share = -1e-9..1.0 + 1e-9;
        share.contains(&self.u) && share.contains(&self.x) && self.last <= time
    }

    /// Those of a neuron that has never fired: u = U, x = 1.
    pub fn rested(section: &ShortTerm) -> Self {
        Self { u: section.utilisation, x: 1.0, last: f64::NEG_INFINITY }
    }

    /// A spike at `time` (ms), not before the last one; returns u x, which scales its efficacies.
    pub fn spike(&mut self, section: &ShortTerm, time: f64) -> f64 {
        let since = time - self.last;
        let rest = section.utilisation;
        let u = rest + (self.u - rest) * libm::exp(-since / section.tau_f.value());
        let x = 1.0 + (self.x - 1.0) * libm::exp(-since / section.tau_d.value());
        self.u = u + rest * (1.0 - u);
        let used = x * if section.release == Release::BeforeJump { u } else { self.u };
        self.x = x - used;
        self.last = time;
        used
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(utilisation: f64, tau_d: f64, tau_f: f64) -> ShortTerm {
        let release = Release::AfterJump;
        ShortTerm { utilisation, tau_d: Time::new(tau_d), tau_f: Time::new(tau_f), release }
    }

    /// The fixed points of u and x for spikes every T ms, with e_f = e^{-T/tau_f} and e_d = e^{-T/tau_d}:
    /// u = (U + (1 - U) U (1 - e_f)) / (1 - (1 - U) e_f) at the spike, x = (1 - e_d) / (1 - (1 - u) e_d) before it;
    /// u before the jump is U + (u - U) e_f.
    #[test]
    fn a_regular_train_comes_to_the_closed_form() {
        for (big, tau_d, tau_f) in [(0.2, 200.0, 1500.0), (0.5, 800.0, 20.0), (1.0, 100.0, 1.0)] {
            let section = section(big, tau_d, tau_f);
            for interval in [5.0, 50.0, 500.0] {
                let mut resources = Resources::rested(&section);
                let mut used = 0.0;
                for k in 0..5000 {
                    used = resources.spike(&section, f64::from(k) * interval);
                }
                let (e_f, e_d) = (libm::exp(-interval / tau_f), libm::exp(-interval / tau_d));
                let u = (big + (1.0 - big) * big * (1.0 - e_f)) / (1.0 - (1.0 - big) * e_f);
                let x = (1.0 - e_d) / (1.0 - (1.0 - u) * e_d);
                assert!((used - u * x).abs() < 1e-12, "{big} {interval}: {used} {}", u * x);
                let section = ShortTerm { release: Release::BeforeJump, ..section };
                let mut resources = Resources::rested(&section);
                for k in 0..5000 {
                    used = resources.spike(&section, f64::from(k) * interval);
                }
                let u = big + (u - big) * e_f;
                let x = (1.0 - e_d) / (1.0 - (1.0 - u) * e_d);
                assert!((used - u * x).abs() < 1e-12, "{big} {interval}: {used} {}", u * x);
            }
        }
    }

    #[test]
    fn the_first_spikes_follow_the_equations_and_a_long_rest_forgets_them() {
        let section = section(0.2, 200.0, 1500.0);
        let mut resources = Resources::rested(&section);
        // u = 0.2 + 0.2 * 0.8, all resources there.
        let first = resources.spike(&section, 3.0);
        assert!((first - 0.36).abs() < 1e-15);
        // 200 ms later x has recovered from 0.64 to 1 - 0.36/e, u has relaxed from 0.36.
        let second = resources.spike(&section, 203.0);
        let u = 0.2 + 0.16 * libm::exp(-200.0 / 1500.0);
        let u = u + 0.2 * (1.0 - u);
        assert!((second - u * (1.0 - 0.36 * libm::exp(-1.0))).abs() < 1e-15);
        assert!((resources.spike(&section, 1e6) - first).abs() < 1e-15);
        // Before its jump the first spike finds U, and the second what one jump has left.
        let early = ShortTerm { release: Release::BeforeJump, ..section };
        let mut before = Resources::rested(&early);
        assert!((before.spike(&early, 3.0) - 0.2).abs() < 1e-15);
        let u = 0.2 + 0.16 * libm::exp(-200.0 / 1500.0);
        let second = before.spike(&early, 203.0);
        assert!((second - u * (1.0 - 0.2 * libm::exp(-1.0))).abs() < 1e-15);
        // Two spikes at one instant: the second finds what the first left.
        let mut twice = Resources::rested(&section);
        twice.spike(&section, 1.0);
        let u = 0.36 + 0.2 * 0.64;
        assert!((twice.spike(&section, 1.0) - u * 0.64).abs() < 1e-15);
    }

    #[test]
    fn impossible_sections_are_refused() {
        for (section, reason) in [
            (section(0.0, 1.0, 1.0), "U = 0;"),
            (section(1.1, 1.0, 1.0), "U = 1.1;"),
            (section(f64::NAN, 1.0, 1.0), "U = NaN;"),
            (section(0.5, 0.0, 1.0), "depression of 0 ms"),
            (section(0.5, 1.0, 0.0), "facilitation of 0 ms"),
        ] {
            let message = section.check().unwrap_err().to_string();
            assert!(message.contains(reason), "{message}");
        }
    }
}
