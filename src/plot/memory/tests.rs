//! Pictures of memories that are made up, read back from the SVG.

use super::super::tests::check_xml;
use super::synthetic::*;
use super::*;
use crate::error::Result;
use crate::plot::Picture;
use ndarray::Array2;
use std::fs;
use std::path::Path;

/// Draws in both formats, and returns the SVG. The figures stay in the folder `ATTRACTOR_FIGURES`, if it is named.
fn drawn(name: &str, save: impl Fn(&Path) -> Result<()>) -> String {
    let temporary = tempfile::tempdir().unwrap();
    let path = folder(temporary.path()).join(format!("{name}.svg"));
    save(&path).unwrap();
    save(&path.with_extension("png")).unwrap();
    let svg = fs::read_to_string(path).unwrap();
    check_xml(&svg);
    assert!(!svg.contains("NaN") && !svg.contains("inf"), "{name}");
    svg
}

fn picture(name: &str, picture: &Picture) -> String {
    drawn(name, |path| picture.save(path))
}

fn labels(svg: &str, label: &str) -> usize {
    svg.matches(&format!("aria-label=\"{label}\"")).count()
}

/// Shapes of a colour.
fn shapes(svg: &str, (r, g, b): (u8, u8, u8)) -> usize {
    let fill = format!("fill=\"#{r:02x}{g:02x}{b:02x}\"");
    let paths = svg.lines().filter(|line| line.contains(&fill) && !line.contains("aria-label"));
    paths.map(|line| line.matches('M').count()).sum()
}

#[test]
fn a_recall_is_a_strip_whose_wrong_pixels_are_marked() {
    let (recall, states) = letter_recall();
    let svg = picture("strip-letters", &strip(&recall));
    for label in ["cue", "1 sweep", "final", "target", "m = +1.00"] {
        assert!(labels(&svg, label) > 0, "{label}");
    }
    let wrong: usize = recall.frames.iter().map(|f| f.state.errors(&state(&letter(0)))).sum();
    let marks = |c: super::super::Colour| shapes(&svg, (c.0, c.1, c.2));
    // Each has a pixel, and each colour a sample in the legend.
    assert_eq!(marks(colours::WRONG_ON) + marks(colours::WRONG_OFF), wrong + 2);
    assert_eq!(
        marks(colours::ON),
        states.iter().chain([&letter(0)]).flatten().filter(|v| **v > 0.0).count()
            - on_and_wrong(&states)
    );
    let plain = picture("strip-plain", &strip(&Recall { marked: false, ..recall }));
    assert_eq!(labels(&plain, "on, but off in the target"), 0);
}

fn on_and_wrong(states: &[Vec<f64>]) -> usize {
    let of = |s: &Vec<f64>| s.iter().zip(letter(0)).filter(|(s, t)| **s > 0.0 && *t < 0.0).count();
    states.iter().map(of).sum()
}

#[test]
fn many_frames_wrap_and_large_pictures_fit() {
    let target = big(64);
    let shape = Shape::Grid { columns: 64, rows: 64 };
    let recall = recalled(&clearing(&target, 6), &target, shape);
    picture("strip-64", &strip(&recall));
    let recall = recalled(&clearing(&target, 11), &target, shape);
    let svg = picture("strip-two-rows", &strip(&recall));
    assert_eq!(labels(&svg, "9 sweeps"), 1);
    let recall = recalled(&clearing(&letter(3), 33), &letter(3), FIVE);
    let svg = picture("strip-many", &strip(&recall));
    assert_eq!(labels(&svg, "31 sweeps"), 1);
    // More pixels than the page has: fewer shapes than pixels.
    let huge = big(400);
    let shape = Shape::Grid { columns: 400, rows: 400 };
    let svg = picture("strip-huge", &strip(&recalled(&clearing(&huge, 2), &huge, shape)));
    assert!(svg.matches('M').count() < 3 * 40_000);
}

#[test]
fn neurons_without_a_shape_stand_in_a_square_or_a_row() {
    let target = random(100, 0);
    let recall = recalled(&clearing(&target, 4), &target, Shape::Free);
    picture("strip-free", &strip(&recall));
    let target = random(90, 0);
    let recall = recalled(&clearing(&target, 4), &target, Shape::Grid { columns: 3, rows: 7 });
    let svg = picture("strip-no-shape", &strip(&recall));
    assert!(svg.len() > 1000);
    picture("strip-row", &strip(&Recall { shape: Shape::Grid { columns: 90, rows: 1 }, ..recall }));
    let mut graded = random(36, 1);
    graded.iter_mut().enumerate().for_each(|(k, v)| *v *= k as f64 / 36.0);
    graded[3] = f64::NAN;
    let frames = vec![Frame { state: state(&graded), ..Frame::default() }];
    let recall = Recall { frames, title: "Graded".to_owned(), ..Recall::default() };
    picture("strip-graded", &strip(&recall));
}

