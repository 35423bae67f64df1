use super::classes::{Class, Memories};
use super::passage::{self, Jumps};
use super::senders::{Stationary, Statistics, Strengths};
use super::transfer::{Cell, Transfer};
use super::{Kind, MeanField, Transfers};
use crate::model::Document;
use crate::network::Afferents;
use crate::random::Seed;
use crate::theory::{Siegert, linear};

const NEURON: Siegert = Siegert { tau_m: 20.0, theta: 20.0, v_reset: 10.0, t_ref: 2.0 };

fn found(model: &str, settings: &[&str], transfers: &mut Transfers) -> MeanField {
    let settings: Vec<String> = settings.iter().map(|&s| s.to_owned()).collect();
    let document = Document::read(model.as_ref(), &settings).unwrap();
    MeanField::of(&document.model().unwrap(), transfers).unwrap()
}

/// 2000 neurons for 5 s in the simulator: 0.847, 1.914, 6.908 and 23.545 spikes/s at these mean inputs, +- 0.5 % and less.
#[test]
fn strong_spikes_through_exponential_synapses_have_the_rate_of_simulated_neurons() {
    let jumps = Jumps { tau_syn: 5.0, efficacy: 3.0, rate: 250.0 };
    for (mu, rate, within) in
        [(9.0, 0.847, 0.06), (11.0, 1.914, 0.04), (15.0, 6.908, 0.03), (21.0, 23.545, 0.015)]
    {
        let found = passage::rate(&NEURON, mu, &jumps);
        assert!((found / rate - 1.0).abs() < within, "{mu}: {found}");
    }
}

/// Weak frequent spikes are white noise: what Siegert's formula says where tau_syn is small.
#[test]
fn weak_spikes_are_noise() {
    let jumps = Jumps { tau_syn: 0.4, efficacy: 0.5, rate: 5000.0 };
    let (found, white) = (
        passage::rate(&NEURON, 17.0, &jumps),
        NEURON.rate(17.0, jumps.square(20.0).sqrt(), jumps.tau_syn),
    );
    assert!((found / white - 1.0).abs() < 0.04, "{found} {white}");
}

#[test]
fn the_table_says_what_it_was_made_of() {
    let transfer = Transfer::new(Cell { neuron: NEURON, tau_syn: 2.0, jump: 0.0, jumps: 0.0 });
    for (mu, sigma) in [(13.3, 4.1), (17.7, 2.63), (25.2, 6.0)] {
        let (rate, slope) = transfer.row(sigma * sigma, mu, mu).rate(mu);
        let siegert = |mu: f64| NEURON.rate(mu, sigma, 2.0);
        assert!((rate / siegert(mu) - 1.0).abs() < 1e-3, "{rate} {}", siegert(mu));
        let expected = (siegert(mu + 0.01) - siegert(mu - 0.01)) / 0.02;
        assert!((slope / expected - 1.0).abs() < 0.02, "{slope} {expected}");
    }
}

