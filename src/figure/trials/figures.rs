//! The figures of a session, filled from its analyses.

use super::Session;
use crate::analysis::trials::Activity;
use crate::analysis::{LevelCurve, LevelPoint, Read};
use crate::error::Result;
use crate::plot::chart::Figure;
use crate::plot::trials as plot;
use crate::statistics::Share;
use crate::task::{Trial, distractor_name};

impl Session<'_> {
    /// The figures, by name; those of distractors and of degraded samples only where these vary, those of neurons and
    /// read-outs only where there are some.
    pub fn figures(&self) -> Result<Vec<(String, Figure)>> {
        let timing = timing(&self.decisions.trials);
        let trials = self.decisions.trials.len();
        let title = |what: &str| format!("{what}, {trials} trials · {}", self.title);
        let mut figures = Vec::new();
        let mut add = |name: &str, figure| figures.push((name.to_owned(), figure));
        let neurons = self.neurons()?;
        if !neurons.is_empty() {
            add("neurons", plot::neurons(&title("Single neurons"), &timing, &neurons));
        }
        add("overlaps", plot::overlaps(&title("Overlaps"), &timing, &self.overlaps()));
        add("statistics", plot::statistics(&title("Delay activity"), &self.statistics()));
        let told = self.decisions.readouts.iter().filter(|read| !read.roc.auc.is_nan());
        let readouts: Vec<plot::Discrimination> = told.map(|r| self.discrimination(r)).collect();
        if !readouts.is_empty() {
            add("roc", plot::discrimination(&title("Match or non-match"), &readouts));
        }
        for curve in &self.levels {
            let name = curve.quantity.as_str();
            let Some((what, axis)) = axis(name) else {
                let data = self.distraction(curve);
                add(name, plot::distraction(&title(&capital(name)), &timing, &data));
                continue;
            };
            let levels: Vec<plot::DegradedLevel> = curve.points.iter().map(degraded).collect();
            add(name, plot::similarity(&title(what), axis, &levels));
        }
        Ok(figures)
    }

    /// The time of the course as far as it is shown.
    fn time(&self) -> Vec<f64> {
        let to = timing(&self.decisions.trials).to;
        self.course.time.iter().copied().filter(|time| *time < to).collect()
    }

    fn held(&self, k: usize) -> bool {
        self.decisions.observed[k].holds == Some(self.decisions.trials[k].sample)
    }

    fn overlaps(&self) -> plot::Overlaps {
        let trials = &self.decisions.trials;
        let with = |name: &str, wanted: &dyn Fn(&Trial) -> bool, of: &dyn Fn(usize) -> Vec<f64>| {
            let own = (0..trials.len()).filter(|&k| wanted(&trials[k]));
            let trial = |k| plot::OverlapTrial { held: self.held(k), overlap: of(k) };
            plot::OverlapWith { name: name.to_owned(), trials: own.map(trial).collect() }
        };
        let course = &self.course;
        let mut panels = vec![with("with the sample", &|_| true, &|k| course.sample[k].clone())];
        for d in 0..trials[0].distractors.len() {
            // A distractor that is repeated has been shown already.
            if d > 0
                && trials.iter().all(|t| t.distractors[d].pattern == t.distractors[d - 1].pattern)
            {
                continue;
            }
            let of = |k: usize| course.distractors[k][d].clone();
            let name = format!("with the {}", distractor_name(d).replace('_', " "));
            panels.push(with(&name, &|_| true, &of));
        }
        if trials.iter().any(|trial| !trial.matches()) {
            let nonmatch = |trial: &Trial| !trial.matches();
            panels.push(with("with the test, non-match", &nonmatch, &|k| course.test[k].clone()));
        }
        plot::Overlaps { time: self.time(), with: panels }
    }

    fn discrimination(&self, read: &Read) -> plot::Discrimination {
        let counts = |matches: bool| {
            let all = read.counts.iter().zip(&self.decisions.trials);
            all.filter(|(_, t)| t.matches() == matches).map(|(count, _)| *count as f64).collect()
        };
        let (low, high) = read.roc.interval;
        plot::Discrimination {
            name: read.name.clone(),
            curve: read.roc.points.iter().map(|p| (p.false_alarms, p.hits)).collect(),
            auc: plot::Estimate { value: read.roc.auc, low, high },
            matches: counts(true),
            nonmatches: counts(false),
            criteria: read.criteria.iter().flatten().copied().collect(),
        }
    }

    fn distraction(&self, curve: &LevelCurve) -> plot::Distraction {
        let d = curve.distractor.unwrap_or(0);
        let trace = |point: &LevelPoint, of: &dyn Fn(usize) -> Vec<f64>| {
            let (time, mean) = (self.time(), self.course.mean(&point.trials, of));
            let (mean, sem) = mean.into_iter().take(time.len()).unzip();
            plot::Trace { time, mean, sem }
        };
        let level = |point: &LevelPoint| plot::DistractorLevel {
            strength: point.level,
            held: estimate(point.held),
            taken: estimate(point.taken),
            sample: trace(point, &|k| self.course.sample[k].clone()),
            distractor: trace(point, &|k| self.course.distractors[k][d].clone()),
        };
        let unit = if curve.quantity.ends_with("_hz") { "Hz" } else { "mV" };
        plot::Distraction {
            unit: unit.to_owned(),
            levels: curve.points.iter().map(level).collect(),
        }
    }

    fn statistics(&self) -> Vec<plot::DelayStatistics> {
        let of = |activity: &Activity| {
            let neurons = || activity.neurons.iter();
            // Pairs were drawn from the foreground of every sample; of the background only with all the others.
            let pairs = self.activities.correlations.iter();
            let pairs = pairs.filter(|c| activity.group == "foreground" && c.group != "all");
            // An open bin has no place on an axis.
            let edges = activity.isi.edges();
            let closed = edges.iter().filter(|edge| edge.is_finite()).count() - 1;
            let counts = activity.isi.counts()[..closed].iter().map(|n| *n as f64).collect();
            plot::DelayStatistics {
                name: activity.group.clone(),
                rate: neurons().map(|n| n.rate).collect(),
                cv: neurons().map(|n| n.cv).collect(),
                cv2: neurons().map(|n| n.cv2).collect(),
                fano: neurons().map(|n| n.fano).collect(),
                correlation: pairs.flat_map(|c| c.noise.iter().copied()).collect(),
                isi: plot::Histogram { edges: edges[..=closed].to_vec(), counts },
            }
        };
        self.activities.measured.activities.iter().map(of).collect()
    }
}

