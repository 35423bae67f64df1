mod assemblies;
mod space;

use super::*;
use crate::ranks::Ranks;
use crate::synapse::{Packed, Rows, Shelf};
use crate::units::Voltage;

/// Two populations with patterns on the first, and one projection.
fn plan(
    toml: &str,
) -> (IndexMap<String, Population>, IndexMap<String, PatternSource>, IndexMap<String, Projection>) {
    #[derive(Deserialize)]
    struct Sections {
        population: IndexMap<String, Population>,
        #[serde(default)]
        patterns: IndexMap<String, PatternSource>,
        projection: IndexMap<String, Projection>,
    }
    let sections: Sections = toml::from_str(toml).unwrap();
    (sections.population, sections.patterns, sections.projection)
}

const TWO: &str = r#"
population.E = { size = 3000 }
population.I = { size = 1200 }
patterns.E.random = { number = 90, coding_level = 0.1 }
"#;

fn wire(projections: &str) -> Result<(IndexMap<String, Patterns>, Network)> {
    let (population, patterns, projection) = plan(&format!("{TWO}{projections}"));
    let plan = Plan {
        populations: &population,
        patterns: &patterns,
        projections: &projection,
        transmission: Transmission::Spikes,
    };
    plan.check()?;
    let drawn = plan.draw_patterns(Seed(1));
    // For two workers, so that there are several blocks.
    let network = plan.wire_on(&drawn, Seed(1), &Ranks::default().for_workers(2))?;
    let cuts = plan.cuts(2);
    for ((_, wired), projection) in network.delayed().zip(projection.values()) {
        let expectation = plan.expectation(projection, &cuts)?;
        let synapses: usize = wired.rows().map(Rows::synapses).sum();
        // While they are wired, or as spikes find them.
        let stored = |rows: &Rows| Packed::new(rows.clone(), false, &mut Shelf::new(0)).taken();
        let bytes: usize = wired.rows().map(|rows| rows.bytes().max(stored(rows))).sum();
        // The plan's estimates are for the user; 5 % is what `check` promises.
        assert!(
            (synapses as f64 / expectation.synapses - 1.0).abs() < 0.05,
            "{synapses} {expectation:?}"
        );
        assert!((bytes as f64 / expectation.bytes - 1.0).abs() < 0.05, "{bytes} {expectation:?}");
    }
    Ok((drawn, network))
}

/// The synapses of projection number `k`.
fn delayed(network: &Network, k: usize) -> &Delayed {
    network.projections[k].delayed().unwrap()
}

/// All synapses of a projection: (sender, receiver, efficacy).
fn synapses(wired: &Delayed) -> Vec<(usize, usize, f64)> {
    let mut all = Vec::new();
    for bundle in &wired.bundles {
        for (rows, block) in bundle.blocks.iter().zip(&wired.blocks) {
            for j in 0..rows.senders() {
                all.extend(rows.synapses_of(j).map(|(t, w)| (j, block.start + t, w)));
            }
        }
    }
    all
}

#[test]
fn learned_efficacies_follow_the_patterns() {
    let (patterns, network) = wire(
        r#"
        [projection.EE]
        from = "E"
        to = "E"
        connect = { probability = 0.1 }
        learning = "shared_patterns"
        scale = "0.3 mV"
        delay = "1 ms"
        tau_syn = "60 ms"
        [projection.IE]
        from = "I"
        to = "E"
        connect = { probability = 0.1 }
        learning = "membership"
        scale = "-0.25 mV"
        delay = "1 ms"
        tau_syn = "5 ms"
        # Rows so thin that equal weights are few.
        [projection.thin]
        from = "I"
        to = "E"
        connect = { probability = 0.02 }
        learning = "membership"
        scale = "-0.25 mV"
        delay = "1 ms"
        tau_syn = "5 ms"
        "#,
    )
    .unwrap();
    let xi = &patterns["E"];
    let shares = |i, j| xi.of(i).filter(|&mu| xi.contains(mu, j)).count();
    let recurrent = synapses(delayed(&network, 0));
    assert!(recurrent.iter().all(|&(j, i, w)| i != j && w == 0.3 * shares(i, j) as f64));
    assert!(recurrent.iter().all(|&(j, i, _)| shares(i, j) > 0));
    for projection in [1, 2] {
        let inhibition = synapses(delayed(&network, projection));
        assert!(inhibition.iter().all(|&(_, i, w)| w == -0.25 * f64::from(xi.memberships(i))));
    }
}

