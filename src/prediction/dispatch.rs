//! The registry of models, and the functions that are the same for every model.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::validation::{parameters_of, read_all};
use super::{Engine, PeriodEngine, Predictions, SpendingEngine, TransactionEngine};
use crate::data::columns::Column;
use crate::data::observations::Observation;
use crate::data::table::Table;
use crate::error::{Error, Result};
use crate::estimation::{self, Fit, Objective, Options};
use crate::models::traits::{Model, Parameter, PeriodModel, SpendingModel, TransactionModel};
use crate::models::{BG_NBD, BgBb, GammaGamma, MBG_NBD, ParetoNbd};
use crate::parallel::interrupt::{Interrupt, check_interrupt, values_in_chunks};

/// Every model, by name.
pub const MODELS: [&dyn Engine; 5] = [
    &Predictions::of_transactions(BG_NBD),
    &Predictions::of_transactions(MBG_NBD),
    &Predictions::of_transactions(ParetoNbd),
    &Predictions::of_periods(BgBb),
    &Predictions::of_spending(GammaGamma),
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

/// Every model, with its settings as they are by default.
#[must_use]
pub fn models() -> Vec<Arc<dyn Engine>> {
    MODELS.into_iter().filter_map(|model| model.with(&BTreeMap::new()).ok()).collect()
}

/// The predictions of a model, by its kind.
#[derive(Clone, Copy)]
pub(super) enum Kind<'a> {
    Transactions(&'a dyn TransactionEngine),
    Periods(&'a dyn PeriodEngine),
    Spending(&'a dyn SpendingEngine),
}

impl Kind<'_> {
    fn describes(self) -> &'static str {
        match self {
            Self::Transactions(_) => "when customers buy",
            Self::Periods(_) => "in which periods customers buy",
            Self::Spending(_) => "what customers spend",
        }
    }
}

impl<M: TransactionModel<K>, const K: usize> Predictions<M, K> {
    const fn of_transactions(model: M) -> Self {
        Self { model, kind: |this| Kind::Transactions(this) }
    }
}

impl<M: PeriodModel<K>, const K: usize> Predictions<M, K> {
    const fn of_periods(model: M) -> Self {
        Self { model, kind: |this| Kind::Periods(this) }
    }
}

impl<M: SpendingModel<K>, const K: usize> Predictions<M, K> {
    const fn of_spending(model: M) -> Self {
        Self { model, kind: |this| Kind::Spending(this) }
    }
}

impl<M: Model<K>, const K: usize> Predictions<M, K> {
    fn wrong_kind(&self) -> Error {
        Error::WrongKind { model: self.model.name(), describes: (self.kind)(self).describes() }
    }
}

impl<M: Model<K>, const K: usize> Engine for Predictions<M, K> {
    fn name(&self) -> &'static str {
        self.model.name()
    }
    fn settings(&self) -> Vec<(&'static str, f64)> {
        self.model.settings()
    }
    fn with(&self, settings: &BTreeMap<String, f64>) -> Result<Arc<dyn Engine>> {
        let change = |model: M, (name, value): (&String, &f64)| model.with(name, *value);
        let model = settings.iter().try_fold(self.model.clone(), change)?;
        Ok(Arc::new(Self { model, kind: self.kind }))
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
        estimation::fit(&self.model, columns, weights, options, interrupt)
    }
    fn log_likelihood(
        &self,
        theta: &[f64],
        columns: &[Column<'_>],
        interrupt: &dyn Interrupt,
    ) -> Result<Vec<f64>> {
        let theta = parameters_of(&self.model, theta)?;
        let rows = read_all::<M::Observation>(columns)?;
        values_in_chunks(rows.len(), interrupt, |i| self.model.log_likelihood(theta, &rows[i]))
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
        parameters_of(&self.model, &theta)?;
        check_interrupt(interrupt)?;
        let rows = Table::<M::Observation>::new(columns, weights)?;
        check_interrupt(interrupt)?;
        self.model.check(&rows)?;
        let (weight, means) = (rows.total_weight(), M::PENALTY.means(rows.customers()));
        let objective = Objective::<K>::new(self.model.kernel(rows), weight, penalizer / means);
        check_interrupt(interrupt)?;
        Ok(objective.evaluate(log_theta).value * means)
    }

    fn transactions(&self) -> Result<&dyn TransactionEngine> {
        match (self.kind)(self) {
            Kind::Transactions(engine) => Ok(engine),
            _ => Err(self.wrong_kind()),
        }
    }

    fn periods(&self) -> Result<&dyn PeriodEngine> {
        match (self.kind)(self) {
            Kind::Periods(engine) => Ok(engine),
            _ => Err(self.wrong_kind()),
        }
    }

    fn spending(&self) -> Result<&dyn SpendingEngine> {
        match (self.kind)(self) {
            Kind::Spending(engine) => Ok(engine),
            _ => Err(self.wrong_kind()),
        }
    }
}
