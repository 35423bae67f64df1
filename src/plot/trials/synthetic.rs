//! A session made up for tests: what a memory of some hundred neurons would give.

use super::*;
use crate::random::{Seed, Stream};

/// Sample for 500 ms, a delay of 1.5 s, test for 500 ms.
pub fn timing() -> Timing {
    Timing {
        from: -500.0,
        to: 3000.0,
        sample_end: 500.0,
        test: 2000.0,
        test_end: 2500.0,
        distractors: Vec::new(),
    }
}

/// Rates of a delay neuron, Hz: before, in the sample, in the delay, in the test.
type Rates = [f64; 4];

fn rate(rates: Rates, t: f64) -> f64 {
    match t {
        ..0.0 => rates[0],
        0.0..500.0 => rates[1],
        500.0..2000.0 => rates[2],
        2000.0..2500.0 => rates[3],
        _ => rates[0],
    }
}

/// Poisson trains of a number of trials, and their histogram in bins of 50 ms.
fn response(name: &str, trials: usize, rates: Rates, stream: &mut Stream) -> Response {
    let most = rates.into_iter().fold(0.0, f64::max);
    let train = |stream: &mut Stream| {
        let (mut t, mut spikes) = (-500.0, Vec::new());
        loop {
            t += 1000.0 / most * stream.exponential();
            if t >= 3000.0 {
                return spikes;
            }
            if stream.uniform() < rate(rates, t) / most {
                spikes.push(t);
            }
        }
    };
    let trials: Vec<Vec<f64>> = (0..trials).map(|_| train(stream)).collect();
    let time: Vec<f64> = (0..70).map(|k| -475.0 + 50.0 * f64::from(k)).collect();
    let (mut mean, mut sem) = (Vec::new(), Vec::new());
    for t in &time {
        let inside = |train: &Vec<f64>| train.iter().filter(|&&s| (s - t).abs() < 25.0).count();
        let hz: Vec<f64> = trials.iter().map(|train| 20.0 * inside(train) as f64).collect();
        let (m, s) = moments(&hz);
        mean.push(m);
        sem.push(s);
    }
    Response { name: name.to_owned(), trials, rate: Trace { time, mean, sem } }
}

/// Mean, and its standard error.
fn moments(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let square = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>();
    (mean, (square / (n - 1.0) / n).sqrt())
}

/// `number` delay neurons with so many preferred and other trials.
pub fn some_neurons(number: usize, preferred: usize, others: usize) -> Vec<Neuron> {
    let kinds = [[4.0, 45.0, 28.0, 22.0], [2.0, 18.0, 12.0, 30.0], [6.0, 12.0, 21.0, 9.0]];
    (0..number)
        .map(|k| {
            let stream = &mut Seed(1).stream("neuron", k as u64);
            Neuron {
                name: format!("neuron {}", 412 + 97 * k),
                preferred: response("preferred, 4", preferred, kinds[k % 3], stream),
                others: response("others", others, [4.0, 6.0, 2.5, 5.0], stream),
            }
        })
        .collect()
}

/// An overlap that rises to 60 Hz in the sample and stays near 45 Hz, or is lost at some time.
fn overlap(lost: Option<f64>, time: &[f64], stream: &mut Stream) -> Vec<f64> {
    let level = |t: f64| match t {
        ..0.0 => 0.0,
        0.0..500.0 => 60.0 * (1.0 - (-t / 80.0).exp()),
        500.0..2000.0 => 45.0 + 15.0 * (-(t - 500.0) / 60.0).exp(),
        _ => 4.0,
    };
    let kept = |t: f64| lost.map_or(1.0, |end| 1.0 / (1.0 + ((t - end) / 60.0).exp()));
    time.iter().map(|&t| level(t) * kept(t) + 3.0 * stream.normal()).collect()
}

fn bins() -> Vec<f64> {
    (0..140).map(|k| -487.5 + 25.0 * f64::from(k)).collect()
}

/// Of so many trials, of which every seventh loses the sample.
pub fn some_overlaps(trials: usize) -> Overlaps {
    let (time, stream) = (bins(), &mut Seed(2).stream("overlap", 0));
    let mut sample = Vec::new();
    let mut test = Vec::new();
    for k in 0..trials {
        let lost = (k % 7 == 3).then(|| 700.0 + 1200.0 * stream.uniform());
        let held = lost.is_none();
        sample.push(OverlapTrial { held, overlap: overlap(lost, &time, stream) });
        if k % 2 == 0 {
            // The test stands 2 s later.
            let shifted: Vec<f64> = time.iter().map(|t| t - 2000.0).collect();
            test.push(OverlapTrial { held, overlap: overlap(None, &shifted, stream) });
        }
    }
    let with = |name: &str, trials| OverlapWith { name: name.to_owned(), trials };
    Overlaps {
        time,
        with: vec![with("with the sample", sample), with("with the test, if non-match", test)],
    }
}

