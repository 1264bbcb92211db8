//! Choice of quadrature rules over the time between purchases, and shared factors at their nodes.

use super::attrition_moments::{Moments, PADDED_MOMENTS};
use crate::numerics::{EIGHT, FOUR, SIXTEEN, TWO, ln_1p};

/// The largest width of a panel, on a logarithmic scale.
const MAX_PANEL_WIDTH: f64 = 1.75;

/// Panels are skipped where the integrand has decayed by this exponent.
pub const NEGLIGIBLE: f64 = 45.0;

/// A rule of few nodes that is accurate for a gap, if there is one.
///
/// With K the logarithm by which the integrand decays and u the width in units of α+t or β+t, a rule of
/// n nodes errs by less than e^{ρK/4}ρ^{−2n} for any ρ that keeps the ellipse off the singularity,
/// 4 + ρ < 8/u or so: below 1e-14 within the bounds here.
#[inline(always)]
pub fn rule_for(decay: f64, spread: f64) -> Option<&'static [(f64, f64)]> {
    let within = |most: f64, widest: f64| decay <= most && spread <= widest;
    if within(1e-3, 5e-4) {
        Some(TWO.as_slice())
    } else if within(0.2, 0.03) {
        Some(FOUR.as_slice())
    } else if within(3.0, 0.3) {
        Some(EIGHT.as_slice())
    } else if within(8.0, 1.5) {
        Some(SIXTEEN.as_slice())
    } else {
        None
    }
}

/// The time between two points of the table.
#[derive(Clone, Copy)]
pub struct Gap {
    /// The earlier time.
    pub from: f64,
    /// The later time.
    pub to: f64,
    /// The fewest purchases among the customers concerned.
    pub fewest: f64,
    /// The most purchases among the customers concerned.
    pub most: f64,
}

/// The nodes of a quadrature over some gaps: first planned gap by gap, then filled in one sweep.
#[derive(Default)]
pub struct QuadratureNodes {
    /// w, the time since the start of the gap.
    pub since: Vec<f64>,
    /// The weight in the rule.
    pub weight: Vec<f64>,
    /// 1/(α+t) and 1/(β+t) at the start of the gap.
    inverse: [Vec<f64>; 2],
    /// ln(1 + w/(α+t)) and ln(1 + w/(β+t)).
    pub log: [Vec<f64>; 2],
    /// The derivatives of the logarithms in α and β.
    slope: [Vec<f64>; 2],
    /// The weight, times each product of two of 1, the first logarithm and its derivative, the
    /// second and its.
    pub moments: Vec<[f64; PADDED_MOMENTS]>,
    /// Where the nodes of each gap end.
    ends: Vec<usize>,
}

impl QuadratureNodes {
    /// Forgets all gaps.
    pub fn clear(&mut self) {
        self.since.clear();
        self.weight.clear();
        self.ends.clear();
        for i in 0..2 {
            self.inverse[i].clear();
        }
    }

    /// The number of gaps.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// The nodes of the i-th gap.
    pub fn of(&self, gap: usize) -> std::ops::Range<usize> {
        (if gap == 0 { 0 } else { self.ends[gap - 1] })..self.ends[gap]
    }

    fn push(&mut self, since: f64, weight: f64, [rate, scale]: [f64; 2]) {
        self.since.push(since);
        self.weight.push(weight);
        self.inverse[0].push(rate);
        self.inverse[1].push(scale);
    }

    /// Plans nodes over a gap that are accurate for all its numbers of purchases.
    ///
    /// If [`rule_for`] has none, the gap is mapped and split as in [`crate::numerics::decay_integral`].
    pub fn plan(&mut self, &[r, alpha, s, beta]: &[f64; 4], gap: &Gap) {
        let (rate, scale, width) = (alpha + gap.from, beta + gap.from, gap.to - gap.from);
        let inverse = [rate.recip(), scale.recip()];
        let slope = (r + gap.most) * inverse[0] + (s + 1.0) * inverse[1];
        let (decay, spread) = (width * slope, width * inverse[0].max(inverse[1]));
        let rule = rule_for(decay, spread).unwrap_or_else(|| {
            let unit = rate.min(scale).min(slope.recip());
            self.plan_panels([inverse[0], r + gap.fewest, inverse[1], s], unit, width);
            &[]
        });
        for &(node, weight) in rule {
            self.push(node * width, weight * width, inverse);
        }
        self.ends.push(self.since.len());
    }

    fn plan_panels(&mut self, [rate, p, scale, s]: [f64; 4], unit: f64, until: f64) {
        let length = (until / unit).min(1e200).ln_1p();
        let panels = (length / MAX_PANEL_WIDTH).ceil();
        let width = length / panels;
        let mut k = 0.0;
        while k < panels {
            let far = unit * (width * k).exp_m1();
            // Log-concave on this scale: what has become small continues to decrease.
            let decay = p * (far * rate).ln_1p() + (s + 1.0) * (far * scale).ln_1p() - width * k;
            if decay > NEGLIGIBLE {
                break;
            }
            for &(node, weight) in SIXTEEN.iter() {
                let v = width * (k + node);
                self.push(unit * v.exp_m1(), weight * width * unit * v.exp(), [rate, scale]);
            }
            k += 1.0;
        }
    }

    /// Computes the factors at the planned nodes.
    #[inline(always)]
    pub fn fill(&mut self) {
        let len = self.since.len();
        for i in 0..2 {
            self.log[i].resize(len, 0.0);
            self.slope[i].resize(len, 0.0);
            let columns = self.since.iter().zip(&self.inverse[i]);
            let results = self.log[i].iter_mut().zip(&mut self.slope[i]);
            for ((&w, &inverse), (log, slope)) in columns.zip(results) {
                let part = w * inverse;
                *log = ln_1p(part);
                *slope = -part * inverse / (1.0 + part);
            }
        }
        self.moments.clear();
        self.moments.extend((0..len).map(
            #[inline(always)]
            |n| {
                let [a, b] = [self.log[0][n], self.log[1][n]];
                let [da, db] = [self.slope[0][n], self.slope[1][n]];
                let moments = Moments {
                    one: 1.0,
                    a,
                    da,
                    b,
                    db,
                    a_a: a * a,
                    a_da: a * da,
                    a_b: a * b,
                    a_db: a * db,
                    da_da: da * da,
                    da_b: da * b,
                    da_db: da * db,
                    b_b: b * b,
                    b_db: b * db,
                    db_db: db * db,
                };
                moments.to_numbers().map(|moment| self.weight[n] * moment)
            },
        ));
    }
}
