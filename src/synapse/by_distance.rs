//! Connections whose probability falls with the distance.

use super::assemblies::steps;
use crate::error::{Error, Result};
use crate::random::Stream;
use crate::space::{Between, Profile};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Every pair at the distance d independently with the probability p(d) = p(0) f(d).
///
/// Hansel and Mato (2013) have a Gaussian on a ring and give the mean number K of senders.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ByDistance {
    /// p(0), above 0 and at most 1 ...
    pub probability: Option<f64>,
    /// ... or in its place how many senders a neuron has on average: p(0) is this over the sum of f over all senders, the
    /// neuron itself among them.
    pub mean_in_degree: Option<f64>,
    /// f(d).
    pub profile: Profile,
}

/// Where runs through all that is left take no more tries than these, on average, they need not be shorter.
const FEW_TRIES: f64 = 1.0;

impl ByDistance {
    /// Refuses what is no probability.
    pub(super) fn check(&self, between: &Between) -> Result<()> {
        self.profile.check(between.senders.space()).map_err(|e| e.within("profile"))?;
        match (self.probability, self.mean_in_degree) {
            (Some(p), None) if !(p > 0.0 && p <= 1.0) => {
                let found = format!("found a connection probability of {p}");
                Err(Error::value(
                    "probability",
                    found,
                    "a probability is above 0 and at most 1",
                    "0.1",
                ))
            }
            (None, Some(k)) if !(k > 0.0 && k.is_finite()) => {
                let found = format!("found a mean in-degree of {k}");
                Err(Error::value("mean_in_degree", found, "a neuron has senders", "100"))
            }
            (None, Some(k)) if self.peak(between) > 1.0 => {
                let most = k / self.peak(between);
                Err(Error::input(
                    format!("found a mean in-degree of {k}"),
                    format!("with this profile a neuron has at most {most:.1} senders on average, where p(0) = 1"),
                    "write a smaller one, or a wider profile",
                )
                .at("mean_in_degree"))
            }
            (Some(_), None) | (None, Some(_)) => Ok(()),
            (given, _) => Err(Error::input(
                match given {
                    Some(_) => "found both `probability` and `mean_in_degree`",
                    None => "found neither `probability` nor `mean_in_degree`",
                },
                "one of them says how many pairs are connected",
                "write for example connect = { distance = { probability = 0.1, profile = { gaussian = \"30 deg\" } } }",
            )),
        }
    }

    /// p(0).
    pub(super) fn peak(&self, between: &Between) -> f64 {
        let by_degree =
            |k: f64| k / (between.senders.len() as f64 * between.mean(|d| self.profile.at(d)));
        self.probability.or(self.mean_in_degree.map(by_degree)).unwrap_or_default()
    }

    /// The mean probability of a pair.
    pub(super) fn mean(&self, between: &Between) -> f64 {
        match self.mean_in_degree {
            Some(k) => k / between.senders.len() as f64,
            None => self.peak(between) * between.mean(|d| self.profile.at(d)),
        }
    }

    /// The same, ready to be drawn.
    pub(super) fn falling<'a>(&self, between: &'a Between) -> Falling<'a> {
        let peak = self.peak(between);
        // Rows of a torus that are expected to have fewer tries are run through together.
        let columns = between.receivers.number()[0] as f64;
        let quiet = FEW_TRIES / 8.0 / (peak * columns);
        let loud = if quiet < 1.0 { self.profile.reach(quiet) } else { -1.0 };
        Falling { profile: self.profile, peak, loud, between }
    }
}

/// A probability that falls with the distance, for the rows of one projection.
pub(super) struct Falling<'a> {
    profile: Profile,
    /// p(0).
    peak: f64,
    /// Rows of the grid beyond this distance are run through together.
    loud: f64,
    between: &'a Between,
}

/// What the draw of a row is about.
struct Row<'a> {
    /// Where the sender is.
    from: [f64; 2],
    /// The column of the receivers that is nearest to it, in parts.
    column: f64,
    stream: &'a mut Stream,
    /// Counted from here.
    start: usize,
    targets: &'a mut Vec<u16>,
}

