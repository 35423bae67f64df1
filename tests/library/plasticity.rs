//! Plastic synapses: the engine against one that looks at every synapse by itself.

use crate::common::networks::{Family, PLAIN, compare};
use crate::common::reference::Run;
use crate::common::{Drive, engine, model, run, run_recorded, stream, wire};
use attractor::dynamics::Dynamics;
use attractor::dynamics::spiking::Spiking;
use attractor::model::Model;

/// Of all plastic synapses, without sign, in ascending order.
fn efficacies(engine: &Spiking, model: &Model) -> Vec<f64> {
    let lists = (0..model.projection.len()).filter_map(|projection| engine.plastic(projection));
    let mut all: Vec<f64> = lists.flat_map(|list| list.efficacies).map(f64::abs).collect();
    all.sort_by(f64::total_cmp);
    all
}

const LEARNING: Family =
    Family { learning: true, networks: 6, strength: 1.0, duration: 400.0, ..PLAIN };

/// The same spikes, which the efficacies decide, and the same efficacies in the end.
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
            let end = 300.0;
            spikes += compare(&name, &model, &drives, neurons, end).spikes;
            let mut engine = engine(&model);
            let before = efficacies(&engine, &model);
            let (found, external) = run_recorded(&mut engine, &drives, 100.0);
            let run = Run { external: &external, spikes: &found, ..Run::new(&model, &drives) };
            let (found, expected) = (efficacies(&engine, &model), run.efficacies(100.0));
            assert_eq!(found.len(), expected.len());
            for (found, expected) in found.iter().zip(&expected) {
                assert!((found - expected).abs() < 1e-9, "{name}: {found} {expected}");
            }
            changed += found.iter().zip(&before).filter(|(a, b)| a != b).count();
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
    let of_branch = (0..model.projection.len()).filter_map(|projection| branch.plastic(projection));
    let mut of_branch: Vec<f64> =
        of_branch.flat_map(|list| list.efficacies).map(f64::abs).collect();
    of_branch.sort_by(f64::total_cmp);
    // Nothing is random here: the branch fires as the network, to rounding.
    let near =
        efficacies(&engine, &model).iter().zip(&of_branch).all(|(a, b)| (a - b).abs() < 1e-6);
    assert!(near && of_branch != before);
}
