//! The fast evaluation of Σ w·ℓ for Pareto/NBD on unique rows.
//!
//! Customers of one x are summed together, as in `central_rows`. Where they are deep in the tails, at huge
//! r + x or s, second derivatives of whole likelihoods would cancel; there D and Q of `history_table` are
//! used, with D(x, t) = Γ(r+x)/Γ(r)·α^{−x}·(1+t/α)^{−(r+x)}(1+t/β)^{−s} and
//!
//! ```text
//! Q(x, t) = s/(β+t)·∫₀ (1 + w/(α+t))^{−(r+x)} (1 + w/(β+t))^{−s−1} dw
//! ```
//!
//! gap by gap between consecutive times of the table. Value, gradient and Hessian are combinations of
//! the fifteen moments of 1, ln(1 + w/(α+t)), ln(1 + w/(β+t)) and their derivatives in α and β, all of
//! them relative to the start of the gap.

use std::sync::Mutex;

use rayon::prelude::*;

use super::attrition_moments::{Moments, PADDED_MOMENTS, attrition_within};
use super::central_rows::{CentralRows, CentralWorkspace, SharedNodes};
use super::integrand::{Density, Integrand};
use super::quadrature_rules::{Gap, QuadratureNodes};
use crate::data::observations::Purchases;
use crate::data::unique::UniqueRows;
use crate::likelihood::history_table::{CountGroup, HistoryTable, LogRatio, sum_inactive};
use crate::models::traits::Kernel;
use crate::numerics::Sums;
use crate::numerics::dual::Dual;
use crate::numerics::{exp, ln_pochhammer, vectorized};

/// Tables with fewer inactive customers are summed in one thread.
const MIN_ROWS_FOR_THREADS: usize = 4096;

/// Gaps that are planned and stored at a time.
const GAPS_PER_BATCH: usize = 256;

/// Customers of one x are deep in the tails where ln D(x, T), apart from factors of x alone, is further
/// from zero: second derivatives of a whole likelihood lose the square of it times 1e-16.
const MAX_CENTRAL_EXPONENT: f64 = 300.0;

/// The kernel; see the module for its formulas.
pub struct ParetoNbdKernel {
    history: HistoryTable,
    /// The fewest and the most purchases that each grid is for.
    grids: Vec<[f64; 2]>,
    /// For each x, the number of its grid, if it has one.
    grid_of: Vec<Option<usize>>,
    /// Σ w·x
    purchases: f64,
    /// Buffers for intermediate results, reused from one evaluation to the next.
    tables: Pool<SharedTables>,
    workspace: Pool<CentralWorkspace>,
}

/// The quantities that all customers share in an evaluation.
#[derive(Default)]
struct SharedTables {
    /// At the times of the history.
    instants: Integrand,
    grids: Vec<SharedNodes>,
}

/// Values that are reused, to avoid allocations.
#[derive(Default)]
struct Pool<T>(Mutex<Vec<T>>);

impl<T: Default> Pool<T> {
    /// A value from the pool, or a new one; it returns to the pool when dropped.
    fn take(&self) -> PoolGuard<'_, T> {
        let attrition = self.0.lock().ok().and_then(|mut values| values.pop());
        PoolGuard { value: attrition.unwrap_or_default(), pool: self }
    }
}

/// A value that is borrowed from a pool; see [`Pool::take`].
struct PoolGuard<'a, T: Default> {
    value: T,
    pool: &'a Pool<T>,
}

impl<T: Default> Drop for PoolGuard<'_, T> {
    fn drop(&mut self) {
        if let Ok(mut values) = self.pool.0.lock() {
            values.push(std::mem::take(&mut self.value));
        }
    }
}

/// ln(1 + w/a), as the exponents and moments need it.
#[derive(Clone, Copy)]
struct Decay {
    /// ln(1 + w/(α+t)) with its derivative in α.
    purchase: [f64; 2],
    /// ln(1 + w/(β+t)) with its derivative in β.
    dropout: [f64; 2],
}

impl Decay {
    fn new(rate: f64, scale: f64, w: f64) -> Self {
        let slope = |a: f64| -w / (a * (a + w));
        Self {
            purchase: [(w / rate).ln_1p(), slope(rate)],
            dropout: [(w / scale).ln_1p(), slope(scale)],
        }
    }
}

/// ln D(x, t′) − ln D(x, t), given ln(1 + (t′−t)/(α+t)) and the like.
#[inline(always)]
fn log_survival_ratio([p, per_rate, s, per_scale]: [f64; 4], decay: Decay) -> LogRatio {
    let ([a, da], [b, db]) = (decay.purchase, decay.dropout);
    // The second derivative of ln(1 + w/a) is −d·(d + 2/a), d being the first.
    LogRatio {
        value: -p * a - s * b,
        gradient: [-a, -p * da, -b, -s * db],
        purchase: [0.0, -da, p * da * (da + 2.0 * per_rate)],
        dropout: [0.0, -db, s * db * (db + 2.0 * per_scale)],
    }
}

