//! Lines of equal value on a grid: marching squares.

use crate::plot::picture::Spot;

/// The ends of the pieces of the line where `values`, by rows of `columns`, are `level`; lengths in steps of the grid.
///
/// Squares with a corner that is no number have no piece. In a square with a saddle the mean of its corners decides.
pub fn pieces(values: &[f64], columns: usize, level: f64) -> Vec<(Spot, Spot)> {
    let rows = values.len() / columns.max(1);
    let mut pieces = Vec::new();
    for row in 1..rows {
        for column in 1..columns {
            let at = |r: usize, c: usize| values[r * columns + c] - level;
            let corners = [
                at(row - 1, column - 1),
                at(row - 1, column),
                at(row, column),
                at(row, column - 1),
            ];
            if corners.iter().all(|v| v.is_finite()) {
                square(corners, ((column - 1) as f64, (row - 1) as f64), &mut pieces);
            }
        }
    }
    pieces
}

/// Corners clockwise from the upper left one, which lies at `(x, y)`.
fn square(corners: [f64; 4], (x, y): Spot, pieces: &mut Vec<(Spot, Spot)>) {
    const PLACES: [Spot; 4] = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)];
    let cross = |k: usize| {
        let (a, b) = (corners[k], corners[(k + 1) % 4]);
        ((a > 0.0) != (b > 0.0)).then(|| {
            let ((ax, ay), (bx, by)) = (PLACES[k], PLACES[(k + 1) % 4]);
            let share = a / (a - b);
            (x + ax + share * (bx - ax), y + ay + share * (by - ay))
        })
    };
    match [cross(0), cross(1), cross(2), cross(3)] {
        [Some(a), Some(b), Some(c), Some(d)] => {
            // The line cuts off either the corners that are like the middle, or the other two.
            let middle = corners.iter().sum::<f64>() > 0.0;
            if middle == (corners[0] > 0.0) {
                pieces.extend([(a, b), (c, d)]);
            } else {
                pieces.extend([(d, a), (b, c)]);
            }
        }
        crossings => {
            let mut ends = crossings.into_iter().flatten();
            if let (Some(a), Some(b)) = (ends.next(), ends.next()) {
                pieces.push((a, b));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plane_has_straight_lines_and_a_saddle_two_branches() {
        let plane: Vec<f64> = (0..12).map(|k| f64::from(k % 4)).collect();
        let lines = pieces(&plane, 4, 1.5);
        assert_eq!(lines.len(), 2);
        assert!(lines.iter().all(|(a, b)| a.0 == 1.5 && b.0 == 1.5));

        // x y = 0.1 lies in two quadrants, and no piece joins them.
        let saddle: Vec<f64> =
            (0..16).map(|k| (f64::from(k % 4) - 1.5) * (f64::from(k / 4) - 1.5)).collect();
        let lines = pieces(&saddle, 4, 0.1);
        let side = |p: Spot| p.0 > 1.5;
        assert!(lines.len() > 4 && lines.iter().all(|(a, b)| side(*a) == side(*b)));
        assert!(pieces(&[0.0, f64::NAN, 1.0, 1.0], 2, 0.5).is_empty());
        assert!(pieces(&[], 0, 0.5).is_empty());
    }
}
