//! What a search for states left out: states that are not found may be there.

/// Where a search did not come.
#[derive(Debug, Default)]
pub struct Missed {
    /// Pairs of neighbouring rates (Hz) between which a balance was followed, by the lower rate.
    pub followed: Vec<f64>,
    /// Rates at which a state is expected that was not settled, Hz.
    pub lost: Vec<f64>,
    /// Whether more than the highest rate comes out at the highest rate.
    pub beyond: bool,
}

impl Missed {
    /// Of a search at one place only.
    pub fn alone(&self) -> Vec<String> {
        self.lost.first().map(|_| "no balance was found".to_owned()).into_iter().collect()
    }

    /// Of a search along `rates` (Hz) of `who`.
    pub fn told(&self, rates: &[f64], who: &str) -> Vec<String> {
        let mut gaps: Vec<(f64, f64)> = Vec::new();
        for pair in rates.windows(2).filter(|pair| !self.followed.contains(&pair[0])) {
            match gaps.last_mut().filter(|gap| gap.1 == pair[0]) {
                Some(gap) => gap.1 = pair[1],
                None => gaps.push((pair[0], pair[1])),
            }
        }
        let mut told = Vec::new();
        if !gaps.is_empty() {
            let gaps = gaps.iter().map(|(a, b)| format!("{} to {}", short(*a), short(*b)));
            let gaps = gaps.collect::<Vec<_>>().join(", ");
            told.push(format!("no balance was found where {who} fires at {gaps} Hz"));
        }
        if !self.lost.is_empty() {
            let mut lost: Vec<String> = self.lost.iter().map(|rate| short(*rate)).collect();
            lost.dedup();
            let lost = lost.join(", ");
            told.push(format!("no state was settled where {who} fires at about {lost} Hz"));
        }
        if let Some(most) = rates.last().filter(|_| self.beyond) {
            told.push(format!("nothing was searched where {who} fires above {most:.0} Hz"));
        }
        told
    }
}

/// A rate in few digits.
fn short(rate: f64) -> String {
    let digits = if rate < 1.0 { 3 } else { 1 };
    format!("{rate:.digits$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_told_once() {
        let missed = Missed { followed: vec![1.0, 8.0], lost: vec![2.5, 2.5], beyond: true };
        let told = missed.told(&[0.05, 1.0, 2.0, 4.0, 8.0, 16.0], "E");
        assert_eq!(
            told,
            [
                "no balance was found where E fires at 0.050 to 1.0, 2.0 to 8.0 Hz",
                "no state was settled where E fires at about 2.5 Hz",
                "nothing was searched where E fires above 16 Hz",
            ]
        );
        let whole = Missed { followed: vec![1.0], ..Missed::default() };
        assert!(whole.told(&[1.0, 2.0], "E").is_empty() && whole.alone().is_empty());
    }
}
