//! What a command does for another front end: on a model or a recording that is at hand and needs no file, and with what it
//! prints returned.

use super::{Cli, Command, print, tied};
use crate::error::{Error, Result};
use crate::model::Document;
use crate::recording::Recording;
use crate::work::Over;
use clap::Parser;
use clap::error::ErrorKind;
use std::ffi::OsString;
use std::process::ExitCode;

/// What a command works on, in place of the file that its words name.
#[derive(Clone, Copy)]
pub enum Subject<'a> {
    /// That file, or none.
    Named,
    /// A model in which all changes are made.
    Model(&'a Document),
    /// An open recording.
    Recording(&'a Recording),
}

/// Does what the words of a command line say, its own name first, on `subject`; returns what it prints, and whether all was
/// as expected. What takes long heeds `over`.
///
/// # Errors
/// Those of the command, also if it does not understand its words; an interrupt if it is over.
pub fn told(words: Vec<OsString>, subject: Subject, over: &Over) -> Result<(String, bool)> {
    let cli = match Cli::try_parse_from(tied(words)) {
        Ok(cli) => cli,
        Err(said) if matches!(said.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) => {
            return Ok((said.to_string(), true));
        }
        Err(said) => return Err(misunderstood(&said.to_string())),
    };
    let (done, printed) = print::kept(|| match (&cli.command, subject) {
        (Command::Theory(theory), Subject::Model(document)) => theory.of(document, over),
        (Command::States(states), Subject::Model(document)) => states.of(document, over),
        (Command::Page(page), Subject::Model(document)) => page.of(document),
        (Command::Check(check), Subject::Model(document)) => check.of(document),
        (Command::Report(report), Subject::Recording(recording)) => report.of(recording),
        (Command::Analyze(analyze), Subject::Recording(recording)) => analyze.of(recording),
        (Command::Sweep(sweep), Subject::Model(document)) if sweep.is_plan() => {
            sweep.of(document, over)
        }
        (Command::Run(_) | Command::Sweep(_), _) => Err(Error::input(
            "found a command that listens to the keyboard by itself",
            "it has the terminal for itself",
            "run it from a shell",
        )),
        (command, _) => command.execute(),
    });
    Ok((printed, done? == ExitCode::SUCCESS))
}

/// What the command line says of words that it does not understand, as one sentence.
fn misunderstood(said: &str) -> Error {
    let ends =
        |line: &&str| !line.starts_with("Usage") && !line.starts_with("For more information");
    let lines = said.lines().map(str::trim).filter(|line| !line.is_empty());
    let sentence = lines.take_while(ends).collect::<Vec<_>>();
    Error::input(sentence.join(" ").trim_start_matches("error: "), "", "see `attractor help`")
}
