//! `attractor run --dry`: one rank of a larger machine by itself, and what it costs.

use super::host::host;
use super::resources::peak_rss_mb;
use crate::error::{Error, Place, Result};
use crate::model::{Document, Model};
use crate::ranks::Ranks;
use crate::simulation::Simulation;
use crate::units::Rate;
use crate::work::Threads;
use clap::Args;

/// Which part of a network is to be run by itself.
#[derive(Debug, Args)]
pub(super) struct Part {
    /// Record nothing, but build and run one rank of --ranks N, and tell its memory, its time, and what it would send and
    /// receive; neurons elsewhere fire at random, at this rate.
    #[arg(
        long,
        value_name = "RATE",
        num_args = 0..=1,
        default_missing_value = "5 Hz",
        requires_all = ["ranks", "model"],
        conflicts_with_all = ["output", "resume", "from", "trial", "limit", "force"]
    )]
    dry: Option<Rate>,
    /// Among how many ranks the network would be shared out.
    #[arg(long, value_name = "N", requires = "dry", value_parser = clap::value_parser!(u32).range(1..=1 << 20))]
    ranks: Option<u32>,
    /// Which of them is run, from 0.
    #[arg(long, value_name = "K", requires = "dry", default_value_t = 0)]
    rank: u32,
}

/// How long it runs where the command does not say, ms.
const LONG_ENOUGH: f64 = 100.0;
/// Hz; no network of neurons fires faster.
const MOST: f64 = 1000.0;
/// Bytes of a word.
const WORD: f64 = 8.0;

impl Part {
    /// The rank, if it is to be run by itself.
    pub fn ranks(&self) -> Result<Option<Ranks>> {
        let (Some(rate), Some(number)) = (self.dry, self.ranks) else { return Ok(None) };
        let rate = match rate.value() {
            most if most > MOST => Err(Error::input(
                format!("found neurons elsewhere that fire at {rate}"),
                format!("neurons of a network fire at no more than {}", Rate::new(MOST)),
                "write for example --dry \"5 Hz\"",
            )),
            _ => rate.positive_or_zero("a rate of neurons elsewhere"),
        };
        let rate = rate.map_err(|e| e.placed(Place::Argument("--dry".to_owned())))?;
        if self.rank >= number {
            let found = format!("found rank {} of {number}", self.rank);
            let error = Error::input(found, "ranks are numbered from 0", "write a smaller --rank");
            return Err(error.placed(Place::Argument("--rank".to_owned())));
        }
        Ok(Some(Ranks::solo(self.rank as usize, number as usize, rate)))
    }
}

/// Builds and runs a rank until `until` (ms), and tells what it cost.
pub(super) fn rehearse(
    document: &Document,
    model: Model,
    until: Option<f64>,
    threads: &Threads,
) -> Result<()> {
    let (ranks, seconds) = (threads.ranks(), host().seconds);
    let neurons: usize = model.population.values().map(|p| p.size).sum();
    let begun = seconds();
    let simulation = Simulation::new(model, document.folder(), threads);
    let mut simulation = simulation.map_err(|e| document.place(e))?;
    let (built, memory) = (seconds(), peak_rss_mb());
    let until = until.unwrap_or_else(|| simulation.duration().min(LONG_ENOUGH));
    let ran = simulation.rehearse(until).map_err(|e| document.place(e))?;
    let (took, biological) = (seconds() - built, ran / 1000.0);
    if biological == 0.0 {
        return Err(Error::input(
            "found no protocol",
            "a dry run runs the protocol, and none of the trials",
            "add an epoch before the trials, as long as it is to run",
        )
        .at("protocol"));
    }
    let traffic = ranks.traffic();
    let own = simulation.own().len();
    let spikes = simulation.events().synaptic as f64 / ranks.number() as f64;
    say!(
        "rank {} of {}: {own} of {neurons} neurons, {} threads",
        ranks.rank(),
        ranks.number(),
        threads.number()
    );
    say!(
        "  built in {:.2} s, {:.2} million synapses",
        built - begun,
        simulation.synapses as f64 / ranks.number() as f64 / 1e6
    );
    say!("  {memory:.0} MB at most while it was built, {:.0} MB in all", peak_rss_mb());
    say!(
        "  {:.2} s of computing per s of {biological} s that were run, {:.0} synaptic events per s",
        took / biological,
        spikes / biological
    );
    say!(
        "  {} exchanges per s; sends {:.3} MB and receives {:.3} MB per s",
        (traffic.exchanges as f64 / biological).round(),
        WORD * traffic.sent as f64 / biological / 1e6,
        WORD * traffic.received as f64 / biological / 1e6,
    );
    Ok(())
}
