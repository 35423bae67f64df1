//! Active assemblies as tables.

use super::{Active, dwell_shares};
use crate::analysis::trials::Spread;
use crate::statistics::Share;
use crate::table::Table;

/// The tables of what was found in epochs, by the names of these; none if no assembly was ever active. Assemblies count from 1.
///
/// - `assemblies`: of every epoch the time looked at, the activations, how many of them are whole, the mean dwell of these,
///   its standard error over them and quartiles, the mean number of assemblies that are active at once, and the mean rate of
///   an active one
/// - `activations`: every activation with its epoch, assembly, onset, dwell, rate, and whether it is whole
/// - `active_at_once`: the share of time in which 0, 1, 2 ... assemblies are active
/// - `dwells`: how many whole activations last how long, and their share with its standard error
/// - `transitions`: how often an activation is followed by one of every assembly, and the share with its standard error; pairs
///   that never follow one another are left out
pub fn tables(epochs: &[(String, Active)], step: f64) -> Vec<(String, Table)> {
    if epochs.iter().all(|(_, active)| active.activations.is_empty()) {
        return Vec::new();
    }
    vec![
        ("assemblies".to_owned(), summary(epochs, step)),
        ("activations".to_owned(), activations(epochs)),
        ("active_at_once".to_owned(), at_once(epochs)),
        ("dwells".to_owned(), dwells(epochs)),
        ("transitions".to_owned(), transitions(epochs)),
    ]
}

fn summary(epochs: &[(String, Active)], step: f64) -> Table {
    let names = epochs.iter().map(|(name, _)| name.clone()).collect();
    let real = |of: &dyn Fn(&Active) -> f64| epochs.iter().map(|(_, active)| of(active)).collect();
    let whole = |of: fn(&Active) -> usize| epochs.iter().map(|e| of(&e.1) as u64).collect();
    let dwell = |of: fn(&Spread) -> f64| real(&|active| of(&active.dwell()));
    Table::default()
        .text("epoch", names)
        .real("time_ms", real(&|active| step * active.looks.iter().sum::<u64>() as f64))
        .whole("activations", whole(|active| active.activations.len()))
        .whole("whole", whole(|active| active.whole().count()))
        .real("dwell_ms", dwell(|spread| spread.mean))
        .real("dwell_sem_ms", dwell(|spread| spread.sem))
        .real("dwell_lower_quartile_ms", dwell(|spread| spread.lower_quartile))
        .real("dwell_median_ms", dwell(|spread| spread.median))
        .real("dwell_upper_quartile_ms", dwell(|spread| spread.upper_quartile))
        .real("at_once", real(&Active::at_once))
        .real("rate_hz", real(&Active::rate))
}

fn activations(epochs: &[(String, Active)]) -> Table {
    let rows = || epochs.iter().flat_map(|(name, a)| a.activations.iter().map(move |a| (name, a)));
    Table::default()
        .text("epoch", rows().map(|(name, _)| name.clone()).collect())
        .whole("assembly", rows().map(|(_, a)| a.assembly as u64 + 1).collect())
        .real("onset_ms", rows().map(|(_, a)| a.onset).collect())
        .real("dwell_ms", rows().map(|(_, a)| a.dwell).collect())
        .real("rate_hz", rows().map(|(_, a)| a.rate).collect())
        .flag("whole", rows().map(|(_, a)| a.whole).collect())
}

fn at_once(epochs: &[(String, Active)]) -> Table {
    let rows = || epochs.iter().flat_map(|(name, a)| (0..a.looks.len()).map(move |n| (name, a, n)));
    Table::default()
        .text("epoch", rows().map(|(name, ..)| name.clone()).collect())
        .whole("active", rows().map(|(.., number)| number as u64).collect())
        .real("share", rows().map(|(_, active, number)| active.share(number).value()).collect())
}

fn dwells(epochs: &[(String, Active)]) -> Table {
    let mut rows: Vec<(&String, (f64, f64, Share))> = Vec::new();
    for (name, active) in epochs {
        let bins = dwell_shares(active.whole().map(|activation| activation.dwell));
        rows.extend(bins.into_iter().map(|bin| (name, bin)));
    }
    let real = |of: fn(&(f64, f64, Share)) -> f64| rows.iter().map(|(_, bin)| of(bin)).collect();
    Table::default()
        .text("epoch", rows.iter().map(|(name, _)| (*name).clone()).collect())
        .real("from_ms", real(|bin| bin.0))
        .real("to_ms", real(|bin| bin.1))
        .whole("activations", rows.iter().map(|(_, bin)| bin.2.number as u64).collect())
        .real("share", real(|bin| bin.2.value()))
        .real("sem", real(|bin| bin.2.sem()))
}

fn transitions(epochs: &[(String, Active)]) -> Table {
    let mut rows: Vec<(&String, usize, usize, Share)> = Vec::new();
    for (name, active) in epochs {
        for (from, row) in active.transitions().into_iter().enumerate() {
            let made = row.into_iter().enumerate().filter(|(_, share)| share.number > 0);
            rows.extend(made.map(|(to, share)| (name, from, to, share)));
        }
    }
    Table::default()
        .text("epoch", rows.iter().map(|row| row.0.clone()).collect())
        .whole("from", rows.iter().map(|row| row.1 as u64 + 1).collect())
        .whole("to", rows.iter().map(|row| row.2 as u64 + 1).collect())
        .whole("transitions", rows.iter().map(|row| row.3.number as u64).collect())
        .real("share", rows.iter().map(|row| row.3.value()).collect())
        .real("sem", rows.iter().map(|row| row.3.sem()).collect())
}
