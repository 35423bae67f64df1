//! Spikes that are delivered one by one, in order of time.

use crate::tape::{OnTape, Tape, on_tape};

/// Spikes of a window to come, which is cut into cells: only the cell that it has come to is sorted.
#[derive(Clone, Debug)]
pub struct Agenda {
    cells: Vec<Vec<Entry>>,
    /// Cells per ms.
    scale: f64,
    /// The cells before this one are empty; whether it stands in order, the first spike last.
    at: usize,
    sorted: bool,
}

/// A spike of a neuron.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Entry {
    /// ms from the start of the window.
    pub time: f64,
    /// Which of all spikes of the window it is.
    pub index: u32,
    pub neuron: u16,
    /// The turn in which it was planned; of another turn it is obsolete.
    pub turn: u16,
}

/// A cell then holds a handful of spikes.
const CELLS: usize = 64;

on_tape!(Entry { time, index, neuron, turn });

impl OnTape for Agenda {
    fn pass(&mut self, tape: &mut Tape) {
        let mut entries: Vec<Entry> = self.entries().copied().collect();
        entries.sort_unstable_by(Entry::later);
        entries.pass(tape);
        if tape.is_read() {
            self.clear();
            entries.into_iter().for_each(|entry| self.push(entry));
        }
    }
}

impl Entry {
    /// The order in which a cell stands.
    fn later(&self, other: &Self) -> std::cmp::Ordering {
        other.time.total_cmp(&self.time).then(other.index.cmp(&self.index))
    }
}

impl Agenda {
    /// Nothing, in windows of `length` ms.
    pub fn new(length: f64) -> Self {
        Self {
            cells: vec![Vec::new(); CELLS],
            scale: CELLS as f64 / length,
            at: CELLS,
            sorted: false,
        }
    }

    /// All spikes, in no order.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.cells.iter().flatten()
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.cells[self.at..].iter_mut().for_each(Vec::clear);
        self.at = CELLS;
    }

    /// Adds a spike.
    pub fn push(&mut self, entry: Entry) {
        let cell = ((entry.time * self.scale) as usize).min(CELLS - 1);
        let entries = &mut self.cells[cell];
        if cell < self.at {
            (self.at, self.sorted) = (cell, false);
        }
        if cell == self.at && self.sorted {
            let place = entries.partition_point(|other| other.later(&entry).is_lt());
            entries.insert(place, entry);
        } else {
            entries.push(entry);
        }
    }

    /// The next spike.
    pub fn first(&mut self) -> Option<Entry> {
        while self.at < CELLS && self.cells[self.at].is_empty() {
            (self.at, self.sorted) = (self.at + 1, false);
        }
        let entries = self.cells.get_mut(self.at)?;
        if !self.sorted {
            entries.sort_unstable_by(Entry::later);
            self.sorted = true;
        }
        entries.last().copied()
    }

    /// Removes the next spike, which [`Agenda::first`] has told.
    pub fn pop(&mut self) {
        self.cells[self.at].pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Seed;

    #[test]
    fn spikes_come_in_order_whenever_they_were_added() {
        let mut stream = Seed(1).stream("agenda", 0);
        let (mut agenda, mut known) = (Agenda::new(0.5), Vec::new());
        for window in 0..20 {
            let mut now = 0.0;
            for index in 0..500 {
                // Many at one time, also in the cell that it has come to, and in those that it has passed by.
                let time = now + (0.5 - now) * (stream.uniform() * 50.0).floor() / 50.0;
                let entry = Entry { time, index, neuron: 0, turn: 0 };
                agenda.push(entry);
                known.push(entry);
                if index % 3 == 0 {
                    known.sort_by(Entry::later);
                    let next = agenda.first().unwrap();
                    assert_eq!(Some(next), known.pop(), "{window}");
                    agenda.pop();
                    // It looks ahead, so that what is added then may lie before.
                    assert_eq!(agenda.first(), known.last().copied());
                    now = next.time;
                }
                if index == 250 {
                    let mut tape = Tape::blank();
                    agenda.pass(&mut tape);
                    agenda = Agenda::new(0.5);
                    let mut tape = Tape::written(tape.into_words());
                    agenda.pass(&mut tape);
                    tape.end().unwrap();
                }
            }
            agenda.clear();
            assert_eq!(agenda.first(), None);
            known.clear();
        }
    }
}
