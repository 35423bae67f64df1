//! All spikes that arrive at the same instant are added before a threshold is tested.

use crate::common::networks::compare;
use crate::common::reference::{Run, Ties};
use crate::common::{Drive, between, engine, model, run, stream, trains};
use attractor::dynamics::{Dynamics, Spike};
use attractor::model::Model;
use std::fmt::Write;

/// What the reference finds if it tests thresholds after every arrival.
fn one_by_one(model: &Model, drives: &[Drive], end: f64) -> Vec<Spike> {
    Run { ties: Ties::OneByOne, ..Run::new(model, drives) }.until(end)
}

/// 80 excitatory and 20 inhibitory neurons with delta synapses and no noise (the network on which other simulators
/// were compared; NEST's exact model agrees with summed ties to 1e-13 ms over a second).
fn hundred_neurons(drive: &mut Vec<Drive>) -> Model {
    let mut text = String::from("seed = 4\n");
    for (name, size, degree, efficacy) in [("E", 80, 16, 0.15), ("I", 20, 4, -0.6)] {
        write!(
            text,
            "[population.{name}]\nsize = {size}\n[dynamics.spiking.{name}]\ntau_m = \"20 ms\"\n\
             theta = \"20 mV\"\nv_reset = \"10 mV\"\nt_ref = \"2 ms\"\ncurrent = \"21 mV\"\n\
             v_initial = {{ uniform = [\"0 mV\", \"20 mV\"] }}\n"
        )
        .unwrap();
        for to in ["E", "I"] {
            write!(
                text,
                "[projection.{name}{to}]\nfrom = \"{name}\"\nto = \"{to}\"\n\
                 connect = {{ in_degree = {degree} }}\nefficacy = \"{efficacy} mV\"\n\
                 delay = \"1.5 ms\"\ntau_syn = \"0 ms\"\n"
            )
            .unwrap();
        }
    }
    let mut stream = stream("drive", 0);
    drive.push(Drive::currents(0.0, (0..100).map(|_| between(&mut stream, 0.0, 3.0)).collect()));
    model(&text)
}

#[test]
fn a_network_of_delta_synapses_fires_as_the_reference_does_for_a_second() {
    let mut drives = Vec::new();
    let model = hundred_neurons(&mut drives);
    let compared = compare("hundred neurons", &model, &drives, 100, 1000.0);
    println!("{compared:?}");
    assert!(compared.spikes > 2500 && compared.active == 100 && compared.worst < 1e-9);
    // The test would find a simulator that adds ties one by one.
    let found = trains(&run(&mut engine(&model), &drives, 1000.0), 100);
    let wrong = trains(&one_by_one(&model, &drives, 1000.0), 100);
    let differ = |(a, b): (&Vec<f64>, &Vec<f64>)| {
        a.len() != b.len() || a.iter().zip(b).any(|(a, b)| (a - b).abs() > 1.0)
    };
    let differing = found.iter().zip(&wrong).filter(|&(a, b)| differ((a, b))).count();
    println!("{differing} neurons fire otherwise if ties are added one by one");
    assert!(differing > 50);
}

