//! Long-term plasticity: efficacies that change while the network runs, at spikes.

use crate::error::{Error, Result};
use crate::units::{Rate, Time, Voltage};
use serde::{Deserialize, Serialize};

/// How spikes change the efficacy of the synapse that they meet, w = |J|, between 0 and `max`.
///
/// A synapse has traces of what arrives along it, r, and of the spikes of its receiver, o. Each jumps by 1 and decays. What
/// arrives is delivered first, with w as it stands, and then changes w; then its trace jumps. Likewise of a spike of the receiver.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Plasticity {
    /// Pairs of spikes (Gerstner et al. 1996; Song, Miller and Abbott 2000).
    Pair(Pair),
    /// Triplets of spikes (Pfister and Gerstner 2006).
    Triplet(Triplet),
    /// Inhibitory synapses that keep their receiver at a rate (Vogels et al. 2011).
    Inhibitory(Inhibitory),
}

/// What arrives: w -= `depression` o; a spike of the receiver: w += `potentiation` r.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pair {
    /// For a spike right after an arrival.
    pub potentiation: Voltage,
    /// For an arrival right after a spike.
    pub depression: Voltage,
    /// Time constant of r.
    pub tau_pre: Time,
    /// Time constant of o.
    pub tau_post: Time,
    /// The largest efficacy.
    pub max: Voltage,
    /// Whether changes become small towards the bounds: potentiation times 1 - w/`max`, depression times w/`max`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub soft: bool,
}

/// What arrives: w -= o1 (`pair_depression` + `triplet_depression` r2); a spike of the receiver: w += r1
/// (`pair_potentiation` + `triplet_potentiation` o2). r1, r2, o1 and o2 decay with tau_plus, tau_x, tau_minus and tau_y.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Triplet {
    /// A2+.
    pub pair_potentiation: Voltage,
    /// A3+.
    pub triplet_potentiation: Voltage,
    /// A2-.
    pub pair_depression: Voltage,
    /// A3-.
    pub triplet_depression: Voltage,
    /// Time constant of r1.
    pub tau_plus: Time,
    /// Time constant of r2.
    pub tau_x: Time,
    /// Time constant of o1.
    pub tau_minus: Time,
    /// Time constant of o2.
    pub tau_y: Time,
    /// The largest efficacy.
    pub max: Voltage,
}

/// What arrives: w += `learning_rate` (o - 2 `target` `tau`); a spike of the receiver: w += `learning_rate` r. Both traces decay with `tau`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Inhibitory {
    /// By how much a pair of spikes at one moment changes w.
    pub learning_rate: Voltage,
    /// The rate at which receivers are kept.
    pub target: Rate,
    /// Time constant of the traces.
    pub tau: Time,
    /// The largest efficacy.
    pub max: Voltage,
}

/// The shortest time constant of a trace, ms.
const FASTEST: f64 = 0.1;

