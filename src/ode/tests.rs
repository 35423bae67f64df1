//! Solutions against closed forms, other solvers, and their own laws.

use super::*;
use proptest::prelude::*;

/// A smooth flow.
struct Smooth<F>(F);

impl<F: Fn(&[f64], &mut [f64])> Flow for Smooth<F> {
    fn derivative(&self, y: &[f64], _: &[u8], out: &mut [f64]) {
        (self.0)(y, out);
    }
}

/// tau dv/dt = -v + phi(J v + h), phi linear in pieces: in piece p, slope[p] x + level[p].
struct Network {
    j: Vec<Vec<f64>>,
    h: f64,
    tau: f64,
    edges: Vec<f64>,
    slope: Vec<f64>,
    level: Vec<f64>,
}

impl Network {
    /// phi(x) = x within [-1, 1], which it does not leave.
    fn saturating(j: Vec<Vec<f64>>, h: f64, tau: f64) -> Self {
        let (edges, slope) = (vec![-1.0, 1.0], vec![0.0, 1.0, 0.0]);
        Self { j, h, tau, edges, slope, level: vec![-1.0, 0.0, 1.0] }
    }

    /// phi(x) = below where x < 0, above where not, for one neuron with tau = 1.
    fn jumping(j: f64, h: f64, below: f64, above: f64) -> Self {
        let slope = vec![0.0; 2];
        Self { j: vec![vec![j]], h, tau: 1.0, edges: vec![0.0], slope, level: vec![below, above] }
    }
}

impl Flow for Network {
    fn derivative(&self, y: &[f64], pieces: &[u8], out: &mut [f64]) {
        self.arguments(y, out);
        for ((out, y), &piece) in out.iter_mut().zip(y).zip(pieces) {
            let p = usize::from(piece);
            *out = (self.slope[p] * *out + self.level[p] - y) / self.tau;
        }
    }

    fn edges(&self, _: usize) -> &[f64] {
        &self.edges
    }

    fn arguments(&self, y: &[f64], out: &mut [f64]) -> bool {
        for (out, row) in out.iter_mut().zip(&self.j) {
            *out = self.h + row.iter().zip(y).map(|(j, y)| j * y).sum::<f64>();
        }
        true
    }
}

/// Couplings uniform with mean 0 and variance gain^2 / n.
fn couplings(n: usize, gain: f64) -> Vec<Vec<f64>> {
    // The constants are Knuth's, so that any language can make the same ones.
    let mut x: u64 = 1;
    let mut uniform = || {
        x = x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (x >> 11) as f64 / (1_u64 << 53) as f64
    };
    let scale = gain * (12.0 / n as f64).sqrt();
    (0..n).map(|_| (0..n).map(|_| scale * (uniform() - 0.5)).collect()).collect()
}

fn initial(n: usize) -> Vec<f64> {
    (0..n).map(|i| (i as f64 + 1.0) / n as f64 - 0.5).collect()
}

/// dx/dt = -x + J tanh(x), chaotic for gain 1.5 and many neurons.
fn graded(n: usize) -> impl Flow {
    let j = couplings(n, 1.5);
    Smooth(move |x: &[f64], out: &mut [f64]| {
        let r: Vec<f64> = x.iter().map(|&x| libm::tanh(x)).collect();
        for (i, out) in out.iter_mut().enumerate() {
            *out = j[i].iter().zip(&r).map(|(j, r)| j * r).sum::<f64>() - x[i];
        }
    })
}

/// The state at time `t`.
fn solved(flow: &dyn Flow, y: &[f64], tolerance: f64, t: f64) -> Vec<f64> {
    let mut solver = Adaptive::new(tolerance);
    solver.begin(0.0, y);
    solver.advance(flow, t).unwrap();
    solver.cut(flow, t);
    seen(&mut solver, flow, t, y.len())
}

fn seen(solver: &mut Adaptive, flow: &dyn Flow, t: f64, n: usize) -> Vec<f64> {
    let mut out = vec![0.0; n];
    solver.state(flow, t, &mut out);
    out
}

