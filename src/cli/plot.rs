//! `attractor plot`: the figure of a recording, a picture of its memories, or curves of a sweep.

use super::curves::{Curves, range};
use super::open;
use crate::error::Result;
use crate::figure::{self, Beside, Choice, Details, Named, View};
use crate::plot::Drawing;
use crate::recording::Output;
use clap::builder::PossibleValue;
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
    view: View,
    /// The trial to draw, of a recording that has some [default: the first].
    #[arg(long, value_name = "N")]
    trial: Option<usize>,
    /// The epoch of the protocol to draw.
    #[arg(long, value_name = "NAME", conflicts_with = "trial")]
    epoch: Option<String>,
    /// A recording of the same network from another start: single neurons, the overlap, and how far both are apart.
    #[arg(long, value_name = "OTHER.h5", conflicts_with_all = ["view", "trial", "epoch", "drawn", "one_minus_overlap", "population"])]
    beside: Option<PathBuf>,
    /// With --beside: the exponential is fitted from FROM to TO, s or sweeps [default: where the distance grows while it is
    /// small].
    #[arg(long, value_name = "FROM:TO", requires = "beside", value_parser = range)]
    fit: Option<(f64, f64)>,
    /// With --as neurons or --beside: whose activity is drawn, up to six of those recorded, from 0 [default: three].
    #[arg(long, value_name = "E:17,40")]
    neurons: Option<Named>,
    /// With --as bump: of which population on a ring [default: the only one].
    #[arg(long, value_name = "NAME")]
    population: Option<String>,
    /// Below the overlaps also what they lack to 1, on a logarithmic axis.
    #[arg(long)]
    one_minus_overlap: bool,
    #[command(flatten)]
    curves: Curves,
    /// Overwrite an existing figure.
    #[arg(long)]
    force: bool,
}

impl ValueEnum for View {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let (name, help) = self.words();
        Some(PossibleValue::new(name).help(help))
    }
}

impl Plot {
    pub(super) fn execute(&self) -> Result<ExitCode> {
        let output = self.output.clone().unwrap_or_else(|| self.usual_name());
        Output::check(&output, self.force)?;
        let named = self.neurons.as_ref();
        let drawing: Drawing = match (&self.beside, self.curves.figure(&self.recording)?) {
            (Some(other), _) => {
                let recordings = [open(&self.recording)?, open(other)?];
                let beside = Beside::of(recordings.each_ref(), named, self.fit)?;
                say!("{}", beside.says());
                beside.figure(named)?.into()
            }
            (None, Some(figure)) => figure.into(),
            (None, None) => {
                let choice = match (self.trial, &self.epoch) {
                    (Some(number), _) => Choice::Trial(number),
                    (None, Some(name)) => Choice::Epoch(name.clone()),
                    (None, None) => Choice::Usual,
                };
                let details = Details {
                    neurons: self.neurons.clone(),
                    missing: self.one_minus_overlap,
                    population: self.population.clone(),
                };
                figure::draw_with(&open(&self.recording)?, self.view, &choice, &details)?
            }
        };
        drawing.save(&output)?;
        say!("{}", output.display());
        Ok(ExitCode::SUCCESS)
    }

    /// The recording's, with the view where there are several.
    fn usual_name(&self) -> PathBuf {
        let stem = self.recording.file_stem().unwrap_or_default().to_string_lossy();
        if self.beside.is_some() {
            return self.recording.with_file_name(format!("{stem}-beside.png"));
        }
        if self.view == View::Overview {
            return self.recording.with_extension("png");
        }
        let extension = if self.view.moves() { "gif" } else { "png" };
        self.recording.with_file_name(format!("{stem}-{}.{extension}", self.view.words().0))
    }
}
