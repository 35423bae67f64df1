//! Coloured cells in rows and columns: the pixels of a state, the couplings of a matrix.

use super::super::page::{Colour, UNITS};
use crate::plot::picture::{Picture, Spot};
use std::collections::BTreeMap;

/// Cells from this size on stand apart, pixels; and by how much.
const APART: f64 = 9.0;
const GAP: f64 = 1.0;

/// The colours of cells, row by row; none where there is no cell.
#[derive(Clone, Debug, PartialEq)]
pub struct Cells {
    pub columns: usize,
    pub rows: usize,
    pub colours: Vec<Option<Colour>>,
    /// Whether large cells stand apart.
    pub tiles: bool,
}

impl Cells {
    /// With at most so many columns and rows: blocks of cells become one with their mean colour, in steps of 8.
    pub fn reduced(self, (most_columns, most_rows): (usize, usize)) -> Self {
        let blocks = |cells: usize, most: usize| cells.div_ceil(most.max(1));
        let block = blocks(self.columns, most_columns).max(blocks(self.rows, most_rows));
        if block <= 1 {
            return self;
        }
        let (columns, rows) = (self.columns.div_ceil(block), self.rows.div_ceil(block));
        let mean = |k: usize| {
            let (row, column) = (k / columns * block, k % columns * block);
            let of_row = |r: usize| {
                let start = r * self.columns;
                &self.colours[start + column..start + (column + block).min(self.columns)]
            };
            let block = (row..(row + block).min(self.rows)).flat_map(of_row).flatten();
            let (sum, number) = block.fold(([0; 3], 0), |(sum, number), &Colour(r, g, b)| {
                let [x, y, z]: [u32; 3] = sum;
                ([x + u32::from(r), y + u32::from(g), z + u32::from(b)], number + 1)
            });
            let mean = |sum: u32| (sum / number / 8 * 8 + 4) as u8;
            (number > 0).then(|| Colour(mean(sum[0]), mean(sum[1]), mean(sum[2])))
        };
        let colours = (0..columns * rows).map(mean).collect();
        Self { columns, rows, colours, tiles: self.tiles }
    }

    /// Width and height of a cell so that all cells fit into `room`: whole units, thus all equal. A single row of many
    /// cells becomes a bar code.
    pub fn fit(&self, room: Spot) -> Spot {
        let units = |room: f64, number: usize| (room * UNITS / number.max(1) as f64).floor();
        let (across, down) = (units(room.0, self.columns), units(room.1, self.rows));
        let cell = across.min(down).max(1.0);
        // A picture that is very low is stretched.
        let least = units(room.1.min(BAR_CODE), self.rows).max(1.0);
        (cell / UNITS, cell.max(least) / UNITS)
    }

    pub fn size(&self, cell: Spot) -> Spot {
        (self.columns as f64 * cell.0, self.rows as f64 * cell.1)
    }

    /// Draws them; cells of one colour stand together, so that no seams show between them.
    pub fn draw(&self, picture: &mut Picture, (left, top): Spot, cell: Spot) {
        let apart = self.tiles && cell.0.min(cell.1) >= APART;
        let mut of_colour: BTreeMap<(u8, u8, u8), Vec<(Spot, Spot)>> = BTreeMap::new();
        for (row, cells) in self.colours.chunks(self.columns.max(1)).enumerate() {
            let mut column = 0;
            let same = |a: &Option<Colour>, b: &Option<Colour>| a == b && !apart;
            for run in cells.chunk_by(same) {
                let end = column + run.len();
                // To the next cell or a little below it.
                let reach = |end: usize, number: usize, size: f64| match (apart, end < number) {
                    (true, _) => end as f64 * size - GAP,
                    (false, true) => end as f64 * size + 1.0 / UNITS,
                    (false, false) => end as f64 * size,
                };
                if let Some(Colour(r, g, b)) = run[0] {
                    let from = (left + column as f64 * cell.0, top + row as f64 * cell.1);
                    let to = (
                        left + reach(end, self.columns, cell.0),
                        top + reach(row + 1, self.rows, cell.1),
                    );
                    of_colour.entry((r, g, b)).or_default().push((from, to));
                }
                column = end;
            }
        }
        for ((r, g, b), rects) in of_colour {
            rects.into_iter().for_each(|(from, to)| picture.rect(from, to, Colour(r, g, b)));
        }
    }
}

/// Least height of a picture, pixels.
const BAR_CODE: f64 = 16.0;

/// `values` of an array of `columns`, in blocks so that there are at most `most` columns and rows: the mean of what is
/// finite in a block, NaN of nothing; the columns then; and the side of a block.
pub fn block_means(values: &[f64], columns: usize, most: usize) -> (Vec<f64>, usize, usize) {
    let rows = values.len() / columns.max(1);
    let block = columns.max(rows).div_ceil(most.max(1)).max(1);
    if block == 1 {
        return (values.to_vec(), columns, 1);
    }
    let (across, down) = (columns.div_ceil(block), rows.div_ceil(block));
    let mut sums = vec![(0.0, 0usize); across * down];
    for (k, &value) in values.iter().enumerate().filter(|(_, v)| v.is_finite()) {
        let (row, column) = (k / columns, k % columns);
        if let Some(sum) = sums.get_mut(row / block * across + column / block) {
            *sum = (sum.0 + value, sum.1 + 1);
        }
    }
    let means = sums.into_iter().map(|(sum, number)| sum / number as f64).collect();
    (means, across, block)
}
