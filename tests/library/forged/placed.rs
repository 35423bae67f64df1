//! Places where no run stops, and what neurons of every kind feel: states whose sum is right, which the model or the recording belies.

use super::forgery::{ASTRAY, LOOKS, Stand, Stopped, TIME, strayed};
use super::{model, start, words};
use attractor::dynamics::{Effect, Field};
use attractor::random::Seed;
use attractor::recording::Owner;
use attractor::tape::{OnTape, Tape};

/// Trials that all begin where the protocol ended, or that follow one another.
const TRIALS: &str = r#"
population = { E = { size = 10 } }
patterns.E.random = { number = 2, coding_level = 0.5 }
record.interval = "3 ms"
protocol = [{ name = "on", duration = "12 ms", show = [{ population = "E", current = "7 mV" }] }]
dynamics.spiking.E = { tau_m = "20 ms", theta = "20 mV", v_reset = "10 mV", t_ref = "2 ms", current = "100 mV" }
projection.J = { from = "E", to = "E", connect = "all_to_all", efficacy = "-0.1 mV", tau_syn = "2 ms", delay = "1 ms" }
task.stimulus = { trials = 3, order = "independent", before = "10 ms", stimulus = { duration = "20 ms", current = "5 mV" }, after = "10 ms" }
"#;

/// Recall from patterns, after a protocol.
const RECALL: &str = r#"
population.N.size = 20
patterns.N.random = { number = 2, coding_level = 0.5, foreground = "bernoulli" }
projection.J = { from = "N", to = "N", connect = "all_to_all", autapses = false, learning = "hebb" }
record = { interval = "2 sweeps", states = true }
protocol = [{ name = "on", duration = "12 sweeps", show = [{ pattern = 1, field = 0.25 }] }]
dynamics.binary = { states = "plus_minus", update = "shuffled", tie = "keep" }
task.recall = { trials = 3, flipped = [0.1], sweeps = 20 }
"#;

/// Neurons some of which are held, under a field that no other number is.
const SHOWN: &str = r#"
population.N.size = 6
patterns.N.random = { number = 2, coding_level = 0.5, foreground = "bernoulli" }
record.interval = "2 UNIT"
protocol = [{ name = "on", duration = "40 UNIT", show = [{ pattern = 1, field = 0.3125 }, { pattern = 2, neurons = "0..2", state = "clamped" }] }]
"#;

const OTHER: &str = "/run.h5.part: found a state that is damaged, or of another network than its model describes now; put back \
                     the files that the model names, patterns or spikes, or run it anew with --force.";

/// Why a state is refused that was left at `time` and then forged.
fn refused(time: f64, model: &str, forge: impl FnOnce(&mut Vec<u64>)) -> Option<String> {
    let stopped = Stopped::at(time, model, None);
    stopped.forge(|_: &mut Owner, words| forge(words));
    stopped.refused()
}

/// Puts a run that is in its protocol into a trial, and at a place within it, or between two of them.
fn put(words: &mut Vec<u64>, trial: Option<u64>, within: bool) {
    let Stand { reached, held, .. } = Stand::of(words);
    let mut place = trial.map_or(vec![0], |trial| vec![1, trial]);
    place.extend(if within { words[held[0]..=held[3] + 1].to_vec() } else { vec![0; 5] });
    words.splice(reached + 1..=held[3] + 1, place);
}

/// The protocol would not be shown to its end, or not at all.
#[test]
fn a_state_that_skips_the_protocol_is_refused() {
    let in_sequence = TRIALS.replace("independent", "in_sequence");
    let alone = TRIALS.split("task").next().unwrap();
    let states = RECALL.split("task").next().unwrap();
    for (k, model) in [TRIALS, &in_sequence, alone, RECALL, states].into_iter().enumerate() {
        assert_eq!(refused(6.0, model, |_| {}), None, "{k}");
        for (trial, within) in [(Some(0), false), (None, false), (Some(0), true)] {
            let told = refused(6.0, model, |words| put(words, trial, within));
            // Where trials follow one another a network is within one, and is asked where sampling of it began.
            let how = if k == 1 && within { LOOKS } else { TIME };
            assert_eq!(told, strayed(how), "{k} {trial:?} {within}");
        }
    }
}

