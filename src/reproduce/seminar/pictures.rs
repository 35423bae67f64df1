//! B3 to B6: figures of recall, couplings, activity and learning.

use super::super::{Check, Ran, Workshop};
use super::tiny;
use crate::error::{Error, Result};
use crate::figure;
use crate::learning::{Learner, Learning as Rule, Pathway};
use crate::pattern::{Patterns, Shares};
use crate::plot::memory::animate::learning;
use crate::plot::memory::{Appearance, Frame, Learning, Lesson, Recall, Shape, matrices, strip};
use crate::random::Seed;
use crate::recording::{Part, Samples};
use crate::synapse::{Connect, Couplings, Wiring};
use ndarray::Array2;
use std::path::{Path, PathBuf};

/// Three pictures of 48 x 48 pixels, of which a fifth is wrong in the cue.
const PICTURES: &str = r#"
title = "Recall of a corrupted picture"
source = "a seminar on the Hopfield network"
shows = "the nearest stored picture is retrieved"
population.N.size = 2304
patterns.N.image = { files = ["pictures/face.png", "pictures/world.png", "pictures/penguin.png"] }
projection.J = { from = "N", to = "N", connect = "all_to_all", autapses = false, learning = { pseudo_inverse = {} } }
dynamics.binary = { states = "plus_minus", update = "shuffled", tie = "keep" }
[[protocol]]
name = "cue"
duration = "5 sweeps"
show = [{ pattern = 1, state = "set", flipped = 0.2 }]
"#;

/// A file that a figure is written to, removed in the end.
pub struct Scratch(pub PathBuf);

