//! What trials draw: balance, independence, and times that fit.

use super::*;
use crate::random::Seed;

fn task(more: &str) -> DelayedMatch {
    let text = format!(
        r#"
        trials = 400
        patterns = [2, 3, 5, 8]
        match_probability = 0.5
        fixation = "100 ms"
        delay = "1 s"
        inter_trial = "300 ms"
        sample = {{ duration = "300 ms", poisson = "350 Hz", left_out = [0.0, 0.5] }}
        test = {{ duration = "200 ms", poisson = "350 Hz" }}
        observer = {{ above = "10 Hz", held_over = "200 ms", seen_over = "100 ms" }}
        {more}
        "#
    );
    toml::from_str(&text).unwrap()
}

const ABBA: &str = r#"
    reset = { population = "E", duration = "100 ms", current = "-20 mV" }
    distractor = [
        { after = "200 ms", duration = "100 ms", poisson = ["0 Hz", "50 Hz", "100 Hz"] },
        { after = "500 ms", duration = "100 ms", pattern = "repeated", poisson = "50 Hz" },
    ]
"#;

#[test]
fn a_trial_depends_on_the_seed_and_its_number_only() {
    let (few, many) = (DelayedMatch { trials: 7, ..task(ABBA) }, task(ABBA));
    assert_eq!(few.draw(1000.0, 10, Seed(1)), many.draw(1000.0, 10, Seed(1))[..7]);
    assert_ne!(few.draw(1000.0, 10, Seed(1)), few.draw(1000.0, 10, Seed(2)));
    // Another factor changes none of the others.
    let (with, without) = (many.draw(0.0, 10, Seed(1)), task("").draw(0.0, 10, Seed(1)));
    assert!(with.iter().zip(&without).all(|(a, b)| (a.sample, a.test) == (b.sample, b.test)));
}

#[test]
fn samples_and_levels_are_balanced_and_matches_are_drawn() {
    let trials = task(ABBA).draw(0.0, 10, Seed(3));
    for block in trials.chunks(4) {
        let mut samples: Vec<usize> = block.iter().map(|t| t.sample).collect();
        samples.sort_unstable();
        assert_eq!(samples, [1, 2, 4, 7]);
    }
    for block in trials[..399].chunks(3) {
        let sum: f64 = block.iter().map(|t| t.distractors[0].poisson).sum();
        assert_eq!(sum, 150.0);
    }
    assert_eq!(trials.iter().filter(|t| t.sample_as_shown.left_out == 0.5).count(), 200);
    // 400 draws at probability 1/2: within 4 standard deviations (10).
    let matches = trials.iter().filter(|t| t.matches()).count();
    assert!((160..=240).contains(&matches), "{matches}");
    let all = |p| DelayedMatch { match_probability: p, ..task("") }.draw(0.0, 10, Seed(1));
    assert!(all(1.0).iter().all(Trial::matches) && !all(0.0).iter().any(Trial::matches));
}

#[test]
fn distractors_are_neither_sample_nor_test_and_may_be_repeated() {
    let trials = task(ABBA).draw(0.0, 10, Seed(4));
    for trial in &trials {
        let [a, b] = &trial.distractors[..] else { panic!() };
        assert_eq!(a.pattern, b.pattern);
        assert!(![trial.sample, trial.test].contains(&a.pattern));
        assert!([1, 2, 4, 7].contains(&a.pattern));
    }
    // Where there is a choice, every choice is made.
    let chosen =
        |mu| trials.iter().any(|t| t.matches() && t.sample == 1 && t.distractors[0].pattern == mu);
    assert!(chosen(2) && chosen(4) && chosen(7));
}

#[test]
fn the_epochs_of_a_trial_fill_it_in_order() {
    let task = task(ABBA);
    for trial in task.draw(500.0, 10, Seed(1)).iter().take(12) {
        let epochs = task.epochs(trial);
        let names: Vec<&str> = epochs.iter().map(|e| e.name.as_str()).collect();
        let expected = "fixation sample delay distractor delay distractor delay test reset inter-trial interval";
        assert_eq!(names.join(" "), expected);
        let bounds = crate::protocol::bounds(&epochs);
        let start = |k: usize| trial.start + bounds[k].0;
        assert_eq!(
            [start(1), start(2), start(7)],
            [trial.sample_onset, trial.delay_onset, trial.test_onset]
        );
        assert_eq!([start(3), start(5)], [trial.distractors[0].onset, trial.distractors[1].onset]);
        assert!((trial.start + bounds[9].1 - trial.end).abs() < 1e-9);
        let stimulus = &epochs[1].show[0];
        assert_eq!(stimulus.pattern, Some(trial.sample + 1));
        assert_eq!(
            stimulus.draw,
            (trial.sample_as_shown.left_out > 0.0).then_some(2 * trial.number as u64)
        );
        // A distractor without strength is not shown.
        assert_eq!(epochs[3].show.is_empty(), trial.distractors[0].poisson == 0.0);
    }
}

