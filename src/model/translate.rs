//! Messages of TOML and serde in the words of a model file.

use crate::error::{Error, suggest};

/// Serde's messages in the shape of this crate's errors.
pub(super) fn translate(message: &str, key: &str) -> Error {
    if let Some(error) = Error::from_message(message) {
        return error.at(key);
    }
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    let last = key.rsplit('.').next().unwrap_or_default();
    for kind in ["field", "variant"] {
        let what = if kind == "field" { "key" } else { "choice" };
        if message.starts_with(&format!("unknown {kind}")) && !quoted.is_empty() {
            if let Some(error) = moved(quoted[0], key) {
                return error.at(key);
            }
            let known = quoted[1..].iter().copied();
            return Error::input(
                format!("found the unknown {what} `{}`", quoted[0]),
                suggest(quoted[0], known.clone()),
                if kind == "field" { "rename or delete it" } else { "choose another" },
            )
            .at(key);
        }
    }
    let of_model = !key.contains('.');
    if of_model && message == "missing field `dynamics`" {
        return Error::input(
            "found no [dynamics]",
            "a model says what its neurons do",
            "add a section [dynamics.spiking.POPULATION] for every population of spiking neurons, or [dynamics.binary]",
        );
    }
    if of_model && message == "missing field `population`" {
        let remedy = "add for example a section [population.E] with size = 1000";
        return Error::input("found no [population]", "a model has populations", remedy);
    }
    if of_model
        && message.starts_with("missing field")
        && let [name @ ("title" | "source" | "shows")] = quoted[..]
    {
        return Error::input(
            format!("found no `{name}`"),
            "a model says what it is, where it comes from, and what it shows",
            format!("add a line that starts with {name} ="),
        );
    }
    if message.starts_with("missing field") && !quoted.is_empty() {
        return Error::input(
            format!("found no `{}`", quoted[0]),
            "the section needs it",
            format!("add a line that starts with {} =", quoted[0]),
        )
        .at(key);
    }
    if let Some(section) = key.strip_suffix("[0]")
        && let name @ ("adaptation" | "moving_threshold") = section.rsplit('.').next().unwrap_or("")
    {
        return Error::input(
            "found a list",
            format!("`{name}` is one table"),
            example(section).unwrap_or_default(),
        )
        .at(section);
    }
    if let Some(section) = key.strip_suffix("[0]")
        && message.starts_with("invalid type: map")
        && ["sample", "test"].iter().any(|part| section == format!("task.delayed_match.{part}"))
    {
        let name = section.rsplit('.').next().unwrap_or(section);
        return Error::input(
            "found a list of tables",
            format!("`{name}` is one table, in which every value may be a list of levels"),
            format!(
                "write for example {name} = {{ duration = [\"300 ms\", \"600 ms\"], poisson = \"500 Hz\" }}"
            ),
        )
        .at(section);
    }
    let invalid =
        ["invalid type: ", "invalid value: "].iter().find_map(|p| message.strip_prefix(p));
    if let Some((found, expected)) = invalid.and_then(|m| m.split_once(", expected ")) {
        return Error::input(
            format!("found {}", plain_found(found, expected)),
            format!("`{last}` is {}", plain_expected(expected)),
            example(key).unwrap_or("change the value".to_owned()),
        )
        .at(key);
    }
    let length = message.strip_prefix("invalid length ");
    if let Some((found, number)) =
        length.and_then(|m| m.split_once(", expected an array of length "))
    {
        return Error::input(
            format!("found a list of {found}"),
            format!("`{last}` has {number}"),
            example(key).unwrap_or("change their number".to_owned()),
        )
        .at(key);
    }
    if message.starts_with("wanted string or table") {
        return Error::input(
            "found a value of another kind",
            match last {
                "part" => format!("`{last}` is a name"),
                _ => format!("`{last}` is a name, or a table with one key"),
            },
            example(key).unwrap_or("compare with a file in models/".to_owned()),
        )
        .at(key);
    }
    Error::input(
        format!("found a value that does not fit ({message})"),
        "",
        "compare with a file in models/",
    )
    .at(key)
}