#[test]
fn words_stand_below_each_other() {
    let recall = words();
    let svg = picture("words", &strip(&recall));
    let all = recall.frames.iter().chain(&recall.target);
    let ts: usize = all
        .map(|f| match &f.state {
            Appearance::Word(word) => word.matches('t').count(),
            Appearance::Neurons(_) => 0,
        })
        .sum();
    assert_eq!(labels(&svg, "t"), ts);
    assert_eq!(recall.frames[0].state.errors(&recall.frames[2].state), 4);
    let c = colours::WRONG_OFF.tint(0.3);
    let target = recall.target.as_ref().unwrap();
    let wrong: usize = recall.frames.iter().map(|f| f.state.errors(&target.state)).sum();
    assert_eq!(shapes(&svg, (c.0, c.1, c.2)), wrong);
    let mut mixed = recall;
    mixed.frames[1].state = state(&random(90, 3));
    mixed.frames[2].state = Appearance::Word(
        "a word that is far longer than the page is wide, and thus small".to_owned(),
    );
    mixed.frames[2].caption =
        "a caption that nobody could read in one breath, so it is cut".to_owned();
    picture("words-mixed", &strip(&mixed));
}

#[test]
fn spurious_states_stand_beside_their_parents() {
    let mixture = |parts: &[usize]| {
        let sum = |k: usize| parts.iter().map(|&p| letter(p)[k]).sum::<f64>();
        let values: Vec<f64> = (0..25).map(|k| if sum(k) > 0.0 { 1.0 } else { -1.0 }).collect();
        let parents = (0..4).map(|k| Parent {
            label: NAMES[k].to_owned(),
            overlap: overlap(&values, &letter(k)),
            state: state(&letter(k)),
        });
        let caption = format!("E = −{}", -energy_of(&hebb(&letters()), &values));
        Mixture {
            parents: parents.collect(),
            frame: Frame { label: "mixture".to_owned(), caption, state: state(&values) },
        }
    };
    let mixtures = [mixture(&[0, 1, 2]), mixture(&[1, 2, 3])];
    let svg = picture("family", &family("Mixtures of three letters", &mixtures, FIVE));
    assert_eq!((labels(&svg, "mixture"), labels(&svg, "J")), (2, 2));
    let mut large = mixture(&[0, 1, 2]);
    large.parents.extend(large.parents.clone());
    picture(
        "family-large",
        &family("More parents than a row holds", &[large.clone(), large.clone()], FIVE),
    );
    large.parents.clear();
    picture("family-none", &family("No parents", &[large], FIVE));
}

#[test]
fn couplings_stand_above_the_patterns_that_made_them() {
    let three: Vec<Vec<f64>> = (0..3).map(letter).collect();
    let svg = picture("matrices-25", &matrices(&learned(&three, FIVE, 1.0)));
    for tick in ["−3", "−1", "0", "1", "3"] {
        assert_eq!(labels(&svg, tick), 1, "{tick}");
    }
    assert_eq!((labels(&svg, "i receives"), labels(&svg, "j sends")), (1, 3));
    let patterns: Vec<Vec<f64>> = (0..5).map(|k| random(100, k)).collect();
    picture("matrices-100", &matrices(&learned(&patterns[..3], Shape::Free, 1.0)));
    let svg = picture("matrices-graded", &matrices(&learned(&patterns, Shape::Free, 0.01)));
    assert!(labels(&svg, "0.02") == 2);
    // Beyond the resolution of the page, blocks.
    let patterns: Vec<Vec<f64>> = (0..3).map(|k| random(500, k)).collect();
    let svg = picture("matrices-500", &matrices(&learned(&patterns, Shape::Free, 1.0)));
    assert!(svg.matches('M').count() < 3 * 200 * 200);
    assert_eq!(labels(&svg, "a dot is the mean of 3 × 3 couplings"), 1);

    let mut odd = learned(&three, FIVE, 1.0);
    odd.lessons[1].couplings[[3, 4]] = f64::NAN;
    odd.lessons[2].pattern = Some(("a word".to_owned(), Appearance::Word("ottawa".to_owned())));
    odd.lessons[0].pattern = None;
    picture("matrices-odd", &matrices(&odd));
}

#[test]
fn block_means_keep_what_is_there() {
    let values = [1.0, 3.0, f64::NAN, 5.0, 7.0, 2.0];
    let (means, columns, block) = cells::block_means(&values, 3, 2);
    assert_eq!((means[0], means[1], columns, block), (4.0, 2.0, 2, 2));
    assert_eq!(cells::block_means(&values[..2], 2, 2), (vec![1.0, 3.0], 2, 1));
    assert!(cells::block_means(&[], 0, 5).0.is_empty());
}

