//! The one error: where, what was found, what is allowed, how to mend it.
//!
//! Sections of a model know their keys but not their file; they raise an error at a key
//! ([`Error::at`]), and the model's loader turns the key into `file:line:column`.

use std::borrow::Cow;
use std::fmt;
use std::path::{Path, PathBuf};

/// Shorthand for results of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, in the classes that a caller may want to tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The model file, a command-line argument or a recording is not acceptable.
    Input,
    /// A file could not be read or written.
    File,
    /// The dynamics left the range of numbers while it ran.
    Divergence,
    /// The run was told to stop.
    Interrupt,
}

/// Where the cause of an error stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// Not known, or not tied to one place.
    Nowhere,
    /// A file as a whole.
    File(PathBuf),
    /// A position in a text file.
    Line {
        /// That file.
        file: PathBuf,
        /// Counted from 1.
        line: usize,
        /// In characters, counted from 1.
        column: usize,
    },
    /// An argument as typed.
    Argument(String),
}

/// An error that reads as one sentence.
#[derive(Clone, Debug)]
pub struct Error(Box<Parts>);

#[derive(Clone, Debug)]
struct Parts {
    kind: Kind,
    place: Place,
    key: String,
    found: String,
    allowed: String,
    remedy: String,
}

/// Separates the parts of a message on its way through serde, which carries only text.
const SEPARATOR: char = '\u{1f}';

impl Error {
    /// An error in the input: what was `found`, what is `allowed`, how to mend it (`remedy`).
    pub fn input(
        found: impl Into<String>,
        allowed: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self(Box::new(Parts {
            kind: Kind::Input,
            place: Place::Nowhere,
            key: String::new(),
            found: found.into(),
            allowed: allowed.into(),
            remedy: remedy.into(),
        }))
    }

    /// A value at `key` that is not as it is `allowed`; `example` is one that is.
    pub(crate) fn value(
        key: &str,
        found: impl Into<String>,
        allowed: impl Into<String>,
        example: &str,
    ) -> Self {
        let name = key.rsplit('.').next().unwrap_or(key);
        Self::input(found, allowed, format!("write for example {name} = {example}")).at(key)
    }

    /// A name of `what` that the model does not define, beside those that it does.
    pub(crate) fn undefined<'a>(
        what: &str,
        name: &str,
        known: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let found = format!("found the {what} `{name}`, which the model does not define");
        let article = if what.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
        Self::input(found, suggest(name, known), format!("write the name of {article} {what}"))
    }

    /// A file that could not be used.
    pub fn file(path: &Path, found: impl Into<String>, remedy: impl Into<String>) -> Self {
        let mut error = Self::input(found, "", remedy);
        error.0.kind = Kind::File;
        error.0.place = Place::File(path.to_owned());
        error
    }

    /// The dynamics diverged.
    pub fn divergence(found: impl Into<String>, remedy: impl Into<String>) -> Self {
        let mut error = Self::input(found, "", remedy);
        error.0.kind = Kind::Divergence;
        error
    }

    /// The run was told to stop; what it has recorded stands in the file `path`.
    pub(crate) fn interrupt(
        path: &Path,
        found: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        let mut error = Self::file(path, found, remedy);
        error.0.kind = Kind::Interrupt;
        error
    }

    /// What is under way is not wanted any more.
    pub(crate) fn over() -> Self {
        let mut error = Self::input("found that the run was told to stop", "", "");
        error.0.kind = Kind::Interrupt;
        error
    }

    /// The same error, which happened in trial `number`.
    pub(crate) fn in_trial(mut self, number: usize) -> Self {
        self.0.found = format!("{} of trial {number}", self.0.found);
        self
    }

    /// The same error, at the dotted `key` of the model.
    pub fn at(mut self, key: impl Into<String>) -> Self {
        self.0.key = key.into();
        self
    }

    /// The same error with another remedy.
    pub(crate) fn mended(mut self, remedy: impl Into<String>) -> Self {
        self.0.remedy = remedy.into();
        self
    }

    /// The same error, with `prefix.` in front of its key: a section calls its parts with this.
    pub(crate) fn within(mut self, prefix: &str) -> Self {
        self.0.key = match self.0.key.as_str() {
            "" => prefix.to_owned(),
            key if key.starts_with('[') => format!("{prefix}{key}"),
            key => format!("{prefix}.{key}"),
        };
        self
    }

    /// The same error, at `place`.
    pub(crate) fn placed(mut self, place: Place) -> Self {
        self.0.place = place;
        self
    }

    /// What went wrong.
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// Where the cause stands.
    pub fn place(&self) -> &Place {
        &self.0.place
    }

    /// The dotted key of the model that is concerned, empty if there is none.
    pub fn key(&self) -> &str {
        &self.0.key
    }

    /// What was found, as it stands in the sentence.
    pub fn found(&self) -> &str {
        &self.0.found
    }

    /// What is allowed, empty if that goes without saying.
    pub fn allowed(&self) -> &str {
        &self.0.allowed
    }

    /// How to mend it.
    pub fn remedy(&self) -> &str {
        &self.0.remedy
    }

    /// The error as text that survives serde; [`Error::from_message`] undoes it.
    pub(crate) fn to_message(&self) -> String {
        [&self.0.found, &self.0.allowed, &self.0.remedy]
            .map(String::as_str)
            .join(&SEPARATOR.to_string())
    }

    /// Rebuilds an input error from [`Error::to_message`]; `None` for any other text.
    pub(crate) fn from_message(message: &str) -> Option<Self> {
        let mut parts = message.splitn(3, SEPARATOR);
        let (found, allowed, remedy) = (parts.next()?, parts.next()?, parts.next()?);
        Some(Self::input(found, allowed, remedy))
    }
}

