//! Predictions of models of purchases in continuous time, over tables of distinct histories.

use rayon::prelude::*;

use super::customers::{Customers, Histories};
use super::{
    Schedule, TransactionEngine, Transactions, check_counts, check_times, parameters_of, pick,
};
use crate::columns::Column;
use crate::error::{Error, Result};
use crate::model::TransactionModel;
use crate::paths::{Followed, Paths, follow};

impl<M: TransactionModel<K>, const K: usize> Transactions<M, K> {
    /// E(t) of an active customer for each distinct (x, T), which are in order of x, and each
    /// horizon, row by row.
    fn table(theta: &[f64; K], distinct: &[(f64, f64)], horizons: &[f64]) -> Vec<f64> {
        /// Histories that are evaluated together.
        const TOGETHER: usize = 32;
        let width = horizons.len();
        let mut table = vec![0.0; distinct.len() * width];
        if width == 0 {
            return table;
        }
        let mut jobs = Vec::new();
        let mut rest = table.as_mut_slice();
        for alike in distinct.chunk_by(|a, b| a.0 == b.0).flat_map(|alike| alike.chunks(TOGETHER)) {
            let (rows, later) = rest.split_at_mut(alike.len() * width);
            rest = later;
            jobs.push((alike, rows));
        }
        jobs.into_par_iter().with_min_len(4).for_each(|(alike, rows)| {
            let ages: Vec<f64> = alike.iter().map(|(_, age)| *age).collect();
            M::expected_if_alive_table(theta, alike[0].0, &ages, horizons, rows);
        });
        table
    }

