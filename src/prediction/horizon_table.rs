//! The table of expected purchases of active customers over given horizons, by x and T.
//!
//! Σₖ dₖ·(E(tₖ) − E(tₖ₋₁)) depends on x and T alone and is smooth in T. Where a panel has more customers
//! than a polynomial has coefficients, it is interpolated; other customers are computed one by one.

use super::Schedule;
use super::batch::CustomerBatch;
use crate::data::columns::ROWS_PER_BLOCK;
use crate::error::Result;
use crate::models::traits::TransactionModel;
use crate::numerics::{FINE, Panels, evaluate, vectorized};
use crate::parallel::interrupt::{Interrupt, in_chunks};

/// Customers in the sample that decides which panels are tabulated.
const SAMPLE_ROWS: usize = 1 << 15;
/// The largest number of pairs of x and panel in a table.
const MAX_PAIRS: usize = 1 << 18;
const NODES_PER_PANEL: usize = 8;
type FinePanels = Panels<NODES_PER_PANEL, 4>;

/// Times in ascending order and weights w with Σₖ dₖ·(E(tₖ) − E(tₖ₋₁)) = Σₖ wₖ·E(tₖ).
pub struct WeightedTimes(Vec<f64>, Vec<f64>);

impl WeightedTimes {
    pub fn new((times, discounts): &Schedule) -> Self {
        let next = discounts.iter().skip(1).copied().chain([0.0]);
        let weighted = times.iter().zip(discounts.iter().zip(next).map(|(d, next)| d - next));
        let (times, weights) = weighted.filter(|(_, weight)| *weight != 0.0).unzip();
        Self(times, weights)
    }

    /// Σₖ wₖ·E(tₖ)
    pub fn sum(&self, expected: impl Fn(f64) -> f64) -> f64 {
        self.0.iter().zip(&self.1).map(|(&t, weight)| weight * expected(t)).sum()
    }
}

/// The expected purchases of active customers over some schedules.
pub struct HorizonTable<'a, M, const K: usize> {
    theta: [f64; K],
    model: &'a M,
    steps: Vec<WeightedTimes>,
    /// Added to T before its panel is looked up.
    scale: f64,
    first_panel: u64,
    panels: usize,
    /// For each x and panel, where the polynomials are; 0 where there are none.
    places: Vec<u32>,
    /// For each schedule, polynomials in T; the first is 1.
    polynomials: Vec<Vec<[f64; NODES_PER_PANEL]>>,
}

/// Values of some ages of one x, for each schedule.
struct AgeBatch {
    x: f64,
    ages: Vec<f64>,
    values: Vec<Vec<f64>>,
}

impl<'a, M: TransactionModel<K>, const K: usize> HorizonTable<'a, M, K> {
    /// # Errors
    /// [`crate::Error::Interrupted`].
    pub fn new(
        model: &'a M,
        theta: [f64; K],
        schedules: &[Schedule],
        customers: &CustomerBatch<'_>,
        interrupt: &dyn Interrupt,
    ) -> Result<Self> {
        let steps: Vec<WeightedTimes> = schedules.iter().map(WeightedTimes::new).collect();
        let mut one = [0.0; NODES_PER_PANEL];
        one[0] = 1.0;
        let mut horizon_table = Self {
            theta,
            model,
            polynomials: vec![vec![one]; steps.len()],
            steps,
            scale: model.age_scale(&theta),
            first_panel: 0,
            panels: 1,
            places: vec![0],
        };
        if !horizon_table.steps.is_empty() {
            let needed = horizon_table.survey(customers);
            horizon_table.prepare(&needed, interrupt)?;
        }
        Ok(horizon_table)
    }

