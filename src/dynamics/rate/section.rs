//! The section of rate networks in a model.

use super::{Equation, Rate, Units};
use crate::distribution::named;
use crate::dynamics::update::Update;
use crate::dynamics::{Dynamics, Given, Nature, ObservableKind, Section, Senses};
use crate::error::{Error, Result, suggest};
use crate::network::{Network, Population, Transmission};
use crate::random::Seed;
use crate::units::{Clock, Time};
use indexmap::IndexMap;
use serde::{Deserialize, Deserializer, Serialize};

/// Graded neurons; the model's section `[dynamics.rate]`.
///
/// tau dr/dt = -r + phi(h) with h_i = sum_j J_ij r_j + I_i, or tau du/dt = -u + J phi(u) + I.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Law {
    /// Of what the equation is.
    #[serde(default)]
    pub variable: Equation,
    /// How it is solved: "adaptive", { euler = { step = "0.5 ms" } } or { sweeps = "shuffled" }.
    #[serde(default, deserialize_with = "solver")]
    pub solver: Solver,
    /// The neurons of every population.
    pub units: IndexMap<String, Units>,
}

/// How the equations of a rate network are solved.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Solver {
    /// Steps of an explicit Runge-Kutta method of order 8 (Dormand and Prince), as long as its error estimate allows.
    Adaptive {
        /// Largest error of a step, relative to the activity, or absolute where that is below 1.
        #[serde(default = "fine")]
        tolerance: f64,
    },
    /// Exponential Euler steps of this length, for large sparse and for noisy networks.
    Euler {
        /// Well below every time constant.
        step: Time,
    },
    /// No time constant: r_i := phi(h_i), in this order; time is counted in sweeps.
    Sweeps(Update),
}

/// More neurons than this are not updated one at a time: J is then kept as a whole.
const MOST_ONE_BY_ONE: usize = 20_000;

fn fine() -> f64 {
    1e-9
}

impl Default for Solver {
    fn default() -> Self {
        Self::Adaptive { tolerance: fine() }
    }
}

fn solver<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Solver, D::Error> {
    named(deserializer).map(Option::unwrap_or_default)
}

impl Law {
    fn check_solver(&self) -> Result<()> {
        match self.solver {
            Solver::Adaptive { tolerance } if !(1e-13..=1e-2).contains(&tolerance) => {
                let allowed = "a tolerance lies between 1e-13 and 0.01";
                let found = format!("found {tolerance}");
                return Err(
                    Error::value("tolerance", found, allowed, "1e-9").within("solver.adaptive")
                );
            }
            Solver::Euler { step } => {
                step.positive("a step").map_err(|e| e.at("solver.euler.step"))?;
            }
            _ => {}
        }
        if matches!(self.solver, Solver::Sweeps(_)) && self.variable == Equation::Potential {
            return Err(Error::input(
                "found sweeps of potentials",
                "in sweeps the activity itself is updated",
                "delete the line with variable, or write solver = \"adaptive\"",
            )
            .at("variable"));
        }
        Ok(())
    }

    /// Refuses neurons that do not fit the solver.
    fn check_units(&self, units: &Units) -> Result<()> {
        units.check(self.variable)?;
        let sweeps = matches!(self.solver, Solver::Sweeps(_));
        if units.tau.is_some() == sweeps {
            return Err(match sweeps {
                true => Error::input(
                    "found a time constant beside sweeps",
                    "in sweeps an activity follows its input at once",
                    "delete it, or write solver = \"adaptive\"",
                )
                .at("tau"),
                false => Error::input(
                    "found no `tau`",
                    "in continuous time every neuron has a time constant",
                    "add a line such as tau = \"10 ms\"",
                ),
            });
        }
        if units.noise.is_some() && !matches!(self.solver, Solver::Euler { .. }) {
            return Err(Error::input(
                "found noise beside a solver without fixed steps",
                "noise is drawn for every step",
                "write solver = { euler = { step = \"0.5 ms\" } }",
            )
            .at("noise"));
        }
        if let (Solver::Euler { step }, Some(tau)) = (self.solver, &units.tau) {
            let correlation = units.noise.and_then(|noise| noise.tau).map(Time::value);
            let shortest = tau.support().0.min(correlation.unwrap_or(f64::INFINITY));
            if step.value() > 0.5 * shortest {
                return Err(Error::input(
                    format!("found steps of {step} for a time constant of {shortest} ms"),
                    "a step is at most half of the shortest time constant",
                    format!("write for example step = \"{} ms\"", shortest / 20.0),
                )
                .at("tau"));
            }
        }
        Ok(())
    }
}

impl Section for Law {
    fn nature(&self) -> Nature {
        let (clock, whole_sweeps) = match self.solver {
            Solver::Sweeps(update) => (Clock::Sweeps, update == Update::Synchronous),
            Solver::Adaptive { .. } | Solver::Euler { .. } => (Clock::Ms, false),
        };
        Nature {
            neurons: "graded",
            clock,
            observable: ObservableKind::Graded,
            transmission: Transmission::Activity,
            senses: Senses::State,
            relaxes: self.units.values().all(|units| units.noise.is_none()),
            whole_sweeps,
        }
    }

    fn check(&self, populations: &IndexMap<String, Population>) -> Result<()> {
        self.check_solver().map_err(|e| e.within("dynamics.rate"))?;
        if let Some(name) = self.units.keys().find(|name| !populations.contains_key(*name)) {
            return Err(Error::input(
                format!("found units for the population `{name}`, which the model does not define"),
                suggest(name, populations.keys().map(String::as_str)),
                "write the name of a population",
            )
            .at(format!("dynamics.rate.units.{name}")));
        }
        for name in populations.keys() {
            let units = self.units.get(name).ok_or_else(|| {
                Error::input(
                    format!("found no units for population {name}"),
                    "every population of a rate network has a section",
                    format!("add [dynamics.rate.units.{name}] with tau and transfer"),
                )
                .at(format!("population.{name}"))
            })?;
            let key = format!("dynamics.rate.units.{name}");
            self.check_units(units).map_err(|e| e.within(&key))?;
        }
        let one_by_one = !matches!(self.solver, Solver::Sweeps(Update::Synchronous));
        let size: usize = populations.values().map(|p| p.size).sum();
        if matches!(self.solver, Solver::Sweeps(_)) && one_by_one && size > MOST_ONE_BY_ONE {
            return Err(Error::input(
                format!("found {size} graded neurons that are updated one at a time"),
                format!("at most {MOST_ONE_BY_ONE} are, for every pair takes 8 bytes"),
                "write solver = { sweeps = \"synchronous\" }, or solver = { euler = { step = \"0.5 ms\" } }",
            )
            .at("dynamics.rate.solver"));
        }
        Ok(())
    }

    fn start(&self, network: Network, _given: Given, seed: Seed) -> Box<dyn Dynamics> {
        Box::new(Rate::new(network, self, seed))
    }

    fn levels(&self, population: &str) -> [f64; 2] {
        self.units.get(population).map_or([0.0, 1.0], Units::levels)
    }
}
