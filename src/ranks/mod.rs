//! Ranks: processes, on one machine or many, among which one network is shared out.
//!
//! A rank owns consecutive blocks of neurons with all their synapses. The first one leads: it alone knows clocks, files and
//! signals, and the others do as it says. They speak in words of 64 bits, all of them in turn or all at once
//! ([`Exchange`]); who is alone says nothing, and pays nothing.

#[cfg(feature = "mpi")]
mod mpi;
mod room;
mod solo;
#[cfg(test)]
mod tests;

#[cfg(feature = "mpi")]
pub use mpi::Session;

use crate::error::{Error, Result, counted};
use crate::tape::{OnTape, Tape};
use std::fmt::Debug;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How ranks speak. Everybody calls the same in the same order.
pub trait Exchange: Debug + Send + Sync {
    /// Which rank this is, from 0.
    fn rank(&self) -> usize;

    /// How many there are.
    fn number(&self) -> usize;

    /// Hands the words of every rank, which are as many everywhere, to all, one rank after another.
    fn all(&self, own: &[u64], all: &mut [u64]);

    /// Sets every bit that any rank has set in words that are as many everywhere.
    fn any(&self, bits: &mut [u64]);

    /// Hands the words of rank `from` to all others, where there is room for as many.
    fn spread(&self, from: usize, words: &mut [u64]);

    /// Hands the words of every rank to the first; nothing elsewhere.
    fn gather(&self, words: &[u64]) -> Vec<Vec<u64>>;

    /// Of a rank of a larger machine that runs by itself: the rate at which it takes neurons elsewhere to fire, Hz.
    fn elsewhere(&self) -> Option<f64> {
        None
    }
}

/// This rank and its relation to the others; by default there are none.
#[derive(Clone, Debug, Default)]
pub struct Ranks {
    member: Option<Arc<Member>>,
    /// For how many workers populations are cut, if not for one on each rank.
    workers: Option<usize>,
}

#[derive(Debug)]
struct Member {
    exchange: Box<dyn Exchange>,
    /// Whoever leads speaks of one thing at a time.
    turn: Mutex<()>,
    /// Networks that were shared out.
    networks: AtomicU64,
    traffic: Mutex<Traffic>,
}

/// What went between ranks with spikes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// How often all exchanged what they had.
    pub exchanges: u64,
    /// Words of 64 bits that this rank sent, each of them to all others.
    pub sent: u64,
    /// Words that it received from all others.
    pub received: u64,
}

/// The right to speak, until it is given back.
#[must_use = "others speak in between"]
pub(crate) struct Turn<'a> {
    _held: Option<MutexGuard<'a, ()>>,
}

/// Words of an order that are sent before its length is known.
const SHORT: usize = 7;

impl Ranks {
    /// One that speaks through `exchange`.
    pub fn of(exchange: impl Exchange + 'static) -> Self {
        let member = Member {
            exchange: Box::new(exchange),
            turn: Mutex::default(),
            networks: AtomicU64::new(0),
            traffic: Mutex::default(),
        };
        Self { member: Some(Arc::new(member)), workers: None }
    }

    /// So many ranks for as many threads of this process, each with a pool of its own to work with.
    pub fn threads(number: usize) -> Vec<Self> {
        room::Room::seats(number).into_iter().map(Self::of).collect()
    }

    /// Rank number `rank` of `number`, which runs by itself: what the others would say of their part of a network is what it
    /// says of its own, and their neurons fire at random, at `rate` (Hz).
    pub fn solo(rank: usize, number: usize, rate: f64) -> Self {
        Self::of(solo::Solo { rank, number, rate })
    }

    fn exchange(&self) -> Option<&dyn Exchange> {
        self.member.as_ref().map(|member| &*member.exchange)
    }

    /// How many there are.
    pub fn number(&self) -> usize {
        self.exchange().map_or(1, Exchange::number)
    }

    /// For how many workers, threads on all ranks together, populations are cut: for one on each rank, unless told otherwise.
    /// No result depends on it.
    pub fn workers(&self) -> usize {
        self.workers.unwrap_or(self.number())
    }

    /// The same, for which populations are cut for so many workers.
    pub fn for_workers(&self, number: usize) -> Self {
        Self { workers: Some(number), ..self.clone() }
    }

    /// For how many workers populations are cut, if it has been told.
    pub(crate) fn told_workers(&self) -> Option<usize> {
        self.workers
    }

    /// Which one this is, from 0.
    pub fn rank(&self) -> usize {
        self.exchange().map_or(0, Exchange::rank)
    }

    /// Whether the others do as this one says.
    pub fn leads(&self) -> bool {
        self.rank() == 0 || self.is_solo()
    }

    /// Whether there are no other ranks in truth; see [`Ranks::solo`].
    pub fn is_solo(&self) -> bool {
        self.elsewhere().is_some()
    }

    /// The rate of neurons elsewhere, Hz, if there are no other ranks in truth; see [`Ranks::solo`].
    pub(crate) fn elsewhere(&self) -> Option<f64> {
        self.exchange().and_then(Exchange::elsewhere)
    }

    /// Whether there is nobody to speak to.
    pub fn is_alone(&self) -> bool {
        self.member.is_none()
    }

    /// What went between ranks with spikes so far.
    pub fn traffic(&self) -> Traffic {
        let of =
            |member: &Arc<Member>| *member.traffic.lock().unwrap_or_else(PoisonError::into_inner);
        self.member.as_ref().map_or(Traffic::default(), of)
    }

    /// Counts one more exchange of spikes.
    pub(crate) fn count(&self, sent: usize, received: usize) {
        if let Some(member) = &self.member {
            let mut traffic = member.traffic.lock().unwrap_or_else(PoisonError::into_inner);
            traffic.exchanges += 1;
            traffic.sent += sent as u64;
            traffic.received += received as u64;
        }
    }

