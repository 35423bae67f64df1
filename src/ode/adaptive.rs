//! A solver that chooses its steps itself.

use super::edges::{POINTS, exit, pieces, share};
use super::method::{Method, Tried, Within};
use super::{Flow, Stuck};

/// Steps after which a solution is given up: a thousand hours of a neuron of 10 ms, more than a jump allows.
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
/// solver.state(2.0, &mut y);
/// assert!((y[0] - (-2_f64).exp()).abs() < 1e-9);
/// # Ok::<(), attractor::ode::Stuck>(())
/// ```
#[derive(Clone)]
pub struct Adaptive {
    controlled: Method,
    free: Method,
    /// Whether the last step had its length given.
    given: bool,
    /// Whether `controlled` stands where the last step ended.
    ready: bool,
    start: f64,
    end: f64,
    from: Vec<f64>,
    y: Vec<f64>,
    /// The pieces of the last step.
    held: Vec<u8>,
    /// The pieces of the next step, unless they are to be found.
    pieces: Option<Vec<u8>>,
    /// The length of the next step, 0 if it is to be chosen.
    next: f64,
    steps: u64,
    most: u64,
    standing: usize,
    evaluations: u64,
}

impl Adaptive {
    /// A solver with this tolerance, above 0; it stands at time 0 with no components.
    pub fn new(tolerance: f64) -> Self {
        Self {
            controlled: Method::controlled(tolerance),
            free: Method::free(),
            given: false,
            ready: false,
            start: 0.0,
            end: 0.0,
            from: Vec::new(),
            y: Vec::new(),
            held: Vec::new(),
            pieces: None,
            next: 0.0,
            steps: 0,
            most: STEPS,
            standing: 0,
            evaluations: 0,
        }
    }

    /// From now on the state is `y` at time `t`; nothing before it counts.
    pub fn begin(&mut self, t: f64, y: &[f64]) {
        (self.start, self.end) = (t, t);
        self.y.clear();
        self.y.extend_from_slice(y);
        self.from.clone_from(&self.y);
        self.pieces = None;
        (self.given, self.ready) = (false, false);
        (self.next, self.steps, self.standing) = (0.0, 0, 0);
    }

    /// Takes whole steps until the last one ends at `until` or later.
    ///
    /// # Errors
    /// If it cannot go on; the state then is that of the end of the last step.
    pub fn advance(&mut self, flow: &dyn Flow, until: f64) -> Result<(), Stuck> {
        while self.end < until {
            self.step(flow)?;
        }
        Ok(())
    }

    /// Writes the state at time `t` of the last step to `out`: within it by dense output of order 7, at its ends as
    /// they are.
    ///
    /// # Panics
    /// If `t` lies outside the last step.
    pub fn state(&mut self, t: f64, out: &mut [f64]) {
        self.within(t);
        if t == self.end {
            out.copy_from_slice(&self.y);
        } else if t == self.start {
            out.copy_from_slice(&self.from);
        } else {
            out.copy_from_slice(&self.dense(t));
        }
    }

