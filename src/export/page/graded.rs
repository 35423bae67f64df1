//! The page of a graded network: its flow, integrated in the browser, to kick and to watch.

use super::filled;
use crate::dynamics::rate::{Transfer, VectorField};
use crate::dynamics::{Field, Imposed};
use crate::error::{Error, Result};
use crate::landscape::Memories;
use crate::landscape::graded::{Graded, GradedPoint, GradedSurvey};
use serde_json::{Value, json};
use std::ops::Range;

const PAGE: &str = include_str!("../../../assets/graded/page.html");
const CORE: [&str; 2] = [
    include_str!("../../../assets/graded/core.js"),
    include_str!("../../../assets/graded/plane.js"),
];
const VIEW: [&str; 3] = [
    include_str!("../../../assets/graded/view.js"),
    include_str!("../../../assets/graded/main.js"),
    include_str!("../../../assets/graded/parts.js"),
];
/// A browser follows no more neurons as they move.
pub const MOST_FLOWING: usize = 100;
/// A kick where the model shows nothing lasts so many of the longest time constants.
const KICK: f64 = 3.0;
/// Places of the table of a rate: even in u with h = theta + sigma sinh u, from where nobody fires to far beyond.
const TABLE: (f64, f64, usize) = (-3.5, 1.0 / 256.0, 4096);
/// What sigma of a table is at least, mV: without noise the rate leaves 0 with an infinite slope.
const LEAST_SCALE: f64 = 1e-3;

/// What is held for a while: an epoch of the protocol.
#[derive(Clone, Debug)]
pub struct Shown {
    /// As the model calls it.
    pub name: String,
    /// ms.
    pub duration: f64,
    /// What it does.
    pub field: Field,
}

/// What a page shows.
#[derive(Clone, Copy, Debug)]
pub struct GradedPage<'a> {
    /// Its heading.
    pub title: &'a str,
    /// The network.
    pub network: &'a Graded,
    /// Its fixed points.
    pub survey: &'a GradedSurvey,
    /// Patterns of the neurons in the range; pixels are as square as possible if they have no shape.
    pub memories: Memories<'a>,
    /// The neurons that hold them.
    pub neurons: &'a Range<usize>,
    /// The variable from which it runs.
    pub start: &'a [f64],
    /// The protocol.
    pub epochs: &'a [Shown],
}

impl GradedPage<'_> {
    /// The page as text.
    ///
    /// # Errors
    /// If there are more than [`MOST_FLOWING`] neurons, if they are updated in sweeps, or if a pattern does not fit the
    /// neurons that hold it.
    pub fn html(&self) -> Result<String> {
        let field = self.network.field();
        let n = field.neurons();
        if n > MOST_FLOWING {
            let found = format!("found {n} neurons");
            let allowed = format!("a page follows at most {MOST_FLOWING} graded ones");
            return Err(
                Error::input(found, allowed, "make the population smaller").at("population")
            );
        }
        if field.in_sweeps() {
            return Err(Error::input(
                "found neurons that are updated in sweeps",
                "a page follows graded neurons in continuous time",
                "give them time constants, and write solver = \"adaptive\"",
            )
            .at("dynamics.rate.solver"));
        }
        self.memories.check(self.neurons.len())?;
        let parts = [("core", CORE.concat()), ("view", VIEW.concat())];
        let parts: Vec<(&str, &str)> =
            parts.iter().map(|(name, text)| (*name, text.as_str())).collect();
        Ok(filled(PAGE, self.title, &self.data(), &parts))
    }

    /// What the page's script reads.
    fn data(&self) -> Value {
        let (network, field) = (self.network, self.network.field());
        let n = field.neurons();
        let mut transfers: Vec<Transfer> = Vec::new();
        let mut number = |i: usize| {
            let own = field.transfer(i);
            transfers.iter().position(|known| *known == own).unwrap_or_else(|| {
                transfers.push(own);
                transfers.len() - 1
            })
        };
        let transfer: Vec<usize> = (0..n).map(&mut number).collect();
        // The script has no cost of a function that it reads as a table.
        let tabled = transfers.iter().any(|f| matches!(f, Transfer::Erf { .. }));
        let whole = *self.neurons == (0..n);
        let shape = self.memories.shape.filter(|_| whole);
        let columns = shape.map_or_else(|| (n as f64).sqrt().ceil() as usize, |s| s.0);
        let of_each = |value: &dyn Fn(usize) -> [f64; 2]| (0..n).map(value).collect::<Vec<_>>();
        json!({
            "title": self.title,
            "variable": field.equation(),
            "tau": field.tau(),
            "couplings": field.couplings(),
            "input": field.input(),
            "transfers": transfers.iter().map(described).collect::<Vec<_>>(),
            "ranges": transfers.iter().map(Transfer::range).collect::<Vec<_>>(),
            "transfer": transfer,
            "levels": of_each(&|i| field.levels(i)),
            "placed": of_each(&|i| [0.0, 1.0].map(|share| field.placed(i, share))),
            "ends": of_each(&|i| network.ends(i).into()),
            "energy": field.energy(&field.activity(self.start)).is_some() && !tabled,
            "initial": self.start,
            "points": self.survey.fixed_points.iter().map(|p| self.point(p)).collect::<Vec<_>>(),
            "found": self.found(),
            "memories": {
                "names": self.memories.names,
                "patterns": self.memories.patterns,
                "first": self.neurons.start,
            },
            "epochs": self.epochs.iter().map(|epoch| shown(epoch, field)).collect::<Vec<_>>(),
            "kick": self.kick(),
            "columns": columns,
            "rows": n.div_ceil(columns),
        })
    }

    fn point(&self, point: &GradedPoint) -> Value {
        json!({
            "variable": point.variable,
            "end": point.line_end,
            "kind": point.kind,
            "energy": point.energy,
            "nearest": point.nearest,
            "reached": point.reached as f64 / self.survey.starts.max(1) as f64,
        })
    }

    fn found(&self) -> String {
        let GradedSurvey { stable, unstable, complete, .. } = self.survey;
        let all = if *complete { "these are all" } else { "there may be more" };
        let number = self.survey.fixed_points.iter().filter(|p| p.line_end.is_some()).count();
        let lines = if number > 0 { format!(", lines {number}") } else { String::new() };
        format!("With the input of the model: {stable} stable, {unstable} unstable{lines}; {all}.")
    }

    /// How large a kick is at first, and how long it lasts: as the largest field of the protocol, or else as what all
    /// neurons together send to one.
    fn kick(&self) -> Value {
        let field = self.network.field();
        let n = field.neurons();
        let largest = |epoch: &Shown| {
            let (local, _) = epoch.field.on_states(n);
            (local.iter().fold(0.0, |most: f64, h| most.max(h.abs())), epoch.duration)
        };
        let strongest = self.epochs.iter().map(largest).max_by(|a, b| a.0.total_cmp(&b.0));
        let (size, duration) = strongest.filter(|kick| kick.0 > 0.0).unwrap_or_else(|| {
            let span = |j: usize| field.levels(j)[1] - field.levels(j)[0];
            let couplings = field.couplings();
            let sent = couplings
                .chunks(n)
                .map(|row| row.iter().enumerate().map(|(j, c)| c.abs() * span(j)).sum::<f64>());
            let size = sent.fold(0.0, f64::max);
            let longest = field.tau().iter().copied().fold(0.0, f64::max);
            (if size > 0.0 { size } else { 1.0 }, KICK * longest)
        });
        json!({ "size": size, "duration": duration })
    }
}

