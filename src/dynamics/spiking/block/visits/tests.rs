//! Spikes under way to a block, against a list of them.

use super::*;
use crate::dynamics::Spike;
use crate::dynamics::spiking::block::Acts;
use crate::dynamics::spiking::clock::{Clock, Route, Sent};
use crate::dynamics::spiking::moment::Moment;
use crate::random::Seed;
use crate::synapse::{RowsBuilder, Shelf};

/// Rows of one weight, of few, or of real ones; synapses of a sender and a delay are a handful that nobody else has.
fn pathway(routes: [u32; 2], first: u16, weights: &str) -> Pathway {
    let rows = |delay: u16| {
        let mut builder = match weights {
            "one" => RowsBuilder::constant(3, 0.5),
            "few" => RowsBuilder::counts(3, 0.5),
            _ => RowsBuilder::reals(3, 0.5),
        };
        for sender in 0..3 {
            // Sender 2 has none of the second delay.
            for k in 0..if sender == 2 { 2 - 2 * delay } else { 1 + 18 * delay + 20 * sender } {
                let target = first + 200 * sender + 100 * delay + k;
                match weights {
                    "one" => builder.push(target),
                    "few" => builder.push_count(target, u32::from(target) % 100 + 1),
                    _ => builder.push_real(target, f32::from(target) + 1.0),
                }
            }
            builder.end_row();
        }
        builder.finish()
    };
    let synapses = Synapses::new(vec![rows(0), rows(1)], false, &mut Shelf::new(0));
    let routes = routes.to_vec();
    Pathway { senders: 10..13, routes, acts: Acts::OnV, synapses, plastic: None }
}

/// Two pathways of the same senders; the first route belongs to both.
fn visits() -> Visits {
    visits_of("real", usize::MAX)
}

/// The same, with such weights on the first pathway and so many spikes under way at most.
fn visits_of(weights: &str, most: usize) -> Visits {
    let pathways = vec![pathway([0, 1], 0, weights), pathway([0, 2], 1000, "one")];
    let most = vec![most; DELAYS.len()];
    let delays = Delays { by_route: DELAYS.to_vec(), most, slots: Slots::new(1.0) };
    Visits::new(pathways.into(), &delays)
}

/// The last is far away.
const DELAYS: [f64; 3] = [1.0, 2.5, 1500.25];

/// The synapses of a part and their weights, if they have such beside them.
fn synapses(part: &Part) -> Vec<(u16, Option<f32>)> {
    let own = |k: usize| match (part.reals, part.which) {
        (Some(reals), _) => Some(reals[k]),
        (None, which) => which.map(|which| part.few.unwrap()[usize::from(which[k])]),
    };
    part.words.iter().enumerate().map(|(k, &target)| (target, own(k))).collect()
}

