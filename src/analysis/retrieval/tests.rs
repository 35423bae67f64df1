//! What becomes of a cue, from overlaps made by hand.

use super::*;
use crate::analysis::{Expect, Outcome, Retrieval, Verdict};
use crate::units::{Rate, Time};

/// The cue ends after 100 ms.
const CRITERION: Criterion = Criterion {
    above: 10.0,
    within: 200.0,
    others_below: 0.5,
    others_within: 300.0,
    window: 100.0,
};

fn windows(rows: &[[f64; 3]]) -> Vec<Window> {
    let window = |(k, row): (usize, &[f64; 3])| Window {
        start: 100.0 * k as f64,
        stop: 100.0 * (k + 1) as f64,
        overlaps: row.to_vec(),
    };
    rows.iter().enumerate().map(window).collect()
}

/// A cue of the first of three patterns at 0 ms; rows are overlaps in Hz, one for every 100 ms.
fn judged(criterion: Criterion, rows: &[[f64; 3]]) -> Found {
    let end = 100.0 * rows.len() as f64;
    let cue = Cue { pattern: 0, onset: 0.0, offset: 100.0, until: end };
    let all = windows(rows);
    let from = |ms: f64| all.get((ms / 100.0) as usize..).unwrap_or_default();
    let held = from(criterion.within);
    let means =
        (0..3).map(|mu| held.iter().map(|w| w.overlaps[mu]).sum::<f64>() / held.len() as f64);
    let whole = Window { start: criterion.within, stop: end, overlaps: means.collect() };
    let seen = Windows {
        whole: (!held.is_empty()).then_some(&whole),
        held,
        alone: from(criterion.others_within),
        rising: &all,
    };
    Found::judge(&criterion, cue, &seen)
}

fn memory(found: Found) -> Memory {
    Memory {
        population: "E".to_owned(),
        criterion: CRITERION,
        cues: vec![found],
        spontaneous: None,
        reference: Some(40.0),
        background: None,
        delays: Vec::new(),
        epochs: Vec::new(),
        patterns: Patterns::from_foreground(10, vec![vec![0, 1], vec![2, 3], vec![4]]),
    }
}

#[test]
fn every_fate_is_told_from_the_windows() {
    let on = [40.0, 1.0, 0.0];
    let off = [1.0, 0.0, 2.0];
    let cases: [(&[[f64; 3]], Fate); 12] = [
        (&[off, on, on, on, on], Fate::Held),
        // Before they must be met the bounds may be broken.
        (&[off, off, [20.0, 19.0, 0.0], on, on], Fate::Held),
        (&[off, on, on, [10.0, 0.0, 0.0], on], Fate::Weak),
        (&[off, on, on, [40.0, 20.0, 0.0], on], Fate::Weak),
        (&[off, on, on, on, [40.0, 20.0, 0.0]], Fate::Weak),
        (&[off, on, on, on, [15.0, 31.0, 0.0]], Fate::Replaced(1)),
        (&[off, on, on, on, [1.0, 20.0, 21.0]], Fate::Confused(2)),
        (&[off, on, on, on, off], Fate::Lost),
        (&[off, off, off, off, off], Fate::NotRetrieved),
        // What the cue drives is no memory.
        (&[on, off, off, off, off], Fate::NotRetrieved),
        (&[off, on, on], Fate::Unjudged(Reason::OthersShort)),
        (&[off, on], Fate::Unjudged(Reason::Short)),
    ];
    for (rows, fate) in cases {
        assert_eq!(judged(CRITERION, rows).fate, fate, "{rows:?}");
    }
    assert_eq!(judged(CRITERION, &[]).fate, Fate::Unjudged(Reason::Short));
    // A bound that is broken needs no others; of equal overlaps the cued one comes first.
    assert_eq!(judged(CRITERION, &[off, on, off]).fate, Fate::Lost);
    assert_eq!(judged(CRITERION, &[on, on, on, [20.0; 3], [20.0; 3]]).fate, Fate::Weak);
    let empty = [f64::NAN, 1.0, 0.0];
    assert_eq!(judged(CRITERION, &[empty; 5]).fate, Fate::Unjudged(Reason::Empty));
}