/// A read-out whose counts are `apart` standard deviations apart.
pub fn readout(name: &str, apart: f64, trials: usize) -> Discrimination {
    let stream = &mut Seed(3).stream(name, 0);
    let mut counts = |shift: f64| -> Vec<f64> {
        (0..trials).map(|_| (420.0 + 40.0 * (shift + stream.normal())).round()).collect()
    };
    let (matches, nonmatches) = (counts(0.0), counts(apart));
    let above = |values: &[f64], c: f64| {
        values.iter().filter(|&&v| v >= c).count() as f64 / values.len() as f64
    };
    let mut criteria: Vec<f64> = matches.iter().chain(&nonmatches).copied().collect();
    criteria.sort_unstable_by(|a, b| b.total_cmp(a));
    let ends = |c: &f64| (above(&matches, *c), above(&nonmatches, *c));
    let mut curve = vec![(0.0, 0.0)];
    curve.extend(criteria.iter().map(ends));
    let area: f64 = curve.windows(2).map(|w| 0.5 * (w[1].0 - w[0].0) * (w[1].1 + w[0].1)).sum();
    let auc = Estimate { value: area, low: area - 0.04, high: (area + 0.04).min(1.0) };
    let criteria = vec![420.0 + 20.0 * apart];
    Discrimination { name: name.to_owned(), curve, auc, matches, nonmatches, criteria }
}

fn share(value: f64) -> Estimate {
    Estimate { value, low: (value - 0.08).max(0.0), high: (value + 0.08).min(1.0) }
}

/// Six strengths; the distractor stands at 1.2 to 1.5 s.
pub fn some_distraction() -> (Timing, Distraction) {
    let timing = Timing { distractors: vec![(1200.0, 1500.0)], ..timing() };
    let time = bins();
    let levels = (0..6).map(|k| {
        let strength = 20.0 * f64::from(k);
        let taken = 1.0 / (1.0 + (-(strength - 60.0) / 10.0).exp());
        let stream = &mut Seed(4).stream("level", k as u64);
        let kept = overlap(None, &time, stream);
        let seen: Vec<f64> = time.iter().map(|t| t - 1200.0).collect();
        let own = overlap(None, &seen, stream);
        let after = |t: f64| if t > 1200.0 && t < 2000.0 { 1.0 - taken } else { 1.0 };
        let part = |t: f64| if t > 1500.0 { taken } else { 0.2 + 0.8 * taken };
        let trace = |mean: Vec<f64>| Trace { sem: vec![1.5; time.len()], time: time.clone(), mean };
        DistractorLevel {
            strength,
            held: share(1.0 - taken),
            taken: share(0.95 * taken),
            sample: trace(time.iter().zip(&kept).map(|(t, v)| v * after(*t)).collect()),
            distractor: trace(time.iter().zip(&own).map(|(t, v)| v * part(*t)).collect()),
        }
    });
    (timing, Distraction { unit: "Hz".to_owned(), levels: levels.collect() })
}

/// Samples of which up to 70 % are left out.
pub fn some_degraded() -> Vec<DegradedLevel> {
    let level = |k: i32| {
        let away = 0.1 * f64::from(k);
        let held = 1.0 / (1.0 + ((away - 0.55) / 0.05).exp());
        let (low, high) = (45.0 * held - 2.0, 45.0 * held + 2.0);
        let overlap = Estimate { value: 45.0 * held, low, high };
        DegradedLevel { share: away, held: share(held), overlap }
    };
    (0..8).map(level).collect()
}

/// Neurons that hold the sample, and others.
pub fn some_statistics(neurons: usize) -> Vec<DelayStatistics> {
    [("foreground", 24.0, 0.8), ("others", 4.0, 1.0)]
        .map(|(name, hz, cv)| {
            let stream = &mut Seed(5).stream(name, 0);
            let mut normal = |number: usize, mean: f64, sd: f64| -> Vec<f64> {
                (0..number).map(|_| mean + sd * stream.normal()).collect()
            };
            let rate = normal(neurons, 0.0, 0.5).into_iter().map(|x| hz * x.exp()).collect();
            let edges: Vec<f64> = (0..=40).map(|k| 10f64.powf(0.1 * f64::from(k))).collect();
            let below = |t: f64| 1.0 - (-(t - 2.0).max(0.0) * hz / 1000.0).exp();
            let counts = edges.windows(2).map(|e| 1e4 * (below(e[1]) - below(e[0]))).collect();
            DelayStatistics {
                name: name.to_owned(),
                rate,
                cv: normal(neurons, cv, 0.15),
                cv2: normal(neurons, 0.95 * cv, 0.12),
                fano: normal(neurons, cv * cv + 0.1, 0.2),
                correlation: normal(5 * neurons, 0.03, 0.09),
                isi: Histogram { edges, counts },
            }
        })
        .to_vec()
}
