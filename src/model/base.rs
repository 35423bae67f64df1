//! Models that build on models: `base = "memory-8000.toml"`, a path from the file's own folder.
//!
//! **A `[section]` merges with that of the base, key by key; any other value, inline tables and arrays of tables among them,
//! replaces what the base has.** So `[projection.E_to_E]` with `tau_syn = "5 ms"` changes the one time constant,
//! `efficacy = { shared_patterns = "0.2 mV" }` makes another choice, and `[[protocol]]` is another protocol. What the base
//! has and the model lacks is listed: `without = ["expect", "task.recall"]`.
//!
//! A base may build on another. Keys keep the order of the base, and new ones follow; names of files in a base start from
//! the folder of that base.

use super::source::Source;
use crate::error::{Error, Result, suggest};
use std::path::Path;
use toml::de::DeTable;
use toml_edit::{DocumentMut, Item, Table, Value};

/// The text of `own` with what it builds on, and all files that it is made of, `own` first.
pub(super) fn assemble(own: Source) -> Result<(Vec<Source>, String)> {
    let builds = |root: toml::Spanned<DeTable>| {
        ["base", "without"].iter().any(|key| root.get_ref().contains_key(*key))
    };
    if !DeTable::parse(&own.text).is_ok_and(builds) {
        let text = own.text.clone();
        return Ok((vec![own], text));
    }
    let mut files = vec![own];
    let merged = with_base(&mut files)?;
    let merged = merged.into_table().expect("a file is a table");
    Ok((files, DocumentMut::from(merged).to_string()))
}

/// The last of `files` upon its base, which is appended to them.
fn with_base(files: &mut Vec<Source>) -> Result<Item> {
    let own = files[files.len() - 1].clone();
    let mut table = std::mem::take(own.edit()?.as_table_mut());
    let without = table.remove("without");
    let Some(base) = table.remove("base") else {
        return match without {
            None => Ok(Item::Table(table)),
            Some(_) => Err(own.place(
                "without",
                Error::input(
                    "found `without` in a model that builds on no other",
                    "it lists what a base has and the model lacks",
                    "delete it, or name the base",
                ),
            )),
        };
    };
    let name = base.as_str().unwrap_or_default();
    files.push(read(files, name).map_err(|e| own.place("base", e))?);
    let mut merged = with_base(files)?;
    if let Some(folder) = Path::new(name).parent().filter(|f| !f.as_os_str().is_empty()) {
        move_files(&mut merged, folder);
    }
    for key in listed(without.as_ref()).map_err(|e| own.place("without", e))? {
        leave_out(&mut merged, key).map_err(|e| own.place("without", e))?;
    }
    merge(&mut merged, table).map_err(|(key, e)| own.place(&key, e))?;
    Ok(merged)
}

/// The file called `name` on which the last of `files` builds.
fn read(files: &[Source], name: &str) -> Result<Source> {
    if name.is_empty() {
        return Err(Error::input(
            "found no name of a file",
            "a model builds on one other",
            "write for example base = \"memory-1000.toml\"",
        ));
    }
    let path = files[files.len() - 1].folder().join(name);
    let same = |file: &Source| {
        file.path.canonicalize().ok().is_some_and(|f| path.canonicalize().ok() == Some(f))
    };
    if files.iter().any(same) {
        return Err(Error::input(
            format!("found {} again, which builds on this file", path.display()),
            "models that build on one another end with one that builds on none",
            "name another base, or delete the line",
        ));
    }
    Source::read(path.clone()).map_err(|e| {
        let found = format!("found no readable model file {} ({e})", path.display());
        let remedy = "check the name, which starts from the folder of the model";
        Error::input(found, "", Source::remedy(&e, remedy))
    })
}

