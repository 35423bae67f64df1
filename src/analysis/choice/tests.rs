//! Choices in trains whose crossings are known, and in random ones beside the slow obvious way.

use super::{AtCoherence, Choices, Crossing, Made};
use crate::random::Seed;
use crate::table::Column;
use crate::task::Trial;

/// Two choices of two neurons each, and a neuron of none.
const PAIR: [&[u32]; 2] = [&[0, 1], &[2, 3]];

fn first(above: f64, spikes: &[(f64, u64)], span: [f64; 2]) -> Option<(usize, f64)> {
    let (times, neurons): (Vec<f64>, Vec<u64>) = spikes.iter().copied().unzip();
    Crossing::new(&PAIR, 5, above, 10.0).first(&times, &neurons, span)
}

#[test]
fn a_choice_is_made_at_the_spike_that_crosses_the_bound() {
    // One spike of two neurons in 10 ms is a rate of 50 Hz: three are needed to exceed 100 Hz.
    let spikes = [(1.0, 0), (2.0, 4), (3.0, 2), (5.5, 1), (9.25, 0), (9.5, 1)];
    assert_eq!(first(100.0, &spikes, [0.0, 20.0]), Some((0, 9.25)));
    // The first of them is just out of the window of the third, or just within.
    assert_eq!(first(100.0, &[(1.0, 0), (5.5, 1), (11.0, 0)], [0.0, 20.0]), None);
    assert_eq!(first(100.0, &[(1.0, 0), (5.5, 1), (10.999, 0)], [0.0, 20.0]), Some((0, 10.999)));
    // Spikes before the onset count for nothing, and the end is none of the span.
    assert_eq!(first(100.0, &spikes, [1.5, 20.0]), Some((0, 9.5)));
    assert_eq!(first(100.0, &spikes, [0.0, 9.25]), None);
    assert_eq!(first(50.0, &spikes, [0.0, 20.0]), Some((0, 5.5)));
    assert_eq!(first(100.0, &[], [0.0, 20.0]), None);
}

#[test]
fn of_two_above_the_bound_the_faster_one_is_chosen_once_it_is_faster() {
    let both = [(1.0, 0), (2.0, 2), (4.0, 1), (4.0, 3)];
    // As fast as each other when they cross, until the first spike of choice 1 leaves the window.
    assert_eq!(first(50.0, &both, [0.0, 20.0]), Some((1, 11.0)));
    assert_eq!(first(50.0, &both, [0.0, 11.0]), None);
    // A larger choice needs more spikes for the same rate.
    let uneven = Crossing::new(&[&[0], &[1, 2, 3]], 4, 50.0, 10.0);
    let (times, neurons) = ([1.0, 2.0, 3.0, 4.0], [1, 2, 0, 3]);
    assert_eq!(uneven.first(&times, &neurons, [0.0, 20.0]), Some((1, 2.0)));
    assert_eq!(uneven.first(&times[1..], &neurons[1..], [0.0, 20.0]), Some((0, 3.0)));
    assert_eq!(uneven.rates(&times, &neurons, 4.0), [100.0, 200.0 / 3.0]);
    // One without neurons is silent.
    let empty = Crossing::new(&[&[], &[1, 2, 3]], 4, 50.0, 10.0);
    assert_eq!(empty.first(&times, &neurons, [0.0, 20.0]), Some((1, 2.0)));
    assert_eq!(empty.rates(&times, &neurons, 4.0), [0.0, 200.0 / 3.0]);
}

/// At every moment at which anything can change all spikes are counted anew.
fn slowly(
    foregrounds: &[Vec<u32>],
    spikes: &[(f64, u64)],
    (above, window): (f64, f64),
    [from, to]: [f64; 2],
) -> Option<(usize, f64)> {
    let spikes: Vec<_> = spikes.iter().filter(|(t, _)| (from..to).contains(t)).collect();
    let mut moments: Vec<f64> = spikes.iter().flat_map(|(t, _)| [*t, t + window]).collect();
    moments.sort_by(f64::total_cmp);
    moments.into_iter().filter(|now| *now < to).find_map(|now| {
        let count = |foreground: &Vec<u32>| {
            let own = spikes.iter().filter(|(t, i)| {
                *t <= now && t + window > now && foreground.contains(&(*i as u32))
            });
            own.count()
        };
        let counts: Vec<usize> = foregrounds.iter().map(count).collect();
        let size = |k: usize| foregrounds[k].len();
        let wins = |&k: &usize| {
            let mut others = (0..counts.len()).filter(|other| *other != k);
            counts[k] as f64 > above * size(k) as f64 * window / 1000.0
                && others.all(|other| counts[k] * size(other) > counts[other] * size(k))
        };
        (0..counts.len()).find(wins).map(|k| (k, now))
    })
}

