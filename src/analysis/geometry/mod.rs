//! Geometry of activity: in how many directions the activity of a population varies, and where its memories lie.
//!
//! A **sample** is the activity of all N neurons at a moment of a stretch of time (a delay): of spikes the rate of every
//! neuron, Hz, in a bin [start, stop) of stated width, whole bins only and from exact times; of states (0 or 1) and of
//! graded activity, what was recorded at a look. Samples are centred on the mean of all of them, and
//!
//! ```text
//! PR = (sum_k lambda_k)^2 / sum_k lambda_k^2          lambda_k: eigenvalues of their covariance
//! ```
//!
//! is their **participation ratio**: k if the activity varies equally along k directions. It is measured of all samples, of
//! those of every name (an epoch, or the delays after one sample), and of the **means** of every name: where in the space
//! of activity memories lie.
//!
//! What few samples do to it: T samples fill T - 1 directions at most, and T independent ones of k equal directions have
//! PR = k n / (n + k + 1), n = T - 1, not k. Successive samples are no independent ones. The irregularity of spikes is
//! variance, of every neuron on its own, and grows with 1/bin: single samples of N irregular neurons have a PR near the
//! bound that their number sets, whatever else they do; means have less of it.
//!
//! Sources: L. F. Abbott, K. Rajan and H. Sompolinsky, in The Dynamic Brain (Oxford 2011), for the participation ratio;
//! P. Gao and S. Ganguli, Curr. Opin. Neurobiol. 32:148 (2015), for its use.

mod components;
mod samples;
mod stretch;

pub use components::{Components, participation_ratio, rank, singular_values};
pub use samples::Sample;
pub use stretch::Stretch;

use super::holder::holder;
use crate::error::{Error, Place, Result};
use crate::recording::{Part, Recording};
use crate::table::Table;

/// Scores are kept on so many components.
const KEPT: usize = 5;
/// Eigenvalues in a table.
const LISTED: usize = 100;

/// The activity of a population in some stretches of a recording.
#[derive(Clone, Debug)]
pub struct Geometry {
    /// Whose activity.
    pub population: String,
    /// Width of a bin, ms; none if each sample is the mean of a whole stretch, or a look.
    pub bin: Option<f64>,
    /// In order of time.
    pub stretches: Vec<Stretch>,
    /// Stretch by stretch.
    pub samples: Vec<Sample>,
    /// Of all samples.
    pub all: Components,
    /// Of the mean of every name.
    pub means: Components,
}