fn listed(without: Option<&Item>) -> Result<Vec<&str>> {
    let Some(without) = without else { return Ok(Vec::new()) };
    let keys = without.as_array().and_then(|keys| keys.iter().map(Value::as_str).collect());
    keys.ok_or_else(|| {
        Error::input("found no list of keys", "", "write for example without = [\"expect\"]")
    })
}

/// Removes `key`, which has to be there.
fn leave_out(base: &mut Item, key: &str) -> Result<()> {
    let (above, last) = key.rsplit_once('.').unwrap_or(("", key));
    let mut table = base.as_table_like_mut();
    for name in above.split('.').filter(|_| !above.is_empty()) {
        table = table.and_then(|t| t.get_mut(name)).and_then(Item::as_table_like_mut);
    }
    if table.as_mut().is_some_and(|table| table.remove(last).is_some()) {
        return Ok(());
    }
    let known: Vec<&str> = table.iter().flat_map(|t| t.iter()).map(|(name, _)| name).collect();
    Err(Error::input(
        format!("found `{key}`, which the base does not have"),
        if known.is_empty() { String::new() } else { suggest(last, known) },
        "delete or correct it",
    ))
}

/// Lays `own` over `base`; an error comes with its key.
fn merge(base: &mut Item, own: Table) -> std::result::Result<(), (String, Error)> {
    let inline = base.is_inline_table();
    let Some(base) = base.as_table_like_mut() else {
        let error = Error::input(
            "found a section where the base has a value",
            "a section merges with a section, and a value replaces a value",
            "write it in one line, as name = { .. }",
        );
        return Err((String::new(), error));
    };
    for (key, item) in own {
        match (base.get_mut(&key), item) {
            (Some(known), Item::Table(own)) => {
                let under = |below: String| {
                    format!("{key}{}{below}", if below.is_empty() { "" } else { "." })
                };
                merge(known, own).map_err(|(below, e)| (under(below), e))?;
            }
            (known, item) => {
                let dotted = known.and_then(|known| known.as_table()).is_some_and(Table::is_dotted);
                // In the text sections follow all values: beside sections a table is one, so that the order remains.
                let sections =
                    base.iter().any(|(_, item)| item.as_table().is_some_and(|t| !t.is_dotted()));
                let item = if sections || dotted { section(item, dotted) } else { item };
                base.insert(&key, placeless(item));
            }
        }
    }
    if inline {
        base.fmt();
    }
    Ok(())
}

/// A table as a section, or as dotted keys; anything else as it is.
fn section(item: Item, dotted: bool) -> Item {
    item.into_table().map_or_else(
        |other| other,
        |mut table| {
            table.set_dotted(dotted);
            table.set_implicit(false);
            Item::Table(table)
        },
    )
}

/// The item without the places of its sections in their own file, so that they follow what they are inserted behind.
fn placeless(mut item: Item) -> Item {
    fn forget(table: &mut Table) {
        table.set_position(None);
        for (_, item) in table.iter_mut() {
            *item = placeless(std::mem::take(item));
        }
    }
    match &mut item {
        Item::Table(table) => forget(table),
        Item::ArrayOfTables(tables) => tables.iter_mut().for_each(forget),
        _ => {}
    }
    item
}

