//! What random courses came to, where that was recorded.

use super::overview::{Span, title};
use crate::error::{Error, Result};
use crate::plot::chart::Figure;
use crate::plot::courses as plot;
use crate::protocol::EpochShown;
use crate::recording::{Part, Recording};
use crate::table::{Column, Table};
use indexmap::IndexMap;

/// Columns of strengths, and what their axes are called.
const STRENGTHS: [(&str, &str); 3] =
    [("poisson_hz", "rate (Hz)"), ("current_mv", "current (mV)"), ("field", "field")];

/// More courses than this are not told apart.
const MOST: usize = 6;

/// The pattern (0 of none) and the population that are driven.
type Driven<'a> = (u64, &'a str);

/// What a line is of: what is driven, the place of the stimulus in its epoch, and the neuron where each has its own.
type Key<'a> = (Driven<'a>, u64, Option<u64>);

/// A step as it is recorded.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Step<'a> {
    epoch: usize,
    stimulus: u64,
    driven: Driven<'a>,
    neuron: Option<u64>,
    begins: f64,
    value: f64,
}

impl<'a> Step<'a> {
    fn key(&self) -> Key<'a> {
        (self.driven, self.stimulus, self.neuron)
    }
}

/// Those of a part of a recording; if none is given, of its first trial if that has any, else of all of it.
///
/// # Errors
/// If no courses were recorded, none of the part, or the recording is damaged.
pub fn draw(recording: &Recording, part: Option<Part>) -> Result<Figure> {
    let missing = |found: &str, remedy: &str| Error::file(recording.path(), found, remedy);
    if recording.courses()?.is_none() {
        let remedy = "write record.courses = true in the model, or choose another view";
        return Err(missing("found no courses in time that were recorded", remedy));
    }
    match part {
        None => usual(recording)?
            .ok_or_else(|| missing("found no step of a random course", "choose another view")),
        Some(part) => of(recording, part)?
            .ok_or_else(|| missing("found no random course in this part", "choose another part")),
    }
}

/// Those of the first trial if it has any, else of all of a recording; `None` if there are none.
///
/// # Errors
/// If the recording is damaged.
pub fn usual(recording: &Recording) -> Result<Option<Figure>> {
    if let Some(first) = recording.trials()?.iter().flatten().next()
        && let Some(figure) = of(recording, Part::Trial(first))?
    {
        return Ok(Some(figure));
    }
    of(recording, Part::Whole)
}

fn of(recording: &Recording, part: Part) -> Result<Option<Figure>> {
    let (span, protocol) = (Span::of(recording, part)?, recording.protocol()?);
    let Some(table) = recording.courses()? else { return Ok(None) };
    let (mut strengths, mut more) = (Vec::new(), 0);
    for (column, name) in STRENGTHS {
        let (lines, others) = lines(&steps(&table, column), &protocol, &span);
        if !lines.is_empty() {
            strengths.push((name.to_owned(), lines));
        }
        more += others;
    }
    let more = match more {
        0 => String::new(),
        more => format!(" · {more} more not drawn"),
    };
    if strengths.is_empty() {
        return Ok(None);
    }
    let shown = protocol.iter().filter(|epoch| !epoch.show.is_empty() && span.meets(epoch));
    let shown = shown
        .map(|epoch| (span.on_axis(epoch.start), span.on_axis(epoch.end), epoch.name.clone()))
        .collect();
    let time = format!("time ({})", recording.clock().axis().0);
    let data = plot::Courses { time, ends: span.ends(), shown, strengths };
    let title = format!("Random courses · {}{more}", title(recording, part, None)?);
    Ok(Some(plot::courses(&title, &data)))
}

/// The steps that have a value in a column.
fn steps<'a>(table: &'a Table, column: &str) -> Vec<Step<'a>> {
    let (Some(Column::Real(values)), Some(Column::Real(times)), Some(Column::Text(populations))) =
        (table.column(column), table.column("time"), table.column("population"))
    else {
        return Vec::new();
    };
    let whole = |name: &str, k: usize| table.whole_at(name, k).unwrap_or_default();
    let neurons = match table.column("neuron") {
        Some(Column::Real(neurons)) => &neurons[..],
        _ => &[],
    };
    let neuron = |k: usize| neurons.get(k).filter(|neuron| neuron.is_finite());
    let step = |k: usize| Step {
        epoch: whole("epoch", k) as usize,
        stimulus: whole("stimulus", k),
        driven: (whole("pattern", k), &populations[k]),
        neuron: neuron(k).map(|neuron| *neuron as u64),
        begins: times[k],
        value: values[k],
    };
    (0..table.rows()).map(step).filter(|step| step.value.is_finite()).collect()
}

