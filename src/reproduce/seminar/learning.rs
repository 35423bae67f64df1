//! B1 and B2: the same couplings, whether patterns are learned one by one, all at once, or never written into a matrix.

use super::super::{Built, Check, Workshop};
use crate::dynamics::Dynamics;
use crate::error::Result;
use crate::learning::{Learning, LowActivity, Palimpsest, Pathway};
use crate::pattern::{Foreground, PatternSource, Patterns, RandomPatterns, Shares};
use crate::random::{Seed, Stream};
use crate::synapse::{Connect, Couplings, Wiring};
use crate::work::each;

const NEURONS: usize = 80;

fn random(number: usize, seed: Seed) -> Patterns {
    let random = RandomPatterns { number, coding_level: 0.5, foreground: Foreground::Bernoulli };
    PatternSource::Random(random).draw("N", NEURONS, seed)
}

fn wiring(connect: Connect) -> Wiring {
    let (senders, receivers) = (NEURONS, NEURONS);
    Wiring {
        connect,
        senders,
        receivers,
        recurrent: true,
        autapses: false,
        multapses: false,
        shares: Shares::default(),
        between: None,
    }
}

/// Calls `each` with every J_ij as its bits.
fn bits(couplings: &Couplings) -> Vec<u64> {
    let pairs = (0..NEURONS * NEURONS).map(|k| (k / NEURONS, k % NEURONS));
    pairs.map(|(i, j)| (couplings.unit() * couplings.weight(i, j)).to_bits()).collect()
}

pub fn b1(_: &Workshop) -> Result<Vec<Check>> {
    let rules = [
        Learning::Hebb {},
        Learning::LowActivity(LowActivity { a: 0.3, b: Some(0.0) }),
        Learning::Sequence { cyclic: true, hold: None, length: None },
        Learning::Palimpsest(Palimpsest { strength: 4.108, decay: None, bound: None }),
        Learning::Palimpsest(Palimpsest { strength: 1.0, decay: None, bound: Some(0.4) }),
    ];
    let (mut compared, mut differ, mut sums, mut unlike) = (0, 0, 0, 0);
    for (k, rule) in rules.iter().enumerate() {
        for connect in [Connect::AllToAll, Connect::Probability(0.3)] {
            for number in [1, 2, 7, 30] {
                let seed = Seed(1).child("b1", (100 * k + number) as u64);
                let patterns = random(number, seed);
                let wiring = wiring(connect.clone());
                let memories = (Some(&patterns), Some(&patterns));
                let pathway = Pathway::new("J", &wiring, memories, seed);
                let batch = bits(&rule.learn(&pathway)?);
                let Some(mut learner) = rule.learner(&pathway)? else { continue };
                while learner.learn_next() {}
                let one_by_one = bits(&learner.couplings());
                compared += batch.len();
                differ += batch.iter().zip(&one_by_one).filter(|(a, b)| a != b).count();
                if k == 0 && connect == Connect::AllToAll {
                    sums += batch.len();
                    unlike += batch.iter().zip(outer(&patterns)).filter(|(a, b)| **a != *b).count();
                }
            }
        }
    }
    Ok(vec![
        Check::exactly(
            &format!("couplings of {compared}, five rules, that differ in a bit"),
            0,
            differ as u64,
        ),
        Check::exactly(
            &format!("of {sums} that differ from J += xi xi, J_ii = 0, in a loop"),
            0,
            unlike as u64,
        ),
    ])
}

/// Hebb's rule as it is written: J_ij += xi_i xi_j, then divided by the number of senders; J_ii = 0.
fn outer(patterns: &Patterns) -> Vec<u64> {
    let mut sum = vec![0.0; NEURONS * NEURONS];
    for mu in 0..patterns.number() {
        let xi: Vec<f64> =
            patterns.state(mu).into_iter().map(|on| if on { 1.0 } else { -1.0 }).collect();
        for (k, sum) in sum.iter_mut().enumerate().filter(|(k, _)| k / NEURONS != k % NEURONS) {
            *sum += xi[k / NEURONS] * xi[k % NEURONS];
        }
    }
    let unit = 1.0 / NEURONS as f64;
    sum.into_iter().map(|w| (unit * w).to_bits()).collect()
}

/// Networks that are compared in B2, and sweeps of each.
const CASES: u64 = 1000;
const SWEEPS: u64 = 10;

pub fn b2(workshop: &Workshop) -> Result<Vec<Check>> {
    let compare = |case: u64| -> Result<(u64, u64)> {
        let text = case_text(&mut Seed(2).stream("b2", case));
        let build = |storage: &str| {
            workshop.build_text(&text.replace("STORAGE", storage), &[&format!("seed={case}")])
        };
        let (mut matrix, mut votes) = (build("matrix")?, build("votes")?);
        let mut unlike = 0;
        for sweep in 1..=SWEEPS {
            matrix.network.advance(sweep as f64)?;
            votes.network.advance(sweep as f64)?;
            unlike += u64::from(look(&matrix) != look(&votes));
        }
        Ok((u64::from(unlike > 0), flips(&matrix)))
    };
    let found: Vec<(u64, u64)> = each(0..CASES, compare).into_iter().collect::<Result<_>>()?;
    let unlike = found.iter().map(|f| f.0).sum();
    let flips: u64 = found.iter().map(|f| f.1).sum();
    Ok(vec![
        Check::exactly(&format!("of {CASES} random networks, trajectories that differ"), 0, unlike),
        Check::at_least("flips in them", 10.0 * CASES as f64, flips as f64),
    ])
}

/// State, all local fields and the energy, to the last bit.
fn look(built: &Built) -> (Vec<bool>, Vec<u64>, Option<u64>) {
    let network = &built.network;
    let active = network.observable().active().to_vec();
    let fields = (0..active.len()).map(|i| network.local_field(i).to_bits()).collect();
    (active, fields, network.observable().energy().map(f64::to_bits))
}

/// Flips so far, in a network without self-coupling or with it.
fn flips(built: &Built) -> u64 {
    let size = built.network.observable().active().len() as u64;
    built.network.events().synaptic / size.max(2).saturating_sub(1)
}

/// A random network: every size, order of updates, tie, rule and temperature in turn.
fn case_text(stream: &mut Stream) -> String {
    let mut one_of =
        |options: &[&str]| options[stream.below(options.len() as u32) as usize].to_owned();
    let update = one_of(&["shuffled", "random", "fixed", "synchronous"]);
    let tie = one_of(&["keep", "plus", "minus"]);
    let states = one_of(&["plus_minus", "zero_one"]);
    let autapses = one_of(&["true", "false"]);
    let temperature = one_of(&["0.0", "0.0", "0.5"]);
    let rule = one_of(&[
        "learning = \"hebb\"",
        "learning = \"hebb\", scale = 1.0",
        "learning = { low_activity = { a = 0.25, b = 0.0 } }",
        "learning = { sequence = { cyclic = true } }",
    ]);
    let (size, number) = (5 + stream.below(60), 2 + stream.below(15));
    format!(
        r#"
        title = "Votes"
        source = "a seminar on the Hopfield network"
        shows = "patterns vote"
        population.N.size = {size}
        patterns.N.random = {{ number = {number}, coding_level = 0.5, foreground = "bernoulli" }}
        projection.J = {{ from = "N", to = "N", connect = "all_to_all", autapses = {autapses}, storage = "STORAGE", {rule} }}
        dynamics.binary = {{ states = "{states}", update = "{update}", tie = "{tie}", temperature = {temperature} }}
        task.recall = {{ trials = 1, sweeps = 10 }}
        "#
    )
}