impl Plasticity {
    /// Refuses what cannot be.
    pub(crate) fn check(&self) -> Result<()> {
        let size = |value: Voltage, key: &'static str| {
            value.positive_or_zero("a change of efficacy").map(|_| ()).map_err(|e| e.at(key))
        };
        let tau = |value: Time, key: &'static str| {
            value
                .at_least(FASTEST, "the time constant of a trace")
                .map(|_| ())
                .map_err(|e| e.at(key))
        };
        match self {
            Self::Pair(pair) => size(pair.potentiation, "potentiation")
                .and_then(|()| size(pair.depression, "depression"))
                .and_then(|()| tau(pair.tau_pre, "tau_pre"))
                .and_then(|()| tau(pair.tau_post, "tau_post")),
            Self::Triplet(it) => [
                (it.pair_potentiation, "pair_potentiation"),
                (it.triplet_potentiation, "triplet_potentiation"),
                (it.pair_depression, "pair_depression"),
                (it.triplet_depression, "triplet_depression"),
            ]
            .into_iter()
            .try_for_each(|(value, key)| size(value, key))
            .and_then(|()| {
                [
                    (it.tau_plus, "tau_plus"),
                    (it.tau_x, "tau_x"),
                    (it.tau_minus, "tau_minus"),
                    (it.tau_y, "tau_y"),
                ]
                .into_iter()
                .try_for_each(|(value, key)| tau(value, key))
            }),
            Self::Inhibitory(rule) => {
                size(rule.learning_rate, "learning_rate").and_then(|()| tau(rule.tau, "tau"))
            }
        }
        .map_err(|e| e.within(self.name()))?;
        let max = self.max().positive("the largest efficacy");
        max.map(|_| ()).map_err(|e| e.at("max").within(self.name()))
    }

    /// Refuses an efficacy that is larger than the largest.
    pub(crate) fn check_start(&self, largest: f64) -> Result<()> {
        if largest <= self.max().value() {
            return Ok(());
        }
        Err(Error::input(
            format!("found an efficacy of {} and max = {}", Voltage::new(largest), self.max()),
            "synapses start below their bound",
            "raise max",
        )
        .at(format!("{}.max", self.name())))
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Pair(_) => "pair",
            Self::Triplet(_) => "triplet",
            Self::Inhibitory(_) => "inhibitory",
        }
    }

    fn max(&self) -> Voltage {
        match self {
            Self::Pair(Pair { max, .. })
            | Self::Triplet(Triplet { max, .. })
            | Self::Inhibitory(Inhibitory { max, .. }) => *max,
        }
    }

    /// Whether an efficacy can be of this size (mV).
    pub fn allows(&self, size: f64) -> bool {
        Self::law(self).allows(size)
    }

    /// The same as a law of changes.
    pub fn law(&self) -> Law {
        let max = self.max().value();
        match *self {
            Self::Pair(Pair { potentiation, depression, tau_pre, tau_post, soft, .. }) => Law {
                tau_pre: [tau_pre.value(), 1.0],
                tau_post: [tau_post.value(), 1.0],
                alone: 0.0,
                arrival: [-depression.value(), 0.0],
                spike: [potentiation.value(), 0.0],
                max,
                soft,
            },
            Self::Triplet(it) => Law {
                tau_pre: [it.tau_plus.value(), it.tau_x.value()],
                tau_post: [it.tau_minus.value(), it.tau_y.value()],
                alone: 0.0,
                arrival: [-it.pair_depression.value(), -it.triplet_depression.value()],
                spike: [it.pair_potentiation.value(), it.triplet_potentiation.value()],
                max,
                soft: false,
            },
            Self::Inhibitory(Inhibitory { learning_rate, target, tau, .. }) => {
                let (rate, tau) = (learning_rate.value(), tau.value());
                Law {
                    tau_pre: [tau, 1.0],
                    tau_post: [tau, 1.0],
                    alone: -rate * 2.0 * target.value() / 1000.0 * tau,
                    arrival: [rate, 0.0],
                    spike: [rate, 0.0],
                    max,
                    soft: false,
                }
            }
        }
    }
}

/// What a rule does to an efficacy w (mV) with traces r1, r2 of arrivals and o1, o2 of spikes of the receiver.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Law {
    /// Time constants of r1 and r2, of o1 and o2, ms.
    pub tau_pre: [f64; 2],
    /// Likewise.
    pub tau_post: [f64; 2],
    alone: f64,
    arrival: [f64; 2],
    spike: [f64; 2],
    max: f64,
    soft: bool,
}

impl Law {
    /// The shortest time constant, ms.
    pub fn fastest(&self) -> f64 {
        let own = |taus: [f64; 2]| if self.has_triplets() { taus[0].min(taus[1]) } else { taus[0] };
        own(self.tau_pre).min(own(self.tau_post))
    }

    /// Whether r2 and o2 matter.
    pub fn has_triplets(&self) -> bool {
        [self.arrival[1], self.spike[1]] != [0.0; 2]
    }

    /// Whether w can be so much (mV).
    pub fn allows(&self, w: f64) -> bool {
        (0.0..=self.max).contains(&w)
    }

    /// w after an arrival.
    #[inline]
    pub fn after_arrival(&self, w: f64, o1: f64, r2: f64) -> f64 {
        let [pair, triplet] = self.arrival;
        self.changed(w, self.alone + o1 * (pair + triplet * r2))
    }

