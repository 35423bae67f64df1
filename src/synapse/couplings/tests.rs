//! Products J x in every form, against the sum that they are.

use super::*;
use crate::pattern::{Foreground, PatternSource, Patterns, RandomPatterns, Shares};
use crate::random::Seed;
use crate::synapse::{Connect, Wiring};
use crate::work::Threads;
use proptest::prelude::*;

fn graph(connect: Connect, (senders, receivers): (usize, usize)) -> Graph {
    let multapses = matches!(connect, Connect::InDegree(_));
    let recurrent = senders == receivers;
    let (autapses, shares, between) = (false, Shares::default(), None);
    let wiring =
        Wiring { connect, senders, receivers, recurrent, autapses, multapses, shares, between };
    Graph::draw(&wiring, None, false, ("J", Seed(1)))
}

fn normal(name: &str, number: usize) -> Vec<f64> {
    let mut stream = Seed(2).stream(name, 0);
    (0..number).map(|_| stream.normal()).collect()
}

/// J x, and the same from every w_ij; out begins as 1.
fn products(couplings: &Couplings) -> (Vec<f64>, Vec<f64>) {
    let x = normal("x", couplings.senders());
    let mut out = vec![1.0; couplings.receivers()];
    couplings.add_product(&x, &mut out);
    let sum = |i: usize| x.iter().zip(0..).map(|(x, j)| couplings.weight(i, j) * x).sum::<f64>();
    (out, (0..couplings.receivers()).map(|i| 1.0 + couplings.unit() * sum(i)).collect())
}

fn agree(a: &[f64], b: &[f64], tolerance: f64) {
    assert_eq!(a.len(), b.len());
    assert!(a.iter().zip(b).all(|(a, b)| (a - b).abs() <= tolerance), "{a:?} {b:?}");
}

#[test]
fn products_are_sums_over_the_senders_in_every_form() {
    for sizes in [(101, 101), (7, 300), (300, 7), (2, 2)] {
        let unit = 0.5 / sizes.0 as f64;
        for connect in [Connect::AllToAll, Connect::Probability(0.3), Connect::InDegree(12)] {
            let graph = graph(connect, sizes);
            let real = normal("w", graph.places());
            let whole: Vec<i16> = real.iter().map(|w| (3.0 * w) as i16).collect();
            let real = Couplings::real(graph.clone(), unit, real);
            for couplings in [real, Couplings::whole(graph, unit, whole)] {
                let (there, expected) = products(&couplings);
                agree(&there, &expected, 1e-13);
                let (synapses, some) = (couplings.synapses(), couplings.weight(0, 0));
                let turned = couplings.by_receiver();
                assert_eq!((turned.synapses(), turned.weight(0, 0)), (synapses, some));
                let (there, same) = products(&turned);
                agree(&same, &expected, 0.0);
                agree(&there, &expected, 1e-13);
            }
        }
    }
    let draw = |name: &str, neurons| -> Patterns {
        let foreground = Foreground::Bernoulli;
        let random = RandomPatterns { number: 70, coding_level: 0.3, foreground };
        PatternSource::Random(random).draw(name, neurons, Seed(3))
    };
    let (one, other) = (draw("one", 600), draw("other", 50));
    for (receivers, senders, diagonal) in
        [(&one, &one, false), (&one, &one, true), (&other, &one, true)]
    {
        for (a, b, factor) in [(0.5, 0.5, 4.0), (0.3, 0.1, 1.0)] {
            let votes = Votes::new((receivers, senders), (a, b), factor, diagonal);
            let (there, expected) = products(&Couplings::votes(1e-3, votes));
            agree(&there, &expected, 1e-12);
        }
    }
}

#[test]
fn every_coupled_pair_is_met_from_both_sides_and_compared_once() {
    for connect in [Connect::AllToAll, Connect::Probability(0.2), Connect::InDegree(15)] {
        let graph = graph(connect, (40, 40));
        // Few values, so that some pairs are equal.
        let weights: Vec<i16> =
            normal("w", graph.places()).iter().map(|w| w.round() as i16).collect();
        let mut met = Vec::new();
        graph.each_pair(|i, j, there, back| {
            let sum = |places: std::ops::Range<usize>| {
                weights[places].iter().map(|w| f64::from(*w)).sum::<f64>()
            };
            met.push((i, j, sum(there), sum(back)));
        });
        let couplings = Couplings::whole(graph, 1.0, weights.clone());
        for &(i, j, there, back) in &met {
            assert_eq!((there, back), (couplings.weight(i, j), couplings.weight(j, i)));
        }
        let coupled = |i: usize, j: usize| met.iter().any(|(k, l, ..)| (*k, *l) == (i, j));
        let pairs = (0..40).flat_map(|i| (0..i).map(move |j| (i, j)));
        let pairs: Vec<_> = pairs.filter(|&(i, j)| coupled(i, j) || coupled(j, i)).collect();
        let asymmetric =
            |&&(i, j): &&(usize, usize)| couplings.weight(i, j) != couplings.weight(j, i);
        let asymmetric = pairs.iter().filter(asymmetric).count();
        assert_eq!(couplings.symmetry(), Symmetry { pairs: pairs.len(), asymmetric });
        assert!(0 < asymmetric && asymmetric < pairs.len());
    }
}

