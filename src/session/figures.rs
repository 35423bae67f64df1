//! The figures of a session, filled from its analyses.

use super::Session;
use crate::analysis::trials::Activity;
use crate::analysis::{LevelCurve, LevelPoint, Read, Share};
use crate::error::Result;
use crate::plot::chart::Figure;
use crate::plot::session as plot;
use crate::task::Trial;

impl Session<'_> {
    /// The figures, by name; those of distractors and of degraded samples only where these vary.
    pub fn figures(&self) -> Result<Vec<(&'static str, Figure)>> {
        let course = self.time_course();
        let title = |what: &str| format!("{what} · {}", self.title);
        let mut figures = vec![
            ("neurons", plot::neurons(&title("Single neurons"), &course, &self.neurons()?)),
            ("overlaps", plot::overlaps(&title("Overlaps"), &course, &self.overlaps())),
            ("statistics", plot::statistics(&title("Delay activity"), &self.statistics())),
        ];
        if !self.decisions.readouts.is_empty() {
            let readouts: Vec<plot::Discrimination> =
                self.decisions.readouts.iter().map(|read| self.discrimination(read)).collect();
            figures.push(("roc", plot::discrimination(&title("Match or non-match"), &readouts)));
        }
        if let Some(curve) = self.levels.iter().find(|curve| curve.distractor.is_some()) {
            let data = self.distraction(curve);
            figures.push(("distractors", plot::distraction(&title("Distractors"), &course, &data)));
        }
        let of = |names: [&str; 2]| -> Vec<plot::Degradation> {
            let curves = self.levels.iter().filter(|c| names.contains(&c.quantity.as_str()));
            curves.map(degradation).collect()
        };
        let degraded = of(["left_out", "replaced"]);
        if !degraded.is_empty() {
            let axis = "share of the foreground left out or replaced";
            let title = title("Basin of attraction");
            figures.push(("similarity", plot::similarity(&title, axis, &degraded)));
        }
        for (name, quantity, axis) in [
            ("sample_hz", "sample_hz", "rate added to the sample's foreground (Hz)"),
            ("sample_mv", "sample_mv", "current added to the sample's foreground (mV)"),
        ] {
            let weakened = of([quantity, quantity]);
            if !weakened.is_empty() {
                let title = title("Strength of the sample");
                figures.push((name, plot::similarity(&title, axis, &weakened)));
            }
        }
        Ok(figures)
    }

    /// When things happen in a trial: in all of them at the same times.
    pub(super) fn time_course(&self) -> plot::Course {
        let trial = &self.decisions.trials[0];
        let after = |time: f64| time - trial.sample_onset;
        plot::Course {
            from: after(trial.start),
            to: after(trial.end),
            sample_end: after(trial.delay_onset),
            test: after(trial.test_onset),
            test_end: after(trial.test_end),
            distractors: trial.distractors.iter().map(|d| (after(d.onset), after(d.end))).collect(),
        }
    }

    fn held(&self, k: usize) -> bool {
        self.decisions.observed[k].held == Some(self.decisions.trials[k].sample)
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
        for d in 0..trials[0].distractors.len().min(1) {
            let of = |k: usize| course.distractors[k][d].clone();
            panels.push(with("with the distractor", &|_| true, &of));
        }
        if trials.iter().any(|trial| !trial.matches()) {
            let nonmatch = |trial: &Trial| !trial.matches();
            panels.push(with("with the test, non-match", &nonmatch, &|k| course.test[k].clone()));
        }
        plot::Overlaps { time: course.time.clone(), with: panels }
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
            let mean = self.course.mean(&point.trials, of);
            let (mean, sem) = mean.into_iter().unzip();
            plot::Trace { time: self.course.time.clone(), mean, sem }
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
            let correlation = match activity.group.as_str() {
                "foreground" => self.activities.correlations.iter().filter(|c| c.group != "all"),
                _ => return self.without_pairs(activity),
            };
            plot::DelayStatistics {
                correlation: correlation.flat_map(|c| c.noise.iter().copied()).collect(),
                rate: neurons().map(|n| n.rate).collect(),
                ..self.without_pairs(activity)
            }
        };
        self.activities.measured.activities.iter().map(of).collect()
    }

    fn without_pairs(&self, activity: &Activity) -> plot::DelayStatistics {
        let neurons = || activity.neurons.iter();
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
            correlation: Vec::new(),
            isi: plot::Histogram { edges: edges[..=closed].to_vec(), counts },
        }
    }
}

fn estimate(share: Share) -> plot::Estimate {
    let (low, high) = share.interval();
    plot::Estimate { value: share.value(), low, high }
}

fn degradation(curve: &LevelCurve) -> plot::Degradation {
    let level = |point: &LevelPoint| {
        let (mean, sem) = point.overlap;
        plot::DegradedLevel {
            share: point.level,
            held: estimate(point.held),
            overlap: plot::Estimate { value: mean, low: mean - sem, high: mean + sem },
        }
    };
    plot::Degradation {
        name: curve.quantity.replace('_', " "),
        levels: curve.points.iter().map(level).collect(),
    }
}
