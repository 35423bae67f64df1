//! Rate networks: graded neurons in continuous time, or updated in sweeps.
//!
//! ```text
//! tau dr/dt = -r + phi(J r + I)       variable = "rate"
//! tau du/dt = -u + J phi(u) + I       variable = "potential", r = phi(u)
//! E = -1/2 r.Jr - I.r + sum_i G(r_i),    G(r) = integral of the inverse of phi
//! ```
//!
//! For symmetric J and without noise E never rises along either of them (Cohen and Grossberg 1983, Hopfield 1984).
//! The autapse, winner-take-all, continuous Hopfield networks, the travelling salesman and chaotic memories are all networks of
//! this kind; they differ in J and phi alone.
//!
//! Sources: M. A. Cohen and S. Grossberg, IEEE Trans. SMC 13:815 (1983); J. J. Hopfield, PNAS 81:3088 (1984);
//! H. Sompolinsky, A. Crisanti and H. J. Sommers, Phys. Rev. Lett. 61:259 (1988).

mod equations;
mod euler;
mod section;
mod sweeps;
#[cfg(test)]
mod tests;
mod transfer;
mod units;
mod vector_field;

pub use equations::Equation;
pub use section::{Law, Solver};
pub use transfer::Transfer;
pub use units::{Noise, RandomNumber, Spread, Units};
pub use vector_field::VectorField;

use super::update::Update;
use super::{Attractor, Dynamics, Events, Field, Imposed, Observable, Relaxation};
use crate::error::{Error, Result};
use crate::network::Network;
use crate::ode::{Adaptive, Stuck};
use crate::random::Seed;
use crate::tape::{OnTape, Tape, on_tape};
use crate::work::Over;
use equations::{Equations, Group, Held, System};
use euler::Euler;
use std::ops::Range;
use std::sync::Arc;
use sweeps::Updated;

/// No recording holds larger energies.
const LARGEST: f64 = 1e150;

/// Larger activities count as growing without bound: their squares, times couplings and neurons, come near that.
const MOST_ACTIVE: f64 = 1e70;

/// How often an Euler network looks whether its step is short enough, in steps.
const HALVED_EVERY: u64 = 128;
/// How much a step may change if it is made in two halves, relative to the largest activity ...
const MOST_HALVING: f64 = 0.05;
/// ... and relative to the step itself, unless it is smaller than this: where steps overshoot, half steps lead elsewhere.
const MOST_OF_STEP: f64 = 0.5;
const SMALL_STEP: f64 = 0.002;
/// How far a neuron at rest may be from where its input drives it, relative to the largest activity ...
const AT_REST: f64 = 1e-9;
/// ... or in units of the tolerance: explicit steps at rest are as long as stability allows, and scatter by their error. Over
/// 2 s at rest of six networks of 40 neurons (tanh of gain 2, symmetric J of radius 3) the largest distance was 97 to 179
/// tolerances, whatever the tolerance from 1e-6 to 1e-11; steeper networks amplify the scatter further.
const TOLERANCES: f64 = 1000.0;

/// A rate network in motion.
#[derive(Clone)]
pub struct Rate {
    system: Arc<System>,
    held: Held,
    method: Method,
    /// Whether an energy exists.
    conserves: bool,
    noisy: bool,
    /// How far it may be from where it is driven at rest, relative to the largest activity.
    at_rest: f64,
    time: f64,
    /// The variable now, and the activity that follows from it.
    y: Vec<f64>,
    activity: Vec<f64>,
    energy: Option<f64>,
    over: Over,
}

#[derive(Clone)]
enum Method {
    Adaptive(Box<Adaptive>),
    /// And the step at which its length is judged next.
    Euler(Euler, u64),
    Sweeps(Updated),
}

on_tape!(Rate {
    held, method, time, energy;
    each y, activity;
    not system, conserves, noisy, at_rest, over;
    if Rate::is_possible
});

impl OnTape for Method {
    fn pass(&mut self, tape: &mut Tape) {
        match self {
            Self::Adaptive(solver) => solver.pass(tape),
            Self::Euler(euler, judged) => {
                euler.pass(tape);
                judged.pass(tape);
            }
            Self::Sweeps(sweeps) => sweeps.pass(tape),
        }
    }
}

