//! Networks that hold one pattern (A14 to A17).

use super::{Check, Text, Workshop, sign};
use crate::dynamics::Dynamics;
use crate::error::Result;
use crate::pattern::{StateOverlap, pack};
use crate::random::Seed;
use std::cmp::Ordering;

/// One random pattern.
const ONE: &str = "random = { number = 1, coding_level = 0.5, foreground = \"bernoulli\" }";

pub fn a14(workshop: &Workshop) -> Result<Vec<Check>> {
    let (mut runs, mut fixed) = (0, 0);
    for neurons in [1, 2, 3, 10, 101, 1000] {
        for scale in [0.001, 1.0, 7.5] {
            let learning = format!("autapses = true, learning = \"hebb\", scale = {scale}");
            let text = Text {
                neurons,
                patterns: ONE,
                learning: &learning,
                update: "synchronous",
                tie: "keep",
                recall: "trials = 1, sweeps = 5",
            };
            let ran = workshop.run_text(&text.toml(), &[])?;
            runs += 1;
            fixed += u64::from(ran.mean("first_step") == 0.0 && ran.mean("exact") == 1.0);
        }
    }
    Ok(vec![Check::exactly("fixed points of 18 networks", runs, fixed)])
}

pub fn a15(workshop: &Workshop) -> Result<Vec<Check>> {
    let text = Text {
        neurons: 3,
        patterns: "bitmap = { rows = [[\"##.\"]] }",
        learning: "autapses = true, learning = \"hebb\", scale = 1.0",
        update: "synchronous",
        tie: "minus", // Fee's sgn(0) = -1
        recall: "",
    };
    let built = workshop.build_text(&text.toml(), &[])?;
    let matrix = built.efficacies();
    let outer = [[1.0, 1.0, -1.0], [1.0, 1.0, -1.0], [-1.0, -1.0, 1.0]];
    let pattern = [true, true, false];
    let at = built.at(&pattern);
    let fields = [0, 1, 2].map(|i| at.local_field(i));
    let mut converged = 0;
    for wrong in 0..3 {
        let mut start = pattern;
        start[wrong] = !start[wrong];
        let mut network = built.at(&start);
        network.advance(network.time() + 1.0)?;
        converged += u64::from(network.observable().active() == &pattern[..]);
    }
    let same = matrix.iter().zip(&outer).all(|(row, wanted)| row == wanted);
    Ok(vec![
        Check::that(same, "W is the outer product of (1, 1, -1)", format!("{matrix:?}")),
        Check::that(
            (0..3).all(|i| fields[i] == 3.0 * sign(pattern[i])),
            "W xi = 3 xi = (3, 3, -3)",
            format!("{fields:?}"),
        ),
        Check::exactly("states with one wrong bit that converge in one step", 3, converged),
    ])
}

/// All numbers of wrong bits, each in ten places; synchronous with self-coupling, and one at a time without.
pub fn a16(workshop: &Workshop) -> Result<Vec<Check>> {
    let shares: Vec<f64> = (0..=101).map(|wrong| f64::from(wrong) / 101.0).collect();
    let recall = format!("trials = 1020, flipped = {shares:?}, sweeps = 10");
    let mut checks = Vec::new();
    for (name, autapses, update) in [
        ("all at once, as Fee", true, "synchronous"),
        ("one at a time, without self-coupling", false, "shuffled"),
    ] {
        let learning = format!("autapses = {autapses}, learning = {{ hebb = {{}} }}");
        let text = Text {
            neurons: 101,
            patterns: ONE,
            learning: &learning,
            update,
            tie: "keep",
            recall: &recall,
        };
        let ran = workshop.run_text(&text.toml(), &[])?;
        let (flipped, overlap) = (ran.values("flipped"), ran.values("overlap"));
        let errors = ran.values("errors");
        let ends = |few: bool, wanted: f64| {
            let those = (0..flipped.len()).filter(|&k| (flipped[k] * 101.0 < 50.5) == few);
            those.filter(|&k| errors[k] == wanted && overlap[k] != 0.0).count()
        };
        let (to_pattern, to_inverse) = (ends(true, 0.0), ends(false, 101.0));
        checks.push(Check::that(
            (to_pattern, to_inverse) == (510, 510),
            format!("{name}: 0 to 50 wrong of 101 end in xi, 51 to 101 in -xi"),
            format!("{to_pattern} of 510 in xi, {to_inverse} of 510 in -xi"),
        ));
    }
    Ok(checks)
}

/// Random starts in A17.
const STARTS: u64 = 200;

pub fn a17(workshop: &Workshop) -> Result<Vec<Check>> {
    let text = Text {
        neurons: 2304,
        patterns: "image = { files = [\"pictures/face.png\"] }",
        learning: "autapses = false, learning = { hebb = {} }",
        update: "shuffled",
        tie: "keep",
        recall: "",
    };
    let built = workshop.build_text(&text.toml(), &[])?;
    let Some(memories) = built.memories() else { return Ok(Vec::new()) };
    let (picture, overlap) = (memories.state(0), StateOverlap::new(memories));
    let (mut pictures, mut inverses, mut undecided, mut followed) = (0, 0, 0, 0);
    for number in 1..=STARTS {
        let seed = Seed(17).child("start", number);
        let mut stream = seed.stream("state", 0);
        let start: Vec<bool> = picture.iter().map(|_| stream.below(2) == 1).collect();
        let end = built.relax(&start, 100, seed)?;
        let mut m = Vec::new();
        overlap.m(&pack(&end.state), &mut m);
        pictures += u64::from(m == [1.0]);
        inverses += u64::from(m == [-1.0]);
        let right = start.iter().zip(&picture).filter(|(a, b)| a == b).count();
        match (2 * right).cmp(&picture.len()) {
            Ordering::Equal => undecided += 1,
            side => followed += u64::from(m == [if side.is_gt() { 1.0 } else { -1.0 }]),
        }
    }
    Ok(vec![
        Check::that(
            pictures + inverses == STARTS && pictures > 0 && inverses > 0,
            "overlap ends at 1 or -1 from 200 random starts: the inverse is stable too",
            format!("{pictures} in the picture, {inverses} in its inverse"),
        ),
        Check::exactly(
            "starts that end on the side of most of their bits (where there is one)",
            STARTS - undecided,
            followed,
        ),
    ])
}
