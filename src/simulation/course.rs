//! The course of an episode: fields are held, the network advances, and somebody looks.

use crate::dynamics::{Dynamics, Observable};
use crate::error::Result;
use crate::recording::Ended;
use crate::task::Episode;
use crate::work::Over;

/// Who looks at a network while it runs; times are those of the network.
pub(super) trait Observer {
    /// A field is held from `time` on; `anew` if the network starts, or may have been put into another state.
    fn begin(&mut self, time: f64, anew: bool, seen: Observable) -> Result<()>;

    /// When to look next, at most at `end`, where the field ends.
    fn next(&self, end: f64) -> f64;

    /// The network has advanced to `time`; `wanted` if this is when to look, and not a moment on the way.
    fn look(&mut self, time: f64, wanted: bool, dynamics: &mut dyn Dynamics) -> Result<()>;

    /// The field ends.
    fn end(&mut self, seen: Observable);
}

/// Runs `episode` on a network whose time is `begin`.
///
/// Looks cut nothing: a trajectory does not depend on how often a network is told to advance.
pub(super) fn run(
    dynamics: &mut dyn Dynamics,
    episode: &Episode,
    begin: f64,
    over: &Over,
    observer: &mut dyn Observer,
) -> Result<Ended> {
    let unstable = episode.probe.as_ref().map(|(state, neurons)| {
        dynamics.drive(state);
        let leave = dynamics.relaxation().map_or(0, |rest| rest.unstable(neurons.clone()));
        leave as f64 / neurons.len() as f64
    });
    let at_rest = |dynamics: &dyn Dynamics| episode.until_rest && dynamics.attractor().is_some();
    let (mut time, mut anew, mut sweeps) = (begin, true, 1.0);
    for (field, until) in &episode.held {
        let end = begin + until;
        dynamics.drive(field);
        anew |= field.imposes();
        if end <= time {
            continue;
        }
        observer.begin(time, anew, dynamics.observable())?;
        let mut rest = at_rest(dynamics);
        while time < end && !rest && !over.is_set() {
            let wanted = observer.next(end);
            // Whether it rests is asked after whole sweeps, whatever is looked at in between.
            let whole = begin + sweeps;
            time = if episode.until_rest { wanted.min(whole) } else { wanted };
            sweeps += f64::from(u8::from(time >= whole));
            dynamics.advance(time)?;
            rest = at_rest(dynamics);
            observer.look(time, time == wanted || rest, dynamics)?;
        }
        observer.end(dynamics.observable());
        anew = false;
    }
    Ok(Ended { duration: time - begin, attractor: dynamics.attractor(), unstable })
}
