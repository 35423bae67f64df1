//! Modern Hopfield networks: retrieval in one step, attention, the kinds of minima, capacity.

use super::super::{Check, Workshop};
use super::random_patterns;
use crate::dynamics::modern::{Attention, Memories, softmax};
use crate::dynamics::{Dynamics, Given, Section, Trains, put, relax};
use crate::error::Result;
use crate::pattern::Patterns;
use crate::random::Seed;
use crate::theory::modern;
use std::ops::Range;

pub fn c11(workshop: &Workshop) -> Result<Vec<Check>> {
    let mut checks = one_step(workshop)?;
    checks.push(attention());
    checks.extend(minima(workshop)?);
    checks.extend(pictures(workshop)?);
    checks.extend(softmax_capacity());
    checks.extend(two_states(workshop)?);
    Ok(checks)
}

/// Cues with 6 of 64 bits flipped, after one update.
fn one_step(workshop: &Workshop) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    for number in [100, 1000, 10_000] {
        let mut fewest = u64::MAX;
        for seed in workshop.seeds() {
            let settings = [
                format!("patterns.N.random.number={number}"),
                format!("seed={seed}"),
                "task.recall.sweeps=1".into(),
            ];
            let settings = settings.each_ref().map(String::as_str);
            let ran = workshop.run("modern-hopfield", &settings)?;
            fewest = fewest.min(ran.values("exact").iter().sum::<f64>() as u64);
        }
        let networks = workshop.seeds().count();
        let what = format!(
            "{number} patterns: recalled in one step of 200, fewest in {networks} networks"
        );
        checks.push(Check::exactly(&what, 200, fewest));
    }
    Ok(checks)
}

/// x^mu, pattern by pattern.
fn rows(patterns: &Patterns) -> Vec<Vec<f64>> {
    let row = |mu| (0..patterns.neurons()).map(|i| patterns.value(mu, i)).collect();
    (0..patterns.number()).map(row).collect()
}

/// The update against softmax(beta q K') V with whole matrices.
fn attention() -> Check {
    let (mut worst, d) = (0.0f64, 64);
    for (k, beta) in [0.05, 0.125, 0.5, 1.0].into_iter().enumerate() {
        let patterns = random_patterns(d, 500, Seed(k as u64 + 1));
        let keys = rows(&patterns);
        let mut network = Attention::new(Memories::new(patterns), beta, Seed(1));
        let q = network.observable().activity().to_vec();
        let scores: Vec<f64> = keys
            .iter()
            .map(|key| libm::exp(beta * key.iter().zip(&q).map(|(k, q)| k * q).sum::<f64>()))
            .collect();
        let sum: f64 = scores.iter().sum();
        // An update cannot fail.
        let _ = network.advance(1.0);
        for (i, x) in network.observable().activity().iter().enumerate() {
            let value: f64 = keys.iter().zip(&scores).map(|(key, p)| p / sum * key[i]).sum();
            worst = worst.max((x - value).abs());
        }
    }
    Check::at_most("distance from softmax(beta q K') V", 1e-12, worst)
}

/// Ten groups of ten patterns, each with 4 of 64 bits other than its group's prototype.
fn groups(seed: Seed) -> Patterns {
    let prototypes = random_patterns(64, 10, seed);
    let mut stream = seed.stream("groups", 0);
    let member = |k: usize| {
        let mut state = prototypes.state(k / 10);
        stream.permutation(64)[..4].iter().for_each(|&i| state[i as usize] ^= true);
        state
    };
    let states: Vec<Vec<bool>> = (0..100).map(member).collect();
    Patterns::from_states(64, &states)
}

/// A state of rest, seen from the patterns.
struct Rest {
    /// exp of the entropy of the softmax: how many patterns are mixed.
    mixed: f64,
    /// The weight of the pattern from which it began, and of its group.
    own: f64,
    group: f64,
    /// Its cosine with the mean of all patterns.
    mean: f64,
}