/// Sums over senders that are drawn one by one, against the formula.
#[test]
fn what_arrives_is_what_drawn_senders_send() {
    const SENDERS: usize = 2000;
    const RECEIVERS: usize = 4000;
    let memories = Memories { number: 16.0, level: 0.25 };
    let (q, share, efficacy) = (15usize, 0.2, 0.4);
    let mut random = Seed(7).stream("oracle", 0);
    // Patterns of every sender, that of index 0 active, and rates that depend on them.
    let senders: Vec<(Vec<bool>, f64)> = (0..SENDERS)
        .map(|_| {
            let xi: Vec<bool> = (0..=q).map(|_| random.uniform() < 0.25).collect();
            let l = xi[1..].iter().filter(|x| **x).count() as f64;
            let rate = 1.0 + 0.5 * l + if xi[0] { 20.0 + l } else { 0.0 };
            (xi, rate)
        })
        .collect();
    let mut statistics = Statistics::default();
    for class in memories.classes() {
        let l = class.others;
        let rate = 1.0 + 0.5 * l + if class.foreground { 20.0 + l } else { 0.0 };
        statistics.add(&class, 1.0, (rate, 0.0), None);
    }
    let number = share * SENDERS as f64;
    let square = efficacy * efficacy;
    let afferents = Afferents { number, efficacy, square, share, fixed: false };
    for (foreground, k) in [(true, 5usize), (false, 3), (false, 0)] {
        let (mut sums, mut squares) = (Vec::new(), 0.0);
        for _ in 0..RECEIVERS {
            // k of the other patterns.
            let mut own: Vec<usize> = (1..=q).collect();
            for i in 0..k {
                let other = i + (random.uniform() * (q - i) as f64) as usize;
                own.swap(i, other);
            }
            let mut sum = 0.0;
            for (xi, rate) in &senders {
                if random.uniform() < share {
                    let shared = own[..k].iter().filter(|mu| xi[**mu]).count();
                    let n = (shared + usize::from(foreground && xi[0])) as f64;
                    sum += efficacy * n * rate;
                    squares += (efficacy * n).powi(2) * rate;
                }
            }
            sums.push(sum);
        }
        let mean = sums.iter().sum::<f64>() / RECEIVERS as f64;
        let variance = sums.iter().map(|s| (s - mean).powi(2)).sum::<f64>() / RECEIVERS as f64;
        let class = Class { foreground, others: k as f64, weight: 1.0 };
        let strengths = Strengths::Shared(afferents);
        let arrival = statistics.arrive(&strengths, &class, Some(&memories), 0.0);
        // 2000 senders are a sample: 500 of them in the foreground, +- 4 %.
        let close = |a: f64, b: f64, within: f64| (a - b).abs() <= within * b.abs().max(1e-9);
        assert!(close(arrival.mean, mean, 0.06), "{} {mean}", arrival.mean);
        assert!(close(arrival.square, squares / RECEIVERS as f64, 0.08), "{}", arrival.square);
        assert!(close(arrival.variance, variance, 0.1), "{} {variance}", arrival.variance);
    }
}

#[test]
fn classes_are_all_neurons() {
    for (number, level) in [(1.0, 0.1), (2.0, 0.5), (90.0, 0.1), (3000.0, 0.02)] {
        let classes = Memories { number, level }.classes();
        let sum = |value: &dyn Fn(&Class) -> f64| {
            classes.iter().map(|c| c.weight * value(c)).sum::<f64>()
        };
        assert!((sum(&|_| 1.0) - 1.0).abs() < 1e-12);
        assert!((sum(&|c| f64::from(u8::from(c.foreground))) - level).abs() < 1e-12);
        let (mean, variance) = ((number - 1.0) * level, (number - 1.0) * level * (1.0 - level));
        assert!((sum(&|c| c.others) - mean).abs() < 1e-3 * (1.0 + mean), "{number} {level}");
        let found = sum(&|c| (c.others - mean).powi(2));
        assert!((found - variance).abs() < 0.01 * (0.01 + variance), "{found} {variance}");
    }
}

#[test]
fn stationary_synapses() {
    let early = Stationary { utilisation: 0.2, before_jump: true, tau_d: 0.2, tau_f: 1.5 };
    // u = 0.2 16/4 = 0.8, x = 1/(1 + 1.6).
    assert!((early.factor(10.0) - 0.8 / 2.6).abs() < 1e-12);
    assert!((early.factor(0.0) - 0.2).abs() < 1e-12);
    // u + 0.2 (1 - u) after the jump.
    let late = Stationary { before_jump: false, ..early };
    assert!((late.factor(10.0) - 0.84 / 2.68).abs() < 1e-12);
    assert!((late.factor(0.0) - 0.36).abs() < 1e-12);
}

#[test]
fn growth_is_the_largest_real_part() {
    for (matrix, largest) in [
        (vec![vec![-1.0, 2.0], vec![0.0, -3.0]], -1.0),
        (vec![vec![-1.0, 50.0], vec![-50.0, -1.0]], -1.0),
        (vec![vec![0.5, 1.0], vec![0.0, 0.5]], 0.5),
    ] {
        let found = linear::growth(matrix);
        assert!((found - largest).abs() < 1e-3, "{found} {largest}");
    }
}

