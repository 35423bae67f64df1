//! Pictures of a recorded travelling salesman.

use crate::analysis::{Problem, length, normal, shortest};
use crate::error::{Error, Result, counted};
use crate::plot::memory::{
    Appearance, Learning, Lesson, Shape, TourPanel, Tours, journey, matrices, tours,
};
use crate::plot::{Animation, Picture};
use crate::recording::{Part, Recording};
use crate::report::model_of;
use ndarray::Array2;

/// Most tours that are drawn beside the shortest, and pages of an animation.
const TOURS: usize = 6;
const PAGES: usize = 60;
/// Activities that differ by less look alike.
const ALIKE: f64 = 0.02;

/// Whether a tour is no longer than the shortest but for rounding.
fn is_shortest(length: f64, least: f64) -> bool {
    length <= least * (1.0 + 1e-9)
}

/// A recorded travelling salesman.
pub struct Salesman<'a> {
    recording: &'a Recording,
    problem: Problem,
    title: String,
}

/// Trials that ended alike.
struct Ended {
    tour: Option<Vec<usize>>,
    length: f64,
    trials: usize,
    /// Of the first of them.
    shares: Vec<f64>,
}

impl<'a> Salesman<'a> {
    /// The salesman of a recording, if it is of one.
    pub fn of(recording: &'a Recording) -> Result<Option<Self>> {
        let Some(problem) = Problem::of(recording)? else { return Ok(None) };
        let model = model_of(&recording.provenance()?, recording.path())?;
        Ok(Some(Self { recording, problem, title: model.title.trim().to_owned() }))
    }

    fn titled(&self, what: &str) -> String {
        if self.title.is_empty() { what.to_owned() } else { format!("{what} · {}", self.title) }
    }

    /// The inhibition that makes a tour beside that between far cities, and below them what reaches one neuron.
    pub fn matrices(&self) -> Picture {
        let Problem { points, tour, .. } = &self.problem;
        let number = points.len();
        let neurons = number * number;
        let part = |k: usize, i: usize, j: usize| {
            if i == j { 0.0 } else { tour.parts(points, i, j)[k] }
        };
        // The second city at the second place, as in MacKay's figure.
        let one = number + 1;
        let lesson = |k: usize, label: &str| {
            let couplings = Array2::from_shape_fn((neurons, neurons), |(i, j)| part(k, i, j));
            let most = (0..neurons).map(|j| part(k, one, j).abs()).fold(0.0, f64::max);
            let dark = |j| if most > 0.0 { 2.0 * part(k, one, j).abs() / most - 1.0 } else { -1.0 };
            let reaching = Appearance::Neurons((0..neurons).map(dark).collect());
            let pattern = Some(("onto city 2 at place 2".to_owned(), reaching));
            Lesson { label: label.to_owned(), couplings, pattern }
        };
        matrices(&Learning {
            title: self.titled("Couplings"),
            name: "coupling J".to_owned(),
            lessons: vec![lesson(0, "rules of a tour"), lesson(1, "distances")],
            shape: Shape::Grid { columns: number, rows: number },
        })
    }

    /// The shortest tour, other tours that were found, by length, and a state that is none.
    pub fn tours(&self) -> Result<Picture> {
        let (ended, trials) = self.ended()?;
        let best = shortest(&self.problem.points);
        let least = length(&self.problem.points, &best);
        let share = |number: usize| match trials {
            0 => String::new(),
            _ => format!(
                "{:.1} % of {}",
                100.0 * number as f64 / trials as f64,
                counted(trials, "trial")
            ),
        };
        let optimal = |ended: &&Ended| is_shortest(ended.length, least);
        let found: Vec<&Ended> = ended.iter().filter(optimal).collect();
        let mut panels = vec![TourPanel {
            label: format!("shortest: {least:.3}"),
            caption: share(found.iter().map(|ended| ended.trials).sum()),
            shares: found.first().map_or(Vec::new(), |ended| ended.shares.clone()),
            tour: Some(found.first().and_then(|ended| ended.tour.clone()).unwrap_or(best)),
            best: true,
        }];
        let others = ended.iter().filter(|ended| ended.tour.is_some() && !optimal(ended));
        panels.extend(others.take(TOURS).map(|ended| TourPanel {
            label: format!(
                "{:.3}, {:.1} % longer",
                ended.length,
                100.0 * (ended.length / least - 1.0)
            ),
            caption: share(ended.trials),
            shares: ended.shares.clone(),
            tour: ended.tour.clone(),
            best: false,
        }));
        let none = ended.iter().filter(|ended| ended.tour.is_none());
        panels.extend(none.map(|ended| TourPanel {
            label: "no tour".to_owned(),
            caption: share(ended.trials),
            shares: ended.shares.clone(),
            ..TourPanel::default()
        }));
        let (title, cities) = (self.titled("Tours"), self.problem.points.clone());
        Ok(tours(&Tours { title, cities, panels }))
    }