/// Excitation that would cross threshold alone, and inhibition at the same instant: whichever population is named
/// first, the sum decides.
#[test]
fn inhibition_at_the_same_instant_counts() {
    let source = |name: &str, efficacy: f64| {
        format!(
            "[population.{name}]\nsize = 1\n[dynamics.spiking.{name}]\n\
             spikes = {{ list = [[\"3 ms\", \"9 ms\", \"20.3 ms\"]] }}\n\
             [projection.{name}]\nfrom = \"{name}\"\nto = \"R\"\nconnect = \"all_to_all\"\n\
             efficacy = \"{efficacy} mV\"\ndelay = \"1.3 ms\"\ntau_syn = \"0 ms\"\n"
        )
    };
    // Alone, with another current that is at 0 for ever, and with one that acts.
    for port in [None, Some(1e-30), Some(3.0)] {
        for (inhibition, spikes) in [(-6.0, 0), (-1.0, 3)] {
            for swapped in [false, true] {
                let (a, b) = (source("A", 12.0), source("B", inhibition));
                let sources = if swapped { b + &a } else { a + &b };
                let more = port.map_or(String::new(), |efficacy: f64| {
                    format!(
                        "[projection.more]\nfrom = \"A\"\nto = \"R\"\nconnect = \"all_to_all\"\n\
                         efficacy = \"{efficacy} mV\"\ndelay = \"1.3 ms\"\ntau_syn = \"5 ms\"\n"
                    )
                });
                let model = model(&format!(
                    "{sources}[population.R]\nsize = 3\n[dynamics.spiking.R]\ntau_m = \"10 ms\"\n\
                     theta = \"20 mV\"\nv_reset = \"10 mV\"\nt_ref = \"2 ms\"\ncurrent = \"10 mV\"\n{more}"
                ));
                let found = run(&mut engine(&model), &[], 30.0);
                let found = trains(&found, 5);
                if port != Some(3.0) {
                    for train in &found[2..] {
                        assert_eq!(train.len(), spikes, "{port:?} {inhibition} {swapped}");
                    }
                    let wrong = trains(&one_by_one(&model, &[], 30.0), 5);
                    assert_eq!(wrong[2].len(), if swapped { spikes } else { 3 });
                }
                compare("two sources", &model, &[], 5, 30.0);
            }
        }
    }
}

/// All times are multiples of 1/4 ms, and so is every delay and refractory period: arrivals coincide with each
/// other, with the ends of refractory periods and of windows, and along chains of neurons of equal total delay.
#[test]
fn a_network_whose_spikes_come_on_a_grid() {
    let mut differing = 0;
    for k in 0..6 {
        let mut stream = stream("grid", k);
        let mut text = format!("seed = {k}\n");
        let trains_text: Vec<String> = (0..30)
            .map(|_| {
                let time = |stream: &mut attractor::random::Stream| {
                    format!("\"{} ms\"", 0.25 * f64::from(stream.below(800)))
                };
                let times: Vec<String> = (0..40).map(|_| time(&mut stream)).collect();
                format!("[{}]", times.join(", "))
            })
            .collect();
        write!(
            text,
            "[population.S]\nsize = 30\n[dynamics.spiking.S]\nspikes = {{ list = [{}] }}\n",
            trains_text.join(", ")
        )
        .unwrap();
        let currents = if k % 2 == 0 { [0.0, 0.0] } else { [0.0, 4.0] };
        for (name, size) in [("E", 40), ("I", 10)] {
            write!(
                text,
                "[population.{name}]\nsize = {size}\n[dynamics.spiking.{name}]\ntau_m = \"10 ms\"\n\
                 theta = \"20 mV\"\nv_reset = \"5 mV\"\nt_ref = \"2 ms\"\ncurrent = \"12 mV\"\n"
            )
            .unwrap();
        }
        for (from, efficacy, degree) in [("S", 2.1, 10), ("E", 1.3, 12), ("I", -3.7, 4)] {
            for to in ["E", "I"] {
                for (part, tau) in ["a", "b"].iter().zip(currents) {
                    let delay = 0.25 * f64::from(1 + stream.below(10));
                    write!(
                        text,
                        "[projection.{from}{to}{part}]\nfrom = \"{from}\"\nto = \"{to}\"\n\
                         connect = {{ in_degree = {degree} }}\nefficacy = \"{efficacy} mV\"\n\
                         delay = \"{delay} ms\"\ntau_syn = \"{tau} ms\"\n"
                    )
                    .unwrap();
                }
            }
        }
        let model = model(&text);
        let compared = compare(&format!("grid {k}"), &model, &[], 80, 220.0);
        println!("{compared:?}");
        assert!(compared.spikes > 1500, "{compared:?}");
        let found = run(&mut engine(&model), &[], 220.0);
        differing += usize::from(found.len() != one_by_one(&model, &[], 220.0).len());
        if k % 2 == 0 {
            // Nothing but jumps: every spike is on the grid, to the last bit.
            assert!(found.iter().all(|s| (4.0 * s.time).fract() == 0.0));
        }
    }
    assert!(differing > 3, "{differing}");
}

