//! One file of a model as its author wrote it, and places in it.

use crate::error::{Error, Place, Result};
use crate::file;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use toml::Spanned;
use toml::de::{DeTable, DeValue};
use toml_edit::DocumentMut;

#[derive(Clone, Debug)]
pub(super) struct Source {
    pub path: PathBuf,
    pub text: String,
}

impl Source {
    /// Reads the file at `path`.
    pub fn read(path: PathBuf) -> std::io::Result<Self> {
        let text = file::text(&path, file::MODEL)?;
        Ok(Self { path, text })
    }

    /// What helps a file that could not be read: for most reasons `other`.
    pub fn remedy(why: &std::io::Error, other: &'static str) -> &'static str {
        match why.kind() {
            ErrorKind::FileTooLarge => "give long lists, such as patterns, in files of their own",
            _ => other,
        }
    }

    pub fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new(""))
    }

    pub fn edit(&self) -> Result<DocumentMut> {
        self.text
            .parse()
            .map_err(|e: toml_edit::TomlError| self.syntax_error(e.message(), e.span()))
    }

    /// How many parts of `key` stand in the file, and where the deepest of them begins.
    pub fn find(&self, key: &str) -> (usize, Place) {
        let (depth, offset) = DeTable::parse(&self.text).map_or((0, 0), |root| find(&root, key));
        (depth, self.line(offset))
    }

    /// The error of a file that is read alone, with its place.
    pub fn place(&self, key: &str, error: Error) -> Error {
        error.at(key).placed(self.find(key).1)
    }

    fn line(&self, offset: usize) -> Place {
        let before = &self.text[..offset.min(self.text.len())];
        Place::Line {
            file: self.path.clone(),
            line: before.matches('\n').count() + 1,
            column: before.chars().rev().take_while(|c| *c != '\n').count() + 1,
        }
    }

    pub fn syntax_error(&self, message: &str, span: Option<std::ops::Range<usize>>) -> Error {
        let message = message.lines().collect::<Vec<_>>().join(", ");
        Error::input(
            format!("found text that is not TOML ({message})"),
            "a model is a TOML file",
            "mend the line, or start from a file in models/",
        )
        .placed(self.line(span.map_or(0, |s| s.start)))
    }
}

pub(super) enum Part<'a> {
    Key(&'a str),
    Index(usize),
}

/// The parts of "protocol[3].show[0].pattern"; `None` if it is not of this form.
pub(super) fn parts(key: &str) -> Option<Vec<Part<'_>>> {
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

/// How many parts of `key` exist, and where the value of the deepest begins.
fn find(root: &Spanned<DeTable>, key: &str) -> (usize, usize) {
    let (mut depth, mut offset) = (0, 0);
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
        (depth, offset) = (depth + 1, next.span().start);
        table = next.get_ref().as_table();
        value = Some(next);
    }
    (depth, offset)
}
