//! What is seen of a trial while it runs on a thread of its own, until it is written.

use super::course::{Observer, Reached};
use crate::dynamics::{Dynamics, Observable, ObservableKind, Spike};
use crate::error::Result;
use crate::pattern::pack;
use crate::recording::{Looks, Recorder, Watch};
use crate::units::on_grid;
use std::ops::Range;

/// A trial of spiking neurons is run in steps of so much time (ms), after each of which it may be abandoned.
const STEP: f64 = 10.0;

/// Everything that was seen of a trial.
pub(super) struct Log {
    /// When it began, in the time of its network.
    begin: f64,
    spikes: Vec<Spike>,
    external: Vec<Spike>,
    looks: Vec<Look>,
    /// When to look at states.
    when: Looks,
    watches: Vec<Watch>,
    /// What they have seen: the number of the watch, the time since the trial began, and the row.
    watched: Vec<(usize, f64, Vec<f64>)>,
    time: f64,
    /// Of the field that is held.
    end: f64,
    kind: ObservableKind,
}

/// A moment of a trial.
struct Look {
    /// Since the trial began.
    time: f64,
    seen: Seen,
    energy: Option<f64>,
    /// Whether a field ends here, by whose end the data are known.
    ends: bool,
}

/// The neurons at a moment.
enum Seen {
    /// Packed.
    States(Vec<u64>, usize),
    Graded(Vec<f64>),
}

impl Look {
    fn observable<'a>(&'a self, active: &'a mut Vec<bool>) -> Observable<'a> {
        let energy = self.energy;
        match &self.seen {
            Seen::Graded(activity) => Observable::Graded { activity, energy },
            Seen::States(packed, neurons) => {
                *active = (0..*neurons).map(|i| packed[i / 64] >> (i % 64) & 1 == 1).collect();
                Observable::States { active, energy }
            }
        }
    }
}

impl Log {
    /// Of a trial whose network begins it at its time `begin`.
    pub fn new(begin: f64, when: Looks, mut watches: Vec<Watch>) -> Self {
        watches.iter_mut().for_each(|watch| watch.schedule.begin(begin));
        Self {
            begin,
            spikes: Vec::new(),
            external: Vec::new(),
            looks: Vec::new(),
            when,
            watches,
            watched: Vec::new(),
            time: begin,
            end: begin,
            kind: ObservableKind::Spikes,
        }
    }

    fn take(&mut self, time: f64, seen: Observable) {
        let (time, energy) = (time - self.begin, seen.energy());
        let seen = match seen {
            Observable::Spikes(spikes) => {
                self.spikes.extend_from_slice(spikes);
                return;
            }
            Observable::States { active, .. } => Seen::States(pack(active), active.len()),
            Observable::Graded { activity, .. } => Seen::Graded(activity.to_vec()),
        };
        self.looks.push(Look { time, seen, energy, ends: false });
    }

    /// Writes the trial at its `place` as if it had been observed while it ran.
    pub fn write(mut self, place: &Range<f64>, recorder: &mut Recorder) -> Result<()> {
        if self.kind == ObservableKind::Spikes {
            recorder.begin(place.start);
            for (k, time, row) in &self.watched {
                recorder.take_watched(*k, on_grid(place.start + time), row)?;
            }
            move_to(&mut self.spikes, self.begin, place);
            move_to(&mut self.external, self.begin, place);
            return write_spikes(&self.spikes, &self.external, place, recorder);
        }
        let mut active = Vec::new();
        for look in &self.looks {
            let seen = look.observable(&mut active);
            recorder.observe(place.start + look.time, seen)?;
            if look.ends {
                recorder.end_state(seen);
            }
        }
        Ok(())
    }
}

impl Observer for Log {
    fn begin(&mut self, time: f64, anew: bool, seen: Observable) -> Result<()> {
        (self.time, self.kind) = (time, seen.kind());
        self.when.begin(time);
        if anew && self.kind != ObservableKind::Spikes {
            self.take(time, seen);
        }
        Ok(())
    }

    fn next(&mut self, end: f64) -> f64 {
        self.end = end;
        match self.kind {
            ObservableKind::Spikes => {
                let watches = self.watches.iter().map(|watch| watch.schedule.next(end));
                watches.fold(end.min(self.time + STEP), f64::min)
            }
            ObservableKind::States | ObservableKind::Graded => self.when.next(end),
        }
    }

    fn look(&mut self, reached: Reached, wanted: bool, dynamics: &mut dyn Dynamics) -> Result<()> {
        let time = reached.time;
        self.time = time;
        if let Some(input) = dynamics.external_input() {
            self.external.extend_from_slice(input.recorded());
        }
        for (k, watch) in self.watches.iter_mut().enumerate() {
            let row = watch.look(time, self.end, dynamics);
            self.watched.extend(row.map(|row| (k, time - self.begin, row)));
        }
        if wanted || self.kind == ObservableKind::Spikes {
            self.when.seen(time);
            self.take(time, dynamics.observable());
        }
        Ok(())
    }

    fn end(&mut self, _: f64, _: &dyn Dynamics) -> Result<()> {
        self.looks.last_mut().into_iter().for_each(|look| look.ends = true);
        Ok(())
    }
}

/// Moves spikes of a trial that began at `begin` (ms) to its place in the recording.
///
/// Rounding may let two times become one, whose order is then that of the neurons, and must move none out of the
/// trial.
fn move_to(spikes: &mut [Spike], begin: f64, place: &Range<f64>) {
    let (shift, last) = (place.start - begin, place.end.next_down());
    for spike in spikes.iter_mut() {
        spike.time = (spike.time + shift).max(place.start).min(last);
    }
    spikes.sort_by(|a, b| a.time.total_cmp(&b.time).then(a.neuron.cmp(&b.neuron)));
}

/// Writes spikes interval by interval.
fn write_spikes(
    mut spikes: &[Spike],
    mut external: &[Spike],
    place: &Range<f64>,
    recorder: &mut Recorder,
) -> Result<()> {
    let mut time = place.start;
    while time < place.end {
        time = recorder.next_look(place.end);
        let before = |spikes: &mut &[Spike]| {
            let (now, later) = spikes.split_at(spikes.partition_point(|s| s.time < time));
            *spikes = later;
            now.to_vec()
        };
        recorder.observe_external(&before(&mut external))?;
        recorder.observe(time, Observable::Spikes(&before(&mut spikes)))?;
    }
    Ok(())
}
