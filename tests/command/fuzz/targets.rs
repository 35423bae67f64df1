//! What is done with an input of every kind: as much of it as a user could have done.

use attractor::cli::{Cli, Subject, told};
use attractor::model::{Document, Model};
use attractor::recording::{Provenance, Sink};
use attractor::report::{Summary, Verification};
use attractor::simulation::{Simulation, Wish};
use attractor::sweep::{Grid, Sweep};
use attractor::units::{Duration, Rate, Time, Voltage};
use attractor::work::{Over, Threads};
use clap::Parser;
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::str::FromStr;
use std::sync::LazyLock;

const RECALL: &str = include_str!("../../data/small-recall.toml");
const SPIKING: &str = include_str!("../../data/small-sweep.toml");
const RATE: &str = include_str!("../../../models/flip-flop.toml");
const TOUR: &str = include_str!("../../../models/salesman.toml");

/// Three neurons, whose synapses stand in a file.
const MATRIX: &str = r#"
title = "t"
source = "s"
shows = "w"
population.E.size = 3
dynamics.spiking.E = { tau_m = "20 ms", theta = "20 mV", v_reset = "10 mV", t_ref = "2 ms", current = "30 mV" }
projection.J = { from = "E", to = "E", connect = { file = "FILE" }, delay = "1 ms", tau_syn = "5 ms", dale = false }
protocol = [{ name = "p", duration = "50 ms" }]
"#;

/// What every HDF5 file begins with. The library that reads such files ends the process: they are read by another one.
const HDF5: &[u8] = b"\x89HDF\r\n\x1a\n";

/// Files of the inputs that are tried.
static FOLDER: LazyLock<tempfile::TempDir> = LazyLock::new(|| tempfile::tempdir().unwrap());

/// One for all.
static THREADS: LazyLock<Threads> = LazyLock::new(|| Threads::new(1).unwrap());

/// Writes an input where a model finds it.
fn written(name: &str, input: &[u8]) -> PathBuf {
    let path = FOLDER.path().join(name);
    std::fs::write(&path, input).unwrap();
    path
}

/// The text if it is one; files that are none are refused by who reads them.
fn text(input: &[u8]) -> String {
    String::from_utf8_lossy(input).into_owned()
}

/// A sentence can be printed; nothing else is asked of it.
fn refused<T, E: Display>(done: Result<T, E>) -> Option<T> {
    done.map_err(|e| e.to_string()).ok()
}

/// Does what may be told to end, and tells it after a moment.
fn for_a_moment<T>(does: impl FnOnce(&Over) -> T) -> T {
    let over = Over::default();
    std::thread::scope(|scope| {
        let stop = over.clone();
        let timer = scope.spawn(move || {
            std::thread::park_timeout(std::time::Duration::from_millis(100));
            stop.set();
        });
        let done = does(&over);
        timer.thread().unpark();
        done
    })
}

/// What a command makes of a model or a recording.
fn command(words: &str, subject: Subject) {
    let output = FOLDER.path().join("output");
    let words = words.split(' ').map(|word| match word {
        "OUT" => output.clone().into_os_string(),
        "OUT.html" => output.with_extension("html").into_os_string(),
        other => other.into(),
    });
    let words = std::iter::once("attractor".into()).chain(words).collect();
    for_a_moment(|over| refused(told(words, subject, over)));
}

/// Checks a model, lets another command have it and, if it is small, wires it, runs it for a moment, and verifies what was
/// recorded.
fn try_document(document: &Document) {
    let Some(model) = refused(document.model()) else { return };
    let again = Document::new(document.path(), model.to_toml(), &[]).and_then(|d| d.model());
    match again {
        // What is no number is not the same as itself.
        Ok(again) => {
            assert_eq!(again.to_toml(), model.to_toml(), "resolved again it is another model")
        }
        Err(e) => panic!("resolved it is refused: {e}"),
    }
    let of_models =
        ["check m", "theory m", "states m", "page m --force -o OUT.html", "sweep m --plan"];
    // They take longer than all the rest: one of them with some inputs.
    if let Some(words) = of_models.get(model.to_toml().len() % 80) {
        command(words, Subject::Model(document));
    }
    let neurons: usize = model.population.values().map(|p| p.size).sum();
    if neurons <= 2000 && model.memory(1) < 100e6 {
        run(model, document.folder());
    }
}

