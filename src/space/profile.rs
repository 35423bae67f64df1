//! What falls with the distance.

use super::Space;
use crate::error::{Error, Result};
use crate::units::{Distance, Measure};
use serde::{Deserialize, Serialize};

/// Places on the border of a box belong to it although their distance is rounded: as a share of its width.
const SLACK: f64 = 1e-9;

/// How something falls with the distance d: f(0) = 1, and f never rises.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Profile {
    /// e^(-d^2/(2 sigma^2)).
    Gaussian(Distance),
    /// e^(-d/lambda).
    Exponential(Distance),
    /// 1 up to this distance, 0 beyond.
    Box(Distance),
    /// (1 + cos d)/2, on a ring of 360 deg.
    Cosine,
}

impl Profile {
    /// f(d).
    #[inline]
    pub fn at(&self, d: f64) -> f64 {
        match self {
            Self::Gaussian(sigma) => libm::exp(-0.5 * (d / sigma.value()).powi(2)),
            Self::Exponential(lambda) => libm::exp(-d / lambda.value()),
            Self::Box(reach) => f64::from(u8::from(d <= border(reach))),
            Self::Cosine => 0.5 + 0.5 * libm::cos(d.to_radians()),
        }
    }

    /// The largest distance at which f is at least `y`, 0 < y <= 1.
    pub(crate) fn reach(&self, y: f64) -> f64 {
        match self {
            Self::Gaussian(sigma) => sigma.value() * (-2.0 * libm::log(y)).max(0.0).sqrt(),
            Self::Exponential(lambda) => -lambda.value() * libm::log(y),
            Self::Box(reach) => border(reach),
            Self::Cosine => libm::acos((2.0 * y - 1.0).clamp(-1.0, 1.0)).to_degrees(),
        }
    }

    /// Refuses widths that are none on `space`.
    pub(crate) fn check(&self, space: &Space) -> Result<()> {
        let (key, width) = match self {
            Self::Gaussian(width) => ("gaussian", *width),
            Self::Exponential(width) => ("exponential", *width),
            Self::Box(width) => ("box", *width),
            Self::Cosine if *space == Space::Ring(Distance::new(360.0, Measure::Angle)) => {
                return Ok(());
            }
            Self::Cosine => {
                return Err(Error::input(
                    format!("found a cosine on {space}"),
                    "it needs a ring of 360 deg",
                    "write for example { gaussian = \"0.2 mm\" }",
                ));
            }
        };
        let positive = width.positive("a width").map(|_| ());
        positive.and(width.check_measure(space.measure(), space)).map_err(|e| e.at(key))
    }
}

/// The last distance within a box.
#[inline]
fn border(reach: &Distance) -> f64 {
    reach.value() * (1.0 + SLACK)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_fall_from_one_and_reach_as_far_as_they_say() {
        let width = Distance::new(30.0, Measure::Angle);
        for profile in [
            Profile::Gaussian(width),
            Profile::Exponential(width),
            Profile::Box(width),
            Profile::Cosine,
        ] {
            assert_eq!(profile.at(0.0), 1.0);
            assert!((0..180).all(|d| profile.at(f64::from(d) + 1.0) <= profile.at(f64::from(d))));
            for y in [1.0, 0.7, 0.5, 0.01] {
                let d = profile.reach(y);
                assert!(profile.at(d * (1.0 - 1e-9)) >= y * (1.0 - 1e-6), "{profile:?} {y}");
                assert!(profile.at(d + 1e-6) <= y * (1.0 + 1e-6), "{profile:?} {y}");
            }
        }
        assert!((Profile::Gaussian(width).at(30.0) - (-0.5f64).exp()).abs() < 1e-15);
        assert!((Profile::Cosine.at(90.0) - 0.5).abs() < 1e-15);
    }
}
