//! When a neuron of a block crosses threshold.

use super::Block;
use crate::dynamics::spiking::escape::Candidates;
use crate::dynamics::spiking::kick::BAR;
use crate::dynamics::spiking::lif::{Course, Lif};

impl<const F: usize> Block<F> {
    pub fn examine_suspects(&mut self, s: f64) {
        while let Some(n) = self.suspects.pop() {
            self.examine(usize::from(n), s);
        }
    }

    /// Tests neuron `n` at `s`: it fires, or if it may cross threshold before the window ends, a look at it is
    /// planned for a time before which it certainly does not.
    pub fn examine(&mut self, n: usize, s: f64) {
        if let Some(external) = &mut self.external {
            external.unravel(n, |time| time <= s, &mut self.state);
        }
        if self.candidates.is_some() {
            self.renew(n, s);
        } else if self.state.membrane.only_jumps() {
            if self.state.is_over(n, s) {
                self.fire(n, s);
            } else if self.state.surplus(n) > 0.0 {
                self.examine_rising(n, s);
            }
        } else {
            self.examine_bound(n, s);
        }
    }

    /// Plans looks at the candidates of neurons that fire at random, in the window that begins.
    pub fn await_candidates(&mut self) {
        let Some(candidates) = &mut self.candidates else { return };
        let last = self.state.membrane.window.next_down();
        for n in 0..self.state.neurons {
            let time = candidates.time(n);
            if time < self.end {
                self.looks.plan(n, (time - self.start).clamp(0.0, last));
                candidates.expect(n);
            }
        }
    }

    /// Lays the ceiling of neuron `n`, which fires at random, over V from `s` on, and draws its next candidate.
    fn renew(&mut self, n: usize, s: f64) {
        let Some(candidates) = &mut self.candidates else { return };
        let (a, end) = self.state.departure(n, s, &mut self.now);
        let (lif, v_inf) = (self.state.lif(n), self.state.v_inf(n));
        let course = Course { v_inf, a, currents: &self.now };
        let (window, below) = (self.state.membrane.window, v_inf - lif.theta);
        let rest = window - s;
        let top = below + a.max(end) + rest * rest / 8.0 * lif.bend(course);
        let ceiling = candidates.lay(n, [below + a, top], window);
        // Where V may pass the ceiling by itself, any further excitation must be examined.
        let (until, bound) = match top <= ceiling {
            true => (f64::INFINITY, top - ceiling),
            false => {
                let lif = Lif { theta: lif.theta + ceiling, ..lif };
                (s + lif.earliest_crossing(course), f64::INFINITY)
            }
        };
        let look = candidates.draw(n, self.start, s, until);
        self.state.lay(n, ceiling);
        self.state.lead[n].bound = bound;
        self.looks.cancel(n);
        if look < window {
            self.looks.plan(n, look);
        }
    }

    /// The candidate of neuron `n`, which fires at random, has come: it fires, or waits for the next. Or only V has come near
    /// its ceiling.
    fn try_candidate(&mut self, n: usize, s: f64) {
        if let Some(external) = &mut self.external {
            external.unravel(n, |time| time <= s, &mut self.state);
        }
        self.looks.cancel(n);
        let (a, _) = self.state.departure(n, s, &mut self.now);
        let above = self.state.v_inf(n) - self.state.lif(n).theta + a;
        let fires =
            |candidates: &mut Candidates| !candidates.is_early(n) && candidates.accept(n, above);
        match self.candidates.as_mut().is_some_and(fires) {
            true => self.fire(n, s),
            false => self.renew(n, s),
        }
    }

    /// V of neuron `n` has no currents and rises through theta towards V_inf.
    #[cold]
    fn examine_rising(&mut self, n: usize, s: f64) {
        let (a, _) = self.state.departure(n, s, &mut self.now);
        // V(u) - V_inf = a e^{-u/tau_m} reaches theta - V_inf.
        let u = self.state.lif(n).tau_m * libm::log(-a / self.state.surplus(n));
        self.looks.cancel(n);
        self.plan(n, s, u.max(0.0), self.state.membrane.window - s);
    }

    /// Renews the bound of neuron `n` at `s`.
    #[cold]
    fn examine_bound(&mut self, n: usize, s: f64) {
        let (a, end) = self.state.departure(n, s, &mut self.now);
        debug_assert!(a > f64::NEG_INFINITY, "a refractory neuron is never suspect");
        let lif = self.state.lif(n);
        let course = Course { v_inf: self.state.v_inf(n), a, currents: &self.now };
        let rest = self.state.membrane.window - s;
        let bound = self.state.surplus(n) + a.max(end) + rest * rest / 8.0 * lif.bend(course);
        self.looks.cancel(n);
        if bound <= BAR {
            self.state.lead[n].bound = bound;
            return;
        }
        self.plan(n, s, lif.earliest_crossing(course), rest);
    }

    /// Plans a look at neuron `n`, `u` ms after `s`, if the window does not end before.
    fn plan(&mut self, n: usize, s: f64, u: f64, rest: f64) {
        let comes = u < rest && s + u < self.state.membrane.window;
        if comes {
            self.looks.plan(n, s + u);
        }
        if !self.state.membrane.only_jumps() {
            // Without a look V stays below theta, but any further excitation must be examined.
            self.state.lead[n].bound = if comes { f64::INFINITY } else { BAR };
        }
    }

    /// Looks at neuron `n` at `s`: it fires now, or its crossing is solved and planned.
    pub fn look(&mut self, n: usize, s: f64) {
        if self.candidates.is_some() {
            return self.try_candidate(n, s);
        }
        let (a, _) = self.state.departure(n, s, &mut self.now);
        let lif = self.state.lif(n);
        let course = Course { v_inf: self.state.v_inf(n), a, currents: &self.now };
        self.looks.cancel(n);
        let rest = self.state.membrane.window - s;
        let crossing = match lif.crosses_now(course) {
            true => 0.0,
            false => lif.first_crossing(course, rest).unwrap_or(f64::INFINITY),
        };
        // A crossing that is too near to be told from now is now.
        if s + crossing == s {
            self.fire(n, s);
        } else {
            self.plan(n, s, crossing, rest);
        }
    }
}
