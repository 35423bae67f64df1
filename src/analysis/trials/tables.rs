//! All analyses of spike trains over the trials of a recording, as tables.

use super::activity::{Activity, NeuronActivity};
use super::correlation::{Correlations, chosen};
use super::group::{Conditions, Group};
use super::histogram::{Histogram, Spread, histogram_table};
use super::psth::{Alignment, Averaged, Bins, Psth};
use super::selectivity::{Selectivity, Tuning};
use super::variability::Variability;
use super::{Measured, Wanted, common_delay};
use crate::analysis::decision::Decisions;
use crate::error::{Error, Place, Result};
use crate::pattern::Patterns;
use crate::random::Seed;
use crate::recording::Recording;
use crate::table::Table;
use crate::task::Trial;

/// How trials are analysed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// Bins of rates around events, ms.
    pub bin: f64,
    /// Delay activity begins this long after the onset of the delay, ms; left out, after 300 ms, or half the delay if
    /// that is shorter: what the sample leaves has then decayed.
    pub after: Option<f64>,
    /// Correlations are those of at most so many neurons of a group, drawn from the model's seed.
    pub most: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { bin: 50.0, after: None, most: 200 }
    }
}

/// Delay activity begins this long after the onset of the delay where nothing else is said, ms.
const SETTLING: f64 = 300.0;

/// The activity of the population that holds the patterns, over the trials of a recording.
///
/// Delay activity is that of trials whose sample was held at the end of the delay.
#[derive(Clone, Debug)]
pub struct Activities {
    /// Activity of every group, and of every neuron.
    pub measured: Measured,
    /// Of delay activity for samples.
    pub selectivity: Selectivity,
    /// Of the whole population, and of the foreground of every sample.
    pub correlations: Vec<Correlations>,
    /// Trials whose sample was held.
    pub conditions: Conditions,
    /// The part of the delay that is looked at, ms after its onset.
    pub delay: (f64, f64),
}

impl Activities {
    /// Measures what `decisions` were made on; `None` without trials.
    ///
    /// # Errors
    /// If a bin is not positive, or delay activity begins after the delay.
    pub fn of(
        recording: &Recording,
        decisions: &Decisions,
        options: Options,
    ) -> Result<Option<Self>> {
        let Decisions { population, trials, observed, .. } = decisions;
        let (Some(first), Some(patterns)) = (trials.first(), recording.patterns(population)?)
        else {
            return Ok(None);
        };
        let held: Vec<bool> =
            observed.iter().zip(trials).map(|(o, t)| o.holds == Some(t.sample)).collect();
        let conditions = Conditions::new(trials, Some(&held));
        let alike = Conditions::alike(trials, Some(&held));
        let delay = common_delay(trials);
        let after = options.after.unwrap_or(SETTLING.min(0.5 * delay));
        // Whether the sample was held does not matter to what varies before and during it.
        let shown = Conditions::alike(trials, None);
        let wanted = Wanted {
            alignments: alignments(trials, options.bin)?,
            averaged: averaged(&patterns, trials),
            after,
            groups: vec![
                Group::foreground(&patterns, &alike),
                Group::background(&patterns, &alike),
            ],
            varying: vec![
                Group::foreground(&patterns, &shown),
                Group::background(&patterns, &shown),
            ],
            steps: steps(trials, options.bin),
        };
        let measured = Measured::of(recording, population, trials, &wanted)?;
        if measured.psths.iter().all(|psth| psth.bins.number == 0) {
            return Err(Error::input(
                format!("found bins of {} ms, of which none fits into a trial", options.bin),
                "rates around sample, delay and test are laid in whole bins",
                "make the bins shorter, for example \"50 ms\"",
            )
            .placed(Place::Argument("--bin".to_owned())));
        }
        let selectivity = Selectivity::of(&measured.delay, measured.fixation.as_ref(), &conditions);
        let seed = Seed(first.seed);
        let correlations =
            correlations(&measured, &patterns, [&alike, &conditions], options.most, seed);
        let delay = (after, delay);
        Ok(Some(Self { measured, selectivity, correlations, conditions, delay }))
    }

