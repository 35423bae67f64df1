//! One recording as the table of a sweep: that of a single run.

use super::grid::Grid;
use super::left::Left;
use super::run::measure;
use super::shard::Shard;
use super::table::SweepTable;
use crate::error::Result;
use crate::recording::Recording;
use crate::table::Table;

impl SweepTable {
    /// The table of one run, without swept keys: its figures are those of a sweep.
    ///
    /// # Errors
    /// If the recording cannot be read.
    pub fn of_recording(recording: &Recording) -> Result<Self> {
        let provenance = recording.provenance()?;
        let Left { measured, trials, .. } = measure(recording)?;
        let one = |table: Table, (name, value): &(String, f64)| table.real(name, vec![*value]);
        let runs = Table::default().whole("run", vec![1]).whole("seed", vec![provenance.seed]);
        let runs = measured.iter().fold(runs, one).text("error", vec![String::new()]);
        let run = vec![1; trials.rows()];
        Ok(Self {
            path: recording.path().to_owned(),
            complete: recording.is_complete(),
            shard: Shard::WHOLE,
            grid: Grid { axes: Vec::new(), repeat: 1 },
            runs,
            trials: Table::default().whole("run", run).beside(trials),
            measured: measured.into_iter().map(|(name, _)| name).collect(),
            model_text: provenance.model_resolved.clone(),
            settings: Vec::new(),
            model_resolved: provenance.model_resolved,
            inputs_hash: String::new(),
            version: provenance.version,
            started: provenance.started,
            ended: provenance.ended,
            table_hash: String::new(),
            own: Vec::new(),
            sealed: false,
        })
    }
}
