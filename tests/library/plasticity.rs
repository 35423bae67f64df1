//! Plastic synapses: the engine against one that looks at every synapse by itself.

use crate::common::networks::{Family, PLAIN, compare};
use crate::common::reference::Run;
use crate::common::{Drive, engine, model, run, run_recorded, stream, wire};
use attractor::dynamics::Dynamics;
use attractor::model::Model;

/// All plastic synapses: sender and receiver in the numbering of the network, and |J| (mV), in ascending order.
fn efficacies(dynamics: &dyn Dynamics, model: &Model) -> Vec<(usize, usize, f64)> {
    let mut all = Vec::new();
    for (projection, wired) in wire(model).projections.iter().enumerate() {
        let Some(list) = dynamics.plastic(projection) else { continue };
        let ends = list.senders.into_iter().zip(list.receivers).zip(list.efficacies);
        all.extend(ends.map(|((sender, receiver), efficacy)| {
            let [sender, receiver] = [sender as usize, receiver as usize];
            (wired.senders.start + sender, wired.receivers.start + receiver, efficacy.abs())
        }));
    }
    all.sort_by(|a, b| a.partial_cmp(b).unwrap());
    all
}

const LEARNING: Family =
    Family { learning: true, networks: 6, strength: 1.0, duration: 120.0, ..PLAIN };

/// The same spikes, which the efficacies decide, and the same efficacies before, under and after a field that holds them.
#[test]
fn spikes_and_efficacies_are_those_of_single_synapses() {
    let with = |name, delta| Family { name, delta, ..LEARNING };
    let all = Family { spread: true, plastic: true, adapting: true, ..with("learning all", 0.4) };
    for family in [with("learning", 0.0), with("learning delta", 1.0), all] {
        let (mut spikes, mut changed) = (0, 0);
        for k in 0..family.networks {
            let mut stream = stream(family.name, k);
            let (text, neurons) = family.draw(&mut stream);
            let drives = family.draw_drives(neurons, &mut stream);
            // Efficacies are held under the second of three fields.
            let held = |(k, drive): (usize, Drive)| if k == 1 { drive.held() } else { drive };
            let drives: Vec<Drive> = drives.into_iter().enumerate().map(held).collect();
            let model = model(&format!("seed = {k}\n{text}"));
            let name = format!("{} {k}", family.name);
            spikes += compare(&name, &model, &drives, neurons, 300.0).spikes;
            let before = efficacies(&engine(&model), &model);
            let ends = [drives[1].time, drives[2].time, drives[2].time + 10.0];
            let mut found = Vec::new();
            for end in ends {
                let mut engine = engine(&model);
                let shown = drives.partition_point(|drive| drive.time < end);
                let (fired, external) = run_recorded(&mut engine, &drives[..shown], end);
                let run = Run { external: &external, spikes: &fired, ..Run::new(&model, &drives) };
                found.push(efficacies(&engine, &model));
                let expected = run.efficacies(end);
                assert_eq!(found[found.len() - 1].len(), expected.len());
                for (own, other) in found[found.len() - 1].iter().zip(&expected) {
                    assert_eq!((own.0, own.1), (other.0, other.1));
                    // Spike times agree to 1e-9 ms, and an efficacy moves by at most 0.1 mV per ms of a spike's time.
                    assert!((own.2 - other.2).abs() < 1e-9, "{name} {end}: {own:?} {other:?}");
                }
            }
            assert_eq!(found[0], found[1], "{name}: held");
            changed += found[2].iter().zip(&before).filter(|(a, b)| a.2 != b.2).count();
        }
        println!("{}: {spikes} spikes, {changed} efficacies changed", family.name);
        assert!(spikes > 600 && changed > 1000, "{}: {spikes} {changed}", family.name);
    }
}

/// A sender and a receiver that fire when they are told to.
fn pair(rule: &str, sent: &str, fired: &str) -> Model {
    model(&format!(
        "population.S.size = 1\npopulation.R.size = 1\npopulation.T.size = 1\n\
         [dynamics.spiking]\nS.spikes.list = [[{sent}]]\nT.spikes.list = [[{fired}]]\n\
         [dynamics.spiking.R]\ntau_m = \"10 ms\"\ntheta = \"20 mV\"\nv_reset = \"0 mV\"\nt_ref = \"0 ms\"\n\
         [projection.P]\nfrom = \"S\"\nto = \"R\"\nconnect = \"all_to_all\"\nefficacy = \"1 mV\"\n\
         delay = \"2 ms\"\ntau_syn = \"5 ms\"\nplasticity.{rule}\n\
         [projection.Q]\nfrom = \"T\"\nto = \"R\"\nconnect = \"all_to_all\"\nefficacy = \"30 mV\"\n\
         delay = \"1 ms\"\ntau_syn = \"0 ms\""
    ))
}

