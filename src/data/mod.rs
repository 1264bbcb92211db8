//! The customers of a fit: columns, observations, and the tables that models read.

pub mod columns;
pub mod dense;
pub mod observations;
pub mod table;
pub mod unique;
