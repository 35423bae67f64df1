//! Ranks that are processes under MPI.

use super::{Exchange, Ranks};
use crate::error::{Error, Result};
use ::mpi::Threading;
use ::mpi::collective::SystemOperation;
use ::mpi::datatype::PartitionMut;
use ::mpi::environment::Universe;
use ::mpi::topology::{Communicator, SimpleCommunicator};
use ::mpi::traits::{CommunicatorCollectives, Root};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Words that are sent at once: MPI counts with 31 bits.
const MOST: usize = 1 << 30;

/// The time in which this process is a rank under MPI.
pub struct Session {
    universe: Option<Universe>,
    calls: Calls,
}

/// How often it began to speak, and ended: odd while it waits for others.
#[derive(Clone, Debug, Default)]
pub struct Calls(Arc<AtomicU64>);

/// All processes that were started together.
#[derive(Debug)]
struct World {
    rank: usize,
    number: usize,
    calls: Calls,
}

impl Calls {
    /// The count, if it waits for others.
    pub fn waiting(&self) -> Option<u64> {
        Some(self.0.load(Ordering::Relaxed)).filter(|count| count % 2 == 1)
    }

    fn during<R>(&self, call: impl FnOnce() -> R) -> R {
        self.0.fetch_add(1, Ordering::Relaxed);
        let done = call();
        self.0.fetch_add(1, Ordering::Relaxed);
        done
    }
}

impl Session {
    /// Begins it, and tells which rank this is.
    ///
    /// # Errors
    /// If MPI cannot be used from several threads in turn.
    pub fn begin() -> Result<(Self, Ranks)> {
        let begun = ::mpi::initialize_with_threading(Threading::Serialized);
        let Some((universe, threading)) = begun else {
            return Err(Error::input("found that MPI was begun before", "", "run it once"));
        };
        if threading < Threading::Serialized {
            return Err(Error::input(
                format!("found an MPI library that offers {threading:?} threads"),
                "ranks call it from one thread after another (MPI_THREAD_SERIALIZED)",
                "use another MPI library",
            ));
        }
        let world = universe.world();
        let (rank, number) = (world.rank() as usize, world.size() as usize);
        let calls = Calls::default();
        let world = World { rank, number, calls: calls.clone() };
        let ranks = if number > 1 { Ranks::of(world) } else { Ranks::default() };
        Ok((Self { universe: Some(universe), calls }, ranks))
    }

    /// How it speaks.
    pub fn calls(&self) -> &Calls {
        &self.calls
    }
}

/// The others wait for whoever panics, and would wait for ever.
impl Drop for Session {
    fn drop(&mut self) {
        if std::thread::panicking() {
            SimpleCommunicator::world().abort(101);
        }
        drop(self.universe.take());
    }
}

impl Exchange for World {
    fn rank(&self) -> usize {
        self.rank
    }

    fn number(&self) -> usize {
        self.number
    }

    fn all(&self, own: &[u64], all: &mut [u64]) {
        self.calls.during(|| SimpleCommunicator::world().all_gather_into(own, all));
    }

    fn any(&self, bits: &mut [u64]) {
        let world = SimpleCommunicator::world();
        let own = bits.to_vec();
        let any = SystemOperation::bitwise_or();
        self.calls.during(|| world.all_reduce_into(&own[..], bits, any));
    }

    fn spread(&self, from: usize, words: &mut [u64]) {
        let world = SimpleCommunicator::world();
        let root = world.process_at_rank(from as i32);
        self.calls.during(|| words.chunks_mut(MOST).for_each(|part| root.broadcast_into(part)));
    }

    fn gather(&self, words: &[u64]) -> Vec<Vec<u64>> {
        self.calls.during(|| gather(self, words))
    }
}

/// The words of every rank, on the first.
fn gather(world: &World, words: &[u64]) -> Vec<Vec<u64>> {
    let all = SimpleCommunicator::world();
    let root = all.process_at_rank(0);
    let own = words.len() as u64;
    if world.rank > 0 {
        root.gather_into(&own);
        root.gather_varcount_into(words);
        return Vec::new();
    }
    let mut lengths = vec![0u64; world.number];
    root.gather_into_root(&own, &mut lengths[..]);
    let counts: Vec<i32> = lengths.iter().map(|length| *length as i32).collect();
    let mut end = 0;
    let mut place = |count: &i32| {
        end += count;
        end - count
    };
    let places: Vec<i32> = counts.iter().map(&mut place).collect();
    let mut gathered = vec![0; lengths.iter().sum::<u64>() as usize];
    let mut parts = PartitionMut::new(&mut gathered[..], &counts[..], &places[..]);
    root.gather_varcount_into_root(words, &mut parts);
    let mut rest = &gathered[..];
    let part = |length: &u64| {
        let (own, others) = rest.split_at(*length as usize);
        rest = others;
        own.to_vec()
    };
    lengths.iter().map(part).collect()
}
