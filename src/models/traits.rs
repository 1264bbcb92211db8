//! Traits of models: parameters, the likelihood of one customer, and predictions.

use crate::data::observations::{Observation, Periods, Purchases, Spending};
use crate::data::table::Table;
use crate::data::unique::UniqueRows;
use crate::error::{Error, Result};
use crate::numerics::dual::{Dual, Real};
use crate::numerics::{Sums, sum_chunks};

/// The part of the customer's behaviour a parameter belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Process {
    /// The rate of purchases of active customers.
    Purchase,
    /// The dropout of customers.
    Dropout,
    /// Spend per purchase.
    Spend,
}

impl Process {
    /// The name used in messages.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Purchase => "purchase",
            Self::Dropout => "dropout",
            Self::Spend => "spend",
        }
    }
}

/// The unit in which a parameter is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A pure number.
    None,
    /// Time: the parameter is multiplied by s where times are.
    Time,
    /// One over time: the parameter is divided by s where times are multiplied by it.
    PerTime,
    /// Money: the parameter is multiplied by s where amounts are.
    Money,
}

impl Unit {
    /// The name of the unit, if there is one.
    #[must_use]
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Time => Some("time"),
            Self::PerTime => Some("1/time"),
            Self::Money => Some("money"),
        }
    }
}

/// The values that a parameter may have, and the scale on which it is estimated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Support {
    /// Above zero: estimated on the log scale.
    Positive,
    /// Any real number: estimated as it is.
    Real,
    /// Between zero and one: estimated on the logit scale.
    UnitInterval,
}

/// A parameter of a model.
#[derive(Debug, Clone, Copy)]
pub struct Parameter {
    /// The name, as in the papers and in lifetimes.
    pub name: &'static str,
    /// The process that the parameter describes.
    pub process: Process,
    /// The values that it may have.
    pub support: Support,
    /// The unit of the parameter.
    pub unit: Unit,
}

impl Parameter {
    /// A positive parameter of this name, process and unit.
    #[must_use]
    pub const fn positive(name: &'static str, process: Process, unit: Unit) -> Self {
        Self { name, process, support: Support::Positive, unit }
    }
}

/// The scale of the negative log-likelihood to which lifetimes' penalty c·Σθ² is added: the same c has 1/N
/// of the weight next to a sum over N rows, compared with their mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PenaltyScale {
    /// −Σwℓ/Σw
    Mean,
    /// −Σwℓ/w̄, w̄ being the mean weight: N times the mean.
    Sum,
}

impl PenaltyScale {
    /// The scale in units of the mean, for a table of `rows` rows.
    #[must_use]
    pub fn means(self, rows: usize) -> f64 {
        match self {
            Self::Mean => 1.0,
            Self::Sum => rows as f64,
        }
    }
}

/// A model: the log-likelihood of one customer and everything needed to fit it. A model is a value, whose
/// settings are its fields.
pub trait Model<const K: usize>: Clone + Send + Sync + 'static {
    /// The data of one customer that the model sees.
    type Observation: Observation;
    /// The parameters, in the order of every array.
    const PARAMETERS: [Parameter; K];
    /// The scale of the objective to which the penalty is added.
    const PENALTY: PenaltyScale = PenaltyScale::Mean;

    /// The name in messages and saved files.
    fn name(&self) -> &'static str;

    /// The settings of the model, by name.
    fn settings(&self) -> Vec<(&'static str, f64)> {
        Vec::new()
    }

    /// The model with another value of a setting.
    ///
    /// # Errors
    /// [`Error::UnknownSetting`], and those of values that the setting cannot have.
    fn with(&self, setting: &str, _value: f64) -> Result<Self> {
        Err(Error::UnknownSetting { model: self.name(), name: setting.into() })
    }

    /// ln L of one customer.
    fn log_likelihood<R: Real>(&self, theta: [R; K], row: &Self::Observation) -> R;

    /// Starting points of the search; the first one is the best guess.
    fn starts(&self, rows: &Table<'_, Self::Observation>) -> Vec<[f64; K]>;

    /// Whether rows that are right one by one are too much together.
    ///
    /// # Errors
    /// Whatever the model cannot fit in reasonable time.
    fn check(&self, _rows: &Table<'_, Self::Observation>) -> Result<()> {
        Ok(())
    }

    /// The evaluation of Σ w·ℓ.
    #[must_use]
    fn kernel<'a>(&self, rows: Table<'a, Self::Observation>) -> Box<dyn Kernel<K> + 'a>;
}

/// Σ w·ℓ over the rows of a table, with exact gradient and Hessian in the natural parameters.
pub trait Kernel<const K: usize>: Send + Sync {
    /// The sums at θ.
    fn evaluate(&self, theta: [f64; K]) -> Sums<K>;
}

