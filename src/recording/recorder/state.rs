//! The state of a recording, with which that of its run is saved, and from which both go on.

use super::Recorder;
#[cfg(feature = "hdf5")]
use super::{Stored, full};
use crate::dynamics::Observable;
use crate::error::{Error, Result, quoted};
use crate::recording::checkpoint::{self, LAYOUT, Owner};
#[cfg(feature = "hdf5")]
use crate::recording::{Header, Memory, Unended, twin::Twin};
use crate::tape::{OnTape, Tape, is_count, is_moderate};
use sha2::Digest;

impl Recorder {
    /// From now on the state of the run, whose `owner` this is, can be [saved](Self::save).
    pub fn own(&mut self, owner: Owner) {
        self.owner = Some(Owner { layout: LAYOUT, ..owner });
    }

    /// Counts with the clock `seconds` how long the run takes, in addition to what it had taken before it goes on.
    pub(crate) fn time_with(&mut self, seconds: fn() -> f64) {
        let earlier = self.owner.as_ref().map_or(0.0, |owner| owner.wall_s);
        self.watch = Some((seconds, seconds() - earlier));
    }

    /// Seconds that the run has taken.
    pub(crate) fn wall_s(&self) -> f64 {
        self.watch.map_or(0.0, |(seconds, begun)| seconds() - begun)
    }

    /// [Commits](Self::commit), and saves beside a file the state of the run, which `state` passes: from there it can go on.
    pub fn save(&mut self, state: impl FnOnce(&mut Tape)) -> Result<()> {
        self.commit()?;
        let wall_s = self.wall_s();
        let (Some(output), Some(owner)) = (&self.output, &mut self.owner) else { return Ok(()) };
        owner.wall_s = wall_s;
        let (path, mut tape) = (output.path().to_owned(), Tape::blank());
        owner.pass(&mut tape);
        self.pass(&mut tape);
        state(&mut tape);
        checkpoint::save(&path, tape).map_err(|e| self.error(&e))?;
        (self.saved, self.saved_anew) = (true, true);
        Ok(())
    }

    /// Whether the state of the run has been saved since it began or went on.
    pub(crate) fn is_saved(&self) -> bool {
        self.saved_anew
    }

    /// The error of a run that was told to stop at `time` of the past that it shares with another.
    pub(crate) fn interrupted_in_past(&self, time: f64) -> Error {
        let unit = self.clock.unit();
        let found = format!(
            "found that the run was stopped at {time} {unit}, before anything was recorded of what follows its past"
        );
        Error::interrupt(self.store.place(), found, "run it again with --force")
    }

    /// The error of a run that was told to stop.
    pub fn interrupted(&self) -> Error {
        let found = match self.trials {
            Some(trials) => format!("found that the run was stopped after {trials} trials"),
            None => {
                let unit = self.clock.unit();
                format!("found that the run was stopped at {} {unit}", self.reached)
            }
        };
        let read = "read what was recorded with `attractor info`, `plot` or `analyze`";
        let remedy = match &self.output {
            Some(output) if self.saved => {
                format!("go on with `attractor run --resume {}`, or {read}", quoted(output.path()))
            }
            _ => format!("{read}, or run again with --force"),
        };
        Error::interrupt(self.store.place(), found, remedy)
    }

    /// Begins at a time that is not 0, in a state that may count as seen.
    pub(crate) fn begin_at(&mut self, start: f64, seen: Option<Observable>) -> Result<()> {
        self.begin(start);
        self.reached = start;
        seen.map_or(Ok(()), |seen| self.observe(start, seen))
    }

    /// Goes on with an `unended` recording, of a run that `header` tells as it was told; what is left of its tape is the
    /// state of that run.
    ///
    /// # Errors
    /// If it is the recording of another model, or has lost some of what the state counts on.
    #[cfg(feature = "hdf5")]
    pub fn go_on(unended: Unended, header: &Header) -> Result<(Self, Tape)> {
        let Unended { output, mut tape, owner, .. } = unended;
        // What is written when a recording begins stands there already.
        let begun = Self::begin_in(Box::new(Memory::default()), header).map_err(|e| full(&e))?;
        let store = Box::new(Twin::go_on(output.part(), output.path()));
        let mut recorder =
            Self { store, output: Some(output), owner: Some(owner), saved: true, ..begun };
        recorder.pass(&mut tape);
        if !tape.is_sound() {
            return Err(recorder.changed());
        }
        let cut = recorder.cut().and_then(|()| recorder.check_trials(header));
        cut.map_err(|fault| recorder.another(&fault))?;
        Ok((recorder, tape))
    }

