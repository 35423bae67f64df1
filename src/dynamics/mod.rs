//! Dynamics: the law by which a network's activity evolves.
//!
//! Only this varies between the relatives of an attractor memory; everything before it (patterns,
//! synapses) and after it (protocol, recording, analysis) is common to all.

pub mod binary;
mod field;
mod lyapunov;
pub mod modern;
mod nature;
pub mod rate;
mod relax;
mod section;
pub mod spiking;
mod sweeps;
mod update;
mod watch;

pub use field::{Effect, Field, Imposed};
pub use lyapunov::Shadow;
pub use nature::{Given, Inputs, Nature, Section, Senses, Trains};
pub use relax::{put, relax};
pub use section::DynamicsSection;

use crate::error::Result;
use crate::network::EdgeList;
use crate::random::Seed;
use crate::tape::{OnTape, Tape, is_count, on_tape};
use crate::work::Over;
use std::ops::Range;

/// The law by which a network's activity evolves.
///
/// Its state [passes](OnTape) along a tape between two advances, and goes on in a network of the same model to the last bit.
pub trait Dynamics: OnTape + Send {
    /// Time on the network's clock: ms, or sweeps.
    fn time(&self) -> f64;

    /// Holds the external `field` from now on.
    fn drive(&mut self, field: &Field);

    /// Whether this `field` may be what it holds.
    fn feels(&self, field: &Field) -> bool;

    /// Listens to `over` from now on, and so do its branches: once it is set, an advance ends within a moment of computing,
    /// wherever it is, and the network is of no further use.
    fn heed(&mut self, over: &Over);

    /// Runs until `until` (ms or sweeps). How often this is called never changes the trajectory.
    ///
    /// # Errors
    /// [`Kind::Divergence`](crate::error::Kind::Divergence) if the activity grows without bound,
    /// [`Kind::Interrupt`](crate::error::Kind::Interrupt) if it is [over](Over).
    fn advance(&mut self, until: f64) -> Result<()>;

    /// What may be seen of the network since the last advance.
    fn observable(&self) -> Observable<'_>;

    /// The same network in the same state, with random input of its own from the streams of `seed`; synapses are
    /// shared, not copied.
    ///
    /// The field is held on, listed spikes go on, and a new window begins: without random input the branch fires as this
    /// network would, to rounding, and to the last bit as after a drive at this moment. Its events count from 0. The
    /// streams are those of a network that starts with `seed`: where two branches, or a branch and the start of this
    /// network, are to receive independent input, they need different seeds.
    fn branch(&self, seed: Seed) -> Box<dyn Dynamics>;

    /// Receives random input from the streams of `seed` from now on; otherwise it goes on as it stands, as a
    /// [branch](Self::branch) does, and so does time.
    fn reseed(&mut self, seed: Seed);

    /// What the run has cost so far.
    fn events(&self) -> Events;

    /// How far back (ms) the spikes may lie that it still knows of: they are under way, or make neurons refractory.
    fn memory(&self) -> f64 {
        0.0
    }

    /// Whether what it knows of past spikes can be of `spikes`, by time, then by neuron: all of the last [`memory`](Self::memory)
    /// ms, but none before `since`.
    fn follows(&self, _spikes: &[Spike], _since: f64) -> bool {
        true
    }

    /// Of a network that comes to rest: whether it has.
    fn relaxation(&self) -> Option<&dyn Relaxation> {
        None
    }

    /// Of a network whose neurons have membranes: those.
    fn membranes(&self) -> Option<&dyn Membranes> {
        None
    }

    /// The synapses of a projection, by its index, whose efficacies change: as they are now.
    fn plastic(&self, _projection: usize) -> Option<EdgeList> {
        None
    }

    /// Of a network that receives external spikes: those spikes.
    fn external_input(&mut self) -> Option<&mut dyn ExternalInput> {
        None
    }

    /// Of a network that is shared out among ranks, on all but the first: does as the first one does, until that lets the network
    /// go.
    fn follow(&mut self) {}
}

/// What a network lets others see. Recorder, overlaps, expectations and figures ask for this, never for the dynamics.
#[derive(Clone, Copy, Debug)]
pub enum Observable<'a> {
    /// The spikes of the last advance, by time, then by neuron.
    Spikes(&'a [Spike]),
    /// Which neurons are active now.
    States {
        /// In the numbering of the whole network.
        active: &'a [bool],
        /// Of the state, where one exists.
        energy: Option<f64>,
    },
    /// How active every neuron is now.
    Graded {
        /// In the numbering of the whole network.
        activity: &'a [f64],
        /// Of the activity, where one exists.
        energy: Option<f64>,
    },
}

/// Which [`Observable`] a network has, without its data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObservableKind {
    /// Events in time.
    Spikes,
    /// Neurons that are active or not.
    States,
    /// Neurons that are more or less active.
    Graded,
}

impl ObservableKind {
    /// As it stands in recordings.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Spikes => "spikes",
            Self::States => "states",
            Self::Graded => "graded",
        }
    }

    /// The one of this name.
    pub(crate) fn of_name(name: &str) -> Option<Self> {
        [Self::Spikes, Self::States, Self::Graded].into_iter().find(|kind| kind.name() == name)
    }
}