#[test]
fn the_low_activity_rule_is_divided_among_an_excitatory_and_an_inhibitory_pathway() {
    let pathway = |name: &str, from: &str, part: &str| {
        format!(
            r#"
            [projection.{name}]
            from = "{from}"
            to = "E"
            connect = "all_to_all"
            learning = {{ low_activity = {{ a = 0.1, b = 0.2 }} }}
            scale = "0.5 mV"
            part = "{part}"
            delay = "1 ms"
            tau_syn = "5 ms"
            "#
        )
    };
    // Every value of the rule is different from zero here, so that signs are all that is divided.
    let (patterns, network) =
        wire_unestimated(&(pathway("EE", "E", "positive") + &pathway("IE", "I", "negative")));
    let xi = &patterns["E"];
    for (j, i, w) in synapses(delayed(&network, 0)) {
        let sum: f64 = (0..90)
            .map(|mu| {
                (f64::from(u8::from(xi.contains(mu, i))) - 0.2)
                    * (f64::from(u8::from(xi.contains(mu, j))) - 0.1)
            })
            .sum();
        assert!(w > 0.0 && (w - 0.5 * sum).abs() < 1e-6, "{w} {sum}");
    }
    for (_, i, w) in synapses(delayed(&network, 1)) {
        let sum = -0.1 * (f64::from(xi.memberships(i)) - 90.0 * 0.2);
        assert!(w < 0.0 && (w - 0.5 * sum).abs() < 1e-6, "{w} {sum}");
    }

    let error = wire_unchecked(&pathway("EE", "E", "both")).unwrap_err().to_string();
    assert!(error.contains("neuron 0 of population E") && error.contains("Dale's law"), "{error}");
}

/// As `wire`, for rules whose share of synapses depends on the sign.
fn wire_unchecked(projections: &str) -> Result<(IndexMap<String, Patterns>, Network)> {
    wire_in(TWO, projections)
}

fn wire_in(sections: &str, projections: &str) -> Result<(IndexMap<String, Patterns>, Network)> {
    let (population, patterns, projection) = plan(&format!("{sections}{projections}"));
    let plan = Plan {
        populations: &population,
        patterns: &patterns,
        projections: &projection,
        transmission: Transmission::Spikes,
    };
    plan.check()?;
    let drawn = plan.draw_patterns(Seed(1));
    let network = plan.wire(&drawn, Seed(1))?;
    Ok((drawn, network))
}

fn wire_unestimated(projections: &str) -> (IndexMap<String, Patterns>, Network) {
    wire_unchecked(projections).unwrap()
}

#[test]
fn normal_efficacies_of_the_other_sign_make_no_synapse_and_none_is_expected() {
    let text = |more: &str| {
        format!(
            "[projection.EI]\nfrom = \"E\"\nto = \"I\"\nconnect = {{ in_degree = 120 }}\n\
             efficacy = {{ normal = {{ mean = \"0.5 mV\", sd = \"0.5 mV\" }} }}\n\
             delay = \"1 ms\"\ntau_syn = \"5 ms\"\n{more}"
        )
    };
    // What is expected of both is compared where they are wired; one in six lies below 0.
    let number = |more| wire(&text(more)).unwrap().1.synapses() as f64 / (120.0 * 1200.0);
    assert!((number("") - 0.841_345).abs() < 5.0 * (0.841_345_f64 * 0.158_655 / 144e3).sqrt());
    assert_eq!(number("dale = false\n"), 1.0);
}

#[test]
fn normal_efficacies_have_their_moments_and_one_sign() {
    let (_, network) = wire(
        r#"
        [projection.IE]
        from = "I"
        to = "E"
        connect = { in_degree = 120 }
        efficacy = { normal = { mean = "-0.5 mV", sd = "0.1 mV" } }
        delay = "1 ms"
        tau_syn = "5 ms"
        "#,
    )
    .unwrap();
    let all: Vec<f64> = synapses(delayed(&network, 0)).iter().map(|s| s.2).collect();
    let n = all.len() as f64;
    let mean = all.iter().sum::<f64>() / n;
    let sd = (all.iter().map(|w| (w - mean).powi(2)).sum::<f64>() / n).sqrt();
    // 360,000 draws: s.e. of the mean 1.7e-4, of the s.d. 1.2e-4; the sign is never lost (5 s.d.).
    assert!((mean + 0.5).abs() < 5.0 * 1.7e-4 && (sd - 0.1).abs() < 5.0 * 1.2e-4, "{mean} {sd}");
    assert_eq!(delayed(&network, 0).sign(&Ranks::default()), Some(false));
}