    /// The pairs of x and panel that many customers share, in order.
    #[allow(clippy::cast_possible_truncation)] // panels and x are bounded before
    fn survey(&mut self, customers: &CustomerBatch<'_>) -> Vec<(usize, u64)> {
        let mut seen = Vec::with_capacity(SAMPLE_ROWS.min(customers.len()));
        let (mut low, mut high, mut most) = (u64::MAX, 0, 0);
        customers.sample(SAMPLE_ROWS, |[x, _, age]| {
            for (&x, &age) in x.iter().zip(age) {
                let shifted = age + self.scale;
                let whole = whole(x);
                if whole < MAX_PAIRS as u64 && shifted > 1e-200 && shifted < 1e200 {
                    let panel = FinePanels::panel(shifted);
                    (low, high, most) = (low.min(panel), high.max(panel), most.max(whole));
                    seen.push((whole as usize, panel));
                }
            }
        });
        if seen.is_empty() {
            return Vec::new();
        }
        self.first_panel = low;
        self.panels = ((high - low) as usize + 1).min(MAX_PAIRS);
        let rows = (most as usize + 1).min(MAX_PAIRS / self.panels);
        self.places = vec![0; rows * self.panels];
        for &(x, panel) in &seen {
            let column = (panel - low) as usize;
            if x < rows && column < self.panels {
                self.places[x * self.panels + column] += 1;
            }
        }
        // One customer of the sample represents several.
        let fewest = NODES_PER_PANEL * seen.len() / customers.len();
        let mut needed = Vec::new();
        for (i, place) in self.places.iter_mut().enumerate() {
            if *place as usize > fewest {
                needed.push((i / self.panels, low + (i % self.panels) as u64));
                *place = needed.len() as u32;
            } else {
                *place = 0;
            }
        }
        needed
    }

    fn prepare(&mut self, needed: &[(usize, u64)], interrupt: &dyn Interrupt) -> Result<()> {
        let mut batches = Vec::new();
        for same_x in needed.chunk_by(|a, b| a.0 == b.0).flat_map(|same_x| same_x.chunks(128)) {
            let nodes = same_x.iter().flat_map(|(_, panel)| FINE.nodes(*panel));
            batches.push(
                self.batch(same_x[0].0 as f64, nodes.map(|node| node - self.scale).collect()),
            );
        }
        self.work(&mut batches, interrupt)?;
        for batch in batches {
            for (polynomials, values) in self.polynomials.iter_mut().zip(batch.values) {
                let cells = values.as_chunks::<NODES_PER_PANEL>().0;
                polynomials.extend(cells.iter().map(|values| FINE.polynomial(values)));
            }
        }
        Ok(())
    }

    fn batch(&self, x: f64, ages: Vec<f64>) -> AgeBatch {
        let values = vec![vec![0.0; ages.len()]; self.steps.len()];
        AgeBatch { x, ages, values }
    }

    fn work(&self, batches: &mut [AgeBatch], interrupt: &dyn Interrupt) -> Result<()> {
        let work = |(): &mut (), batch: &mut AgeBatch| {
            let AgeBatch { x, ages, values } = batch;
            for (WeightedTimes(times, weights), values) in self.steps.iter().zip(values) {
                let steps = (times.as_slice(), weights.as_slice());
                self.model.weighted_if_alive(&self.theta, *x, ages, steps, values);
            }
        };
        in_chunks(batches, interrupt, || (), work).map(|_| ())
    }

