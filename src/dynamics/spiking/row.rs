//! Delivery of a spike to the targets of its row: the inner loop of the simulator.

use super::kick::{BAR, Kick, Lead, SHARED};
use super::membrane::PerNeuron;
use crate::synapse::{Counts, MOST_EXPONENTIALS, Part, ROOMS, counts_below};

/// What the synapses of a row act on.
pub enum Effect<'a, const F: usize> {
    /// The current of their port.
    Current(&'a mut [f64]),
    /// The currents of several of these ports; what a kick does to a current stands for what it does to each of its shares.
    Currents(&'a mut [PerNeuron<f64>], &'a Shares),
    /// V itself, of neurons that also have currents: their bounds are tested.
    Jump,
    /// V itself, of neurons that have no currents: V is tested against theta. This is the kick of efficacy 1.
    OnlyJump(Kick<F>),
}

/// Some ports, and what efficacy 1 does to the current of each.
#[derive(Clone, Copy, Debug, Default)]
pub struct Shares {
    ports: [usize; MOST_EXPONENTIALS],
    currents: [f64; MOST_EXPONENTIALS],
    number: usize,
}

impl Shares {
    /// Notes what these kicks do to the currents of their ports; the kick that does all of it, with a current of 1.
    pub fn sum<const F: usize>(
        &mut self,
        kicks: impl Iterator<Item = (usize, Kick<F>)>,
    ) -> Kick<F> {
        let mut sum = Kick([0.0; F]);
        for (port, kick) in kicks {
            self.ports[self.number] = port;
            self.currents[self.number] = kick.current();
            self.number += 1;
            sum.0.iter_mut().zip(kick.0).for_each(|(sum, part)| *sum += part);
        }
        sum.0[F - 1] = 1.0;
        sum
    }
}

/// What a row of synapses is added to: arrays with the same of the [`ROOMS`] for neurons.
pub struct Targets<'a, const F: usize> {
    pub lead: &'a mut [Lead],
    pub effect: Effect<'a, F>,
    pub place: &'a [f64],
    /// Targets that must be examined.
    pub suspects: &'a mut Vec<u16>,
}

/// Counts beside their targets are below it.
pub const MOST_COUNTS: usize = counts_below(ROOMS[0]);

/// Room for the multiples of a kick.
pub type Multiples<const F: usize> = Box<[Kick<F>; MOST_COUNTS]>;

const SMALL: usize = ROOMS[0];
const LARGE: usize = ROOMS[1];
const LARGEST: usize = ROOMS[2];

/// Delivers a spike to some targets of its sender; its kick has efficacy 1 mV.
#[inline(always)]
pub fn deliver<const F: usize>(
    part: &Part,
    kick: Kick<F>,
    multiples: &mut Multiples<F>,
    targets: Targets<F>,
) {
    match targets.lead.len() {
        SMALL => deliver_in::<F, SMALL>(part, kick, multiples, targets),
        LARGE => deliver_in::<F, LARGE>(part, kick, multiples, targets),
        _ => deliver_in::<F, LARGEST>(part, kick, multiples, targets),
    }
}

/// The same in a room for N neurons. As a function of its own it has all registers for its loop.
#[inline(never)]
fn deliver_in<const F: usize, const N: usize>(
    part: &Part,
    kick: Kick<F>,
    multiples: &mut Multiples<F>,
    targets: Targets<F>,
) {
    let Part { synapses, reals, exact, counts, unit } = *part;
    let excites = unit > 0.0;
    if let Some(sizes) = exact {
        return deliver_own_in::<F, N>(synapses, (excites, sizes), kick, targets);
    }
    if let Some(reals) = reals {
        // By Dale's law the first weight has the sign of the row.
        let positive = reals.first().is_none_or(|&w| w > 0.0);
        let sign = if positive { 1.0 } else { -1.0 };
        let kick = kick.times(sign * unit);
        let reals = &reals[..synapses.len()];
        let kick_of = |k: usize, _: u16| kick.multiple(sign * f64::from(reals[k]));
        return targets.add::<N>(synapses, kick_of, excites == positive);
    }
    let kick = kick.times(unit);
    match counts {
        None => targets.add::<N>(synapses, |_, _| kick, excites),
        // A few products, looked up by the count, save most of the arithmetic.
        Some(Counts { most, .. }) if F == SHARED && synapses.len() > most => {
            for (count, multiple) in multiples.iter_mut().enumerate().take(most + 1) {
                *multiple = kick.multiple(count as f64);
            }
            let multiples = &**multiples;
            targets.add::<N>(synapses, |_, s| multiples[usize::from(s >> N.ilog2())], excites);
        }
        Some(_) => {
            let kick_of = |_, s: u16| kick.multiple(f64::from(s >> N.ilog2()));
            targets.add::<N>(synapses, kick_of, excites);
        }
    }
}

