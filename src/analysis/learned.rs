//! How the efficacies of plastic synapses are distributed, moment by moment.

use super::trials::Histogram;
use crate::error::Result;
use crate::recording::Recording;
use crate::table::Table;

/// From 0 to the largest efficacy of a projection.
const BINS: usize = 40;

/// The histograms of all projections whose efficacies were recorded, one row for every bin of every moment: the projection, when (ms),
/// from and to which |J| (mV; a bin holds its lower end, the last one both), how many synapses, and their share. The bins of a
/// projection are the same at all moments. Nothing if no efficacies were recorded.
///
/// # Errors
/// If the recording is damaged.
pub fn histograms(recording: &Recording) -> Result<Option<Table>> {
    let (mut names, mut number) = (Vec::new(), Vec::new());
    let [mut time, mut low, mut high, mut share] = [const { Vec::new() }; 4];
    for name in recording.learned()? {
        let Some(found) = recording.efficacies(&name)? else { continue };
        let largest = found.values.iter().fold(0f64, |most, j| most.max(j.abs()));
        let bins = Histogram::linear(0.0, 0.0, largest / BINS as f64, BINS - 1);
        for (k, moment) in found.time.iter().enumerate() {
            let counted = bins.clone().of(found.at(k).iter().map(|j| j.abs()));
            for (ends, count) in counted.edges().windows(2).zip(counted.counts()) {
                names.push(name.clone());
                time.push(*moment);
                low.push(ends[0]);
                // Nothing lies beyond the last one.
                high.push(ends[1].min(largest));
                number.push(*count);
                share.push(*count as f64 / counted.total() as f64);
            }
        }
    }
    let table = Table::default().text("projection", names).real("time_ms", time);
    let table = table.real("from_mv", low).real("to_mv", high);
    Ok(Some(table.whole("synapses", number).real("share", share)).filter(|t| t.rows() > 0))
}
