//! Delivery of a spike to the targets of its row: the inner loop of the simulator.

use super::kick::{Kick, SHARED};
use super::state::{BAR, Lead};
use crate::synapse::{BLOCK, COUNTS, Part, TARGET_BITS};

/// What the synapses of a row act on.
pub enum Effect<'a, const F: usize> {
    /// The current of their port.
    Current(&'a mut [f64; BLOCK]),
    /// V itself, of neurons that also have currents: their bounds are tested.
    Jump,
    /// V itself, of neurons that have no currents: V is tested against theta. This is the kick of efficacy 1.
    OnlyJump(Kick<F>),
}

/// What a row of synapses is added to.
pub struct Targets<'a, const F: usize> {
    pub lead: &'a mut [Lead; BLOCK],
    pub effect: Effect<'a, F>,
    pub place: &'a [f64; BLOCK],
    /// Targets that must be examined.
    pub suspects: &'a mut Vec<u16>,
}

/// Room for the multiples of a kick.
pub type Multiples<const F: usize> = Box<[Kick<F>; COUNTS]>;

/// Delivers a spike to some targets of its sender; its kick has efficacy 1 mV.
pub fn deliver<const F: usize>(
    part: Part,
    kick: Kick<F>,
    multiples: &mut Multiples<F>,
    targets: Targets<F>,
) {
    let Part { synapses, reals, most, unit } = part;
    let excites = unit > 0.0;
    if let Some(reals) = reals {
        // By Dale's law the first weight has the sign of the row.
        let positive = reals.first().is_none_or(|&w| w > 0.0);
        let sign = if positive { 1.0 } else { -1.0 };
        let kick = kick.times(sign * unit);
        let reals = &reals[..synapses.len()];
        let kick_of = |k: usize, _: u16| kick.multiple(sign * f64::from(reals[k]));
        return targets.add(synapses, kick_of, excites == positive);
    }
    let kick = kick.times(unit);
    match most {
        None => targets.add(synapses, |_, _| kick, excites),
        // A few products, looked up by the count, save most of the arithmetic.
        Some(most) if F == SHARED && synapses.len() > most => {
            for (count, multiple) in multiples.iter_mut().enumerate().take(most + 1) {
                *multiple = kick.multiple(count as f64);
            }
            let multiples = &**multiples;
            targets.add(synapses, |_, s| multiples[usize::from(s >> TARGET_BITS)], excites);
        }
        Some(_) => {
            let kick_of = |_, s: u16| kick.multiple(f64::from(s >> TARGET_BITS));
            targets.add(synapses, kick_of, excites);
        }
    }
}

impl<const F: usize> Targets<'_, F> {
    /// Adds to every target the kick of its synapse, which follows from its place and what stands there. Inhibition needs no
    /// test.
    #[inline(always)]
    fn add(self, synapses: &[u16], kick_of: impl Fn(usize, u16) -> Kick<F>, excites: bool) {
        let Self { lead, effect, place, suspects } = self;
        let neuron = |synapse: u16| usize::from(synapse) & (BLOCK - 1);
        match (effect, excites) {
            (Effect::Current(current), true) => {
                for (k, &synapse) in synapses.iter().enumerate() {
                    let (n, kick) = (neuron(synapse), kick_of(k, synapse));
                    let new = lead[n].plus(kick, place[n]);
                    lead[n] = new;
                    current[n] += kick.current();
                    if new.bound > BAR {
                        suspects.push(n as u16);
                    }
                }
            }
            (Effect::Current(current), false) => {
                for (k, &synapse) in synapses.iter().enumerate() {
                    let (n, kick) = (neuron(synapse), kick_of(k, synapse));
                    lead[n].departure += kick.departure(place[n]);
                    current[n] += kick.current();
                }
            }
            (Effect::Jump, true) => {
                for (k, &synapse) in synapses.iter().enumerate() {
                    let (n, kick) = (neuron(synapse), kick_of(k, synapse));
                    let new = lead[n].plus(kick, place[n]);
                    lead[n] = new;
                    if new.bound > BAR {
                        suspects.push(n as u16);
                    }
                }
            }
            (Effect::OnlyJump(one), true) => {
                for (k, &synapse) in synapses.iter().enumerate() {
                    let (n, kick) = (neuron(synapse), kick_of(k, synapse));
                    let departure = lead[n].departure + kick.departure(place[n]);
                    lead[n].departure = departure;
                    if departure >= lead[n].bound * one.departure(place[n]) {
                        suspects.push(n as u16);
                    }
                }
            }
            (Effect::Jump | Effect::OnlyJump(_), false) => {
                for (k, &synapse) in synapses.iter().enumerate() {
                    let (n, kick) = (neuron(synapse), kick_of(k, synapse));
                    lead[n].departure += kick.departure(place[n]);
                }
            }
        }
    }
}
