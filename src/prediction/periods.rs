//! Predictions of models of purchases in whole periods.

use super::validation::{check_column, check_counts, parameters_of, pick, read_all};
use super::{PeriodEngine, Predictions};
use crate::data::columns::Column;
use crate::data::observations::Periods;
use crate::error::{Error, Result};
use crate::models::traits::PeriodModel;
use crate::parallel::interrupt::{Interrupt, values_in_chunks};

/// Whole numbers of periods, not too many.
fn check_periods(name: &'static str, periods: Column<'_>) -> Result<()> {
    check_column(name, periods)?;
    let mut values = (0..periods.len()).map(|i| periods.get(i));
    match values.find(|p| p.fract() != 0.0 || *p > Periods::MOST) {
        Some(value) => {
            Err(Error::Setting { name, value, expected: "a whole number of at most 1,000,000" })
        }
        None => Ok(()),
    }
}

impl<M: PeriodModel<K>, const K: usize> Predictions<M, K> {
    fn predict_periods(
        &self,
        theta: &[f64],
        ahead: &[f64],
        columns: [Column<'_>; 3],
        interrupt: &dyn Interrupt,
        value: impl Fn(&[f64; K], &Periods, f64) -> f64 + Sync + Send,
    ) -> Result<Vec<f64>> {
        let theta = parameters_of(&self.model, theta)?;
        check_periods("m_periods_in_future", ahead.into())?;
        let rows = if columns[0].is_empty() { Vec::new() } else { read_all::<Periods>(&columns)? };
        if ahead.len() != 1 && ahead.len() != rows.len() {
            let (found, expected) = (ahead.len(), rows.len());
            return Err(Error::Length { column: "m_periods_in_future", found, expected });
        }
        values_in_chunks(rows.len(), interrupt, |i| value(&theta, &rows[i], pick(ahead, i)))
    }
}

impl<M: PeriodModel<K>, const K: usize> PeriodEngine for Predictions<M, K> {
    fn probability_alive(
        &self,
        theta: &[f64],
        ahead: &[f64],
        columns: [Column<'_>; 3],
        interrupt: &dyn Interrupt,
    ) -> Result<Vec<f64>> {
        let value = |theta: &[f64; K], row: &Periods, ahead| {
            self.model.probability_alive(theta, row, ahead)
        };
        self.predict_periods(theta, ahead, columns, interrupt, value)
    }

    fn expected_purchases(
        &self,
        theta: &[f64],
        ahead: &[f64],
        columns: [Column<'_>; 3],
        interrupt: &dyn Interrupt,
    ) -> Result<Vec<f64>> {
        let value = |theta: &[f64; K], row: &Periods, ahead| {
            self.model.expected_purchases(theta, row, ahead)
        };
        self.predict_periods(theta, ahead, columns, interrupt, value)
    }

    fn pmf(
        &self,
        theta: &[f64],
        periods: &[f64],
        n: &[f64],
        interrupt: &dyn Interrupt,
    ) -> Result<Vec<f64>> {
        let theta = parameters_of(&self.model, theta)?;
        let len = periods.len().max(n.len());
        check_counts(periods, n, len)?;
        check_periods("n", periods.into())?;
        values_in_chunks(len, interrupt, |i| {
            self.model.pmf(&theta, pick(periods, i), pick(n, i)).min(1.0)
        })
    }
}
