//! A model file as text: reading it, changing it with `--set`, and finding places in it.

use super::Model;
use super::translate::translate;
use crate::error::{Error, Place, Result};
use std::path::{Path, PathBuf};
use toml::Spanned;
use toml::de::{DeTable, DeValue};
use toml_edit::{DocumentMut, Item};

/// The text of a model, and what the command line changes in it.
#[derive(Clone, Debug)]
pub struct Document {
    path: PathBuf,
    /// As its author wrote it.
    text: String,
    /// With the changes.
    changed: String,
    settings: Vec<Setting>,
}

#[derive(Clone, Debug)]
struct Setting {
    key: String,
    argument: String,
}

impl Document {
    /// Reads the model file at `path` and applies `settings`, each KEY=VALUE.
    pub fn read(path: &Path, settings: &[String]) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|e| {
            Error::file(path, format!("found no readable model file ({e})"), "check the name")
        })?;
        Self::new(path, text, settings)
    }

    /// A document from a text that came from `path`.
    pub fn new(path: &Path, text: String, settings: &[String]) -> Result<Self> {
        let mut document =
            Self { path: path.to_owned(), changed: text.clone(), text, settings: Vec::new() };
        if settings.is_empty() {
            return Ok(document);
        }
        let mut edit: DocumentMut = document
            .text
            .parse()
            .map_err(|e: toml_edit::TomlError| document.syntax_error(e.message(), e.span()))?;
        for argument in settings {
            document.settings.push(set(&mut edit, argument)?);
        }
        document.changed = edit.to_string();
        Ok(document)
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where relative names of files in the model start.
    pub fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new(""))
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// The model that the document describes, checked.
    pub fn model(&self) -> Result<Model> {
        let model: Model =
            toml::from_str(&self.changed).map_err(|e| self.section_error(e.message(), e.span()))?;
        let model = model.resolve(self.folder()).map_err(|e| self.place(e))?;
        model.check().map_err(|e| self.place(e))?;
        Ok(model)
    }

    /// The error with the place where its key stands.
    pub fn place(&self, error: Error) -> Error {
        if *error.place() != Place::Nowhere {
            return error;
        }
        if error.key().is_empty() {
            return error.placed(Place::File(self.path.clone()));
        }
        let key = error.key();
        let below = |part: &str, whole: &str| {
            part.strip_prefix(whole).is_some_and(|r| r.is_empty() || r.starts_with(['.', '[']))
        };
        let concerned = |s: &&Setting| below(key, &s.key) || below(&s.key, key);
        if let Some(setting) = self.settings.iter().find(concerned) {
            return error.placed(Place::Argument(format!("--set {}", setting.argument)));
        }
        let span = DeTable::parse(&self.text).ok().map(|root| span_of(&root, key));
        let place = self.line(span.unwrap_or(0));
        error.placed(place)
    }

    fn line(&self, offset: usize) -> Place {
        let before = &self.text[..offset.min(self.text.len())];
        Place::Line {
            file: self.path.clone(),
            line: before.matches('\n').count() + 1,
            column: before.chars().rev().take_while(|c| *c != '\n').count() + 1,
        }
    }

    fn syntax_error(&self, message: &str, span: Option<std::ops::Range<usize>>) -> Error {
        let message = message.lines().collect::<Vec<_>>().join(", ");
        Error::input(
            format!("found text that is not TOML ({message})"),
            "a model is a TOML file",
            "mend the line, or start from a file in models/",
        )
        .placed(self.line(span.map_or(0, |s| s.start)))
    }

    /// An error of TOML or of serde, in our words and at its place.
    fn section_error(&self, message: &str, span: Option<std::ops::Range<usize>>) -> Error {
        let Ok(root) = DeTable::parse(&self.changed) else {
            return self.syntax_error(message, span);
        };
        let key = span.map_or(String::new(), |s| key_at(root.get_ref(), s.start));
        let error = translate(message, &key);
        self.place(error)
    }
}

