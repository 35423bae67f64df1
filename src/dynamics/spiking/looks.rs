//! Looks: when the neurons of a block must be looked at because they may cross threshold.

use crate::tape::on_tape;
use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

/// At most one planned look per neuron, by time from the start of the window. Before its look a neuron certainly
/// does not cross.
#[derive(Clone, Debug)]
pub struct Looks {
    /// Time of each neuron's look; infinite if none is planned.
    planned: Vec<f64>,
    /// All looks that were ever planned in this window, and not seen to be obsolete: one that differs from `planned` is.
    queue: BinaryHeap<Reverse<Look>>,
}

/// Something to be done with a neuron at a time.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Look {
    pub time: f64,
    pub neuron: u16,
}

on_tape!(Looks { queue; each planned; if Looks::is_possible });
on_tape!(Look { time, neuron });

impl Looks {
    /// No look at any of `neurons` neurons.
    pub fn none(neurons: usize) -> Self {
        Self { planned: vec![f64::INFINITY; neurons], queue: BinaryHeap::new() }
    }

    fn is_possible(&self) -> bool {
        let known = |look: &Reverse<Look>| usize::from(look.0.neuron) < self.planned.len();
        self.queue.iter().all(known)
    }

    /// Forgets all looks; those neurons have one that are in the queue.
    pub fn clear(&mut self) {
        for Reverse(look) in self.queue.drain() {
            self.planned[usize::from(look.neuron)] = f64::INFINITY;
        }
    }

    /// Forgets the look at `neuron`.
    pub fn cancel(&mut self, neuron: usize) {
        self.planned[neuron] = f64::INFINITY;
    }

    /// Plans a look at `neuron` in place of any other.
    pub fn plan(&mut self, neuron: usize, time: f64) {
        self.planned[neuron] = time;
        self.queue.push(Reverse(Look { time, neuron: neuron as u16 }));
    }

    /// The first look: (time, neuron).
    pub fn next(&mut self) -> Option<(f64, usize)> {
        while let Some(&Reverse(Look { time, neuron })) = self.queue.peek() {
            let neuron = usize::from(neuron);
            if self.planned[neuron] == time {
                return Some((time, neuron));
            }
            self.queue.pop();
        }
        None
    }
}

impl Eq for Look {}

impl Ord for Look {
    fn cmp(&self, other: &Self) -> Ordering {
        self.time.total_cmp(&other.time).then(self.neuron.cmp(&other.neuron))
    }
}

impl PartialOrd for Look {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_come_in_order_and_only_the_last_plan_of_a_neuron_counts() {
        let mut looks = Looks::none(3);
        looks.plan(0, 0.5);
        looks.plan(2, 0.2);
        looks.plan(1, 0.2);
        looks.plan(0, 0.1);
        looks.plan(0, 0.7);
        let mut order = Vec::new();
        while let Some((time, neuron)) = looks.next() {
            order.push((time, neuron));
            looks.cancel(neuron);
        }
        assert_eq!(order, [(0.2, 1), (0.2, 2), (0.7, 0)]);
        looks.plan(1, 0.3);
        looks.clear();
        assert_eq!(looks.next(), None);
        assert_eq!(looks.planned, [f64::INFINITY; 3]);
    }
}
