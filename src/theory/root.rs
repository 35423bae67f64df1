//! Roots and maxima of functions of one variable.

/// Where `holds` ceases to hold between `inside`, where it holds, and `outside`, where it does not; to rounding.
pub fn boundary(mut inside: f64, mut outside: f64, holds: impl Fn(f64) -> bool) -> f64 {
    loop {
        let middle = 0.5 * (inside + outside);
        if middle == inside || middle == outside {
            return middle;
        }
        if holds(middle) {
            inside = middle;
        } else {
            outside = middle;
        }
    }
}

/// Where `f`, which rises and then falls between `low` and `high`, is largest; it may be constant beyond its fall.
///
/// By golden section, to the root of the rounding error, so that the maximum itself is exact to rounding.
pub fn summit(mut low: f64, mut high: f64, f: impl Fn(f64) -> f64) -> f64 {
    const GOLDEN: f64 = 0.618_033_988_749_894_9;
    let (mut a, mut b) = (high - GOLDEN * (high - low), low + GOLDEN * (high - low));
    let (mut at_a, mut at_b) = (f(a), f(b));
    while high - low > 1e-9 * (low.abs() + high.abs()) {
        if at_a >= at_b {
            (high, b, at_b) = (b, a, at_a);
            a = high - GOLDEN * (high - low);
            at_a = f(a);
        } else {
            (low, a, at_a) = (a, b, at_b);
            b = low + GOLDEN * (high - low);
            at_b = f(b);
        }
    }
    0.5 * (low + high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boundaries_are_found_from_either_side() {
        assert!((boundary(0.0, 2.0, |x| x * x < 2.0) - 2f64.sqrt()).abs() < 1e-15);
        assert!((boundary(2.0, 0.0, |x| x * x > 2.0) - 2f64.sqrt()).abs() < 1e-15);
    }

    #[test]
    fn summits_are_found_before_a_plain() {
        let hill = |x: f64| if x < 1.0 { x * (1.0 - x) } else { 0.0 };
        assert!((summit(0.0, 10.0, hill) - 0.5).abs() < 1e-7);
        assert!((summit(0.3, 0.7, |x| -(x - 0.6) * (x - 0.6)) - 0.6).abs() < 1e-7);
    }
}
