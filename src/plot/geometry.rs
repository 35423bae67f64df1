//! Activity on its principal components.

use super::chart::{Figure, Marks, Panel, Point, Reference, Row, Scale};
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
    /// Of the mean of every name.
    pub means: Spectrum,
}

/// Components in a spectrum.
const SHOWN: usize = 20;
const HEIGHT: f64 = 260.0;
const SPECTRUM: f64 = 150.0;

/// Paths on components 1 and 2, 1 and 3, above the shares of the variance of all samples and of means.
pub fn geometry(title: &str, geometry: &Geometry) -> Figure {
    let axes = vec![plane(&geometry.named, [0, 1], true), plane(&geometry.named, [0, 2], false)];
    let mut spectra = vec![spectrum("single samples", &geometry.all, GREY)];
    // A single name has no second mean, and one sample no other.
    if geometry.means.ratio.is_finite() && geometry.means != geometry.all {
        spectra.push(spectrum("means", &geometry.means, PATTERNS[0]));
    }
    let spectra = Row { columns: axes.len(), ..Row::new(SPECTRUM, spectra) };
    let rows = vec![Row::new(HEIGHT, axes), spectra];
    Figure { title: title.to_owned(), rows }
}

/// Thin curves along the paths, and a dot where each ends.
fn plane(named: &[Named], [a, b]: [usize; 2], legend: bool) -> Panel {
    let scale = |k: usize| Scale::new(format!("component {}", k + 1));
    let mut panel = Panel::new(scale(a), scale(b));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_share_axes_and_spectra_tell_their_ratio() {
        let path = |k: f64| vec![[k, 0.0, 1.0], [k + 1.0, 1.0, 0.0]];
        let named = |name: &str, paths| Named { name: name.to_owned(), paths };
        let all = Spectrum { shares: vec![0.75, 0.25], ratio: 1.6 };
        let means = Spectrum { shares: vec![1.0], ratio: 1.0 };
        let two = vec![named("a", vec![path(0.0), path(5.0)]), named("b", vec![path(9.0)])];
        let figure = geometry("t", &Geometry { named: two.clone(), all: all.clone(), means });
        let panels = &figure.rows[1].panels;
        assert!(panels[0].title.ends_with("ratio 1.60") && panels[1].title.ends_with("ratio 1.00"));
        assert_eq!(figure.rows[0].panels[0].layers.len(), 4);
        assert!(!figure.picture().items.is_empty());
        // Of one stretch there are no means.
        let one = Geometry {
            named: two,
            all: all.clone(),
            means: Spectrum { shares: vec![], ratio: f64::NAN },
        };
        assert_eq!(geometry("t", &one).rows[1].panels.len(), 1);
    }
}
