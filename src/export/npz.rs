//! A recording as arrays for `numpy.load`, which needs no pickle.
//!
//! ```text
//! populations, neurons      U*, u64   their names and sizes, in the order of the model
//! <population>_times_ms     f64  n    in order
//! <population>_neurons      u32  n    from 0, within the population
//! <population>_trials       u32  n    the trial of every spike, from 1; 0 outside trials
//! <population>_V            f64  T x n, mV, with <population>_V_times_ms and _V_neurons, and a <population>_I_syn_<tau>ms
//!                           for each synaptic current; absent unless potentials were recorded
//! trials_<column>           one value per trial: f64, u64, bool or U*; absent without a task
//! epochs_name, epochs_start_ms, epochs_end_ms, epochs_trial, epochs_show
//! title, model, data_hash   U*   1
//! ```
//!
//! Arrays are not compressed, as those of `numpy.savez`. Memory does not grow with the spikes.

use super::Failure;
use super::session::Session;
use crate::error::Result;
use crate::table::{Column, Table};
use rawzip::ZipArchiveWriter;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

/// Writes `session` to the file `path`.
pub(super) fn write(session: &Session, path: &Path, _now: &str) -> Result<(), Failure> {
    let mut archive = Archive(ZipArchiveWriter::new(BufWriter::new(File::create(path)?)));
    let about = &session.about;
    for (name, text) in
        [("title", &about.title), ("model", &about.model), ("data_hash", &about.data_hash)]
    {
        archive.column(name, &Column::Text(vec![text.clone()]))?;
    }
    let names = session.populations.iter().map(|p| p.name.clone()).collect();
    archive.column("populations", &Column::Text(names))?;
    let sizes = session.populations.iter().map(|p| p.size() as u64).collect();
    archive.column("neurons", &Column::Whole(sizes))?;
    archive.table("epochs", &session.epochs)?;
    if let Some(trials) = &session.trials {
        archive.table("trials", trials)?;
    }
    for chosen in &session.populations {
        let number = format!("{},", session.spikes(chosen)?);
        let name = |what: &str| format!("{}_{what}", chosen.name);
        archive.array(&name("times_ms"), "<f8", &number, |out| {
            session.for_spikes(chosen, |times, _| put(out, times, |time| time.to_le_bytes()))
        })?;
        archive.array(&name("neurons"), "<u4", &number, |out| {
            session.for_spikes(chosen, |_, ids| put(out, ids, |id| (*id as u32).to_le_bytes()))
        })?;
        let trial = |time: &f64| (session.trial_at(*time) as u32).to_le_bytes();
        archive.array(&name("trials"), "<u4", &number, |out| {
            session.for_spikes(chosen, |times, _| put(out, times, trial))
        })?;
        if let Some(traces) = session.potentials(chosen)? {
            archive.column(&name("V_times_ms"), &Column::Real(traces.time))?;
            archive.column(&name("V_neurons"), &Column::Whole(traces.neurons.clone()))?;
            let currents = traces.currents.into_iter().map(|(name, _, values)| (name, values));
            for (what, values) in [("V".to_owned(), traces.v)].into_iter().chain(currents) {
                let width = traces.neurons.len();
                let shape = format!("{}, {width}", values.len() / width);
                archive.array(&name(&what), "<f8", &shape, |out| {
                    put(out, &values, |value| value.to_le_bytes())
                })?;
            }
        }
    }
    // Buffered bytes that cannot be written would be lost in silence.
    archive.0.finish()?.into_inner().map_err(|e| e.into_error())?;
    Ok(())
}

struct Archive(ZipArchiveWriter<BufWriter<File>>);

impl Archive {
    /// An array of a type of numpy, whose values `write` writes, in any shape: `3,` or `3, 5`.
    fn array(
        &mut self,
        name: &str,
        dtype: &str,
        shape: &str,
        write: impl FnOnce(&mut dyn Write) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let (mut entry, config) = self.0.new_file(format!("{name}.npy")).start()?;
        let mut out = config.wrap(&mut entry);
        // Version 1.0 of the format: values begin after a new line, at a multiple of 64 bytes.
        let header =
            format!("{{'descr': '{dtype}', 'fortran_order': False, 'shape': ({shape}), }}");
        let length = (10 + header.len() + 1).next_multiple_of(64) - 10;
        out.write_all(b"\x93NUMPY\x01\x00")?;
        out.write_all(&(length as u16).to_le_bytes())?;
        writeln!(out, "{header:width$}", width = length - 1)?;
        write(&mut out)?;
        let (_, sums) = out.finish()?;
        entry.finish(sums)?;
        Ok(())
    }

    fn column(&mut self, name: &str, column: &Column) -> Result<(), Failure> {
        let number = format!("{},", column.len());
        match column {
            Column::Real(values) => self
                .array(name, "<f8", &number, |out| put(out, values, |value| value.to_le_bytes())),
            Column::Whole(values) => self
                .array(name, "<u8", &number, |out| put(out, values, |value| value.to_le_bytes())),
            Column::Flag(values) => {
                self.array(name, "|b1", &number, |out| put(out, values, |value| [u8::from(*value)]))
            }
            Column::Text(values) => {
                let longest = values.iter().map(|text| text.chars().count()).max().unwrap_or(0);
                let width = longest.max(1);
                let padded = |text: &String| {
                    text.chars().chain(std::iter::repeat('\0')).take(width).collect::<Vec<_>>()
                };
                let characters: Vec<char> = values.iter().flat_map(padded).collect();
                self.array(name, &format!("<U{width}"), &number, |out| {
                    put(out, &characters, |character| u32::from(*character).to_le_bytes())
                })
            }
        }
    }

    fn table(&mut self, name: &str, table: &Table) -> Result<(), Failure> {
        table
            .columns()
            .try_for_each(|(column, values)| self.column(&format!("{name}_{column}"), values))
    }
}

/// Writes the bytes of `values` one after another.
fn put<T, const N: usize>(
    out: &mut dyn Write,
    values: &[T],
    bytes: impl FnMut(&T) -> [u8; N],
) -> Result<(), Failure> {
    Ok(out.write_all(values.iter().map(bytes).collect::<Vec<_>>().as_flattened())?)
}
