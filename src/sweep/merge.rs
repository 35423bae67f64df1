//! Parts of a sweep that were made apart, as one table.

use super::left::Left;
use super::place::{Begin, Places};
use super::shard::Shard;
use super::table::SweepTable;
use super::written::{Identity, Making};
use crate::error::{Error, Place, Result, counted};
use crate::experiment::Host;
use crate::model::Document;
use crate::recording::Output;
use crate::table::Column;
use std::collections::BTreeMap;
use std::mem::{Discriminant, discriminant};
use std::path::{Path, PathBuf};

/// Writes the table of all runs in `parts` to `output`: that of a sweep that one machine makes, with its hash.
///
/// A run may stand in several parts, if it is the same in all of them. A part need not have ended if others have what it
/// lacks.
///
/// # Errors
/// If a part is no table or damaged, if two are of different sweeps or a run differs between them, if runs are missing, if
/// the output exists and `force` is false, is a part, or cannot be written.
pub fn merge(parts: &[PathBuf], output: &Path, force: bool, host: &Host) -> Result<()> {
    Output::check(output, force)?;
    let place = |path: &Path| path.canonicalize().ok();
    if output.exists() && parts.iter().any(|part| place(part) == place(output)) {
        return Err(Error::file(
            output,
            "found a part as the output",
            "choose another name with -o",
        ));
    }
    let tables = parts.iter().map(|part| SweepTable::open(part)).collect::<Result<Vec<_>>>()?;
    let Some(first) = tables.first() else {
        let found = Error::input("found no part", "", "give the parts of a sweep");
        return Err(found.placed(Place::Argument("merge".to_owned())));
    };
    let rows = rows_of(&tables)?;
    if let Some(missing) = missing(&tables, &rows) {
        return Err(Error::input(
            missing,
            "the table of a sweep has them all",
            "add the parts that have them; a part that did not end is gone on with first",
        )
        .placed(Place::Argument("merge".to_owned())));
    }
    // The resolved model needs no files.
    let model = Document::new(&first.path, first.model_resolved.clone(), &[])?.model()?;
    let identity = Identity { seed: model.seed, ..identity_of(first) };
    let making = Making {
        command_line: host.command_line.clone(),
        started: tables.iter().map(|table| &table.started).min().cloned().unwrap_or_default(),
        ended: tables.iter().map(|table| &table.ended).max().cloned().unwrap_or_default(),
    };
    let begin = if force { Begin::Over } else { Begin::New };
    let places = Places::begin(output, begin, None)?;
    places.commit(&identity, &rows, &making)?;
    places.publish()
}

/// What makes a table that of all runs of a sweep of which `part` is one, but for the seed.
fn identity_of(part: &SweepTable) -> Identity<'_> {
    Identity {
        model_text: &part.model_text,
        settings: &part.settings,
        model_resolved: &part.model_resolved,
        inputs_hash: &part.inputs_hash,
        grid: &part.grid,
        seed: 0,
        shard: Shard::WHOLE,
    }
}

/// What all runs left that stand in any of `tables`, by their number from 0.
fn rows_of(tables: &[SweepTable]) -> Result<BTreeMap<usize, Left>> {
    let mut rows: BTreeMap<usize, Left> = BTreeMap::new();
    // In which table each stands first.
    let mut known: BTreeMap<usize, &Path> = BTreeMap::new();
    // Of the columns of trials.
    let mut kinds: BTreeMap<String, Discriminant<Column>> = BTreeMap::new();
    for table in tables {
        let first = &tables[0];
        if let Some(differs) = table.differs(&identity_of(first)) {
            return Err(Error::file(
                &table.path,
                match table.path == first.path {
                    true => format!("found a sweep {differs}"),
                    false => format!("found beside {} a sweep {differs}", first.path.display()),
                },
                "merge parts of one sweep, with the version of attractor that made them",
            ));
        }
        let unlike = |(name, column): &(&str, &Column)| {
            let kind = discriminant(*column);
            *kinds.entry((*name).to_owned()).or_insert(kind) != kind
        };
        if let Some((name, _)) = table.trials.columns().find(unlike) {
            let found = format!("found a column {name} of another kind than in other parts");
            return Err(Error::file(&table.path, found, "make this part again"));
        }
        for (run, left) in table.left()? {
            let other = *known.entry(run).or_insert(&table.path);
            let before = rows.entry(run).or_insert_with(|| left.clone());
            if !before.is_as(&left) {
                let found = format!("found another run {} than in {}", run + 1, other.display());
                let remedy = "make one of the two again; every run of a sweep is the same wherever it is made";
                return Err(Error::file(&table.path, found, remedy));
            }
        }
    }
    Ok(rows)
}

