//! Which pairs are coupled, and whether equally.

use super::{Setup, given, matrix, random, rule};
use attractor::learning::Storage;
use attractor::synapse::Connect;

fn sparse(symmetric: bool) -> Setup {
    let setup = Setup::new(random(5, 1500, 0.5), Connect::Probability(0.1), false);
    Setup { symmetric, ..setup }
}

#[test]
fn symmetric_dilution_couples_both_directions_with_the_probability() {
    for symmetric in [false, true] {
        let couplings = sparse(symmetric).learn(&rule("{ hebb = {} }"));
        let n: f64 = 1500.0;
        // 0.1 of all pairs; the s.d. of a symmetric graph is sqrt(2) times that of independent pairs.
        let (expected, sd) = (0.1 * n * (n - 1.0), (0.1 * 0.9 * 2.0 * n * n).sqrt());
        assert!((couplings.synapses() as f64 - expected).abs() < 5.0 * sd);
        let symmetry = couplings.symmetry();
        if symmetric {
            assert_eq!((symmetry.pairs, symmetry.asymmetric), (couplings.synapses() / 2, 0));
        } else {
            // A pair that is coupled at all is coupled in both directions with probability 0.1/1.9.
            let share = symmetry.asymmetric as f64 / symmetry.pairs as f64;
            assert!((share - 1.8 / 1.9).abs() < 5e-3, "{share}");
        }
        // Hebb's sum of 5 patterns is odd, never 0: the count is that of the matrix.
        let j = matrix(&couplings);
        let pairs = (0..1500).flat_map(|i| (0..i).map(move |k| (i, k)));
        let unequal = pairs.filter(|&(i, k)| j[i][k] != j[k][i]).count();
        assert_eq!(symmetry.asymmetric, unequal);
    }
}

#[test]
fn symmetry_is_counted_alike_in_every_form() {
    for (text, symmetric) in [
        ("{ hebb = {} }", true),
        ("{ low_activity = { a = 0.3 } }", true),
        ("{ low_activity = { a = 0.3, b = 0.0 } }", false),
        ("{ sequence = {} }", false),
    ] {
        let rule = rule(text);
        let mut setup = Setup::full(random(7, 150, 0.3));
        let dense = setup.learn(&rule).symmetry();
        setup.storage = Storage::Votes;
        let votes = setup.learn(&rule).symmetry();
        setup.storage = Storage::Matrix;
        setup.wiring.connect = Connect::Probability(1.0);
        let sparse = setup.learn(&rule).symmetry();
        assert_eq!((dense, dense), (votes, sparse), "{text}");
        assert_eq!(dense.pairs, 150 * 149 / 2);
        assert_eq!(dense.asymmetric == 0, symmetric, "{text}");
    }
}

#[test]
fn multapses_and_autapses_add_up() {
    let mut setup = Setup::new(random(3, 20, 0.5), Connect::InDegree(50), true);
    setup.wiring.multapses = true;
    setup.scale = Some(1.0);
    let couplings = setup.learn(&rule("{ hebb = {} }"));
    assert_eq!(couplings.synapses(), 1000);
    let state: Vec<f64> = (0..20).map(|i| if i % 3 == 0 { 1.0 } else { -1.0 }).collect();
    let fields = couplings.fields(&state);
    for (i, row) in matrix(&couplings).iter().enumerate() {
        let sum: f64 = row.iter().zip(&state).map(|(w, s)| w * s).sum();
        assert_eq!(couplings.field(&fields, i, state[i]), sum);
    }
}

#[test]
fn memory_is_what_was_expected_of_it() {
    for (text, connect, storage) in [
        ("{ hebb = {} }", Connect::AllToAll, Storage::Matrix),
        ("{ low_activity = { a = 0.3 } }", Connect::AllToAll, Storage::Matrix),
        ("{ hebb = {} }", Connect::AllToAll, Storage::Votes),
        ("{ hebb = {} }", Connect::Probability(0.2), Storage::Matrix),
        ("{ shared_patterns = {} }", Connect::InDegree(40), Storage::Matrix),
    ] {
        let setup = Setup { storage, ..Setup::new(random(100, 400, 0.3), connect, false) };
        let found = setup.learn(&rule(text)).bytes() as f64;
        let expected = rule(text).bytes(&setup.wiring, storage, 100);
        // The number of drawn synapses scatters by less than 1 %.
        assert!((found / expected - 1.0).abs() < 0.02, "{text}: {found} {expected}");
    }
    // Known before anything is allocated.
    let mut setup = Setup::full(random(1, 10, 0.5));
    (setup.wiring.senders, setup.wiring.receivers) = (1_000_000, 1_000_000);
    assert_eq!(rule("{ hebb = {} }").bytes(&setup.wiring, Storage::Matrix, 10), 2e12);
}

#[test]
fn random_couplings_have_their_variance_and_symmetry() {
    for (symmetry, connect) in [
        (0.0, Connect::AllToAll),
        (1.0, Connect::AllToAll),
        (-0.5, Connect::AllToAll),
        (0.5, Connect::Probability(0.5)),
    ] {
        let text = format!("{{ gaussian = {{ sd = 2.0, symmetry = {symmetry:?} }} }}");
        let setup = Setup::new(random(1, 400, 0.5), connect, false);
        let j = matrix(&given(&setup, &text).unwrap());
        let (mut pairs, mut square, mut product) = (0.0, 0.0, 0.0);
        for (i, k) in (0..400).flat_map(|i| (0..i).map(move |k| (i, k))) {
            let (there, back) = (j[i][k], j[k][i]);
            if there != 0.0 && back != 0.0 {
                pairs += 1.0;
                square += 0.5 * (there * there + back * back);
                product += there * back;
            }
        }
        let variance = 4.0 / setup.wiring.mean_in_degree();
        // At least 20,000 pairs: five standard errors of a mean square are 5 sqrt(2 / 20,000) = 0.05.
        assert!((square / pairs / variance - 1.0).abs() < 0.05, "{text}");
        assert!((product / pairs / variance - symmetry).abs() < 0.05, "{text}");
    }
}

#[test]
fn a_matrix_is_kept_as_written() {
    let setup = Setup::full(random(1, 2, 0.5));
    let couplings = given(&setup, "{ matrix = [[0, -2], [-1.5, 0]] }").unwrap();
    assert_eq!(matrix(&couplings), [[0.0, -2.0], [-1.5, 0.0]]);
    assert_eq!(couplings.symmetry().asymmetric, 1);
}

#[test]
fn a_constant_efficacy_is_that_of_every_synapse() {
    let setup = Setup::new(random(1, 30, 0.5), Connect::Probability(0.5), false);
    let couplings = given(&setup, "-0.1").unwrap();
    let values: Vec<f64> = matrix(&couplings).concat();
    assert_eq!(values.iter().filter(|j| **j == -0.1).count(), couplings.synapses());
    assert!(values.iter().all(|j| *j == -0.1 || *j == 0.0));
}
