//! A stretch of a run as the loop runs it: external fields that are held one after another, and change in steps.

use crate::dynamics::Field;
use crate::error::Result;
use crate::network::Placed;
use crate::pattern::Patterns;
use crate::protocol::{self, Chance, Epoch, Held};
use crate::random::Seed;
use indexmap::IndexMap;
use std::ops::Range;

/// A stretch of a run: the protocol, or a trial. Times count from its start, on the clock of the network.
#[derive(Clone, Debug)]
pub struct Episode {
    /// Fields, each held until its time; what ends when it begins is a moment's push.
    pub held: Vec<Held>,
    /// From where they change at random.
    pub chance: Chance,
    /// Whether it ends as soon as an attractor has been reached.
    pub until_rest: bool,
    /// A state into which the network is put before, and the neurons of which it is asked how many would leave it.
    pub probe: Option<(Field, Range<usize>)>,
}

/// What an episode is made from besides what was drawn for it.
#[derive(Clone, Copy, Debug)]
pub struct Setting<'a> {
    /// Of the network.
    pub populations: &'a [Placed],
    /// By population.
    pub patterns: &'a IndexMap<String, Patterns>,
    /// Of the model: what is shown.
    pub seed: Seed,
    /// How that changes at random.
    pub chance: Chance,
}

impl Episode {
    /// Epochs, one after another.
    ///
    /// # Errors
    /// If a stimulus has no clear target.
    pub fn of(epochs: &[Epoch], setting: Setting) -> Result<Self> {
        let Setting { populations, patterns, seed, chance } = setting;
        let held = protocol::held(epochs, populations, patterns, seed)?;
        Ok(Self { held, chance, until_rest: false, probe: None })
    }
}