impl Rate {
    /// Whether the last step of a solver reaches the time, and what is seen is what follows from that.
    fn is_possible(&self) -> bool {
        let equations = self.equations();
        let y = match &self.method {
            Method::Adaptive(solver)
                if (solver.start()..=solver.reached()).contains(&self.time) =>
            {
                let mut y = self.y.clone();
                solver.clone().state(&equations, self.time, &mut y);
                y
            }
            Method::Euler(euler, _) if euler.goes_on(&equations) => {
                euler.clone().state(&equations, self.time)
            }
            Method::Sweeps(sweeps) if sweeps.time() == self.time => sweeps.x.clone(),
            _ => return false,
        };
        y == self.y && self.seen(&y) == (self.activity.clone(), self.energy)
    }

    /// A network whose neurons start as its `law` says.
    pub fn new(network: Network, law: &Law, seed: Seed) -> Self {
        let unit = |name: &str| &law.units[name];
        let mut system = System {
            equation: law.variable,
            groups: Vec::new(),
            tau: Vec::new(),
            input: Vec::new(),
            network: network.by_receiver(),
        };
        let mut y = Vec::new();
        for placed in &system.network.populations {
            let units = unit(&placed.name);
            let drawn = units.draw(&placed.name, placed.neurons.len(), seed);
            system.tau.extend(drawn.tau);
            system.input.extend(drawn.input);
            y.extend(drawn.initial);
            let (transfer, levels) = (units.transfer, units.levels());
            system.groups.push(Group::new(placed.neurons.clone(), transfer, levels));
        }
        let noises = system.network.populations.iter().filter_map(|placed| {
            Some((placed.neurons.clone(), placed.name.clone(), unit(&placed.name).noise?))
        });
        let noises: Vec<_> = noises.collect();
        let noisy = !noises.is_empty();
        let costs = system.groups.iter().all(|group| group.transfer.cost(0.0).is_some());
        // Updated in sweeps, E never rises if neurons are so one at a time and none inhibits itself.
        let descends = match law.solver {
            Solver::Adaptive { .. } | Solver::Euler { .. } => true,
            Solver::Sweeps(Update::Synchronous) => false,
            Solver::Sweeps(_) => (0..y.len()).all(|i| system.network.efficacy(i, i) >= 0.0),
        };
        let conserves = system.network.without_energy().is_none() && costs && descends && !noisy;
        let held = Held { input: system.input.clone(), clamped: vec![false; y.len()] };
        let method = match law.solver {
            Solver::Adaptive { tolerance } => {
                let mut solver = Adaptive::new(tolerance);
                solver.begin(0.0, &y);
                Method::Adaptive(Box::new(solver))
            }
            Solver::Euler { step } => {
                let noises = noises.into_iter();
                Method::Euler(Euler::new(step.value(), y.clone(), &system, noises, seed), 0)
            }
            Solver::Sweeps(update) => {
                Method::Sweeps(Updated::new(update, y.clone(), &system, seed))
            }
        };
        let at_rest = match law.solver {
            Solver::Adaptive { tolerance } => AT_REST.max(TOLERANCES * tolerance),
            Solver::Euler { .. } | Solver::Sweeps(_) => AT_REST,
        };
        let system = Arc::new(system);
        let (time, activity) = (0.0, Vec::new());
        let mut rate = Self {
            system,
            held,
            method,
            conserves,
            noisy,
            at_rest,
            time,
            y,
            activity,
            energy: None,
            over: Over::default(),
        };
        rate.see();
        rate
    }

    /// The variable now: activities, or potentials.
    pub fn state(&self) -> &[f64] {
        &self.y
    }

    /// What its neurons do in any state, without noise and while what is held now is held.
    pub fn vector_field(&self) -> VectorField {
        VectorField::new(Arc::clone(&self.system), self.held.clone(), self.conserves)
    }

