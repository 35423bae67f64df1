//! Published spiking networks, against numbers that independent programs gave (rows P1 to P3) or this one with other means (P4).

use super::{Check, Entry, Ran, Workshop};
use crate::analysis::Irregularity;
use crate::analysis::trials::fano;
use crate::error::Result;
use crate::statistics::Mean;
use crate::work::each;

pub const ROWS: &[Entry] = &[
    ("P1", "clusters of excitatory and inhibitory neurons (Rostami 2024)", p1),
    ("P2", "working memory in facilitated synapses (Mongillo 2008)", p2),
    ("P3", "clustered excitation, slow activity (Litwin-Kumar 2012)", p3),
    ("P4", "memory by balanced excitation and inhibition (Lim 2013)", p4),
];

/// Networks that are measured alike.
const SEEDS: std::ops::RangeInclusive<u64> = 1..=5;

/// What `of` finds for every seed, given as a setting: a list of numbers, which become means over seeds one by one.
fn over_seeds<const N: usize>(of: impl Fn(&str) -> Result<[f64; N]> + Sync) -> Result<[Mean; N]> {
    let found: Vec<[f64; N]> =
        each(SEEDS, |seed| of(&format!("seed={seed}"))).into_iter().collect::<Result<_>>()?;
    Ok(std::array::from_fn(|k| Mean::of(found.iter().map(|values| values[k]))))
}

/// Spike times (ms, from `start` to before `end`) of every neuron of a population.
pub(super) fn trains(
    ran: &Ran,
    population: &str,
    (start, end): (f64, f64),
) -> Result<Vec<Vec<f64>>> {
    let populations = ran.recording.populations();
    let size = populations.iter().find(|(name, _)| name == population).map_or(0, |p| p.1);
    let mut trains = vec![Vec::new(); size];
    ran.recording.for_spikes(population, |times, ids| {
        for (&time, &id) in times.iter().zip(ids) {
            if (start..end).contains(&time) {
                trains[id as usize].push(time);
            }
        }
    })?;
    Ok(trains)
}

fn mean(values: impl IntoIterator<Item = f64>) -> f64 {
    Mean::of(values).value
}

/// Mean rate of some neurons, Hz.
pub(super) fn rate<'a>(
    trains: impl Iterator<Item = &'a Vec<f64>>,
    (start, end): (f64, f64),
) -> f64 {
    1000.0 * mean(trains.map(|train| train.len() as f64)) / (end - start)
}

/// Fewest pairs of intervals of a neuron whose CV2 is taken.
const PAIRS: usize = 5;

/// Mean Fano factor of the counts in whole windows of so many ms, over neurons that fire.
fn fano_factor(trains: &[Vec<f64>], (start, end): (f64, f64), window: f64) -> f64 {
    let windows = ((end - start) / window) as usize;
    let of = |train: &Vec<f64>| {
        let mut counts = vec![0u32; windows];
        for time in train {
            if let Some(count) = counts.get_mut(((time - start) / window) as usize) {
                *count += 1;
            }
        }
        fano(counts.into_iter())
    };
    mean(trains.iter().filter_map(of))
}

/// Mean of 2 |I' - I|/(I' + I) over adjacent intervals, over neurons.
fn cv2(trains: &[Vec<f64>]) -> f64 {
    let of = |train: &Vec<f64>| {
        let pairs = train.windows(3).map(|t| (t[1] - t[0], t[2] - t[1]));
        let unlike: Vec<f64> = pairs.map(|(a, b)| 2.0 * (a - b).abs() / (a + b)).collect();
        (unlike.len() >= PAIRS).then(|| mean(unlike))
    };
    mean(trains.iter().filter_map(of))
}

/// How many assemblies fire at more than `above` Hz in a window of `length` ms, on average over windows that follow one another;
/// and for how long, ms, on average: windows in a row.
fn active(
    ran: &Ran,
    trains: &[Vec<f64>],
    (start, end): (f64, f64),
    (length, above): (f64, f64),
) -> Result<(f64, f64)> {
    let Some(patterns) = ran.recording.patterns("E")? else { return Ok((f64::NAN, f64::NAN)) };
    let windows = ((end - start) / length) as usize;
    let (mut active, mut onsets) = (0, 0);
    for mu in 0..patterns.number() {
        let mut counts = vec![0.0; windows];
        let neurons = patterns.foreground(mu);
        for time in neurons.iter().flat_map(|&i| &trains[i as usize]) {
            if let Some(count) = counts.get_mut(((time - start) / length) as usize) {
                *count += 1000.0 / (length * neurons.len() as f64);
            }
        }
        let is_active: Vec<bool> = counts.into_iter().map(|rate| rate > above).collect();
        active += is_active.iter().filter(|is| **is).count();
        onsets += usize::from(is_active.first() == Some(&true))
            + is_active.windows(2).filter(|pair| !pair[0] && pair[1]).count();
    }
    Ok((active as f64 / windows as f64, length * active as f64 / onsets as f64))
}

