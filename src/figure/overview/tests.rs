//! Figures of small recordings made by hand.

use super::*;
use crate::dynamics::{Observable, Spike};
use crate::error::Kind;
use crate::network::Placed;
use crate::pattern::Patterns;
use crate::plot::chart::Range;
use crate::plot::tests::check_xml;
use crate::protocol::{Epoch, shown};
use crate::recording::{Header, Provenance, Recorder, Sink};
use indexmap::IndexMap;
use std::path::PathBuf;
use tempfile::TempDir;

/// What is recorded.
struct Case<'a> {
    populations: &'a [(&'a str, usize)],
    patterns: Option<(&'a str, Patterns)>,
    protocol: &'a str,
    spikes: &'a [(f64, u32)],
    /// Until when it runs, ms.
    until: f64,
    complete: bool,
}

const TWO_CUES: &str = r#"
    epoch = [
        { name = "rest", duration = "20 ms" },
        { name = "cue", duration = "30 ms", show = [{ pattern = 2, current = "5 mV" }] },
        { name = "both", duration = "30 ms", show = [
            { pattern = 1, current = "5 mV" }, { population = "I", current = "1 mV" } ] },
        { name = "delay", duration = "20 ms" },
    ]
"#;

impl Case<'_> {
    /// A network of two patterns and one inhibitory neuron.
    fn small() -> Self {
        Case {
            populations: &[("E", 8), ("I", 1)],
            patterns: Some((
                "E",
                Patterns::from_foreground(8, vec![vec![0, 1, 2], vec![2, 3, 4], vec![0, 7]]),
            )),
            protocol: TWO_CUES,
            spikes: &[(1.5, 0), (12.0, 3), (12.0, 8), (40.25, 4), (77.0, 7), (99.0, 8)],
            until: 100.0,
            complete: true,
        }
    }

    fn record(self, folder: &TempDir) -> Recording {
        let path = folder.path().join("small.h5");
        let mut end = 0;
        let populations: Vec<Placed> = self
            .populations
            .iter()
            .map(|&(name, size)| {
                let neurons = end..end + size;
                end += size;
                Placed { name: name.to_owned(), neurons, space: None }
            })
            .collect();
        let patterns: IndexMap<String, Patterns> =
            self.patterns.into_iter().map(|(name, p)| (name.to_owned(), p)).collect();
        let protocol: IndexMap<String, Vec<Epoch>> = toml::from_str(self.protocol).unwrap();
        let provenance = Provenance {
            model_resolved: "title = \"Memory of 2 < 3 patterns & \\\"quotes\\\"\"".to_owned(),
            ..Provenance::default()
        };
        let header = Header {
            protocol: &shown(&protocol["epoch"], 0.0),
            ..Header::of_spikes(&populations, &patterns, &provenance)
        };
        let sink = Sink::File { path: &path, force: true };
        let mut recorder = Recorder::create(sink, header).unwrap();
        let mut spikes =
            self.spikes.iter().map(|&(time, neuron)| Spike { time, neuron }).peekable();
        while recorder.next_look(f64::INFINITY) <= self.until {
            let time = recorder.next_look(f64::INFINITY);
            let mut step = Vec::new();
            while let Some(spike) = spikes.next_if(|s| s.time < time) {
                step.push(spike);
            }
            recorder.observe(time, Observable::Spikes(&step)).unwrap();
        }
        if self.complete {
            recorder.finish(Provenance::default()).unwrap().publish().unwrap();
            return Recording::open(&path).unwrap();
        }
        recorder.commit().unwrap();
        drop(recorder);
        Recording::open(&folder.path().join("small.h5.part")).unwrap()
    }

    /// Draws both formats.
    fn draw(self) -> (String, Vec<u8>) {
        let folder = tempfile::tempdir().unwrap();
        let recording = self.record(&folder);
        let at = |name: &str| -> PathBuf { folder.path().join(name) };
        for name in ["a.svg", "b.SVG", "a.png", "b.PNG"] {
            overview(&recording, Part::Whole).unwrap().save(&at(name)).unwrap();
        }
        let svg = std::fs::read_to_string(at("a.svg")).unwrap();
        assert_eq!(svg, std::fs::read_to_string(at("b.SVG")).unwrap(), "the same bytes");
        let png = std::fs::read(at("a.png")).unwrap();
        assert!(png == std::fs::read(at("b.PNG")).unwrap(), "the same bytes");
        (svg, png)
    }
}

