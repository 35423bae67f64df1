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
    /// Grids of N and M places on an axis of length L have differences that are multiples of L/lcm(N, M). On a ring or torus
    /// all are equally frequent. On a line the frequency of s goes as L - s, exactly for N = M and otherwise up to 1/min(N, M).
    /// From the 100,000th multiple on (on a torus the 1000th) neighbours are taken together, over at most 1/50,000 (1/500) of
    /// their difference.
    pub fn mean(&self, of: impl Fn(f64) -> f64) -> f64 {
        let alone = if self.senders.space().is_one_dimensional() { 50_000 } else { 500 };
        let [rows, columns] = [1, 0].map(|axis| self.differences(axis, alone));
        let over_row = |dy: f64| {
            let terms = columns.iter().map(|(dx, share)| share * of((dx * dx + dy * dy).sqrt()));
            terms.sum::<f64>()
        };
        rows.iter().map(|(dy, share)| share * over_row(*dy)).sum()
    }

    /// How far pairs are from each other along one axis, with their shares of all pairs.
    fn differences(&self, axis: usize, alone: u64) -> Vec<(f64, f64)> {
        let [n, m] = [self.senders, self.receivers].map(|grid| grid.number[axis].max(1) as u64);
        let common = common_divisor(n, m);
        let (parts, periodic) = (n / common * m, self.senders.space.is_periodic());
        let (whole, extent) = (parts as f64, self.senders.extent[axis]);
        // Places of a line stand in the middle of their cells: their differences can be odd halves of a part.
        let half = !periodic && !(n / common + m / common).is_multiple_of(2);
        let mut all = if half { Vec::new() } else { vec![(0.0, 1.0 / whole)] };
        let mut k = all.len() as u64;
        let end = if periodic { parts.div_ceil(2) } else { parts };
        while k < end {
            let number = (k / alone).clamp(1, end - k);
            let middle = k as f64 + 0.5 * (number - u64::from(!half)) as f64;
            let rest = if periodic { 1.0 } else { 1.0 - middle / whole };
            all.push((middle / whole * extent, 2.0 * number as f64 * rest / whole));
            k += number;
        }
        if periodic && parts.is_multiple_of(2) {
            all.push((0.5 * extent, 1.0 / whole));
        }
        all
    }
}

fn common_divisor(n: u64, m: u64) -> u64 {
    if m == 0 { n } else { common_divisor(m, n % m) }
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
    fn the_mean_of_what_is_as_narrow_as_a_step_is_that_of_all_pairs() {
        for (text, sizes) in [
            ("{ ring = \"360 deg\" }", [(100, 70), (70, 100), (64, 64), (63, 63), (60, 20)]),
            ("{ line = \"1 mm\" }", [(100, 70), (70, 100), (64, 64), (63, 63), (60, 20)]),
            (
                "{ torus = [\"2 mm\", \"1 mm\"] }",
                [(200, 98), (98, 200), (128, 128), (162, 162), (200, 50)],
            ),
        ] {
            for (senders, receivers) in sizes {
                let between =
                    Between { senders: grid(text, senders), receivers: grid(text, receivers) };
                let step = between.senders.step()[0];
                let exact = senders == receivers || between.senders.space().is_periodic();
                let allowed = if exact { 1e-10 } else { 1.0 / senders.min(receivers) as f64 };
                for width in [0.1 * step, step, 3.0 * step] {
                    let gaussian = |d: f64| libm::exp(-0.5 * (d / width).powi(2));
                    let exponential = |d: f64| libm::exp(-d / width);
                    for of in [&gaussian as &dyn Fn(f64) -> f64, &exponential, &|_| 1.0] {
                        let number = senders * receivers;
                        let pairs =
                            (0..number).map(|k| of(between.distance(k % receivers, k / receivers)));
                        let mean = pairs.sum::<f64>() / number as f64;
                        let found = between.mean(of);
                        let off = (found / mean - 1.0).abs();
                        assert!(off <= allowed, "{text} {senders} {receivers}: {found} {mean}");
                    }
                }
            }
        }
    }

    #[test]
    fn differences_that_are_taken_together_are_all_pairs() {
        // 10^10 and 1.6 10^5 x 1.6 10^5 multiples.
        for (text, sizes) in [
            ("{ ring = \"360 deg\" }", [100_000, 99_999]),
            ("{ line = \"1 mm\" }", [100_000, 99_999]),
            ("{ torus = [\"1 mm\", \"1 mm\"] }", [160_000, 159_201]),
        ] {
            let [senders, receivers] = sizes.map(|number| grid(text, number));
            let between = Between { senders, receivers };
            let [width, height] = senders.space().extent();
            let sigma = 0.01 * width;
            let found = between.mean(|d| libm::exp(-0.5 * (d / sigma).powi(2)));
            let area = std::f64::consts::TAU.sqrt() * sigma / width;
            // On a line half of what is near an end lies beyond it.
            let mean = match senders.space() {
                Space::Ring(_) => area,
                Space::Line(_) => area - 2.0 * (sigma / width).powi(2),
                Space::Torus(_) => area * area * width / height,
            };
            assert!((between.mean(|_| 1.0) - 1.0).abs() < 1e-9, "{text}");
            assert!((found / mean - 1.0).abs() < 1e-5, "{text}: {found} {mean}");
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
