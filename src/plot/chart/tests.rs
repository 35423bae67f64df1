//! Charts of a few marks, read back from the SVG.

use super::super::page::{GREY, INK};
use super::super::tests::check_xml;
use super::*;

fn svg(figure: &Figure) -> String {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a.svg", "a.png"] {
        figure.save(&folder.path().join(name)).unwrap();
    }
    let svg = std::fs::read_to_string(folder.path().join("a.svg")).unwrap();
    check_xml(&svg);
    assert!(!svg.contains("NaN") && !svg.contains("inf"));
    svg
}

fn of_panel(panel: Panel) -> Figure {
    Figure { title: "A & B".to_owned(), rows: vec![Row::new(100.0, vec![panel])] }
}

fn labels(svg: &str, label: &str) -> usize {
    svg.matches(&format!("aria-label=\"{label}\"")).count()
}

fn plain() -> Panel {
    Panel::new(Scale::new("time (s)"), Scale::new("rate (Hz)").noted("per neuron"))
}

/// Starts of lines and shapes of a colour that no axis has.
const RED: super::super::Colour = super::super::Colour(255, 0, 0);

fn starts(svg: &str, paint: &str) -> usize {
    let path = format!("{paint}=\"#ff0000\"");
    svg.lines().filter(|line| line.contains(&path)).map(|line| line.matches('M').count()).sum()
}

#[test]
fn panels_without_marks_say_so() {
    let svg = svg(&of_panel(plain().titled("Nothing")));
    assert!(svg.contains("<title>A &amp; B</title>"));
    for label in ["A &amp; B", "Nothing", "no data", "time (s)", "rate (Hz)", "per neuron"] {
        assert_eq!(labels(&svg, label), 1, "{label}");
    }
    self::svg(&Figure::default());
    self::svg(&Figure {
        title: String::new(),
        rows: vec![Row::default(), Row::new(50.0, Vec::new())],
    });
}

#[test]
fn curves_have_gaps_where_there_is_no_number() {
    let points = vec![
        (0.0, 1.0),
        (1.0, 2.0),
        (2.0, f64::NAN),
        (3.0, 1.0),
        (4.0, f64::INFINITY),
        (5.0, 2.0),
        (6.0, 3.0),
    ];
    let marks = Marks::Curve { points: points.clone(), band: vec![0.5; 7] };
    let svg = svg(&of_panel(plain().with("mean", RED, marks)));
    // A sample in the legend, and three pieces, of which one is a point; a band needs two points.
    assert_eq!(starts(&svg, "stroke"), 1 + 3);
    assert_eq!(starts(&svg, "fill"), 2);
    assert_eq!(labels(&svg, "mean"), 1);

    let within = Panel { x: Scale::new("").within(0.0, 1.0), ..plain() };
    let svg = self::svg(&of_panel(within.with("", RED, Marks::Curves(vec![points; 5]))));
    assert_eq!(starts(&svg, "stroke"), 5, "what lies beyond the axis is cut off");
}

#[test]
fn spikes_that_overlap_are_one_mark() {
    let panel = Panel::new(Scale::new("").within(0.0, 100.0), Scale::new("trial"));
    let spikes = |times: &[f64]| times.iter().map(|&t| (t, t)).collect::<Vec<_>>();
    let rows =
        vec![spikes(&[10.0, 10.001, 50.0, 200.0, f64::NAN]), Vec::new(), spikes(&[20.0, -1.0])];
    let panel =
        panel.with("", RED, Marks::Rows(rows)).with("", INK, Marks::Rows(vec![Vec::new(); 7]));
    let svg = svg(&of_panel(panel));
    // The bar of the layer, and three marks.
    assert_eq!(starts(&svg, "fill"), 1 + 3);
    assert_eq!((labels(&svg, "7 trials"), labels(&svg, "no data")), (1, 0));
    // Three of ten rows are too low for their number.
    assert_eq!(labels(&svg, "3 trials"), 0);
}

#[test]
fn points_have_bars_where_they_have_an_interval() {
    let point = |x, y, low, high| Point { x, y, low, high };
    let points = vec![
        point(0.0, 1.0, 0.5, 1.5),
        point(1.0, 2.0, f64::NAN, 3.0),
        point(2.0, f64::NAN, 1.0, 2.0),
    ];
    let svg = svg(&of_panel(plain().with("held", RED, Marks::Points { points, joined: false })));
    // A bar with two ends; a dot in the legend and two in the panel.
    assert_eq!((starts(&svg, "stroke"), starts(&svg, "fill")), (3, 3));
}

#[test]
fn lines_and_shadings_that_are_on_the_axis_are_named() {
    let shading = |name: &str, from, to| Shading {
        from,
        to,
        name: name.to_owned(),
        colour: Some(GREY),
        lane: 0,
    };
    let marks = Marks::Steps { edges: vec![1.0, 10.0, 100.0], heights: vec![3.0, f64::NAN] };
    let mut panel = Panel::new(Scale::new("").within(1.0, 100.0).log(), Scale::new("").with_zero())
        .with("", RED, marks)
        .against(Reference::At(30.0, "inside".to_owned()))
        .against(Reference::At(3000.0, "outside".to_owned()))
        .against(Reference::Level(2.0, "level".to_owned()))
        .against(Reference::Level(f64::NAN, "no level".to_owned()))
        .against(Reference::Diagonal("chance".to_owned()));
    panel.shadings = vec![shading("sample", 2.0, 5.0), shading("later", 200.0, 300.0)];
    for legend in [Legend::Above, Legend::Beside, Legend::UpperLeft, Legend::LowerRight] {
        let svg = svg(&of_panel(Panel { legend, square: true, ..panel.clone() }));
        for label in ["inside", "level", "chance", "sample", "1", "10", "100"] {
            assert_eq!(labels(&svg, label), 1, "{label}");
        }
        for label in ["outside", "no level", "later"] {
            assert_eq!(labels(&svg, label), 0, "{label}");
        }
    }
}

#[test]
fn panels_of_a_column_stand_in_line() {
    let panel =
        |high: f64| plain().with("", RED, Marks::Curves(vec![vec![(0.0, 0.0), (1.0, high)]]));
    let row = |panels, same_y| Row { columns: 2, same_y, ..Row::new(80.0, panels) };
    let figure = Figure {
        title: String::new(),
        rows: vec![row(vec![panel(1.0), panel(1e6)], false), row(vec![panel(5.0)], true)],
    };
    let places = Plan::of(&figure, 0.0).panels;
    assert_eq!((places[0].left, places[0].right), (places[2].left, places[2].right));
    let width = |spot: &place::PanelPlace| spot.right - spot.left;
    assert!((width(&places[0]) - width(&places[1])).abs() < 1e-9);
    // The labels of the second have more digits.
    assert!(places[1].left - places[0].right > places[0].left);
    assert!(places[2].span.top > places[0].span.bottom);

    let figure = Figure { rows: vec![row(vec![panel(1.0), panel(100.0)], true)], ..figure };
    let places = Plan::of(&figure, 0.0).panels;
    assert_eq!(places[0].y.values(), places[1].y.values());
}