    /// How the trials ended: tours by length, then all others together; and how many there are.
    fn ended(&self) -> Result<(Vec<Ended>, usize)> {
        let trials = self.recording.tour_trials()?.unwrap_or_default();
        let mut all: Vec<Ended> = Vec::new();
        let shares = self.problem.shares(self.recording)?;
        for trial in &trials {
            let Some(shares) = &shares else { break };
            let Some(last) = Part::Tour(trial).looks(self.recording)?.last() else { continue };
            let row = shares.row(last);
            let tour = self.problem.read(row).map(|tour| normal(&tour));
            match all.iter_mut().find(|ended| ended.tour == tour) {
                Some(ended) => ended.trials += 1,
                None => {
                    let own = tour.as_ref().map(|tour| length(&self.problem.points, tour));
                    let length = own.unwrap_or(f64::INFINITY);
                    all.push(Ended { tour, length, trials: 1, shares: row.to_vec() });
                }
            }
        }
        all.sort_by(|a, b| a.length.total_cmp(&b.length));
        Ok((all, trials.len()))
    }

    /// The way to a tour: of the trial that is named, or of the first.
    pub fn animation(&self, part: Option<Part>) -> Result<Animation> {
        let trials = self.recording.tour_trials()?.unwrap_or_default();
        let part = part.or(trials.first().map(Part::Tour)).unwrap_or(Part::Whole);
        let Some(shares) = self.problem.shares(self.recording)? else {
            return Err(Error::file(
                self.recording.path(),
                "found no activity of single neurons",
                "delete states = false in [record], and run the model again",
            ));
        };
        let (rows, start) = (part.looks(self.recording)?, part.start());
        let last = rows.end.saturating_sub(1);
        let differs = |a: usize, b: usize| {
            shares.row(a).iter().zip(shares.row(b)).any(|(a, b)| (a - b).abs() > ALIKE)
        };
        // What looks alike is one page.
        let mut chosen: Vec<usize> = Vec::new();
        for k in rows {
            if k == last || chosen.last().is_none_or(|&before| differs(before, k)) {
                chosen.push(k);
            }
        }
        let number = chosen.len().min(PAGES);
        let pages = (0..number).map(|k| chosen[k * (chosen.len() - 1) / (number - 1).max(1)]);
        let least = length(&self.problem.points, &shortest(&self.problem.points));
        let unit = self.recording.clock().unit();
        let panel = |k: usize| {
            let row = shares.row(k);
            let end = self.problem.read(row).filter(|_| k == last);
            let long = end.as_ref().map(|tour| length(&self.problem.points, tour));
            let caption = match long {
                Some(long) => format!("a tour of length {long:.3}"),
                None if k == last => "no tour".to_owned(),
                None => "cities at neighbouring places".to_owned(),
            };
            let time = (1e6 * (shares.time[k] - start)).round() / 1e6;
            TourPanel {
                label: format!("{time} {unit}"),
                caption,
                shares: row.to_vec(),
                tour: end,
                best: long.is_some_and(|long| is_shortest(long, least)),
            }
        };
        let panels = pages.map(panel).collect();
        let (title, cities) = (self.title.clone(), self.problem.points.clone());
        Ok(journey(&Tours { title, cities, panels }))
    }
}
