//! Instructions and last-level misses per event, counted by callgrind, against a checked-in table: `cargo bench --bench
//! instructions`.
//!
//! A slow-down shows on any machine, however busy it is. Every case runs twice in a process of its own, once for longer; the
//! difference of the instructions divided by the difference of the events is the cost of an event. So it is with accesses that no
//! simulated cache holds: two levels, of which the last is about as large as a core has for itself. A count that differs from
//! benches/instructions.toml by more than its tolerance, up or down, is an error; what was counted is written to
//! benches/instructions.toml.new, and
//!
//! ```text
//! mv benches/instructions.toml.new benches/instructions.toml
//! ```
//!
//! accepts it. Needs valgrind (Debian: apt-get install valgrind); takes some minutes; `-- cuba` counts one case.

mod cases;

use attractor::model::Model;
use cases::{Run, courses, fed, model, solve, without_external};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::process::{Command, ExitCode};

const TABLE: &str = "benches/instructions.toml";

/// The caches that are simulated, of instructions, of data, and the last: bytes, ways, bytes of a line.
const CACHES: [&str; 3] = ["--I1=32768,8,64", "--D1=32768,8,64", "--LL=2097152,16,64"];

/// What is counted per event of every case, and how much it may differ.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Table {
    /// Relatively.
    tolerance: f64,
    /// Relatively, and by so many misses per event: some cases have next to none.
    misses_tolerance: [f64; 2],
    instructions: BTreeMap<String, f64>,
    misses: BTreeMap<String, f64>,
}

impl Table {
    fn empty() -> Self {
        let (instructions, misses) = (BTreeMap::new(), BTreeMap::new());
        Self { tolerance: 0.02, misses_tolerance: [0.05, 0.01], instructions, misses }
    }
}

/// A fixed network, or the slow path alone.
struct Case {
    name: &'static str,
    model: fn() -> Model,
    /// The two ends of the run, ms; for the slow path, numbers of neurons.
    ends: [f64; 2],
    /// The same network without external or without recurrent spikes.
    alone: Option<Alone>,
}

/// Tells recurrent from external events: in place of the one kind stands a constant current, so that the
/// network is much as it was where the other kind makes most of the noise.
struct Alone {
    model: fn() -> Model,
    ends: [f64; 2],
    kind: Kind,
}

/// The events that are left.
#[derive(Clone, Copy)]
enum Kind {
    Recurrent,
    External,
}

const CASES: [Case; 14] = [
    // Delta synapses of different efficacies, driven by external noise.
    Case {
        name: "lognormal-12000",
        model: || model("lognormal-12000", &[]),
        ends: [100.0, 200.0],
        alone: Some(Alone { model: lognormal_alone, ends: [100.0, 200.0], kind: Kind::External }),
    },
    // Delta synapses of one efficacy, with dense external input.
    Case {
        name: "brunel-2000",
        model: brunel,
        ends: [30.0, 90.0],
        alone: Some(Alone {
            model: || without_external(brunel()),
            ends: [30.0, 45.0],
            kind: Kind::Recurrent,
        }),
    },
    // Exponential synapses with counted efficacies: a memory that is held.
    Case {
        name: "memory-1000",
        model: || model("memory-1000", &[]),
        ends: [1250.0, 1450.0],
        alone: None,
    },
    // The same with two time constants in place of one.
    Case {
        name: "memory-1000-two-kernels",
        model: || {
            let two = "projection.E_to_E.tau_syn=[{ decay = \"100 ms\" }, { decay = \"99 ms\" }]";
            model("memory-1000", &[two.to_owned()])
        },
        ends: [1250.0, 1450.0],
        alone: None,
    },
    // The same with a rise time as near to the decay as can be.
    Case {
        name: "memory-1000-rise",
        model: || {
            let rise = "projection.E_to_E.tau_syn={ decay = \"100 ms\", rise = \"99 ms\" }";
            model("memory-1000", &[rise.to_owned()])
        },
        ends: [1250.0, 1450.0],
        alone: None,
    },
    // The same with adaptation and a moving threshold.
    Case {
        name: "memory-1000-adapting",
        model: || {
            let jump = |key, jump, tau| {
                format!("dynamics.spiking.E.{key}={{ jump = \"{jump} mV\", tau = \"{tau} ms\" }}")
            };
            let keys = [jump("adaptation", 0.2, 150), jump("moving_threshold", 0.5, 50)];
            model("memory-1000", &keys)
        },
        ends: [1250.0, 1450.0],
        alone: None,
    },
    // The same with escape noise in E.
    Case {
        name: "memory-1000-escape",
        model: || {
            let escape =
                "dynamics.spiking.E.escape.exponential={ rate = \"100 Hz\", width = \"1 mV\" }";
            model("memory-1000", &[escape.to_owned()])
        },
        ends: [1250.0, 1450.0],
        alone: None,
    },
    // The same spikes through as many synapses, which differ in what they are: one time constant, two, a rise time, and
    // connections and efficacies that depend on assemblies.
    Case { name: "fed", model: || fed(FED), ends: [100.0, 200.0], alone: None },
    Case {
        name: "fed-two-kernels",
        model: || fed(&FED.replace("\"5 ms\"", "[{ decay = \"5 ms\" }, { decay = \"4 ms\" }]")),
        ends: [100.0, 200.0],
        alone: None,
    },
    Case {
        name: "fed-rise",
        model: || fed(&FED.replace("\"5 ms\"", "{ decay = \"5 ms\", rise = \"4 ms\" }")),
        ends: [100.0, 200.0],
        alone: None,
    },
    Case {
        name: "fed-assemblies",
        model: || {
            fed(
                "connect = { assemblies = { p_in = 0.39, p_out = 0.19 } }, learning = { assemblies = { w_plus = 1.9, w_minus = 1.0 } }, \
                 scale = \"0.0919 mV\", tau_syn = \"5 ms\"",
            )
        },
        ends: [100.0, 200.0],
        alone: None,
    },
    // Few exponential synapses, and every neuron driven above threshold.
    Case { name: "cuba", model: || model("cuba", &[]), ends: [100.0, 300.0], alone: None },
    // The same with synapses that learn: most of all events meet one.
    Case {
        name: "cuba-learning",
        model: || {
            let rule = "projection.E_to_E.plasticity.pair={ potentiation = \"0.001 mV\", depression = \"0.001 mV\", \
                        tau_pre = \"20 ms\", tau_post = \"20 ms\", max = \"1 mV\" }";
            model("cuba", &[rule.to_owned()])
        },
        ends: [100.0, 300.0],
        alone: None,
    },
    Case { name: SLOW_PATH, model: brunel, ends: [2000.0, 12_000.0], alone: None },
];

