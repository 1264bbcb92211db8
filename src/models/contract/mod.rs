//! The contract of models: tests that every model must pass, whatever its formulas.

mod customers;
mod fits;
mod kernels;
mod predictions;
