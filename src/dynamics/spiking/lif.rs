//! The leaky integrate-and-fire neuron with exponential synaptic currents.
//!
//! ```text
//! tau_m dV/dt = -(V - V_inf) + sum_r I_r      V reaches theta: spike, V := V_reset for t_ref
//! tau_r dI_r/dt = -I_r                        one current per time constant ("port") r
//! ```
//!
//! with V_inf = V_rest + constant currents. Currents are in mV (times the membrane resistance).
//! An arrival of efficacy J makes I_r jump by J tau_m / tau_r, so that its postsynaptic potential has the
//! area J tau_m for every tau_r.
//!
//! Between arrivals V(u) = V_inf + a e^{-u/tau_m} + sum_r I_r g_r(u), where a = V(0) - V_inf and g_r is the
//! response of V to a unit current at u = 0. Written with expm1, g_r has no singularity at tau_r = tau_m:
//!
//! ```text
//! g_r(u) = (u/tau_m) e^{-u/tau_m} (e^x - 1)/x,    x = u (1/tau_m - 1/tau_r)
//! ```

/// The parameters of a neuron, and what follows from them.
#[derive(Clone, Copy, Debug)]
pub struct Lif<'a> {
    /// ms.
    pub tau_m: f64,
    /// mV.
    pub theta: f64,
    /// mV.
    pub v_reset: f64,
    /// Synaptic time constants, ms, one per port.
    pub tau: &'a [f64],
}

/// V and its slope at some moment.
#[derive(Clone, Copy, Debug)]
struct Point {
    u: f64,
    /// V - theta, mV.
    height: f64,
    /// dV/dt, mV/ms.
    slope: f64,
}

/// The state of a neuron at u = 0, from which its free course follows.
#[derive(Clone, Copy, Debug)]
pub struct Course<'a> {
    /// mV.
    pub v_inf: f64,
    /// V(0) - V_inf, mV.
    pub a: f64,
    /// I_r(0), mV, one per port.
    pub currents: &'a [f64],
}

/// Below this length (ms) an interval is a point: spike times have no finer meaning than the rounding
/// of absolute times of seconds.
const POINT: f64 = 1e-12;
/// Rounding of V moves a crossing by less than this (ms) where V rises at a usual pace.
const ROUNDING: f64 = 1e-13;

