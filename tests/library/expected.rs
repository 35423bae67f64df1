//! Which theory is set beside the recall of a binary network: the one that applies, or none.

use attractor::model::{Document, Model};
use attractor::theory::{
    Theory, crosstalk, diluted, gain, hopfield, low_activity, palimpsest, thermal,
};

/// A Hopfield network of 100 neurons.
const TEXT: &str = include_str!("../data/small-recall.toml");

/// With 1000 neurons, 100 patterns, and further changes.
fn model(changes: &[&str]) -> Model {
    let mut all = vec!["population.N.size=1000", "patterns.N.random.number=100"];
    all.extend(changes);
    let all: Vec<String> = all.into_iter().map(str::to_owned).collect();
    Document::new("small.toml".as_ref(), TEXT.to_owned(), &all).unwrap().model().unwrap()
}

/// The name of the theory of a column, and the mean that it expects.
fn expected(model: &Model, column: &str) -> Option<(String, f64)> {
    let theory = Theory::of(model)?;
    Some((theory.name(column), theory.expects(column, None)?))
}

fn mean(changes: &[&str], column: &str) -> Option<f64> {
    expected(&model(changes), column).map(|(_, mean)| mean)
}

#[test]
fn the_hopfield_network_has_the_theory_of_its_load_and_temperature() {
    let (name, m) = expected(&model(&[]), "overlap").unwrap();
    assert!(name.contains("Amit et al. 1985") && Some(m) == hopfield::overlap(0.1), "{name} {m}");
    assert_eq!(mean(&[], "errors"), Some(500.0 * (1.0 - m)));
    // 99 other patterns, 999 other neurons.
    let first = crosstalk::first_step_error(99.0 / 999.0, 1.0);
    assert_eq!(mean(&[], "first_step"), Some(first));
    assert_eq!(mean(&[], "sweeps"), None);
    let warm = ["dynamics.binary.temperature=0.3"];
    assert_eq!(mean(&warm, "overlap"), thermal::overlap(0.1, 0.3));
    // The same in other units of the field.
    let units = ["projection.J.scale=0.01", "dynamics.binary.temperature=3.0"];
    assert!((mean(&units, "overlap").unwrap() - thermal::overlap(0.1, 0.3).unwrap()).abs() < 1e-9);
    // Beyond the capacity no pattern is retrieved, but its fields are known.
    let many = ["patterns.N.random.number=200"];
    assert_eq!(mean(&many, "overlap"), None);
    assert!(mean(&many, "first_step").unwrap() > first);
}

#[test]
fn few_patterns_have_the_map_of_their_gain() {
    let few = |gain: &str| {
        let gain = format!("dynamics.binary.gain={gain}");
        let few = ["patterns.N.random.number=2", "dynamics.binary.temperature=0.5", &gain];
        expected(&model(&few), "overlap").unwrap()
    };
    assert_eq!(few("tanh"), ("m = tanh(m/T)".to_owned(), gain::fixed_point(libm::tanh, 2.0)));
    let erf = |x: f64| libm::erf(0.5 * std::f64::consts::PI.sqrt() * x);
    assert!((few("erf").1 - gain::fixed_point(erf, 2.0)).abs() < 1e-12);
    assert_eq!(few("linear").1, 1.0);
    // With many patterns the theory of other gains is not known.
    let many = ["dynamics.binary.temperature=0.3", "dynamics.binary.gain=erf"];
    assert_eq!(mean(&many, "overlap"), None);
}

#[test]
fn diluted_networks_have_theirs_if_they_are_sparse_and_asymmetric() {
    let sparse = |more: &[&str]| {
        let sparse = ["projection.J.connect={ probability = 0.01 }", "patterns.N.random.number=3"];
        mean(&[&sparse, more].concat(), "overlap")
    };
    assert_eq!(sparse(&[]), diluted::overlap_at(3.0 / 10.0, 0.01));
    assert_eq!(sparse(&["projection.J.symmetric=true"]), None);
    assert_eq!(sparse(&["dynamics.binary.temperature=0.1"]), None);
    // A fixed number of senders has known fields, and a random one has not.
    let degree = ["projection.J.connect={ in_degree = 200 }"];
    assert_eq!(mean(&degree, "first_step"), Some(crosstalk::first_step_error(99.0 / 200.0, 1.0)));
    assert_eq!(mean(&["projection.J.connect={ probability = 0.2 }"], "first_step"), None);
}

