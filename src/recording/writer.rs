//! Writing a recording while the run goes on.

use super::series::{Series, unicode, write_text};
use super::{CHUNK, MAGIC, Provenance, SAMPLES, Sorting};
use crate::dynamics::Spike;
use crate::error::{Error, Result, reason};
use crate::network::Placed;
use crate::pattern::{OverlapCounter, Patterns};
use crate::protocol::Epoch;
use hdf5::types::VarLenUnicode;
use hdf5::{Dataset, File, Group};
use indexmap::IndexMap;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

/// What a recording must know before the run.
#[derive(Clone, Copy, Debug)]
pub struct Header<'a> {
    pub populations: &'a [Placed],
    pub patterns: &'a IndexMap<String, Patterns>,
    pub protocol: &'a [Epoch],
    /// Length of a sampling interval, ms.
    pub interval: f64,
    /// What is known of [`Provenance`] before the run.
    pub provenance: &'a Provenance,
}

/// Writes spikes, rates and overlaps to a file as the run produces them, in bounded memory.
pub struct Recorder {
    file: File,
    path: PathBuf,
    part: PathBuf,
    /// Whether an output that appears meanwhile may be overwritten.
    force: bool,
    populations: Vec<Recorded>,
    progress: (Dataset, Dataset),
    interval: f64,
    samples: u64,
    /// Hash of what does not grow: patterns and protocol.
    fixed: Sha256,
}

/// The growing datasets of one population.
struct Recorded {
    first: u32,
    end: u32,
    timestamps: Series<f64>,
    node_ids: Series<u64>,
    rate: Series<f64>,
    rate_time: Series<f64>,
    overlaps: Option<Overlaps>,
    spikes_in_interval: u64,
    spikes: u64,
}

struct Overlaps {
    counter: OverlapCounter,
    m: Series<f64>,
    time: Series<f64>,
}

impl Recorder {
    /// Starts a recording that will be called `path` once it is complete.
    ///
    /// # Errors
    /// If `path` exists and `force` is false, or if nothing can be written there.
    pub fn create(path: &Path, force: bool, header: Header) -> Result<Self> {
        Self::check_output(path, force)?;
        let mut part = path.as_os_str().to_owned();
        part.push(".part");
        let part = PathBuf::from(part);
        make_part(path, &part, force)?;
        let mut recorder = Self::create_in(path, &part, header).map_err(|e| {
            let _ = std::fs::remove_file(&part);
            write_error(path, None, &e)
        })?;
        recorder.force = force;
        Ok(recorder)
    }

    /// Refuses an output that exists, unless `force`, or that cannot be a file.
    pub fn check_output(path: &Path, force: bool) -> Result<()> {
        if path.is_dir() {
            return Err(Error::file(
                path,
                "found that the output is a directory",
                "give the name of a file with -o",
            ));
        }
        if path.exists() && !force {
            return Err(Error::file(
                path,
                "found that the output exists already",
                "choose another name with -o, or overwrite it with --force",
            ));
        }
        Ok(())
    }

    fn create_in(path: &Path, part: &Path, header: Header) -> hdf5::Result<Self> {
        let file = File::create(part)?;
        file.new_attr::<u32>().create("magic")?.write_scalar(&MAGIC)?;
        file.new_attr::<u32>().shape(2).create("version")?.write(&[0, 1])?;
        file.new_attr::<u8>().create("complete")?.write_scalar(&0)?;
        let provenance = file.create_group("provenance")?;
        write_provenance(&provenance, header.provenance, |name| BEFORE.contains(&name))?;

        let mut fixed = Sha256::new();
        write_patterns(&file, header.patterns, &mut fixed)?;
        write_protocol(&file, header.protocol, &mut fixed)?;
        let (spikes, rates) = (file.create_group("spikes")?, file.create_group("rates")?);
        let overlaps = file.create_group("overlaps")?;
        let populations = header
            .populations
            .iter()
            .map(|population| Recorded::create(population, header, &spikes, &rates, &overlaps))
            .collect::<hdf5::Result<Vec<_>>>()?;

        let group = file.create_group("progress")?;
        let rows = group.new_dataset::<u64>().shape(1 + 2 * populations.len()).create("rows")?;
        let time = group.new_dataset::<f64>().shape(1).create("time")?;
        write_text(&time, "units", "ms")?;
        let names: Vec<VarLenUnicode> =
            header.populations.iter().map(|p| unicode(&p.name)).collect();
        let order =
            group.new_dataset::<VarLenUnicode>().shape(names.len()).create("populations")?;
        order.write(&names)?;
        let mut recorder = Self {
            file,
            path: path.to_owned(),
            part: part.to_owned(),
            force: false,
            populations,
            progress: (rows, time),
            interval: header.interval,
            samples: 0,
            fixed,
        };
        recorder.write_progress()?;
        Ok(recorder)
    }