/// Of a network: rates of E and I (Hz), Fano factor and CV2 of E, clusters that are active at once and for how long (ms).
pub(super) type Clusters = [f64; 6];

/// How those are looked at: windows of counts for the Fano factor, ms, and windows (ms) in which a cluster is active above so many Hz.
pub(super) struct Looked {
    pub counts: f64,
    pub active: (f64, f64),
}

/// What becomes of `model` for 60 s after `settling` ms.
fn clusters(
    workshop: &Workshop,
    (model, settling): (&str, f64),
    looked: &Looked,
    settings: &[&str],
) -> Result<Clusters> {
    let window = (settling, settling + 60_000.0);
    let all: Vec<&str> =
        ["protocol[1].duration=60 s"].into_iter().chain(settings.iter().copied()).collect();
    clusters_in(&workshop.run(model, &all)?, window, looked)
}

/// The same of a run, from one time to another (ms).
pub(super) fn clusters_in(ran: &Ran, window: (f64, f64), looked: &Looked) -> Result<Clusters> {
    let (e, i) = (trains(ran, "E", window)?, trains(ran, "I", window)?);
    let rates = (rate(e.iter(), window), rate(i.iter(), window));
    let (at_once, dwell) = active(ran, &e, window, looked.active)?;
    Ok([rates.0, rates.1, fano_factor(&e, window, looked.counts), cv2(&e), at_once, dwell])
}

/// Three networks of Rostami et al., seeds 1 to 3, for 60 s after 1 s: as NEST 3.10 has them, iaf_psc_exp in steps of 0.1 ms, of the
/// same synapses and initial potentials that `attractor export` wrote (scripts/nest_rows.py).
const ROSTAMI: [Clusters; 3] = [
    [2.3132, 3.0829, 1.3528, 1.0331, 1.0033, 79.31],
    [2.2233, 2.9721, 1.1825, 1.0277, 0.7933, 67.52],
    [2.1937, 2.9436, 1.1789, 1.0288, 0.7567, 69.85],
];
const BRIEFLY: Looked = Looked { counts: 400.0, active: (50.0, 10.0) };

/// That a quantity agrees with NEST on average over the networks, within a share of it.
pub(super) fn agrees(what: &str, k: usize, share: f64, [found, nest]: [&[Clusters]; 2]) -> Check {
    let of = |networks: &[Clusters]| mean(networks.iter().map(|values| values[k]));
    let list = |networks: &[Clusters]| {
        networks.iter().map(|values| format!("{:.3}", values[k])).collect::<Vec<_>>().join(", ")
    };
    Check::that(
        (of(found) / of(nest) - 1.0).abs() <= share,
        format!("{what}; in NEST {}; their mean ± {:.0} %", list(nest), 100.0 * share),
        list(found),
    )
}

fn p1(workshop: &Workshop) -> Result<Vec<Check>> {
    let one = |seed: usize| {
        clusters(workshop, ("rostami-2024", 1000.0), &BRIEFLY, &[&format!("seed={seed}")])
    };
    let found: Vec<Clusters> = each(1..=ROSTAMI.len(), one).into_iter().collect::<Result<_>>()?;
    let irregular = found.iter().all(|values| values[2] > 1.0 && values[3] > 1.0);
    let both = [&found[..], &ROSTAMI];
    Ok(vec![
        agrees("the same three networks for 60 s: rate of E, Hz", 0, 0.02, both),
        agrees("rate of I, Hz", 1, 0.02, both),
        // Some 700 times a cluster becomes active: 5 % a network, and twice the error of a mean of three in both simulators.
        agrees("Fano factor of E in windows of 400 ms", 2, 0.08, both),
        agrees("CV2 of E", 3, 0.02, both),
        agrees("clusters above 10 Hz in windows of 50 ms, at once", 4, 0.08, both),
        // Some 700 dwells of a standard deviation of half their mean: 2 % a network.
        agrees("for how long, ms", 5, 0.04, both),
        Check::that(
            irregular,
            "counts and intervals vary more than those of a Poisson process",
            irregular.to_string(),
        ),
    ])
}

/// Population spikes: bins of 10 ms in which so many Hz are crossed upwards.
const BIN: f64 = 10.0;
const CROSSED: f64 = 40.0;

/// When population spikes of these neurons begin, ms.
fn population_spikes(trains: &[&Vec<f64>], (start, end): (f64, f64)) -> Vec<f64> {
    let mut counts = vec![0.0; ((end - start) / BIN) as usize];
    for time in trains.iter().copied().flatten() {
        if let Some(count) = counts.get_mut(((time - start) / BIN) as usize) {
            *count += 1000.0 / (BIN * trains.len() as f64);
        }
    }
    let onsets = counts.windows(2).enumerate().filter(|(_, w)| w[0] <= CROSSED && w[1] > CROSSED);
    onsets.map(|(k, _)| start + BIN * (k + 1) as f64).collect()
}

