//! Wiring by a file: its edges, in whatever order they stand there, become rows.

use super::delay::Delays;
use super::edges::{Columns, Sought};
use super::efficacies::Strengths;
use super::origin::Origin;
use super::share::Share;
use super::weights::Efficacies;
use super::{Bundle, Delayed, Projection};
use crate::error::{Error, Result};
use crate::learning::Pathway;
use crate::random::Stream;
use crate::synapse::{Connect, EdgeFile, Rows, RowsBuilder};
use crate::work::each;
use rayon::prelude::*;
use std::collections::HashMap;
use std::ops::Range;
use std::path::Path;

/// The most delays that the edges of a projection may have.
const MOST_DELAYS: usize = 4096;

/// The synapses of `projection`, whose pairs stand in `file`; what the file lacks the model says.
pub(super) fn imported(
    file: &EdgeFile,
    projection: &Projection,
    pathway: &Pathway,
    share: &Share,
) -> Result<Delayed> {
    let wiring = pathway.wiring;
    let sought = Sought {
        name: pathway.name,
        from: (&projection.from, wiring.senders),
        to: (&projection.to, wiring.receivers),
    };
    let edges = Origin::open(file, sought)?;
    projection.check_columns(&edges)?;
    let Columns { senders, receivers, efficacies, delays } = edges.read(sought)?;
    let portions = share.cut.portions();
    let order = Order::of(&senders, &receivers, portions);
    let delays = match delays {
        Some(delays) => {
            let (known, of) = match projection.delay_step {
                // A step is of this model.
                Some(step) => (Vec::new(), rounded(delays.of, step.value())),
                None => (delays.known, delays.of),
            };
            Distinct::of(&known, &of)
        }
        None => {
            let mut stream = pathway.seed.stream(&format!("delay/{}", pathway.name), 0);
            let drawn = drawn(&Delays::new(projection), &order.edges, &mut stream);
            Distinct::of(&[], &drawn)
        }
    };
    if delays.values.len() > MOST_DELAYS {
        return Err(edges.refuse(
            format!("{} different delays", delays.values.len()),
            &format!("a projection has at most {MOST_DELAYS}"),
            "write for example delay_step = \"0.1 ms\", to which they are rounded",
        ));
    }
    let several = delays.values.len() > 1;
    let efficacies = if several { efficacies.map(Efficacies::rounded) } else { efficacies };
    let strengths = Strengths::of(projection, pathway)?;
    let wire_portion = |k: usize| -> Vec<Rows> {
        let portion = &portions[k];
        let stream = pathway.seed.stream(&format!("efficacy/{}", pathway.name), k as u64);
        let (strengths, read) = (strengths.as_ref(), efficacies.as_ref());
        let mut maker = Maker { strengths, read, stream };
        let mut parts: Vec<RowsBuilder> =
            delays.values.iter().map(|_| maker.rows(wiring.senders)).collect();
        let mut rest = order.of_portion(k);
        for j in 0..wiring.senders {
            let own = rest.iter().take_while(|&&edge| senders[edge as usize] as usize == j).count();
            for &edge in &rest[..own] {
                let edge = edge as usize;
                let target = (receivers[edge] as usize - portion.start) as u16;
                maker.push((edge, j, target), portion, &mut parts[delays.place(edge)]);
            }
            rest = &rest[own..];
            parts.iter_mut().for_each(RowsBuilder::end_row);
        }
        parts.into_iter().map(RowsBuilder::finish).collect()
    };
    let wire_block = |block: Range<usize>| -> Vec<Rows> {
        let first = portions[block.start].start;
        let mut parts: Vec<(usize, std::vec::IntoIter<Rows>)> =
            block.map(|k| (portions[k].start - first, wire_portion(k).into_iter())).collect();
        let join = |_: &f64| {
            let rows = parts.iter_mut().filter_map(|(place, rows)| Some((*place, rows.next()?)));
            Rows::join(rows.collect())
        };
        delays.values.iter().map(join).collect()
    };
    let mut rows: Vec<std::vec::IntoIter<Rows>> =
        each(share.blocks(), wire_block).into_iter().map(Vec::into_iter).collect();
    let bundle = |&delay: &f64| Bundle {
        delay,
        blocks: rows.iter_mut().filter_map(Iterator::next).collect(),
    };
    Ok(Delayed {
        kernel: projection.kernel().clone(),
        short_term: projection.short_term,
        plasticity: projection.plasticity,
        blocks: share.neurons(),
        bundles: delays.values.iter().map(bundle).collect(),
    })
}

/// Makes synapses of a portion.
struct Maker<'a> {
    strengths: Option<&'a Strengths<'a>>,
    read: Option<&'a Efficacies>,
    stream: Stream,
}

impl Maker<'_> {
    fn rows(&self, senders: usize) -> RowsBuilder {
        let given = || self.strengths.map(|strengths| strengths.rows(senders));
        let made = self.read.map(|read| read.rows(senders)).or_else(given);
        made.expect("efficacies are read, learned or given")
    }

    /// Adds the synapse of edge number `edge` from sender `j` onto `target` of `portion`.
    fn push(
        &mut self,
        (edge, j, target): (usize, usize, u16),
        portion: &Range<usize>,
        rows: &mut RowsBuilder,
    ) {
        match (self.read, self.strengths) {
            (Some(read), _) => read.push(edge, target, rows),
            (None, Some(strengths)) => {
                strengths.push_row((j, portion, &[target]), &mut self.stream, rows);
            }
            (None, None) => {}
        }
    }
}

