//! The page of a graded network computes what the library computes.

use crate::page::part;
use attractor::landscape::Memories;
use attractor::landscape::graded::{Graded, GradedSurvey, Sought};
use attractor::model::{Document, Model};
use attractor::random::Seed;
use attractor::simulation::Simulation;
use attractor::work::{Over, Threads};
use serde::Deserialize;
use std::fs;
use std::path::Path;
use std::process::Command;

/// What the driver prints as one line.
#[derive(Deserialize)]
struct Printed {
    /// From a start, at several times.
    way: Vec<Vec<f64>>,
    /// E there; null without an energy.
    energies: Vec<Option<f64>>,
    /// Activities at the ends of the epochs of the protocol.
    epochs: Vec<Vec<f64>>,
    /// Fixed points of one or two neurons.
    points: Vec<(Vec<f64>, String)>,
    /// Of two neurons: to which of the stable ones the flow leads, row by row; -1 to none.
    basins: Vec<i64>,
}

const DRIVER: &str = r#"
const net = Core.network(data);
const energy = (y) => (net.energy ? Core.energy(net, net.input, y) : null);
let run = Run.begin(net, start, 1e-11);
const way = times.map((t) => { Run.advance(run, t); return Array.from(run.flow.y); });
const energies = way.map((y) => energy(Float64Array.from(y)));
run = Run.begin(net, data.initial, 1e-11);
Run.play(run, data.epochs);
let end = 0;
const epochs = data.epochs.map((epoch) => { end += epoch.duration; Run.advance(run, end); return Array.from(Core.activity(net, run.flow.y)); });
const points = net.n > 2 ? [] : Plane.fixedPoints(net, net.input, data.ends).map((p) => [p.variable, p.kind]);
const stable = data.points.filter((p) => p.kind.startsWith("stable")).map((p) => p.variable);
const at = ([low, high], k) => low + ((k + 0.5) / side) * (high - low);
const basins = net.n !== 2 ? [] : Array.from({ length: side * side }, (_, k) =>
  Plane.leadsTo(net, net.input, stable, [at(data.ends[0], k % side), at(data.ends[1], Math.floor(k / side))]));
console.log(JSON.stringify({ way, energies, epochs, points, basins }));
"#;
/// Cells along an axis of the basins.
const SIDE: usize = 15;
/// Of the trajectory: in the longest of the time constants, and how many times.
const DURATION: f64 = 6.0;
const TIMES: usize = 13;

/// The model of neurons `N` with couplings, row i receives.
fn text(size: usize, couplings: &str, dynamics: &str, units: &str) -> String {
    format!(
        "title = 'Some <neurons>'\nsource = 's'\nshows = 'x'\n[population.N]\nsize = {size}\n\
         [projection.J]\nfrom = 'N'\nto = 'N'\nconnect = 'all_to_all'\nautapses = true\n\
         efficacy = {{ matrix = {couplings} }}\n[dynamics.rate]\n{dynamics}\n\
         [dynamics.rate.units.N]\n{units}\n\
         [[protocol]]\nname = 'push'\nduration = '12 ms'\n\
         show = [{{ population = 'N', neurons = '0..1', field = 0.7 }}]\n\
         [[protocol]]\nname = 'free'\nduration = '40 ms'\n[record]\ninterval = '2 ms'\n"
    )
}

/// The page that the command writes of a model, and the model.
fn page(directory: &Path, text: &str) -> (String, Model) {
    let (path, html) = (directory.join("model.toml"), directory.join("model.html"));
    fs::write(&path, text).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_attractor"));
    let output = command.args(["page", "--force", "-o"]).arg(&html).arg(&path).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let model = Document::read(&path, &[]).unwrap().model().unwrap();
    (fs::read_to_string(html).unwrap(), model)
}

