//! What the scripts are asked that they do not do.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;

/// The programs of the project.
fn scripts() -> Vec<PathBuf> {
    let all = fs::read_dir("scripts").unwrap().map(|entry| entry.unwrap().path());
    let runs = |path: &PathBuf| {
        path.is_file() && path.metadata().unwrap().permissions().mode() & 0o111 != 0
    };
    let mut scripts: Vec<_> = all.filter(runs).collect();
    scripts.sort();
    scripts
}

/// Exit code and what is printed of a script, which comes no further than to what builds or installs.
fn told(script: &PathBuf, arguments: &[&str]) -> (Option<i32>, String, String) {
    let barred = tempfile::tempdir().unwrap();
    for program in ["cargo", "python3", "cc"] {
        let path = barred.path().join(program);
        fs::write(&path, "#!/bin/sh\nexit 99\n").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let path = format!("{}:{}", barred.path().display(), std::env::var("PATH").unwrap());
    let done = Command::new(script).args(arguments).env("PATH", path).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (done.status.code(), text(done.stdout), text(done.stderr))
}

#[test]
fn scripts_tell_how_they_are_used_and_do_nothing_else() {
    let scripts = scripts();
    assert!(scripts.len() >= 7, "{scripts:?}");
    for script in scripts {
        let text = fs::read_to_string(&script).unwrap();
        let head = text.lines().skip(1).take_while(|line| line.starts_with('#'));
        let head: String = head
            .map(|line| format!("{}\n", line[1..].strip_prefix(' ').unwrap_or(&line[1..])))
            .collect();
        assert!(head.len() > 50, "{}", script.display());
        for help in ["--help", "-h"] {
            assert_eq!(told(&script, &[help]), (Some(0), head.clone(), String::new()));
        }
    }
}

#[test]
fn scripts_refuse_what_they_do_not_know() {
    let mut cases: Vec<_> = scripts().into_iter().map(|script| (script, vec!["frob"])).collect();
    for words in [
        "long-test seeds frob",
        "long-test fuzz frob",
        "long-test fuzz 1 frob",
        "long-test mutants frob",
        "long-test mutants 0/1 frob",
        "site --rust frob",
        "wheel --quick frob",
    ] {
        let mut words: Vec<_> = words.split(' ').collect();
        cases.push((PathBuf::from("scripts").join(words.remove(0)), words));
    }
    for (script, words) in cases {
        let (code, output, error) = told(&script, &words);
        assert_eq!((code, &output[..]), (Some(2), ""), "{} {words:?}: {error}", script.display());
        let begins = error.starts_with("error: found the argument \"frob\"; there ");
        assert!(begins && error.lines().count() == 1 && error.contains("--help"), "{error}");
    }
    for words in
        [&["fuzz", "MINUTES"][..], &["mutants", "5/2"], &["mutants", "K/N"], &["seeds", "fuzz"]]
    {
        let (code, output, error) = told(&PathBuf::from("scripts/long-test"), words);
        assert_eq!(
            (code, &output[..], error.lines().count()),
            (Some(2), "", 1),
            "{words:?}: {error}"
        );
    }
    let (_, _, error) = told(&PathBuf::from("scripts/long-test"), &["frob"]);
    assert!(error.contains("there are seeds, patterns, ") && error.contains(", fuzz, mutants and"));
}
