//! The wired network in one HDF5 file, in SONATA's layout, so that another program can be given the same network.
//! `docs/recording.md` describes it.

use crate::dynamics::spiking::{AfterSpike, Cells, Drawn, Hazard, Neurons};
use crate::error::Result;
use crate::model::Model;
use crate::network::{Bundle, Delayed, EdgeList, Network, Placed};
use crate::random::Seed;
use crate::recording::{MAGIC, Output, write_text};
use crate::synapse::{Kernel, Release, Rows, Shape, ShortTerm, Weights};
use crate::units::Time;
use hdf5::{Dataset, Extent, File, Group, H5Type};
use std::path::Path;

/// Rows of a chunk, and of what is held in memory beside the network.
const CHUNK: usize = 1 << 16;

/// Writes `network`, wired from `model`, to the file `path`, which gets its name once it is complete.
///
/// # Errors
/// If `path` exists and `force` is false, or if it cannot be written.
pub fn write(model: &Model, network: &Network, path: &Path, force: bool) -> Result<()> {
    publish(path, force, |file| write_all(model, network, file))
}

/// Writes the edges of projections that are not wired by a model, each with its name and those of the populations that it
/// joins, to the file `path`; a list without efficacies or delays leaves them to the model.
///
/// # Errors
/// Those of [`write()`].
pub fn write_lists(edges: &[(&str, [&str; 2], EdgeList)], path: &Path, force: bool) -> Result<()> {
    publish(path, force, |file| {
        file.new_attr::<u32>().create("magic")?.write_scalar(&MAGIC)?;
        file.new_attr::<u32>().shape(2).create("version")?.write(&[0, 1])?;
        let all = file.create_group("edges")?;
        edges.iter().try_for_each(|(name, [from, to], list)| {
            let group = all.create_group(name)?;
            let ends =
                [("source_node_id", from, &list.senders), ("target_node_id", to, &list.receivers)];
            for (column, population, neurons) in ends {
                let ids = group.new_dataset_builder().with_data(neurons).create(column)?;
                write_text(&ids, "node_population", population)?;
            }
            let group = group.create_group("0")?;
            let values = [("syn_weight", &list.efficacies, "mV"), ("delay", &list.delays, "ms")];
            for (column, values, unit) in values.into_iter().filter(|it| !it.1.is_empty()) {
                let values = group.new_dataset_builder().with_data(values).create(column)?;
                write_text(&values, "units", unit)?;
            }
            let Some(unit) = common_unit(&list.efficacies) else { return Ok(()) };
            let weights = group.dataset("syn_weight")?;
            write_text(&weights, "numbers", "counts")?;
            weights.new_attr::<f64>().create("unit")?.write_scalar(&unit)
        })
    })
}

/// The smallest of `values`, if all of them are whole multiples of it, which are kept exactly.
fn common_unit(values: &[f64]) -> Option<f64> {
    let unit = *values.iter().min_by(|a, b| a.abs().total_cmp(&b.abs()))?;
    let is_multiple = |value: &f64| {
        let count = (value / unit).round();
        (1.0..1e6).contains(&count) && count * unit == *value
    };
    values.iter().all(is_multiple).then_some(unit)
}

/// Has the file `path` filled by `fill`; it gets its name once it is complete.
fn publish(path: &Path, force: bool, fill: impl FnOnce(&File) -> hdf5::Result<()>) -> Result<()> {
    let output = Output::begin(path, force)?;
    let written = || -> hdf5::Result<()> {
        let file = File::create(output.part())?;
        fill(&file)?;
        file.close()
    };
    match written() {
        Ok(()) => output.publish(),
        Err(e) => Err(output.discard(&e.into())),
    }
}

fn write_all(model: &Model, network: &Network, file: &File) -> hdf5::Result<()> {
    file.new_attr::<u32>().create("magic")?.write_scalar(&MAGIC)?;
    file.new_attr::<u32>().shape(2).create("version")?.write(&[0, 1])?;
    file.new_attr::<u64>().create("seed")?.write_scalar(&model.seed)?;
    write_text(file, "model_resolved", &model.to_toml())?;
    write_text(file, "attractor", env!("CARGO_PKG_VERSION"))?;
    let sections = model.dynamics.cells();
    let nodes = file.create_group("nodes")?;
    for population in &network.populations {
        let group = nodes.create_group(&population.name)?;
        let cells = sections.and_then(|sections| sections.get(&population.name));
        let neurons = cells.and_then(Cells::neurons);
        write_nodes(&group, population, neurons, Seed(model.seed))?;
    }
    let edges = file.create_group("edges")?;
    for ((wired, synapses), kind) in network.delayed().zip(0..) {
        let group = edges.create_group(&wired.name)?;
        let ends = [wired.from, wired.to].map(|k| &network.populations[k]);
        write_edges(&group, synapses, ends, kind)?;
    }
    Ok(())
}

