//! Predictions of models of purchases in continuous time, each in one pass over the customers.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use super::batch::CustomerBatch;
use super::horizon_table::HorizonTable;
use super::traits::{PurchasesAtTheta, TransactionEngine};
use super::validation::{
    Parameters, all_finite, check_finite, check_schedule, check_times, parameters_of,
};
use super::{History, Predictions, Rows, Schedule, SpendFactor, Theta};
use crate::data::observations::Purchases;
use crate::error::Result;
use crate::models::traits::TransactionModel;
use crate::parallel::interrupt::{Interrupt, values_in_chunks};
use crate::statistics::alive_paths::{CustomerPaths, PurchaseTimes, customer_paths};

struct AtTheta<'a, M, const K: usize>(&'a M, [f64; K]);

impl<M: TransactionModel<K>, const K: usize> PurchasesAtTheta for AtTheta<'_, M, K> {
    fn probability_alive(&self, row: &Purchases) -> f64 {
        self.0.probability_alive(&self.1, row)
    }
    fn expected_if_alive(&self, row: &Purchases, t: f64) -> f64 {
        self.0.expected_if_alive(&self.1, row.frequency, row.age, t)
    }
    fn expected_new_customer(&self, t: f64) -> f64 {
        self.0.expected_new_customer(&self.1, t)
    }
    fn survival(&self, t: f64) -> f64 {
        self.0.survival(&self.1, t)
    }
    fn pmf(&self, t: f64, n: f64) -> f64 {
        self.0.pmf(&self.1, t, n)
    }
    fn pmf_conditional(&self, row: &Purchases, t: f64, n: f64) -> f64 {
        self.0.pmf_conditional(&self.1, row, t, n)
    }
}

impl<M: TransactionModel<K>, const K: usize> TransactionEngine for Predictions<M, K> {
    fn each(
        &self,
        what: &'static str,
        theta: Theta<'_>,
        rows: Rows<'_>,
        interrupt: &dyn Interrupt,
        value: &(dyn Fn(&dyn PurchasesAtTheta, &Purchases, usize) -> f64 + Sync),
    ) -> Result<Vec<f64>> {
        const NEW: Purchases = Purchases { frequency: 0.0, recency: 0.0, age: 0.0 };
        let values = match rows {
            Rows::Known(history) => {
                let customers = CustomerBatch::new(*history)?;
                let parameters = Parameters::new(&self.model, theta, customers.len())?;
                customers.map(interrupt, |i, row| {
                    value(&AtTheta(&self.model, parameters.of(i)), row, i)
                })?
            }
            Rows::New(len) => {
                let parameters = Parameters::new(&self.model, theta, len)?;
                values_in_chunks(len, interrupt, |i| {
                    value(&AtTheta(&self.model, parameters.of(i)), &NEW, i)
                })?
            }
        };
        check_finite(what, &values)?;
        Ok(values)
    }

    fn over_schedules(
        &self,
        theta: &[f64],
        schedules: &[Schedule],
        spend: Option<SpendFactor<'_>>,
        history: &History<'_>,
        with_p_alive: bool,
        interrupt: &dyn Interrupt,
    ) -> Result<Vec<Vec<f64>>> {
        let theta = parameters_of(&self.model, theta)?;
        schedules.iter().try_for_each(check_schedule)?;
        let customers = CustomerBatch::new(*history)?;
        if let Some(spend) = spend {
            spend.check(customers.len())?;
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
                if let (Some(spend), [out]) = (spend, outs) {
                    // Customers that are not complete yet are multiplied at the end.
                    let rest = &unknown[known..];
                    let kept: Vec<f64> = rest.iter().map(|&i| out[i - start]).collect();
                    spend.multiply(start, out);
                    rest.iter().zip(kept).for_each(|(&i, cell)| out[i - start] = cell);
                }
            },
            |unknown, outs| {
                let (unknown, outs) = (unknown.concat(), &mut outs[first..]);
                horizon_table.complete(&customers, &unknown, outs, interrupt)?;
                note(unknown.iter().all(|&i| outs.iter().all(|out| out[i].is_finite())));
                if let (Some(spend), [out]) = (spend, outs) {
                    for i in unknown {
                        spend.multiply(i, &mut out[i..=i]);
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

    fn expected_new_customer_at(
        &self,
        theta: &[f64],
        t: &[f64],
        interrupt: &dyn Interrupt,
    ) -> Result<Vec<f64>> {
        let theta = parameters_of(&self.model, theta)?;
        check_times("t", t)?;
        let value = |i: usize| self.model.expected_new_customer(&theta, t[i]);
        let values = values_in_chunks(t.len(), interrupt, value)?;
        check_finite("expected purchases", &values)?;
        Ok(values)
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
}