    /// w after a spike of the receiver.
    #[inline]
    pub fn after_spike(&self, w: f64, r1: f64, o2: f64) -> f64 {
        let [pair, triplet] = self.spike;
        self.changed(w, r1 * (pair + triplet * o2))
    }

    #[inline]
    fn changed(&self, w: f64, change: f64) -> f64 {
        let share = match (self.soft, change > 0.0) {
            (false, _) => 1.0,
            (true, true) => 1.0 - w / self.max,
            (true, false) => w / self.max,
        };
        (w + change * share).clamp(0.0, self.max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(text: &str) -> Plasticity {
        #[derive(Deserialize)]
        struct Holder {
            plasticity: Plasticity,
        }
        toml::from_str::<Holder>(text).unwrap().plasticity
    }

    const PAIR: &str = "plasticity.pair = { potentiation = '0.1 mV', depression = '0.2 mV', \
                        tau_pre = '20 ms', tau_post = '10 ms', max = '2 mV'";

    #[test]
    fn pairs_change_efficacies_between_their_bounds() {
        let law = rule(&format!("{PAIR} }}")).law();
        assert_eq!((law.after_spike(1.0, 0.5, 9.0), law.after_arrival(1.0, 0.5, 9.0)), (1.05, 0.9));
        assert_eq!((law.after_spike(1.99, 1.0, 0.0), law.after_arrival(0.1, 1.0, 0.0)), (2.0, 0.0));
        let soft = rule(&format!("{PAIR}, soft = true }}")).law();
        assert_eq!(
            (soft.after_spike(1.5, 1.0, 0.0), soft.after_arrival(1.5, 1.0, 0.0)),
            (1.525, 1.35)
        );
        assert_eq!(
            (soft.after_spike(2.0, 1.0, 0.0), soft.after_arrival(0.0, 1.0, 0.0)),
            (2.0, 0.0)
        );
        assert!(!law.has_triplets());
    }

    #[test]
    fn triplets_weigh_pairs_by_slower_traces() {
        let law = rule(
            "plasticity.triplet = { pair_potentiation = '0.1 mV', triplet_potentiation = '0.2 mV', pair_depression = \
             '0.3 mV', triplet_depression = '0.4 mV', tau_plus = '16.8 ms', tau_x = '101 ms', tau_minus = '33.7 ms', \
             tau_y = '125 ms', max = '10 mV' }",
        )
        .law();
        assert!((law.after_spike(1.0, 0.5, 2.0) - (1.0 + 0.5 * (0.1 + 0.2 * 2.0))).abs() < 1e-15);
        assert!((law.after_arrival(1.0, 0.5, 2.0) - (1.0 - 0.5 * (0.3 + 0.4 * 2.0))).abs() < 1e-15);
        assert!(law.has_triplets());
    }

    /// Independent trains of rates a and b: d<w>/dt = a (eta b tau - 2 eta rho tau) + b eta a tau = 2 eta tau a (b - rho).
    #[test]
    fn inhibition_is_balanced_at_the_target_rate() {
        let text = "plasticity.inhibitory = { learning_rate = '0.01 mV', target = '5 Hz', tau = '20 ms', max = '9 mV' }";
        let law = rule(text).law();
        let trace = 0.005 * 20.0;
        let drift =
            law.after_arrival(1.0, trace, 0.0) - 1.0 + law.after_spike(1.0, trace, 0.0) - 1.0;
        assert!(drift.abs() < 1e-15, "{drift}");
        assert!(law.after_arrival(1.0, 0.0, 0.0) < 1.0);
    }

    #[test]
    fn impossible_rules_are_refused() {
        for (changed, reason) in [
            ("potentiation = '0.1 mV'", "potentiation = '-0.1 mV'"),
            ("tau_pre = '20 ms'", "tau_pre = '0 ms'"),
            ("max = '2 mV'", "max = '0 mV'"),
        ] {
            let message = rule(&format!("{PAIR} }}").replace(changed, reason)).check().unwrap_err();
            let key = changed.split(' ').next().unwrap();
            assert!(message.to_string().contains(&format!("pair.{key}")), "{message}");
        }
        let message = rule(&format!("{PAIR} }}")).check_start(2.5).unwrap_err().to_string();
        assert!(message.contains("an efficacy of 2.5 mV and max = 2 mV"), "{message}");
    }
}