#[test]
fn energy_falls_to_memories_and_mixtures() {
    let couplings = hebb(&letters());
    let trials = (0..12).map(|k| {
        let states = sweeps(&couplings, &random(25, 40 + k), 4);
        let end = &states[4];
        let overlaps = || (0..4).map(|k| overlap(end, &letter(k)));
        let outcome = match () {
            () if overlaps().any(|m| m == 1.0) => 2,
            () if overlaps().any(|m| m == -1.0) => 1,
            () => 0,
        };
        let course = states.iter().enumerate().map(|(t, s)| (t as f64, energy_of(&couplings, s)));
        EnergyTrial { outcome, course: course.collect() }
    });
    let level = |k: usize| (NAMES[k].to_owned(), energy_of(&couplings, &letter(k)));
    let data = Energies {
        time: "time (sweeps)".to_owned(),
        outcomes: ["spurious", "inverse of a memory", "memory"].map(str::to_owned).to_vec(),
        trials: trials.collect(),
        levels: (0..4).map(level).collect(),
    };
    assert_eq!(
        data.levels.iter().map(|l| l.1).collect::<Vec<_>>(),
        [-288.0, -300.0, -292.0, -304.0]
    );
    let svg = drawn("energy", |path| energy("Energy of recall", &data).save(path));
    // Levels as near as these share a line of text, with their energies.
    assert_eq!(labels(&svg, "D −288, C −292, J −300, M −304"), 1);
    assert_eq!(labels(&svg, "energy E"), 1);
    drawn("energy-none", |path| energy("No trials", &Energies::default()).save(path));
}

#[test]
fn energy_along_a_line_has_its_attractors() {
    let couplings = hebb(&letters());
    let path = |from: usize, to: usize| {
        let (mut s, to) = (letter(from), letter(to));
        let mut points = vec![(0.0, energy_of(&couplings, &s))];
        for k in 0..25 {
            if s[k] != to[k] {
                s[k] = to[k];
                points.push((points.len() as f64, energy_of(&couplings, &s)));
            }
        }
        points
    };
    let points = path(0, 1);
    let end = points[points.len() - 1];
    let stop = |name: &str, (at, energy)| Stop { name: name.to_owned(), at, energy };
    let data = Slice {
        along: "neurons changed from D to J".to_owned(),
        stops: vec![stop("D", points[0]), stop("J", end)],
        curves: vec![SliceCurve { name: "upper left first".to_owned(), points }],
    };
    let svg = drawn("slice", |path| slice("From one memory to another", &data).save(path));
    assert_eq!((labels(&svg, "D"), labels(&svg, "J"), labels(&svg, "attractor")), (1, 1, 1));
    drawn("slice-none", |path| slice("", &Slice::default()).save(path));
}

#[test]
fn energy_over_a_plane_has_lines_and_marks() {
    let number = 41;
    let at = |k: usize| -1.5 + 3.0 * k as f64 / (number - 1) as f64;
    let place = |name: &str, x, y| Place { name: name.to_owned(), x, y };
    let energy = |f: fn(f64, f64) -> f64| {
        Array2::from_shape_fn((number, number), |(row, column)| f(at(column), at(row)))
    };
    let mut data = Surface {
        title: "A memory and its inverse".to_owned(),
        x: ("overlap with D".to_owned(), -1.5, 1.5),
        y: ("overlap with J".to_owned(), -1.5, 1.5),
        energy: energy(|x, y| (x * x - 1.0).powi(2) + (y - 0.4 * x).powi(2)),
        places: vec![
            place("D", 1.0, 0.4),
            place("inverse of D", -1.0, -0.4),
            place("mixture", 0.0, 0.0),
            place("beyond", 9.0, 0.0),
        ],
    };
    let svg = picture("surface", &surface(&data));
    assert_eq!((labels(&svg, "mixture"), labels(&svg, "beyond")), (1, 0));
    // Two neurons that inhibit each other, of which only the corners are known.
    data.energy = ndarray::array![[2.0, -2.0], [-2.0, 2.0]];
    (data.x, data.y) = (("neuron 1".to_owned(), -1.0, 1.0), ("neuron 2".to_owned(), -1.0, 1.0));
    data.places =
        vec![place("mixture", 0.0, 0.0), place("", 1.0, -1.0), place("(−1, +1)", -1.0, 1.0)];
    picture("surface-two", &surface(&data));
    data.energy = ndarray::array![[f64::NAN, 1.0, 3.0], [1.0, 1.0, 2.0]];
    picture("surface-gap", &surface(&data));
    data.energy = ndarray::array![[1.0]];
    picture("surface-flat", &surface(&data));
}

#[test]
fn nothing_is_drawn_as_such() {
    let nothing = [
        strip(&Recall::default()),
        strip(&Recall { frames: vec![Frame::default(); 3], ..Recall::default() }),
        family("", &[], Shape::Free),
        matrices(&Learning::default()),
        surface(&Surface::default()),
    ];
    for (k, empty) in nothing.iter().enumerate() {
        assert_eq!(labels(&picture(&format!("nothing-{k}"), empty), "nothing to show"), 1);
    }
    let frames = vec![Frame::default(), Frame { state: state(&letter(0)), ..Frame::default() }];
    picture("nothing-but-one", &strip(&Recall { frames, ..Recall::default() }));
}
