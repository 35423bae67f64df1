//! Files of synapses, of whatever kind.

use super::edges::{Columns, Edges, Sought, refuse};
use super::matrix_file::MatrixFile;
use super::recorded::Recorded;
use crate::error::{Error, Result};
use crate::synapse::{EdgeFile, Kernel, ShortTerm};

/// The synapses of a projection in a file.
pub(super) enum Origin {
    /// Edges in an HDF5 file.
    Sonata(Edges),
    /// A matrix.
    Matrix(MatrixFile),
    /// What a run has recorded.
    Recorded(Recorded),
}

impl Origin {
    /// Opens `file` and finds there what is `sought`.
    ///
    /// # Errors
    /// If the file cannot be read, is not the one that the model means, or has no such synapses.
    pub fn open(file: &EdgeFile, sought: Sought) -> Result<Self> {
        let is_matrix = MatrixFile::is_meant(&file.path());
        if !is_matrix && Recorded::is_meant(file) {
            return Recorded::open(file, sought).map(Self::Recorded);
        }
        if let Some(epoch) = &file.keys.epoch {
            return Err(refuse(
                format!("found the epoch `{epoch}` of {}", file.path().display()),
                "it is no recording with `[record] efficacies`",
                "delete `epoch`, or give such a recording",
            ));
        }
        match is_matrix {
            true => MatrixFile::open(file, sought).map(Self::Matrix),
            false => Edges::open(file, sought).map(Self::Sonata),
        }
    }

    /// The name of the edges, where there are several, the SHA-256 of the file, and the number of synapses.
    pub fn identity(&self) -> (Option<&str>, &str, usize) {
        match self {
            Self::Sonata(edges) => (Some(&edges.name), &edges.sha256, edges.number),
            Self::Matrix(matrix) => (None, &matrix.sha256, matrix.number()),
            Self::Recorded(run) => (Some(&run.name), &run.sha256, run.number),
        }
    }

    /// The epoch of a run at whose end they are.
    pub fn epoch(&self) -> Option<&str> {
        if let Self::Recorded(run) = self { run.epoch.as_deref() } else { None }
    }

    /// All synapses, for populations of these sizes.
    pub fn read(&self, sought: Sought) -> Result<Columns> {
        match self {
            Self::Sonata(edges) => edges.read(sought),
            Self::Matrix(matrix) => matrix.read(),
            Self::Recorded(run) => run.read_all(sought),
        }
    }

    /// The one course of the currents of all, if the file has any.
    pub fn kernel(&self) -> Result<Option<Kernel>> {
        if let Self::Sonata(edges) = self { edges.kernel() } else { Ok(None) }
    }

    /// Depression and facilitation, if the file has them.
    pub fn short_term(&self) -> Option<ShortTerm> {
        if let Self::Sonata(edges) = self { edges.short_term() } else { None }
    }

    /// Whether there is a column for this quantity of the synapses.
    pub fn has(&self, column: &str) -> bool {
        match self {
            Self::Sonata(edges) => edges.has(column),
            Self::Matrix(matrix) => column == "syn_weight" && matrix.has_values(),
            Self::Recorded(_) => ["syn_weight", "delay"].contains(&column),
        }
    }

    /// Refuses what was `found` among them.
    pub fn refuse(&self, found: String, allowed: &str, remedy: &str) -> Error {
        match self {
            Self::Sonata(edges) => edges.refuse(found, allowed, remedy),
            Self::Matrix(matrix) => matrix.refuse(found, allowed, remedy),
            Self::Recorded(run) => run.refuse(found, allowed, remedy),
        }
    }
}
