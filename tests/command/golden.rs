//! Short runs of every model give the data that they always gave, to the last bit, on one and on two threads.
//!
//! tests/command/golden/hashes.toml holds, per model, the settings that shorten it and the hash of its data. It changes only with
//! a change that means to change what is simulated: a mismatch writes the new table beside it.

use rayon::prelude::*;
use std::path::Path;
use std::process::Command;
use toml::{Table, Value};

const TABLE: &str = "tests/command/golden/hashes.toml";

fn attractor(arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_attractor")).args(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// The hash of the data of `model`, shortened by `settings`.
fn hash(model: &str, settings: &[&str], threads: &str, folder: &Path) -> String {
    let (model, out) = (format!("models/{model}.toml"), folder.join(format!("{model}.h5")));
    let out = out.to_str().unwrap();
    let mut arguments = vec!["run", &model, "-o", out, "--force", "--quiet", "--threads", threads];
    arguments.extend(settings.iter().flat_map(|setting| ["--set", setting]));
    let (code, _, error) = attractor(&arguments);
    // A shortened model need not meet its expectations.
    assert!(matches!(code, Some(0 | 1)), "{model}: {error}");
    let (_, told, _) = attractor(&["info", out, "--json"]);
    let after = told.split("\"data_hash\": \"").nth(1).expect("info tells the hash");
    after.split('"').next().unwrap().to_owned()
}

#[test]
fn short_runs_of_all_models_keep_their_data() {
    let text = std::fs::read_to_string(TABLE).unwrap();
    let table: Table = text.parse().unwrap();
    let mut models: Vec<String> = std::fs::read_dir("models")
        .unwrap()
        .filter_map(|entry| {
            entry.unwrap().file_name().to_str()?.strip_suffix(".toml").map(str::to_owned)
        })
        .collect();
    models.sort();
    let known: Vec<&String> = table.keys().collect();
    assert_eq!(models.iter().collect::<Vec<_>>(), known, "{TABLE} lists every model");
    let folder = tempfile::tempdir().unwrap();
    let run = |(model, entry): (&String, &Value)| {
        let settings = entry["set"].as_array().unwrap().iter().filter_map(Value::as_str);
        let settings: Vec<&str> = settings.collect();
        let [one, two] = ["1", "2"].map(|threads| hash(model, &settings, threads, folder.path()));
        assert_eq!(one, two, "{model} on one and on two threads");
        one
    };
    // The other tests of the command are over long before: as many models at once as there are cores.
    let hashes: Vec<String> = table.iter().collect::<Vec<_>>().into_par_iter().map(run).collect();
    let (mut new, mut wrong) = (text.clone(), Vec::new());
    for ((model, entry), hash) in table.iter().zip(&hashes) {
        let old = entry["hash"].as_str().unwrap();
        if hash != old {
            new = new.replace(old, hash);
            wrong.push(model.as_str());
        }
    }
    if !wrong.is_empty() {
        let beside = format!("{TABLE}.new");
        std::fs::write(&beside, new).unwrap();
        panic!("{} differ: compare {TABLE} with {beside}", wrong.join(", "));
    }
}