fn write_nodes(
    group: &Group,
    population: &Placed,
    neurons: Option<&Neurons>,
    seed: Seed,
) -> hdf5::Result<()> {
    let size = population.neurons.len();
    let ids: Vec<u32> = (0..size as u32).collect();
    for name in ["node_id", "node_group_index"] {
        group.new_dataset_builder().with_data(&ids).create(name)?;
    }
    constant(group, "node_group_id", 0u32, size)?;
    constant(group, "node_type_id", -1i64, size)?;
    let group = group.create_group("0")?;
    let Some(neurons) = neurons else { return Ok(()) };
    let drawn = neurons.draw(&population.name, size, seed);
    let by_neuron = |name: &str, of: fn(&Drawn) -> &Vec<f64>, unit: &str| {
        let dataset = group.new_dataset_builder().with_data(of(&drawn)).create(name)?;
        write_text(&dataset, "units", unit)
    };
    by_neuron("tau_m", |d| &d.tau_m, "ms")?;
    by_neuron("theta", |d| &d.theta, "mV")?;
    by_neuron("v_initial", |d| &d.v, "mV")?;
    match neurons.current.constant() {
        Some(current) => attributes(&group, &[("current", current)])?,
        None => by_neuron("current", |d| &d.current, "mV")?,
    }
    match neurons.t_ref.constant() {
        Some(t_ref) => attributes(&group, &[("t_ref", t_ref)])?,
        None => by_neuron("t_ref", |d| &d.t_ref, "ms")?,
    }
    let (v_reset, v_rest) = (neurons.v_reset.value(), neurons.v_rest.value());
    attributes(&group, &[("v_reset", v_reset), ("v_rest", v_rest)])?;
    for (name, after) in
        [("adaptation", neurons.adaptation), ("moving_threshold", neurons.moving_threshold)]
    {
        let Some(AfterSpike { jump, tau }) = after else { continue };
        let [jump_name, tau_name] = ["jump", "tau"].map(|what| format!("{name}_{what}"));
        attributes(&group, &[(&jump_name, jump.value()), (&tau_name, tau.value())])?;
    }
    if let Some(escape) = neurons.escape {
        let (form, Hazard { rate, width }) = escape.parts();
        write_text(&group, "escape", form)?;
        attributes(&group, &[("escape_rate", rate.value()), ("escape_width", width.value())])?;
    }
    match neurons.poisson.as_ref().map(|poisson| poisson.rate.constant()) {
        Some(Some(rate)) => attributes(&group, &[("poisson_rate", rate)])?,
        Some(None) => by_neuron("poisson_rate", |d| &d.rate, "Hz")?,
        None => {}
    }
    let Some((efficacy, tau_syn)) = neurons.external() else { return Ok(()) };
    attributes(&group, &[("external_weight", efficacy), ("external_tau_syn", tau_syn)])
}

fn attributes(group: &Group, values: &[(&str, f64)]) -> hdf5::Result<()> {
    values
        .iter()
        .try_for_each(|(name, value)| group.new_attr::<f64>().create(*name)?.write_scalar(value))
}

/// The one efficacy of all synapses in mV, if they have but one.
fn common_weight(synapses: &Delayed) -> Option<f64> {
    let unit = synapses.rows().next()?.unit();
    let same = |rows: &Rows| *rows.weights() == Weights::One && rows.unit() == unit;
    synapses.rows().all(same).then_some(unit)
}

/// What brings the same synapses back to the last bit: of which numbers their efficacies are made, and which delays there
/// are, even if no synapse has them.
fn write_numbers(group: &Group, synapses: &Delayed) -> hdf5::Result<()> {
    let has = |kind: fn(&Weights) -> bool| synapses.rows().any(|rows| kind(rows.weights()));
    // One large count makes a block real.
    let numbers = match has(Weights::are_counts) {
        true => "counts",
        false if has(|w| matches!(w, Weights::Real(_) | Weights::Few(..))) => "reals",
        false if has(|w| matches!(w, Weights::Exact(_))) => "exact",
        false => "one",
    };
    let weights = group.dataset("syn_weight")?;
    write_text(&weights, "numbers", numbers)?;
    let unit = synapses.rows().next().map_or(1.0, Rows::unit);
    weights.new_attr::<f64>().create("unit")?.write_scalar(&unit)?;
    let delays: Vec<f64> = synapses.bundles.iter().map(|bundle| bundle.delay).collect();
    if delays.is_empty() {
        return Ok(());
    }
    let known = group.dataset("delay")?.new_attr::<f64>().shape(delays.len()).create("values")?;
    known.write(&delays)
}