/// What counts at the end of the protocol would not be taken.
#[test]
fn a_state_at_the_end_of_the_protocol_that_has_not_ended_it_is_refused() {
    let how = "run that has come through other states than were recorded";
    assert_eq!(refused(12.0, RECALL, |_| {}), None);
    assert_eq!(refused(12.0, RECALL, |words| put(words, Some(0), false)), strayed(how));
    let learns = TRIALS.replace("delay = \"1 ms\"", "delay = \"1 ms\", plasticity.inhibitory = { learning_rate = \"0.05 mV\", target = \"3 Hz\", tau = \"20 ms\", max = \"2 mV\" }");
    let learns = format!("record.efficacies = {{}}\n{learns}");
    assert_eq!(refused(12.0, &learns, |_| {}), None);
    assert_eq!(refused(12.0, &learns, |words| put(words, Some(0), false)), strayed(LOOKS));
}

/// Between trials the network is in what was shown last.
#[test]
fn a_state_between_trials_is_that_of_the_end_of_the_protocol() {
    for k in 1..=3 {
        let ends = 12.0 + 40.0 * f64::from(k) - 0.5;
        assert_eq!(refused(ends, TRIALS, |_| {}), None, "{k}");
    }
    let forged = refused(51.5, TRIALS, |words| {
        let shown = words.iter().position(|word| *word == 7f64.to_bits()).unwrap();
        words[shown] = 6f64.to_bits();
    });
    assert_eq!(forged.as_deref(), Some(OTHER), "what follows from it differs");
    // Nothing follows from it where there is no energy.
    let skewed = "efficacy = { gaussian = { sd = 0.3, symmetry = 0.0 } }";
    let skewed = RECALL.replace("learning = \"hebb\"", skewed);
    assert_eq!(refused(13.0, &skewed, |_| {}), None);
    let forged = refused(13.0, &skewed, |words| {
        // Twenty neurons, each with or against its pattern.
        let felt = |words: &[u64]| words.iter().all(|word| f64::from_bits(*word).abs() == 0.25);
        let k = words.windows(20).position(felt).unwrap();
        words[k] = (f64::from_bits(words[k]) / 2.0).to_bits();
    });
    assert_eq!(forged, strayed(ASTRAY));
    for (k, time) in [(1, 13.0), (2, 33.0)] {
        assert_eq!(refused(time, RECALL, |_| {}), None, "{k}");
    }
    // Six updates of twenty neurons less.
    let earlier = refused(13.0, RECALL, |words| {
        let k = words.iter().rposition(|word| *word == 12 * 20).unwrap();
        words[k] -= 6;
    });
    assert_eq!(earlier, strayed(TIME));
}

/// Every dynamics of states or activities, the unit of its clock, and of how many words of its state others tell.
fn kinds(source: &str) -> Vec<(&'static str, &'static str, String, usize)> {
    let coupled = format!(
        "projection.J = {{ from = \"N\", to = \"N\", connect = \"all_to_all\", autapses = false, {source} }}\n"
    );
    let rate = |solver: &str, more: &str| {
        format!(
            "{coupled}[dynamics.rate]\nsolver = {solver}\nunits.N = {{ {more}transfer = {{ tanh = {{ gain = 1.5 }} }}, initial = {{ uniform = [-0.5, 0.5] }} }}\n"
        )
    };
    let (euler, tau) = ("{ euler = { step = \"0.5 ms\" } }", "tau = \"10 ms\", ");
    let noisy = format!("{tau}noise = {{ sd = 0.2, tau = \"3 ms\" }}, ");
    let modern = |law: &str| format!("dynamics.modern.{law}\n");
    let binary = |update: &str| {
        format!(
            "{coupled}dynamics.binary = {{ states = \"plus_minus\", update = \"{update}\", tie = \"keep\" }}\n"
        )
    };
    let polynomial = "polynomial = { degree = 3, update = \"shuffled\", tie = \"keep\" }";
    let exponential = "exponential = { update = \"random\", tie = \"keep\" }";
    vec![
        ("adaptive", "ms", rate("\"adaptive\"", tau), 19),
        ("euler", "ms", rate(euler, tau), 19),
        ("noisy", "ms", rate(euler, &noisy), 12),
        ("sweeps", "sweeps", rate("{ sweeps = \"shuffled\" }", ""), 19),
        ("shuffled", "sweeps", binary("shuffled"), 19),
        ("synchronous", "sweeps", binary("synchronous"), 19),
        ("polynomial", "sweeps", modern(polynomial), 15),
        ("exponential", "sweeps", modern(exponential), 15),
        ("softmax", "sweeps", modern("softmax = { beta = 1.0 }"), 14),
    ]
}

