//! Where patterns come from: the model's section `[patterns.POPULATION]`.

use super::{
    AssemblyPatterns, Bitmaps, CorrelatedPatterns, GaussianPatterns, HadamardPatterns, Images,
    PatternFile, PatternList, Patterns, PlacePatterns, RandomPatterns, Shape, Words,
};
use crate::error::{Error, Result};
use crate::random::Seed;
use crate::space::Ground;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// How the patterns of a population are made; the model's section `[patterns.POPULATION]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum PatternSource {
    /// Independent random patterns of a given coding level.
    Random(RandomPatterns),
    /// Random patterns that resemble one another.
    Correlated(CorrelatedPatterns),
    /// Blocks of neurons: disjoint, or overlapping in a chain.
    Assemblies(AssemblyPatterns),
    /// Place fields: neighbours on the space of the population.
    Places(PlacePatterns),
    /// Orthogonal patterns.
    Hadamard(HadamardPatterns),
    /// Independent graded patterns of normal values.
    Gaussian(GaussianPatterns),
    /// Pictures in files.
    Image(Images),
    /// Pictures written into the model.
    Bitmap(Bitmaps),
    /// Words, a few bits per character.
    Words(Words),
    /// The neurons of every pattern.
    List(PatternList),
    /// A matrix, or lists of neurons, in a file.
    File(PatternFile),
}

impl PatternSource {
    /// The same patterns of `neurons` neurons without need of a file: `image` becomes `bitmap`, `file` a `list`. Relative
    /// names start from `folder`.
    ///
    /// # Errors
    /// At the key of a file that cannot be read, holds no picture or patterns, or differs in size from the first.
    pub(crate) fn resolve(&self, folder: &Path, neurons: usize) -> Result<Self> {
        match self {
            Self::Image(images) => {
                images.read(folder).map(Self::Bitmap).map_err(|e| e.within("image"))
            }
            Self::File(file) => {
                file.read(folder, neurons).map(Self::List).map_err(|e| e.within("file"))
            }
            other => Ok(other.clone()),
        }
    }

    /// Refuses what no population of so many neurons there can hold; needs [`PatternSource::resolve`] first.
    pub(crate) fn check(&self, ground: impl Into<Ground>) -> Result<()> {
        let ground = ground.into();
        let neurons = ground.neurons;
        match self {
            Self::Random(random) => random.check(neurons).map_err(|e| e.within("random")),
            Self::Correlated(correlated) => correlated.check().map_err(|e| e.within("correlated")),
            Self::Assemblies(blocks) => blocks.check(neurons).map_err(|e| e.within("assemblies")),
            Self::Places(places) => places.check(ground).map_err(|e| e.within("places")),
            Self::Hadamard(rows) => rows.check(neurons).map_err(|e| e.within("hadamard")),
            Self::Gaussian(gaussian) => gaussian.check().map_err(|e| e.within("gaussian")),
            Self::Image(images) => {
                images.check().map_err(|e| e.within("image"))?;
                Err(unread("pictures", "image"))
            }
            Self::File(_) => Err(unread("patterns", "file")),
            Self::List(list) => list.check().map_err(|e| e.within("list")),
            Self::Bitmap(bitmaps) => bitmaps.check().map_err(|e| e.within("bitmap")),
            Self::Words(words) => words.check().map_err(|e| e.within("words")),
        }?;
        match self.size() {
            Some((size, what)) if size != neurons => Err(Error::input(
                format!("found {what} for a population of {neurons} neurons"),
                "every neuron has its place in a pattern",
                format!("write size = {size} for the population"),
            )),
            _ => Ok(()),
        }
    }

    /// The only population size that fits, and its reason in words; `None` where any size does.
    fn size(&self) -> Option<(usize, String)> {
        match self {
            Self::Bitmap(bitmaps) => {
                let Shape { columns, rows } = bitmaps.shape();
                let size = columns * rows;
                Some((size, format!("bitmaps of {columns} x {rows} = {size} pixels")))
            }
            Self::Words(words) => {
                let (characters, bits) = (words.length(), words.bits());
                let size = characters * bits;
                let what = format!("words of {characters} x {bits} = {size} bits");
                Some((size, what))
            }
            Self::List(list) => {
                Some((list.neurons, format!("patterns of {} neurons", list.neurons)))
            }
            Self::Random(_) | Self::Correlated(_) | Self::Assemblies(_) | Self::Hadamard(_) => None,
            Self::Places(_) => None,
            Self::Gaussian(_) | Self::Image(_) | Self::File(_) => None,
        }
    }

    /// How many patterns there will be; none of a file that has not been read.
    pub fn number(&self) -> usize {
        match self {
            Self::Random(random) => random.number,
            Self::Correlated(correlated) => correlated.number,
            Self::Assemblies(assemblies) => assemblies.number,
            Self::Places(places) => places.number,
            Self::Hadamard(hadamard) => hadamard.number,
            Self::Gaussian(gaussian) => gaussian.number,
            Self::Image(images) => images.files.len(),
            Self::Bitmap(bitmaps) => bitmaps.rows.len(),
            Self::Words(words) => words.list.len(),
            Self::List(list) => list.foreground.len(),
            Self::File(_) => 0,
        }
    }

