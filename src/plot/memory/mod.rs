//! Pictures of classical memories, from plain data: states of neurons frame by frame, couplings, energies.
//!
//! A recall is a [`strip`] of frames, a spurious state stands beside the memories that it mixes in a [`family`], couplings
//! beside the patterns that made them in [`matrices`], energy against time in [`energy`], and along a line or over a plane
//! in [`slice()`] and [`surface`]. [`animate`] has recall and learning as GIFs. Whatever is missing leaves a gap; without any
//! data a picture says that there is nothing to show.

pub mod animate;
mod cells;
mod colours;
mod contour;
mod dots;
mod energy;
mod family;
mod frame;
mod matrices;
mod portrait;
mod slice;
mod strip;
mod surface;
#[cfg(test)]
mod synthetic;
#[cfg(test)]
mod tests;
mod tours;
mod words;

pub use dots::{Learning, Lesson};
pub use energy::{Energies, EnergyTrial, energy};
pub use family::{Mixture, Parent, family};
pub use frame::{Appearance, Frame, Recall, Shape};
pub use matrices::matrices;
pub use portrait::{Fixed, Look, Portrait, portrait};
pub use slice::{Slice, SliceCurve, Stop, slice};
pub use strip::strip;
pub use surface::{Place, Surface, surface};
pub use tours::{TourPanel, Tours, journey, tours};

/// A number with its sign, also a positive one, and two decimals.
fn signed(value: f64) -> String {
    let text = format!("{:.2}", value.abs());
    match value {
        v if !v.is_finite() => "–".to_owned(),
        _ if text == "0.00" => text,
        v if v < 0.0 => format!("−{text}"),
        _ => format!("+{text}"),
    }
}
