//! The page of a recording needs nothing but itself, and says what the summary says.

use attractor::model::Document;
use attractor::recording::Recording;
use attractor::report::Summary;
use attractor::simulation::Simulation;
use attractor::web;
use attractor::work::Threads;
use serde_json::Value;
use std::path::Path;

/// What an author might write by accident.
const HOSTILE: &str = "</script><i> {{style}} & ";

/// The recording of a model that shows something `HOSTILE`.
fn record(path: &str) -> Recording {
    let text = std::fs::read_to_string(path).unwrap();
    let text = text.replace("\nshows = \"", &format!("\nshows = \"{HOSTILE}"));
    assert!(text.contains(HOSTILE));
    let document = Document::new(Path::new(path), text, &[]).unwrap();
    let model = document.model().unwrap();
    let simulation = Simulation::new(model, document.folder(), &Threads::new(0).unwrap()).unwrap();
    simulation.record().unwrap()
}

/// What stands in the element of the page with this id.
fn element<'a>(html: &'a str, id: &str) -> &'a str {
    let rest = html.split_once(&format!("id=\"{id}\">")).unwrap().1;
    rest.split_once("</script>").unwrap().0
}

/// The page without what its author wrote, which may name addresses.
fn own(html: &str) -> String {
    let (head, rest) = html.split_once("</summary><pre>").unwrap();
    let tail = rest.split_once("</pre>").unwrap().1;
    (head.to_owned() + tail)
        .replace(element(html, "summary"), "")
        .replace(element(html, "data"), "")
}

fn check(recording: &Recording) -> Value {
    let html = web::page(recording).unwrap();
    let own = own(&html);
    let outside =
        ["http:", "https:", "src=\"/", "href=", "@import", "url(", "fetch(", "XMLHttp", "import("];
    for word in outside {
        assert!(!own.contains(word), "{word}");
    }
    let images = own.split("<img ").skip(1);
    assert!(images.clone().count() > 0);
    for image in images {
        assert!(image.contains(" src=\"data:image/"), "{}", &image[..80]);
    }
    let summary = serde_json::to_string(&Summary::with_theory(recording).unwrap()).unwrap();
    assert!(element(&html, "summary").replace("\\u003c", "<") == summary);
    // What is to be run stands in three elements: nothing that an author wrote made a fourth, or ended one.
    assert_eq!(html.matches("<script>").count(), 1);
    assert_eq!(html.matches("<script").count(), html.matches("</script>").count());
    assert!(!html.contains("</script><i>"));
    assert!(html.contains("<p>&lt;/script&gt;&lt;i&gt; {{style}} &amp; "));
    assert!(html.len() < 2_500_000, "{} bytes", html.len());
    serde_json::from_str(element(&html, "data")).unwrap()
}

#[test]
fn the_page_of_spikes_needs_nothing_but_itself() {
    let data = check(&record("models/memory-1000.toml"));
    assert_eq!(data["observable"], "spikes");
    let every = data["populations"][0]["spikes"]["every"].as_u64();
    assert_eq!((every, data["protocol"].as_array().unwrap().len()), (Some(1), 13));
}

#[test]
fn the_page_of_states_needs_nothing_but_itself() {
    let data = check(&record("models/letters.toml"));
    assert_eq!((&data["observable"], &data["trials"]["number"]), (&"states".into(), &400.into()));
    assert_eq!(data["populations"][0]["patterns"]["shape"], serde_json::json!([5, 5]));
}
