//! Predictions of models of purchases in continuous time, over tables of distinct histories.

use ndarray::Array2;
use rayon::prelude::*;

use super::{TransactionEngine, Transactions, check_counts, check_times, parameters_of, pick};
use crate::error::{Error, Faults, Result};
use crate::model::TransactionModel;
use crate::rows::{Purchases, Row};
use crate::unique::{check_lengths, number};

/// Rows to predict for: checked for what cannot be, though not for what a fit alone refuses.
struct Customers<'a> {
    columns: [&'a [f64]; 3],
    len: usize,
}

impl<'a> Customers<'a> {
    fn new(columns: [&'a [f64]; 3]) -> Result<Self> {
        let len = match check_lengths(Purchases::COLUMNS, &columns) {
            Err(Error::Empty) => 0,
            other => other?,
        };
        let customers = Self { columns, len };
        let fine = (0..len)
            .into_par_iter()
            .with_min_len(1 << 14)
            .all(|i| customers.row(i).impossible().is_none());
        if !fine {
            let mut faults = Faults::default();
            for i in 0..len {
                if let Some((fault, column, value)) = customers.row(i).impossible() {
                    faults.note(fault, column, i, value);
                }
            }
            faults.into_result()?;
        }
        Ok(customers)
    }

    fn row(&self, i: usize) -> Purchases {
        Purchases::read(&[self.columns[0][i], self.columns[1][i], self.columns[2][i]])
    }

    fn map(&self, f: impl Fn(usize, &Purchases) -> f64 + Sync) -> Vec<f64> {
        let row = |i: usize| f(i, &self.row(i));
        (0..self.len).into_par_iter().with_min_len(1 << 12).map(row).collect()
    }

    /// The distinct (x, T), and for each customer which of them is theirs.
    fn distinct(&self) -> (Vec<(f64, f64)>, Vec<u32>) {
        let pair = |i: usize| (self.columns[0][i] + 0.0, self.columns[2][i] + 0.0);
        let (firsts, numbers) = number(self.len, |i| {
            let (x, age) = pair(i);
            [x.to_bits(), 0, age.to_bits()]
        });
        (firsts.into_iter().map(pair).collect(), numbers)
    }
}

impl<M: TransactionModel<K>, const K: usize> Transactions<M, K> {
    /// E(t) of an active customer for each distinct (x, T) and each horizon, row by row.
    fn table(theta: &[f64; K], distinct: &[(f64, f64)], horizons: &[f64]) -> Vec<f64> {
        let width = horizons.len();
        let mut table = vec![0.0; distinct.len() * width];
        if width > 0 {
            let rows = table.par_chunks_mut(width).zip(distinct).with_min_len(16);
            rows.for_each(|(row, &(x, age))| {
                for (cell, &t) in row.iter_mut().zip(horizons) {
                    *cell = M::expected_if_alive(theta, x, age, t);
                }
            });
        }
        table
    }
}

impl<M: TransactionModel<K>, const K: usize> TransactionEngine for Transactions<M, K> {
    fn probability_alive(&self, theta: &[f64], columns: [&[f64]; 3]) -> Result<Vec<f64>> {
        let theta = parameters_of::<M, K>(theta)?;
        Ok(Customers::new(columns)?.map(|_, row| M::probability_alive(&theta, row)))
    }

    fn expected_purchases(
        &self,
        theta: &[f64],
        t: &[f64],
        columns: [&[f64]; 3],
    ) -> Result<Vec<f64>> {
        if let [one] = t {
            return self.discounted(theta, &[*one], &[1.0], columns);
        }
        let theta = parameters_of::<M, K>(theta)?;
        check_times("t", t)?;
        let customers = Customers::new(columns)?;
        if t.len() != customers.len {
            return Err(Error::Length { column: "t", found: t.len(), expected: customers.len });
        }
        Ok(customers.map(|i, row| {
            M::probability_alive(&theta, row)
                * M::expected_if_alive(&theta, row.frequency, row.age, t[i])
        }))
    }

    fn expected_over(
        &self,
        theta: &[f64],
        horizons: &[f64],
        columns: [&[f64]; 3],
    ) -> Result<Array2<f64>> {
        let theta = parameters_of::<M, K>(theta)?;
        check_times("horizons", horizons)?;
        let customers = Customers::new(columns)?;
        let (distinct, positions) = customers.distinct();
        let width = horizons.len();
        let table = Self::table(&theta, &distinct, horizons);
        let mut out = vec![0.0; customers.len * width];
        if width > 0 {
            let rows = out.par_chunks_mut(width).enumerate().with_min_len(1 << 12);
            rows.for_each(|(i, out)| {
                let alive = M::probability_alive(&theta, &customers.row(i));
                let start = positions[i] as usize * width;
                for (cell, expected) in out.iter_mut().zip(&table[start..start + width]) {
                    *cell = alive * expected;
                }
            });
        }
        Ok(Array2::from_shape_vec((customers.len, width), out).expect("one row a customer"))
    }

    fn discounted(
        &self,
        theta: &[f64],
        times: &[f64],
        discounts: &[f64],
        columns: [&[f64]; 3],
    ) -> Result<Vec<f64>> {
        let theta = parameters_of::<M, K>(theta)?;
        check_times("t", times)?;
        check_times("discounts", discounts)?;
        if discounts.len() != times.len() {
            let (found, expected) = (discounts.len(), times.len());
            return Err(Error::Length { column: "discounts", found, expected });
        }
        if let Some(i) = (1..times.len()).find(|&i| times[i] < times[i - 1]) {
            return Err(Error::Setting {
                name: "t",
                value: times[i],
                expected: "in ascending order",
            });
        }
        let customers = Customers::new(columns)?;
        let (distinct, positions) = customers.distinct();
        let table = Self::table(&theta, &distinct, times);
        let totals: Vec<f64> = (0..distinct.len())
            .map(|i| {
                let row = &table[i * times.len()..(i + 1) * times.len()];
                let mut before = 0.0;
                let steps = row
                    .iter()
                    .zip(discounts)
                    .map(|(&now, discount)| discount * (now - std::mem::replace(&mut before, now)));
                steps.sum()
            })
            .collect();
        Ok(customers
            .map(|i, row| M::probability_alive(&theta, row) * totals[positions[i] as usize]))
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
        columns: [&[f64]; 3],
    ) -> Result<Vec<f64>> {
        let theta = parameters_of::<M, K>(theta)?;
        let customers = Customers::new(columns)?;
        check_counts(t, n, customers.len)?;
        Ok((0..customers.len)
            .into_par_iter()
            .with_min_len(64)
            .map(|i| M::pmf_conditional(&theta, &customers.row(i), pick(t, i), pick(n, i)))
            .collect())
    }
}
