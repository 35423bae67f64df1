//! The course of an episode: fields are held and change in steps, the network advances, and somebody looks.

use crate::dynamics::{Dynamics, Observable};
use crate::error::{Error, Result};
use crate::recording::Ended;
use crate::tape::{is_moderate, on_tape};
use crate::task::Episode;
use crate::work::Over;

/// How far an episode has come.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Reached {
    /// The number of the field that is held, from 0.
    held: usize,
    /// Whether it is held already, or will be from now on.
    driven: bool,
    /// The time of the network.
    pub time: f64,
    /// The next whole sweep since the episode began.
    sweep: f64,
    /// The share of neurons that would leave the state in question.
    unstable: Option<f64>,
}

on_tape!(Reached { held, driven, time, sweep, unstable; if Reached::is_possible });

impl Reached {
    fn is_possible(&self) -> bool {
        is_moderate(self.time) && is_moderate(self.sweep) && self.sweep >= 0.0
    }

    /// Whether the field is held already.
    pub fn is_driven(&self) -> bool {
        self.driven
    }

    /// The time that a network has come to while a field is held, or where that begins to be.
    pub fn field(held: usize, driven: bool, time: f64) -> Self {
        Self { held, driven, time, sweep: 1.0, unstable: None }
    }
}

/// Who looks at a network while it runs; times are those of the network.
pub(super) trait Observer {
    /// A field is held from `time` on; `anew` if the network starts, or may have been put into another state.
    fn begin(&mut self, time: f64, anew: bool, seen: Observable) -> Result<()>;

    /// When to look next, at most at `end`, where the field ends.
    fn next(&mut self, end: f64) -> f64;

    /// The network has come to `reached`; `wanted` if this is when to look, and not a moment on the way.
    fn look(&mut self, reached: Reached, wanted: bool, dynamics: &mut dyn Dynamics) -> Result<()>;

    /// The field ends at `time`.
    fn end(&mut self, time: f64, dynamics: &dyn Dynamics) -> Result<()>;

    /// The error of a state in which the network feels another input than is shown to it.
    fn astray(&self) -> Error {
        Error::input(
            "found the state of a network that feels another input than is shown to it",
            "a run goes on in what it was in",
            "run it anew",
        )
    }
}

/// Runs `episode` on a network whose time was `begin` when it began: from its beginning, or from the place that it had come
/// to when somebody looked, on a network in the state of that moment.
///
/// Looks cut nothing: a trajectory does not depend on how often a network is told to advance.
pub(super) fn run(
    dynamics: &mut dyn Dynamics,
    episode: &Episode,
    begin: f64,
    from: Option<Reached>,
    over: &Over,
    observer: &mut dyn Observer,
) -> Result<Ended> {
    let mut reached = from.unwrap_or_else(|| {
        let unstable = unstable(dynamics, episode);
        Reached { unstable, ..Reached::field(0, false, begin) }
    });
    let at_rest = |dynamics: &dyn Dynamics| episode.until_rest && dynamics.attractor().is_some();
    let mut anew = true;
    // A run that goes on within a field has gone through those before.
    let before = |k: usize| if k == 0 { begin } else { begin + episode.held[k - 1].until };
    if reached.driven && (reached.held >= episode.held.len() || reached.time < before(reached.held))
    {
        return Err(observer.astray());
    }
    for (k, held) in episode.held.iter().enumerate().skip(reached.held) {
        let end = begin + held.until;
        let mut moving = held.before(reached.time, begin, episode.chance);
        if !std::mem::take(&mut reached.driven) {
            moving.reach(reached.time);
            dynamics.drive(moving.field());
            anew |= moving.field().imposes();
            if end <= reached.time {
                continue;
            }
            observer.begin(reached.time, anew, dynamics.observable())?;
        } else if !dynamics.feels(moving.field()) || reached.time > end {
            return Err(observer.astray());
        }
        (reached.held, reached.driven) = (k, true);
        moving.let_go();
        let mut rest = at_rest(dynamics);
        while reached.time < end && !rest {
            over.heed()?;
            if moving.reach(reached.time) {
                dynamics.drive(moving.field());
            }
            let wanted = observer.next(end).max(reached.time);
            // Whether it rests is asked after whole sweeps, whatever is looked at in between.
            let whole = begin + reached.sweep;
            let until = wanted.min(moving.next());
            reached.time = if episode.until_rest { until.min(whole) } else { until };
            reached.sweep += f64::from(u8::from(reached.time >= whole));
            dynamics.advance(reached.time)?;
            rest = at_rest(dynamics);
            observer.look(reached, reached.time == wanted || rest, dynamics)?;
        }
        observer.end(reached.time, dynamics)?;
        (reached.driven, anew) = (false, false);
    }
    let (duration, attractor) = (reached.time - begin, dynamics.attractor());
    Ok(Ended { duration, attractor, unstable: reached.unstable })
}

