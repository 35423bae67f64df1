//! External input: spikes that reach the neurons of a block from outside, one by one.
//!
//! There are nearly as many of them as of all other arrivals, but few matter one by one. All excitatory spikes of a
//! window are added to a neuron at once, at its beginning, if even so it certainly does not reach theta: what
//! is tested later is then too high a potential, and a neuron that passes the test with it does so without it. Only when
//! a neuron becomes suspect are the spikes that are still to come taken back, and then delivered in their time.

#[cfg(test)]
mod tests;

use super::agenda::{Agenda, Entry};
use super::emission::Emission;
use super::kick::{BAR, Lead, SHARED};
use super::membrane::Kicks;
use super::series::Grid;
use super::state::{Early, State};
use super::trains::{Batch, Trains};
use crate::random::Swift;
use crate::tape::{is_count, on_tape};
use std::cell::RefCell;
use std::ops::Range;

/// External spikes of one kind.
#[derive(Clone, Debug)]
pub struct External {
    /// The port on which they act; none if they are delta synapses.
    port: Option<usize>,
    /// mV.
    efficacy: f64,
    pub emission: Emission,
    /// The spikes of the window; their times count from its start.
    trains: Trains,
    /// What the first k of them do to the departure, and to the current if they act on one, counted in units of a grid:
    /// what a train does is a difference, exact in whatever order its spikes come.
    sums: [Vec<i64>; 2],
    grids: [Grid; 2],
    /// What each does to the bound, at most: as if it arrived when the window begins.
    bound: f64,
    /// By neuron; in an even turn its spikes have been added all at once, in an odd one they are delivered in their time,
    /// or not at all if it is [`IGNORED`].
    turns: Vec<u16>,
    /// The spikes that are delivered in their time, and when the next of them is.
    agenda: Agenda,
    next: f64,
    /// Absolute time of the window's start, and how far it has been run, ms.
    start: f64,
    reached: f64,
    /// Number of spikes in earlier windows.
    earlier: u64,
    /// What has been delivered since it was last taken, if that is wanted: (ms, neuron).
    pub record: Option<Vec<(f64, u16)>>,
}

on_tape!(External {
    emission, trains, agenda, start, reached, earlier; each turns; not port, efficacy, sums, grids, bound, next, record
});

thread_local! {
    /// What the spikes of a window take, and what follows from them, is lent to the blocks that a thread runs: room of their own
    /// would not stay in the cache.
    static ROOM: RefCell<Vec<(Batch, [Vec<i64>; 2])>> = const { RefCell::new(Vec::new()) };
}

/// So much room a thread keeps at most: a window that does not pause needs one.
const MOST_ROOMS: usize = 2;

/// The turn of a neuron that nothing matters to until the next window: as if all its spikes were delivered in their time.
const IGNORED: u16 = u16::MAX;

/// So many spikes of one neuron have a sum that 64 bits can count.
const COUNTED: usize = 1 << 16;

impl External {
    /// Spikes of `efficacy` mV that act on `port` of so many neurons, in windows of `length` ms.
    pub fn new(
        port: Option<usize>,
        efficacy: f64,
        emission: Emission,
        neurons: usize,
        length: f64,
    ) -> Self {
        Self {
            port,
            efficacy,
            emission,
            trains: Trains::new(neurons),
            sums: Default::default(),
            grids: Default::default(),
            bound: 0.0,
            turns: vec![0; neurons],
            agenda: Agenda::new(length),
            next: f64::INFINITY,
            start: 0.0,
            reached: 0.0,
            earlier: 0,
            record: None,
        }
    }

    /// The same input, after the end of a window; what is drawn comes from `random`, and nothing has been delivered yet.
    pub fn renewed(mut self, random: Vec<Swift>) -> Self {
        self.emission.reseed(random);
        self.forget();
        Self { start: 0.0, reached: 0.0, earlier: 0, record: None, ..self }
    }