#[test]
fn palimpsests_are_known_by_age() {
    let of = |more: &[&str]| {
        let rule = ["projection.J.learning={ palimpsest = { strength = 4.0 } }"];
        Theory::of(&model(&[&rule, &["patterns.N.random.number=400"][..], more].concat()))
    };
    let theory = of(&[]).unwrap();
    assert_eq!(theory.expects("overlap", None), None);
    assert_eq!(theory.expects("overlap", Some(20.0)), palimpsest::overlap(4.0, 0.02));
    assert_eq!(theory.expects("overlap", Some(60.0)), None, "it is forgotten");
    assert_eq!(theory.capacity(), Some(palimpsest::capacity(4.0)));
    // Its own decay counts, and not its strength.
    let decay = "projection.J.learning.palimpsest.decay=0.99";
    let strength = palimpsest::strength(1000.0, 0.99);
    let faster = of(&[decay]).unwrap().expects("overlap", Some(20.0));
    assert_eq!(faster, palimpsest::overlap(strength, 0.02));
    assert_eq!(of(&["patterns.N.random.number=50"]), None, "nothing has been forgotten yet");
    assert_eq!(of(&["projection.J.learning.palimpsest.bound=1.0"]), None);
}

#[test]
fn networks_of_low_activity_have_their_threshold() {
    let of = |more: &[&str]| {
        let low = [
            "patterns.N.random.coding_level=0.1",
            "projection.J.learning={ low_activity = { a = 0.1 } }",
            "dynamics.binary.states=zero_one",
            "dynamics.binary.threshold=0.5",
            "task.recall.flipped=0.0",
        ];
        Theory::of(&model(&[&low, more].concat()))
    };
    let (theory, state) = (of(&[]).unwrap(), low_activity::retrieval(0.1, 0.1, 0.5).unwrap());
    assert_eq!(theory.expects("overlap", None), Some(state.overlap));
    assert_eq!(theory.expects("activity", None), Some(state.activity));
    // A foreground neuron is missing with 1 - Phi(x_1), a background neuron there with Phi(x_0).
    let (m, s) = (state.overlap, state.activity);
    let wrong = (s - 0.1 * m, s + 0.9 * m);
    let errors = theory.expects("errors", None).unwrap();
    assert!((errors - 1000.0 * (0.9 * wrong.0 + 0.1 * (1.0 - wrong.1))).abs() < 1e-9);
    // Retrieval ends with a larger overlap than 0.7, and with a smaller one than 0.98.
    let (most, less) = (theory.capacity().unwrap(), theory.capacity_above(0.98).unwrap());
    assert_eq!(theory.capacity_above(0.7), Some(most));
    let m = |load| low_activity::retrieval(0.1, load, 0.5).unwrap().overlap;
    assert!(m(0.999 * less) > 0.98 && m(1.001 * less) < 0.98 && less < most);
    assert_eq!(theory.best_capacity(), low_activity::capacity(0.1).map(|s| s.load));
    for other in [
        "patterns.N.random.foreground=bernoulli",
        "projection.J.learning.low_activity.b=0.5",
        "projection.J.learning.low_activity.a=0.2",
        "dynamics.binary.states=plus_minus",
        "dynamics.binary.temperature=0.1",
        "task.recall.flipped=0.01",
    ] {
        assert_eq!(of(&[other]), None, "{other}");
    }
}

#[test]
fn no_theory_is_set_beside_what_it_does_not_describe() {
    for other in [
        "projection.J.autapses=true",
        "patterns.N.random.coding_level=0.3",
        "dynamics.binary.states=zero_one",
        "dynamics.binary.threshold=0.1",
        "projection.J.learning={ storkey = {} }",
        "task.recall.clamped=0..10",
    ] {
        assert_eq!(Theory::of(&model(&[other])), None, "{other}");
    }
    let anywhere = TEXT.replace("flipped = [0.0, 0.05]", "start = \"random\"");
    let anywhere = Document::new("small.toml".as_ref(), anywhere, &[]).unwrap().model().unwrap();
    assert_eq!(Theory::of(&anywhere), None);
    // Of these the fields are known, but not where the network goes.
    for other in [
        "dynamics.binary.update=synchronous",
        "task.recall.flipped=[0.0, 0.3]",
        "task.recall.sweeps=2",
    ] {
        assert_eq!(mean(&[other], "overlap"), None, "{other}");
        assert!(mean(&[other], "first_step").is_some(), "{other}");
    }
    for file in ["models/letters.toml", "models/memory-1000.toml", "models/cuba.toml"] {
        let model = Document::read(file.as_ref(), &[]).unwrap().model().unwrap();
        assert_eq!(Theory::of(&model), None, "{file}");
    }
}
