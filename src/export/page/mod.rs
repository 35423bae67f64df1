//! Pages to play with a network: one HTML file each that needs nothing else.

mod binary;
mod graded;

pub use binary::Page;
pub use graded::{GradedPage, MOST_FLOWING, Shown};

const STYLE: &str = include_str!("../../../assets/page.css");

/// A page with its title, its data as JSON, and the parts that stand in it by name.
fn filled(page: &str, title: &str, data: &serde_json::Value, parts: &[(&str, &str)]) -> String {
    // Nothing in the data may end the script that it stands in.
    let data = data.to_string().replace('<', "\\u003c");
    let title = title.replace('&', "&amp;").replace('<', "&lt;");
    let own = [("title", title.as_str()), ("data", &data), ("style", STYLE)];
    let mut pieces = page.split("{{");
    let mut html = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (name, rest) = piece.split_once("}}").expect("a name ends");
        let text = own.iter().chain(parts).find(|part| part.0 == name).map(|part| part.1);
        html.push_str(text.expect("a page names only its parts"));
        html.push_str(rest);
    }
    html
}
