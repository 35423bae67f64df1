//! Theory: what a network should do, computed from its parameters.
//!
//! Analysis reads recordings, theory reads parameters. This module knows neither networks nor recordings.

mod siegert;

pub use siegert::{Input, Siegert};