#[test]
fn dales_law_names_the_population() {
    let pathway = |name: &str, to: &str, efficacy: &str| {
        format!(
            "[projection.{name}]\nfrom = \"E\"\nto = \"{to}\"\nconnect = {{ probability = 0.1 }}\n\
             efficacy = \"{efficacy}\"\ndelay = \"1 ms\"\ntau_syn = \"5 ms\"\n"
        )
    };
    let error = wire(&(pathway("EE", "E", "0.1 mV") + &pathway("EI", "I", "-0.1 mV"))).unwrap_err();
    assert_eq!(error.key(), "projection.EI.efficacy");
    assert!(error.to_string().contains("population E excites through EE and inhibits through EI"));
}

#[test]
fn one_projection_does_not_change_another() {
    let pathway = |name: &str, efficacy: &str| {
        format!(
            "[projection.{name}]\nfrom = \"E\"\nto = \"I\"\nconnect = {{ probability = 0.1 }}\n\
             efficacy = \"{efficacy}\"\ndelay = \"1 ms\"\ntau_syn = \"5 ms\"\n"
        )
    };
    let (_, alone) = wire(&pathway("B", "0.1 mV")).unwrap();
    let (_, both) = wire(&(pathway("A", "0.2 mV") + &pathway("B", "0.1 mV"))).unwrap();
    assert_eq!(delayed(&alone, 0).bundles, delayed(&both, 1).bundles);
    let first = |wired: &Delayed| wired.bundles[0].blocks[0].clone();
    let [a, b] = [delayed(&both, 0), delayed(&both, 1)].map(first);
    let targets = |rows: &Rows| -> Vec<Vec<usize>> {
        let row = |j| rows.synapses_of(j).map(|synapse| synapse.0).collect();
        (0..rows.senders()).map(row).collect()
    };
    assert_ne!(targets(&a), targets(&b));
    assert_eq!(delayed(&alone, 0).sign(&Ranks::default()), Some(true));
    assert_eq!(Voltage::new(0.1).value(), b.unit());
}

/// A projection of the inhibitory population with this efficacy and delay.
fn inhibition(connect: &str, efficacy: &str, delay: &str) -> String {
    format!(
        "[projection.IE]\nfrom = \"I\"\nto = \"E\"\nconnect = {connect}\nefficacy = {efficacy}\n\
         delay = {delay}\ntau_syn = \"5 ms\"\n"
    )
}

#[test]
fn random_efficacies_have_their_moments_and_one_sign() {
    // (rule, mean, standard deviation, fourth central moment over the squared variance)
    for (efficacy, mean, sd, kurtosis) in [
        ("{ uniform = [\"-0.5 mV\", \"0 mV\"] }", -0.25, 0.5 / 12f64.sqrt(), 1.8),
        ("{ exponential = { mean = \"0.2 mV\" } }", 0.2, 0.2, 9.0),
        ("{ lognormal = { mean = \"-0.3 mV\", cv = 0.5 } }", -0.3, 0.15, 8.035),
        ("{ lognormal = { mean = \"0.3 mV\", cv = 0.0 } }", 0.3, 0.0, 1.0),
    ] {
        let (_, network) = wire(&inhibition("{ in_degree = 120 }", efficacy, "\"1 ms\"")).unwrap();
        let all: Vec<f64> = synapses(delayed(&network, 0)).iter().map(|s| s.2).collect();
        let n = all.len() as f64;
        let found = all.iter().sum::<f64>() / n;
        assert!((found - mean).abs() <= 5.0 * sd / n.sqrt() + 1e-7, "{efficacy}: {found}");
        let variance = all.iter().map(|w| (w - mean).powi(2)).sum::<f64>() / n;
        let error = sd * sd * ((kurtosis - 1.0) / n).sqrt();
        assert!((variance - sd * sd).abs() <= 5.0 * error + 1e-7, "{efficacy}: {variance}");
        assert_eq!(delayed(&network, 0).sign(&Ranks::default()), Some(mean > 0.0));
    }
}