impl Place {
    /// Whether it is a change of this very key.
    fn names(&self, key: &str) -> bool {
        let Self::Argument(argument) = self else { return false };
        let change = ["--set ", "--over "].iter().find_map(|option| argument.strip_prefix(option));
        let changed = change.and_then(|change| change.split_once('='));
        changed.is_some_and(|(changed, _)| changed.trim() == key)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Place::Nowhere => Ok(()),
            Place::File(path) => write!(f, "{}", path.display()),
            Place::Line { file, line, column } => {
                write!(f, "{}:{line}:{column}", file.display())
            }
            Place::Argument(argument) => write!(f, "{argument}"),
        }
    }
}

/// Characters of a part of a sentence.
const READABLE: usize = 2000;

/// One line, whatever names of files and values have in them.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Parts { place, key, found, allowed, remedy, .. } = &*self.0;
        let mut sentence = String::new();
        if *place != Place::Nowhere {
            sentence += &format!("{}: ", readable(&place.to_string()));
        }
        if !key.is_empty() && !place.names(key) {
            sentence += &format!("{}: ", readable(key));
        }
        sentence += &readable(found);
        // A remedy may be a command, of which nothing can be left out.
        for part in [&readable(allowed), remedy.as_str()] {
            if !part.is_empty() {
                sentence += &format!("; {part}");
            }
        }
        write!(f, "{}.", sentence.replace(['\n', '\r'], " "))
    }
}

/// A text that may hold what stands in a file: of one that nobody would read to its end, beginning and end.
fn readable(text: &str) -> Cow<'_, str> {
    if text.chars().nth(READABLE).is_none() {
        return text.into();
    }
    let begin: String = text.chars().take(READABLE / 2).collect();
    let end: Vec<char> = text.chars().rev().take(READABLE / 2).collect();
    format!("{begin}...{}", end.into_iter().rev().collect::<String>()).into()
}

impl std::error::Error for Error {}

/// What a run can do, but is hardly meant to: a sentence in the form of an [`Error`], which ends nothing.
#[derive(Clone, Debug)]
pub struct Warning(Error);

impl Warning {
    /// What was `found` at the dotted `key` of the model, what it means, and how to mend it.
    pub(crate) fn new(
        key: impl Into<String>,
        found: impl Into<String>,
        meaning: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self(Error::input(found, meaning, remedy).at(key))
    }

    /// The dotted key of the model that is concerned.
    pub fn key(&self) -> &str {
        self.0.key()
    }

    /// Its sentence, in the form of an error.
    pub fn as_error(&self) -> &Error {
        &self.0
    }

    /// The same warning, changed as `change` would change an error.
    pub fn map(self, change: impl FnOnce(Error) -> Error) -> Self {
        Self(change(self.0))
    }

