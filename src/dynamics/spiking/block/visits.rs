//! Spikes under way to a block along synapses of several delays.
//!
//! The synapses of a spike are read once, when it is sent, and laid in the slots of time in which they are due. When a window
//! begins, what is due in it stands together, and is put in the order of the window's arrivals: unlike rows, which are
//! everywhere in memory, it stays in the cache.

mod stream;
#[cfg(test)]
mod tests;

use super::pathway::{Pathway, Synapses};
use crate::dynamics::spiking::clock::{Index, News, Window};
use crate::dynamics::spiking::slots::{Delays, Slots};
use crate::synapse::Part;
use crate::tape::{OnTape, Tape, is_count};
use std::collections::{BTreeMap, VecDeque};
use std::mem::{swap, take};
use std::sync::Arc;
use stream::{Place, Stream, Visit};

/// The synapses that every spike under way comes to.
#[derive(Clone, Debug)]
pub struct Visits {
    /// Shared with the block.
    pathways: Arc<[Pathway]>,
    /// Every delay of a pathway that has several is a lane; which is the first of every pathway.
    lanes: Arc<[Lane]>,
    first: Vec<Option<u32>>,
    slots: Slots,
    /// What waits in the slots, from number `front` on; far away in those alone in which something does.
    waiting: VecDeque<Stream>,
    front: u64,
    far: BTreeMap<u64, Stream>,
    /// What is due in the window, in which order, and which of it is next.
    now: Stream,
    due: Vec<Due>,
    next: usize,
    /// Room.
    spare: Vec<Stream>,
    found: Vec<Due>,
    ends: Vec<u32>,
}

/// A delay of a pathway.
#[derive(Clone, Copy, Debug)]
struct Lane {
    pathway: usize,
    /// Which of its delays, and how long that is, ms.
    number: usize,
    delay: f64,
    route: u32,
    /// How many spikes may be under way along it.
    most: usize,
}

/// A visit in the current window.
#[derive(Clone, Copy, Debug, Default)]
struct Due {
    /// The place of its arrival in the order of all.
    arrival: u32,
    lane: u32,
    place: Place,
}

/// How many spikes ahead the place of a row, and the row itself, are asked for.
const STARTS_AHEAD: usize = 6;
const ROWS_AHEAD: usize = 3;

/// How many visits before they are taken their loads are asked for.
const LOADS_AHEAD: usize = 4;

/// So many slots are near.
const NEAR: usize = 1024;

impl Visits {
    /// None yet.
    pub fn new(pathways: Arc<[Pathway]>, delays: &Delays) -> Self {
        let (mut first, mut lanes) = (Vec::new(), Vec::new());
        for (k, pathway) in pathways.iter().enumerate() {
            let Synapses::Staggered(_) = &pathway.synapses else {
                first.push(None);
                continue;
            };
            first.push(Some(lanes.len() as u32));
            lanes.extend(pathway.routes.iter().enumerate().map(|(number, &route)| {
                let delay = delays.by_route[route as usize];
                let most = delays.most[route as usize];
                Lane { pathway: k, number, delay, route, most }
            }));
        }
        Self {
            pathways,
            lanes: lanes.into(),
            first,
            slots: delays.slots,
            waiting: VecDeque::new(),
            front: 0,
            far: BTreeMap::new(),
            now: Stream::default(),
            due: Vec::new(),
            next: 0,
            spare: Vec::new(),
            found: Vec::new(),
            ends: Vec::new(),
        }
    }

    /// The lane of the synapses of a pathway that have its delay number `delay`, if it has several.
    pub fn lane(&self, pathway: usize, delay: usize) -> Option<u32> {
        Some(self.first[pathway]? + delay as u32)
    }

    /// Begins a window: lays down what its news will come to, and finds what is due in it.
    pub fn begin(&mut self, window: &Window) {
        if self.lanes.is_empty() {
            return;
        }
        self.drop_past(window.start);
        self.note(&window.news);
        self.collect(&window.index, window.arrivals.len());
    }

