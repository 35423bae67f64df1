//! The summary of trials with several items: how many are held, load by load.

use crate::analysis::items::{AtLoad, HeldItems};
use crate::error::counted;
use crate::statistics::{Mean, Share};
use serde::Serialize;
use std::fmt;

/// How many items were held together.
#[derive(Clone, Debug, Serialize)]
pub struct ItemsSummary {
    /// Trials that have ended.
    trials: usize,
    loads: Vec<LoadSummary>,
}

/// The trials of one load.
#[derive(Clone, Debug, Serialize)]
pub struct LoadSummary {
    load: usize,
    trials: usize,
    held: f64,
    held_se: f64,
    share: f64,
    intrusions: f64,
    intrusions_se: f64,
    /// The share of trials in which the first item was held, the second one, ...; empty if they were shown together.
    positions: Vec<f64>,
}

impl LoadSummary {
    fn of(at: &AtLoad) -> Self {
        Self {
            load: at.load,
            trials: at.trials,
            held: at.held.value,
            held_se: at.held.sem,
            share: at.share.value,
            intrusions: at.intrusions.value,
            intrusions_se: at.intrusions.sem,
            positions: at.positions.iter().map(|share: &Share| share.value()).collect(),
        }
    }
}

impl ItemsSummary {
    pub(super) fn of(found: &HeldItems) -> Self {
        Self {
            trials: found.trials.len(),
            loads: found.loads().iter().map(LoadSummary::of).collect(),
        }
    }

    /// Every quantity by name, as a sweep has it besides the means over all trials: `items_held.load_3`, ...
    pub(super) fn measures(&self) -> Vec<(String, f64)> {
        let of_load = |own: &LoadSummary| {
            let values =
                [("items_held", own.held), ("share", own.share), ("intrusions", own.intrusions)];
            values.map(|(name, value)| (format!("{name}.load_{}", own.load), value))
        };
        self.loads.iter().flat_map(of_load).collect()
    }
}

impl fmt::Display for ItemsSummary {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        writeln!(f, "  {} with several items", counted(self.trials, "trial"))?;
        if self.trials == 0 {
            return Ok(());
        }
        let ordered = self.loads.iter().any(|own| !own.positions.is_empty());
        let positions = if ordered { "  by serial position" } else { "" };
        writeln!(
            f,
            "  {:>5}  {:>6}  {:>12}  {:>8}  {:>12}{positions}",
            "load", "trials", "held", "share", "others held"
        )?;
        for own in &self.loads {
            let with = |value: f64, sem: f64| Mean { value, sem, number: own.trials }.to_string();
            let shares: Vec<String> =
                own.positions.iter().map(|share| format!("{:.0} %", 100.0 * share)).collect();
            let shares = if ordered { format!("  {}", shares.join("  ")) } else { String::new() };
            writeln!(
                f,
                "  {:>5}  {:>6}  {:>12}  {:>6.1} %  {:>12}{shares}",
                own.load,
                own.trials,
                with(own.held, own.held_se),
                100.0 * own.share,
                with(own.intrusions, own.intrusions_se)
            )?;
        }
        writeln!(f)
    }
}
