//! The spikes of a window on their way to all ranks.
//!
//! ```text
//! words behind these two   (population that diverges + 1) * 2 + whether it is over   spikes
//! ```
//!
//! A spike takes two words, or three where its moment does. There is room for as many as ever came; more follow.

use super::clock::Sent;
use super::moment::Moment;
use crate::dynamics::Spike;
use crate::random::{Seed, Stream};
use crate::ranks::Ranks;
use std::ops::Range;

/// Why a network does not go on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// The index of the first population that grows without bound.
    pub diverging: Option<usize>,
    /// Whether nothing further is wanted.
    pub over: bool,
}

/// What is exchanged, and the room for it.
#[derive(Debug, Default)]
pub struct Mail {
    ranks: Ranks,
    /// Words behind the first two.
    room: usize,
    own: Vec<u64>,
    all: Vec<u64>,
    elsewhere: Option<Elsewhere>,
}

/// Neurons of ranks that are none in truth: they fire at random.
#[derive(Debug)]
struct Elsewhere {
    stream: Stream,
    /// Those of this rank, among all.
    own: Range<usize>,
    neurons: usize,
    /// Of all of them, per ms.
    rate: f64,
    /// The next spike, ms.
    next: f64,
}

/// Words in front.
const HEAD: usize = 2;

/// How the moment of a spike is told, above the bits of its neuron.
const ROOT: u64 = 0;
const TICKS: u64 = 1;
const BOTH: u64 = 2;

impl Mail {
    /// That of a network of so many neurons, of which `own` are here.
    pub fn new(ranks: &Ranks, own: Range<usize>, neurons: usize) -> Self {
        let elsewhere = ranks.elsewhere().map(|rate| Elsewhere {
            stream: Seed(0).stream("elsewhere", ranks.rank() as u64),
            rate: rate * (neurons - own.len()) as f64 / 1000.0,
            own,
            neurons,
            next: 0.0,
        });
        Self { ranks: ranks.clone(), elsewhere, ..Self::default() }
    }

    /// Like it, for another network in the same state.
    pub fn another(&self) -> Self {
        Self { ranks: self.ranks.clone(), ..Self::default() }
    }

    /// Adds the spikes of all other ranks to those that were `sent` here during `time` (ms), and tells what any rank told.
    pub fn exchange(&mut self, sent: &mut Vec<Sent>, told: Told, time: Range<f64>) -> Told {
        if self.ranks.is_alone() {
            return told;
        }
        self.own.clear();
        let diverging = told.diverging.map_or(0, |population| population as u64 + 1);
        self.own.extend([0, diverging << 1 | u64::from(told.over)]);
        sent.iter().for_each(|sent| write(sent, &mut self.own));
        self.own[0] = (self.own.len() - HEAD) as u64;
        if let Some(elsewhere) = &mut self.elsewhere {
            let before = sent.len();
            elsewhere.fire(sent, time);
            let heads = HEAD * (self.ranks.number() - 1);
            self.ranks.count(self.own.len(), heads + 2 * (sent.len() - before));
            return told;
        }
        let (number, rank) = (self.ranks.number(), self.ranks.rank());
        let length = self.own.len();
        self.own.resize(length.max(HEAD + self.room), 0);
        self.all.resize(number * (HEAD + self.room), 0);
        self.ranks.all_into(&self.own[..HEAD + self.room], &mut self.all);
        let heads: Vec<[u64; 2]> =
            self.all.chunks(HEAD + self.room).map(|of| [of[0], of[1]]).collect();
        let lengths = || heads.iter().map(|head| head[0] as usize);
        let most = lengths().max().unwrap_or(0);
        // A spike may stand on both sides of the border.
        let mut parts: Vec<Vec<u64>> = self
            .all
            .chunks(HEAD + self.room)
            .zip(lengths())
            .map(|(of, length)| of[HEAD..HEAD + length.min(self.room)].to_vec())
            .collect();
        if most > self.room {
            let more = most - self.room;
            self.own.resize(HEAD + most, 0);
            self.all.resize(number * more, 0);
            self.ranks.all_into(&self.own[HEAD + self.room..], &mut self.all);
            for ((part, rest), length) in parts.iter_mut().zip(self.all.chunks(more)).zip(lengths())
            {
                part.extend_from_slice(&rest[..length.saturating_sub(self.room)]);
            }
            self.room = most.next_power_of_two();
        }
        let others = parts.iter().enumerate().filter(|(other, _)| *other != rank);
        others.for_each(|(_, words)| read(words, sent));
        self.ranks.count(length, lengths().sum::<usize>() + HEAD * number - length);
        let diverging = heads.iter().map(|head| head[1] >> 1).filter(|told| *told > 0).min();
        Told {
            diverging: diverging.map(|population| population as usize - 1),
            over: heads.iter().any(|head| head[1] & 1 == 1),
        }
    }
}

