//! What only the host knows: clocks, the command line, memory.

use super::resources::peak_rss_mb;
use crate::experiment::Host;
use std::sync::OnceLock;
use std::time::Instant;

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

/// As it was typed; names need not be texts.
fn command_line() -> String {
    let words = std::env::args_os().map(|word| word.to_string_lossy().into_owned());
    words.collect::<Vec<_>>().join(" ")
}

pub(super) fn now() -> String {
    jiff::Timestamp::now().to_string()
}
