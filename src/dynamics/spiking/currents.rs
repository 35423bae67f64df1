//! The currents of a block's neurons, one for each port.
//!
//! Two on which one kernel acts stand side by side, so that an arrival finds both where it finds one.

use super::membrane::{PerNeuron, per_neuron};
use crate::tape::{OnTape, Tape, is_moderate};

/// i_r at the start of the window, mV/ms.
#[derive(Clone, Debug)]
pub struct Currents {
    /// Those of one port, or of two that follow one another, of every neuron for which there is room; then those of others.
    values: PerNeuron<f64>,
    room: usize,
    /// By port.
    places: Vec<Place>,
}

/// Where the currents of a port stand.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Place {
    /// That of the first neuron.
    first: usize,
    /// How many stand side by side, and which of them it is.
    width: usize,
    lane: usize,
}

/// The currents of one port, or of it and the next.
pub enum Standing<'a> {
    Alone(&'a mut [f64]),
    Both(&'a mut [[f64; 2]]),
}

impl Currents {
    /// None yet, of so many `ports`, with `room` for so many neurons; those of each of the `pairs` of ports, which share none,
    /// stand side by side.
    pub fn none(ports: usize, pairs: &[[usize; 2]], room: usize) -> Self {
        let place = |port: usize| {
            let of_pair = |lane: usize| pairs.iter().any(|pair| pair[lane] == port);
            let lane = usize::from(of_pair(1));
            let width = if of_pair(0) || of_pair(1) { 2 } else { 1 };
            Place { first: (port - lane) * room + lane, width, lane }
        };
        let places = (0..ports).map(place).collect();
        Self { values: per_neuron(ports * room, 0.0), room, places }
    }

    /// Number of ports.
    pub fn ports(&self) -> usize {
        self.places.len()
    }

    /// That of neuron `n` at a port.
    #[inline]
    pub fn at(&self, port: usize, n: usize) -> f64 {
        let Place { first, width, .. } = self.places[port];
        self.values[first + width * n]
    }

    #[inline]
    pub fn at_mut(&mut self, port: usize, n: usize) -> &mut f64 {
        let Place { first, width, .. } = self.places[port];
        &mut self.values[first + width * n]
    }

    /// Those of a port, which begin at that of the first neuron, and how many stand side by side.
    #[inline]
    pub fn of(&mut self, port: usize) -> (&mut [f64], usize) {
        let Place { first, width, lane } = self.places[port];
        (&mut self.values[first..first - lane + width * self.room], width)
    }

    /// All of them, and the first port to which they belong.
    pub fn in_order(&mut self) -> impl Iterator<Item = (usize, Standing<'_>)> {
        let Self { values, room, places } = self;
        let mut rest = &mut values[..];
        let first = places.iter().enumerate().filter(|(_, place)| place.lane == 0);
        first.map(move |(port, place)| {
            let own = rest.split_off_mut(..place.width * *room).expect("every port has room");
            match place.width {
                1 => (port, Standing::Alone(own)),
                _ => (port, Standing::Both(own.as_chunks_mut().0)),
            }
        })
    }

    /// Whether these ports stand side by side.
    #[inline]
    pub fn is_pair(&self, ports: &[usize]) -> bool {
        let &[one, other] = ports else { return false };
        let [one, other] = [one, other].map(|port| self.places[port]);
        one.lane != other.lane && one.first - one.lane == other.first - other.lane
    }

    /// Those of two ports that stand side by side, of which this is one.
    #[inline]
    pub fn both(&mut self, port: usize) -> &mut [[f64; 2]] {
        let Place { first, lane, .. } = self.places[port];
        self.values[first - lane..][..2 * self.room].as_chunks_mut().0
    }

    /// Which of two that stand side by side a port is, if it is one of such.
    #[inline]
    pub fn lane(&self, port: usize) -> Option<usize> {
        let Place { width, lane, .. } = self.places[port];
        (width == 2).then_some(lane)
    }

    /// Those of several ports, each of which stands alone.
    #[inline]
    pub fn several<const NUMBER: usize>(&mut self, ports: [usize; NUMBER]) -> [&mut [f64]; NUMBER] {
        debug_assert!(ports.iter().all(|port| self.places[*port].width == 1));
        let own = ports.map(|port| self.places[port].first..self.places[port].first + self.room);
        self.values.get_disjoint_mut(own).expect("the ports of a kernel differ")
    }

    /// Whether those of neuron `n` are what currents may be.
    pub fn are_possible(&self, n: usize) -> bool {
        (0..self.ports()).all(|port| is_moderate(self.at(port, n)))
    }

    /// Passes those of so many neurons.
    pub fn pass(&mut self, neurons: usize, tape: &mut Tape) {
        for port in 0..self.ports() {
            (0..neurons).for_each(|n| self.at_mut(port, n).pass(tape));
        }
    }
}

/// Which ports stand side by side: the two of a kernel, if they follow one another and no other kernel acts on one of them; `kernels`
/// are the ports of those that act on several.
pub fn pairs(kernels: &[Vec<usize>]) -> Vec<[usize; 2]> {
    let touches = |own: &[usize], other: &[usize]| own.iter().any(|port| other.contains(port));
    let pair_of = |own: &[usize]| match *own {
        [one, other] if one.abs_diff(other) == 1 => Some([one.min(other), one.max(other)]),
        _ => None,
    };
    let pair = |own: &Vec<usize>| {
        let pair = pair_of(own)?;
        let mut others = kernels.iter().filter(|other| pair_of(other) != Some(pair));
        (!others.any(|other| touches(&pair, other))).then_some(pair)
    };
    let mut pairs: Vec<_> = kernels.iter().filter_map(pair).collect();
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kernels_of_two_ports_that_share_none_stand_side_by_side() {
        for (kernels, expected) in [
            (vec![], vec![]),
            (vec![vec![1, 2]], vec![[1, 2]]),
            (vec![vec![2, 3], vec![3, 2], vec![0, 1]], vec![[0, 1], [2, 3]]),
            (vec![vec![0, 2]], vec![]),
            (vec![vec![0, 1], vec![1, 2], vec![3, 4]], vec![[3, 4]]),
            (vec![vec![0, 1], vec![1, 2, 3]], vec![]),
            (vec![vec![0, 1, 2]], vec![]),
        ] {
            assert_eq!(pairs(&kernels), expected, "{kernels:?}");
        }
    }

    #[test]
    fn every_neuron_has_a_current_of_its_own_at_every_port() {
        let mut currents = Currents::none(4, &[[1, 2]], 3);
        let value = |port: usize, n: usize| (10 * port + n) as f64;
        for (port, n) in (0..4).flat_map(|port| (0..3).map(move |n| (port, n))) {
            assert_eq!(currents.at(port, n), 0.0);
            *currents.at_mut(port, n) = value(port, n);
        }
        for port in 0..4 {
            let (own, width) = currents.of(port);
            assert!((0..3).all(|n| own[n * width] == value(port, n)));
            assert!((0..3).all(|n| currents.at(port, n) == value(port, n)));
        }
        let both = [[10.0, 20.0], [11.0, 21.0], [12.0, 22.0]];
        let of = |port: usize| [0, 1, 2].map(|n| value(port, n));
        let ports: Vec<usize> = currents
            .in_order()
            .map(|(port, own)| {
                match own {
                    Standing::Alone(own) => assert_eq!(own, of(port)),
                    Standing::Both(own) => assert_eq!(own, both),
                }
                port
            })
            .collect();
        assert_eq!(ports, [0, 1, 3]);
        assert_eq!([0, 1, 2, 3].map(|port| currents.lane(port)), [None, Some(0), Some(1), None]);
        assert_eq!([1, 2].map(|port| currents.both(port).to_vec()), [both; 2]);
        assert!(currents.is_pair(&[1, 2]) && currents.is_pair(&[2, 1]));
        for ports in [&[0, 1][..], &[0, 3], &[1, 2, 3]] {
            assert!(!currents.is_pair(ports));
        }
        let [third, first] = currents.several([3, 0]);
        assert_eq!((third[2], first[0]), (32.0, 0.0));
    }
}
