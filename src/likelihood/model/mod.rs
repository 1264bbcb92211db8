//! The trait of models: parameters, and the likelihood of one customer in two parts.

use crate::data::observations::Observation;
use crate::data::table::Table;
use crate::error::{Error, Result};
use crate::numerics::Sums;
use crate::numerics::number::{Number, Real};

mod default_kernel;

pub use default_kernel::DefaultKernel;

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

    /// The terms of ln L in the count alone, the first column of the data.
    fn of_count<N: Number>(&self, theta: [N; K], count: N::Data) -> N;

    /// The other terms of ln L. Where they do not branch on values and are always inlined, loops over
    /// customers are compiled to vector instructions.
    fn of_history<N: Number>(
        &self,
        theta: [N; K],
        row: &<Self::Observation as Observation>::Of<N::Data>,
    ) -> N;

    /// ln L of one customer.
    fn log_likelihood<R: Real>(&self, theta: [R; K], row: &Self::Observation) -> R {
        let values = row.values();
        self.of_count(theta, values[0]) + self.of_history(theta, &Self::Observation::of(values))
    }

    /// Starting points of the search; the first one is the best guess.
    fn starts(&self, rows: &Table<'_, Self::Observation>) -> Vec<[f64; K]>;

    /// Whether rows that are right one by one are too much together.
    ///
    /// # Errors
    /// Whatever the model cannot fit in reasonable time.
    fn check(&self, _rows: &Table<'_, Self::Observation>) -> Result<()> {
        Ok(())
    }

    /// The evaluation of Σ w·ℓ: [`DefaultKernel`], or a faster one that equals it.
    #[must_use]
    fn kernel<'a>(&self, rows: Table<'a, Self::Observation>) -> Box<dyn Kernel<K> + 'a> {
        Box::new(DefaultKernel::new(self.clone(), rows))
    }
}

/// Σ w·ℓ over the rows of a table, with exact gradient and Hessian in the natural parameters.
pub trait Kernel<const K: usize>: Send + Sync {
    /// The sums at θ.
    fn evaluate(&self, theta: [f64; K]) -> Sums<K>;
}
