//! A process of its own that reads all that describes an HDF5 file, before this one opens it.
//!
//! libhdf5 ends with a segmentation fault, or not at all, on some damaged files, and nothing within the process helps against
//! that. The helper reads every attribute, every text and the index of every column under limits of time and memory; what it
//! does not survive is refused, and so are [references] that it would follow to nowhere.

mod references;

use crate::hdf;
use hdf5::types::{TypeDescriptor, VarLenUnicode};
use hdf5::{Container, Group, Location};
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
/// Memory that it may take, bytes.
#[cfg(unix)]
const MEMORY: u64 = 1 << 30;
/// How every HDF5 file begins.
const SIGNATURE: &[u8] = b"\x89HDF\r\n\x1a\n";
/// The exit code of the helper where a text is not where the file says.
const LOST: u8 = 3;
/// More objects than any file that is read here has.
const MOST: usize = 1_000_000;

/// Lets the helper read `path`; tells why it should not be opened.
pub(super) fn guard(path: &Path) -> Result<(), String> {
    // What is no file is refused elsewhere, and who may start no process must trust the file.
    if !path.is_file() {
        return Ok(());
    }
    let own = std::env::current_exe().ok().map(|program| vec![program.into_os_string()]);
    let Some(words) = HELPER.get().cloned().or(own) else { return Ok(()) };
    let Some((program, words)) = words.split_first() else { return Ok(()) };
    let mut helper = Command::new(program);
    helper.args(words).arg(ARGUMENT).arg(path);
    helper.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let Ok(mut helper) = helper.spawn() else { return Ok(()) };
    let (begin, mut pause) = (Instant::now(), Duration::from_micros(200));
    while begin.elapsed() < PATIENCE {
        match helper.try_wait() {
            Ok(Some(status)) if status.success() || never_looked(status) => return Ok(()),
            Ok(Some(status)) => return Err(died(status)),
            Ok(None) => std::thread::sleep(pause),
            Err(e) => return Err(e.to_string()),
        }
        pause = (pause * 2).min(Duration::from_millis(10));
    }
    let _ = helper.kill().and_then(|()| helper.wait());
    Err(endless())
}

fn endless() -> String {
    format!("it is damaged: the HDF5 library reads it for more than {} s", LONGEST.as_secs())
}

/// Whether the helper of another program could not begin; the helper itself never ends with this code.
fn never_looked(status: ExitStatus) -> bool {
    HELPER.get().is_some() && status.code() == Some(1)
}

fn died(status: ExitStatus) -> String {
    #[cfg(unix)]
    if std::os::unix::process::ExitStatusExt::signal(&status)
        == Some(rustix::process::Signal::XCPU.as_raw())
    {
        return endless();
    }
    if status.code() == Some(LOST.into()) {
        return "it is damaged: a text is not where the file says".to_owned();
    }
    format!("it is damaged: the HDF5 library does not survive it, {status}")
}

/// The helper: reads what describes the file, and is silent. What can be told of the file is told by who reads it then.
pub(super) fn probe(path: &Path) -> ExitCode {
    limit();
    if !references::lead_somewhere(path) {
        return ExitCode::from(LOST);
    }
    if let Ok(file) = hdf5::File::open(path) {
        attributes(&file);
        walk(&file, &mut 0);
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

/// Elsewhere the time alone is limited.
#[cfg(not(unix))]
fn limit() {}

fn walk(group: &Group, seen: &mut usize) {
    for name in group.member_names().unwrap_or_default() {
        *seen += 1;
        if *seen > MOST {
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
