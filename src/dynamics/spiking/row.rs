//! Delivery of a spike to the targets of its row: the inner loop of the simulator.

use super::currents::Currents;
use super::kick::{BAR, Kick, Lead};
use crate::synapse::{MOST_EXPONENTIALS, Part, ROOMS, runs_of};

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
    let Part { words, of_runs, reals, exact, unit } = *part;
    let excites = unit > 0.0;
    if let Some(sizes) = exact {
        return deliver_own_in::<F, N>(words, (excites, sizes), kick, targets);
    }
    if let Some(reals) = reals {
        return deliver_reals_in::<F, N>(words, reals, (kick, unit), targets);
    }
    let kick = kick.times(unit);
    match of_runs {
        Some(weights) => deliver_runs_in::<F, N>(words, weights, (kick, excites), targets),
        None => targets.add::<N>(words, |_| kick, excites),
    }
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
    let kick_of = |k: usize| kick.multiple(sign * f64::from(reals[k]));
    targets.add::<N>(synapses, kick_of, (unit > 0.0) == positive);
}

/// The same with runs of these weights, whose kick of weight 1 excites or does not.
#[inline(never)]
fn deliver_runs_in<const F: usize, const N: usize>(
    words: &[u16],
    weights: &[f32],
    (kick, excites): (Kick<F>, bool),
    mut targets: Targets<F>,
) {
    let known = targets.suspects.len();
    for (which, own) in runs_of(words) {
        let kick = kick.multiple(weights[which].into());
        targets.add::<N>(own, |_| kick, excites);
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
    targets.add::<N>(synapses, |k| kick.multiple(efficacies[k]), excites);
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
                row.add(excites, kick_of, |n, kick| both[n][lane] += kick);
            }
            (Effect::Both(both, factors), _) => {
                let (both, [one, other]) = (all::<_, N>(both), *factors);
                let row = Beside { lead, place, suspects, synapses };
                row.add(excites, kick_of, |n, kick| {
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
    /// As [`Targets::add`]; `feed` changes the currents of a neuron by what its kick does to a current.
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
        self.add(excites, kick_of, |n, kick| {
            for (current, factor) in currents.iter_mut().zip(factors) {
                current[n] += kick * factor;
            }
        });
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
            "count" => RowsBuilder::counts(1, 0.5),
            "whole" => RowsBuilder::reals(1, 0.5),
            _ => RowsBuilder::reals(1, -0.5),
        };
        for (k, &target) in targets.iter().enumerate() {
            match kind {
                "one" => rows.push(target),
                "count" => rows.push_count(target, k as u32 % 3 + 1),
                "whole" => rows.push_real(target, (k % 3 + 1) as f32),
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
        let kick: Kick<F> = Kick(std::array::from_fn(|k| 0.25 + k as f64));
        let (open, effect) = (packed.open(), Effect::Current(&mut current));
        let own = Targets { lead: &mut lead, effect, place: &place, suspects: &mut suspects };
        deliver(&open.all.part(open.row(0)), kick, own);
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
            for room in ROOMS.into_iter().skip(1) {
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

    #[test]
    fn runs_do_what_the_same_weights_do_one_by_one() {
        let targets: Vec<u16> = (0..50).map(|k| 83 * k).collect();
        assert_eq!(
            left::<SHARED>(SMALL, "count", &targets),
            left::<SHARED>(SMALL, "whole", &targets)
        );
        assert_eq!(
            left::<SPREAD>(SMALL, "count", &targets),
            left::<SPREAD>(SMALL, "whole", &targets)
        );
    }

    /// Kicks of these currents at these ports.
    fn kicks(ports: &[usize]) -> impl Iterator<Item = (usize, Kick<SHARED>)> {
        ports.iter().map(|&port| (port, Kick([0.2, -0.7, 0.3 + port as f64])))
    }

    /// What a row leaves whose kernel acts on these of three ports, some of which stand side by side, and the suspects.
    fn left_by(
        ports: &[usize],
        pairs: &[[usize; 2]],
        unit: f64,
    ) -> (Vec<[f64; 5]>, Vec<u16>, &'static str) {
        let mut rows = RowsBuilder::constant(1, unit);
        (0..60).for_each(|k| rows.push(7 * k));
        rows.end_row();
        let mut shelf = Shelf::new(0);
        let packed = Packed::new(rows.finish(), false, &mut shelf);
        shelf.close();
        let mut lead = per_neuron(SMALL, Lead { bound: -0.05, departure: 0.3 });
        let (place, mut suspects) = (vec![0.0; SMALL], Vec::new());
        let mut currents = Currents::none(3, pairs, SMALL);
        let (mut shares, open) = (Shares::default(), packed.open());
        let (one, effect) = match *ports {
            [port] => {
                (kicks(ports).next().unwrap().1, Effect::<SHARED>::of_one(&mut currents, port))
            }
            _ => {
                let one = shares.sum(kicks(ports));
                (one, Effect::of_several(&mut currents, &shares))
            }
        };
        let name = match effect {
            Effect::Current(_) => "one",
            Effect::OfTwo(..) => "one of two",
            Effect::Both(..) => "both",
            _ => "several",
        };
        let own = Targets { lead: &mut lead, effect, place: &place, suspects: &mut suspects };
        deliver(&open.all.part(open.row(0)), one, own);
        let of = |n: usize| {
            let [a, b, c] = [0, 1, 2].map(|port| currents.at(port, n));
            [lead[n].bound, lead[n].departure, a, b, c]
        };
        ((0..SMALL).map(of).collect(), suspects, name)
    }

    #[test]
    fn currents_side_by_side_get_what_they_get_apart() {
        for unit in [0.5, -0.5] {
            for (ports, apart, together) in [
                (&[0, 1][..], "several", "both"),
                (&[1, 0], "several", "both"),
                (&[0], "one", "one of two"),
                (&[1], "one", "one of two"),
                (&[2], "one", "one"),
            ] {
                let (alone, beside) = (left_by(ports, &[], unit), left_by(ports, &[[0, 1]], unit));
                assert_eq!((alone.2, beside.2), (apart, together), "{ports:?}");
                assert_eq!((&alone.0, &alone.1), (&beside.0, &beside.1), "{ports:?} {unit}");
                assert_eq!(alone.1.is_empty(), unit < 0.0);
                // Every port of the kernel has its own, and no other has any.
                let got = alone.0[7];
                for port in 0..3 {
                    let own = if ports.contains(&port) { unit * (0.3 + port as f64) } else { 0.0 };
                    assert!((got[2 + port] - own).abs() < 1e-15, "{ports:?} {port}");
                }
            }
        }
    }
}