    /// Multiplies the numbers of consecutive customers by their expected purchases over each schedule, or
    /// by 1 where these are not tabulated; `unknown` is called with those customers.
    #[allow(clippy::cast_possible_truncation)] // what is beyond the table is not looked up
    pub fn scale(
        &self,
        [x, _, age]: [&[f64]; 3],
        outs: &mut [&mut [f64]],
        mut unknown: impl FnMut(usize),
    ) {
        let len = x.len();
        if outs.is_empty() {
            return;
        }
        let (mut places, mut at, mut slots) =
            ([0; ROWS_PER_BLOCK], [0.0; ROWS_PER_BLOCK], [0; ROWS_PER_BLOCK]);
        let (places, at, slots) = (&mut places[..len], &mut at[..len], &mut slots[..len]);
        let age = &age[..len];
        let (panels, pairs) = (self.panels as u64, self.places.len() as u64);
        vectorized(
            #[inline(always)]
            || {
                for i in 0..len {
                    let shifted = age[i] + self.scale;
                    let column = FinePanels::panel(shifted).wrapping_sub(self.first_panel);
                    let row = whole(x[i]).min(pairs);
                    let slot = row * panels + column;
                    slots[i] = if column < panels && slot < pairs { slot } else { pairs };
                    at[i] = FinePanels::place(shifted);
                }
            },
        );
        let mut all_known = true;
        for (place, &slot) in places.iter_mut().zip(slots.iter()) {
            *place = self.places.get(slot as usize).copied().unwrap_or(0);
            all_known &= *place != 0;
        }
        for (out, polynomials) in outs.iter_mut().zip(&self.polynomials) {
            vectorized(
                #[inline(always)]
                || {
                    for ((cell, &place), &at) in out.iter_mut().zip(places.iter()).zip(at.iter()) {
                        *cell *= evaluate(&polynomials[place as usize], at);
                    }
                },
            );
        }
        if !all_known {
            (0..len).filter(|&i| places[i] == 0).for_each(&mut unknown);
        }
    }

    /// Completes the customers that [`Self::scale`] skipped.
    ///
    /// # Errors
    /// [`crate::Error::Interrupted`].
    pub fn complete(
        &self,
        customers: &CustomerBatch<'_>,
        unknown: &[usize],
        outs: &mut [Vec<f64>],
        interrupt: &dyn Interrupt,
    ) -> Result<()> {
        /// Ages of one batch.
        const AGES_PER_BATCH: usize = 1024;
        let mut ordered: Vec<([u64; 2], usize)> = unknown
            .iter()
            .map(|&i| {
                let row = customers.row(i);
                ([row.frequency.to_bits(), row.age.to_bits()], i)
            })
            .collect();
        ordered.sort_unstable();
        let mut batches = Vec::new();
        let mut members = Vec::new();
        for same_x in ordered.chunk_by(|a, b| a.0[0] == b.0[0]) {
            for same_x in same_x.chunks(AGES_PER_BATCH) {
                let mut ages: Vec<f64> = same_x.iter().map(|a| f64::from_bits(a.0[1])).collect();
                ages.dedup();
                members.push(same_x);
                batches.push(self.batch(f64::from_bits(same_x[0].0[0]), ages));
            }
        }
        self.work(&mut batches, interrupt)?;
        for (batch, members) in batches.iter().zip(members) {
            let mut place = 0;
            for &([_, age], i) in members {
                place += usize::from(batch.ages[place] != f64::from_bits(age));
                for (out, values) in outs.iter_mut().zip(&batch.values) {
                    out[i] *= values[place];
                }
            }
        }
        Ok(())
    }
}

