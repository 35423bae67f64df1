//! Analysis: what a recording shows. It reads recordings only, and knows no model.
//!
//! Where nothing else is said, it fails only where a recording is damaged.

pub mod assemblies;
mod branched;
pub mod bump;
pub mod choice;
mod decision;
pub mod distance;
mod expect;
pub mod geometry;
mod holder;
mod irregularity;
pub mod items;
mod judge;
pub mod learned;
mod range;
mod recall;
mod retrieval;
pub mod sequence;
mod synchrony;
mod tour;
pub mod trials;
mod unseen;
mod verdict;
mod window;

pub use decision::{
    Course, Decisions, ExpectLevel, ExpectTrials, Failure, LevelCurve, LevelPoint, Observed, Read,
    Roc, level_curves,
};
pub use expect::Expect;
pub use irregularity::Irregularity;
pub use judge::judge;
pub use range::InRange;
pub use recall::{ExpectRecall, ExpectState, Quantity, RecallTrials, Watched};
pub use retrieval::{
    Criterion, Cue, Delay, EpochMemory, Fate, Found, Memory, Outcome, Reason, Retrieval, Rival,
    Spontaneous, SpontaneousFound,
};
pub use tour::{ExpectTour, MOST_CITIES, Problem, TourTrials, length, normal, shortest};
pub use verdict::Verdict;
pub use window::{Window, mean_rate, measure, tile};
