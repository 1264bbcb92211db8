//! Object-safe traits of models, by kind.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::arguments::{History, Rows, Schedule, Theta};
use super::horizon_table::WeightedTimes;
use super::validation::{check_counts, check_length, check_schedule, check_times, pick};
use super::{PeriodEngine, Query, SpendFactor, SpendingEngine};
use crate::data::columns::Column;
use crate::data::observations::Purchases;
use crate::error::Result;
use crate::estimation::{Fit, Options};
use crate::models::traits::Parameter;
#[cfg(doc)]
use crate::models::traits::TransactionModel;
use crate::parallel::interrupt::Interrupt;
use crate::statistics::alive_paths::{CustomerPaths, PurchaseTimes};

/// A model of any kind. Its functions poll `interrupt` on the calling thread and end in
/// [`crate::Error::Interrupted`] if it is requested.
pub trait Engine: Send + Sync {
    /// The model's name.
    fn name(&self) -> &'static str;
    /// The values of its settings, by name.
    fn settings(&self) -> Vec<(&'static str, f64)>;
    /// The model with other values of some settings.
    ///
    /// # Errors
    /// Unknown settings, and values that they cannot have.
    fn with(&self, settings: &BTreeMap<String, f64>) -> Result<Arc<dyn Engine>>;
    /// Its parameters.
    fn parameters(&self) -> &'static [Parameter];
    /// The columns it is fitted to.
    fn columns(&self) -> &'static [&'static str];
    /// Fits the model; see [`crate::estimation::fit`].
    ///
    /// # Errors
    /// Those of [`crate::estimation::fit`].
    fn fit(
        &self,
        columns: &[Column<'_>],
        weights: Option<&[f64]>,
        options: &Options,
        interrupt: &dyn Interrupt,
    ) -> Result<Fit>;
    /// ln L of each customer.
    ///
    /// # Errors
    /// Bad parameters or data.
    fn log_likelihood(
        &self,
        theta: &[f64],
        columns: &[Column<'_>],
        interrupt: &dyn Interrupt,
    ) -> Result<Vec<f64>>;
    /// The objective of a fit at log θ, in the time units of the data.
    ///
    /// # Errors
    /// Bad parameters or data.
    fn objective(
        &self,
        log_theta: &[f64],
        columns: &[Column<'_>],
        weights: Option<&[f64]>,
        penalizer: f64,
        interrupt: &dyn Interrupt,
    ) -> Result<f64>;
    /// The predictions of a model of purchases in continuous time.
    ///
    /// # Errors
    /// [`crate::Error::WrongKind`] for any other model.
    fn transactions(&self) -> Result<&dyn TransactionEngine>;
    /// The predictions of a model of purchases in whole periods.
    ///
    /// # Errors
    /// [`crate::Error::WrongKind`] for any other model.
    fn periods(&self) -> Result<&dyn PeriodEngine>;
    /// The predictions of a spending model.
    ///
    /// # Errors
    /// [`crate::Error::WrongKind`] for any other model.
    fn spending(&self) -> Result<&dyn SpendingEngine>;
}

/// A model of purchases at the parameters of one customer.
pub trait PurchasesAtTheta {
    /// [`TransactionModel::probability_alive`].
    fn probability_alive(&self, row: &Purchases) -> f64;
    /// [`TransactionModel::expected_if_alive`].
    fn expected_if_alive(&self, row: &Purchases, t: f64) -> f64;
    /// [`TransactionModel::expected_new_customer`].
    fn expected_new_customer(&self, t: f64) -> f64;
    /// [`TransactionModel::survival`].
    fn survival(&self, t: f64) -> f64;
    /// [`TransactionModel::pmf`].
    fn pmf(&self, t: f64, n: f64) -> f64;
    /// [`TransactionModel::pmf_conditional`].
    fn pmf_conditional(&self, row: &Purchases, t: f64, n: f64) -> f64;
}

/// Predictions of a model of purchases in continuous time, one finite value per customer or per value of
/// the query. They stop as those of [`Engine`] do.
pub trait TransactionEngine: Sync {
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
        value: &(dyn Fn(&dyn PurchasesAtTheta, &Purchases, usize) -> f64 + Sync),
    ) -> Result<Vec<f64>>;

    /// P(alive) of each customer, if it is requested, and P(alive) times Σₖ dₖ·(E(tₖ) − E(tₖ₋₁)) for each
    /// schedule of times t, ascending, and discounts d; E(t) is expected purchases of an active customer in
    /// the next t. One pass, however many steps. `spend` multiplies the result of one schedule.
    ///
    /// # Errors
    /// Bad parameters, schedules or data.
    fn over_schedules(
        &self,
        theta: &[f64],
        schedules: &[Schedule],
        spend: Option<SpendFactor<'_>>,
        history: &History<'_>,
        with_p_alive: bool,
        interrupt: &dyn Interrupt,
    ) -> Result<Vec<Vec<f64>>>;

    /// [`Self::expected_new_customer`] at one θ: what depends on θ alone is computed once.
    ///
    /// # Errors
    /// Bad parameters or times.
    fn expected_new_customer_at(
        &self,
        theta: &[f64],
        t: &[f64],
        interrupt: &dyn Interrupt,
    ) -> Result<Vec<f64>>;

    /// Histories of customers as they grow, with P(alive).
    ///
    /// # Errors
    /// Bad parameters, or those of [`crate::statistics::alive_paths::customer_paths`].
    fn customer_paths(
        &self,
        theta: &[f64],
        paths: &PurchaseTimes<'_>,
        interrupt: &dyn Interrupt,
    ) -> Result<CustomerPaths>;

    /// P(alive) of each customer.
    ///
    /// # Errors
    /// Bad parameters or data.
    fn probability_alive(
        &self,
        theta: Theta<'_>,
        history: &History<'_>,
        interrupt: &dyn Interrupt,
    ) -> Result<Vec<f64>> {
        if let Theta::Same(theta) = theta {
            let found = self.over_schedules(theta, &[], None, history, true, interrupt);
            return found.map(|mut values| values.swap_remove(0));
        }
        self.each("P(alive)", theta, Rows::Known(history), interrupt, &|model, row, _| {
            model.probability_alive(row)
        })
    }

    /// Expected purchases in the next `t`.
    ///
    /// # Errors
    /// Bad parameters, times or data.
    fn expected_purchases(
        &self,
        theta: Theta<'_>,
        query: &Query<'_>,
        history: &History<'_>,
        interrupt: &dyn Interrupt,
    ) -> Result<Vec<f64>> {
        if let (Theta::Same(_), [one]) = (theta, query.t) {
            let schedule = (vec![*one], vec![1.0]);
            let query = Query { schedule: Some(&schedule), ..Query::default() };
            return self.discounted_purchases(theta, &query, history, interrupt);
        }
        check_times("t", query.t)?;
        check_length("t", query.t, history[0].len())?;
        let rows = Rows::Known(history);
        self.each("expected purchases", theta, rows, interrupt, &|model, row, i| {
            model.probability_alive(row) * model.expected_if_alive(row, pick(query.t, i))
        })
    }

    /// Σₖ dₖ·(E(tₖ) − E(tₖ₋₁)) of expected purchases over the query's schedule, times its expected spend
    /// per purchase.
    ///
    /// # Errors
    /// Bad parameters, schedules or data.
    fn discounted_purchases(
        &self,
        theta: Theta<'_>,
        query: &Query<'_>,
        history: &History<'_>,
        interrupt: &dyn Interrupt,
    ) -> Result<Vec<f64>> {
        let none = Schedule::default();
        let schedule = query.schedule.unwrap_or(&none);
        if let Theta::Same(theta) = theta {
            let schedules = std::slice::from_ref(schedule);
            let found =
                self.over_schedules(theta, schedules, query.spend, history, false, interrupt);
            return found.map(|mut values| values.swap_remove(0));
        }
        check_schedule(schedule)?;
        let (steps, rows) = (WeightedTimes::new(schedule), Rows::Known(history));
        let mut values =
            self.each("expected purchases", theta, rows, interrupt, &|model, row, _| {
                model.probability_alive(row) * steps.sum(|t| model.expected_if_alive(row, t))
            })?;
        if let Some(spend) = query.spend {
            spend.check(values.len())?;
            spend.multiply(0, &mut values);
        }
        Ok(values)
    }

    /// Expected repeat purchases of a new customer in (0, t].
    ///
    /// # Errors
    /// Bad parameters or times.
    fn expected_new_customer(
        &self,
        theta: Theta<'_>,
        query: &Query<'_>,
        interrupt: &dyn Interrupt,
    ) -> Result<Vec<f64>> {
        if let Theta::Same(theta) = theta {
            return self.expected_new_customer_at(theta, query.t, interrupt);
        }
        check_times("t", query.t)?;
        let rows = Rows::New(query.len());
        self.each("expected purchases", theta, rows, interrupt, &|model, _, i| {
            model.expected_new_customer(query.t[i])
        })
    }

    /// P(alive at t) of a new customer.
    ///
    /// # Errors
    /// Bad parameters or times.
    fn survival(
        &self,
        theta: Theta<'_>,
        query: &Query<'_>,
        interrupt: &dyn Interrupt,
    ) -> Result<Vec<f64>> {
        check_times("t", query.t)?;
        let rows = Rows::New(query.len());
        self.each("survival", theta, rows, interrupt, &|model, _, i| model.survival(query.t[i]))
    }

    /// P(X(t) = n) of a new customer.
    ///
    /// # Errors
    /// Bad parameters, times or counts.
    fn pmf(
        &self,
        theta: Theta<'_>,
        query: &Query<'_>,
        interrupt: &dyn Interrupt,
    ) -> Result<Vec<f64>> {
        check_counts(query.t, query.n, query.len())?;
        let rows = Rows::New(query.len());
        self.each("probability", theta, rows, interrupt, &|model, _, i| {
            model.pmf(pick(query.t, i), pick(query.n, i)).min(1.0)
        })
    }

    /// P(X(T, T+t) = n) of each customer.
    ///
    /// # Errors
    /// Bad parameters, times, counts or data.
    fn pmf_conditional(
        &self,
        theta: Theta<'_>,
        query: &Query<'_>,
        history: &History<'_>,
        interrupt: &dyn Interrupt,
    ) -> Result<Vec<f64>> {
        check_counts(query.t, query.n, history[0].len())?;
        let rows = Rows::Known(history);
        self.each("probability", theta, rows, interrupt, &|model, row, i| {
            match (pick(query.t, i), pick(query.n, i)) {
                (0.0, n) => f64::from(n == 0.0), // nothing is bought in no time
                (t, n) => model.pmf_conditional(row, t, n).min(1.0),
            }
        })
    }
}
