//! Σ w·ln L of customers of one x who are not deep in the tails.
//!
//! Let D(y) = (1+y/α)^{−p}(1+y/β)^{−s} with p = r + x, and A(t) the integral of D(y)·s/(β+y) from t to
//! the last time in the table for x. Apart from factors of x alone,
//!
//! ```text
//! L(x, t_x, T) = A(t_x) − A(T) + D(T)
//! ```
//!
//! where nothing cancels: A(T) ≤ A(t_x). Its first and second derivatives are sums of the same form, so
//! that those of second order are not needed per customer: they enter Σ w·∂²L/L through the total
//! coefficient of each point of the table. Only ∂L/L is needed per customer.

use std::array::from_fn;

use super::integrand::{Density, Integrand, IntegrandTerms, TIMES_PER_STAGE};
use super::quadrature_rules::{Gap, QuadratureNodes};
use crate::likelihood::history_table::{CountGroup, HistoryTable, InactiveRow};
use crate::numerics::Sums;
use crate::numerics::{exp, ln};

/// The quadrature over the gaps between all times of a table.
#[derive(Default)]
pub struct SharedNodes {
    /// The nodes, planned.
    nodes: QuadratureNodes,
    /// When they are.
    times: Vec<f64>,
    /// The terms at the nodes.
    curve: Integrand,
}

impl SharedNodes {
    /// The quadrature over all gaps between times, for customers with `fewest` to `most` purchases.
    #[inline(always)]
    pub fn cover(&mut self, theta: &[f64; 4], times: &[f64], [fewest, most]: [f64; 2]) {
        self.nodes.clear();
        for ends in times.windows(2) {
            self.nodes.plan(theta, &Gap { from: ends[0], to: ends[1], fewest, most });
        }
        self.fill(theta, |gap| times[gap]);
    }

    /// Computes the terms at the planned nodes, given the starts of the gaps.
    #[inline(always)]
    fn fill(&mut self, theta: &[f64; 4], start: impl Fn(usize) -> f64) {
        self.times.clear();
        for gap in 0..self.nodes.len() {
            let from = start(gap);
            for &since in &self.nodes.since[self.nodes.of(gap)] {
                self.times.push(from + since);
            }
        }
        self.curve.fill(theta, Density::Attrition, &self.times, &self.nodes.weight);
    }
}

/// Room for intermediate results.
#[derive(Default)]
pub struct CentralWorkspace {
    own: SharedNodes,
    powers: Vec<f64>,
    /// The integrals A at each point.
    attrition: Vec<IntegrandTerms>,
    /// D at each point.
    alive: Vec<f64>,
    /// The first eight terms of D − A at each point, which enter the likelihood of customers observed until
    /// then.
    until: Vec<[f64; 8]>,
    /// Σ w/L over the customers whose last purchase, and over those whose end of observation, is at a
    /// point.
    coefficients: Vec<[f64; 2]>,
}

/// The inputs of the sums over customers of one x.
pub struct CentralRows<'a> {
    /// r, α, s, β
    pub theta: [f64; 4],
    /// The table.
    pub history: &'a HistoryTable,
    /// The terms at the times of the table.
    pub instants: &'a Integrand,
}

/// The position of [`IntegrandTerms::weight`] among the terms.
const WEIGHT: usize = 4;

/// Gaps with nodes of their own that are stored at a time.
const GAPS_PER_BATCH: usize = 256;

/// Customers summed side by side.
const ROWS_PER_STAGE: usize = 32;