/// The error of a table that chooses one thing by its only key, and has these `names`; `plain` if none of them holds a table,
/// and the error of one that is `unknown`.
pub(super) fn not_one(
    names: &[&str],
    plain: bool,
    key: &str,
    unknown: impl FnOnce() -> Option<Error>,
) -> Error {
    let last = key.rsplit('.').next().unwrap_or_default();
    // Where a choice has keys of its own, plain values stand there without their choice.
    let nested = |example: &String| example.matches('{').count() > 1;
    let (found, remedy) = match (names, example(key)) {
        ([], Some(example)) => ("found an empty table".to_owned(), example),
        ([], None) => ("found an empty table".to_owned(), "add the one that is meant".to_owned()),
        (_, Some(example)) if plain && nested(&example) => {
            (format!("found a table with `{}`", names.join("`, `")), example)
        }
        _ => match unknown() {
            Some(error) => return error,
            None => ("found a table with several keys".to_owned(), "keep one of them".to_owned()),
        },
    };
    Error::input(found, format!("`{last}` chooses by its only key"), remedy).at(key)
}

/// Keys of a projection that have moved: the section in which they stood, and what is written instead.
const MOVED: [(&str, &str, &str); 9] = [
    ("efficacy", "shared_patterns", "learning = \"shared_patterns\" and scale = \"0.3 mV\""),
    ("efficacy", "membership", "learning = \"membership\" and scale = \"-0.3 mV\""),
    (
        "efficacy",
        "low_activity",
        "learning = { low_activity = { a = 0.1 } } and scale = \"0.3 mV\"",
    ),
    ("learning", "amplitude", "scale = ... beside learning"),
    ("learning", "strength", "scale = ... beside learning"),
    ("learning", "scale", "scale = ... beside learning"),
    ("learning", "part", "part = ... beside learning"),
    ("learning", "random", "efficacy = { gaussian = { sd = 1.0, symmetry = 0.0 } }"),
    ("learning", "prescribed", "efficacy = { matrix = [[...]] }"),
];

/// The error of a key that has moved, or that bears another name here.
fn moved(name: &str, key: &str) -> Option<Error> {
    if name == "averaged_over" && key.starts_with("expect.retrieval") {
        return Some(Error::input(
            "found `averaged_over`",
            "overlaps are told from the spikes of windows",
            "write window = \"1 s\" for their length",
        ));
    }
    if name == "patterns" && key == "task.decision.patterns" {
        return Some(Error::input(
            "found the unknown key `patterns`",
            "the patterns among which the network chooses are its `choices`",
            "rename or delete it",
        ));
    }
    let within = |section: &str| key.starts_with("projection.") && key.contains(section);
    let (section, _, new) =
        MOVED.iter().find(|(section, old, _)| *old == name && within(section))?;
    Some(Error::input(
        format!("found `{name}` in `{section}`"),
        "what is learned, its scale and what is given are keys of their own",
        format!("write {new}"),
    ))
}

/// What serde found, in the words of a model file.
fn plain_found(found: &str, expected: &str) -> String {
    match found.split_once(' ') {
        None if found == "map" && expected == "enum" => "an empty table".to_owned(),
        None if found == "map" => "a table".to_owned(),
        None if found == "sequence" => "a list".to_owned(),
        Some(("integer", number)) => {
            // What is too long for 64 bits is called so behind it.
            format!("the number {}", number.split('`').nth(1).unwrap_or(number))
        }
        Some(("floating", number)) => {
            format!("the number {}", number.trim_start_matches("point ").trim_matches('`'))
        }
        _ if found == "unit variant" => "a name without a value".to_owned(),
        _ => found.to_owned(),
    }
}

/// What serde expected, in the words of a model file.
fn plain_expected(expected: &str) -> &str {
    match expected {
        "usize" | "u64" => "a whole number, 0 or larger",
        "f64" => "a number",
        "newtype variant" | "struct variant" => "a table with one key",
        "unit variant" => "a plain string",
        "a boolean" => "true or false",
        "enum" => "a table with one key",
        "a sequence" | "sequence" => "a list",
        "a map" | "map" => "a table",
        "an array of length 2" => "a list of two values",
        other if other.starts_with("tuple ") => "a list",
        other if other.starts_with("struct ") => "a table",
        other => other,
    }
}

