//! What every model must keep, whatever its formulas.

mod customers;
mod fits;
mod kernels;
mod predictions;