/// What one network does, at a mean input of E and a cue (mV): Hz before the cue (neurons of no assembly, I), in the delay
/// (cued, the most active other assembly), and population spikes in it: how many, and their mean interval (ms).
fn facilitated(workshop: &Workshop, settings: &[&str]) -> Result<[f64; 6]> {
    let mut all = vec!["protocol[3].duration=2.15 s"];
    all.extend(settings);
    let ran = workshop.run("mongillo-2008", &all)?;
    let (before, delay) = ((500.0, 1500.0), (2200.0, 4000.0));
    let Some(patterns) = ran.recording.patterns("E")? else { return Ok([f64::NAN; 6]) };
    let (calm, held) = (trains(&ran, "E", before)?, trains(&ran, "E", delay)?);
    let rest = (0..patterns.neurons()).filter(|&i| patterns.of(i).next().is_none());
    let of = |mu: usize| patterns.foreground(mu).iter().map(|&i| &held[i as usize]);
    let cued: Vec<&Vec<f64>> = of(0).collect();
    let onsets = population_spikes(&cued, delay);
    let others = (1..patterns.number()).map(|mu| rate(of(mu), delay));
    Ok([
        rate(rest.map(|i| &calm[i]), before),
        rate(trains(&ran, "I", before)?.iter(), before),
        rate(cued.into_iter(), delay),
        others.fold(0.0, f64::max),
        onsets.len() as f64,
        mean(onsets.windows(2).map(|pair| pair[1] - pair[0])),
    ])
}

/// That the mean of networks lies in a range.
pub(super) fn within(what: &str, (low, high): (f64, f64), found: &Mean) -> Check {
    let measured = format!("{:.2} ± {:.2}", found.value, found.sem);
    Check::that((low..=high).contains(&found.value), what, measured)
}

fn p2(workshop: &Workshop) -> Result<Vec<Check>> {
    let [rest, i, cued, others, number, interval] =
        over_seeds(|seed| facilitated(workshop, &[seed]))?;
    let weaker = [
        "dynamics.spiking.E.current=12.7 mV",
        "protocol[2].show=[{ pattern = 1, current = \"3.405 mV\" }]",
    ];
    let [_, _, gone, _, none, _] =
        over_seeds(|seed| facilitated(workshop, &[seed, weaker[0], weaker[1]]))?;
    Ok(vec![
        within(
            "five networks, before the cue, neurons of no assembly: 0.62 Hz by mean field, ± 10 %",
            (0.558, 0.682),
            &rest,
        ),
        within("I: 5.93 Hz by mean field, ± 10 %", (5.34, 6.52), &i),
        within(
            "in the delay, cued: 3.5 to 5.5 Hz (another program, three networks: 4.05 to 4.80)",
            (3.5, 5.5),
            &cued,
        ),
        within("most active other assembly: below 1.1 Hz", (0.0, 1.1), &others),
        within("population spikes in 1.8 s: at least 3.6", (3.6, 7.2), &number),
        within(
            "one after another in 250 to 500 ms (another program: 290 to 440)",
            (250.0, 500.0),
            &interval,
        ),
        within(
            "mean input 22.7 mV instead of 23.7: after the cue below 0.8 Hz (0.62 to 0.65)",
            (0.0, 0.8),
            &gone,
        ),
        within("and no population spike", (0.0, 0.0), &none),
    ])
}

/// Windows in which spikes of clusters are counted, ms, and the rate above which one is active, Hz: an active cluster fires at
/// some 50 Hz, a silent one at 2 Hz.
const SLOWLY: Looked = Looked { counts: 100.0, active: (100.0, 20.0) };

/// Four networks of Litwin-Kumar and Doiron, seeds 1 to 4, likewise, for 60 s after 1.5 s: iaf_psc_exp_multisynapse, with two currents of
/// opposite sign for one that rises.
const LITWIN_KUMAR: [Clusters; 4] = [
    [3.2043, 4.1613, 1.8219, 0.7703, 1.6767, 890.27],
    [3.3363, 4.2764, 1.9895, 0.7462, 1.8467, 774.83],
    [3.4177, 4.3740, 1.6773, 0.7781, 1.9517, 1345.98],
    [3.3028, 4.2473, 1.8482, 0.7683, 1.7783, 767.63],
];

