//! External spikes against the slow obvious version: each by itself, as the equations of `kick` have it.

use super::*;
use crate::dynamics::spiking::emission::Listed;
use crate::dynamics::spiking::kick::{Leaks, SPREAD, factors};
use crate::dynamics::spiking::membrane::{Membrane, Parameters, leaks};
use crate::random::Seed;
use crate::synapse::ROOMS;
use crate::tape::{OnTape, Tape};
use std::sync::Arc;

/// Length of a window, and where the one that is looked at begins, ms.
const WINDOW: f64 = 0.7;
const START: f64 = 3.5;
/// Spikes of every neuron in that window.
const NUMBERS: [usize; 4] = [0, 1, 5, 40];

/// Neurons with external spikes that act on `port`, or jump, and what can be seen of them from the equations.
struct Case<const F: usize> {
    tau_m: [f64; 4],
    /// Of the synapses; none of delta synapses.
    tau: Option<f64>,
    efficacy: f64,
    /// From the start of the window, by neuron, in order.
    times: Vec<Vec<f64>>,
}

impl<const F: usize> Case<F> {
    fn new(tau_m: [f64; 4], tau: Option<f64>, efficacy: f64) -> Self {
        let mut stream = Seed(1).stream("external", 0);
        let mut train = |number: usize| {
            let mut times: Vec<f64> = (0..number).map(|_| WINDOW * stream.uniform()).collect();
            times.sort_by(f64::total_cmp);
            // As a window has them, of which the absolute times are known.
            times.iter().map(|time| (START + time) - START).collect()
        };
        Self { tau_m, tau, efficacy, times: NUMBERS.iter().map(|&n| train(n)).collect() }
    }

    /// The neurons at the start of the window, at V_inf with theta 20 mV above.
    fn state(&self) -> State<F> {
        let parameters = Parameters {
            tau_m: self.tau_m.to_vec(),
            theta: vec![20.0; 4],
            v_inf: vec![0.0; 4],
            v_reset: 10.0,
            t_ref: vec![1.0; 4],
            tau: self.tau.into_iter().collect(),
            adaptation: None,
            moving_threshold: None,
            escapes: false,
            leaks: leaks(&self.tau_m),
        };
        let mut state =
            State::new(Arc::new(Membrane::new(parameters, ROOMS[0], WINDOW)), &[0.0; 4], &[]);
        state.drive(&[0.0; 4]);
        state.enter(false, &mut Vec::new());
        state
    }

    fn external(&self) -> External {
        let spikes = self.times.iter().zip(0..);
        let spikes = spikes.flat_map(|(times, n)| times.iter().map(move |s| (START + s, n)));
        let mut spikes: Vec<(f64, u16)> = spikes.collect();
        spikes.sort_by(|a, b| a.0.total_cmp(&b.0));
        let emission = Emission::Listed(Listed::new(spikes.into()));
        External::new(self.tau.map(|_| 0), self.efficacy, emission, 4, WINDOW)
    }

    /// Both, once the window has begun, and the neurons that it made suspect.
    fn begun(&self) -> (State<F>, External, Vec<u16>) {
        let (mut state, mut external, mut suspects) = (self.state(), self.external(), Vec::new());
        external.begin(START, START + WINDOW, &mut state, &mut suspects);
        (state, external, suspects)
    }

    /// What those spikes of neuron `n` that `come` do to its departure and to its current, one after another.
    fn slow(&self, n: usize, come: impl Fn(f64) -> bool) -> [f64; 2] {
        let leak = 1.0 / self.tau_m[n];
        let alone = Leaks { least: leak, most: leak };
        let mut sums = [0.0; 2];
        for &s in self.times[n].iter().filter(|s| come(**s)) {
            let [_, departure, current] = factors(alone, self.tau.unwrap_or(0.0), WINDOW, s);
            sums[0] += self.efficacy * departure;
            sums[1] += self.efficacy * current;
        }
        sums
    }

    /// That neuron `n` has got those spikes that `come`, and no others.
    fn assert_got(&self, state: &State<F>, n: usize, come: impl Fn(f64) -> bool) {
        let current = if self.tau.is_some() { state.currents.at(0, n) } else { 0.0 };
        self.assert_near([state.lead[n].departure, current], self.slow(n, come), n);
    }

    fn assert_near(&self, found: [f64; 2], expected: [f64; 2], n: usize) {
        for (found, expected) in found.into_iter().zip(expected) {
            let error = (found - expected).abs();
            assert!(
                error < 1e-12 * self.efficacy.abs(),
                "{:?} {} {n}: {found} {expected}",
                self.tau,
                self.efficacy
            );
        }
    }
}