#[test]
fn random_trains_are_judged_as_the_slow_way_judges_them() {
    let mut stream = Seed(5).stream("trains", 0);
    let (mut chosen, mut none) = ([0; 3], 0);
    for _ in 0..400 {
        // Neurons may belong to several choices; times fall together often.
        let foregrounds: Vec<Vec<u32>> = (0..3)
            .map(|_| (0..8).filter(|_| stream.uniform() < 0.5).collect::<Vec<u32>>())
            .map(|own| if own.is_empty() { vec![0] } else { own })
            .collect();
        let mut spikes: Vec<(f64, u64)> = (0..60)
            .map(|_| (f64::from(stream.below(200)) / 2.0, u64::from(stream.below(8))))
            .collect();
        spikes.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (above, window) =
            (40.0 + 100.0 * stream.uniform(), 0.5 * f64::from(5 + stream.below(40)));
        let span = [f64::from(stream.below(50)), f64::from(60 + stream.below(50))];
        let slices: Vec<&[u32]> = foregrounds.iter().map(Vec::as_slice).collect();
        let (times, neurons): (Vec<f64>, Vec<u64>) = spikes.iter().copied().unzip();
        let found = Crossing::new(&slices, 8, above, window).first(&times, &neurons, span);
        assert_eq!(found, slowly(&foregrounds, &spikes, (above, window), span));
        match found {
            Some((k, _)) => chosen[k] += 1,
            None => none += 1,
        }
    }
    assert!(none > 20 && chosen.iter().all(|n| *n > 20), "{none} {chosen:?}");
}

#[test]
fn shares_are_those_of_trials_with_a_choice() {
    let trial = |coherence, sample| Trial { coherence, sample, ..Trial::default() };
    let made =
        |choice, reaction| Made { choice, reaction, rates: vec![3.0, 4.0], above_before: false };
    let choices = Choices {
        choices: vec![0, 2],
        trials: vec![trial(0.5, 0), trial(0.0, 2), trial(0.5, 2), trial(0.5, 0), trial(0.5, 0)],
        made: vec![
            made(Some(0), 300.0),
            made(None, f64::NAN),
            made(Some(0), 500.0),
            made(None, f64::NAN),
            made(Some(0), 400.0),
        ],
    };
    let table = choices.table();
    let column = |name: &str| table.column(name).unwrap().clone();
    assert_eq!(column("choice"), Column::Whole(vec![1, 0, 1, 0, 1]));
    assert_eq!(column("decided"), Column::Flag(vec![true, false, true, false, true]));
    assert_eq!(column("rate_3_hz"), Column::Real(vec![4.0; 5]));
    let Column::Real(correct) = column("correct") else { panic!() };
    assert!(correct[..1] == [1.0] && correct[2] == 0.0 && correct[1].is_nan());

    let by_coherence = choices.by_coherence();
    let [none, half] = &by_coherence.levels[..] else { panic!("{by_coherence:?}") };
    assert_eq!((none.coherence, none.decided.number, none.decided.of), (0.0, 0, 1));
    assert_eq!((half.decided.number, half.decided.of), (3, 4));
    assert_eq!((half.correct.number, half.correct.of), (2, 3));
    assert_eq!((half.reaction.value, half.reactions[1].value), (400.0, 500.0));
    assert_eq!((half.reactions[0].value, half.reactions[0].sem), (350.0, 50.0));
    let all = AtCoherence::of(&choices, f64::NAN, |_| true);
    assert_eq!((all.decided.number, all.decided.of), (3, 5));
    let rows: Vec<usize> = by_coherence.tables().iter().map(|(_, table)| table.rows()).collect();
    assert_eq!(rows, [2, 2]);
}
