//! `attractor plot`: the figure of a recording, a picture of its memories, or curves of a sweep.

use super::curves::Curves;
use crate::error::{Error, Place, Result, suggest};
use crate::gallery::{self, Gallery};
use crate::plot;
use crate::protocol::EpochShown;
use crate::recording::{Output, Part, Recording};
use crate::task::{RecallTrial, Trial};
use clap::{Args, ValueEnum};
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub(super) struct Plot {
    /// The recording, or the table of a sweep.
    recording: PathBuf,
    /// The figure to write, .png or .svg, or .gif for what moves [default: named after the recording].
    #[arg(short, long)]
    output: Option<PathBuf>,
    /// What is shown of a recording.
    #[arg(long = "as", value_name = "KIND", default_value = "overview")]
    kind: Kind,
    /// The trial to draw, of a recording that has some [default: the first].
    #[arg(long, value_name = "N")]
    trial: Option<usize>,
    /// The epoch of the protocol to draw.
    #[arg(long, value_name = "NAME", conflicts_with = "trial")]
    epoch: Option<String>,
    #[command(flatten)]
    curves: Curves,
    /// Overwrite an existing figure.
    #[arg(long)]
    force: bool,
}

/// What is shown of a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Activity, rates, overlaps and energy against time.
    Overview,
    /// A recall of a binary network, frame by frame.
    Strip,
    /// Energies of its trials, or of its protocol, against time.
    Energy,
    /// Its final states that are no memories, beside those that they mix.
    Spurious,
    /// Its couplings after one pattern, two patterns, ...
    Matrices,
    /// The energy between two of its memories, or over the plane of two neurons.
    Landscape,
    /// A recall that moves (.gif).
    Animation,
    /// The couplings while patterns are learned (.gif).
    Learning,
}

impl Kind {
    fn of_gallery(self) -> Option<gallery::Kind> {
        Some(match self {
            Self::Overview => return None,
            Self::Strip => gallery::Kind::Strip,
            Self::Energy => gallery::Kind::Energy,
            Self::Spurious => gallery::Kind::Spurious,
            Self::Matrices => gallery::Kind::Matrices,
            Self::Landscape => gallery::Kind::Landscape,
            Self::Animation => gallery::Kind::Animation,
            Self::Learning => gallery::Kind::Learning,
        })
    }

    fn name(self) -> String {
        self.to_possible_value().map_or(String::new(), |value| value.get_name().to_owned())
    }

    /// Whether a part of the recording can be chosen.
    fn has_parts(self) -> bool {
        !matches!(self, Self::Matrices | Self::Landscape | Self::Learning)
    }
}

/// What of a recording can be chosen.
struct Contents {
    trials: Option<Vec<Trial>>,
    recall: Option<Vec<RecallTrial>>,
    protocol: Vec<EpochShown>,
}

impl Plot {
    pub(super) fn execute(&self) -> Result<ExitCode> {
        let output = self.output.clone().unwrap_or_else(|| self.usual_name());
        Output::check(&output, self.force)?;
        if let Some(figure) = self.curves.figure(&self.recording)? {
            figure.save(&output)?;
            say!("{}", output.display());
            return Ok(ExitCode::SUCCESS);
        }
        let recording = Recording::open(&self.recording)?;
        let contents = Contents {
            trials: recording.trials()?,
            recall: recording.recall_trials()?,
            protocol: recording.protocol()?,
        };
        let part = self.part(&contents)?;
        match self.kind.of_gallery() {
            None => {
                let part = part.unwrap_or_else(|| contents.usual_part());
                plot::figure(&recording, part, &output)?;
            }
            Some(kind) => Gallery::of(&recording)?.show(kind, part)?.save(&output)?,
        }
        say!("{}", output.display());
        Ok(ExitCode::SUCCESS)
    }

    /// The recording's, with the kind where there are several.
    fn usual_name(&self) -> PathBuf {
        let extension = match self.kind {
            Kind::Overview => return self.recording.with_extension("png"),
            Kind::Animation | Kind::Learning => "gif",
            _ => "png",
        };
        let stem = self.recording.file_stem().unwrap_or_default().to_string_lossy();
        self.recording.with_file_name(format!("{stem}-{}.{extension}", self.kind.name()))
    }

    /// The part of the recording that is named.
    fn part<'a>(&self, contents: &'a Contents) -> Result<Option<Part<'a>>> {
        let argument = match (self.trial, &self.epoch) {
            (Some(number), _) => format!("--trial {number}"),
            (_, Some(name)) => format!("--epoch {name}"),
            (None, None) => return Ok(None),
        };
        let refuse = |found: &str, allowed: String, remedy: String| {
            Err(Error::input(found, allowed, remedy).placed(Place::Argument(argument.clone())))
        };
        if !self.kind.has_parts() {
            let found = format!("found a part for --as {}", self.kind.name());
            return refuse(
                &found,
                "it is the same for all of a recording".into(),
                "leave it out".into(),
            );
        }
        if let Some(name) = &self.epoch {
            let names = contents.protocol.iter().map(|epoch| epoch.name.as_str());
            return match contents.protocol.iter().find(|epoch| epoch.name == *name) {
                Some(epoch) => Ok(Some(Part::Epoch(epoch))),
                None => refuse(
                    "found that the recording has no such epoch",
                    suggest(name, names),
                    "write one of its names".into(),
                ),
            };
        }
        let mut all = Vec::new();
        all.extend(
            contents.trials.iter().flatten().map(|trial| (trial.number, Part::Trial(trial))),
        );
        all.extend(
            contents.recall.iter().flatten().map(|trial| (trial.number, Part::Recall(trial))),
        );
        let (Some(first), Some(last)) = (all.first(), all.last()) else {
            let remedy = "leave --trial out".to_owned();
            return refuse("found a recording without trials", String::new(), remedy);
        };
        match all.iter().find(|(number, _)| Some(*number) == self.trial) {
            Some((_, part)) => Ok(Some(*part)),
            None => refuse(
                "found that the recording has no such trial",
                String::new(),
                format!("choose one from {} to {}", first.0, last.0),
            ),
        }
    }
}

impl Contents {
    /// What is drawn if nothing is named: the first trial, but of recall only where no protocol stands before it.
    fn usual_part(&self) -> Part<'_> {
        let trial = self.trials.iter().flatten().next();
        let recall = self.recall.iter().flatten().next().filter(|_| self.protocol.is_empty());
        match (trial, recall) {
            (Some(trial), _) => Part::Trial(trial),
            (None, Some(trial)) => Part::Recall(trial),
            (None, None) => Part::Whole,
        }
    }
}