/// The staircases within a stretch that are drawn, and how many more there are: first those that all driven neurons share, in order
/// of their first steps. One goes on in another epoch where the stimulus of the same number drives the same there.
fn lines(steps: &[Step], protocol: &[EpochShown], span: &Span) -> (Vec<plot::Course>, usize) {
    let mut found: IndexMap<Key, Vec<(f64, f64)>> = IndexMap::new();
    for (k, step) in steps.iter().enumerate().filter(|(_, step)| span.holds(step.begins)) {
        let goes_on = |next: &&Step| next.epoch == step.epoch && next.key() == step.key();
        let end = match steps.get(k + 1).filter(goes_on) {
            Some(next) => next.begins,
            None => {
                let epoch = step.epoch.checked_sub(1).and_then(|k| protocol.get(k));
                epoch.map_or(step.begins, |epoch| epoch.end)
            }
        };
        let corners = found.entry(step.key()).or_default();
        // A line would cross the time in which the course is not shown.
        if corners.last().is_some_and(|last| last.0 != step.begins) {
            corners.push((step.begins, f64::NAN));
        }
        corners.extend([(step.begins, step.value), (end, step.value)]);
    }
    found.sort_by(|(.., a), _, (.., b), _| a.is_some().cmp(&b.is_some()));
    let more = found.len().saturating_sub(MOST);
    found.truncate(MOST);
    let all: Vec<Key> = found.keys().copied().collect();
    let named = |((driven, stimulus, neuron), corners): (Key, Vec<(f64, f64)>)| {
        let name = match driven {
            (0, population) => population.to_owned(),
            (pattern, population) => format!("pattern {pattern} of {population}"),
        };
        let name = neuron.map_or(name.clone(), |neuron| format!("{name}, neuron {neuron}"));
        let same = |(other, _, own): &&Key| *other == driven && *own == neuron;
        let alone = all.iter().filter(same).count() == 1;
        let name = if alone { name } else { format!("{name}, stimulus {stimulus}") };
        (name, span.corners(corners))
    };
    (found.into_iter().map(named).collect(), more)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Document;
    use crate::simulation::Simulation;
    use crate::work::Threads;

    const REDRAWN: &str =
        r#"field = { redrawn = { distribution = { uniform = [0.0, 1.0] }, every = "20 ms" } }"#;

    /// A recording of a model of four neurons with this protocol, and of courses that all share.
    fn recorded(protocol: &str) -> Recording {
        recorded_with("true", protocol)
    }

    fn recorded_with(courses: &str, protocol: &str) -> Recording {
        let text = r#"
            title = "t"
            source = "s"
            shows = "w"
            population.N.size = 4
            projection.J = { from = "N", to = "N", connect = "all_to_all", autapses = true, efficacy = 0.1 }
            record.courses = COURSES
            [dynamics.rate]
            [dynamics.rate.units.N]
            tau = "10 ms"
            transfer = "tanh"
        "#;
        let text =
            format!("{text}{protocol}").replace("REDRAWN", REDRAWN).replace("COURSES", courses);
        let document = Document::new("m.toml".as_ref(), text, &[]).unwrap();
        let threads = Threads::new(1).unwrap();
        let simulation = Simulation::new(document.model().unwrap(), ".".as_ref(), &threads);
        simulation.unwrap().record().unwrap()
    }

    #[test]
    fn two_stimuli_of_an_epoch_are_two_lines_that_go_on_in_another() {
        let recording = recorded(
            r#"
            [[protocol]]
            name = "a"
            duration = "50 ms"
            show = [
                { population = "N", neurons = "0..2", REDRAWN },
                { population = "N", neurons = "2..4", REDRAWN },
            ]
            [[protocol]]
            name = "b"
            duration = "20 ms"
            show = [{ population = "N", neurons = "0..2", REDRAWN }]
        "#,
        );
        let (table, protocol) =
            (recording.courses().unwrap().unwrap(), recording.protocol().unwrap());
        let steps = steps(&table, "field");
        let span = Span::of(&recording, Part::Whole).unwrap();
        let (found, _) = lines(&steps, &protocol, &span);
        let names: Vec<&str> = found.iter().map(|(name, _)| &name[..]).collect();
        assert_eq!(names, ["N, stimulus 1", "N, stimulus 2"]);
        for (k, ends) in [0.07, 0.05].into_iter().enumerate() {
            let corners = &found[k].1;
            assert!(corners.is_sorted_by(|a, b| a.0 <= b.0), "{corners:?}");
            assert!((corners.last().unwrap().0 - ends).abs() < 1e-12, "{corners:?}");
            let of = steps.iter().filter(|step| step.stimulus == k as u64 + 1);
            let values = of.flat_map(|step| [step.value; 2]);
            assert!(corners.iter().map(|(_, value)| *value).eq(values), "{corners:?}");
        }
        // Alone in its epoch it needs no number.
        let span = Span::of(&recording, Part::Epoch(&protocol[1])).unwrap();
        assert_eq!(lines(&steps, &protocol, &span).0[0].0, "N");
    }

    #[test]
    fn a_figure_tells_how_many_courses_it_does_not_draw() {
        let one = r#"{ population = "N", REDRAWN },"#;
        let title = |number: usize| {
            let show = one.repeat(number);
            let epoch = format!("[[protocol]]\nname = 'a'\nduration = '20 ms'\nshow = [{show}]\n");
            draw(&recorded(&epoch), None).unwrap().title
        };
        assert!(title(8).ends_with(" · 2 more not drawn"), "{}", title(8));
        assert!(!title(6).contains("more"), "{}", title(6));
    }

    #[test]
    fn courses_that_all_share_are_drawn_before_those_of_single_neurons() {
        let own = r#"{ population = "N", field = { redrawn = { distribution = { uniform = [0.0, 1.0] }, every = "20 ms", independent = true } } },"#;
        let shared = r#"{ population = "N", REDRAWN }"#;
        let epoch =
            format!("[[protocol]]\nname = 'a'\nduration = '20 ms'\nshow = [{own}{own}{shared}]\n");
        let recording = recorded_with("{ independent = 4 }", &epoch);
        let (table, protocol) =
            (recording.courses().unwrap().unwrap(), recording.protocol().unwrap());
        let span = Span::of(&recording, Part::Whole).unwrap();
        let (found, more) = lines(&steps(&table, "field"), &protocol, &span);
        let names: Vec<&str> = found.iter().map(|(name, _)| &name[..]).collect();
        assert_eq!((names[0], names.len(), more), ("N", MOST, 2 * 4 + 1 - MOST));
        assert!(names[1].starts_with("N, neuron 0"), "{names:?}");
    }

    #[test]
    fn a_step_is_held_until_the_next_and_nothing_between_epochs() {
        let recording = recorded(
            r#"
            [[protocol]]
            name = "a"
            duration = "50 ms"
            show = [
                { population = "N", REDRAWN },
                { population = "N", neurons = "0..1", field = 0.5 },
            ]
            [[protocol]]
            name = "b"
            duration = "30 ms"
            [[protocol]]
            name = "c"
            duration = "20 ms"
            show = [{ population = "N", REDRAWN }]
        "#,
        );
        let (table, protocol) =
            (recording.courses().unwrap().unwrap(), recording.protocol().unwrap());
        let Some(Column::Real(x)) = table.column("field") else { panic!() };
        let of = |part: Part| {
            let span = Span::of(&recording, part).unwrap();
            lines(&steps(&table, "field"), &protocol, &span).0
        };
        let found = of(Part::Whole);
        let [(name, corners)] = &found[..] else { panic!("{found:?}") };
        assert_eq!(name, "N");
        // Times of the axis are in s.
        let expected = [
            (0.0, x[0]),
            (0.02, x[0]),
            (0.02, x[1]),
            (0.04, x[1]),
            (0.04, x[2]),
            (0.05, x[2]),
            (0.08, f64::NAN),
            (0.08, x[3]),
            (0.1, x[3]),
        ];
        let bits = |p: &(f64, f64)| (p.0.to_bits(), p.1.to_bits());
        assert!(corners.iter().map(bits).eq(expected.iter().map(bits)), "{corners:?}");
        // An epoch begins at 0, and its course ends with it.
        assert_eq!(of(Part::Epoch(&protocol[2]))[0].1, [(0.0, x[3]), (0.02, x[3])]);
        assert!(of(Part::Epoch(&protocol[1])).is_empty());
        assert!(steps(&table, "current_mv").is_empty());
    }
}