    /// The end of the interval that is being sampled, ms.
    pub fn next_sample(&self) -> f64 {
        (self.samples + 1) as f64 * self.interval
    }

    /// Takes the spikes of an advance that ended at `time`; call it at least at every [`Recorder::next_sample`].
    pub fn observe(&mut self, spikes: &[Spike], time: f64) -> Result<()> {
        for spike in spikes {
            // Populations follow one another in the numbering of neurons.
            let k = self.populations.partition_point(|p| p.end <= spike.neuron);
            self.populations[k].take(spike);
        }
        if time >= self.next_sample() {
            let centre = (self.samples as f64 + 0.5) * self.interval;
            for population in &mut self.populations {
                population.sample(centre, self.interval);
            }
            self.samples += 1;
        }
        let write = |p: &mut Recorded| p.each(Series::write_chunks, Series::write_chunks);
        self.populations.iter_mut().try_for_each(write).map_err(|e| self.error(&e))
    }

    /// Makes what has been written so far survive a kill.
    pub fn commit(&mut self) -> Result<()> {
        self.try_commit().map_err(|e| self.error(&e))
    }

    /// Chunks first, then the number of rows that are valid: a reader never goes beyond it.
    fn try_commit(&mut self) -> hdf5::Result<()> {
        self.file.flush()?;
        self.write_progress()?;
        self.file.flush()
    }

    fn write_progress(&mut self) -> hdf5::Result<()> {
        let intervals = self.populations.iter().map(|p| p.rate.written()).min().unwrap_or(0);
        let mut rows = vec![intervals as u64];
        for population in &self.populations {
            rows.extend([population.timestamps.written() as u64, population.spikes]);
        }
        self.progress.0.write(&rows)?;
        self.progress.1.write(&[self.samples as f64 * self.interval])
    }

    /// Writes what is left and the provenance, and gives the file its name; returns the data hash.
    pub fn finish(mut self, provenance: Provenance) -> Result<String> {
        let hash = self.try_finish(provenance).map_err(|e| self.error(&e))?;
        let Self { file, path, part, force, populations, progress, .. } = self;
        drop((populations, progress));
        file.close().map_err(|e| write_error(&path, Some(&part), &e))?;
        publish(&part, &path, force)?;
        Ok(hash)
    }

    fn try_finish(&mut self, mut provenance: Provenance) -> hdf5::Result<String> {
        for population in &mut self.populations {
            population.each(Series::finish, Series::finish)?;
        }
        let mut hash = self.fixed.clone();
        self.populations.iter().for_each(|p| p.hash_into(&mut hash));
        let digest = hash.finalize();
        provenance.data_hash = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        let group = self.file.group("provenance")?;
        write_provenance(&group, &provenance, |name| !BEFORE.contains(&name))?;
        self.write_progress()?;
        self.file.attr("complete")?.write_scalar(&1u8)?;
        self.file.flush()?;
        Ok(provenance.data_hash)
    }

    fn error(&self, error: &hdf5::Error) -> Error {
        write_error(&self.path, Some(&self.part), error)
    }
}