/// Lets names of files in `item` start from where `folder` is seen.
fn move_files(item: &mut Item, folder: &Path) {
    let moved = |value: &mut Value| {
        if let Some(name) = value.as_str() {
            *value = folder.join(name).to_string_lossy().into_owned().into();
        }
    };
    let Some(table) = item.as_table_like_mut() else { return };
    for (key, item) in table.iter_mut() {
        match (key.get(), &mut *item) {
            ("file" | "path", Item::Value(name)) => moved(name),
            ("files", Item::Value(Value::Array(names))) => names.iter_mut().for_each(moved),
            _ => move_files(item, folder),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Document;
    use toml::Table;

    const BASE: &str = r#"
title = "a" # of the base
population = { E = { size = 1 }, I = { size = 2 } }

[one]
a.kind = { red = { x = 1, y = [2, 3] } }
b = "plain"

[two.first]
file = "spikes.txt"
x = 1 # a comment

[[two.first.list]]
y = 1

[two.second]
files = ["a.png", "/b.png"]
"#;

    /// The whole of `own`, which builds on BASE in a folder beside it, perhaps through a third file.
    fn whole(own: &str, settings: &[&str]) -> crate::error::Result<Table> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("nets")).unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text);
        write("nets/base.toml", BASE).unwrap();
        write("nets/middle.toml", "base = \"base.toml\"\nwithout = [\"one\"]\nseed = 3").unwrap();
        write("own.toml", own).unwrap();
        let settings: Vec<String> = settings.iter().map(|&s| s.to_owned()).collect();
        let document = Document::read(&folder.path().join("own.toml"), &settings)?;
        Ok(document.whole().parse().unwrap())
    }

    fn keys(table: &toml::Value) -> Vec<&str> {
        table.as_table().unwrap().keys().map(String::as_str).collect()
    }

    #[test]
    fn sections_merge_values_replace_and_the_order_remains() {
        let own = r#"
base = "nets/base.toml"
title = "b"
two.first = { x = 2 } # in one line, and yet where it stood
[population.E] # a section over a table in one line
size = 10 # many
[population.J]
size = 3
[one]
a.kind = { blue = 1 }
[two.third]
x = 3
"#;
        let table = whole(own, &["population.I.size=20"]).unwrap();
        assert_eq!(table["title"].as_str(), Some("b"));
        assert_eq!(keys(&table["population"]), ["E", "I", "J"]);
        let sizes = ["E", "I", "J"].map(|name| table["population"][name]["size"].as_integer());
        assert_eq!(sizes, [Some(10), Some(20), Some(3)]);
        assert_eq!(keys(&table["one"]["a"]["kind"]), ["blue"]);
        assert_eq!(table["one"]["b"].as_str(), Some("plain"));
        assert_eq!(keys(&table["two"]), ["first", "second", "third"]);
        assert_eq!(keys(&table["two"]["first"]), ["x"]);
    }

    #[test]
    fn files_are_found_from_the_base_and_lists_replace() {
        let own = "base = \"nets/base.toml\"\n[[two.first.list]]\nz = 1\n[[two.first.list]]\nz = 2";
        let table = whole(own, &[]).unwrap();
        assert_eq!(table["two"]["first"]["file"].as_str(), Some("nets/spikes.txt"));
        let files = table["two"]["second"]["files"].as_array().unwrap();
        assert_eq!(files, &["nets/a.png".into(), toml::Value::from("/b.png")]);
        let list = table["two"]["first"]["list"].as_array().unwrap();
        assert_eq!(list.iter().map(keys).collect::<Vec<_>>(), [["z"], ["z"]]);
    }

    #[test]
    fn a_chain_leaves_out_what_each_of_it_lists() {
        let own = "base = \"nets/middle.toml\"\nwithout = [\"two.first.list\", \"population.E\"]";
        let table = whole(own, &[]).unwrap();
        assert_eq!(
            keys(&toml::Value::Table(table.clone())),
            ["title", "population", "seed", "two"]
        );
        assert_eq!(keys(&table["population"]), ["I"]);
        assert_eq!(keys(&table["two"]["first"]), ["file", "x"]);
    }

    #[test]
    fn a_mistake_is_placed_in_the_file_that_says_more_of_its_key() {
        let placed = |own: &str| whole(own, &[]).unwrap_err().to_string();
        let section = placed("base = \"nets/base.toml\"\n[one.b]\nx = 1");
        assert!(section.contains("own.toml:2:1: one.b: found a section"), "{section}");
        let unknown = placed("base = \"nets/middle.toml\"\nwithout = [\"one\"]");
        assert!(unknown.contains("own.toml:2:11: without: found `one`"), "{unknown}");
    }
}
