//! Models behind one object-safe interface: columns in, columns out.

mod arguments;
mod batch;
mod dispatch;
mod draws;
mod horizon_table;
mod periods;
mod query;
mod spending;
mod traits;
mod transactions;
mod validation;

pub use arguments::{History, Rows, Schedule, Theta};
pub use dispatch::{MODELS, find, models};
pub use draws::Draws;
pub use periods::{PeriodEngine, PeriodsAtTheta};
pub use query::Query;
pub use spending::{SpendFactor, SpendingEngine};
pub use traits::{Engine, PurchasesAtTheta, TransactionEngine};

/// A model of any kind, behind the object-safe traits.
struct Predictions<M, const K: usize> {
    model: M,
    kind: fn(&Self) -> dispatch::Kind<'_>,
}