    /// The error of a recording whose model is no longer what it was.
    pub fn changed(&self) -> Error {
        Error::file(
            self.store.place(),
            "found a state that is damaged, or of another network than its model describes now",
            "put back the files that the model names, patterns or spikes, or run it anew with --force",
        )
    }

    /// The error of a state in which the network feels another input than is shown to it at that time.
    pub fn astray(&self) -> Error {
        Error::file(
            self.store.place(),
            "found the state of a network that feels another input than is shown to it",
            "put back the state that the run left, or run it anew with --force",
        )
    }

    /// Takes away what stands behind what counts.
    #[cfg(feature = "hdf5")]
    fn cut(&mut self) -> Stored<()> {
        self.each(|column, store| column.cut(store))
    }
}

/// The state of all columns once everything has been written, and what samples began with.
impl OnTape for Recorder {
    fn pass(&mut self, tape: &mut Tape) {
        // Every field is named, so that none is forgotten.
        let Self {
            store: _,
            output: _,
            clock: _,
            populations,
            energy,
            ends,
            observable: _,
            external,
            potentials,
            efficacies,
            ended,
            looks,
            trials,
            reached,
            fixed,
            owner: _,
            saved: _,
            saved_anew: _,
            watch: _,
        } = self;
        for word in fixed.clone().finalize().chunks_exact(8) {
            tape.same(u64::from_le_bytes(word.try_into().unwrap_or_default()));
        }
        populations.as_mut_slice().pass(tape);
        energy.iter_mut().for_each(|energy| energy.pass(tape));
        ends.pass(tape);
        external.iter_mut().flatten().for_each(|events| events.pass(tape));
        potentials.as_mut_slice().pass(tape);
        efficacies.as_mut_slice().pass(tape);
        ended.iter_mut().for_each(|ended| ended.pass(tape));
        looks.pass(tape);
        trials.pass(tape);
        reached.pass(tape);
        tape.require(trials.is_none_or(is_count) && is_moderate(*reached));
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Ended, Header, Provenance, Sink};
    use super::*;
    use crate::dynamics::{Cell, ObservableKind, Spike};
    use crate::network::Placed;
    use crate::pattern::Patterns;
    use crate::recording::Probed;
    use crate::recording::store::Attribute;
    use crate::table::Table;
    use indexmap::IndexMap;
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::atomic::{AtomicU32, Ordering};

    /// A recording in memory, which has just begun, of two neurons of which so much is seen.
    fn begun(observable: ObservableKind) -> Recorder {
        let populations = [Placed { name: "N".to_owned(), neurons: 0..2, space: None }];
        let pattern = Patterns::from_foreground(2, vec![vec![0]]).with_names(vec!["a".to_owned()]);
        let patterns = IndexMap::from([("N".to_owned(), pattern)]);
        let (provenance, trials) =
            (Provenance::default(), Table::default().whole("trial", vec![1, 2]));
        let cell = Cell {
            theta: 20.0,
            v_reset: 10.0,
            tau_syn: vec![5.0],
            adaptation: None,
            moving_threshold: None,
        };
        let cells = vec![cell; 2];
        let (population, neurons) = ("N".to_owned(), 0..2);
        let probes = [Probed { population, neurons, first: 0, every: 0.7, cells }];
        let spikes = observable == ObservableKind::Spikes;
        let header = Header {
            trials: Some(&trials),
            interval: 3.0,
            external: &[spikes],
            probes: if spikes { &probes } else { &[] },
            relaxes: !spikes,
            observable,
            ..Header::of_spikes(&populations, &patterns, &provenance)
        };
        Recorder::create(Sink::Memory, header).unwrap()
    }

    /// Records on until `end`; how often it looked, 1000 times at most.
    fn look_on(recorder: &mut Recorder, end: f64) -> usize {
        let (mut time, mut looks) = (recorder.reached, 0);
        while time < end && looks < 1000 {
            looks += 1;
            let due = recorder.next_look(end);
            time = due.min(recorder.next_watch(end)).max(time);
            for k in 0..recorder.potentials.len() {
                if recorder.potentials[k].watch.schedule.seen(time, end) {
                    recorder.take_watched(k, time, &[11.0, 12.0, 0.1, 0.2]).unwrap();
                }
            }
            let spikes = [Spike { time, neuron: 0 }, Spike { time, neuron: 1 }];
            recorder.observe_external(&spikes).unwrap();
            let seen = match recorder.observable {
                ObservableKind::Spikes => Observable::Spikes(&spikes),
                _ => Observable::States { active: &[true, false], energy: Some(-1.0) },
            };
            recorder.observe(time, seen).unwrap();
        }
        recorder.end_trial(Ended::default()).unwrap();
        looks
    }