/// Applies KEY=VALUE; a VALUE that is not TOML is a string.
fn set(document: &mut DocumentMut, argument: &str) -> Result<Setting> {
    let refuse = |found: &str| {
        Error::input(
            found,
            "a change is KEY=VALUE, with the dotted key of the model",
            "write for example --set projection.E_to_E.tau_syn=\"5 ms\"",
        )
        .placed(Place::Argument(format!("--set {argument}")))
    };
    let (key, value) = argument.split_once('=').ok_or_else(|| refuse("found no `=`"))?;
    let (key, value) = (key.trim(), value.trim());
    let value: toml_edit::Value = value.parse().unwrap_or_else(|_| value.into());
    let mut item: &mut Item = document.as_item_mut();
    let parts = parts(key).ok_or_else(|| refuse("found a key that cannot be read"))?;
    for part in parts {
        item = match part {
            Part::Key(name) => {
                if !(item.is_table_like() || item.is_none()) {
                    return Err(refuse(&format!("found no table to hold `{name}`")));
                }
                &mut item[name]
            }
            Part::Index(k) => match item {
                Item::ArrayOfTables(tables) if k < tables.len() => &mut item[k],
                Item::Value(toml_edit::Value::Array(array)) if k < array.len() => &mut item[k],
                _ => return Err(refuse(&format!("found no entry [{k}]"))),
            },
        };
    }
    // A section may be replaced by another one, written as an inline table.
    let replaced = item.is_table() && value.is_inline_table();
    if (item.is_table() || item.is_array_of_tables()) && !replaced {
        return Err(refuse("found a section where a single value belongs"));
    }
    // In place, the comment behind the old value stays.
    match item.as_value_mut() {
        Some(old) => {
            let decor = old.decor().clone();
            *old = value;
            *old.decor_mut() = decor;
        }
        None => *item = toml_edit::value(value),
    }
    Ok(Setting { key: key.to_owned(), argument: argument.to_owned() })
}

enum Part<'a> {
    Key(&'a str),
    Index(usize),
}

/// The parts of "protocol[3].show[0].pattern"; `None` if it is not of this form.
fn parts(key: &str) -> Option<Vec<Part<'_>>> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let mut parts = Vec::new();
    for piece in key.split('.') {
        let mut rest = piece.split('[');
        let name = rest.next().filter(|n| !n.is_empty() && n.chars().all(plain))?;
        parts.push(Part::Key(name));
        for index in rest {
            parts.push(Part::Index(index.strip_suffix(']')?.parse().ok()?));
        }
    }
    Some(parts)
}

/// Where the value of `key` begins, or of the deepest part of it that exists.
fn span_of(root: &Spanned<DeTable>, key: &str) -> usize {
    let mut found = 0;
    let mut table = Some(root.get_ref());
    let mut value: Option<&Spanned<DeValue>> = None;
    for part in parts(key).into_iter().flatten() {
        let next = match part {
            Part::Key(name) => table.and_then(|t| t.get(name)),
            Part::Index(k) => {
                value.and_then(|v| v.get_ref().as_array()).and_then(|a| a.as_ref().get(k))
            }
        };
        let Some(next) = next else { break };
        found = next.span().start;
        table = next.get_ref().as_table();
        value = Some(next);
    }
    found
}

/// The dotted key of what stands at `offset`.
fn key_at(table: &DeTable, offset: usize) -> String {
    let inside = |span: std::ops::Range<usize>| span.contains(&offset);
    for (key, value) in table.iter() {
        let name = key.get_ref();
        if inside(key.span()) {
            return name.to_string();
        }
        let deeper = key_in(value, offset);
        if inside(value.span()) || !deeper.is_empty() {
            return match deeper.as_str() {
                "" => name.to_string(),
                deeper if deeper.starts_with('[') => format!("{name}{deeper}"),
                deeper => format!("{name}.{deeper}"),
            };
        }
    }
    String::new()
}

fn key_in(value: &Spanned<DeValue>, offset: usize) -> String {
    if let Some(table) = value.get_ref().as_table() {
        return key_at(table, offset);
    }
    for (k, entry) in value.get_ref().as_array().into_iter().flat_map(|a| a.iter().enumerate()) {
        let deeper = key_in(entry, offset);
        if entry.span().contains(&offset) || !deeper.is_empty() {
            return match deeper.as_str() {
                "" => format!("[{k}]"),
                deeper if deeper.starts_with('[') => format!("[{k}]{deeper}"),
                deeper => format!("[{k}].{deeper}"),
            };
        }
    }
    String::new()
}