/// Writes a spike.
fn write(sent: &Sent, words: &mut Vec<u64>) {
    let (root, ticks) = sent.moment.parts();
    let neuron = u64::from(sent.spike.neuron);
    match (ticks, root.to_bits()) {
        (0, root) => words.extend([root, neuron | ROOT << 32]),
        (ticks, 0) => words.extend([ticks as u64, neuron | TICKS << 32]),
        (ticks, root) => words.extend([root, neuron | BOTH << 32, ticks as u64]),
    }
}

/// Reads spikes.
fn read(words: &[u64], sent: &mut Vec<Sent>) {
    let mut words = words.iter().copied();
    while let (Some(first), Some(second)) = (words.next(), words.next()) {
        let moment = match second >> 32 {
            ROOT => Moment::of_parts(f64::from_bits(first), 0),
            TICKS => Moment::of_parts(0.0, first as i64),
            _ => Moment::of_parts(f64::from_bits(first), words.next().unwrap_or(0) as i64),
        };
        sent.push(Sent { spike: Spike { time: moment.time(), neuron: second as u32 }, moment });
    }
}

impl Elsewhere {
    /// Adds the spikes of `time` (ms).
    fn fire(&mut self, sent: &mut Vec<Sent>, time: Range<f64>) {
        if self.rate <= 0.0 {
            return;
        }
        // A Poisson process has no memory.
        self.next = self.next.max(time.start);
        loop {
            let next = self.next + self.stream.exponential() / self.rate;
            if next >= time.end {
                self.next = time.end;
                return;
            }
            self.next = next;
            let other = self.stream.below((self.neurons - self.own.len()) as u32) as usize;
            let neuron = if other < self.own.start { other } else { other + self.own.len() };
            let spike = Spike { time: next, neuron: neuron as u32 };
            sent.push(Sent { spike, moment: Moment::at(next) });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(root: f64, ticks: i64, neuron: u32) -> Sent {
        let moment = Moment::of_parts(root, ticks);
        Sent { spike: Spike { time: moment.time(), neuron }, moment }
    }

    #[test]
    fn spikes_arrive_as_they_were_sent_however_many_there_are() {
        let of = |rank: u32, window: u32| -> Vec<Sent> {
            let number = (rank * 7 + window * 11) % 40;
            (0..number)
                .map(|k| match k % 4 {
                    0 => sent(0.3 * f64::from(k), 0, k),
                    1 => sent(0.0, i64::from(k) << 40, (1 << 31) - 1),
                    2 => sent(-0.0, 5, rank),
                    _ => sent(f64::from(k).sqrt(), -3, k),
                })
                .collect()
        };
        let words = |spikes: &[Sent]| {
            let mut all: Vec<_> = spikes
                .iter()
                .map(|s| (s.moment.parts().0.to_bits(), s.moment.parts().1, s.spike.neuron))
                .collect();
            all.sort_unstable();
            all
        };
        std::thread::scope(|scope| {
            for ranks in Ranks::threads(3) {
                scope.spawn(move || {
                    let mut mail = Mail::new(&ranks, 0..1, 3);
                    for window in 0..20 {
                        let mut spikes = of(ranks.rank() as u32, window);
                        let diverging = (window == 3).then_some(ranks.rank() + 4);
                        let told = Told { diverging, over: window == 5 && ranks.rank() == 2 };
                        let told = mail.exchange(&mut spikes, told, 0.0..1.0);
                        let wanted: Vec<Sent> = (0..3).flat_map(|rank| of(rank, window)).collect();
                        assert_eq!(words(&spikes), words(&wanted));
                        let diverging = (window == 3).then_some(4);
                        assert_eq!(told, Told { diverging, over: window == 5 });
                    }
                    assert_eq!(ranks.traffic().exchanges, 20);
                });
            }
        });
    }
}
