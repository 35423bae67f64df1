//! Files that a model or a command names, read as a whole or from their beginning.
//!
//! A pipe or a device under the name of a file would be waited for, perhaps for ever: it is refused, and so is a file that only
//! the system makes up, such as `/proc/kmsg`, which says that it is empty and may never end. A pipe that was named as what it is,
//! like /dev/stdin and what a shell makes of `<(command)`, is read where it is read once, as a whole: it is waited for as long as
//! somebody writes, and gives [`LARGEST`] bytes at most.

use std::fs::{File, Metadata, OpenOptions};
#[cfg(feature = "figures")]
use std::io::Write;
use std::io::{BufRead, Error, ErrorKind, Read, Result, Seek};
use std::path::Path;

/// Where pipes are meant.
const STREAMS: [&str; 3] = ["/dev/stdin", "/dev/fd", "/proc/self/fd"];

/// Bytes of a text, or of what comes through a pipe, at most.
pub(crate) const LARGEST: u64 = 1 << 28;

/// Bytes of a model at most: to take one apart needs up to some three hundred times as many.
pub(crate) const MODEL: u64 = 1 << 21;

/// Bytes of a picture at most.
pub(crate) const PICTURE: u64 = 1 << 26;

/// Bytes of a line at most, with its end.
const LINE: u64 = 1 << 20;

/// Opens the file at `path`, which may be read more than once.
pub(crate) fn open(path: &Path) -> Result<File> {
    let found = std::fs::metadata(path)?;
    if is_stream(path, &found) {
        return refuse("it is a pipe, which can be read only once: save what it gives to a file");
    }
    if !found.is_file() && !found.is_dir() {
        return refuse("it is a pipe, a device or a socket");
    }
    let mut options = OpenOptions::new();
    options.read(true);
    let may_be_made_up = found.is_file() && found.len() == 0;
    // Such a file says that it would be waited for. Of others, which may be brought from far away, waiting is meant.
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    if may_be_made_up {
        std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, libc::O_NONBLOCK);
    }
    let mut file = options.open(path)?;
    // Another machine may have written it a moment ago.
    if may_be_made_up && gives(&mut file)? && file.metadata()?.len() == 0 {
        return refuse("it says that it is empty, but gives something: no ordinary file does");
    }
    if found.is_file() {
        file.rewind()?;
    }
    Ok(file)
}

/// Whether there is something to read, or will be.
fn gives(file: &mut File) -> Result<bool> {
    match file.read(&mut [0]) {
        Ok(read) => Ok(read > 0),
        Err(e) if e.kind() == ErrorKind::WouldBlock => Ok(true),
        Err(e) => Err(e),
    }
}

/// All bytes of the file at `path`, which may be large; of a pipe, [`LARGEST`] at most.
pub(crate) fn bytes(path: &Path) -> Result<Vec<u8>> {
    let found = std::fs::metadata(path)?;
    bytes_within(path, if is_stream(path, &found) { LARGEST } else { u64::MAX })
}

/// All bytes of the file at `path`, if there are no more than `most`.
pub(crate) fn bytes_within(path: &Path, most: u64) -> Result<Vec<u8>> {
    let found = std::fs::metadata(path)?;
    let too_large = || {
        let found = format!("it has more than {} MiB", most >> 20);
        Err(Error::new(ErrorKind::FileTooLarge, found))
    };
    if found.len() > most {
        return too_large();
    }
    let file = if is_stream(path, &found) { File::open(path)? } else { open(path)? };
    let mut bytes = Vec::new();
    file.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most { too_large() } else { Ok(bytes) }
}

/// Whether a file that can be read more than once begins with these bytes.
pub(crate) fn begins_with(path: &Path, start: &[u8]) -> bool {
    let mut found = vec![0; start.len()];
    open(path).and_then(|mut file| file.read_exact(&mut found)).is_ok() && found == start
}

/// All of the text at `path`, if it has no more than `most` bytes.
pub(crate) fn text(path: &Path, most: u64) -> Result<String> {
    decoded(bytes_within(path, most)?)
}

fn decoded(bytes: Vec<u8>) -> Result<String> {
    let text = String::from_utf8(bytes);
    text.map_err(|_| Error::new(ErrorKind::InvalidData, "stream did not contain valid UTF-8"))
}

