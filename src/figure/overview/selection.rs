//! What of a recording is shown: which patterns, and which neurons of them. It knows no file and no page.

use crate::pattern::Patterns;

/// Most patterns that a figure shows.
const MOST: usize = 6;

/// The patterns (from 0) to display: those shown in the protocol by first appearance, then the lowest others.
pub fn displayed(shown: impl IntoIterator<Item = usize>, number: usize) -> Vec<usize> {
    let mut displayed = Vec::new();
    for mu in shown.into_iter().chain(0..number) {
        if mu < number && displayed.len() < MOST && !displayed.contains(&mu) {
            displayed.push(mu);
        }
    }
    displayed
}

/// Up to `each` neurons that belong to pattern `mu` and to no other one of `displayed`.
pub fn members(patterns: &Patterns, displayed: &[usize], mu: usize, each: usize) -> Vec<u64> {
    let only =
        |i: &&u32| displayed.iter().all(|&nu| nu == mu || !patterns.contains(nu, **i as usize));
    let members = patterns.foreground(mu).iter().filter(only).map(|&i| u64::from(i));
    spread(&members.collect::<Vec<_>>(), each)
}

/// Up to `most` neurons that belong to none of the patterns `displayed`.
pub fn others(patterns: &Patterns, displayed: &[usize], most: usize) -> Vec<u64> {
    let none = |&i: &usize| displayed.iter().all(|&mu| !patterns.contains(mu, i));
    let others = (0..patterns.neurons()).filter(none).map(|i| i as u64);
    spread(&others.collect::<Vec<_>>(), most)
}

/// Up to `most` neurons that belong to more than one of the patterns `displayed`.
pub fn several(patterns: &Patterns, displayed: &[usize], most: usize) -> Vec<u64> {
    let own = |i: usize| displayed.iter().filter(|&&mu| patterns.contains(mu, i)).count();
    let several = (0..patterns.neurons()).filter(|&i| own(i) > 1).map(|i| i as u64);
    spread(&several.collect::<Vec<_>>(), most)
}

/// Up to `most` of `neurons` neurons.
pub fn any(neurons: usize, most: usize) -> Vec<u64> {
    let shown = most.min(neurons) as u64;
    (0..shown).map(|k| (u128::from(k) * neurons as u128 / u128::from(shown)) as u64).collect()
}

/// Up to `most` of `all`, at equal distances, so that no part of the population is preferred.
fn spread(all: &[u64], most: usize) -> Vec<u64> {
    any(all.len(), most).into_iter().map(|k| all[k as usize]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_of_the_protocol_come_first_in_their_order() {
        assert_eq!(displayed([4, 8, 4], 10), [4, 8, 0, 1, 2, 3]);
        assert_eq!(displayed([7, 6, 5, 4, 3, 2, 1], 10), [7, 6, 5, 4, 3, 2]);
        assert_eq!(displayed([], 2), [0, 1]);
        assert!(displayed([0], 0).is_empty());
    }

    #[test]
    fn members_belong_to_their_pattern_and_to_no_other_displayed_one() {
        let foreground = vec![vec![0, 1, 2, 3], vec![2, 3, 4, 5], vec![0, 5, 6]];
        let patterns = Patterns::from_foreground(9, foreground);
        // Pattern 3 is not displayed, so that membership in it does not count.
        let displayed = [1, 0];
        assert_eq!(members(&patterns, &displayed, 0, 40), [0, 1]);
        assert_eq!(members(&patterns, &displayed, 1, 40), [4, 5]);
        assert_eq!(members(&patterns, &displayed, 1, 1), [4]);
        assert_eq!(others(&patterns, &displayed, 60), [6, 7, 8]);
        assert_eq!(several(&patterns, &displayed, 60), [2, 3]);
        assert_eq!(others(&patterns, &[0, 1, 2], 60), [7, 8]);
    }

    #[test]
    fn neurons_are_taken_at_equal_distances() {
        assert_eq!(any(10, 3), [0, 3, 6]);
        assert_eq!(any(1, 40), [0]);
        assert!(any(0, 40).is_empty());
        assert_eq!(spread(&[5, 6, 7, 8], 2), [5, 7]);
    }
}
