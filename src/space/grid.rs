//! Evenly spaced places.

use super::Space;
use crate::error::{Error, Result};

/// The places of so many neurons, or centres, on a space.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grid {
    space: Space,
    extent: [f64; 2],
    /// Columns and rows.
    number: [usize; 2],
    /// Where the first one is, in steps of the grid.
    first: f64,
}

impl Grid {
    /// `number` of them; `what` they are.
    ///
    /// # Errors
    /// If they make no square grid on a torus.
    pub fn new(space: Space, number: usize, what: &str) -> Result<Self> {
        let [width, height] = space.extent();
        let number = match space.is_one_dimensional() {
            true => [number, 1],
            false => {
                let columns = (number as f64 * width / height).sqrt().round().max(1.0);
                let rows = (columns * height / width).round().max(1.0);
                let square = (columns * height / (rows * width) - 1.0).abs() < 1e-9;
                if !square || (columns * rows) as usize != number {
                    let fits = columns * rows;
                    return Err(Error::input(
                        format!("found {number} {what} on {space}"),
                        "they make a square grid",
                        match square {
                            true => format!("write {fits}, which makes {columns} x {rows}"),
                            false => "write sides that are whole numbers of one step".to_owned(),
                        },
                    ));
                }
                [columns as usize, rows as usize]
            }
        };
        let first = if space.is_periodic() { 0.0 } else { 0.5 };
        Ok(Self { space, extent: [width, height], number, first })
    }

    /// On what they are.
    pub fn space(&self) -> &Space {
        &self.space
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.number[0] * self.number[1]
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Columns and rows.
    pub fn number(&self) -> [usize; 2] {
        self.number
    }

    /// From one column to the next, and from one row to the next.
    pub fn step(&self) -> [f64; 2] {
        [self.extent[0] / self.number[0] as f64, self.extent[1] / self.number[1] as f64]
    }

    /// Coordinates of place `i`.
    pub fn place(&self, i: usize) -> [f64; 2] {
        let [columns, _] = self.number;
        let [dx, dy] = self.step();
        let y = if dy > 0.0 { (i / columns) as f64 * dy } else { 0.0 };
        [((i % columns) as f64 + self.first) * dx, y]
    }

    /// The column, counted on from 0 and in parts, in which a first coordinate of `x` would be.
    pub(crate) fn column(&self, x: f64) -> f64 {
        x / self.step()[0] - self.first
    }

    /// How far two coordinates on one axis are from each other.
    #[inline]
    pub(crate) fn apart(&self, axis: usize, x: f64, y: f64) -> f64 {
        let d = (x - y).abs();
        if self.space.is_periodic() { d.min(self.extent[axis] - d) } else { d }
    }

    /// The distance of two places.
    #[inline]
    pub fn distance(&self, a: [f64; 2], b: [f64; 2]) -> f64 {
        let dx = self.apart(0, a[0], b[0]);
        if self.number[1] == 1 && self.extent[1] == 0.0 {
            return dx;
        }
        let dy = self.apart(1, a[1], b[1]);
        (dx * dx + dy * dy).sqrt()
    }
}

/// Two populations on the same space.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Between {
    /// Who sends.
    pub senders: Grid,
    /// Who receives.
    pub receivers: Grid,
}

impl Between {
    /// The distance from sender j to receiver i.
    #[inline]
    pub fn distance(&self, i: usize, j: usize) -> f64 {
        self.receivers.distance(self.receivers.place(i), self.senders.place(j))
    }

    /// The mean over all pairs of a function of the distance.
    ///
    /// On a ring or torus the mean over the finer of both grids, seen from the first place of the other, which is what all its
    /// places see if one number is a multiple of the other, and nearly so otherwise. On a line the integral over distances s with
    /// their density 2 (L - s)/L^2.
    pub fn mean(&self, of: impl Fn(f64) -> f64) -> f64 {
        const POINTS: usize = 20_000;
        let space = self.senders.space();
        if space.is_periodic() {
            let own = [&self.senders, &self.receivers];
            let [coarse, fine] = if own[0].len() > own[1].len() { [own[1], own[0]] } else { own };
            let (from, number) = (coarse.place(0), fine.len());
            let distance = |i| fine.distance(from, fine.place(i));
            return (0..number).map(|j| of(distance(j))).sum::<f64>() / number as f64;
        }
        let length = space.longest();
        let share = |k| (k as f64 + 0.5) / POINTS as f64;
        let weighted = |x: f64| 2.0 * (1.0 - x) * of(x * length);
        (0..POINTS).map(|k| weighted(share(k))).sum::<f64>() / POINTS as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(text: &str, number: usize) -> Grid {
        #[derive(serde::Deserialize)]
        struct Holder {
            space: Space,
        }
        let holder: Holder = toml::from_str(&format!("space = {text}")).unwrap();
        holder.space.check().unwrap();
        Grid::new(holder.space, number, "neurons").unwrap()
    }

    #[test]
    fn places_are_even_and_distances_the_shortest() {
        let ring = grid("{ ring = \"360 deg\" }", 8);
        assert_eq!(
            (ring.place(3), ring.distance(ring.place(1), ring.place(7))),
            ([135.0, 0.0], 90.0)
        );
        assert_eq!(ring.column(180.0), 4.0);
        let line = grid("{ line = \"2 mm\" }", 4);
        assert_eq!((line.place(0), line.place(3)), ([0.25, 0.0], [1.75, 0.0]));
        assert_eq!(line.distance(line.place(0), line.place(3)), 1.5);
        let torus = grid("{ torus = [\"4 mm\", \"2 mm\"] }", 32);
        assert_eq!((torus.number(), torus.place(11)), ([8, 4], [1.5, 0.5]));
        // Three columns and one row across the borders.
        let d = torus.distance(torus.place(1), torus.place(3 * 8 + 6));
        assert!((d - (1.5f64 * 1.5 + 0.5 * 0.5).sqrt()).abs() < 1e-12, "{d}");
    }

    #[test]
    fn the_mean_over_pairs_is_that_of_all_pairs() {
        for (text, senders, receivers) in [
            ("{ ring = \"360 deg\" }", 400, 100),
            ("{ ring = \"360 deg\" }", 100, 400),
            ("{ line = \"1 mm\" }", 300, 200),
            ("{ torus = [\"1 mm\", \"1 mm\"] }", 400, 100),
        ] {
            let between =
                Between { senders: grid(text, senders), receivers: grid(text, receivers) };
            let width = 0.2 * between.senders.space().extent()[0];
            let of = |d: f64| libm::exp(-0.5 * (d / width).powi(2));
            let pairs =
                (0..senders * receivers).map(|k| between.distance(k % receivers, k / receivers));
            let mean = pairs.map(of).sum::<f64>() / (senders * receivers) as f64;
            let found = between.mean(of);
            // A line of cells is a sum where the mean is an integral.
            assert!((found / mean - 1.0).abs() < 1e-4, "{text}: {found} {mean}");
        }
    }

    #[test]
    fn a_torus_holds_square_grids() {
        let space = *grid("{ torus = [\"1 mm\", \"1 mm\"] }", 4).space();
        let message = Grid::new(space, 10, "neurons").unwrap_err().to_string();
        assert_eq!(
            message,
            "found 10 neurons on a torus of 1 mm x 1 mm; they make a square grid; write 9, which makes 3 x 3."
        );
    }
}