fn run(model: Model, folder: &Path) {
    let (model_resolved, version) = (model.to_toml(), env!("CARGO_PKG_VERSION").to_owned());
    let length = model_resolved.len();
    let seed = model.seed;
    let Some(mut simulation) = refused(Simulation::new(model, folder, &THREADS)) else { return };
    let duration = simulation.duration();
    let provenance =
        Provenance { model_resolved, version, seed, duration, ..Provenance::default() };
    let Some(mut recorder) = refused(simulation.recorder(Sink::Memory, &provenance)) else {
        return;
    };
    let recording = for_a_moment(|over| {
        simulation.heed(over);
        let wish = |_| if over.is_set() { Wish::Stop } else { Wish::Continue };
        refused(simulation.run(&mut recorder, wish))?;
        refused(refused(recorder.finish(provenance))?.publish())
    });
    let Some(recording) = recording else { return };
    Summary::of(&recording).unwrap();
    let verified = Verification::of(&recording).unwrap();
    assert_eq!(verified.differs(), None, "its recording does not hold");
    let of_recordings = ["report r --force -o OUT.html", "analyze r --force -o OUT"];
    if let Some(words) = of_recordings.get(length % 30) {
        command(words, Subject::Recording(&recording));
    }
}

/// A model file.
pub fn model(input: &[u8], path: &Path) {
    if let Some(document) = refused(Document::new(path, text(input), &[])) {
        try_document(&document);
    }
}

/// Changes of a model, one a line, as behind `--set`.
pub fn settings(input: &[u8], _: &Path) {
    let text = text(input);
    let settings: Vec<String> = text.lines().map(str::to_owned).collect();
    for (name, model) in [("recall", RECALL), ("spiking", SPIKING), ("rate", RATE)] {
        let path = FOLDER.path().join(name);
        if let Some(document) = refused(Document::new(&path, model.to_owned(), &settings)) {
            try_document(&document);
        }
    }
}

/// Axes of a sweep, one a line, as behind `--over`.
pub fn grid(input: &[u8], _: &Path) {
    let text = text(input);
    let over: Vec<String> = text.lines().map(str::to_owned).collect();
    let Some(grid) = refused(Grid::parse(&over, 1)) else { return };
    for axis in &grid.axes {
        axis.scale();
    }
    let (points, path) = (grid.points(), FOLDER.path().join("sweep.toml"));
    assert!(points > 0);
    for point in [0, points / 2, points - 1] {
        grid.settings(point);
    }
    if points <= 20 {
        for model in [RECALL, SPIKING] {
            let document = Document::new(&path, model.to_owned(), &[]).unwrap();
            refused(Sweep::plan(&document, &[], grid.clone(), |_, _| Ok(())));
        }
    }
}

/// A command line, one argument a line.
pub fn arguments(input: &[u8], _: &Path) {
    #[cfg(unix)]
    let argument = |line: &[u8]| std::os::unix::ffi::OsStringExt::from_vec(line.to_vec());
    #[cfg(not(unix))]
    let argument = |line: &[u8]| std::ffi::OsString::from(text(line));
    let lines = input.split(|byte| *byte == b'\n').map(argument);
    let name = std::ffi::OsString::from("attractor");
    refused(Cli::try_parse_from(std::iter::once(name).chain(lines)));
}

/// Quantities, one a line; what is printed reads back.
pub fn units(input: &[u8], _: &Path) {
    fn read<T: FromStr<Err: Display> + Display + PartialEq>(text: &str) {
        if let Some(quantity) = refused(text.parse::<T>()) {
            let again = quantity.to_string().parse::<T>();
            assert!(again.is_ok_and(|again| again == quantity), "{text} is {quantity}");
        }
    }
    for line in text(input).lines() {
        read::<Time>(line);
        read::<Voltage>(line);
        read::<Rate>(line);
        read::<Duration>(line);
    }
}

/// A network of two-state neurons with these patterns.
fn remembers(neurons: usize, patterns: &str) {
    let own = "[patterns.N.random]\nnumber = 5\ncoding_level = 0.5\nforeground = \"exact\"\n";
    assert!(RECALL.contains(own));
    let model = RECALL.replace(own, &format!("[patterns.N]\n{patterns}\n"));
    let model = model.replace("size = 100", &format!("size = {neurons}"));
    if let Some(document) = refused(Document::new(&FOLDER.path().join("model.toml"), model, &[])) {
        try_document(&document);
    }
}

/// A picture.
pub fn picture(input: &[u8], _: &Path) {
    written("picture", input);
    for neurons in [25, 2304] {
        remembers(neurons, "image = { files = [\"picture\"] }");
    }
}

/// A file of patterns.
pub fn patterns(input: &[u8], _: &Path) {
    if input.starts_with(HDF5) {
        return;
    }
    written("patterns", input);
    for neurons in [4, 6] {
        remembers(neurons, "file = { path = \"patterns\" }");
        remembers(neurons, "file = { path = \"patterns\", rows = \"neurons\" }");
    }
}

