//! Fixed points against closed forms.

use super::relax::apart;
use super::*;
use crate::dynamics::rate::Rate;
use crate::landscape::Memories;
use crate::model::Document;
use crate::random::Seed;
use crate::work::Over;

/// The network of neurons `N` with couplings, row i receives, and these units.
fn network(couplings: &[&[f64]], dynamics: &str, units: &str) -> Graded {
    let n = couplings.len();
    let text = format!(
        "title = 't'\nsource = 's'\nshows = 'x'\n[population.N]\nsize = {n}\n\
         [projection.J]\nfrom = 'N'\nto = 'N'\nconnect = 'all_to_all'\nautapses = true\n\
         efficacy = {{ matrix = {couplings:?} }}\n\
         [dynamics.rate]\n{dynamics}\n[dynamics.rate.units.N]\n{units}\n\
         [[protocol]]\nname = 'rest'\nduration = '100 ms'\n"
    );
    let document = Document::new("test.toml".as_ref(), text, &[]).unwrap();
    let model = document.model().unwrap();
    let network = model.wire(&model.draw_patterns()).unwrap();
    let rate = Rate::new(network, model.dynamics.rate().unwrap(), Seed(1));
    Graded::new(rate.vector_field()).unwrap()
}

fn autapses(strengths: &[f64], units: &str) -> Graded {
    let n = strengths.len();
    let row = |i: usize| -> Vec<f64> {
        (0..n).map(|j| if i == j { strengths[i] } else { 0.0 }).collect()
    };
    let rows: Vec<Vec<f64>> = (0..n).map(row).collect();
    let rows: Vec<&[f64]> = rows.iter().map(Vec::as_slice).collect();
    network(&rows, "", units)
}

const SATURATING: &str = "tau = '10 ms'\ntransfer = 'saturating'";

fn survey(graded: &Graded, starts: usize) -> GradedSurvey {
    let memories = Memories { names: &[], patterns: &[], shape: None };
    let sought =
        Sought { starts, seed: Seed(3), memories, neurons: &(0..0), over: &Over::default() };
    graded.survey(&sought).unwrap()
}

fn activities(survey: &GradedSurvey, test: impl Fn(Kind) -> bool) -> Vec<Vec<f64>> {
    let some = survey.fixed_points.iter().filter(|point| test(point.kind));
    some.map(|point| point.activity.iter().map(|r| (r * 1e9).round() / 1e9 + 0.0).collect())
        .collect()
}

#[test]
fn the_derivative_is_that_of_the_flow() {
    use crate::ode::Flow;
    let couplings: [&[f64]; 3] = [&[0.3, -1.1, 0.7], &[0.9, 0.2, -0.4], &[-0.6, 1.3, 0.1]];
    for variable in ["rate", "potential"] {
        let units = "tau = { uniform = ['5 ms', '15 ms'] }\ntransfer = { tanh = { gain = 1.4 } }\ninput = 0.2";
        let graded = network(&couplings, &format!("variable = '{variable}'"), units);
        let y = [0.2, -0.3, 0.5];
        let found = graded.jacobian(&y);
        for j in 0..3 {
            let mut sides = [[0.0; 3]; 2];
            for (side, out) in [1e-6, -1e-6].into_iter().zip(&mut sides) {
                let mut moved = y;
                moved[j] += side;
                graded.field().derivative(&moved, &[], out);
            }
            for i in 0..3 {
                let numeric = (sides[0][i] - sides[1][i]) / 2e-6;
                assert!((found[(i, j)] - numeric).abs() < 1e-9, "{variable} {i} {j}");
            }
        }
    }
}

#[test]
fn eigenvalues_of_symmetric_couplings_are_those_of_the_derivative() {
    let couplings: [&[f64]; 3] = [&[0.3, -1.1, 0.7], &[-1.1, 0.2, 0.4], &[0.7, 0.4, 0.1]];
    for variable in ["rate", "potential"] {
        let units = "tau = { uniform = ['5 ms', '15 ms'] }\ntransfer = { tanh = { gain = 1.4 } }";
        let graded = network(&couplings, &format!("variable = '{variable}'"), units);
        for y in [[0.2, -0.3, 0.5], [0.0, 0.0, 0.0]] {
            let general = graded.jacobian(&y).complex_eigenvalues();
            let mut general: Vec<f64> = general.iter().map(|e| e.re).collect();
            general.sort_by(|a, b| b.total_cmp(a));
            for (found, known) in graded.eigenvalues(&y).iter().zip(general) {
                assert!((found[0] - known).abs() < 1e-14 && found[1] == 0.0, "{variable} {y:?}");
            }
        }
    }
}

