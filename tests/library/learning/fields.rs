//! Fields after many flips are those of the state, in every form.

use super::{Setup, random, rule};
use attractor::learning::Storage;
use attractor::random::Seed;
use attractor::synapse::{Connect, Couplings};

/// The forms of the same couplings: dense, sparse, votes.
fn forms(text: &str, autapses: bool) -> Vec<Couplings> {
    let rule = rule(text);
    [
        (Connect::AllToAll, Storage::Matrix),
        (Connect::Probability(1.0), Storage::Matrix),
        (Connect::AllToAll, Storage::Votes),
    ]
    .into_iter()
    .map(|(connect, storage)| {
        let setup = Setup::new(random(70, 150, 0.3), connect, autapses);
        Setup { storage, ..setup }.learn(&rule)
    })
    .collect()
}

#[test]
fn fields_after_a_thousand_flips_are_the_same_in_every_form() {
    for (text, whole) in [
        ("{ hebb = {} }", true),
        ("{ sequence = { cyclic = true } }", true),
        ("{ sequence = {} }", true),
        ("{ shared_patterns = {} }", true),
        ("{ membership = {} }", true),
        ("{ low_activity = { a = 0.3, b = 0.1 } }", false),
    ] {
        for (autapses, zero) in [(false, -1.0), (true, -1.0), (false, 0.0)] {
            let forms = forms(text, autapses);
            let mut stream = Seed(2).stream("flips", 0);
            let mut state: Vec<f64> =
                (0..150).map(|_| if stream.uniform() < 0.4 { 1.0 } else { zero }).collect();
            let mut fields: Vec<_> = forms.iter().map(|form| form.fields(&state)).collect();
            for _ in 0..1000 {
                let j = stream.below(150) as usize;
                let new = if state[j] == 1.0 { zero } else { 1.0 };
                for (form, fields) in forms.iter().zip(&mut fields) {
                    form.change(fields, j, new - state[j]);
                }
                state[j] = new;
            }
            for (form, fields) in forms.iter().zip(&fields) {
                // Bit for bit, real ones too.
                assert_eq!(*fields, form.fields(&state), "{text}");
                for i in 0..150 {
                    let field = form.field(fields, i, state[i]);
                    let slow: f64 = (0..150).map(|j| form.weight(i, j) * state[j]).sum();
                    let first = forms[0].field(&forms[0].fields(&state), i, state[i]);
                    // Real weights are rounded to 2^-51 of the largest possible field, below 2^13.
                    let error = if whole { 0.0 } else { 1e-9 };
                    assert!((field - slow).abs() <= error, "{text}: {field} {slow}");
                    assert!((field - first).abs() <= error, "{text}: {field} {first}");
                }
            }
        }
    }
}

#[test]
fn every_weight_has_one_value_in_every_form() {
    for text in ["{ hebb = {} }", "{ sequence = {} }", "{ low_activity = { a = 0.3, b = 0.1 } }"] {
        for autapses in [false, true] {
            let forms = forms(text, autapses);
            for (i, j) in (0..150).flat_map(|i| (0..150).map(move |j| (i, j))) {
                let weight = forms[0].weight(i, j);
                assert!(autapses || i != j || weight == 0.0);
                assert!(forms.iter().all(|form| (form.weight(i, j) - weight).abs() < 1e-11));
            }
            let synapses = if autapses { 150 * 150 } else { 150 * 149 };
            assert!(forms.iter().all(|form| form.synapses() == synapses));
        }
    }
}

#[test]
fn relabelling_the_neurons_permutes_the_matrix() {
    let patterns = random(9, 60, 0.4);
    let order = Seed(3).stream("relabel", 0).permutation(60);
    let mut place = vec![0u32; 60];
    order.iter().zip(0..).for_each(|(&old, new)| place[old as usize] = new);
    let moved = (0..9).map(|mu| {
        let mut members: Vec<u32> =
            patterns.foreground(mu).iter().map(|&i| place[i as usize]).collect();
        members.sort_unstable();
        members
    });
    let moved = attractor::pattern::Patterns::from_foreground(60, moved.collect());
    for text in [
        "{ hebb = {} }",
        "{ low_activity = { a = 0.4, b = 0.0 } }",
        "{ sequence = {} }",
        "{ palimpsest = { strength = 4.0 } }",
        "{ storkey = {} }",
        "{ pseudo_inverse = {} }",
        "{ gradient = { eta = 0.01, alpha = 0.1, loops = 5 } }",
        "{ perceptron = { loops = 100 } }",
    ] {
        let (old, new) = (
            Setup::full(patterns.clone()).learn(&rule(text)),
            Setup::full(moved.clone()).learn(&rule(text)),
        );
        for i in 0..60 {
            for j in 0..60 {
                let same = new.weight(place[i] as usize, place[j] as usize);
                // Sums over neurons come in another order.
                assert!((old.weight(i, j) - same).abs() < 1e-12 * 60.0, "{text}");
            }
        }
    }
}
