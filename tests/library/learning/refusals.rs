//! What cannot be learned is refused in one sentence.

use super::{Setup, given, random, rows, rule};
use attractor::learning::{Signs, Storage};
use attractor::synapse::Connect;

fn sentence(setup: &Setup, text: &str) -> String {
    setup.check(&rule(text)).unwrap_err().to_string()
}

#[test]
fn numbers_without_a_meaning_are_refused_at_their_key() {
    let setup = Setup::full(random(3, 10, 0.5));
    for (text, start) in [
        ("{ low_activity = { a = 1.5 } }", "learning.low_activity.a: found a = 1.5;"),
        ("{ low_activity = { a = 0.0 } }", "learning.low_activity.a: found a = 0 without a scale"),
        ("{ palimpsest = { strength = nan } }", "learning.palimpsest.strength: found"),
        (
            "{ palimpsest = { strength = 1.0, decay = 1.1 } }",
            "learning.palimpsest.decay: found a decay",
        ),
        ("{ palimpsest = { strength = 1.0, bound = 0.0 } }", "learning.palimpsest.bound: found"),
        ("{ gradient = { eta = 0.0, alpha = 0.1, loops = 1 } }", "learning.gradient.eta: found"),
        ("{ gradient = { eta = 0.1, alpha = -0.1, loops = 1 } }", "learning.gradient.alpha: found"),
        ("{ perceptron = { loops = 1, margin = -1.0 } }", "learning.perceptron.margin: found"),
        ("{ perceptron = { loops = 1, rate = 0.0 } }", "learning.perceptron.rate: found"),
        ("{ perceptron = { loops = 2000000 } }", "learning.perceptron.loops: found 2000000 loops"),
    ] {
        let found = sentence(&setup, text);
        assert!(found.starts_with(start), "{found}");
    }
}

#[test]
fn efficacies_without_a_meaning_are_refused_at_their_key() {
    let setup = Setup::full(rows(&[[1, -1]]));
    for (text, start) in [
        ("{ matrix = [[0.0, 1.0]] }", "matrix: found 1 rows;"),
        ("{ matrix = [[0.0], [1.0, 0.0]] }", "matrix: found 1 values in row 1;"),
        ("{ matrix = [[0.0, inf], [1.0, 0.0]] }", "matrix[0]: found inf;"),
        ("{ matrix = [[0.0, 1.0], [\"1 mV\", 0.0]] }", "matrix[1]: found 1 mV; between these"),
        ("{ matrix = [[0.0, 1.0], [1.0, 3.0]] }", "matrix: found 3 on the diagonal of row 2;"),
        ("{ gaussian = { sd = -1.0, symmetry = 0.0 } }", "gaussian.sd: found"),
        ("{ gaussian = { sd = 1.0, symmetry = 2.0 } }", "gaussian.symmetry: found a symmetry"),
        ("{ exponential = { mean = \"1 mV\" } }", "found efficacies that are drawn in mV;"),
        ("0", "found an efficacy of 0;"),
    ] {
        let found = given(&setup, text).unwrap_err().to_string();
        assert!(found.starts_with(start), "{found}");
    }
}

#[test]
fn too_many_and_dependent_patterns_are_refused_by_the_pseudo_inverse() {
    let text = "{ pseudo_inverse = {} }";
    let mut setup = Setup::full(random(11, 10, 0.5));
    assert!(sentence(&setup, text).contains("found 11 patterns of 10 neurons;"));
    setup.patterns = random(10, 10, 0.5);
    assert!(sentence(&setup, text).contains("store at most 9."));

    let learn = |patterns| {
        let setup = Setup::full(patterns);
        setup.check(&rule(text)).unwrap();
        rule(text).learn(&setup.pathway()).unwrap_err().to_string()
    };
    let twins = rows(&[[1, 1, 1, 1], [1, -1, 1, -1], [-1, 1, -1, 1]]);
    assert!(learn(twins).starts_with(
        "learning.pseudo_inverse: found that pattern 3 is pattern 2 or its inverse; the pseudo-inverse rule needs"
    ));
    // xi^4 = xi^1 + xi^2 + xi^3.
    let sum = rows(&[
        [1, 1, -1, 1, 1, -1],
        [1, -1, 1, 1, -1, 1],
        [-1, 1, 1, -1, 1, 1],
        [1, 1, 1, 1, 1, 1],
    ]);
    assert!(learn(sum).contains("pattern 4 is a linear combination of the patterns before it;"));
}

