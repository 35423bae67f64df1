//! Two runs of one network from different starts: single neurons and the overlap in both, and how far they are apart.

use super::super::single::{Named, Singles};
use super::memory::{self, Memory};
use super::neurons;
use super::span::Span;
use crate::analysis::distance::{Growth, distances};
use crate::dynamics::ObservableKind;
use crate::error::{Error, Place, Result};
use crate::plot::chart::{Figure, Layer, Marks, Panel, Row, Scale, Shading};
use crate::plot::{Colour, GREY, INK, PATTERNS};
use crate::recording::{Part, Recording};
use crate::table::{Column, Table};

/// Heights of the panels, pixels.
const OVERLAP: f64 = 120.0;
const DISTANCE: f64 = 180.0;
/// Of the first and of the second run.
const COLOURS: [Colour; 2] = [INK, PATTERNS[1]];

/// Two recordings of one network.
pub struct Beside<'a> {
    recordings: [&'a Recording; 2],
    singles: [Singles; 2],
    distances: Vec<f64>,
    /// How the distance grows, if it does; over a stretch that was named, how it changes.
    pub growth: Option<Growth>,
}

impl<'a> Beside<'a> {
    /// The recordings with what is seen of single neurons in both; growth is looked for where the distance is small, or `within`
    /// two times on their clock, s or sweeps. Of `named` neurons the population counts.
    ///
    /// # Errors
    /// If they are not of one network, were not looked at at the same times, hold nothing of single neurons, or are damaged.
    pub fn of(
        recordings: [&'a Recording; 2],
        named: Option<&Named>,
        within: Option<(f64, f64)>,
    ) -> Result<Self> {
        let refuse = |found: &str, remedy: &str| {
            let file = recordings[1].path().display();
            let allowed = format!("it is set beside {}", recordings[0].path().display());
            let error = Error::input(found, allowed, remedy);
            Err(error.placed(Place::Argument(format!("--beside {file}"))))
        };
        let [one, other] = [network(recordings[0])?, network(recordings[1])?];
        if let Some(section) =
            SECTIONS.iter().find(|section| one.get(**section) != other.get(**section))
        {
            return refuse(
                &format!("found another network: its `{section}` differs"),
                "run the same model with the same seed from another `initial` state or with another [[protocol]]",
            );
        }
        let singles = [Singles::of(recordings[0], named)?, Singles::of(recordings[1], named)?];
        if singles[0].population != singles[1].population
            || singles[0].neurons != singles[1].neurons
        {
            return refuse("found other neurons recorded", "record the same neurons in both runs");
        }
        if singles[0].samples.time != singles[1].samples.time {
            return refuse(
                "found looks at other times",
                "run both for as long, and record both at the same times",
            );
        }
        let [one, other] = [&singles[0].samples, &singles[1].samples];
        let distances = distances(one, other);
        let growth = match within {
            None => Growth::find(&one.time, &distances),
            Some((from, to)) => {
                let unit = recordings[0].clock().axis().1;
                let found = Growth::within(&one.time, &distances, from * unit, to * unit);
                let found = found.ok_or_else(|| {
                    let found = "found no two looks at which both runs differ";
                    let error = Error::input(
                        found,
                        "a line goes through two points",
                        "name a longer stretch",
                    );
                    error.placed(Place::Argument(format!("--fit {from}:{to}")))
                });
                Some(found?)
            }
        };
        Ok(Self { recordings, singles, distances, growth })
    }

    /// The distance at every look.
    pub fn table(&self) -> Table {
        let unit = self.recordings[0].clock().unit();
        let time = Column::Real(self.singles[0].samples.time.clone());
        let distance = Column::Real(self.distances.clone());
        Table::default().with(format!("time_{unit}"), time).with("distance", distance)
    }

    /// What became of the distance, in a sentence.
    pub fn says(&self) -> String {
        let (unit, length) = self.recordings[0].clock().axis();
        match &self.growth {
            None if self.distances.iter().all(|d| *d == 0.0) => "both are the same".to_owned(),
            None => "the distance does not grow tenfold while it is small".to_owned(),
            Some(Growth { from, to, rate, .. }) => format!(
                "the distance {} as exp({:.4} t), t in {unit}, from {:.4} to {:.4} {unit}",
                if *rate < 0.0 { "falls" } else { "grows" },
                rate * length,
                from / length,
                to / length
            ),
        }
    }

    /// The neurons that are named, or three; the overlap with the first pattern that is shown; the distance on a logarithmic axis,
    /// with the exponential that fits it.
    ///
    /// # Errors
    /// If a neuron was not recorded, or a recording is damaged.
    pub fn figure(&self, named: Option<&Named>) -> Result<Figure> {
        let recording = self.recordings[0];
        let span = Span::of(recording, Part::Whole)?;
        let protocol = recording.protocol()?;
        let memory = Memory::find(recording, Part::Whole, &protocol)?;
        let named_shadings = memory::shadings(&protocol, memory.as_ref(), &span, false);
        let shadings: Vec<Shading> =
            named_shadings.into_iter().filter(|shading| shading.colour.is_some()).collect();
        let (unit, length) = recording.clock().axis();
        let (first, last) = span.ends();
        let time = Scale::new(format!("time ({unit})")).within(first, last);
        let time = Scale { whole: length == 1.0, ..time };
        let panel = |y| Panel { shadings: shadings.clone(), ..Panel::new(time.clone(), y) };
        let mut rows = self.neurons(&span, named, panel)?;
        if let Some(panel) = self.overlaps(&span, memory.as_ref(), panel)? {
            rows.push(Row::new(OVERLAP, vec![panel]));
        }
        rows.push(Row::new(DISTANCE, vec![self.distance(&span, panel)]));
        for (k, name) in self.names().into_iter().enumerate() {
            rows[0].panels[0].layers[k].name = name;
        }
        rows[0].panels[0].bars = Some("cue".to_owned());
        let end = rows.len() - 1;
        rows[..end].iter_mut().for_each(|row| row.panels[0].x.drawn = false);
        let title = super::title(recording, Part::Whole, memory.as_ref())?;
        Ok(Figure { title: format!("Two starts · {title}"), rows })
    }

    /// Those of the files.
    fn names(&self) -> [String; 2] {
        let name = |recording: &Recording| {
            recording.path().file_stem().unwrap_or_default().to_string_lossy().into_owned()
        };
        self.recordings.map(name)
    }

    fn neurons(
        &self,
        span: &Span,
        named: Option<&Named>,
        panel: impl Fn(Scale) -> Panel,
    ) -> Result<Vec<Row>> {
        let unit = match self.singles[0].unit {
            "" => String::new(),
            unit => format!(" ({unit})"),
        };
        let columns = self.singles[0].columns(named)?;
        let of = |column: &usize| self.singles.each_ref().map(|s| s.samples.column(*column));
        let range = neurons::range(columns.iter().flat_map(of).flatten());
        let row = |column: usize| {
            let name = format!("{}{unit}", self.singles[0].name(column));
            let mut panel = panel(Scale { range, ..Scale::new(name) });
            for (k, Singles { samples, .. }) in self.singles.iter().enumerate() {
                let points = samples.time.iter().copied().zip(samples.column(column));
                panel.layers.push(run(k, span.points(points)));
            }
            Row::new(neurons::HEIGHT, vec![panel])
        };
        Ok(columns.into_iter().map(row).collect())
    }

    fn overlaps(
        &self,
        span: &Span,
        memory: Option<&Memory>,
        panel: impl Fn(Scale) -> Panel,
    ) -> Result<Option<Panel>> {
        let Some((memory, mu)) = memory.and_then(|m| Some((m, m.first()?))) else {
            return Ok(None);
        };
        let name = match self.recordings[0].observable() {
            ObservableKind::Spikes => "overlap (Hz)",
            ObservableKind::States | ObservableKind::Graded => "overlap",
        };
        let mut panel = panel(Scale::new(name).noted(memory.label(mu)).with_zero());
        for (k, recording) in self.recordings.iter().enumerate() {
            let Some(samples) = recording.overlaps(&memory.population)? else { return Ok(None) };
            let points = samples.time.iter().copied().zip(samples.column(mu));
            panel.layers.push(run(k, span.points(points)));
        }
        Ok(Some(panel))
    }

    fn distance(&self, span: &Span, panel: impl Fn(Scale) -> Panel) -> Panel {
        let unit = match self.singles[0].unit {
            "" => String::new(),
            unit => format!(" ({unit})"),
        };
        let note = format!("r.m.s. over {} neurons", self.singles[0].neurons.len());
        let time = || self.singles[0].samples.time.iter().copied();
        // Where both agree there is a gap.
        let positive = |d: &f64| if *d > 0.0 { *d } else { f64::NAN };
        let points = time().zip(self.distances.iter().map(positive));
        let mut panel = panel(Scale::new(format!("distance{unit}")).noted(note).log());
        panel = panel.with("", GREY, Marks::line(span.points(points)));
        if let Some(growth) = &self.growth {
            let (unit, length) = self.recordings[0].clock().axis();
            let ends = [growth.from, growth.to].map(|t| (span.on_axis(t), growth.at(t)));
            let name = format!("exp({:.3} t), t in {unit}", growth.rate * length);
            panel = panel.with(name.replace('-', "−"), PATTERNS[0], Marks::Dashes(ends.to_vec()));
        }
        panel
    }
}

/// What is seen of run `k`; the second is dashed, so that both are seen where they agree.
fn run(k: usize, points: Vec<(f64, f64)>) -> Layer {
    let marks = if k == 0 { Marks::line(points) } else { Marks::Dashes(points) };
    Layer { name: String::new(), colour: COLOURS[k], marks }
}

/// What two recordings of one network have in common.
const SECTIONS: [&str; 5] = ["seed", "population", "patterns", "projection", "dynamics"];

/// The model without initial states.
fn network(recording: &Recording) -> Result<toml::Table> {
    fn strip(value: &mut toml::Value) {
        if let toml::Value::Table(table) = value {
            table.retain(|key, _| key != "initial" && key != "v_initial");
            table.iter_mut().for_each(|(_, value)| strip(value));
        }
    }
    let mut model = super::model(recording)?;
    model.get_mut("dynamics").into_iter().for_each(strip);
    Ok(model)
}
