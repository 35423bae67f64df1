//! Activity on its principal components.

use super::chart::{Figure, Legend, Marks, Panel, Point, Reference, Row, Scale};
use super::page::{Colour, GREY, INK, PATTERNS};

/// Samples in one colour: those of an epoch, or of the trials with one sample.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Named {
    /// Stands in the legend.
    pub name: String,
    /// Of every stretch, its samples in order of time: on components 1, 2, 3.
    pub paths: Vec<Vec<[f64; 3]>>,
}

/// Variances of components.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spectrum {
    /// Shares of the variance, the largest first.
    pub shares: Vec<f64>,
    /// The participation ratio.
    pub ratio: f64,
}

/// What is drawn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Geometry {
    pub named: Vec<Named>,
    /// Of single samples.
    pub all: Spectrum,
    /// Of the means of stretches.
    pub means: Spectrum,
}

/// Components in a spectrum.
const SHOWN: usize = 20;
const HEIGHT: f64 = 260.0;
const SPECTRUM: f64 = 150.0;

/// Paths on components 1 and 2, 1 and 3, above the shares of the variance of all samples and of means.
pub fn geometry(title: &str, geometry: &Geometry) -> Figure {
    let axes = vec![plane(&geometry.named, [0, 1], true), plane(&geometry.named, [0, 2], false)];
    let spectra = vec![
        spectrum("single samples", &geometry.all, GREY),
        spectrum("means of stretches", &geometry.means, PATTERNS[0]),
    ];
    let rows = vec![Row::new(HEIGHT, axes), Row::new(SPECTRUM, spectra)];
    Figure { title: title.to_owned(), rows }
}

/// Small marks on what is passed through, a dot where a path of more than one sample ends.
fn plane(named: &[Named], [a, b]: [usize; 2], legend: bool) -> Panel {
    let scale = |k: usize| Scale::new(format!("component {}", k + 1));
    let mut panel = Panel::new(scale(a), scale(b));
    panel.legend = Legend::Above;
    for (own, colour) in named.iter().zip(PATTERNS.iter().chain([&INK]).cycle()) {
        let at = |x: &[f64; 3]| (x[a], x[b]);
        let paths: Vec<Vec<(f64, f64)>> =
            own.paths.iter().map(|path| path.iter().map(at).collect()).collect();
        let ends = paths.iter().filter_map(|path| path.last());
        let points = ends.map(|&(x, y)| Point { x, y, low: f64::NAN, high: f64::NAN }).collect();
        let name = if legend { own.name.as_str() } else { "" };
        panel = panel.with("", *colour, Marks::Curves(paths.clone())).with(
            name,
            *colour,
            Marks::Points { points, joined: false },
        );
    }
    panel
}

fn spectrum(what: &str, spectrum: &Spectrum, colour: Colour) -> Panel {
    let heights: Vec<f64> = spectrum.shares.iter().take(SHOWN).copied().collect();
    let edges = (0..=heights.len()).map(|k| k as f64 + 0.5).collect();
    let last = SHOWN.min(heights.len()).max(1) as f64;
    let mut x = Scale::new("component").within(0.5, last + 0.5);
    x.whole = true;
    let panel = Panel::new(x, Scale::new("share of variance").with_zero());
    let panel = panel.titled(format!("{what}: participation ratio {:.2}", spectrum.ratio));
    let panel = panel.with("", colour, Marks::Steps { edges, heights });
    if spectrum.ratio <= last {
        panel.against(Reference::At(spectrum.ratio, String::new()))
    } else {
        panel
    }
}