    /// The tables: (name, table).
    ///
    /// Rates around events (`psth`) are those of all trials, everything else of those whose sample was held at the end
    /// of the delay. Groups are the `foreground` of the sample of the trial and its `background`; `pattern MU` is the
    /// foreground of one pattern, in trials with this sample (`preferred`) and with the `other` ones; `all` is the
    /// population, `active` that part of it which fires at 1 Hz or more in the delay. Trials that differ in how strongly
    /// sample or distractors were shown are kept apart where variability is measured.
    ///
    /// - `psth`: [`Psth::table`], for fixation and sample, delay, and test with what follows it
    /// - `variability`: [`Variability::table`], of all trials, in windows of two bins from fixation to the test
    /// - `neurons`: [`Selectivity::table`]
    /// - `delay`: [`Activity::table`]
    /// - `rates`, `cv`, `cv2`, `fano`, `isi`, `noise_correlation`, `signal_correlation`: distributions over neurons,
    ///   intervals or pairs of neurons ([`histogram_table`])
    /// - `correlation_neurons`: `group`, `neuron`: whose correlations
    /// - `statistics`: `quantity`, `group`, `values`, `left_out` (that have no value), `mean`, `sem`,
    ///   `lower_quartile`, `median`, `upper_quartile`; and the same in every row, `trials` and the part of the delay,
    ///   `delay_from_ms` to `delay_to_ms` after its onset
    pub fn tables(&self) -> Vec<(String, Table)> {
        let Self { measured, selectivity, correlations, conditions, delay } = self;
        let statistics = statistics(&measured.activities, selectivity, correlations);
        let mut tables = vec![
            ("psth", Psth::table(&measured.psths)),
            ("variability", Variability::table(&measured.variability)),
            ("neurons", selectivity.table()),
            ("delay", Activity::table(&measured.activities)),
            ("correlation_neurons", chosen_table(correlations)),
            ("statistics", statistics.rows(conditions.trials(), *delay)),
        ];
        tables.extend(distributions(&measured.activities, correlations));
        tables.into_iter().map(|(name, table)| (name.to_owned(), table)).collect()
    }
}

/// Fixation and sample, delay, and what follows, as far as all trials have them; a stretch without a whole bin is left
/// out.
fn alignments(trials: &[Trial], bin: f64) -> Result<Vec<(Alignment, Bins)>> {
    let shortest =
        |length: fn(&Trial) -> f64| trials.iter().map(length).fold(f64::INFINITY, f64::min);
    // A bin longer than the trial is one, although none fits; anything else that is none is refused.
    Bins::new(0.0, shortest(|t| t.end - t.start).max(bin), bin)?;
    let stretches = [
        (
            Alignment::Sample,
            shortest(|t| t.sample_onset - t.start),
            shortest(|t| t.delay_onset - t.sample_onset),
        ),
        (Alignment::Delay, 0.0, shortest(|t| t.test_onset - t.delay_onset)),
        (Alignment::Test, 0.0, shortest(|t| t.end - t.test_onset)),
    ];
    let bins = |(alignment, before, after): (Alignment, f64, f64)| {
        // Bins have an edge at the event.
        let before = (before / bin + 1e-6).floor() * bin;
        Some((alignment, Bins::new(-before, after, bin).ok()?))
    };
    Ok(stretches.into_iter().filter_map(bins).collect())
}

/// Steps from the fixation to the test of the shortest trial, with an edge at the onset of the sample; none if none fits.
fn steps(trials: &[Trial], step: f64) -> Option<Bins> {
    let shortest =
        |length: fn(&Trial) -> f64| trials.iter().map(length).fold(f64::INFINITY, f64::min);
    let before = (shortest(|t| t.sample_onset - t.start) / step + 1e-6).floor() * step;
    Bins::new(-before, shortest(|t| t.test_onset - t.sample_onset), step).ok()
}

/// Foreground and background of the sample, and the foreground of every sample with its own and with other samples.
pub(super) fn averaged(patterns: &Patterns, trials: &[Trial]) -> Vec<Averaged> {
    let all = Conditions::new(trials, None);
    let plain = |group| Averaged { group, condition: String::new() };
    let mut averaged =
        vec![plain(Group::foreground(patterns, &all)), plain(Group::background(patterns, &all))];
    for &mu in &all.samples {
        for (condition, own) in [("preferred", true), ("other", false)] {
            let counts: Vec<bool> = trials.iter().map(|t| (t.sample == mu) == own).collect();
            let group = Group::fixed(pattern(mu), patterns.foreground(mu).to_vec(), &counts);
            averaged.push(Averaged { group, condition: condition.to_owned() });
        }
    }
    averaged
}

fn pattern(mu: usize) -> String {
    format!("pattern {}", mu + 1)
}

/// Of the whole population, and of the foreground of every sample (noise: in trials with this sample); conditions are
/// those of noise and of signal.
fn correlations(
    measured: &Measured,
    patterns: &Patterns,
    [alike, conditions]: [&Conditions; 2],
    most: usize,
    seed: Seed,
) -> Vec<Correlations> {
    let all: Vec<u32> = (0..patterns.neurons() as u32).collect();
    let foreground = |&mu: &usize| (pattern(mu), patterns.foreground(mu), alike.only(mu));
    let groups = [("all".to_owned(), &all[..], alike.clone())];
    let groups = groups.into_iter().chain(conditions.samples.iter().map(foreground));
    let of = |(name, neurons, noise): (String, &[u32], Conditions)| {
        let mut stream = seed.stream(&format!("analysis/correlation/{name}"), 0);
        let neurons = chosen(neurons, most, &mut stream);
        Correlations::of(name, &neurons, &measured.delay, &noise, conditions)
    };
    groups.map(of).collect()
}

