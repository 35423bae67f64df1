//! Spikes under way to a block along synapses of several delays.
//!
//! The synapses of a spike are read once, when it is sent, and laid in the queues of their delays. Until a queue is read they
//! stay in the cache as long as they are not too many, unlike rows, which are everywhere in memory.

use super::pathway::{Pathway, Synapses};
use crate::dynamics::spiking::clock::News;
use crate::synapse::{Packed, Part, prefetch};
use crate::tape::{OnTape, Tape, on_tape};
use std::sync::Arc;

/// The synapses that every spike under way comes to.
#[derive(Clone, Debug)]
pub struct Visits {
    /// Shared with the block.
    pathways: Arc<[Pathway]>,
    /// Of every pathway with several delays, the queue of its first delay; the others follow.
    first: Vec<Option<usize>>,
    queues: Vec<Queue>,
}

/// The synapses of one pathway and delay that spikes will come to, in the order in which these were sent.
#[derive(Clone, Debug, Default)]
#[repr(align(64))]
struct Queue {
    /// Visit after visit: a header, and the synapses behind it. The first begins at `head`.
    stream: Vec<u16>,
    head: usize,
    /// The weights of all of them, if they are real numbers; the first is at `first_real`.
    reals: Vec<f32>,
    first_real: usize,
}

/// A spike that comes to some synapses of its sender, which have the same delay.
#[derive(Clone, Copy, Debug, Default)]
struct Visit {
    /// Counted from the start of the run; the last 32 bits tell those apart that are under way together.
    spike: u32,
    sender: u32,
    synapses: u16,
}

on_tape!(Visit { spike, sender, synapses });

/// Numbers in a header.
const HEADER: usize = 5;

/// How many spikes ahead the place of a row, and the row itself, are asked for.
const STARTS_AHEAD: usize = 6;
const ROWS_AHEAD: usize = 3;

/// As much of a queue as has been read, at least, before it is dropped.
const READ: usize = 64;

impl Visits {
    /// None yet.
    pub fn new(pathways: Arc<[Pathway]>) -> Self {
        let mut queues = 0;
        let first = pathways.iter().map(|pathway| match pathway.synapses {
            Synapses::Even(_) => None,
            Synapses::Staggered(_) => {
                queues += pathway.routes.len();
                Some(queues - pathway.routes.len())
            }
        });
        let first = first.collect();
        Self { pathways, first, queues: vec![Queue::default(); queues] }
    }

    /// The queue of the synapses of a pathway that have its delay number `delay`, if it has several.
    pub fn queue(&self, pathway: usize, delay: usize) -> Option<usize> {
        Some(self.first[pathway]? + delay)
    }

    /// Notes which synapses these spikes will come to.
    pub fn note(&mut self, news: &[News]) {
        for (pathway, first) in self.pathways.iter().zip(&self.first) {
            let (Synapses::Staggered(staggered), Some(first)) = (&pathway.synapses, first) else {
                continue;
            };
            let queues = &mut self.queues[*first..];
            let sender = |news: &News| {
                pathway.senders.contains(&news.neuron).then(|| news.neuron - pathway.senders.start)
            };
            for (k, spike) in news.iter().enumerate() {
                if let Some(soon) = news.get(k + STARTS_AHEAD).and_then(sender) {
                    staggered.prefetch_starts(soon);
                }
                if let Some(next) = news.get(k + ROWS_AHEAD).and_then(sender) {
                    staggered.prefetch_row(next);
                }
                let Some(sender) = sender(spike) else { continue };
                for (delay, place) in staggered.runs(sender) {
                    let synapses = place.len() as u16;
                    let visit =
                        Visit { spike: spike.spike as u32, sender: sender as u32, synapses };
                    queues[delay].push(visit, staggered.rows().part(place));
                }
            }
        }
    }

    /// The next synapses in a queue that a spike comes to, which are of these rows, if there are any.
    #[inline]
    pub fn take<'a>(&'a mut self, queue: usize, spike: u64, rows: &'a Packed) -> Option<Part<'a>> {
        self.queues[queue].take(spike as u32, rows)
    }

    /// Asks for the memory that tells where the first visit of a queue stands.
    #[inline]
    pub fn prefetch_queue(&self, queue: usize) {
        prefetch(&self.queues[queue..=queue]);
    }

    /// Asks for the memory of the first visit of a queue.
    #[inline]
    pub fn prefetch_visit(&self, queue: usize) {
        let Queue { stream, head, reals, first_real } = &self.queues[queue];
        prefetch(&stream[*head..stream.len().min(head + LINE)]);
        prefetch(&reals[*first_real..reals.len().min(first_real + LINE / 2)]);
    }
}

/// Numbers of 16 bits in a line of the cache.
const LINE: usize = 32;

impl Visit {
    fn header(self) -> [u16; HEADER] {
        let (low, high) = (|word: u32| word as u16, |word: u32| (word >> 16) as u16);
        let Self { spike, sender, synapses } = self;
        [low(spike), high(spike), low(sender), high(sender), synapses]
    }
}

