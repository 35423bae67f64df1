//! `attractor schema`, `attractor completions`, `attractor man`: what editors, shells and `man` know of the crate.

use super::{Cli, ended, print};
use crate::error::{Error, Place, Result, suggest};
use clap::error::{ContextKind, ContextValue};
use clap::{Args, CommandFactory};
use clap_complete::{Shell, generate};
use clap_mangen::Man;
use std::error::Error as _;
use std::ffi::OsString;
use std::io::IsTerminal;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub(super) struct Completions {
    /// The shell.
    shell: Shell,
}

#[derive(Debug, Args)]
pub(super) struct ManPage {
    /// The command whose page it is [default: that of all].
    command: Option<String>,
}

impl Completions {
    pub(super) fn execute(&self) -> Result<ExitCode> {
        print(&self.text())
    }

    fn text(&self) -> Vec<u8> {
        let mut text = Vec::new();
        generate(self.shell, &mut Cli::command(), "attractor", &mut text);
        text
    }
}

impl ManPage {
    pub(super) fn execute(&self) -> Result<ExitCode> {
        print(&self.text()?)
    }

    fn text(&self) -> Result<Vec<u8>> {
        let mut all = Cli::command();
        all.build();
        let page = match &self.command {
            None => all,
            Some(name) => all.find_subcommand(name).cloned().ok_or_else(|| {
                let known = all.get_subcommands().map(|command| command.get_name());
                Error::input(
                    format!("found no command `{name}`"),
                    suggest(name, known),
                    "see `attractor help`",
                )
                .placed(Place::Argument("man".to_owned()))
            })?,
        };
        let mut text = Vec::new();
        Man::new(page).render(&mut text).expect("memory takes what is written");
        Ok(text)
    }
}

/// Prints the JSON Schema of the model file.
pub(super) fn schema() -> Result<ExitCode> {
    print(crate::model::schema().as_bytes())
}

/// The error of a line that begins with an option of commands, before any of them.
pub(super) fn misplaced(words: &[OsString]) -> Option<Error> {
    let word = words.get(1)?.to_str()?;
    let option = word.split('=').next()?;
    let name = option.strip_prefix("--")?;
    let all = Cli::command();
    let takes =
        |command: &&clap::Command| command.get_arguments().any(|own| own.get_long() == Some(name));
    let commands: Vec<&str> =
        all.get_subcommands().filter(takes).map(clap::Command::get_name).collect();
    let meant = |command: &&&str| words.iter().any(|word| *word == **command);
    let command = commands.iter().find(meant).or(commands.first())?;
    let remedy = format!("write for example `attractor {command} {option} ...`");
    let error =
        Error::input("found it before the command", "options stand behind their command", remedy);
    Some(error.placed(Place::Argument(option.to_owned())))
}

/// Tells what was asked of the command line itself, such as --help, or what is wrong with it.
pub(super) fn told(said: &clap::Error) -> ExitCode {
    if let Some(error) = sentence(said) {
        return ended(Err(error));
    }
    if said.use_stderr() {
        // There is nobody to tell if it does not arrive.
        let _ = said.print();
        return ExitCode::from(2);
    }
    let text = said.render();
    let styled = std::io::stdout().is_terminal();
    let text = if styled { text.ansi().to_string() } else { text.to_string() };
    ended(print(text.as_bytes()))
}

/// The sentence of a value with a unit that cannot be read.
fn sentence(said: &clap::Error) -> Option<Error> {
    let Some(ContextValue::String(argument)) = said.get(ContextKind::InvalidArg) else {
        return None;
    };
    let told = said.source()?.downcast_ref::<Error>()?;
    let option = argument.split(' ').next()?.to_owned();
    Some(told.clone().placed(Place::Argument(option)))
}

