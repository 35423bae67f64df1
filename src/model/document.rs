//! A model file as text: reading it, changing it with `--set`, and finding places in it.

use super::Model;
use super::base::assemble;
use super::source::{Part, Source, parts};
use super::translate::{not_one, translate};
use crate::error::{Error, Place, Result, Warning, suggest};
use std::path::Path;
use toml::Spanned;
use toml::de::{DeTable, DeValue};
use toml_edit::{DocumentMut, Item};

/// The text of a model, and what the command line changes in it.
#[derive(Clone, Debug)]
pub struct Document {
    /// The file of the model, the one that it builds on, and so on.
    files: Vec<Source>,
    /// All of them in one, with the changes.
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
    ///
    /// # Errors
    /// If a file that it is made of is missing or no TOML, or at a setting that cannot be made.
    pub fn read(path: &Path, settings: &[String]) -> Result<Self> {
        let source = Source::read(path.to_owned()).map_err(|e| {
            let remedy = Source::remedy(&e, "check the name");
            Error::file(path, format!("found no readable model file ({e})"), remedy)
        })?;
        Self::new(path, source.text, settings)
    }

    /// A document from a text that came from `path`; what it builds on is read.
    ///
    /// # Errors
    /// Those of [`Document::read`].
    pub fn new(path: &Path, text: String, settings: &[String]) -> Result<Self> {
        let (files, changed) = assemble(Source { path: path.to_owned(), text })?;
        Self { files, changed, settings: Vec::new() }.with(settings)
    }

    /// The same document with more changes.
    ///
    /// # Errors
    /// At a setting that cannot be made.
    pub fn with(&self, settings: &[String]) -> Result<Self> {
        let mut document = self.clone();
        if settings.is_empty() {
            return Ok(document);
        }
        let mut edit: DocumentMut = self
            .changed
            .parse()
            .map_err(|e: toml_edit::TomlError| self.files[0].syntax_error(e.message(), e.span()))?;
        for argument in settings {
            document.settings.push(set(&mut edit, argument)?);
        }
        document.changed = edit.to_string();
        Ok(document)
    }

    /// Its own file, not one that it builds on.
    pub fn path(&self) -> &Path {
        &self.files[0].path
    }

