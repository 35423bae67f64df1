//! What a release hands out says the same everywhere: one version, one description, one oldest Rust; and the crate holds
//! what it builds from, without figures.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;
use toml::{Table, Value};

fn manifest(path: &str) -> Table {
    fs::read_to_string(path).unwrap().parse().unwrap()
}

fn of<'a>(table: &'a Table, section: &str, key: &str) -> &'a str {
    table[section].get(key).and_then(Value::as_str).unwrap_or_else(|| panic!("no {section}.{key}"))
}

/// What stands behind the first of these words at the beginning of a line, up to what ends a value.
fn after(path: &str, words: &str) -> String {
    let text = fs::read_to_string(path).unwrap();
    let rest = text.lines().find_map(|line| line.trim_start().strip_prefix(words));
    let rest = rest.unwrap_or_else(|| panic!("{path} has no line that begins with `{words}`"));
    let ends = |c: char| c.is_whitespace() || matches!(c, ',' | '"' | '-');
    rest.trim_start_matches('"').split(ends).next().unwrap().to_owned()
}

#[test]
fn one_version_stands_everywhere() {
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(of(&manifest("python/Cargo.toml"), "package", "version"), version);
    for (path, words) in [
        ("CITATION.cff", "version: "),
        // Newest first.
        ("CHANGELOG.md", "## "),
        ("packaging/conda/recipe.yaml", "version: "),
        ("packaging/attractor.def", "Version "),
    ] {
        assert_eq!(after(path, words), version, "{path}");
    }
}

#[test]
fn the_crate_and_the_package_describe_themselves_alike() {
    let (crate_, package) = (manifest("Cargo.toml"), manifest("pyproject.toml"));
    for key in ["description", "license", "readme"] {
        assert_eq!(of(&crate_, "package", key), of(&package, "project", key), "{key}");
    }
    assert_eq!(crate_["package"]["keywords"], package["project"]["keywords"]);
}

#[test]
fn one_rust_is_the_oldest() {
    let rust = env!("CARGO_PKG_RUST_VERSION");
    assert_eq!(of(&manifest("python/Cargo.toml"), "package", "rust-version"), rust);
    for (path, words) in [
        ("packaging/Containerfile", "FROM rust:"),
        ("packaging/attractor.def", "From: rust:"),
        ("README.md", "Both need Rust "),
        ("CONTRIBUTING.md", "Rust "),
    ] {
        assert_eq!(after(path, words), rust, "{path}");
    }
    let setup = fs::read_to_string("scripts/setup").unwrap();
    let (_, minor) = rust.split_once('.').unwrap();
    assert!(
        setup.contains(&format!("minor >= {minor}")) && setup.contains(&format!("Rust {rust} "))
    );
}

/// The folders of the project that `include_str!` and `include_bytes!` read in the files below this one.
fn included(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            included(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let quoted = text.split("include_").skip(1).filter_map(|rest| rest.split('"').nth(1));
            let outside = quoted.filter_map(|file| file.rsplit_once("../")).map(|(_, file)| file);
            found.extend(outside.filter_map(|file| Some(file.split_once('/')?.0.to_owned())));
        }
    }
}

#[test]
fn the_recipes_of_containers_copy_all_that_the_crate_is_built_from() {
    let mut folders = BTreeSet::from(["benches", "python", "src", "tests"].map(str::to_owned));
    included("src".as_ref(), &mut folders);
    // One's neighbours need no copy of their own.
    folders.retain(|folder| Path::new(folder).is_dir());
    assert!(folders.contains("assets") && folders.contains("models"), "{folders:?}");
    let oci = fs::read_to_string("packaging/Containerfile").unwrap();
    let apptainer = fs::read_to_string("packaging/attractor.def").unwrap();
    for folder in folders {
        assert!(oci.contains(&format!("\nCOPY {folder} {folder}\n")), "{folder}");
        assert!(apptainer.contains(&format!("\n    {folder} /source/{folder}\n")), "{folder}");
    }
}

/// The lines that cargo prints.
fn cargo(words: &str) -> BTreeSet<String> {
    let done = Command::new(env!("CARGO")).args(words.split(' ')).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn the_tests_and_the_wheel_share_what_they_are_compiled_from() {
    let tree = |of: &str| {
        cargo(&format!("tree --offline --locked --prefix none --no-dedupe -f {{p}}|{{f}} {of}"))
    };
    let tests = tree("--workspace -e normal,build,dev");
    let wheel = tree("-p attractor-python -e normal,build");
    let otherwise: Vec<_> = wheel.difference(&tests).collect();
    assert!(
        otherwise.is_empty(),
        "scripts/test compiles twice, with other features: {otherwise:?}"
    );
}

#[test]
fn the_crate_holds_what_it_builds_from_and_no_figures() {
    // As cargo packs it, were everything committed.
    let packed = cargo("package --list --allow-dirty --offline");
    for needed in [
        "Cargo.lock",
        "LICENSE",
        "README.md",
        "assets/DejaVuSans-subset.ttf",
        "models/memory-8000.toml",
        "models/pictures/face.png",
        "src/lib.rs",
    ] {
        assert!(packed.contains(needed), "the crate lacks {needed}");
    }
    // Patterns are pictures that models read; recordings leave figures beside the models.
    let figure = |path: &&String| path.ends_with(".png") && !path.contains("/pictures/");
    let figures: Vec<_> = packed.iter().filter(figure).collect();
    assert!(figures.is_empty(), "the crate packs {figures:?}");
    let others = ["packaging/", "python/", ".ci/"];
    let other = |path: &&String| others.iter().any(|folder| path.starts_with(folder));
    assert_eq!(packed.iter().find(other), None);
}
