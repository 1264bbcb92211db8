//! Models: one file or folder per model, and the traits they implement.

mod beta_geometric;
mod bg_bb;
mod bg_nbd;
#[cfg(test)]
mod contract;
mod gamma_gamma;
mod mbg_nbd;
mod pareto_nbd;
pub mod traits;

pub use bg_bb::BgBb;
pub use bg_nbd::BG_NBD;
pub use gamma_gamma::GammaGamma;
pub use mbg_nbd::MBG_NBD;
pub use pareto_nbd::ParetoNbd;