    /// Forgets the spikes of the window.
    fn forget(&mut self) {
        self.trains = Trains::new(self.turns.len());
        self.turns.fill(0);
        self.agenda.clear();
        self.next = f64::INFINITY;
    }

    /// Draws or reads the spikes of the window from `start` to `end` (absolute, ms), and adds them to the neurons
    /// that they do not make suspect; the others are told.
    pub fn begin<const F: usize>(
        &mut self,
        start: f64,
        end: f64,
        state: &mut State<F>,
        suspects: &mut Vec<u16>,
    ) {
        self.earlier = self.delivered();
        self.agenda.clear();
        self.next = f64::INFINITY;
        let length = state.membrane.window;
        if let Some((batch, sums)) = ROOM.with_borrow_mut(Vec::pop) {
            self.trains.lend(batch);
            self.sums = sums;
        }
        self.emission.take([start, end], length, &mut self.trains);
        (self.start, self.reached) = (start, start);
        self.evaluate(state);
        self.add_all(state, suspects);
    }

    /// What the spikes do to their neurons.
    fn evaluate<const F: usize>(&mut self, state: &State<F>) {
        let membrane = &*state.membrane;
        let Kicks { table, series } = match self.port {
            Some(port) => &membrane.ports[port].kicks,
            None => &membrane.jump,
        };
        let times = self.trains.times();
        let [departures, currents] = &mut self.sums;
        self.bound = self.efficacy.max(0.0) * table.at(0.0).bound();
        self.grids = [series[0].grid(self.efficacy), series[1].grid(self.efficacy)];
        if self.port.is_some() {
            series[1].accumulate(self.efficacy, times, currents);
        }
        if F == SHARED {
            series[0].accumulate(self.efficacy, times, departures);
        } else {
            let grid = self.grids[0];
            departures.clear();
            departures.push(0);
            let mut total = 0i64;
            departures.extend(self.trains.all().map(|(s, n)| {
                let place = membrane.place[usize::from(n)];
                total =
                    total.wrapping_add(grid.count(self.efficacy * table.at(s).departure(place)));
                total
            }));
        }
    }

    /// What so many spikes do to the departure, part 0, or to a current, part 1, that 64 bits cannot count their sum.
    #[cold]
    fn kick_of_many(&self, part: usize, spikes: &Range<usize>) -> f64 {
        let each = spikes.clone().map(|k| i128::from(self.one(part, k)));
        self.grids[part].value_of_many(each.sum())
    }

    /// What one spike does, in units of the grid.
    #[inline]
    fn one(&self, part: usize, spike: usize) -> i64 {
        self.sums[part][spike + 1].wrapping_sub(self.sums[part][spike])
    }

    fn add_all<const F: usize>(&mut self, state: &mut State<F>, suspects: &mut Vec<u16>) {
        let State { membrane, lead, currents, .. } = state;
        let known = suspects.len();
        self.turns.fill(0);
        match self.port.map(|port| currents.of(port)) {
            None if membrane.only_jumps() => {
                self.add_trains::<true, false>(lead, (&mut [], 1), suspects);
            }
            None => self.add_trains::<false, false>(lead, (&mut [], 1), suspects),
            Some(own) => self.add_trains::<false, true>(lead, own, suspects),
        }
        for n in &suspects[known..] {
            let n = usize::from(*n);
            self.turns[n] = 1;
            self.trains.of(n).for_each(|index| self.plan(n, index));
        }
    }