    /// Drops the slots in which nothing waits any more, and comes nearer to others.
    fn drop_past(&mut self, start: f64) {
        // Give or take rounding.
        let present = self.slots.of(start, 0.0).saturating_sub(1);
        while self.front < present {
            let Some(mut past) = self.waiting.pop_front() else {
                self.front = present;
                break;
            };
            past.clear();
            self.spare.push(past);
            self.front += 1;
        }
        let near = self.front.saturating_add(NEAR as u64);
        while let Some(first) = self.far.first_entry().filter(|first| *first.key() < near) {
            let (slot, stream) = first.remove_entry();
            *self.slot(slot.saturating_sub(self.front) as usize) = stream;
        }
    }

    /// The slot so many after the front, which is near.
    fn slot(&mut self, after: usize) -> &mut Stream {
        while after >= self.waiting.len() {
            self.waiting.push_back(self.spare.pop().unwrap_or_default());
        }
        &mut self.waiting[after]
    }

    /// Lays the synapses of these spikes in the slots in which they are due.
    fn note(&mut self, news: &[News]) {
        let Self { pathways, lanes, first, slots, waiting, front, far, spare, .. } = self;
        for (pathway, first) in pathways.iter().zip(first) {
            let (Synapses::Staggered(staggered), Some(first)) = (&pathway.synapses, first) else {
                continue;
            };
            let (lanes, staggered) = (&lanes[*first as usize..], staggered.open());
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
                for (number, place) in staggered.runs(sender) {
                    let slot = slots.of(spike.time, lanes[number].delay);
                    let after = slot.saturating_sub(*front) as usize;
                    let stream = if after < NEAR {
                        while after >= waiting.len() {
                            waiting.push_back(spare.pop().unwrap_or_default());
                        }
                        &mut waiting[after]
                    } else {
                        far.entry(slot).or_default()
                    };
                    let (spike, sender) = (spike.spike as u32, sender as u32);
                    let visit = Visit { spike, sender, lane: *first + number as u32 };
                    stream.push(visit, &staggered.rows.all, &place);
                }
            }
        }
    }

    /// Finds what is due in the window of so many arrivals, and puts it in their order.
    fn collect(&mut self, index: &Index, arrivals: usize) {
        // An interruption has put off what has not come; it comes in this window.
        let mut put_off = Stream::default();
        for due in &self.due[self.next..] {
            put_off.copy(&self.now, due.place);
        }
        self.now.clear();
        self.found.clear();
        self.sift(put_off, index);
        let slots = index.last_slot.saturating_sub(self.front).saturating_add(1);
        for k in 0..self.waiting.len().min(slots as usize) {
            let waiting = take(&mut self.waiting[k]);
            self.waiting[k] = self.sift(waiting, index);
        }
        self.put_in_order(arrivals);
        self.next = 0;
    }

    /// Moves what is due from a stream to that of the window; returns the rest.
    fn sift(&mut self, mut stream: Stream, index: &Index) -> Stream {
        if stream.is_empty() {
            return stream;
        }
        let before = self.found.len();
        let end = self.now.end();
        let mut all = true;
        for (visit, place) in stream.visits() {
            let lane = visit.lane;
            match index.find(visit.spike, self.lanes[lane as usize].route) {
                Some(arrival) => self.found.push(Due { arrival, lane, place: place.after(end) }),
                None => all = false,
            }
        }
        if all {
            if self.now.is_empty() {
                swap(&mut self.now, &mut stream);
            } else {
                self.now.append(&mut stream);
            }
            return stream;
        }
        self.found.truncate(before);
        let mut rest = self.spare.pop().unwrap_or_default();
        for (visit, place) in stream.visits() {
            let lane = visit.lane;
            match index.find(visit.spike, self.lanes[lane as usize].route) {
                Some(arrival) => {
                    let place = self.now.copy(&stream, place);
                    self.found.push(Due { arrival, lane, place });
                }
                None => drop(rest.copy(&stream, place)),
            }
        }
        stream.clear();
        self.spare.push(stream);
        rest
    }

    /// Puts what was found in the order of its arrivals, of which there are so many; what comes with one stays in its own.
    fn put_in_order(&mut self, arrivals: usize) {
        let Self { found, due, ends, .. } = self;
        ends.clear();
        ends.resize(arrivals + 1, 0);
        found.iter().for_each(|due| ends[due.arrival as usize + 1] += 1);
        for k in 1..ends.len() {
            ends[k] += ends[k - 1];
        }
        due.clear();
        due.resize(found.len(), Due::default());
        for visit in found {
            let end = &mut ends[visit.arrival as usize];
            due[*end as usize] = *visit;
            *end += 1;
        }
    }

    /// The next synapses, which are among `all` of a pathway, that the arrival at this place in the order of all comes to along
    /// a lane, if there are any.
    #[inline]
    pub fn take<'a>(&'a mut self, arrival: usize, lane: u32, all: &Part<'a>) -> Option<Part<'a>> {
        let due = *self.due.get(self.next)?;
        if due.arrival as usize != arrival || due.lane != lane {
            return None;
        }
        self.next += 1;
        if let Some(soon) = self.due.get(self.next + LOADS_AHEAD) {
            self.now.prefetch(soon.place);
        }
        let (words, reals) = self.now.load(due.place);
        // Few weights that stood beside their synapses are real numbers here.
        let few = if reals.is_none() { all.few } else { None };
        Some(Part { words, reals, few, which: None, ..*all })
    }

    /// Passes the visits of a stream: a spike once for each of its lanes, since the synapses follow from it.
    fn pass_stream(&self, stream: &mut Stream, room: &mut [usize], tape: &mut Tape) {
        let mut visits: Vec<Visit> = stream.visits().map(|(visit, _)| visit).collect();
        visits.dedup();
        visits.pass(tape);
        if tape.is_read() {
            stream.clear();
            visits.into_iter().for_each(|visit| drop(self.lay(visit, stream, room, tape)));
        }
    }

    /// Lays the synapses that a visit comes to in a stream, if it can be one and there is `room`, by lane, for another; where
    /// they stand.
    fn lay(
        &self,
        visit: Visit,
        stream: &mut Stream,
        room: &mut [usize],
        tape: &mut Tape,
    ) -> Vec<Place> {
        let sender = visit.sender as usize;
        let lane = self.lanes.get(visit.lane as usize);
        let known = lane.and_then(|lane| match &self.pathways[lane.pathway].synapses {
            Synapses::Staggered(staggered) if sender < staggered.rows().senders() => {
                Some((lane.number, staggered))
            }
            _ => None,
        });
        let mut places = Vec::new();
        let room = room.get_mut(visit.lane as usize).filter(|room| **room > 0 && tape.is_sound());
        if let (Some((number, staggered)), Some(room)) = (known, room) {
            *room -= 1;
            let staggered = staggered.open();
            let runs = staggered.runs(sender).filter(|run| run.0 == number);
            places.extend(runs.map(|run| stream.push(visit, &staggered.rows.all, &run.1)));
        }
        tape.require(!places.is_empty() && stream.is_addressed());
        places
    }
}

