//! Object-safe traits of models, by kind.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::data::columns::Column;
use crate::error::Result;
use crate::estimation::{Fit, Options};
use crate::models::traits::Parameter;
use crate::parallel::interrupt::{Interrupt, in_chunks};
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

/// Predictions of a model of periods. `columns` are frequency, recency and n_periods; numbers of periods
/// ahead are one for all or one per customer.
pub trait PeriodEngine: Sync {
    /// P(active) `ahead` periods after the last observed one.
    ///
    /// # Errors
    /// Bad parameters, periods or data.
    fn probability_alive(
        &self,
        theta: &[f64],
        ahead: &[f64],
        columns: [Column<'_>; 3],
        interrupt: &dyn Interrupt,
    ) -> Result<Vec<f64>>;
    /// Expected purchases in the next `ahead` periods.
    ///
    /// # Errors
    /// Bad parameters, periods or data.
    fn expected_purchases(
        &self,
        theta: &[f64],
        ahead: &[f64],
        columns: [Column<'_>; 3],
        interrupt: &dyn Interrupt,
    ) -> Result<Vec<f64>>;
    /// P(X(periods) = n) of a new customer, elementwise; either may be of length 1.
    ///
    /// # Errors
    /// Bad parameters, periods or counts.
    fn pmf(
        &self,
        theta: &[f64],
        periods: &[f64],
        n: &[f64],
        interrupt: &dyn Interrupt,
    ) -> Result<Vec<f64>>;
}

/// Times in ascending order, each with its discount factor.
pub type Schedule = (Vec<f64>, Vec<f64>);

/// Predictions of a model of purchases. `columns` are frequency, recency and T. They stop as those of
/// [`Engine`] do.
pub trait TransactionEngine: Sync {
    /// P(alive) of each customer.
    ///
    /// # Errors
    /// Bad parameters or data.
    fn probability_alive(
        &self,
        theta: &[f64],
        columns: [Column<'_>; 3],
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
    /// Expected purchases in the next `t`, one horizon for all or one per customer.
    ///
    /// # Errors
    /// Bad parameters or data.
    fn expected_purchases(
        &self,
        theta: &[f64],
        t: &[f64],
        columns: [Column<'_>; 3],
        interrupt: &dyn Interrupt,
    ) -> Result<Vec<f64>>;
    /// P(alive) of each customer, and Σₖ dₖ·(E(tₖ) − E(tₖ₋₁)) for each schedule of times t, ascending,
    /// and discounts d; E(t) is expected purchases in the next t. One pass, however many steps.
    ///
    /// # Errors
    /// Bad parameters, schedules or data.
    fn ahead(
        &self,
        theta: &[f64],
        schedules: &[Schedule],
        columns: [Column<'_>; 3],
        interrupt: &dyn Interrupt,
    ) -> Result<(Vec<f64>, Vec<Vec<f64>>)>;
    /// The sums of [`Self::ahead`] for one schedule, without P(alive), times the expected spend per
    /// purchase.
    ///
    /// # Errors
    /// Those of [`Self::ahead`].
    fn discounted(
        &self,
        theta: &[f64],
        schedule: Schedule,
        spend: Option<&SpendFactor<'_>>,
        columns: [Column<'_>; 3],
        interrupt: &dyn Interrupt,
    ) -> Result<Vec<f64>>;
    /// Expected repeat purchases of a new customer in (0, t].
    ///
    /// # Errors
    /// Bad parameters or times.
    fn expected_new_customer(
        &self,
        theta: &[f64],
        t: &[f64],
        interrupt: &dyn Interrupt,
    ) -> Result<Vec<f64>>;
    /// P(alive at t) of a new customer.
    ///
    /// # Errors
    /// Bad parameters or times.
    fn survival(&self, theta: &[f64], t: &[f64], interrupt: &dyn Interrupt) -> Result<Vec<f64>>;
    /// P(X(t) = n) of a new customer, elementwise; either may be of length 1.
    ///
    /// # Errors
    /// Bad parameters, times or counts.
    fn pmf(
        &self,
        theta: &[f64],
        t: &[f64],
        n: &[f64],
        interrupt: &dyn Interrupt,
    ) -> Result<Vec<f64>>;
    /// P(X(T, T+t) = n) of each customer; t and n are one for all or one per customer.
    ///
    /// # Errors
    /// Bad parameters, times, counts or data.
    fn pmf_conditional(
        &self,
        theta: &[f64],
        t: &[f64],
        n: &[f64],
        columns: [Column<'_>; 3],
        interrupt: &dyn Interrupt,
    ) -> Result<Vec<f64>>;
}

/// Customers per chunk of expected spend.
const ROWS_PER_CHUNK: usize = 1 << 14;

/// Predictions of a spending model. `columns` are frequency and monetary_value.
pub trait SpendingEngine: Sync {
    /// Expected spend per purchase of each customer; NaN where the model has no finite mean.
    ///
    /// # Errors
    /// Bad parameters or data.
    fn expected_spend(
        &self,
        theta: &[f64],
        columns: [Column<'_>; 2],
        interrupt: &dyn Interrupt,
    ) -> Result<Vec<f64>> {
        let columns = self.check(theta, columns)?;
        let mut out = vec![1.0; columns[0].len()];
        let chunks = out.chunks_mut(ROWS_PER_CHUNK).enumerate();
        in_chunks(
            chunks,
            interrupt,
            || (),
            |(), (chunk, out)| self.multiply(theta, columns, chunk * ROWS_PER_CHUNK, out),
        )?;
        Ok(out)
    }
    /// The columns, checked, and the parameters with them.
    ///
    /// # Errors
    /// Bad parameters or data.
    fn check<'a>(&self, theta: &[f64], columns: [Column<'a>; 2]) -> Result<[Column<'a>; 2]>;
    /// Multiplies the numbers of customers from `start` on by their expected spend per purchase.
    fn multiply(&self, theta: &[f64], columns: [Column<'_>; 2], start: usize, out: &mut [f64]);
}

/// The expected spend per purchase that multiplies expected purchases.
pub struct SpendFactor<'a> {
    /// The spending model.
    pub model: &'a dyn SpendingEngine,
    /// The parameters of the model.
    pub theta: &'a [f64],
    /// The columns of the model, one row per customer.
    pub columns: [Column<'a>; 2],
}