/// Does something with neurons that share tau_m and such that do not, with currents and jumps, excited and inhibited.
macro_rules! in_all_cases {
    ($efficacies:expr, $check:ident) => {
        for (tau, efficacy) in
            [None, Some(0.9), Some(5.0)].into_iter().flat_map(|tau| $efficacies.map(|j| (tau, j)))
        {
            $check(&Case::<SHARED>::new([10.0; 4], tau, efficacy));
            $check(&Case::<SPREAD>::new([10.0, 9.0, 11.0, 10.5], tau, efficacy));
        }
    };
}

#[test]
fn spikes_that_matter_to_nobody_are_added_at_once() {
    fn check<const F: usize>(case: &Case<F>) {
        let (state, external, suspects) = case.begun();
        // V falls in steps, not along a bound.
        if case.efficacy < 0.0 && case.tau.is_none() {
            assert_eq!(suspects, [1, 2, 3]);
            return;
        }
        assert_eq!((suspects, external.next()), (vec![], f64::INFINITY));
        let before = case.state();
        for (n, number) in NUMBERS.into_iter().enumerate() {
            case.assert_got(&state, n, |_| true);
            // All of it before its time.
            let early = external.early(n);
            case.assert_near([early.departure, early.current], case.slow(n, |_| true), n);
            let raised = state.lead[n].bound - before.lead[n].bound;
            let leak = leaks(&case.tau_m).least;
            let [most, ..] = factors::<SHARED>(
                Leaks { least: leak, most: leak },
                case.tau.unwrap_or(0.0),
                WINDOW,
                0.0,
            );
            let expected = if case.tau.is_some() {
                number as f64 * case.efficacy.max(0.0) * most
            } else {
                0.0
            };
            assert!((raised - expected).abs() < 1e-12, "{n}: {raised} {expected}");
        }
    }
    in_all_cases!([0.1, -0.1], check);
}

#[test]
fn what_was_added_is_taken_back_and_delivered_in_its_time() {
    fn check<const F: usize>(case: &Case<F>) {
        let now = 0.4 * WINDOW;
        let (mut state, mut external, _) = case.begun();
        // Nothing is to be taken back of a neuron twice, or of one whose spikes are delivered in their time.
        for n in (0..4).chain(0..4) {
            external.unravel(n, |s| s <= now, &mut state);
        }
        // Inhibition of neurons without currents waits for its time anyway.
        let mut until = if case.efficacy < 0.0 && case.tau.is_none() { 0.0 } else { now };
        loop {
            for n in 0..4 {
                case.assert_got(&state, n, |s| s <= until);
                assert_eq!(external.early(n).departure, 0.0);
            }
            let next = external.next();
            if next == f64::INFINITY {
                break;
            }
            assert!(next > until, "{next} {until}");
            until = next;
            while external.next() == next {
                assert_eq!(external.deliver(&mut state), None);
            }
        }
        for n in 0..4 {
            case.assert_got(&state, n, |_| true);
        }
        assert_eq!(external.deliver(&mut state), None);
    }
    in_all_cases!([0.1, -0.1], check);
}

#[test]
fn whom_spikes_may_take_to_theta_gets_them_one_by_one_and_is_told_of() {
    fn check<const F: usize>(case: &Case<F>) {
        let (mut state, mut external, suspects) = case.begun();
        // 40 spikes of 8 mV certainly, one certainly not.
        assert!(suspects.contains(&3) && !suspects.contains(&1), "{suspects:?}");
        let waits = |n: usize| suspects.contains(&(n as u16));
        let (mut told, mut until) = (false, -1.0);
        while external.next() < f64::INFINITY {
            for n in 0..4 {
                case.assert_got(&state, n, |s| !waits(n) || s <= until);
            }
            until = external.next();
            while external.next() == until {
                let suspect = external.deliver(&mut state);
                assert!(suspect.is_none_or(&waits));
                told |= suspect == Some(3);
            }
        }
        assert!(told);
    }
    in_all_cases!([8.0], check);
}