fn chosen_table(correlations: &[Correlations]) -> Table {
    let rows = || correlations.iter().flat_map(|c| c.neurons.iter().map(move |i| (&c.group, *i)));
    Table::default()
        .text("group", rows().map(|(group, _)| group.clone()).collect())
        .whole("neuron", rows().map(|(_, i)| u64::from(i)).collect())
}

/// A value of a neuron, its name, and the bins of its distribution.
type Quantity = (&'static str, &'static str, fn(&NeuronActivity) -> f64, fn() -> Histogram);

/// Name of the table, unit, value and bins.
const QUANTITIES: [Quantity; 4] = [
    ("rates", "_hz", |n| n.rate, || Histogram::logarithmic(0.1, 10, 4)),
    ("cv", "", |n| n.cv, || Histogram::linear(0.0, 0.0, 0.1, 30)),
    ("cv2", "", |n| n.cv2, || Histogram::linear(0.0, 0.0, 0.05, 40)),
    ("fano", "", |n| n.fano, || Histogram::linear(0.0, 0.0, 0.1, 50)),
];

fn distributions(
    activities: &[Activity],
    correlations: &[Correlations],
) -> Vec<(&'static str, Table)> {
    let mut tables = Vec::new();
    for (name, unit, value, bins) in QUANTITIES {
        let of = |a: &Activity| (a.group.clone(), bins().of(a.neurons.iter().map(value)));
        let groups: Vec<(String, Histogram)> = activities.iter().map(of).collect();
        tables.push((name, histogram_table("neurons", unit, &groups)));
    }
    let isi: Vec<(String, Histogram)> =
        activities.iter().map(|a| (a.group.clone(), a.isi.clone())).collect();
    tables.push(("isi", histogram_table("intervals", "_ms", &isi)));
    type Values = fn(&Correlations) -> &[f64];
    let kinds: [(&str, Values); 2] =
        [("noise_correlation", |c| &c.noise), ("signal_correlation", |c| &c.signal)];
    for (name, values) in kinds {
        let of = |c: &Correlations| (c.group.clone(), Correlations::histogram(values(c)));
        let groups: Vec<(String, Histogram)> = correlations.iter().map(of).collect();
        tables.push((name, histogram_table("pairs", "", &groups)));
    }
    tables
}

/// Of neurons below this delay rate (Hz) selectivity tells little.
const ACTIVE: f64 = 1.0;

/// Quantity, group and what its values amount to.
#[derive(Default)]
struct Statistics(Vec<(String, String, Spread)>);

fn statistics(
    activities: &[Activity],
    selectivity: &Selectivity,
    correlations: &[Correlations],
) -> Statistics {
    let mut found = Statistics::default();
    let mut add = |quantity: &str, group: &str, spread: Spread| {
        found.0.push((quantity.to_owned(), group.to_owned(), spread));
    };
    for activity in activities {
        for (name, unit, value, _) in QUANTITIES {
            let values = activity.neurons.iter().map(value);
            add(&format!("{name}{unit}"), &activity.group, Spread::of(values));
        }
    }
    let tuning = |value: fn(&Tuning) -> f64| Spread::of(selectivity.neurons.iter().map(value));
    add("depth", "all", tuning(|t| t.depth));
    add("index", "all", tuning(|t| t.index));
    let active = selectivity.neurons.iter().filter(|t| t.delay >= ACTIVE);
    add("depth", "active", Spread::of(active.clone().map(|t| t.depth)));
    add("index", "active", Spread::of(active.map(|t| t.index)));
    for correlations in correlations {
        let of = |values: &[f64]| Spread::of(values.iter().copied());
        add("noise_correlation", &correlations.group, of(&correlations.noise));
        add("signal_correlation", &correlations.group, of(&correlations.signal));
    }
    found
}

impl Statistics {
    /// One row for each, with the number of `trials` and the part (ms) of the delay that is looked at.
    fn rows(&self, trials: usize, delay: (f64, f64)) -> Table {
        let text =
            |value: fn(&(String, String, Spread)) -> &String| self.0.iter().map(value).cloned();
        let real = |value: fn(&Spread) -> f64| self.0.iter().map(|row| value(&row.2)).collect();
        let whole =
            |value: fn(&Spread) -> usize| self.0.iter().map(|row| value(&row.2) as u64).collect();
        Table::default()
            .text("quantity", text(|row| &row.0).collect())
            .text("group", text(|row| &row.1).collect())
            .whole("values", whole(|s| s.number))
            .whole("left_out", whole(|s| s.left_out))
            .real("mean", real(|s| s.mean))
            .real("sem", real(|s| s.sem))
            .real("lower_quartile", real(|s| s.lower_quartile))
            .real("median", real(|s| s.median))
            .real("upper_quartile", real(|s| s.upper_quartile))
            .whole("trials", vec![trials as u64; self.0.len()])
            .real("delay_from_ms", vec![delay.0; self.0.len()])
            .real("delay_to_ms", vec![delay.1; self.0.len()])
    }
}