/// Where all patterns of ten groups come to rest.
fn rests(seed: Seed, beta: f64) -> Result<Vec<Rest>> {
    let patterns = groups(seed);
    let memories = Memories::new(patterns.clone());
    let mean = memories.mixture(&[0.01; 100]);
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let mut network = Attention::new(memories, beta, seed);
    let rest = |mu: usize| {
        put(&mut network, 0, &patterns.state(mu));
        relax(&mut network, 10_000)?;
        let (weights, state) = (network.weights(), network.observable().activity());
        let entropy: f64 = weights.iter().filter(|p| **p > 0.0).map(|p| -p * libm::log(*p)).sum();
        Ok(Rest {
            mixed: libm::exp(entropy),
            own: weights[mu],
            group: weights[mu / 10 * 10..][..10].iter().sum(),
            mean: dot(state, &mean) / (dot(state, state) * dot(&mean, &mean)).sqrt(),
        })
    };
    (0..100).map(rest).collect()
}

fn least(rests: &[Rest], of: fn(&Rest) -> f64) -> f64 {
    rests.iter().map(of).fold(f64::INFINITY, f64::min)
}

/// One pattern, a group of similar ones, the mean of all: as beta falls.
fn minima(workshop: &Workshop) -> Result<Vec<Check>> {
    let all = |beta: f64| -> Result<Vec<Rest>> {
        let each: Vec<Vec<Rest>> =
            workshop.seeds().map(|seed| rests(Seed(seed), beta)).collect::<Result<_>>()?;
        Ok(each.into_iter().flatten().collect())
    };
    let (one, some, every) = (all(2.0)?, all(0.17)?, all(0.02)?);
    let mixed = |rests: &[Rest]| {
        let most = rests.iter().map(|rest| rest.mixed).fold(0.0, f64::max);
        format!("{:.2} to {most:.2}", least(rests, |rest| rest.mixed))
    };
    let within = |rests: &[Rest], low: f64, high: f64| {
        rests.iter().all(|rest| (low..high).contains(&rest.mixed))
    };
    Ok(vec![
        Check::at_least(
            "ten groups of ten, beta = 2: weight of the pattern",
            0.99,
            least(&one, |r| r.own),
        ),
        Check::at_least("beta = 0.17: weight of its group", 0.95, least(&some, |r| r.group)),
        Check::that(within(&some, 8.0, 13.0), "patterns that are mixed 8 to 13", mixed(&some)),
        Check::at_least(
            "beta = 0.02: cosine with the mean of all",
            0.99,
            least(&every, |r| r.mean),
        ),
        Check::that(within(&every, 99.0, 100.1), "patterns that are mixed over 99", mixed(&every)),
    ])
}

/// The three pictures from cues of two fifths of noise: each by itself, or all at once.
fn pictures(workshop: &Workshop) -> Result<Vec<Check>> {
    let ran = workshop.run("modern-images", &["task.recall.sweeps=1"])?;
    let worst = ran.values("overlap").into_iter().fold(f64::INFINITY, f64::min);
    let low = workshop.run("modern-images", &["dynamics.modern.softmax.beta=0.00002"])?;
    let activity = low.recording.activity("N")?.map_or(Vec::new(), |samples| samples.values);
    let patterns = low.recording.patterns("N")?;
    let apart = patterns.map_or(f64::NAN, |patterns| {
        let mean = Memories::new(patterns).mixture(&[1.0 / 3.0; 3]);
        let last = &activity[activity.len() - mean.len()..];
        last.iter().zip(&mean).map(|(x, mean)| (x - mean).abs()).fold(0.0, f64::max)
    });
    Ok(vec![
        Check::at_least("pictures, 0.4 noise: least overlap after one step", 0.98, worst),
        Check::at_most("beta = 0.00002: distance from the mean of the pictures", 0.05, apart),
    ])
}

/// The median number of patterns among which a pattern has half of the weight.
fn half_weight(neurons: usize, beta: f64) -> f64 {
    let expected = libm::exp(neurons as f64 * modern::softmax_rate(beta));
    let patterns = random_patterns(neurons, (12.0 * expected) as usize + 50, Seed(1));
    let memories = Memories::new(patterns);
    let of = |mu: usize| {
        let state: Vec<f64> = (0..neurons).map(|i| memories.patterns().value(mu, i)).collect();
        let similarities = memories.similarities(&state);
        let weights = softmax(beta, &similarities).0;
        let mut others = 0.0;
        let enough = weights.iter().enumerate().position(|(nu, weight)| {
            others += if nu == mu { 0.0 } else { *weight };
            others >= weights[mu]
        });
        enough.unwrap_or(weights.len()) as f64
    };
    let mut all: Vec<f64> = (0..100).map(of).collect();
    all.sort_by(f64::total_cmp);
    0.5 * (all[49] + all[50])
}

