//! States of runs whose sum is right, and which the recording or the model belies word by word: one sentence each, before anything
//! is computed.

use super::forgery::{ASTRAY, LOOKS, Stand, Stopped, TIME, add, strayed};

/// What a forgery does to the words of a state, and how it is refused.
type Case<'a> = (&'a dyn Fn(&mut [u64]), &'a str);

/// Three neurons that fire at 5.7 ms, along six delays, in windows of 1.1 ms from the second epoch on.
const TONIC: &str = r#"
population = { E = { size = 3 } }
record = { interval = "5 ms", v = { population = "E", neurons = "0..1", every = "1 ms" } }
protocol = [{ name = "on", duration = "4 ms" }, { name = "more", duration = "30 ms", show = [{ population = "E", current = "1 mV" }] }]
dynamics.spiking.E = { tau_m = "20 ms", theta = "20 mV", v_reset = "10 mV", t_ref = "2 ms", current = "50 mV" }
projection.E_to_E = { from = "E", to = "E", connect = "all_to_all", efficacy = "-0.1 mV", tau_syn = "5 ms", delay = { uniform = ["0.7 ms", "8 ms"] } }
"#;

/// Trials that follow one another, or that all begin where the protocol ended.
const TRIALS: &str = r#"
population = { E = { size = 10 } }
patterns.E.random = { number = 2, coding_level = 0.5 }
record.interval = "3 ms"
dynamics.spiking.E = { tau_m = "20 ms", theta = "20 mV", v_reset = "10 mV", t_ref = "2 ms", current = "100 mV" }
projection.J = { from = "E", to = "E", connect = "all_to_all", efficacy = "-0.1 mV", tau_syn = "2 ms", delay = "1 ms" }
task.stimulus = { trials = 5, order = "ORDER", before = "10 ms", stimulus = { duration = "20 ms", current = "5 mV" }, after = "10 ms" }
"#;

/// Neurons of two states, in the second of two epochs.
const STATES: &str = r#"
population.N.size = 6
patterns.N.random = { number = 2, coding_level = 0.5, foreground = "bernoulli" }
projection.J = { from = "N", to = "N", connect = "all_to_all", autapses = false, learning = "hebb" }
record = { interval = "2 sweeps", states = true }
protocol = [{ name = "a", duration = "10 sweeps" }, { name = "b", duration = "100 sweeps", show = [{ pattern = 1, field = 0.1 }] }]
dynamics.binary = { states = "plus_minus", update = "shuffled", tie = "keep", temperature = 0.8 }
"#;

/// How a state is refused that was left at `time`, once for each of these forgeries; it goes on as it is.
fn refused_each(time: f64, model: &str, cases: &[Case]) {
    let left = || Stopped::at(time, model, None);
    assert_eq!(left().refused(), None);
    for (number, (forge, how)) in cases.iter().enumerate() {
        let stopped = left();
        stopped.forge(|_, words| forge(words));
        assert_eq!(stopped.refused(), strayed(how), "{number}");
    }
}

const TRIAL: &str = "run that has come through other trials than were recorded";
const SPIKES: &str = "run that knows of other spikes than were recorded";

/// What is not possible in any state of the model, or of another one.
const OTHER: &str = "/run.h5.part: found a state that is damaged, or of another network than its model describes now; put back \
                     the files that the model names, patterns or spikes, or run it anew with --force.";

/// Changes the time of a state everywhere.
fn shift(words: &mut [u64], by: f64) {
    let Stand { reached, held, network, .. } = Stand::of(words);
    [reached, held[2], network].into_iter().for_each(|k| add(&mut words[k], by));
}

#[test]
fn a_state_of_another_time_is_refused() {
    refused_each(
        13.0,
        TONIC,
        &[
            (&|words| add(&mut words[Stand::of(words).reached], -0.1), TIME),
            (&|words| add(&mut words[Stand::of(words).held[2]], 0.1), TIME),
            (&|words| add(&mut words[Stand::of(words).network], -0.1), TIME),
            // Later than was committed; within the window, but not as far as its neurons.
            (&|words| shift(words, 0.1), TIME),
            (&|words| shift(words, -0.1), SPIKES),
        ],
    );
    // Neurons of two states count updates.
    let updates = |words: &mut [u64], by: u64| {
        let k = words.iter().rposition(|word| *word == 31 * 6).unwrap();
        words[k] = words[k].wrapping_add(by);
    };
    refused_each(
        31.0,
        STATES,
        &[
            (&|words| add(&mut words[Stand::of(words).held[2]], 1.0), TIME),
            (&|words| updates(words, 1), TIME),
            (&|words| updates(words, 60), TIME),
            (&|words| updates(words, u64::MAX), TIME),
            (&|words| add(&mut words[Stand::of(words).reached], 1.9), TIME),
        ],
    );
}

