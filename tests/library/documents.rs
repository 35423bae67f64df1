//! The documents say what is true: their models are models, their links lead somewhere, and every key stands there.

use attractor::model::{Document, schema};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The documents within a folder.
fn within(folder: &Path) -> Vec<PathBuf> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let found = paths.flat_map(|path| if path.is_dir() { within(&path) } else { vec![path] });
    found.filter(|path| path.extension().is_some_and(|extension| extension == "md")).collect()
}

/// The documents, with their text.
fn documents() -> Vec<(PathBuf, String)> {
    let outside = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"].map(PathBuf::from);
    let mut paths: Vec<PathBuf> = within("docs".as_ref()).into_iter().chain(outside).collect();
    paths.sort();
    assert!(paths.len() > 10);
    let text = |path: PathBuf| (path.clone(), fs::read_to_string(path).unwrap());
    paths.into_iter().map(text).collect()
}

/// The blocks of a language.
fn blocks<'a>(text: &'a str, language: &str) -> Vec<&'a str> {
    let fence = format!("```{language}\n");
    text.split(fence.as_str()).skip(1).map(|rest| rest.split("\n```").next().unwrap()).collect()
}

#[test]
fn the_models_of_the_documents_are_models() {
    let mut models = 0;
    for (path, text) in documents() {
        for block in blocks(&text, "toml") {
            if !block.lines().any(|line| line.starts_with("title = ")) {
                toml::from_str::<toml::Table>(block).unwrap();
                continue;
            }
            // As if it stood in the folder of the project.
            let read = Document::new("mine.toml".as_ref(), block.to_owned(), &[]);
            let checked = read.and_then(|document| document.model());
            assert!(checked.is_ok(), "{}: {}", path.display(), checked.unwrap_err());
            models += 1;
        }
    }
    assert!(models >= 4, "the models are gone");
}

#[test]
fn the_readme_is_short() {
    let lines = fs::read_to_string("README.md").unwrap().lines().count();
    assert!(lines <= 150, "{lines} lines");
}

/// What a heading is called in a link.
fn anchor(heading: &str) -> String {
    let kept = heading.to_lowercase().replace(' ', "-");
    kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).collect()
}

#[test]
fn links_lead_somewhere() {
    let mut wrong = Vec::new();
    for (path, text) in documents() {
        let folder = path.parent().unwrap();
        for link in text.split("](").skip(1).map(|rest| rest.split(')').next().unwrap()) {
            if link.starts_with("http") {
                continue;
            }
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { path.clone() } else { folder.join(file) };
            let known = target.exists()
                && (heading.is_empty()
                    || fs::read_to_string(&target)
                        .unwrap()
                        .lines()
                        .filter(|line| line.starts_with('#'))
                        .any(|line| anchor(line.trim_start_matches('#').trim()) == heading));
            if !known {
                wrong.push(format!("{}: {link}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The names of all properties of a schema.
fn keys(schema: &Value, found: &mut BTreeSet<String>) {
    match schema {
        Value::Object(object) => {
            if let Some(properties) = object.get("properties").and_then(Value::as_object) {
                found.extend(properties.keys().cloned());
            }
            object.values().for_each(|value| keys(value, found));
        }
        Value::Array(values) => values.iter().for_each(|value| keys(value, found)),
        _ => {}
    }
}

#[test]
fn every_key_stands_in_the_document_of_the_model_file() {
    let document = fs::read_to_string("docs/model-file.md").unwrap();
    // A key stands there as code, alone or in an example.
    let words: BTreeSet<&str> = document
        .split('`')
        .skip(1)
        .step_by(2)
        .flat_map(|code| code.split(|c: char| !(c.is_alphanumeric() || c == '_')))
        .collect();
    let sections = document.lines().filter(|line| line.starts_with("## ")).map(|line| &line[3..]);
    let words: BTreeSet<&str> = sections.chain(words).collect();
    let mut known = BTreeSet::new();
    keys(&serde_json::from_str(&schema()).unwrap(), &mut known);
    assert!(known.len() > 100);
    let missing: Vec<&String> = known.iter().filter(|key| !words.contains(key.as_str())).collect();
    assert!(missing.is_empty(), "docs/model-file.md lacks {missing:?}");
}

#[test]
fn the_schema_is_current() {
    let path = Path::new("models/attractor.schema.json");
    if fs::read_to_string(path).unwrap_or_default() != schema() {
        let new = path.with_extension("json.new");
        fs::write(&new, schema()).unwrap();
        panic!("{} is not what `attractor schema` prints: {}", path.display(), new.display());
    }
}

#[test]
fn every_model_has_its_line_and_its_schema() {
    let list = fs::read_to_string("docs/models.md").unwrap();
    for entry in fs::read_dir("models").unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let name = path.file_name().unwrap().to_str().unwrap();
            assert!(list.contains(&format!("(../models/{name})")), "docs/models.md lacks {name}");
            let text = fs::read_to_string(&path).unwrap();
            assert!(text.starts_with("#:schema ./attractor.schema.json\n"), "{name}");
        }
    }
}