fn shown(unit: &str, law: &str) -> String {
    format!("{}{law}", SHOWN.replace("UNIT", unit))
}

#[test]
fn a_network_of_any_kind_that_feels_what_is_not_shown_is_refused() {
    for (kind, unit, law, _) in kinds("efficacy = { gaussian = { sd = 0.3, symmetry = 0.0 } }") {
        let model = shown(unit, &law);
        for time in [2.0, 14.0, 39.0] {
            assert_eq!(refused(time, &model, |_| {}), None, "{kind} at {time}");
        }
        // Six neurons, of which the first two are held, and others would be.
        let held = |words: &mut Vec<u64>, other: usize| {
            let from = Stand::of(words).network;
            let clamped = [6, 1, 1, 0, 0, 0, 0];
            let found = (from..words.len()).filter(|&k| words[k..].starts_with(&clamped));
            let found: Vec<usize> = found.collect();
            // A state that looks alike stands in front of it.
            words[found.last().unwrap() + 1 + other] ^= 1;
        };
        for other in [1, 4] {
            let told = refused(14.0, &model, |words| held(words, other));
            assert_eq!(told, strayed(ASTRAY), "{kind}: {other}");
        }
        let told = refused(14.0, &model, |words| {
            // Six neurons alike feel it, or a pattern for all of them.
            let felt = |word: &u64| [0.3125, 1.875].contains(&f64::from_bits(*word).abs());
            let from = Stand::of(words).network;
            let k = from + words[from..].iter().position(felt).unwrap();
            words[k] = (f64::from_bits(words[k]) / 2.0).to_bits();
        });
        // Similarities follow from it.
        let told_by_state = kind.ends_with("ial") || kind == "softmax";
        let expected = if told_by_state { Some(OTHER.to_owned()) } else { strayed(ASTRAY) };
        assert_eq!(told, expected, "{kind}");
    }
}

/// A single word is another one: fields, sums, energies and what is seen are computed anew.
#[test]
fn what_follows_from_a_state_is_no_other() {
    for (kind, unit, law, follow) in kinds("learning = \"hebb\"") {
        let model = model(&shown(unit, &law));
        let (fresh, mut network) = (start(&model), start(&model));
        let mut field = Field::default();
        field.add(0..6, Effect::Local(0.3125));
        network.drive(&field);
        network.advance(14.0).unwrap();
        let whole = words(&mut *network);
        let is_read = |state: Vec<u64>| {
            let (mut read, mut tape) = (fresh.branch(Seed(1)), Tape::written(state));
            read.pass(&mut tape);
            tape.end().is_ok()
        };
        assert!(is_read(whole.clone()), "{kind}");
        let told = (0..whole.len()).filter(|&k| {
            let mut state = whole.clone();
            state[k] = match state[k] {
                word if (1e-6..1e6).contains(&f64::from_bits(word).abs()) => {
                    f64::to_bits(f64::from_bits(word) + 0.125)
                }
                word => word ^ 1,
            };
            !is_read(state)
        });
        let told = told.count();
        assert!(told >= follow, "{kind}: {told} of {}", whole.len());
    }
}

/// Its energy was another one without a word.
#[test]
fn an_autapse_with_an_input_that_nothing_shows_is_refused() {
    let model = std::fs::read_to_string("models/autapse.toml").unwrap();
    let model = &model[model.find("[population.N]").unwrap()..];
    assert_eq!(refused(100.0, model, |_| {}), None);
    let told = refused(100.0, model, |words| {
        let network = Stand::of(words).network;
        assert_eq!(words[network..][..4], [1, 0, 1, 0]);
        words[network + 1] = (-0.9f64).to_bits();
    });
    assert_eq!(told.as_deref(), Some(OTHER));
    // A place from which it would look behind the step of its solver.
    for within in [true, false] {
        let told = refused(40.0, model, |words| put(words, within.then_some(0), within));
        assert_eq!(told, strayed(TIME), "{within}");
    }
}
