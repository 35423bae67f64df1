//! A process of its own that reads all that describes an HDF5 file, before this one opens it.
//!
//! libhdf5 ends with a segmentation fault, or not at all, on some damaged files, and nothing within the process helps against
//! that. The helper reads every attribute, every text and the index of every column under limits of time and memory; what it
//! does not survive is refused, and so are [references] that it would follow to nowhere.

mod references;

use crate::hdf::{self, Look};
use hdf5::types::{TypeDescriptor, VarLenUnicode};
use hdf5::{Container, Group, Location, LocationInfo, LocationToken};
use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, ExitCode, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// The first argument that makes this program the helper.
pub(super) const ARGUMENT: &str = "--probe-hdf5";

/// What calls the helper, where that is not this program: its first words.
static HELPER: OnceLock<Vec<OsString>> = OnceLock::new();

/// Has the helper called with `words`, behind which [`ARGUMENT`] and the file follow.
pub(super) fn call_with(words: Vec<OsString>) {
    // The first ones stay.
    let _ = HELPER.set(words);
}

/// How long the helper may compute.
const LONGEST: Duration = Duration::from_secs(5);
/// How long it is waited for: where computing itself is limited, a busy machine may have other things to do.
const PATIENCE: Duration = if cfg!(unix) { Duration::from_secs(60) } else { LONGEST };
/// How long the helper may wait without a break for something else than a processor or a disk, and how often it is asked.
#[cfg(target_os = "linux")]
const IDLE: Duration = Duration::from_secs(4);
#[cfg(target_os = "linux")]
const ASK: Duration = Duration::from_millis(100);
/// Memory that it may take, bytes.
#[cfg(unix)]
const MEMORY: u64 = 1 << 30;
/// How every HDF5 file begins.
const SIGNATURE: &[u8] = b"\x89HDF\r\n\x1a\n";
/// The exit code of the helper where a text is not where the file says.
const LOST: u8 = 3;
/// More objects than any file that is read here has.
const MOST: usize = 1_000_000;

/// Lets the helper read `path`.
pub(super) fn guard(path: &Path) -> Look {
    // What is no file is refused elsewhere, and who may start no process must trust the file.
    if !path.is_file() {
        return Look::Sound;
    }
    let own = std::env::current_exe().ok().map(|program| vec![program.into_os_string()]);
    let Some(words) = HELPER.get().cloned().or(own) else { return Look::Sound };
    let Some((program, words)) = words.split_first() else { return Look::Sound };
    let mut helper = Command::new(program);
    helper.args(words).arg(ARGUMENT).arg(path);
    helper.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    // An interrupt from the terminal is meant for this process: the helper would look like one that did not survive.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut helper, 0);
    let Ok(mut helper) = helper.spawn() else { return Look::Sound };
    let (begin, mut pause) = (Instant::now(), Duration::from_micros(200));
    while begin.elapsed() < PATIENCE {
        match helper.try_wait() {
            Ok(Some(status)) if status.success() || never_looked(status) => return Look::Sound,
            Ok(Some(status)) => return told_by(status),
            Ok(None) => std::thread::sleep(pause),
            Err(e) => return Look::Failed(e.to_string()),
        }
        pause = (pause * 2).min(Duration::from_millis(10));
    }
    let _ = helper.kill().and_then(|()| helper.wait());
    endless()
}

fn endless() -> Look {
    Look::Damaged(format!(
        "it is damaged: the HDF5 library reads it for more than {} s",
        LONGEST.as_secs()
    ))
}

/// Whether the helper of another program could not begin; the helper itself never ends with this code.
fn never_looked(status: ExitStatus) -> bool {
    HELPER.get().is_some() && status.code() == Some(1)
}

/// What a helper tells of the file that ended in this way; nothing if somebody else ended it.
fn told_by(status: ExitStatus) -> Look {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        use rustix::process::Signal;
        if signal == Signal::XCPU.as_raw() {
            return endless();
        }
        if signal == Signal::ALARM.as_raw() {
            let told = "it waits for something else, such as a pipe to which a link in it leads";
            return Look::Failed(told.to_owned());
        }
        let own = [Signal::SEGV, Signal::BUS, Signal::ABORT, Signal::FPE, Signal::ILL];
        if !own.iter().any(|own| own.as_raw() == signal) {
            let found =
                format!("the program that looks at it first was ended, {status}: try again");
            return Look::Failed(found);
        }
    }
    Look::Damaged(if status.code() == Some(LOST.into()) {
        "it is damaged: a text is not where the file says".to_owned()
    } else {
        format!("it is damaged: the HDF5 library does not survive it, {status}")
    })
}

