//! Theory: what a network should do, computed from its parameters.
//!
//! Analysis reads recordings, theory reads parameters. This module knows no recordings.

mod mean_field;
mod siegert;

pub use mean_field::{Pathway, Population, Sender, State, solve};
pub use siegert::{Input, Siegert};
