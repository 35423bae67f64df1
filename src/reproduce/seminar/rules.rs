//! B15: what other learning rules keep.

use super::super::{Check, Workshop};
use super::of_seeds;
use crate::error::Result;
use crate::learning::unstable;
use crate::pattern::Patterns;
use crate::statistics::Mean;
use crate::theory;
use crate::work::each;

/// Neurons of the networks that are compared.
const SIZE: usize = 100;
/// Loads at which every rule is tried.
const NUMBERS: [usize; 9] = [1, 5, 10, 20, 40, 60, 80, 99, 140];

/// A network of `size` neurons that learned `number` patterns: the share that are strict fixed points.
fn stable(workshop: &Workshop, rule: &str, (size, number): (usize, usize)) -> Result<f64> {
    let settings = [
        format!("population.N.size={size}"),
        format!("patterns.N.random.number={number}"),
        format!("projection.J.learning={rule}"),
        format!("task.recall.trials={number}"),
        "task.recall.sweeps=1".to_owned(),
    ];
    let networks = of_seeds(3, |seed| {
        let settings: Vec<&str> = settings.iter().map(String::as_str).chain([seed]).collect();
        let built = workshop.build("capacity", &settings)?;
        let Some((patterns, couplings)) = built.learned() else { return Ok(f64::NAN) };
        let strict = |mu: &usize| {
            let one = Patterns::from_foreground(size, vec![patterns.foreground(*mu).to_vec()]);
            unstable(couplings, &one, &one) == 0
        };
        Ok((0..number).filter(strict).count() as f64 / number as f64)
    })?;
    Ok(Mean::of(networks).value)
}

pub fn b15(workshop: &Workshop) -> Result<Vec<Check>> {
    let rules = [
        ("Hebb", "{ hebb = {} }"),
        ("covariance", "{ low_activity = { a = 0.5 } }"),
        ("Storkey", "{ storkey = {} }"),
        ("MacKay (200 loops)", "{ gradient = { eta = 0.01, alpha = 0.1, loops = 200 } }"),
        ("pseudo-inverse", "{ pseudo_inverse = {} }"),
        ("perceptron", "{ perceptron = { loops = 2000 } }"),
    ];
    let most = |&(name, rule): &(&str, &str)| -> Result<usize> {
        let mut most = 0;
        for number in NUMBERS {
            let dependent = name == "pseudo-inverse" && number >= SIZE;
            if dependent || stable(workshop, rule, (SIZE, number))? < 0.99 {
                break;
            }
            most = number;
        }
        Ok(most)
    };
    let kept: Vec<usize> = each(&rules, most).into_iter().collect::<Result<_>>()?;
    let list: Vec<String> =
        rules.iter().zip(&kept).map(|((name, _), p)| format!("{name} {p}")).collect();
    let mut checks = vec![Check::that(
        kept[0] > 0
            && kept[0] == kept[1]
            && kept[2..].iter().all(|p| *p > kept[0])
            && kept[5] > SIZE,
        "N = 100, 99 % exact up to P (of 1, 5, 10, 20, 40, 60, 80, 99, 140): more than Hebb",
        list.join(", "),
    )];
    checks.extend(projection(workshop)?);
    checks.extend(separability(workshop)?);
    for name in ["storkey", "pseudo-inverse"] {
        let ran = workshop.run(name, &[])?;
        let met = ran.summary.expect.iter().filter(|verdict| verdict.met).count();
        let all = ran.summary.expect.len() as u64;
        checks.push(Check::exactly(&format!("models/{name}.toml as expected"), all, met as u64));
    }
    Ok(checks)
}

/// The pseudo-inverse rule keeps every number of patterns below N.
fn projection(workshop: &Workshop) -> Result<Vec<Check>> {
    let numbers: Vec<usize> = (1..SIZE).collect();
    let share = |&p: &usize| Ok((p, stable(workshop, "{ pseudo_inverse = {} }", (SIZE, p))?));
    let shares: Vec<(usize, f64)> = each(&numbers, share).into_iter().collect::<Result<_>>()?;
    let lost: Vec<usize> =
        shares.into_iter().filter(|(_, share)| *share < 1.0).map(|(p, _)| p).collect();
    Ok(vec![Check::exactly(
        "pseudo-inverse, N = 100: of P = 1 ... 99, with a pattern that is no fixed point",
        0,
        lost.len() as u64,
    )])
}

/// The perceptron rule keeps all of 1.55 N patterns; none can keep more than 2 N.
fn separability(workshop: &Workshop) -> Result<Vec<Check>> {
    let size = 200;
    let few = stable(workshop, "{ perceptron = { loops = 20000 } }", (size, 310))?;
    // A rule that keeps all patterns separates, at every neuron, P points in N - 1 dimensions.
    let (number, inputs) = (460, size as u32 - 1);
    let chance = theory::capacity::separable(number as u32, inputs);
    let many = stable(workshop, "{ perceptron = { loops = 100 } }", (size, number))?;
    Ok(vec![
        Check::at_least("perceptron, N = 200, P = 1.55 N: share of exact fixed points", 1.0, few),
        Check::that(
            many < 1.0,
            format!(
                "P = 2.3 N: not all (one neuron can with probability {chance:.1e}, all of 200 never)"
            ),
            format!("{:.1} %", 100.0 * many),
        ),
    ])
}