/// Recurrent and external spikes that come at the same instant are one tie, too.
#[test]
fn external_spikes_at_the_same_instant_count() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("input.txt");
    std::fs::write(&file, "0 4.25\n1 4.25\n1 4.25\n").unwrap();
    // One external spike is not enough against the inhibition, two are; and the other way round, two external
    // inhibitory spikes outweigh the excitation and one does not.
    for (external, recurrent, expected) in
        [(12.0, -7.0, [false, true, false]), (-7.0, 12.0, [false, false, true])]
    {
        for tau in [0.0, 4.0] {
            let model = model(&format!(
                "[population.S]\nsize = 1\n[dynamics.spiking.S]\nspikes = {{ list = [[\"3 ms\"]] }}\n\
                 [population.R]\nsize = 3\n[dynamics.spiking.R]\ntau_m = \"10 ms\"\ntheta = \"20 mV\"\n\
                 v_reset = \"10 mV\"\nt_ref = \"2 ms\"\ncurrent = \"10 mV\"\n\
                 input = {{ file = {file:?}, efficacy = \"{external} mV\", tau_syn = \"0 ms\" }}\n\
                 [projection.P]\nfrom = \"S\"\nto = \"R\"\nconnect = \"all_to_all\"\n\
                 efficacy = \"{recurrent} mV\"\ndelay = \"1.25 ms\"\ntau_syn = \"0 ms\"\n\
                 [projection.Q]\nfrom = \"S\"\nto = \"R\"\nconnect = \"all_to_all\"\n\
                 efficacy = \"{} mV\"\ndelay = \"1.25 ms\"\ntau_syn = \"{tau} ms\"\n",
                1e-9 * recurrent
            ));
            let found = trains(&run(&mut engine(&model), &[], 20.0), 4);
            for (train, fires) in found[1..].iter().zip(expected) {
                assert_eq!(
                    *train,
                    if fires { vec![4.25] } else { vec![] },
                    "{external} {tau} {found:?}"
                );
            }
            compare("external", &model, &[], 4, 20.0);
        }
    }
}

/// A spike of a list at the very moment of a drive belongs to the window that begins there, and to no other, also where
/// the rounded difference of its time and the start of its window does not lead back to it.
#[test]
fn a_listed_spike_at_the_moment_of_a_drive_comes_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("input.txt");
    std::fs::write(&file, "0 0.9\n1 3.4\n").unwrap();
    for (first, second) in [(0.2, 0.9), (1.398_008_454_246_763, 3.4)] {
        assert_ne!(first + (second - first), second);
        let model = model(&format!(
            "[population.S]\nsize = 2\n[dynamics.spiking.S]\n\
             spikes = {{ list = [[\"0.9 ms\"], [\"3.4 ms\"]] }}\n\
             [population.R]\nsize = 2\n[dynamics.spiking.R]\ntau_m = \"10 ms\"\ntheta = \"20 mV\"\n\
             v_reset = \"10 mV\"\nt_ref = \"2 ms\"\nv_initial = \"0 mV\"\n\
             input = {{ file = {file:?}, efficacy = \"15 mV\", tau_syn = \"0 ms\" }}\n"
        ));
        let drives = [(first, 1.0), (second, 2.0)]
            .map(|(time, current)| Drive::currents(time, vec![current; 4]));
        let mut engine = engine(&model);
        let found = trains(&run(&mut engine, &drives, 20.0), 4);
        let times: Vec<usize> = found.iter().map(Vec::len).collect();
        assert_eq!((times, engine.events().external), (vec![1, 1, 0, 0], 2), "{first} {second}");
    }
}

