//! The figures of a session, drawn from data that are made up.

use super::super::tests::{check_labels, drawn};
use super::synthetic::*;
use super::*;

#[test]
fn neurons_are_drawn() {
    let svg = drawn(
        &neurons("Delay neurons of one session", &timing(), &some_neurons(4, 18, 30)),
        "neurons",
    );
    let every = [("neuron 412", 1), ("neuron 703", 1), ("18 trials", 4), ("30 trials", 4)];
    check_labels(&svg, &every);
    check_labels(&svg, &[("sample", 4), ("delay", 4), ("test", 4), ("rate (Hz)", 2)]);
    drawn(&neurons("", &timing(), &some_neurons(2, 300, 400)), "neurons-many");
}

#[test]
fn overlaps_are_drawn() {
    let svg = drawn(&overlaps("Overlaps in all trials", &timing(), &some_overlaps(84)), "overlaps");
    check_labels(
        &svg,
        &[("held, mean of 72 trials", 1), ("not held, mean of 12 trials", 1), ("overlap (Hz)", 1)],
    );
}

#[test]
fn read_outs_are_drawn() {
    let one = readout("E", 1.2, 120);
    let svg = drawn(&discrimination("One read-out", std::slice::from_ref(&one)), "roc-one");
    check_labels(&svg, &[("hits", 1), ("criterion", 1), ("match (120 trials)", 1), ("chance", 1)]);
    let mut two = vec![one, readout("test foreground", 2.2, 120)];
    drawn(&discrimination("Two read-outs", &two), "roc-two");
    two.extend([readout("inhibitory", 0.1, 40), readout("late", 0.6, 300)]);
    two[3].criteria = vec![420.0, 430.0, 440.0];
    let svg = drawn(&discrimination("Four read-outs", &two), "roc-four");
    check_labels(&svg, &[("criterion", 4), ("spikes in the test window", 4)]);
}

#[test]
fn distraction_is_drawn() {
    let (timing, data) = some_distraction();
    let svg = drawn(&distraction("Distractors of growing strength", &timing, &data), "distraction");
    check_labels(&svg, &[("sample held", 1), ("distractor taken over", 1), ("60 Hz", 2)]);
}

#[test]
fn similarity_is_drawn() {
    let svg =
        drawn(&similarity("Basin of attraction", "share left out", &some_degraded()), "similarity");
    check_labels(&svg, &[("share left out", 2), ("share of samples held", 1)]);
}

#[test]
fn statistics_are_drawn() {
    let svg = drawn(&statistics("Activity in the delay", &some_statistics(400)), "statistics");
    check_labels(&svg, &[("Poisson", 3), ("CV", 1), ("interspike interval (ms)", 1)]);
    // All but the intervals, whose mean a histogram does not tell.
    assert_eq!(svg.matches("foreground, mean ").count(), 5);
    check_labels(&svg, &[("foreground", 1)]);
    drawn(&statistics("", &some_statistics(400)[..1]), "statistics-one");
}

#[test]
fn nothing_is_too_little_to_draw() {
    let nothing = Timing::default();
    for (name, figure) in [
        ("none-neurons", neurons("", &nothing, &[])),
        ("none-neuron", neurons("", &nothing, &[Neuron::default()])),
        ("none-overlaps", overlaps("", &nothing, &Overlaps::default())),
        ("none-roc", discrimination("", &[])),
        ("none-distraction", distraction("", &nothing, &Distraction::default())),
        ("none-similarity", similarity("", "share", &[])),
        ("none-statistics", statistics("", &[DelayStatistics::default()])),
    ] {
        drawn(&figure, name);
    }
    let svg = drawn(&neurons("", &timing(), &[Neuron::default()]), "none-trials");
    check_labels(&svg, &[("no data", 2), ("sample", 1)]);
    let svg = drawn(&discrimination("", &[Discrimination::default()]), "none-counts");
    check_labels(&svg, &[("match (0 trials)", 1), ("no data", 2)]);
}

#[test]
fn one_trial_and_no_others_are_drawn() {
    let mut neuron = some_neurons(1, 1, 5).remove(0);
    neuron.others = Response::default();
    assert!(neuron.preferred.rate.sem.iter().all(|sem| sem.is_nan()), "one trial has no error");
    let svg = drawn(&neurons("One trial", &timing(), &[neuron]), "one-trial");
    check_labels(&svg, &[("1 trial", 1), ("others", 0), ("no data", 0)]);

    let svg = drawn(&overlaps("", &timing(), &some_overlaps(1)), "one-overlap");
    check_labels(&svg, &[("held, mean of 1 trial", 2)]);
}