impl Queue {
    /// The visit whose header stands there, if there is one.
    #[inline]
    fn visit(&self, place: usize) -> Option<Visit> {
        let [low, high, sender, above, synapses] = *self.stream[place..].first_chunk::<HEADER>()?;
        let word = |low: u16, high: u16| u32::from(low) | u32::from(high) << 16;
        Some(Visit { spike: word(low, high), sender: word(sender, above), synapses })
    }

    fn push(&mut self, visit: Visit, part: Part) {
        self.stream.extend_from_slice(&visit.header());
        self.stream.extend_from_slice(part.synapses);
        part.reals.into_iter().for_each(|reals| self.reals.extend_from_slice(reals));
    }

    #[inline]
    fn take<'a>(&'a mut self, spike: u32, rows: &'a Packed) -> Option<Part<'a>> {
        let mut visit = self.visit(self.head)?;
        if visit.spike != spike {
            if spike.wrapping_sub(visit.spike).cast_signed() < 0 {
                return None;
            }
            visit = self.let_pass(spike)?;
        }
        if self.head > READ.max(self.stream.len() / 2) {
            self.stream.drain(..self.head);
            self.reals.drain(..self.first_real);
            (self.head, self.first_real) = (0, 0);
        }
        let synapses = usize::from(visit.synapses);
        let start = self.head + HEADER;
        self.head = start + synapses;
        let all = rows.part(0..0);
        let reals = all.reals.map(|_| {
            let first = self.first_real;
            self.first_real += synapses;
            &self.reals[first..first + synapses]
        });
        Some(Part { synapses: &self.stream[start..start + synapses], reals, ..all })
    }

    /// Brings a visit of `spike` to the front, if there is one. One spike passes another only within rounding: their moments are
    /// in another order than the times at which they were sent.
    #[cold]
    fn let_pass(&mut self, spike: u32) -> Option<Visit> {
        let (mut place, mut before) = (self.head, 0);
        loop {
            let visit = self.visit(place)?;
            let end = place + HEADER + usize::from(visit.synapses);
            if visit.spike == spike {
                self.stream[self.head..end].rotate_left(place - self.head);
                if !self.reals.is_empty() {
                    let passed = self.first_real..self.first_real + before;
                    let moved = passed.start..passed.end + usize::from(visit.synapses);
                    self.reals[moved].rotate_left(passed.len());
                }
                return Some(visit);
            }
            before += usize::from(visit.synapses);
            place = end;
        }
    }

    /// All visits.
    fn visits(&self) -> Vec<Visit> {
        let mut place = self.head;
        let next = || {
            let visit = self.visit(place)?;
            place += HEADER + usize::from(visit.synapses);
            Some(visit)
        };
        std::iter::from_fn(next).collect()
    }
}

