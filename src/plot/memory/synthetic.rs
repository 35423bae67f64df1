//! Memories that are made up: four letters, rings, random pixels, words.

use super::*;
use crate::random::Seed;
use ndarray::Array2;
use std::path::{Path, PathBuf};

/// The letters D, J, C, M of 5 x 5 pixels.
pub const LETTERS: [&str; 4] = [
    "####..#..#.#..#.#..#.###.",
    "#####...#....#.#..#.###..",
    ".#####....#....#.....####",
    "#...###.###.#.##...##...#",
];
pub const NAMES: [&str; 4] = ["D", "J", "C", "M"];
pub const FIVE: Shape = Shape::Grid { columns: 5, rows: 5 };

pub fn letter(k: usize) -> Vec<f64> {
    LETTERS[k].chars().map(|c| if c == '#' { 1.0 } else { -1.0 }).collect()
}

pub fn state(values: &[f64]) -> Appearance {
    Appearance::Neurons(values.to_vec())
}

pub fn random(number: usize, index: u64) -> Vec<f64> {
    let mut stream = Seed(5).stream("pictures", index);
    (0..number).map(|_| if stream.uniform() < 0.5 { 1.0 } else { -1.0 }).collect()
}

/// The sum of outer products without self-coupling.
pub fn hebb(patterns: &[Vec<f64>]) -> Array2<f64> {
    let number = patterns[0].len();
    Array2::from_shape_fn((number, number), |(i, j)| {
        if i == j { 0.0 } else { patterns.iter().map(|p| p[i] * p[j]).sum() }
    })
}

/// Neurons in turn, from `start`, each sweep with its state.
pub fn sweeps(couplings: &Array2<f64>, start: &[f64], number: usize) -> Vec<Vec<f64>> {
    let mut all = vec![start.to_vec()];
    let mut now = start.to_vec();
    for _ in 0..number {
        for i in 0..now.len() {
            let field: f64 = couplings.row(i).iter().zip(&now).map(|(j, s)| j * s).sum();
            now[i] = if field == 0.0 { now[i] } else { field.signum() };
        }
        all.push(now.clone());
    }
    all
}

pub fn overlap(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>() / a.len() as f64
}

pub fn energy_of(couplings: &Array2<f64>, s: &[f64]) -> f64 {
    let pairs = couplings.indexed_iter().map(|((i, j), value)| value * s[i] * s[j]);
    -0.5 * pairs.sum::<f64>()
}

pub fn frames(states: &[Vec<f64>], target: &[f64]) -> Vec<Frame> {
    let last = states.len() - 1;
    let frame = |(k, values): (usize, &Vec<f64>)| Frame {
        label: match k {
            0 => "cue".to_owned(),
            1 => "1 sweep".to_owned(),
            k if k == last => "final".to_owned(),
            k => format!("{k} sweeps"),
        },
        caption: format!("m = {}", signed(overlap(values, target))),
        state: state(values),
    };
    states.iter().enumerate().map(frame).collect()
}

pub fn recalled(states: &[Vec<f64>], target: &[f64], shape: Shape) -> Recall {
    let target_frame =
        Frame { label: "target".to_owned(), caption: String::new(), state: state(target) };
    Recall {
        title: "Recall of a degraded memory".to_owned(),
        frames: frames(states, target),
        target: Some(target_frame),
        shape,
        marked: true,
    }
}

pub fn letters() -> Vec<Vec<f64>> {
    (0..4).map(letter).collect()
}

pub fn letter_recall() -> (Recall, Vec<Vec<f64>>) {
    let mut cue = letter(0);
    for k in [0, 7, 13] {
        cue[k] = -cue[k];
    }
    let states = sweeps(&hebb(&letters()), &cue, 2);
    (recalled(&states, &letter(0), FIVE), states)
}

/// Rings with a bar through them, of so many pixels a side.
pub fn big(side: usize) -> Vec<f64> {
    let half = 0.5 * (side as f64 - 1.0);
    let pixel = |k: usize| {
        let (x, y) = ((k % side) as f64 - half, (k / side) as f64 - half);
        let on = (x.hypot(y) / half * 4.0).fract() > 0.5 || x.abs() < 0.1 * half;
        if on { 1.0 } else { -1.0 }
    };
    (0..side * side).map(pixel).collect()
}

/// From noise to `target`: in every frame fewer pixels are wrong.
pub fn clearing(target: &[f64], number: usize) -> Vec<Vec<f64>> {
    let mut stream = Seed(7).stream("noise", 0);
    let noise: Vec<f64> = target.iter().map(|_| stream.uniform()).collect();
    let share = |k: usize| 0.4 * (1.0 - k as f64 / (number - 1) as f64);
    (0..number)
        .map(|k| {
            target.iter().zip(&noise).map(|(t, n)| if *n < share(k) { -t } else { *t }).collect()
        })
        .collect()
}

pub fn words() -> Recall {
    let frame = |label: &str, word: &str, caption: &str| Frame {
        label: label.to_owned(),
        caption: caption.to_owned(),
        state: Appearance::Word(word.to_owned()),
    };
    Recall {
        title: "A capital and its country".to_owned(),
        frames: vec![
            frame("cue", "otowa-------canada", "4 letters wrong"),
            frame("1 sweep", "ottwa-------canada", "3 letters wrong"),
            frame("final", "ottawa------canada", "m = +1.00"),
        ],
        target: Some(frame("target", "ottawa------canada", "")),
        marked: true,
        ..Recall::default()
    }
}

pub fn learned(patterns: &[Vec<f64>], shape: Shape, unit: f64) -> Learning {
    let lessons = (1..=patterns.len()).map(|number| Lesson {
        label: if number == 1 { "1 pattern".to_owned() } else { format!("{number} patterns") },
        couplings: hebb(&patterns[..number]) * unit,
        pattern: Some((format!("pattern {number}"), state(&patterns[number - 1]))),
    });
    Learning {
        title: "Couplings after one, two, three patterns".to_owned(),
        name: if unit == 1.0 { "coupling J (1/N)" } else { "coupling J" }.to_owned(),
        lessons: lessons.collect(),
        shape,
    }
}

/// Where figures stay: the folder `ATTRACTOR_FIGURES`, if it is named.
pub fn folder(temporary: &Path) -> PathBuf {
    std::env::var_os("ATTRACTOR_FIGURES").map_or(temporary.to_owned(), PathBuf::from)
}
