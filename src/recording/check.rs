//! Whether a recording is laid out as its documents promise, which is checked before anything of it is used.
//!
//! Here are shapes, kinds and lengths, which cost no reading of columns; their values are checked where they are read
//! (`reader/values.rs`).

use super::columns;
use super::efficacies::EFFICACIES;
use super::header::{COURSES, ENDED};
use super::potentials::{POTENTIALS, TRACES, tau_of};
use super::store::{Attribute, Cell, Fault, Result, Store};
use crate::dynamics::ObservableKind;
use crate::table::Column;

/// What is known of a recording as a whole.
pub(super) struct Outline<'a> {
    pub store: &'a dyn Store,
    pub observable: ObservableKind,
    /// Unit of the clock.
    pub unit: &'a str,
    /// Name and number of neurons of every population.
    pub populations: Vec<(&'a str, usize)>,
    /// Whether the run has ended.
    pub complete: bool,
}

/// Rounding of a sum of durations, in parts.
const ROUNDING: f64 = 1e-9;

/// What a population's group may hold beside its times.
type Named<'a> = (&'a str, usize);

impl Outline<'_> {
    /// Refuses what is not laid out as it should be.
    pub fn check(&self) -> Result<()> {
        self.check_populations()?;
        self.check_single("progress/time")?;
        let looks =
            self.samples::<f64>(&format!("rates/{}", self.populations[0].0), ("rate", 1))?;
        for &(name, neurons) in &self.populations {
            let patterns = self.check_patterns(name, neurons)?;
            self.check_looks(&format!("rates/{name}"), ("rate", 1), looks)?;
            self.check_interval(&format!("rates/{name}"))?;
            let overlaps = format!("overlaps/{name}");
            match patterns {
                0 if self.store.exists(&overlaps) => {
                    return Err(Fault(format!("/{overlaps} is there without /patterns/{name}")));
                }
                0 => {}
                _ => {
                    self.check_looks(&overlaps, ("m", patterns), looks)?;
                    self.check_interval(&overlaps)?;
                }
            }
            self.check_seen(name, neurons, looks)?;
            self.check_events("external", name, neurons, false)?;
        }
        if self.store.exists("energy/energy") {
            self.check_looks("energy", ("energy", 1), looks)?;
            self.check_interval("energy")?;
        }
        self.check_complete()?;
        self.check_protocol()?;
        self.check_trials()?;
        self.check_reached()?;
        self.check_probes(POTENTIALS)?;
        self.check_probes(TRACES)?;
        if self.store.exists(COURSES) {
            columns::read(self.store, COURSES, "columns")?;
        }
        self.check_efficacies()
    }

    /// Every synapse has a sender, a receiver, and an efficacy at every moment.
    fn check_efficacies(&self) -> Result<()> {
        if !self.store.exists(EFFICACIES) {
            return Ok(());
        }
        for name in self.store.text(EFFICACIES, "projections")?.split_whitespace() {
            let group = format!("{EFFICACIES}/{name}");
            let path = |column: &str| format!("{group}/{column}");
            self.check_positive(&group, "delay")?;
            let senders = path("source_node_id");
            let number = self.rows::<u64>(&senders, 1)?;
            if number == 0 {
                return Err(Fault(format!("/{senders} is empty")));
            }
            self.check_rows::<u64>((&path("target_node_id"), 1), &senders, number)?;
            for column in ["source_node_id", "target_node_id"].map(path) {
                let population = self.store.text(&column, "node_population")?;
                if !self.populations.iter().any(|(known, _)| *known == population) {
                    return Err(Fault(format!("/{column} is of no population")));
                }
            }
            self.samples::<f64>(&group, ("efficacy", number))?;
        }
        Ok(())
    }

    /// It tells whether the run has ended, and tells nothing of its end if not: less is asked of what did not end.
    fn check_complete(&self) -> Result<()> {
        if !matches!(self.store.attribute("", "complete")?, Some(Attribute::Flag(_))) {
            return Err("/ does not tell whether the run has ended".into());
        }
        match self.store.attribute("provenance", "ended")? {
            Some(Attribute::Text(ended)) if !self.complete && !ended.is_empty() => {
                Err("/ tells that the run did not end, and /provenance when it did".into())
            }
            _ => Ok(()),
        }
    }

    /// The model that was run, if it is TOML; without its version a recording would not be verified.
    fn model(&self) -> Result<Option<toml::Table>> {
        self.store.text("provenance", "version")?;
        Ok(self.store.text("provenance", "model_resolved")?.parse().ok())
    }

    /// There are some, each once, as large as in the model.
    fn check_populations(&self) -> Result<()> {
        if self.populations.is_empty() {
            return Err("/progress/populations is empty".into());
        }
        let model = self.model()?;
        let size =
            |name: &str| model.as_ref()?.get("population")?.get(name)?.get("size")?.as_integer();
        for (k, &(name, neurons)) in self.populations.iter().enumerate() {
            if self.populations[..k].iter().any(|(before, _)| *before == name) {
                return Err(Fault(format!("/progress/populations names {name} twice")));
            }
            if neurons == 0 || neurons > u32::MAX as usize {
                return Err(Fault(format!("population {name} has {neurons} neurons")));
            }
            if let Some(size) = size(name)
                && size != neurons as i64
            {
                let found =
                    format!("population {name} has {neurons} neurons and {size} in the model");
                return Err(Fault(found));
            }
        }
        Ok(())
    }

    /// A column of one value.
    fn check_single(&self, path: &str) -> Result<()> {
        match self.store.shape(path)? {
            (1, 1) => Ok(()),
            (rows, width) => {
                Err(Fault(format!("/{path} has {} values in place of one", rows * width)))
            }
        }
    }

    /// The rows of a column of this kind, of which each has so many values.
    fn rows<T: Cell>(&self, path: &str, width: usize) -> Result<usize> {
        self.store.values::<T>(path, 0..0)?;
        match self.store.shape(path)? {
            (rows, found) if found == width => Ok(rows),
            (_, found) => {
                Err(Fault(format!("/{path} has {found} values in a row in place of {width}")))
            }
        }
    }

    /// Refuses a column of another number of rows than `expected`, that of the column `like`.
    fn check_rows<T: Cell>(
        &self,
        (path, width): (&str, usize),
        like: &str,
        expected: usize,
    ) -> Result<()> {
        match self.rows::<T>(path, width)? {
            rows if rows == expected => Ok(()),
            rows => Err(Fault(format!("/{path} has {rows} rows and /{like} has {expected}"))),
        }
    }

    /// The number of moments in a group of values with their times.
    fn samples<T: Cell>(&self, group: &str, (name, width): Named) -> Result<usize> {
        let time = format!("{group}/time");
        let rows = self.rows::<f64>(&time, 1)?;
        self.check_rows::<T>((&format!("{group}/{name}"), width), &time, rows)?;
        Ok(rows)
    }

    /// All populations are looked at at once.
    fn check_looks(&self, group: &str, what: Named, looks: usize) -> Result<()> {
        self.check_at(group, self.samples::<f64>(group, what)?, looks)
    }

    fn check_at(&self, group: &str, rows: usize, looks: usize) -> Result<()> {
        let first = self.populations[0].0;
        match rows == looks {
            true => Ok(()),
            false => Err(Fault(format!(
                "/{group}/time has {rows} rows and /rates/{first}/time has {looks}"
            ))),
        }
    }

    /// A group tells the positive time from look to look.
    fn check_interval(&self, group: &str) -> Result<()> {
        let name = format!("interval_{}", self.unit);
        self.check_positive(group, &name)
    }

    fn check_positive(&self, path: &str, name: &str) -> Result<()> {
        match self.store.attribute(path, name)? {
            Some(Attribute::Real(value)) if value > 0.0 && value.is_finite() => Ok(()),
            Some(Attribute::Real(value)) => Err(Fault(format!("{name} of /{path} is {value:?}"))),
            _ => Err(Fault(format!("/{path} does not tell its {name}"))),
        }
    }

    /// How many patterns a population has.
    fn check_patterns(&self, name: &str, neurons: usize) -> Result<usize> {
        let group = format!("patterns/{name}");
        if !self.store.exists(&group) {
            return Ok(0);
        }
        let xi = format!("{group}/xi");
        let number = match self.store.read(&xi, 0..0)? {
            Column::Real(_) => self.rows::<f64>(&xi, neurons)?,
            _ => self.rows::<bool>(&xi, neurons)?,
        };
        if number == 0 {
            return Err(Fault(format!("/{xi} is empty")));
        }
        let image = format!("{group}/image");
        if self.store.exists(&image) {
            self.check_rows::<f64>((&image, neurons), &xi, number)?;
        }
        let names = format!("{group}/names");
        if self.store.exists(&names) {
            self.check_rows::<String>((&names, 1), &xi, number)?;
        }
        match self.store.attribute(&group, "shape")? {
            None => {}
            Some(Attribute::Pair([rows, columns]))
                if rows.checked_mul(columns) == Some(neurons as u64) => {}
            _ => return Err(Fault(format!("shape of /{group} is not that of {neurons} neurons"))),
        }
        Ok(number)
    }

    /// What was seen of a population, as it was.
    fn check_seen(&self, name: &str, neurons: usize, looks: usize) -> Result<()> {
        let group = |parent: &str| format!("{parent}/{name}");
        match self.observable {
            ObservableKind::Spikes => self.check_events("spikes", name, neurons, true),
            ObservableKind::States if self.store.exists("states") => {
                let group = group("states");
                self.check_at(&group, self.samples::<bool>(&group, ("state", neurons))?, looks)
            }
            ObservableKind::Graded if self.store.exists("activity") => {
                self.check_looks(&group("activity"), ("activity", neurons), looks)
            }
            _ => Ok(()),
        }
    }

    fn check_events(&self, parent: &str, name: &str, neurons: usize, must: bool) -> Result<()> {
        let group = format!("{parent}/{name}");
        if !must && !self.store.exists(&group) {
            return Ok(());
        }
        let (times, ids) = (format!("{group}/timestamps"), format!("{group}/node_ids"));
        let rows = self.rows::<f64>(&times, 1)?;
        self.check_rows::<u64>((&ids, 1), &times, rows)?;
        match self.store.whole(&group, "neurons")? {
            found if found == neurons as u64 => Ok(()),
            found => Err(Fault(format!("/{group} is of {found} neurons in place of {neurons}"))),
        }
    }

    fn check_protocol(&self) -> Result<()> {
        let epochs = self.rows::<String>("protocol/name", 1)?;
        let same = |path| (path, 1);
        self.check_rows::<String>(same("protocol/show"), "protocol/name", epochs)?;
        self.check_rows::<f64>(same("protocol/start"), "protocol/name", epochs)?;
        self.check_rows::<f64>(same("protocol/end"), "protocol/name", epochs)
    }

    /// Every table of trials has rows for those that have ended; a task has trials.
    fn check_trials(&self) -> Result<()> {
        if !self.store.exists("trials") {
            return match self.model()?.is_some_and(|model| model.contains_key("task")) {
                true => Err("nothing stands at /trials, and the model has a task".into()),
                false => Ok(()),
            };
        }
        self.check_single("progress/trials")?;
        let ended = self.store.first::<u64>("progress/trials")?;
        for (group, part) in [("trials", "columns"), ("trials", "results"), (ENDED, "columns")] {
            let told = self.store.exists(group) && self.store.attribute(group, part)?.is_some();
            if !told && part == "columns" && self.store.exists(group) {
                return Err(Fault(format!("/{group} does not tell its {part}")));
            }
            if told {
                let table = columns::read(self.store, group, part)?;
                if (table.rows() as u64) < ended {
                    let rows = table.rows();
                    return Err(Fault(format!(
                        "the {part} of /{group} have {rows} rows of {ended} trials"
                    )));
                }
            }
        }
        Ok(())
    }

    /// The run has come no further than protocol and trials last, and as far if it has ended.
    fn check_reached(&self) -> Result<()> {
        let reached = self.store.first::<f64>("progress/time")?;
        let Some((end, is_known)) = self.end()? else { return Ok(()) };
        let (least, at_most) = match self.complete && is_known {
            true => (end * (1.0 - ROUNDING), ""),
            false => (0.0, "at most "),
        };
        if (least..=end * (1.0 + ROUNDING)).contains(&reached) {
            return Ok(());
        }
        let unit = self.unit;
        Err(Fault(format!("/progress/time is {reached:?}, where {at_most}{end:?} {unit} stand")))
    }

    /// When the run ends, or may end at the latest if that is not known; nothing where neither epochs nor trials tell.
    fn end(&self) -> Result<Option<(f64, bool)>> {
        let protocol = self.store.all::<f64>("protocol/end")?.into_iter().reduce(f64::max);
        if !self.store.exists("trials") {
            return Ok(protocol.map(|end| (end, true)));
        }
        let table = columns::read(self.store, "trials", "columns")?;
        let last = |name: &str| match table.column(name) {
            Some(Column::Real(times)) => times.last().copied(),
            _ => None,
        };
        let (fixed, latest) = (last("end_ms"), last("end"));
        // Of trials that end by themselves the last one tells how long it has lasted; version 0.1 told nothing.
        let lasted = match self.complete && self.store.exists(ENDED) {
            true => self.store.all::<f64>(&format!("{ENDED}/duration"))?.pop(),
            false => None,
        };
        if let Some((start, lasted)) = last("start").zip(lasted) {
            return Ok(Some((start + lasted, true)));
        }
        let end = fixed.or(latest).into_iter().chain(protocol).reduce(f64::max);
        Ok(end.map(|end| (end, fixed.is_some() || latest.is_none())))
    }

    /// What was recorded of single neurons.
    fn check_probes(&self, root: &str) -> Result<()> {
        if !self.store.exists(root) {
            return Ok(());
        }
        for name in self.store.text(root, "populations")?.split_whitespace() {
            let group = format!("{root}/{name}");
            let Some(&(_, size)) = self.populations.iter().find(|(known, _)| *known == name) else {
                return Err(Fault(format!("/{group} is of no population")));
            };
            let ids = format!("{group}/neurons");
            let number = self.rows::<u64>(&ids, 1)?;
            let neurons = self.store.all::<u64>(&ids)?;
            if number == 0 {
                return Err(Fault(format!("/{ids} is empty")));
            }
            if let Some(id) = neurons.iter().find(|id| **id >= size as u64) {
                return Err(Fault(format!("/{ids} has neuron {id} of {size}")));
            }
            self.check_positive(&group, "every_ms")?;
            if root == TRACES {
                self.samples::<f64>(&group, ("activity", number))?;
                continue;
            }
            let rows = self.samples::<f64>(&group, ("V", number))?;
            for path in ["theta", "v_reset"].map(|name| format!("{group}/{name}")) {
                self.check_rows::<f64>((&path, 1), &ids, number)?;
            }
            for current in self.store.text(&group, "currents")?.split_whitespace() {
                let path = format!("{group}/{current}");
                self.check_rows::<f64>((&path, number), &format!("{group}/time"), rows)?;
                self.check_positive(&path, tau_of(current))?;
            }
        }
        Ok(())
    }
}
