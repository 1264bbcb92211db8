//! Predictions of models of purchases in continuous time, each in one pass over the customers.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use super::batch::CustomerBatch;
use super::horizon_table::HorizonTable;
use super::validation::{all_finite, check_counts, check_finite, check_times, parameters_of, pick};
use super::{Predictions, Schedule, SpendFactor, TransactionEngine};
use crate::data::columns::Column;
use crate::error::{Error, Result};
use crate::models::traits::TransactionModel;
use crate::parallel::interrupt::{Interrupt, values_in_chunks};
use crate::statistics::alive_paths::{CustomerPaths, PurchaseTimes, customer_paths};

impl<M: TransactionModel<K>, const K: usize> Predictions<M, K> {
    /// P(alive) of each customer times the sums of [`TransactionEngine::ahead`]; P(alive) by itself comes
    /// first if it is requested. `spend` multiplies the result of one schedule; without it all results must
    /// be finite, which is checked while a block is in cache.
    fn predict_over(
        &self,
        theta: &[f64],
        schedules: &[Schedule],
        spend: Option<&SpendFactor<'_>>,
        columns: [Column<'_>; 3],
        with_p_alive: bool,
        interrupt: &dyn Interrupt,
    ) -> Result<Vec<Vec<f64>>> {
        let theta = parameters_of(&self.model, theta)?;
        check_schedules(schedules)?;
        let customers = CustomerBatch::new(columns)?;
        if let Some(spend) = spend {
            let [found, _] = spend.model.check(spend.theta, spend.columns)?.map(|c| c.len());
            if found != customers.len() {
                return Err(Error::Length { column: "T", found: customers.len(), expected: found });
            }
        }
        let horizon_table =
            HorizonTable::new(&self.model, theta, schedules, &customers, interrupt)?;
        let first = usize::from(with_p_alive);
        let mut outs = vec![vec![0.0; customers.len()]; first + schedules.len()];
        let (checked, fine) = (spend.is_none(), AtomicBool::new(true));
        let note = |finite: bool| {
            if checked && !finite {
                fine.store(false, Relaxed);
            }
        };
        customers.fill(
            &mut outs,
            interrupt,
            |unknown: &mut Vec<usize>, start, columns, outs| {
                let Some((alive, others)) = outs.split_first_mut() else { return };
                self.model.probabilities_alive(&theta, columns, alive);
                note(!with_p_alive || all_finite(alive));
                for other in others {
                    other.copy_from_slice(alive);
                }
                let (outs, known) = (&mut outs[first..], unknown.len());
                horizon_table.scale(columns, outs, |i| unknown.push(start + i));
                note(outs.iter().all(|out| all_finite(out)));
                if let (Some(SpendFactor { model, theta, columns }), [out]) = (spend, outs) {
                    // Customers that are not complete yet are multiplied at the end.
                    let rest = &unknown[known..];
                    let kept: Vec<f64> = rest.iter().map(|&i| out[i - start]).collect();
                    model.multiply(theta, *columns, start, out);
                    rest.iter().zip(kept).for_each(|(&i, cell)| out[i - start] = cell);
                }
            },
            |unknown, outs| {
                let (unknown, outs) = (unknown.concat(), &mut outs[first..]);
                horizon_table.complete(&customers, &unknown, outs, interrupt)?;
                note(unknown.iter().all(|&i| outs.iter().all(|out| out[i].is_finite())));
                if let (Some(SpendFactor { model, theta, columns }), [out]) = (spend, outs) {
                    for i in unknown {
                        model.multiply(theta, *columns, i, &mut out[i..=i]);
                    }
                }
                Ok(())
            },
        )?;
        if !fine.into_inner() {
            for (k, out) in outs.iter().enumerate() {
                check_finite(if k < first { "P(alive)" } else { "expected purchases" }, out)?;
            }
        }
        Ok(outs)
    }
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

impl<M: TransactionModel<K>, const K: usize> TransactionEngine for Predictions<M, K> {
    fn probability_alive(
        &self,
        theta: &[f64],
        columns: [Column<'_>; 3],
        interrupt: &dyn Interrupt,
    ) -> Result<Vec<f64>> {
        self.predict_over(theta, &[], None, columns, true, interrupt)
            .map(|mut outs| outs.swap_remove(0))
    }

    fn customer_paths(
        &self,
        theta: &[f64],
        paths: &PurchaseTimes<'_>,
        interrupt: &dyn Interrupt,
    ) -> Result<CustomerPaths> {
        let theta = parameters_of(&self.model, theta)?;
        customer_paths(
            paths,
            Some(&|rows, out| self.model.probabilities_alive(&theta, rows, out)),
            interrupt,
        )
    }

    fn expected_purchases(
        &self,
        theta: &[f64],
        t: &[f64],
        columns: [Column<'_>; 3],
        interrupt: &dyn Interrupt,
    ) -> Result<Vec<f64>> {
        if let [one] = t {
            return self.discounted(theta, (vec![*one], vec![1.0]), None, columns, interrupt);
        }
        let theta = parameters_of(&self.model, theta)?;
        check_times("t", t)?;
        let customers = CustomerBatch::new(columns)?;
        if t.len() != customers.len() {
            return Err(Error::Length { column: "t", found: t.len(), expected: customers.len() });
        }
        let results = customers.map(interrupt, |i, row| {
            self.model.probability_alive(&theta, row)
                * self.model.expected_if_alive(&theta, row.frequency, row.age, t[i])
        })?;
        check_finite("expected purchases", &results)?;
        Ok(results)
    }

    fn ahead(
        &self,
        theta: &[f64],
        schedules: &[Schedule],
        columns: [Column<'_>; 3],
        interrupt: &dyn Interrupt,
    ) -> Result<(Vec<f64>, Vec<Vec<f64>>)> {
        let mut outs = self.predict_over(theta, schedules, None, columns, true, interrupt)?;
        let sums = outs.split_off(1);
        Ok((outs.swap_remove(0), sums))
    }

    fn discounted(
        &self,
        theta: &[f64],
        schedule: Schedule,
        spend: Option<&SpendFactor<'_>>,
        columns: [Column<'_>; 3],
        interrupt: &dyn Interrupt,
    ) -> Result<Vec<f64>> {
        self.predict_over(theta, &[schedule], spend, columns, false, interrupt)
            .map(|mut outs| outs.swap_remove(0))
    }

    fn expected_new_customer(
        &self,
        theta: &[f64],
        t: &[f64],
        interrupt: &dyn Interrupt,
    ) -> Result<Vec<f64>> {
        let theta = parameters_of(&self.model, theta)?;
        check_times("t", t)?;
        values_in_chunks(t.len(), interrupt, |i| self.model.expected_new_customer(&theta, t[i]))
    }

    fn survival(&self, theta: &[f64], t: &[f64], interrupt: &dyn Interrupt) -> Result<Vec<f64>> {
        let theta = parameters_of(&self.model, theta)?;
        check_times("t", t)?;
        values_in_chunks(t.len(), interrupt, |i| self.model.survival(&theta, t[i]))
    }

    fn pmf(
        &self,
        theta: &[f64],
        t: &[f64],
        n: &[f64],
        interrupt: &dyn Interrupt,
    ) -> Result<Vec<f64>> {
        let theta = parameters_of(&self.model, theta)?;
        let len = t.len().max(n.len());
        check_counts(t, n, len)?;
        values_in_chunks(len, interrupt, |i| {
            self.model.pmf(&theta, pick(t, i), pick(n, i)).min(1.0)
        })
    }

    fn pmf_conditional(
        &self,
        theta: &[f64],
        t: &[f64],
        n: &[f64],
        columns: [Column<'_>; 3],
        interrupt: &dyn Interrupt,
    ) -> Result<Vec<f64>> {
        let theta = parameters_of(&self.model, theta)?;
        let customers = CustomerBatch::new(columns)?;
        check_counts(t, n, customers.len())?;
        customers.map(interrupt, |i, row| match (pick(t, i), pick(n, i)) {
            (0.0, n) => f64::from(n == 0.0), // nothing is bought in no time
            (t, n) => self.model.pmf_conditional(&theta, row, t, n).min(1.0),
        })
    }
}