#[test]
fn random_delays_split_the_rows_and_change_nothing_else() {
    let connect = "{ probability = 0.1 }";
    let of = |delay: &str| wire(&inhibition(connect, "\"-0.1 mV\"", delay)).unwrap().1;
    let constant = of("\"1.5 ms\"");
    assert_eq!(delayed(&constant, 0).bundles.len(), 1);
    let sorted = |network: &Network| {
        let mut all = synapses(delayed(network, 0));
        all.sort_by(|a, b| a.partial_cmp(b).unwrap());
        all
    };
    // (delay, the smallest, the largest, probability of at most 1.5 ms after rounding)
    for (delay, least, most, share) in [
        ("{ uniform = [\"0.02 ms\", \"2.02 ms\"] }", 0.1, 2.0, 0.765),
        ("{ normal = { mean = \"1.5 ms\", sd = \"0.5 ms\" } }", 0.1, 4.5, 0.538_649),
        ("{ exponential = { mean = \"1 ms\" } }", 0.1, 20.0, 0.787_752),
    ] {
        let network = of(delay);
        let wired = delayed(&network, 0);
        let delays: Vec<f64> = wired.bundles.iter().map(|b| b.delay).collect();
        assert!(delays.is_sorted_by(|a, b| a < b) && delays[0] == least, "{delays:?}");
        assert!(*delays.last().unwrap() <= most, "{delays:?}");
        assert!(delays.iter().all(|d| *d == (d * 10.0).round() / 10.0), "{delays:?}");
        assert!(wired.bundles.iter().all(|b| b.blocks.len() == wired.blocks.len()));
        assert_eq!(sorted(&network), sorted(&constant));
        let number = |bundle: &Bundle| bundle.blocks.iter().map(Rows::synapses).sum::<usize>();
        assert!(wired.bundles.iter().all(|b| number(b) > 0));
        let early = wired.bundles.iter().filter(|b| b.delay < 1.55).map(number).sum::<usize>();
        let n = network.synapses() as f64;
        let deviation = (n * share * (1.0 - share)).sqrt();
        assert!(
            (early as f64 - n * share).abs() < 5.0 * deviation,
            "{delay}: {}",
            early as f64 / n
        );
    }
}

#[test]
fn few_synapses_of_many_delays_have_empty_rows_where_none_falls() {
    let text = "[projection.EE]\nfrom = \"E\"\nto = \"E\"\nconnect = \"one_to_one\"\nautapses = true\n\
                efficacy = { normal = { mean = \"1 mV\", sd = \"0.1 mV\" } }\ntau_syn = \"0 ms\"\n\
                delay = { exponential = { mean = \"20 ms\" } }\ndelay_step = \"0.25 ms\"\n\
                short_term = { U = 0.2, tau_d = \"200 ms\", tau_f = \"1.5 s\" }\n";
    let (_, network) = wire(text).unwrap();
    let wired = delayed(&network, 0);
    assert!(wired.short_term.is_some() && wired.kernel.plain() == Some(0.0));
    assert!(
        wired
            .bundles
            .iter()
            .all(|b| b.blocks.len() == wired.blocks.len() && (b.delay * 4.0).fract() == 0.0)
    );
    assert!(wired.rows().any(|r| r.synapses() == 0) && wired.rows().all(|r| r.senders() == 3000));
    let mut senders: Vec<usize> = synapses(wired).iter().map(|s| s.0).collect();
    senders.sort_unstable();
    assert!(senders.into_iter().eq(0..3000));
    assert_eq!(wired.sign(&Ranks::default()), Some(true));
}

#[test]
fn every_sum_over_patterns_is_learned_by_spiking_neurons() {
    let text = |learning: &str, scale: &str, part: &str| {
        format!(
            "[projection.P]\nfrom = \"E\"\nto = \"E\"\nconnect = {{ probability = 0.02 }}\nlearning = {learning}\n\
             scale = \"{scale}\"\npart = \"{part}\"\ndelay = \"1 ms\"\ntau_syn = \"5 ms\"\n"
        )
    };
    let sign = |x: bool| if x { 1.0 } else { -1.0 };
    for (learning, next) in [("\"hebb\"", 0), ("{ sequence = { cyclic = true } }", 1)] {
        for (scale, part, excites) in
            [(0.5, "positive", true), (0.5, "negative", false), (-0.5, "positive", false)]
        {
            let balanced = TWO.replace("coding_level = 0.1", "coding_level = 0.5");
            let (patterns, network) =
                wire_in(&balanced, &text(learning, &format!("{scale} mV"), part)).unwrap();
            let xi = &patterns["E"];
            let all = synapses(delayed(&network, 0));
            assert!(
                !all.is_empty() && delayed(&network, 0).sign(&Ranks::default()) == Some(excites)
            );
            for &(j, i, w) in &all {
                let product =
                    |mu| sign(xi.contains((mu + next) % 90, i)) * sign(xi.contains(mu, j));
                let sum: f64 = (0..90).map(product).sum();
                assert_eq!(w, scale * sum);
                assert_eq!(network.efficacy(i, j), w);
            }
        }
    }
}