/// The state at time `t` by `steps` steps of the classical method of order 4.
fn classical(f: impl Fn(&[f64], &mut [f64]), y: &[f64], t: f64, steps: u32) -> Vec<f64> {
    let step = t / f64::from(steps);
    let mut y = y.to_vec();
    for _ in 0..steps {
        let (mut slope, mut sum) = (vec![0.0; y.len()], vec![0.0; y.len()]);
        for (share, weight) in [(0.0, 1.0), (0.5, 2.0), (0.5, 2.0), (1.0, 1.0)] {
            let at: Vec<f64> = y.iter().zip(&slope).map(|(y, k)| y + share * step * k).collect();
            f(&at, &mut slope);
            sum.iter_mut().zip(&slope).for_each(|(sum, k)| *sum += weight * k);
        }
        y.iter_mut().zip(&sum).for_each(|(y, sum)| *y += step / 6.0 * sum);
    }
    y
}

fn distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

/// The slope of log error against log tolerance, from 1e-6 to 1e-12, and the largest ratio of the two.
fn line(flow: &dyn Flow, y: &[f64], t: f64, exact: &[f64]) -> (f64, f64) {
    let (mut covariance, mut variance, mut largest) = (0.0, 0.0, 0.0_f64);
    for k in -12..=12 {
        let x = f64::from(k) / 4.0;
        let tolerance = 10_f64.powf(x - 9.0);
        let error = distance(&solved(flow, y, tolerance, t), exact);
        covariance += x * error.log10();
        variance += x * x;
        largest = largest.max(error / tolerance);
    }
    (covariance / variance, largest)
}

/// A flow, where it begins, for how long, and where it ends.
type Problem<'a> = (&'a dyn Flow, &'a [f64], f64, &'a [f64]);

#[test]
fn the_error_goes_with_the_tolerance() {
    let decay = Smooth(|y: &[f64], out: &mut [f64]| out[0] = -y[0]);
    let oscillator = Smooth(|y: &[f64], out: &mut [f64]| (out[0], out[1]) = (y[1], -y[0]));
    let logistic = Smooth(|y: &[f64], out: &mut [f64]| out[0] = y[0] * (1.0 - y[0]));
    let explosion = Smooth(|y: &[f64], out: &mut [f64]| out[0] = y[0] * y[0]);
    let turned = [20_f64.cos(), -20_f64.sin()];
    let grown = 1.0 / (1.0 + 99.0 * (-6_f64).exp());
    // mpmath, mp.dps = 40: odefun(lambda t, y: [y[1], (1 - y[0]**2)*y[1] - y[0]], 0, [2, 0])(10)
    let cycled = [-2.008_340_782_579_712_4, 0.032_907_065_863_324_066];
    let network = graded(50);
    let driven = classical(|y, out| network.derivative(y, &[], out), &initial(50), 20.0, 20_000);
    let problems: [Problem; 6] = [
        (&decay, &[1.0], 5.0, &[(-5_f64).exp()]),
        (&oscillator, &[1.0, 0.0], 20.0, &turned),
        (&logistic, &[0.01], 6.0, &[grown]),
        (&explosion, &[1.0], 0.9, &[10.0]),
        (&VanDerPol, &[2.0, 0.0], 10.0, &cycled),
        (&network, &initial(50), 20.0, &driven),
    ];
    for (k, (flow, y, t, exact)) in problems.into_iter().enumerate() {
        let (slope, largest) = line(flow, y, t, exact);
        assert!((slope - 1.0).abs() < 0.15, "problem {k}: slope {slope}");
        assert!(largest < 100.0, "problem {k}: {largest} times the tolerance");
    }
}

/// Van der Pol's oscillator, mu = 1.
struct VanDerPol;

impl Flow for VanDerPol {
    fn derivative(&self, y: &[f64], _: &[u8], out: &mut [f64]) {
        (out[0], out[1]) = (y[1], (1.0 - y[0] * y[0]) * y[1] - y[0]);
    }
}

#[test]
fn the_bits_are_the_same_everywhere() {
    let bits: Vec<u64> =
        solved(&VanDerPol, &[2.0, 0.0], 1e-9, 10.0).iter().map(|y| y.to_bits()).collect();
    assert_eq!(bits, [13_835_076_837_054_582_698, 4_584_903_228_930_375_246]);
}

#[test]
fn a_random_network_agrees_with_other_solvers() {
    let found = solved(&graded(50), &initial(50), 1e-13, 20.0);
    // NumPy in long double, classical method with 40,000 steps, extrapolated with 20,000; SciPy's DOP853 and LSODA
    // at rtol = atol = 1e-12 differ from it by 2.9e-13 and 1.4e-12.
    let expected =
        [-0.2212157657593044, -0.9209498381504398, -0.1050372253365064, -0.592765812284688];
    let error = distance(&[0, 1, 24, 49].map(|i| found[i]), &expected);
    assert!(error < 1e-12, "{error:e}");
}

