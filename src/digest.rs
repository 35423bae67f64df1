//! SHA-256, as people read it.

use sha2::{Digest, Sha256};
use std::io::{self, Read};
use std::path::Path;

/// A hash in hexadecimal digits.
pub(crate) fn hex(hash: Sha256) -> String {
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Adds what stands in a file.
pub(crate) fn add_file(hash: &mut Sha256, path: &Path) -> io::Result<()> {
    let (mut file, mut piece) = (crate::file::open(path)?, vec![0; 1 << 20]);
    loop {
        match file.read(&mut piece)? {
            0 => return Ok(()),
            read => hash.update(&piece[..read]),
        }
    }
}