/// The share of neurons that would leave the state in question, in which the network is then.
fn unstable(dynamics: &mut dyn Dynamics, episode: &Episode) -> Option<f64> {
    let (state, neurons) = episode.probe.as_ref()?;
    dynamics.drive(state);
    let leave = dynamics.relaxation().map_or(0, |rest| rest.unstable(neurons.clone()));
    Some(leave as f64 / neurons.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dynamics::{Attractor, Events, Field, Relaxation};
    use crate::protocol::Chance;
    use crate::random::Seed;
    use crate::tape::{OnTape, Tape};
    use std::ops::Range;

    const CHANCE: Chance = Chance { seed: Seed(1), later: None };

    /// A network that never comes to rest, and notes when it is told to advance.
    struct Restless {
        time: f64,
        advances: Vec<f64>,
    }

    on_tape!(Restless { time; not advances });

    impl Dynamics for Restless {
        fn time(&self) -> f64 {
            self.time
        }

        fn drive(&mut self, _: &Field) {}

        fn feels(&self, _: &Field) -> bool {
            true
        }

        fn heed(&mut self, _: &Over) {}

        fn advance(&mut self, until: f64) -> Result<()> {
            self.time = until;
            self.advances.push(until);
            assert!(self.advances.len() < 100, "it goes on for ever");
            Ok(())
        }

        fn observable(&self) -> Observable<'_> {
            Observable::States { active: &[true], energy: None }
        }

        fn branch(&self, _: Seed) -> Box<dyn Dynamics> {
            Box::new(Self { time: self.time, advances: Vec::new() })
        }

        fn reseed(&mut self, _: Seed) {}

        fn events(&self) -> Events {
            Events::default()
        }

        fn relaxation(&self) -> Option<&dyn Relaxation> {
            Some(self)
        }
    }

    impl Relaxation for Restless {
        fn attractor(&self) -> Option<Attractor> {
            None
        }

        fn unstable(&self, neurons: Range<usize>) -> usize {
            neurons.len()
        }
    }

    /// Looks at the end alone.
    struct Unseen;

    impl Observer for Unseen {
        fn begin(&mut self, _: f64, _: bool, _: Observable) -> Result<()> {
            Ok(())
        }

        fn next(&mut self, end: f64) -> f64 {
            end
        }

        fn look(&mut self, _: Reached, _: bool, _: &mut dyn Dynamics) -> Result<()> {
            Ok(())
        }

        fn end(&mut self, _: f64, _: &dyn Dynamics) -> Result<()> {
            Ok(())
        }
    }

    #[test]
    fn where_nobody_can_have_come_is_refused_or_gone_on_from() {
        let held = vec![(Field::default(), 2.0).into(), (Field::default(), 5.0).into()];
        let episode = Episode { held, chance: CHANCE, until_rest: true, probe: None };
        let reached = Reached { held: 1, driven: true, time: 3.0, sweep: 4.0, unstable: Some(0.5) };
        let mut tape = Tape::blank();
        let mut written = reached;
        written.pass(&mut tape);
        let words = tape.into_words();
        let numbers = [0.5, -1.0, 1e308, -1e308, f64::NAN, f64::INFINITY, f64::NEG_INFINITY];
        let forged = numbers.map(f64::to_bits).into_iter().chain([0, 1, 2, 1 << 63, u64::MAX]);
        let (mut went_on, mut refused) = (0, 0);
        for (k, word) in (0..words.len()).flat_map(|k| forged.clone().map(move |word| (k, word))) {
            let (mut words, mut read) = (words.clone(), Reached::default());
            words[k] = word;
            let mut tape = Tape::written(words);
            read.pass(&mut tape);
            if tape.end().is_ok() {
                let mut network = Restless { time: 3.0, advances: Vec::new() };
                let over = Over::default();
                match run(&mut network, &episode, 0.0, Some(read), &over, &mut Unseen) {
                    Ok(_) => went_on += 1,
                    Err(error) => {
                        refused += 1;
                        assert!(error.to_string().contains("run it anew"), "{error}");
                    }
                }
            }
        }
        assert!(went_on > 10 && refused > 3, "{went_on} {refused}");
    }

    #[test]
    fn whole_sweeps_are_counted_from_any_start() {
        // 2.3 - 0.3 is a little less than 2.
        for begin in [0.0, 0.3, 0.1, 7.7] {
            let mut network = Restless { time: begin, advances: Vec::new() };
            let held = vec![(Field::default(), 5.0).into()];
            let episode = Episode { held, chance: CHANCE, until_rest: true, probe: None };
            let over = Over::default();
            let ended = run(&mut network, &episode, begin, None, &over, &mut Unseen).unwrap();
            let wanted: Vec<f64> = (1..=5).map(|sweep| begin + f64::from(sweep)).collect();
            assert_eq!(network.advances, wanted);
            assert!((ended.duration - 5.0).abs() < 1e-12 && ended.attractor.is_none());
        }
    }
}
