//! Ranks that are threads of one process: they meet in a room.

use super::Exchange;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// What every rank has said, by rank.
type Said = Arc<Vec<Vec<u64>>>;

/// Where all meet.
#[derive(Debug, Default)]
pub struct Room {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// Meetings that have ended.
    meetings: u64,
    /// What has been said in this one.
    saying: Vec<Option<Vec<u64>>>,
    /// What was said in the last one.
    said: Said,
    /// Whether somebody has left.
    left: bool,
}

/// The place of a rank in the room.
#[derive(Debug)]
pub struct Place {
    rank: usize,
    number: usize,
    room: Arc<Room>,
}

impl Room {
    /// The places of a room for `number` ranks.
    pub fn seats(number: usize) -> Vec<Place> {
        let room = Arc::new(Self::default());
        room.state().saying = vec![None; number];
        (0..number).map(|rank| Place { rank, number, room: Arc::clone(&room) }).collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// What all say who meet.
    ///
    /// # Panics
    /// If one of them has left.
    fn meet(&self, own: &[u64]) -> Said {
        let mut state = self.room.state();
        let meeting = state.meetings;
        state.saying[self.rank] = Some(own.to_vec());
        if state.saying.iter().all(Option::is_some) {
            let said = state.saying.iter_mut().filter_map(Option::take).collect();
            state.said = Arc::new(said);
            state.meetings += 1;
            self.room.changed.notify_all();
        }
        while state.meetings == meeting {
            assert!(!state.left, "a rank is lost");
            let changed = self.room.changed.wait(state);
            state = changed.unwrap_or_else(PoisonError::into_inner);
        }
        Arc::clone(&state.said)
    }
}

/// Those who wait for one that has left would wait for ever.
impl Drop for Place {
    fn drop(&mut self) {
        self.room.state().left = true;
        self.room.changed.notify_all();
    }
}

impl Exchange for Place {
    fn rank(&self) -> usize {
        self.rank
    }

    fn number(&self) -> usize {
        self.number
    }

    fn all(&self, own: &[u64], all: &mut [u64]) {
        let said = self.meet(own);
        all.chunks_mut(own.len().max(1))
            .zip(&*said)
            .for_each(|(room, own)| room.copy_from_slice(own));
    }

    fn any(&self, bits: &mut [u64]) {
        for own in &*self.meet(bits) {
            bits.iter_mut().zip(own).for_each(|(bits, own)| *bits |= own);
        }
    }

    fn spread(&self, from: usize, words: &mut [u64]) {
        let own = if self.rank == from { &*words } else { &[] };
        let said = self.meet(own);
        words.copy_from_slice(&said[from]);
    }

    fn gather(&self, words: &[u64]) -> Vec<Vec<u64>> {
        let said = self.meet(words);
        if self.rank == 0 { said.to_vec() } else { Vec::new() }
    }
}