#[test]
fn durations_are_balanced_and_trials_follow_one_another_without_gaps() {
    let one = task(ABBA);
    let several = DelayedMatch {
        delay: Levels([1000.0, 1500.0, 3000.7].map(Time::new).to_vec()),
        sample: Shown {
            duration: Levels([300.0, 50.1].map(Time::new).to_vec()),
            ..one.sample.clone()
        },
        ..one.clone()
    };
    assert_eq!(
        toml::from_str::<DelayedMatch>(&toml::to_string(&several).unwrap()).unwrap(),
        several
    );
    let trials = several.draw(500.0, 10, Seed(5));
    for block in trials[..399].chunks(3) {
        assert_eq!(block.iter().map(|t| t.delay).sum::<f64>(), 5500.7);
    }
    assert_eq!(trials.iter().filter(|t| t.sample_as_shown.duration == 50.1).count(), 200);
    let before = one.draw(500.0, 10, Seed(5));
    for (k, (trial, one)) in trials.iter().zip(&before).enumerate() {
        // Nothing else is drawn differently.
        assert_eq!(
            (trial.sample, trial.test, trial.sample_as_shown.left_out),
            (one.sample, one.test, one.sample_as_shown.left_out)
        );
        let epochs = several.epochs(trial);
        let length: f64 = epochs.iter().map(|e| e.duration.value()).sum();
        assert!((trial.start + length - trial.end).abs() < 1e-7);
        assert!((trial.test_onset - trial.delay_onset - trial.delay).abs() < 1e-7);
        assert!(
            (trial.delay_onset - trial.sample_onset - trial.sample_as_shown.duration).abs() < 1e-7
        );
        assert!(trials.get(k + 1).is_none_or(|next| next.start == trial.end));
        // What is shown in the delay counts from its onset.
        assert_eq!(trial.distractors[0].onset, trial.delay_onset + 200.0);
    }
    assert_eq!(several.bounds(500.0, Seed(5))[400], trials[399].end);
    assert_eq!((several.shortest_trial(), several.longest_trial()), (1650.1, 3900.7));
    let varied: Vec<String> = several.varied().into_iter().map(|v| v.0).collect();
    assert_eq!(varied, ["left_out", "distractor_hz", "sample_duration_ms", "delay_duration_ms"]);
}

#[test]
fn read_outs_say_which_neurons_they_count() {
    let readout = |neurons: &str| -> Result<Readout, toml::de::Error> {
        toml::from_str(&format!(
            "population = 'E'\nneurons = {neurons}\nwindow = '1 ms'\nspeaks_for = 'match'"
        ))
    };
    for (text, counted) in [
        ("'all'", Counted::All),
        ("'test_foreground'", Counted::TestForeground),
        ("'sample_foreground'", Counted::SampleForeground),
        ("'0..200'", Counted::Range(crate::protocol::Neurons(0..200))),
        ("{ foreground = 3 }", Counted::Foreground(3)),
    ] {
        let read = readout(text).unwrap();
        assert_eq!((&read.neurons, read.onset), (&counted, Time::new(0.0)));
        assert_eq!(toml::from_str::<Readout>(&toml::to_string(&read).unwrap()).unwrap(), read);
    }
    for wrong in ["'some'", "'5..5'", "{ background = 3 }", "3"] {
        assert!(readout(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn the_table_of_trials_reads_back() {
    let trials = task(ABBA).draw(500.0, 10, Seed(1));
    let table = to_table(&trials);
    assert_eq!(from_table(&table).unwrap(), trials);
    assert!(table.column("distractor_2_hz").is_some());
    assert_eq!(from_table(&crate::table::Table::default()), Some(Vec::new()));
}
