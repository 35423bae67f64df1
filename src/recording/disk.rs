//! Bringing files and their names safely to disk.

use std::path::Path;

/// Brings what has been written to a file safely to disk.
pub(crate) fn sync(file: &Path) -> std::io::Result<()> {
    std::fs::File::open(file)?.sync_all()
}

/// Brings a change of the name of a file safely to disk.
pub(crate) fn sync_folder(file: &Path) -> std::io::Result<()> {
    let folder = match file.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    // Not every system can do this with folders, and not every folder may be read.
    let Ok(folder) = std::fs::File::open(folder) else { return Ok(()) };
    match folder.sync_all() {
        Err(e) if is_damage(&e) => Err(e),
        _ => Ok(()),
    }
}

/// Whether an error tells of a disk that fails or is full, not of something that a system cannot do.
fn is_damage(error: &std::io::Error) -> bool {
    use std::io::ErrorKind;
    let beyond = [ErrorKind::InvalidInput, ErrorKind::Unsupported, ErrorKind::PermissionDenied];
    !beyond.contains(&error.kind())
}
