//! The rules of the house: one order of modules, short files, nothing left unfinished.

use std::fs;
use std::path::{Path, PathBuf};

/// Files longer than this hold more than one idea.
const LONGEST: usize = 450;

fn files(directory: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|e| e == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The modules of lib.rs, in order.
fn order() -> Vec<String> {
    let lib = fs::read_to_string("src/lib.rs").unwrap();
    let modules = lib.lines().filter_map(|l| l.strip_prefix("pub mod ")?.strip_suffix(';'));
    modules.map(str::to_owned).collect()
}

#[test]
fn a_module_uses_only_modules_above_it() {
    let order = order();
    assert!(order.len() > 10);
    let place = |name: &str| order.iter().position(|m| m == name);
    let mut wrong = Vec::new();
    for path in files(Path::new("src"), "rs") {
        let inside = path.strip_prefix("src").unwrap();
        let module = inside.iter().next().unwrap().to_str().unwrap().trim_end_matches(".rs");
        let Some(own) = place(module) else { continue };
        let text = fs::read_to_string(&path).unwrap();
        // Tests may use what they like.
        let code = text.split("#[cfg(test)]").next().unwrap();
        if inside.ends_with("tests.rs") {
            continue;
        }
        assert!(!code.contains("crate::{"), "{}: one use per module", path.display());
        for used in code.split("crate::").skip(1) {
            let name: String =
                used.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
            if place(&name).is_some_and(|used| used > own) {
                wrong.push(format!("{} uses {name}, which stands below {module}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn files_are_cut_by_idea() {
    for path in files(Path::new("src"), "rs").into_iter().chain(files(Path::new("tests"), "rs")) {
        let lines = fs::read_to_string(&path).unwrap().lines().count();
        assert!(lines <= LONGEST, "{} has {lines} lines", path.display());
    }
}

#[test]
fn nothing_is_left_unfinished() {
    let banned = ["TO-DO", "FIX-ME", "todo!-(", "unimplemented!-(", "dbg!-("];
    let banned = banned.map(|word| word.replace('-', ""));
    for path in files(Path::new("src"), "rs").into_iter().chain(files(Path::new("tests"), "rs")) {
        let text = fs::read_to_string(&path).unwrap();
        for word in &banned {
            assert!(!text.contains(word.as_str()), "{} contains {word}", path.display());
        }
    }
}

#[test]
fn unsafe_code_stands_in_one_file() {
    let with_unsafe: Vec<PathBuf> = files(Path::new("src"), "rs")
        .into_iter()
        .filter(|p| fs::read_to_string(p).unwrap().contains("unsafe {"))
        .collect();
    assert_eq!(with_unsafe, [Path::new("src/synapse/prefetch.rs")]);
}

#[test]
fn every_model_says_what_it_shows_and_is_checked() {
    for path in files(Path::new("models"), "toml") {
        let document = attractor::model::Document::read(&path, &[]).unwrap();
        let model = document.model().unwrap();
        for text in [&model.title, &model.source, &model.shows] {
            assert!(text.len() > 10, "{}", path.display());
        }
        assert_ne!(model.expect, Default::default(), "{} expects nothing", path.display());
        let again = attractor::model::Document::new(&path, model.to_toml(), &[]).unwrap();
        assert_eq!(again.model().unwrap(), model, "{}", path.display());
    }
}

#[test]
fn the_models_of_the_readme_are_models() {
    let readme = fs::read_to_string("README.md").unwrap();
    let blocks: Vec<&str> =
        readme.split("```toml\n").skip(1).map(|b| b.split("```").next().unwrap()).collect();
    assert_eq!(blocks.len(), 2);
    for block in blocks {
        let document = attractor::model::Document::new("README.md".as_ref(), block.to_owned(), &[]);
        document.unwrap().model().unwrap();
    }
}
