//! Energy against time.

use super::Memories;
use crate::analysis::RecallTrials;
use crate::error::{Error, Result};
use crate::plot::chart::Figure;
use crate::plot::memory::{Energies, EnergyTrial, energy};
use crate::recording::Part;

/// Most trials that can be seen.
const TRIALS: usize = 500;
/// Most memories whose energies are named.
const LEVELS: usize = 6;

/// What trials come to.
const OUTCOMES: [&str; 5] =
    ["retrieved", "another memory or inverse", "spurious", "cycle", "not settled"];

impl Memories<'_> {
    /// Of a part, or of all trials, or of the protocol if there are none.
    pub fn energies(&self, part: Option<Part>) -> Result<Figure> {
        self.check_energy()?;
        let trials = self.trials()?;
        let (title, outcomes, courses) = match part {
            Some(part) => {
                let title = self.subject(part).title;
                (title, Vec::new(), vec![self.course(part, usize::MAX)?])
            }
            None if trials.is_empty() => {
                (String::new(), Vec::new(), vec![self.course(Part::Whole, usize::MAX)?])
            }
            None => {
                let results = self.results()?;
                let mut courses = Vec::new();
                for (k, trial) in trials.iter().take(TRIALS).enumerate() {
                    let outcome = results.as_ref().map_or(OUTCOMES.len(), |r| outcome(r, k));
                    courses.push(self.course(Part::Recall(trial), outcome)?);
                }
                let title = match trials.len() {
                    1 => "1 trial".to_owned(),
                    n if n <= TRIALS => format!("{n} trials"),
                    n => format!("The first {TRIALS} of {n} trials"),
                };
                (title, OUTCOMES.map(str::to_owned).to_vec(), courses)
            }
        };
        let levels = self.levels()?;
        let time = format!("time ({})", self.recording.clock().axis().0);
        let data = Energies { time, outcomes, trials: courses, levels };
        Ok(energy(&self.title(&title), &data))
    }

    fn course(&self, part: Part, outcome: usize) -> Result<EnergyTrial> {
        let Some(Ok(samples)) = self.recording.energy()? else {
            return Err(Error::file(
                self.recording.path(),
                "found no energy in the recording",
                "run the model again",
            ));
        };
        let samples = samples.part(part.looks(self.recording)?, part.start());
        let length = self.recording.clock().axis().1;
        let time = samples.time.iter().map(|t| t / length);
        let course = time.zip(samples.values.iter().copied()).collect();
        Ok(EnergyTrial { outcome, course })
    }

    /// The energies of the memories that are shown first, where the memories are all of the network.
    fn levels(&self) -> Result<Vec<(String, f64)>> {
        if !self.is_whole() {
            return Ok(Vec::new());
        }
        let mut network = self.network()?;
        let shown = self.by_appearance()?.into_iter().take(LEVELS);
        let mut level = |(k, mu): (usize, usize)| {
            self.put(&mut *network, &self.patterns.state(mu));
            let name = match (self.patterns.names().get(mu), k) {
                (Some(name), _) => name.clone(),
                (None, 0) => "memories".to_owned(),
                (None, _) => String::new(),
            };
            (name, network.observable().energy().unwrap_or(f64::NAN))
        };
        Ok(shown.enumerate().map(&mut level).collect())
    }
}

/// What trial `k` has come to.
fn outcome(results: &RecallTrials, k: usize) -> usize {
    let value = |name: &str| results.values(name).and_then(|values| values.get(k).copied());
    let nearest = value("nearest_overlap").map(f64::abs);
    match (value("period"), value("exact")) {
        (Some(period), _) if period > 1.0 => 3,
        (Some(period), _) if period.is_nan() => 4,
        (_, Some(1.0)) => 0,
        _ if nearest == Some(1.0) => 1,
        _ => 2,
    }
}
