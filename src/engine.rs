//! One object-safe face over all models: columns in, columns out.

use std::marker::PhantomData;

use ndarray::Array2;
use rayon::prelude::*;

use crate::error::{Error, Fault, Faults, Result};
use crate::estimation::{self, Fit, Objective, Options};
use crate::model::{Model, Parameter, PeriodModel, SpendingModel, TransactionModel};
use crate::models::{BgBb, BgNbd, GammaGamma, MbgNbd, ParetoNbd};
use crate::rows::{Periods, Purchases, Row, Spending, UniqueRows, check_lengths, number};

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
        columns: &[&[f64]],
        weights: Option<&[f64]>,
        options: &Options,
        poll: &dyn Fn() -> bool,
    ) -> Result<Fit>;
    /// ln L of each customer.
    ///
    /// # Errors
    /// Bad parameters or data.
    fn log_likelihood(&self, theta: &[f64], columns: &[&[f64]]) -> Result<Vec<f64>>;
    /// What a fit minimises at log θ, in the time units of the data.
    ///
    /// # Errors
    /// Bad parameters or data.
    fn objective(
        &self,
        log_theta: &[f64],
        columns: &[&[f64]],
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
        columns: [&[f64]; 3],
    ) -> Result<Vec<f64>>;
    /// Expected purchases in so many periods.
    ///
    /// # Errors
    /// Bad parameters, periods or data.
    fn expected_purchases(
        &self,
        theta: &[f64],
        ahead: &[f64],
        columns: [&[f64]; 3],
    ) -> Result<Vec<f64>>;
    /// P(X(periods) = n) of a new customer, elementwise; either may be of length 1.
    ///
    /// # Errors
    /// Bad parameters, periods or counts.
    fn pmf(&self, theta: &[f64], periods: &[f64], n: &[f64]) -> Result<Vec<f64>>;
}

/// Predictions of a model of purchases. `columns` are frequency, recency and T.
pub trait TransactionEngine: Sync {
    /// P(alive) of each customer.
    ///
    /// # Errors
    /// Bad parameters or data.
    fn probability_alive(&self, theta: &[f64], columns: [&[f64]; 3]) -> Result<Vec<f64>>;
    /// Expected purchases in the next `t`, one horizon for all or one a customer.
    ///
    /// # Errors
    /// Bad parameters or data.
    fn expected_purchases(
        &self,
        theta: &[f64],
        t: &[f64],
        columns: [&[f64]; 3],
    ) -> Result<Vec<f64>>;
    /// Expected purchases of each customer (rows) in each horizon (columns).
    ///
    /// # Errors
    /// Bad parameters or data.
    fn expected_over(
        &self,
        theta: &[f64],
        horizons: &[f64],
        columns: [&[f64]; 3],
    ) -> Result<Array2<f64>>;
    /// Σₖ dₖ·(E(tₖ) − E(tₖ₋₁)) of each customer, E(t) being expected purchases in the next t.
    ///
    /// # Errors
    /// Bad parameters or data.
    fn discounted(
        &self,
        theta: &[f64],
        times: &[f64],
        discounts: &[f64],
        columns: [&[f64]; 3],
    ) -> Result<Vec<f64>>;
    /// Expected repeat purchases of a new customer in (0, t].
    ///
    /// # Errors
    /// Bad parameters or times.
    fn expected_new(&self, theta: &[f64], t: &[f64]) -> Result<Vec<f64>>;
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
        columns: [&[f64]; 3],
    ) -> Result<Vec<f64>>;
}

