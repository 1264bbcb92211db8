//! The fast evaluation of Σ w·ℓ for Pareto/NBD.
//!
//! As in `silence`, D(x, t) = Γ(r+x)/Γ(r)·α^{−x}·(1+t/α)^{−(r+x)}(1+t/β)^{−s}, and
//!
//! ```text
//! Q(x, t) = s/(β+t)·∫₀ (1 + w/(α+t))^{−(r+x)} (1 + w/(β+t))^{−s−1} dw
//! ```
//!
//! taken gap by gap between consecutive times of the table. The two logarithms of the integrand and
//! their derivatives are the same for all x at a node, so customers that share a gap share its
//! nodes, and only the weights (1 + w/(α+t))^{−(r+x)} are their own. Value, gradient and Hessian are
//! combinations of the fifteen moments of 1, ln(1 + w/(α+t)), ln(1 + w/(β+t)) and their derivatives
//! in α and β. All of them are relative to the start of the gap, so that nothing cancels at huge
//! r + x or s.

use rayon::prelude::*;

use super::super::silence::{Count, Histories, LogRatio};
use super::nodes::{Gap, MOMENTS, Nodes};
use crate::model::{Kernel, Sums};
use crate::real::Dual;
use crate::rows::Purchases;
use crate::special::{exp, ln_pochhammer, vectorized};
use crate::unique::{KeyMap, UniqueRows};

/// Tables shorter than this are filled in one thread.
const WORTH_SHARING: usize = 2048;

/// How many gaps are planned, and kept, at a time.
const BATCH: usize = 256;

/// See the module's page.
pub struct ParetoNbdKernel {
    histories: Histories,
    /// Gaps between times that several x have in common.
    shared: Vec<Gap>,
    /// For each place of the table, the number of the gap that follows it among the shared ones.
    gap_of: Vec<u32>,
    /// Σ w·x
    purchases: f64,
}

/// Marks a gap of one x alone.
const OWN: u32 = u32::MAX;

/// ln(1 + w/a), as the exponents and moments need it.
#[derive(Clone, Copy)]
struct Decay {
    /// ln(1 + w/(α+t)) with its derivative in α,
    purchase: [f64; 2],
    /// and ln(1 + w/(β+t)) with its derivative in β.
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

/// What depends on a time t alone: its decays since 0, 1/(α+t) and 1/(β+t).
struct Instant {
    time: f64,
    decay: Decay,
    inverse: [f64; 2],
}

impl Instant {
    fn new(alpha: f64, beta: f64, time: f64) -> Self {
        let inverse = [(alpha + time).recip(), (beta + time).recip()];
        Self { time, decay: Decay::new(alpha, beta, time), inverse }
    }

