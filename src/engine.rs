//! One object-safe face over all models: columns in, columns out.

mod customers;
mod outlook;
mod periods;
mod transactions;

use std::marker::PhantomData;
use std::ops::Range;

use rayon::prelude::*;

use crate::columns::{Column, scan, scan_blocks};
use crate::error::{Error, Fault, Faults, Result};
use crate::estimation::{self, Fit, Objective, Options};
use crate::model::{Model, Parameter, PeriodModel, SpendingModel, TransactionModel};
use crate::models::{BgBb, BgNbd, GammaGamma, MbgNbd, ParetoNbd};
use crate::paths::{Followed, Paths};
use crate::rows::{Row, Spending};
use crate::special::vectorized;
use crate::table::Table;
use crate::unique::check_lengths;

/// Every model, by name.
pub const MODELS: [&dyn Engine; 5] = [
    &Transactions::<BgNbd, 4>(PhantomData),
    &Transactions::<MbgNbd, 4>(PhantomData),
    &Transactions::<ParetoNbd, 4>(PhantomData),
    &Discrete::<BgBb, 4>(PhantomData),
    &Spend::<GammaGamma, 3>(PhantomData),
];

/// The model of a name.
///
/// # Errors
/// [`Error::UnknownModel`], listing the names that exist.
pub fn find(name: &str) -> Result<&'static dyn Engine> {
    MODELS.into_iter().find(|model| model.name() == name).ok_or_else(|| {
        let known = MODELS.map(Engine::name).join(", ");
        Error::UnknownModel { name: name.into(), known }
    })
}

