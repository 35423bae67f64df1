//! Spikes under way to a block, against a list of them.

use super::*;
use crate::dynamics::spiking::block::Acts;
use crate::dynamics::spiking::clock::Arrival;
use crate::random::Seed;
use crate::synapse::{RowsBuilder, Shelf};

/// Rows of so many real weights or none; synapses of a sender and a delay are a handful that nobody else has.
fn pathway(routes: [u32; 2], first: u16, real: bool) -> Pathway {
    let rows = |delay: u16| {
        let new = if real { RowsBuilder::reals } else { RowsBuilder::constant };
        let mut builder = new(3, 0.5);
        for sender in 0..3 {
            // Sender 2 has none of the second delay.
            for k in 0..if sender == 2 { 2 - 2 * delay } else { 1 + 10 * delay + sender } {
                let target = first + 200 * sender + 100 * delay + k;
                match real {
                    true => builder.push_real(target, f32::from(target) + 1.0),
                    false => builder.push(target),
                }
            }
            builder.end_row();
        }
        builder.finish()
    };
    let synapses = Synapses::new(vec![rows(0), rows(1)], &mut Shelf::new(0));
    let routes = routes.to_vec();
    Pathway { senders: 10..13, routes, acts: Acts::OnV, synapses, plastic: None }
}

/// Two pathways of the same senders; the first route belongs to both.
fn visits() -> Visits {
    let pathways = vec![pathway([0, 1], 0, true), pathway([0, 2], 1000, false)];
    Visits::new(pathways.into(), &Delays { by_route: DELAYS.to_vec(), slots: Slots::new(1.0) })
}

const DELAYS: [f64; 3] = [1.0, 2.5, 7.25];

/// What comes with arrival number `place` along its route.
fn take_all(visits: &mut Visits, place: usize, route: u32) -> Vec<(u16, Option<f32>)> {
    let pathways = Arc::clone(&visits.pathways);
    let mut taken = Vec::new();
    for (k, pathway) in pathways.iter().enumerate() {
        for delay in (0..2).filter(|&delay| pathway.routes[delay] == route) {
            let lane = visits.lane(k, delay).unwrap();
            while let Some(part) = visits.take(place, lane, pathway.synapses.rows()) {
                let real = |k: usize| part.reals.map(|reals| reals[k]);
                taken.extend(part.synapses.iter().enumerate().map(|(k, &t)| (t, real(k))));
            }
        }
    }
    taken
}

/// The same, as it should be.
fn expected(pathways: &[Pathway], sender: usize, route: u32) -> Vec<(u16, Option<f32>)> {
    let mut all = Vec::new();
    for pathway in pathways {
        let Synapses::Staggered(staggered) = &pathway.synapses else { continue };
        for (delay, place) in staggered.runs(sender) {
            let part = staggered.rows().part(place);
            let real = |k: usize| part.reals.map(|reals| reals[k]);
            let own = part.synapses.iter().enumerate().map(|(k, &t)| (t, real(k)));
            all.extend(own.filter(|_| pathway.routes[delay] == route));
        }
    }
    all
}

#[test]
fn every_spike_comes_to_its_synapses_when_it_is_due() {
    let mut random = Seed(1).stream("visits", 0);
    let mut visits = visits();
    let pathways = Arc::clone(&visits.pathways);
    // (number, time, sender) of spikes; the numbers begin again behind the last of 32 bits.
    let mut spikes: Vec<(u64, f64, usize)> = Vec::new();
    let mut number = u64::from(u32::MAX) - 20;
    let (mut start, mut told, mut came) = (0.0, 0, 0);
    for _ in 0..2000 {
        let end = start + 1.0;
        let news = spikes[told..].iter();
        let news = news.map(|&(spike, time, sender)| News { spike, neuron: 10 + sender, time });
        let mut window = Window { start, end, news: news.collect(), ..Window::default() };
        told = spikes.len();
        for &(spike, sent, sender) in &spikes {
            for (route, delay) in DELAYS.into_iter().enumerate() {
                let time = sent + delay;
                if (start..end).contains(&time) {
                    let (sender, route) = (sender as u32, route as u32);
                    let arrival = Arrival { time, spike, sender, route, ..Default::default() };
                    window.arrivals.push(arrival);
                    let slot = visits.slots.of(sent, delay);
                    window.index.last_slot = window.index.last_slot.max(slot);
                }
            }
        }
        window.arrivals.sort_by(|a, b| {
            let order = a.time.total_cmp(&b.time);
            order.then((a.sender, a.route).cmp(&(b.sender, b.route)))
        });
        window.index.renew(&window.arrivals);
        visits.begin(&window);
        // Many windows are interrupted, some of them saved, at any time.
        let interrupted = random.uniform() < 0.3;
        let until = if interrupted { start + random.uniform() } else { end };
        for (place, arrival) in window.arrivals.iter().enumerate() {
            if arrival.time >= until {
                break;
            }
            let taken = take_all(&mut visits, place, arrival.route);
            assert_eq!(taken, expected(&pathways, arrival.sender as usize, arrival.route));
            came += 1;
            if random.uniform() < 0.05 {
                let mut tape = Tape::blank();
                visits.pass(&mut tape);
                let mut tape = Tape::written(tape.into_words());
                visits = self::visits();
                visits.pass(&mut tape);
                tape.end().unwrap();
            }
        }
        for _ in 0..random.below(3) {
            let time = start + (until - start) * random.uniform();
            spikes.push((number, time, random.below(3) as usize));
            number += 1;
        }
        start = until;
    }
    assert!(came > 4000, "{came}");
}

