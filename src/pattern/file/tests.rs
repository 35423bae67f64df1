//! Files that NumPy and h5py have written, and text.

use super::super::PatternSource;
use super::*;
use crate::random::Seed;

fn file(path: &str, rows: Rows) -> PatternFile {
    PatternFile { path: path.to_owned(), rows, names: Vec::new() }
}

fn read(path: &str, rows: Rows) -> Result<PatternList> {
    file(path, rows).read("tests/data/patterns".as_ref(), 6)
}

const XI: [&[u32]; 3] = [&[0, 3], &[1, 2], &[0, 5]];

#[test]
fn a_matrix_is_the_same_in_every_format() {
    let formats = ["u1.npy", "bool.npy", "f8-fortran.npy", "i4-big-endian.npy", "i8.npy", "f4.npy"];
    for path in formats.into_iter().chain(["version-2.npy", "states.csv"]) {
        assert_eq!(read(path, Rows::States).unwrap().foreground, XI, "{path}");
    }
    assert_eq!(read("one.npy", Rows::States).unwrap().foreground, [XI[1]]);
    let lists = read("neurons.txt", Rows::Neurons).unwrap();
    assert_eq!(lists.foreground[1], [2, 1]);
    assert_eq!(lists.draw().foreground(1), XI[1]);
}

#[test]
#[cfg(feature = "hdf5")]
fn a_dataset_is_named_behind_a_colon() {
    for path in ["patterns.h5:/xi", "patterns.h5:/deep/truth"] {
        assert_eq!(read(path, Rows::States).unwrap().foreground, XI, "{path}");
    }
    assert_eq!(read("patterns.h5:/neurons", Rows::Neurons).unwrap().foreground, XI);
    for (path, reason) in [
        ("patterns.h5", "without the name of a dataset"),
        ("patterns.h5:/eta", "no readable dataset /eta"),
        ("patterns.h5:/cube", "has the shape [2, 2, 2]"),
    ] {
        let message = read(path, Rows::States).unwrap_err().to_string();
        assert!(message.contains(reason), "{path}: {message}");
    }
}

#[test]
fn what_holds_no_patterns_of_these_neurons_is_refused() {
    for (path, rows, reason) in [
        ("nothing.npy", Rows::States, "no readable file"),
        ("u1.npy:/xi", Rows::States, "is no HDF5 file"),
        ("cube.npy", Rows::States, "holds an array of 3 dimensions"),
        ("complex.npy", Rows::States, "numbers of the type <c16"),
        ("half.npy", Rows::States, "found 0.5 in row 1"),
        ("neurons.txt", Rows::States, "found 2 numbers in row 1"),
        ("u1.npy", Rows::Neurons, "found neuron 0 twice"),
        ("half.npy", Rows::Neurons, "found 0.5 in row 1"),
        ("patterns.h5", Rows::Neurons, "HDF5 file"),
    ] {
        let message = read(path, rows).unwrap_err().to_string();
        assert!(message.starts_with("path") && message.contains(reason), "{path}: {message}");
    }
    let message = file("u1.npy", Rows::States).read("tests/data/patterns".as_ref(), 7).unwrap_err();
    assert!(message.to_string().contains("a number for each of 7 neurons"), "{message}");
    // A file that ends too soon, or whose header lies, is no panic.
    let whole = std::fs::read("tests/data/patterns/u1.npy").unwrap();
    for end in 0..whole.len() {
        assert!(npy::read(&whole[..end], MOST).is_err(), "{end}");
    }
}

#[test]
fn a_model_that_has_been_read_needs_its_file_no_more() {
    let source = PatternSource::File(file("u1.npy", Rows::States));
    assert!(source.check(6).unwrap_err().to_string().contains("have not been read"));
    let resolved = source.resolve("tests/data/patterns".as_ref(), 6).unwrap();
    resolved.check(6).unwrap();
    assert!(resolved.check(7).is_err());
    assert_eq!((resolved.number(), resolved.coding_level()), (3, 1.0 / 3.0));
    assert_eq!(resolved.draw("E", 6, Seed(1)).foreground(2), XI[2]);
}

#[test]
fn a_file_that_would_fill_the_memory_is_refused() {
    // As many numbers as its header says: what they are is not looked for.
    let header = "{'descr': '|u1', 'fortran_order': False, 'shape': (50000001, 4), }";
    let length = (header.len() as u16).to_le_bytes();
    let many = [npy::MAGIC, &[1, 0], &length, header.as_bytes()].concat();
    let message = written(&many).unwrap_err().to_string();
    assert!(message.contains("holds 200000004 numbers, more than 200000000"), "{message}");
    let folder = tempfile::tempdir().unwrap();
    let large = std::fs::File::create(folder.path().join("xi")).unwrap();
    large.set_len(1_600_000_001).unwrap();
    let message = file("xi", Rows::States).read(folder.path(), 4).unwrap_err().to_string();
    assert!(message.contains("it has more than 1525 MiB"), "{message}");
}

/// What is read of a file of four neurons that holds `bytes`.
fn written(bytes: &[u8]) -> Result<PatternList> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("xi"), bytes).unwrap();
    file("xi", Rows::States).read(folder.path(), 4)
}

#[test]
fn minus_one_is_background_if_no_zero_is() {
    let list = written(b"-1 1 1 -1\n1,-1,-1,-1\n").unwrap();
    assert_eq!(list.foreground, [vec![1, 2], vec![0]]);
    for mixed in ["-1 1 0 1\n", "0 1 1 0\n-1 1 -1 1\n"] {
        let message = written(mixed.as_bytes()).unwrap_err().to_string();
        assert!(message.contains("found 0 in row 1 of xi; all patterns have 0 or 1"), "{message}");
    }
}

#[test]
fn a_text_may_begin_with_the_mark_of_its_encoding() {
    assert_eq!(written("\u{feff}0 1 1 0\n".as_bytes()).unwrap().foreground, [[1, 2]]);
}

#[test]
fn a_file_without_numbers_is_refused() {
    let npy = |shape: &str| {
        let header = format!("{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}");
        let length = u16::try_from(header.len()).unwrap().to_le_bytes();
        [npy::MAGIC, &[1, 0], &length, header.as_bytes()].concat()
    };
    let files = [b"# nothing\n".to_vec(), npy("(1000000000000, 0)"), npy("(0, 4)"), npy("(0,)")];
    for bytes in files {
        let message = written(&bytes).unwrap_err().to_string();
        assert!(message.contains("found no numbers in xi; a memory has at least"), "{message}");
    }
}