    /// The files that the model is made of.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.files.iter().map(|file| file.path.as_path())
    }

    /// Where relative names of files in the model start.
    pub fn folder(&self) -> &Path {
        self.files[0].folder()
    }

    /// Whether a text in it is the name of a file for which `is_sought` holds, be it of a dataset there.
    pub fn names_file(&self, is_sought: impl Fn(&Path) -> bool) -> bool {
        let Ok(root) = toml::from_str::<toml::Value>(&self.changed) else { return false };
        let mut left = vec![&root];
        while let Some(value) = left.pop() {
            match value {
                toml::Value::Table(table) => left.extend(table.values()),
                toml::Value::Array(list) => left.extend(list),
                toml::Value::String(name) => {
                    let file = name.split_once(":/").map_or(&**name, |(file, _)| file);
                    if [name, file].iter().any(|name| is_sought(&self.folder().join(name))) {
                        return true;
                    }
                }
                _ => {}
            }
        }
        false
    }

    /// The file of the model as its author wrote it.
    pub fn text(&self) -> &str {
        &self.files[0].text
    }

    /// One text that builds on no other, with the changes.
    pub fn whole(&self) -> &str {
        &self.changed
    }

    /// The model that the document describes, checked.
    ///
    /// # Errors
    /// At the first mistake, with the file and the line in which it stands.
    pub fn model(&self) -> Result<Model> {
        let model: Model =
            toml::from_str(&self.changed).map_err(|e| self.section_error(e.message(), e.span()))?;
        self.refuse_lists(&model)?;
        let model = model.resolve(self.folder()).map_err(|e| self.place(e))?;
        model.check().map_err(|e| self.place(e))?;
        Ok(model)
    }

    /// Refuses lists that serde took for tables, their members for the values of the keys in turn, and those of which it read a part.
    fn refuse_lists(&self, model: &Model) -> Result<()> {
        let (Ok(written), Ok(meant)) =
            (DeTable::parse(&self.changed), toml::Table::try_from(model))
        else {
            return Ok(());
        };
        let list = written.get_ref().iter().find_map(|(name, value)| {
            let name = name.get_ref().as_ref();
            list_amiss(value.get_ref(), meant.get(name)?, name)
        });
        list.map_or(Ok(()), |(key, mistake)| {
            Err(self.place(match mistake {
                Mistake::NoTable => {
                    translate("invalid type: sequence, expected struct table", &key)
                }
                Mistake::TooLong(found, number) => Error::input(
                    format!("found a list of {found}"),
                    format!("`{}` has {number}", key.rsplit('.').next().unwrap_or_default()),
                    "leave the others out",
                )
                .at(key),
            }))
        })
    }

    /// What [`Model::warnings`] tells of `model`, which this document describes, with the places where it stands.
    pub fn warnings(&self, model: &Model) -> Vec<Warning> {
        model.warnings().into_iter().map(|warning| warning.map(|e| self.place(e))).collect()
    }

    /// The error with the place where its key stands.
    pub fn place(&self, error: Error) -> Error {
        if *error.place() != Place::Nowhere {
            return error;
        }
        if error.key().is_empty() {
            return error.placed(Place::File(self.path().to_owned()));
        }
        let key = error.key();
        let below = |part: &str, whole: &str| {
            part.strip_prefix(whole).is_some_and(|r| r.is_empty() || r.starts_with(['.', '[']))
        };
        let concerned = |s: &&Setting| below(key, &s.key) || below(&s.key, key);
        if let Some(setting) = self.settings.iter().find(concerned) {
            return error.placed(Place::Argument(format!("--set {}", setting.argument)));
        }
        // Where more of the key stands; of files with as much of it, the one that has the last word.
        let found = self.files.iter().rev().map(|file| file.find(key)).max_by_key(|found| found.0);
        let (_, place) = found.expect("a model has a file");
        error.placed(place)
    }

    /// An error of TOML or of serde, in our words and at its place.
    fn section_error(&self, message: &str, span: Option<std::ops::Range<usize>>) -> Error {
        let Ok(root) = DeTable::parse(&self.changed) else {
            return self.files[0].syntax_error(message, span);
        };
        let key = span.map_or(String::new(), |s| key_at(root.get_ref(), s.start));
        let several = message.starts_with("wanted exactly 1 element");
        let table = value_at(root.get_ref(), &key).and_then(DeValue::as_table);
        let mut error = match table.filter(|_| several) {
            Some(table) => {
                let names: Vec<&str> = table.keys().map(|name| name.get_ref().as_ref()).collect();
                let plain = !table.values().any(|own| own.get_ref().is_table());
                let unknown = || names.iter().find_map(|name| self.unknown_choice(&key, name));
                not_one(&names, plain, &key, unknown)
            }
            None => translate(message, &key),
        };
        if self.files.len() > 1 && several && error.key() == key {
            error = error.mended("keep one of them; that of the base goes with `without`");
        }
        if self.files.len() > 1 || !self.settings.is_empty() {
            error = new_section(root.get_ref(), message, &key).unwrap_or(error);
        }
        self.place(error)
    }

    /// The error of `name` among the keys of the table at `key`, if it is none of the choices that may stand there.
    fn unknown_choice(&self, key: &str, name: &str) -> Option<Error> {
        let mut root: toml::Value = toml::from_str(&self.changed).ok()?;
        let mut value = &mut root;
        for part in parts(key)? {
            value = match part {
                Part::Key(own) => value.get_mut(own)?,
                Part::Index(k) => value.get_mut(k)?,
            };
        }
        value.as_table_mut()?.retain(|own, _| own == name);
        let error = root.try_into::<Model>().err()?;
        let unknown = error.message().starts_with(&format!("unknown variant `{name}`"));
        unknown.then(|| translate(error.message(), &format!("{key}.{name}")))
    }
}

/// What serde lets pass in a list.
enum Mistake {
    /// It stands for a table.
    NoTable,
    /// It has so many members in place of so many.
    TooLong(usize, usize),
}

