//! What a row leaves, in every room and with every kind of weights and currents.

use super::*;
use crate::dynamics::spiking::kick::{SHARED, SPREAD};
use crate::dynamics::spiking::membrane::per_neuron;
use crate::synapse::{Packed, RowsBuilder, Shelf};

/// What a row of these weights on these targets leaves in a block with `room` for so many neurons, and the suspects.
fn left<const F: usize>(room: usize, kind: &str, targets: &[u16]) -> (Vec<[u64; 3]>, Vec<u16>) {
    let (unit, kind) = match kind.strip_prefix("inhibiting ") {
        Some(kind) => (-0.5, kind),
        None => (0.5, kind),
    };
    let mut rows = match kind {
        "one" => RowsBuilder::constant(1, unit),
        "count" | "any count" => RowsBuilder::counts(1, unit),
        "whole" | "any whole" => RowsBuilder::reals(1, unit),
        _ => RowsBuilder::reals(1, -0.5),
    };
    for (k, &target) in targets.iter().enumerate() {
        match kind {
            "one" => rows.push(target),
            "count" => rows.push_count(target, k as u32 % 3 + 1),
            "whole" => rows.push_real(target, (k % 3 + 1) as f32),
            // So many different ones that runs would be short.
            "any count" => rows.push_count(target, k as u32 % 25 + 1),
            "any whole" => rows.push_real(target, (k % 25 + 1) as f32),
            _ => rows.push_real(target, -0.1 - k as f32),
        }
    }
    rows.end_row();
    let mut shelf = Shelf::new(0);
    let packed = Packed::new(rows.finish(), false, &mut shelf);
    shelf.close();
    let all = packed.open().all;
    assert_eq!((all.runs().is_some(), all.which.is_some()), (kind == "count", kind == "any count"));
    let (mut lead, place) = (
        per_neuron(room, Lead { bound: -0.05, departure: 0.3 }),
        (0..room).map(|n| (n % 7) as f64 / 7.0).collect::<Vec<_>>(),
    );
    let (mut current, mut suspects) = (per_neuron(room, 0.1), Vec::new());
    let kick: Kick<F> = Kick(std::array::from_fn(|k| 0.25 + k as f64));
    let (open, effect) = (packed.open(), Effect::Current(&mut current));
    let own = Targets { lead: &mut lead, effect, place: &place, suspects: &mut suspects };
    deliver(&open.all.part(open.row(0)), kick, own);
    let bits = |n: usize| [lead[n].bound, lead[n].departure, current[n]].map(f64::to_bits);
    ((0..room).map(bits).collect(), suspects)
}

#[test]
fn a_row_does_the_same_in_any_room() {
    let targets: Vec<u16> = (0..50).map(|k| 83 * k).collect();
    let untouched =
        |left: &(Vec<[u64; 3]>, Vec<u16>)| left.0.iter().filter(|own| **own == left.0[1]).count();
    for kind in ["one", "count", "any count", "real"] {
        let small = left::<SHARED>(SMALL, kind, &targets);
        assert_eq!(untouched(&small), SMALL - 50, "{kind}");
        assert!(!small.1.is_empty(), "{kind}");
        let spread = left::<SPREAD>(SMALL, kind, &targets);
        for room in ROOMS.into_iter().skip(1) {
            let large = left::<SHARED>(room, kind, &targets);
            assert_eq!(untouched(&large), room - 50, "{kind} {room}");
            assert_eq!((&large.0[..SMALL], &large.1), (&small.0[..], &small.1), "{kind} {room}");
            let large = left::<SPREAD>(room, kind, &targets);
            assert_eq!((&large.0[..SMALL], &large.1), (&spread.0[..], &spread.1), "{kind}");
            // The last neurons are as the first.
            let last: Vec<u16> = targets.iter().map(|n| (room - 1) as u16 - n).collect();
            let mut mirrored = left::<SHARED>(room, "one", &last);
            let plain = left::<SHARED>(room, "one", &targets);
            mirrored.0.reverse();
            assert_eq!(mirrored.0, plain.0, "{room}");
        }
    }
}

