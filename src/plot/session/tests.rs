//! The figures of a session, drawn from data that are made up.

use super::super::chart::Figure;
use super::super::tests::check_xml;
use super::synthetic::*;
use super::*;

/// Draws in both formats, and returns the SVG. The figures stay in the folder `ATTRACTOR_FIGURES`, if it is named.
fn drawn(figure: &Figure, name: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let kept = std::env::var_os("ATTRACTOR_FIGURES").map(std::path::PathBuf::from);
    let folder = kept.as_deref().unwrap_or(folder.path());
    let path = folder.join(format!("{name}.svg"));
    figure.save(&path).unwrap();
    figure.save(&path.with_extension("png")).unwrap();
    let svg = std::fs::read_to_string(path).unwrap();
    check_xml(&svg);
    assert!(!svg.contains("NaN") && !svg.contains("inf"), "{name}");
    svg
}

/// How often each of these labels stands in the figure.
fn check_labels(svg: &str, labels: &[(&str, usize)]) {
    for (label, times) in labels {
        let found = svg.matches(&format!("aria-label=\"{label}\"")).count();
        assert_eq!(found, *times, "{label}");
    }
}

#[test]
fn neurons_are_drawn() {
    let svg = drawn(
        &neurons("Delay neurons of one session", &course(), &some_neurons(4, 18, 30)),
        "neurons",
    );
    let every = [("neuron 412", 1), ("neuron 703", 1), ("18 trials", 4), ("30 trials", 4)];
    check_labels(&svg, &every);
    check_labels(&svg, &[("sample", 4), ("delay", 4), ("test", 4), ("rate (Hz)", 2)]);
    drawn(&neurons("", &course(), &some_neurons(2, 300, 400)), "neurons-many");
}

#[test]
fn overlaps_are_drawn() {
    let svg = drawn(&overlaps("Overlaps in all trials", &course(), &some_overlaps(84)), "overlaps");
    check_labels(&svg, &[("held (72 trials)", 1), ("lost (12 trials)", 1), ("overlap (Hz)", 1)]);
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
    check_labels(&svg, &[("criterion", 3), ("criteria", 1), ("spikes in the test window", 4)]);
}

#[test]
fn distraction_is_drawn() {
    let (course, data) = some_distraction();
    let svg = drawn(&distraction("Distractors of growing strength", &course, &data), "distraction");
    check_labels(&svg, &[("sample held", 1), ("distractor taken over", 1), ("60 Hz", 2)]);
}

#[test]
fn similarity_is_drawn() {
    let svg = drawn(
        &similarity("Basin of attraction", "share left out", &some_degradations()),
        "similarity",
    );
    check_labels(&svg, &[("left out", 2), ("replaced", 2), ("share of samples held", 1)]);
}

#[test]
fn statistics_are_drawn() {
    let svg = drawn(&statistics("Activity in the delay", &some_statistics(400)), "statistics");
    check_labels(&svg, &[("Poisson", 3), ("CV", 1), ("interspike interval (ms)", 1)]);
    assert_eq!(svg.matches("foreground, mean ").count(), 6);
    drawn(&statistics("", &some_statistics(400)[..1]), "statistics-one");
}