/// ln P of the softmax against the number of neurons.
fn softmax_capacity() -> Vec<Check> {
    let mut checks = Vec::new();
    for (beta, sizes) in [(0.5, [12, 16, 20, 24]), (1.0, [8, 11, 14, 17])] {
        let points: Vec<(f64, f64)> =
            sizes.iter().map(|&n| (n as f64, libm::log(half_weight(n, beta)))).collect();
        let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / 4.0;
        let (x, y) = (mean(|p| p.0), mean(|p| p.1));
        let slope = points.iter().map(|p| (p.0 - x) * (p.1 - y)).sum::<f64>()
            / points.iter().map(|p| (p.0 - x).powi(2)).sum::<f64>();
        let what = format!("softmax, beta = {beta}: ln(capacity) per neuron");
        let rate = (1e4 * modern::softmax_rate(beta)).round() / 1e4;
        checks.push(Check::near(&what, rate, 0.03, slope));
        let bound = |p: &(f64, f64)| libm::log(modern::guaranteed(beta, p.0 as u32, 0.001)) <= p.1;
        let met = points.iter().all(bound);
        checks.push(Check::that(met, "no smaller than the guaranteed one", met.to_string()));
    }
    checks
}

/// Of the first patterns of networks of -1 and 1 made from `text`, the shares of bits that are not stable.
fn unstable(workshop: &Workshop, text: &str, more: &[&str], seeds: Range<u64>) -> Result<Vec<f64>> {
    let mut shares = Vec::new();
    for seed in seeds {
        let seed = format!("seed={seed}");
        let settings = [&[seed.as_str()], more].concat();
        let model = workshop.document_of(text, &settings)?.model()?;
        let (patterns, trains) = (model.draw_patterns(), Trains::new());
        let given = Given { patterns: &patterns, trains: &trains };
        let mut network = model.dynamics.start(model.wire(&patterns)?, given, Seed(model.seed));
        for stored in patterns.values() {
            for mu in 0..stored.number().min(100) {
                put(&mut *network, 0, &stored.state(mu));
                let leave =
                    network.relaxation().map_or(0, |rest| rest.unstable(0..stored.neurons()));
                shares.push(leave as f64 / stored.neurons() as f64);
            }
        }
    }
    Ok(shares)
}

/// States -1 and 1: bits that are not stable, and patterns that are.
fn two_states(workshop: &Workshop) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    let polynomial = workshop.text("dense-associative")?;
    for (degree, number) in [(2, 30), (3, 1000), (4, 10_000)] {
        let settings = [
            format!("patterns.N.random.number={number}"),
            format!("dynamics.modern.polynomial.degree={degree}"),
        ];
        let shares =
            unstable(workshop, polynomial, &settings.each_ref().map(String::as_str), 1..11)?;
        let expected = (1e4 * modern::bit_error(degree, 100, number)).round() / 1e4;
        let what = format!("degree {degree}, N = 100, P = {number}: share of unstable bits");
        let tolerance = (1e4 * 0.15 * expected).round() / 1e4;
        let share = shares.iter().sum::<f64>() / shares.len() as f64;
        checks.push(Check::near(&what, expected, tolerance, share));
    }
    let exponential =
        polynomial.replace("modern.polynomial", "modern.exponential").replace("degree = 3\n", "");
    // A pattern that differs from another in one bit does not decide on it: one in P N 2^-N is such.
    for (neurons, least) in [(20, 0.98), (24, 0.99), (28, 0.995)] {
        let number = libm::exp(modern::exponential_rate(0.0) * f64::from(neurons)).round();
        let settings =
            [format!("population.N.size={neurons}"), format!("patterns.N.random.number={number}")];
        let shares =
            unstable(workshop, &exponential, &settings.each_ref().map(String::as_str), 1..11)?;
        let stable = shares.iter().filter(|share| **share == 0.0).count();
        let what = format!("exp, N = {neurons}, P = 2^(N/2) = {number}: share of stable patterns");
        checks.push(Check::at_least(&what, least, stable as f64 / shares.len() as f64));
    }
    Ok(checks)
}
