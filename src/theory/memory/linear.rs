//! Systems of linear equations, and what grows in one.

/// The solution of a system that is given row by row with its right-hand side last; Gauss's elimination.
pub fn solve(mut rows: Vec<Vec<f64>>) -> Option<Vec<f64>> {
    let n = rows.len();
    for k in 0..n {
        let pivot = (k..n).max_by(|&a, &b| rows[a][k].abs().total_cmp(&rows[b][k].abs()))?;
        rows.swap(k, pivot);
        let (above, below) = rows.split_at_mut(k + 1);
        let pivot = &above[k];
        if pivot[k] == 0.0 {
            return None;
        }
        for row in below {
            let factor = row[k] / pivot[k];
            row.iter_mut().zip(pivot).skip(k).for_each(|(value, p)| *value -= factor * p);
        }
    }
    let mut x = vec![0.0; n];
    for k in (0..n).rev() {
        let known: f64 = (k + 1..n).map(|c| rows[k][c] * x[c]).sum();
        x[k] = (rows[k][n] - known) / rows[k][k];
    }
    x.iter().all(|value| value.is_finite()).then_some(x)
}

/// The largest real part of the eigenvalues of `a`: how fast exp(a t) grows in the end, by squaring it again and again.
pub fn growth(a: Vec<Vec<f64>>) -> f64 {
    const SQUARINGS: u32 = 40;
    let size = |m: &[Vec<f64>]| m.iter().flatten().fold(0.0, |most: f64, v| most.max(v.abs()));
    let n = a.len();
    // A step within which the exponential is its series.
    let step = 1.0 / (1e-300 + 64.0 * size(&a) * n as f64);
    let mut power = a;
    for (i, row) in power.iter_mut().enumerate() {
        row.iter_mut().for_each(|v| *v *= step);
        row[i] += 1.0;
    }
    let (mut grown, mut times) = (0.0, 1.0);
    for _ in 0..SQUARINGS {
        let scale = size(&power);
        if scale == 0.0 {
            return f64::NEG_INFINITY;
        }
        grown += times * libm::log(scale);
        power.iter_mut().flatten().for_each(|v| *v /= scale);
        let squared = |row: &Vec<f64>| -> Vec<f64> {
            (0..n).map(|k| row.iter().zip(&power).map(|(v, other)| v * other[k]).sum()).collect()
        };
        power = power.iter().map(squared).collect();
        times *= 0.5;
    }
    grown / step
}