/// v of a saturating autapse with lambda = 2, which begins at 0 and saturates: h (e^(t / tau) - 1) until then.
fn autapse(h: f64, tau: f64, t: f64) -> f64 {
    let edge = (1.0 - h) / 2.0;
    let when = tau * (1.0 + edge / h).ln();
    if t < when { h * (t / tau).exp_m1() } else { 1.0 + (edge - 1.0) * ((when - t) / tau).exp() }
}

#[test]
fn a_saturating_autapse_follows_its_closed_form() {
    let flow = Network::saturating(vec![vec![2.0]], 0.01, 10.0);
    for t in [20.0, 39.0, 39.4, 50.0, 90.0] {
        let found = solved(&flow, &[0.0], 1e-13, t)[0];
        assert!((found - autapse(0.01, 10.0, t)).abs() < 1e-12, "{t}: {found}");
    }
    let (slope, largest) = line(&flow, &[0.0], 50.0, &[autapse(0.01, 10.0, 50.0)]);
    assert!((slope - 1.0).abs() < 0.15 && largest < 100.0, "{slope} {largest}");
    let mut solver = Adaptive::new(1e-13);
    solver.begin(0.0, &[0.0]);
    solver.advance(&flow, 50.0).unwrap();
    assert!(solver.evaluations() < 600, "{}", solver.evaluations());
}

#[test]
fn neurons_that_saturate_together_are_no_chattering() {
    let flow = Network::saturating(vec![vec![2.0 / 64.0; 64]; 64], 0.01, 10.0);
    let found = solved(&flow, &[0.0; 64], 1e-12, 50.0);
    assert!(distance(&found, &[autapse(0.01, 10.0, 50.0); 64]) < 1e-11);
}

#[test]
fn a_network_that_saturates_here_and_there_agrees_with_short_steps() {
    let flow = Network::saturating(couplings(20, 3.0), 0.05, 1.0);
    let whole = |y: &[f64], out: &mut [f64]| {
        flow.arguments(y, out);
        out.iter_mut().zip(y).for_each(|(out, y)| *out = out.clamp(-1.0, 1.0) - y);
    };
    let exact = solved(&flow, &initial(20), 1e-13, 20.0);
    // The classical method crosses the edges unaware: its error there is of order 2, and chaos lets it grow.
    let error = distance(&exact, &classical(whole, &initial(20), 20.0, 400_000));
    assert!(error < 1e-7, "{error:e}");
    // Edges make steps shorter than a large tolerance asks for: the line is flatter than 1.
    let (_, largest) = line(&flow, &initial(20), 20.0, &exact);
    assert!(largest < 100.0, "{largest} times the tolerance");
}

#[test]
fn a_jump_that_is_passed_is_exact() {
    let found = solved(&Network::jumping(1.0, -1.0, 2.0, 5.0), &[0.0], 1e-13, 2.0)[0];
    let exact = 5.0 - 4.0 * (2_f64.ln() - 2.0).exp();
    assert!((found - exact).abs() < 1e-12, "{found} {exact}");
}

#[test]
fn a_jump_that_leads_back_is_told() {
    let flow = Network::jumping(1.0, -1.0, 2.0, 0.0);
    let mut solver = Adaptive::new(1e-9);
    solver.begin(0.0, &[0.0]);
    let stuck = solver.advance(&flow, 2.0).unwrap_err();
    assert!(matches!(stuck, Stuck::Chattering { t } if (t - 2_f64.ln()).abs() < 1e-8), "{stuck:?}");
    assert!((seen(&mut solver, &flow, stuck.time(), 1)[0] - 1.0).abs() < 1e-8);
}

#[test]
fn a_jump_that_is_not_said_costs_all_steps() {
    let flow =
        Smooth(|y: &[f64], out: &mut [f64]| out[0] = if y[0] < 1.0 { 2.0 } else { 0.0 } - y[0]);
    for tolerance in [1e-6, 1e-13] {
        let mut solver = Adaptive::new(tolerance);
        solver.most = 20_000;
        solver.begin(0.0, &[0.0]);
        let stuck = solver.advance(&flow, 2.0).unwrap_err();
        assert!(matches!(stuck, Stuck::Steps { .. } | Stuck::Jumps { .. }), "{stuck:?}");
        assert!(stuck.time() >= 2_f64.ln(), "{stuck:?}");
    }
}

