//! Checkpoints whose words are others, with a sum that is right: what the model or the recording belies is refused.

use super::ESCAPES;
use super::forgery::refused;

/// Neurons that several workers share out, under a stimulus whose rate no other number is.
const SHARED_OUT: &str = r#"
population.E.size = 9000
record.interval = "1 ms"
protocol = [{ name = "cue", duration = "4 ms", show = [{ population = "E", poisson = "777 Hz" }] }]
dynamics.spiking.E = { tau_m = "20 ms", theta = "20 mV", v_reset = "10 mV", t_ref = "1 ms", poisson = { rate = "100 Hz", efficacy = "0.1 mV", tau_syn = "3 ms" } }
"#;

#[test]
fn a_checkpoint_of_other_workers_is_refused_as_that() {
    assert_eq!(refused(SHARED_OUT, |_, _| {}), None);
    // That cut the network as it was.
    for workers in [2, 5] {
        assert_eq!(refused(SHARED_OUT, |owner, _| owner.workers = workers), None);
    }
    for workers in [0, 1, 9, u64::MAX] {
        let told = refused(SHARED_OUT, |owner, _| owner.workers = workers).unwrap();
        let found = format!(
            "/run.h5.checkpoint: found the state of a network in 5 blocks, of which {workers} workers make "
        );
        assert!(told.starts_with(&found), "{told}");
    }
}

#[test]
fn a_checkpoint_of_a_rate_that_nothing_shows_is_refused() {
    for rate in [776.0, 1e9 - 1.0] {
        let told = refused(SHARED_OUT, |_, words| {
            let mut all = words.iter_mut().filter(|word| **word == 777f64.to_bits());
            *all.next().unwrap() = f64::to_bits(rate);
            assert!(all.next().is_none(), "what follows from it is on no tape");
        });
        assert_eq!(told.as_deref(), Some(ASTRAY));
    }
}

/// Why a state is refused that no run of the model leaves at that time.
const ASTRAY: &str = "/run.h5.part: found the state of a network that feels another input than is shown to it; put back the state \
                      that the run left, or run it anew with --force.";

#[test]
fn a_checkpoint_that_learns_where_efficacies_are_held_is_refused_and_the_other_way_round() {
    for learns in [true, false] {
        let model = ESCAPES.replace("100 ms\" }", &format!("100 ms\", plasticity = {learns} }}"));
        assert_ne!(model, ESCAPES);
        assert_eq!(refused(&model, |_, _| {}), None);
        let told = refused(&model, |_, words| {
            // Behind what is felt: four neurons, no current, no rate; before the number of parts.
            let felt = [1, 4, 0, 0, u64::from(learns), 2];
            let mut all = (0..words.len()).filter(|&k| words[k..].starts_with(&felt));
            let place = all.next().unwrap();
            assert!(all.next().is_none());
            words[place + 4] ^= 1;
        });
        assert_eq!(told.as_deref(), Some(ASTRAY), "{learns}");
    }
}

/// Two neurons that have fired at 2.4 ms, are refractory, and whose spikes are under way, before anything was sampled.
const FIRED: &str = r#"
population.E.size = 2
record.interval = "50 ms"
protocol = [{ name = "on", duration = "60 ms" }]
dynamics.spiking.E = { tau_m = "20 ms", theta = "20 mV", v_reset = "10 mV", t_ref = "47 ms", current = "100 mV" }
projection.E_to_E = { from = "E", to = "E", connect = "all_to_all", efficacy = "-0.1 mV", tau_syn = "5 ms", delay = "50 ms" }
"#;

/// What is known of the past is what was recorded: a refractory period would end early, or a spike come that nobody sent.
#[test]
fn a_checkpoint_of_other_spikes_than_were_recorded_is_refused() {
    assert_eq!(refused(FIRED, |_, _| {}), None);
    let spike = 20.0 * (90.0_f64 / 80.0).ln();
    let near = |word: u64, time: f64| (f64::from_bits(word) - time).abs() < 1e-6;
    let of_neuron = |words: &[u64], k: usize, time: f64| near(words[k], time) && words[k + 1] == 1;
    let place = |words: &[u64], time: f64| {
        let mut all = (0..words.len() - 1).filter(|&k| of_neuron(words, k, time));
        let place = all.next().unwrap();
        assert!(all.next().is_none(), "{time}");
        place
    };
    let told = |forge: &dyn Fn(&mut [u64])| refused(FIRED, |_, words| forge(words));
    let strayed = |how: &str| {
        Some(format!(
            "/run.h5.part: found the state of a run that {how}; put back the state that the run left, or run it anew with --force."
        ))
    };
    // Who is refractory, until when; what is under way, from whom.
    for (time, other) in [(spike + 47.0, 1e-6), (spike, 1e-6)] {
        let told = told(&|words| {
            let k = place(words, time);
            words[k] = f64::to_bits(f64::from_bits(words[k]) + other);
        });
        assert_eq!(told, strayed("knows of other spikes than were recorded"), "{time} {other}");
    }
    for time in [spike + 47.0, spike] {
        let told = told(&|words| {
            let k = place(words, time);
            words[k + 1] = 0;
        });
        assert!(told.is_some(), "{time}");
    }
    // Behind the hash of columns stand the two spikes of the interval.
    let counted = told(&|words| {
        let k = words.iter().position(|word| *word == 2).unwrap();
        words[k] = 3;
    });
    assert_eq!(counted, strayed("has counted other spikes than were recorded"));
}

/// What is held is what was recorded when the run began.
#[test]
fn a_checkpoint_of_other_efficacies_where_they_are_held_is_refused() {
    for (learns, told) in [
        (true, None),
        (
            false,
            Some(
                "/run.h5.part: found the state of a run that has other efficacies than were recorded, which are held; put back \
                 the state that the run left, or run it anew with --force.",
            ),
        ),
    ] {
        let model = ESCAPES.replace("100 ms\" }", &format!("100 ms\", plasticity = {learns} }}"));
        let model = format!("record.efficacies = {{}}\n{model}");
        assert_eq!(refused(&model, |_, _| {}), None);
        let found = refused(&model, |_, words| {
            // Four synapses, of which one has become stronger.
            let place = (0..words.len() - 4).find(|&k| {
                words[k] == 4
                    && words[k + 1..][..4].iter().all(|w| (4.9..5.1).contains(&f64::from_bits(*w)))
            });
            words[place.unwrap() + 2] = 5.25_f64.to_bits();
        });
        assert_eq!(found.as_deref(), told, "{learns}");
    }
}
