//! Predictions of models of purchases in whole periods.

use super::validation::{
    Parameters, check_ahead, check_counts, check_finite, check_periods, pick, read_all,
};
use super::{History, Predictions, Query, Rows, Theta};
use crate::data::observations::{Observation, Periods};
use crate::error::Result;
use crate::models::traits::PeriodModel;
use crate::parallel::interrupt::{Interrupt, values_in_chunks};

/// A model of periods at the parameters of one customer.
pub trait PeriodsAtTheta {
    /// [`PeriodModel::probability_alive`].
    fn probability_alive(&self, row: &Periods, ahead: f64) -> f64;
    /// [`PeriodModel::expected_purchases`].
    fn expected_purchases(&self, row: &Periods, ahead: f64) -> f64;
    /// [`PeriodModel::pmf`].
    fn pmf(&self, periods: f64, n: f64) -> f64;
}

/// Predictions of a model of purchases in whole periods, as those of [`super::TransactionEngine`]; times are
/// numbers of periods.
pub trait PeriodEngine: Sync {
    /// `value` of the model, the history and the number of each customer; `what` names it in errors.
    ///
    /// # Errors
    /// Bad parameters or data, and values that are not finite.
    fn each(
        &self,
        what: &'static str,
        theta: Theta<'_>,
        rows: Rows<'_>,
        interrupt: &dyn Interrupt,
        value: &(dyn Fn(&dyn PeriodsAtTheta, &Periods, usize) -> f64 + Sync),
    ) -> Result<Vec<f64>>;

    /// P(active) `t` periods after the last observed one.
    ///
    /// # Errors
    /// Bad parameters, periods or data.
    fn probability_alive(
        &self,
        theta: Theta<'_>,
        query: &Query<'_>,
        history: &History<'_>,
        interrupt: &dyn Interrupt,
    ) -> Result<Vec<f64>> {
        check_ahead(query.t, history[0].len())?;
        self.each("P(alive)", theta, Rows::Known(history), interrupt, &|model, row, i| {
            model.probability_alive(row, pick(query.t, i))
        })
    }

    /// Expected purchases in the next `t` periods.
    ///
    /// # Errors
    /// Bad parameters, periods or data.
    fn expected_purchases(
        &self,
        theta: Theta<'_>,
        query: &Query<'_>,
        history: &History<'_>,
        interrupt: &dyn Interrupt,
    ) -> Result<Vec<f64>> {
        check_ahead(query.t, history[0].len())?;
        let rows = Rows::Known(history);
        self.each("expected purchases", theta, rows, interrupt, &|model, row, i| {
            model.expected_purchases(row, pick(query.t, i))
        })
    }

    /// P(X = n) of a new customer in the first `t` periods.
    ///
    /// # Errors
    /// Bad parameters, periods or counts.
    fn pmf(
        &self,
        theta: Theta<'_>,
        query: &Query<'_>,
        interrupt: &dyn Interrupt,
    ) -> Result<Vec<f64>> {
        check_counts(query.t, query.n, query.len())?;
        check_periods("n", query.t)?;
        let rows = Rows::New(query.len());
        self.each("probability", theta, rows, interrupt, &|model, _, i| {
            model.pmf(pick(query.t, i), pick(query.n, i)).min(1.0)
        })
    }
}

struct AtTheta<'a, M, const K: usize>(&'a M, [f64; K]);

impl<M: PeriodModel<K>, const K: usize> PeriodsAtTheta for AtTheta<'_, M, K> {
    fn probability_alive(&self, row: &Periods, ahead: f64) -> f64 {
        self.0.probability_alive(&self.1, row, ahead)
    }
    fn expected_purchases(&self, row: &Periods, ahead: f64) -> f64 {
        self.0.expected_purchases(&self.1, row, ahead)
    }
    fn pmf(&self, periods: f64, n: f64) -> f64 {
        self.0.pmf(&self.1, periods, n)
    }
}

impl<M: PeriodModel<K>, const K: usize> PeriodEngine for Predictions<M, K> {
    fn each(
        &self,
        what: &'static str,
        theta: Theta<'_>,
        rows: Rows<'_>,
        interrupt: &dyn Interrupt,
        value: &(dyn Fn(&dyn PeriodsAtTheta, &Periods, usize) -> f64 + Sync),
    ) -> Result<Vec<f64>> {
        let rows = match rows {
            Rows::Known(history) if history[0].is_empty() => Vec::new(),
            Rows::Known(history) => read_all::<Periods>(history)?,
            Rows::New(len) => vec![Periods::read(&[0.0; 3]); len],
        };
        let parameters = Parameters::new(&self.model, theta, rows.len())?;
        let values = values_in_chunks(rows.len(), interrupt, |i| {
            value(&AtTheta(&self.model, parameters.of(i)), &rows[i], i)
        })?;
        check_finite(what, &values)?;
        Ok(values)
    }
}
