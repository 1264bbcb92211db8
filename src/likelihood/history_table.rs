//! The table of histories by number of purchases and time, for models in which a customer may drop out at
//! any time since the last purchase: Pareto/NBD and BG/BB.
//!
//! Let D(x, t) be the likelihood of having bought x times by t and of being alive then, and Q(x, t) the
//! probability, given that, of dropping out later without another purchase, but before a horizon that no
//! customer with x purchases survives. Then
//!
//! ```text
//! L(x, t_x, T) = D(x, t_x)·{Q(x, t_x) + e·(1 − Q(x, T))},   e = D(x, T)/D(x, t_x)
//! ```
//!
//! e·Q(x, T) ≤ Q(x, t_x), so no term exceeds the sum and nothing cancels. Q needs a table over the distinct
//! (x, t) only, filled backwards in time: Q(x, t) is the probability of dropping out before the next t′ in
//! the table, plus D(x, t′)/D(x, t)·Q(x, t′).

use std::array::from_fn;
use std::ops::Range;

use crate::data::observations::Observation;
use crate::data::unique::UniqueRows;
use crate::numerics::{Sums, sum_chunks};
use crate::numerics::{exp, ln, vectorized};

/// Customers with one number of purchases.
pub struct CountGroup {
    /// x
    pub frequency: f64,
    /// Σ w
    pub weight: f64,
    /// Their points in the table.
    pub points: Range<usize>,
    /// Those with T > t_x.
    pub rows: Range<usize>,
}

/// Customers who have been inactive for some time.
pub struct InactiveRow {
    /// x
    pub frequency: f64,
    /// The point of (x, t_x) in the table.
    pub last: u32,
    /// The point of (x, T) in the table.
    pub end: u32,
    /// Σ w
    pub weight: f64,
}

/// A table of customers, by number of purchases and time.
#[derive(Default)]
pub struct HistoryTable {
    /// The distinct times, ascending.
    pub times: Vec<f64>,
    /// For each time t, Σ w and Σ w·x of the customers with T = t_x = t.
    pub ended: Vec<[f64; 2]>,
    /// The distinct x, ascending.
    pub counts: Vec<CountGroup>,
    /// The time of each point of the table, ascending for each x.
    pub points: Vec<u32>,
    /// The customers with T > t_x, by x.
    pub inactive: Vec<InactiveRow>,
}

/// A position in a table, all of which have fewer than 2³² rows.
#[allow(clippy::cast_possible_truncation)]
fn as_u32(position: usize) -> u32 {
    position as u32
}

impl HistoryTable {
    /// The table of customers (x, t_x, T) with their weights.
    pub fn new<R: Observation>(unique: &UniqueRows<R>) -> Self {
        let [frequencies, ends @ ..] = &unique.values;
        let mut times = ends.concat();
        times.sort_unstable_by(f64::total_cmp);
        times.dedup();
        let rank = |time: &f64| as_u32(times.partition_point(|before| before < time));
        let ranks = ends.each_ref().map(|column| column.iter().map(rank).collect::<Vec<_>>());
        let mut by_count: Vec<Vec<u32>> = vec![Vec::new(); frequencies.len()];
        for (row, &[count, ..]) in unique.codes.iter().enumerate() {
            by_count[count as usize].push(as_u32(row));
        }
        let mut counts: Vec<usize> = (0..frequencies.len()).collect();
        counts.retain(|&count| !by_count[count].is_empty());
        counts.sort_unstable_by(|&a, &b| frequencies[a].total_cmp(&frequencies[b]));
        let mut table = Self { ended: vec![[0.0; 2]; times.len()], times, ..Self::default() };
        // The point of each time in the part of the table for one x, and the x for which it is valid.
        let mut slots = vec![(0, u32::MAX); table.times.len()];
        for count in counts {
            let (frequency, members) = (frequencies[count], &by_count[count]);
            let (begin, first) = (table.points.len(), table.inactive.len());
            let times_of = |&row: &u32| {
                let [_, recency, end] = unique.codes[row as usize];
                [ranks[0][recency as usize], ranks[1][end as usize]]
            };
            for time in members.iter().flat_map(times_of) {
                let slot = &mut slots[time as usize];
                if slot.1 != as_u32(count) {
                    slot.1 = as_u32(count);
                    table.points.push(time);
                }
            }
            table.points[begin..].sort_unstable();
            for (point, &time) in table.points.iter().enumerate().skip(begin) {
                slots[time as usize].0 = as_u32(point);
            }
            let mut total = 0.0;
            for row in members {
                let [last, end] = times_of(row).map(|time| time as usize);
                let weight = unique.weights[*row as usize];
                total += weight;
                if last == end {
                    table.ended[last][0] += weight;
                    table.ended[last][1] += weight * frequency;
                } else {
                    let (last, end) = (slots[last].0, slots[end].0);
                    table.inactive.push(InactiveRow { frequency, last, end, weight });
                }
            }
            let (points, rows) = (begin..table.points.len(), first..table.inactive.len());
            table.counts.push(CountGroup { frequency, weight: total, points, rows });
        }
        table
    }
}

