//! How the efficacies of plastic synapses are distributed, moment by moment.

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
        let width = largest / BINS as f64;
        for (k, moment) in found.time.iter().enumerate() {
            let mut counts = [0u64; BINS];
            for j in found.at(k) {
                let bin = if width > 0.0 { (j.abs() / width) as usize } else { 0 };
                counts[bin.min(BINS - 1)] += 1;
            }
            for (bin, count) in counts.into_iter().enumerate() {
                names.push(name.clone());
                time.push(*moment);
                low.push(bin as f64 * width);
                high.push((bin + 1) as f64 * width);
                number.push(count);
                share.push(count as f64 / found.senders.len() as f64);
            }
        }
    }
    let table = Table::default().text("projection", names).real("time_ms", time);
    let table = table.real("from_mv", low).real("to_mv", high);
    Ok(Some(table.whole("synapses", number).real("share", share)).filter(|t| t.rows() > 0))
}
