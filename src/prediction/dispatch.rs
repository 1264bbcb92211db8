//! The registry of models, and the functions that are the same for every model.

use std::marker::PhantomData;

use super::Predictions;
use super::traits::{Engine, PeriodEngine, SpendingEngine, TransactionEngine};
use super::validation::{parameters_of, read_all};
use crate::data::columns::Column;
use crate::data::observations::Observation;
use crate::data::table::Table;
use crate::error::{Error, Result};
use crate::estimation::{self, Fit, Objective, Options};
use crate::models::traits::{Model, Parameter, PeriodModel, SpendingModel, TransactionModel};
use crate::models::{BgBb, BgNbd, GammaGamma, MbgNbd, ParetoNbd};
use crate::parallel::interrupt::{Interrupt, check_interrupt, values_in_chunks};

/// Every model, by name.
pub const MODELS: [&dyn Engine; 5] = [
    &Entry::<BgNbd, 4>::of_transactions(),
    &Entry::<MbgNbd, 4>::of_transactions(),
    &Entry::<ParetoNbd, 4>::of_transactions(),
    &Entry::<BgBb, 4>::of_periods(),
    &Entry::<GammaGamma, 3>::of_spending(),
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

/// The predictions of a model, by its kind.
#[derive(Clone, Copy)]
enum Kind {
    Transactions(&'static dyn TransactionEngine),
    Periods(&'static dyn PeriodEngine),
    Spending(&'static dyn SpendingEngine),
}

impl Kind {
    fn describes(self) -> &'static str {
        match self {
            Self::Transactions(_) => "when customers buy",
            Self::Periods(_) => "in which periods customers buy",
            Self::Spending(_) => "what customers spend",
        }
    }
}

/// A model in the registry.
struct Entry<M, const K: usize> {
    kind: Kind,
    model: PhantomData<M>,
}

impl<M: TransactionModel<K>, const K: usize> Entry<M, K> {
    const fn of_transactions() -> Self {
        Self { kind: Kind::Transactions(&Predictions::<M, K>(PhantomData)), model: PhantomData }
    }
}

impl<M: PeriodModel<K>, const K: usize> Entry<M, K> {
    const fn of_periods() -> Self {
        Self { kind: Kind::Periods(&Predictions::<M, K>(PhantomData)), model: PhantomData }
    }
}

impl<M: SpendingModel<K>, const K: usize> Entry<M, K> {
    const fn of_spending() -> Self {
        Self { kind: Kind::Spending(&Predictions::<M, K>(PhantomData)), model: PhantomData }
    }
}

impl<M: Model<K>, const K: usize> Entry<M, K> {
    fn wrong_kind(&self) -> Error {
        Error::WrongKind { model: M::NAME, describes: self.kind.describes() }
    }
}

impl<M: Model<K>, const K: usize> Engine for Entry<M, K> {
    fn name(&self) -> &'static str {
        M::NAME
    }
    fn parameters(&self) -> &'static [Parameter] {
        &M::PARAMETERS
    }
    fn columns(&self) -> &'static [&'static str] {
        M::Observation::COLUMNS
    }
    fn fit(
        &self,
        columns: &[Column<'_>],
        weights: Option<&[f64]>,
        options: &Options,
        interrupt: &dyn Interrupt,
    ) -> Result<Fit> {
        estimation::fit::<M, K>(columns, weights, options, interrupt)
    }
    fn log_likelihood(
        &self,
        theta: &[f64],
        columns: &[Column<'_>],
        interrupt: &dyn Interrupt,
    ) -> Result<Vec<f64>> {
        let theta = parameters_of::<M, K>(theta)?;
        let rows = read_all::<M::Observation>(columns)?;
        values_in_chunks(rows.len(), interrupt, |i| M::log_likelihood(theta, &rows[i]))
    }
    fn objective(
        &self,
        log_theta: &[f64],
        columns: &[Column<'_>],
        weights: Option<&[f64]>,
        penalizer: f64,
        interrupt: &dyn Interrupt,
    ) -> Result<f64> {
        let theta: Vec<f64> = log_theta.iter().map(|eta| eta.exp()).collect();
        parameters_of::<M, K>(&theta)?;
        check_interrupt(interrupt)?;
        let rows = Table::<M::Observation>::new(columns, weights)?;
        check_interrupt(interrupt)?;
        M::check(&rows)?;
        let (weight, means) = (rows.total_weight(), M::PENALTY.means(rows.customers()));
        let objective = Objective::<K>::new(M::kernel(rows), weight, penalizer / means);
        check_interrupt(interrupt)?;
        Ok(objective.evaluate(log_theta).value * means)
    }

    fn transactions(&self) -> Result<&dyn TransactionEngine> {
        if let Kind::Transactions(engine) = self.kind { Ok(engine) } else { Err(self.wrong_kind()) }
    }

    fn periods(&self) -> Result<&dyn PeriodEngine> {
        if let Kind::Periods(engine) = self.kind { Ok(engine) } else { Err(self.wrong_kind()) }
    }

    fn spending(&self) -> Result<&dyn SpendingEngine> {
        if let Kind::Spending(engine) = self.kind { Ok(engine) } else { Err(self.wrong_kind()) }
    }
}