#[test]
fn neurons_that_all_saturate_have_eigenvalues() {
    // Of 25 neurons without a slope every eigenvalue is -1/tau; a few slopes at the rounding hide that.
    let row =
        |i: usize| -> Vec<f64> { (0..25).map(|j| ((7 * i + 3 * j) % 11) as f64 - 5.0).collect() };
    let rows: Vec<Vec<f64>> = (0..25).map(row).collect();
    let rows: Vec<&[f64]> = rows.iter().map(Vec::as_slice).collect();
    let graded = network(&rows, "variable = 'potential'", "tau = '10 ms'\ntransfer = 'tanh'");
    let y: Vec<f64> = (0..25).map(|i| 17.0 + 0.5 * f64::from(i % 7)).collect();
    for [re, im] in graded.eigenvalues(&y) {
        assert!((re + 0.1).hypot(im) < 1e-8, "{re} {im}");
    }
}

#[test]
fn a_saturating_autapse_is_a_double_well() {
    let graded = autapses(&[2.0], SATURATING);
    let found = survey(&graded, 50);
    assert!(found.complete && found.restless == 0);
    assert_eq!(activities(&found, Kind::is_stable), [[-1.0], [1.0]]);
    assert_eq!(activities(&found, Kind::is_unstable), [[0.0]]);
    let eigenvalues: Vec<f64> = found.fixed_points.iter().map(|p| p.eigenvalues[0][0]).collect();
    // (lambda - 1) / tau in the middle, -1 / tau where the activity saturates.
    for (value, exact) in eigenvalues.iter().zip([-0.1, -0.1, 0.1]) {
        assert!((value - exact).abs() < 1e-15);
    }
    // E = -r^2 + r^2 / 2.
    let energies: Vec<f64> = found.fixed_points.iter().map(|p| p.energy.unwrap()).collect();
    assert_eq!(energies, [-0.5, -0.5, 0.0]);
    assert_eq!(found.fixed_points.iter().map(|p| p.reached).sum::<usize>(), 50);
}

#[test]
fn n_autapses_have_two_to_the_n_attractors() {
    for n in 1..=10 {
        let found = survey(&autapses(&vec![2.0; n], SATURATING), 20);
        assert!(found.complete);
        assert_eq!((found.stable, found.unstable), (1 << n, 3usize.pow(n as u32) - (1 << n)));
    }
}

#[test]
fn two_neurons_have_the_attractors_of_the_lecture() {
    let two = survey(&autapses(&[2.0, -2.0], SATURATING), 20);
    assert_eq!(activities(&two, Kind::is_stable), [[-1.0, 0.0], [1.0, 0.0]]);
    assert_eq!((two.stable, two.unstable), (2, 1));
    let four = survey(&autapses(&[2.0, 2.0], SATURATING), 20);
    assert_eq!((four.stable, activities(&four, |k| k == Kind::Saddle).len()), (4, 4));
    assert_eq!(activities(&four, |k| k == Kind::UnstableNode), [[0.0, 0.0]]);
    let wide = "tau = '10 ms'\ntransfer = { saturating = { low = -2.0, high = 2.0 } }";
    let moved = survey(&autapses(&[2.0, 2.0], wide), 20);
    assert!(activities(&moved, Kind::is_stable).iter().flatten().all(|r| r.abs() == 2.0));
    for (cross, kept) in [(1.5, [1.0, 1.0]), (-1.5, [1.0, -1.0])] {
        let coupled = network(&[&[2.0, cross], &[cross, 2.0]], "", SATURATING);
        let states = activities(&survey(&coupled, 20), Kind::is_stable);
        assert_eq!(states.len(), 2);
        assert!(states.contains(&kept.to_vec()), "{states:?}");
    }
}

#[test]
fn the_winner_takes_the_half_of_the_plane() {
    let graded = network(&[&[0.0, -2.0], &[-2.0, 0.0]], "", SATURATING);
    let modes = graded.modes().unwrap();
    assert!((modes[0].0 - 2.0).abs() < 1e-12 && (modes[1].0 + 2.0).abs() < 1e-12);
    for (_, vector) in &modes {
        assert!(vector.iter().all(|v| (v.abs() - 0.5_f64.sqrt()).abs() < 1e-12));
    }
    let found = survey(&graded, 20);
    assert_eq!(activities(&found, Kind::is_stable), [[-1.0, 1.0], [1.0, -1.0]]);
    let ends = [graded.ends(0), graded.ends(1)];
    let map = graded.basins(&[&[-1.0, 1.0], &[1.0, -1.0]], 40, ends).unwrap();
    for (cell, leads_to) in map.leads_to.iter().enumerate() {
        let [a, b] = map.start(cell);
        if cell % 40 != cell / 40 {
            assert_eq!(*leads_to, Some(usize::from(a > b)), "{a} {b}");
        }
    }
}

