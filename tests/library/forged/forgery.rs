//! Runs that were stopped, whose checkpoints are forged: the sum is right, the words are others.

use super::HEAD;
use crate::common::host;
use attractor::error::Kind;
use attractor::experiment::Experiment;
use attractor::model::Document;
use attractor::recording::{Owner, Sink};
use attractor::simulation::Wish;
use attractor::tape::{OnTape, Tape};
use attractor::work::Threads;
use sha2::{Digest, Sha256};
use std::path::PathBuf;

/// A run of four workers that was stopped.
pub struct Stopped {
    directory: tempfile::TempDir,
}

impl Stopped {
    /// At the first look from `time` on at `model`, or at this trial of it alone.
    pub fn at(time: f64, model: &str, trial: Option<usize>) -> Self {
        let stopped = Self { directory: tempfile::tempdir().unwrap() };
        let document = Document::new("t.toml".as_ref(), format!("{HEAD}{model}"), &[]).unwrap();
        let (model, path) = (document.model().unwrap(), stopped.recording());
        let sink = (Sink::File { path: &path, force: false }, trial);
        let threads = Threads::new(4).unwrap();
        let mut begun = Experiment::begin(&document, model, sink, &host(), &threads).unwrap();
        let told = begun.run(|now| if now < time { Wish::Continue } else { Wish::Stop });
        assert_eq!(told.unwrap_err().kind(), Kind::Interrupt);
        stopped
    }

    fn recording(&self) -> PathBuf {
        self.directory.path().join("run.h5")
    }

    /// Changes the words of its checkpoint behind those of its owner.
    pub fn forge(&self, forge: impl FnOnce(&mut Owner, &mut Vec<u64>)) {
        let file = self.recording().with_extension("h5.checkpoint");
        let bytes = std::fs::read(&file).unwrap();
        // A mark and the number of words are in front, a sum behind.
        let (head, rest) = bytes.split_at(24);
        let word = |bytes: &[u8]| u64::from_le_bytes(bytes.try_into().unwrap());
        let mut words: Vec<u64> = rest[..rest.len() - 32].chunks(8).map(word).collect();
        let (mut owner, mut of_owner) = (Owner::default(), Tape::written(words.clone()));
        owner.pass(&mut of_owner);
        let written = |owner: &mut Owner| {
            let mut tape = Tape::blank();
            owner.pass(&mut tape);
            tape.into_words()
        };
        words.drain(..written(&mut owner).len());
        forge(&mut owner, &mut words);
        let words = [written(&mut owner), words].concat();
        let mut forged = head[..16].to_vec();
        forged.extend((words.len() as u64).to_le_bytes());
        forged.extend(words.iter().flat_map(|word| word.to_le_bytes()));
        forged.extend(Sha256::digest(&forged));
        std::fs::write(&file, forged).unwrap();
    }

    /// Why it does not go on; where it is refused before anything is computed, its files are as they were.
    pub fn refused(&self) -> Option<String> {
        let before = self.files();
        let threads = Threads::new(4).unwrap();
        let ran = match Experiment::go_on(&self.recording(), &host(), &threads) {
            Ok(mut gone_on) => gone_on.run(|_| Wish::Continue),
            Err(refusal) => {
                assert!(self.files() == before, "{refusal}");
                Err(refusal)
            }
        };
        let place = self.directory.path().to_str().unwrap();
        ran.err().map(|error| error.to_string().replace(place, ""))
    }

    /// Names and bytes.
    fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let entries = self.directory.path().read_dir().unwrap();
        let read = |path: PathBuf| (path.clone(), std::fs::read(path).unwrap());
        let mut files: Vec<_> = entries.map(|entry| read(entry.unwrap().path())).collect();
        files.sort();
        files
    }
}

/// Stops a run at its first look, forges its checkpoint, and goes on; why that is refused.
pub fn refused(model: &str, forge: impl FnOnce(&mut Owner, &mut Vec<u64>)) -> Option<String> {
    let stopped = Stopped::at(0.0, model, None);
    stopped.forge(forge);
    stopped.refused()
}

/// Where the state of a run stands that is `within` an episode, behind that of its recording.
pub struct Stand {
    /// The time that has been recorded.
    pub reached: usize,
    /// Trials that have ended, as the recording has them and as the run has them, if there are some.
    pub ended: Option<[usize; 2]>,
    /// The number of the field that is held, whether it is, until when, and until which sweep.
    pub held: [usize; 4],
    /// What spiking neurons come to.
    pub network: usize,
}

impl Stand {
    pub fn of(words: &[u64]) -> Self {
        let found = (1..words.len()).filter_map(|k| Self::at(k, words));
        let mut found: Vec<Self> = found.collect();
        assert_eq!(found.len(), 1);
        found.swap_remove(0)
    }

    fn at(k: usize, words: &[u64]) -> Option<Self> {
        let time = *words.get(k)?;
        let trials = usize::from(*words.get(k + 1)? == 1);
        let held = k + 2 + trials;
        let number = trials == 0 || words[k - 1] == *words.get(k + 2)?;
        let found = (1.0..1e4).contains(&f64::from_bits(time))
            && number
            && words[k + 1] == trials as u64
            // No share of neurons is asked for, and no trial has had a network of its own.
            && *words.get(held)? < 9
            && *words.get(held + 1)? == 1
            && f64::from_bits(time) <= f64::from_bits(*words.get(held + 2)?)
            && f64::from_bits(*words.get(held + 2)?) < f64::from_bits(time) + 2.0
            && words.get(held + 4..held + 7)? == [0; 3];
        found.then(|| Self {
            reached: k,
            ended: (trials == 1).then_some([k - 1, k + 2]),
            held: [held, held + 1, held + 2, held + 3],
            network: held + 7,
        })
    }
}

/// Another number in the place of one.
pub fn add(word: &mut u64, other: f64) {
    *word = f64::to_bits(f64::from_bits(*word) + other);
}

/// What is said of a state that was left otherwise.
pub fn strayed(how: &str) -> Option<String> {
    let remedy = "put back the state that the run left, or run it anew with --force.";
    Some(format!("/run.h5.part: found the state of a {how}; {remedy}"))
}

pub const TIME: &str = "run that has come to another time than was recorded";
pub const LOOKS: &str = "run that has looked at other times than were recorded";
pub const ASTRAY: &str = "network that feels another input than is shown to it";
