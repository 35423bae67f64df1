//! Exponential and normal numbers by the ziggurat method (Marsaglia and Tsang 2000).
//!
//! The area below a decreasing density f is covered by layers of equal area V: layer i >= 1 is the rectangle of
//! width x_i between the heights f(x_i) and f(x_{i+1}); layer 0 is the rectangle of width R = x_1 below f(R) together
//! with the tail beyond R, and x_0 = V / f(R) is the width that it would have as a rectangle. A point of
//! a random layer is nearly always seen to lie below f by its abscissa alone, which needs no
//! transcendental function. The tables are computed when the crate is compiled, and the rare cases by the `libm`
//! crate: the numbers do not depend on the platform.

use rand::Rng;
use std::f64::consts::LN_2;

const LAYERS: usize = 256;

/// Where the tail of e^{-x} begins.
const R_EXPONENTIAL: f64 = 7.69711747013105;
/// Where the tail of e^{-x^2/2} begins.
const R_NORMAL: f64 = 3.654152885361009;

/// The layers of one density.
pub struct Ziggurat {
    /// x_i, falling from x_0 to x_256 = 0.
    pub edge: [f64; LAYERS + 1],
    /// f(x_i), rising to 1; the value for layer 0 is not used.
    height: [f64; LAYERS + 1],
}

/// The layers of e^{-x}.
pub static EXPONENTIAL: Ziggurat =
    Ziggurat::new(R_EXPONENTIAL, 0.00045413435384149677, 0.003949659822581557, false);
/// The layers of e^{-x^2/2}.
static NORMAL: Ziggurat =
    Ziggurat::new(R_NORMAL, 0.0012602859304985975, 0.004928673233974655, true);

impl Ziggurat {
    /// Layers of area `v` for a density whose tail begins at `r`, where its value is `f`.
    const fn new(r: f64, f: f64, v: f64, normal: bool) -> Self {
        let mut edge = [0.0; LAYERS + 1];
        let mut height = [1.0; LAYERS + 1];
        (edge[0], edge[1], height[1]) = (v / f, r, f);
        let mut i = 2;
        while i < LAYERS {
            height[i] = height[i - 1] + v / edge[i - 1];
            let log = ln(height[i]);
            edge[i] = if normal { sqrt(-2.0 * log) } else { -log };
            i += 1;
        }
        Self { edge, height }
    }
}

/// Natural logarithm of 0 < y <= 1, to a few units of the last place.
const fn ln(mut y: f64) -> f64 {
    let mut halvings = 0.0;
    while y < 0.75 {
        y *= 2.0;
        halvings += 1.0;
    }
    // 2 artanh((y - 1)/(y + 1)) as a power series in a number between -1/7 and 0.
    let z = (y - 1.0) / (y + 1.0);
    let (mut power, mut sum, mut k) = (z, 0.0, 1.0);
    while k < 25.0 {
        sum += power / k;
        power *= z * z;
        k += 2.0;
    }
    2.0 * sum - halvings * LN_2
}

/// Square root of y > 0 by Newton's method.
const fn sqrt(y: f64) -> f64 {
    let (mut x, mut k) = (0.5 * (y + 1.0), 0);
    while k < 12 {
        x = 0.5 * (x + y / x);
        k += 1;
    }
    x
}

/// Uniform in (0, 1), on the grid of odd multiples of 2^-53.
#[inline]
fn open(bits: u64) -> f64 {
    ((bits >> 11) | 1) as f64 * (1.0 / (1u64 << 53) as f64)
}

/// A random layer, and the abscissa of a random point in it.
#[inline]
pub fn point(ziggurat: &Ziggurat, bits: u64) -> (usize, f64) {
    let layer = bits as usize % LAYERS;
    (layer, open(bits) * ziggurat.edge[layer])
}

/// Exponential with mean 1.
#[inline]
pub fn exponential(source: &mut impl Rng) -> f64 {
    let (layer, x) = point(&EXPONENTIAL, source.next_u64());
    if x < EXPONENTIAL.edge[layer + 1] { x } else { exponential_beyond(source, layer, x) }
}

/// What becomes of an `x` that lies outside the sure part of its layer.
#[cold]
pub fn exponential_beyond(source: &mut impl Rng, layer: usize, x: f64) -> f64 {
    if layer == 0 {
        // The tail of an exponential is an exponential.
        return R_EXPONENTIAL - libm::log(open(source.next_u64()));
    }
    match below(&EXPONENTIAL, layer, libm::exp(-x), source) {
        true => x,
        false => exponential(source),
    }
}

/// Normal with mean 0 and variance 1.
#[inline]
pub fn normal(source: &mut impl Rng) -> f64 {
    let bits = source.next_u64();
    let layer = bits as usize % LAYERS;
    // Uniform in [-1, 1) on the grid of 2^-51.
    let u = (bits >> 12) as f64 * (1.0 / (1u64 << 51) as f64) - 1.0;
    let x = u * NORMAL.edge[layer];
    if x.abs() < NORMAL.edge[layer + 1] { x } else { normal_beyond(source, layer, x) }
}

#[cold]
fn normal_beyond(source: &mut impl Rng, layer: usize, x: f64) -> f64 {
    if layer > 0 {
        return match below(&NORMAL, layer, libm::exp(-0.5 * x * x), source) {
            true => x,
            false => normal(source),
        };
    }
    // The tail by Marsaglia's method: e^{-R d} is an envelope of f(R + d)/f(R).
    loop {
        let beyond = -libm::log(open(source.next_u64())) / R_NORMAL;
        let trial = -libm::log(open(source.next_u64()));
        if 2.0 * trial >= beyond * beyond {
            return libm::copysign(R_NORMAL + beyond, x);
        }
    }
}

/// Whether a random height of the layer lies below the density `f` there.
fn below(table: &Ziggurat, layer: usize, f: f64, source: &mut impl Rng) -> bool {
    let (low, high) = (table.height[layer], table.height[layer + 1]);
    high - (high - low) * open(source.next_u64()) < f
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_have_equal_areas_and_lie_on_their_densities() {
        type Density = fn(f64) -> f64;
        let tables: [(&Ziggurat, Density); 2] =
            [(&EXPONENTIAL, |x| libm::exp(-x)), (&NORMAL, |x| libm::exp(-0.5 * x * x))];
        for (table, density) in tables {
            let area = table.edge[0] * table.height[1];
            for i in 1..=LAYERS {
                let f = density(table.edge[i]);
                assert!((table.height[i] / f - 1.0).abs() < 2e-15, "{i}: {f}");
            }
            for i in 1..LAYERS {
                let layer = table.edge[i] * (table.height[i + 1] - table.height[i]);
                // The heights are sums, so that the uppermost layer takes what rounding leaves.
                assert!((layer / area - 1.0).abs() < 1e-12, "{i}: {layer}");
                assert!(table.edge[i] > table.edge[i + 1]);
            }
        }
    }
}