/// Most of the missing that are told one by one.
const TOLD: usize = 8;

/// Which runs have no row, if there are some.
fn missing(tables: &[SweepTable], rows: &BTreeMap<usize, Left>) -> Option<String> {
    let all = tables[0].grid.runs();
    let missing: Vec<usize> = (0..all).filter(|run| !rows.contains_key(run)).collect();
    if missing.is_empty() {
        return None;
    }
    let are = if missing.len() == 1 { "is" } else { "are" };
    let found = format!("found that {} of {all} {are} missing", counted(missing.len(), "run"));
    // As the runs were divided, if they were in one way: which shards have left nothing.
    let of = tables[0].shard.of();
    let mut gone = vec![tables.iter().all(|table| table.shard.of() == of && of > 1); of];
    rows.keys().for_each(|run| gone[run % of] = false);
    let shards = (0..of.min(all)).filter(|k| gone[*k]).map(|k| format!("{}/{of}", k + 1));
    let runs = missing.iter().filter(|run| !gone[**run % of]).map(|run| (run + 1).to_string());
    let (shards, runs): (Vec<String>, Vec<String>) = (shards.collect(), runs.collect());
    let told = [("shard", shards), ("run", runs)].into_iter().filter(|(_, all)| !all.is_empty());
    let told: Vec<String> = told.map(|(what, all)| listed(what, &all)).collect();
    Some(format!("{found}: {}", told.join("; ")))
}

/// "runs 2, 5, 8", and how many further ones there are.
fn listed(what: &str, all: &[String]) -> String {
    let s = if all.len() == 1 { "" } else { "s" };
    let told = all.iter().take(TOLD).cloned().collect::<Vec<_>>().join(", ");
    let more = match all.len().saturating_sub(TOLD) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{what}{s} {told}{more}")
}

#[cfg(test)]
mod tests {
    use super::super::Grid;
    use super::super::written;
    use super::*;
    use crate::recording::Hdf5;
    use crate::table::Table;

    /// Shard 1 of 2 of a sweep of two runs, in which its only run has left `left`.
    fn part(path: &Path, left: &Left) -> PathBuf {
        let identity = Identity {
            model_text: "",
            settings: &[],
            model_resolved: "seed = 3",
            inputs_hash: "",
            grid: &Grid::parse(&["a=1,2".to_owned()], 1).unwrap(),
            seed: 3,
            shard: Shard::new(1, 2).unwrap(),
        };
        let mut store = Hdf5::create(path).unwrap();
        written::write(&mut store, &identity, &[(0, left)], &Making::default()).unwrap();
        store.close().unwrap();
        path.to_owned()
    }

    #[test]
    fn a_run_that_differs_between_parts_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let place = |name: &str| folder.path().join(name);
        let left = |value: f64, trials: Table| Left {
            measured: vec![("held".to_owned(), value)],
            trials,
            ..Left::default()
        };
        let host = Host {
            command_line: String::new(),
            now: String::new,
            seconds: || 0.0,
            peak_rss_mb: || 0.0,
        };
        let trials = || Table::default().real("held", vec![1.0, f64::NAN]);
        let first = part(&place("a.h5"), &left(f64::NAN, trials()));
        let said = |other: Left| {
            let parts = [first.clone(), part(&place("b.h5"), &other)];
            merge(&parts, &place("c.h5"), false, &host).unwrap_err().to_string()
        };
        // NaN is what it was.
        let same = said(left(f64::NAN, trials()));
        assert!(same.contains("found that 1 run of 2 is missing: shard 2/2"), "{same}");
        let other = said(left(1.0, trials()));
        assert!(other.contains("b.h5: found another run 1 than in "), "{other}");
        let other = said(left(f64::NAN, trials().head(1)));
        assert!(other.contains("found another run 1 than in "), "{other}");
        let kind = said(left(f64::NAN, Table::default().flag("held", vec![true])));
        assert!(kind.contains("found a column held of another kind"), "{kind}");
    }
}