/// What the page's own functions compute in node; `None` if there is none.
fn printed(directory: &Path, html: &str, start: &[f64], times: &[f64]) -> Option<Printed> {
    if Command::new("node").arg("--version").output().is_err() {
        println!("node is missing: the script of the page was not run");
        return None;
    }
    let (core, data) = (part(html, "<script id=\"core\""), part(html, "<script id=\"data\""));
    let given = format!("const start = {start:?}, times = {times:?}, side = {SIDE};");
    let path = directory.join("page.js");
    fs::write(&path, format!("{core}\nconst data = {data};\n{given}\n{DRIVER}")).unwrap();
    let output = Command::new("node").arg(&path).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

fn survey(network: &Graded) -> GradedSurvey {
    let memories = Memories { names: &[], patterns: &[], shape: None };
    let sought =
        Sought { starts: 200, seed: Seed(1), memories, neurons: &(0..0), over: &Over::default() };
    network.survey(&sought).unwrap()
}

/// The largest difference, relative to `b` where that is above 1.
fn apart(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| (a - b).abs() / (1.0 + b.abs())).fold(0.0, f64::max)
}

/// The activities at the ends of the epochs of the model's own run.
fn recorded(model: &Model) -> Vec<Vec<f64>> {
    let simulation = Simulation::new(model.clone(), Path::new("."), &Threads::new(1).unwrap());
    let recording = simulation.unwrap().record().unwrap();
    let seen = recording.activity("N").unwrap().unwrap();
    let mut end = 0.0;
    let at = |epoch: &attractor::protocol::Epoch| {
        end += epoch.duration.value();
        let k = seen.time.iter().position(|t| (t - end).abs() < 1e-9).unwrap();
        seen.values[k * seen.width..][..seen.width].to_vec()
    };
    model.protocol.iter().map(at).collect()
}