    #[test]
    fn forged_states_are_refused_or_looked_on_from() {
        for observable in [ObservableKind::Spikes, ObservableKind::States] {
            let mut recorder = begun(observable);
            look_on(&mut recorder, 10.3);
            recorder.begin(11.0);
            let mut tape = Tape::blank();
            recorder.pass(&mut tape);
            let whole = tape.into_words();
            let (mut went_on, mut found) = (0, Vec::new());
            let mut attempt = |what: String, words: Vec<u64>| {
                let mut recorder = begun(observable);
                let mut tape = Tape::written(words);
                recorder.pass(&mut tape);
                if !tape.is_sound() {
                    return;
                }
                went_on += 1;
                let looks = catch_unwind(AssertUnwindSafe(|| look_on(&mut recorder, 40.0)));
                if looks.is_err() || looks.is_ok_and(|looks| looks >= 1000) {
                    found.push(what);
                }
            };
            attempt("whole".to_owned(), whole.clone());
            let numbers = [-1.0, 1e-300, 1e308, -1e308, f64::NAN, f64::INFINITY, f64::NEG_INFINITY];
            let numbers = numbers.map(f64::to_bits).into_iter();
            let forged: Vec<u64> =
                numbers.chain([0, 1, 255, (1 << 32) - 1, 1 << 52, 1 << 63, u64::MAX]).collect();
            for k in 0..whole.len() {
                for &word in &forged {
                    let mut words = whole.clone();
                    words[k] = word;
                    attempt(
                        format!("word {k} of {}: {:#x} as {word:#x}", whole.len(), whole[k]),
                        words,
                    );
                }
            }
            assert!(went_on > 1 && found.is_empty(), "{} of {went_on}: {found:#?}", found.len());
        }
    }

    /// A clock that is put forward by hand, s.
    static NOW: AtomicU32 = AtomicU32::new(0);

    #[test]
    fn a_run_takes_what_it_had_taken_before_it_went_on_too() {
        let clock = || f64::from(NOW.load(Ordering::Relaxed));
        let mut recorder = begun(ObservableKind::States);
        assert_eq!(recorder.wall_s(), 0.0);
        for (earlier, wall_s) in [(None, 3.0), (Some(5.5), 8.5)] {
            if let Some(wall_s) = earlier {
                recorder.own(Owner { wall_s, ..Owner::default() });
            }
            NOW.store(100, Ordering::Relaxed);
            recorder.time_with(clock);
            NOW.store(103, Ordering::Relaxed);
            assert_eq!(recorder.wall_s(), wall_s);
        }
        let owner = recorder.owner.unwrap();
        assert_eq!((owner.layout, owner.wall_s), (LAYOUT, 5.5));
    }

    #[test]
    fn units_and_levels_stand_beside_what_is_sampled() {
        for (observable, unit, levels) in [
            (ObservableKind::Spikes, "Hz", None),
            (ObservableKind::States, "1", None),
            (ObservableKind::Graded, "1", Some([0.0, 1.0])),
        ] {
            let store = begun(observable).store;
            let units = store.attribute("rates/N/rate", "units").unwrap();
            assert_eq!(units, Some(Attribute::Text(unit.to_owned())));
            for (k, name) in ["inactive", "active"].into_iter().enumerate() {
                let level = store.attribute("rates/N", name).unwrap();
                assert_eq!(level, levels.map(|levels: [f64; 2]| Attribute::Real(levels[k])));
            }
        }
    }

    #[test]
    fn a_recording_begins_where_its_run_branches_off() {
        let mut recorder = begun(ObservableKind::Spikes);
        recorder.begin_at(20.0, None).unwrap();
        assert_eq!((recorder.reached, recorder.next_look(100.0)), (20.0, 23.0));
        let mut recorder = begun(ObservableKind::States);
        let seen = Observable::States { active: &[true, false], energy: Some(-1.0) };
        recorder.begin_at(20.0, Some(seen)).unwrap();
        recorder.commit().unwrap();
        let rates = recorder.open().unwrap().rates("N").unwrap();
        assert_eq!((rates.time, recorder.next_look(100.0)), (vec![20.0], 23.0));
    }
}