/// Prints bytes as they are; whoever reads may stop at any time.
fn print(text: &[u8]) -> Result<ExitCode> {
    print::whole(text);
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::{Parser, ValueEnum};
    use std::path::PathBuf;

    /// The words of a line of a shell, without comment and redirection.
    fn words(line: &str) -> Vec<String> {
        let command = line.split(" #").next().unwrap().split(" > ").next().unwrap();
        let (mut words, mut quoted) = (vec![String::new()], false);
        let mut characters = command.trim().chars().peekable();
        while let Some(character) = characters.next() {
            match character {
                '"' => quoted = !quoted,
                // What a variable holds is not known here: some number.
                '$' => {
                    let of_name = |c: &char| c.is_ascii_uppercase() || *c == '_';
                    while characters.next_if(of_name).is_some() {}
                    words.last_mut().unwrap().push('1');
                }
                ' ' if !quoted => words.push(String::new()),
                other => words.last_mut().unwrap().push(other),
            }
        }
        words.retain(|word| !word.is_empty());
        words
    }

    #[test]
    fn the_commands_of_the_documents_are_understood() {
        let mut paths = ["docs", "README.md", "CONTRIBUTING.md"].map(PathBuf::from).to_vec();
        let mut parsed = 0;
        while let Some(path) = paths.pop() {
            if path.is_dir() {
                let entries = std::fs::read_dir(&path).unwrap();
                paths.extend(entries.map(|entry| entry.unwrap().path()));
                continue;
            }
            if path.extension().is_none_or(|extension| extension != "md") {
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap().replace("\\\n", " ");
            let blocks = text.split("```sh\n").skip(1).map(|b| b.split("```").next().unwrap());
            for line in blocks.flat_map(str::lines).filter(|line| line.starts_with("attractor ")) {
                if let Err(error) = Cli::try_parse_from(words(line)) {
                    panic!("{}: {line}\n{error}", path.display());
                }
                parsed += 1;
            }
        }
        assert!(parsed > 20, "the commands are gone");
    }

    #[test]
    fn every_command_stands_in_its_document_and_in_the_man_page() {
        let document = std::fs::read_to_string("docs/command.md").unwrap();
        for command in Cli::command().get_subcommands() {
            let name = command.get_name();
            assert!(
                document.contains(&format!("attractor {name}")),
                "docs/command.md lacks {name}"
            );
            let page = ManPage { command: Some(name.to_owned()) }.text().unwrap();
            assert!(String::from_utf8(page).unwrap().contains("OPTIONS"), "{name}");
        }
        let all = String::from_utf8(ManPage { command: None }.text().unwrap()).unwrap();
        assert!(all.contains("attractor\\-sweep") && all.contains("Exit codes"), "{all}");
        assert!(ManPage { command: Some("swepe".to_owned()) }.text().is_err());
    }

    #[test]
    fn a_negative_value_is_none_of_the_options_and_an_option_none_of_the_values() {
        let of = |line: &str| {
            let words = line.split(' ').map(OsString::from).collect();
            Cli::try_parse_from(crate::cli::tied(words)).unwrap_err().to_string()
        };
        for line in [
            "attractor analyze a.h5 --bin -5ms",
            "attractor analyze a.h5 --active-above -.5Hz",
            "attractor run m.toml --until -5ms",
            "attractor run m.toml --from a.h5 --at -5ms",
            "attractor run m.toml --for -5s",
            "attractor run m.toml --ranks 2 --dry -5Hz",
        ] {
            let (said, value) = (of(line), line.rsplit(' ').next().unwrap());
            assert!(said.contains(&format!("invalid value '{value}'")), "{line}: {said}");
        }
        let said = of("attractor analyze a.h5 --bin --force");
        assert!(said.contains("a value is required for '--bin <BIN>'"), "{said}");
        // A path is the value of its short option, and an option has one value.
        let kept = ["attractor", "-o", "-5.h5", "--set=a", "-5"].map(OsString::from).to_vec();
        assert_eq!(crate::cli::tied(kept.clone()), kept);
    }

    #[test]
    fn shells_complete_commands_and_options() {
        for &shell in Shell::value_variants() {
            let text = String::from_utf8(Completions { shell }.text()).unwrap();
            assert!(text.contains("reproduce") && text.contains("histogram"), "{shell}");
        }
    }
}