#[test]
fn without_patterns_it_is_the_theory_of_random_networks() {
    let transfers = &mut Transfers::default();
    for (state, rate) in [("", 37.95), ("-si-fast", 55.84), ("-si-slow", 6.52)] {
        let found = found(&format!("models/brunel-2000{state}.toml"), &[], transfers);
        assert_eq!(found.states.len(), 1, "{state}");
        for population in ["E", "I"] {
            let found = found.states[0].rate(population, "all").unwrap();
            assert!((found - rate).abs() < 0.006, "{state} {found}");
        }
    }
}

/// In simulation before the cue 0.57 to 0.60 and 5.66 to 5.76 spikes/s (four seeds). Theory says 0.68 and 5.92: it leaves out
/// that u and x vary together.
#[test]
fn facilitated_synapses_before_the_cue() {
    let found = found("tests/data/facilitated.toml", &[], &mut Transfers::default());
    let state = found.stable(Kind::Spontaneous).unwrap();
    let (e, i) = (state.rate("E", "all").unwrap(), state.rate("I", "all").unwrap());
    assert!((0.66..0.69).contains(&e) && (5.9..5.94).contains(&i), "{e} {i}");
}

/// Two seeds in simulation, 3 s before and 6 s after one cue: spontaneous 1.03, held 48.3, uncued 0.75 spikes/s. Memories are
/// held for 6 s at J = 0.35 mV, by one of two seeds at 0.34 mV, not at 0.33 mV; with 100 patterns, not with 110.
#[test]
fn the_states_of_the_memory() {
    let transfers = &mut Transfers::default();
    let states = found("models/memory-8000.toml", &[], transfers);
    let (calm, memory) =
        (states.stable(Kind::Spontaneous).unwrap(), states.stable(Kind::Memory).unwrap());
    for (state, population, part, rate) in [
        (calm, "E", "all", 1.03),
        (memory, "E", "foreground", 48.3),
        (memory, "E", "background", 0.75),
        (memory, "I1", "all", 18.0),
        (memory, "I2", "all", 8.5),
    ] {
        let found = state.rate(population, part).unwrap();
        assert!((found / rate - 1.0).abs() < 0.15, "{population} {part}: {found} {rate}");
    }
    assert!(states.states.iter().any(|s| s.kind == Kind::Memory && !s.is_stable()));
    for (setting, exists) in [
        ("projection.E_to_E.scale=0.33 mV", false),
        ("projection.E_to_E.scale=0.37 mV", true),
        ("patterns.E.random.number=100", true),
        ("patterns.E.random.number=120", false),
    ] {
        let found = found("models/memory-8000.toml", &[setting], transfers);
        assert_eq!(found.stable(Kind::Memory).is_some(), exists, "{setting}");
    }
}

/// Where rates cannot be followed up to it or down to it.
#[test]
fn a_memory_is_found_although_the_way_to_it_is_not() {
    let settings = ["projection.E_to_E.scale=0.24 mV", "patterns.E.random.number=12"];
    let found = found("models/memory-1000.toml", &settings, &mut Transfers::default());
    let memory = found.stable(Kind::Memory).unwrap().rate("E", "foreground").unwrap();
    assert!((memory - 67.9).abs() < 0.1, "{memory}");
}

/// Simulated: 0.03 and 0.45 spikes/s in the first two.
#[test]
fn what_is_not_found_is_not_said_to_be_absent() {
    let transfers = &mut Transfers::default();
    let rate = |found: &MeanField| found.stable(Kind::Spontaneous)?.rate("E", "all");
    let set = |setting: &str, t: &mut Transfers| found("models/memory-1000.toml", &[setting], t);
    let calm = rate(&set("dynamics.spiking.E.theta=30 mV", transfers)).unwrap();
    assert!((0.02..0.05).contains(&calm), "{calm}");
    let slow = set("dynamics.spiking.E.poisson.tau_syn=30 ms", transfers);
    let notes = slow.notes.join("\n");
    assert!(rate(&slow).is_some() || notes.contains("no balance was found where"), "{notes}");
    assert!(notes.contains("Poisson input of E: tau_syn is 1.50 tau_m"), "{notes}");
    let fast = found("models/brunel-2000-sr.toml", &[], transfers);
    let rate = rate(&fast).unwrap();
    assert!((320.0..345.0).contains(&rate), "{rate}");
}
