//! Files of synapses: what a model says of them.

use serde::de::value::MapAccessDeserializer;
use serde::{Deserialize, Deserializer, Serialize, de};
use std::fmt;
use std::path::{Path, PathBuf};

/// Synapses that stand in a file, in SONATA's layout: an exported network, or one that another program made; or a matrix,
/// `.mtx` (MatrixMarket) or `.npy` (NumPy), whose row i receives and whose column j sends, mV.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(into = "EdgeKeys")]
pub struct EdgeFile {
    /// As [`EdgeKeys`] has them.
    pub keys: EdgeKeys,
    /// The folder of the model.
    folder: PathBuf,
}

/// What a model says of a file of synapses; the name alone may stand for the table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EdgeKeys {
    /// Name of the file, from the folder of the model.
    pub path: String,
    /// Which edges of the file; left out, those that are called as the projection, or else the only ones that join
    /// populations of these names.
    pub edges: Option<String>,
    /// Of a recording with efficacies: those at the end of the last epoch of this name; left out, the last ones.
    pub epoch: Option<String>,
    /// What the file must be, to the last bit; a recording says it.
    pub sha256: Option<String>,
    /// How many synapses it has; a recording says it.
    pub synapses: Option<usize>,
}

impl EdgeFile {
    /// Where the file is.
    pub fn path(&self) -> PathBuf {
        self.folder.join(&self.keys.path)
    }

    /// A relative name starts from `folder`.
    pub(crate) fn start_from(&mut self, folder: &Path) {
        folder.clone_into(&mut self.folder);
    }
}

impl From<EdgeKeys> for EdgeFile {
    fn from(keys: EdgeKeys) -> Self {
        Self { keys, folder: PathBuf::new() }
    }
}

impl From<EdgeFile> for EdgeKeys {
    fn from(file: EdgeFile) -> Self {
        file.keys
    }
}

impl<'de> Deserialize<'de> for EdgeFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl<'de> de::Visitor<'de> for Visitor {
            type Value = EdgeKeys;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("the name of a file such as \"net.h5\", or { path = \"net.h5\" }")
            }

            fn visit_str<E: de::Error>(self, path: &str) -> Result<EdgeKeys, E> {
                let path = path.to_owned();
                Ok(EdgeKeys { path, edges: None, epoch: None, sha256: None, synapses: None })
            }

            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<EdgeKeys, A::Error> {
                EdgeKeys::deserialize(MapAccessDeserializer::new(map))
            }
        }

        deserializer.deserialize_any(Visitor).map(Self::from)
    }
}