/// Delivers a spike to targets whose synapses have these efficacies (mV) of their own, all of which excite or do not; its kick
/// has efficacy 1 mV.
#[inline(always)]
pub fn deliver_own<const F: usize>(
    synapses: &[u16],
    own: (bool, &[f64]),
    kick: Kick<F>,
    targets: Targets<F>,
) {
    match targets.lead.len() {
        SMALL => deliver_own_in::<F, SMALL>(synapses, own, kick, targets),
        LARGE => deliver_own_in::<F, LARGE>(synapses, own, kick, targets),
        _ => deliver_own_in::<F, LARGEST>(synapses, own, kick, targets),
    }
}

/// The same in a room for N neurons.
fn deliver_own_in<const F: usize, const N: usize>(
    synapses: &[u16],
    (excites, efficacies): (bool, &[f64]),
    kick: Kick<F>,
    targets: Targets<F>,
) {
    let kick = kick.times(if excites { 1.0 } else { -1.0 });
    let efficacies = &efficacies[..synapses.len()];
    targets.add::<N>(synapses, |k, _| kick.multiple(efficacies[k]), excites);
}

/// The array of a block with room for N neurons.
#[inline(always)]
fn all<T, const N: usize>(array: &mut [T]) -> &mut [T; N] {
    array.try_into().expect("all arrays of a block have its room")
}