impl CentralRows<'_> {
    /// Σ w·ln{A(t_x) − A(T) + D(T)}.
    #[inline(always)]
    pub fn sum(
        &self,
        count: &CountGroup,
        grid: Option<&SharedNodes>,
        workspace: &mut CentralWorkspace,
    ) -> Sums<4> {
        let p = self.theta[0] + count.frequency;
        let places = count.points.len();
        workspace.attrition.clear();
        workspace.attrition.resize(places, IntegrandTerms::default());
        match grid {
            Some(grid) => self.integrate_grid(count, grid, workspace),
            None => self.integrate_own(count, workspace),
        }
        let points = &self.history.points[count.points.clone()];
        workspace.alive.resize(places.next_multiple_of(TIMES_PER_STAGE), 0.0);
        for (alive, &time) in workspace.alive.iter_mut().zip(points) {
            *alive = self.instants.log[time as usize];
        }
        raise(&mut workspace.alive, -p);
        workspace.until.resize(places, [0.0; 8]);
        let columns = workspace.until.iter_mut().zip(&workspace.attrition).zip(&workspace.alive);
        for (((until, attrition), &alive), &time) in columns.zip(points) {
            let (terms, attrition) =
                (self.instants.terms[time as usize].numbers(), attrition.numbers());
            *until = from_fn(|k| alive * terms[k] - attrition[k]);
        }
        workspace.coefficients.clear();
        workspace.coefficients.resize(places, [0.0; 2]);
        let inactive = &self.history.inactive[count.rows.clone()];
        let (value, squares) = sum_rows(inactive, count.points.start, workspace);
        let mut sum = IntegrandTerms::default();
        let columns = workspace.coefficients.iter().zip(&workspace.attrition).zip(&workspace.alive);
        for ((([last, end], attrition), alive), &time) in columns.zip(points) {
            let (terms, attrition) =
                (self.instants.terms[time as usize].numbers(), attrition.numbers());
            let (dropped_out, alive) = (last - end, end * alive);
            let terms: [f64; 16] = from_fn(|k| dropped_out * attrition[k] + alive * terms[k]);
            for (total, term) in sum.numbers_mut().iter_mut().zip(terms) {
                *total += term;
            }
        }
        self.finish(p, value, &sum, &squares)
    }

    /// A from the nodes of all gaps of the table.
    #[inline(always)]
    fn integrate_grid(
        &self,
        count: &CountGroup,
        grid: &SharedNodes,
        workspace: &mut CentralWorkspace,
    ) {
        let points = &self.history.points[count.points.clone()];
        let (first, last) = (points[0] as usize, points[points.len() - 1] as usize);
        let begin = grid.nodes.of(first).start;
        let range = begin..grid.nodes.of(last - 1).end;
        let p = self.theta[0] + count.frequency;
        powers(&mut workspace.powers, &grid.curve.log[range], -p);
        let mut next = IntegrandTerms::default();
        let mut place = points.len() - 1;
        for gap in (first..last).rev() {
            let range = grid.nodes.of(gap);
            let powers = &workspace.powers[range.start - begin..range.end - begin];
            add(&mut next, powers, &grid.curve.terms[range]);
            if points[place - 1] as usize == gap {
                place -= 1;
                workspace.attrition[place] = next;
            }
        }
    }

    /// A from nodes of their own.
    #[inline(always)]
    fn integrate_own(&self, count: &CountGroup, workspace: &mut CentralWorkspace) {
        let x = count.frequency;
        let points = &self.history.points[count.points.clone()];
        let time = |place: usize| self.history.times[points[place] as usize];
        let own = &mut workspace.own;
        let mut next = IntegrandTerms::default();
        let mut end = points.len() - 1;
        while end > 0 {
            let batch = end.saturating_sub(GAPS_PER_BATCH)..end;
            own.nodes.clear();
            for gap in batch.clone() {
                let gap = Gap { from: time(gap), to: time(gap + 1), fewest: x, most: x };
                own.nodes.plan(&self.theta, &gap);
            }
            own.fill(&self.theta, |gap| time(batch.start + gap));
            powers(&mut workspace.powers, &own.curve.log, -self.theta[0] - x);
            for place in batch.clone().rev() {
                let range = own.nodes.of(place - batch.start);
                add(&mut next, &workspace.powers[range.clone()], &own.curve.terms[range]);
                workspace.attrition[place] = next;
            }
            end = batch.start;
        }
    }

    /// The sums from those of the terms and of ∂L/L ⊗ ∂L/L.
    fn finish(&self, p: f64, value: f64, sum: &IntegrandTerms, squares: &[[f64; 4]; 4]) -> Sums<4> {
        let [_, alpha, ..] = self.theta;
        let &IntegrandTerms {
            a,
            da,
            b,
            d,
            b_d,
            d_d,
            b_b,
            a_a,
            a_da,
            a_b,
            a_d,
            da_da,
            da_b,
            da_d,
            ..
        } = sum;
        let signs = [-1.0, -p, -1.0, 1.0];
        let mut hessian = [[0.0; 4]; 4];
        hessian[0] = [a_a, p * a_da - da, a_b, -a_d];
        hessian[1][1] = p * ((p + 1.0) * da_da + 2.0 / alpha * da);
        hessian[1][2] = p * da_b;
        hessian[1][3] = -p * da_d;
        hessian[2][2] = b_b;
        hessian[2][3] = -b_d;
        hessian[3][3] = d_d;
        for i in 0..4 {
            for j in i..4 {
                hessian[i][j] -= signs[i] * signs[j] * squares[i][j];
            }
        }
        Sums { value, gradient: [-a, -p * da, -b, d], hessian }.mirrored()
    }
}

