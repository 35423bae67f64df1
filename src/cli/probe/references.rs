//! References to texts in an HDF5 file, followed without the HDF5 library: that of version 1.10 takes for granted that they lead
//! somewhere, and reads, by chance, what stands beyond.
//!
//! A text stands in a global heap, and is referred to by its length, the address of the heap and its number there. What has no
//! checksum is followed: object headers, groups and columns of the first version of the format, which is what the library
//! writes unless it is asked for newer ones (HDF5 File Format Specification 3.0, III and IV.A). What is damaged otherwise is
//! left to the library, which finds it.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

/// An address of nothing.
const NOWHERE: u64 = u64::MAX;
/// Longest piece that is read at once; headers and heaps are far shorter.
const LONGEST: u64 = 1 << 28;
/// Bytes of a reference.
const REFERENCE: usize = 16;
/// The class of types of which each value stands in a heap.
const ELSEWHERE: u8 = 9;

/// Whether every text that the file `path` refers to is there, as far as that can be told.
pub(super) fn lead_somewhere(path: &Path) -> bool {
    let Ok(file) = File::open(path) else { return true };
    let mut walk = Walk { file, seen: HashSet::new(), heaps: HashMap::new(), lost: false };
    if let Some(root) = walk.root() {
        walk.objects(root);
    }
    !walk.lost
}

struct Walk {
    file: File,
    /// Addresses of what has been looked at: a damaged file may have circles.
    seen: HashSet<u64>,
    /// Lengths of the texts of every heap, by their numbers; none where no heap is.
    heaps: HashMap<u64, Option<HashMap<u32, u64>>>,
    /// Whether a reference led nowhere.
    lost: bool,
}

/// What the header of a dataset tells of its values, if they stand in heaps.
#[derive(Default)]
struct Values {
    elsewhere: bool,
    texts: bool,
    filtered: bool,
    layout: Vec<u8>,
}

fn number<const N: usize>(bytes: &[u8], at: usize) -> Option<u64> {
    let mut word = [0; 8];
    word[..N].copy_from_slice(bytes.get(at..at.checked_add(N)?)?);
    Some(u64::from_le_bytes(word))
}

impl Walk {
    fn bytes(&mut self, address: u64, length: u64) -> Option<Vec<u8>> {
        if length > LONGEST {
            return None;
        }
        self.file.seek(SeekFrom::Start(address)).ok()?;
        let mut bytes = vec![0; length as usize];
        self.file.read_exact(&mut bytes).ok()?;
        Some(bytes)
    }

    /// The header of the root group.
    fn root(&mut self) -> Option<u64> {
        let block = self.bytes(0, 96)?;
        let version = *block.get(8)?;
        let base = if version == 0 { 24 } else { 28 };
        let plain = block.starts_with(super::SIGNATURE) && version <= 1 && block[13..15] == [8, 8];
        // The address follows four others and the offset of a name.
        (plain && number::<8>(&block, base)? == 0).then(|| number::<8>(&block, base + 40))?
    }

    /// Follows what the object with the header at `root` holds, and all below it.
    fn objects(&mut self, root: u64) {
        let mut headers = vec![root];
        while let Some(header) = headers.pop() {
            if self.seen.insert(header) {
                self.object(header, &mut headers);
            }
        }
    }

    /// Follows the header at `address`; those of the objects of a group are put into `headers`.
    fn object(&mut self, address: u64, headers: &mut Vec<u64>) -> Option<()> {
        let begin = self.bytes(address, 16)?;
        if begin[0] != 1 {
            return None;
        }
        let mut blocks = vec![(address + 16, number::<4>(&begin, 8)?)];
        let (mut values, mut read) = (Values::default(), 0);
        while let Some((from, length)) = blocks.pop() {
            read = length.saturating_add(read);
            let Some(block) = self.bytes(from, length).filter(|_| read <= LONGEST) else {
                continue;
            };
            let mut at = 0;
            while let (Some(kind), Some(size)) =
                (number::<2>(&block, at), number::<2>(&block, at + 2))
            {
                let shared = block.get(at + 4).is_none_or(|flags| flags & 2 != 0);
                let Some(data) = block.get(at + 8..at + 8 + size as usize) else { break };
                at += 8 + size as usize;
                match kind {
                    _ if shared => {}
                    0x03 => (values.elsewhere, values.texts) = class(data),
                    0x08 => values.layout = data.to_vec(),
                    0x0B => values.filtered = true,
                    0x0C => drop(self.attribute(data)),
                    0x10 => blocks.extend(number::<8>(data, 0).zip(number::<8>(data, 8))),
                    0x11 => drop(self.group(number::<8>(data, 0)?, headers)),
                    _ => {}
                }
            }
        }
        if values.elsewhere && !values.filtered { self.column(&values) } else { Some(()) }
    }