/// A spike of R 5 ms after an arrival, an arrival 7 ms after a spike: both after delays.
#[test]
fn one_pair_of_spikes_changes_an_efficacy_as_the_rule_says() {
    let rule = "pair = { potentiation = \"0.1 mV\", depression = \"0.2 mV\", tau_pre = \"20 ms\", tau_post = \"10 ms\", \
                max = \"2 mV\" }";
    let after = |sent: &str, fired: &str| {
        let model = pair(rule, sent, fired);
        let mut engine = engine(&model);
        run(&mut engine, &[], 100.0);
        engine.plastic(0).unwrap().efficacies[0]
    };
    let potentiated = after("\"10 ms\"", "\"16 ms\"");
    assert!((potentiated - (1.0 + 0.1 * (-5.0f64 / 20.0).exp())).abs() < 1e-12, "{potentiated}");
    let depressed = after("\"22 ms\"", "\"16 ms\"");
    assert!((depressed - (1.0 - 0.2 * (-7.0f64 / 10.0).exp())).abs() < 1e-12, "{depressed}");
}

/// Post, pre, post and pre, post, pre at fixed times: by hand.
#[test]
fn triplets_and_inhibition_change_an_efficacy_as_their_rules_say() {
    let rule = "triplet = { pair_potentiation = \"0.1 mV\", triplet_potentiation = \"0.2 mV\", pair_depression = \"0.03 mV\", \
                triplet_depression = \"0.04 mV\", tau_plus = \"17 ms\", tau_x = \"100 ms\", tau_minus = \"34 ms\", \
                tau_y = \"125 ms\", max = \"9 mV\" }";
    let after = |rule: &str, sent: &str, fired: &str| {
        let mut engine = engine(&pair(rule, sent, fired));
        run(&mut engine, &[], 200.0);
        engine.plastic(0).unwrap().efficacies[0]
    };
    let e = |time: f64, tau: f64| (-time / tau).exp();
    // Spikes of R at 20 and 35 ms, an arrival at 30 ms.
    let found = after(rule, "\"28 ms\"", "\"19 ms\", \"34 ms\"");
    let expected = 1.0 - 0.03 * e(10.0, 34.0) + e(5.0, 17.0) * (0.1 + 0.2 * e(15.0, 125.0));
    assert!((found - expected).abs() < 1e-12, "{found} {expected}");
    // Arrivals at 20 and 35 ms, a spike of R at 30 ms.
    let found = after(rule, "\"18 ms\", \"33 ms\"", "\"29 ms\"");
    let expected = 1.0 + 0.1 * e(10.0, 17.0) - e(5.0, 34.0) * (0.03 + 0.04 * e(15.0, 100.0));
    assert!((found - expected).abs() < 1e-12, "{found} {expected}");
    let rule = "inhibitory = { learning_rate = \"0.1 mV\", target = \"5 Hz\", tau = \"20 ms\", max = \"9 mV\" }";
    // An arrival alone: -2 eta rho tau; and one 10 ms after a spike, which another follows by 6 ms.
    let found = after(rule, "\"28 ms\"", "");
    assert!((found - (1.0 - 0.1 * 2.0 * 0.005 * 20.0)).abs() < 1e-12, "{found}");
    let found = after(rule, "\"28 ms\"", "\"19 ms\", \"35 ms\"");
    let expected = 1.0 + 0.1 * (e(10.0, 20.0) - 0.2) + 0.1 * e(6.0, 20.0);
    assert!((found - expected).abs() < 1e-12, "{found} {expected}");
}

#[test]
fn a_branch_learns_by_itself_and_synapses_stand_as_they_were_wired() {
    let family = Family { name: "learning branch", ..LEARNING };
    let mut stream = stream(family.name, 0);
    let (text, _) = family.draw(&mut stream);
    let model = model(&text);
    let mut engine = engine(&model);
    let wired = wire(&model);
    for (projection, wired) in wired.projections.iter().enumerate() {
        let Some(list) = engine.plastic(projection) else { continue };
        let of = |list: attractor::network::EdgeList| {
            let ends = list.senders.into_iter().zip(list.receivers).zip(list.efficacies);
            let mut all: Vec<_> = ends.collect();
            all.sort_by(|a, b| a.partial_cmp(b).unwrap());
            all
        };
        assert_eq!(of(list), of(wired.listed()));
    }
    engine.advance(100.0).unwrap();
    let mut branch = engine.branch(attractor::random::Seed(7));
    let before = efficacies(&engine, &model);
    branch.advance(300.0).unwrap();
    assert_eq!(efficacies(&engine, &model), before);
    engine.advance(300.0).unwrap();
    let of_branch = efficacies(&*branch, &model);
    // Nothing is random here: the branch fires as the network, to rounding.
    let near =
        efficacies(&engine, &model).iter().zip(&of_branch).all(|(a, b)| (a.2 - b.2).abs() < 1e-6);
    assert!(near && of_branch != before);
}
