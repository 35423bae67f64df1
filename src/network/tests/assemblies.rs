//! Efficacies by membership, by hand; and the graph of any number of threads.

use super::*;
use crate::work::Threads;

/// Six neurons, of which 0 and 1 are an assembly, 2 and 3 another, 4 and 5 none.
const SIX: &str = r#"
population.E = { size = 6 }
patterns.E.assemblies = { number = 2, coding_level = 0.3333333333333333 }
"#;

/// Seven neurons in a chain of three assemblies: 0 1 2, 2 3 4, 4 5 6.
const CHAIN: &str = r#"
population.E = { size = 8 }
patterns.E.assemblies = { number = 3, coding_level = 0.375, overlap = 0.3333333333333333 }
"#;

fn projection(connect: &str, rule: &str) -> String {
    format!(
        "[projection.P]\nfrom = \"E\"\nto = \"E\"\nconnect = {connect}\n{rule}\nscale = \"0.5 mV\"\n\
         delay = \"1 ms\"\ntau_syn = \"5 ms\"\n"
    )
}

/// J_ij of all neurons, row i.
fn efficacies(sections: &str, rule: &str) -> Vec<Vec<f64>> {
    let learning = format!("learning = {rule}");
    let (patterns, network) = wire_in(sections, &projection("\"all_to_all\"", &learning)).unwrap();
    let n = patterns["E"].neurons();
    (0..n).map(|i| (0..n).map(|j| network.efficacy(i, j)).collect()).collect()
}

#[test]
fn efficacies_follow_membership() {
    // w_minus = (1 - 2/3)/(1 - 1/3) = 1/2, up to single precision.
    let kept = efficacies(SIX, "{ assemblies = { w_plus = 2.0 } }");
    let given = efficacies(SIX, "{ assemblies = { w_plus = 2.0, w_minus = 0.5 } }");
    let wanted = [
        [0.0, 1.0, 0.25, 0.25, 0.25, 0.25],
        [1.0, 0.0, 0.25, 0.25, 0.25, 0.25],
        [0.25, 0.25, 0.0, 1.0, 0.25, 0.25],
        [0.25, 0.25, 1.0, 0.0, 0.25, 0.25],
        [0.5, 0.5, 0.5, 0.5, 0.0, 0.5],
        [0.5, 0.5, 0.5, 0.5, 0.5, 0.0],
    ];
    assert_eq!(given, wanted);
    let near = |a: &[Vec<f64>]| {
        a.iter().flatten().zip(wanted.iter().flatten()).all(|(a, b)| (a - b).abs() < 1e-7)
    };
    assert!(near(&kept), "{kept:?}");
}