#[test]
fn more_synapses_than_a_run_holds_come_once_each_through_a_checkpoint() {
    let many = || {
        let mut builder = RowsBuilder::constant(1, 0.5);
        (0..140_000u32).for_each(|k| builder.push((k % 4096) as u16));
        builder.end_row();
        builder.finish()
    };
    let synapses = Synapses::new(vec![many(), many()], &mut Shelf::new(0));
    let (routes, acts) = (vec![0, 1], Acts::OnV);
    let pathway = Pathway { senders: 0..1, routes, acts, synapses, plastic: None };
    let delays = Delays { by_route: vec![1.0, 2.0], slots: Slots::new(1.0) };
    let new = || Visits::new(vec![pathway.clone()].into(), &delays);
    let mut visits = new();
    let news = News { spike: 7, neuron: 0, time: 0.5 };
    let mut window = Window { start: 1.0, end: 2.0, news: vec![news], ..Window::default() };
    window.arrivals = vec![Arrival { time: 1.5, spike: 7, ..Arrival::default() }];
    window.index.last_slot = 1;
    window.index.renew(&window.arrivals);
    visits.begin(&window);
    let mut tape = Tape::blank();
    visits.pass(&mut tape);
    let mut other = new();
    let mut tape = Tape::written(tape.into_words());
    other.pass(&mut tape);
    tape.end().unwrap();
    for visits in [&mut visits, &mut other] {
        let mut found = Vec::new();
        while let Some(part) = visits.take(0, 0, pathway.synapses.rows()) {
            found.extend_from_slice(part.synapses);
        }
        assert!(found.iter().enumerate().all(|(k, &t)| usize::from(t) == k % 4096));
        assert_eq!(found.len(), 140_000);
    }
}

#[test]
fn what_is_past_makes_room() {
    let mut visits = visits();
    for spike in 0..20_000u64 {
        let start = spike as f64;
        let news = vec![News { spike, neuron: 10, time: start - 0.5 }];
        let mut window = Window { start, end: start + 1.0, news, ..Window::default() };
        for (route, delay) in DELAYS.into_iter().enumerate() {
            let sent = (start - delay + 0.5).floor() - 0.5 + 1.0;
            let time = sent + delay;
            if sent >= -0.5 && (start..start + 1.0).contains(&time) {
                let (spike, route) = ((sent + 0.5) as u64, route as u32);
                window.arrivals.push(Arrival { time, spike, route, ..Default::default() });
                let slot = visits.slots.of(sent, delay);
                window.index.last_slot = window.index.last_slot.max(slot);
            }
        }
        window.arrivals.sort_by(|a, b| a.time.total_cmp(&b.time));
        window.index.renew(&window.arrivals);
        visits.begin(&window);
        for (place, arrival) in window.arrivals.iter().enumerate() {
            take_all(&mut visits, place, arrival.route);
        }
    }
    assert!(visits.waiting.len() < 12 && visits.spare.len() < 12);
    assert!(visits.put_off.is_empty());
}

#[test]
fn what_nobody_can_have_sent_is_refused() {
    let mut visits = visits();
    let news = vec![News { spike: 0, neuron: 10, time: 0.5 }];
    let window = Window { start: 1.0, end: 2.0, news, ..Window::default() };
    visits.begin(&window);
    let mut tape = Tape::blank();
    visits.pass(&mut tape);
    let words = tape.into_words();
    let mut refused = 0;
    for k in 0..words.len() {
        let mut forged = words.clone();
        forged[k] = 1 << 31;
        let mut tape = Tape::written(forged);
        let mut other = self::visits();
        other.pass(&mut tape);
        match tape.end() {
            Ok(()) => other.begin(&window),
            Err(_) => refused += 1,
        }
    }
    // There are four visits, each with a sender and a lane.
    assert!(refused >= 8, "{refused} of {}", words.len());
}