/// Σ w·ln{Q(x, t_x) + e·(1 − Q(x, T))}, given Q from a point of the table on and ln e.
pub fn sum_inactive(
    inactive: &[InactiveRow],
    (first, attrition): (u32, &[Sums<4>]),
    log: impl Fn(&InactiveRow) -> LogRatio + Sync,
) -> Sums<4> {
    sum_chunks(inactive.len(), |range| {
        vectorized(
            #[inline(always)]
            || sum_chunk(&inactive[range], first, attrition, &log),
        )
    })
}

/// ln e = ln D(x, T) − ln D(x, t_x). The first two parameters are those of the purchases and the others
/// those of the dropout, so that mixed derivatives vanish.
#[derive(Clone, Copy)]
pub struct LogRatio {
    /// ln e
    pub value: f64,
    /// Its gradient.
    pub gradient: [f64; 4],
    /// ∂²/∂1∂1, ∂²/∂1∂2 and ∂²/∂2∂2 of the parameters of the purchases.
    pub purchase: [f64; 3],
    /// The same derivatives of the parameters of the dropout.
    pub dropout: [f64; 3],
}

impl LogRatio {
    /// e
    #[must_use]
    pub fn exp(&self) -> Sums<4> {
        let value = self.value.exp();
        let slope = self.gradient;
        let mut hessian = slope.map(|a| slope.map(|b| a * b));
        for (start, [first, mixed, second]) in [(0, self.purchase), (2, self.dropout)] {
            hessian[start][start] += first;
            hessian[start][start + 1] += mixed;
            hessian[start + 1][start] += mixed;
            hessian[start + 1][start + 1] += second;
        }
        Sums {
            value,
            gradient: slope.map(|d| value * d),
            hessian: hessian.map(|row| row.map(|h| value * h)),
        }
    }
}

/// Rows per stage, so that intermediate results stay in the first-level cache.
const ROWS_PER_STAGE: usize = 64;

#[inline(always)]
fn sum_chunk(
    inactive: &[InactiveRow],
    first: u32,
    attrition: &[Sums<4>],
    log: &impl Fn(&InactiveRow) -> LogRatio,
) -> Sums<4> {
    const NONE: LogRatio =
        LogRatio { value: 0.0, gradient: [0.0; 4], purchase: [0.0; 3], dropout: [0.0; 3] };
    let mut sum = Sums::<4>::from(0.0);
    let (mut purchase, mut dropout) = ([0.0; 3], [0.0; 3]);
    let mut logs = [NONE; ROWS_PER_STAGE];
    let mut ratios = [0.0; ROWS_PER_STAGE];
    let mut here = [1.0; ROWS_PER_STAGE];
    for rows in inactive.chunks(ROWS_PER_STAGE) {
        for (slot, row) in logs.iter_mut().zip(rows) {
            *slot = log(row);
        }
        for (ratio, log) in ratios.iter_mut().zip(&logs) {
            *ratio = exp(log.value);
        }
        for (((row, log), &e), here) in rows.iter().zip(&logs).zip(&ratios).zip(&mut here) {
            let [last, end] = [row.last, row.end].map(|place| &attrition[(place - first) as usize]);
            let alive = 1.0 - end.value;
            *here = last.value + e * alive;
            let inverse = here.recip();
            let (share, w) = (e * inverse, row.weight);
            // The slope of (1 − Q)·e is e·(bend), that of ln{…} is slope.
            let bend: [f64; 4] = from_fn(|i| alive * log.gradient[i] - end.gradient[i]);
            let slope: [f64; 4] = from_fn(|i| inverse * last.gradient[i] + share * bend[i]);
            for i in 0..4 {
                sum.gradient[i] += w * slope[i];
                let row: [f64; 4] = from_fn(|j| {
                    inverse * last.hessian[i][j]
                        + share
                            * (bend[i] * log.gradient[j]
                                - log.gradient[i] * end.gradient[j]
                                - end.hessian[i][j])
                        - slope[i] * slope[j]
                });
                for (total, term) in sum.hessian[i].iter_mut().zip(row) {
                    *total += w * term;
                }
            }
            let weight = w * share * alive;
            for i in 0..3 {
                purchase[i] += weight * log.purchase[i];
                dropout[i] += weight * log.dropout[i];
            }
        }
        here[rows.len()..].fill(1.0);
        for here in &mut here {
            *here = ln(*here);
        }
        for (row, ln) in rows.iter().zip(&here) {
            sum.value += row.weight * ln;
        }
    }
    for (start, [first, mixed, second]) in [(0, purchase), (2, dropout)] {
        sum.hessian[start][start] += first;
        sum.hessian[start][start + 1] += mixed;
        sum.hessian[start + 1][start] += mixed;
        sum.hessian[start + 1][start + 1] += second;
    }
    sum
}
