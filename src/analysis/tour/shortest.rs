//! The shortest tour through all cities.

use crate::network::distance;

/// With more cities the table below takes too much memory.
pub const MOST_CITIES: usize = 15;

/// The length of a tour that visits cities in this order and returns to the first.
pub fn length(points: &[[f64; 2]], tour: &[usize]) -> f64 {
    let ends = tour.iter().zip(tour.iter().cycle().skip(1));
    ends.map(|(&a, &b)| distance(points[a], points[b])).sum()
}

/// A shortest tour, from city 0 on: an exhaustive search in which of all ways through the same cities to the same end only
/// the shortest is kept (M. Held and R. M. Karp, J. SIAM 10:196, 1962).
///
/// # Panics
/// Of more than [`MOST_CITIES`] cities.
pub fn shortest(points: &[[f64; 2]]) -> Vec<usize> {
    assert!(points.len() <= MOST_CITIES, "too many cities");
    let others = points.len().saturating_sub(1);
    if others == 0 {
        return (0..points.len()).collect();
    }
    let way = |a: usize, b: usize| distance(points[a], points[b]);
    // By the set of cities that were visited after city 0, and the last of them: the length, and the one before.
    let sets = 1usize << others;
    let mut best = vec![(f64::INFINITY, 0); sets * others];
    for last in 0..others {
        best[(1 << last) * others + last] = (way(0, last + 1), last);
    }
    for set in 1..sets {
        for last in (0..others).filter(|last| set & (1 << last) != 0) {
            let so_far = best[set * others + last].0;
            for next in (0..others).filter(|next| set & (1 << next) == 0) {
                let long = so_far + way(last + 1, next + 1);
                let place = &mut best[(set | 1 << next) * others + next];
                if long < place.0 {
                    *place = (long, last);
                }
            }
        }
    }
    let mut set = sets - 1;
    let whole = |last: &usize| best[set * others + last].0 + way(last + 1, 0);
    let mut last = (0..others).min_by(|a, b| whole(a).total_cmp(&whole(b))).unwrap_or_default();
    let mut tour = Vec::with_capacity(points.len());
    while set != 0 {
        tour.push(last + 1);
        let before = best[set * others + last].1;
        set &= !(1 << last);
        last = before;
    }
    tour.push(0);
    tour.reverse();
    tour
}

/// The same tour from city 0 on, in the direction in which the second city has a smaller number than the last.
pub fn normal(tour: &[usize]) -> Vec<usize> {
    let mut tour = tour.to_vec();
    let first = tour.iter().position(|&city| city == 0).unwrap_or_default();
    tour.rotate_left(first);
    if tour.len() > 2 && tour[1] > tour[tour.len() - 1] {
        tour[1..].reverse();
    }
    tour
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Seed;

    /// Calls `each` with all orders of `rest` behind `so_far`.
    fn orders(so_far: &mut Vec<usize>, rest: &[usize], each: &mut dyn FnMut(&[usize])) {
        if rest.is_empty() {
            return each(so_far);
        }
        for &city in rest {
            let others: Vec<usize> = rest.iter().copied().filter(|&other| other != city).collect();
            so_far.push(city);
            orders(so_far, &others, each);
            so_far.pop();
        }
    }

    #[test]
    fn no_order_of_up_to_nine_cities_is_shorter() {
        for (seed, number) in
            (1..=4).flat_map(|seed| (3..=8).map(move |n| (seed, n))).chain([(5, 9)])
        {
            let mut stream = Seed(seed).stream("cities/test", 0);
            let points: Vec<[f64; 2]> =
                (0..number).map(|_| [stream.uniform(), stream.uniform()]).collect();
            let found = shortest(&points);
            let mut all = found.clone();
            all.sort_unstable();
            assert!(found[0] == 0 && all.iter().copied().eq(0..number));
            let mut least = (f64::INFINITY, Vec::new());
            let rest: Vec<usize> = (1..number).collect();
            orders(&mut vec![0], &rest, &mut |tour| {
                let long = length(&points, tour);
                if long < least.0 {
                    least = (long, tour.to_vec());
                }
            });
            assert!((length(&points, &found) - least.0).abs() < 1e-12, "{number} cities");
            assert_eq!(normal(&found), normal(&least.1));
        }
    }

    #[test]
    fn around_a_circle_the_shortest_tour_is_its_polygon() {
        let number = MOST_CITIES;
        let angle = |k: usize| std::f64::consts::TAU * (7 * k % number) as f64 / number as f64;
        let points: Vec<[f64; 2]> =
            (0..number).map(|k| [libm::cos(angle(k)), libm::sin(angle(k))]).collect();
        let side = 2.0 * libm::sin(std::f64::consts::PI / number as f64);
        let found = length(&points, &shortest(&points));
        assert!((found - number as f64 * side).abs() < 1e-12, "{found}");
    }

    #[test]
    fn tours_are_named_alike_wherever_they_begin() {
        assert_eq!(normal(&[2, 0, 3, 1]), [0, 2, 1, 3]);
        assert_eq!(normal(&[3, 0, 2, 1]), [0, 2, 1, 3]);
        assert_eq!(normal(&[0, 1, 2]), [0, 1, 2]);
    }
}