/// One in five, with one time constant.
const FED: &str = "connect = { probability = 0.2 }, efficacy = \"0.1 mV\", tau_syn = \"5 ms\"";

const SLOW_PATH: &str = "slow path";

fn brunel() -> Model {
    model("brunel-2000", &[])
}

/// A quarter of the neurons of models/lognormal-12000.toml, at the rates at which they fire in the network.
fn lognormal_alone() -> Model {
    let size = |(population, n)| format!("population.{population}.size={n}");
    let mut settings: Vec<String> = [("E", 2000), ("I1", 500), ("I2", 500)].map(size).into();
    for from in ["E", "I1", "I2"] {
        let dense = |to| format!("projection.{from}_to_{to}.connect={{ probability = 0.4 }}");
        settings.extend(["E", "I1", "I2"].map(dense));
    }
    Run::new(model("lognormal-12000", &settings)).without_recurrence(&[3.0, 7.6, 7.6])
}

/// What a run has cost, or the stretch between the ends of two runs: instructions and last-level misses.
#[derive(Clone, Copy, Debug)]
struct Spent([f64; 2]);

impl Spent {
    fn of(self, what: impl Fn(f64) -> f64) -> Self {
        Self(self.0.map(what))
    }

    fn less(self, other: Self) -> Self {
        Self([self.0[0] - other.0[0], self.0[1] - other.0[1]])
    }
}

/// The cost and the events of a run, or of such a stretch.
#[derive(Clone, Copy, Debug)]
struct Count {
    spent: Spent,
    synaptic: f64,
    external: f64,
}

/// Runs a case, or that which stands beside it `alone`, to its end number `k`, and prints its events.
fn work(name: &str, alone: bool, k: usize) {
    let case = CASES.iter().find(|case| case.name == name).expect("a case of the list");
    if case.name == SLOW_PATH {
        let courses = courses(case.ends[k] as usize);
        let (sum, crossings) = solve(&courses);
        assert!(sum > 0.0 && crossings > 0);
        println!("{} 0", courses.len());
        return;
    }
    let (model, ends) = match &case.alone {
        Some(other) if alone => (other.model, other.ends),
        _ => (case.model, case.ends),
    };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let mut run = pool.install(|| Run::new(model()));
    let cost = pool.install(|| run.advance(ends[k]));
    // Where sources feed them, neurons do not fire, whatever their synapses are.
    assert!(!name.starts_with("fed") || run.take_spikes()[1] == 0);
    println!("{} {}", cost.synaptic, cost.external);
}

/// What a case does until its end number `k`.
fn count_to(case: &Case, alone: bool, k: usize) -> Result<Count, String> {
    let own = std::env::current_exe().map_err(|e| e.to_string())?;
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null", "--cache-sim=yes"])
        .args(CACHES)
        .arg(own)
        .args(["work", case.name, &alone.to_string(), &k.to_string()])
        .output()
        .map_err(|e| {
            format!(
                "valgrind cannot be run ({e}); install it, on Debian with apt-get install valgrind"
            )
        })?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (printed, log) = (text(&output.stdout), text(&output.stderr));
    let numbers = |text: &str| -> Vec<f64> {
        text.split_whitespace().filter_map(|word| word.parse().ok()).collect()
    };
    let collected = log.lines().find_map(|line| Some(numbers(line.split_once("Collected : ")?.1)));
    match (output.status.success(), collected.as_deref(), &numbers(&printed)[..]) {
        // Instructions, data read and written, misses of these in the first level, and in the last.
        (true, Some(&[instructions, _, _, _, _, _, i, r, w]), &[synaptic, external]) => {
            Ok(Count { spent: Spent([instructions, i + r + w]), synaptic, external })
        }
        _ => Err(format!("{} failed under valgrind: {log}", case.name)),
    }
}