/// The kernel that is the definition: [`Model::log_likelihood`] in dual numbers, row by row.
pub struct ReferenceKernel<M: Model<K>, const K: usize> {
    model: M,
    rows: UniqueRows<M::Observation>,
}

impl<M: Model<K>, const K: usize> ReferenceKernel<M, K> {
    /// The definition over these rows.
    #[must_use]
    pub fn new(model: M, rows: UniqueRows<M::Observation>) -> Self {
        Self { model, rows }
    }
}

impl<M: Model<K>, const K: usize> Kernel<K> for ReferenceKernel<M, K> {
    fn evaluate(&self, theta: [f64; K]) -> Sums<K> {
        let theta = Dual::variables(theta);
        sum_chunks(self.rows.len(), |range| {
            range.fold(Sums::from(0.0), |sum, i| {
                sum + self.model.log_likelihood(theta, &self.rows.row(i)) * self.rows.weights[i]
            })
        })
    }
}

/// A model of when customers buy and whether they still do.
pub trait TransactionModel<const K: usize>: Model<K, Observation = Purchases> {
    /// P(alive | x, t_x, T): the probability that the customer has not dropped out by T.
    fn probability_alive(&self, theta: &[f64; K], row: &Purchases) -> f64;

    /// [`Self::probability_alive`] of customers given as columns of x, t_x and T; no result depends on the
    /// other customers.
    fn probabilities_alive(&self, theta: &[f64; K], columns: [&[f64]; 3], out: &mut [f64]) {
        for (i, cell) in out.iter_mut().enumerate() {
            *cell = self.probability_alive(theta, &Purchases::read(&columns.map(|c| c[i])));
        }
    }

    /// E\[purchases in (T, T+t\] | x, T, alive at T\]. Depends on the row through x and T only.
    fn expected_if_alive(&self, theta: &[f64; K], frequency: f64, age: f64, t: f64) -> f64;

    /// The distance from T = 0 to the nearest singularity of [`Self::expected_if_alive`] as a function of
    /// T, which is analytic right of minus this, and bounded there by a small multiple of itself at |T +
    /// this|.
    fn age_scale(&self, theta: &[f64; K]) -> f64;

    /// Σₖ wₖ·E(tₖ), E being [`Self::expected_if_alive`], for customers of the same x, given the ascending
    /// times t and the weights w.
    fn weighted_if_alive(
        &self,
        theta: &[f64; K],
        frequency: f64,
        ages: &[f64],
        (times, weights): (&[f64], &[f64]),
        out: &mut [f64],
    ) {
        for (cell, &age) in out.iter_mut().zip(ages) {
            let steps = times.iter().zip(weights);
            *cell = steps.map(|(&t, w)| w * self.expected_if_alive(theta, frequency, age, t)).sum();
        }
    }

    /// E\[repeat purchases in (0, t\]\] of a new customer.
    fn expected_new_customer(&self, theta: &[f64; K], t: f64) -> f64;

    /// P(alive at t) of a new customer, t after the first purchase.
    fn survival(&self, theta: &[f64; K], t: f64) -> f64;

    /// P(X(t) = n): n repeat purchases of a new customer in (0, t\].
    fn pmf(&self, theta: &[f64; K], t: f64, n: f64) -> f64;

    /// P(X(T, T+t) = n | x, t_x, T): n purchases of an observed customer in (T, T+t\].
    fn pmf_conditional(&self, theta: &[f64; K], row: &Purchases, t: f64, n: f64) -> f64;
}

/// A model of the periods in which customers buy, one purchase a period at most.
pub trait PeriodModel<const K: usize>: Model<K, Observation = Periods> {
    /// The probability that the customer is still active `ahead` periods after the last observed.
    fn probability_alive(&self, theta: &[f64; K], row: &Periods, ahead: f64) -> f64;

    /// Expected purchases in the next `ahead` periods.
    fn expected_purchases(&self, theta: &[f64; K], row: &Periods, ahead: f64) -> f64;

    /// The probability of n purchases in the first `periods` periods of a new customer.
    fn pmf(&self, theta: &[f64; K], periods: f64, n: f64) -> f64;
}

/// A model of what customers spend per purchase.
pub trait SpendingModel<const K: usize>: Model<K, Observation = Spending> {
    /// The customer's expected spend per purchase given x purchases of mean m̄; `None` where it is
    /// not finite.
    fn expected_spend(&self, theta: &[f64; K], row: &Spending) -> Option<f64>;

    /// Multiplies numbers by [`Self::expected_spend`] of customers given as columns of x and m̄; NaN where
    /// there is none.
    fn multiply_by_spend(&self, theta: &[f64; K], [count, mean]: [&[f64]; 2], out: &mut [f64]) {
        for (cell, (&count, &mean)) in out.iter_mut().zip(count.iter().zip(mean)) {
            *cell *= self.expected_spend(theta, &Spending { count, mean }).unwrap_or(f64::NAN);
        }
    }
}