/// The dotted key of the first list at or below `key` that stands for a table, or is longer than what is read of it; one table
/// may be `meant` by a list of one.
fn list_amiss(written: &DeValue, meant: &toml::Value, key: &str) -> Option<(String, Mistake)> {
    match (written, meant) {
        (DeValue::Array(list), toml::Value::Table(_)) => match &list[..] {
            [only] if only.get_ref().is_table() => list_amiss(only.get_ref(), meant, key),
            _ => Some((key.to_owned(), Mistake::NoTable)),
        },
        (DeValue::Array(list), toml::Value::Array(meant)) => {
            if list.len() > meant.len() {
                return Some((key.to_owned(), Mistake::TooLong(list.len(), meant.len())));
            }
            let mut all = list.iter().zip(meant).enumerate();
            all.find_map(|(k, (own, meant))| {
                list_amiss(own.get_ref(), meant, &format!("{key}[{k}]"))
            })
        }
        (DeValue::Table(table), toml::Value::Table(meant)) => {
            table.iter().find_map(|(name, own)| {
                let name = name.get_ref().as_ref();
                list_amiss(own.get_ref(), meant.get(name)?, &format!("{key}.{name}"))
            })
        }
        _ => None,
    }
}

/// What stands at a dotted key.
fn value_at<'a>(root: &'a DeTable, key: &str) -> Option<&'a DeValue<'a>> {
    let mut value = None;
    for part in parts(key)? {
        value = match (part, value) {
            (Part::Key(name), None) => Some(root.get(name)?.get_ref()),
            (Part::Key(name), Some(table)) => Some(DeValue::as_table(table)?.get(name)?.get_ref()),
            (Part::Index(k), Some(list)) => Some(DeValue::as_array(list)?.get(k)?.get_ref()),
            (Part::Index(_), None) => return None,
        };
    }
    value
}

/// The error of a named section that lacks a key, where it may have been meant to change another: its name may be misspelt.
fn new_section(root: &DeTable, message: &str, key: &str) -> Option<Error> {
    let lacking = message.strip_prefix("missing field `")?.strip_suffix('`')?;
    let (above, name) = key.rsplit_once('.')?;
    let named = ["population", "projection", "dynamics.spiking", "task.delayed_match.readout"];
    if !named.contains(&above) {
        return None;
    }
    let mut table = root;
    for part in above.split('.') {
        table = table.get(part)?.get_ref().as_table()?;
    }
    let others = table.iter().map(|(name, _)| name.get_ref().as_ref()).filter(|n| *n != name);
    let error = Error::input(
        format!("found a new section `{name}`, and no `{lacking}` in it"),
        suggest(name, others),
        format!("correct its name, or add a line that starts with {lacking} ="),
    );
    Some(error.at(key))
}

fn argument_of(argument: &str) -> Place {
    Place::Argument(format!("--set {argument}"))
}

/// Applies KEY=VALUE; a VALUE that is not TOML is a string.
fn set(document: &mut DocumentMut, argument: &str) -> Result<Setting> {
    let refuse = |found: &str| {
        Error::input(
            found,
            "a change is KEY=VALUE, with the dotted key of the model",
            "write for example --set projection.E_to_E.tau_syn=\"5 ms\"",
        )
        .placed(argument_of(argument))
    };
    let (key, value) = argument.split_once('=').ok_or_else(|| refuse("found no `=`"))?;
    let (key, value) = (key.trim(), value.trim());
    let value: toml_edit::Value = value.parse().unwrap_or_else(|_| value.into());
    let mut item: &mut Item = document.as_item_mut();
    let parts = parts(key).ok_or_else(|| refuse("found a key that cannot be read"))?;
    let mut place = String::new();
    for part in parts {
        let entries = match item {
            Item::ArrayOfTables(tables) => Some(tables.len()),
            Item::Value(toml_edit::Value::Array(array)) => Some(array.len()),
            _ => None,
        };
        item = match (part, entries) {
            (Part::Key(name), None) if item.is_table_like() || item.is_none() => {
                place = format!("{place}{}{name}", if place.is_empty() { "" } else { "." });
                &mut item[name]
            }
            (Part::Index(k), Some(entries)) if k < entries => {
                place = format!("{place}[{k}]");
                &mut item[k]
            }
            (_, Some(entries)) if entries > 0 => {
                let last = entries - 1;
                return Err(Error::input(
                    format!("found no such entry of {place}"),
                    match last {
                        0 => format!("its only one is {place}[0]"),
                        _ => format!("it has {place}[0] to {place}[{last}]"),
                    },
                    format!("write for example {place}[{last}] in place of that"),
                )
                .placed(argument_of(argument)));
            }
            (Part::Key(name), _) => {
                return Err(refuse(&format!("found no table to hold `{name}`")));
            }
            (Part::Index(k), _) => return Err(refuse(&format!("found no entry [{k}]"))),
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
