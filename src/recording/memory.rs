//! A store in memory.

use super::store::{Attribute, Fault, Layout, Result, Store};
use crate::table::Column;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// A tree of columns that ends with its last handle.
#[derive(Clone, Debug)]
pub struct Memory(Arc<RwLock<BTreeMap<String, Node>>>);

/// A group or a column.
#[derive(Debug, Default)]
struct Node {
    attributes: HashMap<String, Attribute>,
    /// Of a column: values per row, and its values.
    column: Option<(usize, Column)>,
}

impl Default for Memory {
    fn default() -> Self {
        Self(Arc::new(RwLock::new([(String::new(), Node::default())].into())))
    }
}

impl Memory {
    fn nodes(&self) -> RwLockReadGuard<'_, BTreeMap<String, Node>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn nodes_mut(&self) -> RwLockWriteGuard<'_, BTreeMap<String, Node>> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn insert(&self, path: &str, node: Node) -> Result<()> {
        match self.nodes_mut().insert(path.to_owned(), node) {
            None => Ok(()),
            Some(_) => Err(Fault(format!("/{path} stands there twice"))),
        }
    }

    /// What `see` makes of a column.
    fn column<T>(&self, path: &str, see: impl FnOnce(usize, &Column) -> T) -> Result<T> {
        match self.nodes().get(path).and_then(|node| node.column.as_ref()) {
            Some((width, column)) => Ok(see(*width, column)),
            None => Err(nothing(path)),
        }
    }

    fn change(&self, path: &str, change: impl FnOnce(&mut Column)) -> Result<()> {
        match self.nodes_mut().get_mut(path).and_then(|node| node.column.as_mut()) {
            Some((_, column)) => change(column),
            None => return Err(nothing(path)),
        }
        Ok(())
    }
}

impl Store for Memory {
    fn place(&self) -> &Path {
        Path::new("memory")
    }

    fn share(&self) -> Result<Box<dyn Store>> {
        Ok(Box::new(self.clone()))
    }

    fn group(&mut self, path: &str) -> Result<()> {
        self.insert(path, Node::default())
    }

    fn exists(&self, path: &str) -> bool {
        self.nodes().contains_key(path)
    }

    fn set(&mut self, path: &str, name: &str, value: Attribute) -> Result<()> {
        let mut nodes = self.nodes_mut();
        let node = nodes.get_mut(path).ok_or_else(|| nothing(path))?;
        node.attributes.insert(name.to_owned(), value);
        Ok(())
    }

    fn attribute(&self, path: &str, name: &str) -> Result<Option<Attribute>> {
        let nodes = self.nodes();
        let node = nodes.get(path).ok_or_else(|| nothing(path))?;
        Ok(node.attributes.get(name).cloned())
    }

    fn create(&mut self, path: &str, layout: Layout, values: &Column) -> Result<()> {
        let column = Some((layout.width.unwrap_or(1), values.clone()));
        self.insert(path, Node { column, ..Node::default() })
    }

    fn append(&mut self, path: &str, values: &Column) -> Result<()> {
        self.change(path, |column| column.append(values))
    }

    fn replace(&mut self, path: &str, values: &Column) -> Result<()> {
        self.change(path, |column| *column = values.clone())
    }

    fn truncate(&mut self, path: &str, rows: usize) -> Result<()> {
        let (_, width) = self.shape(path)?;
        self.change(path, |column| *column = column.slice(0, rows * width))
    }

    fn shape(&self, path: &str) -> Result<(usize, usize)> {
        self.column(path, |width, column| (column.len() / width, width))
    }

    fn read(&self, path: &str, rows: Range<usize>) -> Result<Column> {
        self.column(path, |width, column| {
            let to = rows.end.min(column.len() / width);
            column.slice(rows.start.min(to) * width, to * width)
        })
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}

fn nothing(path: &str) -> Fault {
    Fault(format!("nothing stands at /{path}"))
}