#[test]
fn turning_is_told_from_going_straight() {
    let kinds = |couplings: [&[f64]; 2], transfer: &str| {
        let units = format!("tau = '10 ms'\ntransfer = {transfer}");
        let found = survey(&network(&couplings, "", &units), 20);
        (found.fixed_points[0].kind, found.fixed_points[0].eigenvalues.clone(), found.restless)
    };
    let (kind, eigenvalues, _) = kinds([&[0.5, -2.0], &[2.0, 0.5]], "'tanh'");
    assert_eq!(kind, Kind::StableFocus);
    for (found, exact) in eigenvalues.iter().zip([[-0.05, 0.2], [-0.05, -0.2]]) {
        assert!((found[0] - exact[0]).abs() < 1e-12 && (found[1] - exact[1]).abs() < 1e-12);
    }
    // A limit cycle around a focus: nobody comes to rest.
    let (kind, _, restless) = kinds([&[1.5, -2.0], &[2.0, 1.5]], "'tanh'");
    assert_eq!((kind, restless), (Kind::UnstableFocus, 20));
}

#[test]
fn an_integrator_is_a_line_and_says_its_ends() {
    let found = survey(&autapses(&[1.0], SATURATING), 50);
    assert_eq!((found.stable, found.unstable, found.fixed_points.len()), (0, 0, 1));
    let line = &found.fixed_points[0];
    assert_eq!((line.kind, line.reached), (Kind::Marginal, 50));
    let mut ends = [line.activity[0], line.line_to.as_ref().unwrap()[0]];
    ends.sort_by(f64::total_cmp);
    assert!((ends[0] + 1.0).abs() < 1e-8 && (ends[1] - 1.0).abs() < 1e-8, "{ends:?}");
}

#[test]
fn curved_functions_are_solved_by_newton() {
    // r = tanh(2 r): by bisection in Python, r = 0.9575040240772687.
    let found = survey(&autapses(&[2.0, 2.0], "tau = '10 ms'\ntransfer = 'tanh'"), 50);
    assert!(!found.complete);
    assert_eq!((found.stable, found.unstable), (4, 5));
    for r in activities(&found, Kind::is_stable).iter().flatten() {
        assert!((r.abs() - 0.957_504_024_077_268_7).abs() < 1e-9);
    }
    // One of potentials has the same activities.
    let tanh = "tau = '10 ms'\ntransfer = 'tanh'";
    let other = network(&[&[2.0, 0.0], &[0.0, 2.0]], "variable = 'potential'", tanh);
    let other = survey(&other, 50);
    assert_eq!(activities(&other, Kind::is_stable), activities(&found, Kind::is_stable));
}

/// The autapse of strength `j` and input `h` with phi = tanh.
fn tanh(j: f64, h: f64) -> Graded {
    network(&[&[j]], "", &format!("tau = '10 ms'\ntransfer = 'tanh'\ninput = {h:?}"))
}

fn followed(family: &Family, starts: &[(f64, Vec<f64>)]) -> Followed {
    let memories = Memories { names: &[], patterns: &[], shape: None };
    let sought =
        Sought { starts: 0, seed: Seed(3), memories, neurons: &(0..0), over: &Over::default() };
    follow(family, starts, &sought)
}

#[test]
fn a_branch_is_followed_around_its_folds() {
    // r = tanh(2 r + h) turns where 2 (1 - r^2) = 1.
    let family = |u: f64| Some(tanh(2.0, 2.0 * u - 1.0));
    let start = family(0.0).unwrap().newton(&[-1.0]).unwrap();
    let Followed { branches, alone } = followed(&family, &[(0.0, start)]);
    assert!(branches.len() == 1 && alone.is_empty());
    let ends = [&branches[0].points[0], branches[0].points.last().unwrap()].map(|p| p.0);
    assert_eq!(ends, [0.0, 1.0]);
    let turns = &branches[0].turns;
    assert_eq!(turns.len(), 2);
    for ((turn, u, point), r) in turns.iter().zip([-0.5_f64.sqrt(), 0.5_f64.sqrt()]) {
        assert_eq!(*turn, Turn::Fold);
        let known = r.atanh() - 2.0 * r;
        assert!((2.0 * u - 1.0 - known).abs() < 1e-8, "{u} for {known}");
        assert!((point.activity[0] - r).abs() < 1e-4);
    }
    // Stable, unstable between the folds, stable.
    for (_, point) in &branches[0].points {
        let slope = 2.0 * (1.0 - point.activity[0] * point.activity[0]) - 1.0;
        assert!(point.kind.is_unstable() == (slope > 0.0) || slope.abs() < 1e-5);
        assert!((point.eigenvalues[0][0] - 0.1 * slope).abs() < 1e-11);
    }
}