/// Sources S and N fire together; R and Q fire with the arrival of S. What R does to C, and Q to D, takes 0.1 + 0.2 ms, and
/// what N and S do to them 0.3 ms; X and Y are their like with a current beside.
fn two_paths(onsets: &[f64], window: &str) -> Model {
    let listed: Vec<String> = onsets.iter().map(|t| format!("\"{t} ms\"")).collect();
    let mut text = String::new();
    for name in ["S", "N"] {
        write!(
            text,
            "[population.{name}]\nsize = 1\n[dynamics.spiking.{name}]\nspikes = {{ list = [[{}]] }}\n",
            listed.join(", ")
        )
        .unwrap();
    }
    for name in ["R", "Q", "C", "D", "X", "Y", "F"] {
        write!(
            text,
            "[population.{name}]\nsize = 1\n[dynamics.spiking.{name}]\ntau_m = \"10 ms\"\n\
             theta = \"20 mV\"\nv_reset = \"0 mV\"\nt_ref = \"1 ms\"\n"
        )
        .unwrap();
    }
    let mut connect = |from: &str, to: &str, efficacy: f64, delay: &str, tau: u8| {
        write!(
            text,
            "[projection.{from}{to}{tau}]\nfrom = \"{from}\"\nto = \"{to}\"\nconnect = \"all_to_all\"\n\
             efficacy = \"{efficacy} mV\"\ndelay = \"{delay} ms\"\ntau_syn = \"{tau} ms\"\n"
        )
        .unwrap();
    };
    connect("S", "R", 25.0, "0.1", 0);
    connect("S", "Q", 25.0, "0.1", 0);
    for (c, d) in [("C", "D"), ("X", "Y")] {
        connect("R", c, 25.0, "0.2", 0);
        connect("N", c, -25.0, "0.3", 0);
        connect("S", d, 25.0, "0.3", 0);
        connect("Q", d, -25.0, "0.2", 0);
    }
    connect("S", "X", 1e-30, "1", 5);
    connect("S", "Y", 1e-30, "1", 5);
    // The shortest delay is the length of a window.
    connect("F", "F", 1.0, window, 0);
    model(&text)
}

/// Of doubles, 0.1 + 0.2 and 0.3 after an onset differ in their last bit at one of three onsets. Delays are counted, so that
/// excitation and inhibition arrive together, in whichever window, and however often a field begins in between.
#[test]
fn paths_of_equal_decimal_delay_arrive_together() {
    let decimal = |k: u32| 5.0 * f64::from(k) + f64::from(k % 30) / 10.0;
    let any = |k: u32| 5.0 * f64::from(k) + f64::from(k).sqrt().fract();
    let drive = |k: u32| Drive::currents(f64::from(k) * 0.7, vec![1e-9 * f64::from(k % 7); 9]);
    let drives: Vec<Drive> = (1..5000).map(drive).collect();
    for (onsets, window) in
        [(&decimal as &dyn Fn(u32) -> f64, "0.1"), (&any, "0.1"), (&decimal, "0.05")]
    {
        let onsets: Vec<f64> = (0..700).map(onsets).collect();
        let apart = onsets.iter().filter(|&t| t + 0.1 + 0.2 != t + 0.3).count();
        assert!(apart > 100, "{apart}");
        let model = two_paths(&onsets, window);
        for drives in [&[], &drives[..]] {
            let found = trains(&run(&mut engine(&model), drives, 3510.0), 9);
            let numbers: Vec<usize> = found.iter().map(Vec::len).collect();
            assert_eq!(numbers, [700, 700, 700, 700, 0, 0, 0, 0, 0], "{window} {}", drives.len());
        }
    }
}
