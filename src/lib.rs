//! The engine of `tenure`: how often customers buy, whether they still do, and what they spend.
//!
//! Data flow, left to right, nothing flows back:
//!
//! ```text
//! transactions ─ summary ─► rows ─► table (unique rows + counts, or rows as they lie) ─► objective
//! ─► fit ─► parameters, covariance, verdict ─► predictions
//! ```
//!
//! A model ([`model::Model`]) states the log-likelihood of one customer, once; [`estimation`]
//! composes weights, penalty, transforms and standard errors around it, and [`engine`] puts one
//! object-safe face over all models. Nothing here knows Python except the module `python`, which
//! the feature of that name switches on.

pub mod data;
pub mod error;
pub mod estimation;
pub mod models;
pub mod numerics;
pub mod parallel;
pub mod prediction;
pub mod statistics;
pub mod summary;

#[cfg(feature = "python")]
mod python;

pub use error::{Error, Result};
