//! Integrals of functions with one peak, panel by panel, in a bounded number of panels.

use super::quadrature::SIXTEEN;

/// Evaluation points per panel.
pub const NODES: usize = 16;

/// The largest exponent by which an integrand may change on a panel.
const MAX_LOG_CHANGE: f64 = 10.0;
/// The share of the integral that is neglected.
const NEGLIGIBLE: f64 = 1e-18;
/// Panels in one direction, at most: the outer ones double in width, so that some tens suffice.
pub const MAX_PANELS: usize = 600;
/// Halvings of the interval that holds a peak or a quantile, at most.
const MAX_HALVINGS: usize = 200;

/// A positive function on the whole line that rises up to its peak and falls from there.
pub trait Unimodal {
    /// The value at u.
    fn value(&self, u: f64) -> f64;
    /// The values at several points. Panels are wide, so that a few units in the last place do not matter.
    fn values(&self, places: &[f64; NODES]) -> [f64; NODES] {
        places.map(|u| self.value(u))
    }
    /// The derivative of the logarithm at u, and an upper bound of its change per unit near u, which grows
    /// by less than a factor of e within one unit of u. They determine the widths of panels and need few
    /// digits.
    fn slope_and_curvature(&self, u: f64) -> [f64; 2];
    /// Two points outside of which the curvature falls with the distance from them, and the function is
    /// analytic in circles that reach up to them.
    fn core(&self) -> [f64; 2] {
        [f64::NEG_INFINITY, f64::INFINITY]
    }
    /// The smallest fall of the logarithm further up the line, given its fall at some point there.
    fn min_fall(&self, fall: f64) -> f64 {
        fall
    }
}

/// The peak, accurate enough to start from, given points between which the slope changes sign.
#[must_use]
pub fn peak(shape: &impl Unimodal, low: f64, high: f64) -> f64 {
    let (mut low, mut high) = (low, high);
    for _ in 0..MAX_HALVINGS {
        let middle = 0.5 * (low + high);
        let width = high - low;
        let [slope, curvature] = shape.slope_and_curvature(middle);
        if width * width * curvature <= 0.01 || middle <= low || middle >= high {
            break;
        }
        if slope > 0.0 { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

/// ∫ between `start` and `end`, which may be infinite in either direction, away from the peak.
///
/// Panels are as wide as slope and curvature allow, until the remainder is negligible relative to this
/// integral and `known_part`.
#[must_use]
pub fn walk(shape: &impl Unimodal, start: f64, end: f64, known_part: f64) -> f64 {
    let direction = if end < start { -1.0 } else { 1.0 };
    let [first, last] = shape.core();
    let outer = if direction < 0.0 { first } else { last };
    let (mut sum, mut from) = (0.0, start);
    let [mut slope, mut curvature] = shape.slope_and_curvature(from);
    for _ in 0..MAX_PANELS {
        let left = (end - from) * direction;
        if left.is_nan() || left <= 0.0 {
            break;
        }
        let (m, k) = (slope.abs(), std::f64::consts::E * curvature);
        let bent = 2.0 * MAX_LOG_CHANGE / (m + (m * m + 2.0 * MAX_LOG_CHANGE * k).sqrt());
        let width = bent.min(((from - outer) * direction).max(1.0)).min(left);
        let next = from + direction * width;
        if next == from {
            break;
        }
        let values = shape.values(&SIXTEEN.map(|(node, _)| from + direction * width * node));
        let panel: f64 =
            SIXTEEN.iter().zip(values).map(|((_, weight), value)| weight * value).sum();
        sum += panel * width;
        from = next;
        [slope, curvature] = shape.slope_and_curvature(from);
        let fall = -slope * direction;
        let least = if direction < 0.0 { fall } else { shape.min_fall(fall) };
        if fall > 0.0 && panel <= NEGLIGIBLE * (sum + known_part) * least {
            break;
        }
    }
    sum
}

/// ∫ over the whole line, given the peak.
#[must_use]
pub fn whole(shape: &impl Unimodal, peak: f64) -> f64 {
    let left = walk(shape, peak, f64::NEG_INFINITY, 0.0);
    left + walk(shape, peak, f64::INFINITY, left)
}

/// ∫ below and ∫ above a point, given the peak.
#[must_use]
pub fn sides(shape: &impl Unimodal, peak: f64, at: f64) -> [f64; 2] {
    let to = |from: f64, end: f64| walk(shape, from, end, 0.0);
    if at < peak {
        [to(at, f64::NEG_INFINITY), to(peak, at) + to(peak, f64::INFINITY)]
    } else {
        [to(peak, f64::NEG_INFINITY) + to(peak, at), to(at, f64::INFINITY)]
    }
}

/// The point below which a share `level` of the whole is, given the peak.
#[must_use]
pub fn quantile(shape: &impl Unimodal, peak: f64, level: f64) -> f64 {
    let [below, above] = sides(shape, peak, peak);
    let lower = level * (below + above) < below;
    let direction = if lower { -1.0 } else { 1.0 };
    let wanted = if lower { level } else { 1.0 - level } * (below + above);
    let tail = |at: f64| walk(shape, at, direction * f64::INFINITY, 0.0);
    let (mut near, mut step) = (0.0, 1e-9);
    while tail(peak + direction * step) > wanted && step < 1e300 {
        (near, step) = (step, 2.0 * step);
    }
    let mut far = step;
    for _ in 0..MAX_HALVINGS {
        let middle = 0.5 * (near + far);
        if middle <= near || middle >= far || far - near <= 1e-15 * far {
            break;
        }
        if tail(peak + direction * middle) > wanted { near = middle } else { far = middle }
    }
    peak + direction * 0.5 * (near + far)
}
