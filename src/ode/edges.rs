//! When an argument leaves its piece: exactly, for the polynomial that a step's dense output is.
//!
//! On a step, a component of the dense output is a polynomial of degree 7 in the share s of the step, so an argument
//! affine in y is one too. Its Bernstein coefficients bound it from both sides, and those of a half from both sides
//! there: halving finds the first root without overlooking one.

use super::Flow;
use std::sync::LazyLock;

/// How many numbers a polynomial of degree 7 has.
pub const POINTS: usize = 8;
const DEGREE: f64 = 7.0;
/// A share of a step as short as this is a point.
const POINT: f64 = 1.0 / (1_u64 << 52) as f64;
/// Who leaves within so small a share of the step leaves at the same time.
const TOGETHER: f64 = 1e-12;

/// Bernstein coefficients of a polynomial on [0, 1].
type Bernstein = [f64; POINTS];

/// From values at k/7, k = 0..7, to Bernstein coefficients.
static FROM_VALUES: LazyLock<[Bernstein; POINTS]> = LazyLock::new(|| {
    const CHOOSE: [f64; POINTS] = [1.0, 7.0, 21.0, 35.0, 35.0, 21.0, 7.0, 1.0];
    // Multiplied out: the bits of `powi` may differ from machine to machine.
    let power = |x: f64, n: usize| (0..n).fold(1.0, |product, _| product * x);
    let mut values = [[0.0; POINTS]; POINTS];
    let mut inverse = [[0.0; POINTS]; POINTS];
    for k in 0..POINTS {
        let s = share(k);
        for j in 0..POINTS {
            values[k][j] = CHOOSE[j] * power(s, j) * power(1.0 - s, POINTS - 1 - j);
        }
        inverse[k][k] = 1.0;
    }
    // Gauss and Jordan. All minors of this matrix are positive: no order of rows is better than this one.
    for k in 0..POINTS {
        let pivot = values[k][k];
        values[k] = values[k].map(|x| x / pivot);
        inverse[k] = inverse[k].map(|x| x / pivot);
        let (row, done) = (values[k], inverse[k]);
        for other in (0..POINTS).filter(|&other| other != k) {
            let factor = values[other][k];
            for j in 0..POINTS {
                values[other][j] -= factor * row[j];
                inverse[other][j] -= factor * done[j];
            }
        }
    }
    inverse
});

/// Where in a step its arguments are to be known.
pub fn share(k: usize) -> f64 {
    k as f64 / DEGREE
}

/// The pieces that `arguments` lie in.
pub fn pieces(flow: &dyn Flow, arguments: &[f64]) -> Vec<u8> {
    let piece = |(i, a): (usize, &f64)| flow.edges(i).partition_point(|edge| edge <= a) as u8;
    arguments.iter().enumerate().map(piece).collect()
}

/// The first share of the step at which an argument leaves its piece, and the pieces from there on.
///
/// `arguments[k]` are those at [`share`] k of the step.
pub fn exit(
    flow: &dyn Flow,
    pieces: &[u8],
    arguments: &[Vec<f64>; POINTS],
) -> Option<(f64, Vec<u8>)> {
    let mut exits: Vec<(f64, usize, u8)> = Vec::new();
    for (i, &piece) in pieces.iter().enumerate() {
        let edges = flow.edges(i);
        if edges.is_empty() {
            continue;
        }
        let mut a = [0.0; POINTS];
        for (a, row) in a.iter_mut().zip(FROM_VALUES.iter()) {
            *a = row.iter().zip(arguments).map(|(weight, at)| weight * at[i]).sum();
        }
        let p = usize::from(piece);
        let below = p.checked_sub(1).and_then(|k| left(a.map(|a| a - edges[k])));
        let above = edges.get(p).and_then(|edge| left(a.map(|a| edge - a)));
        match (below, above) {
            (Some(s), above) if above.is_none_or(|above| s <= above) => {
                exits.push((s, i, piece - 1));
            }
            (_, Some(s)) => exits.push((s, i, piece + 1)),
            _ => {}
        }
    }
    let first = exits.iter().map(|exit| exit.0).min_by(f64::total_cmp)?;
    let mut after = pieces.to_vec();
    for &(_, i, piece) in exits.iter().filter(|exit| exit.0 <= first + TOGETHER) {
        after[i] = piece;
    }
    Some((first, after))
}

/// The first s at which `margin` turns negative.
///
/// A step begins where the one before found the edge, up to rounding and the error of a step: who begins outside and
/// comes in has not left. Who begins outside and stays there has left at once.
fn left(margin: Bernstein) -> Option<f64> {
    if margin[0] >= 0.0 {
        return negative(margin, 0.0, 1.0);
    }
    let Some(inside) = negative(margin.map(|m| -m), 0.0, 1.0) else { return Some(0.0) };
    let (_, mut rest) = split(margin, inside);
    rest[0] = rest[0].max(0.0);
    negative(rest, inside, 1.0 - inside)
}

/// The first s in [from, from + width] at which the polynomial is negative.
fn negative(g: Bernstein, from: f64, width: f64) -> Option<f64> {
    if g.iter().all(|&g| g >= 0.0) {
        return None;
    }
    if g[0] < 0.0 || width <= POINT {
        return Some(from);
    }
    let (first, second) = split(g, 0.5);
    let half = 0.5 * width;
    negative(first, from, half).or_else(|| negative(second, from + half, half))
}

/// The polynomial on [0, s] and on [s, 1] (de Casteljau).
fn split(mut g: Bernstein, s: f64) -> (Bernstein, Bernstein) {
    let mut first = [0.0; POINTS];
    for (k, first) in first.iter_mut().enumerate() {
        *first = g[0];
        for j in 0..POINTS - 1 - k {
            g[j] += s * (g[j + 1] - g[j]);
        }
    }
    (first, g)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bernstein(f: impl Fn(f64) -> f64) -> Bernstein {
        FROM_VALUES.map(|row| (0..POINTS).map(|k| row[k] * f(share(k))).sum())
    }

    #[test]
    fn coefficients_are_those_of_the_polynomial() {
        let coefficients = bernstein(|s| s.powi(7) - 3.0 * s + 0.25);
        for (k, found) in coefficients.iter().enumerate() {
            let exact = f64::from(u8::from(k == 7)) - 3.0 * share(k) + 0.25;
            assert!((found - exact).abs() < 1e-12, "{k}: {found} {exact}");
        }
    }

    #[test]
    fn the_first_root_is_found_even_of_a_short_dip() {
        let dip = |depth: f64| left(bernstein(|s| (s - 0.3).powi(2) - depth));
        for depth in [1e-2, 1e-6, 1e-10] {
            let found = dip(depth).unwrap();
            assert!((found - (0.3 - depth.sqrt())).abs() < 1e-10, "{depth}: {found}");
        }
        assert_eq!(dip(-1e-10), None);
    }

    #[test]
    fn who_comes_in_has_not_left() {
        assert_eq!(left(bernstein(|s| s - 1e-3)), None);
        assert_eq!(left(bernstein(|s| -s - 1e-3)), Some(0.0));
        let through = left(bernstein(|s| (s - 1e-3) * (0.75 - s))).unwrap();
        assert!((through - 0.75).abs() < 1e-12, "{through}");
        assert_eq!(left([0.0; POINTS]), None);
    }
}
