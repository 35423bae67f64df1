//! Which pairs are coupled: all, or those that a connection rule drew.

use crate::random::Seed;
use crate::synapse::{Connect, Memories, Wiring, portions};
use crate::work::each;
use std::ops::Range;

/// Senders to which one task writes, block after block of receivers.
pub const STRIP: usize = 96;

/// The places of the synapses from some senders to some receivers.
#[derive(Debug)]
pub struct Block<'a, T> {
    /// The first receiver.
    pub first: usize,
    /// The first sender.
    pub sender: usize,
    weights: &'a mut [T],
    receivers: usize,
    width: usize,
}

impl<T> Block<'_, T> {
    /// The places of those from each sender, from the first one on.
    pub fn rows(&mut self) -> impl Iterator<Item = &mut [T]> {
        let (first, width) = (self.first, self.width);
        self.weights.chunks_mut(self.receivers).map(move |row| &mut row[first..first + width])
    }
}

/// The connected pairs of two populations.
#[derive(Clone, Debug)]
pub enum Graph {
    /// Every pair; `diagonal` says whether a neuron of one population couples to itself.
    Full { senders: usize, receivers: usize, diagonal: bool },
    /// Drawn pairs.
    Listed(Rows),
}

/// Targets by sender.
#[derive(Clone, Debug, PartialEq)]
pub struct Rows {
    receivers: usize,
    /// Row j is `starts[j]..starts[j + 1]`.
    starts: Vec<usize>,
    /// Ascending in every row; a multapse is a target that stands more than once.
    targets: Vec<u32>,
}

/// Number of pairs where every sender reaches every receiver, or every other neuron.
pub(super) fn pairs_of_all(senders: usize, receivers: usize, diagonal: bool) -> usize {
    senders * receivers - if diagonal { 0 } else { senders }
}

impl Graph {
    /// Draws the pairs of `wiring` for the projection `name`, from the same streams as those of spiking
    /// networks. `symmetric` keeps the drawn pairs j -> i with i >= j and adds i -> j.
    pub fn draw(
        wiring: &Wiring,
        memories: Memories,
        symmetric: bool,
        (name, seed): (&str, Seed),
    ) -> Self {
        if wiring.connect == Connect::AllToAll {
            return Self::Full {
                senders: wiring.senders,
                receivers: wiring.receivers,
                diagonal: wiring.autapses || !wiring.recurrent,
            };
        }
        // Portion by portion, for every sender with targets there who it is and where they end, and the targets.
        let portions = portions(wiring.receivers);
        let draw = |(k, portion)| {
            let mut stream = seed.stream(&format!("connect/{name}"), k as u64);
            let (mut ends, mut targets): (Vec<(usize, usize)>, Vec<u16>) = Default::default();
            wiring.draw(portion, None, memories, &mut stream, |j, row| {
                if !row.is_empty() {
                    targets.extend_from_slice(row);
                    ends.push((j, targets.len()));
                }
            });
            (ends, targets)
        };
        let drawn: Vec<_> = each(portions.iter().enumerate(), draw);
        let each = |visit: &mut dyn FnMut(usize, usize)| {
            for (portion, (ends, targets)) in portions.iter().zip(&drawn) {
                let mut start = 0;
                for &(j, end) in ends {
                    for i in targets[start..end].iter().map(|&t| portion.start + usize::from(t)) {
                        if !symmetric {
                            visit(j, i);
                        } else if i >= j {
                            visit(j, i);
                            if i > j {
                                visit(i, j);
                            }
                        }
                    }
                    start = end;
                }
            }
        };
        let mut starts = vec![0; wiring.senders + 1];
        each(&mut |j, _| starts[j + 1] += 1);
        for j in 0..wiring.senders {
            starts[j + 1] += starts[j];
        }
        let mut next = starts.clone();
        let mut targets = vec![0; starts[wiring.senders]];
        each(&mut |j, i| {
            targets[next[j]] = i as u32;
            next[j] += 1;
        });
        if symmetric {
            (0..wiring.senders).for_each(|j| targets[starts[j]..starts[j + 1]].sort_unstable());
        }
        Self::Listed(Rows { receivers: wiring.receivers, starts, targets })
    }

