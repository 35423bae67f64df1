//! A solver that chooses its steps itself.

use super::edges::{POINTS, exit, pieces, share};
use super::method::{Step, Within};
use super::{Flow, Stuck};
use crate::tape::{is_count, on_tape};

/// Steps after which a solution is given up: hours of a neuron of 10 ms, however tight the tolerance.
const STEPS: u64 = 10_000_000;
/// Steps in a row that may be rejected: each is at least a tenth shorter.
const REJECTED: usize = 300;
/// A state beyond this is on its way to infinity.
const HUGE: f64 = 1e100;
/// A state that the shortest step changes by so large a share has no bound.
const RUSH: f64 = 1e-3;
/// An event within so small a share of a step is no progress.
const PROGRESS: f64 = 1e-9;

/// Solves dy/dt = f(y) by the method of Dormand and Prince of order 8 (DOP853), with steps of its own choice.
///
/// A step is accepted if the root mean square over the components of e_i / (1 + |y_i|) is at most the tolerance,
/// where e_i estimates its error: an absolute error for small y, a relative one for large. Neither how far nor how
/// often it is asked to advance, nor the times at which its state is asked for, change a bit of the solution.
///
/// ```
/// use attractor::ode::{Adaptive, Flow};
///
/// struct Decay;
/// impl Flow for Decay {
///     fn derivative(&self, y: &[f64], _: &[u8], out: &mut [f64]) {
///         out[0] = -y[0];
///     }
/// }
/// let mut solver = Adaptive::new(1e-10);
/// solver.begin(0.0, &[1.0]);
/// solver.advance(&Decay, 2.0)?;
/// let mut y = [0.0];
/// solver.state(&Decay, 2.0, &mut y);
/// assert!((y[0] - (-2_f64).exp()).abs() < 1e-9);
/// # Ok::<(), attractor::ode::Stuck>(())
/// ```
#[derive(Clone)]
pub struct Adaptive {
    tolerance: f64,
    start: f64,
    end: f64,
    /// The last step.
    step: Step,
    /// The pieces of the last step.
    held: Vec<u8>,
    /// The pieces of the next step, unless they are to be found.
    pieces: Option<Vec<u8>>,
    /// Whether the derivative at the end of the last step is that of the next.
    ready: bool,
    /// The length of the next step, 0 if it is to be chosen.
    next: f64,
    pub(super) steps: u64,
    pub(super) most: u64,
    standing: usize,
    evaluations: u64,
}

on_tape!(Adaptive {
    start, end, step, held, pieces, ready, next, steps, standing, evaluations;
    not tolerance, most;
    if Adaptive::is_possible
});

impl Adaptive {
    /// A solver with this tolerance, above 0; it stands at time 0 with no components.
    pub fn new(tolerance: f64) -> Self {
        Self {
            tolerance,
            start: 0.0,
            end: 0.0,
            step: Step::default(),
            held: Vec::new(),
            pieces: None,
            ready: false,
            next: 0.0,
            steps: 0,
            most: STEPS,
            standing: 0,
            evaluations: 0,
        }
    }

    /// Whether a step does not end before it begins, and its pieces are those of its components.
    fn is_possible(&self) -> bool {
        let times = self.start <= self.end && self.start.is_finite() && self.end.is_finite();
        let next = self.next >= 0.0 && self.next.is_finite();
        let counts =
            [self.steps, self.standing as u64, self.evaluations].map(is_count) == [true; 3];
        let sizes = [0, self.step.state().len()];
        let pieces = self.pieces.as_ref().is_none_or(|pieces| sizes.contains(&pieces.len()));
        times && next && counts && pieces && sizes.contains(&self.held.len())
    }

    /// From now on the state is `y` at time `t`; nothing before it counts.
    pub fn begin(&mut self, t: f64, y: &[f64]) {
        self.step = Step::at(y);
        (self.start, self.end) = (t, t);
        (self.pieces, self.ready) = (None, false);
        (self.next, self.steps, self.standing) = (0.0, 0, 0);
    }

    /// Takes whole steps until the last one ends at `until` or later.
    ///
    /// # Errors
    /// If it cannot go on; the state then is that of the end of the last step.
    pub fn advance(&mut self, flow: &dyn Flow, until: f64) -> Result<(), Stuck> {
        while self.end < until {
            self.go_on(flow)?;
        }
        Ok(())
    }

    /// Writes the state at time `t` of the last step, made with `flow`, to `out`: within it by dense output of order 7, at
    /// its ends as they are. Who never looks into a step does not pay for its dense output.
    ///
    /// # Panics
    /// If `t` lies outside the last step.
    pub fn state(&mut self, flow: &dyn Flow, t: f64, out: &mut [f64]) {
        self.within(t);
        if t == self.end {
            out.copy_from_slice(self.step.state());
        } else if t == self.start {
            out.copy_from_slice(self.step.from());
        } else {
            self.complete(flow);
            self.step.dense((t - self.start) / (self.end - self.start), out);
        }
    }

    /// Ends the last step at time `t`, where its flow changes: a step of just that length, as exact as all others,
    /// leads to the state there, with which it [begins](Self::begin) anew.
    ///
    /// # Panics
    /// If `t` lies outside the last step.
    pub fn cut(&mut self, flow: &dyn Flow, t: f64) {
        self.within(t);
        if t < self.end {
            self.shorten(flow, t - self.start);
        }
        let y = self.step.state().to_vec();
        self.begin(t, &y);
    }