#[test]
fn rules_that_need_all_couplings_are_refused_on_other_graphs() {
    let sparse = Setup::new(random(3, 10, 0.5), Connect::Probability(0.5), false);
    let own = Setup::new(random(3, 10, 0.5), Connect::AllToAll, true);
    for name in
        ["storkey = {}", "pseudo_inverse = {}", "gradient = { eta = 0.1, alpha = 0.1, loops = 1 }"]
    {
        let text = format!("{{ {name} }}");
        assert!(sentence(&sparse, &text).starts_with("connect: found the rule `"), "{name}");
        if !name.starts_with("pseudo") {
            assert!(sentence(&own, &text).starts_with("autapses: found the rule `"), "{name}");
        }
    }
    assert!(sparse.check(&rule("{ perceptron = { loops = 1 } }")).is_ok());
}

#[test]
fn votes_symmetry_and_missing_patterns_are_checked() {
    let hebb = "{ hebb = {} }";
    let mut setup = Setup::full(random(3, 10, 0.5));
    let none = rule(hebb).check(&setup.pathway(), (Some(3), None));
    assert!(none.unwrap_err().to_string().contains("the receiving population has no patterns"));
    setup.storage = Storage::Votes;
    assert!(
        sentence(&setup, "{ storkey = {} }").starts_with("storage: found storage = \"votes\" for")
    );
    setup.wiring.connect = Connect::Probability(0.5);
    assert!(sentence(&setup, hebb).contains("for a diluted projection"));
    (setup.part, setup.wiring.connect) = (Signs::Positive, Connect::AllToAll);
    assert!(sentence(&setup, hebb).contains("storage = \"votes\" for one sign of the rule"));
    (setup.storage, setup.part) = (Storage::Matrix, Signs::Both);
    setup.wiring.connect = Connect::InDegree(3);
    let directed = setup.wiring.check_symmetric(true).unwrap_err().to_string();
    assert!(directed.starts_with("symmetric: found symmetric = true with a fixed"), "{directed}");
    let unknown = toml::from_str::<toml::Table>("x = { hebb = { scal = 1.0 } }").unwrap();
    let unknown: Result<attractor::learning::Learning, _> = unknown["x"].clone().try_into();
    assert!(unknown.unwrap_err().to_string().contains("unknown field `scal`"));
}

#[test]
fn senders_without_patterns_are_background_or_refused() {
    let setup = Setup::full(random(3, 10, 0.5));
    let check = |text: &str| rule(text).check(&setup.pathway(), (None, Some(3)));
    assert!(
        check("{ low_activity = { a = 0.1 } }").is_ok() && check("{ membership = {} }").is_ok()
    );
    let refused = check("{ shared_patterns = {} }").unwrap_err().to_string();
    assert!(refused.contains("the sending population has no patterns"), "{refused}");
}

#[test]
fn only_sums_over_patterns_have_another_scale_or_one_sign() {
    let mut setup = Setup::full(random(3, 10, 0.5));
    setup.part = Signs::Negative;
    assert!(
        sentence(&setup, "{ storkey = {} }")
            .starts_with("part: found the rule `storkey` beside a part")
    );
    setup.scale = Some(2.0);
    let palimpsest = "{ palimpsest = { strength = 1.0 } }";
    assert!(
        sentence(&setup, palimpsest)
            .starts_with("scale: found the rule `palimpsest` beside a scale")
    );
    assert!(setup.check(&rule("{ sequence = {} }")).is_ok());
}

#[test]
fn a_learning_rate_that_is_too_large_is_said_so() {
    let setup = Setup::full(random(3, 10, 0.5));
    let rule = rule("{ gradient = { eta = 1e6, alpha = 1.0, loops = 1000 } }");
    setup.check(&rule).unwrap();
    let message = rule.learn(&setup.pathway()).unwrap_err().to_string();
    assert!(message.starts_with("learning.gradient.eta: the couplings grew"), "{message}");
}
