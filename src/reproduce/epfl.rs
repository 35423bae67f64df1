//! W. Gerstner, EPFL lecture on attractor networks (rows D1 to D17).

use super::Entry;

pub const ROWS: &[Entry] = &[];
