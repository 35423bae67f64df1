//! Efficacies of synapses one by one, as a file has them.

use crate::synapse::RowsBuilder;

/// Efficacies of synapses one by one.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Efficacies {
    kind: Kind,
    /// In its unit; empty if all are 1.
    of: Vec<f32>,
    /// Their sizes, if they are kept as they stand.
    exact: Vec<f64>,
}

/// Of which numbers efficacies are made, and their unit in mV.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    /// All are the unit.
    One(f64),
    /// Whole numbers.
    Counts(f64),
    /// Any numbers, which are kept as f32.
    Reals(f64),
    /// Any numbers of one sign, that of the unit, which is 1 or -1; they are kept as they stand.
    Exact(f64),
}

impl Efficacies {
    /// Those of these `values`, mV.
    ///
    /// # Errors
    /// The first value that is not of that kind, and what is allowed.
    pub fn new(kind: Kind, values: &[f64]) -> Result<Self, (usize, &'static str)> {
        let (unit, allowed) = match kind {
            Kind::One(0.0) | Kind::Counts(0.0) | Kind::Reals(0.0) => {
                return Err((0, "a synapse has an effect"));
            }
            Kind::One(unit) => (unit, "all of them are one unit"),
            Kind::Counts(unit) => (unit, "all of them are whole numbers of units"),
            Kind::Reals(unit) => (unit, "it is kept in single precision"),
            Kind::Exact(unit) => (unit, "all of them are finite and of one sign"),
        };
        let fits = |value: &f64| match kind {
            Kind::One(unit) => *value == unit,
            Kind::Counts(unit) => {
                let count = (value / unit).round();
                (0.0..1e6).contains(&count) && count * unit == *value
            }
            Kind::Reals(unit) => ((value / unit) as f32).is_finite(),
            Kind::Exact(unit) => {
                value.is_finite() && value.is_sign_negative() == unit.is_sign_negative()
            }
        };
        match values.iter().position(|value| !fits(value)) {
            Some(row) => Err((row, allowed)),
            None if matches!(kind, Kind::One(_)) => Ok(Self::of(kind, Vec::new())),
            None if matches!(kind, Kind::Exact(_)) => {
                let exact = values.iter().map(|value| value.abs()).collect();
                Ok(Self { kind, of: Vec::new(), exact })
            }
            // To the nearest: a count or an f32 times the unit gives it back, within half a step of its own precision.
            None => Ok(Self::of(kind, values.iter().map(|v| (v / unit) as f32).collect())),
        }
    }

    fn of(kind: Kind, of: Vec<f32>) -> Self {
        Self { kind, of, exact: Vec::new() }
    }

    /// The same in single precision, as synapses of several delays have them.
    pub fn rounded(self) -> Self {
        match self.kind {
            Kind::Exact(unit) => {
                Self::of(Kind::Reals(unit), self.exact.iter().map(|w| *w as f32).collect())
            }
            _ => self,
        }
    }

    /// Empty rows of the kind of storage that these efficacies need.
    pub fn rows(&self, senders: usize) -> RowsBuilder {
        match self.kind {
            Kind::One(unit) => RowsBuilder::constant(senders, unit),
            Kind::Counts(unit) => RowsBuilder::counts(senders, unit),
            Kind::Reals(unit) => RowsBuilder::reals(senders, unit),
            Kind::Exact(unit) => RowsBuilder::exact(senders, unit > 0.0),
        }
    }

    /// Adds synapse number `k` onto `target` to `rows`.
    pub fn push(&self, k: usize, target: u16, rows: &mut RowsBuilder) {
        match self.kind {
            Kind::One(_) => rows.push(target),
            Kind::Counts(_) => rows.push_count(target, self.of[k].round() as u32),
            Kind::Reals(_) => rows.push_real(target, self.of[k]),
            Kind::Exact(_) => rows.push_exact(target, self.exact[k]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back_from_their_efficacies() {
        let unit = -0.1 / 3.0;
        let counts = [1.0, 7.0, 63.0, 64.0, 999.0];
        let read = Efficacies::new(Kind::Counts(unit), &counts.map(|n| unit * n)).unwrap();
        assert_eq!(read.of, counts.map(|n| n as f32));
        let reals: Vec<f32> = (1..2000).map(|k| libm::expf(k as f32 * 0.05 - 60.0)).collect();
        let values: Vec<f64> = reals.iter().map(|&x| unit * f64::from(x)).collect();
        assert_eq!(Efficacies::new(Kind::Reals(unit), &values).unwrap().of, reals);
        let learned = Efficacies::new(Kind::Exact(-1.0), &[-0.1, -0.0]).unwrap();
        assert_eq!(learned.exact, [0.1, 0.0]);
        assert_eq!(learned.rounded().of, [0.1, 0.0]);
    }

    #[test]
    fn what_is_not_of_its_kind_is_refused() {
        for (kind, values) in [
            (Kind::One(0.5), [0.5, 0.6]),
            (Kind::One(0.0), [0.0, 0.0]),
            (Kind::Counts(0.5), [0.5, 0.7]),
            (Kind::Counts(0.5), [0.5, -0.5]),
            (Kind::Reals(1e-40), [0.5, 0.7]),
            (Kind::Exact(1.0), [0.5, -0.0]),
            (Kind::Exact(1.0), [0.5, f64::INFINITY]),
        ] {
            assert!(Efficacies::new(kind, &values).is_err(), "{kind:?}");
        }
    }
}