#[test]
fn few_weights_do_what_the_same_do_as_real_numbers() {
    let targets: Vec<u16> = (0..50).map(|k| 83 * k).collect();
    for (few, real) in [("count", "whole"), ("any count", "any whole")] {
        let excited = left::<SHARED>(SMALL, few, &targets);
        assert_eq!(excited, left::<SHARED>(SMALL, real, &targets));
        assert_eq!(left::<SPREAD>(SMALL, few, &targets), left::<SPREAD>(SMALL, real, &targets));
        let [few, real] = [few, real].map(|kind| format!("inhibiting {kind}"));
        let inhibited = left::<SHARED>(SMALL, &few, &targets);
        assert_eq!(inhibited, left::<SHARED>(SMALL, &real, &targets));
        assert_eq!(left::<SPREAD>(SMALL, &few, &targets), left::<SPREAD>(SMALL, &real, &targets));
        // Nobody comes closer to theta, and need be looked at.
        assert!(!excited.1.is_empty() && inhibited.1.is_empty() && inhibited.0 != excited.0);
    }
}

/// Kicks of these currents at these ports.
fn kicks(ports: &[usize]) -> impl Iterator<Item = (usize, Kick<SHARED>)> {
    ports.iter().map(|&port| (port, Kick([0.2, -0.7, 0.3 + port as f64])))
}

/// What a row leaves whose kernel acts on these of three ports, some of which stand side by side, and the suspects.
fn left_by(
    ports: &[usize],
    pairs: &[[usize; 2]],
    unit: f64,
) -> (Vec<[f64; 5]>, Vec<u16>, &'static str) {
    let mut rows = RowsBuilder::constant(1, unit);
    (0..60).for_each(|k| rows.push(7 * k));
    rows.end_row();
    let mut shelf = Shelf::new(0);
    let packed = Packed::new(rows.finish(), false, &mut shelf);
    shelf.close();
    let mut lead = per_neuron(SMALL, Lead { bound: -0.05, departure: 0.3 });
    let (place, mut suspects) = (vec![0.0; SMALL], Vec::new());
    let mut currents = Currents::none(3, pairs, SMALL);
    let (mut shares, open) = (Shares::default(), packed.open());
    let (one, effect) = match *ports {
        [port] => (kicks(ports).next().unwrap().1, Effect::<SHARED>::of_one(&mut currents, port)),
        _ => {
            let one = shares.sum(kicks(ports));
            (one, Effect::of_several(&mut currents, &shares))
        }
    };
    let name = match effect {
        Effect::Current(_) => "one",
        Effect::OfTwo(..) => "one of two",
        Effect::Both(..) => "both",
        _ => "several",
    };
    let own = Targets { lead: &mut lead, effect, place: &place, suspects: &mut suspects };
    deliver(&open.all.part(open.row(0)), one, own);
    let of = |n: usize| {
        let [a, b, c] = [0, 1, 2].map(|port| currents.at(port, n));
        [lead[n].bound, lead[n].departure, a, b, c]
    };
    ((0..SMALL).map(of).collect(), suspects, name)
}

#[test]
fn currents_side_by_side_get_what_they_get_apart() {
    for unit in [0.5, -0.5] {
        for (ports, apart, together) in [
            (&[0, 1][..], "several", "both"),
            (&[1, 0], "several", "both"),
            (&[0], "one", "one of two"),
            (&[1], "one", "one of two"),
            (&[2], "one", "one"),
        ] {
            let (alone, beside) = (left_by(ports, &[], unit), left_by(ports, &[[0, 1]], unit));
            assert_eq!((alone.2, beside.2), (apart, together), "{ports:?}");
            assert_eq!((&alone.0, &alone.1), (&beside.0, &beside.1), "{ports:?} {unit}");
            assert_eq!(alone.1.is_empty(), unit < 0.0);
            // Every port of the kernel has its own, and no other has any.
            let got = alone.0[7];
            for port in 0..3 {
                let own = if ports.contains(&port) { unit * (0.3 + port as f64) } else { 0.0 };
                assert!((got[2 + port] - own).abs() < 1e-15, "{ports:?} {port}");
            }
        }
    }
}