/// How the value of `key` could be written.
fn example(key: &str) -> Option<String> {
    let mut names = key.rsplit('.').map(|name| name.split('[').next().unwrap_or(name));
    let (last, above) = (names.next()?, names.next().unwrap_or_default());
    let time = |name: &str| matches!(name, "delay" | "tau_m");
    let unit = if time(last) || time(above) { "ms" } else { "mV" };
    let value = match last {
        "exponential" | "sigmoid" | "linear" if above == "escape" => {
            "{ rate = \"10 Hz\", width = \"2 mV\" }".to_owned()
        }
        "exponential" => format!("{{ mean = \"2 {unit}\" }}"),
        "normal" => format!("{{ mean = \"2 {unit}\", sd = \"1 {unit}\" }}"),
        "lognormal" => "{ mean = \"2 mV\", cv = 0.5 }".to_owned(),
        "uniform" => format!("[\"1 {unit}\", \"2 {unit}\"]"),
        "delay" if above == "delayed_match" => "\"1 s\"".to_owned(),
        "delay" => "{ uniform = [\"1 ms\", \"2 ms\"] }".to_owned(),
        "efficacy" if above != "poisson" => "\"0.1 mV\"".to_owned(),
        "learning" => "\"hebb\"".to_owned(),
        "low_activity" => "{ a = 0.1, b = 0.1 }".to_owned(),
        "connect" => "{ probability = 0.1 }".to_owned(),
        "short_term" => "{ U = 0.2, tau_d = \"200 ms\", tau_f = \"1500 ms\" }".to_owned(),
        "tau_syn" if key.ends_with(']') => "[{ decay = \"3 ms\" }, { decay = \"50 ms\" }]".to_owned(),
        "tau_syn" if above != "poisson" && above != "input" => "\"5 ms\"".to_owned(),
        "spikes" => "{ poisson = \"10 Hz\" }".to_owned(),
        "list" if above == "spikes" => "[[\"5 ms\", \"9 ms\"], [\"7 ms\"]]".to_owned(),
        "modern" => "{ softmax = { beta = 10.0 } }".to_owned(),
        "space" => "{ ring = \"360 deg\" }".to_owned(),
        "torus" => "[\"2 mm\", \"1 mm\"]".to_owned(),
        "profile" => "{ gaussian = \"30 deg\" }".to_owned(),
        "adaptation" | "moving_threshold" => "{ jump = \"1 mV\", tau = \"100 ms\" }".to_owned(),
        "escape" => "{ exponential = { rate = \"10 Hz\", width = \"2 mV\" } }".to_owned(),
        "plasticity" if key.starts_with("projection.") => {
            "{ inhibitory = { learning_rate = \"0.01 mV\", target = \"3 Hz\", tau = \"20 ms\", max = \"1 mV\" } }"
                .to_owned()
        }
        _ if above == "patterns" => "{ random = { number = 10, coding_level = 0.1 } }".to_owned(),
        "neurons" if matches!(above, "v" | "activity") => "\"0..5\"".to_owned(),
        "efficacies" => "{}".to_owned(),
        "v" => "{ population = \"E\", neurons = \"0..5\", every = \"0.1 ms\" }".to_owned(),
        "poisson" if key.starts_with("task.decision.stimulus") => {
            "{ mean = \"40 Hz\", sd = \"4 Hz\" }".to_owned()
        }
        "poisson" if matches!(above, "sample" | "test" | "distractor" | "stimulus") => {
            "[\"100 Hz\", \"200 Hz\"]".to_owned()
        }
        "held" if above == "items" => "{ above = \"10 Hz\", window = \"100 ms\" }".to_owned(),
        "decided" if above == "decision" => "{ above = \"15 Hz\", window = \"50 ms\" }".to_owned(),
        "current" if key.starts_with("task.decision.stimulus") => {
            "{ mean = \"2 mV\", sd = \"0.2 mV\" }".to_owned()
        }
        "poisson" if !matches!(above, "spikes" | "show" | "reset") => {
            "{ rate = \"1 kHz\", efficacy = \"1 mV\", tau_syn = \"5 ms\" }".to_owned()
        }
        _ => return None,
    };
    Some(format!("write for example {last} = {value}"))
}