#[test]
fn the_script_of_the_page_follows_the_flow() {
    let two = "[[1.6, -0.3], [-0.2, 1.4]]";
    let three = "[[0.3, -1.1, 0.7], [0.9, 0.2, -0.4], [-0.6, 1.3, 0.1]]";
    let tanh =
        "tau = { uniform = ['5 ms', '15 ms'] }\ntransfer = { tanh = { gain = 1.4 } }\ninput = 0.1";
    let cases = [
        (2, "[[0.0, -2.0], [-2.0, 0.0]]", "", "tau = '10 ms'\ntransfer = 'saturating'"),
        (2, two, "", tanh),
        (2, two, "variable = 'potential'", tanh),
        (2, "[[1.5, -2.0], [2.0, 1.5]]", "", tanh),
        (3, three, "", tanh),
        (3, three, "variable = 'potential'", tanh),
        (
            3,
            three,
            "",
            "tau = '10 ms'\ntransfer = { threshold_linear = { threshold = 0.1 } }\ninput = 0.4",
        ),
        (
            3,
            three,
            "",
            "tau = '10 ms'\ntransfer = { logistic = { r_max = 3.0, beta = 2.0, h0 = 0.3 } }",
        ),
        (
            3,
            three,
            "",
            "tau = '10 ms'\ntransfer = { erf = { r_max = 3.0, h0 = 0.3, sigma = 0.5 } }",
        ),
        (1, "[[0.9]]", "", "tau = '10 ms'\ntransfer = 'linear'\ninput = 0.2"),
        (
            1,
            "[[2.0]]",
            "variable = 'potential'",
            "tau = '10 ms'\ntransfer = { step = { threshold = 0.2, low = -1.0 } }",
        ),
        (
            2,
            "[[0.35, -0.1], [0.2, 0.1]]",
            "",
            "tau = '10 ms'\ninput = 17.0\ntransfer = { lif = { tau_m = '20 ms', theta = '20 mV', v_reset = '10 mV', t_ref = '2 ms', sigma = '5 mV' } }",
        ),
    ];
    let directory = tempfile::tempdir().unwrap();
    for (n, couplings, dynamics, units) in cases {
        let what = format!("{couplings} {dynamics} {units}");
        let (html, model) = page(directory.path(), &text(n, couplings, dynamics, units));
        let (network, _) = model.graded_from(&model.draw_patterns()).unwrap();
        let field = network.field();
        let start: Vec<f64> = (0..n).map(|i| field.placed(i, [0.7, 0.45, 0.6][i])).collect();
        let longest = field.tau().iter().copied().fold(0.0, f64::max);
        let time = |k: usize| k as f64 / (TIMES - 1) as f64 * DURATION * longest;
        let times: Vec<f64> = (0..TIMES).map(time).collect();
        let Some(found) = printed(directory.path(), &html, &start, &times) else { return };
        for (y, known) in found.way.iter().zip(network.trajectory(&start, DURATION, TIMES)) {
            assert!(apart(y, &known) < 1e-7, "{what}: {y:?} instead of {known:?}");
        }
        for (y, energy) in found.way.iter().zip(&found.energies) {
            let known = field.energy(&field.activity(y));
            assert_eq!(energy.is_some(), known.is_some(), "{what}");
            let difference = energy.unwrap_or(0.0) - known.unwrap_or(0.0);
            assert!(difference.abs() < 1e-12, "{what}: {energy:?} instead of {known:?}");
        }
        for (r, known) in found.epochs.iter().zip(recorded(&model)) {
            assert!(apart(r, &known) < 1e-6, "{what}: {r:?} instead of {known:?}");
        }
        let survey = survey(&network);
        if n <= 2 {
            assert_eq!(found.points.len(), survey.fixed_points.len(), "{what}: {:?}", found.points);
        }
        for (y, kind) in &found.points {
            let is_it =
                |p: &&attractor::landscape::graded::GradedPoint| apart(y, &p.variable) < 1e-8;
            let known = survey.fixed_points.iter().find(is_it);
            assert_eq!(known.map(|p| p.kind.name()), Some(kind.as_str()), "{what}: {y:?}");
        }
        if n == 2 {
            let stable = survey.fixed_points.iter().filter(|p| p.kind.is_stable());
            let stable: Vec<&[f64]> = stable.map(|p| p.variable.as_slice()).collect();
            let map = network.basins(&stable, SIDE, [network.ends(0), network.ends(1)]).unwrap();
            let known: Vec<i64> = map.leads_to.iter().map(|k| k.map_or(-1, |k| k as i64)).collect();
            assert_eq!(found.basins, known, "{what}");
        }
    }
}

#[test]
fn the_page_of_letters_shows_them_and_needs_nothing_but_itself() {
    let directory = tempfile::tempdir().unwrap();
    let html = directory.path().join("letters.html");
    let mut command = Command::new(env!("CARGO_BIN_EXE_attractor"));
    let output =
        command.args(["page", "models/continuous-hopfield.toml", "-o"]).arg(&html).output();
    let output = output.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let html = fs::read_to_string(html).unwrap();
    for outside in ["http:", "https:", "src=", "href=", "@import", "url(", "fetch("] {
        assert!(!html.contains(outside), "{outside}");
    }
    let data: serde_json::Value = serde_json::from_str(part(&html, "<script id=\"data\"")).unwrap();
    assert_eq!((&data["columns"], &data["rows"]), (&5.into(), &5.into()));
    assert_eq!(data["memories"]["names"].as_array().unwrap().len(), 4);
    assert_eq!(data["energy"], true);
    // Every letter is stored: some stable point lies on it.
    for letter in data["memories"]["names"].as_array().unwrap() {
        let on = |p: &&serde_json::Value| {
            p["nearest"][0] == *letter && p["nearest"][1].as_f64().unwrap() > 0.99
        };
        let point = data["points"].as_array().unwrap().iter().find(on).unwrap();
        assert_eq!(point["kind"], "stable node", "{letter}");
    }
}