/// A matrix of synapses.
pub fn matrix(input: &[u8], _: &Path) {
    for name in ["matrix.mtx", "matrix.npy"] {
        written(name, input);
        for given in ["", ", efficacy = \"1 mV\""] {
            let model = MATRIX.replace("FILE", name).replace(", delay", &format!("{given}, delay"));
            let path = FOLDER.path().join("model.toml");
            if let Some(document) = refused(Document::new(&path, model, &[])) {
                try_document(&document);
            }
        }
    }
}

/// A text of cities.
pub fn cities(input: &[u8], _: &Path) {
    written("cities", input);
    let own = "cities = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]";
    assert!(TOUR.contains(own));
    let model = TOUR.replace(own, "cities = { file = \"cities\" }");
    if let Some(document) = refused(Document::new(&FOLDER.path().join("model.toml"), model, &[])) {
        try_document(&document);
    }
}

/// Words, one a line; the first line is their code, unless it is empty.
pub fn words(input: &[u8], _: &Path) {
    let text = text(input);
    let mut lines = text.lines();
    let code = lines.next().unwrap_or_default();
    let list: Vec<&str> = lines.collect();
    let known = if code.is_empty() { 27 } else { code.chars().count().max(2) };
    let bits = (usize::BITS - (known - 1).leading_zeros()) as usize;
    let neurons = list.first().map_or(1, |word| word.chars().count() * bits);
    let quoted = |text: &str| toml::Value::from(text).to_string();
    let list: Vec<String> = list.into_iter().map(quoted).collect();
    let code = if code.is_empty() { String::new() } else { format!(", code = {}", quoted(code)) };
    remembers(neurons, &format!("words = {{ list = [{}]{code} }}", list.join(", ")));
}

/// A spiking network that receives the spikes of a file.
fn receives(keys: &str) -> String {
    let drawn = "poisson = { rate = \"500 Hz\", efficacy = \"2 mV\", tau_syn = \"5 ms\" }";
    assert!(SPIKING.contains(drawn));
    let read = format!("input = {{ {keys}, efficacy = \"2 mV\", tau_syn = \"5 ms\" }}");
    SPIKING.replace(drawn, &read).replace("poisson = \"1 kHz\"", "current = \"5 mV\"")
}

/// Spikes as text.
pub fn spikes(input: &[u8], _: &Path) {
    if input.starts_with(HDF5) {
        return;
    }
    written("spikes", input);
    let path = FOLDER.path().join("model.toml");
    let document = Document::new(&path, receives("file = \"spikes\""), &[]).unwrap();
    try_document(&document);
}

/// An HDF5 file, in another process: as the spikes, synapses or patterns of a model, as a recording, as a table.
pub fn hdf5(input: &[u8], _: &Path) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("file.h5"), input).unwrap();
    let edges = SPIKING.replace("connect = { in_degree = 20 }", "connect = { file = \"file.h5\" }");
    let edges = edges.replace("learning = \"shared_patterns\"\nscale = \"0.3 mV\"\n", "");
    let own = "patterns.E.random = { number = 4, coding_level = 0.1 }";
    assert!(SPIKING.contains(own));
    let patterns = SPIKING.replace(own, "patterns.E.file = { path = \"file.h5:/xi\" }");
    for (name, model) in
        [("spikes", receives("file = \"file.h5\"")), ("edges", edges), ("patterns", patterns)]
    {
        std::fs::write(folder.path().join(format!("{name}.toml")), model).unwrap();
    }
    for arguments in [
        &["run", "spikes.toml", "--quiet", "--force", "-o", "out.h5"][..],
        &["check", "edges.toml"],
        &["check", "patterns.toml"],
        &["verify", "file.h5"],
        &["info", "file.h5"],
    ] {
        let done = limited(arguments, folder.path());
        let said = String::from_utf8_lossy(&done.stderr);
        let code = done.status.code();
        assert!(matches!(code, Some(0..=2)), "{arguments:?}: {}: {said}", done.status);
        assert!(code != Some(2) || said.lines().count() == 1, "{arguments:?}: {said}");
    }
}

/// The command, which ends where it takes more than 1 GiB, or 10 s of computing.
fn limited(arguments: &[&str], folder: &Path) -> std::process::Output {
    let (shell, binary) = ("ulimit -d 1048576 -t 10; exec \"$@\"", env!("CARGO_BIN_EXE_attractor"));
    let mut command = Command::new("bash");
    command.args(["-c", shell, "bash", binary]).args(arguments);
    command.current_dir(folder).output().unwrap()
}
