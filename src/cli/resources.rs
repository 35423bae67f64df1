//! Memory and disk that this machine has to spare, where it tells.

use crate::dynamics::Section;
use crate::error::{Error, Result};
use crate::model::{Document, Model};
use crate::network::Transmission;
use crate::work::cores;
use std::path::Path;

/// Refuses a model that does not fit the memory that there is.
pub(super) fn check_memory(document: &Document, model: &Model) -> Result<()> {
    check_memory_of(document, model, (1.0, cores()))
}

/// The same of this share of its network, on which so many workers work.
pub(super) fn check_memory_of(
    document: &Document,
    model: &Model,
    (share, workers): (f64, usize),
) -> Result<()> {
    let (needed, available) = (share * model.memory(workers), available_memory());
    if needed <= available {
        return Ok(());
    }
    let nature = model.dynamics.nature();
    let (needed, available) = (needed / 1e6, format!("{:.0} MB are available", available / 1e6));
    if share * model.memory_of_trials() / 1e6 > 0.5 * needed {
        let error = Error::input(
            format!("found trials and a network that take about {needed:.0} MB"),
            available,
            match model.record.input {
                true => {
                    "make trials shorter or fewer, a population smaller, or leave external spikes out (input = false)"
                }
                false => "make trials shorter or fewer, or a population smaller",
            },
        );
        return Err(document.place(error.at("task")));
    }
    let error = Error::input(
        format!("found a network that takes about {needed:.0} MB"),
        available,
        match nature.transmission {
            _ if model.record.input => {
                "make a population smaller or its connections sparser, or leave external spikes out (input = false)"
            }
            Transmission::Spikes => "make a population smaller or its connections sparser",
            Transmission::Activity => {
                "make a population smaller or its connections sparser, or let patterns vote (storage = \"votes\")"
            }
        },
    );
    Err(document.place(error.at("population")))
}

/// Refuses an output for which there is no room: while it is written it stands on disk twice; `written` bytes of it may stand
/// there already.
pub(super) fn check_disk(
    document: &Document,
    model: &Model,
    output: &Path,
    written: f64,
) -> Result<()> {
    let (needed, free) = (2.0 * model.recorded() - written, free_disk(output));
    if needed <= free {
        return Ok(());
    }
    let error = Error::input(
        format!("found a recording that takes about {:.0} MB while it is written", needed / 1e6),
        format!("{:.0} MB are free where {} is to stand", free / 1e6, output.display()),
        "look less often, at less, or for a shorter time, free space, or choose another place with -o",
    );
    Err(document.place(error.at("record")))
}

/// Refuses a sweep for whose recordings, of `needed` bytes, there is no room in the folder `keep` or beside the `output`.
pub(super) fn check_disk_of_sweep(needed: f64, keep: Option<&Path>, output: &Path) -> Result<()> {
    let (place, free) = match keep {
        // It need not exist yet.
        Some(folder) => {
            let existing = folder.ancestors().find(|above| above.is_dir());
            (folder, free_disk(&existing.unwrap_or(Path::new(".")).join("run")))
        }
        None => (output, free_disk(output)),
    };
    if needed <= free {
        return Ok(());
    }
    Err(Error::file(
        place,
        format!(
            "found recordings that take about {:.0} MB at once, and {:.0} MB free",
            needed / 1e6,
            free / 1e6
        ),
        "look less often or at less, use fewer --threads, keep no recordings, or choose another place",
    ))
}

/// Memory that may still be taken, in bytes: what the machine has to spare, within the limits of this process and of the
/// control groups to which it belongs; infinite where nothing tells.
pub(super) fn available_memory() -> f64 {
    let machine = proc_kib("/proc/meminfo", "MemAvailable:");
    [machine, addressable(), grouped()].into_iter().flatten().fold(f64::INFINITY, f64::min)
}

/// What `ulimit -v` leaves.
fn addressable() -> Option<f64> {
    let limits = std::fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits.lines().find_map(|l| l.strip_prefix("Max address space"))?;
    let limit: f64 = line.split_whitespace().next()?.parse().ok()?;
    Some((limit - proc_kib("/proc/self/status", "VmSize:")?).max(0.0))
}

