//! Efficacies and delays by distance, by hand; and the graph of any number of threads.

use super::*;
use crate::work::Threads;

/// Four neurons on a ring, 90 deg apart.
const FOUR: &str = "population.E = { size = 4, space = { ring = \"360 deg\" } }\n";

fn projection(connect: &str, more: &str) -> String {
    format!(
        "[projection.P]\nfrom = \"E\"\nto = \"E\"\nconnect = {connect}\n{more}\ntau_syn = \"5 ms\"\n"
    )
}

/// J_ij of all neurons, row i.
fn efficacies(sections: &str, efficacy: &str) -> Vec<Vec<f64>> {
    let more = format!("efficacy = {efficacy}\ndelay = \"1 ms\"");
    let (_, network) = wire_in(sections, &projection("\"all_to_all\"", &more)).unwrap();
    let n = network.neurons();
    (0..n).map(|i| (0..n).map(|j| network.efficacy(i, j)).collect()).collect()
}

#[test]
fn efficacies_fall_with_the_distance() {
    // (1 + cos d)/2 is 1/2 at 90 deg and 0 at 180 deg.
    let found = efficacies(
        FOUR,
        "{ distance = { near = \"4 mV\", far = \"1 mV\", profile = \"cosine\" } }",
    );
    let wanted =
        [[0.0, 2.5, 1.0, 2.5], [2.5, 0.0, 2.5, 1.0], [1.0, 2.5, 0.0, 2.5], [2.5, 1.0, 2.5, 0.0]];
    assert_eq!(found, wanted);
    // Pairs beyond the box have no synapse.
    let near =
        efficacies(FOUR, "{ distance = { near = \"-1 mV\", profile = { box = \"90 deg\" } } }");
    assert_eq!((near[0][1], near[0][2], near[0][3]), (-1.0, 0.0, -1.0));
    let line = "population.E = { size = 3, space = { line = \"3 mm\" } }\n";
    let exponential = efficacies(
        line,
        "{ distance = { near = \"2 mV\", profile = { exponential = \"0.5 mm\" } } }",
    );
    assert_eq!(exponential[0][2], f64::from((2.0 * libm::exp(-4.0)) as f32));
}

#[test]
fn spikes_travel_at_their_speed() {
    let more = "efficacy = \"1 mV\"\ndelay = \"1 ms\"\nspeed = \"45 deg/ms\"";
    let (_, network) = wire_in(FOUR, &projection("\"all_to_all\"", more)).unwrap();
    let bundles = &delayed(&network, 0).bundles;
    let delays: Vec<f64> = bundles.iter().map(|bundle| bundle.delay).collect();
    assert_eq!(delays, [3.0, 5.0]);
    let numbers: Vec<usize> =
        bundles.iter().map(|bundle| bundle.blocks.iter().map(Rows::synapses).sum()).collect();
    assert_eq!(numbers, [8, 4]);
    let listed = network.projections[0].listed();
    let opposite = (0..listed.delays.len()).filter(|&k| listed.delays[k] == 5.0);
    for k in opposite {
        assert_eq!(listed.senders[k].abs_diff(listed.receivers[k]), 2);
    }
}

#[test]
fn any_number_of_threads_draws_the_same_graph() {
    let sections = "population.E = { size = 4900, space = { torus = [\"1 mm\", \"1 mm\"] } }\n";
    let connect = "{ distance = { mean_in_degree = 80, profile = { gaussian = \"0.1 mm\" } } }";
    let more = "efficacy = { distance = { near = \"1 mV\", profile = { exponential = \"0.3 mm\" } } }\n\
                delay = { uniform = [\"0.5 ms\", \"1 ms\"] }\nspeed = \"0.3 m/s\"";
    let wired = |threads| {
        let threads = Threads::new(threads).unwrap();
        let (_, network) = threads.with(|| wire_in(sections, &projection(connect, more)).unwrap());
        network.projections[0].listed()
    };
    let one = wired(1);
    assert_eq!(one, wired(3));
    let number = one.delays.len() as f64;
    assert!((number - 4900.0 * 80.0).abs() < 5.0 * number.sqrt() + 4900.0, "{number}");
    // 0.7 mm at 0.3 mm/ms.
    assert!(one.delays.iter().all(|d| (0.5..=1.0 + 2.4).contains(d)));
}

#[test]
fn what_has_no_distance_is_refused() {
    let message = |sections: &str, connect: &str, more: &str| {
        wire_in(sections, &projection(connect, more)).unwrap_err().to_string()
    };
    let nowhere = "population.E = { size = 4 }\n";
    let plain = "efficacy = \"1 mV\"\ndelay = \"1 ms\"";
    let by = "{ distance = { probability = 0.5, profile = \"cosine\" } }";
    let falling =
        "efficacy = { distance = { near = \"1 mV\", profile = \"cosine\" } }\ndelay = \"1 ms\"";
    assert!(
        message(nowhere, by, plain)
            .starts_with("projection.P.connect.distance: found connections by distance")
    );
    assert!(
        message(nowhere, "\"all_to_all\"", falling)
            .starts_with("projection.P.efficacy.distance: found efficacies by")
    );
    let fast = format!("{plain}\nspeed = \"45 deg/ms\"");
    assert!(
        message(nowhere, "\"all_to_all\"", &fast)
            .starts_with("projection.P.speed: found delays by distance")
    );
    let wrong = format!("{plain}\nspeed = \"0.3 m/s\"");
    assert!(
        message(FOUR, "\"all_to_all\"", &wrong)
            .starts_with("projection.P.speed: found a speed of 0.3 mm/ms on a ring")
    );
    let signs = "efficacy = { distance = { near = \"1 mV\", far = \"-1 mV\", profile = \"cosine\" } }\ndelay = \"1 ms\"";
    assert!(message(FOUR, "\"all_to_all\"", signs).contains("Dale's law"));
}
