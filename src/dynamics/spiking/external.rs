//! External input: spikes that reach the neurons of a block from outside, one by one.

use super::emission::{Emission, Spikes};
use super::kick::{KickTable, SHARED};
use super::state::{BAR, State};
use crate::synapse::BLOCK;

/// External spikes of one kind.
#[derive(Debug)]
pub struct External {
    /// The port on which they act; none if they are delta synapses.
    pub port: Option<usize>,
    /// mV.
    pub efficacy: f64,
    pub emission: Emission,
    /// The spikes of the window; their times count from its start.
    spikes: Spikes,
    /// What they do to the bound, to the departure and to the current. For neurons without currents there is only
    /// the second, with efficacy 1, because it is also what the threshold is compared with.
    kicks: [Vec<f64>; SHARED],
    /// The first that has not been delivered, and the first that lies behind the next pause.
    next: usize,
    pause: usize,
    pub delivered: u64,
    /// Absolute time of the window's start, ms.
    start: f64,
    /// What has been delivered since it was last taken, if that is wanted: (ms, neuron).
    pub record: Option<Vec<(f64, u16)>>,
}

impl External {
    /// Spikes of `efficacy` mV that act on `port`.
    pub fn new(port: Option<usize>, efficacy: f64, emission: Emission) -> Self {
        Self {
            port,
            efficacy,
            emission,
            spikes: Spikes::default(),
            kicks: Default::default(),
            next: 0,
            pause: 0,
            delivered: 0,
            start: 0.0,
            record: None,
        }
    }

    /// Takes the spikes of the window from `start` to `end` (absolute, ms), and what they do to the neurons.
    pub fn begin<const F: usize>(&mut self, start: f64, end: f64, state: &State<F>) {
        self.start = start;
        self.emission.take(start, end, state.membrane.window, &mut self.spikes);
        // A difference of absolute times, so that a replay of recorded spikes is the same to the last bit.
        self.spikes.times.iter_mut().for_each(|time| *time -= start);
        self.next = 0;
        self.evaluate(state);
    }

    fn evaluate<const F: usize>(&mut self, state: &State<F>) {
        let membrane = &*state.membrane;
        let table: &KickTable<F> = match self.port {
            Some(port) => &membrane.ports[port].kicks,
            None => &membrane.jump,
        };
        let Spikes { times, neurons } = &self.spikes;
        // (efficacy of each factor, whether it is needed)
        let factors = match (self.port, membrane.only_jumps()) {
            (None, true) => [(0.0, false), (1.0, true), (0.0, false)],
            (None, false) => [(self.efficacy.max(0.0), true), (self.efficacy, true), (0.0, false)],
            (Some(_), _) => [(self.efficacy.max(0.0), true), (self.efficacy, true), (self.efficacy, true)],
        };
        for (kicks, (_, needed)) in self.kicks.iter_mut().zip(factors) {
            kicks.resize(if needed { times.len() } else { 0 }, 0.0);
        }
        table.by_cell(times, |run, cell| {
            for (part, (kicks, (efficacy, needed))) in self.kicks.iter_mut().zip(factors).enumerate() {
                if !needed {
                    continue;
                }
                let (times, kicks) = (&times[run.clone()], &mut kicks[run.clone()]);
                match part {
                    0 => cell.fill(0, efficacy, times, kicks),
                    1 if F == SHARED => cell.fill(1, efficacy, times, kicks),
                    1 => {
                        let spikes = times.iter().zip(&neurons[run.clone()]);
                        for (kick, (&s, &n)) in kicks.iter_mut().zip(spikes) {
                            let place = membrane.place[usize::from(n) & (BLOCK - 1)];
                            *kick = efficacy * table.at(s).departure(place);
                        }
                    }
                    _ => cell.fill(F - 1, efficacy, times, kicks),
                }
            }
        });
    }

    /// Lets [`External::deliver`] stop before `pause` (absolute, ms).
    pub fn stop_before(&mut self, pause: f64) {
        self.pause = self.spikes.neurons.len();
        if pause.is_finite() {
            self.pause =
                self.spikes.times[..self.pause].partition_point(|s| self.start + s < pause);
        }
    }

    /// Delivers the spikes before `limit`, until one makes a neuron suspect: returns it, and the time.
    pub fn deliver<const F: usize>(
        &mut self,
        limit: f64,
        state: &mut State<F>,
    ) -> Option<(usize, f64)> {
        let State { membrane, lead, currents, .. } = state;
        let (efficacy, tests) = (self.efficacy, self.efficacy > 0.0);
        let rest = self.next..self.pause;
        let times = &self.spikes.times[rest.clone()];
        let kicks = |part: usize| self.kicks[part].get(rest.clone()).unwrap_or_default();
        let [bounds, departures, rises] = [kicks(0), kicks(1), kicks(2)];
        let spikes = times.iter().zip(&self.spikes.neurons[rest.clone()]);
        let (number, suspect) = match self.port {
            None if membrane.only_jumps() => {
                until(limit, spikes.zip(departures), |n, growth| {
                    lead[n].departure += efficacy * growth;
                    lead[n].departure >= lead[n].bound * growth
                })
            }
            None => until(limit, spikes.zip(bounds.iter().zip(departures)), |n, kick| {
                lead[n].bound += kick.0;
                lead[n].departure += kick.1;
                tests && lead[n].bound > BAR
            }),
            Some(port) => {
                let currents = &mut currents[port];
                let kicks = bounds.iter().zip(departures).zip(rises);
                until(limit, spikes.zip(kicks), |n, ((bound, departure), rise)| {
                    lead[n].bound += bound;
                    lead[n].departure += departure;
                    currents[n] += rise;
                    tests && lead[n].bound > BAR
                })
            }
        };
        if let Some(record) = &mut self.record {
            let taken = rest.start..rest.start + number;
            let spikes = self.spikes.times[taken.clone()].iter().zip(&self.spikes.neurons[taken]);
            record.extend(spikes.map(|(s, n)| (self.start + s, *n)));
        }
        self.next += number;
        self.delivered += number as u64;
        suspect
    }
}

/// Lets every spike before `limit` act on its neuron, until an action returns true: how many did, and the last
/// neuron with its time if its action returned true.
#[inline(always)]
fn until<'a, K>(
    limit: f64,
    spikes: impl Iterator<Item = ((&'a f64, &'a u16), K)>,
    mut act: impl FnMut(usize, K) -> bool,
) -> (usize, Option<(usize, f64)>) {
    let mut number = 0;
    for ((&s, &n), kick) in spikes {
        if s >= limit {
            break;
        }
        number += 1;
        let n = usize::from(n) & (BLOCK - 1);
        if act(n, kick) {
            return (number, Some((n, s)));
        }
    }
    (number, None)
}
