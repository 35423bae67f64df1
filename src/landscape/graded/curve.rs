//! Places on a curve of fixed points, and steps from one to the next.

use super::kind::growing;
use super::relax::apart;
use super::{AT_REST, Graded};
use nalgebra::{DMatrix, DVector};

/// Newton steps back to the curve.
const TRIES: usize = 25;
/// A residual that is none.
const ROUNDING: f64 = 4.0 * f64::EPSILON;
/// Distance at which the derivative along the parameter is measured.
const NUDGE: f64 = 1e-6;
/// A place from which the curve was reached is not gone back to: cosine of the angle.
const BACK: f64 = 0.999;
/// How far beyond a place a fixed point is looked for, of the parameter, and how near it must be, of the span.
const A_LITTLE: f64 = 1e-5;
const NEAR: f64 = 0.01;

/// A place on a curve: variables in units of the span, then the parameter.
#[derive(Clone, Debug)]
pub struct Place {
    z: DVector<f64>,
    /// Of length 1, in the direction in which the curve is followed.
    tangent: DVector<f64>,
    /// Of the derivative of target(y) - y.
    pub determinant: f64,
    /// Directions in which deviations grow.
    pub unstable: usize,
}

impl Place {
    /// The parameter.
    pub fn u(&self) -> f64 {
        self.z[self.z.len() - 1]
    }

    /// How fast the parameter changes along the curve.
    pub fn tangent_u(&self) -> f64 {
        self.tangent[self.z.len() - 1]
    }

    pub fn variable(&self, span: f64) -> Vec<f64> {
        self.z.iter().take(self.z.len() - 1).map(|z| z * span).collect()
    }

    pub fn distance(&self, other: &Self) -> f64 {
        (&self.z - &other.z).norm()
    }

    /// Cosine of the angle between the tangents.
    pub fn along(&self, other: &Self) -> f64 {
        self.tangent.dot(&other.tangent)
    }
}

/// The curves of fixed points of networks that differ in one parameter.
pub struct Curve<'a> {
    /// The network at a parameter from 0 to 1, where there is one.
    pub family: &'a dyn Fn(f64) -> Option<Graded>,
    /// By what variables are divided.
    pub span: f64,
}