    /// Follows the value of an attribute: behind its name, type and shape, padded to eight bytes in the first version.
    fn attribute(&mut self, message: &[u8]) -> Option<()> {
        let version = *message.first()?;
        let pad = |size: u64| if version == 1 { size.next_multiple_of(8) } else { size } as usize;
        let [name, kind, shape] =
            [2, 4, 6].map(|at| number::<2>(message, at).map_or(usize::MAX / 4, pad));
        let begin = if version == 3 { 9 } else { 8 } + name;
        let (elsewhere, texts) = class(message.get(begin..)?);
        if elsewhere {
            self.references(message.get(begin + kind + shape..)?, texts);
        }
        Some(())
    }

    /// Finds the headers of the objects of a group, whose names are sorted in the tree at `node`.
    fn group(&mut self, node: u64, headers: &mut Vec<u64>) -> Option<()> {
        let mut nodes = vec![node];
        while let Some(node) = nodes.pop().filter(|node| self.seen.insert(*node)) {
            let begin = self.bytes(node, 24)?;
            let used = number::<2>(&begin, 6)?;
            if begin.starts_with(b"SNOD") {
                let entries = self.bytes(node + 8, 40 * used)?;
                headers.extend(entries.chunks_exact(40).filter_map(|entry| number::<8>(entry, 8)));
            } else if begin.starts_with(b"TREE") {
                // A key stands before each.
                let children = self.bytes(node + 24, 16 * used)?;
                nodes.extend(children.chunks_exact(16).filter_map(|child| number::<8>(child, 8)));
            }
        }
        Some(())
    }

    /// Follows the values of a column.
    fn column(&mut self, values: &Values) -> Option<()> {
        let layout = &values.layout;
        match layout.get(..2)? {
            [3 | 4, 0] => self.references(layout.get(4..)?, values.texts),
            [3 | 4, 1] => {
                let (address, size) = (number::<8>(layout, 2)?, number::<8>(layout, 10)?);
                let bytes = self.bytes(address, size)?;
                self.references(&bytes, values.texts);
            }
            [3, 2] => {
                // The key of a chunk: its size, a mask, and its place in every dimension.
                let (key, mut nodes) =
                    (8 + 8 * usize::from(layout[2]), vec![number::<8>(layout, 3)?]);
                while let Some(node) = nodes.pop().filter(|node| self.seen.insert(*node)) {
                    let begin = self.bytes(node, 24)?;
                    let used = number::<2>(&begin, 6)?;
                    if !begin.starts_with(b"TREE") {
                        continue;
                    }
                    let children = self.bytes(node + 24, (key + 8) as u64 * used)?;
                    for child in children.chunks_exact(key + 8) {
                        let (size, address) = (number::<4>(child, 0)?, number::<8>(child, key)?);
                        if begin[5] > 0 {
                            nodes.push(address);
                        } else if let Some(bytes) = self.bytes(address, size) {
                            self.references(&bytes, values.texts);
                        }
                    }
                }
            }
            _ => {}
        }
        Some(())
    }

    /// Follows references, which stand one behind another.
    fn references(&mut self, bytes: &[u8], texts: bool) {
        for reference in bytes.chunks_exact(REFERENCE) {
            let [length, address, place] =
                [number::<4>(reference, 0), number::<8>(reference, 4), number::<4>(reference, 12)]
                    .map(Option::unwrap_or_default);
            if length == 0 || address == 0 || address == NOWHERE {
                continue;
            }
            if !self.heaps.contains_key(&address) {
                let heap = self.heap(address);
                self.heaps.insert(address, heap);
            }
            // The library finds out where no heap is.
            if let Some(heap) = &self.heaps[&address] {
                let found = heap.get(&(place as u32));
                self.lost |= found.is_none_or(|size| texts && *size != length);
            }
        }
    }

    /// What stands in the heap at `address`: one that goes beyond its end is lost as a whole.
    fn heap(&mut self, address: u64) -> Option<HashMap<u32, u64>> {
        let begin = self.bytes(address, 16).filter(|begin| begin.starts_with(b"GCOL"))?;
        let heap = self.bytes(address, number::<8>(&begin, 8)?)?;
        let (mut held, mut at) = (HashMap::new(), 16);
        while let (Some(place), Some(size)) = (number::<2>(&heap, at), number::<8>(&heap, at + 8)) {
            // The rest is free.
            if place == 0 {
                break;
            }
            let end = (at as u64 + 16).saturating_add(size);
            if end > heap.len() as u64 {
                self.lost = true;
                break;
            }
            held.insert(place as u32, size);
            at = end.next_multiple_of(8) as usize;
        }
        Some(held)
    }
}