#[test]
fn a_state_that_has_looked_at_single_neurons_at_other_times_is_refused() {
    // When it began to look, how often it has since, and so many rows.
    let watch = |words: &[u64]| {
        let found = (0..words.len()).filter(|k| words[*k..].starts_with(&[0, 14, 14]));
        let found: Vec<usize> = found.collect();
        assert_eq!(found.len(), 1);
        found[0]
    };
    let number = |words: &mut [u64], to: u64| words[watch(words) + 1] = to;
    refused_each(
        13.0,
        TONIC,
        &[
            (&|words| number(words, 13), LOOKS),
            (&|words| number(words, 15), LOOKS),
            (&|words| number(words, 0), LOOKS),
            (&|words| words[watch(words)] = f64::to_bits(0.5), LOOKS),
            (
                &|words| {
                    let k = watch(words);
                    (words[k], words[k + 1]) = (f64::to_bits(1.0), 13);
                },
                LOOKS,
            ),
        ],
    );
}

/// The beginning of a trial is a sum of durations, and its first look, brought to whole nanoseconds, may stand before it.
#[test]
fn a_state_after_trials_that_were_looked_at_once_goes_on() {
    let looked = r#"record = { interval = "0.1 ms", v = { population = "E", neurons = "0..2", every = "EVERY" } }"#;
    let short = r#"trials = 12, order = "ORDER", before = "0.1 ms", stimulus = { duration = "0.2 ms", current = "5 mV" }, after = "0.4 ms" }"#;
    for (order, every) in
        [("independent", "1 s"), ("independent", "0.3 ms"), ("in_sequence", "1 s")]
    {
        let model = TRIALS.split("trials = 5").next().unwrap();
        let model = model.replace(r#"record.interval = "3 ms""#, &looked.replace("EVERY", every));
        let model = format!("{model}{}", short.replace("ORDER", order));
        for k in 1..=11 {
            let stopped = Stopped::at(0.7 * f64::from(k) - 0.05, &model, None);
            assert_eq!(stopped.refused(), None, "{order}, every {every}, after {k}");
        }
    }
}

#[test]
fn a_state_in_another_field_is_refused() {
    for (time, model) in [(13.0, TONIC), (31.0, STATES)] {
        refused_each(
            time,
            model,
            &[
                (&|words| words[Stand::of(words).held[0]] = 0, ASTRAY),
                (&|words| words[Stand::of(words).held[0]] = 7, ASTRAY),
                (&|words| words[Stand::of(words).held[1]] = 0, ASTRAY),
            ],
        );
    }
    // What every neuron feels follows from that.
    let stopped = Stopped::at(13.0, TONIC, None);
    stopped.forge(|_, words| {
        let felt = words.windows(3).rposition(|words| words == [51f64.to_bits(); 3]);
        words[felt.unwrap() + 1] = 51.5f64.to_bits();
    });
    assert_eq!(stopped.refused().as_deref(), Some(OTHER));
}

#[test]
fn a_state_that_came_through_other_states_is_refused() {
    let how = "run that has come through other states than were recorded";
    // Their hash stands in 13 words, in front of two empty lists, and of when sampling began and how often it has been since.
    let hash = |words: &[u64]| Stand::of(words).reached - 18;
    refused_each(
        31.0,
        STATES,
        &[
            (&|words| words[hash(words)] ^= 1, how),
            (&|words| words[hash(words) + 3] ^= 1 << 60, how),
        ],
    );
}

#[test]
fn a_state_after_other_trials_is_refused() {
    let model = TRIALS.replace("ORDER", "in_sequence");
    let ended = |words: &[u64]| Stand::of(words).ended.unwrap();
    refused_each(
        95.0,
        &model,
        &[
            (&|words| words[ended(words)[1]] -= 1, TRIAL),
            (&|words| words[ended(words)[0]] += 1, TRIAL),
            (&|words| ended(words).into_iter().for_each(|k| words[k] += 1), TRIAL),
            (&|words| ended(words).into_iter().for_each(|k| words[k] -= 1), LOOKS),
        ],
    );
    let model = TRIALS.replace("ORDER", "independent");
    // The recording has reached the end of the second trial, the run counts them, and nothing is held.
    let ended = |words: &[u64]| {
        let begin = [1, 2, f64::to_bits(80.0), 1, 2, 0, 0, 0, 0, 0];
        let k = words.windows(begin.len()).position(|words| words == begin).unwrap();
        [k + 1, k + 4]
    };
    refused_each(
        80.0,
        &model,
        &[
            (&|words| words[ended(words)[0]] = 1, TRIAL),
            (&|words| words[ended(words)[1]] = 3, TRIAL),
            (&|words| ended(words).into_iter().for_each(|k| words[k] = 3), TRIAL),
            (&|words| ended(words).into_iter().for_each(|k| words[k] = 1), LOOKS),
        ],
    );
}

#[test]
fn a_state_of_another_single_trial_is_refused() {
    let model = TRIALS.replace("ORDER", "independent");
    let of = |trial| {
        let stopped = Stopped::at(0.0, &model, Some(2));
        stopped.forge(|owner, _| owner.trial = trial);
        stopped.refused()
    };
    assert_eq!(of(2), None);
    for trial in [0, 1, 3] {
        assert_eq!(of(trial).as_deref(), Some(OTHER), "{trial}");
    }
    for trial in [6, u64::MAX] {
        let found = format!(
            "/run.h5.checkpoint: found the state of a run of trial {trial} alone beside a model with 5 trials; put back the state that \
             the run left, or run it anew with --force."
        );
        assert_eq!(of(trial), Some(found));
    }
}

/// Where what a clock knows stands.
struct Told {
    /// How many spikes have left those under way, and have been told.
    forgotten: usize,
    told: usize,
    /// When windows began to be counted, how many there were since, and whether the last has begun.
    count: usize,
    begun: usize,
    /// Along six delays, the next spike, each before a word that is 0.
    next: [usize; 6],
    /// When the window begins and ends; what arrives in it, eight words each: a moment in two, a time, an offset, a strength, a
    /// spike, a sender and a route.
    window: usize,
    arrivals: usize,
}

impl Told {
    fn of(words: &[u64]) -> Self {
        let network = Stand::of(words).network;
        // Spikes under way have four words each.
        let forgotten = network + 2 + 4 * words[network + 1] as usize;
        assert_eq!((words[forgotten + 2], words[forgotten + 6]), (0, 6));
        let next = [0, 1, 2, 3, 4, 5].map(|k| forgotten + 7 + 2 * k);
        // Events before the streams were changed stand in between.
        let window = next[5] + 4;
        Self {
            forgotten,
            told: forgotten + 1,
            count: forgotten + 4,
            begun: forgotten + 5,
            next,
            window,
            arrivals: window + 5,
        }
    }
}

/// What a clock has told and looked for, and how far its neurons have come, follows from its spikes and its window.
#[test]
fn a_state_that_looked_for_other_arrivals_is_refused() {
    // In the middle of a window, while the spikes are under way along some delays.
    let less = |words: &mut [u64], k: usize| words[k] -= 1;
    refused_each(
        9.0,
        TONIC,
        &[
            (&|words| less(words, Told::of(words).told), SPIKES),
            (&|words| words[Told::of(words).told] = 0, SPIKES),
            (&|words| less(words, Told::of(words).next[0]), SPIKES),
            (&|words| words[Told::of(words).next[0]] = 0, SPIKES),
            (&|words| words[Told::of(words).next[5]] += 1, SPIKES),
            (&|words| words[Told::of(words).next[5]] = 3, SPIKES),
        ],
    );
    // While the last of their arrivals are to come, in the present window.
    let arrival = |words: &[u64], place: usize| Told::of(words).arrivals + place;
    let block = |words: &[u64]| {
        let start = words[Told::of(words).window];
        words.iter().rposition(|word| *word == start).unwrap()
    };
    refused_each(
        13.0,
        TONIC,
        &[
            (&|words| add(&mut words[Told::of(words).window], 0.1), SPIKES),
            (&|words| add(&mut words[Told::of(words).window + 1], 0.1), SPIKES),
            (&|words| add(&mut words[arrival(words, 0)], 0.1), SPIKES),
            (&|words| add(&mut words[arrival(words, 2)], 0.1), SPIKES),
            (&|words| add(&mut words[arrival(words, 3)], 0.1), SPIKES),
            (&|words| add(&mut words[arrival(words, 4)], 0.1), SPIKES),
            (&|words| words[arrival(words, 6)] = 1, SPIKES),
            (&|words| words[arrival(words, 7)] = 4, SPIKES),
            // Three neurons in one block: its window, how far it has come, and what it has received of it.
            (&|words| add(&mut words[block(words)], 0.1), SPIKES),
            (&|words| add(&mut words[block(words) + 1], 0.1), SPIKES),
            (&|words| add(&mut words[block(words) + 2], 0.1), SPIKES),
            (&|words| words[block(words) - 4] = 1, SPIKES),
        ],
    );
    // In another window than the present.
    for forge in [
        (|told, words| words[told.count] += 1) as fn(Told, &mut [u64]),
        |told, words| words[told.count] -= 1,
        |told, words| words[told.begun] = 0,
        |told, words| words[told.forgotten] -= 1,
    ] {
        let stopped = Stopped::at(13.0, TONIC, None);
        stopped.forge(|_, words| forge(Told::of(words), words));
        assert_eq!(stopped.refused().as_deref(), Some(OTHER));
    }
}