impl Lif<'_> {
    /// g_r(u) and e^{-u/tau_r} for port r, given e^{-u/tau_m}.
    #[inline]
    pub fn response(&self, port: usize, u: f64, decay_m: f64) -> (f64, f64) {
        let x = u * (1.0 / self.tau_m - 1.0 / self.tau[port]);
        let q = libm::expm1(x);
        let ratio = if x == 0.0 { 1.0 } else { q / x };
        (u / self.tau_m * decay_m * ratio, decay_m * (1.0 + q))
    }

    /// An upper bound of -d2V/dt2 on the whole future course.
    ///
    /// |g_r''| <= (1/tau_m)(1/tau_m + 1/tau_r) for all u >= 0, and the relaxation towards V_inf bends
    /// downwards only from below.
    pub fn bend(&self, course: Course) -> f64 {
        let rate = 1.0 / self.tau_m;
        let relaxation = (-course.a).max(0.0) * rate * rate;
        let currents = course.currents.iter().zip(self.tau);
        relaxation + currents.map(|(i, tau)| i.abs() * rate * (rate + 1.0 / tau)).sum::<f64>()
    }

    fn at(&self, course: Course, u: f64) -> Point {
        let decay_m = libm::exp(-u / self.tau_m);
        let mut departure = course.a * decay_m;
        let mut drive = 0.0;
        for (port, current) in course.currents.iter().enumerate() {
            let (response, decay) = self.response(port, u, decay_m);
            departure += current * response;
            drive += current * decay;
        }
        Point {
            u,
            // In this order a V_inf at threshold is approached and not reached by rounding.
            height: course.v_inf - self.theta + departure,
            slope: (drive - departure) / self.tau_m,
        }
    }

    /// A time u >= 0 before which V does not reach theta: where the parabola that bounds the course from above,
    /// V + V' u + (largest V'') u^2/2, reaches it. Infinite if it never does.
    pub fn earliest_crossing(&self, course: Course) -> f64 {
        let Point { height, slope, .. } = self.now(course);
        let bend = self.bend(Course { a: -course.a, ..course });
        // The smaller positive root of height + slope u + bend u^2/2 = 0, in the form without cancellation.
        let discriminant = slope * slope - 2.0 * bend * height;
        let u = -2.0 * height / (slope + discriminant.max(0.0).sqrt());
        if height >= 0.0 {
            0.0
        } else if u >= 0.0 {
            u
        } else {
            f64::INFINITY
        }
    }

    /// True if V is at theta, to rounding, and rising, or above it.
    pub fn crosses_now(&self, course: Course) -> bool {
        let Point { height, slope, .. } = self.now(course);
        height >= 0.0 || (slope > POINT * self.bend(course) && -height <= ROUNDING * slope)
    }

    fn now(&self, course: Course) -> Point {
        let drive: f64 = course.currents.iter().sum();
        Point {
            u: 0.0,
            height: course.v_inf - self.theta + course.a,
            slope: (drive - course.a) / self.tau_m,
        }
    }

    /// The first u in [0, h] at which V reaches theta, if there is one and nothing arrives before.
    ///
    /// Lossless: an interval is passed over only if a bound on the curvature proves that V stays below
    /// theta in it, also between its ends (a grazing maximum counts). A root is solved to rounding.
    pub fn first_crossing(&self, course: Course, h: f64) -> Option<f64> {
        let bend = self.bend(course);
        let mut left = self.now(course);
        if left.height >= 0.0 {
            return Some(0.0);
        }
        // Most courses that come here cross soon: try an interval of twice the distance to the tangent's root.
        let near = -2.0 * left.height / left.slope;
        let is_near = near > 0.0 && near < h;
        if is_near && near * near * bend <= -left.height {
            // Until its end V rises, by half of its slope or more, and there it is above theta by half the distance or more.
            return Some(self.root(course, left, near));
        }
        let mut right = self.at(course, if is_near { near } else { h });
        loop {
            let width = right.u - left.u;
            let bump = width * width / 8.0 * bend;
            if left.height.max(right.height) + bump < 0.0 || (width <= POINT && right.height < 0.0)
            {
                if right.u >= h {
                    return None;
                }
                (left, right) = (right, self.at(course, h));
            } else if right.height >= 0.0 && left.slope > width * bend {
                return Some(self.root(course, left, right.u));
            } else if width <= POINT {
                return Some(right.u);
            } else {
                right = self.at(course, left.u + 0.5 * width);
            }
        }
    }

    /// The root between `left` (below theta) and `high` (not below), where V rises throughout:
    /// Newton's method within a shrinking bracket.
    fn root(&self, course: Course, left: Point, mut high: f64) -> f64 {
        let mut low = left.u;
        let mut u = left.u - left.height / left.slope;
        for _ in 0..64 {
            if !(u > low && u < high) {
                u = 0.5 * (low + high);
            }
            let point = self.at(course, u);
            if point.height >= 0.0 {
                high = u;
            } else {
                low = u;
            }
            let next = u - point.height / point.slope;
            if (next - u).abs() <= 1e-15 * (1.0 + u) || high - low <= 1e-15 {
                return next.clamp(low, high);
            }
            u = next;
        }
        high
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Seed;

    const LIF: Lif = Lif { tau_m: 20.0, theta: 20.0, v_reset: 10.0, tau: &[5.0, 0.5] };

    fn course(v_inf: f64, a: f64, currents: &[f64]) -> Course<'_> {
        Course { v_inf, a, currents }
    }

    /// A bound of V'' of a free course, from the equations of V and of its currents.
    fn rise(course: Course) -> f64 {
        let currents = course.currents.iter().zip(LIF.tau);
        let driven = currents.map(|(i, tau)| i.abs() / 20.0 * (0.05 + 1.0 / tau)).sum::<f64>();
        course.a.max(0.0) / 400.0 + driven
    }

    #[test]
    fn the_bound_of_the_curvature_holds_and_is_reached() {
        let courses: [(f64, [f64; 2], bool); 6] = [
            (-8.0, [0.0; 2], true),
            (8.0, [0.0; 2], true),
            (0.0, [3.0, 0.0], true),
            (0.0, [0.0, 2.0], true),
            (-5.0, [3.0, 2.0], true),
            (7.0, [-3.0, 4.0], false),
        ];
        for (a, currents, reached) in courses {
            let course = course(12.0, a, &currents);
            let bend = LIF.bend(course);
            let mirrored: [f64; 2] = currents.map(|i| -i);
            assert!((bend - rise(Course { a: -a, currents: &mirrored, ..course })).abs() < 1e-12);
            let step = 1e-3;
            let at = |u: f64| LIF.at(course, u).height;
            let curvature =
                |u: f64| (2.0 * at(u + step) - at(u) - at(u + 2.0 * step)) / (step * step);
            let largest = (0..300).map(|k| curvature(0.1 * f64::from(k))).fold(0.0, f64::max);
            assert!(largest <= bend + 1e-7, "{largest} {bend}");
            assert!(!reached || largest >= 0.99 * bend - 1e-7, "{largest} {bend}");
        }
    }

    #[test]
    fn v_does_not_reach_theta_before_the_parabola_above_it_does() {
        for (v_inf, a, currents) in [
            (25.0, -15.0, [0.0; 2]),
            (12.0, -2.0, [30.0, 4.0]),
            (12.0, 5.0, [30.0, -40.0]),
            (25.0, -5.1, [-60.0, 80.0]),
            (12.0, -7.0, [-1.0, 0.5]),
        ] {
            let course = course(v_inf, a, &currents);
            let u = LIF.earliest_crossing(course);
            let (height, drive) = (v_inf + a - 20.0, currents[0] + currents[1] - a);
            let there = height + drive / 20.0 * u + rise(course) * u * u / 2.0;
            assert!(u > 0.0 && there.abs() < 1e-12 * (1.0 + u * u), "{u} {there}");
            assert!(LIF.first_crossing(course, 200.0).is_none_or(|first| first >= u));
        }
        // At theta, and above; where nothing moves V.
        assert_eq!(LIF.earliest_crossing(course(12.0, 8.0, &[0.0; 2])), 0.0);
        assert_eq!(LIF.earliest_crossing(course(12.0, 9.0, &[0.0; 2])), 0.0);
        assert_eq!(LIF.earliest_crossing(course(12.0, 0.0, &[0.0; 2])), f64::INFINITY);
    }

    #[test]
    fn a_crossing_that_is_near_needs_no_end_of_its_interval() {
        let mut stream = Seed(1).stream("near", 0);
        let mut met = 0;
        for _ in 0..20_000 {
            let below = libm::exp(-12.0 * stream.uniform());
            let v_inf = 40.0 * stream.uniform();
            let currents = [0, 1].map(|_| 200.0 * (stream.uniform() - 0.3));
            let course = course(v_inf, 20.0 - below - v_inf, &currents);
            let (now, bend) = (LIF.now(course), LIF.bend(course));
            let near = -2.0 * now.height / now.slope;
            if !(near > 0.0 && near < 20.0 && near * near * bend <= below) {
                continue;
            }
            met += 1;
            assert!(LIF.at(course, near).height >= 0.49 * below);
            assert!((0..=8).all(|k| LIF.at(course, near * f64::from(k) / 8.0).slope > 0.0));
            let root = LIF.first_crossing(course, 20.0).unwrap();
            assert!(root < near && LIF.at(course, root).height.abs() < 1e-12);
        }
        assert!(met > 5000, "{met}");
    }

    #[test]
    fn v_crosses_now_if_it_rises_and_is_at_theta_to_rounding() {
        // By how much V is below theta, and the currents that drive it, mV: by 20 mV it rises by 1 mV/ms.
        for (below, currents, crosses) in [
            (0.0, [20.0, 0.0], true),
            (-1.0, [-20.0, 0.0], true),
            (5e-14, [20.0, 0.0], true),
            (5e-14, [-60.0, 80.0], true),
            (5e-13, [20.0, 0.0], false),
            (1.0, [20.0, 0.0], false),
            (5e-14, [-20.0, 0.0], false),
            (1e-14, [0.0, 0.0], false),
            // It rises by 5e-12 mV/ms, and bends before that can be told from rounding.
            (1e-25, [-60.0, 60.0 + 1e-10], false),
        ] {
            let course = course(20.0, -below, &currents);
            assert_eq!(LIF.crosses_now(course), crosses, "{below} {currents:?}");
        }
    }
}
