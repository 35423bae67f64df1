//! Every warning once, and none of them for what is published.

use crate::model::Document;

/// The sentences of a model that is changed by `settings`.
fn warned(file: &str, settings: &[&str]) -> Vec<String> {
    let settings: Vec<String> = settings.iter().map(|&s| s.to_owned()).collect();
    let document = Document::read(file.as_ref(), &settings).unwrap();
    let model = document.model().unwrap();
    document.warnings(&model).iter().map(ToString::to_string).collect()
}

#[test]
fn no_published_model_is_warned_of() {
    let mut models = 0;
    for entry in std::fs::read_dir("models").unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            assert_eq!(warned(path.to_str().unwrap(), &[]), [""; 0], "{}", path.display());
            models += 1;
        }
    }
    assert!(models > 40);
}

/// Changes of memory-1000, and how the one sentence begins that tells of them, after the place.
const MISTAKES: [(&[&str], &str); 14] = [
    (
        &[
            "projection.E_to_E.connect={ assemblies = { p_in = 0.5, p_out = 0.1 } }",
            "projection.E_to_E.learning={ assemblies = { w_plus = 2.0 } }",
        ],
        "projection.E_to_E.learning.assemblies: found no `w_minus` beside connections by assembly;",
    ),
    (
        &["protocol[1].show[0].poisson=0 Hz", "protocol[3].show[0].poisson=0 Hz"],
        "protocol[1].show[0]: found a stimulus of strength 0, and once more; nobody feels it;",
    ),
    (
        &["protocol[1].show=[{ pattern = 1, current = \"0 mV\" }]"],
        "protocol[1].show[0]: found a stimulus of strength 0;",
    ),
    (
        &["protocol[1].show[0].left_out=1.0"],
        "protocol[1].show[0].left_out: found a stimulus that leaves out all of its pattern;",
    ),
    (
        &["protocol[1].duration=49 ms"],
        "protocol[1].duration: found that the epoch \"cue 1\" lasts 49 ms and is sampled every 50 ms; recorded rates and \
         overlaps mix it with its neighbours;",
    ),
    (
        &["expect.retrieval.cued_within=950 ms"],
        "expect.retrieval: found no window of 100 ms in which the cue at 1000 ms is judged, and 5 times more; it is \
         judged from 950 ms after its onset until something else is shown at 2000 ms;",
    ),
    (
        &["protocol[0].duration=90 ms"],
        "expect.spontaneous: found 90 ms before the first stimulus; spontaneous activity is judged in windows of 100 ms;",
    ),
    (
        &["projection.E_to_I2.efficacy=75 V"],
        "projection.E_to_I2.efficacy: found that one spike of E moves V in I2 by 37500 mV; from reset to threshold it \
         is 10 mV, and every neuron has some 800 such synapses;",
    ),
    (
        &["projection.I2_to_E.efficacy=-400 mV"],
        "projection.I2_to_E.efficacy: found that one spike of I2 moves V in E by -251.984 mV;",
    ),
    (
        &["projection.E_to_E.scale=2e-9 mV"],
        "projection.E_to_E.scale: found that all of E together at 1 kHz move V in E by 6.94e-6 mV; from reset to threshold \
         it is 10 mV: these synapses do nothing;",
    ),
    (
        &["dynamics.spiking.E.poisson.efficacy=3000 mV"],
        "dynamics.spiking.E.poisson.efficacy: found that one external spike moves V in E by 1889.882 mV;",
    ),
    (
        &["dynamics.spiking.E.poisson.efficacy=3e-9 mV"],
        "dynamics.spiking.E.poisson.efficacy: found that external spikes move V in E by 3.54e-8 mV; from reset to \
         threshold it is 10 mV: they do nothing;",
    ),
    (
        &["projection.I2_to_E.delay=1000 s"],
        "projection.I2_to_E.delay: found that spikes of I2 arrive after 1000000 ms or later; the run ends at",
    ),
    (
        &[
            "dynamics.spiking.I2.poisson.rate=0 Hz",
            "projection.E_to_I2.from=I2",
            "projection.E_to_I2.autapses=false",
            "projection.E_to_I2.efficacy=-0.1 mV",
        ],
        "population.I2: found that nothing reaches population I2; without synapses from neurons that are active, external \
         spikes, current or stimulus it stays at rest;",
    ),
];