    /// Ends the last step at time `t`, where its flow changes: a step of just that length, as exact as all others,
    /// leads to the state there, with which it [begins](Self::begin) anew.
    ///
    /// # Panics
    /// If `t` lies outside the last step.
    pub fn cut(&mut self, flow: &dyn Flow, t: f64) {
        self.within(t);
        if t == self.start {
            self.y.clone_from(&self.from);
        } else if t < self.end {
            self.take(flow, t - self.start);
        }
        let y = std::mem::take(&mut self.y);
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

    fn dense(&mut self, t: f64) -> Vec<f64> {
        let method = if self.given { &mut self.free } else { &mut self.controlled };
        method.dense(t)
    }

    /// One step, to its natural end or to where an argument leaves its piece.
    fn step(&mut self, flow: &dyn Flow) -> Result<(), Stuck> {
        self.prepare(flow)?;
        if self.steps == self.most {
            return Err(Stuck::Steps { t: self.end, steps: self.steps });
        }
        self.steps += 1;
        let held = self.pieces.clone().unwrap_or_default();
        let within = Within::new(flow, &held);
        let mut rejected = 0;
        let accepted = loop {
            // Time must pass, and by more than its rounding.
            let short = self.controlled.next() / 16.0;
            if rejected == REJECTED || self.end + short == self.end {
                break false;
            }
            match self.controlled.step(&within) {
                Tried::Accepted => break true,
                Tried::Rejected => rejected += 1,
            }
        };
        self.evaluations += within.evaluations();
        if !accepted {
            return Err(self.why(flow, &held));
        }
        let bounded = |y: &f64| y.abs() < HUGE;
        if !self.controlled.state().iter().all(bounded) {
            return Err(Stuck::Diverged { t: self.end });
        }
        (self.start, self.end) = (self.end, self.controlled.time());
        std::mem::swap(&mut self.from, &mut self.y);
        self.y.clear();
        self.y.extend_from_slice(self.controlled.state());
        (self.held, self.given) = (held, false);
        if self.held.is_empty() { Ok(()) } else { self.shorten(flow) }
    }

    /// Starts the method where the last step ended, if it does not stand there.
    fn prepare(&mut self, flow: &dyn Flow) -> Result<(), Stuck> {
        if self.ready {
            return Ok(());
        }
        if self.pieces.is_none() {
            let mut arguments = vec![0.0; self.y.len()];
            let smooth = !flow.arguments(&self.y, &mut arguments);
            self.pieces = Some(if smooth { Vec::new() } else { pieces(flow, &arguments) });
        }
        let within = Within::new(flow, self.pieces.as_deref().unwrap_or_default());
        self.ready = self.controlled.start(&within, self.end, &self.y, self.next);
        self.evaluations += within.evaluations();
        if self.ready { Ok(()) } else { Err(Stuck::Diverged { t: self.end }) }
    }

    /// Why no step was short enough.
    fn why(&self, flow: &dyn Flow, held: &[u8]) -> Stuck {
        let t = self.end;
        let mut derivative = vec![0.0; self.y.len()];
        flow.derivative(&self.y, held, &mut derivative);
        let step = self.controlled.next();
        let rushes = |(y, d): (&f64, &f64)| {
            let change = d.abs() * step / (1.0 + y.abs());
            change.is_nan() || change > RUSH
        };
        let diverges =
            derivative.iter().any(|d| !d.is_finite()) || self.y.iter().zip(&derivative).any(rushes);
        if diverges { Stuck::Diverged { t } } else { Stuck::Jumps { t } }
    }

    /// Ends the last step where an argument leaves its piece, if one does.
    fn shorten(&mut self, flow: &dyn Flow) -> Result<(), Stuck> {
        let (start, length) = (self.start, self.end - self.start);
        let arguments: [Vec<f64>; POINTS] = std::array::from_fn(|k| {
            let mut out = vec![0.0; self.y.len()];
            let y = self.dense(start + share(k) * length);
            flow.arguments(&y, &mut out);
            out
        });
        let Some((at, after)) = exit(flow, &self.held, &arguments) else {
            self.standing = 0;
            return Ok(());
        };
        self.standing = if at > PROGRESS { 0 } else { self.standing + 1 };
        // Many may leave at one time, and one after the other by rounding.
        if self.standing > 10 + 2 * self.y.len() {
            return Err(Stuck::Chattering { t: start });
        }
        self.next = self.controlled.next();
        self.take(flow, at * length);
        self.pieces = Some(after);
        Ok(())
    }

    /// Makes the last step anew, with this length.
    fn take(&mut self, flow: &dyn Flow, length: f64) {
        self.ready = false;
        self.end = self.start + length;
        if self.end == self.start {
            self.y.clone_from(&self.from);
            return;
        }
        let within = Within::new(flow, &self.held);
        self.free.start(&within, self.start, &self.from, length);
        let tried = self.free.step(&within);
        self.evaluations += within.evaluations();
        self.y.clear();
        self.y.extend_from_slice(self.free.state());
        // Only a flow that is not finite is refused: the next step says so.
        if tried == Tried::Rejected {
            self.y.fill(f64::NAN);
        }
        self.given = true;
    }
}