/// Delays to the nearest multiple of `step`, at least one of them.
fn rounded(delays: Vec<f64>, step: f64) -> Vec<f64> {
    delays.into_iter().map(|delay| Delays::of_steps(Delays::steps(delay, step), step)).collect()
}

/// Delays of all edges, drawn in this order.
fn drawn(delays: &Delays, edges: &[u32], stream: &mut Stream) -> Vec<f64> {
    if let Some(delay) = delays.constant() {
        return vec![delay; edges.len()];
    }
    let mut of = vec![0.0; edges.len()];
    edges.iter().for_each(|&edge| of[edge as usize] = delays.value(delays.draw(0.0, stream)));
    of
}

/// The different delays of edges.
struct Distinct {
    /// ms, ascending.
    values: Vec<f64>,
    /// Which of them every edge has; empty if there is one.
    of: Vec<u32>,
}

impl Distinct {
    /// Those that are `known`, and of every edge.
    fn of(known: &[f64], of: &[f64]) -> Self {
        let mut places = HashMap::new();
        let mut values = Vec::new();
        let mut place = |delay: f64| {
            *places.entry(delay.to_bits()).or_insert_with(|| {
                values.push(delay);
                values.len() as u32 - 1
            })
        };
        known.iter().for_each(|&delay| {
            place(delay);
        });
        let mut of: Vec<u32> = of.iter().map(|&delay| place(delay)).collect();
        let mut order: Vec<u32> = (0..values.len() as u32).collect();
        order.sort_by(|a, b| values[*a as usize].total_cmp(&values[*b as usize]));
        let mut rank = vec![0; order.len()];
        (0..).zip(&order).for_each(|(k, &place)| rank[place as usize] = k);
        of.iter_mut().for_each(|place| *place = rank[*place as usize]);
        values.sort_by(f64::total_cmp);
        if values.len() == 1 {
            of = Vec::new();
        }
        Self { values, of }
    }

    fn place(&self, edge: usize) -> usize {
        self.of.get(edge).map_or(0, |&place| place as usize)
    }
}

/// Edges by portion of receivers, then by sender, then by receiver; those of a pair in the order of the file.
struct Order {
    edges: Vec<u32>,
    /// Where every portion begins, and the last one ends.
    starts: Vec<usize>,
}

impl Order {
    fn of(senders: &[u32], receivers: &[u32], portions: &[Range<usize>]) -> Self {
        let mut portion_of: Vec<u32> = Vec::new();
        (0..).zip(portions).for_each(|(k, portion)| portion_of.resize(portion.end, k));
        let mut edges: Vec<u32> = (0..senders.len() as u32).collect();
        let portion = |edge: u32| portion_of[receivers[edge as usize] as usize];
        edges.par_sort_by_key(|&k| (portion(k), senders[k as usize], receivers[k as usize]));
        let first = |k: u32| edges.partition_point(|&edge| portion(edge) < k);
        let starts = (0..=portions.len() as u32).map(first).collect();
        Self { edges, starts }
    }

    fn of_portion(&self, k: usize) -> &[u32] {
        &self.edges[self.starts[k]..self.starts[k + 1]]
    }
}

impl Projection {
    /// Refuses what stands both in the model and in its file, and the lack of what stands in neither.
    pub(super) fn check_columns(&self, edges: &Origin) -> Result<()> {
        let source = if self.learning.is_some() { "learning" } else { "efficacy" };
        let given = self.learning.is_some() || self.efficacy.is_some();
        for (column, key, given) in
            [("syn_weight", source, given), ("delay", "delay", self.delay.is_some())]
        {
            match (edges.has(column), given) {
                (true, true) => {
                    return Err(Error::input(
                        format!("found `{key}` beside a file that has the column `{column}`"),
                        "the synapses of a file are as it says",
                        "delete the line",
                    )
                    .at(key));
                }
                (false, false) => {
                    return Err(edges.refuse(
                        format!("no column `{column}`"),
                        "what the file lacks the model says",
                        &format!("add a line that starts with {key} ="),
                    ));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// With what the file of its synapses says, if it has one; relative names start from `folder`.
    pub(super) fn completed(
        mut self,
        name: &str,
        sizes: (usize, usize),
        folder: &Path,
    ) -> Result<Self> {
        let Connect::File(file) = &mut self.connect else { return Ok(self) };
        file.start_from(folder);
        // A recording can be read where the file is not.
        if file.keys.sha256.is_some() && file.keys.synapses.is_some() {
            return Ok(self);
        }
        let sought = Sought { name, from: (&self.from, sizes.0), to: (&self.to, sizes.1) };
        let edges = Origin::open(file, sought)?;
        let (name, sha256, number) = edges.identity();
        file.keys.epoch = edges.epoch().map(str::to_owned);
        file.keys.edges = name.map(str::to_owned);
        file.keys.sha256 = Some(sha256.to_owned());
        file.keys.synapses = Some(number);
        if self.tau_syn.is_none() {
            self.tau_syn = edges.kernel()?;
        }
        self.short_term = self.short_term.or_else(|| edges.short_term());
        self.check_columns(&edges)?;
        Ok(self)
    }
}
