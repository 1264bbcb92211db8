//! Predictions of models of purchases in continuous time, each in one pass over the customers.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use super::checks::{all_finite, check_answers, check_counts, check_times, parameters_of, pick};
use super::customers::Customers;
use super::outlook::Outlook;
use super::{Schedule, TransactionEngine, Transactions, Worth};
use crate::columns::Column;
use crate::error::{Error, Result};
use crate::model::TransactionModel;
use crate::paths::{Followed, Paths, follow};
use crate::pieces::numbers;

impl<M: TransactionModel<K>, const K: usize> Transactions<M, K> {
    /// P(alive) of each customer times the sums of [`TransactionEngine::ahead`]; P(alive) by itself comes
    /// first where it is asked for. `worth` multiplies what one schedule gives; without it all answers are
    /// finite, which is seen to while a block of them is at hand.
    fn look(
        theta: &[f64],
        schedules: &[Schedule],
        worth: Option<&Worth<'_>>,
        columns: [Column<'_>; 3],
        with_alive: bool,
        stop: &dyn Fn() -> bool,
    ) -> Result<Vec<Vec<f64>>> {
        let theta = parameters_of::<M, K>(theta)?;
        check_schedules(schedules)?;
        let customers = Customers::new(columns)?;
        if let Some(worth) = worth {
            let [found, _] = worth.model.check(worth.theta, worth.columns)?.map(|c| c.len());
            if found != customers.len() {
                return Err(Error::Length { column: "T", found: customers.len(), expected: found });
            }
        }
        let outlook = Outlook::<M, K>::new(theta, schedules, &customers, stop)?;
        let first = usize::from(with_alive);
        let mut outs = vec![vec![0.0; customers.len()]; first + schedules.len()];
        let (checked, fine) = (worth.is_none(), AtomicBool::new(true));
        let note = |finite: bool| {
            if checked && !finite {
                fine.store(false, Relaxed);
            }
        };
        customers.fill(
            &mut outs,
            stop,
            |unknown: &mut Vec<usize>, start, columns, outs| {
                let Some((alive, others)) = outs.split_first_mut() else { return };
                M::probabilities_alive(&theta, columns, alive);
                note(!with_alive || all_finite(alive));
                for other in others {
                    other.copy_from_slice(alive);
                }
                let (outs, known) = (&mut outs[first..], unknown.len());
                outlook.scale(columns, outs, |i| unknown.push(start + i));
                note(outs.iter().all(|out| all_finite(out)));
                if let (Some(Worth { model, theta, columns }), [out]) = (worth, outs) {
                    // What is not complete yet is multiplied last, as all else.
                    let rest = &unknown[known..];
                    let kept: Vec<f64> = rest.iter().map(|&i| out[i - start]).collect();
                    model.multiply(theta, *columns, start, out);
                    rest.iter().zip(kept).for_each(|(&i, cell)| out[i - start] = cell);
                }
            },
            |unknown, outs| {
                let (unknown, outs) = (unknown.concat(), &mut outs[first..]);
                outlook.complete(&customers, &unknown, outs, stop)?;
                note(unknown.iter().all(|&i| outs.iter().all(|out| out[i].is_finite())));
                if let (Some(Worth { model, theta, columns }), [out]) = (worth, outs) {
                    for i in unknown {
                        model.multiply(theta, *columns, i, &mut out[i..=i]);
                    }
                }
                Ok(())
            },
        )?;
        if !fine.into_inner() {
            for (k, out) in outs.iter().enumerate() {
                check_answers(if k < first { "P(alive)" } else { "expected purchases" }, out)?;
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

impl<M: TransactionModel<K>, const K: usize> TransactionEngine for Transactions<M, K> {
    fn probability_alive(
        &self,
        theta: &[f64],
        columns: [Column<'_>; 3],
        stop: &dyn Fn() -> bool,
    ) -> Result<Vec<f64>> {
        Self::look(theta, &[], None, columns, true, stop).map(|mut outs| outs.swap_remove(0))
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
        stop: &dyn Fn() -> bool,
    ) -> Result<Vec<f64>> {
        if let [one] = t {
            return self.discounted(theta, (vec![*one], vec![1.0]), None, columns, stop);
        }
        let theta = parameters_of::<M, K>(theta)?;
        check_times("t", t)?;
        let customers = Customers::new(columns)?;
        if t.len() != customers.len() {
            return Err(Error::Length { column: "t", found: t.len(), expected: customers.len() });
        }
        let answers = customers.map(stop, |i, row| {
            M::probability_alive(&theta, row)
                * M::expected_if_alive(&theta, row.frequency, row.age, t[i])
        })?;
        check_answers("expected purchases", &answers)?;
        Ok(answers)
    }

    fn ahead(
        &self,
        theta: &[f64],
        schedules: &[Schedule],
        columns: [Column<'_>; 3],
        stop: &dyn Fn() -> bool,
    ) -> Result<(Vec<f64>, Vec<Vec<f64>>)> {
        let mut outs = Self::look(theta, schedules, None, columns, true, stop)?;
        let sums = outs.split_off(1);
        Ok((outs.swap_remove(0), sums))
    }

    fn discounted(
        &self,
        theta: &[f64],
        schedule: Schedule,
        worth: Option<&Worth<'_>>,
        columns: [Column<'_>; 3],
        stop: &dyn Fn() -> bool,
    ) -> Result<Vec<f64>> {
        Self::look(theta, &[schedule], worth, columns, false, stop)
            .map(|mut outs| outs.swap_remove(0))
    }

    fn expected_new(&self, theta: &[f64], t: &[f64], stop: &dyn Fn() -> bool) -> Result<Vec<f64>> {
        let theta = parameters_of::<M, K>(theta)?;
        check_times("t", t)?;
        numbers(t.len(), stop, |i| M::expected_new(&theta, t[i]))
    }

    fn survival(&self, theta: &[f64], t: &[f64], stop: &dyn Fn() -> bool) -> Result<Vec<f64>> {
        let theta = parameters_of::<M, K>(theta)?;
        check_times("t", t)?;
        numbers(t.len(), stop, |i| M::survival(&theta, t[i]))
    }

    fn pmf(
        &self,
        theta: &[f64],
        t: &[f64],
        n: &[f64],
        stop: &dyn Fn() -> bool,
    ) -> Result<Vec<f64>> {
        let theta = parameters_of::<M, K>(theta)?;
        let len = t.len().max(n.len());
        check_counts(t, n, len)?;
        numbers(len, stop, |i| M::pmf(&theta, pick(t, i), pick(n, i)).min(1.0))
    }

    fn pmf_conditional(
        &self,
        theta: &[f64],
        t: &[f64],
        n: &[f64],
        columns: [Column<'_>; 3],
        stop: &dyn Fn() -> bool,
    ) -> Result<Vec<f64>> {
        let theta = parameters_of::<M, K>(theta)?;
        let customers = Customers::new(columns)?;
        check_counts(t, n, customers.len())?;
        customers.map(stop, |i, row| match (pick(t, i), pick(n, i)) {
            (0.0, n) => f64::from(n == 0.0), // nothing is bought in no time
            (t, n) => M::pmf_conditional(&theta, row, t, n).min(1.0),
        })
    }
}