    pub fn senders(&self) -> usize {
        match self {
            Self::Full { senders, .. } => *senders,
            Self::Listed(rows) => rows.senders(),
        }
    }

    /// Most synapses that any receiver has.
    pub fn in_degree(&self) -> usize {
        match self {
            Self::Full { senders, .. } => *senders,
            Self::Listed(rows) => {
                let mut degree = vec![0; rows.receivers];
                rows.targets.iter().for_each(|&i| degree[i as usize] += 1);
                degree.into_iter().max().unwrap_or(0)
            }
        }
    }

    /// The weights `weight(i, j)` of all synapses, sender by sender. On a full graph without its diagonal
    /// the row of a sender contains itself, with weight 0.
    pub fn fill<T, F>(&self, weight: F) -> Vec<T>
    where
        T: Copy + Default + Send + Sync,
        F: Fn(usize, usize) -> T + Sync,
    {
        let mut weights = vec![T::default(); self.places()];
        self.update(&mut weights, |i, j, own| *own = weight(i, j));
        weights
    }

    /// The same where all are coupled, block by block: `fill` writes those from [`STRIP`] senders to `width` receivers, or what is
    /// left, so that what belongs to these stays in the cache for many senders.
    pub fn fill_blocks<T, F>(&self, width: usize, fill: F) -> Vec<T>
    where
        T: Copy + Default + Send + Sync,
        F: Fn(Block<T>) + Sync,
    {
        let Self::Full { receivers, diagonal, .. } = *self else {
            unreachable!("drawn pairs make no blocks");
        };
        let mut weights = vec![T::default(); self.places()];
        each(weights.chunks_mut((receivers * STRIP).max(1)).enumerate(), |(k, strip)| {
            let sender = k * STRIP;
            for first in (0..receivers).step_by(width) {
                let width = width.min(receivers - first);
                fill(Block { first, sender, weights: &mut *strip, receivers, width });
            }
            for (row, j) in strip.chunks_mut(receivers).zip(sender..).filter(|_| !diagonal) {
                row[j] = T::default();
            }
        });
        weights
    }

    /// Calls `change(i, j, weight)` for every synapse, in parallel over senders.
    pub fn update<T, F>(&self, weights: &mut [T], change: F)
    where
        T: Send,
        F: Fn(usize, usize, &mut T) + Sync,
    {
        match self {
            Self::Full { receivers, diagonal, .. } => {
                each(weights.chunks_mut((*receivers).max(1)).enumerate(), |(j, row)| {
                    for (i, own) in row.iter_mut().enumerate() {
                        if *diagonal || i != j {
                            change(i, j, own);
                        }
                    }
                });
            }
            Self::Listed(rows) => {
                each(rows.split(weights).into_iter().enumerate(), |(j, row)| {
                    for (own, &i) in row.iter_mut().zip(rows.targets(j)) {
                        change(i as usize, j, own);
                    }
                });
            }
        }
    }

    /// Calls `visit(i, j, place)` for every synapse, sender by sender; `place` is that of its weight.
    pub fn each(&self, mut visit: impl FnMut(usize, usize, usize)) {
        for j in 0..self.senders() {
            match self {
                Self::Full { receivers, diagonal, .. } => (0..*receivers)
                    .filter(|&i| *diagonal || i != j)
                    .for_each(|i| visit(i, j, j * receivers + i)),
                Self::Listed(rows) => {
                    let row = rows.targets(j).iter().zip(rows.row(j));
                    row.for_each(|(&i, place)| visit(i as usize, j, place));
                }
            }
        }
    }

    /// Calls `visit(i, j, there, back)` for every coupled pair of neurons of one population, by ascending j and i: where the
    /// weights of the synapses from j to i stand, and of those from i to j.
    pub fn each_pair(&self, mut visit: impl FnMut(usize, usize, Range<usize>, Range<usize>)) {
        match self {
            Self::Full { receivers, .. } => self.each(|i, j, there| {
                let back = i * receivers + j;
                visit(i, j, there..there + 1, back..back + 1);
            }),
            Self::Listed(rows) => rows.each_pair(visit),
        }
    }

