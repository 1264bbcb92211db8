//! Statistics of customers and samples that need no fitted likelihood.

pub mod alive_paths;
pub mod correlation;
pub mod mixing_density;
pub mod rank_scores;
pub mod simulation;
