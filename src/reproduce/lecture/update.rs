//! The law of motion and the couplings (A13, A19).

use super::{Check, Text, Workshop, sign, state};
use crate::dynamics::Dynamics;
use crate::dynamics::binary::Tie;
use crate::error::Result;
use crate::random::Seed;

/// Every state of networks with many ties, updated once and compared with sgn(Mv); then what ties change.
pub fn a13(workshop: &Workshop) -> Result<Vec<Check>> {
    const N: usize = 8;
    let mut stream = Seed(13).stream("couplings", 0);
    let matrix: Vec<Vec<i32>> =
        (0..N).map(|_| (0..N).map(|_| stream.below(5) as i32 - 2).collect()).collect();
    let learning = format!("autapses = true, efficacy = {{ matrix = {matrix:?} }}");
    let (mut equal, mut undecided) = (0, 0);
    for tie in ["keep", "plus", "minus"] {
        let text = text(N, "", &learning, tie);
        let built = workshop.build_text(&text, &[])?;
        for number in 0..1 << N {
            let before = state(number, N);
            let mut network = built.at(&before);
            network.advance(network.time() + 1.0)?;
            let sum = |i: usize| -> f64 {
                (0..N).map(|j| f64::from(matrix[i][j]) * sign(before[j])).sum()
            };
            let wanted = (0..N).map(|i| match (sum(i), tie) {
                (0.0, "keep") => before[i],
                (0.0, tie) => tie == "plus",
                (h, _) => h > 0.0,
            });
            undecided += (0..N).filter(|&i| sum(i) == 0.0).count();
            equal += u64::from(network.observable().active() == &wanted.collect::<Vec<_>>()[..]);
        }
    }
    let step = Check::that(
        equal == 768 && undecided > 0,
        "one step is sgn(Mv) from all 256 states, for each rule for ties",
        format!("{equal} of 768 steps, with {undecided} ties"),
    );

    let letters = workshop.build("letters", &[])?.small()?.fixed_points()?;
    let holding = |tie| letters.iter().filter(|point| point.holds(tie)).count();
    let counts = Tie::ALL.map(holding);
    let strict = letters.iter().filter(|point| point.strict()).count();
    let ties = Check::that(
        (strict, counts) == (14, [20, 17, 17]),
        "fixed points of the letters (T1): 14 strict; keep 20, plus 17, Fee's minus 17",
        format!("{strict}; {}, {}, {}", counts[0], counts[1], counts[2]),
    );

    let without = workshop.text("letters")?.replace("tie = \"plus\"", "");
    let refused = workshop.document_of(&without, &[]).and_then(|d| d.model());
    let message = refused.err().map(|e| e.to_string()).unwrap_or_default();
    let place = message.find("found no `tie`");
    let required = Check::that(
        place.is_some(),
        "a model that does not say what a tie does is refused",
        place.map_or("accepted", |place| &message[place..]),
    );
    Ok(vec![step, ties, required])
}

/// Couplings of 1 to 7 patterns against the sum, entry by entry.
pub fn a19(workshop: &Workshop) -> Result<Vec<Check>> {
    const N: usize = 60;
    let (mut equal, mut symmetric, mut whole) = (0, 0, 0);
    for p in 1..=7 {
        let patterns =
            format!("random = {{ number = {p}, coding_level = 0.5, foreground = \"bernoulli\" }}");
        let learning = "autapses = true, learning = \"hebb\", scale = 1.0";
        let built = workshop.build_text(&text(N, &patterns, learning, "keep"), &[])?;
        let matrix = built.efficacies();
        let Some(memories) = built.memories() else { continue };
        for (i, j) in (0..N).flat_map(|i| (0..N).map(move |j| (i, j))) {
            let each = (0..p).map(|mu| memories.value(mu, i) * memories.value(mu, j));
            equal += u64::from(matrix[i][j] == each.sum::<f64>());
            symmetric += u64::from(matrix[i][j] == matrix[j][i]);
            whole += u64::from(matrix[i][j].fract() == 0.0);
        }
    }
    let entries = (7 * N * N) as u64;
    Ok(vec![
        Check::exactly("entries that are the sum over patterns, of 1 to 7", entries, equal),
        Check::exactly("entries with J_ij = J_ji", entries, symmetric),
        Check::exactly("entries that are whole numbers", entries, whole),
    ])
}

fn text(neurons: usize, patterns: &str, learning: &str, tie: &str) -> String {
    Text { neurons, patterns, learning, update: "synchronous", tie, recall: "" }.toml()
}
