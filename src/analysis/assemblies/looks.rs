//! The rates of assemblies in a sliding window, and the runs of looks at which they are active.

use super::{Activation, ActiveIf};
use crate::pattern::Patterns;

/// Steps in a window.
pub(super) const STEPS: usize = 10;

/// Looks one after another at which an assembly is active.
#[derive(Clone, Copy, Debug)]
struct Run {
    first: usize,
    last: usize,
    /// Spikes in the windows of all looks before the first, and up to the last.
    before: u64,
    up_to: u64,
}

/// Takes the spikes of a stretch in order of time. Look k is at the window of `STEPS` steps that begins with step k.
pub(super) struct Looks<'a> {
    patterns: &'a Patterns,
    start: f64,
    end: f64,
    step: f64,
    /// Whole steps in the stretch, and the one that is counted.
    steps: usize,
    now: usize,
    /// Of every assembly: spikes in each of the last steps (step k at k % STEPS), in all of these, and in the windows of all
    /// looks so far.
    counts: Vec<[u32; STEPS]>,
    sums: Vec<u32>,
    seen: Vec<u64>,
    /// So many spikes in a window make it active.
    least: Vec<f64>,
    /// Of every assembly.
    runs: Vec<Vec<Run>>,
}

impl<'a> Looks<'a> {
    pub fn new(patterns: &'a Patterns, (start, end): (f64, f64), active_if: ActiveIf) -> Self {
        let (ActiveIf { above, window }, step) = (active_if, active_if.step());
        let least = |mu: usize| match patterns.foreground(mu).len() {
            0 => f64::INFINITY,
            size => above * size as f64 * window / 1000.0,
        };
        let number = patterns.number();
        Self {
            patterns,
            start,
            end,
            step,
            // Rounding costs no step.
            steps: ((end - start) / step + 1e-6) as usize,
            now: 0,
            counts: vec![[0; STEPS]; number],
            sums: vec![0; number],
            seen: vec![0; number],
            least: (0..number).map(least).collect(),
            runs: vec![Vec::new(); number],
        }
    }

    /// Takes those of some spikes, times (ms) in order and neurons, that fall into the stretch.
    pub fn spikes(&mut self, times: &[f64], ids: &[u64]) {
        let from = times.partition_point(|t| *t < self.start);
        let to = times.partition_point(|t| *t < self.end).max(from);
        for (time, &id) in times[from..to].iter().zip(&ids[from..to]) {
            let step = ((time - self.start) / self.step) as usize;
            while self.now < step.min(self.steps) {
                self.look();
            }
            if step < self.steps {
                for mu in self.patterns.of(id as usize) {
                    self.counts[mu][step % STEPS] += 1;
                    self.sums[mu] += 1;
                }
            }
        }
    }

    /// Ends the step that is counted, and looks at the window that ends with it.
    fn look(&mut self) {
        self.now += 1;
        let Some(look) = self.now.checked_sub(STEPS) else { return };
        for mu in 0..self.sums.len() {
            let before = self.seen[mu];
            self.seen[mu] += u64::from(self.sums[mu]);
            if f64::from(self.sums[mu]) >= self.least[mu] {
                match self.runs[mu].last_mut() {
                    // A pause that is shorter than a window is none.
                    Some(run) if look - run.last <= STEPS => {
                        (run.last, run.up_to) = (look, self.seen[mu]);
                    }
                    _ => {
                        let run = Run { first: look, last: look, before, up_to: self.seen[mu] };
                        self.runs[mu].push(run);
                    }
                }
            }
            let oldest = &mut self.counts[mu][look % STEPS];
            self.sums[mu] -= *oldest;
            *oldest = 0;
        }
    }

    /// Ends the stretch, which has number `stretch`: its activations in order of onset, and at how many looks 0, 1, 2 ...
    /// assemblies were active.
    pub fn finish(mut self, stretch: usize) -> (Vec<Activation>, Vec<u64>) {
        while self.now < self.steps {
            self.look();
        }
        let looks = (self.steps + 1).saturating_sub(STEPS);
        let mut own: Vec<Activation> = Vec::new();
        // How many become active at a look, less those whose last look was the one before.
        let mut changes = vec![0i64; looks + 1];
        for (mu, runs) in self.runs.iter().enumerate() {
            let size = self.patterns.foreground(mu).len() as f64;
            for run in runs.iter().filter(|run| run.last - run.first + 1 >= STEPS) {
                let number = (run.last - run.first + 1) as f64;
                // The middle of a window is that of its look, which stands for half a step before and after.
                let middle = run.first as f64 + 0.5 * (STEPS as f64 - 1.0);
                let spikes = (run.up_to - run.before) as f64;
                own.push(Activation {
                    assembly: mu,
                    onset: self.start + self.step * middle,
                    dwell: self.step * number,
                    rate: 1000.0 * spikes / (number * size * self.step * STEPS as f64),
                    whole: run.first > 0 && run.last + 1 < looks,
                    stretch,
                });
                changes[run.first] += 1;
                changes[run.last + 1] -= 1;
            }
        }
        own.sort_by(|a, b| a.onset.total_cmp(&b.onset));
        let mut numbers = vec![0; self.runs.len() + 1];
        let mut active = 0;
        for change in &changes[..looks] {
            active += change;
            numbers[active as usize] += 1;
        }
        let most = numbers.iter().rposition(|looks| *looks > 0).map_or(0, |most| most + 1);
        numbers.truncate(most);
        (own, numbers)
    }
}