#[test]
fn efficacies_lead_along_a_chain() {
    let rule = "{ assemblies = { w_plus = 4.0, w_minus = 0.0, w_next = 2.0 } }";
    let found = efficacies(CHAIN, rule);
    // Column j sends: 2 is in the first two assemblies and leads to the third.
    let wanted = [
        [0.0, 2.0, 2.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        [2.0, 0.0, 2.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        [2.0, 2.0, 0.0, 2.0, 2.0, 0.0, 0.0, 0.0],
        [1.0, 1.0, 2.0, 0.0, 2.0, 0.0, 0.0, 0.0],
        [1.0, 1.0, 2.0, 2.0, 0.0, 2.0, 2.0, 0.0],
        [0.0, 0.0, 1.0, 1.0, 2.0, 0.0, 2.0, 0.0],
        [0.0, 0.0, 1.0, 1.0, 2.0, 2.0, 0.0, 0.0],
        [0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.0],
    ];
    assert_eq!(found, wanted);
    let round = efficacies(CHAIN, &rule.replace("2.0 }", "2.0, cyclic = true }"));
    for (i, j) in (0..64).map(|k| (k / 8, k % 8)) {
        // The third assembly leads to the first, except where they have neurons of the second in common.
        let back = (4..7).contains(&j) && i < 3 && wanted[i][j] == 0.0;
        assert_eq!(round[i][j], if back { 1.0 } else { wanted[i][j] }, "{i} {j}");
    }
}

#[test]
fn shared_patterns_are_counted_up_to_a_most() {
    let counts = |rule: &str| {
        let text = projection("{ probability = 0.1 }", &format!("learning = {rule}"));
        let (patterns, network) = wire(&text).unwrap();
        (patterns, synapses(delayed(&network, 0)))
    };
    let (patterns, all) = counts("\"shared_patterns\"");
    let xi = &patterns["E"];
    for most in [1, 2] {
        let (_, clipped) = counts(&format!("{{ shared_patterns = {{ at_most = {most} }} }}"));
        assert_eq!(clipped.len(), all.len());
        for (&(j, i, w), &(_, _, whole)) in clipped.iter().zip(&all) {
            assert_eq!(w, whole.min(0.5 * f64::from(most)));
            assert_eq!(whole, 0.5 * f64::from(xi.shared(i, xi, j)));
        }
        assert!(all.iter().any(|s| s.2 > 0.5 * f64::from(most)));
    }
}

#[test]
fn couplings_of_binary_neurons_follow_membership_too() {
    let (population, patterns, projection) = plan(&format!(
        "{SIX}[projection.P]\nfrom = \"E\"\nto = \"E\"\nconnect = {{ assemblies = {{ p_in = 1.0, p_out = 0.0 }} }}\n\
         autapses = false\nlearning = {{ assemblies = {{ w_plus = 3.0, w_minus = 0.25 }} }}\nscale = 2.0\n\
         [projection.Q]\nfrom = \"E\"\nto = \"E\"\nconnect = \"all_to_all\"\nautapses = false\n\
         learning = {{ shared_patterns = {{ at_most = 1 }} }}\nscale = 1.0\n"
    ));
    let plan = Plan {
        populations: &population,
        patterns: &patterns,
        projections: &projection,
        transmission: Transmission::Activity,
    };
    plan.check().unwrap();
    let network = plan.wire(&plan.draw_patterns(Seed(1)), Seed(1)).unwrap();
    for (i, j) in (0..36).map(|k| (k / 6, k % 6)) {
        let together = i != j && i / 2 == j / 2 && i < 4;
        assert_eq!(network.efficacy(i, j), if together { 7.0 } else { 0.0 }, "{i} {j}");
    }
}

#[test]
fn assemblies_are_the_same_on_any_number_of_threads() {
    let text = r#"
        [projection.P]
        from = "E"
        to = "I"
        connect = { assemblies = { p_in = 0.4, p_out = 0.1, p_next = 0.2, p_rest = 0.05 } }
        learning = { assemblies = { w_plus = 3.0, w_next = 2.0 } }
        scale = "0.1 mV"
        delay = { uniform = ["0.5 ms", "1.5 ms"] }
        tau_syn = "5 ms"
    "#;
    let sections = r#"
        population.E = { size = 3000 }
        population.I = { size = 4400 }
        patterns.E.assemblies = { number = 8, coding_level = 0.1 }
        patterns.I.random = { number = 8, coding_level = 0.1 }
    "#;
    let wired =
        |threads| Threads::new(threads).unwrap().with(|| wire_in(sections, text).unwrap().1);
    let (one, four) = (wired(1), wired(4));
    assert_eq!(delayed(&one, 0).bundles, delayed(&four, 0).bundles);
    assert!(one.synapses() > 1_000_000);
}

#[test]
fn the_plan_expects_the_synapses_that_there_are() {
    let rule = "learning = { assemblies = { w_plus = 5.0, w_minus = 0.0, w_next = 2.0 } }";
    let connect = "{ assemblies = { p_in = 0.4, p_out = 0.1, p_next = 0.2, p_rest = 0.05 } }";
    for patterns in [
        "patterns.E.assemblies = { number = 8, coding_level = 0.1 }",
        "patterns.E.assemblies = { number = 6, coding_level = 0.2, overlap = 0.25 }",
    ] {
        for (connect, rule) in [
            ("{ probability = 0.1 }", rule),
            (connect, "learning = \"shared_patterns\""),
            (connect, "learning = { assemblies = { w_plus = 2.0 } }"),
        ] {
            let sections = format!("population.E = {{ size = 3000 }}\n{patterns}\n");
            let (population, patterns, projections) =
                plan(&format!("{sections}{}", projection(connect, rule)));
            let plan = Plan {
                populations: &population,
                patterns: &patterns,
                projections: &projections,
                transmission: Transmission::Spikes,
            };
            plan.check().unwrap();
            let expected = plan.synapses(&projections["P"]).unwrap();
            let network = plan.wire(&plan.draw_patterns(Seed(1)), Seed(1)).unwrap();
            let found = network.synapses() as f64;
            assert!((found / expected - 1.0).abs() < 0.02, "{connect} {rule}: {found} {expected}");
        }
    }
}

#[test]
fn patterns_as_they_were_drawn_leave_no_factor_below_0() {
    let (mut refused, mut wired) = (0, 0);
    for seed in 0..12 {
        let (population, patterns, projection) = plan(
            "population.N = { size = 400 }\n\
             patterns.N.random = { number = 5, coding_level = 0.1, foreground = \"bernoulli\" }\n\
             [projection.N_to_N]\nfrom = \"N\"\nto = \"N\"\nconnect = { probability = 0.5 }\n\
             learning = { assemblies = { w_plus = 10.0 } }\nscale = \"0.1 mV\"\n\
             delay = \"1 ms\"\ntau_syn = \"5 ms\"\n",
        );
        let plan = Plan {
            populations: &population,
            patterns: &patterns,
            projections: &projection,
            transmission: Transmission::Spikes,
        };
        plan.check().unwrap();
        let drawn = plan.draw_patterns(Seed(seed));
        // At 0.1, w_minus is 0; above, it would be below.
        let above = drawn["N"].level() > 0.1;
        match plan.wire(&drawn, Seed(seed)) {
            Err(error) => {
                assert!(above && error.to_string().contains("w_plus"), "{error}");
                refused += 1;
            }
            Ok(network) => {
                assert!(!above);
                let all = synapses(delayed(&network, 0));
                assert!(all.iter().all(|synapse| synapse.2 > 0.0));
                wired += 1;
            }
        }
    }
    assert!(refused > 1 && wired > 1, "{refused} {wired}");
}