    /// The expected coding level a; of given patterns their mean share of foreground neurons, and 0.5 of what has not been
    /// read, and of graded patterns without an image in the synapses.
    pub fn coding_level(&self) -> f64 {
        match self {
            Self::Random(random) => random.coding_level,
            Self::Correlated(correlated) => correlated.coding_level,
            Self::Assemblies(assemblies) => assemblies.coding_level,
            Self::Places(places) => places.coding_level,
            Self::Hadamard(_) | Self::Gaussian(_) | Self::Image(_) | Self::File(_) => 0.5,
            Self::List(list) => list.coding_level(),
            Self::Bitmap(bitmaps) => share(&bitmaps.states()),
            Self::Words(words) => share(&words.states()),
        }
    }

    /// Whether the patterns are graded.
    pub fn is_graded(&self) -> bool {
        matches!(self, Self::Gaussian(_))
    }

    /// One name per pattern, or none at all.
    pub(crate) fn names(&self) -> Vec<String> {
        match self {
            Self::Random(_) | Self::Correlated(_) | Self::Assemblies(_) => Vec::new(),
            Self::Places(_) | Self::Hadamard(_) | Self::Gaussian(_) => Vec::new(),
            Self::Image(images) => images.names(),
            Self::Bitmap(bitmaps) => bitmaps.names.clone(),
            Self::Words(words) => words.list.clone(),
            Self::List(list) => list.names.clone(),
            Self::File(file) => file.names.clone(),
        }
    }

    /// What a state of the population says, where the patterns are words.
    pub fn text(&self, state: &[bool]) -> Option<String> {
        match self {
            Self::Words(words) => Some(words.text(state)),
            _ => None,
        }
    }

    /// The patterns for a population called `population`, from its own random stream; the source is checked.
    pub fn draw(&self, population: &str, ground: impl Into<Ground>, seed: Seed) -> Patterns {
        let ground = ground.into();
        let neurons = ground.neurons;
        let stream = &mut seed.stream(&format!("patterns/{population}"), 0);
        match self {
            Self::Random(random) => random.draw(neurons, stream),
            Self::Correlated(correlated) => correlated.draw(neurons, stream),
            Self::Assemblies(assemblies) => assemblies.draw(neurons),
            Self::Places(places) => places.draw(ground),
            Self::Hadamard(hadamard) => hadamard.rows(neurons),
            Self::Gaussian(gaussian) => gaussian.draw(neurons, stream),
            Self::List(list) => list.draw(),
            Self::Image(_) | Self::File(_) => unreachable!("a checked source has been resolved"),
            Self::Bitmap(bitmaps) => Patterns::from_states(neurons, &bitmaps.states())
                .with_shape(Some(bitmaps.shape()))
                .with_names(self.names()),
            Self::Words(words) => {
                Patterns::from_states(neurons, &words.states()).with_names(self.names())
            }
        }
    }
}

/// The error of a source that has not been resolved.
fn unread(what: &str, key: &str) -> Error {
    Error::input(
        format!("found {what} that have not been read"),
        "a model is resolved before it is checked",
        "resolve the patterns first",
    )
    .at(key)
}

/// The share of neurons that are in the foreground, over all states.
fn share(states: &[Vec<bool>]) -> f64 {
    let (ones, all) = states
        .iter()
        .flatten()
        .fold((0usize, 0usize), |(ones, all), &x| (ones + usize::from(x), all + 1));
    ones as f64 / all.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> PatternSource {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn every_kind_is_read_and_written_as_the_same_section() {
        for text in [
            "[random]\nnumber = 2\ncoding_level = 0.5",
            "[correlated]\nnumber = 2\ncoding_level = 0.5\ncorrelation = 0.3\nwith = \"previous\"",
            "[assemblies]\nnumber = 2\ncoding_level = 0.3\noverlap = 0.5",
            "[hadamard]\nnumber = 2",
            "[image]\nfiles = [\"a.png\", \"b.txt\"]",
            "[bitmap]\nrows = [[\"#.\", \".#\"], [\"##\", \"..\"]]",
            "[words]\nlist = [\"ab\", \"ba\"]",
            "[list]\nneurons = 4\nforeground = [[0, 2], [3]]",
        ] {
            let read = source(text);
            assert_eq!(read.number(), 2);
            assert_eq!(read, source(&toml::to_string(&read).unwrap()), "{text}");
        }
    }

    #[test]
    fn given_patterns_fit_one_population_size() {
        let bitmap = source("[bitmap]\nnames = [\"x\"]\nrows = [[\"#..\", \"##.\"]]");
        assert_eq!(bitmap.coding_level(), 0.5);
        bitmap.check(6).unwrap();
        let drawn = bitmap.draw("N", 6, Seed(1));
        assert_eq!((drawn.foreground(0), drawn.name(0).as_str()), (&[0, 3, 4][..], "x"));
        assert_eq!(
            bitmap.check(7).unwrap_err().to_string(),
            "found bitmaps of 3 x 2 = 6 pixels for a population of 7 neurons; every neuron has its place in a \
             pattern; write size = 6 for the population."
        );
        let words = source("[words]\nlist = [\"oslo\"]");
        assert_eq!(
            words.check(19).unwrap_err().to_string(),
            "found words of 4 x 5 = 20 bits for a population of 19 neurons; every neuron has its place in a \
             pattern; write size = 20 for the population."
        );
        let drawn = words.draw("N", 20, Seed(1));
        assert_eq!(words.text(&drawn.state(0)).unwrap(), "oslo");
        assert_eq!(drawn.name(0), "oslo");
    }

    #[test]
    fn pictures_are_read_before_they_are_checked() {
        let message = source("[image]\nfiles = [\"a.png\"]").check(4).unwrap_err().to_string();
        assert!(message.starts_with("image: found pictures that have not been read"), "{message}");
    }
}