#[test]
fn divergence_is_told_from_a_jump() {
    let told = |flow: &dyn Flow, y: f64| {
        let mut solver = Adaptive::new(1e-8);
        solver.begin(0.0, &[y]);
        let stuck = solver.advance(flow, 1e4).unwrap_err();
        assert!(matches!(stuck, Stuck::Diverged { .. }), "{stuck:?}");
        stuck.time()
    };
    let explosion = Smooth(|y: &[f64], out: &mut [f64]| out[0] = y[0] * y[0]);
    assert!((told(&explosion, 1.0) - 1.0).abs() < 1e-6);
    let growth = Smooth(|y: &[f64], out: &mut [f64]| out[0] = y[0]);
    assert!((told(&growth, 1.0) - 1e100_f64.ln()).abs() < 3.0);
    let root = Smooth(|y: &[f64], out: &mut [f64]| out[0] = -1.0 - 0.0 * y[0].sqrt());
    assert!((told(&root, 1.0) - 1.0).abs() < 1e-6);
    assert_eq!(told(&root, -1.0), 0.0);
}

#[test]
fn a_fixed_point_can_be_held_for_long() {
    let flow = Smooth(|y: &[f64], out: &mut [f64]| {
        (out[0], out[1]) = (1.0 - y[0], 100.0 * (y[0] - y[1]));
    });
    let mut solver = Adaptive::new(1e-6);
    solver.begin(0.0, &[0.0, 0.0]);
    solver.advance(&flow, 1000.0).unwrap();
    assert!(solver.steps > 5_000, "{} steps", solver.steps);
    let (held, end) = (seen(&mut solver, &flow, 1000.0, 2), solver.reached());
    assert!(distance(&held, &[1.0, 1.0]) < 1e-4, "{held:?}");
    assert!(distance(&seen(&mut solver, &flow, end, 2), &[1.0, 1.0]) < 1e-5);
}

/// The states at `times`, and how the solver stands at the end, seen so often.
fn watched(flow: &dyn Flow, n: usize, times: &[f64]) -> (Vec<Vec<u64>>, Vec<u64>) {
    let bits = |y: Vec<f64>| y.iter().map(|y| y.to_bits()).collect::<Vec<u64>>();
    let mut solver = Adaptive::new(1e-7);
    solver.begin(0.0, &initial(n));
    let look = |solver: &mut Adaptive, t: f64| {
        solver.advance(flow, t).unwrap();
        bits(seen(solver, flow, t, n))
    };
    let states = times.iter().map(|&t| look(&mut solver, t)).collect();
    look(&mut solver, 12.0);
    solver.cut(flow, 12.0);
    let other = Smooth(|y: &[f64], out: &mut [f64]| {
        out.iter_mut().zip(y).for_each(|(out, y)| *out = 0.5 - y);
    });
    solver.advance(&other, 15.0).unwrap();
    let end = solver.reached();
    let mut last = bits(seen(&mut solver, &other, end, n));
    last.extend([end.to_bits(), solver.start().to_bits(), solver.steps]);
    (states, last)
}

proptest! {
    #[test]
    fn looking_changes_nothing(mut times in prop::collection::vec(0.0..12.0, 1..30)) {
        times.sort_by(f64::total_cmp);
        let flows: [(&dyn Flow, usize); 2] =
            [(&graded(8), 8), (&Network::saturating(couplings(8, 3.0), 0.05, 1.0), 8)];
        for (flow, n) in flows {
            let (states, last) = watched(flow, n, &times);
            prop_assert_eq!(&last, &watched(flow, n, &[]).1);
            for (t, state) in times.iter().zip(&states) {
                prop_assert_eq!(state, &watched(flow, n, &[*t]).0[0]);
            }
        }
    }
}

#[test]
fn a_step_that_is_cut_is_as_exact_as_any() {
    let decay = Smooth(|y: &[f64], out: &mut [f64]| out[0] = -y[0]);
    let mut solver = Adaptive::new(1e-12);
    solver.begin(0.0, &[1.0]);
    for k in 1..=50 {
        let t = 0.1 * f64::from(k);
        solver.advance(&decay, t).unwrap();
        let looked = seen(&mut solver, &decay, t, 1)[0];
        solver.cut(&decay, t);
        let cut = seen(&mut solver, &decay, t, 1)[0];
        assert_eq!((solver.start(), solver.reached()), (t, t));
        assert!((cut - (-t).exp()).abs() < 1e-12, "{t}: {cut}");
        assert!((looked - cut).abs() < 1e-10, "{t}: {looked} {cut}");
    }
}