/// That means over the networks agree with NEST's within two standard errors of their difference.
fn alike(what: &str, k: usize, [found, nest]: [&[Clusters]; 2]) -> Check {
    let of = |networks: &[Clusters]| Mean::of(networks.iter().map(|values| values[k]));
    let (found, nest) = (of(found), of(nest));
    Check::that(
        (found.value - nest.value).abs() <= 2.0 * found.sem.hypot(nest.sem),
        format!("{what}; in NEST {:.3} ± {:.3}; two standard errors", nest.value, nest.sem),
        format!("{:.3} ± {:.3}", found.value, found.sem),
    )
}

/// Without clusters: rates of E and I (Hz), the Fano factor of E, and how many clusters are active, for 20 s.
fn unclustered(workshop: &Workshop, seed: &str) -> Result<[f64; 4]> {
    let window = (1500.0, 21_500.0);
    let settings = [
        seed,
        "protocol[1].duration=20 s",
        "projection.E_to_E.connect.assemblies.p_in=0.2",
        "projection.E_to_E.connect.assemblies.p_out=0.2",
        "projection.E_to_E.learning.assemblies.w_plus=1.0",
    ];
    let ran = workshop.run("litwin-kumar-doiron-2012", &settings)?;
    let (e, i) = (trains(&ran, "E", window)?, trains(&ran, "I", window)?);
    let rates = (rate(e.iter(), window), rate(i.iter(), window));
    let active = active(&ran, &e, window, SLOWLY.active)?.0;
    Ok([rates.0, rates.1, fano_factor(&e, window, SLOWLY.counts), active])
}

fn p3(workshop: &Workshop) -> Result<Vec<Check>> {
    let one = |seed: usize| {
        let settings = [&*format!("seed={seed}")];
        clusters(workshop, ("litwin-kumar-doiron-2012", 1500.0), &SLOWLY, &settings)
    };
    let found: Vec<Clusters> =
        each(1..=LITWIN_KUMAR.len(), one).into_iter().collect::<Result<_>>()?;
    let both = [&found[..], &LITWIN_KUMAR];
    let [e, i, fano, none] = over_seeds(|seed| unclustered(workshop, seed))?;
    Ok(vec![
        agrees("R = 2.5, the same four networks for 60 s: rate of E, Hz", 0, 0.02, both),
        agrees("rate of I, Hz", 1, 0.02, both),
        alike("Fano factor of E in windows of 100 ms", 2, both),
        alike("CV2 of E", 3, both),
        alike("clusters above 20 Hz in windows of 100 ms, at once", 4, both),
        alike("for how long, ms", 5, both),
        within("without clusters, five networks, E: 2.02 Hz ± 5 %", (1.919, 2.121), &e),
        within("I: 2.89 Hz ± 5 %", (2.746, 3.035), &i),
        within("Fano factor: 0.82 ± 10 %", (0.738, 0.902), &fano),
        within("no cluster is active", (0.0, 0.0), &none),
    ])
}

/// Mean rates of E (Hz) in the 400 ms before the input and the 100 ms after it, half a second to one second after it, and 2.5 to
/// 3 s after it, and the mean CV of E in between.
fn balanced(workshop: &Workshop, model: &str, seed: &str) -> Result<[f64; 5]> {
    let ran = workshop.run(model, &[seed])?;
    let in_window = |window| Ok(rate(trains(&ran, "E", window)?.iter(), window));
    let all: Vec<u32> = (0..16_000).collect();
    let cv = Irregularity::of_stretches(&ran.recording, "E", &[(1800.0, 3300.0, &all)])?.cv;
    let (before, after) = (in_window((300.0, 700.0))?, in_window((800.0, 900.0))?);
    let (early, late) = (in_window((1300.0, 1800.0))?, in_window((3300.0, 3800.0))?);
    Ok([before, after, early, late, cv.unwrap_or(f64::NAN)])
}

fn p4(workshop: &Workshop) -> Result<Vec<Check>> {
    let [before, after, early, late, cv] =
        over_seeds(|seed| balanced(workshop, "lim-goldman-2013", seed))?;
    let [_, excited, _, lost, _] =
        over_seeds(|seed| balanced(workshop, "lim-goldman-2013-equal", seed))?;
    Ok(vec![
        within(
            "five networks, E in the 400 ms before the second input: 5.6 Hz ± 10 % (with a graph for each time constant)",
            (5.04, 6.16),
            &before,
        ),
        within("in the 100 ms after it: 15.5 Hz ± 10 %", (13.95, 17.05), &after),
        within("half a second to a second after it: 11.6 Hz ± 10 %", (10.44, 12.76), &early),
        within("2.5 to 3 s after it: 4.8 Hz ± 25 %", (3.6, 6.0), &late),
        within("mean CV from 1 to 2.5 s after it: 0.8 to 1.3", (0.8, 1.3), &cv),
        within("equally slow inhibition: after the input", (15.0, 45.0), &excited),
        within("2.5 to 3 s after it: silent", (0.0, 0.1), &lost),
    ])
}