    /// When the last step began.
    pub fn start(&self) -> f64 {
        self.start
    }

    /// When the last step ended: how far the solution reaches.
    pub fn reached(&self) -> f64 {
        self.end
    }

    /// How often a derivative has been asked for since the solver was made.
    pub fn evaluations(&self) -> u64 {
        self.evaluations
    }

    fn within(&self, t: f64) {
        let (start, end) = (self.start, self.end);
        assert!(start <= t && t <= end, "time {t} lies outside the step from {start} to {end}");
    }

    /// One step, to its natural end or to where an argument leaves its piece.
    ///
    /// # Errors
    /// If it cannot go on, as [`Self::advance`].
    pub fn go_on(&mut self, flow: &dyn Flow) -> Result<(), Stuck> {
        self.prepare(flow)?;
        if self.steps == self.most {
            return Err(Stuck::Steps { t: self.end, steps: self.steps });
        }
        self.steps += 1;
        self.held.clone_from(self.pieces.as_ref().unwrap_or(&Vec::new()));
        self.step.go_on();
        let within = Within::new(flow, &self.held);
        let mut length = self.next;
        let mut rejected = 0;
        let error = loop {
            self.step.go(&within, length);
            let error = self.step.error(self.tolerance);
            if error <= 1.0 {
                break error;
            }
            rejected += 1;
            length *= Step::growth(error);
            // Time must pass, and by more than its rounding.
            if rejected == REJECTED || self.end + length / 16.0 == self.end {
                self.evaluations += within.evaluations();
                return Err(self.why(error, length));
            }
        };
        if !self.step.state().iter().all(|y| y.abs() < HUGE) {
            self.evaluations += within.evaluations();
            return Err(self.why(f64::NAN, length));
        }
        self.step.turn(&within);
        self.evaluations += within.evaluations();
        (self.start, self.end) = (self.end, self.end + length);
        // After an error a longer step would be one again.
        let growth = Step::growth(error);
        self.next = length * if rejected > 0 { growth.min(1.0) } else { growth };
        if self.held.is_empty() { Ok(()) } else { self.leave(flow) }
    }

    /// Finds what the next step needs to know of its beginning.
    fn prepare(&mut self, flow: &dyn Flow) -> Result<(), Stuck> {
        if self.ready {
            return Ok(());
        }
        let y = self.step.state();
        let held = self.pieces.get_or_insert_with(|| {
            let mut arguments = vec![0.0; y.len()];
            let smooth = !flow.arguments(y, &mut arguments);
            if smooth { Vec::new() } else { pieces(flow, &arguments) }
        });
        let within = Within::new(flow, held);
        self.ready = self.step.turn(&within);
        if self.ready && self.next == 0.0 {
            self.next = self.step.first(&within, self.tolerance);
            self.ready = self.next > 0.0;
        }
        self.evaluations += within.evaluations();
        if self.ready { Ok(()) } else { Err(Stuck::Diverged { t: self.end }) }
    }

    /// Why no step is short enough; the state is that before it.
    fn why(&mut self, error: f64, length: f64) -> Stuck {
        let t = self.end;
        self.start = t;
        self.step.undo();
        self.ready = false;
        let (y, slope) = (self.step.state(), self.step.slope());
        let rushes = |(y, d): (&f64, &f64)| d.abs() * length / (1.0 + y.abs()) > RUSH;
        let diverges = error.is_nan() || y.iter().zip(slope).any(rushes);
        if diverges { Stuck::Diverged { t } } else { Stuck::Jumps { t } }
    }

    fn complete(&mut self, flow: &dyn Flow) {
        let within = Within::new(flow, &self.held);
        self.step.complete(&within);
        self.evaluations += within.evaluations();
    }

    /// Ends the last step where an argument leaves its piece, if one does.
    fn leave(&mut self, flow: &dyn Flow) -> Result<(), Stuck> {
        self.complete(flow);
        let length = self.end - self.start;
        let mut y = vec![0.0; self.step.state().len()];
        let arguments: [Vec<f64>; POINTS] = std::array::from_fn(|k| {
            let mut out = vec![0.0; y.len()];
            self.step.dense(share(k), &mut y);
            flow.arguments(&y, &mut out);
            out
        });
        let Some((at, after)) = exit(flow, &self.held, &arguments) else {
            self.standing = 0;
            return Ok(());
        };
        self.standing = if at > PROGRESS { 0 } else { self.standing + 1 };
        // Many may leave at one time, and one after the other by rounding.
        if self.standing > 10 + 2 * y.len() {
            self.end = self.start;
            self.step.undo();
            self.ready = false;
            return Err(Stuck::Chattering { t: self.start });
        }
        self.shorten(flow, at * length);
        (self.pieces, self.ready) = (Some(after), false);
        Ok(())
    }

    /// Makes the last step anew, with this length.
    fn shorten(&mut self, flow: &dyn Flow, length: f64) {
        self.end = self.start + length;
        if self.end == self.start {
            self.step.undo();
            return;
        }
        let within = Within::new(flow, &self.held);
        self.step.go(&within, length);
        self.step.turn(&within);
        self.evaluations += within.evaluations();
    }
}
