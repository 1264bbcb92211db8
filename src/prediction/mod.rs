//! Models behind one object-safe interface: columns in, columns out.

mod batch;
mod dispatch;
mod horizon_table;
mod periods;
mod spending;
mod traits;
mod transactions;
mod validation;

pub use dispatch::{MODELS, find, models};
pub use traits::{Engine, PeriodEngine, Schedule, SpendFactor, SpendingEngine, TransactionEngine};
pub use validation::check_finite;

/// A model of any kind, behind the object-safe traits.
struct Predictions<M, const K: usize> {
    model: M,
    kind: fn(&Self) -> dispatch::Kind<'_>,
}