/// A whole number of 0 or more as an integer, any other number as one beyond every table.
#[inline(always)]
fn whole(value: f64) -> u64 {
    const SHIFT: f64 = (1u64 << 52) as f64;
    let shifted = value + SHIFT;
    if shifted - SHIFT == value { shifted.to_bits() - SHIFT.to_bits() } else { u64::MAX >> 24 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::observations::Purchases;
    use crate::error::Error;
    use crate::models::{BG_NBD, MBG_NBD, ParetoNbd};
    use crate::prediction::{Query, Theta, find};
    use proptest::prelude::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// Days in weeks, times off any grid, counts that are not whole and one beyond every table.
    fn customers(len: u32, per: f64, longest: f64) -> [Vec<f64>; 3] {
        let mut columns = [const { Vec::new() }; 3];
        let mut state = 1u32;
        for i in 0..len {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let share = f64::from(state >> 8) / f64::from(1u32 << 24);
            let age =
                if i % 3 == 0 { longest * share } else { (longest * share * per).floor() / per };
            let x = match i % 64 {
                0 => 1e7 + share,
                1 => 40.0 * share,
                other => f64::from(other % 5),
            };
            let recency = if x > 0.0 { age * share } else { 0.0 };
            for (column, value) in columns.iter_mut().zip([x, recency, age]) {
                column.push(value);
            }
        }
        columns
    }

    fn agrees(
        model: &impl TransactionModel<4>,
        theta: [f64; 4],
        [x, recency, age]: &[Vec<f64>; 3],
    ) {
        let engine = find(model.name()).unwrap().transactions().unwrap();
        let columns = [x, recency, age].map(|column| column.as_slice().into());
        let times: Vec<f64> = (0..40).map(|k| 4.345 * f64::from(k)).collect();
        let discounts: Vec<f64> = (0..40).map(|k| 1.01f64.powi(-k)).collect();
        let schedules = [(times.clone(), discounts.clone()), (vec![26.0], vec![1.0])];
        let mut sums =
            engine.over_schedules(&theta, &schedules, None, &columns, true, &|| false).unwrap();
        let alive = sums.remove(0);
        for i in 0..x.len() {
            let row = Purchases { frequency: x[i], recency: recency[i], age: age[i] };
            let expected = |t: f64| model.expected_if_alive(&theta, row.frequency, row.age, t);
            let p = model.probability_alive(&theta, &row);
            assert_close(alive[i], p);
            let (mut sum, mut before) = (0.0, 0.0);
            for (&t, discount) in times.iter().zip(&discounts) {
                sum += discount * (expected(t) - before);
                before = expected(t);
            }
            assert_close(sums[0][i], p * sum);
            assert_close(sums[1][i], p * expected(26.0));
        }
    }

    fn assert_close(found: f64, expected: f64) {
        let close = (found - expected).abs() <= 1e-12 * expected.abs() + f64::MIN_POSITIVE;
        assert!(close, "{found} {expected}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]
        #[test]
        fn interpolated_predictions_equal_the_definition(
            ln_r in -2.0f64..1.5, ln_alpha in -4.0f64..4.0, ln_a in -3.0f64..3.0, ln_b in -3.0f64..3.0,
            ln_longest in 0.0f64..6.0,
        ) {
            let theta = [ln_r, ln_alpha, ln_a, ln_b].map(f64::exp);
            let table = customers(900, 7.0, ln_longest.exp());
            agrees(&BG_NBD, theta, &table);
            agrees(&MBG_NBD, theta, &table);
            agrees(&ParetoNbd, theta, &table);
        }
    }

    #[test]
    fn an_interrupt_stops_predictions() {
        let engine = find("BG/NBD").unwrap().transactions().unwrap();
        let table = customers(300, 7.0, 60.0);
        let columns = [0, 1, 2].map(|i| table[i].as_slice().into());
        let theta = [0.24, 4.41, 0.79, 2.43];
        let schedule = (vec![4.0, 8.0], vec![1.0, 0.9]);
        let polls = AtomicUsize::new(0);
        let interrupt = || polls.fetch_add(1, Ordering::Relaxed) > 0;
        let schedules = std::slice::from_ref(&schedule);
        let found = engine.over_schedules(&theta, schedules, None, &columns, true, &interrupt);
        assert!(matches!(found, Err(Error::Interrupted)));
        assert_eq!(polls.into_inner(), 2);
        let (always, times) = (|| true, [1.0; 300]);
        let query = Query { schedule: Some(&schedule), ..Query::at(&times) };
        let each: Vec<f64> = theta.repeat(300);
        for theta in [Theta::Same(&theta), Theta::Each(&each)] {
            for found in [
                engine.probability_alive(theta, &columns, &always),
                engine.expected_purchases(theta, &query, &columns, &always),
                engine.discounted_purchases(theta, &query, &columns, &always),
                engine.pmf_conditional(theta, &Query { n: &[2.0], ..query }, &columns, &always),
                engine.survival(theta, &query, &always),
            ] {
                assert!(matches!(found, Err(Error::Interrupted)));
            }
        }
    }
}
