//! Tests of reading spikes from files.

use super::*;
use hdf5::types::VarLenUnicode;
use std::path::PathBuf;

/// Population S of three neurons, in the group `spikes`.
const S: Wanted = Wanted { groups: &["spikes"], chosen: None, population: "S", neurons: 3 };

fn from_text(text: &str) -> Result<Arrivals> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("spikes.txt");
    std::fs::write(&path, text).unwrap();
    read(&path, S)
}

/// An HDF5 file with spikes by (group, population), and times in a unit if there is one.
fn file(spikes: &[(&str, &[f64], &[u64])], unit: Option<&str>) -> (tempfile::TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("spikes.h5");
    let file = hdf5::File::create(&path).unwrap();
    for (name, times, ids) in spikes {
        let group = file.create_group(name).unwrap();
        let times = group.new_dataset_builder().with_data(*times).create("timestamps").unwrap();
        group.new_dataset_builder().with_data(*ids).create("node_ids").unwrap();
        if let Some(unit) = unit {
            let unit: VarLenUnicode = unit.parse().unwrap();
            times.new_attr::<VarLenUnicode>().create("units").unwrap().write_scalar(&unit).unwrap();
        }
    }
    (directory, path)
}

#[test]
fn two_columns_of_text_are_read_and_put_in_order() {
    let text = "# neuron time\n2 5.5\n\n0\t7 # a comment\n1.0e+00 5.5\n 2 0.0\n";
    assert_eq!(from_text(text).unwrap(), [(0.0, 2), (5.5, 1), (5.5, 2), (7.0, 0)]);
    assert_eq!(from_text("\u{feff}1 2\n").unwrap(), [(2.0, 1)]);
    assert_eq!(from_text("").unwrap(), []);
}

#[test]
fn text_that_is_no_spike_is_refused_with_its_line() {
    for (text, sentence) in [
        ("0 1\n1\n", "found \"1\" on line 2 of"),
        ("0 1 2\n", "found \"0 1 2\" on line 1 of"),
        ("a 1\n", "found \"a 1\" on line 1 of"),
        ("0.5 1\n", "found \"0.5 1\" on line 1 of"),
        ("\n# x\n3 1\n", "found neuron 3 on line 3 of"),
        ("-1 1\n", "found neuron -1 on line 1 of"),
        ("0 -1\n", "found a spike at -1 ms on line 1 of"),
        ("0 nan\n", "found a spike at NaN ms on line 1 of"),
        ("0 inf\n", "found a spike at inf ms on line 1 of"),
    ] {
        let error = from_text(text).unwrap_err();
        assert_eq!(error.key(), "file", "{text}");
        assert!(error.to_string().contains(sentence), "{error}");
    }
}

#[test]
fn sonata_is_read_in_its_unit() {
    let times: &[f64] = &[0.003, 0.001, 0.003];
    let ids: &[u64] = &[2, 1, 0];
    for (unit, factor) in [(None, 1.0), (Some("ms"), 1.0), (Some("s"), 1000.0)] {
        let (_directory, path) = file(&[("spikes/S", times, ids)], unit);
        let read = read(&path, S).unwrap();
        assert_eq!(read, [(0.001 * factor, 1), (0.003 * factor, 0), (0.003 * factor, 2)]);
    }
    let (_directory, path) = file(&[("spikes/S", times, ids)], Some("fortnight"));
    let message = read(&path, S).unwrap_err().to_string();
    assert!(message.contains("found times in `fortnight`"), "{message}");
}

#[test]
fn the_population_is_chosen_or_the_same_or_the_only_one() {
    let (a, b): (&[f64], &[f64]) = (&[1.0], &[2.0]);
    let ids: &[u64] = &[0];
    let (_one, only) = file(&[("spikes/A", a, ids)], None);
    let (_two, two) = file(&[("spikes/A", a, ids), ("spikes/B", b, ids)], None);
    let (_same, same) = file(&[("spikes/A", a, ids), ("spikes/S", b, ids)], None);
    assert_eq!(read(&only, S).unwrap(), [(1.0, 0)]);
    assert_eq!(read(&two, Wanted { chosen: Some("B"), ..S }).unwrap(), [(2.0, 0)]);
    assert_eq!(read(&same, S).unwrap(), [(2.0, 0)]);
    let message = read(&two, S).unwrap_err().to_string();
    assert!(message.contains("found the populations `A`, `B` in /spikes"), "{message}");
    let error = read(&two, Wanted { chosen: Some("C"), ..S }).unwrap_err();
    assert_eq!(error.key(), "population");
    assert!(error.to_string().contains("found no population `C` in /spikes"), "{error}");
}

#[test]
fn recorded_input_is_preferred_and_belongs_to_the_population_of_its_name() {
    let (a, b): (&[f64], &[f64]) = (&[1.0], &[2.0]);
    let ids: &[u64] = &[0];
    let (_directory, path) = file(&[("spikes/S", a, ids), ("external/S", b, ids)], None);
    let replay = Wanted { groups: &["external", "spikes"], ..S };
    assert_eq!(read(&path, replay).unwrap(), [(2.0, 0)]);
    let other = Wanted { population: "T", ..replay };
    let message = read(&path, other).unwrap_err().to_string();
    assert!(message.contains("none is called T"), "{message}");
}

#[test]
fn damaged_files_are_refused() {
    let ids: &[u64] = &[0];
    let (_a, uneven) = file(&[("spikes/S", &[1.0, 2.0], ids)], None);
    let (_b, empty) = file(&[], None);
    let (_c, beyond) = file(&[("spikes/S", &[1.0], &[7])], None);
    let (_d, incomplete) = file(&[("spikes/S", &[1.0], ids)], None);
    let marked = hdf5::File::open_rw(&incomplete).unwrap();
    marked.new_attr::<u8>().create("complete").unwrap().write_scalar(&0u8).unwrap();
    drop(marked);
    let (_e, endless) = file(&[("spikes/S", &[1.0], ids)], None);
    let changed = hdf5::File::open_rw(&endless).unwrap();
    for name in ["timestamps", "node_ids"] {
        let group = changed.group("spikes/S").unwrap();
        group.unlink(name).unwrap();
        group.new_dataset::<f64>().chunk([1024]).shape([1_usize << 40]).create(name).unwrap();
    }
    drop(changed);
    for (path, sentence) in [
        (&uneven, "found 2 times of 1 neurons in"),
        (&empty, "without spikes"),
        (&beyond, "found neuron 7 on row 0 of"),
        (&incomplete, "records a run that did not end"),
        (&endless, "without spikes (has the shape [1099511627776] in 0 bytes)"),
    ] {
        let message = read(path, S).unwrap_err().to_string();
        assert!(message.contains(sentence), "{message}");
    }
    let message = read("nowhere.h5".as_ref(), S).unwrap_err().to_string();
    assert!(message.starts_with("file: found no readable file nowhere.h5 ("), "{message}");
}
