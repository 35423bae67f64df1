//! The energy between memories, and over the plane of two neurons.

use super::Memories;
use crate::dynamics::binary::{Binary, States};
use crate::dynamics::{Dynamics, put};
use crate::error::{Error, Result};
use crate::plot::Drawing;
use crate::plot::memory::{Place, Slice, SliceCurve, Stop, Surface, slice, surface};
use crate::random::Seed;
use ndarray::Array2;

/// Random ways from one memory to another, of which the mean is drawn.
const WAYS: u64 = 20;
/// Up to so many neurons have a plane.
const PLANE: usize = 3;

impl Memories<'_> {
    pub fn landscape(&self) -> Result<Drawing> {
        self.check_energy()?;
        if !self.is_whole() {
            return Err(Error::file(
                self.recording.path(),
                "found several populations, of which only one holds memories",
                "choose another picture, for example --as energy",
            ));
        }
        let (mut network, law) = self.binary()?;
        if (2..=PLANE).contains(&self.neurons.len()) {
            return Ok(surface(&self.plane(&mut network, law.states)).into());
        }
        let order = self.by_appearance()?;
        let [from, to] = order[..order.len().min(2)] else {
            return Err(Error::file(
                self.recording.path(),
                "found a single memory",
                "a landscape lies between two; store a second pattern",
            ));
        };
        let title = format!("From {} to {}", self.name(from), self.name(to));
        let data = self.line(&mut network, (from, to));
        Ok(slice(&self.title(&title), &data).into())
    }

    /// From one memory to another, neuron by neuron: on the way on which every step rises least, and on the mean of
    /// random ways.
    fn line(&self, network: &mut Binary, (from, to): (usize, usize)) -> Slice {
        let (start, end) = (self.patterns.state(from), self.patterns.state(to));
        let apart: Vec<usize> = (0..start.len()).filter(|&i| start[i] != end[i]).collect();
        let share = |k: usize| k as f64 / apart.len().max(1) as f64;

        let mut lowest = Vec::new();
        let mut stops = Vec::new();
        let mut left = apart.clone();
        self.put(network, &start);
        for k in 0..=apart.len() {
            let energy = network.observable().energy().unwrap_or(f64::NAN);
            lowest.push((share(k), energy));
            let name = match k {
                0 => self.name(from),
                k if k == apart.len() => self.name(to),
                _ => "mixture".to_owned(),
            };
            if network.is_fixed_point() {
                stops.push(Stop { name, at: share(k), energy });
            }
            // The neuron whose local field is most for its change.
            let gain = |i: usize| if end[i] { 1.0 } else { -1.0 } * network.local_field(i);
            let best = (0..left.len())
                .max_by(|&a, &b| gain(left[a]).total_cmp(&gain(left[b])).then(b.cmp(&a)));
            if let Some(best) = best {
                let i = left.swap_remove(best);
                self.flip(network, i, end[i]);
            }
        }

        let mut mean = vec![0.0; apart.len() + 1];
        for way in 0..WAYS {
            let mut stream = Seed(self.model.seed).stream("gallery/way", way);
            self.put(network, &start);
            for (k, j) in stream.permutation(apart.len()).into_iter().enumerate() {
                mean[k] += network.observable().energy().unwrap_or(f64::NAN) / WAYS as f64;
                let i = apart[j as usize];
                self.flip(network, i, end[i]);
            }
            mean[apart.len()] += network.observable().energy().unwrap_or(f64::NAN) / WAYS as f64;
        }
        let mean = mean.into_iter().enumerate().map(|(k, energy)| (share(k), energy)).collect();
        let curve = |name: &str, points| SliceCurve { name: name.to_owned(), points };
        Slice {
            along: format!("share of the {} different neurons that have changed", apart.len()),
            curves: vec![
                curve("lowest next step", lowest),
                curve(&format!("mean of {WAYS} random orders"), mean),
            ],
            stops,
        }
    }

    /// Changes one neuron.
    fn flip(&self, network: &mut Binary, i: usize, active: bool) {
        put(network, self.neurons.start + i, &[active]);
    }

    /// The energies of the states of two neurons, and between; of a third one, at its best.
    fn plane(&self, network: &mut Binary, states: States) -> Surface {
        let neurons = self.neurons.len();
        let low = states.value(false);
        let mut energy = Array2::from_elem((2, 2), f64::INFINITY);
        let mut places = Vec::new();
        for code in 0..1usize << neurons {
            let state: Vec<bool> = (0..neurons).map(|i| code >> i & 1 == 1).collect();
            self.put(network, &state);
            let here = network.observable().energy().unwrap_or(f64::NAN);
            let lowest = &mut energy[[usize::from(state[1]), usize::from(state[0])]];
            *lowest = lowest.min(here);
            if network.is_fixed_point() {
                let value = |i: usize| states.value(state[i]);
                let all: Vec<String> = (0..neurons).map(|i| signed(value(i))).collect();
                places.push(Place {
                    name: format!("({})", all.join(", ")),
                    x: value(0),
                    y: value(1),
                });
            }
        }
        let what = if neurons == 2 { "Energy" } else { "Lowest energy for any neuron 3" };
        Surface {
            title: self.title(what),
            x: ("neuron 1".to_owned(), low, 1.0),
            y: ("neuron 2".to_owned(), low, 1.0),
            energy,
            places,
        }
    }
}

/// A state of a neuron as it is written.
fn signed(value: f64) -> String {
    match value {
        v if v < 0.0 => format!("−{}", -v),
        0.0 => "0".to_owned(),
        v => format!("+{v}"),
    }
}
