//! Pictures of a few pixels, written into the model file.

use super::Shape;
use super::names::check_names;
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};

/// Black and white pictures, row by row: `#`, `*` and `1` are foreground, `.`, `0` and a space background.
///
/// Neuron i is the pixel in row i / columns and column i % columns, both from 0 at the upper left.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bitmaps {
    /// One name per picture, or none at all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
    /// For every picture its rows, all of the same length.
    pub rows: Vec<Vec<String>>,
}

/// Whether a character of a bitmap is foreground; `None` for a character that is no pixel.
pub(super) fn pixel(character: char) -> Option<bool> {
    match character {
        '#' | '*' | '1' => Some(true),
        '.' | '0' | ' ' => Some(false),
        _ => None,
    }
}

/// Rows and their common length; the error says which row is ragged or holds no pixel, of a picture called `what`.
pub(super) fn check_rows<S: AsRef<str>>(rows: &[S], what: &str) -> Result<Shape> {
    let length = |row: &S| row.as_ref().chars().count();
    let columns = rows.first().map_or(0, length);
    if columns == 0 {
        return Err(Error::input(
            format!("found no pixel in {what}"),
            "a picture has at least one row of at least one pixel",
            "draw it with # for ink",
        ));
    }
    for (k, row) in rows.iter().enumerate() {
        if length(row) != columns {
            return Err(Error::input(
                format!(
                    "found {} pixels in row {} of {what}, but {columns} in row 1",
                    length(row),
                    k + 1
                ),
                "all rows of a picture are equally long",
                "complete the row",
            )
            .at(format!("[{k}]")));
        }
        if let Some(strange) = row.as_ref().chars().find(|&c| pixel(c).is_none()) {
            return Err(Error::input(
                format!("found the character {strange:?} in row {} of {what}", k + 1),
                "a pixel is # or * or 1 (foreground), or . or 0 or a space (background)",
                "replace it",
            )
            .at(format!("[{k}]")));
        }
    }
    Ok(Shape { columns, rows: rows.len() })
}

impl Bitmaps {
    pub(super) fn check(&self) -> Result<()> {
        if self.rows.is_empty() {
            let found = "found 0 bitmaps";
            let allowed = "a memory has at least one pattern";
            return Err(Error::value("rows", found, allowed, "[[\"#.#\", \".#.\", \"#.#\"]]"));
        }
        check_names(&self.names, self.rows.len())?;
        let mut first = None;
        for (k, rows) in self.rows.iter().enumerate() {
            let at = |e: Error| e.within(&format!("rows[{k}]"));
            let shape = check_rows(rows, &format!("bitmap {}", k + 1)).map_err(at)?;
            let first = *first.get_or_insert(shape);
            if shape != first {
                return Err(at(Error::input(
                    format!(
                        "found a bitmap of {} x {} pixels after one of {} x {}",
                        shape.columns, shape.rows, first.columns, first.rows
                    ),
                    "all bitmaps of a population have the same size",
                    "draw them on the same grid",
                )));
            }
        }
        Ok(())
    }

    /// Columns and rows of the first bitmap, which are those of all.
    pub(crate) fn shape(&self) -> Shape {
        let rows = self.rows.first().map_or(&[][..], Vec::as_slice);
        let columns = rows.first().map_or(0, |row| row.chars().count());
        Shape { columns, rows: rows.len() }
    }

    /// The pictures as states of all neurons.
    pub(super) fn states(&self) -> Vec<Vec<bool>> {
        let state = |rows: &Vec<String>| {
            rows.iter().flat_map(|row| row.chars()).map(|c| pixel(c) == Some(true)).collect()
        };
        self.rows.iter().map(state).collect()
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::pattern::{PatternSource, Patterns};
    use crate::random::Seed;

    /// The letters of MacKay (2003), figure 42.3.
    pub(crate) fn letters() -> Bitmaps {
        toml::from_str(
            r"
            names = ['D', 'J', 'C', 'M']
            rows = [
                ['####.', '.#..#', '.#..#', '.#..#', '.###.'],
                ['#####', '...#.', '...#.', '#..#.', '###..'],
                ['.####', '#....', '#....', '#....', '.####'],
                ['#...#', '##.##', '#.#.#', '#...#', '#...#'],
            ]",
        )
        .unwrap()
    }

    #[test]
    fn the_letters_are_read_row_by_row() {
        let source = PatternSource::Bitmap(letters());
        source.check(25).unwrap();
        let patterns: Patterns = source.draw("N", 25, Seed(1));
        let golden: [&[u32]; 4] = [
            &[0, 1, 2, 3, 6, 9, 11, 14, 16, 19, 21, 22, 23],
            &[0, 1, 2, 3, 4, 8, 13, 15, 18, 20, 21, 22],
            &[1, 2, 3, 4, 5, 10, 15, 21, 22, 23, 24],
            &[0, 4, 5, 6, 8, 9, 10, 12, 14, 15, 19, 20, 24],
        ];
        for (mu, foreground) in golden.into_iter().enumerate() {
            assert_eq!(patterns.foreground(mu), foreground);
        }
        assert_eq!(patterns.names(), ["D", "J", "C", "M"]);
        assert_eq!(patterns.shape(), Some(Shape { columns: 5, rows: 5 }));
        assert_eq!(source.coding_level(), 0.49);
    }

    #[test]
    fn the_letters_have_their_energies() {
        // Plain Hebb without the diagonal: E = -1/2 sum_mu [(xi^mu . s)^2 - N], computed exhaustively elsewhere.
        let states = letters().states();
        let spin = |x: bool| if x { 1 } else { -1 };
        let energy = |s: &[bool]| -> i32 {
            let squares = states.iter().map(|xi| {
                let m: i32 = xi.iter().zip(s).map(|(&x, &y)| spin(x) * spin(y)).sum();
                m * m - 25
            });
            -squares.sum::<i32>() / 2
        };
        assert_eq!(states.iter().map(|s| energy(s)).collect::<Vec<_>>(), [-288, -300, -292, -304]);
    }

    #[test]
    fn wrong_bitmaps_are_refused() {
        let message =
            |text: &str| toml::from_str::<Bitmaps>(text).unwrap().check().unwrap_err().to_string();
        for (text, sentence) in [
            (
                "rows = []",
                "rows: found 0 bitmaps; a memory has at least one pattern; write for example \
                 rows = [[\"#.#\", \".#.\", \"#.#\"]].",
            ),
            (
                "rows = [[]]",
                "rows[0]: found no pixel in bitmap 1; a picture has at least one row of at least one pixel; \
                 draw it with # for ink.",
            ),
            (
                "rows = [[\"##\", \".#\"], [\"##.\", \"##\"]]",
                "rows[1][1]: found 2 pixels in row 2 of bitmap 2, but 3 in row 1; all rows of a picture are \
                 equally long; complete the row.",
            ),
            (
                "rows = [[\"##\", \".o\"]]",
                "rows[0][1]: found the character 'o' in row 2 of bitmap 1; a pixel is # or * or 1 (foreground), \
                 or . or 0 or a space (background); replace it.",
            ),
            (
                "rows = [[\"##\", \"..\"], [\"###\"]]",
                "rows[1]: found a bitmap of 3 x 1 pixels after one of 2 x 2; all bitmaps of a population have \
                 the same size; draw them on the same grid.",
            ),
            (
                "names = [\"a\", \"b\"]\nrows = [[\"#.\"]]",
                "names: found 2 names for 1 patterns; every pattern has one name; write one name per pattern, \
                 or delete the names.",
            ),
        ] {
            assert_eq!(message(text), sentence);
        }
    }
}