    /// The decays since an earlier time.
    #[inline(always)]
    fn since(&self, earlier: &Self) -> Decay {
        let w = self.time - earlier.time;
        let (now, then) = (&self.decay, &earlier.decay);
        let slope = |i: usize| -w * self.inverse[i] * earlier.inverse[i];
        Decay {
            purchase: [now.purchase[0] - then.purchase[0], slope(0)],
            dropout: [now.dropout[0] - then.dropout[0], slope(1)],
        }
    }
}

/// Beyond this exponent a difference of logarithms would lose more than 1e-12 of its power.
const DEEP: f64 = 3000.0;

/// ln D(x, t′) − ln D(x, t), given ln(1 + (t′−t)/(α+t)) and the like.
#[inline(always)]
fn outlasted([p, per_rate, s, per_scale]: [f64; 4], decay: Decay) -> LogRatio {
    let ([a, da], [b, db]) = (decay.purchase, decay.dropout);
    // The second derivative of ln(1 + w/a) is −d·(d + 2/a), d being the first.
    LogRatio {
        value: -p * a - s * b,
        gradient: [-a, -p * da, -b, -s * db],
        purchase: [0.0, -da, p * da * (da + 2.0 * per_rate)],
        dropout: [0.0, -db, s * db * (db + 2.0 * per_scale)],
    }
}

/// What leaves within a gap, s/(β+t)·∫ (1 + w/(α+t))^{−p} (1 + w/(β+t))^{−s−1} dw, given these powers
/// at the nodes.
#[inline(always)]
fn left_within([p, rate, s, scale]: [f64; 4], powers: &[f64], nodes: &[[f64; MOMENTS]]) -> Sums<4> {
    let mut moments = [0.0; MOMENTS];
    for (power, node) in powers.iter().zip(nodes) {
        for (moment, term) in moments.iter_mut().zip(node) {
            *moment += power * term;
        }
    }
    let per = s / scale;
    let [m, a, da, b, db, a_a, a_da, a_b, a_db, da_da, da_b, da_db, b_b, b_db, db_db, _] =
        moments.map(|moment| per * moment);
    let (q, inverse_s, inverse) = (s + 1.0, s.recip(), scale.recip());
    let gradient = [-a, -p * da, m * inverse_s - b, -q * db - m * inverse];
    let mut hessian = [[0.0; 4]; 4];
    hessian[0] = [a_a, p * a_da - da, a_b - a * inverse_s, q * a_db + a * inverse];
    hessian[1][1] = p * ((p + 1.0) * da_da + 2.0 / rate * da);
    hessian[1][2] = p * (da_b - da * inverse_s);
    hessian[1][3] = p * (q * da_db + da * inverse);
    hessian[2][2] = b_b - 2.0 * inverse_s * b;
    hessian[2][3] = q * (b_db - db * inverse_s) - m * inverse_s * inverse + b * inverse - db;
    hessian[3][3] = q * ((q + 1.0) * db_db + 4.0 * inverse * db) + 2.0 * m * inverse * inverse;
    Sums { value: m, gradient, hessian }.mirrored()
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // numbers of places, logarithms
impl ParetoNbdKernel {
    /// The kernel of these rows.
    pub fn new(unique: &UniqueRows<Purchases>) -> Self {
        let histories = Histories::new(unique);
        let mut map = KeyMap::default();
        let mut gaps: Vec<(Gap, u32)> = Vec::new();
        let mut gap_of = vec![OWN; histories.points.len()];
        for count in &histories.counts {
            let x = count.frequency;
            let times = histories.points[count.points.clone()].windows(2);
            for (times, gap) in times.zip(&mut gap_of[count.points.clone()]) {
                let (from, to) = (times[0], times[1]);
                // Customers share nodes if their numbers of purchases are alike too.
                let class = (0.5 * (x + 1.0).log2()) as u64;
                let number = map.position([u64::from(from), u64::from(to), class]);
                if number == gaps.len() {
                    let [from, to] = [from, to].map(|time| histories.times[time as usize]);
                    gaps.push((Gap { from, to, fewest: x, most: x }, 0));
                }
                gaps[number].0.most = x;
                gaps[number].1 += 1;
                *gap = number as u32;
            }
        }
        let mut shared = Vec::new();
        let renumbered: Vec<u32> = gaps
            .iter()
            .map(|&(gap, users)| {
                if users == 1 {
                    return OWN;
                }
                shared.push(gap);
                shared.len() as u32 - 1
            })
            .collect();
        for gap in gap_of.iter_mut().filter(|gap| **gap != OWN) {
            *gap = renumbered[*gap as usize];
        }
        let purchases = histories.counts.iter().map(|count| count.weight * count.frequency).sum();
        Self { histories, shared, gap_of, purchases }
    }

    /// Σ w·ln D(x, t_x).
    fn alive_at_last(&self, [r, alpha, s, beta]: [f64; 4], times: &[Instant]) -> Sums<4> {
        let mut sum = Sums::<4>::from(-self.purchases * alpha.ln());
        sum.gradient[1] = -self.purchases / alpha;
        sum.hessian[1][1] = self.purchases / (alpha * alpha);
        let [r_dual] = Dual::<1>::variables([r]);
        for count in &self.histories.counts {
            let term = ln_pochhammer(r_dual, Dual::from(count.frequency)) * count.weight;
            sum.value += term.value;
            sum.gradient[0] += term.gradient[0];
            sum.hessian[0][0] += term.hessian[0][0];
        }
        for (&[weight, purchases], time) in self.histories.last.iter().zip(times) {
            let ([a, da], [b, db]) = (time.decay.purchase, time.decay.dropout);
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

    /// Q at the places of the table for one x, the last of which is zero.
    #[inline(always)]
    fn fill(&self, theta: &[f64; 4], count: &Count, shared: &Nodes, left: &mut [Sums<4>]) {
        let &[r, alpha, s, beta] = theta;
        let (x, p) = (count.frequency, r + count.frequency);
        let ends = |i: usize| {
            let place = count.points.start + i;
            [place, place + 1].map(|p| self.histories.times[self.histories.points[p] as usize])
        };
        let (mut own, mut powers) = (Nodes::default(), Vec::new());
        let mut next = Sums::<4>::from(0.0);
        let mut end = left.len() - 1;
        while end > 0 {
            let batch = end.saturating_sub(BATCH)..end;
            let gaps = &self.gap_of[count.points.start..][batch.clone()];
            own.clear();
            for (i, _) in batch.clone().zip(gaps).rev().filter(|(_, gap)| **gap == OWN) {
                let [from, to] = ends(i);
                own.plan(theta, &Gap { from, to, fewest: x, most: x });
            }
            own.fill();
            let mut owned = 0;
            let places = gaps.iter().rev().map(|&gap| {
                if gap == OWN {
                    owned += 1;
                    (&own, own.of(owned - 1))
                } else {
                    (shared, shared.of(gap as usize))
                }
            });
            let places: Vec<_> = places.collect();
            powers.clear();
            for (nodes, range) in &places {
                let logs = nodes.log[0][range.clone()].iter().zip(&nodes.log[1][range.clone()]);
                powers.extend(logs.map(|(a, b)| -p * a - (s + 1.0) * b));
            }
            for power in &mut powers {
                *power = exp(*power);
            }
            let mut rest = &powers[..];
            for (i, (nodes, range)) in batch.clone().rev().zip(places) {
                let [from, to] = ends(i);
                let (rate, scale) = (alpha + from, beta + from);
                let (powers, others) = rest.split_at(range.len());
                rest = others;
                let decay = Decay::new(rate, scale, to - from);
                let stay = outlasted([p, rate.recip(), s, scale.recip()], decay).exp();
                let leave = left_within([p, rate, s, scale], powers, &nodes.moments[range]);
                next = leave + stay * next;
                left[i] = next;
            }
            end = batch.start;
        }
    }
}

impl Kernel<4> for ParetoNbdKernel {
    fn evaluate(&self, theta: [f64; 4]) -> Sums<4> {
        let [r, alpha, s, beta] = theta;
        let Histories { times, counts, points, .. } = &self.histories;
        let instants: Vec<Instant> = times.iter().map(|&t| Instant::new(alpha, beta, t)).collect();
        let mut shared = Nodes::default();
        for gap in &self.shared {
            shared.plan(&theta, gap);
        }
        vectorized(
            #[inline(always)]
            || shared.fill(),
        );
        let mut left = vec![Sums::<4>::from(0.0); points.len()];
        let mut parts = Vec::with_capacity(counts.len());
        let mut rest = &mut left[..];
        for count in counts {
            let (part, after) = rest.split_at_mut(count.points.len());
            parts.push((count, part));
            rest = after;
        }
        let fill = |(count, part): (&Count, &mut [Sums<4>])| {
            vectorized(
                #[inline(always)]
                || self.fill(&theta, count, &shared, part),
            );
        };
        if points.len() < WORTH_SHARING {
            parts.into_iter().for_each(fill);
        } else {
            parts.into_par_iter().for_each(fill);
        }
        // Differences of logarithms will do while rounding in them is small after multiplication.
        let largest = counts.last().map_or(0.0, |count| count.frequency);
        let depth = instants
            .last()
            .map_or(0.0, |last| (r + largest) * last.decay.purchase[0] + s * last.decay.dropout[0]);
        let direct = depth < DEEP;
        let silent = self.histories.sum(
            &left,
            #[inline(always)]
            |row| {
                let [last, end] =
                    [row.last, row.end].map(|place| &instants[points[place as usize] as usize]);
                let decay = if direct {
                    end.since(last)
                } else {
                    Decay::new(alpha + last.time, beta + last.time, end.time - last.time)
                };
                outlasted([r + row.frequency, last.inverse[0], s, last.inverse[1]], decay)
            },
        );
        self.alive_at_last(theta, &instants) + silent
    }
}
