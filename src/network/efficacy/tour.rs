//! Couplings of the travelling salesman: neurons compete for places in a tour, and near cities for neighbouring places.

use super::Cities;
use crate::error::{Error, Result};
use crate::learning::Pathway;
use crate::random::Seed;
use crate::synapse::{Connect, Couplings, Wiring};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The travelling salesman in K x K neurons: neuron x K + i is active if city x stands at place i of the tour, both from 0.
///
/// ```text
/// J_ij = -A [x = y][a != b] - B [a = b][x != y] - C - D d(x,y) [a = b + 1 or a = b - 1]
/// ```
///
/// from neuron j (city y, place b) to neuron i (city x, place a), with the distance d(x,y) of two cities and places that
/// close to a ring. With an input I of every neuron, which is no part of J, a tour of length L has the energy
/// D L + C K (K - 1)/2 - K I: the shortest has the lowest.
/// (Hopfield and Tank, Biol. Cybern. 52:141, 1985; MacKay 2003, section 42.10.)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tour {
    /// Where they lie.
    pub cities: Cities,
    /// A: how strongly two places of one city inhibit each other.
    #[serde(default = "one")]
    pub city: f64,
    /// B: how strongly two cities at one place do.
    #[serde(default = "one")]
    pub place: f64,
    /// C: how strongly any two neurons do.
    #[serde(default)]
    pub all: f64,
    /// D: how strongly cities at neighbouring places do, per unit of their distance.
    pub distance: f64,
}

fn one() -> f64 {
    1.0
}

/// The length of the straight way between two cities.
pub fn distance(a: [f64; 2], b: [f64; 2]) -> f64 {
    libm::hypot(a[0] - b[0], a[1] - b[1])
}

impl Tour {
    /// The cities of a projection called `name`.
    pub fn points(&self, name: &str, seed: Seed) -> Vec<[f64; 2]> {
        self.cities.points(name, seed)
    }

    pub(super) fn resolve(&self, folder: &Path) -> Result<Self> {
        let cities = self.cities.resolve(folder).map_err(|e| e.within("cities"))?;
        Ok(Self { cities, ..self.clone() })
    }

    pub(super) fn check(&self, wiring: &Wiring) -> Result<()> {
        self.cities.check().map_err(|e| e.within("cities"))?;
        let weights = [
            ("city", self.city),
            ("place", self.place),
            ("all", self.all),
            ("distance", self.distance),
        ];
        for (key, weight) in weights {
            if !(weight >= 0.0 && weight.is_finite()) {
                let found = format!("found {weight}");
                let allowed = "it is the strength of an inhibition, 0 or larger";
                return Err(Error::value(key, found, allowed, "0.3"));
            }
        }
        let number = self.cities.number();
        let neurons = number.saturating_mul(number);
        if !wiring.recurrent || wiring.receivers != neurons {
            return Err(Error::input(
                match wiring.recurrent {
                    true => format!("found {number} cities for {} neurons", wiring.receivers),
                    false => "found a tour from one population to another".to_owned(),
                },
                "one population has a neuron for every city at every place of the tour",
                format!("write size = {neurons}, and the same population for from and to"),
            )
            .at("cities"));
        }
        match wiring.connect {
            Connect::AllToAll => Ok(()),
            _ => Err(Error::input(
                "found a tour on a diluted projection",
                "every two places of a city exclude each other",
                "write connect = \"all_to_all\"",
            )),
        }
    }

    /// J_ij between neurons of cities at `points`, in two parts: the rules that make a tour, and the distances.
    pub fn parts(&self, points: &[[f64; 2]], i: usize, j: usize) -> [f64; 2] {
        let number = points.len();
        let ([x, a], [y, b]) = ([i / number, i % number], [j / number, j % number]);
        let rules = match (x == y, a == b) {
            (true, false) => self.city,
            (false, true) => self.place,
            _ => 0.0,
        };
        let neighbours = (a + 1) % number == b || (b + 1) % number == a;
        let way = if neighbours { distance(points[x], points[y]) } else { 0.0 };
        [-(rules + self.all), -self.distance * way]
    }

    pub(super) fn couplings(&self, pathway: &Pathway) -> Couplings {
        let points = self.points(pathway.name, pathway.seed);
        let graph = pathway.graph();
        let weights = graph.fill(|i, j| self.parts(&points, i, j).iter().sum());
        Couplings::real(graph, 1.0, weights)
    }
}
