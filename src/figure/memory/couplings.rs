//! Couplings, and how patterns made them.

use super::{Memories, counted};
use crate::error::{Error, Result};
use crate::network::Projection;
use crate::plot::memory::animate;
use crate::plot::memory::{Learning, Lesson, matrices};
use crate::plot::{Animation, Picture};
use crate::random::Seed;
use ndarray::Array2;

/// Most matrices of a picture, and pages of an animation.
const MATRICES: usize = 8;
const PAGES: usize = 60;
/// A matrix has at most this many rows: those of neurons at equal distances.
const ROWS: usize = 150;
/// More neurons than this have too many couplings.
const NEURONS: usize = 10_000;

impl Memories<'_> {
    pub fn matrices(&self) -> Result<Picture> {
        let learning = match self.learned(MATRICES)? {
            Some(learning) => learning,
            None => self.final_matrix()?,
        };
        Ok(matrices(&learning))
    }

    pub fn learning(&self) -> Result<Animation> {
        match self.learned(PAGES)? {
            Some(learning) => Ok(animate::learning(&learning)),
            None => Err(Error::file(
                self.recording.path(),
                "found a rule that does not learn one pattern after another",
                "draw the final matrix with --as matrices",
            )),
        }
    }

    /// The projection of the population to itself, if it is the only one of the network.
    fn only_projection(&self) -> Option<(&String, &Projection)> {
        let mut all = self.model.projection.iter();
        let first = all.next().filter(|(_, p)| p.from == self.holder && p.to == self.holder);
        if all.next().is_some() { None } else { first }
    }

    fn check_size(&self) -> Result<()> {
        if self.model.projection.is_empty() {
            return Err(Error::file(
                self.recording.path(),
                "found a network without couplings",
                "choose another picture, for example --as strip",
            ));
        }
        let neurons = self.patterns.neurons();
        if neurons <= NEURONS {
            return Ok(());
        }
        Err(Error::file(
            self.recording.path(),
            format!("found {neurons} neurons; a matrix is drawn of at most {NEURONS}"),
            "choose another picture, for example --as strip",
        ))
    }

    /// The couplings after the patterns one by one: after all of them in the last stage, and of so many as there is
    /// room for before.
    fn learned(&self, most: usize) -> Result<Option<Learning>> {
        self.check_size()?;
        let Some((name, projection)) = self.only_projection() else { return Ok(None) };
        let Some(rule) = &projection.learning else { return Ok(None) };
        let wiring = self.model.plan().wiring(projection)?;
        let patterns = self.model.draw_patterns();
        let pathway = projection.pathway(name, &wiring, &patterns, Seed(self.model.seed));
        let Some(mut learner) = rule.learner(&pathway)? else { return Ok(None) };
        let (mut lessons, mut unit) = (Vec::new(), 1.0);
        let mut all = learner.clone();
        while all.learn_next() {}
        let number = all.learned();
        while learner.learn_next() {
            let learned = learner.learned();
            if learned >= most && learned < number {
                continue;
            }
            let couplings = learner.couplings();
            unit = couplings.unit();
            lessons.push(Lesson {
                label: counted(learned, "pattern"),
                couplings: matrix(self.patterns.neurons(), |i, j| couplings.weight(i, j)),
                pattern: Some((self.name(learned - 1), self.pattern(learned - 1))),
            });
        }
        let name = self.scale(&mut lessons, unit);
        let title = self.couplings_title();
        Ok(Some(Learning { title, name, lessons, shape: self.shape() }))
    }

    /// All couplings of the population with itself.
    fn final_matrix(&self) -> Result<Learning> {
        let network = self.model.wire(&self.model.draw_patterns())?;
        let first = self.neurons.start;
        let couplings = matrix(self.neurons.len(), |i, j| network.efficacy(first + i, first + j));
        let label = format!("all {}", counted(self.patterns.number(), "pattern"));
        let mut lessons = vec![Lesson { label, couplings, pattern: None }];
        let name = self.scale(&mut lessons, 1.0);
        Ok(Learning { title: self.couplings_title(), name, lessons, shape: self.shape() })
    }

    /// Gives whole numbers as such, in units of the couplings; returns what the numbers are.
    fn scale(&self, lessons: &mut [Lesson], unit: f64) -> String {
        let whole = |v: &f64| *v == v.round();
        let parts = (1.0 / unit).round();
        if unit != 1.0
            && 1.0 / unit == parts
            && lessons.iter().flat_map(|lesson| &lesson.couplings).all(whole)
        {
            return format!("coupling J (1/{parts})");
        }
        lessons.iter_mut().for_each(|lesson| lesson.couplings *= unit);
        "coupling J".to_owned()
    }

    fn couplings_title(&self) -> String {
        let neurons = self.patterns.neurons();
        match chosen(neurons).len() {
            rows if rows < neurons => {
                self.title(&format!("Couplings of {rows} of {neurons} neurons"))
            }
            _ => self.title("Couplings"),
        }
    }
}

/// The neurons that have a row.
fn chosen(neurons: usize) -> Vec<usize> {
    let rows = neurons.min(ROWS);
    (0..rows).map(|k| k * neurons / rows).collect()
}

/// The weights among the neurons that have a row.
fn matrix(neurons: usize, weight: impl Fn(usize, usize) -> f64) -> Array2<f64> {
    let chosen = chosen(neurons);
    Array2::from_shape_fn((chosen.len(), chosen.len()), |(i, j)| weight(chosen[i], chosen[j]))
}
