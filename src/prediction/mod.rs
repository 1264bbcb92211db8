//! Models behind one object-safe interface: columns in, columns out.

mod batch;
mod dispatch;
mod horizon_table;
mod periods;
mod spending;
mod traits;
mod transactions;
mod validation;

pub use dispatch::{MODELS, find};
pub use traits::{Engine, PeriodEngine, Schedule, SpendFactor, SpendingEngine, TransactionEngine};
pub use validation::check_finite;

/// The predictions of a model, whatever its kind.
struct Predictions<M, const K: usize>(std::marker::PhantomData<M>);