/// The probability of dropping out within a gap, s/(β+t)·∫ (1 + w/(α+t))^{−p} (1 + w/(β+t))^{−s−1} dw,
/// given these powers at the nodes.
#[inline(always)]
fn attrition_at(
    [p, rate, s, scale]: [f64; 4],
    powers: &[f64],
    nodes: &[[f64; PADDED_MOMENTS]],
) -> Sums<4> {
    let mut moments = [0.0; PADDED_MOMENTS];
    for (power, node) in powers.iter().zip(nodes) {
        for (moment, term) in moments.iter_mut().zip(node) {
            *moment += power * term;
        }
    }
    let (value, gradient, hessian) =
        attrition_within(p, s, [rate.recip(), scale.recip()], &Moments::from_numbers(moments));
    Sums { value, gradient, hessian }.mirrored()
}

impl ParetoNbdKernel {
    /// The kernel of these rows.
    pub fn new(unique: &UniqueRows<Purchases>) -> Self {
        let history = HistoryTable::new(unique);
        let (grids, grid_of) = share_grids(&history);
        let purchases = history.counts.iter().map(|count| count.weight * count.frequency).sum();
        Self {
            history,
            grids,
            grid_of,
            purchases,
            tables: Pool::default(),
            workspace: Pool::default(),
        }
    }

    /// The terms in x alone, and Σ w·ln D(x, t) given Σ w and Σ w·x for each of the times.
    fn alive_at(&self, [r, alpha, s, beta]: [f64; 4], weights: &[[f64; 2]]) -> Sums<4> {
        let mut sum = Sums::<4>::from(-self.purchases * alpha.ln());
        sum.gradient[1] = -self.purchases / alpha;
        sum.hessian[1][1] = self.purchases / (alpha * alpha);
        let [r_dual] = Dual::<1>::variables([r]);
        for count in &self.history.counts {
            let term = ln_pochhammer(r_dual, Dual::from(count.frequency)) * count.weight;
            sum.value += term.value;
            sum.gradient[0] += term.gradient[0];
            sum.hessian[0][0] += term.hessian[0][0];
        }
        for (&[weight, purchases], &time) in weights.iter().zip(&self.history.times) {
            if weight == 0.0 {
                continue;
            }
            let Decay { purchase, dropout } = Decay::new(alpha, beta, time);
            let ([a, da], [b, db]) = (purchase, dropout);
            let (exponent, dropout) = (r * weight + purchases, s * weight);
            sum.value -= exponent * a + dropout * b;
            sum.gradient[0] -= weight * a;
            sum.gradient[1] -= exponent * da;
            sum.gradient[2] -= weight * b;
            sum.gradient[3] -= dropout * db;
            sum.hessian[0][1] -= weight * da;
            sum.hessian[1][1] += exponent * da * (da + 2.0 / alpha);
            sum.hessian[2][3] -= weight * db;
            sum.hessian[3][3] += dropout * db * (db + 2.0 / beta);
        }
        sum.hessian[1][0] = sum.hessian[0][1];
        sum.hessian[3][2] = sum.hessian[2][3];
        sum
    }

    /// Whether ln D(x, T) is so far from zero that customers of one x cannot be summed as in
    /// `central_rows`.
    fn is_deep(&self, &[r, alpha, s, beta]: &[f64; 4], count: &CountGroup) -> bool {
        let last = self.history.times[self.history.points[count.points.end - 1] as usize];
        (r + count.frequency) * (last / alpha).ln_1p() + s * (last / beta).ln_1p()
            > MAX_CENTRAL_EXPONENT
    }

    /// For each time t, Σ w and Σ w·x of the customers with t_x = t whose D at the last purchase is not
    /// part of the other sums: those with T = t_x and those deep in the tails.
    fn weights_outside(&self, theta: &[f64; 4]) -> Vec<[f64; 2]> {
        let HistoryTable { counts, points, inactive, ended, .. } = &self.history;
        let mut weights = ended.clone();
        for count in counts.iter().filter(|count| self.is_deep(theta, count)) {
            for row in &inactive[count.rows.clone()] {
                let [weight, purchases] = &mut weights[points[row.last as usize] as usize];
                *weight += row.weight;
                *purchases += row.weight * row.frequency;
            }
        }
        weights
    }

    /// Fills the quantities that all customers share.
    #[inline(always)]
    fn prepare(&self, theta: &[f64; 4], tables: &mut SharedTables) {
        let times = &self.history.times;
        tables.instants.fill(theta, Density::Alive, times, &[]);
        tables.grids.resize_with(self.grids.len(), SharedNodes::default);
        for (grid, &range) in tables.grids.iter_mut().zip(&self.grids) {
            grid.cover(theta, times, range);
        }
    }

