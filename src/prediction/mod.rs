//! One object-safe face over all models: columns in, columns out.

mod batch;
mod dispatch;
mod horizon_table;
mod periods;
mod spending;
mod traits;
mod transactions;
mod validation;

use std::marker::PhantomData;

use crate::error::{Error, Result};
use crate::models::{BgBb, BgNbd, GammaGamma, MbgNbd, ParetoNbd};

pub use traits::{Engine, PeriodEngine, Schedule, SpendFactor, SpendingEngine, TransactionEngine};
pub use validation::check_answers;

/// The answers of a model of purchases in continuous time,
struct Transactions<M, const K: usize>(PhantomData<M>);
/// of one of what they are spend,
struct Spend<M, const K: usize>(PhantomData<M>);
/// and of one of purchases in whole periods.
struct Discrete<M, const K: usize>(PhantomData<M>);

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