#[test]
fn a_small_recording_is_drawn_in_both_formats() {
    let (svg, png) = Case::small().draw();
    check_xml(&svg);
    assert!(!svg.contains("<text") && svg.len() < 300_000, "{} bytes", svg.len());
    assert!(svg.contains("<title>Memory of 2 &lt; 3 patterns &amp; &quot;quotes&quot;</title>"));
    for label in ["pattern 1", "pattern 2", "pattern 3", "others", "I", "time (s)", "rate (Hz)"] {
        assert!(svg.contains(&format!("aria-label=\"{label}\"")), "{label}");
    }
    assert!(png.starts_with(b"\x89PNG\r\n\x1a\n"));
    let width = u32::from_be_bytes([png[16], png[17], png[18], png[19]]);
    assert_eq!(width, 2400);
}

#[test]
fn whatever_was_recorded_can_be_drawn() {
    let rest = "epoch = [{ name = \"rest\", duration = \"100 ms\" }]";
    let cases = [
        Case { spikes: &[], ..Case::small() },
        Case { until: 0.0, spikes: &[], complete: false, ..Case::small() },
        Case { complete: false, ..Case::small() },
        Case { patterns: None, protocol: rest, ..Case::small() },
        Case {
            populations: &[("a population whose name is much longer than any margin", 1)],
            patterns: None,
            protocol: rest,
            spikes: &[(50.0, 0)],
            ..Case::small()
        },
        Case {
            patterns: Some(("E", Patterns::from_foreground(8, vec![vec![0], vec![0]]))),
            ..Case::small()
        },
    ];
    for case in cases {
        let complete = case.complete;
        let (svg, _) = case.draw();
        check_xml(&svg);
        assert!(!svg.contains("NaN") && !svg.contains("inf"));
        assert_eq!(svg.contains("(incomplete)"), !complete);
    }
}

#[test]
fn the_panels_name_what_is_compared() {
    let folder = tempfile::tempdir().unwrap();
    let foreground = (0..8).map(|mu| vec![mu]).collect();
    let patterns = Some(("E", Patterns::from_foreground(8, foreground)));
    let recording = Case { patterns, ..Case::small() }.record(&folder);
    let figure = overview(&recording, Part::Whole).unwrap();
    let panels: Vec<&Panel> = figure.rows.iter().map(|row| &row.panels[0]).collect();
    let [raster, _, overlaps] = panels[..] else { panic!("{} panels", panels.len()) };
    let names = |panel: &Panel| -> Vec<String> {
        panel.layers.iter().map(|layer| layer.name.clone()).collect()
    };
    // Pattern 2 is the first that the protocol shows.
    assert_eq!(names(raster)[..3], ["pattern 2", "pattern 1", "pattern 3"]);
    assert_eq!(names(raster)[6..], ["others", "I"]);
    assert_eq!(raster.x.range, Range::Given(0.0, 0.1));
    let cues: Vec<(f64, f64, usize)> =
        raster.shadings.iter().map(|s| (s.from, s.to, s.lane)).collect();
    assert_eq!(cues, [(0.02, 0.05, 0), (0.05, 0.08, 0), (0.05, 0.08, 1)]);
    assert_eq!(raster.shadings[0].colour, Some(raster.layers[0].colour));
    assert_eq!((names(overlaps).len(), names(overlaps)[0].as_str()), (7, "largest of the other 2"));
    assert_eq!(
        figure.rows.iter().map(|row| row.panels[0].x.drawn).collect::<Vec<_>>(),
        [false, false, true]
    );
}

#[test]
fn other_formats_and_places_are_refused_in_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let figure = overview(&Case::small().record(&folder), Part::Whole).unwrap();
    for name in ["figure.pdf", "figure"] {
        let error = figure.save(name.as_ref()).unwrap_err();
        assert_eq!(error.kind(), Kind::File);
        assert!(error.to_string().ends_with("allowed: .png, .svg."), "{error}");
    }
    for name in ["nowhere/a.png", "nowhere/a.svg"] {
        let error = figure.save(&folder.path().join(name)).unwrap_err();
        assert!(error.to_string().contains("cannot be written"), "{error}");
    }
}
