//! Whether a network has an energy: whether its couplings are symmetric.

use super::Network;
use crate::synapse::Symmetry;

/// In larger networks of several projections J_ij and J_ji are not compared pair by pair.
const MOST_COMPARED: usize = 5000;

impl Network {
    /// Why J is not symmetric, if it is not.
    pub(super) fn asymmetry(&self) -> Option<String> {
        if let Some((late, _)) = self.coupled().find(|(p, _)| p.delay > 0) {
            return Some(format!("no energy: the couplings of {} act after a delay", late.name));
        }
        let asymmetric = |of: &str, symmetry: Symmetry| {
            let share = 100.0 * symmetry.asymmetric as f64 / symmetry.pairs as f64;
            format!("no energy: {share:.1} % of the connected pairs{of} have J_ij != J_ji")
        };
        let each: Option<Vec<(&str, Symmetry)>> = self
            .coupled()
            .map(|(p, couplings)| p.is_recurrent().then(|| (p.name.as_str(), couplings.symmetry())))
            .collect();
        // Symmetric parts have a symmetric sum; other parts may have one.
        if let Some(each) = &each {
            match each.iter().find(|(_, symmetry)| symmetry.asymmetric > 0) {
                None => return None,
                Some((name, symmetry)) if each.len() == 1 => {
                    return Some(asymmetric(&format!(" of {name}"), *symmetry));
                }
                Some(_) => {}
            }
        }
        if self.neurons() > MOST_COMPARED {
            let found = "no energy: J is a sum of projections that are not symmetric each";
            return Some(format!("{found}, of more than {MOST_COMPARED} neurons"));
        }
        let whole = self.symmetry();
        (whole.asymmetric > 0).then(|| asymmetric("", whole))
    }

    /// Compares J_ij with J_ji, summed over all projections.
    fn symmetry(&self) -> Symmetry {
        let mut symmetry = Symmetry { pairs: 0, asymmetric: 0 };
        for i in 0..self.neurons() {
            for j in 0..i {
                let (there, back) = (self.efficacy(i, j), self.efficacy(j, i));
                symmetry.pairs += usize::from(there != 0.0 || back != 0.0);
                symmetry.asymmetric += usize::from(there != back);
            }
        }
        symmetry
    }
}