    fn equations(&self) -> Equations<'_> {
        Equations { system: &self.system, held: &self.held }
    }

    /// What follows from the variable.
    fn see(&mut self) {
        (self.activity, self.energy) = self.seen(&self.y);
    }

    /// The activity in the state `y`, and its energy, if one exists.
    fn seen(&self, y: &[f64]) -> (Vec<f64>, Option<f64>) {
        let activity = self.system.activity(y);
        let energy = self.conserves.then(|| self.system.energy(&activity, &self.held));
        (activity, energy)
    }

    /// All input but that of other neurons, with what a field adds to it.
    fn input(&self, local: &[f64]) -> Vec<f64> {
        self.system.input.iter().zip(local).map(|(a, b)| a + b).collect()
    }

    /// Begins anew with the present state and what is held.
    fn begin(&mut self) {
        match &mut self.method {
            Method::Adaptive(solver) => solver.begin(self.time, &self.y),
            Method::Euler(euler, halved) => {
                euler.begin(self.time, self.y.clone());
                *halved = 0;
            }
            Method::Sweeps(sweeps) => {
                sweeps.x.clone_from(&self.y);
                sweeps.disturb();
            }
        }
        self.see();
    }

    fn stuck(stuck: &Stuck) -> Error {
        let time = stuck.time();
        let (found, remedy) = match stuck {
            Stuck::Diverged { .. } => (
                format!("found that the activity grows without bound at {time:.3} ms"),
                "give the neurons a transfer function that saturates, or weaken the couplings",
            ),
            Stuck::Chattering { .. } | Stuck::Jumps { .. } => (
                format!(
                    "found that the activity switches back and forth ever faster at {time:.3} ms"
                ),
                "a step or corner holds it there; write solver = { euler = { step = \"0.1 ms\" } }",
            ),
            Stuck::Steps { .. } => (
                format!("found that the equations are too stiff for this solver at {time:.3} ms"),
                "write solver = { euler = { step = \"0.1 ms\" } }, or make the time constants more alike",
            ),
        };
        Error::divergence(found, remedy).at("dynamics.rate")
    }

    fn too_long(time: f64, change: f64) -> Error {
        Error::divergence(
            format!(
                "found that a step at {time:.3} ms differs by {:.1} % of the largest activity from two half steps",
                100.0 * change
            ),
            "the step is too long for these couplings; write a shorter one, or solver = \"adaptive\"",
        )
        .at("dynamics.rate.solver")
    }

    /// Steps of an Euler network up to `until`; every so many of them one is judged, wherever somebody looks.
    fn advance_euler(&mut self, until: f64) -> Result<()> {
        let equations = Equations { system: &self.system, held: &self.held };
        let Method::Euler(euler, judged) = &mut self.method else { return Ok(()) };
        loop {
            let made = euler.made();
            if made >= *judged {
                *judged = made + HALVED_EVERY;
                let scale = scale(&self.system, &euler.y);
                let (change, step) = euler.halving(&equations);
                let overshoots = change > MOST_OF_STEP * step && change > SMALL_STEP * scale;
                if change > MOST_HALVING * scale || overshoots {
                    return Err(Self::too_long(euler.time_of(made), change / scale));
                }
            }
            euler.advance(&equations, euler.time_of(*judged).min(until), &self.over)?;
            if euler.made() < *judged {
                break;
            }
        }
        self.y = euler.state(&equations, until);
        Ok(())
    }
}

/// The largest span of activities, or the largest variable in the state `y`, by which smallness is measured.
fn scale(system: &System, y: &[f64]) -> f64 {
    let levels = system.groups.iter().map(|g| g.levels[1] - g.levels[0]);
    let now = y.iter().fold(0.0, |most: f64, y| most.max(y.abs()));
    levels.fold(now, f64::max)
}

impl Dynamics for Rate {
    fn time(&self) -> f64 {
        self.time
    }