/// Whether values of a type stand elsewhere, and whether they are texts.
fn class(kind: &[u8]) -> (bool, bool) {
    let elsewhere = kind.first().is_some_and(|first| first & 0xF == ELSEWHERE);
    (elsewhere, elsewhere && kind.get(1).is_some_and(|bits| bits & 0xF == 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use hdf5::types::VarLenUnicode;

    /// A file with texts in attributes of groups and columns, and in columns of every layout, and where its references stand.
    fn file(path: &Path) -> Vec<usize> {
        let text = |k: usize| -> VarLenUnicode { format!("text {k}").parse().unwrap() };
        let texts: Vec<VarLenUnicode> = (0..7).map(text).collect();
        let file = hdf5::File::create(path).unwrap();
        let group = file.create_group("below/further").unwrap();
        for k in 0..30 {
            // Enough for a header to go on elsewhere.
            let name = format!("attribute-{k}");
            group
                .new_attr::<VarLenUnicode>()
                .create(&*name)
                .unwrap()
                .write_scalar(&text(k))
                .unwrap();
        }
        file.new_attr::<VarLenUnicode>()
            .shape(3)
            .create("list")
            .unwrap()
            .write(&texts[..3])
            .unwrap();
        group.new_dataset_builder().with_data(&texts).create("whole").unwrap();
        group.new_dataset_builder().with_data(&texts).chunk(2).create("chunks").unwrap();
        group
            .new_dataset_builder()
            .with_data(&texts)
            .layout(hdf5::dataset::Layout::Compact)
            .create("compact")
            .unwrap();
        let number = file.new_dataset_builder().with_data(&[1.0, 2.0]).create("numbers").unwrap();
        number.new_attr::<VarLenUnicode>().create("unit").unwrap().write_scalar(&text(5)).unwrap();
        drop((group, number, file));
        let bytes = std::fs::read(path).unwrap();
        let heaps: Vec<usize> =
            (0..bytes.len()).filter(|&k| bytes[k..].starts_with(b"GCOL")).collect();
        let refers = |k: &usize| {
            let (length, place) = (number_at(&bytes, *k, 4), number_at(&bytes, k + 12, 4));
            heaps.contains(&number_at(&bytes, k + 4, 8)) && (6..9).contains(&length) && place < 100
        };
        (0..bytes.len() - REFERENCE).filter(refers).collect()
    }

    fn number_at(bytes: &[u8], at: usize, width: usize) -> usize {
        bytes[at..at + width].iter().rev().fold(0, |word, &byte| word << 8 | usize::from(byte))
    }

    #[test]
    fn texts_that_are_not_there_are_missed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("texts.h5");
        let references = file(&path);
        assert!(lead_somewhere(&path));
        // Of attributes, a list, three columns, of which one has room for an eighth text, and a unit.
        assert_eq!(references.len(), 30 + 3 + 3 * 7 + 1);
        let whole = std::fs::read(&path).unwrap();
        let damaged = folder.path().join("damaged.h5");
        for at in &references {
            // The number in the heap, and the length.
            for (place, bit) in
                (12..16).flat_map(|k| (0..8).map(move |bit| (k, bit))).chain([(0, 5), (1, 3)])
            {
                let mut bytes = whole.clone();
                bytes[at + place] ^= 1 << bit;
                std::fs::write(&damaged, bytes).unwrap();
                // Another text that is as long is one of the file's own.
                let low = place == 12 && bit < 6;
                assert!(low || !lead_somewhere(&damaged), "bit {bit} of byte {place} at {at}");
            }
        }
        let heap = number_at(&whole, references[0] + 4, 8);
        for (at, byte) in [(heap + 24, 0xFF), (heap + 30, 1), (heap + 31, 0x80)] {
            let mut bytes = whole.clone();
            bytes[at] = byte;
            std::fs::write(&damaged, bytes).unwrap();
            assert!(!lead_somewhere(&damaged), "{at}");
        }
    }

    #[test]
    fn any_file_is_walked_to_an_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("texts.h5");
        file(&path);
        let whole = std::fs::read(&path).unwrap();
        for length in (0..whole.len()).step_by(97) {
            std::fs::write(&path, &whole[..length]).unwrap();
            lead_somewhere(&path);
        }
        for k in (0..whole.len().min(6000)).step_by(5) {
            let mut bytes = whole.clone();
            bytes[k] = bytes[k].wrapping_sub(1 + k as u8 % 3);
            std::fs::write(&path, bytes).unwrap();
            lead_somewhere(&path);
        }
    }
}
