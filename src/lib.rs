//! The engine of `tenure`: purchase, dropout and spending models, fitted and predicted fast.
//!
//! Data flow, from left to right:
//!
//! ```text
//! transactions ─ summary ─► observations ─► table (unique rows + weights, or dense columns) ─► objective
//! ─► fit ─► parameters, covariance, fit report ─► predictions
//! ```
//!
//! A model ([`models::traits::Model`]) states the log-likelihood of one customer, once; [`estimation`]
//! composes weights, penalty, transforms and standard errors around it, and [`prediction`] provides one
//! object-safe interface to all models. Only the module `python`, behind the feature of that name, depends
//! on Python.

pub mod data;
pub mod error;
pub mod estimation;
pub mod likelihood;
pub mod models;
pub mod numerics;
pub mod parallel;
pub mod prediction;
pub mod statistics;
pub mod summary;

#[cfg(feature = "python")]
mod python;

pub use error::{Error, Result};
