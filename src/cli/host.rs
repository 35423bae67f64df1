//! What only the host knows: clocks, the command line, memory.

use super::resources::peak_rss_mb;
use crate::experiment::Host;
use std::ffi::OsString;
use std::sync::OnceLock;
use std::time::{Instant, SystemTime};

/// The clocks and the memory of this process.
pub(super) fn host() -> Host {
    static BEGINNING: OnceLock<Instant> = OnceLock::new();
    Host {
        command_line: command_line(),
        now,
        seconds: || BEGINNING.get_or_init(Instant::now).elapsed().as_secs_f64(),
        peak_rss_mb,
    }
}

/// The words of the command line, as they were typed.
static TYPED: OnceLock<Vec<OsString>> = OnceLock::new();

/// Remembers the words of the command line.
pub(super) fn typed(words: &[OsString]) {
    // The first ones stay.
    let _ = TYPED.set(words.to_vec());
}

/// As it was typed; names need not be texts.
fn command_line() -> String {
    let words = TYPED.get().into_iter().flatten();
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

pub(super) fn now() -> String {
    humantime::format_rfc3339(SystemTime::now()).to_string()
}