impl<'a> Observable<'a> {
    /// Which one it is.
    pub(crate) fn kind(self) -> ObservableKind {
        match self {
            Self::Spikes(_) => ObservableKind::Spikes,
            Self::States { .. } => ObservableKind::States,
            Self::Graded { .. } => ObservableKind::Graded,
        }
    }

    /// The spikes; nothing where there are none.
    pub fn spikes(self) -> &'a [Spike] {
        match self {
            Self::Spikes(spikes) => spikes,
            Self::States { .. } | Self::Graded { .. } => &[],
        }
    }

    /// Which neurons are active; nothing where neurons are not active or inactive.
    pub fn active(self) -> &'a [bool] {
        match self {
            Self::States { active, .. } => active,
            Self::Spikes(_) | Self::Graded { .. } => &[],
        }
    }

    /// The activity of every neuron; nothing where it is not graded.
    pub fn activity(self) -> &'a [f64] {
        match self {
            Self::Graded { activity, .. } => activity,
            Self::Spikes(_) | Self::States { .. } => &[],
        }
    }

    /// The energy, where one exists.
    pub fn energy(self) -> Option<f64> {
        match self {
            Self::States { energy, .. } | Self::Graded { energy, .. } => energy,
            Self::Spikes(_) => None,
        }
    }
}

impl dyn Dynamics + '_ {
    /// The attractor that has been reached for certain; none of a network that does not come to rest.
    pub fn attractor(&self) -> Option<Attractor> {
        self.relaxation().and_then(Relaxation::attractor)
    }

    /// Keeps the external spikes of every advance from now on, or no longer.
    pub fn record_external(&mut self, on: bool) {
        self.external_input().into_iter().for_each(|input| input.record(on));
    }
}

/// What only a network has that comes to rest.
pub trait Relaxation {
    /// The attractor that has been reached for certain, as long as nothing else is shown.
    fn attractor(&self) -> Option<Attractor>;

    /// How many of `neurons` would change without noise if they were updated now.
    fn unstable(&self, neurons: Range<usize>) -> usize;
}

/// What only a network has that receives external spikes.
pub trait ExternalInput {
    /// Keeps the external spikes of every advance from now on, or no longer; it changes no trajectory.
    fn record(&mut self, on: bool);

    /// The external spikes of the last advance, by time, then by receiving neuron; none unless they are kept.
    fn recorded(&self) -> &[Spike];

    /// Lets sources fire, or external spikes reach neurons, beside those that are listed: as if these had stood in the list.
    ///
    /// # Errors
    /// If a spike is in the past, or its neuron takes no listed spikes; none is taken then.
    fn fire(&mut self, spikes: &[Spike]) -> Result<()>;
}

/// What only a network has whose neurons have membranes.
pub trait Membranes {
    /// What a neuron is; nothing of one without a membrane, such as a source of given spikes. Neurons are numbered as
    /// in the whole network.
    fn cell(&self, neuron: usize) -> Option<Cell>;

    /// V of a neuron now, mV, as it is before anything happens at this moment, NaN of one without a membrane. Looking changes
    /// nothing.
    ///
    /// To `values` go its synaptic currents (mV, times the membrane resistance), one per time constant, then its adaptation
    /// current and its threshold, if it has the one and the other moves.
    fn potential(&self, neuron: usize, values: &mut [f64]) -> f64;
}

/// A neuron with a membrane, as far as its potential is concerned.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cell {
    /// Threshold, mV.
    pub theta: f64,
    /// Potential during refractoriness, mV.
    pub v_reset: f64,
    /// Time constants of its synaptic currents, ms, ascending.
    pub tau_syn: Vec<f64>,
    /// Time constant of its adaptation current, ms, if it has one.
    pub adaptation: Option<f64>,
    /// Time constant of its threshold, ms, if that moves.
    pub moving_threshold: Option<f64>,
}

/// A spike.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Spike {
    /// When, in ms.
    pub time: f64,
    /// Whose, in the numbering of the whole network.
    pub neuron: u32,
}

/// Where a trajectory without noise ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Attractor {
    /// No neuron changes any more.
    #[default]
    FixedPoint,
    /// The same states come again and again, after so many sweeps.
    Cycle(u64),
}

/// Numbers of events that were delivered to neurons.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Events {
    /// Spikes delivered by synapses of the network.
    pub synaptic: u64,
    /// Spikes delivered from outside.
    pub external: u64,
}

on_tape!(Spike { time, neuron });
on_tape!(Cell { theta, v_reset, tau_syn, adaptation, moving_threshold });
on_tape!(Events { synaptic, external; if Events::is_possible });

impl Events {
    fn is_possible(&self) -> bool {
        is_count(self.synaptic) && is_count(self.external)
    }
}

impl OnTape for Attractor {
    fn pass(&mut self, tape: &mut Tape) {
        let mut period = match *self {
            Self::FixedPoint => 0,
            Self::Cycle(period) => period,
        };
        period.pass(tape);
        *self = if period == 0 { Self::FixedPoint } else { Self::Cycle(period) };
    }
}

impl std::ops::Add for Events {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        let (synaptic, external) = (self.synaptic + other.synaptic, self.external + other.external);
        Self { synaptic, external }
    }
}
