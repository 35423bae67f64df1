//! The source as a tree of modules without their tests, and who uses whom.

use std::collections::{BTreeMap, BTreeSet};

/// The place of a module, from the root: `["analysis", "landscape"]`.
pub type Place = Vec<String>;

/// The modules that stand in files of their own, by place, with their code.
pub struct Source {
    pub modules: BTreeMap<Place, Module>,
}

pub struct Module {
    pub file: String,
    /// Without comments, and without the items that only tests see.
    pub code: String,
    /// The modules that it declares, in order.
    pub children: Vec<String>,
}

impl Source {
    /// The tree below src/lib.rs; `read` returns the text of a file, if there is one.
    pub fn read(read: impl Fn(&str) -> Option<String>) -> Self {
        let mut source = Self { modules: BTreeMap::new() };
        source.add(&read, Place::new(), &["src/lib.rs".to_owned()]);
        source
    }

    /// Adds the module at `place`, which stands in one of `files`, and the modules that it declares.
    fn add(&mut self, read: &impl Fn(&str) -> Option<String>, place: Place, files: &[String]) {
        let found = files.iter().find_map(|file| Some((file.clone(), read(file)?)));
        let (file, text) = found.unwrap_or_else(|| panic!("no file {files:?}"));
        let code = without_tests(&text);
        let children: Vec<String> = code.lines().filter_map(declared).collect();
        for child in &children {
            let inner: Place = [place.as_slice(), std::slice::from_ref(child)].concat();
            let path = format!("src/{}", inner.join("/"));
            self.add(read, inner, &[format!("{path}.rs"), format!("{path}/mod.rs")]);
        }
        self.modules.insert(place, Module { file, code, children });
    }

    /// Where a path that is written in the module `at` leads: the module, reached through what modules on the way
    /// hand on, in which the path ends or whose item it names. None for paths into other crates, and for names
    /// of the module's own.
    fn leads_to(&self, at: &[String], path: &[&str]) -> Option<Place> {
        let mut place = match path[0] {
            "crate" => Place::new(),
            "self" | "super" => at.to_vec(),
            child if self.modules[at].children.iter().any(|c| c == child) => at.to_vec(),
            _ => return None,
        };
        for word in path {
            let inner: Place = [place.as_slice(), &[(*word).to_owned()]].concat();
            match *word {
                "crate" | "self" => (),
                "super" => drop(place.pop()),
                _ if self.modules.contains_key(&inner) => place = inner,
                name => return self.handed_on(&place, name).or(Some(place)),
            }
        }
        Some(place)
    }

    /// Where the item `name` comes from that the module at `place` brings into its scope.
    fn handed_on(&self, place: &[String], name: &str) -> Option<Place> {
        let code = &self.modules[place].code;
        // Only what begins a line is for the whole module.
        let begins = |at: usize| {
            let line = code[..at].rsplit('\n').next().unwrap();
            line.is_empty() || line.starts_with("pub")
        };
        let uses = code.match_indices("use ").filter(|(at, _)| begins(*at));
        let brought = uses.flat_map(|(at, _)| paths(code[at + 4..].split(';').next().unwrap()));
        let mut named = brought.filter(|path| path.len() > 1 && path.last() == Some(&name));
        named.find_map(|path| self.leads_to(place, &path))
    }

    /// What uses what below the root: (module, used).
    pub fn uses(&self) -> BTreeSet<(Place, Place)> {
        let mut uses = BTreeSet::new();
        for (place, module) in &self.modules {
            for used in paths(&module.code).iter().filter_map(|path| self.leads_to(place, path)) {
                uses.insert((place.clone(), used));
            }
        }
        uses
    }

    /// The uses among the modules of one folder that belong to circles. A module and those inside it are no two: what
    /// they have in common stands in the outer one, and both use it.
    pub fn circles(&self) -> BTreeSet<(Place, Place)> {
        let mut uses: BTreeSet<(Place, Place)> = BTreeSet::new();
        for (user, used) in self.uses() {
            let common = user.iter().zip(&used).take_while(|(a, b)| a == b).count();
            if common > 0 && common < user.len().min(used.len()) {
                uses.insert((user[..=common].to_vec(), used[..=common].to_vec()));
            }
        }
        let returns = |(user, used): &&(Place, Place)| {
            let mut reached = vec![used];
            for k in 0.. {
                let Some(&from) = reached.get(k) else { break };
                let next = uses.iter().filter(|(a, b)| a == from && !reached.contains(&b));
                reached.extend(next.map(|(_, b)| b).collect::<Vec<_>>());
            }
            reached.contains(&user)
        };
        uses.iter().filter(returns).cloned().collect()
    }
}

/// The module that a line declares, unless it stands there whole.
fn declared(line: &str) -> Option<String> {
    let (before, name) = line.strip_suffix(';')?.split_once("mod ")?;
    (before.is_empty() || before.starts_with("pub")).then(|| name.to_owned())
}

/// `text` without comments, and without the items that only tests see.
fn without_tests(text: &str) -> String {
    let mut kept = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let item = line.trim_start();
        if item == "#[cfg(test)]" {
            // The end of an item stands as far left as its beginning.
            let indent = line.len() - item.len();
            let ends = |line: &str| {
                line.len() > indent
                    && !line[indent..].starts_with([' ', '#', '/'])
                    && line.ends_with([';', ',', '}'])
            };
            lines.find(|line| ends(line));
        } else if !item.starts_with("//") {
            kept += line;
            kept.push('\n');
        }
    }
    kept
}

/// All paths in `code`, word by word; `a::{b, c::d}` is two.
fn paths(code: &str) -> Vec<Vec<&str>> {
    let mut found = Vec::new();
    let mut rest = code;
    while let Some(start) = rest.find(is_word) {
        rest = path(&rest[start..], &[], &mut found);
    }
    found
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Reads one path, after the words `before`; returns what follows it.
fn path<'a>(code: &'a str, before: &[&'a str], found: &mut Vec<Vec<&'a str>>) -> &'a str {
    let end = code.find(|c| !is_word(c)).unwrap_or(code.len());
    let words = [before, &[&code[..end]]].concat();
    let Some(after) = code[end..].strip_prefix("::") else {
        found.push(words);
        // A second name leads nowhere else.
        let renamed = code[end..].strip_prefix(" as ");
        return renamed.map_or(&code[end..], |name| name.trim_start_matches(is_word));
    };
    if after.starts_with(is_word) {
        return path(after, &words, found);
    }
    let Some(mut rest) = after.strip_prefix('{') else {
        found.push(words);
        return after;
    };
    loop {
        rest = rest.trim_start_matches(|c: char| c == ',' || c.is_whitespace());
        if let Some(after) = rest.strip_prefix('}') {
            return after;
        }
        if !rest.starts_with(is_word) {
            return rest;
        }
        rest = path(rest, &words, found);
    }
}
