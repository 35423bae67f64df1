use super::*;

fn all() -> Vec<Transfer> {
    vec![
        Transfer::Linear { gain: 0.7 },
        Transfer::ThresholdLinear { gain: 2.0, threshold: 0.3 },
        Transfer::Saturating { low: -1.5, high: 0.75, gain: 0.5 },
        Transfer::Tanh { gain: 1.3 },
        Transfer::Logistic { r_max: 76.2, beta: 0.82, h0: 2.46 },
        Transfer::Erf { r_max: 1.5, h0: 0.22, sigma: 0.4 },
        Transfer::Step { threshold: 0.2, low: -1.0, high: 2.0 },
        Transfer::Lif {
            tau_m: Time::new(20.0),
            theta: Voltage::new(20.0),
            v_reset: Voltage::new(10.0),
            t_ref: Time::new(2.0),
            sigma: Voltage::new(5.0),
        },
    ]
}

/// Inputs away from the corners of all functions.
fn inputs() -> impl Iterator<Item = f64> {
    (0..60).map(|k| -2.93 + 0.1 * f64::from(k))
}

#[test]
fn functions_never_fall_and_stay_in_their_range() {
    for transfer in all() {
        transfer.check().unwrap();
        let values: Vec<f64> = inputs().map(|h| transfer.value(h)).collect();
        assert!(values.is_sorted(), "{transfer:?}");
        let (low, high) = transfer.range();
        assert!(values.iter().all(|r| (low..=high).contains(r)), "{transfer:?}");
        for h in [-1e9, 1e9] {
            assert!(transfer.value(h).is_finite(), "{transfer:?}");
        }
    }
}

#[test]
fn slopes_are_derivatives() {
    for transfer in all() {
        for h in inputs() {
            let d = 1e-5;
            let numeric = (transfer.value(h + d) - transfer.value(h - d)) / (2.0 * d);
            let scale = 1.0 + numeric.abs();
            assert!((transfer.slope(h) - numeric).abs() < 2e-7 * scale, "{transfer:?} at {h}");
        }
    }
}

#[test]
fn the_inverse_undoes_it_and_the_cost_is_its_integral() {
    for transfer in all() {
        let (low, high) = transfer.range();
        for r in inputs().map(|r| 10.0 * r).chain(inputs()).filter(|r| *r > low && *r < high) {
            let Some(h) = transfer.inverse(r) else { continue };
            assert!((transfer.value(h) - r).abs() < 1e-12 * (1.0 + r.abs()), "{transfer:?} {r}");
            let d = 1e-4;
            if r - d <= low || r + d >= high {
                continue;
            }
            let cost = |r| transfer.cost(r).unwrap();
            let numeric = (cost(r + d) - cost(r - d)) / (2.0 * d);
            assert!((numeric - h).abs() < 1e-5 * (1.0 + h.abs()), "{transfer:?} at {r}");
        }
    }
    // Where there is no closed inverse, inputs are found for the levels of a step and by bisection.
    let (step, lif) = (all().swap_remove(6), all().swap_remove(7));
    assert_eq!([-1.0, 2.0].map(|r| step.value(step.input_for(r))), [-1.0, 2.0]);
    assert!([0.5, 30.0, 400.0].iter().all(|r| (lif.value(lif.input_for(*r)) - r).abs() < 1e-6));
    // At the ends of a range that is only approached the cost is finite, beyond it is not.
    let tanh = Transfer::Tanh { gain: 2.0 };
    assert_eq!(tanh.cost(1.0), Some(0.5 * 2.0 * std::f64::consts::LN_2 / 2.0));
    assert_eq!((tanh.cost(1.1), tanh.inverse(1.0)), (Some(f64::INFINITY), Some(f64::INFINITY)));
}

#[test]
fn between_its_edges_a_function_has_one_formula() {
    for transfer in all() {
        let edges = transfer.edges();
        for h in inputs().map(|h| 2.0 * h) {
            let piece = edges.iter().filter(|&&edge| h >= edge).count() as u8;
            assert_eq!(transfer.extended(h, piece), transfer.value(h), "{transfer:?} at {h}");
        }
        // Corners are continued, and steps are none.
        for edge in edges.iter().filter(|_| !matches!(transfer, Transfer::Step { .. })) {
            let above = edges.iter().filter(|&e| e <= edge).count() as u8;
            let sides = [above - 1, above].map(|piece| transfer.extended(*edge, piece));
            assert!((sides[0] - sides[1]).abs() < 1e-15, "{transfer:?}");
        }
    }
}