/// What an epoch adds to inputs, the variable of the neurons that it puts into a state, and which of them stay there; null
/// where it does nothing of the kind.
fn shown(epoch: &Shown, field: &VectorField) -> Value {
    let (local, imposed) = epoch.field.on_states(field.neurons());
    let placed = |(i, imposed): (usize, &Imposed)| {
        let share = match *imposed {
            Imposed::Free => return None,
            Imposed::Set(active) | Imposed::Clamped(active) => f64::from(u8::from(active)),
            Imposed::Placed(share) => share,
        };
        Some(field.placed(i, share))
    };
    let clamped: Vec<bool> = imposed.iter().map(|i| matches!(i, Imposed::Clamped(_))).collect();
    let placed: Vec<Option<f64>> = imposed.iter().enumerate().map(placed).collect();
    json!({
        "name": epoch.name,
        "duration": epoch.duration,
        "local": local.iter().any(|h| *h != 0.0).then_some(local),
        "placed": placed.iter().any(Option::is_some).then_some(placed),
        "clamped": clamped.contains(&true).then_some(clamped),
    })
}

/// A transfer function as the script reads it: by name, or as a table of its values and slopes.
fn described(transfer: &Transfer) -> Value {
    let (theta, sigma) = match *transfer {
        Transfer::Lif { theta, sigma, .. } => (theta.value(), sigma.value()),
        Transfer::Erf { h0, sigma, .. } => (h0, sigma),
        Transfer::Linear { .. }
        | Transfer::ThresholdLinear { .. }
        | Transfer::Saturating { .. }
        | Transfer::Tanh { .. }
        | Transfer::Logistic { .. }
        | Transfer::Step { .. } => return json!(transfer),
    };
    let (start, step, places) = TABLE;
    let scale = sigma.max(LEAST_SCALE);
    let at = |k: usize| start + k as f64 * step;
    let input = |k: usize| theta + scale * libm::sinh(at(k));
    let slope = |k: usize| transfer.slope(input(k)) * scale * libm::cosh(at(k)) * step;
    let values: Vec<f64> = (0..places).map(|k| transfer.value(input(k))).collect();
    let slopes: Vec<f64> = (0..places).map(slope).collect();
    json!({ "table": { "theta": theta, "scale": scale, "start": start, "step": step, "values": values, "slopes": slopes } })
}