/// Predictions of a spending model.
pub trait SpendingEngine: Sync {
    /// Expected spend per purchase of each customer; NaN where the model has no finite mean.
    ///
    /// # Errors
    /// Bad parameters or data.
    fn expected_spend(&self, theta: &[f64], count: &[f64], mean: &[f64]) -> Result<Vec<f64>>;
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
            columns: &[&[f64]],
            weights: Option<&[f64]>,
            options: &Options,
            poll: &dyn Fn() -> bool,
        ) -> Result<Fit> {
            estimation::fit::<M, K>(columns, weights, options, poll)
        }
        fn log_likelihood(&self, theta: &[f64], columns: &[&[f64]]) -> Result<Vec<f64>> {
            let theta = parameters_of::<M, K>(theta)?;
            let rows = read_all::<M::Row>(columns)?;
            Ok(rows.par_iter().map(|row| M::log_likelihood(theta, row)).collect())
        }
        fn objective(
            &self,
            log_theta: &[f64],
            columns: &[&[f64]],
            weights: Option<&[f64]>,
            penalizer: f64,
        ) -> Result<f64> {
            let theta: Vec<f64> = log_theta.iter().map(|eta| eta.exp()).collect();
            parameters_of::<M, K>(&theta)?;
            let rows = UniqueRows::<M::Row>::new(columns, weights)?;
            let (weight, means) = (rows.total_weight, M::PENALTY.means(rows.customers));
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

fn read_all<R: Row>(columns: &[&[f64]]) -> Result<Vec<R>> {
    let len = check_lengths(R::COLUMNS, columns)?;
    let mut faults = Faults::default();
    let rows = (0..len).map(|i| {
        let values: Vec<f64> = columns.iter().map(|column| column[i]).collect();
        let row = R::read(&values);
        if let Some((fault, column, value)) = row.fault() {
            faults.note(fault, column, i, value);
        }
        row
    });
    let rows = rows.collect();
    faults.into_result()?;
    Ok(rows)
}

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

fn check_times(name: &'static str, times: &[f64]) -> Result<()> {
    let mut faults = Faults::default();
    for (i, &t) in times.iter().enumerate() {
        if !t.is_finite() {
            faults.note(Fault::NotFinite, name, i, t);
        } else if t < 0.0 {
            faults.note(Fault::Negative, name, i, t);
        }
    }
    faults.into_result()
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

/// Longest horizon of a model of periods, whose sums run over them.
const MOST_PERIODS: f64 = 1e6;

/// Whole numbers of periods, not too many.
fn check_periods(name: &'static str, periods: &[f64]) -> Result<()> {
    check_times(name, periods)?;
    match periods.iter().find(|p| p.fract() != 0.0 || **p > MOST_PERIODS) {
        Some(&value) => {
            Err(Error::Setting { name, value, expected: "a whole number of at most 1,000,000" })
        }
        None => Ok(()),
    }
}

impl<M: PeriodModel<K>, const K: usize> Discrete<M, K> {
    fn ask(
        theta: &[f64],
        ahead: &[f64],
        columns: [&[f64]; 3],
        answer: impl Fn(&[f64; K], &Periods, f64) -> f64 + Sync,
    ) -> Result<Vec<f64>> {
        let theta = parameters_of::<M, K>(theta)?;
        check_periods("m_periods_in_future", ahead)?;
        check_periods("n_periods", columns[2])?;
        let rows = if columns[0].is_empty() { Vec::new() } else { read_all::<Periods>(&columns)? };
        if ahead.len() != 1 && ahead.len() != rows.len() {
            let (found, expected) = (ahead.len(), rows.len());
            return Err(Error::Length { column: "m_periods_in_future", found, expected });
        }
        let rows = rows.par_iter().enumerate().with_min_len(256);
        Ok(rows.map(|(i, row)| answer(&theta, row, pick(ahead, i))).collect())
    }
}

impl<M: PeriodModel<K>, const K: usize> PeriodEngine for Discrete<M, K> {
    fn probability_alive(
        &self,
        theta: &[f64],
        ahead: &[f64],
        columns: [&[f64]; 3],
    ) -> Result<Vec<f64>> {
        Self::ask(theta, ahead, columns, M::probability_alive)
    }

    fn expected_purchases(
        &self,
        theta: &[f64],
        ahead: &[f64],
        columns: [&[f64]; 3],
    ) -> Result<Vec<f64>> {
        Self::ask(theta, ahead, columns, M::expected_purchases)
    }

    fn pmf(&self, theta: &[f64], periods: &[f64], n: &[f64]) -> Result<Vec<f64>> {
        let theta = parameters_of::<M, K>(theta)?;
        let len = periods.len().max(n.len());
        check_counts(periods, n, len)?;
        check_periods("n", periods)?;
        let indices = (0..len).into_par_iter();
        Ok(indices.map(|i| M::pmf(&theta, pick(periods, i), pick(n, i))).collect())
    }
}

impl<M: SpendingModel<K>, const K: usize> SpendingEngine for Spend<M, K> {
    fn expected_spend(&self, theta: &[f64], count: &[f64], mean: &[f64]) -> Result<Vec<f64>> {
        let theta = parameters_of::<M, K>(theta)?;
        let len = match check_lengths(Spending::COLUMNS, &[count, mean]) {
            Err(Error::Empty) => 0,
            other => other?,
        };
        check_times("frequency", count)?;
        check_times("monetary_value", mean)?;
        let spend = |i: usize| {
            let row = Spending { count: count[i], mean: mean[i] };
            M::expected_spend(&theta, &row).unwrap_or(f64::NAN)
        };
        Ok((0..len).into_par_iter().with_min_len(1 << 14).map(spend).collect())
    }
}