/// What comes with arrival number `place` along its route.
fn take_all(visits: &mut Visits, place: usize, route: u32) -> Vec<(u16, Option<f32>)> {
    let pathways = Arc::clone(&visits.pathways);
    let mut taken = Vec::new();
    for (k, pathway) in pathways.iter().enumerate() {
        for delay in (0..2).filter(|&delay| pathway.routes[delay] == route) {
            let lane = visits.lane(k, delay).unwrap();
            while let Some(part) = visits.take(place, lane, &pathway.synapses.rows().open().all) {
                taken.extend(synapses(&part));
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
        let staggered = staggered.open();
        for (delay, place) in staggered.runs(sender) {
            let part = staggered.rows.all.part(place);
            if pathway.routes[delay] == route {
                all.extend(synapses(&part));
            }
        }
    }
    all
}

/// A clock of the routes, and of one that leads to rows of one delay.
fn clock() -> Clock {
    let several = DELAYS.map(|delay| Route::plain(10..13, delay, true));
    Clock::new(several.into_iter().chain([Route::plain(10..13, 4.0, false)]).collect(), 1.0)
}

fn sent(time: f64, sender: usize) -> Sent {
    let spike = Spike { time, neuron: 10 + sender as u32 };
    Sent { spike, moment: Moment::at(time) }
}

#[test]
fn every_spike_comes_to_its_synapses_when_it_is_due() {
    for weights in ["real", "few"] {
        check_visits(|| visits_of(weights, usize::MAX));
    }
}

fn check_visits(new_visits: impl Fn() -> Visits) {
    let mut random = Seed(1).stream("visits", 0);
    let (mut visits, mut clock, mut window) = (new_visits(), clock(), Window::default());
    let pathways = Arc::clone(&visits.pathways);
    let (mut spikes, mut came) = (Vec::new(), Vec::new());
    let mut next = 0;
    while clock.time < 4000.0 {
        let start = clock.time;
        clock.prepare(f64::INFINITY, &mut window);
        if window.fresh {
            visits.begin(&window);
            next = 0;
        }
        // Some windows are paused, at any time.
        let share = if random.uniform() < 0.3 { random.uniform() } else { 1.0 };
        let until = if share < 1.0 { start + (window.end - start) * share } else { window.end };
        while let Some(arrival) = window.arrivals.get(next).filter(|a| a.time < until) {
            let sender = arrival.sender as usize;
            let taken = take_all(&mut visits, next, arrival.route);
            assert_eq!(taken, expected(&pathways, sender, arrival.route));
            came.push((arrival.spike as usize, arrival.route as usize));
            next += 1;
            // Some are saved, and go on elsewhere.
            if random.uniform() < 0.02 {
                let mut tape = Tape::blank();
                visits.pass(&mut tape);
                let mut tape = Tape::written(tape.into_words());
                visits = new_visits();
                visits.pass(&mut tape);
                tape.end().unwrap();
            }
        }
        let mut new: Vec<Sent> = (0..random.below(4))
            .map(|_| sent(start + (until - start) * random.uniform(), random.below(3) as usize))
            .collect();
        new.sort_by(|a, b| a.spike.time.total_cmp(&b.spike.time));
        spikes.extend(new.iter().map(|sent| sent.spike.time));
        clock.proceed(until, &window, &new);
        if random.uniform() < 0.2 {
            clock.interrupt(&window);
        }
    }
    // Each came once.
    let due = |delay: f64| spikes.iter().filter(|time| **time + delay < clock.time).count();
    let all: usize = DELAYS.into_iter().chain([4.0]).map(due).sum();
    assert!(all > 10_000 && came.len() == all, "{} of {all}", came.len());
    came.sort_unstable();
    assert!(came.windows(2).all(|pair| pair[0] != pair[1]));
}

#[test]
fn more_synapses_than_a_run_holds_come_once_each_through_a_checkpoint() {
    let many = || {
        let mut builder = RowsBuilder::constant(1, 0.5);
        (0..140_000u32).for_each(|k| builder.push((k % 4096) as u16));
        builder.end_row();
        builder.finish()
    };
    let synapses = Synapses::new(vec![many(), many()], false, &mut Shelf::new(0));
    let (routes, acts) = (vec![0, 1], Acts::OnV);
    let pathway = Pathway { senders: 0..1, routes, acts, synapses, plastic: None };
    let delays =
        Delays { by_route: vec![1.0, 2.0], most: vec![usize::MAX; 2], slots: Slots::new(1.0) };
    let new = || Visits::new(vec![pathway.clone()].into(), &delays);
    let mut visits = new();
    let mut window = Window::default();
    let routes = delays.by_route.iter().map(|&delay| Route::plain(0..1, delay, true));
    let mut clock = Clock::new(routes.collect(), 1.0);
    clock.prepare(1.0, &mut window);
    let spike = Spike { time: 0.5, neuron: 0 };
    clock.proceed(1.0, &window, &[Sent { spike, moment: Moment::at(0.5) }]);
    clock.prepare(2.0, &mut window);
    visits.begin(&window);
    let mut tape = Tape::blank();
    visits.pass(&mut tape);
    let mut other = new();
    let mut tape = Tape::written(tape.into_words());
    other.pass(&mut tape);
    tape.end().unwrap();
    for visits in [&mut visits, &mut other] {
        let mut found = Vec::new();
        while let Some(part) = visits.take(0, 0, &pathway.synapses.rows().open().all) {
            found.extend_from_slice(part.words);
        }
        assert!(found.iter().enumerate().all(|(k, &t)| usize::from(t) == k % 4096));
        assert_eq!(found.len(), 140_000);
    }
}

#[test]
fn room_is_no_more_than_what_was_under_way_needed() {
    let (mut visits, mut clock, mut window) = (visits(), clock(), Window::default());
    let (mut most, mut last) = (0, 0);
    for k in 0..20_000 {
        clock.prepare(f64::INFINITY, &mut window);
        visits.begin(&window);
        for (place, arrival) in window.arrivals.iter().enumerate() {
            take_all(&mut visits, place, arrival.route);
        }
        // One spike in every window, and many in some.
        let number = if k % 97 == 0 { 300 } else { 1 };
        let new: Vec<Sent> = (0..number).map(|_| sent(clock.time + 0.5, 0)).collect();
        let end = window.end;
        clock.proceed(end, &window, &new);
        let streams = || visits.waiting.iter().chain(visits.far.values()).chain([&visits.now]);
        let used: usize = streams().map(Stream::used).sum();
        most = used.max(most);
        last = streams().chain(&visits.spare).map(Stream::room).sum();
    }
    assert!(visits.waiting.len() <= NEAR && visits.spare.len() <= NEAR);
    assert!(last < 10 * most, "{last} bytes for at most {most} under way");
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

#[test]
fn more_spikes_than_can_be_under_way_are_refused_before_they_take_memory() {
    // Of sender 1 along lane 1: in a slot that is near, in one that is far away, and in the window that has begun.
    let tape = |near: u64, far: u64, due: u64| {
        let visits = |number: u64| (0..number).flat_map(|spike| [spike, 1, 1]);
        let mut words = vec![0, 1, near];
        words.extend(visits(near));
        words.extend([1, 2000, far]);
        words.extend(visits(far));
        words.push(due);
        words.extend((0..due).flat_map(|spike| [spike, 1, 1, 0]));
        Tape::written(words)
    };
    let many = 100_000;
    for (near, far, due) in [(4, 0, 0), (0, 4, 0), (0, 0, 4), (2, 1, 1)] {
        let mut whole = tape(near, far, due);
        visits_of("real", 4).pass(&mut whole);
        whole.end().unwrap();
        for more in [1, many] {
            for (near, far, due) in
                [(near + more, far, due), (near, far + more, due), (near, far, due + more)]
            {
                let (mut visits, mut tape) = (visits_of("real", 4), tape(near, far, due));
                visits.pass(&mut tape);
                assert!(tape.end().is_err());
                let streams = visits.waiting.iter().chain(visits.far.values()).chain([&visits.now]);
                assert!(streams.map(Stream::room).sum::<usize>() < 10_000);
            }
        }
    }
}