impl Falling<'_> {
    fn p(&self, d: f64) -> f64 {
        self.peak * self.profile.at(d)
    }

    /// Adds to `targets` (ascending, counted from the start of `portion`) those of `sender` there.
    ///
    /// From the sender outwards receivers are run through by steps from one candidate to the next, in runs over which p falls to
    /// a half: at most two candidates for every synapse.
    pub fn draw_row(
        &self,
        sender: usize,
        portion: &Range<usize>,
        stream: &mut Stream,
        targets: &mut Vec<u16>,
    ) {
        let grid = &self.between.receivers;
        let from = self.between.senders.place(sender);
        let row =
            &mut Row { from, column: grid.column(from[0]), stream, start: portion.start, targets };
        let [columns, _] = grid.number();
        let mut quiet: Option<(Range<usize>, f64)> = None;
        for line in portion.start / columns..portion.end.div_ceil(columns) {
            let first = line * columns;
            let own = portion.start.max(first)..portion.end.min(first + columns);
            let dy = grid.apart(1, grid.place(first)[1], from[1]);
            if dy > self.loud {
                let (before, nearest) = quiet.take().unwrap_or((own.start..own.start, dy));
                quiet = Some((before.start..own.end, nearest.min(dy)));
                continue;
            }
            if let Some((run, nearest)) = quiet.take() {
                self.run(run, self.p(nearest), row);
            }
            self.line(first, own, dy, row);
        }
        if let Some((run, nearest)) = quiet {
            self.run(run, self.p(nearest), row);
        }
        targets.sort_unstable();
    }

    /// The receivers `own` of one row of the grid, which begins with neuron `first` and is `dy` away from the sender.
    fn line(&self, first: usize, own: Range<usize>, dy: f64, row: &mut Row) {
        let grid = &self.between.receivers;
        let columns = grid.number()[0] as i64;
        let (a, b) = ((own.start - first) as i64, (own.end - first) as i64);
        if !grid.space().is_periodic() {
            return self.sides(first as i64, a..b, dy, row);
        }
        // Columns counted on so that each stands on its own side of the sender, at most half a round away.
        let low = (row.column - 0.5 * columns as f64).ceil() as i64;
        let (rounds, seam) = (low.div_euclid(columns), low.rem_euclid(columns));
        let shift = rounds * columns;
        self.sides(first as i64 - shift, a.max(seam) + shift..b + shift, dy, row);
        let shift = shift + columns;
        self.sides(first as i64 - shift, a + shift..b.min(seam) + shift, dy, row);
    }

    /// Receivers `origin + k` for columns k of `columns`, which lie on both sides of the sender or on one.
    fn sides(&self, origin: i64, columns: Range<i64>, dy: f64, row: &mut Row) {
        if columns.is_empty() {
            return;
        }
        let middle = (row.column.ceil() as i64).clamp(columns.start, columns.end);
        let neurons = |of: Range<i64>| (origin + of.start) as usize..(origin + of.end) as usize;
        let mut from = middle;
        while from < columns.end {
            let (p, columns_of_run) = self.stretch(from, columns.end - from, dy, row.column);
            self.run(neurons(from..from + columns_of_run), p, row);
            from += columns_of_run;
        }
        let mut to = middle;
        while to > columns.start {
            let (p, columns_of_run) = self.stretch(to - 1, to - columns.start, dy, row.column);
            self.run(neurons(to - columns_of_run..to), p, row);
            to -= columns_of_run;
        }
    }

    /// The largest probability in a run that begins at column `from` and leads away from the sender, and how many of the
    /// `left` columns it has.
    fn stretch(&self, from: i64, left: i64, dy: f64, column: f64) -> (f64, i64) {
        let step = self.between.receivers.step()[0];
        let dx = (from as f64 - column).abs() * step;
        let f = self.profile.at((dx * dx + dy * dy).sqrt());
        if self.peak * f * left as f64 <= FEW_TRIES {
            return (self.peak * f, left);
        }
        let reach = self.profile.reach(0.5 * f);
        let end = (reach * reach - dy * dy).max(0.0).sqrt();
        // At least one column more than where it begins.
        let more = ((end - dx) / step).clamp(0.0, left as f64) as i64;
        (self.peak * f, (more + 1).min(left))
    }

    /// Draws from `neurons`, of which none has a larger probability than `most`.
    fn run(&self, neurons: Range<usize>, most: f64, row: &mut Row) {
        let grid = &self.between.receivers;
        let (from, start, targets) = (row.from, row.start, &mut *row.targets);
        steps(most.min(1.0), neurons.len(), row.stream, |place, stream| {
            let i = neurons.start + place;
            let p = self.p(grid.distance(grid.place(i), from));
            if p >= most || stream.uniform() * most < p {
                targets.push((i - start) as u16);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pattern::Shares;
    use crate::random::Seed;
    use crate::space::{Grid, Space};
    use crate::synapse::{Connect, Wiring, portions};

    fn read<T: serde::de::DeserializeOwned>(text: &str) -> T {
        #[derive(serde::Deserialize)]
        struct Holder<T> {
            value: T,
        }
        let holder: Holder<T> = toml::from_str(&format!("value = {text}")).unwrap();
        holder.value
    }

    fn wiring(space: &str, rule: &str, (senders, receivers): (usize, usize)) -> Wiring {
        let space: Space = read(space);
        let grid = |number| Grid::new(space, number, "neurons").unwrap();
        let wiring = Wiring {
            connect: Connect::Distance(read(rule)),
            senders,
            receivers,
            recurrent: senders == receivers,
            autapses: false,
            multapses: false,
            shares: Shares::default(),
            between: Some(Between { senders: grid(senders), receivers: grid(receivers) }),
        };
        wiring.check().unwrap();
        wiring
    }

    fn pairs(wiring: &Wiring) -> Vec<(usize, usize)> {
        let mut pairs = Vec::new();
        for (k, portion) in portions(wiring.receivers).iter().enumerate() {
            let mut stream = Seed(3).stream("connect", k as u64);
            wiring.draw(portion, None, None, &mut stream, |sender, targets| {
                assert!(targets.is_sorted_by(|a, b| a < b), "sender {sender}");
                pairs.extend(targets.iter().map(|&t| (sender, portion.start + usize::from(t))));
            });
        }
        pairs
    }

    /// Compares the connections at each of `bins` distances with the sum of their probabilities, and of each octant of senders
    /// and of receivers.
    fn compare(space: &str, rule: &str, sizes: (usize, usize), bins: usize) {
        let wiring = wiring(space, rule, sizes);
        let between = wiring.between.unwrap();
        let Connect::Distance(by) = &wiring.connect else { unreachable!() };
        let peak = by.peak(&between);
        let longest = between.senders.space().longest() * (1.0 + 1e-9);
        let classes = |j: usize, i: usize| {
            let bin = (between.distance(i, j) / longest * bins as f64) as usize;
            [bin, bins + 8 * j / sizes.0, bins + 8 + 8 * i / sizes.1]
        };
        let mut of = vec![(0.0, 0.0, 0.0); bins + 16];
        for (j, i) in (0..sizes.0 * sizes.1).map(|k| (k / sizes.1, k % sizes.1)) {
            if wiring.recurrent && i == j {
                continue;
            }
            let p = peak * by.profile.at(between.distance(i, j));
            for class in classes(j, i) {
                of[class].0 += p;
                of[class].1 += p * (1.0 - p);
            }
        }
        let found = pairs(&wiring);
        for &(j, i) in &found {
            assert!(!wiring.recurrent || i != j);
            classes(j, i).iter().for_each(|&class| of[class].2 += 1.0);
        }
        for (class, &(expected, variance, number)) in of.iter().enumerate() {
            let off = (number - expected).abs();
            // Of rare pairs the distribution is Poisson's: one more than expected is not rare.
            assert!(
                off <= 5.0 * variance.sqrt() + if variance < 1.0 { 3.0 } else { 1e-6 },
                "{space} {rule} {sizes:?}, class {class}: {number}, not {expected}"
            );
        }
        let expected = wiring.expected();
        assert!((found.len() as f64 / expected - 1.0).abs() < 0.05, "{} {expected}", found.len());
    }

    #[test]
    fn pairs_of_every_distance_have_their_probability() {
        for rule in [
            "{ probability = 0.9, profile = { gaussian = \"12 deg\" } }",
            "{ mean_in_degree = 60, profile = { gaussian = \"30 deg\" } }",
            "{ probability = 1.0, profile = { exponential = \"9 deg\" } }",
            "{ probability = 0.3, profile = { box = \"20 deg\" } }",
            "{ probability = 1.0, profile = { box = \"5 deg\" } }",
            "{ probability = 0.1, profile = \"cosine\" }",
            "{ probability = 0.001, profile = { gaussian = \"170 deg\" } }",
        ] {
            for sizes in [(2100, 2100), (500, 1500), (1500, 500)] {
                compare("{ ring = \"360 deg\" }", rule, sizes, 12);
            }
        }
        for rule in [
            "{ probability = 0.8, profile = { gaussian = \"0.05 mm\" } }",
            "{ probability = 0.2, profile = { exponential = \"0.3 mm\" } }",
            "{ mean_in_degree = 10, profile = { box = \"0.1 mm\" } }",
        ] {
            for sizes in [(1600, 1600), (400, 2500)] {
                compare("{ line = \"1 mm\" }", rule, sizes, 10);
                compare("{ torus = [\"1 mm\", \"1 mm\"] }", rule, sizes, 10);
            }
            compare("{ torus = [\"2 mm\", \"0.5 mm\"] }", rule, (1600, 900), 10);
        }
    }

    #[test]
    fn a_large_ring_is_drawn_in_proportion_to_its_synapses() {
        // 3 10^10 pairs, of which 3.4 million are connected.
        let wiring = wiring(
            "{ ring = \"360 deg\" }",
            "{ mean_in_degree = 20, profile = { gaussian = \"1 deg\" } }",
            (170_000, 170_000),
        );
        let found = pairs(&wiring).len() as f64;
        // Without autapses some are missing.
        let Connect::Distance(by) = &wiring.connect else { unreachable!() };
        let expected = 170_000.0 * (20.0 - by.peak(&wiring.between.unwrap()));
        assert!((found - expected).abs() < 5.0 * expected.sqrt(), "{found}, not {expected}");
    }

    #[test]
    fn a_box_holds_the_places_on_its_border() {
        for (space, sides, numbers) in [
            ("{ ring = \"360 deg\" }", 360.0, [100, 1]),
            ("{ ring = \"1.1 mm\" }", 1.1, [700, 1]),
            ("{ line = \"0.7 mm\" }", 0.7, [300, 1]),
            ("{ torus = [\"1 mm\", \"1 mm\"] }", 1.0, [20, 20]),
            ("{ torus = [\"0.6 mm\", \"0.3 mm\"] }", 0.6, [20, 10]),
        ] {
            let unit = if space.contains("deg") { "deg" } else { "mm" };
            let ([columns, _], n) = (numbers, numbers[0] * numbers[1]);
            let apart = |axis: usize, a: usize, b: usize| match space.contains("line") {
                true => a.abs_diff(b),
                false => a.abs_diff(b).min(numbers[axis] - a.abs_diff(b)),
            };
            for k in (1..=columns / 2).step_by(columns.div_ceil(100)) {
                let width = k as f64 * sides / columns as f64;
                let rule =
                    format!("{{ probability = 1, profile = {{ box = \"{width} {unit}\" }} }}");
                let wiring = wiring(space, &rule, (n, n));
                let within = |j: usize, i: usize| {
                    let dx = apart(0, j % columns, i % columns);
                    let dy = apart(1, j / columns, i / columns);
                    i != j && dx * dx + dy * dy <= k * k
                };
                let all = (0..n * n).map(|pair| (pair / n, pair % n));
                let due: Vec<_> = all.filter(|&(j, i)| within(j, i)).collect();
                let found = pairs(&wiring);
                assert!(found == due, "{space} {width}: {} of {}", found.len(), due.len());
                let expected = wiring.expected();
                let off = (expected - due.len() as f64).abs();
                assert!(off < 1e-6, "{space} {width}: {expected}, not {}", due.len());
            }
        }
    }

    #[test]
    fn a_profile_as_narrow_as_a_step_keeps_its_in_degree() {
        for (width, k) in [(0.05, 0.3), (0.36, 0.9), (0.36, 2.0)] {
            let rule =
                format!("{{ mean_in_degree = {k:?}, profile = {{ gaussian = \"{width} deg\" }} }}");
            let wiring = wiring("{ ring = \"360 deg\" }", &rule, (1000, 700));
            let (found, due) = (pairs(&wiring).len() as f64, 700.0 * k);
            assert!((wiring.expected() - due).abs() < 1e-9, "{}", wiring.expected());
            assert!((found - due).abs() < 5.0 * due.sqrt(), "{width} {k}: {found}, not {due}");
        }
    }

    #[test]
    fn impossible_rules_are_refused() {
        let refused = |rule: &str| {
            let mut wiring = wiring(
                "{ ring = \"360 deg\" }",
                "{ probability = 0.1, profile = \"cosine\" }",
                (100, 100),
            );
            wiring.connect = Connect::Distance(read(rule));
            wiring.check().unwrap_err().to_string()
        };
        for (rule, reason) in [
            (
                "{ probability = 1.5, profile = \"cosine\" }",
                "probability: found a connection probability of 1.5",
            ),
            (
                "{ mean_in_degree = 0, profile = \"cosine\" }",
                "mean_in_degree: found a mean in-degree of 0",
            ),
            ("{ mean_in_degree = 51, profile = \"cosine\" }", "at most 50.0 senders on average"),
            ("{ profile = \"cosine\" }", "found neither `probability` nor"),
            ("{ probability = 0.1, mean_in_degree = 5, profile = \"cosine\" }", "found both"),
            (
                "{ probability = 0.1, profile = { gaussian = \"1 mm\" } }",
                "profile.gaussian: found 1 mm on a ring",
            ),
            (
                "{ probability = 0.1, profile = { box = \"0 deg\" } }",
                "profile.box: found a width of 0 deg",
            ),
        ] {
            let message = refused(rule);
            assert!(message.contains(reason), "{message}");
        }
    }
}