    /// The first of those about the same mistake, which tells how many more there are.
    pub(crate) fn first_of(all: impl IntoIterator<Item = Self>) -> Option<Self> {
        let mut all = all.into_iter();
        let mut first = all.next()?;
        let more = match all.count() {
            0 => return Some(first),
            1 => "once".to_owned(),
            more => format!("{more} times"),
        };
        first.0.0.found = format!("{}, and {more} more", first.0.0.found);
        Some(first)
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A name as a shell takes it.
pub(crate) fn quoted(path: &Path) -> String {
    let name = path.display().to_string();
    let plain = |c: char| c.is_ascii_alphanumeric() || "_./-+:,@".contains(c);
    if name.chars().all(plain) { name } else { format!("'{}'", name.replace('\'', "'\\''")) }
}

/// "1 trial", "12 trials".
pub(crate) fn counted(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

/// As wide as the longest of `names`, from `least` on, which is the width of their column; what is longer than a line sticks
/// out of it.
pub(crate) fn widest<S: AsRef<str>>(names: impl IntoIterator<Item = S>, least: usize) -> usize {
    const LINE: usize = 80;
    let widths = names.into_iter().map(|name| name.as_ref().chars().count());
    widths.max().unwrap_or(0).clamp(least, LINE)
}

/// What is longer, bytes, nobody has meant to be another name.
const MISSPELT: usize = 100;

/// `name` and its nearest neighbour in `known`: "did you mean ...", or the list of what is known.
pub(crate) fn suggest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    let (close, names) = (|name: &str| name.len() <= MISSPELT, known.iter());
    let nearest = names
        .filter(|k| close(k) && close(name))
        .map(|k| (strsim::damerau_levenshtein(name, k), k))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, k)| *distance <= k.len().max(name.len()) / 2);
    match nearest {
        Some((_, k)) => format!("did you mean `{k}`"),
        None if known.is_empty() => "none is defined".to_owned(),
        None => format!("use one of {}", list(&known)),
    }
}

/// "`a`, `b`, `c`" for messages.
pub(crate) fn list(names: &[&str]) -> String {
    names.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ")
}

/// What HDF5 says, without the time of day that it adds.
#[cfg(feature = "hdf5")]
pub(crate) fn reason(error: &hdf5::Error) -> String {
    let text = error.to_string();
    let line = text.lines().next().unwrap_or_default();
    line.split(": time =").next().unwrap_or_default().trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_reads_as_one_sentence_with_its_place() {
        let error = Error::input("found -3 ms", "a delay is positive", "write \"1 ms\"")
            .at("delay")
            .within("projection.EE")
            .placed(Place::Line { file: "m.toml".into(), line: 3, column: 9 });
        assert_eq!(
            error.to_string(),
            "m.toml:3:9: projection.EE.delay: found -3 ms; a delay is positive; write \"1 ms\"."
        );
        let set = |change: &str| error.clone().placed(Place::Argument(format!("--set {change}")));
        let rest = "found -3 ms; a delay is positive; write \"1 ms\".";
        let own = "projection.EE.delay = -3 ms";
        assert_eq!(set(own).to_string(), format!("--set {own}: {rest}"));
        let over = Place::Argument(format!("--over {own}"));
        assert_eq!(error.clone().placed(over).to_string(), format!("--over {own}: {rest}"));
        let above = "projection.EE={ delay = -3 ms }";
        let named = format!("--set {above}: projection.EE.delay: {rest}");
        assert_eq!(set(above).to_string(), named);
        let again = Error::from_message(&error.to_message()).unwrap();
        assert_eq!(again.to_string(), "found -3 ms; a delay is positive; write \"1 ms\".");
    }

    #[test]
    fn an_error_is_one_line_whatever_is_called_by_name() {
        let error = Error::file("a\nb.h5".as_ref(), "found no readable file a\r\nb", "check");
        assert_eq!(error.to_string(), "a b.h5: found no readable file a  b; check.");
        let long = Error::input("ü".repeat(9000) + "!", "", "write 1").at("é".repeat(9000));
        assert!(long.to_string().chars().count() < 4 * READABLE);
        assert!(long.to_string().ends_with("ü!; write 1."), "{long}");
    }

    #[test]
    fn the_nearest_name_is_suggested_and_only_if_it_is_near() {
        assert_eq!(suggest("tau_n", ["theta", "tau_m"]), "did you mean `tau_m`");
        assert_eq!(suggest("colour", ["E", "I"]), "use one of `E`, `I`");
        let long = "x".repeat(10_000_000);
        assert_eq!(suggest(&long, ["E"]), "use one of `E`");
    }
}
