//! What a run says when it was not as expected.

use std::process::Command;

/// Two cues, of which no pattern is left.
const CHANGES: [&str; 6] = [
    "projection.E_to_E.scale=0.001 mV",
    "protocol[0].duration=200 ms",
    "protocol[1].show=[{ pattern = 1, poisson = \"350 Hz\", left_out = 0.25, replaced = 0.1 }]",
    "protocol[2].duration=500 ms",
    "expect.spontaneous.overlap_within=50 Hz",
    "expect.retrieval.window=50 ms",
];

fn run(more: &[&str]) -> (Option<i32>, String, String) {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("out.h5");
    let mut command = Command::new(env!("CARGO_BIN_EXE_attractor"));
    command.args(["run", "models/memory-1000.toml", "-o"]).arg(output).args(more);
    CHANGES.iter().for_each(|change| {
        command.args(["--set", change]);
    });
    let done = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (done.status.code(), text(done.stdout), text(done.stderr))
}

#[test]
fn a_quiet_run_says_what_it_missed_and_nothing_else() {
    let (code, said, missed) = run(&["--quiet"]);
    assert_eq!((code, said.as_str()), (Some(1), ""));
    assert!(
        missed.starts_with("NOT MET  retrieval in E: every cue retrieves its pattern"),
        "{missed}"
    );
    assert!(missed.contains("0 of 6 cues held\n"), "{missed}");
    assert!(missed.contains("pattern 1 (cue at 0.200 s): not retrieved"), "{missed}");
    assert!(!missed.contains("spontaneous activity"), "{missed}");
}

#[test]
fn the_summary_says_how_much_of_a_pattern_was_shown() {
    let (code, said, _) = run(&[]);
    assert_eq!(code, Some(1));
    assert!(said.contains("pattern 1 +350 Hz, 0.25 left out, 0.1 replaced"), "{said}");
    assert!(said.contains("NOT MET  retrieval in E"), "{said}");
}