impl Geometry {
    /// That of the population with patterns, or the first, in `part` of a recording: of spikes in bins of `bin` ms. Of many
    /// trials each is one sample: its mean, or of a recall the state in which it ended. `None` if there are fewer than two samples, or what neurons did was not recorded.
    ///
    /// # Errors
    /// If the bin is not positive, there are too many samples, or the recording is damaged.
    pub fn of(recording: &Recording, part: Part, bin: f64) -> Result<Option<Self>> {
        if !(bin > 0.0 && bin.is_finite()) {
            let error = Error::input(
                format!("found bins of {bin} ms"),
                "a bin has a width",
                "write \"50 ms\"",
            );
            return Err(error.placed(Place::Argument("--bin".to_owned())));
        }
        let populations = recording.populations();
        let first = || populations.first().map(|p| p.0.clone());
        let Some(population) = holder(recording, None)?.or_else(first) else { return Ok(None) };
        let neurons = populations.iter().find(|p| p.0 == population).map_or(0, |p| p.1);
        let stretches = Stretch::of(recording, part)?;
        let trials = recording.drawn()?.is_some();
        let bin = (!(trials && stretches.len() > 1)).then_some(bin);
        let own = (population.as_str(), neurons);
        let Some(samples) = samples::samples(recording, own, &stretches, bin)? else {
            return Ok(None);
        };
        if samples.len() < 2 {
            return Ok(None);
        }
        let of = |samples: &[Sample]| {
            let vectors: Vec<Vec<f64>> = samples.iter().map(|s| s.activity.clone()).collect();
            Components::of(&vectors, KEPT)
        };
        let mut names: Vec<&str> = stretches.iter().map(|s| s.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        let name = |sample: &Sample| {
            names.binary_search(&stretches[sample.stretch].name.as_str()).unwrap_or_default()
        };
        let means = of(&samples::means(names.len(), &samples, name));
        let all = of(&samples);
        Ok(Some(Self { population, bin, stretches, all, means, samples }))
    }

    /// The samples of one stretch.
    pub fn within(&self, stretch: usize) -> impl Iterator<Item = (&Sample, &[f64])> {
        let all = self.samples.iter().zip(&self.all.scores);
        all.filter(move |(s, _)| s.stretch == stretch).map(|(s, scores)| (s, &scores[..]))
    }

    /// The mean activity in a stretch; nothing without a sample.
    pub fn mean(&self, stretch: usize) -> Option<Vec<f64>> {
        let own: Vec<Sample> = self.within(stretch).map(|(sample, _)| sample.clone()).collect();
        samples::means(1, &own, |_| 0).pop().map(|mean| mean.activity)
    }

    /// The tables, by name.
    ///
    /// - `geometry`: of all samples, of the means of every name, and of the samples of every name: how many there are,
    ///   their variance (Hz^2, or without unit), the participation ratio, the share of the variance on the first
    ///   component, and how many components hold 0.9 of it
    /// - `spectrum`: the eigenvalues of the first two
    /// - `components`: of every sample its stretch, time and scores
    pub fn tables(&self) -> Vec<(String, Table)> {
        let mut parts = vec![
            ("all samples".to_owned(), self.all.scores.len(), self.all.clone()),
            ("means".to_owned(), self.means.scores.len(), self.means.clone()),
        ];
        let mut names: Vec<&str> = self.stretches.iter().map(|s| s.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            let named = |s: &&Sample| self.stretches[s.stretch].name == name;
            let own = self.samples.iter().filter(named).map(|s| s.activity.clone());
            let own: Vec<Vec<f64>> = own.collect();
            parts.push((name.to_owned(), own.len(), Components::of(&own, 0)));
        }
        let numbers = |of: fn(&Components) -> f64| parts.iter().map(|p| of(&p.2)).collect();
        let geometry = Table::default()
            .text("part", parts.iter().map(|p| p.0.clone()).collect())
            .whole("samples", parts.iter().map(|p| p.1 as u64).collect())
            .real("variance", numbers(Components::variance))
            .real("participation_ratio", numbers(Components::participation_ratio))
            .real("first_component", numbers(|c| c.shares().next().unwrap_or(f64::NAN)))
            .whole("components_for_0.9", parts.iter().map(|p| p.2.holding(0.9) as u64).collect());
        vec![
            ("geometry".to_owned(), geometry),
            ("spectrum".to_owned(), spectrum(&parts[..2])),
            ("components".to_owned(), self.scores()),
        ]
    }

    fn scores(&self) -> Table {
        let name = |s: &Sample| self.stretches[s.stretch].name.clone();
        let kept = self.all.scores.first().map_or(0, Vec::len);
        let table = Table::default()
            .text("stretch", self.samples.iter().map(name).collect())
            .real("time", self.samples.iter().map(|s| s.time).collect());
        (0..kept).fold(table, |table, k| {
            table.real(format!("pc_{}", k + 1), self.all.scores.iter().map(|s| s[k]).collect())
        })
    }
}

fn spectrum(parts: &[(String, usize, Components)]) -> Table {
    let (mut names, mut ranks, mut values, mut shares) = (vec![], vec![], vec![], vec![]);
    for (name, _, components) in parts {
        for (k, (lambda, share)) in
            components.eigenvalues.iter().zip(components.shares()).take(LISTED).enumerate()
        {
            names.push(name.clone());
            ranks.push(k as u64 + 1);
            values.push(*lambda);
            shares.push(share);
        }
    }
    Table::default()
        .text("part", names)
        .whole("component", ranks)
        .real("eigenvalue", values)
        .real("share", shares)
}
