//! The JSON Schema of the model file, made from the types of its sections, so that editors complete and check keys.
//!
//! Most types derive theirs, and their comments become its descriptions; here stand those of the types that read
//! themselves. A schema knows keys, choices and units; what no section can see alone `attractor check` tells.

use super::Model;
use crate::distribution::Distribution;
use crate::dynamics::rate::{RandomNumber, Spread};
use crate::dynamics::spiking::{Cells, Neurons, Source};
use crate::network::{Cities, Efficacy, Found, Lag, Strength, Varied};
use crate::protocol::{self, Amount, Course, Intensity};
use crate::recording::{Probe, Probes};
use crate::space::Position;
use crate::synapse::{EdgeFile, EdgeKeys, Kernel, Shape};
use crate::task::{Counted, Intensities, Levels, Which};
use crate::train::Spikes;
use crate::units::{
    Dimension, Distance, Duration, OfAngle, OfLength, OfTime, Quantity, Rate, Speed, Time, Voltage,
};
use schemars::generate::SchemaSettings;
use schemars::transform::{RecursiveTransform, Transform};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};
use std::borrow::Cow;

/// The schema, as JSON.
///
/// Only a choice needs its key: a model that builds on another one leaves out what it inherits.
pub fn schema() -> String {
    let mut schema = SchemaSettings::draft07().into_generator().into_root_schema_for::<Model>();
    name_choices(&mut schema);
    RecursiveTransform(simplify).transform(&mut schema);
    let object = schema.ensure_object();
    object.insert("title".to_owned(), "A model of attractor".into());
    if let Some(Value::Object(keys)) = object.get_mut("properties") {
        let base = "The model on which this one builds, a path from the folder of this file.";
        keys.insert("base".to_owned(), json!({ "type": "string", "description": base }));
        let list = json!({ "type": "array", "items": { "type": "string" } });
        keys.insert("without".to_owned(), list);
    }
    let mut text = serde_json::to_string_pretty(&schema).expect("a schema is plain data");
    text.push('\n');
    text
}

/// A learning rule, a transfer function or a solver that needs no key may be written as its name.
fn name_choices(schema: &mut Schema) {
    ["Learning", "Transfer", "Solver"].into_iter().for_each(|choice| name_those_of(choice, schema));
}

fn name_those_of(choice: &str, schema: &mut Schema) {
    let needs_nothing = |choice: &Value| {
        let (name, rule) = choice["properties"].as_object()?.iter().next()?;
        let rule = match rule["$ref"].as_str() {
            Some(path) => schema.pointer(path.trim_start_matches('#'))?,
            None => rule,
        };
        rule.get("required").is_none().then(|| name.clone())
    };
    let path = format!("/definitions/{choice}/oneOf");
    let Some(Value::Array(rules)) = schema.pointer(&path) else { return };
    let names: Vec<String> = rules.iter().filter_map(needs_nothing).collect();
    if let Some(Value::Array(rules)) = schema.pointer_mut(&path) {
        rules.push(json!({ "enum": names }));
    }
}

/// TOML has no null, and texts link to nothing here.
fn simplify(schema: &mut Schema) {
    let Some(object) = schema.as_object_mut() else { return };
    object.remove("format");
    let properties = object.get("properties").and_then(Value::as_object).map_or(0, Map::len);
    if properties != 1 {
        object.remove("required");
    }
    if let Some(Value::Object(default)) = object.get_mut("default") {
        default.retain(|_, value| !value.is_null());
    }
    if object.get("default").is_some_and(|default| default.is_null() || default == &json!({})) {
        object.remove("default");
    }
    if let Some(Value::Array(types)) = object.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = &types[..] {
            let only = only.clone();
            object.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(choices)) = object.get_mut("anyOf") {
        choices.retain(|choice| choice != &json!({ "type": "null" }));
        if let [only] = &choices[..] {
            let only = json!([only]);
            object.remove("anyOf");
            // Beside a reference nothing else counts.
            object.insert("allOf".to_owned(), only);
        }
    }
    if let Some(Value::String(text)) = object.get_mut("description") {
        *text = text.replace("[`", "`").replace("`]", "`");
    }
}