impl<const F: usize> Targets<'_, F> {
    /// Adds to every target the kick of its synapse, which follows from its place and what stands there. Inhibition needs no
    /// test.
    #[inline(always)]
    fn add<const N: usize>(
        self,
        synapses: &[u16],
        kick_of: impl Fn(usize, u16) -> Kick<F>,
        excites: bool,
    ) {
        let Self { lead, effect, place, suspects } = self;
        let lead = all::<_, N>(lead);
        let place: &[f64; N] = place.try_into().expect("all arrays of a block have its room");
        let neuron = |synapse: u16| usize::from(synapse) & (N - 1);
        match (effect, excites) {
            (Effect::Current(current), true) => {
                let current = all::<_, N>(current);
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
                let current = all::<_, N>(current);
                for (k, &synapse) in synapses.iter().enumerate() {
                    let (n, kick) = (neuron(synapse), kick_of(k, synapse));
                    lead[n].departure += kick.departure(place[n]);
                    current[n] += kick.current();
                }
            }
            (Effect::Currents(currents, shares), _) => {
                let targets = Several { lead, currents, shares, place, suspects };
                match shares.number {
                    2 => targets.add::<F, 2>(synapses, kick_of, excites),
                    3 => targets.add::<F, 3>(synapses, kick_of, excites),
                    _ => targets.add::<F, MOST_EXPONENTIALS>(synapses, kick_of, excites),
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

/// Targets with several currents on which one row acts.
struct Several<'a, const N: usize> {
    lead: &'a mut [Lead; N],
    currents: &'a mut [PerNeuron<f64>],
    shares: &'a Shares,
    place: &'a [f64; N],
    suspects: &'a mut Vec<u16>,
}

impl<const N: usize> Several<'_, N> {
    /// As [`Targets::add`], with so many currents.
    #[inline(always)]
    fn add<const F: usize, const CURRENTS: usize>(
        self,
        synapses: &[u16],
        kick_of: impl Fn(usize, u16) -> Kick<F>,
        excites: bool,
    ) {
        let Self { lead, currents, shares, place, suspects } = self;
        let ports: [usize; CURRENTS] = std::array::from_fn(|k| shares.ports[k]);
        let factors: [f64; CURRENTS] = std::array::from_fn(|k| shares.currents[k]);
        let currents = currents.get_disjoint_mut(ports).expect("the ports of a kernel differ");
        let mut currents = currents.map(|current| all::<_, N>(current));
        for (k, &synapse) in synapses.iter().enumerate() {
            let (n, kick) = (usize::from(synapse) & (N - 1), kick_of(k, synapse));
            let new = lead[n].plus(kick, place[n]);
            lead[n] = new;
            for (current, factor) in currents.iter_mut().zip(factors) {
                current[n] += kick.current() * factor;
            }
            if excites && new.bound > BAR {
                suspects.push(n as u16);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dynamics::spiking::kick::{SHARED, SPREAD};
    use crate::dynamics::spiking::membrane::per_neuron;
    use crate::synapse::{Packed, RowsBuilder, Shelf};

    /// What a row of these weights on these targets leaves in a block with `room` for so many neurons, and the suspects.
    fn left<const F: usize>(room: usize, kind: &str, targets: &[u16]) -> (Vec<[u64; 3]>, Vec<u16>) {
        let mut rows = match kind {
            "one" => RowsBuilder::constant(1, 0.5),
            "count" => RowsBuilder::counts(1, 0.5, room),
            _ => RowsBuilder::reals(1, -0.5),
        };
        for (k, &target) in targets.iter().enumerate() {
            match kind {
                "one" => rows.push(target),
                "count" => rows.push_count(target, k as u32 % 3 + 1),
                _ => rows.push_real(target, -0.1 - k as f32),
            }
        }
        rows.end_row();
        let mut shelf = Shelf::new(0);
        let packed = Packed::new(rows.finish(), false, &mut shelf);
        shelf.close();
        let (mut lead, place) = (
            per_neuron(room, Lead { bound: -0.05, departure: 0.3 }),
            (0..room).map(|n| (n % 7) as f64 / 7.0).collect::<Vec<_>>(),
        );
        let (mut current, mut suspects) = (per_neuron(room, 0.1), Vec::new());
        let kick = Kick(std::array::from_fn(|k| 0.25 + k as f64));
        let mut multiples: Multiples<F> = Box::new([Kick([0.0; F]); MOST_COUNTS]);
        let (open, effect) = (packed.open(), Effect::Current(&mut current));
        let own = Targets { lead: &mut lead, effect, place: &place, suspects: &mut suspects };
        deliver(&open.all.part(open.row(0)), kick, &mut multiples, own);
        let bits = |n: usize| [lead[n].bound, lead[n].departure, current[n]].map(f64::to_bits);
        ((0..room).map(bits).collect(), suspects)
    }

    #[test]
    fn a_row_does_the_same_in_any_room() {
        let targets: Vec<u16> = (0..50).map(|k| 83 * k).collect();
        let untouched = |left: &(Vec<[u64; 3]>, Vec<u16>)| {
            left.0.iter().filter(|own| **own == left.0[1]).count()
        };
        for kind in ["one", "count", "real"] {
            let small = left::<SHARED>(SMALL, kind, &targets);
            assert_eq!(untouched(&small), SMALL - 50, "{kind}");
            assert!(!small.1.is_empty(), "{kind}");
            let spread = left::<SPREAD>(SMALL, kind, &targets);
            let rooms = ROOMS.into_iter().filter(|room| kind != "count" || counts_below(*room) > 3);
            for room in rooms.skip(1) {
                let large = left::<SHARED>(room, kind, &targets);
                assert_eq!(untouched(&large), room - 50, "{kind} {room}");
                assert_eq!(
                    (&large.0[..SMALL], &large.1),
                    (&small.0[..], &small.1),
                    "{kind} {room}"
                );
                let large = left::<SPREAD>(room, kind, &targets);
                assert_eq!((&large.0[..SMALL], &large.1), (&spread.0[..], &spread.1), "{kind}");
                // The last neurons are as the first.
                let last: Vec<u16> = targets.iter().map(|n| (room - 1) as u16 - n).collect();
                let mut mirrored = left::<SHARED>(room, "one", &last);
                let plain = left::<SHARED>(room, "one", &targets);
                mirrored.0.reverse();
                assert_eq!(mirrored.0, plain.0, "{room}");
            }
        }
    }
}
