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
    let product = |a: &[Vec<f64>], b: &[Vec<f64>]| -> Vec<Vec<f64>> {
        let row = |row: &Vec<f64>| -> Vec<f64> {
            (0..n).map(|k| row.iter().zip(b).map(|(v, other)| v * other[k]).sum()).collect()
        };
        a.iter().map(row).collect()
    };
    // A step within which four terms of its series are the exponential.
    let step = 1.0 / (1e-300 + 64.0 * size(&a) * n as f64);
    let one = |k: usize, i: usize| if k == i { 1.0 } else { 0.0 };
    let mut power: Vec<Vec<f64>> = (0..n).map(|i| (0..n).map(|k| one(k, i)).collect()).collect();
    for term in [4.0, 3.0, 2.0, 1.0] {
        power = product(&a, &power);
        for (i, row) in power.iter_mut().enumerate() {
            row.iter_mut().for_each(|v| *v *= step / term);
            row[i] += 1.0;
        }
    }
    let (mut grown, mut times) = (0.0, 1.0);
    for _ in 0..SQUARINGS {
        let scale = size(&power);
        if scale == 0.0 {
            return f64::NEG_INFINITY;
        }
        grown += times * libm::log(scale);
        power.iter_mut().flatten().for_each(|v| *v /= scale);
        power = product(&power, &power);
        times *= 0.5;
    }
    grown / step
}