/// Decay (ms), rise (ms, 0 for none) and share of every part of a current that has no single time constant.
fn write_shapes(group: &Group, shapes: &[Shape]) -> hdf5::Result<()> {
    type Column = (&'static str, fn(&Shape) -> f64);
    let columns: [Column; 3] = [
        ("kernel_decay", |shape| shape.decay.value()),
        ("kernel_rise", |shape| shape.rise.map_or(0.0, Time::value)),
        ("kernel_share", |shape| shape.share),
    ];
    columns.into_iter().try_for_each(|(name, of)| {
        let values: Vec<f64> = shapes.iter().map(of).collect();
        group.new_attr::<f64>().shape(values.len()).create(name)?.write(&values)
    })
}

fn write_edges(
    group: &Group,
    synapses: &Delayed,
    [from, to]: [&Placed; 2],
    kind: i64,
) -> hdf5::Result<()> {
    let number = synapses.rows().map(Rows::synapses).sum();
    constant(group, "edge_group_id", 0u32, number)?;
    constant(group, "edge_type_id", kind, number)?;
    let mut indices = Column::<u64>::new(group, "edge_group_index", number)?;
    let mut sources = Column::<u32>::new(group, "source_node_id", number)?;
    let mut targets = Column::<u32>::new(group, "target_node_id", number)?;
    write_text(&sources.dataset, "node_population", &from.name)?;
    write_text(&targets.dataset, "node_population", &to.name)?;
    if let Some(ShortTerm { utilisation, tau_d, tau_f, release }) = &synapses.short_term {
        let (tau_d, tau_f) = (tau_d.value(), tau_f.value());
        attributes(group, &[("U", *utilisation), ("tau_d", tau_d), ("tau_f", tau_f)])?;
        if *release == Release::BeforeJump {
            attributes(group, &[("before_jump", 1.0)])?;
        }
    }
    if let Some(plasticity) = &synapses.plasticity {
        let rule = toml::to_string(plasticity).unwrap_or_default();
        write_text(group, "plasticity", rule.trim())?;
    }
    let shapes = match &synapses.kernel {
        Kernel::Plain(_) => &[][..],
        Kernel::Shaped(shape) => std::slice::from_ref(shape),
        Kernel::Several(shapes) => shapes,
    };
    if !shapes.is_empty() {
        write_shapes(group, shapes)?;
    }
    let group = group.create_group("0")?;
    let delay = if let [only] = &synapses.bundles[..] { Some(only.delay) } else { None };
    let mut weights = Column::unless(common_weight(synapses), &group, "syn_weight", number)?;
    let mut delays = Column::unless(delay, &group, "delay", number)?;
    for (name, unit) in [("syn_weight", "mV"), ("delay", "ms")] {
        write_text(&*group.dataset(name)?, "units", unit)?;
    }
    if let Kernel::Plain(tau) = synapses.kernel {
        write_text(&*constant(&group, "tau_syn", tau.value(), number)?, "units", "ms")?;
    }
    write_numbers(&group, synapses)?;

    for Bundle { delay, blocks } in &synapses.bundles {
        for sender in 0..from.neurons.len() {
            for (rows, block) in blocks.iter().zip(&synapses.blocks) {
                for (target, weight) in rows.synapses_of(sender) {
                    indices.push(indices.number())?;
                    sources.push(sender as u32)?;
                    targets.push((block.start + target) as u32)?;
                    weights.as_mut().map_or(Ok(()), |w| w.push(weight))?;
                    delays.as_mut().map_or(Ok(()), |d| d.push(*delay))?;
                }
            }
        }
    }
    indices.flush()?;
    sources.flush()?;
    targets.flush()?;
    weights.iter_mut().chain(&mut delays).try_for_each(Column::flush)
}

/// A dataset whose rows all have the same value, which stands in the file once.
fn constant<T: H5Type>(group: &Group, name: &str, value: T, rows: usize) -> hdf5::Result<Dataset> {
    let shape = [Extent::resizable(rows)];
    group.new_dataset::<T>().chunk([CHUNK]).fill_value(value).shape(shape).create(name)
}

/// A dataset that is written chunk by chunk.
struct Column<T> {
    dataset: Dataset,
    buffer: Vec<T>,
    /// Rows in the file.
    written: usize,
}

impl<T: H5Type> Column<T> {
    fn new(group: &Group, name: &str, rows: usize) -> hdf5::Result<Self> {
        let shape = [Extent::resizable(rows)];
        let dataset = group.new_dataset::<T>().chunk([CHUNK]).shape(shape).create(name)?;
        Ok(Self { dataset, buffer: Vec::with_capacity(CHUNK), written: 0 })
    }

    /// A column, unless all its rows have the same `value`: then it is complete already.
    fn unless(
        value: Option<T>,
        group: &Group,
        name: &str,
        rows: usize,
    ) -> hdf5::Result<Option<Self>> {
        match value {
            Some(value) => constant(group, name, value, rows).map(|_| None),
            None => Self::new(group, name, rows).map(Some),
        }
    }

    /// Rows so far.
    fn number(&self) -> u64 {
        (self.written + self.buffer.len()) as u64
    }

    #[inline]
    fn push(&mut self, value: T) -> hdf5::Result<()> {
        self.buffer.push(value);
        if self.buffer.len() < CHUNK { Ok(()) } else { self.flush() }
    }

    fn flush(&mut self) -> hdf5::Result<()> {
        let end = self.written + self.buffer.len();
        if end > self.written {
            self.dataset.write_slice(&self.buffer, self.written..end)?;
        }
        self.buffer.clear();
        self.written = end;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