/// What the control groups leave, of the second version or of the first.
fn grouped() -> Option<f64> {
    let groups = std::fs::read_to_string("/proc/self/cgroup").ok()?;
    let of = |line: &str| {
        let mut parts = line.splitn(3, ':').skip(1);
        let (controllers, group) = (parts.next()?, parts.next()?);
        let group = Path::new(group.trim_start_matches('/'));
        match controllers {
            "" => least(Path::new("/sys/fs/cgroup"), group, ["memory.max", "memory.current"]),
            _ if controllers.split(',').any(|c| c == "memory") => least(
                Path::new("/sys/fs/cgroup/memory"),
                group,
                ["memory.limit_in_bytes", "memory.usage_in_bytes"],
            ),
            _ => None,
        }
    };
    groups.lines().filter_map(of).reduce(f64::min)
}

/// The least that `group`, or one above it, leaves, by the files of its limit and its usage. In a container the root may be
/// the group itself.
fn least(root: &Path, group: &Path, [limit, usage]: [&str; 2]) -> Option<f64> {
    let number =
        |file: &Path| -> Option<f64> { std::fs::read_to_string(file).ok()?.trim().parse().ok() };
    let left = |group: &Path| {
        let folder = root.join(group);
        // What has been read from files is given up when memory is short.
        let statistics = std::fs::read_to_string(folder.join("memory.stat")).unwrap_or_default();
        let cached = ["inactive_file ", "total_inactive_file "].into_iter().filter_map(|name| {
            statistics.lines().find_map(|line| line.strip_prefix(name)?.parse::<f64>().ok())
        });
        let cached = cached.fold(0.0, f64::max);
        let used = (number(&folder.join(usage))? - cached).max(0.0);
        Some((number(&folder.join(limit))? - used).max(0.0))
    };
    group.ancestors().filter_map(left).reduce(f64::min)
}

/// Bytes that are free where `output` is to stand; infinite where the system does not tell.
#[cfg(unix)]
fn free_disk(output: &Path) -> f64 {
    let folder = output.parent().filter(|folder| *folder != Path::new(""));
    match rustix::fs::statvfs(folder.unwrap_or(Path::new("."))) {
        Ok(system) => system.f_bavail as f64 * system.f_frsize as f64,
        Err(_) => f64::INFINITY,
    }
}

#[cfg(not(unix))]
fn free_disk(_: &Path) -> f64 {
    f64::INFINITY
}

/// Bytes that a line of a file in /proc tells in KiB.
fn proc_kib(file: &str, name: &str) -> Option<f64> {
    let text = std::fs::read_to_string(file).ok()?;
    let line = text.lines().find_map(|l| l.strip_prefix(name))?;
    Some(line.split_whitespace().next()?.parse::<f64>().ok()? * 1024.0)
}

/// Largest resident memory of this process in 10^6 bytes; 0 where /proc does not tell.
pub(super) fn peak_rss_mb() -> f64 {
    proc_kib("/proc/self/status", "VmHWM:").unwrap_or(0.0) / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_leaves_what_the_tightest_above_it_leaves() {
        let root = tempfile::tempdir().unwrap();
        let write = |group: &str, limit: &str, used: &str, cached: &str| {
            let folder = root.path().join(group);
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(folder.join("memory.max"), limit).unwrap();
            std::fs::write(folder.join("memory.current"), used).unwrap();
            std::fs::write(folder.join("memory.stat"), format!("file 9\ninactive_file {cached}\n"))
                .unwrap();
        };
        let left = |group| least(root.path(), Path::new(group), ["memory.max", "memory.current"]);
        assert_eq!(left("a/b"), None);
        write("a/b", "max\n", "70\n", "0");
        assert_eq!(left("a/b"), None);
        write("a", "100\n", "70\n", "20");
        assert_eq!(left("a/b"), Some(50.0));
        write("a/b", "90\n", "80\n", "0");
        assert_eq!(left("a/b"), Some(10.0));
        // A group that stands elsewhere, as in a container.
        write("", "30\n", "10\n", "0");
        assert_eq!(left("elsewhere/b"), Some(20.0));
    }

    #[test]
    fn memory_and_disk_of_this_machine_are_known() {
        assert!(available_memory() > 0.0);
        assert!(free_disk(Path::new("x.h5")) > 0.0);
        assert!(peak_rss_mb() > 0.0 || !cfg!(target_os = "linux"));
    }
}
