//! How many pairs of neurons have patterns in common, before patterns are drawn.

use super::{AssemblyPatterns, PatternSource};

/// Expected shares of all pairs of a sender and a receiver, and of the receivers.
///
/// Exact of assemblies (to some neurons, if of three assemblies those of one side alone are a ring); of other patterns as if they
/// were independent of one another.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Shares {
    /// Of pairs that have at least one pattern in common.
    pub common: f64,
    /// Of the other pairs, those whose receiver is in a pattern that follows one of the sender.
    pub next: f64,
    /// Of senders and of receivers that are in at least one pattern.
    pub selective: (f64, f64),
}

impl Shares {
    /// Between populations with these patterns, as many of both; `cyclic` says whether the first pattern follows the last.
    pub(crate) fn of(senders: &PatternSource, receivers: &PatternSource, cyclic: bool) -> Self {
        let number = receivers.number() as f64;
        if let (PatternSource::Assemblies(from), PatternSource::Assemblies(to)) =
            (senders, receivers)
        {
            return Self::of_assemblies(from, to, cyclic);
        }
        let (a, b) = (senders.coding_level(), receivers.coding_level());
        let any = |p: f64, tries: f64| 1.0 - libm::pow(1.0 - p, tries);
        let common = any(a * b, number);
        let selective = (any(a, number), any(b, number));
        let none = without_kin((a, b), receivers.number(), cyclic);
        Self { common, next: (1.0 - common - none).max(0.0), selective }
    }

    fn of_assemblies(from: &AssemblyPatterns, to: &AssemblyPatterns, cyclic: bool) -> Self {
        let number = to.number as f64;
        let all = |of: &AssemblyPatterns| of.coding_level;
        let part = |of: &AssemblyPatterns| of.coding_level * of.overlap;
        let own = |of: &AssemblyPatterns| all(of) - part(of);
        // Pairs with neurons that neighbours have in common would count twice.
        let neighbours = if from.cyclic && to.cyclic { number } else { number - 1.0 };
        let common = number * all(from) * all(to) - neighbours * part(from) * part(to);
        // From the last assembly to the first, which may have nothing in common.
        let end =
            |of: &AssemblyPatterns| if of.cyclic || number == 2.0 { own(of) } else { all(of) };
        let middle = if number == 3.0 { part(from) * part(to) } else { 0.0 };
        let open = if from.cyclic || to.cyclic { 0.0 } else { middle };
        let back = if cyclic && number > 1.0 { end(from) * end(to) - open } else { 0.0 };
        let some =
            |of: &AssemblyPatterns| number * own(of) + if of.cyclic { 0.0 } else { part(of) };
        let next = (number - 1.0) * own(from) * own(to) + back;
        Self { common, next, selective: (some(from), some(to)) }
    }
}

/// The probability that a receiver has neither a pattern of its sender nor one that follows it, of independent patterns with the
/// coding levels `a` of senders and `b` of receivers: the mean over the sender's patterns, bit by bit, of (1 - b) to the number
/// of patterns that the receiver must not have.
fn without_kin((a, b): (f64, f64), number: usize, cyclic: bool) -> f64 {
    // From one pattern to the next; [0] where the sender is not in it.
    let step = |v: [f64; 2]| [(1.0 - a) * (v[0] + (1.0 - b) * v[1]), a * (1.0 - b) * (v[0] + v[1])];
    let after = |start: [f64; 2]| (0..number).fold(start, |v, _| step(v));
    match cyclic {
        false => after([1.0, 0.0]).iter().sum(),
        // The pattern before the first is the last.
        true => after([1.0, 0.0])[0] + after([0.0, 1.0])[1],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pattern::Patterns;
    use crate::random::Seed;

    /// The same, counted pair by pair.
    fn counted(
        from: &PatternSource,
        to: &PatternSource,
        cyclic: bool,
        sizes: (usize, usize),
    ) -> Shares {
        let (xi, eta) = (from.draw("A", sizes.0, Seed(1)), to.draw("B", sizes.1, Seed(1)));
        let number = eta.number();
        let mut shares = Shares::default();
        for (j, i) in (0..sizes.0 * sizes.1).map(|k| (k / sizes.1, k % sizes.1)) {
            let follows = |mu: usize| {
                let next = (mu + 1) % number;
                (cyclic || next > 0) && eta.contains(next, i)
            };
            if eta.shared(i, &xi, j) > 0 {
                shares.common += 1.0;
            } else if xi.of(j).any(follows) {
                shares.next += 1.0;
            }
        }
        let pairs = (sizes.0 * sizes.1) as f64;
        let some = |of: &Patterns| {
            let number = (0..of.neurons()).filter(|&i| of.memberships(i) > 0).count();
            number as f64 / of.neurons() as f64
        };
        Shares {
            common: shares.common / pairs,
            next: shares.next / pairs,
            selective: (some(&xi), some(&eta)),
        }
    }

    #[test]
    fn shares_are_those_that_are_counted() {
        let of = |text: &str| -> PatternSource { toml::from_str(text).unwrap() };
        let assemblies = |more: &str| of(&format!("[assemblies]\nnumber = 5\n{more}"));
        for (from, to, sizes) in [
            ("coding_level = 0.1", "coding_level = 0.2", (200, 50)),
            ("coding_level = 0.2\noverlap = 0.5", "coding_level = 0.1\noverlap = 0.2", (200, 50)),
            ("coding_level = 0.2\noverlap = 0.25\ncyclic = true", "coding_level = 0.2", (60, 100)),
        ] {
            let (from, to) = (assemblies(from), assemblies(to));
            for cyclic in [false, true] {
                let (expected, found) =
                    (Shares::of(&from, &to, cyclic), counted(&from, &to, cyclic, sizes));
                let near = |x: f64, y: f64| (x - y).abs() < 1e-12;
                assert!(
                    near(expected.common, found.common)
                        && near(expected.selective.0, found.selective.0)
                        && near(expected.selective.1, found.selective.1)
                        && near(expected.next, found.next),
                    "{expected:?} {found:?}"
                );
            }
        }
        let three = of("[assemblies]\nnumber = 3\ncoding_level = 0.2\noverlap = 0.25");
        let two = of("[assemblies]\nnumber = 2\ncoding_level = 0.2\noverlap = 0.25");
        for chain in [three, two] {
            let (expected, found) =
                (Shares::of(&chain, &chain, true), counted(&chain, &chain, true, (40, 40)));
            assert!((expected.next - found.next).abs() < 1e-12, "{expected:?} {found:?}");
        }
        let ring = assemblies("coding_level = 0.2\noverlap = 0.25\ncyclic = true");
        assert!(
            (Shares::of(&ring, &ring, true).common - counted(&ring, &ring, true, (60, 60)).common)
                .abs()
                < 1e-12
        );
        let random = of("[random]\nnumber = 40\ncoding_level = 0.1");
        for cyclic in [false, true] {
            let (expected, found) = (
                Shares::of(&random, &random, cyclic),
                counted(&random, &random, cyclic, (400, 400)),
            );
            for (x, y) in [
                (expected.common, found.common),
                (expected.next, found.next),
                (expected.selective.0, found.selective.0),
            ] {
                assert!((x / y - 1.0).abs() < 0.05, "{expected:?} {found:?}");
            }
        }
    }
}