/// What lies between the two ends of a case.
fn count(case: &Case, alone: bool) -> Result<Count, String> {
    let (short, long) = (count_to(case, alone, 0)?, count_to(case, alone, 1)?);
    Ok(Count {
        spent: long.spent.less(short.spent),
        synaptic: long.synaptic - short.synaptic,
        external: long.external - short.external,
    })
}

/// The cost of an event of a case: (what, how much).
fn entries(case: &Case) -> Result<Vec<(String, Spent)>, String> {
    let all = count(case, false)?;
    let each = all.spent.of(|spent| spent / all.synaptic);
    if case.name == SLOW_PATH {
        return Ok(vec![(format!("{SLOW_PATH}, per crossing looked for"), each)]);
    }
    let mut entries = vec![(format!("{}, all per recurrent event", case.name), each)];
    if let Some(other) = &case.alone {
        let alone = count(case, true)?;
        let (recurrent, external) = match other.kind {
            Kind::Recurrent => {
                let recurrent = alone.spent.of(|spent| spent / alone.synaptic);
                let others = all.spent.less(recurrent.of(|each| each * all.synaptic));
                (recurrent, others.of(|spent| spent / all.external))
            }
            Kind::External => {
                let external = alone.spent.of(|spent| spent / alone.external);
                let others = all.spent.less(external.of(|each| each * all.external));
                (others.of(|spent| spent / all.synaptic), external)
            }
        };
        entries.push((format!("{}, recurrent event", case.name), recurrent));
        entries.push((format!("{}, external event", case.name), external));
    }
    Ok(entries)
}

/// Prints what was counted beside what the table says, and keeps it; whether they agree.
fn agrees(
    what: &str,
    (each, counted): (f64, &str),
    known: &BTreeMap<String, f64>,
    [relative, absolute]: [f64; 2],
    found: &mut BTreeMap<String, f64>,
) -> bool {
    let each = (each * 1000.0).round() / 1000.0;
    let expected = known.get(what).copied();
    let off = expected.map(|expected| each - expected);
    let within = |off: f64| off.abs() <= relative * expected.unwrap_or_default() + absolute;
    let verdict = match (off, expected) {
        (Some(off), Some(expected)) => {
            let judged = match (within(off), off > 0.0) {
                (true, _) => "",
                (false, true) => ": SLOWER",
                (false, false) => ": faster",
            };
            match expected > 0.0 {
                true => format!("{:+.1} %{judged}", 100.0 * off / expected),
                false => format!("{off:+.3}{judged}"),
            }
        }
        _ => "not in the table".to_owned(),
    };
    let expected = expected.map_or("-".to_owned(), |e| format!("{e:.3}"));
    println!("{what:<48} {each:>10.3} {counted:<12} {expected:>14}  {verdict}");
    found.insert(what.to_owned(), each);
    off.is_some_and(within)
}

/// Counts every case, prints it beside the table, and says whether all agree.
fn compare(wanted: &[String]) -> Result<bool, String> {
    let table = std::fs::read_to_string(TABLE).ok();
    let parsed = table.as_deref().map(toml::from_str::<Table>).transpose();
    let known = parsed.map_err(|e| format!("{TABLE}: {e}"))?.unwrap_or_else(Table::empty);
    let mut found = known.clone();
    let mut good = true;
    println!("{:<48} {:>10} {:<12} {:>14}", "per event", "found", "", "in the table");
    let is_wanted = |case: &&Case| wanted.is_empty() || wanted.iter().any(|w| w == case.name);
    for case in CASES.iter().filter(is_wanted) {
        for (what, Spent([instructions, misses])) in entries(case)? {
            let each = (instructions, "instructions");
            let tolerance = [known.tolerance, 0.0];
            good &= agrees(&what, each, &known.instructions, tolerance, &mut found.instructions);
            let each = (misses, "misses");
            let tolerance = known.misses_tolerance;
            good &= agrees(&what, each, &known.misses, tolerance, &mut found.misses);
        }
    }
    if !good {
        let new = format!("{TABLE}.new");
        let text = toml::to_string(&found).map_err(|e| e.to_string())?;
        std::fs::write(&new, format!("# Instructions and last-level misses per event; written by `cargo bench --bench instructions`, which see.\n{text}"))
            .map_err(|e| format!("{new} cannot be written ({e})"))?;
        println!("\nfound something that {TABLE} does not say");
        println!("what was counted stands in {new}; if that is right, mv {new} {TABLE}");
    }
    Ok(good)
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    if let [first, name, alone, k] = &words[..]
        && first == "work"
    {
        work(name, alone == "true", k.parse().expect("0 or 1"));
        return ExitCode::SUCCESS;
    }
    match compare(&words) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}
