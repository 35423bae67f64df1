//! Animations, read back from the GIF.

use super::super::synthetic::*;
use super::super::{Learning, Recall, Shape};
use super::*;
use crate::error::Kind;
use std::fs;
use std::path::Path;

/// Width, height, and of every frame its delay; the screen after every frame is drawn, in the colours of the palette.
fn decoded(name: &str, animation: &Animation) -> (usize, Vec<u16>, Vec<Vec<u8>>) {
    let temporary = tempfile::tempdir().unwrap();
    let path = folder(temporary.path()).join(format!("{name}.gif"));
    animation.save(&path).unwrap();
    let mut options = gif::DecodeOptions::new();
    options.set_color_output(gif::ColorOutput::Indexed);
    let mut decoder = options.read_info(fs::File::open(&path).unwrap()).unwrap();
    let (width, height) = (usize::from(decoder.width()), usize::from(decoder.height()));
    let palette = decoder.global_palette().unwrap().to_vec();
    let (mut delays, mut screens) = (Vec::new(), Vec::new());
    let mut screen = vec![0; 3 * width * height];
    while let Some(frame) = decoder.read_next_frame().unwrap() {
        delays.push(frame.delay);
        let (left, top) = (usize::from(frame.left), usize::from(frame.top));
        for (k, &index) in frame.buffer.iter().enumerate() {
            let (x, y) = (left + k % usize::from(frame.width), top + k / usize::from(frame.width));
            let (to, from) = (3 * (y * width + x), 3 * usize::from(index));
            screen[to..to + 3].copy_from_slice(&palette[from..from + 3]);
        }
        screens.push(screen.clone());
    }
    assert_eq!(decoder.repeat(), gif::Repeat::Infinite);
    if std::env::var_os("ATTRACTOR_FIGURES").is_some() {
        for (k, screen) in screens.iter().enumerate() {
            let mut file = format!("P6 {width} {height} 255\n").into_bytes();
            file.extend(screen);
            fs::write(path.with_extension(format!("{k}.ppm")), file).unwrap();
        }
    }
    (width, delays, screens)
}

fn overlaps_of(states: &[Vec<f64>]) -> MemoryOverlaps {
    let frame = |s: &Vec<f64>| (0..4).map(|k| overlap(s, &letter(k))).collect();
    let frames = states.iter().map(frame).collect();
    MemoryOverlaps { names: NAMES.map(str::to_owned).to_vec(), target: Some(0), frames }
}

#[test]
fn a_recall_moves() {
    let (letters, states) = letter_recall();
    let animation = recall(&letters, &overlaps_of(&states));
    let (width, delays, screens) = decoded("recall", &animation);
    assert_eq!((width, &delays[..]), (720, &[60, 60, 250][..]));
    assert_ne!(screens[0], screens[1]);
    // What the second sweep does not change is drawn anew all the same: its words.
    assert_ne!(screens[1], screens[2]);
    // The same page again is a frame too.
    let still = Recall { frames: vec![letters.frames[0].clone(); 3], ..letters };
    let (_, delays, screens) = decoded("still", &recall(&still, &MemoryOverlaps::default()));
    assert_eq!(delays.len(), 3);
    assert_eq!(screens[0], screens[2]);
    let (_, delays, _) =
        decoded("recall-nothing", &recall(&Recall::default(), &MemoryOverlaps::default()));
    assert_eq!(delays, [250]);
}

#[test]
fn a_large_recall_and_words_move() {
    let target = big(64);
    let states = clearing(&target, 5);
    let rings = recalled(&states, &target, Shape::Grid { columns: 64, rows: 64 });
    let others: Vec<Vec<f64>> = (0..20).map(|k| random(64 * 64, k)).collect();
    let frame = |s: &Vec<f64>| {
        let rest = others.iter().map(|o| overlap(s, o));
        std::iter::once(overlap(s, &target)).chain(rest).collect()
    };
    let overlaps = MemoryOverlaps {
        names: (1..=21).map(|k| format!("pattern {k}")).collect(),
        target: Some(0),
        frames: states.iter().map(frame).collect(),
    };
    let (_, delays, _) = decoded("recall-64", &recall(&rings, &overlaps));
    assert_eq!(delays, [60, 60, 60, 60, 250]);
    let names = ["canada", "russia", "peru"].map(str::to_owned).to_vec();
    let frames = vec![vec![0.7, -0.1, 0.2], vec![0.9, 0.0, 0.1], vec![1.0, 0.1, f64::NAN]];
    let overlaps = MemoryOverlaps { names, target: Some(0), frames };
    assert_eq!(decoded("recall-word", &recall(&words(), &overlaps)).1.len(), 3);
}

#[test]
fn couplings_grow_pattern_by_pattern() {
    let data = learned(&letters(), FIVE, 1.0);
    let animation = learning(&data);
    let (_, delays, screens) = decoded("learning", &animation);
    assert_eq!(delays.len(), 4);
    assert!(screens.windows(2).all(|pair| pair[0] != pair[1]));
    let again = learning(&data);
    let folder = tempfile::tempdir().unwrap();
    let bytes = [animation, again].map(|animation| {
        let path = folder.path().join("a.gif");
        animation.save(&path).unwrap();
        fs::read(path).unwrap()
    });
    assert!(bytes[0] == bytes[1], "the same data give the same bytes");
    let patterns: Vec<Vec<f64>> = (0..3).map(|k| random(100, k)).collect();
    decoded("learning-100", &learning(&learned(&patterns, Shape::Free, 0.01)));
}

#[test]
fn animations_are_gifs() {
    let animation = learning(&Learning::default());
    for (name, found) in [("a.png", "with the extension .png"), ("a", "without an extension")] {
        let error = animation.save(Path::new(name)).unwrap_err();
        assert_eq!(error.kind(), Kind::File);
        assert_eq!(
            error.to_string(),
            format!("{name}: found an animation {found}; allowed: .gif.")
        );
    }
}
