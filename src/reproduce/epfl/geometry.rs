//! D19: manifolds of delay activity, and couplings of low rank.

use super::super::{Check, Workshop};
use super::mean;
use crate::analysis::geometry::{Components, Geometry, participation_ratio, rank, singular_values};
use crate::error::Result;
use crate::pattern::Patterns;
use crate::recording::{Part, Recording};

/// Width of the bins, ms.
const BIN: f64 = 50.0;
const P: usize = 6;

/// The patterns as samples of 0 and 1.
fn as_samples(patterns: &Patterns) -> Vec<Vec<f64>> {
    let of = |mu| patterns.state(mu).into_iter().map(|xi| f64::from(u8::from(xi))).collect();
    (0..patterns.number()).map(of).collect()
}

fn distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
}

pub fn d19(workshop: &Workshop) -> Result<Vec<Check>> {
    let ran = workshop.run("memory-1000", &[])?;
    let mut checks = spiking(&ran.recording)?;
    checks.extend(cycle(&workshop.run("sequence", &[])?.recording)?);
    checks.extend(couplings(workshop)?);
    Ok(checks)
}

/// The delays of six memories of spiking neurons.
fn spiking(recording: &Recording) -> Result<Vec<Check>> {
    let geometry = Geometry::of(recording, Part::Whole, BIN)?;
    let Some((geometry, patterns)) = geometry.zip(recording.patterns("E")?) else {
        return Ok(Vec::new());
    };
    let delays: Vec<usize> = (0..geometry.stretches.len())
        .filter(|&k| geometry.stretches[k].name.starts_with("delay"))
        .collect();
    let means: Vec<Vec<f64>> = delays.iter().filter_map(|&k| geometry.mean(k)).collect();
    let samples = |k: usize| -> Vec<Vec<f64>> {
        geometry.within(k).map(|(sample, _)| sample.activity.clone()).collect()
    };
    let own = |(of, k): (usize, &usize)| -> Vec<bool> {
        let nearest = |x: &Vec<f64>| {
            let far = |m: &usize| distance(x, &means[*m]);
            (0..means.len()).min_by(|a, b| far(a).total_cmp(&far(b))) == Some(of)
        };
        samples(*k).iter().map(nearest).collect()
    };
    let own: Vec<bool> = delays.iter().enumerate().flat_map(own).collect();
    let stored = Components::of(&as_samples(&patterns), 0).participation_ratio();
    let found = Components::of(&means, 0).participation_ratio();
    let ideal = (P - 1) as f64;
    // Neurons that fire like independent Poisson processes: the variance of each is as its rate, and samples are few.
    let ratios = |measured: bool| -> Vec<f64> {
        let of = |(k, m): (&usize, &Vec<f64>)| {
            let samples = samples(*k);
            let (n, poisson) = (samples.len() as f64 - 1.0, participation_ratio(m));
            match measured {
                true => Components::of(&samples, 0).participation_ratio(),
                false => poisson * n / (n + poisson + 1.0),
            }
        };
        delays.iter().zip(&means).map(of).collect()
    };
    let poisson = mean(&ratios(false));
    Ok(vec![
        Check::near(
            "spikes: participation ratio of the six patterns; of orthogonal ones 5; here",
            ideal,
            0.1,
            stored,
        ),
        Check::that(
            (found / stored - 1.0).abs() <= 0.05,
            format!("that of the mean rates in the six delays: the patterns' {stored:.3}, to 5 %"),
            format!("{found:.3}"),
        ),
        Check::exactly(
            "bins of 50 ms nearest to the mean of their own delay, of all",
            own.len() as u64,
            own.iter().filter(|own| **own).count() as u64,
        ),
        Check::that(
            (mean(&ratios(true)) / poisson - 1.0).abs() <= 0.05,
            format!("within a delay, 16 bins: {poisson:.2} of independent Poisson neurons, to 5 %"),
            format!("{:.2}", mean(&ratios(true))),
        ),
    ])
}

/// The states of a binary network that goes round a cycle of eight patterns.
fn cycle(recording: &Recording) -> Result<Vec<Check>> {
    let geometry = Geometry::of(recording, Part::Whole, BIN)?;
    let Some((geometry, patterns)) = geometry.zip(recording.patterns("N")?) else {
        return Ok(Vec::new());
    };
    let stored = Components::of(&as_samples(&patterns), 0).participation_ratio();
    let found = geometry.all.participation_ratio();
    Ok(vec![Check::that(
        (found / stored - 1.0).abs() <= 0.05,
        format!(
            "states: a cycle of eight patterns has their participation ratio {stored:.3}, to 5 %"
        ),
        format!("{found:.3}"),
    )])
}

/// Hebb's couplings of P patterns have rank P once J_ii = P/N is added; random ones have all of it.
fn couplings(workshop: &Workshop) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    for number in [5_u64, 10, 15] {
        let built =
            workshop.build("hopfield-1982", &[&format!("patterns.N.random.number={number}")])?;
        let mut rows = built.efficacies();
        let size = rows.len() as f64;
        rows.iter_mut().enumerate().for_each(|(i, row)| row[i] += number as f64 / size);
        let values = singular_values(&rows);
        let found = rank(&values) as u64;
        checks.push(Check::exactly(
            &format!("couplings: rank of J for {number} patterns in 100 neurons"),
            number,
            found,
        ));
    }
    let text = "{ from = \"N\", to = \"N\", connect = \"all_to_all\", autapses = false, efficacy = { gaussian = { sd = 1.0, symmetry = 1.0 } } }";
    let random = workshop.build("hopfield-1982", &[&format!("projection.J={text}")])?;
    let found = rank(&singular_values(&random.efficacies())) as u64;
    checks.push(Check::exactly("rank of random couplings", 100, found));
    Ok(checks)
}
