//! What the models share in which a customer may have left unseen at any time since the last
//! purchase: Pareto/NBD and BG/BB.
//!
//! Let D(x, t) be the likelihood of having bought x times by t and of being alive then, and Q(x, t)
//! the probability, given that, of leaving later without another purchase, but before a horizon
//! that no customer with x purchases outlives. Then
//!
//! ```text
//! L(x, t_x, T) = D(x, t_x)·{Q(x, t_x) + e·(1 − Q(x, T))},   e = D(x, T)/D(x, t_x)
//! ```
//!
//! e·Q(x, T) ≤ Q(x, t_x), so no term exceeds the sum and nothing cancels. Q needs a table over the
//! distinct (x, t) only, filled backwards in time: Q(x, t) is what leaves before the next t′ in the
//! table, plus D(x, t′)/D(x, t)·Q(x, t′).

use crate::model::{Sums, sum_chunks};
use crate::unique::KeyMap;

/// Customers with one number of purchases.
pub struct Count {
    /// x
    pub frequency: f64,
    /// Σ w
    pub weight: f64,
    /// Their places in the table.
    pub points: std::ops::Range<usize>,
}

/// Customers who have been silent for some time.
pub struct Silent {
    /// x
    pub frequency: f64,
    /// The place of (x, t_x) in the table,
    pub last: u32,
    /// and of (x, T).
    pub end: u32,
    /// Σ w
    pub weight: f64,
}

/// A table of customers, by number of purchases and time.
#[derive(Default)]
pub struct Histories {
    /// The distinct times, ascending.
    pub times: Vec<f64>,
    /// For each time t, Σ w and Σ w·x of the customers whose last purchase was then.
    pub last: Vec<[f64; 2]>,
    /// The distinct x, ascending.
    pub counts: Vec<Count>,
    /// The table: which time each place stands for, ascending for each x.
    pub points: Vec<u32>,
    /// The customers with T > t_x, by x.
    pub silent: Vec<Silent>,
}

/// Distinct values in ascending order, and the rank of each value given.
fn rank(values: impl Iterator<Item = f64>) -> (Vec<f64>, Vec<u32>) {
    let (mut map, mut distinct) = (KeyMap::default(), Vec::new());
    let mut numbers: Vec<u32> = values
        .map(|value| {
            let number = map.position([value.to_bits(), 0, 0]);
            if number == distinct.len() {
                distinct.push(value);
            }
            as_u32(number)
        })
        .collect();
    let mut order: Vec<usize> = (0..distinct.len()).collect();
    order.sort_unstable_by(|&i, &j| distinct[i].total_cmp(&distinct[j]));
    let mut ranks = vec![0; distinct.len()];
    for (rank, &i) in order.iter().enumerate() {
        ranks[i] = as_u32(rank);
    }
    for number in &mut numbers {
        *number = ranks[*number as usize];
    }
    (order.into_iter().map(|i| distinct[i]).collect(), numbers)
}

#[allow(clippy::cast_possible_truncation)] // positions in tables of fewer than 2³² rows
fn as_u32(position: usize) -> u32 {
    position as u32
}

impl Histories {
    /// The table of customers (x, t_x, T) with their weights.
    pub fn new(rows: impl ExactSizeIterator<Item = ([f64; 3], f64)> + Clone) -> Self {
        let len = rows.len();
        let (counts, count_of) = rank(rows.clone().map(|([x, ..], _)| x));
        let both = rows.clone().flat_map(|([_, recency, end], _)| [recency, end]);
        let (times, time_of) = rank(both);
        let mut starts = vec![0; counts.len() + 1];
        for &count in &count_of {
            starts[count as usize + 1] += 1;
        }
        for i in 1..starts.len() {
            starts[i] += starts[i - 1];
        }
        let mut place = starts.clone();
        let mut order = vec![0; len];
        for (i, &count) in count_of.iter().enumerate() {
            order[place[count as usize]] = i;
            place[count as usize] += 1;
        }
        let weights: Vec<f64> = rows.map(|(_, weight)| weight).collect();
        let mut table = Self { last: vec![[0.0; 2]; times.len()], times, ..Self::default() };
        // The place of each time in the part of the table for one x, and the x it was given for.
        let mut slots = vec![(0, u32::MAX); table.times.len()];
        for (count, &frequency) in counts.iter().enumerate() {
            let members = &order[starts[count]..starts[count + 1]];
            let begin = table.points.len();
            for time in members.iter().flat_map(|&i| [time_of[2 * i], time_of[2 * i + 1]]) {
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
            for &i in members {
                let (last, end) = (time_of[2 * i] as usize, time_of[2 * i + 1] as usize);
                let weight = weights[i];
                total += weight;
                table.last[last][0] += weight;
                table.last[last][1] += weight * frequency;
                if last != end {
                    let (last, end) = (slots[last].0, slots[end].0);
                    table.silent.push(Silent { frequency, last, end, weight });
                }
            }
            let points = begin..table.points.len();
            table.counts.push(Count { frequency, weight: total, points });
        }
        table
    }

    /// Σ w·ln{Q(x, t_x) + e·(1 − Q(x, T))}, given Q at each place of the table and e.
    pub fn sum(&self, left: &[Sums<4>], outlasted: impl Fn(&Silent) -> Sums<4> + Sync) -> Sums<4> {
        sum_chunks(self.silent.len(), |range| {
            let mut sum = Sums::<4>::from(0.0);
            for row in &self.silent[range] {
                let alive = -left[row.end as usize] + 1.0;
                let here = left[row.last as usize] + outlasted(row) * alive;
                let inverse = here.value.recip();
                sum.value += row.weight * here.value.ln();
                for i in 0..4 {
                    let slope = here.gradient[i] * inverse;
                    sum.gradient[i] += row.weight * slope;
                    for j in 0..4 {
                        sum.hessian[i][j] +=
                            row.weight * inverse * (here.hessian[i][j] - slope * here.gradient[j]);
                    }
                }
            }
            sum
        })
    }
}
