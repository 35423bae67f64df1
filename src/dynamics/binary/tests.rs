//! Binary networks against the slow, obvious version, and against what must hold of every one.

use super::*;
use crate::dynamics::Effect;
use crate::model::{Document, Model};
use crate::pattern::Patterns;
use indexmap::IndexMap;

/// The setting that gives the neurons this efficacy instead of a rule.
fn given(efficacy: &str) -> String {
    format!(
        "projection.J={{ from = \"N\", to = \"N\", connect = \"all_to_all\", autapses = false, efficacy = {efficacy} }}"
    )
}

/// A Hopfield network of `size` neurons with `number` patterns; `more` changes it.
fn model(size: usize, number: usize, update: &str, more: &[&str]) -> Model {
    let text = format!(
        r#"
        title = "t"
        source = "s"
        shows = "w"
        population.N.size = {size}
        patterns.N.random = {{ number = {number}, coding_level = 0.5, foreground = "bernoulli" }}
        projection.J = {{ from = "N", to = "N", connect = "all_to_all", autapses = false, learning = {{ hebb = {{}} }} }}
        dynamics.binary = {{ states = "plus_minus", update = "{update}", tie = "keep" }}
        protocol = [{{ name = "rest", duration = "1 sweep" }}]
        "#
    );
    let settings: Vec<String> = more.iter().map(|&s| s.to_owned()).collect();
    Document::new("test.toml".as_ref(), text, &settings).unwrap().model().unwrap()
}

fn network(model: &Model) -> (Binary, IndexMap<String, Patterns>) {
    let patterns = model.draw_patterns();
    let network = Arc::new(model.wire(&patterns).unwrap());
    let law = model.dynamics.law().unwrap();
    (Binary::new(network, law, Seed(model.seed)), patterns)
}

/// The network with every sum taken anew, and the whole matrix.
struct Slow {
    j: Vec<Vec<f64>>,
    law: Law,
    active: Vec<bool>,
    order: Stream,
    noise: Stream,
}

impl Slow {
    fn of(binary: &Binary, seed: u64) -> Self {
        let n = binary.active.len();
        let row = |i| (0..n).map(|k| binary.network.efficacy(i, k)).collect();
        Self {
            j: (0..n).map(row).collect(),
            law: binary.law.clone(),
            active: binary.active.clone(),
            order: Seed(seed).stream("binary/order", 0),
            noise: Seed(seed).stream("binary/noise", 0),
        }
    }

    fn field(&self, i: usize) -> f64 {
        let sum: f64 = self
            .active
            .iter()
            .zip(&self.j[i])
            .map(|(&active, j)| j * self.law.states.value(active))
            .sum();
        sum - self.law.threshold
    }

    fn energy(&self) -> f64 {
        let s = |i: usize| self.law.states.value(self.active[i]);
        let n = self.active.len();
        let pairs: f64 =
            (0..n).map(|i| (0..n).map(|k| self.j[i][k] * s(k)).sum::<f64>() * s(i)).sum();
        -0.5 * pairs + (0..n).map(|i| self.law.threshold * s(i)).sum::<f64>()
    }

    fn next(&mut self, i: usize) -> bool {
        // The sums of the engine are exact; these are rounded.
        let h = (self.field(i) * 1e9).round() / 1e9;
        if self.law.temperature > 0.0 {
            let p = self.law.gain().probability(self.field(i) / self.law.temperature);
            return self.noise.uniform() < p;
        }
        self.law.becomes(h, self.active[i])
    }

    fn sweep(&mut self) {
        let n = self.active.len();
        let order: Vec<usize> = match self.law.update {
            Update::Shuffled => self.order.permutation(n).iter().map(|&i| i as usize).collect(),
            Update::Random => (0..n).map(|_| self.order.below(n as u32) as usize).collect(),
            Update::Fixed => (0..n).collect(),
            Update::Synchronous => {
                self.active = (0..n).map(|i| self.next(i)).collect();
                return;
            }
        };
        for i in order {
            self.active[i] = self.next(i);
        }
    }
}

const UPDATES: [&str; 4] = ["shuffled", "random", "fixed", "synchronous"];

