//! Arithmetic with some 32 digits: a number is the unevaluated sum of two `f64` (Dekker 1971).
//!
//! `Real` lets one algorithm run in `f64` and in this arithmetic.

use std::ops::{Add, Div, Mul, Neg, Sub};

/// What the high-precision tests compute with.
pub trait Real:
    Copy
    + PartialOrd
    + From<f64>
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
{
    /// Relative rounding error of one operation, at most.
    const ROUNDING: f64;
    fn exp(self) -> Self;
    /// The nearest `f64`.
    fn value(self) -> f64;
    fn widen(self) -> Double;
    fn abs(self) -> Self {
        if self.value() < 0.0 { -self } else { self }
    }
}

impl Real for f64 {
    const ROUNDING: f64 = f64::EPSILON;
    fn exp(self) -> Self {
        f64::exp(self)
    }
    fn value(self) -> f64 {
        self
    }
    fn widen(self) -> Double {
        self.into()
    }
}

/// high + low, with |low| at most half a unit in the last place of `high`.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Double {
    pub high: f64,
    pub low: f64,
}

/// a + b without error, for |a| >= |b|.
fn quick_sum(a: f64, b: f64) -> Double {
    let high = a + b;
    Double { high, low: b - (high - a) }
}

/// a + b without error (Knuth).
fn sum(a: f64, b: f64) -> Double {
    let high = a + b;
    let part = high - a;
    Double { high, low: (a - (high - part)) + (b - part) }
}

/// a b without error.
fn product(a: f64, b: f64) -> Double {
    let high = a * b;
    Double { high, low: a.mul_add(b, -high) }
}

/// ln 2 to 48 digits, in three parts.
const LN_2: Double = Double { high: std::f64::consts::LN_2, low: 2.319_046_813_846_299_6e-17 };
const LN_2_REST: f64 = 5.707_708_438_416_212e-34;

impl From<f64> for Double {
    fn from(high: f64) -> Self {
        Self { high, low: 0.0 }
    }
}

impl Neg for Double {
    type Output = Self;
    fn neg(self) -> Self {
        Self { high: -self.high, low: -self.low }
    }
}

impl Add for Double {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        let (s, t) = (sum(self.high, other.high), sum(self.low, other.low));
        let s = quick_sum(s.high, s.low + t.high);
        quick_sum(s.high, s.low + t.low)
    }
}

impl Sub for Double {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

impl Mul for Double {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        let p = product(self.high, other.high);
        quick_sum(p.high, p.low + (self.high * other.low + self.low * other.high))
    }
}

impl Div for Double {
    type Output = Self;
    fn div(self, other: Self) -> Self {
        let first = self.high / other.high;
        let rest = self - other * first.into();
        let second = rest.high / other.high;
        let rest = rest - other * second.into();
        quick_sum(first, second) + (rest.high / other.high).into()
    }
}

impl Real for Double {
    const ROUNDING: f64 = 1e-31;

    fn value(self) -> f64 {
        self.high
    }

    fn widen(self) -> Double {
        self
    }

    /// e^x = 2^k (1 + q), where q = e^r - 1 for r = x - k ln 2, from the series at r/1024.
    fn exp(self) -> Self {
        if self.high < -700.0 {
            return 0.0.into();
        }
        assert!(self.high < 700.0, "out of range");
        let k = (self.high / LN_2.high).round();
        let r = self - LN_2 * k.into() - (LN_2_REST * k).into();
        let r = r * (1.0 / 1024.0).into();
        let mut q = Double::from(0.0);
        for n in (1..=9).rev() {
            // r/n (1 + r/(n+1) (1 + ...)).
            q = r / f64::from(n).into() * (q + 1.0.into());
        }
        for _ in 0..10 {
            q = q + q + q * q;
        }
        let scale = libm::ldexp(1.0, k as i32);
        let y = q + 1.0.into();
        Self { high: y.high * scale, low: y.low * scale }
    }
}

/// e^x for some x, from an arithmetic with 60 digits (Python's `decimal`).
pub const EXPONENTIALS: [(f64, f64, f64); 10] = [
    (1.0, std::f64::consts::E, 1.4456468917292502e-16),
    (-1.0, 0.36787944117144233, -1.2428753672788363e-17),
    (0.5, 1.6487212707001282, -4.731568479435833e-17),
    (-0.001, 0.999000499833375, -3.026024053145243e-17),
    (-1e-10, 0.9999999999, 8.279037096265651e-18),
    (-20.7, 1.0235385977594162e-9, -6.484174939174867e-26),
    (-0.34657359, 0.7071067813845181, -5.2443064620631435e-18),
    (-300.0, 5.148200222412013e-131, 2.962376373372979e-147),
    (3.25, 25.790339917193062, -2.0220949927714329e-16),
    (-std::f64::consts::LN_2, 0.5, 1.1595234069231498e-17),
];
