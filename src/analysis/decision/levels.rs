//! Level curves: how memory depends on what varies from trial to trial, such as the strength of a distractor or the
//! share of a sample that is left out.

use super::{Decisions, Failure};
use crate::statistics::Share;
use crate::table::Table;
use crate::task::{Trial, distractor_name};

/// How trials went against the level of one quantity.
#[derive(Clone, Debug, PartialEq)]
pub struct LevelCurve {
    /// The quantity, as its column in the table of trials is called.
    pub quantity: String,
    /// The distractor (from 0) that it belongs to, if it does.
    pub distractor: Option<usize>,
    /// By level, ascending.
    pub points: Vec<LevelPoint>,
}

/// The trials of one level.
#[derive(Clone, Debug, PartialEq)]
pub struct LevelPoint {
    /// The value of the quantity in all of them.
    pub level: f64,
    /// Which trials, from 0.
    pub trials: Vec<usize>,
    /// In which the sample was held at the end of the delay.
    pub held: Share,
    /// In which a distractor was held there instead, and not before the trial.
    pub taken: Share,
    /// In which the ideal observer was right.
    pub right: Share,
    /// Mean overlap with the sample at the end of the delay, Hz, and its s.e.m. over trials.
    pub overlap: (f64, f64),
}

/// The value of a quantity in a trial.
type Value = Box<dyn Fn(&Trial) -> f64>;

fn value(of: fn(&Trial) -> f64) -> Value {
    Box::new(of)
}

/// The curves of all quantities of which trials have several levels. What a course in time comes to on average is no level: where its
/// values are written it follows from how long it is shown, and where they are drawn nobody was shown it.
pub fn level_curves(decisions: &Decisions) -> Vec<LevelCurve> {
    let mut quantities: Vec<(String, Option<usize>, Value)> = vec![
        ("sample_hz".to_owned(), None, value(|t| t.sample_as_shown.poisson)),
        ("sample_mv".to_owned(), None, value(|t| t.sample_as_shown.current)),
        ("left_out".to_owned(), None, value(|t| t.sample_as_shown.left_out)),
        ("replaced".to_owned(), None, value(|t| t.sample_as_shown.replaced)),
        ("test_hz".to_owned(), None, value(|t| t.test_as_shown.poisson)),
        ("test_mv".to_owned(), None, value(|t| t.test_as_shown.current)),
        ("test_left_out".to_owned(), None, value(|t| t.test_as_shown.left_out)),
        ("test_replaced".to_owned(), None, value(|t| t.test_as_shown.replaced)),
    ];
    quantities.extend([
        ("sample_duration_ms".to_owned(), None, value(|t| t.sample_as_shown.duration)),
        ("delay_duration_ms".to_owned(), None, value(|t| t.delay)),
        ("test_duration_ms".to_owned(), None, value(|t| t.test_as_shown.duration)),
    ]);
    for d in 0..decisions.trials.first().map_or(0, |t| t.distractors.len()) {
        let name = distractor_name(d);
        let poisson = Box::new(move |t: &Trial| t.distractors[d].poisson);
        let current = Box::new(move |t: &Trial| t.distractors[d].current);
        quantities.push((format!("{name}_hz"), Some(d), poisson));
        quantities.push((format!("{name}_mv"), Some(d), current));
    }
    let curve = |(quantity, distractor, value): (String, Option<usize>, Value)| {
        let points = points(decisions, &value);
        (points.len() > 1).then_some(LevelCurve { quantity, distractor, points })
    };
    quantities.retain(|(quantity, ..)| decisions.varied.contains(quantity));
    quantities.into_iter().filter_map(curve).collect()
}

fn points(decisions: &Decisions, value: &dyn Fn(&Trial) -> f64) -> Vec<LevelPoint> {
    let mut levels: Vec<f64> = decisions.trials.iter().map(value).collect();
    levels.sort_unstable_by(f64::total_cmp);
    levels.dedup();
    let point = |level: f64| {
        let trials: Vec<usize> =
            (0..decisions.trials.len()).filter(|&k| value(&decisions.trials[k]) == level).collect();
        let all = || trials.iter().map(|&k| (&decisions.trials[k], &decisions.observed[k]));
        let overlaps: Vec<f64> = all().map(|(_, o)| o.overlap).collect();
        LevelPoint {
            level,
            held: Share::of(all().map(|(t, o)| o.holds == Some(t.sample))),
            taken: Share::of(all().map(|(_, o)| o.failure == Some(Failure::Distracted))),
            right: Share::of(all().map(|(_, o)| o.correct)),
            overlap: mean_and_error(&overlaps),
            trials,
        }
    };
    levels.into_iter().map(point).collect()
}

/// Mean and standard error of the mean; NaN where there are too few values.
pub(super) fn mean_and_error(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|v| (v - mean).powi(2)).sum();
    (mean, (squares / (n - 1.0) / n).sqrt())
}

