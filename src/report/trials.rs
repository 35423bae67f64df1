//! The summary of a task: how its trials went.

use crate::analysis::{Decisions, Failure, LevelCurve, LevelPoint, Read, level_curves};
use crate::error::{counted, widest};
use crate::statistics::Share;
use crate::task::Answer;
use indexmap::IndexMap;
use serde::Serialize;
use std::fmt;

/// How the trials of a delayed match to sample went.
#[derive(Clone, Debug, Serialize)]
pub struct TrialsSummary {
    /// Trials that have ended.
    trials: usize,
    matches: usize,
    /// Share of right answers of who always gives the more frequent one.
    chance: f64,
    /// Samples held at the end of the delay.
    held: ShareSummary,
    /// Trials in which the ideal observer was right.
    observer: ShareSummary,
    /// Trials by what went wrong.
    failures: IndexMap<&'static str, usize>,
    pub(super) readouts: Vec<ReadSummary>,
    /// By quantity that varies.
    levels: IndexMap<String, Vec<LevelSummary>>,
}

/// So many of so many, and the 95 % interval of the probability.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct ShareSummary {
    number: usize,
    pub(super) of: usize,
    pub(super) share: f64,
    low: f64,
    high: f64,
}

/// How a neural read-out did.
#[derive(Clone, Debug, Serialize)]
pub struct ReadSummary {
    pub(super) name: String,
    speaks_for: &'static str,
    /// Of the trials in which it decides.
    right: ShareSummary,
    /// Trials in which it has no criterion, because the other half of the trials lacks matches or non-matches.
    undecided: usize,
    pub(super) auc: f64,
    auc_low: f64,
    auc_high: f64,
    /// Of a permutation test against chance.
    p: f64,
    /// Spikes, for trials with odd and with even numbers.
    criteria: [Option<f64>; 2],
    /// Mean count in trials that match, and in those that do not.
    mean_match: f64,
    mean_nonmatch: f64,
    median_reaction_ms: f64,
}

/// The trials of one level.
#[derive(Clone, Debug, Serialize)]
pub struct LevelSummary {
    level: f64,
    held: ShareSummary,
    taken: ShareSummary,
    overlap_hz: f64,
}

impl From<Share> for ShareSummary {
    fn from(share: Share) -> Self {
        let (low, high) = share.interval();
        Self { number: share.number, of: share.of, share: share.value(), low, high }
    }
}

impl TrialsSummary {
    pub(super) fn of(decisions: &Decisions) -> Self {
        let failures = Failure::ALL.map(|f| (f.word(), decisions.failures(f)));
        let level = |curve: LevelCurve| {
            let point = |p: &LevelPoint| LevelSummary {
                level: p.level,
                held: p.held.into(),
                taken: p.taken.into(),
                overlap_hz: p.overlap.0,
            };
            (curve.quantity.clone(), curve.points.iter().map(point).collect())
        };
        Self {
            trials: decisions.trials.len(),
            matches: decisions.matches().number,
            chance: decisions.chance(),
            held: decisions.held().into(),
            observer: decisions.right().into(),
            failures: failures.into_iter().filter(|(_, number)| *number > 0).collect(),
            readouts: decisions.readouts.iter().map(|r| ReadSummary::of(r, decisions)).collect(),
            levels: level_curves(decisions).into_iter().map(level).collect(),
        }
    }
}

impl ReadSummary {
    fn of(read: &Read, decisions: &Decisions) -> Self {
        let mean = |answer: Answer| {
            let own = read.counts.iter().zip(&decisions.trials);
            let own = own.filter(|(_, trial)| Answer::of(trial.matches()) == answer);
            let (sum, n) =
                own.fold((0.0, 0.0), |(sum, n), (count, _)| (sum + *count as f64, n + 1.0));
            sum / n
        };
        Self {
            name: read.name.clone(),
            speaks_for: read.speaks_for.word(),
            right: read.right().into(),
            undecided: read.undecided(),
            auc: read.roc.auc,
            auc_low: read.roc.interval.0,
            auc_high: read.roc.interval.1,
            p: read.roc.p,
            criteria: read.criteria,
            mean_match: mean(Answer::Match),
            mean_nonmatch: mean(Answer::Nonmatch),
            median_reaction_ms: read.median_reaction(),
        }
    }
}

impl fmt::Display for ShareSummary {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        if self.of == 0 {
            return write!(f, "    -");
        }
        let [share, low, high] = [self.share, self.low, self.high].map(|s| 100.0 * s);
        write!(f, "{share:5.1} %  {} of {} (95 %: {low:.1} to {high:.1})", self.number, self.of)
    }
}

impl fmt::Display for ReadSummary {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Self { name, speaks_for, auc, auc_low, auc_high, p, .. } = self;
        if auc.is_nan() {
            return writeln!(f, "  {name}: no AUC without both matches and non-matches");
        }
        write!(f, "  {name}: AUC {auc:.3} (95 %: {auc_low:.3} to {auc_high:.3}; p = {p:.4}), ")?;
        writeln!(
            f,
            "{:.1} spikes in match, {:.1} in non-match",
            self.mean_match, self.mean_nonmatch
        )?;
        if let [Some(odd), Some(even)] = self.criteria {
            write!(
                f,
                "  {name}: more than {odd} (odd trials) or {even} (even ones) say {speaks_for}"
            )?;
            let median = self.median_reaction_ms;
            let reaction = if median.is_nan() {
                String::new()
            } else {
                format!(", after {median:.0} ms (median)")
            };
            writeln!(f, "{reaction}")?;
        }
        Ok(())
    }
}

impl fmt::Display for TrialsSummary {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let nonmatches = self.trials - self.matches;
        let trials = counted(self.trials, "trial");
        writeln!(f, "  {trials}, {} match and {nonmatches} non-match", self.matches)?;
        if self.trials == 0 {
            return Ok(());
        }
        let readouts = || self.readouts.iter();
        let width = widest(readouts().map(|read| format!("read-out {}", read.name)), 15);
        writeln!(f, "  {:<width$} {}", "sample held", self.held)?;
        writeln!(f, "  {:<width$} {}", "ideal observer", self.observer)?;
        for read in readouts() {
            write!(f, "  {:<width$} {}", format!("read-out {}", read.name), read.right)?;
            match read.undecided {
                0 => writeln!(f)?,
                some => writeln!(f, ", {some} undecided: the other half has one kind of trials")?,
            }
        }
        writeln!(f, "  {:<width$} {:5.1} %", "chance", 100.0 * self.chance)?;
        readouts().try_for_each(|read| write!(f, "{read}"))?;
        if !self.failures.is_empty() {
            let each: Vec<String> = self.failures.iter().map(|(f, n)| format!("{n} {f}")).collect();
            writeln!(f, "  failures: {}", each.join(", "))?;
        }
        for (quantity, levels) in &self.levels {
            writeln!(f, "\n  {quantity:>15}  {:>8}  {:>8}  overlap (Hz)  trials", "held", "taken")?;
            for level in levels {
                let [held, taken] = [level.held, level.taken].map(|s| 100.0 * s.share);
                let (overlap, trials) = (level.overlap_hz, level.held.of);
                writeln!(
                    f,
                    "  {:>15}  {held:>6.1} %  {taken:>6.1} %  {overlap:>12.1}  {trials:>6}",
                    level.level
                )?;
            }
        }
        writeln!(f)
    }
}
