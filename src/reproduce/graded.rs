//! Rate networks of few neurons that rows start anywhere and push.

use super::Workshop;
use crate::dynamics::{Dynamics, Effect, Field, Given, Imposed, Section, Trains};
use crate::error::Result;
use crate::landscape::Memories;
use crate::landscape::graded::{Graded as Landscape, GradedSurvey, Sought};
use crate::random::Seed;
use crate::work::Over;
use std::fmt::Write;

/// A model of one population `N` with the time constant 10 ms, without learning.
pub struct Text<'a> {
    /// J_ij, row i receives.
    pub matrix: &'a [Vec<f64>],
    /// The transfer function, as a model says it.
    pub transfer: &'a str,
    /// More lines of `[dynamics.rate]`.
    pub dynamics: &'a str,
    /// Epochs: their duration in ms, and the field on every neuron.
    pub epochs: &'a [(f64, &'a [f64])],
}

/// Every neuron excites itself so strongly.
pub fn autapses(strengths: &[f64]) -> Vec<Vec<f64>> {
    let n = strengths.len();
    (0..n).map(|i| (0..n).map(|j| if i == j { strengths[i] } else { 0.0 }).collect()).collect()
}

impl Text<'_> {
    pub fn toml(&self) -> String {
        let Self { matrix, transfer, dynamics, epochs } = self;
        let mut text = format!(
            "title = \"A row\"\nsource = \"M. S. Fee, MIT 9.40\"\nshows = \"what is measured\"\n\
             population.N.size = {}\nrecord.interval = \"10 ms\"\n\
             projection.J = {{ from = \"N\", to = \"N\", connect = \"all_to_all\", autapses = true, \
             efficacy = {{ matrix = {matrix:?} }} }}\n\
             [dynamics.rate]\n{dynamics}\n\
             [dynamics.rate.units.N]\ntau = \"10 ms\"\ntransfer = {transfer}\n",
            matrix.len()
        );
        for (k, (duration, field)) in epochs.iter().enumerate() {
            let show = field.iter().enumerate().filter(|(_, h)| **h != 0.0).map(|(i, h)| {
                format!("{{ population = \"N\", neurons = \"{i}..{}\", field = {h:?} }}", i + 1)
            });
            let show: Vec<String> = show.collect();
            let show = show.join(", ");
            let _ = write!(
                text,
                "[[protocol]]\nname = \"{k}\"\nduration = \"{duration} ms\"\nshow = [{show}]\n"
            );
        }
        text
    }

    /// The activity of every neuron at every look, every 10 ms, and the energy.
    pub fn run(&self, workshop: &Workshop) -> Result<Course> {
        let recording = workshop.run_text(&self.toml(), &[])?.recording;
        let mut course = Course::default();
        if let Some(seen) = recording.activity("N")? {
            course.time.clone_from(&seen.time);
            course.activity = (0..seen.time.len()).map(|k| seen.row(k).to_vec()).collect();
        }
        if let Some(Ok(energy)) = recording.energy()? {
            course.energy = energy.values;
        }
        Ok(course)
    }
}

/// The fixed points of a rate network without patterns, and the network whose they are.
pub fn fixed_points(workshop: &Workshop, text: &str) -> Result<(Landscape, GradedSurvey)> {
    let model = workshop.document_of(text, &[])?.model()?;
    let network = model.graded(&model.draw_patterns())?;
    let memories = Memories { names: &[], patterns: &[], shape: None };
    let sought =
        Sought { starts: 20, seed: Seed(1), memories, neurons: &(0..0), over: &Over::default() };
    let survey = network.survey(&sought)?;
    Ok((network, survey))
}

/// A trajectory.
#[derive(Default)]
pub struct Course {
    pub time: Vec<f64>,
    pub activity: Vec<Vec<f64>>,
    /// Nothing where none exists.
    pub energy: Vec<f64>,
}

impl Course {
    /// The activity of a neuron at a moment at which it is looked at; NaN at others.
    pub fn at(&self, time: f64, neuron: usize) -> f64 {
        let found = self.time.iter().position(|t| (t - time).abs() < 1e-9);
        found.map_or(f64::NAN, |k| self.activity[k][neuron])
    }
}

/// A rate network at rest, to be started anywhere.
pub struct Graded {
    network: Box<dyn Dynamics>,
    levels: [f64; 2],
}

impl Graded {
    /// The network of a model of one population, called N.
    pub fn of(workshop: &Workshop, text: &str) -> Result<Self> {
        let model = workshop.document_of(text, &[])?.model()?;
        let patterns = model.draw_patterns();
        let network = model.wire(&patterns)?;
        let given = Given { patterns: &patterns, trains: &Trains::new() };
        let levels = model.dynamics.levels("N");
        Ok(Self { network: model.dynamics.start(network, given, Seed(model.seed)), levels })
    }

    /// The network in the state `start` with this `input` to its neurons.
    fn put(&self, start: &[f64], input: &[f64]) -> Box<dyn Dynamics> {
        let [low, high] = self.levels;
        let mut field = Field::default();
        for (i, r) in start.iter().enumerate() {
            field.add([i], Effect::Imposed(Imposed::Placed((r - low) / (high - low))));
        }
        for (i, h) in input.iter().enumerate() {
            field.add([i], Effect::Local(*h));
        }
        let mut network = self.network.branch(Seed(1));
        network.drive(&field);
        network
    }

    /// Where it is `duration` ms after `start` with this `input`.
    pub fn after(&self, start: &[f64], input: &[f64], duration: f64) -> Result<Vec<f64>> {
        let mut network = self.put(start, input);
        network.advance(network.time() + duration)?;
        Ok(network.observable().activity().to_vec())
    }

    /// Where it ends from every one of `starts` without input, each end told apart by 1e-6, and from how many.
    pub fn ends(&self, starts: &[Vec<f64>], duration: f64) -> Result<Vec<(Vec<f64>, usize)>> {
        let mut ends: Vec<(Vec<f64>, usize)> = Vec::new();
        for start in starts {
            let end = self.after(start, &[], duration)?;
            let near = |known: &Vec<f64>| known.iter().zip(&end).all(|(a, b)| (a - b).abs() < 1e-6);
            match ends.iter_mut().find(|(known, _)| near(known)) {
                Some((_, number)) => *number += 1,
                None => ends.push((end, 1)),
            }
        }
        ends.sort_by(|a, b| {
            a.0.iter()
                .zip(&b.0)
                .map(|(x, y)| x.total_cmp(y))
                .find(|o| o.is_ne())
                .unwrap_or(a.1.cmp(&b.1))
        });
        Ok(ends)
    }
}

/// A grid of states of `n` neurons from -1 to 1 with `points` along each axis, none of them 0.
pub fn grid(n: usize, points: usize) -> Vec<Vec<f64>> {
    let value = |k: usize| -1.0 + 2.0 * (k as f64 + 0.5) / points as f64;
    let mut states = vec![Vec::new()];
    for _ in 0..n {
        let longer = states.iter().flat_map(|state: &Vec<f64>| {
            (0..points).map(move |k| {
                let mut state = state.clone();
                state.push(value(k));
                state
            })
        });
        states = longer.collect();
    }
    states
}
