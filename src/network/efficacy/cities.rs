//! Cities in the plane: listed, drawn, or read from a file.

use crate::error::{Error, Result};
use crate::random::Seed;
use serde::{Deserialize, Deserializer, Serialize, de};
use std::path::Path;

/// Where cities lie; written as a list of points [x, y], as { random = 10 } or as { file = "cities.txt" }.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Cities {
    /// Listed.
    List(Vec<[f64; 2]>),
    /// Found otherwise.
    Found(Found),
}

/// Cities that are not listed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Found {
    /// So many, drawn uniformly in the unit square.
    Random(usize),
    /// In a text: two numbers a line, separated by commas or blanks; what follows `#` is a comment. A relative name starts
    /// from the folder of the model.
    File(String),
}

/// Fewer have one tour, or none.
const FEWEST: usize = 3;

impl Cities {
    /// How many there are; 0 of a file that was not read.
    pub fn number(&self) -> usize {
        match self {
            Self::List(list) => list.len(),
            Self::Found(Found::Random(number)) => *number,
            Self::Found(Found::File(_)) => 0,
        }
    }

    /// The points; of a projection called `name`, which draws them from the stream "cities/NAME".
    pub fn points(&self, name: &str, seed: Seed) -> Vec<[f64; 2]> {
        match self {
            Self::List(list) => list.clone(),
            Self::Found(Found::Random(number)) => {
                let mut stream = seed.stream(&format!("cities/{name}"), 0);
                (0..*number).map(|_| [stream.uniform(), stream.uniform()]).collect()
            }
            Self::Found(Found::File(_)) => Vec::new(),
        }
    }

    /// The same with a file that has been read.
    pub(super) fn resolve(&self, folder: &Path) -> Result<Self> {
        let Self::Found(Found::File(name)) = self else { return Ok(self.clone()) };
        let path = folder.join(name);
        let text = crate::file::text(&path, crate::file::LARGEST).map_err(|e| {
            Error::input(
                format!("found no readable file {} ({e})", path.display()),
                "",
                "check the name, which starts from the folder of the model",
            )
            .at("file")
        })?;
        let mut list = Vec::new();
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.split('#').next().unwrap_or_default();
            let words =
                line.split(|c: char| c == ',' || c.is_whitespace()).filter(|w| !w.is_empty());
            let words: Vec<&str> = words.collect();
            let numbers: Option<Vec<f64>> = words.iter().map(|word| word.parse().ok()).collect();
            match numbers.as_deref() {
                Some([]) => {}
                Some(&[x, y]) => list.push([x, y]),
                _ => {
                    let found = format!("found \"{line}\" on line {number} of {}", path.display());
                    let error =
                        Error::input(found, "a line holds x and y", "write for example 0.5 1");
                    return Err(error.at("file"));
                }
            }
        }
        Ok(Self::List(list))
    }

    /// Refuses too few, and two in the same place.
    pub(super) fn check(&self) -> Result<()> {
        let number = self.number();
        if number < FEWEST {
            let what = if number == 1 { "city" } else { "cities" };
            return Err(Error::input(
                format!("found {number} {what}"),
                format!("a tour has a choice among at least {FEWEST}"),
                "add cities, or write { random = 10 }",
            ));
        }
        let Self::List(list) = self else { return Ok(()) };
        for (k, city) in list.iter().enumerate() {
            let at = |error: Error| Err(error.at(format!("[{k}]")));
            if !city.iter().all(|x| x.is_finite()) {
                let found = format!("found {city:?}");
                return at(Error::input(
                    found,
                    "coordinates are finite",
                    "write for example [0.5, 1.0]",
                ));
            }
            if let Some(first) = list[..k].iter().position(|other| other == city) {
                let found = format!("found {city:?}, where city {} lies too", first + 1);
                let allowed = "between two cities there is a way";
                return at(Error::input(found, allowed, "move it, or delete it"));
            }
        }
        Ok(())
    }
}

impl<'de> Deserialize<'de> for Cities {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wrong = |found: String| {
            let error = Error::input(
                found,
                "cities are points, drawn, or in a file",
                "write [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]], { random = 10 } or { file = \"cities.txt\" }",
            );
            <D::Error as de::Error>::custom(error.to_message())
        };
        let value = toml::Value::deserialize(deserializer)?;
        match value {
            toml::Value::Array(list) => {
                let point = |value: toml::Value| {
                    let text = value.to_string();
                    <[f64; 2]>::deserialize(value)
                        .map_err(|_| wrong(format!("found the city {text}")))
                };
                list.into_iter().map(point).collect::<Result<_, _>>().map(Self::List)
            }
            value => {
                let text = value.to_string();
                Found::deserialize(value)
                    .map(Self::Found)
                    .map_err(|_| wrong(format!("found {text}")))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cities_are_listed_drawn_or_read() {
        let cities = |text: &str| toml::from_str::<toml::Table>(text).unwrap()["c"].clone();
        let of = |text: &str| Cities::deserialize(cities(text));
        let drawn = of("c = { random = 5 }").unwrap();
        let points = drawn.points("J", Seed(3));
        assert_eq!((drawn.number(), points.len()), (5, 5));
        assert!(points.iter().flatten().all(|x| (0.0..1.0).contains(x)));
        assert!(points != drawn.points("K", Seed(3)) && points == drawn.points("J", Seed(3)));
        assert_eq!(
            of("c = [[0, 1], [2.5, 3]]").unwrap(),
            Cities::List(vec![[0.0, 1.0], [2.5, 3.0]])
        );
        assert!(
            of("c = [[0, 1, 2]]").is_err() && of("c = 4").is_err() && of("c = { a = 4 }").is_err()
        );

        let folder = std::env::temp_dir().join(format!("cities-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let read = |text: &str| {
            std::fs::write(folder.join("c.txt"), text).unwrap();
            Cities::Found(Found::File("c.txt".to_owned())).resolve(&folder)
        };
        let found = read("# x, y\n0.5, 1\n\n2\t-3 # the last\n").unwrap();
        assert_eq!(found, Cities::List(vec![[0.5, 1.0], [2.0, -3.0]]));
        assert!(read("1 2 3").is_err() && read("a b").is_err());
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