impl Scratch {
    pub fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("attractor-{}-{name}", std::process::id())))
    }

    pub fn bytes(&self) -> Result<Vec<u8>> {
        std::fs::read(&self.0).map_err(|e| {
            Error::file(&self.0, format!("found no figure ({e})"), "set TMPDIR to another folder")
        })
    }

    /// The words of an SVG.
    pub fn text(&self) -> Result<String> {
        Ok(String::from_utf8_lossy(&self.bytes()?).into_owned())
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// That a figure has all these words.
pub fn says(what: &str, text: &str, words: &[&str]) -> Check {
    let missing: Vec<&str> = words.iter().copied().filter(|word| !text.contains(word)).collect();
    let measured = match missing.is_empty() {
        true => format!("figure of {} kB", text.len() / 1000),
        false => format!("without {}", missing.join(", ")),
    };
    Check::that(missing.is_empty(), format!("{what}: {}", words.join(", ")), measured)
}

pub fn b3(workshop: &Workshop) -> Result<Vec<Check>> {
    let ran = workshop.run_text(PICTURES, &[])?;
    let (states, patterns, overlaps) = everything(&ran)?;
    let frame = |k: usize, label: &str| Frame {
        label: label.to_owned(),
        caption: format!("m = {:.2}", overlaps.row(k)[0]),
        state: Appearance::of(states[k].iter().copied()),
    };
    // The first look comes before the cue is set.
    let first = states.len() - 6;
    let recall = Recall {
        title: "Recall".to_owned(),
        frames: vec![frame(first, "cue"), frame(states.len() - 1, "final")],
        target: Some(Frame {
            label: "face".to_owned(),
            caption: String::new(),
            state: Appearance::of(patterns.state(0)),
        }),
        shape: Shape::Grid { columns: 48, rows: 48 },
        marked: true,
    };
    let file = Scratch::new("recall.svg");
    strip(&recall).save(&file.0)?;
    let wrong = |frame: &Frame| recall.target.as_ref().map_or(0, |t| t.state.errors(&frame.state));
    Ok(vec![
        Check::exactly("wrong of 2304 pixels in the cue", 461, wrong(&recall.frames[0]) as u64),
        Check::exactly("and in the retrieved picture", 0, wrong(&recall.frames[1]) as u64),
        says("figure with", &file.text()?, &["cue", "final", "face", "m = 1.00"]),
    ])
}

/// States, patterns and overlaps of a recording of one population.
fn everything(ran: &Ran) -> Result<(Vec<Vec<bool>>, Patterns, Samples)> {
    let missing = || Error::input("found a recording without states", "", "record them");
    let states = ran.recording.states("N")?.ok_or_else(missing)?;
    let rows = (0..states.time.len()).map(|k| states.row(k).iter().map(|&s| s == 1).collect());
    let patterns = ran.recording.patterns("N")?.ok_or_else(missing)?;
    let overlaps = ran.recording.overlaps("N")?.ok_or_else(missing)?;
    Ok((rows.collect(), patterns, overlaps))
}

/// The couplings of the four letters after each pattern, as sums of outer products.
fn lessons(workshop: &Workshop) -> Result<Learning> {
    let built = workshop.build("letters", &[])?;
    let patterns = &built.patterns["N"];
    let (senders, receivers, connect) = (25, 25, Connect::AllToAll);
    let wiring = Wiring {
        connect,
        senders,
        receivers,
        recurrent: true,
        autapses: false,
        multapses: false,
        shares: Shares::default(),
        between: None,
    };
    let memories = (Some(patterns), Some(patterns));
    let pathway = Pathway { scale: Some(1.0), ..Pathway::new("J", &wiring, memories, Seed(1)) };
    let lesson = |learner: &Learner| {
        let couplings: Couplings = learner.couplings();
        let j = |(i, j): (usize, usize)| match i == j {
            true => f64::NAN,
            false => couplings.unit() * couplings.weight(i, j),
        };
        let mu = learner.learned() - 1;
        Lesson {
            label: format!("{} pattern{}", mu + 1, if mu == 0 { "" } else { "s" }),
            couplings: Array2::from_shape_fn((25, 25), j),
            pattern: Some((patterns.name(mu), Appearance::of(patterns.state(mu)))),
        }
    };
    let mut lessons = Vec::new();
    if let Some(mut learner) = (Rule::Hebb {}).learner(&pathway)? {
        while learner.learn_next() {
            lessons.push(lesson(&learner));
        }
    }
    let shape = Shape::Grid { columns: 5, rows: 5 };
    Ok(Learning { title: "Couplings".to_owned(), name: "coupling J".to_owned(), lessons, shape })
}

pub fn b4(workshop: &Workshop) -> Result<Vec<Check>> {
    let shown = lessons(workshop)?;
    let mut checks = Vec::new();
    for (p, lesson) in (1i64..).zip(&shown.lessons).take(3) {
        let allowed: Vec<f64> = (0..=p).map(|k| (2 * k - p) as f64).collect();
        let mut found: Vec<f64> =
            lesson.couplings.iter().copied().filter(|value| !value.is_nan()).collect();
        found.sort_by(f64::total_cmp);
        found.dedup();
        let list: Vec<String> = found.iter().map(f64::to_string).collect();
        checks.push(Check::that(
            found.iter().all(|value| allowed.contains(value)),
            format!("p = {p}: all J_ij in {{-p, -p + 2, ..., p}}"),
            list.join(", "),
        ));
    }
    let file = Scratch::new("matrices.svg");
    matrices(&shown).save(&file.0)?;
    let words = ["1 pattern", "2 patterns", "3 patterns", "coupling J"];
    checks.push(says("figure with", &file.text()?, &words));
    Ok(checks)
}

pub fn b5(workshop: &Workshop) -> Result<Vec<Check>> {
    let ran = workshop.run("letters", &["task.recall.trials=1"])?;
    let (states, patterns, overlaps) = everything(&ran)?;
    let mut off: f64 = 0.0;
    for (k, state) in states.iter().enumerate() {
        for (mu, m) in overlaps.row(k).iter().enumerate() {
            off = off.max((m - difference(&patterns.state(mu), state)).abs());
        }
    }
    let file = Scratch::new("overview.svg");
    figure::overview(&ran.recording, Part::Whole)?.save(&file.0)?;
    let words = ["overlap", "foreground − background", "time (sweeps)"];
    Ok(vec![
        tiny("overlaps are on minus off, counted in the raster, to", 1e-12, off),
        says("figure with", &file.text()?, &words),
    ])
}

/// Mean activity of the foreground minus that of the background.
fn difference(pattern: &[bool], state: &[bool]) -> f64 {
    let mean = |on: bool| {
        let among: Vec<bool> =
            pattern.iter().zip(state).filter(|(p, _)| **p == on).map(|(_, s)| *s).collect();
        among.iter().filter(|&&s| s).count() as f64 / among.len() as f64
    };
    mean(true) - mean(false)
}

pub fn b6(workshop: &Workshop) -> Result<Vec<Check>> {
    let shown = lessons(workshop)?;
    let file = Scratch::new("learning.gif");
    learning(&shown).save(&file.0)?;
    let frames = frames(&file.0)?;
    let changes = frames.windows(2).filter(|pair| pair[0] != pair[1]).count();
    Ok(vec![
        Check::exactly("pages of the animation, one per pattern", 4, frames.len() as u64),
        Check::exactly("pages that differ from the one before", 3, changes as u64),
    ])
}

/// The pages of a GIF, as the pixels that each one paints.
fn frames(path: &Path) -> Result<Vec<Vec<u8>>> {
    let failed = |e: &dyn std::fmt::Display| {
        Error::file(path, format!("found no GIF ({e})"), "report this as a bug")
    };
    let file = std::fs::File::open(path).map_err(|e| failed(&e))?;
    let mut decoder = gif::DecodeOptions::new().read_info(file).map_err(|e| failed(&e))?;
    let mut frames = Vec::new();
    while let Some(frame) = decoder.read_next_frame().map_err(|e| failed(&e))? {
        frames.push(frame.buffer.to_vec());
    }
    Ok(frames)
}
