//! When a run is looked at: made anew from what is shown, to be compared with what was recorded.

use super::looks::Looks;
use super::probes::Schedule;
use crate::dynamics::ObservableKind;
use crate::units::on_grid;
use std::ops::Range;

/// A stretch of a run: the protocol, or a trial.
#[derive(Clone, Debug)]
pub(crate) struct Stretch {
    /// When it begins and ends in the recording.
    pub place: Range<f64>,
    /// When it begins in the time of its network, if that is not the one of the others.
    pub apart: Option<f64>,
    /// Until when each of its fields is held, and whether what is seen when that begins is recorded.
    pub held: Vec<(f64, bool)>,
    /// How long it lasted, if it ended by itself.
    pub lasted: Option<f64>,
}

/// A moment that is recorded, and when that is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Moment {
    pub time: f64,
    pub due: f64,
}

impl Stretch {
    /// When it ended in the recording.
    pub fn ended(&self) -> f64 {
        self.lasted.map_or(self.place.end, |lasted| self.place.start + lasted)
    }

    /// Adds its moments to `found`, until there are more than `most`.
    pub fn looks(&self, of: ObservableKind, interval: f64, most: usize, found: &mut Vec<Moment>) {
        let mut looks = Looks::new(of, interval);
        match of {
            ObservableKind::Spikes => {
                let end = match self.apart {
                    Some(_) => self.place.end,
                    None => self.held.last().map_or(self.place.end, |held| held.0),
                };
                looks.begin(self.place.start);
                let mut now = self.place.start;
                while now < end && found.len() <= most {
                    now = looks.next(end);
                    found.extend(looks.seen(now).map(|time| Moment { time, due: now }));
                }
            }
            ObservableKind::States | ObservableKind::Graded => self.states(looks, most, found),
        }
    }

    fn states(&self, mut looks: Looks, most: usize, found: &mut Vec<Moment>) {
        let begin = self.apart.unwrap_or(self.place.start);
        let mut push = |time: f64| {
            let time = if self.apart.is_some() { self.place.start + (time - begin) } else { time };
            found.push(Moment { time, due: time });
            found.len() <= most
        };
        let (mut now, mut anew) = (begin, false);
        for &(end, seen) in &self.held {
            anew |= seen;
            if end <= now {
                continue;
            }
            looks.begin(now);
            if std::mem::take(&mut anew) && !push(now) {
                return;
            }
            while now < end && self.lasted != Some(0.0) {
                let next = looks.next(end).max(now);
                if let Some(lasted) = self.lasted.filter(|lasted| next - begin >= *lasted) {
                    let time = self.place.start + lasted;
                    found.push(Moment { time, due: time });
                    return;
                }
                now = next;
                looks.seen(now);
                if !push(now) {
                    return;
                }
            }
        }
    }

    /// Adds the times at which single neurons are looked at, `every` so many ms, until there are more than `most`.
    pub fn watched(&self, of: ObservableKind, every: f64, most: usize, found: &mut Vec<f64>) {
        let begin = self.apart.unwrap_or(self.place.start);
        let mut schedule = Schedule::new(every);
        let mut look = |from: f64, end: f64| {
            schedule.begin(from);
            let mut now = from;
            while now < end && found.len() <= most {
                now = schedule.next(end);
                if schedule.seen(now, end) {
                    let apart = || on_grid(self.place.start + (now - begin));
                    found.push(if self.apart.is_some() { apart() } else { now });
                }
            }
        };
        if of == ObservableKind::Graded {
            let mut from = begin;
            for end in self.held.iter().map(|held| held.0) {
                look(from, end);
                from = from.max(end);
            }
        } else {
            look(begin, self.held.last().map_or(begin, |held| held.0));
        }
    }
}