/// Creates the file that a run writes to, which must not be that of another run.
fn make_part(path: &Path, part: &Path, force: bool) -> Result<()> {
    if let Ok(other) = std::fs::File::open(part) {
        // HDF5 locks a file that it writes.
        if other.try_lock().is_err() {
            return Err(Error::file(
                part,
                "found that another run is writing this file",
                "wait for its end, or choose another name with -o",
            ));
        }
        if !force {
            return Err(Error::file(
                part,
                "found the recording of a run that did not end",
                "keep it under another name, choose another output with -o, or overwrite it with --force",
            ));
        }
        let _ = std::fs::remove_file(part);
    }
    // HDF5 says little about why it cannot create a file; the system says it in words.
    std::fs::File::create_new(part).map(|_| ()).map_err(|e| {
        Error::file(
            path,
            format!("found that the output cannot be written ({e})"),
            "choose a writable place with -o",
        )
    })
}

/// Gives a complete file its name, without overwriting what has appeared there unless `force`.
fn publish(part: &Path, path: &Path, force: bool) -> Result<()> {
    let linked = match force {
        true => Err(std::io::ErrorKind::Unsupported.into()),
        false => std::fs::hard_link(part, path),
    };
    let named = match linked {
        Ok(()) => std::fs::remove_file(part),
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => Err(e),
        // Not every file system has links.
        Err(_) => std::fs::rename(part, path),
    };
    named.map_err(|e| {
        Error::file(
            path,
            format!("found that the recording cannot get its name ({e})"),
            format!("it is complete; rename {} by hand", part.display()),
        )
    })
}

/// What HDF5 says of a failed write, less the time of day; it does not tell the cause.
fn write_error(path: &Path, part: Option<&Path>, error: &hdf5::Error) -> Error {
    let reason = reason(error);
    let kept = match part {
        Some(part) => format!(" (what was committed before stands in {})", part.display()),
        None => String::new(),
    };
    Error::file(
        path,
        format!("found that the output cannot be written any further ({reason})"),
        format!("free space if the disk or a quota is full, or choose another place with -o{kept}"),
    )
}

impl Recorded {
    fn create(
        population: &Placed,
        header: Header,
        spikes: &Group,
        rates: &Group,
        overlaps: &Group,
    ) -> hdf5::Result<Self> {
        let name = population.name.as_str();
        let group = spikes.create_group(name)?;
        let neurons = population.neurons.len() as u64;
        group.new_attr::<u64>().create("neurons")?.write_scalar(&neurons)?;
        group.new_attr::<Sorting>().create("sorting")?.write_scalar(&Sorting::by_time)?;
        let (rate_group, interval) = (rates.create_group(name)?, header.interval);
        rate_group.new_attr::<f64>().create("interval_ms")?.write_scalar(&interval)?;
        let overlaps = match header.patterns.get(name) {
            None => None,
            Some(patterns) => {
                let group = overlaps.create_group(name)?;
                group.new_attr::<f64>().create("interval_ms")?.write_scalar(&interval)?;
                Some(Overlaps {
                    counter: OverlapCounter::new(patterns),
                    m: Series::rows(&group, "m", "Hz", patterns.number(), SAMPLES)?,
                    time: Series::values(&group, "time", Some("ms"), SAMPLES)?,
                })
            }
        };
        Ok(Self {
            first: population.neurons.start as u32,
            end: population.neurons.end as u32,
            timestamps: Series::values(&group, "timestamps", Some("ms"), CHUNK)?,
            node_ids: Series::values(&group, "node_ids", None, CHUNK)?,
            rate: Series::values(&rate_group, "rate", Some("Hz"), SAMPLES)?,
            rate_time: Series::values(&rate_group, "time", Some("ms"), SAMPLES)?,
            overlaps,
            spikes_in_interval: 0,
            spikes: 0,
        })
    }

    fn take(&mut self, spike: &Spike) {
        let id = spike.neuron - self.first;
        self.timestamps.buffer().push(spike.time);
        self.node_ids.buffer().push(u64::from(id));
        self.spikes_in_interval += 1;
        self.spikes += 1;
        if let Some(overlaps) = &mut self.overlaps {
            overlaps.counter.count(id as usize);
        }
    }

    fn sample(&mut self, centre: f64, interval: f64) {
        let neurons = f64::from(self.end - self.first);
        self.rate.buffer().push(self.spikes_in_interval as f64 / neurons / interval * 1000.0);
        self.rate_time.buffer().push(centre);
        self.spikes_in_interval = 0;
        if let Some(overlaps) = &mut self.overlaps {
            overlaps.counter.take(interval, overlaps.m.buffer());
            overlaps.time.buffer().push(centre);
        }
    }

