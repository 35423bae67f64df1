//! The rules of the house: one order of modules, short files, nothing left unfinished.

mod source;

use source::{Module, Place, Source};
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

fn source() -> Source {
    Source::read(|file| fs::read_to_string(file).ok())
}

/// A source whose files are `(name, text)`.
fn made_up(files: &[(&str, &str)]) -> Source {
    let text = |name: &str| Some(files.iter().find(|file| file.0 == name)?.1.to_owned());
    Source::read(text)
}

/// What uses a module that stands below its own in lib.rs.
fn against_the_order(source: &Source) -> Vec<String> {
    let order = &source.modules[&[][..]].children;
    let position = |place: &Place| order.iter().position(|module| *module == place[0]);
    let wrong = |(user, used): &(Place, Place)| {
        !user.is_empty() && !used.is_empty() && position(used) > position(user)
    };
    shown(source.uses().into_iter().filter(wrong))
}

fn shown(uses: impl IntoIterator<Item = (Place, Place)>) -> Vec<String> {
    uses.into_iter().map(|(a, b)| format!("{} uses {}", a.join("::"), b.join("::"))).collect()
}

#[test]
fn a_module_uses_only_modules_above_it() {
    let source = source();
    assert!(source.modules[&[][..]].children.len() > 10);
    let wrong = against_the_order(&source);
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_use_against_the_order_is_seen() {
    let source = made_up(&[
        ("src/lib.rs", "pub mod words;\npub mod plot;\n"),
        (
            "src/words.rs",
            "#[cfg(test)]\nmod tests;\n/// As crate::plot draws it.\nmod inside {}\nfn f() { crate::plot::draw(); }\n",
        ),
        (
            "src/plot.rs",
            "use crate::words::{self, f};\n#[cfg(test)]\nmod tests {\n    use crate::cli;\n}\n",
        ),
    ]);
    assert_eq!(against_the_order(&source), ["words uses plot"]);
}

#[test]
fn files_of_a_module_use_each_other_one_way() {
    let source = source();
    let circles = shown(source.circles());
    assert!(circles.is_empty(), "\n{}", circles.join("\n"));
}

#[test]
fn a_circle_of_files_is_seen() {
    let files = [
        ("src/lib.rs", "pub mod a;\n"),
        (
            "src/a/mod.rs",
            "mod b;\nmod c;\nmod d;\npub use c::{F, inner::G};\npub fn top() -> F {}\n",
        ),
        ("src/a/c/mod.rs", "mod inner;\n#[cfg(test)]\nuse super::d::X;\nuse super::b::B;\n"),
        ("src/a/c/inner.rs", "pub struct G;\n"),
        ("src/a/d.rs", "use super::{b::B, F, top};\n"),
    ];
    let with = |b| made_up(&[&files[..], &[("src/a/b.rs", b)]].concat());
    assert!(with("use super::top;\n").circles().is_empty());
    for b in
        ["fn f() -> super::G {}\n", "use crate::a::{G as H, top};\n", "use super::c::inner::G;\n"]
    {
        assert_eq!(shown(with(b).circles()), ["a::b uses a::c", "a::c uses a::b"], "{b}");
    }
}

/// Where code may ask which dynamics runs.
const KNOW_THE_DYNAMICS: [&str; 3] = ["src/dynamics", "src/model", "src/units"];

/// Files about one dynamics alone, which read its parameters: theories, SONATA's network, landscapes and pictures of
/// two-state networks, rows of sources about them.
const READ_PARAMETERS: [&str; 9] = [
    "src/cli/landscape.rs",
    "src/export/network.rs",
    "src/figure/memory/mod.rs",
    "src/figure/sweep/quantity.rs",
    "src/reproduce/deck/energy.rs",
    "src/reproduce/workshop.rs",
    "src/theory/memory/describe.rs",
    "src/theory/rates.rs",
    "src/theory/recall.rs",
];

/// The files outside dynamics, model and units that ask which dynamics runs, or ask it of the clock.
fn who_asks(source: &Source) -> Vec<&str> {
    let questions = ["DynamicsSection", ".cells()", ".law()", "Clock::Ms", "Clock::Sweeps"];
    let asks = |module: &&Module| questions.iter().any(|question| module.code.contains(question));
    let knows = |module: &&Module| KNOW_THE_DYNAMICS.iter().any(|at| module.file.starts_with(at));
    let modules = source.modules.values();
    modules.filter(|m| asks(m) && !knows(m)).map(|m| m.file.as_str()).collect()
}

#[test]
fn only_the_dynamics_and_the_model_know_which_dynamics_runs() {
    assert_eq!(who_asks(&source()), READ_PARAMETERS);
}

#[test]
fn a_question_for_the_dynamics_is_seen() {
    let source = made_up(&[
        ("src/lib.rs", "mod dynamics;\nmod plot;\nmod table;\n"),
        ("src/dynamics.rs", "fn f() { g(Clock::Ms) }\n"),
        ("src/plot.rs", "fn f() -> bool { model.dynamics.law().is_some() }\n"),
        ("src/table.rs", "// As Clock::Ms says.\n"),
    ]);
    assert_eq!(who_asks(&source), ["src/plot.rs"]);
}

/// Each program of tests is linked with everything: two are enough.
#[test]
fn tests_are_two_programs() {
    for program in ["library", "command"] {
        let folder = Path::new("tests").join(program);
        let main = fs::read_to_string(folder.join("main.rs")).unwrap();
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap();
            let part = format!("mod {name};\n");
            assert!(name == "main" || main.contains(&part), "{} is not run", path.display());
        }
    }
    for entry in fs::read_dir("tests").unwrap() {
        let path = entry.unwrap().path();
        assert!(path.is_dir(), "{} is a program of its own", path.display());
    }
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
    assert_eq!(with_unsafe, [Path::new("src/synapse/memory.rs")]);
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
