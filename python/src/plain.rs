//! Plain data: what dictionaries hold as TOML, and what the crate tells as JSON as dictionaries.

use attractor::error::Error;
use pyo3::IntoPyObjectExt;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyFloat, PyInt, PyList, PyMapping, PyString};
use serde_json::Value as Json;
use toml::{Table, Value};

/// What Python holds at `key`, as TOML.
///
/// # Errors
/// If TOML knows nothing of the kind.
pub fn toml(key: &str, value: &Bound<PyAny>) -> PyResult<Value> {
    let py = value.py();
    // A bool of Python is an int, too.
    if let Ok(flag) = value.extract::<bool>() {
        return Ok(Value::Boolean(flag));
    }
    if let Ok(real) = value.cast::<PyFloat>() {
        return Ok(Value::Float(real.extract()?));
    }
    if let Ok(whole) = value.extract::<i64>() {
        return Ok(Value::Integer(whole));
    }
    if let Ok(text) = value.cast::<PyString>() {
        return Ok(Value::String(text.to_str()?.to_owned()));
    }
    if let Ok(mapping) = value.cast::<PyMapping>() {
        return table(key, mapping).map(Value::Table);
    }
    if value.hasattr("__fspath__")? {
        let path: std::path::PathBuf = value.extract()?;
        return Ok(Value::String(path.to_string_lossy().into_owned()));
    }
    // Arrays of numpy.
    if value.hasattr("tolist")? {
        return toml(key, &value.call_method0("tolist")?);
    }
    match value.try_iter() {
        Ok(values) => {
            let entry =
                |(k, value): (usize, PyResult<Bound<PyAny>>)| toml(&format!("{key}[{k}]"), &value?);
            Ok(Value::Array(values.enumerate().map(entry).collect::<PyResult<_>>()?))
        }
        Err(_) => {
            let (allowed, remedy) = match value.is_instance_of::<PyInt>() {
                true => ("a whole number lies between -2^63 and 2^63 - 1", "change the value"),
                false => (
                    "a value is a number, a text, a flag, a list or a dictionary",
                    "leave the key out if it is to have its default",
                ),
            };
            let error = Error::input(format!("found {}", value.repr()?), allowed, remedy);
            Err(crate::error::raised(py, &error.at(key)))
        }
    }
}

/// A mapping with texts as keys, as a table.
///
/// # Errors
/// If a key is no text, or TOML knows nothing like a value.
pub fn table(key: &str, mapping: &Bound<PyMapping>) -> PyResult<Table> {
    let mut table = Table::new();
    for item in mapping.items()?.try_iter()? {
        let (name, value): (Bound<PyAny>, Bound<PyAny>) = item?.extract()?;
        let Ok(name) = name.cast::<PyString>() else {
            return Err(PyTypeError::new_err(format!(
                "a key of a model is a text, not {}",
                name.repr()?
            )));
        };
        let name = name.to_str()?;
        let below = if key.is_empty() { name.to_owned() } else { format!("{key}.{name}") };
        table.insert(name.to_owned(), toml(&below, &value)?);
    }
    Ok(table)
}

/// A table as the text of a model file: its sections, in which everything keeps its order.
pub fn text(table: &Table) -> String {
    let (sections, values): (Vec<_>, Vec<_>) =
        table.iter().partition(|(_, value)| value.is_table());
    let mut text = String::new();
    for (name, value) in values {
        text += &entry(name, value);
    }
    for (name, value) in sections {
        let Value::Table(section) = value else { continue };
        if section.is_empty() || !section.values().all(Value::is_table) {
            text += &format!("\n[{}]\n", key(name));
            section.iter().for_each(|(name, value)| text += &entry(name, value));
            continue;
        }
        for (part, value) in section {
            text += &format!("\n[{}.{}]\n", key(name), key(part));
            let entries = value.as_table().into_iter().flatten();
            entries.for_each(|(name, value)| text += &entry(name, value));
        }
    }
    text
}

/// A line, or of a list of tables one for each.
fn entry(name: &str, value: &Value) -> String {
    match value {
        Value::Array(tables) if tables.iter().any(Value::is_table) => {
            let lines: String = tables.iter().map(|table| format!("    {table},\n")).collect();
            format!("{} = [\n{lines}]\n", key(name))
        }
        _ => format!("{} = {value}\n", key(name)),
    }
}

/// A key as TOML writes it.
fn key(name: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    match !name.is_empty() && name.chars().all(bare) {
        true => name.to_owned(),
        false => Value::String(name.to_owned()).to_string(),
    }
}

/// What the crate tells, as Python holds it.
pub fn python<'py>(py: Python<'py>, value: &Json) -> PyResult<Bound<'py, PyAny>> {
    match value {
        Json::Null => Ok(py.None().into_bound(py)),
        Json::Bool(flag) => flag.into_bound_py_any(py),
        Json::Number(number) => match (number.as_u64(), number.as_i64()) {
            (Some(whole), _) => whole.into_bound_py_any(py),
            (None, Some(whole)) => whole.into_bound_py_any(py),
            (None, None) => number.as_f64().unwrap_or(f64::NAN).into_bound_py_any(py),
        },
        Json::String(text) => text.into_bound_py_any(py),
        Json::Array(values) => {
            let values: Vec<Bound<PyAny>> =
                values.iter().map(|value| python(py, value)).collect::<PyResult<_>>()?;
            Ok(PyList::new(py, values)?.into_any())
        }
        Json::Object(entries) => {
            let found = PyDict::new(py);
            for (name, value) in entries {
                found.set_item(name, python(py, value)?)?;
            }
            Ok(found.into_any())
        }
    }
}