#[test]
fn branches_cross_in_a_pitchfork() {
    // r = tanh(g r), g from 0.5 to 2: 0 always, and from g = 1 on two others.
    let family = |u: f64| Some(tanh(0.5 + 1.5 * u, 0.0));
    let last = family(1.0).unwrap();
    let starts = [vec![0.0], vec![1.0], vec![-1.0]].map(|y| (1.0, last.newton(&y).unwrap()));
    let Followed { branches, alone } = followed(&family, &starts);
    assert!(alone.is_empty());
    assert_eq!(branches.len(), 2, "both arms are one");
    for branch in &branches {
        assert_eq!(branch.turns.len(), 1);
        let (turn, u, point) = &branch.turns[0];
        assert_eq!(*turn, Turn::Crossing);
        assert!((0.5 + 1.5 * u - 1.0).abs() < 1e-8, "{u}");
        assert!(point.activity[0].abs() < 1e-3);
    }
}

#[test]
fn a_corner_at_which_a_branch_turns_back_is_a_fold() {
    // The flip-flop with an input h to the loser: (1, -1), then (1, h - 2), which ends at 1.5 in (2h/3, -h/3).
    let family = |u: f64| {
        let units = "tau = '10 ms'\ntransfer = 'saturating'\n";
        let text = format!(
            "title = 't'\nsource = 's'\nshows = 'x'\n[population.A]\nsize = 1\n[population.B]\nsize = 1\n\
             [projection.AB]\nfrom = 'A'\nto = 'B'\nconnect = 'all_to_all'\nefficacy = -2.0\n\
             [projection.BA]\nfrom = 'B'\nto = 'A'\nconnect = 'all_to_all'\nefficacy = -2.0\n\
             [dynamics.rate.units.A]\n{units}[dynamics.rate.units.B]\n{units}input = {:?}\n\
             [[protocol]]\nname = 'rest'\nduration = '100 ms'\n",
            3.0 * u
        );
        let model = Document::new("test.toml".as_ref(), text, &[]).unwrap().model().unwrap();
        Some(model.graded(&model.draw_patterns()).unwrap())
    };
    let Followed { branches, .. } = followed(&family, &[(0.0, vec![1.0, -1.0])]);
    let branch = &branches[0];
    assert_eq!(branch.turns.len(), 1);
    let (turn, u, point) = &branch.turns[0];
    assert_eq!(*turn, Turn::Fold);
    assert!((3.0 * u - 1.5).abs() < 1e-8, "{u}");
    assert!(apart(&point.activity, &[1.0, -0.5]) < 1e-8);
    let (u, end) = branch.points.last().unwrap();
    assert!(*u == 0.0 && end.kind == Kind::Saddle && apart(&end.activity, &[0.0, 0.0]) < 1e-9);
}

#[test]
fn a_corner_at_which_a_branch_only_bends_is_no_fold() {
    // The flip-flop with an input I to both: (1, I - 2) becomes (1, -1) at 1, and all three meet at +-3.
    let family = |u: f64| {
        let input = format!("tau = '10 ms'\ntransfer = 'saturating'\ninput = {:?}", 10.0 * u - 5.0);
        Some(network(&[&[0.0, -2.0], &[-2.0, 0.0]], "", &input))
    };
    let of = |u: f64, y: [f64; 2]| (u, y.to_vec());
    let (low, high) = ([-1.0, -1.0], [1.0, 1.0]);
    let starts = [
        of(0.0, low),
        of(0.5, [1.0, -1.0]),
        of(0.5, [0.0, 0.0]),
        of(0.5, [-1.0, 1.0]),
        of(1.0, high),
    ];
    let Followed { branches, .. } = followed(&family, &starts);
    assert_eq!(branches.len(), 3);
    let mut crossings = [0; 2];
    for (turn, u, point) in branches.iter().flat_map(|branch| &branch.turns) {
        let input = 10.0 * u - 5.0;
        assert_eq!(*turn, Turn::Crossing, "at {input} in {:?}", point.activity);
        assert!((input.abs() - 3.0).abs() < 1e-4, "{input}");
        crossings[usize::from(input > 0.0)] += 1;
    }
    assert!(crossings.iter().all(|number| *number > 0), "{crossings:?}");
}

#[test]
fn an_oscillation_begins_where_a_pair_of_eigenvalues_crosses() {
    // A = (g [[1, -2], [2, 1]] - 1)/tau at 0: a pair g (1 +- 2i) - 1.
    let family = |u: f64| {
        let g = 0.5 + u;
        Some(network(&[&[g, -2.0 * g], &[2.0 * g, g]], "", "tau = '10 ms'\ntransfer = 'tanh'"))
    };
    let Followed { branches, .. } = followed(&family, &[(0.0, vec![0.0, 0.0])]);
    let (turn, u, _) = &branches[0].turns[0];
    assert_eq!(*turn, Turn::Hopf);
    // Growth below 1e-6 of the largest eigenvalue is none.
    assert!((0.5 + u - 1.0).abs() < 1e-5, "{u}");
}