impl OnTape for Visits {
    fn pass(&mut self, tape: &mut Tape) {
        if self.lanes.is_empty() {
            return;
        }
        self.front.pass(tape);
        tape.require(is_count(self.front));
        let number = tape.number(self.waiting.len());
        tape.require(number <= NEAR);
        self.waiting.resize_with(number.min(NEAR), Stream::default);
        let room = &mut self.lanes.iter().map(|lane| lane.most).collect::<Vec<_>>()[..];
        for k in 0..self.waiting.len() {
            let mut stream = take(&mut self.waiting[k]);
            self.pass_stream(&mut stream, room, tape);
            self.waiting[k] = stream;
        }
        let mut slots: Vec<u64> = self.far.keys().copied().collect();
        slots.pass(tape);
        for slot in slots {
            let mut stream = self.far.remove(&slot).unwrap_or_default();
            self.pass_stream(&mut stream, room, tape);
            self.far.insert(slot, stream);
        }
        // What is still due in the window, with the places of its arrivals.
        let left = self.due[self.next..].iter();
        let mut left: Vec<_> = left.map(|due| (self.now.visit(due.place), due.arrival)).collect();
        left.dedup();
        left.pass(tape);
        tape.require(left.is_sorted_by_key(|visit| visit.1));
        if tape.is_read() {
            let mut now = take(&mut self.now);
            now.clear();
            self.due.clear();
            self.next = 0;
            for (visit, arrival) in left {
                for place in self.lay(visit, &mut now, room, tape) {
                    self.due.push(Due { arrival, lane: visit.lane, place });
                }
            }
            self.now = now;
        }
    }
}