#[test]
fn trajectories_are_those_of_the_slow_version() {
    let varied: [&[&str]; 8] = [
        &[],
        &["dynamics.binary.tie=plus"],
        &["dynamics.binary.tie=minus", "projection.J.autapses=true"],
        &["dynamics.binary.states=zero_one", "dynamics.binary.threshold=0.2"],
        &["projection.J.connect={probability = 0.3}"],
        &["projection.J.storage=votes"],
        &["dynamics.binary.temperature=0.4"],
        &["projection.J.learning={low_activity = {a = 0.5, b = 0.0}}"],
    ];
    for update in UPDATES {
        for (k, more) in varied.iter().enumerate() {
            for seed in 0..6 {
                let seed = format!("seed={}", 10 * k + seed);
                let settings: Vec<&str> = more.iter().copied().chain([seed.as_str()]).collect();
                // An even number of patterns makes ties.
                let model = model(30, 4, update, &settings);
                let (mut fast, _) = network(&model);
                let mut slow = Slow::of(&fast, model.seed);
                for sweep in 1..6 {
                    fast.advance(f64::from(sweep)).unwrap();
                    slow.sweep();
                    assert_eq!(fast.active, slow.active, "{update} {settings:?}");
                    if let Some(energy) = fast.observable().energy() {
                        assert!((energy - slow.energy()).abs() < 1e-9, "{update} {settings:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn how_often_a_network_is_looked_at_changes_nothing() {
    for update in UPDATES {
        let model = model(50, 6, update, &["dynamics.binary.temperature=0.3"]);
        let (mut whole, _) = network(&model);
        let (mut parts, _) = network(&model);
        whole.advance(7.0).unwrap();
        for step in 1..=700 {
            parts.advance(f64::from(step) * 0.01).unwrap();
        }
        assert_eq!(whole.active, parts.active, "{update}");
        assert_eq!(whole.time(), parts.time());
    }
}

#[test]
fn votes_and_matrix_give_the_same_trajectories_in_a_thousand_cases() {
    for case in 0..1000 {
        let (size, number) = (5 + case % 40, 1 + case % 9);
        let seed = format!("seed={case}");
        let autapses = format!("projection.J.autapses={}", case % 2 == 0);
        let settings = [seed.as_str(), autapses.as_str()];
        let update = UPDATES[case % 4];
        let matrix = model(size, number, update, &settings);
        let votes =
            model(size, number, update, &[settings[0], settings[1], "projection.J.storage=votes"]);
        let (mut matrix, _) = network(&matrix);
        let (mut votes, _) = network(&votes);
        for sweep in 1..5 {
            matrix.advance(f64::from(sweep)).unwrap();
            votes.advance(f64::from(sweep)).unwrap();
            assert_eq!(matrix.active, votes.active, "case {case}");
        }
        for i in 0..size {
            assert_eq!(matrix.local_field(i), votes.local_field(i), "case {case}");
        }
    }
}

/// Flips neurons at random and lets the network relax, until `flips` flips have been made; tells the largest rise of the
/// energy in a sweep, and the error of the running energy relative to its size.
fn energies(model: &Model, flips: u64) -> (f64, f64) {
    let (mut binary, _) = network(model);
    let mut stream = Seed(7).stream("kicks", 0);
    let (mut made, mut rise) = (0, f64::NEG_INFINITY);
    while made < flips {
        let state: Vec<bool> = binary.active.iter().map(|_| stream.uniform() < 0.5).collect();
        for (i, wanted) in state.into_iter().enumerate() {
            if binary.active[i] != wanted {
                binary.flip(i);
                made += 1;
            }
        }
        binary.sweeps.disturb();
        for _ in 0..20 {
            let before = (binary.energy, binary.active.clone());
            match binary.law.update {
                Update::Synchronous => binary.update_all(),
                _ => binary.update_one(),
            }
            made += before.1.iter().zip(&binary.active).filter(|(a, b)| a != b).count() as u64;
            rise = rise.max(binary.energy - before.0);
        }
        while binary.attractor().is_none() && binary.law.update != Update::Synchronous {
            let before = binary.energy;
            let flips = binary.events.synaptic;
            binary.update_one();
            rise = rise.max(binary.energy - before);
            made += u64::from(binary.events.synaptic > flips);
        }
    }
    let full = binary.full_energy();
    (rise, (binary.energy - full).abs() / full.abs())
}

#[test]
fn energy_never_rises_where_it_must_not_and_rises_where_it_may() {
    let (rise, error) = energies(&model(60, 12, "random", &[]), 1_000_000);
    // Whole sums in units of 1/N: what is rounded is the sum of energies.
    assert!(rise < 1e-12 && error < 1e-9, "{rise} {error}");
    let (rise, _) = energies(&model(60, 12, "synchronous", &[]), 20_000);
    assert!(rise > 0.1, "{rise}");
}

#[test]
fn without_symmetry_there_is_no_energy() {
    let sparse = model(60, 12, "random", &["projection.J.connect={probability = 0.5}"]);
    let (binary, _) = network(&sparse);
    assert_eq!(binary.observable().energy(), None);
    let why = binary.network.without_energy().unwrap();
    assert!(why.contains("J_ij != J_ji"), "{why}");
    // A rise of what would be the energy is found.
    let mut slow = Slow::of(&binary, 1);
    let mut rises = 0;
    for _ in 0..20 {
        for i in 0..60 {
            let before = slow.energy();
            slow.active[i] = slow.next(i);
            rises += usize::from(slow.energy() > before + 1e-9);
        }
        slow.active.iter_mut().step_by(3).for_each(|active| *active ^= true);
    }
    assert!(rises > 0);
}

#[test]
fn relabelling_the_neurons_changes_nothing() {
    let model = model(40, 5, "synchronous", &[]);
    let (mut binary, patterns) = network(&model);
    let order = Seed(3).stream("labels", 0).permutation(40);
    let members = |mu| {
        let mut members: Vec<u32> =
            patterns["N"].foreground(mu).iter().map(|&i| order[i as usize]).collect();
        members.sort_unstable();
        members
    };
    let moved = Patterns::from_foreground(40, (0..5).map(members).collect());
    let network = model.wire(&IndexMap::from([("N".to_owned(), moved)])).unwrap();
    let mut other = Binary::new(Arc::new(network), &binary.law.clone(), Seed(1));
    for (i, &place) in order.iter().enumerate() {
        if other.active[place as usize] != binary.active[i] {
            other.flip(place as usize);
        }
    }
    for sweep in 1..8 {
        binary.advance(f64::from(sweep)).unwrap();
        other.advance(f64::from(sweep)).unwrap();
        assert!(
            order.iter().enumerate().all(|(i, &p)| binary.active[i] == other.active[p as usize])
        );
        assert_eq!(
            binary.observable().energy().map(|e| (e * 1e9).round()),
            other.observable().energy().map(|e| (e * 1e9).round())
        );
    }
}

#[test]
fn two_neurons_updated_together_go_round_and_are_told_so() {
    let model = model(2, 1, "synchronous", &[&given("{ matrix = [[0.0, 1.0], [1.0, 0.0]] }")]);
    let (mut binary, _) = network(&model);
    binary.drive(&Field::state(0, &[true, false]));
    binary.advance(10.0).unwrap();
    assert_eq!(binary.attractor(), Some(Attractor::Cycle(2)));
    binary.drive(&Field::state(0, &[true, true]));
    assert_eq!(binary.attractor(), None);
    binary.advance(20.0).unwrap();
    assert_eq!(binary.attractor(), Some(Attractor::FixedPoint));
}

#[test]
fn a_clamped_neuron_keeps_its_state_and_drives_the_others() {
    let model = model(100, 2, "shuffled", &[]);
    let (mut binary, patterns) = network(&model);
    let pattern = patterns["N"].state(1);
    let mut field = Field::default();
    field.impose(0, &pattern[..60], Imposed::Clamped);
    binary.drive(&field);
    binary.advance(10.0).unwrap();
    assert_eq!(binary.active, pattern);
    // Against the field of all others a clamped neuron does not move; a free one does.
    field.impose(0, &[!pattern[0]], Imposed::Clamped);
    binary.drive(&field);
    binary.advance(20.0).unwrap();
    assert_eq!(binary.active[0], !pattern[0]);
    binary.drive(&Field::default());
    binary.advance(30.0).unwrap();
    assert_eq!(binary.active, pattern);
}

#[test]
fn a_free_neuron_at_a_temperature_follows_its_gain() {
    for (gain, at) in [("tanh", 0.8), ("erf", 0.8), ("linear", 0.8)] {
        let law = format!("dynamics.binary.gain={gain}");
        let none = given("{ matrix = [[0.0, 0.0], [0.0, 0.0]] }");
        let settings = [law.as_str(), &none, "dynamics.binary.temperature=0.5"];
        let (mut binary, _) = network(&model(2, 1, "fixed", &settings));
        let mut field = Field::default();
        field.add([0], Effect::Local(0.5 * at));
        binary.drive(&field);
        let mut active = 0u32;
        for sweep in 1..=40_000 {
            binary.advance(f64::from(sweep)).unwrap();
            active += u32::from(binary.active[0]);
        }
        let (p, found) = (binary.law.gain().probability(at), f64::from(active) / 40_000.0);
        // Five standard errors of a binomial share.
        assert!((found - p).abs() < 5.0 * (p * (1.0 - p) / 40_000.0).sqrt(), "{gain}: {found} {p}");
    }
}

/// A projection of random couplings that act after so many sweeps, as a setting.
fn late(name: &str, delay: usize) -> String {
    format!(
        "projection.{name}={{ from = \"N\", to = \"N\", connect = \"all_to_all\", autapses = false, \
         efficacy = {{ gaussian = {{ sd = 1.0, symmetry = 0.0 }} }}, delay = \"{delay} sweeps\" }}"
    )
}

#[test]
fn delayed_couplings_see_the_states_of_their_time() {
    let (one, three) = (late("one", 1), late("three", 3));
    let (mut binary, _) = network(&model(40, 3, "synchronous", &[&one, &three]));
    assert!(binary.network.without_energy().unwrap().contains("of one act after a delay"));
    let value = |active: bool| if active { 1.0 } else { -1.0 };
    // Before the first sweep the network has always been in its initial state.
    let mut states = vec![binary.active.clone(); 4];
    for sweep in 1..=60 {
        if sweep == 20 {
            let put: Vec<bool> = (0..40).map(|i| i % 3 == 0).collect();
            binary.drive(&Field::state(0, &put));
            *states.last_mut().unwrap() = put;
        }
        let field = |i: usize| -> f64 {
            let each = binary.network.coupled().map(|(projection, couplings)| {
                let then = &states[states.len() - 1 - projection.delay];
                let sum = |j: usize| couplings.unit() * couplings.weight(i, j) * value(then[j]);
                (0..40).map(sum).sum::<f64>()
            });
            each.sum()
        };
        let now = states.last().unwrap();
        let next: Vec<bool> = (0..40).map(|i| binary.law.becomes(field(i), now[i])).collect();
        let slow: Vec<f64> = (0..40).map(field).collect();
        for (i, slow) in slow.iter().enumerate() {
            assert!((binary.local_field(i) - slow).abs() < 1e-9, "sweep {sweep}");
        }
        binary.advance(sweep as f64).unwrap();
        assert_eq!(binary.active, next, "sweep {sweep}");
        states.push(next);
    }
    assert!(states[30] != states[31], "a network at rest tells nothing");
}

#[test]
fn a_delayed_network_has_come_to_its_end_only_if_nothing_is_on_its_way() {
    let rule = |rule: &str, delay: usize| {
        format!(
            "projection.J={{ from = \"N\", to = \"N\", connect = \"all_to_all\", autapses = false, \
             learning = {rule}, delay = \"{delay} sweeps\" }}"
        )
    };
    let (mut binary, patterns) =
        network(&model(200, 3, "synchronous", &[&rule("{ hebb = {} }", 2)]));
    // Pattern 1 for as long as the delay is, and then by itself; before it was seen something else arrives.
    let memory = patterns["N"].state(0);
    for sweep in 1..=3 {
        binary.drive(&Field::state(0, &memory));
        binary.advance(f64::from(sweep)).unwrap();
        assert_eq!(binary.active == memory, sweep == 3, "sweep {sweep}");
        assert_eq!(binary.attractor().is_some(), sweep == 3, "sweep {sweep}");
    }
    assert_eq!(crate::dynamics::relax(&mut binary, 40).unwrap(), Some(Attractor::FixedPoint));
    assert!(binary.active == memory && binary.past.is_still(&memory));
    // After a delay of one sweep the pattern after the next follows: 0, 2, 1 of three, from either of two phases.
    let text = rule("{ sequence = { cyclic = true } }", 1);
    let (mut binary, patterns) = network(&model(200, 3, "synchronous", &[&text]));
    let patterns = &patterns["N"];
    for (sweep, mu) in [(1, 0), (2, 1)] {
        let states = patterns.state(mu);
        binary.drive(&Field::state(0, &states));
        binary.advance(f64::from(sweep)).unwrap();
    }
    assert_eq!(binary.active, patterns.state(2));
    assert_eq!(crate::dynamics::relax(&mut binary, 40).unwrap(), Some(Attractor::Cycle(3)));
}
