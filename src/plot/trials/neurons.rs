//! Single neurons in the delay.

use super::super::chart::{Figure, Marks, Panel, Row, Scale};
use super::{FIRST, SECOND, Timing, Trace};

/// Neurons side by side.
const ABREAST: usize = 3;
const RASTER: f64 = 170.0;
const RATE: f64 = 130.0;

/// A neuron.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Neuron {
    /// Stands above its panels: `neuron 1204`.
    pub name: String,
    /// To its preferred sample.
    pub preferred: Response,
    /// To all other samples, or to one of them.
    pub others: Response,
}

/// What a neuron does in trials of one kind.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Response {
    /// `pattern 4 (preferred)`.
    pub name: String,
    /// Spikes of every trial, ms from the onset of the sample.
    pub trials: Vec<Vec<f64>>,
    /// Peri-stimulus time histogram: mean over these trials, with its standard error.
    pub rate: Trace,
}

/// Three neurons side by side, further ones below: of each a raster of trials, those with the preferred sample on top,
/// above the rate in these and in the other trials (mean and standard error).
pub fn neurons(title: &str, timing: &Timing, neurons: &[Neuron]) -> Figure {
    let mut rows = Vec::new();
    let columns = neurons.len().min(ABREAST);
    for some in neurons.chunks(ABREAST) {
        let row = |height, panels, same_y| Row { panels, columns, height, same_y };
        let rasters = some.iter().map(|neuron| raster(timing, neuron)).collect();
        rows.push(row(RASTER, rasters, false));
        // Rates of neurons are compared.
        let rates = some.iter().enumerate().map(|(k, neuron)| rate(timing, neuron, k == 0));
        rows.push(row(RATE, rates.collect(), true));
    }
    Figure { title: title.to_owned(), rows }
}

fn raster(timing: &Timing, neuron: &Neuron) -> Panel {
    let mut panel = Panel::new(timing.time().hidden(), Scale::new("trial")).titled(&neuron.name);
    panel.shadings = timing.shadings(true);
    for (response, colour) in [(&neuron.preferred, FIRST), (&neuron.others, SECOND)] {
        let seconds = |trial: &Vec<f64>| trial.iter().map(|t| (t / 1000.0, t / 1000.0)).collect();
        let rows = response.trials.iter().map(seconds).collect();
        panel = panel.with(response.name.as_str(), colour, Marks::Rows(rows));
    }
    panel
}

fn rate(timing: &Timing, neuron: &Neuron, first: bool) -> Panel {
    let name = if first { "rate (Hz)" } else { "" };
    let mut panel = Panel::new(timing.time(), Scale::new(name).with_zero());
    panel.shadings = timing.shadings(false);
    for (response, colour) in [(&neuron.others, SECOND), (&neuron.preferred, FIRST)] {
        panel = panel.with("", colour, response.rate.marks());
    }
    panel
}