/// Gives a type that reads itself its schema: the name, and the schema within `$generator`.
macro_rules! schema_of {
    ([$($t:ident: $bound:path)?] $type:ty, $name:expr, $generator:ident => $schema:expr) => {
        impl$(<$t: $bound>)? JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                $name.into()
            }

            fn json_schema($generator: &mut SchemaGenerator) -> Schema {
                $schema
            }
        }
    };
}

/// A number and one of these units.
fn with_unit(units: &[&str], signed: bool) -> String {
    let sign = if signed { "[-+]?" } else { "\\+?" };
    format!(r"^\s*{sign}(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*({})\s*$", units.join("|"))
}

schema_of!([D: Dimension] Quantity<D>, D::NAME.replace(' ', "_"), _generator => {
    let units: Vec<&str> = D::UNITS.iter().map(|unit| unit.0).collect();
    json_schema!({
        "type": "string",
        "description": format!("{} with its unit, one of {}", D::NAME, units.join(", ")),
        "pattern": with_unit(&units, D::SIGNED),
        "examples": [D::EXAMPLE],
    })
});
schema_of!([] Duration, "duration", _generator => {
    let mut units: Vec<&str> = OfTime::UNITS.iter().map(|unit| unit.0).collect();
    units.extend(["sweep", "sweeps"]);
    json_schema!({
        "type": "string",
        "description": "a time of spiking neurons, or sweeps of binary ones",
        "pattern": with_unit(&units, false),
        "examples": ["200 ms", "10 sweeps"],
    })
});
schema_of!([] Distance, "distance", _generator => {
    let mut units: Vec<&str> = OfAngle::UNITS.iter().map(|unit| unit.0).collect();
    units.extend(OfLength::UNITS.iter().map(|unit| unit.0));
    json_schema!({
        "type": "string",
        "description": "an angle on a ring of degrees, or a length",
        "pattern": with_unit(&units, false),
        "examples": ["30 deg", "0.2 mm"],
    })
});
schema_of!([] Speed, "speed", _generator => json_schema!({
    "type": "string",
    "description": "a distance in a time",
    "pattern": r"^.+/.+$",
    "examples": ["0.3 m/s", "20 deg/ms"],
}));
schema_of!([] Position, "place", generator => {
    let one = generator.subschema_for::<Distance>();
    json_schema!({ "anyOf": [one, { "type": "array", "items": one, "minItems": 2, "maxItems": 2 }] })
});
schema_of!([] protocol::Neurons, "neurons", _generator => json_schema!({
    "type": "string",
    "description": "neuron A to before neuron B, from 0: A..B",
    "pattern": r"^\d+\.\.\d+$",
    "examples": ["0..45"],
}));
schema_of!([V: Amount] Intensity<V>, format!("{}_or_course", V::schema_name()), generator => {
    let (one, course) = (generator.subschema_for::<V>(), generator.subschema_for::<Course<V>>());
    json_schema!({ "description": "a value, or its course in time", "anyOf": [one, course] })
});
schema_of!([] Counted, "counted", generator => {
    let range = generator.subschema_for::<protocol::Neurons>();
    json_schema!({
        "description": "the whole population, a range, the foreground of test or sample, or that of one pattern",
        "anyOf": [
            { "enum": ["all", "test_foreground", "sample_foreground"] },
            range,
            {
                "type": "object",
                "properties": { "foreground": { "type": "integer", "minimum": 1 } },
                "required": ["foreground"],
                "additionalProperties": false,
            },
        ],
    })
});
schema_of!([] Probes, "probes", generator => {
    let one = generator.subschema_for::<Probe>();
    json_schema!({
        "description": "one table, or a list of them",
        "anyOf": [one, { "type": "array", "items": one }],
    })
});
schema_of!([] Kernel, "kernel", generator => {
    let (time, one) = (generator.subschema_for::<Time>(), generator.subschema_for::<Shape>());
    json_schema!({
        "description": "the course of a synaptic current: its time constant, a table with a rise time, or a list of tables",
        "anyOf": [time, one, { "type": "array", "items": one, "minItems": 1 }],
    })
});
schema_of!([] Which, "distracting_pattern", _generator => json_schema!({
    "description": "another pattern than sample and test, that of the distractor before, or the number of one",
    "anyOf": [{ "enum": ["another", "repeated"] }, { "type": "integer", "minimum": 1 }],
}));
schema_of!([T: JsonSchema] Levels<T>, format!("{}_or_levels", T::schema_name()), generator => {
    let one = generator.subschema_for::<T>();
    json_schema!({
        "description": "a value, or a list of which every trial gets one member",
        "anyOf": [one, { "type": "array", "items": one }],
    })
});
schema_of!([V: Amount] Intensities<V>, format!("{}_levels_or_course", V::schema_name()), generator => {
    let (levels, course) = (generator.subschema_for::<Levels<V>>(), generator.subschema_for::<Course<V>>());
    json_schema!({
        "description": "a value, a list of which every trial gets one member, or its course in time",
        "anyOf": [levels, course],
    })
});
schema_of!([D: Dimension] Distribution<D>, format!("{}_or_random", Quantity::<D>::schema_name()), generator => {
    let one = generator.subschema_for::<Quantity<D>>();
    let table = |properties: Value| json!({ "type": "object", "properties": properties, "additionalProperties": false });
    let choice = |name: &str, schema: Value| json!({ "type": "object", "properties": { name: schema }, "required": [name], "additionalProperties": false });
    json_schema!({
        "description": "the same everywhere, or drawn at random",
        "anyOf": [
            one,
            choice("uniform", json!({ "type": "array", "items": one, "minItems": 2, "maxItems": 2 })),
            choice("normal", table(json!({ "mean": one, "sd": one, "min": one, "max": one }))),
            choice("exponential", table(json!({ "mean": one }))),
        ],
    })
});
schema_of!([] Lag, "delay", generator => {
    let time = generator.subschema_for::<Distribution<OfTime>>();
    json_schema!({
        "description": "a time of spikes, or sweeps of neurons that are updated together",
        "anyOf": [time, { "type": "string", "pattern": with_unit(&["sweep", "sweeps"], false) }],
    })
});
schema_of!([] Strength, "strength", generator => {
    let potential = generator.subschema_for::<Voltage>();
    json_schema!({
        "description": "a potential between spiking neurons, a number between others",
        "anyOf": [potential, { "type": "number" }],
    })
});
schema_of!([] Spread, "number", generator => {
    let random = generator.subschema_for::<RandomNumber>();
    json_schema!({ "anyOf": [{ "type": "number" }, random] })
});
schema_of!([] Efficacy, "efficacy", generator => {
    let (one, varied) = (generator.subschema_for::<Strength>(), generator.subschema_for::<Varied>());
    json_schema!({ "anyOf": [one, varied] })
});
schema_of!([] Cities, "cities", generator => {
    let (point, found) = (json!({ "type": "array", "items": { "type": "number" }, "minItems": 2, "maxItems": 2 }), generator.subschema_for::<Found>());
    json_schema!({
        "description": "points [x, y], so many that are drawn in the unit square, or a file of them",
        "anyOf": [{ "type": "array", "items": point, "minItems": 3 }, found],
    })
});
schema_of!([] EdgeFile, "file_of_synapses", generator => {
    let keys = generator.subschema_for::<EdgeKeys>();
    json_schema!({ "anyOf": [{ "type": "string" }, keys] })
});
schema_of!([] Cells, "cells", generator => {
    let (neurons, source) = (generator.subschema_for::<Neurons>(), generator.subschema_for::<Source>());
    json_schema!({ "anyOf": [neurons, source] })
});
schema_of!([] Spikes, "spikes", generator => {
    let (time, rate) = (generator.subschema_for::<Time>(), generator.subschema_for::<Rate>());
    json_schema!({
        "type": "object",
        "description": "a list of the spikes of every source, a file of them, or independent Poisson trains",
        "properties": {
            "list": { "type": "array", "items": { "type": "array", "items": time } },
            "file": { "type": "string" },
            "population": { "type": "string" },
            "poisson": rate,
        },
        "additionalProperties": false,
    })
});
