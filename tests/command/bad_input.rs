//! Every wrong input ends with one clear sentence, exit code 2, and nothing under the output's name.
//!
//! Each file in tests/bad/ is a model with a mistake, or one that is run with a wrong command. Its first line is the
//! command, `{}` being the file and OUT.h5 an output in an empty directory; its second line is the
//! sentence that the command must print, after warnings if there are some, in which `*` stands for what depends on the machine. `limit N` before the command limits the size of files to N KiB, as a
//! full disk would.

use std::path::Path;
use std::process::Command;

struct Case {
    name: String,
    limit: Option<u32>,
    arguments: Vec<String>,
    sentence: String,
}

fn cases() -> Vec<Case> {
    let mut paths: Vec<_> =
        std::fs::read_dir("tests/bad").unwrap().map(|e| e.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| case(path)).collect()
}

fn case(path: &Path) -> Case {
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines = text.lines();
    let mut command = lines.next().unwrap().strip_prefix("# ").unwrap();
    let mut limit = None;
    if let Some(rest) = command.strip_prefix("limit ") {
        let (kib, rest) = rest.split_once(' ').unwrap();
        limit = Some(kib.parse().unwrap());
        command = rest;
    }
    let name = path.to_str().unwrap().to_owned();
    let arguments = command.strip_prefix("attractor ").unwrap().replace("{}", &name);
    Case {
        limit,
        arguments: arguments.split(' ').map(str::to_owned).collect(),
        sentence: lines.next().unwrap().strip_prefix("# error: ").unwrap().to_owned(),
        name,
    }
}

/// Runs the case with its output in `directory`; returns the exit code and what it printed as error.
fn run(case: &Case, directory: &Path) -> (Option<i32>, String) {
    let out = directory.join("OUT.h5");
    let arguments = case.arguments.iter().map(|a| match a.as_str() {
        "OUT.h5" => out.to_str().unwrap(),
        other => other,
    });
    let binary = env!("CARGO_BIN_EXE_attractor");
    let output = match case.limit {
        None => Command::new(binary).args(arguments).output(),
        // Beyond the limit a write fails, once the signal that would kill the process is ignored.
        Some(kib) => Command::new("bash")
            .arg("-c")
            .arg(format!("trap '' XFSZ; ulimit -f {kib}; exec \"$@\""))
            .args(["bash", binary])
            .args(arguments)
            // Where it counts what it runs through, the file of that would fall under the limit too.
            .env("LLVM_PROFILE_FILE", "/dev/null")
            .output(),
    }
    .unwrap();
    let printed = String::from_utf8(output.stderr).unwrap();
    let error: String = printed
        .lines()
        .filter(|l| !l.starts_with("warning: "))
        .fold(String::new(), |error, line| error + line + "\n");
    (output.status.code(), error.replace(out.to_str().unwrap(), "OUT.h5"))
}

/// Whether `text` is `sentence`, where every `*` stands for anything within a line.
fn fits(text: &str, sentence: &str) -> bool {
    let Some((before, after)) = sentence.split_once('*') else { return text == sentence };
    let Some(rest) = text.strip_prefix(before) else { return false };
    let line = rest.find('\n').unwrap_or(rest.len());
    (0..=line).any(|k| rest.is_char_boundary(k) && fits(&rest[k..], after))
}

#[test]
fn every_wrong_input_gets_its_sentence() {
    let cases = cases();
    assert!(cases.len() > 40, "the cases are gone");
    let mut wrong = Vec::new();
    for case in &cases {
        let directory = tempfile::tempdir().unwrap();
        let (code, printed) = run(case, directory.path());
        // The words of Rust mean nothing to the author of a model.
        let leak = ["variant", "struct ", " enum", "::"].iter().any(|word| printed.contains(word));
        if leak || code != Some(2) || !fits(&printed, &format!("error: {}\n", case.sentence)) {
            wrong.push(format!("{}\n  exit code {code:?}\n  printed  {printed}", case.name));
        }
        assert!(!directory.path().join("OUT.h5").exists(), "{} left an output", case.name);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
