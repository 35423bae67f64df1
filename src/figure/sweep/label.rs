//! What axes and curves are called.

use crate::plot::chart::Scale;
use crate::plot::sweep::Series;

/// The letter and the name of what a key of a model sets, where it has one.
pub fn of_key(key: &str) -> Option<(&'static str, &'static str)> {
    let key = key.split('+').next().unwrap_or(key);
    let known = [
        ("size", "N", "number of neurons N"),
        ("number", "P", "number of patterns P"),
        ("coding_level", "a", "coding level a"),
        ("temperature", "T", "temperature T"),
        ("threshold", "θ", "threshold θ"),
        ("connect.probability", "K/N", "connection probability K/N"),
        ("connect.in_degree", "K", "connections per neuron K"),
        ("strength", "ε", "strength of a new pattern ε"),
        ("tour.distance", "D", "distance weight D"),
        ("logistic.beta", "β", "gain β"),
    ];
    let found = known.into_iter().find(|(end, ..)| {
        key.strip_suffix(end).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    });
    found.map(|(_, letter, name)| (letter, name))
}

/// The last part of a key.
pub fn last(key: &str) -> &str {
    let key = key.split('+').next().unwrap_or(key);
    key.rsplit('.').next().unwrap_or(key)
}

/// A number to four digits, without zeros that tell nothing.
pub fn short(value: f64) -> String {
    to_digits(value, 4)
}

/// The same to three.
pub fn three(value: f64) -> String {
    to_digits(value, 3)
}

fn to_digits(value: f64, digits: i32) -> String {
    if value == 0.0 || !value.is_finite() {
        return format!("{value}");
    }
    let digits = digits - 1 - libm::log10(value.abs()).floor() as i32;
    let text = format!("{:.*}", digits.clamp(0, 12) as usize, value);
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

/// Whether values differ so much that an axis of powers of ten tells more.
pub fn spans_powers(values: impl Iterator<Item = f64>) -> bool {
    let good = values.filter(|v| v.is_finite());
    let (low, high) = good.fold((f64::INFINITY, 0.0), |(a, b): (f64, f64), v| (a.min(v), b.max(v)));
    low > 0.0 && high >= 10.0 * low
}

/// The name of a column of trials, and the range that it has.
fn of_column(column: &str) -> Option<(&'static str, Option<(f64, f64)>)> {
    /// What is 0 stands above the axis, and the names of upright lines above 1.
    const OVERLAP: Option<(f64, f64)> = Some((-0.05, 1.12));
    const SHARE: Option<(f64, f64)> = Some((-0.02, 1.05));
    Some(match column {
        "overlap" => ("retrieval overlap m", OVERLAP),
        "overlap_start" => ("initial overlap m(0)", Some((-0.05, 1.05))),
        "nearest_overlap" => ("overlap with the nearest pattern", OVERLAP),
        "other" => ("largest other overlap", None),
        "first_step" => ("first-step error", None),
        "errors" => ("number of wrong neurons", None),
        "exact" => ("share of exact recall", SHARE),
        "settled" => ("share that settles", SHARE),
        "valid" => ("share of tours", SHARE),
        "optimal" => ("share of shortest tours", SHARE),
        "excess" => ("length beyond the shortest tour, relative", None),
        "held" | "cues_held" => ("share held", SHARE),
        "items_held" => ("number of items held", None),
        "items_shown" => ("number of items shown", None),
        "intrusions" => ("number of others held", None),
        "decided" => ("share with a choice", SHARE),
        "reaction_ms" => ("reaction time (ms)", None),
        "coherence" => ("coherence", None),
        "cues" => ("number of cues", None),
        "trials" => ("number of trials", None),
        "correct" => ("share of right answers", SHARE),
        "expect_met" => ("share of expectations met", SHARE),
        "sweeps" => ("sweeps", None),
        "flipped" => ("share of flipped neurons", None),
        "occluded" => ("share of occluded neurons", None),
        "noise" => ("share of redrawn neurons", None),
        "age" => ("age of the pattern (patterns stored since)", None),
        _ => return None,
    })
}

/// The name of a quantity of whole runs, which has the population and the cue that it is of in its column's name.
fn of_measured(column: &str) -> Option<String> {
    if let Some((what, level)) = column.split_once('.') {
        let at = |sign: &str, letter| {
            level.strip_prefix(sign).map(|value| format!("{letter} = {value}"))
        };
        if let Some(at) = at("load_", "load").or(at("coherence_", "coherence")) {
            return Some(format!("{}, {at}", of_level(what)?));
        }
    }
    let mut parts = column.split('.');
    let (what, population) = (parts.next()?, parts.next());
    let of = population.map(|name| format!(" of {name}")).unwrap_or_default();
    if let Some(cue) = what.strip_prefix("cue_") {
        let name = match parts.next()? {
            "held" => "share held",
            "overlap_hz" => "overlap with the cued pattern (Hz)",
            "least_hz" => "least overlap with the cued pattern (Hz)",
            "overlap" => "overlap with the cued pattern",
            "other" => "largest overlap with another pattern",
            "other_hz" => "largest other overlap (Hz)",
            "other_of_cued" => "largest other overlap, share of the cued one",
            "retrieval_ms" => "time to retrieval (ms)",
            "pattern" => "cued pattern",
            "holds" => "pattern that stands out at the end",
            _ => return None,
        };
        return Some(format!("{name}, cue {cue}{of}"));
    }
    Some(match what {
        "rate_hz" => format!("rate{of} (Hz)"),
        "predicted_hz" => format!("predicted rate{of} (Hz)"),
        "delay_rate_hz" => format!("delay rate of the cued foreground{of} (Hz)"),
        "spontaneous_hz" => format!("largest spontaneous overlap{of} (Hz)"),
        "cv_isi_delay" => format!("CV of ISI of the cued foreground{of}"),
        "cv_isi" => match parts.next()? {
            "spontaneous" => format!("CV of ISI{of}, spontaneous"),
            "shown" => format!("CV of ISI{of} while something is shown"),
            _ => format!("CV of ISI{of} in delays"),
        },
        "overlap_hz" => "overlap with the sample (Hz)".to_owned(),
        _ => return of_readout(column),
    })
}

/// The name of what is told of the trials of one load, or one coherence.
fn of_level(what: &str) -> Option<&'static str> {
    match what {
        "share" => Some("share of items held"),
        _ => of_column(what).map(|(name, _)| name),
    }
}