#[test]
fn a_new_window_begins_with_what_the_last_one_has_not_delivered() {
    fn check<const F: usize>(case: &Case<F>) {
        let pause = START + 0.6 * WINDOW;
        let past = |s: f64| START + s < pause;
        let (mut state, mut external, _) = case.begun();
        external.record = Some(Vec::new());
        while external.next() < pause - START {
            external.deliver(&mut state);
        }
        external.reach(pause);
        let all = case.times.iter().flatten();
        let number = all.clone().filter(|s| past(**s)).count();
        assert_eq!(
            (external.delivered(), external.record.as_ref().unwrap().len()),
            (number as u64, number)
        );
        external.withdraw(&mut state);
        for n in 0..4 {
            case.assert_got(&state, n, past);
        }
        assert_eq!((external.delivered(), external.next()), (number as u64, f64::INFINITY));
        external.begin(pause, pause + WINDOW, &mut state, &mut Vec::new());
        let mut coming: Vec<(f64, u16)> = external.trains.all().collect();
        coming.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut expected: Vec<f64> =
            all.map(|s| START + s).filter(|t| *t >= pause).map(|t| t - pause).collect();
        expected.sort_by(f64::total_cmp);
        assert_eq!(coming.iter().map(|spike| spike.0).collect::<Vec<_>>(), expected);
        external.reach(f64::INFINITY);
        assert_eq!(external.delivered(), NUMBERS.iter().sum::<usize>() as u64);
    }
    in_all_cases!([0.1, -0.1], check);
}

#[test]
fn a_refractory_neuron_keeps_its_currents_alone() {
    let case = Case::<SHARED>::new([10.0; 4], Some(5.0), 0.1);
    let (mut state, mut external, mut suspects) = (case.state(), case.external(), Vec::new());
    state.silence(3);
    external.begin(START, START + WINDOW, &mut state, &mut suspects);
    external.unravel(3, |s| s < 0.3, &mut state);
    assert_eq!(state.lead[3].departure, f64::NEG_INFINITY);
    let [_, expected] = case.slow(3, |s| s < 0.3);
    assert!((state.currents.at(0, 3) - expected).abs() < 1e-13 && suspects.is_empty());
    // Without currents nothing that comes to it matters.
    let case = Case::<SHARED>::new([10.0; 4], None, -0.1);
    let (_, mut external, _) = case.begun();
    let first = |n: usize| case.times[n][0];
    assert_eq!(external.next(), first(1).min(first(2)).min(first(3)));
    external.ignore(3);
    assert_eq!(external.next(), first(1).min(first(2)));
}

#[test]
fn spikes_of_one_neuron_are_summed_however_many_they_are() {
    let mut case = Case::<SHARED>::new([10.0; 4], Some(5.0), -0.01);
    let number = COUNTED + COUNTED / 16;
    case.times[2] = (0..number).map(|k| WINDOW * k as f64 / number as f64).collect();
    case.times[2].iter_mut().for_each(|s| *s = (START + *s) - START);
    let (mut state, mut external, _) = case.begun();
    let relative = |found: [f64; 2], expected: [f64; 2]| {
        for (found, expected) in found.into_iter().zip(expected) {
            assert!((found / expected - 1.0).abs() < 1e-10, "{found} {expected}");
        }
    };
    let got = |state: &State<SHARED>| [state.lead[2].departure, state.currents.at(0, 2)];
    relative(got(&state), case.slow(2, |_| true));
    external.unravel(2, |s| s <= 0.5, &mut state);
    relative(got(&state), case.slow(2, |s| s <= 0.5));
}

#[test]
fn what_follows_from_the_spikes_is_found_again_behind_a_tape() {
    for efficacy in [0.1, -0.1] {
        let case = Case::<SHARED>::new([10.0; 4], None, efficacy);
        let (mut state, mut external, _) = case.begun();
        external.unravel(3, |s| s <= 0.2, &mut state);
        external.reach(START + 0.2);
        let mut tape = Tape::blank();
        external.pass(&mut tape);
        let words = tape.into_words();
        let mut read = case.external();
        let mut tape = Tape::written(words.clone());
        read.pass(&mut tape);
        assert!(read.restore(&state) && tape.end().is_ok());
        assert_eq!(read.next(), external.next());
        for n in 0..4 {
            assert_eq!(read.early(n).departure, external.early(n).departure);
        }
        // Times outside the window are no times of it, wherever they stand.
        let within = |word: u64| (1e-3..WINDOW).contains(&f64::from_bits(word));
        let (mut tried, mut refused) = (0, 0);
        for k in (0..words.len()).filter(|k| within(words[*k])) {
            for wrong in [f64::NAN, -1e308, 1e308, f64::INFINITY] {
                let mut forged = words.clone();
                forged[k] = wrong.to_bits();
                let mut tape = Tape::written(forged);
                read.pass(&mut tape);
                tried += 1;
                refused += usize::from(!read.restore(&state));
            }
        }
        assert!(tried > 4 * 40);
        assert_eq!(refused, tried);
    }
}
