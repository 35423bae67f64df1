//! Continuation: fixed points followed along a parameter, around folds and corners.
//!
//! ```text
//! target(y; u) - y = 0,     z = (y/span, u) as a function of its arc length
//! ```
//!
//! A step goes along the tangent and back to the curve by Newton's method at a right angle to it, so that a curve that
//! turns back is followed like any other. Where the parameter turns and det dF/dy changes its sign two fixed points
//! meet: a fold. Where only one of the two happens, curves cross.
//!
//! Sources: H. B. Keller, Numerical solution of bifurcation and nonlinear eigenvalue problems (1977); E. Doedel, H. B.
//! Keller and J. P. Kernevez, Int. J. Bifurcation and Chaos 1:493 (1991).

use super::curve::{Curve, Place};
use super::relax::apart;
use super::survey::{GradedPoint, Sought};
use super::{APART, Graded};
use serde::Serialize;

/// Lengths of steps, of a curve through the unit square.
const FIRST: f64 = 1e-3;
const LONGEST: f64 = 0.01;
const SHORTEST: f64 = 1e-9;
/// Tries after which the next step is longer.
const FEW: usize = 8;
/// Cosine of the largest angle between tangents of one step, unless a corner lies between.
const BEND: f64 = 0.98;
/// Steps of one curve to one side.
const MOST: usize = 5000;
/// How far beyond a corner the next piece is sought.
const BEYOND: f64 = 1e-6;
const HALVINGS: usize = 60;
/// Where every state is fixed the parameter stands still, and what is below this is rounding.
const NONE: f64 = 1e-9;

/// What happens at a point of a branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Turn {
    /// Two fixed points meet and vanish.
    Fold,
    /// Another branch crosses.
    Crossing,
    /// A pair of eigenvalues crosses the imaginary axis: an oscillation begins or ends.
    Hopf,
}

impl Turn {
    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fold => "fold",
            Self::Crossing => "crossing",
            Self::Hopf => "onset of oscillations",
        }
    }
}

/// Fixed points that follow one another along a parameter.
#[derive(Clone, Debug)]
pub struct Branch {
    /// Parameter, from 0 to 1, and fixed point.
    pub points: Vec<(f64, GradedPoint)>,
    /// Parameter and fixed point where something happens.
    pub turns: Vec<(Turn, f64, GradedPoint)>,
}

/// All that was followed.
#[derive(Clone, Debug, Default)]
pub struct Followed {
    /// The branches, each once.
    pub branches: Vec<Branch>,
    /// The starts, by number, from which nothing could be followed.
    pub alone: Vec<usize>,
}

/// Networks that differ in one parameter from 0 to 1; none where they are not defined.
pub type Family<'a> = dyn Fn(f64) -> Option<Graded> + 'a;

/// Follows the fixed points from these `starts`, parameter and variable each, as far as the parameter goes from 0 to 1.
pub fn follow(family: &Family, starts: &[(f64, Vec<f64>)], sought: &Sought) -> Followed {
    let mut followed = Followed::default();
    for (number, (u, y)) in starts.iter().enumerate() {
        let Some(network) = family(*u) else {
            followed.alone.push(number);
            continue;
        };
        if followed.branches.iter().any(|branch| branch.passes(&network, *u, y)) {
            continue;
        }
        let curve = Curve { family, span: network.scale(y) };
        let both = curve.begin(*u, y).map(|[up, down]| (walk(&curve, up), walk(&curve, down)));
        let (above, below) = match both {
            Some((above, below)) if above.places.len() + below.places.len() > 2 => (above, below),
            _ => {
                followed.alone.push(number);
                continue;
            }
        };
        let described = |place: &Place| {
            let network = family(place.u())?;
            Some((place.u(), network.describe(place.variable(curve.span), sought)))
        };
        let places = below.places.iter().rev().chain(above.places.iter().skip(1));
        let turns = below.turns.iter().chain(&above.turns);
        let turned = |(turn, place): &(Turn, Place)| described(place).map(|(u, p)| (*turn, u, p));
        followed.branches.push(Branch {
            points: places.filter_map(described).collect(),
            turns: turns.filter_map(turned).collect(),
        });
    }
    followed
}

impl Branch {
    /// Whether the fixed point `y` at `u` lies on it.
    fn passes(&self, network: &Graded, u: f64, y: &[f64]) -> bool {
        let near = 10.0 * APART * network.scale(y);
        self.points.windows(2).any(|pair| {
            let [(a, from), (b, to)] = pair else { return false };
            if (u - a) * (u - b) > 0.0 || a == b {
                return false;
            }
            let share = (u - a) / (b - a);
            let pairs = from.variable.iter().zip(&to.variable);
            let between: Vec<f64> = pairs.map(|(a, b)| a + share * (b - a)).collect();
            apart(&between, y) <= near
                || network.newton(&between).is_some_and(|found| apart(&found, y) <= near)
        })
    }
}