    /// Does the same to every dataset, in a fixed order.
    fn each(
        &mut self,
        mut real: impl FnMut(&mut Series<f64>) -> hdf5::Result<()>,
        mut whole: impl FnMut(&mut Series<u64>) -> hdf5::Result<()>,
    ) -> hdf5::Result<()> {
        real(&mut self.timestamps)?;
        whole(&mut self.node_ids)?;
        if let Some(overlaps) = &mut self.overlaps {
            real(&mut overlaps.m)?;
            real(&mut overlaps.time)?;
        }
        real(&mut self.rate_time)?;
        real(&mut self.rate)
    }

    fn hash_into(&self, hash: &mut Sha256) {
        self.timestamps.hash_into(hash);
        self.node_ids.hash_into(hash);
        if let Some(overlaps) = &self.overlaps {
            overlaps.m.hash_into(hash);
            overlaps.time.hash_into(hash);
        }
        self.rate_time.hash_into(hash);
        self.rate.hash_into(hash);
    }
}

fn write_patterns(
    file: &File,
    patterns: &IndexMap<String, Patterns>,
    hash: &mut Sha256,
) -> hdf5::Result<()> {
    let group = file.create_group("patterns")?;
    for (name, patterns) in patterns {
        let xi = patterns.rows().concat();
        hash.update(name);
        hash.update(&xi);
        let shape = (patterns.number(), patterns.neurons());
        let dataset = group.create_group(name)?.new_dataset::<u8>().shape(shape).create("xi")?;
        dataset.write_raw(&xi)?;
    }
    Ok(())
}

fn write_protocol(file: &File, protocol: &[Epoch], hash: &mut Sha256) -> hdf5::Result<()> {
    let group = file.create_group("protocol")?;
    let text = |name: &str, texts: Vec<String>| -> hdf5::Result<()> {
        let texts: Vec<VarLenUnicode> = texts.iter().map(|t| unicode(t)).collect();
        group.new_dataset::<VarLenUnicode>().shape(texts.len()).create(name)?.write(&texts)
    };
    let show: Vec<String> = protocol
        .iter()
        .map(|e| serde_json::to_string(&e.show).expect("stimuli are plain data"))
        .collect();
    let bounds = crate::protocol::bounds(protocol);
    for ((epoch, show), (start, end)) in protocol.iter().zip(&show).zip(&bounds) {
        hash.update(&epoch.name);
        hash.update(show);
        hash.update(start.to_le_bytes());
        hash.update(end.to_le_bytes());
    }
    text("name", protocol.iter().map(|e| e.name.clone()).collect())?;
    text("show", show)?;
    for (name, values) in [
        ("start", bounds.iter().map(|b| b.0).collect::<Vec<f64>>()),
        ("end", bounds.iter().map(|b| b.1).collect()),
    ] {
        let dataset = group.new_dataset::<f64>().shape(values.len()).create(name)?;
        dataset.write(&values)?;
        write_text(&dataset, "units", "ms")?;
    }
    Ok(())
}

/// The attributes of `/provenance` that are known before the run.
const BEFORE: [&str; 7] =
    ["model_text", "model_resolved", "seed", "version", "command_line", "started", "threads"];

fn write_provenance(
    group: &Group,
    provenance: &Provenance,
    wanted: impl Fn(&str) -> bool,
) -> hdf5::Result<()> {
    let value = serde_json::to_value(provenance).expect("provenance is plain data");
    let attributes = value.as_object().into_iter().flatten();
    for (name, value) in attributes.filter(|(name, _)| wanted(name)) {
        if let Some(text) = value.as_str() {
            write_text(group, name, text)?;
        } else if let Some(whole) = value.as_u64() {
            group.new_attr::<u64>().create(name.as_str())?.write_scalar(&whole)?;
        } else if let Some(real) = value.as_f64() {
            group.new_attr::<f64>().create(name.as_str())?.write_scalar(&real)?;
        }
    }
    Ok(())
}
