//! What the tests of figures share.

use super::chart::Figure;

/// Draws in both formats, and returns the SVG. The figures stay in the folder `ATTRACTOR_FIGURES`, if it is named.
pub fn drawn(figure: &Figure, name: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let kept = std::env::var_os("ATTRACTOR_FIGURES").map(std::path::PathBuf::from);
    let folder = kept.as_deref().unwrap_or(folder.path());
    let path = folder.join(format!("{name}.svg"));
    figure.save(&path).unwrap();
    figure.save(&path.with_extension("png")).unwrap();
    let svg = std::fs::read_to_string(path).unwrap();
    check_xml(&svg);
    assert!(!svg.contains("NaN") && !svg.contains("inf"), "{name}");
    svg
}

/// How often each of these labels stands in the figure.
pub fn check_labels(svg: &str, labels: &[(&str, usize)]) {
    for (label, times) in labels {
        let found = svg.matches(&format!("aria-label=\"{label}\"")).count();
        assert_eq!(found, *times, "{label}");
    }
}

/// Refuses what is not balanced; good for the little XML that is written here.
pub fn check_xml(text: &str) {
    let mut open = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        assert!(!rest[..start].contains('>'));
        let end = start + rest[start..].find('>').expect("a tag ends");
        let tag = &rest[start + 1..end];
        assert!(!tag.contains('<') && tag.matches('"').count().is_multiple_of(2), "{tag}");
        let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap();
        if tag.starts_with('/') {
            assert_eq!(open.pop(), Some(name));
        } else if !tag.ends_with('/') {
            open.push(name);
        }
        rest = &rest[end + 1..];
    }
    assert!(open.is_empty(), "{open:?}");
}