impl Curve<'_> {
    /// The network at `z`, with the variable there.
    fn at(&self, z: &DVector<f64>) -> Option<(Graded, Vec<f64>)> {
        let n = z.len() - 1;
        let network = (self.family)(z[n])?;
        let same = network.neurons() == n;
        same.then(|| (network, z.iter().take(n).map(|z| z * self.span).collect()))
    }

    /// target(y) - y, in units of the span.
    fn residual(&self, z: &DVector<f64>) -> Option<DVector<f64>> {
        let (network, y) = self.at(z)?;
        let residual = DVector::from_vec(network.field.residual(&y)) / self.span;
        residual.iter().all(|r| r.is_finite()).then_some(residual)
    }

    /// The derivative of the residual along the parameter.
    fn along_parameter(&self, z: &DVector<f64>) -> Option<DVector<f64>> {
        let n = z.len() - 1;
        let moved = |by: f64| {
            let mut z = z.clone();
            z[n] += by;
            self.residual(&z)
        };
        // At the ends there may be networks on one side only.
        match (moved(NUDGE), moved(-NUDGE)) {
            (Some(above), Some(below)) => Some((above - below) / (2.0 * NUDGE)),
            (Some(above), None) => Some((above - self.residual(z)?) / NUDGE),
            (None, Some(below)) => Some((self.residual(z)? - below) / NUDGE),
            (None, None) => None,
        }
    }

    /// The derivative of the residual, n x (n + 1).
    fn derivative(&self, z: &DVector<f64>) -> Option<DMatrix<f64>> {
        let (network, y) = self.at(z)?;
        let n = y.len();
        let mut matrix = network.slope_matrix(&network.field.slopes(&y)).insert_column(n, 0.0);
        matrix.set_column(n, &self.along_parameter(z)?);
        Some(matrix)
    }

    /// The place at `z`, where the curve goes on as `towards` says.
    fn place(&self, z: DVector<f64>, towards: &DVector<f64>) -> Option<Place> {
        let n = z.len() - 1;
        let derivative = self.derivative(&z)?;
        let determinant = derivative.columns(0, n).clone_owned().determinant();
        let mut right = DVector::zeros(n + 1);
        right[n] = 1.0;
        let tangent = bordered(derivative, towards).lu().solve(&right)?;
        let tangent = &tangent / tangent.norm();
        if !tangent.iter().all(|t| t.is_finite()) {
            return None;
        }
        let (network, y) = self.at(&z)?;
        let rate = network.field.tau().iter().map(|tau| 1.0 / tau).fold(0.0, f64::max);
        let unstable = growing(&network.eigenvalues(&y), rate);
        Some(Place { z, tangent, determinant, unstable })
    }

    /// The fixed point `y` at `u`, from which the curve is followed up and down.
    pub fn begin(&self, u: f64, y: &[f64]) -> Option<[Place; 2]> {
        let n = y.len();
        let z = DVector::from_iterator(n + 1, y.iter().map(|y| y / self.span).chain([u]));
        let mut up = DVector::zeros(n + 1);
        up[n] = 1.0;
        let up = self.place(z, &up)?;
        let down = Place { tangent: -&up.tangent, ..up.clone() };
        Some([up, down])
    }

    /// Back to the curve from `z`, at a right angle to `direction`; and in how many steps.
    fn correct(
        &self,
        start: &DVector<f64>,
        direction: &DVector<f64>,
    ) -> Option<(DVector<f64>, usize)> {
        let n = start.len() - 1;
        let mut z = start.clone();
        let along_parameter = self.along_parameter(start)?;
        let mut last = f64::INFINITY;
        for tries in 0..TRIES {
            let residual = self.residual(&z)?;
            let size = residual.amax();
            // Down to the rounding: near a crossing a small residual says little about where the curve is.
            if size <= ROUNDING || (last <= 0.1 * AT_REST && size > 0.5 * last) {
                return Some((z, tries));
            }
            last = size;
            let (network, y) = self.at(&z)?;
            let mut matrix = network.slope_matrix(&network.field.slopes(&y)).insert_column(n, 0.0);
            matrix.set_column(n, &along_parameter);
            let right = (-residual).insert_row(n, -direction.dot(&(&z - start)));
            z += bordered(matrix, direction).lu().solve(&right)?;
        }
        None
    }

    /// The place a step of this length away, and in how many tries it was found.
    pub fn step(&self, from: &Place, length: f64) -> Option<(Place, usize)> {
        let start = &from.z + length * &from.tangent;
        let (z, tries) = self.correct(&start, &from.tangent)?;
        // What is far from where the tangent leads lies on another curve.
        if (&z - &start).norm() > 0.5 * length {
            return None;
        }
        Some((self.place(z, &from.tangent)?, tries))
    }

    /// The place at which the curve reaches the end `u` of the parameter.
    pub fn end(&self, from: &Place, u: f64) -> Option<Place> {
        let length = (u - from.u()) / from.tangent_u();
        let mut z = &from.z + length * &from.tangent;
        let n = z.len() - 1;
        z[n] = u;
        let (network, y) = self.at(&z)?;
        let found = network.newton(&y)?;
        let at = DVector::from_iterator(n + 1, found.iter().map(|y| y / self.span).chain([u]));
        let near = (&at - &z).norm() <= 0.5 * length.abs().max(NUDGE);
        if near { self.place(at, &from.tangent) } else { None }
    }

    /// The place beyond a corner at which the curve only bends: a fixed point near `from` a little further along the parameter.
    pub fn beyond(&self, from: &Place) -> Option<Place> {
        let way = A_LITTLE.copysign(from.tangent_u());
        let (u, y) = (from.u() + way, from.variable(self.span));
        let found = (self.family)(u)?.newton(&y)?;
        if apart(&found, &y) >= NEAR * self.span {
            return None;
        }
        let n = y.len();
        let z = DVector::from_iterator(n + 1, found.iter().map(|y| y / self.span).chain([u]));
        let mut towards = DVector::zeros(n + 1);
        towards[n] = way.signum();
        self.place(z, &towards)
    }

    /// The place on the other side of a corner at which the curve turns sharply: on the piece that holds beyond it.
    pub fn around(&self, from: &Place, length: f64) -> Option<Place> {
        let beyond = &from.z + length * &from.tangent;
        let derivative = self.derivative(&beyond)?;
        let square = (derivative.transpose() * derivative).symmetric_eigen();
        let direction = square.eigenvectors.column(square.eigenvalues.imin()).clone_owned();
        [direction.clone(), -direction].into_iter().find_map(|direction| {
            let start = &from.z + length * &direction;
            let (z, _) = self.correct(&start, &direction)?;
            let way = &z - &from.z;
            let back = way.dot(&from.tangent) / way.norm() < -BACK;
            let far = (way.norm() - length).abs() > 0.5 * length;
            let place = self.place(z, &direction)?;
            let same = place.tangent.dot(&direction) > 0.9;
            (!back && !far && same).then_some(place)
        })
    }
}

/// The derivative with a direction as its last row.
fn bordered(derivative: DMatrix<f64>, direction: &DVector<f64>) -> DMatrix<f64> {
    let n = derivative.nrows();
    let mut matrix = derivative.insert_row(n, 0.0);
    matrix.set_row(n, &direction.transpose());
    matrix
}