/// The synapses follow from the spikes, which must be of senders that have some.
impl OnTape for Visits {
    fn pass(&mut self, tape: &mut Tape) {
        for (pathway, first) in self.pathways.iter().zip(&self.first) {
            let (Synapses::Staggered(staggered), Some(first)) = (&pathway.synapses, first) else {
                continue;
            };
            let queues = &mut self.queues[*first..*first + pathway.routes.len()];
            for (delay, queue) in queues.iter_mut().enumerate() {
                let mut visits = queue.visits();
                visits.pass(tape);
                if !tape.is_read() {
                    continue;
                }
                *queue = Queue::default();
                let mut last: Option<Visit> = None;
                let mut before = 0;
                for visit in visits {
                    // A spike has several visits where its synapses of one delay are many.
                    let same = last.is_some_and(|last| last.spike == visit.spike);
                    before = if same { before + 1 } else { 0 };
                    let later = last.is_none_or(|last| {
                        visit.spike.wrapping_sub(last.spike).cast_signed() > 0
                            || (same && last.sender == visit.sender)
                    });
                    last = Some(visit);
                    let sender = visit.sender as usize;
                    let known = later && sender < staggered.rows().senders();
                    let mut runs = staggered.runs(if known { sender } else { 0 });
                    let run = runs.by_ref().filter(|run| run.0 == delay).nth(before);
                    let own = usize::from(visit.synapses);
                    let Some((_, place)) = run.filter(|run| known && run.1.len() == own) else {
                        tape.require(false);
                        return;
                    };
                    queue.push(visit, staggered.rows().part(place));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dynamics::spiking::block::Acts;
    use crate::synapse::{RowsBuilder, Shelf};

    /// Two senders with two delays each, or none.
    fn pathway() -> Pathway {
        let rows = |rows: [&[(u16, f32)]; 3]| {
            let mut builder = RowsBuilder::reals(3, 0.5);
            for row in rows {
                row.iter().for_each(|&(target, weight)| builder.push_real(target, weight));
                builder.end_row();
            }
            builder.finish()
        };
        let by_delay = vec![
            rows([&[(1, 0.1), (2, 0.2)], &[(3, 0.3)], &[]]),
            rows([&[(4, 0.4)], &[(5, 0.5), (6, 0.6)], &[]]),
        ];
        let synapses = Synapses::new(by_delay, &mut Shelf::new(0));
        Pathway { senders: 10..13, routes: vec![0, 1], acts: Acts::OnV, synapses, plastic: None }
    }

    fn take(visits: &mut Visits, queue: usize, spike: u64) -> Vec<(u16, f32)> {
        let pathways = Arc::clone(&visits.pathways);
        let part = visits.take(queue, spike, pathways[0].synapses.rows());
        part.map_or(Vec::new(), |part| {
            assert_eq!(part.unit, 0.5);
            part.synapses.iter().copied().zip(part.reals.unwrap().iter().copied()).collect()
        })
    }

    #[test]
    fn every_spike_comes_to_its_synapses_delay_by_delay() {
        let mut visits = Visits::new(vec![pathway()].into());
        assert_eq!((visits.queue(0, 0), visits.queue(0, 1)), (Some(0), Some(1)));
        let news = |neurons: [usize; 5], first: u64| {
            neurons.into_iter().zip(first..).map(|(neuron, spike)| News { spike, neuron })
        };
        // Neurons 9 and 12 have no synapses here.
        visits.note(&news([10, 9, 11, 12, 10], 0).collect::<Vec<_>>());
        let (of_10, of_11) = (vec![(1, 0.1), (2, 0.2)], vec![(3, 0.3)]);
        assert_eq!(take(&mut visits, 0, 0), of_10);
        assert_eq!(take(&mut visits, 0, 0), []);
        assert_eq!(take(&mut visits, 0, 1), []);
        // One passes another.
        assert_eq!(take(&mut visits, 0, 4), of_10);
        assert_eq!(take(&mut visits, 0, 2), of_11);
        // The others wait meanwhile, and come through a checkpoint.
        let mut tape = Tape::blank();
        visits.pass(&mut tape);
        let words = tape.into_words();
        let mut other = Visits::new(vec![pathway()].into());
        let mut tape = Tape::written(words.clone());
        other.pass(&mut tape);
        tape.end().unwrap();
        for visits in [&mut visits, &mut other] {
            assert_eq!(take(visits, 1, 0), [(4, 0.4)]);
            assert_eq!(take(visits, 1, 2), [(5, 0.5), (6, 0.6)]);
            assert_eq!(take(visits, 1, 4), [(4, 0.4)]);
            assert_eq!(take(visits, 1, 5), []);
        }
        // Senders that are none, and such as have no synapses.
        for sender in [2, 3, 1 << 31] {
            let mut forged = words.clone();
            forged[3] = sender;
            let mut tape = Tape::written(forged);
            other.pass(&mut tape);
            assert!(!tape.is_sound());
        }
    }

    #[test]
    fn synapses_in_several_runs_come_through_a_checkpoint_once_each() {
        let many = || {
            let mut builder = RowsBuilder::constant(1, 0.5);
            (0..140_000u32).for_each(|k| builder.push((k % 4096) as u16));
            builder.end_row();
            builder.finish()
        };
        let synapses = Synapses::new(vec![many(), many()], &mut Shelf::new(0));
        let pathway =
            Pathway { senders: 0..1, routes: vec![0, 1], acts: Acts::OnV, synapses, plastic: None };
        let new = || Visits::new(vec![pathway.clone()].into());
        let mut visits = new();
        // The numbers of spikes begin again behind the last of 32 bits.
        let first = u64::from(u32::MAX);
        visits.note(&[0, 1].map(|k| News { spike: first + k, neuron: 0 }));
        let mut tape = Tape::blank();
        visits.pass(&mut tape);
        let mut other = new();
        let mut tape = Tape::written(tape.into_words());
        other.pass(&mut tape);
        tape.end().unwrap();
        for visits in [&mut visits, &mut other] {
            for (queue, spike) in [(0, first), (1, first), (0, first + 1), (1, first + 1)] {
                let mut found = Vec::new();
                while let Some(part) = visits.take(queue, spike, pathway.synapses.rows()) {
                    found.extend_from_slice(part.synapses);
                }
                assert!(found.iter().enumerate().all(|(k, &t)| usize::from(t) == k % 4096));
                assert_eq!(found.len(), 140_000);
            }
        }
    }

    #[test]
    fn what_has_been_read_is_dropped() {
        let mut visits = Visits::new(vec![pathway()].into());
        for spike in 0..100_000 {
            visits.note(&[News { spike, neuron: 10 }]);
            if spike >= 10 {
                assert_eq!(take(&mut visits, 0, spike - 10), [(1, 0.1), (2, 0.2)]);
                assert_eq!(take(&mut visits, 1, spike - 10), [(4, 0.4)]);
            }
        }
        assert!(visits.queues.iter().all(|queue| queue.stream.capacity() < 8 * READ));
    }
}
