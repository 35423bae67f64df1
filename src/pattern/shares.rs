//! How many pairs of neurons have patterns in common, before patterns are drawn.

use super::{AssemblyPatterns, PatternSource};

/// Expected shares of all pairs of a sender and a receiver, and of the receivers.
///
/// Exact of assemblies; of other patterns as if they were independent of one another.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Shares {
    /// Of pairs that have at least one pattern in common.
    pub common: f64,
    /// Of the other pairs, those whose receiver is in a pattern that follows one of the sender.
    pub next: f64,
    /// Of receivers that are in at least one pattern.
    pub selective: f64,
}

impl Shares {
    /// Between populations with these patterns, as many of both; `cyclic` says whether the first pattern follows the last.
    pub(crate) fn of(senders: &PatternSource, receivers: &PatternSource, cyclic: bool) -> Self {
        let number = receivers.number() as f64;
        let followed = if cyclic { number } else { number - 1.0 };
        if let (PatternSource::Assemblies(from), PatternSource::Assemblies(to)) =
            (senders, receivers)
        {
            // Neighbours have a part in common: its pairs would count twice.
            let product = |f: fn(&AssemblyPatterns) -> f64| f(from) * f(to);
            let neighbours = if from.cyclic && to.cyclic { number } else { number - 1.0 };
            let part = |of: &AssemblyPatterns| of.coding_level * of.overlap;
            let own = |of: &AssemblyPatterns| of.coding_level * (1.0 - of.overlap);
            return Self {
                common: number * product(|of| of.coding_level) - neighbours * product(part),
                next: followed * product(own),
                selective: number * own(to) + if to.cyclic { 0.0 } else { part(to) },
            };
        }
        let (a, b) = (senders.coding_level(), receivers.coding_level());
        let any = |p: f64, tries: f64| 1.0 - libm::pow(1.0 - p, tries);
        let common = any(a * b, number);
        Self { common, next: (1.0 - common) * any(a * b, followed), selective: any(b, number) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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
        let selective = (0..sizes.1).filter(|&i| eta.memberships(i) > 0).count() as f64;
        Shares {
            common: shares.common / pairs,
            next: shares.next / pairs,
            selective: selective / sizes.1 as f64,
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
                        && near(expected.selective, found.selective)
                        && near(expected.next, found.next),
                    "{expected:?} {found:?}"
                );
            }
        }
        let ring = assemblies("coding_level = 0.2\noverlap = 0.25\ncyclic = true");
        assert!(
            (Shares::of(&ring, &ring, true).common - counted(&ring, &ring, true, (60, 60)).common)
                .abs()
                < 1e-12
        );
        let random = of("[random]\nnumber = 40\ncoding_level = 0.1");
        let (expected, found) =
            (Shares::of(&random, &random, false), counted(&random, &random, false, (400, 400)));
        for (x, y) in [
            (expected.common, found.common),
            (expected.next, found.next),
            (expected.selective, found.selective),
        ] {
            assert!((x / y - 1.0).abs() < 0.05, "{expected:?} {found:?}");
        }
    }
}