/// The helper: reads what describes the file, and is silent. What can be told of the file is told by who reads it then.
pub(super) fn probe(path: &Path) -> ExitCode {
    #[cfg(target_os = "linux")]
    std::thread::spawn(end_if_idle);
    limit();
    if !references::lead_somewhere(path) {
        return ExitCode::from(LOST);
    }
    if let Ok(file) = hdf5::File::open(path) {
        attributes(&file);
        walk(&file, &mut Seen::default());
    }
    ExitCode::SUCCESS
}

/// Ends the process where it takes too much.
#[cfg(unix)]
fn limit() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    // At the limit of computing there is a signal, a second later the end.
    let seconds = LONGEST.as_secs();
    for (what, current, maximum) in [
        (Resource::As, MEMORY, MEMORY),
        (Resource::Cpu, seconds, seconds + 1),
        (Resource::Core, 0, 0),
    ] {
        // A limit that is lower already holds.
        let _ = setrlimit(what, Rlimit { current: Some(current), maximum: Some(maximum) });
    }
}

/// Ends the process where its first thread waits for what may never come, such as a pipe: no limit of computing ends that.
#[cfg(target_os = "linux")]
fn end_if_idle() {
    use rustix::process::{Signal, getpid, kill_process};
    let process = getpid();
    let stat = format!("/proc/self/task/{}/stat", process.as_raw_pid());
    let mut waited = Duration::ZERO;
    while waited < IDLE {
        std::thread::sleep(ASK);
        let Ok(stat) = std::fs::read_to_string(&stat) else { return };
        let sleeps = stat.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('S'));
        waited = if sleeps { waited + ASK } else { Duration::ZERO };
    }
    let _ = kill_process(process, Signal::ALARM);
}

/// Elsewhere the time alone is limited.
#[cfg(not(unix))]
fn limit() {}

/// What has been seen of a file: several names may lead to one group, in a circle too.
#[derive(Default)]
struct Seen {
    objects: usize,
    groups: Vec<(u64, LocationToken)>,
}

fn walk(group: &Group, seen: &mut Seen) {
    let Ok(LocationInfo { fileno, token, .. }) = group.loc_info() else { return };
    if seen.groups.contains(&(fileno, token)) {
        return;
    }
    seen.groups.push((fileno, token));
    for name in group.member_names().unwrap_or_default() {
        seen.objects += 1;
        if seen.objects > MOST {
            return;
        }
        if let Ok(dataset) = group.dataset(&name) {
            attributes(&dataset);
            let _ = dataset.num_chunks();
            if hdf::within_file(&dataset).is_ok() {
                texts(&dataset);
            }
        } else if let Ok(group) = group.group(&name) {
            attributes(&group);
            walk(&group, seen);
        }
    }
}

fn attributes(at: &Location) {
    for name in at.attr_names().unwrap_or_default() {
        if let Ok(attribute) = at.attr(&name) {
            texts(&attribute);
        }
    }
}

/// Reads texts, which stand somewhere else in the file.
fn texts(at: &Container) {
    let kind = at.dtype().and_then(|kind| kind.to_descriptor());
    if matches!(kind, Ok(TypeDescriptor::VarLenUnicode | TypeDescriptor::VarLenAscii)) {
        let _ = at.read_raw::<VarLenUnicode>();
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use rustix::process::Signal;
    use std::os::unix::process::ExitStatusExt;

    #[test]
    fn a_helper_that_somebody_ended_tells_nothing_of_the_file() {
        let ended_by = |signal: Signal| told_by(ExitStatus::from_raw(signal.as_raw()));
        for signal in [Signal::SEGV, Signal::BUS, Signal::ABORT, Signal::FPE, Signal::XCPU] {
            assert!(matches!(ended_by(signal), Look::Damaged(_)), "{signal:?}");
        }
        for signal in [Signal::INT, Signal::TERM, Signal::HUP, Signal::KILL, Signal::ALARM] {
            assert!(matches!(ended_by(signal), Look::Failed(_)), "{signal:?}");
        }
    }
}