    fn drive(&mut self, field: &Field) {
        let n = self.y.len();
        if let Method::Adaptive(solver) = &mut self.method {
            let equations = Equations { system: &self.system, held: &self.held };
            solver.cut(&equations, self.time);
            solver.state(&equations, self.time, &mut self.y);
        }
        let (local, imposed) = field.on_states(n);
        self.held.input = self.input(&local);
        self.held.clamped.fill(false);
        for (i, imposed) in imposed.into_iter().enumerate() {
            let share = match imposed {
                Imposed::Free => continue,
                Imposed::Set(active) | Imposed::Clamped(active) => f64::from(u8::from(active)),
                Imposed::Placed(share) => share,
            };
            self.y[i] = self.system.placed(i, share);
            self.held.clamped[i] = matches!(imposed, Imposed::Clamped(_));
        }
        self.begin();
    }

    fn feels(&self, field: &Field) -> bool {
        let (local, imposed) = field.on_states(self.y.len());
        let alike = |(i, own): (usize, &Imposed)| {
            let placed = |active| self.system.placed(i, f64::from(u8::from(active)));
            own.allows(self.held.clamped[i], |active| self.y[i] == placed(active))
        };
        self.held.input == self.input(&local) && imposed.iter().enumerate().all(alike)
    }

    fn heed(&mut self, over: &Over) {
        self.over = over.clone();
    }

    fn advance(&mut self, until: f64) -> Result<()> {
        let equations = Equations { system: &self.system, held: &self.held };
        match &mut self.method {
            Method::Adaptive(solver) => {
                while solver.reached() < until {
                    self.over.heed()?;
                    let went = solver.go_on(&equations);
                    went.map_err(|stuck| Self::stuck(&stuck))?;
                }
                solver.state(&equations, until, &mut self.y);
                self.time = until;
            }
            Method::Euler(..) => {
                self.time = until;
                self.advance_euler(until)?;
            }
            Method::Sweeps(sweeps) => {
                sweeps.advance(&equations, until, &self.over)?;
                self.y.clone_from(&sweeps.x);
                self.time = sweeps.time();
            }
        }
        self.see();
        let moderate = self.y.iter().chain(&self.activity).all(|y| y.abs() <= MOST_ACTIVE);
        match moderate && self.energy.is_none_or(|energy| energy.abs() <= LARGEST) {
            true => Ok(()),
            false => Err(Self::stuck(&Stuck::Diverged { t: self.time })),
        }
    }

    fn observable(&self) -> Observable<'_> {
        Observable::Graded { activity: &self.activity, energy: self.energy }
    }

    fn branch(&self, seed: Seed) -> Box<dyn Dynamics> {
        let mut branch = self.clone();
        if let Method::Adaptive(solver) = &mut branch.method {
            let equations = self.equations();
            solver.cut(&equations, self.time);
            solver.state(&equations, self.time, &mut branch.y);
        }
        branch.reseed(seed);
        if let Method::Sweeps(sweeps) = &mut branch.method {
            sweeps.restart();
            branch.time = 0.0;
        }
        branch.begin();
        Box::new(branch)
    }

    fn reseed(&mut self, seed: Seed) {
        match &mut self.method {
            Method::Adaptive(_) => {}
            Method::Euler(euler, _) => euler.seed(seed),
            Method::Sweeps(sweeps) => sweeps.choose(seed),
        }
    }

    fn events(&self) -> Events {
        Events::default()
    }

    fn relaxation(&self) -> Option<&dyn Relaxation> {
        if self.noisy { None } else { Some(self) }
    }
}

impl Relaxation for Rate {
    fn attractor(&self) -> Option<Attractor> {
        let near = self.at_rest * scale(&self.system, &self.y);
        if let Method::Sweeps(sweeps) = &self.method {
            sweeps.last_change().filter(|change| *change <= near)?;
        }
        (self.equations().residual(&self.y) <= near).then_some(Attractor::FixedPoint)
    }

    fn unstable(&self, neurons: Range<usize>) -> usize {
        let field = self.equations().field(&self.y);
        let leaves = |i: &usize| {
            let Group { transfer, levels: [low, high], .. } = self.system.group(*i);
            let middle = 0.5 * (low + high);
            (transfer.value(field[*i]) > middle) != (self.activity[*i] > middle)
        };
        neurons.filter(leaves).count()
    }
}
