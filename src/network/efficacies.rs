//! The efficacies of a projection between spiking neurons, as they become rows: given or learned.

use super::{Efficacy, Falling, Projection, Source, Varied};
use crate::error::Result;
use crate::learning::{Pathway, Sums};
use crate::random::Stream;
use crate::space::Between;
use crate::synapse::RowsBuilder;
use std::ops::Range;

/// Efficacies that are not read from a file.
pub(super) enum Strengths<'a> {
    /// And whether they may have both signs.
    Given(&'a Efficacy, bool),
    Falling(&'a Falling, &'a Between),
    Learned(Box<Sums<'a>>),
}

impl<'a> Strengths<'a> {
    /// Those of `projection`; none if its file has them.
    pub fn of(projection: &'a Projection, pathway: &'a Pathway) -> Result<Option<Self>> {
        Ok(match projection.source() {
            Source::Given(Efficacy::Varied(Varied::Distance(falling))) => {
                Some(Self::Falling(falling, pathway.wiring.placed("efficacies")?))
            }
            Source::Given(efficacy) => Some(Self::Given(efficacy, !projection.dale)),
            Source::Learned(learning) => Some(Self::Learned(Box::new(learning.sums(pathway)?))),
            Source::Read => None,
        })
    }

    /// Empty rows of the kind of storage that these efficacies need.
    pub fn rows(&self, senders: usize) -> RowsBuilder {
        match self {
            Self::Given(efficacy, _) => efficacy.rows(senders),
            Self::Falling(..) => RowsBuilder::reals(senders, 1.0),
            Self::Learned(sums) if sums.is_count() => RowsBuilder::counts(senders, sums.unit()),
            Self::Learned(sums) => match sums.values() {
                Some(values) => RowsBuilder::few(senders, sums.unit(), values),
                None => RowsBuilder::reals(senders, sums.unit()),
            },
        }
    }

    /// Adds the synapses of sender `j` onto `targets` (counted from the start of `portion`) to `rows`.
    pub fn push_row(
        &self,
        (j, portion, targets): (usize, &Range<usize>, &[u16]),
        stream: &mut Stream,
        rows: &mut RowsBuilder,
    ) {
        let sums = match self {
            Self::Given(efficacy, signed) => {
                return efficacy.push_row((j, portion, targets), *signed, stream, rows);
            }
            Self::Falling(falling, between) => {
                return falling.push_row(between, (j, portion, targets), rows);
            }
            Self::Learned(sums) => sums,
        };
        let counts = sums.is_count();
        for &t in targets {
            let weight = sums.weight(portion.start + usize::from(t), j);
            match counts {
                true => rows.push_count(t, weight as u32),
                false => rows.push_real(t, weight as f32),
            }
        }
    }
}