    /// Everything that [`TransactionEngine::ahead`] answers from.
    fn look(theta: &[f64], schedules: &[Schedule], columns: [Column<'_>; 3]) -> Result<Outlook> {
        let theta = parameters_of::<M, K>(theta)?;
        check_schedules(schedules)?;
        let customers = Customers::new(columns)?;
        let (alive, histories) =
            customers.with_histories(|rows, out| M::probabilities_alive(&theta, rows, out))?;
        let all = schedules.iter().flat_map(|(times, _)| times);
        let mut times: Vec<f64> = all.copied().collect();
        times.sort_unstable_by(f64::total_cmp);
        times.dedup();
        let width = times.len();
        let table = Self::table(&theta, &histories.distinct, &times);
        let values = schedules.iter().map(|(steps, discounts)| {
            let place = |t: &f64| times.partition_point(|time| time < t);
            let places: Vec<usize> = steps.iter().map(place).collect();
            let value = |history: usize| {
                let row = &table[history * width..(history + 1) * width];
                let (mut sum, mut before) = (0.0, 0.0);
                for (&place, discount) in places.iter().zip(discounts) {
                    sum += discount * (row[place] - before);
                    before = row[place];
                }
                sum
            };
            (0..histories.distinct.len()).map(value).collect()
        });
        let values = values.collect();
        Ok(Outlook { alive, histories, values })
    }
}

/// P(alive) of each customer; and for each schedule and distinct history, what somebody who is still
/// a customer buys.
struct Outlook {
    alive: Vec<f64>,
    histories: Histories,
    values: Vec<Vec<f64>>,
}

/// Ascending times of zero or more, with as many discounts.
fn check_schedules(schedules: &[Schedule]) -> Result<()> {
    for (times, discounts) in schedules {
        check_times("t", times)?;
        check_times("discounts", discounts)?;
        if discounts.len() != times.len() {
            let (found, expected) = (discounts.len(), times.len());
            return Err(Error::Length { column: "discounts", found, expected });
        }
        if let Some(i) = (1..times.len()).find(|&i| times[i] < times[i - 1]) {
            let (name, value) = ("t", times[i]);
            return Err(Error::Setting { name, value, expected: "in ascending order" });
        }
    }
    Ok(())
}

impl<M: TransactionModel<K>, const K: usize> TransactionEngine for Transactions<M, K> {
    fn probability_alive(&self, theta: &[f64], columns: [Column<'_>; 3]) -> Result<Vec<f64>> {
        let theta = parameters_of::<M, K>(theta)?;
        Customers::new(columns)?
            .map_blocks(|_, rows, out| M::probabilities_alive(&theta, rows, out))
    }

    fn follow(
        &self,
        theta: &[f64],
        paths: &Paths<'_>,
        stop: &dyn Fn() -> bool,
    ) -> Result<Followed> {
        let theta = parameters_of::<M, K>(theta)?;
        follow(paths, Some(&|rows, out| M::probabilities_alive(&theta, rows, out)), stop)
    }

    fn expected_purchases(
        &self,
        theta: &[f64],
        t: &[f64],
        columns: [Column<'_>; 3],
    ) -> Result<Vec<f64>> {
        if let [one] = t {
            return self.discounted(theta, (vec![*one], vec![1.0]), columns);
        }
        let theta = parameters_of::<M, K>(theta)?;
        check_times("t", t)?;
        let customers = Customers::new(columns)?;
        if t.len() != customers.len() {
            return Err(Error::Length { column: "t", found: t.len(), expected: customers.len() });
        }
        customers.map(|i, row| {
            M::probability_alive(&theta, row)
                * M::expected_if_alive(&theta, row.frequency, row.age, t[i])
        })
    }

    fn ahead(
        &self,
        theta: &[f64],
        schedules: &[Schedule],
        columns: [Column<'_>; 3],
    ) -> Result<(Vec<f64>, Vec<Vec<f64>>)> {
        let Outlook { alive, histories, values } = Self::look(theta, schedules, columns)?;
        let answer = |values: Vec<f64>| {
            let mut sums = alive.clone();
            histories.scale(&mut sums, &values);
            sums
        };
        let answers = values.into_iter().map(answer).collect();
        Ok((alive, answers))
    }

    fn discounted(
        &self,
        theta: &[f64],
        schedule: Schedule,
        columns: [Column<'_>; 3],
    ) -> Result<Vec<f64>> {
        let Outlook { mut alive, histories, values } = Self::look(theta, &[schedule], columns)?;
        histories.scale(&mut alive, &values[0]);
        Ok(alive)
    }

    fn expected_new(&self, theta: &[f64], t: &[f64]) -> Result<Vec<f64>> {
        let theta = parameters_of::<M, K>(theta)?;
        check_times("t", t)?;
        Ok(t.par_iter().with_min_len(64).map(|&t| M::expected_new(&theta, t)).collect())
    }

    fn survival(&self, theta: &[f64], t: &[f64]) -> Result<Vec<f64>> {
        let theta = parameters_of::<M, K>(theta)?;
        check_times("t", t)?;
        Ok(t.par_iter().with_min_len(64).map(|&t| M::survival(&theta, t)).collect())
    }

    fn pmf(&self, theta: &[f64], t: &[f64], n: &[f64]) -> Result<Vec<f64>> {
        let theta = parameters_of::<M, K>(theta)?;
        let len = t.len().max(n.len());
        check_counts(t, n, len)?;
        Ok((0..len)
            .into_par_iter()
            .with_min_len(64)
            .map(|i| M::pmf(&theta, pick(t, i), pick(n, i)))
            .collect())
    }

    fn pmf_conditional(
        &self,
        theta: &[f64],
        t: &[f64],
        n: &[f64],
        columns: [Column<'_>; 3],
    ) -> Result<Vec<f64>> {
        let theta = parameters_of::<M, K>(theta)?;
        let customers = Customers::new(columns)?;
        check_counts(t, n, customers.len())?;
        customers.map(|i, row| match (pick(t, i), pick(n, i)) {
            (0.0, n) => f64::from(n == 0.0), // nothing is bought in no time
            (t, n) => M::pmf_conditional(&theta, row, t, n),
        })
    }
}
