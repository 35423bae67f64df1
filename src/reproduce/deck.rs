//! Lectures on Hopfield networks after MacKay, chapter 42 (rows C1 to C9).

use super::Entry;

pub const ROWS: &[Entry] = &[];
