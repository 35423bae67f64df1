//! The first threshold crossing of a free course, found with certainty and to some 25 digits.
//!
//! Written otherwise than in the engine. An interval is passed over, or its root isolated, by bounds on V'' that
//! hold in this very interval; they come from e^{-u/tau_r}, which falls, and the response g_r, which has one
//! maximum at a known place:
//!
//! ```text
//! g_r'' = g_r/tau_m^2 - e^{-u/tau_r} (1/tau_m)(1/tau_m + 1/tau_r)
//! ```
//!
//! The search runs in `f64` as long as every decision exceeds its rounding error by far; otherwise it is done again
//! with 32 digits. The root is always solved with 32 digits.

use super::double::{Double, Real};
use super::psp;

/// Most synaptic currents of a segment.
pub const PORTS: usize = 4;

/// A neuron and its state at u = 0, from which its free course follows.
#[derive(Clone, Debug)]
pub struct Segment {
    pub tau_m: f64,
    pub theta: f64,
    pub v_inf: f64,
    /// V(0) - V_inf.
    pub a: f64,
    /// (tau_r, I_r(0)).
    pub ports: Vec<(f64, f64)>,
    /// (tau_h, h(0)) of a threshold theta + h that moves.
    pub raise: Option<(f64, f64)>,
}

/// What a search finds.
#[derive(Clone, Copy, Debug)]
pub enum First {
    At(Double),
    Never,
    /// 32 digits do not decide.
    Undecided,
}

#[derive(Clone, Copy)]
struct Point<R> {
    u: R,
    height: R,
    slope: R,
    decay_m: R,
    /// e^{-u/tau_r} and g_r(u).
    ports: [(R, R); PORTS],
    /// e^{-u/tau_h}.
    raise: R,
}

impl Segment {
    /// An upper bound of |V| and of what V is made of, mV.
    pub fn scale(&self) -> f64 {
        let currents = self.ports.iter().map(|p| p.1.abs()).sum::<f64>();
        // The engine counts h as a part of V and a current.
        let raise = self.raise.map_or(0.0, |(tau, h)| h * (1.0 + (1.0 - self.tau_m / tau).abs()));
        self.theta.abs() + self.v_inf.abs() + self.a.abs() + currents + raise
    }

    /// The shortest time constant, ms.
    pub fn shortest(&self) -> f64 {
        self.ports.iter().chain(&self.raise).map(|p| p.0).fold(self.tau_m, f64::min)
    }

    fn at<R: Real>(&self, u: R) -> Point<R> {
        let tau_m = R::from(self.tau_m);
        let decay_m = (-u / tau_m).exp();
        let mut ports = [(R::from(0.0), R::from(0.0)); PORTS];
        let mut departure = decay_m * self.a.into();
        let mut drive = R::from(0.0);
        for (port, &(tau, current)) in ports.iter_mut().zip(&self.ports) {
            let tau = R::from(tau);
            let decay = (-u / tau).exp();
            *port = (decay, response(u, tau_m, tau, decay_m, decay));
            departure = departure + port.1 * current.into();
            drive = drive + decay * current.into();
        }
        let height = (R::from(self.v_inf) - self.theta.into()) + departure;
        let point = Point {
            u,
            height,
            slope: (drive - departure) / tau_m,
            decay_m,
            ports,
            raise: 0.0.into(),
        };
        let Some((tau, h)) = self.raise else { return point };
        let raise = (-u / tau.into()).exp();
        let (height, slope) =
            (point.height - raise * h.into(), point.slope + raise * h.into() / tau.into());
        Point { raise, height, slope, ..point }
    }

    /// V(u) - theta, or V(u) - theta - h(u).
    pub fn height<R: Real>(&self, u: R) -> R {
        self.at(u).height
    }

    /// The slope of this, mV/ms.
    pub fn slope(&self, u: f64) -> f64 {
        self.at(u).slope
    }

    /// Its curvature at u = 0.
    pub fn curvature_at_start(&self) -> f64 {
        let start = self.at(0.0);
        self.curvature(&start, &start).0
    }

    /// Bounds of its curvature between two points.
    fn curvature<R: Real>(&self, left: &Point<R>, right: &Point<R>) -> (f64, f64) {
        let rate = 1.0 / self.tau_m;
        let mut low = 0.0;
        let mut high = 0.0;
        let mut add = |factor: f64, least: f64, most: f64| {
            low += (factor * least).min(factor * most);
            high += (factor * least).max(factor * most);
        };
        add(self.a * rate * rate, right.decay_m.value(), left.decay_m.value());
        for (k, &(tau, current)) in self.ports.iter().enumerate() {
            let ((decay_l, g_l), (decay_r, g_r)) = (left.ports[k], right.ports[k]);
            let (g_l, g_r) = (g_l.value(), g_r.value());
            let peak = psp::peak_time(self.tau_m, tau);
            // The place of the peak is known to rounding, where g is flat.
            let inside =
                left.u.value() < peak * (1.0 + 1e-9) && peak * (1.0 - 1e-9) < right.u.value();
            let top = if inside { psp::response(peak, self.tau_m, tau) } else { 0.0 };
            add(current * rate * rate, g_l.min(g_r), g_l.max(g_r).max(top));
            add(-current * rate * (rate + 1.0 / tau), decay_r.value(), decay_l.value());
        }
        if let Some((tau, h)) = self.raise {
            add(-h / (tau * tau), right.raise.value(), left.raise.value());
        }
        let rounding = 1e-13 * (low.abs() + high.abs());
        (low - rounding, high + rounding)
    }