#[test]
fn what_is_missing_leaves_gaps() {
    let gone = Estimate { value: f64::NAN, low: f64::NAN, high: f64::NAN };
    let (timing, mut data) = some_distraction();
    (data.levels[2].held, data.levels[2].sample.mean[40]) = (gone, f64::NAN);
    let many = Distraction { levels: vec![data.levels[0].clone(); 12], ..data.clone() };
    let svg = drawn(&distraction("", &timing, &many), "many-levels");
    check_labels(&svg, &[("0 Hz", 2 * 2)]);
    data.levels[4].distractor =
        Trace { mean: vec![f64::NAN; 140], ..data.levels[4].distractor.clone() };
    drawn(&distraction("", &timing, &data), "gaps-distraction");

    let mut levels = some_degraded();
    levels[3] = DegradedLevel { share: 0.3, held: gone, overlap: gone };
    drawn(&similarity("", "share", &levels), "gaps-similarity");

    let mut groups = some_statistics(50);
    groups[0].cv = vec![f64::NAN; 50];
    groups[1].fano[7] = f64::INFINITY;
    let svg = drawn(&statistics("", &groups), "gaps-statistics");
    // A group without values is no part of the panel.
    assert_eq!(svg.matches("foreground, mean ").count(), 4);

    let mut one = readout("E", 1.0, 30);
    one.matches[3] = f64::NAN;
    one.criteria = vec![f64::NAN];
    one.auc = gone;
    drawn(&discrimination("", &[one]), "gaps-roc");
}

#[test]
fn every_trial_has_its_curve() {
    let data = some_overlaps(84);
    let svg = drawn(&overlaps("", &timing(), &data), "curves");
    // Curves of one colour side by side are one path, with a start for each of them.
    let starts = |colour: Colour| -> usize {
        let Colour(r, g, b) = colour.tint(0.55);
        let stroke = format!("stroke=\"#{r:02x}{g:02x}{b:02x}\"");
        svg.lines()
            .filter(|path| path.contains(&stroke))
            .map(|path| path.matches('M').count())
            .sum()
    };
    // In both panels: of 84 trials with the sample 12 lost, of 42 with the test 6.
    assert_eq!((starts(FIRST), starts(SECOND)), (72 + 36, 12 + 6));
}

#[test]
fn numbers_have_three_digits_that_count() {
    let numbers = [0.0, 0.9996, -0.0312, 27.31, 254.4, 123456.0, f64::NAN].map(short);
    assert_eq!(numbers, ["0.00", "1.00", "−0.0312", "27.3", "254", "123456", "–"]);
    assert!(mean([].into_iter()).is_nan());
    assert_eq!(mean([1.0, f64::NAN, 3.0].into_iter()), 2.0);
}

#[test]
fn decisions_are_drawn() {
    let at = |value: f64, half: f64| Estimate { value, low: value - half, high: value + half };
    let mut data = Psychometric {
        coherences: vec![0.0, 0.032, 0.064, 0.128, 0.256, 0.512],
        correct: [0.52, 0.65, 0.74, 0.88, 0.97, 0.99].map(|share| at(share, 0.06)).into(),
        decided: vec![1.0; 6],
        reactions: [
            [520.0, 500.0, 460.0, 390.0, 300.0, 190.0].map(|time| at(time, 25.0)).into(),
            [530.0, 540.0, 500.0, 450.0, 420.0, f64::NAN].map(|time| at(time, 60.0)).into(),
        ],
        chance: 0.5,
        law: vec![(0.0, 0.5), (3.0, 0.9), (5.0, 1.0)],
    };
    let svg = drawn(&psychometric("Decisions", &data), "psychometric");
    check_labels(&svg, &[("coherence (%)", 2), ("3.2", 2), ("51.2", 2), ("chance", 1)]);
    check_labels(&svg, &[("Weibull function", 1)]);
    data.law.clear();
    check_labels(&svg, &[("correct choices", 1), ("correct", 1), ("wrong", 1)]);
    assert!(!svg.contains("trials with a choice"));
    // Undecided trials are told, and nothing of wrong choices where there are none.
    data.decided[0] = 0.7;
    data.reactions[1] = vec![at(f64::NAN, f64::NAN); 6];
    let svg = drawn(&psychometric("Decisions", &data), "psychometric-undecided");
    check_labels(&svg, &[("trials with a choice", 1), ("wrong", 0), ("reaction time (ms)", 1)]);
}
