//! What is printed: lines that no reader, full disk or stray character turns into something else.

use crate::error::{Error, Place, Result};
use std::cell::RefCell;
use std::fmt::Arguments;
use std::io::{ErrorKind, Write};
use std::sync::Mutex;

/// Why something that was printed did not arrive.
static LOST: Mutex<Option<String>> = Mutex::new(None);

thread_local! {
    /// What this thread prints, where that is not to go to the standard output.
    static KEPT: RefCell<Option<Vec<u8>>> = const { RefCell::new(None) };
}

/// Does `work`, and tells what this thread printed meanwhile.
pub(super) fn kept<T>(work: impl FnOnce() -> T) -> (T, String) {
    KEPT.set(Some(Vec::new()));
    let done = work();
    let printed = KEPT.take().unwrap_or_default();
    (done, String::from_utf8_lossy(&printed).into_owned())
}

/// Prints a line to the standard output; whoever reads may stop reading at any time, as `head` does.
pub(super) fn out(line: Arguments) {
    whole(format!("{}\n", plain(&line.to_string())).as_bytes());
}

/// Prints a text as it is.
pub(super) fn whole(text: &[u8]) {
    let is_kept = KEPT.with_borrow_mut(|kept| match kept {
        Some(kept) => {
            kept.extend_from_slice(text);
            true
        }
        None => false,
    });
    if is_kept {
        return;
    }
    let mut out = std::io::stdout().lock();
    let printed = out.write_all(text).and_then(|()| out.flush());
    if let Err(e) = printed
        && e.kind() != ErrorKind::BrokenPipe
        && let Ok(mut lost) = LOST.lock()
    {
        *lost = Some(e.to_string());
    }
}

/// Prints a line to the error stream. There is nobody to tell if it does not arrive, and no run ends for that.
pub(super) fn err(line: Arguments) {
    let _ = writeln!(std::io::stderr(), "{}", plain(&line.to_string()));
}

/// Whether all that was printed to the standard output has arrived.
pub(super) fn lost() -> Result<()> {
    match LOST.lock().ok().and_then(|mut lost| lost.take()) {
        None => Ok(()),
        Some(why) => Err(Error::input(
            format!("found that what was to be printed cannot be written ({why})"),
            "",
            "free space where it goes, or print it elsewhere",
        )
        .placed(Place::Argument("the standard output".to_owned()))),
    }
}

/// A text without what a terminal would obey: files name their titles as they like.
fn plain(text: &str) -> String {
    let obeyed = |c: char| c.is_control() && c != '\n' && c != '\t';
    text.replace(obeyed, "\u{fffd}")
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn a_terminal_obeys_no_title() {
        assert_eq!(plain("a\u{1b}[2Jb\tc\nd\u{7}\u{9b}é"), "a\u{fffd}[2Jb\tc\nd\u{fffd}\u{fffd}é");
    }
}
