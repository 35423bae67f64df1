//! A recording as tables of text.
//!
//! ```text
//! NAME/
//!     spikes.csv       population, neuron (from 0), time_ms, trial (from 1, 0 outside trials); population after
//!                      population, each in order of time
//!     trials.csv       one row per trial: what was drawn, what was found; absent without a task
//!     epochs.csv       name, start_ms, end_ms, trial, show (JSON)
//!     potentials.csv   population, neuron, time_ms, V_mV; absent unless potentials were recorded
//!     populations.csv  population, neurons: also those that never fire
//! ```
//!
//! A number is the shortest decimal that reads back as the same f64. Memory does not grow with the spikes.

use super::Failure;
use super::session::Session;
use crate::error::{Error, Result};
use crate::recording::Output;
use crate::table::{Table, quoted};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

const FILES: [&str; 5] =
    ["spikes.csv", "trials.csv", "epochs.csv", "potentials.csv", "populations.csv"];

/// Writes `session` to the directory `path`, which gets its name once it is complete.
pub(super) fn write(session: &Session, path: &Path, force: bool) -> Result<()> {
    check(path, force)?;
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    check(&part, force)?;
    let written = remove(&part).map_err(Failure::from).and_then(|()| {
        std::fs::create_dir(&part)?;
        tables(session, &part)?;
        remove(path)?;
        Ok(std::fs::rename(&part, path)?)
    });
    written.map_err(|failure| {
        let _ = remove(&part);
        match failure {
            Failure::Input(error) => error,
            Failure::Output(error) => Error::file(
                path,
                format!("found that the output cannot be written ({error})"),
                "choose a writable place with -o, or free space if the disk or a quota is full",
            ),
        }
    })
}

/// Refuses an output that exists, unless `force` and it is a directory as it is written here.
fn check(path: &Path, force: bool) -> Result<()> {
    if !path.is_dir() {
        // No file ever makes room for a directory.
        return Output::check(path, false);
    }
    let ours = |entry: std::io::Result<std::fs::DirEntry>| {
        entry.is_ok_and(|e| FILES.iter().any(|name| e.file_name() == *name))
    };
    if !std::fs::read_dir(path).is_ok_and(|mut entries| entries.all(ours)) {
        return Err(Error::file(
            path,
            "found that the output is a directory with other files",
            "choose another name with -o",
        ));
    }
    if force {
        return Ok(());
    }
    Err(Error::file(
        path,
        "found that the output exists already",
        "choose another name with -o, or overwrite it with --force",
    ))
}

/// Removes a directory as it is written here, if it is there; one with other files stays.
fn remove(directory: &Path) -> std::io::Result<()> {
    if !directory.exists() {
        return Ok(());
    }
    for file in FILES.map(|name| directory.join(name)) {
        if file.exists() {
            std::fs::remove_file(file)?;
        }
    }
    std::fs::remove_dir(directory)
}

fn tables(session: &Session, directory: &Path) -> Result<(), Failure> {
    let populations = Table::default()
        .text("population", session.populations.iter().map(|p| p.name.clone()).collect())
        .whole("neurons", session.populations.iter().map(|p| p.size() as u64).collect());
    std::fs::write(directory.join("populations.csv"), populations.to_csv())?;
    std::fs::write(directory.join("epochs.csv"), session.epochs.to_csv())?;
    if let Some(trials) = &session.trials {
        std::fs::write(directory.join("trials.csv"), trials.to_csv())?;
    }
    let mut file = BufWriter::new(File::create(directory.join("spikes.csv"))?);
    writeln!(file, "population,neuron,time_ms,trial")?;
    for chosen in &session.populations {
        let name = quoted(&chosen.name);
        session.for_spikes(chosen, |times, ids| {
            for (time, id) in times.iter().zip(ids) {
                writeln!(file, "{name},{id},{time},{}", session.trial_at(*time))?;
            }
            Ok(())
        })?;
    }
    file.flush()?;
    potentials(session, &directory.join("potentials.csv"))
}

/// Writes V neuron by neuron, if any was recorded.
fn potentials(session: &Session, path: &Path) -> Result<(), Failure> {
    let mut file = None;
    for chosen in &session.populations {
        let Some(traces) = session.potentials(chosen)? else { continue };
        let file = match &mut file {
            Some(file) => file,
            None => {
                let mut new = BufWriter::new(File::create(path)?);
                writeln!(new, "population,neuron,time_ms,V_mV")?;
                file.insert(new)
            }
        };
        let name = quoted(&chosen.name);
        for (k, neuron) in traces.neurons.iter().enumerate() {
            for (time, v) in traces.time.iter().zip(traces.of(k)) {
                writeln!(file, "{name},{neuron},{time},{v}")?;
            }
        }
    }
    Ok(file.as_mut().map_or(Ok(()), BufWriter::flush)?)
}
