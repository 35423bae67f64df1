//! Files that a model or a command names, read as a whole or from their beginning.
//!
//! A pipe or a device under the name of a file would be waited for, perhaps for ever: it is refused, unless it was named as
//! what it is, like /dev/stdin and what a shell makes of `<(command)`.

use std::fs::File;
#[cfg(feature = "figures")]
use std::io::Write;
use std::io::{Error, ErrorKind, Read, Result};
use std::path::Path;

/// Where pipes are meant.
const STREAMS: [&str; 3] = ["/dev/stdin", "/dev/fd", "/proc/self/fd"];

/// Opens the file at `path`.
pub(crate) fn open(path: &Path) -> Result<File> {
    let kind = std::fs::metadata(path)?.file_type();
    if !kind.is_file() && !kind.is_dir() && !STREAMS.iter().any(|stream| path.starts_with(stream)) {
        return Err(Error::new(ErrorKind::InvalidInput, "it is a pipe, a device or a socket"));
    }
    File::open(path)
}

/// All bytes of the file at `path`.
pub(crate) fn bytes(path: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open(path)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// All of the text at `path`.
pub(crate) fn text(path: &Path) -> Result<String> {
    let mut text = String::new();
    open(path)?.read_to_string(&mut text)?;
    Ok(text)
}

/// Writes a whole file to `path`; of what cannot be written to its end nothing is left.
#[cfg(feature = "figures")]
pub(crate) fn write(path: &Path, bytes: impl AsRef<[u8]>) -> Result<()> {
    let mut file = File::create(path)?;
    let written = file.write_all(bytes.as_ref());
    if written.is_err() && path.is_file() {
        // Why it could not be written is told; nobody is helped by a part of it.
        let _ = std::fs::remove_file(path);
    }
    written
}
