//! A recording as a page of the web: one file that asks the network for nothing.
//!
//! The page holds the [`Summary`] as `attractor info --json --theory` prints it, from which its script fills every table; the
//! model as its author wrote it; the figures; and what was recorded, packed, which the script draws. Numbers in tables
//! are those of the summary. What is drawn is rounded: times of spikes to 0.01 ms, curves to 24 bits; and of a recording
//! with very many spikes every second, third, ... neuron is drawn, which the page says.

mod blob;
mod contents;
mod figures;
mod series;
mod spikes;

use crate::error::Result;
use crate::recording::Recording;
use crate::report::{Summary, model_of};
use blob::Blobs;
use contents::Contents;
use serde::Serialize;

const PAGE: &str = include_str!("../../assets/report/page.html");
const STYLE: &str = include_str!("../../assets/report/style.css");
/// The parts of the script, in the order in which they need each other.
const SCRIPT: [&str; 9] = [
    include_str!("../../assets/report/data.js"),
    include_str!("../../assets/report/tables.js"),
    include_str!("../../assets/report/results.js"),
    include_str!("../../assets/report/raster.js"),
    include_str!("../../assets/report/panels.js"),
    include_str!("../../assets/report/view.js"),
    include_str!("../../assets/report/states.js"),
    include_str!("../../assets/report/parts.js"),
    include_str!("../../assets/report/main.js"),
];

/// The page of a recording.
///
/// # Errors
/// If the recording is damaged.
pub fn page(recording: &Recording) -> Result<String> {
    let summary = Summary::with_theory(recording)?;
    let model = model_of(&summary.provenance, recording.path())?;
    let mut blobs = Blobs::default();
    let contents = Contents::of(recording, &mut blobs)?;
    let figures = figures::html(recording, &model)?;
    let fill = |name: &str| match name {
        "title" => escaped(&summary.title),
        "style" => STYLE.to_owned(),
        "source" => escaped(&model.source),
        "shows" => escaped(&model.shows),
        "model" => escaped(&summary.provenance.model_text),
        "figures" => figures.clone(),
        "summary" => script(&summary),
        "data" => script(&contents),
        "blobs" => blobs.html(),
        "script" => SCRIPT.concat(),
        other => panic!("the page has no {other}"),
    };
    // Between double braces stand names.
    let mut parts = PAGE.split("{{");
    let mut html = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, text) = part.split_once("}}").expect("a name ends");
        html.push_str(&fill(name));
        html.push_str(text);
    }
    Ok(html)
}

/// Data as JSON within an element of the page, which nothing in it may end.
fn script(data: &impl Serialize) -> String {
    let json = serde_json::to_string(data).expect("a page is plain data");
    json.replace('<', "\\u003c")
}

/// `text` as it may stand in an element or an attribute.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