/// The lines of a text, without their ends.
pub(crate) fn lines(mut text: impl BufRead) -> impl Iterator<Item = Result<String>> {
    std::iter::from_fn(move || {
        let mut line = Vec::new();
        match text.by_ref().take(LINE).read_until(b'\n', &mut line) {
            Ok(0) => None,
            Ok(read) if read as u64 == LINE && !line.ends_with(b"\n") => {
                Some(refuse("it has more than 1 MiB"))
            }
            Ok(_) => {
                while line.pop_if(|last| matches!(last, b'\n' | b'\r')).is_some() {}
                Some(decoded(line))
            }
            Err(e) => Some(Err(e)),
        }
    })
}

/// Whether what was `found` at `path` is a pipe that was named as one.
fn is_stream(path: &Path, found: &Metadata) -> bool {
    #[cfg(unix)]
    let is_pipe = {
        use std::os::unix::fs::FileTypeExt;
        found.file_type().is_fifo()
    };
    #[cfg(not(unix))]
    let is_pipe = !found.is_file() && !found.is_dir();
    is_pipe && STREAMS.iter().any(|stream| path.starts_with(stream))
}

fn refuse<T>(found: &str) -> Result<T> {
    Err(Error::new(ErrorKind::InvalidInput, found))
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

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::io::BufReader;
    use std::os::fd::AsRawFd;
    use std::path::PathBuf;
    use std::process::{Command, Stdio};

    fn whole(path: &Path) -> Result<String> {
        text(path, LARGEST)
    }

    fn told<T>(read: Result<T>) -> String {
        read.err().unwrap().to_string()
    }

    /// What a command prints, as a pipe of this process.
    fn piped<T>(words: &[&str], read: impl FnOnce(&Path) -> T) -> T {
        let mut command = Command::new(words[0]);
        let mut child = command.args(&words[1..]).stdout(Stdio::piped()).spawn().unwrap();
        let pipe = child.stdout.take().unwrap();
        let done = read(&PathBuf::from(format!("/proc/self/fd/{}", pipe.as_raw_fd())));
        drop(pipe);
        child.wait().unwrap();
        done
    }

    #[test]
    fn a_pipe_that_is_named_as_one_is_read_once_and_to_its_end() {
        assert_eq!(piped(&["echo", "a text"], whole).unwrap(), "a text\n");
        assert!(
            told(piped(&["echo", "a text"], open)).starts_with("it is a pipe, which can be read")
        );
        let endless = ["cat", "/dev/zero"];
        for told in [told(piped(&endless, whole)), told(piped(&endless, bytes))] {
            assert_eq!(told, "it has more than 256 MiB");
        }
    }

    #[test]
    fn what_is_no_file_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let pipe = directory.path().join("pipe");
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        for path in ["/dev/null", "/dev/zero", "/dev/tty", pipe.to_str().unwrap()] {
            for told in [told(whole(path.as_ref())), told(open(path.as_ref()))] {
                assert_eq!(told, "it is a pipe, a device or a socket", "{path}");
            }
        }
        assert!(told(whole(directory.path())).contains("directory"));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_the_system_makes_up_is_refused() {
        let made_up = "it says that it is empty, but gives something: no ordinary file does";
        assert_eq!(told(whole("/proc/self/status".as_ref())), made_up);
        // Only some may open this one, which has no end.
        if File::open("/proc/kmsg").is_ok() {
            assert_eq!(told(bytes("/proc/kmsg".as_ref())), made_up);
        }
    }

    #[test]
    fn a_text_has_a_size_and_so_have_its_lines() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("text");
        for (content, expected) in
            [(&b""[..], Some("")), (b"\xc3\xa4\r\n", Some("\u{e4}\r\n")), (b"\xff", None)]
        {
            std::fs::write(&path, content).unwrap();
            assert_eq!(whole(&path).ok().as_deref(), expected);
        }
        for (most, size) in [(LARGEST, "256 MiB"), (MODEL, "2 MiB")] {
            File::create(&path).unwrap().set_len(most + 1).unwrap();
            assert_eq!(told(text(&path, most)), format!("it has more than {size}"));
        }
        let file = File::create(&path).unwrap();
        file.set_len(MODEL).unwrap();
        assert_eq!(text(&path, MODEL).unwrap().len() as u64, MODEL);
        file.set_len(LARGEST + 1).unwrap();
        let line = lines(BufReader::new(open(&path).unwrap())).next().unwrap();
        assert_eq!(told(line), "it has more than 1 MiB");
        let all: Result<Vec<String>> = lines(&b"1 2\r\n\n3"[..]).collect();
        assert_eq!(all.unwrap(), ["1 2", "", "3"]);
    }
}