    /// Adds whole trains to neurons that have nothing but V, or not, and to their currents, if they act on such, of which each
    /// neuron's is so many further on. As a function of its own it has all registers.
    #[inline(never)]
    fn add_trains<const ONLY_V: bool, const CURRENT: bool>(
        &self,
        lead: &mut [Lead],
        (currents, width): (&mut [f64], usize),
        suspects: &mut Vec<u16>,
    ) {
        let Self { grids, bound: each, efficacy, .. } = self;
        let ([departures, arrived], inhibits) = (&self.sums, *efficacy < 0.0);
        let (mut start, mut before) = (0, [0, 0]);
        for train in self.trains.trains() {
            let (n, end) = (usize::from(train.neuron), train.end as usize);
            let sums = [departures[end], if CURRENT { arrived[end] } else { 0 }];
            let (spikes, earlier) = (start..end, before);
            (start, before) = (end, sums);
            let kick = |part: usize| match spikes.len() <= COUNTED {
                true => grids[part].value(sums[part].wrapping_sub(earlier[part])),
                false => self.kick_of_many(part, &spikes),
            };
            let lead = &mut lead[n];
            let departure = lead.departure + kick(0);
            let suspect = if ONLY_V {
                // Inhibition would lower V too soon.
                departure >= lead.bound || inhibits
            } else {
                lead.bound += spikes.len() as f64 * each;
                lead.bound > BAR
            };
            if suspect {
                suspects.push(train.neuron);
                continue;
            }
            lead.departure = departure;
            if CURRENT {
                currents[width * n] += kick(1);
            }
        }
    }

    /// Lets spike `index` be delivered to neuron `n` in its time.
    fn plan(&mut self, n: usize, index: usize) {
        let time = self.trains.times()[index];
        let turn = self.turns[n];
        self.agenda.push(Entry { time, index: index as u32, neuron: n as u16, turn });
        self.next = self.next.min(time);
    }

    /// Takes back what has been added to neuron `n` before its time, and delivers it in its time: all spikes but
    /// those that are `past`.
    pub fn unravel<const F: usize>(
        &mut self,
        n: usize,
        past: impl Fn(f64) -> bool + Copy,
        state: &mut State<F>,
    ) {
        if self.turns[n] % 2 == 1 {
            return;
        }
        self.turns[n] += 1;
        let coming = self.take_back(n, past, state);
        if coming > 0 {
            for index in self.trains.of(n) {
                if !past(self.trains.times()[index]) {
                    self.plan(n, index);
                }
            }
        }
    }

    /// Takes back the spikes that have been added to neuron `n` and are not `past`; how many these are.
    fn take_back<const F: usize>(
        &self,
        n: usize,
        past: impl Fn(f64) -> bool,
        state: &mut State<F>,
    ) -> usize {
        let (number, [departure, current]) = self.coming(n, past);
        if number > 0 {
            state.lead[n].departure -= self.grids[0].value_of_many(departure);
            if !state.membrane.only_jumps() {
                state.lead[n].bound -= number as f64 * self.bound;
            }
            if let Some(port) = self.port {
                *state.currents.at_mut(port, n) -= self.grids[1].value_of_many(current);
            }
        }
        number
    }

    /// How many spikes of neuron `n` are not `past`, and what they do to its departure and to its current.
    fn coming(&self, n: usize, past: impl Fn(f64) -> bool) -> (usize, [i128; 2]) {
        let (mut number, mut sums) = (0, [0; 2]);
        for index in self.trains.of(n).filter(|k| !past(self.trains.times()[*k])) {
            number += 1;
            sums[0] += i128::from(self.one(0, index));
            if self.port.is_some() {
                sums[1] += i128::from(self.one(1, index));
            }
        }
        (number, sums)
    }

    /// What has been added to neuron `n` before its time: to its departure, and to a current.
    pub fn early(&self, n: usize) -> Early {
        if self.turns[n] % 2 == 1 {
            return Early { port: self.port, ..Early::default() };
        }
        let (_, [departure, current]) = self.coming(n, |time| self.start + time < self.reached);
        let [departures, currents] = self.grids;
        Early {
            departure: departures.value_of_many(departure),
            current: currents.value_of_many(current),
            port: self.port,
        }
    }