    /// Q at the points of the table for one x, the last of which is zero.
    #[inline(always)]
    fn fill(&self, theta: &[f64; 4], count: &CountGroup) -> Vec<Sums<4>> {
        let &[r, alpha, s, beta] = theta;
        let (x, p) = (count.frequency, r + count.frequency);
        let points = &self.history.points[count.points.clone()];
        let time = |place: usize| self.history.times[points[place] as usize];
        let mut attrition = vec![Sums::<4>::from(0.0); points.len()];
        let (mut nodes, mut powers) = (QuadratureNodes::default(), Vec::new());
        let mut next = Sums::<4>::from(0.0);
        let mut end = attrition.len() - 1;
        while end > 0 {
            let batch = end.saturating_sub(GAPS_PER_BATCH)..end;
            nodes.clear();
            for place in batch.clone() {
                let (from, to) = (time(place), time(place + 1));
                nodes.plan(theta, &Gap { from, to, fewest: x, most: x });
            }
            nodes.fill();
            powers.clear();
            let logs = nodes.log[0].iter().zip(&nodes.log[1]);
            powers.extend(logs.map(|(a, b)| -p * a - (s + 1.0) * b));
            for power in &mut powers {
                *power = exp(*power);
            }
            for place in batch.clone().rev() {
                let (from, to) = (time(place), time(place + 1));
                let (rate, scale) = (alpha + from, beta + from);
                let range = nodes.of(place - batch.start);
                let decay = Decay::new(rate, scale, to - from);
                let stay = log_survival_ratio([p, rate.recip(), s, scale.recip()], decay).exp();
                let nodes = (&powers[range.clone()], &nodes.moments[range]);
                next = attrition_at([p, rate, s, scale], nodes.0, nodes.1) + stay * next;
                attrition[place] = next;
            }
            end = batch.start;
        }
        attrition
    }

    /// Σ w·ln{Q(x, t_x) + e·(1 − Q(x, T))} over the customers of one x, however deep in the tails.
    fn sum_deep(&self, theta: &[f64; 4], count: &CountGroup) -> Sums<4> {
        let &[r, alpha, s, beta] = theta;
        let attrition = vectorized(
            #[inline(always)]
            || self.fill(theta, count),
        );
        let HistoryTable { times, points, inactive, .. } = &self.history;
        let first = u32::try_from(count.points.start).expect("fewer places than 2³²");
        sum_inactive(&inactive[count.rows.clone()], (first, &attrition), |row| {
            let [last, end] =
                [row.last, row.end].map(|place| times[points[place as usize] as usize]);
            let (rate, scale) = (alpha + last, beta + last);
            let decay = Decay::new(rate, scale, end - last);
            log_survival_ratio([r + row.frequency, rate.recip(), s, scale.recip()], decay)
        })
    }
}

/// The shared sets of nodes: where many x have customers at most times of the table, they share the nodes
/// over all of these. Returns the fewest and the most purchases of each set, and the set of each x.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a logarithm
fn share_grids(history: &HistoryTable) -> (Vec<[f64; 2]>, Vec<Option<usize>>) {
    const DENSE: usize = 6;
    let class = |count: &CountGroup| (0.25 * (count.frequency + 1.0).log2()) as usize;
    let dense = |count: &&CountGroup| {
        count.points.len() * DENSE >= history.times.len() && !count.rows.is_empty()
    };
    let mut users: Vec<Vec<f64>> = Vec::new();
    for count in history.counts.iter().filter(dense) {
        let class = class(count);
        users.resize(users.len().max(class + 1), Vec::new());
        users[class].push(count.frequency);
    }
    let mut grids = Vec::new();
    let numbers: Vec<Option<usize>> = users
        .iter()
        .map(|users| {
            let [fewest, .., most] = users[..] else { return None };
            grids.push([fewest, most]);
            Some(grids.len() - 1)
        })
        .collect();
    let grid = |count: &CountGroup| if dense(&count) { numbers[class(count)] } else { None };
    let grid_of = history.counts.iter().map(grid).collect();
    (grids, grid_of)
}

impl Kernel<4> for ParetoNbdKernel {
    fn evaluate(&self, theta: [f64; 4]) -> Sums<4> {
        let HistoryTable { counts, inactive, .. } = &self.history;
        let mut tables = self.tables.take();
        vectorized(
            #[inline(always)]
            || self.prepare(&theta, &mut tables.value),
        );
        let SharedTables { instants, grids } = &tables.value;
        let central = CentralRows { theta, history: &self.history, instants };
        let part = |workspace: &mut PoolGuard<'_, CentralWorkspace>,
                    (count, grid): (&CountGroup, &Option<usize>)| {
            if count.rows.is_empty() {
                Sums::from(0.0)
            } else if self.is_deep(&theta, count) {
                self.sum_deep(&theta, count)
            } else {
                let grid = grid.map(|grid| &grids[grid]);
                vectorized(
                    #[inline(always)]
                    || central.sum(count, grid, &mut workspace.value),
                )
            }
        };
        let parts: Vec<Sums<4>> = if inactive.len() < MIN_ROWS_FOR_THREADS {
            let mut workspace = self.workspace.take();
            counts.iter().zip(&self.grid_of).map(|job| part(&mut workspace, job)).collect()
        } else {
            let jobs = counts.par_iter().zip(&self.grid_of);
            jobs.map_init(|| self.workspace.take(), part).collect()
        };
        let weights = self.weights_outside(&theta);
        parts.into_iter().fold(self.alive_at(theta, &weights), |sum, part| sum + part)
    }
}