impl LevelCurve {
    /// One row per level, with 95 % intervals.
    pub fn table(&self) -> Table {
        let real = |value: fn(&LevelPoint) -> f64| self.points.iter().map(value).collect();
        Table::default()
            .real(&*self.quantity, real(|p| p.level))
            .whole("trials", self.points.iter().map(|p| p.trials.len() as u64).collect())
            .real("held", real(|p| p.held.value()))
            .real("held_low", real(|p| p.held.interval().0))
            .real("held_high", real(|p| p.held.interval().1))
            .real("taken", real(|p| p.taken.value()))
            .real("taken_low", real(|p| p.taken.interval().0))
            .real("taken_high", real(|p| p.taken.interval().1))
            .real("correct", real(|p| p.right.value()))
            .real("overlap_hz", real(|p| p.overlap.0))
            .real("overlap_sem_hz", real(|p| p.overlap.1))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::analysis::decision::Observed;
    use crate::random::Seed;
    use crate::task::{Answer, DelayedMatch, DistractorShown};

    /// A trial with a distractor of so many Hz, after which `held` is held at `overlap` Hz; sample 0, distractor 1.
    fn trial(poisson: f64, held: Option<usize>, overlap: f64) -> (Trial, Observed) {
        let shown = DistractorShown { pattern: 1, onset: 0.0, end: 1.0, poisson, current: 0.0 };
        let trial = Trial { distractors: vec![shown], ..Trial::default() };
        let failure = match held {
            None => Some(Failure::Lost),
            Some(0) => None,
            Some(_) => Some(Failure::Distracted),
        };
        let (answer, correct) = (Some(Answer::of(held == Some(0))), held == Some(0));
        let seen = Some(0);
        (trial, Observed { before: None, holds: held, overlap, seen, answer, correct, failure })
    }

    /// Held at 0 Hz twice, once of two at 100 Hz, never at 200 Hz.
    pub fn decisions() -> Decisions {
        let all = [
            trial(100.0, Some(0), 30.0),
            trial(0.0, Some(0), 50.0),
            trial(200.0, Some(1), 2.0),
            trial(0.0, Some(0), 40.0),
            trial(100.0, None, 8.0),
        ];
        let (trials, observed) = all.into_iter().unzip();
        let varied = vec!["distractor_hz".to_owned()];
        Decisions { population: "E".to_owned(), trials, varied, observed, readouts: Vec::new() }
    }

    #[test]
    fn a_curve_has_a_point_for_every_level_of_what_varies() {
        let curves = level_curves(&decisions());
        // Neither the sample nor the current of the distractor varies.
        let [curve] = &curves[..] else { panic!("{curves:?}") };
        assert_eq!((curve.quantity.as_str(), curve.distractor), ("distractor_hz", Some(0)));
        let of = |value: fn(&LevelPoint) -> Share| -> Vec<(usize, usize)> {
            curve.points.iter().map(|p| (value(p).number, value(p).of)).collect()
        };
        assert_eq!(curve.points.iter().map(|p| p.level).collect::<Vec<_>>(), [0.0, 100.0, 200.0]);
        assert_eq!(of(|p| p.held), [(2, 2), (1, 2), (0, 1)]);
        assert_eq!(of(|p| p.taken), [(0, 2), (0, 2), (1, 1)]);
        assert_eq!(curve.points[1].trials, [0, 4]);
        // s.d. of 50 and 40 is sqrt(50), s.e.m. 5; of one value there is none.
        assert_eq!(curve.points[0].overlap, (45.0, 5.0));
        assert!(curve.points[2].overlap.1.is_nan());
        assert_eq!(curve.table().rows(), 3);
    }

    #[test]
    fn the_mean_of_a_course_is_no_level() {
        let task: DelayedMatch = toml::from_str(
            "trials = 8\nmatch_probability = 0.5\ndelay = '200 ms'\nobserver = { above = '10 Hz', held_over = '50 ms', seen_over = '50 ms' }\n\
             test = { duration = '100 ms', poisson = ['50 Hz', '60 Hz'] }\n\
             sample = { duration = ['100 ms', '200 ms'], poisson = { steps = { values = ['90 Hz', '30 Hz'], every = '50 ms' } } }",
        )
        .unwrap();
        let trials = task.draw(0.0, 2, Seed(1));
        let means: Vec<f64> = trials.iter().map(|t| t.sample_as_shown.poisson).collect();
        assert!(means.contains(&60.0) && means.contains(&45.0), "{means:?}");
        let (_, seen) = trial(0.0, Some(0), 30.0);
        let decisions = Decisions {
            population: "E".to_owned(),
            observed: vec![seen; trials.len()],
            trials,
            varied: task.varied().into_iter().map(|v| v.0).collect(),
            readouts: Vec::new(),
        };
        let curves = level_curves(&decisions);
        let names: Vec<&str> = curves.iter().map(|c| c.quantity.as_str()).collect();
        assert_eq!(names, ["test_hz", "sample_duration_ms"]);
    }
}
