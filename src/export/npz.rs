//! A recording as arrays for `numpy.load`, which needs no pickle.
//!
//! ```text
//! populations, neurons      U*, u64   their names and sizes, in the order of the model
//! <population>_times_ms     f64  n    in order
//! <population>_neurons      u32  n    from 0, within the population
//! <population>_trials       u32  n    the trial of every spike, from 1; 0 outside trials
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
use npyz::{AutoSerialize, DType, NpyWriter, Serialize, WriteOptions, WriterBuilder};
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// Writes `session` to the file `path`.
pub(super) fn write(session: &Session, path: &Path, _now: &str) -> Result<(), Failure> {
    let mut archive = Archive(ZipWriter::new(BufWriter::new(File::create(path)?)));
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
        let number = session.spikes(chosen)?;
        let name = |what: &str| format!("{}_{what}", chosen.name);
        let mut array = archive.begin::<f64>(&name("times_ms"), number, f64::default_dtype())?;
        session.for_spikes(chosen, |times, _| Ok(array.extend(times.iter().copied())?))?;
        array.finish()?;
        let mut array = archive.begin::<u32>(&name("neurons"), number, u32::default_dtype())?;
        session.for_spikes(chosen, |_, ids| Ok(array.extend(ids.iter().map(|id| *id as u32))?))?;
        array.finish()?;
        let mut array = archive.begin::<u32>(&name("trials"), number, u32::default_dtype())?;
        let trial = |time: &f64| session.trial_at(*time) as u32;
        session.for_spikes(chosen, |times, _| Ok(array.extend(times.iter().map(trial))?))?;
        array.finish()?;
    }
    // Buffered bytes that cannot be written would be lost in silence.
    archive.0.finish()?.into_inner().map_err(|e| e.into_error())?;
    Ok(())
}

struct Archive(ZipWriter<BufWriter<File>>);

impl Archive {
    /// Begins an array of `number` values, which must follow.
    fn begin<T: Serialize + ?Sized>(
        &mut self,
        name: &str,
        number: u64,
        dtype: DType,
    ) -> Result<NpyWriter<T, &mut ZipWriter<BufWriter<File>>>, Failure> {
        let options = SimpleFileOptions::default()
            .compression_method(zip::CompressionMethod::Stored)
            .large_file(true);
        self.0.start_file(npyz::npz::file_name_from_array_name(name), options)?;
        let array = WriteOptions::<T>::new().dtype(dtype).shape(&[number]).writer(&mut self.0);
        Ok(array.begin_nd()?)
    }

    fn column(&mut self, name: &str, column: &Column) -> Result<(), Failure> {
        let number = column.len() as u64;
        match column {
            Column::Real(values) => {
                let mut array = self.begin::<f64>(name, number, f64::default_dtype())?;
                array.extend(values.iter().copied())?;
                array.finish()?;
            }
            Column::Whole(values) => {
                let mut array = self.begin::<u64>(name, number, u64::default_dtype())?;
                array.extend(values.iter().copied())?;
                array.finish()?;
            }
            Column::Flag(values) => {
                let mut array = self.begin::<bool>(name, number, bool::default_dtype())?;
                array.extend(values.iter().copied())?;
                array.finish()?;
            }
            Column::Text(values) => {
                let longest = values.iter().map(|text| text.chars().count()).max().unwrap_or(0);
                let dtype = format!("<U{}", longest.max(1)).parse().expect("it is a type of numpy");
                let mut array = self.begin::<str>(name, number, DType::Plain(dtype))?;
                for text in values {
                    array.push(text)?;
                }
                array.finish()?;
            }
        }
        Ok(())
    }

    fn table(&mut self, name: &str, table: &Table) -> Result<(), Failure> {
        table
            .columns()
            .try_for_each(|(column, values)| self.column(&format!("{name}_{column}"), values))
    }
}