#[test]
fn large_products_have_the_same_bits_on_any_number_of_threads() {
    // Beyond the number of synapses of which weights are rounded to 16 bits.
    let sparse = graph(Connect::InDegree(120), (10_000, 10_000));
    let dense = graph(Connect::AllToAll, (400, 1000));
    for graph in [sparse, dense] {
        let weights = normal("w", graph.places());
        let there = Couplings::real(graph, 1.0 / 120.0, weights);
        let turned = there.clone().by_receiver();
        let x = normal("x", there.senders());
        let of = |couplings: &Couplings, threads: usize| {
            let mut out = vec![0.0; couplings.receivers()];
            let threads = Threads::new(threads).unwrap();
            threads.with(|| couplings.add_product(&x, &mut out));
            out
        };
        let one = of(&turned, 1);
        assert_eq!(one, of(&turned, 2));
        assert_eq!(one, of(&turned, 3));
        // 120 summands w x / 120, each w rounded by at most 2^-16 of the largest, 5: a standard deviation of 4e-6.
        agree(&one, &of(&there, 1), 2e-5);
    }
}

proptest! {
    #[test]
    fn products_in_tiles_are_those_sender_by_sender(
        senders in 1usize..9000,
        receivers in 1usize..5000,
        degree in 1usize..12,
        seed in 0u64..1000,
    ) {
        let connect = Connect::InDegree(degree);
        let wiring =
            Wiring {
                connect,
                senders,
                receivers,
                recurrent: false,
                autapses: true,
                multapses: true,
                shares: Shares::default(),
                between: None,
            };
        let graph = Graph::draw(&wiring, None, false, ("J", Seed(seed)));
        let weights = normal("w", graph.places()).iter().map(|w| (1000.0 * w) as i16).collect();
        let there = Couplings::whole(graph, 1e-3, weights);
        let Form::Sparse(sparse) = &there.form else { panic!("drawn pairs are sparse") };
        let tiled = Couplings { unit: there.unit, form: Form::Tiled(Tiled::new(sparse)) };
        let x = normal("x", senders);
        let [mut one, mut other] = [0, 1].map(|_| vec![1.0; receivers]);
        there.add_product(&x, &mut one);
        tiled.add_product(&x, &mut other);
        agree(&one, &other, 1e-12);
        for (i, j) in (0..200).map(|k| (k * 7919 % receivers, k * 104_729 % senders)) {
            prop_assert_eq!(there.weight(i, j), tiled.weight(i, j));
        }
        for (j, i) in sparse.rows.targets(0).iter().map(|&i| (0, i as usize)) {
            prop_assert_eq!(there.weight(i, j), tiled.weight(i, j));
        }
    }
}

#[test]
fn votes_are_what_the_weights_add_up_to() {
    let draw = |name: &str, number, neurons| -> Patterns {
        let random =
            RandomPatterns { number, coding_level: 0.5, foreground: Foreground::Bernoulli };
        PatternSource::Random(random).draw(name, neurons, Seed(3))
    };
    // A part of a word, whole ones, and more than are added before the sum is carried over.
    for number in [1, 64, 70, 1100] {
        let (one, other) = (draw("one", number, 60), draw("other", number, 60));
        for (receivers, diagonal) in [(&one, false), (&one, true), (&other, true)] {
            let votes = Votes::new((receivers, &one), (0.5, 0.5), 4.0, diagonal);
            let couplings = Couplings::votes(1.0, votes);
            let mut state: Vec<f64> = (0..60).map(|i| [-1.0, 1.0][i / 7 % 2]).collect();
            let mut fields = couplings.fields(&state);
            for j in [3, 0, 59, 3, 40] {
                couplings.change(&mut fields, j, -2.0 * state[j]);
                state[j] = -state[j];
            }
            assert_eq!(fields, couplings.fields(&state));
            for (i, own) in state.iter().enumerate() {
                let weights = (0..60).map(|j| couplings.weight(i, j));
                let sum: f64 = weights.zip(&state).map(|(w, s)| w * s).sum();
                assert_eq!(couplings.field(&fields, i, *own), sum, "{number} {i}");
            }
        }
    }
}
