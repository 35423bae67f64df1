//! Binary data in a page: deflated, and written in the letters of base64.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use std::io::Write;

/// The binary data of a page; the rest of the page knows each by its number.
#[derive(Debug, Default)]
pub struct Blobs(Vec<String>);

impl Blobs {
    /// Takes bytes, and tells their number.
    pub fn add(&mut self, bytes: &[u8]) -> usize {
        let mut deflated = DeflateEncoder::new(Vec::new(), Compression::default());
        let written = deflated.write_all(bytes).and_then(|()| deflated.finish());
        self.0.push(BASE64_STANDARD.encode(written.expect("memory takes what is written")));
        self.0.len() - 1
    }

    /// Takes numbers, 8 bytes each.
    pub fn add_exact(&mut self, values: impl Iterator<Item = f64>) -> usize {
        self.add(&values.flat_map(f64::to_le_bytes).collect::<Vec<u8>>())
    }

    /// Takes numbers for curves, 4 bytes each.
    pub fn add_rounded(&mut self, values: impl Iterator<Item = f64>) -> usize {
        self.add(&values.flat_map(|value| (value as f32).to_le_bytes()).collect::<Vec<u8>>())
    }

    /// Takes flags, row by row; a row begins with a new byte, and its first flag is the lowest bit.
    pub fn add_bits<'a>(&mut self, rows: impl Iterator<Item = &'a [u8]>) -> usize {
        let byte = |flags: &[u8]| flags.iter().rev().fold(0, |byte, flag| byte << 1 | flag);
        self.add(&rows.flat_map(|row| row.chunks(8).map(byte)).collect::<Vec<u8>>())
    }

    /// As elements of the page.
    pub fn html(&self) -> String {
        let element = |(k, text): (usize, &String)| {
            format!("<script type=\"text/plain\" id=\"blob-{k}\">{text}</script>\n")
        };
        self.0.iter().enumerate().map(element).collect()
    }
}

/// Writes a whole number in bytes of seven bits, the lowest first; all but the last have the highest bit set.
pub fn push_varint(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use flate2::read::DeflateDecoder;
    use std::io::Read;

    impl Blobs {
        /// The bytes of blob `k`, as a page reads them.
        pub fn bytes(&self, k: usize) -> Vec<u8> {
            let deflated = BASE64_STANDARD.decode(&self.0[k]).unwrap();
            let mut bytes = Vec::new();
            DeflateDecoder::new(&deflated[..]).read_to_end(&mut bytes).unwrap();
            bytes
        }
    }

    /// The whole numbers that `push_varint` wrote.
    pub fn varints(bytes: &[u8]) -> Vec<u64> {
        let (mut values, mut value, mut shift) = (Vec::new(), 0, 0);
        for byte in bytes {
            value |= u64::from(byte & 0x7f) << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                values.push(value);
                (value, shift) = (0, 0);
            }
        }
        values
    }

    #[test]
    fn whole_numbers_come_back() {
        let mut bytes = Vec::new();
        let values = [0, 1, 127, 128, 300, 16_384, u64::MAX];
        values.iter().for_each(|&value| push_varint(&mut bytes, value));
        assert_eq!(varints(&bytes), values);
        let mut blobs = Blobs::default();
        let number = blobs.add(&bytes);
        assert_eq!(blobs.bytes(number), bytes);
    }

    #[test]
    fn flags_stand_in_bits_row_by_row() {
        let mut blobs = Blobs::default();
        let rows: [&[u8]; 2] = [&[1, 0, 0, 0, 0, 0, 0, 1, 1], &[0, 1, 0, 0, 0, 0, 0, 0, 0]];
        let number = blobs.add_bits(rows.into_iter());
        assert_eq!(blobs.bytes(number), [0b1000_0001, 1, 0b10, 0]);
    }
}