    /// The same synapses by receiver.
    pub fn incoming(&self) -> Incoming<'_> {
        let Self::Listed(rows) = self else {
            return Incoming { graph: self, starts: Vec::new(), sources: Vec::new() };
        };
        let mut starts = vec![0; rows.receivers + 1];
        rows.targets.iter().for_each(|&i| starts[i as usize + 1] += 1);
        for i in 0..rows.receivers {
            starts[i + 1] += starts[i];
        }
        let mut next = starts.clone();
        let mut sources = vec![(0, 0); rows.targets.len()];
        self.each(|i, j, place| {
            sources[next[i]] = (j as u32, place);
            next[i] += 1;
        });
        Incoming { graph: self, starts, sources }
    }

    /// Number of weights that [`Graph::fill`] returns.
    pub fn places(&self) -> usize {
        match self {
            Self::Full { senders, receivers, .. } => senders * receivers,
            Self::Listed(rows) => rows.targets.len(),
        }
    }
}

/// The synapses of a graph by receiver.
#[derive(Clone, Debug)]
pub struct Incoming<'a> {
    graph: &'a Graph,
    /// Of drawn pairs: receiver i has `sources[starts[i]..starts[i + 1]]`, sender and place of the weight.
    starts: Vec<usize>,
    sources: Vec<(u32, usize)>,
}

impl Incoming<'_> {
    /// The synapses onto i, by ascending sender: sender and place of the weight.
    pub fn of(&self, i: usize) -> Box<dyn Iterator<Item = (usize, usize)> + '_> {
        match self.graph {
            Graph::Full { senders, receivers, diagonal } => Box::new(
                (0..*senders)
                    .filter(move |&j| *diagonal || i != j)
                    .map(move |j| (j, j * receivers + i)),
            ),
            Graph::Listed(_) => {
                let own = &self.sources[self.starts[i]..self.starts[i + 1]];
                Box::new(own.iter().map(|&(j, place)| (j as usize, place)))
            }
        }
    }
}

impl Rows {
    pub fn senders(&self) -> usize {
        self.starts.len() - 1
    }

    pub fn receivers(&self) -> usize {
        self.receivers
    }

    pub fn synapses(&self) -> usize {
        self.targets.len()
    }

    /// Where the row of sender j stands.
    #[inline]
    pub fn row(&self, j: usize) -> Range<usize> {
        self.starts[j]..self.starts[j + 1]
    }

    /// The receivers of sender j, ascending.
    #[inline]
    pub fn targets(&self, j: usize) -> &[u32] {
        &self.targets[self.row(j)]
    }

    /// Where the synapses from j to i stand.
    pub fn find(&self, i: usize, j: usize) -> Range<usize> {
        let (start, targets) = (self.starts[j], self.targets(j));
        let first = targets.partition_point(|&t| (t as usize) < i);
        let last = targets.partition_point(|&t| t as usize <= i);
        start + first..start + last
    }

    /// As [`Graph::each_pair`]. Senders ascend, so no row is ever searched: what was passed in it is passed for good.
    pub fn each_pair(&self, mut visit: impl FnMut(usize, usize, Range<usize>, Range<usize>)) {
        // In every row, where the targets begin that are no lower than the sender.
        let mut next = self.starts.clone();
        let places = |from: usize, row_of: usize, target: usize| {
            let rest = &self.targets[from..self.starts[row_of + 1]];
            from..from + rest.iter().take_while(|t| **t as usize == target).count()
        };
        for j in 0..self.senders() {
            let mut place = self.starts[j];
            while place < self.starts[j + 1] {
                let i = self.targets[place] as usize;
                let there = places(place, j, i);
                place = there.end;
                let (end, next) = (self.starts[i + 1], &mut next[i]);
                while *next < end && (self.targets[*next] as usize) < j {
                    *next += 1;
                }
                visit(i, j, there, places(*next, i, j));
            }
        }
    }

    pub fn bytes(&self) -> usize {
        8 * self.starts.len() + 4 * self.targets.len()
    }

    /// `weights` cut into the rows of the senders.
    fn split<'a, T>(&self, mut weights: &'a mut [T]) -> Vec<&'a mut [T]> {
        (0..self.senders())
            .map(|j| {
                let (row, rest) = std::mem::take(&mut weights).split_at_mut(self.row(j).len());
                weights = rest;
                row
            })
            .collect()
    }
}
