//! Energy as a Lyapunov function: where it never rises, and where it does.

use super::super::{Built, Check, Workshop};
use crate::dynamics::{Dynamics, put};
use crate::error::Result;
use crate::random::Seed;
use crate::work::each;

/// A network of 30 neurons whose couplings have nothing but their `symmetry`.
fn network(update: &str, symmetry: f64, temperature: f64) -> String {
    format!(
        r#"
        title = "Random couplings"
        source = "J. J. Hopfield, PNAS 79:2554 (1982)"
        shows = "Where the energy falls"
        population.N.size = 30
        patterns.N.random = {{ number = 1, coding_level = 0.5, foreground = "bernoulli" }}
        projection.J = {{ from = "N", to = "N", connect = "all_to_all", autapses = false, efficacy = {{ gaussian = {{ sd = 1.0, symmetry = {symmetry} }} }} }}
        protocol = [{{ name = "free", duration = "1 sweeps" }}]
        dynamics.binary = {{ states = "plus_minus", update = "{update}", tie = "keep", threshold = 0.2, temperature = {temperature} }}
        "#
    )
}

/// What the energy did.
#[derive(Clone, Copy, Debug, Default)]
pub struct Descents {
    /// Changes of the state.
    pub steps: u64,
    /// Those at which the energy rose.
    pub rises: u64,
    /// Trajectories, and those that ended in a fixed point.
    pub starts: u64,
    pub fixed: u64,
}

impl Descents {
    fn add(self, other: Self) -> Self {
        Self {
            steps: self.steps + other.steps,
            rises: self.rises + other.rises,
            starts: self.starts + other.starts,
            fixed: self.fixed + other.fixed,
        }
    }
}

/// The definition E = -1/2 sum_ij J_ij s_i s_j + theta sum_i s_i, from scratch.
struct Energy {
    couplings: Vec<f64>,
    threshold: f64,
    lower: f64,
}

impl Energy {
    fn of(built: &Built) -> Result<Self> {
        let coupled = built.model.wire(&built.patterns)?;
        let n = coupled.neurons();
        let couplings = (0..n * n).map(|k| coupled.efficacy(k / n, k % n)).collect();
        let law = built.model.dynamics.law();
        let threshold = law.map_or(0.0, |law| law.threshold);
        let lower = law.map_or(-1.0, |law| law.states.value(false));
        Ok(Self { couplings, threshold, lower })
    }

    fn at(&self, state: &[bool]) -> f64 {
        let s: Vec<f64> = state.iter().map(|&on| if on { 1.0 } else { self.lower }).collect();
        let each = |(row, s_i): (&[f64], &f64)| {
            let field: f64 = row.iter().zip(&s).map(|(j, s)| j * s).sum();
            s_i * (self.threshold - 0.5 * field)
        };
        self.couplings.chunks(s.len()).zip(&s).map(each).sum()
    }
}

/// The course of the energy from random states until so many changes of state have been seen, looked at after every
/// `step` sweeps (1/N: a single update); a trajectory ends in an attractor, or after 50 sweeps.
pub fn course(built: &Built, step: f64, changes: u64) -> Result<Descents> {
    const PARTS: u64 = 16;
    let energy = Energy::of(built)?;
    let part = |part: u64| -> Result<Descents> {
        let seed = Seed(built.model.seed).child("part", part);
        let mut stream = seed.stream("starts", 0);
        let mut branch = built.network.branch(seed);
        let mut course = Descents::default();
        let (mut looks, mut state) = (0.0, vec![false; branch.observable().active().len()]);
        while course.steps < changes.div_ceil(PARTS) {
            state.iter_mut().for_each(|s| *s = stream.uniform() < 0.5);
            put(&mut *branch, 0, &state);
            let (mut before, begin) = (energy.at(&state), looks);
            while branch.attractor().is_none() && (looks - begin) * step < 50.0 {
                looks += 1.0;
                branch.advance(looks * step)?;
                let now = branch.observable().active();
                if now != state {
                    state.copy_from_slice(now);
                    let after = energy.at(&state);
                    course.steps += 1;
                    // Rounding of sums of some 900 numbers of size 1.
                    course.rises += u64::from(after > before + 1e-12);
                    before = after;
                }
            }
            course.starts += 1;
            course.fixed += u64::from(branch.attractor().is_some());
        }
        Ok(course)
    };
    let parts: Result<Vec<Descents>> = each(0..PARTS, part).into_iter().collect();
    Ok(parts?.into_iter().fold(Descents::default(), Descents::add))
}

/// The same of random couplings.
pub fn of_random(
    workshop: &Workshop,
    (update, symmetry, temperature): (&str, f64, f64),
    changes: u64,
) -> Result<Descents> {
    let built = workshop.build_text(&network(update, symmetry, temperature), &[])?;
    course(&built, if update == "synchronous" { 1.0 } else { 1.0 / 30.0 }, changes)
}

/// That the energy rose now and then.
pub fn rises(what: &str, course: Descents) -> Check {
    let measured = format!("{} in {} steps", course.rises, course.steps);
    Check::that(course.rises > 0, format!("rises {what}: some"), measured)
}

/// That it never rose.
pub fn never(what: &str, course: Descents) -> Check {
    let measured = format!("{} in {} flips", course.rises, course.steps);
    Check::that(course.rises == 0, format!("rises {what}: 0"), measured)
}

pub fn c9(workshop: &Workshop) -> Result<Vec<Check>> {
    let symmetric = of_random(workshop, ("random", 1.0, 0.0), 1_000_000)?;
    let all = format!("{} of {}", symmetric.fixed, symmetric.starts);
    Ok(vec![
        never("in 10^6 flips, asynchronous and symmetric", symmetric),
        Check::that(
            symmetric.fixed == symmetric.starts,
            "starts that end in a fixed point: all",
            all,
        ),
        rises(
            "if all neurons are updated at once",
            of_random(workshop, ("synchronous", 1.0, 0.0), 1000)?,
        ),
        rises("if couplings are asymmetric", of_random(workshop, ("random", 0.0, 0.0), 1000)?),
    ])
}
