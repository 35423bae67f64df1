//! NumPy's format: a magic number, a header that is a Python dictionary, and the numbers of one array.
//!
//! `numpy.lib.format` defines it: `\x93NUMPY`, two bytes of version, the length of the header (2 bytes, from version 2 on
//! 4, little-endian), then for example `{'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }`.

/// What every such file begins with.
pub const MAGIC: &[u8] = b"\x93NUMPY";

/// The numbers of the array in `bytes`, row by row, `most` of them at most; of one dimension, a single row; of none, no rows. The
/// error says what the file does.
pub fn read(bytes: &[u8], most: usize) -> Result<Vec<Vec<f64>>, String> {
    let short = || "ends too soon".to_owned();
    let version = *bytes.get(MAGIC.len()).ok_or_else(short)?;
    let (from, size) = if version < 2 { (10, 2) } else { (12, 4) };
    let length = bytes.get(8..8 + size).ok_or_else(short)?;
    let length = length.iter().rev().fold(0, |sum, byte| sum << 8 | usize::from(*byte));
    let header = bytes.get(from..from + length).ok_or_else(short)?;
    let header = String::from_utf8_lossy(header);
    let value = |key: &str| -> Option<&str> {
        let (_, rest) = header.split_once(&format!("'{key}':"))?;
        Some(rest.trim_start())
    };
    let unknown = || "has a header that cannot be read".to_owned();
    let descr = value("descr").ok_or_else(unknown)?;
    let kind = descr
        .strip_prefix('\'')
        .and_then(|d| d.split('\'').next())
        .ok_or_else(|| "holds records rather than numbers".to_owned())?;
    let by_column = value("fortran_order").ok_or_else(unknown)?.starts_with("True");
    let shape = value("shape").and_then(|s| s.strip_prefix('(')).ok_or_else(unknown)?;
    let shape = shape.split(')').next().unwrap_or_default();
    let shape: Vec<usize> =
        shape.split(',').filter_map(|number| number.trim().parse().ok()).collect();
    let (rows, columns) = match shape[..] {
        [columns] => (1, columns),
        [rows, columns] => (rows, columns),
        _ => return Err(format!("holds an array of {} dimensions", shape.len())),
    };
    let (size, number) = number(kind).ok_or_else(|| format!("holds numbers of the type {kind}"))?;
    if rows == 0 || columns == 0 {
        return Ok(Vec::new());
    }
    let numbers = rows.checked_mul(columns).ok_or_else(short)?;
    if numbers > most {
        return Err(format!("holds {numbers} numbers, more than {most}"));
    }
    let all = numbers.checked_mul(size).ok_or_else(short)?;
    let data = bytes.get(from + length..).and_then(|data| data.get(..all)).ok_or_else(short)?;
    let at = |row: usize, column: usize| {
        let k = if by_column { column * rows + row } else { row * columns + column };
        number(&data[k * size..][..size])
    };
    Ok((0..rows).map(|row| (0..columns).map(|column| at(row, column)).collect()).collect())
}

/// How a number is read from its bytes.
type Read = fn(&[u8]) -> f64;

/// The size of a number of this kind, and how it is read.
fn number(kind: &str) -> Option<(usize, Read)> {
    macro_rules! of {
        ($type:ty) => {
            match kind.starts_with('>') {
                true => |b| <$type>::from_be_bytes(b.try_into().unwrap_or_default()) as f64,
                false => |b| <$type>::from_le_bytes(b.try_into().unwrap_or_default()) as f64,
            }
        };
    }
    Some(match kind.get(1..)? {
        "b1" | "u1" => (1, of!(u8)),
        "i1" => (1, of!(i8)),
        "u2" => (2, of!(u16)),
        "i2" => (2, of!(i16)),
        "u4" => (4, of!(u32)),
        "i4" => (4, of!(i32)),
        "u8" => (8, of!(u64)),
        "i8" => (8, of!(i64)),
        "f4" => (4, of!(f32)),
        "f8" => (8, of!(f64)),
        _ => return None,
    })
}
