//! What a recording tells that follows from its model: units, intervals, what was to be recorded, and single neurons.

use super::Recording;
use crate::dynamics::ObservableKind;
use crate::error::Result;
use crate::recording::Probed;
use crate::recording::efficacies::EFFICACIES;
use crate::recording::header::{COURSES, ENDED};
use crate::recording::potentials::{POTENTIALS, TRACES, beside, tau_of};
use crate::recording::store::{Attribute, Result as Stored};

impl Recording {
    /// Which column tells another unit than it has.
    pub(crate) fn units_differ(&self) -> Result<Option<String>> {
        self.sound(self.find_unit())
    }

    fn find_unit(&self) -> Stored<Option<String>> {
        let clock = self.clock.unit();
        let sampled = if self.observable == ObservableKind::Spikes { "Hz" } else { "1" };
        let mut all: Vec<(String, &str)> = Vec::new();
        let mut add = |group: &str, columns: &[(&str, &'static str)]| {
            all.extend(columns.iter().map(|(name, unit)| (format!("{group}/{name}"), *unit)));
        };
        let time = if clock == "ms" { "ms" } else { "sweeps" };
        add("protocol", &[("start", time), ("end", time)]);
        add("progress", &[("time", time)]);
        add("energy", &[("energy", "1"), ("time", time)]);
        add(ENDED, &[("duration", time), ("period", "1"), ("first_step", "1")]);
        add(COURSES, &[("time", time)]);
        for population in &self.populations {
            let name = &population.name;
            add(&format!("rates/{name}"), &[("rate", sampled), ("time", time)]);
            add(&format!("overlaps/{name}"), &[("m", sampled), ("time", time)]);
            add(&format!("spikes/{name}"), &[("timestamps", "ms")]);
            add(&format!("external/{name}"), &[("timestamps", "ms")]);
            add(&format!("states/{name}"), &[("state", "1"), ("time", time)]);
            add(&format!("activity/{name}"), &[("activity", "1"), ("time", time)]);
            add(&format!("{TRACES}/{name}"), &[("activity", "1"), ("time", "ms")]);
            let group = format!("{POTENTIALS}/{name}");
            add(&group, &[("V", "mV"), ("time", "ms"), ("theta", "mV"), ("v_reset", "mV")]);
            if self.store.exists(&group) {
                for current in self.store.text(&group, "currents")?.split_whitespace() {
                    add(&group, &[(current, "mV")]);
                }
            }
        }
        if self.store.exists(EFFICACIES) {
            for name in self.store.text(EFFICACIES, "projections")?.split_whitespace() {
                add(&format!("{EFFICACIES}/{name}"), &[("efficacy", "mV"), ("time", "ms")]);
            }
        }
        for (path, unit) in all.into_iter().filter(|(path, _)| self.store.exists(path)) {
            let told = self.store.attribute(&path, "units")?;
            if told != Some(Attribute::Text(unit.to_owned())) {
                return Ok(Some(format!("/{path} is not said to be in {unit}")));
            }
        }
        Ok(None)
    }

    /// Which group tells another interval than this.
    pub(crate) fn intervals_differ(&self, interval: f64) -> Result<Option<String>> {
        let each = |kind: &str| -> Vec<String> {
            self.populations.iter().map(|p| format!("{kind}/{}", p.name)).collect()
        };
        let energy = self.store.exists("energy/energy").then(|| "energy".to_owned());
        let groups = [each("rates"), each("overlaps")].concat().into_iter().chain(energy);
        for group in groups.filter(|group| self.store.exists(group)) {
            let told = self.sound(self.interval(&group))?;
            if told != interval {
                return Ok(Some(format!(
                    "/{group} tells an interval of {told:?}, and the model {interval:?}"
                )));
            }
        }
        Ok(None)
    }

    /// Which group is missing of those of all populations that must be there: `kind` is "states", for example.
    pub(crate) fn group_missing(&self, kind: &str) -> Option<String> {
        let mut groups = self.populations.iter().map(|p| format!("{kind}/{}", p.name));
        groups.find(|group| !self.store.exists(group))
    }

    /// Whether it tells an energy, or why there is none, and not both.
    pub(crate) fn tells_of_energy(&self) -> Result<bool> {
        let none = match self.store.exists("energy") {
            true => self.sound(self.store.attribute("energy", "none"))?.is_some(),
            false => false,
        };
        Ok(self.store.exists("energy/energy") != none)
    }

    /// How the single neurons that were looked at differ from those that were to be. A time constant alone of synapses that need not be
    /// there may be missing: `unsure` has the time constants.
    pub(crate) fn probes_differ(
        &self,
        probes: &[Probed],
        unsure: &dyn Fn(&str, f64) -> bool,
    ) -> Result<Option<String>> {
        let graded = self.observable == ObservableKind::Graded;
        let root = if graded { TRACES } else { POTENTIALS };
        let told = if graded { self.traced()? } else { self.watched()? };
        let own: Vec<&str> = probes.iter().map(|probed| &*probed.population).collect();
        if told != own {
            let (told, own) = (told.join(" "), own.join(" "));
            return Ok(Some(format!(
                "those of \"{told}\" are told, and the model records \"{own}\""
            )));
        }
        for probed in probes {
            let unsure = |tau: f64| unsure(&probed.population, tau);
            let differs =
                self.probe_differs(&format!("{root}/{}", probed.population), probed, &unsure);
            if let Some(what) = self.sound(differs)? {
                let name = &probed.population;
                return Ok(Some(format!("{what} of /{root}/{name} is not that of the model")));
            }
        }
        Ok(None)
    }

    fn probe_differs(
        &self,
        group: &str,
        probed: &Probed,
        unsure: &dyn Fn(f64) -> bool,
    ) -> Stored<Option<String>> {
        let path = |name: &str| format!("{group}/{name}");
        let neurons: Vec<u64> = self.store.all(&path("neurons"))?;
        if !neurons.iter().copied().eq(probed.neurons.clone().map(|n| n as u64)) {
            return Ok(Some("neurons".to_owned()));
        }
        if self.store.attribute(group, "every_ms")? != Some(Attribute::Real(probed.every)) {
            return Ok(Some("every_ms".to_owned()));
        }
        let Some(first) = probed.cells.first() else { return Ok(None) };
        for (name, own) in [
            ("theta", probed.cells.iter().map(|cell| cell.theta).collect::<Vec<f64>>()),
            ("v_reset", probed.cells.iter().map(|cell| cell.v_reset).collect()),
        ] {
            if self.store.all::<f64>(&path(name))? != own {
                return Ok(Some(name.to_owned()));
            }
        }
        let currents = self.store.text(group, "currents")?;
        let mut told = currents.split_whitespace().peekable();
        for (name, tau) in beside(first) {
            if told.next_if(|told| *told == name).is_none() {
                if tau_of(&name) == tau_of("I_syn_") && unsure(tau) {
                    continue;
                }
                return Ok(Some("currents".to_owned()));
            }
            let own = Some(Attribute::Real(tau));
            if self.store.attribute(&path(&name), tau_of(&name))? != own {
                return Ok(Some(format!("{} of {name}", tau_of(&name))));
            }
        }
        Ok(told.next().map(|_| "currents".to_owned()))
    }
}