/// What every model answers.
pub trait Engine: Sync {
    /// The model's name.
    fn name(&self) -> &'static str;
    /// Its parameters.
    fn parameters(&self) -> &'static [Parameter];
    /// The columns it is fitted to.
    fn columns(&self) -> &'static [&'static str];
    /// Fits it; see [`estimation::fit`].
    ///
    /// # Errors
    /// Those of [`estimation::fit`].
    fn fit(
        &self,
        columns: &[Column<'_>],
        weights: Option<&[f64]>,
        options: &Options,
        poll: &dyn Fn() -> bool,
    ) -> Result<Fit>;
    /// ln L of each customer.
    ///
    /// # Errors
    /// Bad parameters or data.
    fn log_likelihood(&self, theta: &[f64], columns: &[Column<'_>]) -> Result<Vec<f64>>;
    /// What a fit minimises at log θ, in the time units of the data.
    ///
    /// # Errors
    /// Bad parameters or data.
    fn objective(
        &self,
        log_theta: &[f64],
        columns: &[Column<'_>],
        weights: Option<&[f64]>,
        penalizer: f64,
    ) -> Result<f64>;
    /// The questions only a model of purchases answers.
    ///
    /// # Errors
    /// [`Error::WrongKind`] for a spending model.
    fn transactions(&self) -> Result<&dyn TransactionEngine> {
        Err(Error::WrongKind { model: self.name(), describes: "what customers spend" })
    }
    /// The questions only a model of periods answers.
    ///
    /// # Errors
    /// [`Error::WrongKind`] for any other model.
    fn periods(&self) -> Result<&dyn PeriodEngine> {
        Err(Error::WrongKind { model: self.name(), describes: "continuous time or spending" })
    }
    /// The question only a spending model answers.
    ///
    /// # Errors
    /// [`Error::WrongKind`] for a model of purchases.
    fn spending(&self) -> Result<&dyn SpendingEngine> {
        Err(Error::WrongKind { model: self.name(), describes: "when customers buy" })
    }
}

/// Predictions of a model of periods. `columns` are frequency, recency and n_periods; numbers of
/// periods ahead are one for all or one a customer.
pub trait PeriodEngine: Sync {
    /// P(active) so many periods after the last observed one.
    ///
    /// # Errors
    /// Bad parameters, periods or data.
    fn probability_alive(
        &self,
        theta: &[f64],
        ahead: &[f64],
        columns: [Column<'_>; 3],
    ) -> Result<Vec<f64>>;
    /// Expected purchases in so many periods.
    ///
    /// # Errors
    /// Bad parameters, periods or data.
    fn expected_purchases(
        &self,
        theta: &[f64],
        ahead: &[f64],
        columns: [Column<'_>; 3],
    ) -> Result<Vec<f64>>;
    /// P(X(periods) = n) of a new customer, elementwise; either may be of length 1.
    ///
    /// # Errors
    /// Bad parameters, periods or counts.
    fn pmf(&self, theta: &[f64], periods: &[f64], n: &[f64]) -> Result<Vec<f64>>;
}

/// Times in ascending order, each with its discount factor.
pub type Schedule = (Vec<f64>, Vec<f64>);

/// Predictions of a model of purchases. `columns` are frequency, recency and T. Where `stop` — asked on
/// the calling thread, every now and then — says so, they end in [`Error::Interrupted`].
pub trait TransactionEngine: Sync {
    /// P(alive) of each customer.
    ///
    /// # Errors
    /// Bad parameters or data.
    fn probability_alive(
        &self,
        theta: &[f64],
        columns: [Column<'_>; 3],
        stop: &dyn Fn() -> bool,
    ) -> Result<Vec<f64>>;
    /// Histories of customers as they grow, with P(alive).
    ///
    /// # Errors
    /// Bad parameters, or those of [`crate::paths::follow`].
    fn follow(&self, theta: &[f64], paths: &Paths<'_>, stop: &dyn Fn() -> bool)
    -> Result<Followed>;
    /// Expected purchases in the next `t`, one horizon for all or one a customer.
    ///
    /// # Errors
    /// Bad parameters or data.
    fn expected_purchases(
        &self,
        theta: &[f64],
        t: &[f64],
        columns: [Column<'_>; 3],
        stop: &dyn Fn() -> bool,
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
        stop: &dyn Fn() -> bool,
    ) -> Result<(Vec<f64>, Vec<Vec<f64>>)>;
    /// The sums of [`Self::ahead`] for one schedule, without P(alive), and times what a purchase is worth.
    ///
    /// # Errors
    /// Those of [`Self::ahead`].
    fn discounted(
        &self,
        theta: &[f64],
        schedule: Schedule,
        worth: Option<&Worth<'_>>,
        columns: [Column<'_>; 3],
        stop: &dyn Fn() -> bool,
    ) -> Result<Vec<f64>>;
    /// Expected repeat purchases of a new customer in (0, t].
    ///
    /// # Errors
    /// Bad parameters or times.
    fn expected_new(&self, theta: &[f64], t: &[f64]) -> Result<Vec<f64>>;
    /// P(alive at t) of a new customer.
    ///
    /// # Errors
    /// Bad parameters or times.
    fn survival(&self, theta: &[f64], t: &[f64]) -> Result<Vec<f64>>;
    /// P(X(t) = n) of a new customer, elementwise; either may be of length 1.
    ///
    /// # Errors
    /// Bad parameters, times or counts.
    fn pmf(&self, theta: &[f64], t: &[f64], n: &[f64]) -> Result<Vec<f64>>;
    /// P(X(T, T+t) = n) of each customer; t and n are one for all or one a customer.
    ///
    /// # Errors
    /// Bad parameters, times, counts or data.
    fn pmf_conditional(
        &self,
        theta: &[f64],
        t: &[f64],
        n: &[f64],
        columns: [Column<'_>; 3],
        stop: &dyn Fn() -> bool,
    ) -> Result<Vec<f64>>;
}

/// Predictions of a spending model. `columns` are frequency and monetary_value.
pub trait SpendingEngine: Sync {
    /// Expected spend per purchase of each customer; NaN where the model has no finite mean.
    ///
    /// # Errors
    /// Bad parameters or data.
    fn expected_spend(&self, theta: &[f64], columns: [Column<'_>; 2]) -> Result<Vec<f64>> {
        let columns = self.check(theta, columns)?;
        let mut out = vec![1.0; columns[0].len()];
        out.par_chunks_mut(SPENDERS).enumerate().for_each(|(piece, out)| {
            self.multiply(theta, columns, piece * SPENDERS, out);
        });
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

/// What purchases are worth: the answers of a spending model.
pub struct Worth<'a> {
    /// The model,
    pub model: &'a dyn SpendingEngine,
    /// its parameters,
    pub theta: &'a [f64],
    /// and its columns, a row a customer.
    pub columns: [Column<'a>; 2],
}

struct Transactions<M, const K: usize>(PhantomData<M>);
struct Spend<M, const K: usize>(PhantomData<M>);
struct Discrete<M, const K: usize>(PhantomData<M>);

fn parameters_of<M: Model<K>, const K: usize>(theta: &[f64]) -> Result<[f64; K]> {
    let array: [f64; K] = theta.try_into().map_err(|_| Error::ParameterCount {
        model: M::NAME,
        expected: K,
        found: theta.len(),
    })?;
    for (value, parameter) in array.iter().zip(&M::PARAMETERS) {
        if !(value.is_finite() && *value > 0.0) {
            return Err(Error::Parameter { model: M::NAME, name: parameter.name, value: *value });
        }
    }
    Ok(array)
}

macro_rules! shared_answers {
    () => {
        fn name(&self) -> &'static str {
            M::NAME
        }
        fn parameters(&self) -> &'static [Parameter] {
            &M::PARAMETERS
        }
        fn columns(&self) -> &'static [&'static str] {
            M::Row::COLUMNS
        }
        fn fit(
            &self,
            columns: &[Column<'_>],
            weights: Option<&[f64]>,
            options: &Options,
            poll: &dyn Fn() -> bool,
        ) -> Result<Fit> {
            estimation::fit::<M, K>(columns, weights, options, poll)
        }
        fn log_likelihood(&self, theta: &[f64], columns: &[Column<'_>]) -> Result<Vec<f64>> {
            let theta = parameters_of::<M, K>(theta)?;
            let rows = read_all::<M::Row>(columns)?;
            Ok(rows.par_iter().map(|row| M::log_likelihood(theta, row)).collect())
        }
        fn objective(
            &self,
            log_theta: &[f64],
            columns: &[Column<'_>],
            weights: Option<&[f64]>,
            penalizer: f64,
        ) -> Result<f64> {
            let theta: Vec<f64> = log_theta.iter().map(|eta| eta.exp()).collect();
            parameters_of::<M, K>(&theta)?;
            let rows = Table::<M::Row>::new(columns, weights)?;
            M::check(&rows)?;
            let (weight, means) = (rows.total_weight(), M::PENALTY.means(rows.customers()));
            let objective = Objective::<K>::new(M::kernel(rows), weight, penalizer / means);
            Ok(objective.evaluate(log_theta).value * means)
        }
    };
}

impl<M: TransactionModel<K>, const K: usize> Engine for Transactions<M, K> {
    shared_answers!();
    fn transactions(&self) -> Result<&dyn TransactionEngine> {
        Ok(self)
    }
}

impl<M: PeriodModel<K>, const K: usize> Engine for Discrete<M, K> {
    shared_answers!();
    fn transactions(&self) -> Result<&dyn TransactionEngine> {
        Err(Error::WrongKind { model: M::NAME, describes: "in which periods customers buy" })
    }
    fn spending(&self) -> Result<&dyn SpendingEngine> {
        Err(Error::WrongKind { model: M::NAME, describes: "in which periods customers buy" })
    }
    fn periods(&self) -> Result<&dyn PeriodEngine> {
        Ok(self)
    }
}

impl<M: SpendingModel<K>, const K: usize> Engine for Spend<M, K> {
    shared_answers!();
    fn spending(&self) -> Result<&dyn SpendingEngine> {
        Ok(self)
    }
}

fn read_all<R: Row>(columns: &[Column<'_>]) -> Result<Vec<R>> {
    let len = check_lengths(R::COLUMNS, columns)?;
    let mut faults = Faults::default();
    let mut rows = Vec::with_capacity(len);
    scan(columns, 0..len, |i, values| {
        let row = R::read(&values);
        if let Some((fault, column, value)) = row.fault() {
            faults.note(fault, column, i, value);
        }
        rows.push(row);
        Ok::<(), Error>(())
    })?;
    faults.into_result()?;
    Ok(rows)
}

fn check_times(name: &'static str, times: &[f64]) -> Result<()> {
    check_column(name, times.into())
}

/// Finite numbers of zero or more.
fn check_column(name: &'static str, column: Column<'_>) -> Result<()> {
    let pieces = (0..column.len()).into_par_iter().step_by(SPENDERS);
    if pieces.all(|start| all_countable(column, start..(start + SPENDERS).min(column.len()))) {
        return Ok(());
    }
    let mut faults = Faults::default();
    scan(&[column], 0..column.len(), |i, [value, ..]| {
        if !value.is_finite() {
            faults.note(Fault::NotFinite, name, i, value);
        } else if value < 0.0 {
            faults.note(Fault::Negative, name, i, value);
        }
        Ok::<(), Error>(())
    })?;
    faults.into_result()
}

#[allow(clippy::needless_bitwise_bool, clippy::manual_range_contains)] // lazy ones branch
fn all_countable(column: Column<'_>, range: Range<usize>) -> bool {
    scan_blocks(&[column], range, |_, [values, ..]| {
        let wrong = vectorized(
            #[inline(always)]
            || {
                let mut wrong = 0u64;
                for &value in values {
                    wrong |= u64::from(!((value >= 0.0) & (value < f64::INFINITY)));
                }
                wrong
            },
        );
        if wrong == 0 { Ok(()) } else { Err(()) }
    })
    .is_ok()
}

/// Times and numbers of purchases, one for all `len` answers or one each.
fn check_counts(t: &[f64], n: &[f64], len: usize) -> Result<()> {
    check_times("t", t)?;
    check_times("n", n)?;
    if let Some(i) = n.iter().position(|n| n.fract() != 0.0) {
        return Err(Error::Setting { name: "n", value: n[i], expected: "a whole number" });
    }
    for (column, found) in [("t", t.len()), ("n", n.len())] {
        if found != len && found != 1 {
            return Err(Error::Length { column, found, expected: len });
        }
    }
    Ok(())
}

fn pick(values: &[f64], i: usize) -> f64 {
    values[if values.len() == 1 { 0 } else { i }]
}

/// Customers whose spend is told in one piece.
const SPENDERS: usize = 1 << 14;

impl<M: SpendingModel<K>, const K: usize> SpendingEngine for Spend<M, K> {
    fn check<'a>(&self, theta: &[f64], columns: [Column<'a>; 2]) -> Result<[Column<'a>; 2]> {
        parameters_of::<M, K>(theta)?;
        match check_lengths(Spending::COLUMNS, &columns) {
            Ok(_) | Err(Error::Empty) => {}
            Err(error) => return Err(error),
        }
        for (name, column) in Spending::COLUMNS.iter().zip(columns) {
            check_column(name, column)?;
        }
        Ok(columns)
    }

    fn multiply(&self, theta: &[f64], columns: [Column<'_>; 2], start: usize, out: &mut [f64]) {
        let Ok(theta) = parameters_of::<M, K>(theta) else { return out.fill(f64::NAN) };
        let _: std::result::Result<(), ()> =
            scan_blocks(&columns, start..start + out.len(), |block, [count, mean, _]| {
                let cells = &mut out[block.start - start..block.end - start];
                M::multiply_by_spend(&theta, [count, mean], cells);
                Ok(())
            });
    }
}