#[test]
fn every_mistake_is_told_in_one_sentence_with_its_place() {
    let mut wrong = Vec::new();
    for (settings, sentence) in MISTAKES {
        let told = warned("models/memory-1000.toml", settings);
        let [one] = &told[..] else {
            wrong.push(format!("{settings:?}: {told:#?}"));
            continue;
        };
        let (place, said) = one.split_once(": ").unwrap();
        // A setting names its key itself.
        let set = place.strip_prefix("--set ").and_then(|set| set.split_once('='));
        let said = match set {
            Some((key, _)) if said.starts_with("found ") => format!("{key}: {said}"),
            _ => said.to_owned(),
        };
        let placed = set.is_some() || place.starts_with("models/memory-1000.toml:");
        if !placed || !said.starts_with(sentence) {
            wrong.push(one.clone());
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_sample_of_strength_0_is_told_and_a_level_of_0_is_a_control() {
    let sample = |levels: &str| {
        let sample =
            format!("task.delayed_match.sample={{ duration = \"300 ms\", poisson = {levels} }}");
        warned("models/delayed-match-1000.toml", &[&sample])
    };
    let told = sample("\"0 Hz\"");
    assert_eq!(told.len(), 1, "{told:?}");
    let found = "\"0 Hz\" }: found a stimulus of strength 0; nobody feels it;";
    assert!(told[0].contains(found), "{told:?}");
    assert_eq!(sample("[\"0 Hz\", \"350 Hz\"]"), [""; 0]);
    let left_out = |share: &str| {
        let sample = format!(
            "task.delayed_match.sample={{ duration = \"300 ms\", poisson = \"350 Hz\", left_out = {share} }}"
        );
        warned("models/delayed-match-1000.toml", &[&sample])
    };
    assert_eq!(left_out("[0.5, 1.0]"), [""; 0]);
    let told = left_out("1.0");
    let found =
        "task.delayed_match.sample.left_out: found a stimulus that leaves out all of its pattern;";
    assert!(told.len() == 1 && told[0].contains(found), "{told:?}");
}

#[test]
fn evidence_that_is_not_what_its_mean_says_is_told() {
    let evidence = |mean: &str| {
        warned("models/two-choice.toml", &[&format!("task.decision.stimulus.poisson={mean}")])
    };
    assert_eq!(evidence("{ mean = \"100 Hz\", sd = \"30 Hz\" }"), [""; 0]);
    assert_eq!(evidence("{ mean = \"2 Hz\" }"), [""; 0]);
    let told = evidence("{ mean = \"100 Hz\", sd = \"40 Hz\" }");
    let found = "sd = \"40 Hz\" }: found that at coherence 0.512 a choice that is not favoured gets 57.3 Hz on \
                 average, not 48.8 Hz; a rate below 0 is drawn again, and the standard deviation is 40 Hz;";
    assert!(told.len() == 1 && told[0].contains(found), "{told:?}");
}

#[test]
fn courses_of_rates_that_are_not_what_their_mean_says_are_told() {
    let cue = |course: &str| {
        warned(
            "models/memory-1000.toml",
            &[&format!("protocol[1].show=[{{ pattern = 1, poisson = {{ {course} }} }}]")],
        )
    };
    let redrawn = |normal: &str| {
        cue(&format!(
            "redrawn = {{ distribution = {{ normal = {{ {normal} }} }}, every = \"5 ms\" }}"
        ))
    };
    let noisy = |sd: &str| {
        cue(&format!(
            "ornstein_uhlenbeck = {{ mean = \"400 Hz\", sd = \"{sd} Hz\", tau = \"20 ms\", every = \"5 ms\", independent = true }}"
        ))
    };
    // 400 and 400/1.47 or 400/0.94: a tenth more.
    assert_eq!(redrawn("mean = \"400 Hz\", sd = \"270 Hz\""), [""; 0]);
    assert_eq!(redrawn("mean = \"400 Hz\", sd = \"400 Hz\", min = \"0 Hz\""), [""; 0]);
    assert_eq!(noisy("420"), [""; 0]);
    // 1 + phi(1)/Phi(1) = 1.28760 of it; Phi(1) + phi(1) = 1.08332, Phi(0.8) + phi(0.8)/0.8 = 1.15025.
    let told = redrawn("mean = \"400 Hz\", sd = \"400 Hz\"");
    let found = "protocol[1].show[0].poisson: found a rate that is 515.0 Hz on average, not 400.0 Hz; a rate below 0 is drawn again, \
                 and the standard deviation is 400 Hz;";
    assert!(told.len() == 1 && told[0].contains(found), "{told:?}");
    let told = noisy("500");
    let found = "protocol[1].show[0].poisson: found a rate that is 460.1 Hz on average, not 400.0 Hz; a rate below 0 acts as 0, and \
                 the standard deviation is 500 Hz;";
    assert!(told.len() == 1 && told[0].contains(found), "{told:?}");
    let sample = "task.delayed_match.sample={ duration = \"300 ms\", poisson = { ornstein_uhlenbeck = { mean = \"0 Hz\", sd = \"9 Hz\", \
                  tau = \"20 ms\", every = \"5 ms\" } } }";
    let told = warned("models/delayed-match-1000.toml", &[sample]);
    let found =
        "task.delayed_match.sample.poisson: found a rate that is 3.6 Hz on average, not 0.0 Hz;";
    assert!(told.len() == 1 && told[0].contains(found), "{told:?}");
}

#[test]
fn patterns_without_members_are_told_as_they_are_drawn() {
    let bernoulli = "{ random = { number = 6, coding_level = 1e-6, foreground = \"bernoulli\" } }";
    let told = warned("models/memory-1000.toml", &[&format!("patterns.E={bernoulli}")]);
    let found = "\"bernoulli\" } }: found that pattern 1 of E has no neuron, and 5 times more; it can be neither shown nor seen;";
    assert!(told[0].contains(found), "{told:?}");
}

/// A model of its own, which only warnings are asked of.
fn told(rest: &str) -> Vec<String> {
    let text = format!(
        "title = 't'\nsource = 's'\nshows = 'w'\n[[protocol]]\nname = 'a'\nduration = '100 ms'\n{rest}"
    );
    let document = Document::new("m.toml".as_ref(), text, &[]).unwrap();
    let model = document.model().unwrap();
    document.warnings(&model).iter().map(ToString::to_string).collect()
}

#[test]
fn given_spikes_after_the_end_reach_nobody() {
    let model = |spikes: &str, more: &str| {
        told(&format!(
            "[population]\nS = {{ size = 5 }}\nE = {{ size = 20 }}\n[dynamics.spiking.S]\nspikes = {spikes}\n\
             [dynamics.spiking.E]\ntau_m = '20 ms'\ntheta = '20 mV'\nv_reset = '10 mV'\nt_ref = '2 ms'\n{more}\n\
             [projection.S_to_E]\nfrom = 'S'\nto = 'E'\nconnect = 'all_to_all'\nefficacy = '1 mV'\ndelay = '1 ms'\n\
             tau_syn = '5 ms'\n"
        ))
    };
    assert_eq!(model("{ list = [['1 ms']] }", ""), [""; 0]);
    assert_eq!(model("{ poisson = '1 Hz' }", ""), [""; 0]);
    let late = model("{ list = [['100 ms'], ['0.2 s']] }", "");
    assert_eq!(
        late,
        [
            "m.toml:11:10: dynamics.spiking.S.spikes: found no spike of S before the end of the run at 100 ms; these sources \
          never fire; write spikes or a rate, or make the protocol longer."
        ]
    );
    let never = model("{ poisson = '0 Hz' }", "");
    assert_eq!(never.len(), 2, "{never:?}");
    assert!(
        never[0].contains("population.S: found that nothing reaches population S, and once more")
    );
    // Neurons that fire by themselves need no input.
    let alone = model("{ poisson = '0 Hz' }", "v_rest = '21 mV'");
    assert!(alone.iter().all(|told| !told.contains("once more")), "{alone:?}");
}

#[test]
fn a_current_below_threshold_fires_nobody() {
    let model = |drive: &str, efficacy: &str, show: &str| {
        told(&format!(
            "show = [{show}]\n[population]\nE = {{ size = 20 }}\n[dynamics.spiking.E]\ntau_m = '20 ms'\n\
             theta = {{ uniform = ['19 mV', '21 mV'] }}\nv_reset = '10 mV'\nt_ref = '2 ms'\n{drive}\n\
             [patterns.E.random]\nnumber = 1\ncoding_level = 0.5\n\
             [projection.E_to_E]\nfrom = 'E'\nto = 'E'\nconnect = 'all_to_all'\nautapses = false\n\
             efficacy = '{efficacy}'\ndelay = '1 ms'\ntau_syn = '5 ms'\n"
        ))
    };
    let below = model("current = { uniform = ['0 mV', '18.9 mV'] }", "-1 mV", "");
    assert_eq!(
        below,
        [
            "m.toml:15:11: dynamics.spiking.E.current: found that V in E comes to at most 18.9 mV, with its current; the \
             threshold is 19 mV, and nothing else excites these neurons: they never fire; raise the current, or add \
             excitatory input."
        ]
    );
    // Its own synapses do not wake it up, nor do inhibitory spikes.
    for (drive, efficacy) in [
        ("current = '18 mV'", "1 mV"),
        ("poisson = { rate = '1 kHz', efficacy = '-1 mV', tau_syn = '5 ms' }", "-1 mV"),
    ] {
        assert_eq!(model(drive, efficacy, "").len(), 1, "{drive}");
    }
    for (drive, efficacy, show) in [
        ("current = { uniform = ['0 mV', '19.1 mV'] }", "-1 mV", ""),
        ("current = '18 mV'", "-1 mV", "{ pattern = 1, current = '2 mV' }"),
        (
            "current = '18 mV'\npoisson = { rate = '1 kHz', efficacy = '1 mV', tau_syn = '5 ms' }",
            "-1 mV",
            "",
        ),
    ] {
        assert_eq!(model(drive, efficacy, show), [""; 0], "{drive}");
    }
}

#[test]
fn graded_neurons_without_input_stay_at_rest() {
    let model = |transfer: &str, more: &str| {
        told(&format!(
            "[population]\nA = {{ size = 2 }}\nB = {{ size = 2 }}\n[dynamics.rate]\n\
             [dynamics.rate.units]\nA = {{ tau = '10 ms', transfer = '{transfer}'{more} }}\n\
             B = {{ tau = '10 ms', transfer = '{transfer}' }}\n\
             [projection.A_to_B]\nfrom = 'A'\nto = 'B'\nconnect = 'all_to_all'\nefficacy = 0.5\n"
        ))
    };
    let both = model("linear", "");
    assert_eq!(both.len(), 1);
    assert!(
        both[0].contains("population.A: found that nothing reaches population A, and once more")
    );
    assert_eq!(model("linear", ", input = 1.0"), [""; 0]);
    assert_eq!(model("linear", ", initial = 0.1"), [""; 0]);
    assert_eq!(model("logistic", ""), [""; 0]);
}
