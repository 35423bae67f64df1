//! Whatever stands in a file or an argument, it is understood or refused: no panic, no abort, no hang, no memory without end.
//!
//! Every target has inputs in tests/fuzz/corpus/TARGET, each of which is tried as it is, and then changed. `cargo test` tries
//! a fixed number of changes, always the same ones; `scripts/long-test fuzz` goes on for an hour a target
//! (`FUZZ_MINUTES`), from another seed each time, which it tells (`FUZZ_SEED`), and collects what it finds in
//! target/fuzz/TARGET. A finding, once mended, belongs into the corpus.
//!
//! The driver is a program of the stable compiler, and the inputs are changed as what they are (keys, sections, numbers,
//! lines); neither fuzzers that follow the coverage, which want another compiler, nor proptest, which begins with nothing,
//! offer that.

mod mutate;
mod targets;

use mutate::{Dice, mutate};
use std::collections::BTreeMap;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

/// Most computing that one input may take; other processes have limits of their own. On a busy machine it may last longer.
const SECONDS: f64 = 10.0;
/// Most memory that this program may take beyond what it had, KiB.
const MEMORY: u64 = 1 << 20;
/// Changed inputs that `cargo test` tries.
const CASES: usize = 300;
/// Different findings after which a target ends.
const ENOUGH: usize = 20;

/// What is tried with an input, which came from this file of the corpus or was made of it.
type Target = fn(&[u8], &Path);

/// The input that is being tried, since when, and what had been computed then.
type Trying = Arc<Mutex<Option<(Vec<u8>, Instant, f64)>>>;

/// Ends the program where an input takes too long or too much memory; the input is kept.
fn watch(name: &'static str, trying: &Trying) {
    let (trying, before) = (Arc::downgrade(trying), memory());
    std::thread::spawn(move || {
        while let Some(trying) = trying.upgrade() {
            let now = trying.lock().unwrap_or_else(PoisonError::into_inner).clone();
            if let Some((input, since, spent)) = now {
                let seconds = since.elapsed().as_secs_f64();
                let computed = computed() - spent;
                let much = memory().saturating_sub(before);
                let long = (seconds > SECONDS && computed > SECONDS) || seconds > 60.0 * SECONDS;
                if long || much > MEMORY {
                    let path = keep(name, "slow", &input);
                    let file = path.display();
                    eprintln!(
                        "{file}: {seconds:.1} s, {computed:.1} of computing, {} MiB",
                        much >> 10
                    );
                    std::process::abort();
                }
            }
            drop(trying);
            std::thread::sleep(Duration::from_millis(100));
        }
    });
}

/// Memory of this process in KiB, where the machine tells.
fn memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

/// What this process has computed, in seconds; where the machine does not tell, as if it always did.
fn computed() -> f64 {
    static BEGIN: LazyLock<Instant> = LazyLock::new(Instant::now);
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace().skip(11);
    let ticks: Vec<f64> = fields.take(2).filter_map(|field| field.parse().ok()).collect();
    if ticks.is_empty() { BEGIN.elapsed().as_secs_f64() } else { ticks.iter().sum::<f64>() / 100.0 }
}

/// Writes an input that is a finding.
fn keep(name: &str, what: &str, input: &[u8]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("fuzz").join(name);
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join(what);
    fs::write(&path, input).unwrap();
    path
}

/// The inputs of a target: its own, and those among other files that end in this way.
fn corpus(name: &str, more: &[(&str, &str)]) -> Vec<(PathBuf, Vec<u8>)> {
    let own = format!("tests/fuzz/corpus/{name}");
    let mut files = Vec::new();
    for (folder, end) in [(own.as_str(), "")].iter().chain(more) {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let named = |path: &PathBuf| path.is_file() && path.to_string_lossy().ends_with(end);
        files.extend(entries.filter(named));
    }
    files.sort();
    files.into_iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

fn number(variable: &str) -> Option<f64> {
    std::env::var(variable).ok()?.parse().ok()
}

/// Tries a target with its corpus, then with changes of it; every `share`-th as many as others.
fn fuzz(name: &'static str, target: Target, more: &[(&str, &str)], share: usize) {
    let corpus = corpus(name, more);
    let minutes = number("FUZZ_MINUTES");
    let seed = match (number("FUZZ_SEED"), minutes) {
        (Some(seed), _) => seed as u64,
        (None, Some(_)) => {
            SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs()
        }
        (None, None) => 1,
    };
    let (begin, trying, mut dice) = (Instant::now(), Trying::default(), Dice(seed));
    watch(name, &trying);
    let (mut tried, mut findings) = (0_usize, BTreeMap::new());
    let mut attempt = |path: &Path, input: &[u8]| {
        *trying.lock().unwrap() = Some((input.to_vec(), Instant::now(), computed()));
        let done = catch_unwind(AssertUnwindSafe(|| target(input, path)));
        *trying.lock().unwrap() = None;
        tried += 1;
        if let Err(panic) = done {
            let said = panic.downcast_ref::<String>().map(String::as_str);
            let said = said.or(panic.downcast_ref::<&str>().copied()).unwrap_or("a panic");
            // What differs in numbers alone is one finding.
            let kind: String = said.chars().filter(|c| !c.is_ascii_digit()).take(60).collect();
            let found = findings.len();
            findings.entry(kind).or_insert_with(|| {
                let kept = keep(name, &format!("panic-{found}"), input);
                println!("{}, of {}: {said}", kept.display(), path.display());
            });
        }
        (tried, findings.len())
    };
    for (path, input) in &corpus {
        attempt(path, input);
    }
    loop {
        let (path, input) = &corpus[dice.below(corpus.len())];
        let other = &corpus[dice.below(corpus.len())].1;
        let (tried, found) = attempt(path, &mutate(&mut dice, input, other));
        let over = match minutes {
            Some(minutes) => begin.elapsed().as_secs_f64() > 60.0 * minutes,
            None => tried >= corpus.len() + CASES / share,
        };
        if over || found >= ENOUGH {
            break;
        }
    }
    let seconds = begin.elapsed().as_secs_f64();
    println!(
        "{name}: {tried} inputs from seed {seed} in {seconds:.1} s, {} findings",
        findings.len()
    );
    assert!(findings.is_empty(), "{name}: {findings:?}");
}

#[test]
fn arguments() {
    fuzz("arguments", targets::arguments, &[], 1);
}

#[test]
fn cities() {
    fuzz("cities", targets::cities, &[], 3);
}

#[test]
fn grids() {
    fuzz("grids", targets::grid, &[], 1);
}

#[test]
fn hdf5() {
    fuzz("hdf5", targets::hdf5, &[], 15);
}

#[test]
fn matrices() {
    fuzz("matrices", targets::matrix, &[("tests/data/matrices", "")], 1);
}

#[test]
fn models() {
    fuzz("models", targets::model, &[("tests/bad", ".toml"), ("tests/data", ".toml")], 1);
}

#[test]
fn patterns() {
    fuzz("patterns", targets::patterns, &[("tests/data/patterns", "")], 1);
}

#[test]
fn pictures() {
    fuzz("pictures", targets::picture, &[("models/pictures", ".png")], 1);
}

#[test]
fn settings() {
    fuzz("settings", targets::settings, &[], 1);
}

#[test]
fn spikes() {
    fuzz("spikes", targets::spikes, &[], 1);
}

#[test]
fn units() {
    fuzz("units", targets::units, &[], 1);
}

#[test]
fn words() {
    fuzz("words", targets::words, &[], 1);
}