    /// A number for one more network, the same everywhere.
    pub(crate) fn next_network(&self) -> u64 {
        self.member.as_ref().map_or(0, |member| member.networks.fetch_add(1, Ordering::Relaxed))
    }

    /// The neurons of this rank, where all of them stand in `blocks`, one after another: as many as others have, nearly.
    ///
    /// # Errors
    /// If there are more ranks than blocks.
    pub(crate) fn own(&self, blocks: &[Range<usize>]) -> Result<Range<usize>> {
        let (rank, number) = (self.rank(), self.number());
        if number > blocks.len().max(1) {
            return Err(Error::input(
                format!("found {number} ranks for {} of neurons", counted(blocks.len(), "block")),
                "a rank has one block at least",
                "use fewer ranks",
            ));
        }
        let neurons = blocks.last().map_or(0, |block| block.end);
        let mut borders = vec![0];
        for rank in 1..number {
            let (wanted, last) = (rank * neurons / number, borders[rank - 1]);
            let nearest = blocks.partition_point(|block| (block.start + block.end) / 2 < wanted);
            borders.push(nearest.clamp(last + 1, blocks.len() - (number - rank)));
        }
        borders.push(blocks.len());
        let start = |border: usize| blocks.get(border).map_or(neurons, |block| block.start);
        Ok(start(borders[rank])..start(borders[rank + 1]))
    }

    /// The words of all ranks, which are as many everywhere, one after another.
    pub(crate) fn all(&self, own: &[u64]) -> Vec<u64> {
        let Some(exchange) = self.exchange() else { return own.to_vec() };
        let mut all = vec![0; own.len() * exchange.number()];
        exchange.all(own, &mut all);
        all
    }

    /// The same, where there is room for as many.
    pub(crate) fn all_into(&self, own: &[u64], all: &mut [u64]) {
        match self.exchange() {
            Some(exchange) => exchange.all(own, all),
            None => all.copy_from_slice(own),
        }
    }

    /// Adds a number up over all ranks.
    pub(crate) fn sum(&self, number: u64) -> u64 {
        self.all(&[number]).into_iter().sum()
    }

    /// Sets every bit that is set on any rank.
    pub(crate) fn any(&self, bits: &mut [u64]) {
        if let Some(exchange) = self.exchange() {
            exchange.any(bits);
        }
    }

    /// The different words that any rank has, ascending.
    pub(crate) fn union(&self, own: Vec<u64>) -> Vec<u64> {
        let mut words = own;
        if !self.is_alone() {
            let most = self.all(&[words.len() as u64]).into_iter().max().unwrap_or(0) as usize;
            let mut filled = vec![words.len() as u64];
            filled.append(&mut words);
            filled.resize(most + 1, 0);
            let all = self.all(&filled);
            words =
                all.chunks(most + 1).flat_map(|own| &own[1..=own[0] as usize]).copied().collect();
        }
        words.sort_unstable();
        words.dedup();
        words
    }

    /// What was done, if every rank could do its part; or else the error of the first that could not.
    ///
    /// # Errors
    /// That one, everywhere.
    pub(crate) fn agree<T>(&self, done: Result<T>) -> Result<T> {
        let all = self.all(&[u64::from(done.is_err())]);
        let Some(first) = all.iter().position(|failed| *failed != 0) else { return done };
        let mut tape = Tape::blank();
        if let Err(error) = &done {
            error.to_message().pass(&mut tape);
            error.key().to_owned().pass(&mut tape);
        }
        let words = self.spread(first, tape.into_words());
        done.and_then(|_| {
            let (mut message, mut key, mut tape) =
                (String::new(), String::new(), Tape::written(words));
            message.pass(&mut tape);
            key.pass(&mut tape);
            let lost = || Error::input(format!("found that rank {first} failed"), "", "");
            Err(Error::from_message(&message).unwrap_or_else(lost).at(key))
        })
    }

    /// The words of rank `from`, everywhere.
    pub(crate) fn spread(&self, from: usize, words: Vec<u64>) -> Vec<u64> {
        let Some(exchange) = self.exchange().filter(|e| e.elsewhere().is_none()) else {
            return words;
        };
        let mut head = [0; 1 + SHORT];
        let short = words.len().min(SHORT);
        head[0] = words.len() as u64;
        head[1..=short].copy_from_slice(&words[..short]);
        exchange.spread(from, &mut head);
        let length = head[0] as usize;
        let mut words = if exchange.rank() == from { words } else { vec![0; length] };
        if length > SHORT {
            exchange.spread(from, &mut words);
        } else {
            words.copy_from_slice(&head[1..=length]);
        }
        words
    }

    /// The words of every rank, where it leads.
    pub(crate) fn gather(&self, words: &[u64]) -> Vec<Vec<u64>> {
        self.exchange().map_or(vec![words.to_vec()], |exchange| exchange.gather(words))
    }

    /// Tells the others what to do next, if this one leads; until the turn is given back nobody else does.
    pub(crate) fn order(&self, words: impl FnOnce() -> Vec<u64>) -> Turn<'_> {
        let Some(member) = self.member.as_ref().filter(|_| self.leads()) else {
            return Turn { _held: None };
        };
        let turn = member.turn.lock().unwrap_or_else(PoisonError::into_inner);
        self.spread(self.rank(), words());
        Turn { _held: Some(turn) }
    }

    /// What the first rank says that is to be done next.
    pub(crate) fn hear(&self) -> Vec<u64> {
        self.spread(0, Vec::new())
    }
}
