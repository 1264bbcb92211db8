//! What every model answers, whatever it is a model of.

use super::traits::{Engine, PeriodEngine, SpendingEngine, TransactionEngine};
use super::validation::{parameters_of, read_all};
use super::{Discrete, Spend, Transactions};
use crate::data::columns::Column;
use crate::data::observations::Observation;
use crate::data::table::Table;
use crate::error::{Error, Result};
use crate::estimation::{self, Fit, Objective, Options};
use crate::models::traits::{Parameter, PeriodModel, SpendingModel, TransactionModel};
use crate::parallel::interrupt::{Interrupt, check_interrupt, values_in_chunks};

macro_rules! shared_answers {
    () => {
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
