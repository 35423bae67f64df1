//! What only some recordings have is told and drawn: a bump, tours.

use std::path::Path;
use std::process::Command;

/// Runs the command in `folder`; what it prints.
fn attractor(folder: &Path, words: &[&str]) -> String {
    let models = std::fs::canonicalize("models").unwrap();
    let words = words.iter().map(|word| match word.strip_suffix(".toml") {
        Some(_) => models.join(word).to_str().unwrap().to_owned(),
        None => (*word).to_owned(),
    });
    let mut command = Command::new(env!("CARGO_BIN_EXE_attractor"));
    let output = command.current_dir(folder).args(words).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text(output.stderr));
    text(output.stdout)
}

/// The picture is a PNG of some size, and not of one colour.
fn assert_drawn(picture: &Path) {
    let file = std::io::BufReader::new(std::fs::File::open(picture).unwrap());
    let mut reader = png::Decoder::new(file).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size()];
    let info = reader.next_frame(&mut pixels).unwrap();
    assert!(info.width > 500 && info.height > 200, "{info:?}");
    let mut colours: Vec<&[u8]> = pixels.chunks(info.color_type.samples()).collect();
    colours.sort_unstable();
    colours.dedup();
    assert!(colours.len() > 10, "{} colours", colours.len());
}

#[test]
fn a_bump_is_decoded_and_drawn() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    attractor(folder, &["run", "ring.toml", "-o", "ring.h5", "--quiet"]);
    attractor(folder, &["analyze", "ring.h5"]);
    let table = std::fs::read_to_string(folder.join("ring-analysis/bump.csv")).unwrap();
    let place = |time: f64| {
        let rows = table.lines().skip(1).map(|row| row.split(',').collect::<Vec<_>>());
        let mut at = rows.filter(|row| row[0].parse::<f64>().unwrap() == time);
        at.next().unwrap()[1].parse::<f64>().unwrap()
    };
    // It stands where the first cue was, and then where the second one was.
    assert!((place(900.0) - 90.0).abs() < 1.0, "{}", place(900.0));
    assert!((place(2000.0) - 200.0).abs() < 1.0, "{}", place(2000.0));
    attractor(folder, &["plot", "ring.h5", "--as", "bump", "-o", "bump.png"]);
    assert_drawn(&folder.join("bump.png"));
    assert_drawn(&folder.join("ring-analysis/bump.png"));
}

#[test]
fn tours_are_told_and_drawn() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    attractor(folder, &["run", "salesman-10.toml", "-o", "tours.h5", "--quiet"]);
    let told = attractor(folder, &["info", "tours.h5"]);
    assert!(
        told.contains("10 cities; the shortest tour, 1-2-9-3-4-8-5-7-10-6, is 2.7362 long"),
        "{told}"
    );
    attractor(folder, &["plot", "tours.h5", "-o", "tours.png"]);
    assert_drawn(&folder.join("tours.png"));
}