/// e^{p·a} for some a.
#[inline(always)]
fn powers(out: &mut Vec<f64>, logs: &[f64], p: f64) {
    out.resize(logs.len().next_multiple_of(TIMES_PER_STAGE), 0.0);
    out[..logs.len()].copy_from_slice(logs);
    raise(out, p);
}

/// Replaces a by e^{p·a}.
#[inline(always)]
fn raise(logs: &mut [f64], p: f64) {
    for lanes in logs.chunks_exact_mut(TIMES_PER_STAGE) {
        for log in lanes {
            *log = exp(p * *log);
        }
    }
}

#[inline(always)]
fn add(sum: &mut IntegrandTerms, powers: &[f64], terms: &[IntegrandTerms]) {
    for (power, record) in powers.iter().zip(terms) {
        for (total, term) in sum.numbers_mut().iter_mut().zip(record.numbers()) {
            *total += power * term;
        }
    }
}

/// Σ w·ln L and Σ w·v⊗v with v = (a, a′, b̃, d)/L; adds to the coefficient of each point.
#[inline(always)]
fn sum_rows(
    inactive: &[InactiveRow],
    first: usize,
    workspace: &mut CentralWorkspace,
) -> (f64, [[f64; 4]; 4]) {
    let CentralWorkspace { attrition, until, coefficients, .. } = workspace;
    let (mut value, mut squares) = (0.0, [[0.0; 4]; 4]);
    let mut parts = [[0.0; 8]; ROWS_PER_STAGE];
    for rows in inactive.chunks(ROWS_PER_STAGE) {
        let (mut likelihood, mut weight) = ([1.0; ROWS_PER_STAGE], [0.0; ROWS_PER_STAGE]);
        for (i, row) in rows.iter().enumerate() {
            let (last, end) =
                (&attrition[row.last as usize - first], &until[row.end as usize - first]);
            let last = last.numbers();
            parts[i] = from_fn(|k| last[k] + end[k]);
            (likelihood[i], weight[i]) = (parts[i][WEIGHT], row.weight);
        }
        let (mut inverse, mut terms) = ([0.0; ROWS_PER_STAGE], [0.0; ROWS_PER_STAGE]);
        for i in 0..ROWS_PER_STAGE {
            inverse[i] = 1.0 / likelihood[i];
            terms[i] = weight[i] * ln(likelihood[i]);
            weight[i] *= inverse[i];
        }
        value += terms.iter().sum::<f64>();
        for (i, row) in rows.iter().enumerate() {
            coefficients[row.last as usize - first][0] += weight[i];
            coefficients[row.end as usize - first][1] += weight[i];
            let both = weight[i] * inverse[i];
            let [a, da, b, d, ..] = parts[i];
            let slopes = [a, da, b, d];
            for (row, slope) in squares.iter_mut().zip(slopes) {
                let terms = slopes.map(|other| both * slope * other);
                for (total, term) in row.iter_mut().zip(terms) {
                    *total += term;
                }
            }
        }
    }
    (value, squares)
}