/// One side of a curve.
struct Walk {
    places: Vec<Place>,
    turns: Vec<(Turn, Place)>,
}

fn walk(curve: &Curve, start: Place) -> Walk {
    let mut walk = Walk { places: vec![start.clone()], turns: Vec::new() };
    let (mut here, mut length) = (start, FIRST);
    while walk.places.len() < MOST {
        let ahead = here.u() + length * here.tangent_u();
        if !(0.0..=1.0).contains(&ahead) {
            // The last step ends where the parameter does.
            if let Some(end) = curve.end(&here, if ahead > 1.0 { 1.0 } else { 0.0 }) {
                walk.meet(curve, &here, &end);
                walk.places.push(end);
                break;
            }
        } else if let Some((next, tries)) = curve.step(&here, length) {
            let straight = next.along(&here) >= BEND;
            if straight || length <= SHORTEST {
                if straight {
                    walk.meet(curve, &here, &next);
                } else {
                    here = walk.corner(curve, &here, Some(next.clone())).unwrap_or(next);
                    walk.places.push(here.clone());
                    length = FIRST;
                    continue;
                }
                here = next;
                walk.places.push(here.clone());
                if tries <= FEW {
                    length = (1.6 * length).min(LONGEST);
                }
                if walk.is_closed(length) {
                    break;
                }
                continue;
            }
        } else if length <= SHORTEST {
            // A corner at which the curve turns back.
            let Some(next) = walk.corner(curve, &here, None) else { break };
            here = next;
            walk.places.push(here.clone());
            length = FIRST;
            continue;
        }
        if length <= SHORTEST {
            break;
        }
        length = (0.5 * length).max(SHORTEST);
    }
    walk
}

/// Whether the parameter turns at a corner.
fn turns_back(from: &Place, to: &Place) -> bool {
    let (a, b) = (from.tangent_u(), to.tangent_u());
    a * b < 0.0 && a.abs().min(b.abs()) > NONE
}

/// Whether two numbers have other signs, and are not both nothing.
fn differ(a: f64, b: f64) -> bool {
    a * b < 0.0 && a.abs().max(b.abs()) > NONE
}

impl Walk {
    fn is_closed(&self, length: f64) -> bool {
        const FROM: usize = 10;
        let (first, last) = (&self.places[0], &self.places[self.places.len() - 1]);
        self.places.len() > FROM && first.distance(last) < 0.5 * length
    }

    /// Where the curve goes on from a corner at `here`, and notes what happens there; `found` is what a step found beyond it.
    fn corner(&mut self, curve: &Curve, here: &Place, found: Option<Place>) -> Option<Place> {
        // Where a fixed point goes on with the parameter the curve does not turn back.
        if let Some(next) = curve.beyond(here) {
            if differ(here.determinant, next.determinant) || here.unstable != next.unstable {
                self.turns.push((Turn::Crossing, here.clone()));
            }
            return Some(next);
        }
        let next = found.or_else(|| curve.around(here, BEYOND))?;
        if turns_back(here, &next) {
            self.turns.push((Turn::Fold, here.clone()));
        }
        Some(next)
    }

    /// Notes what happens between two places.
    fn meet(&mut self, curve: &Curve, from: &Place, to: &Place) {
        let turns = differ(from.tangent_u(), to.tangent_u());
        let changes = differ(from.determinant, to.determinant);
        let (turn, happened): (Turn, &dyn Fn(&Place) -> bool) = match (turns, changes) {
            (true, _) => {
                let turn = if changes { Turn::Fold } else { Turn::Crossing };
                (turn, &|place: &Place| place.tangent_u() * from.tangent_u() < 0.0)
            }
            (false, true) => {
                (Turn::Crossing, &|place: &Place| place.determinant * from.determinant < 0.0)
            }
            // A pair of complex eigenvalues. A single one passes through 0, here so near to a place that its sign is not told.
            (false, false) if from.unstable != to.unstable => {
                let pair = from.unstable.abs_diff(to.unstable) == 2;
                let turn = if pair { Turn::Hopf } else { Turn::Crossing };
                (turn, &|place: &Place| place.unstable != from.unstable)
            }
            (false, false) => return,
        };
        let (mut before, mut after) = (0.0, from.distance(to));
        let mut found = to.clone();
        for _ in 0..HALVINGS {
            let middle = 0.5 * (before + after);
            if middle <= before || middle >= after {
                break;
            }
            match curve.step(from, middle) {
                Some((place, _)) if happened(&place) => {
                    after = middle;
                    found = place;
                }
                // Just where curves cross no step is found.
                _ => before = middle,
            }
        }
        self.turns.push((turn, found));
    }
}