/// When things happen in all `trials` alike: where their samples or delays differ, until the first test of all.
pub(super) fn timing(trials: &[Trial]) -> plot::Timing {
    let first = &trials[0];
    let after = |time: f64| time - first.sample_onset;
    let shortest =
        |length: fn(&Trial) -> f64| trials.iter().map(length).fold(f64::INFINITY, f64::min);
    let all = |same: &dyn Fn(&Trial) -> bool| trials.iter().all(same);
    let same_sample = all(&|t| t.sample_as_shown.duration == first.sample_as_shown.duration);
    let same_delay = same_sample && all(&|t| t.delay == first.delay);
    let distractors = first.distractors.iter().map(|d| (after(d.onset), after(d.end)));
    plot::Timing {
        from: after(first.start),
        to: match same_delay {
            true => shortest(|t| t.end - t.sample_onset),
            false => shortest(|t| t.test_onset - t.sample_onset),
        },
        sample_end: shortest(|t| t.delay_onset - t.sample_onset),
        test: after(first.test_onset),
        test_end: shortest(|t| t.test_end - t.sample_onset),
        distractors: if same_sample { distractors.collect() } else { Vec::new() },
    }
}

/// What a quantity of the sample or the test is called in a figure, and its axis; none for a distractor's.
fn axis(quantity: &str) -> Option<(&'static str, &'static str)> {
    Some(match quantity {
        "sample_duration_ms" => ("Duration of the sample", "duration of the sample (ms)"),
        "delay_duration_ms" => ("Length of the delay", "length of the delay (ms)"),
        "test_duration_ms" => ("Duration of the test", "duration of the test (ms)"),
        "left_out" => ("Basin of attraction", "share of the sample left out"),
        "replaced" => ("Basin of attraction", "share of the sample replaced"),
        "sample_hz" => ("Strength of the sample", "rate added to the sample (Hz)"),
        "sample_mv" => ("Strength of the sample", "current added to the sample (mV)"),
        "test_left_out" => ("Degraded test", "share of the test left out"),
        "test_replaced" => ("Degraded test", "share of the test replaced"),
        "test_hz" => ("Strength of the test", "rate added to the test (Hz)"),
        "test_mv" => ("Strength of the test", "current added to the test (mV)"),
        _ => return None,
    })
}

/// "distractor_2_hz" as the beginning of a title.
fn capital(quantity: &str) -> String {
    let name = quantity.trim_end_matches("_hz").trim_end_matches("_mv").replace('_', " ");
    name.replacen('d', "D", 1)
}

fn estimate(share: Share) -> plot::Estimate {
    let (low, high) = share.interval();
    plot::Estimate { value: share.value(), low, high }
}

fn degraded(point: &LevelPoint) -> plot::DegradedLevel {
    let (mean, sem) = point.overlap;
    plot::DegradedLevel {
        share: point.level,
        held: estimate(point.held),
        overlap: plot::Estimate { value: mean, low: mean - sem, high: mean + sem },
    }
}