    /// Takes back all spikes that have been added and are still to come, because a new window begins.
    pub fn withdraw<const F: usize>(&mut self, state: &mut State<F>) {
        let (start, reached) = (self.start, self.reached);
        for n in 0..self.turns.len() {
            if self.turns[n].is_multiple_of(2) {
                self.take_back(n, |time| start + time < reached, state);
            }
        }
        self.earlier = self.delivered();
        let all = self.trains.all().map(|(s, n)| (start + s, n));
        self.emission.put_off(all.filter(|spike| spike.0 >= reached));
        self.forget();
    }

    /// When the next spike is delivered, from the start of the window.
    pub fn next(&self) -> f64 {
        self.next
    }

    /// Delivers the next spike; returns its neuron if that has become suspect.
    pub fn deliver<const F: usize>(&mut self, state: &mut State<F>) -> Option<usize> {
        let Entry { index, neuron, .. } = self.agenda.first()?;
        self.agenda.pop();
        self.find_next();
        let (n, spike) = (usize::from(neuron), index as usize);
        let lead = &mut state.lead[n];
        lead.departure += self.grids[0].value(self.one(0, spike));
        if let Some(port) = self.port {
            *state.currents.at_mut(port, n) += self.grids[1].value(self.one(1, spike));
        }
        if state.membrane.only_jumps() {
            return (lead.departure >= lead.bound).then_some(n);
        }
        lead.bound += self.bound;
        (lead.bound > BAR).then_some(n)
    }

    /// Nothing that comes to neuron `n` in this window matters any more: it is refractory, and has no currents.
    pub fn ignore(&mut self, n: usize) {
        self.turns[n] = IGNORED;
        self.find_next();
    }

    /// Finds again what follows from the spikes of the window, which have been read from a tape; whether they can be such.
    pub fn restore<const F: usize>(&mut self, state: &State<F>) -> bool {
        let (neurons, times) = (self.turns.len(), self.trains.times());
        // Give or take rounding before it.
        let window = -state.membrane.window..state.membrane.window;
        let known = |entry: &Entry| {
            usize::from(entry.neuron) < neurons
                && times.get(entry.index as usize) == Some(&entry.time)
        };
        let possible = self.trains.is_possible()
            && times.iter().all(|time| window.contains(time))
            && self.agenda.entries().all(known)
            && self.emission.is_of(neurons, self.start)
            && is_count(self.earlier);
        if !possible {
            self.forget();
            return false;
        }
        self.evaluate(state);
        self.find_next();
        true
    }

    /// Finds when the next spike is delivered, and drops those before it that are obsolete.
    fn find_next(&mut self) {
        self.next = loop {
            match self.agenda.first() {
                None => break f64::INFINITY,
                Some(Entry { time, neuron, turn, .. })
                    if self.turns[usize::from(neuron)] == turn =>
                {
                    break time;
                }
                Some(_) => self.agenda.pop(),
            }
        };
    }

    /// Notes that the window has been run up to `pause` (absolute, ms), exclusive, or to its end if that is infinite; then
    /// nothing of its spikes is left.
    pub fn reach(&mut self, pause: f64) {
        if let Some(record) = &mut self.record {
            let (start, reached) = (self.start, self.reached);
            let all = self.trains.all().map(|(s, n)| (start + s, n));
            record.extend(all.filter(|spike| spike.0 >= reached && spike.0 < pause));
        }
        self.reached = pause;
        if pause == f64::INFINITY {
            self.earlier += self.trains.spikes() as u64;
            let room = (self.trains.take(), std::mem::take(&mut self.sums));
            ROOM.with_borrow_mut(|rooms| {
                // Windows that pause may begin on one thread and end on another.
                if rooms.len() < MOST_ROOMS {
                    rooms.push(room);
                }
            });
        }
    }

    /// Number of spikes that have been delivered.
    pub fn delivered(&self) -> u64 {
        if self.reached == f64::INFINITY {
            return self.earlier + self.trains.spikes() as u64;
        }
        let past = self.trains.times().iter().filter(|s| self.start + **s < self.reached);
        self.earlier + past.count() as u64
    }
}
