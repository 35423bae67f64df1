//! Delivery of a spike to the targets of its row: the inner loop of the simulator.

#[cfg(test)]
mod tests;

use super::currents::Currents;
use super::kick::{BAR, Kick, Lead};
use crate::synapse::{Few, MOST_EXPONENTIALS, Part, ROOMS, runs_of};

/// What the synapses of a row act on.
pub enum Effect<'a, const F: usize> {
    /// The current of their port.
    Current(&'a mut [f64]),
    /// The current of a port that stands side by side with another: the first of two, or the second.
    OfTwo(&'a mut [[f64; 2]], usize),
    /// Both of such currents; what a kick does to a current, times these numbers, is what it does to each.
    Both(&'a mut [[f64; 2]], [f64; 2]),
    /// The currents of several ports, in the same way.
    Several(&'a mut Currents, &'a Shares),
    /// V itself, of neurons that also have currents: their bounds are tested.
    Jump,
    /// V itself, of neurons that have no currents: V is tested against theta. This is the kick of efficacy 1.
    OnlyJump(Kick<F>),
}

impl<'a, const F: usize> Effect<'a, F> {
    /// On the current of a port.
    #[inline(always)]
    pub fn of_one(currents: &'a mut Currents, port: usize) -> Self {
        match currents.lane(port) {
            Some(lane) => Self::OfTwo(currents.both(port), lane),
            None => Self::Current(currents.of(port).0),
        }
    }

    /// On the currents of several ports.
    #[inline(always)]
    pub fn of_several(currents: &'a mut Currents, shares: &'a Shares) -> Self {
        let Shares { ports, currents: factors, number } = shares;
        match currents.is_pair(&ports[..*number]) {
            true if ports[0] < ports[1] => {
                Self::Both(currents.both(ports[0]), [factors[0], factors[1]])
            }
            true => Self::Both(currents.both(ports[0]), [factors[1], factors[0]]),
            false => Self::Several(currents, shares),
        }
    }
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

const SMALL: usize = ROOMS[0];
const LARGE: usize = ROOMS[1];
const LARGEST: usize = ROOMS[2];

/// Delivers a spike to some targets of its sender; its kick has efficacy 1 mV.
#[inline(always)]
pub fn deliver<const F: usize>(part: &Part, kick: Kick<F>, targets: Targets<F>) {
    match targets.lead.len() {
        SMALL => deliver_in::<F, SMALL>(part, kick, targets),
        LARGE => deliver_in::<F, LARGE>(part, kick, targets),
        _ => deliver_in::<F, LARGEST>(part, kick, targets),
    }
}

/// The same in a room for N neurons. As functions of their own, each with a kind of weights, these have all registers for their
/// loops.
#[inline(never)]
fn deliver_in<const F: usize, const N: usize>(part: &Part, kick: Kick<F>, mut targets: Targets<F>) {
    let Part { words, few, which, reals, exact, unit } = *part;
    let excites = unit > 0.0;
    if let Some(sizes) = exact {
        return deliver_own_in::<F, N>(words, (excites, sizes), kick, targets);
    }
    if let Some(reals) = reals {
        return deliver_reals_in::<F, N>(words, reals, (kick, unit), targets);
    }
    let kick = kick.times(unit);
    match (few, which) {
        (Some(few), Some(which)) => {
            deliver_few_in::<F, N>(words, (few, which), (kick, excites), targets);
        }
        (Some(few), None) => deliver_runs_in::<F, N>(words, few, (kick, excites), targets),
        (None, _) => targets.add::<N>(words, move |_| kick, excites),
    }
}

/// The same with one of few weights each, whose kick of weight 1 excites or does not.
#[inline(never)]
fn deliver_few_in<const F: usize, const N: usize>(
    synapses: &[u16],
    (few, which): (&Few, &[u8]),
    (kick, excites): (Kick<F>, bool),
    mut targets: Targets<F>,
) {
    let which = &which[..synapses.len()];
    let kick_of = move |k: usize| kick.multiple(few[usize::from(which[k])].into());
    targets.add::<N>(synapses, kick_of, excites);
}

/// The same with real weights, and the unit of these.
#[inline(never)]
fn deliver_reals_in<const F: usize, const N: usize>(
    synapses: &[u16],
    reals: &[f32],
    (kick, unit): (Kick<F>, f64),
    mut targets: Targets<F>,
) {
    // By Dale's law the first weight has the sign of the row.
    let positive = reals.first().is_none_or(|&w| w > 0.0);
    let sign = if positive { 1.0 } else { -1.0 };
    let kick = kick.times(sign * unit);
    let reals = &reals[..synapses.len()];
    let kick_of = move |k: usize| kick.multiple(sign * f64::from(reals[k]));
    targets.add::<N>(synapses, kick_of, (unit > 0.0) == positive);
}

/// The same with runs of these weights, whose kick of weight 1 excites or does not.
#[inline(never)]
fn deliver_runs_in<const F: usize, const N: usize>(
    words: &[u16],
    weights: &Few,
    (kick, excites): (Kick<F>, bool),
    mut targets: Targets<F>,
) {
    let known = targets.suspects.len();
    for (which, own) in runs_of(words) {
        let kick = kick.multiple(weights[which].into());
        targets.add::<N>(own, move |_| kick, excites);
    }
    // In the order of a row that stands in one piece.
    targets.suspects[known..].sort_unstable();
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
#[inline(never)]
fn deliver_own_in<const F: usize, const N: usize>(
    synapses: &[u16],
    (excites, efficacies): (bool, &[f64]),
    kick: Kick<F>,
    mut targets: Targets<F>,
) {
    let kick = kick.times(if excites { 1.0 } else { -1.0 });
    let efficacies = &efficacies[..synapses.len()];
    targets.add::<N>(synapses, move |k| kick.multiple(efficacies[k]), excites);
}

/// The array of a block with room for N neurons.
#[inline(always)]
fn all<T, const N: usize>(array: &mut [T]) -> &mut [T; N] {
    array.try_into().expect("all arrays of a block have its room")
}

impl<const F: usize> Targets<'_, F> {
    /// Adds to every target the kick of its synapse, which follows from its place. Inhibition needs no test.
    #[inline(always)]
    fn add<const N: usize>(
        &mut self,
        synapses: &[u16],
        kick_of: impl Fn(usize) -> Kick<F>,
        excites: bool,
    ) {
        let Self { lead, effect, place, suspects } = self;
        let lead = all::<_, N>(lead);
        let place: &[f64; N] = (*place).try_into().expect("all arrays of a block have its room");
        let neuron = |synapse: u16| usize::from(synapse) & (N - 1);
        match (effect, excites) {
            (Effect::Current(current), true) => {
                let current = all::<_, N>(current);
                for (k, &synapse) in synapses.iter().enumerate() {
                    let (n, kick) = (neuron(synapse), kick_of(k));
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
                    let (n, kick) = (neuron(synapse), kick_of(k));
                    lead[n].departure += kick.departure(place[n]);
                    current[n] += kick.current();
                }
            }
            (Effect::OfTwo(both, lane), _) => {
                let (both, lane) = (all::<_, N>(both), *lane & 1);
                let row = Beside { lead, place, suspects, synapses };
                row.add(excites, kick_of, move |n, kick| both[n][lane] += kick);
            }
            (Effect::Both(both, factors), _) => {
                let (both, [one, other]) = (all::<_, N>(both), *factors);
                let row = Beside { lead, place, suspects, synapses };
                row.add(excites, kick_of, move |n, kick| {
                    let [first, second] = both[n];
                    both[n] = [first + kick * one, second + kick * other];
                });
            }
            (Effect::Several(currents, shares), _) => {
                let row = Beside { lead, place, suspects, synapses };
                match shares.number {
                    2 => row.add_several::<F, 2>(excites, kick_of, currents, shares),
                    3 => row.add_several::<F, 3>(excites, kick_of, currents, shares),
                    _ => {
                        row.add_several::<F, MOST_EXPONENTIALS>(excites, kick_of, currents, shares)
                    }
                }
            }
            (Effect::Jump, true) => {
                for (k, &synapse) in synapses.iter().enumerate() {
                    let (n, kick) = (neuron(synapse), kick_of(k));
                    let new = lead[n].plus(kick, place[n]);
                    lead[n] = new;
                    if new.bound > BAR {
                        suspects.push(n as u16);
                    }
                }
            }
            (Effect::OnlyJump(one), true) => {
                for (k, &synapse) in synapses.iter().enumerate() {
                    let (n, kick) = (neuron(synapse), kick_of(k));
                    let departure = lead[n].departure + kick.departure(place[n]);
                    lead[n].departure = departure;
                    if departure >= lead[n].bound * one.departure(place[n]) {
                        suspects.push(n as u16);
                    }
                }
            }
            (Effect::Jump | Effect::OnlyJump(_), false) => {
                for (k, &synapse) in synapses.iter().enumerate() {
                    let (n, kick) = (neuron(synapse), kick_of(k));
                    lead[n].departure += kick.departure(place[n]);
                }
            }
        }
    }
}

/// Synapses of a row, and what they are added to beside currents that are no array of their own.
struct Beside<'a, const N: usize> {
    lead: &'a mut [Lead; N],
    place: &'a [f64; N],
    suspects: &'a mut Vec<u16>,
    synapses: &'a [u16],
}

impl<const N: usize> Beside<'_, N> {
    /// As [`Targets::add`]; `feed` changes the currents of a neuron by what its kick does to a current. What closures capture they
    /// own, so that it stays in registers.
    #[inline(never)]
    fn add<const F: usize>(
        self,
        excites: bool,
        kick_of: impl Fn(usize) -> Kick<F>,
        mut feed: impl FnMut(usize, f64),
    ) {
        let Self { lead, place, suspects, synapses } = self;
        let neuron = |synapse: u16| usize::from(synapse) & (N - 1);
        if !excites {
            for (k, &synapse) in synapses.iter().enumerate() {
                let (n, kick) = (neuron(synapse), kick_of(k));
                lead[n].departure += kick.departure(place[n]);
                feed(n, kick.current());
            }
            return;
        }
        for (k, &synapse) in synapses.iter().enumerate() {
            let (n, kick) = (neuron(synapse), kick_of(k));
            let new = lead[n].plus(kick, place[n]);
            lead[n] = new;
            feed(n, kick.current());
            if new.bound > BAR {
                suspects.push(n as u16);
            }
        }
    }

    /// The same of so many currents that stand apart.
    #[inline(always)]
    fn add_several<const F: usize, const CURRENTS: usize>(
        self,
        excites: bool,
        kick_of: impl Fn(usize) -> Kick<F>,
        currents: &mut Currents,
        shares: &Shares,
    ) {
        let ports: [usize; CURRENTS] = std::array::from_fn(|k| shares.ports[k]);
        let factors: [f64; CURRENTS] = std::array::from_fn(|k| shares.currents[k]);
        let mut currents = currents.several(ports).map(all::<_, N>);
        self.add(excites, kick_of, move |n, kick| {
            for (current, factor) in currents.iter_mut().zip(factors) {
                current[n] += kick * factor;
            }
        });
    }
}
