//! Likelihoods: the trait of models, their definition, and kernels that sum it over customers.
//!
//! A model states the log-likelihood of one customer in two parts, over any [`crate::numerics::number::Number`].
//! [`Definition`] sums it in dual numbers, row by row; [`DefaultKernel`] eight customers at a time; models
//! with something to gain have a kernel of their own over distinct counts and times, most of them with the
//! table of [`history_table`].

pub mod counts;
mod definition;
pub mod history_table;
pub mod model;
mod rows;

pub use definition::Definition;
pub use model::DefaultKernel;
pub use rows::{Thetas, scores, values};