/// The name of a result of a read-out, which begins with that of the read-out.
fn of_readout(column: &str) -> Option<String> {
    let ends = [
        ("_auc", "area below the ROC curve"),
        ("_correct", "share of right answers"),
        ("_count", "spikes counted"),
        ("_reaction_ms", "reaction time (ms)"),
    ];
    let find = |(end, name): &(&str, &str)| Some(format!("{name}, {}", column.strip_suffix(end)?));
    ends.iter().find_map(find)
}

/// The name of what a key of a section with a name of its own sets: (`scale`, `E_to_E`).
pub fn of_section(key: &str) -> Option<String> {
    let key = key.split('+').next().unwrap_or(key);
    let mut parts = key.split('.');
    let (section, name) = (parts.next()?, parts.next()?);
    let name = if section == "dynamics" { parts.next()? } else { name };
    let rest: Vec<&str> = parts.collect();
    let what = match rest[..] {
        ["scale"] => "scale of the efficacies",
        ["efficacy"] => "efficacy",
        ["delay"] => "delay",
        ["tau_syn"] => "synaptic time constant",
        ["tau_m"] => "membrane time constant",
        ["theta"] => "threshold",
        ["v_reset"] => "reset potential",
        ["t_ref"] => "refractory period",
        ["current"] => "current",
        ["poisson", "rate"] => "external rate",
        ["poisson", "efficacy"] => "external efficacy",
        ["connect", "probability"] => "connection probability",
        _ => return None,
    };
    Some(match section {
        "projection" => format!("{what}, {}", name.replace("_to_", " → ")),
        "dynamics" => format!("{what} of {name}"),
        _ => return None,
    })
}

/// What a column of trials or of runs is called; itself if it has no other name.
pub fn name(column: &str) -> String {
    match of_column(column) {
        Some((name, _)) => name.to_owned(),
        None => of_measured(column).unwrap_or_else(|| column.to_owned()),
    }
}

fn scale(column: &str, values: impl Iterator<Item = f64>) -> Scale {
    let range = of_column(column).and_then(|(_, range)| range);
    let name = name(column);
    let inside = |(low, high): &(f64, f64)| {
        let mut values = values;
        values.all(|v| v.is_nan() || (*low..=*high).contains(&v))
    };
    match range.filter(inside) {
        Some((low, high)) => Scale::new(name).within(low, high),
        None => Scale::new(name),
    }
}

/// The x axis of a column.
pub fn x(column: &str, series: &[Series]) -> Scale {
    scale(column, series.iter().flat_map(|s| &s.points).map(|p| p.x))
}

/// The y axis of a column.
pub fn y(column: &str, series: &[Series]) -> Scale {
    let scale = scale(column, series.iter().flat_map(|s| &s.points).map(|p| p.mean));
    if column == "first_step" { scale.log() } else { scale }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_keys_have_their_letters() {
        let all = [0.0, 0.05, 0.1379055, 1000.0, 12345.6, 0.30000000000000004, -2.5];
        let short: Vec<String> = all.into_iter().map(short).collect();
        assert_eq!(short, ["0", "0.05", "0.1379", "1000", "12346", "0.3", "-2.5"]);
        assert_eq!(of_key("population.N.size").unwrap().0, "N");
        assert_eq!(of_key("a.coding_level+b.a").unwrap().0, "a");
        assert_eq!(of_key("task.recall.oversize"), None);
        assert_eq!(last("dynamics.binary.tie"), "tie");
        let named = |key| of_section(key).unwrap_or_default();
        assert_eq!(named("projection.E_to_I1.scale+b.c"), "scale of the efficacies, E → I1");
        assert_eq!(named("dynamics.spiking.E.poisson.rate"), "external rate of E");
        assert_eq!(named("task.delayed_match.trials"), "");
        let y = |column| super::y(column, &[]).name;
        assert_eq!(y("cue_2.E.retrieval_ms"), "time to retrieval (ms), cue 2 of E");
        assert_eq!(y("cv_isi.I.delay"), "CV of ISI of I in delays");
        assert_eq!(y("items_held.load_3"), "number of items held, load = 3");
        assert_eq!(y("correct.coherence_0.064"), "share of right answers, coherence = 0.064");
        assert_eq!(y("no such column"), "no such column");
    }
}