#[test]
fn the_numbers_say_where_a_bound_was_broken() {
    let rows =
        [[1.0, 0.0, 2.0], [12.0, 0.0, 0.0], [40.0, 0.0, 9.0], [8.0, 3.0, 0.0], [40.0, 9.0, 10.0]];
    let found = judged(CRITERION, &rows);
    assert_eq!(found.least, Some((8.0, 300.0)));
    assert_eq!(found.other.map(|o| (o.pattern, o.start, o.of_cued)), Some((1, 300.0, 0.375)));
    assert_eq!(found.overlap, 88.0 / 3.0);
    assert_eq!((found.windows, found.holds, found.retrieval), (3, Some(0), Some(200.0)));
    assert_eq!((found.last, found.since), (Some(40.0), None));
    assert_eq!(
        found.describe(&CRITERION, Some(40.0)),
        "pattern 1 (cue at 0.000 s): its overlap dips to 8.00 Hz (0.200 of the delay rate) at 0.300 s (bound 10 Hz); \
         it stays the largest overlap"
    );
    let crowded = judged(CRITERION, &[[40.0, 0.0, 0.0], [40.0; 3], [40.0; 3], [40.0, 24.0, 0.0]]);
    assert_eq!(
        crowded.describe(&CRITERION, None),
        "pattern 1 (cue at 0.000 s): pattern 2 reaches 24.00 Hz, 0.6000 of it, at 0.300 s (bound 0.5); \
         it stays the largest overlap"
    );
}

#[test]
fn what_is_gone_is_told_with_what_is_there_and_since_when() {
    let told = |rows: &[[f64; 3]]| judged(CRITERION, rows).describe(&CRITERION, Some(40.0));
    let on = [40.0, 1.0, 0.0];
    assert_eq!(
        told(&[on, on, on, [9.0, 0.0, 0.0], [2.0, 0.0, 3.0]]),
        "pattern 1 (cue at 0.000 s): lost: its overlap is 2.00 Hz (0.050 of the delay rate) at the end, not above 10 \
         Hz from 0.300 s on"
    );
    assert_eq!(
        told(&[on, on, on, on, [15.0, 31.0, 0.0]]),
        "pattern 1 (cue at 0.000 s): replaced by pattern 2 with 31.00 Hz at the end; its own overlap is 15.00 Hz \
         (0.375 of the delay rate)"
    );
    assert_eq!(
        told(&[on, on, on, on, [1.0, 20.0, 21.0]]),
        "pattern 1 (cue at 0.000 s): confused: at the end none stands out, and the largest overlap is that of pattern \
         3 with 21.00 Hz; its own is 1.00 Hz (0.025 of the delay rate), not above 10 Hz from 0.400 s on"
    );
}

#[test]
fn a_cued_overlap_that_is_gone_is_below_every_other() {
    let silent = judged(CRITERION, &[[0.0; 3]; 5]);
    assert_eq!((silent.fate, silent.other.map(|o| o.of_cued)), (Fate::NotRetrieved, Some(0.0)));
    let below = judged(CRITERION, &[[-2.0, 1.0, 0.0]; 5]);
    assert_eq!(below.other.map(|o| o.of_cued), Some(f64::INFINITY));
}

#[test]
fn a_verdict_follows_from_what_became_of_every_cue() {
    let judge = |outcome, rows: &[[f64; 3]]| -> Verdict {
        let retrieval = Retrieval {
            outcome,
            cued_above: Rate::new(10.0),
            cued_within: Time::new(200.0),
            others_below: 0.5,
            others_within: Time::new(300.0),
            window: Time::new(100.0),
        };
        retrieval.judge(&memory(judged(CRITERION, rows)))
    };
    let on = [40.0, 1.0, 0.0];
    let (held, weak) = ([on; 5], [on, on, on, [9.0, 0.0, 0.0], on]);
    let lost = [on, on, on, [9.0, 0.0, 0.0], [0.0; 3]];
    for (rows, if_held, if_lost) in [
        (&held[..], true, false),
        (&weak, false, false),
        (&lost, false, true),
        (&held[..2], false, false),
    ] {
        assert_eq!(judge(Outcome::Held, rows).met, if_held, "{rows:?}");
        assert_eq!(judge(Outcome::Lost, rows).met, if_lost, "{rows:?}");
    }
    assert_eq!(
        judge(Outcome::Held, &held).found,
        "1 of 1 cues held; least held overlap 40.00 Hz (pattern 1, 0.200 s), largest other 1.00 Hz, 0.0250 of the \
         cued one (pattern 2, 0.300 s); delay rate 40.00 Hz"
    );
    let nothing = Memory { cues: Vec::new(), ..memory(judged(CRITERION, &held)) };
    assert!(!Retrieval { outcome: Outcome::Lost, ..Retrieval::default() }.judge(&nothing).met);
    assert_eq!(Expect::default().criterion(), Criterion::default());
}