    /// The first u in [0, h] where V reaches theta.
    pub fn first_crossing(&self, h: f64) -> (First, Arithmetic) {
        match self.search::<f64>(h) {
            First::Undecided => (self.search::<Double>(h), Arithmetic::Double),
            first => (first, Arithmetic::Simple),
        }
    }

    fn search<R: Real>(&self, h: f64) -> First {
        // Rounding of heights and slopes, with room to spare; decays err by u/tau roundings.
        let margin = 100.0 * R::ROUNDING * self.scale() * (1.0 + h / self.shortest());
        let slope_margin = 3.0 * margin / self.shortest();
        // Where an interval is so short, this arithmetic does not decide.
        let shortest = R::ROUNDING.sqrt() * h;
        let near = |point: &Point<R>| point.height.value().abs() <= margin;

        let mut left = self.at(R::from(0.0));
        // Right ends of the intervals that remain, the next one last.
        let mut rest = vec![self.at(R::from(h))];
        if left.height == R::from(0.0) && R::ROUNDING < f64::ROUNDING {
            return First::At(0.0.into());
        }
        if near(&left) || near(&rest[0]) {
            return First::Undecided;
        }
        if left.height.value() > 0.0 {
            return First::At(0.0.into());
        }
        while let Some(right) = rest.last() {
            let width = (right.u - left.u).value();
            let (low, high) = self.curvature(&left, right);
            let bump = width * width / 8.0 * (-low).max(0.0);
            let (slope_l, slope_r) = (left.slope.value(), right.slope.value());
            let rises = (slope_l + width * low.min(0.0)).max(slope_r - width * high.max(0.0))
                > slope_margin;
            let falls = (slope_l + width * high.max(0.0)).min(slope_r - width * low.min(0.0))
                < -slope_margin;
            let ends_below = right.height.value() < 0.0;
            let top = left.height.value().max(right.height.value()) + bump;
            if ends_below && (rises || falls || top < -margin) {
                left = *right;
                rest.pop();
            } else if !ends_below && rises {
                return First::At(self.root(left.u.widen(), right.u.widen()));
            } else if width < shortest {
                return First::Undecided;
            } else {
                // A cut at a root decides nothing.
                let cut = |part: f64| self.at(left.u + (right.u - left.u) * part.into());
                match [0.5, 0.43, 0.59].map(cut).into_iter().find(|p| !near(p)) {
                    Some(middle) => rest.push(middle),
                    None => return First::Undecided,
                }
            }
        }
        First::Never
    }

    /// The root between `low` and `high`, where V rises throughout, with 32 digits.
    fn root(&self, low: Double, high: Double) -> Double {
        let middle = (low + high) * 0.5.into();
        let start = self.newton::<f64>(low.value(), high.value(), middle.value());
        let start = if low < start.into() && high > start.into() { start.into() } else { middle };
        self.newton::<Double>(low, high, start)
    }

    /// Newton's method within a shrinking bracket.
    fn newton<R: Real>(&self, mut low: R, mut high: R, start: R) -> R {
        let mut u = start;
        for _ in 0..400 {
            let point = self.at(u);
            if point.height.value() >= 0.0 {
                high = u
            } else {
                low = u
            }
            let next = u - point.height / point.slope;
            let inside = next > low && next < high;
            // To what rounding allows: that of u, and that of V over its slope.
            let finest = u.value() + self.scale() / point.slope.value().abs();
            if inside && (next - u).abs().value() <= 8.0 * R::ROUNDING * finest {
                return next;
            }
            u = if inside { next } else { (low + high) * 0.5.into() };
            if (high - low).value() <= 4.0 * R::ROUNDING * u.value() {
                return u;
            }
        }
        u
    }

    /// The largest V - theta in [from, to], and where: its height to some 25 digits.
    pub fn top(&self, from: f64, to: f64) -> (f64, f64) {
        const PARTS: usize = 400;
        let u = |k: usize| from + (to - from) * k as f64 / PARTS as f64;
        let heights: Vec<f64> = (0..=PARTS).map(|k| self.height(u(k))).collect();
        let best =
            (0..=PARTS).max_by(|&i, &j| heights[i].total_cmp(&heights[j])).unwrap_or_default();
        let place = super::summit(u(best.saturating_sub(1)), u((best + 1).min(PARTS)), |u| {
            self.height::<f64>(u)
        });
        // The scan's best point may be an end of the range.
        let candidates = [place, u(best)].map(|u| (self.height::<Double>(u.into()).value(), u));
        if candidates[0].0 > candidates[1].0 { candidates[0] } else { candidates[1] }
    }
}

/// In which arithmetic a search was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arithmetic {
    Simple,
    Double,
}

/// g_r(u), from the two decays where they differ much, and from the series of (e^x - 1)/x where not.
fn response<R: Real>(u: R, tau_m: R, tau: R, decay_m: R, decay: R) -> R {
    let x = u * (tau - tau_m) / (tau_m * tau);
    if x.value().abs() >= 1.0 {
        return (decay - decay_m) * tau / (tau - tau_m);
    }
    let (mut series, mut term) = (R::from(1.0), R::from(1.0));
    for k in 2..40 {
        term = term * x / f64::from(k).into();
        series = series + term;
        if term.value().abs() < 0.1 * R::ROUNDING {
            break;
        }
    }
    u / tau_m * decay_m * series
}
